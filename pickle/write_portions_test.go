package pickle_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/pickle"
)

// longDocuments returns documents whose pickles have several portions.
func longDocuments() map[string][]byte {
	doc := func(add func(dst []byte) []byte) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(add(dst), mark)
	}
	return map[string][]byte{
		"keys": doc(func(dst []byte) []byte {
			for i := range 15_000 {
				dst = bsoncore.AppendNull(dst, fmt.Sprint(i))
			}
			return dst
		}),
		"documents": doc(func(dst []byte) []byte {
			dst, mark := bsoncore.BeginArray(dst, "a")
			for i := range 20_000 {
				inner := doc(func(dst []byte) []byte { return bsoncore.AppendInt32(dst, "n", int32(i)) })
				dst = bsoncore.AppendDocument(dst, "0", inner)
			}
			return bsoncore.End(dst, mark)
		}),
		"strings": doc(func(dst []byte) []byte {
			for i := range 6 {
				dst = bsoncore.AppendString(dst, fmt.Sprint(i), strings.Repeat("é\n", 20_000))
			}
			return dst
		}),
		"binaries": doc(func(dst []byte) []byte {
			for i := range 6 {
				dst = bsoncore.AppendBinary(dst, fmt.Sprint(i), byte(i), bytes.Repeat([]byte{0xff}, 70_000))
			}
			return dst
		}),
	}
}

func eachProtocol(each func(name string, o pickle.EncodeOptions)) {
	for _, p := range []pickle.Protocol{pickle.Protocol0, 1, 2, 3, 4, 5} {
		for _, class := range []pickle.DocumentClass{pickle.Dict, pickle.SON} {
			each(fmt.Sprintf("protocol %d, class %d", p, class), pickle.EncodeOptions{Protocol: p, Documents: class})
		}
	}
}

// A portionWriter keeps all written bytes, and the length of the longest portion.
type portionWriter struct {
	bytes.Buffer
	longest int // in bytes
}

func (w *portionWriter) Write(p []byte) (int, error) {
	w.longest = max(w.longest, len(p))
	return w.Buffer.Write(p)
}

// longestPortion is more than the sum of a portion, a frame and a value of
// longDocuments, in bytes.
const longestPortion = 600 << 10

// WritePickle writes the bytes of AppendPickle, in portions whose length does not
// grow with the pickle.
func TestWritePickle(t *testing.T) {
	for name, doc := range longDocuments() {
		eachProtocol(func(style string, o pickle.EncodeOptions) {
			want, err := o.AppendPickle(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			var got portionWriter
			if err := o.WritePickle(&got, doc); err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s, %s: %d bytes, want %d; %v", name, style, got.Len(), len(want), err)
			}
			if got.longest > longestPortion || got.longest == len(want) {
				t.Errorf("%s, %s: a portion of %d bytes, want %d or less", name, style, got.longest, longestPortion)
			}
			want, err = o.AppendPickleValue(nil, bsoncore.TypeDocument, doc)
			got.Reset()
			if e := o.WritePickleValue(&got, bsoncore.TypeDocument, doc); e != nil || err != nil || !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s, %s, as a value: %d bytes, want %d; %v, %v", name, style, got.Len(), len(want), e, err)
			}
		})
	}
}

// For a document without a pickle WritePickle returns the error of AppendPickle,
// before it writes a byte. It returns the error of the io.Writer unchanged.
func TestWritePickleFault(t *testing.T) {
	disk := errors.New("disk")
	for name, doc := range longDocuments() {
		bad, mark := bsoncore.Begin(nil)
		bad = append(bad, doc[4:len(doc)-1]...)
		bad = bsoncore.End(append(bad, byte(bsoncore.TypeUndefined), 'u', 0), mark)
		eachProtocol(func(style string, o pickle.EncodeOptions) {
			_, want := o.AppendPickle(nil, bad)
			var w portionWriter
			got := o.WritePickle(&w, bad)
			if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); diff != "" || want == nil || w.Len() > 0 {
				t.Errorf("%s, %s: %d bytes written (-AppendPickle +WritePickle):\n%s", name, style, w.Len(), diff)
			}
			for _, left := range []int{0, 1, 100_000} {
				if got := o.WritePickle(&failingWriter{left, disk}, doc); got != disk {
					t.Errorf("%s, %s, writer with an error after %d bytes: %v", name, style, left, got)
				}
				if got := o.WritePickle(&failingWriter{left, nil}, doc); got != io.ErrShortWrite {
					t.Errorf("%s, %s, short write after %d bytes: %v, want io.ErrShortWrite", name, style, left, got)
				}
			}
		})
	}
	if err := (pickle.EncodeOptions{Protocol: 9}).WritePickle(io.Discard, []byte("\x05\x00\x00\x00\x00")); !errors.Is(err, bsoncore.ErrOption) {
		t.Errorf("protocol 9: %v, want ErrOption", err)
	}
}

// A failingWriter accepts a limited number of bytes.
type failingWriter struct {
	left int   // bytes that it still accepts
	err  error // the error after them; nil: a short write without an error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) <= w.left {
		w.left -= len(p)
		return len(p), nil
	}
	n := w.left
	w.left = 0
	return n, w.err
}

// A pickle of MaxPickleSize bytes is written; a longer pickle is ErrTooLarge.
func TestMaxPickleSizeOut(t *testing.T) {
	for name, doc := range longDocuments() {
		eachProtocol(func(style string, o pickle.EncodeOptions) {
			want, err := o.AppendPickle([]byte("before"), doc)
			if err != nil {
				t.Fatal(err)
			}
			o.MaxPickleSize = len(want) - len("before")
			got, err := o.AppendPickle([]byte("before"), doc)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, %s: %d bytes, want %d; %v", name, style, len(got), len(want), err)
			}
			for _, less := range []int{1, o.MaxPickleSize / 2} {
				o := o
				o.MaxPickleSize -= less
				got, err := o.AppendPickle([]byte("before"), doc)
				if !errors.Is(err, bsoncore.ErrTooLarge) || string(got) != "before" {
					t.Errorf("%s, %s, limit %d bytes less: AppendPickle: %d bytes, %v", name, style, less, len(got), err)
				}
				var w portionWriter
				if err := o.WritePickle(&w, doc); !errors.Is(err, bsoncore.ErrTooLarge) || w.Len() > 0 {
					t.Errorf("%s, %s, limit %d bytes less: WritePickle: %d bytes, %v", name, style, less, w.Len(), err)
				}
			}
		})
	}
}
