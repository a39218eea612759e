package bson

import (
	"encoding/binary"
	"reflect"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/replace"
)

// This file reads documents into Go values.
//
//   - Unmarshal, UnmarshalValue and Decode are the entry points; Decoder is
//     in stream.go.
//   - A decoder carries the options of one call and the cursor that all
//     functions share. A fault is recorded in the cursor, which ends every loop
//     over elements, so functions need not return it.
//   - unmarshal_any.go makes the values of an any; plans set everything else.

// Unmarshal is DecodeOptions{}.Unmarshal.
func Unmarshal(doc []byte, v any) error { return DecodeOptions{}.Unmarshal(doc, v) }

// UnmarshalValue is DecodeOptions{}.UnmarshalValue.
func UnmarshalValue(t Type, data []byte, v any) error {
	return DecodeOptions{}.UnmarshalValue(t, data, v)
}

// Decode returns doc as a T, as Unmarshal sets it. On failure it returns the T
// as far as it was set, and the error.
func Decode[T any](doc []byte) (T, error) {
	var v T
	err := DecodeOptions{}.Unmarshal(doc, &v)
	return v, err
}

// Unmarshal stores doc, one whole document, in the value that v points to. v is
// a non-nil pointer, or a non-nil map, to which elements are added. Fields, map
// elements and targets of pointers without an element in doc keep their values;
// slices are cut to length 0 first and their arrays are used again. An any that
// v points to is replaced, even if it holds a pointer. An any further inside
// keeps a pointer that it holds, and the value behind the pointer is set.
// Nothing decoded aliases doc. Strings and keys of less than 128 bytes are cut
// from chunks of 1 KiB, and the values of an any from slabs of at most 64. Other
// calls use the same chunks and slabs; keeping a string or value keeps its whole
// chunk or slab alive. Use strings.Clone to keep a string alone.
//
// On failure v holds what was decoded before the fault. The error is a
// *SyntaxError if doc is malformed, and a *ValueError if a limit, an option or
// v rejects it; the error of v wraps a *ConversionError. It matches a sentinel
// of the cursor, ErrUTF8, ErrDepth or one of ErrDestination, ErrMismatch,
// ErrRange, ErrInexact, ErrUnknownField, ErrDuplicateKey, ErrUUID, ErrVector,
// ErrHook and ErrUnsupported. Values that have no destination are only checked
// to lie within their container. Pointers that lead back to themselves, and a
// hook that calls Unmarshal for itself, are ErrDepth too.
func (o DecodeOptions) Unmarshal(doc []byte, v any) error {
	if err := o.check(); err != nil {
		return err
	}
	d := o.decoder()
	defer d.release()
	// Reset distinguishes a truncated document from a malformed one.
	if d.c.Reset(doc, o.MaxDepth); d.c.Failed() {
		return d.c.Err()
	}
	d.c.ResetValue(TypeDocument, doc, o.MaxDepth)
	d.whole, d.size = true, len(doc)
	d.into(v)
	return d.c.Err()
}

// UnmarshalValue is Unmarshal for a bare value: data is the bytes that follow
// the key in an element of type t. Offsets in errors count from its start.
func (o DecodeOptions) UnmarshalValue(t Type, data []byte, v any) error {
	if err := o.check(); err != nil {
		return err
	}
	d := o.decoder()
	defer d.release()
	if d.c.ResetValue(t, data, o.MaxDepth) {
		d.size = len(data)
		d.into(v)
	}
	return d.c.Err()
}

// Unmarshal is UnmarshalValue for v.
func (v RawValue) Unmarshal(dst any) error { return UnmarshalValue(v.Type, v.Value, dst) }

// Unmarshal is Unmarshal(r, dst).
func (r Raw) Unmarshal(dst any) error { return Unmarshal(r, dst) }

// A decoder is the state of one call, and the memory that later calls use
// again.
type decoder struct {
	decodeCall
	c Cursor

	keys  [keySlots]string // by hash
	chunk []byte           // memory of texts; what follows its length is free
	slabs
}

// A decodeCall is the part of a decoder that no other call may see, even if
// this call ends with a fault or with a panic in a hook.
type decodeCall struct {
	DecodeOptions
	plans *plans // of the options
	flags planFlags
	likes *likes

	size int // bytes of the document or value
	hops int // pointers to pointers followed so far
	// ancestor is the nearest enclosing map[string]any, with or without a name;
	// nil: none, or DocumentType is not DocumentsAsAncestor.
	ancestor any
	whole    bool // a document is read, not a bare value
	truncate bool // Truncate, or the tag truncate of an enclosing field
	fresh    bool // newly made: enclosing calls may hold the pooled ones
	deep     bool // not kept for the next call: see keptDepth
	fault    *ConversionError
}

