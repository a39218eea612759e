package cli

import (
	"math"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
)

// A limitGroup has the flags about limits.
type limitGroup struct {
	jobs            int // number of workers, 0: one per processor
	maxDepth        int // containers, 0: the default
	maxDocumentSize int // bytes of BSON, 0: the default
}

func (g *limitGroup) addLimits(fs *pflag.FlagSet) {
	g.addJobs(fs)
	g.addSizes(fs)
}

func (g *limitGroup) addJobs(fs *pflag.FlagSet) {
	fs.VarP(&amount{&g.jobs, 0, 1024, nil}, "jobs", "j", "convert on `N` processors; 0 (the default) uses all. The output is "+
		"the same for every N")
}

func (g *limitGroup) addSizes(fs *pflag.FlagSet) {
	fs.Var(&amount{&g.maxDepth, 1, bson.DepthCeiling, nil}, "max-depth", "reject documents nested deeper than `N`; the default is 1000")
	fs.Var(&amount{&g.maxDocumentSize, 5, math.MaxInt32, byteUnits}, "max-document-size",
		"reject documents larger than `N` bytes of BSON, with or without a unit KiB, MiB or GiB; the default is 64MiB")
}
