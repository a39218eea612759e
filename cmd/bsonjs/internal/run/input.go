package run

import (
	"errors"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pipeline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// A source is an input while its records are read.
type source struct {
	*engine
	name    string // for messages
	from    *codec.Codec
	decoder codec.Decoder
	serial  Serial // the sink, if it is one; else nil
	advice  string // ends the line of a fault in the first document
	feed    *pipeline.Feed
	// cutter cuts pieces from where all is done.
	cutter codec.Cutter
	// alone reads the records that workers leave to take because what is made of
	// them is long.
	alone codec.PieceReader
	// failed is why take has stopped, if the run is to end.
	failed *report.Fault
	// enough is set if the rest of the source is not needed. The source may not
	// have been read to its end.
	enough bool

	at    record.Place // how far the input is done
	state codec.State  // what may come there
	docs  int64        // records read before, whether left out or not
}

// all does the records that r holds.
func (s *source) all(r io.Reader) *report.Fault {
	s.feed = pipeline.NewFeed(s.ctx, r, s.flush)
	defer func() {
		s.In += s.feed.Bytes()
		s.feed.Close()
	}()
	if s.serial != nil || s.decoder.Cut == nil {
		_, f := s.stream()
		return f
	}
	line := s.line()
	defer line.Close()
	for {
		s.cutter = s.decoder.Cut(s.state, pipeline.MaxPiece)
		err := line.Run(s.feed)
		switch {
		case s.failed != nil:
			return s.failed
		case s.ctx.Err() != nil:
			return s.interrupted()
		case err != nil || s.out.Err() != nil:
			return s.inputFault(s.name, err)
		}
		// The stream checks the end of the input.
		if ended, f := s.stream(); ended || f != nil {
			return f
		}
	}
}

// behind returns the place behind data, which starts at p.
func (s *source) behind(p record.Place, data []byte) record.Place {
	if s.from.Text {
		return p.Behind(data)
	}
	p.Offset += int64(len(data))
	return p
}

// An outcome is the result of a record.
type outcome uint8

const (
	added    outcome = iota
	filtered         // it is not wanted
	long             // Sink.Long is to be used
	refused          // it cannot be written, or a stage rejects it
)

// stages has rec go through the stages.
func (s *source) stages(rec *record.Record) (outcome, error) {
	for _, do := range s.Stages {
		if keep, err := do.Do(rec); err != nil {
			return refused, err
		} else if !keep {
			return filtered, nil
		}
	}
	return added, nil
}

// put has rec go through the stages and into p.
func (s *source) put(p record.Part, rec *record.Record) (outcome, error) {
	if len(s.Stages) > 0 { // most runs have none
		if what, err := s.stages(rec); what != added {
			return what, err
		}
	}
	err := p.Add(rec)
	switch {
	case err == nil:
		return added, nil
	case errors.Is(err, bson.ErrTooLarge):
		return long, err
	}
	return refused, err
}

// putLong is put for a record of any length, which is written at once.
func (s *source) putLong(rec *record.Record) (outcome, error) {
	if what, err := s.stages(rec); what != added {
		return what, err
	}
	if err := s.writeLong(rec); err != nil {
		return refused, err
	}
	return added, nil
}
