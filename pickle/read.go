package pickle

import (
	"sync"

	"github.com/bsonkit/bsonkit/bson"
)

// This file has the entry points for reading. Each runs a machine over the
// pickle and has it write the value.

// AppendBSON appends the document in data, one pickle, to dst as BSON and
// returns the longer slice. A document is a dict, a SON, an OrderedDict, a
// RawBSONDocument or a DBRef. data is not kept; dst may be nil and must not
// overlap it. On failure dst comes back at its old length, with a
// *SyntaxError or a *ValueError whose Offset counts bytes from the start of
// data.
func AppendBSON(dst, data []byte) ([]byte, error) { return DecodeOptions{}.AppendBSON(dst, data) }

// AppendBSON appends the document in data to dst as o says, otherwise as the
// function AppendBSON does.
func (o DecodeOptions) AppendBSON(dst, data []byte) ([]byte, error) {
	n := len(dst)
	m := machines.Get().(*machine)
	defer m.free()
	m.init(&o)
	dst, t, err := m.whole(dst, data)
	if err == nil && t != bson.TypeDocument {
		m.fail(m.place(m.stack.at(0)), ErrNotDocument, t.String())
		err = m.error(0)
	}
	if err != nil {
		return dst[:n], err
	}
	return dst, nil
}

// AppendBSONValue appends the value in data, one pickle, to dst as the bytes
// that a BSON element has after its key, and returns the longer slice and the
// type of the value. Lists and tuples become arrays. A dictionary with keys
// that are not text, which no document can hold, becomes an array of pairs if
// it does not lie in a document. data is not kept; dst may be nil and must
// not overlap it. On failure dst comes back at its old length, with a
// *SyntaxError or a *ValueError whose Offset counts bytes from the start of
// data.
func AppendBSONValue(dst, data []byte) ([]byte, bson.Type, error) {
	return DecodeOptions{}.AppendBSONValue(dst, data)
}

// AppendBSONValue appends the value in data to dst as o says, otherwise as
// the function AppendBSONValue does.
func (o DecodeOptions) AppendBSONValue(dst, data []byte) ([]byte, bson.Type, error) {
	n := len(dst)
	m := machines.Get().(*machine)
	defer m.free()
	m.init(&o)
	m.pairs = true
	dst, t, err := m.whole(dst, data)
	if err != nil {
		return dst[:n], 0, err
	}
	return dst, t, nil
}

// init sets the options of m.
func (m *machine) init(o *DecodeOptions) {
	m.options = o.check()
	m.encoding = o.Encoding
	m.longText = o.LongText
	m.maxDepth = maxDepth(o.MaxDepth)
	m.maxNodes = orDefault(o.MaxNodes, DefaultMaxNodes)
	m.maxMemo = orDefault(o.MaxMemo, DefaultMaxMemo)
	m.maxExpansion = orDefault(o.MaxExpansion, DefaultMaxExpansion)
	m.pairs = false
}

func orDefault(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}

// reset makes m read a pickle from its start.
func (m *machine) reset() {
	m.off, m.at, m.seen = 0, 0, 0
	m.stack.n, m.marks.n, m.memo.n = 0, 0, 0
	m.cells.n = 1 // none is at 0
	m.floor, m.made, m.bare = 0, 0, noRef
	m.far = nil
	m.memos = 0
	m.err = nil
	m.path, m.pathLen = m.path[:0], 0
}

// whole reads data, which must be one pickle and nothing else, and appends
// its value.
func (m *machine) whole(dst, data []byte) ([]byte, bson.Type, error) {
	if m.options != nil {
		return dst, 0, m.options
	}
	m.reset()
	m.src, m.final = data, true
	var t bson.Type
	switch {
	case len(data) > maxSource:
		m.fail(0, bson.ErrTooLarge, "")
	case m.run() != statusDone:
	case m.off != len(data):
		m.fail(m.off, ErrTrailing, "")
	default:
		dst, t = m.result(dst)
	}
	if m.err != nil {
		return dst, 0, m.error(0)
	}
	return dst, t, nil
}

// result appends the value of the pickle that was read.
func (m *machine) result(dst []byte) ([]byte, bson.Type) {
	dst = m.begin(dst)
	dst, t := m.value(dst, m.stack.at(0))
	if t != 0 && len(dst) > m.limit {
		m.fail(m.place(m.stack.at(0)), ErrLimit, "MaxExpansion")
	}
	return dst, t
}

// machines are kept for their slices.
var machines = sync.Pool{New: func() any { return new(machine) }}

// keepItems is how long the slices of a machine or writer that is kept may be.
const keepItems = 64 << 10

// free gives m back.
func (m *machine) free() {
	m.src, m.far = nil, nil
	if len(m.stack.rest)+len(m.marks.rest)+len(m.cells.rest)+len(m.memo.rest) > keepChunks {
		m.stack.rest, m.marks.rest, m.cells.rest, m.memo.rest = nil, nil, nil, nil
	}
	if cap(m.keys)+cap(m.table) > keepItems {
		m.keys, m.table = nil, nil
	}
	machines.Put(m)
}
