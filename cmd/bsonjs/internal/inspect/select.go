package inspect

import "bytes"

// A Span is a run of whole numbers, from From to To, both included. One that
// ends before it starts has none.
type Span struct{ From, To int64 }

// Has reports whether n is in s.
func (s Span) Has(n int64) bool { return s.From <= n && n <= s.To }

// overlaps reports whether some of the n numbers from from on are in s.
func (s Span) overlaps(from, n int64) bool { return from <= s.To && from+n > s.From }

// A Selection says which parts of documents are wanted. The zero Selection
// wants all of them. Faults are always wanted.
type Selection struct {
	// Path, if not nil, is the JSON Pointer of the element that is wanted with
	// all that is in it.
	Path *string
	// Offsets, if not nil, are the bytes that are wanted, with the elements
	// that they lie in. They count from where a document's Base does.
	Offsets *Span
}

// Document reports whether there can be something wanted in a document of
// size bytes that starts at base.
func (s Selection) Document(base int64, size int) bool {
	return s.Offsets == nil || s.Offsets.overlaps(base, int64(size))
}

// Part reports whether p, of a document that starts at base, is wanted.
func (s Selection) Part(base int64, p Part) bool {
	if p.Kind == Fault {
		return true
	}
	if s.Path != nil && !within(p, *s.Path) {
		return false
	}
	return s.Offsets == nil || s.Offsets.overlaps(base+int64(p.Offset), int64(max(p.Size, p.Length)))
}

// within reports whether p is the element at path, or belongs to it.
func within(p Part, path string) bool {
	if p.Kind == Length || p.Kind == Rest {
		return path == ""
	}
	rest, ok := bytes.CutPrefix(p.Path, []byte(path))
	return ok && (len(rest) == 0 || rest[0] == '/')
}
