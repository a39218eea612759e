package interop

import (
	"flag"
	"maps"
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/internal/sample"
)

var (
	manyDocuments = flag.Int("documents", 200, "TestManyPeers: number of random documents, and of changed texts, for each peer")
	manySeed      = flag.Uint64("seed", 1, "TestManyPeers: seed of the documents and the changes")
)

// TestManyPeers compares more documents than TestPeers, with fewer trials of each.
// Document i has only mode i of the modes of the peer, in turn, and one change.
func TestManyPeers(t *testing.T) {
	rows := differenceRows(t)
	for _, newPeer := range jsonPeers {
		c := comparison{newPeer(t), rows, make(map[string]int), make(map[string][]string), make(map[string]int)}
		modes := slices.Sorted(maps.Keys(c.modes))
		documents := sample.New(sample.Wild, *manySeed)
		for i := range *manyDocuments {
			c.brief(t, modes[i%len(modes)], string(documents.Append(nil)), *manySeed<<32+uint64(i)+1)
		}
		t.Logf("%s: %d documents and as many changed texts; agree as a whole: %v; differences by row: %v", c.name, *manyDocuments, c.trials, c.seen)
		c.report(t)
	}
}

// brief compares the texts of doc in one mode, the document that both read from our
// text, and the results for one changed text.
func (c *comparison) brief(t *testing.T, mode, doc string, seed uint64) {
	t.Helper()
	if c.spell(mode, doc).agrees(t) {
		c.trials["spell"]++ // equal texts have the same meaning too
	} else {
		c.texts(t, mode, doc)
	}
	parse := func(text string) *trial { return c.parse(mode, text) }
	text := ourText(t, c.modes[mode].out, []byte(doc))
	c.check(t, text, splitText, parse)
	// In the text of a single value a random change hits the value more often.
	if parts, _ := splitText(text); len(parts) > 0 && (len(text) > longest || seed%2 == 0) {
		text = parts[seed/2%uint64(len(parts))]
	}
	c.check(t, mutate(text, seed), splitText, parse)
}
