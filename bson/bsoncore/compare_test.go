package bsoncore_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// order returns the order of two values, which must be well-formed.
func order(t *testing.T, v, w bsoncore.Value) int {
	t.Helper()
	n, err := v.Compare(w)
	if err != nil {
		t.Fatalf("%v %x and %v %x: %v", v.Type, v.Data, w.Type, w.Data, err)
	}
	return n
}

// Every type has a place between the least and the greatest key, and every bit
// of a value counts. The keys of an array have no meaning.
func TestCompareTypes(t *testing.T) {
	least := bsoncore.Value{Type: bsoncore.TypeMinKey}
	greatest := bsoncore.Value{Type: bsoncore.TypeMaxKey}
	for _, tc := range vectors {
		v := bsoncore.Value{Type: tc.typ, Data: tc.data()}
		if n := order(t, v, v); n != 0 {
			t.Errorf("%s: compared with itself: %d", tc.name, n)
		}
		if tc.typ != least.Type && (order(t, least, v) != -1 || order(t, v, least) != 1) {
			t.Errorf("%s is not above the min key", tc.name)
		}
		if tc.typ != greatest.Type && (order(t, v, greatest) != -1 || order(t, greatest, v) != 1) {
			t.Errorf("%s is not below the max key", tc.name)
		}
		if tc.typ == bsoncore.TypeArray {
			continue
		}
		for i := range v.Data {
			w := bsoncore.Value{Type: tc.typ, Data: tc.data()}
			w.Data[i] ^= 1
			if (bsoncore.ValidateOptions{}).ValidateValue(w.Type, w.Data) != nil {
				continue
			}
			if n := order(t, v, w); n == 0 || n != -order(t, w, v) {
				t.Errorf("%s: %x and %x: %d", tc.name, v.Data, w.Data, n)
			}
		}
	}
}

// TestCompareFaults: a malformed value is a fault on either side, unless the order
// is decided before it.
func TestCompareFaults(t *testing.T) {
	number := func(n string, rest string) bsoncore.Value {
		return bsoncore.Value{Type: bsoncore.TypeDocument, Data: whole("10 6100 " + n + "000000" + rest)}
	}
	short := bsoncore.Value{Type: bsoncore.TypeInt32, Data: []byte{1, 0, 0}}
	bad := number("01", "55 6200")
	deep := func(n int) bsoncore.Value {
		return bsoncore.Value{Type: bsoncore.TypeDocument, Data: nest(n, bsoncore.TypeDocument)}
	}
	none := placed{}
	for _, tc := range []struct {
		name string
		v, w bsoncore.Value
		want int
		err  placed
	}{
		{"cut", short, number("01", ""), 0, placed{0, "", bsoncore.ErrLength}},
		{"other cut", number("01", ""), short, 0, placed{0, "", bsoncore.ErrLength}},
		{"inside", bad, number("01", ""), 0, placed{11, "/b", bsoncore.ErrType}},
		{"inside the other", number("01", ""), bad, 0, placed{11, "/b", bsoncore.ErrType}},
		{"below before", bad, number("02", ""), -1, none},
		{"above before", number("02", ""), bad, 1, none},
		{"as deep as may be", deep(1000), deep(1000), 0, none},
	} {
		got, err := tc.v.Compare(tc.w)
		var place placed
		if err != nil {
			place = placeOf(t, err)
		}
		if diff := cmp.Diff(tc.err, place, cmpopts.EquateErrors()); diff != "" || got != tc.want {
			t.Errorf("%s: %d, want %d (-want +got):\n%s", tc.name, got, tc.want, diff)
		}
	}
	deeper := bsoncore.Document(deep(1001).Data)
	for _, pair := range [][2]bsoncore.Document{{deeper, deeper}, {deeper, deep(1002).Data}, {deep(1002).Data, deeper}} {
		if n, err := pair[0].Compare(pair[1]); n != 0 || placeOf(t, err).Err != bsoncore.ErrDepth {
			t.Errorf("too deep: %d, %v", n, err)
		}
	}
	if n, err := bsoncore.Document(whole("10 6100 01000000")).Compare(whole("10 6100 02000000")); n != -1 || err != nil {
		t.Errorf("documents: %d, %v", n, err)
	}
}

// Every type has a rank, and the ranks are those of Compare.
func TestRank(t *testing.T) {
	for b := range 256 {
		if t1 := bsoncore.Type(b); t1.Valid() != (t1.Rank() > 0) {
			t.Errorf("%v has the rank %d", t1, t1.Rank())
		}
	}
	for _, v := range vectors {
		for _, w := range vectors {
			a, b := bsoncore.Value{Type: v.typ, Data: v.data()}, bsoncore.Value{Type: w.typ, Data: w.data()}
			if want := v.typ.Rank() - w.typ.Rank(); want != 0 && order(t, a, b)*want < 0 {
				t.Errorf("%s and %s are not in the order of their ranks", v.name, w.name)
			}
		}
	}
}
