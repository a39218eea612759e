// Package hostile has hostile inputs for the tests of all packages: each is a
// shape of any length.
package hostile

import (
	"encoding/binary"
	"strings"
)

// A Format is the reader of a shape.
type Format uint8

const (
	// BSON is one document, or bytes that should be one.
	BSON Format = iota
	// Stream is documents of BSON in a row, with damage.
	Stream
	// JSON is text that extjson reads without options.
	JSON
	// Lines is documents of text in a row, with damage.
	Lines
	// Legacy is text for its option of this name.
	Legacy
	// Shell is text for its option of this name.
	Shell
	// Pickle is a pickle.
	Pickle
)

// A Shape makes inputs of one kind.
type Shape struct {
	Name   string
	Format Format
	// Make returns an input of about n bytes, or of as many as the shape needs
	// at least.
	Make func(n int) string
	// Err is the error of the reader of the format with the zero options, for
	// BSON of bson.Validate; nil: the input is accepted. Streams have none.
	Err error
	// Off is the offset of the fault in text. -1: at the end of it.
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

// fill returns head, as many units as make n bytes of it, and tail.
func fill(n int, head, unit, tail string) string {
	return head + strings.Repeat(unit, max(n-len(head)-len(tail), 0)/len(unit)) + tail
}

// filled is a Make that fills.
func filled(head, unit, tail string) func(n int) string {
	return func(n int) string { return fill(n, head, unit, tail) }
}

// u32 returns n as BSON and pickles have it.
func u32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }
