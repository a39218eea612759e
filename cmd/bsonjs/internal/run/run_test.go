package run_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// sink.Inspect gets its records one by one.
var _ run.Serial = (*sink.Inspect)(nil)

// A lines is a target that writes JSON.
type lines struct{ sink.Lines }

func (l *lines) Begin(in run.Input) (run.Sink, error) {
	l.Encoder, l.Out = codec.JSON.Write(codec.WriteOptions{}), in.Out
	return &l.Lines, nil
}

// A third is a stage that wants no document whose n is a multiple of three,
// rejects those with a remainder of one, and doubles the others.
type third struct{}

func (third) Do(rec *record.Record) (keep bool, err error) {
	n, _ := bson.Raw(rec.Data).Lookup("n").Int32OK()
	switch n % 3 {
	case 0:
		return false, nil
	case 1:
		return true, &bson.ValueError{Err: errors.New("one too many")}
	}
	rec.Data = number(2 * n)
	return true, nil
}

func number(n int32) []byte {
	doc, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendInt32(doc, "n", n), mark)
}

// Stages have the same effect for any number of workers and any format, and
// records read are written, rejected or filtered.
func TestStages(t *testing.T) {
	const n = 30_000
	var binary, digits bytes.Buffer
	var want strings.Builder
	for i := range int32(n) {
		binary.Write(number(i))
		fmt.Fprintf(&digits, "%x\n", number(i))
		if i%3 == 2 {
			fmt.Fprintf(&want, "{\"n\":%d}\n", 2*i)
		}
	}
	for _, tc := range []struct {
		from *codec.Codec
		data []byte
	}{{codec.BSON, binary.Bytes()}, {codec.Hex, digits.Bytes()}} {
		for _, jobs := range []int{1, 3} {
			var out bytes.Buffer
			progress := report.NewProgress(io.Discard, report.ProgressNone, -1)
			result := run.Run{
				Inputs:   folder.Inputs(t.Context(), []string{"-"}, nil),
				Stdin:    bytes.NewReader(tc.data),
				Target:   new(lines),
				Stages:   []run.Stage{third{}},
				Output:   file.Output{Stdout: &out},
				Policy:   run.Skip,
				Jobs:     jobs,
				Say:      report.New(progress, report.Text, report.Palette{}),
				Progress: progress,
			}.Do(t.Context())
			if out.String() != want.String() {
				t.Errorf("%v, %d jobs: %d bytes, want %d", tc.from, jobs, out.Len(), want.Len())
			}
			got := [...]int64{result.Read, result.Written(), result.Rejected, result.Filtered}
			if diff := cmp.Diff([...]int64{n, n / 3, n / 3, n / 3}, got); diff != "" || result.Code != report.CodeRejected {
				t.Errorf("%v, %d jobs: code %d, read, written, rejected and filtered (-want +got):\n%s", tc.from, jobs, result.Code, diff)
			}
		}
	}
}

// A tally is a sink that only counts, to test Part and Take of a sink without
// output.
type tally struct{ n, bytes int64 }

type tallyPart struct{ n, bytes int64 }

func (s *tally) Begin(run.Input) (run.Sink, error)    { return s, nil }
func (s *tally) End(io.Writer) error                  { return nil }
func (s *tally) Part() record.Part                    { return new(tallyPart) }
func (s *tally) Alone() int                           { return math.MaxInt }
func (s *tally) Long(*record.Record, io.Writer) error { return nil }
func (p *tallyPart) Reset(int, int)                   { *p = tallyPart{} }
func (p *tallyPart) Size() int                        { return 0 }
func (p *tallyPart) Add(rec *record.Record) error     { p.n++; p.bytes += int64(len(rec.Data)); return nil }
func (s *tally) Take(p record.Part) error {
	part := p.(*tallyPart)
	s.n, s.bytes = s.n+part.n, s.bytes+part.bytes
	return nil
}

