package pickle_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/pickle"
)

// allowed lists all names that a pickle may have, with the lowest and the highest
// number of arguments of a call; -1: the call is not allowed.
var allowed = []struct {
	names    string // modules separated by "|", a line feed, names separated by "|"
	from, to int    // numbers of arguments of REDUCE
	nFrom    int    // lowest number of arguments of NEWOBJ
	nTo      int
}{
	{"copy_reg|copyreg\n_reconstructor", 3, 3, -1, -1},
	{"_codecs\nencode", 2, 2, -1, -1},
	{"__builtin__|builtins\ngetattr", 2, 2, -1, -1},
	{"_operator\nor_", 2, 2, -1, -1},
	{"__builtin__|builtins\nobject|dict|int|str", -1, -1, -1, -1},
	{"__builtin__\nlong|unicode", -1, -1, -1, -1},
	{"__builtin__|builtins\nbytes", 0, 0, -1, -1},
	{"__builtin__|builtins\nbytearray", 0, 2, -1, -1},
	{"bson.objectid|pymongo.objectid\nObjectId", -1, -1, 0, 0},
	{"bson.binary|pymongo.binary\nBinary", -1, -1, 1, 2},
	{"bson.binary\nUUIDLegacy", -1, -1, 1, 1},
	{"bson.code|pymongo.code\nCode", -1, -1, 1, 1},
	{"bson.dbref|pymongo.dbref\nDBRef", -1, -1, 0, 0},
	{"bson.decimal128\nDecimal128", -1, -1, 0, 0},
	{"bson.int64\nInt64", -1, -1, 1, 1},
	{"bson.min_key|pymongo.min_key\nMinKey", -1, -1, 0, 0},
	{"bson.max_key|pymongo.max_key\nMaxKey", -1, -1, 0, 0},
	{"bson.regex\nRegex", -1, -1, 0, 0},
	{"bson.timestamp|pymongo.timestamp\nTimestamp", -1, -1, 0, 0},
	{"bson.son|pymongo.son\nSON", -1, -1, 0, 0},
	{"bson.raw_bson\nRawBSONDocument", -1, -1, 0, 0},
	{"bson.datetime_ms\nDatetimeMS", -1, -1, 0, 0},
	{"bson.tz_util|pymongo.tz_util\nFixedOffset", 0, 2, -1, -1},
	{"bson.tz_util\nutc", -1, -1, -1, -1},
	{"bson.codec_options\nCodecOptions", -1, -1, 4, 8},
	{"bson.codec_options\nTypeRegistry", -1, -1, 0, 0},
	{"bson.codec_options\nDatetimeConversion", 1, 1, -1, -1},
	{"uuid\nUUID", -1, -1, 0, 0},
	{"datetime\ndatetime", 1, 2, -1, -1},
	{"datetime\ntimedelta", 3, 3, -1, -1},
	{"datetime\ntimezone", 1, 2, -1, -1},
	{"decimal\nDecimal", 1, 1, -1, -1},
	{"collections\nOrderedDict", 0, 1, -1, -1},
	{"re\n_compile", 2, 2, -1, -1},
	{"re\nRegexFlag", 1, 1, -1, -1},
	{"__builtin__|builtins\nfloat|bool|list|tuple", -1, -1, -1, -1},
	{"__builtin__|builtins\nset|frozenset", 0, 1, -1, -1},
	{"datetime\ntzinfo", 0, 0, -1, -1},
	{"datetime\ndate", 1, 1, -1, -1},
	{"collections\ndeque", 0, 2, -1, -1},
	{"collections\ndefaultdict", 0, 1, -1, -1},
	{"collections\nCounter", 1, 1, -1, -1},
	{"zoneinfo|backports.zoneinfo\nZoneInfo", -1, -1, -1, -1},
	{"pytz\n_UTC", 0, 0, -1, -1},
	{"pytz\n_p", 1, 4, -1, -1},
	{"pytz\nFixedOffset", 1, 1, -1, -1},
	{"dateutil.tz.tz|dateutil.tz\ntzutc|tzoffset|tzlocal", -1, -1, 0, 0},
	{"dateutil.tz.tz\n_ttinfo", -1, -1, 0, 0},
	{"dateutil.tz.tz\ntzfile", 2, 2, -1, -1},
	{"django.utils.timezone\nUTC", 0, 0, -1, -1},
	{"django.utils.timezone\nFixedOffset", 0, 2, -1, -1},
	{"mongoengine.base.datastructures\nBaseDict|BaseList|EmbeddedDocumentList", -1, -1, 0, 0},
}

