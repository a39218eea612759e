package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file is the builder, which turns a graph into BSON: the last part of the
// way from opcodes to BSON. It knows BSON, the meaning of the objects of each
// class, and the limits of depth and expansion. It does not know opcodes or the
// machine.
//
//   - value is the one dispatch; atomValue does atoms, to_bson_object.go objects,
//     with to_bson_scalar.go, to_bson_datetime.go, to_bson_zone.go,
//     to_bson_son.go and to_bson_other.go.
//   - document and array write containers and call value.
//   - element, and key and distinct in to_bson_key.go, write the parts of
//     documents.
//   - to_bson_weigh.go makes room for a long value at once.
//
// A node may be referred to many times and is written each time, so the length
// of the pickle limits the length of the output. There are no cycles: see
// machine.get.

// A builder writes the BSON of one graph at a time.
type builder struct {
	*graph
	spare *slab // spare numbers; see reorder

	maxDepth     int // documents and arrays open
	maxExpansion int // bytes of BSON for each byte of the pickle
	longText     LongText
	unknown      UnknownPolicy
	zones        zones
	pairs        bool // a dictionary with keys that are not text is an array

	base  int      // length of dst at the start
	limit int      // length of dst that is too large
	depth int      // documents and arrays open
	docs  int      // documents among them
	inKey bool     // the value is in the key of a pair
	keys  []span   // of all open documents
	table []uint32 // hash table of indexes in keys, plus one; see distinct

	path    []string // keys to the fault, the innermost first; see unwind
	pathLen int      // bytes of all keys to it
}

// A span is a part of dst.
type span struct{ off, n uint32 } // bytes from builder.base, bytes

// reset prepares b for a graph, also after a fault of the last one.
func (b *builder) reset() {
	b.depth, b.docs = 0, 0
	b.inKey = false
	b.keys = b.keys[:0]
	b.path, b.pathLen = b.path[:0], 0
}

// build appends the value of root, the result of a pickle of n bytes, and
// returns its type, or 0 after a fault.
func (b *builder) build(dst []byte, root ref, n int) ([]byte, bsoncore.Type) {
	room := max(freeExpansion, int64(n)*int64(b.maxExpansion))
	b.base = len(dst)
	b.limit = b.base + int(min(room, maxSource))
	if n >= weighFrom {
		dst = b.makeRoom(dst, root, n)
	}
	dst, t := b.value(dst, root)
	if t != 0 && len(dst) > b.limit {
		b.fail(b.place(root), ErrLimit, "MaxExpansion")
		t = 0
	}
	return dst, t
}

// value appends the BSON value of r and returns its type, or 0 after a fault.
func (b *builder) value(dst []byte, r ref) ([]byte, bsoncore.Type) {
	if r.isAtom() {
		return b.atomValue(dst, r)
	}
	n := b.node(r)
	if n == nil {
		return b.nameValue(dst, r)
	}
	if b.inKey && !n.hashable() {
		return b.unhashable(dst, r)
	}
	ok := false
	t := bsoncore.TypeArray
	switch n.kind() {
	case kindTuple, kindLong, kindList:
		dst, ok = b.array(dst, r)
	case kindSet, kindFrozen:
		if b.unknown == UnknownError {
			b.fail(n.off(), ErrNoType, setNames[n.kind()])
			return dst, 0
		}
		items, s := b.items(r)
		dst, ok = b.set(dst, items, s, n.off())
	case kindDict:
		switch {
		case b.pairs && b.docs == 0 && b.hasOtherKeys(n[nodeFirst]):
			dst, ok = b.pairArray(dst, n)
		case b.unknown == UnknownDescribe && b.hasOtherKeys(n[nodeFirst]):
			t = bsoncore.TypeDocument
			dst, ok = b.otherDict(dst, n)
		default:
			t = bsoncore.TypeDocument
			dst, ok = b.document(dst, n[nodeFirst], n.off())
		}
	default:
		if n.class() == clsName {
			return b.nameValue(dst, r)
		}
		return b.objectValue(dst, n)
	}
	if !ok {
		return dst, 0
	}
	return dst, t
}

// atomValue is value for atoms.
func (b *builder) atomValue(dst []byte, r ref) ([]byte, bsoncore.Type) {
	switch a := b.atom(r); a {
	case isText:
		return b.stringValue(dst, r, bsoncore.TypeString)
	case isInt, isTextInt, isLong, isTextLong:
		return b.intValue(dst, r, a)
	case isNone:
		return dst, bsoncore.TypeNull
	case isTrue:
		return append(dst, 1), bsoncore.TypeBoolean
	case isFalse:
		return append(dst, 0), bsoncore.TypeBoolean
	case isFloat:
		f, ok := b.float(r)
		if !ok {
			return dst, 0
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), bsoncore.TypeDouble
	case isByteArray:
		if b.inKey {
			return b.unhashable(dst, r)
		}
		fallthrough
	case isBytes:
		return bsoncore.AppendBinaryValue(dst, bsoncore.BinaryGeneric, b.payload(r)), bsoncore.TypeBinary
	case isStr:
		return b.strValue(dst, r)
	case isName:
		return b.nameValue(dst, r)
	}
	return b.emptyValue(dst, r)
}

