// Package shape makes valid BSON documents from the bytes of a fuzzer, and damages
// them. Mutated bytes are hardly ever a document, but mutated choices always make one.
// So a fuzz target can test properties of valid documents.
//
//	f.Fuzz(func(t *testing.T, data []byte) {
//		doc := shape.Options{Odd: shape.AllOdd}.Document(data)
//		…
//	})
//
// Seed returns the choices that make a document of at most MaxSize bytes.
package shape

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// This file has the choices that make documents, scalar.go the choices that make
// values without parts, seed.go the inverse of both, source.go the bytes of choices,
// and damage.go documents with a fault.
//
//   - fields and items append the elements of documents and arrays. The first byte of
//     an element has its type, and whether it is repeated or wrapped.
//   - key returns the next key. Only value dispatches on the type.
//
// The first of every kind of choice is the simplest, which is used when the Source has
// ended. Another uses the bytes unchanged, which Seed needs.

// Odd lists legal but rare parts of documents. Without them the same choices make
// similar parts that every implementation keeps.
type Odd uint8

const (
	// DuplicateKeys allows duplicate keys in a document.
	DuplicateKeys Odd = 1 << iota
	// ArrayKeys allows arrays with keys other than "0", "1", ….
	ArrayKeys
	// NaNPayloads allows NaN doubles with other bits than the plain one.
	NaNPayloads
	// RegexOptions allows options that are not sorted or not ASCII letters.
	RegexOptions
	// NonCanonicalDecimals allows decimals whose encoding is not canonical.
	NonCanonicalDecimals
	// WrapperKeys allows keys that are special in Extended JSON, such as $oid.
	WrapperKeys
	// Deep allows bson.DefaultMaxDepth levels.
	Deep

	// AllOdd allows all odd parts.
	AllOdd = Deep<<1 - 1
)

// DefaultMaxSize is the default of MaxSize in bytes. It is enough for values above
// 64 KiB.
const DefaultMaxSize = 160 << 10

// usualDepth is the largest number of levels without Deep.
const usualDepth = 12

// Options select the documents that are made. The zero value allows all types and no
// odd parts.
type Options struct {
	_ struct{} // keyed literals only

	// Odd has the legal but rare parts that may be made.
	Odd Odd
	// MaxSize is the size in bytes from which on a document gets no more elements.
	// The elements that are open add a few more bytes. Zero means DefaultMaxSize.
	MaxSize int
}

// Document returns the document made from the choices in data.
func (o Options) Document(data []byte) []byte { return o.Append(nil, NewSource(data)) }

// Append appends the document made from the next choices of s to dst.
func (o Options) Append(dst []byte, s *Source) []byte {
	g := generator{Source: s, odd: o.Odd, used: map[usedKey]bool{}}
	g.limit = len(dst) + o.MaxSize
	if o.MaxSize <= 0 {
		g.limit = len(dst) + DefaultMaxSize
	}
	dst, mark := bsoncore.Begin(dst)
	return bsoncore.End(g.fields(dst, 1), mark)
}

// Stream returns the documents made from the choices in data, in a row, at most n of
// them.
func (o Options) Stream(data []byte, n int) (stream []byte) {
	for s := NewSource(data); n > 0 && s.More(); n-- {
		stream = o.Append(stream, s)
	}
	return stream
}

// A usedKey is a key of one document.
type usedKey struct {
	document int
	key      string
}

type generator struct {
	*Source
	odd       Odd
	limit     int // length of dst from which on no more elements are made
	documents int // number of documents begun so far
	keys      []string
	used      map[usedKey]bool
}

// maxHistory is the lowest number of earlier keys that are kept to be used again.
const maxHistory = 64

func (g *generator) allows(o Odd) bool { return g.odd&o != 0 }

func (g *generator) maxDepth() int {
	if g.allows(Deep) {
		return bson.DefaultMaxDepth
	}
	return usualDepth
}

// room returns the number of bytes that may follow dst.
func (g *generator) room(dst []byte) int { return max(g.limit-len(dst), 0) }

// The first byte of an element, minus one, is the number of its type plus its form
// times the number of types.
const (
	formRepeated = 9  // and 10: the element several times, with other keys
	formWrapped  = 11 // and 12: nested containers
)

// fields appends the elements of a document at depth.
func (g *generator) fields(dst []byte, depth int) []byte {
	g.documents++
	document := g.documents
	for {
		b := int(g.Byte())
		if b == 0 || len(dst) >= g.limit {
			return dst
		}
		dst = g.element(dst, b-1, depth, g.key(), func(key string, i int) string {
			if i > 0 {
				key = fmt.Sprint(key, i)
			}
			return g.unused(document, key)
		})
	}
}

