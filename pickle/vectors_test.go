package pickle_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// A vector is a pickle of testdata/pickle/vectors.json.
type vector struct {
	Writer   string
	Type     string
	Protocol int
	Hex      string
	Expected *string
}

func (v vector) data(t testing.TB) []byte {
	t.Helper()
	data, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func loadVectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("../testdata/pickle/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vs []vector
	if err := json.Unmarshal(data, &vs); err != nil {
		t.Fatal(err)
	}
	return vs
}

// canonical returns the canonical Extended JSON of a value.
func canonical(t testing.TB, typ bson.Type, value []byte) string {
	t.Helper()
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendValue(doc, "v", typ, value), mark)
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
	if err != nil {
		t.Fatalf("AppendJSON: %v", err)
	}
	return string(text)
}

// expected returns the expected text in the spelling of package extjson, and its
// BSON.
func (v vector) expected(t testing.TB) (string, []byte) {
	t.Helper()
	doc, err := extjson.AppendBSON(nil, []byte(`{"v":`+*v.Expected+`}`))
	if err != nil {
		t.Fatalf("expected value: %v", err)
	}
	c := bson.NewCursor(doc)
	c.Next()
	return canonical(t, c.Type(), c.Data()), doc
}

var protocols = []pickle.Protocol{
	pickle.Protocol0, pickle.Protocol1, pickle.Protocol2, pickle.Protocol3, pickle.Protocol4, pickle.Protocol5,
}

func TestVectors(t *testing.T) {
	without := 0
	for _, v := range loadVectors(t) {
		name := v.Type + "/" + v.Writer
		if v.Expected == nil {
			without++
			// The name BinaryVector is not allowed. The other vectors are of
			// PyMongo 1.0, whose DBRef has no database. This is a value here,
			// but was an error for the program that made the vectors.
			_, _, err := pickle.AppendBSONValue(nil, v.data(t))
			if v.Type == "BinaryVector" && !errors.Is(err, pickle.ErrName) || v.Type != "BinaryVector" && err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		want, _ := v.expected(t)
		got, typ, err := pickle.AppendBSONValue(nil, v.data(t))
		if err != nil {
			t.Errorf("%s, protocol %d: %v", name, v.Protocol, err)
			continue
		}
		if diff := cmp.Diff(want, canonical(t, typ, got)); diff != "" {
			t.Errorf("%s, protocol %d (-want +got):\n%s", name, v.Protocol, diff)
			continue
		}
		if strings.HasPrefix(want, `{"v":{"`) && typ == bson.TypeDocument {
			doc, err := pickle.AppendBSON(nil, v.data(t))
			if err != nil || !bytes.Equal(doc, got) {
				t.Errorf("%s: AppendBSON: %v", name, err)
			}
		}
		for _, p := range protocols {
			for _, class := range []pickle.DocumentClass{pickle.Dict, pickle.SON} {
				o := pickle.EncodeOptions{Protocol: p, Documents: class}
				data, err := o.AppendPickleValue(nil, typ, got)
				if err != nil {
					t.Errorf("%s: writing protocol %d: %v", name, p, err)
					continue
				}
				again, typ2, err := pickle.AppendBSONValue(nil, data)
				if err != nil || typ2 != typ || !bytes.Equal(again, got) {
					t.Errorf("%s: writing protocol %d: %v (-want +got)\n%s", name, p, err, cmp.Diff(got, again))
				}
			}
		}
	}
	if without != 6 {
		t.Errorf("%d vectors without a value, want 6", without)
	}
}
