package folder

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// This file makes directories of tar and zip files.
//
//   - A tree is the fs.FS of such a file: entries by their names. It lists names that
//     leave the directory, links and devices separately, and does not read them.
//   - openZip and openTar find the entries. A compressed tar file has no index: its files
//     are read in its own order, so that it is decompressed only twice.
//   - top is the directory that counts as the directory of the dump.

var (
	// ErrEncrypted: a zip file is encrypted.
	ErrEncrypted = errors.New("is encrypted; decrypt it first")
	// ErrSparse: a file in a tar file has holes.
	ErrSparse = errors.New("is a sparse file; unpack the tar file first")
	// ErrTrailing: a tar file goes on after its end, as two in one file do.
	ErrTrailing = errors.New("has more data after its end; unpack it with tar --ignore-zeros")
)

// packers open files that are directories, by the suffixes of their names.
var packers = []struct {
	suffix string
	open   func(ctx context.Context, name string) (*tree, error)
}{{".tar", openTar}, {".tgz", openTar}, {".zip", openZip}}

// packed lists the file of the given name, if its suffix is that of a directory. ok is
// false if it is not.
func packed(ctx context.Context, name string, from *codec.Codec) (f *Folder, ok bool, err error) {
	stem := compress.Stem(name)
	for _, p := range packers {
		rest, is := strings.CutSuffix(strings.ToLower(stem), p.suffix)
		if !is || rest == "" || stem != name && p.suffix != ".tar" {
			continue
		}
		t, err := p.open(ctx, name)
		if t == nil {
			return nil, true, err
		}
		fsys, base := t.top(filepath.Base(stem[:len(rest)]))
		f, listErr := List(fsys, name, base, from)
		if listErr != nil {
			return nil, true, listErr
		}
		f.Others = append(f.Others, t.others...)
		if err != nil { // the entries before the fault are there
			f.Unlisted = append(f.Unlisted, &fs.PathError{Op: "list", Path: ".", Err: err})
		}
		if t.inOrder {
			slices.SortStableFunc(f.Files, func(a, b archive.File) int {
				return cmp.Compare(fsys.position(a.Name), fsys.position(b.Name))
			})
		}
		return f, true, nil
	}
	return nil, false, nil
}

// position returns the place of a file in its tar file, -1 for no file.
func (t *tree) position(name string) int64 {
	if e := t.entries[name]; e != nil {
		return e.at
	}
	return -1
}

// maxEntries is the largest number of entries of a tar or zip file.
const maxEntries = archive.DefaultMaxNamespaces

// An entry is a file or directory of a tree. It is its own information.
type entry struct {
	name string // the last part
	size int64  // in bytes, as the container says
	at   int64  // number in the tar file, from 1
	mode fs.FileMode
	open func() (io.ReadCloser, error) // nil for directories
	list []fs.DirEntry                 // of a directory
}

func (e *entry) Name() string               { return e.name }
func (e *entry) Size() int64                { return e.size }
func (e *entry) Mode() fs.FileMode          { return e.mode }
func (e *entry) Type() fs.FileMode          { return e.mode.Type() }
func (e *entry) ModTime() (t time.Time)     { return t }
func (e *entry) IsDir() bool                { return e.mode.IsDir() }
func (e *entry) Sys() any                   { return nil }
func (e *entry) Info() (fs.FileInfo, error) { return e, nil }

// A tree is the files of a container.
type tree struct {
	entries map[string]*entry // by their whole names
	others  []string          // names that are not read
	inOrder bool              // files are opened fastest in the order of the container
	keep    io.Closer         // the container, open as long as the tree
	most    int               // entries that it may have
}

func newTree(keep io.Closer) *tree {
	return &tree{entries: map[string]*entry{".": {name: ".", mode: fs.ModeDir}}, keep: keep, most: maxEntries}
}

// add adds a file, and the directories that lead to it. Names are those in containers:
// with slashes, perhaps with a dot in front.
func (t *tree) add(name string, e *entry) error {
	clean := path.Clean(name)
	if strings.HasPrefix(name, "/") || !fs.ValidPath(clean) || strings.ContainsAny(name, "\\\x00") {
		t.others = append(t.others, name)
		return nil
	}
	if len(t.entries) > t.most {
		return archive.ErrTooMany
	}
	old := t.entries[clean]
	switch {
	case old == nil:
	case e.IsDir() && old.IsDir():
		return nil
	default:
		return &fs.PathError{Op: "list", Path: clean, Err: archive.ErrTwice}
	}
	dir := path.Dir(clean)
	if t.entries[dir] == nil {
		if err := t.add(dir, &entry{mode: fs.ModeDir}); err != nil {
			return err
		}
	}
	parent := t.entries[dir]
	if parent == nil || !parent.IsDir() {
		return &fs.PathError{Op: "list", Path: clean, Err: archive.ErrTwice}
	}
	e.name = path.Base(clean)
	t.entries[clean] = e
	parent.list = append(parent.list, e)
	return nil
}

