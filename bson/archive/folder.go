package archive

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// This file lists the files of directories of mongodump. It reads the names of all
// files, and the contents of the small files: metadata and preludes.
//
//   - A folderLister goes through the directory and its databases, and sorts files by
//     their names. It joins the documents and the metadata of a collection.
//   - finish reads the metadata and makes the Files.

// ErrTwice: a directory has two files with the documents, or with the metadata, of one
// collection, such as users.bson and users.bson.gz.
var ErrTwice = errors.New("two files of one collection")

// FolderOptions are the options of OpenFolder. The zero value is the default.
type FolderOptions struct {
	_ struct{} // keyed literals only

	// DB is the database of the files at the top: "shop" for the directory OUT/shop of
	// a dump in OUT. With a DB, directories in the directory are not listed. Without a
	// DB, files at the top have no namespace, unless DirName applies.
	DB string
	// DirName is the name of the directory, "" if it is not known. If DB is "" and a
	// metadata file is at the top, the directory is the directory of a database, and
	// DirName is the database of the files at the top. Directories are still listed. A
	// name that no database can have is not used.
	DirName string
	// Suffixes are the suffixes of files of documents, with a dot, in upper or lower
	// case. The default is ".bson".
	Suffixes []string
	// Compressions are further suffixes of compressed files, with a dot, in upper or
	// lower case. A name may have two of them. The default is ".gz".
	Compressions []string
	// Decompress returns the content of a file whose name has the suffix, one of
	// Compressions. If it is an io.Closer, it is closed before the file. The default is
	// compress/gzip.
	Decompress func(suffix string, r io.Reader) (io.Reader, error)
	// MaxNamespaces is the largest number of namespaces, and of files without one.
	// Zero means DefaultMaxNamespaces.
	MaxNamespaces int
	// MaxMetadata is the largest size of all metadata and preludes together, in bytes.
	// Zero means DefaultMaxMetadata.
	MaxMetadata int
}

// A Folder is a directory of mongodump, which writes it without --archive.
//
//	OUT/oplog.bson                      OUT/prelude.json
//	OUT/<db>/<collection>.bson          OUT/<db>/prelude.json
//	OUT/<db>/<collection>.metadata.json
type Folder struct {
	ServerVersion string // of the first prelude.json, "" if there is none
	ToolVersion   string
	PreludeName   string // of this prelude.json, "" if there is none
	PreludeErr    error  // of reading a prelude.json: a *fs.PathError
	// Files are the collections, in the order of Namespace.Compare; before them are
	// files without a namespace, in the order of their names.
	Files []File
	// Others are the names, in order, of all other files and directories, such as
	// symbolic links and directories in databases.
	Others []string
	// Unlisted are the errors of listing directories of databases.
	Unlisted []error

	fsys fs.FS
	opts FolderOptions
}

// A File is a collection of a Folder.
type File struct {
	// Metadata is the content of the metadata file. The Namespace is zero for a file at
	// the top that has no database and is not the oplog.
	Metadata
	// Name is the name of the file of documents, "" if there is none, as for views.
	Name string
	// MetadataName is the name of the metadata file, "" if there is none.
	MetadataName string
	// Shortened reports that Namespace has only the start of the name of the
	// collection: the name is too long for a file name, and no metadata have it.
	Shortened bool
	// MetadataErr is the error of reading the metadata, which are then empty: a
	// *fs.PathError.
	MetadataErr error
}

// OpenFolder is FolderOptions{}.OpenFolder.
func OpenFolder(fsys fs.FS) (*Folder, error) { return FolderOptions{}.OpenFolder(fsys) }

