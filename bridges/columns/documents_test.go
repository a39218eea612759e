package columns

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// arrayOf returns an array of t with the values of a JSON array, in the form of arrow-go.
func arrayOf(t *testing.T, typ arrow.DataType, text string) arrow.Array {
	t.Helper()
	a, _, err := array.FromJSON(memory.DefaultAllocator, typ, strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v", typ, err)
	}
	return a
}

// documentsOf returns the documents of a batch with one column x, each as canonical
// Extended JSON on a line.
func documentsOf(f arrow.Field, a arrow.Array, o Options) (string, error) {
	s := arrow.NewSchema([]arrow.Field{f}, nil)
	var out bytes.Buffer
	w, err := NewDocumentWriter(&out, s, o)
	if err != nil {
		return "", err
	}
	err = w.Write(array.NewRecordBatch(s, []arrow.Array{a}, int64(a.Len())))
	var text []byte
	for doc, readErr := range bsoncore.Documents(&out) {
		if readErr == nil {
			text, readErr = extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(text, doc)
		}
		if readErr != nil {
			return string(text), errors.Join(readErr, errors.New("the documents are malformed"))
		}
		text = append(text, '\n')
	}
	return string(text), err
}

func field(name string, t arrow.DataType) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true}
}

// TestForeignColumns: each Arrow type with a counterpart in BSON becomes it, also if no
// form of this package has the type.
func TestForeignColumns(t *testing.T) {
	int32s, text := arrow.PrimitiveTypes.Int32, arrow.BinaryTypes.String
	for _, tc := range []struct {
		name   string
		typ    arrow.DataType
		values string
		want   []string // of the field x, canonical; "": missing
	}{
		{"null", arrow.Null, `[null]`, []string{`null`}},
		{"bool", arrow.FixedWidthTypes.Boolean, `[true,false,null]`, []string{`true`, `false`, `null`}},
		{"int8", arrow.PrimitiveTypes.Int8, `[-128,127]`, []string{`{"$numberInt":"-128"}`, `{"$numberInt":"127"}`}},
		{"int16", arrow.PrimitiveTypes.Int16, `[-32768]`, []string{`{"$numberInt":"-32768"}`}},
		{"int32", int32s, `[-2147483648,2147483647]`, []string{`{"$numberInt":"-2147483648"}`, `{"$numberInt":"2147483647"}`}},
		{"int64", arrow.PrimitiveTypes.Int64, `[-9223372036854775808]`, []string{`{"$numberLong":"-9223372036854775808"}`}},
		{"uint8", arrow.PrimitiveTypes.Uint8, `[255]`, []string{`{"$numberInt":"255"}`}},
		{"uint16", arrow.PrimitiveTypes.Uint16, `[65535]`, []string{`{"$numberInt":"65535"}`}},
		{"uint32", arrow.PrimitiveTypes.Uint32, `[4294967295]`, []string{`{"$numberLong":"4294967295"}`}},
		{"uint64", arrow.PrimitiveTypes.Uint64, `[9223372036854775807]`, []string{`{"$numberLong":"9223372036854775807"}`}},
		{"float16", arrow.FixedWidthTypes.Float16, `[1.5]`, []string{`{"$numberDouble":"1.5"}`}},
		{"float32", arrow.PrimitiveTypes.Float32, `[0.1]`, []string{`{"$numberDouble":"0.10000000149011612"}`}},
		{"float64", arrow.PrimitiveTypes.Float64, `[0.1]`, []string{`{"$numberDouble":"0.1"}`}},
		{"string", text, `["ä",""]`, []string{`"ä"`, `""`}},
		{"large string", arrow.BinaryTypes.LargeString, `["ä"]`, []string{`"ä"`}},
		{"string view", arrow.BinaryTypes.StringView, `["ä","a text of more than twelve bytes",null]`, []string{`"ä"`, `"a text of more than twelve bytes"`, `null`}},
		{"binary", arrow.BinaryTypes.Binary, `["AQID"]`, []string{`{"$binary":{"base64":"AQID","subType":"00"}}`}},
		{"large binary", arrow.BinaryTypes.LargeBinary, `["AQID"]`, []string{`{"$binary":{"base64":"AQID","subType":"00"}}`}},
		{"binary view", arrow.BinaryTypes.BinaryView, `["AQID"]`, []string{`{"$binary":{"base64":"AQID","subType":"00"}}`}},
		{"fixed binary", fixed(3), `["AQID"]`, []string{`{"$binary":{"base64":"AQID","subType":"00"}}`}},
		{"date32", arrow.FixedWidthTypes.Date32, `["1969-12-31"]`, []string{`{"$date":{"$numberLong":"-86400000"}}`}},
		{"date64", arrow.FixedWidthTypes.Date64, `["1970-01-02"]`, []string{`{"$date":{"$numberLong":"86400000"}}`}},
		{"timestamp s", arrow.FixedWidthTypes.Timestamp_s, `[-1]`, []string{`{"$date":{"$numberLong":"-1000"}}`}},
		{"timestamp ms", arrow.FixedWidthTypes.Timestamp_ms, `[-1]`, []string{`{"$date":{"$numberLong":"-1"}}`}},
		{"timestamp without zone", &arrow.TimestampType{Unit: arrow.Millisecond}, `[5]`, []string{`{"$date":{"$numberLong":"5"}}`}},
		{"timestamp us", arrow.FixedWidthTypes.Timestamp_us, `[-1000]`, []string{`{"$date":{"$numberLong":"-1"}}`}},
		{"timestamp ns", arrow.FixedWidthTypes.Timestamp_ns, `[7000000]`, []string{`{"$date":{"$numberLong":"7"}}`}},
		{"time s", arrow.FixedWidthTypes.Time32s, `["23:59:59"]`, []string{`"23:59:59"`}},
		{"time ms", arrow.FixedWidthTypes.Time32ms, `["00:00:00.010"]`, []string{`"00:00:00.010"`}},
		{"time us", arrow.FixedWidthTypes.Time64us, `["12:34:56.789"]`, []string{`"12:34:56.789000"`}},
		{"time ns", arrow.FixedWidthTypes.Time64ns, `["12:34:56.789"]`, []string{`"12:34:56.789000000"`}},
		{"decimal32", &arrow.Decimal32Type{Precision: 9, Scale: 2}, `["-1.20"]`, []string{`{"$numberDecimal":"-1.20"}`}},
		{"decimal64", &arrow.Decimal64Type{Precision: 18, Scale: 2}, `["-1.20"]`, []string{`{"$numberDecimal":"-1.20"}`}},
		{"decimal128", &arrow.Decimal128Type{Precision: 38, Scale: 2}, `["-1.20","9999999999999999999999999999999999.00"]`,
			[]string{`{"$numberDecimal":"-1.20"}`, `{"$numberDecimal":"9999999999999999999999999999999999"}`}},
		{"decimal128 of negative scale", &arrow.Decimal128Type{Precision: 5, Scale: -2}, `["1200"]`, []string{`{"$numberDecimal":"1.2E+3"}`}},
		{"decimal256", &arrow.Decimal256Type{Precision: 76, Scale: 40}, `["-1.20"]`, []string{`{"$numberDecimal":"-1.200000000000000000000000000000000"}`}},
		{"list", arrow.ListOf(int32s), `[[1,null],[],null]`, []string{`[{"$numberInt":"1"},null]`, `[]`, `null`}},
		{"large list", arrow.LargeListOf(text), `[["a"]]`, []string{`["a"]`}},
		{"fixed list", arrow.FixedSizeListOf(2, text), `[["a","b"],null]`, []string{`["a","b"]`, `null`}},
		{"list view", arrow.ListViewOf(text), `[["a"],[],["b","c"]]`, []string{`["a"]`, `[]`, `["b","c"]`}},
		{"large list view", arrow.LargeListViewOf(text), `[["a"]]`, []string{`["a"]`}},
		{"struct", arrow.StructOf(field("a", int32s), field("b.c", arrow.ListOf(text))), `[{"a":1,"b.c":["x"]},null]`,
			[]string{`{"a":{"$numberInt":"1"},"b.c":["x"]}`, `null`}},
		{"struct without fields", arrow.StructOf(), `[{},null]`, []string{`{}`, `null`}},
		{"map", arrow.MapOf(text, int32s), `[[{"key":"b","value":1},{"key":"a","value":null}],[]]`,
			[]string{`{"b":{"$numberInt":"1"},"a":null}`, `{}`}},
		{"map of numbers", arrow.MapOf(int32s, text), `[[{"key":1,"value":"a"}]]`, []string{`[{"key":{"$numberInt":"1"},"value":"a"}]`}},
		{"dictionary", &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int8, ValueType: text}, `["a",null,"b","a"]`,
			[]string{`"a"`, `null`, `"b"`, `"a"`}},
		{"runs", arrow.RunEndEncodedOf(int32s, text), `["a","a",null,"b"]`, []string{`"a"`, `"a"`, `null`, `"b"`}},
		{"uuid", extensions.NewUUIDType(), `["00112233-4455-6677-8899-aabbccddeeff"]`,
			[]string{`{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}`}},
		{"json is text", jsonType, `["{\"a\":1}"]`, []string{`"{\"a\":1}"`}},
		{"bool8", extensions.NewBool8Type(), `[true,false,null]`, []string{`true`, `false`, `null`}},
		{"an unknown extension is its storage", extensions.NewOpaqueType(int32s, "point", "somebody"), `[1]`, []string{`{"$numberInt":"1"}`}},
	} {
		var want strings.Builder
		for _, v := range tc.want {
			want.WriteString(`{"x":` + v + "}\n")
		}
		a := arrayOf(t, tc.typ, tc.values)
		got, err := documentsOf(field("x", tc.typ), a, Options{})
		if diff := cmp.Diff(want.String(), got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", tc.name, err, diff)
		}
		// A slice of an array begins at an offset of its buffers.
		if n := a.Len(); n > 1 && tc.typ.ID() != arrow.RUN_END_ENCODED {
			lines := strings.SplitAfter(want.String(), "\n")
			got, err := documentsOf(field("x", tc.typ), array.NewSlice(a, 1, int64(n)), Options{})
			if diff := cmp.Diff(strings.Join(lines[1:], ""), got); diff != "" || err != nil {
				t.Errorf("%s, from row 2: %v (-want +got):\n%s", tc.name, err, diff)
			}
		}
	}
}

