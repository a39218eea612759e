package extjson_test

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

type user struct {
	ID    objectid.ID `bson:"_id"`
	Name  string      `bson:"name"`
	Since time.Time   `bson:"since"`
	Tags  []string    `bson:"tags"`
	Best  struct {
		Score int32 `bson:"score"`
	} `bson:"best"`
}

const userText = `{"_id":{"$oid":"56e1fc72e0c917e9c4714161"},"name":"Ada","since":{"$date":"1970-01-01T00:00:01Z"},"tags":["a","b"],"best":{"score":7}}`

func TestGoValues(t *testing.T) {
	u, err := extjson.Decode[user]([]byte(userText))
	if err != nil {
		t.Fatal(err)
	}
	want := user{Name: "Ada", Since: time.Unix(1, 0).UTC(), Tags: []string{"a", "b"}}
	want.ID, _ = objectid.Parse("56e1fc72e0c917e9c4714161")
	want.Best.Score = 7
	if diff := cmp.Diff(want, u); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, err := extjson.Marshal(u)
	wantText(t, string(text), err, userText)
	text, err = extjson.MarshalIndent(bson.D{{Key: "a", Value: int32(1)}}, "  ")
	wantText(t, string(text), err, "{\n  \"a\": 1\n}")
	text, err = extjson.EncodeOptions{Mode: extjson.Canonical}.MarshalValue([]any{int32(1), "x"})
	wantText(t, string(text), err, `[{"$numberInt":"1"},"x"]`)
	text, err = extjson.EncodeOptions{Values: bson.EncodeOptions{MinSize: true}, Mode: extjson.Canonical}.Marshal(bson.D{{Key: "a", Value: int64(1)}})
	wantText(t, string(text), err, `{"a":{"$numberInt":"1"}}`)
	var id objectid.ID
	if err := extjson.UnmarshalValue([]byte(` {"$oid":"56e1fc72e0c917e9c4714161"} `), &id); err != nil || id != want.ID {
		t.Errorf("%v, %v", id, err)
	}
	var list []int
	if err := extjson.UnmarshalValue([]byte(`[1,2]`), &list); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestGoValueFaults: a value that does not fit is reported at its place in the text.
func TestGoValueFaults(t *testing.T) {
	for _, tc := range []struct{ text, pointer string }{
		{`{"name":¦1}`, "/name"},
		{"{\"x\" : {\"y\":[1,{}]},\n  \"name\" :\n ¦{\"$oid\":\"56e1fc72e0c917e9c4714161\"}}", "/name"},
		{`{"tags":["a", ¦2]}`, "/tags/1"},
		{`{"best":{"x":{"$date":{"$numberLong":"1"}},"score":¦"x"},"name":"x"}`, "/best/score"},
		{`{"best":{"score":¦99999999999}}`, "/best/score"},
		{`{"_id":¦"x"}`, "/_id"},
		{`{"na\u006de":¦1}`, "/name"},
	} {
		text, want := marked(t, tc.text, tc.pointer, nil)
		_, err := extjson.Decode[user]([]byte(text))
		var e *extjson.ValueError
		var c *bson.ConversionError
		if !errors.As(err, &e) || !errors.As(err, &c) {
			t.Errorf("%s: %T: %v", text, err, err)
			continue
		}
		got := fault{Offset: e.Offset, Line: e.Line, Column: e.Column, Pointer: e.Pointer}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
		// In a stream, with places from the start of the stream.
		d := extjson.NewDecoder(strings.NewReader("{}\n[{}, " + text + ",{\"name\":\"Bo\"}]"))
		var u user
		if err := errors.Join(d.Decode(&u), d.Decode(&u)); err != nil {
			t.Fatal(err)
		}
		if err := d.Decode(&u); !errors.As(err, &e) || e.Offset != want.Offset+int64(len("{}\n[{}, ")) || e.Line != want.Line+1 {
			t.Errorf("%s in a stream: %v", text, err)
		}
		if err := d.Decode(&u); err != nil || u.Name != "Bo" {
			t.Errorf("the next document: %+v, %v", u, err)
		}
		if err := d.Decode(&u); err != io.EOF {
			t.Errorf("at the end: %v, want io.EOF", err)
		}
	}
	shell := extjson.DecodeOptions{Shell: true}
	text, want := marked(t, `{_id: ObjectId("56e1fc72e0c917e9c4714161"), /* name */ 'x': /x/, name: ¦NumberInt(1)}`, "/name", nil)
	err := shell.Unmarshal([]byte(text), new(user))
	var e *extjson.ValueError
	if !errors.As(err, &e) || e.Offset != want.Offset {
		t.Errorf("%v, want offset %d", err, want.Offset)
	}
	var n int
	if err := extjson.UnmarshalValue([]byte(`  "x"`), &n); !errors.As(err, &e) || e.Offset != 2 {
		t.Errorf("%v, want offset 2", err)
	}
	if _, err := extjson.Marshal(5); !errors.Is(err, bson.ErrNotDocument) {
		t.Errorf("%v, want ErrNotDocument", err)
	}
	if _, err := extjson.Marshal(bson.D{{Key: "a", Value: bson.D{{Key: "$oid", Value: "x"}}}}); !errors.Is(err, extjson.ErrAmbiguous) {
		t.Errorf("%v, want ErrAmbiguous", err)
	}
}

// TestGoValueErrors: an error of the options has no place in the text, and a value
// that has no text gives none.
func TestGoValueErrors(t *testing.T) {
	var option *bson.OptionError
	wrong := extjson.DecodeOptions{Values: bson.DecodeOptions{TimeRange: 9}}
	if err := wrong.Unmarshal([]byte(`{}`), new(bson.D)); !errors.As(err, &option) || option.Option != "bson.DecodeOptions.TimeRange" {
		t.Errorf("Unmarshal: %v", err)
	}
	if err := wrong.UnmarshalValue([]byte(`1`), new(int)); !errors.As(err, &option) || option.Option != "bson.DecodeOptions.TimeRange" {
		t.Errorf("UnmarshalValue: %v", err)
	}
	text, err := extjson.EncodeOptions{Mode: extjson.Plain}.MarshalValue(bson.MinKey{})
	if text != nil || err == nil {
		t.Errorf("MarshalValue: %q, %v", text, err)
	}
	text, err = extjson.EncodeOptions{}.MarshalValue(make(chan int))
	if text != nil || !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("MarshalValue: %q, %v", text, err)
	}
}

