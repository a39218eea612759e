package tabular

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the types of columns.
//
//   - types is the table: the name of each type, its argument, and the function for each
//     direction.
//   - The functions read… get the text of a cell and append a value; the functions
//     write… get a value and append the text of a cell.
//   - A text that a function write… appends is read back as the same bytes. A value
//     without such a text is an error.
//
// Quotes, missing values and null are not known here: a cell is a text.

// A Type is a type of columns.
type Type uint8

// The types. All but JSON, ObjectID and UUID are those of mongoimport.
const (
	// Auto makes an int32, int64 or double of a text that is the spelling of this
	// number in relaxed Extended JSON, and a string of any other text: 7 and 1.5 are
	// numbers; 007, 1.50, 1e3 and NaN are strings.
	Auto       Type = iota
	Binary          // of subtype 0; the argument is base64, hex or base32
	Boolean         // true, false, 1 or 0
	Date            // the argument is a layout of package time; none is RFC 3339
	DateGo          // the same
	DateMS          // the argument is a format of Microsoft's FORMAT
	DateOracle      // the argument is a format of Oracle's TO_DATE
	Decimal         // decimal128
	Double
	Int32
	Int64
	JSON     // any value, in Extended JSON; written in the canonical form
	ObjectID // 24 hexadecimal digits
	String
	UUID // binary of subtype 4
)

// A cellType is a row of types.
type cellType struct {
	name string
	// prepare checks the argument and sets the fields of Cells that depend on it. An
	// error is the reason why there is no such argument. nil: there is no argument.
	prepare func(c *Cells, arg string) error
	// read appends the value of text, as it follows the key of an element, to dst. On
	// error dst is not used.
	read func(c *Cells, dst, text []byte) ([]byte, bson.Type, error)
	// write appends the text of a value to dst. On error dst is not used.
	write func(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error)
}

// types has the rows of all types.
var types = [...]cellType{
	Auto:       {"auto", nil, readAuto, writeAuto},
	Binary:     {"binary", prepareBinary, readBinary, writeBinary},
	Boolean:    {"boolean", nil, readBoolean, writeBoolean},
	Date:       {"date", prepareGo, readDate, writeDate},
	DateGo:     {"date_go", prepareGo, readDate, writeDate},
	DateMS:     {"date_ms", prepareMS, readDate, writeDate},
	DateOracle: {"date_oracle", prepareOracle, readDate, writeDate},
	Decimal:    {"decimal", nil, readDecimal, writeDecimal},
	Double:     {"double", nil, readDouble, writeDouble},
	Int32:      {"int32", nil, readInt32, writeInt},
	Int64:      {"int64", nil, readInt64, writeInt},
	JSON:       {"json", nil, readJSON, writeJSON},
	ObjectID:   {"objectId", nil, readObjectID, writeObjectID},
	String:     {"string", nil, readString, writeString},
	UUID:       {"uuid", nil, readUUID, writeUUID},
}

// String returns the name of t in headers.
func (t Type) String() string {
	if int(t) < len(types) {
		return types[t].name
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// TypeNames returns the names of all types, in the order of the alphabet.
func TypeNames() []string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.name
	}
	return names
}

// typeNamed returns the type of the given name.
func typeNamed(name string) (Type, bool) {
	for t := range types {
		if types[t].name == name {
			return Type(t), true
		}
	}
	return 0, false
}

// Options are the options of converting cells.
type Options struct {
	_ struct{} // keyed literals only

	// Decode is for cells of type JSON. Its InvalidUTF8 is for strings, too.
	Decode extjson.DecodeOptions
	// Encode is for cells of type JSON; its Mode and RejectLossy are set here. Its
	// InvalidUTF8 is for strings, too.
	Encode extjson.EncodeOptions
}

// Cells convert the cells of a column. They may be used by several goroutines.
type Cells struct {
	row    *cellType
	t      Type
	decode extjson.DecodeOptions
	encode extjson.EncodeOptions
	digits digits // of Binary
	layout layout // of dates
}

// Cells returns what converts the cells of c. An error is a *HeaderError that matches
// ErrArgument; its Header is that of c.
func (c Column) Cells(o Options) (*Cells, error) {
	cells := &Cells{row: &types[c.Type], t: c.Type, decode: o.Decode, encode: o.Encode}
	cells.encode.Mode, cells.encode.RejectLossy = extjson.Canonical, true
	why := error(nil)
	switch {
	case cells.row.prepare != nil:
		why = cells.row.prepare(cells, c.Arg)
	case c.Arg != "":
		why = errors.New(c.Type.String() + " has no argument")
	}
	if why != nil {
		return nil, &HeaderError{Header: string(c.AppendHeader(nil)), What: why.Error(), Err: ErrArgument}
	}
	return cells, nil
}

// AppendValue appends the value of text, the text of a cell without quotes, to dst and
// returns the longer slice and the type of the value. The value is what follows the key
// of an element. On error it returns dst at its old length, and a *CellError that
// matches ErrText, or an error of package bson, decimal128 or extjson.
func (c *Cells) AppendValue(dst, text []byte) ([]byte, bson.Type, error) {
	out, t, err := c.row.read(c, dst, text)
	if err != nil {
		return dst, 0, c.fault(err)
	}
	return out, t, nil
}

