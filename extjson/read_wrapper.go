package extjson

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/textcut"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads the values of special keys.
//
//   - object tells documents from wrappers. It first tries usual
//     (read_usual.go), which reads only the most frequent wrappers in their usual
//     spellings and leaves all others to wrapper.
//   - wrapper reads any wrapper, in any spelling; read_pair.go has those with two
//     parts.
//   - textValue turns the text of a wrapper into its value for both.

// object reads the object whose brace is at off.
func (d *decoder) object(dst []byte, off, mark int) ([]byte, int) {
	src := d.src
	if len(src)-off >= usualLead && (src[off+2] == '$' || src[off+3] == '$') {
		if out, end := d.usual(dst, off, mark); end > 0 {
			return out, end
		}
	}
	at := d.space(off + 1)
	if at+1 >= len(src) && (at == len(src) || src[at] != '}') {
		// The key has not arrived. A value of another type may be smaller than
		// the bytes of a document that are already written.
		_, _, end := d.peekKey(dst, at)
		return dst, end
	}
	if at+1 < len(src) && (src[at] == '"' && (src[at+1] == '$' || src[at+1] == '\\') || d.shell && d.mayBeSpecial(at)) {
		var key []byte
		var end int
		if dst, key, end = d.peekKey(dst, at); end < 0 {
			return dst, end
		}
		if s := lookupSpecial(key); s != notSpecial {
			return d.wrapper(dst, s, at, end, mark)
		}
		if d.legacy {
			if l := lookupLegacy(key); l != notLegacy {
				if out, after := d.legacyWrapper(dst, l, end, mark); after != 0 {
					return out, after
				}
			}
		}
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeDocument)
	return d.document(dst, off+1, innerDocument)
}

// wrapper reads the rest of the wrapper whose first key, s, is at offset at
// and whose first value is at off.
func (d *decoder) wrapper(dst []byte, s special, at, off, mark int) ([]byte, int) {
	switch s {
	case keyOID, keyNumberInt, keyNumberLong, keyNumberDouble, keyNumberDecimal, keyUUID:
		dst, off = d.wrapperText(dst, s, off, mark)
	case keyDate:
		dst, off = d.date(dst, off, mark)
	case keySymbol:
		bsoncore.SetType(dst, mark, bsoncore.TypeSymbol)
		dst, off = d.wrapperString(dst, s, off)
	case keyCode:
		return d.code(dst, off, mark)
	case keyScope:
		return d.scope(dst, off, mark)
	case keyBinary:
		if d.legacy && d.quoteAt(off) {
			return d.legacyBinary(dst, legacyBinary, off, mark)
		}
		dst, off = d.binary(dst, off, mark)
	case keyTimestamp:
		if d.legacy && d.quoteAt(off) {
			dst, off = d.legacyTimestamp(dst, off, mark)
		} else {
			dst, off = d.timestamp(dst, off, mark)
		}
	case keyRegex:
		dst, off = d.regex(dst, off, mark)
	case keyDBPointer:
		dst, off = d.dbPointer(dst, off, mark)
	case keyMinKey:
		bsoncore.SetType(dst, mark, bsoncore.TypeMinKey)
		off = d.one(off, s)
	case keyMaxKey:
		bsoncore.SetType(dst, mark, bsoncore.TypeMaxKey)
		off = d.one(off, s)
	case keyUndefined:
		bsoncore.SetType(dst, mark, bsoncore.TypeUndefined)
		if off < len(d.src) && d.src[off] != 't' {
			return dst, d.fail(off, ErrWrapper, specialValues[s])
		}
		off = d.literal(off, "true")
	default:
		panic("BUG: extjson: no reader of " + specialKeys[s])
	}
	if off < 0 {
		return dst, off
	}
	return dst, d.close(off)
}

