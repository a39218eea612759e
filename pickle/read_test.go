package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

// text returns the value in data as canonical Extended JSON.
func text(t *testing.T, o pickle.DecodeOptions, data string) string {
	t.Helper()
	value, typ, err := o.AppendBSONValue(nil, []byte(data))
	if err != nil {
		return "error: " + errors.Unwrap(err).Error()
	}
	s := canonical(t, typ, value)
	return s[len(`{"v":`) : len(s)-1]
}

// TestObjectIDForms reads every form in which a Python wrote an ObjectId, and the
// forms that only other writers make.
func TestObjectIDForms(t *testing.T) {
	id := string(example[:])
	const repr = `'P\x7f\x1fw\xbc\xf8l\xd7\x99C\x90\x11'`
	const latin1 = "P\x7f\x1fw\xc2\xbc\xc3\xb8l\xc3\x97\xc2\x99C\xc2\x90\x11"
	rebuilt := "ccopy_reg\n_reconstructor\n(cbson.objectid\nObjectId\nc__builtin__\nobject\nNtR"
	for name, data := range map[string]string{
		"R-str, cPickle": "ccopy_reg\n_reconstructor\np1\n(cbson.objectid\nObjectId\np2\nc__builtin__\nobject\np3\nNtp4\nRp5\nS" + repr + "\np6\nb.",
		"R-str, binary":  rebuilt + "U\x0c" + id + "b.",
		"R-dict, pymongo 1.8, protocol 0": "ccopy_reg\n_reconstructor\n(cpymongo.objectid\nObjectId\nc__builtin__\nobject\nNtR(dS'_ObjectId__id'\nS" +
			repr + "\nsb.",
		"R-dict, protocol 1":  rebuilt + "}U\x0d_ObjectId__idU\x0c" + id + "sb.",
		"N-str":               "\x80\x02" + newID + "U\x0c" + id + "b.",
		"N-dict, pymongo 1.8": "\x80\x02cpymongo.objectid\nObjectId\n)\x81}U\x0d_ObjectId__idU\x0c" + id + "sb.",
		"N-dict, in batches":  "\x80\x02" + newID + "}(U\x0d_ObjectId__idU\x0c" + id + "ub.",
		"N-dict, text key":    "\x80\x02" + newID + "}X\x0d\x00\x00\x00_ObjectId__idU\x0c" + id + "sb.",
		"N-tuple":             "\x80\x02" + newID + "N}U\x0d_ObjectId__idU\x0c" + id + "s\x86b.",
		"R-enc, copyreg": "ccopyreg\n_reconstructor\n(cbson.objectid\nObjectId\ncbuiltins\nobject\nNtRc_codecs\nencode\n(V" +
			id + "\nVlatin1\ntRb.",
		"N-enc":              "\x80\x02" + newID + "c_codecs\nencode\nX\x11\x00\x00\x00" + latin1 + "X\x06\x00\x00\x00latin1\x86Rb.",
		"N-bytes":            "\x80\x03" + newID + "C\x0c" + id + "b.",
		"N-bytes, BINBYTES":  "\x80\x03" + newID + "B\x0c\x00\x00\x00" + id + "b.",
		"N-bytes, BINSTRING": "\x80\x02" + newID + "T\x0c\x00\x00\x00" + id + "b.",
		"S-bytes, no frame":  "\x80\x04\x8c\x0dbson.objectid\x8c\x08ObjectId\x93)\x81C\x0c" + id + "b.",
		"text state":         "\x80\x02" + newID + "X\x11\x00\x00\x00" + latin1 + "b.",
		"text state, p0":     newID + "VP\\u007f\\u001fw\xbc\xf8l\xd7\x99C\x90\\u0011\nb.",
		"binary, no PROTO":   newID + "C\x0c" + id + "b.",
		"PUT numbers":        "cbson.objectid\nObjectId\np4000000000\n)\x81q\x05U\x0c" + id + "b.",
	} {
		got, err := pickle.UnmarshalObjectID([]byte(data))
		if err != nil || got != example {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		for _, e := range []pickle.Encoding{pickle.ByContent, pickle.Latin1, pickle.Bytes} {
			if got, err := (pickle.DecodeOptions{Encoding: e}).UnmarshalObjectID([]byte(data)); err != nil || got != example {
				t.Errorf("%s, encoding %d: %v, %v", name, e, got, err)
			}
		}
	}
}

func TestUnmarshalObjectIDRefuses(t *testing.T) {
	for data, want := range map[string]error{
		"N.": pickle.ErrNotObjectID, "]": pickle.ErrTruncated, "": pickle.ErrTruncated, "}.": pickle.ErrNotObjectID,
		"X\x18\x00\x00\x00507f1f77bcf86cd799439011.": pickle.ErrNotObjectID,
		"C\x0c" + string(example[:]) + ".":           pickle.ErrNotObjectID,
	} {
		if id, err := pickle.UnmarshalObjectID([]byte(data)); !errors.Is(err, want) || id != (objectid.ID{}) {
			t.Errorf("%q: %v, %v, want %v", data, id, err, want)
		}
	}
	// An ObjectId has 12 bytes.
	const text = "abcdefghijklmnopqrstuvwxyz"
	for _, p := range protocols {
		data, err := pickle.EncodeOptions{Protocol: p}.MarshalObjectID(objectid.ID([]byte(text[:12])))
		if err != nil {
			t.Fatal(err)
		}
		head, tail, _ := strings.Cut(string(data), text[:12])
		for n := range len(text) + 1 {
			length := strings.NewReplacer("X"+u32(12), "X"+u32(uint32(n)), "C\x0c", "C"+string(byte(n)), "\x95"+u64(49), "\x95"+u64(uint64(37+n)))
			other := length.Replace(head) + text[:n] + tail
			id, err := pickle.UnmarshalObjectID([]byte(other))
			if n == 12 && (err != nil || string(id[:]) != text[:12]) || n != 12 && !errors.Is(err, pickle.ErrState) {
				t.Errorf("%q: %v, %v, want ErrState unless there are 12 bytes", other, id, err)
			}
		}
	}
	// A template with a changed byte is another ObjectId or an error.
	for _, p := range protocols {
		data, err := pickle.EncodeOptions{Protocol: p}.MarshalObjectID(example)
		if err != nil {
			t.Fatal(err)
		}
		for i := range data {
			for _, c := range []byte{0, 1, '\n', '.', 'b', 0x7f, 0x80, 0xc2, 0xff} {
				changed := bytes.Clone(data)
				changed[i] = c
				id, err := pickle.UnmarshalObjectID(changed)
				value, typ, verr := pickle.AppendBSONValue(nil, changed)
				if (err == nil) != (verr == nil && typ == bson.TypeObjectID) || err == nil && !bytes.Equal(id[:], value) {
					t.Errorf("%q: UnmarshalObjectID: %v, %v, AppendBSONValue: %x, %v, %v", changed, id, err, value, typ, verr)
				}
			}
			if _, err := pickle.UnmarshalObjectID(data[:i]); !errors.Is(err, pickle.ErrTruncated) || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%q: %v, want ErrTruncated", data[:i], err)
			}
		}
	}
}

