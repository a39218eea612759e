package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// This file tests bsonjs with the extension that reads and writes Parquet and Arrow. The
// extension here is this program under another name. Its tables are magic numbers around
// BSON, and the variable behaviour says how it fails.

// behaviour is the variable whose words are: answer=LINE with _ for blanks, the result of
// handshake; docs=N, read N documents and then do the rest; say=TEXT, write TEXT to standard
// error; pid, write the file pid; drain, read all; kill; sleep; exit=CODE.
const behaviour = "TEST_COLUMNS"

// magics are the bytes at both ends of a table of the extension.
var magics = map[string]string{"parquet": "PAR1", "arrow": "ARROW1", "arrow-stream": ""}

// fakeColumns is the main function of the extension. If the variable TEST_ARGS names a
// file, it has the arguments, and another one beside it the path of the extension.
func fakeColumns() {
	args := os.Args[1:]
	if name := os.Getenv("TEST_ARGS"); name != "" && args[0] != "handshake" {
		os.WriteFile(name, []byte(strings.Join(args, " ")), 0o666)
		self, _ := os.Executable()
		os.WriteFile(name+".path", []byte(self), 0o666)
	}
	answer, docs := "bsonjs-columns 1 (devel)", -1
	words := strings.Fields(os.Getenv(behaviour))
	for len(words) > 0 {
		name, value, _ := strings.Cut(words[0], "=")
		switch name {
		case "answer":
			answer = strings.ReplaceAll(value, "_", " ")
		case "docs":
			docs, _ = strconv.Atoi(value)
		}
		if name != "answer" && name != "docs" {
			break
		}
		words = words[1:]
	}
	switch args[0] {
	case "handshake":
		fmt.Println(answer)
	case "write":
		fakeWrite(valueOf(args, "--to"), docs, words)
	case "read":
		fakeRead(valueOf(args, "--from"), args[len(args)-1], docs, words)
	}
}

func valueOf(args []string, flag string) string {
	for i, arg := range args {
		if arg == flag {
			return args[i+1]
		}
	}
	return ""
}

// misbehave does what words say.
func misbehave(words []string) {
	for _, word := range words {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "say":
			fmt.Fprint(os.Stderr, strings.ReplaceAll(value, `\n`, "\n"))
		case "kill":
			self, _ := os.FindProcess(os.Getpid())
			self.Kill()
			time.Sleep(time.Hour)
		case "pid":
			os.WriteFile("pid", []byte(strconv.Itoa(os.Getpid())+" "), 0o666)
		case "sleep":
			time.Sleep(time.Hour)
		case "drain":
			io.Copy(io.Discard, os.Stdin)
		case "exit":
			code, _ := strconv.Atoi(value)
			os.Exit(code)
		}
	}
}

// fakeWrite writes a table. It behaves as words say after so many documents, -1 for all.
func fakeWrite(format string, docs int, words []string) {
	out := bufio.NewWriter(os.Stdout)
	out.WriteString(magics[format])
	copyDocs(out, bufio.NewReader(os.Stdin), docs)
	if len(words) > 0 {
		out.Flush()
		misbehave(words)
	}
	out.WriteString(magics[format])
	if out.Flush() != nil {
		fmt.Fprintln(os.Stderr, "bsonjs-columns: the output cannot be written")
		os.Exit(5)
	}
}

// copyDocs copies documents, -1 for all.
func copyDocs(out io.Writer, in *bufio.Reader, docs int) {
	for ; docs != 0; docs-- {
		head, err := in.Peek(4)
		if err != nil {
			return
		}
		if _, err := io.CopyN(out, in, int64(binary.LittleEndian.Uint32(head))); err != nil {
			return
		}
	}
}

// fakeRead reads a table.
func fakeRead(format, path string, docs int, words []string) {
	var in io.Reader = os.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			os.Exit(3)
		}
		in = f
	}
	data, err := io.ReadAll(in)
	magic := []byte(magics[format])
	data, starts := bytes.CutPrefix(data, magic)
	data, ends := bytes.CutSuffix(data, magic)
	if err != nil || !starts || !ends {
		fmt.Fprintf(os.Stderr, "bsonjs-columns: %s: no %s\n", path, format)
		os.Exit(4)
	}
	copyDocs(os.Stdout, bufio.NewReader(bytes.NewReader(data)), docs)
	misbehave(words)
}

