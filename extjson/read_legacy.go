package extjson

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads the forms of Extended JSON before version 2. object and
// wrapper (read_wrapper.go) call it if DecodeOptions.Legacy is set.
//
// $regex, $options and $type are operators of queries as well, so a document
// with these keys is a value only with the right set of keys. The functions
// here read ahead to decide, over strings and numbers only. So no byte is read
// more than twice, at any depth.

const expectedLegacyBinary = `{"$binary": base64 text, "$type": hexadecimal text}`

// legacyWrapper reads the rest of the object whose first key is given and
// whose first value is at off. The offset that it returns is 0 if the object
// is a document.
func (d *decoder) legacyWrapper(dst []byte, first legacyKey, off, mark int) ([]byte, int) {
	n, nul := len(dst), d.nul
	var at [2]int // offsets of the values of $regex and $options; 0: none
	key := first
	end := off
	for key == legacyRegex || key == legacyOptions || key == legacyType && key == first {
		if key != legacyType {
			if at[key-legacyRegex] != 0 || !d.quoteAt(end) {
				break
			}
			at[key-legacyRegex] = end
		}
		if dst, end = d.skipScalar(dst[:n], end); end < 0 {
			break
		}
		if end = d.space(end); end < len(d.src) && d.src[end] == '}' {
			if at[0] == 0 || first == legacyType {
				break
			}
			d.nul = nul
			return d.legacyRegex(dst[:n], at, mark, end+1)
		}
		if end >= len(d.src) || d.src[end] != ',' {
			break
		}
		var name []byte
		if dst, name, end = d.peekKey(dst[:n], d.space(end+1)); end < 0 {
			break
		}
		key = lookupLegacy(name)
		if first == legacyType {
			break
		}
	}
	if d.err == ErrTruncated || end >= len(d.src) {
		// The decision depends on bytes that have not arrived.
		return dst[:n], d.fail(len(d.src), ErrTruncated, "")
	}
	d.err, d.nul = nil, nul
	if first == legacyType && key == legacyBinary && end > 0 {
		return d.legacyBinary(dst[:n], legacyType, off, mark)
	}
	return dst[:n], 0
}

// skipScalar returns the offset past the text or number at off. dst is
// scratch.
func (d *decoder) skipScalar(dst []byte, off int) ([]byte, int) {
	if d.quoteAt(off) {
		return d.chars(dst, off+1)
	}
	_, end, ok := numtext.Scan(d.src, off)
	switch {
	case ok:
		return dst, end
	case end >= len(d.src):
		return dst, d.fail(end, ErrTruncated, "")
	}
	return dst, -1
}

// legacyRegex writes the regex whose parts are the texts at the two offsets.
func (d *decoder) legacyRegex(dst []byte, at [2]int, mark, end int) ([]byte, int) {
	bsoncore.SetType(dst, mark, bsoncore.TypeRegex)
	for i, off := range at {
		n := len(dst)
		if off != 0 {
			if dst, off = d.name(dst, off+1); off < 0 {
				return dst, off
			}
		}
		if options := dst[n:]; i == 1 && !slices.IsSorted(options) {
			copy(options, sortedOptions(options))
		}
		dst = append(dst, 0)
	}
	return dst, end
}

// legacyBinary reads $binary and $type, whichever is first; its value is at
// off.
func (d *decoder) legacyBinary(dst []byte, first legacyKey, off, mark int) ([]byte, int) {
	bsoncore.SetType(dst, mark, bsoncore.TypeBinary)
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0)
	key, second := first, legacyType
	if first == legacyType {
		second = legacyBinary
	}
	for {
		at := off
		var ok bool
		if key == legacyBinary {
			var text []byte
			if dst, text, off = d.quoted(dst, keyBinary, off); off >= 0 {
				dst, ok = d.base64(dst, text)
			}
		} else {
			dst, off, ok = d.legacySubtype(dst, start+4, off)
		}
		if off >= 0 && !ok {
			off = d.fail(at, ErrWrapperText, expectedLegacyBinary)
		}
		if off < 0 {
			return dst, off
		}
		if key == second {
			return finishBinary(dst, start), d.close(off)
		}
		if off = d.space(off); off >= len(d.src) || d.src[off] != ',' {
			return dst, d.fail(off, ErrWrapper, expectedLegacyBinary)
		}
		at = d.space(off + 1)
		var name []byte
		if dst, name, off = d.peekKey(dst, at); off < 0 {
			return dst, off
		}
		if string(name) != legacyKeys[second] {
			return dst, d.fail(at, ErrWrapper, legacyKeys[second])
		}
		key = second
	}
}

// legacySubtype reads a subtype into dst[at]: one or two hexadecimal digits,
// eight that begin with ffffff, as mongoexport wrote subtypes that are negative
// as a signed byte, or a number.
func (d *decoder) legacySubtype(dst []byte, at, off int) (out []byte, end int, ok bool) {
	if !d.quoteAt(off) {
		n, end, ok := numtext.Scan(d.src, off)
		if !ok {
			return dst, d.fail(off, ErrWrapper, expectedLegacyBinary), false
		}
		dst[at] = byte(n.Mant)
		return dst, end, !n.Neg && !n.Frac && !n.More && n.Mant <= 0xFF
	}
	dst, text, end := d.quoted(dst, keyBinary, off)
	if end < 0 {
		return dst, end, false
	}
	if len(text) == 8 && isAllF(text[:6]) && hexValues[text[6]] > 8 {
		text = text[6:]
	}
	dst[at], ok = parseSubtype(text)
	return dst, end, ok
}

func isAllF(text []byte) bool {
	for _, c := range text {
		if c|0x20 != 'f' {
			return false
		}
	}
	return true
}

// legacyTimestamp reads the 64 bits of a timestamp as a decimal number in a
// text, as JSON.stringify of js-bson writes them.
func (d *decoder) legacyTimestamp(dst []byte, off, mark int) ([]byte, int) {
	const expected = `{"t": uint32, "i": uint32}, or a uint64 as text`
	dst, text, end := d.quoted(dst, keyTimestamp, off)
	if end < 0 {
		return dst, end
	}
	n, size, ok := numtext.Scan(text, 0)
	if !ok || size != len(text) || n.Neg || n.Frac {
		return dst, d.fail(off, ErrWrapperText, expected)
	}
	v, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return dst, d.fail(off, ErrRange, expected)
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeTimestamp)
	return binary.LittleEndian.AppendUint64(dst, v), end
}

// legacyDate reads milliseconds since 1970 as a number.
func (d *decoder) legacyDate(dst []byte, off, mark int) ([]byte, int) {
	const expected = `a date as text, {"$numberLong": text}, or milliseconds since 1970`
	n, end, ok := numtext.Scan(d.src, off)
	if end >= len(d.src) && !ok {
		return dst, d.fail(end, ErrTruncated, "")
	}
	if !ok || n.Frac {
		return dst, d.fail(off, ErrWrapper, expected)
	}
	ms, ok := n.Int64()
	if !ok {
		return dst, d.fail(off, ErrRange, expected)
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeDateTime)
	return binary.LittleEndian.AppendUint64(dst, uint64(ms)), end
}

// parseDigits parses 32 hexadecimal digits.
func parseDigits(text []byte) (id [16]byte, ok bool) {
	if len(text) != 32 {
		return id, false
	}
	for i := range id {
		high, low := hexValues[text[2*i]], hexValues[text[2*i+1]]
		if high == 0 || low == 0 {
			return id, false
		}
		id[i] = (high-1)<<4 | (low - 1)
	}
	return id, true
}
