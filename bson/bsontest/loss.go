package bsontest

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
)

// A Loss lists parts of documents that a codec may change in a round trip.
type Loss uint8

const (
	// ArrayKeysLost: the keys of arrays become "0", "1", ….
	ArrayKeysLost Loss = 1 << iota
	// DuplicateKeysLost: of elements with the same key, the first or the last remains.
	DuplicateKeysLost
	// KeyOrderLost: the elements of a document may be in another order.
	KeyOrderLost
	// IntWidthLost: an int32 may become an int64 of the same value, and the reverse.
	IntWidthLost
	// RegexOrderLost: the options of a regex may be in another order.
	RegexOrderLost
	// NaNPayloadsLost: a NaN double may become another NaN.
	NaNPayloadsLost
	// DecimalEncodingLost: a decimal may become its canonical encoding, and a NaN
	// decimal another NaN.
	DecimalEncodingLost
)

// A keep says which one of the elements with equal keys remains.
type keep uint8

const (
	keepAll     keep = iota
	keepFirst        // the first one
	keepLast         // the last one, in its place
	keepUpdated      // the last one, in the place of the first one
)

// accepted returns the reduced forms of doc, one of which the result must have.
func (l Loss) accepted(doc []byte) (forms [][]byte) {
	forms = [][]byte{l.reduced(doc, keepAll)}
	if l&DuplicateKeysLost != 0 {
		for _, k := range []keep{keepFirst, keepLast, keepUpdated} {
			forms = append(forms, l.reduced(doc, k))
		}
	}
	return forms
}

// reduced returns doc, a valid document, without the parts that may be lost.
func (l Loss) reduced(doc []byte, k keep) []byte {
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(l.elements(dst, doc, bson.TypeDocument, k), mark)
}

// A field is an element without the parts that may be lost.
type field struct {
	key  string
	typ  bson.Type
	data []byte
}

// elements appends the elements of a document or array.
func (l Loss) elements(dst, doc []byte, t bson.Type, k keep) []byte {
	var all []field
	for c := bson.NewCursor(doc); c.Next(); {
		f := l.value(&c, k)
		if t == bson.TypeArray && l&ArrayKeysLost != 0 {
			f.key = strconv.Itoa(len(all))
		}
		same := func(g field) bool { return g.key == f.key }
		switch i := slices.IndexFunc(all, same); {
		case i < 0 || k == keepAll:
			all = append(all, f)
		case k == keepLast:
			all = append(slices.DeleteFunc(all, same), f)
		case k == keepUpdated:
			all[i] = f
		}
	}
	if t == bson.TypeDocument && l&KeyOrderLost != 0 {
		slices.SortStableFunc(all, func(a, b field) int { return bytes.Compare([]byte(a.key), []byte(b.key)) })
	}
	for _, f := range all {
		dst = bsoncore.AppendValue(dst, f.key, f.typ, f.data)
	}
	return dst
}

// value returns the element at c.
func (l Loss) value(c *bson.Cursor, k keep) field {
	f := field{string(c.Key()), c.Type(), c.Data()}
	switch {
	case f.typ.IsContainer():
		dst, mark := bsoncore.Begin(nil)
		f.data = bsoncore.End(l.elements(dst, f.data, f.typ, k), mark)
	case f.typ == bson.TypeCodeWithScope:
		_, scope := c.CodeWithScope()
		dst, mark := bsoncore.Begin(nil)
		dst = append(dst, f.data[4:len(f.data)-len(scope)]...)
		dst = append(dst, l.reduced(scope, k)...)
		bsoncore.SetLength(dst, mark)
		f.data = dst
	case f.typ == bson.TypeInt32 && l&IntWidthLost != 0:
		f.typ, f.data = bson.TypeInt64, binary.LittleEndian.AppendUint64(nil, uint64(c.Int32()))
	case f.typ == bson.TypeRegex && l&RegexOrderLost != 0:
		pattern, options := c.Regex()
		letters := []rune(string(options))
		slices.Sort(letters)
		f.data = append(append(append(bytes.Clone(pattern), 0), string(letters)...), 0)
	case f.typ == bson.TypeDouble && l&NaNPayloadsLost != 0 && c.Double() != c.Double():
		f.data = binary.LittleEndian.AppendUint64(nil, plainNaN)
	case f.typ == bson.TypeDecimal128 && l&DecimalEncodingLost != 0:
		f.data = plainDecimal(c.Decimal128()).AppendBytes(nil)
	}
	return f
}

// plainDecimal returns d in its canonical encoding, and one NaN for all.
func plainDecimal(d decimal128.Decimal) decimal128.Decimal {
	if d.IsNaN() {
		return decimal128.FromBits(0x7c00000000000000, 0)
	}
	return d.Canonical()
}
