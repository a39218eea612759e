package archive_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// BenchmarkReader reads documents in an archive, with and without checksums, and the
// same documents in a .bson file.
func BenchmarkReader(b *testing.B) {
	s := turns(sample.Bench, 5000)
	var alone []byte
	for _, k := range s.docs {
		alone = append(alone, k.Doc...)
	}
	for _, bc := range []struct {
		name string
		data []byte
		read func(r io.Reader) error
	}{
		{"archive", s.data, func(r io.Reader) error {
			a := archive.NewReader(r)
			for a.Next() {
			}
			return a.Err()
		}},
		{"archive-no-checksums", s.data, func(r io.Reader) error {
			a := archive.ReadOptions{SkipChecksums: true}.NewReader(r)
			for a.Next() {
			}
			return a.Err()
		}},
		{"bson", alone, func(r io.Reader) error {
			d := bsoncore.NewDecoder(r)
			for d.Next() {
			}
			return d.Err()
		}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(int64(len(bc.data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := bc.read(bytes.NewReader(bc.data)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestReaderAllocs: documents cost no allocations.
func TestReaderAllocs(t *testing.T) {
	few, many := newSketch().block("a.x", some(1, 10_000)...).end("a.x"), newSketch().block("a.x", some(1, 20_000)...).end("a.x")
	count := func(data []byte) float64 {
		return testing.AllocsPerRun(10, func() {
			r := archive.NewReader(bytes.NewReader(data))
			for r.Next() {
			}
		})
	}
	if a, b := count(few.data), count(many.data); b > a {
		t.Errorf("%v allocations for 10,000 documents, %v for 20,000", a, b)
	}
}
