package bsoncore

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file builds documents with checks; append.go writes them.
//
//   - Every method that adds an element calls element. It makes the common
//     checks and returns the key to write.
//   - text does the same for values that have text in them.
//   - fault records the first fault; after it every method does nothing.
//   - The methods that add one value call element or text first, with the size
//     of the value in bytes.

// A Builder builds one document, element by element, and makes the checks that
// the Append functions leave to their callers: no NUL in keys and regexes,
// valid UTF-8, well-formed values, at most MaxDocumentSize bytes, containers
// closed. It does not check for duplicate keys. The zero Builder is ready for
// use. Methods return the Builder, so that calls can be chained. The first
// fault is kept, later calls do nothing, and Document returns the fault.
//
//	doc, err := new(bsoncore.Builder).
//		String("name", "Ada").
//		BeginArray("langs").String("", "en").String("", "fr").End().
//		Document()
//
// Inside an array pass the key "": the element gets its index as key. The right
// index is accepted too.
type Builder struct {
	// MaxDocumentSize is the largest document that is built, in bytes. Zero
	// means 2³¹−1, the limit of BSON.
	MaxDocumentSize int

	buf  []byte   // the document so far; empty: not begun
	open []opened // open containers, outermost first; the document is not there
	err  error    // first fault
	done bool     // Document has finished buf
}

// An opened is a container that waits for its End.
type opened struct {
	typ   Type // TypeDocument, TypeArray or TypeCodeWithScope
	at    int  // offset in buf of its element's type byte
	mark  int  // where End writes the length
	outer int  // where the length of code with scope is to be written
	next  int  // index of an array's next element
}

// Reset clears the document and the fault and keeps the memory. It invalidates
// the result of Document.
func (b *Builder) Reset() {
	*b = Builder{MaxDocumentSize: b.MaxDocumentSize, buf: b.buf[:0], open: b.open[:0]}
}

// Document finishes the document and returns it. It aliases the Builder's
// memory until Reset. After a fault it returns nil and a *ValueError. Pointer
// is the path of the element that could not be added, Offset its start. The
// error matches ErrKeyNUL, ErrUTF8, ErrTooLarge, ErrMisuse (an open container,
// an End without a Begin, a key in an array, an element after Document), or the
// fault of a value.
func (b *Builder) Document() (Document, error) {
	if b.err == nil && len(b.open) > 0 {
		b.fault(nil, ErrMisuse)
	}
	if b.err != nil {
		return nil, b.err
	}
	if !b.done {
		b.begin()
		b.buf = End(b.buf, 0)
		b.done = true
	}
	return b.buf[:len(b.buf):len(b.buf)], nil
}

// BeginDocument opens a document. Elements go into it until End.
func (b *Builder) BeginDocument(key string) *Builder {
	return b.container(TypeDocument, key)
}

// BeginArray opens an array. Elements go into it until End.
func (b *Builder) BeginArray(key string) *Builder {
	return b.container(TypeArray, key)
}

// BeginCodeWithScope adds JavaScript code and opens its scope. Elements go into
// the scope until End.
func (b *Builder) BeginCodeWithScope(key, code string) *Builder {
	if key, ok := b.text(key, int64(len(code))+14, code); ok {
		o := opened{typ: TypeCodeWithScope, at: len(b.buf)}
		b.buf, o.outer, o.mark = BeginCodeWithScope(b.buf, key, code)
		b.open = append(b.open, o)
	}
	return b
}

func (b *Builder) container(t Type, key string) *Builder {
	if key, ok := b.element(key, 5); ok {
		o := opened{typ: t, at: len(b.buf)}
		b.buf, o.mark = Begin(AppendHeader(b.buf, t, key))
		b.open = append(b.open, o)
	}
	return b
}

