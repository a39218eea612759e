package bson

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes Go values.
//
//   - Marshal, MarshalValue and Append are the entry points; Encoder is in
//     stream_value.go.
//   - appendAny dispatches on the types that documents mostly consist of, and
//     leaves the others to their plan.
//   - An encoder carries the options of one call and the first fault. A
//     function that meets a fault returns type 0, and each container on the
//     way out adds its key to the path.

// Marshal is EncodeOptions{}.Marshal.
func Marshal(v any) ([]byte, error) { return EncodeOptions{}.Marshal(v) }

// Append is EncodeOptions{}.Append.
func Append(dst []byte, v any) ([]byte, error) { return EncodeOptions{}.Append(dst, v) }

// MarshalValue is EncodeOptions{}.MarshalValue.
func MarshalValue(v any) (Type, []byte, error) { return EncodeOptions{}.MarshalValue(v) }

// Marshal returns v as a document. v is a D, M, Raw or struct, a map whose
// keys are texts or integers, a type whose hook writes a document, or a
// pointer to one of these; a nil map is an empty document. v is not kept.
//
// On failure it returns nil and a *ValueError, whose Pointer is the path of
// what could not be written and whose Offset counts the bytes written before
// it. It wraps a *ConversionError with the Go type and matches one of:
// ErrNotDocument, ErrUnsupported, ErrRange, ErrInexact, ErrKeyNUL, ErrUTF8,
// ErrDuplicateKey, ErrHook, ErrTooLarge, and ErrDepth, which is also what a
// value that contains itself ends in.
func (o EncodeOptions) Marshal(v any) ([]byte, error) {
	e := o.encoder()
	defer e.release()
	buf, err := e.document(e.buf[:0], v)
	if err != nil {
		return nil, err
	}
	e.buf = buf
	return append(make([]byte, 0, len(buf)), buf...), nil
}

