package redact

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// TestTypes runs the rows of docs/redaction.md, one for each type. A result that changes
// breaks the joins between data of two versions.
func TestTypes(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "redaction.md"))
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, typ := range edge.Types {
		missing[typ.String()] = true
	}
	r := redactor(t, "example", "a")
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if len(cells) != 4 || !strings.HasPrefix(line, "| `") {
			continue
		}
		typ, in, want := code(cells[0]), code(cells[2]), code(cells[3])
		doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte("{a: "+in+"}"))
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if err := r.Redact(doc); err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		c := bsoncore.NewCursor(doc)
		c.Next()
		got, err := extjson.EncodeOptions{Mode: extjson.Shell}.AppendJSON(nil, doc)
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if diff := cmp.Diff(want, strings.TrimSuffix(strings.TrimPrefix(string(got), `{"a":`), "}")); diff != "" || c.Type().String() != typ {
			t.Errorf("%v %s (-want +got):\n%s", c.Type(), in, diff)
		}
		delete(missing, typ)
	}
	if len(missing) > 0 {
		t.Errorf("no rows for %v", missing)
	}
}

// code returns the text of a cell that is code.
func code(cell string) string { return strings.Trim(cell, " `") }