// OpenFolder lists the directory fsys, which mongodump has written. It returns an error
// of listing the top of fsys, a *fs.PathError that matches ErrTwice, or an *Error that
// matches ErrTooMany. Other directories, and metadata, that cannot be read are not an
// error: see Folder and File. It panics if an option is negative.
func (o FolderOptions) OpenFolder(fsys fs.FS) (*Folder, error) {
	limits := ReadOptions{MaxNamespaces: o.MaxNamespaces, MaxMetadata: o.MaxMetadata}.complete()
	o.MaxNamespaces, o.MaxMetadata = limits.MaxNamespaces, limits.MaxMetadata
	if o.Suffixes == nil {
		o.Suffixes = []string{".bson"}
	}
	if o.Compressions == nil {
		o.Compressions = []string{".gz"}
	}
	if o.Decompress == nil {
		o.Decompress = func(_ string, r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	}
	l := &folderLister{Folder: &Folder{fsys: fsys, opts: o}, files: map[fileKey]*named{}, left: o.MaxMetadata}
	err := l.top()
	if err == nil {
		err = l.finish()
	}
	if err != nil {
		return nil, err
	}
	return l.Folder, nil
}

// Open opens the documents of file and decompresses them. It returns a *fs.PathError for
// a file without documents.
func (f *Folder) Open(file File) (io.ReadCloser, error) {
	if file.Name == "" {
		return nil, &fs.PathError{Op: "open", Path: file.MetadataName, Err: fs.ErrNotExist}
	}
	return f.open(file.Name)
}

// A content is a file that is read.
type content struct {
	io.Reader
	layers []io.Closer // the file and the readers of it
}

// Close closes the file and the readers of it.
func (c *content) Close() (err error) {
	for _, l := range slices.Backward(c.layers) {
		err = l.Close()
	}
	return err
}

func (f *Folder) open(name string) (io.ReadCloser, error) {
	file, err := f.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	c := &content{file, []io.Closer{file}}
	for _, suffix := range f.opts.compressions(name) {
		if c.Reader, err = f.opts.Decompress(suffix, c.Reader); err != nil {
			c.Close()
			return nil, &fs.PathError{Op: "read", Path: name, Err: err}
		}
		if z, ok := c.Reader.(io.Closer); ok {
			c.layers = append(c.layers, z)
		}
	}
	return c, nil
}

// maxLayers is the number of compressions of a file.
const maxLayers = 2

// compressions returns the suffixes of compressions of a name, the outermost first.
func (o FolderOptions) compressions(name string) (suffixes []string) {
	for range maxLayers {
		stem, suffix := cutSuffix(name, o.Compressions)
		if suffix == "" {
			break
		}
		name, suffixes = stem, append(suffixes, suffix)
	}
	return suffixes
}

// A fileKey is the directory and the name of a collection as they are in names of files.
type fileKey struct{ dir, base string }

// A named has the files of a key.
type named struct {
	documents, metadata []string // names; only one, if the file has a namespace
}

// A folderLister is a Folder while it is listed.
type folderLister struct {
	*Folder
	files map[fileKey]*named
	count int // of keys, and of names that have the key of another
	left  int // bytes of metadata that may follow
}

const (
	metadataSuffix = ".metadata.json"
	preludeName    = "prelude.json"
	oplogName      = "oplog"
)

// top lists the top directory.
func (l *folderLister) top() error {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		return err
	}
	isDatabase := func(e fs.DirEntry) bool {
		return e.IsDir() && l.opts.DB == "" && Namespace{e.Name(), oplogName}.Validate() == nil
	}
	for _, e := range entries { // its prelude counts more than those of databases
		if err == nil && !isDatabase(e) {
			err = l.file(".", e)
		}
	}
	for _, e := range entries {
		if err == nil && isDatabase(e) {
			err = l.database(e.Name())
		}
	}
	return err
}

// database lists the directory of a database, as far as it can be listed.
func (l *folderLister) database(dir string) error {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.Unlisted = append(l.Unlisted, err)
	}
	for _, e := range entries {
		if err := l.file(dir, e); err != nil {
			return err
		}
	}
	return nil
}

// file adds a file of a directory.
func (l *folderLister) file(dir string, e fs.DirEntry) error {
	name := path.Join(dir, e.Name())
	stem := e.Name()
	for _, suffix := range l.opts.compressions(stem) {
		stem = stem[:len(stem)-len(suffix)]
	}
	if !e.Type().IsRegular() {
		l.other(name, e)
		return nil
	}
	if stem == preludeName {
		return l.prelude(name)
	}
	base, ok := strings.CutSuffix(stem, metadataSuffix)
	field := func(n *named) *[]string { return &n.metadata }
	if !ok {
		base, _ = cutSuffix(stem, l.opts.Suffixes)
		field = func(n *named) *[]string { return &n.documents }
	}
	if base == "" || base == stem {
		l.other(name, e)
		return nil
	}
	return l.add(fileKey{dir, base}, name, field)
}

func (l *folderLister) other(name string, e fs.DirEntry) {
	if e.IsDir() {
		name += "/"
	}
	l.Others = append(l.Others, name)
}

// add adds name to the names of key, in the field that it is for.
func (l *folderLister) add(key fileKey, name string, field func(*named) *[]string) error {
	n := l.files[key]
	if n == nil {
		n = new(named)
		l.files[key] = n
		l.count++
	}
	p := field(n)
	if *p != nil {
		l.count++
	}
	if l.count > l.opts.MaxNamespaces {
		return &Error{Err: ErrTooMany}
	}
	*p = append(*p, name)
	return nil
}

// prelude reads a prelude, if it is the first one.
func (l *folderLister) prelude(name string) error {
	if l.ServerVersion != "" || l.ToolVersion != "" {
		return nil
	}
	var p struct{ ServerVersion, ToolVersion string }
	_, err := l.readJSON(name, &p)
	if errors.Is(err, ErrTooMany) {
		return err
	}
	if err != nil {
		l.PreludeErr = cmp.Or(l.PreludeErr, err)
		return nil
	}
	l.ServerVersion, l.ToolVersion, l.PreludeName = p.ServerVersion, p.ToolVersion, name
	return nil
}

