package inspect_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/inspect"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/corpus"
	"github.com/bsonkit/bsonkit/internal/race"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// unhex returns the bytes of digits. Digits after = are the elements of a
// document.
func unhex(t *testing.T, digits string) []byte {
	t.Helper()
	if elements, ok := strings.CutPrefix(digits, "="); ok {
		dst, mark := bsoncore.Begin(nil)
		return bsoncore.End(append(dst, unhex(t, elements)...), mark)
	}
	b, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// brief returns the parts of doc in a few words each.
func brief(o inspect.Options, doc []byte) []string {
	var all []string
	for p := range o.Parts(doc) {
		switch p.Kind {
		case inspect.Length:
			all = append(all, fmt.Sprintf("%d+%d length", p.Offset, p.Size))
		case inspect.Element:
			all = append(all, fmt.Sprintf("%d+%d/%d %v %s", p.Offset, p.Size, p.Length, p.Type, p.Path))
		case inspect.End:
			all = append(all, fmt.Sprintf("%d+%d end %s", p.Offset, p.Size, p.Path))
		case inspect.Fault:
			all = append(all, fmt.Sprintf("%d %s %v", p.Offset, p.Path, p.Err))
		case inspect.Rest:
			all = append(all, fmt.Sprintf("%d+%d rest", p.Offset, p.Size))
		}
	}
	return all
}

func TestParts(t *testing.T) {
	for _, tc := range []struct {
		name, doc string
		opts      inspect.Options
		want      string // parts with "; " between them
	}{
		{"nothing", "", inspect.Options{}, "0  document ends too early"},
		{"three bytes", "050000", inspect.Options{}, "0+3 rest; 3  document ends too early"},
		{"four bytes", "05000000", inspect.Options{}, "0+4 length; 4  document ends too early"},
		{"empty", "0500000000", inspect.Options{}, "0+4 length; 4+1 end "},
		{"nested", "= 03 6100 0c000000 10 3000 07000000 00 0a 6200", inspect.Options{},
			"0+4 length; 4+7/15 object /a; 11+7/7 int /a/0; 18+1 end /a; 19+3/3 null /b; 22+1 end "},
		{"scope", "= 0f 6300 13000000 02000000 78 00 09000000 08 6100 01 00 0a 6200", inspect.Options{},
			"0+4 length; 4+17/22 javascriptWithScope /c; 21+4/4 bool /c/a; 25+1 end /c; 26+3/3 null /b; 29+1 end "},
		{"a byte too many", "0500000000 07", inspect.Options{}, "0+4 length; 4+1 end ; 5+1 rest; 5  bytes after the end of the document"},
		{"no final NUL", "0800000 00a 6100 01", inspect.Options{}, "0+4 length; 0  length 8 leads to a byte that is not NUL; 4+3/3 null /a; 7+1 rest"},
		{"neither", "07000000 0a 01 09 00", inspect.Options{}, "0+4 length; 4+4 rest; 4  terminating NUL is missing; 7  bytes after the end of the document"},
		{"length of 4", "04000000 0a 6100 00", inspect.Options{},
			"0+4 length; 0  length 4 is too small for a document; 4+3/3 null /a; 7+1 rest; 7  unknown element type"},
		{"cut", "30000000 03 6100 18000000 0a 6200 02 6300 07", inspect.Options{},
			"0+4 length; 4+7/27 object /a; 11+3/3 null /a/b; 14+4 rest; 18 /a/c document ends too early"},
		{"bad inside", "= 03 6100 0c000000 08 6200 02 0a 6300 00", inspect.Options{},
			"0+4 length; 4+7/15 object /a; 11+9 rest; 14 /a/b boolean is neither 0 nor 1"},
		{"texts", "= 02 ff00 02000000 78 00 02 6200 03000000 78 fe 00 0a 6300", inspect.Options{},
			"0+4 length; 4+9/9 string /\ufffd; 5 /\ufffd invalid UTF-8; 13+10/10 string /b; 21 /b invalid UTF-8; 23+3/3 null /c; 26+1 end "},
		{"too deep", "= 03 6100 08000000 0a 6200 00", inspect.Options{MaxDepth: 1},
			"0+4 length; 4+7/11 object /a; 4 /a nested too deeply; 11+5 rest"},
		{"known from outside", "ffffff7f 0a 6100", inspect.Options{Outside: &bson.SyntaxError{Err: bson.ErrTooLarge}},
			"0+4 length; 0  document is too large; 4+3/3 null /a"},
		{"known from outside, wrong inside", "ffffff7f 0a 6100 00", inspect.Options{Outside: &bson.SyntaxError{Err: bson.ErrTooLarge}},
			"0+4 length; 0  document is too large; 4+3/3 null /a; 7+1 rest; 7  unknown element type"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := strings.Join(brief(tc.opts, unhex(t, tc.doc)), "; ")
			if got != tc.want {
				t.Errorf("%s\ngot  %s\nwant %s", tc.doc, got, tc.want)
			}
		})
	}
}

