package extjson_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// TestMarshalExtJSON: the driver's parameters choose the mode, and the spelling is
// the driver's.
func TestMarshalExtJSON(t *testing.T) {
	v := bson.D{{Key: "n", Value: int64(1)}, {Key: "d", Value: 1e6}, {Key: "html", Value: "<\u2028>"}, {Key: "field", Value: bson.D{{Key: "$date", Value: bson.D{{Key: "$numberLong", Value: "1"}}}}}}
	for _, tc := range []struct {
		name                  string
		canonical, escapeHTML bool
		want                  string
	}{
		{"relaxed", false, false, `{"n":1,"d":1E+06,"html":"<\u2028>","field":{"$date":{"$numberLong":"1"}}}`},
		{"canonical", true, false, `{"n":{"$numberLong":"1"},"d":{"$numberDouble":"1E+06"},"html":"<\u2028>","field":{"$date":{"$numberLong":"1"}}}`},
		{"escaped", false, true, `{"n":1,"d":1E+06,"html":"\u003c\u2028\u003e","field":{"$date":{"$numberLong":"1"}}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := extjson.MarshalExtJSON(v, tc.canonical, tc.escapeHTML)
			if diff := cmp.Diff(tc.want, string(got)); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	got, err := extjson.MarshalExtJSONIndent(bson.D{{Key: "a", Value: bson.A{int32(1)}}}, true, false, ">", "\t")
	want := "{\n>\t\"a\": [\n>\t\t{\n>\t\t\t\"$numberInt\": \"1\"\n>\t\t}\n>\t]\n>}"
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := extjson.MarshalExtJSONIndent(make(chan int), true, false, "", ""); got != nil || !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("%s, %v, want ErrUnsupported", got, err)
	}
	var b bytes.Buffer
	if err := extjson.IndentExtJSON(&b, []byte(`{"a":`), "", " "); err == nil {
		t.Error("text that is cut has no error")
	}
}

// TestUnmarshalExtJSON: legacy text is read unless canonicalOnly is true.
func TestUnmarshalExtJSON(t *testing.T) {
	text := []byte(`{"b":{"$binary":"AQ==","$type":"03"},"at":{"$date":1500}}`)
	want := bson.D{{Key: "b", Value: bson.Binary{Subtype: 3, Data: []byte{1}}}, {Key: "at", Value: bson.DateTime(1500)}}
	var got bson.D
	err := extjson.UnmarshalExtJSON(text, false, &got)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if err := extjson.UnmarshalExtJSON(text, true, &got); err == nil {
		t.Error("canonicalOnly reads legacy text")
	}
	if err := extjson.UnmarshalExtJSON([]byte(`{"n":{"$numberInt":"7"}}`), true, &got); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(bson.D{{Key: "n", Value: int32(7)}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestUnmarshalArray: text that is an array is read into a slice or an any; into a
// value for documents it is an error with its place.
func TestUnmarshalArray(t *testing.T) {
	text := []byte("\ufeff \n[{\"a\":1},{\"a\":2}]")
	var docs []struct{ A int }
	if err := extjson.Unmarshal(text, &docs); err != nil || len(docs) != 2 || docs[1].A != 2 {
		t.Errorf("%v, %v", docs, err)
	}
	got, err := extjson.Decode[any]([]byte(`[1,"x"]`))
	if diff := cmp.Diff(any(bson.A{int32(1), "x"}), got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	var doc bson.D
	var refused *extjson.ValueError
	if err := extjson.Unmarshal(text, &doc); !errors.Is(err, bson.ErrMismatch) || !errors.As(err, &refused) || refused.Line != 2 || refused.Column != 1 {
		t.Errorf("into a D: %v, want ErrMismatch at 2:1", err)
	}
	var syntax *extjson.SyntaxError
	if err := extjson.Unmarshal([]byte(`[1,`), &docs); !errors.As(err, &syntax) || syntax.Offset != 3 {
		t.Errorf("cut text: %v, want a *SyntaxError at 3", err)
	}
	for _, text := range []string{`1`, `"a"`, ``, `]`} {
		if err := extjson.Unmarshal([]byte(text), new(any)); !errors.As(err, &syntax) {
			t.Errorf("%q: %v, want a *SyntaxError", text, err)
		}
	}
}
