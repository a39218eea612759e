package fuzz

import (
	"bytes"
	"cmp"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// FuzzOrder: a sort order is an order of any documents, and the same order of their sort
// keys. Fields that are kept and fields that are left out make up the document.
func FuzzOrder(f *testing.F) {
	docs := sample.Documents(sample.Wild, 1, 8)
	for i, text := range []string{`{a: 1}`, `{"a.b": -1, "a.0": 1}`, `{"/x.y": 1, _id: -1}`, `{"": 1, b: 1, "b.c": 1}`} {
		f.Add([]byte(text), append(bytes.Clone(docs[2*i]), docs[2*i+1]...))
	}
	f.Fuzz(func(t *testing.T, text, data []byte) {
		s := bsontest.NewSource(data)
		var docs [][]byte
		for range 3 {
			docs = append(docs, streamed.Append(nil, s))
		}
		testProjection(t, docs[0])
		order, err := query.ParseSort(text, query.Options{})
		if err != nil {
			order = firstKeys(t, docs[0])
		}
		testOrder(t, order, docs)
		order.Compare(data, docs[0])
	})
}

// firstKeys returns the order by the keys of doc, descending, that are different.
func firstKeys(t *testing.T, doc []byte) *query.Sort {
	raw, mark := bsoncore.Begin(nil)
	seen := map[string]bool{}
	for c := bson.NewCursor(doc); c.Next(); {
		if !seen[string(c.Key())] {
			raw = bsoncore.AppendInt32(raw, string(bsoncore.AppendPointer(nil, c.Key())), -1)
		}
		seen[string(c.Key())] = true
	}
	order, err := query.CompileSort(bsoncore.End(raw, mark), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return order
}

func testOrder(t *testing.T, order *query.Sort, docs [][]byte) {
	keys := make([][]byte, len(docs))
	for i, doc := range docs {
		var err error
		if keys[i], err = order.AppendKey(nil, doc); err != nil || bsoncore.Validate(keys[i]) != nil {
			t.Fatalf("%s: %v: %v", order, bson.Raw(doc), err)
		}
	}
	for i, a := range docs {
		for j, b := range docs {
			n := order.Compare(a, b)
			if i == j && n != 0 || n != -order.Compare(b, a) || n != order.CompareKeys(keys[i], keys[j]) {
				t.Fatalf("%s: %v and %v: %d, in reverse %d, their keys %d", order, bson.Raw(a), bson.Raw(b), n, order.Compare(b, a), order.CompareKeys(keys[i], keys[j]))
			}
			if p := cmp.Compare(order.KeyPrefix(keys[i]), order.KeyPrefix(keys[j])); p != 0 && p != n {
				t.Fatalf("%s: %v and %v: %d, their prefixes %d", order, bson.Raw(a), bson.Raw(b), n, p)
			}
			for _, c := range docs {
				if n <= 0 && order.Compare(b, c) <= 0 && order.Compare(a, c) > 0 {
					t.Fatalf("%s: not transitive: %v, %v, %v", order, bson.Raw(a), bson.Raw(b), bson.Raw(c))
				}
			}
		}
	}
}

// testProjection compares the fields that are kept with those that are left out, for
// every other key of doc.
func testProjection(t *testing.T, doc []byte) {
	parts := map[bool][]byte{}
	for _, keep := range []bool{true, false} {
		raw, mark := bsoncore.Begin(nil)
		seen := map[string]bool{"_id": true}
		n := 0
		for c := bson.NewCursor(doc); c.Next(); n++ {
			if n%2 == 0 && !seen[string(c.Key())] {
				raw = bsoncore.AppendBoolean(raw, string(bsoncore.AppendPointer(nil, c.Key())), keep)
				seen[string(c.Key())] = true
			}
		}
		if len(seen) == 1 {
			return
		}
		raw = bsoncore.AppendBoolean(raw, "_id", false)
		p, err := query.CompileProjection(bsoncore.End(raw, mark), query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if parts[keep], err = p.Append(nil, doc); err != nil || bsoncore.Validate(parts[keep]) != nil {
			t.Fatalf("%v: %v", bson.Raw(raw), err)
		}
	}
	kept, left := bson.NewCursor(parts[true]), bson.NewCursor(parts[false])
	more, others := kept.Next(), left.Next()
	for c := bson.NewCursor(doc); c.Next(); {
		switch {
		case more && bytes.Equal(kept.Key(), c.Key()) && bytes.Equal(kept.Data(), c.Data()):
			more = kept.Next()
		case others && bytes.Equal(left.Key(), c.Key()) && bytes.Equal(left.Data(), c.Data()):
			others = left.Next()
		case string(c.Key()) != "_id":
			t.Fatalf("%v: %q is neither in %v nor in %v", bson.Raw(doc), c.Key(), bson.Raw(parts[true]), bson.Raw(parts[false]))
		}
	}
	if more || others {
		t.Fatalf("%v: %v and %v have more", bson.Raw(doc), bson.Raw(parts[true]), bson.Raw(parts[false]))
	}
}