// sound reports whether doc is a document by its length and its last byte.
func sound(doc []byte) bool {
	n := len(doc)
	return n >= 5 && int64(int32(binary.LittleEndian.Uint32(doc))) == int64(n) && doc[n-1] == 0
}

// offsetOf returns the offset of err, of package bson, or -1.
func offsetOf(err error) int64 {
	if s, ok := errors.AsType[*bson.SyntaxError](err); ok {
		return s.Offset
	}
	if v, ok := errors.AsType[*bson.ValueError](err); ok {
		return v.Offset
	}
	return -1
}

// check requires what holds for the parts of any bytes.
func check(t *testing.T, doc []byte) {
	t.Helper()
	var parts, faults []inspect.Part
	var joined []byte
	at := 0
	for p := range (inspect.Options{}).Parts(doc) {
		p.Path = bytes.Clone(p.Path)
		if p.Kind == inspect.Fault {
			if p.Offset < 0 || p.Offset > len(doc) || p.Size != 0 {
				t.Fatalf("%x: a fault at %d with %d bytes", doc, p.Offset, p.Size)
			}
			faults = append(faults, p)
			continue
		}
		if p.Offset != at || p.Size < 1 {
			t.Fatalf("%x: %d bytes at %d, want the offset %d", doc, p.Size, p.Offset, at)
		}
		joined = append(joined, doc[p.Offset:p.Offset+p.Size]...)
		at += p.Size
		parts = append(parts, p)
	}
	if !bytes.Equal(joined, doc) {
		t.Fatalf("%x: the parts are %x", doc, joined)
	}
	err := bson.Validate(doc)
	found := err == nil && len(faults) == 0
	for i, f := range faults {
		found = found || int64(f.Offset) == offsetOf(err) && errors.Is(err, f.Err) && (i == 0 || !sound(doc))
	}
	if !found {
		t.Fatalf("%x: faults %+v, want %v", doc, faults, err)
	}
	if err == nil {
		checkLengths(t, doc, parts)
	}
}

// checkLengths requires that lengths of containers and the depths of parts
// agree with the parts in them.
func checkLengths(t *testing.T, doc []byte, parts []inspect.Part) {
	t.Helper()
	open := []inspect.Part{{Length: len(doc), Type: bson.TypeDocument}}
	for _, p := range parts[1:] {
		if p.Kind == inspect.End {
			o := open[len(open)-1]
			if p.Offset+p.Size != o.Offset+o.Length || p.Depth != o.Depth || !bytes.Equal(p.Path, o.Path) || p.Type != o.Type {
				t.Fatalf("%x: the end %+v of %+v", doc, p, o)
			}
			open = open[:len(open)-1]
			continue
		}
		want := bsoncore.AppendPointer(bytes.Clone(open[len(open)-1].Path), p.Key)
		if p.Kind != inspect.Element || p.Depth != len(open) || !bytes.Equal(p.Path, want) || !p.Holds && p.Length != p.Size {
			t.Fatalf("%x: %+v within %+v", doc, p, open)
		}
		if p.Holds {
			open = append(open, p)
		}
	}
	if len(open) != 0 {
		t.Fatalf("%x: no end of %+v", doc, open)
	}
}

