package corpus_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests the limit of depth, for which the vectors are too short: 1,000
// containers are accepted, 1,001 are not, and no input of any depth crashes.

// nestings has the ways to put a container into another container, in BSON and in
// text.
var nestings = []struct {
	name        string
	typ         bson.Type
	open, close string
}{
	{"document", bson.TypeDocument, `{"":`, `}`},
	{"array", bson.TypeArray, `[`, `]`},
	{"scope", bson.TypeCodeWithScope, `{"$code":"","$scope":{"":`, `}}`},
}

// nested returns a document of nested containers, levels of them. The outermost is
// a document and the others have the type typ.
func nested(typ bson.Type, levels int) []byte {
	dst, mark := bsoncore.Begin(nil)
	type open struct{ value, scope int }
	marks := []open{{-1, mark}}
	for n := 1; n < levels; n++ {
		key := ""
		if typ == bson.TypeArray && n > 1 {
			key = "0"
		}
		m := open{value: -1}
		switch typ {
		case bson.TypeDocument:
			dst, m.scope = bsoncore.BeginDocument(dst, key)
		case bson.TypeArray:
			dst, m.scope = bsoncore.BeginArray(dst, key)
		case bson.TypeCodeWithScope:
			dst, m.value, m.scope = bsoncore.BeginCodeWithScope(dst, key, "")
		}
		marks = append(marks, m)
	}
	for n := len(marks) - 1; n >= 0; n-- {
		dst = bsoncore.End(dst, marks[n].scope)
		if marks[n].value >= 0 {
			bsoncore.SetLength(dst, marks[n].value)
		}
	}
	return dst
}

// nestedText returns the text of the document that nested returns.
func nestedText(open, end string, levels int) string {
	n := levels - 1
	text := `{"":` + strings.Repeat(open, n)
	// The innermost container is empty.
	if n == 0 {
		return `{}`
	}
	return strings.TrimSuffix(text, `"":`) + strings.Repeat(end, n) + `}`
}

func TestDepth(t *testing.T) {
	const limit = bson.DefaultMaxDepth
	if limit != 1000 {
		t.Fatalf("DefaultMaxDepth is %d, want 1000", limit)
	}
	for _, n := range nestings {
		t.Run(n.name, func(t *testing.T) {
			for _, tc := range []struct {
				maxDepth, levels int
				ok               bool
			}{
				{0, 1, true}, {0, 2, true}, {0, limit, true}, {0, limit + 1, false}, {0, 3 * limit, false}, {0, 200_000, false},
				{1, 1, true}, {1, 2, false}, {2, 2, true}, {2, 3, false}, {limit + 5, limit + 5, true}, {limit + 5, limit + 6, false},
			} {
				t.Run(fmt.Sprintf("%d levels of %d", tc.levels, tc.maxDepth), func(t *testing.T) {
					doc := nested(n.typ, tc.levels)
					text := nestedText(n.open, n.close, tc.levels)
					encode := extjson.EncodeOptions{Mode: extjson.Canonical, MaxDepth: tc.maxDepth, RejectLossy: true}
					decode := extjson.DecodeOptions{MaxDepth: tc.maxDepth}
					gotText, textErr := encode.AppendJSON(nil, doc)
					gotDoc, docErr := decode.AppendBSON(nil, []byte(text))
					if tc.maxDepth == 0 {
						if err := bson.Validate(doc); (err == nil) != tc.ok || err != nil && !errors.Is(err, bson.ErrDepth) {
							t.Errorf("Validate: %v", err)
						}
					}
					if tc.ok {
						if textErr != nil || string(gotText) != text {
							t.Errorf("AppendJSON: %v, %d bytes, want %d", textErr, len(gotText), len(text))
						}
						if docErr != nil || !bytes.Equal(gotDoc, doc) {
							t.Errorf("AppendBSON: %v, %d bytes, want %d", docErr, len(gotDoc), len(doc))
						}
						return
					}
					var v *bson.ValueError
					if !errors.As(textErr, &v) || !errors.Is(v, bson.ErrDepth) || strings.Count(v.Pointer, "/") < 1 {
						t.Errorf("AppendJSON: %T %v, want ErrDepth in a *bson.ValueError", textErr, short(textErr))
					}
					var x *extjson.ValueError
					if !errors.As(docErr, &x) || !errors.Is(x, bson.ErrDepth) {
						t.Errorf("AppendBSON: %T %v, want ErrDepth in a *extjson.ValueError", docErr, short(docErr))
					}
				})
			}
		})
	}
}

// short returns the start of the text of an error, whose path may be long.
func short(err error) string {
	s := fmt.Sprint(err)
	return s[:min(len(s), 200)]
}

// TestDepthUnclosed opens every kind of bracket and wrapper a million times. The
// text is an error and not a crash.
func TestDepthUnclosed(t *testing.T) {
	for _, open := range []string{
		`{"":`, `[`, `[{"":`, `{"$date":`, `{"$code":"","$scope":`, `{"$scope":`, `{"$scope":{"":`, `{"$oid":`,
		`{"$binary":`, `{"$binary":{"base64":`, `{"$timestamp":{"t":`, `{"$regularExpression":{"pattern":`,
		`{"$dbPointer":`, `{"$dbPointer":{"$id":`, `{"$dbPointer":{"$ref":"","$id":`, `{"$numberInt":`,
		`{"$minKey":`, `{"$uuid":`, `{"$ref":"","$id":`, `{"$undefined":`, `{"\u0024date":`,
	} {
		text := []byte(`{"":` + strings.Repeat(open, 1_000_000))
		if _, err := extjson.AppendBSON(nil, text); err == nil {
			t.Errorf("%s a million times: AppendBSON returns no error", open)
		}
		d := extjson.NewDecoder(bytes.NewReader(text))
		if d.Next() || d.Err() == nil {
			t.Errorf("%s a million times: the stream has no error", open)
		}
	}
}
