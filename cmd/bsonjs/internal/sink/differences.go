package sink

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/differ"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pairs"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/jsontext"
)

// This file writes the differences of two sides.
//
//   - Pair and Lone are for the documents, Space and Metadata for namespaces. They append one
//     or more lines, of text or of JSON.
//   - Summary is the last line, or the only output.

// Differences writes differences.
type Differences struct {
	Options  differ.Options
	Keys     *differ.Keys
	Detail   Detail
	JSON     bool // lines of JSON; else text
	Colors   bool // of text
	Max      int  // bytes of the text of a value, 0: all
	MaxDepth int  // of documents
}

// A Detail says how much is written.
type Detail uint8

const (
	AllChanges Detail = iota // each change
	OnlyNames                // the documents that differ
	OnlyCounts               // nothing but the summary
)

// A mark stands for the kind of a difference.
type mark struct {
	text, color string
	kind        string // in JSON
}

var (
	onlyIn  = [2]mark{{"-", "\x1b[31m", "a"}, {"+", "\x1b[32m", "b"}}
	changed = mark{"~", "\x1b[33m", "changed"}
)

// pathColor is the colour of paths.
const pathColor = "\x1b[36m"

// Pair appends the differences between two documents with equal keys to dst, and reports
// whether there are any.
func (d *Differences) Pair(dst []byte, space string, a, b []byte) ([]byte, bool) {
	changes := d.Options.Changes(a, b)
	if len(changes) == 0 || d.Detail == OnlyCounts {
		return dst, len(changes) > 0
	}
	return d.appendDifference(dst, changed, space, d.Keys.Name(a), changes), true
}

// Lone appends a document that is only on one side.
func (d *Differences) Lone(dst []byte, space string, side pairs.Side, doc []byte) []byte {
	if d.Detail == OnlyCounts {
		return dst
	}
	return d.appendDifference(dst, onlyIn[side], space, d.Keys.Name(doc), nil)
}

// Space appends a namespace that is only on one side.
func (d *Differences) Space(dst []byte, space string, side pairs.Side) []byte {
	if d.Detail == OnlyCounts {
		return dst
	}
	return d.appendDifference(dst, onlyIn[side], space, bsoncore.Value{}, nil)
}

// Metadata appends the differences between the indexes and options of a namespace, and
// reports whether there are any.
func (d *Differences) Metadata(dst []byte, space string, a, b archive.Metadata) ([]byte, bool) {
	changes := MetadataChanges(a, b)
	if len(changes) == 0 || d.Detail == OnlyCounts {
		return dst, len(changes) > 0
	}
	return d.appendDifference(dst, changed, space, bsoncore.Value{}, changes), true
}

// MetadataChanges returns the changes from the indexes and options of a to those of b. Numbers
// of one value are equal.
func MetadataChanges(a, b archive.Metadata) []differ.Change {
	return differ.Options{Numeric: true}.Changes(compared(a), compared(b))
}

// compared returns the document that is compared for m: its type, its options, and its
// indexes by name. The order of the keys of an index counts, so they are an array. A text
// that cannot be read is compared as a string.
func compared(m archive.Metadata) bsoncore.Document {
	doc, mark := bsoncore.Begin(nil)
	if m.Type != "" && m.Type != archive.Collection {
		doc = bsoncore.AppendString(doc, "type", string(m.Type))
	}
	var text bsoncore.Document
	if m.Text != "" {
		var err error
		if text, err = extjson.AppendBSON(nil, []byte(m.Text)); err != nil {
			return bsoncore.End(bsoncore.AppendString(doc, "metadata", strings.ToValidUTF8(m.Text, "\ufffd")), mark)
		}
	}
	if options, ok := text.Lookup("options").DocumentOK(); ok {
		doc = bsoncore.AppendDocument(doc, "options", options)
	} else {
		var none int
		doc, none = bsoncore.BeginDocument(doc, "options")
		doc = bsoncore.End(doc, none)
	}
	doc, all := bsoncore.BeginDocument(doc, "indexes")
	list, _ := text.Lookup("indexes").ArrayOK()
	for _, v := range list.All() {
		index, ok := v.DocumentOK()
		if !ok {
			continue
		}
		name, _ := index.Lookup("name").StringValueOK()
		var inner int
		doc, inner = bsoncore.BeginDocument(doc, name)
		doc = bsoncore.End(appendIndex(doc, index), inner)
	}
	return bsoncore.End(bsoncore.End(doc, all), mark)
}

// appendIndex appends the fields of an index that are compared. The name is in the path, and
// the field ns of old servers is that of the collection.
func appendIndex(dst []byte, index bsoncore.Document) []byte {
	for c := bsoncore.NewCursor(index); c.Next(); {
		switch key := string(c.Key()); {
		case key == "ns" || key == "name":
		case key == "key" && c.Type() == bsoncore.TypeDocument:
			var array int
			dst, array = bsoncore.BeginArray(dst, key)
			n := 0
			for field, v := range bsoncore.Document(c.Data()).All() {
				var inner int
				dst, inner = bsoncore.BeginDocument(dst, fmt.Sprint(n))
				dst = bsoncore.End(bsoncore.AppendValue(dst, field, v.Type, v.Data), inner)
				n++
			}
			dst = bsoncore.End(dst, array)
		default:
			dst = bsoncore.AppendValue(dst, key, c.Type(), c.Data())
		}
	}
	return dst
}

