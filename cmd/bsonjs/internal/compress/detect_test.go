package compress

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// plain says what the command knows of documents.
var plain = Plain{
	Opens: codec.OpensBSON,
	Known: codec.Known,
}

// document returns a document whose length is the first four bytes of magic,
// and whose elements start with head.
func document(t *testing.T, magic, head string) []byte {
	t.Helper()
	size := int(binary.LittleEndian.Uint32([]byte(magic)))
	doc := append([]byte(magic[:4]), head...)
	if size > 1<<20 {
		return doc // the rest has no effect
	}
	doc = append(doc, "\x05rest\x00"...)
	rest := size - len(doc) - 4 - 1 - 1
	doc = binary.LittleEndian.AppendUint32(doc, uint32(rest))
	doc = append(doc, make([]byte, 1+rest+1)...)
	if err := bson.Validate(doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// A document that starts like compressed data is detected as a document, with
// any number of its bytes and with any name.
func TestDocuments(t *testing.T) {
	elements := []string{
		"\x07_id\x00\x65\xe0\x0f\x40\x00\x00\x00\x00\x00\x00\x00\x00",
		"\x07_id\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"\x10_id\x00\x03\x00\x00\x00",
		"\x10_id\x00\x03\x4b\x00\x00", // an OS, then a literal in the first block of deflate
		"\x10_id\x00\x03\x4b\x04\x00",
		"\x10_id\x00\xff\xff\xff\xff",
		"\x12_id\x00\x03\x00\x00\x00\x00\x00\x00\x00",
		"\x12_id\x00\x03\x01\x00\x00\x00\x00\x00\x00",
		"\x01_id\x00\x00\x4b\x4c\x4a\x04\x00\x00\x40",
		"\x02_id\x00\x06\x00\x00\x00gzip!\x00",
		"\x02abc\x00\x03\x02\x00\x00" + strings.Repeat("x", 0x202) + "\x00",
		"\x03_id\x00\x05\x00\x00\x00\x00",
		"\x0a\x00\x0a\x00\x0a\x00\x0a\x00\x0a\x00",
		"\x0aabc\x00\x0aabc\x00",
		"\x08_id\x00\x01",
		"\x7f\x00\xff\x00",
		"\x05_id\x00\x03\x4b\x00\x00\x00" + strings.Repeat("\x4b\x4c\x4a\x4e", 0x1000),
	}
	for _, e := range elements {
		if strings.HasPrefix(e, "\x02abc") {
			e = e[:5] + "\x03\x02\x00\x00" + strings.Repeat("x", 0x202) + "\x00"
		}
		if strings.HasPrefix(e, "\x05_id") {
			e = e[:5] + "\x03\x4b\x00\x00\x00" + strings.Repeat("\x4b", 0x4b03)
		}
		doc := document(t, "\x1f\x8b\x08\x00", e)
		for _, name := range []string{"", "x.bson", "x.bson.gz"} {
			for n := 1; n <= min(len(doc), HeadSize); n++ {
				if c, sure := plain.Detect(doc[:n], name, false); sure && c != None {
					t.Fatalf("%q: %d bytes of %.40q are %v", name, n, doc, c)
				} else if sure {
					break
				} else if n == min(len(doc), HeadSize) {
					t.Errorf("%q: %.40q is never decided", name, doc)
				}
			}
		}
	}
	// Longer than the default limit.
	for _, magic := range []string{"\x50\x2a\x4d\x18", "\x5f\x2a\x4d\x18", "\x02\x21\x4c\x18", "\x04\x22\x4d\x18", "\x1f\x8b\x08\x08", "\x1f\x8b\x08\x01"} {
		for _, e := range elements {
			doc := append(document(t, magic, e), make([]byte, HeadSize)...)
			if c, sure := plain.Detect(doc, "", false); c != None || !sure {
				t.Errorf("%.40q is %v, %t", doc, c, sure)
			}
		}
	}
}

// Frames to skip may fill all bytes that decide. Then it is zstd.
func TestDetectSkipped(t *testing.T) {
	for size, want := range map[uint32]bool{HeadSize - 9: false, HeadSize - 8: true, HeadSize: true} {
		head := binary.LittleEndian.AppendUint32([]byte("\x50\x2a\x4d\x18"), size)
		c, sure := plain.Detect(head, "", false)
		if sure != want || sure && c != Zstd {
			t.Errorf("%d bytes to skip: %v, %t, want zstd, %t", size, c, sure, want)
		}
	}
}

// Data that starts like the legacy format of lz4 is in it if its name or its first block
// says so.
func TestDetectLegacy(t *testing.T) {
	const magic = "\x02\x21\x4c\x18"
	for _, tc := range []struct {
		head, name string
		ended      bool
		codec      Codec
		sure       bool
	}{
		{magic, "", false, None, false},
		{magic + "\x01\x00\x00", "x.lz4", false, None, false},
		{magic + "\x01\x00\x00", "x.lz4", true, LZ4, true},
		{magic + "\x01\x00\x00", "x.gz", true, None, true},
		{magic + "\x25\x00\x00\x00", "", false, LZ4, true},
		{magic + "\x01\x00\x00\x00", "", false, None, true}, // a document may start so
		{magic + "\xff\xff\xff\x7f", "", false, None, true},
		{magic + "\xff\xff\xff\x7f", "x.lz4", false, LZ4, true},
		{magic + "\x90\x80\x80\x00", "", false, LZ4, true}, // the longest form of 8 MiB
		{magic + "\x91\x80\x80\x00", "", false, None, true},
	} {
		if c, sure := plain.Detect([]byte(tc.head), tc.name, tc.ended); c != tc.codec || sure != tc.sure {
			t.Errorf("%q, %q, ended: %t: %v, %t, want %v, %t", tc.head, tc.name, tc.ended, c, sure, tc.codec, tc.sure)
		}
	}
}

// A codec that is none has a name, and no level.
func TestNoCodec(t *testing.T) {
	for _, c := range []Codec{None, codecs, codecs + 1} {
		if got := c.String(); got != "none" {
			t.Errorf("%d: %q", c, got)
		}
	}
}

// Other data that starts like compressed data, or nearly so, is read as it is.
func TestDetectNone(t *testing.T) {
	for _, tc := range []struct{ head, name string }{
		{"{\"a\":1}\n", "x.json.gz"},
		{"\x05\x00\x00\x00\x00", "x.bson.zst"},
		{"\n", ""},
		{"B", ""},
		{"BZh", ""},
		{"BZh0", "x.txt"},
		{"BZhello, world", ""},
		{"BZh0\x31\x41\x59\x26\x53\x59\x00\x00", ""}, // no level
		{"BZh:\x31\x41\x59\x26\x53\x59\x00\x00", ""},
		{"BZh1\x31\x41\x59\x26\x53\x58\x00\x00", ""},
		{"BZh9AAAABBhAAEA", "x.b64"},
		{"\x1f\x8b", ""},
		{"\x1f\x8b\x07", "x.gz"},
		{"\x28\xb5\x2f", ""},
		{"P", ""},
		{"\x50\x2a\x4d", ""},
		{"\x04\x22\x4d\x18\x10a\x00", ""},
		{"\xff\x06\x00\x00s", ""},
		{"\xff\x06\x00\x00\x10a", ""},
		{"\xfd7zXY\x00", ""},
	} {
		if c, sure := plain.Detect([]byte(tc.head), tc.name, true); (c != None && !(c == Snappy && tc.head[4] == 's')) || !sure {
			t.Errorf("%q, %q: %v, %t", tc.head, tc.name, c, sure)
		}
	}
}

// The name decides if the bytes do not: for data that is truncated or damaged
// so early that it may be a document.
func TestDetectByName(t *testing.T) {
	gz := "\x1f\x8b\x08\x00\x10abc\x00\x03"
	for _, tc := range []struct {
		head, name string
		want       Codec
	}{
		{"\x1f", "x.gz", Gzip},
		{"\x1f\x8b\x08\x00", "x.gz", Gzip},
		{"\x1f\x8b\x08\x00", "x", None},
		{gz, "x.gz", Gzip},
		{gz, "x.bson", None},
		{gz + "\xff\xff", "x.gz", None}, // not gzip
		{gz + "\xff\xff", "x.bson", None},
		{"\x1f\x8b\x08\x00\x00abc\x00\x03\xff\xff", "x.bson", Gzip}, // no document has a zero there
		{wholeGzip(), "x.bson", Gzip},                               // its content decides
		{"\x28", "x.zst", Zstd},
		{"\x28\xb5", "x.gz", None},
		{"BZh9", "x.bz2", Bzip2},
		{"\x02\x21\x4c\x18\x10\x00\x00\x00", "x.lz4", LZ4},
		{"\x02\x21\x4c\x18\x10\x00\x00\x00", "x.bson", None},
		{"\x02\x21\x4c\x18", "x.lz4", LZ4},
		{"\x02\x21\x4c\x18", "x.bson", None},
		{"\x50\x2a\x4d\x18\x03\x00\x00\x00abc", "x.lz4", LZ4},
		{"\x50\x2a\x4d\x18\x03\x00\x00\x00abc", "", Zstd},
		{"\x50\x2a\x4d\x18\x03\x00\x00\x00abc\x50\x2a\x4d\x18\x00\x00\x00\x00", "", Zstd},
	} {
		if c, sure := plain.Detect([]byte(tc.head), tc.name, true); c != tc.want || !sure {
			t.Errorf("%q, %q: %v, %t, want %v", tc.head, tc.name, c, sure, tc.want)
		}
	}
}

// wholeGzip is text in a complete gzip member whose header may start a
// document: its time is the element abc, an int32.
func wholeGzip() string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.ModTime = time.Unix(0x63626110, 0)
	z.OS = 3
	io.WriteString(z, text)
	z.Close()
	return b.String()
}

// No document starts like the data of a codec that is detected by its signature
// alone.
func TestSignatures(t *testing.T) {
	for c := None + 1; c.Known(); c++ {
		s := traits[c].signature
		if s.magic == "" {
			continue
		}
		head := append([]byte(s.magic), make([]byte, 8)...)
		for b := range 256 {
			head[len(s.magic)] = byte(b)
			if (s.rest == nil || s.rest(append([]byte{byte(b)}, "\x31\x41\x59\x26\x53\x59"...))) && codec.OpensBSON(head) {
				t.Errorf("%v: %x may start a document", c, head)
			}
		}
		if !bytes.HasPrefix(head, []byte(s.magic)) {
			t.Error("the magic was changed")
		}
	}
}
