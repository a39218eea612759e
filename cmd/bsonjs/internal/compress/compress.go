// Package compress detects the compression of inputs, and reads and writes
// compressed data.
//
// Every claim of a stream about its memory has an upper bound here.
// Decompressed bytes are handed on as they come: complete data is never held
// back until more arrives.
package compress

// This file has the table of codecs, and their errors. reader.go and writer.go
// use a row of it; detect.go finds the row of an input. The other files are the
// codecs.

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Codec is a way of compressing.
type Codec uint8

const (
	// None is no compression.
	None Codec = iota
	// Gzip is RFC 1952, members one after the other.
	Gzip
	// Zstd is RFC 8878, frames one after the other.
	Zstd
	// S2 is an extension of the snappy framing format.
	S2
	// Snappy is the snappy framing format.
	Snappy
	// LZ4 is the LZ4 frame format, and the legacy format before it.
	LZ4
	// Bzip2 is read only.
	Bzip2
	// XZ is read only.
	XZ
	codecs
)

// Limits of memory for a stream, in bytes: the default limits of the programs
// that make such files.
const (
	// MaxWindow is the largest window of zstd.
	MaxWindow = 128 << 20
	// MaxDictionary is the largest dictionary of xz.
	MaxDictionary = 64 << 20
	// MaxLayers is the largest number of compressions of an input.
	MaxLayers = 2
)

// A trait is a row of the table of codecs. Its functions are in the file of the
// codec.
type trait struct {
	name      string
	suffixes  []string // of file names, in lower case; the first is the usual one
	signature signature

	// open returns a decoder of the data in src from here on, and a function
	// that frees it, which may be nil.
	open func(src *Source) (r io.Reader, free func(), err error)
	// meanings are the meanings of errors of the decoder.
	meanings []meaning

	levels int // the highest level it can be written with, 0: it is read only
	// jobs is the largest number of blocks that are compressed at once, to limit
	// the memory of a run.
	jobs int
	// write returns an encoder to w. o.Jobs is at most jobs. If block is not 0,
	// no call of Write goes past the end of a block of that many bytes.
	write func(w io.Writer, o WriterOptions) (z encoder, block int, err error)
	// empty is the compressed form of no bytes, if the encoder writes nothing
	// for them.
	empty string
}

// traits are the codecs: a row, and a file, for each. --compress, help,
// completion, detection and the names of outputs use it.
var traits = [codecs]trait{
	Gzip: {
		name: "gzip", suffixes: []string{".gz", ".gzip"},
		open: openGzip, meanings: gzipMeanings,
		levels: 9, jobs: 16, write: writeGzip,
	},
	Zstd: {
		name: "zstd", suffixes: []string{".zst", ".zstd"},
		signature: signature{magic: "\x28\xb5\x2f\xfd"}, // a negative length
		open:      openZstd, meanings: zstdMeanings,
		levels: 22, jobs: 4, write: writeZstd,
	},
	S2: {
		name: "s2", suffixes: []string{".s2"},
		signature: signature{magic: s2Magic},
		open:      openS2, meanings: s2Meanings,
		levels: 3, jobs: 8, write: writeS2, empty: s2Magic,
	},
	Snappy: {
		name: "snappy", suffixes: []string{".sz", ".snappy"},
		signature: signature{magic: snappyMagic},
		open:      openS2, meanings: s2Meanings,
		levels: 3, jobs: 8, write: writeSnappy, empty: snappyMagic,
	},
	LZ4: {
		name: "lz4", suffixes: []string{".lz4"},
		signature: signature{"\x04\x22\x4d\x18", lz4Descriptor, 1},
		open:      openLZ4, meanings: lz4Meanings,
		levels: 9, jobs: 16, write: writeLZ4,
	},
	Bzip2: {
		name: "bzip2", suffixes: []string{".bz2"},
		signature: signature{"BZh", bzip2Block, 7},
		open:      openBzip2, meanings: bzip2Meanings,
	},
	XZ: {
		name: "xz", suffixes: []string{".xz"},
		signature: signature{magic: "\xfd7zXZ\x00"},
		open:      openXZ,
	},
}

// All returns the codecs.
func All() (all []Codec) {
	for c := None + 1; c < codecs; c++ {
		all = append(all, c)
	}
	return all
}

// String returns the name of c.
func (c Codec) String() string {
	if c == None || c >= codecs {
		return "none"
	}
	return traits[c].name
}

// Known reports whether c is a codec, or None.
func (c Codec) Known() bool { return c < codecs }

// Suffix returns the usual end of the names of files in c, with a dot.
func (c Codec) Suffix() string { return traits[c].suffixes[0] }

// Suffixes returns all ends of names of files in c, with a dot.
func (c Codec) Suffixes() []string { return slices.Clone(traits[c].suffixes) }

// MaxLevel returns the highest level that c can be written with, from 1; 0 if
// it cannot be written.
func (c Codec) MaxLevel() int { return traits[c].levels }

// ByName returns the codec of the suffix of a file name, None if it has none,
// and the name without the suffix.
func ByName(name string) (c Codec, stem string) {
	lower := strings.ToLower(name)
	for c, t := range traits {
		for _, suffix := range t.suffixes {
			if stem, ok := strings.CutSuffix(lower, suffix); ok && stem != "" {
				return Codec(c), name[:len(stem)]
			}
		}
	}
	return None, name
}

// Stem returns name without all suffixes of compressions.
func Stem(name string) string {
	for range MaxLayers {
		_, name = ByName(name)
	}
	return name
}

// The faults of compressed data.
var (
	// ErrTruncated: the data ends too early.
	ErrTruncated = errors.New("is truncated")
	// ErrChecksum: the decompressed data does not match its checksum.
	ErrChecksum = errors.New("does not match its checksum")
	// ErrTrailing: unexpected bytes follow.
	ErrTrailing = errors.New("is followed by unexpected bytes")
	// ErrDamaged: the data is malformed in some other way.
	ErrDamaged = errors.New("is damaged")
	// ErrMemory: the data claims to need more memory than it may have.
	ErrMemory = errors.New("needs too much memory")
	// ErrUnsupported: the data needs a feature that is not supported.
	ErrUnsupported = errors.New("cannot be read")
	// ErrLayers: the data is compressed more often than MaxLayers.
	ErrLayers = errors.New("is nested in two other compressions, which is the limit")
)

// An Error is a fault of compressed data, with its place.
type Error struct {
	Codec  Codec
	Offset int64 // bytes of the compressed data that were used before the fault
	Err    error // one of the sentinels above
	Detail string
}

// Error describes e without its place.
func (e *Error) Error() string {
	s := fmt.Sprintf("%v data %v", e.Codec, e.Err)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }
