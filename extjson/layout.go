package extjson

import (
	"bytes"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
)

// This file lays text out otherwise than compactly: in lines, with spaces,
// sorted, or cut to a length. The loops of append_json.go call it only where
// an option asks for any of that.
//
// Text longer than MaxLen is found out by writing it: when a member goes past
// the limit, everything is left as it is, and the text written again, this
// time with room kept for the mark. Both times no more than MaxLen bytes and
// a value of fixed size are written.

// A layout is the part of an encoder that is about it.
type layout struct {
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
	e.colon, e.comma = e.form.colon, e.form.comma
	if e.indent != "" {
		e.comma = ","
	}
	if e.indent != "" && o.Spacing == CompactSpacing {
		e.colon = ": "
	}
}

// alone writes the value that the cursor stands on, the whole text.
func (e *encoder) alone(dst []byte) []byte {
	if e.max == 0 {
		return e.value(dst)
	}
	if e.hopeless(dst, 0) {
		dst = e.cutOff(dst, e.form.markerElement)
	} else {
		dst = e.fit(append(e.value(dst), e.comma...), e.start, e.form.markerElement)
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

// indented is newline for text that is indented.
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

// spaceLine begins as every line does that is not longer and is indented by
// some of these spaces.
var spaceLine = newBlock("\n" + spaces)

const spaces = "                               " // blockSize - 1

// maxIndentLevels is the level from which on members are not indented any
// further, so that indented text is never more than a constant times as long
// as compact text.
const maxIndentLevels = 64

// appendLine appends a line feed and the indentation of a member that has
// level containers around it.
func appendLine(dst []byte, indent string, level int) []byte {
	dst = append(dst, '\n')
	for range min(level, maxIndentLevels) {
		dst = append(dst, indent...)
	}
	return dst
}

// closeDocument ends the document that dst ends with the members of.
func (e *encoder) closeDocument(dst []byte, where setting) []byte {
	switch {
	case e.endsMember(dst):
		return e.closing(dst, e.form.close)
	case where == topDocument || where == scopeDocument:
		e.level--
		return append(dst[:len(dst)-len(e.form.open)], e.form.emptyTop...)
	}
	e.level--
	return append(dst[:len(dst)-len(e.form.open)], e.form.empty...)
}

// endsMember reports whether dst ends with the comma behind a member, and not
// with the bracket before the first.
func (e *encoder) endsMember(dst []byte) bool {
	n := len(dst) - len(e.comma)
	return n >= 0 && string(dst[n:]) == e.comma
}

// closeArray is closeDocument for an array.
func (e *encoder) closeArray(dst []byte) []byte {
	if e.endsMember(dst) {
		return e.closing(dst, e.form.closeArray)
	}
	e.level--
	return append(dst[:len(dst)-len(e.form.openArray)], e.form.emptyArray...)
}

// closing puts bracket in place of the comma behind the last member.
func (e *encoder) closing(dst []byte, bracket string) []byte {
	e.level--
	dst = dst[:len(dst)-len(e.comma)]
	if e.indent != "" {
		return append(e.newline(dst), bracket[len(bracket)-1])
	}
	return append(dst, bracket...)
}

// usualMembers is how many members, of the documents open, there is room for
// at first.
const usualMembers = 64

// An order is the members of a document that is being sorted: those in
// e.members[from:to], of which next is the one to write next.
type order struct{ from, next, to int }

// sortMembers puts the members of the document that the cursor has entered
// on e.members, sorted by key.
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

// hopeless reports whether the current element cannot fit, before it is
// written: text is no shorter than the strings and bytes that it holds. size is
// how many bytes of its key are written. It and fit are for texts that are cut,
// where e.max is not zero.
func (e *encoder) hopeless(dst []byte, size int) bool {
	switch e.c.Type() {
	case bson.TypeString, bson.TypeSymbol, bson.TypeCode:
		size += len(e.c.Text())
	case bson.TypeBinary:
		_, data := e.c.Binary()
		size += len(data)
	case bson.TypeCodeWithScope:
		code, _ := e.c.CodeWithScope()
		size += len(code)
	case bson.TypeRegex:
		size += len(e.c.Data()) - 2 // the NULs
	case bson.TypeDBPointer:
		namespace, _ := e.c.DBPointer()
		size += len(namespace)
	}
	return len(dst)-e.start+size > e.max
}

// fit checks the text up to the comma of the member that began when dst was
// from bytes long, and takes the member back if it is too long.
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

// cutOff ends the text before the member that would begin at the end of dst.
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

// closersLen is how many bytes the brackets need that are open.
func (e *encoder) closersLen() int {
	if e.indent == "" {
		return e.level * len(e.form.close)
	}
	// Each stands on a line of its own, behind a line feed.
	return 2*e.level + len(e.indent)*indentsOfClosers(e.level)
}

// indentsOfClosers is how many indentations stand before level brackets that
// close each other: those of the levels below.
func indentsOfClosers(level int) int {
	n := min(level, maxIndentLevels+1)
	return n*(n-1)/2 + maxIndentLevels*(level-n)
}

// markerLen is how many bytes the mark needs behind a member.
func (e *encoder) markerLen(marker string) int {
	n := len(e.comma) + len(marker)
	if e.indent != "" {
		n += 1 + min(e.level, maxIndentLevels)*len(e.indent)
	}
	return n
}