var decoders sync.Pool // of *decoder

func (o DecodeOptions) decoder() *decoder {
	d, ok := decoders.Get().(*decoder)
	if !ok {
		d = new(decoder)
	}
	var flags planFlags
	if o.JSONTags {
		flags |= planJSONTags
	}
	d.decodeCall = decodeCall{
		DecodeOptions: o, plans: plansFor(o.Codecs, flags), flags: flags, likes: &ownLikes, truncate: o.Truncate, fresh: !ok,
	}
	if o.Codecs != nil && o.Codecs.likes != nil {
		d.likes = o.Codecs.likes
	}
	return d
}

func (d *decoder) release() {
	if d.deep {
		return
	}
	d.decodeCall = decodeCall{}
	d.perDocument = perDocument{}
	d.c.Reset(nil, 0)
	decoders.Put(d)
}

// into stores the current value in the value that v points to.
func (d *decoder) into(v any) {
	if d.fresh && !d.mayNest(nested()) {
		d.fail(reflect.TypeOf(v), ErrDepth)
		return
	}
	switch v := v.(type) { // short cuts
	case *D:
		if v != nil && d.Codecs == nil {
			d.setD(v)
			return
		}
	case *any:
		if v != nil && d.Codecs == nil {
			*v = d.asAny()
			return
		}
	}
	rv := reflect.ValueOf(v)
	switch {
	case rv.Kind() == reflect.Pointer && !rv.IsNil():
		// The plan of the pointer would set it to nil for null.
		elem := rv.Elem()
		if elem.Kind() == reflect.Interface && elem.NumMethod() == 0 {
			elem.SetZero() // else a pointer that it holds would be followed
		}
		p := d.planOf(elem.Type())
		if d.whole && p.decDoc != nil {
			p.decDoc(d, elem)
			return
		}
		p.dec(d, elem)
	case rv.Kind() == reflect.Map && !rv.IsNil():
		// A map cannot be set, but its elements can.
		m := reflect.New(rv.Type()).Elem()
		m.Set(rv)
		d.planOf(rv.Type()).dec(d, m)
	default:
		d.fail(reflect.TypeOf(v), ErrDestination)
	}
}

// mayNest reports whether this call may begin inside n other calls.
func (d *decoder) mayNest(n int) bool {
	d.deep = n >= keptDepth
	return n < maxNested
}

func (d *decoder) planOf(t reflect.Type) *plan {
	return planOf(d.plans, t, d.Codecs, d.flags)
}

// fail records that the current value does not go into the Go type t.
func (d *decoder) fail(t reflect.Type, err error) {
	if d.c.Failed() {
		return
	}
	d.fault = &ConversionError{GoType: t, Type: d.c.Type(), Err: err}
	if d.fault.Type == TypeBinary {
		d.fault.Subtype, _ = d.c.Binary()
	}
	d.c.Fail(d.fault)
}

func (d *decoder) failHook(t reflect.Type, err error) { d.fail(t, hookError{err}) }

// inField adds the struct field of the fault, unless a nested struct has added
// one.
func (d *decoder) inField(t reflect.Type, name string) {
	if d.fault != nil && d.fault.Field == "" {
		d.fault.Field = t.Name() + "." + name
	}
}

// data returns the current value for functions of other packages.
func (d *decoder) data() []byte {
	b := d.c.Data()
	return b[:len(b):len(b)]
}

// isNull reports whether the current value is null or undefined, which set a
// destination without a null of its own to its zero value.
func (d *decoder) isNull() bool {
	t := d.c.Type()
	return t == TypeNull || t == TypeUndefined
}

// null sets v to its zero value if the current value is null or undefined;
// otherwise it is a fault.
func (d *decoder) null(v reflect.Value) {
	if d.isNull() {
		v.SetZero()
		return
	}
	d.fail(v.Type(), ErrMismatch)
}

// chunkSize is the size of the chunks, in bytes, from which short strings are
// cut. Strings of longText bytes or more have their own memory. Keeping a string
// keeps at most one chunk alive.
const (
	chunkSize = 1 << 10
	longText  = 128
)

