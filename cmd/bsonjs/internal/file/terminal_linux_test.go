package file

import (
	"os"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
)

func TestTerminal(t *testing.T) {
	_, program := pty.Open(t)
	if fd, ok := Terminal(program); !ok || fd != int(program.Fd()) {
		t.Errorf("descriptor %d, %t of the terminal %d", fd, ok, program.Fd())
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.Close()
	for _, v := range []any{nil, 7, r, w, (*os.File)(nil)} {
		fd, ok := Terminal(v)
		if _, isFile := v.(*os.File); ok || !isFile && fd != 0 {
			t.Errorf("%T is a terminal: %t, with the descriptor %d", v, ok, fd)
		}
	}
}
