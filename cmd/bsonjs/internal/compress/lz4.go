package compress

import (
	"io"

	"github.com/pierrec/lz4/v4"
)

// This file is lz4: the frame format, and the legacy format before it.

// lz4Descriptor reports whether rest starts with a frame descriptor. It has 01 in
// its upper two bits and one that is always 0, which is the type of no element.
func lz4Descriptor(rest []byte) bool { return rest[0]&0xc2 == 0x40 }

// openLZ4 has the decoder write: its Read waits until its buffer is full.
func openLZ4(src *Source) (r io.Reader, free func(), err error) {
	pr, pw := io.Pipe()
	go func() {
		_, err := lz4.NewReader(src).WriteTo(pw)
		pw.CloseWithError(err) // nil is io.EOF
	}()
	return pr, func() { pr.Close() }, nil
}

var lz4Meanings = []meaning{
	{err: lz4.ErrInvalidHeaderChecksum, meaning: ErrChecksum},
	{err: lz4.ErrInvalidBlockChecksum, meaning: ErrChecksum},
	{err: lz4.ErrInvalidFrameChecksum, meaning: ErrChecksum},
	{err: lz4.ErrInvalidFrame, meaning: ErrTrailing},
}

func writeLZ4(w io.Writer, o WriterOptions) (encoder, int, error) {
	level := lz4.Fast
	if o.Level != 0 {
		level = lz4.Level1 << (o.Level - 1)
	}
	z := lz4.NewWriter(w)
	err := z.Apply(lz4.ConcurrencyOption(o.Jobs), lz4.BlockSizeOption(lz4.Block256Kb), lz4.CompressionLevelOption(level))
	return z, 0, err
}
