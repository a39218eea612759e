// Package record has the records that go through a run, and their places.
package record

import (
	"bytes"
	"errors"
	"math/rand/v2"

	"github.com/bsonkit/bsonkit/bson"
)

// A Record is a document of an input, or another value in the place of one. Its
// bytes are valid until the next record is read.
type Record struct {
	Type   bson.Type
	Data   []byte  // bytes of the value, as they follow the key of an element
	Source []byte  // bytes of the input from which it was read
	Offset int64   // byte at which Source starts, from the start of the reader
	Keys   Escapes // the reader and the sink count

	// Space has the namespace in a container. Its Number is known only to sinks that
	// get records one by one, and so are Number and Place.
	Space Space
	// Part is the number, from 1, of a record among several that are read from the
	// same Source, such as measurements from a bucket. 0: the record is all of Source.
	// More reports that another one follows.
	Part int
	More bool
	// Fault is the reason why no records can be read from Source, nil if there is none.
	// Data is then Source.
	Fault error
	// Shaped says that a stage has moved the elements of Data: its offsets are not those
	// of Source. Rooms are for the bytes that stages make, from record to record. The
	// first has Data if it is shaped, so the second is free.
	Shaped bool
	Rooms  [2][]byte
	// Spot is known to stages behind the selection by order.
	Spot Spot

	// Home is the namespace that the output gives to records of the input that have none;
	// "": it gives none.
	Home string

	Number int64 // in its input, from 1
	Place  Place // in its input, at which Source starts

	// Of a record that is held, or was held:
	Input  uint64 // number of its input, from 1. 0: Number and Place count from the start of the piece
	Within string // the namespace in the container, which is not that of a measurement
}

// A Spot is the place of a record in the inputs of a run. It does not depend on the number
// of workers.
type Spot struct {
	Input  uint64 // number of the input
	Offset int64  // in the input, at which Source starts
	Part   int    // as in the record
}

// Hash returns a hash of a seed and s.
func (s Spot) Hash(seed uint64) uint64 {
	r := s.Random(seed)
	return r.Uint64()
}

// Random returns a source of random numbers that depend on seed and s alone. The first is
// the Hash.
func (s Spot) Random(seed uint64) (r rand.PCG) {
	r.Seed(seed, s.Input)
	r.Seed(r.Uint64()^uint64(s.Offset), uint64(s.Part))
	return r
}

// A Space is a namespace of a container, and a document of it. The zero Space is that
// of an input without namespaces.
type Space struct {
	Name   string // the database, a dot and the collection; "": not known
	Number int64  // of the document in the namespace, from 1; 0: not in a document
}

// Escapes are the numbers of keys that text spells with a further $.
type Escapes struct {
	In  int64 // in the text that was read
	Out int64 // in the text that is written
}

// Plus returns the sums of e and f.
func (e Escapes) Plus(f Escapes) Escapes { return Escapes{e.In + f.In, e.Out + f.Out} }

// A Place is a place in an input. The zero Place is its start.
type Place struct {
	Offset int64 // bytes before it
	Line   int64 // line feeds before it; 0 where there is no text
	Column int64 // bytes between it and the line feed before it; 0 where there is no text
}

// Plus returns the place that is q for a reader that starts to count at p.
func (p Place) Plus(q Place) Place {
	p.Offset += q.Offset
	p.Line += q.Line
	if q.Line > 0 {
		p.Column = 0
	}
	p.Column += q.Column
	return p
}

// Behind returns the place at the end of text, which starts at p.
func (p Place) Behind(text []byte) Place {
	p.Offset += int64(len(text))
	lines := bytes.Count(text, []byte("\n"))
	if lines == 0 { // do not look for the last one: text may be a megabyte
		p.Column += int64(len(text))
		return p
	}
	p.Line += int64(lines)
	p.Column = int64(len(text) - bytes.LastIndexByte(text, '\n') - 1)
	return p
}

// A Part is the result of a sink for some records in a row.
type Part interface {
	// Reset empties the part for the records of a piece of size bytes, 0 if that
	// is not known. The part may have at most most bytes of output.
	Reset(size, most int)
	// Add adds a record. On error it adds nothing. The error matches
	// bson.ErrTooLarge if rec has to be written by itself.
	Add(rec *Record) error
	// Size returns the number of bytes of output in the part.
	Size() int
}

// Faults are several faults of one record, in order.
type Faults struct {
	List []error // at least one
	More int     // number of faults that are not in List
}

// Listed returns all faults in err, the error of a record.
func Listed(err error) []error {
	if f, ok := errors.AsType[Faults](err); ok {
		return f.List
	}
	return []error{err}
}

// Error describes the first fault.
func (f Faults) Error() string { return f.List[0].Error() }

// Unwrap returns the faults in List.
func (f Faults) Unwrap() []error { return f.List }

// A Passed is the fault of a record that is rejected under any policy and does not end the
// run.
type Passed struct{ Err error }

// Error describes the fault.
func (p *Passed) Error() string { return p.Err.Error() }

// Unwrap returns the fault.
func (p *Passed) Unwrap() error { return p.Err }
