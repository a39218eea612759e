package extjson_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// The value at the place is the text after @, which is no part of the text. The path is
// that of an element.
func TestLocate(t *testing.T) {
	for _, tc := range []struct {
		text string
		path []string
	}{
		{`{"a":@1}`, []string{"a"}},
		{"\ufeff { a: @1}", []string{"a"}},
		{`{"a":1,"b":@2}`, []string{"b"}},
		{`{"a": {"$oid": "56e1fc72e0c917e9c4714161"}, "b": @2}`, []string{"b"}},
		{`{a: {x: [1, {"y": 'z]'}], w: /[}]/i}, b: { c: @2}}`, []string{"b", "c"}},
		{`{a: [0, /* , */ @{b: 1}, 2,]}`, []string{"a", "1"}},
		{`{a: [0, [1, {$b: @1}], 2]}`, []string{"a", "1", "1", "$b"}},
		{"{\n  a: {\n\tb: 1,\n\t'c': @2}}", []string{"a", "c"}},
		{`{a: @DBRef("c", 1)}`, []string{"a", "$id"}},
		{`{"\u0061": 1, "\u0062": @[2]}`, []string{"b"}},
		{`{a: Code("x", {y: 1}), b: @1}`, []string{"b"}},
	} {
		text := strings.Replace(tc.text, "@", "", 1)
		o := extjson.DecodeOptions{Shell: true}
		doc, err := o.AppendBSON(nil, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		at, line, column := o.Locate([]byte(text), elementAt(t, doc, tc.path))
		want := strings.IndexByte(tc.text, '@')
		before := tc.text[:want]
		wantLine := strings.Count(before, "\n") + 1
		wantColumn := want - strings.LastIndexByte(before, '\n')
		if at != int64(want) || line != int64(wantLine) || column != int64(wantColumn) {
			t.Errorf("%s: offset %d, line %d, column %d, want %d, %d, %d", tc.text, at, line, column, want, wantLine, wantColumn)
		}
	}
}

// elementAt returns the offset of the element at path.
func elementAt(t *testing.T, doc []byte, path []string) int {
	t.Helper()
	c := bson.NewCursor(doc)
	for i, key := range path {
		if i > 0 && !c.Enter() {
			t.Fatal(c.Err())
		}
		for c.Next() && string(c.Key()) != key {
		}
	}
	if c.Err() != nil || !bytes.Equal(c.Key(), []byte(path[len(path)-1])) {
		t.Fatalf("no element at %v: %v", path, c.Err())
	}
	return c.Offset()
}

// Without an element, or for text that is no document, the place is that of the
// document.
func TestLocateNothing(t *testing.T) {
	for _, tc := range []struct {
		text string
		off  int
		want int64
	}{
		{` {"a":1}`, 0, 1},
		{` {}`, 4, 1},
		{` {"a":1}`, -1, 1},
		{`{"a":1}`, 1000, 0},
		{`{"a":`, 4, 0},
		{``, 4, 0},
	} {
		if at, line, _ := (extjson.DecodeOptions{}).Locate([]byte(tc.text), tc.off); at != tc.want || line != 1 {
			t.Errorf("%q, %d: %d, line %d, want %d", tc.text, tc.off, at, line, tc.want)
		}
	}
}
