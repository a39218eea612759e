//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// A process is bsonjs in a process of its own, in an empty directory.
type process struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stderr lockedBuffer
}

// start starts bsonjs with a pipe as its standard input. If prefix is given, it
// is a shell command that is replaced by bsonjs.
func start(t *testing.T, prefix string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(self, args...)}
	p.Args[0] = "bsonjs" // TestMain tests it
	if prefix != "" {
		link := filepath.Join(t.TempDir(), "bsonjs")
		if err := os.Symlink(self, link); err != nil {
			t.Fatal(err)
		}
		p.Cmd = exec.Command("sh", append([]string{"-c", prefix + `; exec "$0" "$@"`, link}, args...)...)
	}
	p.Env = append(os.Environ(), noWait)
	p.Dir = t.TempDir()
	p.Stderr = &p.stderr
	if p.stdin, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	// A signal that this process was started to ignore, as by nohup, would also
	// be ignored by the new process; a signal that this process handles would
	// not.
	handled := make(chan os.Signal, 1)
	signal.Notify(handled, syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	t.Cleanup(func() {
		signal.Stop(handled)
		p.Process.Kill()
	})
	return p
}

func (p *process) begin(t *testing.T) {
	t.Helper()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
}

// patience is the time after which a test stops waiting. It is far longer than
// a busy machine needs, also for a run with a gigabyte of output.
const patience = 5 * time.Minute

// code waits for the end of p and returns its exit code, or -1 if a signal
// ended it. A process that does not end is killed.
func (p *process) code() int {
	timer := time.AfterFunc(patience, func() { p.Process.Kill() })
	defer timer.Stop()
	p.Wait()
	return p.ProcessState.ExitCode()
}

// content returns the content of the one file in p's directory that matches
// pattern, or "" if there is none.
func (p *process) content(pattern string) string {
	names, _ := filepath.Glob(filepath.Join(p.Dir, pattern))
	if len(names) != 1 {
		return ""
	}
	data, _ := os.ReadFile(names[0])
	return string(data)
}

// await waits until the temporary file of out.json has the given content.
func (p *process) await(t *testing.T, want string) {
	t.Helper()
	p.until(t, func() bool { return p.content("out.json.*.partial") == want })
}

// until waits until done returns true.
func (p *process) until(t *testing.T, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			p.Process.Kill()
			p.Wait()
			t.Fatalf("it does not come; stderr %q", &p.stderr)
		}
	}
}

// A signal ends a run that waits for input, and its output so far is kept.
func TestSignal(t *testing.T) {
	for _, tc := range []struct {
		signal syscall.Signal
		code   int
	}{
		{syscall.SIGHUP, 129},
		{syscall.SIGINT, 130},
		{syscall.SIGQUIT, 131},
		{syscall.SIGTERM, 143},
	} {
		t.Run(tc.signal.String(), func(t *testing.T) {
			p := start(t, "", "-o", "out.json")
			p.begin(t)
			io.WriteString(p.stdin, one+one)
			p.await(t, "{\"a\":1}\n{\"a\":1}\n")
			p.Process.Signal(tc.signal)
			if got := p.code(); got != tc.code {
				t.Errorf("exit code %d, want %d", got, tc.code)
			}
			want := "bsonjs: interrupted after 2 documents\n" +
				"bsonjs: out.json.partial has the 2 documents converted so far\n"
			if got := p.stderr.String(); got != want {
				t.Errorf("stderr %q, want %q", got, want)
			}
			if got := p.content("out.json.partial"); got != "{\"a\":1}\n{\"a\":1}\n" {
				t.Errorf("out.json.partial is %q", got)
			}
			if _, err := os.Stat(filepath.Join(p.Dir, "out.json")); err == nil {
				t.Error("out.json is there")
			}
		})
	}
}

