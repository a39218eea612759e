package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		{[]string{"-t", "json"}, false, 0, "{\r\n  \x1b[36m\"a\"\x1b[0m: \x1b[35m1\x1b[0m\r\n}\r\n"},
		{[]string{"-t", "json"}, true, 0, "{\r\n  \x1b[36m\"a\"\x1b[0m: \x1b[35m1\x1b[0m\r\n}\r\n"},
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

// The time in an ObjectId that is typed is printed before the next one is read.
func TestTypingIDs(t *testing.T) {
	person, program := pty.Open(t)
	const id, when = "65e00f400000000000000000\n", "2024-02-29T04:59:44Z\n"
	io.WriteString(person, id)
	lines := make(chan string, 9)
	w := lineFunc(func(line string) {
		lines <- line
		if len(lines) == 1 { // the first line has come before the end of the input
			io.WriteString(person, id+"\x04")
		}
	})
	var stderr bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- run([]string{"oid", "time"}, program, w, &stderr) }()
	select {
	case code := <-done:
		close(lines)
		var got []string
		for line := range lines {
			got = append(got, line)
		}
		if diff := cmp.Diff([]string{when, when}, got); diff != "" || code != 0 {
			t.Errorf("code %d (-want +got):\n%s", code, diff)
		}
		if want := "bsonjs: reading from the terminal; end the input with Ctrl-D\n"; stderr.String() != want {
			t.Errorf("stderr %q, want %q", stderr.String(), want)
		}
	case <-time.After(patience):
		t.Fatal("no line comes before the end of the input")
	}
}

// A lineFunc is called for each line that is written.
type lineFunc func(string)

func (f lineFunc) Write(p []byte) (int, error) {
	f(string(p))
	return len(p), nil
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
		got := pty.ReadAll(person)
		if code != 4 || !regexp.MustCompile("(?s)"+tc.want).MatchString(got) {
			t.Errorf("%v: exit code %d, terminal shows %q, want %q", tc.args, code, got, tc.want)
		}
	}
}

