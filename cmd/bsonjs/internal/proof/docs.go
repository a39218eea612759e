package proof

import (
	"sort"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// A Doc is a document, or another value in the place of one.
type Doc struct {
	Type bsoncore.Type
	Data []byte // as it follows the key of an element
	head
}

// A head is what is known of a document beside its bytes.
type head struct {
	space  string // its namespace, "" if it has none
	input  int    // number of its input, from 1; 0: the current one
	number int64  // in its input, from 1; 0: it is in a namespace of a container
	offset int64  // bytes, in its input
	loose  bool   // number and offset count from the start of a piece
	typ    bsoncore.Type
	end    int // of the document, in the bytes of all
	out    int // end of its output, in the output of all
}

// Docs are documents in a row. The zero Docs are none.
type Docs struct {
	buf   []byte
	heads []head
}

// maxKept is the largest buffer, in bytes, that Docs keep when they are emptied.
const maxKept = 4 << 20

// Len returns the number of documents.
func (d *Docs) Len() int { return len(d.heads) }

// Reset removes all documents. It accepts nil.
func (d *Docs) Reset() {
	if d == nil {
		return
	}
	if d.heads = d.heads[:0]; cap(d.buf) > maxKept {
		d.buf = nil
	}
	d.buf = d.buf[:0]
}

// Add adds rec. out is the end of its output.
func (d *Docs) Add(rec *record.Record, out int) {
	d.buf = append(d.buf, rec.Data...)
	h := head{space: rec.Space.Name, input: int(rec.Input), offset: rec.Place.Offset, loose: rec.Input == 0, typ: rec.Type, end: len(d.buf), out: out}
	if rec.Space.Name == "" {
		h.number = rec.Number
	}
	d.heads = append(d.heads, h)
}

// Locate says that documents of a piece come behind so many documents of their input, and
// that the piece starts at an offset.
func (d *Docs) Locate(docs, offset int64) {
	for i := range d.heads {
		h := &d.heads[i]
		if !h.loose {
			continue
		}
		if h.loose = false; h.number > 0 {
			h.number += docs
		}
		h.offset += offset
	}
}

// Upto returns the index of the first document whose output ends behind out. It accepts nil.
func (d *Docs) Upto(out int) int {
	if d == nil {
		return 0
	}
	return sort.Search(len(d.heads), func(i int) bool { return d.heads[i].out > out })
}

// at returns the document with an index.
func (d *Docs) at(i int) Doc {
	from := 0
	if i > 0 {
		from = d.heads[i-1].end
	}
	return Doc{d.heads[i].typ, d.buf[from:d.heads[i].end], d.heads[i]}
}

// copy adds the documents of other from an index up to another one, of the given namespace;
// "": the namespaces that they have.
func (d *Docs) copy(other *Docs, from, to int, space string) {
	if from == to {
		return
	}
	start := 0
	if from > 0 {
		start = other.heads[from-1].end
	}
	shift := len(d.buf) - start
	d.buf = append(d.buf, other.buf[start:other.heads[to-1].end]...)
	for _, h := range other.heads[from:to] {
		if h.end += shift; space != "" {
			h.space = space
		}
		d.heads = append(d.heads, h)
	}
}
