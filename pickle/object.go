package pickle

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file says what the objects of a pickle are in BSON. names.go has
// settled by which opcodes an object may come about and with how many
// arguments; here their kinds and values are checked, and the states.
//
//   - objectValue is the one dispatch on the class. What it calls is here, in
//     object_scalar.go, datetime.go and son.go.
//   - attributes reads a state that is a dictionary: every attribute known,
//     none twice, in any order.

// objectValue appends the BSON value of an object and returns its type, or 0
// after a fault.
func (m *machine) objectValue(dst []byte, n *node) ([]byte, bson.Type) {
	ok := false
	t := bson.TypeBinary
	switch n.class() {
	case clsObjectID:
		t = bson.TypeObjectID
		dst, ok = m.objectID(dst, n)
	case clsDatetime:
		t = bson.TypeDateTime
		dst, ok = m.datetime(dst, n)
	case clsInt64:
		t = bson.TypeInt64
		dst, ok = m.int64(dst, n)
	case clsEncode, clsBytes, clsByteArray:
		dst, ok = m.bytesValue(dst, n)
	case clsBinary:
		dst, ok = m.binary(dst, n)
	case clsUUIDLegacy:
		dst, ok = m.uuidLegacy(dst, n)
	case clsUUID:
		dst = append(dst, 16, 0, 0, 0, bson.BinaryUUID)
		dst, ok = m.uuid(dst, n)
	case clsDecimal128:
		t = bson.TypeDecimal128
		dst, ok = m.decimal128(dst, n)
	case clsDecimal:
		t = bson.TypeDecimal128
		dst, ok = m.decimal(dst, n)
	case clsMinKey:
		t = bson.TypeMinKey
		ok = m.stateless(n)
	case clsMaxKey:
		t = bson.TypeMaxKey
		ok = m.stateless(n)
	case clsRegex:
		t = bson.TypeRegex
		dst, ok = m.regex(dst, n)
	case clsCompile:
		t = bson.TypeRegex
		list := m.arguments(n)
		dst, ok = m.pattern(dst, list[0], list[1])
	case clsTimestamp:
		t = bson.TypeTimestamp
		dst, ok = m.timestamp(dst, n)
	case clsDatetimeMS:
		t = bson.TypeDateTime
		dst, ok = m.datetimeMS(dst, n)
	case clsCode:
		return m.code(dst, n)
	default:
		t = bson.TypeDocument
		dst, ok = m.documentObject(dst, n)
	}
	if !ok {
		return dst, 0
	}
	return dst, t
}

// documentObject is objectValue for classes that become documents.
func (m *machine) documentObject(dst []byte, n *node) ([]byte, bool) {
	switch n.class() {
	case clsSON:
		return m.son(dst, n)
	case clsOrderedDict:
		return m.orderedDict(dst, n)
	case clsDBRef:
		return m.dbref(dst, n)
	case clsRawBSON:
		return m.rawBSON(dst, n)
	}
	return m.wrong(dst, n, ErrCall, "used as a value")
}

// wrong records that an object will not do and returns dst and false.
func (m *machine) wrong(dst []byte, n *node, err error, what string) ([]byte, bool) {
	m.fail(n.off(), err, classNames[n.class()]+" "+what)
	return dst, false
}

// arguments returns the arguments of an object that REDUCE or NEWOBJ made.
func (m *machine) arguments(n *node) []ref {
	list, _ := m.tuple(n[nodeArgs])
	return list
}

// content returns the first argument of an object whose class has a base with
// a value: that of NEWOBJ, or the base's value.
func (m *machine) content(n *node) ref {
	if n.rebuilt() {
		return n[nodeArgs]
	}
	return m.arguments(n)[0]
}

// state returns what BUILD has given an object, or noRef.
func (n *node) state() ref { return n[nodeState] }

// maxAttributes is how many attributes the largest state has.
const maxAttributes = 4

