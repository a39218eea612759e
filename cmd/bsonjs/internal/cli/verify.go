package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file is the command verify: two runs at the same time, whose documents meet in a
// proof. The run of A is that of the command, with its flags. The run of B begins with it,
// in a goroutine, and reads B as it is.

// verifyOptions are the options of the command verify.
type verifyOptions struct {
	options
	inputGroup
	spaceGroup
	selection
	ordering
	sortGroup
	shape
	redaction
	jobGroup
	fileGroup

	to        *codec.Codec // of B, nil: found
	mode      extjson.Mode
	sorted    bool // B has its keys sorted
	ambiguous extjson.AmbiguityPolicy

	b   string // name of B
	std streams
	v   *verification
}

// verifyCommand returns the command that compares an output with its input.
func (a *app) verifyCommand() *cobra.Command {
	o := &verifyOptions{std: a.std}
	cmd := &cobra.Command{
		Use:   "verify [flags] A B",
		Short: "compare an output with its input, document by document",
		Long: "Compare the documents of B, an output, with the documents of A, its input, in\n" +
			"order. Both can be in any format and compression. The command ends at the first\n" +
			"difference, and prints its place in A and in B. The exit code is 0 without a\n" +
			"difference, and 1 with one.\n\n" +
			"If A or B is JSON, values are compared, because JSON in mode relaxed does not\n" +
			"keep all types: an int32 and an int64 of one value are equal, and so are all\n" +
			"NaNs, decimals of the same text, regular expressions with the same option\n" +
			"letters, and arrays whatever their keys are. --mode canonical compares bytes.\n" +
			"Other formats keep all types, so bytes are compared.\n\n" +
			"The flags about namespaces, selection and fields act on A, as in convert. B is\n" +
			"read without changes. Archives and directories are compared namespace by\n" +
			"namespace, and so are the indexes and options that both sides have.\n\n" +
			"The SHA-256 is the sum of the documents as BSON, one after the other. For a BSON\n" +
			"file, sha256sum prints the same sum. For several namespaces it is the SHA-256 of\n" +
			"text: for each namespace, in the order of names, the line that sha256sum prints\n" +
			"for a BSON file with this name.\n\n" +
			"convert --verify compares the documents during the conversion.\n",
		Example: "  bsonjs verify users.bson users.json.gz\n" +
			"  bsonjs verify --mode canonical users.bson users.json\n" +
			"  bsonjs verify --where '{age: {$gt: 17}}' users.bson adults.bson\n" +
			"  bsonjs verify dump.archive dump/\n",
		Args:        cobra.ArbitraryArgs,
		Annotations: map[string]string{briefText: briefVerify},
	}
	o.addFlags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.start(o, cmd, args) }
	return cmd
}

// addFlags adds all flags to fs, in the order of help.
func (o *verifyOptions) addFlags(fs *pflag.FlagSet) {
	acceptForeignNames(fs)
	group(fs, "Formats", "", func(fs *pflag.FlagSet) {
		fs.VarP(inputFormat{chooseFormat(&o.from, codec.All())}, "from", "f", "format of A")
		fs.VarP(chooseFormat(&o.to, codec.All()), "to", "t", "format of B")
		fs.VarP(choose(&o.mode,
			word[extjson.Mode]{"canonical", extjson.Canonical}, word[extjson.Mode]{"relaxed", extjson.Relaxed},
			word[extjson.Mode]{"legacy", extjson.Legacy}, word[extjson.Mode]{"shell", extjson.Shell},
			word[extjson.Mode]{"semi", extjson.SemiRelaxed},
		), "mode", "m", "mode in which B is JSON: relaxed (the default), legacy and semi compare values; canonical and shell keep types, so they compare bytes")
		fs.BoolVar(&o.sorted, "sort-keys", false, "B has its keys sorted; the order of keys does not matter")
		fs.Var(choose(&o.ambiguous,
			word[extjson.AmbiguityPolicy]{"error", extjson.Reject}, word[extjson.AmbiguityPolicy]{"escape", extjson.Escape},
		), "ambiguous", "escape reads keys such as $$oid in JSON as $oid, as convert --ambiguous escape writes them")
	})
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces)
	group(fs, "Selection", "Documents of A that are selected are compared.", o.addSelect, o.addSort, o.addOrder)
	group(fs, "Fields", fieldsNote, o.addFields, o.addEdits, o.addRedact)
	group(fs, "Reading JSON", "", o.addReading)
	group(fs, readingTables, "", o.tables.addTables)
	group(fs, columnTables, "", o.addTimes)
	group(fs, "Pickles", "", o.addEncoding)
	group(fs, "Faults", "", o.addMaxErrors)
	group(fs, "Messages", "", o.addMessages)
	group(fs, "Limits", "", o.addJobs, o.addLimits)
	group(fs, "Output", "", o.addFile)
	group(fs, "", "", addHelp)
}

// settle takes the second file as B. It turns the summary off unless a flag asks for it,
// because the output has the result.
func (o *verifyOptions) settle(*pflag.FlagSet) error {
	if len(o.files) == 2 {
		o.b, o.files = o.files[1], o.files[:1]
	}
	if o.summary == summaryAuto {
		o.summary = summaryNone
	}
	return nil
}

