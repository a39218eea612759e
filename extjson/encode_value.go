package extjson

import "github.com/bsonkit/bsonkit/bson"

// EncodeValue writes the text of a value that is not in a document, as Encode
// writes that of a document: on a line of its own, or as an element of the
// array. data is the bytes that follow the key in an element of type t.
// Errors are those of Encode, with offsets from the start of data.
func (e *Encoder) EncodeValue(t bson.Type, data []byte) error { return e.encode(t, data) }

// appendAny appends the text of data, a document if t is 0, or nothing and
// returns why.
func (e *encoder) appendAny(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t == 0 {
		return e.append(dst, data)
	}
	n := len(dst)
	e.level = 0
	if e.c.ResetValue(t, data, e.maxDepth) {
		dst = e.value(dst)
	}
	if err := e.c.Err(); err != nil {
		return dst[:n], err
	}
	return dst, nil
}
