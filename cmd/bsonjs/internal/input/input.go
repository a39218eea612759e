// Package input opens what bsonjs reads and lets a run look at the first bytes
// before it decides how to read the rest.
package input

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// StdinName stands for standard input in messages.
const StdinName = "<stdin>"

// headSize is how many bytes are asked for before the format is known: more
// than the format needs, so that a failure can say what the input is.
const headSize = 512

// Options say how inputs are opened and read.
type Options struct {
	_ struct{} // keyed literals only

	// Stdin is what the name "-" stands for.
	Stdin io.Reader
	// Stop, when closed, makes whoever waits for an input that is no regular
	// file return interrupt.ErrInterrupted. May be nil.
	Stop <-chan struct{}
	// BeforeWait is called before each call that may have to wait for data to
	// arrive, so that what was already converted can be passed on. The error
	// that it returns is returned by Open or Read. May be nil.
	BeforeWait func() error
}

// A File is an input that is open.
type File struct {
	name   string // as messages show it
	opts   Options
	r      io.Reader
	close  io.Closer    // nil: not ours to close
	waits  bool         // reads may wait: r is no regular file
	offset atomic.Int64 // bytes that were read from r
	head   []byte       // first bytes, at most headSize
	unread []byte       // what is left of head for Read
	err    error        // first error of r, io.EOF included
}

// Open opens the file of the given name, or takes o.Stdin for "-". An error is
// that of the system without the name.
func (o Options) Open(name string) (*File, error) {
	if name == "-" {
		info := Stat(name, o.Stdin)
		return &File{name: StdinName, opts: o, r: o.Stdin, waits: info == nil || !info.Mode().IsRegular()}, nil
	}
	file, err := o.open(name)
	if err != nil {
		return nil, Cause(err)
	}
	f := &File{name: name, opts: o, r: file, close: file}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		file.Close()
		return nil, Cause(err)
	}
	f.waits = !info.Mode().IsRegular()
	return f, nil
}

// Stat returns what is known of the input of the given name, where "-" stands
// for stdin, or nil if nothing is; opening it will say why.
func Stat(name string, stdin io.Reader) fs.FileInfo {
	var info fs.FileInfo
	err := fs.ErrInvalid
	if name != "-" {
		info, err = os.Stat(name)
	} else if file, ok := stdin.(*os.File); ok {
		info, err = file.Stat()
	}
	if err != nil {
		return nil
	}
	return info
}

// Size returns how many bytes the inputs of the given names have, -1 if that
// is not known.
func (o Options) Size(names []string) int64 {
	var total int64
	for _, name := range names {
		info := Stat(name, o.Stdin)
		if info == nil || !info.Mode().IsRegular() {
			return -1
		}
		total += info.Size()
	}
	return total
}

// open opens name. Opening a FIFO waits for the other end, so that is done
// aside.
func (o Options) open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(name)
	}
	if err := o.beforeWait(); err != nil {
		return nil, err
	}
	return interrupt.Await(o.Stop, func() (*os.File, error) { return os.Open(name) })
}

func (o Options) beforeWait() error {
	if o.BeforeWait == nil {
		return nil
	}
	return o.BeforeWait()
}

// Name returns the name of f for messages.
func (f *File) Name() string { return f.name }

// Offset returns how many bytes of f have been read. Any goroutine may call
// it.
func (f *File) Offset() int64 { return f.offset.Load() }

// Head returns the first bytes of f: at least format.DetectSize of them unless
// f is shorter, at most a few hundred. They stay to be read.
func (f *File) Head() ([]byte, error) {
	if f.head == nil {
		f.head = make([]byte, 0, headSize)
		for len(f.head) < format.DetectSize && f.err == nil {
			n, err := f.read(f.head[len(f.head):cap(f.head)])
			f.head = f.head[:len(f.head)+n]
			f.err = err
		}
		f.unread = f.head
	}
	if len(f.head) < format.DetectSize && f.err != io.EOF {
		return f.head, f.err
	}
	return f.head, nil
}

// Read reads from f as io.Reader says.
func (f *File) Read(p []byte) (int, error) {
	if len(f.unread) > 0 {
		n := copy(p, f.unread)
		f.unread = f.unread[n:]
		return n, nil
	}
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.read(p)
	f.err = err
	return n, err
}

func (f *File) read(p []byte) (int, error) {
	if !f.waits {
		return f.readNow(p)
	}
	if err := f.opts.beforeWait(); err != nil {
		return 0, err
	}
	return interrupt.Await(f.opts.Stop, func() (int, error) { return f.readNow(p) })
}

func (f *File) readNow(p []byte) (int, error) {
	n, err := f.r.Read(p)
	f.offset.Add(int64(n))
	return n, err
}

// Close closes f. Standard input stays open.
func (f *File) Close() error {
	if f.close == nil {
		return nil
	}
	return f.close.Close()
}

// Cause returns what the system says went wrong, without the name and the
// call, which messages of bsonjs say in their own way.
func Cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
