package inspect

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/oneline"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file writes parts as lines for people: offset, length and type, and then
// key and value, indented by depth. Long texts are shortened, and control
// characters escaped.

// A Document is a document whose parts are written, and its place.
type Document struct {
	File   string // name for messages
	Space  string // namespace; "": none
	Alone  bool   // the file has no other namespace: text does not show it
	Number int64  // in the file or namespace, from 1
	At     int64  // byte of the file at which it starts
	Line   int64  // of its start in text, from 1; 0: not text
	Column int64  // of its start in text, in bytes, from 1
	Data   []byte // bytes of the document, as far as they are there
	Stray  bool   // its length is impossible; Data is some bytes from its start on
	// Made says that the document was converted to BSON, so offsets count from
	// its start.
	Made bool
}

// Base returns the number that is added to the offsets of parts.
func (d *Document) Base() int64 {
	if d.Made {
		return 0
	}
	return d.At
}

// size returns the length that d states, in bytes.
func (d *Document) size() int {
	if len(d.Data) < 4 {
		return 0
	}
	return int(int32(binary.LittleEndian.Uint32(d.Data)))
}

// A Form writes documents and their parts.
type Form interface {
	// AppendDocument appends the text before the parts of d.
	AppendDocument(dst []byte, d *Document) []byte
	// AppendPart appends the text of p, a part of d.
	AppendPart(dst []byte, d *Document, p Part) []byte
}

// Text is a Form for people.
type Text struct {
	_ struct{} // keyed literals only

	// Bytes adds the bytes of each part, below it.
	Bytes bool
	// Max is the number of bytes of a key, a value or a part that are shown.
	// Zero means all.
	Max int
	// UUIDs says which binaries are UUIDs.
	UUIDs bson.UUIDRepresentation
}

// The shape of a line, in columns.
const (
	offsetColumns = 10 // for the offset, after the mark of a fault
	lengthColumns = 9
	typeColumns   = 11 // and a blank
	indent        = 2  // for each document around it
	maxIndent     = 64 // largest indentation
	bytesPerLine  = 16
	around        = 16 // least bytes shown before and after the place of a fault
)

// AppendDocument appends the line about the document itself.
func (t Text) AppendDocument(dst []byte, d *Document) []byte {
	dst = append(append(dst, d.File...), ": "...)
	if d.Space != "" && !d.Alone {
		dst = append(append(dst, oneline.Escape(d.Space)...), ' ')
	}
	dst = fmt.Appendf(dst, "document %d at offset %d", d.Number, d.At)
	if d.Line > 0 {
		dst = fmt.Appendf(dst, ", line %d, column %d", d.Line, d.Column)
	}
	switch size := d.size(); {
	case d.Stray:
		dst = append(dst, ", of unknown length"...)
	case size > len(d.Data):
		dst = fmt.Appendf(dst, ", %d of %d bytes", len(d.Data), size)
	default:
		dst = fmt.Appendf(dst, ", %d bytes", len(d.Data))
	}
	if d.Made {
		dst = append(dst, " of BSON; offsets are in these"...)
	}
	return append(dst, '\n')
}

// AppendPart appends a line for p, and lines for its bytes if Bytes is set or p
// is a fault.
func (t Text) AppendPart(dst []byte, d *Document, p Part) []byte {
	mark, length, name, depth := " ", strconv.Itoa(max(p.Size, p.Length)), "", p.Depth
	switch p.Kind {
	case Length:
		name, depth = "length", 1
	case Element:
		if name = p.Type.String(); p.Type == bson.TypeCodeWithScope {
			name = bson.TypeCode.String() // the full name is too long, and the bracket shows the scope
		}
	case End:
		name, depth = "end", max(p.Depth, 1)
	case Rest:
		name, depth = "rest", 1
	case Fault:
		mark, length, name, depth = ">", "", "fault", 1
	}
	dst = fmt.Appendf(dst, "%s%*d%*s  %-*s ", mark, offsetColumns-1, d.Base()+int64(p.Offset), lengthColumns, length, typeColumns, name)
	dst = append(dst, strings.Repeat(" ", min(indent*(depth-1), maxIndent))...)
	dst = t.appendContent(dst, d, p)
	dst = append(trimBlanks(dst), '\n')
	switch {
	case p.Kind == Fault:
		dst = appendAround(dst, d, p.Offset)
	case t.Bytes:
		dst = t.appendBytes(dst, d.Data, p)
	}
	return dst
}

