package redact

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// boolean redacts 0 or 1: for each key, both stay or both change.
func (w *walker) boolean(v byte) byte {
	w.begin(labelBoolean)
	w.end(nil)
	return byte(w.move(uint64(v), 2))
}

// objectID redacts all bytes of an id.
func (w *walker) objectID(id []byte) {
	w.begin(labelObjectID)
	w.end(id)
	w.refill(id, wholeByte)
}

// refill overwrites b with keyed bytes until it is another value, which is at once.
func (w *walker) refill(b []byte, keep func(i int) byte) {
	for !w.fill(b, keep) {
	}
}

// wholeByte keeps no bits.
func wholeByte(int) byte { return 0 }

// The bits of a UUID that are its version and its variant. Source: RFC 9562, section 4.
func uuidBits(i int) byte {
	switch i {
	case 6:
		return 0xF0
	case 8:
		return 0xC0
	}
	return 0
}

// binaryHeaders has the number of bytes in front that stay, for the subtypes with such
// bytes.
var binaryHeaders = [256]int{
	bsoncore.BinaryEncrypted: 1, // the kind of encryption
	bsoncore.BinaryVector:    2, // the type of the elements, the padding
}

// binary redacts the bytes of a binary.
func (w *walker) binary(subtype byte, data []byte) {
	body := data[min(binaryHeaders[subtype], len(data)):]
	switch {
	case subtype == bsoncore.BinaryColumn:
		w.c.Fail(ErrColumn)
	case len(body) == 0:
	case subtype == bsoncore.BinaryVector:
		w.vector(data[0], data[1], body)
	case len(body) <= smallBinary:
		w.fewBytes(body)
	default:
		w.begin(labelBinary)
		w.end(body)
		if subtype == bsoncore.BinaryUUID && len(data) == 16 {
			w.refill(body, uuidBits)
			return
		}
		w.refill(body, wholeByte)
	}
}

// smallBinary is the number of bytes of the longest binary whose values are permuted.
const smallBinary = 7

// fewBytes redacts a short binary.
func (w *walker) fewBytes(b []byte) {
	w.begin(labelBytes)
	w.add(uint64(len(b)))
	w.end(nil)
	var number [8]byte
	copy(number[:], b)
	v := w.move(binary.LittleEndian.Uint64(number[:]), 1<<(8*len(b)))
	binary.LittleEndian.PutUint64(number[:], v)
	copy(b, number[:])
}

// The types of the elements of a vector. Source: BSON binary vector specification.
const (
	vectorFloat32   = 0x27
	vectorPackedBit = 0x10
)

// vector redacts the elements of a vector.
func (w *walker) vector(elements, padding byte, body []byte) {
	w.begin(labelVector)
	w.context = append(w.context, elements, padding)
	w.end(body)
	switch {
	case elements == vectorFloat32 && len(body)%4 == 0:
		for !w.fillFloats(body) {
		}
	case elements == vectorPackedBit:
		last, mask := len(body)-1, byte(1)<<(padding&7)-1
		w.refill(body, func(i int) byte {
			if i == last {
				return mask
			}
			return 0
		})
	default:
		w.refill(body, wholeByte)
	}
}

// fillFloats overwrites b with floats between -1 and 1, and reports whether b has changed.
func (w *walker) fillFloats(b []byte) (changed bool) {
	for ; len(b) > 0; b = b[4:] {
		v := math.Float32bits(float32(int64(w.draw(1<<25))-1<<24) / (1 << 24))
		changed = changed || v != binary.LittleEndian.Uint32(b)
		binary.LittleEndian.PutUint32(b, v)
	}
	return changed
}
