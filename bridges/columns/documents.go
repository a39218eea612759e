package columns

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file writes the rows of record batches as documents.
//
//   - DocumentWriter has the tree of nodes, and loads a batch into it.
//   - Only node.append decides between a value, null and a missing field.
//   - The sources of the nodes read the values: sources.go has those of single values,
//     nests.go those with values inside.

// A DocumentWriter writes each row of record batches as a document. It is the inverse of a
// RecordReader, and reads record batches of other programs too: any Arrow type with a
// counterpart in BSON.
type DocumentWriter struct {
	w       io.Writer
	schema  *arrow.Schema
	root    *document
	largest int   // bytes of a document
	rows    int64 // documents that were written
	buf     []byte
	err     error // of an earlier call
}

// flushBytes is the number of bytes in buf after which it is written.
const flushBytes = 256 << 10

// NewDocumentWriter returns a DocumentWriter to w for batches with the schema s. The error
// is a *ColumnError for a column that has no counterpart in BSON, or a
// *bsoncore.OptionError.
func NewDocumentWriter(w io.Writer, s *arrow.Schema, o Options) (*DocumentWriter, error) {
	if err := o.resolve(); err != nil {
		return nil, err
	}
	root := &column{shape: shape{form: asDocument, typ: arrow.StructOf(s.Fields()...)}}
	c := planner{options: &o, left: o.MaxColumns}
	d, err := c.document(root, s.Fields(), 0)
	if err != nil {
		return nil, err
	}
	return &DocumentWriter{w: w, schema: s, root: d, largest: o.MaxDocumentSize}, nil
}

// Documents returns the number of documents that were written.
func (d *DocumentWriter) Documents() int64 { return d.rows }

// Write writes the rows of a batch, which is not kept. When it returns, all documents are
// written to the io.Writer, so there is nothing to close. All columns are checked first, so a
// batch of an unknown program is safe. The columns must be those of the schema; a column
// may also have the storage type of an extension type, or another width of offsets.
//
// The error is a *RowError for a value without a counterpart in BSON, a *ColumnError for a
// column that is inconsistent or not that of the schema, or an error of the io.Writer. The
// documents before it are written, and a further call returns the same error.
func (d *DocumentWriter) Write(batch arrow.RecordBatch) error {
	if d.err == nil {
		d.err = d.write(batch)
	}
	return d.err
}

func (d *DocumentWriter) write(batch arrow.RecordBatch) error {
	if int(batch.NumCols()) != len(d.root.kids) {
		return &ColumnError{Path: "", Err: fmt.Errorf("%w: %d columns, but the schema has %d", ErrColumn, batch.NumCols(), len(d.root.kids))}
	}
	for i, kid := range d.root.kids {
		if err := kid.load(batch.Column(i)); err != nil {
			return err
		}
	}
	for row := range int(batch.NumRows()) {
		start := len(d.buf)
		out, _, err := d.root.append(d.buf, row)
		if err == nil && len(out)-start > d.largest {
			err = errDocumentSize
		}
		if err != nil {
			d.buf = d.buf[:start]
			return errors.Join(d.flush(), rowError(err, d.rows+1))
		}
		d.buf = out
		d.rows++
		if len(d.buf) >= flushBytes {
			if err := d.flush(); err != nil {
				return err
			}
		}
	}
	return d.flush()
}

func (d *DocumentWriter) flush() error {
	_, err := d.w.Write(d.buf)
	d.buf = d.buf[:0]
	return err
}

// rowError adds the number of the row, from 1, to err.
func rowError(err error, row int64) error {
	e, ok := errors.AsType[*RowError](err)
	if !ok {
		e = &RowError{Err: err}
	}
	e.Row = row
	return e
}

// A RowError reports a value of a row that has no counterpart in BSON.
type RowError struct {
	Row    int64  // its number among all rows, from 1
	Path   string // as schema.Path.String; "": the document
	Column string // type of the column, in words; "": none
	Err    error  // why; matches a sentinel, and bsoncore.ErrTooLarge for a document over MaxDocumentSize
}

// Error describes e. The text is not promised.
func (e *RowError) Error() string {
	text := e.Err.Error()
	if e.Column != "" {
		text += ", of " + e.Column
	}
	if e.Path != "" {
		text += " at " + e.Path
	}
	return fmt.Sprintf("%s, row %d", text, e.Row)
}

// Unwrap returns e.Err.
func (e *RowError) Unwrap() error { return e.Err }

// Reasons of a RowError.
var (
	errDocumentSize   = fmt.Errorf("%w: %w", ErrValue, bsoncore.ErrTooLarge)
	errRowOrder       = fmt.Errorf("%w: the order of keys does not fit the fields of the document", ErrValue)
	errMissingElement = fmt.Errorf("%w: an element of an array is a missing field", ErrValue)
)

// A node is a column of a schema with the values of the current batch.
type node struct {
	*column
	source
	array arrow.Array
	flag  *flagSource // of nullIsFlagged
}

