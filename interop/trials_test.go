package interop

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file compares whole documents with the peers, by four operations:
//
//   - write: our text and the peer's text of a document have the same meaning
//     and the same order of keys;
//   - spell: the two texts have the same bytes;
//   - back: we read both texts as the same bytes;
//   - parse: both read our text as the same bytes. After some bytes of the text
//     are changed, both still do so, or both reject the text;
//   - malformed: both reject a document with a fault (malformed_test.go).
//
// If the results differ, explain finds the values that cause the difference, or
// the smallest document if no single value does. Each difference must be in
// differences (differences_test.go), and have a row in docs/differences.md.

// A trial is one comparison.
type trial struct {
	peer, op, mode string
	dialect        dialect
	typ            bson.Type // of the only value of doc; 0: there are several
	doc            string    // the document to write
	in             string    // the text to read
	ours           string
	ourErr         error
	theirs         string
	theirErr       error
	text           func(doc string) (string, error) // the peer's text of another document
}

// agrees reports whether the results agree: both are errors, or they are equal,
// or their meaning is equal and the operation is write.
func (tr *trial) agrees(t *testing.T) bool {
	if tr.ourErr != nil || tr.theirErr != nil {
		return tr.ourErr != nil && tr.theirErr != nil
	}
	return tr.ours == tr.theirs || tr.op == "write" && sameMeaning(t, tr.ours, tr.theirs)
}

func sameMeaning(t *testing.T, ours, theirs string) bool {
	t.Helper()
	a, err := corpus.Meaning(ours)
	if err != nil {
		t.Fatal(err)
	}
	b, err := corpus.Meaning(theirs)
	return err == nil && a == b
}

func (tr *trial) String() string {
	in := tr.in
	if in == "" {
		in = fmt.Sprintf("%x", tr.doc)
	}
	return fmt.Sprintf("%s %s %s: %q\n  ours   %q %v\n  theirs %q %v", tr.peer, tr.op, tr.mode, in, tr.ours, tr.ourErr, tr.theirs, tr.theirErr)
}

// write compares the meaning of the texts of doc.
func (p *peer) write(mode, doc string) *trial {
	tr := &trial{peer: p.name, op: "write", mode: mode, dialect: p.modes[mode], typ: onlyType(doc), doc: doc}
	text, err := p.modes[mode].out.AppendJSON(nil, []byte(doc))
	tr.ours, tr.ourErr = string(text), err
	tr.theirs, tr.theirErr = p.call(mode, doc)
	return tr
}

// spell compares the bytes of the texts of doc.
func (p *peer) spell(mode, doc string) *trial {
	tr := p.write(mode, doc)
	tr.op = "spell"
	return tr
}

// back compares the documents that we read from both texts of doc.
func (p *peer) back(mode, doc string) *trial {
	tr := p.write(mode, doc)
	tr.op = "back"
	if tr.ourErr == nil {
		tr.ours, tr.ourErr = read(p.modes[mode].in, tr.ours)
	}
	if tr.theirErr == nil {
		tr.theirs, tr.theirErr = read(p.modes[mode].in, tr.theirs)
	}
	return tr
}

// parse compares the documents that both read from text.
func (p *peer) parse(mode, text string) *trial {
	tr := &trial{peer: p.name, op: "parse", mode: mode, dialect: p.modes[mode], in: text}
	tr.ours, tr.ourErr = read(p.modes[mode].in, text)
	tr.theirs, tr.theirErr = p.call("parse", text)
	return tr
}

func read(o extjson.DecodeOptions, text string) (string, error) {
	doc, err := o.AppendBSON(nil, []byte(text))
	return string(doc), err
}

// onlyType returns the type of the only value in doc, or 0.
func onlyType(doc string) bson.Type {
	elements := elementsOf(doc)
	if len(elements) != 1 {
		return 0
	}
	if inner, _ := elements[0].contents(); len(inner) > 0 {
		return 0
	}
	return elements[0].typ
}

