package decimal128

import (
	"database/sql/driver"

	"github.com/bsonkit/bsonkit/internal/jsontext"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// typeDecimal128 is the BSON element type of a decimal128.
const typeDecimal128 = 0x13

// AppendText is Append for encoding.TextAppender; the error is always nil.
func (d Decimal) AppendText(dst []byte) ([]byte, error) { return d.Append(dst), nil }

// MarshalText returns the text that Append writes; the error is always nil.
func (d Decimal) MarshalText() ([]byte, error) { return d.Append(nil), nil }

// UnmarshalText sets d to the result of Parse for text. On failure d keeps its
// value and the error is Parse's.
func (d *Decimal) UnmarshalText(text []byte) error {
	v, err := Parse(text)
	if err == nil {
		*d = v
	}
	return err
}

// MarshalJSON returns the text of d as a JSON string: most readers convert a
// JSON number to a double, and it cannot be infinite or NaN. The error is
// always nil.
func (d Decimal) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, maxText+2)
	b = append(b, '"')
	b = d.Append(b)
	return append(b, '"'), nil
}

// UnmarshalJSON sets d to the exact value of a JSON string or number, as Parse
// reads it, or of the string in the object of Extended JSON with the only key
// "$numberDecimal". JSON null leaves d as it is, as encoding/json requires. Any
// other JSON value is a *ConversionError that matches ErrType. Malformed text
// gives the error of Parse, with an offset from the start of the text. After an
// error d keeps its value.
func (d *Decimal) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	if _, end, ok := numtext.Scan(data, 0); ok && end == len(data) {
		return d.UnmarshalText(data)
	}
	if n := len(data); n >= 2 && data[0] == '"' && data[n-1] == '"' {
		if v, err := Parse(data[1 : n-1]); err == nil {
			*d = v
			return nil
		}
	}
	// Characters written as escapes, an object, or an error.
	text, ok := jsontext.Of(data, "$numberDecimal")
	if !ok {
		return &ConversionError{"JSON value", "decimal128", ErrType}
	}
	return d.UnmarshalText(text)
}

// MarshalBSONValue returns the BSON type byte of a decimal128, 0x13, and a new
// slice of the 16 bytes of d; the error is always nil.
func (d Decimal) MarshalBSONValue() (typ byte, data []byte, err error) {
	return typeDecimal128, d.AppendBytes(nil), nil
}

// MarshalBSON returns a *ConversionError that matches ErrNotDocument. The
// official driver v1, which does not know MarshalBSONValue, would store d as an
// empty document; with this method it fails instead.
func (d Decimal) MarshalBSON() ([]byte, error) {
	return nil, &ConversionError{"decimal128", "document", ErrNotDocument}
}

// UnmarshalBSONValue sets d from the data of a BSON element, which is not kept.
// All bits are taken as they are. Another type byte than 0x13 is a
// *ConversionError that matches ErrType, and data that is not 16 bytes long one
// that matches ErrLength; d then keeps its value.
func (d *Decimal) UnmarshalBSONValue(typ byte, data []byte) error {
	if typ != typeDecimal128 {
		return &ConversionError{"BSON value", "decimal128", ErrType}
	}
	if len(data) != Size {
		return &ConversionError{"BSON value", "decimal128", ErrLength}
	}
	*d = FromBytes([Size]byte(data))
	return nil
}

// Value returns the text of d as a string, for database/sql; the error is
// always nil.
func (d Decimal) Value() (driver.Value, error) { return d.String(), nil }

// Scan sets d from a database value, exactly: a string or []byte that Parse
// takes, an int64, or a float64, which gives its shortest digits as in
// FromFloat64. NULL and every other type are a *ConversionError that matches
// ErrType (scan into sql.Null[decimal128.Decimal] where NULL may occur); d then
// keeps its value.
func (d *Decimal) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	case int64:
		*d = FromInt64(v)
		return nil
	case float64:
		*d = FromFloat64(v)
		return nil
	}
	return &ConversionError{"database value", "decimal128", ErrType}
}
