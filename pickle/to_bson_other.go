package pickle

import "github.com/bsonkit/bsonkit/bson/bsoncore"

// This file converts values that BSON has no type for: the containers of the
// standard library and of mongoengine to arrays and documents, and with
// UnknownDescribe every other object to a document of its parts.
//
//   - arrayObject and dictObject write the objects that are arrays and documents.
//   - isOther decides which objects of classes on the list are described too.
//   - describe, nameValue and otherDict write descriptions; beginDescribed and
//     endDescribed are around them, part is for each of their parts.

// noType records that BSON has no type for an object.
func (b *builder) noType(dst []byte, n *node) ([]byte, bool) {
	b.fail(n.off(), ErrNoType, classNames[n.class()])
	return dst, false
}

// setNames has the names that errors give to sets.
var setNames = [...]string{kindSet: "set", kindFrozen: "frozenset"}

// set appends a set of items and of those in the segments from index s on. The
// opcode at off made it.
func (b *builder) set(dst []byte, items []ref, s ref, off int) ([]byte, bool) {
	inKey := b.inKey
	b.inKey = true // Python must be able to hash the items
	dst, ok := b.sequence(dst, items, s, off)
	b.inKey = inKey
	return dst, ok
}

// arrayObject appends an object that becomes an array.
func (b *builder) arrayObject(dst []byte, n *node) ([]byte, bool) {
	if isNew := n.class() == clsSet || n.class() == clsFrozenSet || n.class() == clsDeque; isNew && b.unknown == UnknownError {
		return b.noType(dst, n)
	}
	items, s := b.segment(n[nodeFirst])
	switch list := b.arguments(n); {
	case n.rebuilt():
		if b.kind(n[nodeArgs]) != kindList {
			return b.wrong(dst, n, ErrCall, "argument is not a list")
		}
		items, s = b.items(n[nodeArgs])
	case len(list) > 0 && n[nodeFirst] == 0: // a deque of Python 3 has an empty tuple
		if k := b.kind(list[0]); k != kindList && !b.isEmptyTuple(list[0]) {
			return b.wrong(dst, n, ErrCall, "argument is not a list")
		}
		items, s = b.items(list[0])
	case len(list) > 0 && !b.isEmptyTuple(list[0]):
		return b.wrong(dst, n, ErrCall, "has items twice")
	}
	if n.class() == clsSet || n.class() == clsFrozenSet {
		return b.set(dst, items, s, n.off())
	}
	return b.sequence(dst, items, s, n.off())
}

// isEmptyTuple reports whether r is the empty tuple.
func (b *builder) isEmptyTuple(r ref) bool {
	list, ok := b.tuple(r)
	return ok && len(list) == 0
}

// factories are the classes that make the missing values of a defaultdict.
var factories = [numClasses]bool{
	clsInt: true, clsStr: true, clsUnicode: true, clsBytes: true, clsFloat: true, clsBool: true, clsList: true, clsTuple: true,
	clsDict: true, clsSet: true, clsFrozenSet: true, clsDeque: true, clsOrderedDict: true, clsDefaultDict: true, clsCounter: true,
	clsObject: true, clsObjectID: true, clsSON: true, clsDecimal: true,
}

// hasOtherFactory reports whether a defaultdict has a factory that is none of
// factories.
func (b *builder) hasOtherFactory(n *node) bool {
	list := b.arguments(n)
	return len(list) == 1 && !b.isNone(list[0]) && (!list[0].isClass() || !factories[list[0].class()])
}

// dictObject appends an object of a class that extends dict, as PyMongo writes
// it. The factory of a defaultdict is left out.
func (b *builder) dictObject(dst []byte, n *node) ([]byte, bool) {
	if n.class() == clsDefaultDict && b.hasOtherFactory(n) {
		return b.wrong(dst, n, ErrCall, "argument is not a class of the list")
	}
	s, ok := b.dictItems(n)
	if !ok {
		return b.wrong(dst, n, ErrCall, "argument is not a dictionary")
	}
	return b.document(dst, s, n.off())
}

// dictItems returns the index of the first segment of the items of an object
// that becomes a document: after it, or in its argument.
func (b *builder) dictItems(n *node) (s ref, ok bool) {
	arg := n[nodeArgs]
	switch {
	case n.class() == clsCounter:
		arg = b.arguments(n)[0]
	case !n.rebuilt():
		return n[nodeFirst], true
	}
	if b.kind(arg) != kindDict {
		return 0, false
	}
	return b.first(arg), true
}

// isOther reports whether an object is described, because its class, or this object
// of its class, has no other value.
func (b *builder) isOther(n *node) bool {
	switch n.class() {
	case clsDefaultDict:
		return b.hasOtherFactory(n) || b.hasOtherKeys(n[nodeFirst])
	case clsOrderedDict:
		list := b.arguments(n)
		return b.hasOtherKeys(n[nodeFirst]) || len(list) == 1 && b.hasOtherPairs(list[0])
	case clsCounter, clsBaseDict, clsSON:
		s, ok := b.dictItems(n)
		return ok && b.hasOtherKeys(s)
	case clsDBRef, clsRawBSON:
		return false
	}
	return true
}

// hasOtherPairs reports whether a list of pairs, the argument of an OrderedDict,
// has a key that is not text.
func (b *builder) hasOtherPairs(r ref) bool {
	if b.kind(r) != kindList {
		return false
	}
	for items, s := b.items(r); len(items) > 0; items, s = b.segment(s) {
		for _, item := range items {
			if k, _, ok := b.keyAndValue(item); ok && !b.atom(k).isTextual() {
				return true
			}
		}
	}
	return false
}

