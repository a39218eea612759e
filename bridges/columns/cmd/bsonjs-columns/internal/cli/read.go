package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bridges/columns"
	"github.com/bsonkit/bsonkit/bridges/columns/cmd/bsonjs-columns/internal/files"
)

// A reading is a run of the command read.
type reading struct {
	*app
	format    files.Format
	output    string
	overwrite bool
	columns   columns.Options
}

func (a *app) readCommand() *cobra.Command {
	r := &reading{app: a}
	cmd := &cobra.Command{
		Use:   "read [flags] FILE",
		Short: "convert a Parquet or Arrow file to BSON",
		Long: `Convert a Parquet or Arrow file to BSON: a document for each row.

Without FILE, or if it is -, standard input is read. The first bytes decide the format.
Files of other programs are read too. A value without a counterpart in BSON, such as an
unsigned number above the largest int64, ends the run with a message.`,
		Example: `  bsonjs-columns read users.parquet >users.bson
  bsonjs users.parquet --pretty`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd.Context(), oneFile(args)) },
	}
	r.addFlags(cmd.Flags())
	return cmd
}

func (r *reading) addFlags(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.VarP(formatFlag(&r.format), "from", "f", "format of the input; without the flag its first bytes decide")
	fs.StringVarP(&r.output, "output", "o", stdName, "write to `FILE`; the default is standard output")
	fs.Lookup("output").DefValue = "" // the text names it
	fs.BoolVar(&r.overwrite, "overwrite", false, "replace an existing file")
	fs.Var(choose(&r.columns.Times, named(columns.TimesExact, columns.TimesFloor)...), "times",
		"times finer than the milliseconds of BSON: exact (the default) makes them an error, floor rounds them down")
	fs.Var(count{&r.columns.MaxDocumentSize}, "max-document-size", "largest document that is written, in bytes; the default is 64 MiB")
	r.addErrors(fs)
}

func (r *reading) run(ctx context.Context, name string) error {
	in, err := r.open(ctx, name)
	if err != nil {
		return err
	}
	defer in.close()
	size, err := in.all()
	if err != nil {
		return in.fault(err)
	}
	if r.format == 0 {
		if r.format, err = detect(in); err != nil {
			return err
		}
	}
	out, err := r.create(r.output, r.overwrite)
	if err != nil {
		return err
	}
	return out.finish(r.convert(ctx, in, size, out))
}

// detect returns the format of the input.
func detect(in *input) (files.Format, error) {
	head := make([]byte, files.LongestMagic)
	n, err := io.ReadFull(in.again(), head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, in.fault(err)
	}
	format := files.Detect(head[:n])
	if format == 0 {
		return 0, &fault{code: codeSyntax, file: in.name, err: errNoFormat, hint: "bsonjs reads other formats"}
	}
	return format, nil
}

// convert writes all rows to out.
func (r *reading) convert(ctx context.Context, in *input, size int64, out *output) error {
	batches, err := files.Open(r.format, io.NewSectionReader(in.file, in.start, size), size)
	if err != nil {
		return r.openFault(in, err)
	}
	defer batches.Release()
	docs, err := columns.NewDocumentWriter(written{ctx, out}, batches.Schema(), r.columns)
	if err != nil {
		return in.fault(err)
	}
	for batches.Next() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := docs.Write(batches.RecordBatch()); err != nil {
			return r.writeFault(in, err)
		}
	}
	if err := batches.Err(); err != nil {
		return in.fault(err)
	}
	return nil
}

// openFault returns the fault in err, an error of a file that cannot be opened in the format.
func (r *reading) openFault(in *input, err error) error {
	f := in.fault(err)
	if seen, _ := detect(in); f.code == codeSyntax && seen != 0 && seen != r.format {
		f.hint = fmt.Sprintf("the first bytes are those of %s, so type --from %[1]s or leave out --from", seen)
	}
	return f
}

// writeFault returns the fault in err, an error of a DocumentWriter.
func (r *reading) writeFault(in *input, err error) error {
	if f, ok := errors.AsType[*fault](err); ok {
		return f
	}
	if _, ok := errors.AsType[*columns.ColumnError](err); ok { // the schema was good
		return &fault{code: codeSyntax, file: in.name, err: fmt.Errorf("%w: %w", files.ErrMalformed, err)}
	}
	return in.fault(err)
}

var errNoFormat = errors.New("neither Parquet nor Arrow")
