package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/pickle"
)

// The smallest numbers of elements of two bytes for which…
const (
	longText   = 40_000  // …text is over a megabyte, with 32 blanks before each
	longAlone  = 140_000 // …the BSON is more than a worker indents
	longDigits = 270_000 // …hexadecimal digits are over a megabyte
)

// longAndShort returns documents of which some have an output that is too long
// for a worker, and, if asked for, some with a fault at the end. One of them has an array
// of most elements.
func longAndShort(most int, bad bool) (docs [][]byte, ok []bool) {
	short := sample.Documents(sample.Collection, sample.Seed, 300)
	array := func(n int, last string) []byte {
		doc, mark := bsoncore.Begin(nil)
		doc, in := bsoncore.BeginArray(doc, "a")
		doc = append(doc, bytes.Repeat([]byte("\x0a\x00"), n)...)
		doc = bsoncore.AppendString(doc, "0", last)
		return bsoncore.End(bsoncore.End(doc, in), mark)
	}
	for i, long := range []int{longText, most, longText} {
		for _, doc := range short[25*i : 25*i+25] {
			docs, ok = append(docs, doc), append(ok, true)
		}
		docs, ok = append(docs, array(long, "")), append(ok, true)
		if bad {
			docs, ok = append(docs, array(longText, "\xff")), append(ok, false)
			docs, ok = append(docs, array(i, "\xff")), append(ok, false)
		}
	}
	return docs, ok
}

// Documents with long output are written like all others, in order and with the
// same framing, by a worker or not. If one has a fault, none of it is written.
func TestLongDocuments(t *testing.T) {
	text := func(o extjson.EncodeOptions) func(dst, doc []byte) ([]byte, error) { return o.AppendJSON }
	indented := extjson.EncodeOptions{Indent: strings.Repeat(" ", 16), SortKeys: true}
	for i, tc := range []struct {
		args                       string
		most                       int // elements of a document
		one                        func(dst, doc []byte) ([]byte, error)
		open, between, end, closed string
	}{
		{"--indent 16 --sort-keys", longAlone, text(indented), "", "", "\n", ""},
		{"--indent 16 --sort-keys --array", longAlone, text(indented), "[", ",\n", "", "]\n"},
		{"-t pickle --protocol 0", longAlone, pickle.EncodeOptions{Protocol: pickle.Protocol0}.AppendPickle, "", "", "", ""},
		{"-t hex", longDigits, func(dst, doc []byte) ([]byte, error) {
			if err := bson.Validate(doc); err != nil {
				return dst, err
			}
			return hex.AppendEncode(dst, doc), nil
		}, "", "", "\n", ""},
	} {
		for _, bad := range []bool{false, true} {
			docs, ok := longAndShort(tc.most, bad)
			var binary, digits []byte
			want := []byte(tc.open)
			read, rejected := 0, 0
			for n, doc := range docs {
				binary = append(binary, doc...)
				digits = append(hex.AppendEncode(digits, doc), '\n')
				read++
				out, err := tc.one(nil, doc)
				if (err == nil) != ok[n] {
					// What pickle rejects is rejected in both ways.
					if err == nil || errors.Is(err, bson.ErrUTF8) {
						t.Fatalf("document %d: %v", n, err)
					}
				}
				if err != nil {
					rejected++
					continue
				}
				if len(want) > len(tc.open) {
					want = append(want, tc.between...)
				}
				want = append(append(want, out...), tc.end...)
			}
			want = append(want, tc.closed...)
			args := append(strings.Fields(tc.args), "--on-error", "skip", "--errors", "json", "--summary", "json")
			summary := fmt.Sprintf(`{"read":%d,"written":%d,"rejected":%d,`, read, read-rejected, rejected)
			for j, jobs := range numbersOfJobs {
				for k, from := range []string{"bson", "hex"} {
					if race.On && (i+j+k)%2 != 0 {
						continue // each number of jobs has one of the two, another in the next case
					}
					data := map[string][]byte{"bson": binary, "hex": digits}[from]
					got := runCommand(bytes.NewReader(data), append(args, "-j", jobs, "-f", from)...)
					if got.stdout != string(want) {
						t.Errorf("%s, %s, %s jobs, bad %v: %d bytes, want %d", tc.args, from, jobs, bad, len(got.stdout), len(want))
					}
					if n := strings.Count(got.stderr, "\n"); n != rejected+1 || !strings.Contains(got.stderr, summary) {
						t.Errorf("%s, %s, %s jobs: %d lines, want %d, and %s in %.300s", tc.args, from, jobs, n, rejected+1, summary, got.stderr)
					}
				}
			}
		}
	}
}

// A run that stops at a fault has written the documents before it, and nothing
// of the document with the fault.
func TestLongFault(t *testing.T) {
	docs, ok := longAndShort(longAlone, true)
	var binary, want []byte
	good := true
	for i, doc := range docs {
		binary = append(binary, doc...)
		if good = good && ok[i]; good {
			var err error
			if want, err = (extjson.EncodeOptions{Indent: strings.Repeat(" ", 16)}).AppendJSON(want, doc); err != nil {
				t.Fatal(err)
			}
			want = append(want, '\n')
		}
	}
	for _, jobs := range numbersOfJobs {
		got := runCommand(bytes.NewReader(binary), "--indent", "16", "-j", jobs)
		if got.code != 4 && got.code != 1 || got.stdout != string(want) || !strings.Contains(got.stderr, "document 27 at offset ") {
			t.Errorf("%s jobs: code %d, %d bytes, want %d: %s", jobs, got.code, len(got.stdout), len(want), got.stderr)
		}
	}
}

// A failure of the writer in the middle of a long document ends the run, as it
// does elsewhere.
func TestLongWriteFailure(t *testing.T) {
	docs, _ := longAndShort(longAlone, false)
	var stderr bytes.Buffer
	out := &limitedWriter{left: 3 << 20}
	if code := run([]string{"--indent", "16", "-j", "2"}, bytes.NewReader(bytes.Join(docs, nil)), out, &stderr); code != 5 {
		t.Errorf("code %d: %s", code, &stderr)
	}
	if out.left != 0 || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "disk") {
		t.Errorf("%d bytes more would have fitted: %s", out.left, &stderr)
	}
}

// A limitedWriter takes the given number of bytes and then fails.
type limitedWriter struct{ left int }

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		n := w.left
		w.left = 0
		return n, errors.New("disk is full")
	}
	w.left -= len(p)
	return len(p), nil
}
