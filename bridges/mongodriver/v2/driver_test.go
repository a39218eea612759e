package mongodriver_test

import (
	"bytes"
	"io"

	driver "go.mongodb.org/mongo-driver/v2/bson"
)

// This file has the code of the tests that is not the same for driver v1.

// encoder returns the function with which a client encodes a document.
func encoder(r *driver.Registry) func(any) ([]byte, error) {
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

// newEncoder returns the Encoder of a client. It never returns an error; that of driver v1
// does.
func newEncoder(r *driver.Registry, w io.Writer) (*driver.Encoder, error) {
	e := driver.NewEncoder(driver.NewDocumentWriter(w))
	if r != nil {
		e.SetRegistry(r)
	}
	return e, nil
}

// unmarshal decodes a document with a registry.
func unmarshal(r *driver.Registry, doc []byte, v any) error {
	d := driver.NewDecoder(driver.NewDocumentReader(bytes.NewReader(doc)))
	d.SetRegistry(r)
	return d.Decode(v)
}

// marshalText returns v as canonical Extended JSON.
func marshalText(r *driver.Registry, v any) ([]byte, error) {
	var buf bytes.Buffer
	e := driver.NewEncoder(driver.NewExtJSONValueWriter(&buf, true, false))
	e.SetRegistry(r)
	err := e.Encode(v)
	return bytes.TrimSpace(buf.Bytes()), err
}

// unmarshalText decodes canonical Extended JSON.
func unmarshalText(r *driver.Registry, text []byte, v any) error {
	reader, err := driver.NewExtJSONValueReader(bytes.NewReader(text), true)
	if err != nil {
		return err
	}
	d := driver.NewDecoder(reader)
	d.SetRegistry(r)
	return d.Decode(v)
}

func (u upper) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := driver.MarshalValue("<" + string(u) + ">")
	return byte(t), data, err
}
