package pickle

import (
	"encoding/binary"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes the classes of PyMongo and the standard library, each as
// CPython does. The form depends on the protocol:
//
//   - 0 and 1: _reconstructor(class, base, value), then the state;
//   - 2 and later: NEWOBJ of the class and its arguments, then the state.
//
// Code and DatetimeMS are written with NEWOBJ in every protocol: Python 2
// cannot load a Code made by _reconstructor, and a DatetimeMS has no such form.
// Every Python since 2.3 accepts this opcode under any protocol.

// global writes a class or function, or refers to it.
func (w *writer) global(g global) {
	if i := w.globals[g]; i != 0 {
		w.get(i - 1)
		return
	}
	n := &globalNames[g]
	if w.proto < 4 {
		w.boundary()
		w.out = append(w.out, opGlobal)
		w.out = append(w.out, n.module...)
		w.out = append(w.out, '\n')
		w.out = append(w.out, n.name...)
		w.out = append(w.out, '\n')
	} else {
		w.name(n.module)
		w.name(n.name)
		w.out = append(w.out, opStackGlobal)
	}
	w.globals[g] = w.put() + 1
}

// name writes a module or name for STACK_GLOBAL.
func (w *writer) name(s string) {
	w.boundary()
	w.out = append(w.out, opShortBinUnicode, byte(len(s)))
	w.out = append(w.out, s...)
	w.put()
}

// none writes None.
func (w *writer) none() {
	w.boundary()
	w.out = append(w.out, opNone)
}

// emptyTuple writes (), which is never in the memo.
func (w *writer) emptyTuple() {
	w.boundary()
	if w.proto > 0 {
		w.out = append(w.out, opEmptyTuple)
	} else {
		w.out = append(w.out, opMark, opTuple)
	}
}

// openTuple and closeTuple are called before and after the items of a tuple.
func (w *writer) openTuple() {
	if w.proto < 2 {
		w.out = append(w.out, opMark)
	}
}

func (w *writer) closeTuple(items int) {
	if w.proto < 2 {
		w.out = append(w.out, opTuple)
	} else {
		w.out = append(w.out, byte(opTuple1+items-1))
	}
	w.put()
}

// reduce and newObject end a call whose callee and arguments are written.
func (w *writer) reduce() {
	w.out = append(w.out, opReduce)
	w.put()
}

func (w *writer) newObject() {
	w.out = append(w.out, opNewObj)
	w.put()
}

// new writes an object without arguments or a base that has a value.
func (w *writer) new(g global) {
	if w.proto >= 2 {
		w.global(g)
		w.emptyTuple()
		w.newObject()
		return
	}
	w.global(gReconstructor)
	w.out = append(w.out, opMark)
	w.global(g)
	w.global(gObject)
	w.none()
	w.closeTuple(3)
	w.reduce()
}

// plain writes an object that has no state at all.
func (w *writer) plain(g global) {
	w.new(g)
	if w.proto >= 2 {
		w.empty(opEmptyDict, opDict)
		w.out = append(w.out, opBuild)
	}
}

// openState and closeState are called before and after the attributes of a
// state with more than one.
func (w *writer) openState() {
	w.empty(opEmptyDict, opDict)
	if w.proto > 0 {
		w.out = append(w.out, opMark)
	}
}

// set ends an attribute of a state that openState has begun.
func (w *writer) set() {
	if w.proto == 0 {
		w.out = append(w.out, opSetItem)
	}
}

func (w *writer) closeState() {
	if w.proto > 0 {
		w.out = append(w.out, opSetItems)
	}
	w.out = append(w.out, opBuild)
}

// objectID writes an ObjectId of 12 bytes.
func (w *writer) objectID(id []byte) {
	w.new(gObjectID)
	w.bytes(id)
	w.out = append(w.out, opBuild)
}

// bytes writes bytes: before protocol 3, as encode(text, "latin1"), which is
// a str in Python 2.
func (w *writer) bytes(b []byte) {
	if w.proto >= 3 {
		w.boundary()
		if len(b) < 256 {
			w.out = append(w.out, opShortBinBytes, byte(len(b)))
			w.out = append(w.out, b...)
		} else {
			w.large(opBinBytes, b)
		}
		w.put()
		return
	}
	if len(b) == 0 {
		w.global(gBytes)
		w.emptyTuple()
		w.reduce()
		return
	}
	w.global(gEncode)
	w.openTuple()
	w.latin1(b)
	w.constant(tLatin1)
	w.closeTuple(2)
	w.reduce()
}

// latin1 writes the text whose characters are the bytes of b.
func (w *writer) latin1(b []byte) {
	if w.proto == 0 {
		w.out = append(w.out, opUnicode)
		w.out = appendLatin1Escaped(w.out, b)
		w.out = append(w.out, '\n')
	} else {
		n := len(w.out) + 1
		w.out = append(w.out, opBinUnicode, 0, 0, 0, 0)
		w.out = append(w.out, b...)
		w.out = latin1ToUTF8(w.out, n+4)
		binary.LittleEndian.PutUint32(w.out[n:], uint32(len(w.out)-n-4))
	}
	w.put()
}

// binary writes a Binary.
func (w *writer) binary(subtype byte, data []byte) {
	if w.proto >= 2 {
		w.global(gBinary)
		w.bytes(data)
		w.int(int64(subtype))
		w.closeTuple(2)
		w.newObject()
	} else {
		w.global(gReconstructor)
		w.out = append(w.out, opMark)
		w.global(gBinary)
		w.global(gBytes)
		w.bytes(data)
		w.closeTuple(3)
		w.reduce()
	}
	w.empty(opEmptyDict, opDict)
	w.constant(tSubtype)
	w.int(int64(subtype))
	w.out = append(w.out, opSetItem, opBuild)
}

// int64 writes an Int64.
func (w *writer) int64(v int64) {
	if w.proto >= 2 {
		w.global(gInt64)
		w.int(v)
		w.closeTuple(1)
		w.newObject()
		w.empty(opEmptyDict, opDict)
		w.out = append(w.out, opBuild)
		return
	}
	w.global(gReconstructor)
	w.out = append(w.out, opMark)
	w.global(gInt64)
	w.global(gLong)
	w.int(v)
	w.closeTuple(3)
	w.reduce()
}

// decimal128 writes a Decimal128.
func (w *writer) decimal128(hi, lo uint64) {
	w.new(gDecimal128)
	w.openTuple()
	w.uint(hi)
	w.uint(lo)
	w.closeTuple(2)
	w.out = append(w.out, opBuild)
}

// timestamp writes a Timestamp.
func (w *writer) timestamp(t, i uint32) {
	w.new(gTimestamp)
	w.openState()
	w.constant(tTime)
	w.int(int64(t))
	w.set()
	w.constant(tInc)
	w.int(int64(i))
	w.set()
	w.closeState()
}

// The first and the last millisecond of the years that Python's datetime has.
const (
	minDatetime = -62135596800000
	maxDatetime = 253402300799999
)

// datetime writes a datetime without a zone, in UTC, as PyMongo decodes one;
// outside the years 1 to 9999 a DatetimeMS.
func (w *writer) datetime(ms int64) bool {
	if ms < minDatetime || ms > maxDatetime {
		return w.datetimeMS(ms)
	}
	t := time.UnixMilli(ms).UTC()
	year, month, day := t.Date()
	hour, minute, sec := t.Clock()
	micro := t.Nanosecond() / 1000
	fields := [datetimeSize]byte{byte(year >> 8), byte(year), byte(month), byte(day), byte(hour), byte(minute), byte(sec),
		byte(micro >> 16), byte(micro >> 8), byte(micro)}
	w.global(gDatetime)
	w.openTuple()
	w.bytes(fields[:])
	w.closeTuple(1)
	w.reduce()
	return true
}

// datetimeMS writes a DatetimeMS, which no PyMongo for Python 2 has.
func (w *writer) datetimeMS(ms int64) bool {
	if w.reader == Python2 {
		return w.fail(ErrReader)
	}
	w.global(gDatetimeMS)
	w.emptyTuple()
	w.newObject()
	w.openTuple()
	w.none()
	w.empty(opEmptyDict, opDict)
	w.constant(tValue)
	w.int(ms)
	w.out = append(w.out, opSetItem)
	w.closeTuple(2)
	w.out = append(w.out, opBuild)
	return true
}

// regex writes a Regex. A letter without a flag in module re, or a repeated
// letter, could not be read back.
func (w *writer) regex(pattern, options []byte) bool {
	flags := 0
	for _, c := range options {
		bit := 0
		for i := range len(reFlags) {
			if reFlags[i] == c {
				bit = reFlagBit << i
			}
		}
		if bit == 0 || flags&bit != 0 {
			return w.fail(ErrNoClass)
		}
		flags |= bit
	}
	w.new(gRegex)
	w.openState()
	w.constant(tPattern)
	if !w.stringAt(w.c.ValueOffset(), pattern) {
		return false
	}
	w.set()
	w.constant(tFlags)
	w.int(int64(flags))
	w.set()
	w.closeState()
	return true
}

// code writes a Code, with its scope if it has one.
func (w *writer) code() bool {
	c := &w.c
	w.global(gCode)
	w.openTuple()
	var text []byte
	off := c.ValueOffset() + 4
	if c.Type() == bsoncore.TypeCodeWithScope {
		text, _ = c.CodeWithScope()
		off += 4
	} else {
		text = c.Text()
	}
	if !w.stringAt(off, text) {
		return false
	}
	w.closeTuple(1)
	w.newObject()
	w.empty(opEmptyDict, opDict)
	w.constant(tScope)
	if c.Type() == bsoncore.TypeCodeWithScope {
		end := w.end()
		if !c.Enter() || !w.document(end) {
			return false
		}
		c.Leave()
	} else {
		w.none()
	}
	w.out = append(w.out, opSetItem, opBuild)
	return true
}

// dbref writes the document that the cursor has entered as a DBRef, whose shape
// it has.
func (w *writer) dbref(end int, hasDB bool) bool {
	c := &w.c
	w.new(gDBRef)
	w.openState()
	w.constant(tCollection)
	if !c.Next() || !w.stringAt(c.ValueOffset()+4, c.Text()) {
		return false
	}
	w.set()
	w.constant(tID)
	if !c.Next() || !w.value() {
		return false
	}
	w.set()
	w.constant(tDatabase)
	if hasDB {
		if !c.Next() || !w.stringAt(c.ValueOffset()+4, c.Text()) {
			return false
		}
	} else {
		w.none()
	}
	w.set()
	w.constant(tKwargs)
	if !w.dict(end) {
		return false
	}
	w.set()
	w.closeState()
	return true
}

// dbPointer writes a dbPointer as a DBRef, as PyMongo decodes it.
func (w *writer) dbPointer() bool {
	var ns []byte
	var id objectid.ID
	ns, id = w.c.DBPointer()
	w.new(gDBRef)
	w.openState()
	w.constant(tCollection)
	if !w.stringAt(w.c.ValueOffset()+4, ns) {
		return false
	}
	w.set()
	w.constant(tID)
	w.objectID(id[:])
	w.set()
	w.constant(tDatabase)
	w.none()
	w.set()
	w.constant(tKwargs)
	w.empty(opEmptyDict, opDict)
	w.set()
	w.closeState()
	return true
}
