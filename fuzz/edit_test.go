package fuzz

import (
	"bytes"
	"errors"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// FuzzEdit: the result of an edit is a valid document if the document is, and a fault has
// a place in the document. Fields at the top whose names the edit does not have keep their
// bytes and their order.
func FuzzEdit(f *testing.F) {
	docs := sample.Documents(sample.Wild, 1, 8)
	for i, text := range []string{
		`{$set: {a: 1, "b.0.c": [{}], "/x.y/$z": {d: 1}}}`, `{$unset: {"a.0": 1, b: 1}, $set: {"a.0.1": 1, "a.c": 2}}`,
		`{$rename: {a: "b", "c.d": "e.f.g", "/": "0"}}`, `{$rename: {"a.b.c": "a.d.e"}, $set: {"a.b.c.x": 1}, $retype: {"a.d.e.x": "string"}}`,
		`{$retype: {a: "string", b: "int32", c: "int64", d: "double", e: "decimal", f: "date", g: "objectId", h: "bool"}}`,
		`{$set: {_id: 1, "a.1": 1, "a.0.b": 2, "a.0.c.d": 3, "a.e": 4}}`,
	} {
		f.Add([]byte(text), docs[i], true)
	}
	f.Fuzz(func(t *testing.T, text, doc []byte, shaped bool) {
		doc = chosen(shallow, doc, shaped)
		edit, err := query.ParseEdit(text, query.Options{})
		if err != nil {
			var fault *query.Error
			if errors.As(err, &fault) && (fault.Offset < 0 || fault.Offset >= int64(len(text))) {
				t.Fatalf("the place of the fault is not in the text: %v", err)
			}
			return
		}
		got, err := edit.Append([]byte("x"), doc)
		valid := bsoncore.Validate(doc) == nil
		if err != nil {
			var fault *bsoncore.ValueError
			if string(got) != "x" || valid && (!errors.As(err, &fault) || fault.Offset < 0 || fault.Offset >= int64(len(doc))) {
				t.Fatalf("%s: %v; dst is %q", text, err, got)
			}
			return
		}
		if !valid {
			return
		}
		if err := bsoncore.Validate(got[1:]); err != nil {
			t.Fatalf("%s: %v became %x: %v", text, bson.Raw(doc), got[1:], err)
		}
		if before, after := others(doc, text), others(got[1:], text); !bytes.Equal(before, after) {
			t.Fatalf("%s: %v became %v", text, bson.Raw(doc), bson.Raw(got[1:]))
		}
	})
}

// others returns the elements at the top of doc whose keys are not in text. Keys that text
// may spell in another way are left out, and so are digits and _.
func others(doc, text []byte) (elements []byte) {
	for c := bson.NewCursor(doc); c.Next(); {
		plain := len(c.Key()) > 0
		for _, b := range c.Key() {
			plain = plain && b >= 'a' && b <= 'z'
		}
		if plain && !bytes.Contains(text, c.Key()) && !bytes.Contains(text, []byte(`\`)) {
			elements = append(elements, doc[c.Offset():c.ValueOffset()+len(c.Data())]...)
		}
	}
	return elements
}
