package archive_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file damages archives and continues after the damage. The archives are made by a
// writer of its own, part by part.

const (
	magic = "\x6d\xe2\x99\x81"
	term  = "\xff\xff\xff\xff"
)

// A sketch is an archive that is being written.
type sketch struct {
	data []byte
	sums map[archive.Namespace]uint64
	docs []kept
	// Where the headers and the terminators before them are, and the checksums of
	// headers that mean nothing.
	headers, unused [][2]int
}

// A kept is a document of an archive.
type kept struct {
	Name   archive.Namespace
	Offset int64
	Doc    string
}

func name(s string) archive.Namespace {
	db, collection, _ := strings.Cut(s, ".")
	return archive.Namespace{DB: db, Collection: collection}
}

// newSketch returns an archive with metadata for the namespaces.
func newSketch(names ...string) *sketch {
	s := &sketch{sums: map[archive.Namespace]uint64{}}
	doc, mark := bsoncore.Begin([]byte(magic))
	doc = bsoncore.AppendInt32(doc, "concurrent_collections", 2)
	doc = bsoncore.AppendString(doc, "version", "0.1")
	doc = bsoncore.AppendString(doc, "server_version", "7.0.1")
	doc = bsoncore.AppendString(doc, "tool_version", "100")
	s.data = bsoncore.End(doc, mark)
	for _, n := range names {
		s.metadata(n, "collection")
	}
	return s.text(term)
}

func (s *sketch) metadata(n, kind string) *sketch {
	doc, mark := bsoncore.Begin(s.data)
	doc = bsoncore.AppendString(doc, "db", name(n).DB)
	doc = bsoncore.AppendString(doc, "collection", name(n).Collection)
	doc = bsoncore.AppendString(doc, "metadata", "{}")
	doc = bsoncore.AppendInt32(doc, "size", 0)
	doc = bsoncore.AppendString(doc, "type", kind)
	s.data = bsoncore.End(doc, mark)
	return s
}

func (s *sketch) text(text string) *sketch {
	s.data = append(s.data, text...)
	return s
}

// header writes the header of a block.
func (s *sketch) header(n string, ends bool, sum uint64) *sketch {
	doc, mark := bsoncore.Begin(s.data)
	doc = bsoncore.AppendString(doc, "db", name(n).DB)
	doc = bsoncore.AppendString(doc, "collection", name(n).Collection)
	doc = bsoncore.AppendBoolean(doc, "EOF", ends)
	doc = bsoncore.AppendInt64(doc, "CRC", int64(sum))
	end := len(doc)
	s.data = bsoncore.End(doc, mark)
	if s.headers = append(s.headers, [2]int{mark - len(term), len(s.data)}); !ends {
		s.unused = append(s.unused, [2]int{end - 8, end})
	}
	return s
}

// documents writes documents in the block of a namespace.
func (s *sketch) documents(n string, docs ...[]byte) *sketch {
	for _, doc := range docs {
		s.sums[name(n)] = crc64.Update(s.sums[name(n)], crc64.MakeTable(crc64.ECMA), doc)
		s.docs = append(s.docs, kept{name(n), int64(len(s.data)), string(doc)})
		s.data = append(s.data, doc...)
	}
	return s
}

// block writes a whole block, and end the end of a namespace.
func (s *sketch) block(n string, docs ...[]byte) *sketch {
	return s.header(n, false, 0).documents(n, docs...).text(term)
}

func (s *sketch) end(n string) *sketch { return s.header(n, true, s.sums[name(n)]).text(term) }

// document returns the small document {"n": n, "s": …}.
func document(n int) []byte {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendInt32(doc, "n", int32(n))
	doc = bsoncore.AppendString(doc, "s", fmt.Sprint("text of number ", n))
	return bsoncore.End(doc, mark)
}

// some returns the small documents from number n to number m.
func some(n, m int) (docs [][]byte) {
	for ; n <= m; n++ {
		docs = append(docs, document(n))
	}
	return docs
}

// A salvaged is what a Reader gives of an archive with damage.
type salvaged struct {
	Docs    []kept
	Unsure  map[int64]bool // offsets of documents whose header is damaged
	Faults  []string
	Ends    []string
	Skipped string
}