// items appends the elements of an array at depth.
func (g *generator) items(dst []byte, depth int) []byte {
	odd := g.Byte() != 0
	index := 0
	for {
		b := int(g.Byte())
		if b == 0 || len(dst) >= g.limit {
			return dst
		}
		key := ""
		if odd {
			key = g.key()
		}
		dst = g.element(dst, b-1, depth, key, func(key string, _ int) string {
			index++
			if odd && g.allows(ArrayKeys) {
				return key
			}
			return fmt.Sprint(index - 1)
		})
	}
}

// element appends one or more elements. b has the type and the form. keyOf returns the
// key of each element.
func (g *generator) element(dst []byte, b, depth int, key string, keyOf func(key string, i int) string) []byte {
	t, form := edge.Types[b%len(edge.Types)], b/len(edge.Types)
	n := 1
	if form == formRepeated || form == formRepeated+1 {
		n = g.Count()
	}
	dst, mark := begin(dst, keyOf(key, 0))
	value := len(dst)
	if form >= formWrapped {
		dst, t = g.wrapped(dst, t, depth)
	} else {
		dst, t = g.value(dst, t, depth)
	}
	bsoncore.SetType(dst, mark, t)
	again := dst[value:]
	for i := 1; i < n && len(dst)+len(again) < g.limit; i++ {
		dst, mark = begin(dst, keyOf(key, i))
		dst = append(dst, again...)
		bsoncore.SetType(dst, mark, t)
	}
	return dst
}

// begin appends the start of an element. SetType sets its type later.
func begin(dst []byte, key string) ([]byte, int) {
	dst, mark := bsoncore.BeginElement(dst)
	return append(append(dst, key...), 0), mark
}

// wrapped appends nested containers. Count returns their number, up to the limit of
// depth. The innermost has elements.
func (g *generator) wrapped(dst []byte, t bson.Type, depth int) ([]byte, bson.Type) {
	n := min(g.Count(), g.maxDepth()-depth)
	if n <= 0 {
		return dst, bson.TypeNull
	}
	key := "0"
	if t != bson.TypeArray {
		t, key = bson.TypeDocument, "a"
	}
	dst, outermost := bsoncore.Begin(dst)
	marks := []int{outermost}
	for range n - 1 {
		dst = bsoncore.AppendHeader(dst, t, key)
		var mark int
		dst, mark = bsoncore.Begin(dst)
		marks = append(marks, mark)
	}
	if t == bson.TypeArray {
		dst = g.items(dst, depth+n)
	} else {
		dst = g.fields(dst, depth+n)
	}
	for _, mark := range slices.Backward(marks) {
		dst = bsoncore.End(dst, mark)
	}
	return dst, t
}

// The kinds of keys, the low three bits of the first byte of a key. With the other
// kinds, 0 to 2, the higher bits select a key of keys.
const (
	keyAgain   = 3 // an earlier key; the higher bits are its distance
	keyLetter  = 4 // an earlier key with another last letter
	keyTail    = 5 // an earlier key of 16 bytes or more, with a letter after it
	keyLiteral = 6 // bytes; the higher bits are their number
	keyText    = 7 // see text
)

// keyHead is the lowest number of bytes before the last letter of a keyTail.
const keyHead = 16

// keys has keys with a meaning for implementations, and frequent keys of documents.
var keys = append([]string{
	"a", "b", "c", "d", "name", "created_at", "updated_at", "created_timestamp_utc", "a rather long key of more than thirty-two bytes",
}, edge.Keys...)

// key returns the next key. Its document may have the key already.
func (g *generator) key() string {
	b := int(g.Byte())
	kind, arg := b&7, b>>3
	var key string
	switch kind {
	case keyAgain:
		return g.earlier(arg)
	case keyLetter:
		key = g.earlier(arg)
		_, n := utf8.DecodeLastRuneInString(key)
		key = key[:len(key)-n] + string(rune('a'+g.Below(26)))
	case keyTail:
		key = g.earlier(arg)
		key += strings.Repeat("_", max(keyHead-len(key), 0)) + string(rune('a'+g.Below(26)))
	case keyLiteral:
		key = string(g.Bytes(arg))
	case keyText:
		key = g.text(0)
	default:
		key = keys[(kind<<5|arg)%len(keys)]
	}
	key = g.plainKey(key)
	if g.keys = append(g.keys, key); len(g.keys) > 2*maxHistory {
		g.keys = slices.Delete(g.keys, 0, maxHistory)
	}
	return key
}