func trimBlanks(dst []byte) []byte {
	for len(dst) > 0 && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// brackets returns the brackets of a container of type t.
func brackets(t bson.Type) (open, close string) {
	if t == bson.TypeArray {
		return "[", "]"
	}
	return "{", "}"
}

// appendContent appends the content of p: key and value, length or fault.
func (t Text) appendContent(dst []byte, d *Document, p Part) []byte {
	open, closing := brackets(p.Type)
	switch p.Kind {
	case Length:
		return strconv.AppendInt(dst, int64(d.size()), 10)
	case End:
		if p.Depth > 0 {
			dst = append(dst, closing...)
		}
		return dst
	case Fault:
		if len(p.Path) > 0 {
			dst = append(append(dst, oneline.Clean(string(p.Path), maxPath)...), ": "...)
		}
		return append(dst, p.Err.Error()...)
	case Rest:
		return dst
	}
	dst = append(t.appendKey(dst, p.Key), ": "...)
	if !p.Holds {
		return t.appendValue(dst, p.Type, p.Data)
	}
	if p.Type == bson.TypeCodeWithScope {
		dst = append(t.appendText(dst, bson.TypeCode, p.Code), ", "...)
	}
	return append(dst, open...)
}

// maxPath is the longest path that is shown, in bytes.
const maxPath = 200

// appendKey appends a key, in quotes unless it is a plain word.
func (t Text) appendKey(dst, key []byte) []byte {
	whole := len(key)
	key = t.cut(key)
	if plain(key) {
		dst = append(dst, key...)
	} else {
		quoted, _ := json.Marshal(string(key)) // a string always has a text
		dst = append(dst, oneline.Escape(string(quoted))...)
	}
	return appendCut(dst, len(key), whole)
}

// plain reports whether key is a word that needs no quotes.
func plain(key []byte) bool {
	for _, b := range key {
		if !('a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '$' || b == '-' || b == '.') {
			return false
		}
	}
	return len(key) > 0
}

// cut returns the start of s that is shown. It ends at the end of a character.
func (t Text) cut(s []byte) []byte {
	if t.Max == 0 || len(s) <= t.Max {
		return s
	}
	n := t.Max
	for n > 0 && n > t.Max-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// appendCut appends a note if only shown of whole bytes are there.
func appendCut(dst []byte, shown, whole int) []byte {
	if shown == whole {
		return dst
	}
	return fmt.Appendf(dst, "… (%d bytes)", whole)
}

// appendValue appends a value of type typ, whose bytes are data, in the syntax
// of the MongoDB shell.
func (t Text) appendValue(dst []byte, typ bson.Type, data []byte) []byte {
	var c bson.Cursor
	switch typ {
	case bson.TypeString, bson.TypeSymbol, bson.TypeCode:
		return t.appendText(dst, typ, data[4:len(data)-1])
	case bson.TypeBinary:
		if !c.ResetValue(typ, data, 0) {
			panic("BUG: inspect: a binary that no cursor has seen")
		}
		subtype, b := c.Binary()
		if t.Max == 0 || len(b) <= t.Max {
			break
		}
		element := bsoncore.AppendBinary(nil, "", subtype, b[:t.Max])
		return appendCut(t.appendShell(dst, typ, element[2:]), t.Max, len(b))
	}
	n := len(dst)
	dst = t.appendShell(dst, typ, data)
	if typ == bson.TypeRegex || typ == bson.TypeDBPointer {
		text := t.cut(dst[n:])
		return appendCut(dst[:n+len(text)], len(text), len(dst)-n)
	}
	return dst
}

// appendText appends a string, symbol or code.
func (t Text) appendText(dst []byte, typ bson.Type, text []byte) []byte {
	shown := t.cut(text)
	var element []byte
	switch typ {
	case bson.TypeSymbol:
		element = bsoncore.AppendSymbol(nil, "", string(shown))
	case bson.TypeCode:
		element = bsoncore.AppendCode(nil, "", string(shown))
	default:
		element = bsoncore.AppendString(nil, "", string(shown))
	}
	return appendCut(t.appendShell(dst, typ, element[2:]), len(shown), len(text))
}

// appendShell appends a whole value.
func (t Text) appendShell(dst []byte, typ bson.Type, data []byte) []byte {
	o := extjson.EncodeOptions{Mode: extjson.Shell, InvalidUTF8: bson.UTF8Replace, UUIDRepresentation: t.UUIDs}
	text, err := o.AppendJSONValue(nil, typ, data)
	if err != nil {
		panic("BUG: inspect: a value without a text: " + err.Error())
	}
	return append(dst, oneline.Escape(string(text))...)
}

// appendBytes appends lines with the bytes of p, and bars between type, key and
// value.
func (t Text) appendBytes(dst, doc []byte, p Part) []byte {
	all := doc[p.Offset : p.Offset+p.Size]
	shown := all
	if t.Max > 0 && len(shown) > t.Max {
		shown = shown[:t.Max]
	}
	for i, b := range shown {
		switch {
		case i%bytesPerLine == 0:
			if i > 0 {
				dst = append(dst, '\n')
			}
			dst = appendBlanks(dst, offsetColumns+lengthColumns+2)
		case p.Kind == Element && (i == 1 || i == 2+len(p.Key)):
			dst = append(dst, '|')
		default:
			dst = append(dst, ' ')
		}
		dst = hex.AppendEncode(dst, []byte{b})
	}
	return append(appendCut(dst, len(shown), len(all)), '\n')
}

func appendBlanks(dst []byte, n int) []byte { return append(dst, strings.Repeat(" ", n)...) }

// appendAround appends lines with the bytes around the byte at off, as digits
// and as ASCII characters, and a line that points to that byte.
func appendAround(dst []byte, d *Document, off int) []byte {
	base, doc := d.Base(), d.Data
	// Lines start at multiples of bytesPerLine in the file.
	line := int64(bytesPerLine)
	first := max((base+int64(off)-around)/line*line, base/line*line)
	last := base + int64(min(off+around, len(doc)))
	for from := first; from < last || from <= base+int64(off); from += line {
		dst = fmt.Appendf(dst, "%*d  ", offsetColumns+lengthColumns, from)
		var chars [bytesPerLine]byte
		for i := range chars {
			at := from + int64(i) - base
			if at < 0 || at >= int64(len(doc)) {
				chars[i] = ' '
				dst = append(dst, "   "...)
				continue
			}
			b := doc[at]
			if chars[i] = b; b < ' ' || b > '~' {
				chars[i] = '.'
			}
			dst = append(hex.AppendEncode(dst, []byte{b}), ' ')
		}
		dst = append(trimBlanks(append(append(dst, ' '), chars[:]...)), '\n')
		if at := base + int64(off) - from; 0 <= at && at < line {
			dst = appendBlanks(dst, offsetColumns+lengthColumns+2+3*int(at))
			dst = append(dst, "^^\n"...)
		}
	}
	return dst
}
