package bsoncore_test

import (
	"bytes"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file cuts bytes into whole documents and reads them in place.

func TestSplit(t *testing.T) {
	doc := hexOf(whole("0a 6100")) // 8 bytes
	for _, tc := range []struct {
		name, data string
		limit      int
		n          int
		ok         bool
	}{
		{"nothing", "", 0, 0, true},
		{"one", doc, 0, 8, true},
		{"two and a half", doc + doc + doc[:8], 0, 16, true},
		{"a length in part", doc + "ffffff", 0, 8, true},
		{"length 4", doc + "04000000", 0, 8, false},
		{"length -1", doc + "ffffffff", 0, 8, false},
		{"no NUL", doc + doc[:14] + "01" + doc, 0, 8, false},
		{"too large", doc + "09000000", 8, 8, false},
		{"large", doc + "09000000", 9, 8, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := bsoncore.DecodeOptions{MaxDocumentSize: tc.limit}
			if n, ok := o.Split(unhex(tc.data)); n != tc.n || ok != tc.ok {
				t.Errorf("%d, %t, want %d, %t", n, ok, tc.n, tc.ok)
			}
		})
	}
}

func TestResetBytes(t *testing.T) {
	docs := sample.Documents(sample.Collection, 1, 20)
	data := bytes.Join(docs, nil)
	d := bsoncore.NewDecoder(bytes.NewReader(data))
	if !d.Next() {
		t.Fatal(d.Err())
	}
	given := bytes.Clone(data)
	d.ResetBytes(given)
	off := 0
	for _, doc := range docs {
		if !bytes.Equal(d.Buffered(), data[off:]) {
			t.Fatalf("Buffered is not the data from %d on", off)
		}
		if !d.Next() || &d.Document()[0] != &given[off] || len(d.Document()) != len(doc) || cap(d.Document()) != len(doc) {
			t.Fatalf("the document at %d is not that of the data: %v", off, d.Err())
		}
		off += len(doc)
	}
	if d.Next() || d.Err() != nil || len(d.Buffered()) != 0 {
		t.Fatalf("no clean end: %v", d.Err())
	}

	// Later calls do not write to the data.
	d.ResetBytes(given[:len(given)-1])
	for d.Next() {
	}
	d.Reset(bytes.NewReader(bytes.Repeat([]byte{5, 0, 0, 0, 0}, 1000)))
	n := 0
	for d.Next() {
		n++
	}
	if n != 1000 || d.Err() != nil || !bytes.Equal(given, data) {
		t.Errorf("%d documents and %v after Reset; the data is the same: %t", n, d.Err(), bytes.Equal(given, data))
	}
}
