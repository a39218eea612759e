package extjson

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads the wrappers with two parts.
//
//   - member reads the next key of a value that is an object of two members:
//     $binary, $timestamp, $regularExpression, $dbPointer.
//   - code and scope read $code beside $scope. In BSON the code precedes its
//     scope. If the text has the other order, the two are exchanged at the end of
//     the outermost such wrapper, together with all nested ones: each byte moves
//     once, at any depth. Enclosing values do not change, because the lengths
//     stay the same.

// The members of the wrappers whose value is an object of two, in the order
// in which the value stores them.
var (
	binaryMembers    = [2]string{"base64", "subType"}
	timestampMembers = [2]string{"t", "i"}
	regexMembers     = [2]string{"pattern", "options"}
	pointerMembers   = [2]string{"$ref", "$id"}
)

// member reads the next key of the object of two members that is the value of
// s. It returns the index of the key in names and the offset of the value. seen
// has a bit for each earlier key; at the start of the object it is zero and off
// is at the brace. At the closing brace which is 2 and end is past it.
func (d *decoder) member(dst []byte, s special, names *[2]string, seen *uint, off int) (out []byte, which, end int) {
	src, what := d.src, specialValues[s]
	if *seen == 0 {
		if off >= len(src) || src[off] != '{' {
			return dst, 0, d.fail(off, ErrWrapper, what)
		}
		if off = d.space(off + 1); off < len(src) && src[off] == '}' {
			return dst, 0, d.fail(off, ErrWrapper, what)
		}
	} else {
		off = d.space(off)
		switch {
		case off < len(src) && src[off] == ',':
			off = d.space(off + 1)
		case off < len(src) && src[off] == '}' && *seen == 3:
			return dst, 2, off + 1
		case off < len(src) && src[off] == '}':
			return dst, 0, d.fail(off, ErrWrapper, what)
		default:
			return dst, 0, d.fail(off, ErrToken, "comma or }")
		}
	}
	if d.shell && *seen == 3 && off < len(src) && src[off] == '}' { // after a comma
		return dst, 2, off + 1
	}
	dst, key, end := d.peekKey(dst, off)
	if end < 0 {
		return dst, 0, end
	}
	for which, name := range names {
		if name == string(key) && *seen&(1<<which) == 0 {
			*seen |= 1 << which
			return dst, which, end
		}
	}
	return dst, 0, d.fail(off, ErrWrapper, what)
}

func (d *decoder) binary(dst []byte, off, mark int) ([]byte, int) {
	bsoncore.SetType(dst, mark, bsoncore.TypeBinary)
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0)
	var seen uint
	for {
		var which int
		if dst, which, off = d.member(dst, keyBinary, &binaryMembers, &seen, off); off < 0 {
			return dst, off
		}
		if which == 2 {
			break
		}
		out, text, end := d.quoted(dst, keyBinary, off)
		if dst = out; end < 0 {
			return dst, end
		}
		var ok bool
		if which == 0 {
			if room := len(text)/4*3 + memberRoom; cap(dst)-len(dst) < room {
				dst = d.grow(dst, room, off)
			}
			dst, ok = d.base64(dst, text)
		} else {
			dst[start+4], ok = parseSubtype(text)
		}
		if !ok {
			return dst, d.fail(off, ErrWrapperText, specialValues[keyBinary])
		}
		off = end
	}
	return finishBinary(dst, start), off
}

// finishBinary writes the length, or lengths, of the binary in dst[start:],
// whose subtype and bytes follow four bytes kept for that.
func finishBinary(dst []byte, start int) []byte {
	if dst[start+4] == bsoncore.BinaryBinaryOld {
		dst = insertGap(dst, start+5)
		binary.LittleEndian.PutUint32(dst[start+5:], uint32(len(dst)-start-9))
	}
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-5))
	return dst
}

// appendUUID writes the value of a binary that holds id as r lays it out.
func appendUUID(dst []byte, r bson.UUIDRepresentation, id bson.UUID) []byte {
	b := id.Binary(r)
	return bsoncore.AppendBinaryValue(dst, b.Subtype, b.Data)
}

// base64 writes the bytes that text spells. If text is in the spare capacity of
// dst, it is kept until it has been read.
func (d *decoder) base64(dst, text []byte) ([]byte, bool) {
	n := len(dst)
	if cap(dst) == n || len(text) == 0 || &dst[:n+1][n] != &text[0] {
		return appendBase64Decoded(dst, text)
	}
	out, ok := appendBase64Decoded(dst[:n+len(text)], text)
	if !ok {
		return dst, false
	}
	size := copy(out[n:], out[n+len(text):])
	return out[:n+size], true
}

