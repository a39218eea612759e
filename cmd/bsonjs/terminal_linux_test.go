package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pty"
)

// BSON is written to a terminal only with --force, for each name of the
// terminal.
func TestBinaryToTerminal(t *testing.T) {
	for _, tc := range []struct {
		args  []string
		named bool // the terminal is the file of -o
		code  int
		want  string // what the terminal shows
	}{
		{nil, false, 2, ""},
		{[]string{"--force"}, false, 0, one},
		{[]string{"-t", "json"}, false, 0, "{\"a\":1}\r\n"},
		{[]string{"-t", "json", "--compress", "gzip"}, false, 2, ""},
		{[]string{"-t", "json", "--compress", "snappy", "--force"}, false, 0, "\xff\x06"},
		{nil, true, 2, ""},
		{[]string{"--force"}, true, 0, one},
	} {
		person, program := pty.Open(t)
		var stderr bytes.Buffer
		var stdout io.Writer = program
		if tc.named {
			tc.args = append(tc.args, "-o", program.Name())
			stdout = io.Discard
		}
		code := run(tc.args, strings.NewReader(`{"a":1}`), stdout, &stderr)
		if code != tc.code {
			t.Errorf("%v: exit code %d, want %d; stderr %s", tc.args, code, tc.code, &stderr)
		}
		if tc.code == 2 && !strings.Contains(stderr.String(), "--force") {
			t.Errorf("%v: stderr %q does not mention --force", tc.args, &stderr)
		}
		got := make([]byte, len(tc.want))
		if _, err := io.ReadFull(person, got); err != nil || string(got) != tc.want {
			t.Errorf("%v: terminal shows %q, %v", tc.args, got, err)
		}
	}
}

