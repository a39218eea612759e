package bson_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// The examples are in the order of the package documentation: Cursor,
// append, Validate, Raw, Builder, Decoder, small helpers.

// person is {name: "Ada", langs: ["en", "fr"], born: 1815}.
func person() bson.Raw {
	doc, mark := bson.Begin(nil)
	doc = bson.AppendString(doc, "name", "Ada")
	doc, langs := bson.BeginArray(doc, "langs")
	doc = bson.AppendString(doc, "0", "en")
	doc = bson.AppendString(doc, "1", "fr")
	doc = bson.End(doc, langs)
	doc = bson.AppendInt32(doc, "born", 1815)
	return bson.End(doc, mark)
}

func ExampleNewCursor() {
	c := bson.NewCursor(person())
	for c.Next() {
		fmt.Printf("%d %s: %v\n", c.Offset(), c.Key(), c.Type())
	}
	fmt.Println(c.Err())
	// Output:
	// 4 name: string
	// 18 langs: array
	// 50 born: int
	// <nil>
}

func ExampleCursor_Enter() {
	var visit func(c *bson.Cursor)
	visit = func(c *bson.Cursor) {
		for c.Next() {
			fmt.Printf("%*s%s\n", 2*c.Depth()-2, "", c.Key())
			if c.Type().IsContainer() && c.Enter() {
				visit(c)
				c.Leave()
			}
		}
	}
	c := bson.NewCursor(person())
	visit(&c)
	fmt.Println(c.Err())
	// Output:
	// name
	// langs
	//   0
	//   1
	// born
	// <nil>
}

func ExampleCursor_Reset() {
	docs := [][]byte{person(), {5, 0, 0, 0, 0}}
	var c bson.Cursor
	for _, doc := range docs {
		n := 0
		for c.Reset(doc, 0); c.Next(); {
			n++
		}
		fmt.Println(n, c.Err())
	}
	// Output:
	// 3 <nil>
	// 0 <nil>
}

func ExampleCursor_ResetValue() {
	var c bson.Cursor
	if c.ResetValue(bson.TypeInt32, []byte{7, 0, 0, 0}, 0) {
		fmt.Println(c.Int32())
	}
	fmt.Println(c.ResetValue(bson.TypeInt32, []byte{7, 0}, 0))
	// Output:
	// 7
	// false
}

func ExampleCursor_Fail() {
	errOld := errors.New("nobody is that old")
	c := bson.NewCursor(person())
	for c.Next() {
		if c.Type() == bson.TypeInt32 && c.Int32() < 1900 {
			c.Fail(errOld)
		}
	}
	fmt.Println(c.Err(), errors.Is(c.Err(), errOld))
	// Output: bson: offset 50 (/born): nobody is that old true
}

func ExampleCursor_Malformed() {
	c := bson.NewCursor(person())
	c.Next()
	if bytes.Contains(c.Text(), []byte("d")) {
		c.Malformed(c.ValueOffset()+5, errors.New("a d"))
	}
	fmt.Println(c.Err())
	// Output: bson: offset 15 (/name): a d
}

func ExampleBegin() {
	doc, mark := bson.Begin(nil)
	doc = bson.End(bson.AppendInt32(doc, "n", 7), mark)
	fmt.Printf("% x\n", doc)
	// Output: 0c 00 00 00 10 6e 00 07 00 00 00 00
}

func ExampleBeginDocument() {
	doc, mark := bson.Begin(nil)
	doc, inner := bson.BeginDocument(doc, "in")
	doc = bson.End(bson.AppendBoolean(doc, "b", true), inner)
	doc = bson.End(doc, mark)
	fmt.Println(bson.Raw(doc).Lookup("in", "b").BooleanOK())
	// Output: true true
}

func ExampleBeginArray() {
	doc, mark := bson.Begin(nil)
	doc, squares := bson.BeginArray(doc, "squares")
	for i := range 3 {
		var typ int
		doc, typ = bson.BeginElement(doc)
		doc = bson.AppendIndexKey(doc, i)
		doc = append(doc, byte(i*i), 0, 0, 0)
		bson.SetType(doc, typ, bson.TypeInt32)
	}
	doc = bson.End(bson.End(doc, squares), mark)
	fmt.Println(bson.Raw(doc).Lookup("squares", "2").Int32OK())
	// Output: 4 true
}

