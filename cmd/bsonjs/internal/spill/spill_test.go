package spill

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A pair is what Add takes and Sorted gives.
type pair struct{ Key, Item []byte }

// reference returns the pairs that a Sorter with options o gives back.
func reference(pairs []pair, o SortOptions) []pair {
	compare := o.Compare
	if compare == nil {
		compare = bytes.Compare
	}
	sorted := slices.Clone(pairs)
	slices.SortStableFunc(sorted, func(a, b pair) int { return compare(a.Key, b.Key) })
	var want []pair
	taken := map[string]int64{}
	for i, p := range sorted {
		if o.Distinct && i > 0 && compare(sorted[i-1].Key, p.Key) == 0 {
			continue
		}
		group := ""
		if o.Group != nil {
			group = string(o.Group(p.Key))
		}
		if taken[group]++; o.Most == 0 || taken[group] <= o.Most {
			want = append(want, p)
		}
	}
	return want
}

// sort returns the pairs that come back from a Sorter of s.
func sort(t testing.TB, s *Store, o SortOptions, pairs []pair) []pair {
	t.Helper()
	sorter := s.NewSorter(o)
	key, item := []byte{}, []byte{}
	for _, p := range pairs {
		key, item = append(key[:0], p.Key...), append(item[:0], p.Item...)
		if err := sorter.Add(key, item); err != nil {
			t.Fatal(err)
		}
	}
	sorted, err := sorter.Sort()
	if err != nil {
		t.Fatal(err)
	}
	return drain(t, sorted)
}

func drain(t testing.TB, sorted *Sorted) (got []pair) {
	t.Helper()
	for sorted.Next() {
		got = append(got, pair{bytes.Clone(sorted.Key()), bytes.Clone(sorted.Item())})
	}
	if err := sorted.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

// diff is for pairs; a nil slice is one without bytes.
func diff(want, got []pair) string {
	if slices.EqualFunc(want, got, func(a, b pair) bool {
		return bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Item, b.Item)
	}) {
		return ""
	}
	return cmp.Diff(want, got)
}

// firstByte is a group.
func firstByte(key []byte) []byte { return key[:min(len(key), 1)] }

// firstBit is a group of two.
func firstBit(key []byte) []byte { return []byte{key[0] >> 7} }

// backwards is an order in which groups of firstByte are neighbours.
func backwards(a, b []byte) int { return bytes.Compare(b, a) }

// closed closes s and fails if a file is left in its folder.
func closed(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	left, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("%d files are left, as %s", len(left), left[0].Name())
	}
}

// TestSort compares with a stable sort: options, sizes of keys and items and memory
// are random, from all in memory to many passes over many runs.
func TestSort(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		s := New(t.Context(), t.TempDir(), int64(1+r.IntN(3))<<(9+r.IntN(12)))
		var o SortOptions
		if r.IntN(2) == 0 {
			o.Compare = backwards
			if r.IntN(2) == 0 {
				o.Prefix = func(key []byte) uint64 { return ^firstBytes(key) >> 40 }
			}
		}
		if r.IntN(2) == 0 {
			o.Group = firstByte
		}
		if r.IntN(2) == 0 {
			o.Most = r.Int64N(1 << r.IntN(12))
		}
		o.Distinct = r.IntN(3) == 0
		pairs := randomPairs(r, r.IntN(5000))
		got := sort(t, s, o, pairs)
		if d := diff(reference(pairs, o), got); d != "" {
			t.Fatalf("seed %d, memory %d, %+v (-want +got):\n%.2000s", seed, s.memory, o, d)
		}
		if s.held != 0 {
			t.Fatalf("seed %d: %d bytes are held at the end", seed, s.held)
		}
		if len(s.files) > 0 {
			t.Fatalf("seed %d: %d files are open at the end", seed, len(s.files))
		}
		closed(t, s)
	}
}

// randomPairs returns pairs with equal keys, empty ones, and ones longer than a chunk.
func randomPairs(r *rand.Rand, n int) []pair {
	keys, letters := 1<<r.IntN(14), 1+r.IntN(20)
	pairs := make([]pair, n)
	for i := range pairs {
		key := make([]byte, r.IntN(letters))
		of := rand.New(rand.NewPCG(uint64(r.IntN(keys)), 1)) // the same number is the same key
		for j := range key {
			key[j] = byte(of.IntN(4))
		}
		if of.IntN(300) == 0 {
			key = append(key, make([]byte, of.IntN(5000))...)
		}
		item := make([]byte, r.IntN(40))
		if r.IntN(200) == 0 {
			item = make([]byte, r.IntN(20000))
		}
		for j := range item {
			item[j] = byte(r.Uint32())
		}
		pairs[i] = pair{key, append(binary.BigEndian.AppendUint32(nil, uint32(i)), item...)}
	}
	return pairs
}

