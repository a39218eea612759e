package bson_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/objectid"
)

// A Book is what the examples store.
type Book struct {
	ID     objectid.ID    `bson:"_id"`
	Title  string         `bson:"title"`
	Pages  int            `bson:"pages,omitempty"`
	Bought time.Time      `bson:"bought,omitzero"`
	Extra  map[string]any `bson:",inline"`
}

func aBook() Book {
	id, _ := objectid.Parse("56e1fc72e0c917e9c4714161")
	return Book{ID: id, Title: "Erewhon", Pages: 246}
}

func ExampleMarshal() {
	doc, err := bson.Marshal(aBook())
	fmt.Println(bson.Raw(doc), err)
	// Output: {"_id": ObjectId("56e1fc72e0c917e9c4714161"), "title": "Erewhon", "pages": 246} <nil>
}

func ExampleMarshal_error() {
	_, err := bson.Marshal(bson.D{{Key: "shelf", Value: bson.A{aBook(), make(chan int)}}})
	var v *bson.ValueError
	fmt.Println(errors.As(err, &v), v.Pointer, errors.Is(err, bson.ErrUnsupported))
	// Output: true /shelf/1 true
}

func ExampleAppend() {
	var buf []byte
	for _, title := range []string{"Erewhon", "Utopia"} {
		var err error
		if buf, err = bson.Append(buf, bson.D{{Key: "title", Value: title}}); err != nil {
			fmt.Println(err)
		}
	}
	for doc, err := range bson.Documents(bytes.NewReader(buf)) {
		fmt.Println(doc, err)
	}
	// Output:
	// {"title": "Erewhon"} <nil>
	// {"title": "Utopia"} <nil>
}

func ExampleUnmarshal() {
	doc, _ := bson.Marshal(bson.D{{Key: "title", Value: "Erewhon"}, {Key: "pages", Value: 246}, {Key: "author", Value: "Butler"}})
	var b Book
	err := bson.Unmarshal(doc, &b)
	fmt.Println(b.Title, b.Pages, b.Extra, err)
	// Output: Erewhon 246 map[author:Butler] <nil>
}

func ExampleUnmarshal_error() {
	doc, _ := bson.Marshal(bson.D{{Key: "title", Value: "Erewhon"}, {Key: "pages", Value: "many"}})
	err := bson.Unmarshal(doc, new(Book))
	var c *bson.ConversionError
	fmt.Println(errors.As(err, &c), c.Field, c.Type, c.GoType, errors.Is(err, bson.ErrMismatch))
	// Output: true Book.Pages string int true
}

func ExampleDecode() {
	doc, _ := bson.Marshal(aBook())
	b, err := bson.Decode[Book](doc)
	fmt.Println(b.Title, err)
	// Output: Erewhon <nil>
}

func ExampleMarshalValue() {
	t, data, err := bson.MarshalValue("hi")
	fmt.Printf("%v %q %v\n", t, data, err)
	// Output: string "\x03\x00\x00\x00hi\x00" <nil>
}

func ExampleUnmarshalValue() {
	var n int
	err := bson.UnmarshalValue(bson.TypeInt32, []byte{7, 0, 0, 0}, &n)
	fmt.Println(n, err)
	// Output: 7 <nil>
}

func ExampleNewEncoder() {
	var buf bytes.Buffer
	enc := bson.NewEncoder(&buf)
	fmt.Println(enc.Encode(bson.M{"n": 1}), enc.Encode(bson.M{"n": 2}), buf.Len())
	// Output: <nil> <nil> 24
}

func ExampleDecoder_Decode() {
	dec := bson.NewDecoder(strings.NewReader("\x0c\x00\x00\x00\x10n\x00\x01\x00\x00\x00\x00"))
	for {
		var v struct{ N int }
		if err := dec.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(v.N)
	}
	// Output: 1
}

func ExampleEncodeOptions() {
	o := bson.EncodeOptions{MinSize: true, NilSliceAsEmpty: true}
	doc, err := o.Marshal(struct {
		N    int64
		List []string
	}{N: 7})
	fmt.Println(bson.Raw(doc), err)
	// Output: {"n": 7, "list": []} <nil>
}

func ExampleDecodeOptions() {
	doc, _ := bson.Marshal(bson.D{{Key: "title", Value: "Erewhon"}, {Key: "colour", Value: "red"}})
	o := bson.DecodeOptions{RejectUnknownFields: true}
	var v struct{ Title string }
	fmt.Println(errors.Is(o.Unmarshal(doc, &v), bson.ErrUnknownField))
	// Output: true
}

func ExampleNewCodecs() {
	type celsius float64
	codecs := bson.NewCodecs(bson.TypeCodec(
		func(dst []byte, v celsius) ([]byte, bson.Type, error) {
			t, data, err := bson.MarshalValue(strconv.FormatFloat(float64(v), 'f', 1, 64) + " °C")
			return append(dst, data...), t, err
		}, nil))
	doc, err := bson.EncodeOptions{Codecs: codecs}.Marshal(bson.M{"t": celsius(21.5)})
	fmt.Println(bson.Raw(doc), err)
	// Output: {"t": "21.5 °C"} <nil>
}

func ExampleCompare() {
	order, err := bson.Compare(bson.D{{Key: "a", Value: 1}}, bson.D{{Key: "a", Value: 1.5}})
	fmt.Println(order, err)
	// Output: -1 <nil>
}

func ExampleUUID_Binary() {
	u, _ := bson.ParseUUID("00112233-4455-6677-8899-aabbccddeeff")
	fmt.Printf("%d %x\n", u.Binary(bson.UUIDStandard).Subtype, u.Binary(bson.UUIDStandard).Data)
	fmt.Printf("%d %x\n", u.Binary(bson.UUIDJavaLegacy).Subtype, u.Binary(bson.UUIDJavaLegacy).Data)
	// Output:
	// 4 00112233445566778899aabbccddeeff
	// 3 7766554433221100ffeeddccbbaa9988
}

func ExampleNewVector() {
	doc, err := bson.Marshal(bson.M{"embedding": bson.NewVector([]float32{0.5, -1})})
	var v struct{ Embedding bson.Vector }
	fmt.Println(err, bson.Unmarshal(doc, &v), v.Embedding.Float32())
	// Output: <nil> <nil> [0.5 -1]
}

func ExampleD_MarshalJSON() {
	d := bson.D{{Key: "b", Value: 1}, {Key: "a", Value: aBook().ID}}
	text, err := d.MarshalJSON()
	fmt.Fprintf(os.Stdout, "%s %v\n", text, err)
	// Output: {"b":1,"a":"56e1fc72e0c917e9c4714161"} <nil>
}

func ExampleUTF8Policy() {
	// An old program has stored Latin-1.
	doc := []byte("\x0e\x00\x00\x00\x02s\x00\x02\x00\x00\x00\xe9\x00\x00")
	for _, policy := range []bson.UTF8Policy{bson.UTF8Reject, bson.UTF8Replace, bson.UTF8Keep} {
		var v struct{ S string }
		err := bson.DecodeOptions{InvalidUTF8: policy}.Unmarshal(doc, &v)
		fmt.Printf("%x %v\n", v.S, errors.Is(err, bson.ErrUTF8))
	}
	// Output:
	//  true
	// efbfbd false
	// e9 false
}
