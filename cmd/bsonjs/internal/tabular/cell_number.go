package tabular

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file has the functions of types for numbers, in both directions.

// Auto

// readAuto is the function read of Auto.
func readAuto(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	if len(text) == 0 || text[0]-'0' > 9 && text[0] != '-' { // most texts are no numbers
		return readString(c, dst, text)
	}
	if n, end, ok := numtext.Scan(text, 0); ok && end == len(text) {
		var room [numtext.IntRoom + 16]byte // as AppendDouble needs
		if n.Frac {
			if f, ok := n.Double(text); ok && bytes.Equal(numtext.AppendDouble(room[:0], f), text) {
				return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), bson.TypeDouble, nil
			}
		} else if v, ok := n.Int64(); ok && string(text) != "-0" {
			dst, t := appendInt(dst, v)
			return dst, t, nil
		}
	}
	return readString(c, dst, text)
}

// appendInt appends v as an int32 if it fits, and otherwise as an int64.
func appendInt(dst []byte, v int64) ([]byte, bson.Type) {
	if v == int64(int32(v)) {
		return binary.LittleEndian.AppendUint32(dst, uint32(v)), bson.TypeInt32
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v)), bson.TypeInt64
}

// writeAuto is the function write of Auto. It writes what readAuto reads as the same
// type.
func writeAuto(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	write := autoWriters[t]
	if write == nil {
		return dst, ErrValue
	}
	out, err := write(c, dst, t, data)
	if err != nil {
		return dst, err
	}
	var room [64]byte
	back, again, err := readAuto(c, room[:0], out[len(dst):])
	if err != nil || again != t || !bytes.Equal(back, data) {
		return dst, ErrValue
	}
	return out, nil
}

// autoWriters has the functions that write values of Auto.
var autoWriters = [256]func(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error){
	bson.TypeInt32: writeInt, bson.TypeInt64: writeInt, bson.TypeDouble: writeDouble, bson.TypeString: writeString,
}

// Numbers

// maxNumber is the length in bytes of the longest text of a number, as in JSON.
const maxNumber = extjson.DefaultMaxNumberLen

func readInt32(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	v, err := parseInt(text, 32)
	return binary.LittleEndian.AppendUint32(dst, uint32(v)), bson.TypeInt32, err
}

func readInt64(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	v, err := parseInt(text, 64)
	return binary.LittleEndian.AppendUint64(dst, uint64(v)), bson.TypeInt64, err
}

// parseInt returns the integer of the given number of bits in text: a sign, which may be
// left out, and digits.
func parseInt(text []byte, bits int) (int64, error) {
	if len(text) > maxNumber {
		return 0, extjson.ErrNumberLen
	}
	v, err := strconv.ParseInt(string(text), 10, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, extjson.ErrRange
	case err != nil:
		return 0, ErrText
	}
	return v, nil
}

// writeInt is the function write of Int32 and Int64.
func writeInt(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	switch {
	case t == bson.TypeInt32 && c.t != Int64:
		return numtext.AppendInt(dst, int64(int32(binary.LittleEndian.Uint32(data)))), nil
	case t == bson.TypeInt64 && c.t != Int32:
		return numtext.AppendInt(dst, int64(binary.LittleEndian.Uint64(data))), nil
	}
	return dst, ErrValue
}

// plainNaN is the NaN of the text NaN, the same as in Extended JSON.
const plainNaN = 0x7FF8000000000000

// specialDoubles are the texts of doubles without digits, in lower case.
var specialDoubles = map[string]uint64{
	"nan": plainNaN, "infinity": 0x7FF0000000000000, "-infinity": 0xFFF0000000000000, "+infinity": 0x7FF0000000000000,
	"inf": 0x7FF0000000000000, "-inf": 0xFFF0000000000000, "+inf": 0x7FF0000000000000,
}

func readDouble(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	if len(text) > maxNumber {
		return dst, 0, extjson.ErrNumberLen
	}
	n, end, ok := numtext.Scan(text, 0)
	if !ok || end != len(text) {
		if bits, ok := specialDoubles[strings.ToLower(string(text))]; ok {
			return binary.LittleEndian.AppendUint64(dst, bits), bson.TypeDouble, nil
		}
		text = numberOfJSON(text)
		if n, end, ok = numtext.Scan(text, 0); !ok || end != len(text) {
			return dst, 0, ErrText
		}
	}
	f, ok := n.Double(text)
	if !ok {
		return dst, 0, extjson.ErrRange
	}
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), bson.TypeDouble, nil
}

// numberOfJSON returns text, if it is a number, in the spelling of JSON: without a plus
// sign and zeros in front, and with a digit on both sides of the point.
func numberOfJSON(text []byte) []byte {
	number := make([]byte, 0, len(text)+2)
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		if text[0] == '-' {
			number = append(number, '-')
		}
		text = text[1:]
	}
	digits := 0
	for digits < len(text) && text[digits]-'0' < 10 {
		digits++
	}
	whole, rest := bytes.TrimLeft(text[:digits], "0"), text[digits:]
	fraction := len(rest) > 1 && rest[0] == '.' && rest[1]-'0' < 10
	switch {
	case len(whole) > 0:
		number = append(number, whole...)
	case digits > 0 || fraction:
		number = append(number, '0')
	}
	if !fraction {
		rest = bytes.TrimPrefix(rest, []byte("."))
	}
	return append(number, rest...)
}

func writeDouble(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDouble {
		return dst, ErrValue
	}
	bits := binary.LittleEndian.Uint64(data)
	switch f := math.Float64frombits(bits); {
	case bits == plainNaN:
		return append(dst, "NaN"...), nil
	case f != f:
		return dst, ErrValue
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...), nil
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...), nil
	default:
		return numtext.AppendDouble(dst, f), nil
	}
}

func readDecimal(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	if len(text) > maxNumber {
		return dst, 0, extjson.ErrNumberLen
	}
	d, err := decimal128.Parse(text)
	switch {
	case errors.Is(err, decimal128.ErrSyntax):
		err = ErrText
	case errors.Is(err, decimal128.ErrInexact):
		err = extjson.ErrDigits
	case err != nil:
		err = extjson.ErrRange
	}
	b := d.Bytes()
	return append(dst, b[:]...), bson.TypeDecimal128, err
}

func writeDecimal(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDecimal128 {
		return dst, ErrValue
	}
	d := decimal128.FromBytes([decimal128.Size]byte(data))
	out := d.Append(dst)
	if back, err := decimal128.Parse(out[len(dst):]); err != nil || back != d {
		return dst, ErrValue
	}
	return out, nil
}
