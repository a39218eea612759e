package columns

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/extjson"
)

// parse reads documents in the shell's syntax.
func parse(t testing.TB, texts ...string) (docs [][]byte) {
	t.Helper()
	for _, text := range texts {
		doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		docs = append(docs, doc)
	}
	return docs
}

// text writes documents in the shell's syntax.
func text(t testing.TB, docs [][]byte) (texts []string) {
	t.Helper()
	for _, doc := range docs {
		text, err := extjson.EncodeOptions{Mode: extjson.Shell}.AppendJSON(nil, doc)
		if err != nil {
			text = fmt.Append(nil, doc, err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func describe(docs [][]byte, o Options) (*schema.Schema, error) {
	found := schema.New(o.Schema())
	for _, doc := range docs {
		if err := found.Add(doc); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// roundTrip takes documents to record batches with their own schema, and back.
func roundTrip(t testing.TB, docs [][]byte, o Options) (back [][]byte, losses []LossCount, err error) {
	t.Helper()
	found, err := describe(docs, o)
	if err != nil {
		return nil, nil, err
	}
	s, err := Infer(found, o)
	if err != nil {
		return nil, nil, err
	}
	return through(t, docs, s, o)
}

// through takes documents to record batches and back. It checks that all memory is released.
func through(t testing.TB, docs [][]byte, s *arrow.Schema, o Options) (back [][]byte, losses []LossCount, err error) {
	t.Helper()
	mem := memory.NewCheckedAllocator(&dirty{})
	defer mem.AssertSize(t, 0)
	o.Allocator = mem
	r, err := NewRecordReader(bytes.NewReader(slices.Concat(docs...)), s, o)
	if err != nil {
		return nil, nil, err
	}
	defer r.Release()
	var out bytes.Buffer
	w, err := NewDocumentWriter(&out, s, o)
	if err != nil {
		return nil, nil, err
	}
	for r.Next() {
		checkBatch(t, r.RecordBatch())
		if err := w.Write(r.RecordBatch()); err != nil {
			return nil, nil, fmt.Errorf("back: %w", err)
		}
	}
	rest := out.Bytes()
	for len(rest) > 0 {
		n := int(rest[0]) | int(rest[1])<<8 | int(rest[2])<<16
		back, rest = append(back, rest[:n]), rest[n:]
	}
	return back, r.Losses(), r.Err()
}

// batchSizes has limits of batches: whole, and so small that a batch ends in between.
var batchSizes = []Options{{}, {BatchDocuments: 1}, {BatchDocuments: 3}, {BatchBytes: 100}}

// TestRoundTrip: documents of all types come back with the same bytes, in each form.
func TestRoundTrip(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options Options
		docs    []string
	}{
		{"int32", Options{}, []string{`{a: 1}`, `{a: -2147483648}`, `{}`, `{a: 2147483647}`}},
		{"int64", Options{}, []string{`{a: NumberLong("9223372036854775807")}`, `{a: NumberLong("-9223372036854775808")}`}},
		{"double", Options{}, []string{`{a: 1.5}`, `{a: -0.0}`, `{a: Infinity}`, `{a: NaN}`, `{a: 5e-324}`}},
		{"bool", Options{}, []string{`{a: true}`, `{a: false}`, `{}`}},
		{"string", Options{}, []string{`{a: ""}`, `{a: "\u0000x"}`, `{a: "ü€😀"}`, `{}`}},
		{"datetime", Options{}, []string{`{a: ISODate("2024-02-29T12:00:00.123Z")}`, `{a: new Date(9223372036854775807)}`, `{a: new Date(-9223372036854775808)}`}},
		{"objectId", Options{}, []string{`{_id: ObjectId("507f1f77bcf86cd799439011")}`, `{}`}},
		{"uuid", Options{}, []string{`{a: UUID("00112233-4455-6677-8899-aabbccddeeff")}`, `{}`}},
		{"binary", Options{}, []string{`{a: BinData(5, "AAEC")}`, `{a: BinData(5, "")}`, `{}`}},
		{"binary of subtype 0", Options{}, []string{`{a: BinData(0, "AAEC")}`}},
		{"binary of subtype 2", Options{}, []string{`{a: BinData(2, "AAEC")}`, `{a: BinData(2, "")}`}},
		{"binary of subtype 4, short", Options{}, []string{`{a: BinData(4, "AAEC")}`}},
		{"binaries", Options{}, []string{`{a: BinData(0, "AAEC")}`, `{a: BinData(2, "AAEC")}`, `{}`, `{a: UUID("00112233-4455-6677-8899-aabbccddeeff")}`}},
		{"decimals of one exponent", Options{}, []string{`{a: NumberDecimal("1.50")}`, `{a: NumberDecimal("-12345678901234567890123456789012.34")}`, `{}`}},
		{"decimals of several exponents", Options{}, []string{`{a: NumberDecimal("1.50")}`, `{a: NumberDecimal("1.5")}`, `{a: NumberDecimal("1E+6000")}`}},
		{"special decimals", Options{}, []string{`{a: NumberDecimal("NaN")}`, `{a: NumberDecimal("-Infinity")}`, `{a: NumberDecimal("-0")}`, `{a: NumberDecimal("-0E-6176")}`}},
		{"decimals as bits", Options{Decimal: DecimalBits}, []string{`{a: NumberDecimal("NaN")}`, `{a: NumberDecimal("1.50")}`, `{}`}},
		{"decimals as text", Options{Decimal: DecimalText}, []string{`{a: NumberDecimal("1.50")}`, `{}`}},
		{"decimals as decimal256", Options{Decimal: Decimal256}, []string{`{a: NumberDecimal("1.50")}`, `{a: NumberDecimal("-9.99")}`, `{}`}},
		{"null", Options{}, []string{`{a: null}`, `{a: null}`}},
		{"null and missing", Options{}, []string{`{a: null}`, `{}`, `{a: null}`}},
		{"value, null and missing", Options{}, []string{`{a: 1}`, `{}`, `{a: null}`, `{}`, `{}`, `{a: 2}`, `{a: null}`}},
		{"nulls in documents", Options{}, []string{`{d: {a: 1}}`, `{}`, `{d: null}`, `{d: {}}`, `{d: {a: null}}`, `{d: {a: 2}}`}},
		{"regex", Options{}, []string{`{a: /a\/b/ix}`, `{a: /(?:)/}`, `{}`}},
		{"regex as text", Options{Regex: RegexText}, []string{`{a: /a\/b/ix}`, `{a: /x/}`, `{}`}},
		{"code", Options{}, []string{`{a: Code("f()")}`, `{}`}},
		{"symbol", Options{}, []string{`{a: BSONSymbol("s")}`, `{}`}},
		{"code with scope", Options{}, []string{`{a: Code("f()", {x: {"$y": "x"}})}`, `{}`, `{a: Code("", {})}`}},
		{"timestamp", Options{}, []string{`{a: Timestamp(4294967295, 1)}`, `{}`, `{a: Timestamp(0, 4294967295)}`}},
		{"dbPointer", Options{}, []string{`{a: DBPointer("db.c", ObjectId("507f1f77bcf86cd799439011"))}`, `{}`}},
		{"undefined", Options{}, []string{`{a: undefined}`, `{}`, `{a: null}`}},
		{"min key", Options{}, []string{`{a: MinKey()}`, `{}`}},
		{"max key", Options{}, []string{`{a: MaxKey()}`, `{}`}},
		{"empty documents", Options{}, []string{`{a: {}}`, `{}`, `{a: null}`}},
		{"no fields", Options{}, []string{`{}`, `{}`}},
		{"documents", Options{}, []string{`{a: {b: {c: 1}}}`, `{a: {b: {}}}`, `{a: {}}`, `{}`}},
		{"arrays", Options{}, []string{`{a: []}`, `{a: [1, null, 2]}`, `{}`, `{a: null}`}},
		{"empty arrays", Options{}, []string{`{a: []}`, `{}`}},
		{"arrays of nulls", Options{}, []string{`{a: [null, null]}`}},
		{"arrays of arrays", Options{}, []string{`{a: [[1], [], null, [2, 3]]}`, `{a: []}`}},
		{"arrays of documents", Options{}, []string{`{a: [{b: 1}, {}, null, {b: null}]}`, `{a: [{c: "x"}]}`, `{}`, `{a: [{b: 2, c: "y"}]}`}},
		{"more than ten elements", Options{}, []string{`{a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}`}},
		{"names of flags", Options{}, []string{`{a: null, "a.null": 1}`, `{"a.null": 2}`}},
		{"odd keys", Options{}, []string{`{"": 1, "a.b": 2, "$x": 3, "ü": 4}`}},
		{"union", Options{Mixed: MixedUnion}, []string{`{a: 1}`, `{a: "x"}`, `{}`, `{a: null}`, `{a: {b: 1}}`, `{a: [1, "x"]}`, `{a: BinData(5, "AA==")}`, `{a: NumberDecimal("1.5")}`}},
		{"unions in documents", Options{Mixed: MixedUnion}, []string{`{d: {a: 1}}`, `{}`, `{d: {a: "x"}}`, `{d: {}}`, `{d: {a: null}}`}},
		{"unions in arrays", Options{Mixed: MixedUnion}, []string{`{a: [1, "x", null, {b: 1.5}, [2]]}`, `{a: []}`, `{}`}},
		{"json", Options{Mixed: MixedJSON}, []string{`{a: 1}`, `{a: "x"}`, `{}`, `{a: null}`, `{a: {b: NumberLong(1)}}`, `{a: [1, ISODate("2024-02-29T12:00:00.123Z")]}`}},
		{"json in arrays", Options{Mixed: MixedJSON}, []string{`{a: [1, "x", null]}`}},
		{"order of keys", Options{Order: OrderExact}, []string{
			`{a: 1, b: {c: 1, d: null, ".order": 1}, e: [{f: 1, g: 1}]}`, `{}`, `{e: [{g: 1, f: 1}, {g: 1}, null, {g: 2, f: 2}], b: {d: 1, c: 1}, a: 1}`,
			`{a: 1, e: null, b: null}`, `{b: {d: 1}, a: 1}`,
		}},
		{"order of keys in unions", Options{Order: OrderExact, Mixed: MixedUnion}, []string{`{a: {b: 1, c: 2}, d: 1}`, `{d: 1, a: [1, {x: 1, y: 1}, {y: 1, x: 1}]}`, `{a: {c: 1, b: 2}}`}},
		{"keys that are data", Options{}, []string{`{m: {` + dataKeys(40) + `}}`, `{m: {"7": {n: 1}, "3": {n: null}}}`, `{m: {}}`, `{}`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			docs := parse(t, tc.docs...)
			for _, sizes := range batchSizes {
				o := tc.options
				o.BatchDocuments, o.BatchBytes = sizes.BatchDocuments, sizes.BatchBytes
				back, losses, err := roundTrip(t, docs, o)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(text(t, docs), text(t, back)); diff != "" || !slices.EqualFunc(docs, back, bytes.Equal) {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if len(losses) > 0 {
					t.Errorf("losses: %v", losses)
				}
			}
		})
	}
}

// TestRowOrder: fields that the order of keys does not name come last, and an order that
// names a column twice, or one that is not there, is an error.
func TestRowOrder(t *testing.T) {
	missing := shape{form: asInt32, nulls: nullIsMissing}
	order := arrow.Field{
		Name: ".order", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32), Nullable: true,
		Metadata: arrow.NewMetadata([]string{orderKey}, []string{"keys"}),
	}
	typ := arrow.StructOf(missing.field("a"), missing.field("b"), order)
	for _, tc := range []struct{ row, want string }{
		{`{"a": 1, "b": 2}`, `{"x":{"a":{"$numberInt":"1"},"b":{"$numberInt":"2"}}}`},
		{`{"a": 1, "b": 2, ".order": [1, 0]}`, `{"x":{"b":{"$numberInt":"2"},"a":{"$numberInt":"1"}}}`},
		{`{"b": 2, ".order": [1]}`, `{"x":{"b":{"$numberInt":"2"}}}`},
		{`{".order": []}`, `{"x":{}}`},
		{`{"a": 1, "b": 2, ".order": [1]}`, `{"x":{"b":{"$numberInt":"2"},"a":{"$numberInt":"1"}}}`},
		{`{"b": 2, ".order": [1, 0]}`, `{"x":{"b":{"$numberInt":"2"}}}`},
		{`{"a": 1, "b": 2, ".order": [1, 0, 1]}`, ""},
		{`{"a": 1, "b": 2, ".order": [1, 0, 2]}`, `{"x":{"b":{"$numberInt":"2"},"a":{"$numberInt":"1"}}}`},
		{`{"a": 1, "b": 2, ".order": [1, 3]}`, ""},
		{`{"a": 1, "b": 2, ".order": [-1, 0]}`, ""},
	} {
		got, err := documentsOf(field("x", typ), arrayOf(t, typ, "["+tc.row+"]"), Options{})
		if strings.TrimSpace(got) != tc.want || (err == nil) != (tc.want != "") || err != nil && !errors.Is(err, errRowOrder) {
			t.Errorf("%s: %q, %v; want %q", tc.row, got, err, tc.want)
		}
	}
}

// TestOrderAfterLosses: documents that an option has changed come back with the order of
// their keys.
func TestOrderAfterLosses(t *testing.T) {
	for _, tc := range []struct {
		o          Options
		docs, want []string
	}{
		{Options{Nulls: NullsFold}, []string{`{a: 1, b: null, c: 1}`, `{c: 2, a: 2}`}, []string{`{a: 1, b: null, c: 1}`, `{c: 2, a: 2, b: null}`}},
		{Options{Mixed: MixedNull}, []string{`{a: 1, b: 1}`, `{a: 2, b: 2}`, `{b: 3, a: "x"}`}, []string{`{a: 1, b: 1}`, `{a: 2, b: 2}`, `{b: 3}`}},
	} {
		tc.o.Order = OrderExact
		back, _, err := roundTrip(t, parse(t, tc.docs...), tc.o)
		if diff := cmp.Diff(text(t, parse(t, tc.want...)), text(t, back)); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", tc.docs, err, diff)
		}
	}
}

// dataKeys returns n members whose keys are numbers.
func dataKeys(n int) string {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `"%d": {n: %d},`, i, i)
	}
	return b.String()
}
