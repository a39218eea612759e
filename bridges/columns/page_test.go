package columns

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPage: the table of forms in docs/columns.md has the rows of this package, in order.
func TestPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "columns.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Forms\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for line := range strings.Lines(section) {
		cells := strings.Split(line, "|")
		if len(cells) < 5 || strings.HasPrefix(line, "| BSON |") || strings.HasPrefix(line, "|--") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		got = append(got, strings.Join(cells[1:4], "|"))
	}
	// The storage types that depend on the column.
	storages := map[form]string{
		asDecimal: "decimal128 or decimal256", asDocument: "struct", asMap: "map", asArray: "list", asUnion: "dense_union",
	}
	var want []string
	for f := form(1); f < formCount; f++ {
		r := rows[f]
		types, storage, extension := "any", storages[f], ""
		if len(r.types) > 0 {
			types = "`" + r.types[0].String() + "`"
		}
		if r.storage != nil {
			storage = typeText(r.storage)
		}
		if r.extension != "" {
			extension = "`" + r.extension + "`"
		}
		want = append(want, types+"|"+storage+"|"+extension)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-package +page):\n%s", diff)
	}
}