// TestPasses proves that the memory of TestSort is so small that a sort needs several
// passes.
func TestPasses(t *testing.T) {
	s := New(t.Context(), t.TempDir(), 16<<10)
	defer closed(t, s)
	var pairs []pair
	for i := range 10_000 {
		key := binary.BigEndian.AppendUint32(nil, uint32(i*7919%10_007))
		pairs = append(pairs, pair{key, make([]byte, 100)})
	}
	sorter := s.NewSorter(SortOptions{})
	for _, p := range pairs {
		if err := sorter.Add(p.Key, p.Item); err != nil {
			t.Fatal(err)
		}
	}
	runs := len(sorter.runs)
	sorted, err := sorter.Sort()
	if err != nil {
		t.Fatal(err)
	}
	if left := len(sorter.runs); runs < 50 || left > 10 {
		t.Errorf("%d runs became %d, want at least 50 and at most 10", runs, left)
	}
	if d := diff(reference(pairs, SortOptions{}), drain(t, sorted)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A log is a Sorter with empty keys.
func TestLog(t *testing.T) {
	s := New(t.Context(), t.TempDir(), 64<<10)
	defer closed(t, s)
	var pairs []pair
	for i := range 100_000 {
		pairs = append(pairs, pair{nil, fmt.Appendf(nil, "item %d", i)})
	}
	if d := diff(pairs, sort(t, s, SortOptions{}, pairs)); d != "" {
		t.Errorf("(-want +got):\n%.2000s", d)
	}
}

// Equal keys in large numbers keep the order of Add.
func TestEqualKeys(t *testing.T) {
	s := New(t.Context(), t.TempDir(), 1<<20)
	defer closed(t, s)
	const n = 1_000_000
	sorter := s.NewSorter(SortOptions{})
	for i := range n {
		if err := sorter.Add([]byte("key"), binary.BigEndian.AppendUint32(nil, uint32(i))); err != nil {
			t.Fatal(err)
		}
	}
	sorted, err := sorter.Sort()
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for ; sorted.Next(); i++ {
		if got := binary.BigEndian.Uint32(sorted.Item()); got != uint32(i) {
			t.Fatalf("item %d came at place %d", got, i)
		}
	}
	if i != n || sorted.Err() != nil {
		t.Errorf("%d items, error %v, want %d", i, sorted.Err(), n)
	}
}

// Few wanted items never need a file, whatever the order of keys and the length of items.
func TestFewInMemory(t *testing.T) {
	orders := map[string]func(i int) uint32{
		"equal":      func(i int) uint32 { return 7 },
		"ascending":  func(i int) uint32 { return uint32(i) },
		"descending": func(i int) uint32 { return uint32(-i) },
		"random":     func(i int) uint32 { return uint32(i) * 2654435761 },
	}
	for name, key := range orders {
		for _, o := range []SortOptions{{Most: 10}, {Most: 10, Group: firstBit}, {Most: 10, Distinct: true}} {
			for _, length := range []int{4, 40_000} {
				s := New(t.Context(), filepath.Join(t.TempDir(), "missing"), 8<<20)
				sorter := s.NewSorter(o)
				item := make([]byte, length)
				for i := range 400_000/length + 2000 {
					if err := sorter.Add(binary.BigEndian.AppendUint32(nil, key(i)), item); err != nil {
						t.Fatalf("%s, %+v, %d bytes: %v", name, o, length, err)
					}
				}
				if n := sorter.buffer.items; n > 16_000 || name == "equal" && o.Group == nil && !o.Distinct && length == 4 && n != 10 {
					t.Errorf("%s, %+v, %d bytes: the buffer has %d items", name, o, length, n)
				}
			}
		}
	}
}

// Files do not grow with the number of items, if few are wanted but more than fit into
// the memory.
func TestFewInFiles(t *testing.T) {
	for name, key := range map[string]func(i int) uint32{
		"descending": func(i int) uint32 { return uint32(-i) },
		"random":     func(i int) uint32 { return uint32(i) * 2654435761 },
	} {
		const wanted = 3000
		s := New(t.Context(), t.TempDir(), 64<<10)
		sorter := s.NewSorter(SortOptions{Most: wanted})
		var pairs []pair
		item := make([]byte, 50)
		for i := range 20 * wanted {
			pairs = append(pairs, pair{binary.BigEndian.AppendUint32(nil, key(i)), item})
			if err := sorter.Add(pairs[i].Key, item); err != nil {
				t.Fatal(err)
			}
			items := int64(0)
			for _, r := range sorter.runs {
				items += r.items
			}
			if items > 2*wanted {
				t.Fatalf("%s: files have %d items, want at most %d", name, items, 2*wanted)
			}
		}
		if len(sorter.runs) == 0 || len(s.files) > 2 {
			t.Errorf("%s: there are %d runs in %d files, want some in at most 2", name, len(sorter.runs), len(s.files))
		}
		sorted, err := sorter.Sort()
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(reference(pairs, sorter.o), drain(t, sorted)); d != "" {
			t.Errorf("%s: (-want +got):\n%.2000s", name, d)
		}
		closed(t, s)
	}
}

// A sorter leaves a quarter of the memory to others before it writes a run.
func TestQuarter(t *testing.T) {
	const memory = 1 << 20
	s := New(t.Context(), t.TempDir(), memory)
	defer closed(t, s)
	sorter, most := s.NewSorter(SortOptions{}), int64(0)
	for len(sorter.runs) == 0 {
		most = s.held
		if err := sorter.Add(nil, make([]byte, 50)); err != nil {
			t.Fatal(err)
		}
	}
	if least := int64(memory/4*3 - 2*s.chunk); most < least || most > memory/4*3 {
		t.Errorf("it held %d bytes, want %d to %d", most, least, memory/4*3)
	}
}

// TestTwo holds that a sorter that is filled from another one has enough memory, though
// the other one has taken all it can get.
func TestTwo(t *testing.T) {
	const memory = 4 << 20
	s := New(t.Context(), t.TempDir(), memory)
	defer closed(t, s)
	first, second := s.NewSorter(SortOptions{}), s.NewSorter(SortOptions{})
	item := make([]byte, 500)
	for s.held < memory/4*3-2*int64(s.chunk) {
		if err := first.Add(nil, item); err != nil {
			t.Fatal(err)
		}
	}
	sorted, err := first.Sort()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(first.runs); n > 0 {
		t.Errorf("the first sorter wrote %d runs", n)
	}
	for sorted.Next() {
		if err := second.Add(nil, sorted.Item()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(second.runs); n > 5 {
		t.Errorf("the second sorter wrote %d runs, want a quarter of the size of the first one for each", n)
	}
}

// A pass merges the neighbours with the fewest bytes.
func TestSmallest(t *testing.T) {
	s := &Sorter{}
	for _, size := range []int64{5, 9, 1, 2, 8, 1, 1, 7} {
		s.runs = append(s.runs, &run{start: 100, end: 100 + size})
	}
	for n, want := range map[int]int{2: 5, 3: 5, 4: 2, 5: 2, 7: 0, 8: 0} {
		if at := s.smallest(n); at != want {
			t.Errorf("%d runs: from %d on, want %d", n, at, want)
		}
	}
}

// TestMemory holds that a sort, and a second one filled from it, stay within the
// memory of the Store.
func TestMemory(t *testing.T) {
	const memory = 1 << 20
	s := New(t.Context(), t.TempDir(), memory)
	defer closed(t, s)
	most := int64(0)
	look := func() { most = max(most, s.held+s.kept) }
	first, second := s.NewSorter(SortOptions{}), s.NewSorter(SortOptions{})
	for i := range 50_000 {
		key := binary.BigEndian.AppendUint32(nil, uint32(i)*2654435761)
		if err := first.Add(key, make([]byte, 200)); err != nil {
			t.Fatal(err)
		}
		look()
	}
	sorted, err := first.Sort()
	if err != nil {
		t.Fatal(err)
	}
	for sorted.Next() {
		if err := second.Add(nil, sorted.Item()); err != nil {
			t.Fatal(err)
		}
		look()
	}
	sorted, err = second.Sort()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(drain(t, sorted)); n != 50_000 {
		t.Errorf("%d items, want 50,000", n)
	}
	look()
	if most > memory {
		t.Errorf("%d bytes were held, want at most %d", most, memory)
	}
}

// An item that is longer than the memory goes through it.
func TestLongItems(t *testing.T) {
	s := New(t.Context(), t.TempDir(), 64<<10)
	defer closed(t, s)
	var pairs []pair
	for i := range 20 {
		item := make([]byte, 300_000)
		rand.NewChaCha8([32]byte{byte(i)}).Read(item)
		pairs = append(pairs, pair{append(bytes.Repeat([]byte("k"), 20_000), byte(i*7%20)), item})
	}
	if d := diff(reference(pairs, SortOptions{}), sort(t, s, SortOptions{}, pairs)); d != "" {
		t.Error("the order is wrong")
	}
}
