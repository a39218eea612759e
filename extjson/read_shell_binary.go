package extjson

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
)

// This file reads the calls of the shell's syntax that make binaries, for
// shellWord (read_shell_call.go).
//
//   - binaryCall reads bytes as text: BinData(0, "…") and its relatives.
//   - bufferCall reads Binary(Buffer.from("…", "hex"), 0); encodings has the
//     encodings of its text.
//   - vectorCall reads Binary.fromInt8Array(new Int8Array([1, 2])) and the other
//     vectors; a typedArray is one of its arrays.

// A binaryCall is the kind of arguments of a call that makes a binary.
type binaryCall uint8

const (
	callBinData    binaryCall = iota // subtype, base64
	callHexData                      // subtype, hexadecimal digits
	callMD5                          // hexadecimal digits; the subtype is 5
	callFromBase64                   // base64, perhaps subtype
	callFromHex                      // hexadecimal digits, perhaps subtype
)

func (d *decoder) binaryCall(dst []byte, call binaryCall, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeBinary)
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0)
	switch call {
	case callBinData, callHexData:
		if off = d.subtype(dst, start+4, off); off < 0 {
			return dst, off
		}
		if off = d.needNext(off, "a second argument"); off < 0 {
			return dst, off
		}
	case callMD5:
		dst[start+4] = bsoncore.BinaryMD5
	}
	dst, text, end := d.quoted(dst, keyBinary, off)
	if end < 0 {
		return dst, end
	}
	var ok bool
	if call == callBinData || call == callFromBase64 {
		dst, ok = d.base64(dst, text)
	} else {
		dst, ok = appendHexDecoded(dst, text)
		ok = ok && (call != callMD5 || len(text) == 32)
	}
	if !ok {
		return dst, d.fail(off, ErrWrapperText, "the bytes as text")
	}
	if off = end; call == callFromBase64 || call == callFromHex {
		if at := d.next(off); at != 0 {
			if off = d.subtype(dst, start+4, at); off < 0 {
				return dst, off
			}
		}
	}
	return finishBinary(dst, start), d.endCall(off)
}

// appendHexDecoded appends the bytes that text spells. text may be in the spare
// capacity of dst, because each byte is read from two.
func appendHexDecoded(dst, text []byte) ([]byte, bool) {
	if len(text)%2 != 0 {
		return dst, false
	}
	n := len(dst)
	dst = append(dst, text...)
	size, err := hex.Decode(dst[n:], dst[n:])
	return dst[:n+size], err == nil
}

// subtype reads the subtype of a binary, a number, into dst[at].
func (d *decoder) subtype(dst []byte, at, off int) int {
	n, end, ok := numtext.Scan(d.src, off)
	if !ok || n.Frac || n.Neg {
		return d.fail(off, ErrNumber, "a subtype")
	}
	if n.More || n.Mant > 0xFF {
		return d.fail(off, ErrRange, "a subtype up to 255")
	}
	dst[at] = byte(n.Mant)
	return end
}

// An encoding is an encoding of Buffer.from.
type encoding uint8

const (
	utf8Encoding encoding = iota // the default
	hexEncoding
	base64Encoding
	latin1Encoding
)

// encodings has the names of encodings, in lower case.
var encodings = [...]struct {
	name string
	encoding
}{
	{"utf8", utf8Encoding},
	{"utf-8", utf8Encoding},
	{"hex", hexEncoding},
	{"base64", base64Encoding},
	{"latin1", latin1Encoding},
	{"binary", latin1Encoding},
	{"ascii", latin1Encoding},
}

// decode appends the bytes that text stands for. text may be just past the end
// of dst. It reports false if text stands for no bytes.
func (e encoding) decode(d *decoder, dst, text []byte) ([]byte, bool) {
	switch e {
	case hexEncoding:
		return appendHexDecoded(dst, text)
	case base64Encoding:
		return d.base64(dst, text)
	case latin1Encoding:
		return appendLatin1(dst, text)
	}
	return append(dst, text...), true
}

