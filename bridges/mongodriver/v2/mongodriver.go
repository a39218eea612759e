// Package mongodriver makes clients of the official driver v2 encode and decode with
// bsonkit:
//
//	client, err := mongo.Connect(options.Client().ApplyURI(uri).
//		SetRegistry(mongodriver.Registry(mongodriver.Options{})))
//
// The types of the program stay the driver's. Package bson beside this one is for the
// calls of bson.Marshal and bson.Unmarshal that the program makes itself.
package mongodriver

import (
	"bytes"
	"reflect"
	"sync"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
)

// This file connects the codec of bsonkit to the driver's.
//
//   - Codecs makes bsonkit decode into the driver's types.
//   - Registry has the functions that the driver calls for structs, maps and D.
//   - The driver has no exported functions for the bytes of a value. But its codecs
//     for Raw and RawValue read and write bytes, and a registry gives them out.

// Options are the options of a Registry. The driver has no way to pass the
// BSONOptions of a client to a registry, so they have no effect on structs, maps and
// D; set the fields here instead.
type Options struct {
	_ struct{} // keyed literals only

	// Encode are the options of writing.
	Encode bson.EncodeOptions
	// Decode are the options of reading. If Decode.Codecs is nil, it is Codecs().
	Decode bson.DecodeOptions
}

// Codecs returns a set of the given entries, and of entries that make values in an
// any the driver's: bson.D of the driver for a document, and so on. If two entries
// are about the same type, the given one counts. The set is for the field Codecs of
// DecodeOptions. Make it once and keep it.
func Codecs(entries ...bson.Codec) *bson.Codecs {
	return bson.NewCodecs(append([]bson.Codec{
		bson.AnyAs[driver.D](bson.TypeDocument),
		bson.AnyAs[driver.A](bson.TypeArray),
		bson.AnyAs[driver.Binary](bson.TypeBinary),
		bson.AnyAs[driver.Undefined](bson.TypeUndefined),
		bson.AnyAs[driver.ObjectID](bson.TypeObjectID),
		bson.AnyAs[driver.DateTime](bson.TypeDateTime),
		bson.AnyAs[driver.Regex](bson.TypeRegex),
		bson.AnyAs[driver.DBPointer](bson.TypeDBPointer),
		bson.AnyAs[driver.JavaScript](bson.TypeCode),
		bson.AnyAs[driver.Symbol](bson.TypeSymbol),
		bson.AnyAs[driver.CodeWithScope](bson.TypeCodeWithScope),
		bson.AnyAs[driver.Timestamp](bson.TypeTimestamp),
		bson.AnyAs[driver.Decimal128](bson.TypeDecimal128),
		bson.AnyAs[driver.MinKey](bson.TypeMinKey),
		bson.AnyAs[driver.MaxKey](bson.TypeMaxKey),
	}, entries...)...)
}

// Registry returns a new registry of the driver with bsonkit for structs, maps and D.
// The driver's codecs remain for all other types, and for types with hooks. Errors
// inside structs, maps and D are those of bsonkit.
//
// The driver does not call a codec that a program registers in this registry for
// values inside structs, maps and D. Put the codec in Options too, with
// bson.TypeCodec.
func Registry(o Options) *driver.Registry {
	if o.Decode.Codecs == nil {
		o.Decode.Codecs = Codecs()
	}
	r := driver.NewRegistry()
	c := codec{Options: o, bytesWriter: bytesWriter(r)}
	c.writeDocument, c.writeValue = encoderOf[driver.Raw](r), encoderOf[driver.RawValue](r)
	c.readDocument, c.readValue = decoderOf[driver.Raw](r), decoderOf[driver.RawValue](r)
	for _, kind := range []reflect.Kind{reflect.Struct, reflect.Map} {
		r.RegisterKindEncoder(kind, driver.ValueEncoderFunc(c.encode))
		r.RegisterKindDecoder(kind, driver.ValueDecoderFunc(c.decode))
	}
	r.RegisterTypeEncoder(reflect.TypeFor[driver.D](), driver.ValueEncoderFunc(c.encode))
	r.RegisterTypeDecoder(reflect.TypeFor[driver.D](), driver.ValueDecoderFunc(c.decode))
	return r
}

// A codec has the options of a registry, and the driver's codecs for bytes.
type codec struct {
	Options
	writeDocument, writeValue driver.ValueEncoder // of Raw and RawValue
	readDocument, readValue   driver.ValueDecoder
	bytesWriter               reflect.Type // see bytesWriter
}

func encoderOf[T any](r *driver.Registry) driver.ValueEncoder {
	e, err := r.LookupEncoder(reflect.TypeFor[T]())
	if err != nil {
		panic("BUG: mongodriver: " + err.Error())
	}
	return e
}

