package compress

import (
	"bufio"
	"io"
)

// sourceSize is the least number of bytes of a read.
const sourceSize = 64 << 10

// A Source is a reader whose next bytes can be examined before they are read.
// It reads from below only when necessary, and then once.
type Source struct {
	*bufio.Reader
	r *sticky
}

// NewSource returns a Source of the bytes of r.
func NewSource(r io.Reader) *Source {
	s := &sticky{r: r}
	return &Source{bufio.NewReaderSize(s, sourceSize), s}
}

// Head returns the bytes that have arrived and are not read yet: at least n, or
// fewer and the reason. They are valid until the next call.
func (s *Source) Head(n int) ([]byte, error) {
	_, err := s.Peek(n)
	head, _ := s.Peek(s.Buffered())
	if len(head) >= n {
		err = nil
	}
	return head, err
}

// follows returns nil if magic is next, and io.EOF if nothing is.
func (s *Source) follows(magic string) error {
	for n := 1; n <= len(magic); n++ {
		head, err := s.Head(n)
		switch {
		case err != nil && len(head) == 0:
			return err
		case !begins(head, magic):
			return &Error{Err: ErrTrailing}
		case err != nil:
			s.Discard(len(head))
			return noEOF(err)
		}
	}
	return nil
}

// Offset returns the number of bytes that have been read from s.
func (s *Source) Offset() int64 { return s.r.n - int64(s.Buffered()) }

// ended reports whether all bytes have been read and a read has found the end.
func (s *Source) ended() bool { return s.r.err == io.EOF && s.Buffered() == 0 }

// readError returns the error that ended the bytes, nil for their end.
func (s *Source) readError() error {
	if s.r.err == io.EOF {
		return nil
	}
	return s.r.err
}

// A sticky counts the bytes of r, and does not read after an error.
type sticky struct {
	r   io.Reader
	n   int64
	err error
}

func (s *sticky) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.n += int64(n)
	s.err = err
	return n, err
}
