package pickletest_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/bsontest/pickletest"
	"github.com/bsonkit/bsonkit/pickle"
)

// TestPickle checks that a pickle gives its document, that all protocols occur, and that
// each fault is one, at its place.
func TestPickle(t *testing.T) {
	o := pickletest.Options{Documents: bsontest.Options{Odd: bsontest.AllOdd &^ (bsontest.Deep | bsontest.Wide), MaxSize: 300}}
	s := bsontest.NewRandom(1)
	protocols := map[byte]int{}
	for i := range 300 {
		data, doc := o.Pickle(s)
		if got, err := pickle.AppendBSON(nil, data); err != nil || !bytes.Equal(got, doc) || bson.Validate(doc) != nil {
			t.Fatalf("%q gives %x, %v; want %x", data, got, err, doc)
		}
		if data[0] == 0x80 {
			protocols[data[1]]++
		} else {
			protocols[0]++
		}
		check := func(f pickletest.Fault) {
			_, _, err := pickle.AppendBSONValue(nil, f.Data)
			var syntax *pickle.SyntaxError
			var value *pickle.ValueError
			off := int64(-1)
			switch {
			case errors.As(err, &syntax):
				off = syntax.Offset
			case errors.As(err, &value):
				off = value.Offset
			}
			if off != f.Offset || !errors.Is(err, f.Err) || off < 0 || off > int64(len(f.Data)) {
				t.Fatalf("%s of %q: %v at %d, want %v", f.Name, data, f.Err, f.Offset, err)
			}
		}
		check(pickletest.Damage(s, data))
		if i%30 != 0 {
			continue
		}
		truncated := 0
		for f := range pickletest.Faults(data) {
			check(f)
			if f.Name == "truncated" {
				truncated++
			}
		}
		if truncated != len(data) {
			t.Errorf("%d truncations of %d bytes", truncated, len(data))
		}
	}
	if len(protocols) < 5 {
		t.Errorf("the protocols are %v", protocols)
	}
}

func ExampleOptions_Pickle() {
	data, doc := pickletest.Options{}.Pickle(bsontest.NewSource([]byte{16, 6<<3 | 6, 'a', 'm', 'o', 'u', 'n', 't', 1, 42}))
	fmt.Printf("%q\n%v\n", data, doc)
	// Output:
	// "\x80\x02}q\x00X\x06\x00\x00\x00amountq\x01K*s."
	// {"amount": 42}
}