// A source has the values of a column.
type source interface {
	// load takes the array of the next values. It returns false if the source cannot
	// read such an array, and may return an error of the array, or of a column inside.
	load(a arrow.Array) (bool, error)
	// append appends value i, which is not null, without its type and key, and returns
	// its type, or isMissing for a field that the document does not have.
	append(dst []byte, i int) ([]byte, bsoncore.Type, error)
}

// isMissing is the type of no value.
const isMissing bsoncore.Type = 0

// load takes the array of the next values.
func (n *node) load(a arrow.Array) error {
	if e, ok := a.(array.ExtensionArray); ok {
		a = e.Storage()
	}
	n.array = a
	ok, err := true, check(a)
	if err == nil {
		ok, err = n.source.load(a)
	}
	if !ok {
		err = fmt.Errorf("an array of %s, but the schema has %s", a.DataType(), n.describe())
	}
	if _, inside := errors.AsType[*ColumnError](err); err == nil || inside {
		return err
	}
	return &ColumnError{Path: n.path(), Err: fmt.Errorf("%w: %w", ErrColumn, err)}
}

// check returns an error if a has buffers that do not fit its length, so that reading a
// value would fail. It does not check children, dictionaries and texts.
func check(a arrow.Array) error {
	end := a.Data().Offset() + a.Len()
	if bits := a.NullBitmapBytes(); len(bits) > 0 && len(bits) < (end+7)/8 {
		return errBuffers
	}
	if end == 0 { // no value is read; such an array has no buffers when it comes from a file
		return nil
	}
	switch a := a.(type) {
	case *array.Null: // has no buffers when it comes from a file
		return nil
	case array.Union:
		return checkUnion(a, end)
	case *array.RunEndEncoded:
		return checkRuns(a, end)
	case *array.String: // does not read the text
		return checkAs(a, arrow.BinaryTypes.Binary)
	case *array.LargeString:
		return checkAs(a, arrow.BinaryTypes.LargeBinary)
	case array.Validator:
		return a.ValidateFull()
	}
	if len(a.Data().Children()) == 0 && a.DataType().ID() != arrow.DICTIONARY {
		return array.ValidateFull(a)
	}
	return nil
}

var errBuffers = errors.New("a buffer is too short for the number of values")

// checkAs checks a as an array of t, which has the same layout.
func checkAs(a arrow.Array, t arrow.DataType) error {
	d := a.Data()
	data := array.NewData(t, d.Len(), d.Buffers(), nil, d.NullN(), d.Offset())
	defer data.Release()
	other := array.MakeFromData(data)
	defer other.Release()
	return array.ValidateFull(other)
}

// checkUnion checks that a union has a type and a place for each value. end is the number
// of the last value that is read.
func checkUnion(a array.Union, end int) error {
	buffers, widths := a.Data().Buffers(), []int{arrow.Int8SizeBytes}
	if a.Mode() == arrow.DenseMode {
		widths = append(widths, arrow.Int32SizeBytes)
	}
	for i, width := range widths { // the first buffer is for nulls, which a union does not have
		if i+1 >= len(buffers) || buffers[i+1].Len()/width < end {
			return errBuffers
		}
	}
	return a.ValidateFull()
}

// checkRuns checks that the ends of runs ascend, and that there is a value for each run.
// end is the number of the last value that is read.
func checkRuns(a *array.RunEndEncoded, end int) error {
	ends, last := a.RunEndsArr(), 0
	if err := array.ValidateFull(ends); err != nil {
		return err
	}
	for i := range ends.Len() {
		at, ok := runEnd(ends, i)
		if !ok || at <= last {
			return errors.New("the ends of runs do not ascend")
		}
		last = at
	}
	if last < end || ends.Len() > a.Values().Len() {
		return errBuffers
	}
	return nil
}

func runEnd(ends arrow.Array, i int) (int, bool) {
	switch ends := ends.(type) {
	case *array.Int16:
		return int(ends.Value(i)), !ends.IsNull(i)
	case *array.Int32:
		return int(ends.Value(i)), !ends.IsNull(i)
	case *array.Int64:
		return int(ends.Value(i)), !ends.IsNull(i)
	}
	return 0, false
}

// append appends value i without its type and key. See source.
func (n *node) append(dst []byte, i int) ([]byte, bsoncore.Type, error) {
	switch {
	case n.form != asNull && !n.array.IsNull(i):
		out, t, err := n.source.append(dst, i)
		if err == nil {
			return out, t, nil
		}
		if _, ok := errors.AsType[*RowError](err); !ok {
			err = &RowError{Path: n.path(), Column: n.describe(), Err: err}
		}
		return dst, 0, err
	case n.nulls == nullIsMissing, n.nulls == nullIsFlagged && !n.flag.at(i):
		return dst, isMissing, nil
	}
	return dst, bsoncore.TypeNull, nil
}

// finish appends value i and finishes the element that was begun at mark, of which dst has
// the key. If the field is missing, it removes the element.
func (n *node) finish(dst []byte, mark, i int) ([]byte, error) {
	dst, t, err := n.append(dst, i)
	if err != nil || t == isMissing {
		return dst[:mark], err
	}
	bsoncore.SetType(dst, mark, t)
	return dst, nil
}