// TestForeignUnions: a value of a union is that of its child.
func TestForeignUnions(t *testing.T) {
	ints, texts := arrayOf(t, arrow.PrimitiveTypes.Int8, `[1,2,null]`), arrayOf(t, arrow.BinaryTypes.String, `["a","b","c"]`)
	codes := arrayOf(t, arrow.PrimitiveTypes.Int8, `[5,9,5]`).Data().Buffers()[1]
	fields, types := []arrow.Field{field("i", arrow.PrimitiveTypes.Int8), field("s", arrow.BinaryTypes.String)}, []arrow.UnionTypeCode{5, 9}
	sparse := array.NewSparseUnion(arrow.SparseUnionOf(fields, types), 3, []arrow.Array{ints, texts}, codes, 0)
	offsets := arrayOf(t, arrow.PrimitiveTypes.Int32, `[1,0,2]`).Data().Buffers()[1]
	dense := array.NewDenseUnion(arrow.DenseUnionOf(fields, types), 3, []arrow.Array{ints, texts}, codes, offsets, 0)
	for _, tc := range []struct {
		array arrow.Array
		want  string
	}{
		{sparse, `{"x":{"$numberInt":"1"}}` + "\n" + `{"x":"b"}` + "\n" + `{"x":null}` + "\n"},
		{dense, `{"x":{"$numberInt":"2"}}` + "\n" + `{"x":"a"}` + "\n" + `{"x":null}` + "\n"},
	} {
		got, err := documentsOf(field("x", tc.array.DataType()), tc.array, Options{})
		if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", tc.array.DataType(), err, diff)
		}
	}
}

