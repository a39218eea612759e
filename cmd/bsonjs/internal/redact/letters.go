package redact

import (
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// This file decides which characters of a text are replaced, and by which.
//
// Letters, digits and marks have a class: those with the same script, the same kind and
// the same number of bytes in UTF-8. The classes beyond ASCII are a table of one version
// of Unicode, so that another version of Go does not change them. Characters that are in no
// class and are no punctuation, symbols, blanks or controls either, such as those for
// private use, and bytes that are not UTF-8, are replaced by those of a class that has no
// part in them.

// A span is some characters of one class: lo, lo+stride, …, hi.
type span struct {
	lo, hi rune
	stride rune
	class  uint16
}

// size returns the number of characters of s.
func (s *span) size() uint32 { return uint32((s.hi-s.lo)/s.stride) + 1 }

// A class is characters that replace each other, numbered from 0 in their order.
type class struct {
	size   uint32   // characters
	spans  []span   // in order
	starts []uint32 // for each span, the number of its first character
}

// add adds s behind the other characters of c.
func (c *class) add(s span) {
	c.spans = append(c.spans, s)
	c.starts = append(c.starts, c.size)
	c.size += s.size()
}

// at returns the character i of c.
func (c *class) at(i uint32) rune {
	j, found := slices.BinarySearch(c.starts, i)
	if !found {
		j--
	}
	return c.spans[j].lo + rune(i-c.starts[j])*c.spans[j].stride
}

// The classes that are not in the table. farClass is the number of the first one of the
// table.
const (
	digitClass = iota
	upperClass
	lowerClass
	strangeByte // of bytes that are not UTF-8
	farClass
)

// An alphabet has all classes.
type alphabet struct {
	classes []class
	starts  [len(farSpans)]uint32 // for each span, the number of its first character in its class
}

// alphabets returns the only alphabet.
var alphabets = sync.OnceValue(func() *alphabet {
	a := &alphabet{classes: make([]class, farClass+farClasses)}
	for i, s := range [...]span{
		digitClass:  {lo: '0', hi: '9', stride: 1},
		upperClass:  {lo: 'A', hi: 'Z', stride: 1},
		lowerClass:  {lo: 'a', hi: 'z', stride: 1},
		strangeByte: {lo: 0xF8, hi: 0xFF, stride: 1}, // never in UTF-8
	} {
		a.classes[i].add(s)
	}
	for i, s := range farSpans {
		c := &a.classes[farClass+s.class]
		a.starts[i] = c.size
		c.add(s)
	}
	return a
})

// strangers has, by the number of bytes, a letter of the class for characters without a
// class.
var strangers = [...]rune{2: 'б', 3: '一', 4: '𠀀'}

// A letter is a character of a text and its class.
type letter struct {
	class   *class // nil: the character stays
	at      uint32 // its number in class, unless it is foreign
	size    int    // bytes in the text
	foreign bool   // it is not in class
}

// letterAt returns the first character of text, which is not empty.
func (a *alphabet) letterAt(text []byte) letter {
	switch b := text[0]; {
	case b >= utf8.RuneSelf:
		return a.farLetter(text)
	case b-'a' < 26:
		return letter{class: &a.classes[lowerClass], at: uint32(b - 'a'), size: 1}
	case b-'A' < 26:
		return letter{class: &a.classes[upperClass], at: uint32(b - 'A'), size: 1}
	case b-'0' < 10:
		return letter{class: &a.classes[digitClass], at: uint32(b - '0'), size: 1}
	}
	return letter{size: 1}
}

// farLetter is letterAt beyond ASCII.
func (a *alphabet) farLetter(text []byte) letter {
	r, size := utf8.DecodeRune(text)
	if r == utf8.RuneError && size == 1 {
		return letter{class: &a.classes[strangeByte], size: 1, foreign: true}
	}
	if i, ok := spanOf(r); ok {
		s := &farSpans[i]
		return letter{class: &a.classes[farClass+s.class], at: a.starts[i] + uint32((r-s.lo)/s.stride), size: size}
	}
	if unicode.In(r, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Variation_Selector) {
		return letter{size: size}
	}
	i, _ := spanOf(strangers[size])
	return letter{class: &a.classes[farClass+farSpans[i].class], size: size, foreign: true}
}

// spanOf returns the number of the span with r.
func spanOf(r rune) (i int, ok bool) {
	i, _ = slices.BinarySearchFunc(farSpans[:], r, func(s span, r rune) int { return int(s.hi - r) })
	if i == len(farSpans) {
		return 0, false
	}
	s := &farSpans[i]
	return i, r >= s.lo && (r-s.lo)%s.stride == 0
}

// put writes the character i of the class of l over l, which is the start of text.
func (l letter) put(text []byte, i uint32) {
	r := l.class.at(i)
	if l.size == 1 {
		text[0] = byte(r)
		return
	}
	utf8.EncodeRune(text, r)
}
