package report

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
)

// openTerminal returns a terminal with the number of columns, 0 for unknown, and a
// function that closes the terminal and returns everything written to it.
func openTerminal(t *testing.T, columns uint16) (program *os.File, written func() string) {
	t.Helper()
	person, program := pty.Open(t)
	if columns > 0 {
		if err := unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 5, Col: columns}); err != nil {
			t.Fatal(err)
		}
	}
	all := make(chan string)
	go func() { all <- pty.ReadAll(person) }()
	return program, func() string {
		program.Close()
		return <-all
	}
}

// barOnTerminal matches a line with a bar.
var barOnTerminal = regexp.MustCompile(`bsonjs [^\r\n]*\r\n`)

// On a terminal of any width each message replaces the bar, and nothing of the bar
// remains at the end.
func TestBarOnTerminal(t *testing.T) {
	for _, total := range []int64{-1, 0, 1000} {
		for _, columns := range []uint16{0, 1, 12, 60, 200} {
			program, written := openTerminal(t, columns)
			p := NewProgress(program, ProgressBar, total)
			p.Open(fixedInput(500))
			var want []string
			for i := range 5 {
				p.show()
				p.show()
				for j := range i {
					message := fmt.Sprintf("message %d.%d", i, j)
					want = append(want, message)
					fmt.Fprintln(p, message)
				}
			}
			p.End()
			p.End()
			text := written()
			if got := pty.Screen(text); got != strings.Join(want, "\n") {
				t.Errorf("total %d, %d columns: the terminal shows %q, want %q in lines; it got %q", total, columns, got, want, text)
			}
			bars := barOnTerminal.FindAllString(text, -1)
			if len(bars) < 10 && columns != 1 {
				t.Errorf("total %d, %d columns: %d bars in %q", total, columns, len(bars), text)
			}
			limit := int(columns)
			if limit == 0 {
				limit = usualWidth
			}
			for _, bar := range bars {
				if n := utf8.RuneCountInString(strings.TrimSuffix(bar, "\r\n")); n > limit {
					t.Errorf("total %d, %d columns: a bar of %d: %q", total, columns, n, bar)
				}
			}
		}
	}
}

// A bar on a terminal is drawn ten times a second, lines come once a second.
func TestEvery(t *testing.T) {
	program, written := openTerminal(t, 80)
	for form, want := range map[ProgressForm]time.Duration{ProgressLate: BarEvery, ProgressBar: BarEvery, ProgressJSON: LineEvery} {
		if got := (&Progress{form: form, err: program}).every(); got != want {
			t.Errorf("form %d on a terminal: every %v, want %v", form, got, want)
		}
		if got := (&Progress{form: form, err: io.Discard}).every(); got != LineEvery {
			t.Errorf("form %d: every %v, want %v", form, got, LineEvery)
		}
	}
	written()
}

// A long run has a late bar, which disappears at the end.
func TestLateBar(t *testing.T) {
	program, written := openTerminal(t, 80)
	p := &Progress{form: ProgressLate, total: 1000, began: time.Now().Add(-longRun), err: program}
	p.start()
	p.Open(fixedInput(500))
	shown := func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.bar != nil
	}
	for deadline := time.Now().Add(time.Minute); !shown(); time.Sleep(BarEvery / 10) {
		if time.Now().After(deadline) {
			t.Fatal("no bar")
		}
	}
	p.End()
	text := written()
	if !barOnTerminal.MatchString(text) || pty.Screen(text) != "" {
		t.Errorf("%q, want a bar that is removed", text)
	}
}
