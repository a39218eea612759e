package extjson

import (
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads the words and calls of the shell's syntax: undefined,
// ObjectId("…"), new Date(0). They are spelled as a value and stand for one;
// nothing is evaluated, so the arguments are literals, and a call that would
// look at the clock or roll dice is refused.
//
//   - shellWord is the one dispatch on the word.
//   - call and endCall read the parentheses, next the comma between two
//     arguments; textCall and numberCall are the calls with one argument.

// shellWord reads the word at off and, if it is a call, what follows it.
func (d *decoder) shellWord(dst []byte, off, mark int) ([]byte, int) {
	at := off
	end := d.identifier(off)
	made := false // with new
	if string(d.src[off:end]) == "new" {
		made = true
		off = d.space(end)
		if end = d.identifier(off); end == off {
			return dst, d.fail(off, ErrToken, "the name of a type")
		}
	}
	for end+1 < len(d.src) && d.src[end] == '.' && d.identifier(end+1) > end+1 {
		end = d.identifier(end + 1)
	}
	word := d.src[off:end]
	if made && isWord(word) {
		return dst, d.fail(off, ErrToken, "the name of a type")
	}
	switch string(word) {
	case "undefined":
		bson.SetType(dst, mark, bson.TypeUndefined)
		return dst, end
	case "NaN":
		return appendDoubleValue(dst, mark, math.Float64frombits(plainNaN)), end
	case "Infinity":
		return appendDoubleValue(dst, mark, math.Inf(1)), end
	case "MinKey":
		return d.keyWord(dst, bson.TypeMinKey, end, mark)
	case "MaxKey":
		return d.keyWord(dst, bson.TypeMaxKey, end, mark)
	case "ObjectId", "ObjectID", "ObjectId.createFromHexString":
		return d.textCall(dst, keyOID, end, mark)
	case "NumberInt", "Int32", "Int32.fromString":
		return d.numberCall(dst, keyNumberInt, end, mark)
	case "NumberLong", "Long", "Long.fromString", "Long.fromNumber":
		return d.numberCall(dst, keyNumberLong, end, mark)
	case "NumberDecimal", "Decimal128", "Decimal128.fromString":
		return d.numberCall(dst, keyNumberDecimal, end, mark)
	case "Double", "Double.fromString":
		return d.numberCall(dst, keyNumberDouble, end, mark)
	case "ISODate":
		return d.dateCall(dst, end, mark, true)
	case "Date":
		if !made {
			return dst, d.fail(at, ErrEvaluate, "new Date(…) or ISODate(…)")
		}
		return d.dateCall(dst, end, mark, false)
	case "Timestamp":
		return d.timestampCall(dst, end, mark)
	case "UUID":
		return d.uuidCall(dst, d.uuids, end, mark)
	case "LegacyPythonUUID":
		return d.uuidCall(dst, bson.UUIDPythonLegacy, end, mark)
	case "LegacyJavaUUID":
		return d.uuidCall(dst, bson.UUIDJavaLegacy, end, mark)
	case "LegacyCSharpUUID":
		return d.uuidCall(dst, bson.UUIDCSharpLegacy, end, mark)
	case "BinData":
		return d.binaryCall(dst, callBinData, end, mark)
	case "HexData":
		return d.binaryCall(dst, callHexData, end, mark)
	case "MD5":
		return d.binaryCall(dst, callMD5, end, mark)
	case "Binary.createFromBase64":
		return d.binaryCall(dst, callFromBase64, end, mark)
	case "Binary.createFromHexString":
		return d.binaryCall(dst, callFromHex, end, mark)
	case "Code":
		return d.codeCall(dst, end, mark)
	case "Symbol", "BSONSymbol":
		return d.symbolCall(dst, end, mark)
	case "RegExp", "BSONRegExp":
		return d.regexCall(dst, end, mark)
	case "DBRef":
		return d.dbRefCall(dst, end, mark)
	case "DBPointer":
		return d.dbPointerCall(dst, end, mark)
	}
	if end >= len(d.src) {
		return dst, d.fail(end, ErrTruncated, "")
	}
	return dst, d.fail(at, ErrToken, "a value")
}

// The first eight characters of the calls that compactCall knows, as a
// little-endian word.
const (
	callOID     = 'O' | 'b'<<8 | 'j'<<16 | 'e'<<24 | 'c'<<32 | 't'<<40 | 'I'<<48 | 'd'<<56
	callDate    = 'I' | 'S'<<8 | 'O'<<16 | 'D'<<24 | 'a'<<32 | 't'<<40 | 'e'<<48 | '('<<56
	callInt     = 'N' | 'u'<<8 | 'm'<<16 | 'b'<<24 | 'e'<<32 | 'r'<<40 | 'I'<<48 | 'n'<<56
	callLong    = 'N' | 'u'<<8 | 'm'<<16 | 'b'<<24 | 'e'<<32 | 'r'<<40 | 'L'<<48 | 'o'<<56
	callDecimal = 'N' | 'u'<<8 | 'm'<<16 | 'b'<<24 | 'e'<<32 | 'r'<<40 | 'D'<<48 | 'e'<<56
)

// compactCall reads the call at off if it is one of the usual ones, spelled
// without spaces and in double quotes. Otherwise, or if anything is wrong
// with it, it returns 0 and shellWord looks at it again. There are more than
// compactLen bytes.
func (d *decoder) compactCall(dst []byte, off, mark int) ([]byte, int) {
	src := d.src[off:]
	switch binary.LittleEndian.Uint64(src) {
	case callOID:
		if src[8] != '(' || src[9] != '"' || src[34] != '"' || src[35] != ')' {
			break
		}
		id, err := objectid.Parse(src[10:34])
		if err != nil {
			break
		}
		bson.SetType(dst, mark, bson.TypeObjectID)
		return append(dst, id[:]...), off + 36
	case callDate:
		if src[8] == '"' {
			return d.compactText(dst, keyDate, ')', off+9, mark)
		}
	case callInt:
		if src[8] != 't' || src[9] != '(' {
			break
		}
		n, end, ok := scanNumber(d.src, off+10)
		if !ok || end >= len(d.src) || d.src[end] != ')' {
			break
		}
		if out, err := integerValue(dst, keyNumberInt, n, mark); err == nil {
			return out, end + 1
		}
	case callLong:
		if string(src[8:12]) == `ng("` {
			return d.compactNumber(dst, keyNumberLong, ')', off+12, mark)
		}
	case callDecimal:
		if string(src[8:15]) == `cimal("` {
			return d.compactText(dst, keyNumberDecimal, ')', off+15, mark)
		}
	}
	return dst, 0
}

// isWord reports whether word is a value by itself.
func isWord(word []byte) bool {
	switch string(word) {
	case "undefined", "NaN", "Infinity":
		return true
	}
	return false
}

func appendDoubleValue(dst []byte, mark int, f float64) []byte {
	bson.SetType(dst, mark, bson.TypeDouble)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
}

// call reads the parenthesis behind the name of a call and returns the offset
// of its first argument.
func (d *decoder) call(off int) int {
	if off = d.space(off); off >= len(d.src) || d.src[off] != '(' {
		return d.fail(off, ErrToken, "(")
	}
	return d.space(off + 1)
}

// argument is call for a call that makes up a value if it has no argument.
func (d *decoder) argument(off int) int {
	at := off
	if off = d.call(off); off >= 0 && off < len(d.src) && d.src[off] == ')' {
		return d.fail(at, ErrEvaluate, "an argument")
	}
	return off
}

// endCall reads the parenthesis behind the last argument.
func (d *decoder) endCall(off int) int {
	if off = d.space(off); off < len(d.src) && d.src[off] == ',' {
		off = d.space(off + 1)
	}
	if off >= len(d.src) || d.src[off] != ')' {
		return d.fail(off, ErrToken, ")")
	}
	return off + 1
}

// next returns the offset of another argument, or 0 if there is none; off is
// then still that of what follows the last one.
func (d *decoder) next(off int) int {
	if off = d.space(off); off >= len(d.src) || d.src[off] != ',' {
		return 0
	}
	if off = d.space(off + 1); off < len(d.src) && d.src[off] == ')' {
		return 0
	}
	return off
}

// needNext returns the offset of another argument, which must be there.
func (d *decoder) needNext(off int, what string) int {
	next := d.next(off)
	if next == 0 {
		return d.fail(d.space(off), ErrToken, what)
	}
	return next
}

// keyWord reads MinKey and MaxKey, with parentheses or without.
func (d *decoder) keyWord(dst []byte, t bson.Type, off, mark int) ([]byte, int) {
	bson.SetType(dst, mark, t)
	if at := d.space(off); at < len(d.src) && d.src[at] == '(' {
		return dst, d.endCall(d.call(off))
	}
	return dst, off
}

// textCall reads a call whose argument is what the wrapper s has.
func (d *decoder) textCall(dst []byte, s special, off, mark int) ([]byte, int) {
	if off = d.argument(off); off < 0 {
		return dst, off
	}
	if dst, off = d.wrapperText(dst, s, off, mark); off < 0 {
		return dst, off
	}
	return dst, d.endCall(off)
}

// numberCall is textCall for numbers, which may stand without quotes.
func (d *decoder) numberCall(dst []byte, s special, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if d.quoteAt(off) {
		dst, off = d.wrapperText(dst, s, off, mark)
	} else {
		_, end, ok := scanNumber(d.src, off)
		if !ok {
			return dst, d.fail(end, ErrNumber, specialValues[s])
		}
		var err error
		if dst, err = d.textValue(dst, s, d.src[off:end], mark); err != nil {
			return dst, d.fail(off, err, specialValues[s])
		}
		off = end
	}
	if off < 0 {
		return dst, off
	}
	return dst, d.endCall(off)
}

// dateCall reads a date as text or as milliseconds since 1970. A text without
// a time zone is UTC to ISODate but local time to new Date.
func (d *decoder) dateCall(dst []byte, off, mark int, utc bool) ([]byte, int) {
	if off = d.argument(off); off < 0 {
		return dst, off
	}
	if d.quoteAt(off) {
		out, text, end := d.quoted(dst, keyDate, off)
		if dst = out; end < 0 {
			return dst, end
		}
		ms, zoned, ok := parseShellDate(text)
		if !ok {
			return dst, d.fail(off, ErrWrapperText, "a date")
		}
		if !zoned && !utc {
			return dst, d.fail(off, ErrEvaluate, "a time zone")
		}
		bson.SetType(dst, mark, bson.TypeDateTime)
		return binary.LittleEndian.AppendUint64(dst, uint64(ms)), d.endCall(end)
	}
	ms, end := d.milliseconds(dst, off, mark)
	if end < 0 {
		return dst, end
	}
	if d.next(end) != 0 {
		return dst, d.fail(off, ErrEvaluate, "one argument")
	}
	bson.SetType(dst, mark, bson.TypeDateTime)
	return binary.LittleEndian.AppendUint64(dst, uint64(ms)), d.endCall(end)
}

// milliseconds reads an integer, perhaps in NumberLong. dst is scratch.
func (d *decoder) milliseconds(dst []byte, off, mark int) (ms int64, end int) {
	if end = d.identifier(off); end > off {
		switch string(d.src[off:end]) {
		case "NumberLong", "Long":
			n := len(dst)
			if dst, end = d.numberCall(dst, keyNumberLong, end, mark); end < 0 {
				return 0, end
			}
			return int64(binary.LittleEndian.Uint64(dst[n:])), end
		}
	}
	n, end, ok := scanNumber(d.src, off)
	if !ok || n.frac {
		return 0, d.fail(off, ErrNumber, "a date as text or milliseconds since 1970")
	}
	if ms, ok = n.int64(); !ok {
		return 0, d.fail(off, ErrRange, "an int64")
	}
	return ms, end
}

// parseShellDate parses a date of RFC 3339 that may lack the time, the
// seconds or the time zone, and may have a blank for the T. zoned is false if
// it has a time but no zone; ms then takes it for UTC.
func parseShellDate(text []byte) (ms int64, zoned, ok bool) {
	if ms, ok = parseDate(text); ok {
		return ms, true, true
	}
	if len(text) < 10 || len(text) > 60 {
		return 0, false, false
	}
	var buf [80]byte
	b := append(buf[:0], text[:10]...)
	if len(text) == 10 {
		ms, ok = parseDate(append(b, "T00:00:00Z"...))
		return ms, true, ok
	}
	if len(text) < 16 || text[10] != 'T' && text[10] != ' ' {
		return 0, false, false
	}
	b = append(append(b, 'T'), text[11:16]...)
	rest := text[16:]
	if len(rest) >= 3 && rest[0] == ':' {
		b = append(b, rest[:3]...)
		rest = rest[3:]
		n := 0
		for n < len(rest) && (rest[n] == '.' || rest[n]-'0' < 10) {
			n++
		}
		b = append(b, rest[:n]...)
		rest = rest[n:]
	} else {
		b = append(b, ":00"...)
	}
	switch {
	case len(rest) == 0:
		ms, ok = parseDate(append(b, 'Z'))
		return ms, false, ok
	case len(rest) == 5:
		b = append(append(append(b, rest[:3]...), ':'), rest[3:]...)
	default:
		b = append(b, rest...)
	}
	ms, ok = parseDate(b)
	return ms, true, ok
}

// timestampCall reads Timestamp(t, i), Timestamp({t: t, i: i}) or
// Timestamp(), which is zero.
func (d *decoder) timestampCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if off < len(d.src) && d.src[off] == '{' {
		if dst, off = d.timestamp(dst, off, mark); off < 0 {
			return dst, off
		}
		return dst, d.endCall(off)
	}
	var parts [2]uint32
	if off < len(d.src) && d.src[off] != ')' {
		for i := range parts {
			if i > 0 {
				if off = d.needNext(off, "a second argument"); off < 0 {
					return dst, off
				}
			}
			n, end, ok := scanNumber(d.src, off)
			if !ok || n.frac || n.neg {
				return dst, d.fail(off, ErrNumber, "a uint32")
			}
			if n.more || n.mant > math.MaxUint32 {
				return dst, d.fail(off, ErrRange, "a uint32")
			}
			parts[i], off = uint32(n.mant), end
		}
	}
	bson.SetType(dst, mark, bson.TypeTimestamp)
	return binary.LittleEndian.AppendUint64(dst, uint64(parts[0])<<32|uint64(parts[1])), d.endCall(off)
}

