package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file lets readers and writers fail, and limits end, while a Reader continues
// after damage.

// A failingWriter takes a number of calls. It counts calls beyond that from -1 down.
type failingWriter struct {
	calls int
	err   error // nil: the last call takes all bytes but one
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if w.calls--; w.calls >= 0 {
		return len(p), nil
	}
	if w.err != nil {
		return 0, w.err
	}
	return len(p) - 1, nil
}

// rescue returns the documents of everything that can be read. Resync must not be true
// after an error that ends the Reader.
func rescue(t *testing.T, r *archive.Reader, skipped io.Writer) (docs []kept, err error) {
	t.Helper()
	for r.Next() || r.Resync(skipped) {
		if err := r.Err(); err != nil && (!errors.As(err, new(*archive.Error)) || errors.Is(err, archive.ErrTooMany)) {
			t.Errorf("goes on after %v", err)
		}
		if doc := r.Document(); doc != nil {
			docs = append(docs, kept{r.Namespace(), r.Offset(), string(doc)})
		}
	}
	return docs, r.Err()
}

// flips returns archives with one wrong byte, in all parts of small().
func flips() (all [][]byte) {
	s := small()
	places := []int{0, 4, 8, 140}
	for _, h := range s.headers {
		places = append(places, h[0], h[0]+4, h[0]+8, h[0]+9)
	}
	for _, k := range s.docs {
		places = append(places, int(k.Offset), int(k.Offset)+4)
	}
	for _, at := range places {
		data := bytes.Clone(s.data)
		data[at] ^= 0x51
		all = append(all, data)
	}
	// Behind a damaged prelude, no namespace is there, or no metadata.
	text := string(s.data)
	return append(all, []byte("text"+text), []byte(text[4:]), []byte(text[:140]+"\x55"+text[141:s.prelude()-len(term)]),
		slices.Concat(s.data[:140], []byte("\x55"), s.data[141:s.prelude()-4], document(1), document(2), s.data[s.prelude()-4:]))
}

// TestSkippedWriter: without a writer for the skipped bytes the documents are the same.
// If one of its calls fails or takes too little, its error ends the Reader.
func TestSkippedWriter(t *testing.T) {
	broken := errors.New("broken")
	for i, data := range flips() {
		all := &failingWriter{calls: 1 << 30}
		want, err := rescue(t, archive.NewReader(bytes.NewReader(data)), all)
		if err != nil {
			t.Fatal(err)
		}
		got, err := rescue(t, archive.NewReader(bytes.NewReader(data)), nil)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("archive %d without a writer: %v (-want +got):\n%s", i, err, diff)
		}
		for n := range 1<<30 - all.calls {
			for _, fails := range []error{broken, io.ErrShortWrite} {
				w := &failingWriter{calls: n, err: fails}
				if fails == io.ErrShortWrite {
					w.err = nil
				}
				r := archive.NewReader(bytes.NewReader(data))
				if _, err := rescue(t, r, w); err != fails || w.calls != -1 || r.Next() || r.Resync(w) || r.Err() != fails {
					t.Errorf("archive %d, call %d: %v, want %v; %d calls more", i, n, err, fails, -w.calls-1)
				}
			}
		}
	}
}

// TestReaderFailure: a reader that fails at any byte, before damage or behind it, ends
// the Reader with its error, and the documents before are those of the whole archive.
func TestReaderFailure(t *testing.T) {
	broken := errors.New("broken")
	for n := range 6 { // in the magic number and in the length behind it
		r := archive.NewReader(io.MultiReader(bytes.NewReader(small().data[:n]), iotest.ErrReader(broken)))
		if r.Next() || !errors.Is(r.Err(), broken) || r.Next() || r.Resync(nil) {
			t.Errorf("%d bytes: %v", n, r.Err())
		}
	}
	for i, data := range flips() {
		want, err := rescue(t, archive.NewReader(bytes.NewReader(data)), nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := i % 29; n < len(data); n += 29 {
			got, err := rescue(t, archive.NewReader(io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken))), nil)
			var read *bsoncore.ReadError
			if !errors.As(err, &read) || read.Err != broken || read.Offset != int64(n) {
				t.Fatalf("%d bytes of archive %d: %v", n, i, err)
			}
			if len(got) > len(want) || !slices.Equal(want[:len(got)], got) {
				t.Fatalf("%d bytes of archive %d: %d documents that the whole archive does not have", n, i, len(got))
			}
		}
	}
}

// TestLimitsBehindDamage: metadata behind damage count as those before it.
func TestLimitsBehindDamage(t *testing.T) {
	text := string(small().data)
	data := text[:140] + "\x55" + text[141:] // the first of three
	for _, tc := range []struct {
		o    archive.ReadOptions
		want error
	}{
		{archive.ReadOptions{MaxNamespaces: 1}, archive.ErrTooMany},
		{archive.ReadOptions{MaxNamespaces: 4}, nil},
		{archive.ReadOptions{MaxMetadata: 100}, archive.ErrTooMany},
		{archive.ReadOptions{MaxMetadata: 200}, nil},
	} {
		r := tc.o.NewReader(strings.NewReader(data))
		if _, err := rescue(t, r, nil); !errors.Is(err, tc.want) || err != nil && r.Next() {
			t.Errorf("%+v: %v, want %v", tc.o, err, tc.want)
		}
		if n := len(slices.Collect(listNames(r))); tc.want == nil && n != 2 {
			t.Errorf("%+v: %d metadata, want 2", tc.o, n)
		}
	}
}

func listNames(r *archive.Reader) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, m := range r.Metadata() {
			if !yield(m.Namespace.String()) {
				return
			}
		}
	}
}

