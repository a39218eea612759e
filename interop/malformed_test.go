package interop

import (
	"encoding/binary"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsontest"
)

// This file compares malformed documents. We reject all of them. If a peer reads one, a
// row of differences must tell as which document: readsAs repairs it, and asks the
// peer for the text of the result.

// malformed compares whether both read doc, which is malformed, and write it as text.
func (p *peer) malformed(mode, doc string) *trial {
	tr := p.write(mode, doc)
	tr.op, tr.typ = "malformed", 0
	tr.text = func(doc string) (string, error) { return p.call(mode, doc) }
	return tr
}

// damage compares a copy of doc with one fault. The peer agrees on doc. An empty string
// counts as the empty document.
func (c *comparison) damage(t *testing.T, mode, doc string, s *bsontest.Source) {
	t.Helper()
	if doc == "" {
		doc = documentOf()
	}
	f := bsontest.Damage(s, []byte(doc))
	c.check(t, string(f.Data), unsplit, func(doc string) *trial { return c.malformed(mode, doc) })
}

// malformed: the peer reads a document whose fault is err.
func malformed(err error) test {
	return func(tr *trial) bool {
		return tr.op == "malformed" && tr.theirErr == nil && errors.Is(tr.ourErr, err)
	}
}

// A repair returns a document without its fault, which is at the offset at.
type repair func(doc string, at int) string

// readsAs: the peer reads a malformed document as it reads the valid one that r makes.
func readsAs(r repair) test { return readsLike(r, strings.Clone) }

// readsLike: readsAs, after the same change to both texts.
func readsLike(r repair, change func(text string) string) test {
	return func(tr *trial) bool {
		var fault *bson.SyntaxError
		if tr.op != "malformed" || tr.theirErr != nil || !errors.As(tr.ourErr, &fault) {
			return false
		}
		doc := r(tr.doc, int(fault.Offset))
		if bson.Validate([]byte(doc)) != nil {
			return false
		}
		text, err := tr.text(doc)
		return err == nil && change(replacements.ReplaceAllString(text, "\ufffd")) == change(replacements.ReplaceAllString(tr.theirs, "\ufffd"))
	}
}

// replacements matches a run of U+FFFD. Implementations replace the same bytes by
// different numbers of them.
var replacements = regexp.MustCompile(`(\x{fffd}|\\ufffd)+`)

// replaced replaces invalid UTF-8.
func replaced(doc string, _ int) string {
	var d bson.D
	if err := (bson.DecodeOptions{InvalidUTF8: bson.UTF8Replace}).Unmarshal([]byte(doc), &d); err != nil {
		return ""
	}
	out, err := bson.Marshal(d)
	if err != nil {
		return ""
	}
	return string(out)
}

// unread removes the texts that Python and libbson do not read: the keys of arrays, and the
// options of regexes that they do not know.
func unread(doc string, _ int) string { return changed(doc, true, []change{flagsOnly}) }

// terminated ends the string whose length is at the offset with NUL.
func terminated(doc string, at int) string {
	b := []byte(doc)
	if at+4 < len(b) {
		if end := endOfDocument(doc, at) + 4; at+4 < end && end <= len(b) {
			b[end-1] = 0
		}
	}
	return string(b)
}

// innerLength corrects the length of a binary of subtype 2 by its inner length. One of
// the two lengths is at the offset.
func innerLength(doc string, at int) string {
	b := []byte(doc)
	for _, length := range []int{at, at - 5} {
		if length+9 <= len(b) && b[length+4] == bson.BinaryBinaryOld {
			binary.LittleEndian.PutUint32(b[length:], binary.LittleEndian.Uint32(b[length+5:])+4)
			break
		}
	}
	return string(b)
}

// noInnerLength gives a binary of subtype 2 that is too short for an inner length the
// subtype 0, which has none. The elements that follow can be any bytes, also invalid UTF-8.
func noInnerLength(doc string, at int) string {
	at -= 5 // of the inner length, which would be there
	if at < 0 || doc[at] >= 4 || doc[at+1:at+5] != "\x00\x00\x00\x02" {
		return ""
	}
	b := []byte(doc)
	b[at+4] = bson.BinaryGeneric
	return replaced(string(b), 0)
}

