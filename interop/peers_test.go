package interop

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file compares with four peers, value by value: PyMongo with its C
// extension, libbson, js-bson and the Go driver. What they write is to be the
// same bytes as ours in their spacing, or to mean the same; what they read is
// to be the same BSON. Every other outcome is a difference, which must be one
// of differences (differences_test.go), and so a row of docs/differences.md.

// A peer is another implementation.
type peer struct {
	name string
	call func(op, arg string) (string, error) // op: parse, or a mode to write
	text map[string]extjson.EncodeOptions     // our options for what it writes
}

// start runs a program of interop/peers, which setup prepares. Without it the
// test is skipped, but not in CI.
func start(t *testing.T, needs string, args ...string) func(op, arg string) (string, error) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("peers", needs)); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("run interop/setup first: %v", err)
		}
		t.Skipf("interop/setup has not made it: %v", err)
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = "peers"
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("%s: %v", args[0], err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", args[0], err)
		}
	})
	lines := bufio.NewReader(out)
	return func(op, arg string) (string, error) {
		if _, err := fmt.Fprintf(in, "%s %x\n", op, arg); err != nil {
			t.Fatal(err)
		}
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%s: %v", args[0], err)
		}
		line = strings.TrimSuffix(line, "\n")
		if why, failed := strings.CutPrefix(line, "err "); failed {
			return "", errors.New(why)
		}
		result, err := hex.DecodeString(strings.TrimPrefix(line, "ok "))
		if err != nil {
			t.Fatalf("%s: %q", args[0], line)
		}
		return string(result), nil
	}
}

func pymongo(t *testing.T) peer {
	o := extjson.EncodeOptions{Spacing: extjson.PythonSpacing, Doubles: extjson.PythonDoubles, ASCII: true}
	canonical, legacy := o, o
	canonical.Mode, legacy.Mode = extjson.Canonical, extjson.Legacy
	return peer{"PyMongo", start(t, "peer.py", "/usr/bin/python3", "peer.py"),
		map[string]extjson.EncodeOptions{"canonical": canonical, "relaxed": o, "legacy": legacy}}
}

func libbsonPeer(t *testing.T) peer {
	o := extjson.EncodeOptions{Spacing: extjson.LibbsonSpacing}
	canonical, legacy := o, o
	canonical.Mode, legacy.Mode = extjson.Canonical, extjson.Legacy
	return peer{"libbson", start(t, "peer", "./peer"),
		map[string]extjson.EncodeOptions{"canonical": canonical, "relaxed": o, "legacy": legacy}}
}

func jsBSON(t *testing.T) peer {
	return peer{"js-bson", start(t, "node_modules/bson", "node", "peer.mjs"),
		map[string]extjson.EncodeOptions{"canonical": {Mode: extjson.Canonical}, "relaxed": {}}}
}

func goDriver(*testing.T) peer {
	return peer{"Go driver", func(op, arg string) (string, error) {
		if op == "parse" {
			doc, err := tryDriver([]byte(arg))
			return string(doc), err
		}
		return tryDriverText([]byte(arg), op == "canonical")
	}, map[string]extjson.EncodeOptions{
		"canonical": {Mode: extjson.Canonical, Doubles: extjson.DriverDoubles},
		"relaxed":   {Doubles: extjson.DriverDoubles},
	}}
}

var peers = []func(t *testing.T) peer{pymongo, libbsonPeer, jsBSON, goDriver}

// A trial is one comparison.
type trial struct {
	peer, op string
	typ      bson.Type // of the only element, when writing
	doc      []byte    // what was to be written
	in       string    // the text that was to be read
	ours     string
	ourErr   error
	theirs   string
	theirErr error
}

