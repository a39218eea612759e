package bson

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/internal/sentinel"
)

// The sentinels that errors of conversions between BSON and Go values match
// with errors.Is.
var (
	// ErrDestination: the destination is nil, is not a pointer, or cannot be
	// set.
	ErrDestination = errors.New("destination must be a non-nil pointer or map")
	// ErrUnsupported: a Go type has no form in BSON, or its struct tags
	// contradict each other.
	ErrUnsupported = errors.New("unsupported Go type")
	// ErrMismatch: the Go type cannot hold values of the BSON type.
	ErrMismatch = errors.New("BSON type does not fit the Go type")
	// ErrSubtype: the Go type cannot hold binaries of this subtype; a Binary can
	// hold all. ErrSubtype also matches ErrMismatch.
	ErrSubtype = sentinel.New("binary subtype does not fit the Go type; bson.Binary holds all subtypes", ErrMismatch)
	// ErrRange: a number or time is outside the range of its destination.
	ErrRange = errors.New("value out of range")
	// ErrInexact: digits of a number would be lost.
	ErrInexact = errors.New("value would change")
	// ErrNotDocument: a value that must be a whole document has another type.
	ErrNotDocument = errors.New("not a document")
	// ErrUnknownField: a document has a key that the struct does not have.
	ErrUnknownField = errors.New("no such field in the struct")
	// ErrHook: a hook of the Go type returned an error, which is wrapped as
	// well, or bytes that are not a value.
	ErrHook = errors.New("hook failed")
	// ErrVector: a binary is not a well-formed vector.
	ErrVector = errors.New("malformed vector")
	// ErrUUID: a binary or text is not a UUID of the expected representation.
	ErrUUID = errors.New("not a UUID")
)

// A ConversionError names the types of a failed conversion. If the place in a
// document is known, a *ValueError with the place wraps it.
type ConversionError struct {
	GoType reflect.Type // type of the Go value or destination; nil: none
	Field  string       // struct and field that hold it, "User.Name"; "": none
	Type   Type         // BSON type, when decoding; 0 when encoding
	// Subtype is the subtype of the binary if Type is TypeBinary; else 0.
	Subtype byte
	Err     error // why; matches a sentinel
}

// Error describes e. The text is not promised.
func (e *ConversionError) Error() string {
	var b strings.Builder
	if e.Type != 0 {
		b.WriteString(e.Type.String())
		if e.Type == TypeBinary {
			b.WriteString(" of subtype ")
			b.WriteString(strconv.Itoa(int(e.Subtype)))
		}
		b.WriteString(" into ")
	}
	if e.GoType != nil {
		b.WriteString("Go type ")
		b.WriteString(e.GoType.String())
	} else {
		b.WriteString("Go value nil")
	}
	if e.Field != "" {
		b.WriteString(" (field ")
		b.WriteString(e.Field)
		b.WriteString(")")
	}
	b.WriteString(": ")
	b.WriteString(e.Err.Error())
	return b.String()
}

// Unwrap returns e.Err.
func (e *ConversionError) Unwrap() error { return e.Err }

// A hookError is an error that a hook returned.
type hookError struct{ err error }

// Error is that of the hook.
func (e hookError) Error() string { return e.err.Error() }

// Unwrap makes the error match ErrHook and the error of the hook.
func (e hookError) Unwrap() []error { return []error{ErrHook, e.err} }

func timeRange(t time.Time) error {
	return &ConversionError{GoType: reflect.TypeOf(t), Err: ErrRange}
}