// End closes the container that the last Begin method opened.
func (b *Builder) End() *Builder {
	if b.err != nil {
		return b
	}
	last := len(b.open) - 1
	if last < 0 {
		b.fault(nil, ErrMisuse)
		return b
	}
	o := b.open[last]
	b.open = b.open[:last]
	b.buf = End(b.buf, o.mark)
	if o.typ == TypeCodeWithScope {
		SetLength(b.buf, o.outer)
	}
	return b
}

// Value adds an encoded value of type t: data is the bytes that follow the key.
// Its length and terminators are checked, as by the Cursor, and it is copied.
func (b *Builder) Value(key string, t Type, data []byte) *Builder {
	if key, ok := b.element(key, int64(len(data))); ok {
		var c Cursor
		if c.ResetValue(t, data, 0) {
			b.buf = AppendValue(b.buf, key, t, data)
		} else {
			b.fault(&key, c.Err())
		}
	}
	return b
}

// RawDocument adds an encoded document. Its length and terminator are checked,
// and it is copied.
func (b *Builder) RawDocument(key string, doc []byte) *Builder {
	return b.Value(key, TypeDocument, doc)
}

// RawArray adds an encoded array. Its length and terminator are checked, not
// its keys, and it is copied.
func (b *Builder) RawArray(key string, array []byte) *Builder {
	return b.Value(key, TypeArray, array)
}

// begin writes the document's length unless it is there.
func (b *Builder) begin() {
	if len(b.buf) == 0 {
		b.buf, _ = Begin(b.buf)
	}
}

// element reports whether an element with a value of size bytes can be added
// now, and returns its key: in an array the index. A container counts as empty.
// ok is false after a fault, and if this call is one.
func (b *Builder) element(key string, size int64) (_ string, ok bool) {
	if b.err != nil {
		return "", false
	}
	b.begin()
	var why error
	if last := len(b.open) - 1; last >= 0 && b.open[last].typ == TypeArray {
		index := strconv.Itoa(b.open[last].next)
		b.open[last].next++
		if key != "" && key != index {
			why = ErrMisuse
		}
		key = index
	}
	// The type, the NUL of the key, and the NULs that close the containers and
	// the document count too.
	whole := int64(len(b.buf)) + int64(len(key)) + size + int64(len(b.open)) + 3
	switch {
	case b.done:
		why = ErrMisuse
	case strings.IndexByte(key, 0) >= 0:
		why = ErrKeyNUL
	case !utf8.ValidString(key):
		why = ErrUTF8
	case whole > math.MaxInt32 || b.MaxDocumentSize > 0 && whole > int64(b.MaxDocumentSize):
		why = ErrTooLarge
	}
	if why != nil {
		b.fault(&key, why)
	}
	return key, why == nil
}

// text is element for a value with the given text.
func (b *Builder) text(key string, size int64, text string) (_ string, ok bool) {
	if key, ok = b.element(key, size); ok && !utf8.ValidString(text) {
		b.fault(&key, ErrUTF8)
		ok = false
	}
	return key, ok
}

// fault records the first fault: err at the element key of the open container,
// or, if key is nil, at that container.
func (b *Builder) fault(key *string, err error) {
	var pointer []byte
	for _, o := range b.open {
		name := b.buf[o.at+1:]
		pointer = AppendPointer(pointer, name[:bytes.IndexByte(name, 0)])
	}
	if key != nil {
		pointer = AppendPointer(pointer, []byte(*key))
	}
	b.err = &ValueError{int64(len(b.buf)), string(pointer), err}
}

// Double adds a double; every bit of v is kept.
func (b *Builder) Double(key string, v float64) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendDouble(b.buf, key, v)
	}
	return b
}

// String adds a string, which may contain NUL.
func (b *Builder) String(key, v string) *Builder {
	if key, ok := b.text(key, int64(len(v))+5, v); ok {
		b.buf = AppendString(b.buf, key, v)
	}
	return b
}

