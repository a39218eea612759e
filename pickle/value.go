package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file turns what the machine has built into BSON.
//
//   - value is the one dispatch; atomValue does atoms, object.go objects.
//   - document and array write containers and call value.
//   - element, and key and distinct in key.go, are what documents are made of.
//
// A node may be reached by many ways and is written each time, so the length
// of the output is limited by the length of the pickle. There are no cycles:
// see machine.get.

// A builder is the part of a machine that writes.
type builder struct {
	base  int // length of dst at the start
	limit int // length of dst that is too much
	depth int // documents and arrays open
	docs  int // documents among them
	pairs bool
	inKey bool     // what is written lies in the key of a pair
	keys  []span   // of all open documents
	table []uint32 // hash table of indexes in keys, plus one; see distinct
}

// A span is a part of dst.
type span struct{ off, n uint32 } // bytes from builder.base, bytes

// begin prepares m to write what it has read onto the end of dst, and returns
// dst with room for it.
func (m *machine) begin(dst []byte) []byte {
	room := max(freeExpansion, int64(m.off)*int64(m.maxExpansion))
	m.base = len(dst)
	m.limit = m.base + int(min(room, maxSource))
	m.depth = 0
	m.docs = 0
	m.inKey = false
	m.keys = m.keys[:0]
	if m.off >= weighFrom {
		dst = m.makeRoom(dst)
	}
	return dst
}

// value appends the BSON value of r and returns its type, or 0 after a fault.
func (m *machine) value(dst []byte, r ref) ([]byte, bson.Type) {
	if r.isAtom() {
		return m.atomValue(dst, r)
	}
	n := m.node(r)
	if n == nil {
		m.fail(m.at, ErrCall, "class or function used as a value")
		return dst, 0
	}
	if m.inKey && !n.hashable() {
		return m.unhashable(dst, r)
	}
	ok := false
	t := bson.TypeArray
	switch n.kind() {
	case kindTuple, kindLong, kindList:
		dst, ok = m.array(dst, r)
	case kindDict:
		if m.pairs && m.docs == 0 && m.hasOtherKeys(n[nodeFirst]) {
			dst, ok = m.pairArray(dst, n)
			break
		}
		t = bson.TypeDocument
		dst, ok = m.document(dst, n[nodeFirst], n.off())
	default:
		return m.objectValue(dst, n)
	}
	if !ok {
		return dst, 0
	}
	return dst, t
}

// atomValue is value for atoms.
func (m *machine) atomValue(dst []byte, r ref) ([]byte, bson.Type) {
	switch op := m.src[r]; op {
	case opShortBinUnicode, opBinUnicode, opUnicode:
		return m.stringValue(dst, r, bson.TypeString)
	case opBinInt1, opBinInt2, opBinInt, opInt, opLong, opLong1:
		return m.intValue(dst, r)
	case opNone:
		return dst, bson.TypeNull
	case opNewTrue:
		return append(dst, 1), bson.TypeBoolean
	case opNewFalse:
		return append(dst, 0), bson.TypeBoolean
	case opBinFloat, opFloat:
		f, ok := m.float(r)
		if !ok {
			return dst, 0
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), bson.TypeDouble
	case opByteArray8:
		if m.inKey {
			return m.unhashable(dst, r)
		}
		fallthrough
	case opShortBinBytes, opBinBytes:
		return bsoncore.AppendBinaryValue(dst, bson.BinaryGeneric, m.payload(r)), bson.TypeBinary
	case opString, opShortBinString, opBinString:
		return m.strValue(dst, r)
	}
	return m.emptyValue(dst, r)
}

// stringValue appends text as a value laid out like a string.
func (m *machine) stringValue(dst []byte, r ref, t bson.Type) ([]byte, bson.Type) {
	start := len(dst)
	dst, ok := m.text(append(dst, 0, 0, 0, 0), r)
	if !ok {
		return dst, 0
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, start)
	return dst, t
}

