package file

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file names the files of a Split. A name is the stem, a hyphen, the text of the label
// and the suffix. It never leaves the directory, and no system reserves it, because it
// starts with the stem and the hyphen, and separators are escaped.
//
//   - Characters that some system does not allow, and those that do not show, are escaped:
//     % and two hexadecimal digits for each of their bytes.
//   - Long texts are cut, and a hash of the label follows.
//   - If another file has the name, or one that differs by case, a hash of the label follows
//     the text. The first label keeps its name, so that names depend on the order of labels
//     only.

// minRoom is the shortest room for the text of a label, in bytes: for a hash.
const minRoom = 1 + 2*sha256.Size

// A partNames has the names that were taken.
type partNames struct {
	stem, suffix string
	numbered     bool
	taken        map[string]string // labels by folded names
}

func newPartNames(stem string, p *Parts) partNames {
	n := partNames{stem: stem + "-", suffix: p.Suffix, numbered: p.Numbered, taken: map[string]string{}}
	if p.Reserved != "" {
		n.take(n.name(p.Reserved, 0), p.Reserved)
	}
	return n
}

// take keeps name for label.
func (n *partNames) take(name, label string) { n.taken[fold(name)] = label }

// room returns the number of bytes for the text of a label in a name.
func (n *partNames) room() int { return maxBase - len(n.stem) - len(n.suffix) }

// numberLen is the number of digits in the names of numbered parts: those of MaxParts.
const numberLen = 5

// matches reports whether name is that of a part of some run.
func (n *partNames) matches(name string) bool {
	text, ok := strings.CutPrefix(name, n.stem)
	if ok {
		text, ok = strings.CutSuffix(text, n.suffix)
	}
	return ok && (!n.numbered || len(text) == numberLen && strings.Trim(text, "0123456789") == "")
}

// of returns the names for label that are free: first that of its text, then those with more
// and more digits of its hash.
func (n *partNames) of(label string) iter.Seq[string] {
	const step = 8 // digits
	return func(yield func(string) bool) {
		for digits := 0; digits <= 2*sha256.Size; digits += step {
			name := n.name(label, digits)
			if other, ok := n.taken[fold(name)]; ok && other != label {
				continue
			}
			if !yield(name) {
				return
			}
		}
	}
}

// longDigits is the number of digits of the hash in the name of a long text.
const longDigits = 16

// name returns the name for label with digits of its hash. A text that must be cut has at
// least longDigits.
func (n *partNames) name(label string, digits int) string {
	text, hash := escapePart(label[1:]), ""
	if digits == 0 && len(text) > n.room() {
		digits = longDigits
	}
	if digits > 0 {
		sum := sha256.Sum256([]byte(label))
		hash = "~" + hex.EncodeToString(sum[:])[:digits]
	}
	return n.stem + cutPart(text, n.room()-len(hash)) + hash + n.suffix
}

// cutPart returns the first bytes of text, an escaped one: at most most, and no part of a
// character or of an escape.
func cutPart(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	text = text[:most]
	if i := strings.LastIndexByte(text, '%'); i >= 0 && i > len(text)-len("%XX") {
		text = text[:i]
	}
	return text
}

// escapePart returns text as a part of a name. Different texts give different ones.
func escapePart(text string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		plain := unicode.IsPrint(r) && !strings.ContainsRune(`%/\:*?"<>|`, r) && (r != utf8.RuneError || size > 1)
		last := i+size == len(text) && (r == ' ' || r == '.')
		for ; size > 0; size, i = size-1, i+1 {
			if plain && !last {
				b.WriteByte(text[i])
			} else {
				b.WriteString("%" + string(digits[text[i]>>4]) + string(digits[text[i]&15]))
			}
		}
	}
	return b.String()
}

// fold returns name with one case for all letters: names that a file system without case
// takes for one are equal then. A file system that also ignores other differences reports
// that the file exists.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, name)
}
