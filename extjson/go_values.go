package extjson

import (
	"errors"
	"io"
	"iter"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file converts between text and Go values through BSON. Package bson does
// one step, AppendJSON and AppendBSON do the other. The bytes in between are in
// a reused buffer.
//
// Package bson reports a fault with its place in these bytes. inText finds the
// same place in the text: it counts the elements of each container in the
// bytes, then in the text.

// Marshal returns v as relaxed Extended JSON: EncodeOptions{}.Marshal.
func Marshal(v any) ([]byte, error) { return EncodeOptions{}.Marshal(v) }

// MarshalIndent is Marshal with EncodeOptions.Indent.
func MarshalIndent(v any, indent string) ([]byte, error) {
	return EncodeOptions{Indent: indent}.Marshal(v)
}

// MarshalValue is EncodeOptions{}.MarshalValue.
func MarshalValue(v any) ([]byte, error) { return EncodeOptions{}.MarshalValue(v) }

// Unmarshal is DecodeOptions{}.Unmarshal.
func Unmarshal(text []byte, v any) error { return DecodeOptions{}.Unmarshal(text, v) }

// UnmarshalValue is DecodeOptions{}.UnmarshalValue.
func UnmarshalValue(text []byte, v any) error { return DecodeOptions{}.UnmarshalValue(text, v) }

// Decode returns the document in text as a T, as Unmarshal does. On failure it
// returns the T as far as it was set, and the error.
func Decode[T any](text []byte) (T, error) {
	var v T
	err := Unmarshal(text, &v)
	return v, err
}

// Marshal converts v to a document and returns its text. o controls the text,
// o.Values the conversion to BSON. On failure it returns nil and a
// *bson.ValueError with the path of the value at fault; its Offset counts bytes
// of the document.
func (o EncodeOptions) Marshal(v any) ([]byte, error) { return o.AppendMarshal(nil, v) }

// AppendMarshal is Marshal, but appends the text to dst and returns the
// longer slice. On failure dst comes back at its old length.
func (o EncodeOptions) AppendMarshal(dst []byte, v any) ([]byte, error) {
	b := scratch.Get()
	defer b.Free()
	doc, err := o.Values.Append(b.Room(), v)
	b.Set(doc)
	if err != nil {
		return dst, err
	}
	return o.AppendJSON(dst, doc)
}

// MarshalValue is Marshal for any value, such as a slice or a number; see
// AppendJSONValue.
func (o EncodeOptions) MarshalValue(v any) ([]byte, error) {
	b := scratch.Get()
	defer b.Free()
	data, t, err := o.Values.AppendValue(b.Room(), v)
	b.Set(data)
	if err != nil {
		return nil, err
	}
	text, err := o.AppendJSONValue(nil, t, data)
	if err != nil {
		return nil, err
	}
	return text, nil
}

// Unmarshal reads the document or array in text and stores it in the value that v
// points to. o controls the reading, o.Values the conversion to Go values. Nothing in
// v aliases text. On failure v has the values before the fault. The error is
// that of AppendBSON or, if a value does not fit v, a *ValueError with the
// place of the value in text, which wraps a *bson.ConversionError of package
// bson.
func (o DecodeOptions) Unmarshal(text []byte, v any) error {
	b := scratch.Get()
	defer b.Free()
	doc, err := o.AppendBSON(b.Room(), text)
	b.Set(doc)
	if err != nil {
		if o.isArray(text) {
			return o.UnmarshalValue(text, v)
		}
		return err
	}
	if err = o.Values.Unmarshal(doc, v); err != nil {
		return o.inText(err, bsoncore.TypeDocument, doc, text, position{})
	}
	return nil
}

// isArray reports whether text begins with an array.
func (o DecodeOptions) isArray(text []byte) bool {
	var d decoder
	d.init(&o)
	d.reset(text)
	off := d.space(textcut.SkipMark(text))
	return off >= 0 && off < len(text) && text[off] == '['
}

// UnmarshalValue is Unmarshal for text that is any value, such as a number; see
// AppendBSONValue.
func (o DecodeOptions) UnmarshalValue(text []byte, v any) error {
	b := scratch.Get()
	defer b.Free()
	data, t, err := o.AppendBSONValue(b.Room(), text)
	b.Set(data)
	if err != nil {
		return err
	}
	if err = o.Values.UnmarshalValue(t, data, v); err != nil {
		return o.inText(err, t, data, text, position{})
	}
	return nil
}

// inText returns err, which package bson reported for a value of type t, with
// its place in text, from which the value was read. text starts at base in the
// input.
func (o DecodeOptions) inText(err error, t bsoncore.Type, data, text []byte, base position) error {
	var refused *bsoncore.ValueError // the bytes, which are made from text, are well formed
	if !errors.As(err, &refused) {
		return err
	}
	var d decoder
	d.init(&o)
	d.reset(text)
	at := d.locate(d.space(textcut.SkipMark(text)), ordinals(t, data, int(refused.Offset)))
	base.advance(text[:at])
	return &ValueError{
		Offset: base.offset, Line: base.line + 1, Column: base.column + 1,
		Pointer: refused.Pointer, Err: refused.Err, Excerpt: excerpt(text, 0, at),
	}
}

// ordinals returns the path to the byte at off of a value: the index, from 0,
// of the element in each enclosing container.
func ordinals(t bsoncore.Type, data []byte, off int) []int {
	var c bsoncore.Cursor
	c.ResetValue(t, data, bsoncore.DepthCeiling)
	var path []int
	for c.Type().IsContainer() && off >= c.ValueOffset()+4 && c.Enter() {
		n := 0
		for ; ; n++ {
			if !c.Next() {
				return path
			}
			if off < c.ValueOffset()+len(c.Data()) {
				break
			}
		}
		path = append(path, n)
	}
	return path
}

// locate returns the offset of the value at the end of path, which starts with
// the value at off. The text is well formed. A wrapper or call is one value;
// locate does not search inside it.
func (d *decoder) locate(off int, path []int) int {
	for _, n := range path {
		src := d.src
		if src[off] != '{' && src[off] != '[' {
			return off
		}
		object := src[off] == '{'
		at := d.space(off + 1)
		for i := 0; ; i++ {
			// The key is written like the key of an element, then the value.
			dst, mark := bsoncore.BeginElement(nil)
			if object {
				if dst, at = d.anyKey(dst, at); at < 0 {
					return off
				}
			}
			if i == n {
				break
			}
			if _, at = d.value(dst, at, mark); at < 0 {
				return off
			}
			if at = d.space(at); at >= len(src) || src[at] != ',' {
				return off
			}
			at = d.space(at + 1)
		}
		off = at
	}
	return min(off, len(d.src))
}

// Locate returns the place in text of a value of the BSON that AppendBSON makes of text
// with the same options: its offset in bytes, and its line and column from 1. off is the
// offset in the BSON of the element, or of a byte of its value. A value inside of one
// that the text has as a wrapper, or as a call of the shell, has the place of this one.
// Text that is not valid, or another off, gives the place of the document. It is for
// messages about text that a person wrote: the text is read twice.
func (o DecodeOptions) Locate(text []byte, off int) (at, line, column int64) {
	var d decoder
	d.init(&o)
	d.reset(text)
	start := d.space(textcut.SkipMark(text))
	if doc, err := o.AppendBSON(nil, text); err == nil {
		start = d.locate(start, ordinals(bsoncore.TypeDocument, doc, off))
	}
	var p position
	p.advance(text[:start])
	return p.offset, p.line + 1, p.column + 1
}

// maxKept is the largest document that an Encoder keeps the memory of, in bytes.
const maxKept = 64 << 10

// Encode writes v as a document, as EncodeOptions.Marshal does; a bson.Raw or a
// []byte is a document already. An error of Marshal does not change the
// Encoder; otherwise errors are those of EncodeRaw.
func (e *Encoder) Encode(v any) error {
	switch v := v.(type) {
	case bson.Raw:
		return e.EncodeRaw(v)
	case []byte:
		return e.EncodeRaw(v)
	}
	if e.err != nil {
		return e.err
	}
	doc, err := e.values.Append(e.doc[:0], v)
	if err != nil {
		return err
	}
	if cap(doc) <= maxKept {
		e.doc = doc
	}
	return e.EncodeRaw(doc)
}

// Decode reads the next document into v, as DecodeOptions.Unmarshal does. At
// the end of the stream it returns io.EOF, and at a fault the error of Err.
// After a value that does not fit v, the next call continues with the next
// document.
func (d *Decoder) Decode(v any) error {
	if !d.Next() {
		if err := d.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	err := d.opts.Values.Unmarshal(d.doc, v)
	if err == nil {
		return nil
	}
	return d.opts.inText(err, bsoncore.TypeDocument, d.doc, d.in.Data[d.d.from:d.in.Off], d.position(d.d.from))
}

// Values returns the documents of r as values of type T, read with the zero
// options. A fault in the text is an error in the last pair. A document that
// does not fit T is an error beside the values that were set, and the loop can
// continue.
func Values[T any](r io.Reader) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		d := NewDecoder(r)
		for {
			var v T
			err := d.Decode(&v)
			if err == io.EOF || !yield(v, err) || d.Err() != nil {
				return
			}
		}
	}
}
