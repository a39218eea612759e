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

// This file compares bsonjs dump with what bsondump makes of the same
// documents, byte for byte.
//
// The program itself is not asked: it is not where the tests can get it.
// What stands for it is what it does with a document. JSON is the driver's
// MarshalExtJSON, and with --pretty json.Indent after it; both versions of
// the driver are asked, since bsondump has been built with either. The text
// of --type debug is written here as it is documented, of elements as the
// driver finds them.

// A dumpKind is a way of calling both programs.
type dumpKind struct {
	name  string
	flags []string
	// theirs is what bsondump writes of a document; an error is what it
	// reports, after what it may have written.
	theirs func(doc []byte) (string, error)
	// first reports whether a line begins the text of a document.
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

// theirJSON returns the line that both versions of the driver write.
func theirJSON(doc []byte) (string, error) {
	text, err := attempt(func() ([]byte, error) { raw := driver.Raw(doc); return driver.MarshalExtJSON(&raw, true, false) })
	text1, err1 := attempt(func() ([]byte, error) { raw := driver1.Raw(doc); return driver1.MarshalExtJSON(&raw, true, false) })
	if (err == nil) != (err1 == nil) || err == nil && !bytes.Equal(text, text1) {
		return "", fmt.Errorf("the drivers do not agree: %s %v, %s %v", text, err, text1, err1)
	}
	return string(text) + "\n", err
}

// attempt calls f, of which a panic is an error, too.
func attempt(f func() ([]byte, error)) (text []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return f()
}

// theirDebug writes to b the debug text of doc, after indent.
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

// A dumped is a document and what came of it.
type dumped struct {
	kind     string
	doc      []byte
	ours     string
	refused  string // why ours is nothing
	exit     int    // the code that goes with it
	theirs   string
	theirErr error
}

func (d *dumped) String() string {
	return fmt.Sprintf("%s of %x\n  ours   %q %s\n  theirs %q %v", d.kind, d.doc, d.ours, d.refused, d.theirs, d.theirErr)
}

// A dumpRow is a difference that docs/differences.md explains. The first that
// matches counts.
type dumpRow struct {
	id      string
	matches func(d *dumped) bool
}

var dumpRows = []dumpRow{
	// What bsondump writes, though the text is another document's.
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
	// What bsondump writes as something else.
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
	// What bsondump reports, after it has written a part of it.
	{"dump-partial", func(d *dumped) bool { return d.exit == 4 && d.theirErr != nil && d.kind == "debug" }},
}

func saysUTF8(d *dumped) bool { return strings.Contains(d.refused, "UTF-8") }

// lossy: we refuse what the text does not keep, and there is such an element.
func lossy(has func(c *bson.Cursor) bool) func(d *dumped) bool {
	return func(d *dumped) bool {
		return d.exit == 1 && d.theirErr == nil && strings.Contains(d.refused, "cannot keep every bit") && hasElement(d.doc, has)
	}
}

// weWrite: there is a text of ours, and such an element.
func weWrite(has func(c *bson.Cursor) bool) func(d *dumped) bool {
	return func(d *dumped) bool { return d.exit == 0 && hasElement(d.doc, has) }
}

// hasElement reports whether there is such an element anywhere in doc.
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

// oddDocuments show each row, in hexadecimal without length and final NUL.
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

// deepDocument returns a document of n containers.
func deepDocument(n int) []byte {
	doc := []byte{5, 0, 0, 0, 0}
	for range n - 1 {
		dst, mark := bsoncore.Begin(nil)
		doc = bsoncore.End(bsoncore.AppendValue(dst, "a", bson.TypeDocument, doc), mark)
	}
	return doc
}

// dumpDocuments returns all documents that are compared.
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
			// What is not framed is no document in a file.
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

// buildBSONJS builds the command and returns its name.
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
	// Two sound documents behind a malformed one show that it ends there.
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
	cmd := exec.Command(bsonjs, append([]string{"dump", "--errors=json"}, kind.flags...)...)
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
			continue // the summary
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
				t.Fatalf("%s: not as many texts as documents", kind.name)
			}
			d.ours, texts = texts[0], texts[1:]
		}
	}
	if len(texts) > 0 {
		t.Fatalf("%s: %d texts too many", kind.name, len(texts))
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
					t.Errorf("a difference that has no row: %v", d)
					continue
				}
				seen[dumpRows[i].id]++
			}
			t.Logf("%d of %d documents are the same", same, len(docs))
			if same < 6000 {
				t.Errorf("only %d documents are the same", same)
			}
		})
	}
	for _, r := range dumpRows {
		if !rows[r.id] {
			t.Errorf("docs/differences.md has no row %s", r.id)
		}
		if seen[r.id] == 0 {
			t.Errorf("the difference %s does not show any more", r.id)
		}
		delete(rows, r.id)
	}
	for id := range rows {
		t.Errorf("docs/differences.md has a row %s that the test does not know", id)
	}
}

// With --lossy the text is the driver's even where it does not keep the
// document, but for how U+FFFD is spelled where text is not UTF-8, and for
// what is malformed, wrong or too deep, and decimals of 35 digits, which count
// as zero.
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
			t.Errorf("a difference: %v", d)
		}
	}
	if large != 2 {
		t.Errorf("%d documents with a decimal of 35 digits, want 2", large)
	}
	if same < 6000 {
		t.Errorf("only %d documents are the same", same)
	}
}

// tooManyDigits: a decimal is zero, though its bits are not.
func tooManyDigits(c *bson.Cursor) bool {
	if c.Type() != bson.TypeDecimal128 {
		return false
	}
	hi, lo := c.Decimal128().Bits()
	return c.Decimal128().IsZero() && hi<<15|lo != 0
}

var digits35 = regexp.MustCompile(`"[0-9]{35}"`)
