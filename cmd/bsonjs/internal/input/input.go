// Package input opens what bsonjs reads, decompresses it, and lets a run look
// at the first bytes before it decides how to read the rest.
package input

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"
	"syscall"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/format"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// This file opens a file or takes standard input, and puts the decoders of
// what it is compressed with on top of each other. Below them all is read,
// which waits, counts and ends when the run is to stop.

// StdinName stands for standard input in messages.
const StdinName = "<stdin>"

// headSize is the length of a head, in bytes, at most: more than the format
// needs, so that a failure can say what the input is.
const headSize = format.ForeignSize

// Options say how inputs are opened and read.
type Options struct {
	_ struct{} // keyed literals only

	// Stdin is what the name "-" stands for.
	Stdin io.Reader
	// Stop, when closed, makes whoever reads or waits for an input return
	// interrupt.ErrInterrupted. May be nil.
	Stop <-chan struct{}
}

// A File is an input that is open. Head and Read are for one goroutine at a
// time; Offset and Close are for any.
type File struct {
	name   string // as messages show it
	opts   Options
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

// Open opens the file of the given name, or takes o.Stdin for "-". An error is
// that of the system without the name.
func (o Options) Open(name string) (*File, error) {
	if name == "-" {
		info := Stat(name, o.Stdin)
		f := &File{name: StdinName, opts: o, r: o.Stdin, waits: info == nil || !info.Mode().IsRegular()}
		f.src = compress.NewSource(readerFunc(f.read))
		return f, nil
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
	return interrupt.Await(o.Stop, func() (*os.File, error) { return os.Open(name) })
}

// Name returns the name of f for messages.
func (f *File) Name() string { return f.name }

// Offset returns how many bytes of f have been read so far, before
// decompression. They may be ahead of what Read has returned.
func (f *File) Offset() int64 { return f.offset.Load() }

// Compression returns what f is compressed with, in the order in which it is
// undone, once Head or Read was called.
func (f *File) Compression() []compress.Codec {
	var codecs []compress.Codec
	if layers := f.layers.Load(); layers != nil {
		for _, l := range *layers {
			codecs = append(codecs, l.codec)
		}
	}
	return codecs
}

// Head returns the first bytes of f, decompressed: at least format.DetectSize
// of them unless f is shorter, at most a few hundred. They stay to be read.
func (f *File) Head() ([]byte, error) {
	if err := f.decompress(); err != nil {
		return nil, err
	}
	head, err := f.src.Head(format.DetectSize)
	if err == io.EOF {
		err = nil
	}
	return head[:min(len(head), headSize)], err
}

// decompress puts decoders on top of f until what they give is not compressed.
func (f *File) decompress() error {
	if f.opened || f.err != nil {
		return f.err
	}
	name := f.name
	var layers []layer
	for {
		codec := detect(f.src, name)
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

// detect returns what the bytes of src, of a file of that name, are compressed
// with. It waits for no more of them than it takes to tell. An error is for
// whoever reads on to meet.
func detect(src *compress.Source, name string) compress.Codec {
	for n := 1; ; n++ {
		head, err := src.Head(n)
		if err != nil && err != io.EOF {
			return compress.None
		}
		if c, sure := compress.Detect(head, name, err != nil); sure {
			return c
		}
		n = len(head)
	}
}

// Read reads from f as io.Reader says. An error is that of the system, or a
// *compress.Error.
func (f *File) Read(p []byte) (n int, err error) {
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
func (f *File) read(p []byte) (n int, err error) {
	if !f.waits {
		select {
		case <-f.opts.Stop: // a decoder may read on and on without a result
			return 0, interrupt.ErrInterrupted
		default:
			return f.readNow(p)
		}
	}
	return interrupt.Await(f.opts.Stop, func() (int, error) { return f.readNow(p) })
}

func (f *File) readNow(p []byte) (int, error) {
	n, err := f.r.Read(p)
	f.offset.Add(int64(n))
	return n, err
}

// A readerFunc is a function that reads.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Close closes f. Standard input stays open.
func (f *File) Close() error {
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

// Cause returns what the system says went wrong, without the name and the
// call, which messages of bsonjs say in their own way.
func Cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
