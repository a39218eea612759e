package extjson_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests documents that AppendJSON rejects.

// specials lists all special keys.
var specials = []string{
	"$oid", "$symbol", "$numberInt", "$numberLong", "$numberDouble",
	"$numberDecimal", "$binary", "$uuid", "$code", "$scope", "$timestamp",
	"$regularExpression", "$dbPointer", "$date", "$minKey", "$maxKey",
	"$undefined",
}

// plainKeys are similar to special keys but not special.
var plainKeys = []string{
	"$", "$$oid", "oid", "$oi", "$oidx", "$Oid", "$OID", " $oid", "$oid ",
	"$numberint", "$number", "$ref", "$id", "$db", "$type", "$regex",
	"$options", "$in", "$exists", "$regularExpressionn", "$regularExpressio",
	"$uuid4", "$undefine", "$regularExpressioN",
}

// ambiguousPlaces has documents with a key at different places below the top.
var ambiguousPlaces = []struct {
	name    string
	build   func(key string) []byte
	offset  int    // offset of the element with the key
	pointer string // pointer to the container of the element
	text    string // %q is the key
}{
	{"alone", func(key string) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, inner := bsoncore.BeginDocument(dst, "a")
		return bsoncore.End(bsoncore.End(bsoncore.AppendString(dst, key, "x"), inner), mark)
	}, 11, "/a", `{"a":{%q:"x"}}`},
	{"first", func(key string) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, inner := bsoncore.BeginDocument(dst, "a")
		dst = bsoncore.AppendNull(bsoncore.AppendBoolean(dst, key, true), "b")
		return bsoncore.End(bsoncore.End(dst, inner), mark)
	}, 11, "/a", `{"a":{%q:true,"b":null}}`},
	{"last", func(key string) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, inner := bsoncore.BeginDocument(dst, "a")
		dst = bsoncore.AppendBoolean(bsoncore.AppendNull(dst, "b"), key, true)
		return bsoncore.End(bsoncore.End(dst, inner), mark)
	}, 14, "/a", `{"a":{"b":null,%q:true}}`},
	{"in an array", func(key string) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, array := bsoncore.BeginArray(dst, "a")
		dst, inner := bsoncore.BeginDocument(dst, "0")
		dst = bsoncore.AppendNull(dst, key)
		return bsoncore.End(bsoncore.End(bsoncore.End(dst, inner), array), mark)
	}, 18, "/a/0", `{"a":[{%q:null}]}`},
	{"deep", func(key string) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, m1 := bsoncore.BeginDocument(dst, "a/b")
		dst, m2 := bsoncore.BeginDocument(dst, "~")
		dst = bsoncore.AppendNull(dst, key)
		return bsoncore.End(bsoncore.End(bsoncore.End(dst, m2), m1), mark)
	}, 20, "/a~1b/~0", `{"a/b":{"~":{%q:null}}}`},
	{"in a scope", func(key string) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, value, scope := bsoncore.BeginCodeWithScope(dst, "a", "f")
		dst = bsoncore.End(bsoncore.AppendNull(dst, key), scope)
		bsoncore.SetLength(dst, value)
		return bsoncore.End(dst, mark)
	}, 21, "/a", `{"a":{"$code":"f","$scope":{%q:null}}}`},
}

func TestAmbiguous(t *testing.T) {
	asIs := extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}
	for _, place := range ambiguousPlaces {
		t.Run(place.name, func(t *testing.T) {
			for _, key := range specials {
				doc := place.build(key)
				_, err := encode(t, extjson.EncodeOptions{}, doc)
				wantFault(t, err, fault{Offset: int64(place.offset), Pointer: place.pointer + "/" + key, Err: extjson.ErrAmbiguous, Value: true})
				text := fmt.Sprintf(place.text, key)
				got, err := encode(t, asIs, doc)
				wantText(t, got, err, text)
				// The reader must not read the same document from the text.
				if back, err := decode(t, extjson.DecodeOptions{}, text); err == nil && string(back) == string(doc) {
					t.Errorf("%s is rejected, but comes back as the same document", text)
				}
			}
			for _, key := range plainKeys {
				doc := place.build(key)
				text := fmt.Sprintf(place.text, key)
				got, err := encode(t, extjson.EncodeOptions{}, doc)
				wantText(t, got, err, text)
				back, err := decode(t, extjson.DecodeOptions{}, text)
				wantBytes(t, back, err, doc)
			}
		})
	}
}

func TestNotAmbiguousAtTop(t *testing.T) {
	for _, key := range specials {
		dst, mark := bsoncore.Begin(nil)
		doc := bsoncore.End(bsoncore.AppendNull(bsoncore.AppendString(dst, key, "x"), key), mark)
		text := fmt.Sprintf(`{%q:"x",%q:null}`, key, key)
		got, err := encode(t, extjson.EncodeOptions{}, doc)
		wantText(t, got, err, text)
		back, err := decode(t, extjson.DecodeOptions{}, text)
		wantBytes(t, back, err, doc)
	}
}

