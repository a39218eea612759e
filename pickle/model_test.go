package pickle_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/pickle"
)

// This file has a second reader of pickles with lists, dictionaries, tuples and
// memo entries. Its values are Go pointers, like the objects of Python. The tests
// compare it with the reader, whose graph is made of numbers.

// A thing is a value of the model.
type thing struct {
	kind   byte // opcode that makes the value: ] } ) or the first byte of an atom
	atom   string
	items  []*thing // of a dictionary: key, value, key, value, …
	shared bool     // a GET has referred to the thing
}

// A model reads the opcodes of steps.
type model struct {
	stack []*thing
	marks []int
	memo  map[uint32]*thing
}

// steps lists the opcodes of the model, with their arguments.
var steps = []string{"]", "}", ")", "N", "K\x05", "U\x01k", "U\x01l", "(", "a", "e", "s", "u", "t", "l", "d", "\x85", "\x86", "\x87",
	"\x94", "h\x00", "h\x01", "h\x02", "h\x05"}

func (m *model) floor() int {
	if n := len(m.marks); n > 0 {
		return m.marks[n-1]
	}
	return 0
}

// extend adds the values of the stack from height s on to the container below
// them.
func (m *model) extend(kind byte, s int) bool {
	if s-1 < m.floor() {
		return false
	}
	c, more := m.stack[s-1], m.stack[s:]
	if c.kind != kind || c.shared || kind == '}' && len(more)%2 != 0 {
		return false
	}
	c.items = append(c.items, more...)
	m.stack = m.stack[:s]
	return true
}

// wrap makes a container from the values of the stack from height s on.
func (m *model) wrap(kind byte, s int) bool {
	if s < m.floor() || kind == '}' && (len(m.stack)-s)%2 != 0 {
		return false
	}
	m.stack = append(m.stack[:s], &thing{kind: kind, items: slices.Clone(m.stack[s:])})
	return true
}

// step runs an opcode and reports whether the stack and the memo allow it.
func (m *model) step(op string) bool {
	n := len(m.stack)
	h := m.floor()
	switch op[0] {
	case 'e', 'u', 't', 'l', 'd':
		if len(m.marks) == 0 {
			return false
		}
		m.marks = m.marks[:len(m.marks)-1]
	}
	switch op[0] {
	case ']', '}', ')':
		m.stack = append(m.stack, &thing{kind: op[0]})
	case '(':
		m.marks = append(m.marks, n)
	case 'a':
		return m.extend(']', n-1)
	case 'e':
		return m.extend(']', h)
	case 's':
		return m.extend('}', n-2)
	case 'u':
		return m.extend('}', h)
	case 't':
		return m.wrap(')', h)
	case 'l':
		return m.wrap(']', h)
	case 'd':
		return m.wrap('}', h)
	case '\x85', '\x86', '\x87':
		return m.wrap(')', n-int(op[0]-'\x84'))
	case '\x94':
		return m.put(uint32(len(m.memo)))
	case 'h':
		return m.get(uint32(op[1]))
	default:
		m.stack = append(m.stack, &thing{kind: op[0], atom: map[string]string{
			"N": "null", "K\x05": `{"$numberInt":"5"}`, "U\x01k": `"k"`, "U\x01l": `"l"`,
		}[op]})
	}
	return true
}

// put enters the topmost value in the memo.
func (m *model) put(i uint32) bool {
	if len(m.stack) <= m.floor() {
		return false
	}
	if m.memo == nil {
		m.memo = map[uint32]*thing{}
	}
	m.memo[i] = m.stack[len(m.stack)-1]
	return true
}

// get pushes an entry of the memo.
func (m *model) get(i uint32) bool {
	v := m.memo[i]
	if v == nil {
		return false
	}
	v.shared = true
	m.stack = append(m.stack, v)
	return true
}

