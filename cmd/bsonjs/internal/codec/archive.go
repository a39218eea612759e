package codec

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// Archive is the format of mongodump --archive: the documents of several namespaces.
//
// One archive.Reader has the counts and checksums of the whole input, and decides about
// faults. It reads the stream, and follows the pieces that workers convert.
//
// Its Encoder writes documents; a sink adds the headers of blocks.
var Archive = &Codec{
	Name:     "archive",
	Title:    "a mongodump archive",
	Suffixes: []string{".archive"},
	Becomes:  "json",
	Binary:   true,
	Offsets:  true,
	Copies:   true,
	Holds:    BSON,
	Sniff:    sniffArchive,
	Read:     readArchive,
	Write: func(o WriteOptions) Encoder {
		return Encoder{Appender: archiveAppender{newBSONAppender(o)}, Alone: math.MaxInt}
	},
}

// ErrArchiveSize: a document is larger than servers and mongorestore accept.
var ErrArchiveSize = fmt.Errorf("larger than the %d bytes that an archive allows", archive.DefaultMaxDocumentSize)

// An archiveAppender writes the documents of archives.
type archiveAppender struct{ *bsonAppender }

func (a archiveAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	if len(data) > archive.DefaultMaxDocumentSize {
		return dst, &bson.ValueError{Err: ErrArchiveSize}
	}
	return a.bsonAppender.AppendValue(dst, most, t, data)
}

func (a archiveAppender) WriteValue(w io.Writer, t bson.Type, data []byte) error {
	doc, err := a.document(t, data)
	switch {
	case err != nil:
		return err
	case len(doc) > archive.DefaultMaxDocumentSize:
		return &bson.ValueError{Err: ErrArchiveSize}
	}
	_, err = w.Write(doc)
	return err
}

// archiveMagic is the start of an archive. As the length of a document it would be
// negative.
const archiveMagic = "\x6d\xe2\x99\x81"

func sniffArchive(head []byte) Certainty {
	if bytes.HasPrefix(head, []byte(archiveMagic)) {
		return Surely
	}
	return Not
}

const (
	// MaxStart is the number of bytes of an input in which the start of an archive may
	// be behind damage. Package archive searches as many for it.
	MaxStart = 16 << 20
	// maxHeader is the largest first document of an archive that IndexArchive finds, in
	// bytes.
	maxHeader = 4 << 10
)

// headerStart is the start of the first document of an archive, after its length.
const headerStart = "\x10concurrent_collections\x00"

// IndexArchive returns the index in data of the first start of an archive, or -1: the
// magic number and a document, of which the length and the final NUL are checked. At the
// start of data, the magic number may be wrong.
func IndexArchive(data []byte) int {
	if before := len(archiveMagic) + lengthSize; len(data) > before && bytes.HasPrefix(data[before:], []byte(headerStart)) {
		return 0
	}
	for at := 0; ; at++ {
		i := bytes.Index(data[at:], []byte(archiveMagic))
		if i < 0 {
			return -1
		}
		at += i
		doc := data[at+len(archiveMagic):]
		if len(doc) < lengthSize {
			return -1
		}
		if n := int64(binary.LittleEndian.Uint32(doc)); lengthSize < n && n <= int64(min(len(doc), maxHeader)) && doc[n-1] == 0 {
			return at
		}
	}
}

// MayHideArchive reports whether an input that starts with head, some bytes more than
// HeadSize, and seems to be of the format from, or of none, can be an archive whose start
// is behind damage.
func MayHideArchive(head []byte, from *Codec) bool {
	return from != Archive && !(from == BSON && OpensBSON(head))
}

// An archiver is how one archive is read.
type archiver struct {
	opts   archive.ReadOptions
	wanted *Namespaces
	lists  bool            // documents are no records
	r      *archive.Reader // nil before the stream begins
}

func readArchive(o ReadOptions) Decoder {
	a := &archiver{wanted: o.Namespaces, lists: o.OnlyContainers, opts: archive.ReadOptions{
		MaxDocumentSize:  cmp.Or(o.BSON.MaxDocumentSize, bson.DefaultMaxDocumentSize),
		MaxDepth:         o.BSON.MaxDepth,
		AllowInvalidUTF8: o.BSON.InvalidUTF8 != bson.UTF8Reject,
		SkipChecksums:    o.SkipChecksums,
	}}
	documents := readBSON(o)
	return Decoder{
		Stream: a.stream,
		Pieces: func(int) PieceReader {
			return &archivePieces{r: a.opts.NewPieceReader(), spaces: spaces{wanted: a.wanted}}
		},
		Cut:      a.cut,
		Follow:   a.follow,
		Unfollow: func() { a.r.Unfollow() },
		Metadata: a.metadata,
		List:     a.list,
		Contents: a.contents,
		Survey:   a.survey,
		Ends:     documents.Ends,
		Mend:     documents.Mend,
	}
}

