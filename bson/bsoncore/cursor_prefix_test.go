package bsoncore_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// A span is an element and its place.
type span struct {
	at, val, inside, end int // offsets: type byte, value, first element within, past it
	typ                  bsoncore.Type
	path                 string
}

// spans appends the elements of c, each container before its content. For a
// container that is cut, end is the cut.
func spans(all []span, c *bsoncore.Cursor, path string) []span {
	for c.Next() {
		s := span{at: c.Offset(), val: c.ValueOffset(), end: c.ValueOffset() + len(c.Data()), typ: c.Type()}
		s.path = string(bsoncore.AppendPointer([]byte(path), c.Key()))
		s.inside = s.val + 4
		if s.typ == bsoncore.TypeCodeWithScope {
			code, _ := c.CodeWithScope()
			s.inside = s.val + 8 + len(code) + 1 + 4
		}
		all = append(all, s)
		if (s.typ.IsContainer() || s.typ == bsoncore.TypeCodeWithScope) && c.Enter() {
			all = spans(all, c, s.path)
			c.Leave()
		}
	}
	return all
}

// A cursor that has walked a bare value, or met a fault, walks the start of a
// document as a new one does.
func TestResetPrefixAgain(t *testing.T) {
	doc := whole("03 6100 " + hexOf(whole("10 6200 01000000")))
	var fresh bsoncore.Cursor
	fresh.ResetPrefix(doc[:12], len(doc), 0)
	want, err := spans(nil, &fresh, ""), fresh.Err()
	for name, use := range map[string]func(c *bsoncore.Cursor){
		"a value":         func(c *bsoncore.Cursor) { c.ResetValue(bsoncore.TypeInt32, []byte{1, 0, 0, 0}, 1) },
		"a document":      func(c *bsoncore.Cursor) { c.Reset(doc, 1); c.Next() },
		"a cut document":  func(c *bsoncore.Cursor) { c.ResetPrefix(doc[:8], 100, 1); c.Next() },
		"a fault":         func(c *bsoncore.Cursor) { c.Reset([]byte{5, 0, 0, 0, 1}, 1) },
		"a client's":      func(c *bsoncore.Cursor) { c.Reset(doc, 1); c.Next(); c.Fail(bsoncore.ErrType) },
		"open containers": func(c *bsoncore.Cursor) { c.Reset(nest(40, bsoncore.TypeDocument), 0); spansOpen(c) },
	} {
		var c bsoncore.Cursor
		use(&c)
		c.ResetPrefix(doc[:12], len(doc), 0)
		got := spans(nil, &c, "")
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(span{})); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(placeOf(t, err), placeOf(t, c.Err()), cmpopts.EquateErrors()); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", name, diff)
		}
	}
}

// spansOpen goes as deep as c does.
func spansOpen(c *bsoncore.Cursor) {
	for c.Next() && c.Enter() {
	}
}

// At every cut the walk finds the elements before the cut, as in the whole
// document, and ends with a fault at the cut.
func TestResetPrefix(t *testing.T) {
	seen := 0
	for _, doc := range sample.Documents(sample.Wild, 23, 60) {
		c := bsoncore.NewCursor(doc)
		all := spans(nil, &c, "")
		for n := 5; n < len(doc); n++ {
			for _, size := range []int{len(doc), n + 1, math.MaxInt32} {
				var want []span
				cut := fault{int64(n), "", bsoncore.ErrTruncated}
				for _, s := range all {
					container := s.typ.IsContainer() || s.typ == bsoncore.TypeCodeWithScope
					switch {
					case s.end <= n:
						want = append(want, s)
					case container && s.inside <= n:
						s.end = n
						want = append(want, s)
						cut.Pointer = s.path
					case s.val <= n && s.at < n-1:
						cut.Pointer = s.path
					}
				}
				var c bsoncore.Cursor
				c.ResetPrefix(doc[:n:n], size, 0)
				got := spans(nil, &c, "")
				if size < len(doc) {
					// A length that does not fit is a fault earlier.
					if c.Err() == nil || len(got) > len(want) {
						t.Fatalf("%x, %d bytes: %d elements and %v, want %d", doc, n, len(got), c.Err(), len(want))
					}
					continue
				}
				if diff := cmp.Diff(want, got, cmp.AllowUnexported(span{})); diff != "" {
					t.Fatalf("%x, %d bytes (-want +got):\n%s", doc, n, diff)
				}
				if wantSyntax(t, c.Err(), cut); t.Failed() {
					t.Fatalf("%x, %d bytes", doc, n)
				}
				seen++
			}
		}
	}
	if seen < 10_000 {
		t.Errorf("only %d cuts seen", seen)
	}
}

