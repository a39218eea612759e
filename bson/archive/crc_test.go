package archive

import (
	"hash/crc64"
	"math/rand/v2"
	"testing"
)

// TestSumPolynomial: a byte and the bytes at distances from it cancel each other out.
func TestSumPolynomial(t *testing.T) {
	data := make([]byte, far+wordSize)
	data[0] = 1
	for _, d := range distances {
		data[d] = 1
	}
	if rest := ^crc64.Update(^uint64(0), checksums, data); rest != 0 {
		t.Errorf("the remainder is %#x", rest)
	}
}

// TestSum: checksums are those of hash/crc64, for data of all lengths and after any other data.
func TestSum(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 300<<10)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	var s summer
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

// TestSumSplits: the sum of parts, one after the other, is that of the whole.
func TestSumSplits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, 200<<10)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	want := crc64.Checksum(data, checksums)
	for range 50 {
		var s summer
		crc, rest := uint64(0), data
		for len(rest) > 0 {
			n := random.IntN(min(len(rest), 60<<10)) + 1
			crc, rest = s.update(crc, rest[:n]), rest[n:]
		}
		if crc != want {
			t.Fatalf("%#x, want %#x", crc, want)
		}
	}
}

// TestSumAllocs: a summer allocates once.
func TestSumAllocs(t *testing.T) {
	data := make([]byte, 64<<10)
	var s summer
	s.update(0, data)
	if n := testing.AllocsPerRun(10, func() { s.update(1, data) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkSum sums data of several lengths, also with hash/crc64.
func BenchmarkSum(b *testing.B) {
	data := make([]byte, 256<<10)
	var s summer
	for _, bc := range []struct {
		name   string
		update func(crc uint64, data []byte) uint64
		size   int
	}{
		{"256KiB", s.update, 256 << 10},
		{"64KiB", s.update, 64 << 10},
		{"12KiB", s.update, 12 << 10},
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
