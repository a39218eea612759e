package sink

import (
	"io"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// Only the first portion of a document has the text between documents before it.
func TestLongDocument(t *testing.T) {
	lines := &Lines{Encoder: codec.Encoder{Framing: codec.Framing{Open: "[", Between: ","}}}
	var out strings.Builder
	for _, portions := range [][]string{{"a", "b", "c"}, {"d"}, {"e", "f"}} {
		w := &longDocument{lines: lines, w: &out}
		for _, p := range portions {
			if _, err := io.WriteString(w, p); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := out.String(), "[abc,d,ef"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
