package bsoncore

import (
	"encoding/binary"
	"math"
)

// Split returns how many bytes at the start of data are whole documents that
// follow one another, as a Decoder reads them: by their lengths and their
// final NULs, with nothing else looked at. ok is false when what follows
// data[:n] cannot be the start of another: its length is below 5 or above
// o.MaxDocumentSize, or its last byte is not NUL, so that a Decoder would
// find a fault there. What follows may be the start of one, or nothing, if ok
// is true. It takes one look for each document, whatever is in it, and
// allocates nothing. data is not kept.
func (o DecodeOptions) Split(data []byte) (n int, ok bool) {
	limit := o.maxDocument()
	for len(data)-n >= 4 {
		size, err := documentSize(data[n:], limit)
		if err != nil {
			return n, false
		}
		if len(data)-n < size {
			break
		}
		if data[n+size-1] != 0 {
			return n, false
		}
		n += size
	}
	return n, true
}

// maxDocument returns the size, in bytes, of the largest document accepted.
func (o *DecodeOptions) maxDocument() int {
	if o.MaxDocumentSize <= 0 {
		return DefaultMaxDocumentSize
	}
	return min(o.MaxDocumentSize, math.MaxInt32)
}

// documentSize returns how many bytes the document at the start of data has,
// as its first four say, or what is wrong with that.
func documentSize(data []byte, limit int) (int, error) {
	n := int(int32(binary.LittleEndian.Uint32(data)))
	switch {
	case n < 5:
		return 0, ErrLength
	case n > limit:
		// Damage is likelier than a document of that size, and nothing but
		// four bytes is known of it.
		return 0, ErrTooLarge
	}
	return n, nil
}
