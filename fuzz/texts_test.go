package fuzz

import (
	"bytes"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/bsontest/extjsontest"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/hold"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// FuzzTexts makes a text of any dialect and spelling from choices, and damages it. The
// text gives the same document byte by byte, and a damaged text has the properties of
// hold.Text.
func FuzzTexts(f *testing.F) {
	modes := []extjson.Mode{extjson.Relaxed, extjson.Canonical, extjson.SemiRelaxed, extjson.Legacy, extjson.Shell}
	for i, doc := range sample.Documents(sample.Wild, 29, 20) {
		f.Add(append(bsontest.Seed(doc), 1, 2, 1, 0, 1, 1, byte(i), 7, 9, 1, 4), uint8(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, mode uint8) {
		o := extjsontest.Options{Mode: modes[int(mode)%len(modes)], Documents: shallow}
		read := extjson.DecodeOptions{CanonicalOnly: o.Mode == extjson.Canonical, Legacy: o.Mode == extjson.Legacy, Shell: o.Mode == extjson.Shell}
		s := bsontest.NewSource(data)
		text, doc := o.Text(s)
		if err := bson.Validate(doc); err != nil {
			t.Fatalf("%s gives %x: %v", text, doc, err)
		}
		bytewise := func(text []byte) ([]byte, error) {
			d := read.NewDecoder(iotest.OneByteReader(bytes.NewReader(text)))
			if !d.Next() {
				return nil, d.Err()
			}
			return d.Raw(), nil
		}
		if err := o.CheckDecode(text, bytewise); err != nil {
			t.Fatal(err)
		}
		bad := o.Damage(s, text)
		if err := hold.Text(bad.Text); err != nil {
			t.Fatalf("%s: %v", bad.Name, err)
		}
	})
}
