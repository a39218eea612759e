package codec

import (
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	for _, tc := range []struct {
		head, name string
		want       *Codec
	}{
		// The bytes decide, not the name.
		{"\x6d\xe2\x99\x81c\x00\x00\x00", "x.json", Archive},
		{"\x6d\xe2\x99\x81", "", Archive},
		{"\x6d\xe2\x99", "x.bson", BSON},
		{"\x0c\x00\x00\x00\x10a", "x.json", BSON},
		{"\x05\x00\x00\x00\x00", "", BSON},
		{"\x7b\x22\x61\x00\x10", "", BSON}, // 6,365,819 bytes: {"a in the length
		{"{\"a\":1}", "x.bson", JSON},
		{"[{}]", "x.bson", JSON},
		{"{}", "", JSON},
		{"[]", "", JSON},
		{"\n \t\r{", "x.bson", JSON},
		{"\n", "x.bson", JSON},
		{"\xef\xbb\xbf{", "x.bson", JSON},
		{"\xef\xbb\xbf", "", JSON},
		{"\x00", "x.json", BSON},
		// No NUL in the length of a document of 16 MiB or more.
		{"{\"a\x01\x10b", "", BSON},
		{"\x01\x02\x03\x01\x10b", "", BSON},
		{"xyz\x08\x10b", "", BSON},
		{"xyz\x09\x10b", "", nil},
		{"xyz\x09\x10b", "x.bson", BSON},
		// Digits of a document.
		{"0c00000010610001000000", "x.bson", Hex},
		{"0C00000010610001000000", "", Hex},
		{"0500000000", "", Hex},
		{"0500000000\n0500000000\n", "", Hex},
		{"0500000000\r\n", "", Hex},
		{"DAAAABBhAAEAAAAA", "x.json", Base64},
		{"BQAAAAA=", "", Base64},
		{"BQAAAAA=\nBQAAAAA=\n", "", Base64},
		{"BQAAAAA=\r\n", "", Base64},
		{"0c000000106\n", "", Hex}, // cut
		{"0c000000106\r\n", "", Hex},
		{"DAAAABBhAAE\n", "", Base64},
		{"DAAAABBhAAE\r\n", "", Base64},
		// Blanks before digits, which readers skip.
		{" 0c00000010610001000000", "x.bson", Hex},
		{"\n\r\n\t  0500000000\n", "", Hex},
		{"\n\n\n\n\n{", "", JSON},
		{"    BQAAAAA=\n", "", Base64},
		// Other digits, and too few digits.
		{"0c000000", "", nil},
		{"0c00000000", "", nil}, // shorter than its length
		{"0c00000044", "", nil}, // no type
		{"0c00000110", "", nil}, // 16 MiB and more
		{"0500000010", "", nil},
		{"0c000000zz", "", nil},
		{"DAAAARBhAAEAAAAA", "", nil},
		{"DAAAAA", "", nil},
		{"deadbeefdeadbeef", "", nil},
		{"0c000000", "x.HEX", Hex},
		{"DAAA", "x.b64", Base64},
		{"DAAA", "x.base64", Base64},
		// Comments of the shell, with any name; two slashes may be digits.
		{"/* 1 */\n{}", "x.bson", JSON},
		{"// x\n{}", "x.js", JSON},
		{"\n \t\r/* x", "", JSON},
		{"\xef\xbb\xbf/", "", JSON},
		{"\xef\xbb\xbf//", "", JSON},
		{"   /", "", JSON},
		{"//8AABBhAAEAAAAA", "", Base64}, // 65,535 bytes
		{"/x y", "", nil},
		{"/", "", nil},
		{" /x{}", "", nil},
		// Then the name: that of a table against a NUL in a cell, but not against a document.
		{"a\x00,b\n1,2\n", "x.csv", CSV},
		{"a\x00\tb\n1\t2\n", "x.tsv", TSV},
		{"a,b\x00\n", "x.csv", CSV},
		{"a,b\x00,", "x.csv", CSV},
		{"a\x00,b\n1,2\n", "x.txt", BSON},
		{"\x0c\x00\x00\x00\x10a\x00", "x.csv", BSON},
		{"\x05\x00\x00\x00\x00", "x.csv", BSON},
		{"\x61\x80\x62\x00\x10a\x00", "x.csv", BSON},
		{"hello", "x.bson", BSON},
		{"hello", "dir.bson/x.JSON", JSON},
		{"hello", "x.ndjson", JSON},
		{"hello", "x.jsonl", JSON},
		{"hello", "x.extjson", JSON},
		{"hello", "bson", nil},
		{"hello", "", nil},
		{"", "x.bson", BSON},
		{"", "", nil},
		{"\x01\x02\x03", "", nil},
		// UTF-16 with a byte order mark.
		{"\xff\xfe", "", JSON},
		{"\xff\xfe{\x00", "x.bson", JSON},
		{"\xff\xfe{\x00\"\x00", "x.bson", JSON},
		{"\xfe\xff\x00{\x00\"", "x.bson", JSON},
		{"\xff\xfe\r\x00\n\x00[\x00", "", JSON},
		{"\xfe\xff\x00[\x00{\x00\"\x30\x42", "", JSON},
		{"\xff\xfe0\x005\x000\x000\x000\x000\x000\x000\x000\x000\x00", "", Hex},
		{"\xff\xfeh\x00i\x00", "x.jsonl", JSON},
		{"\xff\xfe(\x00d\x00p\x000\x00\n\x00.\x00", "x.pkl", nil}, // a pickle is not UTF-16
		{"\xff\xfeh\x00i\x00", "", nil},
		// Tables, also if only four bytes have arrived.
		{"PAR1\x15\x04", "x.bson", Parquet},
		{"PAR1", "", Parquet},
		{"PAR", "", nil},
		{"ARROW1\x00\x00", "", Arrow},
		{"ARRO", "", Arrow},
		{"ARROW2\x00\x00", "", nil},
		{"\xff\xff\xff\xff\x10", "x.arrows", ArrowStream},
		{"\xff\xff\xff\xff\x10", "", nil},
		{"{\"a\":1}", "x.parquet", JSON},

		// Documents of such a length, and UTF-32.
		{"\xff\xfe{\x00\x02_id\x00", "x.json", BSON},
		{"\xff\xfe{\x00\x0aa\x00\x0ab\x00", "x.json", BSON},
		{"\xff\xfe{\x00\x0d\x00\x01\x00\x00\x00\x00", "x.json", BSON}, // an empty key and empty code
		{"\xff\xfe\x00\x00\x10a\x00", "", BSON},
		{"\xff\xfe\x00\x00{\x00\x00\x00", "", BSON},
	} {
		if got := Detect([]byte(tc.head), tc.name); got != tc.want {
			t.Errorf("Detect(%q, %q) = %v, want %v", tc.head, tc.name, got, tc.want)
		}
	}
}

