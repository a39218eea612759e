package bsoncore_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file damages streams and continues after the damage.

// A portion is a document that was read, or bytes that were skipped. It ends
// where the next portion starts.
type portion struct {
	Off   int64
	Bytes string
	Lost  bool
}

// salvage reads all of d, validates the documents and continues after damage.
func salvage(t *testing.T, d *bsoncore.Decoder) (all []portion, lost int64) {
	t.Helper()
	var skipped bytes.Buffer
	for {
		damaged := false
		for !damaged && d.Next() {
			if damaged = bsoncore.Validate(d.Document()) != nil; !damaged {
				all = append(all, portion{d.Offset(), string(d.Document()), false})
			}
		}
		if !damaged && d.Err() == nil {
			return all, lost
		}
		off := d.Offset()
		skipped.Reset()
		if !d.Resync(&skipped) {
			t.Fatalf("Resync at %d: %v", off, d.Err())
		}
		if d.Offset() != off+int64(skipped.Len()) || d.Document() != nil {
			t.Fatalf("from %d to %d, %d bytes were passed over", off, d.Offset(), skipped.Len())
		}
		lost += int64(skipped.Len())
		all = append(all, portion{off, skipped.String(), true})
	}
}

// TestResyncInvalidUTF8: with AllowInvalidUTF8 a stream continues at documents
// whose text is not UTF-8.
func TestResyncInvalidUTF8(t *testing.T) {
	latin := hexOf(whole("02 73ff00 02000000 ff00"))
	lengths := hexOf(whole("02 73ff00 02000000 ff00 03 6400 8c000000 10 6100 02000000 00"))
	for name, broken := range map[string]string{
		"length": "ff" + latin[2:], "type": latin[:8] + "55" + latin[10:], "terminator": latin[:len(latin)-2] + "01", "lengths within": lengths,
	} {
		stream := unhex(latin + broken + latin + latin)
		for _, allow := range []bool{false, true} {
			d := bsoncore.DecodeOptions{AllowInvalidUTF8: allow}.NewDecoder(bytes.NewReader(stream))
			rules := bsoncore.ValidateOptions{AllowInvalidUTF8: allow}
			whole, lost := 0, &bytes.Buffer{}
			for {
				damaged := !d.Next()
				if damaged && d.Err() == nil {
					break
				}
				if damaged = damaged || rules.Validate(d.Document()) != nil; !damaged {
					whole++
				} else if !d.Resync(lost) {
					t.Fatal(d.Err())
				}
			}
			switch {
			case allow && (whole != 3 || !bytes.Equal(lost.Bytes(), unhex(broken))):
				t.Errorf("%s: %d documents, %x is skipped", name, whole, lost)
			case !allow && whole != 0:
				t.Errorf("%s: %d documents are UTF-8", name, whole)
			}
		}
	}
}

