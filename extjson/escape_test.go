package extjson_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests AmbiguousKeys: Escape and EscapedKeys.

// wrapperModes are the modes that readers read back.
var wrapperModes = []extjson.Mode{extjson.Relaxed, extjson.Canonical, extjson.SemiRelaxed, extjson.Legacy, extjson.Shell}

// dialectsOf returns the options of all readers that read text in the mode.
func dialectsOf(mode extjson.Mode) (all []extjson.DecodeOptions) {
	for _, legacy := range []bool{false, true} {
		for _, shell := range []bool{false, true} {
			if (legacy || mode != extjson.Legacy) && (shell || mode != extjson.Shell) {
				all = append(all, extjson.DecodeOptions{Legacy: legacy, Shell: shell})
			}
		}
	}
	if mode == extjson.Canonical {
		all = append(all, extjson.DecodeOptions{CanonicalOnly: true})
	}
	return all
}

// renamed returns v with the keys of its documents as Escape spells them, and the
// number of changed keys. below says that a document in v is below the top level.
func renamed(v any, below bool) (any, int) {
	n := 0
	count := func(v any, more int) any {
		n += more
		return v
	}
	switch v := v.(type) {
	case bson.A:
		out := bson.A{}
		for _, e := range v {
			out = append(out, count(renamed(e, true)))
		}
		return out, n
	case bson.CodeWithScope:
		scope := bson.D{{Key: "", Value: v.Scope}} // a scope is no regex
		fields := renamedFields(scope[0].Value.(bson.D), true, false, &n)
		return bson.CodeWithScope{Code: v.Code, Scope: fields}, n
	case bson.D:
		return renamedFields(v, below, below && looksLikeRegex(v), &n), n
	}
	return v, 0
}

func renamedFields(d bson.D, special, regex bool, n *int) bson.D {
	out := bson.D{}
	for _, e := range d {
		key := e.Key
		if strings.HasPrefix(key, "$$") || special && slices.Contains(specials, key) || regex && key == "$regex" {
			key = "$" + key
			*n++
		}
		v, more := renamed(e.Value, true)
		*n += more
		out = append(out, bson.E{Key: key, Value: v})
	}
	return out
}

func looksLikeRegex(d bson.D) bool {
	seen := map[string]bool{}
	for _, e := range d {
		_, text := e.Value.(string)
		if !text || seen[e.Key] || e.Key != "$regex" && e.Key != "$options" {
			return false
		}
		seen[e.Key] = true
	}
	return seen["$regex"]
}

// renamedDocument is renamed for the bytes of a document.
func renamedDocument(t *testing.T, doc []byte) ([]byte, int) {
	t.Helper()
	var d bson.D
	if err := bson.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	v, n := renamed(d, false)
	out, err := bson.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out, n
}

