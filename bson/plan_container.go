package bson

import (
	"encoding/binary"
	"reflect"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the plans of pointers, interfaces, slices and arrays.

// pointer makes the plan of a pointer: null for nil, else what it points to.
func (pl *planner) pointer(p *plan) {
	elem := pl.plan(p.typ.Elem())
	kind := p.typ.Elem().Kind()
	// A chain of pointers and interfaces can lead back to itself without a
	// container in between; the depth limits only chains with containers.
	chain := kind == reflect.Pointer || kind == reflect.Interface
	p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
		if v.IsNil() {
			return dst, TypeNull
		}
		if !chain {
			return elem.enc(e, dst, v.Elem())
		}
		if e.hops >= e.limit {
			return e.fail(dst, p.typ, ErrDepth)
		}
		e.hops++
		dst, t := elem.enc(e, dst, v.Elem())
		e.hops--
		return dst, t
	}
	p.dec = func(d *decoder, v reflect.Value) {
		if d.isNull() {
			v.SetZero()
			return
		}
		if v.IsNil() {
			v.Set(reflect.New(elem.typ))
		}
		if chain {
			d.follow(v.Elem(), elem)
			return
		}
		elem.dec(d, v.Elem())
	}
	if !chain {
		p.encDoc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			if v.IsNil() || elem.encDoc == nil {
				return p.enc(e, dst, v)
			}
			return elem.encDoc(e, dst, v.Elem())
		}
	}
}

// follow sets v, the target of a pointer, which may be a pointer itself.
func (d *decoder) follow(v reflect.Value, p *plan) {
	if d.hops >= depthLimit(d.MaxDepth) {
		d.fail(v.Type(), ErrDepth)
		return
	}
	d.hops++
	p.dec(d, v)
	d.hops--
}

func encInterface(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if v.IsNil() {
		return dst, TypeNull
	}
	if v.NumMethod() == 0 {
		return e.appendAny(dst, v.Interface())
	}
	v = v.Elem()
	return e.planOf(v.Type()).enc(e, dst, v)
}

// decInterface sets an any. An interface that holds a pointer keeps it, and the
// value behind the pointer is set. Other interfaces with methods cannot be set.
func decInterface(d *decoder, v reflect.Value) {
	if !v.IsNil() && v.Elem().Kind() == reflect.Pointer && !v.Elem().IsNil() {
		elem := v.Elem().Elem()
		d.follow(elem, d.planOf(elem.Type()))
		return
	}
	if v.NumMethod() > 0 {
		if d.isNull() {
			v.SetZero()
			return
		}
		d.fail(v.Type(), ErrUnsupported)
		return
	}
	x := d.asAny()
	if x == nil {
		v.SetZero()
		return
	}
	v.Set(reflect.ValueOf(x))
}

// slice makes the plan of a slice: a document if its elements are E, else a
// binary if they are bytes, else an array.
func (pl *planner) slice(p *plan) {
	elemType := p.typ.Elem()
	switch {
	case isElements(p.typ):
		p.op, p.enc, p.dec = opD, encSliceOfE, decSliceOfE
		return
	case elemType == reflect.TypeFor[byte]():
		p.enc, p.dec = encBytes, decBytes
		return
	}
	elem := pl.plan(elemType)
	if elem.op == opAny {
		p.op = opList
		p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			return e.appendA(dst, sliceOf[any](v), p.typ)
		}
		p.dec = func(d *decoder, v reflect.Value) {
			if d.c.Type() != TypeArray {
				d.null(v)
				return
			}
			d.setList(as[[]any](placeOf(v)))
		}
		return
	}
	p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
		if v.IsNil() {
			return e.nilArray(dst, v.Type())
		}
		return e.appendList(dst, v, elem)
	}
	p.dec = func(d *decoder, v reflect.Value) { d.slice(v, elem) }
}

// encSliceOfE writes a slice of E, ours or the driver's, as a D.
func encSliceOfE(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.appendD(dst, elementsOf(v), v.Type())
}

