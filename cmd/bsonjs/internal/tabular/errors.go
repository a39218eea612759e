package tabular

import (
	"errors"
	"fmt"
)

// The sentinels that errors of this package match with errors.Is.
var (
	// ErrUntyped: the header of a column has no type.
	ErrUntyped = errors.New("the header has no type")
	// ErrTyped: all names of columns have types, and none are expected. They would become
	// parts of keys.
	ErrTyped = errors.New("the names of the columns have types")
	// ErrType: no type of columns has that name.
	ErrType = errors.New("unknown type")
	// ErrArgument: a type has no such argument.
	ErrArgument = errors.New("invalid argument of the type")
	// ErrName: a key cannot have that name.
	ErrName = errors.New("invalid name")
	// ErrText: the text of a cell is not that of the type of its column.
	ErrText = errors.New("text does not fit the type")
	// ErrValue: a column of this type has no text for a value.
	ErrValue = errors.New("value does not fit the type")
)

// A HeaderError reports the header of a column that cannot be read, cannot be written, or
// contradicts another one.
type HeaderError struct {
	Header string // its text
	Offset int64  // byte at fault, from the start of Header
	Index  int    // number of the column in its table, from 0
	What   string // what is wrong there, for people; may be empty
	Err    error  // one of the sentinels
}

// Error describes e. The text is not promised.
func (e *HeaderError) Error() string {
	if e.What == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ": " + e.What
}

// Unwrap returns e.Err.
func (e *HeaderError) Unwrap() error { return e.Err }

// A CellError reports the text of a cell, or a value, that does not fit the type of its
// column.
type CellError struct {
	Type   Type  // of the column
	Offset int64 // byte at fault, from the start of the text; 0 for a value
	// Err matches ErrText or ErrValue, or an error of package bson or extjson, such as
	// bson.ErrRange.
	Err error
}

// Error describes e. The text is not promised.
func (e *CellError) Error() string {
	switch e.Err {
	case ErrText:
		return fmt.Sprintf("text is not of type %v", e.Type)
	case ErrValue:
		return fmt.Sprintf("value does not fit type %v", e.Type)
	}
	return fmt.Sprintf("%v (type %v)", e.Err, e.Type)
}

// Unwrap returns e.Err.
func (e *CellError) Unwrap() error { return e.Err }

// A SyntaxError reports text that is not a table, with its place.
type SyntaxError struct {
	Offset  int64  // byte at fault, from the start of the input
	Line    int64  // of that byte, from 1
	Column  int64  // of that byte in its line, in bytes, from 1
	Pointer string // JSON Pointer of the column at fault; "" is none
	What    string // the text at fault, for people; may be empty
	Err     error  // a *HeaderError or *CountError, or one of the sentinels
}

// Error describes e with its place. The text is not promised.
func (e *SyntaxError) Error() string {
	s := fmt.Sprintf("tabular: line %d, column %d", e.Line, e.Column)
	if e.Pointer != "" {
		s += " (" + e.Pointer + ")"
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns e.Err.
func (e *SyntaxError) Unwrap() error { return e.Err }

// A ValueError reports a row that is well-formed, but is no document, with its place.
// Its Err is a *CellError or *CountError, or one of the sentinels.
type ValueError SyntaxError

// Error describes e with its place. The text is not promised.
func (e *ValueError) Error() string { return (*SyntaxError)(e).Error() }

// Unwrap returns e.Err.
func (e *ValueError) Unwrap() error { return e.Err }