func decoderOf[T any](r *driver.Registry) driver.ValueDecoder {
	d, err := r.LookupDecoder(reflect.TypeFor[T]())
	if err != nil {
		panic("BUG: mongodriver: " + err.Error())
	}
	return d
}

// A scratch is memory that one call uses after the other.
type scratch struct {
	buf []byte // empty between calls
	// key is the first one of the last document that was written. Most documents begin
	// with the same key, and the driver wants it as a string.
	key string
}

// scratches have buffers of up to maxBuffer bytes.
var scratches = sync.Pool{New: func() any { return new(scratch) }}

const maxBuffer = 64 << 10

// release keeps s, with the memory of buf, for the next call.
func (s *scratch) release(buf []byte) {
	if cap(buf) <= maxBuffer {
		s.buf = buf[:0]
		scratches.Put(s)
	}
}

// keyOf returns key as a string.
func (s *scratch) keyOf(key []byte) string {
	if s.key != string(key) {
		s.key = string(key)
	}
	return s.key
}

// encode writes v, which is not a pointer, in place of the driver's codec.
func (c *codec) encode(ec driver.EncodeContext, w driver.ValueWriter, v reflect.Value) error {
	if v.CanAddr() {
		v = v.Addr() // a copy of a large struct takes longer
	}
	s := scratches.Get().(*scratch)
	data, t, err := c.Encode.AppendValue(s.buf, v.Interface())
	defer s.release(data)
	switch {
	case err != nil:
		return err
	case t != bson.TypeDocument:
		return c.writeValue.EncodeValue(ec, w, reflect.ValueOf(driver.RawValue{Type: driver.Type(t), Value: data}))
	case reflect.TypeOf(w) != c.bytesWriter:
		return c.writeDocument.EncodeValue(ec, w, reflect.ValueOf(driver.Raw(data)))
	}
	return c.splice(ec, w, data, s)
}

// splice writes a document to the driver's writer of bytes. The driver's codec for Raw
// writes element by element, which takes longer than to encode the document. So all
// elements are written as if they were the value of the first one: the writer copies
// the bytes of a RawValue and does not look at them.
func (c *codec) splice(ec driver.EncodeContext, w driver.ValueWriter, doc []byte, s *scratch) error {
	d, err := w.WriteDocument()
	if err != nil {
		return err
	}
	if first := bson.NewCursor(doc); first.Next() {
		w, err := d.WriteDocumentElement(s.keyOf(first.Key()))
		if err != nil {
			return err
		}
		rest := driver.RawValue{Type: driver.Type(first.Type()), Value: doc[first.ValueOffset() : len(doc)-1]}
		if err := c.writeValue.EncodeValue(ec, w, reflect.ValueOf(rest)); err != nil {
			return err
		}
	}
	return d.WriteDocumentEnd()
}

// bytesWriter returns the type of the driver's writer of bytes if splice works with it.
// Otherwise, such as for another version of the driver, it returns nil.
func bytesWriter(r *driver.Registry) reflect.Type {
	const doc = "\x14\x00\x00\x00\x08a\x00\x01\x03b\x00\x08\x00\x00\x00\x0ac\x00\x00\x00"
	var out bytes.Buffer
	w := driver.NewDocumentWriter(&out)
	c := codec{writeValue: encoderOf[driver.RawValue](r)}
	if c.splice(driver.EncodeContext{Registry: r}, w, []byte(doc), new(scratch)) != nil || out.String() != doc {
		return nil
	}
	return reflect.TypeOf(w)
}

// decode reads v, which can be set, in place of the driver's codec. bsonkit copies the
// bytes that it keeps.
func (c *codec) decode(dc driver.DecodeContext, r driver.ValueReader, v reflect.Value) error {
	t := r.Type()
	if t != 0 && t != driver.TypeEmbeddedDocument {
		var raw driver.RawValue
		if err := c.readValue.DecodeValue(dc, r, reflect.ValueOf(&raw).Elem()); err != nil {
			return err
		}
		return c.Decode.UnmarshalValue(bson.Type(raw.Type), raw.Value, target(v))
	}
	s := scratches.Get().(*scratch)
	err := c.readDocument.DecodeValue(dc, r, reflect.ValueOf((*driver.Raw)(&s.buf)).Elem())
	defer s.release(s.buf)
	if err != nil {
		return err
	}
	return c.Decode.UnmarshalValue(bson.TypeDocument, s.buf, target(v))
}

// target returns the argument of Unmarshal: a pointer to v, or a map without an address.
func target(v reflect.Value) any {
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	return v.Interface()
}
