package query_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func mustParse(t testing.TB, text string) *query.Filter {
	t.Helper()
	f, err := query.Parse([]byte(text), query.Options{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return f
}

// probing are filters that read many parts of documents of the samples.
var probing = []string{
	`{}`, `{_id: 1}`, `{"a.b": 1}`, `{"0.1.2": null}`, `{"items.sku": "x", total: {$gt: 1}}`,
	`{$or: [{items: {$size: 3}}, {items: {$elemMatch: {price: {$gt: 1}}}}, {tags: {$all: ["a", "b"]}}]}`,
	`{user: {$eq: {name: "x"}}, items: {$ne: [1]}}`, `{"all.string": {$in: ["x", {a: 1}]}}`,
	`{"int32": {$bitsAllSet: 1}, "binary": {$bitsAnySet: [1]}, "string": /x/, "double": {$mod: [2, 1]}}`,
	`{address: {$exists: true}, total: {$type: "double"}, "address.city": {$gt: "A"}}`,
}

// A document with one wrong bit gives a result, or the error of a validation.
func TestMatchDamaged(t *testing.T) {
	filters := make([]*query.Filter, len(probing))
	for i, text := range probing {
		filters[i] = mustParse(t, text)
	}
	failed := 0
	for _, doc := range append(sample.Documents(sample.Collection, 1, 3), sample.Documents(sample.Wild, 1, 20)...) {
		for i := range 8 * len(doc) {
			damaged := bytes.Clone(doc)
			damaged[i/8] ^= 1 << (i % 8)
			want := bsoncore.ValidateOptions{AllowInvalidUTF8: true}.Validate(damaged)
			for _, f := range filters {
				match, err := f.Match(damaged)
				switch {
				case err == nil:
				case match:
					t.Fatalf("%s matches, with the error %v", f, err)
				case want == nil || err.Error() != want.Error():
					t.Fatalf("%s: bit %d: %v, want %v", f, i, err, want)
				default:
					failed++
				}
			}
		}
		for n := range len(doc) {
			if _, err := filters[0].Match(doc[:n]); !errors.Is(err, bsoncore.ErrTruncated) {
				t.Fatalf("%d of %d bytes: %v", n, len(doc), err)
			}
		}
	}
	if failed < 1000 {
		t.Errorf("only %d faults were found; the filters read too little", failed)
	}
}

// Match reads no further than it must, and says where the fault is.
func TestMatchPlaces(t *testing.T) {
	doc := []byte("\x17\x00\x00\x00" + "\x10a\x00\x01\x00\x00\x00" + "\x08b\x00\x02" + "\x10c\x00\x01\x00\x00\x00" + "\x00")
	if match, err := mustParse(t, `{a: 1}`).Match(doc); !match || err != nil {
		t.Errorf("before the fault: %v, %v", match, err)
	}
	for _, filter := range []string{`{b: 1}`, `{c: 1}`, `{d: 1}`} {
		match, err := mustParse(t, filter).Match(doc)
		var fault *bsoncore.SyntaxError
		if match || !errors.As(err, &fault) || fault.Offset != 14 || fault.Pointer != "/b" || !errors.Is(err, bsoncore.ErrBoolean) {
			t.Errorf("%s: %v, %v", filter, match, err)
		}
	}
}

func TestMatchConcurrent(t *testing.T) {
	docs := sample.Documents(sample.Collection, 1, 50)
	f := mustParse(t, probing[5])
	want := make([]bool, len(docs))
	for i, doc := range docs {
		want[i], _ = f.Match(doc)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i, doc := range docs {
				if got, err := f.Match(doc); got != want[i] || err != nil {
					t.Errorf("document %d: %v, %v", i, got, err)
				}
			}
		})
	}
	wait.Wait()
}

