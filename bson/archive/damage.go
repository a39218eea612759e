package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file reads the bytes after a fault. The bytes up to the next header of a block
// are a stream of documents, and bsoncore finds the whole documents in it.
//
//   - A section is the reader of these bytes. It alone looks for headers.
//   - enterDamage and nextInDamage read the documents of a section. leaveDamage ends
//     that after enough documents without a fault.
//   - passStart and passMetadata are for faults before the first block.

const (
	// maxMagic is the number of bytes at the start of a stream in which the Reader
	// searches for the magic number.
	maxMagic = 16 << 20
	// maxBlockHeader is the largest header of a block that the Reader searches for, in
	// bytes. Names of databases have at most 64 bytes, names of collections 255.
	maxBlockHeader = 4 << 10
	// recovered is how many bytes of documents without a fault end the reading of a
	// section. A block can be as long as the archive.
	recovered = 1 << 20
)

// A damage is the reader of a section after a fault.
type damage struct {
	d      *bsoncore.Decoder // of the section; offsets count from its start
	base   int64             // offset of the section in the archive
	mark   int64             // offset of d after a terminator; -1: none was there
	ready  bool              // nextInDamage has not looked at the document of d
	header bool              // the document of d is a header with a fault
	again  bool              // it is the first document of another archive
	clean  int               // bytes of documents since the last fault
}

// Resync makes the Reader continue after a fault and reports whether it can. Call it
// after Next returned false with an *Error, or after an event Document whose content is
// malformed.
//
// ErrChecksum, ErrUnended and ErrEnded hide no bytes: Resync skips nothing. After
// another fault the Reader searches for the next header of a block. At the start of the
// stream it searches the first 16 MiB for the magic number, and skips the bytes before
// it. If it is not there, or a block ends before it, it was lost.
//
// The bytes before the header of a block are a stream of documents: the rules of
// [bsoncore.Decoder.Resync] say which of these documents are read. They belong to the
// namespace of the block with the fault. If the fault is in a header, they belong to the
// namespace of the block before, and Uncertain reports true. After a megabyte of documents
// without a fault the Reader reads on as before the fault.
//
// The skipped bytes are written to skipped, in portions and in order. If skipped is
// nil, they are dropped.
//
// False means that there was no fault, or that the reader, a limit or skipped has ended
// the Reader; Err then returns the reason.
func (r *Reader) Resync(skipped io.Writer) bool {
	if r.final || r.err == nil && r.event != Document {
		return false
	}
	fault := r.err
	r.err, r.event = nil, 0
	switch {
	case r.soft:
		r.soft = false
		return true
	case r.state == atStart && errors.Is(fault, ErrMagic):
		return r.passStart(skipped)
	case r.state == atStart:
		r.section()
		return r.passMetadata(skipped)
	case r.state == inDamage && r.damage.again:
		r.damage.again = false
		if !r.pass(skipped) || !r.passMetadata(skipped) {
			return false
		}
	case r.state == inDamage:
		if !r.pass(skipped) {
			return false
		}
	default:
		if fault == nil {
			r.sumRun(r.in.Offset())
			r.in.Off -= len(r.doc)
		}
		if !r.enterDamage(skipped) {
			return false
		}
	}
	r.settle()
	return true
}

// settle finds out whether documents follow whose header is lost.
func (r *Reader) settle() {
	if !r.lost {
		return
	}
	d := r.damage.d
	if !r.damage.ready {
		r.damage.ready = d.Next()
	}
	if !r.damage.ready && d.Err() == nil || r.damage.ready && (likeBlock(d.Document()) == len(blockKeys) || isHeader(d.Document())) {
		r.lost = false
	}
}

// enterDamage begins the section at the fault.
func (r *Reader) enterDamage(skipped io.Writer) bool {
	d := r.section()
	hidden := r.state == between
	r.state = inDamage
	if hidden {
		r.lost, r.damage.mark = true, 0
	}
	if r.open != nil {
		r.open.damaged = true
	}
	if !d.Next() {
		return d.Err() == nil || r.pass(skipped)
	}
	if hidden && r.rules().Validate(d.Document()) == nil {
		if r.damage.header = likeBlock(d.Document()) > 1; !r.damage.header {
			r.damage.ready = true // a document stands where a header must be
			return true
		}
	}
	return r.pass(skipped)
}

// rules returns the rules for documents after damage.
func (r *Reader) rules() bsoncore.ValidateOptions {
	return bsoncore.ValidateOptions{MaxDepth: r.opts.MaxDepth, AllowInvalidUTF8: r.opts.AllowInvalidUTF8}
}

