package bson

import (
	"bytes"
	"encoding/binary"
)

// This file says where a value ends, for every layout and with every fault.
// It belongs to cursor.go: nextSlow and ResetValue call size, which calls the
// rest.

// size returns the offset just past the value of type t at val, which must
// end at c.end or before.
func (c *Cursor) size(t Type, val int) (next int, ok bool) {
	src, room := c.src, c.end-val
	switch l := layouts[t]; l {
	case asUnknown: // of a bare value only
		return 0, c.fail(0, codeType)
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
