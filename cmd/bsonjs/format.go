package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file is how documents are written in each format. What knows the
// formats themselves is in the packages of that name.

// A formatter appends what a document, or another value, is in the format of
// the output. It has no state, since workers share it: what stands between
// documents is in its framing. On error it appends nothing.
type formatter interface {
	// appendValue appends the value of type t whose bytes, as they follow the
	// key of an element, are data.
	appendValue(dst []byte, t bson.Type, data []byte) ([]byte, error)
}

// A framing is what stands around the documents of an output.
type framing struct {
	open    string // before the first
	between string // before each but the first
	after   string // after each
	close   string // after the last
}

// lineFraming is for formats of a line each.
var lineFraming = framing{after: "\n"}

// formatter returns how o writes documents in the format to, and what stands
// around them. checked says that they come from a reader that looks at all of
// their bytes, and not only at where they end.
func (o *options) formatter(to format.Format, checked bool) (formatter, framing) {
	if o.rules != nil {
		rules := *o.rules
		rules.MaxDepth = o.maxDepth
		return checker{rules}, framing{}
	}
	if o.dump != dumpNone {
		return o.dumpFormatter()
	}
	switch to {
	case format.JSON:
		if o.array {
			return textFormatter{o.encodeText()}, framing{open: "[", between: ",\n", close: "]\n"}
		}
		return textFormatter{o.encodeText()}, lineFraming
	case format.Pickle:
		return pickleFormatter{o.encodePickle()}, framing{}
	case format.Hex:
		return digitFormatter{o.binary(checked), hex.AppendEncode}, lineFraming
	case format.Base64:
		return digitFormatter{o.binary(checked), base64.StdEncoding.AppendEncode}, lineFraming
	}
	return o.binary(checked), framing{}
}

type textFormatter struct{ opts extjson.EncodeOptions }

func (f textFormatter) appendValue(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t == bson.TypeDocument {
		return f.opts.AppendJSON(dst, data)
	}
	return f.opts.AppendJSONValue(dst, t, data)
}

type pickleFormatter struct{ opts pickle.EncodeOptions }

func (f pickleFormatter) appendValue(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t == bson.TypeDocument {
		return f.opts.AppendPickle(dst, data)
	}
	return f.opts.AppendPickleValue(dst, t, data)
}

// A binaryFormatter writes BSON as it is.
type binaryFormatter struct {
	checked  bool // by the reader
	validate bson.ValidateOptions
	utf8     bson.UTF8Policy
}

func (o *options) binary(checked bool) binaryFormatter {
	return binaryFormatter{checked: checked, validate: o.validate(), utf8: o.invalidUTF8}
}

func (f binaryFormatter) appendValue(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDocument {
		return dst, &pickle.ValueError{What: t.String(), Err: pickle.ErrNotDocument}
	}
	if !f.checked {
		err := f.validate.Validate(data)
		if errors.Is(err, bson.ErrUTF8) && f.utf8 == bson.UTF8Replace {
			return bson.AppendUTF8(dst, data, f.validate.MaxDepth)
		}
		if err != nil {
			return dst, err
		}
	}
	return append(dst, data...), nil
}

// A digitFormatter writes the bytes of documents as digits.
type digitFormatter struct {
	binary binaryFormatter
	encode func(dst, src []byte) []byte
}

func (f digitFormatter) appendValue(dst []byte, t bson.Type, data []byte) ([]byte, error) {
	doc, err := f.binary.appendValue(nil, t, data)
	if err != nil {
		return dst, err
	}
	return f.encode(dst, doc), nil
}
