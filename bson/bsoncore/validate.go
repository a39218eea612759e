package bsoncore

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math/bits"
	"unicode/utf8"
)

// This file checks the content of documents.
//
//   - walk checks one container and calls itself for nested ones. The Cursor
//     finds malformed bytes.
//   - text, value and validate_rules.go add the checks that the Cursor does not
//     make: UTF-8, and the optional rules about keys.
//   - malformed and refuse report the faults. Only they end the walk, or
//     continue it for Faults.

// ValidateOptions are rules for documents beyond the BSON specification. The
// zero value has none.
type ValidateOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is the largest number of open containers, the document included.
	// Zero means DefaultMaxDepth; at most DepthCeiling.
	MaxDepth int

	// The rules about keys apply to documents and scopes. Only RejectWrongArrayKeys
	// applies to the keys of arrays.

	// RejectEmptyKeys rejects the key "" with ErrEmptyKey.
	RejectEmptyKeys bool
	// RejectDottedKeys rejects keys that contain "." with ErrDottedKey.
	RejectDottedKeys bool
	// RejectDollarKeys rejects keys that start with "$" with ErrDollarKey,
	// except in a DBRef: "$ref", a string, first in its document, then "$id",
	// then optionally "$db", a string.
	RejectDollarKeys bool
	// RejectDuplicateKeys rejects a key that its document has twice, with
	// ErrDuplicateKey. It costs memory in proportion to the keys of the
	// containers that are open at once.
	RejectDuplicateKeys bool
	// RejectWrongArrayKeys rejects array keys other than "0", "1", … in this order
	// with ErrArrayKey.
	RejectWrongArrayKeys bool

	// AllowInvalidUTF8 accepts text that is not UTF-8, as Cursor does.
	AllowInvalidUTF8 bool
}

// Validate is ValidateOptions{}.Validate.
func Validate(doc []byte) error { return ValidateOptions{}.Validate(doc) }

// Validate checks that doc is one whole well-formed document, length prefix to
// final NUL, down to the innermost container, that all its text is UTF-8, and
// that it satisfies o. doc is neither changed nor kept. The error is nil or the
// first fault in the order of the bytes: a *SyntaxError if they are malformed,
// a *ValueError if the depth limit or a rule rejects them. Without
// RejectDuplicateKeys nothing is allocated, unless a document is nested more
// than 24 deep or has a fault. Source: BSON specification 1.1.
func (o ValidateOptions) Validate(doc []byte) error {
	var v validator
	v.obey(&o)
	v.c.Reset(doc, o.MaxDepth)
	v.walk(TypeDocument)
	return v.c.Err()
}

// ValidateValue is Validate for a bare value: data is the bytes that follow the
// key in an element of type t. Offsets in errors count from the start of data.
func (o ValidateOptions) ValidateValue(t Type, data []byte) error {
	var v validator
	v.obey(&o)
	if v.c.ResetValue(t, data, o.MaxDepth) {
		v.text()
		if deep[t] != 0 {
			v.value()
		}
	}
	return v.c.Err()
}

// Faults returns an iterator over all faults of doc: invalid UTF-8 and
// violations of the rules of o, in the order of the walk, and last the
// malformed bytes that end the walk, if there are any. The first fault is the
// error of Validate; there is none if Validate returns nil.
//
// Faults needs time and memory in proportion to doc, for any number of faults,
// because a Pointer has at most 256 bytes. A longer one is "…" and the last
// keys, or "…" and the end of the last key. A whole Pointer never starts with
// "…". Validate does not shorten the Pointer of its one error.
func (o ValidateOptions) Faults(doc []byte) iter.Seq[error] {
	return func(yield func(error) bool) {
		var v validator
		v.obey(&o)
		ended := false
		v.each = func(err error) bool {
			ended = !yield(err)
			return !ended
		}
		v.c.Reset(doc, o.MaxDepth)
		v.walk(TypeDocument)
		if v.c.code != codeOK && !ended {
			yield(v.c.error(shortPointer(pointerAt(&v.c, v.c.fault))))
		}
	}
}

// sign shifts the sign bit of an int over all of it: -1 or 0 remains.
const sign = bits.UintSize - 1

// A validator is one walk through one document.
type validator struct {
	c       Cursor
	rules   rules
	anyText bool    // not only UTF-8
	keys    *keySet // of the open containers; nil unless rejectDuplicates

	// each is called for each fault and returns whether to continue; nil: the
	// first fault ends the walk.
	each func(error) bool
	path []byte // JSON Pointer of the open container, if each is not nil
	last string // pointer of the element at lastAt, once there is one
	// lastAt is 0 before that: the first element is at offset 4.
	lastAt int
}

// obey sets v up for a walk with the options o.
func (v *validator) obey(o *ValidateOptions) {
	v.rules = o.rules()
	v.anyText = o.AllowInvalidUTF8
}

