package extjson_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/objectid"
)

func ExampleEncodeOptions_AppendJSON_modes() {
	id, _ := objectid.Parse("56e1fc72e0c917e9c4714161")
	dst, mark := bsoncore.Begin(nil)
	dst = bsoncore.AppendObjectID(dst, "_id", id)
	dst = bsoncore.AppendInt64(dst, "n", 1)
	doc := bsoncore.End(bsoncore.AppendDateTime(dst, "t", 0), mark)
	for _, mode := range []extjson.Mode{extjson.Relaxed, extjson.Canonical, extjson.Legacy, extjson.Shell, extjson.Plain} {
		text, err := extjson.EncodeOptions{Mode: mode}.AppendJSON(nil, doc)
		fmt.Printf("%s %v\n", text, err)
	}
	// Output:
	// {"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"n":1,"t":{"$date":"1970-01-01T00:00:00Z"}} <nil>
	// {"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"n":{"$numberLong":"1"},"t":{"$date":{"$numberLong":"0"}}} <nil>
	// {"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"n":1,"t":{"$date":0}} <nil>
	// {"_id":ObjectId("56e1fc72e0c917e9c4714161"),"n":NumberLong("1"),"t":ISODate("1970-01-01T00:00:00Z")} <nil>
	// {"_id":"56e1fc72e0c917e9c4714161","n":1,"t":"1970-01-01T00:00:00Z"} <nil>
}

func ExampleNonFinitePolicy() {
	dst, mark := bsoncore.Begin(nil)
	doc := bsoncore.End(bsoncore.AppendDouble(dst, "ratio", math.Inf(1)), mark)
	for _, policy := range []extjson.NonFinitePolicy{extjson.NonFiniteReject, extjson.NonFiniteNull, extjson.NonFiniteText} {
		text, err := extjson.EncodeOptions{Mode: extjson.Plain, NonFinite: policy}.AppendJSON(nil, doc)
		fmt.Printf("%s %v\n", text, errors.Is(err, extjson.ErrLossy))
	}
	// Output:
	//  true
	// {"ratio":null} false
	// {"ratio":"Infinity"} false
}

func ExampleEncodeOptions_AppendJSON_log() {
	dst, mark := bsoncore.Begin(nil)
	dst = bsoncore.AppendString(dst, "user", "Ada")
	doc := bsoncore.End(bsoncore.AppendString(dst, "body", strings.Repeat("x", 1000)), mark)
	text, err := extjson.EncodeOptions{MaxLen: 100}.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	// Output: {"user":"Ada","$truncated":true} <nil>
}

func ExampleDecodeOptions_AppendBSON_shell() {
	doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(`{
		_id: ObjectId('56e1fc72e0c917e9c4714161'), // of the order
		paid: new Date("2024-02-29"),
		by: /^ada/i,
	}`))
	text, _ := extjson.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	// Output: {"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"paid":{"$date":"2024-02-29T00:00:00Z"},"by":{"$regularExpression":{"pattern":"^ada","options":"i"}}} <nil>
}

func ExampleDecodeOptions_AppendBSON_legacy() {
	doc, err := extjson.DecodeOptions{Legacy: true}.AppendBSON(nil, []byte(`{"b":{"$binary":"AQID","$type":"00"},"q":{"$regex":"^a","$gt":""}}`))
	text, _ := extjson.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	// Output: {"b":{"$binary":{"base64":"AQID","subType":"00"}},"q":{"$regex":"^a","$gt":""}} <nil>
}

func ExampleDecodeOptions_lenientDates() {
	text := []byte(`{"python":{"$date":"2024-02-29T12:30:00.123456"},"day":{"$date":"2024-02-29"}}`)
	_, err := extjson.AppendBSON(nil, text)
	fmt.Println(errors.Is(err, extjson.ErrWrapperText))
	doc, err := extjson.DecodeOptions{LenientDates: true}.AppendBSON(nil, text)
	text, _ = extjson.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// true
	// {"python":{"$date":"2024-02-29T12:30:00.123Z"},"day":{"$date":"2024-02-29T00:00:00Z"}} <nil>
}

func ExampleAppendJSONValue() {
	text, err := extjson.AppendJSONValue(nil, bson.TypeInt32, []byte{7, 0, 0, 0})
	fmt.Printf("%s %v\n", text, err)
	// Output: 7 <nil>
}

func ExampleAppender() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.AppendInt32(doc, "n", 7)
	doc = bsoncore.End(bsoncore.AppendString(doc, "s", "text"), mark)
	a, err := extjson.EncodeOptions{Mode: extjson.Canonical}.NewAppender()
	if err != nil {
		panic(err)
	}
	var text []byte
	a.Reset(doc)
	c := a.Cursor()
	for c.Next() {
		text, err = a.AppendElement(text[:0])
		fmt.Printf("%s %s %v\n", c.Key(), text, err)
	}
	fmt.Println(c.Err())
	// Output:
	// n {"$numberInt":"7"} <nil>
	// s "text" <nil>
	// <nil>
}

