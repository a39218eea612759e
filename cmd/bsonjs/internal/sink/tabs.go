package sink

import (
	"fmt"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// This file is JSON as bsondump lays it out over many lines.

// maxDumped returns how many bytes of text are made of a document of n bytes
// at most. A line begins with as many tabs as it is deep, so that without a
// limit a small document could fill all memory. Documents as people have them
// stay below 20 bytes of text for each of theirs.
func maxDumped(n int) int { return min(1<<24+n<<9, 1<<30) }

// errDumped is for a text over maxDumped.
var errDumped = fmt.Errorf("its indented text: %w", bson.ErrTooLarge)

// Tabs writes text over many lines, those of wrappers included, as
// json.Indent lays it out.
type Tabs struct{ Text *codec.TextAppender }

// AppendValue is that of a codec.Appender.
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

// WriteValue is that of a codec.Appender.
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

// twice calls write with a writer that discards all, to see whether it fails,
// and then with w.
func twice(w io.Writer, write func(w io.Writer) error) error {
	if err := write(io.Discard); err != nil {
		return err
	}
	return write(w)
}

// dumpPortion is how many bytes of text are written at a time.
const dumpPortion = 64 << 10

// A tabber lays out compact JSON over many lines. It is written to it in
// portions of any size.
type tabber struct {
	w    io.Writer // nil: all stays in out
	out  []byte
	most int // bytes that may still follow, those in out included

	tabs     int
	inString bool
	escaped  bool // behind a backslash in a string
	opened   bool // behind the bracket that opens a container
}

// Write lays out text. The error is errDumped if the result is too long, or
// the error of w.
func (b *tabber) Write(text []byte) (int, error) {
	for i := 0; i < len(text); i++ {
		if b.inString {
			n := b.stringEnd(text[i:])
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

// stringEnd returns how many bytes of text belong to the string in which text
// begins.
func (b *tabber) stringEnd(text []byte) int {
	for i, c := range text {
		switch {
		case b.escaped:
			b.escaped = false
		case c == '\\':
			b.escaped = true
		case c == '"':
			b.inString = false
			return i + 1
		}
	}
	return len(text)
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

// flush writes what is in out.
func (b *tabber) flush() error {
	_, err := b.w.Write(b.out)
	b.most -= len(b.out)
	b.out = b.out[:0]
	return err
}