func TestResync(t *testing.T) {
	doc := hexOf(whole("10 6100 01000000"))                    // 12 bytes
	nested := hexOf(whole("03 6100 0c0000001061000100000000")) // doc in a document
	binary := "ffffffff" + hexOf(whole("05 6200 18000000 00" + doc + doc))[8:]
	regex := hexOf(whole("0b 6100 ff00 00"))
	pointer := hexOf(whole("0c 6100 02000000 ff00 0102030405060708090a0b0c"))
	// The length leads far. Behind the first byte stand a whole document and the
	// header of another, which ends where the length leads.
	high := "00" + hexOf(whole("05 00 00000000 00")) + "f30b0000 080002" + strings.Repeat("00", 3052)
	last := hexOf(whole("08 00 02")) // a boolean that is neither true nor false
	// {"n": 41, "x": 1, "items": [{"qty": 1}]} is 48 bytes. The length 32 leads to
	// the start of the inner document. The 41 bytes from the value of n to the end
	// look like a document.
	items := hexOf(whole("03 3000" + hexOf(whole("10 71747900 01000000"))))
	number := "20000000" + hexOf(whole("10 6e00 29000000 10 7800 01000000 04 6974656d7300" + items))[8:]
	// The nine bytes from the value to the end have the length of a document.
	nine, wrong := hexOf(whole("55 6100 0900000000000000")), hexOf(whole("55 6200 29000000"))
	// The nine bytes from the value of n to the end look like a document, too. The
	// elements lead nowhere, so that its own length counts.
	tail := hexOf(whole("55 6100 10 6e00 09000000 08 7800 01"))
	// The length leads to the end of the second document behind this one.
	around := "22000000" + hexOf(whole("55 6100"))[8:] + "0000"
	for _, tc := range []struct {
		name, stream string
		want         []portion
	}{
		{"a document that looks like the end of the damaged one", tail + doc + doc, []portion{{0, tail, true}, {19, doc, false}, {31, doc, false}}},
		{"a length that leads behind two documents", around + doc + doc + doc + doc, []portion{
			{0, around, true}, {10, doc, false}, {22, doc, false}, {34, doc, false}, {46, doc, false}}},
		// The fault is as many bytes before the next document as its first
		// element is behind its start.
		{"fault near a document", "ffffffff" + last + doc + doc, []portion{{0, "ffffffff" + last, true}, {12, doc, false}, {24, doc, false}}},
		{"length", "ffffffff" + doc + doc, []portion{{0, "ffffffff", true}, {4, doc, false}, {16, doc, false}}},
		{"length around a binary of documents", binary + doc + doc, []portion{{0, binary, true}, {37, doc, false}, {49, doc, false}}},
		{"a regex that is not UTF-8", "ffffffff" + regex + doc + doc, []portion{{0, "ffffffff" + regex, true}, {15, doc, false}, {27, doc, false}}},
		{"a dbPointer that is not UTF-8", "ffffffff" + pointer + doc + doc, []portion{{0, "ffffffff" + pointer, true}, {30, doc, false}, {42, doc, false}}},
		{"a document behind the first byte", high + doc + doc, []portion{{0, high, true}, {3072, doc, false}, {3084, doc, false}}},
		{"one, then the end", "ff" + doc, []portion{{0, "ff", true}, {1, doc, false}}},
		{"one, then half", "ff" + doc + doc[:10], []portion{{0, "ff" + doc + doc[:10], true}}},
		{"type", hexOf(whole("55 6100 01000000")) + doc, []portion{{0, hexOf(whole("55 6100 01000000")), true}, {12, doc, false}}},
		{"terminator", doc + doc[:22] + "01" + doc + doc, []portion{{0, doc, false}, {12, doc[:22] + "01", true}, {24, doc, false}, {36, doc, false}}},
		{"bytes missing", doc + doc[:12] + doc + doc, []portion{{0, doc, false}, {12, doc[:12], true}, {18, doc, false}, {30, doc, false}}},
		{"bytes too many", doc + "00" + doc, []portion{{0, doc, false}, {12, "00", true}, {13, doc, false}}},
		{"zeros", doc + "000000000000000000000000000000000000000000" + doc, []portion{
			{0, doc, false}, {12, "000000000000000000000000000000000000000000", true}, {33, doc, false}}},
		{"all zeros", "0000000000000000000000000000000000", []portion{{0, "0000000000000000000000000000000000", true}}},
		{"nested", hexOf(whole("55 6100"+nested)) + doc, []portion{{0, hexOf(whole("55 6100" + nested)), true}, {int64(len(nested)/2 + 8), doc, false}}},
		{"only a length", "ff ffffffff", []portion{{0, "ffffffffff", true}}},
		{"a length that claims all", "00ffff00" + "10 6100" + doc + doc, []portion{{0, "00ffff00106100", true}, {7, doc, false}, {19, doc, false}}},
		{"a number that looks like a length", number + doc + doc, []portion{{0, number, true}, {48, doc, false}, {60, doc, false}}},
		{"two damaged, of the first the last bytes look like a document", nine + wrong, []portion{{0, nine, true}, {16, wrong, true}}},
		{"nothing behind", doc + "05000000", []portion{{0, doc, false}, {12, "05000000", true}}},
	} {
		stream := unhex(tc.stream)
		for i := range tc.want {
			tc.want[i].Bytes = string(unhex(tc.want[i].Bytes)) // written in hexadecimal
		}
		for name, wrap := range readers {
			t.Run(tc.name+"/"+name, func(t *testing.T) {
				got, _ := salvage(t, bsoncore.NewDecoder(wrap(bytes.NewReader(stream))))
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
		t.Run(tc.name+"/bytes", func(t *testing.T) {
			d := bsoncore.NewDecoder(nil)
			d.ResetBytes(stream)
			got, _ := salvage(t, d)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A hole costs the documents that it touches and no others.
func TestResyncHole(t *testing.T) {
	docs := sample.Documents(sample.Wild, 3, 60)
	docs = append(docs, sized(3*bsoncore.MaxBuffer), sized(100))
	docs = append(docs, sample.Documents(sample.Collection, 4, 60)...)
	var stream []byte
	var offs []int
	for _, doc := range docs {
		offs = append(offs, len(stream))
		stream = append(stream, doc...)
	}
	for i := range 97 {
		from := i * len(stream) / 97
		for _, hole := range []struct {
			name    string
			n       int // bytes taken
			instead []byte
		}{
			{"deleted", 1, nil}, {"deleted", 700, nil}, {"zeroed", 5000, make([]byte, 5000)}, {"inserted", 0, []byte("\x03\x03\x03")},
			{"filled", 700, bytes.Repeat([]byte{3}, 700)}, {"filled", 100, bytes.Repeat([]byte{0xFF}, 100)},
		} {
			to := min(from+hole.n, len(stream))
			damaged := append(append(append([]byte(nil), stream[:from]...), hole.instead...), stream[to:]...)
			d := bsoncore.NewDecoder(nil)
			d.ResetBytes(damaged)
			all, _ := salvage(t, d)
			read := map[int]int{} // bytes, by offset
			for _, p := range all {
				if !p.Lost {
					read[int(p.Off)] = len(p.Bytes)
				}
			}
			for j, doc := range docs {
				at := offs[j]
				switch {
				case at+len(doc) <= from:
				case at >= to:
					at += len(hole.instead) - (to - from)
				default:
					continue // damaged
				}
				if read[at] != len(doc) && !swallowed(all, at) {
					t.Fatalf("%d bytes %s at %d: the document at %d is lost", hole.n, hole.name, from, at)
				}
			}
		}
	}
}

// swallowed reports whether the byte at off is in a document that was read: a
// damaged document may be well formed and too long.
func swallowed(all []portion, off int) bool {
	for _, p := range all {
		if !p.Lost && int(p.Off) < off && off < int(p.Off)+len(p.Bytes) {
			return true
		}
	}
	return false
}

// A fullWriter fails after n bytes.
type fullWriter struct{ n int }

var errFull = errors.New("full")

func (w *fullWriter) Write(p []byte) (int, error) {
	if len(p) > w.n {
		return w.n, errFull
	}
	w.n -= len(p)
	return len(p), nil
}

// TestResyncReadsNoFurther: Resync reads no byte behind the one that shows
// where the stream continues, because the next byte may arrive much later.
func TestResyncReadsNoFurther(t *testing.T) {
	doc := hexOf(whole("10 6100 01000000"))
	for _, filler := range []string{"", "0a 6300", "0a 636300"} {
		// The trace ends at the last byte, which is no type. Then the documents
		// in the binary are the next in the stream.
		stream := unhex("ffffffff" + filler + "05 6200 18000000 00" + doc + doc + "7e")
		r := io.MultiReader(iotest.OneByteReader(bytes.NewReader(stream)), &failer{errors.New("too far")})
		d := bsoncore.NewDecoder(r)
		var skipped bytes.Buffer
		if d.Next() || !d.Resync(&skipped) || !d.Next() || hexOf(d.Document()) != doc {
			t.Errorf("filler %q: %x at %d, %v", filler, d.Document(), d.Offset(), d.Err())
		}
	}
}

func TestResyncRefused(t *testing.T) {
	doc := unhex(hexOf(whole("0a 6100")))
	d := bsoncore.NewDecoder(bytes.NewReader(doc))
	if d.Resync(nil) {
		t.Error("goes on before there was anything")
	}
	for d.Next() {
	}
	if d.Resync(nil) {
		t.Error("goes on at the end")
	}

	broken := errors.New("broken")
	d.Reset(io.MultiReader(bytes.NewReader(append([]byte("\xff\xff\xff\xff"), doc...)), &failer{broken}))
	var skipped bytes.Buffer
	var read *bsoncore.ReadError
	if d.Next() || d.Resync(&skipped) || !errors.As(d.Err(), &read) || read.Err != broken || d.Resync(&skipped) {
		t.Errorf("a reader that fails: %v", d.Err())
	}
	if !errors.Is(d.Err(), bsoncore.ErrLength) || !errors.Is(d.Err(), broken) {
		t.Errorf("%v does not match both the fault and the failure", d.Err())
	}
	const says = "bson: reading at offset 12: broken, while looking for the document after a fault: bson: offset 0: length -1 is too small for a document"
	if d.Err().Error() != says {
		t.Errorf("a reader that fails: %v, want %s", d.Err(), says)
	}
	if rest := append([]byte("\xff\xff\xff\xff"), doc...); skipped.Len() > 0 || !bytes.Equal(d.Buffered(), rest) || d.Offset() != 0 {
		t.Errorf("%x passed over, %x kept at %d", skipped.Bytes(), d.Buffered(), d.Offset())
	}

	// A failure after Resync has no fault.
	d.Reset(io.MultiReader(bytes.NewReader(bytes.Join([][]byte{[]byte("\xff\xff\xff\xff"), doc, doc}, nil)), &failer{broken}))
	for d.Next() || d.Resync(nil) {
	}
	if !errors.As(d.Err(), &read) || read.Err != broken || read.Fault != nil {
		t.Errorf("after a fault that was skipped: %v", d.Err())
	}

	d.ResetBytes([]byte("\xff\xff\xff\xff\xff\xff"))
	if d.Next() || d.Resync(&fullWriter{3}) || d.Err() != errFull || d.Offset() != 3 || d.Resync(nil) || d.Next() {
		t.Errorf("a writer that fails: %v at %d", d.Err(), d.Offset())
	}
}

// TestResyncInterrupted: wherever the reader or the writer of the skipped bytes
// fails, Resync reports the failure. What has been written is the start of the
// skipped bytes.
func TestResyncInterrupted(t *testing.T) {
	doc := whole("0a 6100")
	lost := bytes.Repeat([]byte{0xff, 3, 0x20}, 20)
	stream := append(append(bytes.Clone(lost), doc...), doc...)
	broken := errors.New("broken")
	for n := range len(lost) + 1 {
		for name, wrap := range readers {
			if name == "error with the last" {
				continue // the reader of the failure comes after it
			}
			d := bsoncore.NewDecoder(wrap(bytes.NewReader(stream)))
			if d.Next() {
				t.Fatal("damage is a document")
			}
			w := &fullWriter{n}
			if whole := n == len(lost); d.Resync(w) != whole || !whole && d.Err() != errFull || whole && (d.Err() != nil || !d.Next() || d.Offset() != int64(n)) {
				t.Fatalf("%s, a writer of %d bytes: %v at %d", name, n, d.Err(), d.Offset())
			}
			if d.Offset() != int64(n) {
				t.Errorf("%s, a writer of %d bytes: at %d", name, n, d.Offset())
			}

			var skipped bytes.Buffer
			d.Reset(io.MultiReader(wrap(bytes.NewReader(stream[:n])), &failer{broken}))
			if d.Next() || n > 3 && d.Resync(&skipped) || !errors.Is(d.Err(), broken) || d.Next() {
				t.Fatalf("%s, %d bytes: %v", name, n, d.Err())
			}
			read, ok := errors.AsType[*bsoncore.ReadError](d.Err())
			if !ok || read.Offset != int64(n) || (read.Fault != nil) != (n > 3) {
				t.Errorf("%s, %d bytes: %v", name, n, d.Err())
			}
			if !bytes.Equal(append(skipped.Bytes(), d.Buffered()...), stream[:n]) || d.Offset() != int64(skipped.Len()) {
				t.Errorf("%s, %d bytes: %x skipped and %x kept", name, n, skipped.Bytes(), d.Buffered())
			}
		}
	}
}

type failer struct{ err error }

func (f *failer) Read([]byte) (int, error) { return 0, f.err }
