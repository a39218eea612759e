package bsontest

import (
	"fmt"
	"reflect"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// This file makes documents of a Go type. fill sets a Go value from choices, and
// bson.Marshal writes it, so that package bson alone knows struct tags and hooks.
// misfit then changes elements.

// shaped appends a document of a value of type o.Shape. A value that bson.Marshal cannot
// write, for example a map with a key of an inlining struct, is replaced by the simplest
// value. s is the source of g.
func (g *generator) shaped(dst []byte, s *Source) []byte {
	v := reflect.New(g.o.Shape).Elem()
	g.fill(v, 1)
	start := len(dst)
	out, err := bson.Append(dst, v.Interface())
	if err != nil {
		v.SetZero()
		(&generator{Source: NewSource(nil), o: g.o, used: map[usedKey]bool{}}).fill(v, 1)
		out, err = bson.Append(dst, v.Interface())
	}
	if err != nil {
		panic(fmt.Sprintf("bsontest: Options.Shape is %v, which bson.Marshal does not write as a document: %v", g.o.Shape, err))
	}
	if !g.o.allows(Misfits) {
		return out
	}
	doc := append([]byte(nil), out[start:]...)
	g.Source = s.document()
	return g.misfit(out[:start], doc, 1)
}

// fill sets v from the next choices. depth is the number of containers around the
// elements of v. Pointers, slices and maps beyond the largest depth stay nil. A value
// that fill cannot set stays zero.
func (g *generator) fill(v reflect.Value, depth int) {
	if g.converted(v, depth) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if depth > g.o.maxDepth() {
			return
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(g.Byte()&1 != 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(g.integer(edge.Ints) << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		// BSON has no integers from 2⁶³ on.
		v.SetUint(uint64(g.integer(edge.Ints)) << (64 - v.Type().Bits()) >> (64 - v.Type().Bits()) & (1<<63 - 1))
	case reflect.Float32, reflect.Float64:
		v.Set(reflect.ValueOf(g.float()).Convert(v.Type()))
	case reflect.String:
		v.SetString(g.text(g.o.maxSize() / 16))
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				g.fill(f, depth+inside(f))
			}
		}
	case reflect.Pointer:
		if g.Byte()&3 != 0 {
			v.Set(reflect.New(v.Type().Elem()))
			g.fill(v.Elem(), depth)
		}
	case reflect.Array:
		for i := range v.Len() {
			g.fill(v.Index(i), depth+inside(v.Index(i)))
		}
	case reflect.Slice:
		g.fillSlice(v, depth)
	case reflect.Map:
		g.fillMap(v, depth)
	}
}

// maxItems is the largest number of elements of a slice or map that is filled.
const maxItems = 6

// inside returns 1 if a value of the type of v is a container of its own, else 0.
func inside(v reflect.Value) int {
	switch v.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array, reflect.Pointer, reflect.Interface:
		return 1
	}
	return 0
}

// float returns a double that is not NaN, because NaN is not equal to itself.
func (g *generator) float() float64 {
	f := edge.Doubles[g.IntN(len(edge.Doubles))]
	if n := int8(g.Byte()); n != 0 {
		return float64(n) / 4
	}
	return f
}

func (g *generator) fillSlice(v reflect.Value, depth int) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes(append([]byte{}, g.octets(g.o.maxSize()/16)...))
		return
	}
	n := g.IntN(maxItems + 1)
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	for i := range n {
		g.fill(v.Index(i), depth+inside(v.Index(i)))
	}
}

func (g *generator) fillMap(v reflect.Value, depth int) {
	v.Set(reflect.MakeMap(v.Type()))
	for range g.IntN(maxItems + 1) {
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if key.Kind() == reflect.String {
			key.SetString(g.key())
		} else {
			g.fill(key, depth)
		}
		g.fill(value, depth+inside(value))
		if key.Comparable() { // an interface may have a value that is not
			v.SetMapIndex(key, value)
		}
	}
}

