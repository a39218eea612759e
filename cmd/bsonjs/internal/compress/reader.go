package compress

import (
	"cmp"
	"errors"
	"io"
)

// This file reads compressed data. The decoders are those of libraries, except
// for the containers of gzip (gzip.go) and xz (xz.go). The errors of all
// decoders become an Error here.

// A Reader decompresses data. A call of Read returns the bytes that are there
// before it waits for more.
type Reader struct {
	codec Codec
	src   *Source
	z     io.Reader
	close func() // may be nil
	err   error  // the first, io.EOF included
}

// NewReader returns a Reader of the data in src, which starts there.
func NewReader(c Codec, src *Source) *Reader {
	r := &Reader{codec: c, src: src, z: src}
	if c != None {
		r.z, r.close, r.err = traits[c].open(src)
	}
	return r
}

// Read reads from r as io.Reader says. An error is an *Error, or that of the
// source.
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil || len(p) == 0 {
		return 0, r.err
	}
	n, err := r.z.Read(p)
	if err != nil {
		r.err = r.diagnose(err)
	}
	return n, r.err
}

// Close frees what r holds. It may be called while another goroutine reads.
func (r *Reader) Close() {
	if r.close != nil {
		r.close()
	}
}

// A meaning is what an error of a decoder means.
type meaning struct {
	err     error
	meaning error  // one of the sentinels of this package
	detail  string // what users are told instead of the text of err
	ended   bool   // it means so only if the source has ended
}

// diagnose returns what err, from the decoder, means.
func (r *Reader) diagnose(err error) error {
	if err == io.ErrClosedPipe {
		return err // by Close: the source may still be in use
	}
	if err := r.src.readError(); err != nil {
		return err
	}
	if err == io.EOF {
		if _, more := r.src.Head(1); more != nil {
			return err
		}
		err = &Error{Err: ErrTrailing}
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = r.meaningOf(err)
	}
	e.Codec, e.Offset = r.codec, r.src.Offset()
	switch e.Err {
	case ErrTruncated, ErrChecksum, ErrTrailing:
		e.Detail = "" // it does not help users
	}
	return e
}

// meaningOf returns what err, of the decoder, means.
func (r *Reader) meaningOf(err error) *Error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &Error{Err: ErrTruncated}
	}
	for _, m := range traits[r.codec].meanings {
		if errors.Is(err, m.err) && (!m.ended || r.src.ended()) {
			return &Error{Err: m.meaning, Detail: cmp.Or(m.detail, err.Error())}
		}
	}
	return &Error{Err: ErrDamaged, Detail: err.Error()}
}

// noEOF returns err, or what it means where data should be that ends.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
