package interop

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file splits documents and texts into parts, to find the values on which
// two implementations disagree.

// A splitter returns the parts of a document or a text, and a function that
// joins the parts to keep. Each part is a document or text of one member. If
// the input is empty, or has a single value that is not a container with
// members, there are no parts.
type splitter func(in string) (parts []string, join func(keep []bool) string)

// An element is an element of a document or of an array.
type element struct {
	key  string
	typ  bson.Type
	data string
}

// elementsOf returns the elements of a well-formed document.
func elementsOf(doc string) (all []element) {
	c := bson.NewCursor([]byte(doc))
	for c.Next() {
		all = append(all, element{string(c.Key()), c.Type(), string(c.Data())})
	}
	return all
}

// documentOf returns the document that has the elements.
func documentOf(elements ...element) string {
	dst, mark := bsoncore.Begin(nil)
	for _, e := range elements {
		dst = bsoncore.AppendValue(dst, e.key, e.typ, []byte(e.data))
	}
	return string(bsoncore.End(dst, mark))
}

// contents returns the elements of a container, and a function that makes such
// a container from elements. In an array the elements are numbered again. The
// elements of a code with scope are those of its scope.
func (e element) contents() (inner []element, wrap func(inner []element) element) {
	switch e.typ {
	case bson.TypeDocument:
		return elementsOf(e.data), func(inner []element) element {
			return element{e.key, e.typ, documentOf(inner...)}
		}
	case bson.TypeArray:
		return elementsOf(e.data), func(inner []element) element {
			numbered := make([]element, len(inner))
			for i := range inner {
				numbered[i] = element{strconv.Itoa(i), inner[i].typ, inner[i].data}
			}
			return element{e.key, e.typ, documentOf(numbered...)}
		}
	case bson.TypeCodeWithScope:
		c := bson.NewCursor([]byte(documentOf(e)))
		c.Next()
		code, scope := c.CodeWithScope()
		return elementsOf(string(scope)), func(inner []element) element {
			dst, mark := bsoncore.Begin(nil)
			dst = bsoncore.End(bsoncore.AppendCodeWithScope(dst, e.key, string(code), []byte(documentOf(inner...))), mark)
			return elementsOf(string(dst))[0]
		}
	}
	return nil, nil
}

// splitDocument is the splitter of BSON.
func splitDocument(doc string) (parts []string, join func(keep []bool) string) {
	elements := elementsOf(doc)
	wrap := func(kept []element) string { return documentOf(kept...) }
	if len(elements) == 1 {
		var inner func([]element) element
		if elements, inner = elements[0].contents(); len(elements) == 0 {
			return nil, nil
		}
		wrap = func(kept []element) string { return documentOf(inner(kept)) }
	}
	for _, e := range elements {
		parts = append(parts, documentOf(e))
	}
	return parts, func(keep []bool) string { return wrap(kept(elements, keep)) }
}

// kept returns the elements of all whose element in keep is true.
func kept[T any](all []T, keep []bool) (some []T) {
	for i, v := range all {
		if keep[i] {
			some = append(some, v)
		}
	}
	return some
}

// A member is a member of an object or an array, as text.
type member struct {
	raw   string // spelling of key and value, without the comma
	key   string // the key, without escapes; "" in an array
	value string // spelling of the value
}

// membersOf returns the members of a JSON object or array, if text is one.
func membersOf(text string) (all []member, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	open, err := d.Token()
	if err != nil || open != json.Delim('{') && open != json.Delim('[') {
		return nil, false
	}
	for d.More() {
		from := d.InputOffset()
		var m member
		if open == json.Delim('{') {
			key, err := d.Token()
			if err != nil {
				return nil, false
			}
			m.key = key.(string)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, false
		}
		m.value = string(value)
		m.raw = strings.TrimLeft(text[from:d.InputOffset()], ", \t\r\n")
		all = append(all, m)
	}
	if _, err := d.Token(); err != nil || strings.TrimSpace(text[d.InputOffset():]) != "" {
		return nil, false
	}
	return all, true
}