// find returns the entry called name.
func (t *tree) find(op, name string) (*entry, error) {
	if e := t.entries[name]; e != nil {
		return e, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

// Stat returns the information about a file.
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	e, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// ReadDir lists a directory.
func (t *tree) ReadDir(name string) ([]fs.DirEntry, error) {
	e, err := t.find("list", name)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(e.list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return e.list, nil
}

// Open opens a file.
func (t *tree) Open(name string) (fs.File, error) {
	e, err := t.find("open", name)
	if err != nil {
		return nil, err
	}
	if e.open == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is a directory")}
	}
	r, err := e.open()
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &opened{e, r}, nil
}

// top returns the directory of the dump, and its name. That is the top one, called base,
// unless there is nothing in it but a directory that has directories, such as dump in
// dump/shop/users.bson.
func (t *tree) top(base string) (*tree, string) {
	dir := "."
	for {
		list := t.entries[dir].list
		if len(list) != 1 || !list[0].IsDir() {
			break
		}
		next := path.Join(dir, list[0].Name())
		if !slices.ContainsFunc(t.entries[next].list, fs.DirEntry.IsDir) {
			break
		}
		dir, base = next, list[0].Name()
	}
	if dir == "." {
		return t, base
	}
	below := &tree{entries: map[string]*entry{".": t.entries[dir]}, others: t.others, inOrder: t.inOrder, keep: t.keep}
	for name, e := range t.entries {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			below.entries[rest] = e
		}
	}
	return below, base
}

// An opened is a file of a tree.
type opened struct {
	*entry
	io.ReadCloser
}

// Stat returns the information about the file.
func (o *opened) Stat() (fs.FileInfo, error) { return o.entry, nil }

// A stopped is a reader that ends with a context.
type stopped struct {
	ctx context.Context
	r   io.Reader
}

func (s stopped) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, context.Cause(s.ctx)
	}
	return s.r.Read(p)
}

