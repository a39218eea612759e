package codec

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file renames namespaces by pairs of patterns, as mongorestore does.
//
//   - A pair matches whole names, from the first to the last byte. A star and $NAME$
//     match any characters, as few as possible. The first pair that matches renames.
//   - The n-th star of the new name stands for the text that the n-th star has matched,
//     and $NAME$ for the text that $NAME$ has matched.
//   - A backslash makes a star, a dollar sign or a backslash an ordinary character.

// Renames are the pairs of patterns that rename namespaces. The zero value renames
// nothing. Several goroutines may use it after the last Add.
type Renames struct{ pairs []rename }

// A rename is a pair of patterns.
type rename struct {
	from *regexp.Regexp
	// to are the parts of the new name: text, or groups of from.
	to []renamed
}

// A renamed is a part of a new name.
type renamed struct {
	text  string
	group int // of the match; 0: text
}

// A mark is a part of a pattern.
type mark struct {
	text string // literal, or the name of a variable
	kind markKind
}

type markKind uint8

const (
	literal markKind = iota
	star
	variable
)

// Add adds the pair of the patterns from and to.
func (r *Renames) Add(from, to string) error {
	old, err := parseMarks(from)
	if err != nil {
		return fmt.Errorf("%q %w", from, err)
	}
	next, err := parseMarks(to)
	if err != nil {
		return fmt.Errorf("%q %w", to, err)
	}
	if a, b := stars(old), stars(next); a != b {
		return fmt.Errorf("%q and %q have %d and %d stars; their numbers must be equal", from, to, a, b)
	}
	var p rename
	var text strings.Builder
	variables, numbered, groups := map[string]int{}, []int(nil), 0
	for _, m := range old {
		if m.kind == literal {
			text.WriteString(regexp.QuoteMeta(m.text))
			continue
		}
		groups++
		text.WriteString("(.*?)")
		switch {
		case m.kind == star:
			numbered = append(numbered, groups)
		case variables[m.text] != 0:
			return fmt.Errorf("%q has $%s$ twice; give the second one another name", from, m.text)
		default:
			variables[m.text] = groups
		}
	}
	for _, m := range next {
		part := renamed{text: m.text}
		switch m.kind {
		case star:
			part.group, numbered = numbered[0], numbered[1:]
		case variable:
			if part.group = variables[m.text]; part.group == 0 {
				return fmt.Errorf("%q has $%s$, which is not in %q", to, m.text, from)
			}
		}
		p.to = append(p.to, part)
	}
	p.from, err = regexp.Compile("(?s)^" + text.String() + "$")
	r.pairs = append(r.pairs, p)
	return err
}

func stars(marks []mark) (n int) {
	for _, m := range marks {
		if m.kind == star {
			n++
		}
	}
	return n
}

