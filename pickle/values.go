package pickle

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file converts between pickles and Go values through BSON, with the rules
// of package bson.

// Unmarshal stores the value in data, one pickle, in the value that v points
// to. v is an argument of bson.UnmarshalValue: a pointer to a struct, map or
// bson.D for documents, to a slice for lists, to an objectid.ID, string, number
// or any for other values. data is not kept, and nothing in *v aliases it. On
// failure the error is that of AppendBSONValue, and *v is unchanged; or it is
// that of bson.UnmarshalValue, with *v set up to the fault and an Offset that
// counts bytes of the BSON in between.
func Unmarshal(data []byte, v any) error { return DecodeOptions{}.Unmarshal(data, v) }

// Unmarshal is the function Unmarshal with the options o.
func (o DecodeOptions) Unmarshal(data []byte, v any) error {
	b := scratch.Get()
	defer b.Free()
	value, t, err := o.appendValue(b.Bytes, data)
	b.Set(value)
	if err != nil {
		return err
	}
	return o.values().UnmarshalValue(t, value, v)
}

// values returns the options for the step from BSON to Go values.
func (o *DecodeOptions) values() bson.DecodeOptions {
	v := o.Values
	if v.MaxDepth == 0 {
		v.MaxDepth = o.MaxDepth
	}
	return v
}

// appendValue is AppendBSONValue, but rejects every dictionary with keys that
// are not text: an array of pairs stands for no Go value.
func (o *DecodeOptions) appendValue(dst, data []byte) ([]byte, bson.Type, error) {
	u := unpicklers.Get().(*unpickler)
	defer u.free()
	u.init(o)
	return u.whole(dst, data)
}

// Decode stores the current value in the value that v points to, as Unmarshal
// does.
func (d *Decoder) Decode(v any) error {
	if d.typ == 0 {
		return bson.ErrMisuse
	}
	return d.values.UnmarshalValue(d.typ, d.value, v)
}

// Marshal returns v as a pickle of protocol 2. v is any value that
// bson.MarshalValue accepts; the pickle is that of its BSON, as AppendPickle
// writes it. v is not kept. On failure the result is nil, and the error is that
// of bson.MarshalValue or of AppendPickle, with an Offset that counts bytes of
// the BSON in between.
func Marshal(v any) ([]byte, error) { return EncodeOptions{}.Marshal(v) }

// Marshal returns v as a pickle with the options o, otherwise like the function
// Marshal does.
func (o EncodeOptions) Marshal(v any) ([]byte, error) {
	if _, err := o.number(); err != nil {
		return nil, err
	}
	values := o.Values
	if values.MaxDepth == 0 {
		values.MaxDepth = o.MaxDepth
	}
	b := scratch.Get()
	defer b.Free()
	data, t, err := values.AppendValue(b.Room(), v)
	b.Set(data)
	if err != nil {
		return nil, err
	}
	if t == bson.TypeDocument {
		return o.AppendPickle(nil, data)
	}
	return o.AppendPickleValue(nil, t, data)
}