// openZip returns the files of a zip file.
func openZip(ctx context.Context, name string) (*tree, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, file.Cause(err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() == 0 {
		err = zip.ErrFormat
	}
	var z *zip.Reader
	if err == nil {
		z, err = zip.NewReader(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, file.Cause(err)
	}
	t := newTree(f)
	for _, in := range z.File {
		e := &entry{size: int64(min(in.UncompressedSize64, 1<<62)), mode: in.Mode()}
		if e.mode.IsRegular() {
			e.open = func() (io.ReadCloser, error) { return openZipped(ctx, in) }
		}
		if err := t.add(strings.TrimSuffix(in.Name, "/"), e); err != nil {
			f.Close()
			return nil, err
		}
	}
	return t, nil
}

// encrypted is the flag of an encrypted file in a zip file.
const encrypted = 1 << 0

// openZipped opens a file in a zip file.
func openZipped(ctx context.Context, in *zip.File) (io.ReadCloser, error) {
	if in.Flags&encrypted != 0 {
		return nil, ErrEncrypted
	}
	r, err := in.Open()
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{stopped{ctx, r}, r}, nil
}

// openTar returns the files of a tar file, which may be compressed. If it has a fault, the
// error comes with the files before it.
func openTar(ctx context.Context, name string) (*tree, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, file.Cause(err)
	}
	a := &tarFile{ctx: ctx, f: f, name: name}
	t := newTree(f)
	t.inOrder = a.isCompressed()
	if err := a.start(); err != nil {
		f.Close()
		return nil, err
	}
	for {
		h, err := a.next()
		if err == io.EOF {
			return t, a.end()
		}
		if err != nil {
			return t, err
		}
		e := &entry{size: h.Size, at: a.entry, mode: h.FileInfo().Mode()}
		if err := a.fill(e, h); err != nil {
			return t, err
		}
		if err := t.add(strings.TrimSuffix(h.Name, "/"), e); err != nil {
			f.Close()
			return nil, err
		}
	}
}

// A tarFile is a tar file that is read from its start to its end, and again for an entry
// before the last one.
type tarFile struct {
	ctx   context.Context
	f     *os.File
	name  string
	mu    sync.Mutex // for the rest, once the tar file is listed
	r     *tar.Reader
	z     *compress.Reader // nil: it is not compressed
	entry int64            // number of the last entry, from 1
	kept  int              // bytes of small files in memory
}

// isCompressed reports whether the name has the suffix of a compression.
func (a *tarFile) isCompressed() bool {
	return !strings.HasSuffix(strings.ToLower(a.name), ".tar")
}

// start goes to the start.
func (a *tarFile) start() error {
	if a.z != nil {
		a.z.Close()
		a.z = nil
	}
	if _, err := a.f.Seek(0, io.SeekStart); err != nil {
		return file.Cause(err)
	}
	a.entry = 0
	if !a.isCompressed() {
		a.r = tar.NewReader(a.f) // it seeks past the contents
		return nil
	}
	c, _ := compress.ByName(a.name)
	if c == compress.None { // .tgz
		c = compress.Gzip
	}
	a.z = compress.NewReader(c, compress.NewSource(stopped{a.ctx, a.f}))
	a.r = tar.NewReader(a.z)
	return nil
}

// next goes to the next entry.
func (a *tarFile) next() (*tar.Header, error) {
	if a.ctx.Err() != nil {
		return nil, context.Cause(a.ctx)
	}
	h, err := a.r.Next()
	a.entry++
	return h, err
}

// end reads the bytes after the last entry, which are zeros. So the checksum of compressed
// data is verified.
func (a *tarFile) end() error {
	var r io.Reader = stopped{a.ctx, a.f}
	if a.z != nil {
		r = a.z
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		switch {
		case len(bytes.TrimLeft(buf[:n], "\x00")) > 0:
			return ErrTrailing
		case err == io.EOF:
			return nil
		case err != nil:
			return file.Cause(err)
		}
	}
}

const (
	// maxSmall is the size of the largest metadata file of a compressed tar file, in
	// bytes, that is kept in memory while it is listed, so that the tar file is read
	// only twice.
	maxSmall = 1 << 20
	// maxKept is the size of all of them, in bytes.
	maxKept = 64 << 20
)

// fill sets how e, with the header h, is opened.
func (a *tarFile) fill(e *entry, h *tar.Header) error {
	if h.Typeflag == tar.TypeLink { // a name for an earlier file
		e.mode |= fs.ModeIrregular
	}
	number := a.entry
	switch {
	case !e.mode.IsRegular():
		return nil
	case h.Typeflag == tar.TypeGNUSparse || h.PAXRecords["GNU.sparse.major"] != "" || h.PAXRecords["GNU.sparse.map"] != "":
		e.open = func() (io.ReadCloser, error) { return nil, ErrSparse }
		return nil
	case !a.isCompressed():
		at, err := a.f.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		e.open = func() (io.ReadCloser, error) {
			return io.NopCloser(&whole{stopped{a.ctx, io.NewSectionReader(a.f, at, h.Size)}, h.Size}), nil
		}
		return nil
	case isMetadata(h.Name) && h.Size <= maxSmall && a.kept+int(h.Size) <= maxKept:
		text, err := io.ReadAll(a.r)
		a.kept += len(text)
		e.open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(string(text))), nil }
		return err
	}
	e.open = func() (io.ReadCloser, error) { return a.openEntry(number) }
	return nil
}

// isMetadata reports whether a file is read while a directory is listed.
func isMetadata(name string) bool {
	base := compress.Stem(path.Base(name))
	return base == "prelude.json" || strings.HasSuffix(base, ".metadata.json")
}

// openEntry returns the content of the entry with the given number. It is valid until the
// next call.
func (a *tarFile) openEntry(number int64) (io.ReadCloser, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.entry >= number {
		if err := a.start(); err != nil {
			return nil, err
		}
	}
	for a.entry < number {
		if _, err := a.next(); err != nil {
			return nil, err
		}
	}
	return io.NopCloser(turn{a, number}), nil
}

// A turn reads the content of an entry of a compressed tar file, until another one is
// opened. A goroutine that reads ahead may still do so then.
type turn struct {
	a      *tarFile
	number int64
}

func (t turn) Read(p []byte) (int, error) {
	t.a.mu.Lock()
	defer t.a.mu.Unlock()
	if t.a.entry != t.number {
		return 0, fs.ErrClosed
	}
	return t.a.r.Read(p)
}

// A whole is a reader of a file of a tar file, which may be cut: then the end is an error.
type whole struct {
	r    io.Reader
	left int64 // bytes
}

func (w *whole) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.left -= int64(n); err == io.EOF && w.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
