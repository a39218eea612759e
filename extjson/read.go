package extjson

import (
	"encoding/binary"
	"math"
	"math/big"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/scratch"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// This file turns text into BSON, straight from the characters.
//
//   - document and array read containers and call each other through value.
//   - value is the one dispatch on the first character of a value. An object
//     goes to object, which tells documents from wrappers by the first key.
//   - special.go has the special keys, read_wrapper.go reads their values,
//     read_token.go reads strings and white space.
//
// Every function takes the slice to append to and the offset to read from, and
// returns both. The offset is -1 after a fault, which fail has recorded. The
// type byte of an element precedes its key and is not known when the key is
// written, so value gets its mark.

// AppendBSON appends the document in text to dst as BSON and returns the
// longer slice. text is one object of canonical or relaxed Extended JSON,
// with white space or a byte order mark before it and white space after it;
// it is not kept. dst may be nil and must not overlap text; all of its spare
// capacity may be overwritten. The document onto a nil dst is one allocation,
// without spare capacity up to 4 MiB; see AppendJSON. On failure dst comes back at its
// old length, with a *SyntaxError or a *ValueError whose Offset counts bytes from the
// start of text. Source: Extended JSON v2, "Parsers".
func AppendBSON(dst, text []byte) ([]byte, error) { return DecodeOptions{}.AppendBSON(dst, text) }

// AppendBSON appends the document in text to dst with the options o, otherwise
// like the function AppendBSON does.
func (o DecodeOptions) AppendBSON(dst, text []byte) ([]byte, error) {
	if err := o.check(); err != nil {
		return dst, err
	}
	var d decoder
	d.init(&o)
	d.reset(text)
	if scratch.Full(dst) {
		return scratch.Append(dst, d.wholeDocument)
	}
	return d.wholeDocument(dst)
}

// wholeDocument appends the document that is all of the text.
func (d *decoder) wholeDocument(dst []byte) ([]byte, error) {
	text := d.src
	n := len(dst)
	d.start, d.all = n, len(text)
	dst, off := d.topDocument(dst, d.space(textcut.SkipMark(text)))
	if off >= 0 {
		if off = d.space(off); off == len(text) && d.err == nil {
			return dst, nil
		}
		d.fail(off, ErrTrailing, "")
	}
	return dst[:n], d.error(position{})
}

// AppendBSONValue appends the value in text, of any type, to dst: the bytes
// that follow the key of an element. It returns the longer slice and the type
// of the value. An object with special keys is a wrapper here, at the top level
// as well. dst may be nil and must not overlap text. On failure dst comes back
// at its old length, the type is 0, and errors are those of AppendBSON.
func AppendBSONValue(dst, text []byte) ([]byte, bson.Type, error) {
	return DecodeOptions{}.AppendBSONValue(dst, text)
}

// AppendBSONValue appends the value in text to dst with the options o,
// otherwise like the function AppendBSONValue does.
func (o DecodeOptions) AppendBSONValue(dst, text []byte) ([]byte, bson.Type, error) {
	if err := o.check(); err != nil {
		return dst, 0, err
	}
	var d decoder
	d.init(&o)
	d.reset(text)
	d.alone = true
	var t bson.Type
	var err error
	if scratch.Full(dst) {
		dst, err = scratch.Append(dst, func(dst []byte) (_ []byte, err error) {
			dst, t, err = d.wholeValue(dst)
			return dst, err
		})
		return dst, t, err
	}
	return d.wholeValue(dst)
}

// wholeValue appends the value that is all of the text, and returns its type.
func (d *decoder) wholeValue(dst []byte) ([]byte, bson.Type, error) {
	text := d.src
	n := len(dst)
	d.start, d.all = n, len(text)
	// The type byte is needed only while the value is read.
	dst, mark := bsoncore.BeginElement(dst)
	dst, off := d.value(dst, d.space(textcut.SkipMark(text)), mark)
	if off >= 0 {
		switch off = d.space(off); {
		case off < len(text) || d.err != nil:
			d.fail(off, ErrTrailing, "")
		case len(dst)-n > math.MaxInt32:
			d.at, d.err, d.expected = 0, bsoncore.ErrTooLarge, ""
		default:
			t := bsoncore.Type(dst[mark])
			copy(dst[mark:], dst[mark+1:])
			return dst[:len(dst)-1], t, nil
		}
	}
	return dst[:n], 0, d.error(position{})
}

// A decoder reads one document at a time.
type decoder struct {
	src   []byte // the text; never written
	gap   textcut.Gap
	from  int    // byte offset of the document, before which nothing is read
	start int    // length of dst at the start of the document
	all   int    // bytes of text that dst will have the values of; 0: not known
	depth int    // containers open
	alone bool   // src is one value, which may be a number up to its end
	nul   int    // byte offset of the last \u0000 seen, or -1
	swaps []swap // see read_pair.go

	unescaped int // keys of the document from which a $ was removed

	maxDepth      int // ≥ 1
	maxNumber     int // bytes
	most          int // length of dst from which on a document is too large
	canonicalOnly bool
	legacy        bool
	shell         bool
	blank         byte      // white space is at or below it, and in shell text comments
	dates         looseness // of $date as text
	uuids         bson.UUIDRepresentation
	exact         bool // see RejectInexact
	escapedKeys   bool
	replace       bool // see InvalidUTF8

	// The fault, if err is not nil.
	at       int // byte offset
	err      error
	expected string   // for people
	path     []string // keys to the fault, the innermost first
}

func (d *decoder) init(o *DecodeOptions) {
	d.maxDepth = o.MaxDepth
	if d.maxDepth <= 0 {
		d.maxDepth = bsoncore.DefaultMaxDepth
	}
	d.maxDepth = min(d.maxDepth, bsoncore.DepthCeiling)
	d.maxNumber = o.MaxNumberLen
	if d.maxNumber <= 0 {
		d.maxNumber = DefaultMaxNumberLen
	}
	d.canonicalOnly = o.CanonicalOnly
	d.legacy = o.Legacy && !o.CanonicalOnly
	d.shell = o.Shell && !o.CanonicalOnly
	d.gap = textcut.NewGap(d.shell)
	d.dates = 0
	if d.legacy {
		d.dates |= legacyDates
	}
	if o.LenientDates {
		d.dates |= lenientDates
	}
	d.uuids = o.UUIDRepresentation
	d.blank = ' '
	if d.shell {
		d.blank = '/'
	}
	d.most = math.MaxInt
	d.exact = o.RejectInexact
	d.escapedKeys = o.EscapedKeys
	d.replace = o.InvalidUTF8 == bson.UTF8Replace
}

func (d *decoder) reset(src []byte) {
	d.src = src
	d.depth = 0
	d.nul = -1
	d.unescaped = 0
	d.err = nil
	d.path = d.path[:0]
	d.swaps = d.swaps[:0]
}

// fail records a fault and returns -1 for its callers. At the end of the input
// every fault is ErrTruncated, and so is one in a word that the end may cut; at a
// comment the fault is that the comment does not end. No fault in a string is at a
// slash.
func (d *decoder) fail(off int, err error, expected string) int {
	switch {
	case off >= len(d.src) || d.shell && !d.alone && err != ErrTrailing && d.tokenOpen(off):
		off, err, expected = len(d.src), ErrTruncated, ""
	case d.shell && textcut.StartsComment(d.src[off:]):
		expected, err = openComment(d.src[off:])
	}
	d.at, d.err, d.expected = off, err, expected
	return -1
}

// error returns the fault as an error; the document starts at base.
func (d *decoder) error(base position) error {
	var path []byte
	for i := len(d.path) - 1; i >= 0; i-- {
		path = bsoncore.AppendPointer(path, []byte(d.path[i]))
	}
	return faultIn(SyntaxError{
		Offset:   int64(d.at - d.from),
		Pointer:  string(path),
		Expected: d.expected,
		Excerpt:  excerpt(d.src, d.from, d.at),
		Err:      d.err,
	}, d.src[d.from:], base)
}

// topDocument reads the document at off, in which no key is special.
func (d *decoder) topDocument(dst []byte, off int) ([]byte, int) {
	if off >= len(d.src) || d.src[off] != '{' {
		return dst, d.fail(off, ErrToken, "a document")
	}
	n := len(dst)
	dst, end := d.document(dst, off+1, topDocument)
	if end >= 0 && len(dst)-n > math.MaxInt32 {
		end = d.fail(off, bsoncore.ErrTooLarge, "")
	}
	return dst, end
}

// document reads the members of an object up to its brace; off is past the
// opening one. At the top level special keys have no meaning. Elsewhere they are
// misplaced, because object has seen that the first key is not special.
func (d *decoder) document(dst []byte, off int, where setting) ([]byte, int) {
	if d.depth >= d.maxDepth {
		return dst, d.fail(off-1, bsoncore.ErrDepth, "")
	}
	d.depth++
	src := d.src
	dst, start := bsoncore.Begin(dst)
	off = d.space(off)
	if off < len(src) && src[off] == '}' {
		d.depth--
		return bsoncore.End(dst, start), off + 1
	}
	for {
		at := off
		var mark int
		dst, mark = bsoncore.BeginElement(dst)
		switch {
		case off < len(src) && src[off] == '"':
			dst, off = d.key(dst, off+1)
		case d.shell && off < len(src) && src[off] == '}': // after a comma
			d.depth--
			return bsoncore.End(dst[:mark], start), off + 1
		default:
			dst, off = d.anyKey(dst, off)
		}
		if off < 0 {
			return dst, off
		}
		if dst[mark+1] == '$' {
			if dst, off = d.dollarKey(dst, off, mark, at, where); off < 0 {
				return dst, off
			}
		}
		if dst, off = d.value(dst, off, mark); off < 0 {
			d.unwind(dst, mark)
			return dst, off
		}
		if off >= len(src) || src[off] <= d.blank {
			off = d.space(off)
		}
		switch {
		case off < len(src) && src[off] == ',':
			off++
			if off < len(src) && src[off] <= d.blank {
				off = d.space(off)
			}
		case off < len(src) && src[off] == '}':
			d.depth--
			return bsoncore.End(dst, start), off + 1
		default:
			return dst, d.fail(off, ErrToken, "comma or }")
		}
	}
}

// dollarKey checks the key of the element at mark, which begins with $. It removes
// the further $ of an escaped key. The key is at an offset of the text, its value at
// off, which is returned.
func (d *decoder) dollarKey(dst []byte, off, mark, at int, where setting) ([]byte, int) {
	key := dst[mark+1 : len(dst)-1]
	switch {
	case d.escapedKeys && isEscaped(key):
		d.unescaped++
		copy(key, dst[mark+2:]) // and the NUL
		dst = dst[:len(dst)-1]
	case isAmbiguous(key, where):
		return dst, d.fail(at, ErrWrapper, "a key that is not special")
	}
	return dst, off
}

// arraySteps is the number of array elements between two checks of the size of
// the document; the first check is at the first element. A check costs time,
// and the BSON of so few elements is little longer than their text. It is a power
// of two.
const arraySteps = 256

// arrayRoom is enough, in bytes, for most numbers of that many elements.
const arrayRoom = 16 * arraySteps

// array reads the elements of an array up to its bracket; off is past the
// opening one.
func (d *decoder) array(dst []byte, off int) ([]byte, int) {
	if d.depth >= d.maxDepth {
		return dst, d.fail(off-1, bsoncore.ErrDepth, "")
	}
	d.depth++
	src := d.src
	dst, start := bsoncore.Begin(dst)
	off = d.space(off)
	if off < len(src) && src[off] == ']' {
		d.depth--
		return bsoncore.End(dst, start), off + 1
	}
	for i := 0; ; i++ {
		if d.shell && off < len(src) && src[off] == ']' { // after a comma
			d.depth--
			return bsoncore.End(dst, start), off + 1
		}
		if i&(arraySteps-1) == 0 {
			if len(dst) > d.most {
				return dst, d.tooLarge(off)
			}
			if i > 0 && cap(dst)-len(dst) < arrayRoom {
				dst = d.grow(dst, arrayRoom, off)
			}
		}
		var mark int
		dst, mark = bsoncore.BeginElement(dst)
		dst = bsoncore.AppendIndexKey(dst, i)
		if dst, off = d.value(dst, off, mark); off < 0 {
			d.unwind(dst, mark)
			return dst, off
		}
		if off >= len(src) || src[off] <= d.blank {
			off = d.space(off)
		}
		switch {
		case off < len(src) && src[off] == ',':
			off++
			if off < len(src) && src[off] <= d.blank {
				off = d.space(off)
			}
		case off < len(src) && src[off] == ']':
			d.depth--
			return bsoncore.End(dst, start), off + 1
		default:
			return dst, d.fail(off, ErrToken, "comma or ]")
		}
	}
}

// tooLarge is fail for a document that has become too large at off.
//
//go:noinline
func (d *decoder) tooLarge(off int) int {
	d.fail(off, bsoncore.ErrTooLarge, "")
	d.err = bsoncore.ErrTooLarge // at the end of what has arrived, too
	return -1
}

// unwind notes, on the way out after a fault, the key of the element at mark.
func (d *decoder) unwind(dst []byte, mark int) {
	key := dst[mark+1:]
	n := 0
	for key[n] != 0 {
		n++
	}
	d.path = append(d.path, string(key[:n]))
}

// value reads the value at off and writes it, and its type at mark.
func (d *decoder) value(dst []byte, off, mark int) ([]byte, int) {
	src := d.src
	if off >= len(src) {
		return dst, d.fail(off, ErrTruncated, "")
	}
	switch src[off] {
	case '"':
		bsoncore.SetType(dst, mark, bsoncore.TypeString)
		return d.stringValue(dst, off+1)
	case '{':
		return d.object(dst, off, mark)
	case '[':
		bsoncore.SetType(dst, mark, bsoncore.TypeArray)
		return d.array(dst, off+1)
	case '-', '0':
		if d.shell {
			return d.shellNumber(dst, off, mark)
		}
		return d.number(dst, off, mark)
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return d.number(dst, off, mark)
	case 't':
		bsoncore.SetType(dst, mark, bsoncore.TypeBoolean)
		if len(src)-off >= 4 && string(src[off:off+4]) == "true" {
			return append(dst, 1), off + 4
		}
		return d.word(dst, off, mark, "true")
	case 'f':
		bsoncore.SetType(dst, mark, bsoncore.TypeBoolean)
		if len(src)-off >= 5 && string(src[off:off+5]) == "false" {
			return append(dst, 0), off + 5
		}
		return d.word(dst, off, mark, "false")
	case 'n':
		bsoncore.SetType(dst, mark, bsoncore.TypeNull)
		if len(src)-off >= 4 && string(src[off:off+4]) == "null" {
			return dst, off + 4
		}
		return d.word(dst, off, mark, "null")
	}
	if d.shell {
		return d.shellValue(dst, off, mark)
	}
	return dst, d.fail(off, ErrToken, "a value")
}

// word reports the fault at off, where word is expected, unless a word of the
// shell begins there.
func (d *decoder) word(dst []byte, off, mark int, word string) ([]byte, int) {
	if d.shell {
		return d.shellValue(dst, off, mark)
	}
	return dst, d.literal(off, word)
}

// number reads a bare number: an int32 if it fits, else an int64, else the
// nearest double.
func (d *decoder) number(dst []byte, off, mark int) ([]byte, int) {
	n, end, ok := numtext.Scan(d.src, off)
	switch {
	case !ok && d.shell:
		return d.looseNumber(dst, off, mark)
	case !ok:
		return dst, d.fail(end, ErrNumber, "a digit")
	case end-off > d.maxNumber:
		return dst, d.fail(off, ErrNumberLen, "")
	case d.canonicalOnly:
		return dst, d.fail(off, ErrRelaxed, "a number in a wrapper")
	}
	if !n.Frac {
		if v, fits := n.Int64(); fits {
			if v == int64(int32(v)) {
				bsoncore.SetType(dst, mark, bsoncore.TypeInt32)
				return binary.LittleEndian.AppendUint32(dst, uint32(v)), end
			}
			bsoncore.SetType(dst, mark, bsoncore.TypeInt64)
			return binary.LittleEndian.AppendUint64(dst, uint64(v)), end
		}
	}
	if end == len(d.src) && !d.alone {
		// More digits may follow and bring the number into range, as in
		// 1…0e-300.
		return dst, d.fail(end, ErrTruncated, "")
	}
	f, ok := n.Double(d.src[off:end])
	if !ok {
		return dst, d.fail(off, ErrRange, "a number within the range of double")
	}
	if d.exact && !n.Frac && !isInteger(f, d.src[off:end]) {
		return dst, d.fail(off, ErrInexact, "")
	}
	bsoncore.SetType(dst, mark, bsoncore.TypeDouble)
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(f)), end
}

// isInteger reports whether f is exactly the integer in text.
func isInteger(f float64, text []byte) bool {
	var i big.Int
	if _, ok := i.SetString(string(text), 10); !ok {
		panic("BUG: extjson: integer " + string(text))
	}
	return new(big.Float).SetInt(&i).Cmp(big.NewFloat(f)) == 0
}
