package bsontest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/bsontest/extjsontest"
	"github.com/bsonkit/bsonkit/extjson"
)

func ExampleDocument() {
	fmt.Println(bsontest.Document(nil))
	fmt.Println(bsontest.Document([]byte{16, 6<<3 | 6, 'a', 'm', 'o', 'u', 'n', 't', 1, 42}))
	// Output:
	// {}
	// {"amount": 42}
}

func ExampleDocuments() {
	n := 0
	for doc := range bsontest.Documents(1) {
		if bson.Validate(doc) != nil {
			fmt.Println("malformed")
		}
		if n++; n == 1000 {
			break
		}
	}
	fmt.Println(n)
	// Output: 1000
}

func ExampleOptions() {
	o := bsontest.Options{Types: []bson.Type{bson.TypeInt32, bson.TypeDocument}, MaxDepth: 2, MaxSize: 100}
	doc := o.Document(bsontest.NewRandom(1))
	fmt.Println(bson.Validate(doc), len(doc) <= 100)
	// Output: <nil> true
}

func ExampleOptions_Stream() {
	stream := bsontest.Options{}.Stream(bsontest.NewRandom(1), 3)
	d := bson.NewDecoder(bytes.NewReader(stream))
	n := 0
	for d.Next() {
		n++
	}
	fmt.Println(n, d.Err())
	// Output: 3 <nil>
}

func ExampleSeed() {
	doc, _ := bson.Marshal(bson.D{{Key: "name", Value: "Ada"}})
	fmt.Println(bsontest.Document(bsontest.Seed(doc)))
	// Output: {"name": "Ada"}
}

func ExampleFaults() {
	doc, _ := bson.Marshal(bson.D{{Key: "paid", Value: true}})
	for f := range bsontest.Faults(doc) {
		if f.Name != "truncated" {
			fmt.Printf("%s: %v at %d\n", f.Name, f.Err, f.Offset)
		}
		if f.Name == "bool: 2" {
			break
		}
	}
	// Output:
	// document: length one too large: document ends too early at 12
	// document: length one too small: bytes after the end of the document at 11
	// document: length 0: length does not fit at 0
	// document: length -1: length does not fit at 0
	// document: length 2147483647: document ends too early at 12
	// document: no terminator: terminating NUL is missing at 0
	// document: a byte too many at the end: bytes after the end of the document at 12
	// element: a byte too many at the end: bytes after the end of the document at 12
	// element: a byte missing at the end: document ends too early at 11
	// element: missing, without a change of lengths: document ends too early at 5
	// element: unknown type: unknown element type at 4
	// element: type 0: unknown element type at 4
	// bool: 2: boolean is neither 0 nor 1 at 10
}

func ExampleDamage() {
	doc := bsontest.Document([]byte{2, 0, 0})
	f := bsontest.Damage(bsontest.NewRandom(1), doc)
	fmt.Println(bson.Validate(f.Data) != nil)
	// Output: true
}

func ExampleCheckDecode() {
	decode := func(data []byte) error { return nil } // accepts everything
	err := bsontest.CheckDecode([]byte{5, 0, 0, 0}, decode)
	fmt.Println(err)
	// Output: accepted: decode accepts 05000000, but bson: offset 4: document ends too early
}

func ExampleCheckRoundTrip() {
	doc, _ := bson.Marshal(bson.D{{Key: "b", Value: int32(1)}, {Key: "a", Value: int32(2)}})
	turn := func(doc []byte) ([]byte, error) { // by a map, which sorts the keys
		m, err := bson.Decode[bson.M](doc)
		if err != nil {
			return nil, err
		}
		return bson.Marshal(m)
	}
	fmt.Println(bsontest.CheckRoundTrip(doc, turn, 0) == nil)
	fmt.Println(bsontest.CheckRoundTrip(doc, turn, bsontest.KeyOrderLost) == nil)
	// Output:
	// false
	// true
}

func ExampleCheckAppend() {
	appendOne := func(dst []byte) ([]byte, error) { return append(dst[:0], 1), nil } // forgets the content of dst
	fmt.Println(bsontest.CheckAppend(appendOne) == nil)
	// Output: false
}

func ExampleCheckStream() {
	stream := bsontest.Options{}.Stream(bsontest.NewRandom(1), 5)
	err := bsontest.CheckStream(stream, func(r io.Reader) (docs []bson.Raw, err error) {
		d := bson.NewDecoder(r)
		for d.Next() {
			docs = append(docs, bytes.Clone(d.Raw()))
		}
		return docs, d.Err()
	})
	fmt.Println(err)
	// Output: <nil>
}

// An Invoice is a struct of a program.
type Invoice struct {
	Number int64             `bson:"number"`
	Lines  []string          `bson:"lines"`
	Labels map[string]string `bson:"labels"`
}

// FuzzInvoice is a fuzz target for a struct: every document of the struct comes back, and
// damage is an error.
func FuzzInvoice(f *testing.F) {
	o := bsontest.Options{Shape: reflect.TypeFor[Invoice]()}
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{1, 2, 3}, 20))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := bsontest.NewSource(data)
		doc := o.Document(s)
		if err := bsontest.CheckRoundTrip(doc, func(doc []byte) ([]byte, error) {
			v, err := bson.Decode[Invoice](doc)
			if err != nil {
				return nil, err
			}
			return bson.Marshal(v)
		}, 0); err != nil {
			t.Fatal(err)
		}
		if err := bsontest.CheckDecode(bsontest.Damage(s, doc).Data, func(data []byte) error {
			var v bson.D
			return bson.Unmarshal(data, &v)
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzDecoder is a fuzz target for a reader of streams.
func FuzzDecoder(f *testing.F) {
	for doc := range bsontest.Documents(1) {
		f.Add(bsontest.Seed(doc))
		break
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		stream := bsontest.Options{MaxSize: 500}.Stream(bsontest.NewSource(data), 8)
		for _, stream := range [][]byte{stream, stream[:len(stream)*2/3], append(stream, data...)} {
			if err := bsontest.CheckStream(stream, bsonDocuments); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// count is the handler of a service. It takes Extended JSON, and answers with the number of
// fields.
func count(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var d bson.D
	if err := extjson.Unmarshal(text, &d); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_ = json.NewEncoder(w).Encode(len(d))
}

// FuzzHandler is a fuzz target for a handler of HTTP requests: it accepts every text of a
// document, and rejects damage with a status of its own.
func FuzzHandler(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{16, 0, 1, 7, 2, 8, 5, 0, 1, 1, 1, 1, 1})
	var o extjsontest.Options
	post := func(text []byte) (status int, answer string) {
		w := httptest.NewRecorder()
		count(w, httptest.NewRequest(http.MethodPost, "/count", bytes.NewReader(text)))
		return w.Code, w.Body.String()
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := bsontest.NewSource(data)
		text, doc := o.Text(s)
		fields := 0
		for range doc.All() {
			fields++
		}
		if status, answer := post(text); status != http.StatusOK || answer != fmt.Sprintln(fields) {
			t.Fatalf("%s: status %d, %s", text, status, answer)
		}
		bad := o.Damage(s, text)
		if status, answer := post(bad.Text); status != http.StatusBadRequest {
			t.Fatalf("%s: %s: status %d, %s", bad.Name, bad.Text, status, answer)
		}
	})
}

func ExampleTestCodec() {
	t := new(testing.T) // the argument of a test
	bsontest.TestCodec(t, bsontest.Codec{
		Decode: func(data []byte) (any, error) { return bson.Decode[bson.D](data) },
		Encode: bson.Marshal,
	})
	fmt.Println(t.Failed())
	// Output: false
}
