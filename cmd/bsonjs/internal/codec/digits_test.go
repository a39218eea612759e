package codec

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// WriteValue and AppendValue make the same digits, for documents that end at
// the end of a portion, one byte before and one byte after.
func TestDigitPortions(t *testing.T) {
	for _, c := range []*Codec{Hex, Base64} {
		e := c.Write(WriteOptions{})
		for _, size := range []int{digitPortion - 1, digitPortion, digitPortion + 1, digitPortion + 3, 2 * digitPortion, 2*digitPortion + 1} {
			doc, mark := bsoncore.Begin(nil)
			doc = bsoncore.AppendBinary(doc, "b", 0, bytes.Repeat([]byte{0xA5}, size-13))
			doc = bsoncore.End(doc, mark)
			if len(doc) != size {
				t.Fatalf("a document of %d bytes, want %d", len(doc), size)
			}
			want, err := e.AppendValue(nil, 3*size, bson.TypeDocument, doc)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := e.WriteValue(&got, bson.TypeDocument, doc); err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s, %d bytes: %d digits, %v, want %d", c, size, got.Len(), err, len(want))
			}
			if c == Hex && string(want) != fmt.Sprintf("%x", doc) {
				t.Errorf("%d bytes: not the digits of %s", size, hex.Dump(doc[:16]))
			}
		}
	}
}

// A reader that fails in a line that is skipped, far behind its start, has failed at the
// bytes that could be read. The bytes before are skipped.
func TestDigitsSkippedEnd(t *testing.T) {
	broken := errors.New("broken")
	good, long := "0500000000\n", strings.Repeat("x", 1<<20)
	for _, err := range []error{nil, broken} {
		r := io.Reader(strings.NewReader(good + long))
		if err != nil {
			r = io.MultiReader(r, iotest.ErrReader(err))
		}
		d := Hex.Read(ReadOptions{BSON: bson.DecodeOptions{MaxDocumentSize: 100}}).Stream(r, State{})
		var rec record.Record
		if !d.Next(&rec) || d.Next(&rec) {
			t.Fatalf("not one document: %v", d.Err())
		}
		if _, ok := errors.AsType[*bson.SyntaxError](d.Err()); !ok {
			t.Fatalf("%v, want a *bson.SyntaxError", d.Err())
		}
		var skipped bytes.Buffer
		found := d.Resync(&skipped) && d.Next(&rec)
		if skipped.String() != long || found {
			t.Errorf("%d bytes are skipped, want %d; another document: %t", skipped.Len(), len(long), found)
		}
		got, ok := errors.AsType[*bson.ReadError](d.Err())
		if ok != (err != nil) || ok && (got.Err != err || got.Offset != int64(len(good)+len(long))) {
			t.Errorf("%v, want %v at %d", d.Err(), err, len(good)+len(long))
		}
	}
}
