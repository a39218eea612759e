package files

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow-go/v18/parquet/schema"
	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bridges/columns"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// marked returns a field with the name of an extension type that arrow-go does not know.
func marked(name string, t arrow.DataType, extension, nulls string) arrow.Field {
	return arrow.Field{Name: name, Type: t, Nullable: true, Metadata: arrow.NewMetadata(
		[]string{"ARROW:extension:name", "ARROW:extension:metadata", "bsonkit.nulls"}, []string{extension, "", nulls})}
}

// table returns a batch with nested values and marks at all levels, many rows long.
func table(t testing.TB, repeat int) arrow.RecordBatch {
	t.Helper()
	id := &arrow.FixedSizeBinaryType{ByteWidth: 12}
	json, err := extensions.NewJSONType(arrow.BinaryTypes.String)
	if err != nil {
		t.Fatal(err)
	}
	s := arrow.NewSchema([]arrow.Field{
		marked("_id", id, "pymongoarrow.objectid", "missing"),
		{Name: "ids", Type: arrow.ListOfField(marked("item", id, "pymongoarrow.objectid", "null")), Nullable: true},
		{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "at", Type: arrow.FixedWidthTypes.Timestamp_ms, Nullable: true},
		{Name: "price", Type: &arrow.Decimal128Type{Precision: 34, Scale: 2}, Nullable: true},
		{Name: "big", Type: &arrow.Decimal256Type{Precision: 50, Scale: 2}, Nullable: true},
		{Name: "any", Type: json, Nullable: true, Metadata: arrow.NewMetadata([]string{"bsonkit.json"}, []string{"canonical"})},
		{Name: "uuid", Type: extensions.NewUUIDType(), Nullable: true},
		{Name: "sub", Type: arrow.StructOf(
			marked("code", arrow.BinaryTypes.String, "pymongoarrow.code", "missing"),
			arrow.Field{Name: "list", Type: arrow.ListOf(arrow.StructOf(marked("id", id, "pymongoarrow.objectid", "missing"))), Nullable: true},
		), Nullable: true},
		{Name: "none", Type: arrow.Null, Nullable: true},
	}, nil)
	rows := `{"_id":"AAECAwQFBgcICQoL","ids":["AAECAwQFBgcICQoL",null],"n":1,"at":1000,"price":"1.20","big":"-7.50","any":"{\"a\":{\"$numberInt\":\"1\"}}","uuid":"00112233-4455-6677-8899-aabbccddeeff","sub":{"code":"f()","list":[{"id":"AAECAwQFBgcICQoL"},null]}},
	{"_id":null,"ids":[],"n":null,"at":null,"price":null,"big":null,"any":null,"uuid":null,"sub":null,"none":null},
	{"_id":"AAECAwQFBgcICQoL","ids":null,"n":-5,"sub":{"code":null,"list":[]}},`
	text := "[" + strings.TrimSuffix(strings.Repeat(rows, repeat), ",") + "]"
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, s, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// write returns a file with batches.
func write(t testing.TB, f Format, o WriteOptions, batches ...arrow.RecordBatch) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(f, &out, batches[0].Schema(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range batches {
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// documents returns the documents of a reader.
func documents(r array.RecordReader) ([]byte, error) {
	defer r.Release()
	var out bytes.Buffer
	w, err := columns.NewDocumentWriter(&out, r.Schema(), columns.Options{})
	if err != nil {
		return nil, err
	}
	for r.Next() {
		if err := w.Write(r.RecordBatch()); err != nil {
			return out.Bytes(), err
		}
	}
	return out.Bytes(), r.Err()
}

// read returns the documents of a file.
func read(f Format, data []byte) ([]byte, error) {
	r, err := Open(f, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return documents(r)
}

// TestParquetTexts: JSON and enumerations of Parquet are text, also if the file has no schema
// of Arrow, and at all levels.
func TestParquetTexts(t *testing.T) {
	text := func(name string, repetition parquet.Repetition, logical schema.LogicalType) schema.Node {
		return schema.Must(schema.NewPrimitiveNodeLogical(name, repetition, logical, parquet.Types.ByteArray, -1, -1))
	}
	group := func(name string, logical schema.LogicalType, fields ...schema.Node) schema.Node {
		return schema.Must(schema.NewGroupNodeLogical(name, parquet.Repetitions.Required, fields, logical, -1))
	}
	repeated := func(name string, fields ...schema.Node) schema.Node {
		return schema.Must(schema.NewGroupNode(name, parquet.Repetitions.Repeated, fields, -1))
	}
	required, none := parquet.Repetitions.Required, schema.NoLogicalType{}
	json, enum := schema.JSONLogicalType{}, schema.EnumLogicalType{}
	root := schema.MustGroup(schema.NewGroupNode("root", required, schema.FieldList{
		text("json", required, json),
		text("enum", parquet.Repetitions.Optional, enum),
		text("bytes", required, none),
		schema.Must(schema.NewGroupNode("sub", required, schema.FieldList{text("json", required, json), text("bson", required, schema.BSONLogicalType{})}, -1)),
		group("list", schema.NewListLogicalType(), repeated("list", text("element", required, enum))),
		group("map", schema.MapLogicalType{}, repeated("key_value", text("key", required, enum), text("value", required, json))),
	}, -1))
	var data bytes.Buffer
	out := file.NewParquetWriter(&data, root)
	rows, err := out.AppendRowGroupChecked()
	if err != nil {
		t.Fatal(err)
	}
	for range root.NumFields() + 2 {
		column, err := rows.NextColumn()
		if err != nil {
			t.Fatal(err)
		}
		value := []parquet.ByteArray{[]byte("[]")}
		if _, err := column.(*file.ByteArrayColumnChunkWriter).WriteBatch(value, []int16{1}, []int16{0}); err != nil {
			t.Fatal(err)
		}
		if err := column.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	docs, err := read(Parquet, data.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := extjson.AppendJSON(nil, docs)
	want := `{"json":"[]","enum":"[]","bytes":{"$binary":{"base64":"W10=","subType":"00"}},` +
		`"sub":{"json":"[]","bson":{"$binary":{"base64":"W10=","subType":"00"}}},"list":["[]"],"map":{"[]":"[]"}}`
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestForeignJSON: JSON of a program that stores the extension type, and metadata of the field,
// is text.
func TestForeignJSON(t *testing.T) {
	json, err := extensions.NewJSONType(arrow.BinaryTypes.String)
	if err != nil {
		t.Fatal(err)
	}
	field := arrow.Field{Name: "x", Type: json, Metadata: arrow.NewMetadata([]string{"a"}, []string{"b"})}
	s := arrow.NewSchema([]arrow.Field{field, {Name: "sub", Type: arrow.StructOf(field)}}, nil)
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, s, strings.NewReader(`[{"x":"[1]","sub":{"x":"{}"}}]`))
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	w, err := pqarrow.NewFileWriter(s, &data, parquet.NewWriterProperties(), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(batch), w.Close()); err != nil {
		t.Fatal(err)
	}
	docs, err := read(Parquet, data.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := extjson.AppendJSON(nil, docs)
	if diff := cmp.Diff(`{"x":"[1]","sub":{"x":"{}"}}`, string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestBits: the bits of a double come back, also of NaN and of zeros beside others.
func TestBits(t *testing.T) {
	want := []uint64{0x7ff8000000000001, 0xfff0000000000001, 0x7ff4000000000002, 0x7ff8000000000000, 0, 1 << 63, 0x3ff0000000000000, 1 << 63, 0}
	b := array.NewFloat64Builder(memory.DefaultAllocator)
	for _, bits := range want {
		b.Append(math.Float64frombits(bits))
	}
	values := b.NewArray()
	nested, err := array.NewStructArray([]arrow.Array{values}, []string{"y"})
	if err != nil {
		t.Fatal(err)
	}
	s := arrow.NewSchema([]arrow.Field{{Name: "x", Type: values.DataType()}, {Name: "sub", Type: nested.DataType()}}, nil)
	batch := array.NewRecordBatch(s, []arrow.Array{values, nested}, int64(len(want)))
	for _, f := range []Format{Parquet, Arrow, ArrowStream} {
		docs, err := read(f, write(t, f, WriteOptions{RowGroup: 1 << 20}, batch))
		if err != nil {
			t.Fatal(err)
		}
		var got []uint64
		for doc, err := range bsoncore.Documents(bytes.NewReader(docs)) {
			if err != nil {
				t.Fatal(err)
			}
			x, y := bsoncore.Document(doc).Lookup("x"), bsoncore.Document(doc).Lookup("sub", "y")
			if !bytes.Equal(x.Data, y.Data) {
				t.Errorf("%v: x has the bytes %x, and sub.y %x", f, x.Data, y.Data)
			}
			got = append(got, binary.LittleEndian.Uint64(x.Data))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", f, diff)
		}
	}
}

// TestRoundTrip: the documents of a file are those of the batches of which it was made, for
// all formats, compressions and sizes of batches.
func TestRoundTrip(t *testing.T) {
	for _, repeat := range []int{1, 3000} {
		batch := table(t, repeat)
		reader, err := array.NewRecordReader(batch.Schema(), []arrow.RecordBatch{batch, batch, batch})
		if err != nil {
			t.Fatal(err)
		}
		want, err := documents(reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			format      Format
			compression []Compression
		}{
			{Parquet, []Compression{Usual, None, Zstd, LZ4, Snappy}},
			{Arrow, []Compression{Usual, None, Zstd, LZ4}},
			{ArrowStream, []Compression{Usual, None, Zstd, LZ4}},
		} {
			for _, c := range tc.compression {
				for _, group := range []int64{1 << 20, 4, 1001} {
					if group == 4 && repeat > 1 {
						continue
					}
					got, err := read(tc.format, write(t, tc.format, WriteOptions{RowGroup: group, Compression: c}, batch, batch, batch))
					if err != nil || !bytes.Equal(got, want) {
						t.Errorf("%s, compression %d, row groups of %d: %v, %d bytes, want %d", tc.format, c, group, err, len(got), len(want))
					}
				}
			}
		}
	}
}

// TestRestoreNeeded: arrow-go alone drops the marks of elements, so that restore is needed.
// If this test fails, restore.go can go.
func TestRestoreNeeded(t *testing.T) {
	data := write(t, Parquet, WriteOptions{RowGroup: 100}, table(t, 1))
	r, err := Open(Parquet, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	inside := r.(*guarded).RecordReader.(*parquetFile).RecordReader.Schema()
	for _, tc := range []struct {
		schema *arrow.Schema
		want   bool
	}{{inside, false}, {r.Schema(), true}} {
		got := tc.schema.Field(1).Type.(*arrow.ListType).ElemField().Metadata.FindKey("ARROW:extension:name") >= 0
		if got != tc.want {
			t.Errorf("elements have marks: %v, want %v", got, tc.want)
		}
	}
}

// TestParquetFile: a file has row groups of the wanted length, compression, dictionaries,
// statistics, and an index of pages.
func TestParquetFile(t *testing.T) {
	batch := table(t, 1000)
	data := write(t, Parquet, WriteOptions{RowGroup: 2500}, batch, batch)
	r, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rows []int64
	for i := range r.NumRowGroups() {
		rows = append(rows, r.MetaData().RowGroup(i).NumRows())
	}
	if diff := cmp.Diff([]int64{2500, 2500, 1000}, rows); diff != "" {
		t.Errorf("row groups (-want +got):\n%s", diff)
	}
	column, err := r.MetaData().RowGroup(0).ColumnChunk(2)
	if err != nil {
		t.Fatal(err)
	}
	stats, err := column.Statistics()
	if err != nil || !stats.HasMinMax() || !stats.HasNullCount() {
		t.Errorf("statistics: %v, %v, want the ends and the number of nulls", stats, err)
	}
	index := column.GetColumnIndexLocation()
	got := fmt.Sprint(column.PathInSchema(), column.Compression(), column.HasDictionaryPage(), index != nil && index.Length > 0)
	if want := "n ZSTD true true"; got != want {
		t.Errorf("column %s, want %s", got, want)
	}
}

// TestDictionaries: a column of JSON has no dictionary if its texts mostly differ in the first
// batch. All other columns of texts have one.
func TestDictionaries(t *testing.T) {
	json, err := extensions.NewJSONType(arrow.BinaryTypes.String)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 400
	for _, tc := range []struct {
		name     string
		typ      arrow.DataType
		distinct int // texts in the first batch
		want     bool
	}{
		{"different JSON", json, rows, false},
		{"JSON with some repeated texts", json, rows * 4 / 5, false},
		{"repeated JSON", json, rows / 2, true},
		{"one JSON", json, 1, true},
		{"different texts", arrow.BinaryTypes.String, rows, true},
	} {
		// The column is the second one of Parquet, and behind a column without values.
		s := arrow.NewSchema([]arrow.Field{
			{Name: "none", Type: arrow.Null, Nullable: true},
			{Name: "a", Type: arrow.ListOf(arrow.StructOf(arrow.Field{Name: "v", Type: tc.typ, Nullable: true})), Nullable: true},
		}, nil)
		batch := func(distinct int) arrow.RecordBatch {
			var text strings.Builder
			for i := range rows {
				fmt.Fprintf(&text, `{"a": [{"v": "%d"}, {"v": null}]},`, i%distinct)
			}
			b, _, err := array.RecordFromJSON(memory.DefaultAllocator, s, strings.NewReader("["+strings.TrimSuffix(text.String(), ",")+"]"))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		data := write(t, Parquet, WriteOptions{RowGroup: 1 << 20}, batch(tc.distinct), batch(rows+1-tc.distinct))
		r, err := file.NewParquetReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		column, err := r.MetaData().RowGroup(0).ColumnChunk(1)
		if err != nil {
			t.Fatal(err)
		}
		if got := column.HasDictionaryPage(); got != tc.want {
			t.Errorf("%s: dictionary of %s: %v, want %v", tc.name, column.PathInSchema(), got, tc.want)
		}
		r.Close()
	}
}

// TestMostlyDistinct: the decision about a dictionary is the same in each process, also for
// columns near the limit, and for a part of an array.
func TestMostlyDistinct(t *testing.T) {
	const rows = 1000
	texts := func(distinct int) *array.String {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		b.Append("before")
		for i := range rows {
			b.Append(fmt.Sprintf("text %d of %d", i%distinct, distinct))
		}
		b.AppendNull()
		all := b.NewStringArray()
		defer all.Release()
		return array.NewSlice(all, 1, rows+2).(*array.String)
	}
	var got uint64
	for i := range 64 {
		list := texts(rows*3/4 + i)
		if mostlyDistinct(list) {
			got |= 1 << i
		}
		list.Release()
	}
	if want := uint64(0xffffffffffda0000); got != want {
		t.Errorf("columns that are mostly distinct: %#x, want %#x", got, want)
	}
	nulls := array.NewSlice(texts(1), rows, rows+1).(*array.String)
	defer nulls.Release()
	if none := array.NewSlice(nulls, 0, 0).(*array.String); mostlyDistinct(nulls) || mostlyDistinct(none) {
		t.Error("columns without texts are mostly distinct")
	}
}

// TestNoBatch: a file without batches has the schema.
func TestNoBatch(t *testing.T) {
	var out bytes.Buffer
	want := table(t, 1).Schema()
	w, err := NewWriter(Parquet, &out, want, WriteOptions{RowGroup: 1})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(Parquet, bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if got := r.Schema(); len(got.Fields()) != len(want.Fields()) || r.Next() {
		t.Errorf("fields %v, want %v and no batch", got, want)
	}
}

// TestDamagedChunk: the length of a nested column that is negative is an error. arrow-go reads
// such columns in goroutines.
func TestDamagedChunk(t *testing.T) {
	data := write(t, Parquet, WriteOptions{RowGroup: 4}, table(t, 1))
	in, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for i := range in.MetaData().RowGroups[0].Columns {
		in.MetaData().RowGroups[0].Columns[i].MetaData.TotalCompressedSize = -70
		if err := checkChunks(in, int64(len(data))); !errors.Is(err, errChunk) {
			t.Errorf("column %d: %v, want errChunk", i, err)
		}
		in.MetaData().RowGroups[0].Columns[i].MetaData.TotalCompressedSize = int64(len(data))
		if err := checkChunks(in, int64(len(data))); !errors.Is(err, errChunk) {
			t.Errorf("column %d: %v, want errChunk", i, err)
		}
		in.MetaData().RowGroups[0].Columns[i].MetaData.TotalCompressedSize = 0
	}
}

// TestDamagedFiles: a file with changed or missing bytes gives documents or an error, never
// a panic, and the error matches ErrMalformed or one of package columns.
func TestDamagedFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	batch := table(t, 3)
	for f := Parquet; f <= ArrowStream; f++ {
		data := write(t, f, WriteOptions{RowGroup: 4}, batch, batch)
		for n := range 600 {
			damaged := bytes.Clone(data)
			if n%4 == 0 {
				damaged = damaged[:random.IntN(len(damaged))]
			}
			for range 1 + random.IntN(3) {
				if len(damaged) > 0 {
					damaged[random.IntN(len(damaged))] ^= 1 << random.IntN(8)
				}
			}
			_, err := read(f, damaged)
			if _, ok := errors.AsType[*columns.RowError](err); ok || err == nil || errors.Is(err, ErrMalformed) || errors.Is(err, columns.ErrColumn) {
				continue
			}
			t.Fatalf("%s, case %d: %v, want ErrMalformed", f, n, err)
		}
	}
}

// TestClaimedBody: no memory is taken for a body that a message only claims: a batch of a
// stream, or the schema at its start, which Parquet files have too.
func TestClaimedBody(t *testing.T) {
	stream := write(t, ArrowStream, WriteOptions{}, table(t, 3))
	batch := stream[8+binary.LittleEndian.Uint32(stream[4:])+8:]
	message := flatbuffers.Table{Bytes: batch, Pos: flatbuffers.GetUOffsetT(batch)}
	if !message.MutateInt64Slot(4+2*messageBody, 1<<40) {
		t.Fatal("the batch has no length of a body")
	}
	if _, err := read(ArrowStream, stream); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), "exceeds limit") {
		t.Errorf("a batch: %v, want ErrMalformed because of a limit", err)
	}

	b := flatbuffers.NewBuilder(0)
	b.StartObject(messageBody + 1)
	b.PrependInt64Slot(messageBody, 1<<40, 0)
	b.Finish(b.EndObject())
	schema := binary.LittleEndian.AppendUint32([]byte("\xff\xff\xff\xff"), uint32(len(b.FinishedBytes())))
	schema = append(schema, b.FinishedBytes()...)
	if _, err := read(ArrowStream, schema); !errors.Is(err, ErrMalformed) || !errors.Is(err, errBody) {
		t.Errorf("a schema: %v, want errBody", err)
	}
}

// TestReaderFails: an error of the input is that error, and no fault of its bytes.
func TestReaderFails(t *testing.T) {
	fails := errors.New("the disk fails")
	for f := Parquet; f <= ArrowStream; f++ {
		data := write(t, f, WriteOptions{RowGroup: 4}, table(t, 3))
		for _, good := range []int64{0, 10, int64(len(data)) / 2} {
			r, err := Open(f, &failsAt{bytes.NewReader(data), good, fails}, int64(len(data)))
			if err == nil {
				_, err = documents(r)
			}
			if !errors.Is(err, fails) || errors.Is(err, ErrMalformed) {
				t.Errorf("%s, after %d bytes: %v, want %v", f, good, err, fails)
			}
		}
	}
}

// failsAt is a Source whose bytes from good on cannot be read.
type failsAt struct {
	*bytes.Reader
	good int64
	err  error
}

func (f *failsAt) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.good {
		return 0, f.err
	}
	return f.Reader.ReadAt(p, off)
}

func (f *failsAt) Read(p []byte) (int, error) {
	if f.Size()-int64(f.Len())+int64(len(p)) > f.good {
		return 0, f.err
	}
	return f.Reader.Read(p)
}

// TestWriterFails: an error of the output is returned by Write or Close.
func TestWriterFails(t *testing.T) {
	batch := table(t, 3000)
	for f := Parquet; f <= ArrowStream; f++ {
		size := len(write(t, f, WriteOptions{RowGroup: 1000}, batch))
		for limit := 0; limit < size; limit += size/50 + 1 {
			w, err := NewWriter(f, &full{limit}, batch.Schema(), WriteOptions{RowGroup: 1000})
			if err == nil {
				err = errors.Join(w.Write(batch), w.Close())
			}
			if err == nil {
				t.Errorf("%s: no error on a disk of %d bytes of %d", f, limit, size)
			}
		}
	}
}

// full is a disk with space for left bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestFormats(t *testing.T) {
	for _, tc := range []struct {
		file string
		want Format
	}{
		{"a.parquet", Parquet}, {"A.PARQUET", Parquet}, {"a.arrow", Arrow}, {"a.feather", Arrow}, {"a.arrows", ArrowStream}, {"parquet", 0}, {"a.json", 0},
	} {
		if got := Suffixed(tc.file); got != tc.want {
			t.Errorf("Suffixed(%s) = %d, want %d", tc.file, got, tc.want)
		}
	}
	for _, name := range Names() {
		f := Named(name)
		if got := Detect(write(t, f, WriteOptions{RowGroup: 1}, table(t, 1))); got != f || f.String() != name {
			t.Errorf("Detect of %s = %s", name, got)
		}
	}
	if got := Detect([]byte("{}")); got != 0 {
		t.Errorf("Detect of JSON = %v, want 0", got)
	}
}
