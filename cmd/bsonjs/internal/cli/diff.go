package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/differ"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/pairs"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// This file is the command diff: a run that processes two inputs at the same time, pairs
// their documents, and writes the differences at its end.
//
//   - diffOptions are its flags.
//   - A comparison is the Sides of the run, and its target. A diffSide is the target of an
//     input.

// diffOptions are the options of the command diff.
type diffOptions struct {
	lookOptions
	shape
	to       *codec.Codec // format of B; nil: it is found by the bytes and the name
	keys     []string     // values of --key, lists of paths
	keyOrder bool
	numeric  bool
	counts   bool  // --summary
	brief    bool  // --brief: the names of documents only
	records  bool  // --json: lines of JSON
	max      int64 // bytes of the text of a value, 0: all

	by   *differ.Keys // set by check
	both *comparison  // set by plan
}

// diffCommand returns the command that compares two inputs.
func (a *app) diffCommand() *cobra.Command {
	o := &diffOptions{max: defaultMax}
	cmd := &cobra.Command{
		Use:   "diff [flags] A B",
		Short: "compare the documents of two inputs",
		Long: "Compare the documents of two inputs, A and B: files in any formats, archives,\n" +
			"directories, or a pipe with the name -. Documents with the same _id, or the same\n" +
			"values at the paths of --key, are a pair, whatever their order.\n\n" +
			"- marks a document that is only in A, + a document that is only in B, and ~ a\n" +
			"document that has changed. Its changed paths follow. Archives and directories\n" +
			"are compared namespace by namespace, with their indexes and options.\n\n" +
			"The exit code is 0 if A and B are equal, and 1 if they differ. Documents with\n" +
			"faults are reported and left out, and the exit code is that of the fault.\n",
		Example: "  bsonjs diff users.bson copy.json\n" +
			"  bsonjs diff --summary dump/ dump.archive.gz\n" +
			"  bsonjs diff --ns shop.users --exclude visits dump/ users.json\n" +
			"  bsonjs diff --key sku,store --numeric a.bson b.bson\n" +
			"  zcat backup.bson.gz | bsonjs diff --brief users.bson -\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefDiff},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *diffOptions) addFlags(fs *pflag.FlagSet) {
	acceptForeignNames(fs)
	group(fs, "Comparison", "", o.addComparison)
	group(fs, "Formats", "", func(fs *pflag.FlagSet) {
		fs.VarP(inputFormat{chooseFormat(&o.from, codec.All())}, "from", "f", "format of A")
		fs.VarP(chooseFormat(&o.to, codec.All()), "to", "t", "format of B")
	})
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces)
	group(fs, "Selection", "Documents that are selected are compared. The flags act on each of the two inputs.", o.addSelect, o.addFirst, o.addPerSpace)
	group(fs, "Fields", "Documents are compared after these flags have changed them.", o.addFields, o.addEdits)
	group(fs, "Shape", "", o.addForm)
	group(fs, "Reading JSON", "", o.addReading)
	group(fs, readingTables, "", o.tables.addTables)
	group(fs, columnTables, "", o.addTimes)
	group(fs, "Pickles", "", o.addEncoding)
	group(fs, "Faults", "", o.addMaxErrors)
	group(fs, "Messages", "", o.addErrors, o.addProgress)
	group(fs, "Limits", "", o.addJobs, func(fs *pflag.FlagSet) {
		o.addMemory(fs, "keep at most `SIZE` of documents that wait for a partner in memory, and the others in temporary files; the default is 256MiB")
	}, o.addLimits)
	group(fs, "Output", "", o.addFile)
	group(fs, "", "", addHelp)
}

func (o *diffOptions) addComparison(fs *pflag.FlagSet) {
	fs.StringArrayVar(&o.keys, "key", nil, "pair documents by the values at `PATHS`, such as a,b.c, in place of _id; @FILE reads PATHS from a file, one per line")
	fs.BoolVar(&o.keyOrder, "key-order", false, "documents whose keys are in another order differ")
	fs.BoolVar(&o.numeric, "numeric", false, "numbers of different types are equal if their values are")
	onlyMeant(fs, "key", "key-order", "numeric")
}

