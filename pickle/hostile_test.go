package pickle_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/pickle"
)

// hostile are pickles that are cheap to write and would be expensive to read,
// with the limit that each must meet; nil: it may be read.
func hostile() map[string]struct {
	data string
	want error
} {
	const mega = 1 << 20
	bomb := func(leaf, wrap string, levels int) string {
		var s strings.Builder
		s.WriteString("](" + leaf + "q\x00")
		for i := range levels {
			s.WriteString(strings.ReplaceAll(wrap, "#", "h"+string(rune(i)))) // below 128
			s.WriteString("q" + string(rune(i+1)))
		}
		return s.String() + "e."
	}
	type row = struct {
		data string
		want error
	}
	return map[string]row{
		// A value in each byte, or two.
		"empty dicts":          {"](" + strings.Repeat("}", mega) + "e.", nil},
		"empty tuples":         {"](" + strings.Repeat(")", mega) + "e.", nil},
		"empty tuples of old":  {"](" + strings.Repeat("(t", mega/2) + "e.", nil},
		"Nones":                {"](" + strings.Repeat("N", mega) + "e.", nil},
		"Nones in a tuple":     {"(" + strings.Repeat("N", mega) + "t.", nil},
		"integers":             {"](" + strings.Repeat("K\x01", mega/2) + "e.", nil},
		"strings":              {"](" + strings.Repeat("U\x01a", mega/3) + "e.", nil},
		"tuples of one":        {"](" + strings.Repeat("N\x85", mega/2) + "e.", nil},
		"lists of one":         {"](" + strings.Repeat("]Na", mega/3) + "e.", nil},
		"lists in the memo":    {"](" + strings.Repeat("]\x94", mega/2) + "e.", nil},
		"objects":              {"](cbson.min_key\nMinKey\nq\x00)\x81" + strings.Repeat("h\x00)\x81", mega/4) + "e.", nil},
		"memo of one value":    {"N" + strings.Repeat("\x94", mega) + ".", nil},
		"memo half empty":      {"N" + strings.Repeat("\x94", mega/2) + "r" + u32(mega) + ".", nil},
		"frames":               {"](" + strings.Repeat("\x95"+u64(0)+"N", mega/10) + "e.", nil},
		"lists between others": {"]" + strings.Repeat("N\x85a", mega/3) + ".", nil},
		"dictionary of pairs":  {"}(" + strings.Repeat("))", mega/2) + "u.", bson.ErrDuplicateKey},
		"shared keys":          {"}q\x00(U\x01aq\x01N" + strings.Repeat("h\x01N", mega/3) + "u.", bson.ErrDuplicateKey},
		"shared list":          {"]((" + strings.Repeat("]", mega/2) + "tq\x00" + strings.Repeat("h\x00", mega/4) + "e.", pickle.ErrLimit},
		"SON in another order": {reversedSON(mega/16) + ".", nil},
		"SONs in each other":   {nestedSONs(900, "X"+u32(mega)+strings.Repeat("x", mega)) + ".", nil},
		"shared SON":           {"](" + reversedSON(mega/32) + "q\x00" + strings.Repeat("h\x00", mega/4) + "e.", pickle.ErrLimit},
		"shared line":          {"](V" + strings.Repeat("\xe9", mega) + "\nq\x00" + strings.Repeat("h\x00", mega/2) + "e.", pickle.ErrLimit},
		"long key to a fault": {"](X" + u32(mega) + strings.Repeat("k", mega) + "q\x00" + strings.Repeat("}h\x00", 12) + newID +
			strings.Repeat("s", 12) + "e.", pickle.ErrState},

		"tuples 1 byte a level": {"N" + strings.Repeat("\x85", mega) + ".", bson.ErrDepth},
		"lists in lists":        {strings.Repeat("]", mega) + strings.Repeat("a", mega-1) + ".", bson.ErrDepth},
		"marks":                 {strings.Repeat("(", mega) + ".", pickle.ErrStack},
		"values":                {strings.Repeat("N", mega) + ".", pickle.ErrStack},
		"empty lists":           {"](" + strings.Repeat("]", mega) + "e.", nil},
		"appended one by one":   {"]" + strings.Repeat("]a", mega/2) + ".", nil},
		"billion lists":         {bomb("]", "](##########e", 9), pickle.ErrLimit},
		"two to the 60":         {bomb("]", "](##e", 60), pickle.ErrLimit},
		"tuples":                {bomb(")", "##\x86", 60), pickle.ErrLimit},
		"tuple as a key":        {strings.TrimSuffix(bomb(")", "##\x86", 60), "e.") + "}h\x3cNse.", pickle.ErrLimit},
		"documents":             {bomb("}", "}(U\x01a#U\x01b#u", 60), pickle.ErrLimit},
		"long text, shared":     {"](X" + u32(mega) + strings.Repeat("x", mega) + "q\x00" + strings.Repeat("h\x00", mega/2) + "e.", pickle.ErrLimit},
		"long key in documents": {"](}X" + u32(mega) + strings.Repeat("x", mega) + "q\x00Ns" + strings.Repeat("}h\x00Ns", mega/8) + "e.", pickle.ErrLimit},
		"encode of long text": {"](c_codecs\nencode\nq\x00X" + u32(mega) + strings.Repeat("x", mega) + "q\x01X\x06\x00\x00\x00latin1q\x02\x86q\x03R" +
			strings.Repeat("h\x00h\x03R", mega/8) + "e.", pickle.ErrLimit},
		"decimal of long text": {"](cdecimal\nDecimal\nq\x00X" + u32(mega) + strings.Repeat("0", mega) + "q\x01\x85R" +
			strings.Repeat("h\x00h\x01\x85R", mega/8) + "e.", pickle.ErrRange},
		"state of long text": {"](" + newID + "X" + u32(mega) + strings.Repeat("0", mega) + "q\x01b" +
			strings.Repeat(newID+"h\x01b", mega/64) + "e.", pickle.ErrState},
		"memo index":    {strings.Repeat("Nr\xff\xff\xff\x7f", 1) + ".", nil},
		"memo indexes":  {"](" + strings.Repeat("Nr\xff\xff\xff\x7fNr\x00\x00\xff\x7fNr\x00\x00\x00\x7f", mega/16) + "e.", nil},
		"long LONG":     {"L" + strings.Repeat("9", 10*mega) + "L\n.", pickle.ErrArgument},
		"long INT":      {"I" + strings.Repeat("9", 10*mega) + "\n.", pickle.ErrArgument},
		"long float":    {"F" + strings.Repeat("9", mega) + "\n.", pickle.ErrArgument},
		"long name":     {"c" + strings.Repeat("9", mega) + "\n.", pickle.ErrName},
		"names":         {"](" + strings.Repeat("cbson.objectid\nObjectId\n", mega/32) + "e.", pickle.ErrCall},
		"escapes":       {"V" + strings.Repeat(`\u0061`, mega/6) + "\n.", nil},
		"claimed bytes": {"B\xff\xff\xff\x7f", pickle.ErrTruncated},
		"same key":      {"}(" + strings.Repeat("U\x01aN", mega/4) + "u.", bson.ErrDuplicateKey},
		"different keys": {func() string {
			var s strings.Builder
			s.WriteString("}(")
			for i := range mega / 16 {
				s.WriteString("U\x04" + string([]byte{'a' + byte(i&15), 'a' + byte(i>>4&15), 'a' + byte(i>>8&15), 'a' + byte(i>>12&15)}) + "N")
			}
			return s.String() + "u."
		}(), nil},
		"SON of many keys": {"](" + newSON + "q\x00(" + strings.Repeat("U\x01aN", mega/8) + "u}U\x0a_SON__keys](" +
			strings.Repeat("U\x01a", mega/8) + "esb" + strings.Repeat("h\x00", mega/8) + "e.", bson.ErrDuplicateKey},
	}
}

// reversedSON is a SON of n items, its keys listed from the last to the first.
func reversedSON(n int) string {
	var items, keys strings.Builder
	for i := range n {
		fmt.Fprintf(&items, "U\x06%06dN", i)
		fmt.Fprintf(&keys, "U\x06%06d", n-1-i)
	}
	return newSON + "(" + items.String() + "u}U\x0a_SON__keys](" + keys.String() + "esb"
}

// nestedSONs is a value in so many SONs, each with its keys in another order.
func nestedSONs(levels int, value string) string {
	return strings.Repeat(newSON+"(U\x01bNU\x01a", levels) + value + strings.Repeat("u}U\x0a_SON__keys](U\x01aU\x01besb", levels)
}

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

// BenchmarkHostile has the time that each of the pickles of TestHostile
// takes: bytes a second must not depend on how they are made.
func BenchmarkHostile(b *testing.B) {
	for name, tc := range hostile() {
		data := []byte(tc.data)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				pickle.AppendBSONValue(nil, data)
			}
		})
	}
}
