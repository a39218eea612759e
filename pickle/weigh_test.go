package pickle

import (
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// weights returns the estimated length of the value in data, for a limit, and the
// value itself.
func weights(t *testing.T, o DecodeOptions, data string, limit int) (weight int, value []byte) {
	t.Helper()
	u := newUnpickler()
	u.init(&o)
	u.builder.pairs = true
	u.reset()
	u.machine.src, u.machine.final = []byte(data), true
	if u.machine.run() != statusDone {
		t.Fatalf("%.40q: %v", data, u.error(0))
	}
	weight = u.builder.weigh(u.machine.result(), 0, limit)
	value, typ := u.result(nil)
	if typ == 0 {
		t.Fatalf("%.40q: %v", data, u.error(0))
	}
	return weight, value
}

// plain returns the pickle of a random value, without STOP. The estimate of its length
// is exact.
func plain(r *rand.Rand, depth int) string {
	n := r.IntN(14)
	if depth == 1 && r.IntN(8) == 0 {
		n = 95 + r.IntN(10) // elements, around the first index with three digits
	}
	switch k := r.IntN(10); {
	case depth == 0, k == 0:
		return []string{
			"N", "\x88", "\x89", "K\x05", "J\xff\xff\xff\xff", "G" + strings.Repeat("\x01", 8),
			"U" + string(rune(n)) + strings.Repeat("x", n), "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(n))) + strings.Repeat("y", n),
			"C" + string(rune(n)) + strings.Repeat("\xff", n),
		}[r.IntN(9)]
	case k < 4:
		var b strings.Builder
		b.WriteString("](")
		for range n {
			b.WriteString(plain(r, depth-1))
		}
		return b.String() + "e"
	case k < 6:
		var b strings.Builder
		b.WriteString("(")
		for range n {
			b.WriteString(plain(r, depth-1))
		}
		return b.String() + "t"
	}
	var b strings.Builder
	b.WriteString("}(")
	for i := range n {
		key := "k" + strconv.Itoa(i)
		b.WriteString("U" + string(rune(len(key))) + key + plain(r, depth-1))
	}
	return b.String() + "u"
}

// TestWeights checks that the estimate of values with one spelling in BSON is their
// length. It stops at the limit, if there is one.
func TestWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	seen := 0
	for range 400 {
		data := plain(r, 3) + "."
		exact, value := weights(t, DecodeOptions{}, data, 1<<30)
		if least := len(value); exact != least {
			t.Fatalf("%.60q: %d bytes are estimated to be %d", data, least, exact)
		}
		if !strings.Contains("](}", data[:1]) || exact == holderWeight || exact > 1<<14 {
			continue // the limit is for containers
		}
		for _, limit := range []int{5, 6, exact / 2, exact - 1, exact, exact + 1} {
			if got, _ := weights(t, DecodeOptions{}, data, limit); got != min(exact, limit) {
				t.Fatalf("%.60q with the limit %d: %d, want %d", data, limit, got, min(exact, limit))
			}
			seen++
		}
	}
	if seen < 500 {
		t.Errorf("only %d limits seen", seen)
	}
}

// TestWeightsAreEnough checks that no value is longer than its estimate, for values of
// every class, with each policy that reads them, also where they are shared.
func TestWeightsAreEnough(t *testing.T) {
	for _, tc := range []string{
		"cbson.objectid\nObjectId\n)\x81U\x0c123456789012b", "cdatetime\ndatetime\nC\x0a\x07\xb2\x01\x01\x00\x00\x00\x00\x00\x00\x85R",
		"cbson.int64\nInt64\nK\x05\x85\x81", "cbson.binary\nBinary\nC\x03abc\x85\x81}U\x10_Binary__subtypeK\x05sb", "cuuid\nUUID\n)\x81}U\x03intK\x01sb",
		"cdecimal\nDecimal\nU\x031.5\x85R", "cbson.min_key\nMinKey\n)\x81", "cbson.regex\nRegex\n)\x81}(U\x07patternU\x01aU\x05flagsK\x02ub",
		"cbson.timestamp\nTimestamp\n)\x81}(U\x10_Timestamp__timeK\x01U\x0f_Timestamp__incK\x02ub", "cbson.code\nCode\nU\x01a\x85\x81}U\x0c_Code__scope}sb",
		"cbson.son\nSON\n)\x81(U\x01aNu}U\x0a_SON__keys]U\x01aasb", "ccollections\nOrderedDict\n]]U\x01aaNaa\x85R",
		"cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__idNU\x10_DBRef__databaseU\x01dub",
		"cdatetime\ndate\nC\x04\x07\xe8\x02\x1d\x85R", "cdatetime\ntimedelta\nK\x01K\x00K\x00\x87R", "\x8f(K\x05\x90", "(K\x05\x91", "ccollections\ndeque\n]Na\x85R",
		"L" + strings.Repeat("9", 100) + "L\n", "V\\u00e9\\u4e2d\\U0001f642\n", "S'\\xe9\\xff'\n", "}K\x01Ns", "}U\x01a}K\x01Nss",
		"ca\nB\n)\x81}U\x01aNsb", "ca\nB\n(K\x01U\x01xt\x81Na", "ca\nB\n)\x81(K\x01U\x05hellou", "ca\nB\n)\x81(U\x05helloU\x05helloU\x05helloe",
		"ccollections\ndeque\n)R(U\x05helloU\x05helloU\x05helloe", "cmongoengine.base.datastructures\nBaseList\n)\x81(U\x05helloe",
		"cmongoengine.base.datastructures\nEmbeddedDocumentList\n)\x81(U\x05helloK\x01e", "cmongoengine.base.datastructures\nBaseDict\n)\x81(U\x05helloK\x01u",
		"ccollections\ndefaultdict\n)R(U\x05helloK\x01u", "ccollections\nOrderedDict\n)R(U\x05helloK\x01u", "cos\nsystem\n", "cdatetime\ndatetime\n", "C\x00", "U\x00", ")", "]", "}",
	} {
		read := 0
		for o := range (DecodeOptions{}).policies() {
			for _, data := range []string{tc, "](" + strings.Repeat(tc, 12) + "e", "}(U\x01a" + tc + "U\x01b(" + tc + "lu", tc + "q\x00(h\x00h\x00h\x00t\x86"} {
				if _, _, err := o.AppendBSONValue(nil, []byte(data+".")); err != nil {
					continue
				}
				read++
				if weight, value := weights(t, o, data+".", 1<<30); weight < len(value) {
					t.Errorf("%.60q: %d bytes are estimated to be %d", data, len(value), weight)
				}
			}
		}
		if read == 0 {
			t.Errorf("%.60q is not read with any policy", tc)
		}
	}
}

