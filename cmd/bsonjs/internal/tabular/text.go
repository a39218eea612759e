package tabular

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the texts of values in tables without types.
//
//   - Texts are those of plain JSON, without its quotes. A value that has no plain form
//     is relaxed Extended JSON.
//   - mongoexport.go has the texts of mongoexport.

// texts write values as texts.
type texts struct {
	o                                 *TableOptions
	write                             textFunc
	plain, relaxed, canonical, legacy extjson.EncodeOptions
}

// A textFunc appends the text of a value that is no document and no array to dst. always
// says that the cell needs quotes.
type textFunc func(v *texts, dst []byte, t bson.Type, data []byte) (text []byte, always bool, err error)

// newTexts returns the texts of a table with the options o.
func newTexts(o *TableOptions) texts {
	json := extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs, UUIDRepresentation: o.UUIDs, EscapeControls: o.Visible, MaxDepth: o.MaxDepth}
	v := texts{o: o, write: plainText, plain: json, relaxed: json, canonical: json, legacy: json}
	v.plain.Mode, v.plain.NonFinite = extjson.Plain, extjson.NonFiniteText
	v.canonical.Mode, v.canonical.AmbiguousKeys, v.canonical.RejectLossy = extjson.Canonical, extjson.Reject, true
	v.legacy.Mode, v.legacy.Dates, v.legacy.StrictNumberLong = extjson.Legacy, extjson.DateISO8601, true
	if o.Dialect == MongoExport {
		v.write = exportText
	}
	return v
}

// append appends the text of a value that is no document and no array to dst.
func (v *texts) append(dst []byte, t bson.Type, data []byte) (text []byte, always bool, err error) {
	return v.write(v, dst, t, data)
}

// plainText is a textFunc.
func plainText(v *texts, dst []byte, t bson.Type, data []byte) ([]byte, bool, error) {
	switch t {
	case bson.TypeString, bson.TypeSymbol:
		return v.string(dst, data)
	case bson.TypeInt32:
		return numtext.AppendInt(dst, int64(int32(binary.LittleEndian.Uint32(data)))), false, nil
	case bson.TypeInt64:
		return numtext.AppendInt(dst, int64(binary.LittleEndian.Uint64(data))), false, nil
	case bson.TypeDouble:
		if f := math.Float64frombits(binary.LittleEndian.Uint64(data)); f-f == 0 { // finite
			return numtext.AppendDouble(dst, f), false, nil
		}
	case bson.TypeBoolean:
		return strconv.AppendBool(dst, data[0] != 0), false, nil
	case bson.TypeObjectID:
		return objectid.ID(data).Append(dst), false, nil
	case bson.TypeDecimal128:
		return decimal128.FromBytes([decimal128.Size]byte(data)).Append(dst), false, nil
	case bson.TypeNull, bson.TypeUndefined:
		return append(dst, v.o.Null...), false, nil
	case bson.TypeBinary:
		if subtype, bytes := binaryOf(data); subtype != v.o.UUIDs.Subtype() || len(bytes) != 16 {
			return v.digits(dst, bytes), false, nil
		}
	}
	from := len(dst)
	dst, err := v.plain.AppendJSONValue(dst, t, data)
	if errors.Is(err, extjson.ErrPlain) {
		dst, err = v.relaxed.AppendJSONValue(dst, t, data)
		return dst, false, bare(err)
	}
	if text := dst[from:]; err == nil && text[0] == '"' {
		copy(text, text[1:])
		dst = dst[:len(dst)-2]
	}
	return dst, false, bare(err)
}

// bare returns the reason of err without a place.
func bare(err error) error {
	if err == nil {
		return nil
	}
	_, reason := reasonOf(err)
	return reason
}

// binaryOf returns the subtype and the bytes of a binary value. The inner length of
// subtype 2 is left out.
func binaryOf(data []byte) (subtype byte, bytes []byte) {
	if subtype, bytes = data[4], data[5:]; subtype == bson.BinaryBinaryOld && len(bytes) >= 4 {
		bytes = bytes[4:]
	}
	return subtype, bytes
}

// digits appends the digits of binary data.
func (v *texts) digits(dst, data []byte) []byte {
	if v.o.Hex {
		return hex.AppendEncode(dst, data)
	}
	from := len(dst)
	dst = base64.StdEncoding.AppendEncode(dst, data)
	if v.o.SpreadsheetSafe { // base64 may start with +
		dst = v.safe(dst, from)
	}
	return dst
}

// string appends the text of a string.
func (v *texts) string(dst, data []byte) ([]byte, bool, error) {
	from, text := len(dst), data[4:len(data)-1]
	if !utf8.Valid(text) {
		return dst, false, bson.ErrUTF8
	}
	dst = append(dst, text...)
	if v.o.SpreadsheetSafe || v.o.Visible {
		dst = v.safe(dst, from)
	}
	return dst, v.o.HasNull && string(text) == v.o.Null, nil
}

// runs has the bytes at the start of a text that make a spreadsheet run it as a formula.
var runs = [256]bool{'=': true, '+': true, '-': true, '@': true, '\t': true, '\r': true}

// safe makes dst[from:], a text, safe for a spreadsheet or a terminal if the options say
// so.
func (v *texts) safe(dst []byte, from int) []byte {
	if v.o.Visible && bytes.ContainsFunc(dst[from:], isControl) {
		text := bytes.Runes(dst[from:])
		dst = dst[:from]
		for _, c := range text {
			if isControl(c) {
				c = picture(c)
			}
			dst = utf8.AppendRune(dst, c)
		}
	}
	if v.o.SpreadsheetSafe && len(dst) > from && runs[dst[from]] {
		dst = append(dst, 0)
		copy(dst[from+1:], dst[from:])
		dst[from] = '\''
	}
	return dst
}

// isControl reports whether a terminal may obey c. A line feed and a tab stay.
func isControl(c rune) bool {
	switch {
	case c == '\n' || c == '\t':
		return false
	case c < ' ', 0x7F <= c && c < 0xA0:
		return true
	}
	return 0x200E <= c && c <= 0x200F || 0x2028 <= c && c <= 0x202E || 0x2066 <= c && c <= 0x2069
}

// picture returns the character that stands for the control character c.
func picture(c rune) rune {
	switch {
	case c < ' ':
		return 0x2400 + c
	case c == 0x7F:
		return 0x2421
	}
	return utf8.RuneError
}
