package run

import (
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file merges inputs that are sorted already, without a store.
//
//   - Each input is processed in a coroutine, as a stream, and its sink is a hold that
//     gives one frame after the other to the merger. Only one of them, or the main
//     goroutine, runs at a time, so they share the engine. What belongs to an input is a
//     side, which is exchanged at each switch.
//   - The merger is the Reader of the leg that replays the frames.

// A Merge is the order in which inputs are sorted.
type Merge struct {
	Key Key
	By  KeyOrder
}

// maxMerged is the number of inputs that are open at once.
const maxMerged = 256

// ErrDisorder: a document comes before the one in front of it.
var ErrDisorder = errors.New("out of order: --merge needs inputs that are sorted by --sort; leave out --merge to sort them")

// errEnough ends a coroutine.
var errEnough = errors.New("no more records are wanted")

// A faultError is a fault as an error, for a Reader.
type faultError struct{ *report.Fault }

func (e *faultError) Error() string { return e.Why }

// A side is what belongs to a part of a run that is not active.
type side struct {
	leg
	outlet
}

// exchange makes s active, and s what was active.
func (e *engine) exchange(s *side) {
	e.leg, s.leg = s.leg, e.leg
	e.outlet, s.outlet = s.outlet, e.outlet
}

// merge processes the records of all inputs in order.
func (e *engine) merge() *report.Fault {
	if n := int64(len(e.Inputs)); n > maxMerged {
		return report.UsageFault("--merge reads at most " + report.Plural(maxMerged, "input") + " at once, and there are " + report.Plural(n, "input") + "; merge some of them first")
	}
	m := &merger{e: e}
	defer m.stop()
	for i := range e.Inputs {
		m.open(i)
	}
	if m.err != nil {
		return m.err.Fault
	}
	if len(e.origins) == 0 {
		return nil
	}
	s := &source{engine: e, origin: &origin{from: heldFormat, contains: true}, marks: true}
	s.decoder.Stream = func(io.Reader, codec.State) codec.Reader { return m }
	if f := e.useNext(); f != nil {
		return f
	}
	s.openWindow()
	if f := s.all(strings.NewReader("")); f != nil {
		return f
	}
	return e.flushFault()
}

// A merger reads the frames of all inputs in order.
type merger struct {
	frameStream
	e      *engine
	inputs []*merged // a heap
	all    []*merged
	last   *merged // the input of the current frame
	frame  []byte
	err    *faultError
}

// A merged is an input that is merged.
type merged struct {
	side
	m     *merger
	index int // among the inputs
	key   []byte
	frame []byte // without its length
	next  func() (key, frame []byte, ok bool)
	stop  func()
	fault *report.Fault
}

// open begins to process an input.
func (m *merger) open(index int) {
	in := &merged{m: m, index: index}
	in.next, in.stop = iter.Pull2(in.frames)
	m.all = append(m.all, in)
	if m.advance(in) {
		heap.Push(m, in)
	}
}

// frames processes in and yields the frames of its records.
func (in *merged) frames(yield func(key, frame []byte) bool) {
	e := in.m.e
	h := &hold{Hold: Hold{key: e.Merge.Key, by: e.Merge.By}, e: e, yield: yield}
	e.leg = leg{stages: e.Stages, windows: map[string]*window{}, hold: h}
	if in.fault = e.named(e.Inputs[in.index]); in.fault == nil {
		in.fault = e.flushFault()
	}
}

// advance goes to the next frame of in, and reports whether there is one.
func (m *merger) advance(in *merged) (ok bool) {
	m.e.exchange(&in.side)
	in.key, in.frame, ok = in.next()
	m.e.exchange(&in.side)
	if !ok && in.fault != nil && m.err == nil {
		m.err = &faultError{in.fault}
	}
	return ok
}

// stop ends all coroutines.
func (m *merger) stop() {
	for _, in := range m.all {
		m.e.exchange(&in.side)
		in.stop()
		m.e.exchange(&in.side)
	}
}

// Next is the method of a codec.Reader. The record is valid until the next call.
func (m *merger) Next(rec *record.Record) bool {
	if m.last != nil {
		if m.advance(m.last) {
			heap.Fix(m, 0)
		} else {
			heap.Pop(m)
		}
	}
	m.last = nil
	m.at += int64(len(m.frame))
	m.frame = m.frame[:0]
	if m.err != nil || len(m.inputs) == 0 {
		return false
	}
	m.last = m.inputs[0]
	m.frame = append(binary.AppendUvarint(m.frame, uint64(len(m.last.frame))), m.last.frame...)
	readFrame(m.frame, rec)
	rec.Offset = m.at
	m.space = record.Space{Name: rec.Space.Name, Number: rec.Number}
	return true
}

// Err returns the fault of an input that ends the run.
func (m *merger) Err() error {
	if m.err == nil {
		return nil
	}
	return m.err
}

// Buffered returns nothing: no byte is read ahead.
func (m *merger) Buffered() []byte { return nil }

// The methods of heap.Interface. Of equal keys, that of the first input comes first.
func (m *merger) Len() int      { return len(m.inputs) }
func (m *merger) Swap(i, j int) { m.inputs[i], m.inputs[j] = m.inputs[j], m.inputs[i] }
func (m *merger) Push(x any)    { m.inputs = append(m.inputs, x.(*merged)) }

func (m *merger) Less(i, j int) bool {
	a, b := m.inputs[i], m.inputs[j]
	if n := m.e.Merge.By.Compare(a.key, b.key); n != 0 {
		return n < 0
	}
	return a.index < b.index
}

func (m *merger) Pop() any {
	last := m.inputs[len(m.inputs)-1]
	m.inputs = m.inputs[:len(m.inputs)-1]
	return last
}

// yields reports whether the sink gives records to a merger. It gets one at a time, so that
// an input is read no further than the merger has asked for: a fault does not lose the
// records in front of it, and one behind the last record that is wanted is not met.
func (e *engine) yields() bool { return e.hold != nil && e.hold.yield != nil }

// give gives the records of p to the merger, one by one. A record that was given counts as
// read when it is replayed.
func (h *hold) give(p *heldPart) error {
	from := 0
	for i := range p.items {
		item := &p.items[i]
		key := p.buf[from:item.key]
		if h.last != nil && h.by.Compare(key, h.last) < 0 {
			return &faultError{h.disorder(item)}
		}
		h.last = append(h.last[:0], key...)
		h.item = append(appendHead(h.item[:0], item), p.buf[item.key:item.end]...)
		h.e.Read, h.e.shelved = h.e.Read-1, h.e.shelved+1
		h.e.waiting--
		if !h.yield(key, h.item) {
			return errEnough
		}
		from = item.end
	}
	p.empty()
	return nil
}

// giveLong is give for a record that waits for nothing and is not counted yet.
func (h *hold) giveLong(p *heldPart) error {
	h.e.Read, h.e.waiting = h.e.Read+1, 1
	err := h.Take(p)
	if err == nil {
		h.e.Read--
	} else {
		h.e.Read -= h.e.waiting
	}
	h.e.waiting = 0
	return err
}

// disorder returns the fault of a record that is out of order.
func (h *hold) disorder(item *heldItem) *report.Fault {
	raw := fault{
		err: &bson.ValueError{Err: ErrDisorder}, in: h.e.origins[item.input-1], number: item.number, part: item.part,
		space: record.Space{Name: item.within.Name, Number: item.number}, at: item.place, read: true, shaped: true,
	}
	return h.e.diagnose(raw)
}

var _ codec.Container = (*merger)(nil)
