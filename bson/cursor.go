package bson

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file is the only place that decides where an element starts and ends.
//
//   - Reset opens a document, ResetValue a bare value.
//   - Next, Enter and Leave move; every bounds check is in them and in the
//     two functions that they call for the rarer layouts.
//   - Type, Key, Data, Offset and the typed getters look at the current
//     element and check nothing.
//   - fault records the first fault; after it every movement does nothing.

// DefaultMaxDepth is how many containers may be open at once unless an
// option says otherwise. The outermost document is the first.
const DefaultMaxDepth = 1000

// DepthCeiling is the largest depth limit that an option can ask for; a
// larger one counts as this. It keeps the stack of whoever walks a document
// recursively far below what the runtime allows.
const DepthCeiling = 100_000

// inlineDepth is how many ends of outer containers a Cursor keeps without
// allocating. Documents in practice nest five deep.
const inlineDepth = 24

// A Cursor walks the elements of one BSON document, depth first and in order.
// It reads the bytes where they are: nothing is copied, and what Key, Data
// and the getters return aliases the input.
//
//	c := bson.NewCursor(doc)
//	for c.Next() {
//		fmt.Printf("%s: %v\n", c.Key(), c.Type())
//	}
//	if err := c.Err(); err != nil { … }
//
// The cursor checks every length, terminator, type and boolean that it
// passes, and the depth of what it enters. It does not check UTF-8, which is
// the work of whoever copies text, nor the inside of a container that is not
// entered. The zero Cursor is one whose document has ended.
type Cursor struct {
	src  []byte // the whole document or value; never written
	off  int    // byte offset just past the current value: the next element
	end  int    // byte offset of the NUL that closes the open container
	at   int    // byte offset of the current element's type byte
	val  int    // byte offset of the current value; its key ends at val-1
	typ  Type   // of the current element
	root Type   // of a bare value, see ResetValue; 0: src is a document
	code code   // first fault, codeOK while there is none

	depth    int32 // containers open
	maxDepth int32 // ≥ 1
	fault    int   // byte offset of the fault, if code says that there is one
	err      error // what a client gave to Fail or Malformed

	ends [inlineDepth]int32 // end of each container outside the open one…
	more []int32            // …and of those nested deeper than that
}

// NewCursor returns a cursor before the first element of doc, which is one
// whole document, length prefix to final NUL. A doc that is malformed on the
// outside gives a cursor whose Next is false and whose Err says why.
func NewCursor(doc []byte) Cursor {
	var c Cursor
	c.Reset(doc, 0)
	return c
}

// Reset makes c walk doc from its start, as NewCursor does, and forgets what
// it did before. maxDepth is the number of containers that may be open, the
// document itself included; zero means DefaultMaxDepth.
func (c *Cursor) Reset(doc []byte, maxDepth int) {
	c.open(doc, maxDepth)
	c.root = 0
	c.depth = 1
	switch {
	case len(doc) < 5:
		c.fail(len(doc), codeTruncated)
		return
	case len(doc) > math.MaxInt32:
		c.fail(0, codeLength)
		return
	}
	n := int(int32(binary.LittleEndian.Uint32(doc)))
	switch {
	case n == len(doc):
		if doc[n-1] != 0 {
			c.fail(n-1, codeTerminator)
			return
		}
	case n < 5:
		c.fail(0, codeLength)
		return
	case n > len(doc):
		c.fail(len(doc), codeTruncated)
		return
	default:
		c.fail(n, codeTrailing)
		return
	}
	c.off, c.end = 4, len(doc)-1
}

// ResetValue makes c stand on a value that is not in a document: data is the
// bytes that follow the key in an element of type t. The value is checked as
// Next would check it; Next itself is false, Enter works, and offsets count
// from the start of data. It reports whether the value is well formed.
func (c *Cursor) ResetValue(t Type, data []byte, maxDepth int) bool {
	c.open(data, maxDepth)
	c.root = t
	c.depth = 0
	c.typ = t
	if len(data) > math.MaxInt32 {
		c.fail(0, codeLength)
		return false
	}
	c.end = len(data)
	next, ok := c.size(t, 0)
	if !ok {
		return false
	}
	if next != len(data) {
		c.fail(next, codeTrailing)
		return false
	}
	c.off = next
	return true
}

