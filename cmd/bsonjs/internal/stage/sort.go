package stage

import (
	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/pickle"
)

// SortKey makes the keys of records that are sorted.
type SortKey struct{ Sort *query.Sort }

// Append appends the sort key of rec to dst. It rejects a value that is no document.
func (k SortKey) Append(dst []byte, rec *record.Record) ([]byte, error) {
	return appendKey(dst, rec, k.Sort.AppendKey)
}

// UniqueKey makes the keys of records that are told apart by the values at the paths of an
// order.
type UniqueKey struct{ Paths *query.Sort }

// Append appends the values of rec to dst. It rejects a value that is no document.
func (k UniqueKey) Append(dst []byte, rec *record.Record) ([]byte, error) {
	return appendKey(dst, rec, k.Paths.AppendValues)
}

func appendKey(dst []byte, rec *record.Record, of func(dst, doc []byte) ([]byte, error)) ([]byte, error) {
	if rec.Type != bson.TypeDocument {
		return dst, notDocument(rec)
	}
	return of(dst, rec.Data)
}

// notDocument is the error for a value that is no document.
func notDocument(rec *record.Record) error {
	return &pickle.ValueError{What: rec.Type.String(), Err: pickle.ErrNotDocument}
}
