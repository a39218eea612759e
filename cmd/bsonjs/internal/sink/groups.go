package sink

import (
	"bytes"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// This file splits documents by the value of a field: each value has a file.
//
// The output of a file is gathered before it is written, so that files whose documents come
// in turns are rarely opened again. Writes depend on the bytes of the documents and on their
// order only, not on the parts in which they come: so the bytes of compressed files are the
// same for any number of workers.

const (
	// gatheredFile and gatheredAll are the largest numbers of bytes that are gathered of
	// one file and of all files.
	gatheredFile = 64 << 10
	gatheredAll  = 8 << 20
	// spareBuffers is the number of empty buffers that are kept.
	spareBuffers = 16
)

// Groups is the state of an output that is split by the value of a field.
type Groups struct {
	Path []string // of the field
	// Most is the number of files that Out can have. The output of one more is written at
	// once, so that Out refuses it.
	Most int

	out      Tree
	byLabel  map[string]*group
	order    []*group
	gathered int // bytes in all buffers
	spare    [][]byte
}

// A group is a file of Groups.
type group struct {
	groups *Groups
	label  string
	lines  Lines
	buf    []byte // output that is not written yet
}

// Grouped is the sink of an input that writes to Groups.
type Grouped struct {
	codec.Encoder
	Groups *Groups
	Out    Tree
	Proof  *proof.Proof // see Lines
}

// Part returns a part of the output.
func (s *Grouped) Part() record.Part {
	return &groupedPart{path: s.Groups.Path, linesPart: linesPart{encoder: &s.Encoder, docs: s.Proof.Part()}}
}

// Alone returns the Alone of the Encoder.
func (s *Grouped) Alone() int { return s.Encoder.Alone }

// Take writes the documents in p.
func (s *Grouped) Take(p record.Part) error {
	part := p.(*groupedPart)
	from, label := 0, 0
	for _, r := range part.runs {
		g := s.Groups.find(part.labels[label:r.label])
		g.begin(s)
		if err := g.lines.put(&part.linesPart, from, r.end); err != nil {
			return err
		}
		from, label = r.end, r.label
	}
	part.clear()
	part.empty()
	return nil
}

// Long writes a document of any length. It goes through the buffer of its file like all
// others, and not through a writer of its own.
func (s *Grouped) Long(rec *record.Record, _ io.Writer) error {
	g := s.Groups.find(appendLabel(nil, valueAt(rec, s.Groups.Path)))
	g.begin(s)
	return g.lines.Long(rec, g)
}

// find returns the group of label.
func (s *Groups) find(label []byte) *group {
	if g := s.byLabel[string(label)]; g != nil {
		return g
	}
	if s.byLabel == nil {
		s.byLabel = map[string]*group{}
	}
	g := &group{groups: s, label: string(label)}
	s.byLabel[g.label] = g
	s.order = append(s.order, g)
	return g
}

// begin makes g write documents of to.
func (g *group) begin(to *Grouped) {
	g.groups.out = to.Out
	g.lines.Encoder, g.lines.Out, g.lines.Proof, g.lines.lane = to.Encoder, g, to.Proof, g.label
}

// Write gathers p. It writes when the bytes of a file, or of all files, are enough.
func (g *group) Write(p []byte) (int, error) {
	s, n := g.groups, len(p)
	for len(p) > 0 {
		if g.buf == nil {
			g.buf = s.buffer()
		}
		m := min(len(p), gatheredFile-len(g.buf), gatheredAll-s.gathered)
		g.buf = append(g.buf, p[:m]...)
		s.gathered += m
		p = p[m:]
		var err error
		switch {
		case s.gathered == gatheredAll || len(s.order) > s.Most:
			err = s.flush()
		case len(g.buf) == gatheredFile:
			err = g.flush()
		}
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// buffer returns an empty buffer.
func (s *Groups) buffer() []byte {
	last := len(s.spare) - 1
	if last < 0 {
		return make([]byte, 0, 512)
	}
	b := s.spare[last]
	s.spare = s.spare[:last]
	return b
}

// flush writes the gathered bytes of all files.
func (s *Groups) flush() error {
	for _, g := range s.order {
		if err := g.flush(); err != nil {
			return err
		}
	}
	return nil
}

// flush writes the gathered bytes of g.
func (g *group) flush() error {
	if len(g.buf) == 0 {
		return nil
	}
	s, buf := g.groups, g.buf
	g.buf = nil
	s.gathered -= len(buf)
	if len(s.spare) < spareBuffers {
		s.spare = append(s.spare, buf[:0])
	}
	if err := s.out.Enter(g.label); err != nil {
		return err
	}
	_, err := s.out.Write(buf)
	return err
}

// End completes all files.
func (s *Groups) End() error {
	for _, g := range s.order {
		if !g.lines.begun {
			continue
		}
		if err := g.lines.End(g); err != nil {
			return err
		}
		if err := g.flush(); err != nil {
			return err
		}
	}
	return nil
}

// A groupedPart is the output of some documents in a row, in runs of one value.
type groupedPart struct {
	linesPart
	path   []string
	runs   []groupRun
	labels []byte // of the runs
	last   int    // offset in labels of the label of the last run
}

// A groupRun is the output of documents with one value in a row.
type groupRun struct {
	label int // end of the label, in the labels of the part
	end   int // in the output of the part
}

func (p *groupedPart) Reset(size, most int) {
	p.linesPart.Reset(size, most)
	p.clear()
}

// clear removes the runs.
func (p *groupedPart) clear() { p.runs, p.labels, p.last = p.runs[:0], p.labels[:0], 0 }

func (p *groupedPart) Add(rec *record.Record) error {
	if err := p.linesPart.Add(rec); err != nil {
		return err
	}
	n := len(p.labels)
	p.labels = appendLabel(p.labels, valueAt(rec, p.path))
	if len(p.runs) > 0 && bytes.Equal(p.labels[p.last:n], p.labels[n:]) {
		p.labels = p.labels[:n]
	} else {
		p.runs = append(p.runs, groupRun{label: len(p.labels)})
		p.last = n
	}
	p.runs[len(p.runs)-1].end = len(p.out)
	return nil
}

// valueAt returns the value at path of rec, the zero Value if it is missing.
func valueAt(rec *record.Record, path []string) bsoncore.Value {
	if rec.Type != bson.TypeDocument {
		return bsoncore.Value{}
	}
	return bsoncore.Document(rec.Data).Lookup(path...)
}
