package sink

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// A tabber writes what json.Indent writes, for portions of any size.
func TestTabbed(t *testing.T) {
	for _, doc := range sample.Documents(sample.Wild, 43, 300) {
		text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Indent(&want, text, "", "\t"); err != nil {
			t.Fatal(err)
		}
		for _, portion := range []int{1, 7, len(text)} {
			b := tabber{most: 1 << 30}
			for part := range slices.Chunk(text, portion) {
				if _, err := b.Write(part); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(want.String(), string(b.out)); diff != "" {
				t.Fatalf("portions of %d bytes (-want +got):\n%s", portion, diff)
			}
		}
	}
}
