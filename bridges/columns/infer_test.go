package columns

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// outline returns the fields of a schema, one in a line, with their extension types and
// nulls.
func outline(s *arrow.Schema) []string {
	var lines []string
	for _, f := range s.Fields() {
		line := f.Name + " " + typeText(f.Type)
		if name, ok := f.Metadata.GetValue(extensionName); ok {
			line += " " + name
			if parameters, _ := f.Metadata.GetValue(extensionMetadata); parameters != "" {
				line += "(" + parameters + ")"
			}
		}
		if of, ok := f.Metadata.GetValue(flagKey); ok {
			line += " null of " + of
		}
		if nulls, ok := f.Metadata.GetValue(nullsKey); ok {
			line += " " + nulls
		}
		lines = append(lines, line)
	}
	return lines
}

// typeText returns a type without that its values may be null, which all may.
func typeText(t arrow.DataType) string {
	u, ok := t.(*arrow.DenseUnionType)
	if !ok {
		return strings.NewReplacer(", nullable", "", " nullable", "", "[storage_type=utf8]", "").Replace(t.String())
	}
	var kids []string
	for _, f := range u.Fields() {
		kids = append(kids, f.Name+": "+typeText(f.Type))
	}
	return "union<" + strings.Join(kids, ", ") + ">"
}

