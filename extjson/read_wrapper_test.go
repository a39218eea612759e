package extjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests the structure of wrappers: their keys, in every order and spelling,
// and other keys with them. read_wrapper_text_test.go tests the texts inside.

// wrapperRows has the wrappers and their values: the type byte and the bytes of the
// value, in hexadecimal.
var wrapperRows = []struct{ name, text, typ, value string }{
	{"oid", `{"$oid":"56e1fc72e0c917e9c4714161"}`, "07", "56e1fc72e0c917e9c4714161"},
	{"symbol", `{"$symbol":"abc"}`, "0e", "04000000 61626300"},
	{"numberInt", `{"$numberInt":"-12"}`, "10", "f4ffffff"},
	{"numberLong", `{"$numberLong":"123456789012"}`, "12", "141a99be1c000000"},
	{"numberDouble", `{"$numberDouble":"1.5E+10"}`, "01", "000000b08ef00b42"},
	{"numberDouble, special", `{"$numberDouble":"-Infinity"}`, "01", "000000000000f0ff"},
	{"numberDecimal", `{"$numberDecimal":"1.20"}`, "13", "78000000000000000000000000003c30"},
	{"binary", `{"$binary":{"base64":"AQIDBA==","subType":"80"}}`, "05", "04000000 80 01020304"},
	{"binary, empty", `{"$binary":{"base64":"","subType":"00"}}`, "05", "00000000 00"},
	{"binary, long", `{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODxAREhM/","subType":"5"}}`, "05", "15000000 05 000102030405060708090a0b0c0d0e0f101112133f"},
	{"binary 2", `{"$binary":{"base64":"AQID","subType":"02"}}`, "05", "07000000 02 03000000 010203"},
	{"uuid", `{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}`, "05", "10000000 04 00112233445566778899aabbccddeeff"},
	{"code", `{"$code":"f()"}`, "0d", "04000000 66282900"},
	{"code with scope", `{"$code":"f","$scope":{"x":true,"y":"z"}}`, "0f", "1c000000 02000000 6600 12000000 08 7800 01 02 7900 02000000 7a00 00"},
	{"code with empty scope", `{"$code":"","$scope":{}}`, "0f", "0e000000 01000000 00 05000000 00"},
	{"timestamp", `{"$timestamp":{"t":1,"i":4294967295}}`, "11", "ffffffff 01000000"},
	{"regularExpression", `{"$regularExpression":{"pattern":"^a+","options":"im"}}`, "0b", "5e612b00 696d00"},
	{"regularExpression, options unsorted", `{"$regularExpression":{"pattern":"","options":"xmi"}}`, "0b", "00 696d7800"},
	{"dbPointer", `{"$dbPointer":{"$ref":"a.b","$id":{"$oid":"56e1fc72e0c917e9c4714161"}}}`, "0c", "04000000 612e6200 56e1fc72e0c917e9c4714161"},
	{"date", `{"$date":"1970-01-01T00:00:01Z"}`, "09", "e803000000000000"},
	{"date, number", `{"$date":{"$numberLong":"1000"}}`, "09", "e803000000000000"},
	{"minKey", `{"$minKey":1}`, "ff", ""},
	{"maxKey", `{"$maxKey":1}`, "7f", ""},
	{"undefined", `{"$undefined":true}`, "06", ""},
}

// A node is a JSON value that keeps the order of its members.
type node struct {
	text    string // text of a value that is not an object
	members []member
}

type member struct {
	key   string // in quotes, with or without the mark before it
	value node
}

func parseNode(t *testing.T, text string) node {
	t.Helper()
	if text[0] != '{' {
		return node{text: text}
	}
	var n node
	d := json.NewDecoder(strings.NewReader(text))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		n.members = append(n.members, member{`"` + key.(string) + `"`, parseNode(t, string(value))})
	}
	return n
}

