package schema

import (
	"encoding/binary"
	"math/bits"
)

// This file has the hash of keys and values. It is the same in every process and on every
// machine, because schemas of several processes are merged, and because keys and values
// are kept in the order of their hashes. It is not for untrusted use: who knows the
// constants can make values of equal hash. Such values count as one; memory stays bounded.

// Odd numbers without a pattern: the fraction of the square roots of 2, 3, 5 and 7.
const (
	odd2 = 0x6A09E667F3BCC909
	odd3 = 0xBB67AE8584CAA73B
	odd5 = 0x3C6EF372FE94F82B
	odd7 = 0xA54FF53A5F1D36F1
)

// fold multiplies a and b to 128 bits and adds the halves without carry.
func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// words returns up to 16 bytes as two integers, with zeros behind them.
func words(data []byte) (a, b uint64) {
	n := len(data)
	if cap(data) < 16 {
		return wordsAtEnd(data)
	}
	// The bytes behind data are read too, and removed without a branch: the lengths of
	// keys are unpredictable.
	data = data[:16]
	a = binary.LittleEndian.Uint64(data) & (1<<(8*n) - 1)
	b = binary.LittleEndian.Uint64(data[8:]) & (1<<max(8*n-64, 0) - 1)
	return a, b
}

// wordsAtEnd is words for data that has nothing behind it.
func wordsAtEnd(data []byte) (a, b uint64) {
	var room [16]byte
	copy(room[:], data)
	return binary.LittleEndian.Uint64(room[:]), binary.LittleEndian.Uint64(room[8:])
}

// hashOf returns the hash of data. Another seed gives an independent hash.
func hashOf(seed uint64, data []byte) uint64 {
	if len(data) > 16 {
		return hashLong(seed, data)
	}
	a, b := words(data)
	return hashWords(seed, len(data), a, b)
}

// hashWords is hashOf for n bytes as words.
func hashWords(seed uint64, n int, a, b uint64) uint64 {
	h := seed*odd7 ^ uint64(n)*odd5
	return fold(fold(a^odd2^h, b^odd3)^odd5, h^odd7)
}

// hashLong is hashOf for more than 16 bytes.
func hashLong(seed uint64, data []byte) uint64 {
	h := seed
	for rest := data; len(rest) > 16; rest = rest[16:] {
		h = fold(binary.LittleEndian.Uint64(rest)^odd2^h, binary.LittleEndian.Uint64(rest[8:])^odd3)
	}
	last := data[len(data)-16:]
	return hashWords(h, len(data), binary.LittleEndian.Uint64(last), binary.LittleEndian.Uint64(last[8:]))
}
