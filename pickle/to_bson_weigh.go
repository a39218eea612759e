package pickle

// This file estimates the length of the BSON of a value, so that the room for a
// long value is made once: append would leave garbage of several times its
// size.

// weighFrom is the shortest pickle, in bytes, whose value is weighed.
const weighFrom = 16 << 10

const (
	elementWeight = 2  // of an element: its type and the NUL of its key
	holderWeight  = 5  // of a document, array, string or binary: all but what it holds
	pairWeight    = 22 // of a pair of an array: all but key and value
	objectWeight  = 48 // of an object: all but its parts
	nameWeight    = 16 // of a class or function: all but its name
)

// atomWeights has the number of bytes of atoms in BSON, without the bytes that
// are also in the pickle.
var atomWeights = [numAtoms]uint8{
	isTrue: 1, isFalse: 1, isInt: 4, isTextInt: 8, isLong: 8, isTextLong: 8, isFloat: 8,
	isText: holderWeight, isStr: holderWeight, isBytes: holderWeight, isByteArray: holderWeight,
	isTuple: holderWeight, isList: holderWeight, isDict: holderWeight, isSet: holderWeight, isFrozen: holderWeight, isName: nameWeight,
}

// classWeights has the number of bytes of objects in BSON, for classes with a
// fixed number.
var classWeights = [numClasses]uint8{
	clsObjectID: 12, clsDatetime: 8, clsDatetimeMS: 8, clsInt64: 8, clsUUID: 21, clsUUIDLegacy: 21, clsDecimal128: 16, clsDecimal: 16,
	clsTimestamp: 8, clsDate: 8, clsTimedelta: 8,
}

// weigh returns an upper bound of the bytes of r in BSON. It stops above limit,
// and does not weigh values below the depth limit: both are rejected later.
func (b *builder) weigh(r ref, depth, limit int) int {
	if r.isAtom() {
		return b.weighAtom(r)
	}
	n := b.node(r)
	switch {
	case depth > b.maxDepth || r == noRef:
		return 0
	case n == nil:
		return nameWeight + len(fullNames[r.class()])
	}
	if n[nodeHead]&flagWeighed != 0 {
		return int(n[nodeWeight])
	}
	w := holderWeight
	switch n.kind() {
	case kindObject:
		w = b.weighObject(n, depth, limit)
	case kindDict:
		if b.unknown == UnknownDescribe {
			w += objectWeight // a dictionary may be described
		}
		w += b.weighPairs(n[nodeFirst], depth, limit)
	default:
		items, s := b.items(r)
		w += b.weighItems(items, s, depth, limit)
	}
	w = min(w, limit)
	n[nodeHead] |= flagWeighed
	n[nodeWeight] = ref(w)
	return w
}

// weighItems is weigh for the elements of an array: items, and those in the segments
// from index s on.
func (b *builder) weighItems(items []ref, s ref, depth, limit int) (w int) {
	i, digits, next := 0, 1, 10 // of an index, and the first that has more
	for ; len(items) > 0; items, s = b.segment(s) {
		for _, item := range items {
			if i == next {
				digits, next = digits+1, 10*next
			}
			if w += elementWeight + digits + b.weigh(item, depth+1, limit); w >= limit {
				return w
			}
			i++
		}
	}
	return w
}

// weighPairs is weigh for the elements of a document.
func (b *builder) weighPairs(s ref, depth, limit int) (w int) {
	for s != 0 {
		var items []ref
		items, s = b.segment(s)
		for i := 0; i < len(items); i += 2 {
			w += b.weigh(items[i], depth+1, limit)
			if b.atom(items[i]).isTextual() {
				w += elementWeight - holderWeight
			} else {
				w += pairWeight
			}
			if w += b.weigh(items[i+1], depth+1, limit); w >= limit {
				return w
			}
		}
	}
	return w
}

// weighObject is weigh for objects: by class, or by their parts.
func (b *builder) weighObject(n *node, depth, limit int) int {
	if w := int(classWeights[n.class()]); w > 0 {
		return w
	}
	w := objectWeight + b.weigh(n[nodeArgs], depth+1, limit)
	if n.hasPairs() {
		w += b.weighPairs(n[nodeFirst], depth, limit)
	} else {
		items, s := b.segment(n[nodeFirst])
		w += b.weighItems(items, s, depth, limit)
	}
	if n.class() != clsSON { // of which that is the keys
		w += b.weigh(n.state(), depth+1, limit)
	}
	return w
}

// weighAtom is weigh for atoms.
func (b *builder) weighAtom(r ref) int {
	a := b.atom(r)
	w := int(atomWeights[a])
	switch a {
	case isBytes, isByteArray:
		w += len(b.payload(r))
	case isName:
		w += b.nameLen(r)
	case isLong:
		w += 3 * len(b.payload(r)) // digits
	case isTextLong:
		w += len(b.line(r))
	case isText, isStr:
		w += b.mostText(r)
	}
	return w
}

// maxRoom is the largest room that is made at once, in bytes.
const maxRoom = 1 << 30

// makeRoom returns dst with room for the value of root, of a pickle of n bytes,
// up to the limit and the element that may exceed it.
func (b *builder) makeRoom(dst []byte, root ref, n int) []byte {
	limit := int(min(int64(b.limit-b.base)+2*int64(n), maxRoom))
	room := min(b.weigh(root, 0, limit), limit)
	if room <= cap(dst)-len(dst) {
		return dst
	}
	grown := make([]byte, len(dst), len(dst)+room)
	copy(grown, dst)
	return grown
}
