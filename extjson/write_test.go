package extjson_test

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// typeRows has the BSON of every type, and its texts. relaxed is empty if it equals
// the canonical text.
var typeRows = []struct {
	name               string
	elements           string // hexadecimal
	canonical, relaxed string
}{
	{"empty document", "", `{}`, ``},
	{"int32 0", "10 6100 00000000", `{"a":{"$numberInt":"0"}}`, `{"a":0}`},
	{"int32 1", "10 6100 01000000", `{"a":{"$numberInt":"1"}}`, `{"a":1}`},
	{"int32 max", "10 6100 ffffff7f", `{"a":{"$numberInt":"2147483647"}}`, `{"a":2147483647}`},
	{"int32 min", "10 6100 00000080", `{"a":{"$numberInt":"-2147483648"}}`, `{"a":-2147483648}`},
	{"int64 just above int32", "12 6100 0000008000000000", `{"a":{"$numberLong":"2147483648"}}`, `{"a":2147483648}`},
	{"int64 just below int32", "12 6100 ffffff7fffffffff", `{"a":{"$numberLong":"-2147483649"}}`, `{"a":-2147483649}`},
	{"int64 max", "12 6100 ffffffffffffff7f", `{"a":{"$numberLong":"9223372036854775807"}}`, `{"a":9223372036854775807}`},
	{"int64 min", "12 6100 0000000000000080", `{"a":{"$numberLong":"-9223372036854775808"}}`, `{"a":-9223372036854775808}`},
	{"double 1", "01 6100 000000000000f03f", `{"a":{"$numberDouble":"1.0"}}`, `{"a":1.0}`},
	{"double 9.99", "01 6100 7b14ae47e1fa2340", `{"a":{"$numberDouble":"9.99"}}`, `{"a":9.99}`},
	{"double 0", "01 6100 0000000000000000", `{"a":{"$numberDouble":"0.0"}}`, `{"a":0.0}`},
	{"double -0", "01 6100 0000000000000080", `{"a":{"$numberDouble":"-0.0"}}`, `{"a":-0.0}`},
	{"double, smallest plain", "01 6100 2d431cebe2361a3f", `{"a":{"$numberDouble":"0.0001"}}`, `{"a":0.0001}`},
	{"double, below that", "01 6100 2c431cebe2361a3f", `{"a":{"$numberDouble":"9.999999999999999E-05"}}`, `{"a":9.999999999999999E-05}`},
	{"double, largest plain", "01 6100 ff7fe03779c34143", `{"a":{"$numberDouble":"9999999999999998.0"}}`, `{"a":9999999999999998.0}`},
	{"double, above that", "01 6100 0080e03779c34143", `{"a":{"$numberDouble":"1.0E+16"}}`, `{"a":1.0E+16}`},
	{"double, smallest", "01 6100 0100000000000080", `{"a":{"$numberDouble":"-5.0E-324"}}`, `{"a":-5.0E-324}`},
	{"double, largest", "01 6100 ffffffffffffef7f", `{"a":{"$numberDouble":"1.7976931348623157E+308"}}`, `{"a":1.7976931348623157E+308}`},
	{"double +Infinity", "01 6100 000000000000f07f", `{"a":{"$numberDouble":"Infinity"}}`, ``},
	{"double -Infinity", "01 6100 000000000000f0ff", `{"a":{"$numberDouble":"-Infinity"}}`, ``},
	{"double NaN", "01 6100 000000000000f87f", `{"a":{"$numberDouble":"NaN"}}`, ``},
	{"string", "02 6100 06000000 68656c6c6f00", `{"a":"hello"}`, ``},
	{"string, empty", "02 6100 01000000 00", `{"a":""}`, ``},
	{"string with NUL", "02 6100 04000000 61006200", `{"a":"a\u0000b"}`, ``},
	{"document", "03 6100 0c000000 10 6200 01000000 00", `{"a":{"b":{"$numberInt":"1"}}}`, `{"a":{"b":1}}`},
	{"document, empty", "03 6100 05000000 00", `{"a":{}}`, ``},
	{"array", "04 6100 10000000 10 3000 01000000 08 3100 01 00", `{"a":[{"$numberInt":"1"},true]}`, `{"a":[1,true]}`},
	{"array, empty", "04 6100 05000000 00", `{"a":[]}`, ``},
	{"array in array", "04 6100 0d000000 04 3000 05000000 00 00", `{"a":[[]]}`, ``},
	{"binary 0", "05 6100 03000000 00 010203", `{"a":{"$binary":{"base64":"AQID","subType":"00"}}}`, ``},
	{"binary, empty", "05 6100 00000000 00", `{"a":{"$binary":{"base64":"","subType":"00"}}}`, ``},
	{"binary, one byte", "05 6100 01000000 80 ff", `{"a":{"$binary":{"base64":"/w==","subType":"80"}}}`, ``},
	{"binary, two bytes", "05 6100 02000000 ff fffe", `{"a":{"$binary":{"base64":"//4=","subType":"ff"}}}`, ``},
	{"binary 2", "05 6100 07000000 02 03000000 010203", `{"a":{"$binary":{"base64":"AQID","subType":"02"}}}`, ``},
	{"binary 2, empty", "05 6100 04000000 02 00000000", `{"a":{"$binary":{"base64":"","subType":"02"}}}`, ``},
	{"binary 4", "05 6100 10000000 04 000102030405060708090a0b0c0d0e0f", `{"a":{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}}}`, ``},
	{"undefined", "06 6100", `{"a":{"$undefined":true}}`, ``},
	{"ObjectId", "07 6100 56e1fc72e0c917e9c4714161", `{"a":{"$oid":"56e1fc72e0c917e9c4714161"}}`, ``},
	{"false", "08 6100 00", `{"a":false}`, ``},
	{"true", "08 6100 01", `{"a":true}`, ``},
	{"date 0", "09 6100 0000000000000000", `{"a":{"$date":{"$numberLong":"0"}}}`, `{"a":{"$date":"1970-01-01T00:00:00Z"}}`},
	{"date, 1 ms", "09 6100 0100000000000000", `{"a":{"$date":{"$numberLong":"1"}}}`, `{"a":{"$date":"1970-01-01T00:00:00.001Z"}}`},
	{"date, 100 ms", "09 6100 6400000000000000", `{"a":{"$date":{"$numberLong":"100"}}}`, `{"a":{"$date":"1970-01-01T00:00:00.100Z"}}`},
	{"date, leap day", "09 6100 002929f28d010000", `{"a":{"$date":{"$numberLong":"1709164800256"}}}`, `{"a":{"$date":"2024-02-29T00:00:00.256Z"}}`},
	{"date before 1970", "09 6100 ffffffffffffffff", `{"a":{"$date":{"$numberLong":"-1"}}}`, ``},
	{"date, end of 9999", "09 6100 ffdb1fd277e60000", `{"a":{"$date":{"$numberLong":"253402300799999"}}}`, `{"a":{"$date":"9999-12-31T23:59:59.999Z"}}`},
	{"date after 9999", "09 6100 00dc1fd277e60000", `{"a":{"$date":{"$numberLong":"253402300800000"}}}`, ``},
	{"date, first", "09 6100 0000000000000080", `{"a":{"$date":{"$numberLong":"-9223372036854775808"}}}`, ``},
	{"null", "0a 6100", `{"a":null}`, ``},
	{"regex", "0b 6100 615c2f00 696d7800", `{"a":{"$regularExpression":{"pattern":"a\\/","options":"imx"}}}`, ``},
	{"regex, empty", "0b 6100 00 00", `{"a":{"$regularExpression":{"pattern":"","options":""}}}`, ``},
	{"regex, unknown option", "0b 6100 6100 697a00", `{"a":{"$regularExpression":{"pattern":"a","options":"iz"}}}`, ``},
	{"regex, option that is not ASCII", "0b 6100 6100 69c3a900", `{"a":{"$regularExpression":{"pattern":"a","options":"ié"}}}`, ``},
	{"dbPointer", "0c 6100 04000000 612e6200 56e1fc72e0c917e9c4714161", `{"a":{"$dbPointer":{"$ref":"a.b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}}`, ``},
	{"code", "0d 6100 03000000 782200", `{"a":{"$code":"x\""}}`, ``},
	{"symbol", "0e 6100 02000000 7800", `{"a":{"$symbol":"x"}}`, ``},
	{"code with scope", "0f 6100 16000000 02000000 7800 0c000000 10 6200 01000000 00", `{"a":{"$code":"x","$scope":{"b":{"$numberInt":"1"}}}}`, `{"a":{"$code":"x","$scope":{"b":1}}}`},
	{"code with scope, both empty", "0f 6100 0e000000 01000000 00 05000000 00", `{"a":{"$code":"","$scope":{}}}`, ``},
	{"timestamp", "11 6100 02000000 01000000", `{"a":{"$timestamp":{"t":1,"i":2}}}`, ``},
	{"timestamp, last", "11 6100 ffffffff ffffffff", `{"a":{"$timestamp":{"t":4294967295,"i":4294967295}}}`, ``},
	{"decimal128", "13 6100 78000000000000000000000000003c30", `{"a":{"$numberDecimal":"1.20"}}`, ``},
	{"decimal128 -0", "13 6100 000000000000000000000000000040b0", `{"a":{"$numberDecimal":"-0"}}`, ``},
	{"decimal128 Infinity", "13 6100 00000000000000000000000000000078", `{"a":{"$numberDecimal":"Infinity"}}`, ``},
	{"decimal128 NaN", "13 6100 0000000000000000000000000000007c", `{"a":{"$numberDecimal":"NaN"}}`, ``},
	{"minKey", "ff 6100", `{"a":{"$minKey":1}}`, ``},
	{"maxKey", "7f 6100", `{"a":{"$maxKey":1}}`, ``},

	{"key, empty", "0a 00", `{"":null}`, ``},
	{"key with dot", "0a 612e6200", `{"a.b":null}`, ``},
	{"keys twice", "08 6100 00 08 6100 01", `{"a":false,"a":true}`, ``},
	{"key with quote", "0a 2200", `{"\"":null}`, ``},
	{"key that is long", "0a 616263646566676869c3a96a00", `{"abcdefghiéj":null}`, ``},
	{"special keys at the top", "10 246f696400 01000000 0a 24646174 6500", `{"$oid":{"$numberInt":"1"},"$date":null}`, `{"$oid":1,"$date":null}`},
	{"special key alone at the top", "02 246f696400 02000000 7800", `{"$oid":"x"}`, ``},
	{"query operators", "03 6100 1e000000 10 247479706500 02000000 02 24726567657800 02000000 7800 00", `{"a":{"$type":{"$numberInt":"2"},"$regex":"x"}}`, `{"a":{"$type":2,"$regex":"x"}}`},
	{"regex operators", "03 6100 1d000000 02 2472656765780002000000 7800 0a 246f7074696f6e7300 00", `{"a":{"$regex":"x","$options":null}}`, ``},
	{"DBRef", "03 6100 22000000 02 2472656600 02000000 6300 07 24696400 56e1fc72e0c917e9c4714161 00", `{"a":{"$ref":"c","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}`, ``},
	{"DBRef, malformed", "03 6100 11000000 10 2469640001000000 0a 6200 00", `{"a":{"$id":{"$numberInt":"1"},"b":null}}`, `{"a":{"$id":1,"b":null}}`},
	{"dollar keys that are not special", "03 6100 0f000000 0a 2400 0a 246f696478 00 00", `{"a":{"$":null,"$oidx":null}}`, ``},
}