func (o *diffOptions) addForm(fs *pflag.FlagSet) {
	fs.BoolVar(&o.counts, "summary", false, "print only the numbers of equal and of different documents")
	fs.BoolVar(&o.brief, "brief", false, "print only the _id or key of documents that differ")
	fs.BoolVar(&o.records, "json", false, "print a line of JSON for each difference and a summary, as for a FILE whose name ends in .json; values are canonical and complete")
	fs.Var(&count{&o.max}, "max-value", "show at most `N` bytes of the text of a value; the default is 64, and 0 is no limit")
	onlyMeant(fs, "summary", "brief", "json")
}

// settle sets the exit code of documents that are left out: 1 means a difference.
func (o *diffOptions) settle(fs *pflag.FlagSet) error {
	o.rejected = report.CodeLeftOut
	return o.lookOptions.settle(fs)
}

// check rejects flags that have no effect, and compiles the key.
func (o *diffOptions) check(fs *pflag.FlagSet) error {
	if err := o.decide(textOrLines(fs, o.output, o.records, "bsonjs diff")); err != nil {
		return err
	}
	switch {
	case len(o.files) != 2:
		return fmt.Errorf("bsonjs diff compares two inputs, not %d; type bsonjs diff A B", len(o.files))
	case o.counts && o.brief:
		return errors.New("--summary and --brief cannot be combined; leave out one of them")
	case given(fs, "max-value") && o.decided.to == codec.JSON:
		return errors.New("--max-value has no effect with JSON, which has complete values; leave it out")
	}
	reading := func(fs *pflag.FlagSet) error {
		if o.from != o.to { // one of them may be JSON
			return o.checkReading(fs)
		}
		return o.checkReading(fs, "accept", "lenient-dates", "uuid")
	}
	pickles := func(fs *pflag.FlagSet) error { return checkPickles(fs, o.from, o.to) }
	selecting := func(*pflag.FlagSet) error { return o.checkSelect(&o.inputGroup, &o.limitGroup) }
	shaping := func(*pflag.FlagSet) error { return o.checkShape(&o.inputGroup, &o.limitGroup) }
	tables := func(fs *pflag.FlagSet) error { return o.checkTables(fs, o.from, o.to) }
	return checkAll(fs, o.options.check, reading, tables, pickles, o.checkSpaces, selecting, o.checkWindow, shaping, o.checkKeys)
}

// checkKeys compiles the key.
func (o *diffOptions) checkKeys(*pflag.FlagSet) (err error) {
	var paths []string
	for _, text := range o.keys {
		some, err := readPaths(text)
		if err != nil {
			return fmt.Errorf("--key: %w", err)
		}
		for _, path := range some {
			if err := named(path); err != nil {
				return fmt.Errorf("--key: %w", err)
			}
		}
		paths = append(paths, some...)
	}
	if o.by, err = differ.CompileKeys(paths, filterOptions(&o.inputGroup, &o.limitGroup)); err != nil {
		return fmt.Errorf("--key: %w", placed(err))
	}
	return nil
}

// plan makes the run compare documents, and continue after faults.
func (o *diffOptions) plan(r *run.Run) {
	o.planLook(r, bson.UTF8Reject, func() bool { return true })
	if r.NeedsSpaces != "--per-namespace" {
		r.NeedsSpaces = "" // one side may have none
	}
	o.planShape(r)
	r.Memory = int64(cmp.Or(o.memory, defaultMemory))
	c := &comparison{o: o, memory: r.Memory}
	if o.holds() { // each side has a quarter
		c.memory, r.Memory = r.Memory/2, r.Memory/4
	}
	for i := range c.sides {
		c.sides[i] = &diffSide{c: c, side: pairs.Side(i), name: report.CleanName(o.files[i]), metadata: map[string]archive.Metadata{}}
	}
	o.both = c
	r.Target, r.Sides, r.FromB, r.Hint = c, c, o.to, hints(c)
}