// agrees reports whether the outcome is the same.
func (tr *trial) agrees(t *testing.T) bool {
	if tr.ourErr != nil || tr.theirErr != nil {
		return tr.ourErr != nil && tr.theirErr != nil
	}
	if tr.ours == tr.theirs {
		return true
	}
	if tr.op == "parse" {
		return false
	}
	ours, err := corpus.Meaning(tr.ours)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := corpus.Meaning(tr.theirs)
	return err == nil && ours == theirs
}

func (tr *trial) String() string {
	in := tr.in
	if in == "" {
		in = fmt.Sprintf("%x", tr.doc)
	}
	return fmt.Sprintf("%s %s: %q\n  ours   %q %v\n  theirs %q %v", tr.peer, tr.op, in, tr.ours, tr.ourErr, tr.theirs, tr.theirErr)
}

// elements returns a document of one element for each value in docs that is
// no container, or an empty one, so that a difference is about one value.
func elements(t *testing.T, docs [][]byte) [][]byte {
	var out [][]byte
	var walk func(c *bson.Cursor)
	walk = func(c *bson.Cursor) {
		for c.Next() {
			if c.Type().IsContainer() && len(c.Data()) > 5 && c.Enter() {
				walk(c)
				c.Leave()
				continue
			}
			dst, mark := bson.Begin(nil)
			if c.Type() == bson.TypeCodeWithScope {
				code, scope := c.CodeWithScope()
				if len(scope) > 5 {
					scope = []byte("\x0c\x00\x00\x00\x10b\x00\x01\x00\x00\x00\x00") // {"b": 1}
				}
				dst = bson.AppendCodeWithScope(dst, string(c.Key()), string(code), scope)
			} else {
				dst = bson.AppendValue(dst, string(c.Key()), c.Type(), c.Data())
			}
			out = append(out, bson.End(dst, mark))
		}
	}
	for _, doc := range docs {
		c := bson.NewCursor(doc)
		walk(&c)
		if err := c.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// mutate returns text with a few bytes changed, drawn from seed.
func mutate(text string, seed uint64) string {
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

func TestPeers(t *testing.T) {
	wild := sample.Documents(sample.Wild, 17, 250)
	docs := append(elements(t, wild), sample.Documents(sample.Bench, 3, 100)...)
	rows := differenceRows(t)
	seen := make(map[string]int)
	for _, newPeer := range peers {
		p := newPeer(t)
		t.Run(p.name, func(t *testing.T) {
			same, equal := 0, 0
			unknown := make(map[string][]string)
			check := func(tr *trial) {
				if tr.agrees(t) {
					if same++; tr.ours == tr.theirs {
						equal++
					}
					return
				}
				for _, d := range differences {
					if d.matches(tr) {
						if seen[d.id]++; !rows[d.id] {
							t.Fatalf("docs/differences.md has no row %s:\n%v", d.id, tr)
						}
						return
					}
				}
				kind := fmt.Sprintf("%s %v ours %v theirs %v", tr.op, tr.typ, sentinel(tr.ourErr), tr.theirErr != nil)
				unknown[kind] = append(unknown[kind], tr.String())
			}
			for i, doc := range docs {
				c := bson.NewCursor(doc)
				c.Next()
				for op, o := range p.text {
					tr := &trial{peer: p.name, op: op, typ: c.Type(), doc: doc}
					text, err := o.AppendJSON(nil, doc)
					tr.ours, tr.ourErr = string(text), err
					tr.theirs, tr.theirErr = p.call(op, string(doc))
					check(tr)
					if err != nil || len(text) > 400 {
						continue
					}
					in := string(text)
					for k := range 3 {
						tr := &trial{peer: p.name, op: "parse", in: in}
						doc, err := extjson.DecodeOptions{Legacy: op == "legacy"}.AppendBSON(nil, []byte(in))
						tr.ours, tr.ourErr = string(doc), err
						tr.theirs, tr.theirErr = p.call("parse", in)
						check(tr)
						in = mutate(string(text), uint64(i*7+k)*0x9E3779B97F4A7C15+1)
					}
				}
			}
			// The order of the keys of whole documents.
			if p.name != "js-bson" {
				for _, doc := range wild {
					keys(t, &p, doc, seen)
				}
			}
			t.Logf("%d trials agree, %d of them byte for byte", same, equal)
			var kinds []string
			for kind, list := range unknown {
				sort.Slice(list, func(i, j int) bool { return len(list[i]) < len(list[j]) })
				kinds = append(kinds, fmt.Sprintf("%6d %s:\n%s", len(list), kind, strings.Join(list[:min(examples, len(list))], "\n")))
			}
			sort.Strings(kinds)
			for _, kind := range kinds {
				t.Error(kind)
			}
		})
	}
	for _, d := range differences {
		if seen[d.id] == 0 && !t.Failed() && !t.Skipped() {
			t.Errorf("the difference %s does not show any more", d.id)
		}
		delete(rows, d.id)
	}
	for id := range rows {
		t.Errorf("docs/differences.md has a row %s that the test does not know", id)
	}
}

// TestPyMongoUUIDs: UUIDs in legacy text, in each byte order.
func TestPyMongoUUIDs(t *testing.T) {
	p := pymongo(t)
	for op, r := range map[string]bson.UUIDRepresentation{
		"uuid-python": bson.UUIDPythonLegacy, "uuid-java": bson.UUIDJavaLegacy,
		"uuid-csharp": bson.UUIDCSharpLegacy, "uuid-standard": bson.UUIDStandard,
	} {
		for i := range 50 {
			var u [16]byte
			for k := range u {
				u[k] = byte(i*31 + k*17)
			}
			dst, mark := bson.Begin(nil)
			doc := bson.End(bson.AppendBinary(dst, "a", r.Subtype(), u[:]), mark)
			o := p.text["legacy"]
			o.UUIDs, o.UUIDRepresentation = extjson.UUIDDigits, r
			ours, err := o.AppendJSON(nil, doc)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := p.call(op, string(doc))
			if err != nil || string(ours) != theirs {
				t.Fatalf("%s: ours %s, theirs %s, %v", op, ours, theirs, err)
			}
			back, err := extjson.DecodeOptions{Legacy: true, UUIDRepresentation: r}.AppendBSON(nil, []byte(theirs))
			if err != nil || !bytes.Equal(back, doc) {
				t.Fatalf("%s: %s comes back as %x, %v, want %x", op, theirs, back, err, doc)
			}
		}
	}
}

// examples is how many differences of a kind are shown.
const examples = 3

// sentinel returns the error that err wraps.
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

// keys checks that a document's keys come in the same order.
func keys(t *testing.T, p *peer, doc []byte, seen map[string]int) {
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := p.call("parse", string(text))
	if err != nil {
		return // a value, which is a difference that is known
	}
	a, b := bson.NewCursor(doc), bson.NewCursor([]byte(theirs))
	var ours, others []byte
	for a.Next() {
		ours = append(append(ours, a.Key()...), 0)
	}
	for b.Next() {
		others = append(append(others, b.Key()...), 0)
	}
	if p.name == "PyMongo" && !bytes.Equal(ours, others) {
		if id := bytes.Index(ours, []byte("\x00_id\x00")); id >= 0 {
			ours = append(append([]byte("_id\x00"), ours[:id+1]...), ours[id+5:]...)
			seen["pymongo-id-first"]++
		}
	}
	if !bytes.Equal(ours, others) && !repeats(ours) {
		t.Errorf("%s: keys %q, want %q", p.name, others, ours)
	}
}

// repeats reports whether a key is there twice.
func repeats(keys []byte) bool {
	seen := make(map[string]bool)
	for key := range bytes.SplitSeq(keys, []byte{0}) {
		if seen[string(key)] {
			return true
		}
		seen[string(key)] = true
	}
	return false
}

var rowID = regexp.MustCompile("(?m)^\\| `((?:pymongo|libbson|js|driver)-[a-z0-9-]+)` \\|")

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
