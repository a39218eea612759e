package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
)

// An output is a file that has all of its bytes or is not there, or standard output.
type output struct {
	*bufio.Writer
	name    string   // "": standard output
	file    *os.File // nil: standard output
	inPlace bool     // file has its name already
}

const outputBuffer = 1 << 20 // bytes

// create makes the output of a name, or takes standard output for "-". An existing file
// needs overwrite, unless it is empty: another program has reserved the name, and the file
// keeps its owner and mode.
func (a *app) create(name string, overwrite bool) (*output, error) {
	if name == stdName {
		return &output{Writer: bufio.NewWriterSize(a.out, outputBuffer)}, nil
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return nil, usage(name+" is a directory", "type the name of a file")
	case err == nil && info.Size() > 0 && info.Mode().IsRegular() && !overwrite:
		return nil, usage(name+" exists", "add --overwrite to replace it")
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return nil, outputFault(name, err)
	}
	out := &output{name: name, inPlace: err == nil && (info.Size() == 0 || !info.Mode().IsRegular())}
	if out.inPlace {
		out.file, err = os.OpenFile(name, os.O_WRONLY, 0)
	} else {
		part := fmt.Sprintf("%s.%08x.partial", name, rand.Uint32())
		out.file, err = os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	}
	if err != nil {
		return nil, outputFault(name, err)
	}
	out.Writer = bufio.NewWriterSize(out.file, outputBuffer)
	return out, nil
}

// finish gives the file its name if err, the error of the run, is nil. Otherwise it removes
// the file and returns err.
func (o *output) finish(err error) error {
	if err == nil {
		if writeErr := o.commit(); writeErr != nil {
			err = outputFault(o.name, writeErr)
		}
	}
	if err != nil && o.file != nil {
		o.discard()
	}
	return err
}

func (o *output) commit() error {
	if err := o.Flush(); err != nil || o.file == nil {
		return err
	}
	if o.inPlace {
		return o.file.Close()
	}
	if info, err := os.Stat(o.name); err == nil {
		if err := o.file.Chmod(info.Mode().Perm()); err != nil {
			return err
		}
	}
	if err := errors.Join(o.file.Sync(), o.file.Close()); err != nil {
		return err
	}
	return os.Rename(o.file.Name(), o.name)
}

// discard leaves an empty file in place, and removes any other one.
func (o *output) discard() {
	if o.inPlace {
		if info, err := o.file.Stat(); err == nil && info.Mode().IsRegular() {
			o.file.Truncate(0)
		}
		o.file.Close()
		return
	}
	o.file.Close()
	os.Remove(o.file.Name())
}

// written is a writer whose errors are faults of the output, or the cause of the end of ctx:
// a batch of a table can have any number of rows.
type written struct {
	ctx context.Context
	*output
}

// Write writes p to the output.
func (w written) Write(p []byte) (int, error) {
	if w.ctx.Err() != nil {
		return 0, context.Cause(w.ctx)
	}
	n, err := w.output.Write(p)
	if err != nil {
		err = outputFault(w.name, err)
	}
	return n, err
}

var _ io.Writer = written{}
