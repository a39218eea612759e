package run

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file processes directories. Their files are processed one after the other, like
// inputs of their own, and have the namespaces of the directory.

// A member is a file of a directory, or a namespace of it without a file.
type member struct {
	in   *folder.Folder
	file *archive.File // of in
	// listed is its line in a Listing. It is set while the member is read.
	listed *codec.Listed
}

// space returns the namespace of m, "" if it has none.
func (m *member) space() string {
	if m == nil || m.file.Namespace == (archive.Namespace{}) {
		return ""
	}
	return m.file.Namespace.String()
}

// named processes an input.
func (e *engine) named(in folder.Input) *report.Fault {
	switch {
	case in.Err != nil:
		return e.passOver(e.listFault(in.Name, in.Err))
	case in.Folder != nil:
		return e.folder(in.Folder)
	}
	return e.passOver(e.input(in.Name, nil))
}

// folder processes the files of in.
func (e *engine) folder(in *folder.Folder) *report.Fault {
	if e.From != nil && e.From.Holds != nil {
		return report.UsageFault(fmt.Sprintf("%s is a directory and not %v; leave out %s", report.CleanName(in.Name), e.From, e.flagged("--from")))
	}
	if e.NeedsSpaces != "" && !in.HasSpaces() && len(in.Files) > 0 {
		return e.passOver(e.needsSpaces(in.Name, "a directory without namespaces"))
	}
	e.tellOthers(in)
	if f := e.folderFaults(in); f != nil {
		return f
	}
	var listing []codec.Listed
	for i := range in.Files {
		m := &member{in: in, file: &in.Files[i]}
		if !e.wants(m) {
			continue
		}
		listed, f := e.member(m)
		if f != nil {
			return f
		}
		listing = append(listing, listed)
		if e.ended {
			break
		}
	}
	return e.listFolder(in, listing)
}

// wants reports whether m is to be read. If namespaces are selected or listed, files
// without a namespace are not read.
func (e *engine) wants(m *member) bool {
	if m.space() == "" {
		return !e.onlySpaces()
	}
	return e.Options.Namespaces.Wants(m.file.Namespace)
}

// onlySpaces reports whether documents without a namespace are not wanted.
func (e *engine) onlySpaces() bool { return e.Options.Namespaces != nil || e.Options.OnlyContainers }

// member processes m and returns its line in a Listing.
func (e *engine) member(m *member) (listed codec.Listed, f *report.Fault) {
	listed = codec.Listed{
		Namespace: m.file.Namespace, Type: m.file.Type, Metadata: m.file.Text,
		Ended: m.file.Name != "" || m.file.Type == archive.View || m.file.Type == archive.TimeSeries,
	}
	if err := m.file.MetadataErr; err != nil {
		if f := e.countStray(e.metadataFault(m.in, "metadata", err)); f != nil {
			return listed, f
		}
	}
	if m.file.Name == "" {
		return listed, nil
	}
	m.listed = &listed
	f = e.input(m.in.Path(m.file.Name), m)
	if f != nil {
		listed.Ended = false
	}
	return listed, e.passOver(f)
}

// folderFaults reports the faults of in that hide no files, and returns the one that ends
// the run.
func (e *engine) folderFaults(in *folder.Folder) *report.Fault {
	if err := in.PreludeErr; err != nil {
		if f := e.countStray(e.metadataFault(in, "prelude", err)); f != nil {
			return f
		}
	}
	for _, err := range in.Unlisted {
		if f := e.passOver(e.listFault(in.Path(pathOf(err)), err)); f != nil {
			return f
		}
	}
	return nil
}

// pathOf returns the path that err, a *fs.PathError, is about.
func pathOf(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Path
	}
	return ""
}

// metadataFault returns the fault for err, an error of reading the metadata or the prelude
// of in; what is the word for it.
func (e *engine) metadataFault(in *folder.Folder, what string, err error) *report.Fault {
	name := in.Path(pathOf(err))
	if e, ok := errors.AsType[*fs.PathError](err); ok && e.Op == "open" {
		return report.ReadFault(name, err)
	}
	f := report.NewFault(report.CodeSyntax, name, what+" cannot be read: "+cause(err).Error())
	return f
}

