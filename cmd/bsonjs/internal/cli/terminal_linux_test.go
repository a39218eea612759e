package cli

import (
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// No bar is shown while the same terminal shows documents; while they go
// elsewhere, one may be.
func TestProgressOnTerminal(t *testing.T) {
	_, program := pty.Open(t)
	for _, tc := range []struct {
		output string
		quiet  bool
		want   report.ProgressForm
	}{
		{"", false, report.ProgressNone},
		{"-", false, report.ProgressNone},
		{"out.json", false, report.ProgressLate},
		{"out.json", true, report.ProgressNone},
	} {
		o := new(options)
		o.quiet = tc.quiet
		if got := o.progressForm(streams{out: program, err: program}, file.Output{Name: tc.output, Stdout: program}); got != tc.want {
			t.Errorf("output %q, quiet %t: form %d, want %d", tc.output, tc.quiet, got, tc.want)
		}
	}
}
