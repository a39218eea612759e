package compress

import (
	"cmp"
	"errors"
	"io"
)

// This file reads compressed data. The decoders are those of libraries, except
// for the containers of gzip (gzip.go) and xz (xz.go). The errors of all
// decoders become an Error here.

// A Reader decompresses data. Read returns the bytes that are there before it
// waits for more.
type Reader struct {
	codec Codec
	src   *Source
	z     io.Reader
	close func() // may be nil
	err   error  // the first one, also io.EOF
}

// NewReader returns a Reader of the data in src from here on.
func NewReader(c Codec, src *Source) *Reader {
	r := &Reader{codec: c, src: src, z: src}
	if c != None {
		r.z, r.close, r.err = traits[c].open(src)
	}
	return r
}

// Read reads from r as io.Reader says. An error is an *Error, or an error of
// the source.
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

// Close frees the memory of r. It may be called while another goroutine reads.
func (r *Reader) Close() {
	if r.close != nil {
		r.close()
	}
}

// A meaning is the meaning of an error of a decoder.
type meaning struct {
	err     error
	meaning error  // one of the sentinels of this package
	detail  string // text for users, in place of that of err
	ended   bool   // only if the source has ended
}

// diagnose returns the meaning of err, an error of the decoder.
func (r *Reader) diagnose(err error) error {
	if err == io.ErrClosedPipe {
		return err // from Close; the source may still be in use
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

// meaningOf returns the meaning of err in the table.
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

// noEOF returns err, or io.ErrUnexpectedEOF for io.EOF, for the end of the
// input within data.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
