//go:build !race

package bsoncore_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file damages streams, one bit or many bytes, and compares the documents
// that are read with the original documents.
//
//   - collections has the streams; lengths finds what to flip in a document.
//   - TestFlips flips every bit of every length, one at a time. No intact
//     document is lost and none is invented.
//   - TestPairs flips a bit in each of two documents near each other. Hardly any
//     document is lost.
//   - TestHighFlips flips the high bits of lengths in long streams.
//   - TestDamages damages many places at once, and counts lost documents.
//
// With -flips all the collections and the damages are many more: go test
// ./bson/bsoncore -run 'Flips|Pairs|Damages' -flips all -timeout 3h. One
// collection: -run Flips/arrays.

var flips = flag.String("flips", "few", "few, or all: how many bits the tests of this file flip")

// A collection is a stream of documents and the places where they start.
type collection struct {
	name   string
	stream []byte
	starts []int // and the end of the stream
	opts   bsoncore.DecodeOptions
}

func newCollection(name string, docs [][]byte) (c collection) {
	c.name = name
	for _, doc := range docs {
		c.starts = append(c.starts, len(c.stream))
		c.stream = append(c.stream, doc...)
	}
	c.starts = append(c.starts, len(c.stream))
	return c
}

// fixedDocuments returns n documents of size bytes each.
func fixedDocuments(n, size int) (docs [][]byte) {
	for i := range n {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, "n", int32(i))
		doc = bsoncore.AppendString(doc, "s", fmt.Sprintf("%0*d", size-4-7-8-1, i))
		docs = append(docs, bsoncore.End(doc, mark))
		if len(docs[i]) != size {
			panic(fmt.Sprint(len(docs[i]), " bytes, not ", size))
		}
	}
	return docs
}

// heldDocuments returns n documents that hold documents in a row in binaries,
// alone and between other elements.
func heldDocuments(n int) (docs [][]byte) {
	g := sample.New(sample.Wild, 31)
	small := sample.New(sample.Collection, 32)
	for i := range n {
		var held []byte
		for range 1 + i%7 {
			if i%2 == 0 {
				held = small.Append(held)
			} else {
				held = g.Append(held)
			}
		}
		if i%5 == 0 {
			for _, doc := range fixedDocuments(40, 64) {
				held = append(held, doc...)
			}
		}
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, "n", int32(i))
		if i%3 == 0 {
			doc = bsoncore.AppendString(doc, "before", "a string")
		}
		doc = bsoncore.AppendBinary(doc, "held", byte(i%3), held)
		if i%4 < 2 {
			var list int
			doc, list = bsoncore.BeginArray(doc, "list")
			doc = bsoncore.AppendBinary(doc, "0", bsoncore.BinaryGeneric, held)
			doc = bsoncore.AppendBoolean(doc, "1", true)
			doc = bsoncore.End(doc, list)
			doc = bsoncore.AppendString(doc, "after", "another string")
		}
		docs = append(docs, bsoncore.End(doc, mark))
	}
	return docs
}

// arrayDocuments returns n documents of nested arrays of documents.
func arrayDocuments(n int) (docs [][]byte) {
	g := sample.New(sample.Collection, 33)
	r := rand.New(rand.NewPCG(5, 6))
	var list func(dst []byte, key string, depth int) []byte
	list = func(dst []byte, key string, depth int) []byte {
		dst, mark := bsoncore.BeginArray(dst, key)
		for i := range 1 + r.IntN(4) {
			key := fmt.Sprint(i)
			switch {
			case depth > 0 && r.IntN(2) == 0:
				dst = list(dst, key, depth-1)
			case r.IntN(2) == 0:
				dst = bsoncore.AppendDocument(dst, key, g.Append(nil))
			default:
				var inner int
				dst, inner = bsoncore.BeginDocument(dst, key)
				dst = bsoncore.End(bsoncore.AppendInt32(dst, "qty", int32(i)), inner)
			}
		}
		return bsoncore.End(dst, mark)
	}
	for i := range n {
		doc, mark := bsoncore.Begin(nil)
		doc = bsoncore.AppendInt32(doc, "_id", int32(i))
		doc = list(doc, "list", 3)
		docs = append(docs, bsoncore.End(doc, mark))
	}
	return docs
}

