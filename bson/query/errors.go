package query

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// The sentinels that errors of this package match with errors.Is, beside those of
// package bsoncore for malformed bytes and for depth, and those of package extjson for
// text.
var (
	// ErrOperator: an operator has no meaning at its place, or is unknown.
	ErrOperator = errors.New("unknown operator")
	// ErrUnsupported: an operator needs a server. The text says which operator to
	// use.
	ErrUnsupported = errors.New("operator is not supported")
	// ErrOperand: the value of an operator has the wrong type, or is out of range.
	ErrOperand = errors.New("wrong operand")
	// ErrRegex: a regular expression is not valid for RE2, or has options other than
	// i, m, s and x.
	ErrRegex = errors.New("bad regular expression")
	// ErrPath: a path is not a valid JSON Pointer, or it meets another path of the
	// projection or edit.
	ErrPath = errors.New("bad path")
	// ErrMixed: a projection includes some fields and excludes others.
	ErrMixed = errors.New("fields are both included and excluded")

	// ErrPlace: a document has no place for a field that an edit makes or moves.
	ErrPlace = errors.New("no place for the field")
	// ErrExists: a document has a field with the new name of another one.
	ErrExists = errors.New("field exists")
	// ErrRetype: a value has no exact equal of the type that an edit gives it.
	ErrRetype = errors.New("cannot change the type")
)

// An Error reports a part of a filter, a sort order, a projection or an edit that has no
// meaning, with its place.
type Error struct {
	Pointer string // JSON Pointer of the part; "" is the whole
	Offset  int64  // its offset in bytes: in the text for Parse, in the BSON for Compile
	Line    int64  // of that byte in the text, from 1; 0 for Compile
	Column  int64  // of that byte in its line, in bytes, from 1; 0 for Compile
	Err     error  // why, and what to write instead; matches a sentinel
}

// Error describes e with its place. The text is not promised.
func (e *Error) Error() string {
	place := "offset " + strconv.FormatInt(e.Offset, 10)
	if e.Line > 0 {
		place = fmt.Sprintf("line %d column %d", e.Line, e.Column)
	}
	if e.Pointer != "" {
		place += " (" + e.Pointer + ")"
	}
	return "query: " + place + ": " + e.Err.Error()
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// placed returns err, the fault of the cursor over a filter, as an *Error if a part of
// the filter has no meaning. Other faults are those of package bsoncore.
func placed(err error) error {
	if v, ok := err.(*bsoncore.ValueError); ok {
		return &Error{Pointer: v.Pointer, Offset: v.Offset, Err: v.Err}
	}
	return err
}

// wrong returns an error that matches ErrOperand.
func wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrOperand, fmt.Sprintf(format, args...))
}