func decSliceOfE(d *decoder, v reflect.Value) { d.setD(as[D](placeOf(v))) }

// appendList appends the elements of a slice or array.
func (e *encoder) appendList(dst []byte, v reflect.Value, elem *plan) ([]byte, Type) {
	if !e.enter() {
		return e.fail(dst, v.Type(), ErrDepth)
	}
	dst, mark := bsoncore.Begin(dst)
	for i := range v.Len() {
		if len(dst) > e.next {
			dst = e.grow(dst, mark, i, v.Len())
		}
		at := len(dst)
		dst = bsoncore.AppendIndexKey(append(dst, 0), i)
		var t Type
		if dst, t = elem.enc(e, dst, v.Index(i)); t == 0 {
			return e.withinIndex(dst, i)
		}
		dst[at] = byte(t)
	}
	e.depth--
	return bsoncore.End(dst, mark), TypeArray
}

func (e *encoder) withinIndex(dst []byte, i int) ([]byte, Type) {
	return e.within(dst, strconv.Itoa(i))
}

// slice sets a slice from the current array.
func (d *decoder) slice(v reflect.Value, elem *plan) {
	if d.c.Type() != TypeArray {
		d.null(v)
		return
	}
	if !d.c.Enter() {
		return
	}
	resize := resizers[elem.op]
	if resize == nil {
		resize = resizeAny
	}
	n := d.c.Remaining()
	resize(v, n)
	all, size := elementsAt(v), elem.typ.Size()
	i := 0
	for ; i < n && d.c.Next(); i++ {
		d.dropKey()
		switch p := elementAt(all, i, size); {
		case d.scalar(elem.op, p):
		case elem.op == opStruct:
			elem.str.decodeAt(d, v.Index(i), p)
		default:
			elem.dec(d, v.Index(i))
		}
	}
	if i < n {
		v.SetLen(i) // after a fault
	}
	d.c.Leave()
}

// resizers have functions for slices of frequent types: resizeAny takes longer.
var resizers = [opCount]func(v reflect.Value, n int){
	opInt32: resize[int32], opInt: resize[int], opInt64: resize[int64], opFloat64: resize[float64],
	opString: resize[string], opID: resize[objectid.ID],
}

// resize makes v, a slice of elements with the layout of a T, one of n zero values. The
// old array is used again if it is large enough.
func resize[T any](v reflect.Value, n int) {
	s := as[[]T](placeOf(v))
	if *s == nil || cap(*s) < n {
		*s = make([]T, n)
		return
	}
	*s = (*s)[:n]
	clear(*s)
}

// resizeAny is resize for a slice of any type.
func resizeAny(v reflect.Value, n int) {
	switch {
	case v.Cap() >= n && !v.IsNil():
		v.SetLen(n)
		v.Clear()
	case n == 0:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	default:
		v.SetZero()
		v.Grow(n) // unlike MakeSlice it does not allocate a header
		v.SetLen(n)
	}
}

func encBytes(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if v.IsNil() {
		empty := e.NilSliceAsEmpty
		if v.Type() == typeBytes {
			empty = e.NilBytesAsEmpty
		}
		if !empty {
			return dst, TypeNull
		}
	}
	return bsoncore.AppendBinaryValue(dst, BinaryGeneric, v.Bytes()), TypeBinary
}

// decBytes sets bytes from a binary of subtype 0 or 2, from the bytes of a
// text, or from an array of numbers.
func decBytes(d *decoder, v reflect.Value) {
	switch d.c.Type() {
	case TypeBinary:
		subtype, data := d.c.Binary()
		if subtype != BinaryGeneric && subtype != BinaryBinaryOld {
			d.fail(v.Type(), ErrSubtype)
			return
		}
		v.SetBytes(append(make([]byte, 0, len(data)), data...))
	case TypeString, TypeSymbol:
		v.SetBytes([]byte(d.owned(d.c.Text(), d.c.ValueOffset()+4)))
	case TypeArray:
		d.slice(v, d.planOf(v.Type().Elem()))
	default:
		d.null(v)
	}
}

