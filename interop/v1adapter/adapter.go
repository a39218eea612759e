// Package v1adapter lets the official driver v1 store and read the value
// types of this toolkit.
//
// v1 calls hooks whose type byte is a type of its own, so that it does not
// see the MarshalBSONValue and UnmarshalBSONValue of our types, which are
// those of v2. A registry with the functions of this package calls them.
// Without it v1 calls MarshalBSON, which is an error for all types that are
// no documents. It is an example to copy as much as a package to use, since it
// needs the driver.
package v1adapter

//lint:file-ignore SA1019 all of v1 is deprecated, and what this is about

import (
	"reflect"

	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/bson/bsontype"

	"github.com/bsonkit/bsonkit/bson"
)

// Register makes r call the hooks of every type that has those of this
// toolkit, which are those of the driver v2 as well. The hook for values comes
// before the one for documents, which takes the place of v1's own rule.
func Register(r *bsoncodec.Registry) {
	value, document := reflect.TypeFor[bson.ValueMarshaler](), reflect.TypeFor[bsoncodec.Marshaler]()
	r.RegisterInterfaceEncoder(value, bsoncodec.ValueEncoderFunc(encode))
	r.RegisterInterfaceEncoder(document, bsoncodec.ValueEncoderFunc(encodeDocument))
	r.RegisterInterfaceDecoder(reflect.TypeFor[bson.ValueUnmarshaler](), bsoncodec.ValueDecoderFunc(decode))
}

// encodeDocument is for types with MarshalBSON, among them all of ours.
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
