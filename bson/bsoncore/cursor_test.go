package bsoncore_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file holds what the cursor finds in well-formed documents.
//
//   - show and shown have the values of the vectors; document_test.go uses them too.
//   - TestCursorShortcut compares Next with its slow form on damaged bytes.
//   - cursor_fault_test.go has malformed documents.

// show returns the value of the current element, from the getter of its type.
func show(c *bsoncore.Cursor) string {
	switch c.Type() {
	case bsoncore.TypeDouble:
		return fmt.Sprint(c.Double())
	case bsoncore.TypeString, bsoncore.TypeCode, bsoncore.TypeSymbol:
		return fmt.Sprintf("%q", c.Text())
	case bsoncore.TypeBinary:
		subtype, data := c.Binary()
		return fmt.Sprintf("%d:%x", subtype, data)
	case bsoncore.TypeObjectID:
		return c.ObjectID().String()
	case bsoncore.TypeBoolean:
		return fmt.Sprint(c.Boolean())
	case bsoncore.TypeDateTime:
		return fmt.Sprint(c.DateTime())
	case bsoncore.TypeRegex:
		pattern, options := c.Regex()
		return fmt.Sprintf("/%s/%s", pattern, options)
	case bsoncore.TypeDBPointer:
		namespace, id := c.DBPointer()
		return fmt.Sprintf("%s:%v", namespace, id)
	case bsoncore.TypeCodeWithScope:
		code, scope := c.CodeWithScope()
		return fmt.Sprintf("%s:%x", code, scope)
	case bsoncore.TypeInt32:
		return fmt.Sprint(c.Int32())
	case bsoncore.TypeInt64:
		return fmt.Sprint(c.Int64())
	case bsoncore.TypeTimestamp:
		t, i := c.Timestamp()
		return fmt.Sprintf("%d:%d", t, i)
	case bsoncore.TypeDecimal128:
		return c.Decimal128().String()
	}
	return fmt.Sprintf("%x", c.Data())
}

// shown has the result of show for each of vectors.
var shown = map[string]string{
	"double":          "1.5",
	"string":          `"hi"`,
	"empty string":    `""`,
	"string with NUL": `"x\x00y"`,
	"long string":     `"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`,
	"document":        "0c0000001062000100000000",
	"empty document":  "0500000000",
	"array":           "0d000000083000010831000000",
	"binary":          "128:010203",
	"empty binary":    "0:",
	"binary 2":        "2:010203",
	"undefined":       "",
	"objectId":        "56e1fc72e0c917e9c4714161",
	"true":            "true",
	"false":           "false",
	"datetime":        "-1",
	"null":            "",
	"regex":           "/a+/ix",
	"empty regex":     "//",
	"dbPointer":       "d.c:56e1fc72e0c917e9c4714161",
	"code":            `"x"`,
	"symbol":          `"y"`,
	"code with scope": "x:0c0000001062000100000000",
	"int32":           "-2",
	"timestamp":       "1:2",
	"int64":           "-2",
	"decimal128":      "1",
	"max key":         "",
	"min key":         "",
}

func TestCursorGetters(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			c := bsoncore.NewCursor(v.doc())
			if !c.Next() {
				t.Fatal(c.Err())
			}
			if diff := cmp.Diff(shown[v.name], show(&c)); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if c.Type() != v.typ || string(c.Key()) != "a" || c.Offset() != 4 || c.ValueOffset() != 7 || c.Depth() != 1 {
				t.Errorf("type %v, key %q, offsets %d and %d, depth %d", c.Type(), c.Key(), c.Offset(), c.ValueOffset(), c.Depth())
			}
			if diff := cmp.Diff(v.data(), c.Data()); diff != "" {
				t.Errorf("Data (-want +got):\n%s", diff)
			}
			if c.Next() || c.Err() != nil {
				t.Errorf("after the last element: %v", c.Err())
			}

			if !c.ResetValue(v.typ, v.data(), 0) {
				t.Fatal(c.Err())
			}
			if diff := cmp.Diff(shown[v.name], show(&c)); diff != "" {
				t.Errorf("bare value (-want +got):\n%s", diff)
			}
			if len(c.Key()) != 0 || c.Next() {
				t.Errorf("bare value has key %q or a successor", c.Key())
			}
		})
	}
}

// nested is {a: {b: [true, null]}, c: Code("x", {d: 1})}.
var nested = whole("03 6100 14000000" +
	" 04 6200 0c000000 08 3000 01 0a 3100 00" +
	" 00" +
	"0f 6300 16000000 02000000 7800 0c000000 10 6400 01000000 00")

