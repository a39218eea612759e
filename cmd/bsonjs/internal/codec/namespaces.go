package codec

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/bsonkit/bsonkit/bson/archive"
)

// This file selects namespaces of containers by patterns.

// Namespaces selects namespaces. Several goroutines may use it. A nil *Namespaces
// selects all.
type Namespaces struct {
	patterns []*pattern
	excludes bool // all patterns exclude
}

// A pattern is a part of Namespaces.
type pattern struct {
	text           string // as it was typed
	db, collection []wild
	excludes       bool
	matched        atomic.Bool // it has matched a namespace of an input
}

// A wild is a part of a pattern: text, then any bytes if any is set.
type wild struct {
	text string
	any  bool
}

// Add adds the pattern DB.COLLECTION. A star matches any characters, \* a star, and \\ a
// backslash. The database ends at the first dot, which no star matches. A pattern that
// starts with an exclamation mark excludes the namespaces that match.
func (s *Namespaces) Add(text string) error {
	p := &pattern{text: text}
	rest, excludes := strings.CutPrefix(text, "!")
	p.excludes = excludes
	db, collection, ok := strings.Cut(rest, ".")
	switch {
	case !ok && rest == "":
		return errors.New("must be DB.COLLECTION")
	case !ok:
		return fmt.Errorf("must be DB.COLLECTION; for this collection in any database type %s*.%s", strings.Repeat("!", len(text)-len(rest)), rest)
	case collection == "":
		return fmt.Errorf("has no collection; for all collections type %s*", text)
	}
	p.db, p.collection = parseWild(db), parseWild(collection)
	s.excludes = p.excludes && (s.excludes || len(s.patterns) == 0)
	s.patterns = append(s.patterns, p)
	return nil
}

// Patterns returns the patterns as they were added.
func (s *Namespaces) Patterns() (all []string) {
	for _, p := range s.patterns {
		all = append(all, p.text)
	}
	return all
}

// Unmatched returns the patterns that match none of the namespaces that Wants got.
func (s *Namespaces) Unmatched() (all []string) {
	if s == nil {
		return nil
	}
	for _, p := range s.patterns {
		if !p.matched.Load() {
			all = append(all, p.text)
		}
	}
	return all
}

// Wants reports whether n is selected: a pattern matches it, or all patterns exclude,
// and no pattern that excludes matches it. The buckets of a time series are selected
// by its name, too.
func (s *Namespaces) Wants(n archive.Namespace) bool {
	if s == nil {
		return true
	}
	wanted, excluded := s.excludes, false
	for _, p := range s.patterns { // all, so that each knows whether it matches
		if !p.matches(n) {
			continue
		}
		p.matched.Store(true)
		if p.excludes {
			excluded = true
		} else {
			wanted = true
		}
	}
	return wanted && !excluded
}

// matches reports whether p matches n, or the time series whose buckets are in n.
func (p *pattern) matches(n archive.Namespace) bool {
	if !matches(p.db, n.DB) {
		return false
	}
	series, ok := n.Measurements()
	return matches(p.collection, n.Collection) || ok && matches(p.collection, series.Collection)
}

// parseWild returns the parts of a pattern. Only the last part may be without any.
func parseWild(text string) (parts []wild) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && (text[i+1] == '*' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		case c == '*':
			parts = append(parts, wild{b.String(), true})
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(parts, wild{text: b.String()})
}

// matches reports whether name consists of the parts. The first place for each part is
// the best one: it leaves most to the others.
func matches(parts []wild, name string) bool {
	last := parts[len(parts)-1].text
	if len(parts) == 1 {
		return name == last
	}
	name, ok := strings.CutPrefix(name, parts[0].text)
	if !ok {
		return false
	}
	for _, p := range parts[1 : len(parts)-1] {
		_, rest, ok := strings.Cut(name, p.text)
		if !ok {
			return false
		}
		name = rest
	}
	return strings.HasSuffix(name, last)
}