// readJSON reads a small file into v, and returns its text.
func (l *folderLister) readJSON(name string, v any) (string, error) {
	r, err := l.open(name)
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, int64(l.left)+1))
	switch {
	case err != nil:
		return "", &fs.PathError{Op: "read", Path: name, Err: err}
	case len(text) > l.left:
		return "", &Error{Err: ErrTooMany}
	}
	l.left -= len(text)
	if err := json.Unmarshal(text, v); err != nil {
		return "", &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return string(text), nil
}

// finish reads the metadata and sorts the files.
func (l *folderLister) finish() error {
	l.opts.DB = cmp.Or(l.opts.DB, l.ownDB())
	keys := slices.SortedFunc(maps.Keys(l.files), func(a, b fileKey) int { return cmp.Or(cmp.Compare(a.dir, b.dir), cmp.Compare(a.base, b.base)) })
	for _, key := range keys {
		files, err := l.describe(key, l.files[key])
		if err != nil {
			return err
		}
		l.Files = append(l.Files, files...)
	}
	slices.SortFunc(l.Files, func(a, b File) int {
		return cmp.Or(a.Namespace.Compare(b.Namespace), cmp.Compare(a.Name+a.MetadataName, b.Name+b.MetadataName))
	})
	slices.Sort(l.Others)
	for i, f := range l.Files[min(1, len(l.Files)):] {
		if before := l.Files[i]; f.Namespace == before.Namespace && !f.Shortened && f.Namespace != (Namespace{}) {
			return twice(cmp.Or(before.Name, before.MetadataName), cmp.Or(f.Name, f.MetadataName))
		}
	}
	return nil
}

// ownDB returns DirName, if the directory is that of a database.
func (l *folderLister) ownDB() string {
	if (Namespace{l.opts.DirName, oplogName}).Validate() != nil {
		return ""
	}
	for key, n := range l.files {
		if key.dir == "." && n.metadata != nil {
			return l.opts.DirName
		}
	}
	return ""
}

// twice is the error for two files of one collection.
func twice(first, second string) error {
	return &fs.PathError{Op: "list", Path: second, Err: fmt.Errorf("%w: also %s", ErrTwice, first)}
}

// describe returns the file of n with its namespace and its metadata. Without a
// namespace there is a file for each name.
func (l *folderLister) describe(key fileKey, n *named) (files []File, err error) {
	outside := key.dir == "." && l.opts.DB == "" && (key.base != oplogName || n.metadata != nil)
	if outside || (Namespace{Collection: key.base}).Validate() != nil {
		for _, name := range n.documents {
			files = append(files, File{Name: name})
		}
		l.Others = append(l.Others, n.metadata...) // the name is not that of a collection, or the directory not a database
		return files, nil
	}
	for _, names := range [][]string{n.documents, n.metadata} {
		if len(names) > 1 {
			return nil, twice(names[0], names[1])
		}
	}
	var f File
	if n.documents != nil {
		f.Name = n.documents[0]
	}
	if n.metadata != nil {
		f.MetadataName = n.metadata[0]
	}
	if err := l.readMetadata(key, &f); err != nil {
		return nil, err
	}
	switch {
	case key.dir != ".":
		f.Namespace.DB = key.dir
	case key.base == oplogName && f.MetadataName == "":
		f.Namespace.DB = ""
	default:
		f.Namespace.DB = l.opts.DB
	}
	return []File{f}, nil
}

// readMetadata sets the collection and the metadata of f.
func (l *folderLister) readMetadata(key fileKey, f *File) error {
	collection, whole := ParseFileName(key.base)
	if (Namespace{Collection: collection}).Validate() != nil {
		collection = key.base // not an escaped name
	}
	f.Namespace.Collection, f.Shortened = collection, !whole
	if f.MetadataName == "" {
		return nil
	}
	var m struct {
		Type       Type   `json:"type"`
		Collection string `json:"collectionName"`
	}
	text, err := l.readJSON(f.MetadataName, &m)
	switch {
	case errors.Is(err, ErrTooMany):
		return err
	case err != nil:
		f.MetadataErr = err
	default:
		f.Type, f.Text = m.Type, text
	}
	if f.Shortened && FileName(m.Collection) == key.base {
		f.Namespace.Collection, f.Shortened = m.Collection, false
	}
	return nil
}

// cutSuffix cuts the first of the suffixes that name ends in, without regard to upper
// and lower case.
func cutSuffix(name string, suffixes []string) (stem, suffix string) {
	for _, s := range suffixes {
		if n := len(name) - len(s); n >= 0 && strings.EqualFold(name[n:], s) {
			return name[:n], s
		}
	}
	return name, ""
}
