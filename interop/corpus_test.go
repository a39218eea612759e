package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"

	// The corpus is in the testdata of this module; go.mod fixes the version.
	_ "go.mongodb.org/mongo-driver/bson"
)

// This file runs the official BSON corpus, by the rules of its specification
// for a codec without an intermediate form. No row is an exception, and none is
// skipped.

var (
	canonical = extjson.EncodeOptions{Mode: extjson.Canonical}
	exact     = extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true}
	relaxed   = extjson.EncodeOptions{}
)

// moduleDir returns the directory of a module that go.mod requires.
func moduleDir(tb testing.TB, module string) string {
	tb.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		tb.Fatalf("go list -m %s: %v", module, err)
	}
	dir := strings.TrimSpace(string(out))
	if dir == "" {
		tb.Fatalf("%s is not in the module cache", module)
	}
	return dir
}

// The number of rows in the corpus of mongo-driver v1.17.10. With fewer rows
// the test misses some.
const (
	corpusFiles        = 31
	corpusValid        = 718
	corpusDecodeErrors = 75
	corpusParseErrors  = 180
)

func TestCorpus(t *testing.T) {
	dir := filepath.Join(moduleDir(t, "go.mongodb.org/mongo-driver"), "testdata", "bson-corpus")
	files := corpus.LoadOfficial(t, dir)
	valid, decodeErrors, parseErrors := 0, 0, 0
	for _, file := range files {
		t.Run(file.Name, func(t *testing.T) {
			for i, v := range file.Valid {
				t.Run(fmt.Sprintf("valid %d %s", i, v.Description), func(t *testing.T) { checkValid(t, v) })
			}
			for i, d := range file.DecodeErrors {
				t.Run(fmt.Sprintf("decode error %d %s", i, d.Description), func(t *testing.T) { checkDecodeError(t, d) })
			}
			for i, p := range file.ParseErrors {
				t.Run(fmt.Sprintf("parse error %d %s", i, p.Description), func(t *testing.T) { checkParseError(t, file, p) })
			}
		})
		valid += len(file.Valid)
		decodeErrors += len(file.DecodeErrors)
		parseErrors += len(file.ParseErrors)
	}
	if len(files) != corpusFiles || valid != corpusValid || decodeErrors != corpusDecodeErrors || parseErrors != corpusParseErrors {
		t.Errorf("%d files, %d valid, %d decode errors, %d parse errors; want %d, %d, %d, %d",
			len(files), valid, decodeErrors, parseErrors,
			corpusFiles, corpusValid, corpusDecodeErrors, corpusParseErrors)
	}
}

func checkValid(t *testing.T, v corpus.OfficialValid) {
	wantText(t, "canonical_bson → canonical_extjson", canonical, v.CanonicalBSON, v.CanonicalExtJSON)
	if v.RelaxedExtJSON != "" {
		wantText(t, "canonical_bson → relaxed_extjson", relaxed, v.CanonicalBSON, v.RelaxedExtJSON)
		back := parse(t, "relaxed_extjson", v.RelaxedExtJSON)
		wantText(t, "relaxed_extjson → bson → relaxed_extjson", relaxed, back, v.RelaxedExtJSON)
	}
	back := parse(t, "canonical_extjson", v.CanonicalExtJSON)
	wantText(t, "canonical_extjson → bson → canonical_extjson", canonical, back, v.CanonicalExtJSON)
	if !v.Lossy {
		wantBytes(t, "canonical_extjson → canonical_bson", back, v.CanonicalBSON)
		wantText(t, "canonical_bson → canonical_extjson, RejectLossy", exact, v.CanonicalBSON, v.CanonicalExtJSON)
	}
	if v.DegenerateBSON != nil {
		wantText(t, "degenerate_bson → canonical_extjson", canonical, v.DegenerateBSON, v.CanonicalExtJSON)
		if text, err := exact.AppendJSON(nil, v.DegenerateBSON); err == nil {
			t.Errorf("degenerate_bson with RejectLossy gives %s, want an error", text)
		}
	}
	if v.DegenerateText != "" {
		back := parse(t, "degenerate_extjson", v.DegenerateText)
		wantText(t, "degenerate_extjson → bson → canonical_extjson", canonical, back, v.CanonicalExtJSON)
		if !v.Lossy {
			wantBytes(t, "degenerate_extjson → canonical_bson", back, v.CanonicalBSON)
		}
	}
	// Deprecated types are not converted, so the converted forms are tested as
	// documents of their own.
	if v.ConvertedBSON != nil {
		wantText(t, "converted_bson → converted_extjson", canonical, v.ConvertedBSON, v.ConvertedExtJSON)
		wantBytes(t, "converted_extjson → converted_bson", parse(t, "converted_extjson", v.ConvertedExtJSON), v.ConvertedBSON)
	}
}

