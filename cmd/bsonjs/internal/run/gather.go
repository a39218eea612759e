package run

import (
	"bytes"
	"io"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/folder"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// This file reads the start of all inputs before the first record, for a Gatherer. Each
// regular file is opened twice for it, and one whose start is damaged is read twice. Inputs
// that cannot be opened twice, such as pipes, stay open, and their first bytes are in
// memory until they are read.
//
// Faults are left to the reading of the records, which finds them again.

// gather gives the contents of all inputs to the target, if it is a Gatherer.
func (e *engine) gather() *report.Fault {
	target, ok := e.Target.(Gatherer)
	if !ok {
		return nil
	}
	for _, in := range e.Inputs {
		var err error
		switch {
		case in.Folder != nil:
			err = e.gatherFolder(target, in.Folder)
		case in.Err == nil:
			err = e.gatherFile(target, in.Name, nil)
		}
		switch {
		case e.ctx.Err() != nil:
			return e.interrupted()
		case err != nil:
			return report.UsageFault(err.Error())
		}
	}
	return nil
}

// gatherFolder gives the contents of a directory, and of its files without a namespace,
// to target.
func (e *engine) gatherFolder(target Gatherer, in *folder.Folder) error {
	what := codec.Contents{Server: in.ServerVersion, Tool: in.ToolVersion, InDB: in.PreludeInDB()}
	for i := range in.Files {
		m := &member{in: in, file: &in.Files[i]}
		if m.space() == "" || !e.wants(m) {
			continue
		}
		what.Metadata = append(what.Metadata, m.file.Metadata)
		if m.file.Shortened {
			what.Shortened = append(what.Shortened, m.file.Namespace)
		}
	}
	if err := target.Gather(Input{Name: in.Name, Folder: in}, &what); err != nil {
		return err
	}
	for i := range in.Files {
		m := &member{in: in, file: &in.Files[i]}
		if m.space() != "" || !e.wants(m) {
			continue
		}
		if err := e.gatherFile(target, in.Path(m.file.Name), m); err != nil {
			return err
		}
	}
	return nil
}

// gatherFile gives the contents of an input, which is m if m is not nil, to target.
func (e *engine) gatherFile(target Gatherer, name string, m *member) error {
	if name == "-" && file.IsTerminal(e.Stdin) {
		return nil
	}
	in, err := e.openInput(name, m)
	if err != nil {
		return nil
	}
	if name != "-" && !in.Waits() {
		defer in.Close()
	} else {
		e.kept[name] = in
	}
	head, err := headOf(in)
	if err != nil {
		return nil
	}
	s := &source{engine: e, member: m, origin: &origin{file: in, from: e.format(name, head)}}
	s.findArchive()
	from := s.from
	if from == nil {
		return nil
	}
	var what *codec.Contents
	if from.Holds != nil {
		var read bytes.Buffer
		decoder := from.Read(e.Options)
		contents := decoder.Contents(io.TeeReader(in, &read))
		in.Unread(read.Bytes())
		if contents.Damaged && e.kept[name] == nil {
			contents = decoder.Survey(in)
		}
		what = &contents
	}
	return target.Gather(Input{Name: in.Name(), From: from}, what)
}

// closeKept closes the inputs that were not read.
func (e *engine) closeKept() {
	for _, in := range e.kept {
		in.Close()
	}
}