// Append is Marshal, but appends the document to dst and returns the longer
// slice. On failure it returns dst at its old length.
func (o EncodeOptions) Append(dst []byte, v any) ([]byte, error) {
	e := o.encoder()
	defer e.release()
	out, err := e.document(dst, v)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// MarshalValue returns the type and the bytes of v, which may be any value,
// as they would follow the key of an element. Errors are those of Marshal;
// the type is then 0.
func (o EncodeOptions) MarshalValue(v any) (Type, []byte, error) {
	e := o.encoder()
	defer e.release()
	buf, t := e.appendAny(e.buf[:0], v)
	if t == 0 {
		return 0, nil, e.fault()
	}
	e.buf = buf
	return t, append(make([]byte, 0, len(buf)), buf...), nil
}

// An encoder is the state of one call.
type encoder struct {
	EncodeOptions
	plans *sync.Map // of the options
	flags planFlags

	start   int  // length of dst when the call began
	depth   int  // containers open
	limit   int  // greatest depth
	hops    int  // pointers followed to get here that led to pointers
	minSize bool // MinSize, or the tag minsize around here

	err   error        // first fault
	at    int          // len(dst) at the fault
	typ   reflect.Type // Go type at fault
	field string       // innermost struct and field around it
	path  []string     // keys around it, the innermost first

	buf   []byte // of Marshal, kept for the next call
	elems []E    // maps being sorted, one on top of the other
}

var encoders = sync.Pool{New: func() any { return new(encoder) }}

// maxPooled is the largest buffer, in bytes, and maxPooledElems the longest
// list of elements that an encoder or decoder keeps for the next call.
const (
	maxPooled      = 64 << 10
	maxPooledElems = 4 << 10
)

func (o EncodeOptions) encoder() *encoder {
	e := encoders.Get().(*encoder)
	e.EncodeOptions = o
	e.flags = 0
	if o.JSONTags {
		e.flags |= planJSONTags
	}
	if o.RejectShadowed {
		e.flags |= planRejectShadowed
	}
	e.plans = plansFor(o.Codecs, e.flags)
	e.limit = o.MaxDepth
	if e.limit <= 0 {
		e.limit = DefaultMaxDepth
	}
	e.limit = min(e.limit, DepthCeiling)
	e.minSize = o.MinSize
	return e
}

func (e *encoder) release() {
	buf, elems := e.buf, e.elems
	if cap(buf) > maxPooled {
		buf = nil
	}
	if cap(elems) > maxPooledElems {
		elems = nil
	}
	if e.err != nil {
		clear(elems[:cap(elems)]) // a fault left maps unfinished
	}
	*e = encoder{buf: buf[:0], elems: elems[:0]}
	encoders.Put(e)
}

// document appends v, which must make a document, to dst.
func (e *encoder) document(dst []byte, v any) ([]byte, error) {
	e.start = len(dst)
	out, t := e.appendAny(dst, v)
	if t == TypeNull && v != nil && reflect.TypeOf(v).Kind() == reflect.Map {
		out, t = append(dst, 5, 0, 0, 0, 0), TypeDocument
	}
	if t != 0 && t != TypeDocument {
		_, t = e.fail(dst, reflect.TypeOf(v), ErrNotDocument)
	}
	if t != 0 && (e.AddID || e.HoistID) {
		out = e.placeID(out)
	}
	limit := e.MaxDocumentSize
	if limit <= 0 {
		limit = math.MaxInt32
	}
	if t != 0 && len(out)-e.start > min(limit, math.MaxInt32) {
		_, t = e.fail(dst, reflect.TypeOf(v), ErrTooLarge)
	}
	if t == 0 {
		return dst, e.fault()
	}
	return out, nil
}

// placeID does what AddID and HoistID ask for to the document at e.start.
func (e *encoder) placeID(dst []byte) []byte {
	doc := dst[e.start:]
	c := NewCursor(doc)
	for c.Next() {
		if string(c.Key()) != "_id" {
			continue
		}
		if e.HoistID && c.Offset() > 4 {
			end := c.ValueOffset() + len(c.Data())
			id := slices.Clone(doc[c.Offset():end])
			copy(doc[4+len(id):end], doc[4:c.Offset()])
			copy(doc[4:], id)
		}
		return dst
	}
	if !e.AddID {
		return dst
	}
	dst = slices.Insert(dst, e.start+4, AppendObjectID(nil, "_id", objectid.New())...)
	SetLength(dst, e.start)
	return dst
}

// fail records a fault at the end of dst and returns what encFuncs return.
func (e *encoder) fail(dst []byte, t reflect.Type, err error) ([]byte, Type) {
	if e.err == nil {
		e.err, e.at, e.typ = err, len(dst)-e.start, t
	}
	return dst, 0
}

// within adds the key of the element around the fault.
func (e *encoder) within(dst []byte, key string) ([]byte, Type) {
	e.path = append(e.path, key)
	return dst, 0
}

func (e *encoder) fault() error {
	return &ValueError{
		Offset:  int64(e.at),
		Pointer: pointerOf(e.path),
		Err:     &ConversionError{GoType: e.typ, Field: e.field, Err: e.err},
	}
}

// enter counts a container that is about to be opened and reports whether
// there may be one more.
func (e *encoder) enter() bool {
	if e.depth >= e.limit {
		return false
	}
	e.depth++
	return true
}

func (e *encoder) planOf(t reflect.Type) *plan {
	return planOf(e.plans, t, e.Codecs, e.flags)
}

// appendAny appends any value.
func (e *encoder) appendAny(dst []byte, v any) ([]byte, Type) {
	if e.Codecs != nil {
		return e.appendPlanned(dst, v)
	}
	switch v := v.(type) {
	case nil:
		return dst, TypeNull
	case string:
		return e.appendText(dst, v, TypeString)
	case int32:
		return binary.LittleEndian.AppendUint32(dst, uint32(v)), TypeInt32
	case float64:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v)), TypeDouble
	case bool:
		if v {
			return append(dst, 1), TypeBoolean
		}
		return append(dst, 0), TypeBoolean
	case int64:
		return e.appendInt64(dst, v)
	case int:
		return appendInt(dst, v)
	case objectid.ID:
		return append(dst, v[:]...), TypeObjectID
	case D:
		return e.appendD(dst, v)
	case DateTime:
		return binary.LittleEndian.AppendUint64(dst, uint64(v)), TypeDateTime
	case A:
		return e.appendA(dst, v)
	case decimal128.Decimal:
		return appendDecimal(dst, v), TypeDecimal128
	case M:
		return e.appendMap(dst, v)
	case Binary:
		return AppendBinaryValue(dst, v.Subtype, v.Data), TypeBinary
	case time.Time:
		return e.appendTime(dst, v)
	case map[string]any:
		return e.appendMap(dst, v)
	case []any:
		return e.appendA(dst, v)
	}
	return e.appendPlanned(dst, v)
}