// TestRowErrors: a value without a counterpart is an error that says where. The rows before
// it are written.
func TestRowErrors(t *testing.T) {
	bigger := func(v uint64) arrow.Array {
		b := array.NewUint64Builder(memory.DefaultAllocator)
		b.AppendValues([]uint64{1, v}, nil)
		return b.NewArray()
	}
	invalid := func() arrow.Array {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		b.AppendValues([]string{"a", "\xff"}, nil)
		return b.NewArray()
	}
	for _, tc := range []struct {
		name  string
		array arrow.Array
		o     Options
		want  RowError
		text  string
	}{
		{"uint64", bigger(math.MaxInt64 + 1), Options{}, RowError{Row: 2, Path: "x", Column: "uint64", Err: ErrValue}, "9223372036854775808"},
		{"microseconds", arrayOf(t, arrow.FixedWidthTypes.Timestamp_us, `[0,1001]`), Options{},
			RowError{Row: 2, Path: "x", Column: "timestamp[us, tz=UTC]", Err: ErrFineTime}, "1001 us"},
		{"seconds", arrayOf(t, arrow.FixedWidthTypes.Timestamp_s, `[0,9223372036854776]`), Options{},
			RowError{Row: 2, Path: "x", Column: "timestamp[s, tz=UTC]", Err: ErrValue}, "too many"},
		{"UTF-8", invalid(), Options{}, RowError{Row: 2, Path: "x", Column: "utf8", Err: ErrValue}, "invalid UTF-8"},
		{"decimal", arrayOf(t, &arrow.Decimal256Type{Precision: 76}, `["1","10000000000000000000000000000000001"]`), Options{},
			RowError{Row: 2, Path: "x", Column: "decimal256(76, 0)", Err: ErrValue}, ""},
		{"time of day", arrayOf(t, arrow.FixedWidthTypes.Time32s, `[1,86400]`), Options{},
			RowError{Row: 2, Path: "x", Column: "time32[s]", Err: ErrValue}, "is not a time of day"},
		{"deep", arrayOf(t, arrow.ListOf(arrow.StructOf(field("a", arrow.PrimitiveTypes.Uint64))), `[[],[{"a":1},{"a":18446744073709551615}]]`), Options{},
			RowError{Row: 2, Path: "x[].a", Column: "uint64", Err: ErrValue}, ""},
		{"key", arrayOf(t, arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int8), `[[],[{"key":"a\u0000","value":1}]]`), Options{},
			RowError{Row: 2, Path: "x", Column: "map<utf8, int8, items_nullable>", Err: ErrValue}, "NUL"},
		{"size", arrayOf(t, arrow.ListOf(arrow.Null), `[[],[null,null,null,null,null,null,null,null]]`), Options{MaxDocumentSize: 20},
			RowError{Row: 2, Path: "x", Column: "list<item: null, nullable>", Err: bsoncore.ErrTooLarge}, "document is too large"},
	} {
		text, err := documentsOf(field("x", tc.array.DataType()), tc.array, tc.o)
		got, ok := errors.AsType[*RowError](err)
		if !ok {
			t.Errorf("%s: %v, want a *RowError", tc.name, err)
			continue
		}
		if diff := cmp.Diff(tc.want, *got, cmpopts.EquateErrors()); diff != "" || !strings.Contains(err.Error(), tc.text) {
			t.Errorf("%s: %v (-want +got):\n%s", tc.name, err, diff)
		}
		if strings.Count(text, "\n") != 1 {
			t.Errorf("%s: %q, want the first row", tc.name, text)
		}
	}
	floor, err := documentsOf(field("x", arrow.FixedWidthTypes.Timestamp_us), arrayOf(t, arrow.FixedWidthTypes.Timestamp_us, `[-1001,1001]`), Options{Times: TimesFloor})
	want := `{"x":{"$date":{"$numberLong":"-2"}}}` + "\n" + `{"x":{"$date":{"$numberLong":"1"}}}` + "\n"
	if diff := cmp.Diff(want, floor); diff != "" || err != nil {
		t.Errorf("TimesFloor: %v (-want +got):\n%s", err, diff)
	}
}

