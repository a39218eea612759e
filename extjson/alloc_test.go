//go:build !race

package extjson_test

import (
	"errors"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/fresh"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// edgeContainers is the index of the document of a collection that is so deep that
// a bson.Cursor allocates.
const edgeContainers = 7

// TestNoAllocs: with warm buffers both directions allocate nothing, for all
// options.
func TestNoAllocs(t *testing.T) {
	docs := sample.Documents(sample.Collection, sample.Seed, 300)
	docs[edgeContainers] = docs[0]
	docs = append(docs, sample.Documents(sample.Bench, 1, 100)...)
	for _, mode := range []extjson.Mode{extjson.Relaxed, extjson.Canonical} {
		for _, o := range []extjson.EncodeOptions{
			{}, {Indent: "  "}, {ASCII: true}, {EscapeHTML: true}, {RejectLossy: true},
			{ASCII: true, Indent: "\t", EscapeHTML: true, InvalidUTF8: bson.UTF8Replace},
		} {
			o.Mode = mode
			var text, back []byte
			texts := make([][]byte, len(docs))
			for i, doc := range docs {
				var err error
				if texts[i], err = o.AppendJSON(nil, doc); err != nil {
					t.Fatal(err)
				}
			}
			run := func() {
				for i, doc := range docs {
					text, _ = o.AppendJSON(text[:0], doc)
					back, _ = extjson.AppendBSON(back[:0], texts[i])
				}
			}
			run()
			if n := testing.AllocsPerRun(3, run); n != 0 {
				t.Errorf("%+v: %v allocations", o, n)
			}
		}
	}
}

// TestNoAllocsDialects is TestNoAllocs for the other modes and layouts. Sorting
// makes one allocation for each document.
func TestNoAllocsDialects(t *testing.T) {
	docs := sample.Documents(sample.Bench, 1, 200)
	for _, p := range encodePaths {
		p.o.Lossy = true
		in := extjson.DecodeOptions{Legacy: p.o.Mode == extjson.Legacy, Shell: p.o.Mode == extjson.Shell}
		var text, back []byte
		texts := make([][]byte, len(docs))
		for i, doc := range docs {
			var err error
			if texts[i], err = p.o.AppendJSON(nil, doc); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(3, func() {
			for _, doc := range docs {
				text, _ = p.o.AppendJSON(text[:0], doc)
			}
		}); n != 0 && (!p.o.SortKeys || n > float64(len(docs))) {
			t.Errorf("%s: writing makes %v allocations", p.name, n)
		}
		if p.o.Mode == extjson.Plain {
			continue
		}
		if n := testing.AllocsPerRun(3, func() {
			for _, text := range texts {
				back, _ = in.AppendBSON(back[:0], text)
			}
		}); n != 0 {
			t.Errorf("%s: reading makes %v allocations", p.name, n)
		}
	}
}

// TestNoAllocsEscape: keys are escaped and counted without allocations.
func TestNoAllocsEscape(t *testing.T) {
	doc, outer := bsoncore.Begin(nil)
	doc, inner := bsoncore.BeginDocument(doc, "a")
	doc = bsoncore.AppendString(bsoncore.AppendInt32(doc, "$$b", 1), "$oid", "zz")
	doc = bsoncore.AppendNull(doc, "$$"+strings.Repeat("long ", 2000))
	doc = bsoncore.End(bsoncore.End(doc, inner), outer)
	escape, in := extjson.EncodeOptions{AmbiguousKeys: extjson.Escape}, extjson.DecodeOptions{EscapedKeys: true}
	text, err := escape.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	var out, back []byte
	run := func() {
		out, _ = escape.AppendJSON(out[:0], doc)
		back, _ = in.AppendBSON(back[:0], text)
		extjson.CountEscaped(doc)
	}
	run()
	if n := testing.AllocsPerRun(3, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestDecoderAllocs: a Decoder allocates its buffers, and nothing for each document
// except a few words for a document that arrives in two reads.
func TestDecoderAllocs(t *testing.T) {
	var lines strings.Builder
	e := extjson.NewEncoder(&lines)
	for _, doc := range sample.Documents(sample.Bench, 1, 100) {
		if err := e.EncodeRaw(doc); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	allocs := func(hundreds int) float64 {
		text := strings.Repeat(lines.String(), hundreds)
		return testing.AllocsPerRun(2, func() {
			d := extjson.NewDecoder(strings.NewReader(text))
			for d.Next() {
			}
			if d.Err() != nil {
				t.Fatal(d.Err())
			}
		})
	}
	if few, many := allocs(5), allocs(50); many > few+100 {
		t.Errorf("%v allocations for 500 documents, %v for 5000 documents", few, many)
	}
}

// A repeated reader returns text n times.
type repeated struct {
	text string
	n    int
	rest string
}

func (r *repeated) Read(p []byte) (int, error) {
	total := 0
	for len(p) > 0 {
		if r.rest == "" {
			if r.n == 0 {
				break
			}
			r.n--
			r.rest = r.text
		}
		n := copy(p, r.rest)
		p, r.rest = p[n:], r.rest[n:]
		total += n
	}
	if total == 0 {
		return 0, io.EOF
	}
	return total, nil
}

// TestDecoderMemory: reading 200 MB takes a few buffers.
func TestDecoderMemory(t *testing.T) {
	for _, tc := range []struct {
		name, before, text, after string
		docs                      int // number of documents in each text
	}{
		{"lines", "", strings.Repeat(kitchenSink+"\n", 500), "", 500},
		{"array", "[{}", "," + strings.Repeat(" ", 1<<20) + `{"a":"` + strings.Repeat("é", 50_000) + `"}`, "]", 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := 100 << 20 / len(tc.text)
			r := io.MultiReader(strings.NewReader(tc.before), &repeated{text: tc.text, n: n}, strings.NewReader(tc.after))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d := extjson.NewDecoder(r)
			docs := 0
			for d.Next() {
				docs++
			}
			runtime.ReadMemStats(&after)
			if want := n*tc.docs + len(tc.after); docs != want || d.Err() != nil {
				t.Errorf("%d documents, %v, want %d", docs, d.Err(), want)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
				t.Errorf("%d bytes allocated", got)
			}
		})
	}
}

// TestEncoderAllocs: an Encoder allocates its buffer and nothing for each
// document.
func TestEncoderAllocs(t *testing.T) {
	docs := sample.Documents(sample.Bench, 1, 50)
	e := extjson.NewEncoder(io.Discard)
	run := func() {
		for range 20 {
			for _, doc := range docs {
				if err := e.EncodeRaw(doc); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	run()
	if n := testing.AllocsPerRun(3, run); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestDecoderAmplification: the elements take more bytes in BSON than in text. A
// document over the limit is an error before its text has ended.
func TestDecoderAmplification(t *testing.T) {
	for _, n := range []int{1000, 1 << 20} {
		r := io.MultiReader(strings.NewReader(`{"a":[`), &repeated{text: strings.Repeat("0,", 1000), n: 50_000})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d := extjson.DecodeOptions{MaxDocumentSize: 1 << 20}.NewDecoder(&hesitant{r: r, n: n})
		if d.Next() {
			t.Error("a document")
		}
		runtime.ReadMemStats(&after)
		wantFault(t, d.Err(), fault{Line: 1, Column: 1, Err: bson.ErrTooLarge, Value: true})
		if got := after.TotalAlloc - before.TotalAlloc; got > 32<<20 {
			t.Errorf("in pieces of %d bytes: %d bytes allocated", n, got)
		}
	}
}

// TestDecoderPieceAmplification is TestDecoderAmplification for text that has
// arrived completely. The elements are in one array, in many arrays, and in many
// arrays with few elements each.
func TestDecoderPieceAmplification(t *testing.T) {
	const limit = 1 << 20 // largest document in bytes
	some := "[" + strings.Repeat("0,", 200) + "0],"
	for _, element := range []string{"0,", some, "[" + strings.Repeat(some, 200) + "0],"} {
		text := []byte(`{"a":[` + strings.Repeat(element, 8*limit/len(element)) + `0]}`)
		d := extjson.DecodeOptions{MaxDocumentSize: limit}.NewDecoder(nil)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d.Reset(&textcut.Piece{Text: text})
		if d.Next() {
			t.Error("a document")
		}
		runtime.ReadMemStats(&after)
		wantFault(t, d.Err(), fault{Line: 1, Column: 1, Err: bson.ErrTooLarge, Value: true})
		if got := after.TotalAlloc - before.TotalAlloc; got > 8*limit {
			t.Errorf("%.10s: %d bytes allocated", element, got)
		}
	}
}

// TestDecoderEndlessMemory: all buffers together, garbage included, have at most 1.5
// times the limit, because a collection may come late.
func TestDecoderEndlessMemory(t *testing.T) {
	for _, limit := range []int{readAhead, 1 << 20, 5_000_000, 64 << 20} {
		for _, text := range []string{`{"a":`, "[{}, {}, \n{", `{"a":[{"$numberInt":"1"},`} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d := extjson.DecodeOptions{MaxTextSize: limit}.NewDecoder(&endless{text: text, fill: ' ', n: 1 << 20})
			for d.Next() {
			}
			runtime.ReadMemStats(&after)
			if !errors.Is(d.Err(), bson.ErrTooLarge) {
				t.Errorf("limit %d: %q: error %v", limit, text, d.Err())
			}
			if n := int(after.TotalAlloc - before.TotalAlloc); n > limit+limit/2+2*readAhead {
				t.Errorf("limit %d: %q: %d bytes allocated", limit, text, n)
			}
		}
	}
}

// TestAppenderAllocs: an Appender allocates nothing if dst has room.
func TestAppenderAllocs(t *testing.T) {
	docs := sample.Documents(sample.Bench, 1, 100)
	a, err := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true, MaxTextSize: 1 << 20}.NewAppender()
	if err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 0, 64<<10)
	if n := testing.AllocsPerRun(3, func() {
		for _, doc := range docs {
			a.Reset(doc)
			for c := a.Cursor(); c.Next(); {
				if text, err = a.AppendElement(text[:0]); err != nil {
					t.Fatal(err)
				}
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestFreshAllocs: without a buffer each result is one allocation, of its own length.
// Results over 4 MiB may have a quarter of their length as spare capacity. Over 4 MiB,
// the BSON between a Go value and its text is a second allocation, and so is a result
// that is copied behind the bytes of a dst. Compact and Indent also allocate a list of
// the open brackets, and a longer one for the document of 6 MB, which has more than 16
// levels.
func TestFreshAllocs(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties the pools
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))  // each processor has its pools
	for _, size := range []int{20, 100, 1000, 50_000, 200_000, 6_000_000} {
		doc := sample.Sized(1, size)
		text, err := extjson.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		canonical := extjson.EncodeOptions{Mode: extjson.Canonical}
		list := []byte("[" + string(text) + "]")
		var v any = bson.Raw(doc)
		for _, tc := range []struct {
			name  string
			f     func() ([]byte, error)
			want  float64
			large float64 // over 4 MiB; 0: want
		}{
			{"AppendJSON", func() ([]byte, error) { return extjson.AppendJSON(nil, doc) }, 1, 0},
			{"AppendJSON, canonical", func() ([]byte, error) { return canonical.AppendJSON(nil, doc) }, 1, 0},
			{"AppendJSON, indented", func() ([]byte, error) { return extjson.EncodeOptions{Indent: "  "}.AppendJSON(nil, doc) }, 1, 0},
			{"AppendJSONValue", func() ([]byte, error) { return extjson.AppendJSONValue(nil, bson.TypeArray, doc) }, 1, 0},
			{"AppendBSON", func() ([]byte, error) { return extjson.AppendBSON(nil, text) }, 1, 0},
			{"AppendBSON, a dst without room", func() ([]byte, error) { return extjson.AppendBSON(list[:1:1], text) }, 1, 2},
			{"AppendBSONValue", func() ([]byte, error) { out, _, err := extjson.AppendBSONValue(nil, list); return out, err }, 1, 0},
			{"Marshal", func() ([]byte, error) { return extjson.Marshal(v) }, 1, 2},
			{"MarshalValue", func() ([]byte, error) { return extjson.MarshalValue(v) }, 1, 2},
			{"Compact", func() ([]byte, error) { return extjson.Compact(nil, text) }, 2, 3},
			{"Indent", func() ([]byte, error) { return extjson.Indent(nil, text, "\t") }, 2, 3},
		} {
			want := tc.want
			if tc.large > 0 && size > 4<<20 {
				want = tc.large
			}
			fresh.Check(t, tc.name, size, want, tc.f)
		}
	}
}

// TestResyncCommentMemory: a comment without an end is not kept in memory, and all
// its bytes are skipped or read, for any text after it.
func TestResyncCommentMemory(t *testing.T) {
	const size = 256 << 20
	for _, text := range []string{"/*", "//", "[{a:1}, /* x", "{a:1, /*"} {
		r := io.LimitReader(&endless{text: text, fill: 'y', n: 1 << 20}, size)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d := extjson.DecodeOptions{Shell: true}.NewDecoder(r)
		var passed counting
		read, faults := 0, 0
		for {
			for d.Next() {
				read += len(d.Text())
			}
			if d.Err() == nil {
				break
			}
			if faults++; !d.Resync(&passed) {
				t.Fatal(d.Err())
			}
		}
		runtime.ReadMemStats(&after)
		separators := len("[, ")
		if text[0] != '[' {
			separators = 0
		}
		if read+int(passed)+separators != size || faults != 1 {
			t.Errorf("%s: %d bytes read, %d skipped, %d faults", text, read, passed, faults)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > size {
			t.Errorf("%s: %d bytes allocated", text, n)
		}
	}
}
