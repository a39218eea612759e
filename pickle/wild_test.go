package pickle_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the same zones everywhere

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file reads values that PyMongo does not encode: sets, dates, zones, large
// integers and objects of any class.

// A wildVector is a pickle of testdata/pickle/wild.json: see wild.py there.
type wildVector struct {
	vector
	Unknown string // the policy that reads it
}

// policies are the words for policies in wild.json.
var policies = map[string]pickle.UnknownPolicy{
	"error": pickle.UnknownError, "convert": pickle.UnknownConvert, "describe": pickle.UnknownDescribe,
}

func loadWild(t testing.TB) []wildVector {
	t.Helper()
	data, err := os.ReadFile("../testdata/pickle/wild.json")
	if err != nil {
		t.Fatal(err)
	}
	var vs []wildVector
	if err := json.Unmarshal(data, &vs); err != nil {
		t.Fatal(err)
	}
	return vs
}

// want returns the expected value in the spelling of text.
func (v wildVector) want(t testing.TB) string {
	_, doc := v.expected(t)
	c := bson.NewCursor(doc)
	c.Next()
	s := canonical(t, c.Type(), c.Data())
	return s[len(`{"v":`) : len(s)-1]
}

// TestWild reads the pickles with the policy that they need, and with those that
// read more: they give the same value.
func TestWild(t *testing.T) {
	seen := map[string]int{}
	for _, v := range loadWild(t) {
		want := v.want(t)
		for p := policies[v.Unknown]; p <= pickle.UnknownDescribe; p++ {
			o := pickle.DecodeOptions{Unknown: p, LoadLocation: time.LoadLocation}
			if got := text(t, o, string(v.data(t))); got != want {
				t.Errorf("%s of %s, protocol %d, %s (-want +got):\n%s", v.Type, v.Writer, v.Protocol, v.Hex, cmp.Diff(want, got))
			}
		}
		kind, _, _ := strings.Cut(v.Type, " ")
		seen[kind]++
	}
	for _, kind := range []string{"pytz", "dateutil", "zoneinfo", "django", "mongoengine", "set", "frozenset", "deque", "date", "timedelta", "int",
		"defaultdict", "Counter", "exception", "old", "enum", "partial", "named", "slots"} {
		if seen[kind] == 0 {
			t.Errorf("there is no pickle of a %s", kind)
		}
	}
}

// TestWildRejected checks that a policy that reads less rejects the pickles.
func TestWildRejected(t *testing.T) {
	for _, v := range loadWild(t) {
		data := v.data(t)
		value, typ, err := pickle.DecodeOptions{LoadLocation: time.LoadLocation}.AppendBSONValue(nil, data)
		switch v.Unknown {
		case "convert":
			if !errors.Is(err, pickle.ErrNoType) && !errors.Is(err, pickle.ErrRange) {
				t.Errorf("%s of %s: %v %x, %v, want ErrNoType or ErrRange", v.Type, v.Writer, typ, value, err)
			}
		case "describe":
			for _, p := range []pickle.UnknownPolicy{pickle.UnknownError, pickle.UnknownConvert} {
				_, _, err := pickle.DecodeOptions{Unknown: p}.AppendBSONValue(nil, data)
				if !errors.Is(err, pickle.ErrName) && !errors.Is(err, pickle.ErrCall) && !errors.Is(err, pickle.ErrOpcode) && !errors.Is(err, pickle.ErrKey) {
					t.Errorf("%s of %s: %v", v.Type, v.Writer, err)
				}
			}
		}
		if strings.HasPrefix(v.Type, "zoneinfo") {
			if _, _, err := pickle.AppendBSONValue(nil, data); !errors.Is(err, pickle.ErrZone) {
				t.Errorf("%s of %s without LoadLocation: %v", v.Type, v.Writer, err)
			}
		}
	}
}