func TestEncoding(t *testing.T) {
	const (
		ascii  = "U\x03abc."
		utf8   = "U\x03r\xc3\xa9."
		binary = "U\x02\xff\x00."
		utf8P0 = `S'r\xc3\xa9'` + "\n."
		key    = "}U\x03r\xc3\xa9Ns."
		badKey = "}U\x01\xffNs."
		id     = newID + "U\x0cP\x7f\x1fw\xbc\xf8l\xd7\x99C\x90\x11b."
		oid    = `{"$oid":"507f1f77bcf86cd799439011"}`
		bad    = "error: str is not in the encoding"
	)
	for _, tc := range []struct {
		e    pickle.Encoding
		data string
		want string
	}{
		{pickle.ByContent, ascii, `"abc"`},
		{pickle.ByContent, utf8, `"ré"`},
		{pickle.ByContent, utf8P0, `"ré"`},
		{pickle.ByContent, binary, `{"$binary":{"base64":"/wA=","subType":"00"}}`},
		{pickle.ByContent, key, `{"ré":null}`},
		{pickle.ByContent, badKey, "error: invalid UTF-8"},
		{pickle.ByContent, id, oid},
		{pickle.ASCII, ascii, `"abc"`},
		{pickle.ASCII, "U\x02~\x7f.", "\"~\x7f\""},
		{pickle.ASCII, "U\x02~\x80.", bad},
		{pickle.ASCII, utf8, bad},
		{pickle.ASCII, utf8P0, bad},
		{pickle.ASCII, key, bad},
		{pickle.ASCII, id, bad},
		{pickle.UTF8, ascii, `"abc"`},
		{pickle.UTF8, utf8, `"ré"`},
		{pickle.UTF8, binary, bad},
		{pickle.UTF8, key, `{"ré":null}`},
		{pickle.UTF8, id, bad},
		{pickle.Latin1, ascii, `"abc"`},
		{pickle.Latin1, utf8, `"rÃ©"`},
		{pickle.Latin1, utf8P0, `"rÃ©"`},
		{pickle.Latin1, binary, `"ÿ\u0000"`},
		{pickle.Latin1, key, `{"rÃ©":null}`},
		{pickle.Latin1, badKey, `{"ÿ":null}`},
		{pickle.Latin1, id, oid},
		{pickle.Bytes, ascii, `{"$binary":{"base64":"YWJj","subType":"00"}}`},
		{pickle.Bytes, utf8, `{"$binary":{"base64":"csOp","subType":"00"}}`},
		{pickle.Bytes, utf8P0, `{"$binary":{"base64":"csOp","subType":"00"}}`},
		{pickle.Bytes, key, `{"ré":null}`},
		{pickle.Bytes, badKey, "error: invalid UTF-8"},
		{pickle.Bytes, id, oid},
	} {
		if diff := cmp.Diff(tc.want, text(t, pickle.DecodeOptions{Encoding: tc.e}, tc.data)); diff != "" {
			t.Errorf("encoding %d, %q (-want +got):\n%s", tc.e, tc.data, diff)
		}
	}
}

