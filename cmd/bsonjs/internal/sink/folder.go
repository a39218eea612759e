package sink

import (
	"encoding/json"
	"io"
	"path"
	"runtime"
	"strings"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file writes directories as mongodump does: a file of documents and one of metadata
// for each namespace.

// A Tree is a directory of output.
type Tree interface {
	// Enter makes the file of a path, with slashes, the one that Write writes to.
	Enter(path string) error
	io.Writer
}

// A Folder is a Store that writes the files of a directory.
type Folder struct {
	Dump   *Dump
	Tree   Tree
	Suffix string // of files of documents, with a dot
	// Encoder has the text around the documents of a file without documents.
	Encoder codec.Encoder
}

// Names of files in a dump.
const (
	metadataSuffix = ".metadata.json"
	preludeName    = "prelude.json"
)

func (f *Folder) write(s *space, to *Spaces, part *linesPart, from, end int) error {
	if err := f.enter(s, to); err != nil {
		return err
	}
	return s.lines.put(part, from, end)
}

func (f *Folder) long(s *space, to *Spaces, rec *record.Record, w io.Writer) error {
	if err := f.enter(s, to); err != nil {
		return err
	}
	return s.lines.Long(rec, w)
}

// enter makes the file of s the one that its lines are written to, in the format of to.
func (f *Folder) enter(s *space, to *Spaces) error {
	name := pathOf(s.Namespace) + f.Suffix
	if err := f.Tree.Enter(name); err != nil {
		return err
	}
	s.lines.Encoder, s.lines.Out, s.lines.Proof = to.Encoder, f.Tree, to.Proof
	s.lines.lane, s.lines.space = name, s.Namespace.String()
	return nil
}

// flush does nothing: writes go to the Tree at once.
func (f *Folder) flush() error { return nil }

// End completes the files: it writes the ends of those with documents, those without
// documents, the metadata and the versions.
func (f *Folder) End() error {
	all := f.Dump.all()
	for _, s := range all {
		if err := f.end(s); err != nil {
			return err
		}
	}
	name, text, ok := f.Dump.prelude()
	if !ok {
		return nil
	}
	return f.file(name, text)
}

// end completes the files of s.
func (f *Folder) end(s *space) error {
	if text := f.metadata(s); text != "" {
		if err := f.file(pathOf(s.Namespace)+metadataSuffix, []byte(text)); err != nil {
			return err
		}
	}
	n := s.Namespace
	if !s.begun {
		var ok bool
		if n, ok = f.Dump.emptySpace(s); !ok || s.Type == archive.View {
			return nil
		}
		s.lines.Encoder = f.Encoder
	}
	if err := f.Tree.Enter(pathOf(n) + f.Suffix); err != nil {
		return err
	}
	return s.lines.End(f.Tree)
}

// metadata returns the text of the metadata of s, "" if it has none. If the names of the
// files of s are shortened, the whole name is in it.
func (f *Folder) metadata(s *space) string {
	if _, whole := archive.ParseFileName(archive.FileName(s.Namespace.Collection)); whole {
		return s.Text
	}
	text, err := codec.NameMetadata(s.Text, s.Namespace)
	if err != nil {
		f.Dump.notes = append(f.Dump.notes, err.Error()+"; the file does not have the whole name of the collection")
	}
	return text
}

// file writes a file of its own.
func (f *Folder) file(name string, text []byte) error {
	if err := f.Tree.Enter(name); err != nil {
		return err
	}
	_, err := f.Tree.Write(text)
	return err
}

// prelude returns the name and the text of the file of versions. ok is false if no input
// has them.
func (d *Dump) prelude() (name string, text []byte, ok bool) {
	if d.server == "" {
		return "", nil, false
	}
	text, err := json.Marshal(struct{ ServerVersion, ToolVersion string }{d.server, d.tool})
	name = preludeName
	if db, one := d.database(); one && d.inDB {
		name = path.Join(portable(db), name)
	}
	return name, text, err == nil
}

// database returns the database of all namespaces. one is false if there are several.
func (d *Dump) database() (db string, one bool) {
	for i, s := range d.all() {
		if db = s.Namespace.DB; db == "" || i > 0 && db != d.order[0].Namespace.DB {
			return "", false
		}
	}
	return db, db != ""
}

// pathOf returns the path, without a suffix, of the files of n, which is valid. It never
// leaves the directory: the name of a database has no dot, slash, backslash or NUL, and
// archive.FileName escapes these in the name of a collection.
func pathOf(n archive.Namespace) string {
	if n.DB == "" {
		return portable(archive.FileName(n.Collection)) // the oplog
	}
	return path.Join(portable(n.DB), portable(archive.FileName(n.Collection)))
}

// portable returns the name of a file or directory for name.
func portable(name string) string {
	if runtime.GOOS != "windows" {
		return name
	}
	return escapeReserved(name)
}

// reserved are the names of devices on Windows, in upper case. COM and LPT have a digit
// after them.
var reserved = map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true}

// escapeReserved returns name with its first byte escaped, if Windows takes the name, up to
// its first dot, for that of a device. Characters that Windows does not allow are escaped,
// too.
func escapeReserved(name string) string {
	const digits = "0123456789ABCDEF"
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	rest, isPort := strings.CutPrefix(stem, "COM")
	if !isPort {
		rest, isPort = strings.CutPrefix(stem, "LPT")
	}
	device := reserved[stem] || isPort && (len(rest) == 1 && rest[0] >= '0' && rest[0] <= '9' || rest == "¹" || rest == "²" || rest == "³")
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c < ' ' || strings.IndexByte(`<>:"|?*`, c) >= 0 || i == 0 && device || i == len(name)-1 && c == ' ' {
			b.WriteString("%" + string(digits[c>>4]) + string(digits[c&15]))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
