package fuzz_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// A stream is the part of a Decoder that all formats share.
type stream interface {
	Next() bool
	Err() error
	Resync(io.Writer) bool
}

// TestReadErrorOffset: the offset of a failure of the reader counts from the
// start of the stream, also after faults and after buffers that were moved.
func TestReadErrorOffset(t *testing.T) {
	broken := errors.New("the disk is broken")
	const one = "\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00"
	for _, tc := range []struct {
		name, one, bad string
		open           func(io.Reader) stream
	}{
		{"bsoncore", one, "\xff\xff\xff\xff", func(r io.Reader) stream { return bsoncore.NewDecoder(r) }},
		{"bson", one, "\x04\x00\x00\x00", func(r io.Reader) stream { return bson.NewDecoder(r) }},
		{"extjson", "{\"a\":1}\n", "{\"a\":?}\n", func(r io.Reader) stream { return extjson.NewDecoder(r) }},
		{"pickle", "\x80\x02}q\x00X\x01\x00\x00\x00aK\x01s.", "\x80\x02cos\nsystem\n.", func(r io.Reader) stream { return pickle.NewDecoder(r) }},
	} {
		for _, n := range []int{1, 10, 100_000} {
			text := strings.Repeat(tc.one, n) + tc.bad + strings.Repeat(tc.one, n) + tc.one[:3]
			d := tc.open(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)))
			for d.Next() || d.Resync(nil) {
			}
			var failed *bson.ReadError
			if err := d.Err(); !errors.As(err, &failed) || failed.Offset != int64(len(text)) || failed.Err != broken {
				t.Errorf("%s, %d documents: %v, want a failure at %d", tc.name, n, err, len(text))
			}
		}
	}
}
