package interop

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	driver1 "go.mongodb.org/mongo-driver/bson"
	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file compares bsonjs dump with bsondump on the same documents, byte for
// byte.
//
// The tests cannot install the program bsondump, so they repeat its steps. Its
// JSON is the result of the driver's MarshalExtJSON, with --pretty followed by
// json.Indent. bsondump was built with version 1 and with version 2 of the
// driver, so the tests call both. They write the text of --type debug as its
// documentation describes it, from the elements that the driver finds.

// A dumpKind is a way to call both programs.
type dumpKind struct {
	name  string
	flags []string
	// theirs returns the text that bsondump writes for a document, and the
	// error that it reports. With an error the text may be a part of it.
	theirs func(doc []byte) (string, error)
	// first reports whether a line is the first of the text of a document.
	first func(line string) bool
}

var dumpKinds = []dumpKind{
	{"json", nil, theirJSON, func(string) bool { return true }},
	{"pretty", []string{"--pretty"}, func(doc []byte) (string, error) {
		text, err := theirJSON(doc)
		if err != nil {
			return "", err
		}
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(text), "", "\t"); err != nil {
			return "", err
		}
		return b.String(), nil
	}, func(line string) bool { return line[0] == '{' }},
	{"debug", []string{"--type=debug"}, func(doc []byte) (string, error) {
		var b strings.Builder
		err := theirDebug(&b, doc, "")
		return b.String(), err
	}, func(line string) bool { return strings.HasPrefix(line, "---") }},
}

// theirJSON returns the line that both versions of the driver write. If they
// disagree it returns an error.
func theirJSON(doc []byte) (string, error) {
	text, err := attempt(func() ([]byte, error) { raw := driver.Raw(doc); return driver.MarshalExtJSON(&raw, true, false) })
	text1, err1 := attempt(func() ([]byte, error) { raw := driver1.Raw(doc); return driver1.MarshalExtJSON(&raw, true, false) })
	if (err == nil) != (err1 == nil) || err == nil && !bytes.Equal(text, text1) {
		return "", fmt.Errorf("the versions of the driver disagree: %s %v, %s %v", text, err, text1, err1)
	}
	return string(text) + "\n", err
}

// attempt calls f. A panic in f is returned as an error.
func attempt(f func() ([]byte, error)) (text []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return f()
}

// theirDebug appends the debug text of doc to b. Each line starts with indent.
func theirDebug(b *strings.Builder, doc driver.Raw, indent string) error {
	fmt.Fprintf(b, "%s--- new object ---\n%s\tsize : %d\n", indent, indent, len(doc))
	elements, err := doc.Elements()
	if err != nil {
		return err
	}
	for _, e := range elements {
		v := e.Value()
		fmt.Fprintf(b, "%s\t\t%s\n%s\t\t\ttype: %4d size: %d\n", indent, e.Key(), indent, int8(v.Type), len(e))
		if v.Type == driver.TypeEmbeddedDocument || v.Type == driver.TypeArray {
			if err := theirDebug(b, v.Value, indent+"\t\t\t"); err != nil {
				return err
			}
		}
	}
	return nil
}

// A dumped is a document and the results of both programs.
type dumped struct {
	kind     string // name of the dumpKind
	doc      []byte
	ours     string
	refused  string // our message if the document is rejected
	exit     int    // exit code of the message
	theirs   string
	theirErr error
}

func (d *dumped) String() string {
	return fmt.Sprintf("%s of %x\n  ours   %q %s\n  theirs %q %v", d.kind, d.doc, d.ours, d.refused, d.theirs, d.theirErr)
}

// A dumpRow is a difference with a row in docs/differences.md. Only the first
// dumpRow that matches counts.
type dumpRow struct {
	id      string
	matches func(d *dumped) bool
}

