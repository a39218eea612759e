package bson

import "reflect"

// Codecs is a set of functions that take the place of this package's rules
// for some types. It is made once, does not change, is safe for concurrent
// use, and has an effect only where options name it. It keeps what this
// package learns about Go types under it, so it should be kept as well.
type Codecs struct {
	encoders map[reflect.Type]encFunc
	decoders map[reflect.Type]decFunc
	any      *[256]reflect.Type // Go type of each BSON type in an any
	fallback func(v any) (any, error)
	plans    planCache
}

// A Codec is an entry of Codecs: what TypeCodec, AnyAs or FallbackEncoder
// returns.
type Codec struct{ add func(*Codecs) }

// NewCodecs returns the set of the entries given; a later one wins over an
// earlier one for the same type.
func NewCodecs(entries ...Codec) *Codecs {
	c := &Codecs{encoders: map[reflect.Type]encFunc{}, decoders: map[reflect.Type]decFunc{}}
	for _, e := range entries {
		if e.add != nil {
			e.add(c)
		}
	}
	return c
}

// TypeCodec makes values of exactly the type T go through the functions
// given; either may be nil.
//
// encode appends the bytes that follow the key to dst, as the functions of
// this package do, and returns the longer slice and the type of what it
// wrote. It must not change what dst holds. decode sets *v from a value; it
// must copy data if it keeps it. Errors are wrapped and match ErrHook.
func TypeCodec[T any](encode func(dst []byte, v T) ([]byte, Type, error), decode func(t Type, data []byte, v *T) error) Codec {
	typ := reflect.TypeFor[T]()
	return Codec{func(c *Codecs) {
		if encode != nil {
			c.encoders[typ] = func(e *encoder, dst []byte, v reflect.Value) ([]byte, Type) {
				// The assertion's second result is false for a nil interface.
				value, _ := v.Interface().(T)
				at := len(dst)
				out, t, err := encode(dst, value)
				if err == nil && len(out) < at {
					return e.fail(dst, typ, ErrHook)
				}
				return e.hooked(out, at, t, typ, err)
			}
		}
		if decode != nil {
			c.decoders[typ] = func(d *decoder, v reflect.Value) {
				if err := decode(d.c.Type(), d.data(), v.Addr().Interface().(*T)); err != nil {
					d.failHook(typ, err)
				}
			}
		}
	}}
}

// AnyAs makes values of the BSON type t in an any decode as the Go type T
// does. Where T cannot take the value it is an error.
func AnyAs[T any](t Type) Codec {
	typ := reflect.TypeFor[T]()
	return Codec{func(c *Codecs) {
		if c.any == nil {
			c.any = new([256]reflect.Type)
		}
		c.any[t] = typ
	}}
}

// FallbackEncoder makes a value of a type that has no form in BSON be written
// as the value that convert returns for it. An error of convert is wrapped
// and matches ErrHook.
func FallbackEncoder(convert func(v any) (any, error)) Codec {
	return Codec{func(c *Codecs) { c.fallback = convert }}
}
