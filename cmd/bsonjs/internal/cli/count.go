package cli

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// This file is the command count: a run that counts documents, and writes the counts at
// its end.

// countOptions are the options of the command count.
type countOptions struct {
	lookOptions
	records bool // --json: lines of JSON
}

// countCommand returns the command that counts documents.
func (a *app) countCommand() *cobra.Command {
	o := new(countOptions)
	cmd := &cobra.Command{
		Use:   "count [flags] [FILE...]",
		Short: "count the documents of files and namespaces",
		Long: "Count the documents of files, and their bytes as BSON. Archives and directories\n" +
			"have a line for each namespace. With --where, count the documents that match.\n\n" +
			"bsonjs count goes from the length of a document to the next one, and does not\n" +
			"check the elements of documents, unless a flag such as --where reads them.\n" +
			"bsonjs validate checks every element. After a fault the run continues; the exit\n" +
			"code tells that there was one.\n",
		Example: "  bsonjs count users.bson\n" +
			"  bsonjs count dump.archive.gz\n" +
			"  bsonjs count --where '{total: {$gt: 10}}' --db shop dump/\n" +
			"  bsonjs count --json *.bson | jq -s 'map(.documents) | add'\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefCount},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *countOptions) addFlags(fs *pflag.FlagSet) {
	o.addLook(fs, "Documents that are selected are counted.", func(fs *pflag.FlagSet) {
		group(fs, "Shape", "", func(fs *pflag.FlagSet) {
			fs.BoolVar(&o.records, "json", false, "print a line of JSON for each input and namespace, as for a FILE whose name ends in .json")
			onlyMeant(fs, "json")
		})
	})
}

// check rejects flags that have no effect.
func (o *countOptions) check(fs *pflag.FlagSet) error {
	if err := o.decide(textOrLines(fs, o.output, o.records, "bsonjs count")); err != nil {
		return err
	}
	return o.checkLook(fs)
}

// plan makes the run count documents, and continue after faults.
func (o *countOptions) plan(r *run.Run) {
	o.planLook(r, bson.UTF8Keep, func() bool { return false })
	c := &counter{o: o}
	r.Target, r.Hint = c, hints(c)
}

// A counter is the target of the command count.
type counter struct {
	o *countOptions
	spaceCounts
}

// Begin returns the sink for the documents of in.
func (c *counter) Begin(in run.Input) (run.Sink, error) { return c.begin(in), nil }

// spaceCounts are counts for a target: a row for each input, and for each namespace of an
// archive or a directory. Begin of the target calls begin.
type spaceCounts struct {
	counts sink.Counts
	folder *folder.Folder // of the last input; nil: it was not a directory
}

// begin returns the sink that counts the documents of in.
func (c *spaceCounts) begin(in run.Input) *sink.Counter {
	name := in.Name
	switch {
	case in.Folder != nil:
		c.open(in)
		name = in.Folder.Name
	case in.From.Holds != nil:
		c.open(in)
	default:
		c.Empty(in)
	}
	return c.counts.In(name)
}

// Empty counts no documents of in.
func (c *spaceCounts) Empty(in run.Input) {
	if in.Folder == nil {
		c.open(in)
		c.counts.Add(in.Name, "")
	}
}

// open begins the rows of in, unless it is of the directory of the last input.
func (c *spaceCounts) open(in run.Input) {
	if in.Folder == nil || in.Folder != c.folder {
		c.counts.Begin()
	}
	c.folder = in.Folder
}

// List orders the namespaces of in, and adds those without documents.
func (c *spaceCounts) List(in run.Input, listing codec.Listing) error {
	if in.Folder != nil {
		c.open(in)
	}
	c.counts.List(in.Name, listing)
	return nil
}

// trial returns a copy of the options for a document in the format from.
func (c *counter) trial(from *codec.Codec) *trial {
	o := *c.o
	return &trial{from: from, limit: &o.limitGroup, input: &o.inputGroup}
}

// End writes the counts.
func (c *counter) End(out io.Writer) error {
	if c.o.decided.to == codec.JSON {
		return c.counts.WriteLines(out)
	}
	return c.counts.WriteTable(out)
}