// appendPlanned appends a value by the plan of its type.
func (e *encoder) appendPlanned(dst []byte, v any) ([]byte, Type) {
	if v == nil {
		return dst, TypeNull
	}
	return e.planOf(reflect.TypeOf(v)).enc(e, dst, reflect.ValueOf(v))
}

// appendD appends a document.
func (e *encoder) appendD(dst []byte, d D) ([]byte, Type) {
	if d == nil {
		return e.nilSlice(dst)
	}
	return e.appendElements(dst, d)
}

func (e *encoder) appendElements(dst []byte, d []E) ([]byte, Type) {
	if !e.enter() {
		return e.fail(dst, typeD, ErrDepth)
	}
	dst, mark := Begin(dst)
	for i := range d {
		at := len(dst)
		var ok bool
		if dst, ok = e.appendKey(dst, d[i].Key); !ok {
			return e.badKey(dst, d[i].Key)
		}
		var t Type
		if dst, t = e.appendAny(dst, d[i].Value); t == 0 {
			return e.within(dst, d[i].Key)
		}
		dst[at] = byte(t)
	}
	e.depth--
	return End(dst, mark), TypeDocument
}

// appendA appends an array.
func (e *encoder) appendA(dst []byte, a []any) ([]byte, Type) {
	if a == nil {
		return e.nilArray(dst)
	}
	if !e.enter() {
		return e.fail(dst, reflect.TypeOf(a), ErrDepth)
	}
	dst, mark := Begin(dst)
	for i, v := range a {
		at := len(dst)
		dst = AppendIndexKey(append(dst, 0), i)
		var t Type
		if dst, t = e.appendAny(dst, v); t == 0 {
			return e.withinIndex(dst, i)
		}
		dst[at] = byte(t)
	}
	e.depth--
	return End(dst, mark), TypeArray
}

// appendMap appends a map, its keys sorted unless the options say otherwise.
func (e *encoder) appendMap(dst []byte, m map[string]any) ([]byte, Type) {
	if m == nil {
		return e.nilMap(dst)
	}
	if !e.enter() {
		return e.fail(dst, reflect.TypeOf(m), ErrDepth)
	}
	dst, mark := Begin(dst)
	dst, t := e.appendMapElements(dst, m)
	if t == 0 {
		return dst, 0
	}
	e.depth--
	return End(dst, mark), TypeDocument
}

func (e *encoder) appendMapElements(dst []byte, m map[string]any) ([]byte, Type) {
	if e.UnsortedMaps {
		for k, v := range m {
			var t Type
			if dst, t = e.appendElement(dst, k, v); t == 0 {
				return dst, 0
			}
		}
		return dst, TypeDocument
	}
	// Maps within are sorted above this one in e.elems, which may move.
	base := len(e.elems)
	for k, v := range m {
		e.elems = append(e.elems, E{k, v})
	}
	end := len(e.elems)
	sortElements(e.elems[base:end])
	for i := base; i < end; i++ {
		var t Type
		if dst, t = e.appendElement(dst, e.elems[i].Key, e.elems[i].Value); t == 0 {
			return dst, 0
		}
	}
	clear(e.elems[base:end])
	e.elems = e.elems[:base]
	return dst, TypeDocument
}

// appendElement appends a whole element.
func (e *encoder) appendElement(dst []byte, key string, v any) ([]byte, Type) {
	at := len(dst)
	dst, ok := e.appendKey(dst, key)
	if !ok {
		return e.badKey(dst, key)
	}
	dst, t := e.appendAny(dst, v)
	if t == 0 {
		return e.within(dst, key)
	}
	dst[at] = byte(t)
	return dst, t
}

// sortElements sorts elements by the bytes of their keys. Few are the rule,
// for which insertion is the fastest.
func sortElements(d []E) {
	if len(d) > 12 {
		slices.SortFunc(d, func(a, b E) int {
			if a.Key < b.Key {
				return -1
			}
			return 1 // keys of a map differ
		})
		return
	}
	for i := 1; i < len(d); i++ {
		for j := i; j > 0 && d[j].Key < d[j-1].Key; j-- {
			d[j], d[j-1] = d[j-1], d[j]
		}
	}
}

