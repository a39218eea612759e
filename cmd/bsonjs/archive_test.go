package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file reads archives of mongodump. The archives are real ones from testdata, and
// those of a writer of its own.

const dumps = "../../testdata/dumps"

// A namespace is one of an archive in the making.
type namespace struct {
	db, collection string
}

// A madeArchive is an archive in the making.
type madeArchive struct {
	data []byte
	sums map[namespace]uint64
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// newArchive returns an archive with metadata for the namespaces.
func newArchive(names ...namespace) *madeArchive {
	a := &madeArchive{data: []byte("\x6d\xe2\x99\x81"), sums: map[namespace]uint64{}}
	a.add(func(d []byte) []byte {
		d = bsoncore.AppendInt32(d, "concurrent_collections", 4)
		d = bsoncore.AppendString(d, "version", "0.1")
		d = bsoncore.AppendString(d, "server_version", "7.0.1")
		return bsoncore.AppendString(d, "tool_version", "100.9.0")
	})
	for _, n := range names {
		a.add(func(d []byte) []byte {
			d = bsoncore.AppendString(bsoncore.AppendString(d, "db", n.db), "collection", n.collection)
			d = bsoncore.AppendInt32(bsoncore.AppendString(d, "metadata", `{"indexes":[]}`), "size", 0)
			return bsoncore.AppendString(d, "type", "collection")
		})
	}
	a.data = binary.LittleEndian.AppendUint32(a.data, 0xFFFFFFFF)
	return a
}

func (a *madeArchive) add(elements func([]byte) []byte) {
	doc, mark := bsoncore.Begin(a.data)
	a.data = bsoncore.End(elements(doc), mark)
}

func (a *madeArchive) header(n namespace, ends bool) {
	a.add(func(d []byte) []byte {
		d = bsoncore.AppendBoolean(bsoncore.AppendString(bsoncore.AppendString(d, "db", n.db), "collection", n.collection), "EOF", ends)
		sum := uint64(0)
		if ends {
			sum = a.sums[n]
		}
		return bsoncore.AppendInt64(d, "CRC", int64(sum))
	})
}

// block adds a block of documents.
func (a *madeArchive) block(n namespace, docs ...[]byte) *madeArchive {
	a.header(n, false)
	for _, doc := range docs {
		a.sums[n] = crc64.Update(a.sums[n], crcTable, doc)
		a.data = append(a.data, doc...)
	}
	a.data = binary.LittleEndian.AppendUint32(a.data, 0xFFFFFFFF)
	return a
}

// end adds the end of a namespace.
func (a *madeArchive) end(n namespace) *madeArchive {
	a.header(n, true)
	a.data = binary.LittleEndian.AppendUint32(a.data, 0xFFFFFFFF)
	return a
}

// archiveOf returns an archive of documents in blocks of two namespaces in turns.
func archiveOf(docs [][]byte, perBlock int) []byte {
	x, y, empty := namespace{"a", "x"}, namespace{"b", "y.z"}, namespace{"a", "empty"}
	a := newArchive(x, empty, y)
	a.block(empty).end(empty)
	turn := [2]namespace{x, y}
	for i := 0; len(docs) > 0; i++ {
		n := min(perBlock, len(docs))
		a.block(turn[i%2], docs[:n]...)
		docs = docs[n:]
	}
	return a.end(x).end(y).data
}

// severalNote says that documents of several namespaces became one output.
const severalNote = "bsonjs: wrote documents of several namespaces; -o FOLDER/ writes a file for each\n"

// TestRealArchives: the archives have the documents of the dump directories, compressed or not,
// for any command.
func TestRealArchives(t *testing.T) {
	want := map[string]int{}
	files, err := filepath.Glob(filepath.Join(dumps, "folder", "*", "*.bson"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		got := runCommand(nil, "-m", "canonical", name)
		if got.code != 0 {
			t.Fatal(got.stderr)
		}
		for line := range strings.Lines(got.stdout) {
			want[line]++
		}
	}
	all := filepath.Join(dumps, "all.archive")
	packed, err := os.ReadFile(all)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(packed)
	z.Close()
	for name, got := range map[string]command{
		"plain":         runCommand(nil, "-m", "canonical", all),
		"named":         runCommand(nil, "-m", "canonical", "-f", "archive", all),
		"gzip":          runCommand(nil, "-m", "canonical", all+".gz"),
		"piped":         runCommand(bytes.NewReader(packed), "-m", "canonical"),
		"piped, gzip":   runCommand(&zipped, "-m", "canonical"),
		"salvaged":      runCommand(nil, "salvage", "-t", "json", all),
		"dumped":        runCommand(nil, "dump", "--quiet", all),
		"one worker":    runCommand(nil, "-m", "canonical", "-j", "1", all),
		"three workers": runCommand(nil, "-m", "canonical", "-j", "3", all),
	} {
		lines := map[string]int{}
		for line := range strings.Lines(got.stdout) {
			lines[line]++
		}
		note := severalNote
		if name == "dumped" {
			note = ""
		}
		if got.code != 0 || got.stderr != note || !maps.Equal(lines, want) && name != "dumped" || len(lines) != len(want) {
			t.Errorf("%s: code %d, %d lines of %d, %.300s", name, got.code, len(lines), len(want), got.stderr)
		}
	}
	if got := runCommand(nil, "validate", all, filepath.Join(dumps, "shop.archive")); got.code != 0 || got.stderr != "" {
		t.Errorf("validate: code %d, %s", got.code, got.stderr)
	}
}

// smallArchive returns an archive, its documents as lines, and their ends.
func smallArchive() (data []byte, docs [][]byte, lines []string) {
	for i := range 12 {
		doc, err := new(bson.Builder).Int32("n", int32(i)).String("s", strings.Repeat("x", i)).Document()
		if err != nil {
			panic(err)
		}
		docs = append(docs, doc)
		lines = append(lines, fmt.Sprintf("{\"n\":%d,\"s\":%q}\n", i, strings.Repeat("x", i)))
	}
	return archiveOf(docs, 3), docs, lines
}

// TestArchiveCuts cuts an archive at every byte: all documents before the cut are
// given, the cut is reported, and the exit code says so.
func TestArchiveCuts(t *testing.T) {
	data, docs, lines := smallArchive()
	for n := 4; n < len(data); n++ {
		whole := 0
		for _, doc := range docs {
			if bytes.Contains(data[:n], doc) {
				whole++
			}
		}
		args := []string{"-f", "archive"}
		if n%2 == 0 {
			args = []string{"salvage", "-t", "json", "-m", "relaxed"}
		}
		got := runCommand(bytes.NewReader(data[:n]), args...)
		if got.stdout != strings.Join(lines[:whole], "") || got.code != 4 || !strings.HasPrefix(got.stderr, "bsonjs: <stdin>: ") {
			t.Fatalf("%v, cut at %d: code %d, %q, %s", args, n, got.code, got.stdout, got.stderr)
		}
	}
}

// TestArchiveDamage: damage of each kind is reported with its place, and all documents
// that it does not touch are given. The first line is that of the usual policy, which
// ends the run at damage that hides documents.
func TestArchiveDamage(t *testing.T) {
	whole, docs, lines := smallArchive()
	at := func(part []byte) int { return bytes.Index(whole, part) }
	const sumSize = 9 // of a checksum and the NUL of its header
	header := func(n namespace, ends bool) int {
		a := &madeArchive{sums: map[namespace]uint64{}}
		a.header(n, ends)
		return bytes.Index(whole, a.data[:len(a.data)-sumSize])
	}
	x, y := namespace{"a", "x"}, namespace{"b", "y.z"}
	changed := func(at int, b byte) []byte {
		data := bytes.Clone(whole)
		data[at] ^= b
		return data
	}
	const text = "Killed by signal 15\n"
	for _, tc := range []struct {
		name  string
		data  []byte
		flags []string
		lost  []int // documents, by number in the archive
		stops int   // documents before the fault, -1: it does not end the run
		first string
	}{
		{name: "a checksum", data: changed(header(y, true)-4-sumSize, 1), stops: -1,
			first: fmt.Sprintf("a.x at offset %d: checksum does not match", header(x, true))},
		{name: "a byte of a document", data: changed(at(docs[4])+len(docs[4])-4, 1), stops: -1,
			first: fmt.Sprintf("b.y.z at offset %d: checksum does not match", header(y, true))},
		{name: "the type of an element", data: changed(at(docs[4])+4, 0x40), lost: []int{4}, stops: 4,
			first: fmt.Sprintf("b.y.z document 2 at offset %d (/n): unknown element type", at(docs[4])+4)},
		{name: "a length", data: changed(at(docs[4])+1, 1), lost: []int{4}, stops: 4,
			first: "b.y.z document 2 at offset "},
		{name: "text in a block", data: slices.Insert(bytes.Clone(whole), at(docs[4]), []byte(text)...), stops: 4,
			first: fmt.Sprintf("b.y.z document 2 at offset %d: ", at(docs[4]))},
		{name: "text between blocks", data: slices.Insert(bytes.Clone(whole), header(y, false), []byte(text)...), stops: 3,
			first: fmt.Sprintf("a.x at offset %d: ", header(y, false))},
		{name: "text before the archive", data: append([]byte(text), whole...), flags: []string{"-f", "archive"}, stops: 0,
			first: "offset 0: not an archive"},
		{name: "no terminator", data: slices.Delete(bytes.Clone(whole), header(y, false)-4, header(y, false)), stops: -1,
			first: fmt.Sprintf("a.x at offset %d: terminator of the block is missing", header(y, false)-4)},
		{name: "no end", data: whole[:header(y, true)], stops: -1,
			first: fmt.Sprintf("b.y.z at offset %d: namespace has no end", header(y, true))},
		{name: "a namespace that comes again", data: append(bytes.Clone(whole), whole[header(x, false):header(y, false)]...), stops: -1,
			first: fmt.Sprintf("a.x at offset %d: namespace has already ended", len(whole))},
	} {
		want := slices.Clone(lines)
		switch tc.name {
		case "a byte of a document":
			want[4] = strings.Replace(want[4], "xxxx", "xxyx", 1)
		case "a namespace that comes again":
			want = append(want, lines[:3]...)
		}
		stops := strings.Join(want, "")
		if tc.stops >= 0 {
			stops = strings.Join(want[:tc.stops], "")
		}
		for i := len(tc.lost) - 1; i >= 0; i-- {
			want = slices.Delete(want, tc.lost[i], tc.lost[i]+1)
		}
		got := runCommand(bytes.NewReader(tc.data), tc.flags...)
		if got.code != 4 || !strings.HasPrefix(got.stderr, "bsonjs: <stdin>: "+tc.first) || got.stdout != stops {
			t.Errorf("%s: code %d, %q\n%s\nwant %s", tc.name, got.code, got.stdout, got.stderr, tc.first)
		}
		got = runCommand(bytes.NewReader(tc.data), append([]string{"salvage", "-t", "json", "-m", "relaxed"}, tc.flags...)...)
		if diff := cmp.Diff(strings.Join(want, ""), got.stdout); got.code != 4 || !strings.HasPrefix(got.stderr, "bsonjs: <stdin>: "+tc.first) || diff != "" {
			t.Errorf("%s: salvage: code %d, (-want +got)%s\n%s\nwant %s", tc.name, got.code, diff, got.stderr, tc.first)
		}
	}
}

// TestArchiveText: documents with text that is not UTF-8 are found after damage, too, and
// wrong lengths are mended.
func TestArchiveText(t *testing.T) {
	var docs [][]byte
	for _, text := range []string{"first", "caf\xe9", "caf\xe9 au lait", "last"} {
		doc, mark := bsoncore.Begin(nil)
		docs = append(docs, bsoncore.End(bsoncore.AppendString(doc, "s", text), mark))
	}
	data := archiveOf(docs, 4)
	at := bytes.Index(data, docs[1])
	data = slices.Insert(data, at, []byte("text that was printed\n")...)
	want := string(slices.Concat(docs...))
	if got := runCommand(bytes.NewReader(data), "salvage"); got.code != 4 || got.stdout != want {
		t.Errorf("code %d, %q\n%s", got.code, got.stdout, got.stderr)
	}
	if got := runCommand(bytes.NewReader(data), "salvage", "--invalid-utf8", "error"); got.code != 4 || got.stdout != string(slices.Concat(docs[0], docs[3])) {
		t.Errorf("rejected: code %d, %q\n%s", got.code, got.stdout, got.stderr)
	}

	nested, err := new(bson.Builder).Int32("a", 1).Document()
	if err != nil {
		t.Fatal(err)
	}
	var whole [][]byte
	for i := range 4 {
		doc, err := new(bson.Builder).Value("d", bson.TypeDocument, nested).Int32("n", int32(i)).Document()
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, doc)
	}
	data = archiveOf(whole, 4)
	data[bytes.Index(data, whole[2])+7] += 2
	got := runCommand(bytes.NewReader(data), "salvage", "--mend-lengths")
	if says := "; mended: length 12 instead of 14 at offset "; got.code != 4 || got.stdout != string(slices.Concat(whole...)) || !strings.Contains(got.stderr, says) {
		t.Errorf("mended: code %d, %q\n%s", got.code, got.stdout, got.stderr)
	}
	if got := runCommand(bytes.NewReader(whole[0]), "-f", "archive"); got.code != 4 || !strings.HasSuffix(got.stderr, ": not an archive; this looks like BSON\n") {
		t.Errorf("no archive: code %d, %s", got.code, got.stderr)
	}
}

// TestArchiveFlips flips a bit of every third byte of an archive: salvage gives every document
// that is not touched, and no others.
func TestArchiveFlips(t *testing.T) {
	data, _, lines := smallArchive()
	known := map[string]bool{}
	for _, line := range lines {
		known[line] = true
	}
	for i := 4; i < len(data); i += 3 {
		bad := bytes.Clone(data)
		bad[i] ^= 1 << (i % 8)
		got := runCommand(bytes.NewReader(bad), "salvage", "-t", "json", "-m", "relaxed", "-f", "archive")
		missing := maps.Clone(known)
		others := 0
		for line := range strings.Lines(got.stdout) {
			if !known[line] {
				others++
			}
			delete(missing, line)
		}
		if len(missing)+others > 2 || others > 1 || (len(missing) > 0) && got.code == 0 {
			t.Errorf("byte %d: code %d, %d lines are missing, %d are others\n%s", i, got.code, len(missing), others, got.stderr)
		}
	}
}

// hugeArchive returns what is before and after n times the documents docs in an archive
// of one namespace.
func hugeArchive(docs []byte, n int64) (head, tail string) {
	name := namespace{"a", "x"}
	a := newArchive(name)
	a.header(name, false)
	at := len(a.data)
	for range n {
		a.sums[name] = crc64.Update(a.sums[name], crcTable, docs)
	}
	a.data = binary.LittleEndian.AppendUint32(a.data, 0xFFFFFFFF)
	a.end(name)
	return string(a.data[:at]), string(a.data[at:])
}

// TestManyNamespaces: 10,000 namespaces in turns are read, by any number of workers, and
// listed.
func TestManyNamespaces(t *testing.T) {
	const n = 6000
	var names []namespace
	for i := range n {
		names = append(names, namespace{"db" + strconv.Itoa(i%7), "collection " + strconv.Itoa(i)})
	}
	a := newArchive(names...)
	_, docs, lines := smallArchive()
	for round := range 2 {
		for _, name := range names {
			a.block(name, docs[3*round], docs[3*round+1])
		}
	}
	cut := a.data
	for _, name := range names {
		a.end(name)
	}
	want := strings.Repeat(lines[0]+lines[1], n) + strings.Repeat(lines[3]+lines[4], n)
	for _, jobs := range []string{"1", "3"} {
		if got := runCommand(bytes.NewReader(a.data), "-q", "-j", jobs); got.code != 0 || got.stdout != want || got.stderr != "" {
			t.Errorf("%s jobs: code %d, %d bytes of %d, %.300s", jobs, got.code, len(got.stdout), len(want), got.stderr)
		}
		got := runCommand(bytes.NewReader(a.data), "-j", jobs, "--ns", "db3.*999")
		if want := strings.Count(got.stdout, "\n"); got.code != 0 || want != 4 && want != 8 {
			t.Errorf("%s jobs: code %d, %q", jobs, got.code, got.stdout)
		}
	}
	for _, tc := range []struct{ flags, says string }{
		{"-j 3", "6000 namespaces have no end: db0.collection 0, db1.collection 1, db2.collection 2, db3.collection 3, …"},
		{"salvage -t json -m relaxed", "6000 namespaces have no end: db0.collection 0, db1.collection 1, db2.collection 2, db3.collection 3, …"},
		{"--ns db0.*999", fmt.Sprintf("db0.collection 5999 at offset %d: namespace has no end\n", len(cut))},
	} {
		got := runCommand(bytes.NewReader(cut), strings.Fields(tc.flags)...)
		if lines := strings.Count(got.stderr, "\n"); got.code != 4 || lines > 3 || !strings.Contains(got.stderr, tc.says) || tc.flags[0] != '-' && got.stdout != want {
			t.Errorf("cut, %s: code %d, %d lines, %.600s", tc.flags, got.code, lines, got.stderr)
		}
	}
	got := runCommand(bytes.NewReader(a.data), "list", "--json")
	if matches := strings.Count(got.stdout, `"documents":4,`); got.code != 0 || matches != n || strings.Count(got.stdout, `"crc":"ok"`) != n {
		t.Errorf("list: code %d, %d namespaces, %.300s", got.code, matches, got.stderr)
	}
}

// TestLongArchive: an archive of many pieces has the same output as its documents in a
// file, faults included, for any number of workers.
func TestLongArchive(t *testing.T) {
	docs := sample.Documents(sample.Bench, sample.Seed, 300)
	for len(docs) < 12_000 {
		docs = append(docs, docs[:300]...)
	}
	var file bytes.Buffer
	for _, doc := range docs {
		file.Write(doc)
	}
	want := runCommand(bytes.NewReader(file.Bytes()))
	data := archiveOf(docs, 50)
	for _, jobs := range []string{"1", "2", "4"} {
		got := runCommand(bytes.NewReader(data), "-q", "-j", jobs)
		if got.code != 0 || got.stdout != want.stdout || got.stderr != "" {
			t.Errorf("%s jobs: code %d, %d bytes of %d, %.300s", jobs, got.code, len(got.stdout), len(want.stdout), got.stderr)
		}
	}
}

// TestArchiveLong: documents of an archive whose text is long are counted with the others,
// for any number of workers, and one of them that cannot be written is rejected.
func TestArchiveLong(t *testing.T) {
	x, y := namespace{"a", "x"}, namespace{"a", "y"}
	document := func(n int32, key string, elements int) []byte {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, "n", n)
		doc, in := bsoncore.BeginArray(doc, "a")
		doc = append(doc, strings.Repeat("\x0b\x00\x00\x00", elements)...) // regular expressions without a pattern
		doc = bsoncore.End(doc, in)
		doc, in = bsoncore.BeginDocument(doc, "d")
		return bsoncore.End(bsoncore.End(bsoncore.AppendString(doc, key, "zz"), in), mark)
	}
	const long = 50_000
	bad := document(3, "$oid", long)
	data := newArchive(x, y).
		block(x, document(1, "k", 0), document(2, "k", long)).
		block(y, document(1, "k", long), document(2, "k", 1), bad, document(4, "k", long), document(5, "k", 0)).
		block(x, document(3, "k", 0), document(4, "k", long)).
		end(x).end(y).data
	at := bytes.Index(data, bad)
	want := fmt.Sprintf("bsonjs: <stdin>: a.y document 3 at offset %d (/d/$oid): key is special in Extended JSON; use --ambiguous escape to write the text and to read it; skipped %s from offset %d\n",
		at+bytes.Index(bad, []byte("\x02$oid")), report.Plural(int64(len(bad)), "byte"), at)
	for _, jobs := range []string{"1", "3"} {
		got := runCommand(bytes.NewReader(data), "-j", jobs, "--on-error", "skip", "--summary", "none", "--ns-field", "ns")
		if got.code != 1 || got.stderr != want {
			t.Errorf("%s jobs: code %d, %s\nwant %s", jobs, got.code, got.stderr, want)
		}
		var numbers []string
		for line := range strings.Lines(got.stdout) {
			numbers = append(numbers, line[len(`{"n":`):len(`{"n":1`)]+line[len(line)-len(`x"}`)-1:len(line)-len(`"}`)-1])
		}
		if diff := cmp.Diff("1x 2x 1y 2y 4y 5y 3x 4x", strings.Join(numbers, " ")); diff != "" {
			t.Errorf("%s jobs: documents (-want +got):\n%s", jobs, diff)
		}
		got = runCommand(bytes.NewReader(data), "-j", jobs, "--on-error", "skip", "--summary", "json", "--errors", "json")
		if !strings.Contains(got.stderr, `{"read":9,"written":8,"rejected":1,`) {
			t.Errorf("%s jobs: %s", jobs, got.stderr)
		}
	}
}