// collections returns the streams, of about n documents each.
func collections(n int) []collection {
	return []collection{
		newCollection("64 bytes", fixedDocuments(n, 64)),
		newCollection("128 bytes", fixedDocuments(n, 128)),
		newCollection("1024 bytes", fixedDocuments(n/2, 1024)),
		newCollection("shop", sample.Documents(sample.Collection, sample.Seed, n)),
		newCollection("wild", sample.Documents(sample.Wild, 7, n)),
		newCollection("bench", sample.Documents(sample.Bench, 8, n/4)),
		newCollection("held", heldDocuments(n/4)),
		newCollection("arrays", arrayDocuments(n/8)),
	}
}

// lengths returns the offsets of all lengths in doc.
func lengths(doc []byte) []int {
	c := bsoncore.NewCursor(doc)
	return lengthsIn(&c, []int{0})
}

func lengthsIn(c *bsoncore.Cursor, all []int) []int {
	for c.Next() {
		at := c.ValueOffset()
		inside := false
		switch c.Type() {
		case bsoncore.TypeString, bsoncore.TypeCode, bsoncore.TypeSymbol, bsoncore.TypeDBPointer:
			all = append(all, at)
		case bsoncore.TypeBinary:
			all = append(all, at)
			if c.Data()[4] == bsoncore.BinaryBinaryOld {
				all = append(all, at+5)
			}
		case bsoncore.TypeDocument, bsoncore.TypeArray:
			all = append(all, at)
			inside = true
		case bsoncore.TypeCodeWithScope:
			code, _ := c.CodeWithScope()
			all = append(all, at, at+4, at+9+len(code))
			inside = true
		}
		if inside && c.Enter() {
			all = lengthsIn(c, all)
			c.Leave()
		}
	}
	return all
}

// An outcome is the result of reading a damaged stream.
type outcome struct {
	Lost     int // intact documents that were not read, nor are in one that was
	Invented int // documents that were read, but start or end where none did
}

// compare reads data, a damaged stream of the same size as c's, from the
// document first on, and up to a document behind the byte last. whole says
// which documents are intact.
func (c *collection) compare(data []byte, first, last int, whole func(i int) bool) (o outcome) {
	d := c.opts.NewDecoder(nil)
	start := c.starts[first]
	d.ResetBytes(data[start:])
	next := first // document that comes next in truth
	swallowed := 0
	pass := func(to int) { // the documents that start before to were not read
		for ; c.starts[next] < to; next++ {
			if whole(next) && c.starts[next] >= swallowed {
				o.Lost++
			}
		}
	}
	for {
		damaged := !d.Next()
		if damaged && d.Err() == nil {
			pass(len(data))
			return o
		}
		if damaged || bsoncore.Validate(d.Document()) != nil {
			if !d.Resync(nil) {
				panic(d.Err())
			}
			continue
		}
		at := start + int(d.Offset())
		end := at + len(d.Document())
		pass(at)
		switch {
		case c.starts[next] == at && c.starts[next+1] == end:
			next++
			if at > last {
				return o
			}
		case c.starts[next] == at && !whole(next): // well formed, but longer or shorter
			next++
			swallowed = end
		default:
			o.Invented++
			swallowed = end
		}
	}
}

// A flip is a bit of a length.
type flip struct {
	doc int // its number in the collection
	at  int // offset of the length in the document
	bit int
}

// flip returns the outcome of f.
func (c *collection) flip(f flip) outcome {
	at := c.starts[f.doc] + f.at + f.bit/8
	c.stream[at] ^= 1 << (f.bit % 8)
	o := c.compare(c.stream, f.doc, at, func(i int) bool { return i != f.doc })
	c.stream[at] ^= 1 << (f.bit % 8)
	return o
}