// Binary adds a binary. For subtype 2 the second length is added.
func (b *Builder) Binary(key string, subtype byte, data []byte) *Builder {
	size := int64(len(data)) + 5
	if subtype == BinaryBinaryOld {
		size += 4
	}
	if key, ok := b.element(key, size); ok {
		b.buf = AppendBinary(b.buf, key, subtype, data)
	}
	return b
}

// Undefined adds an undefined.
func (b *Builder) Undefined(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendUndefined(b.buf, key)
	}
	return b
}

// ObjectID adds an ObjectId.
func (b *Builder) ObjectID(key string, v objectid.ID) *Builder {
	if key, ok := b.element(key, objectid.Size); ok {
		b.buf = AppendObjectID(b.buf, key, v)
	}
	return b
}

// Boolean adds a boolean.
func (b *Builder) Boolean(key string, v bool) *Builder {
	if key, ok := b.element(key, 1); ok {
		b.buf = AppendBoolean(b.buf, key, v)
	}
	return b
}

// DateTime adds a datetime of ms milliseconds since 1970 UTC.
func (b *Builder) DateTime(key string, ms int64) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendDateTime(b.buf, key, ms)
	}
	return b
}

// Null adds a null.
func (b *Builder) Null(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendNull(b.buf, key)
	}
	return b
}

// Regex adds a regex. The options are written unchanged; the specification
// requires sorted letters. A NUL in either is ErrKeyNUL.
func (b *Builder) Regex(key, pattern, options string) *Builder {
	size := int64(len(pattern)) + int64(len(options)) + 2
	key, ok := b.text(key, size, pattern)
	switch {
	case !ok:
	case strings.IndexByte(pattern, 0) >= 0, strings.IndexByte(options, 0) >= 0:
		b.fault(&key, ErrKeyNUL)
	case !utf8.ValidString(options):
		b.fault(&key, ErrUTF8)
	default:
		b.buf = AppendRegex(b.buf, key, pattern, options)
	}
	return b
}

// DBPointer adds a dbPointer.
func (b *Builder) DBPointer(key, namespace string, id objectid.ID) *Builder {
	if key, ok := b.text(key, int64(len(namespace))+5+objectid.Size, namespace); ok {
		b.buf = AppendDBPointer(b.buf, key, namespace, id)
	}
	return b
}

// Code adds JavaScript code without a scope.
func (b *Builder) Code(key, code string) *Builder {
	if key, ok := b.text(key, int64(len(code))+5, code); ok {
		b.buf = AppendCode(b.buf, key, code)
	}
	return b
}

// Symbol adds a symbol.
func (b *Builder) Symbol(key, v string) *Builder {
	if key, ok := b.text(key, int64(len(v))+5, v); ok {
		b.buf = AppendSymbol(b.buf, key, v)
	}
	return b
}

// Int32 adds an int32.
func (b *Builder) Int32(key string, v int32) *Builder {
	if key, ok := b.element(key, 4); ok {
		b.buf = AppendInt32(b.buf, key, v)
	}
	return b
}

// Timestamp adds a timestamp of t seconds since 1970 and the increment i.
func (b *Builder) Timestamp(key string, t, i uint32) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendTimestamp(b.buf, key, t, i)
	}
	return b
}

// Int64 adds an int64.
func (b *Builder) Int64(key string, v int64) *Builder {
	if key, ok := b.element(key, 8); ok {
		b.buf = AppendInt64(b.buf, key, v)
	}
	return b
}

// Decimal128 adds a decimal128 with all its bits.
func (b *Builder) Decimal128(key string, v decimal128.Decimal) *Builder {
	if key, ok := b.element(key, decimal128.Size); ok {
		b.buf = AppendDecimal128(b.buf, key, v)
	}
	return b
}

// MinKey adds a min key.
func (b *Builder) MinKey(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendMinKey(b.buf, key)
	}
	return b
}

// MaxKey adds a max key.
func (b *Builder) MaxKey(key string) *Builder {
	if key, ok := b.element(key, 0); ok {
		b.buf = AppendMaxKey(b.buf, key)
	}
	return b
}
