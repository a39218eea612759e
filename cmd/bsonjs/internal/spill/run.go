package spill

import (
	"encoding/binary"
	"hash/crc32"
	"runtime"

	"github.com/klauspost/compress/s2"
)

// This file has items in a temporary file.
//
//   - A run is a sequence of blocks. A block is a header and compressed bytes. Of s2,
//     lz4 and the fastest zstd, s2 needs the least time to write and read.
//   - The checksum of a block includes its place in the file, so that a block at the
//     wrong place is found, too.
//   - A record is the same as in memory: a header, the key and the item. A header is
//     in one block; keys and items continue in the next block.
//   - A reader copies a key that continues in the next block. It copies such an item only
//     if it is asked for, into a buffer that all readers share. So a merge does not
//     need the memory of one item for each run.

// The header of a block, in bytes, little endian: the length of the compressed bytes,
// the length of the bytes and the checksum, 4 bytes each.
const blockHeader = 12

var checksums = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the checksum of a block at offset off of a file; sum is that of its
// bytes alone.
func checksum(sum uint32, off int64) uint32 {
	var all [12]byte
	binary.LittleEndian.PutUint64(all[:], uint64(off))
	binary.LittleEndian.PutUint32(all[8:], sum)
	return crc32.Checksum(all[:], checksums)
}

// A run is a part of a file with records in order.
type run struct {
	file       *tempFile
	start, end int64 // offsets in the file, in bytes
	items      int64
	// longest key and longest item, in bytes
	key, item int
}

// memory returns the bytes that a reader of r holds.
func (r *run) memory(s *Store) int64 { return int64(s.chunk) + int64(r.key) }

// A runWriter writes a run at the end of a file. It must be closed.
type runWriter struct {
	s     *Store
	run   run
	block []byte     // that is filled
	queue []*packing // blocks before it, the oldest one first
}

// mostPacking is the largest number of blocks that are compressed at once.
const mostPacking = 4

func newRunWriter(s *Store, f *tempFile) *runWriter {
	return &runWriter{s: s, run: run{file: f, start: f.size}, block: s.chunks.take()}
}

func (w *runWriter) close() {
	for len(w.queue) > 0 {
		w.oldest().free(w.s)
	}
	w.s.chunks.give(w.block)
}

