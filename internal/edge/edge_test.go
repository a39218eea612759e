package edge

import (
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
)

// Types has every type once. The generators of documents draw from it, so a
// type that is in it reaches the tests of every package.
func TestTypes(t *testing.T) {
	for i := range 256 {
		typ, n := bson.Type(i), 0
		for _, other := range Types {
			if other == typ {
				n++
			}
		}
		if typ.Valid() && n != 1 {
			t.Errorf("%v is in Types %d times, want once", typ, n)
		}
	}
	if i := slices.IndexFunc(Types, func(typ bson.Type) bool { return !typ.Valid() }); i >= 0 {
		t.Errorf("0x%02x is no type", byte(Types[i]))
	}
}
