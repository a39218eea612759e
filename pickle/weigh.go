package pickle

// This file guesses how long the BSON of a value will be, so that the room for
// a long one is made once: append would leave behind several times as much.

// weighFrom is how many bytes a pickle has for its value to be weighed.
const weighFrom = 16 << 10

const (
	elementWeight = 2  // of an element: its type and the NUL of its key
	holderWeight  = 5  // of a document, array, string or binary: all but what it holds
	pairWeight    = 22 // of a pair of an array: all but key and value
	objectWeight  = 32 // of an object: all but its parts
)

// atomWeights has the bytes that BSON has for atoms, without those that the
// atom has in the pickle as well.
var atomWeights = [256]uint8{
	opNewTrue: 1, opNewFalse: 1, opInt: 8, opBinInt: 4, opBinInt1: 4, opBinInt2: 4, opLong: 8, opLong1: 8, opFloat: 8, opBinFloat: 8,
	opEmptyTuple: holderWeight, opTuple: holderWeight, opEmptyList: holderWeight, opList: holderWeight,
	opEmptyDict: holderWeight, opDict: holderWeight,
	opUnicode: holderWeight, opBinUnicode: holderWeight, opShortBinUnicode: holderWeight,
	opString: holderWeight, opBinString: holderWeight, opShortBinString: holderWeight,
	opBinBytes: holderWeight, opShortBinBytes: holderWeight, opByteArray8: holderWeight,
}

// classWeights has the bytes of the BSON of objects that always have as many.
var classWeights = [numClasses]uint8{
	clsObjectID: 12, clsDatetime: 8, clsDatetimeMS: 8, clsInt64: 8, clsUUID: 21, clsUUIDLegacy: 21, clsDecimal128: 16, clsDecimal: 16,
	clsTimestamp: 8,
}

// weigh returns how many bytes of BSON r becomes, or more. It stops where
// that is more than limit, and does not weigh what lies deeper than a document
// may: both are refused.
func (m *machine) weigh(r ref, depth, limit int) int {
	if r.isAtom() {
		return m.weighAtom(r)
	}
	n := m.node(r)
	if n == nil || depth > m.maxDepth {
		return 0
	}
	if n[nodeHead]&flagWeighed != 0 {
		return int(n[nodeWeight])
	}
	w := holderWeight
	switch n.kind() {
	case kindObject:
		w = m.weighObject(n, depth, limit)
	case kindDict:
		w += m.weighPairs(n[nodeFirst], depth, limit)
	default:
		w += m.weighItems(r, depth, limit)
	}
	w = min(w, limit)
	n[nodeHead] |= flagWeighed
	n[nodeWeight] = ref(w)
	return w
}

// weighItems is weigh for the elements of an array.
func (m *machine) weighItems(r ref, depth, limit int) (w int) {
	i, digits, next := 0, 1, 10 // of an index, and the first that has more
	for items, s := m.items(r); len(items) > 0; items, s = m.segment(s) {
		for _, item := range items {
			if i == next {
				digits, next = digits+1, 10*next
			}
			if w += elementWeight + digits + m.weigh(item, depth+1, limit); w >= limit {
				return w
			}
			i++
		}
	}
	return w
}

// weighPairs is weigh for the elements of a document.
func (m *machine) weighPairs(s ref, depth, limit int) (w int) {
	for s != 0 {
		var items []ref
		items, s = m.segment(s)
		for i := 0; i < len(items); i += 2 {
			w += m.weigh(items[i], depth+1, limit)
			if a := m.atom(items[i]); a == isText || a == isStr {
				w += elementWeight - holderWeight
			} else {
				w += pairWeight
			}
			if w += m.weigh(items[i+1], depth+1, limit); w >= limit {
				return w
			}
		}
	}
	return w
}

// weighObject is weigh for objects: by class, or what their parts would be.
func (m *machine) weighObject(n *node, depth, limit int) int {
	if w := int(classWeights[n.class()]); w > 0 {
		return w
	}
	w := objectWeight + m.weighPairs(n[nodeFirst], depth, limit) + m.weigh(n[nodeArgs], depth+1, limit)
	if n.class() != clsSON { // of which that is the keys
		w += m.weigh(n.state(), depth+1, limit)
	}
	return w
}

// weighAtom is weigh for atoms.
func (m *machine) weighAtom(r ref) int {
	op := m.src[r]
	w := int(atomWeights[op])
	switch atoms[op] {
	case isBinary:
		w += len(m.payload(r))
	case isText, isStr:
		n := len(m.payload(r))
		if op == opUnicode || m.encoding == Latin1 && atoms[op] == isStr {
			n *= 2 // a byte may be a character
		}
		w += n
	}
	return w
}

// maxRoom is how many bytes are set aside at once, at most.
const maxRoom = 1 << 30

// makeRoom returns dst with room for the value of the pickle, as far as it is
// allowed to be long and for the element with which it may go too far.
func (m *machine) makeRoom(dst []byte) []byte {
	m.stack.trim() // their work is done
	m.marks.trim()
	limit := int(min(int64(m.limit-m.base)+2*int64(m.off), maxRoom))
	room := min(m.weigh(m.stack.at(0), 0, limit), limit)
	if room <= cap(dst)-len(dst) {
		return dst
	}
	grown := make([]byte, len(dst), len(dst)+room)
	copy(grown, dst)
	return grown
}
