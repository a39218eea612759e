package bsoncore_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// The examples are in the order of the package documentation: Cursor,
// append, Validate, Document, Builder, Decoder, small helpers.

// person is {name: "Ada", langs: ["en", "fr"], born: 1815}.
func person() bsoncore.Document {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendString(doc, "name", "Ada")
	doc, langs := bsoncore.BeginArray(doc, "langs")
	doc = bsoncore.AppendString(doc, "0", "en")
	doc = bsoncore.AppendString(doc, "1", "fr")
	doc = bsoncore.End(doc, langs)
	doc = bsoncore.AppendInt32(doc, "born", 1815)
	return bsoncore.End(doc, mark)
}

func ExampleNewCursor() {
	c := bsoncore.NewCursor(person())
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
	var visit func(c *bsoncore.Cursor)
	visit = func(c *bsoncore.Cursor) {
		for c.Next() {
			fmt.Printf("%*s%s\n", 2*c.Depth()-2, "", c.Key())
			if c.Type().IsContainer() && c.Enter() {
				visit(c)
				c.Leave()
			}
		}
	}
	c := bsoncore.NewCursor(person())
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
	var c bsoncore.Cursor
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
	var c bsoncore.Cursor
	if c.ResetValue(bsoncore.TypeInt32, []byte{7, 0, 0, 0}, 0) {
		fmt.Println(c.Int32())
	}
	fmt.Println(c.ResetValue(bsoncore.TypeInt32, []byte{7, 0}, 0))
	// Output:
	// 7
	// false
}

func ExampleCursor_Fail() {
	errOld := errors.New("nobody is that old")
	c := bsoncore.NewCursor(person())
	for c.Next() {
		if c.Type() == bsoncore.TypeInt32 && c.Int32() < 1900 {
			c.Fail(errOld)
		}
	}
	fmt.Println(c.Err(), errors.Is(c.Err(), errOld))
	// Output: bson: offset 50 (/born): nobody is that old true
}

func ExampleCursor_Malformed() {
	c := bsoncore.NewCursor(person())
	c.Next()
	if bytes.Contains(c.Text(), []byte("d")) {
		c.Malformed(c.ValueOffset()+5, errors.New("a d"))
	}
	fmt.Println(c.Err())
	// Output: bson: offset 15 (/name): a d
}

func ExampleBegin() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendInt32(doc, "n", 7), mark)
	fmt.Printf("% x\n", doc)
	// Output: 0c 00 00 00 10 6e 00 07 00 00 00 00
}

func ExampleBeginDocument() {
	doc, mark := bsoncore.Begin(nil)
	doc, inner := bsoncore.BeginDocument(doc, "in")
	doc = bsoncore.End(bsoncore.AppendBoolean(doc, "b", true), inner)
	doc = bsoncore.End(doc, mark)
	fmt.Println(bsoncore.Document(doc).Lookup("in", "b").BooleanOK())
	// Output: true true
}

func ExampleBeginArray() {
	doc, mark := bsoncore.Begin(nil)
	doc, squares := bsoncore.BeginArray(doc, "squares")
	for i := range 3 {
		var typ int
		doc, typ = bsoncore.BeginElement(doc)
		doc = bsoncore.AppendIndexKey(doc, i)
		doc = append(doc, byte(i*i), 0, 0, 0)
		bsoncore.SetType(doc, typ, bsoncore.TypeInt32)
	}
	doc = bsoncore.End(bsoncore.End(doc, squares), mark)
	fmt.Println(bsoncore.Document(doc).Lookup("squares", "2").Int32OK())
	// Output: 4 true
}

func ExampleBeginCodeWithScope() {
	doc, mark := bsoncore.Begin(nil)
	doc, value, scope := bsoncore.BeginCodeWithScope(doc, "f", "x + 1")
	doc = bsoncore.End(bsoncore.AppendInt32(doc, "x", 1), scope)
	bsoncore.SetLength(doc, value)
	doc = bsoncore.End(doc, mark)
	fmt.Println(bsoncore.Document(doc).Lookup("f", "x").Int32OK())
	// Output: 1 true
}

func ExampleSetStringLength() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendHeader(doc, bsoncore.TypeString, "s")
	doc, length := bsoncore.Begin(doc) // four bytes for the length
	doc = fmt.Appendf(doc, "%d bottles", 99)
	doc = append(doc, 0)
	bsoncore.SetStringLength(doc, length)
	doc = bsoncore.End(doc, mark)
	fmt.Println(bsoncore.Document(doc).Lookup("s").StringValueOK())
	// Output: 99 bottles true
}

