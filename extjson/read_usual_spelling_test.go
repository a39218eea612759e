package extjson

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// TestUsual: usual reads the frequent types in each spelling that this package writes,
// and no other text. TestShortcuts checks the values.
func TestUsual(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendObjectID(doc, "id", [12]byte{1})
	doc = bsoncore.AppendInt32(doc, "int", -1)
	doc = bsoncore.AppendInt64(doc, "long", 1<<40)
	doc = bsoncore.AppendDouble(doc, "double", 1.5)
	doc = bsoncore.AppendDateTime(doc, "date", 1700000000123)
	doc = bsoncore.AppendBinary(doc, "binary", 0x80, []byte("some bytes"))
	doc = bsoncore.End(doc, mark)
	for _, tc := range []struct {
		name   string
		o      EncodeOptions
		values int // number of values with a usual spelling
	}{
		{"canonical", EncodeOptions{Mode: Canonical}, 6},
		{"canonical, Python", EncodeOptions{Mode: Canonical, Spacing: PythonSpacing}, 6},
		{"canonical, libbson", EncodeOptions{Mode: Canonical, Spacing: LibbsonSpacing}, 6},
		{"relaxed", EncodeOptions{}, 3},
		{"relaxed, libbson", EncodeOptions{Spacing: LibbsonSpacing}, 3},
		{"shell", EncodeOptions{Mode: Shell}, 4},
		{"shell, libbson", EncodeOptions{Mode: Shell, Spacing: LibbsonSpacing}, 4},
	} {
		got := 0
		for c := bson.NewCursor(doc); c.Next(); {
			text, err := tc.o.AppendJSONValue(nil, c.Type(), c.Data())
			if err != nil {
				t.Fatal(err)
			}
			var d decoder
			d.init(&DecodeOptions{Shell: true})
			d.reset(append(text, strings.Repeat(" ", usualLead)...))
			dst, mark := bsoncore.BeginElement(nil)
			out, end := d.usual(dst, 0, mark)
			if end == 0 {
				continue
			}
			got++
			if end != len(text) || bson.Type(out[mark]) != c.Type() || string(out[mark+1:]) != string(c.Data()) {
				t.Errorf("%s: %s: usual reads %d bytes and gives %x", tc.name, text, end, out)
			}
		}
		if got != tc.values {
			t.Errorf("%s: usual reads %d values, want %d", tc.name, got, tc.values)
		}
	}
}
