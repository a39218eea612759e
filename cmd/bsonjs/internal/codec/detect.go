package codec

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// A Certainty is the certainty that an input is of a format.
type Certainty uint8

const (
	Not     Certainty = iota // it is another one
	Perhaps                  // it is unless the name says otherwise
	Likely                   // it is unless another one is sure
	Surely
)

// Detect returns the format of an input that starts with head and has the
// given name, whose letter case has no effect. The bytes decide if they are at least
// Likely to be a format, or if the name has no suffix of a format. Otherwise the name
// decides. The name of a table also decides where the bytes are only Likely, and where they
// look like BSON but may be a text with a NUL. It returns nil if nothing decides.
//
// It reads more than four bytes only if they are there: waiting for them would
// delay documents that have arrived.
func Detect(head []byte, name string) *Codec {
	text, ok := opensWide(head)
	if !ok {
		return detect(head, name)
	}
	if len(text) == 0 {
		return JSON // of no documents
	}
	if c := detect(text, name); c != nil && !c.Binary {
		return c
	}
	return nil
}

// detect is Detect for inputs that are not UTF-16.
func detect(head []byte, name string) *Codec {
	best, sure := sniff(head)
	named, _ := BySuffix(name)
	switch {
	case named == nil || named.Sniff == nil:
		return best
	case named.Rows && best == BSON && !isDocument(head): // a cell may have a NUL
		return named
	case sure == Surely || sure == Likely && !named.Rows: // a header may start like JSON
		return best
	}
	return named
}

// isDocument reports whether head is the length and the first type of a document, and not a
// text with a NUL.
func isDocument(head []byte) bool {
	return opensSmall(head) && bytes.ContainsFunc(head[:lengthSize-1], func(r rune) bool { return r < '\t' || r > '\r' && r < ' ' || r == utf8.RuneError })
}

// sniff returns the format that head is most certainly of, the first of All if
// there are several.
func sniff(head []byte) (best *Codec, sure Certainty) {
	for _, c := range All() {
		if c.Sniff == nil {
			continue
		}
		if s := c.Sniff(head); s > sure {
			best, sure = c, s
		}
	}
	return best, sure
}

// Known reports whether head, the start of an input, is of a format.
func Known(head []byte) bool { return Detect(head, "") != nil }

// Advise returns the advice for a fault in an input that starts with head and
// is read as from, nil if unknown: the format that head seems to have, or "".
func Advise(head []byte, from *Codec) string {
	if at := IndexArchive(head); at >= 0 && from != Archive {
		return AdviseArchive(at)
	}
	if what := foreignTo(head, from); what != "" {
		return "this is " + what
	}
	// Short pickles have a NUL where a length of BSON has one, too.
	if seen := Detect(head, ""); from != nil && seen != nil && seen != from && (seen != BSON || opensSmall(head)) {
		return "this looks like " + seen.String()
	}
	return ""
}

// AdviseTable returns the advice for a fault in an input of the given name that is read as
// from: the format of tables that the name has, or "". A table whose first bytes have a NUL
// may look like BSON.
func AdviseTable(name string, from *Codec) string {
	if named, _ := BySuffix(name); named != nil && named.Rows && named != from {
		return fmt.Sprintf("the first bytes look like %v; if it is %v, add --from %s", from, named, named.Name)
	}
	return ""
}

// AdviseArchive returns the advice for an input in which an archive starts at an offset.
func AdviseArchive(offset int) string {
	return fmt.Sprintf("a mongodump archive starts at offset %d: use bsonjs salvage, or add --from archive", offset)
}
