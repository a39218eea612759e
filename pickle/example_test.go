package pickle_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

// pickle.dumps({"n": 7, "tags": ["a"]}, 4)
const pickled = "\x80\x04\x95\x19\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01n\x94K\x07\x8c\x04tags\x94]\x94\x8c\x01a\x94au."

func ExampleAppendBSON() {
	doc, err := pickle.AppendBSON(nil, []byte(pickled))
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := extjson.AppendJSON(nil, doc)
	fmt.Printf("%s %v\n", text, err)
	// Output: {"n":7,"tags":["a"]} <nil>
}

func ExampleAppendBSONValue() {
	// pickle.dumps(ObjectId("507f1f77bcf86cd799439011"), 2) of Python 2.7
	data := []byte("\x80\x02cbson.objectid\nObjectId\nq\x01)\x81q\x02U\x0cP\x7f\x1fw\xbc\xf8l\xd7\x99C\x90\x11q\x03b.")
	value, typ, err := pickle.AppendBSONValue(nil, data)
	fmt.Printf("%v %x %v\n", typ, value, err)
	// Output: objectId 507f1f77bcf86cd799439011 <nil>
}

func ExampleDecodeOptions_AppendBSONValue() {
	// pickle.dumps("caf\xe9", 2) of Python 2.7, of a program that uses Latin-1
	data := []byte("\x80\x02U\x04caf\xe9q\x01.")
	value, typ, err := pickle.DecodeOptions{Encoding: pickle.Latin1}.AppendBSONValue(nil, data)
	fmt.Printf("%v %q %v\n", typ, value[4:len(value)-1], err)
	// Output: string "café" <nil>
}

func ExampleAppendBSON_refused() {
	_, err := pickle.AppendBSON(nil, []byte("cos\nsystem\n(S'echo hello'\ntR."))
	var refused *pickle.ValueError
	if errors.As(err, &refused) && errors.Is(err, pickle.ErrName) {
		fmt.Println(refused.Offset, refused.Opcode, refused.What)
	}
	// Output: 0 GLOBAL os.system
}

func ExampleAppendPickle() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendInt32(doc, "n", 7), mark)
	data, err := pickle.AppendPickle(nil, doc)
	fmt.Printf("%q %v\n", data, err)
	// Output: "\x80\x02}q\x00X\x01\x00\x00\x00nq\x01K\as." <nil>
}

func ExampleEncodeOptions_AppendPickle() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendInt32(doc, "n", 7), mark)
	data, err := pickle.EncodeOptions{Protocol: pickle.Protocol0}.AppendPickle(nil, doc)
	fmt.Printf("%q %v\n", data, err)
	_, err = pickle.EncodeOptions{Protocol: pickle.Protocol4, Reader: pickle.Python2}.AppendPickle(nil, doc)
	fmt.Println(err)
	// Output:
	// "(dp0\nVn\np1\nI7\ns." <nil>
	// pickle.EncodeOptions.Protocol is out of range: 4: the chosen Python cannot load it
}

func ExampleWritePickle() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendInt32(doc, "n", 7), mark)
	var data strings.Builder
	err := pickle.WritePickle(&data, doc)
	fmt.Printf("%q %v\n", data.String(), err)
	// Output: "\x80\x02}q\x00X\x01\x00\x00\x00nq\x01K\as." <nil>
}

func ExampleEncodeOptions_WritePickle() {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendSymbol(doc, "s", "x"), mark)
	var data strings.Builder
	err := pickle.EncodeOptions{Protocol: pickle.Protocol0}.WritePickle(&data, doc)
	fmt.Printf("%q %v\n", data.String(), err)
	// Output: "" bson: offset 4 (/s): no Python class for the value
}

func ExampleWritePickleValue() {
	var data strings.Builder
	err := pickle.WritePickleValue(&data, bson.TypeInt32, []byte{7, 0, 0, 0})
	fmt.Printf("%q %v\n", data.String(), err)
	// Output: "\x80\x02K\a." <nil>
}

func ExampleEncodeOptions_WritePickleValue() {
	var data strings.Builder
	err := pickle.EncodeOptions{Protocol: pickle.Protocol0}.WritePickleValue(&data, bson.TypeInt32, []byte{7, 0, 0, 0})
	fmt.Printf("%q %v\n", data.String(), err)
	// Output: "I7\n." <nil>
}