// section makes the Decoder read the section at the next byte.
func (r *Reader) section() *bsoncore.Decoder {
	d := r.damage.d
	if d == nil {
		d = bsoncore.DecodeOptions{
			MaxDocumentSize: r.opts.MaxDocumentSize, MaxDepth: r.opts.MaxDepth, AllowInvalidUTF8: r.opts.AllowInvalidUTF8,
		}.NewDecoder(nil)
	}
	r.damage = damage{d: d, base: r.in.Offset(), mark: -1}
	d.Reset(section{&r.in})
	return d
}

// pass skips the damage in a section, or a header with a fault.
func (r *Reader) pass(skipped io.Writer) bool {
	d := r.damage.d
	r.damage.clean = 0
	if r.damage.header {
		r.damage.header = false
		return r.write(skipped, d.Document())
	}
	return d.Resync(skipped) || r.failInDamage(d.Err())
}

// failInDamage ends the Reader with an error of a section that is no fault: of the
// reader, or of the writer of skipped bytes.
func (r *Reader) failInDamage(err error) bool {
	if read, ok := err.(*bsoncore.ReadError); ok {
		return r.fail(&bsoncore.ReadError{Offset: r.in.End(), Err: read.Err})
	}
	return r.fail(err)
}

// write writes skipped bytes.
func (r *Reader) write(skipped io.Writer, doc []byte) bool {
	if skipped == nil {
		return true
	}
	if n, err := skipped.Write(doc); err != nil {
		return r.fail(err)
	} else if n < len(doc) {
		return r.fail(io.ErrShortWrite)
	}
	return true
}

// nextInDamage reads a document of a section. The last document is followed by a
// terminator, and the terminator by a header or the end.
func (r *Reader) nextInDamage() {
	d := r.damage.d
	if r.damage.clean >= recovered && !r.damage.ready {
		r.leaveDamage()
		return
	}
	if !r.damage.ready && !d.Next() {
		r.at = r.damage.base + d.Offset()
		r.faultInDamage(d.Err())
		return
	}
	r.damage.ready = false
	r.at = r.damage.base + d.Offset()
	doc := d.Document()
	switch same := likeBlock(doc); {
	case isHeader(doc):
		r.lost, r.damage.header, r.damage.again = true, true, true
		r.fault(r.at, ErrArchive)
	case same == len(blockKeys):
		r.headerInDamage(doc)
	case same > 2, same > 1 && d.Offset() == r.damage.mark:
		r.lost, r.damage.header = true, true
		r.fault(r.at, ErrHeader)
	case r.open == nil:
		if r.enter(Namespace{}) {
			r.event, r.lost, r.damage.ready = Begin, true, true
		}
	default:
		r.count(doc)
		r.addSum(doc)
		r.damage.clean += len(doc)
		r.event = Document
	}
}

// leaveDamage makes the Reader continue inside of the block, behind the last document of
// the section.
func (r *Reader) leaveDamage() {
	r.in.Unread(r.damage.d.Buffered())
	r.state, r.late = inside, r.open.ended
}

// headerInDamage begins the block of a header without a fault. The terminator before it
// is damaged, else the section ended there.
func (r *Reader) headerInDamage(doc []byte) {
	b, err := readBlock(doc)
	if err != nil {
		r.lost, r.damage.header = true, true
		r.fault(r.at, err)
		return
	}
	r.begin(b)
	if r.state == ending {
		r.state = lastInDamage
		return
	}
	r.state = inDamage
}

// faultInDamage reports the fault of a section, or leaves it if err is nil.
func (r *Reader) faultInDamage(err error) {
	d := r.damage.d
	syntax, isFault := err.(*bsoncore.SyntaxError)
	switch {
	case err == nil:
		r.state = inside
	case !isFault:
		r.failInDamage(err)
	case bytes.HasPrefix(d.Buffered(), []byte(terminator)):
		// Not even a part of a header follows, else the section ended here.
		r.damage.mark = d.Offset() + int64(len(terminator))
		r.lost = true
		r.fault(r.at, ErrHeader)
	default:
		r.fault(r.damage.base+syntax.Offset, syntax.Err)
	}
}

