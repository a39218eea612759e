package archive

import (
	"encoding/binary"
	"hash/crc64"
	"io"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file writes archives. A Writer buffers nothing but headers: documents go to its
// io.Writer as they come.

// A Writer writes an archive that mongorestore accepts. Documents of one namespace in a
// row are one block, so namespaces may take turns. It must not be used by two
// goroutines at once.
//
//	w := archive.NewWriter(f, archive.Header{ServerVersion: "7.0.0"}, metadata)
//	w.Write(users, doc)
//	w.End(users)
//	if err := w.Close(); err != nil { … }
//
// Each call of Write is one or two calls of the io.Writer: give it a buffer, such as a
// bufio.Writer.
type Writer struct {
	w      io.Writer
	spaces map[Namespace]*space
	order  []*space
	open   *space // whose block is open; nil: none
	buf    []byte // headers and terminators
	sums   remover
	err    error // of the io.Writer; it ends the Writer
}

// NewWriter returns a Writer that begins the archive with h and metadata. An empty
// Version is "0.1", an empty ServerVersion "7.0.0": mongorestore rejects an archive
// without one. Zero Collections are 1. Nothing is written before the first call of a
// method, which also returns the error of h and metadata: an *Error that matches ErrName
// for a wrong namespace, or bsoncore.ErrUTF8 for text that is not UTF-8.
func NewWriter(w io.Writer, h Header, metadata []Metadata) *Writer {
	if h.Version == "" {
		h.Version = "0.1"
	}
	if h.ServerVersion == "" {
		h.ServerVersion = "7.0.0"
	}
	if h.Collections == 0 {
		h.Collections = 1
	}
	a := &Writer{w: w, spaces: map[Namespace]*space{}}
	if !utf8.ValidString(h.Version) || !utf8.ValidString(h.ServerVersion) || !utf8.ValidString(h.ToolVersion) {
		a.err = &Error{Err: bsoncore.ErrUTF8}
	}
	a.buf = h.append(append(a.buf, magic...))
	for _, m := range metadata {
		if err := m.check(); err != nil && a.err == nil {
			a.err = &Error{Namespace: m.Namespace, Err: err}
		}
		a.buf = m.append(a.buf)
	}
	a.buf = append(a.buf, terminator...)
	return a
}

// Begin makes sure that the archive has the namespace, even if no document follows.
func (w *Writer) Begin(n Namespace) error {
	if err := w.enter(n); err != nil {
		return err
	}
	return w.flush()
}

// Write writes a document of a namespace. doc is one whole document, from its length to
// its NUL, of at most DefaultMaxDocumentSize bytes; its content is not checked. Errors
// are *Error: ErrEnded after the end of n, ErrName, and bsoncore.ErrLength,
// ErrTerminator or ErrTooLarge for doc. After such an error nothing is written, and the
// Writer can be used again.
// An error of the io.Writer ends the Writer: all later calls return it.
func (w *Writer) Write(n Namespace, doc []byte) error {
	if err := checkDocument(doc); err != nil {
		return &Error{Namespace: n, Err: err}
	}
	if err := w.enter(n); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.open.sum = crc64.Update(w.open.sum, checksums, doc)
	return w.write(doc)
}

// WriteAll writes documents of a namespace, one after the other in docs. It is Write for
// each of them, in one or two calls of the io.Writer; if one is rejected, nothing is
// written.
func (w *Writer) WriteAll(n Namespace, docs []byte) error {
	for rest := docs; len(rest) > 0; {
		size, err := checkFirst(rest)
		if err != nil {
			return &Error{Namespace: n, Err: err}
		}
		rest = rest[size:]
	}
	if err := w.Begin(n); err != nil || len(docs) == 0 {
		return err
	}
	w.open.sum = w.sums.update(w.open.sum, docs)
	return w.write(docs)
}

// End writes the end of a namespace. No document of the namespace can follow.
func (w *Writer) End(n Namespace) error {
	s := w.spaces[n]
	if s == nil || s.ended || w.err != nil {
		if err := w.enter(n); err != nil {
			return err
		}
		s = w.open
	}
	w.leave()
	w.buf = block{name: n, ends: true, sum: s.sum}.append(w.buf)
	w.buf = append(w.buf, terminator...)
	s.ended = true
	return w.flush()
}

// Close ends all namespaces that were not ended, in the order in which they began, and
// returns the first error. It does not close the io.Writer.
func (w *Writer) Close() error {
	for _, s := range w.order {
		if s.ended {
			continue
		}
		if err := w.End(s.name); err != nil {
			return err
		}
	}
	return w.flush()
}

// enter opens a block of n, if none is open.
func (w *Writer) enter(n Namespace) error {
	if w.err != nil {
		return w.err
	}
	if err := n.Validate(); err != nil {
		return &Error{Namespace: n, Err: err}
	}
	s := w.spaces[n]
	switch {
	case s == nil:
		s = &space{name: n}
		w.spaces[n] = s
		w.order = append(w.order, s)
	case s.ended:
		return &Error{Namespace: n, Err: ErrEnded}
	}
	if w.open != s {
		w.leave()
		w.buf = block{name: n}.append(w.buf)
		w.open = s
	}
	return nil
}

// leave ends the open block.
func (w *Writer) leave() {
	if w.open != nil {
		w.buf = append(w.buf, terminator...)
		w.open = nil
	}
}

// flush writes the headers and terminators.
func (w *Writer) flush() error {
	if len(w.buf) == 0 || w.err != nil {
		return w.err
	}
	err := w.write(w.buf)
	w.buf = w.buf[:0]
	return err
}

func (w *Writer) write(p []byte) error {
	n, err := w.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	w.err = err
	return err
}

// checkDocument checks the length and the final NUL of a document.
func checkDocument(doc []byte) error {
	if len(doc) > DefaultMaxDocumentSize {
		return bsoncore.ErrTooLarge
	}
	size, err := checkFirst(doc)
	if err == nil && size < len(doc) {
		err = bsoncore.ErrLength
	}
	return err
}

// checkFirst checks the length and the final NUL of the document at the start of docs,
// and returns its size in bytes.
func checkFirst(docs []byte) (size int, err error) {
	if len(docs) < 5 {
		return 0, bsoncore.ErrLength
	}
	size = int(int32(binary.LittleEndian.Uint32(docs)))
	switch {
	case size > DefaultMaxDocumentSize:
		return 0, bsoncore.ErrTooLarge
	case size < 5, size > len(docs):
		return 0, bsoncore.ErrLength
	case docs[size-1] != 0:
		return 0, bsoncore.ErrTerminator
	}
	return size, nil
}