// text returns text, the part of the cursor's input at off, as a string that
// may share its chunk with others. The bytes of a chunk are not changed after
// a string has them.
func (d *decoder) text(text []byte, off int) string {
	n := len(text)
	if n == 0 || n >= longText {
		return d.owned(text, off)
	}
	at := len(d.chunk)
	if cap(d.chunk)-at < n {
		d.chunk, at = make([]byte, 0, chunkSize), 0
	}
	dst := d.chunk[at : at+n]
	if !copyText(dst, stringOf(text)) && !utf8.Valid(dst) {
		return d.invalid(text, off)
	}
	d.chunk = d.chunk[:at+n]
	return stringOf(dst)
}

// keySlots is the number of keys that a decoder remembers, 1<<keyBits. The keys
// of the documents in use should seldom share a slot. longKey is the length from
// which a decoder does not remember a key.
const (
	keyBits  = 9
	keySlots = 1 << keyBits
	longKey  = 32
)

// key returns the current key. The documents of a collection have the same
// keys again and again, so most have been seen and checked before.
func (d *decoder) key() string {
	key, off := d.c.Key(), d.c.Offset()+1
	n := len(key)
	if n == 0 || n >= longKey {
		return d.text(key, off)
	}
	var head, tail uint64 // the first and the last bytes
	switch {
	case n >= 8:
		head, tail = binary.LittleEndian.Uint64(key), binary.LittleEndian.Uint64(key[n-8:])
	case n >= 4:
		head, tail = uint64(binary.LittleEndian.Uint32(key)), uint64(binary.LittleEndian.Uint32(key[n-4:]))<<8
	default:
		head = uint64(key[0]) | uint64(key[n>>1])<<8 | uint64(key[n-1])<<16
	}
	slot := &d.keys[(head^tail<<1+uint64(n))*0x9E3779B97F4A7C15>>(64-keyBits)]
	if old := *slot; len(old) == n {
		var same bool // compared without a call, unless the key is long
		switch {
		case n >= 8:
			same = load64(old, 0) == head && load64(old, n-8) == tail && (n <= 16 || old == string(key))
		case n >= 4:
			same = uint64(load32(old, 0)) == head && uint64(load32(old, n-4))<<8 == tail
		default:
			same = uint64(old[0])|uint64(old[n>>1])<<8|uint64(old[n-1])<<16 == head
		}
		if same {
			return old
		}
	}
	text := d.text(key, off)
	if text == string(key) && (d.InvalidUTF8 != UTF8Keep || utf8.ValidString(text)) {
		*slot = text // of UTF-8: a call with other options may use it
	}
	return text
}

// owned is text for a string with its own memory.
func (d *decoder) owned(text []byte, off int) string {
	if !isASCII(text) && !utf8.Valid(text) {
		return d.invalid(text, off)
	}
	return string(text)
}

// invalid applies the options to invalid UTF-8.
func (d *decoder) invalid(text []byte, off int) string {
	switch d.InvalidUTF8 {
	case UTF8Keep:
		return string(text)
	case UTF8Replace:
		return string(replace.Text(nil, string(text)))
	}
	d.c.Malformed(off+bsoncore.IndexInvalidUTF8(text), ErrUTF8)
	return ""
}

// asString returns the current string, symbol or code.
func (d *decoder) asString() string { return d.text(d.c.Text(), d.c.ValueOffset()+4) }

// timeOf returns ms as a time. If the options reject it, it is a fault for the Go
// type t.
func (d *decoder) timeOf(ms int64, t reflect.Type) time.Time {
	if ms < minTime || ms > maxTime {
		switch d.TimeRange {
		case TimeReject:
			d.fail(t, ErrRange)
		case TimeClamp:
			ms = min(max(ms, minTime), maxTime)
		}
	}
	tm := time.UnixMilli(ms)
	if d.Location == nil {
		return tm.UTC()
	}
	return tm.In(d.Location)
}

// The first and last millisecond of the years 1 to 9999.
const (
	minTime = -62135596800000
	maxTime = 253402300799999
)

// A keyWatch finds the second of two equal keys. Its zero value is empty.
type keyWatch struct {
	few  []string
	many map[string]struct{}
}

// add reports whether key was not in s, and puts it there.
func (s *keyWatch) add(key string) bool {
	if s.many != nil {
		n := len(s.many)
		s.many[key] = struct{}{}
		return len(s.many) > n
	}
	if slices.Contains(s.few, key) {
		return false
	}
	if s.few = append(s.few, key); len(s.few) > 16 {
		s.many = make(map[string]struct{}, 64)
		for _, k := range s.few {
			s.many[k] = struct{}{}
		}
	}
	return true
}
