package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// A fieldGroup has the flags that select fields of documents.
type fieldGroup struct {
	texts []fieldText // in the order of the command line
}

// A shape is what becomes of documents.
type shape struct {
	fieldGroup
	editGroup
	// columnPaths are the paths that are kept, if they are the columns of a table; else
	// nil. They are then no part of the projection.
	columnPaths [][]string
	projection  []byte         // see query.CompileProjection; nil: all fields; set by checkShape
	edit        []byte         // see query.CompileEdit; nil: none; set by checkShape
	shapers     []stage.Shaper // set by checkShape
}

// A fieldText is the value of a flag.
type fieldText struct {
	flag, text string
	keep       bool // the fields are kept; else they are left out
	read       fieldReader
}

// A fieldReader returns the paths in the value of a flag.
type fieldReader func(text string) ([]string, error)

// A repeated is a flag that adds each of its values to a list.
type repeated[T any] struct {
	list  *[]T
	value string // what help calls it
	item  func(text string) T
}

// Set adds text.
func (r *repeated[T]) Set(text string) error {
	*r.list = append(*r.list, r.item(text))
	return nil
}

// String returns "": there is no default.
func (r *repeated[T]) String() string { return "" }

// Type returns the name of the value.
func (r *repeated[T]) Type() string { return r.value }

func (g *fieldGroup) addFields(fs *pflag.FlagSet) {
	add := func(value, usage string, like fieldText) {
		item := func(text string) fieldText {
			like.text = text
			return like
		}
		fs.Var(&repeated[fieldText]{&g.texts, value, item}, like.flag, usage)
	}
	add("PATHS", "keep only the fields at `PATHS`, such as a,b.c, and _id, in the order of the document; "+
		"@FILE reads PATHS from a file, one per line", fieldText{flag: "fields", keep: true, read: readPaths})
	add("PATHS", "leave out the fields at `PATHS`; with --fields only _id", fieldText{flag: "exclude", read: readPaths})
	add("FILE", "", fieldText{flag: "fieldFile", keep: true, read: readPathFile})
	fs.Lookup("fieldFile").Hidden = true
	onlyMeant(fs, "fields", "exclude")
}

// checkShape compiles the fields and the edits, with values that are read like those of in.
func (s *shape) checkShape(in *inputGroup, limit *limitGroup) (err error) {
	if s.projection, err = s.projected(); err != nil {
		return err
	}
	if s.edit, err = s.editGroup.document(filterOptions(in, limit)); err != nil {
		return err
	}
	s.shapers, err = s.compile(limit)
	return err
}

// projected returns the projection of the flags, nil if there are none.
func (s *shape) projected() ([]byte, error) {
	texts := s.texts
	if s.columnPaths != nil {
		texts = slices.DeleteFunc(slices.Clone(texts), func(t fieldText) bool { return t.keep })
	}
	if len(texts) == 0 {
		return nil, nil
	}
	doc, mark := bsoncore.Begin(nil)
	for _, t := range texts {
		paths, err := t.paths()
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			doc = bsoncore.AppendBoolean(doc, path, t.keep)
		}
	}
	return bsoncore.End(doc, mark), nil
}

// named returns an error if path has no name.
func named(path string) error {
	if path == "" || strings.ContainsRune(path, 0) {
		return errors.New("a field needs a name; write the paths with commas between them, such as a,b.c")
	}
	return nil
}

// paths returns the paths in the value of the flag.
func (t *fieldText) paths() ([]string, error) {
	paths, err := t.read(t.text)
	for i := 0; err == nil && i < len(paths); i++ {
		err = named(paths[i])
	}
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", t.flag, err)
	}
	return paths, nil
}

// compile returns what shapes documents, in order.
func (s *shape) compile(limit *limitGroup) (shapers []stage.Shaper, err error) {
	o := query.Options{MaxDepth: limit.maxDepth, MaxDocumentSize: limit.maxDocumentSize}
	if s.projection != nil {
		p, err := query.CompileProjection(s.projection, o)
		if errors.Is(err, query.ErrMixed) {
			return nil, errors.New("--fields and --exclude cannot be combined, except with --exclude _id; leave out one of them")
		}
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", s.texts[0].flag, placed(err))
		}
		shapers = append(shapers, p)
	}
	if s.edit != nil {
		e, err := query.CompileEdit(s.edit, o)
		if err != nil {
			return nil, flagged(err)
		}
		shapers = append(shapers, e)
	}
	return shapers, nil
}

// shapes reports whether documents become others.
func (s *shape) shapes() bool { return len(s.shapers) > 0 || s.addID }

// planShape makes the run shape documents.
func (s *shape) planShape(r *run.Run) {
	for _, by := range s.shapers {
		r.Shaping = append(r.Shaping, stage.Shape{Shaper: by})
	}
}

// readPaths returns the paths between commas, or those of the file in @FILE.
func readPaths(text string) ([]string, error) {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		return readPathFile(name)
	}
	paths := strings.Split(text, ",")
	for i, path := range paths {
		paths[i] = cleanPath(path)
	}
	return paths, nil
}

// readPathFile returns the paths in the lines of a file. Empty lines are left out.
func readPathFile(name string) (paths []string, err error) {
	text, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if path := cleanPath(strings.TrimRight(line, "\r\n")); path != "" {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// cleanPath returns path without the blanks around it. A JSON Pointer may end in blanks.
func cleanPath(path string) string {
	path = strings.TrimLeft(path, " ")
	if strings.HasPrefix(path, "/") {
		return path
	}
	return strings.TrimRight(path, " ")
}
