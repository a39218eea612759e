package archive

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// This file lists the files of dump directories. It reads the names of all files, and
// the small files: metadata and preludes.
//
//   - A lister goes through the directory and its databases, and sorts files by their
//     names.
//   - finish connects documents with their metadata.

// ErrTwice: a dump directory has two files with the documents, or the metadata, of one
// collection, such as users.bson and users.bson.gz.
var ErrTwice = errors.New("two files of one collection")

// FolderOptions are the options of OpenFolder. The zero value is the default.
type FolderOptions struct {
	_ struct{} // keyed literals only

	// DB is the database of the files that are not in a directory of a database: for
	// OUT/shop of a dump in OUT it is "shop". Without it, such files have no
	// namespace.
	DB string
	// Suffixes are the suffixes of files of documents, with a dot. The default is
	// ".bson".
	Suffixes []string
	// Compressions are further suffixes of compressed files, with a dot. The default is
	// ".gz".
	Compressions []string
	// Decompress returns the content of a file whose name has the suffix, one of
	// Compressions. The default is compress/gzip.
	Decompress func(suffix string, r io.Reader) (io.Reader, error)
	// MaxNamespaces is the largest number of namespaces. Zero means
	// DefaultMaxNamespaces.
	MaxNamespaces int
	// MaxMetadata is the largest size of all metadata and preludes together, in bytes.
	// Zero means DefaultMaxMetadata.
	MaxMetadata int
}

// A Folder is a dump directory: what mongodump writes without --archive.
//
//	OUT/oplog.bson                      OUT/prelude.json
//	OUT/<db>/<collection>.bson          OUT/<db>/prelude.json
//	OUT/<db>/<collection>.metadata.json
type Folder struct {
	ServerVersion string // of the first prelude.json, "" if there is none
	ToolVersion   string
	PreludeErr    error // of reading a prelude.json
	// Files are the collections, in the order of Namespace.Compare; before them are
	// files without a namespace, in the order of their names.
	Files []File
	// Others are the names of files and directories that are none of a dump, in order:
	// symbolic links and directories in databases are among them.
	Others []string

	fsys fs.FS
	opts FolderOptions
}

// A File is a collection of a Folder.
type File struct {
	// Metadata is what the metadata file says. The Namespace is the zero Namespace for a
	// file beside the databases, if FolderOptions has no DB and it is not the oplog.
	Metadata
	// Name is the name of the file of documents, "" if there is none, as for views.
	Name string
	// MetadataName is the name of the metadata file, "" if there is none.
	MetadataName string
	// Shortened says that the name of the collection is too long for a file name, and
	// no metadata have it: Namespace has the start of the name.
	Shortened bool
	// MetadataErr is the error of reading the metadata, which are then empty.
	MetadataErr error
}

// OpenFolder is FolderOptions{}.OpenFolder.
func OpenFolder(fsys fs.FS) (*Folder, error) { return FolderOptions{}.OpenFolder(fsys) }

// OpenFolder lists the dump directory fsys. Errors are those of listing fsys, a
// *fs.PathError around ErrTwice, or an *Error that matches ErrTooMany. Metadata that
// cannot be read are no such error: see File. It panics if an option is negative.
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
	l := &folderLister{Folder: &Folder{fsys: fsys, opts: o}, files: map[fileKey]*File{}, left: o.MaxMetadata}
	err := l.top()
	if err == nil {
		err = l.finish()
	}
	if err != nil {
		return nil, err
	}
	return l.Folder, nil
}

// Open opens the documents of file, decompressed. It returns a *fs.PathError for a file
// without documents.
func (f *Folder) Open(file File) (io.ReadCloser, error) {
	if file.Name == "" {
		return nil, &fs.PathError{Op: "open", Path: file.MetadataName, Err: fs.ErrNotExist}
	}
	return f.open(file.Name)
}

// A content is a file that is read.
type content struct {
	io.Reader
	io.Closer
}

