package schema

// looksLikeData reports whether key looks like data used as a key: a number, a date, a
// hexadecimal id, a UUID, another id of letters and digits, or a key longer than maxKey
// bytes.
func looksLikeData(key []byte) bool {
	if len(key) > maxKey {
		return true
	}
	var digits, hex, letters, marks int // hex: letters a to f
	for _, c := range key {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			hex++
		case c|0x20 >= 'g' && c|0x20 <= 'z':
			letters++
		case c == '-' || c == '_' || c == '.' || c == '/' || c == ':' || c == '+' || c == ' ':
			marks++
		default:
			return false
		}
	}
	switch {
	case digits == 0:
		return false
	case hex+letters == 0: // a number or a date: 12, -3.5, 2024-05-01, 12:30
		return true
	case letters == 0 && len(key) >= 8: // 24 digits of an ObjectId, a UUID
		return digits+hex >= marks*4
	case isTime(key):
		return true
	}
	return len(key) >= 16 && digits >= 3 && marks <= 2
}

// mayLookLikeData reports whether k has a digit or is long. Other keys do not look like
// data.
func (k *key) mayLookLikeData() bool {
	return len(k.text) > shortName || hasDigit(k.words[0]) || hasDigit(k.words[1])
}

// hasDigit reports whether one of the bytes of w is a digit.
func hasDigit(w uint64) bool {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	w ^= '0' * ones // digits become 0 to 9
	return (w-10*ones)&^w&highs != 0
}

// isTime reports whether key has the form of a time in RFC 3339: 2024-05-01T12:30:00Z.
func isTime(key []byte) bool {
	const form = "0000-00-00T00:00"
	if len(key) < len(form) {
		return false
	}
	for i, c := range []byte(form) {
		if k := key[i]; c == '0' && (k < '0' || k > '9') || c != '0' && k != c {
			return false
		}
	}
	return true
}
