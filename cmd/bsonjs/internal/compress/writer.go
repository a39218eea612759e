package compress

import (
	"io"

	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/klauspost/pgzip"
	"github.com/pierrec/lz4/v4"
)

// This file writes compressed data. Blocks are compressed in parallel. The end
// of a block depends only on the bytes and on calls of Flush, so the output is
// the same for any number of jobs and for any division of the bytes into calls.

// The sizes of blocks, in bytes. A job has a few of them at once.
const (
	gzipBlock = 256 << 10
	// A block of zstd is four windows. Those who ask for a high level ask for
	// memory, too.
	zstdWindow = 256 << 10
	zstdLarge  = 1 << 20
	s2Block    = 512 << 10
	lz4Block   = lz4.Block256Kb
	snapBlock  = 64<<10 - 8 // as the library has it
)

// maxJobs is the largest number of blocks that are compressed at once, to limit
// the memory of a run: a block of zstd needs some 8 MiB, a block of s2 half of
// that.
func maxJobs(c Codec) int {
	switch c {
	case Zstd:
		return 4
	case S2, Snappy:
		return 8
	}
	return 16
}

// WriterOptions say how data is compressed.
type WriterOptions struct {
	_ struct{} // keyed literals only

	// Level is from 1, the fastest, to Codec.MaxLevel; 0 is the default level
	// of the codec.
	Level int
	// Jobs is how many blocks are compressed at once, at least 1.
	Jobs int
}

// A Writer compresses what is written to it. An error may be of an earlier
// call. It is for one goroutine at a time.
type Writer struct {
	z interface {
		io.WriteCloser
		Flush() error
	}
	w     io.Writer
	codec Codec
	// Snappy ends a block where a call of Write does that is longer than one,
	// so none is.
	block, filled int  // bytes of a block, and of what is in the current one; 0: any
	dirty         bool // there is something to flush
	begun         bool
}

// NewWriter returns a Writer to w. The codec must be one that can be written,
// and the level one that it has.
func NewWriter(w io.Writer, c Codec, o WriterOptions) (*Writer, error) {
	jobs := min(max(o.Jobs, 1), maxJobs(c))
	z := &Writer{w: w, codec: c}
	var err error
	switch c {
	case Gzip:
		level := o.Level
		if level == 0 {
			level = pgzip.DefaultCompression
		}
		var g *pgzip.Writer
		if g, err = pgzip.NewWriterLevel(w, level); err == nil {
			err = g.SetConcurrency(gzipBlock, jobs)
		}
		z.z = g
	case Zstd:
		level, window := zstd.SpeedDefault, zstdWindow
		if o.Level != 0 {
			level = zstd.EncoderLevelFromZstd(o.Level)
		}
		if level > zstd.SpeedDefault {
			window = zstdLarge
		}
		// One job alone would not cut blocks.
		z.z, err = zstd.NewWriter(w, zstd.WithEncoderLevel(level), zstd.WithWindowSize(window),
			zstd.WithConcurrentBlocks(true), zstd.WithEncoderConcurrency(max(jobs, 2)), zstd.WithLowerEncoderMem(true))
	case S2, Snappy:
		z.block = s2Block
		opts := []s2.WriterOption{s2.WriterConcurrency(jobs)}
		switch o.Level {
		case 2:
			opts = append(opts, s2.WriterBetterCompression())
		case 3:
			opts = append(opts, s2.WriterBestCompression())
		}
		if c == Snappy {
			z.block = snapBlock
			opts = append(opts, s2.WriterSnappyCompat())
		}
		z.z = s2.NewWriter(w, append(opts, s2.WriterBlockSize(z.block))...)
	case LZ4:
		level := lz4.Fast
		if o.Level != 0 {
			level = lz4.Level1 << (o.Level - 1)
		}
		l := lz4.NewWriter(w)
		err = l.Apply(lz4.ConcurrencyOption(jobs), lz4.BlockSizeOption(lz4Block), lz4.CompressionLevelOption(level))
		z.z = l
	default:
		panic("BUG: " + c.String() + " is not written")
	}
	if err != nil {
		return nil, err
	}
	return z, nil
}

// Write compresses p. It may return before all of that is done; p can be
// used again all the same.
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
	if !z.begun && z.block > 0 {
		// Snappy would write nothing, which is not in its format.
		_, err := io.WriteString(z.w, signatureOf(z.codec))
		return err
	}
	return z.z.Close()
}

// signatureOf returns how the data of c starts.
func signatureOf(c Codec) string {
	for _, s := range signatures {
		if s.codec == c {
			return s.magic
		}
	}
	return ""
}
