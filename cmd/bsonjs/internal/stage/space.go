package stage

import (
	"encoding/binary"
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// ErrField: a document has the field that Space adds.
var ErrField = errors.New("the document has a field with this name; choose another name for --ns-field")

// Space is a stage that adds a string to each document, as its last element: the name
// of its namespace.
type Space struct{ Field string }

// Do adds the element to rec. It keeps all records.
func (s Space) Do(rec *record.Record) (keep bool, err error) {
	if len(rec.Data) < 5 || rec.Type != bson.TypeDocument {
		return true, nil
	}
	c := bson.NewCursor(rec.Data)
	for c.Next() {
		if string(c.Key()) == s.Field {
			return true, &bson.ValueError{Offset: int64(c.Offset()), Pointer: string(bsoncore.AppendPointer(nil, []byte(s.Field))), Err: ErrField}
		}
	}
	if err := c.Err(); err != nil {
		return true, err
	}
	end := len(rec.Data) - 1
	doc := make([]byte, end, end+len(s.Field)+len(rec.Space.Name)+len("\x02\x00\x00\x00\x00\x00\x00\x00"))
	copy(doc, rec.Data)
	doc = append(bsoncore.AppendString(doc, s.Field, rec.Space.Name), 0)
	binary.LittleEndian.PutUint32(doc, uint32(len(doc)))
	rec.Data = doc
	return true, nil
}

// SpaceKey appends the namespace of rec to dst, as a key that records are sorted by.
func SpaceKey(dst []byte, rec *record.Record) ([]byte, error) {
	return append(dst, rec.Space.Name...), nil
}
