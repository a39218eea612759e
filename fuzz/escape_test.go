package fuzz

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file has the target for documents with special keys.

// specialKeys are the keys that specialized gives to elements.
var specialKeys = []string{
	"$oid", "$symbol", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$binary", "$uuid", "$code", "$scope", "$timestamp",
	"$regularExpression", "$dbPointer", "$date", "$minKey", "$maxKey", "$undefined", "$regex", "$options", "$type", "$ref", "$id", "$db",
	"$", "$$", "$$$", "$$oid", "$$$oid", "$$regex", "$$ref", "$truncated", "$a", "a$$", "", "base64", "subType", "t", "i", "pattern", "options",
}

// specialized returns doc with some other keys. Each element takes a byte of
// choices, which selects a special key, or none.
func specialized(doc, choices []byte) []byte {
	c := bson.NewCursor(doc)
	next := func() int {
		if len(choices) == 0 {
			return len(specialKeys)
		}
		n := int(choices[0])
		choices = choices[1:]
		return n
	}
	var fields func(dst []byte) []byte
	fields = func(dst []byte) []byte {
		for c.Next() {
			key := c.Key()
			if n := next(); n < len(specialKeys) {
				key = []byte(specialKeys[n])
			}
			var mark int
			dst, mark = bsoncore.BeginElement(dst)
			dst = append(append(dst, key...), 0)
			bsoncore.SetType(dst, mark, c.Type())
			switch {
			case c.Type() == bson.TypeCodeWithScope:
				code, _ := c.CodeWithScope()
				value, scope := 0, 0
				dst, value = bsoncore.Begin(dst)
				dst = append(dst, c.Data()[4:4+4+len(code)+1]...)
				dst, scope = bsoncore.Begin(dst)
				c.Enter()
				dst = bsoncore.End(fields(dst), scope)
				c.Leave()
				bsoncore.SetLength(dst, value)
			case c.Type().IsContainer():
				dst, mark = bsoncore.Begin(dst)
				c.Enter()
				dst = bsoncore.End(fields(dst), mark)
				c.Leave()
			default:
				dst = append(dst, c.Data()...)
			}
		}
		return dst
	}
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(fields(dst), mark)
}

// A member is an element of a document, at any depth.
type member struct {
	Key  string
	Type bson.Type
}

// members returns the elements of doc and of all containers in it. The keys of
// arrays, and the width of integers, are not kept by every text: they are left
// out. escaped is called for each key of a document.
func members(doc []byte, escaped func(key string) string) (all []member) {
	c := bson.NewCursor(doc)
	var walk func(array bool)
	walk = func(array bool) {
		for c.Next() {
			m := member{Type: c.Type()}
			if !array {
				m.Key = escaped(string(c.Key()))
			}
			if m.Type == bson.TypeInt64 {
				m.Type = bson.TypeInt32
			}
			all = append(all, m)
			if c.Type().IsContainer() && c.Enter() {
				walk(m.Type == bson.TypeArray)
				c.Leave()
			}
		}
	}
	walk(false)
	return all
}

func asWritten(key string) string { return key }

// unescaped returns the key that a spelling stands for.
func unescaped(key string) string {
	if strings.HasPrefix(key, "$$") {
		return key[1:]
	}
	return key
}

// FuzzEscape: AmbiguousKeys: Escape writes every document, in each mode that is
// read back. Readers of all dialects read the keys and types of the document with
// EscapedKeys, and canonical text gives the same bytes. Without EscapedKeys they
// read the same types under the keys as they are spelled: no key is taken for a
// wrapper. CountEscaped and Unescaped count the keys that changed.
func FuzzEscape(f *testing.F) {
	all := make([]byte, len(specialKeys)+1)
	for i := range all {
		all[i] = byte(i)
	}
	sparse := bytes.Repeat([]byte{200, 0, 200, 200, 26, 17, 200, 18}, 20)
	for _, file := range corpus.Load(f) {
		for _, v := range seeds(file.Valid) {
			f.Add(v.BSON, false, []byte{0})
			f.Add(v.BSON, false, []byte{200})
		}
		for _, r := range seeds(file.Refused) {
			f.Add(r.BSON, false, []byte{})
		}
	}
	for i, doc := range sample.Documents(sample.Wild, 3, 60) {
		keys := slices.Concat(all[i%len(all):], sparse, all)
		f.Add(doc, false, keys)
		if bson.Validate(doc) == nil {
			f.Add(bsontest.Seed(doc), true, keys)
		}
	}
	modes := []extjson.Mode{extjson.Canonical, extjson.Relaxed, extjson.SemiRelaxed, extjson.Legacy, extjson.Shell}
	f.Fuzz(func(t *testing.T, data []byte, shaped bool, keys []byte) {
		doc := chosen(shapes, data, shaped)
		if bson.Validate(doc) != nil {
			t.Skip("not a document")
		}
		if len(keys) > 0 {
			doc = specialized(doc, keys)
		}
		want := members(doc, asWritten)
		count := extjson.CountEscaped(doc)
		_, lossy := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs, RejectLossy: true}.AppendJSON(nil, doc)
		for _, mode := range modes {
			text, err := extjson.EncodeOptions{Mode: mode, AmbiguousKeys: extjson.Escape}.AppendJSON(nil, doc)
			if err != nil {
				t.Fatalf("mode %d: %x: %v", mode, doc, err)
			}
			for _, o := range []extjson.DecodeOptions{{}, {Legacy: true}, {Shell: true}, {Legacy: true, Shell: true}} {
				if mode == extjson.Legacy && !o.Legacy || mode == extjson.Shell && !o.Shell {
					continue
				}
				plain, err := o.AppendBSON(nil, text)
				if err != nil {
					t.Fatalf("mode %d: %x: %s: %v", mode, doc, text, err)
				}
				if diff := cmp.Diff(want, members(plain, unescaped)); diff != "" {
					t.Fatalf("mode %d: %s, read without EscapedKeys (-want +got):\n%s", mode, text, diff)
				}
				o.EscapedKeys = true
				d := o.NewDecoder(bytes.NewReader(text))
				if !d.Next() || d.Unescaped() != count {
					t.Fatalf("mode %d: %s: %d keys unescaped, want %d; %v", mode, text, d.Unescaped(), count, d.Err())
				}
				if diff := cmp.Diff(want, members(d.Raw(), asWritten)); diff != "" {
					t.Fatalf("mode %d: %s (-want +got):\n%s", mode, text, diff)
				}
				if mode == extjson.Canonical && lossy == nil && !bytes.Equal(d.Raw(), doc) {
					t.Fatalf("%x comes back from %s as %x", doc, text, d.Raw())
				}
				again, err := extjson.EncodeOptions{Mode: mode, AmbiguousKeys: extjson.Escape}.AppendJSON(nil, d.Raw())
				if err != nil || !bytes.Equal(again, text) {
					t.Fatalf("mode %d: %s comes back as %x, whose text is %s, %v", mode, text, d.Raw(), again, err)
				}
			}
		}
	})
}