// salvage reads everything, continues after each fault, and checks what every read must
// keep: documents and skipped bytes do not overlap and are in order.
func salvage(t *testing.T, r *archive.Reader, data []byte) (got salvaged) {
	t.Helper()
	got.Unsure = map[int64]bool{}
	var skipped bytes.Buffer
	at := int64(0)
	for limit := 0; ; limit++ {
		if limit > 10*len(data)+100 {
			t.Fatalf("no end: %q", got.Faults)
		}
		if !r.Next() {
			var fault *archive.Error
			if r.Document() != nil {
				t.Fatalf("after Next returned false the document is %x", r.Document())
			}
			switch err := r.Err(); {
			case err == nil:
				got.Skipped = skipped.String()
				return got
			case errors.As(err, &fault):
				got.Faults = append(got.Faults, fmt.Sprintf("%s %d %v", fault.Namespace, fault.Offset, fault.Err))
			default:
				t.Fatal(err)
			}
			if !r.Resync(&skipped) {
				t.Fatalf("no way on after %v: %v", fault, r.Err())
			}
			continue
		}
		switch r.Event() {
		case archive.End:
			got.Ends = append(got.Ends, r.Namespace().String())
		case archive.Document:
			doc := r.Document()
			if r.Offset() < at || !bytes.HasPrefix(data[r.Offset():], doc) {
				t.Fatalf("document at %d, after %d: %x", r.Offset(), at, doc)
			}
			if err := doc.Validate(); err != nil {
				got.Faults = append(got.Faults, fmt.Sprintf("%s %d %v", r.Namespace(), r.Offset(), err))
				if !r.Resync(&skipped) {
					t.Fatal(r.Err())
				}
				continue
			}
			at = r.Offset() + int64(len(doc))
			got.Docs = append(got.Docs, kept{r.Namespace(), r.Offset(), string(doc)})
			got.Unsure[r.Offset()] = r.Uncertain()
		}
	}
}

// small returns an archive with blocks in turns, an empty collection and a namespace
// without metadata.
func small() *sketch { return listed().block(".oplog", some(15, 16)...).end(".oplog") }

// listed is small without the namespace that has no metadata.
func listed() *sketch {
	return newSketch("a.x", "a.empty", "b.y").
		block("a.x", some(1, 4)...).block("a.empty").block("b.y", some(5, 7)...).end("a.empty").
		block("a.x", some(8, 11)...).end("a.x").block("b.y", some(12, 14)...).end("b.y")
}

// numbers returns the numbers of the documents that were read, with "?" after those
// whose header is damaged, by namespace.
func (got salvaged) numbers() map[string]string {
	all := map[string]string{}
	for _, k := range got.Docs {
		n, _ := bsoncore.Document(k.Doc).Lookup("n").Int32OK()
		unsure := ""
		if got.Unsure[k.Offset] {
			unsure = "?"
		}
		all[k.Name.String()] += fmt.Sprint(" ", n, unsure)
	}
	return all
}

