package pickle

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/portion"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file has the entry points for writing and the common parts of all
// values.
//
//   - write_value.go walks the document, write_object.go writes the classes.
//   - put numbers the memo as CPython does: each global, text, bytes, list,
//     dictionary, object and tuple that is not empty, in order.
//   - frame and boundary put protocols 4 and 5 in frames as CPython does.
//   - boundary also finds a pickle that is too long, and hands on portions
//     (write_portions.go): bytes before it do not change any more.
//
// The model is CPython 3.7 to 3.13, so an ObjectId has the same bytes. Equal
// keys of documents are one object, and so are the names of attributes.

// AppendPickle appends doc, one whole document, to dst as a pickle of protocol
// 2 and returns the longer slice. doc is not kept; dst may be nil and must not
// overlap it. The pickle onto a nil dst has no spare capacity, up to some megabytes. On
// failure dst comes back at its old length. The error is a
// *bson.SyntaxError if doc is malformed, and a *bson.ValueError if it has a
// value that Python cannot hold; Offset counts bytes from the start of doc.
func AppendPickle(dst, doc []byte) ([]byte, error) { return EncodeOptions{}.AppendPickle(dst, doc) }

// AppendPickle appends doc to dst with the options o, otherwise like the
// function AppendPickle does. A protocol that does not exist, or that o.Reader
// cannot load, is a *bson.OptionError.
func (o EncodeOptions) AppendPickle(dst, doc []byte) ([]byte, error) {
	return o.append(dst, o.document(doc))
}

// document returns a function that writes doc.
func (o *EncodeOptions) document(doc []byte) func(*writer) bool {
	return func(w *writer) bool {
		w.doc = doc
		w.c.Reset(doc, o.MaxDepth)
		if w.c.Err() != nil {
			return false
		}
		return w.document(len(doc) - 1)
	}
}

// AppendPickleValue appends a value to dst as a pickle of protocol 2 and
// returns the longer slice. data is the bytes that follow the key of an element
// of type t; it is not kept. dst may be nil and must not overlap data. Errors
// are those of AppendPickle, with offsets from the start of data.
func AppendPickleValue(dst []byte, t bsoncore.Type, data []byte) ([]byte, error) {
	return EncodeOptions{}.AppendPickleValue(dst, t, data)
}

// AppendPickleValue appends a value to dst with the options o, otherwise like
// the function AppendPickleValue does.
func (o EncodeOptions) AppendPickleValue(dst []byte, t bsoncore.Type, data []byte) ([]byte, error) {
	return o.append(dst, o.value(t, data))
}

// value returns a function that writes the value of type t in data.
func (o *EncodeOptions) value(t bsoncore.Type, data []byte) func(*writer) bool {
	return func(w *writer) bool {
		w.doc = data
		return w.c.ResetValue(t, data, o.MaxDepth) && w.value()
	}
}

// append appends the pickle of the value that write writes.
func (o *EncodeOptions) append(dst []byte, write func(*writer) bool) ([]byte, error) {
	proto, err := o.number()
	if err != nil {
		return dst, err
	}
	w := writers.Get().(*writer)
	defer w.free()
	onto := func(dst []byte) ([]byte, error) {
		w.reset(dst, proto, o)
		return w.whole(dst, write)
	}
	if scratch.Full(dst) {
		return scratch.Append(dst, onto)
	}
	return onto(dst)
}

// whole appends to dst the pickle of the value that write writes, or the part
// of it that is not handed on.
func (w *writer) whole(dst []byte, write func(*writer) bool) ([]byte, error) {
	w.begin()
	if !write(w) || w.c.Err() != nil {
		return dst, w.c.Err()
	}
	out := w.finish()
	if w.most > 0 && w.size() > w.most {
		return dst, &bsoncore.ValueError{Err: bsoncore.ErrTooLarge}
	}
	return out, nil
}

// A writer writes one pickle.
type writer struct {
	c     bsoncore.Cursor
	doc   []byte // what c walks
	out   []byte
	proto int // 0 to 5

	reader    Reader
	documents DocumentClass
	policy    DeprecatedPolicy

	next     int             // length of out from which on boundary has something to do
	start    int             // length of out at the start of the pickle
	most     int             // bytes of the pickle, see MaxPickleSize; 0: any number
	portions *portion.Writer // where the pickle is handed on; nil: it stays in out

	frameAt int    // offset in out of the open frame's FRAME; -1: none
	memos   uint32 // entries of the memo

	// Memo entries of values that are written at most once, plus one; 0: not
	// yet.
	globals [numGlobals]uint32
	consts  [numTexts]uint32

	keys  []keyEntry
	table []uint32 // hash table of indexes in keys, plus one
	open  []uint32 // keys of the open documents, as indexes in keys
	mark  uint32   // number of documents ended
}

// A keyEntry is a key that has been written.
type keyEntry struct {
	at   uint32 // byte offset in the document
	size uint32 // bytes
	hash uint32
	memo uint32
	seen uint32 // the last document that had it; see unique
}

// writers are kept for their slices.
var writers = sync.Pool{New: func() any { return new(writer) }}

