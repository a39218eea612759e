package codec

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
)

// TestCutBSON cuts pieces of whole documents. A piece that a worker cannot read is all
// the bytes, for the stream; 0 waits for more.
func TestCutBSON(t *testing.T) {
	const one = "\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00"
	for _, tc := range []struct {
		name, data string
		most, want int
	}{
		{"nothing", "", 100, 0},
		{"a part of a length", one[:3], 100, 0},
		{"a part of a document", one[:11], 100, 0},
		{"a document", one, 100, 12},
		{"documents", one + one, 100, 24},
		{"documents and a part", one + one + one[:11], 100, 24},
		{"a part of the largest document", one[:11], 12, 0},
		{"a part of a document that is too large", one[:11], 11, 11},
		{"a document before one that is too large", one + "\x0d\x00\x00\x00", 12, 12},
		{"a length that no document has", "\x04\x00\x00\x00\x00more", 100, 9},
		{"a negative length", "\xff\xff\xff\xff\x00more", 100, 9},
		{"a document, and a length that no document has", one + "\x04\x00\x00\x00\x00more", 100, 12},
		{"more than a document may have", "\xc9\x00\x00\x00\x00more", 1000, 9},
	} {
		cut := BSON.Read(ReadOptions{BSON: bson.DecodeOptions{MaxDocumentSize: 200}}).Cut(State{}, tc.most)
		n, from, to := cut([]byte(tc.data))
		if diff := cmp.Diff(tc.want, n); diff != "" || from != (State{}) || to != (State{}) {
			t.Errorf("%s: %v, %v (-want +got):\n%s", tc.name, from, to, diff)
		}
	}
}

// TestCutAgain: a Cutter gives the same for the same bytes, whatever it has seen before.
func TestCutAgain(t *testing.T) {
	text := "{\"a\":1}\n{\"a\":[1,{\"b\":2}]}\n[{\"c\":1},{\"d\":2}]\n"
	for from := range len(text) {
		cut := JSON.Read(ReadOptions{}).Cut(State{}, 1<<20)
		if n, _, _ := cut([]byte(text[:from])); n > from {
			t.Fatalf("%d bytes of %d", n, from)
		} else if n == 0 {
			again, _, _ := cut([]byte(text))
			want, _, _ := JSON.Read(ReadOptions{}).Cut(State{}, 1<<20)([]byte(text))
			if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(again)); diff != "" {
				t.Errorf("after %d bytes (-want +got):\n%s", from, diff)
			}
		}
	}
}
