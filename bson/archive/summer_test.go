package archive

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// TestSummers: many long namespaces have a bounded number of summers. Those of namespaces
// that were ended, and of pieces that were taken back, are used again.
func TestSummers(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendString(doc, "text", string(make([]byte, 3*lapSize))), mark)
	var data bytes.Buffer
	w := NewWriter(&data, Header{}, nil)
	start := 0
	for i := range 3 * maxSummers {
		n := Namespace{"a", fmt.Sprint(i)}
		err := w.Begin(n)
		if i == 0 {
			start = data.Len()
		}
		for range 3 {
			if err == nil {
				err = w.Write(n, doc)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}

	r := NewReader(bytes.NewReader(data.Bytes()))
	r.Next() // the first Begin
	for range 2 * maxSummers {
		if !r.Follow(data.Bytes()[start:][:3*len(doc)], nil) || r.open.summer == nil {
			t.Fatal("no summer in a piece")
		}
		r.Unfollow()
		if r.open.summer != nil || r.made > 0 {
			t.Fatal("a summer in a piece that was taken back")
		}
	}
	r.Continue(bytes.NewReader(data.Bytes()[start:]))
	most := 0
	for r.Next() {
		most = max(most, r.made)
	}
	if r.Err() != nil || most != maxSummers || len(r.free) != most {
		t.Errorf("%d summers, %d of them free, %v", most, len(r.free), r.Err())
	}
}