// stringValue appends text as a value laid out like a string.
func (b *builder) stringValue(dst []byte, r ref, t bsoncore.Type) ([]byte, bsoncore.Type) {
	start := len(dst)
	dst, ok := b.text(append(dst, 0, 0, 0, 0), r)
	if !ok {
		return dst, 0
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, start)
	return dst, t
}

// strValue appends a str of Python 2.
func (b *builder) strValue(dst []byte, r ref) ([]byte, bsoncore.Type) {
	start := len(dst)
	dst, ok := b.str(append(dst, 0, 0, 0, 0), r)
	switch {
	case !ok:
		return dst, 0
	case b.encoding == Latin1:
		dst = latin1ToUTF8(dst, start+4)
	case b.encoding == Bytes || !utf8.Valid(dst[start+4:]):
		binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
		dst = append(dst, 0)
		copy(dst[start+5:], dst[start+4:])
		dst[start+4] = bsoncore.BinaryGeneric
		return dst, bsoncore.TypeBinary
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, start)
	return dst, bsoncore.TypeString
}

// intValue appends an integer: an int32 if it fits, else an int64. A long of
// Python 2 is always an int64, as in PyMongo; a long spelled in text may be an
// int of Python 3: see LongText.
func (b *builder) intValue(dst []byte, r ref, a atom) ([]byte, bsoncore.Type) {
	if a == isTextInt {
		if v, ok := b.bool(r); ok {
			return append(dst, v), bsoncore.TypeBoolean
		}
	}
	v, ok := b.integer(r)
	n, fits := v.int64()
	if !ok || !fits {
		return b.longValue(dst, r)
	}
	if n == int64(int32(n)) && a != isLong && (a != isTextLong || b.longText == LongSmallest) {
		return binary.LittleEndian.AppendUint32(dst, uint32(n)), bsoncore.TypeInt32
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(n)), bsoncore.TypeInt64
}

// longValue appends an integer that needs more than 64 bits, as a string.
func (b *builder) longValue(dst []byte, r ref) ([]byte, bsoncore.Type) {
	start := len(dst)
	dst, ok := b.digits(append(dst, 0, 0, 0, 0), r)
	switch {
	case !ok:
		b.fail(int(r), ErrArgument, "integer")
		return dst, 0
	case b.unknown == UnknownError:
		b.fail(int(r), ErrRange, "integer needs more than 64 bits")
		return dst, 0
	case len(bytes.TrimPrefix(dst[start+4:], []byte{'-'})) > maxDigits:
		b.fail(int(r), ErrRange, "integer of more than "+itoa(maxDigits)+" digits")
		return dst, 0
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, start)
	return dst, bsoncore.TypeString
}

// emptyValue appends a container that is an atom.
func (b *builder) emptyValue(dst []byte, r ref) ([]byte, bsoncore.Type) {
	if !b.enter(int(r)) {
		return dst, 0
	}
	b.depth--
	k := b.kind(r)
	switch {
	case b.inKey && k != kindTuple && k != kindFrozen:
		return b.unhashable(dst, r)
	case b.unknown == UnknownError && (k == kindSet || k == kindFrozen):
		b.fail(int(r), ErrNoType, setNames[k])
		return dst, 0
	}
	dst, start := bsoncore.Begin(dst)
	if k == kindDict {
		return bsoncore.End(dst, start), bsoncore.TypeDocument
	}
	return bsoncore.End(dst, start), bsoncore.TypeArray
}

// hashable reports whether Python can hash a container or object, apart from
// its content.
func (n *node) hashable() bool {
	switch n.kind() {
	case kindList, kindDict, kindSet:
		return false
	case kindObject:
		return !unhashable[n.class()]
	}
	return true
}

// unhashable rejects r in a key.
func (b *builder) unhashable(dst []byte, r ref) ([]byte, bsoncore.Type) {
	b.fail(b.place(r), ErrUnhashable, "")
	return dst, 0
}

// enter opens a container that the opcode at off made.
func (b *builder) enter(off int) bool {
	if b.depth >= b.maxDepth {
		b.fail(off, bsoncore.ErrDepth, "")
		return false
	}
	b.depth++
	return true
}

// array appends a list or tuple.
func (b *builder) array(dst []byte, r ref) ([]byte, bool) {
	items, s := b.items(r)
	return b.sequence(dst, items, s, b.place(r))
}

// sequence appends an array of items and of those in the segments from index s
// on. The opcode at off made their container.
func (b *builder) sequence(dst []byte, items []ref, s ref, off int) ([]byte, bool) {
	if !b.enter(off) {
		return dst, false
	}
	dst, start := bsoncore.Begin(dst)
	i := 0
	for ; len(items) > 0; items, s = b.segment(s) {
		for _, item := range items {
			var mark int
			dst, mark = bsoncore.BeginElement(dst)
			dst = bsoncore.AppendIndexKey(dst, i)
			var ok bool
			if dst, ok = b.element(dst, item, mark); !ok {
				return dst, false
			}
			i++
		}
	}
	b.depth--
	return bsoncore.End(dst, start), true
}