func TestForeign(t *testing.T) {
	const unmarked = "UTF-16 text without a byte order mark: convert it with iconv -f UTF-16"
	for _, tc := range []struct{ head, want string }{
		{"\x41\xd8\x01\x00\x00\x00", "a database file (WiredTiger): run mongodump to get .bson files from the server"},
		{"users.bson" + strings.Repeat("\x00", 247) + "ustar  \x00", "a tar archive: unpack it, or give it a name that ends in .tar"},
		{"PK\x03\x04\x14\x00", "a zip archive: unpack it, or give it a name that ends in .zip"},
		{"7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive: unpack it first"},
		{"Rar!\x1a\x07\x01\x00", "a rar archive: unpack it first"},
		{"\x1f\x8b\x08\x00\x10a\x00\x01", "probably damaged gzip data"},
		{"\x1f\x9d\x90", "data of the compress program: decompress it first"},
		{"LZIP\x01", "lzip data: decompress it first"},
		{"\x5d\x00\x00\x80\x00\xff\xff", "lzma data: decompress it first"},
		{"Obj\x01\x04\x14avro", "an avro file"},
		{"SQLite format 3\x00\x10", "an SQLite database"},
		{"\x80\x04\x95\x05", "a Python pickle: add --from pickle"},
		{"\xff\xfe\x00\x00{\x00\x00\x00", wideText32},
		{"\xff\xfe", wideText16},
		{"\xff\xfe{\x00\"\x00", wideText16},
		{"\xfe\xff\x00{\x00\"", wideText16},
		{"{\x00\n\x00 \x00\"\x00\xe9\x00", ""}, // not ASCII, so not certain
		{"{\x00\n\x00 \x00\"\x00", unmarked + "LE -t UTF-8"},
		{"{\x00\n\x00", unmarked + "LE -t UTF-8"},
		{"{\x00\n", ""},
		{"\x00{\x00", ""},
		{"\x00{\x00\n\x00", unmarked + "BE -t UTF-8"},
		// Documents, and starts of documents.
		{"", ""},
		{"{}", ""},
		{"{\"a\":1}", ""},
		{"\x05\x00\x00\x00\x00", ""},
		{"\x80\x02\x00\x00\x10a\x00", ""},
		{"{\x00\x00\x00\x10a\x00", ""},
		{"{\x00\x0a\x00\x10a\x00", ""},
	} {
		if got := foreignTo([]byte(tc.head), nil); got != tc.want {
			t.Errorf("Foreign(%q) = %q, want %q", tc.head, got, tc.want)
		}
	}
}

