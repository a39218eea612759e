package bsoncore

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
)

// This file, with cursor_size.go, is the only place that decides where an
// element starts and ends.
//
//   - Reset opens a document, ResetPrefix the start of one, ResetValue a bare
//     value.
//   - Next, NextIs, Enter and Leave move; every bounds check is in them, and in
//     nextSlow and size, which know every type and fault.
//   - Type, Key, Data, Offset and the typed getters, in cursor_get.go, look
//     at the current element and check nothing.
//   - fail records the first fault; after it every movement does nothing.

// DefaultMaxDepth is the default limit of open containers. The outermost
// document is the first.
const DefaultMaxDepth = 1000

// DepthCeiling is the largest depth limit; a larger option counts as
// DepthCeiling. It keeps the stack of recursive clients far below the limit of
// the runtime.
const DepthCeiling = 100_000

// inlineDepth is the number of ends of outer containers that a Cursor keeps
// without allocation. Documents in practice nest five deep.
const inlineDepth = 24

// A Cursor walks the elements of one BSON document, depth first and in order.
// It copies nothing: the results of Key, Data and the getters alias the input.
//
//	c := bsoncore.NewCursor(doc)
//	for c.Next() {
//		fmt.Printf("%s: %v\n", c.Key(), c.Type())
//	}
//	if err := c.Err(); err != nil { … }
//
// The cursor checks every length, terminator, type and boolean that it passes,
// and the depth of every container that it enters. It does not check UTF-8,
// which is left to clients that copy text, nor the content of a container that
// is not entered. The zero Cursor is at the end of its document.
//
// A copy of a Cursor keeps its place while the original moves. If more than 24
// containers are open, the two share memory, and only one of them may be used
// afterwards.
type Cursor struct {
	src  []byte // the whole document or value; never written
	off  int    // byte offset just past the current value: the next element
	end  int    // byte offset of the NUL that closes the open container
	at   int    // byte offset of the current element's type byte
	val  int    // byte offset of the current value; its key ends at val-1
	typ  Type   // of the current element
	root Type   // of a bare value, see ResetValue; 0: src is a document
	code code   // first fault, codeOK while there is none

	keyHighs uint64 // not 0 if the current key may have bytes ≥ 0x80

	depth    int32 // containers open
	maxDepth int32 // ≥ 1
	fault    int   // byte offset of the fault, if code says that there is one
	over     int   // bytes of the open container that are missing, see ResetPrefix
	err      error // argument of Fail or Malformed

	ends [inlineDepth]int32 // end of each container outside the open one…
	more []int32            // …and of those nested deeper than that

	whole int // bytes of the document, if src is only the start of it; else 0
}

// NewCursor returns a cursor before the first element of doc, which is one
// whole document, length prefix to final NUL. If the length or the terminator
// of doc is wrong, Next returns false and Err returns the fault.
func NewCursor(doc []byte) Cursor {
	var c Cursor
	c.Reset(doc, 0)
	return c
}

// Reset makes c walk doc from its start, like a new cursor. maxDepth is the
// number of containers that may be open, the document itself included; zero
// means DefaultMaxDepth.
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
			c.fail(0, codeUnended)
			return
		}
	case n < 5:
		c.fail(0, codeOutside)
		return
	case n > len(doc):
		c.fail(len(doc), codeBeyond)
		return
	default:
		c.fail(n, codeTrailing)
		return
	}
	c.off, c.end = 4, len(doc)-1
}

// ResetValue sets c to a value that is not in a document: data is the bytes
// that follow the key in an element of type t. The value gets the checks of
// Next. Next then returns false, Enter works, and offsets count from the start
// of data. ResetValue reports whether the value is well formed.
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

// ResetPrefix makes c walk the start of a document: src is the part that has
// arrived, and size is the number of bytes of the whole document. size may
// differ from the length in src. maxDepth is that of Reset. Containers that
// reach beyond src are entered like others and end with it: there the walk ends
// with ErrTruncated at offset len(src), unless it meets another fault before.
// If size is at most len(src), ResetPrefix is Reset.
func (c *Cursor) ResetPrefix(src []byte, size, maxDepth int) {
	if size <= len(src) || len(src) < 5 {
		c.Reset(src, maxDepth)
		return
	}
	c.open(src, maxDepth)
	c.root = 0
	c.depth = 1
	// Containers that reach beyond src end with it; others before.
	c.off, c.end = 4, len(src)
	c.whole, c.over = size, size-len(src)
}

// cut reports whether the open container reaches beyond src.
func (c *Cursor) cut() bool { return c.over > 0 && c.end == len(c.src) }

