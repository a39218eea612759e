package cli

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/bsonkit/bsonkit/bridges/columns"
	"github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns/internal/files"
	"github.com/bsonkit/bsonkit/bridges/columns/internal/cputime"
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// orders returns documents as an application stores them: one type at each path.
func orders(n int) (docs [][]byte) {
	for i := range n {
		items := bson.A{}
		for j := range i % 4 {
			items = append(items, bson.D{{Key: "sku", Value: "SKU-" + strconv.Itoa(i*7919%5000+j)}, {Key: "qty", Value: int32(j + 1)}, {Key: "price", Value: float64(i%997) / 4}})
		}
		doc, err := bson.Marshal(bson.D{
			{Key: "_id", Value: sampleID(i)}, {Key: "customer", Value: sampleID(i % 1000)}, {Key: "status", Value: []string{"new", "paid", "sent"}[i%3]},
			{Key: "at", Value: bson.DateTime(1.7e12 + int64(i)*1234)}, {Key: "total", Value: float64(i%9973) / 8}, {Key: "count", Value: int64(i % 4)},
			{Key: "address", Value: bson.D{{Key: "street", Value: strconv.Itoa(i%300) + " Main Street"}, {Key: "city", Value: []string{"Bern", "Oslo", "Rome", "Kyiv"}[i%4]}, {Key: "zip", Value: int32(1000 + i%9000)}}},
			{Key: "items", Value: items}, {Key: "paid", Value: i%3 > 0},
		})
		if err != nil {
			panic(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

func sampleID(i int) (id [12]byte) {
	copy(id[:], fmt.Sprintf("%012d", int64(i)*2654435761%1e12))
	return id
}

// published returns 20,000 times the document of three benchmarks of PyMongoArrow: two numbers;
// 20 doubles; both, the doubles in a document.
func published() (small, large, nested [][]byte) {
	doubles := bson.D{}
	for i := range 20 {
		doubles = append(doubles, bson.E{Key: "a" + strconv.Itoa(i), Value: math.Pi})
	}
	numbers := bson.D{{Key: "x", Value: int32(1)}, {Key: "y", Value: math.Pi}}
	times := func(d bson.D) [][]byte {
		doc, err := bson.Marshal(d)
		if err != nil {
			panic(err)
		}
		return slices.Repeat([][]byte{doc}, 20000)
	}
	return times(numbers), times(doubles), times(append(numbers, bson.E{Key: "emb", Value: doubles}))
}

// BenchmarkWrite compares the steps from BSON to Parquet, in the speed of BSON and in time:
//
//   - validate reads the documents and nothing else;
//   - batches makes record batches;
//   - arrow finds the columns, and makes record batches;
//   - writer is the writer of arrow-go with zstd and page indexes, which gets ready batches;
//   - parquet is batches and the writer of this program together;
//   - command is the whole command, which reads the documents twice;
//   - pandas decodes the documents with PyMongo and makes a DataFrame, without a file;
//   - pymongoarrow runs nothing: it is the time that its authors published for these documents.
//
// A run with -benchtime=10x has all rows under the same load.
func BenchmarkWrite(b *testing.B) {
	small, large, nested := published()
	for _, set := range []struct {
		name         string
		docs         [][]byte
		pymongoarrow float64 // milliseconds that version 1.0 took to read docs; 0: unknown
	}{
		{"orders", orders(20000), 0},
		{"bench", sample.Sets()[0].Docs, 0},
		{"small", small, 60.8},
		{"large", large, 186},
		{"nested", nested, 937},
	} {
		b.Run(set.name, func(b *testing.B) {
			benchmarkWrite(b, set.docs)
			if set.pymongoarrow > 0 {
				b.Run("pymongoarrow", func(b *testing.B) {
					b.ReportMetric(set.pymongoarrow, "published-ms")
					b.ReportMetric(0, "ns/op") // no column of it
				})
			}
		})
	}
}

func benchmarkWrite(b *testing.B, docs [][]byte) {
	stream := slices.Concat(docs...)
	o := columns.Options{Mixed: columns.MixedJSON, BatchDocuments: batchDocuments}
	s := inferred(b, docs, o)
	var ready []arrow.RecordBatch
	eachBatch(b, stream, s, o, func(batch arrow.RecordBatch) {
		batch.Retain()
		ready = append(ready, batch)
	})
	row := func(name string, step func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(stream)))
			before := cputime.Used()
			for b.Loop() {
				step()
			}
			report(b, len(stream), (cputime.Used() - before).Seconds())
		})
	}
	settings := files.WriteOptions{RowGroup: usualRowGroup}
	row("validate", func() {
		for _, doc := range docs {
			if err := bsoncore.Validate(doc); err != nil {
				b.Fatal(err)
			}
		}
	})
	row("batches", func() { eachBatch(b, stream, s, o, func(arrow.RecordBatch) {}) })
	row("arrow", func() { eachBatch(b, stream, inferred(b, docs, o), o, func(arrow.RecordBatch) {}) })
	row("writer", func() {
		w, err := pqarrow.NewFileWriter(s, struct{ io.Writer }{io.Discard},
			parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd), parquet.WithPageIndexEnabled(true)), pqarrow.DefaultWriterProps())
		if err != nil {
			b.Fatal(err)
		}
		for _, batch := range ready {
			if err := w.WriteBuffered(batch); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	})
	row("parquet", func() {
		w, err := files.NewWriter(files.Parquet, io.Discard, s, settings)
		if err != nil {
			b.Fatal(err)
		}
		eachBatch(b, stream, s, o, func(batch arrow.RecordBatch) {
			if err := w.Write(batch); err != nil {
				b.Fatal(err)
			}
		})
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	})
	file := inFile(b, "bench.bson", stream)
	row("command", func() {
		var errors bytes.Buffer
		if code := Run([]string{"write", file, "--to", "parquet", "--output", "-", "--mixed", "json"}, nil, io.Discard, &errors); code != 0 {
			b.Fatal(errors.String())
		}
	})
	b.Run("pandas", func(b *testing.B) {
		out, err := exec.Command("/usr/bin/python3", "-c", pandasLoop, file, strconv.Itoa(b.N)).CombinedOutput()
		if err != nil {
			b.Skipf("no pandas and PyMongo; run bridges/columns/setup: %s", out)
		}
		var seconds, cpu float64
		if _, err := fmt.Sscan(string(out), &seconds, &cpu); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(stream))*float64(b.N)/seconds/1e6, "MB/s")
		report(b, len(stream), cpu)
		b.ReportMetric(seconds*1e9/float64(b.N), "ns/op")
	})
}

