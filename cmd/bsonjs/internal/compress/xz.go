package compress

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// This file reads the container of the xz format: streams of blocks, each of
// which is chunks that package lzma decompresses. It is read here because
//
//   - a block claims the size of its dictionary, up to 4 GiB,
//   - the bytes of a chunk must not wait for the next chunk, and
//   - an index must not take memory.
//
// All chunks go through one decoder, as if they were of one block: each block
// starts with a reset.

func openXZ(src *Source) (io.Reader, func(), error) { return &xzReader{src: src}, nil, nil }

// An xzReader reads streams, one after the other, with padding between them.
type xzReader struct {
	src  *Source
	lz   *lzma.Reader2
	dict int64 // bytes of the dictionary of lz

	in      xzPlace
	streams int // number of streams so far

	check    byte // kind of checksum in the stream
	blocks   int64
	recorded hash.Hash64 // sizes of its blocks
	index    hash.Hash64 // sizes in its index

	sum        hash.Hash // of the block
	headerSize int64     // bytes
	packed     int64     // bytes of chunks in the block
	unpacked   int64     // decompressed bytes of the block
	wantPacked int64     // packed according to the header, -1: not stated
	want       int64     // unpacked according to the header, -1: not stated
	fresh      bool      // no chunk of the block has been read

	header bytes.Reader // rest of the header of the chunk for lz
	chunk  int64        // bytes of the chunk that lz has not read
	left   int64        // decompressed bytes of the chunk that lz has not returned
	short  bool         // the source ended within the chunk
}

// An xzPlace is the part of the format that is next.
type xzPlace uint8

const (
	atStream xzPlace = iota
	atBlock
	atChunk
)

func (x *xzReader) Read(p []byte) (int, error) {
	for x.left == 0 {
		if err := x.next(); err != nil {
			return 0, err
		}
	}
	if x.lz == nil {
		var err error
		x.lz, err = lzma.Reader2Config{DictCap: int(x.dict)}.NewReader2((*xzChunk)(x))
		if err != nil {
			return 0, x.fault(err)
		}
	}
	n, err := x.lz.Read(p[:min(int64(len(p)), x.left)])
	x.left -= int64(n)
	x.unpacked += int64(n)
	x.sum.Write(p[:n])
	if err != nil {
		err = x.fault(err)
	}
	return n, err
}

// fault returns the fault for an error of lz.
func (x *xzReader) fault(err error) error {
	if x.short {
		return io.ErrUnexpectedEOF
	}
	return xzError(err.Error())
}

func xzError(what string) error { return &Error{Err: ErrDamaged, Detail: what} }

// An xzChunk is the current chunk, for the decoder.
type xzChunk xzReader