// AppendText appends the text of a value to dst, without quotes, and returns the longer
// slice. data is the value as it follows the key of an element. AppendValue makes the
// same bytes of the text. On error AppendText returns dst at its old length, and a
// *CellError; it matches ErrValue if the value has no text in a column of this type.
func (c *Cells) AppendText(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	out, err := c.row.write(c, dst, t, data)
	if err != nil {
		return dst, c.fault(err)
	}
	return out, nil
}

// fault returns err, of a function of the table, with the type of the column.
func (c *Cells) fault(err error) *CellError {
	f := &CellError{Type: c.t, Err: err}
	if syntax, ok := errors.AsType[*extjson.SyntaxError](err); ok {
		f.Offset, f.Err = syntax.Offset, syntax.Err
	} else if value, ok := errors.AsType[*extjson.ValueError](err); ok {
		f.Offset, f.Err = value.Offset, value.Err
	}
	return f
}

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

// Text

func readString(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	mark := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	switch {
	case utf8.Valid(text):
		dst = append(dst, text...)
	case c.decode.InvalidUTF8 == bson.UTF8Replace:
		dst = replace.Text(dst, string(text))
	default:
		return dst, 0, bson.ErrUTF8
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, mark)
	return dst, bson.TypeString, nil
}

func writeString(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeString {
		return dst, ErrValue
	}
	text := data[4 : len(data)-1]
	switch {
	case utf8.Valid(text):
		return append(dst, text...), nil
	case c.encode.InvalidUTF8 == bson.UTF8Replace:
		return replace.Text(dst, string(text)), nil
	}
	return dst, bson.ErrUTF8
}

func readJSON(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	return c.decode.AppendBSONValue(dst, text)
}

func writeJSON(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t == bson.TypeDocument {
		return c.encode.AppendJSON(dst, data)
	}
	return c.encode.AppendJSONValue(dst, t, data)
}

// Other values

// booleans are the texts of booleans, in lower case.
var booleans = map[string]byte{"true": 1, "false": 0, "1": 1, "0": 0}

func readBoolean(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	if len(text) > len("false") {
		return dst, 0, ErrText
	}
	b, ok := booleans[strings.ToLower(string(text))]
	if !ok {
		return dst, 0, ErrText
	}
	return append(dst, b), bson.TypeBoolean, nil
}

func writeBoolean(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeBoolean {
		return dst, ErrValue
	}
	return strconv.AppendBool(dst, data[0] != 0), nil
}

func readObjectID(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	id, err := objectid.Parse(text)
	if err != nil {
		err = ErrText
	}
	return append(dst, id[:]...), bson.TypeObjectID, err
}

func writeObjectID(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeObjectID {
		return dst, ErrValue
	}
	return objectid.ID(data).Append(dst), nil
}

func readUUID(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	id, err := bson.ParseUUID(text)
	if err != nil {
		return dst, 0, ErrText
	}
	return bsoncore.AppendBinaryValue(dst, bson.BinaryUUID, id[:]), bson.TypeBinary, nil
}

func writeUUID(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeBinary || len(data) != 5+16 || data[4] != bson.BinaryUUID {
		return dst, ErrValue
	}
	return bson.UUID(data[5:]).Append(dst), nil
}

// Digits are a way to write bytes as text.
type digits struct {
	append func(dst, data []byte) []byte
	decode func(dst, text []byte) ([]byte, error)
}

// spellings are the arguments of Binary.
var spellings = map[string]digits{
	"base64": {base64.StdEncoding.AppendEncode, base64.StdEncoding.Strict().AppendDecode},
	"base32": {base32.StdEncoding.AppendEncode, decodeBase32},
	"hex":    {hex.AppendEncode, hex.AppendDecode},
}

// decodeBase32 is AppendDecode of base32, but strict: bits that the text has beyond the
// last byte are zero.
func decodeBase32(dst, text []byte) ([]byte, error) {
	out, err := base32.StdEncoding.AppendDecode(dst, text)
	if err == nil && !bytes.Equal(base32.StdEncoding.AppendEncode(nil, out[len(dst):]), text) {
		err = ErrText
	}
	return out, err
}

func prepareBinary(c *Cells, arg string) (err error) {
	var ok bool
	if c.digits, ok = spellings[arg]; !ok {
		return errors.New("binary needs base64, hex or base32, as in data.binary(base64)")
	}
	return nil
}

func readBinary(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	if bytes.ContainsAny(text, "\r\n") { // which the decoders skip
		return dst, 0, ErrText
	}
	mark := len(dst)
	dst = append(dst, 0, 0, 0, 0, bson.BinaryGeneric)
	dst, err := c.digits.decode(dst, text)
	if err != nil {
		return dst, 0, ErrText
	}
	binary.LittleEndian.PutUint32(dst[mark:], uint32(len(dst)-mark-5))
	return dst, bson.TypeBinary, nil
}

func writeBinary(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeBinary || data[4] != bson.BinaryGeneric {
		return dst, ErrValue
	}
	return c.digits.append(dst, data[5:]), nil
}

func readDate(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	ms, err := c.layout.parse(string(text))
	return binary.LittleEndian.AppendUint64(dst, uint64(ms)), bson.TypeDateTime, err
}

func writeDate(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDateTime {
		return dst, ErrValue
	}
	ms := int64(binary.LittleEndian.Uint64(data))
	out := time.UnixMilli(ms).UTC().AppendFormat(dst, c.layout.format(ms))
	if back, err := c.layout.parse(string(out[len(dst):])); err != nil || back != ms {
		return dst, ErrValue
	}
	return out, nil
}
