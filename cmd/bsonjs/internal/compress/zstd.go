package compress

import (
	"io"

	"github.com/klauspost/compress/zstd"
)

// This file is zstd.

// openZstd lets one goroutine do everything: it is not slower, and it knows its
// place.
func openZstd(src *Source) (io.Reader, func(), error) {
	z, err := zstd.NewReader(src, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(MaxWindow))
	return z, nil, err
}

const zstdWindowDetail = "the window is larger than 128 MiB"

var zstdMeanings = []meaning{
	{err: zstd.ErrWindowSizeExceeded, meaning: ErrMemory, detail: zstdWindowDetail},
	{err: zstd.ErrDecoderSizeExceeded, meaning: ErrMemory, detail: zstdWindowDetail},
	{err: zstd.ErrCRCMismatch, meaning: ErrChecksum},
	{err: zstd.ErrMagicMismatch, meaning: ErrTrailing}, // Detect has seen the first
	{err: zstd.ErrUnknownDictionary, meaning: ErrUnsupported, detail: "it needs a dictionary"},
}

// The sizes of windows, in bytes. A block is four windows; it needs some 8 MiB of
// memory. Those who ask for a high level ask for memory, too.
const (
	zstdWindow = 256 << 10
	zstdLarge  = 1 << 20
)

func writeZstd(w io.Writer, o WriterOptions) (encoder, int, error) {
	level, window := zstd.SpeedDefault, zstdWindow
	if o.Level != 0 {
		level = zstd.EncoderLevelFromZstd(o.Level)
	}
	if level > zstd.SpeedDefault {
		window = zstdLarge
	}
	// One job alone would not cut blocks.
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(level), zstd.WithWindowSize(window),
		zstd.WithConcurrentBlocks(true), zstd.WithEncoderConcurrency(max(o.Jobs, 2)), zstd.WithLowerEncoderMem(true))
	return z, 0, err
}
