package archive_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/race"
)

// This file reads archives in pieces of random sizes and compares that with reading them
// in one go.

// inPieces reads data like salvage: a PieceReader reads as far as it can and the Reader
// follows, else the Reader reads one event. It returns the number of documents in pieces
// too.
func inPieces(t *testing.T, data []byte, random *rand.Rand) (got salvaged, pieced int) {
	t.Helper()
	got.Unsure = map[int64]bool{}
	r := archive.NewReader(bytes.NewReader(data))
	p := archive.ReadOptions{}.NewPieceReader()
	skipped := new(bytes.Buffer)
	for {
		if place, ok := r.Place(); ok && random.IntN(3) > 0 {
			base := int64(len(data) - len(rest(t, r, data)))
			piece := data[base:]
			piece = piece[:random.IntN(min(len(piece), 300)+1)]
			var docs []kept
			p.Reset(piece, place)
			for p.Next() && p.Document().Validate() == nil {
				docs = append(docs, kept{p.Place().Namespace, base + int64(p.Offset()), string(p.Document())})
			}
			end := p.End()
			if p.Document() != nil { // malformed
				end = p.Offset()
			}
			var numbers []int64
			if r.Follow(piece[:end], func(offset int) {
				if i := len(numbers); docs[i] != (kept{r.Namespace(), base + int64(offset), docs[i].Doc}) {
					t.Fatalf("followed %s at %d, read %v", r.Namespace(), offset, docs[i])
				}
				numbers = append(numbers, r.Totals().Documents)
			}) {
				if len(numbers) != len(docs) {
					t.Fatalf("followed %d documents of %d", len(numbers), len(docs))
				}
				if random.IntN(4) == 0 { // and once more
					r.Unfollow()
					if !r.Follow(piece[:end], nil) {
						t.Fatal("the second time, it does not follow")
					}
				}
				got.Docs, pieced = append(got.Docs, docs...), pieced+len(docs)
			} else if now, ok := r.Place(); !ok || now != place {
				t.Fatalf("at %v after a refusal, want %v", now, place)
			}
			r.Continue(bytes.NewReader(data[len(data)-len(rest(t, r, data)):]))
		}
		if r.Next() {
			if r.Event() != archive.Document {
				continue
			}
			doc := r.Document()
			err := doc.Validate()
			if err == nil {
				got.Docs = append(got.Docs, kept{r.Namespace(), r.Offset(), string(doc)})
				continue
			}
			got.Faults = append(got.Faults, fmt.Sprintf("%s %d %v", r.Namespace(), r.Offset(), err))
		} else if fault := (*archive.Error)(nil); errors.As(r.Err(), &fault) {
			got.Faults = append(got.Faults, fmt.Sprintf("%s %d %v", fault.Namespace, fault.Offset, fault.Err))
		} else if r.Err() == nil {
			got.Skipped = skipped.String()
			return got, pieced
		}
		if !r.Resync(skipped) {
			t.Fatal(r.Err())
		}
	}
}

// rest returns the bytes after the place of r.
func rest(t *testing.T, r *archive.Reader, data []byte) []byte {
	t.Helper()
	return data[r.Consumed():]
}

// TestPieces: pieces give the same documents, faults, skipped bytes and counts, with
// damage and without.
func TestPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	many := newSketch("a.x", "b.y")
	for i := range 30 {
		many.block([]string{"a.x", "b.y"}[i%2], some(10*i, 10*i+9)...)
	}
	many.end("a.x").end("b.y")
	pieces := 0
	for _, s := range []*sketch{small(), many} {
		for i := range 150 {
			data := bytes.Clone(s.data)
			for range i % 4 {
				data[random.IntN(len(data))] ^= 1 << random.IntN(8)
			}
			want := salvage(t, archive.NewReader(bytes.NewReader(data)), data)
			got, pieced := inPieces(t, data, random)
			want.Unsure, got.Unsure, want.Ends = nil, nil, nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("archive %d (-whole +in pieces):\n%s", i, diff)
			}
			pieces += pieced
		}
	}
	if pieces < 4_000 {
		t.Errorf("%d documents were in pieces", pieces)
	}
}

