package textcut

import "encoding/binary"

// A Frame finds the end of a text whose bytes are still arriving: the bracket
// that closes its first bracket. It knows strings and brackets only; the
// decoder checks everything else. The zero Frame is at the start of a text.
type Frame struct {
	depth    int  // brackets open
	inString bool // between the quotes of a string
	escaped  bool // the byte before was a backslash in a string

	shell shellFrame // where the text is, if it is the shell's
	class bool       // in the brackets of a regex
}

// A shellFrame is the kind of token in which a Frame over shell text is.
type shellFrame uint8

const (
	notShell       shellFrame = iota
	betweenTokens             // or in one that has neither quotes nor slashes
	inDoubleQuotes            // escaped says whether behind a backslash
	inSingleQuotes
	behindSlash // which begins a comment or a regex
	inRegex
	inLineComment
	inComment
	behindStar // in a comment
)

// NewFrame returns a Frame at the start of a text, the shell's or JSON.
func NewFrame(shell bool) Frame {
	if shell {
		return Frame{shell: betweenTokens}
	}
	return Frame{}
}

// Scan continues with the next bytes of the text. It returns how many of them
// belong to the text, and whether the text ends with the last of these.
func (f *Frame) Scan(text []byte) (n int, done bool) {
	if f.shell != notShell {
		return f.scanShell(text)
	}
	for i := 0; i < len(text); i++ {
		if f.inString {
			i, f.inString, f.escaped = stringEnd(text, i, f.escaped)
			continue
		}
		switch c := text[i]; {
		case c == '"':
			f.inString = true
		case c|0x20 == '{': // or [
			f.depth++
		case c|0x20 == '}': // or ]
			if f.depth--; f.depth <= 0 {
				return i + 1, true
			}
		}
	}
	return len(text), false
}

// stringEnd returns the index of the quote that ends the string around text[i],
// or the length of text; whether the string continues after that; and whether
// its next byte is escaped. escaped says whether text[i] is escaped.
func stringEnd(text []byte, i int, escaped bool) (end int, inString, behindBackslash bool) {
	if escaped {
		i++
	}
	for i < len(text) {
		for len(text)-i >= 8 {
			m := Breaks(binary.LittleEndian.Uint64(text[i : i+8]))
			if m != 0 {
				i += FirstBreak(m)
				break
			}
			i += 8
		}
		if i == len(text) {
			break
		}
		switch text[i] {
		case '"':
			return i, false, false
		case '\\':
			if i++; i == len(text) {
				return i, true, true
			}
		}
		i++
	}
	return i, true, false
}

// Reopen makes f go on as in a document of which one bracket is open.
func (f *Frame) Reopen() { f.depth = 1 }

// EndString ends the string that is open, if the text is JSON.
func (f *Frame) EndString() { f.inString, f.escaped = false, f.escaped && f.shell != notShell }

// scanShell is Scan for shell text.
func (f *Frame) scanShell(text []byte) (n int, done bool) {
	for i, c := range text {
		if f.escaped {
			f.escaped = false
			continue
		}
		switch f.shell {
		case betweenTokens:
			switch c {
			case '"':
				f.shell = inDoubleQuotes
			case '\'':
				f.shell = inSingleQuotes
			case '/':
				f.shell = behindSlash
			case '{', '[':
				f.depth++
			case '}', ']':
				if f.depth--; f.depth <= 0 {
					return i + 1, true
				}
			}
		case inDoubleQuotes:
			f.inText(c, '"')
		case inSingleQuotes:
			f.inText(c, '\'')
		case behindSlash:
			switch c {
			case '/':
				f.shell = inLineComment
			case '*':
				f.shell = inComment
			default:
				f.shell, f.class = inRegex, false
				f.inPattern(c)
			}
		case inRegex:
			f.inPattern(c)
		case inLineComment:
			if c == '\n' {
				f.shell = betweenTokens
			}
		case inComment:
			if c == '*' {
				f.shell = behindStar
			}
		case behindStar:
			switch c {
			case '/':
				f.shell = betweenTokens
			case '*':
			default:
				f.shell = inComment
			}
		}
	}
	return len(text), false
}

// inText continues with a byte between quotes.
func (f *Frame) inText(c, quote byte) {
	switch c {
	case quote:
		f.shell = betweenTokens
	case '\\':
		f.escaped = true
	}
}

// inPattern continues with a byte of a regex.
func (f *Frame) inPattern(c byte) {
	switch {
	case c == '\\':
		f.escaped = true
	case c == '[':
		f.class = true
	case c == ']':
		f.class = false
	case c == '/' && !f.class:
		f.shell = betweenTokens
	}
}
