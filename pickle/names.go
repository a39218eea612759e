package pickle

import "strings"

// This file is the one list of Python's classes and functions. names and rules,
// which is in terms of opcodes, are for the machine; unhashable is for the
// builder. What an object of a class means is in to_bson_object.go.

// A class is one of the Python classes and functions that a pickle may name. It
// is only a number: it has no object, and nothing is ever called.
type class uint8

const (
	// Zero is the result of a map for a name that is not on the list.
	_ class = iota

	// Functions, and classes that occur only as an argument of
	// _reconstructor.
	clsReconstructor
	clsEncode
	clsGetattr // of RegexFlag, or of ZoneInfo
	clsOr      // of two RegexFlags
	clsObject
	clsDict
	clsInt
	clsStr
	clsUnicode
	clsBytes
	clsByteArray
	clsFloat
	clsBool
	clsList
	clsTuple
	clsTzinfo

	// PyMongo's classes.
	clsObjectID
	clsBinary
	clsUUIDLegacy
	clsCode
	clsDBRef
	clsDecimal128
	clsInt64
	clsMinKey
	clsMaxKey
	clsRegex
	clsTimestamp
	clsSON
	clsRawBSON
	clsDatetimeMS
	clsFixedOffset
	clsUTC // an instance of FixedOffset, named as a global
	clsCodecOptions
	clsTypeRegistry
	clsDatetimeConversion

	// The standard library's.
	clsUUID
	clsDatetime
	clsTimedelta
	clsTimezone
	clsDecimal
	clsOrderedDict
	clsCompile
	clsRegexFlag
	clsDate
	clsSet
	clsFrozenSet
	clsDeque
	clsDefaultDict
	clsCounter
	clsZoneInfo
	clsZoneKey // ZoneInfo._unpickle, which getattr returns

	// Zones of other packages.
	clsPytzUTC
	clsPytzZone
	clsPytzFixed
	clsTzutc
	clsTzoffset
	clsTzlocal
	clsTzfile
	clsTTInfo
	clsDjangoUTC
	clsDjangoFixed

	// Containers of mongoengine, which have the values of a field.
	clsBaseDict
	clsBaseList
	clsEmbeddedList

	// With UnknownDescribe: an object of any other class, and the name of one.
	clsOther
	clsName

	numClasses
)

// objectIDName is the most frequent name, and is compared first.
const objectIDName = "bson.objectid\nObjectId"

