package pickle

import (
	"bytes"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file walks a document with a cursor and writes its values.
//
//   - value is the one dispatch on the type of an element; write_object.go
//     writes types with a class in Python.
//   - document, dict and array write containers and call value. They return
//     false after a fault, which is then recorded in the cursor.

// batch is the number of items that CPython puts between a MARK and the opcode
// that adds them.
const batch = 1000

// fail records that the current value cannot be written.
func (w *writer) fail(err error) bool {
	w.c.Fail(err)
	return false
}

// value writes the value of the current element.
func (w *writer) value() bool {
	c := &w.c
	switch c.Type() {
	case bsoncore.TypeString:
		return w.stringAt(c.ValueOffset()+4, c.Text())
	case bsoncore.TypeObjectID:
		id := c.ObjectID()
		w.objectID(id[:])
	case bsoncore.TypeInt32:
		w.int(int64(c.Int32()))
	case bsoncore.TypeInt64:
		w.int64(c.Int64())
	case bsoncore.TypeDouble:
		w.boundary()
		w.float(c.Double())
	case bsoncore.TypeBoolean:
		w.boundary()
		w.bool(c.Boolean())
	case bsoncore.TypeNull:
		w.none()
	case bsoncore.TypeDateTime:
		return w.datetime(c.DateTime())
	case bsoncore.TypeDocument:
		return w.subdocument()
	case bsoncore.TypeArray:
		end := w.end()
		if !c.Enter() || !w.array(end) {
			return false
		}
		c.Leave()
	case bsoncore.TypeBinary:
		subtype, data := c.Binary()
		if subtype == bsoncore.BinaryGeneric && w.reader != Python2 {
			w.bytes(data)
		} else {
			w.binary(subtype, data)
		}
	default:
		return w.rareValue()
	}
	return true
}

// rareValue is value for the types that few documents have.
func (w *writer) rareValue() bool {
	c := &w.c
	switch c.Type() {
	case bsoncore.TypeDecimal128:
		hi, lo := c.Decimal128().Bits()
		w.decimal128(hi, lo)
	case bsoncore.TypeTimestamp:
		t, i := c.Timestamp()
		w.timestamp(t, i)
	case bsoncore.TypeRegex:
		return w.regex(c.Regex())
	case bsoncore.TypeCode, bsoncore.TypeCodeWithScope:
		return w.code()
	case bsoncore.TypeMinKey:
		w.plain(gMinKey)
	case bsoncore.TypeMaxKey:
		w.plain(gMaxKey)
	default:
		return w.deprecated()
	}
	return true
}

// deprecated is value for the types without a class in Python: undefined, symbol
// and dbPointer.
func (w *writer) deprecated() bool {
	c := &w.c
	if w.policy != Convert {
		return w.fail(ErrNoClass)
	}
	switch c.Type() {
	case bsoncore.TypeUndefined:
		w.none()
		return true
	case bsoncore.TypeSymbol:
		return w.stringAt(c.ValueOffset()+4, c.Text())
	}
	return w.dbPointer()
}

// stringAt writes the text at offset off of the document.
func (w *writer) stringAt(off int, s []byte) bool {
	if bad := bsoncore.IndexInvalidUTF8(s); bad >= 0 {
		w.c.Malformed(off+bad, bsoncore.ErrUTF8)
		return false
	}
	w.text(s)
	return true
}

func (w *writer) bool(v bool) {
	switch {
	case w.proto < 2 && v:
		w.out = append(w.out, "I01\n"...)
	case w.proto < 2:
		w.out = append(w.out, "I00\n"...)
	case v:
		w.out = append(w.out, opNewTrue)
	default:
		w.out = append(w.out, opNewFalse)
	}
}

// end returns the offset of the NUL that closes the current element.
func (w *writer) end() int { return w.c.ValueOffset() + len(w.c.Data()) - 1 }

// only reports whether the current element is the last of the container that
// ends at end. At the first element it reports whether there is one element
// only.
func (w *writer) only(end int) bool { return w.c.ValueOffset()+len(w.c.Data()) == end }

// subdocument writes the current element, a document.
func (w *writer) subdocument() bool {
	end := w.end()
	isRef, hasDB := dbrefShape(w.c.Data())
	if !w.c.Enter() {
		return false
	}
	ok := false
	if isRef {
		ok = w.dbref(end, hasDB)
	} else {
		ok = w.document(end)
	}
	if ok {
		w.c.Leave()
	}
	return ok
}

// document writes the document that the cursor has entered and that ends at
// end.
func (w *writer) document(end int) bool {
	if w.documents == SON {
		return w.son(end)
	}
	return w.dict(end)
}

// dict writes the rest of the document that the cursor has entered as a dict.
func (w *writer) dict(end int) bool {
	first := len(w.open)
	w.empty(opEmptyDict, opDict)
	n, ok := w.items(end)
	if !ok {
		return false
	}
	w.closeDict(n)
	w.open = w.open[:first]
	return true
}

// empty writes an empty container and puts it in the memo: op from protocol 1
// on, before that a MARK and old.
func (w *writer) empty(op, old byte) {
	w.boundary()
	if w.proto > 0 {
		w.out = append(w.out, op)
	} else {
		w.out = append(w.out, opMark, old)
	}
	w.put()
}

// items writes the rest of the document that the cursor has entered as items
// of the dictionary that was written last, and leaves its keys in w.open. It
// returns how many there are; the caller closes their last batch.
func (w *writer) items(end int) (n int, ok bool) {
	c := &w.c
	first := len(w.open)
	for c.Next() {
		switch {
		case w.proto == 0:
		case n == 0:
			if !w.only(end) {
				w.out = append(w.out, opMark)
			}
		case n%batch == 0:
			w.out = append(w.out, opSetItems, opMark)
		}
		key := c.Key()
		if !plainKey(key) {
			if bad := bsoncore.IndexInvalidUTF8(key); bad >= 0 {
				c.Malformed(c.Offset()+1+bad, bsoncore.ErrUTF8)
				return n, false
			}
		}
		w.key(key, c.Offset()+1)
		if !w.value() {
			return n, false
		}
		if w.proto == 0 {
			w.out = append(w.out, opSetItem)
		}
		n++
	}
	if c.Err() != nil {
		return n, false
	}
	if !w.unique(first) {
		return n, w.fail(bsoncore.ErrDuplicateKey)
	}
	return n, true
}

// closeDict writes the opcode that adds the last of the n items of a dict.
// After a full batch CPython opens another one, even if it stays empty.
func (w *writer) closeDict(n int) {
	w.closeBatch(n, opSetItem, opSetItems)
	if w.proto > 0 && n > 0 && n%batch == 0 {
		w.out = append(w.out, opMark, opSetItems)
	}
}

// closeBatch writes the opcode that adds the last of n items: one alone, or
// those from the last MARK on.
func (w *writer) closeBatch(n int, one, many byte) {
	switch {
	case w.proto == 0 || n == 0:
	case n == 1:
		w.out = append(w.out, one)
	default:
		w.out = append(w.out, many)
	}
}

// array writes the array that the cursor has entered and that ends at end.
func (w *writer) array(end int) bool {
	c := &w.c
	w.empty(opEmptyList, opList)
	n := 0
	for c.Next() {
		switch {
		case w.proto == 0:
		case n == 0:
			if !w.only(end) {
				w.out = append(w.out, opMark)
			}
		case n%batch == 0:
			w.out = append(w.out, opAppends, opMark)
		}
		if key := c.Key(); !plainKey(key) { // no key is written, but the value may not be an array
			if bad := bsoncore.IndexInvalidUTF8(key); bad >= 0 {
				c.Malformed(c.Offset()+1+bad, bsoncore.ErrUTF8)
				return false
			}
		}
		if !w.value() {
			return false
		}
		if w.proto == 0 {
			w.out = append(w.out, opAppend)
		}
		n++
	}
	if c.Err() != nil {
		return false
	}
	w.closeBatch(n, opAppend, opAppends)
	return true
}

// son writes the document that the cursor has entered as a SON.
func (w *writer) son(end int) bool {
	first := len(w.open)
	if w.proto < 2 {
		w.global(gReconstructor)
		w.out = append(w.out, opMark)
		w.global(gSON)
		w.global(gDict)
		w.empty(opEmptyDict, opDict)
		n, ok := w.items(end)
		if !ok {
			return false
		}
		w.closeDict(n)
		w.out = append(w.out, opTuple)
		w.put()
		w.out = append(w.out, opReduce)
		w.put()
	} else {
		w.new(gSON)
		n, ok := w.items(end)
		if !ok {
			return false
		}
		w.closeBatch(n, opSetItem, opSetItems)
	}
	w.empty(opEmptyDict, opDict)
	w.constant(tKeys)
	w.sonKeys(w.open[first:])
	w.out = append(w.out, opSetItem, opBuild)
	w.open = w.open[:first]
	return true
}

// sonKeys writes a list of keys that are in the memo.
func (w *writer) sonKeys(keys []uint32) {
	w.empty(opEmptyList, opList)
	for i, k := range keys {
		switch {
		case w.proto == 0:
		case i == 0:
			if len(keys) > 1 {
				w.out = append(w.out, opMark)
			}
		case i%batch == 0:
			w.out = append(w.out, opAppends, opMark)
		}
		w.get(w.keys[k].memo)
		if w.proto == 0 {
			w.out = append(w.out, opAppend)
		}
	}
	w.closeBatch(len(keys), opAppend, opAppends)
}

// dbrefShape reports whether PyMongo decodes doc as a DBRef and encodes it
// unchanged: $ref, a string, $id, optionally $db, a string, in this order, and
// then other keys.
func dbrefShape(doc []byte) (ok, hasDB bool) {
	if len(doc) < 10 || doc[4] != byte(bsoncore.TypeString) || string(doc[5:10]) != "$ref\x00" {
		return false, false
	}
	c := bsoncore.NewCursor(doc)
	for i := 0; c.Next(); i++ {
		key := string(bytes.TrimPrefix(c.Key(), []byte{'$'}))
		special := len(key) < len(c.Key()) && (key == "ref" || key == "id" || key == "db")
		switch {
		case i == 0:
		case i == 1:
			if !special || key != "id" {
				return false, false
			}
			ok = true
		case i == 2 && special && key == "db" && c.Type() == bsoncore.TypeString:
			hasDB = true
		case special:
			return false, false
		}
	}
	return ok, hasDB
}
