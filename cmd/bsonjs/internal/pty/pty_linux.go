package pty

import (
	"fmt"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Open returns the two ends of a pseudo-terminal: the end of the person who
// looks at it, and the end that a program has. They are closed when t ends. If
// the system has no pseudo-terminals, t is skipped.
func Open(t testing.TB) (person, program *os.File) {
	t.Helper()
	person = open(t, "/dev/ptmx")
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	return person, open(t, fmt.Sprintf("/dev/pts/%d", n))
}

// open opens one end. It does not become the terminal of this process.
func open(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// ReadAll returns everything that the program has written, after the program's end is
// closed. A read can fail with EIO although bytes are still on their way: they were written
// and the end was closed since the read looked for bytes. So the second read finds the rest.
func ReadAll(person *os.File) string {
	text, _ := io.ReadAll(person)
	rest, _ := io.ReadAll(person)
	return string(text) + string(rest)
}
