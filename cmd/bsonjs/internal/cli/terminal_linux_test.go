package cli

import (
	"os"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// By default a bar is shown only if nothing else happens on the terminal.
func TestProgressOnTerminal(t *testing.T) {
	_, program := pty.Open(t)
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, tc := range []struct {
		input, output   string
		stdin, out, err *os.File
		quiet           bool
		want            report.ProgressForm
	}{
		{"in.json", "", program, program, program, false, report.ProgressNone},
		{"in.json", "-", program, program, program, false, report.ProgressNone},
		{"in.json", "out.json", program, program, program, false, report.ProgressLate},
		{"in.json", "out.json", program, program, program, true, report.ProgressNone},
		{"in.json", "out.json", program, program, null, false, report.ProgressNone},
		{"in.json", "", program, null, program, false, report.ProgressLate},
		{"in.json", "", program, write, program, false, report.ProgressNone}, // | less
		{"in.json", "out.json", program, write, program, false, report.ProgressLate},
		{"-", "out.json", read, write, program, false, report.ProgressLate},
		{"-", "out.json", program, write, program, false, report.ProgressNone}, // typed
	} {
		o := &options{files: []string{tc.input}}
		o.quiet = tc.quiet
		got := o.progressForm(streams{in: tc.stdin, out: tc.out, err: tc.err}, file.Output{Name: tc.output, Stdout: tc.out})
		if got != tc.want {
			t.Errorf("%+v: form %d", tc, got)
		}
	}
}
