package stats

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// This file writes a Report as tables for people.

// Bars are the characters of bars.
type Bars uint8

const (
	Unicode Bars = iota // blocks, to an eighth of a character
	ASCII               // number signs
	NoBars
)

// width is the length of the longest bar, in characters.
const width = 24

// bar returns the bar of part among all, "" without bars.
func (b Bars) bar(part, all int64) string {
	if all <= 0 || part <= 0 {
		return ""
	}
	share := float64(part) / float64(all) * width
	switch b {
	case ASCII:
		return strings.Repeat("#", int(share+0.5))
	case NoBars:
		return ""
	}
	eighths := int(share*8 + 0.5)
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return bar
}

// A writer writes tables.
type writer struct {
	bytes.Buffer
	bars Bars
}

// title begins a table.
func (w *writer) title(format string, args ...any) {
	if w.Len() > 0 {
		w.WriteByte('\n')
	}
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

// row writes a line, without blanks at its end.
func (w *writer) row(format string, args ...any) {
	w.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	w.WriteByte('\n')
}

// percent returns the share of part in all.
func percent(part, all int64) string {
	if all == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(all))
}

// maxName is the length of a name in a table, in characters.
const maxName = 40

// name returns a name for a table.
func name(s string) string {
	if s = oneline.Escape(s); utf8.RuneCountInString(s) > maxName {
		s = string([]rune(s)[:maxName-1]) + "…"
	}
	return s
}

// String returns the place of a document for people, on one line.
func (p Place) String() string {
	text := oneline.Escape(p.Input)
	if p.Space != "" {
		text = strings.TrimSpace(text + " " + oneline.Escape(p.Space))
	}
	switch number := fmt.Sprintf("document %d", p.Number); {
	case p.Number == 0:
	case text == "":
		text = number
	default:
		text += ": " + number
	}
	return strings.TrimSpace(fmt.Sprintf("%s at offset %d", text, p.Offset))
}

// WriteTable writes r as tables.
func (r *Report) WriteTable(to io.Writer, bars Bars) error {
	w := &writer{bars: bars}
	w.row("documents %15d", r.Documents)
	w.row("bytes     %15d", r.Bytes)
	if r.Smallest != nil {
		w.row("mean      %17.1f", r.Mean)
		w.row("smallest  %15d  %s", r.Smallest.Bytes, r.Smallest)
		w.row("largest   %15d  %s", r.Largest[0].Bytes, r.Largest[0])
		r.histograms(w)
		r.types(w)
		r.keys(w)
		r.largest(w)
	}
	_, err := w.WriteTo(to)
	return err
}

func (r *Report) histograms(w *writer) {
	most := int64(0)
	for _, s := range r.Sizes {
		most = max(most, s.Documents)
	}
	w.title("bytes of a document      documents")
	for _, s := range r.Sizes {
		w.row("%9d – %-9d %12d  %s", s.From, s.To, s.Documents, w.bars.bar(s.Documents, most))
	}
	most = 0
	for _, d := range r.Depths {
		most = max(most, d.Documents)
	}
	w.title("depth of a document      documents")
	for _, d := range r.Depths {
		w.row("%21d %12d  %s", d.Depth, d.Documents, w.bars.bar(d.Documents, most))
	}
}

func (r *Report) types(w *writer) {
	w.title("type of a value         values           bytes")
	for _, t := range r.Types {
		w.row("%-18s %11d %15d %6s  %s", t.Type, t.Count, t.Bytes, percent(t.Bytes, r.Bytes), w.bars.bar(t.Bytes, r.Bytes))
	}
	w.row("%-18s %11d %15d %6s  %s", "keys", r.Keys.Elements, r.Keys.Bytes, percent(r.Keys.Bytes, r.Bytes), w.bars.bar(r.Keys.Bytes, r.Bytes))
	w.row("%-18s %11d %15d %6s  %s", "indexes of arrays", r.Indexes.Count, r.Indexes.Bytes, percent(r.Indexes.Bytes, r.Bytes), w.bars.bar(r.Indexes.Bytes, r.Bytes))
	n := r.Keys.Elements + r.Indexes.Count
	w.row("%-18s %11d %15d %6s  %s", "types of elements", n, n, percent(n, r.Bytes), w.bars.bar(n, r.Bytes))
}

func (r *Report) keys(w *writer) {
	about := ""
	if r.Keys.Estimated {
		about = "about "
	}
	w.title("%s%d different keys: bytes of the key; bytes saved if it had one letter; bytes saved without the field", about, r.Keys.Distinct)
	w.row("   elements           bytes        one letter           without          key")
	for _, k := range r.Keys.List {
		w.row("%11d %15d %10d %6s %10d %6s  %s", k.Elements, k.Bytes,
			k.Shorter, percent(k.Shorter, r.Bytes), k.Without, percent(k.Without, r.Bytes), name(k.Key))
	}
}

func (r *Report) largest(w *writer) {
	w.title("largest documents")
	for _, p := range r.Largest {
		w.row("%11d  %s", p.Bytes, p)
	}
	if len(r.Fields) == 0 {
		return
	}
	w.title("largest fields")
	for _, f := range r.Fields {
		w.row("%11d  %-10s %s  %s", f.Bytes, f.Type, oneline.Escape(f.Path), f)
	}
}
