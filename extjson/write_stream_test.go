package extjson_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

func TestEncoder(t *testing.T) {
	a := document(t, "10 6100 01000000")
	bad := document(t, "20 6100")
	ambiguous := document(t, "03 6100 0b000000 0a 246f696400 00")
	for _, tc := range []struct {
		name string
		o    extjson.EncodeOptions
		docs [][]byte
		want string
	}{
		{"none", extjson.EncodeOptions{}, nil, ""},
		{"one", extjson.EncodeOptions{}, [][]byte{a}, "{\"a\":1}\n"},
		{"lines", extjson.EncodeOptions{Mode: extjson.Canonical}, [][]byte{a, document(t, "")}, "{\"a\":{\"$numberInt\":\"1\"}}\n{}\n"},
		{"lines, indented", extjson.EncodeOptions{Indent: " "}, [][]byte{a, a}, "{\n \"a\": 1\n}\n{\n \"a\": 1\n}\n"},
		{"array of none", extjson.EncodeOptions{Array: true}, nil, "[]\n"},
		{"array of one", extjson.EncodeOptions{Array: true}, [][]byte{a}, "[{\"a\":1}]\n"},
		{"array", extjson.EncodeOptions{Array: true}, [][]byte{a, a, a}, "[{\"a\":1},\n{\"a\":1},\n{\"a\":1}]\n"},
		{"lines, some bad", extjson.EncodeOptions{}, [][]byte{bad, a, bad, ambiguous, a, bad}, "{\"a\":1}\n{\"a\":1}\n"},
		{"array, some bad", extjson.EncodeOptions{Array: true}, [][]byte{bad, a, bad, ambiguous, a, bad}, "[{\"a\":1},\n{\"a\":1}]\n"},
		{"array, all bad", extjson.EncodeOptions{Array: true}, [][]byte{bad, ambiguous}, "[]\n"},
		{"depth", extjson.EncodeOptions{MaxDepth: 1}, [][]byte{a, document(t, "03 6100 05000000 00"), a}, "{\"a\":1}\n{\"a\":1}\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b strings.Builder
			e := tc.o.NewEncoder(&b)
			for _, doc := range tc.docs {
				err := e.Encode(doc)
				if _, want := tc.o.AppendJSON(nil, doc); want != nil {
					wantFault(t, err, faultOf(t, want))
				} else if err != nil {
					t.Error(err)
				}
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			wantText(t, b.String(), nil, tc.want)
			// A second Close does nothing.
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			if err := e.Encode(a); !errors.Is(err, bson.ErrMisuse) {
				t.Errorf("Encode after Close: %v", err)
			}
			if err := e.Flush(); err != nil {
				t.Error(err)
			}
			wantText(t, b.String(), nil, tc.want)
		})
	}
}

// writes keeps the bytes of each Write. From the Write with the number fail on, from
// 1, it returns err and a count that is too small by short.
type writes struct {
	got   []string
	fail  int
	short int
	err   error
}

func (w *writes) Write(p []byte) (int, error) {
	w.got = append(w.got, string(p))
	if len(w.got) >= w.fail {
		return len(p) - w.short, w.err
	}
	return len(p), nil
}

