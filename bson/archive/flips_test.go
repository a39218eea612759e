package archive_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// turns returns an archive of documents of a mix in blocks of two namespaces that take
// turns, with one more that is empty.
func turns(mix sample.Mix, n int) *sketch {
	s := newSketch("shop.a", "shop.b", "shop.empty").block("shop.empty")
	for i, doc := range sample.Documents(mix, 11, n) {
		if i%5 == 0 {
			s.block([]string{"shop.a", "shop.b"}[i/5%2])
			s.data = s.data[:len(s.data)-len(term)]
		}
		s.documents([]string{"shop.a", "shop.b"}[i/5%2], doc)
		if i%5 == 4 || i == n-1 {
			s.text(term)
		}
	}
	return s.end("shop.empty").end("shop.b").end("shop.a")
}

// touches reports whether bytes from an offset to another, or a place between them, are
// in one of the spans.
func touches(spans [][2]int, from, to int) bool {
	return slices.ContainsFunc(spans, func(s [2]int) bool { return from < s[1] && max(to, from+1) > s[0] })
}

// swallowed reports whether the byte at off is in a document that was read: a document
// with damage in it may be well formed and too long.
func swallowed(docs []kept, off int64) bool {
	return slices.ContainsFunc(docs, func(k kept) bool { return k.Offset < off && off < k.Offset+int64(len(k.Doc)) })
}

// prelude returns the number of bytes before the first block of documents.
func (s *sketch) prelude() int {
	return bytes.Index(s.data, []byte(term)) + len(term)
}

// check reads data, which is s with damage: the bytes from one offset to another are
// not those of s, and shift more bytes are there. Every other document must be read, in
// its place and, if no header is touched, under its name. Nothing else is read but parts
// of damaged documents, where bsoncore may find some if the damage is large.
func (s *sketch) check(t *testing.T, what string, data []byte, from, to, shift int) (got salvaged) {
	t.Helper()
	got = salvage(t, archive.NewReader(bytes.NewReader(data)), data)
	read := map[int64]kept{}
	for _, k := range got.Docs {
		read[k.Offset] = k
	}
	renamed := touches(s.headers, from, to)
	for _, k := range s.docs {
		at := k.Offset
		switch end := at + int64(len(k.Doc)); {
		case end <= int64(from):
		case at >= int64(to):
			at += int64(shift)
		default: // damaged
			maps.DeleteFunc(read, func(off int64, g kept) bool {
				return off == at && len(g.Doc) == len(k.Doc) || to-from > 1 && off >= at && off < end+int64(shift)
			})
			continue
		}
		g, ok := read[at]
		delete(read, at)
		if !ok && !swallowed(got.Docs, at) || ok && (g.Doc != k.Doc || g.Name != k.Name && !renamed) {
			t.Errorf("%s: the document at %d of %s is read: %t, of %s: %q", what, at, k.Name, ok, g.Name, got.Faults)
		}
	}
	for _, k := range read {
		t.Errorf("%s: %d bytes at %d of %s are no document: %q", what, len(k.Doc), k.Offset, k.Name, got.Faults)
	}
	return got
}

// TestFlips flips every bit of a small archive. No intact document is lost, none is
// invented, and every flip after the prelude is reported, if it changes anything.
func TestFlips(t *testing.T) {
	s := small()
	data := bytes.Clone(s.data)
	for i := 0; i < len(data); i += race.Slowdown {
		for bit := range 8 {
			data[i] ^= 1 << bit
			got := s.check(t, fmt.Sprintf("bit %d of byte %d", bit, i), data, i, i+1, 0)
			if len(got.Faults) == 0 && i >= s.prelude() && !touches(s.unused, i, i+1) {
				t.Errorf("bit %d of byte %d: not reported", bit, i)
			}
			data[i] ^= 1 << bit
		}
		if t.Failed() {
			break
		}
	}
}

// TestCuts cuts a small archive at every byte. All documents before the cut are read,
// the cut is reported, and so is each namespace without an end.
func TestCuts(t *testing.T) {
	s := small()
	for n := range len(s.data) {
		got := s.check(t, fmt.Sprint("cut at ", n), s.data[:n], n, len(s.data), 0)
		if len(got.Faults) == 0 && n != len(listed().data) { // only its blocks tell of an oplog
			t.Errorf("cut at %d: not reported", n)
		}
	}
}

// TestHoles damages archives of large and small documents: bytes are gone, zeroed,
// inserted or replaced.
func TestHoles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, mix := range []sample.Mix{sample.Collection, sample.Wild, sample.Bench} {
		s := turns(mix, 60)
		for range 100 / race.Slowdown {
			from := s.prelude() + r.IntN(len(s.data)-s.prelude())
			for _, hole := range []struct {
				name    string
				n       int
				instead []byte
			}{
				{"a byte is gone", 1, nil}, {"bytes are gone", 700, nil}, {"zeros", 300, make([]byte, 300)},
				{"ones", 50, bytes.Repeat([]byte{0xFF}, 50)}, {"text", 0, []byte("Killed by signal 15\n")}, {"terminator", 0, []byte(term)},
			} {
				to := min(from+hole.n, len(s.data))
				data := slices.Concat(s.data[:from], hole.instead, s.data[to:])
				s.check(t, fmt.Sprintf("mix %d: %s at %d", mix, hole.name, from), data, from, to, len(hole.instead)-(to-from))
			}
		}
	}
}

// TestHolesInPrelude: the bytes from each place of the prelude to each place of the first
// header are zeros. The documents after it are read.
func TestHolesInPrelude(t *testing.T) {
	s := newSketch("shop.a", "shop.b").block("shop.b", sample.Documents(sample.Wild, 3, 2)...).end("shop.b").end("shop.a")
	for from := 0; from < s.prelude(); from += race.Slowdown {
		for to := s.prelude(); to < int(s.docs[0].Offset); to++ {
			s.check(t, fmt.Sprintf("from %d to %d", from, to), slices.Concat(s.data[:from], make([]byte, to-from), s.data[to:]), from, to, 0)
			if t.Failed() {
				return
			}
		}
	}
}

// TestReaders: the documents, the faults and the skipped bytes do not depend on how the
// archive arrives.
func TestReaders(t *testing.T) {
	s := small()
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		data := bytes.Clone(s.data)
		for range 1 + r.IntN(3) {
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		}
		whole := salvage(t, archive.NewReader(bytes.NewReader(data)), data)
		single := salvage(t, archive.NewReader(iotest.OneByteReader(bytes.NewReader(data))), data)
		if fmt.Sprint(whole) != fmt.Sprint(single) {
			t.Fatalf("%x:\nwhole        %v\nbyte by byte %v", data, whole, single)
		}
	}
}
