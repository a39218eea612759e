package bsoncore_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file looks into documents and values with Document and Value: each
// getter on each type, on cut and arbitrary bytes, and lookups that succeed,
// fail and meet malformed bytes.

// getters returns the results of all getters of Value.
var getters = map[string]func(v bsoncore.Value) (string, bool){
	"double":     func(v bsoncore.Value) (string, bool) { x, ok := v.DoubleOK(); return fmt.Sprint(x), ok },
	"string":     func(v bsoncore.Value) (string, bool) { x, ok := v.StringValueOK(); return fmt.Sprintf("%q", x), ok },
	"object":     func(v bsoncore.Value) (string, bool) { x, ok := v.DocumentOK(); return fmt.Sprintf("%x", x), ok },
	"array":      func(v bsoncore.Value) (string, bool) { x, ok := v.ArrayOK(); return fmt.Sprintf("%x", x), ok },
	"binData":    func(v bsoncore.Value) (string, bool) { s, x, ok := v.BinaryOK(); return fmt.Sprintf("%d:%x", s, x), ok },
	"undefined":  func(v bsoncore.Value) (string, bool) { return "", v.IsUndefined() },
	"objectId":   func(v bsoncore.Value) (string, bool) { x, ok := v.ObjectIDOK(); return x.String(), ok },
	"bool":       func(v bsoncore.Value) (string, bool) { x, ok := v.BooleanOK(); return fmt.Sprint(x), ok },
	"date":       func(v bsoncore.Value) (string, bool) { x, ok := v.DateTimeOK(); return fmt.Sprint(x), ok },
	"null":       func(v bsoncore.Value) (string, bool) { return "", v.IsNull() },
	"regex":      func(v bsoncore.Value) (string, bool) { p, o, ok := v.RegexOK(); return "/" + p + "/" + o, ok },
	"dbPointer":  func(v bsoncore.Value) (string, bool) { n, id, ok := v.DBPointerOK(); return n + ":" + id.String(), ok },
	"javascript": func(v bsoncore.Value) (string, bool) { x, ok := v.CodeOK(); return fmt.Sprintf("%q", x), ok },
	"symbol":     func(v bsoncore.Value) (string, bool) { x, ok := v.SymbolOK(); return fmt.Sprintf("%q", x), ok },
	"int":        func(v bsoncore.Value) (string, bool) { x, ok := v.Int32OK(); return fmt.Sprint(x), ok },
	"timestamp": func(v bsoncore.Value) (string, bool) {
		t, i, ok := v.TimestampOK()
		return fmt.Sprintf("%d:%d", t, i), ok
	},
	"long":    func(v bsoncore.Value) (string, bool) { x, ok := v.Int64OK(); return fmt.Sprint(x), ok },
	"decimal": func(v bsoncore.Value) (string, bool) { x, ok := v.Decimal128OK(); return x.String(), ok },
	"maxKey":  func(v bsoncore.Value) (string, bool) { return "", v.IsMaxKey() },
	"minKey":  func(v bsoncore.Value) (string, bool) { return "", v.IsMinKey() },
	"javascriptWithScope": func(v bsoncore.Value) (string, bool) {
		code, scope, ok := v.CodeWithScopeOK()
		return fmt.Sprintf("%s:%x", code, scope), ok
	},
}

// zeros is the result of the getters if they report false: zero values.
var zeros = map[string]string{
	"double": "0", "string": `""`, "binData": "0:", "objectId": objectid.ID{}.String(), "bool": "false", "date": "0", "regex": "//",
	"dbPointer": ":" + objectid.ID{}.String(), "javascript": `""`, "symbol": `""`, "int": "0", "timestamp": "0:0", "long": "0",
	"decimal": decimal128.Decimal{}.String(), "javascriptWithScope": ":",
}

func TestValueGetters(t *testing.T) {
	for _, v := range vectors {
		value := bsoncore.Document(v.doc()).Lookup("a")
		for name, get := range getters {
			got, ok := get(value)
			want := zeros[name]
			if name == v.typ.String() {
				want = shown[v.name]
			}
			if ok != (name == v.typ.String()) || got != want {
				t.Errorf("%s: getter for %s says %s, %v; want %s", v.name, name, got, ok, want)
			}
		}
		if err := value.Validate(); err != nil || value.IsZero() {
			t.Errorf("%s: Validate: %v, IsZero: %v", v.name, err, value.IsZero())
		}
	}
	if len(getters) != 21 {
		t.Errorf("%d getters tested, want one for each of the 21 types", len(getters))
	}
}

