package files

import (
	"bytes"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// TestNullElements: a null list is null, also if each of its places has an entry, as those of
// DuckDB's fixed-size arrays.
func TestNullElements(t *testing.T) {
	element := schema.Must(schema.NewPrimitiveNode("element", parquet.Repetitions.Optional, parquet.Types.Int32, -1, -1))
	entries := schema.Must(schema.NewGroupNode("list", parquet.Repetitions.Repeated, schema.FieldList{element}, -1))
	list := schema.Must(schema.NewGroupNodeConverted("a", parquet.Repetitions.Optional, schema.FieldList{entries}, schema.ConvertedTypes.List, -1))
	root := schema.MustGroup(schema.NewGroupNode("schema", parquet.Repetitions.Required, schema.FieldList{list}, -1))
	var out bytes.Buffer
	w := file.NewParquetWriter(&out, root)
	group, err := w.AppendRowGroupChecked()
	if err != nil {
		t.Fatal(err)
	}
	c, err := group.NextColumn()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.(*file.Int32ColumnChunkWriter).WriteBatch([]int32{1, 2, 3, 4, 6},
		[]int16{3, 3, 3, 0, 0, 0, 3, 2, 3, 0, 0, 0}, []int16{0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	docs, err := read(Parquet, out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for d := bsoncore.NewDecoder(bytes.NewReader(docs)); d.Next(); {
		text, err := extjson.AppendJSON(nil, d.Document())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	want := []string{`{"a":[1,2,3]}`, `{"a":null}`, `{"a":[4,null,6]}`, `{"a":null}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNullsEmptied: only lists whose ends are explained by nulls with elements change, at any
// level, and no memory stays.
func TestNullsEmptied(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	for _, tc := range []struct {
		name        string
		ends        []int32
		rows        string // of the list: "0" is null
		inStruct    bool
		elements    int
		want        []int32 // ends
		wantsChange bool
	}{
		{name: "good", ends: []int32{0, 2, 2, 5}, rows: "101", elements: 5, want: []int32{0, 2, 2, 5}},
		{name: "a null with elements", ends: []int32{0, 2, 4, 7}, rows: "101", elements: 5, want: []int32{0, 2, 2, 5}, wantsChange: true},
		{name: "first and last", ends: []int32{0, 2, 4, 6}, rows: "010", elements: 2, want: []int32{0, 0, 2, 2}, wantsChange: true},
		{name: "in a struct", ends: []int32{0, 2, 4, 7}, rows: "101", inStruct: true, elements: 5, want: []int32{0, 2, 2, 5}, wantsChange: true},
		{name: "no null", ends: []int32{0, 2, 4, 7}, rows: "111", elements: 5, want: []int32{0, 2, 4, 7}},
		{name: "other elements", ends: []int32{0, 2, 4, 7}, rows: "101", elements: 4, want: []int32{0, 2, 4, 7}},
		{name: "ends that are missing", ends: []int32{0, 2}, rows: "101", elements: 1, want: []int32{0, 2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			values := array.NewInt32Builder(mem)
			values.AppendValues(make([]int32, tc.elements), nil)
			kid := values.NewArray()
			defer kid.Release()
			values.Release()
			bits := []byte{0}
			for i, c := range tc.rows {
				bits[0] |= byte(c-'0') << i
			}
			var data arrow.ArrayData = array.NewData(arrow.ListOf(arrow.PrimitiveTypes.Int32), len(tc.rows),
				[]*memory.Buffer{memory.NewBufferBytes(bits), memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(tc.ends))},
				[]arrow.ArrayData{kid.Data()}, strings.Count(tc.rows, "0"), 0)
			if tc.inStruct {
				list := data
				defer list.Release()
				data = array.NewData(arrow.StructOf(arrow.Field{Name: "l", Type: list.DataType()}), list.Len(), []*memory.Buffer{nil}, []arrow.ArrayData{list}, 0, 0)
			}
			defer data.Release()
			got := nullsEmptied(data)
			if changed := got != data; changed != tc.wantsChange {
				t.Fatalf("changed is %t", changed)
			} else if changed {
				defer got.Release()
			}
			if tc.inStruct {
				got = got.Children()[0]
			}
			if diff := cmp.Diff(tc.want, arrow.Int32Traits.CastFromBytes(got.Buffers()[1].Bytes())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestBatchStays: a batch without null elements is another batch. The one that was given keeps
// its columns, and no memory stays.
func TestBatchStays(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	values := array.NewInt32Builder(mem)
	defer values.Release()
	values.AppendValues([]int32{1, 2}, nil)
	kid := values.NewArray()
	defer kid.Release()
	data := array.NewData(arrow.ListOf(arrow.PrimitiveTypes.Int32), 2,
		[]*memory.Buffer{memory.NewBufferBytes([]byte{2}), memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{0, 2, 4}))},
		[]arrow.ArrayData{kid.Data()}, 1, 0)
	defer data.Release()
	list := array.NewListData(data)
	defer list.Release()
	batch := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "i", Type: arrow.PrimitiveTypes.Int32}, {Name: "l", Type: list.DataType(), Nullable: true}}, nil),
		[]arrow.Array{kid, list}, 2)
	defer batch.Release()
	got := withoutNullElements(batch)
	defer got.Release()
	if got == batch || got.Column(1) == arrow.Array(list) || got.Column(0) != kid {
		t.Error("the list did not change, or the other column did")
	}
	if batch.Column(1) != arrow.Array(list) {
		t.Error("the batch has another column than before")
	}
}
