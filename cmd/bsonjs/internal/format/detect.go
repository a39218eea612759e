package format

import (
	"bytes"
	"path/filepath"
	"strings"
)

// DetectSize is how many bytes of an input Detect needs, if it has as many.
const DetectSize = 4

// names are the extensions, in lower case, that say what a file holds.
var names = map[string]Format{
	".bson":    BSON,
	".json":    JSON,
	".jsonl":   JSON,
	".ndjson":  JSON,
	".extjson": JSON,
}

// Detect returns the format of an input that starts with head and has the
// given name. The bytes decide, and the name only where they do not:
//
//   - A NUL among the first four bytes is BSON. They are the length of the
//     first document, and its top byte is NUL up to 16 MiB; in JSON a NUL has
//     no place.
//   - Blanks, or a brace or bracket after them, are JSON, unless a control
//     character follows, as it does at the end of the length of a document
//     from 16 MiB to 144 MiB.
//   - Then the name, without regard to upper and lower case.
//   - Then such a control character is BSON after all.
//
// Unknown is the answer when head is empty and the name says nothing, or when
// nothing of the above fits.
func Detect(head []byte, name string) Format {
	head = head[:min(len(head), DetectSize)]
	if bytes.IndexByte(head, 0) >= 0 {
		return BSON
	}
	if opensJSON(head) {
		return JSON
	}
	if f := names[strings.ToLower(filepath.Ext(name))]; f != Unknown {
		return f
	}
	if len(head) == DetectSize && head[3] < '\t' {
		return BSON
	}
	return Unknown
}

// opensJSON reports whether head, not empty and without NUL, can be the start
// of JSON text that holds documents.
func opensJSON(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	text := bytes.TrimPrefix(head, []byte(utf8BOM))
	for _, b := range text {
		if b < ' ' && !isBlank(b) {
			return false
		}
	}
	text = bytes.TrimLeft(text, blanks)
	return len(text) == 0 || text[0] == '{' || text[0] == '['
}

const (
	blanks  = " \t\r\n"      // what JSON allows between values
	utf8BOM = "\xef\xbb\xbf" // byte order mark, which the reader skips
)

func isBlank(b byte) bool { return strings.IndexByte(blanks, b) >= 0 }
