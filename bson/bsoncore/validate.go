package bsoncore

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math/bits"
	"unicode/utf8"
)

// This file checks documents on the inside.
//
//   - walk goes through one container and calls itself for those within it.
//     What is malformed there the Cursor finds.
//   - text, value and validate_rules.go add what the Cursor does not look for:
//     UTF-8, and the rules about keys that an option turns on.
//   - malformed and refuse report what these find. They are the only ones
//     that end the walk, or go on where Faults wants them all.

// ValidateOptions says what a document must satisfy beside the BSON
// specification. The zero value asks for nothing more.
type ValidateOptions struct {
	_ struct{} // keyed literals only

	// MaxDepth is how many containers may be open at once, the document
	// itself included. Zero means DefaultMaxDepth; at most DepthCeiling.
	MaxDepth int

	// The rules about keys are about those of documents and scopes. The keys
	// of arrays are RequireArrayKeys's alone.

	// RejectEmptyKeys refuses the key "" with ErrEmptyKey.
	RejectEmptyKeys bool
	// RejectDottedKeys refuses keys that contain "." with ErrDottedKey.
	RejectDottedKeys bool
	// RejectDollarKeys refuses keys that start with "$" with ErrDollarKey,
	// except in a DBRef: "$ref", a string, first in its document, "$id" next
	// and perhaps "$db", a string, after it.
	RejectDollarKeys bool
	// RejectDuplicateKeys refuses a key that its document has already with
	// ErrDuplicateKey. It costs memory in proportion to the keys of the
	// containers that are open at once.
	RejectDuplicateKeys bool
	// RequireArrayKeys refuses array keys other than "0", "1", … in this
	// order with ErrArrayKey.
	RequireArrayKeys bool

	// AllowInvalidUTF8 accepts text that is not UTF-8, as Cursor does.
	AllowInvalidUTF8 bool
}

// Validate is ValidateOptions{}.Validate.
func Validate(doc []byte) error { return ValidateOptions{}.Validate(doc) }

// Validate reports whether doc is one whole well-formed document, length
// prefix to final NUL, down to the innermost container, all its text is
// UTF-8, and it keeps to o. doc is neither changed nor kept. The error is nil
// or the first fault in the order of the bytes: a *SyntaxError where they are
// malformed, a *ValueError where depth or a rule refuses them. Without
// RejectDuplicateKeys nothing is allocated, unless a document is nested
// more than 24 deep or has a fault. Source: BSON specification 1.1.
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

// Faults returns an iterator over all that Validate could find wrong with doc:
// text that is not UTF-8 and what the rules of o refuse, in the order in which
// a walk finds them, and last what is malformed in a way that no walk can pass.
// The first is what Validate returns; there is none if that is nil.
//
// Faults needs time and memory in proportion to doc, however many faults there
// are, because a Pointer has at most 256 bytes. A longer one is "…" and the last
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

	// each is called for each fault and returns whether it wants another; nil:
	// the first ends the walk.
	each func(error) bool
	path []byte // JSON Pointer of the open container, if each is not nil
	last string // pointer of the element at lastAt, once there is one
	// lastAt is 0 before that: the first element is at offset 4.
	lastAt int
}

// obey makes v ready to walk as o says.
func (v *validator) obey(o *ValidateOptions) {
	v.rules = o.rules()
	v.anyText = o.AllowInvalidUTF8
}

// textual and deep say what walk has to do with a value. Types that are in
// neither table have any bits that the Cursor lets through.
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
		// Strings are as good as random in where they are and how long, so
		// there is no branch for either: the last 32 bytes of any value are
		// read, those before its text masked off, and all of it masked
		// unless it is text. high is not 0 if there may be a byte ≥ 0x80.
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
			// v.value would do for containers, but costs them a call more.
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

// value checks a value for which text is not enough.
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

// malformed reports that the byte at offset off is wrong. After a fault that
// has ended the walk it does nothing.
func (v *validator) malformed(off int, err error) {
	if v.c.code != codeOK {
		return
	}
	if v.each == nil || !v.each(&SyntaxError{int64(off), v.pointer(v.c.at), err}) {
		v.c.Malformed(off, err)
	}
}

// refuse reports that a rule does not allow the element at offset at. After a
// fault that has ended the walk it does nothing.
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
// of valid UTF-8, or -1 if all of it is. Overlong forms and surrogates are
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
