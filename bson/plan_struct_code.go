package bson

import (
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the loops that write and read structs by their plans. They
// handle the frequent types themselves, by the op of the field, and call the
// plan of the field for the others.

// encode appends a struct.
func (s *structPlan) encode(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if s.err != nil {
		return e.fail(dst, s.typ, s.err)
	}
	if v.CanAddr() {
		return s.encodeAt(e, dst, v, placeOf(v))
	}
	// The value is in an interface or a map: copy it, so that it has an
	// address.
	spare := s.spare.Get() // a pointer
	if spare == nil {
		spare = reflect.New(s.typ).Interface()
	}
	own := reflect.ValueOf(spare).Elem()
	own.Set(v)
	dst, t := s.encodeAt(e, dst, own, placeOf(own))
	own.SetZero()
	s.spare.Put(spare)
	return dst, t
}

// encodeAt appends the struct v at the address p.
func (s *structPlan) encodeAt(e *encoder, dst []byte, v reflect.Value, p place) ([]byte, Type) {
	if !e.enter() {
		return e.fail(dst, s.typ, ErrDepth)
	}
	dst, mark := bsoncore.Begin(dst)
	for i := range s.fields {
		f := &s.fields[i]
		if (f.far || f.omitEmpty || f.omitZero || e.OmitEmpty) && s.isLeftOut(e, v, f) {
			continue
		}
		start := len(dst)
		if n := len(f.header); n <= 16 && cap(dst)-start >= 16 {
			// Two stores are faster than a copy of a length that varies.
			b := dst[start : start+16]
			binary.LittleEndian.PutUint64(b, f.words[0])
			binary.LittleEndian.PutUint64(b[8:], f.words[1])
			dst = dst[:start+n]
		} else {
			dst = append(dst, f.header...)
		}
		t := Type(f.words[0])
		switch f.op {
		case opString:
			dst, t = e.appendText(dst, *at[string](p, f), TypeString)
		case opFloat64:
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(*at[float64](p, f)))
		case opID:
			dst = append(dst, at[objectid.ID](p, f)[:]...)
		case opBool:
			if *at[bool](p, f) {
				dst = append(dst, 1)
			} else {
				dst = append(dst, 0)
			}
		case opInt32:
			dst = binary.LittleEndian.AppendUint32(dst, uint32(*at[int32](p, f)))
		case opInt64:
			dst, t = e.appendInt64(dst, *at[int64](p, f))
		case opInt:
			dst, t = appendInt(dst, *at[int](p, f))
		case opDateTime:
			dst = binary.LittleEndian.AppendUint64(dst, *at[uint64](p, f))
		case opDecimal:
			dst = appendDecimal(dst, *at[decimal128.Decimal](p, f))
		case opTime:
			dst, t = e.appendTime(dst, *at[time.Time](p, f))
		case opBinary:
			b := at[Binary](p, f)
			dst = bsoncore.AppendBinaryValue(dst, b.Subtype, b.Data)
		case opAny:
			dst, t = e.appendAny(dst, *at[any](p, f))
		case opStruct:
			dst, t = f.plan.str.encodeField(e, dst, v, p, f)
		case opD:
			dst, t = e.appendD(dst, *at[D](p, f), f.plan.typ)
		case opList:
			dst, t = e.appendA(dst, *at[[]any](p, f), f.plan.typ)
		default:
			if f.op != opPointer || !isNilPointer(p, f) {
				dst, t = s.call(e, dst, v, p, f)
			}
		}
		if t == 0 {
			return s.within(e, dst[:start], f)
		}
		dst[start] = byte(t)
	}
	if s.rest != nil {
		var t Type
		if dst, t = s.encodeRest(e, dst, v); t == 0 {
			return dst, 0
		}
	}
	e.depth--
	return bsoncore.End(dst, mark), TypeDocument
}

// encodeField appends the struct that is field f of v, which lies at p.
func (s *structPlan) encodeField(e *encoder, dst []byte, v reflect.Value, p place, f *field) ([]byte, Type) {
	if s.err != nil {
		return e.fail(dst, s.typ, s.err)
	}
	fv, _ := fieldOf(v, f)
	return s.encodeAt(e, dst, fv, inside(p, f))
}

