package tabular

import (
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/portion"
)

// This file writes the values of a row, which row.go has noted, as a line.

// line appends the noted values to dst, as a line.
func (r *row) line(dst []byte) []byte {
	has := false
	for i := range r.cells {
		if i > 0 {
			dst = append(dst, r.o.Delimiter)
		}
		c := &r.cells[i]
		has = has || c.t != 0
		if c.t != 0 || len(r.cells) == 1 {
			if dst = r.cell(dst, c, &r.columns[i]); r.err != nil {
				return dst
			}
		}
		if dst = r.pass(dst); r.err != nil {
			return dst
		}
	}
	if !has && (len(r.cells) == 0 || len(r.cells) == 1 && r.o.Typed) {
		r.err, r.errAt = ErrNoFields, 0
	}
	return r.pass(append(dst, r.end...))
}

// pass passes dst on if there is enough for a portion, or checks the length of the rows.
func (r *row) pass(dst []byte) []byte {
	switch {
	case r.out == nil && len(dst) > r.most:
		r.err, r.errAt = bson.ErrTooLarge, 0
	case r.out != nil && len(dst) >= portion.Size:
		if r.out.Pass(dst); r.out.Err != nil {
			r.err = portion.ErrStopped
		}
		return dst[:0]
	}
	return dst
}

// cell appends the text of c, in quotes if they are necessary, to dst.
func (r *row) cell(dst []byte, c *cell, in *column) []byte {
	from, always := len(dst), false
	switch {
	case c.t == 0:
	case in.cells != nil:
		var err error
		if dst, err = in.cells.AppendText(dst, c.t, c.data); err != nil {
			return r.refuse(dst, c, err.(*CellError).Err, 0)
		}
		always = len(dst) == from
	case c.t == bson.TypeDocument || c.t == bson.TypeArray || in.json:
		return r.json(dst, c, in)
	default:
		var err error
		if dst, always, err = r.text.append(dst, c.t, c.data); err != nil {
			return r.refuse(dst, c, err, 0)
		}
	}
	if r.bare && bareTypes[c.t] && !r.o.HasNull && len(dst) > from {
		return dst
	}
	always = always || len(dst) == from && len(r.cells) == 1 && !r.o.Typed || c.t != 0 && !isNull(c.t) && r.readsNull(dst[from:])
	return r.quote.finish(dst, from, always)
}

// bareTypes are the types of values whose cells are not empty and have only letters,
// digits, signs and points.
var bareTypes = [256]bool{
	bson.TypeInt32: true, bson.TypeInt64: true, bson.TypeDouble: true, bson.TypeDecimal128: true,
	bson.TypeBoolean: true, bson.TypeObjectID: true,
}

// isNull reports whether values of type t are written as null.
func isNull(t bson.Type) bool { return t == bson.TypeNull || t == bson.TypeUndefined }

// readsNull reports whether text without quotes would be read as null.
func (r *row) readsNull(text []byte) bool { return r.o.HasNull && string(text) == r.o.Null }

// json appends c as JSON.
func (r *row) json(dst []byte, c *cell, in *column) []byte {
	by := &r.text.plain
	switch {
	case in.json:
		by = &r.text.canonical
	case r.extra >= 0 && in == &r.columns[r.extra]:
		by = &r.text.relaxed
	case r.o.Dialect == MongoExport:
		by = &r.text.legacy
	}
	dst, err := r.jsonAs(dst, c, by)
	if by == &r.text.plain && errors.Is(err, extjson.ErrPlain) {
		dst, err = r.jsonAs(dst, c, &r.text.relaxed)
	}
	if err != nil {
		at, reason := reasonOf(err)
		return r.refuse(dst, c, reason, at)
	}
	return dst
}

// jsonAs is json with the options o. On error it appends nothing.
func (r *row) jsonAs(dst []byte, c *cell, o *extjson.EncodeOptions) ([]byte, error) {
	always := c.t == bson.TypeDocument || c.t == bson.TypeArray
	if r.out != nil && always && len(c.data) > portion.Size {
		w := &doubling{out: r.out, before: append(dst, '"')}
		if err := o.WriteJSONValue(w, c.t, c.data); err != nil {
			return dst, err
		}
		return append(w.before[:0], '"'), nil
	}
	from, limited := len(dst), *o
	if r.out == nil {
		limited.MaxTextSize = max(r.most-from, 1)
	}
	dst, err := limited.AppendJSONValue(dst, c.t, c.data)
	if err != nil {
		return dst, err
	}
	return r.quote.finish(dst, from, always || !isNull(c.t) && r.readsNull(dst[from:])), nil
}

// A doubling writes each quotation mark twice, for the text of a cell in quotes.
type doubling struct {
	out    *portion.Writer
	before []byte // the bytes before the text; then scratch
	begun  bool
}

func (d *doubling) Write(p []byte) (int, error) {
	if d.begun {
		d.before = d.before[:0]
	}
	d.begun = true
	d.before = doubled(d.before, p)
	d.out.Pass(d.before)
	return len(p), d.out.Err
}
