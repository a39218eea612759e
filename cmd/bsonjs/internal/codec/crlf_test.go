package codec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file damages BSON as a copy in text mode does, and undoes the damage.

// damage makes CR LF of every LF.
func damage(data []byte) []byte { return bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")) }

// windows returns documents with CR LF in keys, strings, binaries, and in the
// bytes of numbers and lengths.
func windows(n int) [][]byte {
	r := rand.New(rand.NewPCG(3, 4))
	piece := []string{"\r\n", "\n", "\r", "\r\r\n", "\n\r", "x", "\x00", "text ", "\r\n\r\n"}
	text := func() string {
		var s strings.Builder
		for range r.IntN(12) {
			s.WriteString(piece[r.IntN(len(piece))])
		}
		return s.String()
	}
	var docs [][]byte
	for range n {
		doc, mark := bsoncore.Begin(nil)
		for i := range r.IntN(5) {
			key := strings.ReplaceAll(text(), "\x00", "") + fmt.Sprint(i)
			switch r.IntN(6) {
			case 0:
				doc = bsoncore.AppendNull(doc, key) // its type is LF
			case 1:
				doc = bsoncore.AppendBinary(doc, key, bsoncore.BinaryGeneric, []byte(text()+strings.Repeat("\x00", r.IntN(4))))
			case 2:
				doc = bsoncore.AppendInt64(doc, key, 0x0A0D0A0D_0A000A0D>>r.IntN(40))
			case 3:
				doc = bsoncore.AppendString(doc, key, strings.Repeat("y", 0x0A0D-r.IntN(40)))
			default:
				doc = bsoncore.AppendString(doc, key, text())
			}
		}
		docs = append(docs, bsoncore.End(doc, mark))
	}
	return docs
}

// streams are collections by name: without a CR LF, and with many.
func streams(n int) map[string][][]byte {
	plain := slicesWithout(sample.Documents(sample.Wild, 21, n), crlf)
	return map[string][][]byte{
		"wild":             sample.Documents(sample.Wild, 21, n),
		"shop":             sample.Documents(sample.Collection, 22, n),
		"windows":          windows(n),
		"without CR LF":    plain,
		"the empty stream": nil,
		"empty documents":  {[]byte("\x05\x00\x00\x00\x00"), []byte("\x05\x00\x00\x00\x00")},
	}
}

// slicesWithout returns the docs that do not contain text.
func slicesWithout(docs [][]byte, text string) (all [][]byte) {
	for _, doc := range docs {
		if !bytes.Contains(doc, []byte(text)) {
			all = append(all, doc)
		}
	}
	return all
}

// readers are ways in which a stream may arrive.
var readers = map[string]func(io.Reader) io.Reader{
	"whole":        func(r io.Reader) io.Reader { return r },
	"byte by byte": iotest.OneByteReader,
	"with the end": iotest.DataErrReader,
	"chopped":      func(r io.Reader) io.Reader { return chopped{r, rand.New(rand.NewPCG(5, 6))} },
}

// Damage of every line feed is undone exactly, with and without CR LF in the
// documents before, and in any portions.
func TestCRLF(t *testing.T) {
	for name, docs := range streams(400 / race.Slowdown) {
		want := bytes.Join(docs, nil)
		for way, wrap := range readers {
			u := NewCRLF(wrap(bytes.NewReader(damage(want))), bson.DecodeOptions{})
			got, err := io.ReadAll(u)
			if !bytes.Equal(got, want) || err != nil {
				t.Errorf("%s, %s: %d bytes, %v, want %d; they differ at %d", name, way, len(got), err, len(want), differ(got, want))
			}
			if n, _, _ := u.Undone(); n != int64(bytes.Count(want, []byte("\n"))) {
				t.Errorf("%s, %s: %d bytes are removed of %d", name, way, n, bytes.Count(want, []byte("\n")))
			}
		}
	}
}

// differ returns the offset of the first byte at which a and b differ.
func differ(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// Documents that were not damaged stay as they are, between damaged ones, too.
func TestCRLFMixed(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for name, docs := range streams(400) {
		for _, share := range []int{0, 1, 5, 9} { // of ten documents are damaged
			var want, data []byte
			for _, doc := range docs {
				want = append(want, doc...)
				if r.IntN(10) < share {
					doc = damage(doc)
				}
				data = append(data, doc...)
			}
			u := NewCRLF(bytes.NewReader(data), bson.DecodeOptions{})
			got, err := io.ReadAll(u)
			if !bytes.Equal(got, want) || err != nil {
				_, _, open := u.Undone()
				t.Errorf("%s, %d of 10 are damaged: %d bytes, %v, want %d; they differ at %d; %d are open", name, share, len(got), err, len(want), differ(got, want), open)
			}
		}
	}
}

// With other damage in the file every document without it comes back.
func TestCRLFAndMore(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for name, docs := range streams(200) {
		for range 20 {
			var data []byte
			hit := map[int]bool{}
			for i, doc := range docs {
				doc = damage(doc)
				if r.IntN(40) == 0 {
					hit[i] = true
					doc[r.IntN(len(doc))] ^= 1 << r.IntN(8)
				}
				data = append(data, doc...)
			}
			var rest bytes.Buffer
			u := NewCRLF(bytes.NewReader(data), bson.DecodeOptions{})
			var out bytes.Buffer
			d := bson.NewDecoder(io.TeeReader(u, &out))
			found := map[string]int{}
			for {
				damaged := !d.Next()
				if damaged && d.Err() == nil {
					break
				}
				if damaged || bson.Validate(d.Raw()) != nil {
					d.Resync(&rest)
					continue
				}
				found[string(d.Raw())]++
			}
			if removed, _, _ := u.Undone(); removed != int64(len(data)-out.Len()) {
				t.Errorf("%s: %d bytes are removed, want %d", name, removed, len(data)-out.Len())
			}
			lost := 0
			for i, doc := range docs {
				if found[string(doc)]--; found[string(doc)] < 0 && !hit[i] {
					lost++
				}
			}
			if lost > len(hit) {
				t.Errorf("%s: %d intact documents are lost, %d were damaged otherwise", name, lost, len(hit))
			}
		}
	}
}

// A document that ends in zeros is whole with a CR in place of its last zero,
// too. What follows decides.
func TestCRLFOpen(t *testing.T) {
	doc := func(data string) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(bsoncore.AppendBinary(dst, "b", 0, []byte(data)), mark)
	}
	odd, other := doc("a\n\x00\x00"), doc("other")
	if bson.Validate(damage(odd)[:len(odd)]) != nil {
		t.Fatal("the damaged document is not whole")
	}
	for name, tc := range map[string]struct{ data, want []byte }{
		"damaged":           {damage(append(odd, other...)), append(odd, other...)},
		"damaged, the last": {damage(odd), odd},
		"as it was":         {append(doc("a\r\n\x00\x00"), other...), append(doc("a\r\n\x00\x00"), other...)},
		"as it was, last":   {doc("a\r\n\x00\x00"), doc("a\r\n\x00\x00")},
	} {
		if got, err := io.ReadAll(NewCRLF(bytes.NewReader(tc.data), bson.DecodeOptions{})); !bytes.Equal(got, tc.want) || err != nil {
			t.Errorf("%s: %q, %v, want %q", name, got, err, tc.want)
		}
	}
}

// A document that can be read in both ways, and is followed by documents in both ways
// or in neither, is told from others. The line feeds before decide about it.
func TestCRLFCounts(t *testing.T) {
	binary := func(data string) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(bsoncore.AppendBinary(dst, "b", 0, []byte(data)), mark)
	}
	// It has a length with CR LF that means 2,560 bytes, or 2,573 behind the first. Only
	// keys have the other CR LF, so it is whole in both ways.
	both := []byte("\x00\r\n\x00\x00")
	for i := range 13 {
		both = append(both, "\x0ak"+string(rune('a'+i))+"\r\n\x00"...)
	}
	both = append(both, "\x0a"+strings.Repeat("k", 5+2573-4-len(both)-3)+"\x00\x00"...)
	text := func(s string) []byte {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(bsoncore.AppendString(dst, "s", s), mark)
	}
	damaged := damage(binary("a\n\x00\x00"))
	alone, pairs := binary("\n\n\n\n"), binary("\r\n\r\n")
	for name, tc := range map[string]struct {
		data                     []byte
		want                     []byte
		removed, documents, open int64
	}{
		"none":                      {binary("text"), binary("text"), 0, 0, 0},
		"two":                       {damage(append(binary("\nx\ny"), binary("\nz")...)), append(binary("\nx\ny"), binary("\nz")...), 3, 2, 0},
		"whole only as it is":       {append(text("x\r\ny"), damage(text("a\nb"))...), append(text("x\r\ny"), text("a\nb")...), 1, 1, 0},
		"lost behind pairs":         {append(damage(binary("\n\n\n")), "?\r\na\nb\nc\n"...), append(binary("\n\n\n"), "?\na\nb\nc\n"...), 4, 1, 0},
		"lost behind others":        {append(binary("\n\n\n"), "?\r\na\r\nb\n"...), append(binary("\n\n\n"), "?\r\na\r\nb\n"...), 0, 0, 0},
		"lost at once":              {append([]byte("?"), text("x\r\ny")...), append([]byte("?"), bytes.ReplaceAll(text("x\r\ny"), []byte(crlf), []byte("\n"))...), 1, 0, 0},
		"in both ways":              {append(damaged[:len(damaged)-1:len(damaged)-1], both...), append(binary("a\n\x00\x00"), both[1:]...), 1, 1, 1},
		"in neither":                {append(bytes.Clone(damaged), 7), append(binary("a\n\x00\x00"), 7), 1, 1, 1},
		"in neither, behind pairs":  {slices.Concat(pairs, damaged, []byte{7}), slices.Concat(pairs, binary("a\n\x00\x00"), []byte{7}), 1, 1, 1},
		"in neither, behind others": {slices.Concat(alone, damaged, []byte{7}), slices.Concat(alone, damaged, []byte{7}), 0, 0, 1},
	} {
		for way, wrap := range readers {
			u := NewCRLF(wrap(bytes.NewReader(tc.data)), bson.DecodeOptions{})
			got, err := io.ReadAll(u)
			if !bytes.Equal(got, tc.want) || err != nil {
				t.Errorf("%s, %s: %v, %q, want %q", name, way, err, got, tc.want)
			}
			removed, documents, open := u.Undone()
			if removed != tc.removed || documents != tc.documents || open != tc.open {
				t.Errorf("%s, %s: %d bytes removed from %d documents, %d open; want %d, %d, %d", name, way, removed, documents, open, tc.removed, tc.documents, tc.open)
			}
		}
	}
}

