package bson_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
)

// TestSimilarKeys: a decoder remembers keys, and compares only parts of them. Keys of each
// length that differ in one byte at each place are distinguished, whichever came before.
func TestSimilarKeys(t *testing.T) {
	for n := range 40 {
		base := bytes.Repeat([]byte("a"), n)
		want := bson.D{{string(base), int32(0)}}
		for i := range n {
			for _, c := range []byte("bcAq\x01\x7f") {
				base[i] = c
				want = append(want, bson.E{string(base), int32(i)}, bson.E{string(bytes.Repeat([]byte("a"), n)), int32(-i)})
				base[i] = 'a'
			}
		}
		doc, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time with the keys of the first
			var got bson.D
			if err := bson.Unmarshal(doc, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("keys of %d bytes (-want +got):\n%s", n, diff)
			}
		}
	}
}

// TestKeysOfOneSlot: many keys of the same length, more than a decoder remembers, in D, M
// and in maps of a named type.
func TestKeysOfOneSlot(t *testing.T) {
	type named map[string]any
	for _, format := range []string{"%03d", "%06d", "k%07d", "key%09d", "a long key with %05d"} {
		want, m := bson.D{}, named{}
		for i := range 2000 {
			key := fmt.Sprintf(format, i%1000*7919%1000)
			want, m[key] = append(want, bson.E{key, int32(i)}), int32(i)
		}
		doc, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var d bson.D
		var got named
		if err := bson.Unmarshal(doc, &d); err != nil {
			t.Fatal(err)
		}
		if err := bson.Unmarshal(doc, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, d) + cmp.Diff(m, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", format, diff)
		}
	}
}
