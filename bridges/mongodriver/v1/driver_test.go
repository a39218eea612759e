package mongodriver_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"bytes"
	"io"

	driver "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/bson/bsontype"
)

// This file has the code of the tests that is not the same for driver v2.

// encoder returns the function with which a client encodes a document.
func encoder(r *bsoncodec.Registry) func(any) ([]byte, error) {
	return func(v any) ([]byte, error) {
		var buf bytes.Buffer
		e, err := newEncoder(r, &buf)
		if err != nil {
			return nil, err
		}
		err = e.Encode(v)
		return buf.Bytes(), err
	}
}

// newEncoder returns the Encoder of a client.
func newEncoder(r *bsoncodec.Registry, w io.Writer) (*driver.Encoder, error) {
	if r == nil {
		r = driver.DefaultRegistry
	}
	vw, err := bsonrw.NewBSONValueWriter(w)
	if err != nil {
		return nil, err
	}
	e, err := driver.NewEncoder(vw)
	if err != nil {
		return nil, err
	}
	return e, e.SetRegistry(r)
}

// unmarshal decodes a document with a registry.
func unmarshal(r *bsoncodec.Registry, doc []byte, v any) error {
	return driver.UnmarshalWithRegistry(r, doc, v)
}

// marshalText returns v as canonical Extended JSON.
func marshalText(r *bsoncodec.Registry, v any) ([]byte, error) {
	return driver.MarshalExtJSONWithRegistry(r, v, true, false)
}

// unmarshalText decodes canonical Extended JSON.
func unmarshalText(r *bsoncodec.Registry, text []byte, v any) error {
	return driver.UnmarshalExtJSONWithRegistry(r, text, true, v)
}

func (u upper) MarshalBSONValue() (bsontype.Type, []byte, error) {
	return driver.MarshalValue("<" + string(u) + ">")
}
