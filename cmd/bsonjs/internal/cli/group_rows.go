package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// This file has the flags about writing tables, and the columns of the output.
//
// The columns are those of --fields. Otherwise a preview of the run finds them: see
// run.Previewer.

// A rowGroup has the flags about writing tables. Flags that reading obeys, too, are in a
// tableGroup.
type rowGroup struct {
	infer      int // documents of a preview, 0: usualInfer, or all documents
	maxColumns int // fields, 0: tabular.DefaultMaxFields
	extra      tabular.ExtraPolicy
	arrays     tabular.ArrayForm
	dialect    tabular.Dialect
	noHeader   bool
	crlf       bool
	hex        bool
	safe       bool
}

// usualInfer is the number of documents whose columns are those of a table, if an input can
// be read only once.
const usualInfer = 10_000

func (g *rowGroup) addRows(fs *pflag.FlagSet) {
	fs.Var(&amount{&g.infer, 1, 1_000_000_000, nil}, "infer", "take the columns of an output from the first `N` documents; without the flag from all documents, "+
		"or for CSV from the first 10000 if an input can be read only once")
	fs.Var(choose(&g.extra,
		word[tabular.ExtraPolicy]{"error", tabular.ExtraReject}, word[tabular.ExtraPolicy]{"ignore", tabular.ExtraIgnore},
		word[tabular.ExtraPolicy]{"column", tabular.ExtraColumn},
	), "extra-fields", "fields without a column: error (the default) rejects the document, ignore leaves them out, "+
		"column writes them as JSON in the column "+tabular.ExtraName)
	fs.Var(&amount{&g.maxColumns, 1, 1_000_000, nil}, "max-columns", "the largest number `N` of fields that become columns; the default is 10000")
	fs.Var(choose(&g.arrays,
		word[tabular.ArrayForm]{"json", tabular.ArrayJSON}, word[tabular.ArrayForm]{"index", tabular.ArrayIndex},
		word[tabular.ArrayForm]{"explode", tabular.ArrayExplode},
	), "arrays", "arrays in an output: json (the default) writes a cell, index makes a column of each element, such as a.0 and a.1, "+
		"explode writes a row for each element")
	fs.BoolVar(&g.noHeader, "no-header", false, "write no row with the names of the columns")
	fs.BoolVar(&g.crlf, "crlf", false, "write CR LF at the ends of lines")
	fs.Var(choose(&g.hex, word[bool]{"base64", false}, word[bool]{"hex", true}), "binary-cells", "digits of binary values: base64 (the default) or hex")
	fs.BoolVar(&g.safe, "spreadsheet-safe", false, "write ' in front of texts that a spreadsheet would run: those that start with = + - @, a tab or CR")
	fs.Var(choose(&g.dialect,
		word[tabular.Dialect]{"plain", tabular.Plain}, word[tabular.Dialect]{"mongoexport", tabular.MongoExport},
	), "csv-dialect", "cells of an output: plain (the default) are those of --mode plain, mongoexport are those of mongoexport, such as ObjectId(…)")
}

// rowFlags are the flags that only tables that are written obey.
var rowFlags = []string{"infer", "extra-fields", "max-columns", "arrays", "no-header", "crlf", "binary-cells", "spreadsheet-safe", "csv-dialect"}

// bothFlags are the flags that tables obey that are read or written, and typedFlags those of
// them that a table with types obeys when it is written.
var (
	bothFlags  = []string{"typed", "delimiter", "null"}
	typedFlags = bothFlags[:2:2]
)

// writesTable reports whether the output is a table.
func (o *convertOptions) writesTable() bool { return o.decided.to != nil && o.decided.to.Rows }