var dumpRows = []dumpRow{
	// bsondump writes the text of another document; we reject the document.
	{"dump-malformed", func(d *dumped) bool { return d.exit == 4 && d.theirErr == nil && !saysUTF8(d) }},
	{"dump-utf8", func(d *dumped) bool { return d.exit == 4 && d.theirErr == nil && saysUTF8(d) }},
	{"dump-nan", lossy(func(c *bson.Cursor) bool {
		return c.Type() == bson.TypeDouble && math.IsNaN(c.Double()) && math.Float64bits(c.Double()) != 0x7ff8<<48
	})},
	{"dump-decimal", lossy(func(c *bson.Cursor) bool {
		if c.Type() != bson.TypeDecimal128 {
			return false
		}
		back, err := decimal128.Parse(c.Decimal128().String())
		return err != nil || back != c.Decimal128()
	})},
	{"dump-regex-options", lossy(func(c *bson.Cursor) bool {
		if c.Type() != bson.TypeRegex {
			return false
		}
		_, options := c.Regex()
		return !slices.IsSorted(options)
	})},
	{"dump-array-keys", lossy(func(c *bson.Cursor) bool { return c.Type() == bson.TypeArray })},
	{"dump-ambiguous", func(d *dumped) bool { return d.exit == 1 && strings.Contains(d.refused, "special in Extended JSON") }},
	{"dump-depth", func(d *dumped) bool { return d.exit == 1 && strings.Contains(d.refused, "nested too deeply") }},
	// bsondump writes another text than we do.
	{"dump-binary-old", weWrite(func(c *bson.Cursor) bool {
		return c.Type() == bson.TypeBinary && len(c.Data()) == 9 && c.Data()[4] == bson.BinaryBinaryOld
	})},
	{"dump-dbpointer", weWrite(func(c *bson.Cursor) bool {
		if c.Type() != bson.TypeDBPointer {
			return false
		}
		namespace, _ := c.DBPointer()
		return bytes.ContainsFunc(namespace, func(r rune) bool { return r < ' ' || strings.ContainsRune("\"\\\u2028\u2029\ufffd", r) })
	})},
	// bsondump reports the document after it has written a part of its text.
	{"dump-partial", func(d *dumped) bool { return d.exit == 4 && d.theirErr != nil && d.kind == "debug" }},
}

func saysUTF8(d *dumped) bool { return strings.Contains(d.refused, "UTF-8") }

// lossy returns a function that reports whether we reject a document because
// its text would lose information, bsondump writes it, and has is true for one
// of its elements.
func lossy(has func(c *bson.Cursor) bool) func(d *dumped) bool {
	return func(d *dumped) bool {
		return d.exit == 1 && d.theirErr == nil && strings.Contains(d.refused, "cannot keep every bit") && hasElement(d.doc, has)
	}
}

// weWrite returns a function that reports whether we write a document, and has
// is true for one of its elements.
func weWrite(has func(c *bson.Cursor) bool) func(d *dumped) bool {
	return func(d *dumped) bool { return d.exit == 0 && hasElement(d.doc, has) }
}

// hasElement reports whether has is true for an element of doc, at any depth.
func hasElement(doc []byte, has func(c *bson.Cursor) bool) bool {
	c := bson.NewCursor(doc)
	var within func() bool
	within = func() bool {
		for c.Next() {
			if has(&c) {
				return true
			}
			if (c.Type().IsContainer() || c.Type() == bson.TypeCodeWithScope) && c.Enter() {
				if within() {
					return true
				}
				c.Leave()
			}
		}
		return false
	}
	return within()
}

// oddDocuments show each row. They are in hexadecimal, without the length and
// the final NUL.
var oddDocuments = []string{
	"01 6100 010000000000f87f", "01 6100 000000000000f8ff", "01 6100 000000000000f87f",
	"13 6100 01000000000000000000000000007c00", "13 6100 0000000000000000000000000000106c",
	"13 6100 ffffffffffffffffffffffffffff4130", "13 6100 00000000648e8d37c087adbe09ed4130",
	"0b 6100 7800 786900", "0b 6100 7800 697800",
	"04 6100 0c000000 0a 3100 0a 3000 00 00", "04 6100 08000000 0a 3000 00",
	"02 6100 02000000 ff 00", "02 ff00 02000000 61 00", "0e 6100 04000000 e280a8 00", "02 6100 04000000 efbfbd 00",
	"03 6100 12000000 02 246f696400 03000000 7a7a00 00", "02 246f696400 03000000 7a7a00",
	"05 6100 04000000 02 00000000", "05 6100 05000000 02 01000000 61", "05 6100 00000000 00",
	"0c 6100 03000000 612200 000102030405060708090a0b", "0c 6100 03000000 612e00 000102030405060708090a0b",
	"02 6100 02000000 61 01", "08 6100 02", "14 6100", "0a 6100 00", "10 6100 0000",
	"03 6100 0d000000 10 6200 00000000 01", "03 6100 0c000000 20 6200 00000000 00", "0a 6100 03 6200 0d000000 08 6300 05 0a 6400 00",
	"0f 6100 16000000 02000000 78 00 0c000000 14 6200 00000000 00",
	"02 6100 06000000 613c3e26 7f 00", "10 6100 01000000 10 6100 02000000", "7f 6100 ff 6200 06 6300 0a 6400",
	"02 6100 08000000 00 01 08 09 0a 0c 0d 00", "03 00 05000000 00 04 00 05000000 00",
}