func TestTypes(t *testing.T) {
	for _, tc := range typeRows {
		t.Run(tc.name, func(t *testing.T) {
			doc := document(t, tc.elements)
			got, err := encode(t, extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}, doc)
			wantText(t, got, err, tc.canonical)
			relaxed := tc.relaxed
			if relaxed == "" {
				relaxed = tc.canonical
			}
			got, err = encode(t, extjson.EncodeOptions{}, doc)
			wantText(t, got, err, relaxed)

			back, err := decode(t, extjson.DecodeOptions{CanonicalOnly: true}, tc.canonical)
			wantBytes(t, back, err, doc)
			back, err = decode(t, extjson.DecodeOptions{RejectInexact: true}, relaxed)
			wantBytes(t, back, err, doc)
		})
	}
}

// TestRelaxedWidth: relaxed text keeps the value of an integer, not its type.
func TestRelaxedWidth(t *testing.T) {
	got, err := encode(t, extjson.EncodeOptions{}, document(t, "12 6100 0100000000000000"))
	wantText(t, got, err, `{"a":1}`)
	back, err := decode(t, extjson.DecodeOptions{}, got)
	wantBytes(t, back, err, document(t, "10 6100 01000000"))
}

// TestArrayKeys: array keys have no effect on the text.
func TestArrayKeys(t *testing.T) {
	doc := document(t, "04 6100 11000000 0a 00 0a 3700 08 246f696400 01 00")
	for _, mode := range []extjson.Mode{extjson.Canonical, extjson.Relaxed} {
		got, err := encode(t, extjson.EncodeOptions{Mode: mode}, doc)
		wantText(t, got, err, `{"a":[null,null,true]}`)
	}
}

