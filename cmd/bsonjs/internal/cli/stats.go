package cli

import (
	"io"
	"math"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stats"
)

// This file is the command stats: a run that counts what documents are made of, and writes
// the counts at its end.

// statsOptions are the options of the command stats.
type statsOptions struct {
	lookOptions
	shape
	records bool // --json: an object of JSON
	bars    stats.Bars
	keys    int64 // keys that are shown, 0: all
}

// defaultKeys is the default of --keys.
const defaultKeys = 20

// statsCommand returns the command that counts what documents are made of.
func (a *app) statsCommand() *cobra.Command {
	o := &statsOptions{keys: defaultKeys}
	cmd := &cobra.Command{
		Use:   "stats [flags] [FILE...]",
		Short: "show sizes, depths, types, keys and the largest parts of documents",
		Long: "Show what the documents of files are made of: their sizes and depths, the types\n" +
			"of their values, the bytes of their keys, and the largest documents and fields.\n" +
			"All inputs count together; --ns and --where select documents.\n\n" +
			"Sizes are bytes of BSON, also for JSON and pickles. Malformed documents are\n" +
			"reported and not counted; bsonjs validate also checks the UTF-8 of text. After a\n" +
			"fault the run continues; the exit code tells that there was one.\n",
		Example: "  bsonjs stats users.bson\n" +
			"  bsonjs stats --ns shop.orders --keys 50 dump.archive.gz\n" +
			"  bsonjs stats --json dump/ | jq '.types[] | {type, bytes}'\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefStats},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *statsOptions) addFlags(fs *pflag.FlagSet) {
	o.addLook(fs, "Documents that are selected are counted.", func(fs *pflag.FlagSet) {
		group(fs, "Fields", "Documents are counted after these flags have changed them.", o.addFields, o.addEdits)
		group(fs, "Shape", "", func(fs *pflag.FlagSet) {
			fs.BoolVar(&o.records, "json", false, "print an object of JSON, as for a FILE whose name ends in .json")
			fs.Var(choose(&o.bars, word[stats.Bars]{"unicode", stats.Unicode}, word[stats.Bars]{"ascii", stats.ASCII}, word[stats.Bars]{"none", stats.NoBars}),
				"bars", "draw bars with blocks of Unicode (the default) or with #, or draw none")
			fs.Var(&count{&o.keys}, "keys", "show the `N` keys whose fields have the most bytes; the default is 20, and 0 shows all")
			onlyMeant(fs, "json")
		})
	})
}

// check rejects flags that have no effect.
func (o *statsOptions) check(fs *pflag.FlagSet) error {
	if err := o.decide(textOrLines(fs, o.output, o.records, "bsonjs stats")); err != nil {
		return err
	}
	shaping := func(*pflag.FlagSet) error { return o.checkShape(&o.inputGroup, &o.limitGroup) }
	return o.checkLook(fs, shaping)
}

// plan makes the run count documents, and continue after faults.
func (o *statsOptions) plan(r *run.Run) {
	o.planLook(r, bson.UTF8Keep, o.shapes)
	o.planShape(r)
	c := &surveyor{o: o, all: stats.New(o.maxDepth)}
	r.Target, r.Hint = c, hints(c)
}

// A surveyor is the target of the command stats.
type surveyor struct {
	o      *statsOptions
	all    *stats.Stats
	inputs int64
}

// Begin returns the sink for the documents of in.
func (s *surveyor) Begin(in run.Input) (run.Sink, error) {
	s.inputs++
	return &sink.Stats{All: s.all, Input: in.Name, Order: s.inputs, Unnumbered: in.From.Holds != nil, MaxDepth: s.o.maxDepth}, nil
}

// trial returns a copy of the options for a document in the format from.
func (s *surveyor) trial(from *codec.Codec) *trial {
	o := *s.o
	return &trial{from: from, limit: &o.limitGroup, input: &o.inputGroup, shape: &o.shape}
}

// End writes the counts.
func (s *surveyor) End(out io.Writer) error {
	r := s.all.Report(int(min(s.o.keys, math.MaxInt32)))
	if s.o.decided.to == codec.JSON {
		return sink.WriteLine(out, r)
	}
	return r.WriteTable(out, s.o.bars)
}
