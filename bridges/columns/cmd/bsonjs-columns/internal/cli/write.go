package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bridges/columns"
	"github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns/internal/files"
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// A writing is a run of the command write.
type writing struct {
	*app
	format    files.Format
	output    string
	overwrite bool
	sample    int // documents that the columns come from; 0: all
	columns   columns.Options
	file      files.WriteOptions
	rowGroup  int // documents
}

// usualRowGroup is the usual number of documents in a row group: enough for good compression,
// and few enough that readers use all processors.
const usualRowGroup = 1 << 17

func (a *app) writeCommand() *cobra.Command {
	w := &writing{app: a, rowGroup: usualRowGroup}
	cmd := &cobra.Command{
		Use:   "write --output FILE [flags] [FILE.bson]",
		Short: "convert BSON to a Parquet or Arrow file",
		Long: `Convert BSON to a Parquet or Arrow file.

Without FILE.bson, or if it is -, standard input is read. The columns are those of all
documents: a file is read twice, and a pipe is kept in a temporary file until the end.
With --infer N they are those of the first N documents.

Nothing is lost or altered unless a flag says so: a value that its column cannot hold
ends the run with a message, and FILE is complete or not there.`,
		Example: `  bsonjs-columns write users.bson --output users.parquet
  mongodump --db app --collection users --out - | bsonjs-columns write --output users.arrow`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := w.settle(); err != nil {
				return err
			}
			return w.run(cmd.Context(), oneFile(args))
		},
	}
	w.addFlags(cmd.Flags())
	return cmd
}

func (w *writing) addFlags(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.VarP(formatFlag(&w.format), "to", "t", "format of the output; the default is that of the suffix: .parquet; .arrow or .feather; .arrows")
	fs.StringVarP(&w.output, "output", "o", "", "write to `FILE`; - is standard output")
	fs.Lookup("output").DefValue = ""
	fs.BoolVar(&w.overwrite, "overwrite", false, "replace an existing file")
	fs.Var(count{&w.sample}, "infer", "take the columns of the first N documents; a later field without a column is an error")
	fs.Var(choose(&w.columns.Mixed, named(columns.MixedError, columns.MixedUnion, columns.MixedWiden, columns.MixedJSON, columns.MixedNull)...),
		"mixed", "values of several types at one path: error (the default), union (JSON in Parquet), widen (integers to int64, numbers to double, if exact), "+
			"json (Extended JSON), null (keep the most frequent type, and count the others)")
	fs.Var(choose(&w.columns.Decimal, named(columns.DecimalAuto, columns.DecimalNumber, columns.Decimal256, columns.DecimalText, columns.DecimalBits)...),
		"decimal", "decimals: auto (the default: numbers if all have one scale, otherwise text), number, decimal256, text, bits")
	fs.Var(choose(&w.columns.Regex, named(columns.RegexStruct, columns.RegexText)...), "regex", "regexes: struct (the default) or text")
	fs.Var(choose(&w.columns.Nulls, named(columns.NullsExact, columns.NullsFold)...), "nulls",
		"null and missing fields: exact (the default: a column of booleans where both occur) or fold (both are null)")
	fs.Var(choose(&w.columns.Order, named(columns.OrderColumns, columns.OrderExact)...), "order",
		"keys in another order than the columns: columns (the default: they come back in the order of the columns, and are counted) or exact (a column keeps the order)")
	fs.Var(choose(&w.columns.Extra, named(columns.ExtraError, columns.ExtraIgnore)...), "extra-fields", "fields without a column: error (the default) or ignore")
	fs.BoolVar(&w.columns.RejectLossy, "exact", false, "reject documents that would not come back the same, such as keys in another order")
	fs.Var(count{&w.rowGroup}, "row-group-size", "documents in a row group of Parquet; the default is 131072")
	fs.Var(choose(&w.file.Compression, word[files.Compression]{"auto", files.Usual}, word[files.Compression]{"none", files.None},
		word[files.Compression]{"zstd", files.Zstd}, word[files.Compression]{"lz4", files.LZ4}, word[files.Compression]{"snappy", files.Snappy}),
		"compression", "compression of the values: auto (the default: zstd for Parquet, none for Arrow), none, zstd, lz4, snappy (Parquet)")
	fs.Var(count{&w.columns.MaxDocumentSize}, "max-document-size", "largest document that is read, in bytes; the default is 64 MiB")
	fs.Var(count{&w.columns.MaxDepth}, "max-depth", "largest depth of documents; the default is 1000")
	w.addErrors(fs)
}

