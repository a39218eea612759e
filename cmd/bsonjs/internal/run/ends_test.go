package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// This file ends runs in every way: by a fault of a document, of the input, the output
// and the rejects, of a stage, and by a signal, also two of them at once.

// An ended is the end of a run.
type ended struct {
	Code                    report.Code
	Read, Written, Rejected int64
	Whole                   bool
	Out, Rejects, Messages  string
}

// end does r with room for that many bytes of output and of rejects.
func end(ctx context.Context, r run.Run, room, rejectsRoom int) ended {
	var out, rejects, messages bytes.Buffer
	r.Output.Stdout = io.MultiWriter(&limitedWriter{room}, &out)
	if rejectsRoom >= 0 {
		r.Rejects = file.Output{Name: "-", Stdout: io.MultiWriter(&limitedWriter{rejectsRoom}, &rejects)}
	}
	if r.Inputs == nil {
		r.Inputs = folder.Inputs(ctx, []string{"-"}, nil)
	}
	if r.Target == nil {
		r.Target = new(lines)
	}
	r.Aside = func() {}
	r.Progress = report.NewProgress(&messages, report.ProgressNone, -1)
	r.Say = report.New(r.Progress, report.Text, report.Palette{})
	result := r.Do(ctx)
	return ended{
		result.Code, result.Read, result.Written(), result.Rejected, result.Whole,
		out.String(), rejects.String(), strings.ReplaceAll(messages.String(), "bsonjs: <stdin>: ", ""),
	}
}

var errDisk = errors.New("the disk is on fire")

// A suddenReader returns its text and an error in the same call.
type suddenReader struct{ text string }

func (r *suddenReader) Read(p []byte) (int, error) {
	n := copy(p, r.text)
	r.text = r.text[n:]
	if r.text == "" {
		return n, errDisk
	}
	return n, nil
}

// pickled is the pickle of {"n":1}, and notPickled one that is malformed.
const (
	pickled    = "\x80\x02}X\x01\x00\x00\x00nK\x01s."
	notPickled = "\x80\x02}X\x01\x00\x00\x00n\xffs."
)

// badType returns a document with an unknown type and n more bytes.
func badType(n int) []byte {
	dst, mark := bsoncore.Begin(nil)
	dst = append(dst, "\x99bad\x00"...)
	return bsoncore.End(append(dst, bytes.Repeat([]byte{0xff}, n)...), mark)
}

