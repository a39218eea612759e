package extjson_test

import (
	"math"
	"regexp"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

var numberInt = regexp.MustCompile(`NumberInt\((-?\d+)\)`)

// shellString checks the text of d's method String: it is the one that AppendJSON
// writes, except that an int32 is its digits, and a reader of shell text takes it
// back as the same bytes.
func shellString(t *testing.T, d bson.D) {
	t.Helper()
	doc, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	o := extjson.EncodeOptions{Mode: extjson.Shell, Spacing: extjson.PythonSpacing}
	want, err := o.AppendJSON(nil, doc)
	if err != nil {
		t.Fatalf("%s: %v", d, err)
	}
	if got := d.String(); got != numberInt.ReplaceAllString(string(want), "$1") {
		t.Errorf("String gives %s\nand AppendJSON %s", got, want)
	}
	shellBack(t, d, doc)
}

// shellBack checks that the text of d's method String is read as doc.
func shellBack(t *testing.T, d bson.D, doc []byte) {
	t.Helper()
	back, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(d.String()))
	if err != nil || string(back) != string(doc) {
		t.Errorf("%s: %x, %v, want %x", d, back, err, doc)
	}
}

// TestShellStrings: package bson and this package write one syntax of the shell,
// which this package reads.
func TestShellStrings(t *testing.T) {
	id, _ := objectid.Parse("56e1fc72e0c917e9c4714161")
	for _, v := range []any{
		1.5, math.Copysign(0, -1), 1e300, math.Inf(1), math.Inf(-1), math.Float64frombits(0x7FF8000000000000),
		"", "a\"\\/\b\f\n\r\t\v\x00\x1f\x7fé\u2028\U0001F600",
		bson.D{}, bson.D{{Key: "", Value: bson.D{{Key: "a \"b\"", Value: nil}}}}, bson.A{}, bson.A{int32(1), bson.A{"x"}},
		bson.Binary{}, bson.Binary{Subtype: 2, Data: []byte{1}}, bson.Binary{Subtype: 255, Data: []byte("abcd")},
		bson.Binary{Subtype: 3, Data: make([]byte, 16)}, bson.Binary{Subtype: 4, Data: make([]byte, 16)}, bson.Binary{Subtype: 4, Data: []byte{1}},
		bson.UUID{1, 2, 3}, bson.NewVector([]int8{1, -1}), bson.NewVector([]float32{1.5}), bson.VectorFromBits([]bool{true}),
		bson.Undefined{}, id, true, false,
		bson.DateTime(0), bson.DateTime(-1), bson.DateTime(1700000000123), bson.DateTime(253402300799999), bson.DateTime(253402300800000),
		bson.DateTime(-62167219200000), bson.DateTime(-62167219200001), bson.DateTime(math.MinInt64), bson.DateTime(math.MaxInt64), time.UnixMilli(5),
		bson.Null{}, nil,
		bson.Regex{}, bson.Regex{Pattern: "a", Options: "xi"}, bson.Regex{Pattern: "a/b"}, bson.Regex{Pattern: `a\/b`}, bson.Regex{Pattern: "[/]"},
		bson.Regex{Pattern: "*"}, bson.Regex{Pattern: "/"}, bson.Regex{Pattern: "a\n\u2028"}, bson.Regex{Pattern: `\`}, bson.Regex{Pattern: "a", Options: "é1"},
		bson.DBPointer{DB: "d.\"c", Pointer: id}, bson.Code("f(\"\")"), bson.Symbol("s\n"),
		bson.CodeWithScope{Code: "f()", Scope: bson.D{{Key: "a", Value: bson.Code("g")}}},
		int32(0), int32(math.MinInt32), bson.Timestamp{}, bson.Timestamp{T: math.MaxUint32, I: 7},
		int64(0), int64(1), int64(math.MinInt64), int64(math.MaxInt64),
		decimal128.Decimal{}, decimal128.FromInt64(-12), bson.MinKey{}, bson.MaxKey{},
	} {
		shellString(t, bson.D{{Key: "a", Value: v}})
	}
	for _, doc := range sample.Documents(sample.Bench, 1, 200) {
		var d bson.D
		if err := bson.Unmarshal(doc, &d); err != nil {
			t.Fatal(err)
		}
		shellString(t, d)
	}
}

// TestShellStringsOfReferences: a DBRef is a document, which package bson writes
// as a call.
func TestShellStringsOfReferences(t *testing.T) {
	for _, v := range []bson.DBRef{
		{Ref: "c", ID: int32(1)},
		{Ref: "c", ID: "x", DB: "d"},
		{Ref: "c", ID: nil, DB: "d", Extra: bson.D{{Key: "x", Value: int64(1)}}},
		{Ref: "c", ID: nil, Extra: bson.D{{Key: "x", Value: bson.D{}}, {Key: "y", Value: 1.5}}},
	} {
		d := bson.D{{Key: "a", Value: v}}
		doc, err := bson.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		shellBack(t, d, doc)
	}
}
