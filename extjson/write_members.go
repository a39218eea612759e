package extjson

import (
	"bytes"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file writes text that is not compact: in lines, with spaces, sorted, or
// cut to a length. The loops of write.go call it only if an option asks
// for one of these.
//
// Whether the text exceeds MaxLen is only known after writing it. If a member
// exceeds the limit, the text is written again, with room for the mark. Each
// time at most MaxLen bytes and a value of fixed size are written.

// A memberLayout is the part of an encoder for text that is not compact.
type memberLayout struct {
	custom   bool // not compact, or limited: the members call this file
	sortKeys bool
	indent   string
	spaces   bool // indent is some spaces, as many as spaceLine has at most
	colon    string
	comma    string
	data     []byte         // what is being written
	members  []sortedMember // of the documents open, one on top of the other

	max     int  // bytes of text, see MaxLen; 0: no limit
	cut     bool // the text has been cut: nothing follows
	marking bool // the text is to end with the mark
}

// A sortedMember is an element of a document that is being sorted. It is
// small because there may be one for every two bytes of the document.
type sortedMember struct {
	at  uint32 // byte offset of the element
	key uint32 // bytes in its key
}

func (e *encoder) initLayout(o *EncodeOptions) {
	e.custom = o.SortKeys || o.Indent != "" || o.Spacing != CompactSpacing || o.MaxLen > 0
	e.sortKeys = o.SortKeys
	e.indent = o.Indent
	e.spaces = strings.HasPrefix(spaces, o.Indent)
	e.max = max(o.MaxLen, 0)
	e.colon, e.comma = e.spelling.colon, e.spelling.comma
	if e.indent != "" {
		e.comma = ","
	}
	if e.indent != "" && o.Spacing == CompactSpacing {
		e.colon = ": "
	}
}

// alone writes the current value as the whole text.
func (e *encoder) alone(dst []byte) []byte {
	if e.max == 0 {
		return e.value(dst)
	}
	if e.hopeless(dst, 0) {
		dst = e.cutOff(dst, e.spelling.markerElement)
	} else {
		dst = e.fit(append(e.value(dst), e.comma...), e.start, e.spelling.markerElement)
	}
	return dst[:max(len(dst)-len(e.comma), e.start)]
}

// newline begins the line of a member.
//
// NOTE: inlines; TestScalarInline lists it.
func (e *encoder) newline(dst []byte) []byte {
	if e.indent == "" {
		return dst
	}
	return e.indented(dst)
}

// indented is newline for indented text.
func (e *encoder) indented(dst []byte) []byte {
	line := 1 + min(e.level, maxIndentLevels)*len(e.indent)
	if room := line + quoteRoom; cap(dst)-len(dst) < room {
		if dst = e.grow(dst, room, line); cap(dst)-len(dst) < room {
			return dst // it would be too long
		}
	}
	if e.spaces && line <= blockSize {
		return spaceLine.put(dst)[:len(dst)+line]
	}
	return appendLine(dst, e.indent, e.level)
}

// spaceLine begins like every line that is not longer and is indented by some
// of these spaces.
var spaceLine = newBlock("\n" + spaces)

const spaces = "                               " // blockSize - 1

// maxIndentLevels is the deepest level of indentation. So indented text is at
// most a constant times as long as compact text.
const maxIndentLevels = 64

// appendLine appends a line feed and the indentation of a member in level
// containers.
func appendLine(dst []byte, indent string, level int) []byte {
	dst = append(dst, '\n')
	for range min(level, maxIndentLevels) {
		dst = append(dst, indent...)
	}
	return dst
}

// closeDocument ends the document whose members are at the end of dst.
func (e *encoder) closeDocument(dst []byte, where setting) []byte {
	switch {
	case e.endsMember(dst):
		return e.closing(dst, e.spelling.close)
	case where == topDocument || where == scopeDocument:
		e.level--
		return append(dst[:len(dst)-len(e.spelling.open)], e.spelling.emptyTop...)
	}
	e.level--
	return append(dst[:len(dst)-len(e.spelling.open)], e.spelling.empty...)
}

// endsMember reports whether dst ends with the comma after a member, and not
// with the bracket before the first member.
func (e *encoder) endsMember(dst []byte) bool {
	n := len(dst) - len(e.comma)
	return n >= 0 && string(dst[n:]) == e.comma
}

// closeArray is closeDocument for an array.
func (e *encoder) closeArray(dst []byte) []byte {
	if e.endsMember(dst) {
		return e.closing(dst, e.spelling.closeArray)
	}
	e.level--
	return append(dst[:len(dst)-len(e.spelling.openArray)], e.spelling.emptyArray...)
}

// closing replaces the comma after the last member with bracket.
func (e *encoder) closing(dst []byte, bracket string) []byte {
	e.level--
	dst = dst[:len(dst)-len(e.comma)]
	if e.indent != "" {
		return append(e.newline(dst), bracket[len(bracket)-1])
	}
	return append(dst, bracket...)
}

// usualMembers is the number of members of open documents for which there is
// room at first.
const usualMembers = 64

// An order is the members of a document that is being sorted:
// e.members[from:to]. next is the index of the member to write next.
type order struct{ from, next, to int }

// sortMembers appends the members of the open document to e.members, sorted by
// key.
func (e *encoder) sortMembers() order {
	if e.members == nil {
		e.members = make([]sortedMember, 0, usualMembers)
	}
	from := len(e.members)
	for e.c.Next() {
		if len(e.members) == cap(e.members) { // doubling, where append would do less
			e.members = slices.Grow(e.members, len(e.members))
		}
		e.members = append(e.members, sortedMember{uint32(e.c.Offset()), uint32(len(e.c.Key()))})
	}
	members, data := e.members[from:], e.data
	slices.SortStableFunc(members, func(a, b sortedMember) int {
		return bytes.Compare(data[a.at+1:][:a.key], data[b.at+1:][:b.key])
	})
	return order{from, from, len(e.members)}
}

// goTo goes to the next member of o and reports whether there is one.
func (e *encoder) goTo(o *order) bool {
	if o.next == o.to {
		return false
	}
	e.c.Seek(int(e.members[o.next].at))
	o.next++
	return e.c.Next()
}

// hopeless reports, before the current element is written, that it cannot fit:
// text is at least as long as its strings and bytes. size is the number of
// bytes of its key that are written. hopeless and fit are for texts with a
// limit: e.max is not zero.
func (e *encoder) hopeless(dst []byte, size int) bool {
	switch e.c.Type() {
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		size += len(e.c.Text())
	case bsoncore.TypeBinary:
		_, data := e.c.Binary()
		size += len(data)
	case bsoncore.TypeCodeWithScope:
		code, _ := e.c.CodeWithScope()
		size += len(code)
	case bsoncore.TypeRegex:
		size += len(e.c.Data()) - 2 // the NULs
	case bsoncore.TypeDBPointer:
		namespace, _ := e.c.DBPointer()
		size += len(namespace)
	}
	return len(dst)-e.start+size > e.max
}

// fit checks the text up to the comma of the member that begins at dst[from],
// and removes the member if the text is too long.
func (e *encoder) fit(dst []byte, from int, marker string) []byte {
	size := len(dst) - len(e.comma) - e.start + e.closersLen()
	if e.marking && !e.cut {
		size += e.markerLen(marker)
	}
	if size <= e.max {
		return dst
	}
	return e.cutOff(dst[:from], marker)
}

// cutOff ends the text at the end of dst, before the next member.
func (e *encoder) cutOff(dst []byte, marker string) []byte {
	e.cut = true
	if !e.marking {
		return dst
	}
	if e.level > 0 {
		dst = e.newline(dst)
	}
	dst = append(dst, marker...)
	return append(dst, e.comma...)
}

// closersLen is the number of bytes that close the open brackets.
func (e *encoder) closersLen() int {
	if e.indent == "" {
		return e.level * len(e.spelling.close)
	}
	// Each bracket is on a line of its own, after a line feed.
	return 2*e.level + len(e.indent)*indentsOfClosers(e.level)
}

// indentsOfClosers is the number of indentations before level closing brackets
// in a row.
func indentsOfClosers(level int) int {
	n := min(level, maxIndentLevels+1)
	return n*(n-1)/2 + maxIndentLevels*(level-n)
}

// markerLen is the number of bytes of the mark after a member.
func (e *encoder) markerLen(marker string) int {
	n := len(e.comma) + len(marker)
	if e.indent != "" {
		n += 1 + min(e.level, maxIndentLevels)*len(e.indent)
	}
	return n
}