func (n node) String() string {
	if n.text != "" {
		return n.text
	}
	parts := make([]string, len(n.members))
	for i, m := range n.members {
		parts[i] = m.key + ":" + m.value.String()
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// with returns n with the value of member i replaced.
func (n node) with(i int, value node) node {
	c := node{members: slices.Clone(n.members)}
	c.members[i].value = value
	return c
}

// orders returns n with the members of its objects in every order. An object has at
// most two members. The order of a scope does not change.
func (n node) orders() []node {
	all := []node{n}
	for i, m := range n.members {
		if m.value.text != "" || m.key == `"$scope"` {
			continue
		}
		var more []node
		for _, o := range all {
			for _, v := range m.value.orders() {
				more = append(more, o.with(i, v))
			}
		}
		all = more
	}
	if len(n.members) == 2 {
		for _, o := range all {
			all = append(all, node{members: []member{o.members[1], o.members[0]}})
		}
	}
	return all
}

// rewrites returns n with one of its objects changed by f, for each object in turn.
// outer says whether the object is n itself. Scopes do not change.
func (n node) rewrites(outer bool, f func(members []member, outer bool) [][]member) []node {
	if n.text != "" {
		return nil
	}
	var all []node
	for _, members := range f(n.members, outer) {
		all = append(all, node{members: members})
	}
	for i, m := range n.members {
		if m.key == `"$scope"` {
			continue
		}
		for _, v := range m.value.rewrites(false, f) {
			all = append(all, n.with(i, v))
		}
	}
	return all
}

func TestWrappers(t *testing.T) {
	for _, row := range wrapperRows {
		t.Run(row.name, func(t *testing.T) {
			check := func(format, elements string, text string) {
				t.Helper()
				format = fmt.Sprintf(format, text)
				for _, spelling := range []string{format, spaced(format), escaped(format), spaced(escaped(format))} {
					got, err := decode(t, extjson.DecodeOptions{}, spelling)
					want := document(t, elements)
					if err != nil || string(got) != string(want) {
						t.Fatalf("%s gives %x, %v, want %x", spelling, got, err, want)
					}
				}
			}
			inner := len(unhex(t, row.typ+row.value))
			for _, n := range parseNode(t, row.text).orders() {
				text := n.String()
				check(`{"a":%s}`, row.typ+"6100"+row.value, text)
				check(`{"a":%s}          `, row.typ+"6100"+row.value, text)
				check(`{"a":%s,"b":null}`, row.typ+"6100"+row.value+"0a6200", text)
				check(`{"a":[%s,null]}`, fmt.Sprintf("04 6100 %02x000000", inner+10)+row.typ+"3000"+row.value+"0a3100 00", text)
				check(`{"a":{"":%s}}`, fmt.Sprintf("03 6100 %02x000000", inner+6)+row.typ+"00"+row.value+"00", text)
				check(`{"f":{"$code":"","$scope":{"a":%s}}}`, fmt.Sprintf("0f 6600 %02x000000 01000000 00 %02x000000", inner+16, inner+7)+row.typ+"6100"+row.value+"00", text)
			}
		})
	}
}

// TestWrapperAtTop: at the top level the keys of a wrapper are ordinary keys.
func TestWrapperAtTop(t *testing.T) {
	for _, row := range wrapperRows {
		doc, err := decode(t, extjson.DecodeOptions{}, row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
			continue
		}
		text, err := encode(t, extjson.EncodeOptions{Mode: extjson.Canonical}, doc)
		if err != nil {
			t.Errorf("%s gives %x: %v", row.text, doc, err)
			continue
		}
		back, err := decode(t, extjson.DecodeOptions{}, text)
		wantBytes(t, back, err, doc)
	}
	for _, tc := range []struct{ text, elements string }{
		{`{"$oid":"x"}`, "02 246f696400 02000000 7800"},
		{`{"$oid":"x","$oid":1,"b":2}`, "02 246f696400 02000000 7800 10 246f696400 01000000 10 6200 02000000"},
		{`{"\u0024oid":null}`, "0a 246f696400"},
		{`{"$date":{"$numberLong":"1"}}`, "12 246461746500 0100000000000000"},
		{`{"$numberInt":{"$numberInt":"1"}}`, "10 246e756d626572496e7400 01000000"},
	} {
		got, err := decode(t, extjson.DecodeOptions{}, tc.text)
		wantBytes(t, got, err, document(t, tc.elements))
	}
}

// checkFaults checks that each text, a wrapper with a mark, is an error at the mark, in
// each spelling and at each place.
func checkFaults(t *testing.T, err error, nodes []node) {
	t.Helper()
	for _, n := range nodes {
		for format, pointer := range map[string]string{`{"a":%s}`: "/a", `{"a":[1,{"b":%s}],"c":"some more text"}`: "/a/1/b"} {
			text := fmt.Sprintf(format, n)
			for _, spelling := range []string{text, spaced(text), escaped(text)} {
				clean, want := marked(t, spelling, pointer, err)
				doc, got := decode(t, extjson.DecodeOptions{}, clean)
				if got == nil {
					t.Errorf("%s gives %x", clean, doc)
					continue
				}
				if f := faultOf(t, got); f != want {
					t.Errorf("%s:\nerror %+v\nwant  %+v", clean, f, want)
				}
			}
		}
	}
}

func TestWrapperForeignKey(t *testing.T) {
	for _, foreign := range []string{`"x":1`, `"":{}`, `"oid":"y"`, `"$ref":"c"`, `"$type":"00"`, `"$options":""`} {
		key, value, _ := strings.Cut(foreign, ":")
		for _, row := range wrapperRows {
			t.Run(row.name, func(t *testing.T) {
				checkFaults(t, extjson.ErrWrapper, parseNode(t, row.text).rewrites(true, func(members []member, outer bool) [][]member {
					var all [][]member
					for _, m := range members {
						if m.key == key {
							return nil // the key belongs to this wrapper
						}
					}
					for at := range len(members) + 1 {
						c := slices.Insert(slices.Clone(members), at, member{key, node{text: value}})
						if outer && at == 0 {
							at++ // the fault is the special key after the other key
						}
						c[at].key = here + c[at].key
						all = append(all, c)
					}
					return all
				}))
			})
		}
	}
}

func TestWrapperKeyTwice(t *testing.T) {
	for _, row := range wrapperRows {
		t.Run(row.name, func(t *testing.T) {
			checkFaults(t, extjson.ErrWrapper, parseNode(t, row.text).rewrites(true, func(members []member, outer bool) [][]member {
				var all [][]member
				for i, m := range members {
					m.key = here + m.key
					all = append(all, slices.Insert(slices.Clone(members), i+1, m), append(slices.Clone(members), m))
				}
				return all
			}))
		})
	}
}

// TestWrapperSpecialBeside adds each special key to each wrapper.
func TestWrapperSpecialBeside(t *testing.T) {
	for _, row := range wrapperRows {
		n := parseNode(t, row.text)
		for _, key := range specials {
			second := member{here + `"` + key + `"`, node{text: `"x"`}}
			checkFaults(t, extjson.ErrWrapper, []node{{members: []member{{`"x"`, node{text: "1"}}, second}}})
			if key == "$scope" && row.name == "code" {
				second = member{`"$scope"`, node{text: here + `"x"`}}
			}
			checkFaults(t, extjson.ErrWrapper, []node{{members: append(slices.Clone(n.members), second)}})
		}
	}
}

// TestWrapperValueKind gives the keys values of every other kind.
func TestWrapperValueKind(t *testing.T) {
	kinds := []string{"null", "false", "0", "-1", "1.5", "[]", `[1]`, `""`, `"1"`, "{}", `{"a":1}`, `{"$numberInt":"1"}`}
	for _, row := range wrapperRows {
		t.Run(row.name, func(t *testing.T) {
			checkFaults(t, extjson.ErrWrapper, parseNode(t, row.text).rewrites(true, func(members []member, _ bool) [][]member {
				var all [][]member
				for i, m := range members {
					for _, kind := range kinds {
						isText, isNumber, isObject := kind[0] == '"', kind[0] <= '9' && kind[0] >= '-', kind[0] == '{'
						switch was := m.value; {
						case m.key == `"$scope"` && isObject && !strings.Contains(kind, "$"),
							m.key == `"$date"` && isText,
							was.text != "" && was.text[0] == '"' && isText,
							(m.key == `"t"` || m.key == `"i"`) && isNumber && kind != "-1" && kind != "1.5":
							continue // this kind is right
						case isObject && (was.text == "" || m.key == `"$date"`):
							// The fault is at the key inside, or at the brace if there is
							// no key.
							kind = "{" + here + kind[1:]
						default:
							kind = here + kind
						}
						c := slices.Clone(members)
						c[i].value = node{text: kind}
						all = append(all, c)
					}
				}
				return all
			}))
		})
	}
}

// TestWrapperMissing leaves out one member. The fault is at the closing brace.
func TestWrapperMissing(t *testing.T) {
	for _, row := range []struct{ name, text string }{
		{"date", `{"$date":{¦}}`},
		{"base64", `{"$binary":{"subType":"00"¦}}`},
		{"subType", `{"$binary":{"base64":"AQ=="¦}}`},
		{"base64 and subType", `{"$binary":{¦}}`},
		{"t", `{"$timestamp":{"i":1¦}}`},
		{"i", `{"$timestamp":{"t":1¦}}`},
		{"t and i", `{"$timestamp":{¦}}`},
		{"pattern", `{"$regularExpression":{"options":""¦}}`},
		{"options", `{"$regularExpression":{"pattern":""¦}}`},
		{"pattern and options", `{"$regularExpression":{¦}}`},
		{"$ref", `{"$dbPointer":{"$id":{"$oid":"56e1fc72e0c917e9c4714161"}¦}}`},
		{"$id", `{"$dbPointer":{"$ref":"a"¦}}`},
		{"$oid in $id", `{"$dbPointer":{"$ref":"a","$id":{¦}}}`},
		{"$code", `{"$scope":{}¦}`},
	} {
		t.Run(row.name, func(t *testing.T) { checkFaults(t, extjson.ErrWrapper, []node{{text: row.text}}) })
	}
}

// TestPlainDocuments tests documents that are similar to wrappers.
func TestPlainDocuments(t *testing.T) {
	for _, key := range plainKeys {
		for _, text := range []string{`{"a":{%q:1}}`, `{"a":{%q:1,"b":2}}`, `{"a":{"b":2,%q:1}}`, `{"a":[{%q:{%[1]q:null}}]}`} {
			text = fmt.Sprintf(text, key)
			for _, spelling := range []string{text, spaced(text), escaped(text)} {
				doc, err := decode(t, extjson.DecodeOptions{}, spelling)
				if err != nil {
					t.Errorf("%s: %v", spelling, err)
					continue
				}
				back, err := encode(t, extjson.EncodeOptions{}, doc)
				wantText(t, back, err, text)
			}
		}
	}
}

// TestWrapperDepth: the braces of wrappers are not levels; a scope is a level.
func TestWrapperDepth(t *testing.T) {
	for _, row := range wrapperRows {
		limit := 2
		if strings.Contains(row.text, "$scope") {
			limit = 3
		}
		for _, text := range []string{`{"a":[` + row.text + `]}`, spaced(`{"a":[` + row.text + `]}`)} {
			if _, err := decode(t, extjson.DecodeOptions{MaxDepth: limit}, text); err != nil {
				t.Errorf("limit %d: %s: %v", limit, text, err)
			}
		}
	}
	text, want := marked(t, `{"a":[{"$code":"","$scope":¦{}}]}`, "/a/0", bson.ErrDepth)
	_, err := decode(t, extjson.DecodeOptions{MaxDepth: 2}, text)
	wantFault(t, err, want)
}

// TestWrapperKeyRoom: the key of a wrapper does not count for the size of the document,
// in any spelling; other keys count.
func TestWrapperKeyRoom(t *testing.T) {
	for _, value := range []string{
		`{"$numberInt":"1"}`, `{"$minKey":1}`, `{"$symbol":""}`, `{"$undefined":true}`, `{"$code":"","$scope":{}}`, `{"$timestamp":{"t":1,"i":2}}`,
		`{"$regularExpression":{"pattern":"","options":""}}`, `{"$binary":{"base64":"","subType":"00"}}`, `{"` + strings.Repeat("long", 40) + `":1}`, `{}`,
	} {
		for _, text := range []string{value, strings.Replace(value, `"$`, `"\u0024`, 1), strings.Replace(value, `"`, ` "`, 1)} {
			text = `{"a":` + text + `}`
			doc, err := extjson.AppendBSON(nil, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
				d := extjson.DecodeOptions{MaxDocumentSize: len(doc)}.NewDecoder(r)
				if d.Next(); d.Err() != nil || !bytes.Equal(d.Raw(), doc) {
					t.Errorf("%s in %d bytes: %v", text, len(doc), d.Err())
				}
			}
			d := extjson.DecodeOptions{MaxDocumentSize: len(doc) - 1}.NewDecoder(strings.NewReader(text))
			if d.Next() || !errors.Is(d.Err(), bsoncore.ErrTooLarge) {
				t.Errorf("%s in %d bytes: %v, want %v", text, len(doc)-1, d.Err(), bsoncore.ErrTooLarge)
			}
		}
	}
}
