package cli

import (
	"errors"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// A bucketGroup has the flags about the buckets of time series.
type bucketGroup struct {
	unbucket  bool
	metaField string // "" if it is not known
}

func (g *bucketGroup) addBuckets(fs *pflag.FlagSet) {
	fs.BoolVar(&g.unbucket, "unbucket", false, "write the measurements of time series in place of their buckets, the documents of system.buckets.NAME, "+
		"in the namespace DB.NAME; needs BSON or archives as input")
	fs.StringVar(&g.metaField, "meta-field", "", "the meta field of the time series is `NAME`, if no metadata say it; for --unbucket")
	onlyMeant(fs, "unbucket", "meta-field")
}

// check rejects flags that have no effect, and inputs without buckets.
func (g *bucketGroup) check(fs *pflag.FlagSet, from *codec.Codec) error {
	switch {
	case !g.unbucket && given(fs, "meta-field"):
		return errors.New("--meta-field needs --unbucket; add it")
	case !g.unbucket:
		return nil
	case given(fs, "meta-field") && g.metaField == "":
		return errors.New("--meta-field: a key cannot be empty")
	case from != nil && from != codec.BSON && from.Holds != codec.BSON:
		return errors.New("--unbucket needs BSON or archives as input, and --from is " + from.Name + "; leave one of the two out")
	case given(fs, "mend-lengths"):
		return errors.New("--unbucket cannot be combined with --mend-lengths; run bsonjs salvage --mend-lengths first, and --unbucket on its output")
	}
	return nil
}

func (g *bucketGroup) plan(r *run.Run, maxDepth int) {
	if g.unbucket {
		r.Unbucket = &codec.Unbucketing{MetaField: g.metaField, MaxDepth: maxDepth}
	}
}
