package inspect

import (
	"bytes"
	"encoding/hex"
	"encoding/json"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
)

// Records is a Form for programs: a JSON object on a line for the document,
// each element, each fault, and the rest. Lengths and NULs of documents have no
// lines.
type Records struct {
	_ struct{} // keyed literals only

	// Bytes adds the bytes of each element, without those of the elements in
	// it.
	Bytes bool
}

// A record is a line. A value is canonical Extended JSON, with U+FFFD for
// invalid UTF-8. The value of code with scope is the code alone.
type record struct {
	File     string          `json:"file"`
	Space    string          `json:"namespace,omitempty"`
	Document int64           `json:"document"`     // in the file or namespace, from 1
	At       *int64          `json:"at,omitempty"` // of a document: byte of the file
	Offset   int64           `json:"offset"`
	Depth    *int            `json:"depth,omitempty"` // 0 is the document
	Path     *string         `json:"path,omitempty"`  // nil if it is over longestPath bytes
	Type     int             `json:"type,omitempty"`
	TypeName string          `json:"typeName,omitempty"`
	Key      *string         `json:"key,omitempty"`
	Length   int             `json:"length,omitempty"` // bytes
	Value    json.RawMessage `json:"value,omitempty"`
	Bytes    string          `json:"bytes,omitempty"` // hexadecimal
	Fault    string          `json:"fault,omitempty"`
	Rest     bool            `json:"rest,omitempty"`
}

// longestPath is the longest path in a record, in bytes. All elements under a
// long key repeat it.
const longestPath = 4 << 10

// AppendDocument appends the line of the document itself.
func (f Records) AppendDocument(dst []byte, d *Document) []byte {
	depth, length := 0, len(d.Data)
	if d.Stray {
		length = 0
	}
	return appendRecord(dst, record{
		File: d.File, Space: d.Space, Document: d.Number, At: &d.At, Offset: d.Base(), Depth: &depth, Path: new(string),
		Type: int(bson.TypeDocument), TypeName: bson.TypeDocument.String(), Length: length,
	})
}

// AppendPart appends the line of p, if it has one.
func (f Records) AppendPart(dst []byte, d *Document, p Part) []byte {
	r := record{File: d.File, Space: d.Space, Document: d.Number, Offset: d.Base() + int64(p.Offset)}
	if len(p.Path) <= longestPath {
		path := string(p.Path)
		r.Path = &path
	}
	withBytes := f.Bytes
	switch p.Kind {
	case Length, End:
		return dst
	case Fault:
		r.Fault, withBytes = p.Err.Error(), false
	case Rest:
		r.Rest, r.Length = true, p.Size
	case Element:
		key := string(p.Key)
		r.Depth, r.Type, r.TypeName, r.Key, r.Length = &p.Depth, int(p.Type), p.Type.String(), &key, p.Length
		r.Value = value(p)
	}
	if withBytes {
		r.Bytes = hex.EncodeToString(d.Data[p.Offset : p.Offset+p.Size])
	}
	return appendRecord(dst, r)
}

// value returns the value of p, nil for a document or array.
func value(p Part) []byte {
	t, data := p.Type, p.Data
	switch {
	case t == bson.TypeCodeWithScope:
		t, data = bson.TypeCode, bsoncore.AppendCode(nil, "", string(p.Code))[2:]
	case p.Holds:
		return nil
	}
	o := extjson.EncodeOptions{Mode: extjson.Canonical, InvalidUTF8: bson.UTF8Replace}
	text, err := o.AppendJSONValue(nil, t, data)
	if err != nil {
		panic("BUG: inspect: a value without a text: " + err.Error())
	}
	return text
}

// appendRecord appends the line of r, without characters that a terminal obeys.
func appendRecord(dst []byte, r record) []byte {
	buf := bytes.NewBuffer(dst)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		panic("BUG: inspect: a record without a text: " + err.Error())
	}
	dst, line := buf.Bytes()[:len(dst)], buf.Bytes()[len(dst):]
	return append(dst, oneline.EscapeJSON(line)...) // onto itself, if nothing is escaped
}
