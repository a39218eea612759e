package bson_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// everyText returns a document with text wherever there can be some.
func everyText(text string) []byte {
	id := objectid.ID{1, 2, 3}
	scope := bson.AppendString(nil, text, text)
	doc, mark := bson.Begin(nil)
	doc = bson.AppendString(doc, text, text)
	doc = bson.AppendSymbol(doc, "sym", text)
	doc = bson.AppendCode(doc, "js", text)
	doc = bson.AppendRegex(doc, "re", text, text)
	doc = bson.AppendDBPointer(doc, "p", text, id)
	doc, value, inner := bson.BeginCodeWithScope(doc, "cs", text)
	doc = bson.End(append(doc, scope...), inner)
	bson.SetLength(doc, value)
	doc, array := bson.BeginArray(doc, text)
	doc = bson.AppendString(doc, "7", text) // no key of an array, and kept
	doc = bson.AppendString(doc, "x", text)
	doc = bson.End(doc, array)
	doc = bson.AppendBinary(doc, "b", 2, []byte("a\xff"))
	doc = bson.AppendInt32(doc, "dup", 1)
	doc = bson.AppendInt32(doc, "dup", 2)
	return bson.End(doc, mark)
}

func TestAppendUTF8(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"plain", "plain"},
		{"\u00e9\U0001f600", "\u00e9\U0001f600"},
		{"\uFFFD", "\uFFFD"},
		{"a\xffb", "a\uFFFDb"},
		{"\xc3", "\uFFFD"},
		{"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"}, // a surrogate
		{"\xe2\x82(", "\uFFFD\uFFFD("},
	} {
		got, err := bson.AppendUTF8([]byte("before"), everyText(tc.text), 0)
		if err != nil {
			t.Errorf("%q: %v", tc.text, err)
			continue
		}
		if diff := cmp.Diff(append([]byte("before"), everyText(tc.want)...), got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.text, diff)
		}
	}
	for _, doc := range sample.Documents(sample.Wild, sample.Seed, 200) {
		got, err := bson.AppendUTF8(nil, doc, 0)
		if bson.Validate(doc) == nil && (err != nil || !bytes.Equal(got, doc)) {
			t.Fatalf("%x became %x, %v", doc, got, err)
		}
	}
}

func TestAppendUTF8Faults(t *testing.T) {
	deep := everyText("\xff")
	for _, tc := range []struct {
		name     string
		doc      []byte
		maxDepth int
		want     error
	}{
		{"truncated", deep[:len(deep)-1], 0, bson.ErrTruncated},
		{"nested too deeply", deep, 1, bson.ErrDepth},
	} {
		got, err := bson.AppendUTF8([]byte("before"), tc.doc, tc.maxDepth)
		if string(got) != "before" || !errors.Is(err, tc.want) {
			t.Errorf("%s: %q, %v, want what was before and %v", tc.name, got, err, tc.want)
		}
	}
}
