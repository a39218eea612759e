package extjson

import (
	"bytes"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the only lists of special keys, for both directions. A document
// below the top level with a special key is a wrapper: an object that stands for
// a single value.
//
//   - lookupSpecial finds the keys that are special in every text, lookupLegacy
//     the keys that legacy text has besides.
//   - isAmbiguous decides where a key is special. The reader rejects such a key
//     beside others, and the encoder rejects or escapes it.
//   - isEscaped finds the keys that are spelled with a further $. The encoder
//     spells so each ambiguous key, and each key that looks escaped already; the
//     reader removes the $ again. So no two keys have the same spelling.
//   - CountEscaped counts such keys in a document.

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

// A legacyKey is a key that is special to Legacy readers only.
type legacyKey uint8

const (
	notLegacy legacyKey = iota
	legacyRegex
	legacyOptions
	legacyType
	legacyBinary // special in every text, but with other values
)

var legacyKeys = [...]string{
	legacyRegex:   "$regex",
	legacyOptions: "$options",
	legacyType:    "$type",
	legacyBinary:  "$binary",
}

func lookupLegacy(key []byte) legacyKey {
	for l := legacyRegex; int(l) < len(legacyKeys); l++ {
		if legacyKeys[l] == string(key) {
			return l
		}
	}
	return notLegacy
}

// A setting is the place of a document. It decides the meaning of special keys.
type setting uint8

const (
	topDocument   setting = iota // no key is special
	innerDocument                // special keys are ambiguous
	regexDocument                // $regex is ambiguous too: legacy readers read a regex
	scopeDocument                // as innerDocument
)

// isAmbiguous reports whether key, in a document at that place, is special.
func isAmbiguous(key []byte, where setting) bool {
	return where != topDocument && (lookupSpecial(key) != notSpecial || where == regexDocument && string(key) == legacyKeys[legacyRegex])
}

// isEscaped reports whether key, in text with escaped keys, is the spelling of
// the key without its first $.
func isEscaped(key []byte) bool { return len(key) >= 2 && key[0] == '$' && key[1] == '$' }

// isLegacyRegex reports whether a reader of Legacy text reads the document as a
// regex: its members are $regex and perhaps $options, both strings.
func isLegacyRegex(doc []byte) bool {
	if len(doc) < 7 || doc[5] != '$' {
		return false
	}
	var seen [len(legacyKeys)]bool
	c := bsoncore.NewCursor(doc)
	for c.Next() {
		l := lookupLegacy(c.Key())
		if c.Type() != bsoncore.TypeString || l != legacyRegex && l != legacyOptions || seen[l] {
			return false
		}
		seen[l] = true
	}
	return seen[legacyRegex]
}

// CountEscaped returns the number of keys in doc, one whole document, that
// AppendJSON spells with a further $ if EncodeOptions.AmbiguousKeys is Escape. It
// is the same in each Mode. In a malformed document, or below DepthCeiling levels,
// it counts up to the fault. It allocates nothing for a document of usual depth.
func CountEscaped(doc []byte) int {
	if bytes.IndexByte(doc, '$') < 0 { // most documents
		return 0
	}
	var c bsoncore.Cursor
	c.Reset(doc, bsoncore.DepthCeiling)
	return countEscaped(&c, topDocument)
}

// CountEscapedValue is CountEscaped for the text of AppendJSONValue.
func CountEscapedValue(t bson.Type, data []byte) int {
	var c bsoncore.Cursor
	if bytes.IndexByte(data, '$') < 0 || !c.ResetValue(t, data, bsoncore.DepthCeiling) {
		return 0
	}
	return countInValue(&c)
}

// countEscaped is CountEscaped for the members of the document that c has entered.
func countEscaped(c *bsoncore.Cursor, where setting) (n int) {
	for c.Next() {
		if key := c.Key(); isEscaped(key) || isAmbiguous(key, where) {
			n++
		}
		n += countInValue(c)
	}
	return n
}

// countInValue is CountEscaped for the current element's value.
func countInValue(c *bsoncore.Cursor) (n int) {
	switch t := c.Type(); {
	case t == bsoncore.TypeDocument:
		where := innerDocument
		if isLegacyRegex(c.Data()) {
			where = regexDocument
		}
		if c.Enter() {
			n = countEscaped(c, where)
			c.Leave()
		}
	case t == bsoncore.TypeCodeWithScope:
		if c.Enter() {
			n = countEscaped(c, scopeDocument)
			c.Leave()
		}
	case t == bsoncore.TypeArray:
		if c.Enter() {
			for c.Next() {
				n += countInValue(c)
			}
			c.Leave()
		}
	}
	return n
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
