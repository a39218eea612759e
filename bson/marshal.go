package bson

import (
	"math"
	"reflect"
	"slices"
	"sync"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file writes Go values.
//
//   - Marshal, MarshalValue and Append are the entry points; Encoder is in
//     stream.go.
//   - marshal_any.go has appendAny, which dispatches on the most frequent types
//     and leaves the others to their plan.
//   - An encoder carries the options of one call and the first fault. A
//     function that meets a fault returns type 0, and each container on the
//     way out adds its key to the path.

// Marshal is EncodeOptions{}.Marshal.
func Marshal(v any) ([]byte, error) { return EncodeOptions{}.Marshal(v) }

// Append is EncodeOptions{}.Append.
func Append(dst []byte, v any) ([]byte, error) { return EncodeOptions{}.Append(dst, v) }

// MarshalValue is EncodeOptions{}.MarshalValue.
func MarshalValue(v any) (Type, []byte, error) { return EncodeOptions{}.MarshalValue(v) }

// Marshal returns v as a document. v is a D, M, Raw or struct, a map with keys
// that are text or integers, a type whose hook writes a document, or a pointer
// to one of these. A nil map is an empty document. v is not kept. The document is
// one allocation without spare capacity, up to 4 MiB. A longer document is made in its
// own memory, whose size is a guess: usually one allocation up to 16 MiB, and a further
// one for each fourfold length.
//
// On failure it returns nil and a *ValueError. Pointer is the path of the value
// that could not be written, Offset the number of bytes before it. The error
// wraps a *ConversionError with the Go type and matches one of: ErrNotDocument,
// ErrUnsupported, ErrRange, ErrInexact, ErrKeyNUL, ErrUTF8, ErrDuplicateKey,
// ErrHook, ErrTooLarge and ErrDepth. A value that contains itself, and a hook
// that calls Marshal for its own value, are ErrDepth too.
func (o EncodeOptions) Marshal(v any) ([]byte, error) { return o.Append(nil, v) }

// Append is Marshal, but appends the document to dst and returns the longer
// slice. It may write past the returned length, within the capacity of dst.
// On failure it returns dst at its old length.
func (o EncodeOptions) Append(dst []byte, v any) ([]byte, error) {
	if err := o.check(); err != nil {
		return dst, err
	}
	e := o.encoder()
	defer e.release()
	if !scratch.Full(dst) {
		return e.document(dst, v)
	}
	out, err := e.document(e.buf.Room(), v)
	e.buf.Set(out)
	if err != nil {
		return dst, err
	}
	return scratch.Result(dst, out), nil
}

// MarshalValue returns the type and the bytes of v, of any type, as they follow
// the key of an element. Errors are those of Marshal; the type is then 0.
func (o EncodeOptions) MarshalValue(v any) (Type, []byte, error) {
	data, t, err := o.AppendValue(nil, v)
	return t, data, err
}

// AppendValue is MarshalValue, but appends the bytes to dst and returns the longer
// slice. It may write past the returned length, within the capacity of dst. On failure
// it returns dst at its old length.
func (o EncodeOptions) AppendValue(dst []byte, v any) ([]byte, Type, error) {
	if err := o.check(); err != nil {
		return dst, 0, err
	}
	e := o.encoder()
	defer e.release()
	if !scratch.Full(dst) {
		return e.value(dst, v)
	}
	out, t, err := e.value(e.buf.Room(), v)
	e.buf.Set(out)
	if err != nil {
		return dst, 0, err
	}
	return scratch.Result(dst, out), t, nil
}

// An encoder is the state of one call.
type encoder struct {
	EncodeOptions
	plans *plans // of the options
	flags planFlags

	start   int  // length of dst when the call began
	depth   int  // containers open
	limit   int  // greatest depth
	hops    int  // pointers to pointers followed so far
	minSize bool // MinSize, or the tag minsize of an enclosing field
	fresh   bool // newly made: enclosing calls may hold the pooled ones
	deep    bool // not kept for the next call: see keptDepth
	next    int  // length of dst from which on containers call grow

	encodeFault

	buf   scratch.Buffer // for a dst without room
	elems []E            // of maps being sorted, one on top of the other
	ranks []rank         // of maps being sorted, one on top of the other
}

// An encodeFault is the first fault of a call. It is zero between calls.
type encodeFault struct {
	err   error
	at    int          // len(dst) at the fault
	typ   reflect.Type // Go type at fault
	field string       // innermost struct and field around it
	path  []string     // keys around it, the innermost first
}

var encoders sync.Pool // of *encoder

// maxPooledElems is the longest list of elements, or of their ranks, that an encoder
// keeps for the next call.
const maxPooledElems = 4 << 10

func (o EncodeOptions) encoder() *encoder {
	e, ok := encoders.Get().(*encoder)
	if !ok {
		e = new(encoder)
	}
	e.EncodeOptions = o
	e.fresh = !ok
	e.depth, e.hops = 0, 0 // a fault or a panic leaves containers open
	e.flags = 0
	if o.JSONTags {
		e.flags |= planJSONTags
	}
	if o.RejectShadowed {
		e.flags |= planRejectShadowed
	}
	e.plans = plansFor(o.Codecs, e.flags)
	e.limit = depthLimit(o.MaxDepth)
	e.minSize = o.MinSize
	e.next = firstGrow
	return e
}

func (e *encoder) release() {
	if e.deep {
		return
	}
	// Only what a call has changed is set: to clear all of an encoder takes as long as to
	// write several values.
	e.buf.Clear()
	if e.err != nil {
		e.encodeFault = encodeFault{}
	}
	if len(e.elems) > 0 { // a fault or a panic left maps unfinished
		clear(e.elems[:cap(e.elems)])
		e.elems = e.elems[:0]
	}
	e.ranks = e.ranks[:0]
	if cap(e.elems) > maxPooledElems {
		e.elems = nil
	}
	if cap(e.ranks) > maxPooledElems {
		e.ranks = nil
	}
	encoders.Put(e)
}

// document appends v, which must become a document, to dst.
func (e *encoder) document(dst []byte, v any) ([]byte, error) {
	e.start = len(dst)
	out, t := e.whole(dst, v)
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

// value appends the argument of a call, a value of any type.
func (e *encoder) value(dst []byte, v any) ([]byte, Type, error) {
	out, t := e.appendValueOf(dst, v)
	if t == 0 {
		return dst, 0, e.fault()
	}
	return out, t, nil
}

func (e *encoder) appendValueOf(dst []byte, v any) ([]byte, Type) {
	e.start = len(dst)
	if e.fresh && !e.mayNest(nested()) {
		return e.fail(dst, reflect.TypeOf(v), ErrDepth)
	}
	out, t := e.appendAny(dst, v)
	if t != 0 && len(out)-e.start > math.MaxInt32 {
		return e.fail(dst, reflect.TypeOf(v), ErrTooLarge)
	}
	return out, t
}

// whole appends the argument of a call, a document: a type with both hooks uses the
// hook for documents.
func (e *encoder) whole(dst []byte, v any) ([]byte, Type) {
	if e.fresh && !e.mayNest(nested()) {
		return e.fail(dst, reflect.TypeOf(v), ErrDepth)
	}
	switch v.(type) {
	case nil, D, M, map[string]any:
		return e.appendAny(dst, v)
	}
	p := e.planOf(reflect.TypeOf(v))
	if p.encDoc != nil {
		return p.encDoc(e, dst, reflect.ValueOf(v))
	}
	return p.enc(e, dst, reflect.ValueOf(v))
}

// mayNest reports whether this call may begin inside n other calls.
func (e *encoder) mayNest(n int) bool {
	e.deep = n >= keptDepth
	return n < maxNested
}

const (
	// firstGrow is the length of dst, in bytes, from which on grow acts. Shorter
	// documents are left to append.
	firstGrow = 448 << 10
	// maxGrowth is the largest factor by which grow lengthens dst.
	maxGrowth = 4
)

// grow is called by a container between two of its elements, when dst is longer than
// e.next. done of all elements are in dst[mark:]. If dst is nearly full, grow makes room
// for the others, as if they were of the same length. It leaves this to an enclosing
// container if this one is a small part of dst.
//
//go:noinline
func (e *encoder) grow(dst []byte, mark, done, all int) []byte {
	e.next = cap(dst) - cap(dst)/8
	size := len(dst) - mark
	if len(dst) <= e.next || done == 0 || size < len(dst)/8 {
		return dst
	}
	rest := float64(size) / float64(done) * float64(all-done)
	want := len(dst) + int(min(rest+rest/32, float64(len(dst))*(maxGrowth-1))) + elementRoom
	if want <= cap(dst) {
		e.next = cap(dst) - elementRoom
		return dst
	}
	dst = scratch.Move(dst, want)
	e.next = cap(dst) - cap(dst)/64
	return dst
}

// elementRoom is enough, in bytes, for most elements that are not containers.
const elementRoom = 1 << 10

// placeID applies AddID and HoistID to the document at e.start.
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
	dst = slices.Insert(dst, e.start+4, bsoncore.AppendObjectID(nil, "_id", objectid.New())...)
	bsoncore.SetLength(dst, e.start)
	return dst
}

// fail records a fault at the end of dst and returns the results of an encFunc.
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

// enter counts a new container and reports whether one more is allowed.
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
