package query_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file runs the tables of docs/query.md.

// rows returns the cells of all rows of tables with the given header.
func rows(t *testing.T, header string) (rows [][]string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "query.md"))
	if err != nil {
		t.Fatal(err)
	}
	inside := false
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		switch {
		case line == header:
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && !strings.HasPrefix(line, "|---"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			if len(cells) != strings.Count(header, "|")-1 {
				t.Errorf("docs/query.md: a row has %d cells: %s", len(cells), line)
				continue
			}
			rows = append(rows, cells)
		}
	}
	if len(rows) < 5 {
		t.Fatalf("docs/query.md has %d rows below %s", len(rows), header)
	}
	return rows
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// code returns the code spans in a cell.
func code(cell string) (spans []string) {
	for _, m := range codeSpan.FindAllStringSubmatch(cell, -1) {
		spans = append(spans, m[1])
	}
	return spans
}

// read returns the BSON of text in the shell's syntax.
func read(t *testing.T, text string) []byte {
	t.Helper()
	doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return doc
}

// decode returns doc for the second implementation.
func decode(t *testing.T, doc []byte) (d bson.D) {
	t.Helper()
	if err := bson.Unmarshal(doc, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestRules runs each row with Match, and with the second implementation unless the row
// is about the option x, which it lacks.
func TestRules(t *testing.T) {
	for _, row := range rows(t, "| rule | filter | matches | does not match |") {
		filter := code(row[1])[0]
		f, err := query.Parse([]byte(filter), query.Options{})
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		again, err := query.Parse([]byte(f.String()), query.Options{})
		if err != nil {
			t.Errorf("%s: printed as %s and read again: %v", filter, f, err)
			continue
		}
		check := func(doc string, want bool) {
			raw := read(t, doc)
			for _, f := range []*query.Filter{f, again} {
				if got, err := f.Match(raw); err != nil || got != want {
					t.Errorf("%s: %s: %v, %v, want %v", filter, doc, got, err, want)
				}
			}
			if strings.Contains(filter, `$options: "x"`) {
				return
			}
			if got := selects(decode(t, read(t, filter)), decode(t, raw)); got != want {
				t.Errorf("%s: %s: the second implementation says %v", filter, doc, got)
			}
		}
		for _, doc := range code(row[2]) {
			check(doc, true)
		}
		for _, doc := range code(row[3]) {
			check(doc, false)
		}
		if row[2] == "" && row[3] == "" {
			t.Errorf("%s: the row has no document", filter)
		}
	}
}

var sentinels = map[string]error{
	"ErrOperator": query.ErrOperator, "ErrUnsupported": query.ErrUnsupported, "ErrOperand": query.ErrOperand,
	"ErrRegex": query.ErrRegex, "ErrPath": query.ErrPath, "ErrMixed": query.ErrMixed,
}

func TestRefused(t *testing.T) {
	for _, of := range []struct {
		name  string
		parse func(text []byte) error
	}{
		{"filter", func(text []byte) error { _, err := query.Parse(text, query.Options{}); return err }},
		{"order", func(text []byte) error { _, err := query.ParseSort(text, query.Options{}); return err }},
		{"projection", func(text []byte) error { _, err := query.ParseProjection(text, query.Options{}); return err }},
		{"edit", func(text []byte) error { _, err := query.ParseEdit(text, query.Options{}); return err }},
	} {
		testRefused(t, rows(t, "| "+of.name+" | path | error matches | text contains |"), of.parse)
	}
}

func testRefused(t *testing.T, rows [][]string, parse func(text []byte) error) {
	for _, row := range rows {
		filter, pointer, sentinel, words := code(row[0])[0], code(row[1])[0], sentinels[code(row[2])[0]], code(row[3])[0]
		err := parse([]byte(filter))
		var fault *query.Error
		if !errors.As(err, &fault) {
			t.Errorf("%s: %T: %v", filter, err, err)
			continue
		}
		if !errors.Is(err, sentinel) || fault.Pointer != pointer || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v\nwant %s at %s, with %q", filter, err, code(row[2])[0], pointer, words)
		}
		if fault.Line != 1 || fault.Column != fault.Offset+1 || fault.Offset < 1 || fault.Offset >= int64(len(filter)) {
			t.Errorf("%s: line %d, column %d, offset %d", filter, fault.Line, fault.Column, fault.Offset)
			continue
		}
		// The place is that of a value.
		if before := filter[fault.Offset-1]; before != ' ' && before != '[' {
			t.Errorf("%s: the place of %s is before %s", filter, pointer, filter[fault.Offset:])
		}
	}
}