// Each record is in one part, which is taken once, for any number of workers
// and also around a fault.
func TestParts(t *testing.T) {
	const n = 50_000
	var data bytes.Buffer
	for i := range int32(n) {
		data.Write(number(i))
		if i == n/2 {
			data.WriteString("\xff\xff")
		}
	}
	for _, jobs := range []int{1, 2, 5} {
		var s tally
		progress := report.NewProgress(io.Discard, report.ProgressNone, -1)
		result := run.Run{
			Inputs:   folder.Inputs(t.Context(), []string{"-"}, nil),
			Stdin:    bytes.NewReader(data.Bytes()),
			Target:   &s,
			Output:   file.Output{Stdout: io.Discard},
			Policy:   run.Skip,
			Jobs:     jobs,
			Say:      report.New(progress, report.Text, report.Palette{}),
			Progress: progress,
		}.Do(t.Context())
		if diff := cmp.Diff(tally{n, int64(data.Len()) - 2}, s, cmp.AllowUnexported(tally{})); diff != "" {
			t.Errorf("%d jobs (-want +got):\n%s", jobs, diff)
		}
		if result.Written() != n || result.Rejected != 1 || !result.Whole {
			t.Errorf("%d jobs: %+v", jobs, result)
		}
	}
}

// A limitedWriter takes the given number of bytes and then fails.
type limitedWriter struct{ room int }

var errFull = errors.New("full")

func (w *limitedWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.room)
	if w.room -= n; n < len(p) {
		return n, errFull
	}
	return n, nil
}

// If the bytes of a reject cannot be kept, the run ends at once, even if only
// the end of its line has no room.
func TestFullRejects(t *testing.T) {
	dir := t.TempDir()
	unended, whole := filepath.Join(dir, "unended.hex"), filepath.Join(dir, "whole.hex")
	for name, text := range map[string]string{unended: "0g", whole: "0500000000\n"} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		room    int
		code    report.Code
		written int64
	}{
		{0, report.CodeOutput, 0},
		{1, report.CodeOutput, 0},
		{2, report.CodeOutput, 0},
		{3, report.CodeSyntax, 1},
	} {
		progress := report.NewProgress(io.Discard, report.ProgressNone, -1)
		result := run.Run{
			Inputs:   folder.Inputs(t.Context(), []string{unended, whole}, nil),
			From:     codec.Hex,
			Target:   new(lines),
			Output:   file.Output{Stdout: io.Discard},
			Rejects:  file.Output{Name: "-", Stdout: &limitedWriter{tc.room}},
			Policy:   run.Skip,
			Say:      report.New(progress, report.Text, report.Palette{}),
			Progress: progress,
		}.Do(t.Context())
		if result.Code != tc.code || result.Written() != tc.written {
			t.Errorf("room for %d bytes: code %d, %d written, want %d and %d", tc.room, result.Code, result.Written(), tc.code, tc.written)
		}
	}
}

// array is a target that writes a JSON array.
type array struct{ lines }

func (a *array) Begin(in run.Input) (run.Sink, error) {
	sink, err := a.lines.Begin(in)
	a.Encoder.Framing = codec.Framing{Open: "[", Between: ",\n", Close: "]\n"}
	return sink, err
}

