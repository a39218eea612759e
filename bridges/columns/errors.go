package columns

import (
	"errors"
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// The sentinels that errors of this package match with errors.Is. Malformed BSON is a
// *bsoncore.SyntaxError instead, with its offset in the stream.
var (
	// ErrMixed: a path has values of several types.
	ErrMixed = errors.New("values of several types")
	// ErrType: the type of a value does not fit its column.
	ErrType = errors.New("type does not fit the column")
	// ErrValue: the type of a value fits its column, but the value does not.
	ErrValue = errors.New("value does not fit the column")
	// ErrFineTime: a time is finer than the milliseconds of BSON, without TimesFloor.
	ErrFineTime = fmt.Errorf("%w: finer than a millisecond", ErrValue)
	// ErrNull: a field is null or missing, and its column cannot say which.
	ErrNull = errors.New("the column has no form for this null")
	// ErrField: a key has no column.
	ErrField = errors.New("no column for this key")
	// ErrDuplicateKey: a document has a key twice. A column holds one value.
	ErrDuplicateKey = errors.New("duplicate key")
	// ErrLossy: a document would not come back the same, with Options.RejectLossy.
	ErrLossy = errors.New("not exact in columns")
	// ErrOrder: keys are in another order than the columns, with Options.RejectLossy and
	// without OrderExact.
	ErrOrder = fmt.Errorf("%w: the keys are in another order than the columns", ErrLossy)
	// ErrColumn: an Arrow type, or the metadata of a field, has no form for BSON.
	ErrColumn = errors.New("unsupported column")
	// ErrLevels: a path is nested deeper than MaxLevels. Infer with MixedJSON keeps it as JSON.
	ErrLevels = fmt.Errorf("%w: nested deeper than MaxLevels", ErrLimit)
	// ErrLimit: there are more columns than MaxColumns, or deeper ones than MaxLevels, or the
	// columns of one document have more than 64 times BatchBytes.
	ErrLimit = errors.New("too many columns")
)

// A ValueError reports a well-formed value that does not fit its column.
type ValueError struct {
	Document int64     // its number, from 1
	Offset   int64     // of the element, or of the document without it, in bytes from the start of the stream
	Path     string    // as schema.Path.String: "a.b[].c"
	Type     bson.Type // of the value; 0 if the field is missing
	Column   string    // type of the column, in words; "": none
	Err      error     // why; matches a sentinel
}

// Error describes e. The text is not promised.
func (e *ValueError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	b.WriteString(": ")
	if e.Type == 0 {
		b.WriteString("missing field")
	} else {
		b.WriteString(e.Type.String())
	}
	if e.Column != "" {
		b.WriteString(" for ")
		b.WriteString(e.Column)
	}
	if e.Path != "" {
		b.WriteString(" at " + e.Path)
	}
	fmt.Fprintf(&b, ", document %d, offset %d", e.Document, e.Offset)
	return b.String()
}

// Unwrap returns e.Err.
func (e *ValueError) Unwrap() error { return e.Err }

// A ColumnError reports a path or field for which there is no column.
type ColumnError struct {
	Path string // as schema.Path.String
	Err  error  // why; matches a sentinel
	// First is the place of the first duplicate, for ErrDuplicateKey. Otherwise it is zero,
	// because no value of the path has a column.
	First schema.Place
}

// Error describes e. The text is not promised.
func (e *ColumnError) Error() string {
	text := e.Err.Error() + " at " + pathText(e.Path)
	if e.First != (schema.Place{}) {
		text += fmt.Sprintf(", first in document %d", e.First.Document)
	}
	return text
}

// Unwrap returns e.Err.
func (e *ColumnError) Unwrap() error { return e.Err }

// A MixedTypesError reports paths with values of several types. It matches ErrMixed.
type MixedTypesError struct {
	Paths []MixedPath // in the order of the schema
}

// A MixedPath is a path with values of several types.
type MixedPath struct {
	Path  string      // as schema.Path.String
	Types []MixedType // the most frequent first
}

// A MixedType is a type of a path.
type MixedType struct {
	Type  bson.Type
	Count uint64 // of values with this type
	First int64  // number of the first document with such a value; 0: not known
}

// Error describes e. The text is not promised.
func (e *MixedTypesError) Error() string {
	var b strings.Builder
	b.WriteString(ErrMixed.Error())
	const most = 5 // paths that are named
	for i, p := range e.Paths {
		if i == most {
			fmt.Fprintf(&b, "; %d more paths", len(e.Paths)-most)
			break
		}
		b.WriteString([]string{" at ", "; at "}[min(i, 1)])
		b.WriteString(pathText(p.Path))
		for j, t := range p.Types {
			fmt.Fprintf(&b, "%s%d %v value", []string{": ", ", "}[min(j, 1)], t.Count, t.Type)
			if t.Count > 1 {
				b.WriteByte('s')
			}
			if t.First > 0 {
				fmt.Fprintf(&b, " (first in document %d)", t.First)
			}
		}
	}
	return b.String()
}

// Unwrap returns ErrMixed.
func (e *MixedTypesError) Unwrap() error { return ErrMixed }

func pathText(path string) string {
	if path == "" {
		return "the top level"
	}
	return path
}

// Loss is a kind of difference between a document and the one that comes back.
type Loss uint8

// The kinds of losses.
const (
	// LossOrder: the keys of a document are in another order than the columns.
	LossOrder Loss = iota
	// LossArrayKey: the key of an element of an array is not its index.
	LossArrayKey
	// LossMissing: a missing field became null.
	LossMissing
	// LossNull: a null became a missing field.
	LossNull
	// LossWidth: a number got a wider type.
	LossWidth
	// LossExponent: a decimal got other trailing zeros, or zero lost its sign.
	LossExponent
	// LossValue: a value of another type than its column became null.
	LossValue
	// LossField: a field without a column was left out.
	LossField
	lossCount
)

// String returns "order", "arrayKey", "missing", "null", "width", "exponent", "value" or
// "field".
func (l Loss) String() string {
	return nameOf(uint8(l), "order", "arrayKey", "missing", "null", "width", "exponent", "value", "field")
}

// A LossCount is the number of losses of one kind at one path.
type LossCount struct {
	Loss  Loss
	Path  string // of the value, or of the document or array whose keys are meant
	Count int64
	First int64 // number of the first document, from 1
}
