// Package hostile has hostile inputs of any length for the tests of all packages.
package hostile

import (
	"encoding/binary"
	"strings"
)

// A Format is the format of a shape, which decides its reader.
type Format uint8

const (
	// BSON is one document, valid or malformed.
	BSON Format = iota
	// Stream is a stream of BSON documents, with damage.
	Stream
	// JSON is text that extjson reads without options.
	JSON
	// Lines is a stream of documents as text, with damage.
	Lines
	// Legacy is text that extjson reads with the option Legacy.
	Legacy
	// Shell is text that extjson reads with the option Shell.
	Shell
	// Pickle is a pickle.
	Pickle
)

// A Shape makes inputs of one kind.
type Shape struct {
	Name   string
	Format Format
	// Make returns an input of about n bytes, or of the smallest size of the shape.
	Make func(n int) string
	// Err is the error of the reader of the format with the zero options; for BSON it
	// is that of bson.Validate. nil: the input is accepted. Streams have no Err.
	Err error
	// Off is the offset of the fault in text, in bytes; -1: the end of the text.
	Off int
}

// Shapes returns the shapes for any of formats.
func Shapes(formats ...Format) (list []Shape) {
	for _, all := range [][]Shape{binaries, streams, texts, lines, pickles} {
		for _, s := range all {
			for _, f := range formats {
				if s.Format == f {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// fill returns head, units and tail, with enough units for about n bytes.
func fill(n int, head, unit, tail string) string {
	return head + strings.Repeat(unit, max(n-len(head)-len(tail), 0)/len(unit)) + tail
}

// filled returns a Make that calls fill.
func filled(head, unit, tail string) func(n int) string {
	return func(n int) string { return fill(n, head, unit, tail) }
}

// u32 returns n as four little-endian bytes, as in BSON and pickles.
func u32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
