package format

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
)

// DetectSize is how many bytes of an input Detect needs, if it has as many.
// More are used if they are there: to wait for them would keep back documents
// that have come already.
const DetectSize = 4

// names are the extensions, in lower case, that say what a file holds.
var names = map[string]Format{
	".bson":    BSON,
	".json":    JSON,
	".jsonl":   JSON,
	".ndjson":  JSON,
	".extjson": JSON,
	".hex":     Hex,
	".b64":     Base64,
	".base64":  Base64,
}

// Extensions returns the extensions of names that tell a format, in lower case,
// with a dot and sorted.
func Extensions() []string { return slices.Sorted(maps.Keys(names)) }

// Detect returns the format of an input that starts with head and has the
// given name. The bytes decide, and the name only where they do not:
//
//   - A NUL among the first four bytes is BSON. They are the length of the
//     first document, and its top byte is NUL up to 16 MiB; in JSON a NUL has
//     no place.
//   - Digits that spell the start of a document are hexadecimal or base64, also
//     after blanks. As BSON the document would have at least 150 MiB.
//   - Blanks, or a brace or bracket after them, are JSON, unless a control
//     character follows, as it does at the end of the length of a document
//     from 16 MiB to 144 MiB.
//   - A comment of the shell is JSON, also after blanks.
//   - Then the name, without regard to upper and lower case.
//   - Then such a control character is BSON after all.
//
// Unknown is the answer when head is empty and the name says nothing, or when
// nothing of the above fits.
func Detect(head []byte, name string) Format {
	spelled := head
	head = head[:min(len(head), DetectSize)]
	if bytes.IndexByte(head, 0) >= 0 {
		return BSON
	}
	if f := spelling(spelled); f != Unknown {
		return f
	}
	if opensJSON(head) || opensComment(spelled) {
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

// spelledSize is how many digits are looked at: enough for the length of a
// document and the type of its first element in hexadecimal and in base64.
const spelledSize = 16

// spelling returns Hex or Base64 if head, after blanks, spells the length of a
// document of less than 16 MiB and the next byte: the type of an element, or
// the NUL of an empty document.
func spelling(head []byte) Format {
	head = bytes.TrimLeft(head, blanks)
	line, _, _ := bytes.Cut(head[:min(len(head), spelledSize)], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	var doc [spelledSize]byte
	if n, err := hex.Decode(doc[:], line[:len(line)&^1]); err == nil && OpensBSON(doc[:n]) {
		return Hex
	}
	if n, err := base64.StdEncoding.Decode(doc[:], line[:len(line)&^3]); err == nil && OpensBSON(doc[:n]) {
		return Base64
	}
	return Unknown
}

// OpensBSON reports whether head is the length of a document of less than 16
// MiB and the type byte after it.
func OpensBSON(head []byte) bool { return StartsBSON(head) && head[3] == 0 }

// StartsBSON reports whether head is the length of a document and what must
// follow it: the type of an element, or the end of a document that has none.
func StartsBSON(head []byte) bool {
	if len(head) <= DetectSize {
		return false
	}
	size, t := int32(binary.LittleEndian.Uint32(head)), bson.Type(head[DetectSize])
	return size == 5 && t == 0 || size > 5 && t.Valid()
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

// opensComment reports whether head can be the start of shell text that begins
// with a comment.
func opensComment(head []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(utf8BOM)), blanks)
	if len(text) < 2 {
		return len(head) >= DetectSize && string(text) == "/"
	}
	return text[0] == '/' && (text[1] == '/' || text[1] == '*')
}

const (
	blanks  = " \t\r\n"      // what JSON allows between values
	utf8BOM = "\xef\xbb\xbf" // byte order mark, which the reader skips
)

func isBlank(b byte) bool { return strings.IndexByte(blanks, b) >= 0 }
