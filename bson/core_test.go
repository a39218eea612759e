package bson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file holds that Raw, RawValue and Decoder are the types of package
// bsoncore with more methods, and that Go values may hold either.

// TestCoreMethods: a method of package bsoncore's type is a method of ours and
// returns the same.
func TestCoreMethods(t *testing.T) {
	for _, doc := range append(sample.Documents(sample.Wild, 1, 200), []byte("\x05\x00\x00\x00\x01"), nil) {
		for key, v := range bsoncore.Document(doc).All() {
			sameMethods(t, v, bson.RawValue{Type: v.Type, Value: v.Data})
			if diff := cmp.Diff(core(bson.Raw(doc).Lookup(key)), core(bsoncore.Document(doc).Lookup(key))); diff != "" {
				t.Fatalf("Lookup(%q) (-Raw +Document):\n%s", key, diff)
			}
		}
		sameMethods(t, bsoncore.Document(doc), bson.Raw(doc))
	}
	stream := bytes.Join(sample.Documents(sample.Wild, 2, 20), []byte("damage"))
	theirs, ours := bsoncore.NewDecoder(bytes.NewReader(stream)), bson.NewDecoder(bytes.NewReader(stream))
	damaged := 0
	for {
		next := theirs.Next()
		if ours.Next() != next {
			t.Fatal("Next differs")
		}
		if !next {
			again := theirs.Resync(nil)
			if ours.Resync(nil) != again {
				t.Fatal("Resync differs")
			}
			if !again {
				break
			}
			damaged++
		}
		sameMethods(t, theirs, ours)
	}
	if damaged == 0 {
		t.Error("no damage was found: the test looks at too little")
	}
}

// sameMethods calls the methods of both that take no argument, except Next.
func sameMethods(t *testing.T, theirs, ours any) {
	t.Helper()
	names := map[string]string{"Document": "Raw"}
	a, b := reflect.ValueOf(theirs), reflect.ValueOf(ours)
	called := 0
	for i := range a.NumMethod() {
		name := a.Type().Method(i).Name
		other := b.MethodByName(name)
		if to := names[name]; to != "" {
			other = b.MethodByName(to)
		}
		if !other.IsValid() {
			t.Errorf("%T has no method for %s", ours, name)
			continue
		}
		if a.Method(i).Type().NumIn() > 0 || a.Method(i).Type().NumOut() == 0 || name == "Next" || name == "All" {
			continue
		}
		called++
		for j, want := range a.Method(i).Call(nil) {
			got := other.Call(nil)[j]
			if diff := cmp.Diff(text(want), text(got)); diff != "" {
				t.Fatalf("%T.%s, result %d (-want +got):\n%s", ours, name, j, diff)
			}
		}
	}
	if called == 0 {
		t.Errorf("%T: no method was called", ours)
	}
}

// text returns the type and the value of v as text, in which NaN is NaN.
func text(v reflect.Value) string {
	x := core(v.Interface())
	return fmt.Sprintf("%T %v", x, x)
}

// core returns v with the types of package bsoncore in place of ours.
func core(v any) any {
	switch v := v.(type) {
	case bson.Raw:
		return bsoncore.Document(v)
	case bson.RawValue:
		return bsoncore.Value{Type: v.Type, Data: v.Value}
	}
	return v
}

// TestCoreInValues: a Document is written, read and printed as a Raw is, and a
// Value as a RawValue.
func TestCoreInValues(t *testing.T) {
	doc, err := new(bson.Builder).Int32("n", 7).String("s", "x").Document()
	if err != nil {
		t.Fatal(err)
	}
	v := doc.Lookup("n")
	ours := bson.D{{"d", bson.Raw(doc)}, {"v", bson.RawValue{Type: v.Type, Value: v.Data}}}
	theirs := bson.D{{"d", doc}, {"v", v}}
	for name, f := range map[string]func(bson.D) (string, error){
		"Marshal": func(d bson.D) (string, error) { b, err := bson.Marshal(d); return string(b), err },
		"JSON":    func(d bson.D) (string, error) { b, err := json.Marshal(d); return string(b), err },
		"String":  func(d bson.D) (string, error) { return d.String(), nil },
		"log": func(d bson.D) (string, error) {
			var b strings.Builder
			drop := func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}
			slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: drop})).Info("m", "d", d)
			return b.String(), nil
		},
	} {
		want, err := f(ours)
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := f(theirs)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}

	type fields struct {
		D bsoncore.Document
		V bsoncore.Value
	}
	data, err := bson.Marshal(theirs)
	if err != nil {
		t.Fatal(err)
	}
	got, err := bson.Decode[fields](data)
	if diff := cmp.Diff(fields{doc, v}, got); diff != "" || err != nil {
		t.Errorf("Decode: %v (-want +got):\n%s", err, diff)
	}
}
