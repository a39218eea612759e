// Package pickle reads and writes Python pickles that hold PyMongo's values,
// so that a Go service can share a cache or a queue with a Python one.
//
// # Routes
//
//	pickle → BSON      AppendBSON, AppendBSONValue, DecodeOptions
//	BSON → pickle      AppendPickle, AppendPickleValue, EncodeOptions
//	…in portions       WritePickle, WritePickleValue
//	pickle ↔ Go value  Unmarshal, Marshal
//	one ObjectId       UnmarshalObjectID, MarshalObjectID
//	streams            NewDecoder, Pickles
//
// Each conversion goes by way of BSON bytes, and allocates nothing but what
// it returns, or nothing at all if dst has room.
//
// # What is read
//
// Protocols 0 to 5, by whatever pickler of Python 2 or 3. An ObjectId in every
// form that PyMongo has ever written: as 12 bytes, as text of 12 characters, in
// a dictionary, in a pair; of pymongo.objectid and of bson.objectid. And
//
//	Python                              BSON
//	dict, SON, OrderedDict              document
//	RawBSONDocument                     document, its bytes checked
//	DBRef                               document with $ref, $id, $db
//	list, tuple                         array
//	str, unicode of Python 2            string
//	str of Python 2                     see Encoding
//	bytes, bytearray                    binary 0
//	Binary; UUIDLegacy; UUID            binary; of subtype 3; of subtype 4
//	int                                 int32 if it fits, else int64
//	long of Python 2, Int64             int64
//	float                               double
//	Decimal128, decimal.Decimal         decimal128, exactly
//	datetime, DatetimeMS                datetime, in UTC, rounded down to ms
//	Regex, re.compile                   regex
//	Code                                code, or code with scope
//	Timestamp, MinKey, MaxKey           timestamp, min key, max key
//	bool, None                          boolean, null
//
// # What is written
//
// What PyMongo would decode the same BSON to, as CPython 3.7 to 3.13 pickles
// it: an ObjectId is the same bytes in each protocol, and so are documents,
// on the understanding that equal keys are one object. The default is protocol
// 2, the newest that both Python 2.7 and every Python 3 can load.
//
// # Safety
//
// A pickle is a program, and Python's own reader runs it. This one does not:
// there are no live objects, and nothing is called. The classes and functions
// that a pickle may name are a closed list of exact pairs of module and name,
// each with the number and kinds of its arguments; opcodes that these types
// never use are refused; every length is compared with the bytes that are
// there; and depth, memo, containers and the size of what shared values expand
// to are limited by options with defaults. Time and memory are in proportion to
// the pickle, about 30 bytes for one of its own at worst. A value that contains
// itself is refused. Errors name the opcode, its offset and what was refused,
// os.system for instance.
//
// All functions are safe for concurrent use; a Decoder is for one goroutine at
// a time.
package pickle
