package archive

import (
	"crypto/subtle"
	"encoding/binary"
	"hash/crc64"
)

// This file computes the checksum of documents, CRC-64/XZ, in three steps. Each makes the
// data shorter, and leaves the rest to the next one.
//
//   - A summer gets the data in parts, and has at most lapSize bytes of them.
//   - A remover leaves the last far bytes of data.
//   - hash/crc64 looks up a table for each byte.
//
// The bits of the data are a polynomial over GF(2), and the checksum is its remainder
// modulo the polynomial P of the CRC. Let y be x^8, that is, a byte. If 1 + y^-a + y^-b is a
// multiple of P, then a byte can be removed if it is added (XOR) to the bytes that are a
// and b bytes after it: the remainder stays the same. Multiples with more terms do the
// same.
//
// Each term costs time, but a multiple with few terms reaches far. P is the product of
// (x+1)^2, a polynomial Q of degree 17, and the generator of a BCH code with 32767 bits,
// which corrects three errors. So
//
//   - 1 + y^-32767 is a multiple of P/Q,
//   - 1 + y^-4141 + y^-4346 is a multiple of Q, and the product of both is one of P;
//   - a multiple of P that reaches less than 32767 bytes has eight terms or more. The
//     remover uses one with eight.

const (
	// The remover uses 1 + y^-736 + y^-809 + … + y^-1929.
	distance1 = 736 // bytes
	distance2 = 809
	distance3 = 1326
	distance4 = 1437
	distance5 = 1790
	distance6 = 1855
	far       = 1929 // the longest distance

	wordSize = 8 // bytes
	// blockSize is the number of bytes that are removed at once. It is less than all
	// distances.
	blockSize = 512
	// folded is how many bytes are removed before the last ones move to the front. So
	// all of them stay in the first cache of a processor.
	folded = 16 * blockSize
	// minFolded is the length of the shortest data, in bytes, for which a remover
	// is faster than hash/crc64.
	minFolded = 2 * far
)

var distances = [...]int{distance1, distance2, distance3, distance4, distance5, distance6, far}

// A remover computes the checksum of data in one part. The zero value is ready.
type remover struct {
	removed []byte // the last far bytes that were removed, with what was added to them, and room for folded bytes; nil: not made yet
	last    []byte // the last far bytes of the data, with what was added to them
	rest    []byte // of a summer
}

// update returns the checksum of the data whose checksum is sum and of data after them,
// as crc64.Update does.
func (m *remover) update(sum uint64, data []byte) uint64 {
	if len(data) < minFolded {
		return crc64.Update(sum, checksums, data)
	}
	if m.removed == nil {
		m.removed, m.last = make([]byte, far+folded), make([]byte, far)
	}
	// The checksum of the data before is added to the first word.
	before := m.removed[:far]
	clear(before)
	binary.LittleEndian.PutUint64(before[far-wordSize:], ^sum^binary.LittleEndian.Uint64(data))
	data = data[wordSize:]
	for {
		n := min(len(data)-far, folded) / blockSize * blockSize
		if n == 0 {
			break
		}
		for i := 0; i < n; i += blockSize {
			(*window)(m.removed[i:]).remove((*[blockSize]byte)(data[i:]))
		}
		data = data[n:]
		copy(before, m.removed[n:])
	}
	copy(m.last, data)
	for _, d := range distances {
		subtle.XORBytes(m.last, m.last, before[far-d:])
	}
	return crc64.Update(crc64.Update(^uint64(0), checksums, m.last), checksums, data[far:])
}

// A window is the last far bytes that were removed, and room for a block.
type window [far + blockSize]byte

// remove removes block.
//
// NOTE: The loop has one load for each term and no checks of bounds, because the window
// is an array and the distances are constants.
func (w *window) remove(block *[blockSize]byte) {
	for i := 0; i < blockSize-wordSize; i += 2 * wordSize {
		binary.LittleEndian.PutUint64(w[far+i:], binary.LittleEndian.Uint64(block[i:])^w.added(i))
		j := i + wordSize
		binary.LittleEndian.PutUint64(w[far+j:], binary.LittleEndian.Uint64(block[j:])^w.added(j))
	}
}

// added returns the sum of the words that are added to the word at offset i of a block.
func (w *window) added(i int) uint64 {
	i += far
	return binary.LittleEndian.Uint64(w[i-distance1:]) ^ binary.LittleEndian.Uint64(w[i-distance2:]) ^
		binary.LittleEndian.Uint64(w[i-distance3:]) ^ binary.LittleEndian.Uint64(w[i-distance4:]) ^
		binary.LittleEndian.Uint64(w[i-distance5:]) ^ binary.LittleEndian.Uint64(w[i-distance6:]) ^
		binary.LittleEndian.Uint64(w[i-far:])
}