// earlier returns the key n before the last one.
func (g *generator) earlier(n int) string {
	if len(g.keys) == 0 {
		return keys[0]
	}
	return g.keys[len(g.keys)-1-n%len(g.keys)]
}

// plainKey returns key, or a similar key that the options allow.
func (g *generator) plainKey(key string) string {
	key = cstring(key)
	if !g.allows(WrapperKeys) && wrappers[key] {
		key += "."
	}
	return key
}

// wrappers has the special keys of Extended JSON, version 1 included.
var wrappers = map[string]bool{
	"$binary": true, "$code": true, "$date": true, "$db": true, "$dbPointer": true, "$id": true, "$maxKey": true, "$minKey": true,
	"$numberDecimal": true, "$numberDouble": true, "$numberInt": true, "$numberLong": true, "$oid": true, "$options": true, "$ref": true,
	"$regex": true, "$regularExpression": true, "$scope": true, "$symbol": true, "$timestamp": true, "$type": true, "$undefined": true,
	"$uuid": true,
}

// cstring returns s as it may be in a key or pattern: as UTF-8 without NUL.
func cstring(s string) string { return strings.ReplaceAll(valid(s), "\x00", "0") }

// valid returns s with invalid UTF-8 replaced.
func valid(s string) string { return strings.ToValidUTF8(s, "?") }

// unused returns key, or a similar key if its document has the key already.
func (g *generator) unused(document int, key string) string {
	if g.allows(DuplicateKeys) {
		return key
	}
	free := key
	for i := 2; g.used[usedKey{document, free}]; i++ {
		free = fmt.Sprint(key, "#", i)
	}
	g.used[usedKey{document, free}] = true
	return free
}

// value appends a value of type t to a document or array at depth. It returns the type
// of the value, which may differ from t.
func (g *generator) value(dst []byte, t bson.Type, depth int) ([]byte, bson.Type) {
	switch t {
	case bson.TypeDocument, bson.TypeArray, bson.TypeCodeWithScope:
		if depth >= g.maxDepth() {
			return dst, bson.TypeNull
		}
		return g.container(dst, t, depth), t
	case bson.TypeDouble:
		return binary.LittleEndian.AppendUint64(dst, g.double()), t
	case bson.TypeString, bson.TypeCode, bson.TypeSymbol:
		return appendText(dst, g.text(g.room(dst))), t
	case bson.TypeBinary:
		subtype := g.Byte()
		return bsoncore.AppendBinaryValue(dst, subtype, g.octets(g.room(dst))), t
	case bson.TypeObjectID:
		return g.id(dst), t
	case bson.TypeBoolean:
		return append(dst, g.Byte()&1), t
	case bson.TypeDateTime:
		return binary.LittleEndian.AppendUint64(dst, uint64(g.number(edge.Dates))), t
	case bson.TypeRegex:
		dst = append(append(dst, cstring(g.text(g.room(dst)))...), 0)
		return append(append(dst, g.options()...), 0), t
	case bson.TypeDBPointer:
		return g.id(appendText(dst, g.text(g.room(dst)))), t
	case bson.TypeInt32:
		return binary.LittleEndian.AppendUint32(dst, uint32(g.number(edge.Ints))), t
	case bson.TypeTimestamp:
		dst = binary.LittleEndian.AppendUint32(dst, uint32(g.number(edge.Ints)))
		return binary.LittleEndian.AppendUint32(dst, uint32(g.number(edge.Ints))), t
	case bson.TypeInt64:
		return binary.LittleEndian.AppendUint64(dst, uint64(g.number(edge.Ints))), t
	case bson.TypeDecimal128:
		return g.decimal().AppendBytes(dst), t
	}
	return dst, t // null, undefined, min key and max key
}

// container is value for types with elements.
func (g *generator) container(dst []byte, t bson.Type, depth int) []byte {
	if t == bson.TypeCodeWithScope {
		dst, start := bsoncore.Begin(dst)
		dst = appendText(dst, g.text(g.room(dst)))
		dst, scope := bsoncore.Begin(dst)
		dst = bsoncore.End(g.fields(dst, depth+1), scope)
		bsoncore.SetLength(dst, start)
		return dst
	}
	dst, mark := bsoncore.Begin(dst)
	if t == bson.TypeArray {
		return bsoncore.End(g.items(dst, depth+1), mark)
	}
	return bsoncore.End(g.fields(dst, depth+1), mark)
}