// element appends a value whose key is written, and its type at mark.
func (b *builder) element(dst []byte, r ref, mark int) ([]byte, bool) {
	dst, t := b.value(dst, r)
	if t != 0 && len(dst) > b.limit {
		b.fail(b.place(r), ErrLimit, "MaxExpansion")
		t = 0
	}
	if t == 0 {
		b.unwind(dst, mark)
		return dst, false
	}
	bsoncore.SetType(dst, mark, t)
	return dst, true
}

// maxPath is the largest total length, in bytes, of the keys to a fault with a
// Pointer: every enclosing document may have a long key.
const maxPath = 64 << 10

// unwind notes, on the way out after a fault, the key of the element at mark.
func (b *builder) unwind(dst []byte, mark int) {
	key := dst[mark+1:]
	n := bytes.IndexByte(key, 0)
	if n < 0 {
		return
	}
	if b.pathLen += n; b.pathLen <= maxPath {
		b.path = append(b.path, string(key[:n]))
	} else {
		b.path = b.path[:0]
	}
}

// pointer returns the JSON Pointer of the fault.
func (b *builder) pointer() string {
	var p []byte
	for i := len(b.path) - 1; i >= 0; i-- {
		p = bsoncore.AppendPointer(p, []byte(b.path[i]))
	}
	return string(p)
}

// document appends a document of the items in the segments from index s on. The
// opcode at off made their dictionary or object.
func (b *builder) document(dst []byte, s ref, off int) ([]byte, bool) {
	if !b.enter(off) {
		return dst, false
	}
	b.docs++
	b.reserve(b.count(s) / 2)
	first := len(b.keys)
	dst, start := bsoncore.Begin(dst)
	dst, ok := b.elements(dst, s)
	if !ok {
		return dst, false
	}
	return b.end(dst, start, first, off)
}

// end finishes a document whose keys are those from first on.
func (b *builder) end(dst []byte, start, first, off int) ([]byte, bool) {
	if dup := b.distinct(dst, first); dup >= 0 {
		return b.duplicate(dst, b.keys[dup], off)
	}
	b.keys = b.keys[:first]
	b.depth--
	b.docs--
	return bsoncore.End(dst, start), true
}

// duplicate records that a document has a key twice.
func (b *builder) duplicate(dst []byte, key span, off int) ([]byte, bool) {
	b.fail(off, bsoncore.ErrDuplicateKey, quoteName(dst[b.base+int(key.off):][:key.n]))
	return dst, false
}

// elements appends the items in the segments from index s on as elements of
// the open document.
func (b *builder) elements(dst []byte, s ref) ([]byte, bool) {
	for s != 0 {
		var items []ref
		items, s = b.segment(s)
		for i := 0; i < len(items); i += 2 {
			var mark int
			dst, mark = bsoncore.BeginElement(dst)
			var ok bool
			if dst, ok = b.key(dst, items[i]); !ok {
				return dst, false
			}
			if dst, ok = b.element(dst, items[i+1], mark); !ok {
				return dst, false
			}
		}
	}
	return dst, true
}

// hasOtherKeys reports whether a dictionary has a key that is not text.
func (b *builder) hasOtherKeys(s ref) bool {
	for s != 0 {
		var items []ref
		items, s = b.segment(s)
		for i := 0; i < len(items); i += 2 {
			if !b.atom(items[i]).isTextual() {
				return true
			}
		}
	}
	return false
}

// pairArray appends a dictionary as an array of arrays of key and value.
func (b *builder) pairArray(dst []byte, n *node) ([]byte, bool) {
	if !b.enter(n.off()) {
		return dst, false
	}
	b.reserve(b.count(n[nodeFirst]) / 2)
	first := len(b.keys)
	dst, start := bsoncore.Begin(dst)
	i := 0
	for s := n[nodeFirst]; s != 0; {
		var items []ref
		items, s = b.segment(s)
		for ; len(items) > 0; items = items[2:] {
			var ok bool
			if dst, ok = b.pair(dst, items, i, n.off()); !ok {
				return dst, false
			}
			i++
		}
	}
	if b.distinct(dst, first) >= 0 {
		b.fail(n.off(), bsoncore.ErrDuplicateKey, "")
		return dst, false
	}
	b.keys = b.keys[:first]
	b.depth--
	return bsoncore.End(dst, start), true
}

// pair appends element i of an array: an array of the first two items.
func (b *builder) pair(dst []byte, items []ref, i, off int) ([]byte, bool) {
	if !b.enter(off) {
		return dst, false
	}
	dst = append(dst, byte(bsoncore.TypeArray))
	dst = bsoncore.AppendIndexKey(dst, i)
	dst, start := bsoncore.Begin(dst)
	for j, r := range items[:2] {
		b.inKey = j == 0
		var mark int
		dst, mark = bsoncore.BeginElement(dst)
		dst = bsoncore.AppendIndexKey(dst, j)
		var ok bool
		if dst, ok = b.element(dst, r, mark); !ok {
			return dst, false
		}
		if j == 0 {
			b.note(dst, mark)
		}
	}
	b.depth--
	return bsoncore.End(dst, start), true
}
