package bsoncore

import (
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sentinel"
)

// The sentinels that errors of this package match with errors.Is.
var (
	// ErrTruncated: the bytes end before the document does. It matches
	// io.ErrUnexpectedEOF as well.
	ErrTruncated = sentinel.New("document ends too early", io.ErrUnexpectedEOF)
	// ErrTrailing: bytes follow the end of the document.
	ErrTrailing = errors.New("bytes after the end of the document")
	// ErrLength: a length is negative, below the minimum of its type, or beyond
	// its container.
	ErrLength = errors.New("length does not fit")
	// ErrTerminator: a document, string, key or regex part lacks its final NUL.
	// If the value has a length, the fault is at the length: see LengthError.
	ErrTerminator = errors.New("terminating NUL is missing")
	// ErrType: the first byte of an element is not one of the 21 types.
	ErrType = errors.New("unknown element type")
	// ErrBoolean: a boolean's byte is neither 0 nor 1.
	ErrBoolean = errors.New("boolean is neither 0 nor 1")
	// ErrUTF8: a key, string, symbol, code or regex part is not UTF-8.
	ErrUTF8 = errors.New("invalid UTF-8")
	// ErrDepth: containers are nested deeper than the limit.
	ErrDepth = errors.New("nested too deeply")
	// ErrTooLarge: a document is over the size limit.
	ErrTooLarge = errors.New("document is too large")
	// ErrNotFound: no element is at the path.
	ErrNotFound = errors.New("no such element")
	// ErrEmptyKey: a key is empty, under RejectEmptyKeys.
	ErrEmptyKey = errors.New("empty key")
	// ErrDottedKey: a key contains a dot, under RejectDottedKeys.
	ErrDottedKey = errors.New("key contains a dot")
	// ErrDollarKey: a key starts with a dollar sign, under RejectDollarKeys.
	ErrDollarKey = errors.New("key starts with a dollar sign")
	// ErrDuplicateKey: a document has a key twice, under RejectDuplicateKeys.
	ErrDuplicateKey = errors.New("duplicate key")
	// ErrArrayKey: an array's key is not its index, under RejectWrongArrayKeys.
	ErrArrayKey = errors.New("array key is not its index")
	// ErrKeyNUL: a key or regex part to be written contains a NUL.
	ErrKeyNUL = errors.New("NUL in a key or regex part")
	// ErrMisuse: the order of calls cannot make a document.
	ErrMisuse = errors.New("calls in the wrong order")
	// ErrOption: an option is out of range. It is decimal128.ErrOption, so that
	// one test works for all packages.
	ErrOption = decimal128.ErrOption
)

// A SyntaxError reports bytes that are not BSON, with their place.
type SyntaxError struct {
	Offset  int64  // byte at fault, from the start of the input
	Pointer string // JSON Pointer of the element at fault; "" is the document. Faults shortens it
	Err     error  // one of the sentinels above, or a LengthError that matches one
}

// Error describes e with its place. The text is not promised.
func (e *SyntaxError) Error() string {
	s := "bson: " + describe(e.Offset, e.Pointer, e.Err)
	if length, ok := e.Err.(LengthError); ok && opensJSON(length.Text()) {
		s += "; package extjson reads JSON"
	}
	return s
}

// Unwrap returns e.Err.
func (e *SyntaxError) Unwrap() error { return e.Err }

// A ValueError reports a well-formed value that does not fit its destination,
// or that an option or a limit rejects, with its place.
type ValueError struct {
	Offset  int64  // first byte of the element, from the start of the input
	Pointer string // JSON Pointer of the element; "" is the document. Faults shortens it
	Err     error  // why; matches a sentinel
}

// Error describes e with its place. The text is not promised.
func (e *ValueError) Error() string { return "bson: " + describe(e.Offset, e.Pointer, e.Err) }

// Unwrap returns e.Err.
func (e *ValueError) Unwrap() error { return e.Err }

// A LengthError is the Err of a SyntaxError about a document or string and its
// length. The Offset of the SyntaxError is that of the length, except for
// ErrTruncated: there it is the end of the bytes.
type LengthError struct {
	Length int32 // the claimed length, in bytes
	Err    error // ErrTruncated, ErrLength, ErrTerminator or ErrTooLarge
}

// Error describes e. The text is not promised.
func (e LengthError) Error() string {
	n := strconv.Itoa(int(e.Length))
	switch text := e.Text(); {
	case e.Err == ErrTerminator:
		return "length " + n + " leads to a byte that is not NUL"
	case text != "":
		return "not a document: its length is the text " + strconv.Quote(text)
	case e.Err == ErrLength:
		return "length " + n + " is too small for a document"
	}
	return e.Err.Error() + ": its length is " + n
}

// Unwrap returns e.Err.
func (e LengthError) Unwrap() error { return e.Err }

// Text returns the bytes of the length if all four are ASCII text, else "". If it
// returns text, the input is probably not BSON: the length is more than 150 MB.
func (e LengthError) Text() string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(e.Length))
	for _, c := range b {
		if (c < ' ' || c > '~') && strings.IndexByte(jsonBlanks, c) < 0 {
			return ""
		}
	}
	return string(b)
}

// opensJSON reports whether text can be the start of JSON text that holds a
// document.
func opensJSON(text string) bool {
	start := strings.TrimLeft(text, jsonBlanks)
	return text != "" && (start == "" || start[0] == '{' || start[0] == '[')
}

// jsonBlanks is the white space of JSON.
const jsonBlanks = " \t\r\n"

// An OptionError reports an option that is out of range, such as Mode(9). The
// call did nothing. The error matches ErrOption. Functions that return no error
// panic instead.
type OptionError struct {
	Option string // package, struct and field: "bson.DecodeOptions.TimeRange"
	Value  string // what it is set to, for people: "9"
}

// Error describes e. The text is not promised.
func (e *OptionError) Error() string { return e.Option + " is out of range: " + e.Value }

// Unwrap returns ErrOption.
func (e *OptionError) Unwrap() error { return ErrOption }

func describe(off int64, pointer string, err error) string {
	s := "offset " + strconv.FormatInt(off, 10)
	if pointer != "" {
		s += " (" + pointer + ")"
	}
	return s + ": " + err.Error()
}

// A code stands for an error inside an engine.
type code uint8

const (
	codeOK code = iota
	codeTruncated
	codeTrailing
	codeLength
	codeTerminator
	codeUnended // the length at the offset leads to a byte that is not NUL
	codeOutside // no document has the length at the offset
	codeBeyond  // the length of the whole document leads past its bytes
	codeType
	codeBoolean
	codeDepth
	codeMalformed // from a client: err says why the bytes are not BSON
	codeRefused   // from a client: err says why the value does not fit
)

var sentinels = [...]error{
	codeTruncated:  ErrTruncated,
	codeTrailing:   ErrTrailing,
	codeLength:     ErrLength,
	codeTerminator: ErrTerminator,
	codeUnended:    ErrTerminator,
	codeOutside:    ErrLength,
	codeBeyond:     ErrTruncated,
	codeType:       ErrType,
	codeBoolean:    ErrBoolean,
	codeDepth:      ErrDepth,
}
