package bson

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the plan of maps, which are documents, and of their keys,
// which are texts.

// mapping makes the plan of a map: a document.
func (pl *planner) mapping(p *plan) {
	t := p.typ
	if t.Key() == typeString && t.Elem() == typeAny {
		p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			return e.appendMap(dst, asMap(v), t)
		}
	}
	key, elem := keyPlanOf(t.Key()), pl.plan(t.Elem())
	if p.enc == nil {
		p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			if v.IsNil() {
				return e.nilMap(dst, t)
			}
			if !e.enter() {
				return e.fail(dst, t, ErrDepth)
			}
			dst, mark := bsoncore.Begin(dst)
			dst, doc := e.appendEntries(dst, v, key, elem, nil)
			if doc == 0 {
				return dst, 0
			}
			e.depth--
			return bsoncore.End(dst, mark), TypeDocument
		}
	}
	p.dec = func(d *decoder, v reflect.Value) { d.mapping(v, key, elem) }
}

// asMap returns v, a map from string to any with or without a name.
func asMap(v reflect.Value) map[string]any {
	switch m := v.Interface().(type) {
	case map[string]any:
		return m
	case M:
		return m
	}
	return v.Convert(reflect.TypeFor[map[string]any]()).Interface().(map[string]any)
}

// An entry is an element of a map.
type entry struct {
	key   string
	value reflect.Value
}

// appendEntries appends the elements of a map. taken, if there is one, are
// the fields of the struct that the map is inlined in.
func (e *encoder) appendEntries(dst []byte, v reflect.Value, key keyPlan, elem *plan, taken map[string]int) ([]byte, Type) {
	entries := make([]entry, 0, v.Len())
	first := len(e.ranks)
	e.ranks = slices.Grow(e.ranks, v.Len())
	for it := v.MapRange(); it.Next(); {
		k, err := key.text(it.Key(), e.StringifyKeys)
		if err != nil {
			return e.fail(dst, key.typ, err)
		}
		k = e.mapKey(k)
		e.ranks = append(e.ranks, rank{keyPrefix(k), len(entries)})
		entries = append(entries, entry{k, it.Value()})
	}
	last := len(e.ranks)
	// Sorting finds keys with the same text.
	if e.sortsMaps() || !key.distinct || e.StringifyKeys {
		sortRanks(e.ranks[first:], func(i int) string { return entries[i].key })
	}
	mark := len(dst)
	for i := first; i < last; i++ {
		if len(dst) > e.next {
			dst = e.grow(dst, mark, i-first, len(entries))
		}
		en := entries[e.ranks[i].index]
		if _, ok := taken[en.key]; ok || i > first && entries[e.ranks[i-1].index].key == en.key {
			dst, _ = e.fail(dst, v.Type(), ErrDuplicateKey)
			return e.within(dst, en.key)
		}
		at := len(dst)
		var ok bool
		if dst, ok = e.appendKey(dst, en.key); !ok {
			return e.badKey(dst, en.key)
		}
		var t Type
		if dst, t = elem.enc(e, dst, en.value); t == 0 {
			return e.within(dst, en.key)
		}
		dst[at] = byte(t)
	}
	e.ranks = e.ranks[:first]
	return dst, TypeDocument
}

// mapping sets a map from the current document.
func (d *decoder) mapping(v reflect.Value, key keyPlan, elem *plan) {
	if d.c.Type() != TypeDocument {
		d.null(v)
		return
	}
	if !d.c.Enter() {
		return
	}
	if !v.IsNil() && d.ZeroMaps {
		v.Clear()
	}
	if elem.typ == typeAny && key.typ == typeString && elem.op == opAny {
		outer := d.ancestor
		if d.DocumentType == DocumentsAsAncestor {
			d.ancestor = v.Interface()
		}
		if v.IsNil() {
			*as[map[string]any](placeOf(v)) = d.newMap()
		} else {
			d.mapOfAny(asMap(v))
		}
		d.ancestor = outer
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMapWithSize(v.Type(), d.c.Remaining()))
	}
	if m, ok := v.Interface().(map[string]string); ok {
		d.mapOfString(m, elem)
		return
	}
	k := reflect.New(key.typ).Elem()
	x := reflect.New(elem.typ).Elem()
	var seen keyWatch
	for d.c.Next() {
		d.entry(k, x, key, elem, &seen)
		if !d.c.Failed() {
			v.SetMapIndex(k, x)
		}
	}
	d.c.Leave()
}

// newMap returns the elements of the document that was entered.
func (d *decoder) newMap() map[string]any {
	var first [few]E
	var seen keyWatch
	i := 0
	for ; i < few && d.c.Next(); i++ {
		key := d.key()
		if d.RejectDuplicateKeys && !d.isNew(key, &seen, typeM) {
			break
		}
		if first[i] = (E{key, d.asAny()}); d.c.Failed() {
			break
		}
	}
	n := i
	if i == few {
		n += d.c.Remaining()
	}
	m := make(map[string]any, n)
	for _, e := range first[:i] {
		m[e.Key] = e.Value
	}
	d.putInto(m, &seen)
	return m
}

