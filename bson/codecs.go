package bson

import "reflect"

// Codecs is a set of functions that replace the rules of this package for some
// types. It does not change, is safe for concurrent use, and has an effect only
// in options. It caches plans of Go types, so make it once and keep it.
type Codecs struct {
	encoders map[reflect.Type]encFunc
	decoders map[reflect.Type]decFunc
	any      *[256]reflect.Type // Go type of each BSON type in an any
	fallback func(v any) (any, error)
	plans    planCache
}

// A Codec is an entry of Codecs: a result of TypeCodec, AnyAs or
// FallbackEncoder.
type Codec struct{ add func(*Codecs) }

// NewCodecs returns the set of the given entries. Of several entries for one
// type the last counts.
func NewCodecs(entries ...Codec) *Codecs {
	c := &Codecs{encoders: map[reflect.Type]encFunc{}, decoders: map[reflect.Type]decFunc{}}
	for _, e := range entries {
		if e.add != nil {
			e.add(c)
		}
	}
	return c
}

// TypeCodec converts values of exactly the type T by the given functions.
// Either may be nil.
//
// encode appends the bytes that follow the key to dst and returns the longer
// slice and the BSON type. It must not change the bytes of dst. decode sets *v
// from a value; it must copy data if it keeps it. Errors are wrapped and match
// ErrHook.
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

// AnyAs decodes values of the BSON type t into an any as the Go type T. If T
// cannot hold the value, it is an error.
func AnyAs[T any](t Type) Codec {
	typ := reflect.TypeFor[T]()
	return Codec{func(c *Codecs) {
		if c.any == nil {
			c.any = new([256]reflect.Type)
		}
		c.any[t] = typ
	}}
}

// FallbackEncoder converts values of types that have no form in BSON: the
// result of convert is written in their place. An error of convert is wrapped
// and matches ErrHook.
func FallbackEncoder(convert func(v any) (any, error)) Codec {
	return Codec{func(c *Codecs) { c.fallback = convert }}
}
