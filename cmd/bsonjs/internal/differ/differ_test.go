package differ

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// document returns the BSON of text, in the syntax of the shell.
func document(t testing.TB, text string) []byte {
	t.Helper()
	doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc
}

// int32s are spelled as mongosh reads them.
var int32s = regexp.MustCompile(`NumberInt\((-?[0-9]+)\)`)

// written returns changes as lines.
func written(t testing.TB, changes []Change) (lines []string) {
	t.Helper()
	text := func(v bsoncore.Value) string {
		if v.IsZero() {
			return "none"
		}
		s, err := extjson.EncodeOptions{Mode: extjson.Shell}.AppendJSONValue(nil, v.Type, v.Data)
		if err != nil {
			t.Fatal(err)
		}
		return int32s.ReplaceAllString(string(s), "$1")
	}
	for _, c := range changes {
		to := ""
		if c.To != "" {
			to = " moved to " + c.To
		}
		lines = append(lines, fmt.Sprintf("%s%s: %s, %s", c.Path, to, text(c.A), text(c.B)))
	}
	return lines
}

// TestChanges: each difference is one change at its path.
func TestChanges(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    Options
		a, b string
		want []string
	}{
		{"equal", Options{}, `{a: 1, b: {c: [1, 2]}}`, `{a: 1, b: {c: [1, 2]}}`, nil},
		{"a value", Options{}, `{a: {zip: "1000"}}`, `{a: {zip: "1001"}}`, []string{`/a/zip: "1000", "1001"`}},
		{"fields", Options{}, `{a: 1, b: 2, c: 3}`, `{d: 4, c: 3, a: 1}`, []string{`/b: 2, none`, `/d: none, 4`}},
		{"the order of keys", Options{}, `{a: 1, b: {c: 2, d: 3}}`, `{b: {d: 3, c: 2}, a: 1}`, nil},
		{"the order of keys counts", Options{KeyOrder: true}, `{b: {c: 2, d: 3}, a: 1}`, `{b: {d: 3, c: 2}, a: 2}`, []string{
			`/b: {"c":2,"d":3}, {"d":3,"c":2}`, `/a: 1, 2`}},
		{"another order of keys among new ones", Options{KeyOrder: true}, `{a: 1, b: 2}`, `{x: 0, b: 2, a: 1}`, []string{
			`: {"a":1,"b":2}, {"x":0,"b":2,"a":1}`}},
		{"the same order among new keys", Options{KeyOrder: true}, `{a: 1, b: 2}`, `{x: 0, a: 1, y: 0, b: 2}`, []string{`/x: none, 0`, `/y: none, 0`}},
		{"types of numbers", Options{}, `{a: 1, b: NumberLong(1)}`, `{a: NumberLong(1), b: NumberLong(1)}`, []string{`/a: 1, NumberLong("1")`}},
		{"numbers by value", Options{Numeric: true},
			`{a: 1, b: NumberLong(1), c: NumberDecimal("1.00"), d: [1, 2], e: 1, f: 0.5, g: NumberLong("9007199254740993")}`,
			`{a: NumberLong(1), b: 1.0, c: 1, d: [2.0, NumberDecimal("1")], e: true, f: NumberDecimal("0.5"), g: 9007199254740992.0}`,
			[]string{`/d/0 moved to /d/1: 1, NumberDecimal("1")`, `/e: 1, true`, `/g: NumberLong("9007199254740993"), 9007199254740992.0`}},
		{"zeros of decimals", Options{}, `{a: NumberDecimal("1.0")}`, `{a: NumberDecimal("1.00")}`, []string{`/a: NumberDecimal("1.0"), NumberDecimal("1.00")`}},
		{"other types", Options{}, `{a: {b: 1}, c: [1]}`, `{a: [1], c: {b: 1}}`, []string{`/a: {"b":1}, [1]`, `/c: [1], {"b":1}`}},
		{"equal keys", Options{}, `{a: 1, a: 2, a: 3}`, `{a: 1, b: 0, a: 4}`, []string{`/a: 2, 4`, `/a: 3, none`, `/b: none, 0`}},
		{"escapes of paths", Options{}, `{"a/b": {"~": 1}}`, `{"a/b": {"~": 2}}`, []string{`/a~1b/~0: 1, 2`}},
		{"an element", Options{}, `{a: [1, 2, 3]}`, `{a: [1, 9, 3]}`, []string{`/a/1: 2, 9`}},
		{"a new element", Options{}, `{a: ["x", "y"]}`, `{a: ["x", "new", "y"]}`, []string{`/a/1: none, "new"`}},
		{"an element that is gone", Options{}, `{a: [1, 2, 3]}`, `{a: [1, 3]}`, []string{`/a/1: 2, none`}},
		{"an element that moved", Options{}, `{a: [1, 2, 3, 4]}`, `{a: [2, 3, 4, 1]}`, []string{`/a/0 moved to /a/3: 1, 1`}},
		{"a field in an element", Options{}, `{a: [{x: 1}, {x: 2, y: 2}]}`, `{a: [{x: 0}, {x: 1}, {x: 2, y: 3}]}`, []string{
			`/a/1/y: 2, 3`, `/a/0: none, {"x":0}`}},
		{"an element moved and the order of its keys", Options{}, `{a: [{x: 1, y: 2}, 7, 8]}`, `{a: [7, 8, {y: 2, x: 1}]}`, []string{
			`/a/0 moved to /a/2: {"x":1,"y":2}, {"y":2,"x":1}`}},
		{"nested arrays", Options{}, `{a: [[1, 2], [3]]}`, `{a: [[1, 2, 5], [3]]}`, []string{`/a/0/2: none, 5`}},
	} {
		got := written(t, tc.o.Changes(document(t, tc.a), document(t, tc.b)))
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// A node is a decoded value: a bsoncore.Value, or the fields of a document or array.
type node struct {
	v      bsoncore.Value
	array  bool
	fields []field // of a container
}

type field struct {
	key string
	*node
}

// decode returns the node of v.
func decode(v bsoncore.Value) *node {
	if v.Type != bsoncore.TypeDocument && v.Type != bsoncore.TypeArray {
		return &node{v: v}
	}
	n := &node{array: v.Type == bsoncore.TypeArray, fields: []field{}}
	for key, v := range bsoncore.Document(v.Data).All() {
		n.fields = append(n.fields, field{key, decode(v)})
	}
	return n
}

// encode appends n to dst, with the fields of documents in the order of their keys.
func (n *node) encode(dst []byte, key string) []byte {
	if n.fields == nil {
		return bsoncore.AppendValue(dst, key, n.v.Type, n.v.Data)
	}
	var mark int
	if n.array {
		dst, mark = bsoncore.BeginArray(dst, key)
	} else {
		dst, mark = bsoncore.BeginDocument(dst, key)
		slices.SortStableFunc(n.fields, func(a, b field) int { return strings.Compare(a.key, b.key) })
	}
	for i, f := range n.fields {
		name := f.key
		if n.array {
			name = strconv.Itoa(i)
		}
		dst = f.encode(dst, name)
	}
	return bsoncore.End(dst, mark)
}

// sorted returns doc with all keys in order.
func sorted(doc []byte) []byte {
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(decode(bsoncore.Value{Type: bsoncore.TypeDocument, Data: doc}).encode(dst, ""), mark)
}

// apply makes the changes in doc, whose documents have no key twice. It is the meaning of
// changes: paths are in doc, so they are all looked up before anything moves.
func apply(t testing.TB, doc []byte, changes []Change) []byte {
	t.Helper()
	root := decode(bsoncore.Value{Type: bsoncore.TypeDocument, Data: doc})
	type place struct {
		parent *node
		name   string
		node   *node
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~").Replace
	find := func(path string) (p place) {
		p.node = root
		for _, name := range strings.Split(path, "/")[1:] {
			p.parent, p.name = p.node, unescape(name)
			p.node = nil
			for i, f := range p.parent.fields {
				if p.parent.array && strconv.Itoa(i) == p.name || !p.parent.array && f.key == p.name {
					p.node = f.node
				}
			}
		}
		return p
	}
	gone, added := map[*node]bool{}, map[*node]map[int]*node{}
	put := func(parent *node, index int, n *node) {
		if added[parent] == nil {
			added[parent] = map[int]*node{}
		}
		added[parent][index] = n
	}
	var steps []func()
	for _, c := range changes {
		p := find(c.Path)
		switch {
		case c.To != "":
			index, err := strconv.Atoi(c.To[strings.LastIndexByte(c.To, '/')+1:])
			if err != nil || c.A.IsZero() || c.B.IsZero() {
				t.Fatalf("%+v", c)
			}
			moved := &node{}
			steps = append(steps, func() { *moved = *p.node; gone[p.node] = true })
			put(p.parent, index, moved)
		case c.A.IsZero() && p.parent.array:
			index, _ := strconv.Atoi(p.name)
			put(p.parent, index, decode(c.B))
		case c.A.IsZero():
			steps = append(steps, func() { p.parent.fields = append(p.parent.fields, field{p.name, decode(c.B)}) })
		case c.B.IsZero():
			gone[p.node] = true
		default:
			n := p.node
			if got := n.encode(nil, ""); n.fields == nil && string(got) != string(bsoncore.AppendValue(nil, "", c.A.Type, c.A.Data)) {
				t.Fatalf("%s is not the value of the change", c.Path)
			}
			*n = *decode(c.B)
		}
	}
	for _, step := range steps {
		step()
	}
	var settle func(n *node)
	settle = func(n *node) {
		fields := []field{}
		for _, f := range n.fields {
			if !gone[f.node] {
				fields = append(fields, f)
			}
		}
		for i := 0; len(added[n]) > 0; i++ {
			if v, ok := added[n][i]; ok {
				if i > len(fields) {
					t.Fatalf("element %d of %d", i, len(fields))
				}
				fields = slices.Insert(fields, i, field{"", v})
				delete(added[n], i)
			}
		}
		if n.fields != nil {
			n.fields = fields
		}
		for _, f := range n.fields {
			settle(f.node)
		}
	}
	settle(root)
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(root.encode(dst, ""), mark)
}

// randomValue appends a random value.
func randomValue(r *rand.Rand, dst []byte, key string, depth int) []byte {
	kind := r.IntN(9)
	if depth == 0 {
		kind %= 5
	}
	switch kind {
	case 0:
		return bsoncore.AppendInt32(dst, key, r.Int32N(4))
	case 1:
		return bsoncore.AppendInt64(dst, key, r.Int64N(4))
	case 2:
		return bsoncore.AppendDouble(dst, key, float64(r.IntN(4))/2)
	case 3:
		return bsoncore.AppendString(dst, key, string(rune('a'+r.IntN(4))))
	case 4:
		return bsoncore.AppendBoolean(dst, key, r.IntN(2) == 0)
	case 5, 6:
		dst, mark := bsoncore.BeginArray(dst, key)
		for i := range r.IntN(7) {
			dst = randomValue(r, dst, strconv.Itoa(i), depth-1)
		}
		return bsoncore.End(dst, mark)
	}
	dst, mark := bsoncore.BeginDocument(dst, key)
	for _, k := range r.Perm(6)[:r.IntN(6)] {
		dst = randomValue(r, dst, string(rune('a'+k)), depth-1)
	}
	return bsoncore.End(dst, mark)
}

func randomDocument(r *rand.Rand) []byte {
	dst, mark := bsoncore.Begin(nil)
	for _, k := range r.Perm(5)[:r.IntN(6)] {
		dst = randomValue(r, dst, string(rune('a'+k))+"/~", 3)
	}
	return bsoncore.End(dst, mark)
}

// checkChanges: the changes from a to b, made in a, give b, and there are none exactly if
// the documents are equal. Backwards there are changes, too.
func checkChanges(t testing.TB, a, b []byte) {
	t.Helper()
	changes := Options{}.Changes(a, b)
	if got := apply(t, a, changes); string(got) != string(sorted(b)) {
		t.Fatalf("changes of\n%s\n%s\nare %q\nand give %s", bson.Raw(a), bson.Raw(b), written(t, changes), bson.Raw(got))
	}
	same := string(sorted(a)) == string(sorted(b))
	if back := (Options{}).Changes(b, a); same != (len(changes) == 0) || same != (len(back) == 0) {
		t.Fatalf("%s and %s are equal: %t; changes %q, back %q", bson.Raw(a), bson.Raw(b), same, written(t, changes), written(t, back))
	}
	if c := (Options{}).Changes(a, a); len(c) > 0 {
		t.Fatalf("%s differs from itself: %q", bson.Raw(a), written(t, c))
	}
}

// TestApply: the changes of random documents, in small and in long arrays, lead from one to
// the other.
func TestApply(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 4))
	for range 5000 {
		checkChanges(t, randomDocument(r), randomDocument(r))
	}
	long := func() []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, inner := bsoncore.BeginArray(dst, "a")
		for i, n := range r.Perm(600)[:300+r.IntN(300)] {
			dst = bsoncore.AppendInt32(dst, strconv.Itoa(i), int32(n/(1+r.IntN(2))))
		}
		return bsoncore.End(bsoncore.End(dst, inner), mark)
	}
	for range 20 {
		checkChanges(t, long(), long())
	}
}