// explain returns the smallest parts of in whose trials do not agree, and the
// rest of in without these parts.
func explain(t *testing.T, in string, split splitter, try func(in string) *trial) (found []*trial, rest string) {
	tr := try(in)
	if tr.agrees(t) {
		return nil, in
	}
	parts, join := split(in)
	keep := make([]bool, len(parts))
	for i, part := range parts {
		some, _ := explain(t, part, split, try)
		keep[i] = len(some) == 0
		found = append(found, some...)
	}
	if len(found) == 0 {
		return []*trial{tr}, ""
	}
	more, rest := explain(t, join(keep), split, try)
	return append(found, more...), rest
}

// A comparison has the results of all trials with one peer.
type comparison struct {
	peer
	rows    map[string]bool     // names of the rows of docs/differences.md
	seen    map[string]int      // number of trials by row
	unknown map[string][]string // trials without a row, by kind
	trials  map[string]int      // number of trials that agree, by operation
}

// check compares in, and finds a row for each difference. It returns the rest
// of in without the parts that differ.
func (c *comparison) check(t *testing.T, in string, split splitter, try func(in string) *trial) string {
	t.Helper()
	found, rest := explain(t, in, split, try)
	if len(found) == 0 {
		c.trials[try(in).op]++
	}
	for _, tr := range found {
		id := known(tr)
		if c.seen[id]++; c.rows[id] {
			continue
		}
		kind := "no row " + id
		if id == "" {
			kind = fmt.Sprintf("%s %s %v ours %v theirs %v", tr.op, tr.mode, tr.typ, sentinel(tr.ourErr), tr.theirErr != nil)
		}
		c.unknown[kind] = append(c.unknown[kind], tr.String())
	}
	return rest
}

// known returns the name of the first of differences that matches tr, or "".
func known(tr *trial) string {
	for _, d := range differences {
		if d.matches(tr) {
			return d.id
		}
	}
	return ""
}

// Sizes of the comparison.
const (
	wildDocuments       = 600
	benchDocuments      = 100
	collectionDocuments = 100
	mutations           = 3    // changed texts made from each text
	longest             = 4000 // bytes; a longer text is not changed
)

// rareTexts show differences that random changes hardly ever show.
var rareTexts = []string{
	`{"a":{"$numberLong":"-0"}}`,
	`{"a":-0,"b":9223372036854775808,"c":-99999999999999999999}`,
	`{"a":"\ud83d","a":1}`,
	`{"a":{"$ref":"x"}}`,
	`{"$binary":5}`,
	`{"a":{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}}`,
	`{"a":{"$date":"2024-02-30T00:00:00Z"},"b":{"$date":"2024-02-29T23:59:60Z"},"c":{"$date":"2024-02-29T12:00:00.0001Z"}}`,
	`{"a":{"$numberDecimal":" 1"},"b":{"$numberDecimal":"1_0"},"c":{"$numberDecimal":"+1"},"d":{"$numberDecimal":"snan"}}`,
	`{"a":{"$scope":{},"$code":"x"},"b":{"$id":1,"$ref":"c"},"c":{"$type":"string"},"d":{"$regex":"x"}}`,
	`{"a":{"$undefined":false},"b":{"$minKey":1.0},"c":{"$timestamp":{"t":-1,"i":4294967296}}}`,
	`{"a":{"$oid":"56E1FC72E0C917E9C4714161"},"b":{"$binary":{"subType":"4","base64":"AA=="}},"c":{"\u0024oid":"56e1fc72e0c917e9c4714161"}}`,
	"\ufeff{}", `{} `, ` {}`, `[]`, `1`, ``, `{"a":NaN}`, `{"a":1,}`, `{'a':1}`, `{a:1}`, `{"a":1}/**/`, "{\"a\":\"\t\"}", `{"a":0x10}`, `{"a":.5}`, `{"a":1.}`,
	`{"a":{"$binary":{"base64":"J91ik8TWZWKu","subType":"09"}}}`, `{"a":{"$binary":{"base64":"aQ==","subType":"Ff"}}}`,
	`{"a":{"$date":"2024-02-29T12:00:00"}}`, `{"a":{"$date":"2024-02-29T12:00:00+01"}}`, `{"a":{"$date":"2024-02-29T12:00:00+01:00"}}`, `{"a":{"$date":"2024-02-29T12:00:00.1230Z"}}`,
	`{"a":{"$uuid":"0011223344556677-8899-aabb-ccddeeff"}}`, `{"a":{"$uuid":"00112233445566778899aabbccddeeff"}}`,
	`{"a":{"$numberDecimal":"-NaN"}}`, `{"a":{"$numberDecimal":"0E+2147483648"}}`, `{"a":{"$numberDecimal":"-0.0e3060788053"}}`,
	`{"a":{"$numberDecimal":"10384593717069655257060992658440191"}}`,
	`[1,2]`, `{"a":inFINIty}`, `{"a":{"$options":"i"}}`, `{"a":1}, {"b":2}`, `{"a":1} {"b":2}`, "{\"a\":\"x\xc0\x80y\"}",
	`{"a":{"$binary":"AQID","$type":"00"}}`, `{"a":{"$date":0}}`, `{"a":{"$date":"1970-01-01T01:00:00+0100"}}`,
}