// The attributes of the states that are dictionaries, in the order in which
// attributes returns their values.
var (
	attrObjectID    = []string{"_ObjectId__id"}
	attrBinary      = []string{"_Binary__subtype"}
	attrUUIDLegacy  = []string{"_Binary__subtype", "_UUIDLegacy__uuid"}
	attrCode        = []string{"_Code__scope"}
	attrDBRef       = []string{"_DBRef__collection", "_DBRef__id", "_DBRef__database", "_DBRef__kwargs"}
	attrRegex       = []string{"pattern", "flags"}
	attrTimestamp   = []string{"_Timestamp__time", "_Timestamp__inc"}
	attrSON         = []string{"_SON__keys"}
	attrRawBSON     = []string{"_RawBSONDocument__raw", "_RawBSONDocument__inflated_doc", "_RawBSONDocument__codec_options"}
	attrDatetimeMS  = []string{"_value"}
	attrUUID        = []string{"int", "is_safe"}
	attrFixedOffset = []string{"_FixedOffset__offset", "_FixedOffset__name"}
)

// attributes returns the values of the attributes that names lists, noRef
// where there is none, from the dictionary state of n. The first required of
// them must be there.
func (m *machine) attributes(n *node, state ref, names []string, required int) (v [maxAttributes]ref, ok bool) {
	for i := range v {
		v[i] = noRef
	}
	if m.kind(state) != kindDict {
		m.wrong(nil, n, ErrState, "has an unexpected state")
		return v, false
	}
	for s := m.first(state); s != 0; {
		var items []ref
		items, s = m.segment(s)
		for i := 0; i < len(items); i += 2 {
			a := m.attribute(items[i], names)
			if a < 0 || v[a] != noRef {
				m.wrong(nil, n, ErrState, "has an unknown or repeated attribute")
				return v, false
			}
			v[a] = items[i+1]
		}
	}
	for i := range required {
		if v[i] == noRef {
			m.wrong(nil, n, ErrState, "lacks "+names[i])
			return v, false
		}
	}
	return v, true
}

// attribute returns the index in names of the attribute that r names, or -1.
func (m *machine) attribute(r ref, names []string) int {
	var room [2 * 32]byte
	if m.textLen(r) > len(room) {
		return -1
	}
	name, ok := m.text(room[:0], r)
	if !ok {
		return -1
	}
	for i, s := range names {
		if s == string(name) {
			return i
		}
	}
	return -1
}

// slots returns the dictionary of a state that is a pair of nothing and a
// dictionary, as classes with __slots__ have it.
func (m *machine) slots(n *node, state ref) (ref, bool) {
	if list, ok := m.tuple(state); ok && len(list) == 2 {
		if m.isNone(list[0]) || m.isEmptyDict(list[0]) {
			return list[1], true
		}
	}
	m.wrong(nil, n, ErrState, "has an unexpected state")
	return noRef, false
}

// stateless reports whether an object has no state, or an empty one.
func (m *machine) stateless(n *node) bool {
	if s := n.state(); s == noRef || m.isEmptyDict(s) {
		return true
	}
	m.wrong(nil, n, ErrState, "has an unexpected state")
	return false
}

// isEmptyDict reports whether r is a dictionary without items.
func (m *machine) isEmptyDict(r ref) bool { return m.kind(r) == kindDict && m.first(r) == 0 }

// objectID appends the 12 bytes of an ObjectId, whose state is those bytes,
// text of as many characters, a dictionary with them, or a pair of None and
// such a dictionary.
func (m *machine) objectID(dst []byte, n *node) ([]byte, bool) {
	s := n.state()
	if s == noRef {
		return m.wrong(dst, n, ErrState, "has no id")
	}
	if _, isTuple := m.tuple(s); isTuple {
		var ok bool
		if s, ok = m.slots(n, s); !ok {
			return dst, false
		}
	}
	if k := m.kind(s); k != noKind && k != kindObject {
		v, ok := m.attributes(n, s, attrObjectID, 1)
		if !ok {
			return dst, false
		}
		s = v[0]
	}
	start := len(dst)
	dst, ok := m.rawText(dst, s)
	if ok && len(dst)-start != 12 {
		return m.wrong(dst, n, ErrState, "of "+itoa(len(dst)-start)+" bytes")
	}
	return dst, ok
}

// code appends code, with scope if it has one.
func (m *machine) code(dst []byte, n *node) ([]byte, bson.Type) {
	v, ok := m.attributes(n, n.state(), attrCode, 1)
	if !ok {
		return dst, 0
	}
	if m.isNone(v[0]) {
		return m.stringValue(dst, m.content(n), bson.TypeCode)
	}
	dst, start := bsoncore.Begin(dst)
	if dst, _ = m.stringValue(dst, m.content(n), bson.TypeCode); m.err != nil {
		return dst, 0
	}
	pairs := m.pairs
	m.pairs = false // a scope is a document
	dst, t := m.value(dst, v[0])
	m.pairs = pairs
	if t == 0 {
		return dst, 0
	}
	if t != bson.TypeDocument {
		m.wrong(dst, n, ErrState, "has a scope that is not a document")
		return dst, 0
	}
	bsoncore.SetLength(dst, start)
	return dst, bson.TypeCodeWithScope
}