// TestValueAnyBytes holds that getters report false for truncated, lengthened
// and arbitrary bytes of every type.
func TestValueAnyBytes(t *testing.T) {
	for _, v := range vectors {
		data := v.data()
		bad := [][]byte{append(data[:len(data):len(data)], 0)}
		for n := range len(data) {
			bad = append(bad, data[:n])
		}
		for _, b := range bad {
			value := bsoncore.Value{Type: v.typ, Data: b}
			for name, get := range getters {
				if got, ok := get(value); ok || got != zeros[name] {
					t.Errorf("%s: %x: getter for %s says %s, %v", v.name, b, name, got, ok)
				}
			}
			if value.Validate() == nil {
				t.Errorf("%s: %x is valid", v.name, b)
			}
		}
	}
	for i := range 256 {
		for n := range 24 {
			for _, fill := range []byte{0, 1, 5, 0x7F, 0xFF} {
				b := make([]byte, n)
				for j := range b {
					b[j] = fill
				}
				for _, get := range getters {
					get(bsoncore.Value{Type: bsoncore.Type(i), Data: b}) // must not panic
				}
			}
		}
	}
}

// TestValueText holds that getters report false for text that is not UTF-8.
func TestValueText(t *testing.T) {
	bad := "\xff"
	id := objectid.ID{}
	for _, element := range [][]byte{
		bsoncore.AppendString(nil, "a", bad), bsoncore.AppendCode(nil, "a", bad), bsoncore.AppendSymbol(nil, "a", bad),
		bsoncore.AppendRegex(nil, "a", bad, ""), bsoncore.AppendRegex(nil, "a", "", bad),
		bsoncore.AppendDBPointer(nil, "a", bad, id), bsoncore.AppendCodeWithScope(nil, "a", bad, whole("")),
	} {
		v := bsoncore.Document(whole(fmt.Sprintf("%x", element))).Lookup("a")
		for name, get := range getters {
			if got, ok := get(v); ok || got != zeros[name] {
				t.Errorf("%v: getter for %s says %s, %v", v.Type, name, got, ok)
			}
		}
		if v.Validate() == nil {
			t.Errorf("%v of bytes that are not UTF-8 is valid", v.Type)
		}
	}
}

func TestValueTime(t *testing.T) {
	for _, tc := range []struct {
		ms   int64
		want string
	}{
		{0, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{1356351330501, "2012-12-24T12:15:30.501Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"},
	} {
		doc := bsoncore.Document(whole(fmt.Sprintf("%x", bsoncore.AppendDateTime(nil, "a", tc.ms))))
		got, ok := doc.Lookup("a").TimeOK()
		if s := got.Format(time.RFC3339Nano); s != tc.want || !ok {
			t.Errorf("%d ms: %s, %v; want %s", tc.ms, s, ok, tc.want)
		}
	}
	for _, ms := range []int64{math.MinInt64, math.MaxInt64} {
		doc := bsoncore.Document(whole(fmt.Sprintf("%x", bsoncore.AppendDateTime(nil, "a", ms))))
		if got, ok := doc.Lookup("a").TimeOK(); !ok || got.UnixMilli() != ms {
			t.Errorf("%d ms: %v, %v", ms, got.UnixMilli(), ok)
		}
	}
	if got, ok := (bsoncore.Value{}).TimeOK(); ok || !got.IsZero() {
		t.Errorf("no value: %v, %v", got, ok)
	}
}

func TestDocumentLookup(t *testing.T) {
	doc := bsoncore.Document(nested) // {a: {b: [true, null]}, c: Code("x", {d: 1})}
	for _, tc := range []struct {
		path []string
		typ  bsoncore.Type
		at   int // of the value in doc
		size int
	}{
		{nil, bsoncore.TypeDocument, 0, len(nested)},
		{[]string{"a"}, bsoncore.TypeDocument, 7, 20},
		{[]string{"a", "b"}, bsoncore.TypeArray, 14, 12},
		{[]string{"a", "b", "0"}, bsoncore.TypeBoolean, 21, 1},
		{[]string{"a", "b", "1"}, bsoncore.TypeNull, 25, 0},
		{[]string{"c", "d"}, bsoncore.TypeInt32, 47, 4},
	} {
		got, err := doc.LookupErr(tc.path...)
		want := bsoncore.Value{Type: tc.typ, Data: doc[tc.at : tc.at+tc.size]}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", tc.path, err, diff)
		}
		if len(got.Data) > 0 && &got.Data[0] != &doc[tc.at] {
			t.Errorf("%q: the value is a copy", tc.path)
		}
		if len(tc.path) > 0 && cap(got.Data) != len(got.Data) {
			t.Errorf("%q: appending to the value would change the document", tc.path)
		}
	}
	for _, tc := range []struct {
		path []string
		want fault
	}{
		{[]string{""}, fault{52, "/", bsoncore.ErrNotFound}},
		{[]string{"A"}, fault{52, "/A", bsoncore.ErrNotFound}},
		{[]string{"a", "a~/", "x"}, fault{26, "/a/a~0~1", bsoncore.ErrNotFound}},
		{[]string{"a", "b", "2"}, fault{25, "/a/b/2", bsoncore.ErrNotFound}},
		{[]string{"a", "b", "0", "0"}, fault{22, "/a/b/0/0", bsoncore.ErrNotFound}},
		{[]string{"c", "a"}, fault{51, "/c/a", bsoncore.ErrNotFound}},
	} {
		got, err := doc.LookupErr(tc.path...)
		wantValue(t, err, tc.want)
		if !got.IsZero() || !doc.Lookup(tc.path...).IsZero() {
			t.Errorf("%q: found %v", tc.path, got)
		}
	}
}

