package files

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
)

// arrowCodecs has the options of each compression that Arrow has.
var arrowCodecs = map[Compression][]ipc.Option{
	Usual: {},
	None:  {},
	Zstd:  {ipc.WithZstd()},
	LZ4:   {ipc.WithLZ4()},
}

func newArrowWriter(f Format, w io.Writer, s *arrow.Schema, o WriteOptions) (Writer, error) {
	codec, ok := arrowCodecs[o.Compression]
	if !ok {
		return nil, ErrCompression
	}
	options := append([]ipc.Option{ipc.WithSchema(s)}, codec...)
	if f == ArrowStream {
		return ipc.NewWriter(w, options...), nil
	}
	return ipc.NewFileWriter(w, options...)
}

func openArrow(f Format, r Source, size int64) (array.RecordReader, error) {
	// A message is no larger than the file, so memory follows the bytes that are there.
	limits := []ipc.Option{ipc.WithMetadataSizeLimit(size), ipc.WithBodySizeLimit(size), ipc.WithAllocator(newCapped(size))}
	if f == ArrowStream {
		if err := checkStream(r, size); err != nil {
			return nil, err
		}
		// NewReader would not pass the limits on to its reader of messages.
		return ipc.NewReaderFromMessageReader(ipc.NewMessageReader(r, limits...), limits...)
	}
	if err := checkFile(r, size); err != nil {
		return nil, err
	}
	file, err := ipc.NewFileReader(r, limits...)
	if err != nil {
		return nil, err
	}
	return &arrowFile{file: file}, nil
}

// arrowFile reads the batches of a file in order.
type arrowFile struct {
	file *ipc.FileReader
	next int // batch
	cur  arrow.RecordBatch
	err  error
}

func (a *arrowFile) Retain()                        {}
func (a *arrowFile) Release()                       { a.drop(); a.file.Close() }
func (a *arrowFile) Schema() *arrow.Schema          { return a.file.Schema() }
func (a *arrowFile) RecordBatch() arrow.RecordBatch { return a.cur }
func (a *arrowFile) Record() arrow.RecordBatch      { return a.cur }
func (a *arrowFile) Err() error                     { return a.err }

func (a *arrowFile) Next() bool {
	a.drop()
	if a.err != nil || a.next >= a.file.NumRecords() {
		return false
	}
	a.cur, a.err = a.file.RecordBatchAt(a.next)
	a.next++
	if a.err != nil {
		a.err = fmt.Errorf("batch %d: %w", a.next, a.err)
		if errors.Is(a.err, io.EOF) { // the bytes end, the batches do not
			a.err = errors.New(a.err.Error())
		}
	}
	return a.err == nil
}

func (a *arrowFile) drop() {
	if a.cur != nil {
		a.cur.Release()
		a.cur = nil
	}
}