// Where no document is whole, the bytes that come out do not depend on the portions in
// which the input arrives: CR LF becomes LF if line feeds alone are in the minority.
func TestCRLFLost(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"pairs":             {"\r\nab\r\r\nc\r\n", "\nab\r\nc\n"},
		"pairs, a CR last":  {"a\r\nb\r", "a\nb\r"},
		"as many":           {"\r\na\nb\r", "\na\nb\r"},
		"most stand alone":  {"a\nb\n\r\nc\r", "a\nb\n\r\nc\r"},
		"carriage returns":  {"a\rb\r\r", "a\rb\r\r"},
		"one byte":          {"\r", "\r"},
		"a line feed alone": {"\n", "\n"},
		"one pair":          {"\r\n", "\n"},
		"beyond the window": {strings.Repeat("\r\n", window/2) + strings.Repeat("\n", window), strings.Repeat("\n", window/2+window)},
	} {
		for way, wrap := range readers {
			u := NewCRLF(wrap(strings.NewReader(tc.text)), bson.DecodeOptions{})
			got, err := io.ReadAll(u)
			if string(got) != tc.want || err != nil {
				t.Errorf("%s, %s: %v, %.60q, want %.60q", name, way, err, got, tc.want)
			}
			if removed, documents, open := u.Undone(); removed != int64(len(tc.text)-len(tc.want)) || documents+open != 0 {
				t.Errorf("%s, %s: %d bytes removed, want %d; %d and %d documents", name, way, removed, len(tc.text)-len(tc.want), documents, open)
			}
		}
	}
}