func TestResetPrefixFaults(t *testing.T) {
	used := whole("03 6100 0c0000001061000100000000 55 6200")
	for _, tc := range []struct {
		name, doc string
		size      int
		want      fault
	}{
		{"nothing", "", 10, fault{0, "", bsoncore.ErrTruncated}},
		{"four bytes", "0c000000", 12, fault{4, "", bsoncore.ErrTruncated}},
		{"no type", "0c000000 7e 6100 00", 12, fault{4, "/a", bsoncore.ErrType}},
		{"longer than what is missing", "0c000000 02 6100 09000000 61", 13, fault{7, "/a", bsoncore.ErrLength}},
		{"not longer", "0c000000 02 6100 02000000 61", 14, fault{12, "/a", bsoncore.ErrTruncated}},
		{"another length than its own", "ffffffff 0a 6100", 100, fault{7, "", bsoncore.ErrTruncated}},
		{"in a container", "20000000 03 6100 18000000 08 6200 02", 32, fault{14, "/a/b", bsoncore.ErrBoolean}},
		{"longer than its document", "30000000 03 6100 10000000 02 6200 05000000 61", 48, fault{14, "/a/b", bsoncore.ErrLength}},
		{"as long as its document", "30000000 03 6100 10000000 02 6200 04000000 61", 48, fault{19, "/a/b", bsoncore.ErrTruncated}},
		{"longer than its scope", "40000000 0f 6100 25000000 01000000 00 1c000000 02 6200 15000000 61", 64, fault{23, "/a/b", bsoncore.ErrLength}},
		{"as long as its scope", "40000000 0f 6100 25000000 01000000 00 1c000000 02 6200 10000000 61", 64, fault{28, "/a/b", bsoncore.ErrTruncated}},
		{"five bytes, no type", "0c000000 7e", 12, fault{4, "", bsoncore.ErrType}},
		{"in a scope", "30000000 0f 6100 25000000 01000000 00 1c000000 0a", 48, fault{21, "/a", bsoncore.ErrTruncated}},
		{"no prefix", "0c000000 10 6100 01000000 01", 12, fault{0, "", bsoncore.ErrTerminator}},
		{"too deep", "20000000 03 6100 18000000 03 6200 10000000 0a", 32, fault{11, "/a/b", bsoncore.ErrDepth}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := bsoncore.NewCursor(used)
			spans(nil, &c, "") // nothing of the document before is left
			c.ResetPrefix(unhex(tc.doc), tc.size, 2)
			spans(nil, &c, "")
			if tc.want.Err == bsoncore.ErrDepth {
				wantValue(t, c.Err(), tc.want)
				return
			}
			wantSyntax(t, c.Err(), tc.want)
		})
	}
}

func ExampleCursor_ResetPrefix() {
	doc := []byte("\x30\x00\x00\x00\x02name\x00\x04\x00\x00\x00Ada\x00\x10n\x00\x01\x00") // the rest is lost
	var c bsoncore.Cursor
	c.ResetPrefix(doc, 0x30, 0)
	for c.Next() {
		fmt.Printf("%s: %v\n", c.Key(), c.Type())
	}
	fmt.Println(c.Err())
	// Output:
	// name: string
	// bson: offset 23 (/n): document ends too early
}
