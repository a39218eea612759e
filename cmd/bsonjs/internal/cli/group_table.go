package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// readingTables is the title of the flags of a tableGroup.
const readingTables = "CSV and TSV"

// A tableGroup has the flags about tables: CSV and TSV.
type tableGroup struct {
	header       string // names of the columns; "": those of the first row
	typed        bool   // the names have types
	delimiter    byte   // between fields; 0: that of the format
	null         *string
	literal      bool // quotation marks are text
	allText      bool
	ignoreBlanks bool
	arrayIndexes bool
	ragged       bool
	grace        tabular.Grace

	columns []tabular.Column // of header
	given   []string         // flags on the command line that only tables that are read obey, also those in columns
}

func (g *tableGroup) addTables(fs *pflag.FlagSet) {
	fs.StringVar(&g.header, "header", "", "the names of the columns are `NAMES`, such as a,b.c, and the first row is a document; @FILE reads the names from a file, one per line")
	fs.BoolVar(&g.typed, "typed", false, "the names of the columns have types, as in age.int32(),born.date(2006-01-02); an empty cell is a missing field, and \"\" is the empty string")
	fs.Var(&delimiter{&g.delimiter}, "delimiter", "the `CHARACTER` between fields, in place of a comma or a tab")
	fs.Var(&text{&g.null}, "null", "a cell that is `TEXT`, without quotation marks, is null")
	fs.BoolVar(&g.literal, "literal-quotes", false, "quotation marks are text, as in the TSV of mongoimport; a field has no line ends then")
	fs.BoolVar(&g.allText, "all-text", false, "make a string of each cell; without the flag, a cell is a number if it is spelled like a number in relaxed JSON: 7 and 1.5, but not 007 and 1.50")
	fs.BoolVar(&g.ignoreBlanks, "ignore-blanks", false, "leave out fields whose cell is empty")
	fs.BoolVar(&g.arrayIndexes, "array-indexes", false, "make an array of columns such as tags.0 and tags.1, not a document")
	fs.BoolVar(&g.ragged, "ragged", false, "read rows with too few fields, whose last columns are missing, and with too many, whose further fields are field3 and so on")
	fs.Var(choose(&g.grace,
		word[tabular.Grace]{"stop", tabular.Stop}, word[tabular.Grace]{"autoCast", tabular.AutoCast},
		word[tabular.Grace]{"skipField", tabular.SkipField}, word[tabular.Grace]{"skipRow", tabular.SkipRow},
	), "parse-grace", "a cell that does not fit its type: stop (the default) is a fault of the document; autoCast makes a number or a string of it; "+
		"skipField reports it and leaves out the field; skipRow reports it and rejects the document, and the run continues")
	onlyMeant(fs, "header", "null")
}

// checkTables rejects flags that have no effect on inputs in the formats from, nil if
// unknown, and values that contradict each other.
func (g *tableGroup) checkTables(fs *pflag.FlagSet, formats ...*codec.Codec) error {
	reads := slices.ContainsFunc(formats, func(c *codec.Codec) bool { return c == nil || c.Rows })
	for _, name := range tableFlags {
		if given(fs, name) && !reads {
			return noTable(name, formats[0])
		}
	}
	g.given = nil
	for _, name := range slices.Concat(tableFlags, bothFlags) {
		if given(fs, name) {
			g.given = append(g.given, name)
		}
	}
	switch {
	case g.typed && g.allText:
		return errors.New("--all-text has no effect with --typed, where each column has a type; leave out one of them")
	case !g.typed && given(fs, "parse-grace"):
		return errors.New("--parse-grace has no effect without types, because every text fits; add --typed, or leave it out")
	case g.typed && g.null != nil && *g.null == "":
		return errors.New("--null cannot be empty with --typed, where an empty cell is a missing field; choose a text, such as --null NULL")
	}
	if given(fs, "header") && g.header == "" {
		return errors.New("--header has no name; type it as in --header a,b.c, or leave it out")
	}
	return g.readHeader()
}

// noTable is the error for a flag about tables, because an input is in the format from.
func noTable(flag string, from *codec.Codec) error {
	return fmt.Errorf("--%s has no effect, because the input is %v and not CSV or TSV; leave it out", flag, from)
}

// tableFlags are the flags that only tables that are read obey.
var tableFlags = []string{"header", "literal-quotes", "all-text", "ignore-blanks", "array-indexes", "ragged", "parse-grace"}

// readHeader reads the columns of --header.
func (g *tableGroup) readHeader() (err error) {
	if g.header == "" {
		return nil
	}
	o := g.options()
	headers, err := g.headers(&o)
	if err == nil && len(headers) == 0 {
		err = errors.New("the file has no names; write one name per line")
	}
	if err == nil {
		o.Columns, err = o.ParseColumns(headers)
	}
	if err == nil {
		_, err = o.Header()
	}
	if err != nil {
		return fmt.Errorf("--header: %w", headerError(err))
	}
	g.columns = o.Columns
	return nil
}

// headers returns the names of --header, or the lines of its file.
func (g *tableGroup) headers(o *tabular.DecodeOptions) (headers []string, err error) {
	name, ok := strings.CutPrefix(g.header, "@")
	if !ok {
		return o.SplitHeaders(g.header)
	}
	text, err := readSmall(name)
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			headers = append(headers, line)
		}
	}
	return headers, err
}