// An input that ends or fails anywhere gives all its bytes.
func TestCRLFEnds(t *testing.T) {
	broken := errors.New("the disk is broken")
	want := bytes.Join(windows(12), nil)
	data := damage(want)
	for n := range len(data) {
		for _, err := range []error{nil, broken} {
			r := io.Reader(bytes.NewReader(data[:n]))
			if err != nil {
				r = io.MultiReader(r, iotest.ErrReader(err))
			}
			got, failed := io.ReadAll(NewCRLF(r, bson.DecodeOptions{}))
			cut := bytes.TrimSuffix(got, []byte("\r")) // a line feed may have followed
			if failed != err || !bytes.HasPrefix(want, cut) || len(want)-len(cut) > len(data)-n {
				t.Fatalf("%d bytes: %d bytes, %v, want a prefix; they differ at %d", n, len(got), failed, differ(cut, want))
			}
		}
	}
}

// Bytes that claim long documents again and again take time in proportion to
// the stream: after some, it is no longer searched for documents.
func TestCRLFTime(t *testing.T) {
	// A length of 2,573 bytes, or of 16 MiB without the carriage return, and a
	// type that no element has; then a whole document.
	claim := append([]byte("\r\n\x00\x00\x01\x55"), make([]byte, 0x0A0D-6)...)
	data := bytes.Repeat(append(claim, "\x05\x00\x00\x00\x00"...), 8000)
	o := bson.DecodeOptions{MaxDocumentSize: 17 << 20}
	u := NewCRLF(bytes.NewReader(data), o)
	n, err := io.Copy(io.Discard, u)
	if most := int64(16*len(data) + 8*o.MaxDocumentSize); u.looked > most || err != nil || n > int64(len(data)) {
		t.Errorf("%d bytes are looked at for %d, more than %d; %d come out, %v", u.looked, len(data), most, n, err)
	}
	if size := cap(u.in.Data) + cap(u.doc); size > 4*o.MaxDocumentSize {
		t.Errorf("%d bytes of buffers", size)
	}
}

