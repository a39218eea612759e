package schema

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/axiomhq/hyperloglog"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/edge"
)

func TestLooksLikeData(t *testing.T) {
	long := make([]byte, maxKey+1)
	for i := range long {
		long[i] = 'a'
	}
	for _, tc := range []struct {
		keys []string
		want bool
	}{
		{[]string{"0", "12", "-5", "3.5", "+1", "2024", "2024-05", "2024-05-01", "01/02/2024", "12:30", "2024-05-01 12:30:00"}, true},
		{[]string{"2024-05-01T12:30:00Z", "2024-05-01T12:30:00.123+01:00"}, true},
		{[]string{"507f1f77bcf86cd799439011", "507F1F77BCF86CD799439011", "deadbee1"}, true},
		{[]string{"550e8400-e29b-41d4-a716-446655440000", "ad3f1c0e"}, true},
		{[]string{"Ab3dE5fG7hI9jK1l", "user_1234567890123"}, true},
		{[]string{string(long)}, true},
		{[]string{"", "name", "_id", "a", "a1", "b2b", "address2", "line_10", "facade", "deadbeef", "décade1", "x-y", "-", ".", "é2024"}, false},
		{[]string{"shippingAddress2", "sha256", "col_12", "q1_2024", "T00:00", "a@b1.example"}, false},
		{[]string{string(long[:maxKey])}, false},
	} {
		for _, name := range tc.keys {
			if got := looksLikeData([]byte(name)); got != tc.want {
				t.Errorf("%q: %v, want %v", name, got, tc.want)
			}
			var k key
			k.set([]byte(name))
			if tc.want && !k.mayLookLikeData() {
				t.Errorf("%q: not tested", name)
			}
		}
	}
}

func TestWords(t *testing.T) {
	behind := []byte("0123456789abcdef~~~~~~~~~~~~~~~~~~")
	for n := range 17 {
		a, b := words(behind[:n])
		c, d := wordsAtEnd(behind[:n:n])
		e, f := words(append([]byte(nil), behind[:n]...)[:n:n])
		if a != c || b != d || a != e || b != f {
			t.Errorf("%d bytes: %x %x, at the end %x %x", n, a, b, c, d)
		}
	}
}

