package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file compares schemas with those of mongodb-schema and of a loop with PyMongo, and
// tries validators with ajv.

// schemaSets returns sets of documents that js-bson and PyMongo keep as they are.
func schemaSets(seed uint64) map[string][]bson.Raw {
	sets := map[string][]bson.Raw{}
	for name, mix := range map[string]sample.Mix{"collection": sample.Collection, "wild": sample.Wild, "bench": sample.Bench} {
		// The first documents of a collection are unlike the others: no field is in all.
		for _, doc := range sample.Documents(mix, seed, 400)[20:] {
			if !repeats(doc) && !special(doc) {
				sets[name] = append(sets[name], doc)
			}
		}
	}
	return sets
}

// special reports whether doc has a value that a peer does not keep: a dbPointer, which both
// read as a DBRef; a DBRef, which is no object of theirs; a date beyond the years of Python;
// a key of JavaScript itself.
func special(doc []byte) bool {
	c := bson.NewCursor(doc)
	for c.Next() {
		key := string(c.Key())
		switch {
		case c.Type() == bson.TypeDBPointer || key == "$ref" || key == "__proto__":
			return true
		case c.Type() == bson.TypeDateTime:
			if y := bson.DateTime(c.DateTime()).Time().UTC().Year(); y < 1 || y > 9999 {
				return true
			}
		case c.Type().IsContainer() && special(c.Data()):
			return true
		}
	}
	return false
}

// command builds bsonjs and returns a function that runs it.
func command(t *testing.T) func(args ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "bsonjs")
	if out, err := exec.Command("go", "-C", "..", "build", "-o", program, "./cmd/bsonjs").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return func(args ...string) string {
		t.Helper()
		var stderr bytes.Buffer
		cmd := exec.Command(program, args...)
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil || stderr.Len() > 0 {
			t.Fatalf("%q: %v\n%s", args, err, &stderr)
		}
		return string(out)
	}
}

// A counted has the number of values of each type at a path.
type counted map[string]map[string]uint64