func ExampleAppendValue() {
	v := person().Lookup("langs")
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendValue(doc, "copy", v.Type, v.Data), mark)
	fmt.Println(bsoncore.Document(doc).Lookup("copy", "1").StringValueOK())
	// Output: fr true
}

func ExampleAppendBinary() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendBinary(doc, "md5", bsoncore.BinaryMD5, []byte("0123456789abcdef"))
	doc = bsoncore.End(doc, mark)
	fmt.Println(bsoncore.Document(doc).Lookup("md5").BinaryOK())
	// Output: 5 [48 49 50 51 52 53 54 55 56 57 97 98 99 100 101 102] true
}

func ExampleValidate() {
	doc := person()
	fmt.Println(bsoncore.Validate(doc))

	doc[14] = 0xFF // in "Ada"
	err := bsoncore.Validate(doc)
	fmt.Println(errors.Is(err, bsoncore.ErrUTF8), err)

	var syntax *bsoncore.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(syntax.Offset, syntax.Pointer)
	}
	// Output:
	// <nil>
	// true bson: offset 14 (/name): invalid UTF-8
	// 14 /name
}

func ExampleValidateOptions() {
	doc, _ := new(bsoncore.Builder).Int32("a.b", 1).Int32("c", 2).Int32("c", 3).Document()
	fmt.Println(bsoncore.ValidateOptions{RejectDottedKeys: true}.Validate(doc))
	fmt.Println(bsoncore.ValidateOptions{RejectDuplicateKeys: true}.Validate(doc))
	// Output:
	// bson: offset 4 (/a.b): key contains a dot
	// bson: offset 20 (/c): duplicate key
}

func ExampleValidateOptions_ValidateValue() {
	o := bsoncore.ValidateOptions{}
	fmt.Println(o.ValidateValue(bsoncore.TypeBoolean, []byte{1}))
	fmt.Println(o.ValidateValue(bsoncore.TypeBoolean, []byte{2}))
	// Output:
	// <nil>
	// bson: offset 0: boolean is neither 0 nor 1
}

func ExampleDocument_Lookup() {
	fmt.Println(person().Lookup("langs", "1").StringValueOK())
	fmt.Println(person().Lookup("langs", "2").IsZero())
	// Output:
	// fr true
	// true
}

func ExampleDocument_LookupErr() {
	_, err := person().LookupErr("langs", "2")
	fmt.Println(errors.Is(err, bsoncore.ErrNotFound), err)
	// Output: true bson: offset 49 (/langs/2): no such element
}

func ExampleDocument_All() {
	for key, value := range person().All() {
		fmt.Println(key, value.Type)
	}
	// Output:
	// name string
	// langs array
	// born int
}

func ExampleDocument_Validate() {
	fmt.Println(person().Validate())
	fmt.Println(person()[:20].Validate())
	// Output:
	// <nil>
	// bson: offset 20: document ends too early: its length is 61
}

func ExampleDocument_Equal() {
	fmt.Println(person().Equal(person()), person().Equal(nil))
	// Output: true false
}

func ExampleValue() {
	v := bsoncore.Value{Type: bsoncore.TypeInt32, Data: []byte{7, 0, 0, 0}}
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
	doc, err := new(bsoncore.Builder).
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
	_, err := new(bsoncore.Builder).Int32("a", 1).Int32("b\x00", 2).Document()
	fmt.Println(errors.Is(err, bsoncore.ErrKeyNUL))
	// Output: true
}

func ExampleBuilder_Reset() {
	var b bsoncore.Builder
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
	d := bsoncore.NewDecoder(file)
	for d.Next() {
		fmt.Println(d.Offset(), len(d.Document()))
	}
	fmt.Println(d.Err())
	// Output:
	// 0 61
	// 61 61
	// <nil>
}

func ExampleDecoder_Err() {
	d := bsoncore.NewDecoder(io.LimitReader(bytes.NewReader(person()), 30))
	fmt.Println(d.Next(), d.Err(), errors.Is(d.Err(), bsoncore.ErrTruncated))
	// Output: false bson: offset 30: document ends too early: its length is 61 true
}

