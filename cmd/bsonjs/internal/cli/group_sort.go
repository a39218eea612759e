package cli

import (
	"fmt"
	"math"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/stage"
)

// A sortGroup has the flags that change the order of documents.
type sortGroup struct {
	sortText string // "": the order of the inputs
}

func (g *sortGroup) addSort(fs *pflag.FlagSet) {
	fs.StringVar(&g.sortText, "sort", "", "sort the selected documents, in the order of MongoDB, by `KEYS` such as '{a: 1, \"b.c\": -1}'; documents with equal keys keep their order")
	onlyMeant(fs, "sort")
}

// checkSort compiles the order, whose text is read like that of a filter, and makes it a
// step before those of order.
func (g *sortGroup) checkSort(fs *pflag.FlagSet, order *ordering, o query.Options) error {
	if !given(fs, "sort") {
		return nil
	}
	s, err := query.ParseSort([]byte(g.sortText), o)
	if err != nil {
		return fmt.Errorf("--sort: %w", placed(err))
	}
	order.steps = append(order.steps, run.Sorted(stage.SortKey{Sort: s}.Append, s.CompareKeys, order.first()))
	return nil
}

// first returns the number of documents at the start of an order that are wanted, 0: all.
func (g *ordering) first() int64 {
	if g.limit == 0 || g.perSpace || g.skip > math.MaxInt64-g.limit {
		return 0
	}
	return g.skip + g.limit
}
