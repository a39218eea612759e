package stats

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// slow counts documents with maps and decoded bytes.
type slow struct {
	Report
	sizes  map[int]int64
	depths map[int]int64
	types  map[string]Tally
	keys   map[string]*Key
	fields []Field
}

func newSlow() *slow {
	return &slow{sizes: map[int]int64{}, depths: map[int]int64{}, types: map[string]Tally{}, keys: map[string]*Key{}}
}

func (s *slow) add(doc []byte, at Place) {
	at.Bytes = int64(len(doc))
	s.Documents++
	s.Bytes += int64(len(doc))
	s.Largest = append(s.Largest, at)
	for size := 1; ; size *= 2 {
		if len(doc) < size {
			s.sizes[size]++
			break
		}
	}
	s.value("object", 5)
	depth := s.elements(doc, false, "", at)
	s.depths[depth]++
}

func (s *slow) value(t string, n int) {
	tally := s.types[t]
	s.types[t] = Tally{tally.Count + 1, tally.Bytes + int64(n)}
}

// elements counts the elements of doc and returns their depth.
func (s *slow) elements(doc []byte, array bool, above string, at Place) int {
	deepest := 1
	for key, v := range bson.Raw(doc).All() {
		t, data := v.Type, v.Value
		whole := 1 + len(key) + 1 + len(data)
		if array {
			s.Indexes.Count++
			s.Indexes.Bytes += int64(len(key)) + 1
		} else {
			s.Keys.Elements++
			s.Keys.Bytes += int64(len(key)) + 1
			k := s.keys[key]
			if k == nil {
				k = &Key{Key: key}
				s.keys[key] = k
			}
			k.Elements++
			k.Bytes += int64(len(key)) + 1
			k.Shorter += int64(max(len(key)-1, 0))
			k.Without += int64(whole)
		}
		path := string(bsoncore.AppendPointer([]byte(above), []byte(key)))
		var inside []byte
		switch t {
		case bson.TypeDocument, bson.TypeArray:
			inside = data
		case bson.TypeCodeWithScope:
			inside = data[8+binary.LittleEndian.Uint32(data[4:]):]
			fallthrough
		default:
			shown := path
			if len(path) > maxPath {
				shown = path[:maxPath] + "…"
			}
			f := Field{Place: at, Type: t.String(), Path: shown}
			f.Bytes = int64(len(data))
			s.fields = append(s.fields, f)
		}
		own := len(data)
		if inside != nil {
			own -= len(inside) - 5
			deepest = max(deepest, 1+s.elements(inside, t == bson.TypeArray, path, at))
		}
		s.value(t.String(), own)
	}
	return deepest
}

func (s *slow) report() *Report {
	r := &s.Report
	if r.Documents > 0 {
		r.Mean = float64(int64(100*float64(r.Bytes)/float64(r.Documents)+0.5)) / 100
		smallest := slices.MinFunc(r.Largest, func(a, b Place) int {
			return cmp.Or(cmp.Compare(a.Bytes, b.Bytes), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Offset, b.Offset))
		})
		r.Smallest = &smallest
	}
	slices.SortStableFunc(r.Largest, func(a, b Place) int { return cmp.Compare(b.Bytes, a.Bytes) })
	r.Largest = r.Largest[:min(len(r.Largest), 10)]
	slices.SortStableFunc(s.fields, func(a, b Field) int { return cmp.Compare(b.Bytes, a.Bytes) })
	r.Fields = s.fields[:min(len(s.fields), 10)]
	for size, n := range s.sizes {
		r.Sizes = append(r.Sizes, Range{int64(size / 2), int64(size - 1), n})
	}
	slices.SortFunc(r.Sizes, func(a, b Range) int { return cmp.Compare(a.From, b.From) })
	for d, n := range s.depths {
		r.Depths = append(r.Depths, Depth{d, n})
	}
	slices.SortFunc(r.Depths, func(a, b Depth) int { return cmp.Compare(a.Depth, b.Depth) })
	for t := range 256 {
		if tally, ok := s.types[bson.Type(t).String()]; ok {
			r.Types = append(r.Types, Type{bson.Type(t).String(), tally})
		}
	}
	r.Keys.Distinct = int64(len(s.keys))
	for _, k := range s.keys {
		r.Keys.List = append(r.Keys.List, *k)
	}
	slices.SortFunc(r.Keys.List, func(a, b Key) int {
		return cmp.Or(cmp.Compare(b.Without, a.Without), strings.Compare(a.Key, b.Key))
	})
	return r
}

