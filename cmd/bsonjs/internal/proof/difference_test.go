package proof

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// doc returns the document of a text in canonical Extended JSON.
func doc(t *testing.T, text string) Doc {
	t.Helper()
	data, err := extjson.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Doc{Type: bson.TypeDocument, Data: data}
}

// A found is a first difference.
type found struct{ Path, In, Out string }

// first returns the first difference of a and b, the zero found if there is none.
func first(r Rule, a, b Doc) (f found) {
	if s := r.difference(a, b); s != nil {
		f = found{s.pointer(), s.a, s.b}
	}
	return f
}

func TestDifference(t *testing.T) {
	exact, values, sorted, keys := Rule{}, Rule{Values: true}, Rule{Values: true, AnyOrder: true}, Rule{AnyOrder: true}
	for _, tc := range []struct {
		name string
		rule Rule
		a, b string
		want found
	}{
		{"equal", exact, `{"a":1}`, `{"a":1}`, found{}},
		{"value", exact, `{"a":1,"b":{"c":[1,2]}}`, `{"a":1,"b":{"c":[1,3]}}`, found{"/b/c/1", `{"$numberInt":"2"}`, `{"$numberInt":"3"}`}},
		{"the first of two", exact, `{"a":1,"b":1}`, `{"a":2,"b":2}`, found{"/a", `{"$numberInt":"1"}`, `{"$numberInt":"2"}`}},
		{"key", exact, `{"x":{"a":1}}`, `{"x":{"b":1}}`, found{"/x", `the key "a"`, `the key "b"`}},
		{"key to escape", exact, `{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, found{"/a~1b/~0", `{"$numberInt":"1"}`, `{"$numberInt":"2"}`}},
		{"missing", exact, `{"a":1,"b":2}`, `{"a":1}`, found{"/b", `{"$numberInt":"2"}`, "nothing"}},
		{"further", exact, `{"a":[]}`, `{"a":[true]}`, found{"/a/0", "nothing", "true"}},
		{"type", exact, `{"a":{}}`, `{"a":[]}`, found{"/a", "{}", "[]"}},
		{"width", exact, `{"a":1}`, `{"a":{"$numberLong":"1"}}`, found{"/a", `{"$numberInt":"1"}`, `{"$numberLong":"1"}`}},
		{"width by value", values, `{"a":[1]}`, `{"a":[{"$numberLong":"1"}]}`, found{}},
		{"width and value", values, `{"a":1}`, `{"a":{"$numberLong":"2"}}`, found{"/a", `{"$numberInt":"1"}`, `{"$numberLong":"2"}`}},
		{"behind a width", values, `{"a":1,"b":1}`, `{"a":{"$numberLong":"1"},"b":2}`, found{"/b", `{"$numberInt":"1"}`, `{"$numberInt":"2"}`}},
		{"double is no integer", values, `{"a":1}`, `{"a":1.0}`, found{"/a", `{"$numberInt":"1"}`, `{"$numberDouble":"1.0"}`}},
		{"negative zero", values, `{"a":0.0}`, `{"a":-0.0}`, found{"/a", `{"$numberDouble":"0.0"}`, `{"$numberDouble":"-0.0"}`}},
		{"decimal digits", values, `{"a":{"$numberDecimal":"1.0"}}`, `{"a":{"$numberDecimal":"1.00"}}`, found{"/a", `{"$numberDecimal":"1.0"}`, `{"$numberDecimal":"1.00"}`}},
		{"scope", values, `{"a":{"$code":"f","$scope":{"n":1}}}`, `{"a":{"$code":"f","$scope":{"n":{"$numberLong":"1"}}}}`, found{}},
		{"in a scope", values, `{"a":{"$code":"f","$scope":{"n":1}}}`, `{"a":{"$code":"f","$scope":{"n":2}}}`, found{"/a/n", `{"$numberInt":"1"}`, `{"$numberInt":"2"}`}},
		{"code", exact, `{"a":{"$code":"f","$scope":{}}}`, `{"a":{"$code":"g","$scope":{}}}`, found{"/a", `{"$code":"f","$scope":{}}`, `{"$code":"g","$scope":{}}`}},
		{"order", values, `{"a":1,"b":2}`, `{"b":2,"a":1}`, found{"", `the key "a"`, `the key "b"`}},
		{"any order", sorted, `{"b":[{"d":1,"c":2}],"a":1}`, `{"a":1,"b":[{"c":2,"d":1}]}`, found{}},
		{"any order, exact", keys, `{"b":[{"d":1,"c":2}],"a":1}`, `{"a":1,"b":[{"c":2,"d":1}]}`, found{}},
		{"any order, width", keys, `{"b":1,"a":1}`, `{"a":{"$numberLong":"1"},"b":1}`, found{"/a", `{"$numberInt":"1"}`, `{"$numberLong":"1"}`}},
		{"any order, elements", keys, `{"a":[1,2]}`, `{"a":[2,1]}`, found{"/a/0", `{"$numberInt":"1"}`, `{"$numberInt":"2"}`}},
		{"any order, missing", sorted, `{"b":1,"a":2,"c":3}`, `{"a":2,"c":3}`, found{"/b", `{"$numberInt":"1"}`, "nothing"}},
		{"any order, further", sorted, `{"b":1}`, `{"a":2,"b":1}`, found{"/a", "nothing", `{"$numberInt":"2"}`}},
		{"any order, value", sorted, `{"b":{"x":1},"a":2}`, `{"a":2,"b":{"x":3}}`, found{"/b/x", `{"$numberInt":"1"}`, `{"$numberInt":"3"}`}},
		{"any order, twins", sorted, `{"a":1,"a":2}`, `{"a":2,"a":1}`, found{"/a", `{"$numberInt":"1"}`, `{"$numberInt":"2"}`}},
		{"text that a terminal obeys", exact, `{"a":"\u001b"}`, `{"a":"x"}`, found{"/a", `"\u001b"`, `"x"`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, first(tc.rule, doc(t, tc.a), doc(t, tc.b))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Values that text does not tell apart are equal, or their bytes are shown.
func TestDifferenceOfBytes(t *testing.T) {
	value := func(typ bson.Type, data string) Doc {
		return Doc{Type: bson.TypeDocument, Data: document(typ, data)}
	}
	for _, tc := range []struct {
		name  string
		a, b  Doc
		exact found // nothing by value
	}{
		{
			"NaN", value(bson.TypeDouble, "\x01\x00\x00\x00\x00\x00\xf8\x7f"), value(bson.TypeDouble, "\x00\x00\x00\x00\x00\x00\xf8\xff"),
			found{"/a", `{"$numberDouble":"NaN"} (bytes 010000000000f87f at 0)`, `{"$numberDouble":"NaN"} (bytes 000000000000f8ff at 0)`},
		},
		{
			"letters", value(bson.TypeRegex, "x\x00mi\x00"), value(bson.TypeRegex, "x\x00im\x00"),
			found{
				"/a", `{"$regularExpression":{"pattern":"x","options":"im"}} (bytes 6d6900 at 2)`,
				`{"$regularExpression":{"pattern":"x","options":"im"}} (bytes 696d00 at 2)`,
			},
		},
		{
			"keys of an array", value(bson.TypeArray, "\x08\x00\x00\x00\x0a7\x00\x00"), value(bson.TypeArray, "\x08\x00\x00\x00\x0a0\x00\x00"),
			found{"/a", `the key "7"`, `the key "0"`},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.exact, first(Rule{}, tc.a, tc.b)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(found{}, first(Rule{Values: true}, tc.a, tc.b)); diff != "" {
				t.Errorf("by value (-want +got):\n%s", diff)
			}
		})
	}
}

// Values of different types with one text are told apart by their types.
func TestDifferenceOfTypes(t *testing.T) {
	id := doc(t, `{"a":{"$oid":"0123456789abcdef01234567"}}`)
	like := doc(t, `{"a":{"_oid":"0123456789abcdef01234567"}}`)
	like.Data[12] = '$'
	text := `{"$oid":"0123456789abcdef01234567"}`
	if diff := cmp.Diff(found{"/a", text + " (objectId)", text + " (object)"}, first(Rule{}, id, like)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// document returns the document of a value with the key a.
func document(t bson.Type, data string) []byte {
	doc, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendValue(doc, "a", t, []byte(data)), mark)
}

// Bytes that are no BSON differ without a panic.
func TestDifferenceOfMalformed(t *testing.T) {
	whole := doc(t, `{"a":{"b":1},"c":[2]}`)
	for i := range whole.Data {
		for _, x := range []byte{0, 1, 0x10, 0xff} {
			broken := Doc{Type: whole.Type, Data: append([]byte{}, whole.Data...)}
			if broken.Data[i] == x {
				continue
			}
			broken.Data[i] = x
			for _, r := range []Rule{{}, {Values: true}, {Values: true, AnyOrder: true}} {
				if s := r.difference(whole, broken); s == nil && r == (Rule{}) {
					t.Errorf("byte %d as %#x: no difference", i, x)
				}
				r.difference(broken, whole)
			}
		}
	}
}

// Documents are equal under a Rule if, and only if, their texts are: every pair of documents
// with a value of each kind, alone and in an array and in a document with another key.
func TestDifferenceIsThatOfText(t *testing.T) {
	var all []Doc
	for _, text := range []string{
		`0`, `1`, `-1`, `{"$numberLong":"0"}`, `{"$numberLong":"1"}`, `{"$numberLong":"9007199254740993"}`, `{"$numberLong":"9007199254740992"}`,
		`0.0`, `-0.0`, `1.0`, `0.1`, `9007199254740992.0`, `{"$numberDouble":"NaN"}`, `{"$numberDouble":"Infinity"}`, `{"$numberDouble":"-Infinity"}`,
		`{"$numberDecimal":"0"}`, `{"$numberDecimal":"-0"}`, `{"$numberDecimal":"1"}`, `{"$numberDecimal":"1.0"}`, `{"$numberDecimal":"NaN"}`, `{"$numberDecimal":"Infinity"}`,
		`""`, `"1"`, `"NaN"`, `"a\u0000"`, `"a"`, `"\u00e9"`, `"e\u0301"`, `true`, `false`, `null`, `{"$undefined":true}`, `{"$minKey":1}`, `{"$maxKey":1}`,
		`{"$oid":"0123456789abcdef01234567"}`, `{"$oid":"0123456789abcdef01234568"}`, `{"$symbol":"a"}`, `{"$code":"a"}`, `{"$code":"a","$scope":{}}`, `{"$code":"a","$scope":{"b":1}}`,
		`{"$date":{"$numberLong":"0"}}`, `{"$date":{"$numberLong":"1"}}`, `{"$date":{"$numberLong":"-62135596800001"}}`, `{"$timestamp":{"t":0,"i":1}}`, `{"$timestamp":{"t":1,"i":0}}`,
		`{"$binary":{"base64":"","subType":"00"}}`, `{"$binary":{"base64":"YQ==","subType":"00"}}`, `{"$binary":{"base64":"YQ==","subType":"02"}}`, `{"$binary":{"base64":"YQ==","subType":"80"}}`,
		`{"$regularExpression":{"pattern":"a","options":""}}`, `{"$regularExpression":{"pattern":"a","options":"i"}}`, `{"$regularExpression":{"pattern":"a","options":"im"}}`,
		`{"$dbPointer":{"$ref":"a","$id":{"$oid":"0123456789abcdef01234567"}}}`, `{"$dbPointer":{"$ref":"b","$id":{"$oid":"0123456789abcdef01234567"}}}`,
		`{}`, `[]`, `[1]`, `[2]`, `[1,2]`, `[2,1]`, `{"0":1}`, `{"a":1,"b":2}`, `{"b":2,"a":1}`, `{"a":1,"a":2}`, `{"a":2,"a":1}`, `{"a":1}`, `{"b":1}`,
	} {
		all = append(all, doc(t, `{"v":`+text+`}`), doc(t, `{"w":[0,`+text+`],"v":`+text+`}`))
	}
	all = append(
		all,
		Doc{Type: bson.TypeDocument, Data: document(bson.TypeDouble, "\x01\x00\x00\x00\x00\x00\xf8\x7f")},
		Doc{Type: bson.TypeDocument, Data: document(bson.TypeRegex, "x\x00mi\x00")},
		Doc{Type: bson.TypeDocument, Data: document(bson.TypeRegex, "x\x00im\x00")},
		Doc{Type: bson.TypeDocument, Data: document(bson.TypeArray, "\x08\x00\x00\x00\x0a7\x00\x00")},
		Doc{Type: bson.TypeDocument, Data: document(bson.TypeArray, "\x08\x00\x00\x00\x0a0\x00\x00")},
	)
	for _, sorted := range []bool{false, true} {
		o := extjson.EncodeOptions{Mode: extjson.Relaxed, AmbiguousKeys: extjson.Escape, SortKeys: sorted}
		texts := make([]string, len(all))
		for i, d := range all {
			text, err := o.AppendJSONValue(nil, d.Type, d.Data)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = string(text)
		}
		for i, a := range all {
			for j, b := range all {
				equal := Rule{Values: true, AnyOrder: sorted}.difference(a, b) == nil
				if equal != (texts[i] == texts[j]) {
					t.Errorf("any order %v: %s and %s: equal: %v", sorted, texts[i], texts[j], equal)
				}
			}
		}
	}
}
