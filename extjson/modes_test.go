package extjson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// modeRows has values, as elements with the key a, and their texts in the modes that
// typeRows (write_test.go) does not have. An empty text is an error that matches
// ErrPlain; lossy is then the plain text with the option Lossy.
var modeRows = []struct {
	name, elements             string
	legacy, shell, semi, plain string
	lossy                      string
}{
	{"int32", "10 6100 01000000", `1`, `NumberInt(1)`, `1`, `1`, ``},
	{"int64", "12 6100 0100000000000000", `1`, `NumberLong("1")`, `1`, `1`, ``},
	{"int64, 2⁵³", "12 6100 0000000000002000", `9007199254740992`, `NumberLong("9007199254740992")`, `9007199254740992`, `9007199254740992`, ``},
	{"int64, above", "12 6100 0100000000002000", `9007199254740993`, `NumberLong("9007199254740993")`, `{"$numberLong":"9007199254740993"}`, `9007199254740993`, ``},
	{"int64, -2⁵³", "12 6100 000000000000e0ff", `-9007199254740992`, `NumberLong("-9007199254740992")`, `-9007199254740992`, `-9007199254740992`, ``},
	{"int64, below", "12 6100 ffffffffffffdfff", `-9007199254740993`, `NumberLong("-9007199254740993")`, `{"$numberLong":"-9007199254740993"}`, `-9007199254740993`, ``},
	{"int64, least", "12 6100 0000000000000080", `-9223372036854775808`, `NumberLong("-9223372036854775808")`, `{"$numberLong":"-9223372036854775808"}`, `-9223372036854775808`, ``},
	{"double", "01 6100 7b14ae47e1fa2340", `9.99`, `9.99`, `9.99`, `9.99`, ``},
	{"NaN", "01 6100 000000000000f87f", `{"$numberDouble":"NaN"}`, `NaN`, `{"$numberDouble":"NaN"}`, ``, `null`},
	{"Infinity", "01 6100 000000000000f07f", `{"$numberDouble":"Infinity"}`, `Infinity`, `{"$numberDouble":"Infinity"}`, ``, `null`},
	{"-Infinity", "01 6100 000000000000f0ff", `{"$numberDouble":"-Infinity"}`, `-Infinity`, `{"$numberDouble":"-Infinity"}`, ``, `null`},
	{"decimal128", "13 6100 78000000000000000000000000003c30", `{"$numberDecimal":"1.20"}`, `NumberDecimal("1.20")`, `{"$numberDecimal":"1.20"}`, `"1.20"`, ``},
	{"date", "09 6100 0000000000000000", `{"$date":0}`, `ISODate("1970-01-01T00:00:00Z")`, `{"$date":"1970-01-01T00:00:00Z"}`, `"1970-01-01T00:00:00Z"`, ``},
	{"date before 1970", "09 6100 ffffffffffffffff", `{"$date":-1}`, `ISODate("1969-12-31T23:59:59.999Z")`, `{"$date":{"$numberLong":"-1"}}`, `"1969-12-31T23:59:59.999Z"`, ``},
	{"date after 9999", "09 6100 00dc1fd277e60000", `{"$date":253402300800000}`, `new Date(253402300800000)`, `{"$date":{"$numberLong":"253402300800000"}}`, ``, `253402300800000`},
	{"ObjectId", "07 6100 56e1fc72e0c917e9c4714161", `{"$oid":"56e1fc72e0c917e9c4714161"}`, `ObjectId("56e1fc72e0c917e9c4714161")`, `{"$oid":"56e1fc72e0c917e9c4714161"}`, `"56e1fc72e0c917e9c4714161"`, ``},
	{"binary", "05 6100 03000000 80 010203", `{"$binary":"AQID","$type":"80"}`, `BinData(128, "AQID")`, `{"$binary":{"base64":"AQID","subType":"80"}}`, `"AQID"`, ``},
	{"UUID", "05 6100 10000000 04 000102030405060708090a0b0c0d0e0f", `{"$binary":"AAECAwQFBgcICQoLDA0ODw==","$type":"04"}`, `UUID("00010203-0405-0607-0809-0a0b0c0d0e0f")`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}}`, `"00010203-0405-0607-0809-0a0b0c0d0e0f"`, ``},
	{"UUID, old", "05 6100 10000000 03 000102030405060708090a0b0c0d0e0f", `{"$binary":"AAECAwQFBgcICQoLDA0ODw==","$type":"03"}`, `BinData(3, "AAECAwQFBgcICQoLDA0ODw==")`, `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"03"}}`, `"AAECAwQFBgcICQoLDA0ODw=="`, ``},
	{"regex", "0b 6100 615c2f00 696d7800", `{"$regex":"a\\/","$options":"imx"}`, `/a\//imx`, `{"$regularExpression":{"pattern":"a\\/","options":"imx"}}`, ``, `"/a\\//imx"`},
	{"regex with slash", "0b 6100 612f6200 00", `{"$regex":"a/b","$options":""}`, `RegExp("a/b", "")`, `{"$regularExpression":{"pattern":"a/b","options":""}}`, ``, `"/a/b/"`},
	{"regex, empty", "0b 6100 00 00", `{"$regex":"","$options":""}`, `RegExp("", "")`, `{"$regularExpression":{"pattern":"","options":""}}`, ``, `"//"`},
	{"timestamp", "11 6100 02000000 01000000", `{"$timestamp":{"t":1,"i":2}}`, `Timestamp(1, 2)`, `{"$timestamp":{"t":1,"i":2}}`, `"1:2"`, ``},
	{"code", "0d 6100 03000000 782200", `{"$code":"x\""}`, `Code("x\"")`, `{"$code":"x\""}`, ``, `"x\""`},
	{"code with scope", "0f 6100 16000000 02000000 7800 0c000000 10 6200 01000000 00", `{"$code":"x","$scope":{"b":1}}`, `Code("x", {"b":NumberInt(1)})`, `{"$code":"x","$scope":{"b":1}}`, ``, `"x"`},
	{"symbol", "0e 6100 02000000 7800", `{"$symbol":"x"}`, `BSONSymbol("x")`, `{"$symbol":"x"}`, `"x"`, ``},
	{"dbPointer", "0c 6100 04000000 612e6200 56e1fc72e0c917e9c4714161", `{"$dbPointer":{"$ref":"a.b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}`, `DBPointer("a.b", ObjectId("56e1fc72e0c917e9c4714161"))`, `{"$dbPointer":{"$ref":"a.b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}`, `{"$ref":"a.b","$id":"56e1fc72e0c917e9c4714161"}`, ``},
	{"undefined", "06 6100", `{"$undefined":true}`, `undefined`, `{"$undefined":true}`, `null`, ``},
	{"minKey", "ff 6100", `{"$minKey":1}`, `MinKey()`, `{"$minKey":1}`, ``, `"MinKey"`},
	{"maxKey", "7f 6100", `{"$maxKey":1}`, `MaxKey()`, `{"$maxKey":1}`, ``, `"MaxKey"`},
	{"document", "03 6100 0c000000 10 6200 01000000 00", `{"b":1}`, `{"b":NumberInt(1)}`, `{"b":1}`, `{"b":1}`, ``},
	{"array", "04 6100 10000000 10 3000 01000000 08 3100 01 00", `[1,true]`, `[NumberInt(1),true]`, `[1,true]`, `[1,true]`, ``},
	{"DBRef", "03 6100 1a000000 02 2472656600 02000000 6300 10 24696400 01000000 00", `{"$ref":"c","$id":1}`, `{"$ref":"c","$id":NumberInt(1)}`, `{"$ref":"c","$id":1}`, `{"$ref":"c","$id":1}`, ``},
}

