package decimal128

import (
	"errors"
	"strconv"
)

// The sentinels that errors of this package match with errors.Is.
var (
	// ErrSyntax: a text is not a number.
	ErrSyntax = errors.New("invalid decimal syntax")
	// ErrInexact: the destination has too few digits for the value, zeros at
	// the end of the value not counted.
	ErrInexact = errors.New("value would have to be rounded")
	// ErrOverflow: the value is too large for the destination.
	ErrOverflow = errors.New("value too large")
	// ErrUnderflow: the value has digits below the smallest of the destination.
	ErrUnderflow = errors.New("value too small")
	// ErrNaN: the value is a NaN and the destination has none.
	ErrNaN = errors.New("value is NaN")
	// ErrInfinity: the value is infinite and the destination has no infinity.
	ErrInfinity = errors.New("value is infinite")
	// ErrSign: the value is negative and the destination is unsigned, or it is
	// a negative zero and the destination has none.
	ErrSign = errors.New("sign would be lost")
	// ErrPayload: the destination has no NaN with this payload.
	ErrPayload = errors.New("NaN payload does not fit")
	// ErrType: the type of a BSON, JSON or database value cannot hold a
	// decimal.
	ErrType = errors.New("wrong type")
	// ErrLength: data is not 16 bytes long.
	ErrLength = errors.New("wrong length")
	// ErrOption: the Rounding is unknown.
	ErrOption = errors.New("option out of range")
	// ErrNotDocument: a decimal cannot be a whole document.
	ErrNotDocument = errors.New("not a document; register interop/v1adapter to store it with the official driver v1")
)

// SyntaxError reports a text that is not a number.
type SyntaxError struct {
	// Offset is the offset in the text of the first byte that cannot be part of
	// a number there. It is the length of a text that ends too soon.
	Offset int64
	// Err is ErrSyntax.
	Err error
}

// Error describes the fault; its wording may change.
func (e *SyntaxError) Error() string {
	return "decimal128: " + e.Err.Error() + " at offset " + strconv.FormatInt(e.Offset, 10)
}

// Unwrap returns the sentinel.
func (e *SyntaxError) Unwrap() error { return e.Err }

// ValueError reports a text that is a number but is equal to no Decimal.
type ValueError struct {
	// Offset is the offset in the text of the first digit that would be lost.
	// For a number that is too large it is that of the first digit.
	Offset int64
	// Err is ErrInexact, ErrOverflow or ErrUnderflow.
	Err error
}

// Error describes the fault; its wording may change.
func (e *ValueError) Error() string {
	return "decimal128: " + e.Err.Error() + " at offset " + strconv.FormatInt(e.Offset, 10)
}

// Unwrap returns the sentinel.
func (e *ValueError) Unwrap() error { return e.Err }

// ConversionError reports a value that the destination type cannot hold.
type ConversionError struct {
	// From and To name the two types, for people: "decimal128", "int64".
	From, To string
	// Err is any of this package's sentinels but ErrSyntax.
	Err error
}

// Error describes the fault; its wording may change.
func (e *ConversionError) Error() string {
	return "decimal128: " + e.From + " to " + e.To + ": " + e.Err.Error()
}

// Unwrap returns the sentinel.
func (e *ConversionError) Unwrap() error { return e.Err }
