package bsoncore_test

import (
	"bytes"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

func BenchmarkValidate(b *testing.B) {
	for _, s := range sample.Sets() {
		b.Run(s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range s.Docs {
					if err := bsoncore.Validate(doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func walk(c *bsoncore.Cursor) (n int) {
	for c.Next() {
		n++
		if c.Type().IsContainer() && c.Enter() {
			n += walk(c)
			c.Leave()
		}
	}
	return n
}

// BenchmarkCursor is a walk through all elements that does nothing else.
func BenchmarkCursor(b *testing.B) {
	for _, s := range sample.Sets() {
		b.Run(s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			b.ReportAllocs()
			var c bsoncore.Cursor
			for b.Loop() {
				for _, doc := range s.Docs {
					c.Reset(doc, 0)
					if walk(&c); c.Err() != nil {
						b.Fatal(c.Err())
					}
				}
			}
		})
	}
}

// BenchmarkDecoder cuts a stream in memory into documents.
func BenchmarkDecoder(b *testing.B) {
	for _, s := range sample.Sets() {
		stream := bytes.Join(s.Docs, nil)
		b.Run(s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			b.ReportAllocs()
			var r bytes.Reader
			d := bsoncore.NewDecoder(&r)
			for b.Loop() {
				r.Reset(stream)
				d.Reset(&r)
				for d.Next() {
				}
				if d.Err() != nil {
					b.Fatal(d.Err())
				}
			}
		})
	}
}

// BenchmarkLookup finds a key that is not there, behind all elements.
func BenchmarkLookup(b *testing.B) {
	for _, s := range sample.Sets() {
		b.Run(s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range s.Docs {
					if !bsoncore.Document(doc).Lookup("no such key").IsZero() {
						b.Fatal("found")
					}
				}
			}
		})
	}
}

// BenchmarkValidateOptions turns on the rules that these documents keep to.
func BenchmarkValidateOptions(b *testing.B) {
	o := bsoncore.ValidateOptions{RejectDuplicateKeys: true, RejectWrongArrayKeys: true}
	for _, s := range sample.Sets()[:1] {
		b.Run(s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range s.Docs {
					if err := o.Validate(doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkBuilder makes a document of ten elements.
func BenchmarkBuilder(b *testing.B) {
	b.Run("ten", func(b *testing.B) {
		b.ReportAllocs()
		var builder bsoncore.Builder
		for b.Loop() {
			builder.Reset()
			doc, err := builder.ObjectID("_id", testID).String("name", "Ada").Int32("born", 1815).
				BeginArray("langs").String("", "en").String("", "fr").End().
				BeginDocument("at").Double("x", 1).Double("y", 2).End().
				Decimal128("price", one).Document()
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(doc)))
		}
	})
}