// describe appends an object as a document of its parts.
func (b *builder) describe(dst []byte, n *node) ([]byte, bool) {
	callee, args, named := classRef|ref(n.class()), n[nodeArgs], noRef
	switch {
	case n.class() == clsOther:
		parts := b.arguments(n)
		callee, args, named = parts[otherCallee], parts[otherArgs], parts[otherNamed]
	case n.rebuilt():
		args = noRef
	}
	inKey := b.inKey
	b.inKey = false // Python does not hash the parts
	dst, start, ok := b.beginDescribed(dst, callee, n.off())
	if ok && args != noRef {
		dst, ok = b.part(dst, "args", args)
	}
	if ok && n.rebuilt() && b.kind(n[nodeArgs]) == kindDict {
		dst, ok = b.valuePart(dst, n[nodeArgs])
	}
	if ok && named != noRef && !b.isEmptyDict(named) {
		dst, ok = b.part(dst, "kwargs", named)
	}
	if ok && n[nodeFirst] != 0 {
		dst, ok = b.itemsPart(dst, n)
	}
	if ok && n.state() != noRef {
		dst, ok = b.part(dst, "state", n.state())
	}
	if !ok {
		return dst, false
	}
	b.inKey = inKey
	return b.endDescribed(dst, start), true
}

// beginDescribed begins the document of an object that the opcode at off made,
// with its callee.
func (b *builder) beginDescribed(dst []byte, callee ref, off int) (_ []byte, start int, ok bool) {
	if !b.enter(off) {
		return dst, 0, false
	}
	b.docs++
	dst, start = bsoncore.Begin(dst)
	if n := b.node(callee); n != nil && n.class() != clsName {
		dst, ok = b.part(dst, "$py", callee)
		return dst, start, ok
	}
	dst = append(append(dst, byte(bsoncore.TypeString)), "$py\x00\x00\x00\x00\x00"...)
	text := len(dst)
	if dst, ok = b.nameText(dst, callee); !ok {
		return dst, start, false
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, text-4)
	return dst, start, true
}

func (b *builder) endDescribed(dst []byte, start int) []byte {
	b.depth--
	b.docs--
	return bsoncore.End(dst, start)
}

// nameText appends the name of a class or function with its module.
func (b *builder) nameText(dst []byte, r ref) ([]byte, bool) {
	if r.isClass() {
		return append(dst, fullNames[r.class()]...), true
	}
	n := b.node(r)
	if n == nil {
		return b.name(dst, r)
	}
	dst, ok := b.text(dst, n[nodeArgs])
	if !ok {
		return dst, false
	}
	return b.text(append(dst, '.'), n.state())
}

// nameValue appends a class or function that is a value.
func (b *builder) nameValue(dst []byte, r ref) ([]byte, bsoncore.Type) {
	if b.unknown != UnknownDescribe {
		b.fail(b.place(r), ErrCall, "class or function used as a value")
		return dst, 0
	}
	dst, start, ok := b.beginDescribed(dst, r, b.place(r))
	if !ok {
		return dst, 0
	}
	return b.endDescribed(dst, start), bsoncore.TypeDocument
}

// part appends an element of a described object.
func (b *builder) part(dst []byte, key string, r ref) ([]byte, bool) {
	dst, mark := bsoncore.BeginElement(dst)
	return b.element(append(append(dst, key...), 0), r, mark)
}

// valuePart appends the value of the base of an object as its only argument.
func (b *builder) valuePart(dst []byte, r ref) ([]byte, bool) {
	dst, mark := bsoncore.BeginElement(dst)
	dst = append(dst, "args\x00"...)
	dst, ok := b.sequence(dst, []ref{r}, 0, b.place(r))
	if !ok {
		b.unwind(dst, mark)
		return dst, false
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeArray)
	return dst, true
}

// itemsPart appends the items of an object whose class extends list or dict.
func (b *builder) itemsPart(dst []byte, n *node) ([]byte, bool) {
	dst, mark := bsoncore.BeginElement(dst)
	dst = append(dst, "items\x00"...)
	s, t, ok := n[nodeFirst], bsoncore.TypeArray, false
	switch {
	case !n.hasPairs():
		var items []ref
		items, s = b.segment(s)
		dst, ok = b.sequence(dst, items, s, n.off())
	case b.hasOtherKeys(s):
		dst, ok = b.pairArray(dst, n)
	default:
		t = bsoncore.TypeDocument
		dst, ok = b.document(dst, s, n.off())
	}
	if !ok {
		b.unwind(dst, mark)
		return dst, false
	}
	bsoncore.SetType(dst, mark, t)
	return dst, true
}

// otherDict appends a dictionary with keys that are not text, in a document: as
// the call that makes it of a list of pairs.
func (b *builder) otherDict(dst []byte, n *node) ([]byte, bool) {
	inKey := b.inKey
	dst, start, ok := b.beginDescribed(dst, classRef|ref(clsDict), n.off())
	if !ok || !b.enter(n.off()) {
		return dst, false
	}
	dst, mark := bsoncore.BeginElement(dst)
	dst, args := bsoncore.Begin(append(dst, "args\x00"...))
	bsoncore.SetType(dst, mark, bsoncore.TypeArray)
	dst = append(append(dst, byte(bsoncore.TypeArray)), "0\x00"...)
	if dst, ok = b.pairArray(dst, n); !ok {
		return dst, false
	}
	b.inKey = inKey
	b.depth--
	return b.endDescribed(bsoncore.End(dst, args), start), true
}