// mapOfAny sets the elements of m from the document that was entered.
func (d *decoder) mapOfAny(m map[string]any) { d.putInto(m, new(keyWatch)) }

// putInto sets elements of m from the rest of the document that was entered. seen has the
// keys before them.
func (d *decoder) putInto(m map[string]any, seen *keyWatch) {
	for d.c.Next() {
		key := d.key()
		if d.RejectDuplicateKeys && !d.isNew(key, seen, typeM) {
			break
		}
		if x := d.asAny(); !d.c.Failed() {
			m[key] = x
		}
	}
	d.c.Leave()
}

// mapOfString is mapOfAny for strings. elem is their plan.
func (d *decoder) mapOfString(m map[string]string, elem *plan) {
	x := new(string)
	v := reflect.ValueOf(x).Elem()
	var seen keyWatch
	for d.c.Next() {
		key := d.key()
		if d.RejectDuplicateKeys && !seen.add(key) {
			d.fail(typeString, ErrDuplicateKey)
			return
		}
		*x = ""
		if elem.dec(d, v); !d.c.Failed() {
			m[key] = *x
		}
	}
	d.c.Leave()
}

// entry sets k and x from the current element.
func (d *decoder) entry(k, x reflect.Value, key keyPlan, elem *plan, seen *keyWatch) {
	text := d.key()
	if d.RejectDuplicateKeys && !seen.add(text) {
		d.fail(k.Type(), ErrDuplicateKey)
		return
	}
	k.SetZero()
	if err := key.parse(k, text); err != nil {
		d.fail(k.Type(), err)
		return
	}
	x.SetZero()
	elem.dec(d, x)
}

// A keyPlan converts the keys of a map type to keys of a document.
type keyPlan struct {
	typ      reflect.Type
	distinct bool // two keys never have the same text, unless stringified
	text     func(v reflect.Value, stringify bool) (string, error)
	parse    func(v reflect.Value, key string) error
}

// keyPlanOf returns the plan of map keys of type t: texts as they are, then
// MarshalKey and UnmarshalKey, then MarshalText and UnmarshalText, then
// integers in decimal.
func keyPlanOf(t reflect.Type) keyPlan {
	kind := t.Kind()
	k := keyPlan{typ: t}
	// The bytes of a string and the digits of an integer, if no method makes
	// the text.
	k.distinct = kind == reflect.String || kind >= reflect.Int && kind <= reflect.Uint64 &&
		!t.Implements(typeKeyMarshaler) && !t.Implements(typeTextMarshaler)
	k.text = func(v reflect.Value, stringify bool) (string, error) {
		if stringify {
			return fmt.Sprint(v), nil
		}
		return keyText(v)
	}
	switch p := reflect.PointerTo(t); {
	case p.Implements(typeKeyUnmarshaler):
		k.parse = func(v reflect.Value, key string) error {
			return asHook(v.Addr().Interface().(KeyUnmarshaler).UnmarshalKey(key))
		}
	case p.Implements(typeTextUnmarshaler):
		k.parse = func(v reflect.Value, key string) error {
			return asHook(v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(key)))
		}
	case kind == reflect.String:
		k.parse = func(v reflect.Value, key string) error {
			v.SetString(key)
			return nil
		}
	case kind >= reflect.Int && kind <= reflect.Int64:
		k.parse = func(v reflect.Value, key string) error {
			n, err := strconv.ParseInt(key, 10, t.Bits())
			v.SetInt(n)
			return keyError(err)
		}
	case kind >= reflect.Uint && kind <= reflect.Uint64:
		k.parse = func(v reflect.Value, key string) error {
			n, err := strconv.ParseUint(key, 10, t.Bits())
			v.SetUint(n)
			return keyError(err)
		}
	default:
		k.parse = func(reflect.Value, string) error { return ErrUnsupported }
	}
	return k
}

func asHook(err error) error {
	if err != nil {
		return hookError{err}
	}
	return nil
}

// keyError converts an error of strconv to a sentinel.
func keyError(err error) error {
	if err == nil {
		return nil
	}
	if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
		return ErrRange
	}
	return ErrMismatch
}

func keyText(v reflect.Value) (string, error) {
	kind := v.Kind()
	if kind == reflect.String {
		return v.String(), nil
	}
	if kind == reflect.Interface {
		if v.IsNil() {
			return "", ErrUnsupported
		}
		return keyText(v.Elem())
	}
	switch k := v.Interface().(type) {
	case KeyMarshaler:
		if kind == reflect.Pointer && v.IsNil() {
			return "", nil
		}
		s, err := k.MarshalKey()
		return s, asHook(err)
	case encoding.TextMarshaler:
		if kind == reflect.Pointer && v.IsNil() {
			return "", nil
		}
		s, err := k.MarshalText()
		return string(s), asHook(err)
	}
	switch {
	case kind >= reflect.Int && kind <= reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case kind >= reflect.Uint && kind <= reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10), nil
	}
	return "", ErrUnsupported
}
