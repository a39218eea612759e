package timeseries

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// repeat returns a control with n words, at most 16, that repeat 1,920 times each.
func repeat(n int) []byte {
	data := []byte{0x80 | byte(n-1)}
	for range n {
		data = binary.LittleEndian.AppendUint64(data, 0xff)
	}
	return data
}

// TestHostile: buckets that claim more than they have, or that expand without limit,
// are rejected in memory and time that their own bytes and the limits bound.
func TestHostile(t *testing.T) {
	many := bytes.Repeat(repeat(16), 40) // 1,228,800 values
	null := []byte{byte(bsoncore.TypeNull), 0}
	long := append([]byte{byte(bsoncore.TypeString), 0}, text(strings.Repeat("x", 300_000))...)
	var fields []any
	for range 20_000 {
		fields = append(fields, "", append(bytes.Clone(null), 0))
	}
	deep := []byte("\x10x\x00\x01\x00\x00\x00")
	for range 2000 {
		inner, mark := bsoncore.Begin(nil)
		inner = bsoncore.End(append(inner, deep...), mark)
		deep = bsoncore.AppendDocument(nil, "d", inner)
	}
	wide, mark := bsoncore.Begin(nil)
	var firsts []byte
	for range 50_000 {
		wide, firsts = bsoncore.AppendNull(wide, ""), append(firsts, null...)
	}
	wide = bsoncore.End(wide, mark)
	reference := func(content []byte) []byte {
		doc, mark := bsoncore.Begin([]byte{groupControl})
		return bsoncore.End(append(doc, content...), mark)
	}
	for _, tc := range []struct {
		name   string
		bucket []byte
		want   error
		len    int
	}{
		{"a count without values", bucketOf(2, 1<<31-1, "a", []byte{0}), ErrTooMany, 0},
		{"values without a count", bucketOf(2, -1, "a", join(null, many, []byte{0})), ErrTooMany, 0},
		{"more values than the count", bucketOf(2, 10, "a", join(null, many, []byte{0})), ErrCount, 0},
		{"a long value that repeats", bucketOf(2, 1921, "a", join(long, repeat(1), []byte{0})), bsoncore.ErrTooLarge, 0},
		{"many fields with many missing values", bucketOf(2, 614_401, manyMissing(500)...), bsoncore.ErrTooLarge, 0},
		{"many fields", bucketOf(2, 1, fields...), nil, 1},
		{"a deep reference", bucketOf(2, 1, "a", join(reference(deep), null, []byte{0, 0})), bsoncore.ErrDepth, 0},
		{"a wide reference", bucketOf(2, 1, "a", join([]byte{groupControl}, wide, firsts, []byte{0, 0})), nil, 1},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		u := Options{}.NewUnpacker()
		err := u.Reset(tc.bucket)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, tc.want) || u.Len() != tc.len {
			t.Errorf("%s: %d measurements, %v, want %v", tc.name, u.Len(), err, tc.want)
		}
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(50*len(tc.bucket)+1<<20); got > most {
			t.Errorf("%s: %d bytes allocated for %d, want at most %d", tc.name, got, len(tc.bucket), most)
		}
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// manyMissing returns a complete field and n others without a value, of 614,401
// measurements.
func manyMissing(n int) []any {
	columns := []any{"a", join([]byte{byte(bsoncore.TypeNull), 0}, bytes.Repeat(repeat(16), 20), []byte{0})}
	missing := join([]byte{0x80}, binary.LittleEndian.AppendUint64(nil, 1<<64-2), bytes.Repeat(repeat(16), 20), []byte{0})
	for range n {
		columns = append(columns, "b", missing)
	}
	return columns
}
