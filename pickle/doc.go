// Package pickle reads and writes Python pickles that hold PyMongo's values,
// so that a Go service can share a cache or a queue with a Python service.
//
// # Routes
//
//	pickle → BSON      AppendBSON, AppendBSONValue, DecodeOptions
//	BSON → pickle      AppendPickle, AppendPickleValue, EncodeOptions
//	  in portions      WritePickle, WritePickleValue
//	pickle ↔ Go value  Unmarshal, Marshal
//	one ObjectId       UnmarshalObjectID, MarshalObjectID
//	streams            NewDecoder, Pickles
//
// Each conversion goes through BSON bytes. It allocates only its result, and
// nothing if dst has room.
//
// # What is read
//
// Protocols 0 to 5 of every pickler of Python 2 and 3 are read. An ObjectId is
// read in every form that PyMongo has written: as 12 bytes, as text of 12
// characters, in a dictionary, in a pair; of pymongo.objectid and of
// bson.objectid. The other types are:
//
//	Python                              BSON
//	dict, SON, OrderedDict,             document
//	defaultdict, Counter
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
// Datetimes may have the zones of PyMongo, the standard library, pytz, dateutil
// and Django. Containers of mongoengine are documents and arrays. On request
// sets, dates, timedeltas and integers beyond int64 are converted, and objects
// of any other class are shown as a document of their parts: see UnknownPolicy.
//
// # What is written
//
// A pickle holds the values that PyMongo decodes the same BSON to, with the
// bytes of CPython 3.7 to 3.13: an ObjectId is the same bytes in each protocol,
// and so are documents if equal keys are one object. The default is protocol 2,
// the newest that both Python 2.7 and every Python 3 load.
//
// # Safety
//
// A pickle is a program, and Python's own reader runs it. This reader does not:
// it has no live objects, and it calls nothing. A pickle may name only the
// classes and functions of a closed list. The list has exact pairs of module
// and name, with the number and types of the arguments. Opcodes that PyMongo's
// types never use are errors, and so is a length beyond the bytes of the
// pickle, and a value that contains itself. Options with defaults limit the
// depth, the memo, the containers and the expansion of shared values. Time and
// memory are linear in the pickle: at worst about 30 bytes per byte. An error
// names the opcode, its offset and the value at fault, such as os.system.
//
// All functions are safe for concurrent use; a Decoder is for one goroutine at
// a time.
package pickle
