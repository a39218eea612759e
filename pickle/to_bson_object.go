package pickle

import (
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file converts the objects of a pickle to BSON. The machine has checked
// the opcodes of an object and the number of its arguments; this file checks
// the types and values of arguments, and the states.
//
//   - objectValue is the one dispatch on the class. What it calls is here, in
//     to_bson_scalar.go, to_bson_datetime.go, to_bson_son.go and
//     to_bson_other.go.
//   - attributes reads a state that is a dictionary: every attribute known,
//     none twice, in any order.

// objectValue appends the BSON value of an object and returns its type, or 0
// after a fault.
func (b *builder) objectValue(dst []byte, n *node) ([]byte, bsoncore.Type) {
	ok := false
	t := bsoncore.TypeBinary
	switch n.class() {
	case clsObjectID:
		t = bsoncore.TypeObjectID
		dst, ok = b.objectID(dst, n)
	case clsDatetime:
		if b.unknown == UnknownDescribe && b.hasOtherZone(n) {
			t = bsoncore.TypeDocument
			dst, ok = b.describe(dst, n)
			break
		}
		t = bsoncore.TypeDateTime
		dst, ok = b.datetime(dst, n)
	case clsInt64:
		t = bsoncore.TypeInt64
		dst, ok = b.int64(dst, n)
	case clsEncode, clsBytes, clsByteArray:
		dst, ok = b.bytesValue(dst, n)
	case clsBinary:
		dst, ok = b.binary(dst, n)
	case clsUUIDLegacy:
		dst, ok = b.uuidLegacy(dst, n)
	case clsUUID:
		dst = append(dst, 16, 0, 0, 0, bsoncore.BinaryUUID)
		dst, ok = b.uuid(dst, n)
	case clsDecimal128:
		t = bsoncore.TypeDecimal128
		dst, ok = b.decimal128(dst, n)
	case clsDecimal:
		t = bsoncore.TypeDecimal128
		dst, ok = b.decimal(dst, n)
	case clsMinKey:
		t = bsoncore.TypeMinKey
		ok = b.stateless(n)
	case clsMaxKey:
		t = bsoncore.TypeMaxKey
		ok = b.stateless(n)
	case clsRegex:
		t = bsoncore.TypeRegex
		dst, ok = b.regex(dst, n)
	case clsCompile:
		t = bsoncore.TypeRegex
		list := b.arguments(n)
		dst, ok = b.pattern(dst, list[0], list[1])
	case clsTimestamp:
		t = bsoncore.TypeTimestamp
		dst, ok = b.timestamp(dst, n)
	case clsDatetimeMS:
		t = bsoncore.TypeDateTime
		dst, ok = b.datetimeMS(dst, n)
	case clsCode:
		return b.code(dst, n)
	case clsDate:
		t = bsoncore.TypeDateTime
		dst, ok = b.date(dst, n)
	case clsTimedelta:
		t = bsoncore.TypeDouble
		dst, ok = b.seconds(dst, n)
	case clsSet, clsFrozenSet, clsDeque, clsBaseList, clsEmbeddedList:
		t = bsoncore.TypeArray
		dst, ok = b.arrayObject(dst, n)
	default:
		t = bsoncore.TypeDocument
		dst, ok = b.documentObject(dst, n)
	}
	if !ok {
		return dst, 0
	}
	return dst, t
}

// documentObject is objectValue for classes that become documents.
func (b *builder) documentObject(dst []byte, n *node) ([]byte, bool) {
	if b.unknown == UnknownDescribe && b.isOther(n) {
		return b.describe(dst, n)
	}
	switch n.class() {
	case clsSON:
		return b.son(dst, n)
	case clsOrderedDict:
		return b.orderedDict(dst, n)
	case clsDBRef:
		return b.dbref(dst, n)
	case clsRawBSON:
		return b.rawBSON(dst, n)
	case clsDefaultDict, clsCounter, clsBaseDict:
		return b.dictObject(dst, n)
	}
	return b.wrong(dst, n, ErrCall, "used as a value")
}

// wrong records that an object is a fault and returns dst and false.
func (b *builder) wrong(dst []byte, n *node, err error, what string) ([]byte, bool) {
	b.fail(n.off(), err, classNames[n.class()]+" "+what)
	return dst, false
}

// arguments returns the arguments of an object that REDUCE or NEWOBJ made.
func (b *builder) arguments(n *node) []ref {
	list, _ := b.tuple(n[nodeArgs])
	return list
}

// content returns the first argument of an object whose class has a base with a
// value: the argument of NEWOBJ, or the value of the base.
func (b *builder) content(n *node) ref {
	if n.rebuilt() {
		return n[nodeArgs]
	}
	return b.arguments(n)[0]
}

// state returns the state that BUILD has given an object, or noRef.
func (n *node) state() ref { return n[nodeState] }

// maxAttributes is the number of attributes of the largest state.
const maxAttributes = 10

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
	attrTzoffset    = []string{"_offset", "_name"}
	attrTzlocal     = []string{"_std_offset", "_hasdst", "_dst_offset", "_dst_saved", "_tznames"}
	attrTzfile      = []string{"_trans_list", "_trans_idx", "_ttinfo_std", "_ttinfo_before",
		"_trans_list_utc", "_ttinfo_list", "_ttinfo_dst", "_ttinfo_first", "_filename"}
	attrTTInfo = []string{"delta", "offset", "dstoffset", "isdst", "abbr", "isstd", "isgmt"}
)

