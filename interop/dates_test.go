package interop

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// dateTexts are the dates of the table in docs/differences.md.
var dateTexts = []string{
	"2024-01-02T03:04:05.123Z", "2024-01-02T03:04:05+02:00", "2024-01-02T03:04:05.123456Z", "2024-01-02T03:04Z", "2024-01-02",
	"2024-01-02T03:04:05", "2024-01-02T03:04:05+02", "2024-01-02T03:04:05+0200", "2024-01-02 03:04:05Z",
	"+002024-01-02T03:04:05Z", "2024-01-02T03Z", "20240102T030405Z",
}

// TestDateTexts reads dates with all implementations, and compares the results
// with the table in docs/differences.md. The local time of js-bson is not UTC.
func TestDateTexts(t *testing.T) {
	t.Setenv("TZ", "EST5")
	page, err := os.ReadFile("../docs/differences.md")
	if err != nil {
		t.Fatal(err)
	}
	readers := []func(text string) (string, error){
		func(text string) (string, error) { return read(extjson.DecodeOptions{}, text) },
		func(text string) (string, error) { return read(extjson.DecodeOptions{LenientDates: true}, text) },
	}
	for _, newPeer := range []func(t *testing.T) peer{goDriver, pymongo, jsBSON, libbsonPeer} {
		p := newPeer(t)
		readers = append(readers, func(text string) (string, error) { return p.call("parse", text) })
	}
	for _, date := range dateTexts {
		row := "| `" + date + "`"
		first := ""
		for _, read := range readers {
			doc, err := read(`{"a":{"$date":"` + date + `"}}`)
			switch {
			case err != nil:
				row += " | error"
			case doc == zeroDate: // js-bson stores a Date that is not a number
				row += " | 1970"
			case first == "" || doc == first:
				row += " | read"
				first = doc
			default:
				row += " | local time"
			}
		}
		if row += " |"; !strings.Contains(string(page), row+"\n") {
			t.Errorf("docs/differences.md does not have the row\n%s", row)
		}
	}
}

// zeroDate is a document with the first millisecond of 1970 at the key a.
const zeroDate = "\x10\x00\x00\x00\x09a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

// TestStringifiedTimestamps: Legacy reads the timestamps that js-bson writes if a
// program calls JSON.stringify in place of EJSON.stringify.
func TestStringifiedTimestamps(t *testing.T) {
	p := jsBSON(t)
	for _, v := range []uint64{0, 1, 1<<32 - 1, 1 << 32, 1765308820<<32 | 1, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
		dst, mark := bsoncore.Begin(nil)
		doc := bsoncore.End(bsoncore.AppendTimestamp(dst, "a", uint32(v>>32), uint32(v)), mark)
		text, err := p.call("stringify", string(doc))
		if err != nil {
			t.Fatal(err)
		}
		got, err := extjson.DecodeOptions{Legacy: true}.AppendBSON(nil, []byte(text))
		if err != nil || !bytes.Equal(got, doc) {
			t.Errorf("%s: %x, %v, want %x", text, got, err, doc)
		}
	}
}