// metadata returns the metadata at the start of the archive, nil before it was read.
func (a *archiver) metadata() []archive.Metadata {
	if a.r == nil {
		return nil
	}
	return a.r.Metadata()
}

// stream returns the reader of the bytes r, which are those after all that was read
// before.
func (a *archiver) stream(r io.Reader, _ State) Reader {
	if a.r == nil {
		a.r = a.opts.NewReader(r)
	} else {
		a.r.Continue(r)
	}
	return &archiveReader{r: a.r, base: a.r.Consumed(), lists: a.lists, spaces: spaces{wanted: a.wanted}}
}

// cut returns the Cutter of pieces from a place on. The stream reads the start of the
// archive, and everything else that a PieceReader does not read.
func (a *archiver) cut(from State, most int) Cutter {
	if !from.inArchive {
		return func(data []byte) (int, State, State) { return len(data), from, from }
	}
	r, at, offset := a.opts.NewPieceReader(), from, a.r.Consumed()
	return func(data []byte) (int, State, State) {
		from := at
		r.Reset(data, from.archive)
		a.r.Foresee(r, offset)
		n, err := r.End(), r.Err()
		if n == 0 && err != nil && (err != bsoncore.ErrTruncated || isOver(data, most)) {
			n = len(data) // for the stream, with all that follows
		} else {
			at = State{inArchive: true, archive: r.Place()}
		}
		offset += int64(n)
		return n, from, at
	}
}

// follow makes the Reader pass over a piece.
func (a *archiver) follow(piece []byte, each func(offset int, in record.Space)) bool {
	switch {
	case len(piece) == 0: // there may be no Reader yet
		return true
	case each == nil:
		return a.r.Follow(piece, nil)
	}
	return a.r.Follow(piece, func(offset int) {
		each(offset, record.Space{Name: nameOf(a.r.Namespace()), Number: a.r.Totals().Documents})
	})
}

// nameOf returns the name of n, "" for one that is not known.
func nameOf(n archive.Namespace) string {
	if n == (archive.Namespace{}) {
		return ""
	}
	return n.String()
}

// An archiveReader is a Container.
type archiveReader struct {
	r     *archive.Reader
	base  int64 // offset in the archive of the start of this reader
	fault *archive.Error
	cut   *archive.Error // the next fault: namespaces without an end
	lists bool
	spaces
}

// A spaces knows the name of the current namespace, and whether it is wanted.
type spaces struct {
	wanted *Namespaces
	last   archive.Namespace
	name   string // of last
	skips  bool   // last is not wanted
	known  bool   // last is set
}

// enter makes n the current namespace and reports whether it is wanted.
func (s *spaces) enter(n archive.Namespace) bool {
	if n != s.last || !s.known {
		s.known, s.last, s.name, s.skips = true, n, nameOf(n), !s.wanted.Wants(n)
	}
	return !s.skips
}

func (r *archiveReader) Next(rec *record.Record) bool {
	r.fault = nil
	for r.next() {
		doc := r.r.Document()
		*rec = record.Record{Type: bson.TypeDocument, Data: doc, Source: doc, Offset: r.r.Offset() - r.base, Space: record.Space{Name: r.name}, Rooms: rec.Rooms}
		return true
	}
	e, ok := r.cut, r.cut != nil
	if !ok {
		e, ok = errors.AsType[*archive.Error](r.r.Err())
	}
	if ok {
		here := *e
		here.Offset -= r.base
		r.fault, r.cut = &here, nil
	}
	return false
}

