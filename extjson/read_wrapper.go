package extjson

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads what follows a special key.
//
//   - object tells documents from wrappers. It first tries compact, which
//     knows only the most frequent wrappers, spelled without spaces and with
//     their keys in the usual order, and gives up at the least surprise.
//   - wrapper reads any wrapper, in any spelling.
//   - textValue turns the text of a wrapper into its value for both.

// object reads the object whose brace is at off.
func (d *decoder) object(dst []byte, off, mark int) ([]byte, int) {
	src := d.src
	if len(src)-off > compactLen && src[off+2] == '$' {
		if out, end := d.compact(dst, off, mark); end > 0 {
			return out, end
		}
	}
	at := d.space(off + 1)
	if at+1 < len(src) && (src[at] == '"' && (src[at+1] == '$' || src[at+1] == '\\') || d.shell && d.mayBeSpecial(at)) {
		n := len(dst)
		tmp, end := d.anyKey(dst, at)
		if end < 0 {
			return dst, end
		}
		dst = tmp[:n]
		key := tmp[n : len(tmp)-1]
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
	bson.SetType(dst, mark, bson.TypeDocument)
	return d.document(dst, off+1, false)
}

// The first eight characters of the wrappers that compact knows, as a
// little-endian word.
const (
	startOID    = '{' | '"'<<8 | '$'<<16 | 'o'<<24 | 'i'<<32 | 'd'<<40 | '"'<<48 | ':'<<56
	startDate   = '{' | '"'<<8 | '$'<<16 | 'd'<<24 | 'a'<<32 | 't'<<40 | 'e'<<48 | '"'<<56
	startNumber = '{' | '"'<<8 | '$'<<16 | 'n'<<24 | 'u'<<32 | 'm'<<40 | 'b'<<48 | 'e'<<56
	startBinary = '{' | '"'<<8 | '$'<<16 | 'b'<<24 | 'i'<<32 | 'n'<<40 | 'a'<<48 | 'r'<<56
)

// compactLen is the length of the shortest text, less one, that compact
// looks at: {"$oid": "…"} is 36, and the rest of the other wrappers starts
// within it.
const compactLen = 35

// compact reads the wrapper at off if it is one of the usual ones in the
// usual spelling, with or without a space behind a colon. Otherwise, or if anything is wrong with it, it returns 0
// and wrapper looks at it again.
func (d *decoder) compact(dst []byte, off, mark int) ([]byte, int) {
	src := d.src[off:]
	switch binary.LittleEndian.Uint64(src) {
	case startOID:
		at := 8 + blank(src[8])
		if src[at] != '"' || src[at+25] != '"' || src[at+26] != '}' {
			break
		}
		id, err := objectid.Parse(src[at+1 : at+25])
		if err != nil {
			break
		}
		bson.SetType(dst, mark, bson.TypeObjectID)
		return append(dst, id[:]...), off + at + 27
	case startNumber:
		switch {
		case string(src[8:14]) == `rInt":`:
			if at := 14 + blank(src[14]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberInt, '}', off+at+1, mark)
			}
		case string(src[8:15]) == `rLong":`:
			if at := 15 + blank(src[15]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberLong, '}', off+at+1, mark)
			}
		case string(src[8:17]) == `rDouble":`:
			if at := 17 + blank(src[17]); src[at] == '"' {
				return d.compactNumber(dst, keyNumberDouble, '}', off+at+1, mark)
			}
		case string(src[8:18]) == `rDecimal":`:
			if at := 18 + blank(src[18]); src[at] == '"' {
				return d.compactText(dst, keyNumberDecimal, '}', off+at+1, mark)
			}
		}
	case startDate:
		if src[8] != ':' {
			break
		}
		at := 9 + blank(src[9])
		if src[at] == '"' && !d.canonicalOnly {
			return d.compactText(dst, keyDate, '}', off+at+1, mark)
		}
		if string(src[at:at+15]) != `{"$numberLong":` {
			break
		}
		if at += 15 + blank(src[at+15]); src[at] != '"' {
			break
		}
		out, end := d.compactNumber(dst, keyNumberLong, '}', off+at+1, mark)
		if end > 0 && end < len(d.src) && d.src[end] == '}' {
			bson.SetType(out, mark, bson.TypeDateTime)
			return out, end + 1
		}
	case startBinary:
		if string(src[8:11]) != `y":` {
			break
		}
		at := 11 + blank(src[11])
		if string(src[at:at+10]) != `{"base64":` {
			break
		}
		if at += 10 + blank(src[at+10]); src[at] == '"' {
			return d.compactBinary(dst, off+at+1, mark)
		}
	}
	return dst, 0
}

