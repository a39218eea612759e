package archive

import (
	"cmp"
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"
)

// A Namespace is the name of a collection with its database.
type Namespace struct {
	DB         string // "" for the oplog
	Collection string // has at least one byte
}

// String returns the database, a dot and the collection. The first dot is the one
// between them, because the name of a database has none.
func (n Namespace) String() string { return n.DB + "." + n.Collection }

// Compare returns -1 if the documents of n are before those of m in a directory that is
// read as one stream, +1 if they are after them, and 0 if n is m. The order is that of
// the bytes of the database, then of the collection. The oplog is last.
func (n Namespace) Compare(m Namespace) int {
	switch {
	case n == m:
		return 0
	case n.isOplog():
		return 1
	case m.isOplog():
		return -1
	}
	return cmp.Or(cmp.Compare(n.DB, m.DB), cmp.Compare(n.Collection, m.Collection))
}

// Measurements returns the namespace of the time series whose buckets are the documents
// of n, in servers before 8.3. ok is false if n has no such name.
func (n Namespace) Measurements() (series Namespace, ok bool) {
	name, ok := strings.CutPrefix(n.Collection, buckets)
	return Namespace{n.DB, name}, ok
}

// Buckets returns the namespace in which servers before 8.3 keep the documents of n, a
// time series.
func (n Namespace) Buckets() Namespace { return Namespace{n.DB, buckets + n.Collection} }

// Validate returns ErrName for a namespace that no server has.
func (n Namespace) Validate() error {
	if n.Collection == "" || strings.ContainsAny(n.DB, "./\\\x00") || strings.IndexByte(n.Collection, 0) >= 0 ||
		!utf8.ValidString(n.DB) || !utf8.ValidString(n.Collection) {
		return ErrName
	}
	return nil
}

func (n Namespace) isOplog() bool { return n == Namespace{Collection: "oplog"} }

const (
	// maxFileName is the longest escaped name, in bytes, that mongodump does not
	// shorten. cutFileName is the number of bytes that remain of a longer name.
	maxFileName = 238
	cutFileName = 208
	// cutMark is between the start of a name and its digest. It is an escaped $.
	cutMark = "%24"
	// cutLength is the length of a shortened name, in bytes.
	cutLength = cutFileName + len(cutMark) + 27 // of a SHA-1 in base64, unpadded
)

// FileName returns the name, without a suffix, of the file of the collection in a
// dump directory, as mongodump makes it: the collection escaped like the value of a URL
// query. A name of more than 238 bytes is shortened; ParseFileName then reports this,
// and the whole name is in the metadata. The result has no slash, backslash or NUL
// and is never "." or "..".
func FileName(collection string) string {
	name := url.QueryEscape(collection)
	if len(name) > maxFileName {
		sum := sha1.Sum([]byte(collection))
		return name[:cutFileName] + cutMark + base64.RawURLEncoding.EncodeToString(sum[:])
	}
	if name == "." || name == ".." { // no server allows them
		return strings.ReplaceAll(name, ".", "%2E")
	}
	return name
}

// ParseFileName returns the collection whose file in a dump directory has the name,
// without its suffix. whole is false if the name was shortened: then collection is its
// start, and the metadata of the collection has the whole name. A name that is not
// escaped correctly is returned as it is.
func ParseFileName(name string) (collection string, whole bool) {
	whole = len(name) != cutLength || name[cutFileName:cutFileName+len(cutMark)] != cutMark
	if !whole {
		name = name[:cutFileName]
		// The cut may be inside an escape.
		if i := strings.LastIndexByte(name, '%'); i >= cutFileName-2 {
			name = name[:i]
		}
	}
	collection, err := url.QueryUnescape(name)
	if err != nil {
		return name, whole
	}
	return collection, whole
}
