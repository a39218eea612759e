// Package v1adapter lets the official driver v1 store and read the value types
// of this toolkit.
//
// The hooks of our types, MarshalBSONValue and UnmarshalBSONValue, have the
// signatures of driver v2. In v1 the type byte has a type of its own, so v1 does
// not call these hooks. A registry with the functions of this package calls
// them. Without it v1 calls MarshalBSON, which is an error for all types that
// are not documents. This package needs the driver, so programs may prefer to
// copy it.
package v1adapter

//lint:file-ignore SA1019 v1 is deprecated, and this package exists for v1

import (
	"reflect"

	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/bson/bsontype"

	"github.com/bsonkit/bsonkit/bson"
)

// Register makes r call MarshalBSONValue and UnmarshalBSONValue of every type
// that has these hooks with the signatures of this toolkit and of driver v2. A
// type that also has MarshalBSON is written by MarshalBSONValue. Register
// replaces the encoder that r has for types with MarshalBSON.
func Register(r *bsoncodec.Registry) {
	value, document := reflect.TypeFor[bson.ValueMarshaler](), reflect.TypeFor[bsoncodec.Marshaler]()
	r.RegisterInterfaceEncoder(value, bsoncodec.ValueEncoderFunc(encode))
	r.RegisterInterfaceEncoder(document, bsoncodec.ValueEncoderFunc(encodeDocument))
	r.RegisterInterfaceDecoder(reflect.TypeFor[bson.ValueUnmarshaler](), bsoncodec.ValueDecoderFunc(decode))
}

// encodeDocument writes types with MarshalBSON, such as all types of this
// toolkit. It calls MarshalBSONValue if the type has it.
func encodeDocument(c bsoncodec.EncodeContext, w bsonrw.ValueWriter, v reflect.Value) error {
	value := reflect.TypeFor[bson.ValueMarshaler]()
	if v.Type().Implements(value) || v.CanAddr() && v.Addr().Type().Implements(value) {
		return encode(c, w, v)
	}
	return bsoncodec.DefaultValueEncoders{}.MarshalerEncodeValue(c, w, v)
}

func encode(_ bsoncodec.EncodeContext, w bsonrw.ValueWriter, v reflect.Value) error {
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return w.WriteNull()
	}
	m, ok := v.Interface().(bson.ValueMarshaler)
	if !ok {
		m = v.Addr().Interface().(bson.ValueMarshaler)
	}
	t, data, err := m.MarshalBSONValue()
	if err != nil {
		return err
	}
	return bsonrw.Copier{}.CopyValueFromBytes(w, bsontype.Type(t), data)
}

func decode(_ bsoncodec.DecodeContext, r bsonrw.ValueReader, v reflect.Value) error {
	t, data, err := bsonrw.Copier{}.CopyValueToBytes(r)
	if err != nil {
		return err
	}
	if v.Kind() == reflect.Pointer {
		if t == bsontype.Null {
			v.SetZero()
			return nil
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return v.Interface().(bson.ValueUnmarshaler).UnmarshalBSONValue(byte(t), data)
	}
	return v.Addr().Interface().(bson.ValueUnmarshaler).UnmarshalBSONValue(byte(t), data)
}
