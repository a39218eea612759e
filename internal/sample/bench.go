package sample

import (
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// quota has the average number of elements of each type in a document of the bench
// mix, in tenths; _id is one more ObjectId. A container has three elements on average,
// so 20.5 elements at the top make 40 elements.
var quota = [...]struct {
	typ    bson.Type
	tenths int
}{
	{bson.TypeString, 138},
	{bson.TypeDouble, 54},
	{bson.TypeDocument, 34},
	{bson.TypeInt32, 28},
	{bson.TypeArray, 28},
	{bson.TypeBoolean, 24},
	{bson.TypeObjectID, 19},
	{bson.TypeDecimal128, 18},
	{bson.TypeDateTime, 15},
	{bson.TypeInt64, 14},
	{bson.TypeNull, 14},
	{bson.TypeBinary, 6},
}

const quotaTotal = 392

// strides has numbers coprime to the number of fields, so that steps of this length
// reach each field once.
var strides = []int{1, 5, 7, 11, 13, 19, 23, 25, 29, 31}

func (g *Generator) bench(dst []byte) []byte {
	s := &g.src
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendObjectID(dst, "_id", s.id())
	dst = g.benchFields(dst, s.between(11, 30))
	return bsoncore.End(dst, mark)
}

func (g *Generator) benchFields(dst []byte, n int) []byte {
	s := &g.src
	at, stride := s.IntN(len(fields)), pick(s, strides)
	for range n {
		dst = g.benchValue(dst, fields[at], s.benchType())
		at = (at + stride) % len(fields)
	}
	return dst
}

func (s *source) benchType() bson.Type {
	n := s.IntN(quotaTotal)
	for _, q := range quota {
		if n < q.tenths {
			return q.typ
		}
		n -= q.tenths
	}
	panic("BUG: sample: quotaTotal is not the sum of quota")
}

func (g *Generator) benchValue(dst []byte, key string, t bson.Type) []byte {
	s := &g.src
	switch t {
	case bson.TypeString:
		return bsoncore.AppendString(dst, key, s.benchString())
	case bson.TypeDouble:
		return bsoncore.AppendDouble(dst, key, s.benchDouble())
	case bson.TypeDocument:
		dst, mark := bsoncore.BeginDocument(dst, key)
		return bsoncore.End(g.benchFields(dst, s.between(1, 5)), mark)
	case bson.TypeArray:
		dst, mark := bsoncore.BeginArray(dst, key)
		// Most arrays in databases have elements of one type.
		t, same := s.benchType(), !s.oneIn(4)
		for i := range s.between(1, 5) {
			dst = g.benchValue(dst, strconv.Itoa(i), t)
			if !same {
				t = s.benchType()
			}
		}
		return bsoncore.End(dst, mark)
	case bson.TypeInt32:
		return bsoncore.AppendInt32(dst, key, s.benchInt32())
	case bson.TypeInt64:
		v := int64(s.Uint64() >> (1 + s.IntN(40)))
		if s.oneIn(4) {
			v = -v
		}
		return bsoncore.AppendInt64(dst, key, v)
	case bson.TypeBoolean:
		return bsoncore.AppendBoolean(dst, key, s.oneIn(2))
	case bson.TypeObjectID:
		return bsoncore.AppendObjectID(dst, key, s.id())
	case bson.TypeDecimal128:
		if s.oneIn(5) {
			return bsoncore.AppendDecimal128(dst, key, s.wideDecimal(-s.between(2, 40)))
		}
		return bsoncore.AppendDecimal128(dst, key, s.price(s.between(1, 6)))
	case bson.TypeDateTime:
		ms := s.date()
		if s.oneIn(4) {
			ms -= ms % 1000
		}
		return bsoncore.AppendDateTime(dst, key, ms)
	case bson.TypeNull:
		return bsoncore.AppendNull(dst, key)
	case bson.TypeBinary:
		if s.oneIn(2) {
			return bsoncore.AppendBinary(dst, key, bson.BinaryUUID, s.uuid())
		}
		return bsoncore.AppendBinary(dst, key, bson.BinaryGeneric, s.Bytes(s.between(0, 40)))
	}
	panic("BUG: sample: no bench value of type " + t.String())
}

// benchString returns a text of 16 bytes on average. Most texts are ASCII; one in 20
// has characters to escape or characters of other scripts.
func (s *source) benchString() string {
	n := s.between(4, 28)
	switch s.IntN(40) {
	case 0:
		return s.phrase(n/2) + pick(s, edge.Awkward)
	case 1:
		return s.phrase(n/3) + " " + pick(s, edge.Foreign)
	}
	b := make([]byte, 0, n+12)
	for len(b) < n {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, pick(s, words)...)
	}
	return string(b[:n])
}

// benchDouble returns numbers with few digits and numbers with 16 or 17 digits equally
// often.
func (s *source) benchDouble() float64 {
	switch s.IntN(20) {
	case 0, 1:
		return float64(s.IntN(100_000))
	case 2, 3, 4, 5, 6, 7:
		return float64(s.IntN(1_000_000)) / 100
	case 8, 9:
		return float64(s.between(-90_000_000, 90_000_000)) / 1e6
	case 10, 11, 12, 13, 14, 15, 16:
		return s.unit()
	case 17, 18:
		return (s.unit() - 0.5) * 1000
	}
	// A magnitude from 2^-100 to 2^100.
	v := s.unit() + 1
	for range s.between(0, 100) {
		v *= 2
	}
	if s.oneIn(2) {
		return 1 / v
	}
	return v
}

func (s *source) benchInt32() int32 {
	v := int32(s.Uint64() >> (33 + s.IntN(30)))
	if s.oneIn(8) {
		return -v
	}
	return v
}
