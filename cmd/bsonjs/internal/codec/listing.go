package codec

import (
	"io"

	"github.com/bsonkit/bsonkit/bson/archive"
)

// Contents are the namespaces that a container names before their documents.
type Contents struct {
	Server   string // version, "" if it is not known
	Tool     string // version of the program that wrote the container, "" if it is not known
	Metadata []archive.Metadata
	// Shortened are the namespaces, each in Metadata too, of which only the start of the
	// collection's name is known.
	Shortened []archive.Namespace
	// InDB reports that the versions were in the directory of a database.
	InDB bool
	// Damaged reports that the start of the container has a fault, so the Contents may
	// be incomplete.
	Damaged bool
}

// contents reads the start of an archive. Namespaces that are not wanted are left out.
func (a *archiver) contents(r io.Reader) Contents { return a.contentsOf(a.opts.NewReader(r)) }

// survey reads a whole archive. Namespaces of blocks without metadata are behind those
// with metadata.
func (a *archiver) survey(r io.Reader) Contents {
	o := a.opts
	o.SkipChecksums = true
	d := o.NewReader(r)
	for {
		for d.Next() {
		}
		if !d.Resync(nil) {
			return a.contentsOf(d)
		}
	}
}

// contentsOf returns the wanted namespaces that d knows.
func (a *archiver) contentsOf(d *archive.Reader) Contents {
	h := d.Header()
	c := Contents{Server: h.ServerVersion, Tool: h.ToolVersion}
	known := map[archive.Namespace]bool{}
	add := func(m archive.Metadata) {
		if !known[m.Namespace] && a.wanted.Wants(m.Namespace) && m.Namespace != (archive.Namespace{}) {
			c.Metadata = append(c.Metadata, m)
		}
		known[m.Namespace] = true
	}
	for _, m := range d.Metadata() {
		add(m)
	}
	for n := range d.Namespaces() {
		add(archive.Metadata{Namespace: n})
	}
	c.Damaged = d.Err() != nil
	return c
}

// A Listing has the namespaces of a container that was read.
type Listing struct {
	Server string // version, "" if it is not known
	Tool   string // version of the program that wrote the container, "" if it is not known
	Spaces []Listed
	// Files reports that each namespace is a file, which has no checksum.
	Files bool
}

// A Listed is a namespace of a Listing.
type Listed struct {
	archive.Namespace
	archive.Totals
	Type     archive.Type
	Metadata string // text of the metadata, "" if there is none
	Ended    bool   // its end was read
}

// list returns the wanted namespaces that the Reader knows: namespaces with a block, in
// the order of their first blocks, then namespaces that only the metadata name.
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
