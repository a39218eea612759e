package extjson_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestAppender: the text of each element is that of AppendJSONValue, for all options, and
// the walk goes on as if no text had been made.
func TestAppender(t *testing.T) {
	var options []extjson.EncodeOptions
	for _, p := range encodePaths {
		for _, maxLen := range []int{0, 30} {
			o := p.o
			o.Lossy, o.MaxLen = true, maxLen
			options = append(options, o)
		}
	}
	docs := append(sample.Documents(sample.Bench, 1, 20), sample.Documents(sample.Wild, 1, 20)...)
	for _, o := range options {
		a, err := o.NewAppender()
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range docs {
			a.Reset(doc)
			plain := bsoncore.NewCursor(doc)
			checkElements(t, o, a, &plain)
			if a.Cursor().Err() != nil {
				break // a value without a text in this mode
			}
		}
	}
}

// checkElements compares the elements of the open container. It enters every other container.
func checkElements(t *testing.T, o extjson.EncodeOptions, a *extjson.Appender, plain *bsoncore.Cursor) {
	t.Helper()
	c := a.Cursor()
	for plain.Next() {
		if !c.Next() || c.Offset() != plain.Offset() {
			t.Fatalf("%+v: the walk is at %d, not at %d: %v", o, c.Offset(), plain.Offset(), c.Err())
		}
		if plain.Type().IsContainer() && plain.Offset()%2 == 0 && plain.Enter() && c.Enter() {
			checkElements(t, o, a, plain)
			if c.Err() != nil {
				return
			}
			plain.Leave()
			c.Leave()
			continue
		}
		want, wantErr := o.AppendJSONValue([]byte("x"), plain.Type(), plain.Data())
		got, err := a.AppendElement([]byte("x"))
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%+v: (-want +got):\n%s", o, diff)
		}
		if wantErr != nil {
			if err == nil || errors.Unwrap(err) != errors.Unwrap(wantErr) || c.Next() {
				t.Errorf("%+v: error %v, want %v and the end", o, err, wantErr)
			}
			return
		}
		if err != nil {
			t.Errorf("%+v: error %v", o, err)
		}
	}
}

// TestAppenderFaults: offsets count from the start of the document, a fault ends the walk,
// and Reset begins again.
func TestAppenderFaults(t *testing.T) {
	for _, tc := range []struct {
		name string
		o    extjson.EncodeOptions
		doc  string // after {n: null}
		want fault
	}{
		{"not UTF-8", extjson.EncodeOptions{}, "02 6100 02000000 ff00", fault{Offset: 14, Pointer: "/a", Err: bson.ErrUTF8}},
		{"a special key", extjson.EncodeOptions{}, "03 6100 11000000 02 246f696400 02000000 7800 00", fault{Offset: 14, Pointer: "/a/$oid", Err: extjson.ErrAmbiguous, Value: true}},
		{"malformed within", extjson.EncodeOptions{}, "03 6100 08000000 10 6200 00", fault{Offset: 17, Pointer: "/a/b", Err: bson.ErrLength}},
		{"too deep", extjson.EncodeOptions{MaxDepth: 1}, "03 6100 05000000 00", fault{Offset: 7, Pointer: "/a", Err: bson.ErrDepth, Value: true}},
		{"lossy", extjson.EncodeOptions{RejectLossy: true}, "01 6100 010000000000f87f", fault{Offset: 7, Pointer: "/a", Err: extjson.ErrLossy, Value: true}},
		{"too long", extjson.EncodeOptions{MaxTextSize: 4}, "02 6100 04000000 78787800", fault{Err: bson.ErrTooLarge, Value: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, err := tc.o.NewAppender()
			if err != nil {
				t.Fatal(err)
			}
			doc := document(t, "0a 6e00"+tc.doc)
			for range 2 {
				a.Reset(doc)
				c := a.Cursor()
				c.Next()
				if text, err := a.AppendElement(nil); string(text) != "null" || err != nil {
					t.Fatalf("%s, %v", text, err)
				}
				c.Next()
				text, err := a.AppendElement([]byte("before"))
				wantFault(t, err, tc.want)
				if string(text) != "before" || c.Next() || !errors.Is(c.Err(), tc.want.Err) {
					t.Errorf("%q, and the walk ends with %v", text, c.Err())
				}
			}
		})
	}
}

// TestAppenderRoom: the memory for the text of a long element is guessed from this element,
// not from the document around it.
func TestAppenderRoom(t *testing.T) {
	d := bson.D{}
	for range 20 {
		d = append(d, bson.E{Key: "a", Value: bson.A{strings.Repeat("x", 400<<10), strings.Repeat("\n", 200<<10)}})
	}
	doc, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	a, err := extjson.EncodeOptions{}.NewAppender()
	if err != nil {
		t.Fatal(err)
	}
	a.Reset(doc)
	for c := a.Cursor(); c.Next(); {
		text, err := a.AppendElement(nil)
		if err != nil {
			t.Fatal(err)
		}
		if most := 2 * len(text); cap(text) > most {
			t.Fatalf("element at %d: capacity %d for %d bytes, want at most %d", c.Offset(), cap(text), len(text), most)
		}
	}
}
