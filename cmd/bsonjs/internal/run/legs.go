package run

import (
	"slices"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file divides a run into legs. A run without a Hold has one.
//
//	inputs ─▶ Stages ─▶ hold ─▶ Order ─▶ hold ─▶ Order ─▶ Shaping ─▶ sink
//	└───── leg ──────┘ └──── leg ─────┘ └────────── leg ──────────┘
//
// A leg ends in a hold, or in the sink of the Target. The next leg replays the records of
// the hold, as one more source: in pieces, several at once, and where that is not possible
// as a stream. It has no faults of reading. Records with other faults have the names,
// numbers and places of their inputs.
//
// Each record is counted as read once: one that is held does not count until it is
// replayed.

// A leg is a part of a run.
type leg struct {
	stages  []Stage            // before order
	order   *Order             // nil: all records
	windows map[string]*window // of order, by namespace
	shaping []Stage            // behind it
	hold    *hold              // at the end of the leg; nil: the sinks of the Target are there
	replays bool               // the records were held, and are read as frames
	merges  bool               // they are held while the inputs are read
}

// legs processes the inputs and all that is held.
func (e *engine) legs() *report.Fault {
	holds := e.Holds
	if len(holds) > 0 {
		e.store = newStore(e.ctx, e.Memory)
		defer e.store.close()
	}
	if f := e.firstLeg(holds); f != nil {
		return f
	}
	for len(holds) > 0 {
		held := e.hold
		if f := e.flushFault(); f != nil {
			return f
		}
		holds = holds[1:]
		e.start(leg{replays: true}, holds)
		if f := e.replay(held); f != nil {
			return f
		}
	}
	return nil
}

// firstLeg processes the inputs, one after the other or merged.
func (e *engine) firstLeg(holds []Hold) *report.Fault {
	if e.Merge != nil {
		e.start(leg{replays: true, merges: true}, holds)
		return e.merge()
	}
	e.start(leg{stages: e.Stages}, holds)
	return e.inputs()
}

// start begins l. The holds are not filled yet.
func (e *engine) start(l leg, holds []Hold) {
	l.windows = map[string]*window{}
	if len(holds) > 0 {
		l.hold = e.newHold(holds[0])
		l.order = holds[0].Order
	} else {
		l.order, l.shaping = e.Order, e.Shaping
	}
	e.leg, e.ended = l, false
}

// inputs processes all inputs.
func (e *engine) inputs() *report.Fault {
	for _, in := range e.Inputs {
		if f := e.named(in); f != nil {
			return f
		}
		if e.ended {
			break
		}
	}
	return nil
}

// inOutput returns the number of documents in the output.
func (e *engine) inOutput() int64 {
	if e.hold != nil || e.Sides != nil {
		return 0
	}
	return e.Written()
}

// A Homed is a Sink with a namespace for the records of its input that have none.
type Homed interface {
	Sink
	// Home returns the namespace, "" if there is none.
	Home() string
}

// setHome sets the home of s from the sink.
func (s *source) setHome(to Sink) {
	if homed, ok := to.(Homed); ok {
		s.home = homed.Home()
	}
}

// heldFormat is the format of records that are replayed.
var heldFormat = &codec.Codec{Title: "held documents"}

// replay processes the records of h.
func (e *engine) replay(h *hold) *report.Fault {
	if len(e.origins) == 0 {
		return nil
	}
	frames, err := h.sorted()
	if err != nil {
		return e.outputFault(err)
	}
	s := &source{engine: e, origin: &origin{from: heldFormat, contains: true}, decoder: frameDecoder(), marks: true}
	if f := e.useNext(); f != nil {
		return f
	}
	s.openWindow()
	if f := s.all(&frameReader{store: e.store, from: frames}); f != nil {
		return f
	}
	if f := e.flushFault(); f != nil {
		return f
	}
	dropped := h.n - s.docs
	e.count(dropped)
	e.Filtered += dropped
	if h.unique {
		e.Dropped += h.n - h.kept
	}
	return nil
}

// unchecked returns the first origin whose documents the writer has to check most: all that
// are replayed go to one sink.
func (e *engine) unchecked() *origin {
	i := slices.IndexFunc(e.origins, func(o *origin) bool { return !o.from.Checks })
	return e.origins[max(i, 0)]
}

// useNext makes the sink of the leg that of the records that are replayed.
func (e *engine) useNext() *report.Fault {
	switch {
	case e.hold != nil:
		e.use(e.hold)
		return nil
	case e.origins[0].own != nil: // turnTo chooses it
		e.use(e.origins[0].own)
		return nil
	}
	to, err := e.Target.Begin(e.unchecked().target)
	if err != nil {
		return report.UsageFault(err.Error())
	}
	e.use(to)
	return nil
}

// turnTo makes the sink of the input of the given number that of the next records, if it is
// for one input only.
func (e *engine) turnTo(number uint64) *report.Fault {
	to := e.origins[number-1].own
	if to == nil || to == e.sink || e.hold != nil {
		return nil
	}
	if f := e.flushFault(); f != nil {
		return f
	}
	e.use(to)
	return nil
}

// unframe makes raw, about a record that was held, what it is in the input.
func (e *engine) unframe(raw *fault) {
	if !e.replays {
		return
	}
	var rec record.Record
	f, _ := readFrame(raw.source, &rec)
	raw.in, raw.number, raw.at = e.origins[rec.Input-1], rec.Number, rec.Place
	raw.space = record.Space{Name: rec.Within, Number: rec.Number}
	raw.source, raw.size, raw.data = f.source, f.size, rec.Data
}
