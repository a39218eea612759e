package codec

import (
	"cmp"
	"io"
	"math"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// JSON is Extended JSON: one document per line, one after the other, or in an
// array.
var JSON = &Codec{
	Name:     "json",
	Title:    "JSON",
	Suffixes: []string{".json", ".jsonl", ".ndjson", ".extjson"},
	Becomes:  "bson",
	Lines:    true,
	Text:     true,
	Checks:   true,
	Sniff:    sniffJSON,
	Read: func(o ReadOptions) Decoder {
		return Decoder{
			Stream: func(r io.Reader, from State) Reader {
				d := &textReader{piece: textcut.Piece{Reader: r, From: from.text}}
				d.Decoder = o.Text.NewDecoder(&d.piece)
				return d
			},
			Pieces: func(most int) PieceReader { return &textPieces{opts: o.Text, most: most} },
			Cut:    func(from State, _ int) Cutter { return cutText(o.Text, from) },
		}
	},
	Write: func(o WriteOptions) Encoder {
		e := Encoder{Appender: &jsonAppender{o.Text}, Framing: Lines(), Alone: math.MaxInt}
		if o.Text.Array {
			e.Framing = Framing{Open: "[", Between: ",\n", Close: "]\n"}
		}
		if o.Text.SortKeys {
			e.Alone = AloneText
		}
		if o.Text.AmbiguousKeys == extjson.Escape {
			e.Escaped = escapedKeys
		}
		return e
	},
}

// escapedKeys is Encoder.Escaped for jsonAppender.
func escapedKeys(t bson.Type, data []byte) int {
	if t == bson.TypeDocument {
		return extjson.CountEscaped(data)
	}
	return extjson.CountEscapedValue(t, data)
}

// AloneText is Encoder.Alone for sorted keys and for text with a new layout.
const AloneText = 256 << 10

// blanks is what JSON allows between values.
const blanks = " \t\r\n"

func isBlank(b byte) bool { return strings.IndexByte(blanks, b) >= 0 }

// sniffJSON takes blanks, or a brace or bracket after them, for JSON, unless a
// control character follows, as it does at the end of the length of a document
// from 16 MiB to 144 MiB; and a comment of the shell, also after blanks.
func sniffJSON(head []byte) Certainty {
	if opensJSON(head[:min(len(head), lengthSize)]) || opensComment(head) {
		return Likely
	}
	return Not
}

// opensJSON reports whether head can be the start of JSON text that holds
// documents.
func opensJSON(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	text := head[textcut.SkipMark(head):]
	for _, b := range text {
		if b < ' ' && !isBlank(b) {
			return false
		}
	}
	text = text[textcut.SkipBlanks(text, 0):]
	return len(text) == 0 || text[0] == '{' || text[0] == '['
}

// opensComment reports whether head can be the start of shell text that begins
// with a comment.
func opensComment(head []byte) bool {
	text := head[textcut.SkipBlanks(head, textcut.SkipMark(head)):]
	if len(text) < 2 {
		return len(head) >= lengthSize && string(text) == "/"
	}
	return textcut.StartsComment(text)
}

func cutText(o extjson.DecodeOptions, from State) Cutter {
	maxText := textcut.MaxText(o.MaxTextSize, maxDocument(o))
	s := textcut.NewSplitter(from.text, o.Shell && !o.CanonicalOnly, maxText)
	return func(data []byte) (n int, from, to State) {
		from = State{text: s.Place()}
		n = s.Split(data)
		return n, from, State{text: s.Place()}
	}
}

// maxDocument returns the size of the largest document, in bytes of BSON.
func maxDocument(o extjson.DecodeOptions) int {
	return cmp.Or(o.MaxDocumentSize, bson.DefaultMaxDocumentSize)
}

// nextText reads the next document of d into rec.
func nextText(d *extjson.Decoder, rec *record.Record) bool {
	if !d.Next() {
		return false
	}
	rec.Type, rec.Data, rec.Source, rec.Offset = bson.TypeDocument, d.Raw(), d.Text(), d.Offset()
	rec.Keys.In = int64(d.Unescaped())
	return true
}

type textReader struct {
	*extjson.Decoder
	piece textcut.Piece
	stray bool
}

func (r *textReader) Next(rec *record.Record) bool { return nextText(r.Decoder, rec) }
func (r *textReader) State() State                 { return State{text: r.piece.Place()} }
func (r *textReader) Leaves() bool                 { return true }
func (r *textReader) Stray() bool                  { return r.stray }

func (r *textReader) Place() record.Place {
	line, column := r.Position()
	return record.Place{Offset: r.Offset(), Line: line - 1, Column: column - 1}
}

func (r *textReader) Resync(skipped io.Writer) bool {
	before := r.Skipped()
	ok := r.Decoder.Resync(skipped)
	r.stray = r.Skipped() == before
	return ok
}

type textPieces struct {
	*extjson.Decoder
	piece textcut.Piece
	opts  extjson.DecodeOptions
	most  int // see Decoder.Pieces
	made  int // bytes of BSON that Decoder accepts of a document
}

func (r *textPieces) Reset(piece []byte, from, to State) {
	made := maxDocument(r.opts)
	if r.most > 0 {
		made = min(made, max(r.most, len(piece)))
	}
	if made != r.made {
		opts := r.opts
		opts.MaxDocumentSize = made
		r.Decoder, r.made = opts.NewDecoder(nil), made
	}
	r.piece = textcut.Piece{Text: piece, From: from.text, To: to.text}
	r.Decoder.Reset(&r.piece)
}

func (r *textPieces) Next(rec *record.Record) bool { return nextText(r.Decoder, rec) }
func (r *textPieces) State() State                 { return State{text: r.piece.Place()} }

type jsonAppender struct{ opts extjson.EncodeOptions }

func (a *jsonAppender) AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error) {
	o := a.opts
	o.MaxTextSize = max(most-len(dst), 1)
	if t == bson.TypeDocument {
		return o.AppendJSON(dst, data)
	}
	return o.AppendJSONValue(dst, t, data)
}

func (a *jsonAppender) WriteValue(w io.Writer, t bson.Type, data []byte) error {
	if t == bson.TypeDocument {
		return a.opts.WriteJSON(w, data)
	}
	return a.opts.WriteJSONValue(w, t, data)
}
