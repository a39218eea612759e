package cli

import (
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// This file has what the commands count, stats and schema have in common: they read
// documents, write one result at the end of the run, and continue after faults.

// lookOptions are the options of such a command. They are embedded.
type lookOptions struct {
	options
	inputGroup
	spaceGroup
	selection
	ordering
	jobGroup
	fileGroup
}

// addLook adds the flags to fs, in the order of help. selected describes the selection; own
// adds the groups of the command.
func (o *lookOptions) addLook(fs *pflag.FlagSet, selected string, own func(fs *pflag.FlagSet)) {
	acceptForeignNames(fs)
	group(fs, "Formats", "", o.addFrom)
	group(fs, "Namespaces", "", o.addSpaces, o.addForeignSpaces)
	group(fs, "Selection", selected, o.addSelect, o.addOrder)
	own(fs)
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

// settle turns the summary off unless a flag asks for it, because the output has the number
// of documents.
func (o *lookOptions) settle(*pflag.FlagSet) error {
	if o.summary == summaryAuto {
		o.summary = summaryNone
	}
	return nil
}

// checkLook rejects flags that have no effect. own has the checks of the command.
func (o *lookOptions) checkLook(fs *pflag.FlagSet, own ...func(*pflag.FlagSet) error) error {
	reading := func(fs *pflag.FlagSet) error { return o.checkReading(fs, "accept", "lenient-dates", "uuid") }
	selecting := func(*pflag.FlagSet) error { return o.checkSelect(&o.inputGroup, &o.limitGroup) }
	tables := func(fs *pflag.FlagSet) error { return o.checkTables(fs, o.from) }
	if err := checkAll(fs, o.options.check, reading, tables, o.checkEncoding, o.checkSpaces, selecting, o.ordering.check); err != nil {
		return err
	}
	return checkAll(fs, own...)
}

// planLook makes the run select documents, and continue after faults. Malformed documents
// are rejected before they are selected or, if shapes reports that, changed; documents with
// invalid UTF-8 only if utf8 is UTF8Reject.
func (o *lookOptions) planLook(r *run.Run, utf8 bson.UTF8Policy, shapes func() bool) {
	o.inputGroup.plan(r)
	o.spaceGroup.plan(r)
	o.jobGroup.plan(r)
	o.fileGroup.plan(r)
	if o.selects() || o.orders() || shapes() {
		rules := bson.ValidateOptions{MaxDepth: o.maxDepth, AllowInvalidUTF8: utf8 == bson.UTF8Keep}
		r.Stages = append(r.Stages, stage.Valid{Options: rules})
	}
	o.planSelect(r)
	o.planOrder(r)
	r.Policy = run.Skip
}

// end does nothing: the output has the result.
func (o *lookOptions) end(*run.Run, *run.Result) {}