func formatFlag(p *files.Format) pflag.Value {
	return choose(p, named(files.Parquet, files.Arrow, files.ArrowStream)...)
}

// settle completes the flags.
func (w *writing) settle() error {
	if w.output == "" {
		return usage("an output is missing", "add --output FILE, or --output - for standard output")
	}
	if w.format == 0 {
		w.format = files.Suffixed(w.output)
	}
	if w.format == 0 {
		return usage("the suffix of "+w.output+" names no format", "add --to parquet, arrow or arrow-stream")
	}
	if w.format == files.Parquet && w.columns.Mixed == columns.MixedUnion {
		w.columns.Mixed = columns.MixedJSON // Parquet has no unions
	}
	w.file.RowGroup = int64(w.rowGroup)
	w.columns.BatchDocuments = min(w.rowGroup, batchDocuments)
	return nil
}

// batchDocuments is the largest number of documents in a batch: a row group of Parquet has
// several of them, so that less memory holds values that are not compressed.
const batchDocuments = 1 << 14

func (w *writing) run(ctx context.Context, name string) error {
	in, err := w.open(ctx, name)
	if err != nil {
		return err
	}
	defer in.close()
	found, err := w.infer(ctx, in)
	if err != nil {
		return err
	}
	out, err := w.create(w.output, w.overwrite)
	if err != nil {
		return err
	}
	losses, err := w.convert(ctx, in, found, out)
	if err = out.finish(err); err == nil {
		w.report(losses)
	}
	return err
}

// infer reads the documents that the columns come from.
func (w *writing) infer(ctx context.Context, in *input) (*arrow.Schema, error) {
	found := schema.New(w.columns.Schema())
	d := w.decoder(in.first())
	n := 0
	for ; (w.sample == 0 || n < w.sample) && d.Next(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err := found.Add(bson.Raw(d.Document())); err != nil {
			return nil, in.fault(err)
		}
	}
	if err := d.Err(); err != nil {
		f := in.fault(err)
		if n == 0 && f.code == codeSyntax || errors.Is(err, syscall.EISDIR) {
			f.hint = notBSON(f.hint)
		}
		return nil, f
	}
	s, err := columns.Infer(found, w.columns)
	column, _ := errors.AsType[*columns.ColumnError](err)
	switch {
	case column != nil && column.First != (schema.Place{}):
		f := in.fault(w.place(in, column))
		if errors.Is(err, columns.ErrMixed) {
			f.hint = "there are also fields with values of several types; to leave out documents that have a key twice and to keep all types, type bsonjs IN.bson -o OUT.parquet --mixed json " + withoutTwice
		}
		return nil, f
	case errors.Is(err, columns.ErrMixed) && w.columns.Mixed != columns.MixedError:
		return nil, &fault{code: codeRejected, file: in.name, err: err, hint: "type --mixed union, json or null"}
	case column != nil:
		hint := "add --mixed json" // for values that are too deep, and keys that look like data
		if column.Path == "" || errors.Is(err, columns.ErrLimit) && !errors.Is(err, columns.ErrLevels) {
			hint = "choose fewer fields with bsonjs --fields"
		}
		return nil, &fault{code: codeRejected, file: in.name, err: err, hint: hint}
	case err != nil:
		return nil, in.fault(err)
	}
	if w.format == files.Parquet && s.NumFields() == 0 {
		what := "no document has a field"
		if found.Documents() == 0 {
			what = "there are no documents"
		}
		return nil, &fault{code: codeRejected, file: in.name, err: errors.New(what + ", and Parquet has no rows without columns"), hint: "select other documents, or type --to arrow"}
	}
	return s, nil
}

