package schema

import (
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A Schema describes the documents that were added to it. It is not safe for concurrent
// use: use a Schema in each goroutine and Merge them.
type Schema struct {
	options Options
	root    *node

	bytes   uint64 // of all documents
	sizes   sizes  // of documents in bytes
	depths  [maxDepths]uint64
	largest Largest
	next    int64 // number of the document that Add adds
	newest  int64 // largest number of a document
	back    bool  // the current document has a smaller number than another
	shift   int64 // added to the numbers of documents that are merged

	size   int // nodes below root, with the reserved ones
	hashes int // hashes that a path may hold
	swept  int // paths when the hashes of all nodes were last limited

	c       bsoncore.Cursor
	serial  uint64 // number of containers entered so far, for node.seen
	before  uint64 // serial before the current document
	number  int64  // of the current document
	deepest int    // containers open at once in the current document
}

// maxDepths is the number of depths that are counted apart. The last has all that are
// deeper.
const maxDepths = 33

// New returns a Schema without documents. It panics with a *bsoncore.OptionError if an
// option is out of range.
func New(o Options) *Schema {
	if err := o.resolve(); err != nil {
		panic(err)
	}
	s := &Schema{options: o, root: newNode(nil, "", 0), next: 1, newest: math.MinInt64}
	s.limitHashes()
	return s
}

// Add is AddAt with the next number: 1 for the first document, otherwise 1 more than that
// of the document that was added last.
func (s *Schema) Add(doc bson.Raw) error { return s.AddAt(doc, s.next) }

// AddAt adds a document, one whole BSON document. doc is neither changed nor kept. number
// is its place among all documents, also those of other Schemas with which s is merged:
// Path.First is the smallest number, and fields are listed in the order in which they
// appear first.
//
// If doc is malformed, or its text is not UTF-8, AddAt returns the error of
// bsoncore.Validate, and s is unchanged, unless Options.Validated is set. When the paths
// of doc are known, AddAt allocates only for values that enter a sample, and if doc is
// nested more than 24 deep.
func (s *Schema) AddAt(doc bson.Raw, number int64) error {
	if !s.options.Validated {
		if err := (bsoncore.ValidateOptions{MaxDepth: s.options.MaxDepth}).Validate(doc); err != nil {
			return err
		}
	}
	size := uint64(len(doc))
	s.bytes += size
	s.sizes.add(size)
	s.largest.take(Largest{size, number})
	s.next = min(number, math.MaxInt64-1) + 1
	s.back = number < s.newest
	s.newest = max(s.newest, number)
	s.c.Reset(doc, s.options.MaxDepth)
	s.number, s.before, s.deepest = number, s.serial, 1
	root := s.root
	root.documents++
	root.parents++
	if number < root.where.document {
		root.where = place{number, 0}
	}
	s.document(root)
	s.depths[min(s.deepest, maxDepths)-1]++
	if s.c.Failed() {
		if s.options.Validated {
			return s.c.Err()
		}
		panic("BUG: schema: a walk found a fault in a valid document: " + s.c.Err().Error())
	}
	s.c.Reset(nil, 0) // doc is not kept
	return nil
}

// take replaces l by m if m is larger, or as large and earlier.
func (l *Largest) take(m Largest) {
	if m.Bytes > l.Bytes || m.Bytes == l.Bytes && m.Document < l.Document {
		*l = m
	}
}
