package bsoncore_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file reads streams in portions of all sizes and with every kind of end,
// and counts memory and reads.

// sized returns a document of n ≥ 18 bytes.
func sized(n int) []byte {
	doc, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendBinary(doc, "data", 0, make([]byte, n-16)), mark)
}

// framed is the result of reading a stream with a Decoder.
type framed struct {
	Docs    []string // in hexadecimal
	Offsets []int64
	End     int64 // Offset after the last Next
}

func frame(d *bsoncore.Decoder) (f framed) {
	for d.Next() {
		f.Docs = append(f.Docs, fmt.Sprintf("%x", d.Document()))
		f.Offsets = append(f.Offsets, d.Offset())
	}
	f.End = d.Offset()
	return f
}

// readers are ways to deliver the same bytes.
var readers = map[string]func(r io.Reader) io.Reader{
	"as it is":            func(r io.Reader) io.Reader { return r },
	"byte by byte":        iotest.OneByteReader,
	"half":                iotest.HalfReader,
	"error with the last": iotest.DataErrReader,
	"empty reads":         func(r io.Reader) io.Reader { return &idler{r: r} },
}

// An idler returns nothing every other time.
type idler struct {
	r    io.Reader
	idle bool
}

func (i *idler) Read(p []byte) (int, error) {
	if i.idle = !i.idle; i.idle {
		return 0, nil
	}
	return i.r.Read(p)
}

func TestDecoder(t *testing.T) {
	docs := sample.Documents(sample.Collection, 1, 50)
	for _, n := range []int{18, bsoncore.MinBuffer - 1, bsoncore.MinBuffer, bsoncore.MinBuffer + 1, 3 * bsoncore.MinBuffer,
		bsoncore.MaxBuffer - 1, bsoncore.MaxBuffer, bsoncore.MaxBuffer + 1, 3 * bsoncore.MaxBuffer, 18, 5000} {
		docs = append(docs, sized(n))
	}
	docs = append(docs, sample.Documents(sample.Bench, 1, 500)...)
	var want framed
	var stream []byte
	for _, doc := range docs {
		want.Docs = append(want.Docs, fmt.Sprintf("%x", doc))
		want.Offsets = append(want.Offsets, int64(len(stream)))
		stream = append(stream, doc...)
	}
	want.End = int64(len(stream))
	d := bsoncore.NewDecoder(nil)
	for name, wrap := range readers {
		d.Reset(wrap(bytes.NewReader(stream)))
		got := frame(d)
		if diff := cmp.Diff(want, got); diff != "" || d.Err() != nil {
			t.Errorf("%s: %v (-want +got):\n%.2000s", name, d.Err(), diff)
		}
		if d.Next() || d.Document() != nil || d.Offset() != want.End {
			t.Errorf("%s: goes on after the end", name)
		}
	}
}

func TestDecoderFaults(t *testing.T) {
	first := hexOf(whole("0a 6100"))
	for _, tc := range []struct {
		name, stream string
		o            bsoncore.DecodeOptions
		docs         int
		end          int64
		want         fault
	}{
		{"nothing", "", bsoncore.DecodeOptions{}, 0, 0, fault{}},
		{"one", first, bsoncore.DecodeOptions{}, 1, 8, fault{}},
		{"length cut", first + "050000", bsoncore.DecodeOptions{}, 1, 8, fault{11, "", bsoncore.ErrTruncated}},
		{"document cut", first + "0600000000", bsoncore.DecodeOptions{}, 1, 8, fault{13, "", bsoncore.ErrTruncated}},
		{"only a length", "ffffff7f", bsoncore.DecodeOptions{MaxDocumentSize: 1<<31 - 1}, 0, 0, fault{4, "", bsoncore.ErrTruncated}},
		{"length 4", first + "0400000000", bsoncore.DecodeOptions{}, 1, 8, fault{8, "", bsoncore.ErrLength}},
		{"length 0", "00000000", bsoncore.DecodeOptions{}, 0, 0, fault{0, "", bsoncore.ErrLength}},
		{"length -1", first + "ffffffff", bsoncore.DecodeOptions{}, 1, 8, fault{8, "", bsoncore.ErrLength}},
		{"no NUL", first + "0500000001", bsoncore.DecodeOptions{}, 1, 8, fault{8, "", bsoncore.ErrTerminator}},
		{"over the default", "01000004", bsoncore.DecodeOptions{}, 0, 0, fault{0, "", bsoncore.ErrTooLarge}},
		{"at the default", "00000004", bsoncore.DecodeOptions{}, 0, 0, fault{4, "", bsoncore.ErrTruncated}},
		{"over the limit", first + "0900000000", bsoncore.DecodeOptions{MaxDocumentSize: 8}, 1, 8, fault{8, "", bsoncore.ErrTooLarge}},
		{"negative limit", "01000004", bsoncore.DecodeOptions{MaxDocumentSize: -1}, 0, 0, fault{0, "", bsoncore.ErrTooLarge}},
	} {
		for name, wrap := range readers {
			t.Run(tc.name+"/"+name, func(t *testing.T) {
				d := tc.o.NewDecoder(wrap(bytes.NewReader(unhex(tc.stream))))
				got := frame(d)
				if len(got.Docs) != tc.docs || got.End != tc.end {
					t.Errorf("%d documents up to %d, want %d up to %d", len(got.Docs), got.End, tc.docs, tc.end)
				}
				if tc.want.Err != nil {
					wantSyntax(t, d.Err(), tc.want)
				} else if d.Err() != nil {
					t.Error(d.Err())
				}
				if d.Next() {
					t.Error("goes on after a fault")
				}
			})
		}
	}
}

