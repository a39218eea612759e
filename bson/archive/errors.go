package archive

import (
	"errors"
	"strconv"
	"strings"
)

// The sentinels that errors of this package match with errors.Is. Faults of the
// framing of documents match bsoncore.ErrLength, ErrTerminator, ErrTruncated and
// ErrTooLarge.
var (
	// ErrMagic: the stream does not start with the magic number of an archive.
	ErrMagic = errors.New("not an archive")
	// ErrHeader: a document is not the header, or the metadata, that must be at this
	// place.
	ErrHeader = errors.New("not a header of an archive")
	// ErrBlock: the header of a block is inside another block.
	ErrBlock = errors.New("terminator of the block is missing")
	// ErrArchive: another archive starts inside this one.
	ErrArchive = errors.New("another archive starts here")
	// ErrChecksum: the checksum of a namespace is not that of its documents.
	ErrChecksum = errors.New("checksum does not match")
	// ErrUnended: the archive ends without the end of a namespace.
	ErrUnended = errors.New("namespace has no end")
	// ErrEnded: a namespace continues after its end. For a Writer: End of the
	// namespace was called before.
	ErrEnded = errors.New("namespace has already ended")
	// ErrName: a namespace that no server has: without a collection, with a dot, slash,
	// backslash or NUL in the database, with a NUL in the collection, or not UTF-8.
	ErrName = errors.New("not a namespace")
	// ErrTooMany: there are more namespaces, or more metadata and names, than the
	// limit.
	ErrTooMany = errors.New("too many namespaces or metadata")
)

// An Error reports a fault of an archive, with its place.
type Error struct {
	Offset    int64     // byte at fault, from the start of the archive
	Namespace Namespace // at that place; the zero Namespace: none is known
	// Document is the number, in the namespace and from 1, of the document at fault.
	// Zero means that the fault is not in a document.
	Document int64
	// Hides reports that documents after the fault can only be found with Resync, which
	// may skip bytes.
	Hides bool
	Err   error // matches a sentinel of this package or of bsoncore
}

// maxShown is the longest namespace, in bytes, that an error shows whole: those of
// servers are shorter.
const maxShown = 400

// Error describes e with its place. The text is not promised.
func (e *Error) Error() string {
	text := "archive: offset " + strconv.FormatInt(e.Offset, 10)
	if e.Namespace != (Namespace{}) {
		name := e.Namespace.String()
		if len(name) > maxShown {
			name = strings.ToValidUTF8(name[:maxShown], "") + "…"
		}
		text += " (" + name + ")"
	}
	return text + ": " + e.Err.Error()
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }
