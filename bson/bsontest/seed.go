package bsontest

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// Seed returns the choices from which Options.Document makes doc, a valid document, so
// that documents of a real collection can be seeds of a fuzz target:
//
//	f.Add(bsontest.Seed(doc))
//
// Options that exclude a part of doc, such as its size, a type or an odd part, make a
// similar document. If doc is not valid, Seed returns choices for a part of it.
func Seed(doc []byte) []byte { return seedElements(nil, doc, bson.TypeDocument) }

// seedElements appends the choices for the elements of a document or array.
func seedElements(dst, doc []byte, t bson.Type) []byte {
	regular := t != bson.TypeArray || hasArrayKeys(doc)
	if t == bson.TypeArray {
		dst = append(dst, flag(!regular))
	}
	for c := bson.NewCursor(doc); c.Next(); {
		dst = append(dst, byte(slices.Index(edge.Types, c.Type())+1))
		if t != bson.TypeArray || !regular {
			dst = seedKey(dst, c.Key())
		}
		dst = seedValue(dst, &c)
	}
	return append(dst, 0)
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// hasArrayKeys reports whether the keys of an array are "0", "1", ….
func hasArrayKeys(array []byte) bool {
	i := 0
	for c := bson.NewCursor(array); c.Next(); i++ {
		if string(c.Key()) != strconv.Itoa(i) {
			return false
		}
	}
	return true
}

// seedKey appends the choices for a key.
func seedKey(dst, key []byte) []byte {
	if i := slices.Index(keys, string(key)); i >= 0 && i < 3<<5 {
		return append(dst, byte(i&31<<3|i>>5))
	}
	if len(key) < 32 {
		return append(append(dst, byte(len(key)<<3|keyLiteral)), key...)
	}
	return seedText(append(dst, keyText), key)
}

// seedText appends the choices for a text.
func seedText(dst, text []byte) []byte {
	if i := slices.Index(texts, string(text)); i >= 0 && i < 2<<5 {
		return append(dst, byte(i&31<<3|i>>5))
	}
	if len(text) < 32 {
		return append(append(dst, byte(len(text)<<3|textLong-1)), text...)
	}
	return append(seedLength(append(dst, textLong), len(text)), text...)
}

// seedLength appends a length of three bytes.
func seedLength(dst []byte, n int) []byte { return append(dst, byte(n), byte(n>>8), byte(n>>16)) }

// seedValue appends the choices for the value at c.
func seedValue(dst []byte, c *bson.Cursor) []byte {
	data := c.Data()
	switch t := c.Type(); t {
	case bson.TypeDocument, bson.TypeArray:
		return seedElements(dst, data, t)
	case bson.TypeCodeWithScope:
		code, scope := c.CodeWithScope()
		return seedElements(seedText(dst, code), scope, bson.TypeDocument)
	case bson.TypeString, bson.TypeCode, bson.TypeSymbol:
		return seedText(dst, c.Text())
	case bson.TypeBinary:
		subtype, data := c.Binary()
		if dst = append(dst, subtype); len(data) == 16 {
			return append(append(dst, octetsUUID), data...)
		}
		return append(seedLength(append(dst, octetsLong), len(data)), data...)
	case bson.TypeRegex:
		pattern, options := c.Regex()
		return seedText(append(seedText(dst, pattern), optionsText), options)
	case bson.TypeDBPointer:
		namespace, id := c.DBPointer()
		return append(seedText(dst, namespace), id[:]...)
	case bson.TypeInt32:
		return append(append(dst, numberHalf), data...)
	case bson.TypeTimestamp:
		dst = append(append(dst, numberHalf), data[:4]...)
		return append(append(dst, numberHalf), data[4:]...)
	case bson.TypeDouble, bson.TypeInt64, bson.TypeDateTime:
		return append(append(dst, numberWhole), data...)
	case bson.TypeDecimal128:
		hi, lo := c.Decimal128().Bits()
		dst = binary.LittleEndian.AppendUint64(append(dst, decimalWhole), hi)
		return binary.LittleEndian.AppendUint64(dst, lo)
	default:
		return append(dst, data...) // an ObjectId, a boolean, or no bytes
	}
}
