package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/run"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/sink"
)

// This file converts to outputs that keep namespaces apart.
//
//   - A spaceConverter is the target of such a run.
//   - besideOf finds the namespace of a file in a directory of mongodump that is an
//     input by itself.

// A spaceStore is an output that keeps namespaces apart.
type spaceStore interface {
	sink.Store
	// End completes the output.
	End() error
}

// A spaceConverter is a converter whose output keeps namespaces apart.
type spaceConverter struct {
	converter
	dump  sink.Dump
	store spaceStore
	names map[string]string // namespaces of inputs without one, by the names of the inputs
}

// newSpaceConverter returns the target of a conversion to an archive or a directory.
func newSpaceConverter(c converter) *spaceConverter {
	s := &spaceConverter{converter: c, names: map[string]string{}}
	s.dump.Renames, _ = c.o.renames() // check has made them, too
	s.dump.Measured = c.o.unbucket
	return s
}

// Gather adds the contents of an input.
func (s *spaceConverter) Gather(in run.Input, what *codec.Contents) error {
	name := report.CleanName(in.Name)
	if what != nil {
		return s.dump.Add(name, *what)
	}
	if _, ok := s.names[in.Name]; ok {
		return nil
	}
	m := besideOf(in.Name)
	if s.o.asNS != "" {
		m.Namespace, _ = codec.ParseNamespace(s.o.asNS)
	}
	if m.Namespace == (archive.Namespace{}) {
		return fmt.Errorf("%s has no namespace; name it with --as-ns DB.COLLECTION", name)
	}
	s.names[in.Name] = m.Namespace.String()
	return s.dump.Add(name, codec.Contents{Metadata: []archive.Metadata{m}})
}

// Begin returns the sink for the documents of in.
func (s *spaceConverter) Begin(in run.Input) (run.Sink, error) {
	if _, err := s.converter.Begin(in); err != nil {
		return nil, err
	}
	spaces := &sink.Spaces{Encoder: s.lines.Encoder, Dump: &s.dump, Default: s.o.asNS, Proof: s.proof}
	if in.From.Holds == nil && (in.File == nil || in.File.Namespace == (archive.Namespace{})) {
		if err := s.Gather(in, nil); err != nil {
			return nil, err
		}
		spaces.Default = s.names[in.Name]
	}
	spaces.Store = s.opened(in.Out)
	return s.proven(spaces), nil
}

// opened returns the store in out.
func (s *spaceConverter) opened(out io.Writer) spaceStore {
	if s.store != nil {
		return s.store
	}
	s.store = &sink.Archive{Dump: &s.dump, Out: out}
	if tree, ok := out.(sink.Tree); ok && s.o.decided.folder {
		if s.to == nil {
			s.to = codec.BSON // there is no document
		}
		s.store = &sink.Folder{
			Dump: &s.dump, Tree: tree, Suffix: s.to.Suffixes[0],
			Encoder: s.to.Write(s.o.write(run.Input{From: codec.BSON})),
		}
	}
	return s.store
}

// End completes the output.
func (s *spaceConverter) End(out io.Writer) error { return s.opened(out).End() }

// notes returns the notes for the end of a run.
func (s *spaceConverter) notes() []string {
	notes := s.dump.Notes()
	if a, ok := s.store.(*sink.Archive); ok {
		if n, first := a.Late(); n > 0 {
			notes = append(notes, fmt.Sprintf("mongorestore will skip the documents of %s, such as %s, which no input names at its start; "+
				"to restore them write a directory with --output DIR/", report.Plural(int64(n), "namespace"), report.CleanName(first)))
		}
	}
	return notes
}

// besideOf returns the metadata of the file of the given name, if it is in a directory of
// mongodump: users.bson beside users.metadata.json. Without such a file they are empty.
func besideOf(name string) (m archive.Metadata) {
	stem, ok := documentsStem(name)
	if !ok {
		return m
	}
	text, ok := readBeside(stem + ".metadata.json")
	var says struct {
		Type       archive.Type `json:"type"`
		Collection string       `json:"collectionName"`
	}
	whole, err := filepath.Abs(name)
	if !ok || err != nil || json.Unmarshal(text, &says) != nil {
		return m
	}
	base := filepath.Base(stem)
	n := archive.Namespace{DB: filepath.Base(filepath.Dir(whole))}
	if n.Collection, ok = archive.ParseFileName(base); !ok {
		if n.Collection = says.Collection; archive.FileName(says.Collection) != base {
			return m
		}
	}
	if n.Validate() != nil {
		return m
	}
	return archive.Metadata{Namespace: n, Type: says.Type, Text: string(text)}
}

// documentsStem returns name without the suffixes of a format and of compressions. ok is
// false if it has no suffix of a format.
func documentsStem(name string) (stem string, ok bool) {
	plain := compress.Stem(name)
	c, _ := codec.BySuffix(plain)
	return plain[:len(plain)-len(filepath.Ext(plain))], c != nil && name != file.StdinName
}

// maxBeside is the size of the largest file of metadata, in bytes.
const maxBeside = 16 << 20

// readBeside reads a file of the given name, or one with the suffix of a compression.
func readBeside(name string) (text []byte, ok bool) {
	for _, suffix := range append([]string{""}, writtenSuffixes()...) {
		in, err := file.Input{}.Open(context.Background(), name+suffix)
		if err != nil {
			continue
		}
		defer in.Close()
		text, err = io.ReadAll(io.LimitReader(in, maxBeside+1))
		return text, err == nil && len(text) <= maxBeside
	}
	return nil, false
}