// Text typed at a terminal is read until the end-of-file character, and a note
// tells the user so.
func TestTyping(t *testing.T) {
	person, program := pty.Open(t)
	io.WriteString(person, "{\"a\":1}\n\x04")
	got := runCommand(program)
	want := command{0, one, "bsonjs: reading from the terminal; end the input with Ctrl-D\n"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// On a terminal, messages have colours. If a flag asks for it, there is a bar,
// which disappears before other messages and at the end.
func TestTerminalMessages(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string // regular expression for what the terminal shows
	}{
		{nil, "^bsonjs: \x1b\\[1m<stdin>: document 2 at offset 8, line 2, column 1\x1b\\[0m: \x1b\\[31m[^\x1b]*\x1b\\[0m\r\n$"},
		{[]string{"--color", "never"}, "^bsonjs: <stdin>: document 2 [^\x1b]*\r\n$"},
		{[]string{"--progress", "always", "--color", "never"}, "^bsonjs - [^\x1b]*\r\n.*\x1b\\[Jbsonjs: <stdin>: document 2 [^\x1b]*\r\n$"},
	} {
		person, program := pty.Open(t)
		code := run(append(tc.args, "-t", "json"), strings.NewReader("{\"a\":1}\nx"), io.Discard, program)
		program.Close()
		var got []byte
		for buf := make([]byte, 4096); ; {
			n, err := person.Read(buf)
			got = append(got, buf[:n]...)
			if err != nil { // EIO: the other end is closed
				break
			}
		}
		if code != 4 || !regexp.MustCompile("(?s)"+tc.want).Match(got) {
			t.Errorf("%v: exit code %d, terminal shows %q, want %q", tc.args, code, got, tc.want)
		}
	}
}

// The debug text escapes control characters in keys on a terminal, but not in a
// file.
func TestDebugOnTerminal(t *testing.T) {
	doc := "\x10\x00\x00\x00\x0aa\x1b[2J\x07\r\xc2\x9b\x00\x00"
	person, program := pty.Open(t)
	if code := run([]string{"dump", "-q", "--type=debug"}, strings.NewReader(doc), program, io.Discard); code != 0 {
		t.Fatalf("code %d", code)
	}
	program.Close()
	text, _ := io.ReadAll(person) // ends with EIO
	if want := `a\x1b[2J\a\r\u009b` + "\r\n"; !strings.Contains(string(text), want) || strings.ContainsAny(string(text), "\x1b\a\u009b") {
		t.Errorf("the terminal shows %q, want %q in it", text, want)
	}
	got := runCommand(strings.NewReader(doc), "dump", "-q", "--type=debug")
	if want := "\t\ta\x1b[2J\a\r\u009b\n"; !strings.Contains(got.stdout, want) {
		t.Errorf("a file has %q, want %q in it", got.stdout, want)
	}
}

// shown runs the command with a terminal of 80 columns as standard error, and
// returns the exit code and everything that the terminal got.
func shown(t *testing.T, args []string, stdin io.Reader) (code int, text string) {
	t.Helper()
	person, program := pty.Open(t)
	all := make(chan string)
	go func() {
		text, _ := io.ReadAll(person) // ends with EIO
		all <- string(text)
	}()
	code = run(args, stdin, io.Discard, program)
	program.Close()
	return code, <-all
}

// A terminal shows one line at the end of a run without a fault: where a bar was,
// and after a check.
func TestConclusion(t *testing.T) {
	dir := t.TempDir()
	names := map[string]string{"one.json": `{"a":1}`, "two.json": strings.Repeat("{\"a\":1}\n", 1234), "none.json": "", "bad.json": `{"a":1} x`}
	for name, text := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	const bar = "--progress=always"
	for _, tc := range []struct {
		args string
		code int
		want string // regular expression for what the terminal shows, without colours
	}{
		{"validate one.json", 0, `bsonjs: one\.json: 1 document, valid; 7 B in, \S+s`},
		{"validate two.json", 0, `bsonjs: two\.json: 1,234 documents, valid; 9\.9 kB in, \S+s`},
		{"validate one.json two.json", 0, `bsonjs: 2 files: 1,235 documents, valid; 9\.9 kB in, \S+s`},
		{"validate none.json", 0, `bsonjs: none\.json: 0 documents, valid; 0 B in, \S+s`},
		{"validate", 0, `bsonjs: <stdin>: 1 document, valid; 7 B in, \S+s`},
		{"validate -q one.json", 0, ``},
		{"validate --summary none one.json", 0, ``},
		{"validate --errors json one.json", 0, ``},
		{"validate --summary text one.json", 0, `bsonjs: 1 document read, 1 valid, 0 with faults; 7 B in, \S+s`},
		{"validate --summary json one.json", 0, `\{"read":1,"valid":1,"rejected":0,"bytesIn":7,"seconds":\S+\}`},
		{"validate " + bar + " two.json", 0, `bsonjs: two\.json: 1,234 documents, valid; 9\.9 kB in, \S+s`},
		{"validate bad.json", 1, `bsonjs: bad\.json: document 2 .*\nbsonjs: 1 document read, 1 valid, 0 with faults, 1 fault between documents; 9 B in, \S+s`},
		{"validate none.json missing.json", 3, `bsonjs: missing\.json: no such file or directory`},
		{"-o 1.bson one.json", 0, ``},
		{bar + " -o 2.bson two.json", 0, `bsonjs: 1,234 documents; 9\.9 kB in, 14\.8 kB out, \S+s`},
		{bar + " -q -o 3.bson two.json", 0, ``},
		{bar + " --summary none -o 4.bson two.json", 0, ``},
		{bar + " -o 5.bson bad.json", 4, `bsonjs: bad\.json: document 2 .*\nbsonjs: 5\.bson\.partial has the 1 document converted so far`},
	} {
		code, text := shown(t, append(strings.Fields(tc.args), "--color=never"), strings.NewReader(`{"a":1}`))
		if got := pty.Screen(text); code != tc.code || !regexp.MustCompile(`^`+tc.want+`$`).MatchString(got) {
			t.Errorf("%s: exit code %d, want %d; the terminal shows %q, want %q", tc.args, code, tc.code, got, tc.want)
		}
	}
	// Elsewhere a check without a fault says nothing.
	if got := runCommand(strings.NewReader(`{"a":1}`), "validate"); got != (command{}) {
		t.Errorf("without a terminal: %+v", got)
	}
}
