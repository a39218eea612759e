package redact

import (
	"math"
	"math/rand/v2"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/internal/numtext"
)

// walkerOf returns a walker with the keys of a secret.
func walkerOf(t *testing.T, secret string) *walker {
	t.Helper()
	keys, err := newKeys([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return newWalker(keys)
}

// seeded returns a walker with the seed of a context.
func seeded(t *testing.T, context ...uint64) *walker {
	t.Helper()
	w := walkerOf(t, "a")
	w.begin(labelWhole)
	w.add(context...)
	w.end(nil)
	return w
}

// TestMove: move is a permutation of the numbers below n, without a fixed point from
// smallDomain on. restore is the inverse of permute.
func TestMove(t *testing.T) {
	for n := uint64(1); n < smallDomain+5; n++ {
		if n == 70 {
			n = smallDomain - 5
		}
		w, seen := seeded(t, n), make([]bool, n)
		for x := range n {
			y := w.move(x, n)
			if y >= n || seen[y] || y == x && n >= smallDomain || w.restore(w.permute(x, n), n) != x {
				t.Fatalf("%d below %d becomes %d", x, n, y)
			}
			seen[y] = true
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []uint64{1 << 20, 1e9, 1<<32 - 1, 1<<32 + 1, 9e17, 1<<63 - 1, 1 << 63} {
		w, seen := seeded(t, n), map[uint64]uint64{}
		numbers := []uint64{0, 1, n / 2, n - 2, n - 1}
		for range 500 {
			numbers = append(numbers, r.Uint64N(n))
		}
		for _, x := range numbers {
			y := w.move(x, n)
			if other, ok := seen[y]; y >= n || y == x || ok && other != x || w.restore(w.permute(x, n), n) != x {
				t.Fatalf("%d below %d becomes %d", x, n, y)
			}
			seen[y] = x
		}
	}
}

// TestMoveSpreads: the numbers that take the place of one number under many seeds are
// spread over the domain.
func TestMoveSpreads(t *testing.T) {
	for _, n := range []uint64{2, 3, 10, 31, 100} {
		const seeds = 20000
		count := make([]int, n)
		w := seeded(t)
		for i := range uint64(seeds) {
			w.begin(labelWhole)
			w.add(i)
			w.end(nil)
			count[w.permute(n/2, n)]++
		}
		// The standard deviation of a count is at most sqrt(seeds/n).
		mean, most := float64(seeds)/float64(n), 5*math.Sqrt(seeds/float64(n))
		for y, c := range count {
			if math.Abs(float64(c)-mean) > most {
				t.Errorf("%d below %d becomes %d with %d of %d seeds", n/2, n, y, c, seeds)
			}
		}
	}
}

// TestDoubles: doubles of any number of digits, near the ends of the range too.
func TestDoubles(t *testing.T) {
	w, l := seeded(t), newLedger(t)
	r := rand.New(rand.NewPCG(1, 2))
	try := func(f float64) {
		l.double(f, w.double(f))
		l.double(-f, w.double(-f))
	}
	for i := range uint64(3000) {
		try(math.Float64frombits(r.Uint64()))
		try(math.Float64frombits(r.Uint64() >> (12 + i%52)))
		try(math.Float64frombits(i))
		try(math.Float64frombits(math.Float64bits(math.MaxFloat64) - i))
		if f, ok := (numtext.Number{Mant: r.Uint64N(tens[i%18]) + 1, Exp: int(i%600) - 320}).Double(nil); ok {
			try(f)
		}
	}
}

// TestDates: dates near the ends of the range move, too, and stay in the range.
func TestDates(t *testing.T) {
	for _, secret := range []string{"a", "b", "c"} {
		w, l := walkerOf(t, secret), newLedger(t)
		for i := range int64(100 * 24) {
			for _, ms := range []int64{math.MinInt64 + i*3600e3, math.MaxInt64 - i*3600e3, i * 3600e3, -i * 3600e3} {
				got := w.dateTime(ms)
				if diff := got - ms; diff == 0 || diff%dayMillis != 0 || max(diff, -diff) > 30*dayMillis || (ms < -1e18) != (got < -1e18) || (ms > 1e18) != (got > 1e18) {
					t.Fatalf("%d became %d", ms, got)
				}
				if ms > -1e18 && ms < 1e18 {
					l.moved("date", uint64(ms), uint64(got), dayMillis)
				}
			}
			for _, s := range []uint32{uint32(i) * 3600, math.MaxUint32 - uint32(i)*3600} {
				if diff := int64(w.timestamp(s)) - int64(s); diff == 0 || diff%daySeconds != 0 || max(diff, -diff) > 30*daySeconds {
					t.Fatalf("%d moved by %d", s, diff)
				}
			}
		}
	}
}

// TestClasses: the table has the classes of package unicode.
func TestClasses(t *testing.T) {
	if tableVersion != unicode.Version {
		t.Skipf("the table is of Unicode %s, Go has %s", tableVersion, unicode.Version)
	}
	a := alphabets()
	first := map[*class]rune{}
	var text [utf8.UTFMax]byte
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if r >= 0xD800 && r < 0xE000 {
			continue
		}
		n := utf8.EncodeRune(text[:], r)
		l := a.letterAt(text[:n])
		switch kind := kindOf(r); {
		case l.size != n, (kind == kept) != (l.class == nil), (kind == unknown) != l.foreign:
			t.Fatalf("%U, %s: %+v", r, kind, l)
		case l.class == nil || l.foreign:
		case l.class.at(l.at) != r:
			t.Fatalf("%U is %U", r, l.class.at(l.at))
		case first[l.class] == 0:
			first[l.class] = r
		case kindOf(first[l.class]) != kind || utf8.RuneLen(first[l.class]) != n:
			t.Fatalf("%U and %U are in one class", r, first[l.class])
		}
	}
}

// TestTexts: texts of all scripts, of all lengths around the longest that is permuted, and
// with bytes that are not UTF-8.
func TestTexts(t *testing.T) {
	w, l := seeded(t), newLedger(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		text := make([]byte, 0, 100)
		for range r.IntN(20) {
			switch s := farSpans[r.IntN(len(farSpans))]; r.IntN(4) {
			case 0:
				text = utf8.AppendRune(text, s.lo)
			case 1:
				text = append(text, byte(r.IntN(0x80)))
			default:
				text = append(text, "aZ09 é東\xffд"[r.IntN(13)])
			}
		}
		out := append([]byte(nil), text...)
		w.text(out)
		l.text(text, out)
	}
}
