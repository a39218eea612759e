package sample

import (
	"fmt"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file makes documents of a given size, number of keys or depth. Their values are
// those of the bench mix, so that the cost of a byte can be compared.

// Sized returns a document with a little more than size bytes. Up to 2 kB it has the
// elements of documents of the bench mix, above it has whole documents as well.
func Sized(seed uint64, size int) []byte {
	g := New(Bench, seed)
	doc, mark := bsoncore.Begin(nil)
	for i := 0; len(doc) < size; i++ {
		next := g.Append(nil)
		if rest := size - len(doc); rest > 2000 {
			doc = bsoncore.AppendDocument(doc, fmt.Sprintf("document%d", i), next)
			continue
		}
		doc = elements(doc, next, i, size)
	}
	return bsoncore.End(doc, mark)
}

// Wide returns a document with the given number of elements, none of them containers.
func Wide(seed uint64, keys int) []byte {
	doc, mark := bsoncore.Begin(nil)
	return bsoncore.End(scalars(doc, New(Bench, seed), keys), mark)
}

// Deep returns a document of the given depth. Each level has ten elements, and the
// document below.
func Deep(seed uint64, levels int) []byte {
	g := New(Bench, seed)
	doc, mark := bsoncore.Begin(nil)
	marks := []int{mark}
	for doc = scalars(doc, g, 10); len(marks) < levels; doc = scalars(doc, g, 10) {
		doc, mark = bsoncore.BeginDocument(doc, "below")
		marks = append(marks, mark)
	}
	for _, mark := range slices.Backward(marks) {
		doc = bsoncore.End(doc, mark)
	}
	return doc
}

// scalars appends n elements of documents of g that are not containers.
func scalars(dst []byte, g *Generator, n int) []byte {
	for done := 0; done < n; {
		for c := bsoncore.NewCursor(g.Append(nil)); done < n && c.Next(); {
			if !c.Type().IsContainer() {
				dst = bsoncore.AppendValue(dst, fmt.Sprintf("%s%d", c.Key(), done), c.Type(), c.Data())
				done++
			}
		}
	}
	return dst
}

// elements appends elements of next, document i of a mix, until dst has size bytes.
func elements(dst, next []byte, i, size int) []byte {
	for c := bsoncore.NewCursor(next); len(dst) < size && c.Next(); {
		dst = bsoncore.AppendValue(dst, fmt.Sprintf("%s%d", c.Key(), i), c.Type(), c.Data())
	}
	return dst
}
