package tabular

import (
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/portion"
)

// This file writes documents as rows.
//
//   - AppendRows and WriteRows are the entries. Both make the same bytes.
//   - walk passes over a document once and notes the value of each column. It decides
//     which value has which column.
//   - line (line.go) writes the noted values in the order of the columns. texts (text.go)
//     decides how a value is written.
//
// A fault is noted with its offset and ends the walk; fault finds its path.

// A row is the state of writing one document.
type row struct {
	*Table
	doc    []byte
	c      bsoncore.Cursor
	base   int    // offset in doc of the bytes of c
	cells  []cell // by column
	lists  []list
	inner  bool   // the walk is in an element of a list
	beyond beyond // values without a column, if they have one of their own
	index  [numtext.IntRoom]byte

	most int             // bytes that the rows may have, with those before them
	out  *portion.Writer // gets the rows in portions; nil: they stay in one slice

	err    error // of the document, nil: there is none
	errAt  int   // its offset in doc
	syntax bool  // the document is malformed
}

// A cell is the value of a column.
type cell struct {
	t    bson.Type // 0: there is none
	at   int       // offset of the element in the document
	from int       // offset of data
	data []byte
}

// A list is an array whose elements have rows.
type list struct {
	field *field
	c     bsoncore.Cursor
	base  int  // offset in the document of its bytes
	more  bool // c is at an element that has no row yet
}

// beyond collects the values without a column, in a document.
type beyond struct {
	doc   []byte
	path  []string // of the documents around the current field
	marks []int    // of the documents of path that have been begun in doc, for bsoncore.End
}

// AppendRows appends the rows of doc, one whole document, to dst and returns the longer
// slice. On error it returns dst at its old length. The error matches bson.ErrTooLarge if
// dst would have more than most bytes. It is a *bson.SyntaxError if doc is malformed, and
// otherwise a *bson.ValueError about the value that has no cell.
func (t *Table) AppendRows(dst []byte, most int, doc []byte) ([]byte, error) {
	r := t.row(doc)
	defer t.release(r)
	r.most = most
	out := r.appendRows(dst)
	if r.err != nil {
		return dst, r.fault()
	}
	return out, nil
}

// WriteRows writes the rows of doc to w in portions. If doc has a fault, nothing is
// written. An error of w is returned as it is.
func (t *Table) WriteRows(w io.Writer, doc []byte) error {
	return portion.Write(w, nil, func(p *portion.Writer, dst []byte) ([]byte, error) {
		r := t.row(doc)
		defer t.release(r)
		r.out, r.most = p, math.MaxInt
		dst = r.appendRows(dst)
		if r.err != nil {
			return dst, r.fault()
		}
		return dst, nil
	})
}

// row returns the state of writing doc.
func (t *Table) row(doc []byte) *row {
	r, ok := t.rows.Get().(*row)
	if !ok {
		r = &row{Table: t, cells: make([]cell, len(t.columns))}
	}
	r.doc, r.base, r.out, r.err, r.syntax = doc, 0, nil, nil, false
	clear(r.cells)
	r.lists = r.lists[:0]
	r.c.Reset(doc, t.o.MaxDepth)
	return r
}

// maxBeyond is the largest buffer for values without a column, in bytes, that a row keeps.
const maxBeyond = 64 << 10

// release puts r back, for other documents.
func (t *Table) release(r *row) {
	r.doc = nil
	if cap(r.beyond.doc) > maxBeyond {
		r.beyond.doc = nil
	}
	t.rows.Put(r)
}

// appendRows appends the rows to dst.
func (r *row) appendRows(dst []byte) []byte {
	if r.extra >= 0 {
		r.beyond.start()
	}
	r.walk(r.top, false)
	if r.c.Failed() {
		r.malformed()
	}
	if r.extra >= 0 && r.err == nil {
		if doc := r.beyond.end(); len(doc) > emptySize {
			r.cells[r.extra] = cell{t: bson.TypeDocument, data: doc}
		}
	}
	for r.err == nil {
		more := r.nextElements()
		if r.err != nil {
			break
		}
		if dst = r.line(dst); !more {
			break
		}
	}
	return dst
}

