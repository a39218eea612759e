// Package codec has the formats that bsonjs reads and writes: a row of the
// table here, and a file, for each.
//
// The packages of their names implement the formats; this package connects them
// to a run.
package codec

import (
	"io"
	"slices"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/tabular"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/textcut"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file has the table and the type of its rows. detect.go finds the row of
// an input, and suffix.go that of a name; foreign.go names inputs without a row.

// All returns the formats, in the order of help. --from, --to, help,
// completion, detection and default outputs use it.
func All() []*Codec {
	return []*Codec{BSON, JSON, CSV, TSV, Pickle, Hex, Base64, Archive, Parquet, Arrow, ArrowStream}
}

// Written returns the formats that bsonjs writes.
func Written() []*Codec {
	return slices.DeleteFunc(All(), func(c *Codec) bool { return c.Write == nil })
}

// A Codec is a format.
type Codec struct {
	Name  string // the word for it on the command line
	Title string // what messages call it
	// Suffixes are those of file names, in lower case, with a dot; the first is
	// the usual one. An output with such a suffix is of the format. Without the
	// dot they are other words for the format on the command line.
	Suffixes []string
	Becomes  string // the name of the default output format

	Binary  bool // files are anything but text
	Lines   bool // a document is kept on a line of its own
	Rows    bool // the bytes of a document include its line end, which only the last one may lack
	Text    bool // places have lines and columns
	Offsets bool // documents are in the file as they are: an offset in one is an offset in the file
	Checks  bool // the reader has looked at all bytes of a document
	Copies  bool // documents are bytes of BSON, which are copied to another such format
	// Extension says that the program bsonjs-columns reads and writes files of the format,
	// and that Read and Write are for the BSON that it writes and reads.
	Extension bool
	// Holds is the format of the documents of a container, which has documents of
	// several namespaces. nil: the format is not that of a container. The Encoder of a
	// container writes only the documents.
	Holds *Codec

	// Behind returns the place at the end of text, which starts at p and does not end in a
	// line end. nil: lines end with line feeds.
	Behind func(p record.Place, text []byte) record.Place
	// Sniff says whether head, the first bytes of an input, is of the format.
	// If it is nil, only --from selects the format, neither bytes nor names.
	Sniff func(head []byte) Certainty
	// Read returns how inputs are read.
	Read func(ReadOptions) Decoder
	// Write returns how documents are written. It is nil if they are not.
	Write func(WriteOptions) Encoder
}

// String returns the title of c.
func (c *Codec) String() string { return c.Title }

// Opposite returns the default output format for inputs in c; nil if c is nil.
func (c *Codec) Opposite() *Codec {
	if c == nil {
		return nil
	}
	return ByName(c.Becomes)
}

// ByName returns the format that the command line calls name, nil if there is
// none.
func ByName(name string) *Codec {
	for _, c := range All() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// ReadOptions say how inputs of any format are read.
type ReadOptions struct {
	BSON   bson.DecodeOptions // of digits, too
	Text   extjson.DecodeOptions
	Pickle pickle.DecodeOptions
	Table  tabular.DecodeOptions // its options of text and limits are those of Text
	// Namespaces are those of containers that are read; nil: all. The documents of
	// others are not records.
	Namespaces *Namespaces
	// OnlyContainers makes the Decoder of a container pass over its documents, for a
	// Listing; they are not records. SkipChecksums leaves out their checksums.
	OnlyContainers, SkipChecksums bool
}

// WriteOptions say how documents are written in any format.
type WriteOptions struct {
	Text   extjson.EncodeOptions
	Pickle pickle.EncodeOptions
	// Table writes the rows of tables. It is nil for other formats.
	Table *tabular.Table
	// Validate and UTF8 are for BSON that is only copied, in digits too.
	Validate bson.ValidateOptions
	UTF8     bson.UTF8Policy
	// Checked says that the reader has checked all bytes of the documents.
	Checked bool
}

// A Decoder reads the inputs of a run. A format lacks the features whose
// functions are nil.
type Decoder struct {
	// Stream returns a reader of r, document by document.
	Stream func(r io.Reader, from State) Reader
	// Pieces and Cut are for formats that can be cut into pieces. Pieces
	// returns a reader of one piece after the other. It rejects documents whose
	// BSON is longer than both most bytes and the piece; 0 is no limit.
	Pieces func(most int) PieceReader
	// Cut returns what cuts the bytes from a place on at which from holds. A
	// piece cannot have more than most bytes.
	Cut func(from State, most int) Cutter
	// Follow and Unfollow are for containers. Follow tells the Decoder that the
	// documents of a piece, which starts at the State of the last Reader or after
	// the last piece, are done. It reports whether they have no fault that only the
	// whole input shows; if there is one, nothing has happened. each, which may be
	// nil, is called for every document with its offset in the piece. Unfollow takes
	// back the last Follow.
	Follow   func(piece []byte, each func(offset int, in record.Space)) bool
	Unfollow func()
	// Metadata returns the metadata of namespaces that are known so far. It is nil for
	// other formats.
	Metadata func() []archive.Metadata
	// List returns the Listing of the container so far. It is nil for other formats.
	List func() Listing
	// Contents reads the start of the container r. Survey reads all of a container
	// whose start is damaged. They are nil for other formats.
	Contents, Survey func(r io.Reader) Contents
	// Ends reports whether the end of a document that was read is known, so
	// that the next one starts there. If Ends is nil, it is always known.
	Ends func(doc []byte) bool
	// Mend corrects the lengths of documents and arrays in data, and nothing
	// else.
	Mend func(data []byte) (doc []byte, mended []bsoncore.MendedLength, err error)
}

// A State decides what may come at a place between two documents. The zero
// State is that of the start of an input. States can be compared.
type State struct {
	text      textcut.Place
	inArchive bool // after the start of an archive, at…
	archive   archive.Place
	// header is that of the table, after its header; nil: at the start, or in another format.
	header *tabular.Header
	done   int // records of the next document that are done; see Unbucketing
}

// A Reader reads documents one after the other.
type Reader interface {
	// Next reads the next document into rec, and reports whether there is one.
	// It leaves Number and Place alone.
	Next(rec *record.Record) bool
	// Err returns the error that ended the reading, nil for the end of the
	// input.
	Err() error
	// Place returns the start of the current document, or of the bytes that
	// could not be read as a document, from the start of the reader.
	Place() record.Place
	// Resync continues after damage, in the document that was read or in bytes
	// that could not be read, and writes the bytes that it skips.
	Resync(skipped io.Writer) bool
	// Stray reports whether the last Resync has skipped bytes between documents
	// and no document.
	Stray() bool
}

// A Handover is a Reader whose place another reader can take.
type Handover interface {
	Reader
	// Buffered returns the bytes that it has read ahead.
	Buffered() []byte
	// State returns the state after the current document.
	State() State
	// Leaves reports whether another reader can take the place now.
	Leaves() bool
}

// A Container is a Reader of the documents of several namespaces.
type Container interface {
	Handover
	// Space returns the namespace of the current document, or of the fault of Err.
	// Its Number is 0 if the fault is not in a document.
	Space() record.Space
	// Hides reports whether documents after the fault of Err can be found only
	// with Resync. If not, Resync skips nothing.
	Hides() bool
	// Uncertain reports whether damage hides the namespace of the next documents, so
	// that they count as documents of the one before.
	Uncertain() bool
	// Wanted reports whether documents of the current namespace are records.
	Wanted() bool
}

// A LineReader is a Reader of lines.
type LineReader interface {
	Reader
	// Unended reports whether the current line has no line feed at its end, as
	// the last line of an input may.
	Unended() bool
	// Wrapped reports whether lines are no documents: the current one has several,
	// or the next one, as far as it has been read, seems to continue it.
	Wrapped() bool
}

// A Partial is a Reader of documents of which parts may be left out because of faults.
type Partial interface {
	Reader
	// Left returns these faults of the current document, in order. They count like those
	// of Err.
	Left() []error
}

// A PieceReader reads the documents of one piece after the other.
type PieceReader interface {
	// Reset begins a piece, which starts at from and ends at to.
	Reset(piece []byte, from, to State)
	// Next and Err are those of a Reader.
	Next(rec *record.Record) bool
	Err() error
	// State returns the state after the current document.
	State() State
}

// A Cutter returns the length of a piece at the start of data, the bytes that
// have arrived, and its start and end; or 0 if it needs more bytes. Then data
// comes again, longer.
type Cutter func(data []byte) (n int, from, to State)

// An Encoder writes the documents of a run.
type Encoder struct {
	Appender
	Framing
	// Alone is the size, in bytes of BSON, above which documents are written
	// one at a time, because writing one needs several times its memory.
	Alone int
	// Escaped returns the number of keys of a value that are written with a
	// further $. nil: there are none.
	Escaped func(t bson.Type, data []byte) int
}

// An Appender writes a document, or another value, in a format. It has no
// state, because workers share it: the Framing has the text between documents.
// data is the value of type t as it follows the key of an element.
type Appender interface {
	// AppendValue appends the value to dst. On error it appends nothing. The
	// error matches bson.ErrTooLarge if dst would have more than most bytes; dst
	// does not grow much past that.
	AppendValue(dst []byte, most int, t bson.Type, data []byte) ([]byte, error)
	// WriteValue writes the value to w in portions, the same bytes as
	// AppendValue and of any length. If the value has a fault nothing is
	// written. An error of w is returned unchanged.
	WriteValue(w io.Writer, t bson.Type, data []byte) error
}

// A Framing is the text around the documents of an output.
type Framing struct {
	Open    string // before the first
	Between string // before each but the first
	After   string // after each
	Close   string // after the last
}

// Lines returns the Framing of formats of a line each.
func Lines() Framing { return Framing{After: "\n"} }

// ErrLong says that a value is too long for AppendValue. It is never reported:
// the caller uses WriteValue instead.
var ErrLong error = &bson.ValueError{Err: bson.ErrTooLarge}