// call appends field f of v, which lies at p, by the op of a rare type or by
// its plan. A field behind a nil pointer is omitted.
func (s *structPlan) call(e *encoder, dst []byte, v reflect.Value, p place, f *field) ([]byte, Type) {
	switch f.op {
	case opInt8:
		return binary.LittleEndian.AppendUint32(dst, uint32(*at[int8](p, f))), TypeInt32
	case opInt16:
		return binary.LittleEndian.AppendUint32(dst, uint32(*at[int16](p, f))), TypeInt32
	case opUint8:
		return binary.LittleEndian.AppendUint32(dst, uint32(*at[uint8](p, f))), TypeInt32
	case opUint16:
		return binary.LittleEndian.AppendUint32(dst, uint32(*at[uint16](p, f))), TypeInt32
	case opFloat32:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(float64(*at[float32](p, f)))), TypeDouble
	}
	fv, _ := fieldOf(v, f)
	if !f.minSize || e.minSize {
		return f.plan.enc(e, dst, fv)
	}
	e.minSize = true
	dst, t := f.plan.enc(e, dst, fv)
	e.minSize = false
	return dst, t
}

func (s *structPlan) within(e *encoder, dst []byte, f *field) ([]byte, Type) {
	if e.field == "" {
		e.field = s.typ.Name() + "." + f.goName
	}
	return e.within(dst, f.name)
}

// encodeRest appends the elements of the inlined map.
func (s *structPlan) encodeRest(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	m, ok := along(v, s.rest)
	if !ok || m.IsNil() {
		return dst, TypeDocument
	}
	return e.appendEntries(dst, m, s.key, s.elem, s.byKey)
}

// isLeftOut reports whether a tag, an option or a nil pointer on the way omits
// field f of v.
func (s *structPlan) isLeftOut(e *encoder, v reflect.Value, f *field) bool {
	v, ok := fieldOf(v, f)
	if !ok || f.omitZero && isZero(v, f.plan) {
		return true
	}
	if !f.omitEmpty && !e.OmitEmpty {
		return false
	}
	if v.Kind() == reflect.Interface {
		// An any is only compared with nil, as in the driver.
		if v.IsNil() || v.NumMethod() == 0 {
			return v.IsNil()
		}
		v = v.Elem()
		return e.isEmpty(v, e.planOf(v.Type()))
	}
	return e.isEmpty(v, f.plan)
}

// isZero is the condition of omitzero, as in encoding/json: the method IsZero,
// which may be declared on the pointer, else the zero value.
func isZero(v reflect.Value, p *plan) bool {
	if isZero, ok := askZero(v, p); ok {
		return isZero
	}
	if reflect.PointerTo(v.Type()).Implements(typeZeroer) {
		return pointerTo(v).Interface().(Zeroer).IsZero()
	}
	return v.IsZero()
}

// askZero calls the method IsZero of v, whose plan is p, if there is one that
// can be called. If the method belongs to a part of v, all of v must be zero.
func askZero(v reflect.Value, p *plan) (isZero, ok bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return true, true
		}
	}
	if p.partZero {
		return reflect.Indirect(v).IsZero(), true
	}
	if v.Type().Implements(typeZeroer) {
		return v.Interface().(Zeroer).IsZero(), true
	}
	return false, false
}

// isEmpty is the condition of omitempty, with the rules of the driver: the
// method IsZero; else no elements; else, of structs only with the option, all
// exported fields empty; else the zero value.
func (e *encoder) isEmpty(v reflect.Value, p *plan) bool {
	if isZero, ok := askZero(v, p); ok {
		return isZero
	}
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		if !e.OmitZeroStruct {
			return false
		}
		for i := range v.NumField() {
			sf := v.Type().Field(i)
			if sf.PkgPath != "" && !sf.Anonymous {
				continue
			}
			if !v.Field(i).CanInterface() {
				if !v.Field(i).IsZero() {
					return false
				}
			} else if !e.isEmpty(v.Field(i), e.planOf(sf.Type)) {
				return false
			}
		}
		return true
	}
	return v.IsZero()
}

func getID(v reflect.Value) objectid.ID {
	if v.CanAddr() {
		return *v.Addr().Interface().(*objectid.ID)
	}
	return v.Interface().(objectid.ID)
}

func getTime(v reflect.Value) time.Time {
	if v.CanAddr() {
		return *v.Addr().Interface().(*time.Time)
	}
	return v.Interface().(time.Time)
}

// decode sets a struct from the current document.
func (s *structPlan) decode(d *decoder, v reflect.Value) { s.decodeAt(d, v, placeOf(v)) }