const (
	midnight = datetime + "C\x0a\x07\xe8\x07\x01\x00\x00\x00\x00\x00\x00" // 2024-07-01
	july     = `{"$date":{"$numberLong":"1719792000000"}}`
	utc2     = `{"$date":{"$numberLong":"1719784800000"}}` // the same in a zone of +02:00
	tzfile   = "cdateutil.tz.tz\ntzfile\nNN\x86R"
	hour1    = "cdateutil.tz.tz\n_ttinfo\n)\x81}(U\x06offsetM\x10\x0eU\x05deltacdatetime\ntimedelta\nK\x00M\x10\x0eK\x00\x87Rub"
	// From half an hour before midnight on, +01:00 in place of +02:00.
	autumn = tzfile + "}(U\x0b_trans_listK\x01J\x78\xee\x81\x66J\x00\x00\x00\x7f\x87U\x0a_trans_idx" + ttinfo + hour1 + hour1 +
		"\x87U\x0b_ttinfo_std" + hour1 + "U\x0e_ttinfo_before" + ttinfo + "ub"
	ttinfo = "cdateutil.tz.tz\n_ttinfo\n)\x81}(U\x06offsetM\x20\x1cU\x05deltacdatetime\ntimedelta\nK\x00M\x20\x1cK\x00\x87Rub"
)

