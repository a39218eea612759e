package pickle

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// The sentinels that errors of this package match with errors.Is, beside
// those of package bson: ErrUTF8, ErrDepth, ErrKeyNUL, ErrDuplicateKey and
// ErrTooLarge.
var (
	// ErrTruncated: the pickle ends before STOP. It matches
	// io.ErrUnexpectedEOF as well.
	ErrTruncated = fmt.Errorf("pickle ends too early: %w", io.ErrUnexpectedEOF)
	// ErrTrailing: bytes follow STOP.
	ErrTrailing = errors.New("bytes after the end of the pickle")
	// ErrArgument: an opcode's argument is not what picklers write.
	ErrArgument = errors.New("malformed argument")
	// ErrStack: an opcode finds too few values, the wrong kind of values or
	// no mark before it, or STOP finds more than one value.
	ErrStack = errors.New("opcode does not fit the stack")
	// ErrMemo: a memo entry is asked for that does not exist.
	ErrMemo = errors.New("no such memo entry")

	// ErrOpcode: an opcode that these types never use, or in a *SyntaxError a
	// byte that is none.
	ErrOpcode = errors.New("opcode is not allowed")
	// ErrName: a class or function that is not on the list.
	ErrName = errors.New("name is not allowed")
	// ErrCall: a class or function is used in a way that PyMongo does not
	// write: the wrong number or kind of arguments, or where a value belongs.
	ErrCall = errors.New("call is not allowed")
	// ErrState: the state of an object is not what its class has.
	ErrState = errors.New("state is not allowed")
	// ErrCycle: a container is changed after it was referred to, which is
	// how a value that contains itself is written.
	ErrCycle = errors.New("value changes after a reference to it")
	// ErrEncoding: a str of Python 2 is not in the Encoding asked for.
	ErrEncoding = errors.New("str is not in the encoding")
	// ErrKey: a key is not text.
	ErrKey = errors.New("key is not text")
	// ErrUnhashable: Python cannot hash the key of a dictionary. The key is a
	// list, a dictionary, another unhashable object, or a tuple that holds one.
	ErrUnhashable = errors.New("key cannot be hashed in Python")

	// ErrRange: a number, date or decimal does not fit the type that holds it.
	ErrRange = errors.New("value is out of range")
	// ErrNotDocument: the pickle holds a value that is not a document.
	ErrNotDocument = errors.New("value is not a document")
	// ErrNotObjectID: the pickle holds a value that is not an ObjectId.
	ErrNotObjectID = errors.New("value is not an ObjectId")
	// ErrLimit: MaxNodes, MaxMemo or MaxExpansion is exceeded.
	ErrLimit = errors.New("limit is exceeded")

	// ErrNoClass: a BSON value has no class in Python that would keep it.
	ErrNoClass = errors.New("no Python class for the value")
	// ErrReader: the Python named by EncodeOptions.Reader cannot load it.
	ErrReader = errors.New("the chosen Python cannot load it")
	// ErrProtocol: there is no such protocol. The error also matches
	// bson.ErrOption.
	ErrProtocol = errors.New("no such protocol")
)

// A SyntaxError says that bytes are not a pickle, and where.
type SyntaxError struct {
	Offset  int64  // of the opcode at fault, in bytes from the start of the input
	Opcode  string // its name, such as "GLOBAL"; "" at the end of the input
	What    string // what was refused, such as "os.system"; may be empty
	Pointer string // JSON Pointer of the value at fault, where it is known
	Err     error  // one of the sentinels
}

// Error describes e with its place. The text is not promised.
func (e *SyntaxError) Error() string { return "pickle: " + e.describe() }

// Unwrap returns e.Err.
func (e *SyntaxError) Unwrap() error { return e.Err }

func (e *SyntaxError) describe() string {
	s := "offset " + strconv.FormatInt(e.Offset, 10)
	if e.Opcode != "" {
		s += " " + e.Opcode
	}
	if e.Pointer != "" {
		s += " (" + e.Pointer + ")"
	}
	s += ": " + e.Err.Error()
	if e.What != "" {
		s += ": " + e.What
	}
	return s
}

// A ValueError says that a pickle is refused, or holds a value that does not
// fit, and where. Its fields are those of SyntaxError.
type ValueError SyntaxError

// Error describes e with its place. The text is not promised.
func (e *ValueError) Error() string { return "pickle: " + (*SyntaxError)(e).describe() }

// Unwrap returns e.Err.
func (e *ValueError) Unwrap() error { return e.Err }

// malformed are the sentinels that make a *SyntaxError.
var malformed = map[error]bool{
	ErrTruncated: true, ErrTrailing: true, ErrArgument: true, ErrStack: true, ErrMemo: true, bsoncore.ErrUTF8: true,
}

// An OptionError says that nothing can be written as EncodeOptions asks.
type OptionError struct {
	What string // the option, for people
	Err  error  // ErrProtocol or ErrReader
}

// Error describes e. The text is not promised.
func (e *OptionError) Error() string { return "pickle: " + e.What + ": " + e.Err.Error() }

// Unwrap returns e.Err.
func (e *OptionError) Unwrap() error { return e.Err }

// Is reports whether target is bson.ErrOption and Err is ErrProtocol: an unknown
// protocol is an option out of range.
func (e *OptionError) Is(target error) bool {
	return target == bsoncore.ErrOption && e.Err == ErrProtocol
}

func itoa(n int) string { return strconv.Itoa(n) }

// quoteName returns a name from a pickle in a form that can be printed: as it
// is if it is short and plain, else quoted and shortened.
func quoteName(name []byte) string {
	plain := len(name) <= maxName
	for _, c := range name {
		plain = plain && c > ' ' && c < 0x7f
	}
	if plain {
		return string(name)
	}
	return strconv.QuoteToASCII(string(name[:min(len(name), maxName)]))
}
