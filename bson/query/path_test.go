package query_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
)

// A path is dotted, or a JSON Pointer if it starts with a slash.
func TestParsePath(t *testing.T) {
	for text, want := range map[string][]string{
		"a": {"a"}, "a.b.0": {"a", "b", "0"}, "": {""}, ".": {"", ""}, "a/b": {"a/b"}, "/a.b/c": {"a.b", "c"}, "/": {""}, "/a~1b~0c": {"a/b~c"}, "a~b": {"a~b"},
	} {
		got, err := query.ParsePath(text, query.Options{})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for text, want := range map[string]error{"/a~": query.ErrPath, "/a~2": query.ErrPath, strings.Repeat(".", 5): bsoncore.ErrDepth} {
		if got, err := query.ParsePath(text, query.Options{MaxDepth: 5}); !errors.Is(err, want) || got != nil {
			t.Errorf("%q: %q, %v, want %v", text, got, err, want)
		}
	}
	if _, err := query.ParsePath("a", query.Options{MaxDepth: -1}); err == nil {
		t.Error("a negative depth is accepted")
	}
}