func hexOf(b []byte) string { return fmt.Sprintf("%x", b) }

// TestDecoderReadError holds that a failure of the reader is neither a
// *SyntaxError nor a *ValueError, comes after the documents before it, and has
// the number of bytes that arrived.
func TestDecoderReadError(t *testing.T) {
	doc := whole("0a 6100") // 8 bytes
	failure := errors.New("no more")
	for _, tc := range []struct {
		n    int // bytes before the failure
		docs int
	}{{0, 0}, {3, 0}, {7, 0}, {8, 1}, {12, 1}, {16, 2}} {
		stream := append(append([]byte(nil), doc...), doc...)[:tc.n]
		d := bsoncore.NewDecoder(io.MultiReader(bytes.NewReader(stream), iotest.ErrReader(failure)))
		if got := frame(d); len(got.Docs) != tc.docs {
			t.Errorf("after %d bytes: %d documents", tc.n, len(got.Docs))
		}
		var got *bsoncore.ReadError
		var syntax *bsoncore.SyntaxError
		var value *bsoncore.ValueError
		if !errors.As(d.Err(), &got) || errors.As(d.Err(), &syntax) || errors.As(d.Err(), &value) {
			t.Fatalf("after %d bytes: error is %T", tc.n, d.Err())
		}
		says := fmt.Sprintf("bson: reading at offset %d: no more", tc.n)
		if got.Offset != int64(tc.n) || !errors.Is(got, failure) || got.Error() != says {
			t.Errorf("after %d bytes: %v, want %s", tc.n, got, says)
		}
	}
}

