package files

import (
	"hash/crc32"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/extensions"
)

// This file finds columns for which a dictionary of Parquet would cost much time and save
// nothing: columns of JSON whose texts mostly differ. Texts of a column of one type repeat
// more often, also in distant rows, so such columns always get a dictionary.

// distinctColumns reports for each column of Parquet of a batch whether it is JSON that
// mostly differs. The columns are in the order of Parquet: each field with those below it.
func distinctColumns(batch arrow.RecordBatch) (list []bool) {
	for _, c := range batch.Columns() {
		list = appendDistinct(list, c.Data())
	}
	return list
}

func appendDistinct(list []bool, data arrow.ArrayData) []bool {
	if kids := data.Children(); len(kids) > 0 {
		for _, kid := range kids {
			list = appendDistinct(list, kid)
		}
		return list
	}
	if _, ok := data.DataType().(*extensions.JSONType); !ok {
		return append(list, false)
	}
	a := array.MakeFromData(data)
	defer a.Release()
	texts, ok := a.(array.ExtensionArray).Storage().(*array.String)
	return append(list, ok && mostlyDistinct(texts))
}

// mostlyDistinct reports whether at least three quarters of the texts differ from all others
// before them, not counting nulls. It is rarely wrong: texts with the same hash count as one.
// The same texts have the same result in each process, so a file has the same bytes.
func mostlyDistinct(texts *array.String) bool {
	n := texts.Len() - texts.NullN()
	if n == 0 {
		return false
	}
	const perText = 16 // bits, so that few texts share one
	width := bits.Len(uint(perText * n))
	seen := make([]uint64, 1<<max(0, width-6))
	all, start := texts.ValueBytes(), texts.ValueOffset(0)
	distinct := 0
	for i := range texts.Len() {
		if texts.IsNull(i) {
			continue
		}
		at := texts.ValueOffset(i) - start
		place := hash(all[at:at+texts.ValueLen(i)]) >> (64 - width)
		word, bit := &seen[place/64], uint64(1)<<(place%64)
		if *word&bit == 0 {
			*word |= bit
			distinct++
		}
	}
	return distinct >= n-n/4
}

// hash returns a number whose high bits depend on all bytes of text.
func hash(text []byte) uint64 {
	return uint64(crc32.Checksum(text, castagnoli)) * 0x9e3779b97f4a7c15
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli) // for which processors have an instruction
