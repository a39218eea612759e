// Package compress detects the compression of inputs, and reads and writes
// compressed data.
//
// Every claim of a stream about its memory has an upper bound here.
// Decompressed bytes are handed on as they come: complete data is never held
// back until more arrives.
package compress

import (
	"errors"
	"fmt"
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

// A trait has the properties of a codec.
type trait struct {
	name     string
	suffixes []string // of file names, in lower case; the first is the usual one
	levels   int      // the highest level it can be written with, 0: it is read only
}

var traits = [codecs]trait{
	Gzip:   {"gzip", []string{".gz", ".gzip"}, 9},
	Zstd:   {"zstd", []string{".zst", ".zstd"}, 22},
	S2:     {"s2", []string{".s2"}, 3},
	Snappy: {"snappy", []string{".sz", ".snappy"}, 3},
	LZ4:    {"lz4", []string{".lz4"}, 9},
	Bzip2:  {"bzip2", []string{".bz2"}, 0},
	XZ:     {"xz", []string{".xz"}, 0},
}

// String returns the name of c as people write it.
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
