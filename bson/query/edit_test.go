package query_test

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/pairs"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file runs the tables of edits in docs/query.md, and compares Append with the second
// implementation (edit_reference_test.go).

func mustParseEdit(t testing.TB, text string) *query.Edit {
	t.Helper()
	e, err := query.ParseEdit([]byte(text), query.Options{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func TestEditRules(t *testing.T) {
	for _, row := range rows(t, "| rule | edit | document | result |") {
		edit, doc, want := code(row[1])[0], code(row[2])[0], code(row[3])[0]
		e := mustParseEdit(t, edit)
		raw := read(t, doc)
		got, err := e.Append([]byte("x"), raw)
		reference, refErr := edited(decode(t, read(t, edit)), decode(t, raw))
		if sentinel := editSentinels[want]; sentinel != nil {
			var fault *bsoncore.ValueError
			if !errors.Is(err, sentinel) || !errors.As(err, &fault) || fault.Pointer != code(row[3])[1] || string(got) != "x" {
				t.Errorf("%s: %s: %v, want %s at %s; dst is %q", edit, doc, err, want, code(row[3])[1], got)
			}
			if !errors.Is(refErr, sentinel) && sentinel != query.ErrPath {
				t.Errorf("%s: %s: the second implementation: %v, want %s", edit, doc, refErr, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %s: %v", edit, doc, err)
			continue
		}
		if diff := cmp.Diff(shell(read(t, want)), shell(got[1:])); diff != "" || bsoncore.Validate(got[1:]) != nil {
			t.Errorf("%s: %s (-want +got):\n%s", edit, doc, diff)
		}
		if diff := cmp.Diff(shell(read(t, want)), shell(encode(t, reference))); diff != "" || refErr != nil {
			t.Errorf("%s: %s: the second implementation: %v (-want +got):\n%s", edit, doc, refErr, diff)
		}
	}
}

var editSentinels = map[string]error{
	"ErrPlace": query.ErrPlace, "ErrExists": query.ErrExists, "ErrRetype": query.ErrRetype, "ErrPath": query.ErrPath, "ErrDepth": bsoncore.ErrDepth,
}

// encode returns the BSON of d.
func encode(t testing.TB, d bson.D) []byte {
	t.Helper()
	raw, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestRetypeRules runs each row: each value of the first column becomes the value beside it.
func TestRetypeRules(t *testing.T) {
	for _, row := range rows(t, "| to | values | become | rejected |") {
		e := mustParseEdit(t, `{$retype: {a: "`+code(row[0])[0]+`"}}`)
		values, become := code(row[1]), code(row[2])
		if len(values) != len(become) || len(values) == 0 {
			t.Errorf("%s: %d values, and %d results", row[0], len(values), len(become))
			continue
		}
		for i, v := range values {
			got, err := e.Append(nil, read(t, "{a: "+v+"}"))
			if want := read(t, "{a: "+become[i]+"}"); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %s became %s, %v, want %s", row[0], v, shell(got), err, shell(want))
			}
		}
		for _, v := range code(row[3]) {
			if got, err := e.Append(nil, read(t, "{a: "+v+"}")); !errors.Is(err, query.ErrRetype) || len(got) > 0 {
				t.Errorf("%s: %s became %s, %v, want ErrRetype", row[0], v, shell(got), err)
			}
		}
	}
}

// randomEdit returns an edit for documents like doc.
func randomEdit(g pairs.Generator, doc bson.D) bson.D {
	place := func() string {
		keys, _ := g.Place(doc)
		if g.OneIn(3) || len(keys) == 0 {
			keys = append(keys, pairs.Pick(g, g.Names))
		}
		return g.Name(keys)
	}
	edit := bson.D{}
	for range 1 + g.IntN(3) {
		e := bson.E{Key: place()}
		op := pairs.Pick(g, []string{"$set", "$unset", "$rename", "$rename", "$retype"})
		switch op {
		case "$set":
			e.Value = g.Value(1)
		case "$unset":
			e.Value = true
		case "$rename":
			e.Value = place()
			if keys := keysOf(e.Key); g.OneIn(2) { // in the same document
				keys[len(keys)-1] = pairs.Pick(g, g.Names)
				e.Value = g.Name(keys)
			}
		case "$retype":
			e.Value = pairs.Pick(g, []string{"int32", "int64", "double", "decimal", "string", "string", "date", "objectId", "bool"})
		}
		edit = append(edit, bson.E{Key: op, Value: bson.D{e}})
	}
	return edit
}

// TestEditPairs compares Append with the second implementation.
func TestEditPairs(t *testing.T) {
	g := pairs.New(11)
	g.Scalars = append(slices.Clone(g.Scalars), "12", "-0.50", "1e3", "true", "2020-02-29", "2020-02-30", "2020-01-01T00:00:00.5+01:00", "0123456789abcdefABCDEF00")
	done, rejected, changed := 0, 0, 0
	for n := range 60_000 {
		doc := append(g.Document(3), bson.E{Key: pairs.Pick(g, append(g.Names, "_id")), Value: g.Value(2)})
		edit := randomEdit(g, doc)
		raw, rawEdit := encode(t, doc), encode(t, edit)
		e, err := query.CompileEdit(rawEdit, query.Options{})
		if err != nil {
			if !errors.Is(err, query.ErrPath) {
				t.Fatalf("pair %d: %s: %v", n, shell(rawEdit), err)
			}
			continue // paths that meet
		}
		got, err := e.Append(nil, raw)
		if errors.Is(err, query.ErrPath) {
			continue // paths that meet in an array
		}
		want, wantErr := edited(edit, doc)
		done++
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("pair %d: %s\n%s\n%v, want %v\n%s", n, shell(rawEdit), shell(raw), err, wantErr, shell(got))
		}
		if err != nil {
			rejected++
			var fault *bsoncore.ValueError
			if !errors.As(err, &fault) || fault.Offset < 0 || fault.Offset >= int64(len(raw)) {
				t.Fatalf("pair %d: %s\n%s\n%v", n, shell(rawEdit), shell(raw), err)
			}
			continue
		}
		if wantRaw := encode(t, want); !bytes.Equal(got, wantRaw) {
			t.Fatalf("pair %d: %s\n%s\n%s, want\n%s", n, shell(rawEdit), shell(raw), shell(got), shell(wantRaw))
		}
		if !bytes.Equal(got, raw) {
			changed++
		}
	}
	if changed < 10_000 || rejected < 5_000 {
		t.Errorf("of %d documents %d are changed and %d rejected; the test needs more", done, changed, rejected)
	}
}

// An edit of a damaged document is an error with the place, or valid up to the values that
// it copies.
func TestEditDamaged(t *testing.T) {
	failed := 0
	for _, text := range []string{`{}`, `{$set: {"items.price": 1, "a.b": 2}}`, `{$unset: {"user.name": 1}, $rename: {total: "user.sum"}}`, `{$retype: {_id: "string"}, $rename: {"user.name": "name"}}`} {
		e := mustParseEdit(t, text)
		for _, doc := range sample.Documents(sample.Collection, 1, 4) {
			for i := range 8 * len(doc) {
				damaged := slices.Clone(doc)
				damaged[i/8] ^= 1 << (i % 8)
				dst, err := e.Append([]byte("x"), damaged)
				valid := bsoncore.Validate(damaged) == nil
				switch {
				case err == nil && valid && bsoncore.Validate(dst[1:]) != nil:
					t.Fatalf("bit %d: the result is not valid", i)
				case err != nil && string(dst) != "x":
					t.Fatalf("bit %d: %v; dst is %q", i, err, dst)
				case err != nil && valid && !errors.Is(err, query.ErrPlace) && !errors.Is(err, query.ErrRetype) && !errors.Is(err, query.ErrExists):
					t.Fatalf("bit %d: %v", i, err)
				case err != nil:
					failed++
				}
			}
		}
	}
	if failed < 1000 {
		t.Errorf("only %d faults were found", failed)
	}
}

// Depth and size of what an edit makes are limited.
func TestEditLimits(t *testing.T) {
	deep := read(t, nested("a: {", "b: 1", "}", 996))
	at := strings.Repeat("a.", 996)
	for _, tc := range []struct {
		edit string
		want error
	}{
		{`{$set: {"` + at + `b": {c: {d: {}}}}}`, nil},
		{`{$set: {"` + at + `b": {c: {d: {e: {}}}}}}`, bsoncore.ErrDepth},
		{`{$set: {"` + at + `x": {c: {d: {e: []}}}}}`, bsoncore.ErrDepth},
		{`{$set: {"` + at + `x.y.z": 1}}`, nil},
		{`{$set: {"` + at + `x.y.z": {}}}`, nil},
		{`{$set: {"` + at + `x.y.z": Code("x", {a: {}})}}`, bsoncore.ErrDepth},
		{`{$set: {"` + at + `x.y": {z: {}}}}`, nil},
		{`{$set: {"` + at + `x.y": {z: {a: {}}}}}`, bsoncore.ErrDepth},
		{`{$rename: {"` + at + `b": "` + at + `x.y.z"}}`, nil},
		{`{$rename: {a: "x"}}`, nil},
		{`{$rename: {a: "x.y.z"}}`, nil},
		{`{$rename: {a: "x.y.z.p"}}`, nil},
		{`{$rename: {a: "x.y.z.p.q"}}`, bsoncore.ErrDepth},
		{`{$rename: {"a.a.a": "x.y"}}`, nil},
	} {
		got, err := mustParseEdit(t, tc.edit).Append(nil, deep)
		if !errors.Is(err, tc.want) || err == nil && bsoncore.Validate(got) != nil {
			t.Errorf("%s: %v, want %v; %v", strings.ReplaceAll(tc.edit, at, "…"), err, tc.want, bsoncore.Validate(got))
		}
	}
	var names []string
	for i := range 300 {
		names = append(names, "x"+strconv.Itoa(i))
	}
	doc := read(t, "{"+strings.Join(names, ": 1, ")+": 1}")
	got, err := mustParseEdit(t, "{$set: {"+strings.Join(names, ": 2, ")+": 2}}").Append(nil, doc)
	if want := read(t, "{"+strings.Join(names, ": 2, ")+": 2}"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %s", err, shell(got))
	}
	// Each index of a path may be an element or a key.
	doc = read(t, `{"0": [{"0": [{"0": 2}]}]}`)
	got, err = mustParseEdit(t, `{$set: {"0.0.0.0.0": 3}, $unset: {"`+strings.Repeat("1.", 900)+`1": 4}}`).Append(nil, doc)
	if want := read(t, `{"0": [{"0": [{"0": 3}]}]}`); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %s", err, shell(got))
	}
	var paths []string
	for i := range 100 {
		paths = append(paths, `"`+strings.Repeat("0.", i)+`a`+strconv.Itoa(i)+`": 1`)
	}
	many := "{$unset: {" + strings.Join(paths, ", ") + `, "` + strings.Repeat("0.", 900) + `1": 1}}`
	if _, err := query.ParseEdit([]byte(many), query.Options{}); !errors.Is(err, query.ErrPath) {
		t.Errorf("paths with many indexes and names: %v, want ErrPath", err)
	}
	if _, err := query.ParseEdit([]byte(`{$set: {"`+strings.Repeat("a.", 1000)+`b": 1}}`), query.Options{}); err == nil {
		t.Error("a path of 1,001 keys is accepted")
	}
}

// A small document can become a large one, because a path leads to every document of an
// array. It is rejected when the limit is crossed.
func TestEditMaxDocumentSize(t *testing.T) {
	const elements, long = 1000, 2000 // 2 MB of values in 8 kB of documents
	name := strings.Repeat("x", long)
	for _, edit := range []string{
		`{$set: {"a.b": "` + name + `"}}`,
		`{$set: {"a.c": "` + name + `"}}`,
		`{$set: {"a.` + name + `.d": 1}}`,
		`{$rename: {"a.b": "a.` + name + `"}}`,
		`{$rename: {"a.b": "a.` + name + `.d"}}`,
	} {
		doc := read(t, "{a: ["+strings.Repeat("{b: 1}, ", elements)+"]}")
		compiled := func(o query.Options) *query.Edit {
			e, err := query.ParseEdit([]byte(edit), o)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		whole, err := compiled(query.Options{}).Append(nil, doc)
		if err != nil || len(whole) < elements*long {
			t.Fatalf("%.30s: %d bytes, %v", edit, len(whole), err)
		}
		if _, err := compiled(query.Options{MaxDocumentSize: len(whole)}).Append(nil, doc); err != nil {
			t.Errorf("%.30s at the limit: %v", edit, err)
		}
		for most, room := range map[int]int{len(whole) - 1: 2 * len(whole), 10 * len(doc): 20 * len(doc)} {
			dst := make([]byte, 1, 1+room)
			got, err := compiled(query.Options{MaxDocumentSize: most}).Append(dst, doc)
			if !errors.Is(err, bsoncore.ErrTooLarge) || len(got) != 1 {
				t.Errorf("%.30s over the limit of %d: %d bytes, %v", edit, most, len(got), err)
			}
			if &got[0] != &dst[0] {
				t.Errorf("%.30s over the limit of %d: more than %d bytes were made", edit, most, room)
			}
		}
	}
}
