package codec

import (
	"io"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/pickle"
)

// Pickle is Python pickles, one after the other.
var Pickle = &Codec{
	Name:     "pickle",
	Title:    "a Python pickle",
	Suffixes: []string{".pkl", ".pickle"},
	Becomes:  "json",
	Binary:   true,
	Checks:   true,
	Read: func(o ReadOptions) Decoder {
		return Decoder{Stream: func(r io.Reader, _ State) Reader { return newPickleReader(r, o.Pickle) }}
	},
	Write: func(o WriteOptions) Encoder {
		return Encoder{Appender: &pickleAppender{opts: o.Pickle, text: newBSONAppender(o)}, Alone: alonePickle}
	},
}

// alonePickle is Encoder.Alone of pickles, whose writer remembers keys.
const alonePickle = 64 << 10

type pickleAppender struct {
	opts pickle.EncodeOptions
	text *bsonAppender // replaces text that is not UTF-8
}

// document returns the bytes from which the pickle of a document is made. The
// writer of pickles reports the faults that stay.
func (a *pickleAppender) document(data []byte) []byte {
	if a.text.utf8 == bson.UTF8Replace {
		if doc, err := a.text.document(bson.TypeDocument, data); err == nil {
			return doc
		}
	}
	return data
}

func (a *pickleAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	o := a.opts
	o.MaxPickleSize = max(most-len(dst), 1)
	if t == bson.TypeDocument {
		return o.AppendPickle(dst, a.document(data))
	}
	return o.AppendPickleValue(dst, t, data)
}

func (a *pickleAppender) WriteValue(w io.Writer, t bson.Type, data []byte) error {
	if t == bson.TypeDocument {
		return a.opts.WritePickle(w, a.document(data))
	}
	return a.opts.WritePickleValue(w, t, data)
}
