package bsontest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the checks of one input. Every check calls the tested function through
// guarded, so that a panic is an error. It returns a *failure with a short reason, from
// which TestCodec makes names.

// A failure is a property that does not hold.
type failure struct {
	what   string // the property in a few words, the same for all inputs
	detail string
}

// Error names the property and describes the fault.
func (f *failure) Error() string { return f.what + ": " + f.detail }

func failed(what, format string, args ...any) error {
	return &failure{what, fmt.Sprintf(format, args...)}
}

// guarded calls f. It returns a failure if f panics.
func guarded(input []byte, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = failed("panics", "%s: %v\n%s", shown(input), r, debug.Stack())
		}
	}()
	f()
	return nil
}

// maxShown is the number of bytes of an input up to which it is shown in full.
const maxShown = 512

// shown returns data for an error.
func shown(data []byte) string {
	if len(data) > maxShown {
		return fmt.Sprintf("%x… (%d bytes)", data[:maxShown], len(data))
	}
	return fmt.Sprintf("%x", data)
}

// verdict is the error of bson.Validate, and false if data is well formed but nested too
// deeply for it. A decoder may accept or reject such data.
func verdict(data []byte) (err error, decided bool) {
	err = bson.Validate(data)
	return err, !errors.Is(err, bson.ErrDepth)
}

// CheckDecode checks that decode accepts data if and only if bson.Validate does, that it
// does not change data or panic, and that bytes behind data have no influence. It
// accepts both results for documents that are nested deeper than bson.DefaultMaxDepth.
func CheckDecode(data []byte, decode func(data []byte) error) error {
	want, decided := verdict(data)
	// Zeros behind the slice, which may end a string or document for a decoder that
	// reads too far.
	for _, room := range []int{0, 64} {
		input := append(make([]byte, 0, len(data)+room), data...)
		var got error
		if err := guarded(data, func() { got = decode(input) }); err != nil {
			return err
		}
		switch {
		case !bytes.Equal(input, data):
			return failed("input changed", "decode changed %s to %s", shown(data), shown(input))
		case decided && want == nil && got != nil:
			return failed("rejected", "%s is valid, but decode returns: %v", shown(data), got)
		case decided && want != nil && got == nil:
			return failed("accepted", "decode accepts %s, but %v", shown(data), want)
		}
	}
	return nil
}

// CheckRoundTrip checks that turn, which decodes doc and encodes the result, returns doc
// again, byte for byte, except for the losses that allow lists. doc is a valid document.
// turn must not change it.
func CheckRoundTrip(doc []byte, turn func(doc []byte) ([]byte, error), allow Loss) error {
	input := bytes.Clone(doc)
	var got []byte
	var err error
	if err := guarded(doc, func() { got, err = turn(input) }); err != nil {
		return err
	}
	switch {
	case !bytes.Equal(input, doc):
		return failed("input changed", "turn changed %s to %s", shown(doc), shown(input))
	case err != nil:
		return failed("rejected", "%s is valid, but turn returns: %v", shown(doc), err)
	case bytes.Equal(got, doc):
		return nil
	}
	if err := bson.Validate(got); err != nil {
		return failed("malformed result", "%s comes back as %s: %v", shown(doc), shown(got), err)
	}
	for _, kept := range allow.accepted(doc) {
		if bytes.Equal(allow.reduced(got, keepAll), kept) {
			return nil
		}
	}
	return failed("changed", "%s comes back as %s: %s", shown(doc), shown(got), difference(doc, got))
}

// CheckAppend checks f, a function that appends to dst and returns the longer slice. The
// bytes in dst must stay, and the appended bytes must be the same, with enough, some and
// no capacity behind dst. If f fails, dst must come back at its old length, and the error
// must be the same each time.
func CheckAppend(f func(dst []byte) ([]byte, error)) error {
	const before = "what was there"
	var alone []byte
	var failure error
	if err := guarded(nil, func() { alone, failure = f(nil) }); err != nil {
		return err
	}
	if failure != nil && len(alone) != 0 {
		return failed("result with an error", "f(nil) returns %s and the error %v", shown(alone), failure)
	}
	want := before + string(alone) // a copy, because f may use its memory again
	for _, room := range []int{0, len(alone) / 2, 2*len(alone) + 64} {
		dst := append(make([]byte, 0, len(before)+room), before...)
		var got []byte
		var err error
		if err := guarded(dst, func() { got, err = f(dst[: len(before) : len(before)+room]) }); err != nil {
			return err
		}
		switch {
		case (err == nil) != (failure == nil) || err != nil && err.Error() != failure.Error():
			return failed("another error", "with capacity for %d bytes: %v; without dst: %v", room, err, failure)
		case string(dst) != before:
			return failed("dst changed", "with capacity for %d bytes the content of dst became %q, want %q", room, dst, before)
		case string(got) != want:
			return failed("another result", "with capacity for %d bytes: %s, want %s", room, shown(got), shown([]byte(want)))
		}
	}
	return nil
}

// errReader is the error of a reader that fails.
var errReader = errors.New("bsontest: the reader fails")