// headerError returns err with the name of the column, and a cure.
func headerError(err error) error {
	fault, ok := errors.AsType[*tabular.HeaderError](err)
	if !ok {
		return err
	}
	text := fmt.Sprintf("column %q: %v", fault.Header, err)
	if cure := headerCure(err); cure != "" {
		text += "; " + cure
	}
	return errors.New(text)
}

// headerCure returns what to type against err, a fault of a header.
func headerCure(err error) string {
	switch {
	case errors.Is(err, tabular.ErrUntyped):
		return "type it as in name.string(), or leave out --typed"
	case errors.Is(err, tabular.ErrTyped):
		return "add --typed, or name the columns with --header"
	case errors.Is(err, tabular.ErrType):
		return "the types are " + strings.Join(tabular.TypeNames(), ", ")
	case errors.Is(err, tabular.ErrHeader):
		return "choose other columns with --fields, or rename fields with --rename"
	case errors.Is(err, tabular.ErrIndex):
		return "leave out --array-indexes, or name the columns in another way, as in --header a.0,a.1"
	case errors.Is(err, tabular.ErrConflict):
		return `name the columns in another way, as in --header a,b.c; \. is a dot in a name`
	}
	return ""
}

// options returns the options of reading tables.
func (g *tableGroup) options() tabular.DecodeOptions {
	return tabular.DecodeOptions{
		Syntax:       tabular.Syntax{Comma: g.delimiter, LiteralQuotes: g.literal},
		Columns:      g.columns,
		Typed:        g.typed,
		AllText:      g.allText,
		IgnoreBlanks: g.ignoreBlanks,
		ArrayIndexes: g.arrayIndexes,
		Ragged:       g.ragged,
		Null:         g.null,
		Grace:        g.grace,
	}
}

// back returns the flags for reading a table that was written with g.
func (g *tableGroup) back() *tableGroup { return &tableGroup{typed: g.typed, delimiter: g.delimiter} }

func (g *tableGroup) plan(r *run.Run) { r.Options.Table = g.options() }

// A delimiter is a flag that is a character between fields, 0 for the usual one.
type delimiter struct{ p *byte }

// delimiterNames are words for delimiters that a shell does not pass on easily.
var delimiterNames = map[string]string{`\t`: "\t", "tab": "\t"}

// Set sets the character to s.
func (d *delimiter) Set(s string) error {
	if name, ok := delimiterNames[s]; ok {
		s = name
	}
	if len(s) != 1 || s[0] >= 0x80 || strings.Contains("\"\r\n\x00", s) {
		return errors.New(`must be one character of ASCII, such as ; or | or \t, and no quotation mark or line end`)
	}
	*d.p = s[0]
	return nil
}

// String returns the character, "" for the usual one.
func (d *delimiter) String() string {
	switch {
	case d.p == nil || *d.p == 0:
		return ""
	case *d.p == '\t':
		return `\t`
	}
	return string(rune(*d.p))
}

// Type returns what help calls the character.
func (d *delimiter) Type() string { return "character" }

// A text is a flag whose value is any text, nil if it is not given.
type text struct{ p **string }

// Set sets the text to s.
func (t *text) Set(s string) error { *t.p = &s; return nil }

// String returns the text, "" if there is none.
func (t *text) String() string {
	if t.p == nil || *t.p == nil {
		return ""
	}
	return **t.p
}

// Type returns what help calls the text.
func (t *text) Type() string { return "text" }

// tableCure returns what to type against err, a fault of a table, "" if nothing is known
// to help.
func tableCure(err error) string {
	if cure := headerCure(err); cure != "" {
		return cure
	}
	if fault, ok := errors.AsType[*tabular.HeaderError](err); ok && fault.Err == tabular.ErrName {
		if !utf8.ValidString(fault.Header) {
			return "use --invalid-utf8 replace"
		}
		return "correct the name; or remove the row, and name the columns with --header"
	}
	_, cell := errors.AsType[*tabular.CellError](err)
	_, passed := errors.AsType[*record.Passed](err)
	count, _ := errors.AsType[*tabular.CountError](err)
	switch {
	case count != nil && count.Fields < count.Columns:
		return "add --ragged if the fields of the last columns may be missing"
	case errors.Is(err, tabular.ErrManyFields):
		return ""
	case errors.Is(err, tabular.ErrUnclosed):
		return "close it, or add --literal-quotes"
	case errors.Is(err, tabular.ErrRow):
		return "double the quotation marks in a field and put the field in quotation marks, or add --literal-quotes"
	case errors.Is(err, tabular.ErrLongField):
		return "close a quotation mark that begins it, or use a larger --max-document-size"
	case errors.Is(err, tabular.ErrCount) && count == nil: // --ragged is given
		return "rename this column"
	case errors.Is(err, tabular.ErrCount):
		return "put fields that hold the delimiter in quotation marks, or add --ragged"
	case errors.Is(err, tabular.ErrHole):
		return "leave out --array-indexes, or write null in the cell and add --null"
	case errors.Is(err, bson.ErrUTF8) && cell:
		return "use --invalid-utf8 replace"
	case cell && !passed:
		return "use --parse-grace autoCast, skipField or skipRow"
	}
	return ""
}