func ExampleBeginCodeWithScope() {
	doc, mark := bson.Begin(nil)
	doc, value, scope := bson.BeginCodeWithScope(doc, "f", "x + 1")
	doc = bson.End(bson.AppendInt32(doc, "x", 1), scope)
	bson.SetLength(doc, value)
	doc = bson.End(doc, mark)
	fmt.Println(bson.Raw(doc).Lookup("f", "x").Int32OK())
	// Output: 1 true
}

func ExampleSetStringLength() {
	doc, mark := bson.Begin(nil)
	doc = bson.AppendHeader(doc, bson.TypeString, "s")
	doc, length := bson.Begin(doc) // four bytes for the length
	doc = fmt.Appendf(doc, "%d bottles", 99)
	doc = append(doc, 0)
	bson.SetStringLength(doc, length)
	doc = bson.End(doc, mark)
	fmt.Println(bson.Raw(doc).Lookup("s").StringValueOK())
	// Output: 99 bottles true
}

func ExampleAppendValue() {
	v := person().Lookup("langs")
	doc, mark := bson.Begin(nil)
	doc = bson.End(bson.AppendValue(doc, "copy", v.Type, v.Value), mark)
	fmt.Println(bson.Raw(doc).Lookup("copy", "1").StringValueOK())
	// Output: fr true
}

func ExampleAppendBinary() {
	doc, mark := bson.Begin(nil)
	doc = bson.AppendBinary(doc, "md5", bson.BinaryMD5, []byte("0123456789abcdef"))
	doc = bson.End(doc, mark)
	fmt.Println(bson.Raw(doc).Lookup("md5").BinaryOK())
	// Output: 5 [48 49 50 51 52 53 54 55 56 57 97 98 99 100 101 102] true
}

func ExampleValidate() {
	doc := person()
	fmt.Println(bson.Validate(doc))

	doc[14] = 0xFF // in "Ada"
	err := bson.Validate(doc)
	fmt.Println(errors.Is(err, bson.ErrUTF8), err)

	var syntax *bson.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(syntax.Offset, syntax.Pointer)
	}
	// Output:
	// <nil>
	// true bson: offset 14 (/name): invalid UTF-8
	// 14 /name
}

func ExampleValidateOptions() {
	doc, _ := new(bson.Builder).Int32("a.b", 1).Int32("c", 2).Int32("c", 3).Document()
	fmt.Println(bson.ValidateOptions{RejectDottedKeys: true}.Validate(doc))
	fmt.Println(bson.ValidateOptions{RejectDuplicateKeys: true}.Validate(doc))
	// Output:
	// bson: offset 4 (/a.b): key contains a dot
	// bson: offset 20 (/c): duplicate key
}

func ExampleValidateOptions_ValidateValue() {
	o := bson.ValidateOptions{}
	fmt.Println(o.ValidateValue(bson.TypeBoolean, []byte{1}))
	fmt.Println(o.ValidateValue(bson.TypeBoolean, []byte{2}))
	// Output:
	// <nil>
	// bson: offset 0: boolean is neither 0 nor 1
}

func ExampleRaw_Lookup() {
	fmt.Println(person().Lookup("langs", "1").StringValueOK())
	fmt.Println(person().Lookup("langs", "2").IsZero())
	// Output:
	// fr true
	// true
}

func ExampleRaw_LookupErr() {
	_, err := person().LookupErr("langs", "2")
	fmt.Println(errors.Is(err, bson.ErrNotFound), err)
	// Output: true bson: offset 49 (/langs/2): no such element
}

func ExampleRaw_All() {
	for key, value := range person().All() {
		fmt.Println(key, value.Type)
	}
	// Output:
	// name string
	// langs array
	// born int
}

func ExampleRaw_Validate() {
	fmt.Println(person().Validate())
	fmt.Println(person()[:20].Validate())
	// Output:
	// <nil>
	// bson: offset 20: document ends too early
}