// keepTable is the longest table of a kept writer: the next document pays for
// clearing it.
const keepTable = 1 << 10

// free gives w back.
func (w *writer) free() {
	w.out, w.portions, w.doc = nil, nil, nil
	w.c = bsoncore.Cursor{}
	if len(w.table) > keepTable {
		w.table = nil
	}
	if cap(w.keys)+cap(w.table)+cap(w.open) <= keepItems {
		writers.Put(w)
	}
}

func (w *writer) reset(dst []byte, proto int, o *EncodeOptions) {
	w.out, w.start = dst, len(dst)
	w.most = max(o.MaxPickleSize, 0)
	w.proto = proto
	w.reader, w.documents, w.policy = o.Reader, o.Documents, o.Deprecated
	w.memos = 0
	w.keys = w.keys[:0]
	w.globals = [numGlobals]uint32{}
	w.consts = [numTexts]uint32{}
	w.open = w.open[:0]
	w.mark = 0
	clear(w.table)
}

// begin writes the start of a pickle.
func (w *writer) begin() {
	w.frameAt = -1
	if w.proto >= 2 {
		w.out = append(w.out, opProto, byte(w.proto))
	}
	w.frame()
}

// finish writes the end of a pickle and returns the pickle.
func (w *writer) finish() []byte {
	w.out = append(w.out, opStop)
	w.commit()
	w.next = math.MaxInt
	return w.out
}

const (
	frameHeader = 9        // bytes of FRAME and its argument
	frameTarget = 64 << 10 // bytes after which a frame is closed
	frameMin    = 4        // bytes below which there is no FRAME
)

// frame opens a frame.
func (w *writer) frame() {
	w.next = w.unframed()
	if w.proto >= 4 {
		w.frameAt = len(w.out)
		w.next = w.frameAt + frameHeader + frameTarget
		w.out = append(w.out, opFrame, 0, 0, 0, 0, 0, 0, 0, 0)
	}
}

// commit closes the frame that is open.
func (w *writer) commit() {
	if w.frameAt < 0 {
		return
	}
	n := len(w.out) - w.frameAt - frameHeader
	if n < frameMin {
		w.out = append(w.out[:w.frameAt], w.out[w.frameAt+frameHeader:]...)
	} else {
		binary.LittleEndian.PutUint64(w.out[w.frameAt+1:], uint64(n))
	}
	w.frameAt = -1
}

// boundary is called before each opcode that starts a value, where frames may
// end.
func (w *writer) boundary() {
	if len(w.out) >= w.next {
		w.cut()
	}
}

// put enters the last written value in the memo and returns its index.
func (w *writer) put() uint32 {
	i := w.memos
	w.memos++
	switch {
	case w.proto >= 4:
		w.out = append(w.out, opMemoize)
	case w.proto == 0:
		w.out = append(w.out, opPut)
		w.out = strconv.AppendUint(w.out, uint64(i), 10)
		w.out = append(w.out, '\n')
	case i < 256:
		w.out = append(w.out, opBinPut, byte(i))
	default:
		w.out = binary.LittleEndian.AppendUint32(append(w.out, opLongBinPut), i)
	}
	return i
}

// get refers to the memo entry i.
func (w *writer) get(i uint32) {
	w.boundary()
	switch {
	case w.proto == 0:
		w.out = append(w.out, opGet)
		w.out = strconv.AppendUint(w.out, uint64(i), 10)
		w.out = append(w.out, '\n')
	case i < 256:
		w.out = append(w.out, opBinGet, byte(i))
	default:
		w.out = binary.LittleEndian.AppendUint32(append(w.out, opLongBinGet), i)
	}
}

// text writes text, which must be UTF-8, and returns its memo entry.
func (w *writer) text(s []byte) uint32 {
	w.boundary()
	switch {
	case w.proto == 0:
		w.out = append(w.out, opUnicode)
		w.out = append(appendEscaped(w.out, s), '\n')
	case w.proto >= 4 && len(s) < 256:
		w.out = append(w.out, opShortBinUnicode, byte(len(s)))
		w.out = append(w.out, s...)
	default:
		w.large(opBinUnicode, s)
	}
	return w.put()
}

// large writes an opcode whose argument has a length of 4 bytes. From 64 KiB on
// the argument is outside of frames.
func (w *writer) large(op byte, s []byte) {
	outside := w.frameAt >= 0 && len(s) >= frameTarget
	if outside {
		w.commit()
	}
	w.out = binary.LittleEndian.AppendUint32(append(w.out, op), uint32(len(s)))
	w.out = append(w.out, s...)
	if outside {
		w.cut()
	}
}