// theirCounts reads the answer of a peer.
func theirCounts(t *testing.T, text string) counted {
	t.Helper()
	var list []struct {
		Path   []any
		Counts map[string]uint64
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	all := counted{}
	for _, p := range list {
		all[pathText(p.Path)] = p.Counts
	}
	return all
}

// pathText returns keys, with 0 for elements, in the form that docs/schema.md describes.
func pathText(keys []any) string {
	var b strings.Builder
	for _, key := range keys {
		text, isKey := key.(string)
		if !isKey {
			b.WriteString("[]")
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		if text == "" || text == "*" || strings.ContainsAny(text, ".\"[]") || strings.ContainsFunc(text, unicode.IsControl) {
			text = jsonText(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

func jsonText(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

// A schemaLine is a part of schema --json.
type schemaLine struct {
	Root  schemaPath
	Paths []schemaPath
}

type schemaPath struct {
	Path, Kind string
	Count      uint64
	Types      map[string]uint64
	Lost       uint64
	Deep       bool
}

// folded finds the path of keys that are folded.
var folded = regexp.MustCompile(`(^|\.)\*($|[.\[])`)

// compareCounts compares all paths of ours with theirs. Theirs may have more only below a
// path where ours says that paths are missing or folded. It returns the number of paths
// that are equal.
func compareCounts(t *testing.T, name, ours string, theirs counted, rename map[string]string) (equal int) {
	t.Helper()
	var line schemaLine
	if err := json.Unmarshal([]byte(ours), &line); err != nil {
		t.Fatal(err)
	}
	known, open := map[string]bool{}, []string{}
	missing := func(p schemaPath) {
		if p.Lost > 0 || p.Deep {
			open = append(open, p.Path)
		}
	}
	missing(line.Root)
	for _, p := range line.Paths {
		missing(p)
		known[p.Path] = true
		if at := folded.FindStringIndex(p.Path); at != nil {
			open = append(open, p.Path[:at[0]])
			continue
		}
		counts := map[string]uint64{}
		for typ, n := range p.Types {
			if to := rename[typ]; to != "" {
				typ = to
			}
			counts[typ] += n
		}
		if diff := cmp.Diff(theirs[p.Path], counts); diff != "" {
			t.Errorf("%s: %q (-theirs +ours):\n%s", name, p.Path, diff)
			continue
		}
		equal++
	}
	for path := range theirs {
		if !known[path] && !slices.ContainsFunc(open, func(above string) bool { return strings.HasPrefix(path, above) }) {
			t.Errorf("%s: %q is missing", name, path)
		}
	}
	return equal
}

// TestSchemaPeers: the types of all paths, with their numbers, are those of mongodb-schema
// and of a loop with PyMongo, for any number of jobs and any split into files. PyMongo reads
// a symbol as a string, and undefined as null. Documents that a peer cannot read are left out.
func TestSchemaPeers(t *testing.T) {
	run := command(t)
	peers := []struct {
		name   string
		call   func(op, arg string) (string, error)
		rename map[string]string
	}{
		{"mongodb-schema", start(t, "node_modules/mongodb-schema", "node", "schema.mjs"), nil},
		{"PyMongo", start(t, "schema.py", "/usr/bin/python3", "schema.py"), map[string]string{"symbol": "string", "undefined": "null"}},
	}
	r := rand.New(rand.NewPCG(16, 16))
	for seed := range uint64(2) {
		for name, all := range schemaSets(seed + 1) {
			for _, p := range peers {
				docs := slices.DeleteFunc(slices.Clone(all), func(doc bson.Raw) bool {
					_, err := p.call("schema", string(doc))
					return err != nil
				})
				answer, err := p.call("schema", string(bytes.Join(rawBytes(docs), nil)))
				if err != nil {
					t.Fatalf("%s: %s: %v", p.name, name, err)
				}
				theirs := theirCounts(t, answer)
				whole := ""
				for _, jobs := range []string{"1", "2", "8"} {
					got := run(append([]string{"schema", "--json", "-j", jobs}, splitFiles(t, r, docs)...)...)
					if whole == "" {
						whole = got
					}
					if got != whole {
						t.Fatalf("%s, %s jobs: another split gives another result", name, jobs)
					}
				}
				n := compareCounts(t, p.name+", "+name, whole, theirs, p.rename)
				t.Logf("%s, %s: they read %d of %d documents; %d of %d paths are equal", p.name, name, len(docs), len(all), n, len(theirs))
				if n < 20 || len(docs) < len(all)/2 {
					t.Errorf("too few")
				}
			}
		}
	}
}

func rawBytes(docs []bson.Raw) (all [][]byte) {
	for _, doc := range docs {
		all = append(all, doc)
	}
	return all
}

// splitFiles writes docs to one file or more, in their order, and returns the names.
func splitFiles(t *testing.T, r *rand.Rand, docs []bson.Raw) (names []string) {
	t.Helper()
	dir := t.TempDir()
	for at := 0; at < len(docs); {
		n := min(1+r.IntN(len(docs)), len(docs)-at)
		name := filepath.Join(dir, fmt.Sprint(len(names), ".bson"))
		if err := os.WriteFile(name, bytes.Join(rawBytes(docs[at:at+n]), nil), 0o666); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		at += n
	}
	return names
}

// A rules is a part of a validator.
type rules struct {
	BsonType             any
	Required             []string
	Properties           map[string]rules
	Items                *rules
	AdditionalProperties json.RawMessage
}

// lists reports whether r accepts a value of type t. Without types it accepts all.
func (r *rules) lists(t bson.Type) bool {
	switch types := r.BsonType.(type) {
	case string:
		return types == t.String()
	case []any:
		return slices.Contains(types, any(t.String()))
	}
	return true
}

// below returns the rules for the values with a key; nil: any value is accepted.
func (r *rules) below(t bson.Type, key string) *rules {
	if t == bson.TypeArray {
		return r.Items
	}
	if kid, ok := r.Properties[key]; ok {
		return &kid
	}
	var kid rules
	if len(r.AdditionalProperties) == 0 || json.Unmarshal(r.AdditionalProperties, &kid) != nil {
		return nil
	}
	return &kid
}

// An edit returns a container with a change in it, or below it, that the rules for it
// forbid; nil: there is nothing to change.
type edit func(r *rand.Rand, rules *rules, t bson.Type, data []byte) []byte

// inside makes an edit of the container itself one of any container: it is tried in a
// container that is chosen at random.
func (e edit) inside(r *rand.Rand, rules *rules, t bson.Type, data []byte) []byte {
	var kids []int
	for i, el := range partsOf(data) {
		if el.typ.IsContainer() && rules.below(t, el.key) != nil {
			kids = append(kids, i)
		}
	}
	if len(kids) == 0 || r.IntN(3) == 0 {
		return e(r, rules, t, data)
	}
	all := partsOf(data)
	at := &all[kids[r.IntN(len(kids))]]
	changed := e.inside(r, rules.below(t, at.key), at.typ, []byte(at.data))
	if changed == nil {
		return nil
	}
	at.data = string(changed)
	return []byte(documentOf(all...))
}

func partsOf(data []byte) (all []element) {
	c := bson.NewCursor(data)
	for c.Next() {
		all = append(all, element{string(c.Key()), c.Type(), string(c.Data())})
	}
	return all
}

// scalarTypes are types with a value of each.
var scalarTypes = []element{
	{"", bson.TypeMinKey, ""}, {"", bson.TypeMaxKey, ""}, {"", bson.TypeNull, ""}, {"", bson.TypeUndefined, ""}, {"", bson.TypeBoolean, "\x01"},
	{"", bson.TypeInt32, "\x01\x00\x00\x00"}, {"", bson.TypeInt64, "\x01\x00\x00\x00\x00\x00\x00\x00"}, {"", bson.TypeDouble, "\x00\x00\x00\x00\x00\x00\xf0\x3f"},
	{"", bson.TypeDateTime, "\x01\x00\x00\x00\x00\x00\x00\x00"}, {"", bson.TypeTimestamp, "\x01\x00\x00\x00\x00\x00\x00\x00"},
	{"", bson.TypeString, "\x01\x00\x00\x00\x00"}, {"", bson.TypeSymbol, "\x01\x00\x00\x00\x00"}, {"", bson.TypeCode, "\x01\x00\x00\x00\x00"},
	{"", bson.TypeRegex, "\x00\x00"}, {"", bson.TypeBinary, "\x00\x00\x00\x00\x00"}, {"", bson.TypeObjectID, "0123456789ab"},
	{"", bson.TypeDecimal128, "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x30"},
	{"", bson.TypeDocument, "\x05\x00\x00\x00\x00"}, {"", bson.TypeArray, "\x05\x00\x00\x00\x00"},
	{"", bson.TypeCodeWithScope, "\x0e\x00\x00\x00\x01\x00\x00\x00\x00\x05\x00\x00\x00\x00"},
}

// otherType gives a value a type that its rules do not list.
func otherType(r *rand.Rand, rules *rules, t bson.Type, data []byte) []byte {
	all := partsOf(data)
	if len(all) == 0 {
		return nil
	}
	at := &all[r.IntN(len(all))]
	kid := rules.below(t, at.key)
	other := scalarTypes[r.IntN(len(scalarTypes))]
	if kid == nil || kid.lists(other.typ) {
		return nil
	}
	at.typ, at.data = other.typ, other.data
	return []byte(documentOf(all...))
}

// withoutField removes a field that the rules require.
func withoutField(r *rand.Rand, rules *rules, t bson.Type, data []byte) []byte {
	if t != bson.TypeDocument || len(rules.Required) == 0 {
		return nil
	}
	key := rules.Required[r.IntN(len(rules.Required))]
	return []byte(documentOf(slices.DeleteFunc(partsOf(data), func(e element) bool { return e.key == key })...))
}

// furtherField adds a field that the rules do not have.
func furtherField(r *rand.Rand, rules *rules, t bson.Type, data []byte) []byte {
	if t != bson.TypeDocument || string(rules.AdditionalProperties) != "false" {
		return nil
	}
	all := partsOf(data)
	more := element{"no such field", bson.TypeInt32, "\x01\x00\x00\x00"}
	return []byte(documentOf(slices.Insert(all, r.IntN(len(all)+1), more)...))
}

// TestValidatorsWithAjv: ajv accepts all documents from which a validator was made. It
// rejects documents that were changed at random: a type that is not listed, and, if the
// validator is strict, a missing and a further field.
func TestValidatorsWithAjv(t *testing.T) {
	call := start(t, "node_modules/ajv", "node", "schema.mjs")
	valid := func(doc []byte) bool {
		t.Helper()
		answer, err := call("valid", string(doc))
		if err != nil {
			t.Fatalf("%v: %v", bson.Raw(doc), err)
		}
		return answer == "\x01"
	}
	sets := schemaSets(3)
	if data, err := os.ReadFile(filepath.Join("..", "testdata", "collection.bson")); err == nil {
		d := bson.NewDecoder(bytes.NewReader(data))
		for d.Next() {
			if !repeats(d.Raw()) && !special(d.Raw()) {
				sets["testdata"] = append(sets["testdata"], slices.Clone(d.Raw()))
			}
		}
	} else {
		t.Error(err)
	}
	for name, docs := range sets {
		s := schema.New(schema.Options{})
		for _, doc := range docs {
			if err := s.Add(doc); err != nil {
				t.Fatal(err)
			}
		}
		for _, strict := range []bool{false, true} {
			text := s.JSONSchema(schema.JSONSchemaOptions{Strict: strict})
			var parsed struct {
				Schema rules `json:"$jsonSchema"`
			}
			if err := json.Unmarshal(text, &parsed); err != nil {
				t.Fatal(err)
			}
			if _, err := call("validator", string(text)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			r := rand.New(rand.NewPCG(1, 2))
			tried := map[string]int{}
			for at, doc := range docs {
				if !valid(doc) {
					t.Errorf("%s, strict %v: document %d is rejected: %v", name, strict, at, doc)
				}
				for what, e := range map[string]edit{"type": otherType, "missing": withoutField, "further": furtherField} {
					changed := e.inside(r, &parsed.Schema, bson.TypeDocument, doc)
					if changed == nil {
						continue
					}
					if bsoncore.Validate(changed) != nil {
						t.Fatalf("%s: malformed: %x", what, changed)
					}
					tried[what]++
					if valid(changed) {
						t.Errorf("%s, strict %v: a change is accepted, %s: %v", name, strict, what, bson.Raw(changed))
					}
				}
			}
			t.Logf("%s, strict %v: %d documents are accepted; rejected are %v", name, strict, len(docs), tried)
			if tried["type"] == 0 || strict && name != "testdata" && (tried["missing"] == 0 || tried["further"] == 0) || !strict && len(tried) > 1 {
				t.Errorf("%s, strict %v: tried %v", name, strict, tried)
			}
		}
	}
}