// splitText is the splitter of Extended JSON. A text that is not JSON has no
// parts.
func splitText(text string) (parts []string, join func(keep []bool) string) {
	members, ok := membersOf(strings.TrimPrefix(text, "\ufeff"))
	wrap := func(raw []string) string { return "{" + strings.Join(raw, ", ") + "}" }
	if ok && len(members) == 1 {
		members, wrap = members[0].contents()
	}
	if len(members) == 0 {
		return nil, nil
	}
	var raw []string
	for _, m := range members {
		raw = append(raw, m.raw)
		if m.key == "" && m.raw == m.value {
			m.raw = `"0":` + m.raw // an element of an array
		}
		parts = append(parts, "{"+m.raw+"}")
	}
	return parts, func(keep []bool) string { return wrap(kept(raw, keep)) }
}

// inWrapper: a peer may read an object with the key as one value.
func inWrapper(key string) bool {
	return isSpecial(key) || slices.Contains([]string{"$options", "$type", "$ref", "$id", "$db"}, key)
}

// contents returns the members of a container, and a function that makes the
// text of such a container from members. The members of a code with scope are
// those of its scope.
func (m member) contents() (inner []member, wrap func(raw []string) string) {
	inner, ok := membersOf(m.value)
	if !ok {
		return nil, nil
	}
	before, after := m.value[:1], m.value[len(m.value)-1:]
	if slices.ContainsFunc(inner, func(i member) bool { return inWrapper(i.key) }) {
		at := slices.IndexFunc(inner, func(i member) bool { return i.key == "$scope" && i.value[0] == '{' })
		if at < 0 {
			return nil, nil // the wrapper of a single value
		}
		scope := inner[at]
		from := strings.Index(m.value, scope.raw) + strings.LastIndex(scope.raw, scope.value)
		before, after = m.value[:from+1], m.value[from+len(scope.value)-1:]
		inner, _ = membersOf(scope.value)
	}
	head := "{" + strings.TrimSuffix(m.raw, m.value)
	return inner, func(raw []string) string { return head + before + strings.Join(raw, ", ") + after + "}" }
}

// TestParts: a text that is split and joined again is the same text.
func TestParts(t *testing.T) {
	for _, tc := range []struct {
		text  string
		parts string // one per line
		some  string // the first, third, fifth … part, joined
	}{
		{`{}`, "", ""},
		{`{"a":1}`, "", ""},
		{`{"a":1, "b" :[2]}`, "{\"a\":1}\n{\"b\" :[2]}", `{"a":1}`},
		{`{"b" :[2, "x",[]]}`, "{\"0\":2}\n{\"0\":\"x\"}\n{\"0\":[]}", `{"b" :[2, []]}`},
		{`{"b":{"c":1,"":{}}}`, "{\"c\":1}\n{\"\":{}}", `{"b":{"c":1}}`},
		{`{"b":{"$oid":"1"}}`, "", ""},
		{`{"b":{"$set":1,"$$":2}}`, "{\"$set\":1}\n{\"$$\":2}", `{"b":{"$set":1}}`},
		{`{"b":{"$scope":{"x":1,"y":2},"$code":""}}`, "{\"x\":1}\n{\"y\":2}", `{"b":{"$scope":{"x":1},"$code":""}}`},
		{`{"b":{"$code":"","$scope":{}}}`, "", ""},
		{`{"b":{"$code":"","$scope":{"x":1,"y":2} }}`, "{\"x\":1}\n{\"y\":2}", `{"b":{"$code":"","$scope":{"x":1} }}`},
		{`{"a":1}x`, "", ""},
	} {
		parts, join := splitText(tc.text)
		if got := strings.Join(parts, "\n"); got != tc.parts {
			t.Errorf("%s: parts %s, want %s", tc.text, got, tc.parts)
		}
		if len(parts) == 0 {
			continue
		}
		keep, all := make([]bool, len(parts)), make([]bool, len(parts))
		for i := range keep {
			keep[i], all[i] = i%2 == 0, true
		}
		if got := join(keep); got != tc.some {
			t.Errorf("%s: some %s, want %s", tc.text, got, tc.some)
		}
		doc := string(ourBytes(t, tc.text))
		if got := string(ourBytes(t, join(all))); got != doc {
			t.Errorf("%s: all %x, want %x", tc.text, got, doc)
		}
		inBytes, joinBytes := splitDocument(doc)
		if len(inBytes) != len(parts) || joinBytes(all) != doc {
			t.Errorf("%s: %x has %d parts, want %d; joined they are %x", tc.text, doc, len(inBytes), len(parts), joinBytes(all))
		}
		if got, want := joinBytes(keep), string(ourBytes(t, tc.some)); got != want {
			t.Errorf("%s: some %x, want %x", tc.text, got, want)
		}
	}
}