// Each of these documents claims 2,573 bytes as it is, so the search becomes too dear.
// Then the bytes are removed, but documents are no longer counted.
func TestCRLFDear(t *testing.T) {
	want := bytes.Repeat([]byte("\x0a\x00\x00\x00\x08ab\x00\x01\x00"), 500)
	u := NewCRLF(bytes.NewReader(damage(want)), bson.DecodeOptions{MaxDocumentSize: 3000})
	got, err := io.ReadAll(u)
	if !bytes.Equal(got, want) || err != nil {
		t.Errorf("%d bytes, %v, want %d; they differ at %d", len(got), err, len(want), differ(got, want))
	}
	// Each step looks at 2,573 bytes, and twice at 10, for 11 bytes of the stream.
	if removed, documents, open := u.Undone(); removed != 500 || documents != 5 || open != 0 {
		t.Errorf("%d bytes removed from %d documents, %d open; want 500, 5, 0", removed, documents, open)
	}
}

// UndoesCRLF is true for damaged documents only.
func TestUndoesCRLF(t *testing.T) {
	for name, docs := range streams(300) {
		for _, doc := range docs {
			bad := damage(doc)
			if UndoesCRLF(doc, bson.DecodeOptions{}) {
				t.Fatalf("%s: %x is whole", name, doc)
			}
			if whole := bson.Validate(bad[:len(doc)]) == nil; UndoesCRLF(append(bad, "more"...), bson.DecodeOptions{}) == whole {
				t.Fatalf("%s: %x is damaged", name, bad)
			}
		}
	}
	for _, data := range []string{"", "\r", "\r\n", "\r\n\x00\x00", "\x05\x00\x00\x00\r\n", "text\r\nof lines\r\n"} {
		if UndoesCRLF([]byte(data), bson.DecodeOptions{}) {
			t.Errorf("%q holds a document", data)
		}
	}
}

// FuzzCRLF: damage is undone, and no byte but a carriage return before a line
// feed is ever removed.
func FuzzCRLF(f *testing.F) {
	for i, doc := range windows(20) {
		f.Add(bsontest.Seed(doc), uint64(i))
		f.Add(damage(doc), uint64(i))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		undo := func(data []byte) []byte {
			got, err := io.ReadAll(NewCRLF(chopped{bytes.NewReader(data), r}, bson.DecodeOptions{}))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := undo(data)
		if !bytes.Equal(damage(bytes.ReplaceAll(got, []byte(crlf), []byte("\n"))), damage(bytes.ReplaceAll(data, []byte(crlf), []byte("\n")))) &&
			!bytes.Contains(data, []byte("\r\r\n")) {
			t.Fatalf("%q becomes %q", data, got)
		}
		doc := bsontest.Options{}.Document(bsontest.NewSource(data))
		want := bytes.Repeat(doc, 3)
		if got := undo(damage(want)); !bytes.Equal(got, want) {
			t.Fatalf("%x three times comes back as %x", doc, got)
		}
	})
}