// close reads the brace that ends a wrapper.
func (d *decoder) close(off int) int {
	off = d.space(off)
	if off < len(d.src) && d.src[off] == '}' {
		return off + 1
	}
	if off < len(d.src) && d.src[off] == ',' {
		if off = d.space(off + 1); d.shell && off < len(d.src) && d.src[off] == '}' {
			return off + 1
		}
		return d.fail(off, ErrWrapper, "no other key")
	}
	return d.fail(off, ErrToken, "}")
}

// quoted reads a string that will be parsed. text is a part of the source or,
// if the source has escapes, lies past the end of the returned slice, where the
// next append overwrites it.
func (d *decoder) quoted(dst []byte, s special, off int) (out, text []byte, end int) {
	if !d.quoteAt(off) {
		return dst, nil, d.fail(off, ErrWrapper, specialValues[s])
	}
	src := d.src
	quote := src[off]
	off++
	for end = off; end < len(src); end++ {
		if c := src[end]; c == quote {
			if s == keyBinary && end-off > d.longest(s, len(dst)) {
				return dst, nil, d.tooLong(s, off-1)
			}
			return dst, src[off:end], end + 1
		} else if c == '\\' || c < ' ' || c >= 0x80 {
			break
		}
	}
	n, most := len(dst), d.most
	longest := d.longest(s, n)
	switch {
	case end < len(src):
		d.most = max(n+longest, longest) // the sum may overflow
		dst, end = d.chars(dst, off)
		d.most = most
		if len(dst)-n > longest {
			end = d.tooLong(s, off-1)
		}
	case end-off > longest:
		// No later byte can make it valid: a stream need not wait.
		end = d.tooLong(s, off-1)
	default:
		end = d.fail(end, ErrTruncated, "")
	}
	return dst[:n], dst[n:], end
}

// longest returns the length limit of the text of the key s after n bytes of
// the document: the hexadecimal digits of all bytes that may still follow,
// which are longer than their base64, and some more.
func (d *decoder) longest(s special, n int) int {
	if s != keyBinary {
		return d.maxNumber
	}
	room := max(d.most-n, 0)
	if room > math.MaxInt/4 {
		return math.MaxInt
	}
	return 2*room + 16
}

// tooLong is fail for the text of the key s, whose quote is at off.
func (d *decoder) tooLong(s special, off int) int {
	switch {
	case s == keyBinary:
		return d.tooLarge(off)
	case s >= keyNumberInt && s <= keyNumberDecimal:
		return d.fail(off, ErrNumberLen, "")
	}
	return d.fail(off, ErrWrapperText, "")
}

// wrapperText reads a text and writes its value.
func (d *decoder) wrapperText(dst []byte, s special, off, mark int) ([]byte, int) {
	dst, text, end := d.quoted(dst, s, off)
	if end < 0 {
		return dst, end
	}
	dst, err := d.textValue(dst, s, text, mark)
	if err != nil {
		expected := specialValues[s]
		if err == ErrNumberLen || err == ErrRelaxed || err == ErrDigits {
			expected = ""
		}
		return dst, d.fail(off, err, expected)
	}
	return dst, end
}

// wrapperString reads a text and writes it as the value of a string.
func (d *decoder) wrapperString(dst []byte, s special, off int) ([]byte, int) {
	if !d.quoteAt(off) {
		return dst, d.fail(off, ErrWrapper, specialValues[s])
	}
	return d.stringValue(dst, off+1)
}