// rareDocuments show differences that random documents do not show.
var rareDocuments = []string{
	"\x18\x00\x00\x00\x13a\x00" + strings.Repeat("\xff", 14) + "\x41\x30\x00", // a decimal of 2^113-1
	"\x18\x00\x00\x00\x13a\x00" + strings.Repeat("\x00", 15) + "\x6c\x00",     // and of 2^113, times 10^-32
	string(deepDocument(203)),
}

// rareFaults are malformed documents that a peer reads.
var rareFaults = []string{
	"\x0d\x00\x00\x00\x04a\x00\x05\x00\x00\x00x\x00",                                      // an array without a final NUL
	"\x0b\x00\x00\x00\x00a\x00\x0ab\x00\x00",                                              // an element of type 0
	"\x09\x00\x00\x00\x08ab\x00\x00",                                                      // a boolean whose byte is the final NUL
	"\x08\x00\x00\x00\x0a\xff\x00\x00",                                                    // a key that is not UTF-8
	"\x11\x00\x00\x00\x04a\x00\x09\x00\x00\x00\x0a0\xff\x00\x00\x00",                      // such a key in an array
	"\x0d\x00\x00\x00\x0ba\x00x\x00i\xff\x00\x00",                                         // such options of a regex
	"\x15\x00\x00\x00\x05a\x00\x09\x00\x00\x00\x02\x04\x00\x00\x00abcd\x00",               // an outer length that is too large
	"\x0f\x00\x00\x00\x05a\x00\x02\x00\x00\x00\x02xy\x00",                                 // an old binary too short for an inner length
	"\x0d\x00\x00\x00\x05a\x00\x00\x00\x00\x00\x02\x00",                                   // an empty one
	"\x10\x00\x00\x00\x05a\x00\x05\x00\x00\x00\x09abc\x00",                                // a binary that ends one byte behind the document
	"\x17\x00\x00\x00\x0fa\x00\x0f\x00\x00\x00\x02\x00\x00\x00xx\x05\x00\x00\x00\x00\x00", // code without a final NUL
}

// rareValues do so for values in shell syntax.
var rareValues = []string{
	"MinKey", "MaxKey", "NumberDecimal(1)", `BinData(9, "J91ik8TWZWKu")`, `ObjectId("56e1fc72e0c917e9c4714161",)`,
	`new Date(8640000000000001)`, `"\d"`, `"\6"`, "0x10", ".5", "+1", "1 + 1", "NumberInt(2147483648)", `NumberLong("1x")`,
	`ISODate("20240229T1200")`, `new Date("+002024-02-29T00:00:00Z")`, `{"$oid":"x"}`, "[1,]", "/* */ 1", "'a'", `/a\/[/]/i`,
	`Date(45)`, `new Date("2024-02-29T12:00:00")`, "new Date(1e12)", `ObjectId.createFromHexString("56e1fc72e0c917e9c4714161")`,
	"NumberDecimal(NaN)", `NumberDecimal("-NaN")`,
}

