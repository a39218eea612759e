package hostile

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file has pickles that are cheap to write but could be expensive to read.

const (
	newID  = "cbson.objectid\nObjectId\n)\x81"
	newSON = "cbson.son\nSON\n)\x81"
)

func u64(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }

// reversedSON returns a SON of n items, with its keys from the last to the first.
func reversedSON(n int) string {
	var items, keys strings.Builder
	for i := range n {
		fmt.Fprintf(&items, "U\x06%06dN", i)
		fmt.Fprintf(&keys, "U\x06%06d", n-1-i)
	}
	return newSON + "(" + items.String() + "u}U\x0a_SON__keys](" + keys.String() + "esb"
}

// nestedSONs returns a value in nested SONs, levels of them, with keys in another
// order than the items.
func nestedSONs(levels int, value string) string {
	return strings.Repeat(newSON+"(U\x01bNU\x01a", levels) + value + strings.Repeat("u}U\x0a_SON__keys](U\x01aU\x01besb", levels)
}

// zoned returns a datetime in a zone of dateutil with a table of 1,000 offsets,
// and n more of them.
func zoned(n int) string {
	const delta = "cdatetime\ntimedelta\nK\x00K\x00K\x00\x87R"
	info := "cdateutil.tz.tz\n_ttinfo\n)\x81}(U\x06offsetK\x00U\x05delta" + delta + "ubq\x00"
	zone := "cdateutil.tz.tz\ntzfile\nNN\x86R}(U\x0b_ttinfo_std" + info + "U\x0b_trans_list(" + strings.Repeat("K\x01", 1000) +
		"tU\x0a_trans_idx(" + strings.Repeat("h\x00", 1000) + "tU\x0e_ttinfo_beforeh\x00ubq\x01"
	const again = "h\x03h\x02h\x01\x86R"
	return "](cdatetime\ndatetime\nq\x03C\x0a\x07\xe8\x07\x01\x00\x00\x00\x00\x00\x00q\x02" + zone + "\x86R" + strings.Repeat(again, n) + "e."
}

// bomb returns a leaf in nested levels. Each level has many references to the level
// below.
func bomb(leaf, wrap string, levels int) string {
	var s strings.Builder
	s.WriteString("](" + leaf + "q\x00")
	for i := range levels {
		s.WriteString(strings.ReplaceAll(wrap, "#", "h"+string(rune(i)))) // below 128
		s.WriteString("q" + string(rune(i+1)))
	}
	return s.String() + "e."
}