// placed is a document with its place.
type placed struct {
	doc []byte
	at  Place
}

// someDocuments returns documents of two inputs.
func someDocuments(seed uint64) (all []placed) {
	for i, mix := range []sample.Mix{sample.Wild, sample.Bench} {
		offset := int64(0)
		for n, doc := range sample.Documents(mix, seed, 300) {
			all = append(all, placed{doc, Place{Input: strconv.Itoa(i), Order: int64(i), Number: int64(n + 1), Offset: offset}})
			offset += int64(len(doc))
		}
	}
	return all
}

var reports = cmpopts.EquateEmpty()

// The counts are those of a slow loop, however the documents are split into parts that are
// used again. Malformed documents between them change nothing.
func TestStats(t *testing.T) {
	for seed := range uint64(6) {
		docs := someDocuments(seed)
		reference := newSlow()
		for _, d := range docs {
			reference.add(d.doc, d.at)
		}
		want := reference.report()
		r := rand.New(rand.NewPCG(seed, 1))
		all, part := New(0), New(0)
		for len(docs) > 0 {
			n := r.IntN(min(len(docs), 90)) + 1
			move := r.Int64N(1000)
			for _, d := range docs[:n] {
				at := d.at
				at.Offset -= move
				if bad := bytes.Clone(d.doc); r.IntN(2) == 0 && len(bad) > 5 {
					bad[4+r.IntN(len(bad)-4)] = byte(r.Uint32())
					if bson.ValidateOptions.Validate(bson.ValidateOptions{AllowInvalidUTF8: true}, bad) != nil {
						if err := part.Add(bad, at); err == nil {
							t.Fatalf("a malformed document: %v", err)
						}
					}
				}
				if err := part.Add(d.doc, at); err != nil {
					t.Fatal(err)
				}
			}
			if r.IntN(4) == 0 { // the documents come again
				part.Reset()
				continue
			}
			docs = docs[n:]
			all.Merge(part, func(p *Place) { p.Offset += move })
		}
		got := all.Report(0)
		if diff := gocmp.Diff(want, got, reports); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
		sum := got.Keys.Bytes + got.Keys.Elements + got.Indexes.Bytes + got.Indexes.Count
		for _, t := range got.Types {
			sum += t.Bytes
		}
		if sum != got.Bytes {
			t.Errorf("the parts have %d bytes, the documents %d", sum, got.Bytes)
		}
		if few := all.Report(3); len(few.Keys.List) != 3 || few.Keys.Elements != got.Keys.Elements {
			t.Errorf("three keys: %v", few.Keys)
		}
	}
}

