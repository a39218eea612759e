package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// This file opens and writes outputs. compressed.go compresses them, replace.go
// writes a file under a temporary name and renames it, with the system calls of
// disk.go, and conflict.go finds outputs that are also inputs.
//
//   - Open decides once which of the three ways of writing is used.
//   - Write remembers the first error, so that the caller can tell it from a
//     fault of a document.
//   - Exactly one of Commit, Keep and Discard ends a Writer.

// StdoutName is the name of standard output in messages.
const StdoutName = "<stdout>"

// ErrDangling: the name is a symbolic link to a file that does not exist.
var ErrDangling = errors.New("symbolic link to a file that does not exist")

// An Output is a destination of output.
type Output struct {
	_ struct{} // keyed literals only

	// Name is the file to write; "" and "-" are Stdout.
	Name   string
	Stdout io.Writer
	// Overwrite allows Name to replace an existing file.
	Overwrite bool
	// Folder reports that Name is a directory, for OpenTree.
	Folder bool
	// Parts says that several files are written beside Name, for OpenSplit. nil: the
	// output is Name itself.
	Parts *Parts

	// Witness, if it is not nil, returns the Witness of each file that is opened. label is
	// the one of Enter, "" for an output of one file or of numbered parts. name is that of
	// the file, for messages.
	Witness func(label, name string) Witness

	// Filter, if it is not nil, starts what makes the bytes of the file, which it writes to
	// out, of the bytes of the output. There is no Witness then, and no compression. It ends
	// with ctx.
	Filter func(ctx context.Context, out io.Writer) (Filter, error)

	// Codec is the compression of the output.
	Codec compress.Codec
	compress.WriterOptions

	disk disk // nil: systemDisk
}

// A Witness gets the bytes of a file as they are written, compressed ones if the file is
// compressed. Exactly one of Finish and Abandon ends it.
type Witness interface {
	io.Writer
	// Finish says that the file is complete, or closed until it is opened again. An error
	// is one of writing the file.
	Finish() error
	// Abandon says that the file is not complete. A Write of another goroutine may not have
	// returned, or may come later.
	Abandon()
}

// A Filter makes the bytes of a file of those that it gets. An error of Write or Finish is the
// reason why the file cannot be complete.
type Filter interface {
	io.Writer
	// Finish says that everything was written, and completes the file. After an error Abandon
	// is still to be called.
	Finish() error
	// Abandon ends the Filter, which writes no more.
	Abandon()
}

// An Opened is an output that is open. Exactly one of Commit, Keep and Discard ends it.
type Opened interface {
	// Write writes p as io.Writer says. If nobody reads and the context ends, it
	// returns the cause of the context; p must not be changed then.
	io.Writer
	// Err returns the first error of writing.
	Err() error
	// Name returns the name of the output for messages.
	Name() string
	// Aside reports whether the output has a temporary name first, so that it must
	// always be ended.
	Aside() bool
	// IsTerminal and ShowsColors report whether the output is a terminal, and one that
	// obeys escape sequences.
	IsTerminal() bool
	ShowsColors() bool
	// Compressed returns the number of compressed bytes written so far, 0 if the
	// output is not compressed.
	Compressed() int64

	// Settle completes the output and closes it. What is written aside is then on the
	// disk under its temporary name. On failure Keep or Discard is still to be called.
	Settle() error
	// Commit settles the output unless Settle was called, and gives it its name. On
	// failure Keep or Discard is still to be called; after success they do nothing.
	Commit() error
	// Removed returns the name of the partial output of an earlier run that Commit
	// removed, "" if there was none.
	Removed() string
	// Keep ends the output. What is written aside gets the name PartialName, and Keep
	// returns its name then, or "" if there was no temporary name.
	Keep() (name string, err error)
	// Discard ends the output and removes what is written aside.
	Discard() error
}

// A Writer is an output that is open as one stream of bytes.
type Writer struct {
	ctx   context.Context // of Open; Background if no reader can block a write
	name  string          // as messages show it
	w     io.Writer
	file  diskFile     // w, if it is a file to be closed; nil if not, or closed
	aside *replacement // nil: written directly
	// removed is the name of the partial file of an earlier run that Commit
	// removed, "" if there was none.
	removed string
	err     error       // first error of Write
	z       *compressed // nil: not compressed
	filter  Filter      // writes to w; nil: there is none, or it was ended
	witness struct {    // of what is written; a compressor writes in goroutines of its own
		sync.Mutex
		Witness // nil: there is none, or it was ended
	}
}

