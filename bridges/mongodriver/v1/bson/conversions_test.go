package bson_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	driver "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson"
)

// destinations are the types of a field that each value of everyType is read into. Raw
// is missing: v1 reads every value into it, and writes it as a document.
var destinations = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int8](), reflect.TypeFor[int](), reflect.TypeFor[uint64](), reflect.TypeFor[float64](), reflect.TypeFor[string](),
	reflect.TypeFor[[]byte](), reflect.TypeFor[[2]byte](), reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](), reflect.TypeFor[json.Number](),
	reflect.TypeFor[any](), reflect.TypeFor[*any](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](), reflect.TypeFor[map[string]bson.D](),
	reflect.TypeFor[[]bson.D](), reflect.TypeFor[[]bson.M](), reflect.TypeFor[[]bson.E](), reflect.TypeFor[struct{ A any }](),
	reflect.TypeFor[bson.D](), reflect.TypeFor[bson.A](), reflect.TypeFor[bson.M](),
	reflect.TypeFor[bson.RawValue](), reflect.TypeFor[primitive.ObjectID](), reflect.TypeFor[primitive.Decimal128](), reflect.TypeFor[primitive.Binary](),
	reflect.TypeFor[primitive.DateTime](), reflect.TypeFor[primitive.Timestamp](), reflect.TypeFor[primitive.Regex](), reflect.TypeFor[primitive.JavaScript](),
	reflect.TypeFor[primitive.Symbol](), reflect.TypeFor[primitive.CodeWithScope](), reflect.TypeFor[primitive.DBPointer](), reflect.TypeFor[primitive.Undefined](),
	reflect.TypeFor[primitive.Null](), reflect.TypeFor[primitive.MinKey](), reflect.TypeFor[primitive.MaxKey](), reflect.TypeFor[*primitive.ObjectID](), reflect.TypeFor[*bson.D](),
}

// declared has the differences that docs/differences.md declares, with the reasons.
var declared = map[string]string{
	"generic into [2]uint8":                  "the binary is shorter than the array",
	"decimal into json.Number":               "the text is a JSON number",
	"undefined into primitive.CodeWithScope": "a nil scope is written as an empty one",
	"document into []primitive.E":            "a document inside is a D, as in a D",
	"undefined into primitive.D":             "undefined is read into every other type too",
	"objectId into primitive.Symbol":         "an ObjectId is read into every other string too",
	"null into primitive.CodeWithScope":      "the same",
}

// TestSameConversions: each value is read into a field of each type as by the driver,
// and a value in the field is written as by the driver.
func TestSameConversions(t *testing.T) {
	different := map[string]bool{}
	for _, e := range everyType {
		doc, err := driver.Marshal(primitive.D{{Key: "f", Value: e.Value}})
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range destinations {
			into := reflect.StructOf([]reflect.StructField{{Name: "F", Type: typ}})
			ours, theirs := reflect.New(into), reflect.New(into)
			ourErr, theirErr := bson.Unmarshal(doc, ours.Interface()), driver.Unmarshal(doc, theirs.Interface())
			row := e.Key + " into " + typ.String()
			got, want := plain(ours.Elem().Field(0)), plain(theirs.Elem().Field(0))
			diff := ""
			if theirErr == nil && ourErr == nil {
				diff = cmp.Diff(want, got, same, cmp.Comparer(time.Time.Equal))
			}
			if diff != "" || (ourErr != nil) != (theirErr != nil) {
				different[row] = true
				if declared[row] == "" {
					t.Errorf("%s: driver %v, bsonkit %v (-driver +bsonkit):\n%s", row, theirErr, ourErr, diff)
				}
				continue
			}
			if ourErr != nil {
				continue
			}
			a, errA := driver.Marshal(theirs.Interface())
			b, errB := bson.Marshal(ours.Interface())
			if (errA != nil) != (errB != nil) || !bytes.Equal(a, b) {
				different[row] = true
				if declared[row] == "" {
					t.Errorf("%s, written: driver %v %v, bsonkit %v %v", row, bson.Raw(a), errA, bson.Raw(b), errB)
				}
			}
		}
	}
	for row := range declared {
		if !different[row] {
			t.Errorf("%s: no difference; delete the row", row)
		}
	}
}

// plain returns the value of a field. A RawValue of the driver holds a registry, which
// is left out.
func plain(v reflect.Value) any {
	if r, ok := v.Interface().(bson.RawValue); ok {
		return bson.RawValue{Type: r.Type, Value: r.Value}
	}
	return v.Interface()
}