// attributes returns the values of the attributes that names lists, noRef
// where there is none, from the dictionary state of n. The first required of
// them must be there.
func (b *builder) attributes(n *node, state ref, names []string, required int) (v [maxAttributes]ref, ok bool) {
	for i := range v {
		v[i] = noRef
	}
	if b.kind(state) != kindDict {
		b.wrong(nil, n, ErrState, "has an unexpected state")
		return v, false
	}
	for s := b.first(state); s != 0; {
		var items []ref
		items, s = b.segment(s)
		for i := 0; i < len(items); i += 2 {
			a := b.attribute(items[i], names)
			if a < 0 || v[a] != noRef {
				b.wrong(nil, n, ErrState, "has an unknown or repeated attribute")
				return v, false
			}
			v[a] = items[i+1]
		}
	}
	for i := range required {
		if v[i] == noRef {
			b.wrong(nil, n, ErrState, "lacks "+names[i])
			return v, false
		}
	}
	return v, true
}

// attribute returns the index in names of the attribute that r names, or -1.
func (b *builder) attribute(r ref, names []string) int {
	var room [2 * 32]byte
	if b.textLen(r) > len(room) {
		return -1
	}
	name, ok := b.text(room[:0], r)
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

// slots returns the dictionary of a state that is a pair of None and a
// dictionary, as in classes with __slots__.
func (b *builder) slots(n *node, state ref) (ref, bool) {
	if list, ok := b.tuple(state); ok && len(list) == 2 {
		if b.isNone(list[0]) || b.isEmptyDict(list[0]) {
			return list[1], true
		}
	}
	b.wrong(nil, n, ErrState, "has an unexpected state")
	return noRef, false
}

// stateless reports whether an object has no state, or an empty one.
func (b *builder) stateless(n *node) bool {
	if s := n.state(); s == noRef || b.isEmptyDict(s) {
		return true
	}
	b.wrong(nil, n, ErrState, "has an unexpected state")
	return false
}

// isEmptyDict reports whether r is a dictionary without items.
func (b *builder) isEmptyDict(r ref) bool { return b.kind(r) == kindDict && b.first(r) == 0 }

// objectID appends the 12 bytes of an ObjectId, whose state is those bytes,
// text of as many characters, a dictionary with them, or a pair of None and
// such a dictionary.
func (b *builder) objectID(dst []byte, n *node) ([]byte, bool) {
	s := n.state()
	if s == noRef {
		return b.wrong(dst, n, ErrState, "has no id")
	}
	if _, isTuple := b.tuple(s); isTuple {
		var ok bool
		if s, ok = b.slots(n, s); !ok {
			return dst, false
		}
	}
	if k := b.kind(s); k != noKind && k != kindObject {
		v, ok := b.attributes(n, s, attrObjectID, 1)
		if !ok {
			return dst, false
		}
		s = v[0]
	}
	start := len(dst)
	dst, ok := b.rawText(dst, s)
	if ok && len(dst)-start != 12 {
		return b.wrong(dst, n, ErrState, "of "+itoa(len(dst)-start)+" bytes")
	}
	return dst, ok
}

// code appends code, with its scope if it has one.
func (b *builder) code(dst []byte, n *node) ([]byte, bsoncore.Type) {
	v, ok := b.attributes(n, n.state(), attrCode, 1)
	if !ok {
		return dst, 0
	}
	if b.isNone(v[0]) {
		return b.stringValue(dst, b.content(n), bsoncore.TypeCode)
	}
	dst, start := bsoncore.Begin(dst)
	if dst, _ = b.stringValue(dst, b.content(n), bsoncore.TypeCode); b.err != nil {
		return dst, 0
	}
	pairs := b.pairs
	b.pairs = false // a scope is a document
	dst, t := b.value(dst, v[0])
	b.pairs = pairs
	if t == 0 {
		return dst, 0
	}
	if t != bsoncore.TypeDocument {
		b.wrong(dst, n, ErrState, "has a scope that is not a document")
		return dst, 0
	}
	bsoncore.SetLength(dst, start)
	return dst, bsoncore.TypeCodeWithScope
}

// dbref appends a DBRef as a document.
func (b *builder) dbref(dst []byte, n *node) ([]byte, bool) {
	v, ok := b.attributes(n, n.state(), attrDBRef, 2)
	if !ok || !b.enter(n.off()) {
		return dst, false
	}
	b.docs++
	first := len(b.keys)
	dst, start := bsoncore.Begin(dst)
	dst = b.fixedKey(append(dst, byte(bsoncore.TypeString)), "$ref")
	if dst, _ = b.stringValue(dst, v[0], 0); b.err != nil {
		return dst, false
	}
	dst, mark := bsoncore.BeginElement(dst)
	if dst, ok = b.element(b.fixedKey(dst, "$id"), v[1], mark); !ok {
		return dst, false
	}
	if v[2] != noRef && !b.isNone(v[2]) {
		dst = b.fixedKey(append(dst, byte(bsoncore.TypeString)), "$db")
		if dst, _ = b.stringValue(dst, v[2], 0); b.err != nil {
			return dst, false
		}
	}
	if v[3] != noRef {
		if b.kind(v[3]) != kindDict {
			return b.wrong(dst, n, ErrState, "has fields that are not a dictionary")
		}
		if dst, ok = b.elements(dst, b.first(v[3])); !ok {
			return dst, false
		}
	}
	return b.end(dst, start, first, n.off())
}

// orderedDict appends an OrderedDict, whose items follow it or are its
// argument, a list of pairs.
func (b *builder) orderedDict(dst []byte, n *node) ([]byte, bool) {
	list := b.arguments(n)
	if len(list) == 0 {
		return b.document(dst, n[nodeFirst], n.off())
	}
	if n[nodeFirst] != 0 || b.kind(list[0]) != kindList {
		return b.wrong(dst, n, ErrCall, "argument is not a list")
	}
	if !b.enter(n.off()) {
		return dst, false
	}
	b.docs++
	first := len(b.keys)
	dst, start := bsoncore.Begin(dst)
	for s := b.first(list[0]); s != 0; {
		var items []ref
		items, s = b.segment(s)
		for _, r := range items {
			k, v, ok := b.keyAndValue(r)
			if !ok {
				return b.wrong(dst, n, ErrCall, "argument is not a list of pairs")
			}
			var mark int
			dst, mark = bsoncore.BeginElement(dst)
			if dst, ok = b.key(dst, k); !ok {
				return dst, false
			}
			if dst, ok = b.element(dst, v, mark); !ok {
				return dst, false
			}
		}
	}
	return b.end(dst, start, first, n.off())
}

// keyAndValue returns the items of a list or tuple of two. A list may have
// them in two segments.
func (b *builder) keyAndValue(r ref) (k, v ref, ok bool) {
	if kind := b.kind(r); kind != kindTuple && kind != kindList {
		return 0, 0, false
	}
	var pair [2]ref
	n := 0
	for items, s := b.items(r); len(items) > 0; items, s = b.segment(s) {
		if n+len(items) > len(pair) {
			return 0, 0, false
		}
		n += copy(pair[n:], items)
	}
	return pair[0], pair[1], n == len(pair)
}

// rawBSON appends the bytes of a RawBSONDocument, which must be a document. The
// rest of its state is derived from them.
func (b *builder) rawBSON(dst []byte, n *node) ([]byte, bool) {
	d, ok := b.slots(n, n.state())
	if !ok {
		return dst, false
	}
	v, ok := b.attributes(n, d, attrRawBSON, 1)
	if !ok {
		return dst, false
	}
	start := len(dst)
	if dst, ok = b.raw(dst, v[0]); !ok {
		return dst, false
	}
	if b.depth >= b.maxDepth {
		b.fail(n.off(), bsoncore.ErrDepth, "")
		return dst, false
	}
	if err := (bsoncore.ValidateOptions{MaxDepth: b.maxDepth - b.depth}).Validate(dst[start:]); err != nil {
		b.fail(n.off(), err, classNames[n.class()])
		return dst, false
	}
	return dst, true
}
