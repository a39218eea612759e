package sink

import (
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// This file gives colours to JSON and to text of the shell. It knows only where
// strings, regexes, numbers and words start and end in text that package extjson
// has written; it checks nothing. Without the escape sequences the text is the
// same.

// The escape sequences of the colours, for dark and light backgrounds.
const (
	keyColor    = "\x1b[36m"
	stringColor = "\x1b[32m" // of regexes, too
	numberColor = "\x1b[35m"
	wordColor   = "\x1b[33m" // true, null, and the names of calls
	endColor    = "\x1b[0m"
)

// Colored is a codec.Appender that writes text in colours.
type Colored struct {
	Text codec.Appender // of JSON in any layout
}

// AppendValue appends the text of the value, as codec.Appender says.
func (c *Colored) AppendValue(dst []byte, most int, typ bson.Type, data []byte) ([]byte, error) {
	n := len(dst)
	dst, err := c.Text.AppendValue(dst, most, typ, data)
	if err != nil {
		return dst, err
	}
	// The coloured text follows the plain one, and then takes its place.
	m := len(dst)
	p := painter{out: dst}
	for text := dst[n:m]; len(text) > 0; {
		k := min(len(text), dumpPortion)
		p.paint(text[:k])
		if text = text[k:]; n+len(p.out)-m > most {
			return p.out[:n], codec.ErrLong
		}
	}
	p.end()
	return append(p.out[:n], p.out[m:]...), nil
}

// WriteValue writes the text of the value, as codec.Appender says.
func (c *Colored) WriteValue(w io.Writer, typ bson.Type, data []byte) error {
	p := painter{w: w}
	if err := c.Text.WriteValue(&p, typ, data); err != nil {
		return err
	}
	p.end()
	return p.flush()
}

// A token is the part of a text that a painter is in.
type token uint8

const (
	noToken     token = iota // punctuation and blanks
	stringToken              // after the opening quote of a string
	regexToken               // after the opening slash of a regex
	wordToken                // in a number, a word or the options of a regex
)

// A painter appends text in colours. The text may come in portions of any size.
type painter struct {
	w   io.Writer // of Write
	out []byte    // coloured text

	token  token
	quoted quoted
	regex  regex
	open   []byte // the brackets that are open
	key    bool   // a string here is a key
}

// Write writes text in colours to w.
func (p *painter) Write(text []byte) (int, error) {
	p.paint(text)
	return len(text), p.flush()
}

// flush writes out.
func (p *painter) flush() error {
	_, err := p.w.Write(p.out)
	p.out = p.out[:0]
	return err
}

// paint appends text.
func (p *painter) paint(text []byte) {
	for len(text) > 0 {
		n, ends := p.rest(text)
		p.out = append(p.out, text[:n]...)
		if ends {
			p.end()
		}
		if text = text[n:]; len(text) > 0 && p.token == noToken {
			p.begin(text[0])
			p.out = append(p.out, text[0])
			text = text[1:]
		}
	}
}

// rest returns the length of the rest of the token at the start of text, and
// whether the token ends there.
func (p *painter) rest(text []byte) (n int, ends bool) {
	switch p.token {
	case stringToken:
		n = p.quoted.end(text)
	case regexToken:
		if n = p.regex.end(text); n >= 0 {
			p.token = wordToken // its options
			return n, false
		}
	case wordToken:
		n = slices.IndexFunc(text, func(c byte) bool { return !isWord(c) })
	default:
		return 0, false
	}
	if n < 0 {
		return len(text), false
	}
	return n, true
}

// isWord reports whether c is in a number or word. No character of a word is
// outside of ASCII.
func isWord(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'
}

// begin begins a token with c, or notes the punctuation c.
func (p *painter) begin(c byte) {
	switch {
	case c == '"' && p.key:
		p.start(stringToken, keyColor)
	case c == '"':
		p.start(stringToken, stringColor)
	case c == '/':
		p.start(regexToken, stringColor)
	case c == '-' || c >= '0' && c <= '9':
		p.start(wordToken, numberColor)
	case isWord(c):
		p.start(wordToken, wordColor)
	case c == '{' || c == '[' || c == '(':
		p.open = append(p.open, c)
		p.key = c == '{'
	case c == '}' || c == ']' || c == ')':
		p.open = p.open[:len(p.open)-1]
	case c == ',':
		p.key = p.open[len(p.open)-1] == '{'
	case c == ':':
		p.key = false
	}
}

// start begins a token.
func (p *painter) start(t token, color string) {
	p.token = t
	p.out = append(p.out, color...)
}

// end ends the token, if there is one.
func (p *painter) end() {
	if p.token != noToken {
		p.token = noToken
		p.out = append(p.out, endColor...)
	}
}

// A regex is the rest of a literal regex, in portions of any size.
type regex struct {
	escaped bool // after a backslash
	class   bool // in square brackets
}

// end returns the length of text up to the slash that ends the regex, or -1 if it
// is not there yet.
func (r *regex) end(text []byte) int {
	for i, c := range text {
		switch {
		case r.escaped:
			r.escaped = false
		case c == '\\':
			r.escaped = true
		case c == '[':
			r.class = true
		case c == ']':
			r.class = false
		case c == '/' && !r.class:
			return i + 1
		}
	}
	return -1
}
