package bsoncore

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// A MendedLength is a length that MendLengths has corrected: the length of a
// document, an array, a scope, or code with its scope.
type MendedLength struct {
	Offset  int64 // of the length, in bytes from the start of the document
	Was, Is int32 // its value before and after, in bytes
}

// MendLengths is ValidateOptions{}.MendLengths.
func MendLengths(dst, data []byte) ([]byte, []MendedLength, error) {
	return ValidateOptions{}.MendLengths(dst, data)
}

// MendLengths appends the document in data to dst, with correct lengths of all
// documents, arrays, scopes and codes with scope. data is the whole document,
// from its length to its closing NUL. It is neither changed nor kept and must
// not overlap dst. MendLengths returns the longer slice and the lengths that it
// corrected, in the order of their offsets; there are none if data is well
// formed.
//
// The end of each container is found from the types, the keys and the lengths
// of strings and binaries: a NUL in the place of a type ends it. The result
// satisfies o. If it cannot, because data has other faults, dst is returned at
// its old length with the first of them: a *SyntaxError or *ValueError as from
// Validate. It matches ErrTrailing if the elements end before data ends. A
// SyntaxError has no Pointer if the elements could not be followed to their
// end. Source: BSON specification 1.1.
func (o ValidateOptions) MendLengths(dst, data []byte) ([]byte, []MendedLength, error) {
	n := len(dst)
	m := mender{doc: append(dst, data...)[n:]}
	if err := m.mend(o.MaxDepth); err != nil {
		return dst[:n], nil, err
	}
	if err := o.Validate(m.doc); err != nil {
		return dst[:n], nil, err
	}
	slices.SortFunc(m.mended, func(a, b MendedLength) int { return cmp.Compare(a.Offset, b.Offset) })
	return append(dst, m.doc...), m.mended, nil
}

// A mender sets the lengths of one document.
type mender struct {
	doc    []byte
	mended []MendedLength
	open   []lengthAt // of the open containers
}

// A lengthAt has the offsets of the lengths of a container.
type lengthAt struct {
	off   int // of the document or scope
	outer int // of the code that the scope belongs to; 0: it is no scope
}

func (m *mender) mend(maxDepth int) error {
	if len(m.doc) > math.MaxInt32 {
		return &SyntaxError{Err: ErrLength}
	}
	if len(m.doc) < 5 {
		return &SyntaxError{Offset: int64(len(m.doc)), Err: ErrTruncated}
	}
	var c Cursor
	c.resetTrace(m.doc, len(m.doc), maxDepth)
	m.open = append(m.open, lengthAt{})
	for len(m.open) > 0 {
		if !c.traceNext() {
			return c.traceFault()
		}
		switch depth := int(c.depth); {
		case depth > len(m.open):
			at := lengthAt{off: c.off - 4}
			if c.typ == TypeCodeWithScope {
				at.outer = c.val
			}
			m.open = append(m.open, at)
		case depth < len(m.open):
			at := m.open[depth]
			m.open = m.open[:depth]
			m.set(at.off, c.off)
			if at.outer > 0 {
				m.set(at.outer, c.off)
			}
		}
	}
	return nil
}

// set writes the length at off of a value that ends before the offset end.
func (m *mender) set(off, end int) {
	was, is := int32(binary.LittleEndian.Uint32(m.doc[off:])), int32(end-off)
	if was != is {
		binary.LittleEndian.PutUint32(m.doc[off:], uint32(is))
		m.mended = append(m.mended, MendedLength{int64(off), was, is})
	}
}
