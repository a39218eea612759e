package redact

import (
	"bytes"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// FuzzRedact holds the properties of TestProperties for any documents and keys. Bytes that
// are no document keep their length, and are an error.
func FuzzRedact(f *testing.F) {
	for _, doc := range sample.Documents(sample.Wild, 1, 20) {
		f.Add("key", bsontest.Seed(doc))
	}
	f.Fuzz(func(t *testing.T, secret string, data []byte) {
		if secret == "" {
			t.Skip("a secret is not empty")
		}
		r := redactor(t, secret, "/")
		damaged := bytes.Clone(data)
		if err := r.Redact(damaged); err == nil && bson.Validate(data) != nil && bson.Validate(damaged) == nil {
			t.Fatalf("%x became %x", data, damaged)
		}
		docs := withoutColumns([][]byte{bsontest.Options{Odd: bsontest.AllOdd &^ bsontest.Deep}.Document(bsontest.NewSource(data))})
		l := newLedger(t)
		for _, doc := range append(docs, docs...) {
			out := redacted(t, r, doc)
			a, b := bsoncore.NewCursor(doc), bsoncore.NewCursor(out)
			l.walk(&a, &b)
			if a.Err() != nil || b.Err() != nil {
				t.Fatal(a.Err(), b.Err())
			}
		}
	})
}
