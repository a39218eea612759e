//go:build !race

package query_test

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/bsonkit/bsonkit/internal/fresh"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestNoAllocs holds that Match does not allocate, whether documents match or not, and
// neither do orders, projections and edits. The race detector allocates, hence the build tag.
func TestNoAllocs(t *testing.T) {
	docs := append(sample.Documents(sample.Bench, 1, 50), sample.Documents(sample.Collection, 1, 50)...)
	for _, text := range probing {
		f := mustParse(t, text)
		n := testing.AllocsPerRun(20, func() {
			for _, doc := range docs {
				if _, err := f.Match(doc); err != nil {
					panic(err)
				}
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations, want 0", text, n)
		}
	}
	s := mustParseSort(t, `{"items.price": 1, "items.sku": -1, tags: 1, _id: 1}`)
	p, q := mustParseProjection(t, `{"items.price": 1, total: 1}`), mustParseProjection(t, `{"items.price": 0, _id: 0}`)
	e := mustParseEdit(t, `{$set: {"items.n": {a: 1}, "x.y": 2}, $unset: {tags: true, "items.0.sku": true}, $rename: {status: "z.state", "items.price": "items.cost"}, $retype: {_id: "string", "items.cost": "string"}}`)
	var a, b, buf []byte
	for _, tc := range []struct {
		name string
		f    func(doc, other []byte)
	}{
		{"Sort.Compare", func(doc, other []byte) { s.Compare(doc, other) }},
		{"Sort.AppendKey", func(doc, other []byte) { a, _ = s.AppendKey(a[:0], doc) }},
		{"Sort.CompareKeys", func(doc, other []byte) { s.CompareKeys(a, b) }},
		{"Sort.KeyPrefix", func(doc, other []byte) { s.KeyPrefix(a) }},
		{"Projection.Append", func(doc, other []byte) { buf, _ = p.Append(buf[:0], doc) }},
		{"Edit.Append", func(doc, other []byte) {
			var err error
			if buf, err = e.Append(buf[:0], doc); err != nil {
				panic(err)
			}
		}},
		{"Projection.Append, excluded", func(doc, other []byte) { buf, _ = q.Append(buf[:0], doc) }},
	} {
		all := func() {
			for i, doc := range docs[1:] {
				tc.f(doc, docs[i])
			}
		}
		all() // buffers
		b = append(b[:0], a...)
		if n := testing.AllocsPerRun(20, all); n != 0 {
			t.Errorf("%s: %v allocations, want 0", tc.name, n)
		}
	}
}

// TestFreshAllocs: without a buffer each result is one allocation, of its own length.
// Results over 4 MiB may have a quarter of their length as spare capacity.
func TestFreshAllocs(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))  // each processor has its pools
	for _, size := range []int{20, 100, 1000, 50_000, 200_000, 6_000_000} {
		doc := sample.Sized(1, size)
		p, q := mustParseProjection(t, `{city: 1, document1: 1}`), mustParseProjection(t, `{city: 0}`)
		e := mustParseEdit(t, `{$set: {"new": 1}}`)
		s := mustParseSort(t, `{city: 1, document1: 1}`)
		for _, tc := range []struct {
			name string
			f    func() ([]byte, error)
		}{
			{"Projection.Append", func() ([]byte, error) { return p.Append(nil, doc) }},
			{"Projection.Append, excluded", func() ([]byte, error) { return q.Append(nil, doc) }},
			{"Edit.Append", func() ([]byte, error) { return e.Append(nil, doc) }},
			{"Sort.AppendKey", func() ([]byte, error) { return s.AppendKey(nil, doc) }},
			{"Sort.AppendValues", func() ([]byte, error) { return s.AppendValues(nil, doc) }},
		} {
			fresh.Check(t, tc.name, size, 1, tc.f)
		}
	}
}
