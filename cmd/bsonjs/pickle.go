package main

import (
	"bufio"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file is what pickles need beside documents: a pickle may hold a value
// that is none.

// A valueReader is a documentReader that may come to a value that is not a
// document; Raw is nil then.
type valueReader interface {
	documentReader
	Type() bson.Type
	Value() []byte // as it stands after the key of an element
}

// A valueWriter is a documentWriter that writes any value.
type valueWriter interface {
	documentWriter
	EncodeValue(t bson.Type, data []byte) error
}

// encode writes what r has read to w.
func encode(w documentWriter, r documentReader) error {
	v, ok := r.(valueReader)
	if !ok || v.Type() == bson.TypeDocument {
		return w.EncodeRaw(r.Raw())
	}
	vw, ok := w.(valueWriter)
	if !ok {
		return &pickle.ValueError{What: v.Type().String(), Err: pickle.ErrNotDocument}
	}
	return vw.EncodeValue(v.Type(), v.Value())
}

// A pickleWriter writes each document or value as a pickle, one after the
// other.
type pickleWriter struct {
	w    *bufio.Writer
	opts pickle.EncodeOptions
	buf  []byte
}

func newPickleWriter(w io.Writer, opts pickle.EncodeOptions) *pickleWriter {
	return &pickleWriter{w: bufio.NewWriterSize(w, bsonBuffer), opts: opts}
}

func (w *pickleWriter) EncodeRaw(doc []byte) error {
	var err error
	if w.buf, err = w.opts.AppendPickle(w.buf[:0], doc); err == nil {
		_, err = w.w.Write(w.buf)
	}
	return err
}

func (w *pickleWriter) EncodeValue(t bson.Type, data []byte) error {
	var err error
	if w.buf, err = w.opts.AppendPickleValue(w.buf[:0], t, data); err == nil {
		_, err = w.w.Write(w.buf)
	}
	return err
}

func (w *pickleWriter) Flush() error { return w.w.Flush() }

func (w *pickleWriter) Close() error { return w.w.Flush() }

// pickleDiagnosis says what e, of package pickle, is about.
func pickleDiagnosis(code exitCode, e *pickle.SyntaxError) diagnosis {
	d := diagnosis{code: code, offset: e.Offset, path: e.Pointer}
	if e.What != "" {
		d.why += ": " + e.What
	}
	if e.Opcode != "" {
		d.why += " (opcode " + e.Opcode + ")"
	}
	return d
}
