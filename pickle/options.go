package pickle

import (
	"fmt"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// An Encoding is the meaning of a str of Python 2 as a value or as a key.
// Inside PyMongo's own types the position decides under every Encoding: the 12
// bytes of an ObjectId, the data of a Binary and the fields of a datetime are
// bytes; the names of attributes are text.
type Encoding uint8

const (
	// ByContent, the default, reads a str as a string if it is UTF-8, as
	// PyMongo on Python 2 does. All other bytes, which PyMongo would reject,
	// become binary of subtype 0. Keys must be UTF-8.
	ByContent Encoding = iota
	// ASCII, UTF8 and Latin1 read every str as a string, as the encoding of
	// Python's pickle.loads does. Bytes that are not in the encoding are an
	// error that matches ErrEncoding, in every position; Latin1 has all bytes.
	ASCII
	UTF8
	Latin1
	// Bytes reads every str as binary of subtype 0, as encoding="bytes" does.
	// Keys must be UTF-8.
	Bytes
)

// A LongText is the type of an integer that protocol 0 or 1 spells as text with
// an L after it, such as L5L. Python 2 spells a long like this, and Python 3.6
// every int of protocol 0.
type LongText uint8

const (
	// LongInt64, the default, is an int64, as PyMongo stores a long.
	LongInt64 LongText = iota
	// LongSmallest is an int32 if the integer fits and an int64 otherwise, as
	// PyMongo stores an int of Python 3.
	LongSmallest
)

// An UnknownPolicy is the policy for values of Python that BSON has no type for.
type UnknownPolicy uint8

const (
	// UnknownError makes them an error: ErrNoType if the value is of the
	// standard library, ErrName for any other class, ErrRange for an integer
	// that needs more than 64 bits. It is the default.
	UnknownError UnknownPolicy = iota
	// UnknownConvert converts values of the standard library: a set, frozenset
	// or deque to an array in the order of the pickle, a date to a datetime at
	// midnight UTC, a timedelta to a double of seconds, and an integer that
	// needs more than 64 bits to a string of decimal digits, at most 4,300. A
	// timedelta of more than 2⁵³ microseconds is an error that matches ErrRange.
	UnknownConvert
	// UnknownDescribe converts as UnknownConvert does, and makes every other
	// object a document of the parts that are in the pickle:
	//
	//	{"$py": "module.Name", "args": […], "kwargs": {…}, "items": […], "state": …}
	//
	// A part that the object does not have is missing. A class or function that
	// is a value is {"$py": "module.Name"}. "$py" is a document if an object is
	// called. A dictionary in a document whose keys are not text is
	// {"$py": "builtins.dict", "args": [[[key, value], …]]}. Nothing is run, no
	// part is interpreted, and such a document does not become an object again.
	UnknownDescribe
)

// The default limits of reading.
const (
	// DefaultMaxNodes is the limit of lists, tuples, dictionaries and objects
	// in a pickle.
	DefaultMaxNodes = 4 << 20
	// DefaultMaxMemo is the limit of memo entries.
	DefaultMaxMemo = 16 << 20
	// DefaultMaxExpansion is the limit of BSON per byte of the pickle, in
	// bytes: the largest value without sharing.
	DefaultMaxExpansion = 16
	// DefaultMaxPickleSize is the longest pickle, in bytes, that a Decoder
	// accepts.
	DefaultMaxPickleSize = 64 << 20
)

// describedExpansion is the factor of DefaultMaxExpansion with UnknownDescribe.
const describedExpansion = 4

// freeExpansion is the number of bytes of BSON that every pickle may become.
const freeExpansion = 1 << 20

// DecodeOptions are the options of reading pickles. The zero value is the
// default.
type DecodeOptions struct {
	_ struct{} // keyed literals only

	// Encoding is the meaning of a str of Python 2.
	Encoding Encoding
	// LongText is LongInt64 or LongSmallest.
	LongText LongText
	// Unknown is UnknownError, UnknownConvert or UnknownDescribe.
	Unknown UnknownPolicy
	// LoadLocation returns the time zone with a name such as Europe/Paris, like
	// time.LoadLocation. It is called if the pickle has only the name of the
	// zone of a datetime: for zones of zoneinfo, and for zones of pytz with one
	// offset. The names "" and Local are errors; LoadLocation is not called for
	// them. If LoadLocation is nil, such a datetime is an error that matches
	// ErrZone.
	LoadLocation func(name string) (*time.Location, error)
	// MaxDepth is the largest number of open documents and arrays, the
	// outermost included. Zero means bson.DefaultMaxDepth.
	MaxDepth int
	// MaxNodes is the largest number of lists, tuples, dictionaries and objects
	// in a pickle; the empty tuple of EMPTY_TUPLE does not count. Zero means
	// DefaultMaxNodes.
	MaxNodes int
	// MaxMemo is the largest number of memo entries. Zero means DefaultMaxMemo.
	MaxMemo int
	// MaxExpansion is the largest size of the BSON per byte of the pickle, in
	// bytes: a pickle that refers to one value many times can be far shorter
	// than its BSON. 1 MiB is always allowed. Zero means DefaultMaxExpansion, or
	// four times DefaultMaxExpansion with UnknownDescribe, which repeats the
	// names of classes.
	MaxExpansion int
	// MaxPickleSize is the longest pickle, in bytes, that a Decoder accepts.
	// Zero means DefaultMaxPickleSize.
	MaxPickleSize int
	// Values are the options of Unmarshal and Decode for the step from BSON to
	// Go values. If its MaxDepth is zero, the MaxDepth above applies.
	Values bson.DecodeOptions
}

// A Protocol is a version of the pickle format. The numbers 1 to 5 mean
// themselves; zero is the default, so protocol 0 has a constant of its own.
type Protocol int8

const (
	// DefaultProtocol is Protocol2, the most compact that Python 2.7 and
	// every Python 3 can load.
	DefaultProtocol Protocol = 0

	Protocol0 Protocol = -1 // text; every Python
	Protocol1 Protocol = 1  // every Python
	Protocol2 Protocol = 2  // every Python since 2.3
	Protocol3 Protocol = 3  // every Python 3
	Protocol4 Protocol = 4  // Python 3.4 and later
	Protocol5 Protocol = 5  // Python 3.8 and later
)

// A Reader is the Python that a pickle is written for.
type Reader uint8

const (
	// AnyPython, the default, writes pickles for every Python with the protocol
	// and every PyMongo with the types.
	AnyPython Reader = iota
	// Python2 rejects pickles that Python 2.7 with PyMongo 3 cannot load, with
	// an error that matches ErrReader: a protocol above 2, a datetime whose
	// year is not 1 to 9999. Binary of subtype 0 is written as a Binary, which
	// PyMongo on Python 2 decodes it to.
	Python2
)

// A DocumentClass is the Python class that documents become.
type DocumentClass uint8

const (
	// Dict, the default, is the built-in dict, which PyMongo returns. It keeps
	// the order of keys from Python 3.7 on.
	Dict DocumentClass = iota
	// SON is PyMongo's ordered dictionary, which keeps the order in every
	// Python.
	SON
)

// A DeprecatedPolicy is the policy for the types without a class in PyMongo:
// undefined, symbol and dbPointer.
type DeprecatedPolicy uint8

const (
	// Reject makes them an error that matches ErrNoClass. It is the default.
	Reject DeprecatedPolicy = iota
	// Convert writes the values that PyMongo decodes them to: None for
	// undefined, text for a symbol, a DBRef for a dbPointer.
	Convert
)

// EncodeOptions are the options of writing pickles. The zero value writes
// protocol 2 for any Python.
type EncodeOptions struct {
	_ struct{} // keyed literals only

	// Protocol is the version of the format. Zero means DefaultProtocol.
	Protocol Protocol
	// Reader is AnyPython or Python2.
	Reader Reader
	// Documents is Dict or SON.
	Documents DocumentClass
	// Deprecated is Reject or Convert.
	Deprecated DeprecatedPolicy
	// MaxDepth is the largest number of open documents and arrays. Zero means
	// bson.DefaultMaxDepth.
	MaxDepth int
	// MaxPickleSize, if it is not zero, is the longest pickle in bytes. A
	// longer pickle is an error that matches bson.ErrTooLarge; at most this
	// size, a frame and one value are then in memory. A pickle of protocol 0
	// may be 100 times as long as its BSON.
	MaxPickleSize int
	// Values are the options of Marshal for the step from Go values to BSON. If
	// its MaxDepth is zero, the MaxDepth above applies.
	Values bson.EncodeOptions
}

// number returns the number of the protocol, or the *bson.OptionError of an
// option that is out of range; where Reader makes it so, it matches ErrReader.
func (o *EncodeOptions) number() (int, error) {
	p := int(o.Protocol)
	switch {
	case o.Protocol == DefaultProtocol:
		p = 2
	case o.Protocol == Protocol0:
		p = 0
	case p < 0 || p > 5:
		return 0, outOfRange("EncodeOptions.Protocol", p)
	}
	switch {
	case o.Reader > Python2:
		return 0, outOfRange("EncodeOptions.Reader", o.Reader)
	case o.Documents > SON:
		return 0, outOfRange("EncodeOptions.Documents", o.Documents)
	case o.Deprecated > Convert:
		return 0, outOfRange("EncodeOptions.Deprecated", o.Deprecated)
	case o.MaxDepth < 0:
		return 0, outOfRange("EncodeOptions.MaxDepth", o.MaxDepth)
	case o.MaxPickleSize < 0:
		return 0, outOfRange("EncodeOptions.MaxPickleSize", o.MaxPickleSize)
	}
	if o.Reader == Python2 && p > 2 {
		return 0, fmt.Errorf("%w: %w", outOfRange("EncodeOptions.Protocol", p), ErrReader)
	}
	return p, nil
}

func maxDepth(n int) int {
	if n <= 0 {
		n = bsoncore.DefaultMaxDepth
	}
	return min(n, bsoncore.DepthCeiling)
}

// check returns the error of an option that is out of range.
func (o *DecodeOptions) check() error {
	switch {
	case o.Encoding > Bytes:
		return outOfRange("DecodeOptions.Encoding", o.Encoding)
	case o.LongText > LongSmallest:
		return outOfRange("DecodeOptions.LongText", o.LongText)
	case o.Unknown > UnknownDescribe:
		return outOfRange("DecodeOptions.Unknown", o.Unknown)
	case o.MaxDepth < 0:
		return outOfRange("DecodeOptions.MaxDepth", o.MaxDepth)
	case o.MaxNodes < 0:
		return outOfRange("DecodeOptions.MaxNodes", o.MaxNodes)
	case o.MaxMemo < 0:
		return outOfRange("DecodeOptions.MaxMemo", o.MaxMemo)
	case o.MaxExpansion < 0:
		return outOfRange("DecodeOptions.MaxExpansion", o.MaxExpansion)
	case o.MaxPickleSize < 0:
		return outOfRange("DecodeOptions.MaxPickleSize", o.MaxPickleSize)
	}
	return nil
}

func outOfRange[T ~uint8 | int](option string, value T) error {
	return &bsoncore.OptionError{Option: "pickle." + option, Value: itoa(int(value))}
}