// wantText checks that the text of doc is compact and is that of the corpus,
// except for blanks and the spelling of escapes.
func wantText(t *testing.T, what string, o extjson.EncodeOptions, doc []byte, want string) {
	t.Helper()
	if err := bson.Validate(doc); err != nil {
		t.Errorf("%s: Validate: %v", what, err)
	}
	got, err := o.AppendJSON([]byte("+"), doc)
	if err != nil {
		t.Errorf("%s: %v", what, err)
		return
	}
	got = got[1:]
	gotCompact, err := corpus.Compact(string(got))
	if err != nil {
		t.Errorf("%s: text is not JSON: %v\n%s", what, err, got)
		return
	}
	wantCompact, err := corpus.Compact(want)
	if err != nil {
		t.Fatalf("corpus: %v: %s", err, want)
	}
	if gotCompact != wantCompact {
		t.Errorf("%s:\ngot  %s\nwant %s", what, gotCompact, wantCompact)
	}
	var tight bytes.Buffer
	if err := json.Compact(&tight, got); err != nil || tight.Len() != len(got) {
		t.Errorf("%s: text is not compact (%v): %s", what, err, got)
	}
}

func wantBytes(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\ngot  %x\nwant %x", what, got, want)
	}
}

// parse returns the BSON of text, or nil after an error.
func parse(t *testing.T, what, text string) []byte {
	t.Helper()
	doc, err := extjson.AppendBSON([]byte("+"), []byte(text))
	if err != nil {
		t.Errorf("%s: AppendBSON: %v\n%s", what, err, text)
		return nil
	}
	if err := bson.Validate(doc[1:]); err != nil {
		t.Errorf("%s: AppendBSON gives bytes that are not BSON: %v\n%s\n%x", what, err, text, doc[1:])
	}
	return doc[1:]
}

func checkDecodeError(t *testing.T, d corpus.OfficialDecodeError) {
	if err := bson.Validate(d.BSON); err == nil {
		t.Errorf("Validate accepts %x", d.BSON)
	}
	for _, o := range []extjson.EncodeOptions{canonical, relaxed} {
		if text, err := o.AppendJSON(nil, d.BSON); err == nil {
			t.Errorf("AppendJSON accepts %x and gives %s", d.BSON, text)
		}
	}
}

func checkParseError(t *testing.T, file corpus.Official, p corpus.OfficialParseError) {
	text := p.Text
	if strings.HasPrefix(file.Name, "decimal128-") {
		if d, err := decimal128.Parse(p.Text); err == nil {
			t.Errorf("decimal128.Parse accepts %q and gives %v", p.Text, d)
		}
		inner, err := json.Marshal(p.Text)
		if err != nil {
			t.Fatal(err)
		}
		text = `{"` + file.TestKey + `":{"$numberDecimal":` + string(inner) + `}}`
	}
	for _, o := range []extjson.DecodeOptions{{}, {CanonicalOnly: true}} {
		if doc, err := o.AppendBSON(nil, []byte(text)); err == nil {
			t.Errorf("AppendBSON accepts %s and gives %x", text, doc)
		}
	}
}