func TestDocumentLookupDuplicate(t *testing.T) {
	doc := bsoncore.Document(whole("08 6100 01 0a 6100"))
	if got := doc.Lookup("a").Type; got != bsoncore.TypeBoolean {
		t.Errorf("found the %v, want the first", got)
	}
}

// TestDocumentLookupFaults holds that bytes before the value must be well
// formed, and bytes after it do not matter.
func TestDocumentLookupFaults(t *testing.T) {
	for _, tc := range outside {
		for _, path := range [][]string{nil, {"a"}} {
			_, err := bsoncore.Document(unhex(tc.doc)).LookupErr(path...)
			wantSyntax(t, err, tc.want)
		}
	}
	for _, tc := range inside {
		doc := bsoncore.Document(whole(tc.elements))
		_, err := doc.LookupErr("no such key")
		wantSyntax(t, err, tc.want)
		before := whole("08 7a00 01" + tc.elements)
		if v, ok := bsoncore.Document(before).Lookup("z").BooleanOK(); !v || !ok {
			t.Errorf("%s: the element before it is not found", tc.name)
		}
	}
	deep := bsoncore.Document(nest(1001, bsoncore.TypeDocument))
	path := make([]string, 1000)
	for i := range path {
		path[i] = "0"
	}
	if v := deep.Lookup(path[:999]...); v.Type != bsoncore.TypeDocument {
		t.Errorf("level 1000: %v", v)
	}
	if v := deep.Lookup(path...); v.Type != bsoncore.TypeDocument {
		t.Errorf("the element at level 1000 is %v", v)
	}
	if _, err := deep.LookupErr(append(path, "0")...); err == nil {
		t.Error("level 1001 is entered")
	}
}

func TestDocumentAll(t *testing.T) {
	type pair struct {
		Key   string
		Value bsoncore.Value
	}
	collect := func(doc []byte) (pairs []pair) {
		for k, v := range bsoncore.Document(doc).All() {
			pairs = append(pairs, pair{k, v})
		}
		return pairs
	}
	got := collect(whole("08 6100 01 0a 6200 10 6100 07000000"))
	want := []pair{
		{"a", bsoncore.Value{Type: bsoncore.TypeBoolean, Data: []byte{1}}},
		{"b", bsoncore.Value{Type: bsoncore.TypeNull, Data: []byte{}}},
		{"a", bsoncore.Value{Type: bsoncore.TypeInt32, Data: []byte{7, 0, 0, 0}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = collect(whole("08 6100 01 0a 6200 08 6300 02"))
	want = append(want[:2:2], pair{"", bsoncore.Value{}})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("malformed (-want +got):\n%s", diff)
	}
	if got := collect(nil); len(got) != 1 || !got[0].Value.IsZero() {
		t.Errorf("no document: %v", got)
	}
	if got := collect(whole("")); got != nil {
		t.Errorf("empty document: %v", got)
	}
	for range bsoncore.Document(nested).All() {
		break // must not go on
	}
}

func TestDocumentEqual(t *testing.T) {
	a, b := bsoncore.Document(vectors[0].doc()), bsoncore.Document(vectors[0].doc())
	if !a.Equal(b) || a.Equal(vectors[1].doc()) || a.Validate() != nil || bsoncore.Document(nil).Validate() == nil {
		t.Error("Document.Equal or Document.Validate is wrong")
	}
	v, w := a.Lookup("a"), b.Lookup("a")
	w.Type = bsoncore.TypeInt64
	if !v.Equal(b.Lookup("a")) || v.Equal(w) || v.Equal(bsoncore.Value{Type: v.Type}) {
		t.Error("Value.Equal is wrong")
	}
	if d, ok := bsoncore.Document(whole(fmt.Sprintf("%x", bsoncore.AppendDecimal128(nil, "a", decimal128.FromInt64(-7))))).
		Lookup("a").Decimal128OK(); !ok || d != decimal128.FromInt64(-7) {
		t.Errorf("Decimal128OK: %v, %v", d, ok)
	}
}
