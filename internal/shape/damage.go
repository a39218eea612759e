package shape

import (
	"bytes"
	"encoding/binary"

	"github.com/bsonkit/bsonkit/bson"
)

// A wound returns a copy of a document with a fault in one element. The type byte of
// the element is at at, and its value is from value to end.
type wound struct {
	name string
	make func(s *Source, doc []byte, at, value, end int) []byte
}

// wounds lists the kinds of faults.
var wounds = []wound{
	{"cut", func(s *Source, doc []byte, at, value, end int) []byte { return doc[:at+s.Below(256)%(end-at+1)] }},
	{"length", func(s *Source, doc []byte, at, value, end int) []byte {
		off := 0
		if end-value >= 4 && s.Byte()&3 != 0 {
			off = value
		}
		n := binary.LittleEndian.Uint32(doc[off:])
		binary.LittleEndian.PutUint32(doc[off:], []uint32{n + 1, n - 1, 0, 4, 5, 1<<31 - 1, 1 << 31, 1<<32 - 1, n ^ 1<<s.Below(32)}[s.Below(9)])
		return doc
	}},
	{"type", func(s *Source, doc []byte, at, value, end int) []byte { doc[at] = s.Byte(); return doc }},
	{"key", func(s *Source, doc []byte, at, value, end int) []byte {
		doc[at+1+s.Below(256)%(value-at-1)] = 0x80 | s.Byte()
		return doc
	}},
	{"byte", func(s *Source, doc []byte, at, value, end int) []byte {
		if value < end {
			doc[value+int(s.Uint(2))%(end-value)] = s.Byte()
		}
		return doc
	}},
	{"terminator", func(s *Source, doc []byte, at, value, end int) []byte { doc[end-1] = 1 + s.Byte()/2; return doc }},
	{"end", func(s *Source, doc []byte, at, value, end int) []byte { doc[len(doc)-1] = 1 + s.Byte()/2; return doc }},
	{"gap", func(s *Source, doc []byte, at, value, end int) []byte {
		return append(bytes.Clone(doc[:at+s.Below(256)%(end-at+1)]), doc[end:]...)
	}},
	{"rest", func(s *Source, doc []byte, at, value, end int) []byte { return append(doc, s.Byte()) }},
	{"swapped", func(s *Source, doc []byte, at, value, end int) []byte {
		return append(append(bytes.Clone(doc[:at]), doc[value:end]...), doc[end:]...)
	}},
}

// Damage returns a copy of doc, a valid document, with one fault, which the next
// choices of s select: a wrong length, type or terminator, a byte that is not text, or
// missing bytes. By chance the copy may be valid.
func Damage(s *Source, doc []byte) []byte {
	out := bytes.Clone(doc)
	all := places(doc)
	if len(all) == 0 {
		return out[:s.Below(256)%len(out)]
	}
	p := all[int(s.Uint(2))%len(all)]
	return wounds[s.Below(len(wounds))].make(s, out, p[0], p[1], p[2])
}

// places returns the start, the start of the value and the end of each element of doc,
// at every depth.
func places(doc []byte) (all [][3]int) {
	c := bson.NewCursor(doc)
	open := 0
	for {
		for c.Next() {
			all = append(all, [3]int{c.Offset(), c.ValueOffset(), c.ValueOffset() + len(c.Data())})
			if t := c.Type(); (t.IsContainer() || t == bson.TypeCodeWithScope) && c.Enter() {
				open++
			}
		}
		if open == 0 || c.Err() != nil {
			return all
		}
		c.Leave()
		open--
	}
}
