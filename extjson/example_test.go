package extjson_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/objectid"
)

// order returns the document of the examples.
func order() []byte {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendObjectID(doc, "_id", objectid.ID{0x65, 0xdf, 0x2f, 0x40, 11: 1})
	doc = bsoncore.AppendInt32(doc, "items", 2)
	doc = bsoncore.AppendDouble(doc, "weight", 1.5)
	doc = bsoncore.AppendDateTime(doc, "placed", 1709164800000)
	return bsoncore.End(doc, mark)
}

func ExampleAppendJSON() {
	text, err := extjson.AppendJSON(nil, order())
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// {"_id":{"$oid":"65df2f400000000000000001"},"items":2,"weight":1.5,"placed":{"$date":"2024-02-29T00:00:00Z"}} <nil>
}

// Canonical text has the type of every value, and converts back to the same bytes.
func ExampleEncodeOptions_AppendJSON() {
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, order())
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// {"_id":{"$oid":"65df2f400000000000000001"},"items":{"$numberInt":"2"},"weight":{"$numberDouble":"1.5"},"placed":{"$date":{"$numberLong":"1709164800000"}}} <nil>
}

func ExampleEncodeOptions_indent() {
	text, err := extjson.EncodeOptions{Indent: "  "}.AppendJSON(nil, order())
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// {
	//   "_id": {"$oid":"65df2f400000000000000001"},
	//   "items": 2,
	//   "weight": 1.5,
	//   "placed": {"$date":"2024-02-29T00:00:00Z"}
	// } <nil>
}

func ExampleEncodeOptions_escaping() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendString(doc, "menu", "<b>crème brûlée</b> 🙂"), mark)
	for _, o := range []extjson.EncodeOptions{{}, {ASCII: true}, {EscapeHTML: true}} {
		text, err := o.AppendJSON(nil, doc)
		fmt.Printf("%s %v\n", text, err)
	}
	// Output:
	// {"menu":"<b>crème brûlée</b> 🙂"} <nil>
	// {"menu":"<b>cr\u00e8me br\u00fbl\u00e9e</b> \ud83d\ude42"} <nil>
	// {"menu":"\u003cb\u003ecrème brûlée\u003c/b\u003e 🙂"} <nil>
}

// An inner document with the keys of a wrapper has no faithful text.
func ExampleEncodeOptions_ambiguousKeys() {
	doc, mark := bsoncore.Begin(nil)
	doc, inner := bsoncore.BeginDocument(doc, "rule")
	doc = bsoncore.AppendString(doc, "$date", "tomorrow")
	doc = bsoncore.End(bsoncore.End(doc, inner), mark)

	_, err := extjson.AppendJSON(nil, doc)
	fmt.Println(errors.Is(err, extjson.ErrAmbiguous), err)
	text, err := extjson.EncodeOptions{AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// true bson: offset 14 (/rule/$date): key is special in Extended JSON
	// {"rule":{"$date":"tomorrow"}} <nil>
}

// A few bits have no text. RejectLossy rejects a document with such bits and
// reports their place.
func ExampleEncodeOptions_rejectLossy() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendRegex(doc, "name", "^a", "xi"), mark)

	text, err := extjson.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	_, err = extjson.EncodeOptions{RejectLossy: true}.AppendJSON(nil, doc)
	fmt.Println(errors.Is(err, extjson.ErrLossy), err)
	// Output:
	// {"name":{"$regularExpression":{"pattern":"^a","options":"ix"}}} <nil>
	// true bson: offset 4 (/name): text cannot keep every bit
}

func ExampleEncodeOptions_invalidUTF8() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendString(doc, "name", "Jos\xe9"), mark)

	_, err := extjson.AppendJSON(nil, doc)
	fmt.Println(errors.Is(err, bson.ErrUTF8), err)
	text, err := extjson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// true bson: offset 17 (/name): invalid UTF-8
	// {"name":"Jos�"} <nil>
}

func ExampleAppendBSON() {
	doc, err := extjson.AppendBSON(nil, []byte(`{"n": 1, "big": {"$numberLong": "1"}}`))
	fmt.Printf("%x %v\n", doc, err)
	// Output:
	// 19000000106e00010000001262696700010000000000000000 <nil>
}

