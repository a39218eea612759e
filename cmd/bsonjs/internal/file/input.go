// Package file opens what bsonjs reads and writes.
//
// Inputs are decompressed, and a run can examine their first bytes before it
// reads the rest. Outputs, compressed or not, go to standard output, directly
// to a device or FIFO, or to a file that appears under its name only when it is
// complete.
package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// This file opens inputs. Each compression of an input is a decoder on top of
// the one below. At the bottom is read, which counts bytes and ends with the
// context.

// StdinName is the name of standard input in messages.
const StdinName = "<stdin>"

// mostHead is the most bytes that Head returns: more than needed to detect the
// format, so that a message can name what the input is.
const mostHead = 512

// An Input has the options of opening and reading inputs.
type Input struct {
	_ struct{} // keyed literals only

	// Stdin is the input "-".
	Stdin io.Reader
	// Once are inputs that are read in place of the files of these names, or of Stdin.
	Once map[string]io.Reader
	// Plain describes inputs that are not compressed.
	Plain compress.Plain
}

// A Reader is an input that is open. Head and Read are for one goroutine at a
// time; Offset and Close are for any.
type Reader struct {
	ctx    context.Context // of Open
	name   string          // as messages show it
	plain  compress.Plain
	r      io.Reader
	close  io.Closer    // nil: not to be closed
	waits  bool         // reads may wait: r is no regular file
	size   int64        // bytes of a regular file, else -1
	offset atomic.Int64 // bytes read from r

	src    *compress.Source        // the decompressed bytes
	layers atomic.Pointer[[]layer] // decoders, from the file on; nil: none
	opened bool                    // layers is complete
	err    error                   // too many layers
}

// A layer is a compression.
type layer struct {
	codec  compress.Codec
	reader *compress.Reader
}

// Open opens the file of the given name, or takes in.Stdin for "-". An error is
// the error of the system without the name. When ctx ends, opening and reading
// return its cause.
func (in Input) Open(ctx context.Context, name string) (*Reader, error) {
	if r := in.Once[name]; r != nil {
		f := &Reader{ctx: ctx, name: name, plain: in.Plain, r: r, size: -1, waits: true}
		if name == "-" {
			f.name = StdinName
		}
		f.src = compress.NewSource(readerFunc(f.read))
		return f, nil
	}
	if name == "-" {
		f := &Reader{ctx: ctx, name: StdinName, plain: in.Plain, r: in.Stdin, size: left(in.Stdin)}
		f.waits = f.size < 0
		f.src = compress.NewSource(readerFunc(f.read))
		return f, nil
	}
	file, err := open(ctx, name)
	if err != nil {
		return nil, Cause(err)
	}
	return in.reader(ctx, file, name)
}

// OpenIn is Open for the file that is called path in fsys. name is its name for
// messages.
func (in Input) OpenIn(ctx context.Context, fsys fs.FS, path, name string) (*Reader, error) {
	file, err := fsys.Open(path)
	if err != nil {
		return nil, Cause(err)
	}
	return in.reader(ctx, file, name)
}

// reader returns a Reader of file.
func (in Input) reader(ctx context.Context, file fs.File, name string) (*Reader, error) {
	f := &Reader{ctx: ctx, name: name, plain: in.Plain, r: file, close: file}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		file.Close()
		return nil, Cause(err)
	}
	if f.size = info.Size(); !info.Mode().IsRegular() {
		f.waits, f.size = true, -1
	}
	f.src = compress.NewSource(readerFunc(f.read))
	return f, nil
}

// left returns the number of bytes of r that have not been read, -1 if r is no
// regular file.
func left(r io.Reader) int64 {
	info := Stat("-", r)
	if info == nil || !info.Mode().IsRegular() {
		return -1
	}
	at, err := r.(*os.File).Seek(0, io.SeekCurrent)
	if err != nil {
		return -1
	}
	return max(info.Size()-at, 0)
}

// Stat returns the file info of the input of the given name, where "-" is
// stdin, or nil if there is none; opening it gives the reason.
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

// Size returns the size of all inputs of the given names in bytes, or -1 if it
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

// OpenNow opens the file of the given name without a look at its bytes.
func OpenNow(ctx context.Context, name string) (*os.File, error) { return open(ctx, name) }

// open opens name. Opening a FIFO waits for the other end, so a goroutine does
// it.
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

// Offset returns the number of bytes of f that have been read, before
// decompression. It may be ahead of the bytes that Read has returned.
func (f *Reader) Offset() int64 { return f.offset.Load() }

// Path returns the name of f for another program that opens it, after a call of Head or Read.
// It is "" if such a program would not get the bytes that Read returns: f is compressed, in
// another file, no regular file, or a name that means a file of this process alone.
func (f *Reader) Path() string {
	file, ok := f.r.(*os.File)
	if !ok || f.close == nil || f.waits || f.layers.Load() != nil || isOwn(file.Name()) {
		return ""
	}
	return file.Name()
}

// isOwn reports whether name may mean a file that this process has opened.
func isOwn(name string) bool {
	return strings.HasPrefix(name, "/dev/") || strings.HasPrefix(name, "/proc/")
}

// Waits reports whether reading may wait for bytes: f is no regular file.
func (f *Reader) Waits() bool { return f.waits }

// Size returns the number of bytes that Read returns in all, after a call of
// Head or Read, or -1 if it is not known. A file may still grow.
func (f *Reader) Size() int64 {
	if f.layers.Load() != nil {
		return -1
	}
	return f.size
}

// Compression returns the compressions of f, from the outermost on, after a
// call of Head or Read.
func (f *Reader) Compression() []compress.Codec {
	var codecs []compress.Codec
	if layers := f.layers.Load(); layers != nil {
		for _, l := range *layers {
			codecs = append(codecs, l.codec)
		}
	}
	return codecs
}

// Head returns the first bytes of f, decompressed: at least n unless f is
// shorter, and at most mostHead. Read returns them again.
func (f *Reader) Head(n int) ([]byte, error) {
	if err := f.decompress(); err != nil {
		return nil, err
	}
	head, err := f.src.Head(n)
	if err == io.EOF {
		err = nil
	}
	return head[:min(len(head), mostHead)], err
}

// Ahead returns the first bytes of f, decompressed: n, or fewer if f is shorter or cannot
// be read any further. Read returns them again, and the error. They must not be changed.
func (f *Reader) Ahead(n int64) []byte {
	if f.decompress() != nil {
		return nil
	}
	ahead, _ := io.ReadAll(io.LimitReader(f.src, n)) // the error comes again
	f.Unread(ahead)
	return ahead
}

// Unread makes Read return p before the bytes that follow, as if p had not been read.
// The Reader keeps p.
func (f *Reader) Unread(p []byte) {
	f.src = compress.NewSource(io.MultiReader(bytes.NewReader(p), f.src))
}

// decompress adds decoders until the bytes are not compressed any more.
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

// detect returns the compression of the bytes of f.src, which are those of a
// file of the given name. It waits only for the bytes that it needs. An error
// is left to the next read.
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
	// Decoders return few bytes at a time.
	for n < len(p) && err == nil {
		var k int
		k, err = f.src.Read(p[n:])
		n += k
		if f.waits || f.layers.Load() == nil {
			break
		}
	}
	if n > 0 && err != nil {
		err = nil // the next call returns it
	}
	return n, err
}

// read reads from the file itself.
func (f *Reader) read(p []byte) (n int, err error) {
	if !f.waits {
		if f.ctx.Err() != nil { // a decoder may read for long without a result
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

// Cause returns the error of the system without the name and the call: messages
// have the name in their own form.
func Cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