func TestPeers(t *testing.T) {
	var docs []string
	types := make(map[bson.Type]int)
	for _, doc := range slices.Concat(sample.Documents(sample.Wild, 17, wildDocuments),
		sample.Documents(sample.Bench, 3, benchDocuments), sample.Documents(sample.Collection, 5, collectionDocuments)) {
		docs = append(docs, string(doc))
		countTypes(string(doc), types)
	}
	if len(types) != 21 {
		t.Fatalf("the documents have %d types, want 21: %v", len(types), types)
	}
	rows := differenceRows(t)
	var all []comparison
	for _, newPeer := range peers {
		all = append(all, comparison{newPeer(t), rows, make(map[string]int), make(map[string][]string), make(map[string]int)})
	}
	t.Run("peers", func(t *testing.T) {
		for _, c := range all {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				for i, doc := range docs {
					for _, mode := range slices.Sorted(maps.Keys(c.modes)) {
						c.document(t, mode, doc, uint64(i+1))
					}
				}
				c.rare(t)
				t.Logf("whole documents and texts that agree: %v", c.trials)
				c.report(t)
			})
		}
	})
	seen := make(map[string]int)
	for _, c := range all {
		maps.Copy(seen, c.seen)
	}
	for _, d := range differences {
		if seen[d.id] == 0 && !t.Failed() && !t.Skipped() {
			t.Errorf("the difference %s no longer occurs; delete it", d.id)
		}
		delete(rows, d.id)
	}
	for id := range rows {
		t.Errorf("docs/differences.md has a row %s without a difference in this test", id)
	}
}

// document compares one document in one mode, by all operations.
func (c *comparison) document(t *testing.T, mode, doc string, seed uint64) {
	t.Helper()
	parse := func(text string) *trial { return c.parse(mode, text) }
	if mode == "shell" {
		// Shell text is not JSON, so only the documents read from it are compared.
		c.check(t, doc, splitDocument, func(doc string) *trial { return c.back(mode, doc) })
		c.shell(t, doc, seed)
		return
	}
	same := c.texts(t, mode, doc)
	c.damage(t, mode, same, bsontest.NewRandom(seed))
	text := ourText(t, c.modes[mode].out, []byte(doc))
	c.check(t, text, splitText, parse)
	if len(text) > longest {
		return
	}
	for k := range mutations {
		c.check(t, mutate(text, seed*mutations+uint64(k)), splitText, parse)
	}
	// In the text of a single value a random change hits the value more often.
	parts, _ := splitText(text)
	for i, part := range parts {
		c.check(t, mutate(part, seed*100+uint64(i)), splitText, parse)
	}
}

// texts compares the texts of doc in one mode: their meaning, their bytes, and the
// documents read from them. It returns the rest of doc whose texts have the same meaning.
func (c *comparison) texts(t *testing.T, mode, doc string) string {
	t.Helper()
	write := func(doc string) *trial { return c.write(mode, doc) }
	spell := func(doc string) *trial { return c.spell(mode, doc) }
	back := func(doc string) *trial { return c.back(mode, doc) }
	same := c.check(t, doc, splitDocument, write)
	c.check(t, same, splitDocument, spell)
	c.check(t, same, splitDocument, back)
	return same
}

// shell compares the documents read from shell text. Shell text has no splitter,
// so only texts of a single value are changed.
func (c *comparison) shell(t *testing.T, doc string, seed uint64) {
	t.Helper()
	parse := func(doc string) *trial {
		tr := c.parse("shell", ourText(t, c.modes["shell"].out, []byte(doc)))
		tr.typ, tr.doc = onlyType(doc), doc
		return tr
	}
	same := c.check(t, doc, splitDocument, parse)
	parts, _ := splitDocument(same)
	for i, part := range parts {
		text := parse(part)
		if text.typ == 0 {
			continue
		}
		for k := range mutations {
			c.check(t, mutate(text.in, (seed*100+uint64(i))*mutations+uint64(k)), unsplit, func(in string) *trial {
				tr := c.parse("shell", in)
				tr.typ = text.typ
				return tr
			})
		}
	}
}