// TestHash has fixed hashes, because schemas of different processes are merged.
func TestHash(t *testing.T) {
	text := "The quick brown fox jumps over the lazy dog"
	got := map[string]string{}
	for _, n := range []int{0, 1, 3, 4, 8, 16, 17, 43} {
		got[text[:n]] = fmt.Sprintf("%016x", hashOf(2, []byte(text[:n])))
	}
	want := map[string]string{
		"":                  "db3793393de8e750",
		"T":                 "5a3bbb05f32c88b6",
		"The":               "846f8c188bec8f23",
		"The ":              "ba59d9b866aac3d8",
		"The quic":          "2bc3db72f2a389c0",
		"The quick brown ":  "8ca87acf06ec0ef1",
		"The quick brown f": "4547b87f8c729640",
		text:                "e2c2c3e4805f7833",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	seen := map[uint64]string{}
	for seed := range uint64(4) {
		for n := range 100 {
			name := fmt.Sprint(seed, " ", n)
			h := hashOf(seed, make([]byte, n))
			if other, ok := seen[h]; ok {
				t.Errorf("%s zeros have the hash of %s", name, other)
			}
			seen[h] = name
		}
	}
}

// TestHashBits: a change of one bit of the data changes each bit of the hash in about half
// of all cases.
func TestHashBits(t *testing.T) {
	const rounds = 4000
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{4, 8, 12, 16, 20, 40} {
		var changed [64]int
		data := make([]byte, n)
		for range rounds {
			for i := range data {
				data[i] = byte(r.Uint32())
			}
			before := hashOf(1, data)
			data[r.IntN(n)] ^= 1 << r.IntN(8)
			for bit := range 64 {
				changed[bit] += int((before ^ hashOf(1, data)) >> bit & 1)
			}
		}
		for bit, times := range changed {
			// 6 standard deviations.
			if math.Abs(float64(times)-rounds/2) > 6*math.Sqrt(rounds)/2 {
				t.Errorf("%d bytes: bit %d changes in %d of %d cases", n, bit, times, rounds)
			}
		}
	}
}

// TestSums: sums are exact, for any numbers, in any order and split.
func TestSums(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	doubles := []float64{math.MaxFloat64, math.MaxFloat64, math.SmallestNonzeroFloat64, -math.MaxFloat64, 1e16, 1, -1e16, 0x1p-1022, 0x1.fp-1023}
	for _, v := range edge.Doubles {
		if v-v == 0 {
			doubles = append(doubles, v)
		}
	}
	for range 3000 {
		if v := math.Float64frombits(r.Uint64()); v-v == 0 {
			doubles = append(doubles, v)
		}
	}
	for range 20 {
		r.Shuffle(len(doubles), func(i, j int) { doubles[i], doubles[j] = doubles[j], doubles[i] })
		var a, b doubleSum
		want := new(big.Rat)
		for i, v := range doubles[:r.IntN(len(doubles))] {
			want.Add(want, new(big.Rat).SetFloat64(v))
			if i%3 == 0 {
				b.add(v)
			} else {
				a.add(v)
			}
			if i%100 == 0 {
				a.carry()
			}
		}
		a.merge(&b)
		if got := a.rat(); got.Cmp(want) != 0 {
			t.Fatalf("doubles: got %v, want %v", got, want)
		}
	}
	var ints, more intSum
	wantInt := new(big.Int)
	for i := range 3000 {
		v := int64(r.Uint64())
		if i%5 == 0 {
			v = math.MinInt64
		}
		wantInt.Add(wantInt, big.NewInt(v))
		if i%2 == 0 {
			ints.add(v)
		} else {
			more.add(v)
		}
	}
	ints.merge(more)
	if got := ints.big(); got.Cmp(wantInt) != 0 {
		t.Errorf("integers: got %v, want %v", got, wantInt)
	}
	var decimals, others decimalSum
	want := new(big.Rat)
	for i := range 3000 {
		d, err := decimal128.FromCoefficient(r.Uint64()>>16, r.Uint64(), r.IntN(maxExponents)-20)
		if err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			d = d.Neg()
		}
		exact, err := d.Rat()
		if err != nil {
			t.Fatal(err)
		}
		want.Add(want, exact)
		if i%2 == 0 {
			decimals.add(d)
		} else {
			others.add(d)
		}
	}
	decimals.merge(&others)
	if got, ok := decimals.rat(); !ok || got.Cmp(want) != 0 {
		t.Errorf("decimals: got %v, want %v", got, want)
	}
	far, err := decimal128.FromCoefficient(0, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	if decimals.add(far); !decimals.lost {
		t.Error("65 exponents have a sum")
	}
	var empty decimalSum
	if empty.merge(&decimals); !empty.lost {
		t.Error("65 exponents in another sum have a sum")
	}
}

// TestPending: limbs do not overflow before they are carried.
func TestPending(t *testing.T) {
	s := doubleSum{pending: maxPending - 2}
	for i := range s.limbs {
		s.limbs[i] = (maxPending - 2) * math.MaxUint32
	}
	before := s.rat()
	for range 4 {
		s.add(math.MaxFloat64)
	}
	if s.pending >= 4 {
		t.Errorf("%d doubles are pending", s.pending)
	}
	want := new(big.Rat).Mul(new(big.Rat).SetInt64(4), new(big.Rat).SetFloat64(math.MaxFloat64))
	if got := new(big.Rat).Sub(s.rat(), before); got.Cmp(want) != 0 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestDistinctError: the error of estimates is as stated, and their number and order of
// merges makes no difference.
func TestDistinctError(t *testing.T) {
	const rounds = 60
	for _, n := range []int{300, 3000, 30_000} {
		squares := 0.0
		for round := range uint64(rounds) {
			var one distinct
			parts := make([]distinct, 4)
			data := make([]byte, 8)
			for i := range n {
				hash := hashOf(round+100, fmt.Appendf(data[:0], "%d", i))
				one.enter(hash, 50)
				one.enter(hash, 50)
				parts[i%len(parts)].enter(hash, 50)
			}
			parts[3].merge(&parts[0], 50)
			parts[1].merge(&parts[2], 50)
			parts[1].merge(&parts[3], 50)
			got, exact := parts[1].count(50)
			if want, _ := one.count(50); got != want || exact {
				t.Fatalf("merged: %d, %v, want %d", got, exact, want)
			}
			off := (float64(got) - float64(n)) / float64(n)
			squares += off * off
		}
		// The standard deviation of the result is 1/√(2·rounds) of it.
		if e := math.Sqrt(squares / rounds); e > DistinctError*(1+3/math.Sqrt(2*rounds)) {
			t.Errorf("%d values: the standard error is %.4f, want %.4f", n, e, DistinctError)
		}
	}
}

// TestSketch: an estimate is that of package hyperloglog for the same hashes, also if they
// have the highest ranks.
func TestSketch(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	for _, n := range []int{0, 1, 100, 5000, 200_000} {
		want, err := hyperloglog.NewSketch(precision, false)
		if err != nil {
			t.Fatal(err)
		}
		var s, a, b sketch
		for i := range n {
			hash := r.Uint64()
			if i < 300 {
				hash = hash >> 53 << 53 >> (i % 12) // zeros at the end
			}
			want.InsertHash(hash)
			s.add(hash)
			[]*sketch{&a, &b}[i%2].add(hash)
		}
		if got := s.estimate(); got != want.Estimate() {
			t.Errorf("%d hashes: %d, want %d", n, got, want.Estimate())
		}
		if a.merge(&b); a != s {
			t.Errorf("%d hashes: merged sketches differ", n)
		}
	}
}

// TestDistinctLimit: a number is exact if it is at most the limit, and if there was never
// a smaller limit.
func TestDistinctLimit(t *testing.T) {
	var d distinct
	for i := range uint64(10) {
		d.enter(hashWords(0, 8, i, 0), 12)
		d.enter(hashWords(0, 8, i, 0), 12)
	}
	for _, tc := range []struct {
		limit int
		exact bool
	}{{12, true}, {10, true}, {9, false}, {12, false}} {
		n, exact := d.count(tc.limit)
		if n != 10 || exact != tc.exact {
			t.Errorf("limit %d: %d, %v, want 10, %v", tc.limit, n, exact, tc.exact)
		}
	}
}

func TestUnique(t *testing.T) {
	twice, once := []Value{{Count: 2}}, []Value{{Count: 1}}
	for _, tc := range []struct {
		p    Path
		want Unique
	}{
		{Path{Scalars: 5, Distinct: 5, Exact: true, Values: once}, Yes},
		{Path{Scalars: 6, Distinct: 5, Exact: true, Values: once}, No},
		{Path{Scalars: 1000, Distinct: 1000, Values: twice}, No},
		{Path{Scalars: 1000, Distinct: 935, Values: once}, Likely},
		{Path{Scalars: 1000, Distinct: 1050, Values: once}, Likely},
		{Path{Scalars: 1000, Distinct: 925, Values: once}, Unlikely},
	} {
		if got := tc.p.unique(); got != tc.want {
			t.Errorf("%d of %d, exact %v: %v, want %v", tc.p.Distinct, tc.p.Scalars, tc.p.Exact, got, tc.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	s := New(Options{MaxDepth: 3})
	if err := s.Add(mustParse(t, `{a: 1, b: {c: 2}}`)); err != nil {
		t.Fatal(err)
	}
	before := string(s.AppendJSON(nil))
	good := mustParse(t, `{a: 1, x: "text", b: {y: [1, 2]}}`)
	for n := range good {
		if err := s.Add(good[:n]); !errors.Is(err, bsoncore.ErrTruncated) {
			t.Errorf("%d bytes: %v, want ErrTruncated", n, err)
		}
	}
	for _, tc := range []struct {
		doc  []byte
		want error
	}{
		{bsoncoreText("z", "\xff"), bsoncore.ErrUTF8},
		{mustParse(t, `{z: {y: {x: {}}}}`), bsoncore.ErrDepth},
	} {
		if err := s.Add(tc.doc); !errors.Is(err, tc.want) {
			t.Errorf("%v, want %v", err, tc.want)
		}
	}
	if diff := cmp.Diff(before, string(s.AppendJSON(nil))); diff != "" {
		t.Errorf("the Schema has changed (-want +got):\n%s", diff)
	}
}

// TestHistogramTiny: negative numbers near zero are in the bucket below zero, whether the
// buckets are narrow or wide when the numbers are added.
func TestHistogramTiny(t *testing.T) {
	var numbers []float64
	for i := range 2 * maxBuckets {
		numbers = append(numbers, -math.Ldexp(1, -1000-i%70), math.Ldexp(1, -1000-i%70), math.Ldexp(1+float64(i)/256, 980))
	}
	var forward, backward histogram
	for i, v := range numbers {
		forward.add(v)
		backward.add(numbers[len(numbers)-1-i])
	}
	if diff := cmp.Diff(forward.buckets(), backward.buckets()); diff != "" {
		t.Errorf("the histogram depends on the order (-forward +backward):\n%s", diff)
	}
	if got, want := forward.buckets()[0].Count, uint64(2*maxBuckets); got != want {
		t.Errorf("%d numbers are below zero, want %d", got, want)
	}
}

// TestValidated: with Options.Validated valid documents give the same result, and a malformed
// one is an error.
func TestValidated(t *testing.T) {
	for name, docs := range mixes(9) {
		checked, trusting := New(Options{}), New(Options{Validated: true})
		for _, doc := range docs {
			if err := errors.Join(checked.Add(doc), trusting.Add(doc)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(checked.AppendJSON(nil)), string(trusting.AppendJSON(nil))); diff != "" {
			t.Errorf("%s (-checked +trusting):\n%.3000s", name, diff)
		}
		if err := trusting.Add(docs[0][:len(docs[0])-1]); !errors.Is(err, bsoncore.ErrTruncated) {
			t.Errorf("%s: %v, want ErrTruncated", name, err)
		}
	}
}

func bsoncoreText(key, text string) []byte {
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendString(dst, key, text), mark)
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{
		{MaxPaths: -1}, {MaxDataKeys: -1}, {MaxValues: -1}, {MaxValueSize: -1}, {MaxHashes: -1}, {MaxLevels: -1}, {MaxDepth: -1},
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !errors.Is(err, bsoncore.ErrOption) {
					t.Errorf("%+v: %v, want ErrOption", o, err)
				}
			}()
			New(o)
		}()
	}
}
