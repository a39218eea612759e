package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file runs the commands of the pages for users.
//
//   - A block console has commands after "$ ", continued after "> ", and their
//     output. A line "…" stands for any lines, and "…" in a line for any text.
//   - A block sh has commands whose output the page does not show.
//   - A command of a table is in backquotes in the last column of a table whose
//     first column is called "I have".
//
// A command must exit with 0, unless the next command is "echo $?", or it is in a
// table and names a file broken.* or bad.*. The blocks of a page run one after the
// other in one directory, as a reader would type them.

// commandPages returns the pages with commands, by name, and their text.
func commandPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, pattern := range []string{"README.md", "docs/*.md"} {
		names, err := filepath.Glob(filepath.Join(corpus.Root(t), pattern))
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, names, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			pages[filepath.Base(name)] = string(text)
		}
	}
	return pages
}

// A pageCommand is a command of a page with its output.
type pageCommand struct {
	text   string
	output string // pattern of this file, if the block is a console
	shown  bool   // the page shows the output
}

// faulty returns whether a command of a table has an input with faults.
func (c pageCommand) faulty() bool {
	return !c.shown && (strings.Contains(c.text, "broken.") || strings.Contains(c.text, "bad."))
}

// A pageBlock is a number of commands that run in one shell.
type pageBlock struct {
	line     int // of the page, from 1
	commands []pageCommand
}

var (
	fenced   = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	haveRows = regexp.MustCompile(`(?m)^\| I have .*\n\|[-|]+\n((?:\|.*\n)+)`)
	lastCell = regexp.MustCompile("`([^`]+)` \\|$")
	// noShell names the languages of blocks that are not commands.
	noShell = []string{"go", "text", "json", "python", "js"}
)

// blocks returns the commands of a page, and the faults of its blocks.
func blocks(page string) (all []pageBlock, faults []string) {
	line := func(at int) int { return 1 + strings.Count(page[:at], "\n") }
	for _, m := range fenced.FindAllStringSubmatchIndex(page, -1) {
		lang, body := page[m[2]:m[3]], page[m[4]:m[5]]
		switch {
		case lang == "console":
			all = append(all, pageBlock{line(m[0]), consoleCommands(body)})
		case lang == "sh":
			all = append(all, pageBlock{line(m[0]), []pageCommand{{text: "(set -e\n" + body + ")"}}})
		case !slices.Contains(noShell, lang):
			faults = append(faults, fmt.Sprintf("line %d: a block of language %q; write console, sh, text or another of %v", line(m[0]), lang, noShell))
		}
	}
	for _, m := range haveRows.FindAllStringSubmatchIndex(page, -1) {
		for row := range strings.Lines(page[m[2]:m[3]]) {
			cell := lastCell.FindStringSubmatch(strings.TrimSpace(row))
			if cell == nil {
				faults = append(faults, "no command in the last column: "+row)
				continue
			}
			command := strings.ReplaceAll(cell[1], `\|`, "|")
			all = append(all, pageBlock{line(m[2]), []pageCommand{{text: command}}})
		}
	}
	return all, faults
}

func consoleCommands(body string) (all []pageCommand) {
	for line := range strings.Lines(body) {
		last := len(all) - 1
		if text, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, pageCommand{text: strings.TrimSpace(text), shown: true})
		} else if text, ok := strings.CutPrefix(line, "> "); ok && last >= 0 && all[last].output == "" {
			all[last].text += "\n" + strings.TrimRight(text, "\n")
		} else if last >= 0 {
			all[last].output += line
		}
	}
	return all
}

// mark ends the output of a command; its exit code follows.
const mark = "--- end of command "

// script returns the shell script of a block.
func (b pageBlock) script() string {
	var s strings.Builder
	s.WriteString("exec 2>&1\n")
	for _, c := range b.commands {
		fmt.Fprintf(&s, "%s\ncode=$?; echo '%s'$code; (exit $code)\n", c.text, mark)
	}
	return s.String()
}

