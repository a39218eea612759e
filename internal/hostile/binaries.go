package hostile

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
)

// This file has the shapes of BSON. It makes their bytes without package bson, which
// would reject some of them.

// doc returns a document with the elements.
func doc(elements string) string { return u32(len(elements)+5) + elements + "\x00" }

// text returns the value of a string.
func text(s string) string { return u32(len(s)+1) + s + "\x00" }

// many returns a Make for documents that repeat one element.
func many(element string) func(n int) string {
	return func(n int) string { return doc(fill(n-5, "", element, "")) }
}

// inArray returns a Make for documents with an array that repeats one value.
func inArray(typ, value string) func(n int) string {
	return func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n-13; i++ {
			fmt.Fprintf(&b, "%s%d\x00%s", typ, i, value)
		}
		return doc("\x04a\x00" + doc(b.String()))
	}
}

// counted returns a Make for documents whose elements depend on their number.
func counted(element func(i int) string) func(n int) string {
	return func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n-5; i++ {
			b.WriteString(element(i))
		}
		return doc(b.String())
	}
}

// nest returns elements in nested documents or arrays, levels of them. head is the
// type and the key of each.
func nest(levels int, head, elements string) string {
	d := doc(elements)
	// First the lengths, from the inside to the outside, and then the bytes in order.
	var b strings.Builder
	size := func(level int) int { return len(d) + level*(len(head)+5) }
	for level := levels; level > 0; level-- {
		b.WriteString(u32(size(level)) + head)
	}
	return b.String() + d + strings.Repeat("\x00", levels)
}

// nested returns a Make for documents with levels around repeated elements.
func nested(levels int, head, element string) func(n int) string {
	return func(n int) string {
		return nest(levels, head, fill(n-levels*(len(head)+5)-5, "", element, ""))
	}
}

// key returns a key of n bytes and its NUL.
func key(n int) string { return strings.Repeat("k", n) + "\x00" }

const badString = "\x02\x00\x02\x00\x00\x00\xff\x00"