// oneSubtype gives binaries of subtype 2 the subtype 0 in the text of the driver.
func oneSubtype(text string) string { return subtypes.Replace(text) }

var subtypes = strings.NewReplacer(`"subType":"02"`, `"subType":"00"`, `"$type":"02"`, `"$type":"00"`)

var unescape = strings.NewReplacer("~1", "/", "~0", "~") // of a JSON Pointer

// cutBinary: the fault is a binary that would end behind its document. A peer that reads it
// reads memory behind the document, so no text is to be expected.
func cutBinary(tr *trial) bool {
	var fault *bson.SyntaxError
	if !errors.As(tr.ourErr, &fault) {
		return false
	}
	at := int(fault.Offset)
	key := unescape.Replace(fault.Pointer[strings.LastIndexByte(fault.Pointer, '/')+1:])
	if typ := at - len(key) - 2; typ < 0 || at+5 > len(tr.doc) || tr.doc[typ] != byte(bson.TypeBinary) {
		return false
	}
	lengths := openLengths(tr.doc)
	end := endOfDocument(tr.doc, lengths[len(lengths)-1]) - 1
	size := int(binary.LittleEndian.Uint32([]byte(tr.doc[at:])))
	return at+5+size > end || tr.doc[at+4] == bson.BinaryBinaryOld && at+9 > end
}

// lengthened adds a NUL to the end of the container that has the fault.
func lengthened(doc string, _ int) string {
	lengths := openLengths(doc)
	end := endOfDocument(doc, lengths[len(lengths)-1])
	return spliced(doc, lengths, end, end, "\x00")
}

// cut removes the rest of the container that has the fault.
func cut(doc string, at int) string {
	lengths := openLengths(doc)
	return spliced(doc, lengths, at, endOfDocument(doc, lengths[len(lengths)-1])-1, "")
}

// endOfDocument returns the end of the document that starts at an offset of doc.
func endOfDocument(doc string, start int) int {
	return start + int(binary.LittleEndian.Uint32([]byte(doc[start:])))
}

// spliced replaces a part of doc, and corrects the lengths at the offsets lengths.
func spliced(doc string, lengths []int, from, to int, with string) string {
	b := []byte(doc)
	for _, at := range lengths {
		binary.LittleEndian.PutUint32(b[at:], binary.LittleEndian.Uint32(b[at:])+uint32(len(with)-(to-from)))
	}
	return string(slices.Replace(b, from, to, []byte(with)...))
}

// openLengths returns the offsets of the lengths of the containers, the innermost last, in
// which a cursor finds the fault of doc.
func openLengths(doc string) []int {
	c := bson.NewCursor([]byte(doc))
	open := [][]int{{0}}
	for {
		for c.Next() {
			inside := []int{c.ValueOffset()}
			switch c.Type() {
			case bson.TypeCodeWithScope:
				code, _ := c.CodeWithScope()
				inside = append(inside, c.ValueOffset()+8+len(code)+1)
			case bson.TypeDocument, bson.TypeArray:
			default:
				continue
			}
			if c.Enter() {
				open = append(open, inside)
			}
		}
		if c.Failed() {
			return slices.Concat(open...)
		}
		c.Leave()
		open = open[:len(open)-1]
	}
}

// flagsOnly keeps the options of regexes that Python and libbson know, in order.
func flagsOnly(elements []element, _ bool) []element {
	out := slices.Clone(elements)
	for i, e := range out {
		if e.typ != bson.TypeRegex {
			continue
		}
		pattern, options, _ := strings.Cut(e.data, "\x00")
		known := pattern + "\x00"
		for _, flag := range "ilmsux" {
			if strings.ContainsRune(options, flag) {
				known += string(flag)
			}
		}
		out[i].data = known + "\x00"
	}
	return out
}
