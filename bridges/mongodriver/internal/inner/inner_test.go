package inner_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests its writer

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/bson/bsonrw"
	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/inner"
)

// TestWriters: the io.Writer is found before a document and after it, not inside.
func TestWriters(t *testing.T) {
	var out bytes.Buffer
	v1, err := bsonrw.NewBSONValueWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	v2 := driver.NewDocumentWriter(&out)
	begin1 := func() (func() error, error) {
		d, err := v1.WriteDocument()
		return d.WriteDocumentEnd, err
	}
	begin2 := func() (func() error, error) {
		d, err := v2.WriteDocument()
		return d.WriteDocumentEnd, err
	}
	for name, tc := range map[string]struct {
		w, other any
		begin    func() (end func() error, err error)
	}{"v1": {v1, v2, begin1}, "v2": {v2, v1, begin2}} {
		writers := inner.WritersLike(tc.w, &out)
		check := func(where string, w any, want io.Writer) {
			t.Helper()
			if got := writers.Of(w); got != want {
				t.Errorf("%s: %s: %T, want %T", name, where, got, want)
			}
		}
		check("before a document", tc.w, &out)
		check("a writer of another type", tc.other, nil)
		end, err := tc.begin()
		if err != nil {
			t.Fatal(name, err)
		}
		check("inside a document", tc.w, nil)
		if err := end(); err != nil {
			t.Fatal(name, err)
		}
		check("after a document", tc.w, &out)
		if name == "v1" {
			pool := bsonrw.NewBSONValueWriterPool()
			check("a single value", pool.GetAtModeElement(&out), nil)
			check("no io.Writer", pool.Get(nil), nil)
		}
	}
}

// TestWritersLike: a type with other fields, or a writer to another io.Writer, gives none.
func TestWritersLike(t *testing.T) {
	var out bytes.Buffer
	type stack []struct{}
	type fitting struct {
		w     io.Writer
		buf   []byte
		stack stack
		frame int64
	}
	if inner.WritersLike(&fitting{w: &out}, &out) == (inner.Writers{}) {
		t.Error("no writers with the right fields")
	}
	for _, w := range []any{
		nil, out, new(int), driver.NewExtJSONValueWriter(&out, true, false),
		fitting{w: &out}, &fitting{}, &fitting{w: &out, frame: 1}, &fitting{w: &out, buf: []byte{0}},
		&struct {
			w          io.Writer
			buf        []byte
			stack      stack
			frame, err int64
		}{w: &out},
		&struct {
			w     io.Writer
			stack stack
			buf   []byte
			frame int64
		}{w: &out},
		&struct {
			w     *bytes.Buffer
			buf   []byte
			stack stack
			frame int64
		}{w: &out},
		&struct {
			w     io.Writer
			buf   string
			stack stack
			frame int64
		}{w: &out},
		&struct {
			w     io.Writer
			buf   []byte
			stack stack
			frame uint64
		}{w: &out},
	} {
		if inner.WritersLike(w, &out) != (inner.Writers{}) {
			t.Errorf("%T: writers", w)
		}
	}
}

const doc = "\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00"

// TestReaders: the bufio.Reader is found before a document and after it, not at an element.
func TestReaders(t *testing.T) {
	r := driver.NewDocumentReader(strings.NewReader(doc + doc))
	readers := inner.ReadersLike(r, doc)
	check := func(where string, r any, found bool) {
		t.Helper()
		if got := readers.Of(r); (got != nil) != found {
			t.Errorf("%s: %v", where, got)
		}
	}
	check("before a document", r, true)
	d, err := r.ReadDocument()
	if err != nil {
		t.Fatal(err)
	}
	_, v, err := d.ReadElement()
	if err != nil {
		t.Fatal(err)
	}
	check("at an element", v, false)
	if _, err := v.ReadInt32(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.ReadElement(); err != driver.ErrEOD {
		t.Fatal(err)
	}
	check("after a document", r, true)
	if got, err := readers.Of(r).Peek(len(doc)); err != nil || string(got) != doc {
		t.Errorf("the next bytes are %q, %v, want %q", got, err, doc)
	}
	text, err := driver.NewExtJSONValueReader(strings.NewReader("{}"), true)
	if err != nil {
		t.Fatal(err)
	}
	check("a reader of text", text, false)
}

// TestReadersLike: a type with other fields, or a reader of another document, gives none.
func TestReadersLike(t *testing.T) {
	type src struct {
		br     *bufio.Reader
		offset int64
	}
	type fitting struct {
		src    any
		offset int64
		stack  []struct{}
		frame  int64
	}
	b := bufio.NewReader(strings.NewReader(doc))
	if inner.ReadersLike(&fitting{src: &src{br: b}}, doc) == (inner.Readers{}) {
		t.Error("no readers with the right fields")
	}
	for _, r := range []any{
		nil, 1, fitting{src: &src{br: b}}, &fitting{}, &fitting{src: src{br: b}}, &fitting{src: b}, &fitting{src: &src{}}, &fitting{src: &src{br: b}, frame: 1},
		&fitting{src: &src{br: bufio.NewReader(strings.NewReader(doc[1:] + doc))}},
		&fitting{src: &src{br: bufio.NewReader(strings.NewReader(doc[:5]))}},
		&fitting{src: &struct {
			br     bufio.Reader
			offset int64
		}{br: *b}},
		&struct {
			src    *src
			offset int64
			stack  []struct{}
			frame  int64
		}{src: &src{br: b}},
	} {
		if inner.ReadersLike(r, doc) != (inner.Readers{}) {
			t.Errorf("%T: readers", r)
		}
	}
}
