package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// This file has the flags about faults. All commands have a faultGroup; the
// others are for commands that write documents.

// A faultGroup has the flag about the number of faults.
type faultGroup struct {
	maxErrors int64 // number of faults that ends the run, 0: no limit
}

func (g *faultGroup) addMaxErrors(fs *pflag.FlagSet) {
	fs.Var(&count{&g.maxErrors}, "max-errors", "end the run after `N` faults; 0 (the default) is no limit")
}

func (g *faultGroup) plan(r *run.Run) { r.MaxErrors = g.maxErrors }

// check rejects the flag if p ends the run at the first fault.
func (g *faultGroup) check(fs *pflag.FlagSet, p errorPolicy) error {
	if p == stopOnError && given(fs, "max-errors") {
		return errors.New("--max-errors has no effect if the first fault ends the run; add --on-error skip")
	}
	return nil
}

// An errorPolicy is the policy for a document with a fault.
type errorPolicy uint8

const (
	stopOnError      errorPolicy = iota // it ends the run
	skipErrors                          // it is reported and rejected
	quarantineErrors                    // the same, and its bytes are kept in a file
)

// policy returns p as a policy of package run.
func (p errorPolicy) policy() run.Policy {
	if p == stopOnError {
		return run.Stop
	}
	return run.Skip
}

// A rejectGroup has the flag about rejected documents.
type rejectGroup struct {
	rejects string // file that keeps them, "" for none
}

func (g *rejectGroup) addRejects(fs *pflag.FlagSet) {
	fs.StringVar(&g.rejects, "rejects", "", "write the exact bytes of rejected documents to `FILE`")
	onlyMeant(fs, "rejects")
}

func (g *rejectGroup) plan(r *run.Run) {
	r.Rejects.Name = g.rejects
	r.Rejects.Codec, _ = compress.ByName(g.rejects)
}

// check rejects names of files that cannot be written.
func (g *rejectGroup) check() error {
	if file.IsStdout(g.rejects) {
		return errors.New("--rejects cannot be standard output, which is for converted documents; name a file")
	}
	codec, _ := compress.ByName(g.rejects)
	return checkWritten(codec)
}

// A policyGroup has the flags about what happens because of a fault, and about
// what is a fault.
type policyGroup struct {
	onError     errorPolicy
	mendLengths bool // documents with no fault but wrong lengths of containers are written
	undoCRLF    bool // undo a copy of BSON in text mode, in which LF became CR LF
	invalidUTF8 bson.UTF8Policy
	exact       bool
}

func (g *policyGroup) addOnError(fs *pflag.FlagSet) {
	fs.Var(choose(&g.onError,
		word[errorPolicy]{"stop", stopOnError}, word[errorPolicy]{"skip", skipErrors},
		word[errorPolicy]{"quarantine", quarantineErrors},
	), "on-error", "after a fault: stop (the default) ends the run, skip reports and rejects the document, quarantine also "+
		"keeps its bytes in the file of --rejects")
}

func (g *policyGroup) addMending(fs *pflag.FlagSet) {
	fs.BoolVar(&g.mendLengths, "mend-lengths", false, "correct wrong lengths of BSON documents and arrays and write the document, if it has no other fault; "+
		"the fault is still reported")
	fs.BoolVar(&g.undoCRLF, "undo-crlf", false, "restore BSON that was copied in text mode, with CR LF in place of each LF; the lengths of each document decide "+
		"whether a CR is removed")
}

func (g *policyGroup) addStrictness(fs *pflag.FlagSet) {
	fs.Var(choose(&g.invalidUTF8,
		word[bson.UTF8Policy]{"error", bson.UTF8Reject}, word[bson.UTF8Policy]{"replace", bson.UTF8Replace},
		word[bson.UTF8Policy]{"keep", bson.UTF8Keep},
	), "invalid-utf8", "invalid UTF-8: error (the default) rejects the document, replace writes U+FFFD, keep copies the bytes if "+
		"input and output are BSON, hex or base64; keep is the default of salvage, unless it writes JSON")
	fs.BoolVar(&g.exact, "exact", false, "reject documents that canonical JSON would not convert back to the same bytes, and integers "+
		"in JSON that no type holds exactly; with Parquet and Arrow as output, end the run at a document that would not come back the same")
}

func (g *policyGroup) plan(r *run.Run) {
	r.Policy, r.Mend, r.UndoCRLF = g.onError.policy(), g.mendLengths, g.undoCRLF
	r.Options.Text.RejectInexact, r.Options.Text.InvalidUTF8 = g.exact, g.textUTF8()
	r.Options.BSON.InvalidUTF8 = g.invalidUTF8
}

// textUTF8 returns the policy for JSON, which cannot keep invalid UTF-8.
func (g *policyGroup) textUTF8() bson.UTF8Policy {
	if g.invalidUTF8 == bson.UTF8Keep {
		return bson.UTF8Reject
	}
	return g.invalidUTF8
}

// check rejects flags that contradict each other or the file of rejects, or
// have no effect on inputs in the format from, nil if unknown.
func (g *policyGroup) check(fs *pflag.FlagSet, rejects string, from *codec.Codec) error {
	switch {
	case g.onError == quarantineErrors && rejects == "":
		return errors.New("--on-error quarantine needs a file for rejected documents; add --rejects FILE")
	case g.onError != quarantineErrors && rejects != "":
		return errors.New("--rejects has no effect without --on-error quarantine; add it")
	case g.onError == stopOnError && given(fs, "mend-lengths"):
		return errors.New("--mend-lengths has no effect if the first fault ends the run; add --on-error skip")
	}
	for _, name := range []string{"mend-lengths", "undo-crlf"} {
		holds := name == "mend-lengths" && from != nil && from.Holds == codec.BSON
		if given(fs, name) && from != nil && from != codec.BSON && !holds {
			return fmt.Errorf("--%s has no effect, because the input is %v and not BSON; leave it out", name, from)
		}
	}
	return nil
}

// checkEffect rejects flags about text that have no effect between the formats
// from and to, nil if unknown.
func (g *policyGroup) checkEffect(fs *pflag.FlagSet, from, to *codec.Codec) error {
	if to == nil || !to.Extension { // columns may lose something, too
		if err := checkText(fs, "exact", from, to); err != nil {
			return err
		}
	}
	if given(fs, "invalid-utf8") && noText(from, to) && from == codec.Pickle {
		return errors.New("--invalid-utf8 has no effect, because the text of a pickle that is read is UTF-8; leave it out")
	}
	return nil
}

// noText reports whether it is known that neither of the formats from and to is
// JSON.
func noText(from, to *codec.Codec) bool {
	return from != nil && to != nil && from != codec.JSON && to != codec.JSON
}

// checkText rejects the flag of the given name if neither of the formats from
// and to is JSON.
func checkText(fs *pflag.FlagSet, name string, from, to *codec.Codec) error {
	if given(fs, name) && noText(from, to) {
		return fmt.Errorf("--%s has no effect, because neither side of %v to %v is JSON; leave it out", name, from, to)
	}
	return nil
}
