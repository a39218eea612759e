package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// An editGroup has the flags that change fields of documents.
type editGroup struct {
	edits []editText // in the order of the command line
	addID bool
}

// An editText is the value of a flag that edits.
type editText struct {
	by   *editor
	text string
}

// An editor is a flag that edits: an operator of query.CompileEdit.
type editor struct {
	flag, operator string
	value, usage   string // of help
	// append appends the operands in text to a document.
	append func(dst []byte, text string, o query.Options) ([]byte, error)
}

// editors are the flags in the order in which they act.
var editors = []*editor{
	{"set", "$set", "PATH=VALUE", "set a field: `PATH=VALUE`, such as 'a.b=7' or 'a=\"text\"', with VALUE in Extended JSON or the syntax of the shell; " +
		"a missing field is added", appendSet},
	{"unset", "$unset", "PATHS", "leave out the fields at `PATHS`, such as a,b.c; @FILE reads PATHS from a file, one per line", appendUnset},
	{"rename", "$rename", "PATH=NEW", "rename or move a field: `PATH=NEW`, such as a=b.c; a document that has both fields is rejected", appendPair},
	{"retype", "$retype", "PATH=TYPE", "change the type of values: `PATH=TYPE`, such as a=int64; TYPE is int32, int64, double, decimal, string, date, objectId or bool; " +
		"a document is rejected if a value has no exact equal of this type", appendPair},
}

func (g *editGroup) addEdits(fs *pflag.FlagSet) {
	for _, by := range editors {
		item := func(text string) editText { return editText{by, text} }
		fs.Var(&repeated[editText]{&g.edits, by.value, item}, by.flag, by.usage)
		onlyMeant(fs, by.flag)
	}
}

func (g *editGroup) addNewID(fs *pflag.FlagSet) {
	fs.BoolVar(&g.addID, "add-id", false, "add a new ObjectId to documents without _id, as the first field; with --seed the same inputs get the same ids")
	onlyMeant(fs, "add-id")
}

// document returns the edit of the flags, nil if there are none. Values are read with o.
func (g *editGroup) document(o query.Options) ([]byte, error) {
	if len(g.edits) == 0 {
		return nil, nil
	}
	doc, mark := bsoncore.Begin(nil)
	for _, by := range editors {
		var operands int
		doc, operands = bsoncore.BeginDocument(doc, by.operator)
		for _, t := range g.edits {
			var err error
			if t.by != by {
				continue
			}
			if doc, err = by.append(doc, t.text, o); err != nil {
				return nil, fmt.Errorf("--%s: %w", by.flag, err)
			}
		}
		doc = bsoncore.End(doc, operands)
	}
	return bsoncore.End(doc, mark), nil
}

// planID makes the run add ids, if that is wanted.
func (g *editGroup) planID(r *run.Run, add stage.AddID) {
	if g.addID {
		r.Shaping = append(r.Shaping, add)
	}
}

// appendSet appends the field of PATH=VALUE.
func appendSet(dst []byte, text string, o query.Options) ([]byte, error) {
	path, value, err := pair(text)
	if err != nil {
		return nil, err
	}
	reader := o.Text
	reader.Shell, reader.MaxDepth = true, o.MaxDepth
	data, t, err := reader.AppendBSONValue(nil, []byte(value))
	if err != nil {
		name, hint := report.CleanName(path), ""
		if !strings.ContainsAny(value, "{[(\"'") {
			hint = "; a string needs quotes: --set '" + name + "=\"text\"'"
		}
		return nil, fmt.Errorf("the value of %s: %w%s", name, placed(err), hint)
	}
	return bsoncore.AppendValue(dst, path, t, data), nil
}

// appendUnset appends a field for each path.
func appendUnset(dst []byte, text string, _ query.Options) ([]byte, error) {
	paths, err := readPaths(text)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := named(path); err != nil {
			return nil, err
		}
		dst = bsoncore.AppendBoolean(dst, path, true)
	}
	return dst, nil
}

// appendPair appends the field of PATH=NEW or PATH=TYPE, a string.
func appendPair(dst []byte, text string, _ query.Options) ([]byte, error) {
	path, value, err := pair(text)
	if err != nil {
		return nil, err
	}
	if value = cleanPath(value); value == "" {
		return nil, fmt.Errorf("nothing follows %s=; write the new path or the type after =", report.CleanName(path))
	}
	return bsoncore.AppendString(dst, path, value), nil
}

// pair returns the parts before and behind the first =.
func pair(text string) (path, value string, err error) {
	path, value, ok := strings.Cut(text, "=")
	path = cleanPath(path)
	switch {
	case !ok:
		return "", "", fmt.Errorf("%s has no =; write the path, = and the new value, path or type", report.CleanName(text))
	case path == "" || strings.ContainsRune(text, 0):
		return "", "", errors.New("a field needs a name before =")
	}
	return path, value, nil
}

// flagged returns err, of query.CompileEdit, as the error of a flag.
func flagged(err error) error {
	var pointer string
	var why error
	if q, ok := errors.AsType[*query.Error](err); ok {
		pointer, why = q.Pointer, q.Err
	} else if v, ok := errors.AsType[*bsoncore.ValueError](err); ok {
		pointer, why = v.Pointer, v.Err
	} else if s, ok := errors.AsType[*bsoncore.SyntaxError](err); ok {
		pointer, why = s.Pointer, s.Err // a path that is not UTF-8
	}
	for _, by := range editors {
		if path, ok := strings.CutPrefix(pointer, "/"+by.operator); ok {
			return fmt.Errorf("--%s: %w", by.flag, placed(&query.Error{Pointer: path, Err: why}))
		}
	}
	return placed(err)
}