// bound returns the offset of the NUL that closes the open container: c.end,
// unless the container is cut.
func (c *Cursor) bound() int {
	if c.cut() {
		return c.end + c.over - 1
	}
	return c.end
}

// beyond reports whether the document at off reaches beyond src.
func (c *Cursor) beyond(off int) bool {
	return c.over > 0 && off+int(binary.LittleEndian.Uint32(c.src[off:])) > len(c.src)
}

func (c *Cursor) open(src []byte, maxDepth int) {
	if maxDepth <= 0 {
		maxDepth = DefaultMaxDepth
	}
	c.src = src
	c.off, c.end, c.at, c.val = 0, 0, 0, 0
	c.whole, c.over = 0, 0
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
// there is one. It checks that the element lies inside the container: type
// known, key terminated, value within bounds, terminators in place. False means
// the end of the container or a fault; see Err.
func (c *Cursor) Next() bool {
	at, end, src := c.off, c.end, c.src
	if at >= end {
		return c.over > 0 && c.atCut()
	}
	// The shortcut has no branch that depends on the type: types are
	// unpredictable, and a mispredicted branch costs as much as an element. It
	// leaves every element that it cannot prove right to nextSlow.
	if at < 0 || at >= len(src)-12 {
		return c.nextSlow()
	}
	s := &shapes[src[at]]
	w := binary.LittleEndian.Uint64(src[at+1 : at+9])
	z := (w - ones) &^ w & highs // lowest bit set: the first NUL
	var key int                  // bytes in the key
	if z != 0 {
		c.keyHighs = w & (z - 1) & highs
		key = bits.TrailingZeros64(z) >> 3
	} else {
		if at >= len(src)-20 {
			return c.nextSlow()
		}
		before := w & highs
		w = binary.LittleEndian.Uint64(src[at+9 : at+17])
		if z = (w - ones) &^ w & highs; z == 0 {
			return c.nextSlow()
		}
		c.keyHighs = before | w&(z-1)&highs
		key = 8 + bits.TrailingZeros64(z)>>3
	}
	val := at + 2 + key
	next := s.after(src, val, end)
	if next == 0 {
		return c.nextSlow()
	}
	c.at, c.val, c.off, c.typ = at, val, next, Type(src[at])
	return true
}

// An ExpectedKey is a key in the form for NextIs. The zero ExpectedKey is no key.
type ExpectedKey struct {
	words [2]uint64 // the first 16 bytes of the key and its NUL
	masks [2]uint64 // the bits of words that count
	size  int       // bytes of the key and its NUL; 0: NextIs always reports false
}

// ExpectKey returns key in the form for NextIs. For keys of more than 15 bytes NextIs
// always reports false.
func ExpectKey(key string) ExpectedKey {
	var b, mask [16]byte
	if len(key) >= len(b) || strings.IndexByte(key, 0) >= 0 {
		return ExpectedKey{}
	}
	copy(b[:], key)
	for i := range len(key) + 1 {
		mask[i] = 0xFF
	}
	return ExpectedKey{
		[2]uint64{binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])},
		[2]uint64{binary.LittleEndian.Uint64(mask[:]), binary.LittleEndian.Uint64(mask[8:])},
		len(key) + 1,
	}
}

// NextIs is Next for a client that expects the key of the next element. If the element
// has this key, NextIs usually moves to it and returns true, faster than Next: it does not
// search for the end of the key. Otherwise it returns false, does nothing and records no
// fault: then call Next, which may find the expected key too.
func (c *Cursor) NextIs(key *ExpectedKey) bool {
	at, end, src := c.off, c.end, c.src
	if at < 0 || at >= end || at >= len(src)-20 || key.size == 0 {
		return false
	}
	a, b := binary.LittleEndian.Uint64(src[at+1:at+9]), binary.LittleEndian.Uint64(src[at+9:at+17])
	if (a^key.words[0])&key.masks[0]|(b^key.words[1])&key.masks[1] != 0 {
		return false
	}
	s := &shapes[src[at]]
	val := at + 1 + key.size
	next := s.after(src, val, end)
	if next == 0 {
		return false
	}
	c.at, c.val, c.off, c.typ = at, val, next, Type(src[at])
	c.keyHighs = highs // not known whether the key is ASCII
	return true
}

// after returns the offset after the value at val, of a type with the shape s, in a
// container that ends at end. It returns 0 unless the value is certainly right.
func (s *shape) after(src []byte, val, end int) int {
	n := int(binary.LittleEndian.Uint32(src[val:val+4])) & s.prefix
	body := val + int(s.size)
	if n < int(s.least) || n > end-body || src[body+n-1]&s.zero != 0 {
		return 0
	}
	return body + n
}

