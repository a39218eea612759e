package sink

import (
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// This file writes the text of bsondump --pretty.

// maxDumped returns the limit of the text of a document of n bytes, in bytes. A
// line starts with a tab for each level, so without a limit a small document
// could fill the memory. Ordinary documents need less than 20 bytes of text for
// each of their bytes.
func maxDumped(n int) int { return min(1<<24+n<<9, 1<<30) }

// errDumped is the error for a text over maxDumped.
var errDumped = fmt.Errorf("its indented text: %w", bson.ErrTooLarge)

// Tabs is a codec.Appender that writes JSON as json.Indent does with tabs, so
// wrappers have several lines too.
type Tabs struct {
	Text codec.Appender // of compact JSON
}

// AppendValue appends the text of the value, as codec.Appender says.
func (t *Tabs) AppendValue(dst []byte, most int, typ bson.Type, data []byte) ([]byte, error) {
	text, err := t.Text.AppendValue(nil, most, typ, data)
	if err != nil {
		return dst, err
	}
	b := tabber{out: dst, most: min(most, len(dst)+maxDumped(len(data)))}
	if _, err := b.Write(text); err != nil {
		return dst, &bson.ValueError{Err: err}
	}
	return b.out, nil
}

// WriteValue writes the text of the value, as codec.Appender says.
func (t *Tabs) WriteValue(w io.Writer, typ bson.Type, data []byte) error {
	return twice(w, func(w io.Writer) error {
		b := tabber{w: w, most: maxDumped(len(data))}
		err := t.Text.WriteValue(&b, typ, data)
		if err == errDumped {
			return &bson.ValueError{Err: err}
		}
		if err == nil {
			err = b.flush()
		}
		return err
	})
}

// twice calls write first with a writer that discards all bytes. If that
// succeeds, it calls write with w: so a fault is found before a byte is written.
func twice(w io.Writer, write func(w io.Writer) error) error {
	if err := write(io.Discard); err != nil {
		return err
	}
	return write(w)
}

// dumpPortion is the length of text that is written at once, in bytes.
const dumpPortion = 64 << 10

// A tabber is a writer that indents compact JSON. The JSON may come in portions
// of any size.
type tabber struct {
	w    io.Writer // nil: all text stays in out
	out  []byte    // text that is not written yet
	most int       // bytes of text that may still follow, with those in out

	tabs     int
	inString bool
	quoted   quoted
	opened   bool // behind the bracket that opens a container
}

// Write indents text. The error is errDumped if the result is too long, or an
// error of w.
func (b *tabber) Write(text []byte) (int, error) {
	for i := 0; i < len(text); i++ {
		if b.inString {
			n := b.quoted.end(text[i:])
			if b.inString = n < 0; b.inString {
				n = len(text) - i
			}
			b.out = append(b.out, text[i:i+n]...)
			i += n - 1
			continue
		}
		c := text[i]
		closes := c == '}' || c == ']'
		if closes {
			b.tabs--
		}
		if b.opened != closes { // an empty container stays on its line
			if err := b.newline(); err != nil {
				return i, err
			}
		}
		b.opened = false
		b.out = append(b.out, c)
		switch c {
		case '"':
			b.inString = true
		case '{', '[':
			b.tabs++
			b.opened = true
		case ':':
			b.out = append(b.out, ' ')
		case ',':
			if err := b.newline(); err != nil {
				return i, err
			}
		}
	}
	return len(text), nil
}

// A quoted is the rest of a string of JSON, in portions of any size.
type quoted struct {
	escaped bool // after a backslash
}

// end returns the length of text up to the quote that ends the string, or -1 if
// it is not there yet.
func (q *quoted) end(text []byte) int {
	for i, c := range text {
		switch {
		case q.escaped:
			q.escaped = false
		case c == '\\':
			q.escaped = true
		case c == '"':
			return i + 1
		}
	}
	return -1
}

// newline begins a line.
func (b *tabber) newline() error {
	if len(b.out)+b.tabs > b.most {
		return errDumped
	}
	b.out = appendTabs(append(b.out, '\n'), b.tabs)
	if b.w != nil && len(b.out) >= dumpPortion {
		return b.flush()
	}
	return nil
}

// flush writes out.
func (b *tabber) flush() error {
	_, err := b.w.Write(b.out)
	b.most -= len(b.out)
	b.out = b.out[:0]
	return err
}
