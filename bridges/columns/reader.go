package columns

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A RecordReader makes record batches of a stream of BSON documents. It is an
// array.RecordReader. Only Retain and Release may be called by several goroutines at the same
// time.
type RecordReader struct {
	references atomic.Int64
	schema     *arrow.Schema
	options    Options
	documents  *bsoncore.Decoder
	length     int64 // of the stream in bytes; 0: unknown
	waiting    bool  // the current document of documents belongs to the next batch
	appender   appender
	batch      arrow.RecordBatch // nil: none
	err        error
}

var _ array.RecordReader = (*RecordReader)(nil)

// NewRecordReader returns a RecordReader with one reference. r has BSON documents, one
// after the other. s is the result of Infer with the same options o, or any schema with the
// types of docs/columns.md. If r has a method Len that returns the number of its bytes, as a
// *bytes.Reader has, the batches need less memory. The error is a *ColumnError for a field
// of s that cannot hold BSON, or a *bsoncore.OptionError.
func NewRecordReader(r io.Reader, s *arrow.Schema, o Options) (*RecordReader, error) {
	if err := o.resolve(); err != nil {
		return nil, err
	}
	root, err := compile(s, &o)
	if err != nil {
		return nil, err
	}
	reader := &RecordReader{
		schema: s, options: o,
		documents: bsoncore.DecodeOptions{MaxDocumentSize: o.MaxDocumentSize}.NewDecoder(r),
	}
	if l, ok := r.(interface{ Len() int }); ok {
		reader.length = int64(l.Len())
	}
	reader.references.Store(1)
	reader.appender.options = &reader.options
	if err := reader.appender.build(root); err != nil {
		return nil, err
	}
	return reader, nil
}

// Retain adds a reference.
func (r *RecordReader) Retain() { r.references.Add(1) }

// Release removes a reference. The last call frees the memory of r and of its record batch;
// a batch that was retained stays.
func (r *RecordReader) Release() {
	if r.references.Add(-1) == 0 {
		r.drop()
		r.appender.root.release()
	}
}

// drop releases the record batch.
func (r *RecordReader) drop() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}

// Schema returns the schema of all batches.
func (r *RecordReader) Schema() *arrow.Schema { return r.schema }

// RecordBatch returns the current batch, or nil. The next call of Next releases it; call
// its Retain to keep it.
func (r *RecordReader) RecordBatch() arrow.RecordBatch { return r.batch }

// Record is RecordBatch.
//
// Deprecated: use RecordBatch. The interface array.RecordReader has both.
func (r *RecordReader) Record() arrow.RecordBatch { return r.batch }

// Err returns the first fault, or nil. It is a *ValueError for a document that does not fit
// the schema, a *bsoncore.SyntaxError for malformed BSON, a *bsoncore.ValueError for a
// document that is nested too deeply, or a *bsoncore.ReadError. Offsets count from the
// start of the stream. The documents before the fault are in the batches.
func (r *RecordReader) Err() error {
	if r.batch != nil {
		return nil // the fault comes after the batch
	}
	return r.err
}

// Losses returns the losses so far, in the order of the columns.
func (r *RecordReader) Losses() []LossCount { return r.appender.root.counted(nil) }

// Documents returns the number of documents in all batches so far.
func (r *RecordReader) Documents() int64 { return r.appender.document }

// Next makes the next batch, and reports whether there is one. A batch has at least one
// document. False means the end of the stream or a fault; see Err.
func (r *RecordReader) Next() bool {
	r.drop()
	if r.err != nil {
		return false
	}
	rows := r.fill()
	if rows == 0 {
		return false
	}
	r.batch = r.appender.record(r.schema, rows)
	return true
}

