package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/pickle"
)

// BSON is documents one after the other, as mongodump writes them.
var BSON = &Codec{
	Name:     "bson",
	Title:    "BSON",
	Suffixes: []string{".bson"},
	Becomes:  "json",
	Binary:   true,
	Offsets:  true,
	Copies:   true,
	Sniff:    sniffBSON,
	Read:     readBSON,
	Write: func(o WriteOptions) Encoder {
		return Encoder{Appender: newBSONAppender(o), Alone: math.MaxInt}
	},
}

// lengthSize is the size of the length of a document, in bytes.
const lengthSize = 4

// sniffBSON is sure where a NUL is among the first four bytes. They are the
// length of the first document, and its top byte is NUL up to 16 MiB; in text a
// NUL has no place. A control character at the end of the length is that of a
// document from 16 MiB to 144 MiB, perhaps.
func sniffBSON(head []byte) Certainty {
	switch head = head[:min(len(head), lengthSize)]; {
	case bytes.IndexByte(head, 0) >= 0:
		return Surely
	case len(head) == lengthSize && head[3] < '\t':
		return Perhaps
	}
	return Not
}

// OpensBSON reports whether head is the length of a document and a valid next
// byte: the type of an element, or the end of an empty document.
func OpensBSON(head []byte) bool {
	if len(head) <= lengthSize {
		return false
	}
	size, t := int32(binary.LittleEndian.Uint32(head)), bson.Type(head[lengthSize])
	return size == 5 && t == 0 || size > 5 && t.Valid()
}

// opensSmall is OpensBSON for a document of less than 16 MiB.
func opensSmall(head []byte) bool { return OpensBSON(head) && head[3] == 0 }

func readBSON(o ReadOptions) Decoder {
	rules := bson.ValidateOptions{MaxDepth: o.BSON.MaxDepth, AllowInvalidUTF8: true}
	return Decoder{
		Stream: func(r io.Reader, _ State) Reader { return bsonReader{o.BSON.NewDecoder(r)} },
		Pieces: func(int) PieceReader { return bsonPieces{o.BSON.NewDecoder(nil)} },
		Cut:    func(_ State, most int) Cutter { return cutBSON(o.BSON, most) },
		Ends: func(doc []byte) bool {
			_, malformed := errors.AsType[*bson.SyntaxError](rules.Validate(doc))
			return !malformed
		},
		// The writer of the document handles invalid UTF-8.
		Mend: func(data []byte) ([]byte, []bsoncore.MendedLength, error) { return rules.MendLengths(nil, data) },
	}
}

func cutBSON(o bson.DecodeOptions, most int) Cutter {
	return func(data []byte) (int, State, State) {
		n, ok := o.Split(data)
		if n == 0 && (!ok || isOver(data, most)) {
			n = len(data) // for the stream, which reports the fault or waits for the rest
		}
		return n, State{}, State{}
	}
}

// isOver reports whether the document at the start of data has more than most bytes.
func isOver(data []byte, most int) bool {
	return len(data) >= lengthSize && int64(binary.LittleEndian.Uint32(data)) > int64(most)
}

// nextBSON reads the next document of d into rec.
func nextBSON(d *bson.Decoder, rec *record.Record) bool {
	if !d.Next() {
		return false
	}
	doc := d.Raw()
	rec.Type, rec.Data, rec.Source, rec.Offset = bson.TypeDocument, doc, doc, d.Offset()
	return true
}

type bsonReader struct{ *bson.Decoder }

func (r bsonReader) Next(rec *record.Record) bool { return nextBSON(r.Decoder, rec) }
func (r bsonReader) Place() record.Place          { return record.Place{Offset: r.Offset()} }
func (bsonReader) Stray() bool                    { return false }
func (bsonReader) State() State                   { return State{} }
func (bsonReader) Leaves() bool                   { return true }

type bsonPieces struct{ *bson.Decoder }

func (r bsonPieces) Reset(piece []byte, _, _ State) { r.ResetBytes(piece) }
func (r bsonPieces) Next(rec *record.Record) bool   { return nextBSON(r.Decoder, rec) }
func (bsonPieces) State() State                     { return State{} }

// A bsonAppender writes BSON as it is.
type bsonAppender struct {
	checked  bool // by the reader
	validate bson.ValidateOptions
	utf8     bson.UTF8Policy
}

func newBSONAppender(o WriteOptions) *bsonAppender {
	o.Validate.AllowInvalidUTF8 = o.UTF8 == bson.UTF8Keep
	return &bsonAppender{checked: o.Checked, validate: o.Validate, utf8: o.UTF8}
}

// document returns the bytes that are written for data.
func (a *bsonAppender) document(t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDocument {
		return nil, &pickle.ValueError{What: t.String(), Err: pickle.ErrNotDocument}
	}
	if a.checked {
		return data, nil
	}
	err := a.validate.Validate(data)
	if errors.Is(err, bson.ErrUTF8) && a.utf8 == bson.UTF8Replace {
		return replace.Document(nil, data, a.validate.MaxDepth)
	}
	return data, err
}

func (a *bsonAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	doc, err := a.document(t, data)
	if err == nil && len(dst)+len(doc) > most {
		err = ErrLong
	}
	if err != nil {
		return dst, err
	}
	return append(dst, doc...), nil
}

func (a *bsonAppender) WriteValue(w io.Writer, t bson.Type, data []byte) error {
	doc, err := a.document(t, data)
	if err == nil {
		_, err = w.Write(doc)
	}
	return err
}