// check rejects flags that have no effect.
func (o *verifyOptions) check(fs *pflag.FlagSet) error {
	if err := o.decide(request{name: o.output, usual: func(*codec.Codec) *codec.Codec { return plainText }, only: []*codec.Codec{plainText}, writer: "bsonjs verify"}); err != nil {
		return err
	}
	switch {
	case o.b == "":
		return fmt.Errorf("bsonjs verify compares two inputs, not %d; type bsonjs verify A B", len(o.files))
	case o.b == "-" && o.files[0] == "-":
		return errors.New("standard input (-) is named twice; it can be read only once")
	}
	selecting := func(*pflag.FlagSet) error { return o.checkSelect(&o.inputGroup, &o.limitGroup) }
	sorting := func(fs *pflag.FlagSet) error {
		return o.checkSort(fs, &o.ordering, filterOptions(&o.inputGroup, &o.limitGroup))
	}
	shaping := func(*pflag.FlagSet) error { return o.checkShape(&o.inputGroup, &o.limitGroup) }
	pickles := func(fs *pflag.FlagSet) error { return checkPickles(fs, o.from, o.to) }
	redactions := func(fs *pflag.FlagSet) error { return o.checkRedact(fs, &o.options) }
	ordering := o.ordering.check
	if o.bySpace() { // documents are held
		ordering = o.checkWindow
	}
	tables := func(fs *pflag.FlagSet) error { return o.checkTables(fs, o.from, o.to) }
	return checkAll(fs, o.options.check, tables, pickles, o.checkSpaces, selecting, sorting, ordering, shaping, redactions)
}

// plan makes the run give the documents of A to the proof, and begins the run of B.
func (o *verifyOptions) plan(r *run.Run) {
	o.inputGroup.plan(r)
	o.spaceGroup.plan(r)
	o.jobGroup.plan(r)
	o.fileGroup.plan(r)
	if o.selects() || o.orders() || o.shapes() || o.redacts() {
		r.Stages = append(r.Stages, stage.Valid{Options: bson.ValidateOptions{MaxDepth: o.maxDepth}})
	}
	o.planSelect(r)
	o.planOrder(r)
	o.planShape(r)
	o.planRedact(r)
	r.Policy = run.Skip
	r.Options.Text.EscapedKeys = o.ambiguous == extjson.Escape
	acceptMode(r, o.mode)

	spaces := o.bySpace()
	ctx, stop := interrupt.Context(context.Background())
	o.v = &verification{o: o, stop: stop, done: make(chan struct{})}
	o.v.proof = proof.New(proof.Options{Spaces: spaces, Waits: true})
	if spaces {
		o.holdSpaces(r)
	}
	r.Target, r.Verify = o.v, o.v
	back := o.runOfB(r)
	if spaces {
		o.holdSpaces(&back)
	}
	go o.v.read(ctx, back)
}

// runOfB returns the run that reads B.
func (o *verifyOptions) runOfB(a *run.Run) run.Run {
	back := run.Run{
		Stdin:     o.std.in,
		From:      o.to,
		FromFlag:  "--to",
		Target:    comparedTarget{o.v},
		Extension: o.finder(o.std.err),
		ReadFlags: a.ReadFlags,
		Output:    file.Output{Stdout: io.Discard},
		Policy:    run.Stop,
		Jobs:      o.jobs,
		Quiet:     true,
		Progress:  report.NewProgress(io.Discard, report.ProgressNone, 0),
	}
	back.Options = a.Options
	back.Options.Namespaces = nil
	return back
}

// bySpace reports whether documents are compared namespace by namespace.
func (o *verifyOptions) bySpace() bool {
	return mayHaveSpaces(o.files[0], o.from) && mayHaveSpaces(o.b, o.to)
}

// holdSpaces makes r sort its documents by their namespaces, behind all else that it holds.
// Each side has half of the memory.
func (o *verifyOptions) holdSpaces(r *run.Run) {
	h := run.Sorted(stage.SpaceKey, run.KeyOrder{}, 0)
	h.Order, r.Order = r.Order, nil
	r.Holds = append(r.Holds, h)
	r.Memory = int64(cmp.Or(o.memory, defaultMemory)) / 2
}

// mayHaveSpaces reports whether the documents of the input of the given name have
// namespaces. from is its format, nil if that is not known. Standard input is not opened
// here, so it may have namespaces unless its format has none.
func mayHaveSpaces(name string, from *codec.Codec) bool {
	if name == "-" {
		return from == nil || from.Holds != nil
	}
	if folder.Inputs(context.Background(), []string{name}, from)[0].Folder != nil {
		return true
	}
	if from == nil {
		from = detect(name)
	}
	return from != nil && from.Holds != nil
}

