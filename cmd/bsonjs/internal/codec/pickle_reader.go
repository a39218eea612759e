package codec

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file reads pickles, also in wrappings: zlib data, as in caches of Django,
// and base64, as in messages of Celery.
//
//   - Next reads the next pickle. A pickle with a fault may be a wrapping: unwrap
//     looks at its bytes and reads on in it. The bytes of wrappings are no valid
//     pickles, so no pickle is taken for one.
//   - leave continues after a wrapping that has ended.
//   - base64Reader decodes base64. The bytes of a wrapping are never collected:
//     MaxPickleSize limits each pickle in it.

// maxWrappings is the largest number of wrappings around a pickle: zlib data in
// base64.
const maxWrappings = 2

// A pickleReader reads pickles. Their offsets count the bytes of pickles, not
// those of wrappings.
type pickleReader struct {
	*pickle.Decoder
	input *inputReader
	// levels[0] is the input, and each next level a wrapping in the one before.
	// The Decoder reads levels[depth].
	levels [maxWrappings + 1]level
	depth  int
	base   int64 // bytes before those that the Decoder has read since it was reset
	end    int64 // of the last pickle, in bytes of the Decoder
}

func newPickleReader(r io.Reader, o pickle.DecodeOptions) *pickleReader {
	in := &inputReader{r: r}
	p := &pickleReader{input: in}
	p.levels[0].r = in
	p.Decoder = o.NewDecoder(&p.levels[0])
	return p
}

// An inputReader notes the error of a reader, as opposed to that of a wrapping.
type inputReader struct {
	r   io.Reader
	err error // not io.EOF
}

func (i *inputReader) Read(p []byte) (int, error) {
	n, err := i.r.Read(p)
	if err != nil && err != io.EOF {
		i.err = err
	}
	return n, err
}

// A level is a reader whose last bytes can be unread. After that it returns few
// bytes at a time, so that a wrapping after many others has few to unread.
type level struct {
	r    io.Reader
	z    io.ReadCloser // that read the last zlib data here, to be used again
	data []byte        // not read yet; part of room
	room []byte
	few  bool // something was unread
	err  error
}

// fewBytes is the number of bytes that a level returns at a time after a
// wrapping.
const fewBytes = 4 << 10

// reset makes l read from r.
func (l *level) reset(r io.Reader) { l.r, l.data, l.err = r, nil, nil }

// unread makes l return data again, the last bytes that it has returned.
func (l *level) unread(data []byte) {
	l.few = true
	n := len(data)
	l.reserve(n + len(l.data))
	copy(l.room[n:], l.data)
	l.data = l.room[:n+len(l.data)]
	copy(l.data, data)
}

// reserve makes room for n bytes.
func (l *level) reserve(n int) {
	if len(l.room) < n {
		l.room = make([]byte, max(n, fewBytes))
	}
}

// peek returns the next n bytes, fewer at the end or before an error.
func (l *level) peek(n int) []byte {
	for len(l.data) < n && l.err == nil {
		l.reserve(2 * fewBytes)
		copy(l.room, l.data)
		have := len(l.data)
		var more int
		more, l.err = l.r.Read(l.room[have:fewBytes])
		l.data = l.room[:have+more]
	}
	return l.data[:min(n, len(l.data))]
}

func (l *level) Read(p []byte) (n int, err error) {
	switch {
	case len(l.data) > 0:
	case l.err != nil:
		return 0, l.err
	case !l.few:
		return l.r.Read(p)
	case len(l.peek(1)) == 0:
		return 0, l.err
	}
	n = copy(p, l.data)
	l.data = l.data[n:]
	return n, nil
}

// ReadByte makes flate read no byte after its data.
func (l *level) ReadByte() (byte, error) {
	if len(l.peek(1)) == 0 {
		return 0, l.err
	}
	c := l.data[0]
	l.data = l.data[1:]
	return c, nil
}

func (r *pickleReader) Next(rec *record.Record) bool {
	for !r.Decoder.Next() {
		if !r.unwrap() && !r.leave() {
			return false
		}
	}
	r.end = r.Decoder.Offset() + int64(len(r.Pickle()))
	rec.Type, rec.Data, rec.Source, rec.Offset = r.Type(), r.Value(), r.Pickle(), r.Offset()
	return true
}

// unwrap begins the wrapping that the Decoder has taken for a pickle, and reports
// whether there is one.
func (r *pickleReader) unwrap() bool {
	if !isFault(r.Decoder.Err()) || r.depth == maxWrappings {
		return false
	}
	around := &r.levels[r.depth]
	head := r.Buffered()
	start := head[:min(len(head), sniffed)]
	if len(start) < sniffed && isText(start) {
		start = append(bytes.Clone(start), around.peek(sniffed-len(start))...)
	}
	var inside io.Reader
	switch {
	case isZlib(start):
		inside = &zlibReader{around: around}
	case isWrappedBase64(start):
		inside = &base64Reader{r: around}
	default:
		return false
	}
	around.unread(head)
	r.depth++
	r.levels[r.depth].reset(inside)
	r.restart(r.Decoder.Offset())
	return true
}