// appendDifference appends a difference. name is that of the document; the zero Value means
// the namespace itself.
func (d *Differences) appendDifference(dst []byte, m mark, space string, name bsoncore.Value, changes []differ.Change) []byte {
	if d.Detail == OnlyNames {
		changes = nil
	}
	if d.JSON {
		return d.appendRecord(dst, m, space, name, changes)
	}
	var words []string
	if space != "" {
		words = append(words, oneline.Escape(space))
	}
	if !name.IsZero() {
		words = append(words, string(d.appendText(nil, name)))
	} else if m == changed {
		words = append(words, "(indexes and options)")
	} else {
		words = append(words, "(namespace)")
	}
	dst = d.paint(dst, m.color, m.text+" "+strings.Join(words, " "))
	dst = append(dst, '\n')
	for _, c := range changes {
		dst = append(d.appendChange(append(dst, "    "...), c), '\n')
	}
	return dst
}

// paint appends text in a colour.
func (d *Differences) paint(dst []byte, color, text string) []byte {
	if !d.Colors {
		return append(dst, text...)
	}
	return append(append(append(dst, color...), text...), endColor...)
}

// appendChange appends the text of c.
func (d *Differences) appendChange(dst []byte, c differ.Change) []byte {
	path := cmp.Or(oneline.Escape(c.Path), "document")
	dst = append(d.paint(dst, pathColor, path), ": "...)
	switch {
	case c.To != "":
		return append(d.paint(append(dst, "moved to "...), pathColor, oneline.Escape(c.To)), d.painted(": ", "", c.A)...)
	case c.A.IsZero():
		return append(dst, d.painted("added ", onlyIn[pairs.B].color, c.B)...)
	case c.B.IsZero():
		return append(dst, d.painted("removed ", onlyIn[pairs.A].color, c.A)...)
	}
	dst = append(dst, d.painted("", onlyIn[pairs.A].color, c.A)...)
	return append(dst, d.painted(" → ", onlyIn[pairs.B].color, c.B)...)
}

// painted returns the text of v in a colour, "" for none, behind before.
func (d *Differences) painted(before, color string, v bsoncore.Value) []byte {
	text := string(d.appendText(nil, v))
	if color == "" {
		return []byte(before + text)
	}
	return d.paint([]byte(before), color, text)
}

// appendText appends v in the syntax of the shell, cut to Max bytes.
func (d *Differences) appendText(dst []byte, v bsoncore.Value) []byte {
	w := &startWriter{most: d.Max}
	o := extjson.EncodeOptions{Mode: extjson.Shell, AmbiguousKeys: extjson.AsIs, MaxDepth: d.MaxDepth}
	if err := o.WriteJSONValue(w, v.Type, v.Data); err != nil && !errors.Is(err, errStart) {
		return fmt.Appendf(dst, "(%v, %d bytes)", v.Type, len(v.Data)) // no valid value has no text
	}
	text := w.buf
	if d.Max == 0 || len(text) <= d.Max {
		return append(dst, oneline.Escape(string(text))...)
	}
	n := d.Max
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return fmt.Appendf(append(dst, oneline.Escape(string(text[:n]))...), "… (%d bytes)", len(v.Data))
}

// A startWriter keeps the start of what is written.
type startWriter struct {
	buf  []byte
	most int // bytes, 0: all
}

// errStart ends the writing.
var errStart = errors.New("the start is written")

