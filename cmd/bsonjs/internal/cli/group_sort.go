package cli

import (
	"errors"
	"fmt"
	"math"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// A sortGroup has the flags that compare documents.
type sortGroup struct {
	unique   []string // values of the flag, lists of paths
	sortText string   // "": the order of the inputs
	merge    bool     // the inputs are sorted
}

func (g *sortGroup) addSort(fs *pflag.FlagSet) {
	fs.StringArrayVar(&g.unique, "unique", nil, "write only the first of the documents that have the same values at `PATHS`, such as a,b.c; @FILE reads PATHS from a file, one per line")
	fs.StringVar(&g.sortText, "sort", "", "sort documents by `KEYS`, such as '{a: 1, \"b.c\": -1}', as MongoDB does: 1 is ascending, -1 descending; documents with equal keys keep their order")
	fs.BoolVar(&g.merge, "merge", false, "merge inputs that an earlier --sort has sorted; a document out of order ends the run")
	onlyMeant(fs, "unique", "sort", "merge")
}

// checkSort compiles the keys, whose text is read like that of a filter, and makes them
// steps before those of order.
func (g *sortGroup) checkSort(fs *pflag.FlagSet, order *ordering, o query.Options) error {
	if given(fs, "unique") {
		s, err := g.uniquePaths(o)
		if err != nil {
			return fmt.Errorf("--unique: %w", err)
		}
		order.steps = append(order.steps, run.Unique(stage.UniqueKey{Paths: s}.Append, keyOrder(s)))
	}
	switch {
	case g.merge && !given(fs, "sort"):
		return errors.New("--merge needs the order of the inputs; add --sort KEYS")
	case g.merge && given(fs, "unique"):
		return errors.New("--unique and --merge cannot be combined, because --unique comes first; leave out --merge")
	}
	if given(fs, "sort") {
		s, err := query.ParseSort([]byte(g.sortText), o)
		if err != nil {
			return fmt.Errorf("--sort: %w%s", placed(err), documentHint(g.sortText, `{a: 1, "b.c": -1}`))
		}
		key := stage.SortKey{Sort: s}.Append
		if g.merge {
			order.merge = &run.Merge{Key: key, By: keyOrder(s)}
			return nil
		}
		order.steps = append(order.steps, run.Sorted(key, keyOrder(s), order.first()))
	}
	return nil
}

// keyOrder returns the order of the keys of s.
func keyOrder(s *query.Sort) run.KeyOrder {
	return run.KeyOrder{Compare: s.CompareKeys, Prefix: s.KeyPrefix}
}

// uniquePaths returns the order of the paths of --unique.
func (g *sortGroup) uniquePaths(o query.Options) (*query.Sort, error) {
	doc, mark := bsoncore.Begin(nil)
	for _, text := range g.unique {
		paths, err := readPaths(text)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if err := named(path); err != nil {
				return nil, err
			}
			doc = bsoncore.AppendInt32(doc, path, 1)
		}
	}
	s, err := query.CompileSort(bsoncore.End(doc, mark), o)
	return s, placed(err)
}

// tellDropped says how many documents --unique has left out.
func (g *sortGroup) tellDropped(r *run.Run, result *run.Result) {
	if len(g.unique) > 0 && result.Whole && !r.Quiet {
		r.Say.Note("--unique left out " + report.Documents(result.Dropped))
	}
}

// first returns the number of documents at the start of an order that are wanted, 0: all.
func (g *ordering) first() int64 {
	if g.limit == 0 || g.perSpace || g.skip > math.MaxInt64-g.limit {
		return 0
	}
	return g.skip + g.limit
}