// dbref appends a DBRef as the document that stands for it.
func (m *machine) dbref(dst []byte, n *node) ([]byte, bool) {
	v, ok := m.attributes(n, n.state(), attrDBRef, 2)
	if !ok || !m.enter(n.off()) {
		return dst, false
	}
	m.docs++
	first := len(m.keys)
	dst, start := bsoncore.Begin(dst)
	dst = m.fixedKey(append(dst, byte(bson.TypeString)), "$ref")
	if dst, _ = m.stringValue(dst, v[0], 0); m.err != nil {
		return dst, false
	}
	dst, mark := bsoncore.BeginElement(dst)
	if dst, ok = m.element(m.fixedKey(dst, "$id"), v[1], mark); !ok {
		return dst, false
	}
	if v[2] != noRef && !m.isNone(v[2]) {
		dst = m.fixedKey(append(dst, byte(bson.TypeString)), "$db")
		if dst, _ = m.stringValue(dst, v[2], 0); m.err != nil {
			return dst, false
		}
	}
	if v[3] != noRef {
		if m.kind(v[3]) != kindDict {
			return m.wrong(dst, n, ErrState, "has fields that are not a dictionary")
		}
		if dst, ok = m.elements(dst, m.first(v[3])); !ok {
			return dst, false
		}
	}
	return m.end(dst, start, first, n.off())
}

// orderedDict appends an OrderedDict, whose items follow it or are its
// argument, a list of pairs.
func (m *machine) orderedDict(dst []byte, n *node) ([]byte, bool) {
	list := m.arguments(n)
	if len(list) == 0 {
		return m.document(dst, n[nodeFirst], n.off())
	}
	if n[nodeFirst] != 0 || m.kind(list[0]) != kindList {
		return m.wrong(dst, n, ErrCall, "argument is not a list")
	}
	if !m.enter(n.off()) {
		return dst, false
	}
	m.docs++
	first := len(m.keys)
	dst, start := bsoncore.Begin(dst)
	for s := m.first(list[0]); s != 0; {
		var items []ref
		items, s = m.segment(s)
		for _, r := range items {
			k, v, ok := m.keyAndValue(r)
			if !ok {
				return m.wrong(dst, n, ErrCall, "argument is not a list of pairs")
			}
			var mark int
			dst, mark = bsoncore.BeginElement(dst)
			if dst, ok = m.key(dst, k); !ok {
				return dst, false
			}
			if dst, ok = m.element(dst, v, mark); !ok {
				return dst, false
			}
		}
	}
	return m.end(dst, start, first, n.off())
}

// keyAndValue returns the items of a list or tuple of two. A list may have
// them in two segments.
func (m *machine) keyAndValue(r ref) (k, v ref, ok bool) {
	if kind := m.kind(r); kind != kindTuple && kind != kindList {
		return 0, 0, false
	}
	var pair [2]ref
	n := 0
	for items, s := m.items(r); len(items) > 0; items, s = m.segment(s) {
		if n+len(items) > len(pair) {
			return 0, 0, false
		}
		n += copy(pair[n:], items)
	}
	return pair[0], pair[1], n == len(pair)
}

// rawBSON appends the bytes of a RawBSONDocument, which must be a document.
// What else its state has was derived from them.
func (m *machine) rawBSON(dst []byte, n *node) ([]byte, bool) {
	d, ok := m.slots(n, n.state())
	if !ok {
		return dst, false
	}
	v, ok := m.attributes(n, d, attrRawBSON, 1)
	if !ok {
		return dst, false
	}
	start := len(dst)
	if dst, ok = m.raw(dst, v[0]); !ok {
		return dst, false
	}
	if m.depth >= m.maxDepth {
		m.fail(n.off(), bson.ErrDepth, "")
		return dst, false
	}
	if err := (bson.ValidateOptions{MaxDepth: m.maxDepth - m.depth}).Validate(dst[start:]); err != nil {
		m.fail(n.off(), err, classNames[n.class()])
		return dst, false
	}
	return dst, true
}