// TestEscape has the spelling of keys: in relaxed text, unless the row has a mode.
func TestEscape(t *testing.T) {
	const oid = "02 246f696400 03000000 7a7a00" // "$oid":"zz"
	in := func(elements string) string { return fmt.Sprintf("03 6100 %x", document(t, elements)) }
	for _, tc := range []struct {
		name     string
		mode     extjson.Mode
		elements string
		want     string
		keys     int // that are escaped
	}{
		{"special", 0, in(oid), `{"a":{"$$oid":"zz"}}`, 1},
		{"special, canonical", extjson.Canonical, in("10 246f696400 01000000"), `{"a":{"$$oid":{"$numberInt":"1"}}}`, 1},
		{"special, shell", extjson.Shell, in(oid), `{"a":{"$$oid":"zz"}}`, 1},
		{"looks escaped", 0, in("0a 24246f696400"), `{"a":{"$$$oid":null}}`, 1},
		{"looks escaped twice", 0, in("0a 2424246f696400"), `{"a":{"$$$$oid":null}}`, 1},
		{"both", 0, in(oid + "0a 24246f696400"), `{"a":{"$$oid":"zz","$$$oid":null}}`, 2},
		{"twice", 0, in(oid + oid), `{"a":{"$$oid":"zz","$$oid":"zz"}}`, 2},
		{"beside others", 0, in("0a 6200" + oid + "0a 246e6500"), `{"a":{"b":null,"$$oid":"zz","$ne":null}}`, 1},
		{"top level", 0, oid, `{"$oid":"zz"}`, 0},
		{"top level, looks escaped", 0, "0a 24246f696400", `{"$$$oid":null}`, 1},
		{"dollars", 0, "0a 2400 0a 242400 0a 24242400", `{"$":null,"$$$":null,"$$$$":null}`, 2},
		{"empty", 0, "0a 00" + in("0a 00"), `{"":null,"a":{"":null}}`, 0},
		{"elsewhere", 0, in("0a 612400 0a 2e24246f696400"), `{"a":{"a$":null,".$$oid":null}}`, 0},
		{"DBRef", 0, in("02 2472656600 02000000 6300 07 24696400 0102030405060708090a0b0c 02 24646200 02000000 6400"),
			`{"a":{"$ref":"c","$id":{"$oid":"0102030405060708090a0b0c"},"$db":"d"}}`, 0},
		{"DBRef with a special id", 0, in("02 2472656600 02000000 6300" + "03 24696400" + fmt.Sprintf("%x", document(t, oid))),
			`{"a":{"$ref":"c","$id":{"$$oid":"zz"}}}`, 1},
		{"array", 0, "04 6100" + fmt.Sprintf("%x", document(t, "03 3000"+fmt.Sprintf("%x", document(t, oid)))), `{"a":[{"$$oid":"zz"}]}`, 1},
		{"scope", 0, "0f 6100 1d000000 02000000 6600" + fmt.Sprintf("%x", document(t, "02 24636f646500 03000000 7a7a00")),
			`{"a":{"$code":"f","$scope":{"$$code":"zz"}}}`, 1},
		{"scope, shell", extjson.Shell, "0f 6100 1d000000 02000000 6600" + fmt.Sprintf("%x", document(t, "02 24636f646500 03000000 7a7a00")),
			`{"a":Code("f", {"$$code":"zz"})}`, 1},
		{"regex", 0, in("02 24726567657800 02000000 7800"), `{"a":{"$$regex":"x"}}`, 1},
		{"regex, options first", extjson.Legacy, in("02 246f7074696f6e7300 02000000 6900 02 24726567657800 02000000 7800"),
			`{"a":{"$options":"i","$$regex":"x"}}`, 1},
		{"query with regex", 0, in("02 24726567657800 02000000 7800 0a 246e6500"), `{"a":{"$regex":"x","$ne":null}}`, 0},
		{"old binary", extjson.Legacy, in("02 247479706500 03000000 303000 02 2462696e61727900 01000000 00"), `{"a":{"$type":"00","$$binary":""}}`, 1},
		{"type", extjson.Legacy, in("10 247479706500 02000000"), `{"a":{"$type":2}}`, 0},
		{"date", extjson.Legacy, in("10 246461746500 00000000"), `{"a":{"$$date":0}}`, 1},
		{"escape in a key", 0, in("0a 24242200"), `{"a":{"$$$\"":null}}`, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc := document(t, tc.elements)
			text, err := encode(t, extjson.EncodeOptions{Mode: tc.mode, AmbiguousKeys: extjson.Escape}, doc)
			wantText(t, text, err, tc.want)
			if got := extjson.CountEscaped(doc); got != tc.keys {
				t.Errorf("CountEscaped: %d, want %d", got, tc.keys)
			}
			for _, o := range dialectsOf(tc.mode) {
				o.EscapedKeys = true
				back, err := decode(t, o, tc.want)
				wantBytes(t, back, err, doc)
			}
		})
	}
}

