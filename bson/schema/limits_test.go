//go:build !race

package schema

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// alive returns the bytes that are alive because of what f returns, and the most that were
// alive after one of its documents.
func alive(f func(look func()) *Schema) (end, peak int64) {
	var before, now runtime.MemStats
	measure := func() int64 {
		runtime.GC()
		runtime.ReadMemStats(&now)
		return int64(now.HeapAlloc) - int64(before.HeapAlloc)
	}
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := f(func() { peak = max(peak, measure()) })
	end = measure()
	peak = max(peak, end)
	runtime.KeepAlive(s)
	return end, peak
}

// bound is the largest size in bytes of a Schema, as docs/schema.md has it: for each path
// what it has without values, its sample, and a sketch.
func bound(o Options) int64 {
	const path = 8 << 10 // queue, counts, sums, histograms, sketch
	paths := int64(o.MaxPaths + o.MaxPaths/4 + slack)
	return paths*(path+4*int64(o.MaxValues)*(48+int64(o.MaxValueSize)/2)) + 16*int64(o.MaxHashes) + 1<<20
}

// manyKeys returns a document with n different keys from first, and a value for each.
func manyKeys(prefix string, first, n int, value func(dst []byte, key string) []byte) []byte {
	dst, mark := bsoncore.Begin(nil)
	for i := range n {
		dst = value(dst, prefix+letters(first+i))
	}
	return bsoncore.End(dst, mark)
}

// letters is a number without digits.
func letters(n int) string {
	b := []byte(fmt.Sprint(n))
	for i := range b {
		b[i] += 'a' - '0'
	}
	return string(b)
}

func null(dst []byte, key string) []byte { return bsoncore.AppendNull(dst, key) }

func nested(levels int) func(dst []byte, key string) []byte {
	return func(dst []byte, key string) []byte {
		var marks []int
		for range levels {
			var mark int
			dst, mark = bsoncore.BeginDocument(dst, key)
			marks = append(marks, mark)
		}
		for i := range marks {
			dst = bsoncore.End(dst, marks[len(marks)-1-i])
		}
		return dst
	}
}

// TestMemory: the size of a Schema is bounded, whatever the documents are.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the documents are large")
	}
	long := strings.Repeat("x", 1<<20)
	for _, tc := range []struct {
		name string
		n    int // documents
		docs func(i int) []byte
	}{
		{"a million words as keys", 12, func(i int) []byte { return manyKeys("", i*100_000, 100_000, null) }},
		{"words as keys, one in each document", 100000, func(i int) []byte { return manyKeys("", i, 1, nested(3)) }},
		{"ids as keys", 100, func(i int) []byte {
			return manyKeys("", 0, 1000, func(dst []byte, key string) []byte {
				return nested(2)(dst, fmt.Sprintf("%08d", i*1000)+key)
			})
		}},
		{"an array of a million", 4, func(i int) []byte {
			dst, mark := bsoncore.Begin(nil)
			dst, array := bsoncore.BeginArray(dst, "a")
			for n := range 1_000_000 {
				dst = bsoncore.AppendInt32(dst, "0", int32(n*10+i))
			}
			return bsoncore.End(bsoncore.End(dst, array), mark)
		}},
		{"documents 500 deep", 30, func(i int) []byte { return manyKeys("k", i*10, 10, nested(499)) }},
		{"long strings", 10, func(i int) []byte {
			return manyKeys("k", 0, 30, func(dst []byte, key string) []byte {
				return bsoncore.AppendString(dst, key, fmt.Sprint(i, key)+long)
			})
		}},
		{"long keys", 10, func(i int) []byte { return manyKeys(fmt.Sprint(i)+long, 0, 20, null) }},
		{"keys of 128 bytes", 30, func(i int) []byte { return manyKeys(long[:120], i*1000, 1000, null) }},
		{"all kinds of values in all paths", 100, func(i int) []byte {
			return manyKeys("", 0, 3000, func(dst []byte, key string) []byte {
				dst = bsoncore.AppendDouble(dst, key, float64(i)*1.1)
				dst = bsoncore.AppendString(dst, key, fmt.Sprint(i)+long[:200])
				dst = bsoncore.AppendDateTime(dst, key, int64(i)*1_000_000_000_000)
				return bsoncore.AppendBinary(dst, key, 0, []byte(fmt.Sprint(i)+long[:300]))
			})
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := Options{MaxPaths: 500, MaxHashes: 1 << 14}
			if err := o.resolve(); err != nil {
				t.Fatal(err)
			}
			s, peak := alive(func(look func()) *Schema {
				s := New(o)
				for i := range tc.n {
					if err := s.Add(tc.docs(i)); err != nil {
						t.Fatal(err)
					}
					if i == tc.n/4 || i == tc.n/2 {
						look()
					}
				}
				return s
			})
			t.Logf("%d KiB at the end, %d KiB at most", s>>10, peak>>10)
			if limit := bound(o); peak > limit {
				t.Errorf("%d bytes are alive, want at most %d", peak, limit)
			}
		})
	}
}