func ExampleRaw_Equal() {
	fmt.Println(person().Equal(person()), person().Equal(nil))
	// Output: true false
}

func ExampleRawValue() {
	v := bson.RawValue{Type: bson.TypeInt32, Value: []byte{7, 0, 0, 0}}
	if n, ok := v.Int32OK(); ok {
		fmt.Println("int32", n)
	}
	if _, ok := v.Int64OK(); !ok {
		fmt.Println("not an int64, but", v.Type)
	}
	// Output:
	// int32 7
	// not an int64, but int
}

func ExampleBuilder() {
	id, _ := objectid.Parse("56e1fc72e0c917e9c4714161")
	price, _ := decimal128.Parse("9.99")
	doc, err := new(bson.Builder).
		ObjectID("_id", id).
		Decimal128("price", price).
		BeginArray("tags").String("", "new").String("", "red").End().
		BeginDocument("size").Int32("w", 3).Int32("h", 4).End().
		Document()
	fmt.Println(len(doc), err)
	fmt.Println(doc.Lookup("tags", "1").StringValueOK())
	fmt.Println(doc.Lookup("price").Decimal128OK())
	// Output:
	// 103 <nil>
	// red true
	// 9.99 true
}

func ExampleBuilder_Document() {
	_, err := new(bson.Builder).Int32("a", 1).Int32("b\x00", 2).Document()
	fmt.Println(errors.Is(err, bson.ErrKeyNUL))
	// Output: true
}

func ExampleBuilder_Reset() {
	var b bson.Builder
	for i := range int32(3) {
		b.Reset()
		doc, err := b.Int32("i", i).Document()
		fmt.Printf("% x %v\n", doc, err)
	}
	// Output:
	// 0c 00 00 00 10 69 00 00 00 00 00 00 <nil>
	// 0c 00 00 00 10 69 00 01 00 00 00 00 <nil>
	// 0c 00 00 00 10 69 00 02 00 00 00 00 <nil>
}

func ExampleNewDecoder() {
	file := bytes.NewReader(append(person(), person()...))
	d := bson.NewDecoder(file)
	for d.Next() {
		fmt.Println(d.Offset(), len(d.Raw()))
	}
	fmt.Println(d.Err())
	// Output:
	// 0 61
	// 61 61
	// <nil>
}

func ExampleDecoder_Err() {
	d := bson.NewDecoder(io.LimitReader(bytes.NewReader(person()), 30))
	fmt.Println(d.Next(), d.Err(), errors.Is(d.Err(), bson.ErrTruncated))
	// Output: false bson: offset 30: document ends too early true
}

func ExampleDecodeOptions_NewDecoder() {
	o := bson.DecodeOptions{MaxDocumentSize: 16}
	d := o.NewDecoder(bytes.NewReader(person()))
	fmt.Println(d.Next(), d.Err())
	// Output: false bson: offset 0: document is too large
}

func ExampleDocuments() {
	file := strings.NewReader(string(person()) + "\x00\x00\x00\x00")
	for doc, err := range bson.Documents(file) {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(doc.Lookup("name").StringValueOK())
	}
	// Output:
	// Ada true
	// bson: offset 61: length does not fit
}

func ExampleType_String() {
	fmt.Println(bson.TypeObjectID, bson.TypeInt64, bson.Type(0x42), bson.Type(0x42).Valid())
	// Output: objectId long invalid false
}

func ExampleAppendPointer() {
	fmt.Printf("%s\n", bson.AppendPointer([]byte("/a"), []byte("b/c")))
	// Output: /a/b~1c
}

func ExampleIndexInvalidUTF8() {
	fmt.Println(bson.IndexInvalidUTF8([]byte("ok")), bson.IndexInvalidUTF8([]byte("not \xff")))
	// Output: -1 4
}

func ExampleMendLengths() {
	doc, _ := hex.DecodeString("0c000100106e000700000000") // {"n": 7}, with one wrong bit in its length
	mended, lengths, err := bson.MendLengths(nil, doc)
	fmt.Printf("%x %v %v\n", mended, lengths, err)
	// Output: 0c000000106e000700000000 [{0 65548 12}] <nil>
}
