package bsoncore

import (
	"encoding/hex"
	"strings"
	"testing"
)

// TestProberRemembers: a prober does not look again at an element that is
// malformed in every container. So another candidate whose elements lead there
// is wrong, even if the element has been mended.
func TestProberRemembers(t *testing.T) {
	const (
		around = "11000000 03 6100" // a document that begins with one
		inside = "09000000 08 6200"
	)
	read := func(hexText string) []byte {
		text, err := hex.DecodeString(strings.ReplaceAll(hexText, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	damaged, mended := read(around+inside+"02 00 00"), read(around+inside+"01 00 00")
	for _, tc := range []struct {
		name string
		base int64 // offset in the stream of the second candidate
		want verdict
	}{
		{"the same place", 100 + 7, wrong},
		{"a place behind it", 100 + 8, right},
		{"another place", 1000, right},
	} {
		p := prober{base: 100}
		var keys run
		if v := p.document(damaged, len(damaged), &keys); v != wrong {
			t.Fatalf("%s: a damaged document: %d", tc.name, v)
		}
		p.base = tc.base
		if v := p.document(mended[7:16], 9, new(run)); v != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, v, tc.want)
		}
	}
}