// uuidCall reads a UUID as text, with hyphens or without.
func (d *decoder) uuidCall(dst []byte, r bson.UUIDRepresentation, off, mark int) ([]byte, int) {
	if off = d.argument(off); off < 0 {
		return dst, off
	}
	dst, text, end := d.quoted(dst, keyUUID, off)
	if end < 0 {
		return dst, end
	}
	id, ok := parseUUID(text)
	if !ok {
		id, ok = parseDigits(text)
	}
	if !ok {
		return dst, d.fail(off, ErrWrapperText, specialValues[keyUUID])
	}
	bson.SetType(dst, mark, bson.TypeBinary)
	return appendUUID(dst, r, id), d.endCall(end)
}

// A binaryCall says which arguments a call has that makes a binary.
type binaryCall uint8

const (
	callBinData    binaryCall = iota // subtype, base64
	callHexData                      // subtype, hexadecimal digits
	callMD5                          // hexadecimal digits; the subtype is 5
	callFromBase64                   // base64, perhaps subtype
	callFromHex                      // hexadecimal digits, perhaps subtype
)

func (d *decoder) binaryCall(dst []byte, call binaryCall, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	bson.SetType(dst, mark, bson.TypeBinary)
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0)
	switch call {
	case callBinData, callHexData:
		if off = d.subtype(dst, start+4, off); off < 0 {
			return dst, off
		}
		if off = d.needNext(off, "a second argument"); off < 0 {
			return dst, off
		}
	case callMD5:
		dst[start+4] = bson.BinaryMD5
	}
	dst, text, end := d.quoted(dst, keyBinary, off)
	if end < 0 {
		return dst, end
	}
	var ok bool
	if call == callBinData || call == callFromBase64 {
		dst, ok = d.base64(dst, text)
	} else {
		dst, ok = appendHexDecoded(dst, text)
		ok = ok && (call != callMD5 || len(text) == 32)
	}
	if !ok {
		return dst, d.fail(off, ErrWrapperText, "the bytes as text")
	}
	if off = end; call == callFromBase64 || call == callFromHex {
		if at := d.next(off); at != 0 {
			if off = d.subtype(dst, start+4, at); off < 0 {
				return dst, off
			}
		}
	}
	return finishBinary(dst, start), d.endCall(off)
}

