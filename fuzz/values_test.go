package fuzz

import (
	"bytes"
	"errors"
	"math/big"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the targets for Go values.

// FuzzValue: Unmarshal into a D accepts exactly the documents that Validate
// accepts. Marshal writes the same bytes again, except for the keys of arrays
// and the order of regex options. An any and an M can be read and written too.
func FuzzValue(f *testing.F) {
	seedDocuments(f)
	f.Fuzz(func(t *testing.T, data []byte, shaped bool) {
		doc := chosen(shapes, data, shaped)
		var d bson.D
		err, valid := bson.Unmarshal(doc, &d), bson.Validate(doc)
		if (err != nil) != (valid != nil) {
			t.Fatalf("Unmarshal: %v, Validate: %v", err, valid)
		}
		if err != nil {
			checkPlace(t, err, doc)
			return
		}
		out, err := bson.Marshal(d)
		if err != nil {
			t.Fatalf("Marshal of the D: %v", err)
		}
		exact := bson.ValidateOptions{RejectWrongArrayKeys: true}.Validate(doc) == nil
		if want := bytes.Clone(doc); exact {
			c := bson.NewCursor(want)
			sortOptions(&c)
			if !bytes.Equal(out, want) {
				t.Fatalf("Marshal gives %x, want %x", out, want)
			}
		}
		o := bson.DecodeOptions{DBRefs: true, UUIDRepresentation: bson.UUIDJavaLegacy, TimeInAny: true, BinaryAsBytes: true}
		var v any
		if err := o.UnmarshalValue(bson.TypeDocument, doc, &v); err != nil {
			t.Fatalf("into any, with options: %v", err)
		}
		if again, err := (bson.EncodeOptions{UUIDRepresentation: bson.UUIDJavaLegacy}).Marshal(v); err != nil || !bytes.Equal(again, out) {
			t.Fatalf("Marshal of the any gives %x, %v; want %x", again, err, out)
		}
		m, err := bson.Decode[bson.M](doc)
		if err != nil {
			t.Fatalf("into M: %v", err)
		}
		if one, err := bson.Marshal(m); err != nil || bson.Validate(one) != nil {
			t.Fatalf("Marshal of the M gives %x, %v", one, err)
		}
		if n, err := bson.Compare(d, bson.Raw(out)); n != 0 || err != nil {
			t.Fatalf("Compare of the D with its bytes: %d, %v", n, err)
		}
	})
}

// sortOptions sorts the options of every regex in the open container. It
// changes the bytes that c reads.
func sortOptions(c *bson.Cursor) {
	for c.Next() {
		switch t := c.Type(); {
		case t == bson.TypeRegex:
			_, options := c.Regex()
			letters := []rune(string(options))
			slices.Sort(letters)
			copy(options, string(letters))
		case t.IsContainer() || t == bson.TypeCodeWithScope:
			if c.Enter() {
				sortOptions(c)
				c.Leave()
			}
		}
	}
}

// checkPlace checks that err has an offset inside doc.
func checkPlace(t *testing.T, err error, doc []byte) {
	t.Helper()
	var s *bson.SyntaxError
	var v *bson.ValueError
	off := int64(-1)
	switch {
	case errors.As(err, &s):
		off = s.Offset
	case errors.As(err, &v):
		off = v.Offset
	}
	if off < 0 || off > int64(len(doc)) {
		t.Fatalf("offset %d of %d: %v", off, len(doc), err)
	}
}

// A vessel has a field for every kind of destination. Its keys are the few keys
// of the sample documents.
type vessel struct {
	ID       objectid.ID         `bson:"_id,omitempty"`
	Int      int8                `bson:"a"`
	Text     string              `bson:"b"`
	Any      any                 `bson:"c"`
	List     []int64             `bson:"d"`
	Map      map[string]float32  `bson:"e"`
	Deep     *vessel             `bson:"f,omitempty"`
	Time     time.Time           `bson:"g"`
	Decimal  *decimal128.Decimal `bson:"n"`
	Big      big.Int             `bson:"x"`
	URL      url.URL             `bson:"url"`
	Raw      bson.RawValue       `bson:"y,omitempty"`
	Bytes    []byte              `bson:"data"`
	Fixed    [4]uint16           `bson:"z"`
	Vector   *bson.Vector        `bson:"v,omitempty"`
	Everyone map[string]any      `bson:",inline"`
}

// FuzzStruct: the values of a struct that a document was read into are written
// and read again without a change, and an error has a place.
func FuzzStruct(f *testing.F) {
	seedDocuments(f)
	rename := func(doc []byte) []byte {
		out := bytes.Clone(doc)
		c := bson.NewCursor(doc)
		for i := 0; c.Next(); i++ {
			if key := c.Key(); len(key) == 1 {
				out[c.Offset()+1] = "abcdefgnxyzv"[i%12]
			}
		}
		return out
	}
	for _, doc := range sample.Documents(sample.Wild, 5, 60) {
		f.Add(rename(doc), false)
		f.Add(bsontest.Seed(rename(doc)), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, shaped bool) {
		doc := chosen(shapes, data, shaped)
		var v, w vessel
		if err := (bson.DecodeOptions{Truncate: true}).Unmarshal(doc, &v); err != nil {
			checkPlace(t, err, doc)
			return
		}
		if v.Raw.Type == 0 && v.Raw.Value != nil {
			t.Fatal("RawValue without a type")
		}
		one, err := bson.Marshal(&v)
		if err != nil {
			if errors.Is(err, bson.ErrDepth) || errors.Is(err, bson.ErrVector) {
				return // Unmarshal accepts a RawValue of any depth, and a zero Vector
			}
			// Unmarshal does not validate the bytes of a RawValue.
			if v.Raw.Type != 0 && v.Raw.Validate() != nil {
				return
			}
			t.Fatalf("Marshal: %v", err)
		}
		if err := bson.Unmarshal(one, &w); err != nil {
			if v.Raw.Type != 0 && v.Raw.Validate() != nil {
				return
			}
			t.Fatalf("Unmarshal again: %v\n%s", err, bson.Raw(one))
		}
		two, err := bson.Marshal(w)
		if err != nil || !bytes.Equal(one, two) {
			t.Fatalf("Marshal again: %v\n%s\n%s", err, bson.Raw(one), bson.Raw(two))
		}
	})
}

// FuzzCompare: Compare is a total preorder. A document equals itself, the sign
// changes if the arguments are exchanged, and the order is transitive.
func FuzzCompare(f *testing.F) {
	docs := sample.Documents(sample.Wild, 7, 60)
	for i := range docs {
		f.Add(docs[i], docs[len(docs)-1-i], docs[i/2], false)
		f.Add(bsontest.Seed(docs[i]), bsontest.Seed(docs[len(docs)-1-i]), bsontest.Seed(docs[i/2]), true)
	}
	f.Fuzz(func(t *testing.T, a, b, c []byte, shaped bool) {
		a, b, c = chosen(shapes, a, shaped), chosen(shapes, b, shaped), chosen(shapes, c, shaped)
		for _, doc := range [][]byte{a, b, c} {
			if bson.Validate(doc) != nil {
				t.Skip("not a document")
			}
		}
		order := func(x, y []byte) int {
			n, err := bson.Raw(x).Compare(y)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if order(a, a) != 0 || order(a, b) != -order(b, a) {
			t.Fatalf("a with a %d, a with b %d, b with a %d", order(a, a), order(a, b), order(b, a))
		}
		if order(a, b) <= 0 && order(b, c) <= 0 && order(a, c) > 0 {
			t.Fatalf("a ≤ b ≤ c, but a > c")
		}
	})
}
