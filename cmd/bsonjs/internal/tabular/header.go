package tabular

import (
	"strings"
	"unicode/utf8"
)

// This file is the grammar of headers, in both directions:
//
//	header   = name | name "." type "(" argument ")"
//	name     = key *( "." key )
//	key      = any text, in which "\." is a dot and "\\" is a backslash
//	argument = any text, in which a backslash quotes the next character
//
// It is the grammar of mongoimport, whose keys have no escapes. The last "." type "("
// of a header starts the type, because parentheses in arguments are quoted. So a key
// needs no escape for text that looks like a type.

// A Column is a column of a table.
type Column struct {
	// Path has the keys that lead to its values, from the top of the document; at least one.
	Path []string
	// Type is the type of its cells. Auto is also the type of a column without one.
	Type Type
	// Arg is the argument of the type; "" if it has none.
	Arg string
}

// ParseName returns the column of type Auto whose header is text, without a type. Every
// text that can be keys of BSON is a name: "" is the empty key, and "a..b" has an empty
// key in the middle. An error is a *HeaderError that matches ErrName.
func ParseName(text string) (Column, error) {
	if at := strings.IndexByte(text, 0); at >= 0 {
		return Column{}, &HeaderError{Header: text, Offset: int64(at), What: "a key cannot contain NUL", Err: ErrName}
	}
	if at := invalidUTF8(text); at >= 0 {
		return Column{}, &HeaderError{Header: text, Offset: int64(at), What: "invalid UTF-8", Err: ErrName}
	}
	return Column{Path: splitName(text)}, nil
}

// ParseColumn returns the column whose header is text, with a type. An error is a
// *HeaderError that matches ErrUntyped, ErrType, ErrArgument or ErrName.
func ParseColumn(text string) (Column, error) {
	dot, open := findType(text)
	if open < 0 {
		return Column{}, &HeaderError{Header: text, Offset: int64(len(text)), Err: ErrUntyped}
	}
	name, arg := text[dot+1:open], text[open+1:len(text)-1]
	t, ok := typeNamed(name)
	if !ok {
		return Column{}, &HeaderError{Header: text, Offset: int64(dot + 1), What: name, Err: ErrType}
	}
	c, err := ParseName(text[:dot])
	if err != nil {
		err.(*HeaderError).Header = text
		return Column{}, err
	}
	c.Type, c.Arg = t, unquoteArg(arg)
	if _, err := c.Cells(Options{}); err != nil {
		fault := err.(*HeaderError)
		fault.Header, fault.Offset = text, int64(open+1)
		return Column{}, fault
	}
	return c, nil
}

// areTyped reports whether all headers have a type.
func areTyped(headers []string) bool {
	for _, header := range headers {
		if _, err := ParseColumn(header); err != nil {
			return false
		}
	}
	return true
}

// findType returns the offsets of the dot and of the parenthesis around the name of the
// type in text, -1 if there is no type.
func findType(text string) (dot, open int) {
	if !strings.HasSuffix(text, ")") {
		return -1, -1
	}
	for open = strings.LastIndexByte(text, '('); open >= 0; open = strings.LastIndexByte(text[:open], '(') {
		dot = open - 1
		for dot >= 0 && isWord(text[dot]) {
			dot--
		}
		if dot >= 0 && dot < open-1 && text[dot] == '.' {
			return dot, open
		}
	}
	return -1, -1
}

// isWord reports whether c may be in the name of a type.
func isWord(c byte) bool { return c|0x20-'a' < 26 || c-'0' < 10 || c == '_' }

// splitName returns the keys of a name.
func splitName(text string) []string {
	if strings.IndexByte(text, '\\') < 0 {
		return strings.Split(text, ".")
	}
	var path []string
	var key []byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '.':
			path = append(path, string(key))
			key = key[:0]
		case c == '\\' && i+1 < len(text) && (text[i+1] == '.' || text[i+1] == '\\'):
			i++
			key = append(key, text[i])
		default:
			key = append(key, c)
		}
	}
	return append(path, string(key))
}

// unquoteArg returns the argument whose text is text.
func unquoteArg(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	arg := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			if i++; i == len(text) {
				break
			}
		}
		arg = append(arg, text[i])
	}
	return string(arg)
}

// invalidUTF8 returns the offset of the first byte of text that is not UTF-8, -1 if there
// is none.
func invalidUTF8[T ~string | ~[]byte](text T) int {
	if s := string(text); !utf8.ValidString(s) {
		for i, r := range s {
			if r == utf8.RuneError && s[i:min(i+3, len(s))] != string(utf8.RuneError) {
				return i
			}
		}
	}
	return -1
}

// nameEscaper and argEscaper write keys and arguments.
var (
	nameEscaper = strings.NewReplacer(`\`, `\\`, `.`, `\.`)
	argEscaper  = strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`)
)

// AppendName appends the name of c, without its type, to dst and returns the longer
// slice. ParseName gives the same path back.
func (c Column) AppendName(dst []byte) []byte {
	for i, key := range c.Path {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, nameEscaper.Replace(key)...)
	}
	return dst
}

// AppendHeader appends the header of c, with its type, to dst and returns the longer
// slice. ParseColumn gives c back.
func (c Column) AppendHeader(dst []byte) []byte {
	dst = append(c.AppendName(dst), '.')
	dst = append(dst, c.Type.String()...)
	dst = append(dst, '(')
	dst = append(dst, argEscaper.Replace(c.Arg)...)
	return append(dst, ')')
}

// String returns the name of c.
func (c Column) String() string { return string(c.AppendName(nil)) }

// SplitHeaders returns the headers in text, a row of CSV. With Typed, a comma in
// parentheses is part of a header, as in mongoimport. An error is a *HeaderError, or
// matches ErrRow.
func (o *DecodeOptions) SplitHeaders(text string) (headers []string, err error) {
	if text == "" {
		return []string{""}, nil
	}
	rows := newSplitter(Syntax{})
	data := []byte(text)
	n, err := rows.next(data, true)
	switch {
	case err != nil:
		return nil, err
	case n < len(data):
		return nil, &HeaderError{Header: text, Offset: int64(n), What: "a second line", Err: ErrName}
	}
	var room []byte
	for _, f := range rows.spans {
		header := string(fieldText(data, f, &room))
		if last := len(headers) - 1; o.Typed && last >= 0 && openParens(headers[last]) {
			headers[last] += "," + header
			continue
		}
		headers = append(headers, header)
	}
	return headers, nil
}

// ParseColumns returns the columns with the given headers. With Typed it reads a header as
// ParseColumn does, otherwise as ParseName does. An error is a *HeaderError whose Index is
// that of the header.
func (o *DecodeOptions) ParseColumns(headers []string) ([]Column, error) {
	columns := make([]Column, len(headers))
	for i, header := range headers {
		var err error
		if columns[i], err = o.parse(header); err != nil {
			err.(*HeaderError).Index = i
			return nil, err
		}
	}
	return columns, nil
}

// parse returns the column whose header is text.
func (o *DecodeOptions) parse(text string) (Column, error) {
	if o.Typed {
		return ParseColumn(text)
	}
	return ParseName(text)
}

// openParens reports whether text has more opening parentheses than closing ones.
// Parentheses behind a backslash do not count.
func openParens(text string) bool {
	open := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			open++
		case ')':
			open = max(open-1, 0)
		}
	}
	return open > 0
}