// Open opens the output. If o.Name exists and must not be replaced, the error
// matches fs.ErrExist and nothing is created. The wait for the reader of a FIFO
// or pipe ends with ctx and returns its cause; a write that has begun then has
// a moment left.
func (o Output) Open(ctx context.Context) (*Writer, error) {
	f, err := o.open(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Filter != nil:
		f.ctx = context.Background() // the Filter ends with ctx, and so do its writes
		f.filter, err = o.Filter(ctx, f.w)
	case o.Codec != compress.None:
		err = f.compress(o, nil)
	}
	if err != nil {
		f.Discard()
		return nil, err
	}
	f.testify(o, "")
	return f, nil
}

// testify begins the Witness of f, if o has one.
func (f *Writer) testify(o Output, label string) {
	if o.Witness != nil {
		f.witness.Witness = o.Witness(label, f.name)
	}
}

// open opens the output below the compressor.
func (o Output) open(ctx context.Context) (*Writer, error) {
	if o.isStdout() {
		f := &Writer{ctx: ctx, name: StdoutName, w: o.Stdout}
		if file, ok := o.Stdout.(*os.File); ok {
			f.file = file
		}
		return f, nil
	}
	target, info, err := resolve(o.Name)
	fd, isOpen := descriptor(o.Name)
	switch {
	case err != nil:
		return nil, err
	case isOpen && info != nil && info.Mode().IsRegular():
		return o.openDescriptor(fd), nil
	case info != nil && info.IsDir():
		return nil, syscall.EISDIR
	case info != nil && !info.Mode().IsRegular():
		return o.direct(ctx)
	case info != nil && !o.Overwrite:
		return nil, fs.ErrExist
	}
	r, file, err := newReplacement(o, target, info)
	if err != nil {
		return nil, err
	}
	return &Writer{ctx: context.Background(), name: o.Name, w: file, file: file, aside: r}, nil
}

// direct opens a device or FIFO. The reader of a FIFO cannot give bytes back,
// so there is no temporary file.
func (o Output) direct(ctx context.Context) (*Writer, error) {
	file, err := interrupt.Await(ctx, func() (*os.File, error) {
		return os.OpenFile(o.Name, os.O_WRONLY, 0)
	})
	if err != nil {
		return nil, err
	}
	return &Writer{ctx: ctx, name: o.Name, w: file, file: file}, nil
}

// descriptors are the folders that list the open files of the process by number.
var descriptors = []string{"/dev/fd/", "/proc/self/fd/"}

// descriptor returns the number of the open file that name means, or false if
// it means none.
func descriptor(name string) (int, bool) {
	if name == "/dev/stderr" {
		return 2, true
	}
	for _, dir := range descriptors {
		if digits, ok := strings.CutPrefix(name, dir); ok {
			n, err := strconv.ParseUint(digits, 10, 31)
			return int(n), err == nil
		}
	}
	return 0, false
}

// openDescriptor uses the regular file that is open as fd. Opening it again
// would write from its start, over the output of others or the messages of this
// run.
func (o Output) openDescriptor(fd int) *Writer {
	if fd == 2 {
		return &Writer{ctx: context.Background(), name: o.Name, w: os.Stderr} // not closed: messages may follow
	}
	file := os.NewFile(uintptr(fd), o.Name)
	return &Writer{ctx: context.Background(), name: o.Name, w: file, file: file}
}

// IsStdout reports whether name, which is not empty, means standard output,
// also under /dev. Opening such a name again would write a file from its start.
func IsStdout(name string) bool {
	switch name {
	case "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return true
	}
	return false
}

func (o Output) isStdout() bool { return o.Name == "" || IsStdout(o.Name) }

// IsTerminal reports whether the output is Stdout and a terminal shows it.
func (o Output) IsTerminal() bool { return o.isStdout() && IsTerminal(o.Stdout) }

// IsPipe reports whether the output is Stdout and another program reads it.
func (o Output) IsPipe() bool {
	file, ok := o.Stdout.(*os.File)
	if !ok || !o.isStdout() {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0
}

// Name returns the name of f for messages.
func (f *Writer) Name() string { return f.name }

// Write writes p as io.Writer says. If nobody reads and the context ends, it
// returns the cause of the context; p must not be changed then.
func (f *Writer) Write(p []byte) (int, error) {
	n, err := f.write(p)
	if err != nil && f.err == nil {
		f.err = err
	}
	return n, err
}

// grace is the time that the reader of the output has for one write after the
// end of the context.
const grace = 500 * time.Millisecond

func (f *Writer) write(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	switch {
	case f.filter != nil:
		return f.filter.Write(p)
	case f.z != nil:
		return f.z.Write(p)
	}
	return f.writeRaw(p)
}

// writeRaw writes p below the compressor, and shows the Witness what was written.
func (f *Writer) writeRaw(p []byte) (int, error) {
	n, err := f.writeFile(p)
	if err != nil {
		return n, err
	}
	f.witness.Lock()
	w := f.witness.Witness
	f.witness.Unlock()
	if w != nil {
		_, err = w.Write(p[:n])
	}
	return n, err
}

// takeWitness returns the Witness of f, which then has none. It is nil if there was none.
func (f *Writer) takeWitness() Witness {
	f.witness.Lock()
	defer f.witness.Unlock()
	w := f.witness.Witness
	f.witness.Witness = nil
	return w
}

func (f *Writer) writeFile(p []byte) (int, error) {
	if f.ctx.Done() == nil {
		return f.w.Write(p)
	}
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := f.w.Write(p)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		return r.n, r.err
	case <-f.ctx.Done():
	}
	select {
	case r := <-done:
		return r.n, r.err
	case <-time.After(grace):
		return 0, context.Cause(f.ctx)
	}
}