func ExampleWriteJSON() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendInt32(doc, "n", 7), mark)
	err := extjson.WriteJSON(os.Stdout, doc)
	fmt.Printf(" %v\n", err)
	// Output: {"n":7} <nil>
}

func ExampleEncodeOptions_WriteJSON() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendString(doc, "s", "\xff"), mark) // not UTF-8
	var text strings.Builder
	err := extjson.EncodeOptions{Mode: extjson.Canonical}.WriteJSON(&text, doc)
	fmt.Printf("%q %v\n", text.String(), err)
	// Output: "" bson: offset 11 (/s): invalid UTF-8
}

func ExampleWriteJSONValue() {
	err := extjson.WriteJSONValue(os.Stdout, bson.TypeInt32, []byte{7, 0, 0, 0})
	fmt.Printf(" %v\n", err)
	// Output: 7 <nil>
}

func ExampleEncodeOptions_WriteJSONValue() {
	err := extjson.EncodeOptions{Mode: extjson.Canonical}.WriteJSONValue(os.Stdout, bson.TypeInt32, []byte{7, 0, 0, 0})
	fmt.Printf(" %v\n", err)
	// Output: {"$numberInt":"7"} <nil>
}

func ExampleAppendBSONValue() {
	data, t, err := extjson.AppendBSONValue(nil, []byte(`{"$numberInt":"7"}`))
	fmt.Printf("%x %v %v\n", data, t, err)
	// Output: 07000000 int <nil>
}

func ExampleCompact() {
	text, err := extjson.Compact(nil, []byte(`{ "n" : 1.50 }`))
	fmt.Printf("%s %v\n", text, err)
	// Output: {"n":1.50} <nil>
}

func ExampleIndent() {
	text, err := extjson.Indent(nil, []byte(`{"id":{"$oid":"56e1fc72e0c917e9c4714161"},"n":1.50}`), "  ")
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// {
	//   "id": {"$oid":"56e1fc72e0c917e9c4714161"},
	//   "n": 1.50
	// } <nil>
}

func ExampleMarshal() {
	text, err := extjson.Marshal(bson.D{{Key: "at", Value: time.Unix(0, 0)}, {Key: "n", Value: 1.5}})
	fmt.Printf("%s %v\n", text, err)
	// Output: {"at":{"$date":"1970-01-01T00:00:00Z"},"n":1.5} <nil>
}

func ExampleMarshalIndent() {
	text, err := extjson.MarshalIndent(map[string]int{"a": 1}, "  ")
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// {
	//   "a": 1
	// } <nil>
}

func ExampleMarshalValue() {
	text, err := extjson.MarshalValue([]int{1, 2})
	fmt.Printf("%s %v\n", text, err)
	// Output: [1,2] <nil>
}

func ExampleUnmarshal() {
	var v struct{ Name string }
	err := extjson.Unmarshal([]byte(`{"name":"Ada"}`), &v)
	fmt.Println(v.Name, err)
	err = extjson.Unmarshal([]byte(`{"name": 5}`), &v)
	fmt.Println(err.(*extjson.ValueError).Column)
	// Output:
	// Ada <nil>
	// 10
}

func ExampleUnmarshalValue() {
	var ids []objectid.ID
	err := extjson.UnmarshalValue([]byte(`[{"$oid":"56e1fc72e0c917e9c4714161"}]`), &ids)
	fmt.Println(ids, err)
	// Output: [56e1fc72e0c917e9c4714161] <nil>
}

func ExampleDecode() {
	v, err := extjson.Decode[map[string]int]([]byte(`{"a":1}`))
	fmt.Println(v, err)
	// Output: map[a:1] <nil>
}

func ExampleValues() {
	for v, err := range extjson.Values[struct{ N int }](strings.NewReader("{\"n\":1}\n{\"n\":2}\n")) {
		fmt.Println(v.N, err)
	}
	// Output:
	// 1 <nil>
	// 2 <nil>
}

func ExampleDecoder_Resync() {
	d := extjson.NewDecoder(strings.NewReader("{\"n\":1}\n{\"n\":2\n{\"n\":3}\n"))
	for {
		for d.Next() {
			text, _ := extjson.AppendJSON(nil, d.Raw())
			fmt.Printf("%s\n", text)
		}
		if d.Err() == nil || !d.Resync(nil) {
			break
		}
	}
	fmt.Println(d.Skipped(), d.Err())
	// Output:
	// {"n":1}
	// {"n":3}
	// 1 <nil>
}

func ExampleDecoder_Decode() {
	d := extjson.NewDecoder(strings.NewReader(`[{"n":1},{"n":2}]`))
	for d.More() {
		var v struct{ N int }
		if err := d.Decode(&v); err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(v.N)
	}
	// Output:
	// 1
	// 2
}

func ExampleEncoder_Encode() {
	var out strings.Builder
	e := extjson.NewEncoder(&out)
	fmt.Println(e.Encode(map[string]int{"n": 1}), e.Close())
	fmt.Print(out.String())
	// Output:
	// <nil> <nil>
	// {"n":1}
}
