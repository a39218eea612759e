package codec

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file tests what holds for all formats in the table.

// everyFormat calls f with each format that is not a container, three documents, and
// the three documents in the format.
func everyFormat(t *testing.T, f func(t *testing.T, c *Codec, e Encoder, docs, texts [][]byte)) {
	for _, c := range Written() {
		if c.Holds != nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			e := c.Write(WriteOptions{Text: extjson.EncodeOptions{Mode: extjson.Canonical}, Table: tableOf(t, c)})
			var docs, texts [][]byte
			for i, s := range []string{"", "text", strings.Repeat("long", 3000)} {
				doc, err := new(bson.Builder).Int32("n", int32(i)).String("s", s).Document()
				if err != nil {
					t.Fatal(err)
				}
				text, err := e.AppendValue(nil, math.MaxInt, bson.TypeDocument, doc)
				if err != nil {
					t.Fatal(err)
				}
				docs, texts = append(docs, doc), append(texts, []byte(e.Open+string(text)+e.After+e.Close))
			}
			f(t, c, e, docs, texts)
		})
	}
}

// columns are those of the documents of everyFormat.
var columns = []tabular.Column{{Path: []string{"n"}, Type: tabular.Int32}, {Path: []string{"s"}, Type: tabular.String}}

// tableOf returns a Table of columns without a header in the format c, which may be no table.
func tableOf(t *testing.T, c *Codec) *tabular.Table {
	t.Helper()
	o := tabular.TableOptions{NoHeader: true, Typed: true}
	if c == TSV {
		o.Delimiter = '\t'
	}
	table, err := tabular.NewTable(columns, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// readOptions are the options of reading the documents of everyFormat.
func readOptions() ReadOptions {
	return ReadOptions{Table: tabular.DecodeOptions{Columns: columns, Typed: true}}
}

// readAll reads r in the format c, and continues after faults. It returns the
// valid documents, the skipped bytes, and the error that ended the reading.
func readAll(t *testing.T, c *Codec, r io.Reader) (docs [][]byte, skipped string, err error) {
	t.Helper()
	var out strings.Builder
	d := c.Read(readOptions()).Stream(r, State{})
	var rec record.Record
	for range 1000 {
		for d.Next(&rec) {
			if c.Checks || bson.Validate(rec.Data) == nil {
				docs = append(docs, bytes.Clone(rec.Data))
			}
		}
		if d.Err() == nil || !d.Resync(&out) {
			return docs, out.String(), d.Err()
		}
	}
	t.Fatal("it resumes for ever")
	return nil, "", nil
}

func same(a, b [][]byte) bool { return bytes.Equal(bytes.Join(a, nil), bytes.Join(b, nil)) }

// Documents are read back as they were written, for any sizes of reads, and
// both ways of writing give the same bytes.
func TestFormatsComeBack(t *testing.T) {
	everyFormat(t, func(t *testing.T, c *Codec, e Encoder, docs, texts [][]byte) {
		all := bytes.Join(texts, nil)
		for way, r := range map[string]io.Reader{
			"whole":        bytes.NewReader(all),
			"byte by byte": iotest.OneByteReader(bytes.NewReader(all)),
			"with the end": iotest.DataErrReader(bytes.NewReader(all)),
		} {
			if got, _, err := readAll(t, c, r); !same(got, docs) || err != nil {
				t.Errorf("%s: %d documents, %v", way, len(got), err)
			}
		}
		for i, doc := range docs {
			var b bytes.Buffer
			if err := e.WriteValue(&b, bson.TypeDocument, doc); err != nil {
				t.Fatal(err)
			}
			if got := e.Open + b.String() + e.After + e.Close; got != string(texts[i]) {
				t.Errorf("WriteValue writes %.60q, AppendValue %.60q", got, texts[i])
			}
		}
	})
}

// An output over the limit gives ErrLong and appends nothing; a fault appends
// nothing either.
func TestFormatsRefuse(t *testing.T) {
	everyFormat(t, func(t *testing.T, c *Codec, e Encoder, docs, texts [][]byte) {
		const before = "before"
		doc := docs[len(docs)-1]
		got, err := e.AppendValue([]byte(before), len(before)+len(doc)/2, bson.TypeDocument, doc)
		if string(got) != before || !errors.Is(err, bson.ErrTooLarge) {
			t.Errorf("too long: %.20q, %v", got, err)
		}
		bad := bytes.Clone(doc)
		bad[4] = 0x7e // no type
		got, err = e.AppendValue([]byte(before), math.MaxInt, bson.TypeDocument, bad)
		if string(got) != before || !errors.Is(err, bson.ErrType) {
			t.Errorf("a fault: %.20q, %v", got, err)
		}
		var b bytes.Buffer
		if err := e.WriteValue(&b, bson.TypeDocument, bad); b.Len() > 0 || !errors.Is(err, bson.ErrType) {
			t.Errorf("a fault: WriteValue writes %.20q, %v", b.Bytes(), err)
		}
		full := errors.New("no room")
		if err := e.WriteValue(failing{full}, bson.TypeDocument, doc); err != full {
			t.Errorf("no room: %v", err)
		}
	})
}

type failing struct{ err error }

func (w failing) Write([]byte) (int, error) { return 0, w.err }

// If an input ends early or the reader fails, the documents before it are read.
// The error of the reader wraps that of its source.
func TestFormatsEnd(t *testing.T) {
	everyFormat(t, func(t *testing.T, c *Codec, e Encoder, docs, texts [][]byte) {
		first := texts[0]
		all := append(bytes.Clone(first), texts[1]...)
		broken := errors.New("the disk is broken")
		for n := range all {
			got, _, err := readAll(t, c, io.MultiReader(bytes.NewReader(all[:n]), iotest.ErrReader(broken)))
			if len(got) > 2 || !same(got, docs[:len(got)]) || !errors.Is(err, broken) {
				t.Fatalf("%d bytes and a failure: %d documents, %v", n, len(got), err)
			}
			if c.Rows && !bytes.HasSuffix(all[:n], []byte("\n")) {
				continue // a row can end at the end of the input, with fewer values
			}
			want := 0
			if n >= len(first) {
				want = 1
			}
			got, _, err = readAll(t, c, bytes.NewReader(all[:n]))
			if len(got) < want || len(got) > 2 || !same(got, docs[:len(got)]) || err != nil {
				t.Fatalf("%d bytes: %d documents, %v", n, len(got), err)
			}
		}
	})
}

// After a fault at any place, only valid documents are read, and the reading
// ends with the input.
func TestFormatsResync(t *testing.T) {
	everyFormat(t, func(t *testing.T, c *Codec, e Encoder, docs, texts [][]byte) {
		all := bytes.Join(texts[:2], nil)
		for i := range all {
			bad := bytes.Clone(all)
			bad[i] ^= 0x55
			got, skipped, err := readAll(t, c, bytes.NewReader(bad))
			if err != nil || len(skipped) > len(bad) {
				t.Errorf("byte %d: %d bytes of %d skipped, %v", i, len(skipped), len(bad), err)
			}
			for _, doc := range got {
				if err := bson.Validate(doc); err != nil {
					t.Errorf("byte %d: %x is read: %v", i, doc, err)
				}
			}
		}
	})
}

// If the skipped bytes cannot be written, the reading ends with the error of their
// writer, for damage at any place.
func TestFormatsSkippedFail(t *testing.T) {
	full := errors.New("full")
	everyFormat(t, func(t *testing.T, c *Codec, e Encoder, docs, texts [][]byte) {
		all := bytes.Join(texts[:2], nil)
		failed := 0
		for i := range all {
			bad := bytes.Clone(all)
			bad[i] ^= 0x55
			if _, skipped, _ := readAll(t, c, bytes.NewReader(bad)); skipped == "" {
				continue
			}
			d := c.Read(readOptions()).Stream(bytes.NewReader(bad), State{})
			var rec record.Record
			for range 10 {
				for d.Next(&rec) && (c.Checks || bson.Validate(rec.Data) == nil) {
				}
				if d.Resync(failing{full}) {
					continue
				}
				if failed++; !errors.Is(d.Err(), full) {
					t.Errorf("byte %d: error is %v, want that of the writer", i, d.Err())
				}
				break
			}
		}
		if failed < 5 {
			t.Errorf("the writer failed %d times, want 5 times or more", failed)
		}
	})
}