// notBSON returns the hint for an input that may be in another format. other is the hint if it
// is not.
func notBSON(other string) string {
	hint := "if the input is not a file of BSON, type bsonjs IN -o OUT.parquet"
	if other != "" {
		hint += "; otherwise " + other
	}
	return hint
}

// place returns e with the place of its first value in the input, which is read again up to
// there.
func (w *writing) place(in *input, e *columns.ColumnError) error {
	d := w.decoder(in.again())
	for range e.First.Document {
		if !d.Next() {
			return e // the input has changed
		}
	}
	at := e.First.Offset
	return &columns.ValueError{Document: e.First.Document, Offset: d.Offset() + at, Path: e.Path, Type: bson.Type(d.Document()[at]), Err: e.Err}
}

// decoder returns a decoder of documents with the limits of the flags.
func (w *writing) decoder(r io.Reader) *bsoncore.Decoder {
	return bsoncore.DecodeOptions{MaxDocumentSize: w.columns.MaxDocumentSize, MaxDepth: w.columns.MaxDepth}.NewDecoder(r)
}

// convert writes all documents to out.
func (w *writing) convert(ctx context.Context, in *input, s *arrow.Schema, out *output) ([]columns.LossCount, error) {
	batches, err := columns.NewRecordReader(in.again(), s, w.columns)
	if err != nil {
		return nil, in.fault(err)
	}
	defer batches.Release()
	file, err := files.NewWriter(w.format, written{ctx, out}, s, w.file)
	switch {
	case errors.Is(err, files.ErrCompression):
		return nil, usage("--compression does not fit "+w.format.String(), "type auto, none, zstd or "+map[bool]string{true: "snappy", false: "lz4"}[w.format == files.Parquet])
	case err != nil:
		return nil, dataFault(in.name, err)
	}
	for batches.Next() {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err := file.Write(batches.RecordBatch()); err != nil {
			return nil, w.writeFault(err)
		}
	}
	if err := batches.Err(); err != nil {
		return nil, in.fault(err)
	}
	if err := file.Close(); err != nil {
		return nil, w.writeFault(err)
	}
	return batches.Losses(), nil
}

// writeFault returns the fault in err, an error of a Writer.
func (w *writing) writeFault(err error) error {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	return outputFault(w.output, err)
}

// lossTexts say what a loss is.
var lossTexts = map[columns.Loss]string{
	columns.LossOrder:    "keys in another order than the columns",
	columns.LossArrayKey: "array keys other than 0, 1, 2 and so on",
	columns.LossMissing:  "missing fields became null",
	columns.LossNull:     "nulls became missing fields",
	columns.LossWidth:    "numbers became wider",
	columns.LossExponent: "decimals got other trailing zeros",
	columns.LossValue:    "values of another type became null",
	columns.LossField:    "fields without a column were left out",
}

// mostNotes is the largest number of notes about losses.
const mostNotes = 20

// report prints what will not come back the same.
func (w *writing) report(losses []columns.LossCount) {
	ordered := false // a note has said how to keep the order of keys
	for i, l := range losses {
		if i == mostNotes {
			w.note(fmt.Sprintf("%d more paths with losses", len(losses)-mostNotes))
			return
		}
		text := lossTexts[l.Loss] + ": " + extent(l)
		if l.Loss == columns.LossOrder && !ordered {
			text, ordered = text+"; --order exact keeps the order", true
		}
		w.note(text)
	}
}

// extent says how often and where l happens.
func extent(l columns.LossCount) string {
	noun := "value"
	if l.Path == "" {
		noun = "document"
	}
	if l.Count > 1 {
		noun += "s"
	}
	if l.Path == "" {
		return fmt.Sprintf("%d %s, the first is document %d", l.Count, noun, l.First)
	}
	return fmt.Sprintf("%d %s at %s, the first in document %d", l.Count, noun, l.Path, l.First)
}
