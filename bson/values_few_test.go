package bson_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// TestContainerSizes: containers of every size around the number of values that the
// decoder keeps on the stack are read as a whole, and up to a fault, and slices are used
// again.
func TestContainerSizes(t *testing.T) {
	for n := range 40 {
		d, a, m := bson.D{}, bson.A{}, bson.M{}
		for i := range n {
			key := fmt.Sprint("k", i)
			d, a, m[key] = append(d, bson.E{key, int32(i)}), append(a, int32(i)), int32(i)
		}
		type record struct {
			D    bson.D
			A    bson.A
			Anys []any
			M    bson.M
			Map  map[string]any
			Any  any
			List any
		}
		want := record{d, a, a, m, m, d, a}
		doc, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		old := bson.D{{"old", "value"}}
		for name, got := range map[string]record{
			"new": {}, "smaller": {D: old, A: bson.A{"old"}, Anys: []any{"old"}},
			"larger": {D: append(make(bson.D, 0, 50), old...), A: append(make(bson.A, 0, 50), "old"), Anys: append(make([]any, 0, 50), "old")},
		} {
			before := got
			if err := bson.Unmarshal(doc, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d values, %s (-want +got):\n%s", n, name, diff)
			}
			if name == "larger" && n > 0 && (&got.D[0] != &before.D[0] || &got.A[0] != &before.A[0] || &got.Anys[0] != &before.Anys[0]) {
				t.Errorf("%d values: a slice with room is not used again", n)
			}
		}
		for at := range n {
			// The element at has the key of another one.
			dup := append(bson.D{}, d...)
			dup[at].Key = dup[(at+n-1)%n].Key
			doc, err := bson.Marshal(dup)
			if err != nil {
				t.Fatal(err)
			}
			last := max(at, (at+n-1)%n) // of the two
			o := bson.DecodeOptions{RejectDuplicateKeys: true}
			var got bson.D
			var gotMap bson.M
			err, mapErr := o.Unmarshal(doc, &got), o.Unmarshal(doc, &gotMap)
			if n > 1 {
				if !errors.Is(err, bson.ErrDuplicateKey) || !errors.Is(mapErr, bson.ErrDuplicateKey) {
					t.Errorf("%d values, key %d again: %v, map: %v", n, at, err, mapErr)
				}
				if diff := cmp.Diff(dup[:last], got); diff != "" || len(gotMap) != last {
					t.Errorf("%d values, key %d again: a map of %d, D (-want +got):\n%s", n, at, len(gotMap), diff)
				}
			}
		}
	}
}

// TestFirstFault: of two faults in a container of any size and Go type, the first in the
// order of the bytes is reported, also if only the second one makes the bytes malformed.
// The values before it are read.
func TestFirstFault(t *testing.T) {
	const size = 40
	for at := range size - 1 {
		doc, whole := bsoncore.Begin(nil)
		doc, list := bsoncore.BeginArray(doc, "v")
		for i := range size {
			key := strconv.Itoa(i)
			switch i {
			case at:
				doc = bsoncore.AppendString(doc, key, "\xff")
			case size - 1:
				doc = bsoncore.AppendHeader(doc, 0x20, key) // no type
			default:
				doc = bsoncore.AppendString(doc, key, "x")
			}
		}
		array := bsoncore.End(bsoncore.End(doc, list), whole)
		document := slices.Clone(array)
		document[4] = byte(bson.TypeDocument)
		type text string
		for v, doc := range map[any][]byte{
			new(struct{ V any }): array, new(struct{ V bson.A }): array, new(struct{ V []any }): array,
			new(struct{ V []string }): array, new(struct{ V []text }): array, new(struct{ V []*string }): array,
			new(struct{ V bson.D }): document, new(struct{ V bson.M }): document, new(struct{ V map[string]any }): document,
			new(struct{ V map[string]string }): document, new(struct{ V map[string]text }): document,
		} {
			err := bson.Unmarshal(doc, v)
			e, ok := errors.AsType[*bson.SyntaxError](err)
			if want := "/v/" + strconv.Itoa(at); !ok || e.Pointer != want || !errors.Is(err, bson.ErrUTF8) {
				t.Errorf("%T: %v, want %v at %s", v, err, bson.ErrUTF8, want)
			}
			got := reflect.ValueOf(v).Elem().Field(0)
			if got.Kind() == reflect.Interface {
				got = got.Elem()
			}
			if got.Len() != at && got.Len() != at+1 {
				t.Errorf("%T: %d values before the fault at %d", v, got.Len(), at)
			}
		}
	}
}
