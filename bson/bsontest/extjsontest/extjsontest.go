// Package extjsontest makes Extended JSON for tests of code that reads it, and texts with
// faults.
//
//	f.Fuzz(func(t *testing.T, data []byte) {
//		var o extjsontest.Options
//		text, doc := o.Text(bsontest.NewSource(data))
//		… text must give doc
//		bad := o.Damage(bsontest.NewSource(data), text)
//		… bad.Text must be rejected
//	})
//
// Package bsontest makes the documents. Package extjson decides about texts: the faults,
// and their places, are those that extjson reports.
package extjsontest

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file makes texts, spells them in other ways and damages them. tokens is the only
// function that knows the syntax; it needs text without comments and literal regexes, so
// it is not used for the shell's syntax.

// Options select the texts. The zero value makes relaxed text of small documents.
type Options struct {
	_ struct{} // keyed literals only

	// Mode is the dialect of the text.
	Mode extjson.Mode
	// Documents select the documents. WrapperKeys has no effect, because text cannot
	// tell these keys from the special keys of Extended JSON.
	Documents bsontest.Options
}

// Text returns the text of the document made from the next choices of s, with white space
// and escapes that other choices select, and the document that the text gives: relaxed
// text, for example, does not keep the width of integers. Plain text is not meant to be
// read; for it Text returns the document of which it is the text.
func (o Options) Text(s *bsontest.Source) (text []byte, doc bson.Raw) {
	documents := o.Documents
	documents.Odd &^= bsontest.WrapperKeys
	doc = documents.Document(s)
	write := extjson.EncodeOptions{
		Mode:        o.Mode,
		Indent:      pick(s, "", "", "", "\t", "  "),
		Spacing:     pick(s, extjson.CompactSpacing, extjson.PythonSpacing, extjson.LibbsonSpacing),
		ASCII:       pick(s, false, true),
		EscapeHTML:  pick(s, false, true),
		EscapeLines: pick(s, false, true),
		Lossy:       o.Mode == extjson.Plain,
	}
	text, err := write.AppendJSON(nil, doc)
	if err != nil {
		panic("BUG: extjsontest: " + err.Error())
	}
	if o.Mode == extjson.Plain {
		return text, doc
	}
	if o.Mode != extjson.Shell {
		text = respelled(s, text)
	}
	doc, err = o.read(text)
	if err != nil {
		panic("BUG: extjsontest: " + err.Error())
	}
	return text, doc
}

// pick returns one of values.
func pick[T any](s *bsontest.Source, values ...T) T { return values[s.IntN(len(values))] }

// read reads text as package extjson does in the dialect of o.
func (o Options) read(text []byte) ([]byte, error) {
	return extjson.DecodeOptions{
		CanonicalOnly: o.Mode == extjson.Canonical,
		Legacy:        o.Mode == extjson.Legacy,
		Shell:         o.Mode == extjson.Shell,
	}.AppendBSON(nil, text)
}

// CheckDecode checks that decode, which returns the BSON of a text, accepts text if and
// only if package extjson does in the dialect of o, and returns the same document.
func (o Options) CheckDecode(text []byte, decode func(text []byte) ([]byte, error)) error {
	want, wantErr := o.read(text)
	input := bytes.Clone(text)
	got, err := decode(input)
	switch {
	case !bytes.Equal(input, text):
		return fmt.Errorf("input changed: decode changed %q to %q", text, input)
	case wantErr == nil && err != nil:
		return fmt.Errorf("rejected: %q is valid, but decode returns: %w", text, err)
	case wantErr != nil && err == nil:
		return fmt.Errorf("accepted: decode accepts %q, but %w", text, wantErr)
	case wantErr == nil && !bytes.Equal(got, want):
		return fmt.Errorf("another document: %q gives %x, want %x", text, got, want)
	}
	return nil
}

// A Fault is a text with one fault.
type Fault struct {
	// Name is the kind of fault, such as "stray character".
	Name string
	// Text is the text with the fault. Package extjson rejects it.
	Text []byte
	// Err is the sentinel of package extjson or bson that matches the error.
	Err error
	// Offset is the offset in the error, in bytes from the start of Text.
	Offset int64
}

// Faults returns an iterator over copies of text, in the dialect of o, with one fault
// each: truncations, and at every token a character too many or too few; in strings,
// numbers and the values of special keys, faults of their own. A change that leaves a
// text that package extjson reads is left out. In Mode Shell there are only truncations
// and stray characters.
func (o Options) Faults(text []byte) iter.Seq[Fault] {
	return func(yield func(Fault) bool) {
		for n := range len(text) {
			if f, ok := o.examined("truncated", bytes.Clone(text[:n])); ok && !yield(f) {
				return
			}
		}
		for _, w := range o.wounds(text) {
			if f, ok := o.examined(w.name, w.apply(text)); ok && !yield(f) {
				return
			}
		}
	}
}

// Damage returns a copy of text, in the dialect of o, with one fault, which the next
// choices of s select.
func (o Options) Damage(s *bsontest.Source, text []byte) Fault {
	wounds := o.wounds(text)
	first := s.IntN(len(wounds))
	for i := range wounds {
		w := wounds[(first+i)%len(wounds)]
		if f, ok := o.examined(w.name, w.apply(text)); ok {
			return f
		}
	}
	panic("BUG: extjsontest: no fault in " + string(text))
}