// appendHexDecoded appends the bytes that text spells. text may lie behind
// dst: each byte comes from two.
func appendHexDecoded(dst, text []byte) ([]byte, bool) {
	if len(text)%2 != 0 {
		return dst, false
	}
	n := len(dst)
	dst = append(dst, text...)
	size, err := hex.Decode(dst[n:], dst[n:])
	return dst[:n+size], err == nil
}

// subtype reads the subtype of a binary, a number, into dst[at].
func (d *decoder) subtype(dst []byte, at, off int) int {
	n, end, ok := scanNumber(d.src, off)
	if !ok || n.frac || n.neg {
		return d.fail(off, ErrNumber, "a subtype")
	}
	if n.more || n.mant > 0xFF {
		return d.fail(off, ErrRange, "a subtype up to 255")
	}
	dst[at] = byte(n.mant)
	return end
}

// codeCall reads code and perhaps its scope.
func (d *decoder) codeCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	dst, start := bson.Begin(dst) // the length of both, if there is a scope
	if dst, off = d.wrapperString(dst, keyCode, off); off < 0 {
		return dst, off
	}
	at := d.next(off)
	if at == 0 {
		bson.SetType(dst, mark, bson.TypeCode)
		return append(dst[:start], dst[start+4:]...), d.endCall(off)
	}
	if dst, off = d.scopeDocument(dst, at); off < 0 {
		return dst, off
	}
	bson.SetType(dst, mark, bson.TypeCodeWithScope)
	bson.SetLength(dst, start)
	return dst, d.endCall(off)
}

