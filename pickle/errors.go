package pickle

import (
	"errors"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sentinel"
)

// The sentinels that errors of this package match with errors.Is, beside
// those of package bson: ErrUTF8, ErrDepth, ErrKeyNUL, ErrDuplicateKey and
// ErrTooLarge. ErrTruncated, ErrTrailing, ErrRange and ErrNotDocument match the
// sentinels of package bson with these names as well.
var (
	// ErrTruncated: the pickle ends before STOP. It matches
	// io.ErrUnexpectedEOF as well.
	ErrTruncated error = sentinel.New("pickle ends too early", bsoncore.ErrTruncated)
	// ErrTrailing: bytes follow STOP.
	ErrTrailing error = sentinel.New("bytes after the end of the pickle", bsoncore.ErrTrailing)
	// ErrArgument: the argument of an opcode has a form that picklers do not
	// write.
	ErrArgument = errors.New("malformed argument")
	// ErrStack: an opcode finds too few values on the stack, values of the
	// wrong type or no mark, or STOP finds more than one value.
	ErrStack = errors.New("opcode does not fit the stack")
	// ErrMemo: a memo entry does not exist.
	ErrMemo = errors.New("no such memo entry")

	// ErrOpcode: an opcode that these types never use, or in a *SyntaxError a
	// byte that is not an opcode.
	ErrOpcode = errors.New("opcode is not allowed")
	// ErrName: a class or function is not on the list.
	ErrName = errors.New("name is not allowed")
	// ErrCall: a class or function is used in a way that PyMongo does not
	// write: with the wrong number or types of arguments, or as a value.
	ErrCall = errors.New("call is not allowed")
	// ErrNoType: BSON has no type for a value of the standard library; see
	// UnknownConvert.
	ErrNoType = errors.New("no BSON type for the value")
	// ErrZone: the pickle has the name of a time zone but not its offsets, and
	// DecodeOptions.LoadLocation is nil or does not know the name.
	ErrZone = errors.New("time zone is not known")
	// ErrState: the state of an object does not fit its class.
	ErrState = errors.New("state is not allowed")
	// ErrCycle: a container changes after a reference to it, as in the pickle
	// of a value that contains itself.
	ErrCycle = errors.New("value changes after a reference to it")
	// ErrEncoding: a str of Python 2 is not in the Encoding of the options.
	ErrEncoding = errors.New("str is not in the encoding")
	// ErrKey: a key is not text.
	ErrKey = errors.New("key is not text")
	// ErrUnhashable: Python cannot hash the key of a dictionary. The key is a
	// list, a dictionary, another unhashable object, or a tuple that holds one.
	ErrUnhashable = errors.New("key cannot be hashed in Python")

	// ErrRange: a number, date or decimal does not fit the type that holds it.
	ErrRange error = sentinel.New("value is out of range", bson.ErrRange)
	// ErrNotDocument: the pickle holds a value that is not a document.
	ErrNotDocument error = sentinel.New("value is not a document", bson.ErrNotDocument)
	// ErrNotObjectID: the pickle holds a value that is not an ObjectId.
	ErrNotObjectID = errors.New("value is not an ObjectId")
	// ErrLimit: MaxNodes, MaxMemo or MaxExpansion is exceeded.
	ErrLimit = errors.New("limit is exceeded")

	// ErrNoClass: no class in Python can hold a BSON value.
	ErrNoClass = errors.New("no Python class for the value")
	// ErrReader: the Python of EncodeOptions.Reader cannot load the pickle.
	ErrReader = errors.New("the chosen Python cannot load it")
)

// A SyntaxError reports bytes that are not a pickle, with their place.
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

// A ValueError reports a pickle that is not allowed, or a value that does not
// fit, with its place. Its fields are those of SyntaxError.
type ValueError SyntaxError

// Error describes e with its place. The text is not promised.
func (e *ValueError) Error() string { return "pickle: " + (*SyntaxError)(e).describe() }

// Unwrap returns e.Err.
func (e *ValueError) Unwrap() error { return e.Err }

// malformed are the sentinels that make a *SyntaxError.
var malformed = map[error]bool{
	ErrTruncated: true, ErrTrailing: true, ErrArgument: true, ErrStack: true, ErrMemo: true, bsoncore.ErrUTF8: true,
}

func itoa(n int) string { return strconv.Itoa(n) }

// quoteName returns a name from a pickle in printable form: unchanged if it is
// short and plain, else quoted and shortened.
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
