package bson

import (
	"reflect"
	"time"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file makes the Go values of an any: one switch on the type, and
// containers that call it again.

var (
	typeTime = reflect.TypeFor[time.Time]()
	typeM    = reflect.TypeFor[M]()
)

// A slab has room for many values of an any. A value keeps its slab alive.
type slab[T any] struct {
	all  []T
	used int // number of values in all; a slice of the free ones would move a pointer each time
}

// put returns the address of a copy of v. A slab that is full is followed by
// one of n.
func (s *slab[T]) put(v T, n int) *T {
	if s.isFull() {
		s.renew(n)
	}
	return s.add(v)
}

func (s *slab[T]) isFull() bool { return s.used == len(s.all) }

// renew replaces s, which is full, by a slab of n.
func (s *slab[T]) renew(n int) { s.all, s.used = make([]T, n), 0 }

// add is put for a slab that is not full.
func (s *slab[T]) add(v T) *T {
	p := &s.all[s.used]
	s.used++
	*p = v
	return p
}

// slabs are the slabs of a decoder. The upper ones hold no pointers, so the
// next document uses their free part. The lower ones would keep values of one
// document alive for another, so each document has its own, of the size that it
// needs.
type slabs struct {
	doubles   slab[float64]
	int32s    slab[int32]
	int64s    slab[int64]
	datetimes slab[DateTime]
	ids       slab[objectid.ID]
	decimals  slab[decimal128.Decimal]

	perDocument
}

type perDocument struct {
	strings  slab[string]
	docs     slab[D]
	arrays   slab[A]
	binaries slab[Binary]
}

// slabSize is how many values of a type without pointers a slab has.
const slabSize = 32

// likes has a value for each BSON type. box and retyped take the Go type of a value in
// an any from this value.
type likes [256]any

// ownLikes has our types. Codecs may have likes with the driver's types.
var ownLikes = likes{
	TypeDouble: float64(0), TypeString: "", TypeInt32: int32(0), TypeInt64: int64(0), TypeDateTime: DateTime(0),
	TypeObjectID: objectid.ID{}, TypeDecimal128: decimal128.Decimal{}, TypeBinary: Binary{}, TypeDocument: D{}, TypeArray: A{},
	TypeUndefined: Undefined{}, TypeMinKey: MinKey{}, TypeMaxKey: MaxKey{}, TypeTimestamp: Timestamp{}, TypeRegex: Regex{},
	TypeCode: Code(""), TypeSymbol: Symbol(""),
}

// expect returns the size of a slab, in values, if the rest of the document has
// one value in the given number of bytes on average. It is at most most.
func (d *decoder) expect(bytesEach, most int) int {
	return min((d.size-d.c.Offset())/bytesEach+1, most)
}

// asAny returns the current value as a Go value.
func (d *decoder) asAny() any {
	c := &d.c
	if d.Codecs != nil {
		if t := d.Codecs.any[c.Type()]; t != nil {
			v := reflect.New(t).Elem()
			d.planOf(t).dec(d, v)
			return v.Interface()
		}
	}
	switch c.Type() {
	case TypeString:
		// Strings are the most frequent values: their slab's size is computed only if needed.
		if d.strings.isFull() {
			d.strings.renew(d.expect(50, 64))
		}
		return box(d.strings.add(d.asString()), d.likes[TypeString])
	case TypeDouble:
		return box(d.doubles.put(c.Double(), slabSize), d.likes[TypeDouble])
	case TypeInt32:
		return box(d.int32s.put(c.Int32(), slabSize), d.likes[TypeInt32])
	case TypeInt64:
		return box(d.int64s.put(c.Int64(), slabSize), d.likes[TypeInt64])
	case TypeBoolean:
		return c.Boolean()
	case TypeNull:
		return nil
	case TypeObjectID:
		return box(d.ids.put(c.ObjectID(), slabSize), d.likes[TypeObjectID])
	case TypeDateTime:
		return d.asAnyDateTime()
	case TypeDocument:
		return d.asAnyDocument()
	case TypeArray:
		return box(d.arrays.put(d.asA(), d.expect(200, 16)), d.likes[TypeArray])
	case TypeDecimal128:
		return box(d.decimals.put(c.Decimal128(), slabSize), d.likes[TypeDecimal128])
	case TypeBinary:
		return d.asAnyBinary()
	case TypeDBPointer:
		return d.asDBPointer()
	case TypeCodeWithScope:
		return d.asCodeWithScope()
	}
	return retyped(d.asAnyRare(), d.likes[c.Type()])
}

// asAnyRare is asAny for the types that few documents have. The result has our type.
func (d *decoder) asAnyRare() any {
	c := &d.c
	switch c.Type() {
	case TypeUndefined:
		return Undefined{}
	case TypeMinKey:
		return MinKey{}
	case TypeMaxKey:
		return MaxKey{}
	case TypeTimestamp:
		t, i := c.Timestamp()
		return Timestamp{t, i}
	case TypeRegex:
		return d.asRegex()
	case TypeCode:
		return Code(d.asString())
	case TypeSymbol:
		return Symbol(d.asString())
	}
	panic("BUG: bson: value of type " + c.Type().String())
}

func (d *decoder) asRegex() Regex {
	pattern, options := d.c.Regex()
	off := d.c.ValueOffset()
	return Regex{d.owned(pattern, off), d.owned(options, off+len(pattern)+1)}
}

func (d *decoder) asDBPointer() DBPointer {
	ns, id := d.c.DBPointer()
	return DBPointer{d.owned(ns, d.c.ValueOffset()+4), id}
}

func (d *decoder) asCodeWithScope() CodeWithScope {
	code, _ := d.c.CodeWithScope()
	v := CodeWithScope{Code: Code(d.owned(code, d.c.ValueOffset()+8))}
	scope := d.asD()
	v.Scope = box(&scope, d.likes[TypeDocument])
	return v
}

// asBinary returns a copy of the current binary.
func (d *decoder) asBinary() Binary {
	subtype, data := d.c.Binary()
	return Binary{subtype, append(make([]byte, 0, len(data)), data...)}
}

func (d *decoder) asAnyBinary() any {
	subtype, data := d.c.Binary()
	if d.UUIDRepresentation != UUIDUnspecified && subtype == d.UUIDRepresentation.Subtype() && len(data) == 16 {
		return d.UUIDRepresentation.swap(UUID(data))
	}
	b := d.asBinary()
	if d.BinaryAsBytes && subtype == BinaryGeneric {
		return b.Data
	}
	return box(d.binaries.put(b, d.expect(1000, 16)), d.likes[TypeBinary])
}

func (d *decoder) asAnyDateTime() any {
	ms := d.c.DateTime()
	if !d.TimeInAny || d.TimeRange == TimeKeep && (ms < minTime || ms > maxTime) {
		return box(d.datetimes.put(DateTime(ms), slabSize), d.likes[TypeDateTime])
	}
	return d.timeOf(ms, typeTime)
}

// few is the number of values of a container that are kept on the stack until their
// number is known. Most containers have no more; counting takes as long as a visit of
// each value.
const few = 16

// elements returns the elements of the current document, or of the scope of
// the current code, in dst if there is room. After a fault they are those
// before it.
func (d *decoder) elements(dst []E) []E {
	if !d.c.Enter() {
		return dst[:0]
	}
	var first [few]E
	var seen keyWatch
	i := 0
	for ; i < few && d.c.Next(); i++ {
		key := d.key()
		if d.RejectDuplicateKeys && !d.isNew(key, &seen, typeD) {
			break
		}
		first[i] = E{key, d.asAny()}
	}
	if i < few {
		dst = room(dst, first[:i], i)
		d.c.Leave()
		return dst
	}
	dst = room(dst, first[:], few+d.c.Remaining())
	for ; i < len(dst) && d.c.Next(); i++ {
		key := d.key()
		if d.RejectDuplicateKeys && !d.isNew(key, &seen, typeD) {
			break
		}
		dst[i] = E{key, d.asAny()}
	}
	d.c.Leave()
	return dst[:i]
}

// room returns a slice of n values that begins with those of first: dst if it is large
// enough.
func room[T any](dst, first []T, n int) []T {
	if dst == nil || cap(dst) < n {
		dst = make([]T, n)
		copy(dst, first)
		return dst
	}
	copy(dst[:n], first)
	return dst[:n]
}

// isNew reports whether seen does not have key. Otherwise the options reject it, in a
// container of the Go type t.
func (d *decoder) isNew(key string, seen *keyWatch, t reflect.Type) bool {
	if !seen.add(key) {
		d.fail(t, ErrDuplicateKey)
		return false
	}
	return true
}

// asD returns the current document, or the scope of the current code.
func (d *decoder) asD() D { return d.elements(nil) }

// setD sets *v from the current value.
func (d *decoder) setD(v *D) {
	switch {
	case d.c.Type() == TypeDocument:
		*v = d.elements(*v)
	case d.isNull():
		*v = nil
	default:
		d.fail(typeD, ErrMismatch)
	}
}

func (d *decoder) asAnyDocument() any {
	switch {
	case d.DBRefs:
		doc := d.asD()
		if r, ok := dbRefOf(doc); ok {
			return r
		}
		if d.documentsAsD() {
			return doc
		}
		return d.mapForAny(doc.Map())
	case d.documentsAsD():
		return box(d.docs.put(d.asD(), d.expect(200, 16)), d.likes[TypeDocument])
	}
	var m map[string]any
	if d.c.Enter() {
		m = d.newMap()
	}
	return d.mapForAny(m)
}

// documentsAsD reports whether a document in an any is a D here.
func (d *decoder) documentsAsD() bool {
	return d.DocumentType == DocumentsAsD || d.DocumentType == DocumentsAsAncestor && d.ancestor == nil
}

// mapForAny returns m as the type that DocumentType chooses, which is not D.
func (d *decoder) mapForAny(m map[string]any) any {
	switch {
	case d.DocumentType == DocumentsAsM:
		return M(m)
	case d.DocumentType == DocumentsAsMap:
		return m
	}
	return retyped(m, d.ancestor)
}

// setList sets *v from the current array.
func (d *decoder) setList(v *[]any) {
	if d.c.Enter() {
		*v = d.list(*v)
	}
}

// asA returns the current array.
func (d *decoder) asA() A {
	if !d.c.Enter() {
		return nil
	}
	return d.list(nil)
}

// list returns the elements of the array that was entered, in dst if there is room. After
// a fault they are those before it.
func (d *decoder) list(dst []any) []any {
	var first [few]any
	i := 0
	for ; i < few && d.c.Next(); i++ {
		d.dropKey()
		first[i] = d.asAny()
	}
	if i < few {
		dst = room(dst, first[:i], i)
		d.c.Leave()
		return dst
	}
	dst = room(dst, first[:], few+d.c.Remaining())
	for ; i < len(dst) && d.c.Next(); i++ {
		d.dropKey()
		dst[i] = d.asAny()
	}
	d.c.Leave()
	return dst[:i]
}

// dropKey checks that the key of an array element, which is not needed, is
// UTF-8.
func (d *decoder) dropKey() {
	if !d.c.KeyIsASCII() {
		d.owned(d.c.Key(), d.c.Offset()+1)
	}
}

// document returns the reference as a document, as it is stored.
func (r DBRef) document() D {
	d := append(make(D, 0, 3+len(r.Extra)), E{"$ref", r.Ref}, E{"$id", r.ID})
	if r.DB != "" {
		d = append(d, E{"$db", r.DB})
	}
	return append(d, r.Extra...)
}

// dbRefOf returns elems as a reference, if writing the reference gives the same
// elements. elems are not kept.
func dbRefOf(elems []E) (DBRef, bool) {
	var r DBRef
	if len(elems) < 2 || elems[0].Key != "$ref" || elems[1].Key != "$id" {
		return r, false
	}
	ref, ok := elems[0].Value.(string)
	if !ok {
		return r, false
	}
	r.Ref, r.ID = ref, elems[1].Value
	elems = elems[2:]
	if len(elems) > 0 && elems[0].Key == "$db" {
		if r.DB, _ = elems[0].Value.(string); r.DB == "" {
			return r, false
		}
		elems = elems[1:]
	}
	for _, e := range elems {
		if e.Key == "$ref" || e.Key == "$id" || e.Key == "$db" {
			return r, false
		}
	}
	if len(elems) > 0 {
		r.Extra = append(make(D, 0, len(elems)), elems...)
	}
	return r, true
}