// Over the limit of keys, those that are held have exact counts, and they do not depend on
// the order or on parts. The number of all keys is near the truth.
func TestManyKeys(t *testing.T) {
	const distinct, limit = 20_000, 500
	r := rand.New(rand.NewPCG(3, 4))
	want := map[string]int64{}
	var docs [][]byte
	for i := range 3 * distinct {
		name := fmt.Sprint("key ", i%distinct)
		if i >= distinct {
			name = fmt.Sprint("key ", r.IntN(distinct))
		}
		want[name]++
		doc, mark := bsoncore.Begin(nil)
		docs = append(docs, bsoncore.End(bsoncore.AppendNull(doc, name), mark))
	}
	newSmall := func() *Stats {
		s := New(0)
		s.keys.init(limit)
		return s
	}
	var first []Key
	for i := range 4 {
		all, part := newSmall(), newSmall()
		for at := 0; at < len(docs); {
			n := min(len(docs)-at, 1+r.IntN(3000))
			for _, doc := range docs[at : at+n] {
				part.Add(doc, Place{})
			}
			at += n
			all.Merge(part, nil)
		}
		got := all.Report(0).Keys
		if !got.Estimated || len(got.List) != limit || got.Elements != int64(len(docs)) {
			t.Fatalf("%d keys of %d elements, estimated %t", len(got.List), got.Elements, got.Estimated)
		}
		if off := float64(got.Distinct)/distinct - 1; off < -0.15 || off > 0.15 {
			t.Errorf("%d different keys, want about %d", got.Distinct, distinct)
		}
		for _, k := range got.List {
			if k.Elements != want[k.Key] {
				t.Errorf("%s: %d elements, want %d", k.Key, k.Elements, want[k.Key])
			}
		}
		if first == nil {
			first = got.List
		} else if diff := gocmp.Diff(first, got.List); diff != "" {
			t.Errorf("order %d (-first +got):\n%s", i, diff)
		}
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	}
}

// Long keys, deep and hostile documents.
func TestHostile(t *testing.T) {
	s := New(0)
	long := strings.Repeat("k", 300)
	doc, mark := bsoncore.Begin(nil)
	for range 2000 {
		doc = bsoncore.AppendString(doc, long, "\x1b\xff")
	}
	doc = bsoncore.End(doc, mark)
	deep := []byte{5, 0, 0, 0, 0}
	for range 99 {
		outer, mark := bsoncore.Begin(nil)
		deep = bsoncore.End(bsoncore.AppendValue(outer, "deep/", bsoncore.TypeDocument, deep), mark)
	}
	for _, d := range [][]byte{doc, deep} {
		if err := s.Add(d, Place{Input: "a\x1b\n"}); err != nil {
			t.Fatal(err)
		}
	}
	r := s.Report(0)
	if len(r.Keys.List) != 1 || r.Keys.Elements != 2099 || r.Keys.Distinct != 1 || len(r.Depths) != 2 || r.Depths[1].Depth != 100 {
		t.Errorf("%+v", r)
	}
	for _, bars := range []Bars{Unicode, ASCII, NoBars} {
		var b strings.Builder
		if err := r.WriteTable(&b, bars); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); strings.ContainsRune(text, 0x1b) || !utf8.ValidString(text) || strings.Contains(text, "█") != (bars == Unicode) || strings.Contains(text, "#") != (bars == ASCII) {
			t.Errorf("bars %d:\n%s", bars, text)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

// Nothing is allocated for documents like those before.
func TestAllocations(t *testing.T) {
	docs := sample.Documents(sample.Bench, 1, 200)
	s := New(0)
	all := func() {
		for _, doc := range docs {
			if err := s.Add(doc, Place{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range most { // now the largest document is all of the largest ones
		all()
	}
	if n := testing.AllocsPerRun(5, all); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Bars have the share of the whole.
func TestBars(t *testing.T) {
	for _, tc := range []struct {
		bars      Bars
		part, all int64
		want      string
	}{
		{Unicode, 1, 1, strings.Repeat("█", 24)},
		{Unicode, 1, 2, strings.Repeat("█", 12)},
		{Unicode, 1, 192, "▏"},
		{Unicode, 7, 192, "▉"},
		{Unicode, 9, 192, "█▏"},
		{Unicode, 0, 192, ""},
		{Unicode, 1, 0, ""},
		{ASCII, 1, 4, "######"},
		{ASCII, 1, 1000, ""},
		{NoBars, 1, 1, ""},
	} {
		if got := tc.bars.bar(tc.part, tc.all); got != tc.want {
			t.Errorf("bar %d of %d of %d: %q, want %q", tc.bars, tc.part, tc.all, got, tc.want)
		}
	}
}