// CheckStream checks read, a function that reads a stream of documents to its end and
// returns them, in any format, with the error that ended the stream; nil at its regular
// end. The documents must be the same, and the error nil or not, if the reader returns
// single bytes, half of what is asked for, io.EOF with the last bytes, or no bytes now
// and then. If the reader fails in the middle, read must return the error of the reader,
// as errors.Is sees it, and the first of the documents.
//
// If data starts with a BSON document, it is a stream of documents, whose lengths and
// final NULs say where they end. read must return these documents, or the first of them
// and an error. The error must be nil for valid documents, and not nil if other bytes
// follow them.
func CheckStream(data []byte, read func(r io.Reader) ([]bson.Raw, error)) error {
	whole, wholeErr, err := drained(data, bytes.NewReader(data), read)
	if err != nil {
		return err
	}
	if err := checkDocuments(data, whole, wholeErr); err != nil {
		return err
	}
	for _, r := range readers {
		got, gotErr, err := drained(data, r.make(bytes.NewReader(data)), read)
		switch {
		case err != nil:
			return err
		case (gotErr == nil) != (wholeErr == nil):
			return failed("another error in pieces", "%s, read %s: %v; in one piece: %v", shown(data), r.name, gotErr, wholeErr)
		case !equal(got, whole):
			return failed("other documents in pieces", "%s, read %s: %d documents; in one piece: %d", shown(data), r.name, len(got), len(whole))
		}
	}
	for _, n := range []int{0, 1, len(data) / 2, len(data)} {
		if n > len(data) {
			continue
		}
		got, gotErr, err := drained(data, io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(errReader)), read)
		if err != nil {
			return err
		}
		// A fault in the bytes before may be found first, and end the stream.
		if gotErr == nil || !errors.Is(gotErr, errReader) && wholeErr == nil {
			return failed("error of the reader lost", "%s: the reader fails after %d bytes, read returns: %v", shown(data), n, gotErr)
		}
		if len(got) > len(whole) || !equal(got, whole[:len(got)]) {
			return failed("other documents before an error", "%s: the reader fails after %d bytes; %d documents", shown(data), n, len(got))
		}
	}
	return nil
}

// readers are the ways in which a stream arrives.
var readers = []struct {
	name string
	make func(r io.Reader) io.Reader
}{
	{"byte by byte", iotest.OneByteReader},
	{"in halves", iotest.HalfReader},
	{"with io.EOF at the last bytes", iotest.DataErrReader},
	{"with empty reads", func(r io.Reader) io.Reader { return &pausing{r: iotest.OneByteReader(r)} }},
}

// A pausing reader returns no bytes in every second call of Read, as io.Reader allows.
type pausing struct {
	r      io.Reader
	paused bool
}

// Read returns no bytes in every second call, beginning with the first.
func (p *pausing) Read(b []byte) (int, error) {
	if p.paused = !p.paused; p.paused {
		return 0, nil
	}
	return p.r.Read(b)
}

// drained calls read, guarded.
func drained(data []byte, r io.Reader, read func(r io.Reader) ([]bson.Raw, error)) (docs []bson.Raw, readErr, err error) {
	err = guarded(data, func() { docs, readErr = read(r) })
	return docs, readErr, err
}

// framed cuts data into documents by their lengths and final NULs alone. It returns the
// other bytes in rest.
func framed(data []byte) (docs []bson.Raw, rest []byte) {
	for rest = data; len(rest) >= 5; {
		n := uint64(binary.LittleEndian.Uint32(rest))
		if n < 5 || n > uint64(len(rest)) || rest[n-1] != 0 {
			break
		}
		docs, rest = append(docs, rest[:n:n]), rest[n:]
	}
	return docs, rest
}

// checkDocuments checks the result for a stream that starts with BSON documents.
func checkDocuments(data []byte, got []bson.Raw, err error) error {
	docs, rest := framed(data)
	valid := true
	for _, doc := range docs {
		valid = valid && bson.Validate(doc) == nil
	}
	switch {
	case len(docs) == 0:
		return nil
	case valid && len(rest) == 0 && err != nil:
		return failed("rejected", "%s has %d documents, but read returns: %v", shown(data), len(docs), err)
	case len(rest) > 0 && err == nil:
		return failed("accepted", "%s has %d documents and %d other bytes, but read returns no error", shown(data), len(docs), len(rest))
	case len(got) > len(docs) || !equal(got, docs[:len(got)]) || len(got) < len(docs) && (valid || err == nil):
		return failed("other documents", "%s has %d documents; read returns %d, or other ones", shown(data), len(docs), len(got))
	}
	return nil
}

// equal reports whether two lists have the same documents.
func equal(a, b []bson.Raw) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// difference describes the first element in which two valid documents differ.
func difference(want, got []byte) string {
	a, b := bson.NewCursor(want), bson.NewCursor(got)
	var path []byte // JSON Pointer of the open container
	var outer []int // lengths of path for the containers around it
	for {
		more, also := a.Next(), b.Next()
		switch {
		case !more && !also && len(outer) == 0:
			return "no element differs"
		case !more && !also:
			a.Leave()
			b.Leave()
			path, outer = path[:outer[len(outer)-1]], outer[:len(outer)-1]
			continue
		case !more:
			return fmt.Sprintf("element %q is new in %q", b.Key(), path)
		case !also:
			return fmt.Sprintf("element %q is missing in %q", a.Key(), path)
		case !bytes.Equal(a.Key(), b.Key()):
			return fmt.Sprintf("key is %q in %q, want %q", b.Key(), path, a.Key())
		case a.Type() != b.Type():
			return fmt.Sprintf("%s/%s is of type %v, want %v", path, a.Key(), b.Type(), a.Type())
		case bytes.Equal(a.Data(), b.Data()):
		case a.Type().IsContainer():
			outer = append(outer, len(path))
			path = bsoncore.AppendPointer(path, a.Key())
			a.Enter()
			b.Enter()
		default:
			return fmt.Sprintf("%s/%s is %v %s, want %s", path, a.Key(), a.Type(), shown(b.Data()), shown(a.Data()))
		}
	}
}
