package bson

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file gives the types the JSON of the official driver: ids are their
// hexadecimal text, times are RFC 3339, the others are the JSON of their
// fields, and a D is an object in order. This plain JSON does not keep the
// types of BSON; package extjson writes JSON that does. types_json_read.go
// reads it.

// MarshalJSON returns d as an object with its elements in order, duplicates
// included, or null if d is nil. A value that JSON does not have, such as NaN,
// is a *ValueError whose Pointer is its path in d, with the names that fields
// of structs have in JSON; a D that contains itself matches ErrDepth.
func (d D) MarshalJSON() ([]byte, error) {
	w := jsonWriter{}
	if !w.value(d, 0) {
		return nil, w.fault()
	}
	return w.dst, nil
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
	w := jsonWriter{}
	if !w.value(x, 0) {
		return nil, w.fault()
	}
	return w.dst, nil
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