// TestColumnErrors: a column without a counterpart is an error before any row.
func TestColumnErrors(t *testing.T) {
	for _, tc := range []struct {
		field arrow.Field
		want  string
	}{
		{field("x", arrow.FixedWidthTypes.Duration_ms), "x"},
		{field("x", arrow.FixedWidthTypes.MonthDayNanoInterval), "x"},
		{field("x", arrow.ListOf(arrow.StructOf(field("a", arrow.FixedWidthTypes.DayTimeInterval)))), "x[].a"},
		{field("x", arrow.StructOf(field("a\x00", arrow.Null))), `x."a\u0000"`},
		{field("x", arrow.StructOf(field("a", arrow.Null), field("a", arrow.Null))), "x.a"},
	} {
		_, err := NewDocumentWriter(nil, arrow.NewSchema([]arrow.Field{tc.field}, nil), Options{})
		got, ok := errors.AsType[*ColumnError](err)
		if !ok || !errors.Is(err, ErrColumn) || got.Path != tc.want {
			t.Errorf("%v: %v, want a *ColumnError at %s", tc.field, err, tc.want)
		}
	}
}

// TestDamagedBatch: offsets out of bounds and the like are an error, not a panic.
func TestDamagedBatch(t *testing.T) {
	for _, tc := range []struct {
		typ     arrow.DataType
		offsets string // values of the buffer of offsets
		kids    []arrow.Array
	}{
		{arrow.BinaryTypes.String, `[2,0]`, nil},
		{arrow.ListOf(arrow.Null), `[0,5]`, []arrow.Array{array.NewNull(2)}},
	} {
		buffers := []*memory.Buffer{nil, arrayOf(t, arrow.PrimitiveTypes.Int32, tc.offsets).Data().Buffers()[1]}
		var kids []arrow.ArrayData
		for _, kid := range tc.kids {
			kids = append(kids, kid.Data())
		}
		if kids == nil {
			buffers = append(buffers, memory.NewBufferBytes([]byte("abc")))
		}
		a := array.MakeFromData(array.NewData(tc.typ, 1, buffers, kids, 0, 0))
		text, err := documentsOf(field("x", tc.typ), a, Options{})
		if !errors.Is(err, ErrColumn) {
			t.Errorf("%s with offsets %s: %q, %v, want ErrColumn", tc.typ, tc.offsets, text, err)
		}
	}
}