func (d *decoder) symbolCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if dst, off = d.wrapperString(dst, keySymbol, off); off < 0 {
		return dst, off
	}
	bson.SetType(dst, mark, bson.TypeSymbol)
	return dst, d.endCall(off)
}

// regexCall reads a pattern and perhaps options, both as text.
func (d *decoder) regexCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	at := [2]int{off}
	end := off
	for i := range at {
		if !d.quoteAt(end) {
			return dst, d.fail(end, ErrToken, "a string")
		}
		n, nul := len(dst), d.nul
		if dst, end = d.chars(dst, end+1); end < 0 {
			return dst, end
		}
		dst, d.nul = dst[:n], nul
		next := d.next(end)
		if next == 0 || i == 1 {
			break
		}
		at[1], end = next, next
	}
	if end = d.endCall(end); end < 0 {
		return dst, end
	}
	return d.legacyRegex(dst, at, mark, end)
}

// dbRefCall reads DBRef(collection, id) or DBRef(collection, id, database),
// which is a document.
func (d *decoder) dbRefCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if d.depth >= d.maxDepth {
		return dst, d.fail(off, bson.ErrDepth, "")
	}
	d.depth++
	dst, start := bson.Begin(dst)
	for i, key := range [...]string{"$ref", "$id", "$db"} {
		if i > 0 {
			next := d.next(off)
			if next == 0 {
				if i == 1 {
					return dst, d.fail(off, ErrToken, "a second argument")
				}
				break
			}
			off = next
		}
		if i != 1 && !d.quoteAt(off) {
			return dst, d.fail(off, ErrToken, "a string")
		}
		element := len(dst)
		dst = bson.AppendHeader(dst, bson.TypeNull, key)
		if dst, off = d.value(dst, off, element); off < 0 {
			d.unwind(dst, element)
			return dst, off
		}
	}
	d.depth--
	bson.SetType(dst, mark, bson.TypeDocument)
	return bson.End(dst, start), d.endCall(off)
}

// dbPointerCall reads DBPointer(namespace, id).
func (d *decoder) dbPointerCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if dst, off = d.wrapperString(dst, keyDBPointer, off); off < 0 {
		return dst, off
	}
	if off = d.needNext(off, "a second argument"); off < 0 {
		return dst, off
	}
	n := len(dst)
	if end := d.identifier(off); string(d.src[off:end]) == "ObjectId" {
		dst, off = d.textCall(dst, keyOID, end, mark)
	} else {
		dst, off = d.inner(dst, keyDBPointer, keyOID, off, mark)
	}
	if off < 0 || len(dst) != n+len(objectid.ID{}) {
		return dst, off
	}
	bson.SetType(dst, mark, bson.TypeDBPointer)
	return dst, d.endCall(off)
}
