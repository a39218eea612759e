package bson_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/objectid"
)

// TestUnmarshalJSON: the values of JSON texts in the types that hold any value.
func TestUnmarshalJSON(t *testing.T) {
	const object = `{"b":1,"a":[true,{"y":null,"x":"s"}],"b":-3000000000}`
	doc := bson.D{{"b", int32(1)}, {"a", bson.A{true, bson.D{{"y", nil}, {"x", "s"}}}}, {"b", int64(-3000000000)}}
	raw, err := bson.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	array := `[9007199254740993, {"n":[7]}]`
	for _, tc := range []struct {
		text string
		dst  any // pointer to what is decoded into
		want any
	}{
		{object, new(bson.D), doc},
		{object, &bson.D{{"x", 1}}, doc},
		{` {} `, new(bson.D), bson.D{}},
		{`null`, &bson.D{{"x", 1}}, bson.D(nil)},
		{`{"b":5,"a":[true,{"y":7}],"c":{}}`, new(bson.M),
			bson.M{"b": int32(5), "a": []any{true, map[string]any{"y": int32(7)}}, "c": map[string]any{}}},
		{`{"b":5}`, &bson.M{"a": 1, "b": 2}, bson.M{"a": 1, "b": int32(5)}},
		{`{}`, new(bson.M), bson.M{}},
		{`null`, &bson.M{"a": 1}, bson.M(nil)},
		{array, new(bson.A), bson.A{int64(9007199254740993), map[string]any{"n": []any{int32(7)}}}},
		{`[]`, &bson.A{1}, bson.A{}},
		{`null`, &bson.A{1}, bson.A(nil)},
		{object, new(bson.Raw), bson.Raw(raw)},
		{`null`, &bson.Raw{1}, bson.Raw(nil)},
		{object, new(bson.RawValue), bson.RawValue{Type: bson.TypeDocument, Value: raw}},
		{`{"n":1}`, new(bson.RawValue), bson.RawValue{Type: bson.TypeDocument, Value: unhex("0c000000106e000100000000")}},
		{`[]`, new(bson.RawValue), bson.RawValue{Type: bson.TypeArray, Value: unhex("0500000000")}},
		{`9007199254740993`, new(bson.RawValue), bson.RawValue{Type: bson.TypeInt64, Value: unhex("0100000000002000")}},
		{`"a"`, new(bson.RawValue), bson.RawValue{Type: bson.TypeString, Value: unhex("020000006100")}},
		{`null`, &bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, bson.RawValue{Type: bson.TypeNull, Value: []byte{}}},
		{`{"Key":"k","Value":9007199254740993}`, new(bson.E), bson.E{"k", int64(9007199254740993)}},
		{`{"Value":{"a":[1]}}`, &bson.E{"k", 1}, bson.E{"k", map[string]any{"a": []any{int32(1)}}}},
		{`{"Code":"f()","Scope":{"a":1}}`, new(bson.CodeWithScope), bson.CodeWithScope{Code: "f()", Scope: map[string]any{"a": int32(1)}}},
		{`{"$ref":"c","$id":{"k":1},"$db":"d","x":2}`, new(bson.DBRef),
			bson.DBRef{Ref: "c", ID: bson.D{{"k", int32(1)}}, DB: "d", Extra: bson.D{{"x", int32(2)}}}},
		{`null`, &bson.DBRef{Ref: "c"}, bson.DBRef{Ref: "c"}},
		{`null`, ptrTo(bson.DateTime(5)), bson.DateTime(5)},
		{`"1970-01-01T00:00:00.007Z"`, ptrTo(bson.DateTime(5)), bson.DateTime(7)},
		{`{"Subtype":9,"Data":"AwAB"}`, new(bson.Vector), bson.NewVector([]int8{1})},
		{`{"Subtype":0,"Data":null}`, ptrTo(bson.NewVector([]int8{1})), bson.Vector{}},
	} {
		if err := json.Unmarshal([]byte(tc.text), tc.dst); err != nil {
			t.Errorf("%s into %T: %v", tc.text, tc.dst, err)
			continue
		}
		if diff := cmp.Diff(tc.want, reflect.ValueOf(tc.dst).Elem().Interface(), cmpopts.EquateEmpty(), bits); diff != "" {
			t.Errorf("%s into %T (-want +got):\n%s", tc.text, tc.dst, diff)
		}
	}
}