// TestDamagedUnion: a union with too few types or places is an error, and one without values
// needs none of them: so it comes from a file.
func TestDamagedUnion(t *testing.T) {
	typ := arrow.DenseUnionOf([]arrow.Field{field("a", arrow.Null)}, []arrow.UnionTypeCode{0})
	kid := array.NewNull(2).Data()
	for _, tc := range []struct {
		name          string
		length        int
		types, places []byte
		want          error
	}{
		{"no values", 0, nil, nil, nil},
		{"no types", 2, nil, make([]byte, 8), ErrColumn},
		{"few types", 2, make([]byte, 1), make([]byte, 8), ErrColumn},
		{"no places", 2, make([]byte, 2), nil, ErrColumn},
		{"few places", 2, make([]byte, 2), make([]byte, 4), ErrColumn},
	} {
		buffers := []*memory.Buffer{nil, nil, nil}
		if tc.length > 0 {
			buffers = []*memory.Buffer{nil, memory.NewBufferBytes(tc.types), memory.NewBufferBytes(tc.places)}
		}
		a := array.MakeFromData(array.NewData(typ, tc.length, buffers, []arrow.ArrayData{kid}, 0, 0))
		if text, err := documentsOf(field("x", typ), a, Options{}); !errors.Is(err, tc.want) {
			t.Errorf("%s: %q, %v, want %v", tc.name, text, err, tc.want)
		}
	}
}

