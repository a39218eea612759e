package sink_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests its writer

import (
	"bytes"
	"io"
	"testing"

	"go.mongodb.org/mongo-driver/bson/bsonrw"
	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/sink"
)

// TestOf: the io.Writer is found before a document and after it, not inside.
func TestOf(t *testing.T) {
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
		w     any
		begin func() (end func() error, err error)
	}{"v1": {v1, begin1}, "v2": {v2, begin2}} {
		check := func(where string, want io.Writer) {
			t.Helper()
			if got := sink.Of(tc.w); got != want {
				t.Errorf("%s: %s a document: %T, want %T", name, where, got, want)
			}
		}
		if !sink.Fits(tc.w, &out) {
			t.Fatalf("%s: the writer of bytes does not fit", name)
		}
		check("before", &out)
		end, err := tc.begin()
		if err != nil {
			t.Fatal(name, err)
		}
		check("inside", nil)
		if err := end(); err != nil {
			t.Fatal(name, err)
		}
		check("after", &out)
	}
	// A writer of a value outside of documents, and one without an io.Writer.
	pool := bsonrw.NewBSONValueWriterPool()
	if got := sink.Of(pool.GetAtModeElement(&out)); got != nil {
		t.Errorf("a single value: %T, want nil", got)
	}
	if got := sink.Of(pool.Get(nil)); got != nil {
		t.Errorf("no io.Writer: %T, want nil", got)
	}
}

// TestFitsRefuses: a type with other fields does not fit.
func TestFitsRefuses(t *testing.T) {
	var out bytes.Buffer
	type stack []struct{}
	for _, w := range []any{
		driver.NewExtJSONValueWriter(&out, true, false),
		out,
		new(int),
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
		&struct {
			w     io.Writer
			buf   []byte
			stack stack
			frame int64
		}{},
	} {
		if sink.Fits(w, &out) {
			t.Errorf("%T fits", w)
		}
	}
}