// TestPieceReader: what ends a piece, and where.
func TestPieceReader(t *testing.T) {
	outside, inside := archive.Place{}, archive.Place{Namespace: name("a.x"), Inside: true}
	doc := string(document(1))
	header := string(newSketch().header("b.y", false, 0).data[len(newSketch().data):])
	for _, tc := range []struct {
		name string
		data string
		from archive.Place
		docs int
		end  int
		at   archive.Place
		err  error
	}{
		{"nothing", "", inside, 0, 0, inside, nil},
		{"documents", doc + doc, inside, 2, 2 * len(doc), inside, nil},
		{"the end of a block", doc + term, inside, 1, len(doc) + 4, outside, nil},
		{"the next block", term + header + doc, inside, 1, 4 + len(header) + len(doc), archive.Place{Namespace: name("b.y"), Inside: true}, nil},
		{"a part of a length", doc + doc[:3], inside, 1, len(doc), inside, bsoncore.ErrTruncated},
		{"a part of a document", doc + doc[:len(doc)-1], inside, 1, len(doc), inside, bsoncore.ErrTruncated},
		{"a document in place of a header", doc, outside, 0, 0, outside, archive.ErrHeader},
		{"a header in place of a document", doc + header, inside, 1, len(doc), inside, archive.ErrBlock},
		{"two ends of a block", term + term, inside, 0, 4, outside, bsoncore.ErrLength},
		{"an impossible length", "\x04\x00\x00\x00\x00", inside, 0, 0, inside, bsoncore.ErrLength},
		{"a long document", "\x01\x00\x00\x7f\x00", inside, 0, 0, inside, bsoncore.ErrTooLarge},
		{"no NUL at the end", doc[:len(doc)-1] + "x", inside, 0, 0, inside, bsoncore.ErrTerminator},
	} {
		p := archive.ReadOptions{}.NewPieceReader()
		p.Reset([]byte(tc.data), tc.from)
		docs := 0
		for p.Next() {
			if string(p.Document()) != doc || tc.data[p.Offset():p.End()] != doc {
				t.Errorf("%s: document %x at %d", tc.name, p.Document(), p.Offset())
			}
			docs++
		}
		if docs != tc.docs || p.End() != tc.end || p.Place() != tc.at || !errors.Is(p.Err(), tc.err) || p.Next() || p.Document() != nil {
			t.Errorf("%s: %d documents, end %d at %v, %v", tc.name, docs, p.End(), p.Place(), p.Err())
		}
		p.Reset([]byte(tc.data), tc.from)
		archive.NewReader(nil).Foresee(p, 7)
		if p.End() != tc.end || p.Place() != tc.at || !errors.Is(p.Err(), tc.err) || p.Next() || p.Document() != nil {
			t.Errorf("%s: foreseen up to %d at %v, %v", tc.name, p.End(), p.Place(), p.Err())
		}
	}
}

