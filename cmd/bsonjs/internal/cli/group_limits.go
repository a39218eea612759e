package cli

import (
	"math"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// A limitGroup has the flags about the limits of documents.
type limitGroup struct {
	maxDepth        int // containers, 0: the default
	maxDocumentSize int // bytes of BSON, 0: the default
}

func (g *limitGroup) addLimits(fs *pflag.FlagSet) {
	fs.Var(&amount{&g.maxDepth, 1, bson.DepthCeiling, nil}, "max-depth", "reject documents nested deeper than `N`; the default is 1000")
	fs.Var(&amount{&g.maxDocumentSize, 5, math.MaxInt32, byteUnits}, "max-document-size",
		"reject documents larger than `N` bytes of BSON, with or without a unit KiB, MiB or GiB; the default is 64MiB")
}

func (g *limitGroup) plan(r *run.Run) {
	o := &r.Options
	o.BSON.MaxDepth, o.Text.MaxDepth, o.Pickle.MaxDepth = g.maxDepth, g.maxDepth, g.maxDepth
	o.BSON.MaxDocumentSize, o.Text.MaxDocumentSize, o.Pickle.MaxPickleSize = g.maxDocumentSize, g.maxDocumentSize, g.maxDocumentSize
}

// A jobGroup has the flag about the number of workers.
type jobGroup struct {
	jobs int // 0: one per processor
}

func (g *jobGroup) addJobs(fs *pflag.FlagSet) {
	fs.VarP(&amount{&g.jobs, 0, 1024, nil}, "jobs", "j", "convert on `N` processors; 0 (the default) uses all. The output is "+
		"the same for every N")
}

func (g *jobGroup) plan(r *run.Run) { r.Jobs = g.jobs }
