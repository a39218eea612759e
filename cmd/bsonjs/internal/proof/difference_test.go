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
	exact, values, sorted := Rule{}, Rule{Values: true}, Rule{Values: true, AnyOrder: true}
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
