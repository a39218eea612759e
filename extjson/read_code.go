package extjson

import (
	"bytes"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads code, with and without a scope.
//
// BSON has the code before the scope. Where the text has it the other way
// round, the two are exchanged when the outermost such wrapper has been read,
// with all that are inside it: each byte moves once, however deep it lies. Of
// what is around them nothing changes, since lengths stay what they are.

// A swap is a scope that was written in front of its code: where in dst one
// begins, then the other, and where that ends.
type swap struct{ scope, code, end int }

// code reads the value of $code and what may follow it: $scope.
func (d *decoder) code(dst []byte, off, mark int) ([]byte, int) {
	start := len(dst)
	if dst, off = d.wrapperString(dst, keyCode, off); off < 0 {
		return dst, off
	}
	off = d.space(off)
	if off >= len(d.src) || d.src[off] != ',' {
		bsoncore.SetType(dst, mark, bson.TypeCode)
		return dst, d.close(off)
	}
	if dst, off = d.wrapperKey(dst, off+1, keyScope); off < 0 {
		return dst, off
	}
	if dst, off = d.withScope(dst, start, off, mark); off < 0 {
		return dst, off
	}
	return dst, d.close(off)
}

// withScope reads the scope of the code in dst[start:], and writes the length
// of both before it.
func (d *decoder) withScope(dst []byte, start, off, mark int) ([]byte, int) {
	dst, off = d.scopeDocument(insertGap(dst, start), off)
	if off >= 0 {
		bsoncore.SetType(dst, mark, bson.TypeCodeWithScope)
		bsoncore.SetLength(dst, start)
	}
	return dst, off
}

// scope reads the value of $scope and what must follow it: $code.
func (d *decoder) scope(dst []byte, off, mark int) ([]byte, int) {
	dst, start := bsoncore.Begin(dst)
	n := len(d.swaps)
	d.swaps = append(d.swaps, swap{scope: len(dst)})
	if dst, off = d.scopeDocument(dst, off); off < 0 {
		return dst, off
	}
	off = d.space(off)
	if off >= len(d.src) || d.src[off] != ',' {
		return dst, d.fail(off, ErrWrapper, "$code")
	}
	if dst, off = d.wrapperKey(dst, off+1, keyCode); off < 0 {
		return dst, off
	}
	d.swaps[n].code = len(dst)
	if dst, off = d.wrapperString(dst, keyCode, off); off < 0 {
		return dst, off
	}
	d.swaps[n].end = len(dst)
	if n == 0 {
		d.swap(dst)
	}
	bsoncore.SetType(dst, mark, bson.TypeCodeWithScope)
	bsoncore.SetLength(dst, start)
	return dst, d.close(off)
}

// scopeDocument reads a document that stands for itself: its keys are not
// special.
func (d *decoder) scopeDocument(dst []byte, off int) ([]byte, int) {
	if off >= len(d.src) || d.src[off] != '{' {
		return dst, d.fail(off, ErrWrapper, specialValues[keyScope])
	}
	return d.document(dst, off+1, false)
}

// swap exchanges what d.swaps has, the outermost first, which is all of dst
// from there on, and forgets them.
func (d *decoder) swap(dst []byte) {
	from := d.swaps[0].scope
	s := swapper{out: dst[:from], src: bytes.Clone(dst[from:]), from: from, swaps: d.swaps}
	s.copy(from, len(dst))
	d.swaps = d.swaps[:0]
}

// A swapper copies bytes and exchanges scopes and codes on the way.
type swapper struct {
	out   []byte
	src   []byte // what was in out behind its first bytes…
	from  int    // …of which there are so many
	swaps []swap // yet to come, those further in front first
}

// copy appends what was in out from one index to another.
func (s *swapper) copy(from, to int) {
	for len(s.swaps) > 0 && s.swaps[0].scope < to {
		w := s.swaps[0]
		s.swaps = s.swaps[1:]
		s.out = append(s.out, s.src[from-s.from:w.scope-s.from]...)
		s.out = append(s.out, s.src[w.code-s.from:w.end-s.from]...)
		s.copy(w.scope, w.code)
		from = w.end
	}
	s.out = append(s.out, s.src[from-s.from:to-s.from]...)
}
