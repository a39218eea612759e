package cli

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/bsonkit/bsonkit/bridges/columns"
	"github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns/internal/files"
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

// BenchmarkWrite compares the steps from BSON to Parquet, in the speed of BSON:
//
//   - validate reads the documents and nothing else;
//   - batches makes record batches;
//   - writer is the writer of arrow-go with zstd and page indexes, which gets ready batches;
//   - parquet is batches and the writer of this program together;
//   - command is the whole command, which reads the documents twice;
//   - pandas decodes the documents with PyMongo and makes a DataFrame, without a file.
//
// A run with -benchtime=10x has all rows under the same load.
func BenchmarkWrite(b *testing.B) {
	for _, set := range []struct {
		name string
		docs [][]byte
	}{
		{"orders", orders(20000)},
		{"bench", sample.Sets()[0].Docs},
	} {
		b.Run(set.name, func(b *testing.B) { benchmarkWrite(b, set.docs) })
	}
}

func benchmarkWrite(b *testing.B, docs [][]byte) {
	stream := slices.Concat(docs...)
	o := columns.Options{Mixed: columns.MixedJSON, BatchDocuments: batchDocuments}
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
	var ready []arrow.RecordBatch
	eachBatch(b, stream, s, o, func(batch arrow.RecordBatch) {
		batch.Retain()
		ready = append(ready, batch)
	})
	row := func(name string, step func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(stream)))
			before := cpuSeconds(b)
			for b.Loop() {
				step()
			}
			b.ReportMetric(float64(len(stream))*float64(b.N)/(cpuSeconds(b)-before)/1e6, "cpu-MB/s")
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
		b.ReportMetric(float64(len(stream))*float64(b.N)/cpu/1e6, "cpu-MB/s")
		b.ReportMetric(seconds*1e9/float64(b.N), "ns/op")
	})
}

// cpuSeconds returns the time that this process has used on all processors. Other processes
// do not change it.
func cpuSeconds(b *testing.B) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
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
