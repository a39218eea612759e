package bsoncore

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// leadsSlowly is lead without a memory.
func leadsSlowly(s *resync, at, end int) bool {
	for at < end {
		if at = s.next(at); at == 0 {
			return false
		}
	}
	return true
}

// TestLead: what a resync knows of documents that it has followed before does not
// change whether documents lead from a place to another.
func TestLead(t *testing.T) {
	var stream []byte
	var places []int
	for i := range 40 {
		doc, mark := Begin(nil)
		doc = AppendInt32(AppendString(doc, "s", fmt.Sprintf("%0*d", i%7*11, i)), "n", int32(i))
		doc = End(doc, mark)
		switch {
		case i%5 == 3: // damaged, but its length and its end are right
			doc[4] = 0x55
		case i%11 == 7: // lost
			doc = doc[3:]
		}
		places = append(places, len(stream), len(stream)+i%9)
		stream = append(stream, doc...)
	}
	places = append(places, len(stream))
	r := rand.New(rand.NewPCG(1, 2))
	leads, stops := 0, 0
	for range 200 {
		d, fresh := NewDecoder(nil), NewDecoder(nil)
		d.ResetBytes(stream)
		fresh.ResetBytes(stream)
		s, slow := resync{d: d, p: new(prober)}, resync{d: fresh, p: new(prober)}
		at := 0
		for range 20 {
			at += r.IntN(3)
			if at >= len(places) {
				break
			}
			from, end := places[at], places[at+r.IntN(len(places)-at)]
			got, want := s.lead(from, end), leadsSlowly(&slow, from, end)
			if got != want {
				t.Fatalf("from %d to %d: %t, want %t", from, end, got, want)
			}
			if got {
				leads++
			} else {
				stops++
			}
		}
	}
	if leads < 100 || stops < 100 {
		t.Errorf("%d places lead to their ends and %d do not, want 100 of each", leads, stops)
	}
}

// TestLimitsOfPlaces: a document that starts exactly at a limit, or is exactly as
// long as one, is found; one that is a byte beyond is not.
func TestLimitsOfPlaces(t *testing.T) {
	doc := func(size int) []byte {
		doc, mark := Begin(nil)
		return End(AppendBinary(doc, "b", 0, make([]byte, size-4-3-5-1)), mark)
	}
	for _, size := range []int{13, 14, 100, maxTail - 1, maxTail, maxTail + 1} {
		d := NewDecoder(nil)
		d.ResetBytes(append(doc(20), append(doc(size), doc(20)...)...))
		s := resync{d: d, p: new(prober)}
		start, end := 20, 20+size
		found := start
		if size > maxTail {
			found = 0
		}
		for from, want := range map[int]int{1: found, start - 1: found, start: found, start + 1: 0} {
			if got := s.before(end, from, s.stands); got != want {
				t.Errorf("%d bytes: the document before %d, from %d on, is at %d, want %d", size, end, from, got, want)
			}
			if got := s.tail(end, from, 1); got != (want > 0) {
				t.Errorf("%d bytes: tail from %d on is %t", size, from, got)
			}
		}
		for limit, want := range map[int]int{size - 1: 0, size: size, size + 1: size} {
			trace := newTrace()
			if got := s.trace(&trace, start, limit); got != want {
				t.Errorf("%d bytes, limit %d: traced size is %d, want %d", size, limit, got, want)
			}
			if got := s.claimed(start, limit); got != want {
				t.Errorf("%d bytes, limit %d: claimed size is %d, want %d", size, limit, got, want)
			}
		}
	}
}
