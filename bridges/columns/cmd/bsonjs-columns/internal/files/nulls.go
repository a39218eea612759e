package files

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// This file reads the nulls of the fixed-size arrays that DuckDB writes, such as those of a
// column INTEGER[3]. Parquet has one entry for a null list, but DuckDB writes one for each
// place: the first one is the null, and the others continue a list that does not exist.
// arrow-go counts these as elements of the null, so the ends of this list and of all lists
// after it are beyond the elements.

// withoutNullElements returns batch with nulls that have no elements. The caller releases it.
func withoutNullElements(batch arrow.RecordBatch) arrow.RecordBatch {
	columns, changed := batch.Columns(), false
	for i, c := range columns {
		if data := nullsEmptied(c.Data()); data != c.Data() {
			if !changed { // the slice is that of batch
				columns, changed = slices.Clone(columns), true
			}
			columns[i] = array.MakeFromData(data)
			data.Release()
			defer columns[i].Release()
		}
	}
	if !changed {
		batch.Retain()
		return batch
	}
	return array.NewRecordBatch(batch.Schema(), columns, batch.NumRows())
}

// nullsEmptied returns data if no list in it has an end beyond its elements. Otherwise it
// returns other data, which the caller releases.
func nullsEmptied(data arrow.ArrayData) arrow.ArrayData {
	children, changed := data.Children(), false
	for i, kid := range children {
		if other := nullsEmptied(kid); other != kid {
			if !changed {
				children, changed = slices.Clone(children), true
			}
			children[i] = other
			defer other.Release()
		}
	}
	buffers := data.Buffers()
	if ends := emptiedEnds(data); ends != nil {
		buffers, changed = []*memory.Buffer{buffers[0], ends}, true
	}
	if !changed {
		return data
	}
	return array.NewData(data.DataType(), data.Len(), buffers, children, data.NullN(), data.Offset())
}

// emptiedEnds returns the offsets of a list whose last end is beyond its elements, without
// the elements of its nulls. It returns nil if data is no such list, or is damaged in another
// way.
func emptiedEnds(data arrow.ArrayData) *memory.Buffer {
	if data.DataType().ID() != arrow.LIST || data.Offset() != 0 || data.NullN() == 0 {
		return nil
	}
	valid, n := data.Buffers()[0], data.Len()
	if valid == nil || valid.Len() < (n+7)/8 || data.Buffers()[1].Len() < arrow.Int32Traits.BytesRequired(n+1) {
		return nil
	}
	ends := arrow.Int32Traits.CastFromBytes(data.Buffers()[1].Bytes())[:n+1]
	elements := data.Children()[0].Len()
	if int(ends[n]) <= elements {
		return nil
	}
	out := make([]int32, n+1)
	out[0] = ends[0]
	for i := range n {
		out[i+1] = out[i]
		if bitutil.BitIsSet(valid.Bytes(), i) {
			out[i+1] += ends[i+1] - ends[i]
		}
	}
	if int(out[n]) != elements {
		return nil
	}
	return memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(out))
}
