// Package shape makes valid BSON documents of the bytes of a fuzzer, and
// damages them. Mutated bytes are hardly ever a document; mutated choices
// always are, so that a fuzz target can say something about valid ones.
//
//	f.Fuzz(func(t *testing.T, data []byte) {
//		doc := shape.Options{Odd: shape.AllOdd}.Document(data)
//		…
//	})
//
// A document of at most MaxSize bytes has bytes from which it is made: Seed.
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

// This file has the choices that make documents, scalar.go those that make
// values without parts, seed.go the inverse of both, source.go what choices are
// made of, damage.go documents with a fault.
//
//   - fields and items are the elements of documents and arrays, each begun by
//     a byte that has the type and whether it is repeated or wrapped.
//   - key is where keys come from; value is the one dispatch on the type.
//
// Every kind of choice has a first that is simplest, for when the Source has
// ended, and one that takes the bytes as they are, for Seed.

// Odd says what is legal and rare. Without it the same choices make something
// near that every implementation keeps.
type Odd uint8

const (
	// DuplicateKeys allows one key several times in a document.
	DuplicateKeys Odd = 1 << iota
	// ArrayKeys allows arrays with keys other than "0", "1", ….
	ArrayKeys
	// NaNPayloads allows NaN doubles with other bits than the plain one.
	NaNPayloads
	// RegexOptions allows options that are not sorted, and other than letters
	// of ASCII.
	RegexOptions
	// NonCanonicalDecimals allows decimals whose bits IEEE 754 does not prefer.
	NonCanonicalDecimals
	// WrapperKeys allows keys that Extended JSON has a meaning for, as $oid.
	WrapperKeys
	// Deep allows bson.DefaultMaxDepth levels.
	Deep

	// AllOdd allows all of it.
	AllOdd = Deep<<1 - 1
)

// DefaultMaxSize is how long a document may become unless an option says
// otherwise: enough for values above 64 KiB.
const DefaultMaxSize = 160 << 10

// usualDepth is how many levels a document may have without Deep.
const usualDepth = 12

// Options says which documents are made. The zero value is the default: all
// types, and nothing that is odd.
type Options struct {
	_ struct{} // keyed literals only

	// Odd is what is legal and rare and may be made as well.
	Odd Odd
	// MaxSize is how many bytes a document may have before it gets no more
	// elements; a few more follow from those that are open. Zero means
	// DefaultMaxSize.
	MaxSize int
}

// Document returns the document that data chooses.
func (o Options) Document(data []byte) []byte { return o.Append(nil, NewSource(data)) }

// Append appends the document that the next choices of s make to dst.
func (o Options) Append(dst []byte, s *Source) []byte {
	g := generator{Source: s, odd: o.Odd, used: map[usedKey]bool{}}
	g.limit = len(dst) + o.MaxSize
	if o.MaxSize <= 0 {
		g.limit = len(dst) + DefaultMaxSize
	}
	dst, mark := bsoncore.Begin(dst)
	return bsoncore.End(g.fields(dst, 1), mark)
}

// Stream returns the documents that data chooses, one after the other, at most
// n of them.
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
	limit     int // length of dst from which on there are no more elements
	documents int // begun so far
	keys      []string
	used      map[usedKey]bool
}

// maxHistory is how many keys are remembered at least, to be used again.
const maxHistory = 64

func (g *generator) allows(o Odd) bool { return g.odd&o != 0 }

func (g *generator) maxDepth() int {
	if g.allows(Deep) {
		return bson.DefaultMaxDepth
	}
	return usualDepth
}

// room reports how many bytes may follow dst.
func (g *generator) room(dst []byte) int { return max(g.limit-len(dst), 0) }

// The byte that begins an element, less one, is the number of its type and,
// times the number of types, its form.
const (
	formRepeated = 9  // and 10: the element again, with other keys
	formWrapped  = 11 // and 12: containers in each other
)

// fields appends elements of a document that is open at depth.
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

// items appends elements of an array that is open at depth.
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

// element appends one element or more, as b says. keyOf returns the key of
// each.
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

// begin appends the start of an element, whose type SetType sets.
func begin(dst []byte, key string) ([]byte, int) {
	dst, mark := bsoncore.BeginElement(dst)
	return append(append(dst, key...), 0), mark
}

// wrapped appends containers in each other, as many as are counted and may be
// open. The innermost has elements.
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

// The kinds of key, the low three bits of the byte that begins one. Three are
// of the pool, by the bits above.
const (
	keyAgain   = 3 // one that was drawn before, counted back by the bits above
	keyLetter  = 4 // the same with another last letter
	keyTail    = 5 // the same with another end behind 16 bytes
	keyLiteral = 6 // as many bytes as the bits above say
	keyText    = 7 // see text
)

// keyHead is how many bytes keys have in common that differ in their tail.
const keyHead = 16

// keys are those of the pool: what implementations have a meaning for, and
// what documents have.
var keys = append([]string{
	"a", "b", "c", "d", "name", "created_at", "updated_at", "created_timestamp_utc", "a rather long key of more than thirty-two bytes",
}, edge.Keys...)

// key returns the next key, without regard to those that are used.
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

// earlier returns a key that was drawn n before the last one.
func (g *generator) earlier(n int) string {
	if len(g.keys) == 0 {
		return keys[0]
	}
	return g.keys[len(g.keys)-1-n%len(g.keys)]
}

// plainKey returns key as it may stand in a document.
func (g *generator) plainKey(key string) string {
	key = cstring(key)
	if !g.allows(WrapperKeys) && wrappers[key] {
		key += "."
	}
	return key
}

// wrappers are the keys that Extended JSON, version 1 included, has a meaning
// for.
var wrappers = map[string]bool{
	"$binary": true, "$code": true, "$date": true, "$db": true, "$dbPointer": true, "$id": true, "$maxKey": true, "$minKey": true,
	"$numberDecimal": true, "$numberDouble": true, "$numberInt": true, "$numberLong": true, "$oid": true, "$options": true, "$ref": true,
	"$regex": true, "$regularExpression": true, "$scope": true, "$symbol": true, "$timestamp": true, "$type": true, "$undefined": true,
	"$uuid": true,
}

// cstring returns s with what no key or pattern may have replaced.
func cstring(s string) string { return strings.ReplaceAll(valid(s), "\x00", "0") }

// valid returns s with what is not UTF-8 replaced.
func valid(s string) string { return strings.ToValidUTF8(s, "?") }

// unused returns key, or one like it that its document does not have yet.
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

// value appends a value of type t to a document or array that is open at
// depth, and returns the type that it has become.
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
	return dst, t // null, undefined, and the least and the greatest key
}

// container is value for what has elements.
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