// converted sets v by bson.Unmarshal, and reports true, if the type of v has a form of
// its own in BSON: an interface, a type with hooks, or a struct without exported fields
// such as time.Time.
func (g *generator) converted(v reflect.Value, depth int) bool {
	t := v.Type()
	if t.Kind() == reflect.Interface {
		if t.NumMethod() == 0 {
			g.assign(v, edge.Types[g.IntN(len(edge.Types))], depth)
		}
		return true
	}
	if t.Kind() == reflect.Pointer || !hasHooks(t) && !(t.Kind() == reflect.Struct && opaque(t)) {
		return false
	}
	// The zero value shows the BSON type.
	if typ, _, err := bson.MarshalValue(v.Interface()); err == nil && typ != bson.TypeNull {
		g.assign(v, typ, depth)
		return true
	}
	for _, typ := range []bson.Type{bson.TypeDocument, bson.TypeArray, bson.TypeString, bson.TypeBinary, bson.TypeInt64} {
		if g.assign(v, typ, depth) {
			return true
		}
	}
	return true
}

// assign makes a value of type t and unmarshals it into v. If v cannot hold the value,
// it becomes zero and assign returns false.
func (g *generator) assign(v reflect.Value, t bson.Type, depth int) bool {
	if nests(t) && depth >= g.o.maxDepth() {
		t = bson.TypeNull
	}
	scalars := *g.o
	scalars.Shape = nil
	inner := generator{Source: g.Source, o: &scalars, used: map[usedKey]bool{}, keys: g.keys, limit: g.o.maxSize() / 16}
	data := inner.value(nil, t, depth)
	p := reflect.New(v.Type())
	if (bson.DecodeOptions{}).UnmarshalValue(t, data, p.Interface()) != nil {
		v.SetZero()
		return false
	}
	v.Set(p.Elem())
	return true
}

// hooks are the methods by which a type decides about its form in BSON.
var hooks = []string{"MarshalBSONValue", "MarshalBSON", "UnmarshalBSONValue", "UnmarshalBSON", "MarshalText"}

func hasHooks(t reflect.Type) bool {
	for _, name := range hooks {
		if _, ok := reflect.PointerTo(t).MethodByName(name); ok {
			return true
		}
	}
	return false
}

// opaque reports whether a struct has fields, but no exported ones.
func opaque(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			return false
		}
	}
	return t.NumField() > 0
}

// misfit appends doc, a valid document at depth, with changed elements: removed ones,
// ones of another type, and new ones.
func (g *generator) misfit(dst, doc []byte, depth int) []byte {
	dst, mark := bsoncore.Begin(dst)
	g.documents++
	document := g.documents
	for c := bson.NewCursor(doc); c.Next(); {
		choice := g.Byte() & 7
		if choice == 1 {
			continue
		}
		if choice == 2 {
			dst = g.stray(dst, g.unused(document, g.key()), depth)
		}
		key := g.unused(document, string(c.Key()))
		switch {
		case choice == 3:
			dst = g.stray(dst, key, depth)
		case c.Type() == bson.TypeDocument:
			var m int
			dst, m = begin(dst, key)
			bsoncore.SetType(dst, m, bson.TypeDocument)
			dst = g.misfit(dst, c.Data(), depth+1)
		default:
			dst = bsoncore.AppendValue(dst, key, c.Type(), c.Data())
		}
	}
	return bsoncore.End(dst, mark)
}

// stray appends an element of any type to a document at depth.
func (g *generator) stray(dst []byte, key string, depth int) []byte {
	t, ok := g.typeOf(g.IntN(len(edge.Types)), depth)
	if !ok {
		return dst
	}
	g.limit = len(dst) + usualSize // for this element
	g.full = false
	dst, mark := begin(dst, key)
	bsoncore.SetType(dst, mark, t)
	return g.value(dst, t, depth)
}
