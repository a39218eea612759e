package bson

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file gives the types the JSON of the official driver: ids are their
// hexadecimal text, times are RFC 3339, the others are the JSON of their
// fields, and a D is an object in order. This plain JSON does not keep the
// types of BSON; package extjson writes JSON that does. types_json_read.go
// reads it.
//
//   - jsonWriter writes the containers of this package, and passes other values
//     to encoding/json.
//   - jsonSearch looks through other values the way encoding/json does: before
//     encoding/json gets a value, for containers that are nested too deeply, such
//     as those of a value that contains itself, because only the methods of D
//     count the depth; after encoding/json has rejected a value, for the rejected
//     part, because encoding/json does not name it.

// MarshalJSON returns d as an object with its elements in order, duplicates
// included, or null if d is nil. A value that JSON does not have, such as NaN,
// is a *ValueError whose Pointer is its path in d, with the names that fields
// of structs have in JSON; a D that contains itself matches ErrDepth.
func (d D) MarshalJSON() ([]byte, error) { return jsonOf(d) }

// jsonOf returns the JSON that v has as an element of a D.
func jsonOf(v any) ([]byte, error) {
	return scratch.Append(nil, func(dst []byte) ([]byte, error) {
		w := jsonWriter{dst: dst}
		if !w.value(v, 0) {
			return w.dst, w.fault()
		}
		return w.dst, nil
	})
}

// MarshalJSON returns d as a JSON string in RFC 3339, in UTC. A year outside
// 0 to 9999 has no such text and is a *ConversionError that matches ErrRange.
func (d DateTime) MarshalJSON() ([]byte, error) {
	b, err := d.Time().MarshalJSON()
	if err != nil {
		return nil, &ConversionError{GoType: reflect.TypeFor[DateTime](), Err: ErrRange}
	}
	return b, nil
}

// UnmarshalJSON sets d from a JSON string in RFC 3339; JSON null leaves d as
// it is.
func (d *DateTime) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var t time.Time
	if err := t.UnmarshalJSON(data); err != nil {
		return err
	}
	v, err := DateTimeOf(t)
	if err == nil {
		*d = v
	}
	return err
}

// MarshalJSON returns the reference as a document.
func (r DBRef) MarshalJSON() ([]byte, error) { return r.document().MarshalJSON() }

// MarshalJSON returns v as its binary: an object of Subtype and Data.
func (v Vector) MarshalJSON() ([]byte, error) { return json.Marshal(v.Binary()) }

// UnmarshalJSON sets v from the object that MarshalJSON writes.
func (v *Vector) UnmarshalJSON(data []byte) error {
	var b Binary
	if err := json.Unmarshal(data, &b); err != nil {
		return err
	}
	if b.IsZero() {
		*v = Vector{}
		return nil
	}
	w, err := NewVectorFromBinary(b)
	if err == nil {
		*v = w
	}
	return err
}

