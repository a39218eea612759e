package columns

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// shapes has a shape of each form, and more for the forms with parameters.
func shapes() []shape {
	element := shape{form: asInt32}.field("element")
	var all []shape
	for f := form(1); f < formCount; f++ {
		s := shape{form: f}
		switch f {
		case asDecimal:
			s.typ = &arrow.Decimal128Type{Precision: 34, Scale: 2}
			all = append(all, shape{form: f, typ: &arrow.Decimal256Type{Precision: 76, Scale: 40}})
		case asDocument:
			s.typ = arrow.StructOf(element)
		case asMap:
			s.typ = arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32)
		case asArray:
			s.typ = arrow.ListOfField(element)
		case asUnion:
			s.typ = arrow.DenseUnionOf([]arrow.Field{element}, []arrow.UnionTypeCode{0})
		case asBinary:
			all = append(all, shape{form: f, subtype: 255})
		}
		all = append(all, s)
	}
	return all
}

// TestShape: the shape of a field is that of which it was made, for all nulls. So neither
// direction has a form that the other does not know.
func TestShape(t *testing.T) {
	for _, want := range shapes() {
		for want.nulls = range nulls(len(nullsNames)) {
			got, ok := shapeOf(want.field("x"))
			if !ok || got.form != want.form || got.nulls != want.nulls || got.subtype != want.subtype ||
				!arrow.TypeEqual(got.storage(), want.storage()) {
				t.Errorf("shape %+v came back as %+v, %v", want, got, ok)
			}
		}
	}
}

// TestTypesHaveForms: each BSON type has a form.
func TestTypesHaveForms(t *testing.T) {
	missing := map[string]bool{}
	for b := range 256 {
		if t := bsoncore.Type(b); t.Valid() {
			missing[t.String()] = true
		}
	}
	for _, r := range rows {
		for _, t := range r.types {
			delete(missing, t.String())
		}
	}
	if diff := cmp.Diff(map[string]bool{}, missing); diff != "" {
		t.Errorf("types without a form (-want +got):\n%s", diff)
	}
}
