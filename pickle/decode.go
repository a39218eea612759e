package pickle

import (
	"cmp"
	"sync"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file has the entry points for reading, and the unpickler behind them. A
// pickle goes through three parts, each in files of its own:
//
//	pickle ──machine──▶ graph ──builder──▶ BSON
//
//   - The machine runs opcodes (machine.go).
//   - The graph has the values that the opcodes make (graph.go).
//   - The builder writes them as BSON (to_bson.go).
//
// The machine and the builder know the graph, and not each other. The unpickler
// knows all three.

// An unpickler reads one pickle after the other.
type unpickler struct {
	machine machine
	builder builder // of machine.graph
	options error   // of one that is out of range
	scratch [64]byte
}

// AppendBSON appends the document in data, one pickle, to dst as BSON and
// returns the longer slice. A document is a dict, a SON, an OrderedDict, a
// RawBSONDocument or a DBRef. data is not kept; dst may be nil and must not
// overlap it. The document onto a nil dst has no spare capacity, up to some megabytes.
// On failure dst comes back at its old length, with a
// *SyntaxError or a *ValueError whose Offset counts bytes from the start of
// data.
func AppendBSON(dst, data []byte) ([]byte, error) { return DecodeOptions{}.AppendBSON(dst, data) }

// AppendBSON appends the document in data to dst with the options o, otherwise
// like the function AppendBSON does.
func (o DecodeOptions) AppendBSON(dst, data []byte) ([]byte, error) {
	n := len(dst)
	u := unpicklers.Get().(*unpickler)
	defer u.free()
	u.init(&o)
	dst, t, err := u.whole(dst, data)
	if err == nil && t != bsoncore.TypeDocument {
		err = u.mistyped(t, ErrNotDocument)
	}
	if err != nil {
		return dst[:n], err
	}
	return dst, nil
}

// AppendBSONValue appends the value in data, one pickle, to dst as the bytes
// that follow the key of a BSON element, and returns the longer slice and the
// type of the value. Lists and tuples become arrays. A dictionary with keys
// that are not text becomes an array of pairs, if it is not inside a document.
// data is not kept; dst may be nil and must not overlap it. On failure dst
// comes back at its old length, with a *SyntaxError or a *ValueError whose
// Offset counts bytes from the start of data.
func AppendBSONValue(dst, data []byte) ([]byte, bsoncore.Type, error) {
	return DecodeOptions{}.AppendBSONValue(dst, data)
}

// AppendBSONValue appends the value in data to dst with the options o,
// otherwise like the function AppendBSONValue does.
func (o DecodeOptions) AppendBSONValue(dst, data []byte) ([]byte, bsoncore.Type, error) {
	n := len(dst)
	u := unpicklers.Get().(*unpickler)
	defer u.free()
	u.init(&o)
	u.builder.pairs = true
	dst, t, err := u.whole(dst, data)
	if err != nil {
		return dst[:n], 0, err
	}
	return dst, t, nil
}

// newUnpickler returns an unpickler whose builder reads the graph that its
// machine makes. The machine's stack is spare by then.
func newUnpickler() *unpickler {
	u := new(unpickler)
	u.builder.graph, u.builder.spare = &u.machine.graph, &u.machine.stack
	return u
}

// init sets the options of u.
func (u *unpickler) init(o *DecodeOptions) {
	u.options = o.check()

	m := &u.machine
	m.encoding = o.Encoding
	m.maxNodes = cmp.Or(o.MaxNodes, DefaultMaxNodes)
	m.maxMemo = cmp.Or(o.MaxMemo, DefaultMaxMemo)
	m.describe = o.Unknown == UnknownDescribe

	b := &u.builder
	b.maxDepth = maxDepth(o.MaxDepth)
	expansion := DefaultMaxExpansion
	if o.Unknown == UnknownDescribe {
		expansion *= describedExpansion
	}
	b.maxExpansion = cmp.Or(o.MaxExpansion, expansion)
	b.longText = o.LongText
	b.unknown = o.Unknown
	b.zones = zones{load: o.LoadLocation}
	b.pairs = false
}

// reset makes u read a pickle from its start.
func (u *unpickler) reset() {
	u.machine.reset()
	u.builder.reset()
}

// whole reads data, which must be one pickle and nothing else, and appends
// its value.
func (u *unpickler) whole(dst, data []byte) ([]byte, bsoncore.Type, error) {
	if u.options != nil {
		return dst, 0, u.options
	}
	m := &u.machine
	u.reset()
	m.src, m.final = data, true
	var t bsoncore.Type
	switch {
	case len(data) > maxSource:
		m.fail(0, bsoncore.ErrTooLarge, "")
	case m.run() != statusDone:
	case m.off != len(data):
		m.fail(m.off, ErrTrailing, "")
	default:
		dst, t = u.resultTo(dst)
	}
	if m.err != nil {
		return dst, 0, u.error(0)
	}
	return dst, t, nil
}

// resultTo is result for a dst of the caller, which is allocated at most once.
func (u *unpickler) resultTo(dst []byte) ([]byte, bsoncore.Type) {
	if !scratch.Full(dst) {
		return u.result(dst)
	}
	b := scratch.Get()
	defer b.Free()
	out, t := u.result(b.Bytes)
	b.Set(out)
	if t == 0 {
		return dst, 0
	}
	return scratch.Result(dst, out), t
}

// result appends the value of the pickle that the machine has read, and returns
// its type, or 0 after a fault.
func (u *unpickler) result(dst []byte) ([]byte, bsoncore.Type) {
	return u.builder.build(dst, u.machine.result(), u.machine.off)
}

// mistyped returns the error of a pickle whose value, of type t, has the wrong
// type.
func (u *unpickler) mistyped(t bsoncore.Type, err error) error {
	m := &u.machine
	m.fail(m.place(m.result()), err, t.String())
	return u.error(0)
}

// error returns the fault as an error; the pickle starts at offset base of
// the input.
func (u *unpickler) error(base int64) error {
	g := &u.machine.graph
	e := SyntaxError{Offset: base + int64(g.fault), What: g.what, Pointer: u.builder.pointer(), Err: g.err}
	bad := malformed[g.err]
	if g.fault < len(g.src) {
		op := g.src[g.fault]
		if e.Opcode = opcodeNames[op]; e.Opcode == "" {
			bad = bad || g.err == ErrOpcode // it is none
			e.Opcode = "0x" + string(lowerHex[op>>4]) + string(lowerHex[op&15])
		}
	}
	if g.err == ErrTruncated {
		e.Offset = base + int64(len(g.src))
	}
	if bad {
		return &e
	}
	v := ValueError(e)
	return &v
}

// unpicklers are kept for their slices.
var unpicklers = sync.Pool{New: func() any { return newUnpickler() }}

// keepItems is the longest slice that a kept unpickler or writer may have.
const keepItems = 64 << 10

// free gives u back.
func (u *unpickler) free() {
	m, b := &u.machine, &u.builder
	m.src, m.far = nil, nil
	if len(m.stack.rest)+len(m.marks.rest)+len(m.cells.rest)+len(m.memo.rest) > keepChunks {
		m.stack.rest, m.marks.rest, m.cells.rest, m.memo.rest = nil, nil, nil, nil
	}
	b.zones = zones{}
	if cap(b.keys)+cap(b.table) > keepItems {
		b.keys, b.table = nil, nil
	}
	unpicklers.Put(u)
}
