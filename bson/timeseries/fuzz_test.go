package timeseries

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// FuzzUnpack: any bytes as a bucket give either an error with a place in them, or as
// many documents as Len says, which are together not longer than the limit.
func FuzzUnpack(f *testing.F) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		values := walk(r, -1, 20)
		f.Add(bucketOf(2, len(values), "t", encodeColumn(r, times(r, len(values))), "v", encodeColumn(r, values)))
	}
	r := rand.New(rand.NewPCG(1, 1))
	for _, s := range shapes {
		first := make([]field, s.scalars)
		for i := range first {
			first[i] = field{Type: bsoncore.TypeInt32, Data: []byte{1, 0, 0, 0}}
		}
		f.Add(bucketOf(3, 2, "v", encodeGroup(r, s.control, s.build(first).Data, first, [][]field{first, first})))
	}
	f.Fuzz(func(t *testing.T, bucket []byte) {
		o := Options{MetaField: "meta", MaxMeasurements: 10_000, MaxSize: 1 << 20}
		u := o.NewUnpacker()
		if err := u.Reset(bucket); err != nil {
			checkPlace(t, err, len(bucket))
			return
		}
		n, size := 0, 0
		for u.Next() {
			doc := u.Document()
			if c := bsoncore.NewCursor(doc); c.Err() != nil {
				t.Fatalf("%x: %v", []byte(doc), c.Err())
			}
			n++
			size += len(doc)
		}
		if n != u.Len() || n > o.MaxMeasurements || size > o.MaxSize {
			t.Fatalf("%d measurements of %d, %d bytes", n, u.Len(), size)
		}
	})
}

// checkPlace checks that err has a place in n bytes.
func checkPlace(t *testing.T, err error, n int) {
	t.Helper()
	offset := int64(-1)
	switch e := err.(type) {
	case *bsoncore.SyntaxError:
		offset = e.Offset
	case *bsoncore.ValueError:
		offset = e.Offset
	}
	if offset < 0 || offset > int64(n) {
		t.Fatalf("%T at offset %d of %d: %v", err, offset, n, err)
	}
}

// FuzzRoundTrip: values by chance, encoded with selectors by chance, are unpacked as
// they were.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint64(1), uint8(0), uint8(50))
	f.Fuzz(func(t *testing.T, seed uint64, maker, n uint8) {
		r := rand.New(rand.NewPCG(seed, 3))
		values := walk(r, int(maker)%(len(makers)+1)-1, 1+int(n))
		bucket := bucketOf(2, -1, "t", encodeColumn(r, times(r, len(values))), "v", encodeColumn(r, values))
		if diff := cmp.Diff(elements("v", values), unpacked(t, bucket, "v")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