func TestRejectLossy(t *testing.T) {
	for _, tc := range []struct {
		name, elements string
		offset         int64
		pointer        string
		text           string // text without the option
	}{
		{"NaN with sign", "01 6100 000000000000f8ff", 4, "/a", `{"a":{"$numberDouble":"NaN"}}`},
		{"NaN with payload", "01 6100 010000000000f87f", 4, "/a", `{"a":{"$numberDouble":"NaN"}}`},
		{"signalling NaN", "01 6100 010000000000f07f", 4, "/a", `{"a":{"$numberDouble":"NaN"}}`},
		{"decimal NaN with sign", "13 6100 000000000000000000000000000000fc", 4, "/a", `{"a":{"$numberDecimal":"NaN"}}`},
		{"decimal NaN with payload", "13 6100 0100000000000000000000000000007c", 4, "/a", `{"a":{"$numberDecimal":"NaN"}}`},
		{"decimal signalling NaN", "13 6100 0000000000000000000000000000007e", 4, "/a", `{"a":{"$numberDecimal":"NaN"}}`},
		{"decimal infinity, extra bits", "13 6100 01000000000000000000000000000078", 4, "/a", `{"a":{"$numberDecimal":"Infinity"}}`},
		{"decimal, coefficient too large", "13 6100 00000000648e8d37c087adbe09ed4130", 4, "/a", `{"a":{"$numberDecimal":"0"}}`},
		{"decimal, second encoding", "13 6100 0000000000000000000000000000106c", 4, "/a", `{"a":{"$numberDecimal":"0"}}`},
		{"array key", "0a 6200 04 6100 0b000000 0a 3000 0a 3200 00", 17, "/a/2", `{"b":null,"a":[null,null]}`},
		{"array key, leading zero", "04 6100 09000000 0a 303000 00", 11, "/a/00", `{"a":[null]}`},
		{"array key, empty", "04 6100 07000000 0a 00 00", 11, "/a/", `{"a":[null]}`},
		{"array keys exchanged", "04 6100 0b000000 0a 3100 0a 3000 00", 11, "/a/1", `{"a":[null,null]}`},
		{"regex options", "03 6100 0c000000 0b 6200 00 786900 00", 11, "/a/b", `{"a":{"b":{"$regularExpression":{"pattern":"","options":"ix"}}}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			doc := document(t, tc.elements)
			for _, mode := range []extjson.Mode{extjson.Canonical, extjson.Relaxed} {
				_, err := encode(t, extjson.EncodeOptions{Mode: mode, RejectLossy: true}, doc)
				wantFault(t, err, fault{Offset: tc.offset, Pointer: tc.pointer, Err: extjson.ErrLossy, Value: true})
			}
			got, err := encode(t, extjson.EncodeOptions{}, doc)
			wantText(t, got, err, tc.text)
			if back, err := decode(t, extjson.DecodeOptions{}, got); err != nil || string(back) == string(doc) {
				t.Errorf("%s comes back as %x, %v, so the text is not lossy", got, back, err)
			}
		})
	}
}

// TestDepthOut: the document is the first level; arrays and scopes are levels too.
func TestDepthOut(t *testing.T) {
	for _, tc := range []struct {
		name string
		open string // hexadecimal of an element's type and key
	}{
		{"documents", "0300"},
		{"arrays", "043000"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, limit := range []int{0, 1, 2, 24, 25, 26, 300} {
				levels := limit
				if limit == 0 {
					levels = 1000
				}
				o := extjson.EncodeOptions{MaxDepth: limit}
				if _, err := encode(t, o, nest(levels, unhex(t, tc.open))); err != nil {
					t.Errorf("%d levels, limit %d: %v", levels, limit, err)
				}
				head := len(tc.open) / 2
				key := "/"
				if head == 3 {
					key = "/0"
				}
				_, err := encode(t, o, nest(levels+1, unhex(t, tc.open)))
				wantFault(t, err, fault{
					Offset:  int64(4 + (levels-1)*(head+4)),
					Pointer: strings.Repeat(key, levels),
					Err:     bson.ErrDepth,
					Value:   true,
				})
			}
		})
	}
	scope := func(inner []byte) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(bsoncore.AppendCodeWithScope(dst, "a", "", inner), mark)
	}
	o := extjson.EncodeOptions{MaxDepth: 3}
	got, err := encode(t, o, scope(scope(nest(1, nil))))
	wantText(t, got, err, `{"a":{"$code":"","$scope":{"a":{"$code":"","$scope":{}}}}}`)
	_, err = encode(t, o, scope(scope(scope(nest(1, nil)))))
	wantFault(t, err, fault{Offset: 36, Pointer: "/a/a/a", Err: bson.ErrDepth, Value: true})
}

// nest returns nested documents, levels in all, each with one element. head has the
// type byte and the key of the element. The innermost document is empty.
func nest(levels int, head []byte) []byte {
	size := levels*(len(head)+5) - len(head)
	doc := make([]byte, 0, size)
	for level := range levels {
		if level > 0 {
			doc = append(doc, head...)
		}
		// The bytes before the document, and a NUL for each outer level, are not
		// part of it.
		doc = binary.LittleEndian.AppendUint32(doc, uint32(size-len(doc)-level))
	}
	return append(doc, make([]byte, levels)...)
}

// TestMalformedBSON: a truncated document gives no text, for every length.
func TestMalformedBSON(t *testing.T) {
	doc := document(t, typeRows[len(typeRows)-1].elements)
	for n := range doc {
		if got, err := encode(t, extjson.EncodeOptions{}, doc[:n]); err == nil {
			t.Errorf("%x gives %s", doc[:n], got)
		}
	}
	_, err := encode(t, extjson.EncodeOptions{}, append(doc, 0))
	wantFault(t, err, fault{Offset: int64(len(doc)), Err: bson.ErrTrailing})
	_, err = encode(t, extjson.EncodeOptions{}, document(t, "10 6100 01000000 20 6200"))
	wantFault(t, err, fault{Offset: 11, Pointer: "/b", Err: bson.ErrType})
	_, err = encode(t, extjson.EncodeOptions{}, document(t, "03 6100 09000000 08 6200 02 00"))
	wantFault(t, err, fault{Offset: 14, Pointer: "/a/b", Err: bson.ErrBoolean})
}
