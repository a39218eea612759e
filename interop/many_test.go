package interop

import (
	"flag"
	"maps"
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/internal/sample"
)

var (
	manyDocuments = flag.Int("documents", 200, "TestManyPeers: number of random documents, of changed texts and of documents with a fault, for each peer")
	manySeed      = flag.Uint64("seed", 1, "TestManyPeers: seed of the documents and the changes")
)

// TestManyPeers compares more documents than TestPeers, with fewer trials of each.
// Document i has only mode i of the modes of the peer, in turn, one change and one fault.
func TestManyPeers(t *testing.T) {
	rows := differenceRows(t)
	for _, newPeer := range jsonPeers {
		c := comparison{newPeer(t), rows, make(map[string]int), make(map[string][]string), make(map[string]int)}
		answers := c.remember()
		modes := slices.Sorted(maps.Keys(c.modes))
		documents := sample.New(sample.Wild, *manySeed)
		for i := range *manyDocuments {
			clear(answers)
			c.brief(t, modes[i%len(modes)], string(documents.Append(nil)), *manySeed<<32+uint64(i)+1)
		}
		t.Logf("%s: %d documents, as many changed texts and documents with a fault; agree as a whole: %v; differences by row: %v", c.name, *manyDocuments, c.trials, c.seen)
		c.report(t)
	}
}

// A question is an operation and its argument; an answer is the result.
type (
	question struct{ op, arg string }
	answer   struct {
		result string
		err    error
	}
)

// remember makes p answer a question a second time from a map, which it returns. The
// trials of one document ask most questions three times.
func (p *peer) remember() map[question]answer {
	answers, call := make(map[question]answer), p.call
	p.call = func(op, arg string) (string, error) {
		q := question{op, arg}
		a, ok := answers[q]
		if !ok {
			a.result, a.err = call(op, arg)
			answers[q] = a
		}
		return a.result, a.err
	}
	return answers
}

// brief compares the texts of doc in one mode, the document that both read from our
// text, and the results for one changed text and for a copy of doc with one fault.
func (c *comparison) brief(t *testing.T, mode, doc string, seed uint64) {
	t.Helper()
	same := doc
	if c.spell(mode, doc).agrees(t) {
		c.trials["spell"]++ // equal texts have the same meaning too
	} else {
		same = c.texts(t, mode, doc)
	}
	c.damage(t, mode, same, bsontest.NewRandom(seed))
	parse := func(text string) *trial { return c.parse(mode, text) }
	text := ourText(t, c.modes[mode].out, []byte(doc))
	c.check(t, text, splitText, parse)
	// In the text of a single value a random change hits the value more often.
	if parts, _ := splitText(text); len(parts) > 0 && (len(text) > longest || seed%2 == 0) {
		text = parts[seed/2%uint64(len(parts))]
	}
	c.check(t, mutate(text, seed), splitText, parse)
}