// walk notes the values of the document or array that r.c has entered, which is at f.
func (r *row) walk(f *field, isArray bool) {
	last := -1 // the field before, among its siblings
	for i := 0; r.err == nil && r.c.Next(); i++ {
		key := r.c.Key()
		if isArray {
			key = numtext.AppendInt(r.index[:0], int64(i))
		}
		var child *field
		if next := last + 1; next < len(f.children) && f.children[next].key == string(key) {
			child = f.children[next]
		} else if child = f.byKey[string(key)]; child == nil {
			r.without(key)
			continue
		}
		if r.o.Typed && child.at <= last {
			if r.fail(ErrOrder); child.at == last {
				r.err = ErrDuplicate
			}
			return
		}
		last = child.at
		r.value(child)
	}
}

// value notes the current value of r.c, that of the field f.
func (r *row) value(f *field) {
	t, data := r.c.Type(), r.c.Data()
	full := len(data) > emptySize
	switch {
	case t == bson.TypeDocument && full:
		r.document(f)
	case t == bson.TypeArray && full && r.o.Arrays == ArrayExplode && !r.inner:
		r.list(f)
	case t == bson.TypeArray && full:
		r.array(f)
	case f.column >= 0:
		r.note(f)
	default:
		r.without(r.c.Key())
	}
}

// note makes the current value that of the column of f.
func (r *row) note(f *field) {
	to := &r.cells[f.column]
	if to.t != 0 {
		r.fail(ErrDuplicate)
		return
	}
	if used := &r.used[f.column]; !used.Load() { // a store would take it from other workers
		used.Store(true)
	}
	*to = cell{t: r.c.Type(), at: r.base + r.c.Offset(), from: r.base + r.c.ValueOffset(), data: r.c.Data()}
}

// holds reports whether the column of f has documents and arrays as a whole.
func (r *row) holds(f *field) bool {
	return f.column >= 0 && (r.o.Named || r.columns[f.column].json)
}

// document notes the fields of the current document, at f.
func (r *row) document(f *field) {
	switch {
	case f.children == nil && r.holds(f):
		r.note(f)
		return
	case f.children == nil && r.o.Named:
		return
	case r.o.Named && f.column >= 0:
		r.note(f)
	}
	r.enter(f, false)
}

// array notes the elements of the current array, at f, or the array as a whole.
func (r *row) array(f *field) {
	if f.column >= 0 && (r.o.Named || r.o.Arrays != ArrayIndex || f.children == nil && r.holds(f)) {
		r.note(f)
		if !r.o.Named {
			return
		}
	}
	switch {
	case !r.o.Named && r.o.Arrays == ArrayIndex, r.o.Named && !r.o.Typed && f.hasIndex():
		r.enter(f, true)
	case !r.o.Named:
		r.without(r.c.Key())
	case f.column < 0 && r.o.Dialect == Plain:
		r.fail(ErrElements)
	}
}

// hasIndex reports whether a column in f can be that of an element of an array.
func (f *field) hasIndex() bool {
	return slices.ContainsFunc(f.children, func(child *field) bool {
		return child.key != "" && strings.Trim(child.key, "0123456789") == ""
	})
}

// enter walks through the current document or array.
func (r *row) enter(f *field, isArray bool) {
	if !r.c.Enter() {
		return
	}
	if r.extra >= 0 {
		r.beyond.path = append(r.beyond.path, f.key)
	}
	r.walk(f, isArray)
	if r.extra >= 0 {
		r.beyond.leave()
	}
	r.c.Leave()
}

// list notes the current array, at f. Its elements have rows.
func (r *row) list(f *field) {
	r.lists = append(r.lists, list{field: f, base: r.base + r.c.ValueOffset()})
	l := &r.lists[len(r.lists)-1]
	l.c.ResetValue(bson.TypeArray, r.c.Data(), r.o.MaxDepth)
	l.more = l.c.Enter() && l.c.Next()
	if l.c.Failed() {
		r.malformed()
	}
}