// TestListFails: a list that cannot be written is a fault of the output.
func TestListFails(t *testing.T) {
	data, _, _ := smallArchive()
	for _, flags := range [][]string{nil, {"--json"}} {
		var stderr bytes.Buffer
		code := run(append([]string{"list"}, flags...), bytes.NewReader(data), &brokenWriter{9, errors.New("no room")}, &stderr)
		if code != 5 || stderr.String() != "bsonjs: <stdout>: cannot be written: no room\n" {
			t.Errorf("%v: code %d, %s", flags, code, &stderr)
		}
	}
}

// TestHiddenArchives: salvage finds an archive behind text and with a wrong magic number,
// in a file and in a pipe. Other commands say where it is.
func TestHiddenArchives(t *testing.T) {
	data, _, lines := smallArchive()
	dir := t.TempDir()
	for i, tc := range []struct {
		name   string
		before string
		wrong  bool // the magic number is
		piped  bool // it is also found in a pipe
	}{
		{"text", "Killed by signal 15\n", false, true},
		{"much text", strings.Repeat("Killed by signal 15\n", 100_000), false, true},
		{"text in brackets", "[main] killed\n", false, false},
		{"the magic number in text", "text \x6d\xe2\x99\x81 killed\n", false, true},
		{"zeros", strings.Repeat("\x00", 50), false, false},
		{"a wrong magic number", "", true, true},
	} {
		hidden := append([]byte(tc.before), data...)
		if tc.wrong {
			hidden[1] = 'x'
		}
		file := filepath.Join(dir, strconv.Itoa(i))
		if err := os.WriteFile(file, hidden, 0o600); err != nil {
			t.Fatal(err)
		}
		salvage := []string{"salvage", "-t", "json", "-m", "relaxed"}
		for name, got := range map[string]command{
			"file": runCommand(nil, append(salvage, file)...),
			"pipe": runCommand(bytes.NewReader(hidden), salvage...),
		} {
			if name == "pipe" && !tc.piped {
				continue
			}
			if got.code != 4 || got.stdout != strings.Join(lines, "") || !strings.Contains(got.stderr, ": offset 0: not an archive") {
				t.Errorf("%s, %s: code %d, %q\n%s", tc.name, name, got.code, got.stdout, got.stderr)
			}
		}
		says := fmt.Sprintf("; a mongodump archive starts at offset %d: use bsonjs salvage, or add --from archive", len(tc.before))
		for _, args := range [][]string{{file}, {"validate", file}} {
			if got := runCommand(nil, args...); got.code == 0 || !strings.Contains(got.stderr, says) {
				t.Errorf("%s, %v: code %d, %s", tc.name, args, got.code, got.stderr)
			}
		}
	}
	// Documents of BSON whose bytes look like an archive are no archive.
	doc, err := new(bson.Builder).Binary("b", 0, data).Document()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "x.bson")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runCommand(nil, "salvage", file); got.code != 0 || got.stdout != string(doc) {
		t.Errorf("an archive in a document: code %d, %s", got.code, got.stderr)
	}
}

