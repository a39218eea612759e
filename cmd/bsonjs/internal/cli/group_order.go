package cli

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
)

// An orderGroup has the flags that select documents by their order.
type orderGroup struct {
	skip, limit, tail int64 // documents, 0: none, and all
	sample            sampleSize
	seed              int64
	perSpace          bool
	memory            int // bytes, 0: the default
}

// An ordering has what is done with the order of documents.
type ordering struct {
	orderGroup
	steps []run.Hold // in front of those of the group
	merge *run.Merge // in front of steps; nil: none
}

// defaultMemory is the memory, in bytes, for documents that are held.
const defaultMemory = 256 << 20

// The values of --memory, in bytes.
const (
	leastMemory = 64 << 10
	mostMemory  = int(min(int64(math.MaxInt), 1<<40))
)

func (g *orderGroup) addOrder(fs *pflag.FlagSet) {
	g.addFirst(fs)
	fs.Var(&g.sample, "sample", "select `N` documents from all parts of the input, or about P% of all documents, such as 0.5%; the same inputs give the same sample")
	fs.Var(&count{&g.seed}, "seed", "make another sample for each `N`; the default is 0")
	g.addPerSpace(fs)
	g.addMemory(fs, "keep at most `SIZE` of held documents in memory, and the others in temporary files; the default is 256MiB")
	onlyMeant(fs, "sample", "seed")
}

func (g *orderGroup) addFirst(fs *pflag.FlagSet) {
	fs.Var(&count{&g.skip}, "skip", "leave out the first `N` selected documents of the run")
	fs.Var(&least{count{&g.limit}, "leave the flag out to write all documents"}, "limit",
		"select at most `N` documents, after those of --skip; then the run ends, and the rest of the input is not read")
	fs.Var(&least{count{&g.tail}, "leave the flag out to write all documents"}, "tail", "select the last `N` documents, after those of --skip")
	onlyMeant(fs, "skip", "limit", "tail")
}

func (g *orderGroup) addPerSpace(fs *pflag.FlagSet) {
	fs.BoolVar(&g.perSpace, "per-namespace", false, "apply "+strings.Join(numbers(fs), ", ")+" to each namespace; the inputs must have namespaces")
	onlyMeant(fs, "per-namespace")
}

func (g *orderGroup) addMemory(fs *pflag.FlagSet, usage string) {
	fs.Var(&amount{&g.memory, leastMemory, mostMemory, byteUnits}, "memory", usage)
	onlyMeant(fs, "memory")
}

// check rejects combinations without effect.
func (g *ordering) check(fs *pflag.FlagSet) error {
	if err := g.checkWindow(fs); err != nil {
		return err
	}
	if given(fs, "memory") && !g.holds() {
		return errors.New("--memory has no effect, because no flag holds documents; leave it out")
	}
	return nil
}

// checkWindow rejects combinations without effect of the flags that select documents.
func (g *ordering) checkWindow(fs *pflag.FlagSet) error {
	var some []string
	for _, name := range []string{"limit", "tail", "sample"} {
		if given(fs, name) {
			some = append(some, "--"+name)
		}
	}
	switch {
	case len(some) > 1:
		return fmt.Errorf("%s and %s cannot be combined; leave out one of them", some[0], some[1])
	case given(fs, "seed") && !given(fs, "sample") && !given(fs, "add-id"):
		return fmt.Errorf("--seed has no effect without %s, or leave --seed out", seedNeeds(fs))
	case g.perSpace && g.skip == 0 && g.limit == 0 && g.tail == 0 && g.sample.n == 0:
		return fmt.Errorf("--per-namespace has no effect without one of %s; add one of them, or leave out --per-namespace", strings.Join(numbers(fs), ", "))
	}
	return nil
}

// numbers returns the flags of fs that select documents by their number.
func numbers(fs *pflag.FlagSet) []string {
	flags := []string{"--skip", "--limit", "--tail"}
	if fs.Lookup("sample") != nil {
		flags = append(flags, "--sample N")
	}
	return flags
}

// seedNeeds returns the flags of fs that --seed needs, and that one of them can be added.
func seedNeeds(fs *pflag.FlagSet) string {
	if fs.Lookup("add-id") != nil {
		return "--sample or --add-id; add one of them"
	}
	return "--sample; add --sample"
}

// orders reports whether documents are selected or sorted by their order.
func (g *ordering) orders() bool {
	return g.skip > 0 || g.limit > 0 || g.sample.share > 0 || g.merge != nil || g.holds()
}

// holds reports whether documents are held.
func (g *ordering) holds() bool { return len(g.steps) > 0 || g.tail > 0 || g.sample.n > 0 }

// planOrder makes the run select documents by their order.
func (g *ordering) planOrder(r *run.Run) {
	if !g.orders() {
		return
	}
	r.Merge, r.Holds = g.merge, g.steps
	r.Memory = int64(cmp.Or(g.memory, defaultMemory))
	var order *run.Order
	if g.skip > 0 || g.limit > 0 || g.sample.share > 0 {
		order = &run.Order{
			Skip: g.skip, Limit: g.limit, PerSpace: g.perSpace,
			Share: run.Share{Seed: uint64(g.seed), Most: g.sample.share},
		}
	}
	switch {
	case g.tail > 0:
		g.holdLast(r, run.Tail(g.tail), order)
	case g.sample.n > 0:
		g.holdLast(r, run.Sample(g.sample.n, uint64(g.seed)), order)
	default:
		r.Order = order
	}
	if g.perSpace {
		r.NeedsSpaces = cmp.Or(r.NeedsSpaces, "--per-namespace")
	}
}

// holdLast makes h the last hold of the run, behind order.
func (g *ordering) holdLast(r *run.Run, h run.Hold, order *run.Order) {
	h.Order, h.PerSpace = order, g.perSpace
	r.Holds = append(r.Holds, h)
}

// A sampleSize is a flag whose value is a number of documents, or a share of them.
type sampleSize struct {
	n     int64  // documents, 0: see share
	share uint64 // see run.Share
	text  string // as it is given, "" for all
}

// Set sets the number to digits, or the share to digits and %.
func (s *sampleSize) Set(text string) (err error) {
	of := sampleSize{text: text}
	if (&count{&of.n}).Set(text) != nil || of.n == 0 {
		of.share, err = shareOf(text)
	}
	if err == nil {
		*s = of
	}
	return err
}

// String returns the value as it is given, "" for all.
func (s *sampleSize) String() string { return s.text }

// Type returns what help calls the value.
func (s *sampleSize) Type() string { return "sample" }

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

// shareOf reads a percentage, digits that may have a point, and %: the largest of 2^64
// hashes that is in the share.
func shareOf(s string) (uint64, error) {
	digits, ok := strings.CutSuffix(s, "%")
	share := new(big.Rat)
	if ok = ok && strings.Trim(digits, "0123456789.") == "" && len(digits) <= 32; ok {
		_, ok = share.SetString(digits)
	}
	share.Mul(share, big.NewRat(1, 100))
	if !ok || share.Sign() == 0 || share.Cmp(big.NewRat(1, 1)) > 0 {
		return 0, errors.New("must be a number, 1 or more, or a percentage over 0% and up to 100%, such as 0.5%")
	}
	share.Mul(share, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 64)))
	hashes := new(big.Int).Quo(share.Num(), share.Denom())
	if hashes.Sign() > 0 { // they count from 0
		hashes.Sub(hashes, big.NewInt(1))
	}
	return max(hashes.Uint64(), 1), nil
}
