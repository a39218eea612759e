package cli

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/extension"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// A columnGroup has the flags about the columns of tables, which bsonjs passes on to the extension.
// Values that are not set are not passed on: the extension has the defaults.
type columnGroup struct {
	mixed    string // word of --mixed, "": not set
	decimal  string // word of --decimal, "": not set
	regex    string // word of --regex, "": not set
	rowGroup int64  // documents of a row group, 0: not set
}

// columnFlags are the names of the flags. --infer is one of a rowGroup, too.
var columnFlags = []string{"mixed", "row-group-size", "decimal", "regex"}

func (g *columnGroup) addColumns(fs *pflag.FlagSet) {
	fs.Var(chooseText(&g.mixed, "error", "union", "widen", "json", "null"), "mixed", "columns with values of several types: error (the default) writes no FILE; union keeps all types; "+
		"widen makes int64 or double of numbers; json makes text of canonical Extended JSON; null keeps the values of the most frequent type")
	fs.Var(&least{count{&g.rowGroup}, "leave the flag out for the usual size"}, "row-group-size", "start a new row group of Parquet, or batch of Arrow, after `N` documents")
	fs.Var(chooseText(&g.decimal, "auto", "number", "decimal256", "text", "bits"), "decimal", "columns of decimals: auto (the default) makes numbers if all have one scale, and text otherwise; "+
		"number and decimal256 make numbers of the largest scale; text; bits makes the bytes of BSON")
	fs.Var(chooseText(&g.regex, "struct", "text"), "regex", "columns of regexes: struct (the default) has pattern and options; text is /pattern/options")
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

// plan makes the run write a table, if the output, which is in the format to, is one. infer is
// the number of documents that decide the columns, 0 for all.
func (g *columnGroup) plan(r *run.Run, to *codec.Codec, infer int) {
	if to == nil || !to.Extension {
		return
	}
	var flags []string
	for _, f := range []struct{ name, value string }{
		{"mixed", g.mixed}, {"infer", number(int64(infer))}, {"row-group-size", number(g.rowGroup)}, {"decimal", g.decimal}, {"regex", g.regex},
	} {
		if f.value != "" {
			flags = append(flags, "--"+f.name, f.value)
		}
	}
	r.Table = run.Table{Format: to, Flags: flags}
}

// number returns n in digits, "" for 0.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// finder returns how a run with the options o finds the extension. messages gets the messages
// of the extension.
func (o *options) finder(messages io.Writer) *extension.Finder {
	f := &extension.Finder{Version: thisVersion().Version, Messages: extension.Messages{To: messages}}
	if o.errors == report.JSON {
		f.Messages.Flags = []string{"--errors", "json"}
	}
	return f
}