// checkForms requires that all parts are written, in lines without characters
// that control a terminal, and in lines of JSON.
func checkForms(t *testing.T, doc []byte) {
	t.Helper()
	d := &inspect.Document{File: "f", Number: 1, At: 1 << 40, Data: doc}
	var text, records []byte
	for _, f := range []inspect.Text{{Bytes: true}, {Bytes: true, Max: 1}, {Max: 5, UUIDs: bson.UUIDJavaLegacy}} {
		text = f.AppendDocument(text, d)
		for p := range (inspect.Options{}).Parts(doc) {
			text = f.AppendPart(text, d, p)
		}
	}
	for _, b := range text {
		if b < ' ' && b != '\n' || b == 0x7f {
			t.Fatalf("%x: %q", doc, text)
		}
	}
	f := inspect.Records{Bytes: true}
	records = f.AppendDocument(records, d)
	for p := range (inspect.Options{}).Parts(doc) {
		records = f.AppendPart(records, d, p)
	}
	for line := range bytes.Lines(records) {
		if !json.Valid(line) {
			t.Fatalf("%x: %q", doc, line)
		}
	}
}

// Valid documents, each of their starts, and each with one byte changed.
func TestPartsOfSamples(t *testing.T) {
	for i, doc := range sample.Documents(sample.Wild, 31, 200) {
		check(t, doc)
		checkForms(t, doc)
		for n := range doc {
			if (n+i)%(7*race.Slowdown) != 0 {
				continue
			}
			check(t, doc[:n])
			changed := bytes.Clone(doc)
			changed[n] ^= byte(1 + (n*31+i)%255)
			check(t, changed)
			checkForms(t, changed)
		}
	}
}

// A record has the value of its element, which converts back to the same bytes.
func TestRecordValues(t *testing.T) {
	n := 0
	for _, doc := range sample.Documents(sample.Wild, 37, 300) {
		for p := range (inspect.Options{}).Parts(doc) {
			if p.Kind != inspect.Element {
				continue
			}
			var r struct {
				Type   bson.Type
				Key    string
				Offset int
				Value  json.RawMessage
				Bytes  string
			}
			line := (inspect.Records{Bytes: true}).AppendPart(nil, &inspect.Document{Data: doc}, p)
			if err := json.Unmarshal(line, &r); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if r.Type != p.Type || r.Key != string(p.Key) || r.Offset != p.Offset || r.Bytes != hex.EncodeToString(doc[p.Offset:p.Offset+p.Size]) {
				t.Errorf("%s\nof %+v", line, p)
			}
			if p.Holds {
				continue
			}
			data, typ, err := extjson.DecodeOptions{}.AppendBSONValue(nil, r.Value)
			if err != nil || typ != p.Type || !bytes.Equal(data, p.Data) {
				t.Errorf("%s gives %v %x, %v, want %v %x", line, typ, data, err, p.Type, p.Data)
			}
			n++
		}
	}
	if n < 1000 {
		t.Errorf("only %d values seen", n)
	}
}

// After the loop has stopped, no more parts come.
func TestPartsEndEarly(t *testing.T) {
	docs := append(sample.Documents(sample.Wild, 41, 30),
		unhex(t, "30000000 0a 6100"), unhex(t, "30000000 03 6100 18000000 0a 6200"), unhex(t, "08000000 0a 6100 01"))
	for _, doc := range docs {
		all := brief(inspect.Options{}, doc)
		for n := range all {
			seen := 0
			for range (inspect.Options{}).Parts(doc) {
				if seen++; seen > n {
					break
				}
			}
			if seen != n+1 {
				t.Fatalf("%d parts, want %d", seen, n+1)
			}
		}
	}
}

