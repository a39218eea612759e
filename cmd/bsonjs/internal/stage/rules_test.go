package stage

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Faults of a record are listed up to a limit, and the others are counted.
func TestRules(t *testing.T) {
	for _, tc := range []struct{ faults, listed, more int }{
		{0, 0, 0}, {1, 1, 0}, {3, 3, 0}, {maxFaults, maxFaults, 0}, {maxFaults + 7, maxFaults, 7},
	} {
		doc, mark := bsoncore.Begin(nil)
		for range tc.faults {
			doc = bsoncore.AppendNull(doc, "")
		}
		doc = bsoncore.End(doc, mark)
		rules := Rules{bson.ValidateOptions{RejectEmptyKeys: true}}
		keep, err := rules.Do(&record.Record{Type: bson.TypeDocument, Data: doc})
		all, _ := errors.AsType[record.Faults](err)
		if !keep || (err == nil) != (tc.faults == 0) {
			t.Errorf("%d faults: keep %t, %v", tc.faults, keep, err)
		}
		if diff := cmp.Diff([2]int{tc.listed, tc.more}, [2]int{len(all.List), all.More}); diff != "" {
			t.Errorf("%d faults, listed and more (-want +got):\n%s", tc.faults, diff)
		}
	}
}

// The rules apply to values that are not documents too.
func TestRulesOfValues(t *testing.T) {
	rules := Rules{bson.ValidateOptions{RejectDuplicateKeys: true}}
	for _, tc := range []struct {
		name  string
		value any
		want  error
	}{
		{"a number", int32(7), nil}, // its bytes are no document
		{"sound", bson.A{1, bson.D{{Key: "a", Value: 1}}}, nil},
		{"broken", bson.A{1, bson.D{{Key: "a", Value: 1}, {Key: "a", Value: 2}}}, bson.ErrDuplicateKey},
	} {
		typ, data, err := bson.MarshalValue(tc.value)
		if err != nil {
			t.Fatal(err)
		}
		keep, err := rules.Do(&record.Record{Type: typ, Data: data})
		if !keep || !errors.Is(err, tc.want) {
			t.Errorf("%s: keep %t, %v, want true, %v", tc.name, keep, err, tc.want)
		}
	}
}