// deepDocument returns a document of n containers, each in the one before.
func deepDocument(n int) []byte {
	doc := []byte{5, 0, 0, 0, 0}
	for range n - 1 {
		dst, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendValue(dst, "a", bson.TypeDocument, doc), mark)
	}
	return doc
}

// dumpDocuments returns all documents to compare.
func dumpDocuments(t *testing.T) [][]byte {
	var docs [][]byte
	dir := filepath.Join(moduleDir(t, "go.mongodb.org/mongo-driver"), "testdata", "bson-corpus")
	for _, file := range corpus.LoadOfficial(t, dir) {
		for _, v := range file.Valid {
			for _, doc := range [][]byte{v.CanonicalBSON, v.DegenerateBSON, v.ConvertedBSON} {
				if doc != nil {
					docs = append(docs, doc)
				}
			}
		}
		for _, d := range file.DecodeErrors {
			// A file is cut into documents by their lengths.
			if n := len(d.BSON); n >= 5 && int(binary.LittleEndian.Uint32(d.BSON)) == n && d.BSON[n-1] == 0 {
				docs = append(docs, d.BSON)
			}
		}
	}
	collection, err := os.Open(filepath.Join(corpus.Root(t), "testdata", "collection.bson"))
	if err != nil {
		t.Fatal(err)
	}
	defer collection.Close()
	for doc, err := range bson.Documents(collection) {
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, bytes.Clone(doc))
	}
	docs = append(docs, sample.Documents(sample.Wild, 29, 3000)...)
	docs = append(docs, deepDocument(1000), deepDocument(1001))
	for _, digits := range oddDocuments {
		var elements []byte
		if _, err := fmt.Sscanf(strings.ReplaceAll(digits, " ", ""), "%x", &elements); err != nil {
			t.Fatal(err)
		}
		dst, mark := bsoncore.Begin(nil)
		docs = append(docs, bsoncore.End(append(dst, elements...), mark))
	}
	return docs
}

// buildBSONJS builds the command and returns its path.
func buildBSONJS(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "bsonjs")
	cmd := exec.Command("go", "build", "-o", name, "./cmd/bsonjs")
	cmd.Dir = corpus.Root(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return name
}

// dump runs bsonjs dump on docs.
func dump(t *testing.T, bsonjs string, kind dumpKind, docs [][]byte) []*dumped {
	t.Helper()
	// The end of a malformed document is found if two intact documents follow.
	var all []*dumped
	var stream []byte
	for _, doc := range docs {
		all = append(all, &dumped{kind: kind.name, doc: doc})
		stream = append(stream, doc...)
		if bson.Validate(doc) != nil {
			all = append(all, &dumped{}, &dumped{})
			stream = append(append(stream, oneByte...), oneByte...)
		}
	}
	cmd := exec.Command(bsonjs, append([]string{"dump", "--errors=json", "--summary=none"}, kind.flags...)...)
	cmd.Stdin = bytes.NewReader(stream)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	exit := 0
	for line := range strings.Lines(stderr.String()) {
		var r struct {
			Document, Exit, Skipped int
			Message                 string
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%s: %q: %v", kind.name, line, err)
		}
		switch {
		case r.Document > 0:
			d := all[r.Document-1]
			d.refused, d.exit = r.Message, r.Exit
			if r.Skipped != len(d.doc) {
				t.Fatalf("%s: skipped %d bytes of %x: %s", kind.name, r.Skipped, d.doc, r.Message)
			}
			exit = max(exit, r.Exit)
		case r.Message != fmt.Sprintf("%d objects found", len(all)):
			t.Fatalf("%s: %s", kind.name, r.Message)
		}
	}
	if got := cmd.ProcessState.ExitCode(); got != exit {
		t.Fatalf("%s: exit code %d, %v, want %d\n%s", kind.name, got, err, exit, stderr.String())
	}
	var texts []string
	for line := range strings.Lines(stdout.String()) {
		if kind.first(line) {
			texts = append(texts, "")
		}
		texts[len(texts)-1] += line
	}
	for _, d := range all {
		if d.exit == 0 {
			if len(texts) == 0 {
				t.Fatalf("%s: fewer texts than documents", kind.name)
			}
			d.ours, texts = texts[0], texts[1:]
		}
	}
	if len(texts) > 0 {
		t.Fatalf("%s: %d texts more than documents", kind.name, len(texts))
	}
	return slices.DeleteFunc(all, func(d *dumped) bool { return d.doc == nil })
}