// checkRows rejects flags about tables that have no effect, or contradict each other.
func (o *convertOptions) checkRows(fs *pflag.FlagSet) error {
	if !o.writesTable() {
		return o.needsTable(fs)
	}
	obeyed := bothFlags
	if o.tables.typed { // null is a cell of JSON, whatever --null says
		obeyed = typedFlags
	}
	o.tables.given = slices.DeleteFunc(o.tables.given, func(name string) bool { return slices.Contains(obeyed, name) })
	if o.decided.folder {
		return fmt.Errorf("%v is one table, and %s is a directory; type --output FILE%s", o.decided.to, report.CleanName(o.output), o.decided.to.Suffixes[0])
	}
	if o.extra == tabular.ExtraColumn && o.arrays == tabular.ArrayExplode {
		return errors.New("--extra-fields column cannot be combined with --arrays explode, because a row is only a part of a document; leave out one of them")
	}
	if o.columnPaths != nil {
		if err := o.checkNamed(fs); err != nil {
			return err
		}
	}
	if !o.tables.typed {
		return nil
	}
	for _, c := range []struct {
		flag string
		set  bool
	}{
		{"extra-fields " + wordOf(fs, "extra-fields"), o.extra != tabular.ExtraReject},
		{"arrays " + wordOf(fs, "arrays"), o.arrays != tabular.ArrayJSON},
		{"csv-dialect mongoexport", o.dialect != tabular.Plain},
		{"no-header", o.noHeader},
		{"binary-cells hex", o.hex},
		{"spreadsheet-safe", o.safe},
		{"null", o.tables.null != nil && !readsTable(o.from)},
	} {
		if c.set {
			return fmt.Errorf("--%s cannot be combined with --typed, whose output is read back as the same documents; leave out one of them", c.flag)
		}
	}
	return nil
}

// checkNamed rejects flags about finding columns, because --fields names them. --extra-fields
// ignore is what happens anyway, and types are found.
func (o *convertOptions) checkNamed(fs *pflag.FlagSet) error {
	for _, c := range []struct {
		flag string
		set  bool
	}{
		{"extra-fields", o.extra != tabular.ExtraIgnore},
		{"max-columns", !o.tables.typed},
		{"infer", !o.tables.typed},
	} {
		if c.set && given(fs, c.flag) {
			return fmt.Errorf("--%s has no effect, because --fields names all columns; leave out one of them", c.flag)
		}
	}
	return nil
}

// wordOf returns the value of a flag.
func wordOf(fs *pflag.FlagSet, name string) string { return fs.Lookup(name).Value.String() }

// readsTable reports whether inputs can be tables.
func readsTable(from *codec.Codec) bool { return from == nil || from.Rows }

// needsTable rejects flags about tables, because the output is none.
func (o *convertOptions) needsTable(fs *pflag.FlagSet) error {
	names := rowFlags
	if o.decided.to != nil && o.decided.to.Extension {
		if given(fs, "extra-fields") && o.extra == tabular.ExtraColumn {
			return fmt.Errorf("--extra-fields column needs CSV or TSV as output, and the output is %v; use --extra-fields ignore, or leave it out", o.decided.to)
		}
		names = slices.DeleteFunc(slices.Clone(rowFlags), func(name string) bool { return slices.Contains(sharedFlags, name) })
	}
	if !readsTable(o.from) {
		names = append(bothFlags[:len(bothFlags):len(bothFlags)], names...)
	}
	for _, name := range names {
		if !given(fs, name) {
			continue
		}
		if o.decided.to == nil {
			return fmt.Errorf("--%s needs CSV or TSV as output; add --to csv", name)
		}
		return fmt.Errorf("--%s has no effect, because the output is %v and not CSV or TSV; add --to csv, or leave it out", name, o.decided.to)
	}
	return nil
}

// checkColumns rejects columns of --fields that a table cannot have.
func (o *convertOptions) checkColumns(*pflag.FlagSet) error {
	if !o.writesTable() || o.columnPaths == nil {
		return nil
	}
	var columns []tabular.Column
	for _, path := range o.columnPaths {
		columns = append(columns, tabular.Column{Path: path})
	}
	if _, err := o.newTable(columns, tabular.TableOptions{Named: true}); err != nil {
		return fmt.Errorf("--fields: %w", err)
	}
	o.columns = columns
	return nil
}

// readColumns sets the paths of --fields, if they are columns.
func (s *shape) readColumns(limit *limitGroup) error {
	for _, t := range s.texts {
		if !t.keep {
			continue
		}
		paths, err := t.paths()
		if err != nil {
			return err
		}
		for _, text := range paths {
			path, err := query.ParsePath(text, query.Options{MaxDepth: limit.maxDepth})
			if err != nil {
				return fmt.Errorf("--%s: %w", t.flag, placed(err))
			}
			s.columnPaths = append(s.columnPaths, path)
		}
	}
	return nil
}

// findOptions returns what the columns of documents are.
func (o *convertOptions) findOptions() tabular.FindOptions {
	f := tabular.FindOptions{Arrays: o.arrays, Typed: o.tables.typed, MaxFields: o.maxColumns, MaxDepth: o.maxDepth, Named: o.columnPaths}
	if f.MaxFields == 0 {
		f.MaxFields = tabular.DefaultMaxFields
	}
	return f
}