// array makes the plan of an array, as slice does for a slice.
func (pl *planner) array(p *plan) {
	elemType := p.typ.Elem()
	switch {
	case isElements(p.typ):
		p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			return e.appendElements(dst, elementsOf(v), p.typ)
		}
		p.dec = decElements
		return
	case elemType == reflect.TypeFor[byte]():
		p.enc, p.dec = encByteArray, decByteArray
		return
	}
	elem := pl.plan(elemType)
	p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
		return e.appendList(dst, v, elem)
	}
	p.dec = func(d *decoder, v reflect.Value) { d.fixedList(v, elem) }
}

// decElements sets an array of E from the current document, as fixedList sets
// others from an array.
func decElements(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeDocument {
		d.null(v)
		return
	}
	if !d.c.Enter() {
		return
	}
	v.SetZero()
	var seen keyWatch
	for i := 0; d.c.Next(); i++ {
		if i == v.Len() {
			d.fail(v.Type(), ErrRange)
			return
		}
		e := E{Key: d.key()}
		if d.RejectDuplicateKeys && !seen.add(e.Key) {
			d.fail(v.Type(), ErrDuplicateKey)
			return
		}
		e.Value = d.asAny()
		v.Index(i).Set(reflect.ValueOf(e).Convert(v.Type().Elem()))
	}
	d.c.Leave()
}

// fixedList sets an array from the current array. Missing elements become zero;
// too many elements are a fault.
func (d *decoder) fixedList(v reflect.Value, elem *plan) {
	if d.c.Type() != TypeArray {
		d.null(v)
		return
	}
	if !d.c.Enter() {
		return
	}
	v.SetZero()
	for i := 0; d.c.Next(); i++ {
		if i == v.Len() {
			d.fail(v.Type(), ErrRange)
			return
		}
		d.dropKey()
		elem.dec(d, v.Index(i))
	}
	d.c.Leave()
}

func encByteArray(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if v.CanAddr() {
		return bsoncore.AppendBinaryValue(dst, BinaryGeneric, v.Bytes()), TypeBinary
	}
	n := v.Len()
	dst = append(binary.LittleEndian.AppendUint32(dst, uint32(n)), BinaryGeneric)
	for i := range n {
		dst = append(dst, byte(v.Index(i).Uint()))
	}
	return dst, TypeBinary
}

// decByteArray sets an array of bytes from a binary of exactly its length:
// one of subtype 0 or 2, or a UUID whose byte order is known; or from an
// array of numbers.
func decByteArray(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeBinary {
		d.fixedList(v, d.planOf(v.Type().Elem()))
		return
	}
	subtype, data := d.c.Binary()
	switch {
	case subtype == BinaryGeneric || subtype == BinaryBinaryOld:
	case v.Len() == 16 && (subtype == BinaryUUID || subtype == BinaryUUIDOld):
		u, ok := d.asUUID()
		if !ok {
			d.fail(v.Type(), ErrUUID)
			return
		}
		data = u[:]
	default:
		d.fail(v.Type(), ErrSubtype)
		return
	}
	if len(data) != v.Len() {
		d.fail(v.Type(), ErrRange)
		return
	}
	copy(v.Bytes(), data)
}

// asUUID returns the UUID that the current binary is: subtype 4, or subtype 3
// in the byte order that the options name.
func (d *decoder) asUUID() (UUID, bool) {
	subtype, data := d.c.Binary()
	switch {
	case len(data) != 16:
	case subtype == BinaryUUID:
		return UUID(data), true
	case subtype == BinaryUUIDOld && d.UUIDRepresentation > UUIDStandard:
		return d.UUIDRepresentation.swap(UUID(data)), true
	}
	return UUID{}, false
}
