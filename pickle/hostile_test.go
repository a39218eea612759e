package pickle_test

import (
	"errors"
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
	dbref := func(id string) string {
		return "cbson.dbref\nDBRef\n)\x81}(U\x12_DBRef__collectionU\x01cU\x0a_DBRef__id" + id + "ub"
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
		{"depth of a DBRef", pickle.DecodeOptions{MaxDepth: 2}, []byte("]" + dbref("N") + "a."), nil},
		{"depth of a DBRef", pickle.DecodeOptions{MaxDepth: 1}, []byte("]" + dbref("N") + "a."), bson.ErrDepth},
		{"depth in a DBRef", pickle.DecodeOptions{MaxDepth: 2}, []byte("]" + dbref("]") + "a."), bson.ErrDepth},
		{"depth behind a DBRef", pickle.DecodeOptions{MaxDepth: 2}, []byte("](" + dbref("N") + "]e."), nil},
		{"depth behind a DBRef", pickle.DecodeOptions{MaxDepth: 2}, []byte("](" + dbref("N") + "]]ae."), bson.ErrDepth},
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
