package archive

import (
	"cmp"
	"io"
	"iter"
	"math"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file has the options, the state and the results of a Reader. Next reads with
// blocks.go where the archive has no fault, and with damage.go after a fault.

const (
	// DefaultMaxDocumentSize is the default limit of a document, in bytes: the limit
	// of a server, 16 MiB, and 16 KiB that a server may add for itself.
	DefaultMaxDocumentSize = 16<<20 + 16<<10
	// DefaultMaxNamespaces is the default limit of namespaces.
	DefaultMaxNamespaces = 1 << 20
	// DefaultMaxMetadata is the default limit of the metadata and names together, in
	// bytes.
	DefaultMaxMetadata = 256 << 20
)

// ReadOptions are the options of a Reader. The zero value is the default.
type ReadOptions struct {
	_ struct{} // keyed literals only

	// SkipChecksums makes the Reader compute no checksums. It still passes over all
	// documents.
	SkipChecksums bool
	// MaxDocumentSize is the largest document, in bytes. Zero means
	// DefaultMaxDocumentSize.
	MaxDocumentSize int
	// MaxNamespaces is the largest number of namespaces. Zero means
	// DefaultMaxNamespaces.
	MaxNamespaces int
	// MaxMetadata is the largest size of the metadata and the names of all namespaces
	// together, in bytes. Zero means DefaultMaxMetadata.
	MaxMetadata int
	// MaxDepth is the largest number of open containers in a document that Resync
	// accepts, the document included. Zero means bsoncore.DefaultMaxDepth.
	MaxDepth int
	// AllowInvalidUTF8 makes Resync accept documents whose text is not UTF-8.
	AllowInvalidUTF8 bool
}

// An Event is the kind of item that Next has read.
type Event uint8

const (
	// Begin: the first block of a namespace.
	Begin Event = iota + 1
	// Document: a document of a namespace.
	Document
	// End: the end of a namespace. If the archive has no such end, Next has returned
	// false before, and Err was ErrUnended.
	End
)

// A Checksum is the result of the check of a namespace.
type Checksum uint8

const (
	// Unchecked: the archive has no checksum, SkipChecksums is set, or the Reader has
	// not reached the checksum.
	Unchecked Checksum = iota
	// Matches: the checksum is that of the documents.
	Matches
	// Differs: documents are missing or altered, or the checksum itself is.
	Differs
)

// Totals are counts of the documents that were read of a namespace.
type Totals struct {
	Documents int64
	Bytes     int64 // of these documents
	Largest   int   // of these documents, in bytes
	// LargestNumber is the number of the first document of that size, from 1, and
	// LargestOffset the offset of its first byte in the archive. They are 0 if there is no
	// document.
	LargestNumber, LargestOffset int64
	Checksum                     Checksum
}

// Add counts a document of size bytes at an offset.
func (t *Totals) Add(size int, offset int64) {
	t.Documents++
	t.Bytes += int64(size)
	t.larger(size, t.Documents, offset)
}

// larger makes a document the largest if it is larger than those before it.
func (t *Totals) larger(size int, number, offset int64) {
	if size > t.Largest {
		t.Largest, t.LargestNumber, t.LargestOffset = size, number, offset
	}
}

// A space is the state of a namespace in a Reader.
type space struct {
	name    Namespace
	totals  Totals
	sum     uint64  // of its documents, so far…
	summer  *summer // …or before those that are here; nil: there are none
	ended   bool    // its end has been reached
	cut     bool    // the archive ended before
	damaged bool    // a fault was reported in one of its blocks
	kept    int     // the number of the Follow that has kept it
}

// A state is the kind of item at the next byte.
type state uint8

const (
	atStart      state = iota // the magic number
	between                   // the header of a block, or the end
	ending                    // inside, but the namespace ends before
	inside                    // a document, or the end of a block
	lastInDamage              // inDamage, but the namespace ends before
	inDamage                  // what damage.go reads
	atEnd                     // nothing; only namespaces without an end are left
)

// A Reader reads an archive document by document. It must not be used by two
// goroutines at once. Its memory is bounded by the largest document, and by the number
// of namespaces with their metadata.
type Reader struct {
	opts     ReadOptions
	in       readahead.Buffer
	header   Header
	metadata []Metadata
	listed   map[Namespace]bool // the namespaces of metadata; nil: not made yet
	read     int                // bytes of metadata, and of names in spaces

	state   state
	spaces  map[Namespace]*space
	order   []*space  // in the order of their first blocks
	open    *space    // of the current block; nil: none yet
	made    int       // number of summers
	free    []*summer // those of them that no space has
	remover remover
	run     int      // bytes of documents, up to the last frame, that are not in the checksum of open
	claimed uint64   // the checksum in the header of the current block
	late    bool     // the current block is known to be after the end of its namespace
	lost    bool     // the header of what is read now was damaged
	rest    []*space // at the end: namespaces without an end

	event Event
	next  Event  // after a soft fault; 0: none
	doc   []byte // of the event, or of next
	at    int64  // offset of the event or of the fault
	err   error
	soft  bool // err hides nothing
	final bool // the Reader cannot continue after err

	damage   damage
	follow   follow
	foreseen []stretch // ahead of the place, in order
}

// NewReader is ReadOptions{}.NewReader.
func NewReader(r io.Reader) *Reader { return ReadOptions{}.NewReader(r) }

// NewReader returns a Reader of the archive r. It reads ahead of the documents that it
// returns. It panics if an option is negative.
func (o ReadOptions) NewReader(r io.Reader) *Reader {
	d := &Reader{opts: o.complete(), spaces: map[Namespace]*space{}}
	d.in.Reset(r)
	return d
}

// complete returns o with the default of each option that is zero. It panics if an
// option is negative.
func (o ReadOptions) complete() ReadOptions {
	for name, n := range map[string]*int{
		"MaxDocumentSize": &o.MaxDocumentSize, "MaxNamespaces": &o.MaxNamespaces, "MaxMetadata": &o.MaxMetadata, "MaxDepth": &o.MaxDepth,
	} {
		if *n < 0 {
			panic(&bsoncore.OptionError{Option: "archive.ReadOptions." + name, Value: strconv.Itoa(*n)})
		}
	}
	o.MaxDocumentSize = min(cmp.Or(o.MaxDocumentSize, DefaultMaxDocumentSize), math.MaxInt32)
	o.MaxNamespaces = cmp.Or(o.MaxNamespaces, DefaultMaxNamespaces)
	o.MaxMetadata = cmp.Or(o.MaxMetadata, DefaultMaxMetadata)
	return o
}

// Next reads the next item and reports whether there is an Event. False means the end
// of the archive or a fault; see Err and Resync.
func (r *Reader) Next() bool {
	r.event = 0
	switch {
	case r.err != nil:
		return false
	case r.next != 0: // after a soft fault
		r.event, r.next = r.next, 0
		return true
	}
	r.doc = nil
	if r.state == atStart && !r.prelude() {
		return false
	}
	for r.event == 0 && r.err == nil {
		switch r.state {
		case lastInDamage:
			r.end(inDamage)
		case inDamage:
			r.nextInDamage()
		case atEnd:
			if !r.nextUnended() {
				return false
			}
		default:
			r.step()
		}
	}
	return r.err == nil
}

// step reads on where there is no damage.
func (r *Reader) step() {
	switch r.state {
	case between:
		r.nextBlock()
	case ending:
		r.end(inside)
	case inside:
		if !r.nextPlain() {
			r.nextDocument()
		}
	}
}

// Event returns what the last call of Next has read, or 0 after it returned false.
func (r *Reader) Event() Event { return r.event }

// Namespace returns the namespace of the event, or of the block in which a fault is.
// It is the zero Namespace before the first block, and for documents whose header is
// damaged if no block was before them.
func (r *Reader) Namespace() Namespace {
	if r.open == nil {
		return Namespace{}
	}
	return r.open.name
}

// Uncertain reports whether damage hides the header of the block that is read now.
// Then Namespace is that of the block before.
func (r *Reader) Uncertain() bool { return r.lost }

// Document returns the document of an event Document, else nil. Only its length and
// its final NUL were checked. It must not be changed, because the checksum of several
// documents is computed at once, and it is overwritten by the next call of Next or Resync.
func (r *Reader) Document() bsoncore.Document {
	if r.event != Document {
		return nil
	}
	return r.doc
}

// Offset returns the offset in the archive of the document, or of the header, of the
// event. After a fault it is the offset of the first byte that Resync may skip.
func (r *Reader) Offset() int64 { return r.at }

// Totals returns the counts of Namespace so far.
func (r *Reader) Totals() Totals {
	if r.open == nil {
		return Totals{}
	}
	return r.open.totals
}

// Err returns the reason why Next returned false: nil at the end of the archive, an
// *Error, or a *bsoncore.ReadError if the reader failed.
func (r *Reader) Err() error { return r.err }

// Header returns the first document of the archive. It reads the start of the archive
// if nothing was read before. After a fault there it returns the zero Header, and Err
// returns the fault.
func (r *Reader) Header() Header {
	r.start()
	return r.header
}

// Metadata returns the metadata of all namespaces, in the order of the archive. It
// reads as Header does. The slice must not be changed.
func (r *Reader) Metadata() []Metadata {
	r.start()
	return r.metadata
}

func (r *Reader) start() {
	if r.state == atStart && r.err == nil {
		r.prelude()
	}
}

// Namespaces returns the namespaces whose blocks have been read so far, in the order of
// their first blocks, with their counts.
func (r *Reader) Namespaces() iter.Seq2[Namespace, Totals] {
	return func(yield func(Namespace, Totals) bool) {
		for _, s := range r.order {
			if !yield(s.name, s.totals) {
				return
			}
		}
	}
}

// Ended reports whether the end of a namespace has been reached. The end of the archive
// is that of no namespace.
func (r *Reader) Ended(n Namespace) bool {
	s := r.spaces[n]
	return s != nil && s.ended && !s.cut
}

// Documents returns the documents up to the end or the first fault, which Err returns.
// Each is overwritten when the loop continues.
func (r *Reader) Documents() iter.Seq2[Namespace, bsoncore.Document] {
	return func(yield func(Namespace, bsoncore.Document) bool) {
		for r.Next() {
			if r.event == Document && !yield(r.Namespace(), r.doc) {
				return
			}
		}
	}
}
