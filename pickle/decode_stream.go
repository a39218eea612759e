package pickle

import (
	"cmp"
	"io"
	"iter"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/readahead"
)

// This file reads pickles from a stream.
//
// The machine runs on the bytes that have arrived and stops at their end. So
// there is no frame to search, and a pickle is read when its last byte has
// arrived.

// firstBuffer is the size of the first buffer of a Decoder, in bytes.
const firstBuffer = 128 << 10

// A Decoder reads pickles that follow each other in a stream, as several
// calls of Python's pickle.dump write them.
//
//	d := pickle.NewDecoder(r)
//	for d.Next() {
//		use(d.Type(), d.Value())
//	}
//	if err := d.Err(); err != nil { … }
//
// Each pickle has its own memo. A Python program that uses one Pickler for
// several dumps writes pickles that refer to each other; they are an error that
// matches ErrMemo. A Decoder skips line feeds between pickles and after the last
// pickle: programs that print a value from a cache add one.
type Decoder struct {
	u   *unpickler
	in  readahead.Buffer // the stream
	max int              // bytes of a pickle

	values bson.DecodeOptions // of Decode

	start  int64 // offset in the stream of the current pickle
	size   int   // bytes of a pickle that was rejected after its STOP; else 0
	value  []byte
	typ    bsoncore.Type
	failed bool  // err is that of the reader, or of the writer of skipped bytes
	fault  error // that Resync continues from, while it does
	err    error
}

// NewDecoder returns a Decoder that reads r with the zero options.
func NewDecoder(r io.Reader) *Decoder { return DecodeOptions{}.NewDecoder(r) }

// NewDecoder returns a Decoder that reads r with the options o. It reads ahead
// of the pickles that it returns.
func (o DecodeOptions) NewDecoder(r io.Reader) *Decoder {
	d := &Decoder{u: newUnpickler(), max: min(cmp.Or(o.MaxPickleSize, DefaultMaxPickleSize), maxSource)}
	d.u.init(&o)
	d.u.builder.pairs = true
	d.values = o.values()
	d.Reset(r)
	return d
}

// Reset makes d read from r, with the same options and buffers. It invalidates
// the results of Pickle, Value and Raw.
func (d *Decoder) Reset(r io.Reader) {
	*d = Decoder{u: d.u, in: d.in, max: d.max, values: d.values, value: d.value, err: d.u.options, failed: d.u.options != nil}
	d.in.Reset(r)
}

// Next reads the next pickle and reports whether there is one. False means the
// end of the stream or a fault; see Err.
func (d *Decoder) Next() bool {
	d.typ = 0
	if d.err != nil {
		return false
	}
	d.size = 0
	if !d.toPickle() {
		return false
	}
	d.start = d.in.Offset()
	m := &d.u.machine
	d.u.reset()
	for {
		m.src, m.final = d.in.Rest(), d.in.Ended()
		switch m.run() {
		case statusMore:
			if len(m.src) >= d.max {
				m.fail(m.off, bsoncore.ErrTooLarge, "")
				break
			}
			if !d.fill() && d.err != nil {
				return false
			}
			continue
		case statusDone:
			d.size = m.off
			if m.off > d.max {
				m.fail(m.off-1, bsoncore.ErrTooLarge, "")
				break
			}
			d.value, d.typ = d.u.result(d.value[:0])
		}
		if m.err != nil {
			d.err = d.u.error(d.start)
			d.typ = 0
			return false
		}
		d.in.Off += m.off
		return true
	}
}

// toPickle goes to the first byte of a pickle, and reports whether there is one.
func (d *Decoder) toPickle() bool {
	for {
		rest := d.in.Rest()
		switch {
		case len(rest) == 0:
			if !d.fill() {
				return false
			}
		case rest[0] == '\n' || rest[0] == '\r':
			d.in.Off++
		default:
			return true
		}
	}
}

// Buffered returns the bytes that the Decoder has read ahead: those after the
// current pickle or, if Next returned false because of a fault, those from the
// first byte of the pickle with the fault. They are valid until the next call of
// a method.
func (d *Decoder) Buffered() []byte { return d.in.Rest() }

// Pickle returns the bytes of the current pickle, from its first opcode to
// STOP. They are valid until the next call of Next, and nil after Next returned
// false.
func (d *Decoder) Pickle() []byte {
	if d.typ == 0 {
		return nil
	}
	return d.u.machine.src[:d.u.machine.off]
}

