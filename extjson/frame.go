package extjson

import "encoding/binary"

// A frame finds where a text whose bytes are still arriving ends: at the
// bracket that closes its first. It knows strings and brackets and nothing
// else; what lies between them is the decoder's to judge. The zero frame is
// at the start of a text.
type frame struct {
	depth    int  // brackets open
	inString bool // between the quotes of a string
	escaped  bool // the byte before was a backslash in a string
}

// scan goes on with the bytes that follow those it was given before. It
// returns how many of them belong to the text and whether the last of these
// ends it.
func (f *frame) scan(text []byte) (n int, done bool) {
	for i := 0; i < len(text); i++ {
		if f.inString {
			if f.escaped {
				f.escaped = false
				continue
			}
			for len(text)-i >= 8 && breaks(binary.LittleEndian.Uint64(text[i:i+8])) == 0 {
				i += 8
			}
			if i == len(text) {
				break
			}
			switch text[i] {
			case '"':
				f.inString = false
			case '\\':
				f.escaped = true
			}
			continue
		}
		switch text[i] {
		case '"':
			f.inString = true
		case '{', '[':
			f.depth++
		case '}', ']':
			if f.depth--; f.depth <= 0 {
				return i + 1, true
			}
		}
	}
	return len(text), false
}
