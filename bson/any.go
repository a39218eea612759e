package bson

import (
	"reflect"
	"time"
)

// This file makes the Go values of an any: one switch on the type, and
// containers that call it again.

var (
	typeTime = reflect.TypeFor[time.Time]()
	typeM    = reflect.TypeFor[M]()
	typeA    = reflect.TypeFor[A]()
)

// any returns the current value as the Go value that stands for it.
func (d *decoder) any() any {
	c := &d.c
	if d.Codecs != nil && d.Codecs.any != nil {
		if t := d.Codecs.any[c.Type()]; t != nil {
			v := reflect.New(t).Elem()
			d.planOf(t).dec(d, v)
			return v.Interface()
		}
	}
	switch c.Type() {
	case TypeString:
		return d.shared(c.Text(), c.ValueOffset()+4)
	case TypeDouble:
		return c.Double()
	case TypeInt32:
		return c.Int32()
	case TypeInt64:
		return c.Int64()
	case TypeBoolean:
		return c.Boolean()
	case TypeNull:
		return nil
	case TypeObjectID:
		return c.ObjectID()
	case TypeDateTime:
		return d.anyDateTime()
	case TypeDocument:
		return d.anyDocument()
	case TypeArray:
		return d.array()
	case TypeDecimal128:
		return c.Decimal128()
	case TypeBinary:
		return d.anyBinary()
	}
	return d.anyRare()
}

// anyRare is any for the types that few documents have.
func (d *decoder) anyRare() any {
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
		return d.regex()
	case TypeCode:
		return Code(d.string())
	case TypeSymbol:
		return Symbol(d.string())
	case TypeDBPointer:
		return d.dbPointer()
	case TypeCodeWithScope:
		return d.codeWithScope()
	}
	panic("BUG: bson: value of type " + c.Type().String())
}

func (d *decoder) regex() Regex {
	pattern, options := d.c.Regex()
	off := d.c.ValueOffset()
	return Regex{d.owned(pattern, off), d.owned(options, off+len(pattern)+1)}
}

func (d *decoder) dbPointer() DBPointer {
	ns, id := d.c.DBPointer()
	return DBPointer{d.owned(ns, d.c.ValueOffset()+4), id}
}

func (d *decoder) codeWithScope() CodeWithScope {
	code, _ := d.c.CodeWithScope()
	v := CodeWithScope{Code: Code(d.owned(code, d.c.ValueOffset()+8))}
	v.Scope = d.document()
	return v
}

// binary returns the current binary with bytes of its own.
func (d *decoder) binary() Binary {
	subtype, data := d.c.Binary()
	return Binary{subtype, append(make([]byte, 0, len(data)), data...)}
}

func (d *decoder) anyBinary() any {
	subtype, data := d.c.Binary()
	if d.UUIDs != UUIDUnspecified && subtype == d.UUIDs.Subtype() && len(data) == 16 {
		return d.UUIDs.swap(UUID(data))
	}
	b := d.binary()
	if d.BinaryAsBytes && subtype == BinaryGeneric {
		return b.Data
	}
	return b
}

func (d *decoder) anyDateTime() any {
	ms := d.c.DateTime()
	if !d.TimeInAny || d.TimeRange == TimeKeep && (ms < minTime || ms > maxTime) {
		return DateTime(ms)
	}
	return d.time(ms, typeTime)
}

// push reads the elements of the current container onto d.elems and returns
// where they start. pop takes them off again.
func (d *decoder) push() (base int) {
	base = len(d.elems)
	if !d.c.Enter() {
		return base
	}
	var seen keyWatch
	for d.c.Next() {
		key := d.shared(d.c.Key(), d.c.Offset()+1)
		if d.DisallowDuplicateKeys && !seen.add(key) {
			d.fail(typeD, ErrDuplicateKey)
			break
		}
		d.elems = append(d.elems, E{key, d.any()})
	}
	d.c.Leave()
	return base
}

func (d *decoder) pop(base int) {
	clear(d.elems[base:])
	d.elems = d.elems[:base]
}

// document returns the current document, or the scope of the current code.
func (d *decoder) document() D {
	base := d.push()
	doc := append(make(D, 0, len(d.elems)-base), d.elems[base:]...)
	d.pop(base)
	return doc
}

// setD sets *v from the current value.
func (d *decoder) setD(v *D) {
	switch {
	case d.c.Type() == TypeDocument:
		base := d.push()
		n := len(d.elems) - base
		if *v == nil || cap(*v) < n {
			*v = make(D, 0, n)
		}
		*v = append((*v)[:0], d.elems[base:]...)
		d.pop(base)
	case d.isNull():
		*v = nil
	default:
		d.fail(typeD, ErrMismatch)
	}
}

func (d *decoder) anyDocument() any {
	if d.DocumentType == DocumentsAsD && !d.DBRefs {
		return d.document()
	}
	base := d.push()
	defer d.pop(base)
	elems := d.elems[base:]
	if d.DBRefs {
		if r, ok := dbRefOf(elems); ok {
			return r
		}
	}
	if d.DocumentType == DocumentsAsD {
		return append(make(D, 0, len(elems)), elems...)
	}
	m := make(map[string]any, len(elems))
	for i := range elems {
		m[elems[i].Key] = elems[i].Value
	}
	if d.DocumentType == DocumentsAsM {
		return M(m)
	}
	return m
}

// array returns the current array.
func (d *decoder) array() A {
	base := len(d.elems)
	if !d.c.Enter() {
		return nil
	}
	for d.c.Next() {
		d.elems = append(d.elems, E{Value: d.any()})
	}
	d.c.Leave()
	a := make(A, len(d.elems)-base)
	for i := range a {
		a[i] = d.elems[base+i].Value
	}
	d.pop(base)
	return a
}

// document returns the reference as a document, as it is stored.
func (r DBRef) document() D {
	d := append(make(D, 0, 3+len(r.Extra)), E{"$ref", r.Ref}, E{"$id", r.ID})
	if r.DB != "" {
		d = append(d, E{"$db", r.DB})
	}
	return append(d, r.Extra...)
}

// dbRefOf returns the reference that elems are, if writing it gives the same
// elements again. elems are not kept.
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