// TestUnfitBelowWrappers: the place of a value that does not fit a Go value is that
// of its text, also inside documents with special keys. For a value in a call or
// wrapper it is the place of the whole call or wrapper.
func TestUnfitBelowWrappers(t *testing.T) {
	type ref struct {
		A struct {
			ID struct{ B int } `bson:"$id"`
		}
	}
	shell := extjson.DecodeOptions{Shell: true}
	for _, tc := range []struct {
		o       extjson.DecodeOptions
		text    string
		pointer string
	}{
		{extjson.DecodeOptions{}, `{"x":{"$oid":"` + oidHex + `"},"a":{"$ref":"c","$id":{"b":¦"y"}}}`, "/a/$id/b"},
		{extjson.DecodeOptions{}, `{"a":{"$id":{"c":[{"$numberInt":"1"},2],"b":¦"y"},"$ref":"c"}}`, "/a/$id/b"},
		{extjson.DecodeOptions{}, `{"a":¦{"$code":"x","$scope":{"b":"y"}}}`, "/a"},
		{shell, `{a:¦DBRef("c",{b:"y"})}`, "/a/$id/b"},
		{shell, `{x:ObjectId("` + oidHex + `"), /* , */ a:{$ref:'c',$id:{ b : ¦'y'}}}`, "/a/$id/b"},
	} {
		text, want := marked(t, tc.text, tc.pointer, bson.ErrMismatch)
		want.Value = true
		err := tc.o.Unmarshal([]byte(text), new(ref))
		wantFault(t, err, want)
		d := tc.o.NewDecoder(strings.NewReader("{}\n\n  " + text))
		if err := d.Decode(new(ref)); err != nil {
			t.Fatal(err)
		}
		want.Offset, want.Line, want.Column = want.Offset+6, want.Line+2, want.Column+2
		wantFault(t, d.Decode(new(ref)), want)
	}
}

// TestMarshalValueRefused: a value without a faithful text is an error of every
// function that writes it. An Encoder continues with the next value.
func TestMarshalValueRefused(t *testing.T) {
	v := bson.D{{Key: "$oid", Value: 1}}
	exact := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	if text, err := exact.MarshalValue(v); !errors.Is(err, extjson.ErrAmbiguous) || text != nil {
		t.Errorf("%q, %v, want ErrAmbiguous", text, err)
	}
	if text, err := exact.MarshalValue(bson.A{math.Copysign(math.NaN(), -1)}); !errors.Is(err, extjson.ErrLossy) || text != nil {
		t.Errorf("%q, %v, want ErrLossy", text, err)
	}
	var out strings.Builder
	e := exact.NewEncoder(&out)
	wantFault(t, e.Encode(bson.D{{Key: "a", Value: v}}), fault{Offset: 11, Pointer: "/a/$oid", Err: extjson.ErrAmbiguous, Value: true})
	wantFault(t, e.Encode(bson.D{{Key: "a", Value: bson.D{{Key: "b", Value: "\xff"}}}}), fault{Offset: 14, Pointer: "/a/b", Err: bson.ErrUTF8, Value: true})
	if err := e.Encode(bson.D{{Key: "a", Value: bson.A{make(chan int)}}}); !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("%v, want ErrUnsupported", err)
	}
	if err := errors.Join(e.Encode(bson.D{}), e.Close()); err != nil {
		t.Fatal(err)
	}
	wantText(t, out.String(), nil, "{}\n")
}

// TestGoValuesRoundTrip: a document that is converted to text, to a Go value and
// back does not change.
func TestGoValuesRoundTrip(t *testing.T) {
	for _, doc := range sample.Documents(sample.Wild, 13, 300) {
		text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatal(err)
		}
		d, err := extjson.Decode[bson.D](text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := extjson.EncodeOptions{Mode: extjson.Canonical}.Marshal(d)
		wantText(t, string(again), err, string(text))
	}
}

func TestStreamOfGoValues(t *testing.T) {
	var out strings.Builder
	e := extjson.EncodeOptions{Array: true}.NewEncoder(&out)
	for _, v := range []any{bson.D{{Key: "a", Value: int32(1)}}, map[string]any{"b": "x"}, bson.Raw{5, 0, 0, 0, 0}, []byte{5, 0, 0, 0, 0}} {
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Encode(1); !errors.Is(err, bson.ErrNotDocument) {
		t.Errorf("%v, want ErrNotDocument", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	wantText(t, out.String(), nil, "[{\"a\":1},\n{\"b\":\"x\"},\n{},\n{}]\n")
	var got []map[string]any
	for m, err := range extjson.Values[map[string]any](strings.NewReader(out.String())) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m)
	}
	if len(got) != 4 || got[1]["b"] != "x" {
		t.Errorf("%v", got)
	}
	n, faults := 0, 0
	for _, err := range extjson.Values[struct{ A int }](strings.NewReader(`{"a":1}{"a":"x"}{"a":2}{"a":`)) {
		if n++; err != nil {
			faults++
		}
	}
	if n != 4 || faults != 2 {
		t.Errorf("%d values, %d faults", n, faults)
	}
}
