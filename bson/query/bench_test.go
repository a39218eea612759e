package query_test

import (
	"slices"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// filters match no document of the sets. BenchmarkMatch/validate is the speed that they
// are compared with.
var filters = []struct{ name, text string }{
	{"missing", `{"no such key": 1}`},
	{"equal", `{status: "no such value"}`},
	{"two", `{status: "no such value", total: {$gt: 1e300}}`},
	{"deep", `{"address.city.no": 1, "items.sku": "no such value"}`},
	{"or", `{$or: [{status: "no such value"}, {"no such key": {$gt: 10}}, {"items.price": {$lt: -1e300}}]}`},
	{"in", `{status: {$in: ["no such value", "nor this", 2.5e300, 3.5e300]}}`},
	{"regex", `{status: /^no such value/i}`},
	{"id", `{_id: ObjectId("000000000000000000000000")}`},
}

// BenchmarkSpeed runs filters and projections and what they are compared with by turns,
// on pieces of the bench documents. speed is the median of the ratios of their times: how
// many times as fast a filter is as Validate, and a projection as a copy with Validate.
// valid-where validates before it matches, as the command does.
func BenchmarkSpeed(b *testing.B) {
	const piece = 200 // documents; so few that the system seldom interrupts them
	docs := sample.Sets()[0].Docs
	var dst []byte
	validCopy := func(doc []byte) error {
		dst = append(dst[:0], doc...)
		return bsoncore.Validate(doc)
	}
	compare := func(name string, rival, do func(doc []byte) error) {
		b.Run(name, func(b *testing.B) {
			timeOf := func(do func(doc []byte) error, docs [][]byte) float64 {
				start := time.Now()
				for _, doc := range docs {
					if err := do(doc); err != nil {
						b.Fatal(err)
					}
				}
				return time.Since(start).Seconds()
			}
			var ratios []float64
			for b.Loop() {
				for part := range slices.Chunk(docs, piece) {
					timeOf(rival, part) // the first pass puts the documents in the cache, and does not count
					ratios = append(ratios, timeOf(rival, part)/timeOf(do, part))
				}
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "speed")
		})
	}
	for _, f := range filters {
		filter := mustParse(b, f.text)
		compare("where/"+f.name, bsoncore.Validate, func(doc []byte) error {
			_, err := filter.Match(doc)
			return err
		})
		compare("valid-where/"+f.name, bsoncore.Validate, func(doc []byte) error {
			if err := bsoncore.Validate(doc); err != nil {
				return err
			}
			_, err := filter.Match(doc)
			return err
		})
	}
	fields := mustParseProjection(b, `{status: 1, total: 1, city: 1}`)
	compare("fields", validCopy, func(doc []byte) (err error) {
		dst, err = fields.Append(dst[:0], doc)
		return err
	})
}

// BenchmarkEdit changes a few fields of the documents that it does not reject; compare with
// BenchmarkProjection.
func BenchmarkEdit(b *testing.B) {
	for _, s := range sample.Sets() {
		for _, e := range []struct{ name, text string }{
			{"set", `{$set: {status: "x", total: 1, "made.x": 1}}`},
			{"unset", `{$unset: {status: 0, total: 0, "user.name": 0}}`},
			{"rename", `{$rename: {status: "new status", total: "new total", "user.name": "user.new name"}}`},
			{"move", `{$rename: {status: "made.status"}}`},
			{"retype", `{$retype: {total: "string", "items.price": "string"}}`},
		} {
			edit := mustParseEdit(b, e.text)
			var docs [][]byte
			size := int64(0)
			for _, doc := range s.Docs {
				if _, err := edit.Append(nil, doc); err == nil {
					docs = append(docs, doc)
					size += int64(len(doc))
				}
			}
			if len(docs) < len(s.Docs)/2 {
				b.Errorf("%s/%s: only %d of %d documents are edited", e.name, s.Name, len(docs), len(s.Docs))
			}
			var dst []byte
			b.Run(e.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					for _, doc := range docs {
						var err error
						if dst, err = edit.Append(dst[:0], doc); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// BenchmarkProjection keeps or leaves out a few fields. BenchmarkProjection/copy is a
// validating copy of whole documents.
func BenchmarkProjection(b *testing.B) {
	for _, s := range sample.Sets() {
		var dst []byte
		b.Run("copy/"+s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			for b.Loop() {
				for _, doc := range s.Docs {
					if err := bsoncore.Validate(doc); err != nil {
						b.Fatal(err)
					}
					dst = append(dst[:0], doc...)
				}
			}
		})
		for _, p := range []struct{ name, text string }{
			{"include", `{status: 1, total: 1, "user.name": 1}`},
			{"exclude", `{status: 0, total: 0, "user.name": 0}`},
		} {
			projection := mustParseProjection(b, p.text)
			b.Run(p.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(s.Size)
				b.ReportAllocs()
				for b.Loop() {
					for _, doc := range s.Docs {
						var err error
						if dst, err = projection.Append(dst[:0], doc); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// BenchmarkSort computes the sort key of each document, and compares two of them.
func BenchmarkSort(b *testing.B) {
	for _, s := range sample.Sets() {
		order := mustParseSort(b, `{status: 1, total: -1, "items.sku": 1}`)
		var a, last []byte
		b.Run("key/"+s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			b.ReportAllocs()
			for b.Loop() {
				for _, doc := range s.Docs {
					var err error
					a, last = last, a
					if a, err = order.AppendKey(a[:0], doc); err != nil {
						b.Fatal(err)
					}
					order.CompareKeys(a, last)
				}
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, s := range sample.Sets() {
		b.Run("validate/"+s.Name, func(b *testing.B) {
			b.SetBytes(s.Size)
			for b.Loop() {
				for _, doc := range s.Docs {
					if err := bsoncore.Validate(doc); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		for _, f := range filters {
			filter := mustParse(b, f.text)
			b.Run(f.name+"/"+s.Name, func(b *testing.B) {
				b.SetBytes(s.Size)
				b.ReportAllocs()
				for b.Loop() {
					for _, doc := range s.Docs {
						if match, err := filter.Match(doc); match || err != nil {
							b.Fatal(match, err)
						}
					}
				}
			})
		}
	}
}
