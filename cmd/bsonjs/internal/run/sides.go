package run

import (
	"context"
	"fmt"
	"sync"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file processes two inputs at the same time.
//
// Each side is a run of its own: an engine with one input, a Target and half of the workers.
// They share the options and the output, to which neither writes. The first fault that ends
// one of them ends the other.

// Sides has the Targets of two inputs that are processed at the same time. Their sinks are
// called by a goroutine for each side.
type Sides interface {
	// Start is called first, with the context of both sides. It ends with the run.
	Start(ctx context.Context)
	// Side returns the Target of the input of that number, 0 or 1. Its method End is not
	// called.
	Side(number int) Target
	// Ended says that a side has no more records.
	Ended(number int)
	// Close is called last.
	Close()
}

// UsageError returns an error that a Sink or a Target returns if the command line is wrong.
func UsageError(why string) error { return &faultError{report.UsageFault(why)} }

// errOtherSide ends a side, because the other one has a fault. The side is interrupted, and
// reports nothing.
var errOtherSide = fmt.Errorf("the other side has ended: %w", interrupt.ErrInterrupted)

// both processes both sides, until ctx ends. stop ends it.
func (e *engine) both(ctx context.Context, stop context.CancelCauseFunc) *report.Fault {
	e.Sides.Start(ctx)
	var sides [2]*engine
	for i := range sides {
		s := &engine{Run: e.Run, ctx: ctx, kept: map[string]*file.Reader{}, in: e.in, out: e.out, rejects: e.rejects}
		s.Inputs, s.Target = e.Inputs[i:i+1], e.Sides.Side(i)
		if i == 1 {
			s.From, s.FromFlag = e.FromB, "--to"
		}
		s.Jobs = (e.jobs() + 1) / 2
		defer s.closeKept()
		if f := s.gather(); f != nil {
			return f
		}
		sides[i] = s
	}
	var first *report.Fault
	var once sync.Once
	var all sync.WaitGroup
	for i, s := range sides {
		all.Go(func() {
			f := s.legs()
			if f == nil {
				f = s.flushFault()
			}
			if f == nil && s.begun == 0 { // an input that cannot be read at all is not an empty one
				f = s.unread()
			}
			if f != nil {
				once.Do(func() { first = f })
				stop(errOtherSide)
			}
			e.Sides.Ended(i)
		})
	}
	all.Wait()
	for _, s := range sides {
		e.join(s)
	}
	return first
}

// unread returns the fault that ends a run in which an input, as a whole, had faults. They
// are reported already.
func (e *engine) unread() *report.Fault {
	if e.Code == report.CodeOK {
		return nil
	}
	return &report.Fault{Code: e.Code}
}

// join adds the result of a side to that of e.
func (e *engine) join(s *engine) {
	t := s.Totals
	e.Read += t.Read
	e.Rejected += t.Rejected
	e.Filtered += t.Filtered
	e.Partial += t.Partial
	e.Strays += t.Strays
	e.Holes += t.Holes
	e.In += t.In
	e.CompressedIn += t.CompressedIn
	e.Code = max(e.Code, s.Code)
	e.Limited = e.Limited || s.Limited
	e.note(s.Formats...)
}