// blank returns 1 for a space, which is how many bytes to skip, else 0.
func blank(c byte) int {
	if c == ' ' {
		return 1
	}
	return 0
}

// compactNumber reads the number at off and the quote and closing bracket
// behind it.
func (d *decoder) compactNumber(dst []byte, s special, closing byte, off, mark int) ([]byte, int) {
	src := d.src
	n, end, ok := scanNumber(src, off)
	if !ok || len(src)-end < 2 || src[end] != '"' || src[end+1] != closing || end-off > d.maxNumber {
		return dst, 0
	}
	if s == keyNumberDouble {
		f, ok := n.double(src[off:end])
		if !ok {
			return dst, 0
		}
		bson.SetType(dst, mark, bson.TypeDouble)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), end + 2
	}
	dst, err := integerValue(dst, s, n, mark)
	if err != nil {
		return dst, 0
	}
	return dst, end + 2
}

// compactTextLen is the length of the longest text that compactText reads.
const compactTextLen = 48

// compactText reads the text at off and the quote and closing bracket behind
// it.
func (d *decoder) compactText(dst []byte, s special, closing byte, off, mark int) ([]byte, int) {
	text := d.src[off:min(off+compactTextLen, len(d.src))]
	end := bytes.IndexByte(text, '"')
	if end < 0 || end+1 >= len(text) || text[end+1] != closing {
		return dst, 0
	}
	dst, err := d.textValue(dst, s, text[:end], mark)
	if err != nil {
		return dst, 0
	}
	return dst, off + end + 2
}

