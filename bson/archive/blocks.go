package archive

import (
	"encoding/binary"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads archives without faults, and finds the faults of others.
//
//   - plain finds the ends of nearly all documents. frame decides about all others, and
//     about terminators.
//   - prelude reads what is before the first block, nextBlock the header of a block,
//     nextDocument a document in it, and end the end of a namespace.
//   - nextUnended looks for namespaces without an end.
//   - A fault that hides nothing is soft: the event at that place is kept in next.
//   - After another fault damage.go reads the bytes up to the next header.

// plain returns the size of the document at the start of data, at most most bytes. It
// returns 0 if the document is not whole, has a fault, or seems to be the header of a block,
// and for a terminator.
func plain(data []byte, most int) int {
	if len(data) < len(terminator)+len(blockStart) {
		return 0
	}
	n := int(int32(binary.LittleEndian.Uint32(data)))
	if n < 5 || n > most || n > len(data) || data[n-1] != 0 || string(data[len(terminator):len(terminator)+len(blockStart)]) == blockStart {
		return 0
	}
	return n
}

// frame reads the next document, or a terminator, for which doc is nil. ok is false
// after a fault, and at the end of the stream, where state is atEnd.
func (r *Reader) frame() (doc []byte, ok bool) {
	b := &r.in
	r.at = b.Offset()
	if !r.need(len(terminator)) {
		return nil, r.stop()
	}
	n := int(int32(binary.LittleEndian.Uint32(b.Data[b.Off:])))
	switch {
	case n == -1:
		b.Off += len(terminator)
		return nil, true
	case n < 5:
		return nil, r.fault(r.at, bsoncore.ErrLength)
	case n > r.opts.MaxDocumentSize:
		return nil, r.fault(r.at, bsoncore.ErrTooLarge)
	}
	if !r.need(n) {
		return nil, r.stop()
	}
	doc = b.Data[b.Off : b.Off+n : b.Off+n]
	if doc[n-1] != 0 {
		return nil, r.fault(r.at+int64(n)-1, bsoncore.ErrTerminator)
	}
	b.Off += n
	return doc, true
}

// need is Need of the buffer. It sums the run before the buffer moves.
func (r *Reader) need(n int) bool {
	b := &r.in
	if len(b.Data)-b.Off >= n {
		return true
	}
	r.sumRun(r.at)
	return b.Need(n, 0)
}

// stop ends a frame for which bytes are missing.
func (r *Reader) stop() bool {
	switch b := &r.in; {
	case !b.Ended():
		r.fail(&bsoncore.ReadError{Offset: b.End(), Err: b.Err})
	case len(b.Rest()) > 0:
		r.fault(b.End(), bsoncore.ErrTruncated)
	case r.state == inside && r.open != nil && r.open.ended:
		r.state = atEnd
		r.softFault(bsoncore.ErrTruncated, 0)
	default:
		r.state = atEnd
	}
	return false
}

// fault reports a fault that hides the bytes after it. All fault methods return false.
func (r *Reader) fault(off int64, err error) bool {
	e := &Error{Offset: off, Namespace: r.Namespace(), Hides: true, Err: err}
	if r.state == inside || r.state == inDamage && !r.damage.header {
		e.Document = r.Totals().Documents + 1
	}
	if r.open != nil {
		r.open.damaged = true
	}
	r.err = e
	return false
}

// softFault reports a fault that hides nothing. next is the event after it.
func (r *Reader) softFault(err error, next Event) bool {
	e := &Error{Offset: r.at, Namespace: r.Namespace(), Err: err}
	if next == Document {
		e.Document = r.Totals().Documents
	}
	r.err = e
	r.soft, r.next = true, next
	return false
}

// fail reports an error that ends the Reader.
func (r *Reader) fail(err error) bool {
	r.err, r.final = err, true
	return false
}

// prelude reads the start of the archive, up to the first block of documents.
func (r *Reader) prelude() bool {
	b := &r.in
	r.at = b.Offset()
	switch b.Need(len(magic), 0); {
	case len(b.Rest()) < len(magic) && !b.Ended():
		return r.stop()
	case string(b.Data[b.Off:min(b.Off+len(magic), len(b.Data))]) != magic:
		return r.fault(r.at, ErrMagic)
	}
	b.Off += len(magic)
	return r.firstBlock()
}

// firstBlock reads the block of the Header and the metadata.
func (r *Reader) firstBlock() bool {
	doc, ok := r.frame()
	if ok {
		var err error
		if r.header, err = readHeader(doc); err != nil {
			r.in.Off -= max(len(doc), len(terminator))
			return r.fault(r.at, ErrHeader)
		}
	}
	for ok {
		if doc, ok = r.frame(); doc == nil {
			break
		}
		m, err := readMetadata(doc)
		if err != nil {
			r.in.Off -= len(doc)
			return r.fault(r.at, err)
		}
		ok = r.keep(m, len(doc))
	}
	if r.state == atEnd {
		r.state = atStart
		return r.fault(r.at, bsoncore.ErrTruncated)
	}
	if ok {
		r.state = between
	}
	return ok
}

// keep keeps metadata, whose document has size bytes.
func (r *Reader) keep(m Metadata, size int) bool {
	if size > r.opts.MaxMetadata-r.read || len(r.metadata) == r.opts.MaxNamespaces {
		return r.fail(&Error{Offset: r.at, Namespace: m.Namespace, Err: ErrTooMany})
	}
	r.read += size
	r.metadata, r.listed = append(r.metadata, m), nil
	return true
}

// nextBlock reads the header of a block.
func (r *Reader) nextBlock() {
	doc, ok := r.frame()
	if !ok {
		return
	}
	b, err := readBlock(doc)
	if err != nil {
		r.in.Off -= max(len(doc), len(terminator))
		r.fault(r.at, err)
		return
	}
	r.begin(b)
}

// begin begins a block, after its header.
func (r *Reader) begin(b block) {
	known := len(r.order)
	if !r.enter(b.name) {
		return
	}
	r.lost, r.late, r.state = false, r.open.ended, inside
	switch {
	case r.late:
		r.softFault(ErrEnded, 0)
		return
	case b.ends:
		r.state, r.claimed = ending, b.sum
	}
	if len(r.order) > known {
		r.event = Begin
	}
}

// enter opens a block of a namespace.
func (r *Reader) enter(n Namespace) bool {
	s, ok := r.spaces[n]
	if ok {
		r.follow.keep(s)
	} else {
		size := len(n.DB) + len(n.Collection)
		if size > r.opts.MaxMetadata-r.read || len(r.order) == r.opts.MaxNamespaces {
			return r.fail(&Error{Offset: r.at, Namespace: n, Err: ErrTooMany})
		}
		r.read += size
		s = &space{name: n}
		r.spaces[n] = s
		r.order = append(r.order, s)
	}
	r.open = s
	return true
}

// end ends the namespace, after the header of its last block. next is the state after
// that header.
func (r *Reader) end(next state) {
	s := r.open
	s.ended, r.state = true, next
	if !r.opts.SkipChecksums {
		if s.totals.Checksum = Matches; r.sum(s) != r.claimed {
			s.totals.Checksum = Differs
		}
	}
	if s.totals.Checksum == Differs && !s.damaged { // else the damage is the reason
		r.softFault(ErrChecksum, End)
		return
	}
	r.event = End
}

// nextPlain reads a plain document of a block, and reports whether there is one.
func (r *Reader) nextPlain() bool {
	b := &r.in
	n := plain(b.Data[b.Off:], r.opts.MaxDocumentSize)
	if n == 0 || r.open.ended && !r.late {
		return false
	}
	r.at = b.Offset()
	r.count(b.Data[b.Off : b.Off+n : b.Off+n])
	b.Off += n
	r.run += n
	r.event = Document
	return true
}

// passPlain passes over plain documents, as nextPlain does, and reports whether there are
// some.
func (r *Reader) passPlain() bool {
	s, off := r.open, r.in.Off
	if r.state != inside || s.ended && !r.late {
		return false
	}
	t := s.totals
	for {
		if f, ok := r.foresaw(r.in.Base+int64(off), r.in.End()); ok {
			t.larger(f.largest, t.Documents+f.number, f.at)
			t.Documents += f.documents
			off += int(f.to - f.from)
		}
		n := plain(r.in.Data[off:], r.opts.MaxDocumentSize)
		if n == 0 {
			break
		}
		t.Documents++
		t.larger(n, t.Documents, r.in.Base+int64(off))
		off += n
	}
	passed := off - r.in.Off
	t.Bytes += int64(passed)
	s.totals, r.in.Off = t, off
	r.run += passed
	return passed > 0
}

// nextDocument reads another document of a block, or the end of the block.
func (r *Reader) nextDocument() {
	doc, ok := r.frame()
	switch {
	case !ok:
		r.sumRun(r.at)
	case doc == nil:
		r.sumRun(r.at)
		r.state = between
	case string(doc[4:min(8, len(doc))]) == blockStart && r.known(doc):
		r.sumRun(r.at)
		r.in.Off -= len(doc)
		r.state = between
		r.softFault(ErrBlock, 0)
	case r.open.ended && !r.late:
		r.late = true
		r.count(doc)
		r.run += len(doc)
		r.softFault(ErrEnded, Document)
	default:
		r.count(doc)
		r.run += len(doc)
		r.event = Document
	}
}

// known reports whether doc is the header of a block and names a namespace of the
// archive.
func (r *Reader) known(doc []byte) bool {
	if likeBlock(doc) < len(blockKeys) {
		return false
	}
	b, err := readBlock(doc)
	return err == nil && (r.spaces[b.name] != nil || r.lists(b.name))
}

// lists reports whether the metadata name a namespace.
func (r *Reader) lists(n Namespace) bool {
	if r.listed == nil {
		r.listed = make(map[Namespace]bool, len(r.metadata))
		for _, m := range r.metadata {
			r.listed[m.Namespace] = true
		}
	}
	return r.listed[n]
}

// count makes doc the document of the event.
func (r *Reader) count(doc []byte) {
	r.doc = doc
	r.open.totals.Add(len(doc), r.at)
}

// sumRun adds the run of documents that ends at offset end to the checksum of the open
// namespace.
func (r *Reader) sumRun(end int64) {
	if r.run > 0 {
		to := int(end - r.in.Base)
		r.addSum(r.in.Data[to-r.run : to])
		r.run = 0
	}
}

// nextUnended reports a namespace without an end, and false if there is none.
func (r *Reader) nextUnended() bool {
	if r.rest == nil {
		r.rest = r.unended()
	}
	if len(r.rest) == 0 {
		return false
	}
	s := r.rest[0]
	r.rest = r.rest[1:]
	r.open, r.at = s, r.in.Offset()
	s.ended, s.cut = true, true
	var next Event
	if r.spaces[s.name] == s {
		next = End
	}
	r.softFault(ErrUnended, next)
	return true
}

// buckets is the prefix of the collection that has the documents of a time series, in
// servers before 8.3.
const buckets = "system.buckets."

// unended returns the namespaces without an end: first those whose blocks were read,
// then those of the metadata.
func (r *Reader) unended() []*space {
	rest := make([]*space, 0, 1)
	for _, s := range r.order {
		if !s.ended && s.name != (Namespace{}) {
			rest = append(rest, s)
		}
	}
	for _, m := range r.metadata {
		n := m.Namespace
		_, ok := r.spaces[n]
		if !ok && m.Type == TimeSeries {
			_, ok = r.spaces[Namespace{n.DB, buckets + n.Collection}]
		}
		if !ok {
			rest = append(rest, &space{name: n})
		}
	}
	return rest
}