// nextElements makes the next elements of all lists the values of their columns, and
// reports whether there are further elements.
func (r *row) nextElements() (more bool) {
	for i := range r.lists {
		l := &r.lists[i]
		for _, column := range l.field.columns {
			r.cells[column] = cell{}
		}
		if !l.more {
			continue
		}
		r.c, r.base, r.inner = l.c, l.base, true
		r.value(l.field)
		r.inner = false
		l.more = l.c.Next()
		if r.c.Failed() || l.c.Failed() {
			r.malformed()
		}
		more = more || l.more
	}
	return more
}

// without applies the policy to the current value, which has no column.
func (r *row) without(key []byte) {
	switch {
	case r.o.Named || r.o.Extra == ExtraIgnore:
	case r.extra >= 0 && !r.inner:
		r.beyond.add(key, r.c.Type(), r.c.Data())
	default:
		r.fail(ErrNoColumn)
	}
}

// start begins a document of values without a column.
func (b *beyond) start() {
	b.doc, _ = bsoncore.Begin(b.doc[:0])
	b.path, b.marks = b.path[:0], b.marks[:0]
}

// end returns the document.
func (b *beyond) end() []byte {
	b.doc = bsoncore.End(b.doc, 0)
	return b.doc
}

// add adds a value in the documents of b.path, which it opens.
func (b *beyond) add(key []byte, t bson.Type, data []byte) {
	for len(b.marks) < len(b.path) {
		var mark int
		b.doc, mark = bsoncore.BeginDocument(b.doc, b.path[len(b.marks)])
		b.marks = append(b.marks, mark)
	}
	b.doc = bsoncore.AppendValue(b.doc, string(key), t, data)
}

// leave leaves the last document of b.path.
func (b *beyond) leave() {
	if last := len(b.marks) - 1; len(b.marks) == len(b.path) {
		b.doc = bsoncore.End(b.doc, b.marks[last])
		b.marks = b.marks[:last]
	}
	b.path = b.path[:len(b.path)-1]
}

// refuse notes the fault err of c, whose offset in the value is at.
func (r *row) refuse(dst []byte, c *cell, err error, at int64) []byte {
	switch {
	case r.out != nil && r.out.Err != nil:
		r.err = portion.ErrStopped
	case errors.Is(err, bson.ErrUTF8):
		r.err, r.errAt, r.syntax = bson.ErrUTF8, c.from+int(at), true
	case at > 0:
		r.err, r.errAt = err, c.from+int(at)
	default:
		r.err, r.errAt = err, c.at
	}
	return dst
}

// reasonOf returns the offset and the reason of err, an error of package extjson.
func reasonOf(err error) (at int64, reason error) {
	if e, ok := errors.AsType[*bson.SyntaxError](err); ok {
		return e.Offset, e.Err
	}
	if e, ok := errors.AsType[*bson.ValueError](err); ok {
		return e.Offset, e.Err
	}
	return 0, err
}

// fail notes the fault err of the current element.
func (r *row) fail(err error) { r.err, r.errAt = err, r.base+r.c.Offset() }

// errMalformed stands for the fault of a malformed document.
var errMalformed = errors.New("malformed document")

// malformed notes that the document is malformed.
func (r *row) malformed() { r.err = errMalformed }

// fault returns the fault of the document, with its place.
func (r *row) fault() error {
	switch {
	case r.err == portion.ErrStopped:
		return r.err
	case r.err == errMalformed:
		if err := (bson.ValidateOptions{MaxDepth: r.o.MaxDepth, AllowInvalidUTF8: true}).Validate(r.doc); err != nil {
			return err
		}
		return &bson.SyntaxError{Err: r.err}
	case r.errAt == 0:
		return &bson.ValueError{Err: r.err}
	}
	var c bsoncore.Cursor
	c.Reset(r.doc, r.o.MaxDepth)
	if r.syntax {
		c.Malformed(r.errAt, r.err)
		return c.Err()
	}
	for c.Next() {
		end := c.ValueOffset() + len(c.Data())
		switch t := c.Type(); {
		case r.errAt >= end:
		case r.errAt > c.Offset() && (t == bson.TypeDocument || t == bson.TypeArray) && c.Enter():
		default:
			c.Fail(r.err)
		}
	}
	return c.Err()
}
