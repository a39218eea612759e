package cli

import (
	"errors"
	"fmt"
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
	projection *query.Projection // nil: all fields; set by checkFields
}

// A fieldText is the value of a flag.
type fieldText struct {
	flag, text string
	keep       bool // the fields are kept; else they are left out
	read       fieldReader
}

// A fieldReader returns the paths in the value of a flag.
type fieldReader func(text string) ([]string, error)

// A fieldFlag is a flag that adds fields; like is what its values are like.
type fieldFlag struct {
	texts *[]fieldText
	value string // what help calls it
	like  fieldText
}

// Set adds the fields in text.
func (f *fieldFlag) Set(text string) error {
	t := f.like
	t.text = text
	*f.texts = append(*f.texts, t)
	return nil
}

// String returns "": there is no default.
func (f *fieldFlag) String() string { return "" }

// Type returns the name of the value.
func (f *fieldFlag) Type() string { return f.value }

func (g *fieldGroup) addFields(fs *pflag.FlagSet) {
	add := func(value, usage string, like fieldText) {
		fs.Var(&fieldFlag{&g.texts, value, like}, like.flag, usage)
	}
	add("PATHS", "write only the fields at `PATHS`, such as a,b.c, and _id; they keep the order of the document; "+
		"@FILE reads them from a file, one per line", fieldText{flag: "fields", keep: true, read: readPaths})
	add("PATHS", "write all fields but those at `PATHS`; with --fields only _id", fieldText{flag: "exclude", read: readPaths})
	add("FILE", "", fieldText{flag: "fieldFile", keep: true, read: readPathFile})
	fs.Lookup("fieldFile").Hidden = true
	onlyMeant(fs, "fields", "exclude")
}

// checkFields compiles the fields. maxDepth is that of documents.
func (s *shape) checkFields(maxDepth int) error {
	if len(s.texts) == 0 {
		return nil
	}
	doc, mark := bsoncore.Begin(nil)
	for _, t := range s.texts {
		paths, err := t.paths()
		if err != nil {
			return err
		}
		for _, path := range paths {
			doc = bsoncore.AppendBoolean(doc, path, t.keep)
		}
	}
	var err error
	s.projection, err = query.CompileProjection(bsoncore.End(doc, mark), query.Options{MaxDepth: maxDepth})
	if errors.Is(err, query.ErrMixed) {
		return errors.New("--fields and --exclude cannot be combined, except with --exclude _id; leave out one of them")
	}
	if err != nil {
		return fmt.Errorf("--%s: %w", s.texts[0].flag, placed(err))
	}
	return nil
}

// paths returns the paths in the value of the flag.
func (t *fieldText) paths() ([]string, error) {
	paths, err := t.read(t.text)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", t.flag, err)
	}
	for _, path := range paths {
		if path == "" || strings.ContainsRune(path, 0) {
			return nil, fmt.Errorf("--%s: a field needs a name; write the paths with commas between them, such as a,b.c", t.flag)
		}
	}
	return paths, nil
}

// planFields makes the run write only the selected fields.
func (s *shape) planFields(r *run.Run) {
	if s.projection != nil {
		r.Shaping = append(r.Shaping, stage.Fields{Projection: s.projection})
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