// A signal ends a run that waits for the other end of a FIFO: for a writer of
// its input, or a reader of its output.
func TestSignalAtFIFO(t *testing.T) {
	p := start(t, "", "-o", "out.json", "fifo") // outputs are opened before inputs
	makeFIFO(t, p)
	p.begin(t)
	p.until(t, func() bool {
		names, _ := filepath.Glob(filepath.Join(p.Dir, "out.json.*.partial"))
		return len(names) == 1
	})
	p.Process.Signal(syscall.SIGTERM)
	if got := p.code(); got != 143 || !strings.Contains(p.stderr.String(), "interrupted after 0 documents") {
		t.Errorf("input: exit code %d, stderr %q, want 143", got, &p.stderr)
	}

	// Signals are handled before outputs are opened. An earlier signal ends the
	// process at once; then the test tries again, with a longer wait.
	for wait := time.Millisecond; ; wait *= 2 {
		p := start(t, "", "-o", "fifo", "-")
		makeFIFO(t, p)
		p.begin(t)
		time.Sleep(wait)
		p.Process.Signal(syscall.SIGTERM)
		got := p.code()
		if got == 143 && strings.Contains(p.stderr.String(), "interrupted after 0 documents") {
			break
		}
		status, _ := p.ProcessState.Sys().(syscall.WaitStatus)
		if status.Signal() != syscall.SIGTERM || wait > patience/4 {
			t.Fatalf("output: exit code %d, stderr %q, want 143", got, &p.stderr)
		}
	}
}

// makeFIFO makes a FIFO of that name in p's directory.
func makeFIFO(t *testing.T, p *process) {
	t.Helper()
	if err := syscall.Mkfifo(filepath.Join(p.Dir, "fifo"), 0o666); err != nil {
		t.Skip("no FIFOs here: ", err)
	}
}

// A signal during work ends the run between two documents.
func TestSignalWhileBusy(t *testing.T) {
	p := start(t, "", "-o", "out.json", "-", "next")
	p.begin(t)
	go func() {
		chunk := []byte(strings.Repeat(one, 1000))
		for {
			if _, err := p.stdin.Write(chunk); err != nil {
				return
			}
		}
	}()
	p.until(t, func() bool { return len(p.content("out.json.*.partial")) >= 1<<20 })
	p.Process.Signal(syscall.SIGTERM)
	if got := p.code(); got != 143 {
		t.Errorf("exit code %d, want 143", got)
	}
	text := p.content("out.json.partial")
	n := strings.Count(text, "{\"a\":1}\n")
	if n*len("{\"a\":1}\n") != len(text) {
		t.Errorf("out.json.partial does not end between documents: %q", text[max(len(text)-20, 0):])
	}
	if want := fmt.Sprintf("bsonjs: interrupted after %s\n", report.Documents(int64(n))); !strings.HasPrefix(p.stderr.String(), want) {
		t.Errorf("stderr %q, want %q", p.stderr.String(), want)
	}
}

// The signals that ask how far a run is are answered with a line each, also by a
// quiet run, and the run continues.
func TestQuestion(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string // regular expression for each line
	}{
		{nil, `bsonjs: 16 B, \S+ k?B/s, 2 documents`},
		{[]string{"-q"}, `bsonjs: 16 B, \S+ k?B/s, 2 documents`},
		{[]string{"--errors", "json"}, `\{"code":"note","message":"16 B, \S+ k?B/s, 2 documents"\}`},
	} {
		p := start(t, "", append(tc.args, "-o", "out.json", "-t", "json")...)
		p.begin(t)
		io.WriteString(p.stdin, "{\"a\":1}\n{\"a\":2}\n")
		p.await(t, "{\"a\":1}\n{\"a\":2}\n")
		answers := 0
		ask := func() (answer string) {
			p.Process.Signal(syscall.SIGUSR1)
			p.until(t, func() bool { return strings.Count(p.stderr.String(), "\n") == answers+1 })
			answers++
			return strings.Split(p.stderr.String(), "\n")[answers-1]
		}
		// A document is counted after it is written.
		p.until(t, func() bool { return strings.Contains(ask(), "2 documents") })
		ask()
		ask()
		p.stdin.Close()
		if code := p.code(); code != 0 {
			t.Errorf("%v: exit code %d", tc.args, code)
		}
		if got := p.content("out.json"); got != "{\"a\":1}\n{\"a\":2}\n" {
			t.Errorf("%v: output %q", tc.args, got)
		}
		fewer := strings.Replace(tc.want, "2 documents", "[01] documents?", 1)
		want := `^(` + fewer + `\n)*(` + tc.want + `\n){3}$`
		if got := p.stderr.String(); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%v: stderr %q, want %s", tc.args, got, want)
		}
	}
}