func TestModes(t *testing.T) {
	for _, tc := range modeRows {
		t.Run(tc.name, func(t *testing.T) {
			doc := document(t, tc.elements)
			for _, m := range []struct {
				o    extjson.EncodeOptions
				want string
			}{
				{extjson.EncodeOptions{Mode: extjson.Legacy}, tc.legacy},
				{extjson.EncodeOptions{Mode: extjson.Shell}, tc.shell},
				{extjson.EncodeOptions{Mode: extjson.SemiRelaxed}, tc.semi},
				{extjson.EncodeOptions{Mode: extjson.Plain}, tc.plain},
			} {
				got, err := encode(t, m.o, doc)
				if m.want == "" {
					wantFault(t, err, fault{Offset: 4, Pointer: "/a", Err: extjson.ErrPlain, Value: true})
					continue
				}
				wantText(t, got, err, `{"a":`+m.want+`}`)
			}
			lossy := tc.lossy
			if lossy == "" {
				lossy = tc.plain
			}
			got, err := encode(t, extjson.EncodeOptions{Mode: extjson.Plain, Lossy: true}, doc)
			wantText(t, got, err, `{"a":`+lossy+`}`)
			if !json.Valid([]byte(got)) {
				t.Errorf("%s is not JSON", got)
			}
		})
	}
}

