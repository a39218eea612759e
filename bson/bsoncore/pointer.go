package bsoncore

import (
	"bytes"
	"unicode/utf8"
)

// pointerAt returns the JSON Pointer (RFC 6901) of the innermost element of c's
// input that holds the byte at off, by walking there again. If the bytes before
// it are malformed, it is the path of the last element with a complete key.
func pointerAt(c *Cursor, off int) []byte {
	var w Cursor
	if c.root == 0 {
		w.ResetPrefix(c.src, c.whole, int(c.maxDepth))
	} else if !w.ResetValue(c.root, c.src, int(c.maxDepth)) || !w.enterAround(off) {
		return nil
	}
	if w.code != codeOK {
		return nil
	}
	var path []byte
	for {
		at, end := w.off, w.end
		if !w.Next() {
			if w.code != codeOK && at < end {
				if n := bytes.IndexByte(w.src[at+1:end], 0); n >= 0 {
					path = AppendPointer(path, w.src[at+1:at+1+n])
				}
			}
			return path
		}
		inside := w.inside()
		if off >= w.off && (inside < 0 || !w.beyond(inside)) {
			continue
		}
		path = AppendPointer(path, w.Key())
		if !w.enterAround(off) {
			return path
		}
	}
}

// enterAround enters the current element if the byte at off belongs to what
// it contains.
func (c *Cursor) enterAround(off int) bool {
	inside := c.inside()
	return inside >= 0 && off >= inside+4 && c.Enter()
}

// inside returns the offset of the document that the current element is or
// contains, or -1.
func (c *Cursor) inside() int {
	switch layouts[c.typ] {
	case asDocument:
		return c.val
	case asCodeWithScope:
		code, _ := c.CodeWithScope()
		return c.val + 9 + len(code)
	}
	return -1
}

// AppendPointer appends "/" and key to the JSON Pointer in dst, with "~" and
// "/" escaped as RFC 6901 says, and bytes that are not UTF-8 as U+FFFD.
func AppendPointer(dst []byte, key []byte) []byte {
	dst = append(dst, '/')
	for len(key) > 0 {
		r, n := utf8.DecodeRune(key)
		switch r {
		case '~':
			dst = append(dst, '~', '0')
		case '/':
			dst = append(dst, '~', '1')
		default:
			dst = utf8.AppendRune(dst, r)
		}
		key = key[n:]
	}
	return dst
}

// maxPointer is the longest path, in bytes, of an error that is one of many.
const maxPointer = 256

// shortPointer returns path or, if it has more than maxPointer bytes, as much
// of its end as leaves room for "…": whole keys, if it has a whole one.
func shortPointer(path []byte) string {
	if len(path) <= maxPointer {
		return string(path)
	}
	at := len(path) - maxPointer + len("…")
	if i := bytes.IndexByte(path[at:], '/'); i >= 0 {
		at += i
	}
	for !utf8.RuneStart(path[at]) || path[at-1] == '~' { // within a character
		at++
	}
	return "…" + string(path[at:])
}
