package extjson

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads the words and calls of the shell's syntax: undefined,
// ObjectId("…"), new Date(0). Each stands for a value. No code is run, so the
// arguments are literals, and a call that depends on the clock or on chance is
// a fault.
//
//   - shellWord is the one dispatch on the word.
//   - call and endCall read the parentheses, next reads the comma between two
//     arguments. textCall and numberCall are the calls with one argument,
//     read_shell_date.go has dates, read_shell_binary.go binaries, and
//     read_shell_args.go the other calls with more arguments.

// shellWord reads the word at off and, if it is a call, its arguments.
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
		bsoncore.SetType(dst, mark, bsoncore.TypeUndefined)
		return dst, end
	case "NaN":
		return appendDoubleValue(dst, mark, math.Float64frombits(plainNaN)), end
	case "Infinity":
		return appendDoubleValue(dst, mark, math.Inf(1)), end
	case "MinKey":
		return d.keyWord(dst, bsoncore.TypeMinKey, end, mark)
	case "MaxKey":
		return d.keyWord(dst, bsoncore.TypeMaxKey, end, mark)
	case "ObjectId", "ObjectID", "ObjectId.createFromHexString":
		return d.textCall(dst, keyOID, end, mark)
	case "NumberInt", "Int32", "Int32.fromString":
		return d.numberCall(dst, keyNumberInt, end, mark)
	case "NumberLong", "Long", "Long.fromString", "Long.fromNumber", "Int64":
		return d.numberCall(dst, keyNumberLong, end, mark)
	case "NumberDecimal", "Decimal128", "Decimal128.fromString":
		return d.numberCall(dst, keyNumberDecimal, end, mark)
	case "Double", "Double.fromString":
		return d.numberCall(dst, keyNumberDouble, end, mark)
	case "ISODate":
		return d.dateCall(dst, isoDates, end, mark)
	case "Date":
		if !made {
			return dst, d.fail(at, ErrEvaluate, "new Date(…) or ISODate(…)")
		}
		return d.dateCall(dst, newDates, end, mark)
	case "Timestamp":
		return d.timestampCall(dst, end, mark)
	case "UUID":
		return d.uuidCall(dst, d.uuids, end, mark)
	case "LegacyPythonUUID", "PYUUID", "LUUID":
		return d.uuidCall(dst, bson.UUIDPythonLegacy, end, mark)
	case "LegacyJavaUUID", "JUUID":
		return d.uuidCall(dst, bson.UUIDJavaLegacy, end, mark)
	case "LegacyCSharpUUID", "CSUUID", "NUUID":
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
	case "Binary":
		return d.bufferCall(dst, end, mark)
	case "Binary.fromInt8Array":
		return d.vectorCall(dst, &int8Array, end, mark)
	case "Binary.fromFloat32Array":
		return d.vectorCall(dst, &float32Array, end, mark)
	case "Binary.fromPackedBits":
		return d.vectorCall(dst, &uint8Array, end, mark)
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

// isWord reports whether word is a value by itself.
func isWord(word []byte) bool {
	switch string(word) {
	case "undefined", "NaN", "Infinity":
		return true
	}
	return false
}

func appendDoubleValue(dst []byte, mark int, f float64) []byte {
	bsoncore.SetType(dst, mark, bsoncore.TypeDouble)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f))
}

// call reads the parenthesis after the name of a call and returns the offset of
// its first argument.
func (d *decoder) call(off int) int {
	if off = d.space(off); off >= len(d.src) || d.src[off] != '(' {
		return d.fail(off, ErrToken, "(")
	}
	return d.space(off + 1)
}

// argument is call for a call whose value without an argument depends on the
// clock or on chance.
func (d *decoder) argument(off int) int {
	at := off
	if off = d.call(off); off >= 0 && off < len(d.src) && d.src[off] == ')' {
		return d.fail(at, ErrEvaluate, "an argument")
	}
	return off
}

// endCall reads the parenthesis after the last argument.
func (d *decoder) endCall(off int) int {
	if off = d.space(off); off < len(d.src) && d.src[off] == ',' {
		off = d.space(off + 1)
	}
	if off >= len(d.src) || d.src[off] != ')' {
		return d.fail(off, ErrToken, ")")
	}
	return off + 1
}

// next returns the offset of the next argument, or 0 if there is none. off is
// then the offset after the last argument.
func (d *decoder) next(off int) int {
	if off = d.space(off); off >= len(d.src) || d.src[off] != ',' {
		return 0
	}
	if off = d.space(off + 1); off < len(d.src) && d.src[off] == ')' {
		return 0
	}
	return off
}

// needNext returns the offset of the next argument, which is required.
func (d *decoder) needNext(off int, what string) int {
	next := d.next(off)
	if next == 0 {
		return d.fail(d.space(off), ErrToken, what)
	}
	return next
}

// keyWord reads MinKey and MaxKey, with parentheses or without.
func (d *decoder) keyWord(dst []byte, t bsoncore.Type, off, mark int) ([]byte, int) {
	bsoncore.SetType(dst, mark, t)
	if at := d.space(off); at < len(d.src) && d.src[at] == '(' {
		return dst, d.endCall(d.call(off))
	}
	return dst, off
}

// textCall reads a call whose argument is the text of the wrapper s.
func (d *decoder) textCall(dst []byte, s special, off, mark int) ([]byte, int) {
	if off = d.argument(off); off < 0 {
		return dst, off
	}
	if dst, off = d.wrapperText(dst, s, off, mark); off < 0 {
		return dst, off
	}
	return dst, d.endCall(off)
}

// numberCall is textCall for numbers, whose quotes are optional.
func (d *decoder) numberCall(dst []byte, s special, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if d.quoteAt(off) {
		dst, off = d.wrapperText(dst, s, off, mark)
	} else {
		end := d.numberWord(s, off)
		if end == off {
			var ok bool
			if _, end, ok = numtext.Scan(d.src, off); !ok {
				return dst, d.fail(end, ErrNumber, specialValues[s])
			}
		}
		if end == len(d.src) && end-off <= d.maxNumber {
			return dst, d.fail(end, ErrTruncated, "") // more digits may follow
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

// numberWord returns the offset past the NaN, Infinity or -Infinity at off, if
// the call allows one, else off.
func (d *decoder) numberWord(s special, off int) int {
	if s != keyNumberDouble && s != keyNumberDecimal {
		return off
	}
	word := off
	if word < len(d.src) && d.src[word] == '-' {
		word++
	}
	end := d.identifier(word)
	switch string(d.src[off:end]) {
	case "NaN", "Infinity", "-Infinity":
		return end
	}
	return off
}
