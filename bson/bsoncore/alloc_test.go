//go:build !race

package bsoncore_test

import (
	"bytes"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// TestNoAllocs holds that the hot paths do not allocate once their buffers
// are warm. The race detector allocates, hence the build tag.
func TestNoAllocs(t *testing.T) {
	docs := sample.Documents(sample.Bench, 1, 50)
	stream := bytes.Join(docs, nil)
	deep := nest(bsoncore.InlineDepth, bsoncore.TypeDocument)
	value := bsoncore.Document(docs[0]).Lookup("_id")

	var (
		c   bsoncore.Cursor
		b   bsoncore.Builder
		buf []byte
		r   bytes.Reader
		d   = bsoncore.NewDecoder(&r)
		id  objectid.ID
		dec decimal128.Decimal
	)
	for _, tc := range []struct {
		name string
		f    func()
	}{
		{"Validate", func() {
			for _, doc := range docs {
				if bsoncore.Validate(doc) != nil {
					panic("refused")
				}
			}
		}},
		{"ValidateOptions", func() {
			o := bsoncore.ValidateOptions{RejectEmptyKeys: true, RejectDottedKeys: true, RejectDollarKeys: true, RejectWrongArrayKeys: true}
			for _, doc := range docs {
				if o.Validate(doc) != nil {
					panic("refused")
				}
			}
		}},
		{"Validate, deep", func() {
			if bsoncore.Validate(deep) != nil {
				panic("refused")
			}
		}},
		{"Cursor", func() {
			for _, doc := range docs {
				c.Reset(doc, 0)
				walk(&c)
			}
		}},
		{"Document.Lookup", func() {
			if bsoncore.Document(docs[0]).Lookup("_id").IsZero() {
				panic("not found")
			}
		}},
		{"Document.Lookup, nothing there", func() {
			if !bsoncore.Document(docs[0]).Lookup("_id", "no such key").IsZero() {
				panic("found")
			}
		}},
		{"Value.ObjectIDOK", func() { id, _ = value.ObjectIDOK() }},
		{"Decoder", func() {
			r.Reset(stream)
			d.Reset(&r)
			for d.Next() {
				buf = append(buf[:0], d.Document()...)
			}
		}},
		{"Append", func() {
			doc, mark := bsoncore.Begin(buf[:0])
			doc = bsoncore.AppendString(doc, "s", "text")
			doc = bsoncore.AppendDecimal128(doc, "d", dec)
			doc = bsoncore.AppendObjectID(doc, "i", id)
			buf = bsoncore.End(bsoncore.AppendRegex(doc, "r", "a", "i"), mark)
		}},
		{"Builder", func() {
			b.Reset()
			b.String("s", "text").BeginArray("a").Int32("", 1).End().Regex("r", "a", "i").Document()
		}},
	} {
		if n := testing.AllocsPerRun(20, tc.f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", tc.name, n)
		}
	}
}
