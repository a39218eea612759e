package schema

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares text with a file in testdata. Every line end follows a comma or bracket.
func golden(t *testing.T, name string, text []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var lines json.RawMessage = text
	pretty, err := json.MarshalIndent(lines, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, append(pretty, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(pretty)+"\n"); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// shop has a value of every kind that the JSON describes.
var shop = []string{
	`{_id: 1, name: "Ada", born: ISODate("1815-12-10T00:00:00Z"), tags: ["a", "b"], address: {zip: "1000", "a.b": 1}}`,
	`{_id: 2, name: "Grace", born: ISODate("1906-12-09T00:00:00Z"), tags: [], price: 9.5, by: {"2023": {n: 1}, "2024": {n: 2}}}`,
	`{_id: 3, name: null, tags: "a", price: NumberDecimal("0.5"), data: BinData(0, "AAEC"), by: {"2025": {n: 3}}}`,
	`{_id: 4, name: "A very long name, which is longer than the limit for values", price: NaN, address: {zip: 1000}}`,
	`{_id: 5, name: "Ada", price: NumberLong("9007199254740993"), code: Code("f()", {x: 1}), when: Timestamp(1, 2), far: [1e300, -1e305]}`,
}

func shopSchema(t *testing.T, o Options) *Schema {
	t.Helper()
	s := New(o)
	for _, text := range shop {
		if err := s.Add(mustParse(t, text)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestJSON fixes the names and the form of the JSON.
func TestJSON(t *testing.T) {
	golden(t, "empty.json", New(Options{}).AppendJSON(nil))
	golden(t, "shop.json", shopSchema(t, Options{MaxValueSize: 40}).AppendJSON(nil))
	golden(t, "limited.json", shopSchema(t, Options{MaxPaths: 8, MaxDataKeys: 1, MaxValues: 2, MaxHashes: 8, MaxLevels: 2}).AppendJSON(nil))
}

// TestValidator fixes the form of validators.
func TestValidator(t *testing.T) {
	golden(t, "empty.validator.json", New(Options{}).JSONSchema(JSONSchemaOptions{Strict: true}))
	golden(t, "shop.validator.json", shopSchema(t, Options{}).JSONSchema(JSONSchemaOptions{}))
	golden(t, "shop.strict.json", shopSchema(t, Options{}).JSONSchema(JSONSchemaOptions{Strict: true}))
	golden(t, "folded.strict.json", shopSchema(t, Options{MaxDataKeys: 1}).JSONSchema(JSONSchemaOptions{Strict: true}))
	golden(t, "limited.strict.json", shopSchema(t, Options{MaxPaths: 5, MaxLevels: 2}).JSONSchema(JSONSchemaOptions{Strict: true}))
}

func TestMarshalJSON(t *testing.T) {
	s := shopSchema(t, Options{})
	got, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if err := json.Unmarshal(got, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(s.AppendJSON(nil), &b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPathText: paths that differ have different texts.
func TestPathText(t *testing.T) {
	s := New(Options{MaxDataKeys: 1})
	for _, text := range []string{
		`{a: {b: [[{c: 1}]], "": 1, "*": 2, "b.c": 3, "x[]": 4, "tab\there": 5, "q\"q": 6}, "": {"": 1}, "a.b": 1}`,
		`{a: {"1": 1, "2": 2}}`,
	} {
		if err := s.Add(mustParse(t, text)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for p := range s.Paths() {
		got = append(got, p.String())
	}
	want := []string{
		`a`, `a.b`, `a.b[]`, `a.b[][]`, `a.b[][].c`, `a.""`, `a."*"`, `a."b.c"`, `a."x[]"`, `a."tab\there"`, `a."q\"q"`, `a.*`,
		`""`, `"".""`, `"a.b"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
