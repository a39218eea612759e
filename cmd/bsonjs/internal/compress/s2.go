package compress

import (
	"io"

	"github.com/klauspost/compress/s2"
)

// This file is s2 and snappy, which differ in their magic and their blocks.

const (
	s2Magic     = "\xff\x06\x00\x00S2sTwO"
	snappyMagic = "\xff\x06\x00\x00sNaPpY"
)

func openS2(src *Source) (io.Reader, func(), error) {
	return s2.NewReader(src, s2.ReaderAllocBlock(64<<10)), nil, nil
}

var s2Meanings = []meaning{
	{err: s2.ErrCRC, meaning: ErrChecksum},
	{err: s2.ErrCorrupt, meaning: ErrTruncated, ended: true},
}

// The sizes of blocks, in bytes. A job has a few of them at once: some 4 MiB.
const (
	s2Block     = 512 << 10
	snappyBlock = 64<<10 - 8 // as the library has it
)

func writeS2(w io.Writer, o WriterOptions) (encoder, int, error) {
	return newS2Writer(w, o, s2Block), s2Block, nil
}

func writeSnappy(w io.Writer, o WriterOptions) (encoder, int, error) {
	return newS2Writer(w, o, snappyBlock, s2.WriterSnappyCompat()), snappyBlock, nil
}

func newS2Writer(w io.Writer, o WriterOptions, block int, opts ...s2.WriterOption) *s2.Writer {
	switch o.Level {
	case 2:
		opts = append(opts, s2.WriterBetterCompression())
	case 3:
		opts = append(opts, s2.WriterBestCompression())
	}
	return s2.NewWriter(w, append(opts, s2.WriterConcurrency(o.Jobs), s2.WriterBlockSize(block))...)
}
