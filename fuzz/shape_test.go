package fuzz

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
)

// This file makes valid documents from a fuzzer's bytes. Mutated bytes are
// hardly ever a valid document. So a target has an argument that says whether
// its bytes are a document or the choices from which a document is made.

// shapes makes documents of every kind, with values above 64 KiB; shallow does
// so without deep nesting. streamed makes the small documents of streams.
var (
	shapes   = bsontest.Options{Odd: bsontest.AllOdd, MaxSize: 72 << 10}
	shallow  = bsontest.Options{Odd: bsontest.AllOdd &^ bsontest.Deep, MaxSize: 72 << 10}
	streamed = bsontest.Options{Odd: bsontest.AllOdd &^ bsontest.Deep, MaxSize: 600}
)

// chosen returns data, or the document made from the choices in data.
func chosen(o bsontest.Options, data []byte, shaped bool) []byte {
	if !shaped {
		return data
	}
	return o.Document(bsontest.NewSource(data))
}

// damaged returns data, or the document made from the choices in data, with one
// fault.
func damaged(data []byte, shaped bool) []byte {
	if !shaped {
		return data
	}
	s := bsontest.NewSource(data)
	doc := shapes.Append(nil, s)
	return bsontest.Damage(s, doc).Data
}

// A form says how a target makes a stream from its bytes.
const (
	rawForm     = iota // the bytes are the stream
	bsonForm           // the bytes are choices of BSON documents, in a row
	damagedForm        // as bsonForm, some documents with one fault
	lineForm           // as bsonForm, in text, one document per line
	arrayForm          // as bsonForm, in text, in an array
	numForms
)

// maxStream is the largest number of documents in a stream made from choices.
const maxStream = 12

// streamOf returns data if form is rawForm, otherwise the stream made from the
// choices in data.
func streamOf(t *testing.T, data []byte, form uint8) (stream []byte) {
	switch form %= numForms; form {
	case rawForm:
		return data
	case bsonForm:
		return streamed.Stream(bsontest.NewSource(data), maxStream)
	case damagedForm:
		s := bsontest.NewSource(data)
		for n := 0; n < maxStream && s.More(); n++ {
			doc := streamed.Append(nil, s)
			if s.Byte()&3 == 3 {
				doc = bsontest.Damage(s, doc).Data
			}
			stream = append(stream, doc...)
		}
		return stream
	case arrayForm:
		stream = append(stream, '[')
	}
	s := bsontest.NewSource(data)
	for n := 0; n < maxStream && s.More(); n++ {
		text, err := asIs.AppendJSON(nil, streamed.Append(nil, s))
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && form == arrayForm {
			stream = append(stream, ',')
		}
		stream = append(append(stream, text...), '\n')
	}
	if form == arrayForm {
		stream = append(stream, ']')
	}
	return stream
}

// seedShapes adds the choices that make the valid documents among docs, and
// some others.
func seedShapes(docs [][]byte, add func(choices []byte)) {
	for _, doc := range docs {
		if bson.Validate(doc) == nil {
			add(bsontest.Seed(doc))
		}
	}
	// Seed does not make these: a thousand elements, a hundred levels, a long
	// text, and other endings of keys.
	add([]byte{190, 0, 246, 1})
	add([]byte{234, 0, 100, 1, 0, 9})
	add([]byte{2, 0, 8<<3 | 2, 253, 'l', 'o', 'n', 'g', 't', 'e', 'x', 't'})
	add([]byte{10, 5, 1, 10, 4, 2, 10, 4, 3, 10, 3, 0})
}

// seedStreams adds the choices of streams in every form to f.
func seedStreams(f *testing.F, docs [][]byte) {
	var all []byte
	for _, doc := range docs {
		all = append(all, bsontest.Seed(doc)...)
	}
	for form := range uint8(numForms) {
		if form != rawForm {
			f.Add(all, []byte{0, 3, 7, 0, 200}, form)
			f.Add(all[:len(all)/3], []byte{90}, form)
		}
	}
}