// table returns the table of the columns. visible is set for a terminal.
func (o *convertOptions) table(visible bool) (*tabular.Table, error) {
	t := tabular.TableOptions{
		Delimiter: o.tables.delimiter, CRLF: o.crlf, NoHeader: o.noHeader,
		Dialect: o.dialect, Arrays: o.arrays, Extra: o.extra, Named: o.columnPaths != nil, Typed: o.tables.typed,
		Hex: o.hex, SpreadsheetSafe: o.safe, Visible: visible, UUIDs: o.uuid, MaxDepth: o.maxDepth,
	}
	if t.Delimiter == 0 && o.decided.to == codec.TSV {
		t.Delimiter = '\t'
	}
	return o.newTable(o.columns, t)
}

// newTable returns a table of columns with the options t and the text of null. An error says
// what to type.
func (o *convertOptions) newTable(columns []tabular.Column, t tabular.TableOptions) (*tabular.Table, error) {
	if o.tables.null != nil && !o.tables.typed {
		t.Null, t.HasNull = *o.tables.null, true
	}
	table, err := tabular.NewTable(columns, t)
	switch {
	case errors.Is(err, tabular.ErrEmptyNull):
		return nil, fmt.Errorf("%w; choose a text, such as --null NULL", err)
	case err != nil:
		return nil, headerError(err)
	}
	return table, nil
}

// Preview returns the run that finds the columns of a table, nil if they are known.
func (c *converter) Preview() *run.Preview {
	if c.to == nil || !c.to.Rows || c.o.columns != nil && !c.o.tables.typed {
		return nil
	}
	found := tabular.NewFound(c.o.findOptions())
	most := int64(c.o.infer)
	if most == 0 {
		most = usualInfer
	}
	return &run.Preview{
		Target: columnsTarget{sink.Columns{Found: found}},
		Most:   most, Always: c.o.infer > 0,
		Done: func(whole bool) error { return c.o.setColumns(found, whole) },
	}
}

// setColumns makes the fields that were found the columns. whole says that they are those of
// all documents.
func (o *convertOptions) setColumns(found *tabular.Found, whole bool) error {
	columns, more := found.Columns()
	switch {
	case more != nil && o.extra == tabular.ExtraReject:
		return fmt.Errorf("the documents have too many fields for columns, or their names are too long: no column for %s, which is field %d; "+
			"choose columns with --fields, add --extra-fields column, or use a larger --max-columns",
			oneline.Clean(tabular.Column{Path: more}.String(), maxColumnName), found.Fields()+1)
	case !whole && found.Fields() == 0 && o.columnPaths == nil:
		return errors.New("no document at the start of the input has a field, so the columns are not known; name them with --fields, or read a file without --infer")
	}
	o.columns = columns
	return nil
}

// maxColumnName is the number of characters of a name in a message.
const maxColumnName = 80

// unused returns notes about columns of --fields that are empty in all documents.
func (o *convertOptions) unused(r *run.Run, result *run.Result) (notes []string) {
	c, ok := r.Target.(interface{ written() *tabular.Table })
	if !ok || c.written() == nil || o.columnPaths == nil || result.Written() == 0 {
		return nil
	}
	for _, column := range c.written().Unused() {
		notes = append(notes, "--fields: no document has a value at "+oneline.Clean(column.String(), maxColumnName))
	}
	return notes
}

// written returns the table that is written, nil if there is none.
func (c *converter) written() *tabular.Table { return c.table }

// columnsTarget is the target of a run that finds columns.
type columnsTarget struct{ to run.Sink }

// Begin returns the sink.
func (t columnsTarget) Begin(run.Input) (run.Sink, error) { return t.to, nil }

// End does nothing.
func (columnsTarget) End(io.Writer) error { return nil }

// rowCure returns what to type against err, a fault of a document that has no row, "" if
// nothing is known to help.
func rowCure(err error) string {
	switch {
	case errors.Is(err, tabular.ErrElements):
		return "use --arrays explode, or name the array as a whole in --fields"
	case errors.Is(err, tabular.ErrOrder):
		return "leave out --typed, or convert the document to JSON"
	case errors.Is(err, tabular.ErrDuplicate), errors.Is(err, tabular.ErrNoFields):
		return "use --on-error skip or --to json"
	}
	return ""
}