// A filter is not kept: its memory can be used again.
func TestCompileCopies(t *testing.T) {
	filter := read(t, `{a: {$in: ["x", "y"]}, b: {$eq: {c: 1}}}`)
	f, err := query.Compile(filter, query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clear(filter)
	if match, err := f.Match(read(t, `{a: "y", b: {c: 1}}`)); !match || err != nil {
		t.Error(match, err)
	}
}

// Each of these paths has many ways through its document. A walk that tries them one
// after the other does not end.
func TestManyWays(t *testing.T) {
	const levels = 120
	doc := `{"0": ` + strings.Repeat(`[{"0": `, levels) + "1" + strings.Repeat("}]", levels) + "}"
	raw := read(t, doc)
	for _, path := range []string{strings.Repeat("0.", levels) + "0", strings.Repeat("0.", levels/2) + "0", strings.Repeat("0.", levels-1) + "1"} {
		for _, operator := range []string{"{$exists: false}", "{$size: 1000}", "{$elemMatch: {x: 1}}", "null"} {
			if _, err := mustParse(t, `{"`+path+`": `+operator+`}`).Match(raw); err != nil {
				t.Error(err)
			}
		}
	}
}

func nested(before, inner, after string, n int) string {
	return "{" + strings.Repeat(before, n) + inner + strings.Repeat(after, n) + "}"
}

func TestDepth(t *testing.T) {
	for _, tc := range []struct {
		name, filter string
		depth        int
		bad          bool
	}{
		{"and", nested("$and: [{", "a: 1", "}]", 400), 0, false},
		{"and, too deep", nested("$and: [{", "a: 1", "}]", 600), 0, true},
		{"not", "{a: " + nested("$not: {", "$eq: 1", "}", 900) + "}", 0, false},
		{"elemMatch", "{a: " + nested("$elemMatch: {", "$eq: 1", "}", 900) + "}", 0, false},
		{"elemMatch of fields", "{a: " + nested("$elemMatch: {b: {", "$eq: 1", "}}", 450) + "}", 0, false},
		{"elemMatch, higher limit", "{a: " + nested("$elemMatch: {", "$eq: 1", "}", 5000) + "}", 10_000, false},
		{"elemMatch, too deep", "{a: " + nested("$elemMatch: {", "$eq: 1", "}", 11) + "}", 10, true},
		{"path", `{"` + strings.Repeat("a.", 999) + `a": 1}`, 0, false},
		{"path, too deep", `{"` + strings.Repeat("a.", 1000) + `a": 1}`, 0, true},
		{"pointer, too deep", `{"` + strings.Repeat("/a", 1001) + `": 1}`, 0, true},
	} {
		o := query.Options{MaxDepth: tc.depth}
		f, err := query.Parse([]byte(tc.filter), o)
		if tc.bad {
			if !errors.Is(err, bsoncore.ErrDepth) {
				t.Errorf("%s: %v", tc.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if _, err := f.Match(read(t, `{a: [[[{b: [1]}]]]}`)); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if f.Explain() == "" || f.String() == "" {
			t.Errorf("%s: nothing is printed", tc.name)
		}
	}
	deep := read(t, nested("a: {", "b: 1", "}", 999))
	f, err := query.Parse([]byte(`{"`+strings.Repeat("a.", 999)+`b": 1}`), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if match, err := f.Match(deep); !match || err != nil {
		t.Errorf("999 levels: %v, %v", match, err)
	}
	f, err = query.Parse([]byte(`{"a.a.a.a": 1}`), query.Options{MaxDepth: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Match(deep); err != nil {
		t.Errorf("four levels: %v", err)
	}
	if _, err := query.Parse([]byte(`{a: 1}`), query.Options{MaxDepth: -1}); !errors.Is(err, bsoncore.ErrOption) {
		t.Errorf("a negative depth: %v", err)
	}
	if _, err := query.Compile(read(t, `{a: 1}`), query.Options{MaxDepth: -1}); !errors.Is(err, bsoncore.ErrOption) {
		t.Errorf("a negative depth: %v", err)
	}
}

// Filters that are not documents, and text that is not Extended JSON, are errors of the
// package that reads them.
func TestUnreadable(t *testing.T) {
	for _, filter := range []string{"", "x", "\x05\x00\x00\x00\x01", "\x0b\x00\x00\x00\x02\xff\x00\x01\x00\x00\x00\x00"} {
		var fault *bsoncore.SyntaxError
		if _, err := query.Compile([]byte(filter), query.Options{}); !errors.As(err, &fault) {
			t.Errorf("%q: %v", filter, err)
		}
	}
	for _, text := range []string{"", "1", "{a: 1", "{a: 1}}", "{a: {$oid: 1}}"} {
		var fault *extjson.SyntaxError
		if _, err := query.Parse([]byte(text), query.Options{}); !errors.As(err, &fault) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := query.Parse([]byte(`{a: 1}`), query.Options{Text: extjson.DecodeOptions{CanonicalOnly: true}}); !errors.Is(err, extjson.ErrToken) {
		t.Errorf("CanonicalOnly: %v", err)
	}
}

// The place of a fault in BSON is that of its element.
func TestCompilePlace(t *testing.T) {
	filter := read(t, `{a: 1, b: {$size: -1}}`)
	_, err := query.Compile(filter, query.Options{})
	var fault *query.Error
	if !errors.As(err, &fault) || fault.Pointer != "/b/$size" || fault.Offset != 18 || fault.Line != 0 {
		t.Errorf("%v", err)
	}
	if bsoncore.Type(filter[18]) != bson.TypeInt32 {
		t.Errorf("the element is not at offset 18: % x", filter)
	}
}

// More conditions, names and values than a walk keeps without allocation, and more than
// a word has bits.
func TestManyConditions(t *testing.T) {
	var clauses, fields, values []string
	for i := range 3000 {
		n := strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/182)
		clauses = append(clauses, `{"`+n+`.b": `+`"v`+n+`"}`)
		fields = append(fields, `"`+n+`": {b: "v`+n+`"}`)
		values = append(values, `"v`+n+`"`)
	}
	doc := read(t, "{"+strings.Join(fields, ",")+"}")
	all := strings.Join(clauses, ",")
	for _, tc := range []struct {
		filter string
		want   bool
	}{
		{"{$and: [" + all + "]}", true},
		{"{$and: [" + all + `, {"xa.b": 0}]}`, false},
		{"{$nor: [" + all + "]}", false},
		{`{$or: [{q: 1}, ` + all + "]}", true},
		{`{"xa.b": {$in: [` + strings.Join(values, ",") + "]}}", true},
		{`{"xa.c": {$in: [` + strings.Join(values, ",") + "]}}", false},
	} {
		f := mustParse(t, tc.filter)
		if got, err := f.Match(doc); got != tc.want || err != nil {
			t.Errorf("%.30s…: %v, %v, want %v", tc.filter, got, err, tc.want)
		}
		if len(f.Explain()) == 0 {
			t.Error("no outline")
		}
	}
}
