package tabular_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// benchTable returns a megabyte of rows below a header. The format of a row gets its number
// and numbers that depend on it.
func benchTable(header, row string) []byte {
	b := []byte(header)
	for i := 0; len(b) < 1<<20; i++ {
		b = fmt.Appendf(b, row, i, i%97, i*7%100000, i%28+1)
	}
	return b
}

// benchTables are the tables of the benchmarks.
var benchTables = []struct {
	name  string
	typed bool
	text  []byte
}{
	{"auto", false, benchTable("_id,name,address.city,address.zip,age,height,born\n", "%[1]d,Ann Example %[1]d,Paris,%05[3]d,%[2]d,1.%[2]d,2001-02-%02[4]d\n")},
	{"quoted", false, benchTable("_id,name,address.city,address.zip,age,height,born\n", "%[1]d,\"Ann \"\"E.\"\" Example %[1]d\",\"Paris, FR\",\"%05[3]d\",%[2]d,1.%[2]d,\"2001-02-%02[4]d\"\n")},
	{"typed", true, benchTable("_id.int32(),name.string(),address.city.string(),address.zip.string(),age.int64(),height.double(),born.date(2006-01-02)\n", "%[1]d,Ann Example %[1]d,Paris,%05[3]d,%[2]d,1.%[2]d,2001-02-%02[4]d\n")},
}

// BenchmarkNext makes documents of rows.
func BenchmarkNext(b *testing.B) {
	for _, tc := range benchTables {
		b.Run(tc.name, func(b *testing.B) {
			d := tabular.DecodeOptions{Typed: tc.typed}.NewDecoder(nil)
			b.SetBytes(int64(len(tc.text)))
			b.ReportAllocs()
			for b.Loop() {
				d.ResetBytes(tc.text, nil, nil)
				for d.Next() {
				}
				if d.Err() != nil {
					b.Fatal(d.Err())
				}
			}
		})
	}
}

// BenchmarkEncodingCSV reads the same rows as fields, with the package of the standard
// library, and makes no documents.
func BenchmarkEncodingCSV(b *testing.B) {
	for _, tc := range benchTables {
		b.Run(tc.name, func(b *testing.B) {
			b.SetBytes(int64(len(tc.text)))
			b.ReportAllocs()
			for b.Loop() {
				r := csv.NewReader(bytes.NewReader(tc.text))
				r.ReuseRecord = true
				for {
					if _, err := r.Read(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