// TestFaults: each kind of damage is reported with its namespace and place, and hides
// nothing but what it touches.
func TestFaults(t *testing.T) {
	s := small()
	text := string(s.data)
	all := map[string]string{"a.x": " 1 2 3 4 8 9 10 11", "b.y": " 5 6 7 12 13 14", ".oplog": " 15 16"}
	without := func(n string, changed string) map[string]string {
		m := maps.Clone(all)
		if m[n] = changed; changed == "" {
			delete(m, n)
		}
		return m
	}
	at := func(number int) int { return int(s.docs[number-1].Offset) }
	head := func(i int) int { return s.headers[i][0] } // the terminator before a header
	insert := func(off int, more string) string { return text[:off] + more + text[off:] }
	replace := func(off int, more string) string { return text[:off] + more + text[off+len(more):] }
	doc := func(number int) string { return s.docs[number-1].Doc }
	for _, tc := range []struct {
		name, data string
		faults     []string
		want       map[string]string
	}{
		{"none", text, nil, all},
		{"empty stream", "", []string{". 0 not an archive"}, map[string]string{}},
		{"part of the magic number", magic[:2], []string{". 0 not an archive"}, map[string]string{}},
		{"only the magic number", magic, []string{". 4 document ends too early"}, map[string]string{}},
		{"no archive", doc(1) + doc(2), []string{". 0 not an archive"}, map[string]string{".": " 1? 2?"}},
		{"text before the magic number", "writing\n" + text, []string{". 0 not an archive"}, all},
		{"wrong magic number", "x" + text[1:], []string{". 0 not an archive"}, all},
		{"no magic number", text[4:], []string{". 0 not an archive"}, all},
		{"header of the archive", replace(8, "\x55"), []string{". 4 not a header of an archive"}, all},
		{"first metadata", replace(140, "\x55"), []string{". 102 not a header of an archive"}, all},
		{"text between documents", insert(at(3), "Killed\n"), []string{"a.x 477 document is too large"}, all},
		{"text between blocks", insert(head(1)+4, "Killed\n"), []string{"a.x 553 document is too large"}, all},
		{"a terminator too many", insert(at(3), term), []string{"a.x 481 not a header of an archive"}, without("a.x", " 1 2 3? 4? 8 9 10 11")},
		{"two terminators", insert(head(1), term), []string{"a.x 553 not a header of an archive"}, all},
		{"a terminator missing", text[:head(1)] + text[head(1)+4:], []string{"a.x 549 terminator of the block is missing"}, all},
		{"a document changed", strings.Replace(text, doc(3), string(document(7)), 1), []string{"a.x 1039 checksum does not match"}, without("a.x", " 1 2 7 4 8 9 10 11")},
		{"a document missing", strings.Replace(text, doc(3), "", 1), []string{"a.x 1003 checksum does not match"}, without("a.x", " 1 2 4 8 9 10 11")},
		{"length of a document", replace(at(3), "\xf0"), []string{"a.x 477 bson: offset 35 (/$): unknown element type"}, without("a.x", " 1 2 4 8 9 10 11")},
		{"length of the last document of a block", replace(at(4)+2, "\x01"), []string{"a.x 1510 document ends too early"}, without("a.x", " 1 2 3 8 9 10 11")},
		{"key of a header", replace(head(2)+9, "DB"), []string{"a.empty 613 not a header of an archive", "b.y 1262 checksum does not match"},
			map[string]string{"a.x": all["a.x"], "a.empty": " 5? 6? 7?", "b.y": " 12 13 14", ".oplog": " 15 16"}},
		{"type of a header", replace(head(2)+8, "\x55"), []string{"a.empty 613 not a header of an archive", "b.y 1262 checksum does not match"},
			map[string]string{"a.x": all["a.x"], "a.empty": " 5? 6? 7?", "b.y": " 12 13 14", ".oplog": " 15 16"}},
		{"an end missing", text[:head(3)] + text[head(4):], []string{"a.empty 1450 namespace has no end"}, all},
		{"documents behind an end", insert(head(4), doc(5)+doc(6)), []string{"a.empty 833 namespace has already ended"}, without("a.empty", " 5 6")},
		{"more of a namespace that ended", text + string((&sketch{}).header("a.x", false, 0).data) + doc(5) + term, []string{"a.x 1510 namespace has already ended"}, without("a.x", all["a.x"]+" 5")},
		{"cut in a document", text[:at(9)+3], []string{"a.x 928 document ends too early", "a.x 928 namespace has no end", "b.y 928 namespace has no end"},
			map[string]string{"a.x": " 1 2 3 4 8", "b.y": " 5 6 7"}},
		{"cut between documents", text[:at(9)], []string{"a.x 925 namespace has no end", "b.y 925 namespace has no end"},
			map[string]string{"a.x": " 1 2 3 4 8", "b.y": " 5 6 7"}},
		{"cut in the metadata", text[:200], []string{". 200 document ends too early", "a.x 200 namespace has no end"}, map[string]string{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := salvage(t, archive.NewReader(strings.NewReader(tc.data)), []byte(tc.data))
			if diff := cmp.Diff(tc.faults, got.Faults); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, got.numbers()); diff != "" {
				t.Errorf("documents (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTwoArchives: where another archive starts, at the end or in the middle of one, its
// prelude has no documents, and its documents are read.
func TestTwoArchives(t *testing.T) {
	first := string(newSketch("a.x").block("a.x", some(1, 3)...).end("a.x").data)
	second := string(newSketch("b.y", "b.z").block("b.y", some(4, 5)...).end("b.y").data)
	third := string(newSketch("b.z").block("b.z", some(6, 6)...).end("b.z").data)
	for _, tc := range []struct {
		name   string
		data   string
		faults []string
		want   map[string]string
	}{
		{"at the end", first + second, []string{"a.x 407 length does not fit", "a.x 411 another archive starts here", "b.z 859 namespace has no end"},
			map[string]string{"a.x": " 1 2 3", "b.y": " 4 5"}},
		{"three", first + second + third, []string{"a.x 407 length does not fit", "a.x 411 another archive starts here", "b.y 859 length does not fit", "b.y 863 another archive starts here"},
			map[string]string{"a.x": " 1 2 3", "b.y": " 4 5", "b.z": " 6"}},
		{"in a document", first[:300] + second, []string{"a.x 310 terminating NUL is missing", "a.x 304 another archive starts here", "a.x 752 namespace has no end", "b.z 752 namespace has no end"},
			map[string]string{"a.x": " 1", "b.y": " 4 5"}},
	} {
		got := salvage(t, archive.NewReader(strings.NewReader(tc.data)), []byte(tc.data))
		if diff := cmp.Diff(tc.faults, got.Faults); diff != "" {
			t.Errorf("%s: faults (-want +got):\n%s", tc.name, diff)
		}
		if diff := cmp.Diff(tc.want, got.numbers()); diff != "" {
			t.Errorf("%s: documents (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestPreludeParts: the documents of a prelude need each of their elements, of its
// type. The bytes of one that is at fault are skipped, and the rest is read.
func TestPreludeParts(t *testing.T) {
	type part struct {
		key   string
		write func(dst []byte, key string) []byte
	}
	text := func(s string) func([]byte, string) []byte {
		return func(dst []byte, key string) []byte { return bsoncore.AppendString(dst, key, s) }
	}
	number := func(dst []byte, key string) []byte { return bsoncore.AppendInt32(dst, key, 2) }
	header := []part{{"concurrent_collections", number}, {"version", text("0.1")}, {"server_version", text("7.0.1")}, {"tool_version", text("100")}}
	metadata := []part{{"db", text("a")}, {"collection", text("x")}, {"metadata", text("{}")}, {"size", number}, {"type", text("collection")}}
	doc := func(parts []part) string {
		dst, mark := bsoncore.Begin(nil)
		for _, p := range parts {
			dst = p.write(dst, p.key)
		}
		return string(bsoncore.End(dst, mark))
	}
	rest := string((&sketch{sums: map[archive.Namespace]uint64{}}).block("a.x", some(1, 2)...).end("a.x").data)
	read := func(header, metadata string) salvaged {
		data := magic + header + metadata + term + rest
		return salvage(t, archive.NewReader(strings.NewReader(data)), []byte(data))
	}
	if got := read(doc(header), doc(metadata)); len(got.Docs) != 2 || got.Faults != nil || got.Skipped != "" {
		t.Fatalf("without a change: %+v", got)
	}
	at := len(magic) + len(doc(header))
	for i, p := range header {
		for _, instead := range [][]part{nil, {{p.key, func(dst []byte, key string) []byte { return bsoncore.AppendDouble(dst, key, 1) }}}, {{p.key + "s", p.write}}} {
			changed := doc(slices.Replace(slices.Clone(header), i, i+1, instead...))
			got := read(changed, doc(metadata))
			if diff := cmp.Diff([]string{". 4 not a header of an archive"}, got.Faults); diff != "" || got.Skipped != changed || len(got.Docs) != 2 {
				t.Errorf("header with another %s: %d documents, %q skipped (-want +got):\n%s", p.key, len(got.Docs), got.Skipped, diff)
			}
		}
	}
	for i, p := range metadata[:2] {
		for _, instead := range [][]part{nil, {{p.key, number}}, {{p.key + "s", p.write}}} {
			changed := doc(slices.Replace(slices.Clone(metadata), i, i+1, instead...))
			got := read(doc(header), changed)
			if diff := cmp.Diff([]string{fmt.Sprintf(". %d not a header of an archive", at)}, got.Faults); diff != "" || got.Skipped != changed || len(got.Docs) != 2 {
				t.Errorf("metadata with another %s: %d documents, %q skipped (-want +got):\n%s", p.key, len(got.Docs), got.Skipped, diff)
			}
		}
	}
	// A terminator in the place of the header.
	if got := read(term, doc(metadata)); len(got.Docs) != 2 || got.Skipped != term {
		t.Errorf("terminator in the place of the header: %+v", got)
	}
}

// TestOfNamespaces: what the prelude lists must come, views and time series in their way,
// and the namespaces must be ones that a server has.
func TestOfNamespaces(t *testing.T) {
	prelude := func(kind string) *sketch {
		s := newSketch()
		s.data = s.data[:len(s.data)-len(term)]
		return s.metadata("a.x", kind).text(term)
	}
	nested := document(1)
	nested = bsoncore.AppendBinary(nested[:len(nested)-1], "archive", 0, small().data)
	nested = append(nested, 0)
	binary.LittleEndian.PutUint32(nested, uint32(len(nested)))
	for _, tc := range []struct {
		name   string
		s      *sketch
		faults []string
		ends   []string
	}{
		{"no namespace", newSketch(), nil, nil},
		{"listed and not there", prelude("collection"), []string{"a.x 187 namespace has no end"}, nil},
		{"view", prelude("view").block("a.x").end("a.x"), nil, []string{"a.x"}},
		{"view that does not end", prelude("view").block("a.x"), []string{"a.x 237 namespace has no end"}, []string{"a.x"}},
		{"time series", prelude("timeseries").block("a.system.buckets.x", document(1)).end("a.system.buckets.x"), nil, []string{"a.system.buckets.x"}},
		{"time series of a new server", prelude("timeseries").block("a.x", document(1)).end("a.x"), nil, []string{"a.x"}},
		{"buckets of a collection", prelude("collection").block("a.system.buckets.x").end("a.system.buckets.x"),
			[]string{"a.x 329 namespace has no end"}, []string{"a.system.buckets.x"}},
		{"a namespace that only ends", newSketch().end("a.x"), nil, []string{"a.x"}},
		{"without a collection", newSketch().block("a.", document(1)).end("a."), []string{". 106 not a namespace", ". 193 not a header of an archive", ". 197 not a namespace"}, nil},
		{"an archive in a document", newSketch("a.x").block("a.x", nested, document(2)).end("a.x"), nil, []string{"a.x"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := salvage(t, archive.NewReader(bytes.NewReader(tc.s.data)), tc.s.data)
			if diff := cmp.Diff(tc.faults, got.Faults); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tc.ends, got.Ends); diff != "" {
				t.Errorf("ends (-want +got):\n%s", diff)
			}
			if len(got.Docs) != len(tc.s.docs) {
				t.Errorf("%d documents of %d", len(got.Docs), len(tc.s.docs))
			}
		})
	}
}

// TestErrors: errors match their sentinels, and the Reader cannot continue after those that
// end it.
func TestErrors(t *testing.T) {
	text := string(small().data)
	long := newSketch().block("d." + strings.Repeat("x", 100)).block("e." + strings.Repeat("x", 100))
	broken := errors.New("broken")
	fails := func(n int) io.Reader { return io.MultiReader(strings.NewReader(text[:n]), iotest.ErrReader(broken)) }
	for _, tc := range []struct {
		name string
		o    archive.ReadOptions
		r    io.Reader
		want error
	}{
		{"reader at the start", archive.ReadOptions{}, fails(0), broken},
		{"reader in the magic number", archive.ReadOptions{}, fails(2), broken},
		{"reader in the metadata", archive.ReadOptions{}, fails(200), broken},
		{"reader in a document", archive.ReadOptions{}, fails(450), broken},
		{"reader between blocks", archive.ReadOptions{}, fails(553), broken},
		{"namespaces", archive.ReadOptions{MaxNamespaces: 3}, strings.NewReader(text), archive.ErrTooMany},
		{"namespaces of the metadata", archive.ReadOptions{MaxNamespaces: 2}, strings.NewReader(text), archive.ErrTooMany},
		{"metadata", archive.ReadOptions{MaxMetadata: 100}, strings.NewReader(text), archive.ErrTooMany},
		{"names", archive.ReadOptions{MaxMetadata: 201}, bytes.NewReader(long.data), archive.ErrTooMany},
	} {
		r := tc.o.NewReader(tc.r)
		for r.Next() {
		}
		if !errors.Is(r.Err(), tc.want) || r.Resync(nil) || r.Next() || !errors.Is(r.Err(), tc.want) {
			t.Errorf("%s: %v", tc.name, r.Err())
		}
	}
	within := archive.ReadOptions{MaxMetadata: 202}.NewReader(bytes.NewReader(long.data))
	for within.Next() {
	}
	if !errors.Is(within.Err(), archive.ErrUnended) {
		t.Errorf("names within the limit: %v", within.Err())
	}
	// The reader fails while Resync searches for the next header.
	for n := 500; n < 640; n++ {
		data := text[:480] + "\xff" + text[481:n]
		r := archive.NewReader(io.MultiReader(strings.NewReader(data), iotest.ErrReader(broken)))
		for r.Next() || r.Resync(nil) {
		}
		if !errors.Is(r.Err(), broken) {
			t.Errorf("after %d bytes: %v", n, r.Err())
		}
	}
	r := archive.ReadOptions{MaxDocumentSize: len(document(1))}.NewReader(strings.NewReader(text))
	if r.Resync(nil) {
		t.Error("goes on before there was anything")
	}
	for r.Next() {
	}
	if !errors.Is(r.Err(), bsoncore.ErrTooLarge) {
		t.Errorf("a header that is too large: %v", r.Err())
	}
	full := archive.NewReader(strings.NewReader("text" + text))
	if full.Next() || full.Resync(errWriter{broken}) || full.Err() != broken || full.Next() {
		t.Errorf("a writer that fails: %v", full.Err())
	}
	for _, o := range []archive.ReadOptions{{MaxDocumentSize: -1}, {MaxNamespaces: -1}, {MaxMetadata: -1}, {MaxDepth: -1}} {
		func() {
			defer func() {
				if err, _ := recover().(error); !errors.Is(err, bsoncore.ErrOption) {
					t.Errorf("%+v: %v", o, err)
				}
			}()
			o.NewReader(nil)
		}()
	}
}

type errWriter struct{ err error }

func (w errWriter) Write([]byte) (int, error) { return 0, w.err }

// TestSkipChecksums: without checksums the counts are the same, and no checksum is
// compared.
func TestSkipChecksums(t *testing.T) {
	data := bytes.Replace(small().data, document(3), document(7), 1)
	r := archive.ReadOptions{SkipChecksums: true}.NewReader(bytes.NewReader(data))
	for r.Next() {
	}
	want := map[string]archive.Totals{
		"a.x": {Documents: 8, Bytes: 290, Largest: 37}, "a.empty": {}, "b.y": {Documents: 6, Bytes: 219, Largest: 37}, ".oplog": {Documents: 2, Bytes: 74, Largest: 37},
	}
	got := map[string]archive.Totals{}
	for n, totals := range r.Namespaces() {
		totals.LargestNumber, totals.LargestOffset = 0, 0 // other tests have them
		got[n.String()] = totals
	}
	if diff := cmp.Diff(want, got); diff != "" || r.Err() != nil {
		t.Errorf("%v (-want +got):\n%s", r.Err(), diff)
	}
}

// TestErrorText: the text of an error is short, whatever the length of the namespace.
func TestErrorText(t *testing.T) {
	for name, want := range map[string]string{
		strings.Repeat("é", 199):    strings.Repeat("é", 199),
		strings.Repeat("é", 200):    strings.Repeat("é", 199) + "…",
		strings.Repeat("x", 16<<20): strings.Repeat("x", 398) + "…",
	} {
		err := &archive.Error{Offset: 7, Namespace: archive.Namespace{DB: "d", Collection: name}, Err: archive.ErrName}
		if got, want := err.Error(), "archive: offset 7 (d."+want+"): not a namespace"; got != want {
			t.Errorf("%.50s…: got %d bytes, want %d", name, len(got), len(want))
		}
	}
}
