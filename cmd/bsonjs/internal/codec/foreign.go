package codec

import "bytes"

const (
	pickled    = "a Python pickle: add --from pickle"
	wideText32 = "UTF-32 text: convert it with iconv -f UTF-32 -t UTF-8"
	wideText16 = "UTF-16 text: name its format with --from"
	pickled64  = "base64 of a Python pickle: add --from pickle"
	zlibbed    = "zlib data: if it holds Python pickles, add --from pickle"
)

// foreign are the first bytes of files that people pass to bsonjs by mistake:
// enough bytes that the length of a BSON document is rarely the same.
var foreign = []struct {
	at     int // byte of the file where magic is
	magic  string
	what   string // completes "this is …"
	format string // the name of the format of such an input; "": bsonjs cannot read it
}{
	{0, "\x41\xd8\x01\x00", "a database file (WiredTiger): run mongodump to get .bson files from the server", ""},
	{257, "ustar", "a tar archive: unpack it, or give it a name that ends in .tar", ""},
	{0, "PK\x03\x04", "a zip archive: unpack it, or give it a name that ends in .zip", ""},
	{0, "7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first", ""},
	{0, "Rar!\x1a\x07", "a rar archive: unpack it first", ""},
	{0, "\x1f\x8b\x08", "probably damaged gzip data", ""},
	{0, "\x1f\x9d", "data of the compress program: decompress it first", ""},
	{0, "LZIP", "lzip data: decompress it first", ""},
	{0, "\x5d\x00\x00\x80\x00", "lzma data: decompress it first", ""},
	{0, "Obj\x01", "an avro file", ""},
	{0, "SQLite format 3\x00", "an SQLite database", ""},
	{0, "\x80\x04\x95", pickled, "pickle"},
	{0, "\x80\x05\x95", pickled, "pickle"},
	{0, "\x80\x02}q", pickled, "pickle"},
	{0, "\x80\x02]q", pickled, "pickle"},
	{0, "\x80\x02cb", pickled, "pickle"},
	{0, "\x80\x02cp", pickled, "pickle"},
	{0, "\x80\x03}q", pickled, "pickle"},
	{0, "\x80\x03]q", pickled, "pickle"},
	{0, "\x80\x03cb", pickled, "pickle"},
	{0, "ccopy_reg\n", pickled, "pickle"},
	{0, "gASV", pickled64, "pickle"},
	{0, "gAWV", pickled64, "pickle"},
	{0, "gAJ9", pickled64, "pickle"},
	{0, "gAJd", pickled64, "pickle"},
	{0, "gAJj", pickled64, "pickle"},
	{0, "gAN9", pickled64, "pickle"},
	{0, "gANd", pickled64, "pickle"},
	{0, "gANj", pickled64, "pickle"},
	{0, "\xff\xfe\x00\x00", wideText32, ""},
	{0, "\x00\x00\xfe\xff", wideText32, ""},
}

// textSize is the number of bytes that foreignTo checks for text.
const textSize = 16

// foreignTo says what an input that starts with head is, if that is no format
// as bsonjs reads it, and not read as what it is, from: words that complete
// "this is …", or "" if it does not know.
//
// It explains a failure and never causes one: a BSON document may start with
// the magic number of another format, which is then its length.
func foreignTo(head []byte, from *Codec) string {
	for _, f := range foreign {
		if f.format != "" && from != nil && f.format == from.Name {
			continue
		}
		if len(head) > f.at && bytes.HasPrefix(head[f.at:], []byte(f.magic)) {
			return f.what
		}
	}
	if isZlib(head) && !opensSmall(head) && from != Pickle {
		return zlibbed
	}
	head = head[:min(len(head), textSize)]
	switch {
	case lowByte(head) >= 0:
		if from != nil || !isASCII16(head[2:], lowByte(head)) {
			return ""
		}
		return wideText16
	case len(head) >= 4 && isASCII16(head, 0):
		return "UTF-16 text without a byte order mark: convert it with iconv -f UTF-16LE -t UTF-8"
	case len(head) >= 4 && isASCII16(head, 1):
		return "UTF-16 text without a byte order mark: convert it with iconv -f UTF-16BE -t UTF-8"
	}
	return ""
}

// isASCII16 reports whether text is ASCII in UTF-16. low is the index of the low
// byte in each unit.
func isASCII16(text []byte, low int) bool {
	for ; len(text) >= 2; text = text[2:] {
		if c := text[low]; text[1-low] != 0 || c < ' ' && !isBlank(c) || c > '~' {
			return false
		}
	}
	return true
}