// TestNonFinite: NonFinite decides about NaN and the infinities in Plain text
// alone, and Lossy about all other values without a plain form. A decimal128
// has a text of its own.
func TestNonFinite(t *testing.T) {
	const nan, inf, neg = "01 6100 000000000000f87f", "01 6100 000000000000f07f", "01 6100 000000000000f0ff"
	for _, tc := range []struct {
		name     string
		o        extjson.EncodeOptions
		elements string
		want     string // "": ErrLossy
	}{
		{"default", extjson.EncodeOptions{}, nan, ""},
		{"default", extjson.EncodeOptions{}, inf, ""},
		{"lossy", extjson.EncodeOptions{Lossy: true}, neg, `null`},
		{"error", extjson.EncodeOptions{NonFinite: extjson.NonFiniteReject}, neg, ""},
		{"error and lossy", extjson.EncodeOptions{NonFinite: extjson.NonFiniteReject, Lossy: true}, nan, ""},
		{"null", extjson.EncodeOptions{NonFinite: extjson.NonFiniteNull}, nan, `null`},
		{"null", extjson.EncodeOptions{NonFinite: extjson.NonFiniteNull}, inf, `null`},
		{"text", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText}, nan, `"NaN"`},
		{"text", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText}, inf, `"Infinity"`},
		{"text", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText}, neg, `"-Infinity"`},
		{"text and lossy", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText, Lossy: true}, neg, `"-Infinity"`},
		{"text of a payload", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText}, "01 6100 120000000000f87f", `"NaN"`},
		{"exact text of a payload", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText, RejectLossy: true}, "01 6100 120000000000f87f", ""},
		{"exact text", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText, RejectLossy: true}, nan, `"NaN"`},
		{"finite", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText}, "01 6100 000000000000f83f", `1.5`},
		{"a regex with null", extjson.EncodeOptions{NonFinite: extjson.NonFiniteNull}, "0b 6100 7800 00", ""},
		{"a regex with text, lossy", extjson.EncodeOptions{NonFinite: extjson.NonFiniteText, Lossy: true}, "0b 6100 7800 00", `"/x/"`},
		{"decimal128", extjson.EncodeOptions{NonFinite: extjson.NonFiniteNull}, "13 6100 0000000000000000 000000000000007c", `"NaN"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc := document(t, tc.elements)
			tc.o.Mode = extjson.Plain
			got, err := encode(t, tc.o, doc)
			if tc.want == "" {
				wantFault(t, err, fault{Offset: 4, Pointer: "/a", Err: extjson.ErrLossy, Value: true})
				return
			}
			wantText(t, got, err, `{"a":`+tc.want+`}`)
		})
	}
	for _, mode := range []extjson.Mode{extjson.Relaxed, extjson.Canonical, extjson.Legacy, extjson.Shell, extjson.SemiRelaxed} {
		doc := document(t, nan)
		want, err := encode(t, extjson.EncodeOptions{Mode: mode}, doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []extjson.NonFinitePolicy{extjson.NonFiniteReject, extjson.NonFiniteNull, extjson.NonFiniteText} {
			got, err := encode(t, extjson.EncodeOptions{Mode: mode, NonFinite: p}, doc)
			wantText(t, got, err, want)
		}
	}
}

// TestModesComeBack: shell text keeps every type. Legacy and semi-relaxed text are
// read as the same document as relaxed text.
func TestModesComeBack(t *testing.T) {
	for _, mix := range []sample.Mix{sample.Wild, sample.Collection} {
		for i, doc := range sample.Documents(mix, 7, 400) {
			text, err := extjson.EncodeOptions{Mode: extjson.Shell}.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			back, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, text)
			if err != nil || !bytes.Equal(back, doc) {
				t.Fatalf("document %d: %s comes back as %x, %v, want %x", i, text, back, err, doc)
			}
			relaxed, _ := extjson.AppendJSON(nil, doc)
			want, err := extjson.AppendBSON(nil, relaxed)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range []extjson.EncodeOptions{
				{Mode: extjson.Legacy},
				{Mode: extjson.Legacy, Dates: extjson.DateNumberLong, UUIDs: extjson.UUIDDigits},
				{Mode: extjson.Legacy, Dates: extjson.DateISO8601, UUIDs: extjson.UUIDText, Spacing: extjson.PythonSpacing},
				{Mode: extjson.Legacy, Dates: extjson.DateISO8601, Location: time.FixedZone("", -90*60)},
				{Mode: extjson.SemiRelaxed, Spacing: extjson.LibbsonSpacing, Doubles: extjson.PythonDoubles},
				{Mode: extjson.Relaxed, Indent: "\t", Doubles: extjson.DriverDoubles, Location: time.FixedZone("", 5*3600)},
			} {
				text, err := o.AppendJSON(nil, doc)
				if err != nil {
					t.Fatal(err)
				}
				back, err := extjson.DecodeOptions{Legacy: true}.AppendBSON(nil, text)
				if err != nil {
					t.Fatalf("document %d: %s: %v", i, text, err)
				}
				// An int64 with a wrapper in semi-relaxed text is an int64 in relaxed
				// text too.
				if !bytes.Equal(back, want) {
					t.Fatalf("document %d, %+v:\n%s is %x\n%s is %x", i, o, text, back, relaxed, want)
				}
			}
		}
	}
}

func TestLegacyOptions(t *testing.T) {
	doc := document(t, "12 6c00 0500000000000000 09 6400 e803000000000000 05 7500 10000000 03 000102030405060708090a0b0c0d0e0f")
	for _, tc := range []struct {
		o    extjson.EncodeOptions
		want string
	}{
		{extjson.EncodeOptions{StrictNumberLong: true}, `{"l":{"$numberLong":"5"},"d":{"$date":1000},"u":{"$binary":"AAECAwQFBgcICQoLDA0ODw==","$type":"03"}}`},
		{extjson.EncodeOptions{Dates: extjson.DateNumberLong}, `{"l":5,"d":{"$date":{"$numberLong":"1000"}},"u":{"$binary":"AAECAwQFBgcICQoLDA0ODw==","$type":"03"}}`},
		{extjson.EncodeOptions{Dates: extjson.DateISO8601, Location: time.FixedZone("", 3600)}, `{"l":5,"d":{"$date":"1970-01-01T01:00:01+0100"},"u":{"$binary":"AAECAwQFBgcICQoLDA0ODw==","$type":"03"}}`},
		{extjson.EncodeOptions{UUIDs: extjson.UUIDText, UUIDRepresentation: bson.UUIDPythonLegacy}, `{"l":5,"d":{"$date":1000},"u":{"$uuid":"00010203-0405-0607-0809-0a0b0c0d0e0f"}}`},
		{extjson.EncodeOptions{UUIDs: extjson.UUIDDigits, UUIDRepresentation: bson.UUIDJavaLegacy}, `{"l":5,"d":{"$date":1000},"u":{"$uuid":"07060504030201000f0e0d0c0b0a0908"}}`},
		{extjson.EncodeOptions{UUIDs: extjson.UUIDText, UUIDRepresentation: bson.UUIDCSharpLegacy}, `{"l":5,"d":{"$date":1000},"u":{"$uuid":"03020100-0504-0706-0809-0a0b0c0d0e0f"}}`},
	} {
		tc.o.Mode = extjson.Legacy
		got, err := encode(t, tc.o, doc)
		wantText(t, got, err, tc.want)
		back, err := decode(t, extjson.DecodeOptions{Legacy: true, UUIDRepresentation: tc.o.UUIDRepresentation}, got)
		if err != nil {
			t.Fatal(err)
		}
		again, err := encode(t, tc.o, back)
		if !tc.o.StrictNumberLong {
			wantText(t, again, err, tc.want)
		}
		if i := bytes.Index(doc, []byte("\x05u\x00")); !bytes.HasSuffix(back, doc[i:]) {
			t.Errorf("%s gives %x, want the UUID of %x", got, back, doc)
		}
	}
}

// TestLegacyAmbiguous: a document that a legacy reader reads as a regex is an error
// in legacy text, and only there.
func TestLegacyAmbiguous(t *testing.T) {
	for _, tc := range []struct {
		elements string
		offset   int64 // offset of the key with the fault; 0: no fault
	}{
		{"02 2472656765780002000000 7800", 11},
		{"02 2472656765780002000000 7800 02 246f7074696f6e7300 02000000 6900", 11},
		{"02 246f7074696f6e7300 02000000 6900 02 2472656765780002000000 7800", 27},
		{"02 246f7074696f6e7300 02000000 6900", 0},
		{"02 2472656765780002000000 7800 10 6200 01000000", 0},
		{"10 24726567657800 01000000", 0},
		{"02 2472656765780002000000 7800 02 2472656765780002000000 7800", 0},
		{"02 2474797065 00 02000000 7800", 0},
	} {
		inner := document(t, tc.elements)
		doc := document(t, fmt.Sprintf("03 6100 %x", inner))
		text, err := encode(t, extjson.EncodeOptions{Mode: extjson.Legacy}, doc)
		if tc.offset != 0 {
			wantFault(t, err, fault{Offset: tc.offset, Pointer: "/a/$regex", Err: extjson.ErrAmbiguous, Value: true})
			text, err = encode(t, extjson.EncodeOptions{Mode: extjson.Legacy, AmbiguousKeys: extjson.AsIs}, doc)
		}
		if err != nil {
			t.Error(err)
			continue
		}
		back, err := decode(t, extjson.DecodeOptions{Legacy: true}, text)
		if err != nil || bytes.Equal(back, doc) != (tc.offset == 0) {
			t.Errorf("%s comes back as %x, %v", text, back, err)
		}
		text, err = encode(t, extjson.EncodeOptions{}, doc)
		if err != nil {
			t.Error(err)
		}
		back, err = decode(t, extjson.DecodeOptions{}, text)
		wantBytes(t, back, err, doc)
	}
}

func TestSpacing(t *testing.T) {
	doc := document(t, `10 6100 01000000 04 6200 14000000 10 3000 01000000 03 3100 05000000 00 00 09 6300 0000000000000000
		05 6400 01000000 00 ff 04 6500 05000000 00 0b 6600 6100 00 0f 6700 0f000000 02000000 7800 05000000 00`)
	for _, tc := range []struct {
		o    extjson.EncodeOptions
		want string
	}{
		{extjson.EncodeOptions{Mode: extjson.Canonical, Spacing: extjson.PythonSpacing},
			`{"a": {"$numberInt": "1"}, "b": [{"$numberInt": "1"}, {}], "c": {"$date": {"$numberLong": "0"}}, "d": {"$binary": {"base64": "/w==", "subType": "00"}}, "e": [], "f": {"$regularExpression": {"pattern": "a", "options": ""}}, "g": {"$code": "x", "$scope": {}}}`},
		{extjson.EncodeOptions{Mode: extjson.Canonical, Spacing: extjson.LibbsonSpacing},
			`{ "a" : { "$numberInt" : "1" }, "b" : [ { "$numberInt" : "1" }, {  } ], "c" : { "$date" : { "$numberLong" : "0" } }, "d" : { "$binary" : { "base64" : "/w==", "subType" : "00" } }, "e" : [  ], "f" : { "$regularExpression" : { "pattern" : "a", "options" : "" } }, "g" : { "$code" : "x", "$scope" : { } } }`},
		{extjson.EncodeOptions{Spacing: extjson.PythonSpacing, Indent: " "},
			"{\n \"a\": 1,\n \"b\": [\n  1,\n  {}\n ],\n \"c\": {\"$date\": \"1970-01-01T00:00:00Z\"},\n \"d\": {\"$binary\": {\"base64\": \"/w==\", \"subType\": \"00\"}},\n \"e\": [],\n \"f\": {\"$regularExpression\": {\"pattern\": \"a\", \"options\": \"\"}},\n \"g\": {\"$code\": \"x\", \"$scope\": {}}\n}"},
	} {
		got, err := encode(t, tc.o, doc)
		wantText(t, got, err, tc.want)
		empty, err := encode(t, tc.o, document(t, ""))
		want := "{}"
		if tc.o.Spacing == extjson.LibbsonSpacing {
			want = "{ }"
		}
		wantText(t, empty, err, want)
	}
}

func TestDoubleSpellings(t *testing.T) {
	for _, tc := range []struct {
		f                   float64
		plain, driver, repr string
	}{
		{9.99, "9.99", "9.99", "9.99"},
		{1, "1.0", "1.0", "1.0"},
		{1e5, "100000.0", "100000.0", "100000.0"},
		{1e6, "1000000.0", "1E+06", "1000000.0"},
		{1e16, "1.0E+16", "1E+16", "1e+16"},
		{1.5e16, "1.5E+16", "1.5E+16", "1.5e+16"},
		{1e-5, "1.0E-05", "1E-05", "1e-05"},
		{-2.5e-7, "-2.5E-07", "-2.5E-07", "-2.5e-07"},
		{1e100, "1.0E+100", "1E+100", "1e+100"},
		{5e-324, "5.0E-324", "5E-324", "5e-324"},
		{0.0001, "0.0001", "0.0001", "0.0001"},
	} {
		dst, mark := bsoncore.Begin(nil)
		doc := bsoncore.End(bsoncore.AppendDouble(dst, "a", tc.f), mark)
		for i, want := range []string{tc.plain, tc.driver, tc.repr} {
			got, err := encode(t, extjson.EncodeOptions{Doubles: extjson.DoubleSpelling(i)}, doc)
			wantText(t, got, err, `{"a":`+want+`}`)
			got, err = encode(t, extjson.EncodeOptions{Mode: extjson.Canonical, Doubles: extjson.DoubleSpelling(i)}, doc)
			wantText(t, got, err, `{"a":{"$numberDouble":"`+want+`"}}`)
		}
	}
}

func TestLocation(t *testing.T) {
	for _, tc := range []struct {
		ms     int64
		offset int // seconds
		want   string
	}{
		{0, 3600, `"1970-01-01T01:00:00+01:00"`},
		{0, -3600 * 3, `"1969-12-31T21:00:00-03:00"`},
		{1, 5*3600 + 1800, `"1970-01-01T05:30:00.001+05:30"`},
		{0, 0, `"1970-01-01T00:00:00Z"`},
		{0, -2670, `"1969-12-31T23:16:00-00:44"`}, // 44 minutes and 30 seconds
		{253402300799999, 3600, `"9999-12-31T23:59:59.999Z"`},
	} {
		dst, mark := bsoncore.Begin(nil)
		doc := bsoncore.End(bsoncore.AppendDateTime(dst, "a", tc.ms), mark)
		got, err := encode(t, extjson.EncodeOptions{Location: time.FixedZone("", tc.offset)}, doc)
		wantText(t, got, err, `{"a":{"$date":`+tc.want+`}}`)
		back, err := decode(t, extjson.DecodeOptions{}, got)
		wantBytes(t, back, err, doc)
	}
}

// TestValues: a single value has the text that it has in a document, and is read
// again.
func TestValues(t *testing.T) {
	for _, tc := range typeRows {
		doc := document(t, tc.elements)
		c := bson.NewCursor(doc)
		if !c.Next() || string(c.Key()) != "a" || c.ValueOffset()+len(c.Data())+1 != len(doc) {
			continue
		}
		text, err := afterPrefix(t, func(dst []byte) ([]byte, error) {
			return extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSONValue(dst, c.Type(), c.Data())
		})
		wantText(t, `{"a":`+string(text)+`}`, err, tc.canonical)
		var typ bson.Type
		back, err := afterPrefix(t, func(dst []byte) (out []byte, err error) {
			out, typ, err = extjson.AppendBSONValue(dst, []byte(" \n"+string(text)+" "))
			return out, err
		})
		wantBytes(t, back, err, c.Data())
		if typ != c.Type() {
			t.Errorf("%s: type %v, want %v", text, typ, c.Type())
		}
	}
	for text, want := range map[string]string{"1.5": "000000000000f83f", "1e999": "", "-1": "ffffffff", "1E2": "0000000000005940"} {
		got, _, err := extjson.AppendBSONValue(nil, []byte(text))
		if want == "" {
			wantFault(t, err, textFault(text, 0, "", extjson.ErrRange))
			continue
		}
		wantBytes(t, got, err, unhex(t, want))
	}
	_, err := extjson.AppendJSONValue(nil, bson.TypeDocument, document(t, "02 246f696400 02000000 7800"))
	wantFault(t, err, fault{Offset: 4, Pointer: "/$oid", Err: extjson.ErrAmbiguous, Value: true})
	_, err = extjson.AppendJSONValue(nil, bson.TypeInt32, []byte{1, 2, 3})
	wantFault(t, err, fault{Offset: 0, Err: bson.ErrLength})
	for _, text := range []string{`¦`, `1 ¦2`, `{"$oid":¦"x"}`, `[1,¦]`, `¦'a'`, `¦undefined`, `tru¦`} {
		err := extjson.ErrToken
		switch text {
		case `¦`, `tru¦`:
			err = extjson.ErrTruncated
		case `1 ¦2`:
			err = extjson.ErrTrailing
		case `{"$oid":¦"x"}`:
			err = extjson.ErrWrapperText
		}
		src, want := marked(t, text, "", err)
		if err == extjson.ErrToken && strings.HasPrefix(src, "[") {
			want.Pointer = "/1"
		}
		dst, typ, got := extjson.AppendBSONValue([]byte("x"), []byte(src))
		wantFault(t, got, want)
		if string(dst) != "x" || typ != 0 {
			t.Errorf("%q: dst %q, type %v", src, dst, typ)
		}
	}
}