// text returns v as canonical Extended JSON. ok is false for a dictionary with a
// duplicate key, and, unless pairs is set, with a key that is not text.
func (v *thing) text(pairs bool) (_ string, ok bool) {
	if v.atom != "" {
		return v.atom, true
	}
	if v.kind != '}' {
		var parts []string
		for _, item := range v.items {
			s, ok := item.text(pairs)
			if !ok {
				return "", false
			}
			parts = append(parts, s)
		}
		return "[" + strings.Join(parts, ",") + "]", true
	}
	document := true
	for i := 0; i < len(v.items); i += 2 {
		document = document && v.items[i].kind == 'U'
	}
	if !document && !pairs {
		return "", false
	}
	seen := map[string]bool{}
	var parts []string
	for i := 0; i < len(v.items); i += 2 {
		key, ok1 := v.items[i].text(pairs && !document)
		value, ok2 := v.items[i+1].text(pairs && !document)
		if !ok1 || !ok2 || seen[key] || !document && !v.items[i].hashable() {
			return "", false
		}
		seen[key] = true
		if document {
			parts = append(parts, key+":"+value)
		} else {
			parts = append(parts, "["+key+","+value+"]")
		}
	}
	if document {
		return "{" + strings.Join(parts, ",") + "}", true
	}
	return "[" + strings.Join(parts, ",") + "]", true
}

// hashable reports whether Python accepts v as a key.
func (v *thing) hashable() bool {
	return v.kind != ']' && v.kind != '}' && !slices.ContainsFunc(v.items, func(i *thing) bool { return !i.hashable() })
}

// check compares the reader with the model, which has run the opcodes before STOP.
// valid says whether the model accepted all of them.
func (m *model) check(t *testing.T, data string, valid bool) {
	t.Helper()
	want := "error"
	if valid && len(m.stack) == 1 && len(m.marks) == 0 {
		if s, ok := m.stack[0].text(true); ok {
			want = s
		}
	}
	got := text(t, pickle.DecodeOptions{}, data)
	if strings.HasPrefix(got, "error") {
		got = "error"
	}
	if got != want {
		t.Errorf("%q: %s", data, cmp.Diff(want, got))
	}
}

// TestModel compares all pickles of up to four opcodes, and many longer pickles.
func TestModel(t *testing.T) {
	for n := 1; n <= 4; n++ {
		index := make([]int, n)
		for more := true; more; {
			var m model
			var data string
			valid := true
			for _, i := range index {
				data += steps[i]
				valid = valid && m.step(steps[i])
			}
			m.check(t, data+".", valid)
			more = false
			for k := range index {
				if index[k]++; index[k] < len(steps) {
					more = true
					break
				}
				index[k] = 0
			}
		}
	}
	r := rand.New(rand.NewPCG(6, 27))
	read := 0
	for range 30_000 {
		var m model
		var data strings.Builder
		for range 2 + r.IntN(40) {
			op := steps[r.IntN(len(steps))]
			if m.try(op) {
				data.WriteString(op)
			}
		}
		for len(m.marks) > 0 {
			m.step("t")
			data.WriteString("t")
		}
		for len(m.stack) > 1 {
			m.step("\x86")
			data.WriteString("\x86")
		}
		read += len(m.stack)
		m.check(t, data.String()+".", true)
	}
	if read < 25_000 {
		t.Errorf("only %d pickles have a value", read)
	}
	// Pickles longer than a chunk of the graph, with all values in one tuple.
	for range 12 {
		var m model
		var data strings.Builder
		m.step("(")
		data.WriteString("(")
		for range 2000 {
			op := steps[r.IntN(len(steps))]
			closes := strings.Contains("eutld", op)
			if op == "(" && len(m.marks) > 5 || closes && len(m.marks) == 1 || !m.try(op) {
				continue
			}
			data.WriteString(op)
		}
		for len(m.marks) > 0 {
			m.step("t")
			data.WriteString("t")
		}
		m.check(t, data.String()+".", true)
	}
}

// try runs an opcode if the stack and the memo allow it.
func (m *model) try(op string) bool {
	marks := m.marks
	if !m.step(op) {
		m.marks = marks // step may have changed only the marks
		return false
	}
	return true
}
