package bson

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// This file looks through Go values the way encoding/json does.
//
//   - Before a value is passed to encoding/json, it looks for containers that
//     are nested too deeply, such as those of a value that contains itself.
//     Only the methods of D count the depth.
//   - After encoding/json has rejected a value, it looks for the rejected part,
//     because encoding/json does not name it.

var (
	typeJSONMarshaler = reflect.TypeFor[json.Marshaler]()
	typeJSONNumber    = reflect.TypeFor[json.Number]()
	typeDBRef         = reflect.TypeFor[DBRef]()
)

// refused records that encoding/json refused v, and why.
func (w *jsonWriter) refused(v any, err error) {
	var inner *ValueError // of a D in v
	if errors.As(err, &inner) && errors.Is(inner.Err, ErrDepth) {
		w.err = ErrDepth // where in the recursion does not matter
		return
	}
	s := jsonSearch{refused: refusedByJSON, at: reflect.ValueOf(v)}
	s.in(s.at, 0, 0)
	w.path = s.path
	if inner != nil {
		w.err = inner.Err
		return
	}
	w.err = &ConversionError{GoType: s.at.Type(), Err: err}
}

// A jsonSearch looks for the first value that refused takes, or if that is nil
// for the first that lies too deep.
type jsonSearch struct {
	refused func(reflect.Value) bool
	at      reflect.Value // what was found
	path    []string      // the keys to it, the innermost first
	methods bool          // a value on the way has methods that may lead anywhere
}

// refusedByJSON reports whether encoding/json has no text for v itself.
func refusedByJSON(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)
	case reflect.Complex64, reflect.Complex128, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	}
	if !v.CanInterface() || !hasJSON(v.Type()) || v.Type() != typeTime && holdsValues(v.Type()) {
		return false // what the method of one with parts looks at is not known
	}
	_, err := json.Marshal(v.Interface())
	return err != nil
}

// in reports whether what is looked for is v or in it. depth counts the
// objects and arrays around v, hops the pointers and interfaces that led here
// without one between.
func (s *jsonSearch) in(v reflect.Value, depth, hops int) bool {
	if !v.IsValid() {
		return false
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if hops >= DefaultMaxDepth {
			return s.tooDeep(v)
		}
		return s.in(v.Elem(), depth, hops+1)
	}
	if s.refused != nil && s.refused(v) {
		s.at = v
		return true
	}
	t := v.Type()
	switch {
	case !holdsValues(t) || t == typeTime:
		return false
	case t == typeDBRef && v.CanInterface():
		return s.in(reflect.ValueOf(v.Interface().(DBRef).document()), depth, 0)
	case t != typeD && v.CanInterface() && hasJSON(t):
		_, leaf := knownTypes[t]
		s.methods = s.methods || !leaf
		return false
	case depth >= DefaultMaxDepth && !isNilContainer(v):
		return s.tooDeep(v)
	}
	return s.parts(v, depth+1)
}

func (s *jsonSearch) tooDeep(v reflect.Value) bool {
	s.at = v
	return s.refused == nil
}

func isNilContainer(v reflect.Value) bool {
	return (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.IsNil()
}

// parts is in for the parts of v.
func (s *jsonSearch) parts(v reflect.Value, depth int) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		return s.elements(v, depth)
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if s.in(it.Value(), depth, 0) {
				key, _ := keyText(it.Key())
				return s.within(key)
			}
		}
	case reflect.Struct:
		return s.fields(v, depth)
	}
	return false
}

func (s *jsonSearch) within(key string) bool {
	s.path = append(s.path, key)
	return true
}

func (s *jsonSearch) elements(v reflect.Value, depth int) bool {
	if elem := v.Type().Elem(); s.refused == nil && elem.Kind() != reflect.Interface && !holdsValues(elem) {
		return false
	}
	for i := range v.Len() {
		x, key := v.Index(i), strconv.Itoa(i)
		if v.Type() == typeD {
			key, x = x.Field(0).String(), x.Field(1)
		}
		if s.in(x, depth, 0) {
			return s.within(key)
		}
	}
	return false
}

// fields looks at the fields that encoding/json does. Those of embedded
// structs count as fields of the struct around them.
//
// Errors of encoding/json have a type or a value, but no path, and its rules
// for fields are not exported. So the rules are here again, for the Pointer of
// an error only.
func (s *jsonSearch) fields(v reflect.Value, depth int) bool {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		tag := sf.Tag.Get("json")
		if tag == "-" || !sf.IsExported() && !sf.Anonymous || !s.in(v.Field(i), depth, 0) {
			continue
		}
		if name, _, _ := strings.Cut(tag, ","); name != "" {
			return s.within(name)
		}
		if !sf.Anonymous {
			return s.within(sf.Name)
		}
		return true
	}
	return false
}

// hasJSON reports whether JSON is made of values of t by a method, or of the
// text in them.
func hasJSON(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t == typeJSONNumber || p.Implements(typeJSONMarshaler) || p.Implements(typeTextMarshaler)
}