// check compares the output of the script with the page.
func (b pageBlock) check(output string) (faults []string) {
	parts := strings.Split(output, mark)
	for i, c := range b.commands {
		if i+1 >= len(parts) {
			return append(faults, fmt.Sprintf("%s: did not end\n%s", c.text, parts[i]))
		}
		got := parts[i]
		if i > 0 {
			_, got, _ = strings.Cut(got, "\n")
		}
		code, _, _ := strings.Cut(parts[i+1], "\n")
		asked := i+1 < len(b.commands) && b.commands[i+1].text == "echo $?"
		if n, err := strconv.Atoi(code); (err != nil || n != 0) && !asked && !(c.faulty() && (n == 1 || n == 4)) {
			faults = append(faults, fmt.Sprintf("%s: exit code %s\n%s", c.text, code, got))
		}
		if c.shown && !outputPattern(c.output).MatchString(got) {
			faults = append(faults, fmt.Sprintf("%s\npage:\n%s\ncommand:\n%s", c.text, c.output, got))
		}
	}
	return faults
}

// outputPattern returns the pattern for an output that a page shows.
func outputPattern(shown string) *regexp.Regexp {
	var s strings.Builder
	for line := range strings.Lines(shown) {
		if line == "…\n" {
			s.WriteString(`(?:.*\n)*`)
			continue
		}
		s.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
	}
	return regexp.MustCompile(`^` + s.String() + `$`)
}

// foreign has the programs of the pages that a fresh machine may lack.
var foreign = regexp.MustCompile(`\b(jq|git|mongoexport|mongodump|duckdb|python3|redis-cli|zstd|man|less)\b `)

// missing returns the first program of a script that is not installed, or "".
func missing(script string) string {
	for _, m := range foreign.FindAllStringSubmatch(script, -1) {
		if _, err := exec.LookPath(m[1]); err != nil {
			return m[1]
		}
	}
	return ""
}

// pageFiles writes the files that the commands of a page name. recipes.md makes
// its files, except an archive.
func pageFiles(t *testing.T, dir, page string) {
	t.Helper()
	if err := os.Symlink(filepath.Join(corpus.Root(t), "testdata"), filepath.Join(dir, "testdata")); err != nil {
		t.Fatal(err)
	}
	var users, orders []byte
	docs := sample.Documents(sample.File, sample.Seed, 20)
	for i, doc := range docs {
		if i%2 == 0 {
			users = append(users, doc...)
		} else {
			orders = append(orders, doc...)
		}
	}
	writeFile(t, filepath.Join(dir, "shop.archive"), shopArchive(docs))
	// A file that was copied as text: CR LF in place of LF.
	writeFile(t, filepath.Join(dir, "copied.bson"), bytes.ReplaceAll(notes(), []byte("\n"), []byte("\r\n")))
	if page == "recipes.md" {
		return
	}
	for name, data := range map[string][]byte{
		"users.bson": users, "orders.bson": orders, "a.bson": users, "b.bson": orders,
		"dump/shop/users.bson": users, "dump/shop/orders.bson": orders,
	} {
		writeFile(t, filepath.Join(dir, name), data)
	}
	writeFile(t, filepath.Join(dir, "dump.tar.gz"), gzipOf(t, tarOf(t, []packedFile{{"dump/shop/users.bson", string(users)}})))
	derived := exec.Command("sh", "-ec", derivedFiles)
	derived.Dir = dir
	if out, err := derived.CombinedOutput(); err != nil {
		t.Fatalf("files for the pages: %v\n%s", err, out)
	}
	if page == "command.md" {
		writeFile(t, filepath.Join(dir, "users.bson"), faulty())
	}
}