func TestRegexOptionsSorted(t *testing.T) {
	for _, tc := range []struct{ name, elements, want string }{
		{"letters", "0b 6100 6100 786d6900", "imx"},
		{"letter twice", "0b 6100 6100 78697800", "ixx"},
		{"not ASCII", "0b 6100 6100 c3a97ac3a8", "zèé"},
		{"quote", "0b 6100 6100 782200", `\"x`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			elements := tc.elements
			if !strings.HasSuffix(elements, "00") {
				elements += "00"
			}
			got, err := encode(t, extjson.EncodeOptions{}, document(t, elements))
			wantText(t, got, err, `{"a":{"$regularExpression":{"pattern":"a","options":"`+tc.want+`"}}}`)
		})
	}
}

// TestRegexOptionsReplaced: options are sorted after invalid bytes are replaced.
func TestRegexOptionsReplaced(t *testing.T) {
	o := extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}
	got, err := encode(t, o, document(t, "0b 6100 6100 7aff6100"))
	wantText(t, got, err, `{"a":{"$regularExpression":{"pattern":"a","options":"az�"}}}`)
	// Without the option the offset of the fault is that in the document.
	_, err = encode(t, extjson.EncodeOptions{}, document(t, "0b 6100 6100 7aff6100"))
	wantFault(t, err, fault{Offset: 10, Pointer: "/a", Err: bson.ErrUTF8})
}

