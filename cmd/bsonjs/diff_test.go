package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// A diffLine is a line of bsonjs diff --json.
type diffLine struct {
	NS      string          `json:"ns,omitempty"`
	ID      json.RawMessage `json:"id,omitempty"`
	Kind    string          `json:"kind,omitempty"`
	Changes []struct {
		Path string `json:"path"`
	} `json:"changes,omitempty"`
	Summary json.RawMessage `json:"summary,omitempty"`
}

// plain returns v with the keys of documents in order, so that reflect.DeepEqual does not
// see their order.
func plain(v any) any {
	switch v := v.(type) {
	case bson.D:
		v = slices.Clone(v)
		slices.SortStableFunc(v, func(a, b bson.E) int { return cmp.Compare(a.Key, b.Key) })
		for i := range v {
			v[i].Value = plain(v[i].Value)
		}
		return v
	case bson.A:
		v = slices.Clone(v)
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	}
	return v
}

// slowChanges returns the paths that differ in two documents. In arrays it does not look.
func slowChanges(path string, a, b bson.D) (paths []string) {
	at := func(d bson.D, key string) (any, bool) {
		i := slices.IndexFunc(d, func(e bson.E) bool { return e.Key == key })
		if i < 0 {
			return nil, false
		}
		return d[i].Value, true
	}
	for _, e := range a {
		here := path + "/" + e.Key
		other, ok := at(b, e.Key)
		x, isDoc := e.Value.(bson.D)
		y, otherDoc := other.(bson.D)
		switch {
		case ok && isDoc && otherDoc:
			paths = append(paths, slowChanges(here, x, y)...)
		case !ok || !reflect.DeepEqual(plain(e.Value), plain(other)):
			paths = append(paths, here)
		}
	}
	for _, e := range b {
		if _, ok := at(a, e.Key); !ok {
			paths = append(paths, path+"/"+e.Key)
		}
	}
	return paths
}

// slowDiff is the reference of bsonjs diff: a line for each difference, with the _id or the
// paths in it. It decodes all documents, and compares each with all others.
func slowDiff(t *testing.T, a, b [][]byte) (lines []string) {
	t.Helper()
	decode := func(docs [][]byte) (all []bson.D) {
		for _, doc := range docs {
			var d bson.D
			if err := bson.Unmarshal(doc, &d); err != nil {
				t.Fatal(err)
			}
			all = append(all, d)
		}
		return all
	}
	id := func(d bson.D) any {
		for _, e := range d {
			if e.Key == "_id" {
				return e.Value
			}
		}
		return nil
	}
	listA, listB := decode(a), decode(b)
	used := make([]bool, len(listB))
	for _, x := range listA {
		partner := -1
		for i, y := range listB {
			if !used[i] && fmt.Sprint(id(x)) == fmt.Sprint(id(y)) {
				partner = i
				break
			}
		}
		if partner < 0 {
			lines = append(lines, fmt.Sprintf("a %v", id(x)))
			continue
		}
		used[partner] = true
		if paths := slowChanges("", x, listB[partner]); len(paths) > 0 {
			lines = append(lines, fmt.Sprintf("changed %v %v", id(x), paths))
		}
	}
	for i, y := range listB {
		if !used[i] {
			lines = append(lines, fmt.Sprintf("b %v", id(y)))
		}
	}
	return lines
}

// readDiff returns the lines of bsonjs diff --json as slowDiff has them. A path in an array
// is that of the array.
func readDiff(t *testing.T, out string) (lines []string) {
	t.Helper()
	for line := range strings.Lines(out) {
		var d diffLine
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if d.Summary != nil {
			continue
		}
		var id map[string]string
		if err := json.Unmarshal(d.ID, &id); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		text := d.Kind + " " + cmp.Or(id["$numberInt"], id["$numberLong"])
		if d.Kind == "changed" {
			var paths []string
			for _, c := range d.Changes {
				path := c.Path
				if i := strings.Index(path, "/tags/"); i >= 0 {
					path = path[:i+len("/tags")]
				}
				if len(paths) == 0 || paths[len(paths)-1] != path {
					paths = append(paths, path)
				}
			}
			text += fmt.Sprintf(" %v", paths)
		}
		lines = append(lines, text)
	}
	return lines
}

// diffDocument returns a document with an _id.
func diffDocument(r *rand.Rand, id int) []byte {
	doc, mark := bsoncore.Begin(nil)
	for _, i := range r.Perm(4) {
		switch i {
		case 0:
			if r.IntN(8) == 0 {
				doc = bsoncore.AppendInt64(doc, "_id", int64(id))
			} else {
				doc = bsoncore.AppendInt32(doc, "_id", int32(id))
			}
		case 1:
			doc = bsoncore.AppendString(doc, "text", strings.Repeat("x", r.IntN(3)*200))
		case 2:
			var inner int
			doc, inner = bsoncore.BeginDocument(doc, "in")
			for _, k := range r.Perm(3)[:1+r.IntN(3)] {
				doc = bsoncore.AppendInt32(doc, string(rune('a'+k)), r.Int32N(2))
			}
			doc = bsoncore.End(doc, inner)
		case 3:
			var inner int
			doc, inner = bsoncore.BeginArray(doc, "tags")
			for k := range r.IntN(3) {
				doc = bsoncore.AppendInt32(doc, fmt.Sprint(k), r.Int32N(2))
			}
			doc = bsoncore.End(doc, inner)
		}
	}
	return bsoncore.End(doc, mark)
}