// names is the closed list of names in a pickle: the module, a line feed and
// the name, as in GLOBAL, compared as a whole. No other name is accepted from
// any module.
var names = map[string]class{
	"copy_reg\n_reconstructor": clsReconstructor,
	"copyreg\n_reconstructor":  clsReconstructor,
	"_codecs\nencode":          clsEncode,
	"__builtin__\ngetattr":     clsGetattr,
	"builtins\ngetattr":        clsGetattr,
	"_operator\nor_":           clsOr,

	"__builtin__\nobject":    clsObject,
	"builtins\nobject":       clsObject,
	"__builtin__\ndict":      clsDict,
	"builtins\ndict":         clsDict,
	"__builtin__\nint":       clsInt,
	"builtins\nint":          clsInt,
	"__builtin__\nlong":      clsInt,
	"__builtin__\nstr":       clsStr,
	"builtins\nstr":          clsStr,
	"__builtin__\nunicode":   clsUnicode,
	"__builtin__\nbytes":     clsBytes,
	"builtins\nbytes":        clsBytes,
	"__builtin__\nbytearray": clsByteArray,
	"builtins\nbytearray":    clsByteArray,
	"__builtin__\nfloat":     clsFloat,
	"builtins\nfloat":        clsFloat,
	"__builtin__\nbool":      clsBool,
	"builtins\nbool":         clsBool,
	"__builtin__\nlist":      clsList,
	"builtins\nlist":         clsList,
	"__builtin__\ntuple":     clsTuple,
	"builtins\ntuple":        clsTuple,
	"datetime\ntzinfo":       clsTzinfo,

	objectIDName:                             clsObjectID,
	"pymongo.objectid\nObjectId":             clsObjectID,
	"bson.binary\nBinary":                    clsBinary,
	"pymongo.binary\nBinary":                 clsBinary,
	"bson.binary\nUUIDLegacy":                clsUUIDLegacy,
	"bson.code\nCode":                        clsCode,
	"pymongo.code\nCode":                     clsCode,
	"bson.dbref\nDBRef":                      clsDBRef,
	"pymongo.dbref\nDBRef":                   clsDBRef,
	"bson.decimal128\nDecimal128":            clsDecimal128,
	"bson.int64\nInt64":                      clsInt64,
	"bson.min_key\nMinKey":                   clsMinKey,
	"pymongo.min_key\nMinKey":                clsMinKey,
	"bson.max_key\nMaxKey":                   clsMaxKey,
	"pymongo.max_key\nMaxKey":                clsMaxKey,
	"bson.regex\nRegex":                      clsRegex,
	"bson.timestamp\nTimestamp":              clsTimestamp,
	"pymongo.timestamp\nTimestamp":           clsTimestamp,
	"bson.son\nSON":                          clsSON,
	"pymongo.son\nSON":                       clsSON,
	"bson.raw_bson\nRawBSONDocument":         clsRawBSON,
	"bson.datetime_ms\nDatetimeMS":           clsDatetimeMS,
	"bson.tz_util\nFixedOffset":              clsFixedOffset,
	"pymongo.tz_util\nFixedOffset":           clsFixedOffset,
	"bson.tz_util\nutc":                      clsUTC,
	"bson.codec_options\nCodecOptions":       clsCodecOptions,
	"bson.codec_options\nTypeRegistry":       clsTypeRegistry,
	"bson.codec_options\nDatetimeConversion": clsDatetimeConversion,

	"uuid\nUUID":               clsUUID,
	"datetime\ndatetime":       clsDatetime,
	"datetime\ntimedelta":      clsTimedelta,
	"datetime\ntimezone":       clsTimezone,
	"decimal\nDecimal":         clsDecimal,
	"collections\nOrderedDict": clsOrderedDict,
	"re\n_compile":             clsCompile,
	"re\nRegexFlag":            clsRegexFlag,

	"datetime\ndate":               clsDate,
	"__builtin__\nset":             clsSet,
	"builtins\nset":                clsSet,
	"__builtin__\nfrozenset":       clsFrozenSet,
	"builtins\nfrozenset":          clsFrozenSet,
	"collections\ndeque":           clsDeque,
	"collections\ndefaultdict":     clsDefaultDict,
	"collections\nCounter":         clsCounter,
	"zoneinfo\nZoneInfo":           clsZoneInfo,
	"backports.zoneinfo\nZoneInfo": clsZoneInfo,

	"pytz\n_UTC":                         clsPytzUTC,
	"pytz\n_p":                           clsPytzZone,
	"pytz\nFixedOffset":                  clsPytzFixed,
	"dateutil.tz.tz\ntzutc":              clsTzutc,
	"dateutil.tz.tz\ntzoffset":           clsTzoffset,
	"dateutil.tz.tz\ntzlocal":            clsTzlocal,
	"dateutil.tz.tz\ntzfile":             clsTzfile,
	"dateutil.tz\ntzutc":                 clsTzutc,
	"dateutil.tz\ntzoffset":              clsTzoffset,
	"dateutil.tz\ntzlocal":               clsTzlocal,
	"dateutil.tz.tz\n_ttinfo":            clsTTInfo,
	"django.utils.timezone\nUTC":         clsDjangoUTC,
	"django.utils.timezone\nFixedOffset": clsDjangoFixed,

	"mongoengine.base.datastructures\nBaseDict":             clsBaseDict,
	"mongoengine.base.datastructures\nBaseList":             clsBaseList,
	"mongoengine.base.datastructures\nEmbeddedDocumentList": clsEmbeddedList,
}

// A bases is a set of classes that are allowed as base of _reconstructor.
type bases uint8

