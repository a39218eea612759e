package main

import (
	"bytes"
	"errors"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pipeline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file is the way of one input through a conversion. It is converted in
// pieces, several at once (piece.go), as long as nothing is wrong, and as a
// stream (stream.go) around whatever is. Both give the same documents: a piece
// stops where it cannot judge a fault from its own bytes, and the stream goes
// on from there.

// A source is an input while its documents are converted.
type source struct {
	c      *conversion
	name   string // for messages
	from   format.Format
	fm     formatter
	advice string // ends the line of a fault in the first document
	feed   *pipeline.Feed
	// splitter cuts text from where it has been converted to.
	splitter *extjson.Splitter
	// long reads the documents that workers leave to take because their output
	// is long.
	long pieceReader
	// failed is why take has stopped, if the run is to end.
	failed *report.Fault
	// enough is set when the rest of the source is not needed. The source may
	// not have been read to its end.
	enough bool

	at    position      // how far the input has been converted
	place extjson.Place // what may come there, in text
	docs  int64         // documents read before, whether converted or not
}

// A position is a place in an input. The zero position is its start.
type position struct {
	offset int64 // bytes before it
	line   int64 // line feeds before it
	column int64 // bytes between it and the line feed before it
}

// advance moves p past data. Only text has lines.
func (p *position) advance(data []byte, from format.Format) {
	p.offset += int64(len(data))
	if from != format.JSON {
		return
	}
	p.line += int64(bytes.Count(data, []byte("\n")))
	if i := bytes.LastIndexByte(data, '\n'); i >= 0 {
		p.column = int64(len(data) - i - 1)
	} else {
		p.column += int64(len(data))
	}
}

// convert converts the documents that r holds.
func (s *source) convert(r io.Reader) *report.Fault {
	s.feed = pipeline.NewFeed(s.c.ctx, r, s.c.flush)
	defer func() {
		s.c.In += s.feed.Bytes()
		s.feed.Close()
	}()
	if s.c.view != nil || s.from != format.BSON && s.from != format.JSON {
		_, f := s.stream()
		return f
	}
	line := s.line()
	defer line.Close()
	for {
		s.splitter = s.c.opts.decodeText().NewSplitter(s.place)
		err := line.Run(s.feed)
		switch {
		case s.failed != nil:
			return s.failed
		case s.c.ctx.Err() != nil:
			return s.c.interrupted()
		case err != nil || s.c.out.Err() != nil:
			return s.c.inputFault(s.name, err)
		}
		// Whether the input ended well is for the stream to see.
		if ended, f := s.stream(); ended || f != nil {
			return f
		}
	}
}

// append appends the output for the value of type t in data. The error matches
// bson.ErrTooLarge if dst would have more than most bytes; write is to be used
// then, and finds other faults.
func (s *source) append(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	n, frame := len(dst), &s.c.frame
	dst = append(dst, frame.between...)
	out, err := s.fm.appendValue(dst, most, t, data)
	if err != nil {
		return dst[:n], err
	}
	return append(out, frame.after...), nil
}

// write writes the output for the value of type t in data, of any length. If the
// value has a fault, nothing is written.
func (s *source) write(t bson.Type, data []byte) error {
	if err := s.c.flush(); err != nil {
		return err
	}
	if err := s.fm.writeValue(&longWriter{c: s.c}, t, data); err != nil {
		return err
	}
	return s.c.writeText(s.c.frame.after)
}

// refuse leaves out the document that m is about, whose bytes are data.
func (s *source) refuse(m mishap, data []byte) *report.Fault {
	f, ok := s.report(m)
	if !ok {
		return s.c.inputFault(s.name, m.err)
	}
	if s.c.opts.onError != reportErrors && s.c.view == nil {
		f.Skipped, f.From = int64(len(data)), m.at.offset
	}
	if err := s.c.reject(data, s.from); err != nil {
		return report.WriteFault(s.c.rejects.Name(), err)
	}
	return s.c.leaveOut(f)
}

// report reports all that is wrong with the document that m is about, but for
// the last fault, which it returns. It returns false if m is about something
// other than a document.
func (s *source) report(m mishap) (*report.Fault, bool) {
	all, _ := errors.AsType[faults](m.err)
	var last *report.Fault
	for _, err := range listed(m.err) {
		s.c.say.Faults(last)
		m.err = err
		f := s.diagnose(m)
		if f == nil {
			return nil, false
		}
		last = f
	}
	if all.more > 0 {
		last.Advice = report.Plural(int64(all.more), "more fault") + " in this document"
	}
	return last, true
}

// A mishap is a document, or what should be one, that was not converted.
type mishap struct {
	err    error
	number int64    // of the document in the input, from 1
	at     position // where it starts
	base   position // from where err counts, if reading it has failed
	wrote  bool     // it was read, but could not be written
}

// diagnose returns the fault that m is, with places in the input, or nil if m
// is about something other than a document.
func (s *source) diagnose(m mishap) *report.Fault {
	f := report.Diagnose(m.err)
	if f == nil {
		return nil
	}
	switch at := f.Place; {
	case m.wrote && s.from == format.BSON:
		at.Offset += m.at.offset
	case m.wrote: // its offset counts bytes of BSON, which are in no file
		at.Offset = m.at.offset
		if s.from == format.JSON {
			at.Line, at.Column = m.at.line+1, m.at.column+1
		}
	default:
		at.Offset += m.base.offset
		if at.Line == 1 {
			at.Column += m.base.column
		}
		if at.Line > 0 {
			at.Line += m.base.line
		}
	}
	return s.about(f, m.number)
}

// about returns f as a fault of the document of that number in s.
func (s *source) about(f *report.Fault, number int64) *report.Fault {
	f.In(s.name, number)
	if number == 1 {
		f.Advice = s.advice
	}
	return f
}

// leavesOut reports whether a document that could not be written, whose bytes
// are data, can be left out and the next be read where it ends. Bytes that do
// not hold together may end where they do not say.
func (s *source) leavesOut(data []byte) bool {
	if s.c.opts.onError == stopOnError {
		return false
	}
	if s.from != format.BSON {
		return true
	}
	err := bson.ValidateOptions{MaxDepth: s.c.opts.maxDepth, AllowInvalidUTF8: true}.Validate(data)
	_, malformed := errors.AsType[*bson.SyntaxError](err)
	return !malformed
}