// nextSlow is Next for any type, any key and any place, and for every fault.
// The current element is not the last of its container.
func (c *Cursor) nextSlow() bool {
	at, end, src := c.off, c.end, c.src
	t := Type(src[at])
	if layouts[t] == asUnknown {
		return c.fail(at, codeType)
	}
	key := bytes.IndexByte(src[at+1:end], 0)
	if key < 0 {
		if c.cut() {
			return c.short()
		}
		return c.fail(at, codeTerminator)
	}
	val := at + key + 2
	next, ok := c.size(t, val)
	if !ok {
		return false
	}
	c.at, c.val, c.off, c.typ = at, val, next, t
	c.keyHighs = highs // for all that is known
	return true
}

// atCut records a fault if the open container reaches beyond src. It returns
// false for Next to return.
func (c *Cursor) atCut() bool {
	if c.code == codeOK && c.cut() {
		c.short()
	}
	return false
}

// Enter opens the current element: a document, an array, or the scope of code
// with scope. Next then moves through its elements. Enter reports whether it
// opened the element: past the depth limit it records ErrDepth, and after a
// fault it does nothing. On an element of another type it panics.
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
	// The last byte of the container is the last byte of its element.
	if c.end = c.off - 1; c.beyond(val) {
		c.end = len(c.src)
	}
	c.off = val + 4
	return true
}

// Leave closes the container that the last Enter opened, even before its end.
// Next then moves to the element after it. After a fault Leave does nothing. It
// panics without a matching Enter.
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

// Seek makes the next call of Next read the element at off, an offset inside
// the open container: usually that of an element that Next has visited, see
// Offset. Next checks the element, which must end inside the container, as any
// other. After a fault Seek does nothing.
func (c *Cursor) Seek(off int) {
	if c.code == codeOK {
		c.off = off
	}
}

// Remaining returns the number of elements that follow in the open container, for memory
// that is allocated once. It visits each of them, but does not move. Next returns true so
// often, or less: the last of them is counted, too, if it is malformed. Remaining records no
// fault: Next finds it again after the elements before it. After a fault it returns 0.
func (c *Cursor) Remaining() (n int) {
	if c.code != codeOK {
		return 0
	}
	at, val, off, end, typ, keyHighs, over := c.at, c.val, c.off, c.end, c.typ, c.keyHighs, c.over
	for c.Next() {
		n++
	}
	if c.code != codeOK {
		c.code, c.fault, c.err = codeOK, 0, nil
		n++
	}
	c.at, c.val, c.off, c.end, c.typ, c.keyHighs, c.over = at, val, off, end, typ, keyHighs, over
	return n
}

// Fail rejects the current value, which is well formed: Err then returns a
// *ValueError at this element that wraps err. Like every fault it ends the
// walk, and only the first fault is kept.
func (c *Cursor) Fail(err error) { c.refuse(c.at, err) }

// refuse is Fail for the element at offset at.
func (c *Cursor) refuse(at int, err error) {
	if c.fail(at, codeRefused); c.err == nil {
		c.err = err
	}
}

// Malformed records a fault at offset off that the cursor does not check for,
// such as ErrUTF8: Err then returns a *SyntaxError that wraps err.
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

// Err returns the first fault, or nil. It is a *SyntaxError if the bytes are
// malformed, and a *ValueError if a limit or a client rejected them. Offset
// counts from the start of the document. Err walks to the fault again to find
// its path, so call it once.
func (c *Cursor) Err() error {
	if c.code == codeOK {
		return nil
	}
	return c.error(string(pointerAt(c, c.fault)))
}

// Failed reports whether Err returns an error. It costs nothing.
func (c *Cursor) Failed() bool { return c.code != codeOK }

// error returns the fault as an error with the path pointer.
func (c *Cursor) error(pointer string) error {
	off := int64(c.fault)
	switch c.code {
	case codeMalformed:
		return &SyntaxError{off, pointer, c.err}
	case codeRefused:
		return &ValueError{off, pointer, c.err}
	case codeDepth:
		return &ValueError{off, pointer, ErrDepth}
	}
	return &SyntaxError{off, pointer, c.cause()}
}

// cause returns the reason of a fault that the cursor has found in the bytes.
func (c *Cursor) cause() error {
	at := c.fault // offset of a length
	switch c.code {
	case codeUnended, codeOutside:
	case codeBeyond:
		at = 0
	default:
		return sentinels[c.code]
	}
	return LengthError{int32(binary.LittleEndian.Uint32(c.src[at:])), sentinels[c.code]}
}