// strValue appends a str of Python 2.
func (m *machine) strValue(dst []byte, r ref) ([]byte, bson.Type) {
	start := len(dst)
	dst, ok := m.str(append(dst, 0, 0, 0, 0), r)
	switch {
	case !ok:
		return dst, 0
	case m.encoding == Latin1:
		dst = latin1ToUTF8(dst, start+4)
	case m.encoding == Bytes || !utf8.Valid(dst[start+4:]):
		binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
		dst = append(dst, 0)
		copy(dst[start+5:], dst[start+4:])
		dst[start+4] = bson.BinaryGeneric
		return dst, bson.TypeBinary
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, start)
	return dst, bson.TypeString
}

// intValue appends an integer: an int32 if it fits, else an int64. A long of
// Python 2 is an int64 even if it is small, as PyMongo has it; one spelled in
// text may be an int of Python 3: see LongText.
func (m *machine) intValue(dst []byte, r ref) ([]byte, bson.Type) {
	op := m.src[r]
	if op == opInt {
		if s := m.line(r); len(s) == 2 && s[0] == '0' && s[1]&^1 == '0' {
			return append(dst, s[1]&1), bson.TypeBoolean
		}
	}
	v, ok := m.integer(r)
	if !ok {
		m.fail(int(r), ErrArgument, "integer")
		return dst, 0
	}
	n, ok := v.int64()
	if !ok {
		m.fail(int(r), ErrRange, "integer needs more than 64 bits")
		return dst, 0
	}
	if n == int64(int32(n)) && op != opLong1 && (op != opLong || m.longText == LongSmallest) {
		return binary.LittleEndian.AppendUint32(dst, uint32(n)), bson.TypeInt32
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(n)), bson.TypeInt64
}

// emptyValue appends a container that is an atom.
func (m *machine) emptyValue(dst []byte, r ref) ([]byte, bson.Type) {
	if !m.enter(int(r)) {
		return dst, 0
	}
	m.depth--
	if m.inKey && emptyKinds[m.src[r]] != kindTuple {
		return m.unhashable(dst, r)
	}
	dst, start := bsoncore.Begin(dst)
	if emptyKinds[m.src[r]] == kindDict {
		return bsoncore.End(dst, start), bson.TypeDocument
	}
	return bsoncore.End(dst, start), bson.TypeArray
}

// hashable reports whether Python can hash a container or object, as far as
// that does not depend on what lies in it.
func (n *node) hashable() bool {
	switch n.kind() {
	case kindList, kindDict:
		return false
	case kindObject:
		return !rules[n.class()].unhashable
	}
	return true
}

// unhashable refuses r in a key.
func (m *machine) unhashable(dst []byte, r ref) ([]byte, bson.Type) {
	m.fail(m.place(r), ErrUnhashable, "")
	return dst, 0
}

// enter opens a container that the opcode at off made.
func (m *machine) enter(off int) bool {
	if m.depth >= m.maxDepth {
		m.fail(off, bson.ErrDepth, "")
		return false
	}
	m.depth++
	return true
}

// array appends a list or tuple.
func (m *machine) array(dst []byte, r ref) ([]byte, bool) {
	if !m.enter(m.place(r)) {
		return dst, false
	}
	dst, start := bsoncore.Begin(dst)
	i := 0
	for items, s := m.items(r); len(items) > 0; items, s = m.segment(s) {
		for _, item := range items {
			var mark int
			dst, mark = bsoncore.BeginElement(dst)
			dst = bsoncore.AppendIndexKey(dst, i)
			var ok bool
			if dst, ok = m.element(dst, item, mark); !ok {
				return dst, false
			}
			i++
		}
	}
	m.depth--
	return bsoncore.End(dst, start), true
}

// element appends a value whose key is written, and its type at mark.
func (m *machine) element(dst []byte, r ref, mark int) ([]byte, bool) {
	dst, t := m.value(dst, r)
	if t != 0 && len(dst) > m.limit {
		m.fail(m.place(r), ErrLimit, "MaxExpansion")
		t = 0
	}
	if t == 0 {
		m.unwind(dst, mark)
		return dst, false
	}
	bsoncore.SetType(dst, mark, t)
	return dst, true
}

// maxPath is how many bytes the keys to a fault may have together for it to
// have a Pointer: a long key may be that of every document around it.
const maxPath = 64 << 10

