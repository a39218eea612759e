package pickle_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/pickle"
)

const (
	newID       = "cbson.objectid\nObjectId\n)\x81"
	newSON      = "cbson.son\nSON\n)\x81"
	rebuild     = "ccopy_reg\n_reconstructor\n"
	datetime    = "cdatetime\ndatetime\n"
	flag        = "cre\nRegexFlag\n"
	getattr     = "c__builtin__\ngetattr\n"
	or          = "c_operator\nor_\n"
	fixedOffset = "cbson.tz_util\nFixedOffset\n"
)

// timedelta returns the opcodes that make a timedelta.
func timedelta(days, seconds, micros int32) string {
	return "cdatetime\ntimedelta\nJ" + u32(uint32(days)) + "J" + u32(uint32(seconds)) + "J" + u32(uint32(micros)) + "\x87R"
}

// zoned returns the pickle of 1970-01-01 00:00:00 in a zone, which the opcodes s
// make.
func zoned(s string) string {
	return datetime + "C\x0a\x07\xb2\x01\x01\x00\x00\x00\x00\x00\x00" + s + "\x86R."
}

// code returns the pickle of a Code with a scope, which the opcodes s make.
func code(s string) string {
	return "cbson.code\nCode\nU\x01a\x85\x81}U\x0c_Code__scope" + s + "sb."
}

// int64of returns the pickle of an Int64. The opcodes s make its argument.
func int64of(s string) string { return "cbson.int64\nInt64\n" + s + "\x85\x81." }

// uuidLegacy returns the pickle of a UUIDLegacy. The opcodes s make its argument.
func uuidLegacy(s string, subtype byte) string {
	return "cbson.binary\nUUIDLegacy\n" + s + "\x85\x81}U\x10_Binary__subtypeK" + string(subtype) + "sb."
}

// flags returns the pickle of a Regex. The opcodes s make its flags.
func flags(s string) string {
	return "cbson.regex\nRegex\n)\x81}(U\x07patternU\x01aU\x05flags" + s + "ub."
}

// ownFields returns the pickle of a DBRef with a further field of the given name.
func ownFields(name string) string {
	return "cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__idNU\x10_DBRef__databaseU\x01d" +
		"U\x0e_DBRef__kwargs}U" + string(rune(len(name))) + name + "Nsub."
}

// u64 and u32 return little-endian integers.
func u64(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }
func u32(n uint32) string { return string(binary.LittleEndian.AppendUint32(nil, n)) }

// A fault has the fields of a SyntaxError or ValueError.
type fault struct {
	Offset int64
	Opcode string
	What   string
	Err    error
}

func faultOf(t *testing.T, err error) (f fault, value bool) {
	t.Helper()
	var s *pickle.SyntaxError
	var v *pickle.ValueError
	switch {
	case errors.As(err, &s):
		return fault{s.Offset, s.Opcode, s.What, s.Err}, false
	case errors.As(err, &v):
		return fault{v.Offset, v.Opcode, v.What, v.Err}, true
	}
	t.Fatalf("error is %T %v", err, err)
	return f, false
}

