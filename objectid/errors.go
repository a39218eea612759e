package objectid

import (
	"errors"
	"strconv"
)

// The sentinels that errors of this package match with errors.Is.
var (
	// ErrDigit: a byte of the text is not a hexadecimal digit.
	ErrDigit = errors.New("not a hexadecimal digit")
	// ErrLength: a text is not 24 digits long, or data not 12 bytes.
	ErrLength = errors.New("wrong length")
	// ErrType: the type of a BSON, JSON or database value cannot hold an id.
	ErrType = errors.New("wrong type")
	// ErrRange: a time is not within the seconds an id can count.
	ErrRange = errors.New("time out of range")
	// ErrInvalidHex: a text is not 24 hexadecimal digits. Every *SyntaxError
	// matches it. UnmarshalText, UnmarshalJSON and bson.ObjectIDFromHex return it
	// as it is, because programs for the official driver compare it with ==.
	ErrInvalidHex = errors.New("not an ObjectId of 24 hexadecimal digits")
	// ErrNotDocument: an id cannot be a whole document.
	ErrNotDocument = errors.New("an ObjectId is not a document; register interop/v1adapter to store it with the official driver v1")
)

// SyntaxError reports a text that is not an id.
type SyntaxError struct {
	// Offset counts bytes from the start of the text to the first byte that is
	// no digit, or to where the text should have gone on or ended.
	Offset int64
	// Err is ErrDigit or ErrLength.
	Err error
}

// Error describes the fault; its wording may change.
func (e *SyntaxError) Error() string {
	return "objectid: " + e.Err.Error() + " at offset " + strconv.FormatInt(e.Offset, 10)
}

// Is reports whether target is ErrInvalidHex.
func (e *SyntaxError) Is(target error) bool { return target == ErrInvalidHex }

// Unwrap returns the sentinel.
func (e *SyntaxError) Unwrap() error { return e.Err }

// ValueError reports a value that is not text and cannot be converted to an id.
type ValueError struct {
	// Err is ErrLength, ErrType, ErrRange or ErrNotDocument.
	Err error
}

// Error describes the fault; its wording may change.
func (e *ValueError) Error() string { return "objectid: " + e.Err.Error() }

// Unwrap returns the sentinel.
func (e *ValueError) Unwrap() error { return e.Err }
