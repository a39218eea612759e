package codec

import (
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file writes tables. The header is the text in front of the first document.

// tableEncoder returns the Encoder of tables. The delimiter is in the Table.
func tableEncoder(o WriteOptions) Encoder {
	e := Encoder{Appender: tableAppender{o.Table}, Alone: AloneText}
	if o.Table != nil {
		e.Open = o.Table.Header()
	}
	return e
}

// A tableAppender writes documents as rows.
type tableAppender struct{ table *tabular.Table }

func (a tableAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDocument {
		return dst, &pickle.ValueError{What: t.String(), Err: pickle.ErrNotDocument}
	}
	return a.table.AppendRows(dst, most, data)
}

func (a tableAppender) WriteValue(w io.Writer, t bson.Type, data []byte) error {
	if t != bson.TypeDocument {
		return &pickle.ValueError{What: t.String(), Err: pickle.ErrNotDocument}
	}
	return a.table.WriteRows(w, data)
}