// TestUnknown reads pickles in forms that no vector has.
func TestUnknown(t *testing.T) {
	const describe, convert = pickle.UnknownDescribe, pickle.UnknownConvert
	for _, tc := range []struct {
		name    string
		unknown pickle.UnknownPolicy
		data    string
		want    string
	}{
		{"a set of a list", convert, "\x8f(]\x90.", "error: key cannot be hashed in Python"},
		{"a set of a set", convert, "\x8f(\x8f\x90.", "error: key cannot be hashed in Python"},
		{"a set of a frozenset", convert, "\x8f((K\x05\x91\x90.", `[[{"$numberInt":"5"}]]`},
		{"a set of old of a list", convert, "c__builtin__\nset\n](]e\x85R.", "error: key cannot be hashed in Python"},
		{"a set of None", convert, "c__builtin__\nset\nN\x85R.", "error: call is not allowed"},
		{"a set of a tuple", convert, "c__builtin__\nset\nK\x05\x85\x85R.", "error: call is not allowed"},
		{"a set with a state", convert, "c__builtin__\nset\n)R}b.", "error: state is not allowed"},
		{"items added to a list", convert, "](N\x90.", "error: opcode does not fit the stack"},
		{"items appended to a set", convert, "\x8fNa.", "error: opcode does not fit the stack"},
		{"items added to a frozenset", convert, "(\x91(N\x90.", "error: opcode does not fit the stack"},
		{"a set in itself", convert, "\x8f\x94(h\x00\x85\x90.", "error: value changes after a reference to it"},
		{"a deque in itself", convert, "ccollections\ndeque\n)R\x94h\x00a.", "error: value changes after a reference to it"},
		{"a deque with items twice", convert, "ccollections\ndeque\n]Na\x85RNa.", "error: call is not allowed"},
		{"a deque of text", convert, "ccollections\ndeque\nU\x01a\x85R.", "error: call is not allowed"},
		{"a set as a key", convert, "}(\x8fNu.", "error: key cannot be hashed in Python"},
		{"a frozenset as a key", convert, "}((\x91Nu.", "[[[],null]]"},
		{"a defaultdict of a function", 0, "ccollections\ndefaultdict\nc_codecs\nencode\n\x85R.", "error: call is not allowed"},
		{"a defaultdict of a value", 0, "ccollections\ndefaultdict\nK\x05\x85R.", "error: call is not allowed"},
		{"a Counter of a list", 0, "ccollections\nCounter\n]\x85R.", "error: call is not allowed"},

		{"a date of 3 bytes", convert, "cdatetime\ndate\nC\x03\x07\xe8\x02\x85R.", "error: call is not allowed"},
		{"30 February", convert, "cdatetime\ndate\nC\x04\x07\xe8\x02\x1e\x85R.", "error: value is out of range"},
		{"a date with a fold", convert, "cdatetime\ndate\nC\x04\x07\xe8\x82\x1d\x85R.", "error: value is out of range"},
		{"the longest timedelta", convert, timedelta(104249, 85654, 740992) + ".", `{"$numberDouble":"9007199254.740992"}`},
		{"a longer timedelta", convert, timedelta(104249, 85654, 740993) + ".", "error: value is out of range"},
		{"microseconds beyond 64 bits", convert, timedelta(213_503_982, 0, 0) + ".", "error: value is out of range"},
		{"the longest of Python", convert, timedelta(999_999_999, 0, 0) + ".", "error: value is out of range"},
		{"a timedelta of a day of 25 hours", convert, timedelta(0, 90_000, 0) + ".", "error: value is out of range"},

		{"an integer of 4300 digits", convert, "L" + strings.Repeat("9", 4300) + "L\n.", `"` + strings.Repeat("9", 4300) + `"`},
		{"an integer of 4301 digits", convert, "L" + strings.Repeat("9", 4301) + "L\n.", "error: value is out of range"},
		{"a negative integer of 4300 digits", convert, "L-" + strings.Repeat("9", 4300) + "L\n.", `"-` + strings.Repeat("9", 4300) + `"`},
		{"an integer of 1786 bytes", convert, "\x8b\xfa\x06\x00\x00" + strings.Repeat("\x7f", 1786) + ".", "error: value is out of range"},
		{"an integer of 4302 digits", convert, "L" + strings.Repeat("9", 4302) + "L\n.", "error: malformed argument"},
		{"an integer without L", convert, "L" + strings.Repeat("9", 40) + "\n.", "error: malformed argument"},
		{"an integer of I and L", convert, "I" + strings.Repeat("9", 40) + "L\n.", "error: malformed argument"},
		{"an integer of I", convert, "I5L\n.", "error: malformed argument"},
		{"an integer with zeros", convert, "L" + strings.Repeat("0", 40) + "1L\n.", "error: malformed argument"},
		{"a negative integer", convert, "\x8b\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff.", `"-18446744073709551616"`},
		{"a small LONG4", convert, "\x8b\x01\x00\x00\x00\xff.", `{"$numberLong":"-1"}`},

		{"pytz with 3 arguments", 0, midnight + "cpytz\n_p\n(U\x03UTCK\x00K\x00tR\x86R.", "error: call is not allowed"},
		{"pytz with an offset of a day", 0, midnight + "cpytz\n_p\n(U\x01aJ\x80\x51\x01\x00K\x00U\x01atR\x86R.", "error: value is out of range"},
		{"pytz with minutes of a day", 0, midnight + "cpytz\nFixedOffset\nM\xa0\x05\x85R\x86R.", "error: value is out of range"},
		{"pytz of the local zone", 0, midnight + "cpytz\n_p\nU\x05Local\x85R\x86R.", "error: time zone is not known"},
		{"pytz of no name", 0, midnight + "cpytz\n_p\nU\x00\x85R\x86R.", "error: time zone is not known"},
		{"pytz of a file", 0, midnight + "cpytz\n_p\nU\x0d../../passwd\x00\x85R\x86R.", "error: time zone is not known"},
		{"pytz of a long name", 0, midnight + "cpytz\n_p\nU\x41" + strings.Repeat("a", 65) + "\x85R\x86R.", "error: call is not allowed"},
		{"a zone of Django", 0, midnight + "cdjango.utils.timezone\nUTC\n)R\x86R.", july},
		{"a FixedOffset of Django", 0, midnight + "cdjango.utils.timezone\nFixedOffset\n)R}(U\x14_FixedOffset__offset" + timedelta(0, 7200, 0) +
			"U\x12_FixedOffset__nameU\x01xub\x86R.", utc2},
		{"zoneinfo of backports", 0, midnight + "c__builtin__\ngetattr\ncbackports.zoneinfo\nZoneInfo\nU\x09_unpickle\x86RU\x0dEurope/BerlinK\x01\x86R\x86R.", utc2},
		{"another method of ZoneInfo", 0, "c__builtin__\ngetattr\nczoneinfo\nZoneInfo\nU\x09from_file\x86RU\x0dEurope/BerlinK\x01\x86R.", "error: call is not allowed"},
		{"ZoneInfo called", 0, "czoneinfo\nZoneInfo\nU\x0dEurope/Berlin\x85R.", "error: call is not allowed"},
		{"a zone as a value", 0, "cpytz\n_UTC\n)R.", "error: call is not allowed"},
		{"a tzlocal with daylight saving", 0, midnight + "cdateutil.tz.tz\ntzlocal\n)\x81}(U\x0b_std_offset" + timedelta(0, 3600, 0) + "U\x07_hasdst\x88ub\x86R.",
			"error: state is not allowed"},
		{"a tzlocal of Python 2", 0, midnight + "cdateutil.tz.tz\ntzlocal\n)\x81}(U\x0b_std_offset" + timedelta(0, 7200, 0) + "U\x07_hasdstI00\nub\x86R.", utc2},
		{"a tzlocal of Python 2 with daylight saving", 0,
			midnight + "cdateutil.tz.tz\ntzlocal\n)\x81}(U\x0b_std_offset" + timedelta(0, 7200, 0) + "U\x07_hasdstI01\nub\x86R.", "error: state is not allowed"},
		{"a tzfile of lists", 0, midnight + tzfile + "}(U\x0b_trans_list]U\x0a_trans_idx]U\x0b_ttinfo_std" + ttinfo + "U\x0e_ttinfo_beforeNub\x86R.",
			"error: state is not allowed"},
		{"a tzutc of another base", 0, "ccopy_reg\n_reconstructor\ncdateutil.tz.tz\ntzutc\ncdatetime\ntzinfo\nN\x87R.", "error: call is not allowed"},
		{"a tzfile without offsets", 0, midnight + tzfile + "}(U\x0b_trans_list)U\x0a_trans_idx)U\x0b_ttinfo_stdNU\x0e_ttinfo_beforeNub\x86R.", july},
		{"a tzfile of one offset", 0, midnight + tzfile + "}(U\x0b_trans_list)U\x0a_trans_idx)U\x0b_ttinfo_std" + ttinfo + "U\x0e_ttinfo_beforeNub\x86R.", utc2},
		{"the first of two times", 0, midnight + autumn + "\x86R.", utc2},
		{"the second of two times", 0, datetime + "C\x0a\x07\xe8\x87\x01\x00\x00\x00\x00\x00\x00" + autumn + "\x86R.",
			`{"$date":{"$numberLong":"1719788400000"}}`},
		{"a tzfile of two tables", 0, midnight + tzfile + "}(U\x0b_trans_listK\x01\x85U\x0a_trans_idx)U\x0b_ttinfo_std" + ttinfo + "U\x0e_ttinfo_beforeNub\x86R.",
			"error: state is not allowed"},
		{"a tzfile of text", 0, midnight + tzfile + "}(U\x0b_trans_listU\x01a\x85U\x0a_trans_idx" + ttinfo + "\x85U\x0b_ttinfo_std" + ttinfo + "U\x0e_ttinfo_beforeNub\x86R.",
			"error: state is not allowed"},
		{"a tzfile of a long table", 0, midnight + tzfile + "}(U\x0b_trans_list(" + strings.Repeat("K\x01", 1025) + "tU\x0a_trans_idx(" + strings.Repeat("N", 1025) +
			"tU\x0b_ttinfo_std" + ttinfo + "U\x0e_ttinfo_beforeNub\x86R.", "error: state is not allowed"},
		{"a tzfile without a state", 0, midnight + tzfile + "\x86R.", "error: state is not allowed"},

		{"a BaseDict with another state", 0, "cmongoengine.base.datastructures\nBaseDict\n)\x81}b.", "error: state is not allowed"},
		{"a BaseDict with another as state", 0, "cmongoengine.base.datastructures\nBaseDict\n)\x81cmongoengine.base.datastructures\nBaseDict\n)\x81b.",
			"error: state is not allowed"},
		{"a BaseList changed after its state", 0, "cmongoengine.base.datastructures\nBaseList\n)\x81\x94h\x00bNa.", "error: value changes after a reference to it"},
		{"a BaseList in itself", 0, "cmongoengine.base.datastructures\nBaseList\n)\x81\x94h\x00a.", "error: value changes after a reference to it"},

		{"a command", describe, "cos\nsystem\nU\x09echo hurt\x85R.", `{"$py":"os.system","args":["echo hurt"]}`},
		{"a name", describe, "cos\nsystem\n.", `{"$py":"os.system"}`},
		{"a name of protocol 4", describe, "\x8c\x02os\x8c\x06system\x93.", `{"$py":"os.system"}`},
		{"a long name", describe, "\x8c\x97" + strings.Repeat("m", 151) + "\x8c\x06system\x93)R.", `{"$py":"` + strings.Repeat("m", 151) + `.system","args":[]}`},
		{"a long name of protocol 0", describe, "c" + strings.Repeat("m", 151) + "\nsystem\n)R.", `{"$py":"` + strings.Repeat("m", 151) + `.system","args":[]}`},
		{"the longest module", describe, "X" + u32(1<<12) + strings.Repeat("m", 1<<12) + "\x8c\x01x\x93.", `{"$py":"` + strings.Repeat("m", 1<<12) + `.x"}`},
		{"a longer module", describe, "X" + u32(1<<12+1) + strings.Repeat("m", 1<<12+1) + "\x8c\x01x\x93.", "error: name is not allowed"},
		{"a longer name", describe, "\x8c\x01mX" + u32(1<<12+1) + strings.Repeat("x", 1<<12+1) + "\x93.", "error: name is not allowed"},
		{"an OrderedDict of a tuple", describe, "}U\x01accollections\nOrderedDict\n)\x85Rs.", "error: call is not allowed"},
		{"a name of bytes", describe, "c\xff\nsystem\n.", "error: invalid UTF-8"},
		{"a name of integers", describe, "K\x01K\x02\x93.", "error: name is not allowed"},
		{"a class of the list", describe, "cdatetime\ndatetime\n.", `{"$py":"datetime.datetime"}`},
		{"an old name", describe, "cpymongo.objectid\nObjectId\n.", `{"$py":"bson.objectid.ObjectId"}`},
		{"a call of a call", describe, "c__builtin__\ngetattr\n(ca\nB\nU\x01mtRK\x01\x85R.",
			`{"$py":{"$py":"builtins.getattr","args":[{"$py":"a.B"},"m"]},"args":[{"$numberInt":"1"}]}`},
		{"a value called", describe, "K\x01)R.", "error: call is not allowed"},
		{"a call without a tuple", describe, "ca\nB\nNR.", "error: call is not allowed"},
		{"INST", describe, "(K\x05ia\nB\n.", `{"$py":"a.B","args":[{"$numberInt":"5"}]}`},
		{"INST without arguments", describe, "(ia\nB\n(dS'x'\nNsb.", `{"$py":"a.B","state":{"x":null}}`},
		{"OBJ", describe, "(ca\nB\nK\x05o.", `{"$py":"a.B","args":[{"$numberInt":"5"}]}`},
		{"OBJ without arguments", describe, "(ca\nB\no}b.", `{"$py":"a.B","state":{}}`},
		{"OBJ without a class", describe, "(o.", "error: opcode does not fit the stack"},
		{"OBJ of a value", describe, "(K\x05o.", "error: call is not allowed"},
		{"INST without a mark", describe, "ia\nB\n.", "error: opcode does not fit the stack"},
		{"NEWOBJ_EX", describe, "ca\nB\n)}U\x01kNs\x92.", `{"$py":"a.B","args":[],"kwargs":{"k":null}}`},
		{"NEWOBJ_EX without names", describe, "ca\nB\n)}\x92.", `{"$py":"a.B","args":[]}`},
		{"NEWOBJ_EX of a list", describe, "ca\nB\n)]\x92.", "error: call is not allowed"},
		{"_reconstructor", describe, "ccopy_reg\n_reconstructor\nca\nB\nc__builtin__\nobject\nN\x87R.", `{"$py":"a.B"}`},
		{"_reconstructor of a dict", describe, "ccopy_reg\n_reconstructor\nca\nB\nc__builtin__\ndict\n}\x87R.", `{"$py":"a.B","args":[{}]}`},
		{"items and pairs", describe, "ca\nB\n)\x81NaU\x01kNs.", "error: opcode does not fit the stack"},
		{"pairs and items", describe, "ca\nB\n)\x81U\x01kNsNa.", "error: opcode does not fit the stack"},
		{"two states", describe, "ca\nB\n)\x81}b}b.", "error: state is not allowed"},
		{"items of a name", describe, "ca\nB\nNa.", "error: opcode does not fit the stack"},
		{"an object in its state", describe, "ca\nB\n)\x81\x94}U\x01ah\x00sb.", "error: value changes after a reference to it"},
		{"a persistent id", describe, "P1\n.", "error: opcode is not allowed"},
		{"an extension", describe, "\x82\x01.", "error: opcode is not allowed"},
		{"an object as a key", describe, "}(ca\nB\n)\x81}(U\x01a]ubNu.", `[[{"$py":"a.B","args":[],"state":{"a":[]}},null]]`},
		{"an object with a dictionary in a key", describe, "}U\x01a}(ca\nB\n)\x81}K\x01]sbNus.",
			`{"a":{"$py":"builtins.dict","args":[[[{"$py":"a.B","args":[],"state":{"$py":"builtins.dict","args":[[[{"$numberInt":"1"},[]]]]}},null]]]}}`},
		{"a dictionary with an unhashable key", describe, "}U\x01a}]Nss.", "error: key cannot be hashed in Python"},
		{"a BaseDict with other keys", describe, "}U\x01acmongoengine.base.datastructures\nBaseDict\n)\x81K\x01Nss.",
			`{"a":{"$py":"mongoengine.base.datastructures.BaseDict","args":[],"items":[[{"$numberInt":"1"},null]]}}`},
		{"a BaseDict of old with other keys", describe,
			"}U\x01accopy_reg\n_reconstructor\ncmongoengine.base.datastructures\nBaseDict\nc__builtin__\ndict\n}K\x01Ns\x87Rs.",
			`{"a":{"$py":"mongoengine.base.datastructures.BaseDict","args":[{"$py":"builtins.dict","args":[[[{"$numberInt":"1"},null]]]}]}}`},
		{"an OrderedDict with other keys", describe, "}U\x01accollections\nOrderedDict\n)RK\x01Nss.",
			`{"a":{"$py":"collections.OrderedDict","args":[],"items":[[{"$numberInt":"1"},null]]}}`},
		{"an OrderedDict of old with other keys", describe, "}U\x01accollections\nOrderedDict\n]](K\x01Nea\x85Rs.",
			`{"a":{"$py":"collections.OrderedDict","args":[[[{"$numberInt":"1"},null]]]}}`},
		{"a SON with other keys", describe, "}U\x01acbson.son\nSON\n)\x81K\x01Ns}U\x0a_SON__keys]K\x01asbs.",
			`{"a":{"$py":"bson.son.SON","args":[],"items":[[{"$numberInt":"1"},null]],"state":{"_SON__keys":[{"$numberInt":"1"}]}}}`},
		{"a datetime in another zone", describe, midnight + "ca\nZone\n)R\x86R.",
			`{"$py":"datetime.datetime","args":[{"$binary":{"base64":"B+gHAQAAAAAAAA==","subType":"00"}},{"$py":"a.Zone","args":[]}]}`},
		{"a known class in a wrong call", describe, "cdatetime\ntimedelta\nK\x01\x85R.", `{"$py":"datetime.timedelta","args":[{"$numberInt":"1"}]}`},
		{"a zone of zoneinfo", describe, "c__builtin__\ngetattr\nczoneinfo\nZoneInfo\nU\x09_unpickle\x86RU\x03UTCK\x01\x86R.",
			`{"$py":"zoneinfo.ZoneInfo._unpickle","args":["UTC",{"$numberInt":"1"}]}`},
	} {
		o := pickle.DecodeOptions{Unknown: tc.unknown, LoadLocation: time.LoadLocation}
		if got := text(t, o, tc.data); got != tc.want {
			t.Errorf("%s: %.200q (-want +got):\n%s", tc.name, tc.data, cmp.Diff(tc.want, got))
		}
		for n := range tc.data {
			if _, _, err := o.AppendBSONValue(nil, []byte(tc.data[:n])); err == nil {
				t.Errorf("%s: the first %d bytes have no error", tc.name, n)
			}
		}
	}
}