// TestEnds ends runs.
func TestEnds(t *testing.T) {
	const line = "{\"n\":1}\n"
	one, bad := string(number(1)), string(badType(0))
	full := "bsonjs: <stdout>: cannot be written: full\n"
	burns := func(n int) string { return fmt.Sprintf("the disk is on fire, after %d bytes\n", n) }
	unknown := "document 2 at offset 16 (/bad): unknown element type"
	opcode := "document 2 at offset 22: opcode is not allowed (opcode 0xff)\n"
	for _, tc := range []struct {
		name          string
		in            string
		r             run.Run
		room, rejects int // bytes; rejects of -1: none are kept
		want          ended
	}{
		{"the output is full at the end", pickled, run.Run{From: codec.Pickle}, 0, -1,
			ended{Code: report.CodeOutput, Messages: full}},
		{"the fault of a document, and the output is full", pickled + notPickled, run.Run{From: codec.Pickle}, 0, -1,
			ended{Code: report.CodeOutput, Messages: opcode + full}},
		{"the fault of a document", pickled + notPickled, run.Run{From: codec.Pickle}, 99, -1,
			ended{Code: report.CodeSyntax, Read: 1, Written: 1, Out: line, Messages: opcode}},
		{"the fault of a document, and the output is complete", pickled + notPickled, run.Run{From: codec.Pickle, Policy: run.Finish}, 99, -1,
			ended{Code: report.CodeSyntax, Read: 2, Written: 1, Rejected: 1, Whole: true, Out: line, Messages: opcode}},
		{"the output to be completed is full", pickled + notPickled, run.Run{From: codec.Pickle, Policy: run.Finish}, 0, -1,
			ended{Code: report.CodeOutput, Messages: full}},
		{"the input fails behind a document, and the output is full", pickled, run.Run{From: codec.Pickle, Policy: run.Skip}, 0, -1,
			ended{Code: report.CodeOutput, Messages: full}},
		{"the input fails behind a document", pickled, run.Run{From: codec.Pickle, Policy: run.Skip}, 99, -1,
			ended{Code: report.CodeInput, Read: 1, Written: 1, Whole: true, Out: line, Messages: burns(13)}},
		{"the input fails behind damage", one + bad, run.Run{From: codec.BSON, Policy: run.Skip}, 99, 99,
			ended{Code: report.CodeSyntax, Read: 2, Written: 1, Rejected: 1, Whole: true, Out: line, Messages: unknown + "\n" + burns(22)}},
		{"too many faults, and the input fails behind damage", one + bad, run.Run{From: codec.BSON, Policy: run.Skip, MaxErrors: 1}, 99, 99,
			ended{Code: report.CodeSyntax, Read: 2, Written: 1, Rejected: 1, Out: line, Messages: unknown + "\nbsonjs: stopped after 1 fault (see --max-errors)\n"}},
		{"the rejects are full behind damage", one + bad, run.Run{From: codec.BSON, Policy: run.Skip}, 99, 9,
			ended{Code: report.CodeOutput, Read: 1, Written: 1, Out: line, Messages: full}},
		{"the rejects are full behind damage that may be mended", one + bad, run.Run{From: codec.BSON, Policy: run.Skip, Mend: true}, 99, 9,
			ended{Code: report.CodeOutput, Read: 1, Written: 1, Out: line, Messages: full}},
		{"long damage", one + string(badType(300)) + one,
			run.Run{From: codec.BSON, Policy: run.Skip, Mend: true, Options: codec.ReadOptions{BSON: bson.DecodeOptions{MaxDocumentSize: 200}}}, 99, 999,
			ended{Code: report.CodeSyntax, Read: 3, Written: 2, Rejected: 1, Whole: true, Out: line + line, Rejects: string(badType(300)),
				Messages: "document 2 at offset 12: document is too large: its length is 310; skipped 310 bytes from offset 12\n"}},
		{"the rejects are full behind long damage", one + string(badType(300)),
			run.Run{From: codec.BSON, Policy: run.Skip, Mend: true, Options: codec.ReadOptions{BSON: bson.DecodeOptions{MaxDocumentSize: 200}}}, 99, 9,
			ended{Code: report.CodeOutput, Read: 1, Written: 1, Out: line, Messages: full}},
	} {
		tc.r.Stdin = strings.NewReader(tc.in)
		if strings.Contains(tc.name, "the input fails") {
			tc.r.Stdin = &suddenReader{tc.in}
		}
		got := end(t.Context(), tc.r, tc.room, tc.rejects)
		if tc.room == 0 { // the output may be written before the input has failed
			got.Messages = strings.TrimPrefix(got.Messages, burns(13))
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestNothingIsKept: a run that ends before its first document leaves no file.
func TestNothingIsKept(t *testing.T) {
	dir := t.TempDir()
	r := run.Run{From: codec.BSON, Stdin: bytes.NewReader(badType(0)), Output: file.Output{Name: filepath.Join(dir, "out")}}
	got := end(t.Context(), r, 0, -1)
	want := ended{Code: report.CodeSyntax, Messages: "document 1 at offset 4 (/bad): unknown element type\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files %v, %v", left, err)
	}
}

// TestStageFails ends a run with an error of a stage that is no fault of a record, in pieces
// and as a stream.
func TestStageFails(t *testing.T) {
	for from, in := range map[*codec.Codec]string{codec.BSON: string(number(1)), codec.Pickle: pickled} {
		r := run.Run{From: from, Stdin: strings.NewReader(in), Policy: run.Skip, Stages: []run.Stage{stage(func(*record.Record) (bool, error) { return true, errDisk })}}
		want := ended{Code: report.CodeInput, Whole: true, Messages: fmt.Sprintf("the disk is on fire, after %d bytes\n", len(in))}
		if diff := cmp.Diff(want, end(t.Context(), r, 99, -1)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", from, diff)
		}
	}
}

// A stage is a function.
type stage func(*record.Record) (bool, error)

func (s stage) Do(rec *record.Record) (bool, error) { return s(rec) }

// TestStoppedInStream ends the context while a stream is read. The record at hand is the
// last one.
func TestStoppedInStream(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	r := run.Run{From: codec.Pickle, Stdin: strings.NewReader(pickled + pickled + pickled), Policy: run.Skip, Stages: []run.Stage{
		stage(func(*record.Record) (bool, error) { stop(interrupt.ErrInterrupted); return true, nil }),
	}}
	want := ended{Code: report.CodeSignal, Read: 1, Written: 1, Out: "{\"n\":1}\n", Messages: "bsonjs: interrupted after 1 document\n"}
	if diff := cmp.Diff(want, end(ctx, r, 99, -1)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A stuckWriter ends the context and never returns from Write.
type stuckWriter struct{ stop context.CancelCauseFunc }

func (w stuckWriter) Write([]byte) (int, error) {
	w.stop(interrupt.ErrInterrupted)
	select {}
}

// TestStoppedInWrite ends the context while the output waits for its reader.
func TestStoppedInWrite(t *testing.T) {
	for from, in := range map[*codec.Codec]string{codec.BSON: string(number(1)), codec.Pickle: pickled} {
		ctx, stop := context.WithCancelCause(t.Context())
		var messages bytes.Buffer
		progress := report.NewProgress(&messages, report.ProgressNone, -1)
		result := run.Run{
			Inputs:   folder.Inputs(t.Context(), []string{"-"}, nil),
			Stdin:    strings.NewReader(in),
			From:     from,
			Target:   new(lines),
			Output:   file.Output{Stdout: stuckWriter{stop}},
			Say:      report.New(progress, report.Text, report.Palette{}),
			Progress: progress,
		}.Do(ctx)
		if result.Code != report.CodeSignal || result.Written() != 0 || messages.String() != "bsonjs: interrupted after 0 documents\n" {
			t.Errorf("%v: code %d, %d written, %q", from, result.Code, result.Written(), messages.String())
		}
	}
}

// An alone is a target whose sink gets all records one at a time, and writes them as long
// ones.
type alone struct{ lines }

func (a *alone) Begin(in run.Input) (run.Sink, error) {
	_, err := a.lines.Begin(in)
	return a, err
}

func (*alone) Alone() int { return 0 }

// TestStagesOfLong: records that are written one at a time go through the stages, too.
func TestStagesOfLong(t *testing.T) {
	var in strings.Builder
	for i := range int32(9) {
		in.Write(number(i))
	}
	for _, jobs := range []int{1, 3} {
		r := run.Run{From: codec.BSON, Stdin: strings.NewReader(in.String()), Target: new(alone), Stages: []run.Stage{third{}}, Policy: run.Skip, Jobs: jobs}
		want := ended{Code: report.CodeRejected, Read: 9, Written: 3, Rejected: 3, Whole: true, Out: "{\"n\":4}\n{\"n\":10}\n{\"n\":16}\n",
			Messages: "document 2 at offset 12: one too many; skipped 12 bytes from offset 12\n" +
				"document 5 at offset 48: one too many; skipped 12 bytes from offset 48\n" +
				"document 8 at offset 84: one too many; skipped 12 bytes from offset 84\n"}
		if diff := cmp.Diff(want, end(t.Context(), r, 99, -1)); diff != "" {
			t.Errorf("%d jobs (-want +got):\n%s", jobs, diff)
		}
	}
}

// TestMendedLong mends documents whose output is written in portions, or is flushed behind
// each. One whose output has a fault is rejected with the fault that it had.
func TestMendedLong(t *testing.T) {
	document := func(text string) string {
		dst, mark := bsoncore.Begin(nil)
		doc := bsoncore.End(bsoncore.AppendString(dst, "s", text), mark)
		doc[0]++ // mended
		return string(doc)
	}
	one := string(number(1))
	for _, n := range []int{100, 70_000, 2 << 20} {
		good, bad := document(strings.Repeat("x", n)), document(strings.Repeat("x", n-1)+"\xff")
		r := run.Run{From: codec.BSON, Stdin: strings.NewReader(good + one + bad + one + good + one), Policy: run.Skip, Mend: true}
		got := end(t.Context(), r, 9<<20, 9<<20)
		text := "{\"s\":\"" + strings.Repeat("x", n) + "\"}\n{\"n\":1}\n"
		if got.Out != text+"{\"n\":1}\n"+text || got.Rejects != bad {
			t.Errorf("%d bytes: %d bytes of output, want %d; %d of rejects, want %d", n, len(got.Out), 2*len(text)+8, len(got.Rejects), len(bad))
		}
		fault := func(number, at int, rest string) string {
			return fmt.Sprintf("document %d at offset %d: length %d leads to a byte that is not NUL; %s\n", number, at, len(good)+1, rest)
		}
		second, third := len(good)+len(one), 2*(len(good)+len(one))
		want := ended{Code: report.CodeSyntax, Read: 6, Written: 5, Rejected: 1, Whole: true, Out: got.Out, Rejects: got.Rejects,
			Messages: fault(1, 0, fmt.Sprintf("mended: length %d instead of %d at offset 0", len(good), len(good)+1)) +
				fault(3, second, fmt.Sprintf("skipped %s from offset %d", report.Plural(int64(len(bad)), "byte"), second)) +
				fault(5, third, fmt.Sprintf("mended: length %d instead of %d at offset %d", len(good), len(good)+1, third))}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d bytes (-want +got):\n%s", n, diff)
		}
	}
}

// TestMendedInFull: if the output of a mended document has no room, the document does not
// count as read, and the output is the only fault.
func TestMendedInFull(t *testing.T) {
	dst, mark := bsoncore.Begin(nil)
	doc := bsoncore.End(bsoncore.AppendString(dst, "s", strings.Repeat("x", 70_000)), mark)
	doc[0]++ // mended
	r := run.Run{From: codec.BSON, Stdin: bytes.NewReader(append(doc, number(1)...)), Policy: run.Skip, Mend: true}
	want := ended{Code: report.CodeOutput, Messages: "bsonjs: <stdout>: cannot be written: full\n"}
	if diff := cmp.Diff(want, end(t.Context(), r, 0, -1)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
