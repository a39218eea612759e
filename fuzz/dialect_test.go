package fuzz

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// FuzzDialect reads legacy and shell text. An accepted text gives a valid
// document. The document comes back from shell text with the same bytes, and
// has the same bytes if the text arrives byte by byte. A fault lies inside the
// text. Indented text has the same meaning. Compact gives the same text for a
// compact text and for its indented form.
func FuzzDialect(f *testing.F) {
	for _, doc := range sample.Documents(sample.Wild, 23, 30) {
		for _, mode := range []extjson.Mode{extjson.Relaxed, extjson.Legacy, extjson.Shell} {
			text, err := extjson.EncodeOptions{Mode: mode}.AppendJSON(nil, doc)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	for _, text := range []string{
		`{a:new Date(0),b:/[/]\//i,c:'\x41\u{42}',d:DBRef("a",DBRef("b",1)),/*e*/f:MinKey,}// g`,
		`{"a":{"$options":"i","$regex":"b"},"b":{"$type":2,"$binary":""},"c":{"$regex":"x","$options":null}}`,
		`{a:Timestamp({t:1,i:2}),b:Code('x',{c:[-Infinity,NaN,undefined,]}),5:HexData(0,'00')}`,
		`{a:DBRef("a",1,undefined,{b:DBRef("c",2,"d",{e:1,},)}),f:ISODate("20240229T1+01"),g:new Date("-000001-01-01")}`,
		`{"a":{"$scope":{"b":{"$scope":{"c":1},"$code":"d"}},"$code":"e"}}`, `{ "a" : { "$date" : { "$numberLong" : "1" } } }`,
		`{$oid:1}`, `{a:{'$oid':"56e1fc72e0c917e9c4714161"}}`, "{a:1/", "{a:/", `{a:RegExp("a/b",'xi')}`,
		`{a:Binary(Buffer.from("\x30é", 'latin1'), 2),b:Binary.fromPackedBits(new Uint8Array([1,255,]),7),c:Binary(Buffer.from([1]))}`,
		`{a:Binary.fromFloat32Array(new Float32Array([-Infinity,1e38,5.5])),b:LUUID("00112233-4455-6677-8899-aabbccddeeff")}`,
		`{a:.5,b:-5.e1,c:+0x1F,d:[+Infinity,-.5e-1,]}`,
		`{a:new Date("2024-01-02 03:04:05.123456+02"),b:{$date:"2024-01-02"},c:ISODate("+002024-01-02T03:04")}`,
	} {
		f.Add(text)
	}
	readers := []extjson.DecodeOptions{{Legacy: true}, {Shell: true}, {Legacy: true, Shell: true}, {LenientDates: true}, {Shell: true, LenientDates: true}}
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range readers {
			doc, err := o.AppendBSON(nil, []byte(text))
			if err != nil {
				var e *extjson.SyntaxError
				var v *extjson.ValueError
				switch {
				case errors.As(err, &v):
					e = (*extjson.SyntaxError)(v)
				case !errors.As(err, &e):
					t.Fatalf("error is %T", err)
				}
				if e.Offset < 0 || e.Offset > int64(len(text)) || len(doc) != 0 {
					t.Fatalf("%q: %v, %d bytes", text, err, len(doc))
				}
				continue
			}
			if err := bson.Validate(doc); err != nil {
				t.Fatalf("%q gives %x: %v", text, doc, err)
			}
			write, read := extjson.EncodeOptions{Mode: extjson.Shell}, extjson.DecodeOptions{Shell: true}
			again, err := write.AppendJSON(nil, doc)
			if errors.Is(err, extjson.ErrAmbiguous) {
				write.AmbiguousKeys, read.EscapedKeys = extjson.Escape, true
				again, err = write.AppendJSON(nil, doc)
			}
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			back, err := read.AppendBSON(nil, again)
			if err != nil || !bytes.Equal(back, doc) {
				t.Fatalf("%q gives %x; its shell text %s gives %x, %v", text, doc, again, back, err)
			}
			d := o.NewDecoder(iotest.OneByteReader(strings.NewReader(text)))
			if !d.Next() || !bytes.Equal(d.Raw(), doc) {
				t.Fatalf("%q gives %x; byte by byte it gives %x, %v", text, doc, d.Raw(), d.Err())
			}
		}
		compact, err := extjson.Compact(nil, []byte(text))
		if err != nil {
			return
		}
		indented, err := extjson.Indent(nil, compact, " ")
		if err != nil {
			t.Fatalf("%s: %v", compact, err)
		}
		if again, err := extjson.Compact(nil, indented); err != nil || !bytes.Equal(again, compact) {
			t.Fatalf("%s: Indent gives %s, and then Compact gives %s, %v", compact, indented, again, err)
		}
		a, aErr := extjson.AppendBSON(nil, []byte(text))
		b, bErr := extjson.AppendBSON(nil, indented)
		if (aErr == nil) != (bErr == nil) || !bytes.Equal(a, b) {
			t.Fatalf("%q gives %x, %v; indented text %s gives %x, %v", text, a, aErr, indented, b, bErr)
		}
	})
}
