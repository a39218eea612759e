// Package files reads and writes record batches as Parquet files and Arrow files and
// streams.
//
//   - A Format has its names: of the flag, the suffix and the first bytes.
//   - NewWriter writes and Open reads; parquet.go and arrow.go have the formats.
//   - restore.go gives columns of Parquet the metadata that readers lose; nulls.go corrects
//     the nulls of DuckDB.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// A Format is a form of record batches in a file. The zero value is none.
type Format uint8

// The formats.
const (
	Parquet     Format = iota + 1
	Arrow              // IPC file, which is Feather 2 too
	ArrowStream        // IPC stream
)

// formats has the names of each format.
var formats = [...]struct {
	name     string
	suffixes []string
	magic    string // first bytes
}{
	Parquet:     {"parquet", []string{".parquet"}, "PAR1"},
	Arrow:       {"arrow", []string{".arrow", ".feather"}, "ARROW1"},
	ArrowStream: {"arrow-stream", []string{".arrows"}, "\xff\xff\xff\xff"},
}

// String returns the name of the format.
func (f Format) String() string { return formats[f].name }

// Names returns the names of all formats.
func Names() (names []string) {
	for _, f := range formats[1:] {
		names = append(names, f.name)
	}
	return names
}

// Named returns the format of that name, or 0.
func Named(name string) Format {
	return find(func(f Format) bool { return formats[f].name == name })
}

// Suffixed returns the format that the suffix of a file says, or 0.
func Suffixed(file string) Format {
	return find(func(f Format) bool {
		for _, s := range formats[f].suffixes {
			if strings.HasSuffix(strings.ToLower(file), s) {
				return true
			}
		}
		return false
	})
}

// LongestMagic is the number of bytes that Detect needs.
const LongestMagic = len("ARROW1")

// Detect returns the format of a file that starts with head, or 0.
func Detect(head []byte) Format {
	return find(func(f Format) bool { return bytes.HasPrefix(head, []byte(formats[f].magic)) })
}

func find(is func(Format) bool) Format {
	for f := Parquet; int(f) < len(formats); f++ {
		if is(f) {
			return f
		}
	}
	return 0
}

// A Writer writes record batches.
type Writer interface {
	// Write writes a batch, which is not kept.
	Write(arrow.RecordBatch) error
	// Close writes the end of the file. It does not close the writer below.
	Close() error
}

// WriteOptions are the options of NewWriter.
type WriteOptions struct {
	_ struct{} // keyed literals only

	// RowGroup is the largest number of rows in a row group of Parquet, at least 1.
	RowGroup int64
	// Compression is that of the pages of Parquet, or of the buffers of Arrow.
	Compression Compression
}

// A Compression is the compression of the values in a file.
type Compression uint8

// The values of Compression.
const (
	Usual Compression = iota // Zstd for Parquet, None for Arrow
	None
	Zstd
	LZ4 // as frames; for Arrow
	Snappy
)

// ErrCompression says that a format has no such compression.
var ErrCompression = errors.New("no such compression in this format")

// NewWriter returns a Writer to w for batches with the schema s. The error is about s or o.
func NewWriter(f Format, w io.Writer, s *arrow.Schema, o WriteOptions) (Writer, error) {
	if f == Parquet {
		return newParquetWriter(w, s, o)
	}
	return newArrowWriter(f, w, s, o)
}

// A Source is a file that is read at any place.
type Source interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Open returns the batches of r, a file of size bytes. It may be damaged in any way: an
// error in its bytes matches ErrMalformed, and any other error is one of r. The Schema has
// the marks of package columns, even if a reader of Parquet loses them. r must stay open.
func Open(f Format, r Source, size int64) (array.RecordReader, error) {
	source := &failing{Source: r}
	open := func() (array.RecordReader, error) { return openArrow(f, source, size) }
	if f == Parquet {
		open = func() (array.RecordReader, error) { return openParquet(source, size) }
	}
	reader, err := guard(open)
	if err != nil {
		return nil, source.blame(err)
	}
	return &guarded{RecordReader: reader, source: source}, nil
}

// ErrMalformed says that a file is damaged, or not in its format.
var ErrMalformed = errors.New("malformed file")

// failing keeps the first error of a Source, other than its end.
type failing struct {
	Source
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.Source.Read(p)
	f.note(err)
	return n, err
}

// errOffset is the fault of bytes that refer to a place before the start of the file.
var errOffset = errors.New("negative offset")

func (f *failing) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errOffset
	}
	n, err := f.Source.ReadAt(p, off)
	f.note(err)
	return n, err
}

func (f *failing) note(err error) {
	if err != nil && !errors.Is(err, io.EOF) && f.err == nil {
		f.err = err
	}
}

// blame returns the error of the source, or else err as one of its bytes.
func (f *failing) blame(err error) error {
	if f.err != nil {
		return f.err
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}

// guard calls f. A panic becomes an error: arrow-go trusts many lengths and offsets.
func guard[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("inconsistent lengths or offsets (%v)", p)
		}
	}()
	return f()
}

// guarded is a reader whose errors are those of Open.
type guarded struct {
	array.RecordReader
	source *failing
	err    error
}

func (g *guarded) Next() bool {
	if g.err != nil {
		return false
	}
	ok, err := guard(func() (bool, error) {
		ok := g.RecordReader.Next()
		return ok, g.RecordReader.Err()
	})
	if err != nil && !errors.Is(err, io.EOF) {
		g.err = g.source.blame(err)
	}
	return ok && g.err == nil
}

func (g *guarded) Err() error { return g.err }
