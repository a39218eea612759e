package extjson

import (
	"bytes"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads code, with and without a scope.
//
// In BSON the code precedes its scope. If the text has the other order, the two
// are exchanged at the end of the outermost such wrapper, together with all
// nested ones: each byte moves once, at any depth. Enclosing values do not
// change, because the lengths stay the same.

// A swap is a scope that was written before its code: the offsets in dst of the
// scope, of the code, and of its end.
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

// scopeDocument reads a document whose keys are not special.
func (d *decoder) scopeDocument(dst []byte, off int) ([]byte, int) {
	if off >= len(d.src) || d.src[off] != '{' {
		return dst, d.fail(off, ErrWrapper, specialValues[keyScope])
	}
	return d.document(dst, off+1, false)
}

// swap performs the exchanges in d.swaps and empties it. The outermost is first
// and covers the rest of dst.
func (d *decoder) swap(dst []byte) {
	from := d.swaps[0].scope
	s := swapper{out: dst[:from], src: bytes.Clone(dst[from:]), from: from, swaps: d.swaps}
	s.copy(from, len(dst))
	d.swaps = d.swaps[:0]
}

// A swapper copies bytes and exchanges scopes and codes on the way.
type swapper struct {
	out   []byte
	src   []byte // the bytes of out after its first bytes…
	from  int    // …whose number this is
	swaps []swap // yet to come, the first in out first
}

// copy appends the bytes that were in out from one index to another.
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