// faulty returns documents of which the seventh, at offset 4633, has a string that
// is not UTF-8.
func faulty() (docs []byte) {
	for i := range 6 {
		var mark int
		docs, mark = bsoncore.Begin(docs)
		docs = bsoncore.AppendInt32(docs, "n", int32(i))
		if i == 5 { // a string of any length ends the document at 4633
			docs = bsoncore.AppendString(docs, "text", strings.Repeat("x", 4633-len(docs)-len("\x02text\x00****\x00\x00")))
		}
		docs = bsoncore.End(docs, mark)
	}
	docs, mark := bsoncore.Begin(docs)
	docs = bsoncore.AppendObjectID(docs, "_id", objectid.ID{1, 2, 3})
	docs = bsoncore.AppendString(docs, "name", "Ines")
	docs, inner := bsoncore.BeginDocument(docs, "address")
	docs = bsoncore.AppendString(docs, "city", "Fukuoka")
	docs = bsoncore.AppendString(docs, "zip", "81\xff-0001")
	docs = bsoncore.AppendString(docs, "street", "Nakasu 5")
	return bsoncore.End(bsoncore.End(docs, inner), mark)
}

// notes returns documents with strings of several lines.
func notes() (docs []byte) {
	for i := range 3 {
		var mark int
		docs, mark = bsoncore.Begin(docs)
		docs = bsoncore.AppendInt32(docs, "n", int32(i))
		docs = bsoncore.AppendString(docs, "note", "one\ntwo\n")
		docs = bsoncore.End(docs, mark)
	}
	return docs
}

// shopArchive is an archive of mongodump with the users and orders of a shop, who take
// turns.
func shopArchive(docs [][]byte) []byte {
	names := []namespace{{"shop", "orders"}, {"shop", "users"}}
	a := newArchive(names...)
	for i, doc := range docs {
		a.block(names[(i+1)%2], doc)
	}
	return a.end(names[0]).end(names[1]).data
}

func gzipOf(t *testing.T, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// derivedFiles makes the other files with the command.
const derivedFiles = `
bsonjs users.bson -t bson -o users.bson.gz
bsonjs -m legacy users.bson -o legacy.json
bsonjs -t pickle users.bson -o users.pkl
cp users.pkl cache.pkl
cp shop.archive dump.archive
bsonjs -t archive shop.archive -o dump.archive.gz
head -c 3000 shop.archive >broken.archive
bsonjs a.bson -o b.json
bsonjs --array -m canonical users.bson -o array.json
printf '/* 1 */\n{_id: ObjectId("5525c3dad77f76e88f4a1ed7"), name: "Ada"}\n' >notes.js
printf '{"a":1}\n{"a":tru}\n{"a":3}\n' >bad.json
printf 'name,visits\nAda,94\n' >people.csv
head -c 300 users.bson >cut.bson
{ head -c 300 users.bson; printf 'rubbish'; tail -c +301 users.bson; } >broken.bson
`

// needsShell skips a test of commands on systems without a Unix shell.
func needsShell(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil || runtime.GOOS == "windows" {
		t.Skip("the commands are for a Unix shell")
	}
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestPages runs the commands of the pages.
func TestPages(t *testing.T) {
	needsShell(t)
	ran := 0
	for name, page := range commandPages(t) {
		all, faults := blocks(page)
		for _, fault := range faults {
			t.Errorf("%s: %s", name, fault)
		}
		if len(all) == 0 {
			continue
		}
		ran += len(all)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			pageFiles(t, dir, name)
			for _, b := range all {
				t.Run(fmt.Sprint("line", b.line), func(t *testing.T) { runBlock(t, dir, b) })
			}
		})
	}
	if ran < 20 {
		t.Errorf("the pages have %d blocks of commands, want 20 or more; check the patterns of this test", ran)
	}
}

func runBlock(t *testing.T, dir string, b pageBlock) {
	script := b.script()
	if strings.Contains(script, "go test") || strings.Contains(script, "go install") {
		t.Skip("the gate runs the commands of Go")
	}
	if strings.Contains(script, "bsonjs-columns ") {
		t.Skip("the tests have a stand-in for bsonjs-columns that only bsonjs can call")
	}
	if program := missing(script); program != "" {
		t.Skipf("%s is not installed", program)
	}
	// A clone has the command as source; here it is a program.
	cmd := exec.Command("sh", "-c", strings.ReplaceAll(script, "go run ./cmd/bsonjs", "bsonjs"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), noWait, "TZ=UTC", "LC_ALL=C", "HOME="+dir,
		"GIT_AUTHOR_NAME=N", "GIT_AUTHOR_EMAIL=n@example.org", "GIT_COMMITTER_NAME=N", "GIT_COMMITTER_EMAIL=n@example.org")
	var out bytes.Buffer
	cmd.Stdout = &out
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		t.Fatal(err)
	}
	for _, fault := range b.check(out.String()) {
		t.Error(fault)
	}
}

