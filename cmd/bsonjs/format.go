package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file is how documents are written in each format. What knows the
// formats themselves is in the packages of that name.

// A formatter writes what a document, or another value, is in the format of
// the output. It has no state, since workers share it: what stands between
// documents is in its framing. data is the value of type t as it follows the
// key of an element.
type formatter interface {
	// appendValue appends the value to dst. On error it appends nothing. The
	// error matches bson.ErrTooLarge if dst would have more than most bytes; dst
	// does not grow much past that.
	appendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error)
	// writeValue writes the value to w in portions, the same bytes as
	// appendValue and of any length. If the value has a fault nothing is
	// written. An error of w is returned unchanged.
	writeValue(w io.Writer, t bson.Type, data []byte) error
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

// A writing describes the documents that are to be written, and their output.
type writing struct {
	checked  bool // the reader has checked all bytes of the documents
	terminal bool // the output is a terminal
}

// formatter returns the formatter and the framing of o for the format to.
func (o *options) formatter(to format.Format, w writing) (formatter, framing) {
	if o.rules != nil {
		rules := *o.rules
		rules.MaxDepth = o.maxDepth
		return checker{rules}, framing{}
	}
	if o.dump != dumpNone {
		return o.dumpFormatter(w)
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
		return digitFormatter{o.binary(w), hex.AppendEncode}, lineFraming
	case format.Base64:
		return digitFormatter{o.binary(w), base64.StdEncoding.AppendEncode}, lineFraming
	}
	return o.binary(w), framing{}
}

// alone returns the size, in bytes of BSON, above which documents are converted
// one at a time. Sorting keys, remembering keys and laying out text each take
// some times the memory of the document.
func (o *options) alone(to format.Format) int {
	switch {
	case to == format.Pickle:
		return 64 << 10
	case o.sortKeys, o.dump == dumpJSON && o.pretty:
		return 256 << 10
	}
	return math.MaxInt
}

type textFormatter struct{ opts extjson.EncodeOptions }

func (f textFormatter) appendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	f.opts.MaxTextSize = max(most-len(dst), 1)
	if t == bson.TypeDocument {
		return f.opts.AppendJSON(dst, data)
	}
	return f.opts.AppendJSONValue(dst, t, data)
}

func (f textFormatter) writeValue(w io.Writer, t bson.Type, data []byte) error {
	if t == bson.TypeDocument {
		return f.opts.WriteJSON(w, data)
	}
	return f.opts.WriteJSONValue(w, t, data)
}

type pickleFormatter struct{ opts pickle.EncodeOptions }

func (f pickleFormatter) appendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	f.opts.MaxPickleSize = max(most-len(dst), 1)
	if t == bson.TypeDocument {
		return f.opts.AppendPickle(dst, data)
	}
	return f.opts.AppendPickleValue(dst, t, data)
}

func (f pickleFormatter) writeValue(w io.Writer, t bson.Type, data []byte) error {
	if t == bson.TypeDocument {
		return f.opts.WritePickle(w, data)
	}
	return f.opts.WritePickleValue(w, t, data)
}

// A binaryFormatter writes BSON as it is.
type binaryFormatter struct {
	checked  bool // by the reader
	validate bson.ValidateOptions
	utf8     bson.UTF8Policy
}

func (o *options) binary(w writing) binaryFormatter {
	return binaryFormatter{checked: w.checked, validate: o.validate(), utf8: o.invalidUTF8}
}

// document returns the bytes that are written for data.
func (f binaryFormatter) document(t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDocument {
		return nil, &pickle.ValueError{What: t.String(), Err: pickle.ErrNotDocument}
	}
	if f.checked {
		return data, nil
	}
	err := f.validate.Validate(data)
	if errors.Is(err, bson.ErrUTF8) && f.utf8 == bson.UTF8Replace {
		return replace.Document(nil, data, f.validate.MaxDepth)
	}
	return data, err
}

func (f binaryFormatter) appendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	doc, err := f.document(t, data)
	if err == nil && len(dst)+len(doc) > most {
		err = errLong
	}
	if err != nil {
		return dst, err
	}
	return append(dst, doc...), nil
}

func (f binaryFormatter) writeValue(w io.Writer, t bson.Type, data []byte) error {
	doc, err := f.document(t, data)
	if err == nil {
		_, err = w.Write(doc)
	}
	return err
}

// errLong says that a value is too long for appendValue. It is never reported:
// the caller uses writeValue instead.
var errLong = &bson.ValueError{Err: bson.ErrTooLarge}

// A digitFormatter writes the bytes of documents as digits.
type digitFormatter struct {
	binary binaryFormatter
	encode func(dst, src []byte) []byte
}

// digitPortion is how many bytes of a document are written as digits at a
// time. It is a multiple of 3, for base64.
const digitPortion = 24 << 10

func (f digitFormatter) appendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	doc, err := f.binary.document(t, data)
	if err == nil && len(dst)+2*len(doc) > most {
		err = errLong
	}
	if err != nil {
		return dst, err
	}
	return f.encode(dst, doc), nil
}

func (f digitFormatter) writeValue(w io.Writer, t bson.Type, data []byte) error {
	doc, err := f.binary.document(t, data)
	var digits []byte
	for err == nil && len(doc) > 0 {
		n := min(len(doc), digitPortion)
		digits = f.encode(digits[:0], doc[:n])
		_, err = w.Write(digits)
		doc = doc[n:]
	}
	return err
}