// TestPieceReaderBlock: Block changes with the block, and only with it.
func TestPieceReaderBlock(t *testing.T) {
	s := newSketch()
	start := len(s.data)
	s.block("a.x", some(1, 3)...).block("a.x", some(4, 5)...).block("b.y", some(6, 7)...)
	p := archive.ReadOptions{}.NewPieceReader()
	var got []int
	for range 2 {
		p.Reset(s.data[start:], archive.Place{})
		first := p.Block()
		for p.Next() {
			got = append(got, p.Block()-first)
		}
	}
	if diff := cmp.Diff([]int{1, 1, 1, 2, 2, 3, 3, 1, 1, 1, 2, 2, 3, 3}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	before := p.Block()
	if p.Reset(nil, p.Place()); p.Block() == before {
		t.Error("Reset leaves Block as it was")
	}
}

// TestFollow: a piece with a fault that only the whole archive shows is refused, and
// leaves no trace.
func TestFollow(t *testing.T) {
	begin := newSketch("a.x").block("a.x", some(1, 3)...)
	for _, tc := range []struct {
		name  string
		piece func(s *sketch)
	}{
		{"wrong checksum", func(s *sketch) { s.block("b.y", document(4)).header("a.x", true, 7).text(term) }},
		{"a namespace that was ended", func(s *sketch) { s.block("b.y", document(4)).end("a.x").block("a.x", document(5)) }},
		{"a header inside of a block", func(s *sketch) { s.header("a.x", false, 0).documents("a.x", document(4)).header("a.x", false, 0) }},
		{"no header", func(s *sketch) { s.block("b.y", document(4)).text(string(document(4))) }},
		{"documents in an end", func(s *sketch) { s.header("a.x", true, s.sums[name("a.x")]).documents("a.x", document(4)) }},
	} {
		start := len(begin.data)
		s := newSketch("a.x").block("a.x", some(1, 3)...)
		tc.piece(s)
		r := archive.NewReader(bytes.NewReader(begin.data))
		for range 4 {
			r.Next()
		}
		r.Follow(begin.data[start-4:], nil) // the end of the block
		want := fmt.Sprint(r.Consumed(), r.Namespace(), r.Totals())
		if r.Follow(s.data[start:], nil) {
			t.Errorf("%s: followed", tc.name)
		}
		count := 0
		for range r.Namespaces() {
			count++
		}
		if got := fmt.Sprint(r.Consumed(), r.Namespace(), r.Totals()); got != want || count != 1 || r.Err() != nil {
			t.Errorf("%s: %s, %d namespaces, %v; want %s", tc.name, got, count, r.Err(), want)
		}
		r.Continue(io.MultiReader())
		r.Continue(bytes.NewReader(newSketch("a.x").block("a.x", some(1, 3)...).end("a.x").data[start:]))
		for r.Next() {
		}
		if r.Err() != nil {
			t.Errorf("%s: after it %v", tc.name, r.Err())
		}
	}
}

// TestFollowChecksums: the counts and checksums of long namespaces are right, in whatever
// pieces they are followed, foreseen or not, and after pieces that are refused or taken back.
func TestFollowChecksums(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	var names []string
	for i := range 14 { // more than have summers at the same time
		names = append(names, fmt.Sprintf("a.%d", i))
	}
	s := newSketch(names...)
	for i := range 80 {
		s.block(names[i/20+random.IntN(11)], some(1, random.IntN([]int{20, 2_000, 5_000}[random.IntN(3)]))...)
		if i%20 == 19 {
			s.end(names[i/20])
		}
	}
	for _, n := range names[4:] {
		s.end(n)
	}
	p := archive.ReadOptions{}.NewPieceReader()
	refused, taken := 0, 0
	const rounds = 20 / race.Slowdown
	for range rounds {
		r := archive.NewReader(bytes.NewReader(s.data))
		for r.Next() {
			place, ok := r.Place()
			if !ok || random.IntN(3) > 0 {
				continue
			}
			rest := s.data[r.Consumed():]
			p.Reset(rest[:random.IntN(min(len(rest), []int{100, 100_000, 400_000}[random.IntN(3)])+1)], place)
			switch random.IntN(3) {
			case 0: // more than follows
				r.Foresee(p, r.Consumed())
				p.Reset(s.data[r.Consumed():][:random.IntN(p.End()+1)], place)
				for p.Next() {
				}
			case 1:
				r.Foresee(p, r.Consumed())
			default:
				for p.Next() {
				}
			}
			piece := s.data[r.Consumed():][:p.End():p.End()]
			if random.IntN(3) == 0 {
				wrong := newSketch()
				if p.Place().Inside {
					wrong.text(term)
				}
				from := len(newSketch().data)
				if r.Follow(append(piece, wrong.header(names[random.IntN(len(names))], true, 1).data[from:]...), nil) {
					t.Fatal("a wrong checksum is followed")
				}
				refused++
			}
			if random.IntN(3) == 0 && r.Follow(piece, nil) {
				r.Unfollow()
				taken++
			}
			if !r.Follow(piece, nil) {
				t.Fatal("a piece without a fault is refused")
			}
			r.Continue(bytes.NewReader(s.data[r.Consumed():]))
		}
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		got := map[string]archive.Totals{}
		for n, totals := range r.Namespaces() {
			got[n.String()] = totals
		}
		want := map[string]archive.Totals{}
		for _, k := range s.docs {
			w := want[k.Name.String()]
			if w.Documents, w.Bytes, w.Checksum = w.Documents+1, w.Bytes+int64(len(k.Doc)), archive.Matches; len(k.Doc) > w.Largest {
				w.Largest, w.LargestNumber, w.LargestOffset = len(k.Doc), w.Documents, k.Offset
			}
			want[k.Name.String()] = w
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
	if refused < 5*rounds || taken < 5*rounds {
		t.Errorf("%d pieces refused, %d taken back", refused, taken)
	}
}

// TestEnded: the end of a namespace is one that was read, not that of the archive.
func TestEnded(t *testing.T) {
	r := archive.NewReader(bytes.NewReader(newSketch("a.x", "b.y").block("a.x", document(1)).end("a.x").block("b.y", document(2)).data))
	for r.Next() || r.Resync(nil) {
		if r.Event() == archive.Document && r.Ended(r.Namespace()) {
			t.Errorf("%s ended before its end", r.Namespace())
		}
	}
	if !r.Ended(name("a.x")) || r.Ended(name("b.y")) || r.Ended(name("c.z")) {
		t.Error(r.Ended(name("a.x")), r.Ended(name("b.y")), r.Ended(name("c.z")))
	}
}

// TestMeasurements: the name of a bucket tells that of its time series.
func TestMeasurements(t *testing.T) {
	if n, ok := name("a.system.buckets.x.y").Measurements(); n != name("a.x.y") || !ok {
		t.Error(n, ok)
	}
	if n, ok := name("a.x").Measurements(); ok {
		t.Error(n, ok)
	}
}

// TestAfterDamage: a megabyte after damage pieces can be read again, in the same block.
// Damage after that is found, and so is the end of the block.
func TestAfterDamage(t *testing.T) {
	s := newSketch("a.x", "b.y").header("a.x", false, 0)
	for i := range 3 {
		s.text("text that was printed").documents("a.x", some(60_000*i, 60_000*i+50_000)...)
	}
	s.text(term).block("b.y", document(1)).end("b.y").end("a.x")
	r := archive.NewReader(bytes.NewReader(s.data))
	var placed []int64 // offsets of the first documents after which there is a place
	faults, read, was := 0, 0, true
	for r.Next() || r.Resync(nil) {
		if r.Event() != archive.Document {
			continue
		}
		want := s.docs[read]
		if got := (kept{r.Namespace(), r.Offset(), string(r.Document())}); got != want {
			t.Fatalf("document %d: %v, want %v", read, got, want)
		}
		place, ok := r.Place()
		if ok && !was {
			placed = append(placed, r.Offset())
			if place != (archive.Place{Namespace: want.Name, Inside: true}) {
				t.Errorf("place %v at %d", place, r.Offset())
			}
		}
		if was && !ok {
			faults++
		}
		read, was = read+1, ok
	}
	if read != len(s.docs) || faults != 3 || len(placed) != 3 || r.Err() != nil {
		t.Fatalf("%d documents of %d, %d faults, places after %v, %v", read, len(s.docs), faults, placed, r.Err())
	}
	for i, n := range placed {
		if from := s.docs[50_001*i].Offset; n-from < 1<<20 || n-from > 1<<20+100 {
			t.Errorf("a place %d bytes after damage", n-from)
		}
	}
	if got := salvage(t, archive.NewReader(bytes.NewReader(s.data)), s.data); len(got.Docs) != len(s.docs) || len(got.Faults) != 3 {
		t.Errorf("%d documents, %q", len(got.Docs), got.Faults)
	}
}