// TestDiff: bsonjs diff finds what a slow comparison of decoded documents finds, in the same
// order: of shuffled and edited copies, with equal ids, in any formats, from pipes, for any
// number of jobs and any memory.
func TestDiff(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 16))
	dir := t.TempDir()
	for i, tc := range []struct {
		name         string
		n, ids       int
		shuffle      int // one in so many documents moves
		edit, remove int // one in so many documents
	}{
		{"equal", 700, 1 << 30, 0, 0, 0},
		{"edited in place", 700, 1 << 30, 0, 5, 0},
		{"some missing", 700, 1 << 30, 0, 50, 20},
		{"shuffled", 500, 1 << 30, 1, 3, 9},
		{"equal ids", 300, 40, 1, 2, 9},
		{"equal ids in place", 300, 40, 0, 9, 60},
	} {
		var a, b [][]byte
		for k := range tc.n {
			id := k
			if tc.ids < tc.n {
				id = r.IntN(tc.ids)
			}
			doc := diffDocument(r, id)
			copied := doc
			if tc.edit > 0 && r.IntN(tc.edit) == 0 {
				copied = diffDocument(r, id)
			}
			if tc.remove == 0 || r.IntN(tc.remove) > 0 {
				a = append(a, doc)
			}
			if tc.remove == 0 || r.IntN(tc.remove) > 0 {
				b = append(b, copied)
			}
		}
		if tc.shuffle > 0 {
			r.Shuffle(len(b), func(i, j int) { b[i], b[j] = b[j], b[i] })
		}
		want := slowDiff(t, a, b)
		fileA, fileB := filepath.Join(dir, fmt.Sprint("a", i, ".bson")), filepath.Join(dir, fmt.Sprint("b", i))
		writeFile(t, fileA, bytes.Join(a, nil))
		writeFile(t, fileB+".bson", bytes.Join(b, nil))
		inputs := [][]string{{fileA, fileB + ".bson"}}
		convert := func(from, to string, flags ...string) string {
			if c := runCommand(nil, append([]string{from, "-q", "-o", to}, flags...)...); c.code != 0 {
				t.Fatalf("%s: %s", to, c.stderr)
			}
			return to
		}
		inputs = append(inputs,
			[]string{fileA, convert(fileB+".bson", fileB+".json", "-m", "canonical")},
			[]string{fileA, convert(fileB+".bson", fileB+".bson.gz")},
			[]string{fileA, convert(fileB+".bson", fileB+".archive", "--as-ns", "db.c")},
		)
		inputs = append(inputs, []string{"--from", "pickle", "--to", "pickle", convert(fileA, fileA+".pickle", "-t", "pickle"), convert(fileB+".bson", fileB+".pickle", "-t", "pickle")})
		var first string
		for k, input := range append(inputs, []string{fileA, "-"}) {
			args := append([]string{"diff", "--json", "-j", []string{"1", "2", "8"}[k%3]}, input...)
			if k%2 == 1 {
				args = append(args, "--memory", "64KiB")
			}
			var stdin io.Reader
			if slices.Contains(input, "-") {
				stdin = bytes.NewReader(bytes.Join(b, nil))
			}
			c := runCommand(stdin, args...)
			if first = cmp.Or(first, c.stdout); c.stdout != first {
				t.Errorf("%s: %q: the output is another one", tc.name, args)
			}
			if code := min(len(want), 1); c.code != code {
				t.Fatalf("%s: %q: code %d, want %d: %s", tc.name, args, c.code, code, c.stderr)
			}
			if diff := gocmp.Diff(want, readDiff(t, c.stdout)); diff != "" {
				t.Fatalf("%s: %q (-want +got):\n%s", tc.name, args, diff)
			}
		}
	}
}

// BenchmarkDiff compares the time of a comparison of equal files with that of the validation
// of both, by turns.
func BenchmarkDiff(b *testing.B) {
	var block []byte
	for _, doc := range sample.Documents(sample.Bench, sample.Seed, 2000) {
		block = append(block, doc...)
	}
	name := filepath.Join(b.TempDir(), "a.bson")
	data := bytes.Repeat(block, max(64<<20/len(block), 1))
	if err := os.WriteFile(name, data, 0o666); err != nil {
		b.Fatal(err)
	}
	for _, bc := range []struct {
		name string
		runs [][]string
	}{
		{"validate", [][]string{{"validate", name}, {"validate", name}}},
		{"diff", [][]string{{"diff", name, name}}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.SetBytes(2 * int64(len(data)))
			for b.Loop() {
				for _, args := range bc.runs {
					if c := runCommand(nil, args...); c.code != 0 {
						b.Fatal(c.stderr)
					}
				}
			}
		})
	}
}

// TestDiffEmptyFolder: all namespaces of a directory are missing in an empty one.
func TestDiffEmptyFolder(t *testing.T) {
	full := makeFiles(t, map[string]string{"s/a.bson": rowWithID, "s/a.metadata.json": "{}", "s/b.bson": rowWithID, "s/b.metadata.json": "{}"})
	empty := t.TempDir()
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{empty, full}, 1, "+ s.a (namespace)\n+ s.a NumberInt(1)\n+ s.b (namespace)\n+ s.b NumberInt(1)\n"},
		{[]string{full, empty}, 1, "- s.a (namespace)\n- s.a NumberInt(1)\n- s.b (namespace)\n- s.b NumberInt(1)\n"},
		{[]string{empty, empty}, 0, ""},
	} {
		got := runCommand(nil, append([]string{"diff", "-q", "--brief"}, tc.args...)...)
		if got.code != tc.code || got.stdout != tc.want {
			t.Errorf("%q: code %d, stdout %q, stderr %q, want %q", tc.args, got.code, got.stdout, got.stderr, tc.want)
		}
	}
}

// rowWithID is {"_id": 1} as BSON.
const rowWithID = "\x0e\x00\x00\x00\x10_id\x00\x01\x00\x00\x00\x00"
