package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/sample"
)

// TestTable: each cell has a time, except those of documents that the driver rejects.
func TestTable(t *testing.T) {
	var out strings.Builder
	c := curve{"Levels", "levels", []int{2, 300}, sample.Deep, 100}
	if err := c.print(&out, 1, 0); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 6 || lines[0] != "## Levels" {
		t.Fatalf("a table of two sizes is\n%s", out.String())
	}
	cells := func(line string) []string { return strings.Split(strings.Trim(line, "|"), "|") }
	header := cells(lines[2])
	if len(header) != 14 || header[1] != " ToCanonical " {
		t.Errorf("the header is %q, want levels and 13 ways", header)
	}
	for i, size := range []string{"2", "300"} {
		row := cells(lines[4+i])
		if len(row) != len(header) || strings.TrimSpace(row[0]) != size {
			t.Fatalf("row %q does not fit the header %q", row, header)
		}
		for k, cell := range row[1:] {
			rejected := size == "300" && strings.Contains(header[k+1], "driver")
			if cell = strings.TrimSpace(cell); rejected {
				if cell != "" {
					t.Errorf("%s levels, %s: %q, want an empty cell", size, header[k+1], cell)
				}
			} else if v, err := strconv.ParseFloat(cell, 64); err != nil || v < 0 {
				t.Errorf("%s levels, %s: %q, want a time", size, header[k+1], cell)
			}
		}
	}
}