const (
	baseObject bases = 1 << iota
	baseDict
	baseInt
	baseStr
	baseUnicode
	baseBytes
	baseList
	baseTzinfo
)

var baseOf = [numClasses]bases{
	clsObject: baseObject, clsDict: baseDict, clsInt: baseInt,
	clsStr: baseStr, clsUnicode: baseUnicode, clsBytes: baseBytes, clsList: baseList, clsTzinfo: baseTzinfo,
}

// An arity is the least and the greatest number of arguments, plus one. The
// zero arity means that calls are not allowed.
type arity struct{ min, max uint8 }

func args(least, most uint8) arity { return arity{least + 1, most + 1} }

func (a arity) allows(n int) bool { return a.min > 0 && n+1 >= int(a.min) && n+1 <= int(a.max) }

// A rule lists the opcodes that may make an instance of a class.
type rule struct {
	call  arity // REDUCE
	new   arity // NEWOBJ
	base  bases // REDUCE of _reconstructor, with one of these as base
	build bool  // BUILD is allowed
	items bool  // SETITEM and SETITEMS are allowed
	list  bool  // APPEND and APPENDS are allowed
	self  bool  // the state is the object itself and has no content
}

// rules is the only table of the uses of a class. A class that is not listed
// can only be an argument.
var rules = [numClasses]rule{
	clsEncode:    {call: args(2, 2)},
	clsGetattr:   {call: args(2, 2)},
	clsOr:        {call: args(2, 2)},
	clsBytes:     {call: args(0, 0)},
	clsByteArray: {call: args(0, 2)},

	clsObjectID:   {new: args(0, 0), base: baseObject, build: true},
	clsBinary:     {new: args(1, 2), base: baseStr | baseBytes, build: true},
	clsUUIDLegacy: {new: args(1, 1), base: baseStr | baseBytes, build: true},
	clsCode:       {new: args(1, 1), base: baseStr | baseUnicode, build: true},
	clsDBRef:      {new: args(0, 0), base: baseObject, build: true},
	clsDecimal128: {new: args(0, 0), base: baseObject, build: true},
	clsInt64:      {new: args(1, 1), base: baseInt, build: true},
	clsMinKey:     {new: args(0, 0), base: baseObject, build: true},
	clsMaxKey:     {new: args(0, 0), base: baseObject, build: true},
	clsRegex:      {new: args(0, 0), base: baseObject, build: true},
	clsTimestamp:  {new: args(0, 0), base: baseObject, build: true},
	clsSON:        {new: args(0, 0), base: baseDict, build: true, items: true},
	clsRawBSON:    {new: args(0, 0), build: true},
	clsDatetimeMS: {new: args(0, 0), base: baseObject, build: true},

	clsFixedOffset:        {call: args(0, 2), build: true},
	clsCodecOptions:       {new: args(4, 8)},
	clsTypeRegistry:       {new: args(0, 0), build: true},
	clsDatetimeConversion: {call: args(1, 1)},

	clsUUID:        {new: args(0, 0), base: baseObject, build: true},
	clsDatetime:    {call: args(1, 2)},
	clsTimedelta:   {call: args(3, 3)},
	clsTimezone:    {call: args(1, 2)},
	clsDecimal:     {call: args(1, 1)},
	clsOrderedDict: {call: args(0, 1), items: true},
	clsCompile:     {call: args(2, 2)},
	clsRegexFlag:   {call: args(1, 1)},
	clsDate:        {call: args(1, 1)},
	clsSet:         {call: args(0, 1)},
	clsFrozenSet:   {call: args(0, 1)},
	clsDeque:       {call: args(0, 2), list: true},
	clsDefaultDict: {call: args(0, 1), items: true},
	clsCounter:     {call: args(1, 1)},
	clsTzinfo:      {call: args(0, 0)},
	clsZoneKey:     {call: args(2, 2)},

	clsPytzUTC:     {call: args(0, 0)},
	clsPytzZone:    {call: args(1, 4)},
	clsPytzFixed:   {call: args(1, 1)},
	clsTzutc:       {new: args(0, 0), base: baseTzinfo, build: true},
	clsTzoffset:    {new: args(0, 0), base: baseTzinfo, build: true},
	clsTzlocal:     {new: args(0, 0), base: baseTzinfo, build: true},
	clsTzfile:      {call: args(2, 2), build: true},
	clsTTInfo:      {new: args(0, 0), base: baseObject, build: true},
	clsDjangoUTC:   {call: args(0, 0), build: true},
	clsDjangoFixed: {call: args(0, 2), build: true},

	clsBaseDict:     {new: args(0, 0), base: baseDict, items: true, self: true},
	clsBaseList:     {new: args(0, 0), base: baseList, list: true, self: true},
	clsEmbeddedList: {new: args(0, 0), base: baseList, list: true, self: true},

	clsOther: {build: true, items: true, list: true},
}

