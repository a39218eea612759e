package extjson

import "github.com/bsonkit/bsonkit/bson"

// isLiteralRegex reports whether /pattern/options reads back as the same two
// texts.
func isLiteralRegex(pattern, options []byte) bool {
	for _, c := range options {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			return false
		}
	}
	if len(pattern) == 0 || pattern[0] == '*' || bson.IndexInvalidUTF8(pattern) >= 0 {
		return false
	}
	n := regexLen(pattern)
	return n == len(pattern)
}

// regexLen returns how many bytes of text belong to the pattern of a regex
// literal: those before a slash that is neither escaped nor in brackets, or
// before something that cannot stand in one. Source: ECMAScript, "Regular
// Expression Literals".
func regexLen(text []byte) int {
	class := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < ' ' || c == 0x7F || c >= 0x80 && isLineEnd(text[i:]):
			return i
		case c == '\\':
			if i+1 == len(text) || text[i+1] < ' ' || isLineEnd(text[i+1:]) {
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
		return 0
	}
	return len(text)
}

// isLineEnd reports whether text starts with U+2028 or U+2029.
func isLineEnd(text []byte) bool {
	return len(text) >= 3 && text[0] == 0xE2 && text[1] == 0x80 && text[2]|1 == 0xA9
}
