package bson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads JSON into the types that hold values of any type.
//
//   - readJSON reads one JSON value and rejects everything else. It does not
//     rely on encoding/json, so any code may call it.
//   - Numbers are read as in package extjson: an int32 if it is an integer that
//     fits, else an int64, else the nearest double.
//   - Within a D, objects are D and arrays are A. Within an M, A, E or
//     CodeWithScope they are map[string]any and []any, as in encoding/json.

// UnmarshalJSON sets d to the elements of a JSON object in order. Objects within
// it are D, arrays A, integers int32 or int64, other numbers float64. JSON null
// makes d nil. The error is a *json.SyntaxError, a *json.UnmarshalTypeError for
// another JSON value, or a *ValueError. A *ValueError matches ErrRange for a
// number beyond all doubles, and ErrDepth for more than DefaultMaxDepth nested
// objects and arrays. On failure d keeps its value.
func (d *D) UnmarshalJSON(data []byte) error {
	v, err := readObject(data, typeD)
	if err == nil {
		*d = v
	}
	return err
}

// UnmarshalJSON adds the members of a JSON object to m; a nil m is made first.
// Objects within it are map[string]any, arrays []any, numbers as in a D. JSON
// null makes m nil. Errors are those of a D.
//
// A struct that embeds an M has this method and is read as the M alone; use a
// named field instead.
func (m *M) UnmarshalJSON(data []byte) error {
	d, err := readObject(data, reflect.TypeFor[M]())
	switch {
	case err != nil:
		return err
	case d == nil:
		*m = nil
		return nil
	case *m == nil:
		*m = make(M, len(d))
	}
	for _, e := range d {
		(*m)[e.Key] = plainJSON(e.Value)
	}
	return nil
}

// UnmarshalJSON sets a to the elements of a JSON array. Objects within it are
// map[string]any, arrays []any, numbers as in a D. JSON null makes a nil.
// Errors are those of a D.
func (a *A) UnmarshalJSON(data []byte) error {
	v, err := readJSON(data)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		*a = nil
	case A:
		*a = plainJSON(v).([]any)
	default:
		return wrongJSON(v, data, reflect.TypeFor[A]())
	}
	return nil
}

// UnmarshalJSON sets e from an object of Key and Value, as encoding/json does,
// with numbers as in a D. Errors are those of a D.
func (e *E) UnmarshalJSON(data []byte) error {
	x := struct {
		Key   string
		Value jsonAny
	}{e.Key, jsonAny{e.Value}}
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*e = E{x.Key, x.Value.v}
	return nil
}

// UnmarshalJSON sets c from an object of Code and Scope, as encoding/json
// does, with numbers as in a D. Errors are those of a D.
func (c *CodeWithScope) UnmarshalJSON(data []byte) error {
	x := struct {
		Code  Code
		Scope jsonAny
	}{c.Code, jsonAny{c.Scope}}
	if err := json.Unmarshal(data, &x); err != nil {
		return err
	}
	*c = CodeWithScope{x.Code, x.Scope.v}
	return nil
}

// A jsonAny is the any in a struct.
type jsonAny struct{ v any }

// UnmarshalJSON reads data as readJSON does.
func (a *jsonAny) UnmarshalJSON(data []byte) error {
	v, err := readJSON(data)
	if err == nil {
		a.v = plainJSON(v)
	}
	return err
}

// UnmarshalJSON sets r from the document that MarshalJSON writes. JSON null
// leaves r as it is. Errors are those of a D and of UnmarshalBSON.
func (r *DBRef) UnmarshalJSON(data []byte) error {
	doc, err := documentOfJSON(data, typeDBRef)
	if err != nil || doc == nil {
		return err
	}
	var v DBRef
	if err := Unmarshal(doc, &v); err != nil {
		return err
	}
	*r = v
	return nil
}

// UnmarshalJSON sets r to the BSON of a D that is read from the same object. The
// text of MarshalJSON gives the same bytes back, except for types that JSON does
// not distinguish: an int64 that fits an int32 becomes an int32, a double without
// a fraction becomes an integer, and types that JSON does not have become the
// strings and objects that MarshalJSON writes for them. JSON null makes r nil.
// Errors are those of a D and of Marshal. r gets new memory.
func (r *Raw) UnmarshalJSON(data []byte) error {
	doc, err := documentOfJSON(data, reflect.TypeFor[Raw]())
	if err == nil {
		*r = doc
	}
	return err
}

// UnmarshalJSON sets v to any JSON value, as Raw does for objects; JSON null is
// a null. Errors are those of a D and of MarshalValue. v gets new memory.
func (v *RawValue) UnmarshalJSON(data []byte) error {
	x, err := readJSON(data)
	if err != nil {
		return err
	}
	t, value, err := MarshalValue(x)
	if err == nil {
		*v = RawValue{t, value}
	}
	return err
}