func ExampleDecodeOptions_NewDecoder() {
	o := bsoncore.DecodeOptions{MaxDocumentSize: 16}
	d := o.NewDecoder(bytes.NewReader(person()))
	fmt.Println(d.Next(), d.Err())
	// Output: false bson: offset 0: document is too large: its length is 61
}

// A file in memory is cut into two parts, each of whole documents, that are read
// side by side.
func ExampleDecodeOptions_Split() {
	file := bytes.Repeat(person(), 1000)
	var o bsoncore.DecodeOptions
	n, ok := o.Split(file[:len(file)/2])
	fmt.Println(ok)
	var count [2]int
	var wait sync.WaitGroup
	for i, part := range [][]byte{file[:n], file[n:]} {
		wait.Go(func() {
			d := o.NewDecoder(nil)
			for d.ResetBytes(part); d.Next(); {
				count[i]++
			}
		})
	}
	wait.Wait()
	fmt.Println(count[0] + count[1])
	// Output:
	// true
	// 1000
}

// Documents of a file in memory are parts of it: nothing is copied.
func ExampleDecoder_ResetBytes() {
	file := bytes.Repeat(person(), 3)
	d := bsoncore.NewDecoder(nil)
	for d.ResetBytes(file); d.Next(); {
		fmt.Println(d.Offset(), &d.Document()[0] == &file[d.Offset()])
	}
	// Output:
	// 0 true
	// 61 true
	// 122 true
}

// Other data follows the documents. The Decoder has read a part of it.
func ExampleDecoder_Buffered() {
	r := strings.NewReader(string(person()) + "\x00\x00\x00\x00then text")
	d := bsoncore.NewDecoder(r)
	for d.Next() {
	}
	rest, err := io.ReadAll(io.MultiReader(bytes.NewReader(d.Buffered()), r))
	fmt.Printf("%q %v\n", rest, err)
	// Output: "\x00\x00\x00\x00then text" <nil>
}

// One bit of a length is wrong. The document is skipped and kept for later.
func ExampleDecoder_Resync() {
	file := bytes.Repeat(person(), 3)
	file[len(person())] ^= 0x40
	d := bsoncore.NewDecoder(bytes.NewReader(file))
	var skipped bytes.Buffer
	for {
		for d.Next() {
			if bsoncore.Validate(d.Document()) != nil {
				break // its length led to other bytes
			}
			fmt.Println("document at", d.Offset())
		}
		if d.Document() == nil && d.Err() == nil || !d.Resync(&skipped) {
			break
		}
	}
	fmt.Println(skipped.Len(), "bytes skipped,", d.Err())
	// Output:
	// document at 0
	// document at 122
	// 61 bytes skipped, <nil>
}

func ExampleDocuments() {
	file := strings.NewReader(string(person()) + "\x00\x00\x00\x00")
	for doc, err := range bsoncore.Documents(file) {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(doc.Lookup("name").StringValueOK())
	}
	// Output:
	// Ada true
	// bson: offset 61: length 0 is too small for a document
}

func ExampleType_String() {
	fmt.Println(bsoncore.TypeObjectID, bsoncore.TypeInt64, bsoncore.Type(0x42), bsoncore.Type(0x42).Valid())
	// Output: objectId long invalid false
}

func ExampleAppendPointer() {
	fmt.Printf("%s\n", bsoncore.AppendPointer([]byte("/a"), []byte("b/c")))
	// Output: /a/b~1c
}

func ExampleIndexInvalidUTF8() {
	fmt.Println(bsoncore.IndexInvalidUTF8([]byte("ok")), bsoncore.IndexInvalidUTF8([]byte("not \xff")))
	// Output: -1 4
}

func ExampleMendLengths() {
	doc, _ := hex.DecodeString("0c000100106e000700000000") // {"n": 7}, with one wrong bit in its length
	mended, lengths, err := bsoncore.MendLengths(nil, doc)
	fmt.Printf("%x %v %v\n", mended, lengths, err)
	// Output: 0c000000106e000700000000 [{0 65548 12}] <nil>
}

// Values of types with the same rank are compared by value, others by the rank.
func ExampleType_Rank() {
	fmt.Println(bsoncore.TypeInt32.Rank() == bsoncore.TypeDecimal128.Rank())
	fmt.Println(bsoncore.TypeString.Rank() < bsoncore.TypeBoolean.Rank())
	// Output:
	// true
	// true
}
