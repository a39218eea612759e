package sink

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
)

// This file knows the namespaces of an output that keeps them apart: their names in the
// inputs and in the output, and their metadata.

// A Dump has the namespaces of an output, in the order in which they became known. The
// zero Dump has none. Several goroutines may use it.
type Dump struct {
	Renames codec.Renames // set before the first call
	// Measured says that the documents of time series are measurements: their namespaces
	// are plain collections. It is set before the first call.
	Measured bool

	mu     sync.RWMutex
	server string                       // version, "" if no input has one
	tool   string                       // version of the program that wrote the input of server
	inDB   bool                         // the versions were in the directory of a database
	spaces map[string]*space            // by their names in the inputs
	taken  map[archive.Namespace]*space // by their names in the output
	order  []*space
	notes  []string
}

// A space is a namespace of an output.
type space struct {
	archive.Metadata        // in the output
	source           string // name in the inputs
	// late reports that no input has named it at its start.
	late bool
	err  error // why no document of it can be written, nil if it can
	// begun reports that documents were written.
	begun bool
	lines Lines // of the file, if the namespace has one
}

// ErrNoSpace: the namespace of a document is not known.
var ErrNoSpace = errors.New("its namespace is not known; name it with --as-ns")

// Add adds the namespaces that an input names at its start.
func (d *Dump) Add(input string, c codec.Contents) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.server == "" && c.Server != "" {
		d.server, d.tool, d.inDB = c.Server, c.Tool, c.InDB
	}
	for _, m := range c.Metadata {
		if d.Measured {
			var err error
			if m, err = codec.MeasuredMetadata(m); err != nil {
				return fmt.Errorf("%s: %w", input, err)
			}
		}
		s, err := d.add(m)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", input, err)
		case m.Text != "" && s.Text == "":
			if s.Metadata, err = codec.RenameMetadata(m, s.Namespace); err != nil {
				return fmt.Errorf("%s: %w", input, err)
			}
		case m.Text != "":
			if renamed, err := codec.RenameMetadata(m, s.Namespace); err == nil && renamed.Text != s.Text {
				d.notes = append(d.notes, fmt.Sprintf("%s: the metadata of %v differ from an earlier input; the earlier metadata are written", input, m.Namespace))
			}
		}
		s.late = false
	}
	return d.shortened(input, c.Shortened)
}

// shortened says which names of all, in order, are only the start of a name. Two equal ones
// would be one namespace.
func (d *Dump) shortened(input string, all []archive.Namespace) error {
	for i, n := range all {
		if i > 0 && n == all[i-1] {
			return fmt.Errorf("%s: several collections have the name %v, which is cut, and no metadata have their whole names; write each file by itself, with --as-ns", input, n)
		}
		d.notes = append(d.notes, fmt.Sprintf("%s: the name of %v is cut, because no metadata have the whole name; rename it with --ns-from and --ns-to", input, n))
	}
	return nil
}

// add returns the space of m, a namespace of an input. A new one gets no text.
func (d *Dump) add(m archive.Metadata) (*space, error) {
	if d.Measured {
		m.Namespace = codec.MeasuredSpace(m.Namespace)
	}
	name := m.Namespace.String()
	if s := d.spaces[name]; s != nil {
		return s, s.err
	}
	s := &space{source: name, late: true}
	s.Namespace, s.err = d.Renames.Apply(m.Namespace)
	s.Type = m.Type
	if other := d.taken[s.Namespace]; s.err == nil && other != nil {
		s.err = fmt.Errorf("%s and %s would both become %v; change --ns-to", other.source, name, s.Namespace)
	}
	if d.spaces == nil {
		d.spaces, d.taken = map[string]*space{}, map[archive.Namespace]*space{}
	}
	d.spaces[name] = s
	if s.err == nil {
		d.taken[s.Namespace] = s
		d.order = append(d.order, s)
	}
	return s, s.err
}

// find returns the space of documents whose namespace has the given name in an input.
func (d *Dump) find(name string) (*space, error) {
	if name == "" {
		return nil, &bson.ValueError{Err: ErrNoSpace}
	}
	d.mu.RLock()
	s := d.spaces[name]
	d.mu.RUnlock()
	if s == nil {
		n, err := codec.ParseNamespace(name)
		if err != nil {
			return nil, &bson.ValueError{Err: err}
		}
		d.mu.Lock()
		s, _ = d.add(archive.Metadata{Namespace: n})
		d.mu.Unlock()
	}
	if s.err != nil {
		return nil, &bson.ValueError{Err: s.err}
	}
	return s, nil
}

// emptySpace returns the namespace that s, a namespace without documents, has in an
// archive or as a file: that of the buckets for a time series of an old server. ok is
// false if these have documents.
func (d *Dump) emptySpace(s *space) (n archive.Namespace, ok bool) {
	if s.Type != archive.TimeSeries {
		return s.Namespace, true
	}
	d.mu.RLock()
	buckets := d.taken[s.Namespace.Buckets()]
	d.mu.RUnlock()
	switch {
	case buckets != nil && buckets.begun:
		return n, false
	case hasBuckets(d.server):
		return s.Namespace.Buckets(), true
	}
	return s.Namespace, true
}

// hasBuckets reports whether a server of the given version keeps the documents of a time
// series in a namespace of their own: those before 8.3.
func hasBuckets(version string) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	m, err := strconv.Atoi(major)
	n, _ := strconv.Atoi(minor)
	return err != nil || m < 8 || m == 8 && n < 3
}

// isBuckets reports whether s has the buckets of a time series of d, whose metadata count
// for both.
func (d *Dump) isBuckets(s *space) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	name, ok := s.Namespace.Measurements()
	series := d.taken[name]
	return ok && series != nil && series.Type == archive.TimeSeries && s.Text == ""
}

// all returns the spaces that are known now.
func (d *Dump) all() []*space {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.order)
}

// Notes returns the notes for the end of a run.
func (d *Dump) Notes() []string { return d.notes }

// Spaces returns the number of namespaces.
func (d *Dump) Spaces() int { return len(d.order) }