// TestValues reads forms that the vectors do not have.
func TestValues(t *testing.T) {
	for data, want := range map[string]string{
		"L5L\n.":        `{"$numberLong":"5"}`,
		"\x8a\x00.":     `{"$numberLong":"0"}`,
		"\x8a\x01\xff.": `{"$numberLong":"-1"}`,
		"\x8a\x11\x00\x00\x00\x00\x00\x00\x00\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff.": `{"$numberLong":"-9223372036854775808"}`,
		"I2147483648\n.":          `{"$numberLong":"2147483648"}`,
		"I-2147483648\n.":         `{"$numberInt":"-2147483648"}`,
		"I9223372036854775808\n.": "error: value is out of range",
		"F-0\n.":                  `{"$numberDouble":"-0.0"}`,
		"F1e-05\n.":               `{"$numberDouble":"1.0E-05"}`,
		"F-inf\n.":                `{"$numberDouble":"-Infinity"}`,
		"V\\U0001f600\n.":         `"😀"`,
		"V\\U0010ffff\n.":         "\"\U0010ffff\"",
		`S"it's"` + "\n.":         `"it's"`,
		`S'\'"'` + "\n.":          `"'\""`,
		// Flags as values of RegexFlag, of integers, and by name: CPython 3.11.2 writes a bit that no flag has as an integer.
		flags("K\x0a"): regex("im"), flags(flag + "K\x0a\x85R"): regex("im"), flags(getattr + flag + "U\x06NOFLAG\x86R"): regex(""),
		flags(or + getattr + flag + "U\x07VERBOSE\x86RK\x02\x86R"):               regex("ix"),
		flags(or + flag + "K\x08\x85R" + flag + "K\x02\x85R\x86R"):               regex("im"),
		flags(strings.Repeat(or, 9) + "K\x02" + strings.Repeat("K\x08\x86R", 9)): regex("im"),
		flags(getattr + flag + "U\x05DEBUG\x86R"):                                "error: value is out of range",
		flags(getattr + flag + "U\x05ASCII\x86R"):                                "error: value is out of range",
		flags(getattr + flag + "U\x08TEMPLATE\x86R"):                             "error: value is out of range",
		// Keys that are not text but that Python can hash.
		"})Ns.": "[[[],null]]", "}K\x01N\x86\x85]s.": `[[[[{"$numberInt":"1"},null]],[]]]`,
		"}C\x01aNs.": `[[{"$binary":{"base64":"YQ==","subType":"00"}},null]]`,
		"}cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__id)ubNs.": `[[{"$ref":"c","$id":[]},null]]`,
		"}(K\x01]K\x02}u.": `[[{"$numberInt":"1"},[]],[{"$numberInt":"2"},{}]]`,
		// A dictionary with keys that are not text.
		"}K\x01Ns.":        `[[{"$numberInt":"1"},null]]`,
		"}(K\x01Nh\x00Nu.": "error: no such memo entry",
		"](}K\x01Nse.":     `[[[{"$numberInt":"1"},null]]]`,
		"}(K\x01NK\x01Nu.": "error: duplicate key",
		"}(U\x01aNNNu.":    `[["a",null],[null,null]]`,
		// bson.tz_util.utc by name, and a FixedOffset without arguments.
		datetime + "C\x0a\x07\xb2\x01\x01\x01\x00\x00\x00\x03\xe8cbson.tz_util\nutc\n\x86R.": `{"$date":{"$numberLong":"3600001"}}`,
		datetime + "C\x0a\x07\xb2\x01\x01\x00\x00\x00\x00\x00\x00cpymongo.tz_util\nFixedOffset\n)R}(U\x14_FixedOffset__offsetcdatetime\ntimedelta\n" +
			"K\x00M\x10\x0eK\x00\x87RU\x12_FixedOffset__nameU\x01xub\x86R.": `{"$date":{"$numberLong":"-3600000"}}`,
		// Before 1970 milliseconds are rounded down.
		datetime + "C\x0a\x07\xb1\x0c\x1f\x17\x3b\x3b\x0f\x42\x3f\x85R.": `{"$date":{"$numberLong":"-1"}}`,
		datetime + "C\x0a\x07\xb1\x0c\x1f\x17\x3b\x3b\x0f\x3e\x57\x85R.": `{"$date":{"$numberLong":"-2"}}`,
		datetime + "C\x0a\x07\xd0\x02\x1d\x00\x00\x00\x00\x00\x00\x85R.": `{"$date":{"$numberLong":"951782400000"}}`,
		datetime + "C\x0a\x07\x6c\x02\x1d\x00\x00\x00\x00\x00\x00\x85R.": "error: value is out of range",
		// OrderedDict of Python 2, made from lists with separate APPENDs.
		"ccollections\nOrderedDict\n((lp0\n(lp1\nS'z'\naI1\naa(lp2\nS'a'\naI2\naatR.": `{"z":{"$numberInt":"1"},"a":{"$numberInt":"2"}}`,
		"ccollections\nOrderedDict\n(lp0\nI1\na\x85R.":                                "error: call is not allowed",
		// A SON whose items have another order than its keys, and a shared SON.
		newSON + "(U\x01aK\x01U\x01bK\x02u}U\x0a_SON__keys](U\x01bU\x01aesb.":           `{"b":{"$numberInt":"2"},"a":{"$numberInt":"1"}}`,
		"](" + newSON + "q\x00U\x01aq\x01K\x01s}U\x0a_SON__keys]h\x01asbh\x00e.":        `[{"a":{"$numberInt":"1"}},{"a":{"$numberInt":"1"}}]`,
		"c__builtin__\nbytearray\n)R.":                                                  `{"$binary":{"base64":"","subType":"00"}}`,
		"cbuiltins\nbytearray\nX\x02\x00\x00\x00\xc3\xbfX\x07\x00\x00\x00latin-1\x86R.": `{"$binary":{"base64":"/w==","subType":"00"}}`,
	} {
		if diff := cmp.Diff(want, text(t, pickle.DecodeOptions{}, data)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", data, diff)
		}
	}
}

