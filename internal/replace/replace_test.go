package replace_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// everyText returns a document with text at every place for text.
func everyText(text string) []byte {
	id := objectid.ID{1, 2, 3}
	scope := bsoncore.AppendString(nil, text, text)
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendString(doc, text, text)
	doc = bsoncore.AppendSymbol(doc, "sym", text)
	doc = bsoncore.AppendCode(doc, "js", text)
	doc = bsoncore.AppendRegex(doc, "re", text, text)
	doc = bsoncore.AppendDBPointer(doc, "p", text, id)
	doc, value, inner := bsoncore.BeginCodeWithScope(doc, "cs", text)
	doc = bsoncore.End(append(doc, scope...), inner)
	bsoncore.SetLength(doc, value)
	doc, array := bsoncore.BeginArray(doc, text)
	doc = bsoncore.AppendString(doc, "7", text) // a wrong array key, which stays
	doc = bsoncore.AppendString(doc, "x", text)
	doc = bsoncore.End(doc, array)
	doc = bsoncore.AppendBinary(doc, "b", 2, []byte("a\xff"))
	doc = bsoncore.AppendInt32(doc, "dup", 1)
	doc = bsoncore.AppendInt32(doc, "dup", 2)
	return bsoncore.End(doc, mark)
}

func TestDocument(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"plain", "plain"},
		{"\u00e9\U0001f600", "\u00e9\U0001f600"},
		{"\uFFFD", "\uFFFD"},
		{"a\xffb", "a\uFFFDb"},
		{"\xc3", "\uFFFD"},
		{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"}, // a surrogate
		{"\xe2\x82(", "\uFFFD\uFFFD("},
	} {
		got, err := replace.Document([]byte("before"), everyText(tc.text), 0)
		if err != nil {
			t.Errorf("%q: %v", tc.text, err)
			continue
		}
		if diff := cmp.Diff(append([]byte("before"), everyText(tc.want)...), got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.text, diff)
		}
	}
	for _, doc := range sample.Documents(sample.Wild, sample.Seed, 200) {
		got, err := replace.Document(nil, doc, 0)
		if bsoncore.Validate(doc) == nil && (err != nil || !bytes.Equal(got, doc)) {
			t.Fatalf("%x became %x, %v", doc, got, err)
		}
	}
}

func TestDocumentFaults(t *testing.T) {
	deep := everyText("\xff")
	for _, tc := range []struct {
		name     string
		doc      []byte
		maxDepth int
		want     error
	}{
		{"truncated", deep[:len(deep)-1], 0, bsoncore.ErrTruncated},
		{"nested too deeply", deep, 1, bsoncore.ErrDepth},
	} {
		got, err := replace.Document([]byte("before"), tc.doc, tc.maxDepth)
		if string(got) != "before" || !errors.Is(err, tc.want) {
			t.Errorf("%s: %q, %v, want dst unchanged and %v", tc.name, got, err, tc.want)
		}
	}
}
