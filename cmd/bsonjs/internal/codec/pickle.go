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
		return Encoder{Appender: &pickleAppender{o.Pickle}, Alone: alonePickle}
	},
}

// alonePickle is Encoder.Alone of pickles, whose writer remembers keys.
const alonePickle = 64 << 10

type pickleAppender struct{ opts pickle.EncodeOptions }

func (a *pickleAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	o := a.opts
	o.MaxPickleSize = max(most-len(dst), 1)
	if t == bson.TypeDocument {
		return o.AppendPickle(dst, data)
	}
	return o.AppendPickleValue(dst, t, data)
}

func (a *pickleAppender) WriteValue(w io.Writer, t bson.Type, data []byte) error {
	if t == bson.TypeDocument {
		return a.opts.WritePickle(w, data)
	}
	return a.opts.WritePickleValue(w, t, data)
}
