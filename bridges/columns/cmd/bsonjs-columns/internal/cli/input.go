package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/bsonkit/bsonkit/internal/tempfile"
)

// An input is read from its start twice: once to find the columns, once to fill them.
type input struct {
	name   string // in messages, "" for standard input
	file   *os.File
	start  int64     // offset in file
	pipe   io.Reader // nil if file has all bytes
	remove string    // name of a temporary file that still has it; "": none
}

// open opens a file, or standard input for "-". A pipe is copied to a temporary file while
// it is read for the first time.
func (a *app) open(ctx context.Context, name string) (*input, error) {
	if name != stdName {
		f, err := os.Open(name)
		if err != nil {
			return nil, inputFault(name, err)
		}
		in := &input{name: name, file: f}
		if !isRegular(f) {
			err = in.spool(ctx, f)
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		return in, nil
	}
	in := &input{}
	if f, ok := a.in.(*os.File); ok && isRegular(f) {
		at, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, inputFault("", err)
		}
		in.file, in.start = f, at
		return in, nil
	}
	return in, in.spool(ctx, a.in)
}

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// spool makes the temporary file.
func (in *input) spool(ctx context.Context, pipe io.Reader) error {
	f, named, err := tempfile.Create("", "bsonjs-columns-*.tmp")
	if err != nil {
		return spoolFault("create", err)
	}
	if named {
		in.remove = f.Name()
	}
	in.file, in.pipe = f, &patient{ctx: ctx, r: pipe, buf: make([]byte, pipeBuffer)}
	return nil
}

// first returns a reader of the input from its start. A pipe is copied while it is read.
func (in *input) first() io.Reader {
	if in.pipe == nil {
		return in.again()
	}
	return &tee{in}
}

// again returns another reader from the start, of all that the first one has read and the
// rest of the input after it.
func (in *input) again() io.Reader {
	file := io.NewSectionReader(in.file, in.start, 1<<62)
	if in.pipe != nil {
		return io.MultiReader(file, in.pipe)
	}
	if info, err := in.file.Stat(); err == nil {
		return &sized{file, int(info.Size() - in.start)}
	}
	return file
}

// sized is a reader that tells the reader of columns how much to expect.
type sized struct {
	io.Reader
	size int // bytes
}

// Len returns the number of bytes at first.
func (s *sized) Len() int { return s.size }

// all reads the rest of a pipe into the file, and returns the size of the input.
func (in *input) all() (int64, error) {
	if in.pipe != nil {
		_, err := io.Copy(io.Discard, &tee{in})
		if err != nil {
			return 0, err
		}
		in.pipe = nil
	}
	size, err := in.file.Seek(0, io.SeekEnd)
	return size - in.start, err
}

func (in *input) close() {
	if in.file != nil {
		in.file.Close()
	}
	if in.remove != "" {
		os.Remove(in.remove)
	}
}

// pipeBuffer is the number of bytes that a pipe is asked for at once.
const pipeBuffer = 256 << 10

// patient reads a pipe that may have nothing for a long time. A read ends when ctx ends.
type patient struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte // in use by a read
	left []byte // of buf
	err  error  // after left
}

// Read reads from the pipe. It returns the cause of ctx if ctx ends first.
func (p *patient) Read(b []byte) (int, error) {
	if len(p.left) == 0 && p.err == nil {
		done := make(chan struct{})
		var n int
		var err error
		go func() {
			n, err = p.r.Read(p.buf)
			close(done)
		}()
		select {
		case <-done:
			p.left, p.err = p.buf[:n], err
		case <-p.ctx.Done(): // the process ends, and buf is not used again
			p.err = context.Cause(p.ctx)
		}
	}
	n := copy(b, p.left)
	p.left = p.left[n:]
	if len(p.left) > 0 {
		return n, nil
	}
	return n, p.err
}

// tee reads a pipe and copies it to the file.
type tee struct{ in *input }

// Read reads, and writes what it has read.
func (t *tee) Read(p []byte) (int, error) {
	n, err := t.in.pipe.Read(p)
	if _, writeErr := t.in.file.Write(p[:n]); writeErr != nil {
		return n, &spoolError{writeErr}
	}
	return n, err
}

// A spoolError is a failure of the temporary file.
type spoolError struct{ err error }

// Error returns the text of the error of the temporary file.
func (e *spoolError) Error() string { return e.err.Error() }

// Unwrap returns the error of the temporary file.
func (e *spoolError) Unwrap() error { return e.err }

// spoolFault returns the fault of a temporary file that the system does not let us create or write.
func spoolFault(verb string, err error) *fault {
	variable := "TMPDIR"
	if runtime.GOOS == "windows" {
		variable = "TMP"
	}
	return &fault{
		code: codeOutput, err: fmt.Errorf("cannot %s a temporary file in %s: %w", verb, os.TempDir(), cause(err)),
		hint: "set " + variable + " to another directory",
	}
}

// fault returns the fault of err, an error of reading the input or converting it.
func (in *input) fault(err error) *fault {
	if spool, ok := errors.AsType[*spoolError](err); ok {
		return spoolFault("write", spool.err)
	}
	return dataFault(in.name, err)
}