// Resync makes the Decoder continue after a pickle with a fault, and reports
// whether it can. After a *ValueError it continues after the STOP of the
// pickle, or at the next PROTO if that comes first: the opcodes lead there,
// although they are not run. After a *SyntaxError, or if the opcodes lead to no
// STOP, no byte tells the start of the next pickle. Then the rest of the stream
// is skipped; this also happens if an argument is longer than MaxPickleSize.
//
// The skipped bytes, from the first byte of the pickle, are written to skipped,
// in portions and in order; nil drops them. Together with the pickles read
// before and after, they are the whole stream, except for line feeds between
// pickles.
//
// False means that there was no such fault, or that the reader or skipped has
// failed, which Err returns: a *bson.ReadError with the fault that Err returned
// before, or the error of skipped.
func (d *Decoder) Resync(skipped io.Writer) bool {
	if d.err == nil || d.failed {
		return false
	}
	_, refused := d.err.(*ValueError)
	d.fault, d.err = d.err, nil
	defer func() { d.fault = nil }()
	switch {
	case d.size > 0:
		return d.pass(skipped, d.size)
	case refused:
		return d.passPickle(skipped)
	}
	return d.passAll(skipped)
}

// passPickle skips a pickle that was rejected before its STOP.
func (d *Decoder) passPickle(skipped io.Writer) bool {
	m := &d.u.machine
	m.off, m.seen, m.err = m.fault, 0, nil
	for {
		m.src, m.final = d.in.Rest(), d.in.Ended()
		st := m.skip()
		switch {
		case st == statusDone:
			return d.pass(skipped, m.off)
		case st == statusFailed, len(m.src)-m.off >= d.max:
			return d.passAll(skipped)
		case !d.pass(skipped, m.off):
			return false
		}
		m.seen, m.off = max(m.seen-m.off, 0), 0
		if !d.fill() && d.err != nil {
			return false
		}
	}
}

// passAll skips the rest of the stream.
func (d *Decoder) passAll(skipped io.Writer) bool {
	for d.pass(skipped, len(d.in.Rest())) {
		if d.in.Ended() {
			return true
		}
		if !d.fill() && d.err != nil {
			return false
		}
	}
	return false
}

// pass skips n bytes.
func (d *Decoder) pass(skipped io.Writer, n int) bool {
	d.err = d.in.Skip(skipped, n)
	d.failed = d.err != nil
	return !d.failed
}

// fill reads more bytes. It reports whether there are any; if not, the stream
// has ended or d.err has the error.
func (d *Decoder) fill() bool {
	if d.in.Fill(firstBuffer, d.max) {
		return true
	}
	if !d.in.Ended() {
		d.failed = true
		d.err = &bsoncore.ReadError{Offset: d.in.End(), Err: d.in.Err, Fault: d.fault}
	}
	return false
}

// Type returns the type of the current value, or 0 after Next returned false.
func (d *Decoder) Type() bsoncore.Type { return d.typ }

// Value returns the current value as AppendBSONValue does. It is valid until
// the next call of Next.
func (d *Decoder) Value() []byte {
	if d.typ == 0 {
		return nil
	}
	return d.value
}

// Raw returns the current value if it is a document, else nil. It is valid
// until the next call of Next.
func (d *Decoder) Raw() bson.Raw {
	if d.typ != bsoncore.TypeDocument {
		return nil
	}
	return d.value
}

// Offset returns the offset of the current pickle in the stream, in bytes.
func (d *Decoder) Offset() int64 { return d.start }

// Err returns the reason why Next returned false: nil at the end of the stream,
// a *SyntaxError or *ValueError with its Offset in the stream, or a
// *bson.ReadError if the reader failed.
func (d *Decoder) Err() error { return d.err }

// Pickles returns the values of r, read with the zero options. If there is an
// error, the last pair is a zero RawValue with the error. Each value is valid
// until the next.
func Pickles(r io.Reader) iter.Seq2[bson.RawValue, error] { return DecodeOptions{}.Pickles(r) }

// Pickles returns the values of r, read with the options o, like the function
// Pickles.
func (o DecodeOptions) Pickles(r io.Reader) iter.Seq2[bson.RawValue, error] {
	return func(yield func(bson.RawValue, error) bool) {
		d := o.NewDecoder(r)
		for d.Next() {
			if !yield(bson.RawValue{Type: d.Type(), Value: d.Value()}, nil) {
				return
			}
		}
		if err := d.Err(); err != nil {
			yield(bson.RawValue{}, err)
		}
	}
}