// link makes name a link to this program, or a copy of it.
func link(t *testing.T, dir, name string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if os.Link(self, path) == nil {
		return path
	}
	data, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o777); err != nil {
		t.Fatal(err)
	}
	return path
}

// withColumns installs the extension on PATH, with the given behaviour, for runs in this
// process. The working directory is empty.
func withColumns(t *testing.T, how string) {
	t.Helper()
	dir := t.TempDir()
	link(t, dir, "bsonjs-columns")
	t.Setenv("PATH", dir)
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	t.Setenv(behaviour, how)
	t.Chdir(t.TempDir())
}

// rows returns documents with the given numbers.
func rows(numbers ...byte) (all string) {
	for _, n := range numbers {
		all += numbered(n)
	}
	return all
}

// zipped returns text as gzip data.
func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// files returns the names in the working directory.
func files(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

const install = "go install github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns@latest"

// TestColumns: the extension writes the documents that a run selects, and reads them.
func TestColumns(t *testing.T) {
	withColumns(t, "")
	os.WriteFile("in.bson", []byte(rows(1, 2, 3)), 0o666)
	table := func(format string, n ...byte) string { return magics[format] + rows(n...) + magics[format] }
	for _, tc := range []struct {
		args string
		file string // "": standard output
		want string
	}{
		{"in.bson -o x.parquet", "x.parquet", table("parquet", 1, 2, 3)},
		{"in.bson -o x.arrow", "x.arrow", table("arrow", 1, 2, 3)},
		{"in.bson -o x.feather", "x.feather", table("arrow", 1, 2, 3)},
		{"in.bson -o x.arrows", "x.arrows", table("arrow-stream", 1, 2, 3)},
		{"in.bson -o y.PARQUET", "y.PARQUET", table("parquet", 1, 2, 3)},
		{"in.bson -t parquet", "", table("parquet", 1, 2, 3)},
		{"in.bson -t arrow-stream", "", table("arrow-stream", 1, 2, 3)},
		{"in.bson -q -t parquet --where {n:{$gt:1}} --limit 1", "", table("parquet", 2)},
		{"in.bson -t parquet --sort {n:-1}", "", table("parquet", 3, 2, 1)},
		{"in.bson --overwrite -o x.parquet --where {n:7}", "x.parquet", table("parquet")},
		{"salvage in.bson -t parquet", "", table("parquet", 1, 2, 3)},

		{"y.PARQUET -t bson", "", rows(1, 2, 3)},
		{"y.PARQUET", "", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n"},
		{"y.PARQUET -q -t bson --limit 1", "", rows(1)},
		{"./y.PARQUET y.PARQUET -t bson", "", rows(1, 2, 3, 1, 2, 3)},
		{"x.arrow -t bson", "", rows(1, 2, 3)},
		{"x.arrows -t bson", "", rows(1, 2, 3)},
		{"x.arrow -t parquet", "", table("parquet", 1, 2, 3)},
		{"count y.PARQUET", "", "  documents           bytes\n          3              36  y.PARQUET\n"},
		{"diff --key n --brief in.bson y.PARQUET", "", ""},
		{"verify -q in.bson y.PARQUET", "", ""},
	} {
		got := runCommand(strings.NewReader(""), strings.Fields(tc.args)...)
		if tc.file != "" {
			data, _ := os.ReadFile(tc.file)
			got.stdout = string(data)
		}
		if got.code != 0 || got.stderr != "" {
			t.Errorf("%s: code %d, stderr %q", tc.args, got.code, got.stderr)
		}
		if diff := cmp.Diff(tc.want, got.stdout); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", tc.args, diff)
		}
	}
	if diff := cmp.Diff([]string{"in.bson", "x.arrow", "x.arrows", "x.feather", "x.parquet", "y.PARQUET"}, files(t)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestColumnsFrom: the extension reads standard input, compressed files and strange names.
func TestColumnsFrom(t *testing.T) {
	withColumns(t, "")
	table := "PAR1" + rows(1, 2) + "PAR1"
	os.WriteFile("-t", []byte(table), 0o666)
	os.WriteFile("x.parquet.gz", zipped(t, table), 0o666)
	os.WriteFile("no suffix", []byte(table), 0o666)
	os.Mkdir("dir", 0o777)
	os.WriteFile("dir/a.parquet", []byte(table), 0o666)
	os.WriteFile("dir/a.bson", []byte(rows(3)), 0o666)
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--", "-t"}, rows(1, 2)},
		{[]string{"x.parquet.gz"}, rows(1, 2)},
		{[]string{"no suffix"}, rows(1, 2)},
		{[]string{"-"}, rows(1, 2)},
		{[]string{"-f", "parquet"}, rows(1, 2)},
		{[]string{"dir"}, rows(3)}, // the table may be made of the other file
		{[]string{"-f", "parquet", "dir"}, rows(1, 2)},
	} {
		got := runCommand(strings.NewReader(table), append([]string{"-q", "-t", "bson"}, tc.args...)...)
		if got.code != 0 || got.stdout != tc.want {
			t.Errorf("%q: code %d, stdout %q, stderr %q", tc.args, got.code, got.stdout, got.stderr)
		}
	}
}

// TestColumnsFlags: the extension gets the flags about tables that are given, and those about
// messages.
func TestColumnsFlags(t *testing.T) {
	withColumns(t, "")
	args := filepath.Join(t.TempDir(), "args")
	t.Setenv("TEST_ARGS", args)
	t.Setenv("BSONJS_DECIMAL", "bits")
	for _, tc := range []struct{ args, want string }{
		{"-t parquet", "write --to parquet --output - --decimal bits"},
		{"-t arrow --decimal text --mixed union --infer 7 --row-group-size 8 --regex text --errors json",
			"write --errors json --to arrow --output - --mixed union --infer 7 --row-group-size 8 --decimal text --regex text"},
		{"-t parquet --extra-fields ignore --nulls fold --compression lz4 --max-document-size 1MiB --max-depth 7",
			"write --max-document-size 1048576 --to parquet --output - --decimal bits --nulls fold --extra-fields ignore --compression lz4 --max-depth 7"},
		{"-f arrow -t json", "read --from arrow -"},
		{"-f arrow -t json --max-document-size 5000", "read --max-document-size 5000 --from arrow -"},
		{"-f arrow -t json --times floor --errors json", "read --errors json --from arrow --times floor -"},
		{"count -f arrow --times exact", "read --from arrow --times exact -"},
	} {
		stdin := ""
		if strings.Contains(tc.args, "-f arrow") {
			stdin = "ARROW1ARROW1"
		}
		got := runCommand(strings.NewReader(stdin), strings.Fields(tc.args)...)
		if text, err := os.ReadFile(args); string(text) != tc.want || err != nil || got.code != 0 {
			t.Errorf("%s: %q, %v, code %d, %s", tc.args, text, err, got.code, got.stderr)
		}
	}
}

// TestColumnsMissing: without the extension, or with one that does not fit, a run ends before
// it reads or writes anything.
func TestColumnsMissing(t *testing.T) {
	for _, tc := range []struct {
		answer string // "": there is no extension
		args   string
		want   string // in the message
	}{
		{"", "in.bson -o x.parquet", "bsonjs: the program bsonjs-columns, which reads and writes Parquet and Arrow, is not installed; type " + install},
		{"", "in.bson -t arrow", "is not installed; type "},
		{"", "in.bson x.arrow -o x.json", "is not installed; type "},
		{"", "-f parquet in.bson -o x.json", "is not installed; type "},
		{"", "unnamed -o x.json", "is not installed; type "},
		{"", "count x.arrow", "is not installed; type "},
		{"", "verify in.bson x.arrow", "is not installed; type "},
		{"bsonjs-columns 0 v1.0.0", "in.bson -o x.parquet", "is not the extension of bsonjs"},
		{"bsonjs-columns 2 v9.9.9", "in.bson -o x.parquet", "this bsonjs is older than "},
		{"bsonjs-columns v1", "in.bson -o x.parquet", "is not the extension of bsonjs; remove it, and type " + install},
	} {
		withColumns(t, "answer="+strings.ReplaceAll(tc.answer, " ", "_"))
		if tc.answer == "" {
			t.Setenv("PATH", t.TempDir())
		}
		before := map[string]string{"in.bson": rows(1), "x.arrow": "ARROW1" + rows(1) + "ARROW1", "unnamed": "PAR1" + rows(1) + "PAR1"}
		for name, text := range before {
			os.WriteFile(name, []byte(text), 0o666)
		}
		got := runCommand(strings.NewReader("x"), strings.Fields(tc.args)...)
		if got.code != 2 || got.stdout != "" || !strings.Contains(got.stderr, tc.want) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q, %s: code %d, stdout %q, stderr %q, want %q", tc.answer, tc.args, got.code, got.stdout, got.stderr, tc.want)
		}
		if diff := cmp.Diff([]string{"in.bson", "unnamed", "x.arrow"}, files(t)); diff != "" {
			t.Errorf("%s: files (-want +got):\n%s", tc.args, diff)
		}
	}
}

// TestColumnsPlace: the extension is beside bsonjs, or in a directory of PATH, but not in the
// working directory.
func TestColumnsPlace(t *testing.T) {
	for _, tc := range []struct {
		name  string
		at    []string // directories with the extension
		path  []string // directories of PATH
		want  string   // directory of the one that runs; "": none does
		alias bool     // bsonjs is called by a symbolic link in another directory
	}{
		{name: "beside", at: []string{"bin"}, want: "bin"},
		{name: "beside, by a link", at: []string{"bin"}, alias: true, want: "bin"},
		{name: "on PATH", at: []string{"a", "b"}, path: []string{"none", "b", "a"}, want: "b"},
		{name: "both", at: []string{"bin", "a"}, path: []string{"a"}, want: "bin"},
		{name: "nowhere", path: []string{"a"}},
		{name: "in the working directory", at: []string{"work"}},
		{name: "a dot in PATH", at: []string{"work"}, path: []string{"."}},
		{name: "an empty PATH entry", at: []string{"work"}, path: []string{"", "a", ""}},
		{name: "a relative PATH entry", at: []string{"work", "work/sub"}, path: []string{"sub"}},
		{name: "a dot in front of another", at: []string{"work", "a"}, path: []string{".", "a"}, want: "a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := t.TempDir()
			for _, dir := range []string{"bin", "a", "b", "work", "work/sub", "other"} {
				os.Mkdir(filepath.Join(root, dir), 0o777)
			}
			for _, dir := range tc.at {
				link(t, filepath.Join(root, dir), "bsonjs-columns")
			}
			bsonjs := link(t, filepath.Join(root, "bin"), "bsonjs")
			if tc.alias {
				to := filepath.Join(root, "other", filepath.Base(bsonjs))
				if err := os.Symlink(bsonjs, to); err != nil {
					t.Skip("no symbolic links here: ", err)
				}
				bsonjs = to
			}
			var path []string
			for _, dir := range tc.path {
				if len(dir) == 1 && dir != "." || dir == "none" {
					dir = filepath.Join(root, dir)
				}
				path = append(path, dir)
			}
			ran := filepath.Join(root, "ran")
			cmd := exec.Command(bsonjs, "-t", "parquet")
			cmd.Dir = filepath.Join(root, "work")
			cmd.Env = append(os.Environ(), noWait, "PATH="+strings.Join(path, string(os.PathListSeparator)), "TEST_ARGS="+ran)
			cmd.Stdin = strings.NewReader(rows(1))
			out, err := cmd.CombinedOutput()
			if tc.want == "" {
				if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "not installed") {
					t.Errorf("%v, %q, want that it is not found", err, out)
				}
				return
			}
			if want := "PAR1" + rows(1) + "PAR1"; string(out) != want || err != nil {
				t.Errorf("%v, %q, want %q", err, out, want)
			}
			where, _ := os.ReadFile(ran + ".path")
			if rel, err := filepath.Rel(root, filepath.Dir(string(where))); rel != tc.want {
				t.Errorf("%s runs, %v, want that of %s", where, err, tc.want)
			}
		})
	}
}

