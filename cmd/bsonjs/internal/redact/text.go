package redact

import (
	"bytes"
	"unicode/utf8"
)

// This file redacts texts. The letters are the digits of a number, each in the base that is
// the size of its class. If this number has a small domain it is permuted, and the rest of
// the text is the context. Else each letter is drawn, and the whole text is the context.

// maxDomain is the number of values of the largest domain that is permuted.
const maxDomain = 1 << 63

// A spelled is a letter and its place in the text.
type spelled struct {
	letter
	off int // bytes
}

// text redacts b, the bytes of a text.
func (w *walker) text(b []byte) {
	domain, small := w.spell(b)
	switch {
	case !small:
		w.longText(b)
	case domain > 1:
		w.shortText(b, domain)
	}
}

// spell finds the letters of b that can change, and the number of texts with such
// letters. small is false if that is more than maxDomain, or not known.
func (w *walker) spell(b []byte) (domain uint64, small bool) {
	w.letters, domain = w.letters[:0], 1
	for off := 0; off < len(b); {
		l := w.alphabet.letterAt(b[off:])
		if l.class != nil && l.class.size > 1 {
			if l.foreign || domain > maxDomain/uint64(l.class.size) {
				return 0, false
			}
			domain *= uint64(l.class.size)
			w.letters = append(w.letters, spelled{l, off})
		}
		off += l.size
	}
	return domain, true
}

// shortText redacts b, whose letters are in w.letters.
func (w *walker) shortText(b []byte, domain uint64) {
	w.begin(labelText)
	head := len(w.context)
	w.context = append(w.context, b...)
	number := uint64(0)
	for _, l := range w.letters {
		l.put(w.context[head+l.off:], 0)
		number = number*uint64(l.class.size) + uint64(l.at)
	}
	w.end(nil)
	number = w.move(number, domain)
	for i := len(w.letters) - 1; i >= 0; i-- {
		l := w.letters[i]
		l.put(b[l.off:], uint32(number%uint64(l.class.size)))
		number /= uint64(l.class.size)
	}
}

// longText redacts b, which has many letters.
func (w *walker) longText(b []byte) {
	w.begin(labelLongText)
	w.end(b)
	for !w.drawLetters(b) {
	}
}

// drawLetters overwrites the letters of b and reports whether one has changed.
func (w *walker) drawLetters(b []byte) (changed bool) {
	var old [utf8.UTFMax]byte
	for off := 0; off < len(b); {
		l := w.alphabet.letterAt(b[off:])
		end := off + l.size
		if l.class != nil {
			n := copy(old[:], b[off:end])
			l.put(b[off:], uint32(w.draw(uint64(l.class.size))))
			changed = changed || !bytes.Equal(old[:n], b[off:end])
		}
		off = end
	}
	return changed
}
