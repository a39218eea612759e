package extjson

// This file has the only list of special keys. A document below the top level
// with a special key is a wrapper: an object that stands for a single value.

// A special is a key that Extended JSON reserves.
type special uint8

const (
	notSpecial special = iota
	keyOID
	keySymbol
	keyNumberInt
	keyNumberLong
	keyNumberDouble
	keyNumberDecimal
	keyBinary
	keyUUID
	keyCode
	keyScope
	keyTimestamp
	keyRegex
	keyDBPointer
	keyDate
	keyMinKey
	keyMaxKey
	keyUndefined
)

// specialKeys lists the special keys. $ref, $id and $db are not among them:
// a DBRef is a plain document. Nor are $type, $regex and $options, which
// queries use.
var specialKeys = [...]string{
	keyOID:           "$oid",
	keySymbol:        "$symbol",
	keyNumberInt:     "$numberInt",
	keyNumberLong:    "$numberLong",
	keyNumberDouble:  "$numberDouble",
	keyNumberDecimal: "$numberDecimal",
	keyBinary:        "$binary",
	keyUUID:          "$uuid",
	keyCode:          "$code",
	keyScope:         "$scope",
	keyTimestamp:     "$timestamp",
	keyRegex:         "$regularExpression",
	keyDBPointer:     "$dbPointer",
	keyDate:          "$date",
	keyMinKey:        "$minKey",
	keyMaxKey:        "$maxKey",
	keyUndefined:     "$undefined",
}

// maxSpecialLen is the length of the longest special key in bytes.
const maxSpecialLen = len("$regularExpression")

// lookupSpecial returns the special key k.
func lookupSpecial(k []byte) special {
	if len(k) < 4 || len(k) > maxSpecialLen || k[0] != '$' {
		return notSpecial
	}
	s := specialSlots[specialSlot(k)]
	if specialKeys[s] != string(k) {
		return notSpecial
	}
	return s
}

// specialSlots has each special key at its slot.
var specialSlots = func() (t [64]special) {
	for s := keyOID; int(s) < len(specialKeys); s++ {
		slot := specialSlot([]byte(specialKeys[s]))
		if t[slot] != notSpecial {
			panic("BUG: extjson: " + specialKeys[s] + " and " + specialKeys[t[slot]] + " have the same slot")
		}
		t[slot] = s
	}
	return t
}()

// specialSlot returns the slot of k, which has four bytes or more. No two
// special keys share one.
func specialSlot(k []byte) int {
	return (len(k)*3 + int(k[1])*1 + int(k[3])*1 + int(k[len(k)-1])) & 63
}

// The value of each wrapper, for error messages.
var specialValues = [...]string{
	keyOID:           `24 hexadecimal digits`,
	keySymbol:        `a string`,
	keyNumberInt:     `an int32 as text`,
	keyNumberLong:    `an int64 as text`,
	keyNumberDouble:  `a double as text`,
	keyNumberDecimal: `a decimal128 as text`,
	keyBinary:        `{"base64": text, "subType": hexadecimal text}`,
	keyUUID:          `a UUID as text, 8-4-4-4-12 hexadecimal digits`,
	keyCode:          `a string`,
	keyScope:         `a document beside $code`,
	keyTimestamp:     `{"t": uint32, "i": uint32}`,
	keyRegex:         `{"pattern": text, "options": text}`,
	keyDBPointer:     `{"$ref": text, "$id": ObjectId}`,
	keyDate:          `an RFC 3339 date to the millisecond, or {"$numberLong": text}`,
	keyMinKey:        `1`,
	keyMaxKey:        `1`,
	keyUndefined:     `true`,
}
