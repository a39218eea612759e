package tabular_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
)

// documentsOf returns the documents of a table.
func documentsOf(t *testing.T, o tabular.DecodeOptions, text []byte) (docs [][]byte) {
	t.Helper()
	d := o.NewDecoder(nil)
	d.ResetBytes(text, nil, nil)
	for d.Next() {
		docs = append(docs, bytes.Clone(d.Raw()))
	}
	if err := d.Err(); err != nil {
		t.Fatalf("%v, of\n%s", err, text)
	}
	return docs
}

// turns are the ways to write documents with types and to read them.
var turns = []struct {
	name  string
	find  tabular.FindOptions
	write tabular.TableOptions
	read  tabular.DecodeOptions
}{
	{name: "CSV"},
	{name: "TSV", write: tabular.TableOptions{Delimiter: '\t', CRLF: true}, read: tabular.DecodeOptions{Syntax: tabular.Syntax{Comma: '\t'}}},
	{name: "null", write: tabular.TableOptions{HasNull: true, Null: "1"}, read: tabular.DecodeOptions{Null: new("1")}},
	{name: "arrays", find: tabular.FindOptions{Arrays: tabular.ArrayIndex}, write: tabular.TableOptions{Arrays: tabular.ArrayIndex}, read: tabular.DecodeOptions{ArrayIndexes: true}},
}

// comeBack writes documents with types and reads them, in each turn. It returns the number
// of those that were rejected in the first; each of the others must be the same.
func comeBack(t *testing.T, docs [][]byte) (rejected int) {
	t.Helper()
	for i, turn := range turns {
		turn.find.Typed, turn.write.Typed, turn.read.Typed = true, true, true
		table, err := tabular.NewTable(find(turn.find, docs...), turn.write)
		if errors.Is(err, tabular.ErrHeader) {
			if i == 0 {
				rejected = len(docs)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		out := []byte(table.Header())
		var want [][]byte
		for _, doc := range docs {
			rows, err := table.AppendRows(out, math.MaxInt, doc)
			if err == nil {
				out, want = rows, append(want, doc)
			} else if i == 0 {
				rejected++
			}
		}
		got := documentsOf(t, turn.read, out)
		if len(got) != len(want) {
			t.Fatalf("%s: %d documents, want %d, of\n%s", turn.name, len(got), len(want), out)
		}
		for i, doc := range got {
			if !bytes.Equal(doc, want[i]) {
				t.Fatalf("%s: document %d: %v, want %v, of\n%s", turn.name, i, jsonOf(doc), jsonOf(want[i]), out)
			}
		}
	}
	return rejected
}

// jsonOf returns doc as text, for messages.
func jsonOf(doc []byte) string {
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.AsIs}.AppendJSON(nil, doc)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// A document that is written with types is read back as the same bytes, or was rejected.
// Documents have all types, and texts that look like numbers, quotes and line ends.
func TestTypedComesBack(t *testing.T) {
	all, rejected := 0, 0
	for _, o := range []bsontest.Options{
		{}, {MaxDepth: 2}, {MaxDepth: 3, MaxSize: 200},
		{Odd: bsontest.DuplicateKeys}, {Keys: []string{"a", "a.b", "a.int32()", `\`, "", "$oid", "é", " x", "=1"}, MaxDepth: 3, MaxSize: 400},
	} {
		s := bsontest.NewRandom(11)
		for n := range 250 {
			var docs [][]byte
			for range 1 + n%3 {
				docs = append(docs, o.Document(s))
			}
			all += len(docs)
			rejected += comeBack(t, docs)
		}
	}
	if rejected > all/2 {
		t.Errorf("%d of %d documents were rejected", rejected, all)
	}
	t.Logf("%d of %d documents were rejected", rejected, all)
}

// FuzzTyped holds that documents with types come back, or are rejected.
func FuzzTyped(f *testing.F) {
	for _, doc := range []string{`{}`, `{"a":1,"b":{"c":[1,{"d":null}]}}`, `{"a":"","0":"1"}`, `{"a.b":{"":true}}`} {
		raw, err := extjson.AppendBSON(nil, []byte(doc))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bsontest.Seed(raw), bsontest.Seed(raw))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		comeBack(t, [][]byte{bsontest.Document(first), bsontest.Document(second)})
	})
}

// The same is true of documents that share their fields, and have few of them.
func TestTypedTexts(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	texts := []string{"", "1", "007", "1.5", "NaN", "true", "null", `""`, `"`, "\r\n", "\r", "\n", ",", " ", "a\x00b", "\ufeff", "{}", `{"$oid":"x"}`, "2024-02-29T00:00:00Z", "56e1fc72e0c917e9c4714161"}
	all, rejected := 0, 0
	for range 500 {
		var docs [][]byte
		for range 1 + random.IntN(5) {
			doc, mark := bsoncore.Begin(nil)
			for _, key := range []string{"s", "m", "n"} {
				switch random.IntN(6) {
				case 0:
				case 1:
					doc = bsoncore.AppendNull(doc, key)
				case 2:
					doc = bsoncore.AppendInt32(doc, key, 1)
				case 3:
					var inner int
					doc, inner = bsoncore.BeginDocument(doc, key)
					doc = bsoncore.End(bsoncore.AppendString(doc, texts[random.IntN(len(texts))], "x"), inner)
				default:
					doc = bsoncore.AppendString(doc, key, texts[random.IntN(len(texts))])
				}
			}
			docs = append(docs, bsoncore.End(doc, mark))
		}
		all += len(docs)
		rejected += comeBack(t, docs)
	}
	t.Logf("%d of %d documents were rejected", rejected, all)
}

// A document that a table with types cannot give back is an error.
func TestTypedFaults(t *testing.T) {
	for _, tc := range []struct {
		name string
		docs []string // the last one has a fault
		err  error
		at   string // the path of the fault
	}{
		{"another order", []string{`{a:1,b:1}`, `{b:1,a:1}`}, tabular.ErrOrder, "/a"},
		{"duplicate", []string{`{a:1,a:1}`}, tabular.ErrDuplicate, "/a"},
		{"duplicate document", []string{`{a:{x:1},a:{y:1}}`}, tabular.ErrDuplicate, "/a"},
		{"duplicate, of two kinds", []string{`{a:1,a:{y:1}}`}, tabular.ErrDuplicate, "/a"},
		{"no field", []string{`{a:1}`, `{}`}, tabular.ErrNoFields, ""},
	} {
		docs := docsOf(t, tc.docs[:len(tc.docs)-1]...)
		last, err := (extjson.DecodeOptions{Shell: true}).AppendBSON(nil, []byte(tc.docs[len(tc.docs)-1]))
		if err != nil && tc.err == nil {
			continue
		}
		docs = append(docs, last)
		_, errs := tableOf(t, find(tabular.FindOptions{Typed: true}, docs...), tabular.TableOptions{Typed: true}, docs...)
		if len(errs) != 1 || !errors.Is(errs[0], tc.err) {
			t.Errorf("%s: errors %v, want %v", tc.name, errs, tc.err)
			continue
		}
		if e, ok := errors.AsType[*bson.ValueError](errs[0]); !ok || e.Pointer != tc.at {
			t.Errorf("%s: %#v, want the path %s", tc.name, errs[0], tc.at)
		}
	}
}
