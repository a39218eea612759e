package compress

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/pgzip"
)

// This file is gzip. It opens members itself: the library rejects names and
// comments over 512 bytes, which the format allows. Such headers are read here,
// and the library gets a header without them. Source: RFC 1952, section 2.3.

func openGzip(src *Source) (io.Reader, func(), error) { return &gzipReader{src: src}, nil, nil }

var gzipMeanings = []meaning{{err: gzip.ErrChecksum, meaning: ErrChecksum}}

// gzipBlock is the size of a block, in bytes. A job has a few of them at once.
const gzipBlock = 256 << 10

func writeGzip(w io.Writer, o WriterOptions) (encoder, int, error) {
	level := o.Level
	if level == 0 {
		level = pgzip.DefaultCompression
	}
	z, err := pgzip.NewWriterLevel(w, level)
	if err == nil {
		err = z.SetConcurrency(gzipBlock, o.Jobs)
	}
	return &gzipWriter{z, o.Jobs}, 0, err
}

// A gzipWriter keeps the size of blocks and the number of jobs after Reset.
type gzipWriter struct {
	*pgzip.Writer
	jobs int
}

func (z *gzipWriter) Reset(w io.Writer) {
	z.Writer.Reset(w)
	z.SetConcurrency(gzipBlock, z.jobs) // they have been accepted before
}

// The flags of a gzip header, its fourth byte: the optional parts that follow
// the first ten bytes.
const (
	gzipHeaderCRC = 1 << 1
	gzipExtra     = 1 << 2
	gzipName      = 1 << 3
	gzipComment   = 1 << 4
	gzipReserved  = 7 << 5

	gzipHeaderSize = 10  // bytes that every header has
	gzipMaxString  = 512 // bytes of a name or comment, with the NUL that ends it, that the library reads
)

// openMember opens the member that src is at, with z if it is not nil. The
// error is io.EOF, or one of the library.
func openMember(src *Source, z *gzip.Reader) (*gzip.Reader, error) {
	var r io.Reader = src.Reader // of this type it reads fastest
	if hasLongText(src) {
		if err := passHeader(src); err != nil {
			return nil, err
		}
		r = &headed{bytes.NewReader([]byte(gzipMagic + "\x00\x00\x00\x00\x00\x00\xff")), src}
	}
	if z == nil {
		return gzip.NewReader(r)
	}
	return z, z.Reset(r)
}

// hasLongText reports whether the header that src is at has a name or comment
// that the library does not read.
func hasLongText(src *Source) bool {
	head, err := src.Head(gzipHeaderSize)
	if err != nil || head[3]&gzipReserved != 0 {
		return false
	}
	flags, at := head[3], gzipHeaderSize
	if flags&gzipExtra != 0 {
		if head, err = src.Head(at + 2); err != nil {
			return false
		}
		at += 2 + int(binary.LittleEndian.Uint16(head[at:]))
	}
	for _, flag := range []byte{gzipName, gzipComment} {
		if flags&flag == 0 {
			continue
		}
		for n := at; ; {
			head, err := src.Head(n + 1)
			if err != nil {
				// The buffer is full, or the input ends here.
				return len(head) >= sourceSize || len(head)-at >= gzipMaxString
			}
			if i := bytes.IndexByte(head[n:], 0); i >= 0 {
				n += i + 1
			} else {
				n = len(head)
			}
			if n-at > gzipMaxString {
				return true
			}
			if head[n-1] == 0 {
				at = n
				break
			}
		}
	}
	return false
}

// passHeader reads the header that src is at, and checks it.
func passHeader(src *Source) error {
	sum := crc32.NewIEEE()
	r := io.TeeReader(src, sum)
	var buf [gzipHeaderSize]byte
	if _, err := io.ReadFull(r, buf[:]); err != nil {
		return err
	}
	flags := buf[3]
	if flags&gzipExtra != 0 {
		if _, err := io.ReadFull(r, buf[:2]); err != nil {
			return noEOF(err)
		}
		if _, err := io.CopyN(io.Discard, r, int64(binary.LittleEndian.Uint16(buf[:]))); err != nil {
			return noEOF(err)
		}
	}
	for _, flag := range []byte{gzipName, gzipComment} {
		for buf[0] = 1; flags&flag != 0 && buf[0] != 0; {
			if _, err := io.ReadFull(r, buf[:1]); err != nil {
				return noEOF(err)
			}
		}
	}
	if flags&gzipHeaderCRC == 0 {
		return nil
	}
	want := uint16(sum.Sum32())
	if _, err := io.ReadFull(src, buf[:2]); err != nil {
		return noEOF(err)
	}
	if binary.LittleEndian.Uint16(buf[:]) != want {
		return gzip.ErrHeader
	}
	return nil
}

// A headed reads head and then src. It does not buffer: it never reads more of
// src than it is asked for.
type headed struct {
	head *bytes.Reader
	src  *Source
}

func (h *headed) Read(p []byte) (int, error) {
	if h.head.Len() > 0 {
		return h.head.Read(p)
	}
	return h.src.Read(p)
}

func (h *headed) ReadByte() (byte, error) {
	if h.head.Len() > 0 {
		return h.head.ReadByte()
	}
	return h.src.ReadByte()
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