func (x *xzChunk) Read(p []byte) (int, error) {
	if x.header.Len() > 0 {
		return x.header.Read(p)
	}
	n, err := x.src.Read(p[:min(int64(len(p)), x.chunk)])
	if x.chunk -= int64(n); err == io.EOF {
		x.short = true
	} else if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// next reads up to the next part.
func (x *xzReader) next() error {
	if x.chunk > 0 || x.header.Len() > 0 {
		return xzError("a chunk claims more bytes than its data has")
	}
	switch x.in {
	case atStream:
		return x.openStream()
	case atBlock:
		return x.openBlock()
	}
	return x.openChunk()
}

// full reads n bytes, at most sourceSize. They are valid until the next call.
func (x *xzReader) full(n int) ([]byte, error) {
	p, err := x.src.Peek(n)
	x.src.Discard(len(p))
	return p, noEOF(err)
}

// checkSizes are the sizes of checksums in bytes, by kind; 0 means unknown.
var checkSizes = [16]int{0x1: 4, 0x4: 8, 0xa: 32}

// newSum returns the checksum of the given kind; for kind 0, any.
func newSum(check byte) hash.Hash {
	switch check {
	case 0x0, 0x1:
		return crc32.NewIEEE()
	case 0x4:
		return crc64.New(crc64.MakeTable(crc64.ECMA))
	}
	return sha256.New()
}

const xzMagic = "\xfd7zXZ\x00"

// openStream reads the header of a stream, and padding before it. The error is
// io.EOF if there is no other stream.
func (x *xzReader) openStream() error {
	for x.streams > 0 {
		head, err := x.src.Head(1)
		if err == nil && head[0] == 0 {
			if err = x.src.follows("\x00\x00\x00\x00"); err == nil {
				x.src.Discard(4)
				continue
			}
		}
		if err == nil {
			err = x.src.follows(xzMagic)
		}
		if err != nil {
			return err
		}
		break
	}
	x.streams++
	p, err := x.full(12)
	if err != nil {
		return err
	}
	if string(p[:6]) != xzMagic || p[6] != 0 || p[7] > 0xf || crc32.ChecksumIEEE(p[6:8]) != binary.LittleEndian.Uint32(p[8:]) {
		return xzError("malformed stream header")
	}
	x.check = p[7]
	if x.check != 0 && checkSizes[x.check] == 0 {
		return &Error{Err: ErrUnsupported, Detail: "unknown kind of checksum"}
	}
	x.blocks, x.recorded, x.index = 0, newRecords(), newRecords()
	x.in = atBlock
	return nil
}

// newRecords returns a hash for the sizes of blocks.
func newRecords() hash.Hash64 { return crc64.New(crc64.MakeTable(crc64.ISO)) }

// record adds the sizes of a block to h.
func record(h hash.Hash64, unpadded, unpacked int64) {
	var p [16]byte
	binary.LittleEndian.PutUint64(p[:], uint64(unpadded))
	binary.LittleEndian.PutUint64(p[8:], uint64(unpacked))
	h.Write(p[:])
}

// openBlock reads the header of a block, or the index after the last block.
func (x *xzReader) openBlock() error {
	p, err := x.src.Peek(1)
	if err != nil {
		return noEOF(err)
	}
	if p[0] == 0 {
		return x.closeStream()
	}
	size := (int(p[0]) + 1) * 4
	if p, err = x.full(size); err != nil {
		return err
	}
	header, sum := p[1:size-4], binary.LittleEndian.Uint32(p[size-4:])
	dict, ok := x.parseBlock(header)
	switch {
	case crc32.ChecksumIEEE(p[:size-4]) != sum, !ok:
		return xzError("malformed block header")
	case dict < 0:
		return &Error{Err: ErrUnsupported, Detail: "unsupported filter: only LZMA2 is supported"}
	case dict > MaxDictionary:
		return &Error{Err: ErrMemory, Detail: "the dictionary is larger than 64 MiB"}
	case dict > x.dict:
		x.lz, x.dict = nil, dict
	}
	x.sum = newSum(x.check)
	x.headerSize, x.packed, x.unpacked, x.fresh = int64(size), 0, 0, true
	x.in = atChunk
	return nil
}

// parseBlock reads p, the header of a block between its first byte and its
// checksum. dict is the size of the dictionary, -1 if there are unknown
// filters.
func (x *xzReader) parseBlock(p []byte) (dict int64, ok bool) {
	const (
		filters     = 0x03 // number of them, less 1
		reserved    = 0x3c
		hasPacked   = 0x40
		hasUnpacked = 0x80
		lzma2       = 0x21
	)
	flags, rest := p[0], p[1:]
	number := func() (n int64) {
		if n, ok = parseVLI(&rest); !ok {
			return -1
		}
		return n
	}
	ok = true
	x.wantPacked, x.want = -1, -1
	if flags&hasPacked != 0 {
		x.wantPacked = number()
	}
	if ok && flags&hasUnpacked != 0 {
		x.want = number()
	}
	switch {
	case !ok || flags&reserved != 0:
		return 0, false
	case flags&filters != 0 || len(rest) > 0 && rest[0] != lzma2:
		return -1, true
	case len(rest) < 3 || rest[1] != 1 || rest[2] > 40 || len(bytes.Trim(rest[3:], "\x00")) > 0:
		return 0, false
	}
	dict = (2 | int64(rest[2]&1)) << (rest[2]/2 + 11)
	return max(dict, lzma.MinDictCap), true
}

// parseVLI reads a number of up to nine bytes with seven bits each.
func parseVLI(p *[]byte) (n int64, ok bool) {
	for i, b := range *p {
		n |= int64(b&0x7f) << (7 * i)
		switch {
		case b < 0x80:
			*p = (*p)[i+1:]
			return n, b != 0 || i == 0
		case i == 8:
			return 0, false
		}
	}
	return 0, false
}

// openChunk reads the header of a chunk, or the end of the block.
func (x *xzReader) openChunk() error {
	p, err := x.src.Peek(1)
	if err != nil {
		return noEOF(err)
	}
	control := p[0]
	size := 6 // bytes of the header
	switch {
	case control == 0:
		x.src.Discard(1)
		x.packed++
		return x.closeBlock()
	case control == 1, control == 2:
		size = 3
	case control < 0x80:
		return xzError("malformed chunk header")
	case control < 0xc0:
		size = 5
	}
	if x.fresh && control != 1 && control < 0xe0 {
		return xzError("the first chunk of a block does not reset the dictionary")
	}
	x.fresh = false
	if p, err = x.full(size); err != nil {
		return err
	}
	x.left = int64(binary.BigEndian.Uint16(p[1:])) + 1
	x.chunk = x.left
	if control >= 0x80 {
		x.left += int64(control&0x1f) << 16
		x.chunk = int64(binary.BigEndian.Uint16(p[3:])) + 1
	}
	x.header.Reset(bytes.Clone(p))
	x.packed += int64(size) + x.chunk
	return nil
}

// closeBlock reads the padding and the checksum after the chunks of a block.
func (x *xzReader) closeBlock() error {
	size := checkSizes[x.check]
	padding := int(-x.packed & 3)
	p, err := x.full(padding + size)
	if err != nil {
		return err
	}
	switch {
	case x.wantPacked >= 0 && x.packed != x.wantPacked, x.want >= 0 && x.unpacked != x.want,
		len(bytes.Trim(p[:padding], "\x00")) > 0:
		return xzError("wrong block size")
	case size > 0 && !bytes.Equal(x.sumBytes(), p[padding:]):
		return &Error{Err: ErrChecksum}
	}
	x.blocks++
	record(x.recorded, x.headerSize+x.packed+int64(size), x.unpacked)
	x.in = atBlock
	return nil
}

// sumBytes returns the checksum of the block in the form of the format.
func (x *xzReader) sumBytes() []byte {
	switch h := x.sum.(type) {
	case hash.Hash32:
		return binary.LittleEndian.AppendUint32(nil, h.Sum32())
	case hash.Hash64:
		return binary.LittleEndian.AppendUint64(nil, h.Sum64())
	}
	return x.sum.Sum(nil)
}

// An indexReader reads an index byte by byte.
type indexReader struct {
	src  *Source
	n    int64 // bytes read
	sum  hash.Hash32
	fail error
}

func (r *indexReader) byte() byte {
	b, err := r.src.ReadByte()
	if err != nil {
		r.fail = noEOF(err)
		return 0
	}
	r.n++
	r.sum.Write([]byte{b})
	return b
}

// number reads a number, and returns -1 if there is none.
func (r *indexReader) number() int64 {
	var p [9]byte
	for i := range p {
		if p[i] = r.byte(); p[i] < 0x80 {
			s := p[:i+1]
			if n, ok := parseVLI(&s); ok {
				return n
			}
			break
		}
	}
	return -1
}

// closeStream reads the index and the footer.
func (x *xzReader) closeStream() error {
	r := &indexReader{src: x.src, sum: crc32.NewIEEE()}
	same := r.byte() == 0 && r.number() == x.blocks
	for i := int64(0); same && i < x.blocks && r.fail == nil; i++ {
		record(x.index, r.number(), r.number())
	}
	for same && r.n%4 != 0 && r.fail == nil {
		same = r.byte() == 0
	}
	if r.fail != nil {
		return r.fail
	}
	p, err := x.full(4 + 12)
	if err != nil {
		return err
	}
	footer := p[4:]
	switch {
	case !same, x.index.Sum64() != x.recorded.Sum64(), binary.LittleEndian.Uint32(p) != r.sum.Sum32():
		return xzError("index")
	case crc32.ChecksumIEEE(footer[4:10]) != binary.LittleEndian.Uint32(footer),
		(int64(binary.LittleEndian.Uint32(footer[4:]))+1)*4 != r.n+4,
		footer[8] != 0, footer[9] != x.check, string(footer[10:]) != "YZ":
		return xzError("footer")
	}
	x.in = atStream
	return nil
}