// end prints a note if documents were paired by their order, and sets the exit code.
func (o *diffOptions) end(r *run.Run, result *run.Result) {
	if !result.Whole {
		return
	}
	s := &o.both.summary
	if s.Duplicates > 0 && !o.quiet {
		r.Say.Note(report.Documents(s.Duplicates) + " with the key of an earlier document that had no partner yet; documents with equal keys were paired in their order")
	}
	if s.Differs() {
		result.Code = max(result.Code, report.CodeDifferent)
	}
}

// A comparison is the two sides of the command diff.
type comparison struct {
	o       *diffOptions
	memory  int64 // bytes
	sides   [2]*diffSide
	pairs   *pairs.Comparer
	differ  sink.Differences
	summary sink.DiffSummary

	once    sync.Once // for the next two fields
	bySpace bool      // documents are compared namespace by namespace
	err     error     // of usage
}

// Start begins to compare.
func (c *comparison) Start(ctx context.Context) {
	o := c.o
	c.differ = sink.Differences{
		Options: differ.Options{KeyOrder: o.keyOrder, Numeric: o.numeric}, Keys: o.by,
		JSON: o.decided.to == codec.JSON, Max: int(min(o.max, math.MaxInt32)), MaxDepth: o.maxDepth,
	}
	switch {
	case o.counts:
		c.differ.Detail = sink.OnlyCounts
	case o.brief:
		c.differ.Detail = sink.OnlyNames
	}
	c.pairs = pairs.New(ctx, pairs.Options{
		Key: o.by.Append, Pair: c.differ.Pair, Lone: c.differ.Lone, Space: c.space, Memory: c.memory,
	})
}

// Side returns the target of an input.
func (c *comparison) Side(number int) run.Target { return c.sides[number] }

// Ended says that a side has no more documents.
func (c *comparison) Ended(number int) { c.pairs.End(pairs.Side(number)) }

// Close frees the memory and the temporary files.
func (c *comparison) Close() { c.pairs.Close() }

// settle decides whether namespaces count. Both inputs have been gathered.
func (c *comparison) settle(in run.Input) error {
	c.once.Do(func() {
		c.differ.Colors = c.o.color.on(in.Colors)
		a, b := c.sides[pairs.A], c.sides[pairs.B]
		c.bySpace = a.spaced && b.spaced
		switch {
		case !a.spaced && !b.spaced && c.o.spaces != nil:
			c.err = fmt.Errorf("--ns, --db and --collection need an input with namespaces, and %s and %s have none; leave them out", a.name, b.name)
		case a.spaced && !b.spaced:
			c.err = a.single(b)
		case b.spaced && !a.spaced:
			c.err = b.single(a)
		}
	})
	return c.err
}

// space returns the namespace of documents in the comparison.
func (c *comparison) space(side pairs.Side, space string) (string, error) {
	if c.bySpace || space == "" {
		return space, nil
	}
	s := c.sides[side]
	if s.only = cmp.Or(s.only, space); s.only != space {
		return "", run.UsageError(s.several(c.sides[1-side]).Error())
	}
	return "", nil
}

// Begin is not called: the inputs are those of the sides.
func (c *comparison) Begin(run.Input) (run.Sink, error) { return sink.None{}, nil }

// trial returns a copy of the options for a document in the format from.
func (c *comparison) trial(from *codec.Codec) *trial {
	o := *c.o
	return &trial{from: from, limit: &o.limitGroup, input: &o.inputGroup, shape: &o.shape}
}

