package bsontest

import (
	"encoding/binary"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// This file has the options and the choices that make documents. scalar.go has the
// choices for values without parts, shape.go those for values of a Go type, seed.go
// the inverse, and source.go the choices themselves.
//
//   - fields and items append the elements of documents and arrays. The first byte of
//     an element has its type, and whether it is repeated or wrapped.
//   - element appends an element, and removes it if the document gets too large.
//   - key returns the next key. Only value dispatches on the type.
//
// The first of every kind of choice is the simplest, which is used when the Source has
// ended. Another uses the bytes unchanged, which Seed needs.

// Odd lists parts of documents that are legal but rare. Without them the same choices
// make similar parts that every implementation keeps.
type Odd uint16

const (
	// DuplicateKeys allows a document to have a key more than once.
	DuplicateKeys Odd = 1 << iota
	// ArrayKeys allows arrays with keys other than "0", "1", ….
	ArrayKeys
	// NaNPayloads allows every NaN, not only the one with the bits 0x7FF8 << 48.
	NaNPayloads
	// RegexOptions allows options of a regex that are not sorted or not ASCII letters.
	RegexOptions
	// NonCanonicalDecimals allows decimals whose encoding is not canonical, and NaN
	// decimals with a sign or payload.
	NonCanonicalDecimals
	// WrapperKeys allows the keys that are special in Extended JSON, such as $oid.
	WrapperKeys
	// Deep allows containers up to bson.DefaultMaxDepth levels deep.
	Deep
	// Wide allows thousands of elements in a container and values over 64 KiB.
	Wide
	// Misfits allows documents that the struct of Options.Shape cannot represent: with
	// missing or unknown keys, and values of other types. It needs Shape.
	Misfits

	// AllOdd allows all odd parts.
	AllOdd = Misfits<<1 - 1
)

// The defaults of Options.
const (
	usualDepth = 6       // levels
	usualSize  = 4 << 10 // bytes
	wideSize   = 160 << 10
)

// Options select the documents that are made. The zero value makes small documents with
// all 21 types. Values at the limits of a type are as likely as common ones. Every
// correct implementation keeps these documents.
type Options struct {
	_ struct{} // keyed literals only

	// Types are the types of elements, each one of the 21 types. Nil means all of them.
	Types []bson.Type
	// MaxDepth is the largest number of open containers, the document included. Zero
	// means 6, or bson.DefaultMaxDepth with Deep.
	MaxDepth int
	// MaxSize is the largest size of a document in bytes, at least 5. Zero means 4 KiB,
	// or 160 KiB with Wide.
	MaxSize int
	// Keys are additional keys, used as often as all other keys together: for example
	// keys that an implementation treats specially, and keys that differ only at the end.
	Keys []string
	// Shape, if not nil, makes documents of Go values of this type: those that
	// bson.Marshal writes. The type is a struct, or another type that bson.Marshal
	// writes as a document. Types and MaxSize do not apply to such documents, and
	// MaxDepth applies to pointers, slices, maps and interfaces. A field of type int, uint
	// or uintptr has other values where these types have 32 bits. The choices that Seed
	// returns do not make the same document with Shape.
	Shape reflect.Type
	// Odd has the parts that are legal but rare.
	Odd Odd
}

// Document returns the document made from the next choices of s.
func (o Options) Document(s *Source) bson.Raw { return o.Append(nil, s) }

// Append appends the document made from the next choices of s to dst, and returns the
// longer slice. It panics if o.Types has a value that is no type, and if bson.Marshal
// cannot write the zero value of o.Shape.
func (o Options) Append(dst []byte, s *Source) []byte {
	for _, t := range o.Types {
		if !slices.Contains(edge.Types, t) {
			panic(fmt.Sprintf("bsontest: Options.Types has 0x%02X, which is no type of BSON", byte(t)))
		}
	}
	g := generator{Source: s.document(), o: &o, used: map[usedKey]bool{}}
	g.limit = len(dst) + o.maxSize()
	if o.Shape != nil {
		return g.shaped(dst, s)
	}
	dst, mark := bsoncore.Begin(dst)
	return bsoncore.End(g.fields(dst, 1), mark)
}

// Stream returns documents in a row: n of them, or fewer if the choices of s end.
func (o Options) Stream(s *Source, n int) []byte {
	var stream []byte
	for ; n > 0 && s.More(); n-- {
		stream = o.Append(stream, s)
	}
	return stream
}

// Document returns the document made from the choices in data with the default options.
// No byte is left over and no byte is an error.
func Document(data []byte) bson.Raw { return Options{}.Document(NewSource(data)) }

// Documents returns an iterator over random documents that does not end. The same seed
// gives the same documents on every machine.
func Documents(seed uint64) iter.Seq[bson.Raw] {
	return func(yield func(bson.Raw) bool) {
		for s := NewRandom(seed); yield(Options{}.Document(s)); {
		}
	}
}

func (o *Options) allows(odd Odd) bool { return o.Odd&odd != 0 }

func (o *Options) maxDepth() int {
	switch {
	case o.MaxDepth > 0:
		return o.MaxDepth
	case o.allows(Deep):
		return bson.DefaultMaxDepth
	}
	return usualDepth
}

func (o *Options) maxSize() int {
	switch {
	case o.MaxSize > 0:
		return o.MaxSize
	case o.allows(Wide):
		return wideSize
	}
	return usualSize
}

func (o *Options) hasType(t bson.Type) bool { return o.Types == nil || slices.Contains(o.Types, t) }

// nests reports whether values of type t have elements.
func nests(t bson.Type) bool { return t.IsContainer() || t == bson.TypeCodeWithScope }

// A usedKey is a key of one document.
type usedKey struct {
	document int
	key      string
}

// A generator makes one document.
type generator struct {
	*Source
	o         *Options
	limit     int  // largest length of dst, in bytes
	full      bool // an element did not fit; no more elements are made
	form      int  // form of the element that is made
	documents int  // number of documents begun so far
	keys      []string
	used      map[usedKey]bool
}

// maxHistory is the lowest number of earlier keys that are kept to be used again.
const maxHistory = 64

// room returns about the number of bytes that a value at depth may have after dst.
func (g *generator) room(dst []byte, depth int) int { return max(g.limit-len(dst)-depth-16, 0) }

// The first byte of an element, minus one, is the number of its type plus its form
// times the number of types. The form 0 allows every subtype of a binary, the others
// those that have a meaning.
const (
	formRepeated = 9  // and 10: the element several times, with other keys
	formWrapped  = 11 // and 12: nested containers
)

// counts has the results of count for bytes from 240 on, near the limits of formats and
// implementations. Only the first smallCounts are used without Wide.
var counts = []int{128, 255, 256, 257, 999, 1000, 1001, 1024, 2000, 2001, 4096, 10_000, 65_535, 65_536, 65_537, 100_000}

const smallCounts = 4

// count returns a number of repetitions, mostly at most 127.
func (g *generator) count() int {
	b := int(g.Byte())
	switch {
	case b < 240:
		return b & 127
	case g.o.allows(Wide):
		return counts[b-240]
	}
	return counts[(b-240)%smallCounts]
}

// typeOf returns the type of an element of a container at depth for the choice b, and
// false if no type of the options fits.
func (g *generator) typeOf(b, depth int) (bson.Type, bool) {
	t := edge.Types[b%len(edge.Types)]
	if !g.o.hasType(t) {
		if len(g.o.Types) == 0 {
			return t, false
		}
		t = g.o.Types[b%len(g.o.Types)]
	}
	if !nests(t) || depth < g.o.maxDepth() {
		return t, true
	}
	if g.o.hasType(bson.TypeNull) {
		return bson.TypeNull, true
	}
	i := slices.IndexFunc(g.o.Types, func(t bson.Type) bool { return !nests(t) })
	if i < 0 {
		return t, false
	}
	return g.o.Types[i], true
}

// next returns the choice of the next element and its type, and false at the end of a
// container at depth.
func (g *generator) next(depth int) (b int, t bson.Type, ok bool) {
	if b = int(g.Byte()); b == 0 || g.full {
		return 0, 0, false
	}
	t, ok = g.typeOf(b-1, depth)
	return b - 1, t, ok
}

// fields appends the elements of a document at depth.
func (g *generator) fields(dst []byte, depth int) []byte {
	g.documents++
	document := g.documents
	for {
		b, t, ok := g.next(depth)
		if !ok {
			return dst
		}
		dst = g.element(dst, b, t, depth, g.key(), func(key string, i int) string {
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
		b, t, ok := g.next(depth)
		if !ok {
			return dst
		}
		key := ""
		if odd {
			key = g.key()
		}
		dst = g.element(dst, b, t, depth, key, func(key string, _ int) string {
			index++
			if odd && g.o.allows(ArrayKeys) {
				return key
			}
			return fmt.Sprint(index - 1)
		})
	}
}

// element appends one or more elements of type t to a container at depth. b has the
// form. keyOf returns the key of each element. An element that does not fit is left
// out.
func (g *generator) element(dst []byte, b int, t bson.Type, depth int, key string, keyOf func(key string, i int) string) []byte {
	start, form, n := len(dst), b/len(edge.Types), 1
	if form == formRepeated || form == formRepeated+1 {
		n = g.count()
	}
	g.form = form
	dst, mark := begin(dst, keyOf(key, 0))
	value := len(dst)
	if wrapper, ok := g.wrapper(t, depth); ok && form >= formWrapped {
		t = wrapper
		dst = g.wrapped(dst, t, depth)
	} else {
		dst = g.value(dst, t, depth)
	}
	bsoncore.SetType(dst, mark, t)
	if g.overflows(dst, depth) {
		return dst[:start]
	}
	again := dst[value:]
	for i := 1; i < n; i++ {
		start = len(dst)
		dst, mark = begin(dst, keyOf(key, i))
		dst = append(dst, again...)
		bsoncore.SetType(dst, mark, t)
		if g.overflows(dst, depth) {
			return dst[:start]
		}
	}
	return dst
}

// overflows reports whether dst has no room for the final bytes of depth open
// containers.
func (g *generator) overflows(dst []byte, depth int) bool {
	over := len(dst)+depth > g.limit
	g.full = g.full || over
	return over
}

// begin appends the start of an element. SetType sets its type later.
func begin(dst []byte, key string) ([]byte, int) {
	dst, mark := bsoncore.BeginElement(dst)
	return append(append(dst, key...), 0), mark
}

// wrapper returns the type of the containers around an element of type t, and false if
// the options allow none in a container at depth.
func (g *generator) wrapper(t bson.Type, depth int) (bson.Type, bool) {
	if t != bson.TypeArray {
		t = bson.TypeDocument
	}
	return t, g.o.hasType(t) && depth < g.o.maxDepth()
}

// wrapped appends nested containers of type t to a container at depth. A count is their
// number, up to the limit of depth. The innermost has elements.
func (g *generator) wrapped(dst []byte, t bson.Type, depth int) []byte {
	n := max(min(g.count(), g.o.maxDepth()-depth), 1)
	key := "0"
	if t == bson.TypeDocument {
		key = "a"
	}
	dst, outermost := bsoncore.Begin(dst)
	marks := []int{outermost}
	for range n - 1 {
		dst = bsoncore.AppendHeader(dst, t, key)
		var mark int
		dst, mark = bsoncore.Begin(dst)
		marks = append(marks, mark)
	}
	dst = g.elements(dst, t, depth+n)
	for _, mark := range slices.Backward(marks) {
		dst = bsoncore.End(dst, mark)
	}
	return dst
}

// elements appends the elements of a document or array at depth.
func (g *generator) elements(dst []byte, t bson.Type, depth int) []byte {
	if t == bson.TypeArray {
		return g.items(dst, depth)
	}
	return g.fields(dst, depth)
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
		key = key[:len(key)-n] + string(rune('a'+g.IntN(26)))
	case keyTail:
		key = g.earlier(arg)
		key += strings.Repeat("_", max(keyHead-len(key), 0)) + string(rune('a'+g.IntN(26)))
	case keyLiteral:
		key = string(g.Bytes(arg))
	case keyText:
		key = g.text(0)
	default:
		key = g.listed(kind<<5 | arg)
	}
	key = g.plainKey(key)
	if g.keys = append(g.keys, key); len(g.keys) > 2*maxHistory {
		g.keys = slices.Delete(g.keys, 0, maxHistory)
	}
	return key
}

// listed returns key number i of keys. For a larger i it returns one of the keys that
// only the options allow, if there are any.
func (g *generator) listed(i int) string {
	more := i - len(keys)
	if more < 0 {
		return keys[i]
	}
	if g.o.allows(WrapperKeys) && (more&1 == 0 || len(g.o.Keys) == 0) {
		return wrapperKeys[more%len(wrapperKeys)]
	}
	if len(g.o.Keys) > 0 {
		return g.o.Keys[more%len(g.o.Keys)]
	}
	return keys[i%len(keys)]
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
	if !g.o.allows(WrapperKeys) && slices.Contains(wrapperKeys, key) {
		key += "."
	}
	return key
}

// wrapperKeys has the special keys of Extended JSON, version 1 included.
var wrapperKeys = []string{
	"$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$binary", "$type", "$regex", "$options",
	"$regularExpression", "$timestamp", "$symbol", "$code", "$scope", "$ref", "$id", "$db", "$dbPointer", "$undefined", "$minKey", "$maxKey",
	"$uuid",
}

// cstring returns s as it may be in a key or pattern: as UTF-8 without NUL.
func cstring(s string) string { return strings.ReplaceAll(valid(s), "\x00", "0") }

// valid returns s with invalid UTF-8 replaced.
func valid(s string) string { return strings.ToValidUTF8(s, "?") }

// unused returns key, or a similar key if its document has the key already.
func (g *generator) unused(document int, key string) string {
	if g.o.allows(DuplicateKeys) {
		return key
	}
	free := key
	for i := 2; g.used[usedKey{document, free}]; i++ {
		free = fmt.Sprint(key, "#", i)
	}
	g.used[usedKey{document, free}] = true
	return free
}

// value appends a value of type t to a container at depth.
func (g *generator) value(dst []byte, t bson.Type, depth int) []byte {
	switch t {
	case bson.TypeDocument, bson.TypeArray:
		dst, mark := bsoncore.Begin(dst)
		return bsoncore.End(g.elements(dst, t, depth+1), mark)
	case bson.TypeCodeWithScope:
		dst, start := bsoncore.Begin(dst)
		dst = appendText(dst, g.text(g.room(dst, depth)))
		dst, scope := bsoncore.Begin(dst)
		dst = bsoncore.End(g.fields(dst, depth+1), scope)
		bsoncore.SetLength(dst, start)
		return dst
	case bson.TypeDouble:
		return binary.LittleEndian.AppendUint64(dst, g.double())
	case bson.TypeString, bson.TypeCode, bson.TypeSymbol:
		return appendText(dst, g.text(g.room(dst, depth)))
	case bson.TypeBinary:
		subtype := g.Byte()
		if g.form != 0 {
			subtype = edge.Subtypes[int(subtype)%len(edge.Subtypes)]
		}
		return bsoncore.AppendBinaryValue(dst, subtype, g.octets(g.room(dst, depth)))
	case bson.TypeObjectID:
		return g.id(dst)
	case bson.TypeBoolean:
		return append(dst, g.Byte()&1)
	case bson.TypeDateTime:
		return binary.LittleEndian.AppendUint64(dst, uint64(g.integer(edge.Dates)))
	case bson.TypeRegex:
		dst = append(append(dst, cstring(g.text(g.room(dst, depth)))...), 0)
		return append(append(dst, g.options()...), 0)
	case bson.TypeDBPointer:
		return g.id(appendText(dst, g.text(g.room(dst, depth))))
	case bson.TypeInt32:
		return binary.LittleEndian.AppendUint32(dst, uint32(g.integer(edge.Ints)))
	case bson.TypeTimestamp:
		dst = binary.LittleEndian.AppendUint32(dst, uint32(g.integer(edge.Ints)))
		return binary.LittleEndian.AppendUint32(dst, uint32(g.integer(edge.Ints)))
	case bson.TypeInt64:
		return binary.LittleEndian.AppendUint64(dst, uint64(g.integer(edge.Ints)))
	case bson.TypeDecimal128:
		return g.decimal().AppendBytes(dst)
	}
	return dst // null, undefined, min key and max key
}