// unhashable has the classes of which no instance can be the key of a dictionary.
var unhashable = [numClasses]bool{
	clsByteArray: true, clsCode: true, clsRegex: true, clsSON: true, clsRawBSON: true, clsOrderedDict: true,
	clsSet: true, clsDeque: true, clsDefaultDict: true, clsCounter: true, clsBaseDict: true, clsBaseList: true, clsEmbeddedList: true, clsTzfile: true,
}

// classNames has the names that errors give to classes.
var classNames = [numClasses]string{
	clsReconstructor: "_reconstructor", clsEncode: "_codecs.encode", clsGetattr: "getattr", clsOr: "or_", clsObject: "object", clsDict: "dict", clsInt: "int",
	clsStr: "str", clsUnicode: "unicode", clsBytes: "bytes", clsByteArray: "bytearray", clsObjectID: "ObjectId",
	clsBinary: "Binary", clsUUIDLegacy: "UUIDLegacy", clsCode: "Code", clsDBRef: "DBRef", clsDecimal128: "Decimal128",
	clsInt64: "Int64", clsMinKey: "MinKey", clsMaxKey: "MaxKey", clsRegex: "Regex", clsTimestamp: "Timestamp",
	clsSON: "SON", clsRawBSON: "RawBSONDocument", clsDatetimeMS: "DatetimeMS", clsFixedOffset: "FixedOffset",
	clsUTC: "utc", clsCodecOptions: "CodecOptions", clsTypeRegistry: "TypeRegistry",
	clsDatetimeConversion: "DatetimeConversion", clsUUID: "UUID", clsDatetime: "datetime", clsTimedelta: "timedelta",
	clsTimezone: "timezone", clsDecimal: "Decimal", clsOrderedDict: "OrderedDict", clsCompile: "re._compile",
	clsRegexFlag: "RegexFlag", clsFloat: "float", clsBool: "bool", clsList: "list", clsTuple: "tuple", clsTzinfo: "tzinfo",
	clsDate: "date", clsSet: "set", clsFrozenSet: "frozenset", clsDeque: "deque", clsDefaultDict: "defaultdict",
	clsCounter: "Counter", clsZoneInfo: "ZoneInfo", clsZoneKey: "ZoneInfo", clsPytzUTC: "pytz.utc", clsPytzZone: "pytz.timezone",
	clsPytzFixed: "pytz.FixedOffset", clsTzutc: "tzutc", clsTzoffset: "tzoffset", clsTzlocal: "tzlocal", clsTzfile: "tzfile",
	clsTTInfo: "_ttinfo", clsDjangoUTC: "UTC", clsDjangoFixed: "FixedOffset", clsBaseDict: "BaseDict",
	clsBaseList: "BaseList", clsEmbeddedList: "EmbeddedDocumentList", clsOther: "object", clsName: "name",
}

// fullNames has the name of each class on the list with its module, as
// UnknownDescribe shows it. If a class has several names, it is the name of Python 3
// and of package bson.
var fullNames = func() (full [numClasses]string) {
	for name, c := range names {
		name = strings.Replace(name, "\n", ".", 1)
		if name > full[c] && !strings.HasPrefix(name, "pymongo.") {
			full[c] = name
		}
	}
	full[clsZoneKey] = full[clsZoneInfo] + "." + zoneKey
	return full
}()
