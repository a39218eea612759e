package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the flags that select documents by their content.
//
//   - The flags keep texts. check compiles them when the options for reading them are
//     known.
//   - Each flag has a reader, which turns a text into a filter.
//   - placed makes the message about a text that is not a filter, with its place.

// A selectGroup has the flags that select documents.
type selectGroup struct {
	texts []filterText // in the order of the command line
}

// A selection has the filters of the flags.
type selection struct {
	selectGroup
	filters []*query.Filter // a document must match all; set by checkSelect
}

// A filterText is the value of a flag.
type filterText struct {
	flag, text string
	read       filterReader
}

// A filterReader makes a filter of the value of a flag.
type filterReader func(text string, o query.Options) (*query.Filter, error)

func (g *selectGroup) addSelect(fs *pflag.FlagSet) {
	add := func(name, value, usage string, read filterReader) {
		item := func(text string) filterText { return filterText{name, text, read} }
		fs.Var(&repeated[filterText]{&g.texts, value, item}, name, usage)
	}
	add("where", "FILTER", "select documents that match `FILTER`, a query of MongoDB in Extended JSON or the syntax of the shell, such as "+
		"'{total: {$gt: 10}}'; @FILE reads FILTER from a file; if repeated, all must match", readFilter)
	add("id", "VALUE", "select documents with the _id `VALUE`, such as 7, '\"x\"' or ObjectId(\"…\"); 24 hexadecimal digits are an ObjectId; "+
		"short for --where '{_id: VALUE}'", readID)
	add("query", "FILTER", "", readFilter)
	add("queryFile", "FILE", "", readFilterFile)
	for _, name := range []string{"query", "queryFile"} {
		fs.Lookup(name).Hidden = true
	}
	onlyMeant(fs, "where", "id")
}

// checkSelect compiles the filters, with values that are read like those of in.
func (s *selection) checkSelect(in *inputGroup, limit *limitGroup) error {
	o := filterOptions(in, limit)
	for _, t := range s.texts {
		f, err := t.read(t.text, o)
		if err != nil {
			return fmt.Errorf("--%s: %w", t.flag, err)
		}
		s.filters = append(s.filters, f)
	}
	return nil
}

// filterOptions returns the options of filters whose values are read like those of in.
func filterOptions(in *inputGroup, limit *limitGroup) query.Options {
	var r run.Run
	in.plan(&r)
	text := r.Options.Text
	text.CanonicalOnly, text.RejectInexact = false, true
	return query.Options{MaxDepth: limit.maxDepth, Text: text}
}

// planSelect makes the run select documents. A stage before it rejects malformed ones.
func (s *selection) planSelect(r *run.Run) {
	if s.selects() {
		r.Stages = append(r.Stages, s.where())
	}
}

// selects reports whether documents are selected by a filter.
func (s *selection) selects() bool { return len(s.filters) > 0 }

// where returns the stage that selects documents.
func (s *selection) where() stage.Where { return stage.Where{Filters: s.filters} }

// readFilter reads a filter, or that of the file in @FILE.
func readFilter(text string, o query.Options) (*query.Filter, error) {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		return readFilterFile(name, o)
	}
	f, err := query.Parse([]byte(text), o)
	if err != nil {
		return nil, fmt.Errorf("%w%s", placed(err), documentHint(text, `{total: {$gt: 10}}`))
	}
	return f, nil
}

// readFilterFile reads the filter of a file.
func readFilterFile(name string, o query.Options) (*query.Filter, error) {
	text, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	f, err := query.Parse(text, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", report.CleanName(name), placed(err))
	}
	return f, nil
}

// maxSmall is the size of the longest file with the value of a flag, in bytes.
const maxSmall = 16 << 20

// readSmall returns the bytes of a file with the value of a flag.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", report.CleanName(name), file.Cause(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSmall+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", report.CleanName(name), file.Cause(err))
	case len(text) > maxSmall:
		return nil, fmt.Errorf("%s: longer than 16 MiB", report.CleanName(name))
	}
	return text, nil
}

// readID reads a filter for the _id in text.
func readID(text string, o query.Options) (*query.Filter, error) {
	doc, mark := bsoncore.Begin(nil)
	if id, err := objectid.Parse(text); err == nil {
		doc = bsoncore.AppendObjectID(doc, "_id", id)
	} else {
		reader := o.Text
		reader.Shell, reader.MaxDepth = true, o.MaxDepth
		data, t, err := reader.AppendBSONValue(nil, []byte(text))
		if err != nil {
			return nil, fmt.Errorf("%w; a string needs quotes: '\"x\"'", placed(err))
		}
		doc = bsoncore.AppendValue(doc, "_id", t, data)
	}
	f, err := query.Compile(bsoncore.End(doc, mark), o)
	return f, placed(err)
}

// placed returns err, of package query or extjson, with its place as messages have it.
func placed(err error) error {
	f := report.Diagnose(err)
	if q, ok := errors.AsType[*query.Error](err); ok {
		f = &report.Fault{Place: &report.Place{Line: q.Line, Column: q.Column, Path: q.Pointer}, Why: q.Err.Error()}
	}
	if f == nil {
		return err
	}
	return errors.New(placeOf(f.Place) + f.Why + textHint(err))
}

// placeOf returns at, a place in the value of a flag, before a message.
func placeOf(at *report.Place) string {
	var words []string
	if at.Line > 0 {
		words = append(words, fmt.Sprintf("line %d, column %d", at.Line, at.Column))
	}
	if at.Path != "" {
		words = append(words, "("+at.Path+")")
	}
	if len(words) == 0 {
		return ""
	}
	return strings.Join(words, " ") + ": "
}

// documentHint returns the advice about text, the value of a flag, if it is no document
// but, for example, a name.
func documentHint(text, example string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return ""
	}
	return "; write a document, such as '" + example + "'"
}

// textHint returns the advice about err, an error of the text of a filter.
func textHint(err error) string {
	if errors.Is(err, extjson.ErrInexact) {
		return `; write it as NumberDecimal("…")`
	}
	return ""
}