// passStart looks for the start of the archive.
func (r *Reader) passStart(skipped io.Writer) bool {
	b := &r.in
	for _, n := range [...]int{len(magic), 0} { // a wrong magic number, or none
		doc := documentAt(b, n, maxBlockHeader)
		if _, err := readHeader(doc); err == nil {
			if !r.skip(skipped, n) {
				return false
			}
			r.firstBlock()
			return !r.final
		}
	}
	if n := r.beforeMagic(); n >= 0 {
		return r.skip(skipped, n)
	}
	if b.Err != nil && !b.Ended() {
		return r.fail(&bsoncore.ReadError{Offset: b.End(), Err: b.Err})
	}
	r.section()
	return r.passMetadata(skipped)
}

// beforeMagic returns the number of bytes before the magic number, or -1: it is not in
// the first 16 MiB, or a block ends before it.
func (r *Reader) beforeMagic() int {
	r.in.Need(maxMagic, 0)
	n := bytes.Index(r.in.Rest(), []byte(magic))
	if n < 0 {
		return -1
	}
	var b readahead.Buffer
	for b.ResetBytes(r.in.Rest()[:n]); ; b.Off++ {
		i := bytes.Index(b.Rest(), []byte(terminator))
		if i < 0 {
			return n
		}
		if b.Off += i; endsBlock(&b) {
			return -1
		}
	}
}

func (r *Reader) skip(skipped io.Writer, n int) bool {
	if err := r.in.Skip(skipped, n); err != nil {
		return r.fail(err)
	}
	return true
}

// passMetadata reads the whole metadata in a section. Another document is one of a
// collection whose header is damaged.
func (r *Reader) passMetadata(skipped io.Writer) bool {
	d, rules := r.damage.d, r.rules()
	for {
		whole := d.Next()
		doc := d.Document()
		switch {
		case !whole && d.Err() == nil:
			r.state = inside
			return true
		case !whole || rules.Validate(doc) != nil:
			if !r.pass(skipped) {
				return false
			}
		case likePrelude(doc):
			if !r.recover(doc, skipped) {
				return false
			}
		default:
			r.state, r.damage.ready, r.lost = inDamage, true, likeBlock(doc) < len(blockKeys)
			return true
		}
	}
}

// recover keeps the metadata that doc is, or skips doc.
func (r *Reader) recover(doc []byte, skipped io.Writer) bool {
	m, err := readMetadata(doc)
	if err != nil {
		return r.write(skipped, doc)
	}
	return r.keep(m, len(doc))
}

// A section is the reader of the bytes up to the next terminator that is followed by a
// header or the end.
type section struct{ in *readahead.Buffer }

// Read reads the bytes of the section, and io.EOF at its end.
func (s section) Read(p []byte) (int, error) {
	n := before(s.in)
	if n == 0 && !s.in.Ended() && s.in.Err != nil {
		return 0, s.in.Err
	}
	if n == 0 {
		return 0, io.EOF
	}
	n = copy(p, s.in.Rest()[:n])
	s.in.Off += n
	return n, nil
}

// before returns how many bytes at the next byte of b, and perhaps more, are before a
// terminator that ends a block. It returns 0 at one, at the end, and if the reader has
// failed.
func before(b *readahead.Buffer) int {
	for {
		rest := b.Rest()
		switch i := bytes.Index(rest, []byte(terminator)); {
		case i == 0 && endsBlock(b):
			return 0
		case i == 0:
			return 1
		case i > 0:
			return i
		}
		n := len(rest)
		if b.Err == nil { // the last bytes may be the start of a terminator
			n -= len(terminator) - 1
		}
		if n > 0 {
			return n
		}
		if !b.Need(len(rest)+1, 0) && len(b.Rest()) == 0 {
			return 0
		}
	}
}

// endsBlock reports whether the next bytes of b really are a terminator: a header of a
// block or the end follows.
func endsBlock(b *readahead.Buffer) bool {
	const at = len(terminator)
	if !b.Need(at+1, 0) {
		return b.Ended()
	}
	doc := documentAt(b, at, maxBlockHeader)
	if doc == nil {
		return false
	}
	_, err := readBlock(doc)
	return err == nil
}

// documentAt returns the document of at most limit bytes that starts off bytes after
// the next byte of b, or nil.
func documentAt(b *readahead.Buffer, off, limit int) bsoncore.Document {
	if !b.Need(off+4, 0) {
		return nil
	}
	n := int(int32(binary.LittleEndian.Uint32(b.Rest()[off:])))
	if n < 5 || n > limit || !b.Need(off+n, 0) {
		return nil
	}
	return b.Rest()[off : off+n]
}
