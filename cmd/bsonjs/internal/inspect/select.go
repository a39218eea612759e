package inspect

import "bytes"

// A Span is a range of whole numbers, from From to To, both included. It is
// empty if To is less than From.
type Span struct{ From, To int64 }

// Has reports whether n is in s.
func (s Span) Has(n int64) bool { return s.From <= n && n <= s.To }

// overlaps reports whether one of the n numbers from from on is in s.
func (s Span) overlaps(from, n int64) bool { return from <= s.To && from+n > s.From }

// A Selection selects parts of documents. The zero Selection selects all.
// Faults are always selected.
type Selection struct {
	// Path, if not nil, is the JSON Pointer of the selected element. The
	// elements in it are selected too.
	Path *string
	// Offsets, if not nil, are the selected bytes. The elements around them are
	// selected too. They count like the Base of a document.
	Offsets *Span
}

// Document reports whether a document of size bytes that starts at base may
// have selected parts.
func (s Selection) Document(base int64, size int) bool {
	return s.Offsets == nil || s.Offsets.overlaps(base, int64(size))
}

// Part reports whether p, of a document that starts at base, is selected.
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
