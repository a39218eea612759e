package cli

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/inspect"
)

// A range has both ends, or one of them.
func TestSpan(t *testing.T) {
	for _, tc := range []struct {
		text string
		want inspect.Span // zero: an error
	}{
		{"2", inspect.Span{From: 2, To: 2}},
		{"2-", inspect.Span{From: 2, To: math.MaxInt64}},
		{"-2", inspect.Span{From: 1, To: 2}},
		{"2-3", inspect.Span{From: 2, To: 3}},
		{"0x10-0x1f", inspect.Span{From: 16, To: 31}},
		{"3-2", inspect.Span{}}, {"0", inspect.Span{}}, {"-", inspect.Span{}}, {"", inspect.Span{}},
		{"2-x", inspect.Span{}}, {"x-2", inspect.Span{}}, {"x", inspect.Span{}}, {"1-2-3", inspect.Span{}},
	} {
		var got *inspect.Span
		err := (&span{&got, 1}).Set(tc.text)
		if fails := tc.want == (inspect.Span{}); fails != (err != nil) {
			t.Errorf("%q: error %v", tc.text, err)
		} else if !fails {
			if diff := cmp.Diff(tc.want, *got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tc.text, diff)
			}
		}
	}
}