// TestDescribedLimits lowers the limits of depth and of nodes until values of all kinds
// do not fit: each time the limit is the fault.
func TestDescribedLimits(t *testing.T) {
	// The module and the name of STACK_GLOBAL may be as long as a longest name.
	for _, n := range []int{95, 96, 97, 4095, 4096, 4097} {
		for _, parts := range [][2]int{{n, 1}, {1, n}, {n, n}} {
			data := "X" + u32(uint32(parts[0])) + strings.Repeat("m", parts[0]) + "X" + u32(uint32(parts[1])) + strings.Repeat("n", parts[1]) + "\x93."
			_, _, err := pickle.DecodeOptions{Unknown: pickle.UnknownDescribe}.AppendBSONValue(nil, []byte(data))
			if n <= 4096 {
				if err != nil {
					t.Errorf("names of %d bytes: %v", parts, err)
				}
				continue
			}
			got, _ := faultOf(t, err)
			if want := (fault{int64(len(data) - 2), "STACK_GLOBAL", "not a name", pickle.ErrName}); got != want {
				t.Errorf("names of %d bytes: %+v, want %+v", parts, got, want)
			}
		}
	}
	for _, data := range []string{
		"cos\nsystem\nU\x04echo\x85R.", "(K\x05ia\nB\n.", "ca\nB\n)}U\x01kNs\x92.", "ccopy_reg\n_reconstructor\nca\nB\nc__builtin__\ndict\n}\x87R.",
		"\x8c\x01m\x8c\x01n\x93)\x81}U\x01a](K\x01K\x02esb.", "}U\x01a}K\x01Nss.", "}U\x01accollections\nOrderedDict\n)RK\x01Nss.", "\x8c\x01m\x8c\x01n\x93.",
		"ca\nB\n)\x81(NNe.", "ca\nB\n)\x81(U\x01aNu.", "}U\x01accopy_reg\n_reconstructor\ncmongoengine.base.datastructures\nBaseDict\nc__builtin__\ndict\n}K\x01Ns\x87Rs.",
		midnight + "ca\nZone\n)R\x86R.", "ca\nB\n)\x81}K\x01Nsb.",
	} {
		limits := map[string]func(n int) (pickle.DecodeOptions, error){
			"MaxDepth": func(n int) (pickle.DecodeOptions, error) { return pickle.DecodeOptions{MaxDepth: n}, bson.ErrDepth },
			"MaxNodes": func(n int) (pickle.DecodeOptions, error) { return pickle.DecodeOptions{MaxNodes: n}, pickle.ErrLimit },
		}
		for name, limit := range limits {
			for n := 1; ; n++ {
				o, want := limit(n)
				o.Unknown = pickle.UnknownDescribe
				_, _, err := o.AppendBSONValue(nil, []byte(data))
				if err == nil && n < 20 {
					break
				}
				if !errors.Is(err, want) {
					t.Errorf("%q with %s %d: %v, want %v", data, name, n, err, want)
					break
				}
			}
		}
	}
}