func ExampleAppendPickleValue() {
	id := objectid.ID{0x50, 0x7f, 0x1f, 0x77, 0xbc, 0xf8, 0x6c, 0xd7, 0x99, 0x43, 0x90, 0x11}
	data, err := pickle.AppendPickleValue(nil, bson.TypeObjectID, id[:])
	same, _ := pickle.MarshalObjectID(id)
	fmt.Println(len(data), bytes.Equal(data, same), err)
	// Output: 95 true <nil>
}

func ExampleMarshalObjectID() {
	id, err := objectid.Parse("507f1f77bcf86cd799439011")
	if err != nil {
		fmt.Println(err)
		return
	}
	data, err := pickle.MarshalObjectID(id)
	fmt.Println(hex.EncodeToString(data[:8]), len(data), err)
	// Output: 80026362736f6e2e 95 <nil>
}

func ExampleUnmarshalObjectID() {
	data := []byte("\x80\x03cbson.objectid\nObjectId\nq\x00)\x81q\x01C\x0cP\x7f\x1fw\xbc\xf8l\xd7\x99C\x90\x11q\x02b.")
	id, err := pickle.UnmarshalObjectID(data)
	fmt.Println(id, err)
	_, err = pickle.UnmarshalObjectID([]byte("K\x07."))
	fmt.Println(err)
	// Output:
	// 507f1f77bcf86cd799439011 <nil>
	// pickle: offset 0 BININT1: value is not an ObjectId: int
}

func ExampleEncodeOptions_AppendObjectID() {
	id, _ := objectid.Parse("507f1f77bcf86cd799439011")
	o := pickle.EncodeOptions{Protocol: pickle.Protocol4}
	var stream []byte
	for range 2 {
		var err error
		if stream, err = o.AppendObjectID(stream, id); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(len(stream))
	// Output: 120
}

func ExampleNewDecoder() {
	stream := bytes.NewReader([]byte(pickled + "\x80\x02K\x05." + "I6\n."))
	d := pickle.NewDecoder(stream)
	for d.Next() {
		fmt.Println(d.Offset(), d.Type(), len(d.Value()))
	}
	fmt.Println(d.Err())
	// Output:
	// 0 object 32
	// 36 int 4
	// 41 int 4
	// <nil>
}

func ExamplePickles() {
	for v, err := range pickle.Pickles(bytes.NewReader([]byte("I1\n.I2\n.I3"))) {
		fmt.Println(v.Type, err)
	}
	// Output:
	// int <nil>
	// int <nil>
	// invalid pickle: offset 10 INT: pickle ends too early
}

func ExampleUnmarshal() {
	var v struct {
		N    int
		Tags []string
	}
	err := pickle.Unmarshal([]byte(pickled), &v)
	fmt.Printf("%+v %v\n", v, err)
	// Output: {N:7 Tags:[a]} <nil>
}

func ExampleMarshal() {
	data, err := pickle.Marshal(bson.D{{Key: "n", Value: 7}})
	fmt.Printf("%q %v\n", data, err)
	// Output: "\x80\x02}q\x00X\x01\x00\x00\x00nq\x01K\as." <nil>
}

func ExampleDecoder_Decode() {
	d := pickle.NewDecoder(bytes.NewReader([]byte("I1\n.I2\n.I3\n.")))
	sum := 0
	for d.Next() {
		var n int
		if err := d.Decode(&n); err != nil {
			fmt.Println(err)
		}
		sum += n
	}
	fmt.Println(sum, d.Err())
	// Output: 6 <nil>
}

// BSON has no type for a set, or for an object of a class such as ValueError.
func ExampleUnknownPolicy() {
	set := []byte("\x80\x04}\x8c\x01s\x8f(K\x01K\x02\x90s.")                                      // {"s": {1, 2}}
	failed := []byte("\x80\x04}\x8c\x01e\x8c\x08builtins\x8c\x0aValueError\x93\x8c\x02no\x85Rs.") // {"e": ValueError("no")}
	for _, o := range []pickle.DecodeOptions{{}, {Unknown: pickle.UnknownConvert}, {Unknown: pickle.UnknownDescribe}} {
		for _, data := range [][]byte{set, failed} {
			doc, err := o.AppendBSON(nil, data)
			if err != nil {
				fmt.Println(err)
				continue
			}
			fmt.Println(bson.Raw(doc))
		}
	}
	// Output:
	// pickle: offset 6 EMPTY_SET (/s): no BSON type for the value: set
	// pickle: offset 28 STACK_GLOBAL: name is not allowed: builtins.ValueError
	// {"s": [1, 2]}
	// pickle: offset 28 STACK_GLOBAL: name is not allowed: builtins.ValueError
	// {"s": [1, 2]}
	// {"e": {"$py": "builtins.ValueError", "args": ["no"]}}
}