// TestArchiveHiddenHeader: documents whose header is damaged count as those of the block
// before, for --ns too, and the message says so. It says nothing if a header follows.
func TestArchiveHiddenHeader(t *testing.T) {
	whole, docs, lines := smallArchive()
	next := bytes.Index(whole, docs[3]) // the first document of b.y.z, after its header
	head := bytes.LastIndex(whole[:next], []byte("\x02db\x00")) - 4
	const text = "Killed by signal 15\n"
	hidden := slices.Concat(whole[:head], []byte(text), whole[next:])
	between := slices.Concat(whole[:head], []byte(text), whole[head:])
	x := slices.Concat(lines[0:3], lines[6:9])
	y := slices.Concat(lines[3:6], lines[9:12])
	asX := slices.Concat(lines[0:6], lines[6:9])
	unknown := "; the namespace of the documents after it is not known; they count as documents of a.x"
	for _, tc := range []struct {
		name string
		data []byte
		ns   string
		want []string
		says string // before the skipped bytes; "": nothing about namespaces
	}{
		{"a header", hidden, "*.*", lines, unknown},
		{"a header", hidden, "a.x", asX, unknown},
		{"a header", hidden, "b.*", y[3:], unknown + ", which is not selected"},
		{"text before a header", between, "*.*", lines, ""},
		{"text before a header", between, "a.x", x, ""},
		{"text before a header", between, "b.*", y, ""},
	} {
		got := runCommand(bytes.NewReader(tc.data), "salvage", "-t", "json", "-m", "relaxed", "--ns", tc.ns)
		first, _, _ := strings.Cut(got.stderr, "\n")
		if got.stdout != strings.Join(tc.want, "") || got.code != 4 || !strings.Contains(first, tc.says+"; skipped 20 bytes from offset ") || strings.Contains(first, "not known") != (tc.says != "") {
			t.Errorf("%s, --ns %s: code %d, %q\n%s", tc.name, tc.ns, got.code, got.stdout, got.stderr)
		}
	}
}

