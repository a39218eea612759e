package files

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// parquetCodecs has the codec of each compression.
var parquetCodecs = map[Compression]compress.Compression{
	Usual:  compress.Codecs.Zstd,
	None:   compress.Codecs.Uncompressed,
	Zstd:   compress.Codecs.Zstd,
	Snappy: compress.Codecs.Snappy,
	LZ4:    compress.Codecs.Lz4Raw,
}

// rowGroupBytes is the number of compressed bytes after which a row group ends. The pages
// of a row group are in memory until then.
const rowGroupBytes = 64 << 20

// properties returns those of a file of batches with the schema s. distinct says for each
// column whether its values mostly differ; it is empty if that is unknown.
func properties(s *arrow.Schema, o WriteOptions, distinct []bool) (*parquet.WriterProperties, error) {
	props := []parquet.WriterProperty{
		parquet.WithCompression(parquetCodecs[o.Compression]),
		parquet.WithMaxRowGroupLength(o.RowGroup),
		parquet.WithPageIndexEnabled(true),
		parquet.WithVersion(parquet.V2_LATEST),
		// All values differ, so a dictionary would cost much and save nothing.
		parquet.WithDictionaryFor("_id", false),
	}
	columns, err := pqarrow.ToParquet(s, parquet.NewWriterProperties(props...), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	for i := range columns.NumColumns() {
		// A dictionary of arrow-go has only one NaN, so the bits of all others would be lost.
		if c := columns.Column(i); c.PhysicalType() == parquet.Types.Double || len(distinct) == columns.NumColumns() && distinct[i] {
			props = append(props, parquet.WithDictionaryPath(c.ColumnPath(), false))
		}
	}
	return parquet.NewWriterProperties(props...), nil
}

// parquetWriter writes batches into row groups that are longer than a batch.
type parquetWriter struct {
	w       io.Writer
	schema  *arrow.Schema
	options WriteOptions
	out     *pqarrow.FileWriter // nil before the first batch, which decides about dictionaries
}

func newParquetWriter(w io.Writer, s *arrow.Schema, o WriteOptions) (Writer, error) {
	if _, err := guard(func() (*parquet.WriterProperties, error) { return properties(s, o, nil) }); err != nil {
		return nil, err
	}
	return &parquetWriter{w: w, schema: s, options: o}, nil
}

// open begins the file. distinct is that of properties.
func (p *parquetWriter) open(distinct []bool) (err error) {
	// FileWriter would close w.
	p.out, err = guard(func() (*pqarrow.FileWriter, error) {
		props, err := properties(p.schema, p.options, distinct)
		if err != nil {
			return nil, err
		}
		return pqarrow.NewFileWriter(p.schema, struct{ io.Writer }{p.w}, props, pqarrow.DefaultWriterProps())
	})
	if err != nil {
		return err
	}
	return storeSchema(p.out, p.schema)
}

func (p *parquetWriter) Write(batch arrow.RecordBatch) error {
	if p.out == nil {
		if err := p.open(distinctColumns(batch)); err != nil {
			return err
		}
	}
	if p.out.RowGroupTotalBytesWritten() >= rowGroupBytes {
		if err := p.out.NewBufferedRowGroupChecked(); err != nil {
			return err
		}
	}
	return p.out.WriteBuffered(batch)
}

func (p *parquetWriter) Close() error {
	if p.out == nil {
		if err := p.open(nil); err != nil {
			return err
		}
	}
	return p.out.Close()
}

// Sizes of the batches that are read.
const (
	readBytes = 16 << 20 // on average, uncompressed
	readRows  = 1 << 16  // at most
)

func openParquet(r Source, size int64) (array.RecordReader, error) {
	mem := newCapped(size)
	props := parquet.NewReaderProperties(mem)
	props.BufferedStreamEnabled = true // reads pages, not whole columns
	in, err := file.NewParquetReader(r, file.WithReadProps(props))
	if err != nil {
		return nil, err
	}
	if err := checkChunks(in, size); err != nil {
		return nil, err
	}
	stored, err := storedSchema(in)
	if err != nil {
		return nil, err
	}
	reader, err := pqarrow.NewFileReader(in, pqarrow.ArrowReadProperties{BatchSize: batchRows(in)}, mem)
	if err != nil {
		return nil, err
	}
	batches, err := reader.GetRecordReader(context.Background(), nil, nil)
	if err != nil {
		return nil, err
	}
	read := withTexts(batches.Schema(), reader.Manifest.Fields, in.MetaData().Schema)
	return &parquetFile{RecordReader: batches, schema: restore(stored, read)}, nil
}

// batchRows returns the number of rows that have readBytes.
func batchRows(in *file.Reader) int64 {
	rows, size := int64(0), int64(0)
	for i := range in.NumRowGroups() {
		group := in.MetaData().RowGroup(i)
		rows, size = rows+group.NumRows(), size+group.TotalByteSize()
	}
	if size <= 0 || rows <= 0 {
		return readRows
	}
	return max(1, min(readRows, int64(float64(rows)/float64(size)*readBytes)))
}

// parquetFile has the batches of a file with a schema that has marks.
type parquetFile struct {
	pqarrow.RecordReader
	schema *arrow.Schema
	cur    arrow.RecordBatch // nil: there is none
}

func (p *parquetFile) Schema() *arrow.Schema          { return p.schema }
func (p *parquetFile) RecordBatch() arrow.RecordBatch { return p.cur }
func (p *parquetFile) Record() arrow.RecordBatch      { return p.cur }
func (p *parquetFile) Release()                       { p.drop(); p.RecordReader.Release() }

func (p *parquetFile) Next() bool {
	p.drop()
	if !p.RecordReader.Next() {
		return false
	}
	p.cur = withoutNullElements(p.RecordReader.RecordBatch())
	return true
}

func (p *parquetFile) drop() {
	if p.cur != nil {
		p.cur.Release()
		p.cur = nil
	}
}