func TestIndent(t *testing.T) {
	const text = `{"a":{"b":[{"$numberInt":"1"},{},[],{"c":null}]},"d":{"$code":"x","$scope":{"e":true}},` +
		`"f":{"$binary":{"base64":"","subType":"00"}}}`
	doc, err := decode(t, extjson.DecodeOptions{}, text)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, want string
		options    extjson.EncodeOptions
	}{
		{name: "none", options: extjson.EncodeOptions{Mode: extjson.Canonical}, want: text},
		{
			name:    "two spaces",
			options: extjson.EncodeOptions{Mode: extjson.Canonical, Indent: "  "},
			want: `{
  "a": {
    "b": [
      {"$numberInt":"1"},
      {},
      [],
      {
        "c": null
      }
    ]
  },
  "d": {"$code":"x","$scope":{
    "e": true
  }},
  "f": {"$binary":{"base64":"","subType":"00"}}
}`,
		},
		{
			name:    "tab, relaxed",
			options: extjson.EncodeOptions{Indent: "\t"},
			want: "{\n\t\"a\": {\n\t\t\"b\": [\n\t\t\t1,\n\t\t\t{},\n\t\t\t[],\n\t\t\t{\n\t\t\t\t\"c\": null\n" +
				"\t\t\t}\n\t\t]\n\t},\n\t\"d\": {\"$code\":\"x\",\"$scope\":{\n\t\t\"e\": true\n\t}},\n" +
				"\t\"f\": {\"$binary\":{\"base64\":\"\",\"subType\":\"00\"}}\n}",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := encode(t, tc.options, doc)
			wantText(t, got, err, tc.want)
		})
	}
	got, err := encode(t, extjson.EncodeOptions{Indent: " "}, document(t, ""))
	wantText(t, got, err, `{}`)
}

// TestSubtypes: all 256 subtypes are written, and come back.
func TestSubtypes(t *testing.T) {
	for subtype := range 256 {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendBinary(doc, "a", byte(subtype), []byte("xyz")), mark)
		text, err := encode(t, extjson.EncodeOptions{}, doc)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(t, extjson.DecodeOptions{}, text)
		wantBytes(t, back, err, doc)
	}
}