// report reports the speed and the time of b.N turns over size bytes that used a processor for
// a number of seconds.
func report(b *testing.B, size int, seconds float64) {
	b.ReportMetric(float64(size)*float64(b.N)/seconds/1e6, "cpu-MB/s")
	b.ReportMetric(seconds*1e3/float64(b.N), "cpu-ms/op")
}

// inferred returns the columns of docs.
func inferred(b *testing.B, docs [][]byte, o columns.Options) *arrow.Schema {
	found := schema.New(o.Schema())
	for _, doc := range docs {
		if err := found.Add(doc); err != nil {
			b.Fatal(err)
		}
	}
	s, err := columns.Infer(found, o)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// pandasLoop prints the seconds of making a DataFrame a number of times.
const pandasLoop = `
import sys, time, bson, pandas
data = open(sys.argv[1], 'rb').read()
begin, cpu = time.perf_counter(), time.process_time()
for _ in range(int(sys.argv[2])):
    pandas.DataFrame(bson.decode_all(data))
print(time.perf_counter() - begin, time.process_time() - cpu)
`

func eachBatch(b *testing.B, stream []byte, s *arrow.Schema, o columns.Options, use func(arrow.RecordBatch)) {
	r, err := columns.NewRecordReader(bytes.NewReader(stream), s, o)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		use(r.RecordBatch())
	}
	if err := r.Err(); err != nil {
		b.Fatal(err)
	}
}
