package extjson

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads the numbers of the shell's syntax that JSON does not have:
// .5, 5., +5, 0x1F and -Infinity. number (read.go) reads all others.

// shellNumber reads a number that starts with a sign, a zero or a point.
func (d *decoder) shellNumber(dst []byte, off, mark int) ([]byte, int) {
	src, at := d.src, off
	if src[at] == '-' || src[at] == '+' {
		at++
	}
	if len(src)-at >= 2 && src[at] == '0' && src[at+1]|0x20 == 'x' {
		return d.hexNumber(dst, off, at+2, mark)
	}
	if src[off] == '+' || at < len(src) && src[at] == '.' {
		return d.looseNumber(dst, off, mark)
	}
	return d.number(dst, off, mark)
}

// hexNumber reads an int32 or int64 in hexadecimal digits. Its sign, if there is
// one, is at off, and its digits are at digits.
func (d *decoder) hexNumber(dst []byte, off, digits, mark int) ([]byte, int) {
	var v uint64
	end, large := digits, false
	for ; end < len(d.src) && hexValues[d.src[end]] != 0; end++ {
		large = large || v>>60 != 0
		v = v<<4 | uint64(hexValues[d.src[end]]-1)
	}
	switch {
	case end == digits:
		return dst, d.fail(end, ErrNumber, "a hexadecimal digit")
	case end-off > d.maxNumber:
		return dst, d.fail(off, ErrNumberLen, "")
	case d.src[off] == '-':
		if v = -v; !large && int64(v) <= 0 {
			return appendInteger(dst, int64(v), mark), end
		}
	case !large && v <= math.MaxInt64:
		return appendInteger(dst, int64(v), mark), end
	}
	return dst, d.fail(off, ErrRange, "an int64")
}

func appendInteger(dst []byte, v int64, mark int) []byte {
	if v == int64(int32(v)) {
		bsoncore.SetType(dst, mark, bsoncore.TypeInt32)
		return binary.LittleEndian.AppendUint32(dst, uint32(v))
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeInt64)
	return binary.LittleEndian.AppendUint64(dst, uint64(v))
}

// looseNumber reads a number that has a plus sign, or lacks the digits before
// or after its point; or an infinity with a sign.
func (d *decoder) looseNumber(dst []byte, off, mark int) ([]byte, int) {
	at := off
	if d.src[at] == '-' || d.src[at] == '+' {
		at++
	}
	if at < len(d.src) && d.src[at] == 'I' {
		return d.infinity(dst, off, mark)
	}
	n := len(dst)
	dst, end := d.spellOut(dst, off, at)
	text := dst[n:]
	dst = dst[:n]
	num, size, ok := numtext.Scan(text, 0)
	switch {
	case end-off > d.maxNumber:
		return dst, d.fail(off, ErrNumberLen, "")
	case end == len(d.src) && !d.alone:
		return dst, d.fail(end, ErrTruncated, "") // more digits may follow
	case !ok:
		return dst, d.fail(end, ErrNumber, "a digit")
	case size < len(text):
		return dst, d.fail(at+1, ErrNumber, "a number without a zero before it")
	}
	if v, fits := num.Int64(); fits && !num.Frac {
		return appendInteger(dst, v, mark), end
	}
	f, ok := num.Double(text)
	if !ok {
		return dst, d.fail(off, ErrRange, "a number within the range of double")
	}
	if d.exact && !num.Frac && !isInteger(f, text) {
		return dst, d.fail(off, ErrInexact, "")
	}
	return appendDoubleValue(dst, mark, f), end
}

// spellOut appends the number whose sign, if there is one, is at off and whose
// digits are at at, as JSON spells it. end is the offset past the number. Text
// after the limit of numbers is not appended.
func (d *decoder) spellOut(dst []byte, off, at int) (out []byte, end int) {
	if d.src[off] == '-' {
		dst = append(dst, '-')
	}
	dst, end = d.digits(dst, at)
	if point := end; point < len(d.src) && d.src[point] == '.' {
		if point == at {
			dst = append(dst, '0')
		}
		dst, end = d.digits(append(dst, '.'), point+1)
		if end == point+1 {
			if point == at {
				return dst, end // a point alone is no number
			}
			dst = append(dst, '0')
		}
	}
	if end > at && end < len(d.src) && d.src[end]|0x20 == 'e' {
		dst = append(dst, 'e')
		if end++; end < len(d.src) && (d.src[end] == '-' || d.src[end] == '+') {
			dst = append(dst, d.src[end])
			end++
		}
		dst, end = d.digits(dst, end)
	}
	return dst, end
}

// digits appends the decimal digits at off, if they are not too many for a
// number, and returns the offset past them.
func (d *decoder) digits(dst []byte, off int) ([]byte, int) {
	end := off
	for end < len(d.src) && d.src[end]-'0' < 10 {
		end++
	}
	if end-off > d.maxNumber {
		return dst, end
	}
	return append(dst, d.src[off:end]...), end
}

// infinity reads Infinity after a sign.
func (d *decoder) infinity(dst []byte, off, mark int) ([]byte, int) {
	word, sign := "+Infinity", 1
	if d.src[off] == '-' {
		word, sign = "-Infinity", -1
	}
	end := d.literal(off, word)
	if end >= 0 && d.identifier(end) > end {
		end = d.fail(end, ErrToken, "a value")
	}
	if end < 0 {
		return dst, end
	}
	return appendDoubleValue(dst, mark, math.Inf(sign)), end
}