// appendLatin1 appends a byte for each character. Node.js drops the upper bits
// of a larger character, which is a fault here. text may be in the spare
// capacity of dst: no character is shorter than its byte, so the rest of text
// stays as it is.
func appendLatin1(dst, text []byte) ([]byte, bool) {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r > 0xFF {
			return dst, false
		}
		dst = append(dst, byte(r))
		text = text[n:]
	}
	return dst, true
}

// bufferCall reads Buffer.from(…) and optionally a subtype.
func (d *decoder) bufferCall(dst []byte, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	if off = d.callOf(off, "Buffer.from"); off < 0 {
		return dst, off
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeBinary)
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0)
	if dst, off = d.buffer(dst, off); off < 0 {
		return dst, off
	}
	if at := d.next(off); at != 0 {
		if off = d.subtype(dst, start+4, at); off < 0 {
			return dst, off
		}
	}
	return finishBinary(dst, start), d.endCall(off)
}

// callOf reads a name, which must be the given one, and the parenthesis after
// it. It returns the offset of the first argument.
func (d *decoder) callOf(off int, name string) int {
	if off = d.literal(off, name); off < 0 {
		return off
	}
	return d.call(off)
}

// buffer reads the arguments of Buffer.from, an array of bytes or a text and
// optionally its encoding, and the parenthesis after them.
func (d *decoder) buffer(dst []byte, off int) ([]byte, int) {
	if off < len(d.src) && d.src[off] == '[' {
		if dst, off = d.elements(dst, &uint8Array, off); off < 0 {
			return dst, off
		}
		return dst, d.endCall(off)
	}
	// The encoding follows the text, which is read when both are known.
	dst, _, end := d.quoted(dst, keyBinary, off)
	if end < 0 {
		return dst, end
	}
	e := utf8Encoding
	if at := d.next(end); at != 0 {
		if dst, e, end = d.encoding(dst, at); end < 0 {
			return dst, end
		}
	}
	if end = d.endCall(end); end < 0 {
		return dst, end
	}
	dst, text, _ := d.quoted(dst, keyBinary, off)
	dst, ok := e.decode(d, dst, text)
	if !ok {
		return dst, d.fail(off, ErrWrapperText, "text in its encoding")
	}
	return dst, end
}

// encoding reads the name of an encoding. dst is scratch.
func (d *decoder) encoding(dst []byte, off int) ([]byte, encoding, int) {
	const expected = `the encoding "utf8", "hex", "base64" or "latin1"`
	if !d.quoteAt(off) {
		return dst, 0, d.fail(off, ErrToken, expected)
	}
	dst, name, end := d.quoted(dst, keyUUID, off)
	if end < 0 {
		return dst, 0, end
	}
	for i := range encodings {
		if strings.EqualFold(encodings[i].name, string(name)) {
			return dst, encodings[i].encoding, end
		}
	}
	return dst, 0, d.fail(off, ErrWrapperText, expected)
}

// A typedArray is an array of JavaScript whose elements have one type.
type typedArray struct {
	name    string // of its constructor
	element string // its type, for people
	kind    byte   // of the vector that it makes: bson.VectorInt8, …
	min     int64  // of an element that is an integer
	max     int64
}

var (
	int8Array    = typedArray{"Int8Array", "an int8", bson.VectorInt8, math.MinInt8, math.MaxInt8}
	float32Array = typedArray{"Float32Array", "a float32", bson.VectorFloat32, 0, 0}
	uint8Array   = typedArray{"Uint8Array", "a uint8", bson.VectorPackedBit, 0, math.MaxUint8}
)

// vectorCall reads new, the constructor of a and its argument.
func (d *decoder) vectorCall(dst []byte, a *typedArray, off, mark int) ([]byte, int) {
	if off = d.call(off); off < 0 {
		return dst, off
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeBinary)
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, bsoncore.BinaryVector, a.kind, 0)
	end := d.identifier(off)
	if string(d.src[off:end]) != "new" {
		return dst, d.fail(off, ErrToken, "new "+a.name+"([…])")
	}
	if off = d.callOf(d.space(end), a.name); off < 0 {
		return dst, off
	}
	if off >= len(d.src) || d.src[off] != ')' { // without an argument it is empty
		if dst, off = d.elements(dst, a, off); off < 0 {
			return dst, off
		}
	}
	if off = d.endCall(off); off < 0 {
		return dst, off
	}
	if a.kind == bson.VectorPackedBit {
		if at := d.next(off); at != 0 {
			if off = d.padding(dst, start, at); off < 0 {
				return dst, off
			}
		}
	}
	return finishBinary(dst, start), d.endCall(off)
}

