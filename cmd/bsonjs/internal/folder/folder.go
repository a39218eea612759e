// Package folder lists the directories that are inputs: their files of documents, in
// order, with namespaces and metadata.
//
// Package archive knows the layout of a dump. This package adds the suffixes of the
// formats and compressions that bsonjs reads, and the directories of the system.
package folder

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
)

// An Input is an input as it is named.
type Input struct {
	Name   string  // of a file or directory; "-" is standard input
	Folder *Folder // the files of the directory; nil: the input is a file, or could not be listed
	Err    error   // of listing the directory
}

// Inputs returns the inputs with the given names. It lists directories, tar files and zip
// files, until ctx ends.
// Their files of documents are those in the format from, nil for any.
func Inputs(ctx context.Context, names []string, from *codec.Codec) []Input {
	all := make([]Input, len(names))
	for i, name := range names {
		all[i].Name = name
		if name == "-" {
			continue
		}
		switch info := file.Stat(name, nil); {
		case info == nil:
		case info.IsDir():
			all[i].Folder, all[i].Err = List(directory{ctx, name}, name, base(name), from)
		case info.Mode().IsRegular():
			all[i].Folder, _, all[i].Err = packed(ctx, name, from)
		}
	}
	return all
}

// base returns the last part of the name of a directory, "" if it has none.
func base(name string) string {
	whole, err := filepath.Abs(name)
	if err != nil {
		return ""
	}
	return filepath.Base(whole)
}

// A Folder is a directory that was listed.
type Folder struct {
	Name string       // of the directory, for messages
	FS   fs.FS        // the directory
	From *codec.Codec // the format of its files of documents; nil: any
	*archive.Folder
}

// List lists the directory fsys. name is its name for messages. base is its own name,
// which may be the name of a database; "" if it has none. Files of documents are those in
// the format from, nil for any.
func List(fsys fs.FS, name, base string, from *codec.Codec) (*Folder, error) {
	listed, err := archive.FolderOptions{
		DirName:      base,
		Suffixes:     suffixes(from),
		Compressions: compressions(),
		Decompress: func(suffix string, r io.Reader) (io.Reader, error) {
			c, _ := compress.ByName("x" + suffix)
			return decompressed{compress.NewReader(c, compress.NewSource(r))}, nil
		},
	}.OpenFolder(fsys)
	if err != nil {
		return nil, err
	}
	return &Folder{name, fsys, from, listed}, nil
}

// decompressed is a Reader whose Close is that of io.Closer.
type decompressed struct{ *compress.Reader }

func (d decompressed) Close() error {
	d.Reader.Close()
	return nil
}

// suffixes returns the suffixes of the files that from selects; see isWanted. Containers are
// not among them, because their files are not collections.
func suffixes(from *codec.Codec) []string {
	all := []string{}
	for _, c := range codec.All() {
		if c.Holds == nil && isWanted(c, from) {
			all = append(all, c.Suffixes...)
		}
	}
	return all
}

// isWanted reports whether files in the format c are read if from selects the files: nil is
// any format, except those of the extension, because tables are often made of the other files.
func isWanted(c, from *codec.Codec) bool { return from == c || from == nil && !c.Extension }

// compressions returns the suffixes of all compressions.
func compressions() (all []string) {
	for _, c := range compress.All() {
		all = append(all, c.Suffixes()...)
	}
	return all
}

// Path returns the name, for messages, of a file that is called name in f.
func (f *Folder) Path(name string) string {
	if name == "." {
		return f.Name
	}
	name = filepath.FromSlash(name)
	if f.Name == "." {
		return name
	}
	dir := f.Name
	for dir != "" && os.IsPathSeparator(dir[len(dir)-1]) {
		dir = dir[:len(dir)-1]
	}
	return dir + string(filepath.Separator) + name
}

// Names returns the names in FS of the files of documents and metadata.
func (f *Folder) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, in := range f.Files {
			for _, name := range []string{in.Name, in.MetadataName} {
				if name != "" && !yield(name) {
					return
				}
			}
		}
	}
}

// PreludeInDB reports whether the prelude is in the directory of a database.
func (f *Folder) PreludeInDB() bool {
	return path.Dir(f.PreludeName) != "." || f.isDB()
}

// isDB reports whether f is the directory of a database: it has its files at its top.
func (f *Folder) isDB() bool {
	for _, in := range f.Files {
		if name := cmp.Or(in.Name, in.MetadataName); in.Namespace.DB != "" && path.Dir(name) == "." {
			return true
		}
	}
	return false
}

// HasSpaces reports whether a file of f has a namespace.
func (f *Folder) HasSpaces() bool {
	n := len(f.Files)
	return n > 0 && f.Files[n-1].Namespace != archive.Namespace{} // those without one are before it
}

// Size returns the size of the files of documents, in bytes, as far as it is known.
// wants says which of them count.
func (f *Folder) Size(wants func(archive.Namespace) bool) (size int64) {
	for _, in := range f.Files {
		if in.Name == "" || !wants(in.Namespace) {
			continue
		}
		if info, err := fs.Stat(f.FS, in.Name); err == nil {
			size += info.Size()
		}
	}
	return size
}

// Reads reports whether a file that is called name in f would be read as documents.
func (f *Folder) Reads(name string) bool {
	if strings.Count(name, "/") > 1 {
		return false
	}
	c, _ := codec.BySuffix(compress.Stem(path.Base(name)))
	return c != nil && isWanted(c, f.From)
}
