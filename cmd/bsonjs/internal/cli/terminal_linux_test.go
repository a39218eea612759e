package cli

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// terminal returns the two ends of a pseudo-terminal: what a person sees, and
// what a program has.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// A bar does not disturb documents that the same terminal shows, and may show
// while they go elsewhere.
func TestProgressOnTerminal(t *testing.T) {
	_, program := terminal(t)
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
		o.output, o.quiet = tc.output, tc.quiet
		if got := o.progressForm(streams{out: program, err: program}); got != tc.want {
			t.Errorf("output %q, quiet %t: form %d, want %d", tc.output, tc.quiet, got, tc.want)
		}
	}
}
