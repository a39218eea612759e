package sink

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file writes archives of mongodump.

// An Archive is a Store that writes an archive to Out.
type Archive struct {
	Dump *Dump
	Out  io.Writer

	w    *archive.Writer // nil: nothing was written
	buf  []byte          // small writes that are not in Out yet
	late int             // namespaces that the start of the archive does not name…
	name string          // …and the first of them
}

// smallWrite is the size, in bytes, below which writes are gathered.
const smallWrite = 16 << 10

// Write writes p to Out, or keeps it until flush.
func (a *Archive) Write(p []byte) (int, error) {
	if len(p) < smallWrite {
		a.buf = append(a.buf, p...)
		return len(p), nil
	}
	if err := a.flush(); err != nil {
		return 0, err
	}
	return a.Out.Write(p)
}

func (a *Archive) flush() error {
	if len(a.buf) == 0 {
		return nil
	}
	_, err := a.Out.Write(a.buf)
	a.buf = a.buf[:0]
	return err
}

// writer returns the Writer. The first call decides which namespaces the start of the
// archive names.
func (a *Archive) writer() *archive.Writer {
	if a.w != nil {
		return a.w
	}
	var all []archive.Metadata
	for _, s := range a.Dump.all() {
		if !s.late && !a.Dump.isBuckets(s) {
			all = append(all, s.Metadata)
		}
	}
	a.w = archive.NewWriter(a, archive.Header{ServerVersion: a.Dump.server, ToolVersion: a.Dump.tool}, all)
	return a.w
}

func (a *Archive) write(s *space, to *Spaces, part *linesPart, from, end int) error {
	if to.Proof != nil {
		if err := to.Proof.Expect("", s.Namespace.String(), part.docs, part.docs.Upto(from), part.docs.Upto(end)); err != nil {
			return err
		}
	}
	return a.put(s, part.out[from:end])
}

// put writes out, which has documents of s.
func (a *Archive) put(s *space, out []byte) error {
	w := a.writer()
	if s.late && !a.Dump.isBuckets(s) {
		s.late = false
		if a.late++; a.late == 1 {
			a.name = s.Namespace.String()
		}
	}
	return w.WriteAll(s.Namespace, out)
}

// long writes a document at once: it has at most archive.DefaultMaxDocumentSize bytes.
func (a *Archive) long(s *space, to *Spaces, rec *record.Record, _ io.Writer) error {
	doc, err := to.AppendValue(nil, math.MaxInt, rec.Type, rec.Data)
	if err != nil {
		return err
	}
	told := Lines{Proof: to.Proof, space: s.Namespace.String()}
	if err := told.expect(rec); err != nil {
		return err
	}
	if err := a.put(s, doc); err != nil {
		return err
	}
	return a.flush()
}

// End completes the archive. Namespaces without documents get their blocks.
func (a *Archive) End() error {
	w := a.writer()
	for _, s := range a.Dump.all() {
		if s.begun || s.late || a.Dump.isBuckets(s) {
			continue
		}
		name, ok := a.Dump.emptySpace(s)
		if !ok {
			continue
		}
		if err := w.Begin(name); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return a.flush()
}

// Late returns the number of namespaces whose documents are in the archive, but whose
// names are not at its start, and the first of them.
func (a *Archive) Late() (n int, first string) { return a.late, a.name }