// fill appends documents until the batch is full, and returns their number.
func (r *RecordReader) fill() (rows int) {
	a := &r.appender
	p := &a.plan
	p.before, p.size, p.whole, a.size = p.size, 0, 0, 0
	for rows < r.options.BatchDocuments {
		if !r.waiting && !r.documents.Next() {
			r.err = r.documents.Err()
			return rows
		}
		doc := r.documents.Document()
		if r.waiting = rows > 0 && (p.size+len(doc) > r.options.BatchBytes || a.size/fullTimes > r.options.BatchBytes); r.waiting {
			return rows
		}
		if rows == 0 {
			if r.length > 0 {
				p.whole = int(min(int64(r.options.BatchBytes), max(1, r.length-r.documents.Offset())))
			}
			a.root.begin()
		}
		p.rows, p.size = rows, p.size+len(doc)
		if r.err = a.add(doc, r.documents.Offset()); r.err != nil {
			return rows
		}
		rows++
	}
	return rows
}

// A batch ends when its columns are larger than fullTimes times BatchBytes.
const fullTimes = 4

// add appends a document at an offset of the stream. After an error the columns may have
// values of the document, which record leaves out.
func (a *appender) add(doc []byte, offset int64) error {
	a.offset = offset
	a.keys = a.keys[:0]
	a.texts.Reset(doc)
	if a.grow(a.root.width) {
		a.fields(a.root)
	}
	if !a.c.Failed() {
		a.document++
		return nil
	}
	if a.fault != nil {
		return a.fault
	}
	err := a.c.Err()
	if e, ok := errors.AsType[*bsoncore.SyntaxError](err); ok {
		e.Offset += offset
	}
	if e, ok := errors.AsType[*bsoncore.ValueError](err); ok {
		e.Offset += offset
	}
	return err
}

// reject makes a value an error. n is its column, or that of the document around it.
func (a *appender) reject(n *column, path string, err error) {
	if !a.c.Failed() {
		a.refuse(n, path, a.c.Type(), a.c.Offset(), err)
	}
}

// refuse is reject for a value of type t at offset at of the document.
func (a *appender) refuse(n *column, path string, t bsoncore.Type, at int, err error) {
	e := &ValueError{Document: a.document + 1, Offset: a.offset + int64(at), Path: path, Type: t, Err: err}
	if n != nil {
		e.Column = n.describe()
	}
	a.fault = e
	a.c.Fail(err)
}

// lose counts a loss at the current value, or makes it an error, and reports whether it was
// counted.
func (a *appender) lose(l Loss, s *sink) bool {
	if a.options.RejectLossy {
		a.reject(nil, s.column.path(), lossErrors[l])
		return false
	}
	if s.losses[l] == nil {
		s.losses[l] = &LossCount{Loss: l, Path: s.column.path(), First: a.document + 1}
	}
	s.losses[l].Count++
	return true
}

// lossErrors has the error of each loss with RejectLossy.
var lossErrors = [lossCount]error{
	LossOrder:    ErrOrder,
	LossArrayKey: fmt.Errorf("%w: the key of an element is not its index", ErrLossy),
	LossMissing:  fmt.Errorf("%w: the missing field becomes null", ErrLossy),
	LossNull:     fmt.Errorf("%w: the null becomes a missing field", ErrLossy),
	LossWidth:    fmt.Errorf("%w: the number gets a wider type", ErrLossy),
	LossExponent: fmt.Errorf("%w: the decimal gets other trailing zeros", ErrLossy),
	LossValue:    fmt.Errorf("%w: the value becomes null", ErrLossy),
	LossField:    fmt.Errorf("%w: the field has no column", ErrLossy),
}

// counted appends the losses of s and of all columns below it.
func (s *sink) counted(all []LossCount) []LossCount {
	for _, count := range s.losses {
		if count != nil {
			all = append(all, *count)
		}
	}
	for _, kid := range s.kids {
		all = kid.counted(all)
	}
	return all
}

// isIndex reports whether key is the number i.
func isIndex(key []byte, i int) bool {
	if len(key) == 1 {
		return int(key[0])-'0' == i
	}
	var digits [20]byte
	return string(key) == string(strconv.AppendInt(digits[:0], int64(i), 10))
}