// End writes the differences.
func (c *comparison) End(out io.Writer) error {
	if err := c.pairs.Finish(); err != nil {
		return err
	}
	if err := c.summarize(); err != nil {
		return err
	}
	if err := c.pairs.Results(func(text []byte) error {
		_, err := out.Write(text)
		return err
	}); err != nil {
		return err
	}
	return c.differ.Summary(out, &c.summary)
}

// summarize makes the summary, and compares the namespaces themselves.
func (c *comparison) summarize() error {
	a, b := c.sides[pairs.A], c.sides[pairs.B]
	counts, duplicates := c.pairs.Counts()
	c.summary.Duplicates = duplicates
	names := map[string]bool{}
	for name := range counts {
		names[name] = true
	}
	if c.bySpace {
		for _, s := range c.sides {
			for name := range s.metadata {
				names[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		n := counts[name]
		if n == nil {
			n = new(pairs.Counts)
		}
		for side := range c.summary.Documents {
			c.summary.Documents[side] += n.Equal + n.Changed + n.Only[side]
		}
		space := sink.SpaceSummary{Namespace: name, Equal: n.Equal, Changed: n.Changed, A: n.Only[pairs.A], B: n.Only[pairs.B]}
		if c.bySpace {
			if err := c.compareSpace(&space, a.has(name, n), b.has(name, n)); err != nil {
				return err
			}
		}
		c.summary.Spaces = append(c.summary.Spaces, space)
	}
	return nil
}

// compareSpace compares a namespace itself, which A and B have or not.
func (c *comparison) compareSpace(s *sink.SpaceSummary, inA, inB bool) error {
	var text []byte
	x, y := c.sides[pairs.A].metadata[s.Namespace], c.sides[pairs.B].metadata[s.Namespace]
	switch {
	case !inB:
		s.OnlyIn, text = "a", c.differ.Space(nil, s.Namespace, pairs.A)
	case !inA:
		s.OnlyIn, text = "b", c.differ.Space(nil, s.Namespace, pairs.B)
	case x.Text != "" && y.Text != "":
		text, s.Metadata = c.differ.Metadata(nil, s.Namespace, x, y)
	}
	if len(text) == 0 {
		return nil
	}
	return c.pairs.Say(s.Namespace, text)
}

// A diffSide is the target of one of the two inputs.
type diffSide struct {
	c        *comparison
	side     pairs.Side
	name     string                      // of the input, for messages
	spaced   bool                        // the documents have namespaces
	metadata map[string]archive.Metadata // by namespace, for those that are known before the documents
	only     string                      // the only namespace, if namespaces do not count
}

// Gather gets the namespaces of in.
func (s *diffSide) Gather(in run.Input, what *codec.Contents) error {
	if what == nil {
		return nil
	}
	// Nothing in an empty directory is without a namespace.
	s.spaced = s.spaced || in.Folder == nil || in.Folder.HasSpaces() || len(in.Folder.Files) == 0
	for _, m := range what.Metadata {
		s.metadata[m.Namespace.String()] = m
	}
	return nil
}

// has reports whether s has a namespace with these counts.
func (s *diffSide) has(space string, n *pairs.Counts) bool {
	_, ok := s.metadata[space]
	return ok || n.Equal+n.Changed+n.Only[s.side] > 0
}

// single returns an error unless s, which has namespaces, has at most one. other has none.
func (s *diffSide) single(other *diffSide) error {
	if len(s.metadata) > 1 {
		return s.several(other)
	}
	return nil
}

// several is the error about s, which has several namespaces. other has none.
func (s *diffSide) several(other *diffSide) error {
	return fmt.Errorf("%s has several namespaces and %s has none; choose one with --ns DB.COLLECTION", s.name, other.name)
}

// Begin returns the sink for the documents of in.
func (s *diffSide) Begin(in run.Input) (run.Sink, error) {
	if err := s.c.settle(in); err != nil {
		return nil, err
	}
	return &sink.Side{Side: s.side, Keys: s.c.o.by, Pairs: s.c.pairs}, nil
}

// End is not called.
func (*diffSide) End(io.Writer) error { return nil }
