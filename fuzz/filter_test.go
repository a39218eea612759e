package fuzz

import (
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// FuzzFilter: a filter that can be read gives a result, or the fault of the document. It
// gives the same result when it has been printed and read again. Each element of a
// document is selected by a filter that is made of it.
func FuzzFilter(f *testing.F) {
	docs := sample.Documents(sample.Wild, 1, 8)
	for i, text := range []string{
		`{a: 1}`, `{"a.0.b": {$gt: 1, $lte: NumberDecimal("5")}, $or: [{b: null}, {c: {$exists: false}}]}`,
		`{a: {$elemMatch: {$not: {$in: [1, /x/i, [2]]}}}, $nor: [{}, {"/x.y": {$type: ["int", -1]}}]}`,
		`{a: {$all: [{$elemMatch: {b: {$size: 2}}}]}, b: {$regex: "a b", $options: "xi"}}`,
		`{a: {$bitsAnyClear: [1, 70]}, b: {$mod: [4, 1]}, c: {$ne: MinKey()}, $comment: 1}`,
	} {
		f.Add([]byte(text), docs[i], false)
	}
	f.Fuzz(func(t *testing.T, text, doc []byte, shaped bool) {
		doc = chosen(shallow, doc, shaped)
		filter, err := query.Parse(text, query.Options{})
		if err != nil {
			var fault *query.Error
			if errors.As(err, &fault) && (fault.Offset < 0 || fault.Offset >= int64(len(text))) {
				t.Fatalf("the place of the fault is not in the text: %v", err)
			}
			filter, err = query.Compile(text, query.Options{})
		}
		if err == nil {
			testFilter(t, filter, doc)
		}
		if bsoncore.Validate(doc) == nil {
			testElements(t, doc)
		}
	})
}

// testFilter compares the results of filter and of the filter that it is printed as.
func testFilter(t *testing.T, filter *query.Filter, doc []byte) {
	match, err := filter.Match(doc)
	if err != nil && (match || bsoncore.Validate(doc) == nil) {
		t.Fatalf("%s: %v, %v", filter, match, err)
	}
	compiled, err := query.Compile(filter.Raw(), query.Options{MaxDepth: bsoncore.DepthCeiling})
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	filters := []*query.Filter{compiled}
	// Text cannot represent all filters.
	if _, err := (extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true, MaxDepth: bsoncore.DepthCeiling}).AppendJSON(nil, filter.Raw()); err == nil {
		parsed, err := query.Parse([]byte(filter.String()), query.Options{MaxDepth: bsoncore.DepthCeiling})
		if err != nil {
			t.Fatalf("%s: %v", filter, err)
		}
		filters = append(filters, parsed)
	}
	for _, again := range filters {
		if got, _ := again.Match(doc); got != match {
			t.Fatalf("%s: %v, printed as %s: %v", filter, match, again, got)
		}
		if again.Explain() == "" {
			t.Fatalf("%s: no outline", filter)
		}
	}
}

// maxElements is the number of elements that testElements looks at.
const maxElements = 20

func testElements(t *testing.T, doc []byte) {
	seen := map[string]bool{}
	c := bson.NewCursor(doc)
	for n := 0; n < maxElements && c.Next(); n++ {
		first := !seen[string(c.Key())]
		seen[string(c.Key())] = true
		if !first || c.Type() == bson.TypeUndefined {
			continue
		}
		raw, mark := bsoncore.Begin(nil)
		pointer := string(bsoncore.AppendPointer(nil, c.Key()))
		raw, field := bsoncore.BeginDocument(raw, pointer)
		raw = bsoncore.AppendValue(raw, "$eq", c.Type(), c.Data())
		raw = bsoncore.End(bsoncore.End(raw, field), mark)
		filter, err := query.Compile(raw, query.Options{MaxDepth: bsoncore.DepthCeiling})
		if err != nil {
			t.Fatalf("%s: %v", bson.Raw(raw), err)
		}
		if match, err := filter.Match(doc); !match || err != nil {
			t.Fatalf("%s: %v, %v", filter, match, err)
		}
	}
}