// next reads the next document of a wanted namespace. Faults that hide no documents
// count in these only.
func (r *archiveReader) next() bool {
	for {
		for r.r.Next() {
			if r.enter(r.r.Namespace()) && r.r.Event() == archive.Document && !r.lists {
				return true
			}
		}
		e, ok := errors.AsType[*archive.Error](r.r.Err())
		if ok && e.Err == archive.ErrUnended {
			if r.cut = r.unended(); r.cut != nil {
				return false
			}
			continue
		}
		if !ok && r.r.Err() == nil {
			for _, m := range r.r.Metadata() { // of namespaces without a block, too
				r.enter(m.Namespace)
			}
			for n := range r.r.Namespaces() { // read in pieces
				r.enter(n)
			}
		}
		if !ok || e.Hides || r.enter(e.Namespace) || !r.r.Resync(nil) {
			return false
		}
	}
}

// maxUnended is the number of namespaces without an end that are named.
const maxUnended = 4

// An unended is the fault of an archive that ends without the ends of several
// namespaces.
type unended struct {
	names []string // the first ones
	count int      // of all
}

func (u *unended) Unwrap() error { return archive.ErrUnended }

func (u *unended) Error() string {
	text := strconv.Itoa(u.count) + " namespaces have no end: " + strings.Join(u.names, ", ")
	if u.count > len(u.names) {
		text += ", …"
	}
	return text
}

// unended reads on to the end of the archive. It returns the fault of all wanted
// namespaces without an end, nil if there is none.
func (r *archiveReader) unended() *archive.Error {
	var first *archive.Error
	all := new(unended)
	for {
		e, ok := errors.AsType[*archive.Error](r.r.Err())
		if !ok || e.Err != archive.ErrUnended {
			break
		}
		if r.enter(e.Namespace) {
			if all.count++; all.count == 1 {
				first = e
			}
			if len(all.names) < maxUnended {
				all.names = append(all.names, e.Namespace.String())
			}
		}
		r.r.Resync(nil)
		for r.r.Next() { // the End of the namespace
		}
	}
	if all.count > 1 {
		first.Err = all
	}
	return first
}

func (r *archiveReader) Err() error {
	if r.fault != nil {
		return r.fault
	}
	return r.r.Err()
}

func (r *archiveReader) Place() record.Place           { return record.Place{Offset: r.r.Offset() - r.base} }
func (r *archiveReader) Resync(skipped io.Writer) bool { return r.r.Resync(skipped) }
func (r *archiveReader) Stray() bool                   { return r.fault != nil && r.fault.Document == 0 }
func (r *archiveReader) Buffered() []byte              { return r.r.Buffered() }

func (r *archiveReader) Leaves() bool {
	_, ok := r.r.Place()
	return ok
}

func (r *archiveReader) State() State {
	p, _ := r.r.Place()
	return State{inArchive: true, archive: p}
}

func (r *archiveReader) Space() record.Space {
	if r.fault != nil {
		return record.Space{Name: nameOf(r.fault.Namespace), Number: r.fault.Document}
	}
	return record.Space{Name: nameOf(r.r.Namespace()), Number: r.r.Totals().Documents}
}

func (r *archiveReader) Hides() bool     { return r.fault == nil || r.fault.Hides }
func (r *archiveReader) Uncertain() bool { return r.r.Uncertain() }
func (r *archiveReader) Wanted() bool    { return r.enter(r.r.Namespace()) }

// archivePieces reads the pieces of an archive.
type archivePieces struct {
	r     *archive.PieceReader
	block int   // of r, whose namespace was entered; 0: none
	state State // after the document
	ahead bool  // the piece is ahead of the documents
	spaces
}

func (p *archivePieces) Reset(piece []byte, from, _ State) {
	p.r.Reset(piece, from.archive)
	p.ahead = !from.inArchive
}

func (p *archivePieces) Next(rec *record.Record) bool {
	for !p.ahead && p.r.Next() {
		if b := p.r.Block(); b != p.block {
			p.block, p.state = b, p.place()
			p.enter(p.r.Place().Namespace)
		}
		if p.skips {
			continue
		}
		doc := p.r.Document()
		rec.Type, rec.Data, rec.Source, rec.Offset = bson.TypeDocument, doc, doc, int64(p.r.Offset())
		rec.Space.Name = p.name
		return true
	}
	p.state = p.place()
	return false
}

// Err returns the reason why Next has stopped: at the start of an archive that a piece
// has.
func (p *archivePieces) Err() error {
	if p.ahead {
		return archive.ErrMagic
	}
	return p.r.Err()
}

func (p *archivePieces) State() State { return p.state }

// place returns the state after what r has read.
func (p *archivePieces) place() State { return State{inArchive: true, archive: p.r.Place()} }