// TestAllowed checks that GLOBAL and STACK_GLOBAL find each name of the list, that
// the name is not a value, and the numbers of arguments of its calls.
func TestAllowed(t *testing.T) {
	total := 0
	for _, a := range allowed {
		modules, names, _ := strings.Cut(a.names, "\n")
		for _, module := range strings.Split(modules, "|") {
			for _, name := range strings.Split(names, "|") {
				total++
				global := "c" + module + "\n" + name + "\n"
				stack := fmt.Sprintf("\x8c%c%s\x8c%c%s\x93", len(module), module, len(name), name)
				for _, data := range []string{global + ".", stack + "."} {
					if _, _, err := pickle.AppendBSONValue(nil, []byte(data)); !errors.Is(err, pickle.ErrCall) {
						t.Errorf("%q: %v, want ErrCall", data, err)
					}
				}
				for _, near := range []string{module + "x\n" + name, module + "\n" + name + "x", module + "\n" + name + ".x", name + "s\n" + module,
					strings.ToUpper(module) + "\n" + name, module + ".\n" + name, " " + module + "\n" + name} {
					if _, _, err := pickle.AppendBSONValue(nil, []byte("c"+near+"\n.")); !errors.Is(err, pickle.ErrName) {
						t.Errorf("%q: %v, want ErrName", near, err)
					}
				}
				for n := range 10 {
					args := "(" + strings.Repeat("N", n) + "t"
					checkArity(t, global+args+"R.", "REDUCE", n >= a.from && n <= a.to)
					checkArity(t, global+args+"\x81.", "NEWOBJ", n >= a.nFrom && n <= a.nTo)
				}
				checkArity(t, global+"NR.", "REDUCE", false)
				checkArity(t, global+"]\x81.", "NEWOBJ", false)
			}
		}
	}
	if total != 91 {
		t.Errorf("%d names, want 91", total)
	}
}

// checkArity checks whether the call at the opcode before STOP is allowed. All
// arguments are None, which may be an error of another kind.
func checkArity(t *testing.T, data, opcode string, want bool) {
	t.Helper()
	_, _, err := pickle.AppendBSONValue(nil, []byte(data))
	if err == nil {
		if !want {
			t.Errorf("%q is accepted", data)
		}
		return
	}
	f, _ := faultOf(t, err)
	// A call with a wrong number of arguments is an error at the call, before the
	// value is written.
	atCall := f.Opcode == opcode && errors.Is(err, pickle.ErrCall) &&
		(strings.HasSuffix(f.What, " arguments") || strings.HasSuffix(f.What, " without a tuple") || f.What == "_reconstructor")
	if atCall == want && !(want && f.What == "_reconstructor") {
		t.Errorf("%q: %v, want allowed: %v", data, err, want)
	}
}

// TestAliases checks that the names in the modules of PyMongo 1.8 and older give
// the same values as those of package bson.
func TestAliases(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range loadVectors(t) {
		data := v.data(t)
		want, typ, err := pickle.AppendBSONValue(nil, data)
		if err != nil {
			continue
		}
		old := data
		for _, name := range []string{"objectid\nObjectId", "binary\nBinary", "code\nCode", "dbref\nDBRef", "min_key\nMinKey", "max_key\nMaxKey",
			"timestamp\nTimestamp", "son\nSON", "tz_util\nFixedOffset"} {
			renamed := []byte(strings.ReplaceAll(string(old), "cbson."+name+"\n", "cpymongo."+name+"\n"))
			if len(renamed) != len(old) {
				seen[name] = true
				old = renamed
			}
		}
		got, typ2, err := pickle.AppendBSONValue(nil, old)
		if err != nil || typ2 != typ || string(got) != string(want) {
			t.Errorf("%q: %v %x, want %v %x, %v", old, typ2, got, typ, want, err)
		}
	}
	if len(seen) != 9 {
		t.Errorf("only %d names were tested: %v", len(seen), seen)
	}
}