// A change is a row of the table of a tzfile: from a local time on, in seconds since
// 1970, an offset holds. delta, in seconds, is what dateutil makes of it.
type change struct{ at, offset, delta int64 }

// info returns the opcodes that make the _ttinfo of c.
func (c change) info() string {
	days, seconds := int32(0), int32(c.delta)
	if seconds < 0 {
		days, seconds = -1, seconds+86400
	}
	return "cdateutil.tz.tz\n_ttinfo\n)\x81}(U\x05delta" + timedelta(days, seconds, 0) + "U\x06offsetJ" + u32(uint32(c.offset)) + "ub"
}

// zoneOf returns the opcodes that make a tzfile.
func zoneOf(table []change, before, standard change) string {
	var times, infos strings.Builder
	for _, c := range table {
		times.WriteString("J" + u32(uint32(c.at)))
		infos.WriteString(c.info())
	}
	return tzfile + "}(U\x0b_trans_list(" + times.String() + "tU\x0a_trans_idx(" + infos.String() + "tU\x0b_ttinfo_std" + standard.info() +
		"U\x0e_ttinfo_before" + before.info() + "ub"
}

// deltaAt returns the delta of a tzfile at a local time, by looking at all changes. The
// last of them begins standard time.
func deltaAt(table []change, before, standard change, wall int64, fold bool) int64 {
	info := func(i int) change {
		switch {
		case i+1 >= len(table):
			return standard
		case i < 0:
			return before
		}
		return table[i]
	}
	last := -1
	for i, c := range table {
		if c.at <= wall {
			last = i
		}
	}
	if !fold && last > 0 && wall-table[last].at < info(last-1).offset-info(last).offset {
		last--
	}
	return info(last).delta
}