// TestEncoderFlush: text is buffered, and written in large pieces.
func TestEncoderFlush(t *testing.T) {
	w := &writes{fail: 1 << 30}
	e := extjson.NewEncoder(w)
	doc := document(t, "10 6100 01000000")
	encodeAll := func(n int) {
		t.Helper()
		for range n {
			if err := e.Encode(doc); err != nil {
				t.Fatal(err)
			}
		}
	}
	encodeAll(3)
	if len(w.got) != 0 {
		t.Errorf("written before the buffer is full: %q", w.got)
	}
	for range 2 { // the second Flush has no bytes to write
		if err := e.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{strings.Repeat("{\"a\":1}\n", 3)}, w.got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	encodeAll(100_000)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, p := range w.got {
		total += len(p)
	}
	if total != 8*100_003 || len(w.got) > 20 {
		t.Errorf("%d bytes in %d pieces, want %d bytes in a few pieces", total, len(w.got), 8*100_003)
	}
}

// TestEncoderWriterFails: the first error of the writer is sticky, and nothing is
// written after it.
func TestEncoderWriterFails(t *testing.T) {
	broken := errors.New("broken")
	doc := document(t, "10 6100 01000000")
	for _, tc := range []struct {
		name string
		w    *writes
		want error
	}{
		{"error", &writes{fail: 2, err: broken}, broken},
		{"error and short", &writes{fail: 2, short: 3, err: broken}, broken},
		{"short", &writes{fail: 2, short: 1}, io.ErrShortWrite},
	} {
		for _, array := range []bool{false, true} {
			t.Run(tc.name, func(t *testing.T) {
				w := *tc.w
				e := extjson.EncodeOptions{Array: array}.NewEncoder(&w)
				for range 2 {
					if err := e.Encode(doc); err != nil {
						t.Fatal(err)
					}
					if err := e.Flush(); err != nil != (len(w.got) == 2) {
						t.Fatal(err)
					}
				}
				for _, err := range []error{e.Flush(), e.Encode(doc), e.Encode([]byte("no document")), e.Close(), e.Close(), e.Encode(doc)} {
					if !errors.Is(err, tc.want) || err == tc.want {
						t.Errorf("error %v, want an error that wraps %v", err, tc.want)
					}
				}
				if len(w.got) != 2 {
					t.Errorf("written after the error: %q", w.got[2:])
				}
			})
		}
	}
}

// TestEncoderLargeWriteFails: if Encode itself writes to the writer, it returns the
// error of this write.
func TestEncoderLargeWriteFails(t *testing.T) {
	broken := errors.New("broken")
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendString(doc, "a", strings.Repeat("x", 1<<20)), mark)
	e := extjson.NewEncoder(&writes{fail: 1, err: broken})
	if err := e.Encode(doc); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

// TestEncoderDecoder: a Decoder reads the documents of an Encoder.
func TestEncoderDecoder(t *testing.T) {
	docs := [][]byte{document(t, "10 6100 01000000"), document(t, ""), document(t, "02 00 03000000 0a5d 00")}
	for _, o := range []extjson.EncodeOptions{{}, {Array: true}, {Indent: "  "}, {Array: true, Indent: "\t", ASCII: true}} {
		var b strings.Builder
		e := o.NewEncoder(&b)
		for _, doc := range docs {
			if err := e.Encode(doc); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		n := 0
		for doc, err := range extjson.Documents(strings.NewReader(b.String())) {
			if n < len(docs) {
				wantBytes(t, doc, err, docs[n])
			}
			n++
		}
		if n != len(docs) {
			t.Errorf("%+v: %d documents, want %d", o, n, len(docs))
		}
	}
}

// TestEncodeValue: values that are not documents are written as lines or elements,
// like documents. Some have errors of their own.
func TestEncodeValue(t *testing.T) {
	text := unhex(t, "06000000 68656c6c6f 00")
	oid := unhex(t, "0b000000 0a 246f696400 00")
	for _, tc := range []struct {
		o    extjson.EncodeOptions
		want string
	}{
		{extjson.EncodeOptions{}, "1\n\"hello\"\n{}\n{\"$oid\":null}\n"},
		{extjson.EncodeOptions{Mode: extjson.Canonical, Array: true}, "[{\"$numberInt\":\"1\"},\n\"hello\",\n{},\n{\"$oid\":null}]\n"},
	} {
		var b strings.Builder
		e := tc.o.NewEncoder(&b)
		for _, v := range []struct {
			t    bson.Type
			data []byte
			want *fault
		}{
			{bson.TypeInt32, []byte{1, 0, 0, 0}, nil},
			{bson.TypeInt32, []byte{1, 0, 0}, &fault{Err: bson.ErrLength}},
			{bson.TypeString, text, nil},
			{bson.TypeDocument, oid, &fault{Offset: 4, Pointer: "/$oid", Err: extjson.ErrAmbiguous, Value: true}},
			{bson.TypeDocument, unhex(t, "05000000 00"), nil},
			{0, oid, nil}, // no key is special at the top level
		} {
			err := e.EncodeValue(v.t, v.data)
			if v.want != nil {
				wantFault(t, err, *v.want)
			} else if err != nil {
				t.Error(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		wantText(t, b.String(), nil, tc.want)
		if err := e.EncodeValue(bson.TypeNull, nil); !errors.Is(err, bson.ErrMisuse) {
			t.Errorf("after Close: %v", err)
		}
	}
}
