package extjson

import (
	"encoding/binary"
	"math"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file reads the calls of the shell's syntax that have several arguments,
// or arguments of their own kind, for shellWord (read_shell_call.go).

// timestampCall reads Timestamp(t, i), Timestamp({t: t, i: i}) or
// Timestamp(), which is zero.
func (d *decoder) timestampCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if off < len(d.src) && d.src[off] == '{' {
		if dst, off = d.timestamp(dst, off, mark); off < 0 {
			return dst, off
		}
		return dst, d.endCall(off)
	}
	var parts [2]uint32
	if off < len(d.src) && d.src[off] != ')' {
		for i := range parts {
			if i > 0 {
				if off = d.needNext(off, "a second argument"); off < 0 {
					return dst, off
				}
			}
			n, end, ok := numtext.Scan(d.src, off)
			if !ok || n.Frac || n.Neg {
				return dst, d.fail(off, ErrNumber, "a uint32")
			}
			if n.More || n.Mant > math.MaxUint32 {
				return dst, d.fail(off, ErrRange, "a uint32")
			}
			parts[i], off = uint32(n.Mant), end
		}
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeTimestamp)
	return binary.LittleEndian.AppendUint64(dst, uint64(parts[0])<<32|uint64(parts[1])), d.endCall(off)
}

// uuidCall reads a UUID as text, with hyphens or without.
func (d *decoder) uuidCall(dst []byte, r bson.UUIDRepresentation, off, mark int) ([]byte, int) {
	if off = d.argument(off); off < 0 {
		return dst, off
	}
	dst, text, end := d.quoted(dst, keyUUID, off)
	if end < 0 {
		return dst, end
	}
	id, ok := parseUUID(text)
	if !ok {
		id, ok = parseDigits(text)
	}
	if !ok {
		return dst, d.fail(off, ErrWrapperText, specialValues[keyUUID])
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeBinary)
	return appendUUID(dst, r, id), d.endCall(end)
}

// codeCall reads code and optionally its scope.
func (d *decoder) codeCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	start := len(dst)
	if dst, off = d.wrapperString(dst, keyCode, off); off < 0 {
		return dst, off
	}
	at := d.next(off)
	if at == 0 {
		bsoncore.SetType(dst, mark, bsoncore.TypeCode)
		return dst, d.endCall(off)
	}
	if dst, off = d.withScope(dst, start, at, mark); off < 0 {
		return dst, off
	}
	return dst, d.endCall(off)
}

func (d *decoder) symbolCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if dst, off = d.wrapperString(dst, keySymbol, off); off < 0 {
		return dst, off
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeSymbol)
	return dst, d.endCall(off)
}

// regexCall reads a pattern and optionally options, both as text.
func (d *decoder) regexCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	at := [2]int{off}
	end := off
	for i := range at {
		if !d.quoteAt(end) {
			return dst, d.fail(end, ErrToken, "a string")
		}
		n, nul := len(dst), d.nul
		if dst, end = d.chars(dst, end+1); end < 0 {
			return dst, end
		}
		dst, d.nul = dst[:n], nul
		next := d.next(end)
		if next == 0 || i == 1 {
			break
		}
		at[1], end = next, next
	}
	if end = d.endCall(end); end < 0 {
		return dst, end
	}
	return d.legacyRegex(dst, at, mark, end)
}

// dbRefCall reads DBRef(collection, id), optionally with a database, or
// undefined for none, and then an object of other fields. The value is a
// document.
func (d *decoder) dbRefCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if d.depth >= d.maxDepth {
		return dst, d.fail(off, bsoncore.ErrDepth, "")
	}
	d.depth++
	dst, start := bsoncore.Begin(dst)
	for i, key := range [...]string{"$ref", "$id", "$db", ""} {
		if i > 0 {
			next := d.next(off)
			if next == 0 {
				if i == 1 {
					return dst, d.fail(off, ErrToken, "a second argument")
				}
				break
			}
			off = next
		}
		if key == "" {
			if off >= len(d.src) || d.src[off] != '{' {
				return dst, d.fail(off, ErrToken, "an object")
			}
			if dst, off = d.fields(dst, off); off < 0 {
				return dst, off
			}
			break
		}
		if end := d.identifier(off); key == "$db" && string(d.src[off:end]) == "undefined" {
			off = end
			continue
		}
		if key != "$id" && !d.quoteAt(off) {
			return dst, d.fail(off, ErrToken, "a string")
		}
		element := len(dst)
		dst = bsoncore.AppendHeader(dst, bsoncore.TypeNull, key)
		if dst, off = d.value(dst, off, element); off < 0 {
			d.unwind(dst, element)
			return dst, off
		}
	}
	d.depth--
	bsoncore.SetType(dst, mark, bsoncore.TypeDocument)
	return bsoncore.End(dst, start), d.endCall(off)
}

// fields reads the members of the object at off and writes them without the
// length of a document. The four bytes of the length overwrite the bytes before
// the members, which are restored afterwards, so that nothing has to be moved.
func (d *decoder) fields(dst []byte, off int) ([]byte, int) {
	n := len(dst)
	before := [4]byte(dst[n-4:])
	d.depth-- // the members are those of the document around
	dst, off = d.document(dst[:n-4], off+1, innerDocument)
	d.depth++
	if off < 0 {
		return dst, off
	}
	copy(dst[n-4:], before[:])
	return dst[:len(dst)-1], off
}

// dbPointerCall reads DBPointer(namespace, id).
func (d *decoder) dbPointerCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if dst, off = d.wrapperString(dst, keyDBPointer, off); off < 0 {
		return dst, off
	}
	if off = d.needNext(off, "a second argument"); off < 0 {
		return dst, off
	}
	n := len(dst)
	if end := d.identifier(off); string(d.src[off:end]) == "ObjectId" {
		dst, off = d.textCall(dst, keyOID, end, mark)
	} else {
		dst, off = d.inner(dst, keyDBPointer, keyOID, off, mark)
	}
	if off < 0 || len(dst) != n+len(objectid.ID{}) {
		return dst, off
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeDBPointer)
	return dst, d.endCall(off)
}