// TestTables compares the offsets of random tables, at and around each change, with
// those that a search through the whole table finds.
func TestTables(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 9))
	for round := range 60 {
		offset := func() change {
			c := change{offset: (r.Int64N(2*50) - 50) * 900}
			c.delta = c.offset + r.Int64N(2)*60
			return c
		}
		var table []change
		at, size, step := r.Int64N(1e8)-5e7, r.IntN(9)*r.IntN(9), int64(1e7)
		if round == 0 { // as long as a table can be
			size, step = 1024, 1e6
		}
		for range size {
			c := offset()
			at += 200_000 + r.Int64N(step)
			c.at = at
			table = append(table, c)
		}
		before, standard := offset(), offset()
		zone := zoneOf(table, before, standard)
		for i, c := range append(table, change{at: -1e8}, change{at: at + 1e6}) {
			if i%20 > 0 && i < len(table)-90 {
				continue // of a long table
			}
			for _, near := range []int64{-100_000, -1, 0, 1, 3599, 3600, 44_999, 45_000, 100_000} {
				for _, fold := range []bool{false, true} {
					wall := c.at + near
					fields := []byte(pythonFields(time.Unix(wall, 0).UTC()))
					if fold {
						fields[2] |= 0x80
					}
					value, _, err := pickle.AppendBSONValue(nil, []byte(datetime+"C\x0a"+string(fields)+zone+"\x86R."))
					if err != nil {
						t.Fatal(err)
					}
					got := wall - int64(binary.LittleEndian.Uint64(value))/1000
					if want := deltaAt(table, before, standard, wall, fold); got != want {
						t.Fatalf("%d, fold %t, in the zone %v, before %v, after %v: %d, want %d", wall, fold, table, before, standard, got, want)
					}
				}
			}
		}
	}
}

