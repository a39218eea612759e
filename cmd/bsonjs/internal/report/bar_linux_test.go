package report

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
)

// A line that is wider than the terminal is cut before its last column.
func TestBarOnNarrowTerminal(t *testing.T) {
	person, program := pty.Open(t)
	if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 5, Col: 12}); err != nil {
		t.Fatal(err)
	}
	b := bar{w: program, total: 100}
	b.draw(50, 0)
	program.Close()
	got := make([]byte, 100)
	n, _ := person.Read(got)
	if want := "\rbsonjs  50%"; string(got[:n]) != want {
		t.Errorf("%q, want %q", got[:n], want)
	}
}