// textValue writes the value of text, the text of the key s, and its type at
// mark. text may be just past the end of dst: it is parsed before anything is
// written.
func (d *decoder) textValue(dst []byte, s special, text []byte, mark int) ([]byte, error) {
	switch s {
	case keyNumberInt, keyNumberLong:
		if len(text) > d.maxNumber {
			return dst, ErrNumberLen
		}
		n, end, ok := numtext.Scan(text, 0)
		if !ok || end != len(text) {
			return dst, ErrWrapperText
		}
		return integerValue(dst, s, n, mark)
	case keyNumberDouble:
		f, err := d.doubleText(text)
		if err != nil {
			return dst, err
		}
		bsoncore.SetType(dst, mark, bsoncore.TypeDouble)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), nil
	case keyNumberDecimal:
		if len(text) > d.maxNumber {
			return dst, ErrNumberLen
		}
		v, err := decimal128.Parse(text)
		switch {
		case errors.Is(err, decimal128.ErrSyntax):
			return dst, ErrWrapperText
		case errors.Is(err, decimal128.ErrInexact):
			return dst, ErrDigits
		case err != nil:
			return dst, ErrRange // too large or too small
		}
		bsoncore.SetType(dst, mark, bsoncore.TypeDecimal128)
		hi, lo := v.Bits()
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, lo), hi), nil
	case keyDate:
		ms, ok := parseDate(text)
		if !ok && d.dates != 0 {
			var how looseness
			ms, how, ok = parseLooseDate(text)
			ok = ok && how&^d.dates == 0
		}
		if !ok {
			return dst, ErrWrapperText
		}
		bsoncore.SetType(dst, mark, bsoncore.TypeDateTime)
		return binary.LittleEndian.AppendUint64(dst, uint64(ms)), nil
	case keyOID:
		id, err := objectid.Parse(text)
		if err != nil {
			return dst, ErrWrapperText
		}
		bsoncore.SetType(dst, mark, bsoncore.TypeObjectID)
		return append(dst, id[:]...), nil
	case keyUUID:
		if d.canonicalOnly {
			return dst, ErrRelaxed
		}
		id, ok := parseUUID(text)
		if !ok && d.legacy {
			id, ok = parseDigits(text)
		}
		if !ok {
			return dst, ErrWrapperText
		}
		bsoncore.SetType(dst, mark, bsoncore.TypeBinary)
		return appendUUID(dst, d.uuids, id), nil
	}
	panic("BUG: extjson: text of " + specialKeys[s])
}

// integerValue writes the value of $numberInt or $numberLong.
func integerValue(dst []byte, s special, n numtext.Number, mark int) ([]byte, error) {
	v, ok := n.Int64()
	switch {
	case n.Frac:
		return dst, ErrWrapperText
	case !ok:
		return dst, ErrRange
	case s == keyNumberLong:
		bsoncore.SetType(dst, mark, bsoncore.TypeInt64)
		return binary.LittleEndian.AppendUint64(dst, uint64(v)), nil
	case v != int64(int32(v)):
		return dst, ErrRange
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeInt32)
	return binary.LittleEndian.AppendUint32(dst, uint32(v)), nil
}

// doubleText parses the text of $numberDouble.
func (d *decoder) doubleText(text []byte) (float64, error) {
	if len(text) > d.maxNumber {
		return 0, ErrNumberLen
	}
	n, end, ok := numtext.Scan(text, 0)
	if ok && end == len(text) {
		f, ok := n.Double(text)
		if !ok {
			return 0, ErrRange
		}
		return f, nil
	}
	switch string(text) {
	case "NaN":
		return math.Float64frombits(plainNaN), nil
	case "Infinity":
		return math.Inf(1), nil
	case "-Infinity":
		return math.Inf(-1), nil
	}
	return 0, ErrWrapperText
}

// parseUUID parses 8-4-4-4-12 hexadecimal digits.
func parseUUID(text []byte) (id [16]byte, ok bool) {
	if len(text) != 36 {
		return id, false
	}
	n := 0
	for i := 0; i < len(text); i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if text[i] != '-' {
				return id, false
			}
			continue
		}
		high, low := hexValues[text[i]], hexValues[text[i+1]]
		if high == 0 || low == 0 {
			return id, false
		}
		id[n] = (high-1)<<4 | (low - 1)
		n++
		i++
	}
	return id, true
}