// textual and deep tell walk how to check a value. Types in neither table need
// no more checks than those of the Cursor.
var (
	textual [256]uint64 // highs: a string, all of it text but its length
	deep    [256]uint8  // 1: holds a container, or text in another place
)

func init() {
	for t, l := range layouts {
		switch l {
		case asString:
			textual[t] = highs
		case asDocument, asRegex, asDBPointer, asCodeWithScope:
			deep[t] = 1
		}
	}
}

// walk checks the rest of the open container, which is of type t: TypeArray,
// or TypeDocument for a scope as well.
func (v *validator) walk(t Type) {
	var f fields
	if v.rules != 0 {
		f = v.open(t)
	}
	c := &v.c
	for c.Next() {
		// The position and length of strings are unpredictable, so no branch
		// depends on them: the last 32 bytes of any value are read. A mask
		// removes the bytes before the text, and all bytes of a value that is
		// not text. high is not 0 if there may be a byte ≥ 0x80.
		high, mask := c.keyHighs, textual[c.typ]
		if c.off >= 32 {
			n := c.off - c.val - 5 // bytes of text, if it is
			w := c.src[c.off-32 : c.off]
			high |= mask & (binary.LittleEndian.Uint64(w[24:]) |
				binary.LittleEndian.Uint64(w[16:])&uint64((7-n)>>sign) |
				binary.LittleEndian.Uint64(w[8:])&uint64((15-n)>>sign) |
				binary.LittleEndian.Uint64(w)&uint64((23-n)>>sign) |
				uint64((31-n)>>sign)) // longer: read it all
		} else {
			high |= mask
		}
		if high != 0 {
			v.text()
		}
		if v.rules != 0 {
			v.field(&f)
		}
		if t := c.typ; deep[t] != 0 {
			// v.value handles containers too, but costs one more call.
			if !t.IsContainer() || v.each != nil {
				v.value()
			} else if c.Enter() {
				v.walk(t)
				c.Leave()
			}
		}
	}
	if v.rules != 0 {
		v.close(&f)
	}
}

// text checks the key, and the value if that is a string.
func (v *validator) text() {
	c := &v.c
	if c.keyHighs != 0 {
		v.utf8(c.at+1, c.Key())
	}
	if textual[c.typ] != 0 {
		v.utf8(c.val+4, c.Text())
	}
}

// value checks the values that text does not check.
func (v *validator) value() {
	c := &v.c
	inside := TypeDocument
	switch c.typ {
	case TypeRegex:
		pattern, options := c.Regex()
		v.utf8(c.val, pattern)
		v.utf8(c.val+len(pattern)+1, options)
		return
	case TypeDBPointer:
		namespace, _ := c.DBPointer()
		v.utf8(c.val+4, namespace)
		return
	case TypeCodeWithScope:
		code, _ := c.CodeWithScope()
		v.utf8(c.val+8, code)
	case TypeArray:
		inside = TypeArray
	}
	outer := len(v.path)
	if v.each != nil {
		v.path = AppendPointer(v.path, c.Key())
	}
	if c.Enter() {
		v.walk(inside)
		c.Leave()
	}
	v.path = v.path[:outer]
}

// utf8 checks text, which starts at offset off.
func (v *validator) utf8(off int, text []byte) {
	if v.anyText {
		return
	}
	if i := IndexInvalidUTF8(text); i >= 0 {
		v.malformed(off+i, ErrUTF8)
	}
}

// malformed reports a fault at the byte at offset off. After the end of the
// walk it does nothing.
func (v *validator) malformed(off int, err error) {
	if v.c.code != codeOK {
		return
	}
	if v.each == nil || !v.each(&SyntaxError{int64(off), v.pointer(v.c.at), err}) {
		v.c.Malformed(off, err)
	}
}

// refuse reports that a rule rejects the element at offset at. After the end of
// the walk it does nothing.
func (v *validator) refuse(at int, err error) {
	if v.c.code != codeOK {
		return
	}
	if v.each == nil || !v.each(&ValueError{int64(at), v.pointer(at), err}) {
		v.c.refuse(at, err)
	}
}

// pointer returns the JSON Pointer of the element at offset at of the open
// container, shortened. The faults of one element share it.
func (v *validator) pointer(at int) string {
	if at == v.lastAt {
		return v.last
	}
	key := v.c.src[at+1:]
	path := AppendPointer(v.path, key[:bytes.IndexByte(key, 0)])
	v.path = path[:len(v.path)] // keeps the memory, if there is more of it now
	v.last, v.lastAt = shortPointer(path), at
	return v.last
}

// IndexInvalidUTF8 returns the offset of the first byte of b that is not part
// of valid UTF-8, or -1 if there is none. Overlong forms and surrogates are
// invalid.
func IndexInvalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}