func TestFlips(t *testing.T) {
	n := 200
	if *flips == "all" {
		n = 5000
	}
	for _, c := range collections(n) {
		t.Run(c.name, func(t *testing.T) {
			count, others := 0, 0
			for doc := range len(c.starts) - 1 {
				for _, at := range lengths(c.stream[c.starts[doc]:c.starts[doc+1]]) {
					for bit := range 32 {
						count++
						if o := c.flip(flip{doc, at, bit}); o != (outcome{}) {
							others++
							t.Errorf("document %d, length at %d, bit %d: %+v", doc, at, bit, o)
						}
					}
				}
			}
			t.Logf("%d documents, %d flips, %d of them with another outcome", len(c.starts)-1, count, others)
		})
	}
}

// TestFlipsOfLargest holds the same for documents that are all of the largest size
// that options allow, and for documents of one byte less.
func TestFlipsOfLargest(t *testing.T) {
	for _, size := range []int{64, 100} {
		for spare := range 2 {
			c := newCollection("largest", fixedDocuments(12, size))
			c.opts.MaxDocumentSize = size + spare
			for doc := range len(c.starts) - 1 {
				for _, at := range lengths(c.stream[c.starts[doc]:c.starts[doc+1]]) {
					for bit := range 32 {
						if o := c.flip(flip{doc, at, bit}); o != (outcome{}) {
							t.Errorf("%d bytes, at most %d: document %d, length at %d, bit %d: %+v", size, size+spare, doc, at, bit, o)
						}
					}
				}
			}
		}
	}
}

// paired is how many documents TestPairs may lose and invent. Lost are mostly
// those between the two ends of a document, where the next is damaged too:
// documents of one size, or single cases with many documents. Invented are those
// in binaries of two damaged documents next to each other.
var paired = map[string]map[string]outcome{
	"few": {
		"64 bytes": {1, 0}, "128 bytes": {1, 0}, "1024 bytes": {3, 0}, "held": {1, 873},
	},
	"all": {
		"64 bytes": {510, 2}, "128 bytes": {195, 0}, "1024 bytes": {127, 2}, "shop": {555, 6}, "wild": {3186, 10},
		"bench": {88, 9}, "held": {605, 80630}, "arrays": {4, 4},
	},
}

// TestPairs: two damaged documents, next to each other or with one or two
// between, hardly ever cost another.
func TestPairs(t *testing.T) {
	docs, pairs := 200, 2000
	if *flips == "all" {
		docs, pairs = 5000, 200_000
	}
	for _, c := range collections(docs) {
		r := rand.New(rand.NewPCG(21, 22))
		var sum outcome
		for range pairs {
			first := r.IntN(len(c.starts) - 4)
			second := first + 1 + r.IntN(3)
			a, b := c.bit(r, first), c.bit(r, second)
			c.stream[a.at] ^= a.mask
			c.stream[b.at] ^= b.mask
			o := c.compare(c.stream, first, b.at, func(i int) bool { return i != first && i != second })
			c.stream[a.at] ^= a.mask
			c.stream[b.at] ^= b.mask
			sum.Lost += o.Lost
			sum.Invented += o.Invented
		}
		t.Logf("%s: %d pairs: %+v", c.name, pairs, sum)
		if limit := paired[*flips][c.name]; sum.Lost > limit.Lost || sum.Invented > limit.Invented {
			t.Errorf("%s: %+v in %d pairs, at most %+v is expected", c.name, sum, pairs, limit)
		}
	}
}

// A streamBit is a bit of a stream.
type streamBit struct {
	at   int // of its byte
	mask byte
}

// bit returns a bit of a document: of its length, of a length in it, or of any
// byte.
func (c *collection) bit(r *rand.Rand, doc int) streamBit {
	start, end := c.starts[doc], c.starts[doc+1]
	at := start + r.IntN(end-start)
	switch all := lengths(c.stream[start:end]); r.IntN(3) {
	case 0:
		at = start + r.IntN(4)
	case 1:
		at = start + all[r.IntN(len(all))] + r.IntN(4)
	}
	return streamBit{at, 1 << r.IntN(8)}
}

