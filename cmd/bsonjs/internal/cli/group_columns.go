package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/extension"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
)

// columnTables is the title of the flags about tables in columns.
const columnTables = "Parquet and Arrow"

// A columnGroup has the flags about the columns of tables, which bsonjs passes on to the extension.
// Values that are not set are not passed on: the extension has the defaults.
type columnGroup struct {
	// Words of the flags, "" if they are not set.
	mixed, decimal, regex, nulls, order, compression string
	rowGroupSize                                     int64 // documents, 0: not set
	noDuplicateKeys                                  bool  // documents with a key twice are rejected
}

// columnFlags are the names of the flags, and sharedFlags those of a rowGroup that tables in
// columns obey, too.
var (
	columnFlags = []string{"mixed", "row-group-size", "decimal", "regex", "nulls", "order", "compression", "no-duplicate-keys"}
	sharedFlags = []string{"infer", "extra-fields"}
)

func (g *columnGroup) addColumns(fs *pflag.FlagSet) {
	fs.Var(chooseText(&g.mixed, "error", "union", "widen", "json", "null"), "mixed", "columns with values of several types: error (the default) writes no FILE; union keeps all types; "+
		"widen makes int64 or double of numbers; json makes text of canonical Extended JSON; null keeps the values of the most frequent type")
	fs.Var(&least{count{&g.rowGroupSize}, "leave the flag out for the usual size"}, "row-group-size", "start a new row group of Parquet, or batch of Arrow, after `N` documents")
	fs.Var(chooseText(&g.decimal, "auto", "number", "decimal256", "text", "bits"), "decimal", "columns of decimals: auto (the default) makes numbers if all have one scale, and text otherwise; "+
		"number and decimal256 make numbers of the largest scale; text; bits makes the bytes of BSON")
	fs.Var(chooseText(&g.regex, "struct", "text"), "regex", "columns of regexes: struct (the default) has pattern and options; text is /pattern/options")
	fs.Var(chooseText(&g.nulls, "exact", "fold"), "nulls", "null and missing fields: exact (the default) adds a column where both occur; fold makes both null")
	fs.Var(chooseText(&g.order, "columns", "exact"), "order", "keys in another order than the columns: columns (the default) changes their order; exact adds a column that keeps it")
	fs.Var(chooseText(&g.compression, "auto", "none", "zstd", "lz4", "snappy"), "compression", "compression of the columns: auto (the default) is zstd for Parquet and none for Arrow")
	fs.BoolVar(&g.noDuplicateKeys, "no-duplicate-keys", false, "reject documents that have a key twice, as documents with other faults; without the flag, such a key ends the run if it has a column")
}

// chooseText returns a flag value that sets *p to one of words.
func chooseText(p *string, words ...string) *choice[string] {
	all := make([]word[string], len(words))
	for i, w := range words {
		all[i] = word[string]{w, w}
	}
	return choose(p, all...)
}

// check rejects flags about columns if the output, in the format to, is none, and --verify if
// it is one.
func (g *columnGroup) check(fs *pflag.FlagSet, to *codec.Codec) error {
	if to != nil && to.Extension {
		if given(fs, "verify") {
			return fmt.Errorf("--verify cannot read %v back; leave out --verify, and type bsonjs verify A B afterwards", to)
		}
		return nil
	}
	for _, name := range columnFlags {
		if given(fs, name) {
			return fmt.Errorf("--%s needs Parquet or Arrow as output; add --to parquet, or leave out --%[1]s", name)
		}
	}
	return nil
}

// planColumns makes the run write a table, if the output is one in columns.
func (o *convertOptions) planColumns(r *run.Run) {
	if o.decided.to == nil || !o.decided.to.Extension {
		return
	}
	extra := ""
	if o.extra == tabular.ExtraIgnore {
		extra = "ignore"
	}
	r.Table = run.Table{Format: o.decided.to, Flags: spelled(
		"mixed", o.mixed, "infer", number(int64(o.infer)), "row-group-size", number(o.rowGroupSize), "decimal", o.decimal,
		"regex", o.regex, "nulls", o.nulls, "order", o.order, "extra-fields", extra, "compression", o.compression, "max-depth", number(int64(o.maxDepth)),
	)}
	if o.exact {
		r.Table.Flags = append(r.Table.Flags, "--exact")
	}
}

// spelled returns pairs of names and values as flags, without those that have no value.
func spelled(pairs ...string) (flags []string) {
	for pair := range slices.Chunk(pairs, 2) {
		if pair[1] != "" {
			flags = append(flags, "--"+pair[0], pair[1])
		}
	}
	return flags
}

// number returns n in digits, "" for 0.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// finder returns how a run with the options o finds the extension, which writes its messages to
// w.
func (o *options) finder(w io.Writer) *extension.Finder {
	form := ""
	if o.errors == report.JSON {
		form = "json"
	}
	return &extension.Finder{
		Version: thisVersion().Version, Messages: w,
		Flags: spelled("errors", form, "max-document-size", number(int64(o.maxDocumentSize))),
	}
}
