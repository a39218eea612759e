// Package extension finds and runs bsonjs-columns, the program that reads and writes Parquet
// and Arrow for bsonjs. It is a module of its own, so that bsonjs needs none of its modules.
//
//		bsonjs-columns handshake                                prints its protocol and version
//		bsonjs-columns write --to FORMAT --output - [FLAG...]   BSON in, a table out
//		bsonjs-columns read --from FORMAT [FLAG...] PATH        a table in, BSON out; - is standard input
//
//	  - find.go finds the program and compares its version with that of bsonjs.
//	  - process.go runs it: a Writer gets the documents of an output, and a Reader has those of
//	    an input.
//
// Documents pass through pipes. The program writes its messages itself, and its exit codes
// are those of bsonjs. It never outlives the Writer or Reader that runs it.
package extension

import (
	"context"
	"io"
	"slices"
)

// Name is the name of the program.
const Name = "bsonjs-columns"

// A Program is the program, which was found and fits this bsonjs.
type Program struct {
	path     string // absolute
	messages io.Writer
	flags    []string
}

// Write starts the program for an output in a format, by its name on the command line. flags
// are further flags of the program. out gets the bytes of the table. When ctx ends, so does
// the program.
func (p *Program) Write(ctx context.Context, format string, flags []string, out io.Writer) (*Writer, error) {
	args := []string{"write", "--to", format, "--output", "-"}
	r := p.process(ctx, append(args, flags...))
	r.cmd.Stdout = out
	in, err := r.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := r.start(); err != nil {
		in.Close()
		return nil, err
	}
	return &Writer{r, in}, nil
}

// Read starts the program for an input in a format, by its name on the command line. flags are
// further flags of the program. path is the file, or "" if in has its bytes. When ctx ends, so
// does the program. Close must be called.
func (p *Program) Read(ctx context.Context, format string, flags []string, path string, in io.Reader) (*Reader, error) {
	source := "-"
	if path != "" {
		source, in = argument(path), nil
	}
	args := append([]string{"read", "--from", format}, flags...)
	r := p.process(ctx, append(args, source))
	out, err := r.pipe()
	if err != nil {
		return nil, err
	}
	if in != nil {
		r.feed(in)
	}
	if err := r.start(); err != nil {
		out.Close()
		return nil, err
	}
	return &Reader{r, out}, nil
}

// process returns a process with args that is not started.
func (p *Program) process(ctx context.Context, args []string) *process {
	return newProcess(ctx, p.path, slices.Insert(args, 1, p.flags...), p.messages)
}

// argument returns path as an argument that is no flag and not "-".
func argument(path string) string {
	if path[0] == '-' {
		return "./" + path
	}
	return path
}
