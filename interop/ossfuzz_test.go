package interop

import (
	"math"
	"math/rand/v2"
	"testing"

	ossfuzz "github.com/AdamKorcz/go-118-fuzz-build/testing"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/fuzz/libfuzzer"
)

// TestSeedsOfOSSFuzz takes the parameters of targets from seeds, with the tool of OSS-Fuzz.
// The types are those of our targets.
func TestSeedsOfOSSFuzz(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func() []byte {
		data := make([]byte, r.IntN(4)*r.IntN(20))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		return data
	}
	for range 2000 {
		a, b, c, s, yes := text(), text(), text(), string(text()), r.IntN(2) == 1
		i, u := int64(r.Uint64()), r.Uint64()
		x := math.Float64frombits(r.Uint64() >> 1 & 0x7fef_ffff_ffff_ffff)
		for _, test := range []struct {
			values []any
			target func(got func(...any)) any
		}{
			{[]any{a}, func(got func(...any)) any { return func(_ *ossfuzz.T, a []byte) { got(a) } }},
			{[]any{s}, func(got func(...any)) any { return func(_ *ossfuzz.T, s string) { got(s) } }},
			{[]any{a, yes}, func(got func(...any)) any { return func(_ *ossfuzz.T, a []byte, yes bool) { got(a, yes) } }},
			{[]any{s, yes, a, s}, func(got func(...any)) any {
				return func(_ *ossfuzz.T, s string, yes bool, a []byte, end string) { got(s, yes, a, end) }
			}},
			{[]any{a, b, c, yes, uint32(u)}, func(got func(...any)) any {
				return func(_ *ossfuzz.T, a, b, c []byte, yes bool, u uint32) { got(a, b, c, yes, u) }
			}},
			{[]any{uint8(u), uint16(u), u, uint(u), a}, func(got func(...any)) any {
				return func(_ *ossfuzz.T, u8 uint8, u16 uint16, u64 uint64, u uint, a []byte) { got(u8, u16, u64, u, a) }
			}},
			{[]any{int32(i), i, int(i), x, float32(x)}, func(got func(...any)) any {
				return func(_ *ossfuzz.T, i32 int32, i64 int64, i int, x float64, y float32) { got(i32, i64, i, x, y) }
			}},
		} {
			var got []any
			f := ossfuzz.F{Data: libfuzzer.AppendValues(nil, test.values...), T: ossfuzz.NewT()}
			f.Fuzz(test.target(func(values ...any) { got = values }))
			if diff := cmp.Diff(test.values, got); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", f.Data, diff)
			}
		}
	}
}
