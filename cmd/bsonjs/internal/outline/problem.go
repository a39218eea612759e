package outline

import (
	"slices"
	"strings"
	"unicode"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
)

// This file finds paths that a person should look at.

// A problem is a kind of remarkable paths.
type problem struct {
	title, about string
	// find returns the reason why p is remarkable, and "" if it is not.
	find func(p *schema.Path, similar siblings) string
}

// siblings has the result of similarKeys.
type siblings map[*schema.Path]*schema.Path

// problems are in the order of a page.
var problems = []problem{
	{"Mixed types", "Values of one path have types that do not fit together.", func(p *schema.Path, _ siblings) string {
		if !p.Mixed() {
			return ""
		}
		return mainTypes(p)
	}},
	{"Repeated keys", "A document has the same key more than once.", func(p *schema.Path, _ siblings) string {
		if p.Kind != schema.Field || p.Count == p.Present {
			return ""
		}
		return plural(p.Count-p.Present, "further value")
	}},
	{"Similar keys", "Keys of one document differ only in case, or in blanks, hyphens and underscores.", func(p *schema.Path, similar siblings) string {
		if o := similar[p]; o != nil {
			return "like " + keyText(o)
		}
		return ""
	}},
	{"Odd keys", "The key is empty, or has characters that are hard to see or to query.", func(p *schema.Path, _ siblings) string { return oddKey(p) }},
	{"Keys that look like data", "There are many of these keys, so they share one path: *.", func(p *schema.Path, _ siblings) string {
		if p.Kind != schema.AnyKey {
			return ""
		}
		return plural(p.Count, "value")
	}},
	{"Rare fields", "Less than 1 % of the documents that could have the field have it.", func(p *schema.Path, _ siblings) string {
		if p.Kind != schema.Field || p.Present*rare >= p.Parents {
			return ""
		}
		return "in " + grouped(p.Present) + " of " + grouped(p.Parents)
	}},
	{"Almost always present", "Less than 1 % of the documents that could have the field lack it.", func(p *schema.Path, _ siblings) string {
		if missing := p.Parents - p.Present; p.Kind == schema.Field && missing > 0 && missing*rare < p.Parents {
			return "missing in " + grouped(missing) + " of " + grouped(p.Parents)
		}
		return ""
	}},
	{"Only null", "The path has no other value.", func(p *schema.Path, _ siblings) string {
		if slices.ContainsFunc(p.Types, func(t schema.TypeCount) bool { return t.Type != bson.TypeNull && t.Type != bson.TypeUndefined }) {
			return ""
		}
		return plural(p.Count, "value")
	}},
	{"NaN and infinities", "Ranges, means and histograms do not include these values.", func(p *schema.Path, _ siblings) string {
		if p.Numbers == nil || p.Numbers.NotFinite == 0 {
			return ""
		}
		return plural(p.Numbers.NotFinite, "value")
	}},
	{"Missing paths", "There are values below these paths that this page does not describe.", func(p *schema.Path, _ siblings) string {
		switch {
		case p.Lost > 0:
			return plural(p.Lost, "value") + ": too many paths"
		case p.Deep:
			return "nested too deep"
		}
		return ""
	}},
	{"Estimates", "The number of different values is an estimate with a standard error of 2.3 %.", func(p *schema.Path, _ siblings) string {
		if p.Exact || p.Scalars == 0 {
			return ""
		}
		return "about " + grouped(p.Distinct) + " different of " + grouped(p.Scalars)
	}},
}

// mainTypes returns the most frequent types of p.
func mainTypes(p *schema.Path) string {
	const most = 3
	var all []string
	for _, t := range p.Types[:min(most, len(p.Types))] {
		all = append(all, t.Type.String()+" "+share(t.Count, p.Count))
	}
	if rest := len(p.Types) - most; rest > 0 {
		all = append(all, plural(uint64(rest), "other type"))
	}
	return strings.Join(all, ", ")
}

// rare is the number of documents of which a field is rare if it is in less than one.
const rare = 100

// similarKeys returns the fields below p that have a sibling with a similar key, with one
// of these siblings.
func similarKeys(p *schema.Path) siblings {
	similar := siblings{}
	marks := strings.NewReplacer(" ", "", "-", "", "_", "")
	var visit func(p *schema.Path)
	visit = func(p *schema.Path) {
		first := map[string]*schema.Path{}
		for _, kid := range p.Children {
			visit(kid)
			if kid.Kind != schema.Field {
				continue
			}
			plain := strings.ToLower(marks.Replace(kid.Key))
			switch o := first[plain]; {
			case plain == "":
			case o != nil:
				similar[o], similar[kid] = kid, o
			default:
				first[plain] = kid
			}
		}
	}
	visit(p)
	return similar
}

// oddKey tells what is odd about the key of p.
func oddKey(p *schema.Path) string {
	switch key := p.Key; {
	case p.Kind != schema.Field:
		return ""
	case key == "":
		return "empty"
	case strings.HasPrefix(key, "$"):
		return "starts with $"
	case strings.Contains(key, "."):
		return "contains a dot"
	case strings.TrimSpace(key) != key:
		return "blank at an end"
	case strings.ContainsFunc(key, func(r rune) bool { return !oneline.Printable(r) || unicode.Is(unicode.Zs, r) && r != ' ' }):
		return "invisible character"
	}
	return ""
}