// parseSubtype parses one or two hexadecimal digits.
func parseSubtype(text []byte) (byte, bool) {
	if len(text) < 1 || len(text) > 2 {
		return 0, false
	}
	var v byte
	for _, c := range text {
		if hexValues[c] == 0 {
			return 0, false
		}
		v = v<<4 | (hexValues[c] - 1)
	}
	return v, true
}

func (d *decoder) timestamp(dst []byte, off, mark int) ([]byte, int) {
	bsoncore.SetType(dst, mark, bsoncore.TypeTimestamp)
	var parts [2]uint32
	var seen uint
	for {
		var which int
		if dst, which, off = d.member(dst, keyTimestamp, &timestampMembers, &seen, off); off < 0 {
			return dst, off
		}
		if which == 2 {
			break
		}
		n, end, ok := numtext.Scan(d.src, off)
		if !ok || n.Frac || n.Neg {
			return dst, d.fail(off, ErrWrapper, specialValues[keyTimestamp])
		}
		if n.More || n.Mant > math.MaxUint32 {
			return dst, d.fail(off, ErrRange, specialValues[keyTimestamp])
		}
		parts[which] = uint32(n.Mant)
		off = end
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(parts[0])<<32|uint64(parts[1])), off
}

func (d *decoder) regex(dst []byte, off, mark int) ([]byte, int) {
	bsoncore.SetType(dst, mark, bsoncore.TypeRegex)
	start := len(dst)
	middle, last := start, 0 // offset in dst of the second member; which it is
	var seen uint
	for {
		var which int
		if dst, which, off = d.member(dst, keyRegex, &regexMembers, &seen, off); off < 0 {
			return dst, off
		}
		if which == 2 {
			break
		}
		if !d.quoteAt(off) {
			return dst, d.fail(off, ErrWrapper, specialValues[keyRegex])
		}
		middle, last = len(dst), which
		if dst, off = d.name(dst, off+1); off < 0 {
			return dst, off
		}
		if options := dst[middle:]; which == 1 && !slices.IsSorted(options) {
			copy(options, sortedOptions(options))
		}
		dst = append(dst, 0)
	}
	if last == 0 {
		rotate(dst[start:], middle-start)
	}
	return dst, off
}

func (d *decoder) dbPointer(dst []byte, off, mark int) ([]byte, int) {
	var id objectid.ID
	var seen uint
	for {
		var which int
		if dst, which, off = d.member(dst, keyDBPointer, &pointerMembers, &seen, off); off < 0 {
			return dst, off
		}
		switch which {
		case 0:
			dst, off = d.wrapperString(dst, keyDBPointer, off)
		case 1:
			n := len(dst)
			if dst, off = d.inner(dst, keyDBPointer, keyOID, off, mark); off >= 0 {
				id = objectid.ID(dst[n:])
				dst = dst[:n]
			}
		case 2:
			bsoncore.SetType(dst, mark, bsoncore.TypeDBPointer)
			return append(dst, id[:]...), off
		}
		if off < 0 {
			return dst, off
		}
	}
}

// insertGap makes room for a length of four bytes at dst[at:].
func insertGap(dst []byte, at int) []byte {
	dst = append(dst, 0, 0, 0, 0)
	copy(dst[at+4:], dst[at:])
	return dst
}

// rotate exchanges b[:middle] and b[middle:].
func rotate(b []byte, middle int) {
	tail := bytes.Clone(b[middle:])
	copy(b[len(tail):], b[:middle])
	copy(b, tail)
}

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
		bsoncore.SetType(dst, mark, bsoncore.TypeCode)
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
		bsoncore.SetType(dst, mark, bsoncore.TypeCodeWithScope)
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
	bsoncore.SetType(dst, mark, bsoncore.TypeCodeWithScope)
	bsoncore.SetLength(dst, start)
	return dst, d.close(off)
}

// scopeDocument reads a document whose keys are not special.
func (d *decoder) scopeDocument(dst []byte, off int) ([]byte, int) {
	if off >= len(d.src) || d.src[off] != '{' {
		return dst, d.fail(off, ErrWrapper, specialValues[keyScope])
	}
	return d.document(dst, off+1, scopeDocument)
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
