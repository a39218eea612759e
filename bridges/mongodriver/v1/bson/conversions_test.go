package bson_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	driver "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson"
)

// destinations are the types of a field that each value of everyType is read into.
var destinations = append([]reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int8](), reflect.TypeFor[int](), reflect.TypeFor[uint64](), reflect.TypeFor[float64](), reflect.TypeFor[string](),
	reflect.TypeFor[[]byte](), reflect.TypeFor[[2]byte](), reflect.TypeFor[time.Time](), reflect.TypeFor[time.Duration](), reflect.TypeFor[json.Number](),
	reflect.TypeFor[any](), reflect.TypeFor[*any](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](), reflect.TypeFor[map[string]bson.D](),
	reflect.TypeFor[[]bson.D](), reflect.TypeFor[[]bson.M](), reflect.TypeFor[[]bson.E](), reflect.TypeFor[struct{ A any }](),
	reflect.TypeFor[bson.D](), reflect.TypeFor[bson.A](), reflect.TypeFor[bson.M](), reflect.TypeFor[bson.Raw](),
	reflect.TypeFor[bson.RawValue](), reflect.TypeFor[primitive.ObjectID](), reflect.TypeFor[primitive.Decimal128](), reflect.TypeFor[primitive.Binary](),
	reflect.TypeFor[primitive.DateTime](), reflect.TypeFor[primitive.Timestamp](), reflect.TypeFor[primitive.Regex](), reflect.TypeFor[primitive.JavaScript](),
	reflect.TypeFor[primitive.Symbol](), reflect.TypeFor[primitive.CodeWithScope](), reflect.TypeFor[primitive.DBPointer](), reflect.TypeFor[primitive.Undefined](),
	reflect.TypeFor[primitive.Null](), reflect.TypeFor[primitive.MinKey](), reflect.TypeFor[primitive.MaxKey](), reflect.TypeFor[*primitive.ObjectID](), reflect.TypeFor[*bson.D](),
}, ownDestinations...)

// TestSameConversions: each value is read into a field of each type as by the driver,
// and a value in the field is written as by the driver.
func TestSameConversions(t *testing.T) {
	different := map[string]bool{}
	isDeclared := func(row string) bool {
		if key, into, _ := strings.Cut(row, " "); declared[row] == "" && key != "document" {
			row = "all but document " + into
		}
		different[row] = true
		return declared[row] != ""
	}
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
				if !isDeclared(row) {
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
				if !isDeclared(row) {
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

// TestDeclared: docs/differences.md has a row for each difference.
func TestDeclared(t *testing.T) {
	page := subjects(t, "## Go values")
	for row, subject := range declared {
		if !slices.Contains(page, subject) {
			t.Errorf("%s: docs/differences.md has no row with the subject %q", row, subject)
		}
	}
}

// subjects returns the first cells of the tables in a section of docs/differences.md,
// and of those in the sections inside it.
func subjects(t *testing.T, heading string) (cells []string) {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/differences.md")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("docs/differences.md is only in the repository, not in the module")
	}
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("docs/differences.md has no section %q", heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	section, _, _ = strings.Cut(section, "\n"+level+" ")
	for line := range strings.Lines(section) {
		if cell, _, ok := strings.Cut(strings.TrimPrefix(line, "| "), " |"); ok {
			cells = append(cells, cell)
		}
	}
	return cells
}

// plain returns the value of a field. A RawValue of the driver holds a registry, which
// is left out.
func plain(v reflect.Value) any {
	if r, ok := v.Interface().(bson.RawValue); ok {
		return bson.RawValue{Type: r.Type, Value: r.Value}
	}
	return v.Interface()
}