func TestSelection(t *testing.T) {
	doc := unhex(t, "= 03 6100 0c000000 10 3000 07000000 00 02 616200 02000000 78 00")
	path := func(s string) inspect.Selection { return inspect.Selection{Path: &s} }
	bytesOf := func(from, to int64) inspect.Selection {
		return inspect.Selection{Offsets: &inspect.Span{From: from, To: to}}
	}
	for _, tc := range []struct {
		name string
		s    inspect.Selection
		want string
	}{
		{"all", inspect.Selection{}, "0 4 11 18 19 29"},
		{"the document", path(""), "0 4 11 18 19 29"},
		{"with what is in it", path("/a"), "4 11 18"},
		{"a leaf", path("/a/0"), "11"},
		{"no prefix of a key", path("/ab"), "19"},
		{"nothing", path("/x"), ""},
		{"a byte", bytesOf(100+12, 100+12), "4 11"},
		{"the length", bytesOf(100, 103), "0"},
		{"an end", bytesOf(100+18, 100+19), "4 18 19"},
		{"none before", bytesOf(0, 99), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for p := range (inspect.Options{}).Parts(doc) {
				if p.Kind != inspect.Fault && tc.s.Part(100, p) {
					got = append(got, fmt.Sprint(p.Offset))
				}
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if fault := (inspect.Part{Kind: inspect.Fault, Offset: 4000, Path: []byte("/other")}); !tc.s.Part(100, fault) {
				t.Error("a fault is not selected")
			}
			if want := tc.name != "none before"; tc.s.Document(100, len(doc)) != want {
				t.Errorf("Document: %v", !want)
			}
		})
	}
}

// TestAround: the lines of bytes around a fault have the bytes up to 16 before it and
// 15 after it, and no line without a byte, wherever the fault and the document are.
func TestAround(t *testing.T) {
	data := []byte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#%~")
	for _, base := range []int64{0, 1, 15, 16, 17, 1000} {
		for n := range len(data) + 1 {
			for off := range n + 1 {
				d := &inspect.Document{At: base, Data: data[:n]}
				text := string(inspect.Text{}.AppendPart(nil, d, inspect.Part{Kind: inspect.Fault, Offset: off, Err: bson.ErrTruncated}))
				shown, pointed, empty := "", 0, 0
				for line := range strings.Lines(text) {
					if strings.TrimSpace(line) == "^^" {
						pointed++
						continue
					}
					if strings.HasPrefix(line, ">") {
						continue
					}
					chars := strings.TrimSpace(line[min(len(line), 21+3*16):])
					if shown += chars; chars == "" {
						empty++
					}
				}
				least := string(data[max(off-16, 0):min(off+16, n)])
				if pointed != 1 || !strings.Contains(shown, least) || len(shown) > len(least)+30 || empty > 0 && (off < n || empty > 1) {
					t.Fatalf("%d bytes at %d, fault at %d:\n%s", n, base, off, text)
				}
			}
		}
	}
}

// TestMaxBytes: Max bounds the bytes that are shown of a part.
func TestMaxBytes(t *testing.T) {
	doc := unhex(t, "0c0000001061000102030400")
	for limit, want := range map[int]string{0: "10|61 00|01 02 03 04", 1: "10", 2: "10|61", 7: "10|61 00|01 02 03 04", 8: "10|61 00|01 02 03 04"} {
		text := string(inspect.Text{Bytes: true, Max: limit}.AppendPart(nil, &inspect.Document{Data: doc},
			inspect.Part{Kind: inspect.Element, Offset: 4, Size: 7, Length: 7, Depth: 1, Type: bson.TypeInt32, Key: doc[5:6], Data: doc[7:11]}))
		line := strings.Split(text, "\n")[1]
		if got, _, _ := strings.Cut(strings.TrimSpace(line), "…"); strings.TrimSpace(got) != want {
			t.Errorf("Max %d: %q, want %q", limit, line, want)
		}
	}
}

// FuzzParts states that the parts of any bytes cover all bytes, and that their
// faults are those of Validate, at the same places.
func FuzzParts(f *testing.F) {
	for _, file := range corpus.Load(f) {
		for _, v := range file.Valid {
			f.Add(v.BSON, false)
		}
		for _, b := range file.Bytes {
			f.Add(b.BSON, false)
		}
	}
	for _, doc := range sample.Documents(sample.Wild, 3, 40) {
		f.Add(doc, false)
		f.Add(doc[:len(doc)*2/3], false)
		f.Add(bsontest.Seed(doc), true)
	}
	f.Fuzz(func(t *testing.T, doc []byte, shaped bool) {
		if shaped { // a document of the shape in doc, with one fault
			s := bsontest.NewSource(doc)
			doc = bsontest.Damage(s, bsontest.Options{Odd: bsontest.AllOdd, MaxSize: 16 << 10}.Append(nil, s)).Data
		}
		check(t, doc)
		checkForms(t, doc)
	})
}
