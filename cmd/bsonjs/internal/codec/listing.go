package codec

import (
	"github.com/bsonkit/bsonkit/bson/archive"
)

// A Listing is what is known of a container that was read.
type Listing struct {
	Server string // version, "" if it is not known
	Tool   string // version of the program that wrote the container, "" if it is not known
	Spaces []Listed
	// Files says that each namespace is a file, which has no checksum.
	Files bool
}

// A Listed is what is known of a namespace.
type Listed struct {
	archive.Namespace
	archive.Totals
	Type     archive.Type
	Metadata string // text of the metadata, "" if there is none
	Ended    bool   // its end was read
}

// list returns what the Reader knows of the wanted namespaces: those with a block, in
// the order of their first blocks, then those that only the metadata name.
func (a *archiver) list() Listing {
	if a.r == nil {
		return Listing{}
	}
	h := a.r.Header()
	l := Listing{Server: h.ServerVersion, Tool: h.ToolVersion}
	metadata := map[archive.Namespace]archive.Metadata{}
	for _, m := range a.r.Metadata() {
		metadata[m.Namespace] = m
	}
	begun := map[archive.Namespace]bool{}
	for n, totals := range a.r.Namespaces() {
		m, ok := metadata[n]
		if name, bucket := n.Measurements(); !ok && bucket {
			if series := metadata[name]; series.Type == archive.TimeSeries {
				m, begun[name] = series, true
			}
		}
		begun[n] = true
		if n != (archive.Namespace{}) && a.wanted.Wants(n) {
			l.Spaces = append(l.Spaces, Listed{n, totals, m.Type, m.Text, a.r.Ended(n)})
		}
	}
	for _, m := range a.r.Metadata() {
		if n := m.Namespace; !begun[n] && a.wanted.Wants(n) {
			begun[n] = true
			l.Spaces = append(l.Spaces, Listed{Namespace: n, Type: m.Type, Metadata: m.Text})
		}
	}
	return l
}
