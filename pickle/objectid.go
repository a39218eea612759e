package pickle

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads and writes a pickle of one ObjectId without an unpickler,
// because the bytes around the id are always the same. Pickles that match no
// template go to an unpickler.

// A template has the bytes of CPython 3.7 to 3.13 before and after an id.
type template struct{ head, tail string }

// The templates by protocol. The text of an id before protocol 3 has its
// length, in protocols 1 and 2, at the end of the head.
var templates = [6]template{
	{"ccopy_reg\n_reconstructor\np0\n(cbson.objectid\nObjectId\np1\nc__builtin__\nobject\np2\nNtp3\nRp4\nc_codecs\nencode\np5\n(V",
		"\np6\nVlatin1\np7\ntp8\nRp9\nb."},
	{"ccopy_reg\n_reconstructor\nq\x00(cbson.objectid\nObjectId\nq\x01c__builtin__\nobject\nq\x02Ntq\x03Rq\x04c_codecs\nencode\nq\x05(X",
		"q\x06X\x06\x00\x00\x00latin1q\x07tq\x08Rq\x09b."},
	{"\x80\x02cbson.objectid\nObjectId\nq\x00)\x81q\x01c_codecs\nencode\nq\x02X", "q\x03X\x06\x00\x00\x00latin1q\x04\x86q\x05Rq\x06b."},
	{"\x80\x03cbson.objectid\nObjectId\nq\x00)\x81q\x01C\x0c", "q\x02b."},
	{"\x80\x04\x95\x31\x00\x00\x00\x00\x00\x00\x00\x8c\x0dbson.objectid\x94\x8c\x08ObjectId\x94\x93\x94)\x81\x94C\x0c", "\x94b."},
	{"\x80\x05\x95\x31\x00\x00\x00\x00\x00\x00\x00\x8c\x0dbson.objectid\x94\x8c\x08ObjectId\x94\x93\x94)\x81\x94C\x0c", "\x94b."},
}

// MarshalObjectID returns id as a pickle of protocol 2, which every Python
// since 2.7 loads as an ObjectId: the bytes that CPython 3.7 to 3.13 writes.
// The error is always nil.
func MarshalObjectID(id objectid.ID) ([]byte, error) { return EncodeOptions{}.MarshalObjectID(id) }

// MarshalObjectID returns id as a pickle with the options o. A protocol that
// does not exist, or that o.Reader cannot load, is a *bson.OptionError.
func (o EncodeOptions) MarshalObjectID(id objectid.ID) ([]byte, error) {
	return o.AppendObjectID(nil, id)
}

// maxObjectID is the longest pickle of an ObjectId, in bytes: in protocol 0,
// where six bytes may stand for one.
const maxObjectID = 134 + 6*12

// AppendObjectID appends id to dst as a pickle with the options o and returns
// the longer slice. On failure dst comes back at its old length, with the error
// of MarshalObjectID.
func (o EncodeOptions) AppendObjectID(dst []byte, id objectid.ID) ([]byte, error) {
	p, err := o.number()
	if err != nil {
		return dst, err
	}
	if dst == nil {
		n := maxObjectID
		if p > 0 {
			n = len(templates[p].head) + len(templates[p].tail) + 4 + 2*len(id)
		}
		dst = make([]byte, 0, n)
	}
	dst = append(dst, templates[p].head...)
	switch p {
	case 0:
		dst = appendLatin1Escaped(dst, id[:])
	case 1, 2:
		var text [2 * len(id)]byte
		n := 0
		for _, c := range id {
			if c < utf8.RuneSelf {
				text[n] = c
				n++
			} else {
				text[n], text[n+1] = c>>6|0xc0, c&0x3f|0x80
				n += 2
			}
		}
		dst = append(append(dst, byte(n), 0, 0, 0), text[:n]...)
	default:
		dst = append(dst, id[:]...)
	}
	return append(dst, templates[p].tail...), nil
}

// UnmarshalObjectID returns the ObjectId in data, one pickle in any form that
// PyMongo has written: see the documentation of the package. data is not kept.
// A pickle of anything else is a *ValueError that matches ErrNotObjectID; other
// errors are those of AppendBSON.
func UnmarshalObjectID(data []byte) (objectid.ID, error) {
	return DecodeOptions{}.UnmarshalObjectID(data)
}

// UnmarshalObjectID returns the ObjectId in data, read with the options o,
// otherwise like the function UnmarshalObjectID does.
func (o DecodeOptions) UnmarshalObjectID(data []byte) (objectid.ID, error) {
	if err := o.check(); err != nil {
		return objectid.ID{}, err
	}
	if id, ok := match(data); ok {
		return id, nil
	}
	var id objectid.ID
	u := unpicklers.Get().(*unpickler)
	defer u.free()
	u.init(&o)
	value, t, err := u.whole(u.scratch[:0], data)
	if err == nil && t != bsoncore.TypeObjectID {
		err = u.mistyped(t, ErrNotObjectID)
	}
	if err != nil {
		return id, err
	}
	return objectid.ID(value), nil
}

// match returns the id in data if data is one of the templates.
func match(data []byte) (id objectid.ID, ok bool) {
	if len(data) < len(templates[3].head) {
		return id, false
	}
	p := 1
	if data[0] == opProto {
		if p = int(data[1]); p < 2 || p > 5 {
			return id, false
		}
	} else if data[25] == opPut { // after the name of _reconstructor
		p = 0
	}
	t := &templates[p]
	n := len(data) - len(t.head) - len(t.tail)
	if n < len(id) || string(data[:len(t.head)]) != t.head || string(data[len(data)-len(t.tail):]) != t.tail {
		return id, false
	}
	text := data[len(t.head) : len(t.head)+n]
	if p >= 3 {
		return objectid.ID(text[:len(id)]), n == len(id)
	}
	if p == 0 {
		if n != len(id) || bytes.ContainsAny(text, "\\\n") {
			return id, false
		}
		return objectid.ID(text), true
	}
	if n < 4 || uint64(binary.LittleEndian.Uint32(text)) != uint64(n-4) {
		return id, false
	}
	text = text[4:]
	i := 0
	for ; i < len(id) && len(text) > 0; i++ {
		switch c := text[0]; {
		case c < utf8.RuneSelf:
			id[i] = c
			text = text[1:]
		case c&^1 == 0xc2 && len(text) > 1 && text[1]&0xc0 == 0x80:
			id[i] = c<<6 | text[1]&0x3f
			text = text[2:]
		default:
			return id, false
		}
	}
	return id, i == len(id) && len(text) == 0
}

// appendLatin1Escaped appends bytes as the raw-unicode-escape of the text whose
// characters they are, and escapes characters that would end the line or
// confuse a reader.
func appendLatin1Escaped(dst, b []byte) []byte {
	for _, c := range b {
		if bytes.IndexByte(escaped, c) >= 0 {
			dst = append(dst, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// escaped are the characters that protocol 0 writes as \u00xx.
var escaped = []byte{'\\', '\n', '\r', 0, 0x1a}
