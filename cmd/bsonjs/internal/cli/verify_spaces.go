package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// This file compares the namespaces of two containers for the command verify: those without
// a document, and the metadata of all.

// A catalog has the namespaces of one side.
type catalog struct {
	spaced   bool                        // the documents have namespaces
	metadata map[string]archive.Metadata // of the namespaces that are known before the documents
}

// gather adds what the start of in says; nil: it is no container.
func (c *catalog) gather(in run.Input, what *codec.Contents) {
	if what == nil {
		return
	}
	if c.metadata == nil {
		c.metadata = map[string]archive.Metadata{}
	}
	c.spaced = c.spaced || in.Folder == nil || in.Folder.HasSpaces()
	for _, m := range what.Metadata {
		c.metadata[m.Namespace.String()] = m
	}
}

// described returns the number of namespaces with metadata.
func (c *catalog) described() (n int64) {
	for _, m := range c.metadata {
		if m.Text != "" {
			n++
		}
	}
	return n
}

// Gather gets the namespaces of A. A directory may have no file for Begin.
func (v *verification) Gather(in run.Input, what *codec.Contents) error {
	v.begun = v.begun || in.Folder != nil
	v.catalogs[0].gather(in, what)
	return nil
}

// Gather gets the namespaces of B.
func (c comparedTarget) Gather(in run.Input, what *codec.Contents) error {
	c.v.catalogs[1].gather(in, what)
	return nil
}

// compareSpaces compares the namespaces, whose documents are equal. It returns how many have
// equal metadata. The error is the first difference.
func (v *verification) compareSpaces() (equal int64, err error) {
	a, b := &v.catalogs[0], &v.catalogs[1]
	if !a.spaced || !b.spaced {
		return 0, nil
	}
	names := maps.Clone(a.metadata)
	maps.Copy(names, b.metadata)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		x, inA := a.metadata[name]
		y, inB := b.metadata[name]
		if inA != inB && !v.proof.Has(name) {
			return 0, lone(name, inA)
		}
		if x.Text == "" || y.Text == "" {
			continue
		}
		equal++
		for _, c := range sink.MetadataChanges(x, y) {
			place := fmt.Sprintf(" at %s of the metadata of %s", oneline.Escape(c.Path), oneline.Escape(name))
			return 0, spaceDifference(proof.Text(c.A), proof.Text(c.B)+place)
		}
	}
	return equal, nil
}

// lone returns the difference of a namespace without documents that only A, or only B, has.
func lone(name string, inA bool) error {
	has, hasNot := "namespace "+oneline.Escape(name), "no such namespace"
	if inA {
		return spaceDifference(has, hasNot)
	}
	return spaceDifference(hasNot, has)
}

// spaceDifference returns a difference that is in no document.
func spaceDifference(a, b string) error {
	return &proof.Difference{In: a, Out: b, OutPlace: proof.Place{Offset: -1}}
}

// spacesText returns the line about the metadata, of which some are equal, "" if there are
// none.
func (v *verification) spacesText(equal int64) string {
	described := max(v.catalogs[0].described(), v.catalogs[1].described())
	switch {
	case described == 0:
		return ""
	case equal == 0:
		return "indexes and options were not compared, because only one side has them\n"
	case equal < described:
		return fmt.Sprintf("equal indexes and options: %s; for the others only one side has indexes and options\n", report.Plural(equal, "namespace"))
	}
	return fmt.Sprintf("equal indexes and options: %s\n", report.Plural(equal, "namespace"))
}