// decodeAt sets the struct v at the address p.
func (s *structPlan) decodeAt(d *decoder, v reflect.Value, p place) {
	if s.err != nil {
		d.fail(s.typ, s.err)
		return
	}
	c := &d.c
	if c.Type() != TypeDocument {
		d.null(v)
		return
	}
	if !c.Enter() {
		return
	}
	if d.ZeroStructs {
		v.SetZero()
	}
	var seen keyWatch
	next := 0 // the field that follows the last one: it comes next most often
	for {
		if next >= len(s.fields) || !c.NextIs(&s.fields[next].expected) {
			if !c.Next() {
				break
			}
			if key := c.Key(); next >= len(s.fields) || s.fields[next].name != string(key) {
				if next = s.find(key); next < 0 {
					s.unknown(d, v, &seen)
					next = 0
					continue
				}
			}
		}
		f := &s.fields[next]
		next++
		if d.RejectDuplicateKeys && !seen.add(f.name) {
			d.fail(s.typ, ErrDuplicateKey)
			break
		}
		if !d.scalar(f.op, inside(p, f)) {
			f.decode(d, v, p)
		}
		if c.Failed() {
			d.inField(s.typ, f.goName)
		}
	}
	c.Leave()
}

// find returns the index of the field with the key given, or in lower case,
// or -1.
func (s *structPlan) find(key []byte) int {
	if i, ok := s.byKey[string(key)]; ok {
		return i
	}
	for _, b := range key {
		if b-'A' < 26 || b >= 0x80 {
			if i, ok := s.byKey[strings.ToLower(string(key))]; ok {
				return i
			}
			break
		}
	}
	return -1
}

// scalar sets the value at p from the current value if o has a memory layout for
// values of its type. It reports whether it has done so.
func (d *decoder) scalar(o op, p place) bool {
	c := &d.c
	if c.Type() == usualType[o] {
		switch o {
		case opString:
			*as[string](p) = d.asString()
			return true
		case opFloat64:
			*as[float64](p) = c.Double()
			return true
		case opInt32:
			*as[int32](p) = c.Int32()
			return true
		case opBool:
			*as[bool](p) = c.Boolean()
			return true
		case opID:
			*as[objectid.ID](p) = c.ObjectID()
			return true
		case opDateTime:
			*as[DateTime](p) = DateTime(c.DateTime())
			return true
		case opDecimal:
			*as[decimal128.Decimal](p) = c.Decimal128()
			return true
		case opTime:
			*as[time.Time](p) = d.timeOf(c.DateTime(), typeTime)
			return true
		case opBinary:
			*as[Binary](p) = d.asBinary()
			return true
		case opD:
			d.setD(as[D](p))
			return true
		case opList:
			d.setList(as[[]any](p))
			return true
		}
		return false
	}
	switch {
	case o == opInt64 && c.Type() == TypeInt64:
		*as[int64](p) = c.Int64()
		return true
	case o == opInt && c.Type() == TypeInt32:
		*as[int](p) = int(c.Int32())
		return true
	}
	return false
}

// decode sets field f of v, which lies at p, by the plan of its type.
func (f *field) decode(d *decoder, v reflect.Value, p place) {
	var fv reflect.Value
	if f.path == nil {
		fv = v.Field(f.index)
	} else {
		fv = made(v, f.path)
	}
	switch {
	case f.truncate && !d.truncate:
		d.truncate = true
		f.plan.dec(d, fv)
		d.truncate = false
	case f.op == opStruct:
		f.plan.str.decodeAt(d, fv, inside(p, f))
	default:
		f.plan.dec(d, fv)
	}
}

// unknown handles the current element, which has no field, by the rules of the
// struct and the options.
func (s *structPlan) unknown(d *decoder, v reflect.Value, seen *keyWatch) {
	if s.rest == nil {
		if d.RejectUnknownFields {
			d.fail(s.typ, ErrUnknownField)
		} else if d.RejectDuplicateKeys && !seen.add(string(d.c.Key())) {
			d.fail(s.typ, ErrDuplicateKey)
		}
		return
	}
	m := made(v, s.rest)
	if m.IsNil() {
		m.Set(reflect.MakeMap(m.Type()))
	}
	k := reflect.New(s.key.typ).Elem()
	x := reflect.New(s.elem.typ).Elem()
	outer := d.ancestor
	if d.DocumentType == DocumentsAsAncestor && s.elem.typ == typeAny && s.key.typ == typeString {
		d.ancestor = m.Interface()
	}
	d.entry(k, x, s.key, s.elem, seen)
	d.ancestor = outer
	if !d.c.Failed() {
		m.SetMapIndex(k, x)
	}
}
