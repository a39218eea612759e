package cli

import (
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// A bar does not disturb documents that the same terminal shows, and may show
// while they go elsewhere.
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