// A text that stands in the place of a length has blanks and characters of ASCII
// only.
func TestLengthErrorText(t *testing.T) {
	for c := range 256 {
		for at := range 4 {
			text := []byte("abcd")
			text[at] = byte(c)
			want := string(text)
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c > '~' {
				want = ""
			}
			e := bsoncore.LengthError{Length: int32(binary.LittleEndian.Uint32(text)), Err: bsoncore.ErrTooLarge}
			if got := e.Text(); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}

// TestDecoderMemory holds that a claimed length allocates nothing.
func TestDecoderMemory(t *testing.T) {
	claim := binary.LittleEndian.AppendUint32(nil, 1<<30)
	stream := append(claim, make([]byte, 10_000)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d := bsoncore.DecodeOptions{MaxDocumentSize: 1 << 30}.NewDecoder(bytes.NewReader(stream))
	if d.Next() || !errors.Is(d.Err(), bsoncore.ErrTruncated) {
		t.Errorf("error %v", d.Err())
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 200_000 {
		t.Errorf("%d bytes allocated for %d", n, len(stream))
	}
}

// A counter counts reads.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	c.n++
	return c.r.Read(p)
}

// TestDecoderReads holds that one read returns many small documents, also after
// a large one, and that a large one takes few reads.
func TestDecoderReads(t *testing.T) {
	small := bytes.Repeat(sized(100), 100_000) // 10 MB
	r := &counter{r: io.MultiReader(bytes.NewReader(sized(20<<20)), bytes.NewReader(small))}
	d := bsoncore.NewDecoder(r)
	n := 0
	for d.Next() {
		n++
	}
	if d.Err() != nil || n != 100_001 {
		t.Fatalf("%d documents, %v", n, d.Err())
	}
	if r.n > 80 {
		t.Errorf("%d reads", r.n)
	}
}

// TestDecoderDocumentCapacity holds that appending to a document leaves the next
// one alone.
func TestDecoderDocumentCapacity(t *testing.T) {
	d := bsoncore.NewDecoder(bytes.NewReader(append(sized(20), sized(30)...)))
	d.Next()
	_ = append(d.Document(), "overwrites"...)
	if !d.Next() || !bytes.Equal(d.Document(), sized(30)) {
		t.Errorf("the second document is %x, %v", d.Document(), d.Err())
	}
}

func TestDocuments(t *testing.T) {
	docs := sample.Documents(sample.Collection, 1, 20)
	stream := bytes.Join(docs, nil)
	i := 0
	for doc, err := range bsoncore.Documents(bytes.NewReader(stream)) {
		if err != nil || !bytes.Equal(doc, docs[i]) {
			t.Fatalf("document %d: %v", i, err)
		}
		i++
	}
	if i != len(docs) {
		t.Errorf("%d documents, want %d", i, len(docs))
	}
	var errs []error
	n := 0
	for doc, err := range (bsoncore.DecodeOptions{}).Documents(strings.NewReader(string(stream) + "\x05")) {
		n++
		if err != nil {
			errs = append(errs, err)
			if doc != nil {
				t.Errorf("a document with the error: %x", doc)
			}
		}
	}
	if n != len(docs)+1 || len(errs) != 1 {
		t.Fatalf("%d pairs, errors %v", n, errs)
	}
	wantSyntax(t, errs[0], fault{int64(len(stream) + 1), "", bsoncore.ErrTruncated})
	for range bsoncore.Documents(bytes.NewReader(stream)) {
		break // must not call yield again
	}
}

// A fault of a length has the length, and says if it is text.
func TestLengthError(t *testing.T) {
	for _, tc := range []struct {
		name   string
		data   string
		offset int64
		want   bsoncore.LengthError
		text   string
		says   string
	}{
		{"too small", "\x04\x00\x00\x00\x00", 0, bsoncore.LengthError{Length: 4, Err: bsoncore.ErrLength}, "",
			"length 4 is too small for a document"},
		{"negative", "\xff\xff\xff\xff\x00", 0, bsoncore.LengthError{Length: -1, Err: bsoncore.ErrLength}, "",
			"length -1 is too small for a document"},
		{"longer than the stream", "\x06\x00\x00\x00\x00", 5, bsoncore.LengthError{Length: 6, Err: bsoncore.ErrTruncated}, "",
			"document ends too early: its length is 6"},
		{"only a length", "\x06\x00\x00\x00", 4, bsoncore.LengthError{Length: 6, Err: bsoncore.ErrTruncated}, "",
			"document ends too early: its length is 6"},
		{"wrong by one", "\x05\x00\x00\x00\x0a\x00\x00", 0, bsoncore.LengthError{Length: 5, Err: bsoncore.ErrTerminator}, "",
			"length 5 leads to a byte that is not NUL"},
		{"log line", "LOGL something", 0, bsoncore.LengthError{Length: 0x4c474f4c, Err: bsoncore.ErrTooLarge}, "LOGL",
			`not a document: its length is the text "LOGL"`},
		{"JSON", `{"a":1}`, 0, bsoncore.LengthError{Length: 0x2261227b, Err: bsoncore.ErrTooLarge}, `{"a"`,
			`not a document: its length is the text "{\"a\""`},
		{"JSON after blanks", "\n  [{}]", 0, bsoncore.LengthError{Length: 0x5b20200a, Err: bsoncore.ErrTooLarge}, "\n  [",
			`not a document: its length is the text "\n  ["`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := bsoncore.NewDecoder(strings.NewReader(tc.data))
			for d.Next() {
			}
			wantSyntax(t, d.Err(), fault{tc.offset, "", tc.want.Err})
			got, _ := errors.AsType[bsoncore.LengthError](d.Err())
			if got != tc.want || got.Text() != tc.text || got.Error() != tc.says {
				t.Errorf("%+v, text %q: %v; want %+v, %q: %s", got, got.Text(), got, tc.want, tc.text, tc.says)
			}
		})
	}
	d := bsoncore.NewDecoder(strings.NewReader("\x06\x00\x00"))
	if d.Next() || !errors.Is(d.Err(), bsoncore.ErrTruncated) {
		t.Errorf("a part of a length: %v", d.Err())
	}
	if e, ok := errors.AsType[bsoncore.LengthError](d.Err()); ok {
		t.Errorf("a part of a length is the length %d", e.Length)
	}
}
