// Package shelltext has the syntax of MongoDB's shell that packages bson and
// extjson both write: the fixed parts of calls, and which regexes are literals.
package shelltext

import "unicode/utf8"

// Calls are the fixed parts of values in the shell's syntax. In a pair the value
// is between the two texts; a triple has two values.
type Calls struct {
	Int32, Int64, Decimal, ObjectID    [2]string
	Date, Millis, UUID                 [2]string
	Binary                             [3]string // a subtype, base64
	Symbol, Code                       [2]string
	Scope, Timestamp, Regex, DBPointer [3]string
	Undefined, MinKey, MaxKey          string
	NaN, Infinity, NegativeInfinity    string
}

// Spelling returns the calls as this module writes them.
func Spelling() Calls {
	return Calls{
		Int32:            [2]string{`NumberInt(`, `)`},
		Int64:            [2]string{`NumberLong("`, `")`},
		Decimal:          [2]string{`NumberDecimal("`, `")`},
		ObjectID:         [2]string{`ObjectId("`, `")`},
		Date:             [2]string{`ISODate("`, `")`},
		Millis:           [2]string{`new Date(`, `)`},
		UUID:             [2]string{`UUID("`, `")`},
		Binary:           [3]string{`BinData(`, `, "`, `")`},
		Symbol:           [2]string{`BSONSymbol(`, `)`},
		Code:             [2]string{`Code(`, `)`},
		Scope:            [3]string{`Code(`, `, `, `)`},
		Timestamp:        [3]string{`Timestamp(`, `, `, `)`},
		Regex:            [3]string{`RegExp(`, `, `, `)`},
		DBPointer:        [3]string{`DBPointer(`, `, `, `)`},
		Undefined:        `undefined`,
		MinKey:           `MinKey()`,
		MaxKey:           `MaxKey()`,
		NaN:              `NaN`,
		Infinity:         `Infinity`,
		NegativeInfinity: `-Infinity`,
	}
}

// IsLiteralRegex reports whether /pattern/options is read back as the same two
// texts.
func IsLiteralRegex(pattern, options []byte) bool {
	for _, c := range options {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	if len(pattern) == 0 || pattern[0] == '*' || !utf8.Valid(pattern) {
		return false
	}
	return RegexLen(pattern) == len(pattern)
}

// RegexLen returns the number of bytes of text that belong to the pattern of a
// regex literal: the bytes before a slash that is neither escaped nor in
// brackets, or before a byte that is not allowed in a literal. It is -1 if the
// text ends in brackets or after a backslash.
func RegexLen(text []byte) int {
	class := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < ' ' || isLineEnd(text[i:]):
			return i
		case c == '\\':
			if i+1 == len(text) {
				return -1
			}
			if text[i+1] < ' ' || isLineEnd(text[i+1:]) {
				return i
			}
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			return i
		}
	}
	if class {
		return -1
	}
	return len(text)
}

// isLineEnd reports whether text starts with U+2028 or U+2029.
func isLineEnd(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xE2 && text[1] == 0x80 && text[2]|1 == 0xA9
}