// parseMarks returns the parts of a pattern.
func parseMarks(text string) (marks []mark, err error) {
	if text == "" {
		return nil, errors.New("is empty; type DB.COLLECTION")
	}
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			marks = append(marks, mark{text: b.String()})
			b.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`*$\`, text[i+1]) >= 0:
			i++
			b.WriteByte(text[i])
		case c == '*':
			flush()
			marks = append(marks, mark{kind: star})
		case c == '$':
			flush()
			name, _, ok := strings.Cut(text[i+1:], "$")
			if !ok || name == "" {
				return nil, errors.New(`has a dollar sign without a variable; type $NAME$ for a variable, or \$ for a dollar sign`)
			}
			marks = append(marks, mark{name, variable})
			i += len(name) + 1
		default:
			b.WriteByte(c)
		}
	}
	flush()
	return marks, nil
}

// Apply returns the new name of n. The buckets of a time series get the name of the
// time series. The error is about a new name that no server has.
func (r *Renames) Apply(n archive.Namespace) (archive.Namespace, error) {
	if series, ok := n.Measurements(); ok {
		if name, ok := r.apply(series.String()); ok {
			to, err := parseNamespace(name)
			return to.Buckets(), renameError(n, name, err)
		}
	}
	name, ok := r.apply(n.String())
	if !ok {
		return n, nil
	}
	to, err := parseNamespace(name)
	return to, renameError(n, name, err)
}

func renameError(n archive.Namespace, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%q would become %q, which %w; change --ns-to", n, name, err)
}

// apply returns the new name for name. ok is false if no pair matches.
func (r *Renames) apply(name string) (to string, ok bool) {
	for _, p := range r.pairs {
		match := p.from.FindStringSubmatch(name)
		if match == nil {
			continue
		}
		var b strings.Builder
		for _, part := range p.to {
			if part.group > 0 {
				b.WriteString(match[part.group])
			} else {
				b.WriteString(part.text)
			}
		}
		return b.String(), true
	}
	return name, false
}

// ParseNamespace returns the namespace of the name DB.COLLECTION. The first dot ends the
// database.
func ParseNamespace(name string) (archive.Namespace, error) {
	n, err := parseNamespace(name)
	if err != nil {
		return n, fmt.Errorf("%q %w; type DB.COLLECTION", name, err)
	}
	return n, nil
}

func parseNamespace(name string) (archive.Namespace, error) {
	db, collection, _ := strings.Cut(name, ".")
	n := archive.Namespace{DB: db, Collection: collection}
	if err := n.Validate(); err != nil || db == "" && collection != "oplog" {
		return n, errors.New("is not a namespace")
	}
	return n, nil
}

// RenameMetadata returns m, the metadata of a collection, with the namespace to: its
// text, which is Extended JSON, has the name of the collection, and indexes of old
// servers have the namespace.
func RenameMetadata(m archive.Metadata, to archive.Namespace) (archive.Metadata, error) {
	from := m.Namespace
	if m.Namespace = to; from == to || m.Text == "" {
		return m, nil
	}
	doc, err := extjson.AppendBSON(nil, []byte(m.Text))
	if err != nil {
		return m, fmt.Errorf("the metadata of %q cannot be read: %w", from, err)
	}
	doc, err = renamedTo(to).document(nil, doc)
	if err != nil {
		return m, fmt.Errorf("the metadata of %q cannot be read: %w", from, err)
	}
	text, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
	m.Text = string(text)
	return m, err
}

// NameMetadata returns text, the metadata of n or "", with the name of the collection. A
// directory needs it there if the name of the file is shortened.
func NameMetadata(text string, n archive.Namespace) (string, error) {
	doc, mark := bsoncore.Begin(nil)
	if text != "" {
		old, err := extjson.AppendBSON(nil, []byte(text))
		if err != nil {
			return text, fmt.Errorf("the metadata of %q cannot be read: %w", n, err)
		}
		if name, ok := bsoncore.Document(old).Lookup(collectionName).StringValueOK(); ok && name == n.Collection {
			return text, nil
		}
		var without edit = func(dst []byte, c *bson.Cursor) ([]byte, bool, error) {
			return dst, string(c.Key()) == collectionName, nil
		}
		if old, err = without.document(nil, old); err != nil {
			return text, fmt.Errorf("the metadata of %q cannot be read: %w", n, err)
		}
		doc = append(doc, old[lengthSize:len(old)-1]...)
	}
	doc = bsoncore.End(bsoncore.AppendString(doc, collectionName, n.Collection), mark)
	named, err := extjson.EncodeOptions{Mode: extjson.Canonical}.AppendJSON(nil, doc)
	return string(named), err
}

// collectionName is the key in metadata of the name of the collection.
const collectionName = "collectionName"

// An edit appends another element in place of the one that c is at. If it returns false,
// the element stays.
type edit func(dst []byte, c *bson.Cursor) ([]byte, bool, error)

// renamedTo edits metadata for the namespace to.
func renamedTo(to archive.Namespace) edit {
	return func(dst []byte, c *bson.Cursor) ([]byte, bool, error) {
		switch {
		case c.Type() == bson.TypeString && string(c.Key()) == collectionName:
			return bsoncore.AppendString(dst, collectionName, to.Collection), true, nil
		case c.Type() == bson.TypeArray && string(c.Key()) == "indexes":
			return indexesOf(to).inside(dst, c)
		}
		return dst, false, nil
	}
}

// indexesOf edits the array of the indexes of the collection to.
func indexesOf(to archive.Namespace) edit {
	var index edit = func(dst []byte, c *bson.Cursor) ([]byte, bool, error) {
		if c.Type() != bson.TypeString || string(c.Key()) != "ns" {
			return dst, false, nil
		}
		return bsoncore.AppendString(dst, "ns", to.String()), true, nil
	}
	return func(dst []byte, c *bson.Cursor) ([]byte, bool, error) {
		if c.Type() != bson.TypeDocument {
			return dst, false, nil
		}
		return index.inside(dst, c)
	}
}

// document appends doc, edited, to dst.
func (e edit) document(dst, doc []byte) ([]byte, error) {
	c := bson.NewCursor(doc)
	dst, mark := bsoncore.Begin(dst)
	for c.Next() {
		next, done, err := e(dst, &c)
		if err != nil {
			return nil, err
		}
		if !done {
			next = bsoncore.AppendValue(dst, string(c.Key()), c.Type(), c.Data())
		}
		dst = next
	}
	return bsoncore.End(dst, mark), c.Err()
}

// inside appends the document or array that c is at, edited.
func (e edit) inside(dst []byte, c *bson.Cursor) ([]byte, bool, error) {
	doc, err := e.document(nil, c.Data())
	return bsoncore.AppendValue(dst, string(c.Key()), c.Type(), doc), true, err
}
