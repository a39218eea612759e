package files

import (
	"bytes"
	"encoding/base64"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/extensions"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// This file keeps the schema of Arrow in the metadata of a Parquet file, as all
// implementations do: it has the marks, time zones and lengths of offsets for which Parquet
// has no place.
//
//   - storeSchema writes it, without the extension type of JSON: with it, arrow-go could not
//     read the file.
//   - restore applies it to the schema that arrow-go reads, which has no metadata of elements.
//   - withTexts makes text of JSON and of enumerations, which arrow-go reads as binaries.

// schemaKey is the key of the schema in the metadata of a file, and jsonKey that of columns
// of Extended JSON in the metadata of a field.
const (
	schemaKey = "ARROW:schema"
	jsonKey   = "bsonkit.json"
)

func storeSchema(out *pqarrow.FileWriter, s *arrow.Schema) error {
	text, err := encodeSchema(s)
	if err != nil {
		return err
	}
	return out.AppendKeyValueMetadata(schemaKey, text)
}

// encodeSchema returns s as the value of schemaKey.
func encodeSchema(s *arrow.Schema) (string, error) {
	fields := s.Fields()
	for i := range fields {
		fields[i] = changed(fields[i], withoutJSON)
	}
	meta := s.Metadata()
	var message bytes.Buffer
	err := ipc.NewWriter(&message, ipc.WithSchema(arrow.NewSchema(fields, &meta))).Close()
	return base64.StdEncoding.EncodeToString(message.Bytes()), err
}

// storedSchema returns the schema of Arrow in the metadata of a file, or nil. arrow-go reads
// the metadata, too, and cannot read the extension type of JSON. So storedSchema replaces it
// there, in files of other programs.
func storedSchema(in *file.Reader) (*arrow.Schema, error) {
	value := in.MetaData().KeyValueMetadata().FindValue(schemaKey)
	if value == nil {
		return nil, nil
	}
	message, err := base64.StdEncoding.DecodeString(*value)
	if err != nil {
		message, err = base64.RawStdEncoding.DecodeString(*value)
	}
	if err == nil {
		err = checkStream(bytes.NewReader(message), int64(len(message)))
	}
	if err != nil {
		return nil, err
	}
	r, err := ipc.NewReader(bytes.NewReader(message))
	if err != nil {
		return nil, err
	}
	defer r.Release()
	if text, err := encodeSchema(r.Schema()); err == nil {
		*value = text
	}
	return r.Schema(), nil
}

// changed returns f with change applied to it and to all fields inside.
func changed(f arrow.Field, change func(arrow.Field) arrow.Field) arrow.Field {
	switch t := f.Type.(type) {
	case *arrow.StructType:
		fields := slices.Clone(t.Fields())
		for i := range fields {
			fields[i] = changed(fields[i], change)
		}
		f.Type = arrow.StructOf(fields...)
	case *arrow.ListType:
		f.Type = arrow.ListOfField(changed(t.ElemField(), change))
	case *arrow.MapType:
		m := arrow.MapOfFields(t.KeyField(), changed(t.ItemField(), change))
		m.KeysSorted = t.KeysSorted
		f.Type = m
	}
	return change(f)
}

// withoutJSON returns a column of JSON as one of text. withJSON is its inverse for columns
// with the mark.
func withoutJSON(f arrow.Field) arrow.Field {
	if e, ok := f.Type.(*extensions.JSONType); ok {
		f.Type = e.StorageType()
	}
	return f
}

func withJSON(f arrow.Field) arrow.Field {
	if f.Type.ID() == arrow.STRING && f.Metadata.FindKey(jsonKey) >= 0 {
		f.Type = jsonType
	}
	return f
}

var jsonType = func() arrow.DataType {
	t, err := extensions.NewJSONType(arrow.BinaryTypes.String)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return t
}()

// restore returns read with the fields of stored, as far as they have the same values.
func restore(stored, read *arrow.Schema) *arrow.Schema {
	if stored == nil || stored.NumFields() != read.NumFields() {
		return read
	}
	fields := read.Fields()
	for i, f := range stored.Fields() {
		if f.Name == fields[i].Name && sameValues(f.Type, fields[i].Type) {
			fields[i] = changed(f, withJSON)
		}
	}
	meta := stored.Metadata()
	return arrow.NewSchema(fields, &meta)
}

// withTexts returns s with the columns of JSON and of enumerations as text. fields and
// columns describe the file that s is of.
func withTexts(s *arrow.Schema, fields []pqarrow.SchemaField, columns *schema.Schema) *arrow.Schema {
	out := s.Fields()
	for i := range fields {
		out[i] = withText(fields[i], columns)
	}
	meta := s.Metadata()
	return arrow.NewSchema(out, &meta)
}

func withText(in pqarrow.SchemaField, columns *schema.Schema) arrow.Field {
	f := *in.Field
	switch t := f.Type.(type) {
	case *arrow.BinaryType:
		switch columns.Column(in.ColIndex).LogicalType().(type) {
		case schema.JSONLogicalType, schema.EnumLogicalType:
			f.Type = arrow.BinaryTypes.String
		}
	case *arrow.StructType:
		fields := make([]arrow.Field, len(in.Children))
		for i, kid := range in.Children {
			fields[i] = withText(kid, columns)
		}
		f.Type = arrow.StructOf(fields...)
	case *arrow.ListType:
		f.Type = arrow.ListOfField(withText(in.Children[0], columns))
	case *arrow.MapType:
		pair := in.Children[0]
		m := arrow.MapOfFields(withText(pair.Children[0], columns), withText(pair.Children[1], columns))
		m.KeysSorted = t.KeysSorted
		f.Type = m
	}
	return f
}

// sameValues reports whether an array of type b can be read as one of type a.
func sameValues(a, b arrow.DataType) bool {
	a, b = storage(a), storage(b)
	as, ok := a.(arrow.NestedType)
	if !ok {
		return arrow.TypeEqual(a, b)
	}
	bs, ok := b.(arrow.NestedType)
	if !ok || a.ID() != b.ID() || len(as.Fields()) != len(bs.Fields()) {
		return false
	}
	for i, f := range as.Fields() {
		g := bs.Fields()[i]
		if a.ID() == arrow.STRUCT && f.Name != g.Name || !sameValues(f.Type, g.Type) {
			return false
		}
	}
	return true
}

func storage(t arrow.DataType) arrow.DataType {
	if e, ok := t.(arrow.ExtensionType); ok {
		return e.StorageType()
	}
	return t
}
