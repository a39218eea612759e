package tabular

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file makes a Table of columns and options; row.go writes its rows.

// A Dialect is a way to write values as cells.
type Dialect uint8

const (
	Plain       Dialect = iota // as in plain JSON
	MongoExport                // as mongoexport does
)

// An ExtraPolicy is the policy for values that have no column.
type ExtraPolicy uint8

const (
	ExtraReject ExtraPolicy = iota // the document is an error
	ExtraIgnore                    // they are left out
	ExtraColumn                    // they become a document of JSON in one more column, ExtraName
)

// ExtraName is the name of the column of ExtraColumn.
const ExtraName = "_extra"

// TableOptions are the options of writing tables.
type TableOptions struct {
	_ struct{} // keyed literals only

	Delimiter byte // 0: a comma
	CRLF      bool // lines end with CR LF
	NoHeader  bool // there is no line with the names of the columns
	Dialect   Dialect
	Arrays    ArrayForm
	Extra     ExtraPolicy
	// Named says that the user chose the columns. Then values without a column are left
	// out, and a column may hold documents and arrays as a whole.
	Named bool
	// Typed writes the types of the columns in the header, so that the rows are read back
	// as the same documents. A document that would not come back the same is an error.
	Typed bool
	// Null is the cell of a null if HasNull is set; a string with this text gets quotes.
	// Without HasNull, a null is an empty cell. An empty Null needs at least two columns,
	// because an empty line is not a row.
	Null    string
	HasNull bool
	// Hex writes binary values as hexadecimal digits.
	Hex bool
	// SpreadsheetSafe puts an apostrophe in front of texts that a spreadsheet would run as
	// a formula.
	SpreadsheetSafe bool
	// Visible replaces control characters, for a terminal.
	Visible bool
	// UUIDs decides which binary values are UUIDs.
	UUIDs    bson.UUIDRepresentation
	MaxDepth int // of documents; see bsoncore.Cursor.Reset
}

// The errors of documents that have no row.
var (
	// ErrNoColumn: a value has no column.
	ErrNoColumn = errors.New("no column for the value")
	// ErrElements: a document has an array at a path where the columns need a document.
	ErrElements = errors.New("array at a path where the columns need a document")
	// ErrOrder: the fields are in another order than the columns.
	ErrOrder = errors.New("field in another order than the columns")
	// ErrDuplicate: a document has two values for one column.
	ErrDuplicate = errors.New("duplicate field")
	// ErrNoFields: a table with fewer than two columns has no row for a document without
	// a value in a column.
	ErrNoFields = errors.New("no field has a column, and an empty line is not a row")
	// ErrHeader: two columns have the same header, or a header cannot be written.
	ErrHeader = errors.New("invalid header")
	// ErrEmptyNull: null would be an empty line in a table with one column.
	ErrEmptyNull = errors.New("null cannot be an empty cell in a table with one column, because an empty line is not a row")
)

// A Table writes documents as the rows of a table. Several goroutines may use it.
type Table struct {
	o       TableOptions
	columns []column
	top     *field
	extra   int // the column of ExtraColumn, -1: there is none
	quote   *quoter
	end     string // of a line
	bare    bool   // cells of bareTypes need no quotes, because the delimiter is not in them
	text    texts
	header  string        // with its end
	rows    sync.Pool     // of *row
	used    []atomic.Bool // by column: a document has a value for it
}

// A column is a column of a Table.
type column struct {
	Column
	cells *Cells // nil: cells are plain or JSON
	json  bool   // cells are canonical Extended JSON
}

// A field is a key of documents on the way to columns.
type field struct {
	key      string
	at       int // among its siblings, in the order of their first columns
	column   int // of the values of the field, -1: there is none
	children []*field
	byKey    map[string]*field
	columns  []int // of the field and of fields in it
}

// newFields returns the tree of the paths of columns. If two columns have the same path,
// twice is the number of the second one, from 0. Otherwise it is -1.
func newFields(columns []Column) (top *field, twice int) {
	top, twice = &field{column: -1}, -1
	for i, c := range columns {
		f := top
		for _, key := range c.Path {
			f = f.child(key)
			f.columns = append(f.columns, i)
		}
		if f.column >= 0 && twice < 0 {
			twice = i
		}
		f.column = i
	}
	return top, twice
}

