package bench

import (
	"bytes"
	"errors"
	"unicode/utf8"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
)

// An Impl is one way to do a task. New returns a function that does the task for
// one input and returns the output, which the next call may overwrite. A task
// without output returns nil.
type Impl struct {
	Name string
	New  func() func(in []byte) ([]byte, error)
}

// A Task is a conversion or check, with its implementations.
type Task struct {
	Name  string
	Input func(s *Set) [][]byte
	Impls []Impl
}

// Tasks are the tasks that another implementation can do too.
var Tasks = []Task{
	{"ToCanonical", (*Set).bson, []Impl{
		{"bsonkit", func() func([]byte) ([]byte, error) { return encode(extjson.Canonical, true) }},
		{"bsonkit-fresh", func() func([]byte) ([]byte, error) { return encode(extjson.Canonical, false) }},
		{"driver-fresh", func() func([]byte) ([]byte, error) { return driverEncode(true) }},
		{"driver-reuse", func() func([]byte) ([]byte, error) { return driverEncodeReuse(true) }},
		{"driver-raw", func() func([]byte) ([]byte, error) { return driverEncodeRaw(true) }},
	}},
	{"ToRelaxed", (*Set).bson, []Impl{
		{"bsonkit", func() func([]byte) ([]byte, error) { return encode(extjson.Relaxed, true) }},
		{"bsonkit-fresh", func() func([]byte) ([]byte, error) { return encode(extjson.Relaxed, false) }},
		{"driver-fresh", func() func([]byte) ([]byte, error) { return driverEncode(false) }},
		{"driver-reuse", func() func([]byte) ([]byte, error) { return driverEncodeReuse(false) }},
		{"driver-raw", func() func([]byte) ([]byte, error) { return driverEncodeRaw(false) }},
	}},
	{"FromCanonical", (*Set).canonical, decodeImpls},
	{"FromRelaxed", (*Set).relaxed, decodeImpls},
	{"Validate", (*Set).bson, []Impl{
		{"bsonkit", func() func([]byte) ([]byte, error) {
			return func(in []byte) ([]byte, error) { return nil, bson.Validate(in) }
		}},
		{"driver-walk", func() func([]byte) ([]byte, error) {
			return func(in []byte) ([]byte, error) { return nil, driverValidate(in) }
		}},
	}},
}

var decodeImpls = []Impl{
	{"bsonkit", func() func([]byte) ([]byte, error) { return decode(true) }},
	{"bsonkit-fresh", func() func([]byte) ([]byte, error) { return decode(false) }},
	{"driver-fresh", driverDecode},
	{"driver-reuse", driverDecodeReuse},
	{"driver-raw", driverDecodeRaw},
}

func (s *Set) bson() [][]byte      { return s.BSON }
func (s *Set) canonical() [][]byte { return s.Canonical }
func (s *Set) relaxed() [][]byte   { return s.Relaxed }

func encode(mode extjson.Mode, warm bool) func([]byte) ([]byte, error) {
	o := extjson.EncodeOptions{Mode: mode}
	var buf []byte
	return func(in []byte) (out []byte, err error) {
		if !warm {
			return o.AppendJSON(nil, in)
		}
		buf, err = o.AppendJSON(buf[:0], in)
		return buf, err
	}
}

func decode(warm bool) func([]byte) ([]byte, error) {
	var buf []byte
	return func(in []byte) (out []byte, err error) {
		if !warm {
			return extjson.AppendBSON(nil, in)
		}
		buf, err = extjson.AppendBSON(buf[:0], in)
		return buf, err
	}
}

// driverEncode uses the driver as its documentation shows.
func driverEncode(canonical bool) func([]byte) ([]byte, error) {
	return func(in []byte) ([]byte, error) {
		var d driver.D
		if err := driver.Unmarshal(in, &d); err != nil {
			return nil, err
		}
		return driver.MarshalExtJSON(d, canonical, false)
	}
}

// driverEncodeReuse reuses the slice, the buffer, the writer and the encoder.
func driverEncodeReuse(canonical bool) func([]byte) ([]byte, error) {
	var d driver.D
	var buf bytes.Buffer
	w := driver.NewExtJSONValueWriter(&buf, canonical, false)
	enc := driver.NewEncoder(w)
	return func(in []byte) ([]byte, error) {
		d = d[:0]
		if err := driver.Unmarshal(in, &d); err != nil {
			return nil, err
		}
		buf.Reset()
		err := enc.Encode(d)
		return buf.Bytes(), err
	}
}

// driverEncodeRaw lets the driver convert bytes to text without Go values.
func driverEncodeRaw(canonical bool) func([]byte) ([]byte, error) {
	return func(in []byte) ([]byte, error) {
		return driver.MarshalExtJSON(driver.Raw(in), canonical, false)
	}
}

func driverDecode() func([]byte) ([]byte, error) {
	return func(in []byte) ([]byte, error) {
		var d driver.D
		if err := driver.UnmarshalExtJSON(in, false, &d); err != nil {
			return nil, err
		}
		return driver.Marshal(d)
	}
}

func driverDecodeReuse() func([]byte) ([]byte, error) {
	var d driver.D
	var buf bytes.Buffer
	var r bytes.Reader
	var dec *driver.Decoder
	enc := driver.NewEncoder(driver.NewDocumentWriter(&buf))
	return func(in []byte) ([]byte, error) {
		r.Reset(in)
		vr, err := driver.NewExtJSONValueReader(&r, false)
		if err != nil {
			return nil, err
		}
		if dec == nil {
			dec = driver.NewDecoder(vr)
		} else {
			dec.Reset(vr)
		}
		d = d[:0]
		if err := dec.Decode(&d); err != nil {
			return nil, err
		}
		buf.Reset()
		err = enc.Encode(d)
		return buf.Bytes(), err
	}
}

func driverDecodeRaw() func([]byte) ([]byte, error) {
	return func(in []byte) ([]byte, error) {
		var raw driver.Raw
		err := driver.UnmarshalExtJSON(in, false, &raw)
		return raw, err
	}
}

var errUTF8 = errors.New("not UTF-8")

// driverValidate validates a document with the driver at every level, UTF-8
// included. The driver itself validates only the outermost level, without UTF-8.
func driverValidate(doc driver.Raw) error {
	elements, err := doc.Elements()
	if err != nil {
		return err
	}
	for _, e := range elements {
		if err := e.Validate(); err != nil {
			return err
		}
		if !utf8.ValidString(e.Key()) {
			return errUTF8
		}
		v := e.Value()
		ok := true
		switch v.Type {
		case driver.TypeString:
			ok = utf8.ValidString(v.StringValue())
		case driver.TypeJavaScript:
			ok = utf8.ValidString(v.JavaScript())
		case driver.TypeSymbol:
			ok = utf8.ValidString(v.Symbol())
		case driver.TypeRegex:
			pattern, options := v.Regex()
			ok = utf8.ValidString(pattern) && utf8.ValidString(options)
		case driver.TypeDBPointer:
			namespace, _ := v.DBPointer()
			ok = utf8.ValidString(namespace)
		case driver.TypeEmbeddedDocument:
			err = driverValidate(v.Document())
		case driver.TypeArray:
			err = driverValidate(driver.Raw(v.Array()))
		case driver.TypeCodeWithScope:
			code, scope := v.CodeWithScope()
			ok = utf8.ValidString(code)
			err = driverValidate(scope)
		}
		if err != nil {
			return err
		}
		if !ok {
			return errUTF8
		}
	}
	return nil
}
