package cli

import (
	"cmp"
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// A spaceGroup has the flags about the namespaces of containers.
type spaceGroup struct {
	spaces     *codec.Namespaces // nil: all
	db         string            // pattern, "" for all
	collection string            // pattern, "" for all
}

// namespaces is a flag that adds patterns, with a prefix.
type namespaces struct {
	p      **codec.Namespaces
	prefix string
}

// Set adds a pattern.
func (n namespaces) Set(text string) error {
	if *n.p == nil {
		*n.p = new(codec.Namespaces)
	}
	return (*n.p).Add(n.prefix + text)
}

// String returns the patterns.
func (n namespaces) String() string {
	if n.p == nil || *n.p == nil {
		return ""
	}
	return strings.Join((*n.p).Patterns(), " ")
}

// Type returns the name of the value.
func (n namespaces) Type() string { return "PATTERN" }

func (g *spaceGroup) addSpaces(fs *pflag.FlagSet) {
	fs.Var(namespaces{&g.spaces, ""}, "ns", "read only namespaces that match `DB.COLLECTION`; * matches any characters, and \\* a star; "+
		"the database ends at the first dot; a pattern that starts with ! excludes; may be repeated")
	fs.StringVar(&g.db, "db", "", "read only the database `DB`; short for --ns DB.*")
	fs.StringVar(&g.collection, "collection", "", "read only the collection `NAME`; short for --ns *.NAME, or with --db DB for --ns DB.NAME")
	onlyMeant(fs, "ns", "db", "collection")
}

// addForeignSpaces adds a flag of mongorestore that help does not show.
func (g *spaceGroup) addForeignSpaces(fs *pflag.FlagSet) {
	fs.Var(namespaces{&g.spaces, "!"}, "nsExclude", "")
	fs.Lookup("nsExclude").Hidden = true
}

// checkSpaces adds the pattern of --db and --collection.
func (g *spaceGroup) checkSpaces(fs *pflag.FlagSet) error {
	switch {
	case g.db == "" && g.collection == "":
		return nil
	case g.spaces != nil:
		return errors.New("--db and --collection cannot be combined with --ns; name the database and the collection in the pattern")
	case strings.Contains(g.db, "."):
		return errors.New("--db: the name of a database has no dot; for a collection use --ns DB.COLLECTION")
	}
	return namespaces{&g.spaces, ""}.Set(cmp.Or(g.db, "*") + "." + cmp.Or(g.collection, "*"))
}

func (g *spaceGroup) plan(r *run.Run) {
	r.Options.Namespaces = g.spaces
	switch {
	case g.db != "":
		r.NeedsSpaces = "--db"
	case g.collection != "":
		r.NeedsSpaces = "--collection"
	case g.spaces != nil:
		r.NeedsSpaces = "--ns"
	}
}

// A spaceFieldGroup has the flag that adds the namespace to documents.
type spaceFieldGroup struct {
	field string // key, "" for none
}

func (g *spaceFieldGroup) addSpaceField(fs *pflag.FlagSet) {
	fs.StringVar(&g.field, "ns-field", "", "add the namespace to each document, as a string with the key `NAME`")
	onlyMeant(fs, "ns-field")
}

// check rejects an empty key.
func (g *spaceFieldGroup) check(fs *pflag.FlagSet) error {
	if given(fs, "ns-field") && g.field == "" {
		return errors.New("--ns-field: a key cannot be empty")
	}
	return nil
}

func (g *spaceFieldGroup) plan(r *run.Run) {
	if g.field != "" {
		r.Shaping = append(r.Shaping, stage.Space{Field: g.field})
		r.NeedsSpaces = cmp.Or(r.NeedsSpaces, "--ns-field")
	}
}