func (w *startWriter) Write(p []byte) (int, error) {
	if w.most > 0 && len(w.buf)+len(p) > w.most {
		w.buf = append(w.buf, p[:min(len(p), w.most-len(w.buf)+utf8.UTFMax)]...)
		return 0, errStart
	}
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// appendRecord appends a difference as a line of JSON.
func (d *Differences) appendRecord(dst []byte, m mark, space string, name bsoncore.Value, changes []differ.Change) []byte {
	line := append([]byte(nil), '{')
	if space != "" {
		line = append(jsontext.AppendQuote(append(line, `"ns":`...), space), ',')
	}
	if !name.IsZero() {
		line = append(d.appendJSON(append(line, `"id":`...), name), ',')
	}
	line = append(append(append(line, `"kind":"`...), m.kind...), '"')
	for i, c := range changes {
		before := ","
		if i == 0 {
			before = `,"changes":[`
		}
		line = jsontext.AppendQuote(append(append(line, before...), `{"path":`...), c.Path)
		if c.To != "" {
			line = jsontext.AppendQuote(append(line, `,"to":`...), c.To)
		}
		if !c.A.IsZero() {
			line = d.appendJSON(append(line, `,"a":`...), c.A)
		}
		if !c.B.IsZero() {
			line = d.appendJSON(append(line, `,"b":`...), c.B)
		}
		line = append(line, '}')
	}
	if len(changes) > 0 {
		line = append(line, ']')
	}
	return append(append(dst, oneline.EscapeJSON(append(line, '}'))...), '\n')
}

// appendJSON appends v as canonical Extended JSON.
func (d *Differences) appendJSON(dst []byte, v bsoncore.Value) []byte {
	o := extjson.EncodeOptions{Mode: extjson.Canonical, AmbiguousKeys: extjson.Escape, MaxDepth: d.MaxDepth}
	dst, err := o.AppendJSONValue(dst, v.Type, v.Data)
	if err != nil {
		panic("BUG: sink: a valid value without a text: " + err.Error())
	}
	return dst
}

// A DiffSummary has the numbers of what was compared.
type DiffSummary struct {
	Documents  [2]int64 // of each side
	Duplicates int64
	Spaces     []SpaceSummary // in order
}

// A SpaceSummary has the numbers of a namespace.
type SpaceSummary struct {
	Namespace string `json:"ns,omitempty"`
	Equal     int64  `json:"equal"`
	Changed   int64  `json:"changed"`
	A         int64  `json:"a"` // documents that are only there
	B         int64  `json:"b"`
	// OnlyIn is "a" or "b" if only that side has the namespace. Metadata says that its
	// indexes or options differ.
	OnlyIn   string `json:"onlyIn,omitempty"`
	Metadata bool   `json:"metadata,omitempty"`
}

// Differs reports whether s has a difference.
func (s *SpaceSummary) Differs() bool {
	return s.Changed+s.A+s.B > 0 || s.OnlyIn != "" || s.Metadata
}

// plus returns the sums of s and t.
func (s SpaceSummary) plus(t SpaceSummary) SpaceSummary {
	return SpaceSummary{Equal: s.Equal + t.Equal, Changed: s.Changed + t.Changed, A: s.A + t.A, B: s.B + t.B}
}

// total returns the sums of all namespaces.
func (s *DiffSummary) total() (t SpaceSummary) {
	for _, space := range s.Spaces {
		t = t.plus(space)
	}
	return t
}

// Differs reports whether there is a difference.
func (s *DiffSummary) Differs() bool {
	return slices.ContainsFunc(s.Spaces, func(space SpaceSummary) bool { return space.Differs() })
}

// spaced reports whether documents have namespaces.
func (s *DiffSummary) spaced() bool {
	return slices.ContainsFunc(s.Spaces, func(space SpaceSummary) bool { return space.Namespace != "" })
}

// diffSummary is the last line of JSON.
type diffSummary struct {
	Documents  sideNumbers    `json:"documents"`
	Equal      int64          `json:"equal"`
	Changed    int64          `json:"changed"`
	A          int64          `json:"a"`
	B          int64          `json:"b"`
	Duplicates int64          `json:"duplicates"`
	Namespaces []SpaceSummary `json:"namespaces,omitempty"`
}

type sideNumbers struct {
	A int64 `json:"a"`
	B int64 `json:"b"`
}

// Summary writes s: as a line of JSON or, if nothing else is written, as a table.
func (d *Differences) Summary(w io.Writer, s *DiffSummary) error {
	t := s.total()
	var b bytes.Buffer
	switch {
	case d.JSON:
		line := diffSummary{
			Documents: sideNumbers{s.Documents[pairs.A], s.Documents[pairs.B]},
			Equal:     t.Equal, Changed: t.Changed, A: t.A, B: t.B, Duplicates: s.Duplicates,
		}
		if s.spaced() {
			line.Namespaces = s.Spaces
		}
		if err := appendLine(&b, struct {
			Summary diffSummary `json:"summary"`
		}{line}); err != nil {
			return err
		}
	case d.Detail == OnlyCounts:
		s.appendTable(&b)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// appendTable appends s as a table.
func (s *DiffSummary) appendTable(b *bytes.Buffer) {
	row := func(t SpaceSummary, name string) {
		fmt.Fprintf(b, "%s\n", strings.TrimRight(fmt.Sprintf("%11d %11d %11d %11d  %s", t.Equal, t.Changed, t.A, t.B, name), " "))
	}
	fmt.Fprintf(b, "%11s %11s %11s %11s\n", "equal", "changed", "only in A", "only in B")
	if s.spaced() {
		for _, space := range s.Spaces {
			name := oneline.Escape(space.Namespace)
			switch {
			case space.OnlyIn != "":
				name += " (only in " + strings.ToUpper(space.OnlyIn) + ")"
			case space.Metadata:
				name += " (indexes or options differ)"
			}
			row(space, name)
		}
	}
	if !s.spaced() || len(s.Spaces) > 1 {
		row(s.total(), "")
	}
}
