package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// wide returns text in UTF-16 with a byte order mark.
func wide(order binary.AppendByteOrder, text string) []byte {
	dst := order.AppendUint16(nil, 0xFEFF)
	for _, u := range utf16.Encode([]rune(text)) {
		dst = order.AppendUint16(dst, u)
	}
	return dst
}

var orders = []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian}

// chopped reads r in portions of random sizes up to 7 bytes, so that pairs and
// units are torn.
type chopped struct {
	r io.Reader
	n *rand.Rand
}

func (c chopped) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), 1+c.n.IntN(7))]) }

// Text comes back as it was, for both orders and any sizes of reads.
func TestUTF16(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var all strings.Builder
	for range 30_000 {
		r := rune(random.IntN(0x80))
		switch random.IntN(4) {
		case 0:
			r = rune(random.IntN(utf8.MaxRune + 1))
		case 1:
			r = rune(random.IntN(0x10000))
		}
		if utf8.ValidRune(r) {
			all.WriteRune(r)
		}
	}
	for _, text := range []string{"", "a", "\x7f\u0080", "\u07ff\u0800", "é", "日本", "\U0001F600", "\uFEFF\uFFFD\uD7FF\uE000\U00010000\U0010FFFF", all.String()} {
		for _, order := range orders {
			data := wide(order, text)
			for name, r := range map[string]io.Reader{
				"whole":        bytes.NewReader(data),
				"byte by byte": iotest.OneByteReader(bytes.NewReader(data)),
				"halves":       iotest.HalfReader(bytes.NewReader(data)),
				"with the end": iotest.DataErrReader(bytes.NewReader(data)),
				"chopped":      chopped{bytes.NewReader(data), random},
			} {
				u := NewUTF16(r, bson.UTF8Reject)
				got, err := io.ReadAll(chopped{u, random})
				if string(got) != text || err != nil || len(u.units) > 0 {
					t.Errorf("%v, %s: %.40q (%d bytes), %v, want %.40q (%d bytes)", order, name, got, len(got), err, text, len(text))
				}
			}
		}
	}
}

// A unit that is no character becomes bytes that are not UTF-8, or U+FFFD, and
// its place in the input is known.
func TestUTF16Faults(t *testing.T) {
	for _, tc := range []struct {
		name  string
		units []uint16
		half  bool // one byte more
		want  string
		at    int64
		fault string
	}{
		{"first half alone", []uint16{'a', 0xD83D, 'b'}, false, "a\xed\xa0\xbdb", 1, "lone surrogate D83D at byte 4 of the UTF-16 text"},
		{"second half alone", []uint16{'é', 0xDE00, 'b'}, false, "é\xed\xb8\x80b", 2, "lone surrogate DE00 at byte 4 of the UTF-16 text"},
		{"second half at the end", []uint16{0xDFFF}, false, "\xed\xbf\xbf", 0, "lone surrogate DFFF at byte 2 of the UTF-16 text"},
		{"two first halves", []uint16{0xD83D, 0xD83D, 0xDE00}, false, "\xed\xa0\xbd😀", 0, "lone surrogate D83D at byte 2 of the UTF-16 text"},
		{"cut in a pair", []uint16{'{', 0xDBFF}, false, "{\xed\xaf\xbf", 1, "lone surrogate DBFF at byte 4 of the UTF-16 text"},
		{"cut in a unit", []uint16{'{', '}'}, true, "{}\xff", 2, "half a character at byte 6, where the UTF-16 text ends"},
		{"cut in the second half", []uint16{0xD83D}, true, "\xed\xa0\xbd\xff", 3, "half a character at byte 4, where the UTF-16 text ends"},
		{"half of a first unit", nil, true, "\xff", 0, "half a character at byte 2, where the UTF-16 text ends"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, order := range orders {
				data := order.AppendUint16(nil, 0xFEFF)
				for _, u := range tc.units {
					data = order.AppendUint16(data, u)
				}
				if tc.half {
					data = append(data, 'x')
				}
				for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader} {
					u := NewUTF16(wrap(bytes.NewReader(data)), bson.UTF8Reject)
					got, err := io.ReadAll(u)
					if string(got) != tc.want || err != nil {
						t.Errorf("%q, %v, want %q", got, err, tc.want)
					}
					if fault := u.Fault(tc.at + 100); fault != "" || NewUTF16(nil, 0).Fault(0) != "" {
						t.Errorf("a fault at another place: %q", fault)
					}
					u = NewUTF16(wrap(bytes.NewReader(data)), bson.UTF8Reject)
					io.Copy(io.Discard, u)
					if fault := u.Fault(tc.at); fault != tc.fault {
						t.Errorf("fault %q, want %q", fault, tc.fault)
					}
					u = NewUTF16(wrap(bytes.NewReader(data)), bson.UTF8Replace)
					if got, err := io.ReadAll(u); err != nil || !utf8.Valid(got) || strings.Count(string(got), "\uFFFD") != len(u.units) {
						t.Errorf("replaced: %q, %v", got, err)
					}
				}
			}
		})
	}
}

