package cli

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// This file is the command list: a run whose inputs have no records, because only
// their containers are read.

// listOptions are the options of the command list.
type listOptions struct {
	options
	spaceGroup
	fileGroup
	from       *codec.Codec // nil: found
	records    bool         // --json: lines of JSON
	noChecksum bool
	indexes    bool            // --indexes: the commands that create them
	unread     []*report.Fault // metadata without commands
}

// listCommand returns the command that lists the namespaces of containers.
func (a *app) listCommand() *cobra.Command {
	o := new(listOptions)
	cmd := &cobra.Command{
		Use:   "list [flags] [FILE...]",
		Short: "list the namespaces of mongodump archives and directories",
		Long: "List the namespaces of mongodump archives and directories. A line has the number\n" +
			"of documents, their bytes, the average and the largest size of a document, the\n" +
			"type, the number of indexes, and the result of the checksum. Only archives have\n" +
			"checksums. \"no end\" in place of the result means that the archive or the file\n" +
			"was cut.\n\n" +
			"bsonjs list reads every byte, but it does not check the elements of documents:\n" +
			"only the checksum shows damage in a document with the right length. bsonjs\n" +
			"validate checks every element.\n",
		Example: "  bsonjs list dump.archive.gz\n" +
			"  bsonjs list --no-checksum --db shop dump.archive\n" +
			"  bsonjs list dump/\n" +
			"  bsonjs list --indexes dump/ >indexes.js\n" +
			"  bsonjs list --json dump.archive | jq 'select(.documents == 0).namespace'\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefList},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *listOptions) addFlags(fs *pflag.FlagSet) {
	acceptForeignNames(fs)
	group(fs, "Formats", "", func(fs *pflag.FlagSet) {
		fs.VarP(chooseFormat(&o.from, codec.All()), "from", "f", "format of the inputs")
	})
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces)
	group(fs, "Shape", "", func(fs *pflag.FlagSet) {
		fs.BoolVar(&o.records, "json", false, "print a line of JSON for each namespace, as for a FILE whose name ends in .json")
		fs.BoolVar(&o.indexes, "indexes", false, "print a command for mongosh for each collection, which creates its indexes; with --json print the commands as lines of "+
			"canonical Extended JSON with the database in $db")
		fs.BoolVar(&o.noChecksum, "no-checksum", false, "count documents and bytes only; do not compute checksums")
		onlyMeant(fs, "json")
	})
	group(fs, "Faults", "", o.addMaxErrors)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addLimits)
	group(fs, "Output", "", o.addFile)
	group(fs, "", "", addHelp)
}

// settle turns the summary off unless a flag asks for it, because no documents are read.
func (o *listOptions) settle(*pflag.FlagSet) error {
	if o.summary == summaryAuto {
		o.summary = summaryNone
	}
	return nil
}

// check rejects flags that have no effect.
func (o *listOptions) check(fs *pflag.FlagSet) error {
	if err := o.decide(textOrLines(fs, o.output, o.records, "bsonjs list")); err != nil {
		return err
	}
	return checkAll(fs, o.options.check, o.checkSpaces)
}

// end reports metadata whose indexes could not be written.
func (o *listOptions) end(r *run.Run, result *run.Result) {
	for _, f := range o.unread {
		result.Code = max(result.Code, r.Say.Faults(f))
	}
}

// plan makes the run read containers only, and continue after damage.
func (o *listOptions) plan(r *run.Run) {
	o.spaceGroup.plan(r)
	o.fileGroup.plan(r)
	r.From, r.Target, r.Policy, r.NeedsSpaces = o.from, lister{o}, run.Skip, "bsonjs list"
	r.Options.OnlyContainers, r.Options.SkipChecksums = true, o.noChecksum || o.indexes
}

// A lister is the target of the command list.
type lister struct{ o *listOptions }

// Begin returns a sink that counts the documents of files. Those of containers are no
// records.
func (lister) Begin(run.Input) (run.Sink, error) { return new(sink.Count), nil }

// List writes the namespaces of in.
func (l lister) List(in run.Input, listing codec.Listing) error {
	if l.o.indexes {
		return l.indexes(in, listing)
	}
	if l.o.decided.to == codec.JSON {
		return sink.WriteList(in.Out, in.Name, listing)
	}
	return sink.WriteTable(in.Out, report.CleanName(in.Name), listing)
}

// indexes writes the commands that create the indexes of in.
func (l lister) indexes(in run.Input, listing codec.Listing) error {
	write := sink.IndexScript
	if l.o.decided.to == codec.JSON {
		write = sink.IndexJSON
	}
	return sink.WriteIndexes(in.Out, listing, write, func(namespace string, err error) {
		why := "the indexes of " + oneline.Escape(namespace) + " cannot be written: " + err.Error()
		l.o.unread = append(l.o.unread, report.NewFault(report.CodeSyntax, in.Name, why))
	})
}

// End does nothing.
func (lister) End(io.Writer) error { return nil }
