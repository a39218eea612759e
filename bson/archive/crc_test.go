//go:build !race

package archive

import (
	"hash/crc64"
	"math/rand/v2"
	"testing"
)

// This file tests checksums, with one goroutine. The race detector would take long and find
// nothing.

// TestSumPolynomial: a byte and the bytes at the distances of a multiple of the polynomial
// cancel each other out.
func TestSumPolynomial(t *testing.T) {
	for name, distances := range map[string][]int{
		"remover": distances[:],
		"summer":  {near, reach, lapSize, lapSize + near, lapSize + reach},
	} {
		data := make([]byte, lapSize+reach+wordSize)
		data[0] = 1
		for _, d := range distances {
			data[d] = 1
		}
		if rest := ^crc64.Update(^uint64(0), checksums, data); rest != 0 {
			t.Errorf("%s: the remainder is %#x", name, rest)
		}
	}
}

// TestSum: checksums of whole data are those of hash/crc64, for data of all lengths and
// after any other data.
func TestSum(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 300<<10)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	var s remover
	check := func(crc uint64, data []byte) {
		t.Helper()
		if got, want := s.update(crc, data), crc64.Update(crc, checksums, data); got != want {
			t.Fatalf("%d bytes after %#x: %#x, want %#x", len(data), crc, got, want)
		}
	}
	if got := s.update(0, []byte("123456789")); got != 0x995dc9bbdf1939fa {
		t.Errorf("check value %#x", got)
	}
	for n := range 4097 {
		check(0, data[:n])
		check(random.Uint64(), data[n:2*n])
	}
	for n := minFolded - 20; n < minFolded+folded+2*far; n += 1 + n%7 {
		check(random.Uint64(), data[:n])
	}
	for range 200 {
		from := random.IntN(len(data))
		check(random.Uint64(), data[from:from+random.IntN(len(data)-from)])
	}
	check(0, make([]byte, 100<<10))
}

// TestSumSplits: the sum of parts, one after the other, is that of the whole: for parts of
// all sizes around the places where the summer begins anew, and after the return to a copy.
func TestSumSplits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 12*lapSize)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	sizes := []int{0, 1, 7, 8, near, reach, stepSize - 1, stepSize, stepSize + 1, 2*stepSize + 1, lapSize - 1, lapSize, lapSize + 1, lapSize + reach, 3*lapSize + 5}
	var s, kept summer
	var m remover
	for round := range 300 {
		want := random.Uint64()
		s.reset(want)
		for rest := data; len(rest) > 0; {
			n := sizes[random.IntN(len(sizes))]
			if random.IntN(4) == 0 {
				n = random.IntN(3 * lapSize)
			}
			part := rest[:min(n, len(rest))]
			if random.IntN(8) == 0 {
				kept.set(&s)
				s.add(rest[:random.IntN(len(rest))])
				if random.IntN(2) == 0 {
					s.reset(1)
					s.add(rest[:random.IntN(len(rest))])
				}
				s.set(&kept)
			}
			s.add(part)
			want, rest = crc64.Update(want, checksums, part), rest[len(part):]
			if random.IntN(3) > 0 && len(rest) > 0 {
				continue
			}
			if got := s.sum(&m); got != want {
				t.Fatalf("round %d, after %d bytes: %#x, want %#x", round, len(data)-len(rest), got, want)
			}
			if random.IntN(40) == 0 {
				break
			}
		}
	}
}

// TestSumLengths: the sum of data of every length in the first laps.
func TestSumLengths(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	data := make([]byte, 2*lapSize+stepSize)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	var s summer
	var m remover
	s.reset(7)
	want := uint64(7)
	for n := range data {
		s.add(data[n : n+1])
		want = crc64.Update(want, checksums, data[n:n+1])
		if n%lapSize > 20 && n%lapSize < lapSize-20 && n%31 > 0 {
			continue
		}
		if got := s.sum(&m); got != want {
			t.Fatalf("%d bytes: %#x, want %#x", n+1, got, want)
		}
	}
}

// TestSumAllocs: a summer allocates once.
func TestSumAllocs(t *testing.T) {
	data := make([]byte, 64<<10)
	var s, kept summer
	var m remover
	all := func() {
		s.reset(1)
		s.add(data)
		kept.set(&s)
		s.set(&kept)
		s.sum(&m)
	}
	all()
	if n := testing.AllocsPerRun(10, all); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkSum sums data of several lengths, also with hash/crc64.
func BenchmarkSum(b *testing.B) {
	data := make([]byte, 16<<20)
	var s summer
	var m remover
	parts := func(crc uint64, data []byte) uint64 {
		s.reset(crc)
		s.add(data)
		return s.sum(&m)
	}
	for _, bc := range []struct {
		name   string
		update func(crc uint64, data []byte) uint64
		size   int
	}{
		{"16MiB", parts, 16 << 20},
		{"256KiB", parts, 256 << 10},
		{"64KiB", parts, 64 << 10},
		{"12KiB", parts, 12 << 10},
		{"256KiB-remover", m.update, 256 << 10},
		{"64KiB-remover", m.update, 64 << 10},
		{"256KiB-crc64", func(crc uint64, data []byte) uint64 { return crc64.Update(crc, checksums, data) }, 256 << 10},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(int64(bc.size))
			b.ReportAllocs()
			crc := uint64(0)
			for b.Loop() {
				crc = bc.update(crc, data[:bc.size])
			}
		})
	}
}
