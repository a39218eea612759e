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
	fs.BoolVar(&g.unbucket, "unbucket", false, "turn the buckets of time series, the documents of DB.system.buckets.NAME, into measurements in DB.NAME; "+
		"needs BSON or archives as input")
	fs.StringVar(&g.metaField, "meta-field", "", "use `NAME` as the meta field of time series without metadata; needs --unbucket")
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
		return errors.New("--unbucket needs BSON or archives as input, and --from is " + from.Name + "; leave out one of them")
	case given(fs, "mend-lengths"):
		return errors.New("--unbucket cannot be combined with --mend-lengths; run bsonjs salvage --mend-lengths first, then --unbucket on its output")
	}
	return nil
}

func (g *bucketGroup) plan(r *run.Run, maxDepth int) {
	if g.unbucket {
		r.Unbucket = &codec.Unbucketing{MetaField: g.metaField, MaxDepth: maxDepth}
	}
}
