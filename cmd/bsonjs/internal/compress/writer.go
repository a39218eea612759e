package compress

import "io"

// This file writes compressed data. Blocks are compressed in parallel. The end
// of a block depends only on the bytes and on calls of Flush, so the output is
// the same for any number of jobs and any sizes of writes.

// WriterOptions are the options of compressing data.
type WriterOptions struct {
	_ struct{} // keyed literals only

	// Level is a level from 1, the fastest, to Codec.MaxLevel; 0 is the default
	// level of the codec.
	Level int
	// Jobs is the number of blocks that are compressed at once, at least 1.
	Jobs int
}

// An encoder compresses the bytes that are written to it.
type encoder interface {
	io.WriteCloser
	Flush() error
	// Reset makes it write other data to w, with the same options.
	Reset(w io.Writer)
}

// A Writer compresses the bytes that are written to it. It is for one goroutine
// at a time. An error may be that of an earlier call.
type Writer struct {
	z     encoder
	w     io.Writer
	empty string // of the codec
	// If block is not 0, no call of z.Write goes past the end of a block of
	// that many bytes. filled is the number of bytes in the current block.
	block, filled int
	dirty         bool // there are bytes to flush
	begun         bool
}

// NewWriter returns a Writer to w. The codec must be one that is written, and
// have the level.
func NewWriter(w io.Writer, c Codec, o WriterOptions) (*Writer, error) {
	t := &traits[c]
	o.Jobs = min(max(o.Jobs, 1), t.jobs)
	z, block, err := t.write(w, o)
	if err != nil {
		return nil, err
	}
	return &Writer{z: z, w: w, empty: t.empty, block: block}, nil
}

// Reset makes z, which was closed without an error, write other data to w. The result is
// the same as that of NewWriter, and takes less time and memory.
func (z *Writer) Reset(w io.Writer) {
	z.z.Reset(w)
	*z = Writer{z: z.z, w: w, empty: z.empty, block: z.block}
}

// Write compresses p. It may return before that is done, but does not keep p.
func (z *Writer) Write(p []byte) (n int, err error) {
	if len(p) > 0 {
		z.dirty, z.begun = true, true
	}
	for len(p) > 0 && err == nil {
		part := p
		if z.block > 0 {
			part = p[:min(len(p), z.block-z.filled)]
			z.filled = (z.filled + len(part)) % z.block
		}
		var k int
		k, err = z.z.Write(part)
		n += k
		p = p[len(part):]
	}
	return n, err
}

// Flush ends the current block, so that all bytes written so far can be
// decompressed. It may return before the block is complete.
func (z *Writer) Flush() error {
	if !z.dirty {
		return nil
	}
	z.dirty, z.filled = false, 0
	return z.z.Flush()
}

// Close ends the data. It does not close the writer below.
func (z *Writer) Close() error {
	if !z.begun && z.empty != "" {
		_, err := io.WriteString(z.w, z.empty)
		return err
	}
	return z.z.Close()
}