// TestEscapeExactly: Escape changes the keys that the rule names and no others; the
// text comes back as the same document in every dialect; and a reader without
// EscapedKeys reads the document with the keys as they are spelled, so no key of
// it is taken for a wrapper.
func TestEscapeExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	in := extjson.DecodeOptions{EscapedKeys: true, Legacy: true, Shell: true}.NewDecoder(nil)
	for _, mode := range wrapperModes {
		escape := extjson.EncodeOptions{Mode: mode, AmbiguousKeys: extjson.Escape}
		asIs := extjson.EncodeOptions{Mode: mode, AmbiguousKeys: extjson.AsIs}
		dialects := dialectsOf(mode)
		changed, same := 0, 0
		for range 10_000 {
			dst, mark := bsoncore.Begin(nil)
			doc := bsoncore.End(specialElements(r, dst, 4), mark)
			spelled, keys := renamedDocument(t, doc)
			text, err := escape.AppendJSON(nil, doc)
			want, wantErr := asIs.AppendJSON(nil, spelled)
			if err != nil || wantErr != nil || !bytes.Equal(text, want) {
				t.Fatalf("mode %d: %x\nis   %s, %v\nwant %s, %v", mode, doc, text, err, want, wantErr)
			}
			if n := extjson.CountEscaped(doc); n != keys {
				t.Fatalf("mode %d: %s: CountEscaped is %d, want %d", mode, text, n, keys)
			}
			if in.Reset(bytes.NewReader(text)); !in.Next() || in.Unescaped() != keys {
				t.Fatalf("mode %d: %s: %d keys unescaped, %v; want %d", mode, text, in.Unescaped(), in.Err(), keys)
			}
			for _, o := range dialects {
				if back, err := o.AppendBSON(nil, text); err != nil || !bytes.Equal(back, spelled) {
					t.Fatalf("mode %d: %s comes back as %x, %v; without EscapedKeys want %x", mode, text, back, err, spelled)
				}
				o.EscapedKeys = true
				if back, err := o.AppendBSON(nil, text); err != nil || !bytes.Equal(back, doc) {
					t.Fatalf("mode %d: %s comes back as %x, %v; want %x", mode, text, back, err, doc)
				}
			}
			if keys > 0 {
				changed++
			} else {
				same++
			}
		}
		if changed < 1000 || same < 1000 {
			t.Errorf("mode %d: %d documents with an escaped key, %d without", mode, changed, same)
		}
	}
}

// TestEscapeArrayKeys: the keys of arrays are not written, so they do not count.
func TestEscapeArrayKeys(t *testing.T) {
	doc := document(t, "04 6100"+fmt.Sprintf("%x", document(t, "0a 246f696400 0a 24246f00")))
	text, err := encode(t, extjson.EncodeOptions{AmbiguousKeys: extjson.Escape}, doc)
	wantText(t, text, err, `{"a":[null,null]}`)
	if n := extjson.CountEscaped(doc); n != 0 {
		t.Errorf("CountEscaped: %d, want 0", n)
	}
}

// TestEscapeValue: a document as a value is not at the top level.
func TestEscapeValue(t *testing.T) {
	doc := document(t, "02 246f696400 03000000 7a7a00")
	o := extjson.EncodeOptions{AmbiguousKeys: extjson.Escape}
	for _, tc := range []struct {
		t    bson.Type
		data []byte
		want string
		keys int
	}{
		{bson.TypeDocument, doc, `{"$$oid":"zz"}`, 1},
		{bson.TypeArray, document(t, fmt.Sprintf("03 3000 %x 03 3100 %x", doc, doc)), `[{"$$oid":"zz"},{"$$oid":"zz"}]`, 2},
		{bson.TypeString, unhex(t, "05000000 24246f6900"), `"$$oi"`, 0},
		{bson.TypeNull, nil, `null`, 0},
	} {
		text, err := o.AppendJSONValue(nil, tc.t, tc.data)
		wantText(t, string(text), err, tc.want)
		if n := extjson.CountEscapedValue(tc.t, tc.data); n != tc.keys {
			t.Errorf("%s: CountEscapedValue is %d, want %d", tc.want, n, tc.keys)
		}
		back, typ, err := extjson.DecodeOptions{EscapedKeys: true}.AppendBSONValue(nil, text)
		wantBytes(t, back, err, tc.data)
		if typ != tc.t {
			t.Errorf("%s comes back as %v", text, typ)
		}
	}
	if n := extjson.CountEscapedValue(bson.TypeDocument, doc[:6]); n != 0 {
		t.Errorf("%d keys in a document that is cut", n)
	}
}

