package codec

import (
	"cmp"
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// This file reads tables. Package tabular knows their syntax and makes the documents.

// CSV is a table in the syntax of RFC 4180: a row for each document, behind a row with the
// names of the columns.
var CSV = &Codec{
	Name:     "csv",
	Title:    "CSV",
	Suffixes: []string{".csv"},
	Becomes:  "bson",
	Rows:     true,
	Text:     true,
	Checks:   true,
	Behind:   behindRows,
	Sniff:    sniffTable,
	Read:     func(o ReadOptions) Decoder { return tableDecoder(o, ',') },
	Write:    tableEncoder,
}

// TSV is CSV with tabs between the fields.
var TSV = &Codec{
	Name:     "tsv",
	Title:    "TSV",
	Suffixes: []string{".tsv"},
	Becomes:  "bson",
	Rows:     true,
	Text:     true,
	Checks:   true,
	Behind:   behindRows,
	Sniff:    sniffTable,
	Read:     func(o ReadOptions) Decoder { return tableDecoder(o, '\t') },
	Write:    tableEncoder,
}

// sniffTable returns Not: any text can be a table, so that only the name tells.
func sniffTable([]byte) Certainty { return Not }

// behindRows is Codec.Behind for tables.
func behindRows(p record.Place, text []byte) record.Place {
	return record.Place(tabular.Place(p).Behind(text))
}

// tableDecoder returns the Decoder of tables with the given byte between fields, unless
// the options name another one.
func tableDecoder(o ReadOptions, comma byte) Decoder {
	opts := o.Table
	opts.Syntax.Comma = cmp.Or(opts.Syntax.Comma, comma)
	opts.Cells.Decode = o.Text
	opts.MaxDocumentSize, opts.MaxTextSize = o.Text.MaxDocumentSize, o.Text.MaxTextSize
	fixed, err := opts.Header()
	if err != nil {
		panic("BUG: codec: " + err.Error()) // the command line was checked
	}
	return Decoder{
		Stream: func(r io.Reader, from State) Reader {
			d := &tableReader{opts.NewDecoder(fixed), opts.Grace}
			d.Reset(r, from.header)
			return d
		},
		Pieces: func(most int) PieceReader {
			return &tablePieces{tableReader: tableReader{opts.NewDecoder(fixed), opts.Grace}, most: most, made: maxDocument(o.Text)}
		},
		Cut: func(from State, _ int) Cutter { return cutTable(opts, fixed, from) },
	}
}

// cutTable returns a Cutter for a place with the state from. The first piece of an input is
// its header.
func cutTable(o tabular.DecodeOptions, fixed *tabular.Header, from State) Cutter {
	rows := tabular.NewCutter(o.Syntax)
	return func(data []byte) (n int, before, to State) {
		if from.header != nil {
			return rows.Cut(data), from, from
		}
		n, head, ok := o.NewDecoder(fixed).FindHeader(data)
		if !ok {
			return len(data), from, from // for the stream, which reports the fault
		}
		if head != nil && n == 0 { // there is no row with the header
			n = rows.Cut(data)
		}
		if before = from; n > 0 {
			from.header = head
		}
		return n, before, from
	}
}

// A tableReader reads the rows of a table.
type tableReader struct {
	*tabular.Decoder
	grace tabular.Grace
}

func (r *tableReader) Next(rec *record.Record) bool {
	if !r.Decoder.Next() {
		return false
	}
	rec.Type, rec.Data, rec.Source, rec.Offset = bson.TypeDocument, r.Raw(), r.Text(), r.Decoder.Place().Offset
	return true
}

// Err returns the error that ended the reading. Under SkipRow a row that does not fit its
// columns ends no run.
func (r *tableReader) Err() error {
	err := r.Decoder.Err()
	if _, ok := err.(*tabular.ValueError); ok && r.grace == tabular.SkipRow {
		return &record.Passed{Err: err}
	}
	return err
}

func (r *tableReader) Place() record.Place { return record.Place(r.Decoder.Place()) }
func (r *tableReader) State() State        { return State{header: r.Header()} }
func (r *tableReader) Leaves() bool        { return r.Header() != nil }

// Stray returns false: every fault is a row, or the header.
func (r *tableReader) Stray() bool { return false }

// Wrapped returns false: rows do not continue each other.
func (r *tableReader) Wrapped() bool { return false }

// tablePieces is a PieceReader of tables.
type tablePieces struct {
	tableReader
	most int // see Decoder.Pieces
	made int // bytes of the largest document
	err  error
}

func (r *tablePieces) Reset(piece []byte, from, to State) {
	made := r.made
	if r.most > 0 {
		made = min(made, max(r.most, len(piece)))
	}
	r.SetMaxDocumentSize(made)
	r.err = nil
	r.ResetBytes(piece, from.header, to.header)
}

// Next reads the next row. A row without some fields is for the stream, which reports them.
func (r *tablePieces) Next(rec *record.Record) bool {
	if r.err != nil || !r.tableReader.Next(rec) {
		return false
	}
	if left := r.Left(); len(left) > 0 {
		r.err = left[0]
	}
	return r.err == nil
}

func (r *tablePieces) Err() error { return cmp.Or(r.err, r.tableReader.Err()) }
