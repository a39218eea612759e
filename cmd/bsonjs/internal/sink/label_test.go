package sink

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// valueOf returns v as an encoded value.
func valueOf(t *testing.T, v any) bsoncore.Value {
	t.Helper()
	doc, err := bson.Marshal(bson.D{{Key: "v", Value: v}})
	if err != nil {
		t.Fatal(err)
	}
	return bsoncore.Document(doc).Lookup("v")
}

func parseDecimal(t *testing.T, text string) decimal128.Decimal {
	t.Helper()
	d, err := decimal128.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The text of a label is that of the value, or the name of its type and a hash.
func TestLabelTexts(t *testing.T) {
	dec := func(text string) decimal128.Decimal { return parseDecimal(t, text) }
	for _, tc := range []struct {
		v    any
		want string // type and text
	}{
		{int32(-5), "double -5"}, {int64(1 << 62), "double 4611686018427387904"}, {2.0, "double 2"}, {math.Copysign(0, -1), "double 0"}, {0.5, "double 0.5"},
		{1e300, "double 1.0E+300"}, {math.NaN(), "double NaN"}, {math.Inf(1), "double Infinity"}, {math.Inf(-1), "double -Infinity"},
		{dec("2.00"), "double 2"}, {dec("0.50"), "double 0.5"}, {dec("0.10"), "decimal 0.1"}, {dec("NaN"), "double NaN"}, {dec("-Infinity"), "double -Infinity"}, {dec("-0E+3"), "double 0"},
		{dec("1E+20"), "double 1.0E+20"}, {dec("9007199254740993.5"), "decimal 9007199254740993.5"}, {dec("1E-6000"), "decimal 1E-6000"},
		{"", "string "}, {"a/b", "string a/b"}, {bson.Symbol("a"), "string a"}, {"nul\x00", "string nul\x00"},
		{true, "bool true"}, {false, "bool false"}, {bson.Null{}, "null null"}, {bson.Undefined{}, "undefined undefined"}, {bson.MinKey{}, "minKey minKey"}, {bson.MaxKey{}, "maxKey maxKey"},
		{objectid.ID{0: 1}, "objectId 010000000000000000000000"},
		{bson.DateTime(0), "date 1970-01-01T000000Z"}, {bson.DateTime(1234567890123), "date 2009-02-13T233130.123Z"}, {bson.DateTime(math.MaxInt64), "date 9223372036854775807ms"}, {bson.DateTime(-62135596800001), "date -62135596800001ms"},
		{bson.Timestamp{T: 7, I: 9}, "timestamp 7.9"},
		{bson.UUID{0: 1, 15: 2}, "binData 01000000-0000-0000-0000-000000000002"},
		{bson.Binary{Data: []byte("x")}, "binData binData~c48a3e8cc2a6f8a9cb5ba1dc24ad8a44"},
		{bson.D{{Key: "a", Value: int32(1)}}, "object object~6d75ca58f6d64d3ff3be9bd1b6bbb3d8"},
	} {
		label := appendLabel([]byte("x"), valueOf(t, tc.v))[1:]
		got := bsoncore.Type(label[0]).String() + " " + string(label[1:])
		if _, hashed, ok := strings.Cut(tc.want, "~"); ok && len(got) == len(tc.want) {
			got = got[:len(got)-len(hashed)] + hashed // TestLabels compares hashes
		}
		if got != tc.want {
			t.Errorf("%v: %q, want %q", tc.v, got, tc.want)
		}
	}
	if got := string(appendLabel(nil, bsoncore.Value{})); got != Missing {
		t.Errorf("missing: %q", got)
	}
}

// Two labels are equal if and only if the values are: scalars by the order of MongoDB, and
// documents and arrays by their bytes.
func TestLabels(t *testing.T) {
	dec := func(text string) decimal128.Decimal { return parseDecimal(t, text) }
	long := strings.Repeat("x", longText)
	var all []bsoncore.Value
	for _, v := range []any{
		int32(0), int32(1), int64(1), 1.0, dec("1"), dec("1.0"), dec("1.5"), 1.5, 0.1, dec("0.1"), dec("0.10"), math.Copysign(0, -1), dec("-0"), int64(1 << 53), int64(1<<53 + 1), float64(1 << 53),
		dec("9007199254740992"), dec("9007199254740993"), 1e19, dec("1E+19"), 1e22, dec("1E+22"), 1e23, dec("1E+23"), dec("99999999999999991611392"), 9.223372036854775807e18, int64(math.MaxInt64), int64(math.MinInt64), -9.223372036854775808e18,
		math.NaN(), dec("NaN"), dec("-NaN"), math.Float64frombits(0x7ff8000000000123), math.Inf(1), dec("Infinity"), math.Inf(-1), 5e-324, dec("1E-6176"),
		"1", "1.0", "NaN", "true", "null", "missing", "", "a", "A", bson.Symbol("a"), bson.Code("a"), "ab", "a\x00b", "\x00", long, long + "x", long + "y", "x" + long,
		long + "b0e4d2b5fbdb1d4f6b8b0a7d3f4a5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b",
		true, false, bson.Null{}, bson.Undefined{}, bson.MinKey{}, bson.MaxKey{}, objectid.ID{}, objectid.ID{1}, "000000000000000000000000",
		bson.DateTime(0), bson.DateTime(1), bson.DateTime(math.MaxInt64), int64(math.MaxInt64), "1970-01-01T000000Z", bson.Timestamp{}, bson.Timestamp{T: 1}, bson.Timestamp{I: 1},
		bson.UUID{}, bson.UUID{1}, bson.Binary{Subtype: 3, Data: make([]byte, 16)}, bson.Binary{Data: make([]byte, 16)}, bson.Binary{}, bson.Binary{Subtype: 4, Data: []byte{1}},
		bson.Regex{Pattern: "a"}, bson.Regex{Pattern: "a", Options: "i"}, bson.CodeWithScope{Code: "a"}, bson.DBPointer{DB: "a"},
		bson.D{}, bson.A{}, bson.D{{Key: "0", Value: int32(1)}}, bson.A{int32(1)}, bson.A{int64(1)}, bson.A{"a"},
	} {
		all = append(all, valueOf(t, v))
	}
	for _, doc := range sample.Documents(sample.Collection, sample.Seed, 40) {
		for _, v := range bsoncore.Document(doc).All() {
			all = append(all, v)
		}
	}
	for _, v := range all {
		for _, w := range all {
			same := bytes.Equal(appendLabel(nil, v), appendLabel(nil, w))
			order, err := v.Compare(w)
			if err != nil {
				t.Fatal(err)
			}
			want := order == 0
			if v.Type == bsoncore.TypeDocument || v.Type == bsoncore.TypeArray || v.Type == bsoncore.TypeCodeWithScope {
				want = v.Equal(w)
			}
			if same != want {
				t.Errorf("%v and %v: the same label %v, want %v", bson.RawValue{Type: v.Type, Value: v.Data}, bson.RawValue{Type: w.Type, Value: w.Data}, same, want)
			}
		}
	}
}

// Labels are short, whatever the value is.
func TestLabelLength(t *testing.T) {
	for _, v := range []any{strings.Repeat("x", 1<<20), bson.Binary{Data: make([]byte, 1<<20)}, bson.D{{Key: strings.Repeat("k", 1<<16)}}} {
		if n := len(appendLabel(nil, valueOf(t, v))); n > 1+longText+64 {
			t.Errorf("%.20v: a label of %d bytes", v, n)
		}
	}
	if diff := cmp.Diff(1+longText+64, len(appendLabel(nil, valueOf(t, strings.Repeat("x", longText+1))))); diff != "" {
		t.Error(diff)
	}
}