// MarshalJSON returns null.
func (Null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// MarshalJSON returns r as an object with its elements in order, as a D
// decoded from it is written; a nil Raw is null.
func (r Raw) MarshalJSON() ([]byte, error) {
	if r == nil {
		return []byte("null"), nil
	}
	var d D
	if err := Unmarshal(r, &d); err != nil {
		return nil, err
	}
	return d.MarshalJSON()
}

// MarshalJSON returns the JSON that v has as an element of a decoded D. The zero
// RawValue is null.
func (v RawValue) MarshalJSON() ([]byte, error) {
	if v.Type == 0 && v.Value == nil {
		return []byte("null"), nil
	}
	var x any
	if err := v.Unmarshal(&x); err != nil {
		return nil, err
	}
	return jsonOf(x)
}

// A jsonWriter writes the containers of this package itself, so that it knows
// the path of a value that encoding/json rejects.
type jsonWriter struct {
	dst  []byte
	err  error
	path []string // keys around the fault, the innermost first
}

func (w *jsonWriter) fault() error {
	return &ValueError{Pointer: pointerOf(w.path), Err: w.err}
}

// value appends v, which is inside depth objects and arrays.
func (w *jsonWriter) value(v any, depth int) bool {
	switch v := v.(type) {
	case D:
		if v == nil {
			return w.null()
		}
		return w.object(v, depth)
	case M:
		if v == nil {
			return w.null()
		}
		return w.object(sortedElements(v), depth)
	case map[string]any:
		if v == nil {
			return w.null()
		}
		return w.object(sortedElements(v), depth)
	case DBRef:
		return w.object(v.document(), depth)
	case CodeWithScope:
		return w.codeWithScope(v, depth)
	case A:
		if v == nil {
			return w.null()
		}
		return w.array(v, depth)
	case []any:
		if v == nil {
			return w.null()
		}
		return w.array(v, depth)
	case bsoncore.Document:
		return w.foreign(Raw(v), depth)
	case bsoncore.Value:
		return w.foreign(rawValueOf(v), depth)
	}
	return w.foreign(v, depth)
}

// foreign appends a value that encoding/json writes. It may contain a D, whose
// method starts a new count, so the depth is checked before.
func (w *jsonWriter) foreign(v any, depth int) bool {
	if holdsValues(reflect.TypeOf(v)) {
		s := jsonSearch{}
		if s.in(reflect.ValueOf(v), depth, 0) || s.methods && nested() >= maxNested {
			w.err, w.path = ErrDepth, s.path
			return false
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		w.refused(v, err)
		return false
	}
	w.dst = append(w.dst, b...)
	return true
}

// holdsValues reports whether a value of type t, which may be nil, can contain
// a D.
func holdsValues(t reflect.Type) bool {
	if t == nil {
		return false
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Struct, reflect.Map, reflect.Slice:
		return true
	case reflect.Array:
		return t.Elem().Kind() != reflect.Uint8
	}
	return false
}

// null is for containers that are nil; asking encoding/json for them would
// lead back here.
func (w *jsonWriter) null() bool {
	w.dst = append(w.dst, "null"...)
	return true
}

// open reports whether a container may be opened inside depth others.
func (w *jsonWriter) open(depth int) bool {
	if depth < DefaultMaxDepth {
		return true
	}
	w.err = ErrDepth
	return false
}

func (w *jsonWriter) object(d D, depth int) bool {
	if !w.open(depth) {
		return false
	}
	w.dst = append(w.dst, '{')
	for i, e := range d {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		key, _ := json.Marshal(e.Key) // a string never fails
		w.dst = append(append(w.dst, key...), ':')
		if !w.value(e.Value, depth+1) {
			w.path = append(w.path, e.Key)
			return false
		}
	}
	w.dst = append(w.dst, '}')
	return true
}

// codeWithScope appends what encoding/json writes for the struct, which would
// write all of an inner scope anew for each one around it.
func (w *jsonWriter) codeWithScope(c CodeWithScope, depth int) bool {
	if !w.open(depth) {
		return false
	}
	code, _ := json.Marshal(c.Code) // a string never fails
	w.dst = append(append(append(w.dst, `{"Code":`...), code...), `,"Scope":`...)
	if !w.value(c.Scope, depth+1) {
		w.path = append(w.path, "Scope")
		return false
	}
	w.dst = append(w.dst, '}')
	return true
}

func (w *jsonWriter) array(a []any, depth int) bool {
	if !w.open(depth) {
		return false
	}
	w.dst = append(w.dst, '[')
	for i, v := range a {
		if i > 0 {
			w.dst = append(w.dst, ',')
		}
		if !w.value(v, depth+1) {
			w.path = append(w.path, strconv.Itoa(i))
			return false
		}
	}
	w.dst = append(w.dst, ']')
	return true
}

// pointerOf returns the JSON Pointer of keys, the innermost first.
func pointerOf(keys []string) string {
	var b []byte
	for _, k := range slices.Backward(keys) {
		b = bsoncore.AppendPointer(b, []byte(k))
	}
	return string(b)
}

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