var binaries = []Shape{
	{Name: "empty", Make: func(int) string { return doc("") }},
	{Name: "nulls, no keys", Make: many("\x0a\x00")},
	{Name: "nulls", Make: many("\x0aa\x00")},
	{Name: "undefined", Make: many("\x06\x00")},
	{Name: "min keys", Make: many("\xff\x00")},
	{Name: "booleans", Make: many("\x08\x00\x01")},
	{Name: "int32", Make: many("\x10\x00\xff\xff\xff\x7f")},
	{Name: "int64", Make: many("\x12\x00\x00\x00\x00\x00\x00\x00\x00\x80")},
	{Name: "doubles of 17 digits", Make: many("\x01\x00\xfe\xff\xff\xff\xff\xff\xef\x7f")},
	{Name: "denormal doubles", Make: many("\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00")},
	{Name: "NaN", Make: many("\x01\x00\x00\x00\x00\x00\x00\x00\xf8\x7f")},
	{Name: "decimals of 34 digits", Make: many("\x13\x00\xff\xff\xff\xff\x63\x8e\x8d\x37\xc0\x87\xad\xbe\x09\xed\x41\x30")},
	{Name: "decimals not canonical", Make: many("\x13\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x6f")},
	{Name: "dates", Make: many("\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00")},
	{Name: "dates far away", Make: many("\x09\x00\xff\xff\xff\xff\xff\xff\xff\x7f")},
	{Name: "timestamps", Make: many("\x11\x00\xff\xff\xff\xff\xff\xff\xff\xff")},
	{Name: "ObjectIds", Make: many("\x07\x00abcdefghijkl")},
	{Name: "empty strings", Make: many("\x02\x00" + text(""))},
	{Name: "strings of 20", Make: many("\x02a\x00" + text("12345678901234567890"))},
	{Name: "symbols", Make: many("\x0e\x00" + text(""))},
	{Name: "codes", Make: many("\x0d\x00" + text(""))},
	{Name: "dbPointers", Make: many("\x0c\x00" + text("") + "abcdefghijkl")},
	{Name: "regexes", Make: many("\x0b\x00\x00\x00")},
	{Name: "slashes in regexes", Make: func(n int) string { return doc("\x0ba\x00" + strings.Repeat("/", n-12) + "\x00i\x00") }},
	{Name: "long regex options", Make: func(n int) string { return doc("\x0ba\x00\x00" + strings.Repeat("xi", n/2-6) + "\x00") }},
	{Name: "empty binaries", Make: many("\x05\x00\x00\x00\x00\x00\x00")},
	{Name: "old binaries", Make: many("\x05\x00\x04\x00\x00\x00\x02\x00\x00\x00\x00")},
	{Name: "UUIDs", Make: many("\x05\x00\x10\x00\x00\x00\x040123456789abcdef")},
	{Name: "vectors", Make: many("\x05\x00\x03\x00\x00\x00\x09\x03\x00\x01")},
	{Name: "long binary", Make: func(n int) string {
		return doc("\x05a\x00" + u32(n-16) + "\x00" + strings.Repeat("x", n-16))
	}},
	{Name: "long string", Make: func(n int) string { return doc("\x02a\x00" + text(strings.Repeat("x", n-16))) }},
	{Name: "controls", Make: func(n int) string { return doc("\x02a\x00" + text(strings.Repeat("\x01", n-16))) }},
	{Name: "quotes", Make: func(n int) string { return doc("\x02a\x00" + text(strings.Repeat(`"`, n-16))) }},
	{Name: "beyond ASCII", Make: func(n int) string { return doc("\x02a\x00" + text(strings.Repeat("é", n/2-8))) }},
	{Name: "line separators", Make: func(n int) string { return doc("\x02a\x00" + text(strings.Repeat("\u2028", n/3-8))) }},
	{Name: "bad string", Make: func(n int) string { return doc("\x02a\x00" + text(strings.Repeat("\xff", n-16))) }, Err: bson.ErrUTF8},
	{Name: "bad strings", Make: many(badString), Err: bson.ErrUTF8},
	{Name: "bad keys", Make: many("\x0a\xff\x00"), Err: bson.ErrUTF8},
	{Name: "bad regexes", Make: many("\x0b\xff\x00\xff\x00\xff\x00"), Err: bson.ErrUTF8},
	{Name: "bad strings below a long key", Make: func(n int) string {
		return nest(1, "\x03"+key(n/2), fill(n/2, "", badString, ""))
	}, Err: bson.ErrUTF8},
	{Name: "bad strings below a long bad key", Make: func(n int) string {
		return nest(1, "\x03"+strings.Repeat("\xff", n/2)+"\x00", fill(n/2, "", badString, ""))
	}, Err: bson.ErrUTF8},
	{Name: "bad strings below long keys", Make: func(n int) string {
		return nest(900, "\x03"+key(n/1800), fill(n/2, "", badString, ""))
	}, Err: bson.ErrUTF8},
	{Name: "long key", Make: func(n int) string { return doc("\x0a" + key(n)) }},
	{Name: "long keys in each other", Make: func(n int) string { return nest(500, "\x03"+key(n/500), "") }},
	{Name: "dollar keys", Make: many("\x0a$.\x00")},
	{Name: "keys of a wrapper", Make: many("\x03\x00" + doc("\x10$numberInt\x00\x00\x00\x00\x00"))},
	{Name: "DBRefs", Make: many("\x03\x00" + doc("\x02$ref\x00"+text("")+"\x0a$id\x00"))},
	{Name: "different keys", Make: counted(func(i int) string { return fmt.Sprintf("\x0a%x\x00", i) })},
	{Name: "keys from last to first", Make: counted(func(i int) string { return fmt.Sprintf("\x0a%06x\x00", 1<<24-1-i) })},
	{Name: "long keys that start alike", Make: counted(func(i int) string { return fmt.Sprintf("\x0a%0256x\x00", i*0x3779B1&0xFFFFFF) })},
	{Name: "nulls in an array", Make: inArray("\x0a", "")},
	{Name: "documents in an array", Make: inArray("\x03", doc(""))},
	{Name: "arrays in an array", Make: inArray("\x04", doc(""))},
	{Name: "documents of a null in an array", Make: inArray("\x03", doc("\x0a\x00"))},
	{Name: "array without indexes", Make: func(n int) string { return doc("\x04a\x00" + doc(fill(n-13, "", "\x0a\x00", ""))) }},
	{Name: "documents", Make: many("\x03\x00" + doc(""))},
	{Name: "documents of a null", Make: many("\x03\x00" + doc("\x0a\x00"))},
	{Name: "chains of ten documents", Make: many("\x03\x00" + nest(9, "\x03\x00", ""))},
	{Name: "990 levels, then nulls", Make: nested(990, "\x03\x00", "\x0a\x00")},
	{Name: "990 arrays, then nulls", Make: nested(990, "\x04\x00", "\x0a\x00")},
	{Name: "64 levels, then nulls", Make: nested(64, "\x03\x00", "\x0a\x00")},
	{Name: "towers of 990 levels", Make: func(n int) string {
		return doc(fill(n-5, "", "\x03\x00"+nest(990, "\x03\x00", ""), ""))
	}},
	{Name: "too many levels", Make: func(n int) string { return nest(max(n/7, 1000), "\x03\x00", "") }, Err: bson.ErrDepth},
	{Name: "too many arrays", Make: func(n int) string { return nest(max(n/7, 1000), "\x04\x00", "") }, Err: bson.ErrDepth},
	{Name: "code with scopes", Make: many("\x0f\x00" + u32(14) + text("") + doc(""))},
	{Name: "scopes in each other", Make: func(n int) string {
		d := doc("")
		for len(d) < n && len(d) < 900*16 {
			d = doc("\x0f\x00" + u32(len(d)+9) + text("") + d)
		}
		return doc(fill(n-5, "", "\x03\x00"+d, ""))
	}},
	{Name: "cut", Make: func(n int) string { return many("\x0a\x00")(2 * n)[:n] }, Err: bson.ErrTruncated},
	{Name: "cut in long keys", Make: func(n int) string { return nest(900, "\x03"+key(n/900), "")[:n/2] }, Err: bson.ErrTruncated},
	{Name: "trailing", Make: func(n int) string { return many("\x0a\x00")(n/2) + strings.Repeat("\x00", n/2) }, Err: bson.ErrTrailing},
	{Name: "bad boolean at the end", Make: func(n int) string {
		return nest(500, "\x03"+key(n/1000), fill(n/2, "", "\x0a\x00", "\x08\x00\x02"))
	}, Err: bson.ErrBoolean},
	{Name: "wrong lengths", Make: many("\x03\x00\x06\x00\x00\x00\x00"), Err: bson.ErrTerminator},
	{Name: "noise", Make: func(n int) string { return u32(n) + noise(n-5) + "\x00" }, Err: bson.ErrType},
}

