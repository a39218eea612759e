package pickle

// A global is a class or function that is written by name.
type global uint8

const (
	gReconstructor global = iota
	gObject
	gDict
	gLong
	gBytes
	gEncode
	gObjectID
	gBinary
	gCode
	gDBRef
	gDecimal128
	gInt64
	gMinKey
	gMaxKey
	gRegex
	gTimestamp
	gSON
	gDatetimeMS
	gDatetime

	numGlobals
)

// globalNames has the module and the name of each. If the versions of Python
// differ, it has those of Python 2: they are written in protocols 0 to 2 only,
// and Python 3 translates them.
var globalNames = [numGlobals]struct{ module, name string }{
	gReconstructor: {"copy_reg", "_reconstructor"},
	gObject:        {"__builtin__", "object"},
	gDict:          {"__builtin__", "dict"},
	gLong:          {"__builtin__", "long"},
	gBytes:         {"__builtin__", "bytes"},
	gEncode:        {"_codecs", "encode"},
	gObjectID:      {"bson.objectid", "ObjectId"},
	gBinary:        {"bson.binary", "Binary"},
	gCode:          {"bson.code", "Code"},
	gDBRef:         {"bson.dbref", "DBRef"},
	gDecimal128:    {"bson.decimal128", "Decimal128"},
	gInt64:         {"bson.int64", "Int64"},
	gMinKey:        {"bson.min_key", "MinKey"},
	gMaxKey:        {"bson.max_key", "MaxKey"},
	gRegex:         {"bson.regex", "Regex"},
	gTimestamp:     {"bson.timestamp", "Timestamp"},
	gSON:           {"bson.son", "SON"},
	gDatetimeMS:    {"bson.datetime_ms", "DatetimeMS"},
	gDatetime:      {"datetime", "datetime"},
}

// A text is a fixed text: the name of an attribute.
type text uint8

const (
	tLatin1 text = iota
	tSubtype
	tScope
	tCollection
	tID
	tDatabase
	tKwargs
	tPattern
	tFlags
	tTime
	tInc
	tKeys
	tValue

	numTexts
)

var texts = [numTexts][]byte{
	tLatin1:     []byte("latin1"),
	tSubtype:    []byte("_Binary__subtype"),
	tScope:      []byte("_Code__scope"),
	tCollection: []byte("_DBRef__collection"),
	tID:         []byte("_DBRef__id"),
	tDatabase:   []byte("_DBRef__database"),
	tKwargs:     []byte("_DBRef__kwargs"),
	tPattern:    []byte("pattern"),
	tFlags:      []byte("flags"),
	tTime:       []byte("_Timestamp__time"),
	tInc:        []byte("_Timestamp__inc"),
	tKeys:       []byte("_SON__keys"),
	tValue:      []byte("_value"),
}
