package bsoncore_test

import (
	"testing"

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