func ExampleDecodeOptions_AppendBSON() {
	o := extjson.DecodeOptions{CanonicalOnly: true}
	_, err := o.AppendBSON(nil, []byte(`{"n": {"$numberInt": "1"}}`))
	fmt.Println(err)
	_, err = o.AppendBSON(nil, []byte(`{"n": 1}`))
	fmt.Println(errors.Is(err, extjson.ErrRelaxed), err)
	// Output:
	// <nil>
	// true extjson: line 1 column 7 (offset 6) (/n): text is not canonical, expected a number in a wrapper
}

func ExampleDecodeOptions_rejectInexact() {
	text := []byte(`{"n": 9223372036854775809}`)
	_, err := extjson.AppendBSON(nil, text)
	fmt.Println(err)
	_, err = extjson.DecodeOptions{RejectInexact: true}.AppendBSON(nil, text)
	fmt.Println(err)
	// Output:
	// <nil>
	// extjson: line 1 column 7 (offset 6) (/n): integer is not exact as a double
}

// An error has the place of the fault as an offset, as line and column, and as a
// path in the document.
func ExampleSyntaxError() {
	_, err := extjson.AppendBSON(nil, []byte("{\"users\": [\n  {\"name\": 'Ann'}\n]}"))
	var e *extjson.SyntaxError
	if errors.As(err, &e) {
		fmt.Println(e.Offset, e.Line, e.Column, e.Pointer)
	}
	fmt.Println(err)
	// Output:
	// 23 2 12 /users/0/name
	// extjson: line 2 column 12 (offset 23) (/users/0/name): unexpected character, expected a value
}

// A ValueError is for text that is well formed but does not fit.
func ExampleValueError() {
	_, err := extjson.AppendBSON(nil, []byte(`{"a":[1,{"$numberInt":"3000000000"}]}`))
	var e *extjson.ValueError
	if errors.As(err, &e) {
		fmt.Println(e.Pointer, e.Err)
	}
	// Output: /a/1 number is out of range
}

func ExampleNewDecoder() {
	d := extjson.NewDecoder(strings.NewReader("{\"n\":1}\n{\"n\":2}\n[{\"n\":3},{\"n\":4}]"))
	for d.Next() {
		fmt.Println(d.Offset(), len(d.Raw()))
	}
	fmt.Println(d.Err())
	// Output:
	// 0 12
	// 8 12
	// 17 12
	// 25 12
	// <nil>
}

func ExampleDecodeOptions_NewDecoder() {
	o := extjson.DecodeOptions{MaxTextSize: 20}
	d := o.NewDecoder(strings.NewReader("{\"s\":\"short\"}\n{\"s\":\"not as short as that\"}\n"))
	for d.Next() {
		fmt.Println(len(d.Raw()))
	}
	fmt.Println(errors.Is(d.Err(), bson.ErrTooLarge), d.Err())
	// Output:
	// 18
	// true extjson: line 2 column 1 (offset 14): document is too large
}

func ExampleDocuments() {
	for doc, err := range extjson.Documents(strings.NewReader(`{"n":1} {"n":2} {"n":`)) {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(len(doc))
	}
	// Output:
	// 12
	// 12
	// extjson: line 1 column 22 (offset 21) (/n): text ends too early
}

func ExampleNewEncoder() {
	e := extjson.NewEncoder(os.Stdout)
	for range 2 {
		if err := e.Encode(order()); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(e.Close())
	// Output:
	// {"_id":{"$oid":"65df2f400000000000000001"},"items":2,"weight":1.5,"placed":{"$date":"2024-02-29T00:00:00Z"}}
	// {"_id":{"$oid":"65df2f400000000000000001"},"items":2,"weight":1.5,"placed":{"$date":"2024-02-29T00:00:00Z"}}
	// <nil>
}

func ExampleEncodeOptions_NewEncoder() {
	e := extjson.EncodeOptions{Array: true}.NewEncoder(os.Stdout)
	for n := range 3 {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendInt32(doc, "n", int32(n)), mark)
		if err := e.Encode(doc); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(e.Close())
	// Output:
	// [{"n":0},
	// {"n":1},
	// {"n":2}]
	// <nil>
}

// A program rejects a value, and tells the person who wrote it where it is.
func ExampleDecodeOptions_Locate() {
	o := extjson.DecodeOptions{Shell: true}
	text := []byte("{\n  size: 'L',\n  color: 'blue'\n}")
	doc, err := o.AppendBSON(nil, text)
	if err != nil {
		fmt.Println(err)
		return
	}
	for c := bson.NewCursor(doc); c.Next(); {
		if string(c.Key()) == "color" {
			at, line, column := o.Locate(text, c.Offset())
			fmt.Println(at, line, column)
		}
	}
	// Output: 24 3 10
}