func (c *Cursor) open(src []byte, maxDepth int) {
	if maxDepth <= 0 {
		maxDepth = DefaultMaxDepth
	}
	c.src = src
	c.off, c.end, c.at, c.val = 0, 0, 0, 0
	c.typ = 0
	c.code = codeOK
	c.err = nil
	c.maxDepth = int32(min(maxDepth, DepthCeiling))
	c.more = c.more[:0]
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Next moves to the next element of the open container and reports whether
// there is one. It proves that the element lies inside the container: type
// known, key terminated, value within bounds, terminators in place. False
// means that the container has ended or that something is wrong; Err tells.
func (c *Cursor) Next() bool {
	at, end, src := c.off, c.end, c.src
	if at >= end {
		return false
	}
	// src[end] is NUL, so the search for the key's NUL ends there at last.
	i := at + 1
	for {
		if i+8 > len(src) {
			for src[i] != 0 {
				i++
			}
			break
		}
		w := binary.LittleEndian.Uint64(src[i:])
		if z := (w - ones) &^ w & highs; z != 0 {
			i += bits.TrailingZeros64(z) >> 3
			break
		}
		i += 8
	}
	val := i + 1
	t := Type(src[at])
	next := val
	switch l := layouts[t]; {
	case i >= end:
		return c.fail(at, codeTerminator)
	case l >= fixed:
		next += int(l &^ fixed)
		if next > end {
			return c.fail(val, codeLength)
		}
	case l == asString && end-val >= 5:
		n := int(int32(binary.LittleEndian.Uint32(src[val:])))
		next += n + 4
		if n < 1 || n > end-val-4 {
			return c.fail(val, codeLength)
		}
		if src[next-1] != 0 {
			return c.fail(next-1, codeTerminator)
		}
	default:
		c.at, c.val = at, val
		var ok bool
		if next, ok = c.size(t, val); !ok {
			return false
		}
	}
	c.at, c.val, c.off, c.typ = at, val, next, t
	return true
}

// size returns the offset just past the value of type t at val, which must
// end at c.end or before. It handles every layout; Next has its own copy of
// the two that are most frequent.
func (c *Cursor) size(t Type, val int) (next int, ok bool) {
	src, room := c.src, c.end-val
	switch l := layouts[t]; l {
	case asUnknown:
		return 0, c.fail(c.at, codeType)
	case asBoolean:
		if room < 1 {
			return 0, c.fail(val, codeLength)
		}
		if src[val] > 1 {
			return 0, c.fail(val, codeBoolean)
		}
		return val + 1, true
	case asString, asDBPointer:
		next, ok = c.stringEnd(val, c.end)
		if !ok || l == asString {
			return next, ok
		}
		if c.end-next < 12 {
			return 0, c.fail(next, codeLength)
		}
		return next + 12, true
	case asDocument:
		return c.documentEnd(val, c.end)
	case asBinary:
		return c.binaryEnd(val)
	case asRegex:
		return c.regexEnd(val)
	case asCodeWithScope:
		return c.codeWithScopeEnd(val)
	default:
		n := int(l &^ fixed)
		if n > room {
			return 0, c.fail(val, codeLength)
		}
		return val + n, true
	}
}

// stringEnd returns the offset past the string at val, which must end at or
// before end.
func (c *Cursor) stringEnd(val, end int) (int, bool) {
	if end-val < 5 {
		return 0, c.fail(val, codeLength)
	}
	n := int(int32(binary.LittleEndian.Uint32(c.src[val:])))
	if n < 1 || n > end-val-4 {
		return 0, c.fail(val, codeLength)
	}
	next := val + 4 + n
	if c.src[next-1] != 0 {
		return 0, c.fail(next-1, codeTerminator)
	}
	return next, true
}

// documentEnd returns the offset past the document at val, which must end at
// or before end. Its elements are not looked at.
func (c *Cursor) documentEnd(val, end int) (int, bool) {
	if end-val < 5 {
		return 0, c.fail(val, codeLength)
	}
	n := int(int32(binary.LittleEndian.Uint32(c.src[val:])))
	if n < 5 || n > end-val {
		return 0, c.fail(val, codeLength)
	}
	if c.src[val+n-1] != 0 {
		return 0, c.fail(val+n-1, codeTerminator)
	}
	return val + n, true
}

func (c *Cursor) binaryEnd(val int) (int, bool) {
	room := c.end - val
	if room < 5 {
		return 0, c.fail(val, codeLength)
	}
	n := int(int32(binary.LittleEndian.Uint32(c.src[val:])))
	if n < 0 || n > room-5 {
		return 0, c.fail(val, codeLength)
	}
	if c.src[val+4] == BinaryBinaryOld {
		if n < 4 || int(int32(binary.LittleEndian.Uint32(c.src[val+5:]))) != n-4 {
			return 0, c.fail(val+5, codeLength)
		}
	}
	return val + 5 + n, true
}

func (c *Cursor) regexEnd(val int) (int, bool) {
	next := val
	for range 2 {
		n := bytes.IndexByte(c.src[next:c.end], 0)
		if n < 0 {
			return 0, c.fail(next, codeTerminator)
		}
		next += n + 1
	}
	return next, true
}

func (c *Cursor) codeWithScopeEnd(val int) (int, bool) {
	room := c.end - val
	if room < 14 { // length, empty string, empty document
		return 0, c.fail(val, codeLength)
	}
	n := int(int32(binary.LittleEndian.Uint32(c.src[val:])))
	if n < 14 || n > room {
		return 0, c.fail(val, codeLength)
	}
	scope, ok := c.stringEnd(val+4, val+n-5)
	if !ok {
		return 0, false
	}
	next, ok := c.documentEnd(scope, val+n)
	if ok && next != val+n {
		return 0, c.fail(scope, codeLength)
	}
	return next, ok
}

// Enter opens the current element, which must be a document, an array or
// code with scope, whose scope it opens; Next then moves through what is
// inside. It reports whether it did: past the depth limit it records
// ErrDepth, and after a fault it does nothing. On an element of another type
// it panics.
func (c *Cursor) Enter() bool {
	if c.code != codeOK {
		return false
	}
	val := c.val
	switch layouts[c.typ] {
	case asDocument:
	case asCodeWithScope:
		val += 8 + int(binary.LittleEndian.Uint32(c.src[val+4:]))
	default:
		panic("BUG: bson: Cursor.Enter on " + c.typ.String())
	}
	if c.depth >= c.maxDepth {
		return c.fail(c.at, codeDepth)
	}
	if c.depth < inlineDepth {
		c.ends[c.depth] = int32(c.end)
	} else {
		c.more = append(c.more, int32(c.end))
	}
	c.depth++
	// The container's own last byte is where its element ends, less one.
	c.end = c.off - 1
	c.off = val + 4
	return true
}

// Leave closes the container that the last Enter opened, read to its end or
// not; Next then moves to the element after it. After a fault it does
// nothing. It panics if nothing was entered.
func (c *Cursor) Leave() {
	if c.code != codeOK {
		return
	}
	if c.depth == 0 || c.depth == 1 && c.root == 0 {
		panic("BUG: bson: Cursor.Leave without Enter")
	}
	c.off = c.end + 1
	c.depth--
	if c.depth < inlineDepth {
		c.end = int(c.ends[c.depth])
	} else {
		last := len(c.more) - 1
		c.end = int(c.more[last])
		c.more = c.more[:last]
	}
}

// Seek makes the next call of Next go to the element at off again, which must
// be one of the open container that Next has been at; see Offset. After a
// fault it does nothing.
func (c *Cursor) Seek(off int) {
	if c.code == codeOK {
		c.off = off
	}
}

// Type returns the type of the current element.
func (c *Cursor) Type() Type { return c.typ }

// Key returns the key of the current element without its NUL. It aliases the
// input and is not checked to be UTF-8. A bare value has the key "".
func (c *Cursor) Key() []byte {
	if c.val == 0 {
		return nil
	}
	return c.src[c.at+1 : c.val-1]
}

// Data returns the current value: the bytes after the key's NUL, length
// prefixes and terminators included. It aliases the input.
func (c *Cursor) Data() []byte { return c.src[c.val:c.off] }

// Offset returns the byte offset of the current element's type byte.
func (c *Cursor) Offset() int { return c.at }

// ValueOffset returns the byte offset of the first byte of Data.
func (c *Cursor) ValueOffset() int { return c.val }

// Depth returns how many containers are open; the document is the first.
func (c *Cursor) Depth() int { return int(c.depth) }

// The typed getters below return the current value. Each is for elements of
// the type that it names; on others the result means nothing, or the getter
// panics.

// Double returns the value of a double, every bit of a NaN included.
func (c *Cursor) Double() float64 { return math.Float64frombits(c.bits64()) }

// Int32 returns the value of an int32.
func (c *Cursor) Int32() int32 { return int32(binary.LittleEndian.Uint32(c.src[c.val:])) }

// Int64 returns the value of an int64.
func (c *Cursor) Int64() int64 { return int64(c.bits64()) }

// DateTime returns the milliseconds since 1970 UTC of a datetime.
func (c *Cursor) DateTime() int64 { return int64(c.bits64()) }

// Boolean returns the value of a boolean.
func (c *Cursor) Boolean() bool { return c.src[c.val] != 0 }

// Timestamp returns the seconds and the increment of a timestamp.
func (c *Cursor) Timestamp() (t, i uint32) {
	v := c.bits64()
	return uint32(v >> 32), uint32(v)
}

// Text returns the bytes of a string, symbol or code, without length and
// NUL. They alias the input and are not checked to be UTF-8.
func (c *Cursor) Text() []byte { return c.src[c.val+4 : c.off-1] }

// ObjectID returns the value of an ObjectId.
func (c *Cursor) ObjectID() objectid.ID { return objectid.ID(c.src[c.val:c.off]) }

// Decimal128 returns the value of a decimal128.
func (c *Cursor) Decimal128() decimal128.Decimal {
	return decimal128.FromBits(binary.LittleEndian.Uint64(c.src[c.val+8:]), c.bits64())
}

// Binary returns the subtype and the bytes of a binary. The inner length of
// subtype 2 is left out. The bytes alias the input.
func (c *Cursor) Binary() (subtype byte, data []byte) {
	subtype = c.src[c.val+4]
	if subtype == BinaryBinaryOld {
		return subtype, c.src[c.val+9 : c.off]
	}
	return subtype, c.src[c.val+5 : c.off]
}

// Regex returns the pattern and the options of a regex as they are stored.
// They alias the input and are not checked to be UTF-8.
func (c *Cursor) Regex() (pattern, options []byte) {
	n := bytes.IndexByte(c.src[c.val:], 0)
	return c.src[c.val : c.val+n], c.src[c.val+n+1 : c.off-1]
}

// DBPointer returns the namespace and the id of a dbPointer. The namespace
// aliases the input and is not checked to be UTF-8.
func (c *Cursor) DBPointer() (namespace []byte, id objectid.ID) {
	return c.src[c.val+4 : c.off-13], objectid.ID(c.src[c.off-12 : c.off])
}

// CodeWithScope returns the code and the scope, a whole document, of code
// with scope. Both alias the input; the code is not checked to be UTF-8, nor
// the scope's elements at all: Enter walks them.
func (c *Cursor) CodeWithScope() (code, scope []byte) {
	n := int(binary.LittleEndian.Uint32(c.src[c.val+4:]))
	return c.src[c.val+8 : c.val+7+n], c.src[c.val+8+n : c.off]
}

func (c *Cursor) bits64() uint64 { return binary.LittleEndian.Uint64(c.src[c.val:]) }

// Fail records that the current value, though well formed, will not do: Err
// then returns a *ValueError at this element that wraps err. Like every
// fault it ends the walk, and the first one stays.
func (c *Cursor) Fail(err error) {
	if c.fail(c.at, codeRefused); c.err == nil {
		c.err = err
	}
}

// Malformed records that the byte at offset off is wrong in a way that the
// cursor does not look for, such as ErrUTF8: Err then returns a *SyntaxError
// that wraps err.
func (c *Cursor) Malformed(off int, err error) {
	if c.fail(off, codeMalformed); c.err == nil {
		c.err = err
	}
}

// fail records a fault unless there is one already, stops every movement,
// and returns false for its callers to return.
func (c *Cursor) fail(off int, why code) bool {
	if c.code == codeOK {
		c.code = why
		c.fault = off
	}
	c.end = c.off
	return false
}

// Err returns the first fault, or nil. It is a *SyntaxError where the bytes
// are malformed and a *ValueError where a limit or a client refused them;
// its Offset counts from the start of the document. The walk to the fault is
// made again to find its path, so call Err once.
func (c *Cursor) Err() error {
	if c.code == codeOK {
		return nil
	}
	off, pointer := int64(c.fault), pointerAt(c, c.fault)
	switch c.code {
	case codeMalformed:
		return &SyntaxError{off, pointer, c.err}
	case codeRefused:
		return &ValueError{off, pointer, c.err}
	case codeDepth:
		return &ValueError{off, pointer, ErrDepth}
	}
	return &SyntaxError{off, pointer, sentinels[c.code]}
}
