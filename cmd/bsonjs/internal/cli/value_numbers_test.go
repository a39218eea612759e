package cli

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/inspect"
)

// The value of a flag has a text before and after it is set, and a name of its kind.
func TestValueTexts(t *testing.T) {
	var (
		number, size int
		total        int64
		numbers      *inspect.Span
		place        *time.Location
		patterns     *codec.Namespaces
		words        dialects
		one          errorPolicy
		on           bool
	)
	for _, tc := range []struct {
		name                string
		v                   pflag.Value
		before, text, after string
		typ                 string
	}{
		{"amount", &amount{p: &number, least: 1, most: 9}, "", "7", "7", "number"},
		{"size", &amount{p: &size, least: 1, most: 9 << 20, units: byteUnits}, "", "2MiB", "2097152", "size"},
		{"count", &count{&total}, "", "5000000000", "5000000000", "number"},
		{"span", &span{&numbers, 1}, "", "3-5", "3-5", "range"},
		{"span, one", &span{&numbers, 1}, "3-5", "0x10", "16-16", "range"},
		{"zone", &zone{&place}, "", "+02:00", "+02:00", "zone"},
		{"namespaces", namespaces{&patterns, "!"}, "", "a.*", "!a.*", "PATTERN"},
		{"more namespaces", namespaces{&patterns, ""}, "!a.*", "b.x", "!a.* b.x", "PATTERN"},
		{"union", unite(&words, word[dialects]{"legacy", acceptLegacy}, word[dialects]{"shell", acceptShell}), "", "shell,legacy", "legacy,shell", "legacy|shell"},
		{"choice", choose(&one, word[errorPolicy]{"skip", skipErrors}), "", "skip", "skip", "skip"},
		{"toggle", &toggle[bool]{&on, true}, "false", "true", "true", "bool"},
	} {
		if got := tc.v.String(); got != tc.before {
			t.Errorf("%s: %q before it is set, want %q", tc.name, got, tc.before)
		}
		if err := tc.v.Set(tc.text); err != nil {
			t.Errorf("%s: %v", tc.name, err)
		}
		if got := tc.v.String(); got != tc.after {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.after)
		}
		if got := tc.v.Type(); got != tc.typ {
			t.Errorf("%s: the type is %q, want %q", tc.name, got, tc.typ)
		}
	}
	// The zero value of each is one without a text.
	for _, v := range []pflag.Value{
		new(amount), new(span), new(zone), namespaces{}, new(union[dialects]), new(choice[errorPolicy]),
	} {
		if got := v.String(); got != "" {
			t.Errorf("%T: %q", v, got)
		}
	}
	if err := (&toggle[bool]{&on, true}).Set("maybe"); err == nil || err.Error() != "must be true or false" || !on {
		t.Errorf("toggle: %v, and the value is %t", err, on)
	}
}

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