// TestEscapedKeysIn: which spellings of keys lose a $.
func TestEscapedKeysIn(t *testing.T) {
	o := extjson.DecodeOptions{EscapedKeys: true}
	shell := extjson.DecodeOptions{EscapedKeys: true, Shell: true}
	for _, tc := range []struct {
		o    extjson.DecodeOptions
		text string
		want string // as is, in relaxed text
	}{
		{o, `{"$$a":1}`, `{"$a":1}`},
		{o, `{"$$":1,"$":2,"$$$":3}`, `{"$":1,"$":2,"$$":3}`},
		{o, `{"\u0024$oid":1}`, `{"$oid":1}`},
		{o, `{"a":{"\u0024\u0024oid":1}}`, `{"a":{"$oid":1}}`},
		{o, `{"a":{ "b":1, "$$oid" : 1}}`, `{"a":{"b":1,"$oid":1}}`},
		{o, `{"a":["$$b",{"$$c":"$$d"}]}`, `{"a":["$$b",{"$c":"$$d"}]}`},
		{o, `{"a":{"$scope":{"$$code":1},"$code":"$$x"}}`, `{"a":{"$code":"$$x","$scope":{"$code":1}}}`},
		{o, `{"a":{"$$` + strings.Repeat("k", 100) + `":1}}`, `{"a":{"$` + strings.Repeat("k", 100) + `":1}}`},
		{shell, `{$$oid:1,a:{$$date:2,'$$b':3}}`, `{"$oid":1,"a":{"$date":2,"$b":3}}`},
		{shell, `{a:DBRef("c",1,"d",{$$oid:2}),b:Code("x",{$$c:1})}`, `{"a":{"$ref":"c","$id":1,"$db":"d","$oid":2},"b":{"$code":"x","$scope":{"$c":1}}}`},
		{extjson.DecodeOptions{}, `{"$$a":1,"b":{"$$oid":1}}`, `{"$$a":1,"b":{"$$oid":1}}`},
	} {
		doc, err := decode(t, tc.o, tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
			continue
		}
		text, err := encode(t, extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}, doc)
		wantText(t, text, err, tc.want)
	}
	// The keys of wrappers, and keys that are not escaped, mean what they always mean.
	for _, tc := range []struct {
		text, pointer string
		err           error
	}{
		{`{"a":{"b":1,¦"$oid":1}}`, "/a", extjson.ErrWrapper},
		{`{"a":{"$$oid":"zz",¦"$oid":1}}`, "/a", extjson.ErrWrapper},
		{`{"a":{"$oid":¦"zz"}}`, "/a", extjson.ErrWrapperText},
		{`{"a":{"$date":{¦"$$numberLong":"1"}}}`, "/a", extjson.ErrWrapper},
		{`{"a":{"$code":"x",¦"$$scope":{}}}`, "/a", extjson.ErrWrapper},
		{`{"a":{"$$oid":¦x}}`, "/a/$oid", extjson.ErrToken},
	} {
		text, want := marked(t, tc.text, tc.pointer, tc.err)
		_, err := decode(t, o, text)
		wantFault(t, err, want)
	}
}

// TestEscapeFaults: a fault in or after an escaped key has its place.
func TestEscapeFaults(t *testing.T) {
	o := extjson.EncodeOptions{AmbiguousKeys: extjson.Escape}
	for _, tc := range []struct {
		elements string
		want     fault
	}{
		{"0a 2424ff00", fault{Offset: 7, Pointer: "/$$\ufffd", Err: bson.ErrUTF8}},
		{"02 24246100 02000000 ff00", fault{Offset: 13, Pointer: "/$$a", Err: bson.ErrUTF8}},
	} {
		_, err := encode(t, o, document(t, tc.elements))
		wantFault(t, err, tc.want)
	}
	replace := extjson.EncodeOptions{AmbiguousKeys: extjson.Escape, InvalidUTF8: bson.UTF8Replace}
	text, err := encode(t, replace, document(t, "0a 2424ff6100"))
	wantText(t, text, err, "{\"$$$\ufffda\":null}")
}

