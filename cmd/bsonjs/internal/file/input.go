// Package file opens what bsonjs reads and writes.
//
// Inputs are decompressed, and a run can examine their first bytes before it
// reads the rest. Outputs, compressed or not, go to standard output, directly
// to a device or FIFO, or to a file that appears under its name only when it is
// complete.
package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"
	"syscall"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// This file opens a file or takes standard input, and puts the decoders of
// what it is compressed with on top of each other. Below them all is read,
// which waits, counts and ends when the run is to stop.

// StdinName stands for standard input in messages.
const StdinName = "<stdin>"

const (
	// leastHead is the number of bytes for which Head waits: the length of a
	// document.
	leastHead = 4
	// mostHead is how many it returns at most: more than it takes to tell the
	// format, so that a failure can say what the input is.
	mostHead = 512
)

// An Input has the options of opening and reading inputs.
type Input struct {
	_ struct{} // keyed literals only

	// Stdin is what the name "-" stands for.
	Stdin io.Reader
	// Plain tells what is compressed from what is not.
	Plain compress.Plain
}

// A Reader is an input that is open. Head and Read are for one goroutine at a
// time; Offset and Close are for any.
type Reader struct {
	ctx    context.Context // of Open
	name   string          // as messages show it
	plain  compress.Plain
	r      io.Reader
	close  io.Closer    // nil: not ours to close
	waits  bool         // reads may wait: r is no regular file
	offset atomic.Int64 // bytes read from r

	src    *compress.Source        // what the documents are in
	layers atomic.Pointer[[]layer] // what is read through, from the file on; nil: nothing
	opened bool                    // these are all
	err    error                   // why not, if there are too many
}

// A layer is a compression.
type layer struct {
	codec  compress.Codec
	reader *compress.Reader
}

// Open opens the file of the given name, or takes in.Stdin for "-". An error is
// that of the system without the name. Who reads the file, or waits for it,
// gets the cause of ctx when ctx has ended.
func (in Input) Open(ctx context.Context, name string) (*Reader, error) {
	if name == "-" {
		info := Stat(name, in.Stdin)
		f := &Reader{ctx: ctx, name: StdinName, plain: in.Plain, r: in.Stdin, waits: info == nil || !info.Mode().IsRegular()}
		f.src = compress.NewSource(readerFunc(f.read))
		return f, nil
	}
	file, err := open(ctx, name)
	if err != nil {
		return nil, Cause(err)
	}
	f := &Reader{ctx: ctx, name: name, plain: in.Plain, r: file, close: file}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		file.Close()
		return nil, Cause(err)
	}
	f.waits = !info.Mode().IsRegular()
	f.src = compress.NewSource(readerFunc(f.read))
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
func (in Input) Size(names []string) int64 {
	var total int64
	for _, name := range names {
		info := Stat(name, in.Stdin)
		if info == nil || !info.Mode().IsRegular() {
			return -1
		}
		total += info.Size()
	}
	return total
}

// open opens name. Opening a FIFO waits for the other end, so that is done
// aside.
func open(ctx context.Context, name string) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(name)
	}
	return interrupt.Await(ctx, func() (*os.File, error) { return os.Open(name) })
}

// Name returns the name of f for messages.
func (f *Reader) Name() string { return f.name }

// Offset returns how many bytes of f have been read so far, before
// decompression. They may be ahead of what Read has returned.
func (f *Reader) Offset() int64 { return f.offset.Load() }

// Compression returns what f is compressed with, in the order in which it is
// undone, once Head or Read was called.
func (f *Reader) Compression() []compress.Codec {
	var codecs []compress.Codec
	if layers := f.layers.Load(); layers != nil {
		for _, l := range *layers {
			codecs = append(codecs, l.codec)
		}
	}
	return codecs
}

// Head returns the first bytes of f, decompressed: at least four of them
// unless f is shorter, at most a few hundred. They stay to be read.
func (f *Reader) Head() ([]byte, error) {
	if err := f.decompress(); err != nil {
		return nil, err
	}
	head, err := f.src.Head(leastHead)
	if err == io.EOF {
		err = nil
	}
	return head[:min(len(head), mostHead)], err
}

// decompress puts decoders on top of f until what they give is not compressed.
func (f *Reader) decompress() error {
	if f.opened || f.err != nil {
		return f.err
	}
	name := f.name
	var layers []layer
	for {
		codec := f.detect(name)
		switch {
		case codec == compress.None:
			f.opened = true
			return nil
		case len(layers) == compress.MaxLayers:
			f.err = &compress.Error{Codec: codec, Err: compress.ErrLayers}
			return f.err
		}
		z := compress.NewReader(codec, f.src)
		layers = append(slices.Clone(layers), layer{codec, z})
		all := layers
		f.layers.Store(&all)
		f.src = compress.NewSource(z)
		_, name = compress.ByName(name)
	}
}

// detect returns what the bytes of f.src, of a file of that name, are
// compressed with. It waits for no more of them than it takes to tell. An error
// is for whoever reads on to meet.
func (f *Reader) detect(name string) compress.Codec {
	for n := 1; ; n++ {
		head, err := f.src.Head(n)
		if err != nil && err != io.EOF {
			return compress.None
		}
		if c, sure := f.plain.Detect(head, name, err != nil); sure {
			return c
		}
		n = len(head)
	}
}

// Read reads from f as io.Reader says. An error is that of the system, or a
// *compress.Error.
func (f *Reader) Read(p []byte) (n int, err error) {
	if err := f.decompress(); err != nil {
		return 0, err
	}
	// Decoders give little at a time.
	for n < len(p) && err == nil {
		var k int
		k, err = f.src.Read(p[n:])
		n += k
		if f.waits || f.layers.Load() == nil {
			break
		}
	}
	if n > 0 && err != nil {
		err = nil // it comes again
	}
	return n, err
}

// read reads from the file itself.
func (f *Reader) read(p []byte) (n int, err error) {
	if !f.waits {
		if f.ctx.Err() != nil { // a decoder may read on and on without a result
			return 0, context.Cause(f.ctx)
		}
		return f.readNow(p)
	}
	return interrupt.Await(f.ctx, func() (int, error) { return f.readNow(p) })
}

func (f *Reader) readNow(p []byte) (int, error) {
	n, err := f.r.Read(p)
	f.offset.Add(int64(n))
	return n, err
}

// A readerFunc is a function that reads.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Close closes f. Standard input stays open.
func (f *Reader) Close() error {
	if layers := f.layers.Load(); layers != nil {
		for _, l := range *layers {
			l.reader.Close()
		}
	}
	if f.close == nil {
		return nil
	}
	return f.close.Close()
}

// Cause returns the error of the system without the name and the call, which
// messages of bsonjs have in their own form.
func Cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
