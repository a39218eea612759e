package columns

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// schemaOf returns the schema of documents.
func schemaOf(t testing.TB, docs [][]byte, o Options) *arrow.Schema {
	t.Helper()
	found, err := describe(docs, o)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Infer(found, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read reads a stream, and returns the documents in each batch. It checks that all memory is
// released.
func read(t testing.TB, r io.Reader, s *arrow.Schema, o Options) (rows []int64, losses []LossCount, err error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(&dirty{})
	defer mem.AssertSize(t, 0)
	o.Allocator = mem
	reader, err := NewRecordReader(r, s, o)
	if err != nil {
		return nil, nil, err
	}
	defer reader.Release()
	for reader.Next() {
		batch := reader.RecordBatch()
		if err := reader.Err(); err != nil {
			t.Errorf("Err = %v before the documents in front of the fault were used", err)
		}
		checkBatch(t, batch)
		rows = append(rows, batch.NumRows())
	}
	if reader.Next() || reader.RecordBatch() != nil {
		t.Error("a batch after the end")
	}
	return rows, reader.Losses(), reader.Err()
}

// checkBatch checks that the columns of a batch are consistent, have all rows and no other,
// and have no null where their field says so.
func checkBatch(t testing.TB, batch arrow.RecordBatch) {
	t.Helper()
	for i, c := range batch.Columns() {
		if int64(c.Len()) != batch.NumRows() {
			t.Errorf("a column of %d rows in a batch of %d", c.Len(), batch.NumRows())
		}
		if f := batch.Schema().Field(i); !f.Nullable && c.NullN() > 0 {
			t.Errorf("column %s has nulls", f.Name)
		}
		if v, ok := c.(interface{ ValidateFull() error }); ok {
			if err := v.ValidateFull(); err != nil {
				t.Error(err)
			}
		}
	}
}

// plainSchema has columns of another program, without marks.
var plainSchema = arrow.NewSchema([]arrow.Field{
	{Name: "a", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
	{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// TestLosses: an option that loses something counts it, and RejectLossy makes an error of
// it.
func TestLosses(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options Options
		schema  *arrow.Schema // nil: that of docs
		docs    []string
		want    []LossCount
		back    []string // nil: docs
	}{
		{"order of keys", Options{}, nil, []string{`{a: 1, b: {c: 1, d: 1}}`, `{b: {d: 1, c: 1}, a: 1}`, `{b: null, a: 2}`}, []LossCount{
			{LossOrder, "", 2, 2}, {LossOrder, "b", 1, 2},
		}, []string{`{a: 1, b: {c: 1, d: 1}}`, `{a: 1, b: {c: 1, d: 1}}`, `{a: 2, b: null}`}},
		{"null and missing", Options{Nulls: NullsFold}, nil, []string{`{a: 1}`, `{a: null}`, `{}`, `{}`}, []LossCount{
			{LossMissing, "a", 2, 3},
		}, []string{`{a: 1}`, `{a: null}`, `{a: null}`, `{a: null}`}},
		{"wider numbers", Options{Mixed: MixedWiden}, nil, []string{`{a: 1, b: 1}`, `{a: NumberLong(1), b: 1.5}`, `{b: NumberLong("9007199254740992")}`}, []LossCount{
			{LossWidth, "a", 1, 1}, {LossWidth, "b", 2, 1},
		}, []string{`{a: NumberLong(1), b: 1.0}`, `{a: NumberLong(1), b: 1.5}`, `{b: 9007199254740992.0}`}},
		{"exponents", Options{Decimal: DecimalNumber}, nil, []string{`{a: NumberDecimal("1.50")}`, `{a: NumberDecimal("-0.50")}`, `{a: NumberDecimal("2")}`, `{a: NumberDecimal("-0.00")}`}, []LossCount{
			{LossExponent, "a", 2, 3},
		}, []string{`{a: NumberDecimal("1.50")}`, `{a: NumberDecimal("-0.50")}`, `{a: NumberDecimal("2.00")}`, `{a: NumberDecimal("0.00")}`}},
		{"values of rare types", Options{Mixed: MixedNull}, nil, []string{`{a: 1, b: [1, "x", 2]}`, `{a: {x: 1}}`, `{a: 2}`}, []LossCount{
			{LossValue, "a", 1, 2}, {LossValue, "b[]", 1, 1},
		}, []string{`{a: 1, b: [1, null, 2]}`, `{}`, `{a: 2}`}},
		{"fields without a column", Options{Extra: ExtraIgnore, Nulls: NullsFold}, plainSchema, []string{`{a: 1, b: "x", c: {d: 1}}`, `{b: "y", e: 1, f: 2}`}, []LossCount{
			{LossField, "", 3, 1}, {LossMissing, "a", 1, 2},
		}, []string{`{a: 1, b: "x"}`, `{a: null, b: "y"}`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			docs := parse(t, tc.docs...)
			s := tc.schema
			if s == nil {
				s = schemaOf(t, docs, tc.options)
			}
			back, losses, err := through(t, docs, s, tc.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, losses); diff != "" {
				t.Errorf("losses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(text(t, parse(t, tc.back...)), text(t, back)); diff != "" {
				t.Errorf("documents (-want +got):\n%s", diff)
			}
			strict := tc.options
			strict.RejectLossy = true
			if _, _, err := through(t, docs, s, strict); !errors.Is(err, ErrLossy) {
				t.Errorf("RejectLossy: error %v, want ErrLossy", err)
			}
		})
	}
}

// TestArrayKeys: keys of elements that are not their indexes are counted.
func TestArrayKeys(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc, list := bsoncore.BeginArray(doc, "a")
	for _, key := range []string{"0", "x", "02", "3", "4", "5", "6", "7", "8", "9", "10", "12"} {
		doc = bsoncore.AppendInt32(doc, key, 1)
	}
	doc = bsoncore.End(bsoncore.End(doc, list), mark)
	_, losses, err := roundTrip(t, [][]byte{doc}, Options{})
	if diff := cmp.Diff([]LossCount{{LossArrayKey, "a", 3, 1}}, losses); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, _, err := roundTrip(t, [][]byte{doc}, Options{RejectLossy: true}); !errors.Is(err, ErrLossy) {
		t.Errorf("RejectLossy: error %v, want ErrLossy", err)
	}
}

// TestValueErrors: a value that does not fit its column is an error with its place, behind
// the documents before it.
func TestValueErrors(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options Options
		like    []string // documents that the schema fits
		doc     string
		want    ValueError
	}{
		{"another type", Options{}, []string{`{a: 1}`}, `{a: "x"}`, ValueError{2, 12 + 4, "a", bson.TypeString, "int32", ErrType}},
		{"another type in an array", Options{}, []string{`{a: [1]}`}, `{a: [1, 1.5]}`, ValueError{2, 20 + 18, "a[]", bson.TypeDouble, "int32", ErrType}},
		{"another type in a document", Options{}, []string{`{a: {b: true}}`}, `{a: {b: {}}}`, ValueError{2, 17 + 11, "a.b", bson.TypeDocument, "bool", ErrType}},
		{"a field without a column", Options{}, []string{`{a: {b: 1}}`}, `{a: {b: 1, "c.d": 1}}`, ValueError{2, 20 + 18, `a."c.d"`, bson.TypeInt32, "", ErrField}},
		{"a null where nulls are missing fields", Options{}, []string{`{a: 1}`}, `{a: null}`, ValueError{2, 12 + 4, "a", bson.TypeNull, "int32", ErrNull}},
		{"a missing field where nulls are nulls", Options{}, []string{`{a: null}`}, `{}`, ValueError{2, 8, "a", 0, "null", ErrNull}},
		{"a missing field in a document", Options{}, []string{`{d: [{a: null}]}`}, `{d: [{}]}`, ValueError{2, 24 + 11, "d[].a", 0, "null", ErrNull}},
		{"a type without a child of the union", Options{Mixed: MixedUnion}, []string{`{a: [1, "x"]}`}, `{a: [true]}`, ValueError{2, 29 + 11, "a[]", bson.TypeBoolean,
			`dense_union<string: type=utf8, nullable`, ErrType}},
		{"a binary of another subtype", Options{}, []string{`{a: BinData(5, "")}`}, `{a: BinData(6, "")}`, ValueError{2, 13 + 4, "a", bson.TypeBinary, "pymongoarrow.binary (binary)", ErrValue}},
		{"a UUID of three bytes", Options{}, []string{`{a: UUID("00112233-4455-6677-8899-aabbccddeeff")}`}, `{a: BinData(4, "AAEC")}`, ValueError{2, 29 + 4, "a", bson.TypeBinary, "arrow.uuid (fixed_size_binary[16])", ErrValue}},
		{"a decimal of another exponent", Options{}, []string{`{a: NumberDecimal("1.50")}`}, `{a: NumberDecimal("1.5")}`, ValueError{2, 24 + 4, "a", bson.TypeDecimal128, "decimal(34, 2)", ErrValue}},
		{"a decimal that is no number", Options{Decimal: DecimalNumber}, []string{`{a: NumberDecimal("1.50")}`}, `{a: NumberDecimal("NaN")}`, ValueError{2, 24 + 4, "a", bson.TypeDecimal128, "decimal(38, 2)", ErrValue}},
		{"a decimal of more fraction digits", Options{Decimal: DecimalNumber}, []string{`{a: NumberDecimal("1.50")}`}, `{a: NumberDecimal("1.505")}`, ValueError{2, 24 + 4, "a", bson.TypeDecimal128, "decimal(38, 2)", ErrValue}},
		{"a decimal of more digits", Options{Decimal: DecimalNumber}, []string{`{a: NumberDecimal("1.50")}`}, `{a: NumberDecimal("1E+36")}`, ValueError{2, 24 + 4, "a", bson.TypeDecimal128, "decimal(38, 2)", ErrValue}},
		{"an integer that is no double", Options{Mixed: MixedWiden}, []string{`{a: [1, 1.5]}`}, `{a: [NumberLong("9007199254740993")]}`, ValueError{2, 31 + 11, "a[]", bson.TypeInt64, "float64", ErrValue}},
		{"the largest integer", Options{Mixed: MixedWiden}, []string{`{a: [1, 1.5]}`}, `{a: [NumberLong("9223372036854775807")]}`, ValueError{2, 31 + 11, "a[]", bson.TypeInt64, "float64", ErrValue}},
		{"keys in another order", Options{RejectLossy: true}, []string{`{d: [{a: 1, b: 1}]}`}, `{d: [{b: 1, a: 1}]}`, ValueError{2, 35 + 11, "d[]", bson.TypeDocument, "", ErrLossy}},
		{"a missing field that becomes null", Options{RejectLossy: true, Nulls: NullsFold}, []string{`{a: null, b: 1}`}, `{b: 1}`, ValueError{2, 15, "a", 0, "", ErrLossy}},
		{"a field that is left out", Options{RejectLossy: true, Extra: ExtraIgnore}, []string{`{a: {b: 1}}`}, `{a: {c: 1}}`, ValueError{2, 20 + 11, "a.c", bson.TypeInt32, "", ErrLossy}},
		{"a document that is not empty", Options{}, []string{`{a: {}}`}, `{a: {b: 1}}`, ValueError{2, 13 + 4, "a", bson.TypeDocument, "bsonkit.empty_document (bool)", ErrValue}},
		{"a regex whose options have a slash", Options{Regex: RegexText}, []string{`{a: /x/}`}, `{a: RegExp("x", "i/")}`, ValueError{2, 11 + 4, "a", bson.TypeRegex, "bsonkit.regex (utf8)", ErrValue}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			like := parse(t, tc.like...)
			s := schemaOf(t, like, tc.options)
			bad := parse(t, tc.doc)
			rows, _, err := read(t, bytes.NewReader(slices.Concat(like[0], bad[0])), s, tc.options)
			if !slices.Equal(rows, []int64{1}) {
				t.Errorf("batches of %v documents, want the one before the fault", rows)
			}
			got, ok := errors.AsType[*ValueError](err)
			if !ok {
				t.Fatalf("error %v, want a ValueError", err)
			}
			if tc.want.Type == bson.TypeBoolean { // the type of a union is long
				got.Column = got.Column[:len(tc.want.Column)]
			}
			if !sameError(&tc.want, got) {
				t.Errorf("error %+v, want %+v", *got, tc.want)
			}
		})
	}
	e := ValueError{2, 16, "a", bson.TypeString, "int32", ErrType}
	if got, want := e.Error(), "type does not fit the column: string for int32 at a, document 2, offset 16"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

// TestDuplicateKey: the second of two values for a key is an error.
func TestDuplicateKey(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendInt32(bsoncore.AppendInt32(doc, "a", 1), "a", 2), mark)
	_, _, err := read(t, bytes.NewReader(doc), schemaOf(t, parse(t, `{a: 1}`), Options{}), Options{})
	if want := (&ValueError{1, 11, "a", bson.TypeInt32, "", ErrDuplicateKey}); !sameError(want, err) {
		t.Errorf("error %v, want %v", err, want)
	}
}

// TestInexactJSON: a value whose Extended JSON does not give it back is an error.
func TestInexactJSON(t *testing.T) {
	s := schemaOf(t, parse(t, `{a: 1}`, `{a: "x"}`), Options{Mixed: MixedJSON})
	doc, mark := bsoncore.Begin(nil)
	doc = bsoncore.End(bsoncore.AppendDouble(doc, "a", math.Float64frombits(0x7FF8_0000_0000_0001)), mark)
	_, _, err := read(t, bytes.NewReader(doc), s, Options{})
	if e, ok := errors.AsType[*ValueError](err); !ok || e.Offset != 4 || e.Path != "a" || !errors.Is(err, ErrValue) || !errors.Is(err, extjson.ErrLossy) {
		t.Errorf("error %v, want ErrValue and extjson.ErrLossy", err)
	}
}

// TestMalformed: malformed BSON is an error with its place in the stream, behind the
// documents before it.
func TestMalformed(t *testing.T) {
	good := parse(t, `{a: [{b: "x"}], c: 1}`, `{a: [{b: "y"}, {b: "zü"}], c: 2}`)
	s := schemaOf(t, good, Options{})
	first := len(good[0])
	for _, tc := range []struct {
		name   string
		damage func(doc []byte) []byte // of the second document
		want   bsoncore.SyntaxError
	}{
		{"truncated", func(doc []byte) []byte { return doc[:20] }, bsoncore.SyntaxError{Offset: int64(first + 20), Err: bsoncore.ErrTruncated}},
		{"wrong type", func(doc []byte) []byte { doc[4] = 0x66; return doc }, bsoncore.SyntaxError{Offset: int64(first + 4), Pointer: "/a", Err: bsoncore.ErrType}},
		{"invalid UTF-8", func(doc []byte) []byte {
			doc[bytes.IndexByte(doc, 0xC3)] = 0xFF
			return doc
		}, bsoncore.SyntaxError{Offset: int64(first + 43), Pointer: "/a/1/b", Err: bsoncore.ErrUTF8}},
		{"wrong length inside", func(doc []byte) []byte { doc[22] = 0x7F; return doc }, bsoncore.SyntaxError{Offset: int64(first + 21), Pointer: "/a/0/b", Err: bsoncore.ErrLength}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			stream := slices.Concat(good[0], tc.damage(slices.Clone(good[1])))
			rows, _, err := read(t, bytes.NewReader(stream), s, Options{})
			if !slices.Equal(rows, []int64{1}) {
				t.Errorf("batches of %v documents, want the one before the fault", rows)
			}
			got, ok := errors.AsType[*bsoncore.SyntaxError](err)
			if !ok || got.Offset != tc.want.Offset || got.Pointer != tc.want.Pointer || !errors.Is(got, tc.want.Err) {
				t.Errorf("error %#v, want %#v", err, tc.want)
			}
		})
	}
}

// TestReadError: an error of the reader comes behind the documents before it.
func TestReadError(t *testing.T) {
	docs := parse(t, `{a: 1}`, `{a: 2}`)
	s := schemaOf(t, docs, Options{})
	broken := errors.New("broken")
	rows, _, err := read(t, io.MultiReader(bytes.NewReader(slices.Concat(docs...)), iotest.ErrReader(broken)), s, Options{})
	if !slices.Equal(rows, []int64{2}) || !errors.Is(err, broken) {
		t.Errorf("batches of %v documents, error %v", rows, err)
	}
}

// TestDepth: containers beyond MaxDepth are an error.
func TestDepth(t *testing.T) {
	docs := parse(t, `{a: [[[1, "x"]]]}`)
	s := schemaOf(t, docs, Options{Mixed: MixedUnion})
	_, _, err := read(t, bytes.NewReader(docs[0]), s, Options{MaxDepth: 3})
	if e, ok := errors.AsType[*bsoncore.ValueError](err); !ok || !errors.Is(e, bsoncore.ErrDepth) {
		t.Errorf("error %v, want ErrDepth", err)
	}
}

// TestUnsupportedColumns: a schema with a type that no BSON has is an error.
func TestUnsupportedColumns(t *testing.T) {
	null := arrow.Metadata{}
	for _, tc := range []struct {
		path  string
		field arrow.Field
	}{
		{"a", arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Uint64}},
		{"a", arrow.Field{Name: "a", Type: arrow.FixedWidthTypes.Timestamp_us}},
		{"a[]", arrow.Field{Name: "a", Type: arrow.ListOf(arrow.FixedWidthTypes.Date32)}},
		{"a", arrow.Field{Name: "a", Type: arrow.Null, Metadata: arrow.NewMetadata([]string{nullsKey}, []string{"other"})}},
		{"a", arrow.Field{Name: "a", Type: arrow.Null, Metadata: arrow.NewMetadata([]string{nullsKey}, []string{"flag"})}},
		{"a", arrow.Field{Name: "a", Type: arrow.ListOf(arrow.BinaryTypes.String), Metadata: arrow.NewMetadata([]string{orderKey}, []string{"keys"})}},
		{"a.b", arrow.Field{Name: "a", Type: arrow.StructOf(arrow.Field{Name: "b", Type: arrow.Null}, arrow.Field{Name: "b", Type: arrow.Null}), Metadata: null}},
		{"a", arrow.Field{Name: "a", Type: arrow.DenseUnionOf([]arrow.Field{{Name: "x", Type: arrow.Null}}, []arrow.UnionTypeCode{5})}},
		{"a", arrow.Field{Name: "a", Type: arrow.DenseUnionOf([]arrow.Field{{Name: "x", Type: arrow.BinaryTypes.String}, {Name: "y", Type: arrow.BinaryTypes.String}}, []arrow.UnionTypeCode{0, 1})}},
	} {
		_, err := NewRecordReader(strings.NewReader(""), arrow.NewSchema([]arrow.Field{tc.field}, nil), Options{})
		if e, ok := errors.AsType[*ColumnError](err); !ok || e.Path != tc.path || !errors.Is(err, ErrColumn) {
			t.Errorf("%v: error %v, want a ColumnError at %s", tc.field, err, tc.path)
		}
	}
}

// TestBatches: a batch ends at the limits of documents and bytes, and when its columns are
// large. A larger document has a batch of its own.
func TestBatches(t *testing.T) {
	small, large := `{a: 1, b: "x"}`, `{a: 1, b: "`+strings.Repeat("x", 1000)+`"}`
	wide, mark := bsoncore.Begin(nil)
	for i := range 1000 {
		wide = bsoncore.AppendInt64(wide, fmt.Sprintf("column%dx", i), 1)
	}
	wide = bsoncore.End(wide, mark)
	empty := parse(t, `{}`)[0]
	for _, tc := range []struct {
		name    string
		options Options
		docs    [][]byte
		want    []int64
	}{
		{"no limit", Options{}, parse(t, small, large, small), []int64{3}},
		{"documents", Options{BatchDocuments: 2}, parse(t, small, small, small, small, large), []int64{2, 2, 1}},
		{"bytes", Options{BatchBytes: 100}, parse(t, small, small, large, small), []int64{2, 1, 1}},
		{"no documents", Options{}, nil, nil},
		{"wide columns", Options{BatchBytes: 20_000}, slices.Concat([][]byte{wide}, slices.Repeat([][]byte{empty}, 20)), []int64{9, 9, 3}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := schemaOf(t, tc.docs, Options{})
			rows, _, err := read(t, bytes.NewReader(slices.Concat(tc.docs...)), s, tc.options)
			if diff := cmp.Diff(tc.want, rows); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestAmplification: a document whose columns would be much larger than its bytes is an
// error, before the memory is used.
func TestAmplification(t *testing.T) {
	doc, mark := bsoncore.Begin(nil)
	doc, list := bsoncore.BeginArray(doc, "a")
	var wide int
	doc, wide = bsoncore.BeginDocument(doc, "0")
	for i := range 1000 {
		doc = bsoncore.AppendNull(doc, fmt.Sprintf("column%dx", i))
		doc = bsoncore.AppendNull(doc, fmt.Sprintf("more%dx", i))
	}
	doc = bsoncore.End(doc, wide)
	for i := range 1000 {
		var empty int
		doc, empty = bsoncore.BeginDocument(doc, fmt.Sprint(i+1))
		doc = bsoncore.End(doc, empty)
	}
	doc = bsoncore.End(bsoncore.End(doc, list), mark)
	s := schemaOf(t, [][]byte{doc}, Options{})
	if _, _, err := read(t, bytes.NewReader(doc), s, Options{}); err != nil {
		t.Error(err)
	}
	_, _, err := read(t, bytes.NewReader(doc), s, Options{BatchBytes: 20_000})
	if e, ok := errors.AsType[*ValueError](err); !ok || !errors.Is(e, ErrLimit) {
		t.Errorf("error %v, want ErrLimit", err)
	}
}

// TestLongJSON: if the texts of a document are too long together, the error is at the value
// whose text is too much, not at a value within it.
func TestLongJSON(t *testing.T) {
	o := Options{Mixed: MixedJSON, BatchBytes: 100}
	nulls := "[" + strings.Repeat("null, ", 800) + "1]"
	docs := parse(t, "{a: "+nulls+", b: "+nulls+"}", "{a: 1, b: 1}")
	s := schemaOf(t, docs, o)
	_, _, err := read(t, bytes.NewReader(docs[0]), s, o)
	e, ok := errors.AsType[*ValueError](err)
	half := int64(len(docs[0])-5)/2 + 4
	if !ok || !errors.Is(err, ErrLimit) || e.Type != bson.TypeArray || e.Offset != half {
		t.Errorf("error %v, want one for an array at offset %d", err, half)
	}
}

// TestRetain: a batch that is retained is there after its reader, and a reader that is
// retained is there until the last Release.
func TestRetain(t *testing.T) {
	mem := memory.NewCheckedAllocator(&dirty{})
	defer mem.AssertSize(t, 0)
	docs := parse(t, `{a: [1, 2], u: 1}`, `{a: [], u: "x"}`)
	o := Options{Mixed: MixedUnion, Allocator: mem, BatchDocuments: 1}
	r, err := NewRecordReader(bytes.NewReader(slices.Concat(docs...)), schemaOf(t, docs, o), o)
	if err != nil {
		t.Fatal(err)
	}
	r.Retain()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	first := r.RecordBatch()
	first.Retain()
	defer first.Release()
	r.Release()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	r.Release()
	if got := first.Column(0).(*array.List).ValueStr(0); got != "[1,2]" {
		t.Errorf("first batch has %s", got)
	}
}

// TestReleaseOnFault: a reader that stops at a fault inside nested values frees all.
func TestReleaseOnFault(t *testing.T) {
	like := parse(t, `{a: [{b: [{c: "x", d: 1}]}], u: [1, "x"]}`)
	o := Options{Mixed: MixedUnion}
	s := schemaOf(t, like, o)
	for _, text := range []string{
		`{a: [{b: [{c: "x", d: 1}, {c: "y", d: "z"}]}]}`,
		`{a: [{b: [{c: "x"}]}, {b: 1}]}`,
		`{u: [1, "x", true]}`,
		`{a: null}`,
	} {
		bad := parse(t, text)
		rows, _, err := read(t, bytes.NewReader(slices.Concat(like[0], like[0], bad[0])), s, o)
		if !slices.Equal(rows, []int64{2}) || err == nil {
			t.Errorf("%s: batches of %v documents, error %v", text, rows, err)
		}
	}
}

// TestEmptyBinaries: a batch whose binaries are all empty has them as values, not as nulls,
// also in the JSON of arrow-go.
func TestEmptyBinaries(t *testing.T) {
	docs := parse(t, `{a: BinData(0, ""), b: [BinData(0, "")]}`, `{b: []}`, `{a: BinData(0, "")}`)
	reader, err := NewRecordReader(bytes.NewReader(slices.Concat(docs...)), schemaOf(t, docs, Options{}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Release()
	if !reader.Next() {
		t.Fatal(reader.Err())
	}
	got, err := reader.RecordBatch().MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"a":"","b":[""]}
,{"a":null,"b":[]}
,{"a":"","b":null}
]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
