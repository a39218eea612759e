package format

import (
	"bytes"
	"strings"
)

// ForeignSize is how many bytes of an input Foreign looks at, at most.
const ForeignSize = 16

const (
	pickle = "a Python pickle: --from pickle reads it"
	utf32  = "UTF-32 text: convert it to UTF-8 first"
)

// foreign are the first bytes of files that people give to bsonjs by mistake:
// enough of them that the length of a BSON document is rarely the same.
var foreign = []struct {
	magic string
	what  string // completes "this is …"
}{
	{"\x1f\x8b\x08", "gzip data: decompress it first"},
	{"\x28\xb5\x2f\xfd", "zstd data: decompress it first"},
	{"\xfd7zXZ\x00", "xz data: decompress it first"},
	{"BZh", "bzip2 data: decompress it first"},
	{"\x04\x22\x4d\x18", "lz4 data: decompress it first"},
	{"\xff\x06\x00\x00sNaPpY", "snappy data: decompress it first"},
	{"PK\x03\x04", "a zip archive: unpack it first"},
	{"\x6d\xe2\x99\x81", "a mongodump archive: mongorestore reads it; without --archive, mongodump writes .bson files"},
	{"\x80\x04\x95", pickle},
	{"\x80\x05\x95", pickle},
	{"\x80\x02}q", pickle},
	{"\x80\x02]q", pickle},
	{"\x80\x02cb", pickle},
	{"\x80\x02cp", pickle},
	{"\x80\x03}q", pickle},
	{"\x80\x03]q", pickle},
	{"\x80\x03cb", pickle},
	{"ccopy_reg\n", pickle},
	{"\xff\xfe\x00\x00", utf32},
	{"\x00\x00\xfe\xff", utf32},
}

// Foreign says what an input that starts with head is, if that is neither
// BSON nor JSON as bsonjs reads it: words that complete "this is …", or "" if
// it does not know.
//
// It explains a failure and never causes one: a BSON document may start with
// the magic number of another format, which is then its length.
func Foreign(head []byte) string {
	head = head[:min(len(head), ForeignSize)]
	for _, f := range foreign {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.what
		}
	}
	if isUTF16(head, 0) || isUTF16(head, 1) {
		return "UTF-16 text: convert it to UTF-8 first"
	}
	return ""
}

// isUTF16 reports whether head is ASCII text in UTF-16, with or without a byte
// order mark. nul is the index within each pair of the byte that is NUL: 1 in
// little endian, 0 in big endian.
func isUTF16(head []byte, nul int) bool {
	bom := [2]string{"\xfe\xff", "\xff\xfe"}[nul]
	text, marked := strings.CutPrefix(string(head), bom)
	if len(text) < 4 && !marked {
		return false
	}
	for ; len(text) >= 2; text = text[2:] {
		c := text[1-nul]
		if text[nul] != 0 || c < ' ' && !isBlank(c) || c > '~' {
			return false
		}
	}
	return true
}