// TestRefused reads pickles with faults, by category, and checks the place and the
// reason of each fault.
func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		category string
		data     string
		want     fault
	}{
		// Names that run code in Python.
		{"names", "cos\nsystem\n(S'echo hi'\ntR.", fault{0, "GLOBAL", "os.system", pickle.ErrName}},
		{"names", "cposix\nsystem\n.", fault{0, "GLOBAL", "posix.system", pickle.ErrName}},
		{"names", "c__builtin__\neval\n(S'1'\ntR.", fault{0, "GLOBAL", "__builtin__.eval", pickle.ErrName}},
		{"names", "cbuiltins\nexec\n.", fault{0, "GLOBAL", "builtins.exec", pickle.ErrName}},
		{"names", "cbuiltins\nsetattr\n.", fault{0, "GLOBAL", "builtins.setattr", pickle.ErrName}},
		{"names", "coperator\nor_\n.", fault{0, "GLOBAL", "operator.or_", pickle.ErrName}},
		{"names", "c_operator\nattrgetter\n.", fault{0, "GLOBAL", "_operator.attrgetter", pickle.ErrName}},
		{"names", "c__builtin__\nfile\n.", fault{0, "GLOBAL", "__builtin__.file", pickle.ErrName}},
		{"names", "cbson.objectid\nos\n.", fault{0, "GLOBAL", "bson.objectid.os", pickle.ErrName}},
		{"names", "cbson\nobjectid.os.system\n.", fault{0, "GLOBAL", "bson.objectid.os.system", pickle.ErrName}},
		{"names", "cbson.objectid\nObjectId.__init__.__globals__\n.",
			fault{0, "GLOBAL", "bson.objectid.ObjectId.__init__.__globals__", pickle.ErrName}},
		{"names", "cbson.binary\nBinaryVector\n.", fault{0, "GLOBAL", "bson.binary.BinaryVector", pickle.ErrName}},
		{"names", "cbson.objectid\nObjectid\n.", fault{0, "GLOBAL", "bson.objectid.Objectid", pickle.ErrName}},
		{"names", "cbson.objectid \nObjectId\n.", fault{0, "GLOBAL", `"bson.objectid .ObjectId"`, pickle.ErrName}},
		{"names", "ccopyreg\n__newobj__\n.", fault{0, "GLOBAL", "copyreg.__newobj__", pickle.ErrName}},
		{"names", "csubprocess\nPopen\n.", fault{0, "GLOBAL", "subprocess.Popen", pickle.ErrName}},
		{"names", "c\n\n.", fault{0, "GLOBAL", ".", pickle.ErrName}},
		{"names", "\x80\x04\x8c\x02os\x8c\x06system\x93.", fault{14, "STACK_GLOBAL", "os.system", pickle.ErrName}},
		{"names", "\x80\x04\x8c\x16bson.objectid\nObjectId\x8c\x00\x93.",
			fault{28, "STACK_GLOBAL", `"bson.objectid.ObjectId\n"`, pickle.ErrName}},
		{"names", "\x80\x04K\x01\x8c\x06system\x93.", fault{12, "STACK_GLOBAL", "not a name", pickle.ErrName}},
		{"names", "c" + strings.Repeat("m", 1000) + "\nn\n.", fault{0, "GLOBAL", strings.Repeat("m", 96), pickle.ErrName}},

		// The same names with other opcodes.
		{"names", "(cos\nsystem\no.", fault{1, "GLOBAL", "os.system", pickle.ErrName}},
		{"names", "cos\nsystem\n)\x81.", fault{0, "GLOBAL", "os.system", pickle.ErrName}},
		{"names", "cos\nsystem\n)}\x92.", fault{0, "GLOBAL", "os.system", pickle.ErrName}},
		{"names", "cos\nenviron\nS'PATH'\nS'/x'\ns.", fault{0, "GLOBAL", "os.environ", pickle.ErrName}},
		{"names", "X\x02\x00\x00\x00osX\x06\x00\x00\x00system\x93.", fault{18, "STACK_GLOBAL", "os.system", pickle.ErrName}},
		{"names", "U\x02osU\x06system\x93.", fault{12, "STACK_GLOBAL", "os.system", pickle.ErrName}},
		{"names", "S'os'\nS'system'\n\x93.", fault{16, "STACK_GLOBAL", "os.system", pickle.ErrName}},
		{"names", "Vo\\u0073\nVsystem\n\x93.", fault{17, "STACK_GLOBAL", "os.system", pickle.ErrName}},
		{"names", "(\x8c\x02os\x94\x8c\x06system\x94h\x00h\x01\x93.", fault{19, "STACK_GLOBAL", "os.system", pickle.ErrName}},
		{"names", "\x80\x04\x8c\x02os\x8c\x06system\x93)}\x92.", fault{14, "STACK_GLOBAL", "os.system", pickle.ErrName}},
		{"names", "cbson.objectid\nos.system\n.", fault{0, "GLOBAL", "bson.objectid.os.system", pickle.ErrName}},
		{"names", "X\x01\x00\x00\x00mX\x60\x00\x00\x00" + strings.Repeat("n", 96) + "\x93.", fault{107, "STACK_GLOBAL", `"m.` + strings.Repeat("n", 94) + `"`, pickle.ErrName}},
		{"names", "X\x01\x00\x00\x00mX\x61\x00\x00\x00" + strings.Repeat("n", 97) + "\x93.", fault{108, "STACK_GLOBAL", "not a name", pickle.ErrName}},
		{"names", "cnt\nsystem\n.", fault{0, "GLOBAL", "nt.system", pickle.ErrName}},
		{"names", rebuild + "(cos\nsystem\nc__builtin__\nobject\nNtR.", fault{26, "GLOBAL", "os.system", pickle.ErrName}},
		{"names", "]h\x00cos\nsystem\n.", fault{1, "BINGET", "0", pickle.ErrMemo}},

		// Opcodes that these types never use.
		{"opcodes", "(ios\nsystem\n.", fault{1, "INST", "os.system", pickle.ErrOpcode}},
		{"opcodes", "(cbson.objectid\nObjectId\no.", fault{25, "OBJ", "", pickle.ErrOpcode}},
		{"opcodes", "Pid\n.", fault{0, "PERSID", "", pickle.ErrOpcode}},
		{"opcodes", "NQ.", fault{1, "BINPERSID", "", pickle.ErrOpcode}},
		{"opcodes", "\x82\x01.", fault{0, "EXT1", "", pickle.ErrOpcode}},
		{"opcodes", "\x83\x01\x00.", fault{0, "EXT2", "", pickle.ErrOpcode}},
		{"opcodes", "\x84\x01\x00\x00\x00.", fault{0, "EXT4", "", pickle.ErrOpcode}},
		{"opcodes", "N0.", fault{1, "POP", "", pickle.ErrOpcode}},
		{"opcodes", "(1.", fault{1, "POP_MARK", "", pickle.ErrOpcode}},
		{"opcodes", "N2.", fault{1, "DUP", "", pickle.ErrOpcode}},
		{"sets", "\x8f.", fault{0, "EMPTY_SET", "set", pickle.ErrNoType}},
		{"sets", "(\x91.", fault{1, "FROZENSET", "frozenset", pickle.ErrNoType}},
		{"opcodes", "(\x90.", fault{1, "ADDITEMS", "", pickle.ErrStack}},
		{"opcodes", "\x92.", fault{0, "NEWOBJ_EX", "", pickle.ErrOpcode}},
		{"opcodes", "cbson.objectid\nObjectId\n)}\x92.", fault{26, "NEWOBJ_EX", "", pickle.ErrOpcode}},
		{"opcodes", "\x97.", fault{0, "NEXT_BUFFER", "", pickle.ErrOpcode}},
		{"opcodes", "\x98.", fault{0, "READONLY_BUFFER", "", pickle.ErrOpcode}},
		{"integers", "\x8b\xfb\x06\x00\x00" + strings.Repeat("\x05", 1787) + ".", fault{0, "LONG4", "integer of 1787 bytes", pickle.ErrRange}},
		{"opcodes", "\x8d" + u64(1) + "a.", fault{0, "BINUNICODE8", "", pickle.ErrOpcode}},
		{"opcodes", "\x8e" + u64(1) + "a.", fault{0, "BINBYTES8", "", pickle.ErrOpcode}},
		{"opcodes", "\xff.", fault{0, "0xff", "", pickle.ErrOpcode}},
		{"opcodes", "N\x80\x02.", fault{1, "PROTO", "not at the start", pickle.ErrOpcode}},
		{"opcodes", "\x80\x06N.", fault{0, "PROTO", "protocol 6", pickle.ErrArgument}},

		// Calls.
		{"calls", "cbson.objectid\nObjectId\n)R.", fault{25, "REDUCE", "ObjectId with 0 arguments", pickle.ErrCall}},
		{"calls", "c__builtin__\nbytes\nK\x05\x85R.", fault{22, "REDUCE", "bytes with 1 arguments", pickle.ErrCall}},
		{"uses", "c_codecs\nencode\nX\x01\x00\x00\x00aX\x03\x00\x00\x00hex\x86R.", fault{22, "BINUNICODE", "codec hex", pickle.ErrCall}},
		{"uses", "c_codecs\nencode\nX\x03\x00\x00\x00\xe2\x82\xacX\x06\x00\x00\x00latin1\x86R.",
			fault{16, "BINUNICODE", "character above U+00FF", pickle.ErrRange}},
		{"uses", "c_codecs\nencode\nC\x01aX\x06\x00\x00\x00latin1\x86R.", fault{16, "SHORT_BINBYTES", "argument of encode is not text", pickle.ErrCall}},
		{"calls", rebuild + "(cbson.objectid\nObjectId\nc__builtin__\ndict\n}tR.", fault{70, "REDUCE", "_reconstructor of ObjectId and dict", pickle.ErrCall}},
		{"calls", rebuild + "(c__builtin__\ndict\nc__builtin__\nobject\nNtR.", fault{66, "REDUCE", "_reconstructor of dict and object", pickle.ErrCall}},
		{"calls", rebuild + "(cbson.objectid\nObjectId\nc__builtin__\nobject\nK\x01tR.", fault{73, "REDUCE", "_reconstructor of ObjectId with a value", pickle.ErrCall}},
		{"calls", "cbson.objectid\nObjectId\nN\x81.", fault{25, "NEWOBJ", "ObjectId without a tuple", pickle.ErrCall}},
		{"calls", "N)R.", fault{2, "REDUCE", "not a class or function", pickle.ErrCall}},
		{"uses", "cbson.objectid\nObjectId\n.", fault{24, "STOP", "class or function used as a value", pickle.ErrCall}},
		{"uses", "]cbson.objectid\nObjectId\na.", fault{26, "STOP", "class or function used as a value", pickle.ErrCall}},
		{"uses", "cre\nRegexFlag\nK\x02\x85R.", fault{17, "REDUCE", "RegexFlag used as a value", pickle.ErrCall}},
		{"uses", "cdatetime\ntimedelta\nK\x00K\x00K\x00\x87R.", fault{27, "REDUCE", "timedelta", pickle.ErrNoType}},
		{"uses", "cdecimal\nDecimal\nK\x01\x85R.", fault{20, "REDUCE", "Decimal argument is not text, or is too long", pickle.ErrRange}},

		// Calls that are allowed but make no value. getattr and or_ make only
		// flags.
		{"uses", "cbuiltins\ngetattr\n.", fault{18, "STOP", "class or function used as a value", pickle.ErrCall}},
		{"uses", "cbuiltins\ngetattr\n" + flag + "U\x07__doc__\x86R.", fault{42, "REDUCE", "getattr used as a value", pickle.ErrCall}},
		{"uses", flags(getattr + flag + "U\x09__class__\x86R"), fault{88, "REDUCE", "getattr of RegexFlag and __class__", pickle.ErrCall}},
		{"uses", flags(getattr + flag + "U\x01I\x86R"), fault{80, "REDUCE", "getattr of RegexFlag and I", pickle.ErrCall}},
		{"uses", flags(getattr + flag + "U\x11IGNORECASE       \x86R"), fault{96, "REDUCE", "getattr argument is not the name of a flag", pickle.ErrCall}},
		{"uses", flags(getattr + flag + "K\x02\x86R"), fault{79, "REDUCE", "getattr argument is not the name of a flag", pickle.ErrCall}},
		{"uses", flags(getattr + "cbson.regex\nRegex\nU\x05flags\x86R"), fault{88, "REDUCE", "getattr argument is not RegexFlag", pickle.ErrCall}},
		{"uses", flags(getattr + "K\x02U\x05VALUE\x86R"), fault{72, "REDUCE", "getattr argument is not RegexFlag", pickle.ErrCall}},
		{"uses", flags(getattr + flag + "S'\\x0'\n\x86R"), fault{76, "STRING", "string", pickle.ErrArgument}},
		{"uses", flags(or + "NK\x02\x86R"), fault{56, "NONE", "not an integer from 0 to 65536", pickle.ErrRange}},
		{"uses", flags(or + "K\x02N\x86R"), fault{58, "NONE", "not an integer from 0 to 65536", pickle.ErrRange}},
		{"uses", flags(or + "K\x02" + or + "K\x02K\x02\x86R\x86R"), fault{78, "REDUCE", "not an integer from 0 to 65536", pickle.ErrRange}},
		{"uses", flags(or + "K\x02K\x01\x86R"), fault{61, "REDUCE", "flag without a letter in BSON", pickle.ErrRange}},
		{"uses", flags(strings.Repeat(or, 10) + "K\x02" + strings.Repeat("K\x02\x86R", 10)), fault{196, "REDUCE", "not an integer from 0 to 65536", pickle.ErrRange}},

		// States and values that Python does not check.
		{"values", "cbson.datetime_ms\nDatetimeMS\n)\x81N}U\x06_valueNs\x86b.", fault{30, "NEWOBJ", "DatetimeMS is not an integer", pickle.ErrState}},
		{"values", "cbson.datetime_ms\nDatetimeMS\n)\x81N}U\x06_value\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00s\x86b.",
			fault{30, "NEWOBJ", "DatetimeMS needs more than 64 bits", pickle.ErrRange}},
		{"values", "cbson.datetime_ms\nDatetimeMS\n)\x81}b.", fault{30, "NEWOBJ", "DatetimeMS has an unexpected state", pickle.ErrState}},
		{"values", "cbson.datetime_ms\nDatetimeMS\n)\x81N}\x86b.", fault{30, "NEWOBJ", "DatetimeMS lacks _value", pickle.ErrState}},
		{"values", code("K\x01"), fault{20, "NEWOBJ", "Code has a scope that is not a document", pickle.ErrState}},
		{"values", code("}K\x01Ns"), fault{37, "BININT1", "", pickle.ErrKey}},
		{"values", "cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__idNU\x0e_DBRef__kwargsNub.",
			fault{19, "NEWOBJ", "DBRef has fields that are not a dictionary", pickle.ErrState}},
		{"values", "ccollections\nOrderedDict\n](K\x01NK\x02e\x85R.", fault{34, "REDUCE", "OrderedDict argument is not a list of pairs", pickle.ErrCall}},
		{"values", "ccollections\nOrderedDict\n]](NNNea\x85R.", fault{34, "REDUCE", "OrderedDict argument is not a list of pairs", pickle.ErrCall}},
		{"values", "ccollections\nOrderedDict\n]](K\x01Nea\x85R.", fault{28, "BININT1", "", pickle.ErrKey}},
		{"values", "cbson.binary\nBinary\nC\x01aN\x86\x81}U\x10_Binary__subtypeK\x05sb.", fault{23, "NONE", "not an integer from 0 to 255", pickle.ErrRange}},
		{"values", "cuuid\nUUID\n)\x81}(U\x03intK\x01U\x07is_safeNub.", fault{12, "NEWOBJ", "UUID has an unexpected is_safe", pickle.ErrState}},
		{"values", "cdecimal\nDecimal\nU\x01\xff\x85R.", fault{17, "SHORT_BINSTRING", "", bson.ErrUTF8}},
		{"values", "cre\n_compile\nC\x01\xffK\x00\x86R.", fault{13, "SHORT_BINBYTES", "", bson.ErrUTF8}},
		{"values", rebuild + "(cbson.son\nSON\nc__builtin__\ndict\nNtR}U\x0a_SON__keys]sb.", fault{60, "REDUCE", "SON argument is not a dictionary", pickle.ErrCall}},
		{"values", newSON + "}U\x0a_SON__keysNsb.", fault{15, "NEWOBJ", "SON has a list of keys that differs from its items", pickle.ErrState}},
		{"values", newSON + "(K\x01NU\x01aNu}U\x0a_SON__keys](U\x01aU\x01besb.", fault{17, "BININT1", "", pickle.ErrKey}},

		// Zones: the timedelta of FixedOffset and timezone is less than a day.
		{"zones", zoned(fixedOffset + timedelta(1, 0, 0) + "U\x01x\x86R"), fault{93, "REDUCE", "timedelta is a day or more", pickle.ErrRange}},
		{"zones", zoned(fixedOffset + timedelta(-1, 0, 0) + "U\x01x\x86R"), fault{93, "REDUCE", "timedelta is a day or more", pickle.ErrRange}},
		{"zones", zoned(fixedOffset + timedelta(-2, 86399, 999999) + "U\x01x\x86R"), fault{93, "REDUCE", "timedelta is a day or more", pickle.ErrRange}},
		{"zones", zoned("cdatetime\ntimezone\n" + timedelta(1, 0, 0) + "\x85R"), fault{86, "REDUCE", "timedelta is a day or more", pickle.ErrRange}},
		{"zones", zoned("cdatetime\ntimezone\n" + timedelta(0, 86400, 0) + "\x85R"), fault{75, "BININT", "not an integer from 0 to 86399", pickle.ErrRange}},
		{"zones", zoned("cdatetime\ntimezone\n" + timedelta(0, -1, 0) + "\x85R"), fault{75, "BININT", "not an integer from 0 to 86399", pickle.ErrRange}},
		{"zones", zoned("cdatetime\ntimezone\n" + timedelta(0, 0, 1000000) + "\x85R"), fault{80, "BININT", "not an integer from 0 to 999999", pickle.ErrRange}},
		{"zones", zoned("cdatetime\ntimezone\nK\x00\x85R"), fault{55, "REDUCE", "datetime has a time zone without timedelta", pickle.ErrCall}},
		{"zones", zoned(fixedOffset + "K\x00U\x01x\x86R"), fault{65, "REDUCE", "datetime has a time zone without timedelta", pickle.ErrCall}},
		{"zones", zoned(fixedOffset + timedelta(0, 0, 0) + "\x85R"), fault{97, "REDUCE", "datetime has an invalid time zone", pickle.ErrCall}},
		{"zones", zoned(fixedOffset + ")R"), fault{60, "REDUCE", "datetime has an invalid time zone", pickle.ErrCall}},
		{"zones", zoned(newID + "U\x0c123456789012b"), fault{73, "REDUCE", "datetime has an invalid time zone", pickle.ErrCall}},
		{"zones", zoned("cdatetime\ntimezone\n"), fault{51, "REDUCE", "datetime has an invalid time zone", pickle.ErrCall}},

		// Keys that Python cannot hash.
		{"keys", "}]Ns.", fault{1, "EMPTY_LIST", "", pickle.ErrUnhashable}},
		{"keys", "}]NaNs.", fault{1, "EMPTY_LIST", "", pickle.ErrUnhashable}},
		{"keys", "}(lNs.", fault{2, "LIST", "", pickle.ErrUnhashable}},
		{"keys", "}}Ns.", fault{1, "EMPTY_DICT", "", pickle.ErrUnhashable}},
		{"keys", "}}U\x01aNsNs.", fault{1, "EMPTY_DICT", "", pickle.ErrUnhashable}},
		{"keys", "}]\x85Ns.", fault{1, "EMPTY_LIST", "", pickle.ErrUnhashable}},
		{"keys", "}K\x01]\x86\x85Ns.", fault{3, "EMPTY_LIST", "", pickle.ErrUnhashable}},
		{"keys", "}\x96" + u64(1) + "aNs.", fault{1, "BYTEARRAY8", "", pickle.ErrUnhashable}},
		{"keys", "}cbuiltins\nbytearray\n)RNs.", fault{22, "REDUCE", "", pickle.ErrUnhashable}},
		{"keys", "}" + newSON + "}U\x0a_SON__keys]sbNs.", fault{16, "NEWOBJ", "", pickle.ErrUnhashable}},
		{"keys", "}ccollections\nOrderedDict\n)RNs.", fault{27, "REDUCE", "", pickle.ErrUnhashable}},
		{"keys", "}cbson.code\nCode\nU\x01a\x85\x81}U\x0c_Code__scopeNsbNs.", fault{21, "NEWOBJ", "", pickle.ErrUnhashable}},
		{"keys", "}" + strings.TrimSuffix(flags("K\x00"), ".") + "Ns.", fault{20, "NEWOBJ", "", pickle.ErrUnhashable}},
		{"keys", "}cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__id]ubNs.", fault{58, "EMPTY_LIST", "", pickle.ErrUnhashable}},

		// Values that are not containers, and classes, as containers.
		{"mutation", "cbson.objectid\nObjectId\nN}b.", fault{26, "BUILD", "value has no state", pickle.ErrState}},
		{"mutation", "cbson.objectid\nObjectId\nS'a'\nNs.", fault{30, "SETITEM", "not a container", pickle.ErrStack}},
		{"mutation", newID + "C\x0c123456789012bC\x0c123456789012b.", fault{55, "BUILD", "ObjectId has a state already", pickle.ErrState}},
		{"mutation", "]}b.", fault{2, "BUILD", "value has no state", pickle.ErrState}},
		{"mutation", "}Na.", fault{2, "APPEND", "not such a container", pickle.ErrStack}},
		{"mutation", ")Na.", fault{2, "APPEND", "not a container", pickle.ErrStack}},

		// Cycles.
		{"cycles", "]q\x00h\x00a.", fault{5, "APPEND", "", pickle.ErrCycle}},
		{"cycles", "}q\x00X\x01\x00\x00\x00ah\x00s.", fault{11, "SETITEM", "", pickle.ErrCycle}},
		{"cycles", "(lp0\n(g0\ntp1\nag1\n.", fault{13, "APPEND", "", pickle.ErrCycle}},
		{"cycles", newSON + "q\x00}X\x0a\x00\x00\x00_SON__keysh\x00sb.", fault{37, "BUILD", "", pickle.ErrCycle}},
		{"cycles", "]q\x00]h\x00ah\x00Na.", fault{10, "APPEND", "", pickle.ErrCycle}},
		{"cycles", "]q\x00(h\x00e.", fault{6, "APPENDS", "", pickle.ErrCycle}},
		{"cycles", "}q\x00(U\x01ah\x00u.", fault{9, "SETITEMS", "", pickle.ErrCycle}},
		{"cycles", "}q\x00h\x00Ns.", fault{6, "SETITEM", "", pickle.ErrCycle}},
		{"cycles", "]\x94h\x00\x85a.", fault{5, "APPEND", "", pickle.ErrCycle}},
		{"cycles", newSON + "q\x00U\x01ah\x00s.", fault{23, "SETITEM", "", pickle.ErrCycle}},
		{"cycles", "ccollections\nOrderedDict\n)Rq\x00U\x01ah\x00s.", fault{34, "SETITEM", "", pickle.ErrCycle}},
		{"cycles", "(ccollections\nOrderedDict\n]q\x00\x85Rq\x01h\x00h\x01at.", fault{37, "APPEND", "", pickle.ErrCycle}},
		{"cycles", "cbson.code\nCode\nU\x01a\x85\x81q\x00}U\x0c_Code__scopeh\x00sb.", fault{41, "BUILD", "", pickle.ErrCycle}},
		{"cycles", "cbson.dbref\nDBRef\n)\x81q\x00}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__idh\x00ub.", fault{62, "BUILD", "", pickle.ErrCycle}},

		// The stack.
		{"stack", ".", fault{0, "STOP", "", pickle.ErrStack}},
		{"stack", "NN.", fault{2, "STOP", "", pickle.ErrStack}},
		{"stack", "N(.", fault{2, "STOP", "", pickle.ErrStack}},
		{"stack", "a.", fault{0, "APPEND", "", pickle.ErrStack}},
		{"stack", "](a.", fault{2, "APPEND", "", pickle.ErrStack}},
		{"stack", "e.", fault{0, "APPENDS", "no mark", pickle.ErrStack}},
		{"stack", "t.", fault{0, "TUPLE", "no mark", pickle.ErrStack}},
		{"stack", "\x85.", fault{0, "TUPLE1", "", pickle.ErrStack}},
		{"stack", "N(\x86.", fault{2, "TUPLE2", "", pickle.ErrStack}},
		{"stack", "(S'a'\nd.", fault{6, "DICT", "", pickle.ErrStack}},
		{"stack", "}(S'a'\nu.", fault{7, "SETITEMS", "key without a value", pickle.ErrStack}},
		{"stack", "b.", fault{0, "BUILD", "", pickle.ErrStack}},
		{"stack", "R.", fault{0, "REDUCE", "", pickle.ErrStack}},
		{"stack", "\x93.", fault{0, "STACK_GLOBAL", "", pickle.ErrStack}},
		{"stack", "q\x00.", fault{0, "BINPUT", "", pickle.ErrStack}},
		{"stack", "N(q\x00.", fault{2, "BINPUT", "", pickle.ErrStack}},

		// The memo.
		{"memo", "h\x00.", fault{0, "BINGET", "0", pickle.ErrMemo}},
		{"memo", "g7\n.", fault{0, "GET", "7", pickle.ErrMemo}},
		{"memo", "Np1x\n.", fault{1, "PUT", "memo index", pickle.ErrArgument}},
		{"memo", "Np-1\n.", fault{1, "PUT", "memo index", pickle.ErrArgument}},
		{"memo", "Np4294967296\n.", fault{1, "PUT", "memo index", pickle.ErrArgument}},
		{"memo", "j\xff\xff\xff\xff.", fault{0, "LONG_BINGET", "4294967295", pickle.ErrMemo}},

		// Lengths.
		{"lengths", "X\xff\xff\xff\xff.", fault{0, "BINUNICODE", "length", pickle.ErrArgument}},
		{"lengths", "X\xff\xff\xff\x7f.", fault{6, "BINUNICODE", "", pickle.ErrTruncated}},
		{"lengths", "T\xff\xff\xff\xff.", fault{0, "BINSTRING", "length", pickle.ErrArgument}},
		{"lengths", "\x96" + u64(1<<63) + ".", fault{0, "BYTEARRAY8", "length", pickle.ErrArgument}},
		{"lengths", "\x96" + u64(1<<30) + ".", fault{10, "BYTEARRAY8", "", pickle.ErrTruncated}},
		{"lengths", "\x80\x04\x95" + u64(1<<63) + "N.", fault{2, "FRAME", "length", pickle.ErrArgument}},
		{"lengths", "\x80\x04\x95" + u64(3) + "N.", fault{13, "FRAME", "", pickle.ErrTruncated}},
		{"lengths", "\x8a\x12" + strings.Repeat("a", 18) + ".", fault{0, "LONG1", "integer needs more than 64 bits", pickle.ErrRange}},
		{"lengths", "U\x05ab", fault{4, "SHORT_BINSTRING", "", pickle.ErrTruncated}},
		{"lengths", "I" + strings.Repeat("1", 100), fault{0, "INT", "number is too long", pickle.ErrArgument}},
		{"lengths", "I" + strings.Repeat("1", 100) + "\n.", fault{0, "INT", "number is too long", pickle.ErrArgument}},
		{"lengths", "Vabc", fault{4, "UNICODE", "", pickle.ErrTruncated}},
		{"lengths", "", fault{0, "", "", pickle.ErrTruncated}},
		{"lengths", "N", fault{1, "", "", pickle.ErrTruncated}},
		{"lengths", "N.N", fault{2, "NONE", "", pickle.ErrTrailing}},

		// Spelling of text arguments.
		{"arguments", "I007\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I0x10\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I1234567890123456789x\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I340282366920938463463374607431768211456\n.", fault{0, "INT", "integer needs more than 64 bits", pickle.ErrRange}}, // 2¹²⁸
		{"arguments", "I 5\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I+5\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I1_000\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I-0\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "I02\n.", fault{0, "INT", "integer", pickle.ErrArgument}},
		{"arguments", "L5\n.", fault{0, "LONG", "integer", pickle.ErrArgument}},
		{"arguments", "F1_0.5\n.", fault{0, "FLOAT", "float", pickle.ErrArgument}},
		{"arguments", "F1e+999\n.", fault{0, "FLOAT", "float", pickle.ErrRange}},
		{"arguments", "F0x1p3\n.", fault{0, "FLOAT", "float", pickle.ErrArgument}},
		{"arguments", "F\n.", fault{0, "FLOAT", "float", pickle.ErrArgument}},
		{"arguments", "Fnan(1)\n.", fault{0, "FLOAT", "float", pickle.ErrArgument}},
		{"arguments", "Sabc\n.", fault{0, "STRING", "string", pickle.ErrArgument}},
		{"arguments", "S'abc\n.", fault{0, "STRING", "string", pickle.ErrArgument}},
		{"arguments", "S'\n.", fault{0, "STRING", "string", pickle.ErrArgument}},
		{"arguments", "S'a\\x0'\n.", fault{0, "STRING", "string", pickle.ErrArgument}},
		{"arguments", "S'a\\101'\n.", fault{0, "STRING", "string", pickle.ErrArgument}},
		{"arguments", "S'a'b'\n.", fault{0, "STRING", "string", pickle.ErrArgument}},
		{"arguments", "S'a\\'\n.", fault{0, "STRING", "string", pickle.ErrArgument}},
		{"arguments", "Va\\\n.", fault{0, "UNICODE", "text", pickle.ErrArgument}},
		{"arguments", "V\\\n.", fault{0, "UNICODE", "text", pickle.ErrArgument}},
		{"arguments", "V\\u00e\n.", fault{0, "UNICODE", "text", pickle.ErrArgument}},
		{"arguments", "V\\ud800\n.", fault{0, "UNICODE", "text", pickle.ErrArgument}},
		{"arguments", "V\\U00110000\n.", fault{0, "UNICODE", "text", pickle.ErrArgument}},
		{"arguments", "V\\n\n.", fault{0, "UNICODE", "text", pickle.ErrArgument}},
		{"arguments", "X\x03\x00\x00\x00\xed\xa0\x80.", fault{0, "BINUNICODE", "", bson.ErrUTF8}},

		// Values that CPython does not check.
		{"values", newID + "C\x0b12345678901b.", fault{25, "NEWOBJ", "ObjectId of 11 bytes", pickle.ErrState}},
		{"values", newID + "C\x0d1234567890123b.", fault{25, "NEWOBJ", "ObjectId of 13 bytes", pickle.ErrState}},
		{"values", newID + "C\x00b.", fault{25, "NEWOBJ", "ObjectId of 0 bytes", pickle.ErrState}},
		{"values", newID + "Nb.", fault{26, "NONE", "not bytes", pickle.ErrState}},
		{"values", newID + "K\x05b.", fault{26, "BININT1", "not bytes", pickle.ErrState}},
		{"values", newID + "]b.", fault{25, "NEWOBJ", "ObjectId has an unexpected state", pickle.ErrState}},
		{"values", newID + ".", fault{25, "NEWOBJ", "ObjectId has no id", pickle.ErrState}},
		{"values", newID + "}b.", fault{25, "NEWOBJ", "ObjectId lacks _ObjectId__id", pickle.ErrState}},
		{"values", newID + "}U\x01xNsb.", fault{25, "NEWOBJ", "ObjectId has an unknown or repeated attribute", pickle.ErrState}},
		{"values", newID + "K\x01K\x02\x86b.", fault{25, "NEWOBJ", "ObjectId has an unexpected state", pickle.ErrState}},
		{"values", datetime + "C\x0a\x07\xe4\x0d\x02\x03\x04\x05\x00\x00\x00\x85R.", fault{32, "REDUCE", "datetime with a field out of range", pickle.ErrRange}},
		{"values", datetime + "C\x0a\x07\xe4\x02\x1e\x03\x04\x05\x00\x00\x00\x85R.", fault{32, "REDUCE", "datetime with a field out of range", pickle.ErrRange}},
		{"values", datetime + "C\x0a\x00\x00\x02\x01\x03\x04\x05\x00\x00\x00\x85R.", fault{32, "REDUCE", "datetime with a field out of range", pickle.ErrRange}},
		{"values", datetime + "C\x0a\x07\xe4\x02\x01\x19\x04\x05\x00\x00\x00\x85R.", fault{32, "REDUCE", "datetime with a field out of range", pickle.ErrRange}},
		{"values", datetime + "C\x0a\x07\xe4\x02\x01\x01\x04\x05\x0f\xff\xff\x85R.", fault{32, "REDUCE", "datetime with a field out of range", pickle.ErrRange}},
		{"values", datetime + "C\x09\x07\xe4\x02\x01\x01\x04\x05\x0f\xff\x85R.", fault{31, "REDUCE", "datetime of 9 bytes", pickle.ErrCall}},
		{"values", datetime + "C\x0a\x07\xe4\x02\x01\x01\x04\x05\x00\x00\x00K\x01\x86R.", fault{34, "REDUCE", "datetime has an invalid time zone", pickle.ErrCall}},
		{"values", "cuuid\nUUID\n)\x81}U\x03intJ\xff\xff\xff\xffsb.", fault{12, "NEWOBJ", "UUID argument is not an integer of 128 bits", pickle.ErrRange}},
		{"values", "cuuid\nUUID\n)\x81}U\x03int\x8a\x11" + strings.Repeat("\xff", 16) + "\x01sb.",
			fault{12, "NEWOBJ", "UUID argument is not an integer of 128 bits", pickle.ErrRange}},
		{"values", "cuuid\nUUID\n)\x81}U\x03int\x8a\x11" + strings.Repeat("\xff", 16) + "\x00sb.", fault{-1, "", "", nil}},
		{"values", "cbson.int64\nInt64\n\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00\x85\x81}b.", fault{30, "NEWOBJ", "Int64 needs more than 64 bits", pickle.ErrRange}},
		{"values", "\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00.", fault{0, "LONG1", "integer needs more than 64 bits", pickle.ErrRange}},
		{"values", "cbson.timestamp\nTimestamp\n)\x81}(U\x10_Timestamp__timeK\x01U\x0f_Timestamp__incJ\xff\xff\xff\xffub.",
			fault{67, "BININT", "not an integer from 0 to 4294967295", pickle.ErrRange}},
		{"values", "cbson.timestamp\nTimestamp\n)\x81}(U\x10_Timestamp__timeK\x01ub.", fault{27, "NEWOBJ", "Timestamp lacks _Timestamp__inc", pickle.ErrState}},
		{"values", "cbson.timestamp\nTimestamp\n)\x81}U\x0f_Timestamp__incK\x01sb.", fault{27, "NEWOBJ", "Timestamp lacks _Timestamp__time", pickle.ErrState}},
		{"values", "cbson.timestamp\nTimestamp\n)\x81]b.", fault{27, "NEWOBJ", "Timestamp has an unexpected state", pickle.ErrState}},
		{"values", int64of("U\x015"), fault{22, "NEWOBJ", "Int64 argument is not an integer", pickle.ErrCall}},
		{"values", int64of("N"), fault{20, "NEWOBJ", "Int64 argument is not an integer", pickle.ErrCall}},
		{"values", int64of("]"), fault{20, "NEWOBJ", "Int64 argument is not an integer", pickle.ErrCall}},
		{"values", int64of("\x88"), fault{20, "NEWOBJ", "Int64 argument is not an integer", pickle.ErrCall}},
		{"values", int64of("\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x80\x00"), fault{30, "NEWOBJ", "Int64 needs more than 64 bits", pickle.ErrRange}},
		{"values", uuidLegacy("U\x03abc", 3), fault{30, "NEWOBJ", "UUIDLegacy of 3 bytes", pickle.ErrState}},
		{"values", uuidLegacy("U\x11"+strings.Repeat("a", 17), 3), fault{44, "NEWOBJ", "UUIDLegacy of 17 bytes", pickle.ErrState}},
		{"values", uuidLegacy("U\x00", 3), fault{27, "NEWOBJ", "UUIDLegacy of 0 bytes", pickle.ErrState}},
		{"values", uuidLegacy("U\x10"+strings.Repeat("a", 16), 4), fault{43, "NEWOBJ", "UUIDLegacy has a subtype other than 3", pickle.ErrState}},
		{"values", "cbson.decimal128\nDecimal128\n)\x81J\xff\xff\xff\xffK\x00\x86b.", fault{30, "BININT", "not an integer from 0 to 18446744073709551615", pickle.ErrRange}},
		{"values", "cbson.binary\nBinary\nC\x01aM\x00\x01\x86\x81}U\x10_Binary__subtypeM\x00\x01sb.", fault{47, "BININT2", "not an integer from 0 to 255", pickle.ErrRange}},
		{"values", "cbson.binary\nBinary\nC\x01aK\x05\x86\x81}U\x10_Binary__subtypeK\x06sb.", fault{26, "NEWOBJ", "Binary has two subtypes", pickle.ErrState}},
		{"values", "cdecimal\nDecimal\nU\x031e9\x85R.", fault{-1, "", "", nil}},
		{"values", "cdecimal\nDecimal\nX" + u32(256) + "0." + strings.Repeat("0", 254) + "\x85R.", fault{-1, "", "", nil}},
		{"values", "cdecimal\nDecimal\nX" + u32(257) + "0." + strings.Repeat("0", 255) + "\x85R.",
			fault{280, "REDUCE", "Decimal argument is not text, or is too long", pickle.ErrRange}},
		{"values", "cdecimal\nDecimal\nU\x05snan1\x85R.", fault{25, "REDUCE", "Decimal snan1", pickle.ErrRange}},
		{"values", "cdecimal\nDecimal\nU\x061e9999\x85R.", fault{26, "REDUCE", "Decimal 1e9999", pickle.ErrRange}},
		{"values", "cre\n_compile\nU\x01aM\x00\x01\x86R.", fault{16, "BININT2", "flag without a letter in BSON", pickle.ErrRange}},
		{"values", "cre\n_compile\nU\x01\x00K\x00\x86R.", fault{13, "SHORT_BINSTRING", "", bson.ErrKeyNUL}},

		// Keys.
		{"keys", "}U\x01aNs.", fault{-1, "", "", nil}},
		{"keys", "}U\x03a\x00bNs.", fault{1, "SHORT_BINSTRING", "", bson.ErrKeyNUL}},
		{"keys", "}U\x02\x00aNs.", fault{1, "SHORT_BINSTRING", "", bson.ErrKeyNUL}},
		{"keys", "}U\x02a\x00Ns.", fault{1, "SHORT_BINSTRING", "", bson.ErrKeyNUL}},
		{"keys", "}(U\x01aNX\x01\x00\x00\x00aNu.", fault{0, "EMPTY_DICT", "a", bson.ErrDuplicateKey}},
		{"keys", "}U\x01\xffNs.", fault{1, "SHORT_BINSTRING", "", bson.ErrUTF8}},
		{"keys", "}U\x01a}K\x01Nss.", fault{5, "BININT1", "", pickle.ErrKey}},
		{"keys", newSON + "U\x01aNs}U\x0a_SON__keys]sb.", fault{15, "NEWOBJ", "SON has a list of keys that differs from its items", pickle.ErrState}},
		{"keys", newSON + "U\x01aNs}U\x0a_SON__keys]U\x01basb.", fault{15, "NEWOBJ", "SON has a list of keys that differs from its items", pickle.ErrState}},
		{"keys", newSON + "(U\x01aNU\x01bNu}U\x0a_SON__keys](U\x01aU\x01aesb.", fault{15, "NEWOBJ", "a", bson.ErrDuplicateKey}},
		{"keys", "ccollections\nOrderedDict\n](K\x01\x85K\x02\x86e\x85R.", fault{29, "TUPLE1", "", pickle.ErrKey}},
		{"keys", ownFields("$ref"), fault{19, "NEWOBJ", "$ref", bson.ErrDuplicateKey}},
		{"keys", ownFields("$id"), fault{19, "NEWOBJ", "$id", bson.ErrDuplicateKey}},
		{"keys", ownFields("$db"), fault{19, "NEWOBJ", "$db", bson.ErrDuplicateKey}},
		{"keys", newSON + ".", fault{15, "NEWOBJ", "SON has an unexpected state", pickle.ErrState}},
	} {
		dst := []byte("before")
		got, _, err := pickle.AppendBSONValue(dst, []byte(tc.data))
		if tc.want.Err == nil {
			if err != nil {
				t.Errorf("%s: %q: %v", tc.category, tc.data, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: %q: no error, want %v", tc.category, tc.data, tc.want)
			continue
		}
		if string(got) != "before" {
			t.Errorf("%s: %q: dst is %q", tc.category, tc.data, got)
		}
		f, value := faultOf(t, err)
		if diff := cmp.Diff(tc.want, f, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", tc.category, tc.data, diff)
		}
		syntax := map[string]bool{"stack": true, "memo": true}
		if syntax[tc.category] && value {
			t.Errorf("%s: %q: error is a ValueError, want a SyntaxError", tc.category, tc.data)
		}
		if run := map[string]bool{"names": true, "opcodes": true, "calls": true, "stack": true, "memo": true, "mutation": true}; run[tc.category] {
			stopsThere(t, tc.data, f)
		}
		built := map[string]bool{"uses": true, "values": true, "zones": true, "arguments": true}
		if built[tc.category] {
			refusedInside(t, tc.data, f, pointerOf(err))
		}
	}
}

// stopsThere checks a pickle with the fault f at an opcode: the fault must be the
// same whatever follows the opcode, so that no value is made of the rest.
func stopsThere(t *testing.T, data string, f fault) {
	t.Helper()
	head := data[:opcodeEnd(data, int(f.Offset))]
	for _, tail := range []string{"", ".", "N.", "a.", "e.", "s.", "b.", "\x85.", "\x86.", "\x87.", "N\x86.", "t.", "(t.", "R.", "\x81."} {
		_, _, err := pickle.AppendBSONValue(nil, []byte(head+tail))
		if err == nil {
			t.Errorf("%q: no error, want %v", head+tail, f)
			continue
		}
		got, _ := faultOf(t, err)
		if diff := cmp.Diff(f, got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", head+tail, diff)
		}
	}
}

// opcodeEnd returns the offset past the opcode at off and its argument.
func opcodeEnd(data string, off int) int {
	lines := func(n int) int {
		end := off + 1
		for range n {
			end += strings.IndexByte(data[end:], '\n') + 1
		}
		return end
	}
	switch data[off] {
	case 'c', 'i':
		return lines(2)
	case 'p', 'g', 'P':
		return lines(1)
	case 'q', 'h', 0x80, 0x82:
		return off + 2
	case 0x83:
		return off + 3
	case 'r', 'j', 0x84:
		return off + 5
	}
	return off + 1
}

// pointerOf returns the pointer of an error.
func pointerOf(err error) string {
	if s, ok := errors.AsType[*pickle.SyntaxError](err); ok {
		return s.Pointer
	}
	if v, ok := errors.AsType[*pickle.ValueError](err); ok {
		return v.Pointer
	}
	return ""
}

// refusedInside checks a pickle whose value has the fault f at pointer: the fault
// must be the same if the value is in an array of a document.
func refusedInside(t *testing.T, data string, f fault, pointer string) {
	t.Helper()
	const head, tail, way = "}U\x01a](K\x01", "es.", "/a/1"
	_, err := pickle.AppendBSON(nil, []byte(head+strings.TrimSuffix(data, ".")+tail))
	got, _ := faultOf(t, err)
	f.Offset += int64(len(head))
	if f.Opcode == "STOP" {
		f.Offset += int64(len(tail) - 1)
	}
	if diff := cmp.Diff(f, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("%q in an array (-want +got):\n%s", data, diff)
	}
	if got, want := pointerOf(err), way+pointer; got != want {
		t.Errorf("%q in an array: pointer %q, want %q", data, got, want)
	}
}

// objects has two parts of the pickle of an object: the part up to the last item of
// its state, and the rest.
var objects = map[string][2]string{
	"ObjectId":              {newID + "}(U\x0d_ObjectId__idU\x0c123456789012", "ub."},
	"Binary":                {"cbson.binary\nBinary\nC\x01a\x85\x81}(U\x10_Binary__subtypeK\x05", "ub."},
	"UUIDLegacy":            {"cbson.binary\nUUIDLegacy\nC\x101234567890123456\x85\x81}(U\x10_Binary__subtypeK\x03", "ub."},
	"Code":                  {"cbson.code\nCode\nU\x01a\x85\x81}(U\x0c_Code__scopeN", "ub."},
	"DBRef":                 {"cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__idN", "ub."},
	"Int64":                 {"cbson.int64\nInt64\nK\x05\x85\x81}(", "ub."},
	"MinKey":                {"cbson.min_key\nMinKey\n)\x81}(", "ub."},
	"MaxKey":                {"cbson.max_key\nMaxKey\n)\x81}(", "ub."},
	"Regex":                 {"cbson.regex\nRegex\n)\x81}(U\x07patternU\x01aU\x05flagsK\x02", "ub."},
	"Timestamp":             {"cbson.timestamp\nTimestamp\n)\x81}(U\x10_Timestamp__timeK\x01U\x0f_Timestamp__incK\x02", "ub."},
	"SON":                   {newSON + "}(U\x0a_SON__keys]", "ub."},
	"RawBSON":               {"cbson.raw_bson\nRawBSONDocument\n)\x81N}(U\x15_RawBSONDocument__rawC\x05\x05\x00\x00\x00\x00", "u\x86b."},
	"DatetimeMS":            {"cbson.datetime_ms\nDatetimeMS\n)\x81N}(U\x06_valueK\x01", "u\x86b."},
	"UUID":                  {"cuuid\nUUID\n)\x81}(U\x03intK\x01", "ub."},
	"FixedOffset":           {datetime + "C\x0a\x07\xb2\x01\x01\x00\x00\x00\x00\x00\x00cbson.tz_util\nFixedOffset\n)R}(U\x14_FixedOffset__offsetcdatetime\ntimedelta\nK\x00K\x00K\x00\x87R", "ub\x86R."},
	"FixedOffset of Django": {midnight + "cdjango.utils.timezone\nFixedOffset\n)R}(U\x14_FixedOffset__offset" + timedelta(0, 60, 0), "ub\x86R."},
	"tzoffset":              {midnight + "cdateutil.tz.tz\ntzoffset\n)\x81}(U\x07_offset" + timedelta(0, 60, 0), "ub\x86R."},
	"tzlocal":               {midnight + "cdateutil.tz.tz\ntzlocal\n)\x81}(U\x0b_std_offset" + timedelta(0, 60, 0) + "U\x07_hasdst\x89", "ub\x86R."},
	"tzfile":                {midnight + tzfile + "}(U\x0b_trans_list)U\x0a_trans_idx)U\x0b_ttinfo_stdNU\x0e_ttinfo_beforeN", "ub\x86R."},
	"_ttinfo": {midnight + tzfile + "}U\x0b_trans_list)sU\x0a_trans_idx)sU\x0e_ttinfo_beforeNsU\x0b_ttinfo_stdcdateutil.tz.tz\n_ttinfo\n)\x81}(" +
		"U\x06offsetM\x20\x1cU\x05delta" + timedelta(0, 60, 0), "ubsb\x86R."},
}

// TestPairsBesideDocuments: a dictionary with keys that are not text is an array of
// pairs, but not inside a document of any kind, and behind each again.
func TestPairsBesideDocuments(t *testing.T) {
	const pairs = "}K\x01Ns"
	value, _, err := pickle.AppendBSONValue(nil, []byte("}(K\x01NK\x02U\x01bU\x01aK\x03u."))
	want := bson.A{bson.A{int32(1), nil}, bson.A{int32(2), "b"}, bson.A{"a", int32(3)}}
	if _, bytes, _ := bson.MarshalValue(want); err != nil || string(value) != string(bytes) {
		t.Errorf("three pairs: %x, %v, want %x", value, err, bytes)
	}
	for name, around := range map[string][2]string{
		"dict":             {"}U\x01a", "s"},
		"DBRef":            {"cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__id", "ub"},
		"OrderedDict":      {"ccollections\nOrderedDict\n)RU\x01a", "s"},
		"OrderedDict(...)": {"ccollections\nOrderedDict\n](](U\x01a", "ee\x85R"},
		"SON":              {newSON + "U\x01a", "s}U\x0a_SON__keys](U\x01aesb"},
		"Code":             {"cbson.code\nCode\nU\x01a\x85\x81}U\x0c_Code__scope}U\x01a", "ssb"},
	} {
		inside := "](" + around[0] + pairs + around[1] + "e."
		_, _, err := pickle.AppendBSONValue(nil, []byte(inside))
		want := fault{int64(len("](" + around[0] + "}")), "BININT1", "", pickle.ErrKey}
		if err == nil {
			t.Errorf("%s: pairs inside are read", name)
		} else if got, _ := faultOf(t, err); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		for _, beside := range []string{"](" + around[0] + "N" + around[1] + pairs + "e.", "](" + pairs + around[0] + "N" + around[1] + pairs + "e."} {
			value, _, err := pickle.AppendBSONValue(nil, []byte(beside))
			if err != nil {
				t.Errorf("%s: pairs beside: %v", name, err)
				continue
			}
			if err := (bson.ValidateOptions{RejectWrongArrayKeys: true}).ValidateValue(bson.TypeArray, value); err != nil {
				t.Errorf("%s: pairs beside: %v", name, err)
			}
			last := bson.RawValue{}
			for _, v := range bson.Raw(value).All() {
				last = v
			}
			if got := last.String(); got != "[[1, null]]" {
				t.Errorf("%s: pairs beside are %s", name, got)
			}
		}
	}
}

// TestDuplicateKeys: a key that a dictionary has twice is a fault, wherever the two
// stand and however many others there are.
func TestDuplicateKeys(t *testing.T) {
	for _, n := range []int{2, 7, 8, 9, 10, 40} {
		for i := range n {
			for _, j := range []int{0, i / 2, i - 1} {
				if j < 0 || j == i {
					continue
				}
				data := "}("
				for k := range n {
					if k == i {
						k = j
					}
					data += fmt.Sprintf("U\x03k%02dN", k)
				}
				_, _, err := pickle.AppendBSONValue(nil, []byte(data+"u."))
				if got, _ := faultOf(t, err); got.Err != bson.ErrDuplicateKey || got.What != fmt.Sprintf("k%02d", j) {
					t.Fatalf("key %d of %d is key %d: %+v", i, n, j, got)
				}
			}
		}
	}
}

// TestSONKeys: the list of the keys of a SON has each key of its items once, however
// many there are.
func TestSONKeys(t *testing.T) {
	for _, n := range []int{1, 2, 7, 8, 9, 10, 100} {
		items, list := "(", "]("
		for i := range n {
			key := fmt.Sprintf("U\x03k%02d", i)
			items += key + "K" + string([]byte{byte(i)})
			list = list[:2] + key + list[2:] // in reverse
		}
		items += "u"
		pickled := func(list string) string { return newSON + items + "}U\x0a_SON__keys" + list + "esb." }
		value, _, err := pickle.AppendBSONValue(nil, []byte(pickled(list)))
		if err != nil {
			t.Fatal(err)
		}
		i := n
		for key := range bson.Raw(value).All() {
			if i--; key != fmt.Sprintf("k%02d", i) {
				t.Errorf("%d keys: key %d is %s", n, n-1-i, key)
			}
		}
		first, last := list[2:7], list[len(list)-5:]
		for name, wrong := range map[string]string{
			"another key":    list[:len(list)-3] + "x99",
			"a key more":     list + "U\x03k99",
			"a key less":     "](" + list[7:],
			"a key twice":    list + first,
			"for another":    list[:len(list)-5] + first,
			"last for first": "](" + last + list[7:],
			"longer":         list[:len(list)-5] + "U\x04k00x",
		} {
			if n == 1 && (name == "for another" || name == "last for first") {
				continue // it is the same key
			}
			_, _, err := pickle.AppendBSONValue(nil, []byte(pickled(wrong)))
			want := fault{15, "NEWOBJ", "SON has a list of keys that differs from its items", pickle.ErrState}
			switch name {
			case "for another":
				want.What, want.Err = first[2:], bson.ErrDuplicateKey
			case "last for first":
				want.What, want.Err = last[2:], bson.ErrDuplicateKey
			}
			if got, _ := faultOf(t, err); got != want {
				t.Errorf("%d keys, %s: %+v, want %+v", n, name, got, want)
			}
		}
	}
}

// TestStates checks that a state must have each attribute of its class once, and no
// other attribute.
func TestStates(t *testing.T) {
	for name, o := range objects {
		for more, want := range map[string]error{"": nil, "U\x01xN": pickle.ErrState, "K\x01N": pickle.ErrState} {
			data := o[0] + more + o[1]
			_, _, err := pickle.AppendBSONValue(nil, []byte(data))
			if !errors.Is(err, want) || (err == nil) != (want == nil) {
				t.Errorf("%s and %q: %v, want %v", name, more, err, want)
			} else if want != nil {
				f, _ := faultOf(t, err)
				refusedInside(t, data, f, pointerOf(err))
			}
		}
		head, attributes, _ := strings.Cut(o[0], "}(")
		for _, twice := range []string{attributes + attributes, ""} {
			if attributes == "" {
				continue
			}
			data := head + "}(" + twice + o[1]
			_, _, err := pickle.AppendBSONValue(nil, []byte(data))
			if !errors.Is(err, pickle.ErrState) {
				t.Errorf("%s with attributes %q: %v, want ErrState", name, twice, err)
				continue
			}
			f, _ := faultOf(t, err)
			refusedInside(t, data, f, pointerOf(err))
		}
	}
}

// A pickle with a byte that is not an opcode is malformed; a pickle with an opcode
// that is not allowed is not malformed.
func TestNoOpcode(t *testing.T) {
	for data, malformed := range map[string]bool{"xyz": true, "N\xff.": true, "Pid\n.": false, "N2.": false} {
		_, err := pickle.AppendBSON(nil, []byte(data))
		_, is := errors.AsType[*pickle.SyntaxError](err)
		if !errors.Is(err, pickle.ErrOpcode) || is != malformed {
			t.Errorf("%q: %T, %v, want malformed: %v", data, err, err, malformed)
		}
	}
}

// TestSentinels checks that a sentinel matches the sentinel of package bson with
// the same name, and no other.
func TestSentinels(t *testing.T) {
	all := map[string]error{"ErrTruncated": bson.ErrTruncated, "ErrTrailing": bson.ErrTrailing, "ErrRange": bson.ErrRange, "ErrNotDocument": bson.ErrNotDocument}
	for name, data := range map[string]string{
		"ErrTruncated":   "]",
		"ErrTrailing":    "}.N",
		"ErrRange":       "}(U\x01aL9223372036854775808L\nu.",
		"ErrNotDocument": "].",
	} {
		_, err := pickle.AppendBSON(nil, []byte(data))
		for other, want := range all {
			if got := errors.Is(err, want); got != (other == name) {
				t.Errorf("%q: errors.Is(%v, bson.%s) = %v", data, err, other, got)
			}
		}
	}
}
