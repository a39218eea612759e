package main

import (
	"bufio"
	"io"

	"github.com/bsonkit/bsonkit/bson"
)

// A documentWriter writes documents in a format. It gathers what it writes, so
// an error of the output may come late; an error of EncodeRaw that is not of the
// output is about the document, none of which is written then.
type documentWriter interface {
	EncodeRaw(doc []byte) error
	// Flush writes what was gathered.
	Flush() error
	// Close ends what has an end, such as an array, and flushes.
	Close() error
}

// bsonBuffer is how many bytes of BSON are gathered for one write.
const bsonBuffer = 128 << 10

// A bsonWriter writes documents as BSON: as they are, one after the other.
type bsonWriter struct {
	w *bufio.Writer
	// checked says that the documents come from a reader that has looked at
	// all of them, and not only at where they end.
	checked  bool
	validate bson.ValidateOptions
}

func newBSONWriter(w io.Writer, validate bson.ValidateOptions) *bsonWriter {
	return &bsonWriter{w: bufio.NewWriterSize(w, bsonBuffer), validate: validate}
}

func (w *bsonWriter) EncodeRaw(doc []byte) error {
	if !w.checked {
		if err := w.validate.Validate(doc); err != nil {
			return err
		}
	}
	_, err := w.w.Write(doc)
	return err
}

func (w *bsonWriter) Flush() error { return w.w.Flush() }

func (w *bsonWriter) Close() error { return w.w.Flush() }
