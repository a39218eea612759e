package tabular

import (
	"errors"
	"fmt"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file has the types of columns.
//
//   - types is the table: the name of each type, its argument, and the function for each
//     direction.
//   - The functions read… get the text of a cell and append a value; the functions
//     write… get a value and append the text of a cell.
//   - A text that a function write… appends is read back as the same bytes. A value
//     without such a text is an error.
//   - cell_number.go has the functions of numbers and of Auto, date.go those of dates, and
//     cell_value.go all others.
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
	// error the caller ignores the slice.
	read func(c *Cells, dst, text []byte) ([]byte, bson.Type, error)
	// write appends the text of a value to dst. On error the caller ignores the slice.
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

// Cells returns the Cells of c. An error is a *HeaderError that matches ErrArgument; its
// Header is that of c.
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
