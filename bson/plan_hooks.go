package bson

import (
	"encoding"
	"reflect"
)

// This file has the plans of types with methods of their own. A hook is
// called whether it is declared on the type or on its pointer, and whether
// the value at hand has an address or not.

// A proxy is v1's hook: what it returns is written in its place.
type proxy interface {
	ProxyBSON() (any, error)
}

// hooks replaces the directions of p that a hook of the type claims. Pointers
// and interfaces have none of their own: what they lead to is asked.
func (pl *planner) hooks(p *plan) {
	t := p.typ
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return
	}
	ptr := reflect.PointerTo(t)
	var enc encFunc
	switch {
	case ptr.Implements(typeValueMarshaler):
		enc = encValueMarshaler
	case legacyMarshal(ptr).IsValid():
		enc = encLegacy(legacyMarshal(ptr))
	case ptr.Implements(typeMarshaler):
		enc = encMarshaler
	case ptr.Implements(reflect.TypeFor[proxy]()):
		enc = encProxy
	}
	if enc != nil {
		p.enc, p.op = enc, opCall
	}
	var dec decFunc
	switch {
	case ptr.Implements(typeValueUnmarshaler):
		dec = decValueUnmarshaler
	case legacyUnmarshal(ptr).IsValid():
		dec = decLegacy(legacyUnmarshal(ptr))
	case ptr.Implements(typeUnmarshaler):
		dec = decUnmarshaler
	}
	if dec != nil {
		p.dec, p.op = dec, opCall
	}
}

// textMethods adds the methods for text to p, beside what its kind does: a
// struct without exported fields, which would be an empty document, is always
// text, other types by option; and a string decodes into all but strings and
// bytes.
func (pl *planner) textMethods(p *plan) {
	t := p.typ
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface {
		return
	}
	ptr := reflect.PointerTo(t)
	if ptr.Implements(typeTextMarshaler) {
		plain, always := p.enc, isOpaque(t)
		p.op = opCall
		p.enc = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
			if always || e.TextMarshalers {
				return encTextMarshaler(e, dst, v)
			}
			return plain(e, dst, v)
		}
	}
	if ptr.Implements(typeTextUnmarshaler) && t.Kind() != reflect.String {
		plain := p.dec
		p.op = opCall
		p.dec = func(d *decoder, v reflect.Value) {
			if d.c.Type() != TypeString {
				plain(d, v)
				return
			}
			d.fromText(v, v.Addr().Interface().(encoding.TextUnmarshaler))
		}
	}
}

// isOpaque reports whether t is a struct without exported fields.
func isOpaque(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || t.NumField() == 0 {
		return false
	}
	for i := range t.NumField() {
		if t.Field(i).PkgPath == "" {
			return false
		}
	}
	return true
}

// pointerTo returns a pointer to v, or to a copy if v has no address.
func pointerTo(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}

// hooked finishes a value that a hook has appended at at: it must be one
// value of type t.
func (e *encoder) hooked(dst []byte, at int, t Type, typ reflect.Type, err error) ([]byte, Type) {
	if err != nil {
		return e.fail(dst[:at], typ, hookError{err})
	}
	if err := checkValue(t, dst[at:], e.limit-e.depth); err != nil {
		return e.fail(dst[:at], typ, hookError{err})
	}
	return dst, t
}

// checkValue reports what is wrong with a value, inside containers as well.
func checkValue(t Type, data []byte, maxDepth int) error {
	var c Cursor
	if c.ResetValue(t, data, maxDepth) {
		if maxDepth <= 0 && (t.IsContainer() || t == TypeCodeWithScope) {
			c.Fail(ErrDepth)
		} else {
			checkCurrent(&c)
		}
	}
	return c.Err()
}

func checkCurrent(c *Cursor) {
	switch c.Type() {
	case TypeDocument, TypeArray, TypeCodeWithScope:
		if c.Enter() {
			for c.Next() {
				checkCurrent(c)
			}
			c.Leave()
		}
	}
}

func encValueMarshaler(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	t, data, err := pointerTo(v).Interface().(ValueMarshaler).MarshalBSONValue()
	return e.hooked(append(dst, data...), len(dst), Type(t), v.Type(), err)
}

func encMarshaler(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	doc, err := pointerTo(v).Interface().(Marshaler).MarshalBSON()
	return e.hooked(append(dst, doc...), len(dst), TypeDocument, v.Type(), err)
}

func encProxy(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	return e.convert(dst, pointerTo(v), func(p any) (any, error) { return p.(proxy).ProxyBSON() })
}

func encTextMarshaler(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
	text, err := pointerTo(v).Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return e.fail(dst, v.Type(), hookError{err})
	}
	return e.appendText(dst, string(text), TypeString)
}

func decValueUnmarshaler(d *decoder, v reflect.Value) {
	u := v.Addr().Interface().(ValueUnmarshaler)
	if err := u.UnmarshalBSONValue(byte(d.c.Type()), d.data()); err != nil {
		d.failHook(v.Type(), err)
	}
}

// decUnmarshaler gives a document to the hook. Null sets the zero value, as
// for types without a hook; other values are no documents.
func decUnmarshaler(d *decoder, v reflect.Value) {
	if d.c.Type() != TypeDocument {
		d.null(v)
		return
	}
	if err := v.Addr().Interface().(Unmarshaler).UnmarshalBSON(d.data()); err != nil {
		d.failHook(v.Type(), err)
	}
}

// legacyMarshal returns the function of v1's hook, whose first result is a
// byte by another name, or the zero Value. ptr is the pointer to the type.
func legacyMarshal(ptr reflect.Type) reflect.Value {
	m, ok := ptr.MethodByName("MarshalBSONValue")
	if !ok || m.Type.NumIn() != 1 || m.Type.NumOut() != 3 ||
		m.Type.Out(0).Kind() != reflect.Uint8 || m.Type.Out(1) != typeBytes || m.Type.Out(2) != typeError {
		return reflect.Value{}
	}
	return m.Func
}

// legacyUnmarshal is legacyMarshal for the hook that reads.
func legacyUnmarshal(ptr reflect.Type) reflect.Value {
	m, ok := ptr.MethodByName("UnmarshalBSONValue")
	if !ok || m.Type.NumIn() != 3 || m.Type.NumOut() != 1 ||
		m.Type.In(1).Kind() != reflect.Uint8 || m.Type.In(2) != typeBytes || m.Type.Out(0) != typeError {
		return reflect.Value{}
	}
	return m.Func
}

func encLegacy(hook reflect.Value) encFunc {
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
		out := hook.Call([]reflect.Value{pointerTo(v)})
		err, _ := out[2].Interface().(error)
		return e.hooked(append(dst, out[1].Bytes()...), len(dst), Type(out[0].Uint()), v.Type(), err)
	}
}

func decLegacy(hook reflect.Value) decFunc {
	typ := hook.Type().In(1)
	return func(d *decoder, v reflect.Value) {
		t := reflect.New(typ).Elem()
		t.SetUint(uint64(d.c.Type()))
		out := hook.Call([]reflect.Value{v.Addr(), t, reflect.ValueOf(d.data())})
		if err, _ := out[0].Interface().(error); err != nil {
			d.failHook(v.Type(), err)
		}
	}
}