// TestColumnsFail: if the extension fails, so does the run, and no file is left. The messages
// of the extension come first.
func TestColumnsFail(t *testing.T) {
	long := strings.Repeat(rows(1, 2, 3), 20000) // more than a pipe holds
	for _, tc := range []struct {
		how  string
		args string
		in   string
		code int
		want string // standard error
	}{
		{`docs=0 say=one\n exit=1`, "-o x.parquet", long, 1, "one\nbsonjs: x.parquet: not written; the message of bsonjs-columns has the reason\n"},
		{`docs=2 say=one\ntwo exit=5`, "-o x.parquet", long, 5, "one\ntwo\nbsonjs: x.parquet: not written; the message of bsonjs-columns has the reason\n"},
		{"say=last exit=5", "-o x.parquet", rows(1), 5, "last\nbsonjs: x.parquet: not written; the message of bsonjs-columns has the reason\n"},
		{"exit=2", "-t parquet", rows(1), 2, "bsonjs: <stdout>: not written; the message of bsonjs-columns has the reason\n"},
		{"docs=1 exit=0", "-o x.parquet", long, 5, "bsonjs: x.parquet: cannot be written: bsonjs-columns ended before it had read all documents\n"},
		{"docs=1 exit=77", "-o x.parquet", long, 5, "bsonjs: x.parquet: cannot be written: bsonjs-columns ended with exit code 77\n"},
		{"docs=1 kill", "-o x.parquet", long, 5, "bsonjs: x.parquet: cannot be written: bsonjs-columns was stopped (signal: killed)\n"},
		{"exit=141", "-t parquet", rows(1), 141, ""},
		{`say=note\n`, "-o y.parquet", rows(1), 0, "note\n"},
		{"exit=1", "-o x.parquet --errors json", rows(1), 1, `{"file":"x.parquet","code":"rejected","exit":1,"message":"not written; the message of bsonjs-columns has the reason"}` + "\n"},

		// The documents before a fault are not kept either.
		{"", "-o x.parquet", rows(1, 2)[:20], 4, "bsonjs: <stdin>: document 2 at offset 20: document ends too early: its length, at offset 12, is 12\n"},
		{"docs=1 exit=1", "-o x.parquet --on-error skip", rows(1, 2)[:20], 4, ""},

		// As input.
		{`docs=2 say=one\n exit=4`, "in.parquet -t json -o x.json", "", 4, "one\nbsonjs: in.parquet: not read; the message of bsonjs-columns has the reason\nbsonjs: x.json.partial has the 2 documents converted so far\n"},
		{"docs=2 kill", "in.parquet -t json", "", 3, "bsonjs: in.parquet: cannot be read: bsonjs-columns was stopped (signal: killed)\n"},
		{"docs=1 exit=4", "in.parquet next.json -t json --on-error skip -q", "", 4, "bsonjs: in.parquet: not read; the message of bsonjs-columns has the reason\n"},
		{"docs=1 exit=4", "in.parquet -t json --limit 1 -q", "", 0, ""}, // enough was read
	} {
		withColumns(t, tc.how)
		os.WriteFile("in.parquet", []byte("PAR1"+long+"PAR1"), 0o666)
		os.WriteFile("next.json", []byte(`{"a":1}`), 0o666)
		got := runCommand(strings.NewReader(tc.in), strings.Fields(tc.args)...)
		if got.code != tc.code || tc.want != "" && got.stderr != tc.want {
			t.Errorf("%s: %s: code %d, want %d; stderr %q, want %q", tc.how, tc.args, got.code, tc.code, got.stderr, tc.want)
		}
		for _, name := range files(t) {
			if strings.HasPrefix(name, "x.parquet") {
				t.Errorf("%s: %s: %s is left", tc.how, tc.args, name)
			}
		}
	}
}

