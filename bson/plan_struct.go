package bson

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the plan of structs: which fields there are, under which
// keys, and the loops that write and read them.
//
//   - tagOf reads a field's tag, collect gathers the fields of a struct and
//     of those inlined in it, dominant settles which of several with the same
//     key it is.
//   - encode and decode do the frequent types themselves, by the field's op,
//     and call the field's plan for the others.

// A field is one field of a struct, or of a struct inlined in it.
type field struct {
	name   string  // key in the document
	header []byte  // type byte, the usual one if there is, key, NUL
	index  int     // in the struct; of an inlined one, in its own struct
	path   []int   // indices from the outer struct on, if inlined; else nil
	offset uintptr // in the outer struct, in bytes, unless far
	far    bool    // there is a pointer on the way
	goName string  // name of the field in Go
	plan   *plan
	op     op
	tag
}

// A tag is what follows the key in a struct tag.
type tag struct {
	omitEmpty, omitZero, minSize, truncate, inline bool
}

// A structPlan is how a struct type is written and read.
type structPlan struct {
	typ    reflect.Type
	fields []field        // in the order in which they are written
	byKey  map[string]int // index in fields
	rest   []int          // path of the inlined map; nil: none
	key    keyPlan        // of its keys
	elem   *plan          // of its elements
	err    error          // why the struct cannot be written or read
	spare  sync.Pool      // of pointers to structs, for values without address
}

// structure makes the plan of a struct.
func (pl *planner) structure(p *plan) {
	s := &structPlan{typ: p.typ}
	s.plan(pl)
	p.enc, p.dec, p.str = s.encode, s.decode, s
}

// plan fills in s.
func (s *structPlan) plan(pl *planner) {
	all := s.collect(pl, s.typ, field{}, nil)
	slices.SortStableFunc(all, func(a, b field) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return len(a.path) - len(b.path)
	})
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].name == all[0].name {
			n++
		}
		s.dominant(all[:n], pl.flags)
		all = all[n:]
	}
	slices.SortFunc(s.fields, func(a, b field) int { return slices.Compare(a.place(), b.place()) })
	s.byKey = make(map[string]int, len(s.fields))
	for i, f := range s.fields {
		s.byKey[f.name] = i
	}
}

// place returns where f is declared, for the order of fields.
func (f *field) place() []int {
	if f.path == nil {
		return []int{f.index}
	}
	return f.path
}

// dominant adds the one of the fields given, which have the same key, that is
// the least deep. If that is not one field, the struct is at fault.
func (s *structPlan) dominant(same []field, flags planFlags) {
	if len(same) > 1 && (len(same[0].path) == len(same[1].path) || flags&planRejectShadowed != 0) {
		s.refuse(tagError("struct has the key " + same[0].name + " twice"))
		return
	}
	s.fields = append(s.fields, same[0])
}

func (s *structPlan) refuse(err error) {
	if s.err == nil {
		s.err = err
	}
}

// tagError is a fault in a struct's declaration.
type tagError string

func (e tagError) Error() string { return string(e) }

// Is makes the error match ErrUnsupported.
func (e tagError) Is(target error) bool { return target == ErrUnsupported }

// collect returns the fields of t, which is what the field outer of s is or
// points to. around are the types that t is inlined in.
func (s *structPlan) collect(pl *planner, t reflect.Type, outer field, around []reflect.Type) []field {
	if slices.Contains(around, t) {
		s.refuse(tagError("struct is inlined in itself"))
		return nil
	}
	around = append(around, t)
	var all []field
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.PkgPath != "" {
			continue
		}
		name, tag, skip := tagOf(sf, pl.flags&planJSONTags != 0)
		if skip {
			continue
		}
		f := field{name: name, index: i, goName: sf.Name, tag: tag}
		f.path = append(slices.Clone(outer.path), i)
		f.offset, f.far = outer.offset+sf.Offset, outer.far
		if tag.inline {
			all = append(all, s.inline(pl, sf.Type, f, around)...)
			continue
		}
		if len(f.path) == 1 {
			f.path = nil
		}
		if strings.IndexByte(name, 0) >= 0 {
			s.refuse(ErrKeyNUL)
		}
		f.plan = pl.plan(sf.Type)
		f.op = f.plan.op
		if f.far || tag.minSize || tag.truncate {
			f.op = opCall
		}
		f.header = append(append([]byte{byte(usualType[f.op])}, name...), 0)
		all = append(all, f)
	}
	return all
}