// pickles has shapes of about n bytes, except those that expand from a few bytes.
var pickles = []Shape{
	// Each byte, or each two bytes, is a value.
	{Name: "empty dicts", Format: Pickle, Make: filled("](", "}", "e.")},
	{Name: "empty tuples", Format: Pickle, Make: filled("](", ")", "e.")},
	{Name: "empty tuples of old", Format: Pickle, Make: filled("](", "(t", "e.")},
	{Name: "Nones", Format: Pickle, Make: filled("](", "N", "e.")},
	{Name: "Nones in a tuple", Format: Pickle, Make: filled("(", "N", "t.")},
	{Name: "integers", Format: Pickle, Make: filled("](", "K\x01", "e.")},
	{Name: "strings", Format: Pickle, Make: filled("](", "U\x01a", "e.")},
	{Name: "tuples of one", Format: Pickle, Make: filled("](", "N\x85", "e.")},
	{Name: "lists of one", Format: Pickle, Make: filled("](", "]Na", "e.")},
	{Name: "lists in the memo", Format: Pickle, Make: filled("](", "]\x94", "e.")},
	{Name: "objects", Format: Pickle, Make: filled("](cbson.min_key\nMinKey\nq\x00)\x81", "h\x00)\x81", "e.")},
	{Name: "memo of one value", Format: Pickle, Make: filled("N", "\x94", ".")},
	{Name: "memo half empty", Format: Pickle, Make: func(n int) string {
		return "N" + strings.Repeat("\x94", n/2) + "r" + u32(n) + "."
	}},
	{Name: "frames", Format: Pickle, Make: func(n int) string {
		return "](" + strings.Repeat("\x95"+u64(0)+"N", n/10) + "e."
	}},
	{Name: "lists between others", Format: Pickle, Make: filled("]", "N\x85a", ".")},
	{Name: "dictionary of pairs", Format: Pickle, Make: filled("}(", "))", "u."), Err: bson.ErrDuplicateKey},
	{Name: "shared keys", Format: Pickle, Make: filled("}q\x00(U\x01aq\x01N", "h\x01N", "u."), Err: bson.ErrDuplicateKey},
	{Name: "shared list", Format: Pickle, Make: func(n int) string {
		return "]((" + strings.Repeat("]", n/2) + "tq\x00" + strings.Repeat("h\x00", n/4) + "e."
	}, Err: pickle.ErrLimit},
	{Name: "SON in another order", Format: Pickle, Make: func(n int) string {
		return reversedSON(n/16) + "."
	}},
	{Name: "SONs in each other", Format: Pickle, Make: func(n int) string {
		return nestedSONs(900, "X"+u32(n)+strings.Repeat("x", n)) + "."
	}},
	{Name: "shared SON", Format: Pickle, Make: func(n int) string {
		return "](" + reversedSON(n/32) + "q\x00" + strings.Repeat("h\x00", n/4) + "e."
	}, Err: pickle.ErrLimit},
	{Name: "shared line", Format: Pickle, Make: func(n int) string {
		return "](V" + strings.Repeat("\xe9", n) + "\nq\x00" + strings.Repeat("h\x00", n/2) + "e."
	}, Err: pickle.ErrLimit},
	{Name: "long key to a fault", Format: Pickle, Make: func(n int) string {
		return "](X" + u32(n) + strings.Repeat("k", n) + "q\x00" + strings.Repeat("}h\x00", 12) + newID +
			strings.Repeat("s", 12) + "e."
	}, Err: pickle.ErrState},
	{Name: "tuples 1 byte a level", Format: Pickle, Make: filled("N", "\x85", "."), Err: bson.ErrDepth},
	{Name: "lists in lists", Format: Pickle, Make: func(n int) string {
		return strings.Repeat("]", n) + strings.Repeat("a", n-1) + "."
	}, Err: bson.ErrDepth},
	{Name: "marks", Format: Pickle, Make: filled("", "(", "."), Err: pickle.ErrStack},
	{Name: "values", Format: Pickle, Make: filled("", "N", "."), Err: pickle.ErrStack},
	{Name: "empty lists", Format: Pickle, Make: filled("](", "]", "e.")},
	{Name: "appended one by one", Format: Pickle, Make: filled("]", "]a", ".")},
	{Name: "billion lists", Format: Pickle, Make: func(n int) string {
		return bomb("]", "](##########e", 9)
	}, Err: pickle.ErrLimit},
	{Name: "two to the 60", Format: Pickle, Make: func(n int) string {
		return bomb("]", "](##e", 60)
	}, Err: pickle.ErrLimit},
	{Name: "tuples", Format: Pickle, Make: func(n int) string {
		return bomb(")", "##\x86", 60)
	}, Err: pickle.ErrLimit},
	{Name: "tuple as a key", Format: Pickle, Make: func(n int) string {
		return strings.TrimSuffix(bomb(")", "##\x86", 60), "e.") + "}h\x3cNse."
	}, Err: pickle.ErrLimit},
	{Name: "documents", Format: Pickle, Make: func(n int) string {
		return bomb("}", "}(U\x01a#U\x01b#u", 60)
	}, Err: pickle.ErrLimit},
	{Name: "long text, shared", Format: Pickle, Make: func(n int) string {
		return "](X" + u32(n) + strings.Repeat("x", n) + "q\x00" + strings.Repeat("h\x00", n/2) + "e."
	}, Err: pickle.ErrLimit},
	{Name: "long key in documents", Format: Pickle, Make: func(n int) string {
		return "](}X" + u32(n) + strings.Repeat("x", n) + "q\x00Ns" + strings.Repeat("}h\x00Ns", n/8) + "e."
	}, Err: pickle.ErrLimit},
	{Name: "encode of long text", Format: Pickle, Make: func(n int) string {
		return "](c_codecs\nencode\nq\x00X" + u32(n) + strings.Repeat("x", n) + "q\x01X\x06\x00\x00\x00latin1q\x02\x86q\x03R" +
			strings.Repeat("h\x00h\x03R", n/8) + "e."
	}, Err: pickle.ErrLimit},
	{Name: "decimal of long text", Format: Pickle, Make: func(n int) string {
		return "](cdecimal\nDecimal\nq\x00X" + u32(n) + strings.Repeat("0", n) + "q\x01\x85R" +
			strings.Repeat("h\x00h\x01\x85R", n/8) + "e."
	}, Err: pickle.ErrRange},
	{Name: "state of long text", Format: Pickle, Make: func(n int) string {
		return "](" + newID + "X" + u32(n) + strings.Repeat("0", n) + "q\x01b" +
			strings.Repeat(newID+"h\x01b", n/64) + "e."
	}, Err: pickle.ErrState},
	{Name: "memo index", Format: Pickle, Make: func(n int) string {
		return "Nr\xff\xff\xff\x7f" + "."
	}},
	{Name: "memo indexes", Format: Pickle, Make: filled("](", "Nr\xff\xff\xff\x7fNr\x00\x00\xff\x7fNr\x00\x00\x00\x7f", "e.")},
	{Name: "long LONG", Format: Pickle, Make: func(n int) string {
		return "L" + strings.Repeat("9", 10*n) + "L\n."
	}, Err: pickle.ErrArgument},
	{Name: "long INT", Format: Pickle, Make: func(n int) string {
		return "I" + strings.Repeat("9", 10*n) + "\n."
	}, Err: pickle.ErrArgument},
	{Name: "long float", Format: Pickle, Make: filled("F", "9", "\n."), Err: pickle.ErrArgument},
	{Name: "long name", Format: Pickle, Make: filled("c", "9", "\n."), Err: pickle.ErrName},
	{Name: "names", Format: Pickle, Make: filled("](", "cbson.objectid\nObjectId\n", "e."), Err: pickle.ErrCall},
	{Name: "escapes", Format: Pickle, Make: func(n int) string {
		return "V" + strings.Repeat(`\u0061`, n/6) + "\n."
	}},
	{Name: "claimed bytes", Format: Pickle, Make: func(n int) string {
		return "B\xff\xff\xff\x7f"
	}, Err: pickle.ErrTruncated},
	{Name: "same key", Format: Pickle, Make: filled("}(", "U\x01aN", "u."), Err: bson.ErrDuplicateKey},
	{Name: "different keys", Format: Pickle, Make: func(n int) string {
		var s strings.Builder
		s.WriteString("}(")
		for i := range n / 16 {
			s.WriteString("U\x04" + string([]byte{'a' + byte(i&15), 'a' + byte(i>>4&15), 'a' + byte(i>>8&15), 'a' + byte(i>>12&15)}) + "N")
		}
		return s.String() + "u."
	}},
	// Values that only UnknownConvert or UnknownDescribe reads.
	{Name: "sets", Format: Pickle, Make: filled("](", "\x8f", "e."), Err: pickle.ErrNoType},
	{Name: "frozensets", Format: Pickle, Make: filled("](", "(\x91", "e."), Err: pickle.ErrNoType},
	{Name: "items of a set", Format: Pickle, Make: filled("\x8f(", ")", "\x90."), Err: pickle.ErrNoType},
	{Name: "long integers", Format: Pickle, Make: func(n int) string {
		return "](\x8b" + u32(1785) + strings.Repeat("\x7f", 1785) + "q\x00" + strings.Repeat("h\x00", n/2) + "e."
	}, Err: pickle.ErrRange},
	{Name: "objects of another class", Format: Pickle, Make: filled("](ca\nB\nq\x00", "h\x00)R", "e."), Err: pickle.ErrName},
	{Name: "instances of another class", Format: Pickle, Make: filled("](ca\nB\nq\x00", "(h\x00o", "e."), Err: pickle.ErrName},
	{Name: "names of other classes", Format: Pickle, Make: filled("](", "ca\nB\n", "e."), Err: pickle.ErrName},
	{Name: "a name of another class, shared", Format: Pickle, Make: filled("](ca\nB\nq\x00", "h\x00", "e."), Err: pickle.ErrName},
	{Name: "a long name of another class, shared", Format: Pickle, Make: func(n int) string {
		return "](c" + strings.Repeat("m", 2000) + "\nB\nq\x00" + strings.Repeat("h\x00", n/2) + "e."
	}, Err: pickle.ErrName},
	{Name: "objects in each other", Format: Pickle, Make: filled("ca\nB\nq\x00)R", "h\x00)R)b", "."), Err: pickle.ErrName},
	{Name: "calls of calls", Format: Pickle, Make: filled("ca\nB\n", ")R", "."), Err: pickle.ErrName},
	{Name: "dictionaries of other keys", Format: Pickle, Make: filled("}U\x01d](", "}NNs", "es."), Err: pickle.ErrKey},
	{Name: "datetimes in a table", Format: Pickle, Make: func(n int) string { return zoned(n / 8) }},
	{Name: "SON of many keys", Format: Pickle, Make: func(n int) string {
		return "](" + newSON + "q\x00(" + strings.Repeat("U\x01aN", n/8) + "u}U\x0a_SON__keys](" +
			strings.Repeat("U\x01a", n/8) + "esb" + strings.Repeat("h\x00", n/8) + "e."
	}, Err: bson.ErrDuplicateKey},
}