// oneByte is {"a":true}.
const oneByte = "\x09\x00\x00\x00\x08a\x00\x01\x00"

var dumpRowID = regexp.MustCompile("(?m)^\\| `(dump-[a-z0-9-]+)` \\|")

func TestDump(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(corpus.Root(t), "docs", "differences.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, m := range dumpRowID.FindAllStringSubmatch(string(page), -1) {
		rows[m[1]] = true
	}
	bsonjs := buildBSONJS(t)
	docs := dumpDocuments(t)
	seen := map[string]int{}
	for _, kind := range dumpKinds {
		t.Run(kind.name, func(t *testing.T) {
			same := 0
			for _, d := range dump(t, bsonjs, kind, docs) {
				d.theirs, d.theirErr = kind.theirs(d.doc)
				if d.theirErr == nil && d.exit == 0 && d.ours == d.theirs || d.theirErr != nil && d.exit != 0 && kind.name != "debug" {
					same++
					continue
				}
				i := slices.IndexFunc(dumpRows, func(r dumpRow) bool { return r.matches(d) })
				if i < 0 {
					t.Errorf("a difference without a row: %v", d)
					continue
				}
				seen[dumpRows[i].id]++
			}
			t.Logf("%d of %d documents agree", same, len(docs))
			if same < 6000 {
				t.Errorf("%d documents agree, want 6000 or more", same)
			}
		})
	}
	for _, r := range dumpRows {
		if !rows[r.id] {
			t.Errorf("docs/differences.md has no row %s", r.id)
		}
		if seen[r.id] == 0 {
			t.Errorf("the difference %s no longer occurs; delete it", r.id)
		}
		delete(rows, r.id)
	}
	for id := range rows {
		t.Errorf("docs/differences.md has a row %s without a difference in this test", id)
	}
}

// With --lossy our text is the driver's, also if the text loses information.
// Four differences remain: the spelling of U+FFFD for invalid UTF-8; documents
// that are malformed or too deep; two rows of binaries and dbPointers; and
// decimals of 35 digits, which count as zero here.
func TestDumpLossy(t *testing.T) {
	kind := dumpKinds[0]
	kind.flags = []string{"--lossy"}
	same, large := 0, 0
	for _, d := range dump(t, buildBSONJS(t), kind, dumpDocuments(t)) {
		d.theirs, d.theirErr = kind.theirs(d.doc)
		ours, theirs := d.ours, d.theirs
		if !utf8.Valid(d.doc) {
			theirs = strings.ReplaceAll(theirs, `\ufffd`, "\ufffd")
		}
		switch {
		case d.theirErr == nil && d.exit == 0 && ours == theirs, d.theirErr != nil && d.exit != 0:
			same++
			continue
		}
		if hasElement(d.doc, tooManyDigits) && digits35.MatchString(theirs) {
			large++
			continue
		}
		i := slices.IndexFunc(dumpRows, func(r dumpRow) bool { return r.matches(d) })
		if i < 0 || !slices.Contains([]string{"dump-malformed", "dump-depth", "dump-binary-old", "dump-dbpointer"}, dumpRows[i].id) {
			t.Errorf("a difference without a row: %v", d)
		}
	}
	if large != 2 {
		t.Errorf("%d documents with a decimal of 35 digits, want 2", large)
	}
	if same < 6000 {
		t.Errorf("%d documents agree, want 6000 or more", same)
	}
}

// tooManyDigits reports whether the element is a decimal that counts as zero
// because its coefficient has 35 digits.
func tooManyDigits(c *bson.Cursor) bool {
	if c.Type() != bson.TypeDecimal128 {
		return false
	}
	hi, lo := c.Decimal128().Bits()
	return c.Decimal128().IsZero() && hi<<15|lo != 0
}

var digits35 = regexp.MustCompile(`"[0-9]{35}"`)