// regex returns the text of a value of flags.
func regex(options string) string {
	return `{"$regularExpression":{"pattern":"a","options":"` + options + `"}}`
}

// TestLongText checks the type of an integer spelled with an L. In protocols 0 and
// 1 it is a long of Python 2 or an int of Python 3.6.
func TestLongText(t *testing.T) {
	for _, tc := range []struct {
		o    pickle.LongText
		data string
		want string
	}{
		{pickle.LongInt64, "L5L\n.", `{"$numberLong":"5"}`},
		{pickle.LongSmallest, "L5L\n.", `{"$numberInt":"5"}`},
		{pickle.LongSmallest, "L-2147483648L\n.", `{"$numberInt":"-2147483648"}`},
		{pickle.LongSmallest, "L2147483648L\n.", `{"$numberLong":"2147483648"}`},
		{pickle.LongSmallest, "L9223372036854775808L\n.", "error: value is out of range"},
		// From protocol 2 on only a long of Python 2 is a small LONG1.
		{pickle.LongSmallest, "\x80\x02\x8a\x01\x05.", `{"$numberLong":"5"}`},
		{pickle.LongSmallest, "cbson.int64\nInt64\nL5L\n\x85\x81.", `{"$numberLong":"5"}`},
	} {
		if diff := cmp.Diff(tc.want, text(t, pickle.DecodeOptions{LongText: tc.o}, tc.data)); diff != "" {
			t.Errorf("LongText %d, %q (-want +got):\n%s", tc.o, tc.data, diff)
		}
	}
}