// detect returns the format of the file of the given name, nil if it is not known.
func detect(name string) *codec.Codec {
	info := file.Stat(name, nil)
	if info == nil || !info.Mode().IsRegular() {
		return nil
	}
	in, err := file.Input{Plain: compress.Plain{Opens: codec.OpensBSON, Known: codec.Known}}.Open(context.Background(), name)
	if err != nil {
		return nil
	}
	defer in.Close()
	head, err := in.Head(codec.HeadSize)
	if err != nil {
		return nil
	}
	return codec.Detect(head, compress.Stem(name))
}

// end ends the run of B, if the run of A has ended early.
func (o *verifyOptions) end(r *run.Run, result *run.Result) {
	v := o.v
	v.proof.Stop()
	v.stop()
	<-v.done
	result.Compared = true
	result.Formats = append(result.Formats, v.formats...)
	if result.Whole && v.begun {
		sums := v.proof.Sums()
		result.Verified, result.SHA256In, result.SHA256Out = sums.Documents, sums.In, sums.Out
	}
}

// A verification is the target and the Verifier of the command verify.
type verification struct {
	o     *verifyOptions
	proof *proof.Proof
	stop  func()        // ends the run of B
	begun bool          // A could be opened
	cut   bool          // A has faults, so that documents of it may be missing
	done  chan struct{} // closed when the run of B has ended
	fault *report.Fault // the fault that ended the run of B; nil: there was none

	formats []*codec.Codec // of B

	catalogs [2]catalog // of A and B
}

// read does the run of B.
func (v *verification) read(ctx context.Context, back run.Run) {
	defer close(v.done)
	back.Say = report.Collect(func(f *report.Fault) {
		if v.fault == nil {
			v.fault = f
		}
	})
	back.Inputs = folder.Inputs(ctx, []string{v.o.b}, v.o.to)
	result := back.Do(ctx)
	v.formats = result.Formats
	if result.Code != report.CodeOK {
		if v.fault == nil {
			v.fault = &report.Fault{Code: result.Code, Why: report.CleanName(v.o.b) + " could not be read to its end"}
		}
		v.proof.Stop()
		return
	}
	v.proof.Done()
}

// Begin returns the sink for the documents of A.
func (v *verification) Begin(in run.Input) (run.Sink, error) {
	v.loosen(in)
	v.begun = true
	v.proof.Source(in.Name)
	return sink.Given{To: func(d *proof.Docs) error { return v.proof.Expect("", "", d, 0, d.Len()) }}, nil
}

// Tell says whether A has faults.
func (v *verification) Tell(_ report.Totals, code report.Code) { v.cut = code != report.CodeOK }

// Empty says that A has no bytes.
func (v *verification) Empty(run.Input) { v.begun = true }

// loosen makes those values equal that JSON in the mode of --mode does not tell apart, if
// in is JSON.
func (v *verification) loosen(in run.Input) {
	if in.From == codec.JSON {
		v.proof.Loosen(ruleOf(v.o.mode, v.o.sorted))
	}
}

// A comparedTarget is the target of the run of B.
type comparedTarget struct{ v *verification }

// Begin returns the sink for the documents of B.
func (c comparedTarget) Begin(in run.Input) (run.Sink, error) {
	c.v.loosen(in)
	return sink.Given{To: func(d *proof.Docs) error { return c.v.proof.Compare("", d) }}, nil
}

// End does nothing.
func (comparedTarget) End(io.Writer) error { return nil }

// End waits for the end of B and writes the result.
func (v *verification) End(out io.Writer) error {
	if !v.begun { // the fault was reported
		return nil
	}
	v.proof.End()
	<-v.done
	if err := v.proof.Difference(); err != nil {
		return err
	}
	if v.fault != nil {
		return &unreadable{v.o.b, v.fault}
	}
	equal, err := v.compareSpaces()
	if err != nil || v.o.quiet {
		return err
	}
	how, sums := "equal", v.proof.Sums()
	text := ": " + report.Documents(sums.Documents) + ", SHA-256 " + sums.In
	if sums.In != sums.Out {
		how = "equal in their values"
		text = fmt.Sprintf(": %s, SHA-256 of A %s, of B %s", report.Documents(sums.Documents), sums.In, sums.Out)
	}
	if v.cut {
		how += ", apart from the faults of A"
	}
	_, err = io.WriteString(out, how+text+"\n"+v.spacesText(equal))
	return err
}

// Witness returns nil: the output is the result.
func (v *verification) Witness(string, string) file.Witness { return nil }

// Done does nothing: End has the result.
func (v *verification) Done() error { return nil }

// Fault returns the fault for a difference, or that of B.
func (v *verification) Fault(err error) *report.Fault {
	if e, ok := errors.AsType[*unreadable](err); ok {
		return e.why
	}
	d, ok := errors.AsType[*proof.Difference](err)
	if !ok {
		return nil
	}
	d.OutPlace.File = v.o.b
	f := differenceFault(d, "B", report.CleanName(v.o.files[0]))
	switch {
	case v.proof.Spaces: // the numbers are those of documents in the order of namespaces
		f.Number = 0
	case !d.Missing() && v.o.b != "-":
		f.Hint = fmt.Sprintf("to see it type bsonjs --skip %d --limit 1 --mode canonical %s", d.OutPlace.Number-1, report.ShellName(v.o.b))
	}
	return f
}
