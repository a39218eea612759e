package mongodriver_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	driver "go.mongodb.org/mongo-driver/v2/bson"

	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v2"
	"github.com/bsonkit/bsonkit/bson"
)

// This file is about readers of several documents, which driver v1 does not have.

func newDecoder(r *driver.Registry, src io.Reader) *driver.Decoder {
	d := driver.NewDecoder(driver.NewDocumentReader(src))
	d.SetRegistry(r)
	return d
}

// TestRegistryDecodesStreams: a Decoder reads documents one after the other, also those that
// do not fit its buffer, and fails at a damaged one as without the registry. In a length that
// is cut, the driver's codecs differ among themselves in which of io.EOF and
// io.ErrUnexpectedEOF is the error; with the registry it is that of its codec for Raw.
func TestRegistryDecodesStreams(t *testing.T) {
	var stream []byte
	for _, n := range []int{0, 10, 4000, 4068, 4069, 4070, 4071, 4072, 5000, 0, 3, 100_000, 1} {
		doc, err := driver.Marshal(driver.D{{Key: "s", Value: strings.Repeat("x", n)}, {Key: "n", Value: int32(n)}})
		if err != nil {
			t.Fatal(err)
		}
		stream = append(stream, doc...)
	}
	for _, tail := range []string{
		"", "\x05\x00\x00\x00\x00", "\x05", "\x05\x00\x00", "\x05\x00\x00\x00", "\x06\x00\x00\x00\x00",
		"\x04\x00\x00\x00\x00", "\x00\x00\x00\x00", "\xff\xff\xff\xff\x00",
	} {
		src := string(stream) + tail
		theirs, ours := newDecoder(driver.NewRegistry(), strings.NewReader(src)), newDecoder(mongodriver.Registry(mongodriver.Options{}), strings.NewReader(src))
		raws := newDecoder(driver.NewRegistry(), strings.NewReader(src))
		for i := 0; ; i++ {
			var got, want driver.D
			var raw driver.Raw
			wantErr, rawErr, err := theirs.Decode(&want), raws.Decode(&raw), ours.Decode(&got)
			if (err != nil) != (wantErr != nil) {
				t.Fatalf("tail %x, document %d: %v, want %v", tail, i, err, wantErr)
			}
			if err != nil {
				if (err == io.EOF) != (rawErr == io.EOF) {
					t.Errorf("tail %x: %v, want %v", tail, err, rawErr)
				}
				break
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("tail %x, document %d (-driver +bsonkit):\n%s", tail, i, diff)
			}
		}
	}
}

// TestRegistryDecodesAfterFault: a document that cannot be decoded is read nevertheless.
func TestRegistryDecodesAfterFault(t *testing.T) {
	var stream bytes.Buffer
	for _, v := range []any{"text", int32(1)} {
		doc, err := driver.Marshal(driver.D{{Key: "n", Value: v}})
		if err != nil {
			t.Fatal(err)
		}
		stream.Write(doc)
	}
	d := newDecoder(mongodriver.Registry(mongodriver.Options{}), &stream)
	var out struct{ N int32 }
	if err := d.Decode(&out); !errors.Is(err, bson.ErrMismatch) {
		t.Errorf("a text into a number: %v, want ErrMismatch", err)
	}
	if err := d.Decode(&out); err != nil || out.N != 1 {
		t.Errorf("the next document: %v, %v", out, err)
	}
}
