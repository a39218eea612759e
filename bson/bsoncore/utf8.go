package bsoncore

import "unicode/utf8"

// IndexInvalidUTF8 returns the offset of the first byte of b that is not part
// of valid UTF-8, or -1 if all of it is. Overlong forms and surrogates are
// invalid.
func IndexInvalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}
