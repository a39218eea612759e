package file

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
)

func TestWidth(t *testing.T) {
	_, program := pty.Open(t)
	if got := Width(program); got != 0 {
		t.Errorf("%d columns of a terminal that does not say it, want 0", got)
	}
	if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 5, Col: 33}); err != nil {
		t.Fatal(err)
	}
	if got := Width(program); got != 33 {
		t.Errorf("%d columns, want 33", got)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, v := range []any{nil, 7, w} {
		if got := Width(v); got != 0 {
			t.Errorf("%d columns of %T", got, v)
		}
	}
}
