package compress

import (
	"bytes"
	"compress/bzip2"
	"io"
)

// This file is bzip2, which is read only.

// bzip2Block reports whether rest is a level and then a block, or the end of
// a stream without one: the digits of pi, or of its root.
func bzip2Block(rest []byte) bool {
	if rest[0] < '1' || rest[0] > '9' {
		return false
	}
	block := rest[1:min(len(rest), 7)]
	return bytes.HasPrefix([]byte("\x31\x41\x59\x26\x53\x59"), block) ||
		bytes.HasPrefix([]byte("\x17\x72\x45\x38\x50\x90"), block)
}

func openBzip2(src *Source) (io.Reader, func(), error) { return bzip2.NewReader(src), nil, nil }

var bzip2Meanings = []meaning{
	{err: bzip2.StructuralError("checksum mismatch"), meaning: ErrChecksum},
	{err: bzip2.StructuralError("bad magic value in continuation file"), meaning: ErrTrailing},
}
