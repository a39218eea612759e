package codec

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
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
