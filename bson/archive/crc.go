package archive

import (
	"encoding/binary"
	"hash/crc64"
)

// This file computes the checksum of documents, CRC-64/XZ.
//
// hash/crc64 looks up a table for each byte. A summer needs hash/crc64 only for the end of
// the data. The bits of the data are a polynomial over GF(2), and the checksum is its
// remainder modulo the polynomial P of the CRC. For y = x^64, that is, in words of 8
// bytes,
//
//	1 + y^-267 + y^-361 + y^-423 + y^-465 + y^-488 + y^-530 + y^-586 + y^-693 + y^-695
//
// is a multiple of P. A word can thus be removed if it is added (XOR) to the nine words
// that are 267, 361, … words after it: the remainder stays the same. So the data become
// shorter until only the last 695 words are left. A multiple with fewer terms would have
// to reach much further, and one that reaches less far has more terms.

// distances are the exponents of the polynomial above, in words.
var distances = [...]int{267, 361, 423, 465, 488, 530, 586, 693, far}

const (
	wordSize = 8   // bytes
	far      = 695 // the longest distance, in words
	// blockWords is the number of words that are removed at once. It is less than all
	// distances.
	blockWords = 128
	blockSize  = blockWords * wordSize
	// folded is how many words are removed before the last ones move to the front. So
	// all of them stay in the first cache of a processor.
	folded = 8 * blockWords
	// minFolded is the length of the shortest data, in bytes, for which a summer is
	// faster than hash/crc64.
	minFolded = 2 * far * wordSize
)

// A words is a block of words.
type words [blockWords]uint64

// A summer computes checksums. The zero value is ready.
type summer struct {
	removed []uint64 // the last far words that were removed, with what was added to them, and room for folded words; nil: not made yet
	last    []byte   // the last far words of the data, with what was added to them
}

// update returns the checksum of the data whose checksum is sum and of data after them,
// as crc64.Update does.
func (s *summer) update(sum uint64, data []byte) uint64 {
	if len(data) < minFolded {
		return crc64.Update(sum, checksums, data)
	}
	if s.removed == nil {
		s.removed, s.last = make([]uint64, far+folded), make([]byte, far*wordSize)
	}
	// The checksum of the data before is added to the first word.
	clear(s.removed[:far])
	s.removed[far-1] = ^sum ^ binary.LittleEndian.Uint64(data)
	data = data[wordSize:]
	for {
		n := min(len(data)/wordSize-far, folded) / blockWords
		if n == 0 {
			break
		}
		for i := range n {
			s.remove((*[blockSize]byte)(data[i*blockSize:]), far+i*blockWords)
		}
		data = data[n*blockSize:]
		copy(s.removed, s.removed[n*blockWords:][:far])
	}
	s.add(data)
	return crc64.Update(crc64.Update(^uint64(0), checksums, s.last), checksums, data[len(s.last):])
}

// remove removes block. at is the index in removed of its first word.
//
// NOTE: The loop has one load for each term and no checks of bounds, because all
// operands are arrays of the same length.
func (s *summer) remove(block *[blockSize]byte, at int) {
	v, d := s.removed, &distances
	to, a, b, c := (*words)(v[at:]), (*words)(v[at-d[0]:]), (*words)(v[at-d[1]:]), (*words)(v[at-d[2]:])
	e, f, g := (*words)(v[at-d[3]:]), (*words)(v[at-d[4]:]), (*words)(v[at-d[5]:])
	h, i, j := (*words)(v[at-d[6]:]), (*words)(v[at-d[7]:]), (*words)(v[at-d[8]:])
	for k := range to {
		to[k] = binary.LittleEndian.Uint64(block[k*wordSize:k*wordSize+wordSize]) ^
			a[k] ^ b[k] ^ c[k] ^ e[k] ^ f[k] ^ g[k] ^ h[k] ^ i[k] ^ j[k]
	}
}

// add sets last to the first words of data, which are not removed, and adds the words
// before them that were removed.
func (s *summer) add(data []byte) {
	words := s.removed[far:][:far]
	for k := range words {
		words[k] = binary.LittleEndian.Uint64(data[k*wordSize:])
	}
	for _, d := range distances {
		before := s.removed[far-d : far]
		to := words[:len(before)]
		for k, word := range before {
			to[k] ^= word
		}
	}
	for k, word := range words {
		binary.LittleEndian.PutUint64(s.last[k*wordSize:], word)
	}
}