// documentOfJSON returns the bytes of a JSON object, or nil for null. t is the
// type that it is for.
func documentOfJSON(data []byte, t reflect.Type) ([]byte, error) {
	d, err := readObject(data, t)
	if err != nil || d == nil {
		return nil, err
	}
	return Marshal(d)
}

// readObject returns the elements of a JSON object, or nil for null. t is the
// type that it is for.
func readObject(data []byte, t reflect.Type) (D, error) {
	v, err := readJSON(data)
	if err != nil || v == nil {
		return nil, err
	}
	if d, ok := v.(D); ok {
		return d, nil
	}
	return nil, wrongJSON(v, data, t)
}

// wrongJSON is the error for v, which data holds and t does not take.
func wrongJSON(v any, data []byte, t reflect.Type) error {
	kind := "number"
	switch v.(type) {
	case bool:
		kind = "bool"
	case string:
		kind = "string"
	case D:
		kind = "object"
	case A:
		kind = "array"
	}
	return &json.UnmarshalTypeError{Value: kind, Type: t, Offset: int64(len(data))}
}

// plainJSON returns v with maps in place of each D and slices in place of each
// A.
func plainJSON(v any) any {
	switch v := v.(type) {
	case D:
		m := make(map[string]any, len(v))
		for _, e := range v {
			m[e.Key] = plainJSON(e.Value)
		}
		return m
	case A:
		for i := range v {
			v[i] = plainJSON(v[i])
		}
		return []any(v)
	}
	return v
}

// readJSON returns the value of data, which must be one JSON value: objects
// are D, arrays A.
func readJSON(data []byte) (any, error) {
	r := jsonReader{dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	v, ok := r.value(0)
	if r.err != nil {
		return nil, &ValueError{Offset: r.at, Pointer: pointerOf(r.path), Err: r.err}
	}
	if ok && len(bytes.TrimLeft(data[r.dec.InputOffset():], " \t\r\n")) == 0 {
		return v, nil
	}
	// Reading token by token says little about where text is wrong or ends.
	err := json.Unmarshal(data, new(jsonSyntax))
	if err == nil {
		panic("BUG: bson: JSON is refused without a reason")
	}
	return nil, err
}

// A jsonSyntax takes any JSON value, so that only faults of syntax are left.
type jsonSyntax struct{}

// UnmarshalJSON accepts data, whose syntax was checked.
func (*jsonSyntax) UnmarshalJSON([]byte) error { return nil }

// A jsonReader reads one JSON value.
type jsonReader struct {
	dec  *json.Decoder
	err  error    // a fault other than of syntax
	at   int64    // byte offset of the bracket or number at fault
	path []string // keys around it, the innermost first
}

// fail records a fault at the token of n bytes that was just read.
func (r *jsonReader) fail(err error, n int) (any, bool) {
	r.err, r.at = err, r.dec.InputOffset()-int64(n)
	return nil, false
}

// value reads a value that depth objects and arrays lie around. It reports
// false at a fault, which r.err has unless it is one of syntax.
func (r *jsonReader) value(depth int) (any, bool) {
	t, err := r.dec.Token()
	if err != nil {
		return nil, false
	}
	switch t := t.(type) {
	case json.Delim:
		if depth >= DefaultMaxDepth {
			return r.fail(ErrDepth, 1)
		}
		if t == '{' {
			return r.object(depth)
		}
		return r.array(depth)
	case json.Number:
		return r.number(string(t))
	}
	return t, true
}

func (r *jsonReader) object(depth int) (any, bool) {
	d := D{}
	for r.dec.More() {
		t, err := r.dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, false
		}
		v, ok := r.value(depth + 1)
		if !ok {
			r.path = append(r.path, key)
			return nil, false
		}
		d = append(d, E{key, v})
	}
	_, err := r.dec.Token()
	return d, err == nil
}

func (r *jsonReader) array(depth int) (any, bool) {
	a := A{}
	for r.dec.More() {
		v, ok := r.value(depth + 1)
		if !ok {
			r.path = append(r.path, strconv.Itoa(len(a)))
			return nil, false
		}
		a = append(a, v)
	}
	_, err := r.dec.Token()
	return a, err == nil
}

// number returns the number that text is.
func (r *jsonReader) number(text string) (any, bool) {
	src := []byte(text)
	n, _, ok := numtext.Scan(src, 0)
	if !ok {
		return nil, false
	}
	if !n.Frac {
		if v, fits := n.Int64(); fits {
			if v == int64(int32(v)) {
				return int32(v), true
			}
			return v, true
		}
	}
	f, ok := n.Double(src)
	if !ok {
		return r.fail(ErrRange, len(text))
	}
	return f, true
}
