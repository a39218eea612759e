package bson_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/v2/bson"
)

type (
	namedText  string
	namedMap   map[string]any
	namedBytes []byte
	hidden     struct{ s string }
)

func (h hidden) MarshalText() ([]byte, error) { return []byte(h.s), nil }

// written are values of types that programs have. The subject names the row of
// docs/differences.md for a value that is written by another rule.
var written = []struct {
	v       any
	subject string
}{
	{true, ""}, {int8(1), ""}, {int64(1), ""}, {uint32(5), ""}, {uint64(1 << 63), ""}, {float32(1.5), ""}, {"text", ""}, {namedText("text"), ""},
	{[]byte{1}, ""}, {[]byte(nil), ""}, {namedBytes{1}, ""}, {[2]byte{1, 2}, ""}, {[2]int{1, 2}, ""}, {[]string{"a"}, ""}, {[][]byte{{1}}, ""}, {[]any(nil), ""},
	{map[string]any(nil), ""}, {map[int]int{1: 2}, ""}, {map[namedText]int{"a": 1}, ""}, {map[float64]int{1.5: 1}, ""}, {map[bool]int{true: 1}, ""},
	{namedMap{"a": 1}, ""}, {struct{}{}, ""}, {new(int), ""}, {(*string)(nil), ""}, {time.Unix(5, 999999), ""}, {time.Duration(5), ""}, {url.URL{Host: "h"}, ""},
	{json.Number("5"), ""}, {json.Number("1.5"), ""}, {json.Number("x"), ""}, {json.RawMessage("{}"), ""}, {complex(1, 2), ""}, {make(chan int), ""},
	{bson.D(nil), ""}, {bson.M(nil), ""}, {bson.A(nil), ""}, {[]bson.E{{Key: "a", Value: 1}}, ""}, {bson.E{Key: "k", Value: 1}, ""},
	{bson.ObjectID{1}, ""}, {bson.Binary{}, ""}, {bson.Regex{Pattern: "a", Options: "zi"}, ""}, {bson.DateTime(1 << 62), ""}, {bson.Null{}, ""},
	{bson.Symbol("x"), ""}, {bson.CodeWithScope{Code: "x", Scope: bson.M{"a": 1}}, ""}, {bson.RawValue{}, ""}, {map[bson.ObjectID]int{{}: 1}, ""},
	{hidden{"x"}, "struct without exported fields that has `MarshalText` (`netip.Addr`, `big.Int`)"},
	{netip.MustParseAddr("1.2.3.4"), "struct without exported fields that has `MarshalText` (`netip.Addr`, `big.Int`)"},
	{*big.NewInt(5), "struct without exported fields that has `MarshalText` (`netip.Addr`, `big.Int`)"},
	{*regexp.MustCompile("a"), "`regexp.Regexp`"}, {"a\xff", "text or key that is not UTF-8"},
	{bson.CodeWithScope{Code: "x"}, "code with scope, scope nil"}, {bson.Raw(nil), "nil `Raw` of the driver"},
}

// TestSameWritten: a value is written as by the driver, in a D, in an any, with omitempty
// and minsize, and by MarshalValue. Values with a subject are not.
func TestSameWritten(t *testing.T) {
	page := subjects(t, "## Go values")
	for _, tc := range written {
		name := fmt.Sprintf("%T", tc.v)
		if tc.subject != "" && !slices.Contains(page, tc.subject) {
			t.Errorf("%s: docs/differences.md has no row with the subject %q", name, tc.subject)
		}
		field := func(tag string) any {
			s := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "F", Type: reflect.TypeOf(tc.v), Tag: reflect.StructTag(`bson:",` + tag + `"`)}})).Elem()
			s.Field(0).Set(reflect.ValueOf(tc.v))
			return s.Interface()
		}
		differs := false
		for place, in := range map[string]any{
			"in a D": bson.D{{Key: "f", Value: tc.v}}, "in an any": struct{ F any }{tc.v}, "with omitempty": field("omitempty"), "with minsize": field("minsize"),
		} {
			want, wantErr := driver.Marshal(in)
			got, err := bson.Marshal(in)
			if (err != nil) == (wantErr != nil) && bytes.Equal(got, want) {
				continue
			}
			if differs = true; tc.subject == "" {
				t.Errorf("%s %s:\ndriver  %v %v\nbsonkit %v %v", name, place, bson.Raw(want), wantErr, bson.Raw(got), err)
			}
		}
		wantType, want, wantErr := driver.MarshalValue(tc.v)
		gotType, got, err := bson.MarshalValue(tc.v)
		if (err != nil) != (wantErr != nil) || gotType != wantType || !bytes.Equal(got, want) {
			if differs = true; tc.subject == "" {
				t.Errorf("%s, MarshalValue:\ndriver  %v %x %v\nbsonkit %v %x %v", name, wantType, want, wantErr, gotType, got, err)
			}
		}
		if !differs && tc.subject != "" {
			t.Errorf("%s: no difference; delete the subject %q", name, tc.subject)
		}
	}
}
