package bsoncore

import (
	"bytes"
	"encoding/binary"
)

// This file finds the end of a value, for every layout and with every fault. It
// belongs to cursor.go: nextSlow and ResetValue call size, which calls the
// rest.

// size returns the offset just past the value of type t at val, which must end
// at c.bound() or before. For a container that has arrived in part it is the
// end of this part.
func (c *Cursor) size(t Type, val int) (next int, ok bool) {
	src, end := c.src, c.bound()
	room := end - val
	switch l := layouts[t]; l {
	case asUnknown: // of a bare value only
		return 0, c.fail(0, codeType)
	case asBoolean:
		if room < 1 {
			return 0, c.fail(val, codeLength)
		}
		if val == len(src) {
			return 0, c.short()
		}
		if src[val] > 1 {
			return 0, c.fail(val, codeBoolean)
		}
		return val + 1, true
	case asString, asDBPointer:
		next, ok = c.stringEnd(val, end)
		if !ok || l == asString {
			return next, ok
		}
		if end-next < 12 {
			return 0, c.fail(next, codeLength)
		}
		return c.arrived(next + 12)
	case asDocument:
		return c.documentEnd(val, end)
	case asBinary:
		return c.binaryEnd(val, end)
	case asRegex:
		return c.regexEnd(val)
	case asCodeWithScope:
		return c.codeWithScopeEnd(val, end)
	default:
		n := int(l &^ fixed)
		if n > room {
			return 0, c.fail(val, codeLength)
		}
		return c.arrived(val + n)
	}
}

// short records that bytes are missing that may still arrive.
func (c *Cursor) short() bool { return c.fail(len(c.src), codeTruncated) }

// arrived returns next if all bytes before it are there.
func (c *Cursor) arrived(next int) (int, bool) {
	if next > len(c.src) {
		return 0, c.short()
	}
	return next, true
}

// stringEnd returns the offset past the string at val, which must end at or
// before end.
func (c *Cursor) stringEnd(val, end int) (int, bool) {
	if end-val < 5 {
		return 0, c.fail(val, codeLength)
	}
	if len(c.src)-val < 4 {
		return 0, c.short()
	}
	n := int(int32(binary.LittleEndian.Uint32(c.src[val:])))
	if n < 1 || n > end-val-4 {
		return 0, c.fail(val, codeLength)
	}
	next, ok := c.arrived(val + 4 + n)
	if !ok {
		return 0, false
	}
	if c.src[next-1] != 0 {
		return 0, c.fail(val, codeUnended)
	}
	return next, true
}

// documentEnd returns the offset past the document at val, which must end at
// or before end. Its elements are not looked at.
func (c *Cursor) documentEnd(val, end int) (int, bool) {
	if end-val < 5 {
		return 0, c.fail(val, codeLength)
	}
	if len(c.src)-val < 4 {
		return 0, c.short()
	}
	n := int(int32(binary.LittleEndian.Uint32(c.src[val:])))
	if n < 5 || n > end-val {
		return 0, c.fail(val, codeLength)
	}
	if missing := val + n - len(c.src); missing > 0 && c.over > 0 {
		c.over = missing
		return len(c.src), true
	}
	if c.src[val+n-1] != 0 {
		return 0, c.fail(val, codeUnended)
	}
	return val + n, true
}

func (c *Cursor) binaryEnd(val, end int) (int, bool) {
	room := end - val
	if room < 5 {
		return 0, c.fail(val, codeLength)
	}
	if len(c.src)-val < 5 {
		return 0, c.short()
	}
	n := int(int32(binary.LittleEndian.Uint32(c.src[val:])))
	if n < 0 || n > room-5 {
		return 0, c.fail(val, codeLength)
	}
	if c.src[val+4] == BinaryBinaryOld {
		if n >= 4 && len(c.src)-val < 9 {
			return 0, c.short()
		}
		if n < 4 || int(int32(binary.LittleEndian.Uint32(c.src[val+5:]))) != n-4 {
			return 0, c.fail(val+5, codeLength)
		}
	}
	return c.arrived(val + 5 + n)
}

func (c *Cursor) regexEnd(val int) (int, bool) {
	next := val
	for range 2 {
		n := bytes.IndexByte(c.src[next:c.end], 0)
		if n < 0 {
			if c.cut() {
				return 0, c.short()
			}
			return 0, c.fail(next, codeTerminator)
		}
		next += n + 1
	}
	return next, true
}

func (c *Cursor) codeWithScopeEnd(val, end int) (int, bool) {
	room := end - val
	if room < 14 { // length, empty string, empty document
		return 0, c.fail(val, codeLength)
	}
	if len(c.src)-val < 4 {
		return 0, c.short()
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
	if ok && int(binary.LittleEndian.Uint32(c.src[scope:])) != val+n-scope {
		return 0, c.fail(scope, codeLength)
	}
	return next, ok
}

// resetTrace makes c trace a document of at most size bytes. src has the bytes
// of it that have arrived.
func (c *Cursor) resetTrace(src []byte, size, maxDepth int) {
	c.open(src, maxDepth)
	c.root = 0
	c.depth = 1
	c.off, c.end = 4, len(src)
	c.whole, c.over = size, size-len(src)
}

// traceNext moves into the element at c.off if that is a container, whatever its
// length says. It moves past another element, and past the NUL that closes the
// innermost of the c.depth open containers. It reports whether it moved.
func (c *Cursor) traceNext() bool {
	at, src := c.off, c.src
	if at == len(src) {
		return c.missing()
	}
	t := Type(src[at])
	if t == 0 {
		c.off++
		c.depth--
		return true
	}
	if layouts[t] == asUnknown {
		return c.fail(at, codeType)
	}
	key := bytes.IndexByte(src[at+1:], 0)
	if key < 0 {
		return c.missing()
	}
	val := at + key + 2
	next, ok := val, true
	switch layouts[t] {
	case asDocument:
		return c.traceInto(at, val, val)
	case asCodeWithScope:
		if next, ok = c.stringEnd(val+4, c.bound()); ok {
			return c.traceInto(at, val, next)
		}
	default:
		next, ok = c.size(t, val)
	}
	if ok {
		c.off = next
	}
	return ok
}

// traceInto moves into the document at inside, which is that of the element at
// offset at with the value at val.
func (c *Cursor) traceInto(at, val, inside int) bool {
	if inside+4 > len(c.src) {
		return c.missing()
	}
	if c.depth >= c.maxDepth {
		return c.fail(at, codeDepth)
	}
	c.at, c.val, c.typ = at, val, Type(c.src[at])
	c.depth++
	c.off = inside + 4
	return true
}

// traceFault is Err after traceNext, without a path.
func (c *Cursor) traceFault() error {
	if c.code == codeDepth {
		return &ValueError{Offset: int64(c.fault), Err: ErrDepth}
	}
	return &SyntaxError{Offset: int64(c.fault), Err: c.cause()}
}

// missing records that bytes are missing: the element has no end without them.
func (c *Cursor) missing() bool {
	if c.cut() {
		return c.short()
	}
	return c.fail(len(c.src), codeTruncated)
}