// TestRawBSONDocument checks that the bytes of a RawBSONDocument are validated.
func TestRawBSONDocument(t *testing.T) {
	raw := func(b string) string {
		return "cbson.raw_bson\nRawBSONDocument\n)\x81N}X\x15\x00\x00\x00_RawBSONDocument__rawB" + u32(uint32(len(b))) + b + "s\x86b"
	}
	const good = "\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00"
	if diff := cmp.Diff(`[{"a":{"$numberInt":"1"}}]`, text(t, pickle.DecodeOptions{}, "]"+raw(good)+"a.")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// CPython 3.11.2 writes an option that is an enumeration in this form.
	options := "cbson.raw_bson\nRawBSONDocument\n)\x81N}(X\x15\x00\x00\x00_RawBSONDocument__rawB" + u32(uint32(len(good))) + good +
		"U\x1f_RawBSONDocument__codec_optionscbson.codec_options\nCodecOptions\n(NNNN" + getattr +
		"cbson.codec_options\nDatetimeConversion\nU\x08DATETIME\x86Rt\x81u\x86b."
	if diff := cmp.Diff(`{"a":{"$numberInt":"1"}}`, text(t, pickle.DecodeOptions{}, options)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(`{"a":{"$numberInt":"1"}}`, text(t, pickle.DecodeOptions{MaxDepth: 1}, raw(good)+".")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for data, want := range map[string]error{
		raw("") + ".":        bson.ErrTruncated,
		raw(good[:10]) + ".": bson.ErrTruncated,
		raw(good+"x") + ".":  bson.ErrTrailing,
		raw("\x0b\x00\x00\x00\x10\xff\x00\x01\x00\x00\x00") + ".": bson.ErrLength,
		raw("\x08\x00\x00\x00\x0a\xff\x00\x00") + ".":             bson.ErrUTF8,
		"cbson.raw_bson\nRawBSONDocument\n)\x81N}s\x86b.":         pickle.ErrStack,
		"cbson.raw_bson\nRawBSONDocument\n)\x81N}\x86b.":          pickle.ErrState,
		"cbson.raw_bson\nRawBSONDocument\n)\x81.":                 pickle.ErrState,
	} {
		if _, err := pickle.AppendBSON(nil, []byte(data)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", data, err, want)
		}
	}
	for depth := 1; depth <= 3; depth++ {
		data := strings.Repeat("]", depth) + raw(good) + strings.Repeat("a", depth) + "."
		_, _, err := pickle.DecodeOptions{MaxDepth: 2}.AppendBSONValue(nil, []byte(data))
		if (depth > 1) != errors.Is(err, bson.ErrDepth) {
			t.Errorf("in %d lists: %v", depth, err)
		}
	}
}

func TestAppendBSONOfNoDocument(t *testing.T) {
	dst := []byte("before")
	for data, want := range map[string]error{
		"].": pickle.ErrNotDocument, "N.": pickle.ErrNotDocument, "}K\x01Ns.": pickle.ErrKey,
		"}U\x01a}K\x01Nss.": pickle.ErrKey, "}.}.": pickle.ErrTrailing,
	} {
		got, err := pickle.AppendBSON(dst, []byte(data))
		if !errors.Is(err, want) || string(got) != "before" {
			t.Errorf("%q: %q, %v, want %v", data, got, err, want)
		}
	}
	got, err := pickle.AppendBSON(dst, []byte("}."))
	if err != nil || string(got) != "before\x05\x00\x00\x00\x00" {
		t.Errorf("AppendBSON: %q, %v", got, err)
	}
}

// TestPointer checks that the pointer of a fault in a value leads to the value, and
// that of a fault in a key to its dictionary.
func TestPointer(t *testing.T) {
	bad := newID + "U\x01xb" // an ObjectId with one byte
	const (
		dbref  = "cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__id"
		binary = "cbson.binary\nBinary\n(U\x01xI999\nt\x81}U\x10_Binary__subtypeK\x05sb" // two subtypes
	)
	for _, tc := range []struct{ name, data, want string }{
		{"value", "}U\x01a](K\x01}U\x02b/" + bad + "ses.", "/a/1/b~1"},
		{"key", "}U\x01a}K\x01Nss.", "/a"},
		{"key before a value", "}U\x01a}K\x01](K\x01" + bad + "ess.", "/a"},
		{"class", "}U\x01acbson.son\nSON\ns.", "/a"},
		{"keys of a SON", "}U\x01a" + newSON + "(U\x01aNU\x01bNu}U\x0a_SON__keys](U\x01aU\x01cesbs.", "/a"},
		{"id of a DBRef", "}U\x01a" + dbref + bad + "ubs.", "/a/$id"},
		{"field of a DBRef", "}U\x01a" + dbref + "NU\x0e_DBRef__kwargs}U\x01k" + bad + "subs.", "/a/k"},
		{"argument of a Binary", "}U\x01a" + binary + "s.", "/a"},
		{"str", "}U\x01aU\x01\xffs.", "/a"},
		{"str as a key", "}U\x01a}U\x01\xffNss.", "/a"},
		{"key of an OrderedDict", "}U\x01accollections\nOrderedDict\n]](K\x01](K\x01" + bad + "eea\x85Rs.", "/a"},
	} {
		var v *pickle.ValueError
		_, err := pickle.DecodeOptions{Encoding: pickle.ASCII}.AppendBSON(nil, []byte(tc.data))
		if !errors.As(err, &v) || v.Pointer != tc.want {
			t.Errorf("%s: error %v, want an error with pointer %q", tc.name, err, tc.want)
		}
	}
}

// TestLongPointer: an error has no pointer if the keys on the path to the fault
// have more than 64 KiB, in the first pickle of a stream and in others.
func TestLongPointer(t *testing.T) {
	for _, tc := range []struct {
		n    int
		want int // length of the pointer in bytes
	}{{64 << 10, 64<<10 + 1}, {64<<10 + 1, 0}} {
		data := "}X" + u32(uint32(tc.n)) + strings.Repeat("k", tc.n) + newID + "U\x01xbs."
		d := pickle.NewDecoder(strings.NewReader("}." + data))
		for range 2 {
			if !d.Next() {
				break
			}
		}
		_, _, whole := pickle.DecodeOptions{}.AppendBSONValue(nil, []byte(data))
		for name, err := range map[string]error{"whole": whole, "stream": d.Err()} {
			var v *pickle.ValueError
			if !errors.As(err, &v) || len(v.Pointer) != tc.want {
				t.Errorf("%s, key of %d bytes: pointer of %d bytes, want %d", name, tc.n, len(v.Pointer), tc.want)
			}
		}
	}
}

func TestDecoder(t *testing.T) {
	var stream []byte
	var want []string
	for _, p := range protocols {
		for _, v := range []string{`{"$oid":"507f1f77bcf86cd799439011"}`, `{"a":"text","b":[{"$numberInt":"1"},null]}`, `"x"`} {
			e := v
			value, _ := vector{Expected: &e}.expected(t)
			data, err := encodeValue(t, p, value)
			if err != nil {
				t.Fatal(err)
			}
			stream = append(stream, data...)
			want = append(want, value)
		}
	}
	for name, r := range map[string]io.Reader{
		"whole":          bytes.NewReader(stream),
		"byte by byte":   iotest.OneByteReader(bytes.NewReader(stream)),
		"halves":         iotest.HalfReader(bytes.NewReader(stream)),
		"end with bytes": iotest.DataErrReader(bytes.NewReader(stream)),
	} {
		var got []string
		var pickles []byte
		d := pickle.NewDecoder(r)
		if d.Pickle() != nil {
			t.Errorf("%s: Pickle is not nil before the first Next", name)
		}
		for d.Next() {
			pickles = append(pickles, d.Pickle()...)
			if (d.Type() == bson.TypeDocument) != (d.Raw() != nil) {
				t.Errorf("%s: Raw is %x for a %v", name, d.Raw(), d.Type())
			}
			got = append(got, canonical(t, d.Type(), d.Value()))
		}
		if d.Err() != nil {
			t.Errorf("%s: %v", name, d.Err())
		}
		if !bytes.Equal(pickles, stream) || d.Pickle() != nil {
			t.Errorf("%s: the pickles together differ from the stream", name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// encodeValue writes the value v of canonical text {"v": …}.
func encodeValue(t *testing.T, p pickle.Protocol, doc string) ([]byte, error) {
	t.Helper()
	inner := doc[len(`{"v":`) : len(doc)-1]
	_, b := vector{Expected: &inner}.expected(t)
	c := bson.NewCursor(b)
	c.Next()
	return pickle.EncodeOptions{Protocol: p}.AppendPickleValue(nil, c.Type(), c.Data())
}

func TestDecoderFaults(t *testing.T) {
	long := "N.]q\x00."
	for _, tc := range []struct {
		name   string
		o      pickle.DecodeOptions
		data   string
		values int
		want   error
		offset int64
	}{
		{"empty", pickle.DecodeOptions{}, "", 0, nil, 0},
		{"line feeds", pickle.DecodeOptions{}, "\n" + long + "\n" + long + "\r\n\n", 4, nil, 0},
		{"a line feed in a pickle", pickle.DecodeOptions{}, long + "\n]\n.", 2, pickle.ErrOpcode, 8},
		{"truncated", pickle.DecodeOptions{}, long + "]q", 2, pickle.ErrTruncated, 8},
		{"no pickle", pickle.DecodeOptions{}, long + "xyz", 2, pickle.ErrOpcode, 6},
		{"a name", pickle.DecodeOptions{}, long + "Ncos\nsystem\n.", 2, pickle.ErrName, 7},
		{"a name far on", pickle.DecodeOptions{}, strings.Repeat(long, 50_000) + "Ncos\nsystem\n.", 100_000, pickle.ErrName, 300_001},
		{"memo of another", pickle.DecodeOptions{}, long + "h\x00.", 2, pickle.ErrMemo, 6},
		{"too long", pickle.DecodeOptions{MaxPickleSize: 10}, long + "U\x08abcdefgh.", 2, bson.ErrTooLarge, -1},
		{"too long by far", pickle.DecodeOptions{MaxPickleSize: 1 << 10}, long + "V" + strings.Repeat("x", 1<<20) + "\n.", 2, bson.ErrTooLarge, 6},
	} {
		for _, r := range []io.Reader{strings.NewReader(tc.data), iotest.OneByteReader(strings.NewReader(tc.data))} {
			d := tc.o.NewDecoder(r)
			n := 0
			for d.Next() {
				n++
			}
			if n != tc.values || !errors.Is(d.Err(), tc.want) || (tc.want == nil) != (d.Err() == nil) {
				t.Errorf("%s: %d values, %v, want %d, %v", tc.name, n, d.Err(), tc.values, tc.want)
				continue
			}
			if d.Next() || d.Type() != 0 || d.Value() != nil {
				t.Errorf("%s: Next returns true after a fault", tc.name)
			}
			if tc.want != nil && tc.offset >= 0 {
				if f, _ := faultOf(t, d.Err()); f.Offset != tc.offset {
					t.Errorf("%s: offset %d, want %d", tc.name, f.Offset, tc.offset)
				}
			}
		}
	}
	for size, data := range map[int]string{2: "N.", 11: "U\x08abcdefgh.", 1 << 16: "B" + u32(1<<16-6) + strings.Repeat("x", 1<<16-6) + "."} {
		for _, wrap := range []func(io.Reader) io.Reader{iotest.DataErrReader, iotest.OneByteReader} {
			d := pickle.DecodeOptions{MaxPickleSize: size}.NewDecoder(wrap(strings.NewReader(data + data)))
			n := 0
			for d.Next() {
				n++
			}
			if n != 2 || d.Offset() != int64(size) || d.Err() != nil {
				t.Errorf("%d bytes at the limit: %d pickles, %v", size, n, d.Err())
			}
			d = pickle.DecodeOptions{MaxPickleSize: size - 1}.NewDecoder(wrap(strings.NewReader(data + data)))
			if d.Next() || !errors.Is(d.Err(), bson.ErrTooLarge) {
				t.Errorf("%d bytes over the limit: %v", size, d.Err())
			}
		}
		d := pickle.DecodeOptions{MaxPickleSize: size - 1}.NewDecoder(strings.NewReader(data + data))
		if d.Next() || d.Err() == nil {
			t.Fatal("over the limit")
		}
		if f, _ := faultOf(t, d.Err()); size == 11 && f.Offset != int64(size-1) {
			t.Errorf("over the limit: %+v, want the offset of STOP, %d", f, size-1)
		}
	}
	n := 0
	for v, err := range pickle.Pickles(strings.NewReader(long)) {
		if n++; v.Type != bson.TypeNull || err != nil {
			t.Errorf("Pickles: %v, %v", v, err)
		}
		break // the next must not be asked for
	}
	if n != 1 {
		t.Errorf("Pickles after the end of the loop: %d values", n)
	}
	broken := errors.New("broken")
	d := pickle.NewDecoder(io.MultiReader(strings.NewReader(long), iotest.ErrReader(broken)))
	n = 0
	for d.Next() {
		n++
	}
	if n != 2 || !errors.Is(d.Err(), broken) {
		t.Errorf("%d values, %v", n, d.Err())
	}
}

// TestDecoderReset checks that after Reset nothing of the old stream is left:
// no pickle, fault, offset or byte.
func TestDecoderReset(t *testing.T) {
	for _, old := range []string{"I1\n.", "I1\n.I2\n.", "I1\n.]", "I1\n.cos\nsystem\n.", ""} {
		d := pickle.NewDecoder(strings.NewReader(old))
		d.Next()
		d.Next()
		d.Reset(strings.NewReader("I7\n."))
		if d.Pickle() != nil || d.Type() != 0 || d.Err() != nil || d.Offset() != 0 {
			t.Errorf("after %q: Pickle %q, Type %v, Err %v, Offset %d", old, d.Pickle(), d.Type(), d.Err(), d.Offset())
		}
		var got []string
		for d.Next() {
			got = append(got, fmt.Sprint(d.Type(), d.Value(), d.Offset()))
		}
		if diff := cmp.Diff([]string{"int [7 0 0 0] 0"}, got); diff != "" || d.Err() != nil {
			t.Errorf("after %q: %v (-want +got):\n%s", old, d.Err(), diff)
		}
	}
	d := pickle.DecodeOptions{MaxNodes: -1}.NewDecoder(strings.NewReader("I1\n."))
	d.Reset(strings.NewReader("I1\n."))
	if d.Next() || !errors.Is(d.Err(), bson.ErrOption) || d.Resync(nil) {
		t.Errorf("an option out of range: %v", d.Err())
	}
}

// TestBuffered checks that Buffered and the rest of the reader are the bytes after a
// pickle, and from the start of one with a fault.
func TestBuffered(t *testing.T) {
	const first, second, bad = "K\x01.", "U\x01a.", "(xyz"
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader} {
		r := wrap(strings.NewReader(first + second + bad))
		d := pickle.NewDecoder(r)
		for _, want := range []string{second + bad, bad} {
			if !d.Next() || !strings.HasPrefix(want, string(d.Buffered())) {
				t.Errorf("%q, %v, want the start of %q", d.Buffered(), d.Err(), want)
			}
		}
		if d.Next() || d.Err() == nil {
			t.Fatal("a pickle without a fault")
		}
		rest, err := io.ReadAll(r)
		if got := string(d.Buffered()) + string(rest); got != bad || err != nil {
			t.Errorf("%q after the fault, %v, want %q", got, err, bad)
		}
	}
}