// unwind notes, on the way out after a fault, the key of the element at mark.
func (m *machine) unwind(dst []byte, mark int) {
	key := dst[mark+1:]
	n := bytes.IndexByte(key, 0)
	if n < 0 {
		return
	}
	if m.pathLen += n; m.pathLen <= maxPath {
		m.path = append(m.path, string(key[:n]))
	} else {
		m.path = m.path[:0]
	}
}

// document appends a document of the items in the segments from index s on.
// The opcode at off made what they belong to.
func (m *machine) document(dst []byte, s ref, off int) ([]byte, bool) {
	if !m.enter(off) {
		return dst, false
	}
	m.docs++
	m.reserve(m.count(s) / 2)
	first := len(m.keys)
	dst, start := bsoncore.Begin(dst)
	dst, ok := m.elements(dst, s)
	if !ok {
		return dst, false
	}
	return m.end(dst, start, first, off)
}

// end finishes a document whose keys are those from first on.
func (m *machine) end(dst []byte, start, first, off int) ([]byte, bool) {
	if dup := m.distinct(dst, first); dup >= 0 {
		return m.duplicate(dst, m.keys[dup], off)
	}
	m.keys = m.keys[:first]
	m.depth--
	m.docs--
	return bsoncore.End(dst, start), true
}

// duplicate records that a document has a key twice.
func (m *machine) duplicate(dst []byte, key span, off int) ([]byte, bool) {
	m.fail(off, bson.ErrDuplicateKey, quoteName(dst[m.base+int(key.off):][:key.n]))
	return dst, false
}

// elements appends the items in the segments from index s on as elements of
// the open document.
func (m *machine) elements(dst []byte, s ref) ([]byte, bool) {
	for s != 0 {
		var items []ref
		items, s = m.segment(s)
		for i := 0; i < len(items); i += 2 {
			var mark int
			dst, mark = bsoncore.BeginElement(dst)
			var ok bool
			if dst, ok = m.key(dst, items[i]); !ok {
				return dst, false
			}
			if dst, ok = m.element(dst, items[i+1], mark); !ok {
				return dst, false
			}
		}
	}
	return dst, true
}

// hasOtherKeys reports whether a dictionary has a key that is not text.
func (m *machine) hasOtherKeys(s ref) bool {
	for s != 0 {
		var items []ref
		items, s = m.segment(s)
		for i := 0; i < len(items); i += 2 {
			if a := m.atom(items[i]); a != isText && a != isStr {
				return true
			}
		}
	}
	return false
}

// pairArray appends a dictionary as an array of arrays of key and value.
func (m *machine) pairArray(dst []byte, n *node) ([]byte, bool) {
	if !m.enter(n.off()) {
		return dst, false
	}
	m.reserve(m.count(n[nodeFirst]) / 2)
	first := len(m.keys)
	dst, start := bsoncore.Begin(dst)
	i := 0
	for s := n[nodeFirst]; s != 0; {
		var items []ref
		items, s = m.segment(s)
		for ; len(items) > 0; items = items[2:] {
			var ok bool
			if dst, ok = m.pair(dst, items, i, n.off()); !ok {
				return dst, false
			}
			i++
		}
	}
	if m.distinct(dst, first) >= 0 {
		m.fail(n.off(), bson.ErrDuplicateKey, "")
		return dst, false
	}
	m.keys = m.keys[:first]
	m.depth--
	return bsoncore.End(dst, start), true
}

// pair appends element i of an array: an array of the first two items.
func (m *machine) pair(dst []byte, items []ref, i, off int) ([]byte, bool) {
	if !m.enter(off) {
		return dst, false
	}
	dst = append(dst, byte(bson.TypeArray))
	dst = bsoncore.AppendIndexKey(dst, i)
	dst, start := bsoncore.Begin(dst)
	for j, r := range items[:2] {
		m.inKey = j == 0
		var mark int
		dst, mark = bsoncore.BeginElement(dst)
		dst = bsoncore.AppendIndexKey(dst, j)
		var ok bool
		if dst, ok = m.element(dst, r, mark); !ok {
			return dst, false
		}
		if j == 0 {
			m.note(dst, mark)
		}
	}
	m.depth--
	return bsoncore.End(dst, start), true
}
