package bson

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// This file finds the value that encoding/json refused, which it does not say
// where to find.

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
	at := reflect.ValueOf(v)
	w.locate(&at, 0)
	if inner != nil {
		w.err = inner.Err
		return
	}
	w.err = &ConversionError{GoType: at.Type(), Err: err}
}

// locate looks in *v for the first value that JSON does not have. If there is
// one it reports true, sets *v to it and adds the keys on the way to the path.
// depth counts the values around *v.
func (w *jsonWriter) locate(v *reflect.Value, depth int) bool {
	if !v.IsValid() || depth > DefaultMaxDepth {
		return false
	}
	switch t := v.Type(); {
	case t == typeD:
	case t == typeDBRef && v.CanInterface():
		return w.locateIn(v, reflect.ValueOf(v.Interface().(DBRef).document()), depth)
	case v.CanInterface() && hasJSON(t):
		// What its method looks at is not known; one without parts is asked.
		_, err := json.Marshal(v.Interface())
		return err != nil && (t == typeTime || !holdsValues(t))
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)
	case reflect.Complex64, reflect.Complex128, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return true
	case reflect.Pointer, reflect.Interface:
		return w.locateIn(v, v.Elem(), depth)
	case reflect.Slice, reflect.Array:
		return w.locateElement(v, depth)
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if w.locateIn(v, it.Value(), depth) {
				key, _ := keyText(it.Key())
				w.path = append(w.path, key)
				return true
			}
		}
	case reflect.Struct:
		return w.locateField(v, depth)
	}
	return false
}

// locateIn is locate for x, a part of *v.
func (w *jsonWriter) locateIn(v *reflect.Value, x reflect.Value, depth int) bool {
	if !w.locate(&x, depth+1) {
		return false
	}
	*v = x
	return true
}

// hasJSON reports whether JSON is made of values of t by a method, or of the
// text in them.
func hasJSON(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return t == typeJSONNumber || p.Implements(typeJSONMarshaler) || p.Implements(typeTextMarshaler)
}

func (w *jsonWriter) locateElement(v *reflect.Value, depth int) bool {
	list := *v
	for i := range list.Len() {
		x, key := list.Index(i), strconv.Itoa(i)
		if list.Type() == typeD {
			key, x = x.Field(0).String(), x.Field(1)
		}
		if w.locateIn(v, x, depth) {
			w.path = append(w.path, key)
			return true
		}
	}
	return false
}

// locateField looks at the fields that encoding/json does. Those of embedded
// structs count as fields of the struct around them.
func (w *jsonWriter) locateField(v *reflect.Value, depth int) bool {
	s := *v
	for i := range s.NumField() {
		sf := s.Type().Field(i)
		tag := sf.Tag.Get("json")
		if tag == "-" || !sf.IsExported() && !sf.Anonymous || !w.locateIn(v, s.Field(i), depth) {
			continue
		}
		if name, _, _ := strings.Cut(tag, ","); name != "" {
			w.path = append(w.path, name)
		} else if !sf.Anonymous {
			w.path = append(w.path, sf.Name)
		}
		return true
	}
	return false
}