// The default output format of a format is another format, which can be
// written. No two formats have a name or suffix in common.
func TestTable(t *testing.T) {
	seen := map[string]*Codec{}
	for _, c := range All() {
		to := c.Opposite()
		if to == nil || to == c || to.Write == nil || c.Title == "" || c.Read == nil {
			t.Errorf("%s: becomes %v", c.Name, to)
		}
		if ByName(c.Name) != c || (*Codec)(nil).Opposite() != nil {
			t.Errorf("%s is not found by its name", c.Name)
		}
		if c.Write == nil { // the suffix of its name is one of foreignSuffixes
			continue
		}
		for _, name := range append([]string{"." + c.Name}, c.Suffixes...) {
			if by := seen[name]; by != nil && by != c {
				t.Errorf("%s names %v and %v", name, by, c)
			}
			seen[name] = c
		}
	}
	for suffix, title := range foreignSuffixes {
		if seen[suffix] != nil || suffix[0] != '.' || suffix != strings.ToLower(suffix) || title == "" {
			t.Errorf("the suffix %q is that of %q", suffix, title)
		}
	}
}

func TestBySuffix(t *testing.T) {
	for _, tc := range []struct {
		name    string
		want    *Codec
		foreign string
	}{
		{"users.bson", BSON, ""},
		{"USERS.JSONL", JSON, ""},
		{"dir.bson/users.hex", Hex, ""},
		{".pkl", Pickle, ""},
		{"dir.bson/users", nil, ""},
		{"users.bson.txt", nil, ""},
		{"users.", nil, ""},
		{"", nil, ""},
		{"users.CSV", CSV, ""},
		{"users.parquet", Parquet, ""},
		{"users.Feather", Arrow, ""},
		{"users.avro", nil, "Avro"},
		{"users.tar", nil, "tar archives"},
	} {
		if got, foreign := BySuffix(tc.name); got != tc.want || foreign != tc.foreign {
			t.Errorf("BySuffix(%q) = %v, %q", tc.name, got, foreign)
		}
	}
}

// Advise says nothing that the user asked for or knows.
func TestForeignAsked(t *testing.T) {
	head := []byte("\x80\x02}q\x00")
	if got := foreignTo(head, JSON); got != pickled {
		t.Errorf("read as JSON: %q", got)
	}
	if got := foreignTo(head, Pickle); got != "" {
		t.Errorf("read as a pickle: %q", got)
	}
}