// TestUnmarshalJSONFaults: a value that is not the JSON of its type leaves the
// variable as it was.
func TestUnmarshalJSONFaults(t *testing.T) {
	raw := bson.Raw("\x05\x00\x00\x00\x00")
	for _, tc := range []struct {
		text string
		old  any
		want error // nil: another
	}{
		{`{"a\u0000":1}`, bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, bson.ErrKeyNUL},
		{`{"a\u0000":1}`, raw, bson.ErrKeyNUL},
		{`{"a\u0000":1}`, bson.DBRef{Ref: "c"}, bson.ErrKeyNUL},
		{`{"a":1}`, bson.DBRef{Ref: "c"}, bson.ErrMismatch},
		{`[1e999]`, bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, bson.ErrRange},
		{`{"Code":"f","Scope":[1e999]}`, bson.CodeWithScope{Code: "g"}, bson.ErrRange},
		{`{"Value":1e999}`, bson.E{"k", 1}, bson.ErrRange},
		{`{"a":1e999}`, bson.D{{"k", 1}}, bson.ErrRange},
		{`[1e999]`, bson.A{1}, bson.ErrRange},
		{`{"a":1e999}`, bson.M{"k": 1}, bson.ErrRange},
		{`{"Subtype":9,"Data":"Aw=="}`, bson.NewVector([]int8{1}), bson.ErrVector},
		{`{"Subtype":5,"Data":"AwAB"}`, bson.NewVector([]int8{1}), bson.ErrVector},
		{`{"Subtype":256}`, bson.NewVector([]int8{1}), nil},
		{`"yesterday"`, bson.DateTime(5), nil},
		{`5`, bson.DateTime(5), nil},
	} {
		v := reflect.New(reflect.TypeOf(tc.old))
		v.Elem().Set(reflect.ValueOf(tc.old))
		if err := json.Unmarshal([]byte(tc.text), v.Interface()); err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s into %T: %v, want %v", tc.text, tc.old, err, tc.want)
		}
		if diff := cmp.Diff(tc.old, v.Elem().Interface(), bits); diff != "" {
			t.Errorf("%s into %T (-want +got):\n%s", tc.text, tc.old, diff)
		}
	}
}

