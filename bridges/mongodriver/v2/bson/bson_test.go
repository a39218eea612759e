package bson_test

import (
	"bytes"
	"math"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// same makes cmp compare the types and all bits of values.
var same = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
}

// everyType has a value of every type of BSON.
var everyType = driver.D{
	{Key: "double", Value: 1.5}, {Key: "string", Value: "text"}, {Key: "document", Value: driver.D{{Key: "a", Value: driver.D{}}}},
	{Key: "array", Value: driver.A{int32(1), driver.D{{Key: "b", Value: driver.A{}}}}},
	{Key: "binary", Value: driver.Binary{Subtype: 4, Data: []byte{1}}}, {Key: "generic", Value: driver.Binary{Data: []byte{2}}},
	{Key: "undefined", Value: driver.Undefined{}}, {Key: "objectId", Value: driver.ObjectID{1, 2}}, {Key: "bool", Value: true},
	{Key: "date", Value: driver.DateTime(-1)}, {Key: "null", Value: nil}, {Key: "regex", Value: driver.Regex{Pattern: "a", Options: "i"}},
	{Key: "dbPointer", Value: driver.DBPointer{DB: "d.c", Pointer: driver.ObjectID{3}}}, {Key: "javascript", Value: driver.JavaScript("f()")},
	{Key: "symbol", Value: driver.Symbol("s")}, {Key: "scope", Value: driver.CodeWithScope{Code: "g()", Scope: driver.D{{Key: "id", Value: driver.ObjectID{4}}}}},
	{Key: "int", Value: int32(7)}, {Key: "timestamp", Value: driver.Timestamp{T: 1, I: 2}}, {Key: "long", Value: int64(8)},
	{Key: "decimal", Value: driver.NewDecimal128(0x3040000000000000, 12)}, {Key: "minKey", Value: driver.MinKey{}}, {Key: "maxKey", Value: driver.MaxKey{}},
}

func documents(t *testing.T) [][]byte {
	t.Helper()
	doc, err := driver.Marshal(everyType)
	if err != nil {
		t.Fatal(err)
	}
	return append(sample.Documents(sample.Wild, sample.Seed, 1000), doc)
}

// TestSameDocuments: Unmarshal makes the values of the driver, of its types, in a D, an
// M, a map, an any and an A, and Marshal writes the bytes of the document.
func TestSameDocuments(t *testing.T) {
	for i, doc := range documents(t) {
		for _, into := range append([]reflect.Type{
			reflect.TypeFor[bson.D](), reflect.TypeFor[bson.M](), reflect.TypeFor[map[string]any](), reflect.TypeFor[any](), reflect.TypeFor[bson.Raw](),
		}, ownForms...) {
			got, want := reflect.New(into), reflect.New(into)
			if err := driver.Unmarshal(doc, want.Interface()); err != nil {
				t.Fatal(err)
			}
			if err := bson.Unmarshal(doc, got.Interface()); err != nil {
				t.Fatalf("document %d into %v: %v", i, into, err)
			}
			if diff := cmp.Diff(want.Elem().Interface(), got.Elem().Interface(), same); diff != "" {
				t.Fatalf("document %d into %v (-driver +bsonkit):\n%s", i, into, diff)
			}
			written, err := bson.Marshal(got.Elem().Interface())
			if err != nil {
				t.Fatalf("document %d from %v: %v", i, into, err)
			}
			if into.Kind() != reflect.Map && !bytes.Equal(written, doc) {
				t.Fatalf("document %d from %v:\ngot  %x\nwant %x", i, into, written, doc)
			}
		}
	}
}

// TestSameValues: MarshalValue and UnmarshalValue agree with the driver for each value.
func TestSameValues(t *testing.T) {
	for _, e := range everyType {
		if e.Value == nil {
			continue // declared: the driver has no type for nil
		}
		wantType, want, err := driver.MarshalValue(e.Value)
		if err != nil {
			t.Fatal(e.Key, err)
		}
		gotType, got, err := bson.MarshalValue(e.Value)
		if err != nil || gotType != wantType || !bytes.Equal(got, want) {
			t.Errorf("%s: MarshalValue gives %v %x, %v, want %v %x", e.Key, gotType, got, err, wantType, want)
		}
		for _, into := range []reflect.Type{reflect.TypeFor[any](), reflect.TypeOf(e.Value)} {
			ours, theirs := reflect.New(into), reflect.New(into)
			if err := driver.UnmarshalValue(wantType, want, theirs.Interface()); err != nil {
				t.Fatal(e.Key, err)
			}
			if err := bson.UnmarshalValue(wantType, want, ours.Interface()); err != nil {
				t.Errorf("%s into %v: %v", e.Key, into, err)
			}
			if diff := cmp.Diff(theirs.Interface(), ours.Interface(), same); diff != "" {
				t.Errorf("%s into %v (-driver +bsonkit):\n%s", e.Key, into, diff)
			}
		}
	}
}

// A record has the types that programs have in structs.
type record struct {
	ID      bson.ObjectID `bson:"_id,omitempty"`
	Name    string
	Total   bson.Decimal128
	At      time.Time
	Maybe   *bson.DateTime
	Parts   []part
	Order   bson.D
	Values  bson.A
	Labels  bson.M
	Any     any
	Raw     bson.RawValue
	Ignored int `bson:"-"`
	part    `bson:",inline"`
}

