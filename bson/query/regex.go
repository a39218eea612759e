package query

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the test of regular expressions. Go's regexp, which is RE2, runs them in
// linear time. The option x, which RE2 lacks, is done by extended.

// A regex passes strings and symbols that it matches, and regexes that are equal to it.
type regex struct {
	pattern, options string // of the filter
	data             []byte // both, as the value of a regex
	re               *regexp.Regexp
}

// newRegex returns an error that matches ErrRegex or ErrOperand.
func newRegex(pattern, options string) (*regex, error) {
	if strings.Contains(pattern, "\x00") {
		return nil, fmt.Errorf("%w: it contains a NUL", ErrRegex)
	}
	if other := strings.Trim(options, "imsx"); other != "" {
		r, _ := utf8.DecodeRuneInString(other)
		return nil, fmt.Errorf("%w: there is no option %q; the options are i, m, s and x", ErrRegex, r)
	}
	source := pattern
	if strings.Contains(options, "x") {
		source = extended(pattern)
	}
	for _, option := range []string{"i", "m", "s"} {
		if strings.Contains(options, option) {
			source = "(?" + option + ")" + source
		}
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return nil, regexError(pattern, err)
	}
	data := append(append(append([]byte(pattern), 0), options...), 0)
	return &regex{pattern, options, data, re}, nil
}

// perlOnly has the syntax of PCRE that RE2 lacks, by how it starts.
var perlOnly = []struct{ start, name string }{
	{"(?=", "look-ahead"}, {"(?!", "look-ahead"}, {"(?<=", "look-behind"}, {"(?<!", "look-behind"},
	{"(?>", "atomic groups"}, {"(?#", "comments in parentheses"}, {"(?|", "branch resets"}, {"(?(", "conditions"},
	{"(?R", "recursion"}, {"(*", "verbs"},
}

// regexError returns err, of a pattern that is not valid, with the place in it and a
// reason for people.
func regexError(pattern string, err error) error {
	var fault *syntax.Error
	if !errors.As(err, &fault) {
		return fmt.Errorf("%w: %v", ErrRegex, err)
	}
	reason := fault.Code.String()
	for _, p := range perlOnly {
		if strings.HasPrefix(fault.Expr, p.start) {
			reason = p.name + " are not in RE2"
			if !strings.HasSuffix(p.name, "s") {
				reason = p.name + " is not in RE2"
			}
		}
	}
	if at := strings.Index(pattern, fault.Expr); at >= 0 && fault.Expr != pattern && fault.Expr != "" {
		return fmt.Errorf("%w: byte %d (%s): %s", ErrRegex, at, shortened(fault.Expr), reason)
	}
	return fmt.Errorf("%w: %s: %s", ErrRegex, shortened(fault.Expr), reason)
}

// maxShown is the length of text that an error shows whole, in bytes.
const maxShown = 80

func shortened(text string) string {
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}

// extended returns pattern without the white space and the comments that the option x
// allows: outside of classes, unless escaped, and outside of \Q…\E.
func extended(pattern string) string {
	var out strings.Builder
	for len(pattern) > 0 {
		n := 1
		switch c := pattern[0]; {
		case strings.HasPrefix(pattern, `\Q`):
			n = literalEnd(pattern)
		case c == '\\':
			n = min(2, len(pattern))
		case c == '[':
			n = classEnd(pattern)
		case strings.IndexByte(" \t\n\v\f\r", c) >= 0:
			pattern = pattern[1:]
			continue
		case c == '#':
			_, pattern, _ = strings.Cut(pattern, "\n")
			continue
		}
		out.WriteString(pattern[:n])
		pattern = pattern[n:]
	}
	return out.String()
}

// literalEnd returns the length of the \Q…\E at the start of pattern.
func literalEnd(pattern string) int {
	if n := strings.Index(pattern, `\E`); n >= 0 {
		return n + 2
	}
	return len(pattern)
}

// classEnd returns the length of the class at the start of pattern. A bracket that
// comes first does not end the class, and neither does that of [:alpha:].
func classEnd(pattern string) int {
	i := 1
	if strings.HasPrefix(pattern[i:], "^") {
		i++
	}
	if strings.HasPrefix(pattern[i:], "]") {
		i++
	}
	for i < len(pattern) {
		switch {
		case pattern[i] == ']':
			return i + 1
		case pattern[i] == '\\':
			i++
		case strings.HasPrefix(pattern[i:], "[:"):
			if n := strings.Index(pattern[i:], ":]"); n >= 0 {
				i += n + 1
			}
		}
		i++
	}
	return len(pattern)
}

func (p *regex) holds(v bsoncore.Value) (pass, ok bool) {
	var c bsoncore.Cursor
	switch v.Type {
	case bsoncore.TypeString, bsoncore.TypeSymbol:
		if !c.ResetValue(v.Type, v.Data, 0) {
			return false, false
		}
		return p.re.Match(c.Text()), true
	case bsoncore.TypeRegex:
		return bytes.Equal(v.Data, p.data), true
	}
	return false, true
}

// value returns the regex as a value.
func (p *regex) value() bsoncore.Value { return bsoncore.Value{Type: bsoncore.TypeRegex, Data: p.data} }

func (p *regex) ofElements() bool { return true }

// appendTo writes a regex, not $options, because operators can be repeated.
func (p *regex) appendTo(dst []byte) []byte {
	return bsoncore.AppendRegex(dst, "$regex", p.pattern, p.options)
}

func (p *regex) describe() string { return "matches /" + p.pattern + "/" + p.options }