// If the output fails, exactly the documents in it count as written, and no record
// of which the output has only a part counts as read. Each input has one document.
func TestFullOutput(t *testing.T) {
	dir := t.TempDir()
	var inputs []string
	for i := range int32(6) {
		doc := number(100 + i)
		if i%3 == 1 {
			doc[0]++ // mended
		}
		inputs = append(inputs, filepath.Join(dir, fmt.Sprint(i)))
		if err := os.WriteFile(inputs[i], doc, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, target := range []func() run.Target{func() run.Target { return new(lines) }, func() run.Target { return new(array) }} {
		do := func(room int) (run.Result, string) {
			var out bytes.Buffer
			limited := &limitedWriter{room}
			progress := report.NewProgress(io.Discard, report.ProgressNone, -1)
			result := run.Run{
				Inputs:   folder.Inputs(t.Context(), inputs, nil),
				From:     codec.BSON,
				Target:   target(),
				Output:   file.Output{Stdout: io.MultiWriter(limited, &out)},
				Policy:   run.Skip,
				Mend:     true,
				Say:      report.New(progress, report.Text, report.Palette{}),
				Progress: progress,
			}.Do(t.Context())
			return result, out.String()
		}
		_, whole := do(math.MaxInt)
		if n := strings.Count(whole, "}"); n != len(inputs) {
			t.Fatalf("%d documents in the output %q", n, whole)
		}
		for room := range len(whole) + 1 {
			result, _ := do(room)
			written, code := int64(strings.Count(whole[:room], "}")), report.CodeOutput
			if strings.HasPrefix(whole, "{") { // the line feed belongs to the document
				written = int64(strings.Count(whole[:room], "\n"))
			}
			if room == len(whole) {
				code = report.CodeSyntax // of the mended documents
			}
			if result.Code != code || result.Written() != written || result.Read != written+result.Rejected {
				t.Errorf("room for %d bytes: code %d, %d written, %d read, %d rejected, want code %d, %d written: %q",
					room, result.Code, result.Written(), result.Read, result.Rejected, code, written, whole[:room])
			}
		}
	}
}

// If the file of rejects cannot be opened, the run ends with its fault before it
// reads, and the output is not there, not even in part.
func TestRejectsNotOpened(t *testing.T) {
	dir := t.TempDir()
	progress := report.NewProgress(io.Discard, report.ProgressNone, -1)
	result := run.Run{
		Inputs:   folder.Inputs(t.Context(), []string{"-"}, nil),
		Stdin:    bytes.NewReader(number(1)),
		Target:   new(lines),
		Output:   file.Output{Name: filepath.Join(dir, "out.json")},
		Rejects:  file.Output{Name: filepath.Join(dir, "missing", "rejects.bson")},
		Aside:    func() {},
		Policy:   run.Skip,
		Say:      report.New(progress, report.Text, report.Palette{}),
		Progress: progress,
	}.Do(t.Context())
	if result.Code != report.CodeOutput || result.Read != 0 || result.Opened {
		t.Errorf("code %d, %d read, opened: %t", result.Code, result.Read, result.Opened)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files %v, %v", left, err)
	}
}

// A mended document that a stage does not keep is rejected with the fault that it
// had. All others are written, rejected or filtered once.
func TestStagesOfMended(t *testing.T) {
	for policy, stages := range map[string][]run.Stage{"all": nil, "third": {third{}}} {
		var in, out bytes.Buffer
		for i := range int32(30) {
			doc := number(i)
			if i%2 == 1 {
				doc[0]++ // mended
			}
			in.Write(doc)
		}
		progress := report.NewProgress(io.Discard, report.ProgressNone, -1)
		result := run.Run{
			Inputs:   folder.Inputs(t.Context(), []string{"-"}, nil),
			Stdin:    &in,
			From:     codec.BSON,
			Target:   new(lines),
			Stages:   stages,
			Output:   file.Output{Stdout: &out},
			Policy:   run.Skip,
			Mend:     true,
			Say:      report.New(progress, report.Text, report.Palette{}),
			Progress: progress,
		}.Do(t.Context())
		got := [...]int64{result.Read, result.Written(), result.Rejected, result.Filtered, result.Mended, int64(strings.Count(out.String(), "\n"))}
		want := [...]int64{30, 30, 0, 0, 15, 30}
		if stages != nil {
			want = [...]int64{30, 10, 15, 5, 5, 10}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: read, written, rejected, filtered, mended, lines (-want +got):\n%s", policy, diff)
		}
	}
}