// rare compares rareDocuments, rareFaults, rareTexts and rareValues.
func (c *comparison) rare(t *testing.T) {
	t.Helper()
	for mode := range c.modes {
		try := c.write
		if mode == "shell" {
			try = c.back
		}
		for _, doc := range rareDocuments {
			c.check(t, doc, splitDocument, func(doc string) *trial { return try(mode, doc) })
		}
		switch mode {
		case "canonical":
			for _, doc := range rareFaults {
				c.check(t, doc, unsplit, func(doc string) *trial { return c.malformed(mode, doc) })
			}
			for _, text := range rareTexts {
				c.check(t, text, splitText, func(text string) *trial { return c.parse(mode, text) })
			}
		case "shell":
			for _, value := range rareValues {
				c.check(t, "{a: "+value+"}", unsplit, func(text string) *trial {
					tr := c.parse(mode, text)
					tr.typ = onlyType(tr.ours)
					return tr
				})
			}
		}
	}
}

func unsplit(string) ([]string, func([]bool) string) { return nil, nil }

// countTypes counts the values of each type in doc.
func countTypes(doc string, types map[bson.Type]int) {
	for _, e := range elementsOf(doc) {
		types[e.typ]++
		if inner, _ := e.contents(); inner != nil {
			countTypes(documentOf(inner...), types)
		}
	}
}

// report fails the test for the trials without a row.
func (c *comparison) report(t *testing.T) {
	t.Helper()
	for _, kind := range slices.Sorted(maps.Keys(c.unknown)) {
		list := c.unknown[kind]
		sort.Slice(list, func(i, j int) bool { return len(list[i]) < len(list[j]) })
		t.Errorf("%d: %s:\n%s", len(list), kind, strings.Join(list[:min(examples, len(list))], "\n"))
	}
}

// examples is the number of differences of each kind that report shows.
const examples = 3

// sentinel returns the sentinel that err wraps, or nil.
func sentinel(err error) error {
	for err != nil {
		inner := errors.Unwrap(err)
		if inner == nil || errors.Is(inner, io.ErrUnexpectedEOF) && inner == extjson.ErrTruncated {
			return inner
		}
		switch inner.(type) {
		case *extjson.SyntaxError, *extjson.ValueError, *bson.SyntaxError, *bson.ValueError:
			err = inner
			continue
		}
		return inner
	}
	return nil
}

// mutate returns text with one or two bytes replaced, deleted or inserted.
// Equal seeds give equal changes.
func mutate(text string, seed uint64) string {
	seed *= 0x9E3779B97F4A7C15
	const bytes = "\x00\n \"\\{}[],:0123456789e-+.xuTZ$afAF/=\x7f\xc3\xa9\xff"
	next := func(n int) int {
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		return int(seed % uint64(n))
	}
	b := []byte(text)
	for range 1 + next(2) {
		i := next(len(b))
		switch next(3) {
		case 0:
			b[i] = bytes[next(len(bytes))]
		case 1:
			b = append(b[:i], b[i+1:]...)
		default:
			b = append(b[:i+1], b[i:]...)
			b[i] = bytes[next(len(bytes))]
		}
		if len(b) == 0 {
			return "x"
		}
	}
	return string(b)
}

var rowID = regexp.MustCompile("(?m)^\\| `((?:pymongo|libbson|js|driver|shell)-[a-z0-9-]+)` \\|")

// differenceRows returns the names of the rows of docs/differences.md.
func differenceRows(t *testing.T) map[string]bool {
	text, err := os.ReadFile(filepath.Join(corpus.Root(t), "docs", "differences.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]bool)
	for _, m := range rowID.FindAllStringSubmatch(string(text), -1) {
		rows[m[1]] = true
	}
	return rows
}