// TestColumnsKeep: a run that fails leaves the old file, and one that works replaces it.
func TestColumnsKeep(t *testing.T) {
	for _, how := range []string{"exit=5", ""} {
		withColumns(t, how)
		os.WriteFile("x.parquet", []byte("old"), 0o600)
		got := runCommand(strings.NewReader(rows(1)), "--overwrite", "-o", "x.parquet")
		data, err := os.ReadFile("x.parquet")
		if err != nil {
			t.Fatal(err)
		}
		if want := how == ""; want != (string(data) == "PAR1"+rows(1)+"PAR1") || want != (got.code == 0) {
			t.Errorf("%s: code %d, file %q", how, got.code, data)
		}
		info, err := os.Stat("x.parquet")
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); runtime.GOOS != "windows" && got != 0o600 {
			t.Errorf("%s: mode %v", how, got)
		}
		if n := len(files(t)); n != 1 {
			t.Errorf("%s: %d files", how, n)
		}
	}
}

// TestColumnsInput: if the bytes for the extension cannot be read, that is the fault, whatever
// the extension says about what it got.
func TestColumnsInput(t *testing.T) {
	withColumns(t, "")
	table := zipped(t, "PAR1"+strings.Repeat(rows(1, 2), 1000)+"PAR1")
	os.WriteFile("x.parquet.gz", table[:len(table)-9], 0o666)
	got := runCommand(nil, "x.parquet.gz", "-t", "json")
	if got.code != 4 || !strings.Contains(got.stderr, "x.parquet.gz: compressed offset ") {
		t.Errorf("code %d, stderr %q", got.code, got.stderr)
	}
	broken := errors.New("the disk is broken")
	got = runCommand(io.MultiReader(strings.NewReader("PAR1"+rows(1)), failingReader{broken}), "-t", "json")
	if got.code != 3 || !strings.Contains(got.stderr, "<stdin>: the disk is broken") {
		t.Errorf("code %d, stderr %q", got.code, got.stderr)
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// TestColumnsUsage: what cannot be combined with a table is an error of usage.
func TestColumnsUsage(t *testing.T) {
	withColumns(t, "")
	os.Mkdir("dir", 0o777)
	for _, tc := range []struct{ args, want string }{
		{"--array -t parquet", "--array needs JSON as output, and the output is Parquet because of --to"},
		{"--pretty -o x.arrow", "--pretty needs JSON as output"},
		{"-m canonical -o x.parquet", "--mode needs JSON as output"},
		{"-o x.parquet.gz", "leave out .gz"},
		{"-o x.parquet --compress zstd", "leave out --compress"},
		{"-o x.parquet --verify", "--verify cannot read Parquet back"},
		{"-o x.parquet --split-count 2", "--split-count does not write Parquet"},
		{"-o dir/ -t parquet", "dir/ is a directory; type --output FILE.parquet"},
		{"-o x.json --mixed union", "--mixed needs Parquet or Arrow as output"},
		{"-o x.parquet --mixed all", "must be error or union or widen or json or null"},
		{"-o x.parquet --infer 0", "--infer"},
		{"-o x.json --infer 7", "--infer"},
		{"-o x.parquet --extra-fields column", "--extra-fields column needs CSV or TSV"},
		{"-o x.parquet --no-header", "--no-header has no effect"},
		{"-o x.parquet --invalid-utf8 keep", "--invalid-utf8 keep needs BSON"},
	} {
		got := runCommand(strings.NewReader(rows(1)), strings.Fields(tc.args)...)
		if got.code != 2 || !strings.Contains(got.stderr, tc.want) {
			t.Errorf("%s: code %d, stderr %q, want %q", tc.args, got.code, got.stderr, tc.want)
		}
	}
	t.Setenv("BSONJS_COMPRESS", "gzip") // a default has no effect
	if got := runCommand(strings.NewReader(rows(1)), "-t", "parquet"); got.stdout != "PAR1"+rows(1)+"PAR1" {
		t.Errorf("stdout %q, stderr %q", got.stdout, got.stderr)
	}
}

// TestColumnsSpaces: documents of several namespaces become one table, with a note.
func TestColumnsSpaces(t *testing.T) {
	withColumns(t, "")
	for _, name := range []string{"dump/s/a", "dump/s/b"} {
		os.MkdirAll("dump/s", 0o777)
		os.WriteFile(name+".bson", []byte(rows(1)), 0o666)
		os.WriteFile(name+".metadata.json", []byte("{}"), 0o666)
	}
	got := runCommand(nil, "./dump", "-o", "x.parquet")
	if got.code != 0 || !strings.Contains(got.stderr, "several namespaces; --ns DB.COLLECTION selects one, and --ns-field NAME makes a column of them\n") {
		t.Errorf("code %d, stderr %q", got.code, got.stderr)
	}
	if got := runCommand(nil, "./dump", "--ns", "s.a", "-t", "parquet"); got.stdout != "PAR1"+rows(1)+"PAR1" || got.stderr != "" {
		t.Errorf("stdout %q, stderr %q", got.stdout, got.stderr)
	}
}