// compactBinary reads the base64 at off and what follows it.
func (d *decoder) compactBinary(dst []byte, off, mark int) ([]byte, int) {
	text := d.src[off:]
	end := bytes.IndexByte(text, '"')
	if end < 0 {
		return dst, 0
	}
	rest := text[end:]
	const between, after = `"subType":`, `"}}`
	if len(rest) < 2+len(between)+5+len(after) || rest[1] != ',' {
		return dst, 0
	}
	at := 2 + blank(rest[2])
	if string(rest[at:at+len(between)]) != between {
		return dst, 0
	}
	at += len(between)
	at += blank(rest[at])
	if rest[at] != '"' || len(rest) < at+3+len(after) {
		return dst, 0
	}
	high, low := hexValues[rest[at+1]], hexValues[rest[at+2]]
	if at += 3; high == 0 || low == 0 || string(rest[at:at+len(after)]) != after {
		return dst, 0
	}
	subtype := (high-1)<<4 | (low - 1)
	if subtype == bson.BinaryBinaryOld {
		return dst, 0
	}
	start := len(dst)
	out, ok := appendBase64Decoded(append(dst, 0, 0, 0, 0, subtype), text[:end])
	if !ok {
		return dst, 0
	}
	binary.LittleEndian.PutUint32(out[start:], uint32(len(out)-start-5))
	bson.SetType(out, mark, bson.TypeBinary)
	return out, off + end + at + len(after)
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
		bson.SetType(dst, mark, bson.TypeSymbol)
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
		dst, off = d.timestamp(dst, off, mark)
	case keyRegex:
		dst, off = d.regex(dst, off, mark)
	case keyDBPointer:
		dst, off = d.dbPointer(dst, off, mark)
	case keyMinKey:
		bson.SetType(dst, mark, bson.TypeMinKey)
		off = d.one(off, s)
	case keyMaxKey:
		bson.SetType(dst, mark, bson.TypeMaxKey)
		off = d.one(off, s)
	case keyUndefined:
		bson.SetType(dst, mark, bson.TypeUndefined)
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

// quoted reads a string that is to be parsed: text is a part of the source,
// or, where the source has escapes, of what lies past the end of the slice
// that is returned, which the next append overwrites.
func (d *decoder) quoted(dst []byte, s special, off int) (out, text []byte, end int) {
	if !d.quoteAt(off) {
		return dst, nil, d.fail(off, ErrWrapper, specialValues[s])
	}
	src := d.src
	quote := src[off]
	off++
	for end = off; end < len(src); end++ {
		if c := src[end]; c == quote {
			return dst, src[off:end], end + 1
		} else if c == '\\' || c < ' ' || c >= 0x80 {
			break
		}
	}
	if end == len(src) && end-off > d.maxNumber && s != keyBinary {
		// Nothing that may follow makes it right: a stream need not wait.
		err := ErrWrapperText
		if s >= keyNumberInt && s <= keyNumberDecimal {
			err = ErrNumberLen
		}
		return dst, nil, d.fail(off-1, err, "")
	}
	n := len(dst)
	dst, end = d.chars(dst, off)
	return dst[:n], dst[n:], end
}

// wrapperText reads a text and writes the value that it stands for.
func (d *decoder) wrapperText(dst []byte, s special, off, mark int) ([]byte, int) {
	dst, text, end := d.quoted(dst, s, off)
	if end < 0 {
		return dst, end
	}
	dst, err := d.textValue(dst, s, text, mark)
	if err != nil {
		expected := specialValues[s]
		if err == ErrNumberLen || err == ErrRelaxed {
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

// textValue writes the value that text, behind the key s, stands for, and
// its type at mark. text may lie just past the end of dst: it is parsed
// before anything is written.
func (d *decoder) textValue(dst []byte, s special, text []byte, mark int) ([]byte, error) {
	switch s {
	case keyNumberInt, keyNumberLong:
		if len(text) > d.maxNumber {
			return dst, ErrNumberLen
		}
		n, end, ok := scanNumber(text, 0)
		if !ok || end != len(text) {
			return dst, ErrWrapperText
		}
		return integerValue(dst, s, n, mark)
	case keyNumberDouble:
		f, err := d.doubleText(text)
		if err != nil {
			return dst, err
		}
		bson.SetType(dst, mark, bson.TypeDouble)
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), nil
	case keyNumberDecimal:
		if len(text) > d.maxNumber {
			return dst, ErrNumberLen
		}
		v, err := decimal128.Parse(text)
		if errors.Is(err, decimal128.ErrSyntax) {
			return dst, ErrWrapperText
		} else if err != nil {
			return dst, ErrRange // too large, too small, or too many digits
		}
		bson.SetType(dst, mark, bson.TypeDecimal128)
		hi, lo := v.Bits()
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, lo), hi), nil
	case keyDate:
		ms, ok := parseDate(text)
		if !ok && d.legacy {
			ms, ok = parseLegacyDate(text)
		}
		if !ok {
			return dst, ErrWrapperText
		}
		bson.SetType(dst, mark, bson.TypeDateTime)
		return binary.LittleEndian.AppendUint64(dst, uint64(ms)), nil
	case keyOID:
		id, err := objectid.Parse(text)
		if err != nil {
			return dst, ErrWrapperText
		}
		bson.SetType(dst, mark, bson.TypeObjectID)
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
		bson.SetType(dst, mark, bson.TypeBinary)
		return appendUUID(dst, d.uuids, id), nil
	}
	panic("BUG: extjson: text of " + specialKeys[s])
}

// integerValue writes the value of $numberInt or $numberLong.
func integerValue(dst []byte, s special, n number, mark int) ([]byte, error) {
	v, ok := n.int64()
	switch {
	case n.frac:
		return dst, ErrWrapperText
	case !ok:
		return dst, ErrRange
	case s == keyNumberLong:
		bson.SetType(dst, mark, bson.TypeInt64)
		return binary.LittleEndian.AppendUint64(dst, uint64(v)), nil
	case v != int64(int32(v)):
		return dst, ErrRange
	}
	bson.SetType(dst, mark, bson.TypeInt32)
	return binary.LittleEndian.AppendUint32(dst, uint32(v)), nil
}

// doubleText parses the text of $numberDouble.
func (d *decoder) doubleText(text []byte) (float64, error) {
	if len(text) > d.maxNumber {
		return 0, ErrNumberLen
	}
	n, end, ok := scanNumber(text, 0)
	if ok && end == len(text) {
		f, ok := n.double(text)
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
	bson.SetType(dst, mark, bson.TypeDateTime)
	return dst, off
}

// inner reads the object at off, the value of outer, whose only key must be
// s. It does not go through object, so that nothing but documents and
// arrays, whose depth is limited, can hold each other.
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
	if dst, off = d.wrapperText(dst, s, off, mark); off < 0 {
		return dst, off
	}
	return dst, d.close(off)
}

// one reads the number 1.
func (d *decoder) one(off int, s special) int {
	if n, end, ok := scanNumber(d.src, off); ok && n == (number{mant: 1}) {
		return end
	}
	return d.fail(off, ErrWrapper, specialValues[s])
}

// code reads the value of $code and what may follow it: $scope.
func (d *decoder) code(dst []byte, off, mark int) ([]byte, int) {
	dst, start := bson.Begin(dst) // the length of both, if there is a scope
	if dst, off = d.wrapperString(dst, keyCode, off); off < 0 {
		return dst, off
	}
	off = d.space(off)
	if off >= len(d.src) || d.src[off] != ',' {
		bson.SetType(dst, mark, bson.TypeCode)
		return append(dst[:start], dst[start+4:]...), d.close(off)
	}
	if dst, off = d.wrapperKey(dst, off+1, keyScope); off < 0 {
		return dst, off
	}
	if dst, off = d.scopeDocument(dst, off); off < 0 {
		return dst, off
	}
	bson.SetType(dst, mark, bson.TypeCodeWithScope)
	bson.SetLength(dst, start)
	return dst, d.close(off)
}

// scope reads the value of $scope and what must follow it: $code.
func (d *decoder) scope(dst []byte, off, mark int) ([]byte, int) {
	dst, start := bson.Begin(dst)
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
	middle := len(dst)
	if dst, off = d.wrapperString(dst, keyCode, off); off < 0 {
		return dst, off
	}
	rotate(dst[start+4:], middle-start-4)
	bson.SetType(dst, mark, bson.TypeCodeWithScope)
	bson.SetLength(dst, start)
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

// wrapperKey reads the key at off, which must be s, and returns the offset of
// its value.
func (d *decoder) wrapperKey(dst []byte, off int, s special) ([]byte, int) {
	off = d.space(off)
	n := len(dst)
	dst, end := d.anyKey(dst, off)
	if end >= 0 && string(dst[n:len(dst)-1]) != specialKeys[s] {
		end = d.fail(off, ErrWrapper, specialKeys[s])
	}
	return dst[:n], end
}

// The members of the wrappers whose value is an object of two, in the order
// in which the value stores them.
var (
	binaryMembers    = [2]string{"base64", "subType"}
	timestampMembers = [2]string{"t", "i"}
	regexMembers     = [2]string{"pattern", "options"}
	pointerMembers   = [2]string{"$ref", "$id"}
)

// member reads the next key of the object of two that is the value of s:
// which of names it is, and the offset of its value. seen has a bit for each
// that came before; at the start of the object it is zero and off is at its
// brace. At the closing brace which is 2 and end past it.
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
	n := len(dst)
	dst, end = d.anyKey(dst, off)
	if end < 0 {
		return dst, 0, end
	}
	key := dst[n : len(dst)-1]
	for which, name := range names {
		if name == string(key) && *seen&(1<<which) == 0 {
			*seen |= 1 << which
			return dst[:n], which, end
		}
	}
	return dst[:n], 0, d.fail(off, ErrWrapper, what)
}

func (d *decoder) binary(dst []byte, off, mark int) ([]byte, int) {
	bson.SetType(dst, mark, bson.TypeBinary)
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
	if dst[start+4] == bson.BinaryBinaryOld {
		dst = insertGap(dst, start+5)
		binary.LittleEndian.PutUint32(dst[start+5:], uint32(len(dst)-start-9))
	}
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-5))
	return dst
}

// appendUUID writes the value of a binary that holds id as r lays it out.
func appendUUID(dst []byte, r bson.UUIDRepresentation, id bson.UUID) []byte {
	b := id.Binary(r)
	return bson.AppendBinaryValue(dst, b.Subtype, b.Data)
}

// base64 writes the bytes that text stands for. Where text lies behind dst,
// it is kept there until they are read.
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
	bson.SetType(dst, mark, bson.TypeTimestamp)
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
		n, end, ok := scanNumber(d.src, off)
		if !ok || n.frac || n.neg {
			return dst, d.fail(off, ErrWrapper, specialValues[keyTimestamp])
		}
		if n.more || n.mant > math.MaxUint32 {
			return dst, d.fail(off, ErrRange, specialValues[keyTimestamp])
		}
		parts[which] = uint32(n.mant)
		off = end
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(parts[0])<<32|uint64(parts[1])), off
}

func (d *decoder) regex(dst []byte, off, mark int) ([]byte, int) {
	bson.SetType(dst, mark, bson.TypeRegex)
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
			bson.SetType(dst, mark, bson.TypeDBPointer)
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
