package cli

import (
	"cmp"
	"errors"
	"math/big"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// An orderGroup has the flags that select documents by their order.
type orderGroup struct {
	skip, limit int64  // documents, 0: none and all
	share       uint64 // see run.Share
	seed        int64
	perSpace    bool
}

func (g *orderGroup) addOrder(fs *pflag.FlagSet) {
	fs.Var(&count{&g.skip}, "skip", "leave out the first `N` selected documents of the run")
	fs.Var(&least{count{&g.limit}, "leave the flag out to write all documents"}, "limit",
		"select at most `N` documents, behind those of --skip; then the run ends, and the rest of the input is not read")
	fs.Var(&percentage{p: &g.share}, "sample", "select about `P%` of the documents behind those of --skip, such as 1% or 0.5%; the place of a document and --seed decide")
	fs.Var(&count{&g.seed}, "seed", "select another sample for each `N`; the default is 0")
	fs.BoolVar(&g.perSpace, "per-namespace", false, "apply --skip and --limit to each namespace; the inputs must have namespaces")
	onlyMeant(fs, "skip", "limit", "sample", "seed", "per-namespace")
}

// check rejects combinations without effect.
func (g *orderGroup) check(fs *pflag.FlagSet) error {
	switch {
	case g.limit > 0 && g.share > 0:
		return errors.New("--limit and --sample cannot be combined; leave out one of them")
	case given(fs, "seed") && g.share == 0:
		return errors.New("--seed has no effect without --sample; add --sample, or leave --seed out")
	case g.perSpace && g.skip == 0 && g.limit == 0:
		return errors.New("--per-namespace has no effect without --skip and --limit; add one of them, or leave --per-namespace out")
	}
	return nil
}

// orders reports whether documents are selected by their order.
func (g *orderGroup) orders() bool { return g.skip > 0 || g.limit > 0 || g.share > 0 }

// planOrder makes the run select documents by their order.
func (g *orderGroup) planOrder(r *run.Run) {
	if !g.orders() {
		return
	}
	r.Order = &run.Order{
		Skip: g.skip, Limit: g.limit, PerSpace: g.perSpace,
		Share: run.Share{Seed: uint64(g.seed), Most: g.share},
	}
	if g.perSpace {
		r.NeedsSpaces = cmp.Or(r.NeedsSpaces, "--per-namespace")
	}
}

// A least is a count of 1 or more. instead is what the user can do for 0.
type least struct {
	count
	instead string
}

// Set sets the count to digits.
func (l *least) Set(s string) error {
	if err := l.count.Set(s); err != nil || *l.p == 0 {
		return errors.New("must be a number, 1 or more; " + l.instead)
	}
	return nil
}

// A percentage is a flag whose value is a share of documents: the largest of 2^64 hashes
// that is in it.
type percentage struct {
	p    *uint64
	text string
}

// Set sets the share to digits, which may have a point, and %.
func (p *percentage) Set(s string) error {
	digits, ok := strings.CutSuffix(s, "%")
	share := new(big.Rat)
	if ok = ok && strings.Trim(digits, "0123456789.") == "" && len(digits) <= 32; ok {
		_, ok = share.SetString(digits)
	}
	share.Mul(share, big.NewRat(1, 100))
	if !ok || share.Sign() == 0 || share.Cmp(big.NewRat(1, 1)) > 0 {
		return errors.New("must be a percentage over 0% and up to 100%, such as 1% or 0.5%")
	}
	share.Mul(share, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 64)))
	hashes := new(big.Int).Quo(share.Num(), share.Denom())
	if hashes.Sign() > 0 { // they count from 0
		hashes.Sub(hashes, big.NewInt(1))
	}
	*p.p, p.text = max(hashes.Uint64(), 1), s
	return nil
}

// String returns the percentage as it is given, "" for all.
func (p *percentage) String() string { return p.text }

// Type returns what help calls the percentage.
func (p *percentage) Type() string { return "percentage" }
