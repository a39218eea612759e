package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// one is {"a":1} in BSON; the other constants are the same document in other
// formats.
const (
	one       = "\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00"
	hexOne    = "0c0000001061000100000000\n"
	base64One = "DAAAABBhAAEAAAAA\n"
	pickleOne = "\x80\x02}X\x01\x00\x00\x00aK\x01s."
)

// A command is the result of a run in this process.
type command struct {
	code           int
	stdout, stderr string
}

func runCommand(stdin io.Reader, args ...string) command {
	var stdout, stderr bytes.Buffer
	code := run(args, stdin, &stdout, &stderr)
	return command{code, stdout.String(), stderr.String()}
}

const (
	// recovered is the number of bytes without a fault before an input is cut
	// into pieces again.
	recovered = 1 << 20
	// streamText is the most output that a stream gathers, in bytes.
	streamText = 1 << 20
	// maxFaulty is the number of faults that a piece holds.
	maxFaulty = 500
)

// A faultLine is a line of --errors json.
type faultLine struct {
	Code, Message                   string
	Document, Line, Column, Skipped int64
	Offset, From                    *int64
}

// A summaryLine has the numbers of documents in a line of --summary json.
type summaryLine struct {
	Read, Written, Rejected, Filtered, Mended, Strays, BytesIn, BytesOut int64
}

// manyDocuments yields documents of at least n bytes in all.
func manyDocuments(n int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := int32(0); n > 0; i++ {
			doc, mark := bsoncore.Begin(nil)
			doc = bsoncore.AppendInt32(doc, "n", i)
			doc = bsoncore.AppendString(doc, "text", strings.Repeat("x", 600))
			doc = bsoncore.End(doc, mark)
			if n -= len(doc); !yield(doc) {
				return
			}
		}
	}
}

// A brokenReader returns text and then err.
func brokenReader(text string, err error) io.Reader {
	return io.MultiReader(strings.NewReader(text), iotestErrReader{err})
}

type iotestErrReader struct{ err error }

func (r iotestErrReader) Read([]byte) (int, error) { return 0, r.err }

// A brokenWriter takes room bytes and then fails.
type brokenWriter struct {
	room int
	err  error
}

func (w *brokenWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.room)
	w.room -= n
	if n < len(p) {
		return n, w.err
	}
	return n, nil
}

// burning returns the message about a disk that fails after text.
func burning(text string) string {
	if text == "" {
		return "bsonjs: <stdin>: the disk is on fire\n"
	}
	return "bsonjs: <stdin>: the disk is on fire, after " + report.Plural(int64(len(text)), "byte") + "\n"
}