// TestEscapeLayouts: every layout spells keys in the same way.
func TestEscapeLayouts(t *testing.T) {
	doc := document(t, "03 6200"+fmt.Sprintf("%x", document(t, "10 246f696400 01000000 10 242400 02000000 10 246100 03000000")))
	for _, tc := range []struct {
		o    extjson.EncodeOptions
		want string
	}{
		{extjson.EncodeOptions{Indent: " "}, "{\n \"b\": {\n  \"$$oid\": 1,\n  \"$$$\": 2,\n  \"$a\": 3\n }\n}"},
		{extjson.EncodeOptions{Spacing: extjson.LibbsonSpacing}, `{ "b" : { "$$oid" : 1, "$$$" : 2, "$a" : 3 } }`},
		{extjson.EncodeOptions{SortKeys: true}, `{"b":{"$$$":2,"$a":3,"$$oid":1}}`},
		{extjson.EncodeOptions{ASCII: true, EscapeHTML: true}, `{"b":{"$$oid":1,"$$$":2,"$a":3}}`},
		{extjson.EncodeOptions{MaxLen: 31}, `{"b":{"$truncated":true}}`},
		{extjson.EncodeOptions{MaxLen: 32}, `{"b":{"$$oid":1,"$$$":2,"$a":3}}`},
	} {
		tc.o.AmbiguousKeys = extjson.Escape
		text, err := encode(t, tc.o, doc)
		wantText(t, text, err, tc.want)
	}
}

// TestEscapeLongKeys: keys about as long as the parts in which long strings are
// written.
func TestEscapeLongKeys(t *testing.T) {
	for n := 3065; n < 3080; n++ {
		for _, filling := range []string{"x", "é", "水", "😀", "\"\n"} {
			key := "$$" + strings.Repeat(filling, n/len(filling)) + strings.Repeat("y", n%len(filling))
			dst, mark := bsoncore.Begin(nil)
			doc := bsoncore.End(bsoncore.AppendInt32(dst, key, 1), mark)
			dst, mark = bsoncore.Begin(nil)
			want, err := extjson.AppendJSON(nil, bsoncore.End(bsoncore.AppendInt32(dst, "$"+key, 1), mark))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range []extjson.EncodeOptions{{}, {MaxTextSize: len(want)}} {
				o.AmbiguousKeys = extjson.Escape
				text, err := o.AppendJSON(nil, doc)
				wantText(t, string(text), err, string(want))
				var portions bytes.Buffer
				err = o.WriteJSON(&portions, doc)
				wantText(t, portions.String(), err, string(want))
			}
			short := extjson.EncodeOptions{AmbiguousKeys: extjson.Escape, MaxTextSize: len(want) - 1}
			if _, err := short.AppendJSON(nil, doc); !errors.Is(err, bson.ErrTooLarge) {
				t.Fatalf("%d bytes in %d: %v", len(want), len(want)-1, err)
			}
		}
	}
}

// TestEscapeGoValues: Go values go the same way.
func TestEscapeGoValues(t *testing.T) {
	v := bson.D{{Key: "a", Value: bson.D{{Key: "$oid", Value: "zz"}, {Key: "$$x", Value: int32(1)}}}}
	text, err := extjson.EncodeOptions{AmbiguousKeys: extjson.Escape}.Marshal(v)
	wantText(t, string(text), err, `{"a":{"$$oid":"zz","$$$x":1}}`)
	var back bson.D
	if err := (extjson.DecodeOptions{EscapedKeys: true}).Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, back); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var s struct {
		A struct {
			X string `bson:"$$x"`
		} `bson:"a"`
	}
	want := textFault(string(text), strings.Index(string(text), "1}}"), "/a/$$x", bson.ErrMismatch)
	want.Value = true
	wantFault(t, extjson.DecodeOptions{EscapedKeys: true}.Unmarshal(text, &s), want)
}