func (f *Folder) open(name string) (io.ReadCloser, error) {
	file, err := f.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	_, suffix := cutSuffix(name, f.opts.Compressions)
	if suffix == "" {
		return file, nil
	}
	r, err := f.opts.Decompress(suffix, file)
	if err != nil {
		file.Close()
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return content{r, file}, nil
}

// A fileKey is the directory and the name of a collection as they are in names of files.
type fileKey struct{ dir, base string }

// A folderLister is a Folder while it is listed.
type folderLister struct {
	*Folder
	files map[fileKey]*File
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
		return e.IsDir() && l.opts.DB == "" && Namespace{e.Name(), oplogName}.check() == nil
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

// database lists the directory of a database.
func (l *folderLister) database(dir string) error {
	entries, err := fs.ReadDir(l.fsys, dir)
	for i := 0; err == nil && i < len(entries); i++ {
		err = l.file(dir, entries[i])
	}
	return err
}

// file adds a file of a directory.
func (l *folderLister) file(dir string, e fs.DirEntry) error {
	name := path.Join(dir, e.Name())
	stem, _ := cutSuffix(e.Name(), l.opts.Compressions)
	switch {
	case !e.Type().IsRegular():
		l.other(name, e)
	case stem == preludeName:
		return l.prelude(name)
	case strings.HasSuffix(stem, metadataSuffix):
		return l.add(fileKey{dir, strings.TrimSuffix(stem, metadataSuffix)}, name, func(f *File) *string { return &f.MetadataName })
	default:
		base, suffix := cutSuffix(stem, l.opts.Suffixes)
		if suffix == "" || base == "" {
			l.other(name, e)
			return nil
		}
		return l.add(fileKey{dir, base}, name, func(f *File) *string { return &f.Name })
	}
	return nil
}

func (l *folderLister) other(name string, e fs.DirEntry) {
	if e.IsDir() {
		name += "/"
	}
	l.Others = append(l.Others, name)
}

// add adds name to the file of key, in the field that it is for.
func (l *folderLister) add(key fileKey, name string, field func(*File) *string) error {
	f := l.files[key]
	if f == nil {
		if len(l.files) == l.opts.MaxNamespaces {
			return &Error{Err: ErrTooMany}
		}
		f = new(File)
		l.files[key] = f
	}
	p := field(f)
	if *p != "" {
		return &fs.PathError{Op: "list", Path: name, Err: ErrTwice}
	}
	*p = name
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
	l.ServerVersion, l.ToolVersion = p.ServerVersion, p.ToolVersion
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
	for key, f := range l.files {
		if err := l.describe(key, f); err != nil {
			return err
		}
		l.Files = append(l.Files, *f)
	}
	slices.SortFunc(l.Files, func(a, b File) int {
		return cmp.Or(a.Namespace.Compare(b.Namespace), cmp.Compare(a.Name+a.MetadataName, b.Name+b.MetadataName))
	})
	slices.Sort(l.Others)
	for i, f := range l.Files[min(1, len(l.Files)):] {
		if before := l.Files[i]; f.Namespace == before.Namespace && !f.Shortened && f.Namespace != (Namespace{}) {
			return &fs.PathError{Op: "list", Path: cmp.Or(f.Name, f.MetadataName), Err: ErrTwice}
		}
	}
	return nil
}

// describe sets the namespace and the metadata of f.
func (l *folderLister) describe(key fileKey, f *File) error {
	collection, whole := ParseFileName(key.base)
	f.Shortened = !whole
	if f.MetadataName != "" {
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
			collection, f.Shortened = m.Collection, false
		}
	}
	switch {
	case key.dir != ".":
		f.Namespace = Namespace{key.dir, collection}
	case key.base == oplogName && f.MetadataName == "":
		f.Namespace = Namespace{Collection: oplogName}
	case l.opts.DB != "":
		f.Namespace = Namespace{l.opts.DB, collection}
	}
	return nil
}

// cutSuffix cuts the first of the suffixes that name ends in.
func cutSuffix(name string, suffixes []string) (stem, suffix string) {
	for _, s := range suffixes {
		if stem, ok := strings.CutSuffix(name, s); ok {
			return stem, s
		}
	}
	return name, ""
}