// padding reads the number of bits at the end of the vector in dst[start:] that
// do not count.
func (d *decoder) padding(dst []byte, start, off int) int {
	var most uint64 = 7
	if len(dst) == start+7 { // no bits
		most = 0
	}
	n, end := d.integer(off, "a number of bits up to 7")
	if end < 0 {
		return end
	}
	if n < 0 || uint64(n) > most {
		return d.fail(off, ErrRange, "a number of bits up to 7, 0 if the array is empty")
	}
	dst[start+6] = byte(n)
	return end
}

// elements reads the argument of the constructor of a, an array, and appends
// its elements.
func (d *decoder) elements(dst []byte, a *typedArray, off int) ([]byte, int) {
	if off >= len(d.src) || d.src[off] != '[' {
		return dst, d.fail(off, ErrToken, "[")
	}
	off = d.space(off + 1)
	for i := 0; off >= len(d.src) || d.src[off] != ']'; i++ {
		if i&(arraySteps-1) == 0 && len(dst) > d.most {
			return dst, d.tooLarge(off)
		}
		if dst, off = d.element(dst, a, off); off < 0 {
			return dst, off
		}
		switch off = d.space(off); {
		case off < len(d.src) && d.src[off] == ',':
			off = d.space(off + 1)
		case off >= len(d.src) || d.src[off] != ']':
			return dst, d.fail(off, ErrToken, "comma or ]")
		}
	}
	return dst, off + 1
}

// element appends the element of a at off.
func (d *decoder) element(dst []byte, a *typedArray, off int) ([]byte, int) {
	if a.kind == bson.VectorFloat32 {
		return d.float32(dst, a, off)
	}
	n, end := d.integer(off, a.element)
	if end >= 0 && (n < a.min || n > a.max) {
		end = d.fail(off, ErrRange, a.element)
	}
	return append(dst, byte(n)), end
}

// float32 reads a number, rounded to a double and then to a float32, as
// JavaScript does.
func (d *decoder) float32(dst []byte, a *typedArray, off int) ([]byte, int) {
	end := d.numberWord(keyNumberDouble, off)
	if end == off {
		var ok bool
		if _, end, ok = numtext.Scan(d.src, off); !ok {
			return dst, d.fail(end, ErrNumber, a.element)
		}
	}
	switch {
	case end-off > d.maxNumber:
		return dst, d.fail(off, ErrNumberLen, "")
	case end == len(d.src):
		return dst, d.fail(end, ErrTruncated, "") // more digits may follow
	}
	f, err := d.doubleText(d.src[off:end])
	if err != nil {
		return dst, d.fail(off, err, a.element)
	}
	f32 := float32(f)
	if math.IsInf(float64(f32), 0) && !math.IsInf(f, 0) {
		return dst, d.fail(off, ErrRange, a.element)
	}
	return binary.LittleEndian.AppendUint32(dst, math.Float32bits(f32)), end
}

// integer reads an integer that is an argument, or an element of one.
func (d *decoder) integer(off int, expected string) (int64, int) {
	n, end, ok := numtext.Scan(d.src, off)
	switch {
	case !ok:
		return 0, d.fail(end, ErrNumber, expected)
	case end-off > d.maxNumber:
		return 0, d.fail(off, ErrNumberLen, "")
	case end == len(d.src):
		return 0, d.fail(end, ErrTruncated, "") // more digits may follow
	case n.Frac:
		return 0, d.fail(off, ErrNumber, expected)
	}
	v, ok := n.Int64()
	if !ok {
		return 0, d.fail(off, ErrRange, expected)
	}
	return v, end
}