// date reads the value of $date: a text, or $numberLong.
func (d *decoder) date(dst []byte, off, mark int) ([]byte, int) {
	if d.quoteAt(off) {
		if d.canonicalOnly {
			return dst, d.fail(off, ErrRelaxed, `{"$numberLong": text}`)
		}
		return d.wrapperText(dst, keyDate, off, mark)
	}
	if d.legacy && off < len(d.src) && d.src[off] != '{' {
		return d.legacyDate(dst, off, mark)
	}
	dst, off = d.inner(dst, keyDate, keyNumberLong, off, mark)
	bsoncore.SetType(dst, mark, bsoncore.TypeDateTime)
	return dst, off
}

// inner reads the object at off, the value of outer, whose only key must be s.
// It does not call object, so only documents and arrays can nest, and their
// depth is limited.
func (d *decoder) inner(dst []byte, outer, s special, off, mark int) ([]byte, int) {
	if off >= len(d.src) || d.src[off] != '{' {
		return dst, d.fail(off, ErrWrapper, specialValues[outer])
	}
	if off = d.space(off + 1); off < len(d.src) && d.src[off] == '}' {
		return dst, d.fail(off, ErrWrapper, specialValues[outer])
	}
	if dst, off = d.wrapperKey(dst, off, s); off < 0 {
		return dst, off
	}
	if d.legacy && outer == keyDate && !d.quoteAt(off) {
		dst, off = d.legacyDate(dst, off, mark)
	} else {
		dst, off = d.wrapperText(dst, s, off, mark)
	}
	if off < 0 {
		return dst, off
	}
	return dst, d.close(off)
}

// one reads the number 1.
func (d *decoder) one(off int, s special) int {
	if n, end, ok := numtext.Scan(d.src, off); ok && n == (numtext.Number{Mant: 1}) {
		return end
	}
	return d.fail(off, ErrWrapper, specialValues[s])
}

// wrapperKey reads the key at off, which must be s, and returns the offset of
// its value.
func (d *decoder) wrapperKey(dst []byte, off int, s special) ([]byte, int) {
	off = d.space(off)
	dst, key, end := d.peekKey(dst, off)
	if end >= 0 && string(key) != specialKeys[s] {
		end = d.fail(off, ErrWrapper, specialKeys[s])
	}
	return dst, end
}

// maxMember is longer than every key of a wrapper, in bytes.
const maxMember = 64

// peekKey reads the key at off without writing it, and returns the offset of
// its value. key is a part of the source, or lies past the end of out, where the
// next append overwrites it. It does not count for the size of the document.
func (d *decoder) peekKey(dst []byte, off int) (out, key []byte, end int) {
	// As key does, for a key of plain ASCII.
	src := d.src
	if off < len(src) && src[off] == '"' {
		for i := off + 1; i-off < maxMember && len(src)-i > 9; i += 8 {
			w := binary.LittleEndian.Uint64(src[i : i+8])
			m := textcut.Breaks(w)
			if m == 0 {
				if w&highs != 0 {
					break
				}
				continue
			}
			k := textcut.FirstBreak(m) & 7
			if w&(1<<(8*k&63)-1)&highs != 0 || src[i+k] != '"' {
				break
			}
			key, end = src[off+1:i+k], i+k+2
			if src[i+k+1] != ':' || src[i+k+2] <= ' ' {
				end = d.colon(i + k + 1)
			}
			return dst, key, end
		}
	}
	return d.peekAnyKey(dst, off)
}

// peekAnyKey reads any key, as peekKey does.
func (d *decoder) peekAnyKey(dst []byte, off int) (out, key []byte, end int) {
	n, most := len(dst), d.most
	d.most = min(most, math.MaxInt-maxMember) + maxMember
	out, end = d.anyKey(dst, off)
	if len(out) > d.most { // too long for a key of the document, too
		end = d.tooLarge(off)
	}
	d.most = most
	if end < 0 {
		return out[:n], nil, end
	}
	return out[:n], out[n : len(out)-1], end
}