// TestEventsBehindDamage: a namespace whose only block is its last, and whose header
// stands behind damage without a terminator between, begins and ends.
func TestEventsBehindDamage(t *testing.T) {
	for _, tc := range []struct {
		name string
		last string
		sum  uint64
		want []string
	}{
		{"not yet begun", "a.empty", 0, []string{"begin a.x", "document", "fault", "document", "begin a.empty", "end a.empty", "end a.x"}},
		{"begun", "a.x", 0, []string{"begin a.x", "document", "fault", "document", "end a.x"}},
		{"another checksum", "a.empty", 7, []string{"begin a.x", "document", "fault", "document", "begin a.empty", "fault", "end a.empty", "end a.x"}},
	} {
		s := newSketch("a.x").header("a.x", false, 0).documents("a.x", some(1, 3)...).header(tc.last, true, tc.sum).text(term)
		if tc.last != "a.x" {
			s.header("a.x", true, 0).text(term)
		}
		s.data[s.docs[1].Offset+4] = 0x55
		r := archive.NewReader(bytes.NewReader(s.data))
		var got []string
		for {
			switch {
			case r.Next():
			case r.Err() == nil:
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tc.name, diff)
				}
			default:
				got = append(got, "fault")
				if !r.Resync(nil) {
					t.Fatal(r.Err())
				}
				continue
			}
			if r.Event() == 0 {
				break
			}
			switch r.Event() {
			case archive.Begin:
				got = append(got, fmt.Sprint("begin ", r.Namespace()))
			case archive.End:
				got = append(got, fmt.Sprint("end ", r.Namespace()))
			case archive.Document:
				if err := r.Document().Validate(); err != nil {
					got = append(got, "fault")
					if !r.Resync(nil) {
						t.Fatal(r.Err())
					}
					continue
				}
				got = append(got, "document")
			}
		}
	}
}

// TestWriterFailure: an error of any call of the io.Writer, or a call that takes too
// little, is returned at once and by all later calls.
func TestWriterFailure(t *testing.T) {
	write := func(w io.Writer) (errs []error) {
		a := archive.NewWriter(w, archive.Header{}, nil)
		for i, n := range []string{"a.x", "a.x", "b.y", "a.x"} {
			errs = append(errs, a.Write(name(n), document(i)))
		}
		return append(errs, a.Begin(name("a.empty")), a.End(name("a.x")), a.Close())
	}
	all := &failingWriter{calls: 1 << 30}
	if err := errors.Join(write(all)...); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for n := range 1<<30 - all.calls {
		for _, tc := range []struct{ fails, want error }{{broken, broken}, {nil, io.ErrShortWrite}} {
			w := &failingWriter{calls: n, err: tc.fails}
			errs := write(w)
			first := slices.Index(errs, tc.want)
			if w.calls != -1 || first < 0 || slices.ContainsFunc(errs[first:], func(err error) bool { return err != tc.want }) {
				t.Errorf("call %d: %v, want %v from the call on that fails; %d calls more", n, errs, tc.want, -w.calls-1)
			}
		}
	}
}

// TestStops: the loops over documents and namespaces end where their caller ends them,
// and the Reader can go on. Before the first event nothing is counted.
func TestStops(t *testing.T) {
	s := small()
	r := archive.NewReader(bytes.NewReader(s.data))
	if got := r.Totals(); got != (archive.Totals{}) {
		t.Errorf("before the first event: %+v", got)
	}
	for n, doc := range r.Documents() {
		if n != name("a.x") || string(doc) != s.docs[0].Doc {
			t.Errorf("%s: %x", n, doc)
		}
		break
	}
	if !r.Next() || string(r.Document()) != s.docs[1].Doc {
		t.Errorf("behind the first document: %x", r.Document())
	}
	for r.Next() {
	}
	var names []string
	for n := range r.Namespaces() {
		if names = append(names, n.String()); len(names) == 2 {
			break
		}
	}
	if diff := cmp.Diff([]string{"a.x", "a.empty"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLikeHeaders: documents of a collection that start as the header of a block does,
// and are none, are documents.
func TestLikeHeaders(t *testing.T) {
	doc := func(more func([]byte) []byte) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(more(bsoncore.AppendString(dst, "db", "a")), mark)
	}
	all := [][]byte{
		doc(func(dst []byte) []byte { return dst }),
		doc(func(dst []byte) []byte { return bsoncore.AppendString(dst, "collection", "x") }),
		doc(func(dst []byte) []byte {
			dst = bsoncore.AppendString(dst, "collection", "x")
			return bsoncore.AppendInt64(bsoncore.AppendInt32(dst, "EOF", 0), "CRC", 0)
		}),
		doc(func(dst []byte) []byte { // in another order
			dst = bsoncore.AppendString(dst, "collection", "x")
			return bsoncore.AppendBoolean(bsoncore.AppendInt64(dst, "CRC", 0), "EOF", false)
		}),
		doc(func(dst []byte) []byte { // of a namespace that the archive does not have
			dst = bsoncore.AppendString(dst, "collection", "other")
			return bsoncore.AppendInt64(bsoncore.AppendBoolean(dst, "EOF", false), "CRC", 0)
		}),
	}
	s := newSketch("a.x").block("a.x", all...).end("a.x")
	got := salvage(t, archive.NewReader(bytes.NewReader(s.data)), s.data)
	if diff := cmp.Diff(s.docs, got.Docs); diff != "" || got.Faults != nil {
		t.Errorf("%q (-want +got):\n%s", got.Faults, diff)
	}
}