// TestInfer has the column of each type, and of paths with null, missing fields and several
// types.
func TestInfer(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options Options
		docs    []string
		want    []string
	}{
		{"types with an Arrow type", Options{}, []string{
			`{a: 1, b: NumberLong(1), c: 1.5, d: true, e: "x", f: ISODate("2024-02-29T12:00:00Z")}`,
		}, []string{
			"a int32 missing", "b int64 missing", "c float64 missing", "d bool missing", "e utf8 missing", "f timestamp[ms, tz=UTC] missing",
		}},
		{"types with an extension type", Options{}, []string{
			`{a: ObjectId("507f1f77bcf86cd799439011"), b: UUID("00112233-4455-6677-8899-aabbccddeeff"), c: BinData(5, ""), d: /x/, e: Code(""), f: BSONSymbol("")}`,
			`{g: Timestamp(1, 2), h: MinKey(), i: MaxKey(), j: undefined, k: {}, l: Code("", {}), m: DBPointer("a.b", ObjectId("507f1f77bcf86cd799439011"))}`,
		}, []string{
			"a fixed_size_binary[12] pymongoarrow.objectid missing",
			"b extension<arrow.uuid> missing",
			"c binary pymongoarrow.binary(subtype=5) missing",
			"d struct<pattern: utf8, options: utf8> bsonkit.regex missing",
			"e utf8 pymongoarrow.code missing",
			"f utf8 bsonkit.symbol missing",
			"g struct<t: uint32, i: uint32> bsonkit.timestamp missing",
			"h bool bsonkit.min_key missing",
			"i bool bsonkit.max_key missing",
			"j bool bsonkit.undefined missing",
			"k bool bsonkit.empty_document missing",
			"l struct<code: utf8, scope: binary> bsonkit.code_with_scope missing",
			"m struct<namespace: utf8, id: fixed_size_binary[12]> bsonkit.db_pointer missing",
		}},
		{"binaries", Options{}, []string{
			`{a: BinData(4, "AAEC"), b: BinData(0, ""), c: BinData(0, "")}`, `{b: BinData(0, "AA=="), c: BinData(1, "")}`,
		}, []string{
			"a binary pymongoarrow.binary(subtype=4) missing",
			"b binary pymongoarrow.binary(subtype=0) missing",
			"c struct<subtype: uint8, data: binary> bsonkit.binary missing",
		}},
		{"nulls", Options{}, []string{
			`{a: null, b: null, c: 1}`, `{a: null, c: null, d: {e: null}}`, `{a: null, d: {e: 1}}`,
		}, []string{
			"a null null", "b null flag", "b.null bool null of b", "c int32 flag", "c.null bool null of c", "d struct<e: int32> missing",
		}},
		{"nulls that are one", Options{Nulls: NullsFold}, []string{`{a: null}`, `{}`, `{a: 1}`}, []string{"a int32 null"}},
		{"containers", Options{}, []string{
			`{a: {b: {c: 1}}, d: [1, 2], e: [[]], f: [{g: 1}, {h: "x"}], i: []}`,
		}, []string{
			"a struct<b: struct<c: int32>> missing",
			"d list<item: int32> missing",
			"e list<item: list<item: null>> missing",
			"f list<item: struct<g: int32, h: utf8>> missing",
			"i list<item: null> missing",
		}},
		{"decimals of one exponent", Options{}, []string{`{a: NumberDecimal("1.50")}`, `{a: NumberDecimal("1E-2")}`}, []string{"a decimal(34, 2) missing"}},
		{"decimals of two exponents", Options{}, []string{`{a: NumberDecimal("1.50")}`, `{a: NumberDecimal("1.5")}`}, []string{"a utf8 bsonkit.decimal128 missing"}},
		{"decimal of a positive exponent", Options{}, []string{`{a: NumberDecimal("1E+2")}`}, []string{"a utf8 bsonkit.decimal128 missing"}},
		{"decimals that are not numbers", Options{}, []string{`{a: NumberDecimal("NaN"), b: NumberDecimal("-0")}`}, []string{
			"a utf8 bsonkit.decimal128 missing", "b utf8 bsonkit.decimal128 missing",
		}},
		{"decimals as numbers", Options{Decimal: DecimalNumber}, []string{
			`{a: NumberDecimal("1.50"), b: NumberDecimal("123456789012345678901234567890.1234")}`, `{a: NumberDecimal("1E+2"), b: NumberDecimal("1E-20")}`,
		}, []string{"a decimal(38, 2) missing", "b decimal256(76, 20) missing"}},
		{"decimals as decimal256", Options{Decimal: Decimal256}, []string{`{a: NumberDecimal("1.50")}`}, []string{"a decimal256(76, 2) missing"}},
		{"decimals as bits", Options{Decimal: DecimalBits}, []string{`{a: NumberDecimal("1.50")}`}, []string{"a fixed_size_binary[16] pymongoarrow.decimal128 missing"}},
		{"regexes as text", Options{Regex: RegexText}, []string{`{a: /x/}`}, []string{"a utf8 bsonkit.regex missing"}},
		{"wider numbers", Options{Mixed: MixedWiden}, []string{`{a: 1, b: 1, c: NumberLong(1)}`, `{a: NumberLong(1), b: 1.5, c: 1.5}`}, []string{
			"a int64 missing", "b float64 missing", "c float64 missing",
		}},
		{"json", Options{Mixed: MixedJSON}, []string{`{a: 1, b: [1, "x"]}`, `{a: "x"}`}, []string{
			"a extension<arrow.json> missing", "b list<item: extension<arrow.json>> missing",
		}},
		{"the most frequent type", Options{Mixed: MixedNull}, []string{`{a: 1}`, `{a: "x"}`, `{a: "y"}`}, []string{"a utf8 missing"}},
		{"union", Options{Mixed: MixedUnion}, []string{`{a: 1}`, `{a: "x"}`, `{a: "y"}`, `{a: {b: 1}}`}, []string{
			"a union<string: utf8, object: struct<b: int32>, int: int32, null: null, missing: null> null",
		}},
		{"keys that are data", Options{}, []string{`{a: {` + dataKeys(40) + `}}`}, []string{"a map<utf8, struct<n: int32>, items_nullable> missing"}},
		{"keys that are data beside others", Options{Mixed: MixedJSON}, []string{`{a: {x: 1, ` + dataKeys(40) + `}}`}, []string{"a extension<arrow.json> missing"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			found, err := describe(parse(t, tc.docs...), tc.options)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Infer(found, tc.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, outline(s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestInferErrors: what has no column is an error with the path and the reason.
func TestInferErrors(t *testing.T) {
	mixed := &MixedTypesError{[]MixedPath{
		{"a", []MixedType{{bson.TypeInt32, 2, 1}, {bson.TypeString, 1, 3}}},
		{"b[]", []MixedType{{bson.TypeDouble, 1, 2}, {bson.TypeInt32, 1, 2}}},
	}}
	mixedDocs := []string{`{a: 1}`, `{a: 2, b: [1.5, 1]}`, `{a: "x", b: null}`}
	twice, mark := bsoncore.Begin(nil)
	twice = bsoncore.End(bsoncore.AppendInt32(bsoncore.AppendInt32(twice, "a", 1), "a", 2), mark)
	deep := strings.Repeat(`{a: `, 61) + `1` + strings.Repeat(`}`, 61)
	lists := `{a: ` + strings.Repeat(`[`, 60) + `1` + strings.Repeat(`]`, 60) + `}`
	for _, tc := range []struct {
		name    string
		options Options
		docs    [][]byte
		want    error
	}{
		{"mixed types", Options{}, parse(t, mixedDocs...), mixed},
		{"types that do not widen", Options{Mixed: MixedWiden}, parse(t, mixedDocs...), &MixedTypesError{mixed.Paths[:1]}},
		{"duplicate keys", Options{}, append(parse(t, `{a: 1}`), twice), &ColumnError{Path: "a", Err: ErrDuplicateKey, First: schema.Place{Document: 2, Offset: 11}}},
		{"deep documents", Options{}, parse(t, deep), &ColumnError{Path: strings.Repeat("a.", 59) + "a", Err: ErrLevels}},
		{"deep arrays", Options{}, parse(t, lists), &ColumnError{Path: "a" + strings.Repeat("[]", 59), Err: ErrLevels}},
		{"many columns", Options{MaxColumns: 2}, parse(t, `{a: 1, b: {c: 1}}`), &ColumnError{Path: "b", Err: errLost}},
		{"keys that are data", Options{}, parse(t, `{`+dataKeys(40)+`}`), &ColumnError{Path: "", Err: errDataKeys}},
		{"keys that are data beside others", Options{}, parse(t, `{a: {x: 1, `+dataKeys(40)+`}}`), &ColumnError{Path: "a", Err: errDataKeys}},
		{"decimals without their sizes", Options{Decimal: DecimalNumber}, parse(t, `{a: NumberDecimal("1")}`), &ColumnError{Path: "a", Err: errNumbers}},
		{"documents without their paths", Options{Mixed: MixedUnion}, parse(t, `{a: {b: 1}}`, `{a: 1}`), &ColumnError{Path: "a", Err: errLeaf}},
		{"arrays without their paths", Options{Mixed: MixedNull}, parse(t, `{a: [1], b: 1}`, `{a: [2]}`, `{a: 1}`), &ColumnError{Path: "a", Err: errLeaf}},
		{"option out of range", Options{Mixed: 9}, nil, &bsoncore.OptionError{Option: "columns.Options.Mixed", Value: "9"}},
		{"negative option", Options{BatchBytes: -1}, nil, &bsoncore.OptionError{Option: "columns.Options.BatchBytes", Value: "-1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			limits := tc.options
			limits.Mixed, limits.BatchBytes, limits.Decimal = 0, 0, 0
			found, err := describe(tc.docs, limits)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Infer(found, tc.options)
			if s != nil || !sameError(tc.want, err) {
				t.Errorf("Infer = %v, %v; want %v", s, err, tc.want)
			}
		})
	}
	if !errors.Is(mixed, ErrMixed) {
		t.Error("a MixedTypesError does not match ErrMixed")
	}
	want := `values of several types at a: 2 int values (first in document 1), 1 string value (first in document 3); at b[]: 1 double value (first in document 2), 1 int value (first in document 2)`
	if got := mixed.Error(); got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

// TestInferBoth: a duplicate key does not hide values of several types.
func TestInferBoth(t *testing.T) {
	twice, mark := bsoncore.Begin(nil)
	twice = bsoncore.End(bsoncore.AppendInt32(bsoncore.AppendInt32(twice, "a", 1), "a", 2), mark)
	found, err := describe(append(parse(t, `{b: 1}`, `{b: "x"}`), twice), Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Infer(found, Options{})
	for _, want := range []error{
		&ColumnError{Path: "a", Err: ErrDuplicateKey, First: schema.Place{Document: 3, Offset: 11}},
		&MixedTypesError{[]MixedPath{{"b", []MixedType{{bson.TypeString, 1, 2}, {bson.TypeInt32, 1, 1}}}}},
	} {
		if !sameError(want, err) {
			t.Errorf("Infer = %v, want %v in it", err, want)
		}
	}
	if _, err = Infer(found, Options{Mixed: MixedJSON}); errors.Is(err, ErrMixed) || !errors.Is(err, ErrDuplicateKey) {
		t.Errorf("Infer = %v, want a duplicate key alone", err)
	}
}

// sameError compares errors by their fields.
func sameError(want, got error) bool {
	byValue := cmp.Options{cmpopts.EquateErrors(), cmp.AllowUnexported(bsoncore.OptionError{})}
	switch want := want.(type) {
	case *MixedTypesError:
		e, ok := errors.AsType[*MixedTypesError](got)
		return ok && cmp.Equal(*want, *e, byValue)
	case *ColumnError:
		e, ok := errors.AsType[*ColumnError](got)
		return ok && cmp.Equal(*want, *e, byValue)
	case *ValueError:
		e, ok := errors.AsType[*ValueError](got)
		return ok && cmp.Equal(*want, *e, byValue)
	case *bsoncore.OptionError:
		e, ok := errors.AsType[*bsoncore.OptionError](got)
		return ok && *want == *e
	case *bsoncore.SyntaxError:
		e, ok := errors.AsType[*bsoncore.SyntaxError](got)
		return ok && cmp.Equal(*want, *e, byValue)
	}
	return want == got
}

// TestDeepAsJSON: documents that are too deep for columns are kept as JSON.
func TestDeepAsJSON(t *testing.T) {
	deep := strings.Repeat(`{a: `, 90) + `1` + strings.Repeat(`}`, 90)
	lists := `{a: ` + strings.Repeat(`[`, 90) + `1` + strings.Repeat(`]`, 90) + `}`
	docs := parse(t, deep, lists)
	for _, docs := range [][][]byte{docs[:1], docs[1:]} {
		back, losses, err := roundTrip(t, docs, Options{Mixed: MixedJSON})
		if err != nil || len(losses) > 0 || !slices.EqualFunc(docs, back, slices.Equal) {
			t.Errorf("%v, %v: %q", err, losses, back)
		}
	}
}

// TestWide: a document has ten thousand columns, the next one has some of them.
func TestWide(t *testing.T) {
	wide, mark := bsoncore.Begin(nil)
	for i := range 10_000 {
		wide = bsoncore.AppendInt32(wide, fmt.Sprintf("column%dx", i), int32(i))
	}
	wide = bsoncore.End(wide, mark)
	docs := append([][]byte{wide}, parse(t, `{column9x: 1, column9999x: 2}`, `{}`)...)
	back, losses, err := roundTrip(t, docs, Options{})
	if err != nil || len(losses) > 0 || !slices.EqualFunc(docs, back, slices.Equal) {
		t.Errorf("%v, %v", err, losses)
	}
}

// TestAnySchema: a schema.Schema of other options serves as well.
func TestAnySchema(t *testing.T) {
	found := schema.New(schema.Options{})
	for _, doc := range parse(t, `{a: 1}`) {
		if err := found.Add(doc); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Infer(found, Options{}); err != nil {
		t.Error(err)
	}
}