// TestTableFaults checks the parts of a tzfile that a datetime needs.
func TestTableFaults(t *testing.T) {
	const year = 365 * 86400
	good := change{offset: 7200, delta: 7200}.info()
	other := "cdateutil.tz.tz\ntzutc\n)\x81" // a class of dateutil without an offset
	for _, tc := range []struct {
		name                           string
		times, infos, before, standard string
		want                           error
	}{
		{"good", "J" + u32(year) + "K\x01", good + good, good, good, nil},
		{"the largest time", "K\x01\x8a\x06" + u64(1 << 40)[:6], good + good, good, good, nil},
		{"the smallest time", "K\x01\x8a\x06" + u64(1<<64 - 1<<40)[:6], good + good, good, good, nil},
		{"a larger time", "K\x01\x8a\x06" + u64(1<<40 + 1)[:6], good + good, good, good, pickle.ErrState},
		{"a smaller time", "K\x01\x8a\x06" + u64(1<<64 - 1<<40 - 1)[:6], good + good, good, good, pickle.ErrState},
		{"a time of 72 bits", "K\x01\x8a\x09" + u64(0) + "\x01", good + good, good, good, pickle.ErrState},
		{"a time of text", "K\x01U\x010", good + good, good, good, pickle.ErrState},
		{"a time of a double", "K\x01G" + u64(0), good + good, good, good, pickle.ErrState},
		{"an info of another class", "K\x01J" + u32(0x7FFFFFFF), other + good, good, good, pickle.ErrState},
		{"an info of an integer", "K\x01J" + u32(0x7FFFFFFF), "K\x01" + good, good, good, pickle.ErrState},
		{"an info of None", "K\x01J" + u32(0x7FFFFFFF), "N" + good, good, good, pickle.ErrState},
		{"an info that does not count", "K\x01K\x02", "NN", "N", good, pickle.ErrState}, // for the offset before the change
		{"an info before that does not count", "K\x01K\x02", good + good, "N", good, nil},
		{"a standard info of another class", "K\x01K\x02", good + good, good, other, pickle.ErrState},
	} {
		zone := tzfile + "}(U\x0b_trans_list(" + tc.times + "tU\x0a_trans_idx(" + tc.infos + "tU\x0b_ttinfo_std" + tc.standard + "U\x0e_ttinfo_before" + tc.before + "ub"
		_, _, err := pickle.AppendBSONValue(nil, []byte(midnight+zone+"\x86R."))
		if !errors.Is(err, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
}

// TestLoadLocation checks which names the function gets, and that a Decoder calls
// it once for each.
func TestLoadLocation(t *testing.T) {
	zone := func(name string) string {
		return midnight + "cpytz\n_p\nU" + string(rune(len(name))) + name + "\x85R\x86R."
	}
	var names []string
	o := pickle.DecodeOptions{LoadLocation: func(name string) (*time.Location, error) {
		names = append(names, name)
		if name == "C" {
			return nil, errors.New("no such zone")
		}
		return time.FixedZone(name, 7200), nil
	}}
	d := o.NewDecoder(strings.NewReader(zone("A") + zone("B") + zone("A") + zone("Local") + zone("C") + zone("") + zone("B")))
	n := 0
	for {
		for d.Next() {
			n++
		}
		if d.Err() == nil || !errors.Is(d.Err(), pickle.ErrZone) || !d.Resync(nil) {
			break
		}
	}
	if diff := cmp.Diff([]string{"A", "B", "C"}, names); diff != "" || n != 4 || d.Err() != nil {
		t.Errorf("%d values, %v, names (-want +got):\n%s", n, d.Err(), diff)
	}
}