// Differences have colours on a terminal, but not in JSON, and not if a flag says so.
func TestDiffOnTerminal(t *testing.T) {
	a, b := filepath.Join(t.TempDir(), "a.json"), filepath.Join(t.TempDir(), "b.json")
	writeFile(t, a, []byte(`{"_id":"x","n":1}{"_id":"y"}`))
	writeFile(t, b, []byte(`{"_id":"x","n":"\u001b[2J"}{"_id":"z"}`))
	for _, tc := range []struct {
		flags []string
		want  string // what the terminal shows
	}{
		{nil, "\x1b[33m~ \"x\"\x1b[0m\r\n" +
			"    \x1b[36m/n\x1b[0m: \x1b[31mNumberInt(1)\x1b[0m → \x1b[32m\"\\u001b[2J\"\x1b[0m\r\n" +
			"\x1b[31m- \"y\"\x1b[0m\r\n\x1b[32m+ \"z\"\x1b[0m\r\n"},
		{[]string{"--color", "never"}, "~ \"x\"\r\n    /n: NumberInt(1) → \"\\u001b[2J\"\r\n- \"y\"\r\n+ \"z\"\r\n"},
		{[]string{"--json", "--brief"}, `{"id":"x","kind":"changed"}` + "\r\n" + `{"id":"y","kind":"a"}` + "\r\n" + `{"id":"z","kind":"b"}` + "\r\n"},
	} {
		person, program := pty.Open(t)
		var stderr bytes.Buffer
		if code := run(append([]string{"diff", a, b}, tc.flags...), strings.NewReader(""), program, &stderr); code != 1 || stderr.Len() > 0 {
			t.Errorf("%v: exit code %d, stderr %s", tc.flags, code, &stderr)
		}
		got := make([]byte, len(tc.want))
		if _, err := io.ReadFull(person, got); err != nil || string(got) != tc.want {
			t.Errorf("%v: terminal shows %q, want %q; %v", tc.flags, got, tc.want, err)
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
	text := pty.ReadAll(person)
	if want := `a\x1b[2J\a\r\u009b` + "\r\n"; !strings.Contains(text, want) || strings.ContainsAny(text, "\x1b\a\u009b") {
		t.Errorf("the terminal shows %q, want %q in it", text, want)
	}
	got := runCommand(strings.NewReader(doc), "dump", "-q", "--type=debug")
	if want := "\t\ta\x1b[2J\a\r\u009b\n"; !strings.Contains(got.stdout, want) {
		t.Errorf("a file has %q, want %q in it", got.stdout, want)
	}
}

// seen returns everything that a terminal gets as the standard output of the
// command.
func seen(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	person, program := pty.Open(t)
	all := make(chan string)
	go func() { all <- pty.ReadAll(person) }()
	var stderr bytes.Buffer
	if code := run(args, strings.NewReader(stdin), program, &stderr); code != 0 {
		t.Errorf("%v: exit code %d: %s", args, code, &stderr)
	}
	program.Close()
	return strings.ReplaceAll(<-all, "\r\n", "\n")
}

// A terminal shows documents in several lines and in colours, unless flags or the
// environment say otherwise. Whatever the flags, it gets no control character of
// a document.
func TestDocumentsOnTerminal(t *testing.T) {
	const (
		text    = `{"a":{"$numberLong":"1"},"b":[true,"x"]}`
		plain   = `{"a":1,"b":[true,"x"]}` + "\n"
		pretty  = "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    \"x\"\n  ]\n}\n"
		key     = "\x1b[36m"
		str     = "\x1b[32m"
		number  = "\x1b[35m"
		word    = "\x1b[33m"
		end     = "\x1b[0m"
		colored = "{" + key + `"a"` + end + ":" + number + "1" + end + "," + key + `"b"` + end + ":[" +
			word + "true" + end + "," + str + `"x"` + end + "]}\n"
		both = "{\n  " + key + `"a"` + end + ": " + number + "1" + end + ",\n  " + key + `"b"` + end + ": [\n    " +
			word + "true" + end + ",\n    " + str + `"x"` + end + "\n  ]\n}\n"
	)
	for _, tc := range []struct{ args, environ, want string }{
		{"", "", both},
		{"--color auto --pretty=auto", "", both},
		{"--pretty", "", both},
		{"--color never", "", pretty},
		{"--pretty=never", "", colored},
		{"--pretty=false", "", colored},
		{"--pretty=never --color never", "", plain},
		{"--spacing compact", "", colored},
		{"--array", "", "[" + strings.TrimSuffix(colored, "\n") + "]\n"},
		{"--array --pretty --color never", "", "[" + strings.TrimSuffix(pretty, "\n") + "]\n"},
		{"--indent 1 --color never", "", strings.ReplaceAll(pretty, "  ", " ")},
		{"", "NO_COLOR=1", pretty},
		{"--color always", "NO_COLOR=1", both},
		{"", "NO_COLOR=", both},
		{"", "TERM=dumb", pretty},
		{"", "BSONJS_PRETTY=never", colored},
		{"", "BSONJS_COLOR=never", pretty},
		{"", "BSONJS_COLOR=always", both},
	} {
		if tc.environ != "" {
			name, value, _ := strings.Cut(tc.environ, "=")
			t.Setenv(name, value)
		}
		args := append([]string{"-t", "json"}, strings.Fields(tc.args)...)
		if diff := cmp.Diff(tc.want, seen(t, text, args...)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%q", tc.environ, tc.args, diff)
		}
		os.Unsetenv(strings.Split(tc.environ, "=")[0])
	}
	if got := seen(t, text, "-t", "json", "--compress", "snappy", "--force"); !strings.Contains(got, strings.TrimSuffix(plain, "\n")) {
		t.Errorf("compressed text is %q, want %q in it", got, plain)
	}
	const hostile = `{"\u001b[2J\u009b31m":"\u007f\u202eé\u0085\u2028"}`
	want := strings.Replace(hostile, `é`, "é", 1)
	for _, args := range [][]string{
		{"--pretty=never", "--color", "never", "-t", "json"}, {"dump", "-q"}, {"inspect", "--json"}, {"inspect"},
	} {
		stdin := hostile
		if args[0] == "dump" {
			stdin = runCommand(strings.NewReader(hostile)).stdout
		}
		got := seen(t, stdin, args...)
		if strings.ContainsAny(got, "\x1b\u009b\x7f\u202e\u0085\u2028") {
			t.Errorf("%v: the terminal gets %q", args, got)
		}
		if args[0] != "inspect" && got != want+"\n" {
			t.Errorf("%v: the terminal gets %q, want %q", args, got, want)
		}
	}
}

// A bar does not erase documents on the same terminal: it is whole lines then.
func TestBarBesideDocuments(t *testing.T) {
	person, program := pty.Open(t)
	all := make(chan string)
	go func() { all <- pty.ReadAll(person) }()
	args := []string{"-t", "json", "--color=never", "--pretty=never", "--on-error", "skip", "--progress=always"}
	if code := run(args, &slowReader{left: 4}, program, program); code != 4 {
		t.Errorf("exit code %d", code)
	}
	program.Close()
	text := <-all
	if n := strings.Count(text, "{\"a\":1}\r\n"); n != 4 || strings.Contains(text, "\x1b") {
		t.Errorf("the terminal gets %d documents, want 4: %q", n, text)
	}
	if !strings.Contains(text, "bsonjs - ") {
		t.Errorf("no bar: %q", text)
	}
}

// withoutColors returns text without escape sequences for colours.
func withoutColors(text string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if text = strings.TrimLeft(after, "0123456789"); text == after || !strings.HasPrefix(text, "m") {
			return "not a colour: " + after
		}
		text = text[len("m"):]
	}
}

// Elsewhere there are colours only if a flag asks for them, and without them the
// text is the same.
func TestColorsElsewhere(t *testing.T) {
	collection, err := os.ReadFile("../../testdata/collection.bson")
	if err != nil {
		t.Fatal(err)
	}
	for _, flags := range []string{"", "-m canonical --array", "-m shell --pretty", "-m plain --lossy", "-m legacy --sort-keys"} {
		args := strings.Fields(flags)
		plain := runCommand(bytes.NewReader(collection), args...)
		if plain.code != 0 || strings.Contains(plain.stdout, "\x1b") {
			t.Fatalf("%s: exit code %d, or colours without a terminal: %s", flags, plain.code, plain.stderr)
		}
		colored := runCommand(bytes.NewReader(collection), append(args, "--color=always")...)
		if colored.code != 0 || len(colored.stdout) < len(plain.stdout)*11/10 {
			t.Fatalf("%s: exit code %d, %d bytes with colours, %d without", flags, colored.code, len(colored.stdout), len(plain.stdout))
		}
		t.Setenv("BSONJS_COLOR", "always") // must not put escape sequences in files
		if got := runCommand(bytes.NewReader(collection), args...); got != plain {
			t.Errorf("%s: another text with BSONJS_COLOR=always", flags)
		}
		os.Unsetenv("BSONJS_COLOR")
		if got := withoutColors(colored.stdout); got != plain.stdout {
			t.Errorf("%s: the text is another with colours (-want +got):\n%s", flags, cmp.Diff(plain.stdout, got))
		}
	}
}

// shown runs the command with a terminal of 80 columns as standard error, and
// returns the exit code and everything that the terminal got.
func shown(t *testing.T, args []string, stdin io.Reader) (code int, text string) {
	t.Helper()
	person, program := pty.Open(t)
	all := make(chan string)
	go func() { all <- pty.ReadAll(person) }()
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
