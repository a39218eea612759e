package pickle_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/hostile"
	"github.com/bsonkit/bsonkit/pickle"
)

// hostileSize is the size of a hostile pickle in bytes.
const hostileSize = 1 << 20

func TestLimits(t *testing.T) {
	deep := func(n int) []byte {
		return []byte(strings.Repeat("}U\x01a", n-1) + "}" + strings.Repeat("s", n-1) + ".")
	}
	for _, tc := range []struct {
		name string
		o    pickle.DecodeOptions
		data []byte
		want error
	}{
		{"depth", pickle.DecodeOptions{}, deep(1000), nil},
		{"depth", pickle.DecodeOptions{}, deep(1001), bson.ErrDepth},
		{"depth", pickle.DecodeOptions{MaxDepth: 3}, deep(3), nil},
		{"depth", pickle.DecodeOptions{MaxDepth: 3}, deep(4), bson.ErrDepth},
		{"depth", pickle.DecodeOptions{MaxDepth: 3}, []byte("]])aa."), nil},
		{"depth", pickle.DecodeOptions{MaxDepth: 2}, []byte("]])aa."), bson.ErrDepth},
		{"depth", pickle.DecodeOptions{MaxDepth: 1 << 40 >> 10}, deep(200_000), bson.ErrDepth},
		{"nodes", pickle.DecodeOptions{MaxNodes: 3}, []byte("](]]e."), nil},
		{"nodes", pickle.DecodeOptions{MaxNodes: 2}, []byte("](]]e."), pickle.ErrLimit},
		{"memo", pickle.DecodeOptions{MaxMemo: 2}, []byte("]q\x00(Nq\x01e."), nil},
		{"memo", pickle.DecodeOptions{MaxMemo: 2}, []byte("]q\x00(Nq\x01Nq\x02e."), pickle.ErrLimit},
		{"memo", pickle.DecodeOptions{MaxMemo: 1}, []byte("]r\x00\x00\x00\x70Nr\x00\x00\x00\x71a."), pickle.ErrLimit},
		{"expansion", pickle.DecodeOptions{MaxExpansion: 1}, []byte("](X" + u32(600_000) + strings.Repeat("x", 600_000) + "q\x00h\x00h\x00e."), pickle.ErrLimit},
		{"expansion", pickle.DecodeOptions{MaxExpansion: 4}, []byte("](X" + u32(600_000) + strings.Repeat("x", 600_000) + "q\x00h\x00h\x00e."), nil},
	} {
		_, _, err := tc.o.AppendBSONValue(nil, tc.data)
		if !errors.Is(err, tc.want) || (tc.want == nil) != (err == nil) {
			t.Errorf("%s: %.20q, %+v: %v, want %v", tc.name, tc.data, tc.o, err, tc.want)
		}
	}
}

// containers are the values that have other values inside, with the number of
// levels of arrays and documents down to these. The verb %s is the value inside.
// array is set if the result is an array.
var containers = []struct {
	name, format string
	levels       int
	array        bool
}{
	{"list", "](%se", 1, true},
	{"tuple", "(%st", 1, true},
	{"short tuple", "%s\x85", 1, true},
	{"dictionary", "}(U\x01a%su", 1, false},
	{"dictionary with other keys", "}(K\x01%su", 2, true},
	{"SON", newSON + "(U\x01a%su}U\x0a_SON__keys]U\x01aasb", 1, false},
	{"OrderedDict", "ccollections\nOrderedDict\n)R(U\x01a%su", 1, false},
	{"OrderedDict of a list", "ccollections\nOrderedDict\n](U\x01a%s\x86e\x85R", 1, false},
	{"DBRef", "cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__id%sub", 1, false},
	{"DBRef with fields", "cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__idNU\x0e_DBRef__kwargs}U\x01x%ssub", 1, false},
}

// TestDepthOfSiblings: a value that has ended does not count as a level for those
// beside it, whatever its kind is.
func TestDepthOfSiblings(t *testing.T) {
	for _, item := range []string{
		")", "(t", "N\x85", "]", "(l", "]Na", "}", "(d", "}U\x01aNs", "}K\x01Ns", "\x8f", "\x8f(N\x90", "(N\x91", "(\x91",
		newSON + "}U\x0a_SON__keys]sb", newSON + "U\x01aNs}U\x0a_SON__keys](U\x01aesb", "ccollections\nOrderedDict\n)R", "ccollections\nOrderedDict\n](](U\x01aNee\x85R",
		"cbson.code\nCode\nU\x01a\x85\x81}U\x0c_Code__scope}sb", "cbson.code\nCode\nU\x01a\x85\x81}U\x0c_Code__scopeNsb",
		"cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__idNub",
		"cos\nsystem\nU\x04echo\x85R", "cos\nsystem\n", "cos\nsystem\n)\x81}U\x01aNsb", "ca\nB\n)\x81(NNe", "ca\nB\n)\x81(U\x01aNu", "ca\nB\n)}U\x01kNs\x92",
	} {
		for _, o := range []pickle.DecodeOptions{{}, {Unknown: pickle.UnknownConvert}, {Unknown: pickle.UnknownDescribe}} {
			read := func(n int) error {
				_, _, err := o.AppendBSONValue(nil, []byte("]("+strings.Repeat(item, n)+"e."))
				return err
			}
			for o.MaxDepth = 1; errors.Is(read(1), bson.ErrDepth); o.MaxDepth++ {
			}
			if err := read(1); err != nil {
				continue // the option does not allow it
			}
			if err := read(20); err != nil {
				t.Errorf("%q, Unknown %v, MaxDepth %d: %v for 20 of them", item, o.Unknown, o.MaxDepth, err)
			}
		}
	}
}

// TestDepths counts the levels of each container: a limit of as many levels is
// enough for it, and for several of them beside each other. One less is not.
func TestDepths(t *testing.T) {
	wantDepth := func(data string, limit int, deep bool) {
		t.Helper()
		_, _, err := pickle.DecodeOptions{MaxDepth: limit}.AppendBSONValue(nil, []byte(data+"."))
		if deep != errors.Is(err, bson.ErrDepth) || deep != (err != nil) {
			t.Errorf("%q, limit %d: %v, want ErrDepth: %v", data, limit, err, deep)
		}
	}
	for _, c := range containers {
		empty := fmt.Sprintf(c.format, "N")
		full := fmt.Sprintf(c.format, "]")
		wantDepth(empty, c.levels, false)
		if c.levels > 1 {
			wantDepth(empty, c.levels-1, true)
		}
		wantDepth(full, c.levels+1, false)
		wantDepth(full, c.levels, true)
		wantDepth("]("+empty+empty+empty+full+"e", c.levels+2, false)
		wantDepth("]("+empty+empty+empty+full+"e", c.levels+1, true)
		for _, inner := range containers {
			if inner.levels > 1 && !c.array {
				continue // only arrays hold dictionaries with other keys
			}
			two := fmt.Sprintf(c.format, fmt.Sprintf(inner.format, "N"))
			wantDepth(two, c.levels+inner.levels, false)
			wantDepth(two, c.levels+inner.levels-1, true)
		}
	}
}

// BenchmarkHostile measures the pickles of TestHostile. Bytes per second must be
// similar for all shapes.
func BenchmarkHostile(b *testing.B) {
	for _, shape := range hostile.Shapes(hostile.Pickle) {
		data := []byte(shape.Make(hostileSize))
		b.Run(shape.Name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				pickle.AppendBSONValue(nil, data)
			}
		})
	}
}