type part struct {
	Count int32 `bson:"count"`
	Note  string
}

// TestSameStructs: a struct with the driver's types is written and read as by the driver.
func TestSameStructs(t *testing.T) {
	at := bson.DateTime(5)
	for _, in := range []record{{}, {
		ID: bson.ObjectID{1}, Name: "n", Total: bson.NewDecimal128(0x3040000000000000, 7), At: time.UnixMilli(1).UTC(), Maybe: &at,
		Parts: []part{{1, "a"}, {2, "b"}}, Order: bson.D{{Key: "x", Value: bson.A{bson.ObjectID{2}}}}, Values: bson.A{nil, bson.M{"m": at}},
		Labels: bson.M{"l": bson.D{}}, Any: bson.Timestamp{T: 1}, Raw: bson.RawValue{Type: bson.TypeBoolean, Value: []byte{1}}, part: part{3, "c"},
	}} {
		if in.Raw.Type == 0 {
			in.Raw.Type = bson.TypeNull
		}
		want, err := driver.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bson.Marshal(in)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("Marshal: %v\ngot  %v\nwant %v", err, bson.Raw(got), bson.Raw(want))
		}
		var ours, theirs record
		if err := driver.Unmarshal(want, &theirs); err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(want, &ours); err != nil {
			t.Fatal(err)
		}
		ours.Raw, theirs.Raw = bson.RawValue{Type: ours.Raw.Type, Value: ours.Raw.Value}, bson.RawValue{Type: theirs.Raw.Type, Value: theirs.Raw.Value}
		if diff := cmp.Diff(theirs, ours, same, cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Errorf("Unmarshal (-driver +bsonkit):\n%s", diff)
		}
	}
}

// shortFractions finds milliseconds that end in 0. The driver writes them without the
// zeros; declared.
var shortFractions = regexp.MustCompile(`("\$date":"[^"]*\.[0-9]*?)0+Z"`)

// TestSameText: the Extended JSON of the driver is written, and read as the same values.
func TestSameText(t *testing.T) {
	for i, doc := range documents(t) {
		var d bson.D
		if err := driver.Unmarshal(doc, &d); err != nil {
			t.Fatal(err)
		}
		for _, canonical := range []bool{true, false} {
			want, err := driver.MarshalExtJSON(d, canonical, true)
			if err != nil {
				t.Fatal(err)
			}
			got, err := bson.MarshalExtJSON(d, canonical, true)
			if err != nil || shortFractions.ReplaceAllString(string(got), `${1}Z"`) != string(want) {
				t.Fatalf("document %d: MarshalExtJSON: %v\ngot  %s\nwant %s", i, err, got, want)
			}
			if bytes.Contains(want, []byte("NaN")) {
				continue // declared: the driver reads NaN with a payload
			}
			var ours, theirs bson.D
			if err := driver.UnmarshalExtJSON(want, canonical, &theirs); err != nil {
				t.Fatal(err)
			}
			if err := bson.UnmarshalExtJSON(want, canonical, &ours); err != nil {
				t.Fatalf("document %d: %v\n%s", i, err, want)
			}
			if diff := cmp.Diff(theirs, ours, same); diff != "" {
				t.Fatalf("document %d: UnmarshalExtJSON (-driver +bsonkit):\n%s", i, diff)
			}
		}
	}
}

// TestText: forms of text that programs use.
func TestText(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		canonical  bool
		v          any
	}{
		{"pipeline", `[{"$match":{"a":1}},{"$sort":{"a":-1}}]`, false, new([]bson.D)},
		{"white space", " \n[1]", false, new([]int)},
		{"number", `7`, false, new(int)},
		{"older binary", `{"a":{"$binary":"AQI=","$type":"03"}}`, false, new(bson.D)},
		{"older date", `{"a":{"$date":1500}}`, false, new(bson.D)},
		{"canonical", `{"a":{"$numberInt":"1"}}`, true, new(bson.M)},
		{"struct", `{"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"name":"n"}`, false, new(record)},
	} {
		theirs := reflect.New(reflect.TypeOf(tc.v).Elem())
		if err := driver.UnmarshalExtJSON([]byte(tc.text), tc.canonical, theirs.Interface()); err != nil {
			t.Errorf("%s: driver: %v", tc.name, err)
			continue
		}
		if err := bson.UnmarshalExtJSON([]byte(tc.text), tc.canonical, tc.v); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if diff := cmp.Diff(theirs.Interface(), tc.v, same); diff != "" {
			t.Errorf("%s (-driver +bsonkit):\n%s", tc.name, diff)
		}
	}
	special := bson.D{{Key: "a", Value: bson.D{{Key: "$date", Value: bson.D{{Key: "$numberLong", Value: "5"}}}}}}
	want, err := driver.MarshalExtJSON(special, false, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := bson.MarshalExtJSON(special, false, false); err != nil || string(got) != string(want) {
		t.Errorf("special keys: %s, %v, want %s", got, err, want)
	}
	indented, err := driver.MarshalExtJSONIndent(everyType, true, false, ">", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := bson.MarshalExtJSONIndent(everyType, true, false, ">", "\t"); err != nil || string(got) != string(indented) {
		t.Errorf("MarshalExtJSONIndent: %v (-driver +bsonkit):\n%s", err, cmp.Diff(string(indented), string(got)))
	}
}