// TestHighFlips: a length that leads megabytes away, to the start of a document
// or not, costs no other document.
func TestHighFlips(t *testing.T) {
	n := 20_000
	if *flips == "all" {
		n = 200_000
	}
	for _, c := range []collection{
		newCollection("64 bytes", fixedDocuments(n, 64)),
		newCollection("128 bytes", fixedDocuments(n, 128)),
		newCollection("shop", sample.Documents(sample.Collection, sample.Seed, n)),
	} {
		// In the last document, none of these bits leads to a place in the
		// stream.
		for _, doc := range []int{0, 1, n / 3, n - 1} {
			for bit := 16; bit <= 24; bit++ {
				if o := c.flip(flip{doc, 0, bit}); o != (outcome{}) {
					t.Errorf("%s: document %d, bit %d: %+v", c.name, doc, bit, o)
				}
			}
		}
	}
}

// A damage changes bytes of a stream at a place. It keeps the size.
type damage struct {
	name string
	do   func(r *rand.Rand, at []byte)
}

var damages = []damage{
	{"a bit", func(r *rand.Rand, at []byte) { at[0] ^= 1 << r.IntN(8) }},
	{"a byte", func(r *rand.Rand, at []byte) { at[0] = byte(r.Uint32()) }},
	{"a word", func(r *rand.Rand, at []byte) { binary.LittleEndian.PutUint32(at, r.Uint32()) }},
	{"zeros", func(r *rand.Rand, at []byte) { clear(at[:1+r.IntN(len(at))]) }},
}

// damaged is the number of documents that TestDamages may lose and invent. The
// lost documents lie between two damaged documents; in one trial with 128
// bytes, 2,042 lie between the two ends of a document, with damage before both.
// The invented documents lie in binaries of documents whose length and first
// elements are damaged, so that neither end is known.
var damaged = map[string]map[string]outcome{
	"few": {
		"64 bytes": {2, 0}, "bench": {2, 0}, "held": {1, 242}, "arrays": {5, 0},
	},
	"all": {
		"64 bytes": {6, 0}, "128 bytes": {2172, 0}, "1024 bytes": {25, 0}, "shop": {7, 3}, "wild": {11, 1},
		"bench": {43, 8}, "held": {228, 20377}, "arrays": {63, 4},
	},
}

// TestDamages: of documents between damaged ones hardly any are lost.
func TestDamages(t *testing.T) {
	docs, trials, most := 2000, 6, 40
	if *flips == "all" {
		docs, trials, most = 50_000, 40, 400
	}
	intact := 0
	for _, c := range collections(docs) {
		r := rand.New(rand.NewPCG(11, 12))
		var sum outcome
		for range trials {
			data := slices.Clone(c.stream)
			hit := map[int]bool{}
			for range 5 + r.IntN(most-4) {
				at := r.IntN(len(data) - 64)
				if r.IntN(2) == 0 { // in a length of a document
					at = c.starts[r.IntN(len(c.starts)-1)] + r.IntN(4)
				}
				damages[r.IntN(len(damages))].do(r, data[at:at+min(64, len(data)-at)])
				for i := doc(&c, at); c.starts[i] < min(at+64, len(data)); i++ {
					if a, b := c.starts[i], c.starts[i+1]; string(data[a:b]) != string(c.stream[a:b]) {
						hit[i] = true
					}
				}
			}
			o := c.compare(data, 0, len(data), func(i int) bool { return !hit[i] })
			intact += len(c.starts) - 1 - len(hit)
			sum.Lost += o.Lost
			sum.Invented += o.Invented
		}
		t.Logf("%s: %d trials: %+v", c.name, trials, sum)
		if limit := damaged[*flips][c.name]; sum.Lost > limit.Lost || sum.Invented > limit.Invented {
			t.Errorf("%s: %+v in %d trials, at most %+v is expected", c.name, sum, trials, limit)
		}
	}
	t.Logf("%d documents were intact", intact)
}

// doc returns the number of the document that the byte at offset at is in.
func doc(c *collection, at int) int {
	i, found := slices.BinarySearch(c.starts, at)
	if !found {
		i--
	}
	return i
}
