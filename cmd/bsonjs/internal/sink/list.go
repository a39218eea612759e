package sink

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file writes the namespaces of containers, as a table or as lines of JSON.

// checksums are the words for the results of checksums.
var checksums = map[archive.Checksum]string{archive.Unchecked: "none", archive.Matches: "ok", archive.Differs: "bad"}

// unknown stands in the table for a value that is not known.
const unknown = "-"

// WriteTable writes a table of l, the namespaces of the container of the given name.
func WriteTable(w io.Writer, name string, l codec.Listing) error {
	var b bytes.Buffer
	b.WriteString(name)
	for _, version := range []struct{ what, number string }{{": server ", l.Server}, {", written by mongodump ", l.Tool}} {
		if version.number != "" {
			b.WriteString(version.what + oneline.Escape(version.number))
		}
	}
	b.WriteByte('\n')
	fmt.Fprintf(&b, "%11s %15s %9s %9s  %-10s %7s  %-9s  %s\n", "documents", "bytes", "average", "largest", "type", "indexes", "checksum", "namespace")
	for _, s := range l.Spaces {
		checksum, indexes := checksums[s.Checksum], unknown
		switch {
		case !s.Ended:
			checksum = "no end"
		case l.Files:
			checksum = unknown
		}
		if n, ok := countIndexes(s.Metadata); ok {
			indexes = strconv.Itoa(n)
		}
		kind := cmp.Or(oneline.Escape(string(s.Type)), unknown)
		fmt.Fprintf(&b, "%11d %15d %9.0f %9d  %-10s %7s  %-9s  %s\n",
			s.Documents, s.Bytes, average(s), s.Largest, kind, indexes, checksum, oneline.Escape(s.Namespace.String()))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// A listed is a line of JSON about a namespace. Its keys are a promise; docs/command.md has
// them.
type listed struct {
	File      string   `json:"file"`
	Namespace string   `json:"ns"`
	Type      string   `json:"type,omitempty"`
	Documents int64    `json:"documents"`
	Bytes     int64    `json:"bytes"`             // of the documents
	Average   float64  `json:"average"`           // bytes of a document, to a hundredth
	Largest   *largest `json:"largest,omitempty"` // the first of that size; nil: there is no document
	Indexes   *int     `json:"indexes,omitempty"` // nil: not known
	CRC       string   `json:"crc"`
	Complete  bool     `json:"complete"` // false: the container was cut before the end of the namespace
}

// A largest is the place of a document.
type largest struct {
	Bytes  int   `json:"bytes"`
	Number int64 `json:"number"` // in the namespace, from 1
	Offset int64 `json:"offset"` // in the container or file, without compression
}

// A listTotal is the last line of JSON about a container.
type listTotal struct {
	File  string    `json:"file"`
	Total listSizes `json:"total"`
	// Server and Tool are versions, "" if they are not known.
	Server string `json:"serverVersion,omitempty"`
	Tool   string `json:"toolVersion,omitempty"`
}

// listSizes are the sums of all lines.
type listSizes struct {
	Namespaces int   `json:"namespaces"`
	Documents  int64 `json:"documents"`
	Bytes      int64 `json:"bytes"`
}

// WriteList writes a line of JSON for each namespace of l, and one for all.
func WriteList(w io.Writer, name string, l codec.Listing) error {
	var b bytes.Buffer
	end := listTotal{File: name, Server: l.Server, Tool: l.Tool}
	for _, s := range l.Spaces {
		line := listed{
			File: name, Namespace: s.Namespace.String(), Type: string(s.Type),
			Documents: s.Documents, Bytes: s.Bytes, Average: math.Round(100*average(s)) / 100,
			CRC: checksums[s.Checksum], Complete: s.Ended,
		}
		if s.Documents > 0 {
			line.Largest = &largest{s.Largest, s.LargestNumber, s.LargestOffset}
		}
		if n, ok := countIndexes(s.Metadata); ok {
			line.Indexes = &n
		}
		if err := appendLine(&b, line); err != nil {
			return err
		}
		end.Total.Namespaces++
		end.Total.Documents += s.Documents
		end.Total.Bytes += s.Bytes
	}
	if err := appendLine(&b, end); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// average returns the average size of a document in bytes, 0 if there is none.
func average(s codec.Listed) float64 {
	if s.Documents == 0 {
		return 0
	}
	return float64(s.Bytes) / float64(s.Documents)
}

// countIndexes returns the number of indexes in the text of metadata. ok is false if it
// has no list of them.
func countIndexes(text string) (n int, ok bool) {
	doc, err := extjson.AppendBSON(nil, []byte(text))
	if err != nil {
		return 0, false
	}
	list, ok := bsoncore.Document(doc).Lookup("indexes").ArrayOK()
	if !ok {
		return 0, false
	}
	for c := bsoncore.NewCursor(list); c.Next(); {
		n++
	}
	return n, true
}