// appendEscaped appends UTF-8 in raw-unicode-escape, and escapes characters
// that would end the line or confuse a reader.
func appendEscaped(dst, s []byte) []byte {
	for len(s) > 0 {
		c := s[0]
		if c < utf8.RuneSelf {
			s = s[1:]
			switch c {
			case '\\', '\n', '\r', 0, 0x1a:
				dst = append(dst, `\u00`...)
				dst = append(dst, lowerHex[c>>4], lowerHex[c&15])
			default:
				dst = append(dst, c)
			}
			continue
		}
		r, n := utf8.DecodeRune(s)
		s = s[n:]
		digits := 4
		switch {
		case r < 0x100:
			dst = append(dst, byte(r))
			continue
		case r < 0x10000:
			dst = append(dst, '\\', 'u')
		default:
			dst = append(dst, '\\', 'U')
			digits = 8
		}
		for ; digits > 0; digits-- {
			dst = append(dst, lowerHex[r>>(4*(digits-1))&15])
		}
	}
	return dst
}

const lowerHex = "0123456789abcdef"

// constant writes the name of an attribute, or refers to it.
func (w *writer) constant(t text) {
	if i := w.consts[t]; i != 0 {
		w.get(i - 1)
		return
	}
	w.consts[t] = w.text(texts[t]) + 1
}

// key writes the key s of the open document, which is at that byte offset, or
// refers to an equal one.
func (w *writer) key(s []byte, at int) {
	if 2*len(w.keys) >= len(w.table) {
		w.grow()
	}
	h := uint32(maphash.Bytes(seed, s))
	mask := uint32(len(w.table) - 1)
	i := h & mask
	for ; w.table[i] != 0; i = (i + 1) & mask {
		e := &w.keys[w.table[i]-1]
		if e.hash == h && string(w.doc[e.at:][:e.size]) == string(s) {
			w.get(e.memo)
			w.open = append(w.open, w.table[i]-1)
			return
		}
	}
	if len(w.keys) == cap(w.keys) { // doubling, where append would do less
		w.keys = slices.Grow(w.keys, len(w.keys)+1)
	}
	w.keys = append(w.keys, keyEntry{at: uint32(at), size: uint32(len(s)), hash: h, memo: w.text(s)})
	w.table[i] = uint32(len(w.keys))
	w.open = append(w.open, uint32(len(w.keys)-1))
}

// grow doubles the table of keys.
func (w *writer) grow() {
	w.table = make([]uint32, max(32, 2*len(w.table)))
	mask := uint32(len(w.table) - 1)
	for k := range w.keys {
		i := w.keys[k].hash & mask
		for w.table[i] != 0 {
			i = (i + 1) & mask
		}
		w.table[i] = uint32(k + 1)
	}
}

// unique reports whether the open document, whose keys are those from first on,
// has no key twice.
func (w *writer) unique(first int) bool {
	w.mark++
	for _, k := range w.open[first:] {
		if w.keys[k].seen == w.mark {
			return false
		}
		w.keys[k].seen = w.mark
	}
	return true
}

// int writes an integer.
func (w *writer) int(v int64) {
	w.boundary()
	switch {
	case w.proto == 0 && v == int64(int32(v)):
		w.out = strconv.AppendInt(append(w.out, opInt), v, 10)
		w.out = append(w.out, '\n')
	case v == int64(byte(v)):
		w.out = append(w.out, opBinInt1, byte(v))
	case v == int64(uint16(v)):
		w.out = append(w.out, opBinInt2, byte(v), byte(v>>8))
	case v == int64(int32(v)):
		w.out = binary.LittleEndian.AppendUint32(append(w.out, opBinInt), uint32(v))
	case w.proto < 2:
		w.out = strconv.AppendInt(append(w.out, opLong), v, 10)
		w.out = append(w.out, 'L', '\n')
	default:
		w.long(uint64(v), byte(v>>63))
	}
}

// uint writes an integer that may not fit int64.
func (w *writer) uint(v uint64) {
	switch {
	case v <= math.MaxInt64:
		w.int(int64(v))
	case w.proto < 2:
		w.boundary()
		w.out = strconv.AppendUint(append(w.out, opLong), v, 10)
		w.out = append(w.out, 'L', '\n')
	default:
		w.boundary()
		w.long(v, 0)
	}
}

// long writes LONG1 of v, whose higher bytes are all sign, in as few bytes as
// hold it and its sign.
func (w *writer) long(v uint64, sign byte) {
	var b [9]byte
	binary.LittleEndian.PutUint64(b[:], v)
	b[8] = sign
	n := len(b)
	for n > 1 && b[n-1] == sign && (b[n-2]^sign)&0x80 == 0 {
		n--
	}
	w.out = append(w.out, opLong1, byte(n))
	w.out = append(w.out, b[:n]...)
}

// float writes a double. The text of protocol 0 would lose the bits of a NaN
// other than the plain one, so such a NaN is written in binary, which every
// reader accepts.
func (w *writer) float(f float64) {
	u := math.Float64bits(f)
	if w.proto > 0 || f != f && u != plainNaN {
		w.out = binary.BigEndian.AppendUint64(append(w.out, opBinFloat), u)
		return
	}
	w.out = append(appendFloat(append(w.out, opFloat), f), '\n')
}

// appendFloat appends f in the spelling of Python's repr.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "nan"...)
	case math.IsInf(f, 0):
		if f < 0 {
			dst = append(dst, '-')
		}
		return append(dst, "inf"...)
	}
	return numtext.AppendDoublePython(dst, f)
}