// cause returns err without the path.
func cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// listFault returns the fault for err, an error of listing the directory of the given
// name.
func (e *engine) listFault(name string, err error) *report.Fault {
	if errors.Is(err, archive.ErrTwice) || errors.Is(err, archive.ErrTooMany) {
		why := cause(err).Error()
		if path := pathOf(err); path != "" {
			why = path + ": " + why
		}
		f := report.NewFault(report.CodeSyntax, name, why)
		if e.From == nil && errors.Is(err, archive.ErrTwice) {
			f.Hint = e.flagged("remove one of them, or choose a format with --from")
		}
		return f
	}
	if errors.Is(err, interrupt.ErrInterrupted) {
		return e.interrupted()
	}
	if z, ok := errors.AsType[*compress.Error](err); ok {
		return report.CompressionFault(name, z)
	}
	for _, damage := range []error{tar.ErrHeader, zip.ErrFormat, folder.ErrTrailing, io.ErrUnexpectedEOF} {
		if errors.Is(err, damage) {
			return report.NewFault(report.CodeSyntax, name, cause(err).Error())
		}
	}
	return report.ReadFault(name, err)
}

// maxOthers is the number of names that a note lists.
const maxOthers = 3

// tellOthers names the files of in that are not read.
func (e *engine) tellOthers(in *folder.Folder) {
	others := in.Others
	if e.onlySpaces() {
		for i := range in.Files {
			if m := (&member{in: in, file: &in.Files[i]}); m.space() == "" {
				others = append(slices.Clip(others), m.file.Name)
			}
		}
	}
	if e.Quiet {
		return
	}
	var words []string
	for _, name := range others[:min(len(others), maxOthers)] {
		words = append(words, report.CleanName(name))
	}
	if more := len(others) - len(words); more > 0 {
		words = append(words, fmt.Sprintf("%d more", more))
	}
	name := report.CleanName(in.Name)
	switch {
	case len(words) > 0:
		e.Say.Note(name + ": not read: " + strings.Join(words, ", "))
	case len(in.Files) == 0:
		e.Say.Note(name + ": the directory has no files of documents")
	}
}

// listFolder lists in as far as it was read, if the target is a Lister.
func (e *engine) listFolder(in *folder.Folder, spaces []codec.Listed) *report.Fault {
	target, ok := e.Target.(Lister)
	if !ok || e.out.Err() != nil {
		return nil
	}
	listing := codec.Listing{Server: in.ServerVersion, Tool: in.ToolVersion, Spaces: spaces, Files: true}
	if err := target.List(Input{Name: in.Name, Out: e.writer(), Folder: in}, listing); err != nil {
		return e.outputFault(err)
	}
	return nil
}

// needsSpaces returns the fault of an input without namespaces, which is of the given
// kind.
func (e *engine) needsSpaces(name, kind string) *report.Fault {
	name = report.CleanName(name)
	surplus := e.NeedsSpaces
	if !strings.HasPrefix(surplus, "--") {
		surplus = name
	}
	return report.UsageFault(fmt.Sprintf("%s needs inputs with namespaces, such as archives and directories of mongodump, and %s is %s; leave out %s",
		e.NeedsSpaces, name, kind, surplus))
}

// tally adds the counts of s to the listing of its directory, and counts the namespaces
// of its documents.
func (s *source) tally() {
	if s.member == nil {
		if s.decoder.List != nil && !s.Options.OnlyContainers {
			for _, listed := range s.decoder.List().Spaces {
				s.countSpace(listed.Namespace.String(), listed.Documents)
			}
		}
		return
	}
	s.countSpace(s.namespace, s.docs)
	s.member.listed.Ended = !s.cutShort
	if t, ok := s.sink.(Tally); ok {
		s.member.listed.Totals = t.Totals()
	}
}

// countSpace counts a namespace of the given number of documents.
func (e *engine) countSpace(space string, documents int64) {
	if space == "" || documents == 0 {
		return
	}
	e.firstSpace = cmp.Or(e.firstSpace, space)
	e.Several = e.Several || space != e.firstSpace
}