// TestInspectFraming: inspect shows the bytes of damage between documents, and goes on
// after it if asked to.
func TestInspectFraming(t *testing.T) {
	whole, docs, _ := smallArchive()
	const text = "Killed by signal 15\n"
	doc := bytes.Index(whole, docs[4])
	head := bytes.Index(whole, []byte("\x02db\x00\x02\x00\x00\x00b\x00\x02collection\x00\x04\x00\x00\x00y.z\x00\x08EOF")) - 4
	broken := bytes.Clone(whole)
	copy(broken[head+4+1:], "dc")
	for _, tc := range []struct {
		name  string
		data  []byte
		at    int
		fault string
		shown string // bytes at the fault
		docs  int    // that can be read
	}{
		{"text in a block", slices.Insert(bytes.Clone(whole), doc, []byte(text)...), doc, "document is too large", "4b 69 6c 6c", 12},
		{"text between blocks", slices.Insert(bytes.Clone(whole), head, []byte(text)...), head, "document is too large", "4b 69 6c 6c", 12},
		{"a damaged header", broken, head, "not a header of an archive", "36 00 00 00 02 64", 12},
		{"text before the archive", append([]byte(text), whole...), 0, "not an archive", "4b 69 6c 6c", 12},
		{"a cut document", whole[:doc+10], doc + 10, "/n: document ends too early", "", 4},
	} {
		for _, policy := range []string{"stop", "skip"} {
			got := runCommand(bytes.NewReader(tc.data), "inspect", "-f", "archive", "--bytes", "--on-error", policy)
			fields := fmt.Sprintf(">%9d           fault       %s\n", tc.at, tc.fault)
			_, after, ok := strings.Cut(got.stdout, fields)
			if !ok || got.code != 4 || !strings.Contains(after, tc.shown) || policy == "skip" && strings.Count(got.stdout, "  int   ") != tc.docs {
				t.Errorf("%s, %s: code %d, %d documents, want %q\n%s\n%s", tc.name, policy, got.code, strings.Count(got.stdout, "  int   "), fields, got.stdout, got.stderr)
			}
		}
	}
}

