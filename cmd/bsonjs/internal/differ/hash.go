package differ

import (
	"hash/maphash"
	"math/bits"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has hashes of values, so that equal elements of arrays are found. Equal values
// have equal hashes. Two elements with equal hashes are compared afterwards, so that a
// collision hides no change.

// seed makes the hashes of a process: nobody can choose documents with many collisions.
var seed = maphash.MakeSeed()

// mix returns a hash of h and x, in this order.
func mix(h, x uint64) uint64 {
	hi, lo := bits.Mul64(h^0x9e3779b97f4a7c15, x^0xd1b54a32d192ed03)
	return hi ^ lo
}

// hash returns a hash of v.
func (o *Options) hash(v bsoncore.Value) uint64 {
	t := uint64(v.Type)
	switch v.Type {
	case bsoncore.TypeDocument, bsoncore.TypeArray:
		h := t
		for c := bsoncore.NewCursor(v.Data); c.Next(); {
			item := o.hash(valueOf(&c))
			if v.Type == bsoncore.TypeDocument {
				item = mix(maphash.Bytes(seed, c.Key()), item)
			}
			if v.Type == bsoncore.TypeDocument && !o.KeyOrder {
				h += item
			} else {
				h = mix(h, item)
			}
		}
		return mix(h, t)
	case bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeDouble, bsoncore.TypeDecimal128:
		if o.Numeric {
			var room [64]byte
			return maphash.Bytes(seed, AppendNumber(room[:0], v))
		}
		if f, ok := v.DoubleOK(); ok && f != f {
			return t
		}
		if d, ok := v.Decimal128OK(); ok {
			return mix(maphash.String(seed, d.String()), t)
		}
	}
	return mix(maphash.Bytes(seed, v.Data), t)
}
