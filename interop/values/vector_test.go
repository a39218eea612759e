package values

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	v2 "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
)

// TestSameVectors: we accept the same binaries as the driver and read the same
// vectors from them, for all types and paddings and up to nine bytes of
// elements. The one difference is bits set in the padding, which the driver
// ignores and we reject.
func TestSameVectors(t *testing.T) {
	taken, padded := 0, 0
	for i := range 256 * 256 * 10 * 4 {
		typ, padding, n, last := byte(i), byte(i>>8), (i>>16)%10, []byte{0, 0x80, 0xf0, 0xff}[(i>>16)/10]
		data := append([]byte{typ, padding}, bytes.Repeat([]byte{0x5a}, n)...)
		if n > 0 {
			data[len(data)-1] = last
		}
		ours, err := bson.NewVectorFromBinary(bson.Binary{Subtype: 9, Data: data})
		theirs, theirErr := v2.NewVectorFromBinary(v2.Binary{Subtype: 9, Data: data})
		switch {
		case theirErr == nil && typ == bson.VectorPackedBit && padding > 0 && last<<(8-padding) != 0:
			if padded++; !errors.Is(err, bson.ErrVector) {
				t.Fatalf("%x: bits in the padding: %v, %v, want ErrVector", data, ours, err)
			}
			continue
		case (err != nil) != (theirErr != nil):
			t.Fatalf("%x: ours %v, %v, driver %v, %v", data, ours, err, theirs, theirErr)
		case err != nil:
			continue
		}
		taken++
		var got, want [4]any
		got[0], want[0] = ours.Int8(), []int8(nil)
		got[1], want[1] = ours.Float32(), []float32(nil)
		got[2], got[3] = ours.PackedBit()
		want[2], want[3] = []byte(nil), uint8(0)
		switch typ {
		case v2.Int8Vector:
			want[0] = theirs.Int8()
		case v2.Float32Vector:
			want[1] = theirs.Float32()
		case v2.PackedBitVector:
			want[2], want[3] = theirs.PackedBit()
		}
		if !reflect.DeepEqual(got, want) || ours.Type() != theirs.Type() || !bytes.Equal(ours.Binary().Data, theirs.Binary().Data) {
			t.Fatalf("%x: got %v, want %v", data, got, want)
		}
	}
	if taken < 100 || padded < 50 {
		t.Errorf("%d binaries accepted, %d with bits in the padding, want 100 and 50 or more", taken, padded)
	}
}