func TestCursorNested(t *testing.T) {
	var got []string
	var visit func(c *bsoncore.Cursor)
	visit = func(c *bsoncore.Cursor) {
		for c.Next() {
			got = append(got, fmt.Sprintf("%d %s %v", c.Depth(), c.Key(), c.Type()))
			if c.Type().IsContainer() || c.Type() == bsoncore.TypeCodeWithScope {
				if !c.Enter() {
					t.Fatal(c.Err())
				}
				visit(c)
				c.Leave()
			}
		}
	}
	c := bsoncore.NewCursor(nested)
	visit(&c)
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	want := []string{"1 a object", "2 b array", "3 0 bool", "3 1 null", "1 c javascriptWithScope", "2 d int"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCursorLeaveEarly leaves containers before their end.
func TestCursorLeaveEarly(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc, inner := bsoncore.BeginArray(doc, "a")
	for i := range 3 {
		doc = bsoncore.AppendInt32(doc, fmt.Sprint(i), 7)
	}
	doc = bsoncore.End(doc, inner)
	doc = bsoncore.End(bsoncore.AppendNull(doc, "b"), mark)
	c := bsoncore.NewCursor(doc)
	if !c.Next() || !c.Enter() || !c.Next() {
		t.Fatal(c.Err())
	}
	c.Leave()
	if !c.Next() || string(c.Key()) != "b" {
		t.Errorf("after Leave at %q, %v", c.Key(), c.Err())
	}
}

func TestCursorClientFaults(t *testing.T) {
	doc := vectors[1].doc()
	why := errors.New("why")
	c := bsoncore.NewCursor(doc)
	c.Next()
	c.Fail(why)
	c.Malformed(11, errors.New("later"))
	wantValue(t, c.Err(), fault{4, "/a", why})
	if c.Next() {
		t.Error("the cursor moves after Fail")
	}
	c.Reset(doc, 0)
	c.Next()
	c.Malformed(11, why)
	c.Fail(errors.New("later"))
	wantSyntax(t, c.Err(), fault{11, "/a", why})
	c.Reset(doc, 0)
	if !c.Next() || c.Err() != nil {
		t.Errorf("after Reset: %v", c.Err())
	}
}

func TestCursorMisuse(t *testing.T) {
	panics := func(name string, f func()) {
		defer func() {
			if s, _ := recover().(string); !strings.HasPrefix(s, "BUG: ") {
				t.Errorf("%s panics with %q", name, s)
			}
		}()
		f()
	}
	panics("Enter on a string", func() {
		c := bsoncore.NewCursor(vectors[1].doc())
		c.Next()
		c.Enter()
	})
	panics("Leave without Enter", func() {
		c := bsoncore.NewCursor(vectors[1].doc())
		c.Leave()
	})
	panics("Leave on a bare value", func() {
		var c bsoncore.Cursor
		c.ResetValue(bsoncore.TypeDocument, unhex("0500000000"), 0)
		c.Leave()
	})
	var zero bsoncore.Cursor
	if zero.Next() || zero.Err() != nil {
		t.Errorf("the zero Cursor: %v", zero.Err())
	}
}

// TestCursorShortcut holds that Next's shortcut and NextIs change nothing: with and
// without them, Next finds the same elements and faults, in well-formed documents
// and in documents with a damaged byte.
func TestCursorShortcut(t *testing.T) {
	docs := sample.Documents(sample.Wild, 1, 40)
	docs = append(docs, sample.Documents(sample.Bench, 1, 10)...)
	for _, v := range vectors {
		docs = append(docs, v.doc())
	}
	for n := range 40 { // keys of every length around the words that Next reads
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, strings.Repeat("é", n)[:n], 7)
		doc = bsoncore.AppendNull(doc, strings.Repeat("k", n))
		doc = bsoncore.AppendInt64(doc, strings.Repeat("k", n), 7)
		doc = bsoncore.AppendDecimal128(doc, strings.Repeat("k", n), decimal128.FromInt64(7))
		docs = append(docs, bsoncore.End(doc, mark))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, doc := range docs {
		sameWalks(t, doc)
		for at := 0; at < len(doc); at += race.Slowdown {
			was := doc[at]
			for _, b := range []byte{0, 0x01, 0x7F, 0x80, 0xFF, byte(rng.Uint32())} {
				doc[at] = b
				sameWalks(t, doc)
			}
			doc[at] = was
		}
	}
}

func sameWalks(t *testing.T, doc []byte) {
	t.Helper()
	var fast, slow, expecting bsoncore.Cursor
	fast.Reset(doc, 50)
	slow.Reset(doc, 50)
	expecting.Reset(doc, 50)
	for {
		more, want := fast.Next(), slow.NextSlow()
		nextExpected(t, doc, &expecting, &slow, want)
		if more != want {
			t.Fatalf("%x: Next is %v at %d, without shortcut %v", doc, more, fast.Offset(), want)
		}
		if !more {
			if fmt.Sprint(fast.Err()) != fmt.Sprint(slow.Err()) {
				t.Fatalf("%x: Next fails with %v, without shortcut with %v", doc, fast.Err(), slow.Err())
			}
			if fast.Err() != nil || fast.Depth() == 1 {
				return
			}
			fast.Leave()
			slow.Leave()
			expecting.Leave()
			continue
		}
		if fast.Type() != slow.Type() || fast.Offset() != slow.Offset() || fast.ValueOffset() != slow.ValueOffset() ||
			len(fast.Data()) != len(slow.Data()) {
			t.Fatalf("%x: Next and its slow form differ at %d", doc, fast.Offset())
		}
		if fast.Type().IsContainer() && fast.Enter() {
			slow.Enter()
			expecting.Enter()
		}
	}
}

// nextExpected moves c by NextIs, or by Next if NextIs does nothing. want is where slow has
// moved from the same place, if more is set; otherwise it has found the end or a fault.
func nextExpected(t *testing.T, doc []byte, c, want *bsoncore.Cursor, more bool) {
	t.Helper()
	place, was := c.NextOffset(), c.Offset()
	head, _, _ := bytes.Cut(doc[min(place+1, len(doc)):], []byte{0})
	key := string(head)
	for _, other := range []string{key + "x", key[:max(len(key)-1, 0)]} {
		k := bsoncore.ExpectKey(other)
		if other != key && c.NextIs(&k) {
			t.Fatalf("%x: NextIs takes the key %q for %q", doc, key, other)
		}
	}
	k := bsoncore.ExpectKey(key)
	switch is := c.NextIs(&k); {
	case !is && (c.NextOffset() != place || c.Offset() != was || c.Failed() != want.Failed() && c.Failed()):
		t.Fatalf("%x: NextIs reports false, but moves or fails at %d", doc, place)
	case !is:
		c.Next()
	case !more:
		t.Fatalf("%x: NextIs is true at %d, where Next is false", doc, place)
	}
	if more && (c.Type() != want.Type() || c.Offset() != want.Offset() || c.ValueOffset() != want.ValueOffset() ||
		c.NextOffset() != want.NextOffset() || string(c.Key()) != string(want.Key())) {
		t.Fatalf("%x: after NextIs the element differs at %d", doc, place)
	}
}

// TestNextIs: in documents of practice NextIs finds most expected keys. It knows keys of up
// to 15 bytes.
func TestNextIs(t *testing.T) {
	hits, all := 0, 0
	for _, doc := range sample.Documents(sample.Bench, 1, 100) {
		c := bsoncore.NewCursor(doc)
		for next := c; c.Next(); next = c {
			k := bsoncore.ExpectKey(string(c.Key()))
			all++
			if next.NextIs(&k) {
				hits++
			}
		}
	}
	if hits*100 < all*90 {
		t.Errorf("NextIs finds %d of %d keys, want 90 %%", hits, all)
	}
	for n := range 20 {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt64(bsoncore.AppendInt64(doc, strings.Repeat("k", n), 7), "more", 8)
		c := bsoncore.NewCursor(bsoncore.End(doc, mark))
		k := bsoncore.ExpectKey(strings.Repeat("k", n))
		if got, want := c.NextIs(&k), n < 16; got != want {
			t.Errorf("key of %d bytes: NextIs is %v, want %v", n, got, want)
		}
	}
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendDecimal128(doc, "", decimal128.FromInt64(1)), mark)
	for _, k := range []bsoncore.ExpectedKey{{}, bsoncore.ExpectKey("\x00"), bsoncore.ExpectKey("\x00\x01")} {
		if c := bsoncore.NewCursor(doc); c.NextIs(&k) {
			t.Errorf("NextIs takes the key \"\" for %v", k)
		}
	}
}

// TestRemaining: at every place of every document, also of one with a fault or of its start
// alone, Remaining is the number of calls of Next up to the end or the fault, and the
// cursor then goes on as one that did not ask.
func TestRemaining(t *testing.T) {
	var check func(doc []byte, c, asked *bsoncore.Cursor)
	check = func(doc []byte, c, asked *bsoncore.Cursor) {
		for !c.Failed() {
			ahead, want := *c, 0
			for ahead.Next() {
				want++
			}
			if ahead.Failed() {
				want++
			}
			if got := asked.Remaining(); got != want || asked.Failed() {
				t.Fatalf("%x at %d: %d remaining, want %d; failed: %v", doc, c.Offset(), got, want, asked.Failed())
			}
			more := c.Next()
			if asked.Next() != more {
				t.Fatalf("%x at %d: Remaining has moved the cursor", doc, c.Offset())
			}
			if !more {
				return
			}
			if asked.Offset() != c.Offset() || asked.Type() != c.Type() || string(asked.Key()) != string(c.Key()) || string(asked.Data()) != string(c.Data()) {
				t.Fatalf("%x at %d: the cursor that was asked is at %d", doc, c.Offset(), asked.Offset())
			}
			if c.Type().IsContainer() && c.Depth() < bsoncore.InlineDepth && c.Enter() && asked.Enter() {
				if check(doc, c, asked); !c.Failed() {
					c.Leave()
					asked.Leave()
				}
			}
		}
	}
	both := func(doc []byte, c bsoncore.Cursor) {
		asked := c
		check(doc, &c, &asked)
		if d := cmp.Diff(fmt.Sprint(c.Err()), fmt.Sprint(asked.Err())); d != "" {
			t.Fatalf("%x: errors (-want +got):\n%s", doc, d)
		}
		if asked.Failed() && asked.Remaining() != 0 {
			t.Fatalf("%x: elements remain after a fault", doc)
		}
	}
	for _, doc := range sample.Documents(sample.Wild, 3, 60) {
		both(doc, bsoncore.NewCursor(doc))
		for _, fault := range []byte{0x20, 0x7f, 0xff} {
			for at := 4; at < len(doc); at += 1 + len(doc)/200 {
				bad := slices.Clone(doc)
				bad[at] = fault
				both(bad, bsoncore.NewCursor(bad))
			}
		}
		for n := 5; n < len(doc); n += 1 + len(doc)/200 {
			var c bsoncore.Cursor
			c.ResetPrefix(doc[:n], len(doc), 0)
			both(doc[:n], c)
		}
	}
}

// TestCursorCopy: down to the depth for which a Cursor has room, a copy
// continues at its place, wherever the original moves.
func TestCursorCopy(t *testing.T) {
	// Each level has a container of another length, so the end of another
	// container is a wrong end.
	inner := bson.D{{Key: "x", Value: "y"}}
	for i := range bsoncore.InlineDepth - 2 {
		inner = bson.D{{Key: "short", Value: bson.D{}}, {Key: "in", Value: inner}, {Key: "long", Value: bson.A{i, strings.Repeat("z", i), bson.D{}}}}
	}
	doc, err := bson.Marshal(inner)
	if err != nil {
		t.Fatal(err)
	}
	offsets := func(c bsoncore.Cursor) (offs []int) {
		var walk func()
		walk = func() {
			for c.Next() {
				offs = append(offs, c.Offset())
				if c.Type().IsContainer() && c.Enter() {
					walk()
					c.Leave()
				}
			}
		}
		for walk(); c.Depth() > 1 && c.Err() == nil; walk() {
			c.Leave()
		}
		if err := c.Err(); err != nil {
			t.Fatal(err)
		}
		return offs
	}
	all := offsets(bsoncore.NewCursor(doc))
	c := bsoncore.NewCursor(doc)
	n, deepest := 0, 0
	for {
		if !c.Next() {
			if c.Depth() == 1 {
				break
			}
			c.Leave()
			continue
		}
		n++
		if c.Type().IsContainer() && c.Enter() {
			deepest = max(deepest, c.Depth())
		}
		mark := c
		offsets(c) // a copy that moves on
		if diff := cmp.Diff(all[n:], offsets(mark), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("copy at offset %d (-want +got):\n%s", mark.Offset(), diff)
		}
	}
	if deepest != bsoncore.InlineDepth || c.Err() != nil {
		t.Errorf("%d levels deep, want %d: %v", deepest, bsoncore.InlineDepth, c.Err())
	}
}