// If the reader fails, its error follows the characters that have come; half a
// character is no fault then.
func TestUTF16Broken(t *testing.T) {
	broken := errors.New("the disk is broken")
	data := wide(binary.LittleEndian, "a😀")
	for n := range len(data) + 1 {
		u := NewUTF16(io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken)), bson.UTF8Reject)
		got, err := io.ReadAll(u)
		if want := "a😀"[:len(got)]; err != broken || string(got) != want || len(u.units) > 0 || !utf8.ValidString(want) {
			t.Errorf("%d bytes: %q, %v", n, got, err)
		}
	}
}

// Text of nothing but bad units needs bounded memory.
func TestUTF16Memory(t *testing.T) {
	data := bytes.Repeat([]byte("\x00\xd8"), 10*maxBadUnits)
	copy(data, "\xff\xfe")
	u := NewUTF16(bytes.NewReader(data), bson.UTF8Reject)
	n, err := io.Copy(io.Discard, u)
	if want := int64(3 * (len(data)/2 - 1)); n != want || err != nil || len(u.units) != maxBadUnits {
		t.Errorf("%d bytes, %v, %d bad units, want %d bytes and %d units", n, err, len(u.units), want, maxBadUnits)
	}
	if size := cap(u.raw) + cap(u.buf); size > 4*wideSize {
		t.Errorf("%d bytes of buffers", size)
	}
}

func BenchmarkUTF16(b *testing.B) {
	data := wide(binary.LittleEndian, strings.Repeat(`{"name":"Ada","city":"Tōkyō","n":{"$numberLong":"5"}}`+"\n", 20_000))
	b.SetBytes(int64(len(data)))
	buf := make([]byte, 256<<10)
	for b.Loop() {
		u := NewUTF16(bytes.NewReader(data), bson.UTF8Reject)
		for {
			if _, err := u.Read(buf); err != nil {
				break
			}
		}
	}
}

// FuzzUTF16: the text is the one that the standard library makes of all units,
// for any sizes of reads, and what is replaced is where a fault is.
func FuzzUTF16(f *testing.F) {
	f.Add([]byte("\xff\xfe{\x00}\x00"), uint64(1))
	f.Add([]byte("\xfe\xff\xd8\x3d\xde\x00\xd8"), uint64(2))
	f.Add([]byte("\xff\xfe\x3d\xd8\x3d\xd8\x00\xde\x00\xdc"), uint64(3))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		low := lowByte(data)
		if low < 0 {
			t.Skip("text without the mark of UTF-16")
		}
		var units []uint16
		for i := 2; i+1 < len(data); i += 2 {
			units = append(units, uint16(data[i+low])|uint16(data[i+1-low])<<8)
		}
		want := string(utf16.Decode(units)) + strings.Repeat("\uFFFD", len(data)%2)
		random := rand.New(rand.NewPCG(seed, 0))
		got, err := io.ReadAll(NewUTF16(chopped{bytes.NewReader(data), random}, bson.UTF8Replace))
		if string(got) != want || err != nil {
			t.Fatalf("%q, %v, want %q", got, err, want)
		}
		u := NewUTF16(chopped{bytes.NewReader(data), random}, bson.UTF8Reject)
		raw, _ := io.ReadAll(u)
		if at := bsoncore.IndexInvalidUTF8(raw); at >= 0 != (len(u.units) > 0) || at >= 0 && u.Fault(int64(at)) == "" {
			t.Fatalf("%q is invalid at %d; known are %v", raw, at, u.units)
		}
	})
}
