package compress

import (
	"compress/bzip2"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// This file reads compressed data. The decoders are those of libraries, except
// for the containers of gzip (below and gzip.go) and xz (xz.go). The errors of
// all decoders become an Error here.

// A Reader decompresses data. A call of Read returns the bytes that are there
// before it waits for more.
type Reader struct {
	codec Codec
	src   *Source
	z     io.Reader
	close func() // may be nil
	err   error  // the first, io.EOF included
}

// NewReader returns a Reader of the data in src, which starts there.
func NewReader(c Codec, src *Source) *Reader {
	r := &Reader{codec: c, src: src}
	switch c {
	case Gzip:
		r.z = &gzipReader{src: src}
	case Zstd:
		// One goroutine does everything: it is not slower, and it knows its
		// place.
		r.z, r.err = zstd.NewReader(src, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(MaxWindow))
	case S2, Snappy:
		r.z = s2.NewReader(src, s2.ReaderAllocBlock(64<<10))
	case LZ4:
		r.z, r.close = newLZ4Reader(src)
	case Bzip2:
		r.z = bzip2.NewReader(src)
	case XZ:
		r.z = &xzReader{src: src}
	default:
		r.z = src
	}
	return r
}

// newLZ4Reader has the decoder write: its Read waits until its buffer is full.
func newLZ4Reader(src *Source) (r io.Reader, close func()) {
	pr, pw := io.Pipe()
	go func() {
		_, err := lz4.NewReader(src).WriteTo(pw)
		pw.CloseWithError(err) // nil is io.EOF
	}()
	return pr, func() { pr.Close() }
}

// Read reads from r as io.Reader says. An error is an *Error, or that of the
// source.
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil || len(p) == 0 {
		return 0, r.err
	}
	n, err := r.z.Read(p)
	if err != nil {
		r.err = r.diagnose(err)
	}
	return n, r.err
}

// Close frees what r holds. It may be called while another goroutine reads.
func (r *Reader) Close() {
	if r.close != nil {
		r.close()
	}
}

// meanings maps errors of libraries to our errors.
var meanings = []struct {
	err     error
	meaning error
}{
	{io.ErrUnexpectedEOF, ErrTruncated},
	{gzip.ErrChecksum, ErrChecksum},
	{zstd.ErrWindowSizeExceeded, ErrMemory},
	{zstd.ErrDecoderSizeExceeded, ErrMemory},
	{zstd.ErrCRCMismatch, ErrChecksum},
	{zstd.ErrMagicMismatch, ErrTrailing}, // Detect has seen the first
	{zstd.ErrUnknownDictionary, ErrUnsupported},
	{s2.ErrCRC, ErrChecksum},
	{lz4.ErrInvalidHeaderChecksum, ErrChecksum},
	{lz4.ErrInvalidBlockChecksum, ErrChecksum},
	{lz4.ErrInvalidFrameChecksum, ErrChecksum},
	{lz4.ErrInvalidFrame, ErrTrailing},
	{bzip2.StructuralError("checksum mismatch"), ErrChecksum},
	{bzip2.StructuralError("bad magic value in continuation file"), ErrTrailing},
}

// diagnose returns what err, from the decoder, means.
func (r *Reader) diagnose(err error) error {
	if err == io.ErrClosedPipe {
		return err // by Close: the source may still be in use
	}
	if failure := r.src.failure(); failure != nil {
		return failure
	}
	if err == io.EOF {
		if _, more := r.src.Head(1); more != nil {
			return err
		}
		err = &Error{Err: ErrTrailing}
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{Err: ErrDamaged, Detail: err.Error()}
		for _, m := range meanings {
			if errors.Is(err, m.err) {
				e = &Error{Err: m.meaning, Detail: e.Detail}
				break
			}
		}
		if errors.Is(err, s2.ErrCorrupt) && r.src.ended() {
			e.Err = ErrTruncated
		}
	}
	e.Codec, e.Offset = r.codec, r.src.Offset()
	e.explain()
	return e
}

// explain adds advice for users to e, or drops details that do not help them.
func (e *Error) explain() {
	switch e.Err {
	case ErrTruncated, ErrChecksum, ErrTrailing:
		e.Detail = ""
	case ErrMemory:
		if e.Codec == Zstd {
			e.Detail = "the window is larger than 128 MiB"
		}
	case ErrUnsupported:
		if e.Codec == Zstd {
			e.Detail = "it needs a dictionary"
		}
	}
}

// A gzipReader reads one member after the other. Zeros after the last are
// padding; other bytes there are an error.
type gzipReader struct {
	src  *Source
	z    *gzip.Reader
	open bool // a member is being read
}

func (g *gzipReader) Read(p []byte) (int, error) {
	for {
		if !g.open {
			if err := g.next(); err != nil {
				return 0, err
			}
		}
		n, err := g.z.Read(p)
		if err != io.EOF {
			return n, err
		}
		g.open = false
		if n > 0 {
			return n, nil
		}
	}
}

// next opens the next member; io.EOF says that there is none.
func (g *gzipReader) next() (err error) {
	if g.z != nil {
		if err := g.follows(); err != nil {
			return err
		}
	}
	if g.z, err = openMember(g.src, g.z); err != nil {
		return noEOF(err)
	}
	g.z.Multistream(false)
	g.open = true
	return nil
}

// follows looks at what follows a member: nil is another.
func (g *gzipReader) follows() error {
	head, err := g.src.Head(1)
	if err != nil || head[0] != 0 {
		return g.src.follows(gzipMagic)
	}
	for {
		b, err := g.src.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			g.src.UnreadByte()
			return &Error{Err: ErrTrailing}
		}
	}
}

// noEOF returns err, or what it means where data should be that ends.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
