package fuzz

import (
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/shape"
)

// This file makes valid documents of a fuzzer's bytes. A target about them has
// an argument that says whether its bytes are a document, or choices that make
// one: bytes that are mutated are hardly ever one.

// shapes makes documents of every kind, with values above 64 KiB. streamed
// makes those of streams, of which there are many.
var (
	shapes   = shape.Options{Odd: shape.AllOdd, MaxSize: 72 << 10}
	shallow  = shape.Options{Odd: shape.AllOdd &^ shape.Deep, MaxSize: 72 << 10}
	streamed = shape.Options{Odd: shape.AllOdd &^ shape.Deep, MaxSize: 600}
)

// chosen returns data, or the document that it chooses.
func chosen(o shape.Options, data []byte, shaped bool) []byte {
	if !shaped {
		return data
	}
	return o.Document(data)
}

// damaged returns data, or the document that it chooses with one thing wrong.
func damaged(data []byte, shaped bool) []byte {
	if !shaped {
		return data
	}
	s := shape.NewSource(data)
	doc := shapes.Append(nil, s)
	return shape.Damage(s, doc)
}

// A form says what the bytes of a stream are.
const (
	rawForm     = iota // the stream itself
	bsonForm           // choices of documents, one after the other
	damagedForm        // the same, some with one thing wrong
	lineForm           // the same as text, one on a line
	arrayForm          // the same as text, in an array
	numForms
)

// maxStream is how many documents a stream of choices has at most.
const maxStream = 12

// streamOf returns data in the form, or the stream that it chooses.
func streamOf(t *testing.T, data []byte, form uint8) (stream []byte) {
	switch form %= numForms; form {
	case rawForm:
		return data
	case bsonForm:
		return streamed.Stream(data, maxStream)
	case damagedForm:
		s := shape.NewSource(data)
		for n := 0; n < maxStream && s.More(); n++ {
			doc := streamed.Append(nil, s)
			if s.Byte()&3 == 3 {
				doc = shape.Damage(s, doc)
			}
			stream = append(stream, doc...)
		}
		return stream
	case arrayForm:
		stream = append(stream, '[')
	}
	s := shape.NewSource(data)
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

// seedShapes gives f the choices of documents.
func seedShapes(docs [][]byte, add func(choices []byte)) {
	for _, doc := range docs {
		if bson.Validate(doc) == nil {
			add(shape.Seed(doc))
		}
	}
	// What Seed does not make: a thousand elements, a hundred levels, a long
	// text, and keys that end otherwise.
	add([]byte{190, 0, 246, 1})
	add([]byte{234, 0, 100, 1, 0, 9})
	add([]byte{2, 0, 8<<3 | 2, 253, 'l', 'o', 'n', 'g', 't', 'e', 'x', 't'})
	add([]byte{10, 5, 1, 10, 4, 2, 10, 4, 3, 10, 3, 0})
}

// seedStreams gives f the choices of streams in every form.
func seedStreams(f *testing.F, docs [][]byte) {
	var all []byte
	for _, doc := range docs {
		all = append(all, shape.Seed(doc)...)
	}
	for form := range uint8(numForms) {
		if form != rawForm {
			f.Add(all, []byte{0, 3, 7, 0, 200}, form)
			f.Add(all[:len(all)/3], []byte{90}, form)
		}
	}
}
