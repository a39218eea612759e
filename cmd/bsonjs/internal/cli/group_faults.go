package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// A faultGroup has the flags about faults.
type faultGroup struct {
	onError     errorPolicy
	rejects     string // file that keeps them, "" unless quarantineErrors
	mendLengths bool   // documents with no fault but wrong lengths of containers are written
	maxErrors   int64  // number of faults that ends the run, 0: no limit
	invalidUTF8 bson.UTF8Policy
	exact       bool
}

// An errorPolicy is the policy for a document with a fault.
type errorPolicy uint8

const (
	stopOnError      errorPolicy = iota // it ends the run
	skipErrors                          // it is reported and rejected
	quarantineErrors                    // the same, and its bytes are kept in a file
	reportErrors                        // it is reported; nothing is written
)

// policy returns p as a policy of package run.
func (p errorPolicy) policy() run.Policy {
	return [...]run.Policy{stopOnError: run.Stop, skipErrors: run.Skip, quarantineErrors: run.Skip, reportErrors: run.Report}[p]
}

func (g *faultGroup) addErrors(fs *pflag.FlagSet) {
	fs.Var(choose(&g.onError,
		word[errorPolicy]{"stop", stopOnError}, word[errorPolicy]{"skip", skipErrors},
		word[errorPolicy]{"quarantine", quarantineErrors},
	), "on-error", "after a fault: stop (the default) ends the run, skip reports and rejects the document, quarantine also "+
		"keeps its bytes in the file of --rejects")
	g.addRejects(fs)
	fs.BoolVar(&g.mendLengths, "mend-lengths", false, "correct wrong lengths of BSON documents and arrays and write the document, if it has no other fault; "+
		"the fault is still reported")
	g.addMaxErrors(fs)
	fs.Var(choose(&g.invalidUTF8,
		word[bson.UTF8Policy]{"error", bson.UTF8Reject}, word[bson.UTF8Policy]{"replace", bson.UTF8Replace},
	), "invalid-utf8", "invalid UTF-8: error (the default) rejects the document, replace writes U+FFFD; applies to reading and writing JSON, "+
		"and to BSON, hex and base64 copied to any of these")
	fs.BoolVar(&g.exact, "exact", false, "reject documents that canonical JSON would not convert back to the same bytes, and integers "+
		"in JSON that no type holds exactly")
}

func (g *faultGroup) addRejects(fs *pflag.FlagSet) {
	fs.StringVar(&g.rejects, "rejects", "", "write the exact bytes of rejected documents to `FILE`")
	onlyMeant(fs, "rejects")
}

func (g *faultGroup) addMaxErrors(fs *pflag.FlagSet) {
	fs.Var(&count{&g.maxErrors}, "max-errors", "end the run after `N` faults; 0 (the default) is no limit")
}

// check rejects flags that contradict each other, or have no effect on inputs
// in the format from, nil if unknown.
func (g *faultGroup) check(fs *pflag.FlagSet, from *codec.Codec) error {
	switch {
	case g.onError == quarantineErrors && g.rejects == "":
		return errors.New("--on-error quarantine needs a file for rejected documents; add --rejects FILE")
	case g.onError != quarantineErrors && g.rejects != "":
		return errors.New("--rejects has no effect without --on-error quarantine; add it")
	case file.IsStdout(g.rejects):
		return errors.New("--rejects cannot be standard output, which is for converted documents; name a file")
	case g.onError == stopOnError && given(fs, "mend-lengths"):
		return errors.New("--mend-lengths has no effect if the first fault ends the run; add --on-error skip")
	case given(fs, "mend-lengths") && from != nil && from != codec.BSON:
		return fmt.Errorf("--mend-lengths has no effect, because the input is %v and not BSON; leave it out", from)
	case g.onError == stopOnError && given(fs, "max-errors"):
		return errors.New("--max-errors has no effect if the first fault ends the run; add --on-error skip")
	}
	return nil
}