// TestArchiveDamageEverywhere: damage of each kind, at every place of a small archive
// where it can be, is reported with exit code 4, and salvage gives the documents that it
// does not touch, no others, in their order.
func TestArchiveDamageEverywhere(t *testing.T) {
	whole, docs, lines := smallArchive()
	var headers, ends, terms []int // offsets of headers, of those with EOF, of terminators
	for at := 4; at < len(whole); {
		n := int(int32(binary.LittleEndian.Uint32(whole[at:])))
		switch {
		case n < 0:
			terms = append(terms, at)
			n = 4
		case bytes.HasPrefix(whole[at+4:], []byte("\x02db\x00")) && bytes.Contains(whole[at:at+n], []byte("EOF\x00\x01")):
			ends = append(ends, at)
			fallthrough
		case bytes.HasPrefix(whole[at+4:], []byte("\x02db\x00")) && bytes.Contains(whole[at:at+n], []byte("EOF")):
			headers = append(headers, at)
		}
		at += n
	}
	starts := make([]int, len(docs))
	for i, doc := range docs {
		starts[i] = bytes.Index(whole, doc)
	}
	const text = "Killed by signal 15\n"
	nothing := []byte("\x05\x00\x00\x00\x00")
	insert := func(at int, b []byte) []byte { return slices.Insert(bytes.Clone(whole), at, b...) }
	nameless := &madeArchive{sums: map[namespace]uint64{}}
	nameless.header(namespace{"a", ""}, false)
	type damage struct {
		kind string
		at   int
		data []byte
		lost int      // documents that may be missing
		more []string // lines that may be there besides
	}
	var cases []damage
	step := 1
	if race.On { // not at every place
		step = 5
	}
	for at := 4; at <= len(whole); at += step {
		cases = append(cases, damage{"text", at, insert(at, []byte(text)), 1, nil})
	}
	for at := 0; at < 4; at++ {
		cases = append(cases, damage{"text in the magic number", at, insert(at, []byte(text)), 0, nil})
	}
	for i, at := range starts {
		broken := bytes.Clone(whole)
		broken[at+4] = 0x60 // no type of an element
		cases = append(cases, damage{"a broken document", i, broken, 1, nil})
		long := bytes.Clone(whole)
		long[at+3] = 0x7f
		cases = append(cases, damage{"a long length", i, long, 1, nil})
	}
	for _, at := range ends {
		n := int(binary.LittleEndian.Uint32(whole[at:]))
		for bit := 0; bit < 64; bit += step {
			bad := bytes.Clone(whole)
			bad[at+n-9+bit/8] ^= 1 << (bit % 8)
			cases = append(cases, damage{"a checksum", at, bad, 0, nil})
		}
		cases = append(cases,
			damage{"a missing end", at, slices.Delete(bytes.Clone(whole), at, at+n+4), 0, nil},
			damage{"a document behind an end header", at, insert(at+n, nothing), 0, []string{"{}\n"}})
	}
	for _, at := range headers {
		cases = append(cases,
			damage{"a terminator in place of a header", at, insert(at, []byte("\xff\xff\xff\xff")), 0, nil},
			damage{"a header without a collection", at, insert(at, slices.Concat(nameless.data, []byte("\xff\xff\xff\xff"))), 0, nil})
	}
	for _, at := range terms[1:] {
		cases = append(cases, damage{"a missing terminator", at, slices.Delete(bytes.Clone(whole), at, at+4), 0, nil})
	}
	first := headers[slices.Index(headers, ends[0])+1:][0] // of the block after the empty collection
	block := whole[first : starts[2]+len(docs[2])+4]
	cases = append(cases, damage{"a namespace that comes again", len(whole), append(bytes.Clone(whole), block...), 0, lines[:3]})

	for _, tc := range cases {
		got := runCommand(bytes.NewReader(tc.data), "salvage", "-t", "json", "-m", "relaxed", "-f", "archive")
		name := fmt.Sprintf("%s at %d", tc.kind, tc.at)
		if got.code != 4 || !strings.HasPrefix(got.stderr, "bsonjs: <stdin>: ") || !strings.Contains(got.stderr, "offset ") {
			t.Errorf("%s: code %d, %s", name, got.code, got.stderr)
		}
		rest, more, lost := lines, tc.more, 0
		for line := range strings.Lines(got.stdout) {
			i := slices.Index(rest, line)
			switch {
			case i >= 0:
				lost, rest = lost+i, rest[i+1:]
			case slices.Contains(more, line):
			default:
				t.Errorf("%s: %q was no document, or is out of order\n%s", name, line, got.stderr)
			}
		}
		if lost += len(rest); lost > tc.lost {
			t.Errorf("%s: %d documents are missing\n%s\n%s", name, lost, got.stdout, got.stderr)
		}
		if got := runCommand(bytes.NewReader(tc.data), "-f", "archive"); got.code != 4 || got.stdout != "" && !strings.HasPrefix(got.stdout, "{") {
			t.Errorf("%s: convert: code %d, %s", name, got.code, got.stderr)
		}
		if got := runCommand(bytes.NewReader(tc.data), "validate", "-f", "archive"); got.code != 1 {
			t.Errorf("%s: validate: code %d, %s", name, got.code, got.stderr)
		}
	}
	if len(cases) < 1200/step {
		t.Errorf("%d cases", len(cases))
	}
}