// add writes a record.
func (w *runWriter) add(key, item []byte) error {
	w.run.items++
	w.run.key, w.run.item = max(w.run.key, len(key)), max(w.run.item, len(item))
	if cap(w.block)-len(w.block) < recordHeader {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.block = appendHeader(w.block, len(key), len(item))
	if err := w.write(key); err != nil {
		return err
	}
	return w.write(item)
}

func (w *runWriter) write(p []byte) error {
	for {
		n := min(len(p), cap(w.block)-len(w.block))
		w.block = append(w.block, p[:n]...)
		if p = p[n:]; len(p) == 0 {
			return nil
		}
		if err := w.flush(); err != nil {
			return err
		}
	}
}

// flush begins to compress the block. It writes an older one if there are too many.
func (w *runWriter) flush() error {
	if len(w.queue) >= min(runtime.GOMAXPROCS(0), mostPacking) {
		if err := w.writeOldest(); err != nil {
			return err
		}
	}
	p := &packing{block: w.block, packed: w.s.packed.take(), done: make(chan struct{})}
	w.queue = append(w.queue, p)
	w.block = w.s.chunks.take()
	go p.pack()
	return nil
}

// writeOldest writes the oldest block of the queue.
func (w *runWriter) writeOldest() error {
	p := w.oldest()
	defer p.free(w.s)
	if err := w.s.stopped(); err != nil {
		return err
	}
	f := w.run.file
	binary.LittleEndian.PutUint32(p.packed[8:], checksum(p.sum, f.size))
	return f.append(p.packed)
}

// oldest removes the oldest block from the queue when it is compressed.
func (w *runWriter) oldest() *packing {
	p := w.queue[0]
	w.queue = w.queue[1:]
	<-p.done
	return p
}

// finish ends the run and returns it.
func (w *runWriter) finish() (*run, error) {
	if len(w.block) > 0 {
		if err := w.flush(); err != nil {
			return nil, err
		}
	}
	for len(w.queue) > 0 {
		if err := w.writeOldest(); err != nil {
			return nil, err
		}
	}
	w.run.end = w.run.file.size
	w.run.file.runs++
	return &w.run, nil
}

// A packing is a block that is compressed.
type packing struct {
	block  []byte
	packed []byte // with a header, which lacks the checksum; valid after done
	sum    uint32 // of block, as checksum needs it; valid after done
	done   chan struct{}
}

func (p *packing) pack() {
	defer close(p.done)
	room := p.packed[:cap(p.packed)]
	n := len(s2.Encode(room[blockHeader:], p.block))
	binary.LittleEndian.PutUint32(room, uint32(n))
	binary.LittleEndian.PutUint32(room[4:], uint32(len(p.block)))
	p.packed = room[:blockHeader+n]
	p.sum = crc32.Checksum(p.block, checksums)
}

// free gives back the buffers of p.
func (p *packing) free(s *Store) {
	s.chunks.give(p.block)
	s.packed.give(p.packed)
}

// A runReader is a source of the records of a run.
type runReader struct {
	s     *Store
	run   *run
	off   int64  // of the next block in the file
	left  int64  // records that are not begun
	block []byte // nil when r is closed
	pos   int    // offset in block

	kept []byte // room for a key that is not in one block
	item int    // bytes of the item of the record from pos on
}

func newRunReader(s *Store, r *run) *runReader {
	s.hold(int64(r.key))
	return &runReader{s: s, run: r, off: r.start, left: r.items, block: s.chunks.take()}
}

func (r *runReader) close() {
	if r.block != nil {
		r.s.hold(-int64(r.run.key))
		r.s.chunks.give(r.block)
		r.block, r.kept = nil, nil
	}
}

// next closes r after the last record.
func (r *runReader) next() (key []byte, ok bool, err error) {
	if err := r.skip(); err != nil {
		return nil, false, err
	}
	if r.left == 0 {
		r.close()
		return nil, false, nil
	}
	r.left--
	if r.pos == len(r.block) {
		if err := r.load(); err != nil {
			return nil, false, err
		}
	}
	rest := r.block[r.pos:]
	if len(rest) < recordHeader {
		return nil, false, r.changed()
	}
	k, n := int64(binary.LittleEndian.Uint32(rest)), int64(binary.LittleEndian.Uint32(rest[4:]))
	if k > int64(r.run.key) || n > int64(r.run.item) {
		return nil, false, r.changed()
	}
	r.pos += recordHeader
	r.item = int(n)
	rest = rest[recordHeader:]
	if k+n <= int64(len(rest)) {
		r.pos += int(k)
		return rest[:k:k], true, nil
	}
	r.kept, err = r.appendBytes(r.kept[:0], int(k))
	return r.kept, err == nil, err
}

// value uses room if the item is not in one block.
func (r *runReader) value(room *[]byte) (item []byte, err error) {
	n := r.item
	r.item = 0
	if n <= len(r.block)-r.pos {
		item = r.block[r.pos : r.pos+n : r.pos+n]
		r.pos += n
		return item, nil
	}
	if cap(*room) < r.run.item {
		r.s.hold(int64(r.run.item - cap(*room)))
		*room = make([]byte, 0, r.run.item)
	}
	return r.appendBytes(*room, n)
}

// appendBytes appends the next n bytes.
func (r *runReader) appendBytes(dst []byte, n int) ([]byte, error) {
	for {
		part := min(n, len(r.block)-r.pos)
		dst = append(dst, r.block[r.pos:r.pos+part]...)
		r.pos += part
		if n -= part; n == 0 {
			return dst, nil
		}
		if err := r.load(); err != nil {
			return dst, err
		}
	}
}

// skip goes to the end of the record.
func (r *runReader) skip() error {
	for r.item > len(r.block)-r.pos {
		r.item -= len(r.block) - r.pos
		if err := r.load(); err != nil {
			return err
		}
	}
	r.pos += r.item
	r.item = 0
	return nil
}

// load reads the next block.
func (r *runReader) load() error {
	if err := r.s.stopped(); err != nil {
		return err
	}
	packed, f := r.s.packed.take(), r.run.file
	defer r.s.packed.give(packed)
	packed = packed[:cap(packed)]
	if r.run.end-r.off < blockHeader {
		return r.changed()
	}
	if err := f.read(packed[:blockHeader], r.off); err != nil {
		return err
	}
	n, size := binary.LittleEndian.Uint32(packed), binary.LittleEndian.Uint32(packed[4:])
	sum := binary.LittleEndian.Uint32(packed[8:])
	if int64(n) > min(r.run.end-r.off, int64(len(packed)))-blockHeader || int64(size) > int64(r.s.chunk) {
		return r.changed()
	}
	packed = packed[:n]
	if err := f.read(packed, r.off+blockHeader); err != nil {
		return err
	}
	if claim, err := s2.DecodedLen(packed); err != nil || claim != int(size) {
		return r.changed()
	}
	block, err := s2.Decode(r.block[:r.s.chunk], packed)
	if err != nil || checksum(crc32.Checksum(block, checksums), r.off) != sum {
		return r.changed()
	}
	r.block, r.pos = block, 0
	r.off += blockHeader + int64(n)
	return nil
}

func (r *runReader) changed() error { return r.run.file.readError(ErrChanged) }
