package archive

import (
	"hash/crc64"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file reads and writes the documents of an archive that are not documents of
// collections.

// magic is the start of an archive.
const magic = "\x6d\xe2\x99\x81"

// terminator ends a block. It is at the place of the length of a document.
const terminator = "\xff\xff\xff\xff"

// checksums is the table of the checksum, CRC-64/XZ.
var checksums = crc64.MakeTable(crc64.ECMA)

// A Header is the first document of an archive.
type Header struct {
	Version       string // of the format; "0.1"
	ServerVersion string // of the source; mongorestore rejects an archive without one
	ToolVersion   string // of mongodump
	Collections   int32  // number of collections that mongodump wrote at the same time
}

// A Type is the kind of a namespace.
type Type string

const (
	Unknown    Type = ""           // older versions of mongodump write no type
	Collection Type = "collection" // a common collection, also a capped one
	View       Type = "view"       // has no documents
	TimeSeries Type = "timeseries" // its documents may be in system.buckets
)

// Metadata describes a namespace. It is at the start of an archive.
type Metadata struct {
	Namespace Namespace
	Type      Type
	// Text is the text of the metadata file in a dump directory: canonical
	// Extended JSON with the options and indexes. It is empty for the oplog and for
	// users, roles and version.
	Text string
	Size int32 // mongodump writes 0
}

// A block is the header of a block of documents.
type block struct {
	name Namespace
	ends bool   // it is the last block of its namespace, has no documents…
	sum  uint64 // …and this is the checksum of all of them
}

// readHeader reads the first document of an archive.
func readHeader(doc bsoncore.Document) (h Header, err error) {
	if doc.Validate() != nil {
		return h, ErrHeader
	}
	var version, server, tool, collections bool
	h.Version, version = doc.Lookup("version").StringValueOK()
	h.ServerVersion, server = doc.Lookup("server_version").StringValueOK()
	h.ToolVersion, tool = doc.Lookup("tool_version").StringValueOK()
	h.Collections, collections = doc.Lookup("concurrent_collections").Int32OK()
	if !(version && server && tool && collections) {
		return h, ErrHeader
	}
	return h, nil
}

func (h Header) append(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendInt32(dst, "concurrent_collections", h.Collections)
	dst = bsoncore.AppendString(dst, "version", h.Version)
	dst = bsoncore.AppendString(dst, "server_version", h.ServerVersion)
	dst = bsoncore.AppendString(dst, "tool_version", h.ToolVersion)
	return bsoncore.End(dst, mark)
}

// readMetadata reads a document of the prelude. Old archives have no type.
func readMetadata(doc bsoncore.Document) (m Metadata, err error) {
	if doc.Validate() != nil {
		return m, ErrHeader
	}
	var text bool
	if m.Namespace, err = readNamespace(doc); err != nil {
		return m, err
	}
	m.Text, text = doc.Lookup("metadata").StringValueOK()
	m.Size, _ = doc.Lookup("size").Int32OK()
	kind, _ := doc.Lookup("type").StringValueOK()
	m.Type = Type(kind)
	if !text {
		return m, ErrHeader
	}
	return m, nil
}

// check returns the reason why m cannot be in an archive, or nil.
func (m Metadata) check() error {
	if err := m.Namespace.Validate(); err != nil {
		return err
	}
	if !utf8.ValidString(m.Text) || !utf8.ValidString(string(m.Type)) {
		return bsoncore.ErrUTF8
	}
	return nil
}

func (m Metadata) append(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendString(dst, "db", m.Namespace.DB)
	dst = bsoncore.AppendString(dst, "collection", m.Namespace.Collection)
	dst = bsoncore.AppendString(dst, "metadata", m.Text)
	dst = bsoncore.AppendInt32(dst, "size", m.Size)
	dst = bsoncore.AppendString(dst, "type", string(m.Type))
	return bsoncore.End(dst, mark)
}

// readBlock reads the header document of a block.
func readBlock(doc bsoncore.Document) (b block, err error) {
	if doc.Validate() != nil {
		return b, ErrHeader
	}
	if b.name, err = readNamespace(doc); err != nil {
		return b, err
	}
	var ends, sum bool
	b.ends, ends = doc.Lookup("EOF").BooleanOK()
	signed, sum := doc.Lookup("CRC").Int64OK()
	b.sum = uint64(signed)
	if !ends || !sum {
		return b, ErrHeader
	}
	return b, nil
}

func (b block) append(dst []byte) []byte {
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.AppendString(dst, "db", b.name.DB)
	dst = bsoncore.AppendString(dst, "collection", b.name.Collection)
	dst = bsoncore.AppendBoolean(dst, "EOF", b.ends)
	dst = bsoncore.AppendInt64(dst, "CRC", int64(b.sum))
	return bsoncore.End(dst, mark)
}

// blockKeys are the elements of the header document of a block, in their order.
var blockKeys = [4]struct {
	key string
	typ bsoncore.Type
}{
	{"db", bsoncore.TypeString}, {"collection", bsoncore.TypeString}, {"EOF", bsoncore.TypeBoolean}, {"CRC", bsoncore.TypeInt64},
}

// blockStart is the start of a header after its length.
const blockStart = "\x02db\x00"

// likeBlock returns the number of elements of a block's header that doc has, or 0 if
// doc has more or fewer elements than a header.
func likeBlock(doc []byte) (same int) {
	if len(doc) > maxBlockHeader {
		return 0
	}
	c := bsoncore.NewCursor(doc)
	n := 0
	for ; c.Next(); n++ {
		if n == len(blockKeys) {
			return 0
		}
		if c.Type() == blockKeys[n].typ && string(c.Key()) == blockKeys[n].key {
			same++
		}
	}
	if n < len(blockKeys) || c.Failed() {
		return 0
	}
	return same
}

// The keys of the other documents of the prelude, with the types of their values.
var (
	headerKeys = map[string]bsoncore.Type{
		"concurrent_collections": bsoncore.TypeInt32, "version": bsoncore.TypeString,
		"server_version": bsoncore.TypeString, "tool_version": bsoncore.TypeString,
	}
	metadataKeys = map[string]bsoncore.Type{
		"db": bsoncore.TypeString, "collection": bsoncore.TypeString, "metadata": bsoncore.TypeString,
		"size": bsoncore.TypeInt32, "type": bsoncore.TypeString,
	}
)

// likePrelude reports whether doc is the first document of an archive or metadata, perhaps
// with damage: it has no more elements, and three of them are the same.
func likePrelude(doc bsoncore.Document) bool {
	return max(same(doc, headerKeys), same(doc, metadataKeys)) > 2
}

// same returns the number of elements of doc that have the keys and the types of keys, or
// 0 if doc has more elements.
func same(doc bsoncore.Document, keys map[string]bsoncore.Type) (same int) {
	all := 0
	for c := bsoncore.NewCursor(doc); c.Next(); all++ {
		if all == len(keys) {
			return 0
		}
		if t, ok := keys[string(c.Key())]; ok && t == c.Type() {
			same++
		}
	}
	return same
}

// isHeader reports whether doc is the first document of an archive.
func isHeader(doc bsoncore.Document) bool {
	if len(doc) > maxBlockHeader || same(doc, headerKeys) < len(headerKeys) {
		return false
	}
	_, err := readHeader(doc)
	return err == nil
}

func readNamespace(doc bsoncore.Document) (n Namespace, err error) {
	var db, collection bool
	n.DB, db = doc.Lookup("db").StringValueOK()
	n.Collection, collection = doc.Lookup("collection").StringValueOK()
	if !db || !collection {
		return n, ErrHeader
	}
	return n, n.Validate()
}