// inline returns the fields of a struct inlined as f, or notes the map.
func (s *structPlan) inline(pl *planner, t reflect.Type, f field, around []reflect.Type) []field {
	switch {
	case t.Kind() == reflect.Map:
		if s.rest != nil {
			s.refuse(tagError("struct has two inlined maps"))
		}
		if t.Key().Kind() != reflect.String {
			s.refuse(tagError("keys of an inlined map are not strings"))
		}
		s.rest, s.key, s.elem = f.path, keyPlanOf(t.Key()), pl.plan(t.Elem())
		return nil
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		f.far = true
		return s.collect(pl, t.Elem(), f, around)
	case t.Kind() == reflect.Struct:
		return s.collect(pl, t, f, around)
	}
	s.refuse(tagError("inlined field is not a struct, a pointer to one, or a map"))
	return nil
}

// tagOf returns the key and the tag of a field, or that it is to be skipped.
// These are the rules of the official driver: the key bson, else the whole
// tag if it has no colon; the name first, the field's in lower case if it is
// empty; every part, the first included, can be a flag.
func tagOf(sf reflect.StructField, jsonTags bool) (name string, t tag, skip bool) {
	text, ok := sf.Tag.Lookup("bson")
	if !ok && jsonTags {
		text, ok = sf.Tag.Lookup("json")
	}
	if !ok && !strings.Contains(string(sf.Tag), ":") {
		text = string(sf.Tag)
	}
	if text == "-" {
		return "", t, true
	}
	name = strings.ToLower(sf.Name)
	for i, part := range strings.Split(text, ",") {
		if i == 0 && part != "" {
			name = part
		}
		switch part {
		case "omitempty":
			t.omitEmpty = true
		case "omitzero":
			t.omitZero = t.omitZero || i > 0 // the driver takes it for a name
		case "minsize":
			t.minSize = true
		case "truncate":
			t.truncate = true
		case "inline":
			t.inline = true
		}
	}
	return name, t, false
}

// fieldOf returns the field f of v, or false if a pointer on the way is nil.
func fieldOf(v reflect.Value, f *field) (reflect.Value, bool) {
	if f.path == nil {
		return v.Field(f.index), true
	}
	return along(v, f.path)
}

func along(v reflect.Value, path []int) (reflect.Value, bool) {
	for i, x := range path {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v, true
}

// made is along, and makes what nil pointers on the way point to.
func made(v reflect.Value, path []int) reflect.Value {
	for i, x := range path {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	return v
}

// encode appends a struct.
func (s *structPlan) encode(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	if s.err != nil {
		return e.fail(dst, s.typ, s.err)
	}
	if v.CanAddr() {
		return s.encodeAt(e, dst, v, placeOf(v))
	}
	// The value is in an interface or a map: copy it to where it has an
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

// encodeAt appends the struct v, which lies at p.
func (s *structPlan) encodeAt(e *encoder, dst []byte, v reflect.Value, p place) ([]byte, Type) {
	if !e.enter() {
		return e.fail(dst, s.typ, ErrDepth)
	}
	dst, mark := Begin(dst)
	for i := range s.fields {
		f := &s.fields[i]
		if (f.far || f.omitEmpty || f.omitZero || e.OmitEmpty) && s.isLeftOut(e, v, f) {
			continue
		}
		start := len(dst)
		dst = append(dst, f.header...)
		t := Type(f.header[0])
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
			dst = AppendBinaryValue(dst, b.Subtype, b.Data)
		case opAny:
			dst, t = e.appendAny(dst, *at[any](p, f))
		case opStruct:
			dst, t = f.plan.str.encodeField(e, dst, v, p, f)
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
	return End(dst, mark), TypeDocument
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
// its plan. A field that a nil pointer on the way hides is left out.
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

// isLeftOut reports whether a tag or an option leaves out field f of v, or a
// nil pointer on the way to it does.
func (s *structPlan) isLeftOut(e *encoder, v reflect.Value, f *field) bool {
	v, ok := fieldOf(v, f)
	if !ok || f.omitZero && isZero(v) {
		return true
	}
	if !f.omitEmpty && !e.OmitEmpty {
		return false
	}
	if v.Kind() == reflect.Interface {
		// An any is asked for nil only, as by the driver.
		if v.IsNil() || v.NumMethod() == 0 {
			return v.IsNil()
		}
		v = v.Elem()
	}
	return isEmpty(v, e.OmitZeroStruct)
}

// isZero is what omitzero asks: the method IsZero, else the zero value.
func isZero(v reflect.Value) bool {
	if isZero, ok := askZero(v); ok {
		return isZero
	}
	return v.IsZero()
}

// askZero asks the method IsZero of v, if it has one that can be called.
func askZero(v reflect.Value) (isZero, ok bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return true, true
		}
	}
	if v.Type().Implements(typeZeroer) {
		return v.Interface().(Zeroer).IsZero(), true
	}
	return false, false
}

// isEmpty is what omitempty asks. These are the rules of the driver: the
// method IsZero; else no elements; else, of structs only with the option, all
// exported fields empty; else the zero value.
func isEmpty(v reflect.Value, structs bool) bool {
	if isZero, ok := askZero(v); ok {
		return isZero
	}
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		if !structs {
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
			} else if !isEmpty(v.Field(i), structs) {
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
func (s *structPlan) decode(d *decoder, v reflect.Value) {
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
	p := placeOf(v)
	var seen keyWatch
	next := 0 // the field that follows the last one: it comes next most often
	for c.Next() {
		key := c.Key()
		if next >= len(s.fields) || s.fields[next].name != string(key) {
			if next = s.find(key); next < 0 {
				s.unknown(d, v, &seen)
				next = 0
				continue
			}
		}
		f := &s.fields[next]
		next++
		if d.DisallowDuplicateKeys && !seen.add(f.name) {
			d.fail(s.typ, ErrDuplicateKey)
			break
		}
		s.decodeField(d, v, p, f)
		if c.code != codeOK {
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

// decodeField sets field f of v, which lies at p, from the current value.
func (s *structPlan) decodeField(d *decoder, v reflect.Value, p place, f *field) {
	c := &d.c
	if c.Type() == usualType[f.op] {
		switch f.op {
		case opString:
			*at[string](p, f) = d.string()
			return
		case opFloat64:
			*at[float64](p, f) = c.Double()
			return
		case opInt32:
			*at[int32](p, f) = c.Int32()
			return
		case opBool:
			*at[bool](p, f) = c.Boolean()
			return
		case opID:
			*at[objectid.ID](p, f) = c.ObjectID()
			return
		case opDateTime:
			*at[DateTime](p, f) = DateTime(c.DateTime())
			return
		case opDecimal:
			*at[decimal128.Decimal](p, f) = c.Decimal128()
			return
		case opTime:
			*at[time.Time](p, f) = d.time(c.DateTime(), typeTime)
			return
		case opBinary:
			*at[Binary](p, f) = d.binary()
			return
		}
	}
	switch {
	case f.op == opInt64 && c.Type() == TypeInt64:
		*at[int64](p, f) = c.Int64()
		return
	case f.op == opInt && c.Type() == TypeInt32:
		*at[int](p, f) = int(c.Int32())
		return
	}
	var fv reflect.Value
	if f.path == nil {
		fv = v.Field(f.index)
	} else {
		fv = made(v, f.path)
	}
	if f.truncate && !d.truncate {
		d.truncate = true
		f.plan.dec(d, fv)
		d.truncate = false
		return
	}
	f.plan.dec(d, fv)
}

// unknown does what the struct and the options say with the current element,
// which has no field.
func (s *structPlan) unknown(d *decoder, v reflect.Value, seen *keyWatch) {
	if s.rest == nil {
		if d.DisallowUnknownFields {
			d.fail(s.typ, ErrUnknownField)
		} else if d.DisallowDuplicateKeys && !seen.add(string(d.c.Key())) {
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
	if d.entry(k, x, s.key, s.elem, seen); d.c.code == codeOK {
		m.SetMapIndex(k, x)
	}
}
