package bson_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// A mixer makes documents of the mix that docs/benchmarks.md describes: 759
// bytes and 40 elements on average. The same seed makes the same documents.
type mixer struct{ *rand.Rand }

// share says how many elements of each type a thousand have.
var shares = []struct {
	t bson.Type
	n int
}{
	{bson.TypeString, 343}, {bson.TypeDouble, 134}, {bson.TypeInt32, 70}, {bson.TypeInt64, 35},
	{bson.TypeDecimal128, 45}, {bson.TypeObjectID, 72}, {bson.TypeBoolean, 60}, {bson.TypeDateTime, 37},
	{bson.TypeNull, 35}, {bson.TypeBinary, 15}, {bson.TypeDocument, 84}, {bson.TypeArray, 70},
}

const (
	lower   = "abcdefghijklmnopqrstuvwxyz"
	foreign = "Größe, naïve — 東京都 🙂"
)

func (m mixer) word(least, most int) string {
	b := make([]byte, least+m.IntN(most-least+1))
	for i := range b {
		b[i] = lower[m.IntN(len(lower))]
	}
	return string(b)
}

func (m mixer) typ() bson.Type {
	for {
		n := m.IntN(1000)
		for _, s := range shares {
			if n -= s.n; n < 0 {
				return s.t
			}
		}
	}
}

// document returns a document of about n elements, nested ones included.
func (m mixer) document(n int) []byte {
	doc, mark := bson.Begin(nil)
	for left := n - 8 + m.IntN(17); left > 0; {
		doc, left = m.element(doc, m.word(3, 8), left, 1)
	}
	return bson.End(doc, mark)
}

func (m mixer) element(dst []byte, key string, left, depth int) ([]byte, int) {
	left--
	t := m.typ()
	switch t {
	case bson.TypeString:
		s := m.word(4, 28)
		if m.IntN(20) == 0 {
			s = foreign
		}
		dst = bson.AppendString(dst, key, s)
	case bson.TypeDouble:
		dst = bson.AppendDouble(dst, key, float64(m.IntN(1e6))/100)
	case bson.TypeInt32:
		dst = bson.AppendInt32(dst, key, int32(m.Uint32()))
	case bson.TypeInt64:
		dst = bson.AppendInt64(dst, key, int64(m.Uint64()))
	case bson.TypeDecimal128:
		dst = bson.AppendDecimal128(dst, key, decimal128.FromInt64(m.Int64()))
	case bson.TypeObjectID:
		var id objectid.ID
		for i := range id {
			id[i] = byte(m.Uint32())
		}
		dst = bson.AppendObjectID(dst, key, id)
	case bson.TypeBoolean:
		dst = bson.AppendBoolean(dst, key, m.IntN(2) == 0)
	case bson.TypeDateTime:
		dst = bson.AppendDateTime(dst, key, m.Int64N(2e12))
	case bson.TypeNull:
		dst = bson.AppendNull(dst, key)
	case bson.TypeBinary:
		dst = bson.AppendBinary(dst, key, 0, []byte(m.word(0, 32)))
	case bson.TypeDocument, bson.TypeArray:
		var mark int
		dst, mark = bson.Begin(bson.AppendHeader(dst, t, key))
		for i := range m.IntN(7) {
			inner := m.word(3, 8)
			if t == bson.TypeArray {
				inner = fmt.Sprint(i)
			}
			if left > 0 && depth < 6 {
				dst, left = m.element(dst, inner, left, depth+1)
			}
		}
		dst = bson.End(dst, mark)
	}
	return dst, left
}

// mix returns n distinct documents and how many bytes they have in all.
func mix(n int) (docs [][]byte, size int64) {
	m := mixer{rand.New(rand.NewPCG(1, 2))}
	for range n {
		doc := m.document(40)
		docs = append(docs, doc)
		size += int64(len(doc))
	}
	return docs, size
}

// The benchmarks go through many documents in turn, so that the processor
// cannot learn one of them by heart. One operation is all of them.
const mixed = 2000

func BenchmarkValidate(b *testing.B) {
	docs, size := mix(mixed)
	b.Run("mix", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for _, doc := range docs {
				if err := bson.Validate(doc); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func walk(c *bson.Cursor) (n int) {
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
	docs, size := mix(mixed)
	b.Run("mix", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		n := 0
		var c bson.Cursor
		for b.Loop() {
			n = 0
			for _, doc := range docs {
				c.Reset(doc, 0)
				n += walk(&c)
			}
		}
		b.ReportMetric(float64(n)/mixed, "elements/doc")
		b.ReportMetric(float64(size)/mixed, "bytes/doc")
	})
}