// TestReadmeSample: README.md shows the first documents of the sample, and has
// their number.
func TestReadmeSample(t *testing.T) {
	page := commandPages(t)["README.md"]
	var shown []byte
	for _, doc := range sample.Documents(sample.File, sample.Seed, 2) {
		shown, _ = extjson.AppendJSON(shown, doc)
		shown = append(shown, '\n')
	}
	for _, want := range []string{"```text\n" + string(shown) + "```", fmt.Sprintf("%d,%03d documents", sample.FileSize/1000, sample.FileSize%1000)} {
		if !strings.Contains(page, want) {
			t.Errorf("README.md does not have %s", want)
		}
	}
}

// helpExample matches an example in a help text. An explanation follows two
// spaces or more.
var helpExample = regexp.MustCompile(`(?m)^  (bsonjs .*?)(?:  .*)?$`)

// TestHelpExamples runs the examples of the help texts, each in a directory of its
// own. They may find faults, and outputs that exist, but use flags rightly.
func TestHelpExamples(t *testing.T) {
	needsShell(t)
	files := t.TempDir()
	pageFiles(t, files, "help")
	writeFile(t, filepath.Join(files, "users.json"), []byte("{\"a\":1}\n"))
	ran := 0
	for _, command := range []string{"convert", "validate", "salvage", "inspect", "list", "dump", "oid new", "oid time", "oid range", "man"} {
		help := runCommand(nil, append(strings.Fields(command), "--help")...)
		_, examples, _ := strings.Cut(help.stdout, "\nExamples:\n")
		for _, m := range helpExample.FindAllStringSubmatch(examples, -1) {
			ran++
			t.Run(m[1], func(t *testing.T) {
				if program := missing(m[1]); program != "" {
					t.Skipf("%s is not installed", program)
				}
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(files)); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command("sh", "-c", m[1])
				cmd.Dir = dir
				cmd.Env = append(os.Environ(), noWait, "HOME="+dir)
				out, err := cmd.CombinedOutput()
				fault := slices.Contains([]int{1, 4}, cmd.ProcessState.ExitCode())
				if err != nil && !fault && !bytes.Contains(out, []byte("exists; add --overwrite")) {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
	if ran < 25 {
		t.Errorf("only %d examples, want 25 or more; check the pattern of this test", ran)
	}
}

// TestPageBlocks shows that TestPages can fail.
func TestPageBlocks(t *testing.T) {
	const page = "# P\n```console\n$ one\n1\n$ two \\\n> more\n…\nend …s\n```\n```sh\nthree\n```\n```\nfour\n```\n" +
		"| I have | I want | type |\n|---|---|---|\n| a | b | `five \\| six` |\n| c | d | none |\n"
	all, faults := blocks(page)
	if len(faults) != 2 || len(all) != 3 || all[2].commands[0].text != "five | six" {
		t.Fatalf("blocks %+v, faults %q", all, faults)
	}
	for _, tc := range []struct {
		name, output string
		faults       int
	}{
		{"as shown", "1\n" + mark + "0\nany\nline\nend 3 s\n" + mark + "0\n", 0},
		{"no lines for …", "1\n" + mark + "0\nend 3 s\n" + mark + "0\n", 0},
		{"another output", "2\n" + mark + "0\nend 3 s\n" + mark + "0\n", 1},
		{"more output", "1\n1\n" + mark + "0\nend 3 s\n" + mark + "0\n", 1},
		{"exit code", "1\n" + mark + "4\nend 3 s\n" + mark + "0\n", 1},
		{"both", "", 1},
	} {
		if got := all[0].check(tc.output); len(got) != tc.faults {
			t.Errorf("%s: %d faults, want %d: %q", tc.name, len(got), tc.faults, got)
		}
	}
}