// noise returns n random bytes, which are the same each time.
func noise(n int) string {
	var seed [32]byte
	b := make([]byte, n)
	rand.NewChaCha8(seed).Read(b)
	return string(b)
}

// streams has streams of documents and damage. The tests know the faults.
var streams = []Shape{
	{Name: "empty documents", Format: Stream, Make: filled("", doc(""), "")},
	{Name: "documents of a null", Format: Stream, Make: filled("", doc("\x0a\x00"), "")},
	{Name: "zeros", Format: Stream, Make: filled("", "\x00", "")},
	{Name: "type and NUL", Format: Stream, Make: filled("", "\x0a\x00", "")},
	{Name: "type, NUL and a length", Format: Stream, Make: filled("", "\x03\x00\x0b\x00\x00\x00", "")},
	// The value of each element is the length of a document of half the stream, which
	// the elements after it fill.
	{Name: "elements that start documents", Format: Stream, Make: func(n int) string {
		return "\xff\xff\xff\xff" + fill(n-4, "", "\x10\x00"+u32(n/12*6), "")
	}},
	{Name: "lengths that lead to each other", Format: Stream, Make: filled("", u32(8)+u32(4), "")},
	{Name: "noise", Format: Stream, Make: noise},
	{Name: "damaged documents", Format: Stream, Make: filled("", doc("\x08a\x00\x02")+doc("\x0a\x00"), "")},
	{Name: "documents cut short", Format: Stream, Make: filled("", doc("\x10a\x00\x00\x00\x00\x00")[:10], "")},
	{Name: "length of all", Format: Stream, Make: func(n int) string { return u32(n) + fill(n-4, "", doc("\x0a\x00"), "") }},
	{Name: "length of more than all", Format: Stream, Make: func(n int) string { return u32(2*n) + fill(n-4, "", doc("\x0a\x00"), "") }},
	{Name: "start of one document", Format: Stream, Make: func(n int) string { return u32(n/4*15) + fill(n-4, "", "\x0a\x00", "") }},
	{Name: "documents in binaries", Format: Stream, Make: func(n int) string {
		inner := fill(1000, "", doc("\x0a\x00"), "")
		good := doc("\x05a\x00" + u32(len(inner)) + "\x00" + inner)
		return fill(n, "", good+"\xff"+good[1:], "")
	}},
	{Name: "one long string, bad end", Format: Stream, Make: func(n int) string {
		d := doc("\x02a\x00" + text(strings.Repeat("x", n)))
		return d[:len(d)-1] + "\x01"
	}},
	// An archive is cut at its terminators, and its reader gives the bytes between
	// two of them one after the other.
	{Name: "terminators in a key", Format: Stream, Make: filled(u32(1), "\xff\xff\xff\xff\x05", "")},
	{Name: "terminators between elements", Format: Stream, Make: filled(u32(1), "\x01a\x00\xff\xff\xff\xff"+u32(4089), "")},
	{Name: "headers of other archives", Format: Stream, Make: filled("", doc("\x02db\x00"+text("x")+"\x02collection\x00"+text("y")+
		"\x08EOF\x00\x00\x12CRC\x00\x00\x00\x00\x00\x00\x00\x00\x00"), "")},
	{Name: "deep and damaged", Format: Stream, Make: func(n int) string {
		return fill(n, "", nest(900, "\x03\x00", "\x08\x00\x02"), "")
	}},
}
