package sink

import (
	"io"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// This file writes the text of bsondump --type debug.

// Debug is a codec.Appender that writes the type and size of each element, and a
// paragraph for each document and array.
type Debug struct {
	MaxDepth int  // containers, as in package bson
	Terminal bool // escape keys, because they could control the terminal
}

// AppendValue appends the text of doc, as codec.Appender says.
func (d *Debug) AppendValue(dst []byte, most int, _ bson.Type, doc []byte) ([]byte, error) {
	b := debugger{most: min(most, len(dst)+maxDumped(len(doc))), terminal: d.Terminal}
	return b.append(dst, doc, d.MaxDepth)
}

// WriteValue writes the text of doc, as codec.Appender says.
func (d *Debug) WriteValue(w io.Writer, _ bson.Type, doc []byte) error {
	return twice(w, func(w io.Writer) error {
		b := debugger{w: w, most: maxDumped(len(doc)), terminal: d.Terminal}
		text, err := b.append(nil, doc, d.MaxDepth)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	})
}

// A debugger writes one document.
type debugger struct {
	c    bson.Cursor
	w    io.Writer // nil: all is appended
	err  error     // of w
	most int       // bytes of text that may still follow, with those that are not written yet

	terminal bool // as in Debug
}

// append appends the text of doc. If there is a d.w, only the part that is not
// written to it is left.
func (d *debugger) append(dst, doc []byte, maxDepth int) ([]byte, error) {
	d.c.Reset(doc, maxDepth)
	out := d.appendObject(dst, len(doc), 0)
	if d.err != nil {
		return dst, d.err
	}
	if err := d.c.Err(); err != nil {
		return dst, err
	}
	return out, nil
}

// portion writes dst if it is long enough, and returns the bytes that remain.
func (d *debugger) portion(dst []byte) []byte {
	if len(dst) > d.most {
		d.c.Fail(errDumped)
	}
	if d.w == nil || len(dst) < dumpPortion {
		return dst
	}
	if _, d.err = d.w.Write(dst); d.err != nil {
		d.c.Fail(d.err)
	}
	d.most -= len(dst)
	return dst[:0]
}

// appendKey appends the key of the current element: raw, as bsondump does, or
// escaped for a terminal.
func (d *debugger) appendKey(dst []byte) []byte {
	if d.terminal {
		return append(dst, oneline.Escape(string(d.c.Key()))...)
	}
	return append(dst, d.c.Key()...)
}

// appendObject appends the elements of the open container, which has size bytes,
// indented by the given number of tabs.
func (d *debugger) appendObject(dst []byte, size, tabs int) []byte {
	c := &d.c
	dst = append(appendTabs(dst, tabs), "--- new object ---\n"...)
	dst = append(appendTabs(dst, tabs+1), "size : "...)
	dst = append(strconv.AppendInt(dst, int64(size), 10), '\n')
	for c.Next() {
		dst = append(d.appendKey(appendTabs(dst, tabs+2)), '\n')
		dst = append(appendTabs(dst, tabs+3), "type: "...)
		// bsondump prints the type as a signed byte, in four columns.
		digits := strconv.Itoa(int(int8(c.Type())))
		for range 4 - len(digits) {
			dst = append(dst, ' ')
		}
		data := c.Data()
		dst = d.portion(dst)
		dst = append(append(dst, digits...), " size: "...)
		dst = append(strconv.AppendInt(dst, int64(c.ValueOffset()-c.Offset()+len(data)), 10), '\n')
		switch {
		case c.Type().IsContainer() && c.Enter():
			dst = d.appendObject(dst, len(data), tabs+3)
			c.Leave()
		case c.Type() == bson.TypeCodeWithScope && c.Enter(): // checked, but not shown
			pass(c)
			c.Leave()
		}
	}
	return dst
}

func appendTabs(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '\t')
	}
	return dst
}

// pass moves c to the end of the open container, through all elements in it.
func pass(c *bson.Cursor) {
	for c.Next() {
		if (c.Type().IsContainer() || c.Type() == bson.TypeCodeWithScope) && c.Enter() {
			pass(c)
			c.Leave()
		}
	}
}