// TestDamagedParts: a part of a value with a buffer that is too short is an error too.
func TestDamagedParts(t *testing.T) {
	short := func(typ arrow.DataType) arrow.ArrayData {
		return array.NewData(typ, 1, []*memory.Buffer{nil, memory.NewBufferBytes(make([]byte, 3)), memory.NewBufferBytes(nil)}, nil, 0, 0)
	}
	texts := short(&arrow.FixedSizeBinaryType{ByteWidth: 12})
	pointer := shape{form: asDBPointer}.field("x")
	namespaces := arrayOf(t, arrow.BinaryTypes.String, `["db.c"]`).Data()
	a := array.MakeFromData(array.NewData(pointer.Type, 1, []*memory.Buffer{nil}, []arrow.ArrayData{namespaces, texts}, 0, 0))
	if text, err := documentsOf(pointer, a, Options{}); !errors.Is(err, ErrColumn) {
		t.Errorf("an id of 3 bytes: %q, %v, want ErrColumn", text, err)
	}
}

// TestDamagedIndices: an index that is not in the dictionary is an error, and so are ends of
// runs that do not ascend or do not reach the last row.
func TestDamagedIndices(t *testing.T) {
	texts := arrayOf(t, arrow.BinaryTypes.String, `["a","b"]`)
	for _, indices := range []string{`[2]`, `[-1]`} {
		typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
		a := array.NewDictionaryArray(typ, arrayOf(t, arrow.PrimitiveTypes.Int32, indices), texts)
		if text, err := documentsOf(field("x", typ), a, Options{}); !errors.Is(err, ErrValue) {
			t.Errorf("indices %s: %q, %v, want ErrValue", indices, text, err)
		}
	}
	typ := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	for _, tc := range []struct {
		name    string
		length  int
		offsets []byte // of the dictionary; nil: there is no dictionary
		want    error
	}{
		{"a dictionary with short offsets", 2, make([]byte, 7), ErrColumn},
		{"no dictionary and no values", 0, nil, nil},
	} {
		var values *array.Data
		if tc.offsets != nil {
			values = array.NewData(typ.ValueType, 2, []*memory.Buffer{nil, memory.NewBufferBytes(tc.offsets), memory.NewBufferBytes(nil)}, nil, 0, 0)
		}
		indices := arrayOf(t, arrow.PrimitiveTypes.Int32, `[0,1]`).Data().Buffers()
		a := array.NewDictionaryData(array.NewDataWithDictionary(typ, tc.length, indices, 0, 0, values))
		if text, err := documentsOf(field("x", typ), a, Options{}); !errors.Is(err, tc.want) {
			t.Errorf("%s: %q, %v, want %v", tc.name, text, err, tc.want)
		}
	}
	for _, ends := range []string{`[1,1]`, `[-1,2]`, `[2,1]`, `[1,2]`} {
		a := array.NewRunEndEncodedArray(arrayOf(t, arrow.PrimitiveTypes.Int32, ends), texts, 3, 0)
		if text, err := documentsOf(field("x", a.DataType()), a, Options{}); !errors.Is(err, ErrColumn) {
			t.Errorf("ends %s: %q, %v, want ErrColumn", ends, text, err)
		}
	}
}