// A failure of the reader is not a truncation, in every format and at every
// place: the documents before it are converted, and the message has the number
// of bytes before it.
func TestReadFailure(t *testing.T) {
	disk := errors.New("the disk is on fire")
	for _, tc := range []struct {
		name, text string
		flags      []string
		docs       int
	}{
		{"at once", "", nil, 0},
		{"in the head", "{", nil, 0},
		{"between documents", one + one, nil, 2},
		{"inside a document", one + one[:7], nil, 1},
		{"between lines", "{\"a\":1}\n{\"a\":1}\n", []string{"-t", "json"}, 2},
		{"inside a line", "{\"a\":1}\n{\"a\"", []string{"-t", "json"}, 1},
		{"between lines of hex", hexOne + hexOne, []string{"-f", "hex"}, 2},
		{"inside a line of hex", hexOne + hexOne[:7], []string{"-f", "hex"}, 1},
		{"between lines of base64", base64One + base64One, []string{"-f", "base64"}, 2},
		{"inside a line of base64", base64One + base64One[:7], []string{"-f", "base64"}, 1},
		{"between pickles", pickleOne + pickleOne, []string{"-f", "pickle", "-t", "json"}, 2},
		{"behind pieces", strings.Repeat(one, 300_000) + one[:7], nil, 300_000},
		{"behind pieces of lines", strings.Repeat("{\"a\":1}\n", 300_000) + "{", []string{"-t", "json"}, 300_000},
		{"inside a pickle", pickleOne + pickleOne[:7], []string{"-f", "pickle", "-t", "json"}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := runCommand(brokenReader(tc.text, disk), tc.flags...)
			want := command{
				code:   3,
				stdout: strings.Repeat("{\"a\":1}\n", tc.docs),
				stderr: burning(tc.text),
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// ObjectIds are read up to a line that is none, or up to the failure of the reader.
func TestReadIDs(t *testing.T) {
	const id, when = "65e00f400000000000000000\n", "2024-02-29T04:59:44Z\n"
	disk := errors.New("the disk is on fire")
	for _, tc := range []struct {
		name string
		r    io.Reader
		want command
	}{
		{"sound", strings.NewReader(id + " " + id), command{0, when + when, ""}},
		{"the last line has no end", strings.NewReader(strings.TrimSpace(id)), command{0, when, ""}},
		{"an empty line", strings.NewReader(id + "\n" + id), command{4, when, "bsonjs: <stdin>: line 2: \"\" is not an ObjectId: wrong length at offset 0\n"}},
		{"a long line", strings.NewReader(id + id + strings.Repeat("0", 70_000)), command{4, when + when, "bsonjs: <stdin>: line 3: too long for an ObjectId\n"}},
		{"a failure", brokenReader(id, disk), command{3, when, "bsonjs: <stdin>: the disk is on fire\n"}},
	} {
		if diff := cmp.Diff(tc.want, runCommand(tc.r, "oid", "time"), cmp.AllowUnexported(command{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// A reader may fail while the run looks for the document after a fault. Then
// both are reported, and the documents before them are written.
func TestReadFailureBehindDamage(t *testing.T) {
	disk := errors.New("the disk is on fire")
	for _, tc := range []struct {
		name, text string
		flags      []string
		code       int
		fault      string // "" if the failure hides it: a line of digits has no end
	}{
		{"BSON", one + "\x0c\x00\x00\x00\x99a\x00\x01\x00\x00\x00\x00" + "\xff", nil,
			4, "document 2 at offset 16 (/a): unknown element type"},
		{"JSON", "{\"a\":1}\n{\"a\":?}", []string{"-f", "json", "-t", "json"},
			4, "document 2 at offset 13, line 2, column 6 (/a): unexpected character, expected a value"},
		{"hex", hexOne + "0g", []string{"-f", "hex"}, 3, ""},
		{"base64", base64One + "A?", []string{"-f", "base64"}, 3, ""},
		{"pickle", pickleOne + "cos\nsystem\n", []string{"-f", "pickle", "-t", "json"},
			3, "document 2 at offset 13: name is not allowed: os.system (opcode GLOBAL); skipped 11 bytes from offset 13"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := runCommand(brokenReader(tc.text, disk), append(tc.flags, "-q", "--on-error", "skip")...)
			want := command{code: tc.code, stdout: "{\"a\":1}\n"}
			if tc.fault != "" {
				want.stderr = "bsonjs: <stdin>: " + tc.fault + "\n"
			}
			want.stderr += burning(tc.text)
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// The number of bytes before a failure counts from the start of the input, also
// if the run has read on after a fault, as a stream and then in pieces.
func TestReadFailureFarBehindDamage(t *testing.T) {
	bad := "\x0c\x00\x00\x00\x99a\x00\x01\x00\x00\x00\x00"
	for _, n := range []int{1, 1000, 300_000} {
		text := strings.Repeat(one, 200_000) + bad + strings.Repeat(one, n) + one[:5]
		got := runCommand(brokenReader(text, errors.New("the disk is on fire")), "-q", "--on-error", "skip")
		lines := strings.SplitAfter(got.stderr, "\n")
		if got.code != 4 || len(lines) != 3 || lines[1] != burning(text) {
			t.Errorf("%d documents behind the damage: code %d, %q, want %q", n, got.code, got.stderr, burning(text))
		}
	}
}

// A failure of the output ends the run at every place: while documents are read,
// at the end, and when output is written before waiting. It is the only fault.
func TestWriteFailure(t *testing.T) {
	full := errors.New("no room")
	many := strings.Repeat(one, 20_000)
	// A pickle with a long text, in one read with others.
	long := "\x80\x02}X\x01\x00\x00\x00a](" + strings.Repeat("N", streamText/32) + "es."
	wide := "\x75\x17\x00\x00" + strings.Repeat("\x0a\x00", 3000) + "\x00"
	for _, tc := range []struct {
		name  string
		stdin string
		room  int
		err   error
		flags []string
		want  command
	}{
		{"text, late", one, 3, full, nil, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"text, early", many, 3, full, nil, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"BSON, late", one, 3, full, []string{"-t", "bson"}, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"BSON, early", many, 3, full, []string{"-t", "bson"}, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"a long document behind others", pickleOne + long, 3, full, []string{"-f", "pickle", "-t", "json", "--indent", "16"}, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"inspect, in a document before a fault", wide + "\x03\x00\x00\x00", 3, full, []string{"inspect", "--on-error", "skip"}, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"inspect, in a document that is cut", wide[:len(wide)-1], 3, full, []string{"inspect", "--on-error", "skip"}, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"inspect, in what is no document", "\xff\xff\xff\x7f" + wide[4:], 3, full, []string{"inspect", "-f", "bson", "--on-error", "skip"}, command{code: 5, stderr: "bsonjs: <stdout>: cannot be written: no room\n"}},
		{"nobody reads", many, 3, io.ErrClosedPipe, nil, command{code: 141}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var stderr bytes.Buffer
			code := run(tc.flags, strings.NewReader(tc.stdin), &brokenWriter{tc.room, tc.err}, &stderr)
			if got := (command{code: code, stderr: stderr.String()}); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// Every truncation is reported with its place, unless it is between two
// documents, and the complete documents before it are converted.
func TestTruncation(t *testing.T) {
	text := `{"a":1,"b":{"c":["x",{"$oid":"0123456789abcdef01234567"}]}}` + "\n"
	doc := runCommand(strings.NewReader(text)).stdout
	for _, tc := range []struct {
		name, doc, from, to string
		end                 int // of the document in doc
	}{
		{"BSON", doc, "-fbson", "-tjson", len(doc)},
		{"BSON copied", doc, "-fbson", "-tbson", len(doc)},
		{"JSON", text, "-fjson", "-tbson", len(text) - 1},
		{"JSON anew", text, "-fjson", "-tjson", len(text) - 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			whole := runCommand(strings.NewReader(tc.doc), tc.from, tc.to).stdout
			for n := range 2*len(tc.doc) + 1 {
				docs, rest := n/len(tc.doc), n%len(tc.doc)
				code := 4
				switch {
				case rest == 0:
					code = 0
				case rest == tc.end:
					docs, code = docs+1, 0
				}
				got := runCommand(strings.NewReader((tc.doc + tc.doc)[:n]), tc.from, tc.to)
				place := fmt.Sprintf("bsonjs: <stdin>: document %d at offset %d", docs+1, n)
				if got.code != code || got.stdout != strings.Repeat(whole, docs) ||
					code == 0 && got.stderr != "" || code != 0 && !strings.HasPrefix(got.stderr, place) {
					t.Errorf("%d bytes: %+v, want code %d, %d documents and %q", n, got, code, docs, place)
				}
			}
		})
	}
}

// Quotations from the input in messages are shortened and never break the line.
func TestMessagesStayShort(t *testing.T) {
	long := strings.Repeat("k\n", 100_000)
	text := fmt.Sprintf(`{"%s":{"$oid":"zz"}}`, strings.ReplaceAll(long, "\n", `\n`))
	got := runCommand(strings.NewReader(text), "-t", "bson")
	if got.code != 4 || strings.Count(got.stderr, "\n") != 1 || len(got.stderr) > 1000 {
		t.Errorf("code %d, message of %d bytes: %.300q", got.code, len(got.stderr), got.stderr)
	}
	got = runCommand(nil, long)
	if got.code != 3 || strings.Count(got.stderr, "\n") != 1 || len(got.stderr) > 1000 {
		t.Errorf("code %d, message of %d bytes: %.300q", got.code, len(got.stderr), got.stderr)
	}
	got = runCommand(nil, "--"+long)
	if got.code != 2 || strings.Count(got.stderr, "\n") != 1 || len(got.stderr) > 1000 {
		t.Errorf("code %d, message of %d bytes: %.300q", got.code, len(got.stderr), got.stderr)
	}
}
