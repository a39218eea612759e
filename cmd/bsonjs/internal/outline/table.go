// Package outline writes a schema for people and for compilers.
//
//   - table.go writes a table of paths.
//   - golang.go writes structs of Go that hold the documents.
package outline

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
)

// WriteTable writes a line for each path of s.
func WriteTable(w io.Writer, s *schema.Schema) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "documents %15d\nbytes     %15d\n", s.Documents(), s.Bytes())
	if s.Documents() > 0 {
		root := s.Root()
		rows := appendRows([][4]string{{"path", "present", "types", "values"}}, root)
		b.WriteByte('\n')
		writeRows(&b, rows)
		if lacks(root) {
			b.WriteString("\nThere are more paths than are kept; a path with … has others below it. --max-paths keeps more.\n")
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// appendRows appends the cells of all paths below p.
func appendRows(rows [][4]string, p *schema.Path) [][4]string {
	for _, kid := range p.Children {
		rows = appendRows(append(rows, row(kid)), kid)
	}
	return rows
}

// lacks reports whether there are paths below p that are not kept.
func lacks(p *schema.Path) bool {
	return p.Lost > 0 || p.Deep || slices.ContainsFunc(p.Children, lacks)
}

// maxColumn is the greatest width of a column but the last, in characters. A longer cell
// moves the rest of its line.
const maxColumn = 40

// writeRows writes rows in columns.
func writeRows(b *bytes.Buffer, rows [][4]string) {
	var width [3]int
	for _, r := range rows {
		for i := range width {
			if n := utf8.RuneCountInString(r[i]); n <= maxColumn {
				width[i] = max(width[i], n)
			}
		}
	}
	for _, r := range rows {
		line := fmt.Sprintf("%-*s  %*s  %-*s  %s", width[0], r[0], width[1], r[1], width[2], r[2], r[3])
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
}

// row returns the cells of p.
func row(p *schema.Path) [4]string {
	path := oneline.Escape(p.String())
	if p.Lost > 0 || p.Deep {
		path += " …"
	}
	return [4]string{path, share(p.Present, p.Parents), types(p), values(p)}
}

// share returns part of all as a percentage. It is 100% or 0% only if that is exact.
func share(part, all uint64) string {
	switch {
	case all == 0:
		return "-"
	case part == all:
		return "100%"
	case part == 0:
		return "0%"
	}
	tenths := min(max(int((1000*float64(part)/float64(all))+0.5), 1), 999)
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

// types returns the types of p, with their shares if there are several. Mixed types have a
// mark.
func types(p *schema.Path) string {
	if len(p.Types) == 1 {
		return p.Types[0].Type.String()
	}
	var all []string
	for _, t := range p.Types {
		all = append(all, t.Type.String()+" "+share(t.Count, p.Count))
	}
	text := strings.Join(all, ", ")
	if p.Mixed() {
		text = "! " + text
	}
	return text
}

// values describes the values of p.
func values(p *schema.Path) string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if n := p.Numbers; n != nil && n.Count > 0 {
		whole := ""
		if n.Whole && !isWhole(p) {
			whole = "whole, "
		}
		if least, most := text(n.Min, maxText), text(n.Max, maxText); least != most {
			add("%s%s … %s, mean %.6g", whole, least, most, n.Mean)
		}
	}
	if d := p.Dates; d != nil && d.Min != d.Max {
		add("%s … %s", date(d.Min), date(d.Max))
	}
	if s := p.Strings; s != nil {
		add("%s", extent(s, "byte"))
	}
	if s := p.Binaries; s != nil {
		add("%s", extent(s, "byte"))
	}
	if s := p.Arrays; s != nil {
		add("%s", extent(s, "element"))
	}
	if p.Scalars > 0 {
		all = append(all, different(p))
	}
	return strings.Join(all, "; ")
}

// isWhole reports whether the types of p have only whole numbers.
func isWhole(p *schema.Path) bool {
	for _, t := range p.Types {
		if t.Type == bson.TypeDouble || t.Type == bson.TypeDecimal128 {
			return false
		}
	}
	return true
}

// extent returns the range of sizes, which count units.
func extent(s *schema.Sizes, unit string) string {
	switch {
	case s.Max == 1 && s.Min == 1:
		return "1 " + unit
	case s.Min == s.Max:
		return fmt.Sprintf("%d %ss", s.Min, unit)
	}
	return fmt.Sprintf("%d … %d %ss", s.Min, s.Max, unit)
}

// date returns the day of d, or d as a number where it is far away.
func date(d bson.DateTime) string {
	t := d.Time().UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return strconv.FormatInt(int64(d), 10) + " ms"
	}
	return t.Format(time.DateOnly)
}

// shown is the number of values in a table.
const shown = 3

// different describes the number of different values, and shows a few that are frequent.
func different(p *schema.Path) string {
	var b strings.Builder
	switch {
	case p.Unique == schema.Yes && p.Scalars > 1:
		return "unique"
	case p.Unique == schema.Likely:
		return "unique, as far as an estimate tells"
	case !p.Exact:
		fmt.Fprintf(&b, "about %d different", p.Distinct)
	default:
		fmt.Fprintf(&b, "%d different", p.Distinct)
	}
	if !p.All { // the most frequent ones are not known
		return b.String()
	}
	if len(p.Values) == 1 {
		return "always " + value(p.Values[0], maxText)
	}
	for i, v := range p.Values[:min(len(p.Values), shown)] {
		b.WriteString([]string{": ", ", ", ", "}[i])
		b.WriteString(value(v, maxText) + " " + share(v.Count, p.Scalars))
	}
	if len(p.Values) > shown {
		b.WriteString(", …")
	}
	return b.String()
}

// value returns v as text of at most most characters, and an ellipsis.
func value(v schema.Value, most int) string {
	t := text(v.Value, most)
	if v.Cut && !strings.HasSuffix(t, "…") {
		t += "…"
	}
	return t
}

// maxText is the length of a value in a table, in characters, and maxLongText where there is
// more room.
const (
	maxText     = 24
	maxLongText = 100
)

// text returns v as plain JSON, shortened to most characters.
func text(v bson.RawValue, most int) string {
	out, err := extjson.EncodeOptions{Mode: extjson.Plain, Lossy: true, InvalidUTF8: bson.UTF8Replace}.AppendJSONValue(nil, v.Type, v.Value)
	if err != nil {
		return v.Type.String()
	}
	t := oneline.Escape(string(out))
	if utf8.RuneCountInString(t) > most {
		t = string([]rune(t)[:most-1]) + "…"
	}
	return t
}