// examined returns text as a Fault, or false if package extjson reads it.
func (o Options) examined(name string, text []byte) (Fault, bool) {
	_, err := o.read(text)
	var syntax *extjson.SyntaxError
	var value *extjson.ValueError
	switch {
	case errors.As(err, &syntax):
		return Fault{name, text, syntax.Err, syntax.Offset}, true
	case errors.As(err, &value):
		return Fault{name, text, value.Err, value.Offset}, true
	}
	return Fault{}, false
}

// A wound replaces the bytes of a text from from to to.
type wound struct {
	name     string
	from, to int
	with     string
}

func (w wound) apply(text []byte) []byte {
	return slices.Replace(bytes.Clone(text), w.from, w.to, []byte(w.with)...)
}

// inString has the faults of a string: the bytes that are inserted after the quote.
var inString = []struct{ name, with string }{
	{"control character", "\x01"},
	{"line feed in a string", "\n"},
	{"unknown escape", `\q`},
	{"half an escape", `\u12`},
	{"lone surrogate", `\ud800`},
	{"exchanged surrogates", `\udc00\ud800`},
	{"byte that is not UTF-8", "\xff"},
	{"overlong form", "\xc0\x80"},
	{"surrogate in UTF-8", "\xed\xa0\x80"},
	{"quote in a string", `"`},
}

// inNumber has the faults of a number: the bytes that are inserted before it.
var inNumber = []struct{ name, with string }{
	{"leading zero", "0"}, {"plus sign", "+"}, {"two minus signs", "--"}, {"leading point", "."}, {"letter before a number", "x"},
}

// wrapped has the special keys whose value is a text of its own syntax.
var wrapped = []string{"$oid", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$uuid", "$date", "base64", "subType"}

// wounds returns the ways to damage text.
func (o Options) wounds(text []byte) (all []wound) {
	add := func(name string, from, to int, with string) { all = append(all, wound{name, from, to, with}) }
	end := len(bytes.TrimRight(text, " \t\r\n"))
	add("stray character at the start", 0, 0, "@")
	add("stray character at the end", end, end, "@")
	add("second document", end, end, "{}")
	add("unclosed", end-1, end, "")
	if o.Mode == extjson.Shell {
		return all
	}
	key := ""
	for _, t := range tokens(text) {
		add("stray character", t.start, t.start, "@")
		switch c := text[t.start]; c {
		case '{', '}', '[', ']', ',', ':':
			add(string(c)+" missing", t.start, t.end, "")
			add(string(c)+" twice", t.start, t.start, string(c))
			if c == '}' || c == ']' {
				add("comma before "+string(c), t.start, t.start, ",")
				add("wrong bracket", t.start, t.end, string(c^'}'^']'))
			}
		case '"':
			for _, f := range inString {
				add(f.name, t.start+1, t.start+1, f.with)
			}
			add("string without quotes", t.start, t.end, string(text[t.start+1:t.end-1]))
			if slices.Contains(wrapped, key) {
				add("value of "+key, t.start+1, t.start+1, "?")
			}
			key = string(text[t.start+1 : t.end-1])
		case 't', 'f', 'n':
			add("word in capitals", t.start, t.end, strings.ToUpper(string(text[t.start:t.end])))
		default:
			for _, f := range inNumber {
				add(f.name, t.start, t.start, f.with)
			}
			add("number ends too early", t.end, t.end, "e")
		}
	}
	return all
}

// A token is a bracket, comma, colon, string, number or word.
type token struct{ start, end int } // offsets in bytes

// tokens returns the tokens of JSON text.
func tokens(text []byte) (all []token) {
	for i := 0; i < len(text); {
		start := i
		switch text[i] {
		case ' ', '\t', '\r', '\n':
			i++
			continue
		case '{', '}', '[', ']', ',', ':':
			i++
		case '"':
			for i++; text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			i++
		default:
			for i < len(text) && !bytes.ContainsRune([]byte(" \t\r\n{}[],:"), rune(text[i])) {
				i++
			}
		}
		all = append(all, token{start, i})
	}
	return all
}

// blanks are the white space that respelled puts before a token.
var blanks = []string{"", "", "", "", "", " ", "\n", "\t", "\r\n", " \n  "}

// respelled returns JSON text with other white space and with some letters of strings
// as escapes, for a few choices of s. Without choices the text stays.
func respelled(s *bsontest.Source, text []byte) []byte {
	if s.Byte()&1 == 0 {
		return text
	}
	var out []byte
	last := 0
	for _, t := range tokens(text) {
		out = append(out, text[last:t.start]...)
		out = append(out, pick(s, blanks...)...)
		last = t.end
		c := text[min(t.start+1, t.end-1)]
		if text[t.start] == '"' && c < 0x80 && c != '\\' && c != '"' && s.Byte()&7 == 1 {
			out = fmt.Appendf(out, `"\u%04x`, c)
			t.start += 2
		}
		out = append(out, text[t.start:t.end]...)
	}
	return append(out, text[last:]...)
}
