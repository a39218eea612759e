package archive_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// TestWriter: an archive has the same bytes as one that was made part by part.
func TestWriter(t *testing.T) {
	want := small()
	r := archive.NewReader(bytes.NewReader(want.data))
	var got bytes.Buffer
	w := archive.NewWriter(&got, r.Header(), r.Metadata())
	for r.Next() {
		var err error
		switch n := r.Namespace(); r.Event() {
		case archive.Begin:
			err = w.Begin(n)
		case archive.Document:
			err = w.Write(n, r.Document())
		case archive.End:
			err = w.End(n)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || r.Err() != nil {
		t.Fatal(err, r.Err())
	}
	if diff := cmp.Diff(want.data, got.Bytes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWriterDefaults: what a program does not say has values that mongorestore accepts.
func TestWriterDefaults(t *testing.T) {
	var got bytes.Buffer
	w := archive.NewWriter(&got, archive.Header{}, nil)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := archive.NewReader(&got)
	if h := r.Header(); h != (archive.Header{Version: "0.1", ServerVersion: "7.0.0", Collections: 1}) || r.Next() || r.Err() != nil {
		t.Errorf("%+v, %v", h, r.Err())
	}
}

// TestWriterTurns: namespaces that take turns in any way come back, each with its
// documents in order.
func TestWriterTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		want := map[string][]string{}
		var got bytes.Buffer
		w := archive.NewWriter(&got, archive.Header{}, nil)
		ended := map[string]bool{}
		for i := range 100 {
			n := fmt.Sprintf("db%d.c%d", r.IntN(2), r.IntN(3))
			var err error
			switch k := r.IntN(30); {
			case ended[n]:
				if err := w.Write(name(n), document(i)); !errors.Is(err, archive.ErrEnded) {
					t.Fatalf("behind the end: %v", err)
				}
				continue
			case k == 0:
				ended[n] = true
				err = w.End(name(n))
			case k < 4:
				err = w.Begin(name(n))
			default:
				want[n] = append(want[n], string(document(i)))
				err = w.Write(name(n), document(i))
			}
			if _, ok := want[n]; !ok {
				want[n] = nil
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		back := readAll(t, archive.NewReader(&got))
		if diff := cmp.Diff(want, back.Documents); diff != "" || back.Err != nil || len(back.Totals) != len(want) {
			t.Fatalf("%v (-want +got):\n%s", back.Err, diff)
		}
	}
}

// TestWriterErrors: what cannot be in an archive is an error, writes nothing and harms
// nothing else.
func TestWriterErrors(t *testing.T) {
	large := make([]byte, archive.DefaultMaxDocumentSize+1)
	binary.LittleEndian.PutUint32(large, uint32(len(large)))
	doc := document(1)
	open := append(slices.Clone(doc[:len(doc)-1]), 1)
	n := name("a.x")
	var got bytes.Buffer
	w := archive.NewWriter(&got, archive.Header{}, nil)
	for _, tc := range []struct {
		name string
		err  error
		want error
	}{
		{"too large", w.Write(n, large), bsoncore.ErrTooLarge},
		{"too short", w.Write(n, doc[:4]), bsoncore.ErrLength},
		{"empty", w.Write(n, nil), bsoncore.ErrLength},
		{"two documents", w.Write(n, append(slices.Clone(doc), doc...)), bsoncore.ErrLength},
		{"without its NUL", w.Write(n, open), bsoncore.ErrTerminator},
		{"no collection", w.Write(name("a."), doc), archive.ErrName},
		{"dot", w.Begin(archive.Namespace{DB: "a.b", Collection: "c"}), archive.ErrName},
		{"slash", w.Begin(archive.Namespace{DB: "../a", Collection: "c"}), archive.ErrName},
		{"backslash", w.End(archive.Namespace{DB: `a\b`, Collection: "c"}), archive.ErrName},
		{"NUL", w.End(archive.Namespace{DB: "a", Collection: "c\x00"}), archive.ErrName},
	} {
		var e *archive.Error
		if !errors.Is(tc.err, tc.want) || !errors.As(tc.err, &e) {
			t.Errorf("%s: %v", tc.name, tc.err)
		}
	}
	largest := large[:len(large)-1]
	binary.LittleEndian.PutUint32(largest, uint32(len(largest)))
	if err := errors.Join(w.Write(n, largest), w.Close()); err != nil {
		t.Fatal(err)
	}
	if back := readAll(t, archive.NewReader(&got)); len(back.Documents) != 1 || len(back.Documents["a.x"]) != 1 || back.Err != nil {
		t.Errorf("%d namespaces, %v", len(back.Documents), back.Err)
	}
	w = archive.NewWriter(io.Discard, archive.Header{}, []archive.Metadata{{Namespace: archive.Namespace{DB: "a"}}})
	if err := w.Begin(n); !errors.Is(err, archive.ErrName) {
		t.Errorf("metadata: %v", err)
	}
	broken := errors.New("broken")
	w = archive.NewWriter(errWriter{broken}, archive.Header{}, nil)
	if a, b, c := w.Begin(n), w.Write(n, doc), w.Close(); a != broken || b != broken || c != broken {
		t.Errorf("a writer that fails: %v, %v, %v", a, b, c)
	}
}

// TestWriteAll: documents that are written at once give the bytes of documents that are
// written one by one. If one of them is rejected, nothing is written.
func TestWriteAll(t *testing.T) {
	write := func(n archive.Namespace, w *archive.Writer, docs [][]byte) error {
		for _, doc := range docs {
			if err := w.Write(n, doc); err != nil {
				return err
			}
		}
		return nil
	}
	var docs [][]byte
	for i := range 5 {
		docs = append(docs, document(i))
	}
	var one, all bytes.Buffer
	w, v := archive.NewWriter(&one, archive.Header{}, nil), archive.NewWriter(&all, archive.Header{}, nil)
	for _, step := range []struct {
		n    string
		docs [][]byte
	}{{"a.x", docs[:2]}, {"a.y", docs[2:3]}, {"a.y", docs[3:]}, {"a.x", docs[1:4]}} {
		if err := errors.Join(write(name(step.n), w, step.docs), v.WriteAll(name(step.n), bytes.Join(step.docs, nil))); err != nil {
			t.Fatal(err)
		}
	}
	open := slices.Concat(docs[0], docs[1])
	open[len(open)-1] = 1
	large := slices.Concat(docs[0], make([]byte, archive.DefaultMaxDocumentSize+1))
	binary.LittleEndian.PutUint32(large[len(docs[0]):], archive.DefaultMaxDocumentSize+1)
	before := all.Len()
	for _, tc := range []struct {
		name string
		docs []byte
		want error
	}{
		{"cut", slices.Concat(docs[0], docs[1][:7]), bsoncore.ErrLength},
		{"cut in a length", slices.Concat(docs[0], docs[1][:3]), bsoncore.ErrLength},
		{"too short", slices.Concat(docs[0], []byte("\x04\x00\x00\x00\x00")), bsoncore.ErrLength},
		{"without its NUL", open, bsoncore.ErrTerminator},
		{"too large", large, bsoncore.ErrTooLarge},
	} {
		if err := v.WriteAll(name("a.x"), tc.docs); !errors.Is(err, tc.want) || all.Len() != before {
			t.Errorf("%s: %v, %d bytes", tc.name, err, all.Len()-before)
		}
	}
	if err := errors.Join(w.Begin(name("a.z")), v.WriteAll(name("a.z"), nil), w.Close(), v.Close()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one.Bytes(), all.Bytes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := v.WriteAll(name("a.x"), docs[0]); !errors.Is(err, archive.ErrEnded) {
		t.Errorf("after the end: %v", err)
	}
}

// TestManyNamespaces: ten thousand namespaces come back.
func TestManyNamespaces(t *testing.T) {
	const n = 10_000
	var got bytes.Buffer
	w := archive.NewWriter(&got, archive.Header{}, nil)
	for round := range 2 {
		for i := range n {
			if err := w.Write(name(fmt.Sprintf("db.c%d", i)), document(round)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := archive.NewReader(&got)
	docs, ends := 0, 0
	for r.Next() {
		switch r.Event() {
		case archive.Document:
			docs++
		case archive.End:
			if ends++; r.Totals().Documents != 2 || r.Totals().Checksum != archive.Matches {
				t.Fatalf("%s: %+v", r.Namespace(), r.Totals())
			}
		}
	}
	if docs != 2*n || ends != n || r.Err() != nil {
		t.Errorf("%d documents, %d ends, %v", docs, ends, r.Err())
	}
}

// TestFileNames: names of files are those of mongodump, and come back.
func TestFileNames(t *testing.T) {
	long := strings.Repeat("é/", 60)
	for _, tc := range []struct{ collection, want string }{
		{"users", "users"},
		{"odd name+x%é", "odd+name%2Bx%25%C3%A9"},
		{"a.b", "a.b"},
		{"system.buckets.x", "system.buckets.x"},
		{"$cmd", "%24cmd"},
		{"a/b\\c", "a%2Fb%5Cc"},
		{".", "%2E"},
		{"..", "%2E%2E"},
		{strings.Repeat("x", 238), strings.Repeat("x", 238)},
		{strings.Repeat("x", 239), strings.Repeat("x", 208) + "%24" + "Nq75d-cu3iRxNs-ce3Tvf9gagoU"},
		{long, strings.Repeat("%C3%A9%2F", 23) + "%" + "%24" + "L1gfx4CuYhF4-sP4BrEvKpqLPQQ"},
	} {
		got := archive.FileName(tc.collection)
		if got != tc.want {
			t.Errorf("FileName(%q) = %q, want %q", tc.collection, got, tc.want)
		}
		back, whole := archive.ParseFileName(got)
		if shortened := len(got) == 238 && got[208:211] == "%24"; whole == shortened || whole && back != tc.collection || !strings.HasPrefix(tc.collection, back) {
			t.Errorf("ParseFileName(%q) = %q, %t", got, back, whole)
		}
	}
	for _, name := range []string{"a%", "a%zz", "%"} {
		if back, whole := archive.ParseFileName(name); back != name || !whole {
			t.Errorf("ParseFileName(%q) = %q, %t", name, back, whole)
		}
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 10_000 {
		collection := make([]byte, 1+r.IntN(70))
		for i := range collection {
			collection[i] = byte(1 + r.IntN(255))
		}
		name := archive.FileName(string(collection))
		if back, whole := archive.ParseFileName(name); whole && back != string(collection) || !whole && !strings.HasPrefix(string(collection), back) {
			t.Fatalf("%q is %q is %q", collection, name, back)
		}
		if strings.ContainsAny(name, "/\\\x00") {
			t.Fatalf("%q is %q", collection, name)
		}
	}
}

// TestOrder: databases and collections are in the order of their bytes, the oplog last.
func TestOrder(t *testing.T) {
	all := []archive.Namespace{{Collection: "oplog"}, {"b", "a"}, {"a", "z"}, {"", "x"}, {"a", "b.c"}, {"a", "b"}}
	slices.SortFunc(all, archive.Namespace.Compare)
	for i, n := range all {
		for j, m := range all {
			if got := n.Compare(m); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%q and %q: %d", n, m, got)
			}
		}
	}
	want := []archive.Namespace{{"", "x"}, {"a", "b"}, {"a", "b.c"}, {"a", "z"}, {"b", "a"}, {Collection: "oplog"}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWriterText: what is not UTF-8 is rejected, because no Reader accepts it.
func TestWriterText(t *testing.T) {
	n := archive.Namespace{DB: "a", Collection: "x"}
	for _, tc := range []struct {
		name     string
		header   archive.Header
		metadata archive.Metadata
		want     error
	}{
		{"all valid", archive.Header{Version: "é"}, archive.Metadata{Namespace: n, Text: "{}", Type: archive.View}, nil},
		{"version", archive.Header{Version: "\xff"}, archive.Metadata{Namespace: n}, bsoncore.ErrUTF8},
		{"server version", archive.Header{ServerVersion: "\xff"}, archive.Metadata{Namespace: n}, bsoncore.ErrUTF8},
		{"tool version", archive.Header{ToolVersion: "\xff"}, archive.Metadata{Namespace: n}, bsoncore.ErrUTF8},
		{"text", archive.Header{}, archive.Metadata{Namespace: n, Text: "\xff"}, bsoncore.ErrUTF8},
		{"type", archive.Header{}, archive.Metadata{Namespace: n, Type: "\xff"}, bsoncore.ErrUTF8},
		{"database", archive.Header{}, archive.Metadata{Namespace: archive.Namespace{DB: "\xff", Collection: "x"}}, archive.ErrName},
		{"collection", archive.Header{}, archive.Metadata{Namespace: archive.Namespace{DB: "a", Collection: "\xff"}}, archive.ErrName},
	} {
		var out bytes.Buffer
		w := archive.NewWriter(&out, tc.header, []archive.Metadata{tc.metadata})
		err := w.Begin(n)
		if !errors.Is(err, tc.want) || tc.want != nil && (out.Len() > 0 || w.Close() == nil) {
			t.Errorf("%s: %v, %d bytes", tc.name, err, out.Len())
		}
	}
	w := archive.NewWriter(io.Discard, archive.Header{}, nil)
	for _, n := range []archive.Namespace{{DB: "\xff", Collection: "x"}, {DB: "a", Collection: "\xff"}} {
		if err := w.Write(n, document(1)); !errors.Is(err, archive.ErrName) {
			t.Errorf("%q: %v", n, err)
		}
	}
}