func (e *encoder) appendInt64(dst []byte, v int64) ([]byte, Type) {
	if e.minSize && int64(int32(v)) == v {
		return binary.LittleEndian.AppendUint32(dst, uint32(v)), TypeInt32
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v)), TypeInt64
}

func appendInt(dst []byte, v int) ([]byte, Type) {
	if int(int32(v)) == v {
		return binary.LittleEndian.AppendUint32(dst, uint32(v)), TypeInt32
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(v)), TypeInt64
}

func (e *encoder) appendTime(dst []byte, v time.Time) ([]byte, Type) {
	d, err := DateTimeOf(v)
	if err != nil {
		return e.fail(dst, reflect.TypeOf(v), ErrRange)
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(d)), TypeDateTime
}

func appendDecimal(dst []byte, v decimal128.Decimal) []byte {
	hi, lo := v.Bits()
	dst = binary.LittleEndian.AppendUint64(dst, lo)
	return binary.LittleEndian.AppendUint64(dst, hi)
}

// The nil values that have an option.

func (e *encoder) nilMap(dst []byte) ([]byte, Type) {
	if e.NilMapAsEmpty {
		return append(dst, 5, 0, 0, 0, 0), TypeDocument
	}
	return dst, TypeNull
}

// nilSlice is for slices that are documents.
func (e *encoder) nilSlice(dst []byte) ([]byte, Type) {
	if e.NilSliceAsEmpty {
		return append(dst, 5, 0, 0, 0, 0), TypeDocument
	}
	return dst, TypeNull
}

func (e *encoder) nilArray(dst []byte) ([]byte, Type) {
	if e.NilSliceAsEmpty {
		return append(dst, 5, 0, 0, 0, 0), TypeArray
	}
	return dst, TypeNull
}

// appendKey appends a type byte to be filled in, key and its NUL. It reports
// false, and appends what badKey removes, if key cannot be one.
func (e *encoder) appendKey(dst []byte, key string) ([]byte, bool) {
	at := len(dst) + 1
	if cap(dst)-at <= len(key) {
		dst = slices.Grow(dst, len(key)+2)
	}
	dst = dst[:at+len(key)+1]
	dst[at-1], dst[at+len(key)] = 0, 0
	if !copyKey(dst[at:at+len(key)], key) {
		return e.oddKey(dst, at)
	}
	return dst, true
}

// oddKey finishes a key with bytes that are NUL or not ASCII.
func (e *encoder) oddKey(dst []byte, at int) ([]byte, bool) {
	key := dst[at : len(dst)-1]
	for _, c := range key {
		if c == 0 {
			e.fail(dst, nil, ErrKeyNUL)
			return dst, false
		}
	}
	if utf8.Valid(key) {
		return dst, true
	}
	if e.UTF8 != UTF8Replace {
		e.fail(dst, nil, ErrUTF8)
		return dst, false
	}
	return append(replaceInvalid(dst[:at], string(key)), 0), true
}

// badKey is within for a key that is at fault itself.
func (e *encoder) badKey(dst []byte, key string) ([]byte, Type) {
	if e.typ == nil {
		e.typ = typeString
	}
	return e.within(dst, key)
}

// appendText appends the value of a string, symbol or code.
func (e *encoder) appendText(dst []byte, s string, t Type) ([]byte, Type) {
	at := len(dst) + 4
	if cap(dst)-at <= len(s) {
		dst = slices.Grow(dst, len(s)+5)
	}
	dst = dst[:at+len(s)+1]
	binary.LittleEndian.PutUint32(dst[at-4:], uint32(len(s)+1))
	dst[at+len(s)] = 0
	if copyText(dst[at:at+len(s)], s) || utf8.Valid(dst[at:at+len(s)]) {
		return dst, t
	}
	if e.UTF8 != UTF8Replace {
		return e.fail(dst[:at-4], typeString, ErrUTF8)
	}
	dst = append(replaceInvalid(dst[:at], s), 0)
	SetStringLength(dst, at-4)
	return dst, t
}
