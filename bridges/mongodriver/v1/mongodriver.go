// Package mongodriver makes clients of the official driver v1.17 encode and decode with
// bsonkit:
//
//	client, err := mongo.Connect(ctx, options.Client().ApplyURI(uri).
//		SetRegistry(mongodriver.Registry(mongodriver.Options{})))
//
// The types of the program stay the driver's. Package bson beside this one is for the
// calls of bson.Marshal and bson.Unmarshal that the program makes itself.
package mongodriver

//lint:file-ignore SA1019 v1 is deprecated, and this package exists for v1

import (
	"bytes"
	"reflect"
	"sync"

	driver "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/bson/bsontype"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/bsonkit/bsonkit/bson"
)

//go:generate go run ../internal/twin bench_test.go order_test.go registry_test.go

// This file connects the codec of bsonkit to the driver's.
//
//   - Codecs makes bsonkit decode into the driver's types.
//   - Registry has the functions that the driver calls for structs, maps and D.
//   - A document is written to the driver's writer of bytes in one piece (see splice).

// Options are the options of a Registry. The driver has no way to pass the
// BSONOptions of a client to a registry, so they have no effect on structs, maps and
// D; set the fields here instead.
type Options struct {
	_ struct{} // keyed literals only

	// Encode are the options of writing.
	Encode bson.EncodeOptions
	// Decode are the options of reading. If Decode.Codecs is nil, it is Codecs(). If
	// Decode.DocumentType is zero, it is bson.DocumentsAsAncestor, the rule of this driver.
	Decode bson.DecodeOptions
}

// Codecs returns a set of the given entries, and of entries that make values in an
// any the driver's: primitive.D for a document, and so on. If two entries are about
// the same type, the given one counts. The set is for the field Codecs of
// DecodeOptions. Make it once and keep it.
func Codecs(entries ...bson.Codec) *bson.Codecs {
	return bson.NewCodecs(append([]bson.Codec{
		bson.AnyAs[primitive.D](bson.TypeDocument),
		bson.AnyAs[primitive.A](bson.TypeArray),
		bson.AnyAs[primitive.Binary](bson.TypeBinary),
		bson.AnyAs[primitive.Undefined](bson.TypeUndefined),
		bson.AnyAs[primitive.ObjectID](bson.TypeObjectID),
		bson.AnyAs[primitive.DateTime](bson.TypeDateTime),
		bson.AnyAs[primitive.Regex](bson.TypeRegex),
		bson.AnyAs[primitive.DBPointer](bson.TypeDBPointer),
		bson.AnyAs[primitive.JavaScript](bson.TypeCode),
		bson.AnyAs[primitive.Symbol](bson.TypeSymbol),
		bson.AnyAs[primitive.CodeWithScope](bson.TypeCodeWithScope),
		bson.AnyAs[primitive.Timestamp](bson.TypeTimestamp),
		bson.AnyAs[primitive.Decimal128](bson.TypeDecimal128),
		bson.AnyAs[primitive.MinKey](bson.TypeMinKey),
		bson.AnyAs[primitive.MaxKey](bson.TypeMaxKey),
	}, entries...)...)
}

// Registry returns a new registry of the driver with bsonkit for structs, maps and D.
// The driver's codecs remain for all other types, and for types with hooks. Errors
// inside structs, maps and D are those of bsonkit.
//
// The driver does not call a codec that a program registers in this registry for
// values inside structs, maps and D. Put the codec in Options too, with
// bson.TypeCodec.
func Registry(o Options) *bsoncodec.Registry {
	if o.Decode.Codecs == nil {
		o.Decode.Codecs = Codecs()
	}
	if o.Decode.DocumentType == bson.DocumentsAsD {
		o.Decode.DocumentType = bson.DocumentsAsAncestor
	}
	r := driver.NewRegistry()
	c := codec{Options: o, bytesWriter: bytesWriter()}
	for _, kind := range []reflect.Kind{reflect.Struct, reflect.Map} {
		r.RegisterKindEncoder(kind, bsoncodec.ValueEncoderFunc(c.encode))
		r.RegisterKindDecoder(kind, bsoncodec.ValueDecoderFunc(c.decode))
	}
	r.RegisterTypeEncoder(reflect.TypeFor[primitive.D](), bsoncodec.ValueEncoderFunc(c.encode))
	r.RegisterTypeDecoder(reflect.TypeFor[primitive.D](), bsoncodec.ValueDecoderFunc(c.decode))
	return r
}

// A codec has the options of a registry.
type codec struct {
	Options
	bytesWriter reflect.Type // see bytesWriter
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
func (c *codec) encode(_ bsoncodec.EncodeContext, w bsonrw.ValueWriter, v reflect.Value) error {
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
		return bsonrw.Copier{}.CopyValueFromBytes(w, bsontype.Type(t), data)
	case reflect.TypeOf(w) != c.bytesWriter:
		return bsonrw.Copier{}.CopyDocumentFromBytes(w, data)
	}
	return splice(w, data, s)
}

// splice writes a document to the driver's writer of bytes. CopyDocumentFromBytes
// writes element by element, which takes longer than to encode the document. So all
// elements are written as if they were the value of the first one: the writer copies
// the bytes of a value and does not look at them.
func splice(w bsonrw.ValueWriter, doc []byte, s *scratch) error {
	d, err := w.WriteDocument()
	if err != nil {
		return err
	}
	if first := bson.NewCursor(doc); first.Next() {
		w, err := d.WriteDocumentElement(s.keyOf(first.Key()))
		if err != nil {
			return err
		}
		rest := doc[first.ValueOffset() : len(doc)-1]
		if err := (bsonrw.Copier{}).CopyValueFromBytes(w, bsontype.Type(first.Type()), rest); err != nil {
			return err
		}
	}
	return d.WriteDocumentEnd()
}

// bytesWriter returns the type of the driver's writer of bytes if splice works with it.
// Otherwise, such as for another version of the driver, it returns nil.
func bytesWriter() reflect.Type {
	const doc = "\x14\x00\x00\x00\x08a\x00\x01\x03b\x00\x08\x00\x00\x00\x0ac\x00\x00\x00"
	var out bytes.Buffer
	w, err := bsonrw.NewBSONValueWriter(&out)
	if err != nil || splice(w, []byte(doc), new(scratch)) != nil || out.String() != doc {
		return nil
	}
	return reflect.TypeOf(w)
}

// decode reads v, which can be set, in place of the driver's codec. bsonkit copies the
// bytes that it keeps.
func (c *codec) decode(_ bsoncodec.DecodeContext, r bsonrw.ValueReader, v reflect.Value) error {
	s := scratches.Get().(*scratch)
	t, data, err := read(s.buf, r)
	defer s.release(data)
	if err != nil {
		return err
	}
	return c.Decode.UnmarshalValue(t, data, target(v))
}

// read appends the next value of r to dst and returns its type.
func read(dst []byte, r bsonrw.ValueReader) (bson.Type, []byte, error) {
	if t := r.Type(); t == 0 || t == bsontype.EmbeddedDocument {
		data, err := bsonrw.Copier{}.AppendDocumentBytes(dst, r)
		return bson.TypeDocument, data, err
	}
	t, data, err := bsonrw.Copier{}.AppendValueBytes(dst, r)
	return bson.Type(t), data, err
}

// target returns the argument of Unmarshal: a pointer to v, or a map without an address.
func target(v reflect.Value) any {
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	return v.Interface()
}