// TestJSONNumbers: an integer is an int32, else an int64, else the nearest
// double; a number with a fraction or an exponent is a double.
func TestJSONNumbers(t *testing.T) {
	for text, want := range map[string]any{
		"0": int32(0), "-0": int32(0), "2147483647": int32(math.MaxInt32), "-2147483648": int32(math.MinInt32),
		"2147483648": int64(math.MaxInt32 + 1), "-2147483649": int64(math.MinInt32 - 1),
		"9007199254740993": int64(1<<53 + 1), "9223372036854775807": int64(math.MaxInt64), "-9223372036854775808": int64(math.MinInt64),
		"9223372036854775808": 0x1p63, "-9223372036854775809": -0x1p63, "1" + strings.Repeat("0", 308): 1e308,
		"1.0": 1.0, "1e0": 1.0, "-0.0": math.Copysign(0, -1), "5e-324": math.SmallestNonzeroFloat64, "1e-400": 0.0,
		"1.7976931348623157e308": math.MaxFloat64,
	} {
		var d bson.D
		err := json.Unmarshal([]byte(`{"n":`+text+`}`), &d)
		if diff := cmp.Diff(bson.D{{"n", want}}, d, bits); diff != "" || err != nil {
			t.Errorf("%.40s: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"1e309", "-1e400", "1" + strings.Repeat("0", 309)} {
		var v bson.M
		err := json.Unmarshal([]byte(`{"a":[0,`+text+`]}`), &v)
		var got *bson.ValueError
		if !errors.As(err, &got) {
			t.Fatalf("%.20s: error is %v, want *bson.ValueError", text, err)
		}
		if diff := cmp.Diff(bson.ValueError{Offset: 8, Pointer: "/a/1", Err: bson.ErrRange}, *got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("%.20s (-want +got):\n%s", text, diff)
		}
	}
}

// jsonReaders are new destinations of all types that read JSON by a method.
func jsonReaders() []json.Unmarshaler {
	return []json.Unmarshaler{
		new(bson.D), new(bson.M), new(bson.A), new(bson.E), new(bson.Raw), new(bson.RawValue), new(bson.DBRef),
		new(bson.CodeWithScope), new(bson.DateTime), new(bson.Vector), new(objectid.ID), ptrTo(mustDecimal("0")),
	}
}

// TestHostileJSON: the methods do not rely on a caller that checks the text.
// Rejected text leaves the value unchanged.
func TestHostileJSON(t *testing.T) {
	big := strings.Repeat("[", 1<<22)
	texts := []string{
		"", " ", "{", "[", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `[1`, `[1,`, `[1,]`, `[,1]`, `[1 2]`, `{"a" 1}`, `{1:2}`, `{"a":1 "b":2}`, `[}`, `{]`,
		`{"a":1} garbage }}}`, `{"a":1}{"a":1}`, `[1][`, `[] 1`, `1 2`, `"x" "y"`, `null null`, `null,`, `nul`, `nulls`, `tru`, `"`, `"\x"`, "\"\n\"", `"\ud8`,
		`-`, `+1`, `01`, `1.`, `.5`, `1e`, `0x1`, `1_0`, `NaN`, `-Infinity`, `{'a':1}`, `/**/1`, "\x00", "\ufeff1", `}`, `]`, `:`, `,`,
		big, `{"a":` + big, strings.Repeat(`{"a":`, 1<<20), strings.Repeat(`[`, 1001) + strings.Repeat(`]`, 1001),
		`"` + strings.Repeat("x", 1<<20), strings.Repeat("9", 1<<20),
	}
	for _, v := range jsonReaders() {
		for _, text := range texts {
			before := reflect.ValueOf(v).Elem().Interface()
			if err := v.UnmarshalJSON([]byte(text)); err == nil {
				t.Errorf("%.20q into %T: no error", text, v)
			}
			if diff := cmp.Diff(before, reflect.ValueOf(v).Elem().Interface(), bits); diff != "" {
				t.Errorf("%.20q into %T was set (-before +after):\n%s", text, v, diff)
			}
		}
	}
}

// TestJSONDepth: 1,000 objects and arrays may be nested, for every caller.
func TestJSONDepth(t *testing.T) {
	nested := func(n int) string {
		return strings.Repeat(`{"a":[`, n/2) + strings.Repeat(`]}`, n/2)
	}
	for _, call := range map[string]func(string, json.Unmarshaler) error{
		"UnmarshalJSON":  func(text string, v json.Unmarshaler) error { return v.UnmarshalJSON([]byte(text)) },
		"json.Unmarshal": func(text string, v json.Unmarshaler) error { return json.Unmarshal([]byte(text), v) },
	} {
		for _, v := range []json.Unmarshaler{new(bson.D), new(bson.M), new(bson.Raw), new(bson.RawValue)} {
			if err := call(nested(bson.DefaultMaxDepth), v); err != nil {
				t.Errorf("%T: %v", v, err)
			}
			err := call(nested(bson.DefaultMaxDepth+2), v)
			var got *bson.ValueError
			if !errors.As(err, &got) || !errors.Is(err, bson.ErrDepth) || got.Offset != 500*6 || !strings.HasPrefix(got.Pointer, "/a/0/a/0") {
				t.Errorf("%T: error is %.200v", v, err)
			}
		}
	}
	d := bson.D{}
	for range bson.DefaultMaxDepth - 1 {
		d = bson.D{{"a", d}}
	}
	text, err := json.Marshal(d)
	var again bson.D
	if err == nil {
		err = json.Unmarshal(text, &again)
	}
	if err != nil || !reflect.DeepEqual(d, again) { // cmp takes minutes
		t.Errorf("deepest document that is written: %v", err)
	}
	if _, err := json.Marshal(bson.D{{"a", d}}); !errors.Is(err, bson.ErrDepth) {
		t.Errorf("one deeper: %.200v", err)
	}
	for pointer, v := range map[string]any{
		"/a/b/a/a": map[string]any{"b": d}, "/a/0/a/a": []any{d}, "/a/D/a/a": struct{ D bson.D }{d}, "/a/E/a/a": struct{ embeddedD }{embeddedD{d}}, "/a/a/a": &d, "/a": ownJSON{bson.D{{"b", d}}},
	} {
		_, err := json.Marshal(bson.D{{"a", v}})
		if got := conversionOf(t, err); !strings.HasPrefix(got.Pointer, pointer) || !errors.Is(err, bson.ErrDepth) {
			t.Errorf("one deeper in %T: %.200v, want a fault at %s", v, err, pointer)
		}
	}
}

// An embeddedD is a part of another struct.
type embeddedD struct{ E bson.D }

// TestJSONDepthOfEach: every container counts as one level, in every place, and 1,000
// levels are written.
func TestJSONDepthOfEach(t *testing.T) {
	nested := func(n int) bson.D {
		d := bson.D{}
		for range n - 1 {
			d = bson.D{{"a", d}}
		}
		return d
	}
	// A nil is no level.
	for _, v := range []any{[]int(nil), map[string]int(nil), map[string]bson.D(nil), []bson.D(nil), (*bson.D)(nil), (*int)(nil), struct{}{}} {
		d := bson.D{{"n", v}}
		for range bson.DefaultMaxDepth - 1 {
			d = bson.D{{"a", d}}
		}
		_, err := d.MarshalJSON()
		if _, isStruct := v.(struct{}); errors.Is(err, bson.ErrDepth) != isStruct || !isStruct && err != nil {
			t.Errorf("%T in the deepest document: %.200v", v, err)
		}
	}
	for name, tc := range map[string]struct {
		levels int
		wrap   func(bson.D) any
	}{
		"D":             {1, func(d bson.D) any { return bson.D{{"b", d}} }},
		"M":             {1, func(d bson.D) any { return bson.M{"b": d} }},
		"map":           {1, func(d bson.D) any { return map[string]any{"b": d} }},
		"map of D":      {1, func(d bson.D) any { return map[string]bson.D{"b": d} }},
		"A":             {1, func(d bson.D) any { return bson.A{d} }},
		"slice":         {1, func(d bson.D) any { return []any{d} }},
		"slice of D":    {1, func(d bson.D) any { return []bson.D{d} }},
		"array":         {1, func(d bson.D) any { return [1]any{d} }},
		"array of D":    {1, func(d bson.D) any { return [1]bson.D{d} }},
		"DBRef":         {1, func(d bson.D) any { return bson.DBRef{Ref: "c", ID: d} }},
		"code":          {1, func(d bson.D) any { return bson.CodeWithScope{Scope: d} }},
		"struct":        {1, func(d bson.D) any { return struct{ B any }{d} }},
		"struct with D": {1, func(d bson.D) any { return struct{ B bson.D }{d} }},
		"pointer":       {0, func(d bson.D) any { return &d }},
		"two":           {2, func(d bson.D) any { return []any{struct{ B []bson.D }{[]bson.D{d}}}[0] }},
	} {
		for _, before := range []int{0, 1, 5} {
			for _, over := range []int{0, 1} {
				v := tc.wrap(nested(bson.DefaultMaxDepth - tc.levels - 1 - before + over))
				for range before {
					v = bson.A{v}
				}
				_, err := bson.D{{"a", v}}.MarshalJSON()
				if errors.Is(err, bson.ErrDepth) != (over > 0) || err != nil && over == 0 {
					t.Errorf("%s in %d arrays, %d too many: %.200v", name, before, over, err)
				}
			}
		}
	}
	for over := range 2 {
		doc := []byte(nil)
		for range bson.DefaultMaxDepth + over {
			doc, _ = bsoncore.Begin(doc)
			doc = append(doc, 3, 'a', 0)
		}
		doc = doc[:len(doc)-3]
		for n, at := bson.DefaultMaxDepth+over, len(doc)-4; n > 0; n, at = n-1, at-7 {
			doc = append(doc, 0)
			binary.LittleEndian.PutUint32(doc[at:], uint32(len(doc)-at))
		}
		for _, v := range []json.Marshaler{bson.Raw(doc), bson.RawValue{Type: bson.TypeDocument, Value: doc}} {
			if _, err := v.MarshalJSON(); errors.Is(err, bson.ErrDepth) != (over > 0) || err != nil && over == 0 {
				t.Errorf("%T, %d too many: %.200v", v, over, err)
			}
		}
	}
}

// ownJSON is a value with a document inside that only its method shows.
type ownJSON struct{ d bson.D }

func (o ownJSON) MarshalJSON() ([]byte, error) { return json.Marshal(o.d) }

// TestJSONSyntax: a D accepts every JSON object that encoding/json accepts, and
// no other text.
func TestJSONSyntax(t *testing.T) {
	parts := []string{`{`, `}`, `[`, `]`, `,`, `:`, `"a"`, `1`, `null`, ` `}
	var texts []string
	var build func(text string, n int)
	build = func(text string, n int) {
		texts = append(texts, text)
		if n > 0 {
			for _, p := range parts {
				build(text+p, n-1)
			}
		}
	}
	build("", 4)
	for _, text := range texts {
		var v bson.RawValue
		if err := v.UnmarshalJSON([]byte(text)); (err == nil) != json.Valid([]byte(text)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestJSONRoundTrip: these types read their own JSON: the text is always the
// same, and so is the value if JSON can represent it.
func TestJSONRoundTrip(t *testing.T) {
	same := bson.D{{"n", int32(1)}, {"l", int64(1) << 60}, {"d", 1.5}, {"s", "x\u2028<"}, {"b", true}, {"z", nil}, {"a", bson.A{bson.D{}, bson.A{}}}, {"n", int32(2)}}
	doc, err := bson.Marshal(same)
	if err != nil {
		t.Fatal(err)
	}
	all := append(bson.D{{"id", anID}, {"at", bson.DateTime(5)}, {"x", mustDecimal("1.20")}, {"w", 5.0}, {"big", int64(5)},
		{"bin", bson.Binary{Subtype: 1, Data: []byte{1}}}, {"re", bson.Regex{Pattern: "a"}}, {"code", bson.CodeWithScope{Code: "f", Scope: bson.D{{"a", 1}}}}}, same...)
	lossy, err := bson.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		v    any
		same bool // JSON represents the value
	}{
		{same, true},
		{bson.Raw(doc), true},
		{bson.RawValue{Type: bson.TypeDocument, Value: doc}, true},
		{bson.RawValue{Type: bson.TypeInt64, Value: unhex("0100000000002000")}, true},
		{bson.DBRef{Ref: "c", ID: int32(1), Extra: bson.D{{"n", int64(1) << 40}}}, true},
		{bson.E{"k", int64(1) << 40}, true},
		{bson.Vector{}, true},
		{bson.NewVector([]float32{1}), true},
		{bson.UUID{7}, true},
		{bson.DateTime(1700000000123), true},
		{bson.Binary{Subtype: 1, Data: []byte{2}}, true},
		{bson.Regex{Pattern: "a", Options: "i"}, true},
		{bson.Timestamp{T: 1, I: 2}, true},
		{bson.DBPointer{DB: "d", Pointer: anID}, true},
		{anID, true},
		{mustDecimal("1.20"), true},
		{all, false},
		{bson.Raw(lossy), false},
		{bson.RawValue{Type: bson.TypeDocument, Value: lossy}, false},
		{bson.M{"a": bson.D{{"x", 1}}}, false},
		{bson.A{bson.D{{"x", 1}}}, false},
		{bson.CodeWithScope{Code: "f", Scope: bson.D{{"x", 1}}}, false},
	} {
		text, err := json.Marshal(tc.v)
		if err != nil {
			t.Errorf("%T: %v", tc.v, err)
			continue
		}
		v := reflect.New(reflect.TypeOf(tc.v))
		if err := json.Unmarshal(text, v.Interface()); err != nil {
			t.Errorf("%T: %s: %v", tc.v, text, err)
			continue
		}
		got := v.Elem().Interface()
		if diff := cmp.Diff(tc.v, got, bits); tc.same && diff != "" {
			t.Errorf("%T: %s (-want +got):\n%s", tc.v, text, diff)
		}
		if again, err := json.Marshal(got); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%T: %s, %v, want %s", tc.v, again, err, text)
		}
	}
}

// TestJSONOfDamage: malformed BSON has no JSON.
func TestJSONOfDamage(t *testing.T) {
	for _, v := range []json.Marshaler{
		bson.Raw{1, 2, 3}, bson.Raw{}, bson.Raw("\x08\x00\x00\x00\x20a\x00\x00"), bson.Raw("\x0c\x00\x00\x00\x02a\x00\x09\x00\x00\x00\x00"),
		bson.RawValue{Type: 0x20}, bson.RawValue{Type: bson.TypeInt32, Value: []byte{1}}, bson.RawValue{Value: []byte{}},
	} {
		var e *bson.SyntaxError
		if text, err := v.MarshalJSON(); text != nil || !errors.As(err, &e) {
			t.Errorf("%#v: %s, %v", v, text, err)
		}
	}
}

// TestWrongJSON: a JSON value of the wrong kind.
func TestWrongJSON(t *testing.T) {
	for i, text := range []string{`{}`, `[]`, `"x"`, `7`, `true`} {
		kind := []string{"object", "array", "string", "number", "bool"}[i]
		for _, v := range []json.Unmarshaler{new(bson.D), new(bson.M), new(bson.A), new(bson.Raw), new(bson.DBRef)} {
			_, list := v.(*bson.A)
			_, ref := v.(*bson.DBRef)
			err := v.UnmarshalJSON([]byte(text))
			var e *json.UnmarshalTypeError
			switch {
			case kind == "object" && !list || kind == "array" && list:
				if (err != nil) != ref { // a reference needs its keys
					t.Errorf("%s into %T: %v", text, v, err)
				}
			case !errors.As(err, &e) || e.Value != kind || e.Type != reflect.TypeOf(v).Elem() || e.Offset != int64(len(text)):
				t.Errorf("%s into %T: %v", text, v, err)
			}
		}
	}
	if err := json.Unmarshal([]byte(`{"a`+strconv.Quote("\x00")[1:3]+`":1}`), new(bson.D)); err == nil {
		t.Error("a key with an escape that JSON does not have is read")
	}
	var key *bson.ValueError
	if err := json.Unmarshal([]byte(`{"a\u0000":1}`), new(bson.Raw)); !errors.As(err, &key) || !errors.Is(err, bson.ErrKeyNUL) {
		t.Errorf("a key that BSON does not have: %v", err)
	}
}