// leave continues after the wrapping that has ended, and reports whether there
// is one.
func (r *pickleReader) leave() bool {
	if r.depth == 0 || r.Decoder.Err() != nil {
		return false
	}
	r.depth--
	r.restart(r.end)
	return true
}

// restart makes the Decoder read the current level, after the first done bytes of
// the last.
func (r *pickleReader) restart(done int64) {
	r.base += done
	r.end = 0
	r.Decoder.Reset(&r.levels[r.depth])
}

// Offset returns the offset of the current pickle.
func (r *pickleReader) Offset() int64 { return r.base + r.Decoder.Offset() }

// Place returns the place of the current pickle.
func (r *pickleReader) Place() record.Place { return record.Place{Offset: r.Offset()} }

// Stray returns false: every fault is a pickle.
func (*pickleReader) Stray() bool { return false }

// Err returns the error that ended the reading. Damage of a wrapping is a fault.
func (r *pickleReader) Err() error {
	switch err := r.Decoder.Err().(type) {
	case *pickle.SyntaxError:
		e := *err
		e.Offset += r.base
		return &e
	case *pickle.ValueError:
		e := *err
		e.Offset += r.base
		return &e
	case *bson.ReadError:
		if r.input.err == nil {
			return &pickle.SyntaxError{Offset: r.base + err.Offset, Err: err.Err}
		}
		return err
	default:
		return err
	}
}

// isFault reports whether err, of a Decoder, is about the bytes of a pickle.
func isFault(err error) bool {
	switch err.(type) {
	case *pickle.SyntaxError, *pickle.ValueError:
		return true
	}
	return false
}

// isZlib reports whether head is the start of zlib data with the usual window,
// which no pickle is.
func isZlib(head []byte) bool {
	return len(head) >= 2 && head[0] == 0x78 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// A zlibReader decompresses the zlib data that is next in a level.
type zlibReader struct {
	around *level
	begun  bool
}

func (z *zlibReader) Read(p []byte) (n int, err error) {
	if !z.begun {
		z.begun = true
		err = z.around.openZlib()
	}
	if err == nil {
		n, err = z.around.z.Read(p)
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("zlib data around a pickle is damaged: %w", err)
	}
	return n, err
}

// openZlib makes l.z read the zlib data that is next.
func (l *level) openZlib() (err error) {
	if z, ok := l.z.(zlib.Resetter); ok {
		return z.Reset(l, nil)
	}
	l.z, err = zlib.NewReader(l)
	return err
}

// pickleStarts are starts of pickles: of protocols 2 to 5, and of documents and
// ObjectIds in protocols 0 and 1.
var pickleStarts = []string{"\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05", "(d", "(l", "(i", "(c", "}q", "]q", "ccopy_", "cbson.", "cpymo"}

// sniffed is the number of bytes that tell a wrapping.
const sniffed = 16

// isText reports whether data has only digits of base64 and blanks between them;
// one of the digits is the first byte of zlib data.
func isText(data []byte) bool {
	for _, c := range data {
		if c-'0' > 9 && (c|0x20)-'a' > 25 && !strings.ContainsRune("+/-_= \t\r\n", rune(c)) {
			return false
		}
	}
	return true
}

// isWrappedBase64 reports whether head is base64 of a pickle or of zlib data.
func isWrappedBase64(head []byte) bool {
	d := base64Reader{r: bytes.NewReader(head)}
	var room [sniffed]byte
	n, err := io.ReadFull(&d, room[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return false
	}
	start := string(room[:n])
	for _, s := range pickleStarts {
		if strings.HasPrefix(start, s) {
			return true
		}
	}
	return isZlib(room[:n])
}

// A base64Reader decodes base64 of either alphabet, in lines of any length.
// Padding may be missing at the end, and may be followed by more base64.
type base64Reader struct {
	r    io.ByteReader
	room [3]byte
	out  []byte // decoded, not read yet
	err  error
}

func (b *base64Reader) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(b.out) == 0 {
			if b.err == nil {
				b.decode()
			}
			if len(b.out) == 0 {
				break
			}
		}
		k := copy(p[n:], b.out)
		b.out = b.out[k:]
		n += k
	}
	if n == 0 {
		err = b.err
	}
	return n, err
}

// errBase64 is the fault of base64 around a pickle.
var errBase64 = errors.New("base64 around a pickle is malformed")

// decode decodes the next four digits.
func (b *base64Reader) decode() {
	var digits [4]byte
	n, padding := 0, 0
	for n+padding < len(digits) {
		c, err := b.r.ReadByte()
		if err != nil {
			b.err = err
			break
		}
		switch {
		case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		case c == '=' && n >= 2:
			padding++
		case padding > 0:
			b.err = errBase64
			return
		default:
			switch c {
			case '-':
				c = '+'
			case '_':
				c = '/'
			}
			digits[n] = c
			n++
		}
	}
	if n == 0 {
		return
	}
	k, err := base64.RawStdEncoding.Decode(b.room[:], digits[:n])
	if err != nil {
		b.err = errBase64
		return
	}
	b.out = b.room[:k]
}
