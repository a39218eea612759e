package cli

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// This file is the command validate: a run that writes nothing and reports
// every fault instead of the first.

// validateOptions are the options of the command validate.
type validateOptions struct {
	options
	inputGroup
	spaceGroup
	selection
	ordering
	jobGroup
	rules bson.ValidateOptions
}

// validateCommand returns the command that checks files.
func (a *app) validateCommand() *cobra.Command {
	o := new(validateOptions)
	cmd := &cobra.Command{
		Use:   "validate [flags] [FILE...]",
		Short: "check files and report every fault",
		Long: "Check every byte of files and report every fault of each document: malformed\n" +
			"elements, invalid UTF-8, and keys that the rules below reject. JSON and\n" +
			"pickles are converted to BSON, and then checked. validate writes nothing. The\n" +
			"exit code is 1 if there is a fault. If there is none, a terminal shows one line.\n",
		Example: "  bsonjs validate users.bson\n" +
			"  bsonjs validate --no-duplicate-keys --array-keys *.bson\n" +
			"  bsonjs validate --errors json --summary none users.bson 2>&1 | jq .path\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefValidate},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *validateOptions) addFlags(fs *pflag.FlagSet) {
	group(fs, "Formats", "", o.addFrom)
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces)
	group(fs, "Selection", "", o.addSelect, o.addOrder)
	group(fs, "Rules", "The rules are about selected documents. Malformed documents are always reported.", o.addRules)
	group(fs, "Reading JSON", "", o.addReading)
	group(fs, readingTables, "", o.tables.addTables)
	group(fs, columnTables, "", o.addTimes)
	group(fs, "Pickles", "", o.addEncoding)
	group(fs, "Faults", "", o.addMaxErrors)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addJobs, o.addLimits)
	group(fs, "", "", addHelp)
}

func (o *validateOptions) addRules(fs *pflag.FlagSet) {
	fs.BoolVar(&o.rules.RejectEmptyKeys, "no-empty-keys", false, `reject the key ""`)
	fs.BoolVar(&o.rules.RejectDottedKeys, "no-dotted-keys", false, `reject keys with "."`)
	fs.BoolVar(&o.rules.RejectDollarKeys, "no-dollar-keys", false, `reject keys that start with "$", except the keys of a DBRef`)
	fs.BoolVar(&o.rules.RejectDuplicateKeys, "no-duplicate-keys", false, "reject documents that have a key twice")
	fs.BoolVar(&o.rules.RejectWrongArrayKeys, "array-keys", false, `reject arrays whose keys are not "0", "1" and so on`)
}

// check rejects flags that have no effect.
func (o *validateOptions) check(fs *pflag.FlagSet) error {
	reading := func(fs *pflag.FlagSet) error { return o.checkReading(fs, "accept", "lenient-dates", "uuid") }
	selecting := func(*pflag.FlagSet) error { return o.checkSelect(&o.inputGroup, &o.limitGroup) }
	tables := func(fs *pflag.FlagSet) error { return o.checkTables(fs, o.from) }
	return checkAll(fs, o.options.check, reading, tables, o.checkEncoding, o.checkSpaces, selecting, o.ordering.check)
}

// plan makes the run check documents and write nothing.
func (o *validateOptions) plan(r *run.Run) {
	o.inputGroup.plan(r)
	o.spaceGroup.plan(r)
	o.jobGroup.plan(r)
	o.planStages(r)
	o.planOrder(r)
	r.Target, r.Hint = nothing{}, hints(checker{o})
	r.Output.Stdout = io.Discard
	r.Policy = run.Report
}

// planStages adds the checks, and the selection after that of malformed documents.
func (o *validateOptions) planStages(r *run.Run) {
	malformed := bson.ValidateOptions{MaxDepth: o.maxDepth}
	rules := o.rules
	rules.MaxDepth = o.maxDepth
	switch {
	case !o.selects() && !o.orders():
		r.Stages = append(r.Stages, stage.Rules{Options: rules})
		return
	case rules != malformed:
		r.Shaping = append(r.Shaping, stage.Rules{Options: rules})
	}
	r.Stages = append(r.Stages, stage.Rules{Options: malformed})
	o.planSelect(r)
}

// A checker finds hints for the command validate.
type checker struct{ o *validateOptions }

// trial returns a copy of the options for a document in the format from.
func (c checker) trial(from *codec.Codec) *trial {
	o := *c.o
	return &trial{from: from, limit: &o.limitGroup, input: &o.inputGroup}
}

// end says that documents were checked.
func (o *validateOptions) end(_ *run.Run, result *run.Result) { result.Checked = true }

// nothing is the target of the command validate.
type nothing struct{}

// Begin returns a sink that writes nothing.
func (nothing) Begin(run.Input) (run.Sink, error) { return sink.None{}, nil }

// End does nothing.
func (nothing) End(io.Writer) error { return nil }