// Err returns the first error of Write.
func (f *Writer) Err() error { return f.err }

// Aside reports whether f has a temporary name first, so that it must always be
// ended.
func (f *Writer) Aside() bool { return f.aside != nil }

// IsTerminal reports whether the output is a terminal.
func (f *Writer) IsTerminal() bool { return IsTerminal(f.w) }

// ShowsColors reports whether the output is a terminal that obeys escape
// sequences.
func (f *Writer) ShowsColors() bool { return ShowsColors(f.w) }

// ShowsColors reports whether v, which may be anything, is a terminal that obeys
// escape sequences.
func ShowsColors(v any) bool {
	fd, ok := Terminal(v)
	return ok && obeysEscapes(fd)
}

// IsTerminal reports whether v, which may be anything, is a terminal.
func IsTerminal(v any) bool {
	_, ok := Terminal(v)
	return ok
}

// Terminal returns the descriptor of v, which may be anything, and whether v is a
// terminal. The descriptor is valid while v is open.
func Terminal(v any) (fd int, ok bool) {
	file, isFile := v.(*os.File)
	if !isFile {
		return 0, false
	}
	// Fd would make a descriptor blocking that others may share.
	if conn, err := file.SyscallConn(); err == nil {
		conn.Control(func(d uintptr) { fd, ok = int(d), term.IsTerminal(int(d)) })
	}
	return fd, ok
}

// Settle completes the output of f, which must be open, and closes it. A file
// that is written aside is then on the disk under its temporary name. On failure
// Keep or Discard is still to be called.
func (f *Writer) Settle() error {
	if err := f.finish(); err != nil {
		return err
	}
	if err := f.endWitness(); err != nil {
		return err
	}
	if err := f.endFilter(); err != nil {
		return err
	}
	if f.aside != nil && f.file != nil {
		if err := f.aside.settle(f.file); err != nil {
			return err
		}
	}
	return f.close()
}

// endWitness ends the Witness of f, which is complete.
func (f *Writer) endWitness() error {
	if w := f.takeWitness(); w != nil {
		return w.Finish()
	}
	return nil
}

// abandonWitness ends the Witness of f, which is not complete.
func (f *Writer) abandonWitness() {
	if w := f.takeWitness(); w != nil {
		w.Abandon()
	}
}

// endFilter completes the file that the Filter of f writes.
func (f *Writer) endFilter() error {
	if f.filter == nil {
		return nil
	}
	if err := f.filter.Finish(); err != nil {
		f.err = err
		return err
	}
	f.filter = nil
	return nil
}

// Commit settles f unless Settle was called, and renames a file that is written
// aside. Then it removes the partial file of that name, if Open found one. On
// failure Keep or Discard is still to be called; after success they do
// nothing.
func (f *Writer) Commit() error {
	if err := f.Settle(); err != nil {
		return err
	}
	if f.aside == nil {
		return nil
	}
	removed, err := f.aside.publish()
	if err != nil {
		return err
	}
	f.removed = removed
	f.aside = nil // Keep and Discard leave it where it is
	return nil
}

// Removed returns the name of the partial file that Commit removed, "" if there
// was none.
func (f *Writer) Removed() string { return f.removed }

// Keep closes f and ends the compressed data, so that it can be decompressed. What a
// Filter writes is complete or not there, so that Keep discards it. Another
// file with a temporary name gets the name PartialName, in place of a file that
// an earlier run left there; if that fails, it keeps its name. Keep returns the
// name, or "" if there was no temporary name.
func (f *Writer) Keep() (name string, err error) {
	if f.filter != nil {
		return "", f.Discard()
	}
	f.abandonWitness()
	err = f.finish()
	if e := f.close(); err == nil {
		err = e
	}
	if f.aside == nil {
		return "", err
	}
	return f.aside.keep(), err
}

// Discard closes f and removes a file with a temporary name.
func (f *Writer) Discard() error {
	f.abandonWitness()
	if f.filter != nil {
		f.filter.Abandon()
		f.filter = nil
	}
	if f.z != nil {
		f.z.abandon()
	}
	err := f.close()
	if f.aside != nil {
		f.aside.disk.remove(f.aside.temp)
	}
	return err
}

func (f *Writer) close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