// A process that is killed leaves no file with the name of the output.
func TestKill(t *testing.T) {
	p := start(t, "", "-o", "out.json")
	p.begin(t)
	io.WriteString(p.stdin, one)
	p.await(t, "{\"a\":1}\n")
	p.Process.Kill()
	p.Wait()
	names, _ := filepath.Glob(filepath.Join(p.Dir, "*"))
	if len(names) != 1 || !strings.HasSuffix(names[0], ".partial") {
		t.Errorf("left behind: %q", names)
	}
}

// Signals that the parent process ignores stay ignored, as nohup expects.
func TestIgnoredSignal(t *testing.T) {
	p := start(t, `trap "" HUP INT`, "-o", "out.json")
	p.begin(t)
	io.WriteString(p.stdin, one)
	p.await(t, "{\"a\":1}\n")
	p.Process.Signal(syscall.SIGHUP)
	p.Process.Signal(syscall.SIGINT)
	time.Sleep(20 * time.Millisecond)
	io.WriteString(p.stdin, one)
	p.stdin.Close()
	if got := p.code(); got != 0 {
		t.Errorf("exit code %d, want 0; stderr %q", got, &p.stderr)
	}
	if got := p.content("out.json"); got != "{\"a\":1}\n{\"a\":1}\n" {
		t.Errorf("out.json is %q", got)
	}
}

// Documents from a pipe are written before the run waits for more.
func TestPassedOn(t *testing.T) {
	for _, flags := range [][]string{nil, {"-t", "bson"}} {
		p := start(t, "", flags...)
		out, err := p.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		p.begin(t)
		r := bufio.NewReader(out)
		want := "{\"a\":1}\n"
		if flags != nil {
			want = one
		}
		got := make([]byte, len(want))
		for range 3 {
			io.WriteString(p.stdin, one)
			if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
				t.Fatalf("got %q, %v", got, err)
			}
		}
		p.stdin.Close()
		if got := p.code(); got != 0 {
			t.Errorf("exit code %d", got)
		}
	}
}

// If the reader of its messages has gone, a run with a file as its output goes on, and
// completes the file.
func TestMessagesWithoutReader(t *testing.T) {
	p := start(t, "", "-o", "out.json", "-t", "json", "--on-error", "skip")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stderr = w
	p.begin(t)
	r.Close()
	w.Close()
	io.WriteString(p.stdin, "{\"a\":1}\n{\"a\":x}\n{\"a\":2}\n")
	p.stdin.Close()
	if code := p.code(); code != 4 {
		t.Errorf("exit code %d, %v, want 4", code, p.ProcessState)
	}
	if got := p.content("out.json"); got != "{\"a\":1}\n{\"a\":2}\n" {
		t.Errorf("output %q", got)
	}
}

// TestClosedStreams: no file takes the place of a standard stream that is closed, so the
// input keeps its bytes, and the output has no messages.
func TestClosedStreams(t *testing.T) {
	const in, out = "{\"a\":1}\n{\"a\":x}\n{\"a\":2}\n", "{\"a\":1}\n{\"a\":2}\n"
	for _, closed := range []string{"exec >&-", "exec 2>&-", "exec <&- >&- 2>&-"} {
		for _, to := range []string{"-", "out.json"} {
			p := start(t, closed, "-t", "json", "--on-error", "skip", "-o", to, "in.json")
			if err := os.WriteFile(filepath.Join(p.Dir, "in.json"), []byte(in), 0o666); err != nil {
				t.Fatal(err)
			}
			p.begin(t)
			if code := p.code(); code != 4 {
				t.Errorf("%s, -o %s: exit code %d, %v, want 4", closed, to, code, p.ProcessState)
			}
			if got := p.content("in.json"); got != in {
				t.Errorf("%s, -o %s: the input has become %q", closed, to, got)
			}
			if got := p.content("out.json"); to != "-" && got != out {
				t.Errorf("%s: output %q, want %q", closed, got, out)
			}
		}
	}
}