// child returns the child with the key. It adds the child if it is new.
func (f *field) child(key string) *field {
	child := f.byKey[key]
	if child == nil {
		if f.byKey == nil {
			f.byKey = map[string]*field{}
		}
		child = &field{key: key, at: len(f.children), column: -1}
		f.children = append(f.children, child)
		f.byKey[key] = child
	}
	return child
}

// NewTable returns a Table with the columns. An error is a *HeaderError that matches ErrHeader
// or, for a wrong argument of a type, ErrArgument. Or it is ErrEmptyNull.
func NewTable(columns []Column, o TableOptions) (*Table, error) {
	if o.Delimiter == 0 {
		o.Delimiter = ','
	}
	t := &Table{o: o, extra: -1, quote: newQuoter(o.Delimiter), end: "\n"}
	if o.CRLF {
		t.end = "\r\n"
	}
	t.bare = o.Dialect == Plain && !strings.ContainsRune("+-.", rune(o.Delimiter)) && !isWord(o.Delimiter)
	t.text = newTexts(&t.o)
	if o.Extra == ExtraColumn && !o.Named {
		t.extra = len(columns)
		columns = append(columns[:len(columns):len(columns)], Column{Path: []string{ExtraName}})
	}
	if o.HasNull && o.Null == "" && len(columns) == 1 {
		return nil, ErrEmptyNull
	}
	var twice int
	if t.top, twice = newFields(columns); twice >= 0 {
		return nil, &HeaderError{Header: columns[twice].String(), What: "two columns have this name", Err: ErrHeader}
	}
	for _, c := range columns {
		col, err := t.column(c)
		if err != nil {
			return nil, err
		}
		t.columns = append(t.columns, col)
	}
	t.used = make([]atomic.Bool, len(t.columns))
	if t.extra >= 0 { // only the table itself has values for it
		last := len(t.top.children) - 1
		delete(t.top.byKey, ExtraName)
		t.top.children = t.top.children[:last]
	}
	return t, t.makeHeader()
}

// column returns the column c of t.
func (t *Table) column(c Column) (column, error) {
	col := column{Column: c, json: t.o.Typed && c.Type == JSON}
	if !t.o.Typed || col.json {
		return col, nil
	}
	var err error
	col.cells, err = c.Cells(Options{Encode: extjson.EncodeOptions{MaxDepth: t.o.MaxDepth}})
	return col, err
}

// makeHeader sets the header.
func (t *Table) makeHeader() error {
	var line []byte
	for i := range t.columns {
		c := &t.columns[i]
		if i > 0 {
			line = append(line, t.o.Delimiter)
		}
		from := len(line)
		switch {
		case t.o.Typed:
			line = c.AppendHeader(line)
			if back, err := ParseColumn(string(line[from:])); err != nil || !back.is(c.Column) {
				return &HeaderError{Header: c.String(), What: "no header is read as this name", Err: ErrHeader}
			}
		case t.o.Dialect == MongoExport:
			line = append(line, strings.Join(c.Path, ".")...)
		default:
			line = c.AppendName(line)
		}
		if at := invalidUTF8(line[from:]); at >= 0 {
			return &HeaderError{Header: c.String(), Offset: int64(at), What: "invalid UTF-8", Err: ErrHeader}
		}
		line = t.text.safe(line, from)
		line = t.quote.finish(line, from, len(line) == from && len(t.columns) == 1)
	}
	if t.o.NoHeader || len(t.columns) == 0 {
		return nil
	}
	t.header = string(append(line, t.end...))
	return nil
}

// is reports whether c and d are the same.
func (c Column) is(d Column) bool {
	return c.Type == d.Type && c.Arg == d.Arg && strings.Join(c.Path, "\x00") == strings.Join(d.Path, "\x00")
}

// Unused returns the columns for which no document has had a value.
func (t *Table) Unused() (all []Column) {
	for i := range t.used {
		if !t.used[i].Load() {
			all = append(all, t.columns[i].Column)
		}
	}
	return all
}

// Header returns the line of the header with its line end, "" if there is none.
func (t *Table) Header() string { return t.header }