// policies has the options for each policy.
func (o DecodeOptions) policies() func(func(DecodeOptions) bool) {
	return func(yield func(DecodeOptions) bool) {
		o.LoadLocation, o.Encoding = time.LoadLocation, Latin1
		for o.Unknown = UnknownError; o.Unknown <= UnknownDescribe; o.Unknown++ {
			if !yield(o) {
				return
			}
		}
	}
}

// TestWeighsWithinDepth checks that a value below the depth limit weighs nothing, and
// one at the limit counts.
func TestWeighsWithinDepth(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("(", n) + "U\x0aaaaaaaaaaa" + strings.Repeat("l", n) + "." }
	for n := 1; n < 5; n++ {
		weight, value := weights(t, DecodeOptions{MaxDepth: n}, nested(n), 1<<30)
		if weight != len(value) || len(value) != 15+8*n {
			t.Errorf("%d lists: %d bytes are estimated to be %d", n, len(value), weight)
		}
		u := newUnpickler()
		u.init(&DecodeOptions{MaxDepth: n})
		u.reset()
		u.machine.src, u.machine.final = []byte(nested(n+3)), true
		if u.machine.run() != statusDone {
			t.Fatal(u.error(0))
		}
		if weight := u.builder.weigh(u.machine.result(), 0, 1<<30); weight != 5+8*n+3 {
			t.Errorf("%d lists with the limit %d: estimated to be %d", n+3, n, weight)
		}
		if _, typ := u.result(nil); typ != 0 || u.machine.err != bsoncore.ErrDepth {
			t.Errorf("%d lists with the limit %d: %v", n+3, n, u.machine.err)
		}
	}
}

// TestLongObjects reads an object of each class that extends list or dict, with so many
// items that its length is estimated.
func TestLongObjects(t *testing.T) {
	for _, tc := range []struct {
		object string
		pairs  bool
	}{
		{"ca\nB\n)\x81", false},
		{"ca\nB\n)\x81", true},
		{"ccollections\ndeque\n)R", false},
		{"cmongoengine.base.datastructures\nBaseList\n)\x81", false},
		{"cmongoengine.base.datastructures\nEmbeddedDocumentList\n)\x81", false},
		{"cmongoengine.base.datastructures\nBaseDict\n)\x81", true},
		{"ccollections\ndefaultdict\n)R", true},
		{"ccollections\nOrderedDict\n)R", true},
	} {
		for _, n := range []int{weighFrom / 8, weighFrom/8 + 1, weighFrom/8 + 2} {
			var b strings.Builder
			b.WriteString(tc.object + "(")
			for i := range n {
				key := strconv.Itoa(100_000 + i)
				b.WriteString("U\x06" + key)
				if tc.pairs {
					b.WriteString("N")
				}
			}
			data := b.String() + map[bool]string{false: "e.", true: "u."}[tc.pairs]
			value, typ, err := DecodeOptions{Unknown: UnknownDescribe}.AppendBSONValue(nil, []byte(data))
			if err != nil {
				t.Errorf("%q with %d items: %v", tc.object, n, err)
				continue
			}
			doc := bsoncore.Document(value)
			if strings.HasPrefix(tc.object, "ca\n") {
				doc, _ = doc.Lookup("items").DocumentOK()
				if !tc.pairs {
					doc = bsoncore.Document(value).Lookup("items").Data
				}
			}
			got := 0
			for c := bsoncore.NewCursor(doc); c.Next(); got++ {
			}
			if got != n {
				t.Errorf("%q with %d items: %v with %d", tc.object, n, typ, got)
			}
			if weight, value := weights(t, DecodeOptions{Unknown: UnknownDescribe}, data, 1<<30); weight < len(value) || weight > 4*len(value) {
				t.Errorf("%q with %d items: %d bytes are estimated to be %d", tc.object, n, len(value), weight)
			}
		}
	}
}
