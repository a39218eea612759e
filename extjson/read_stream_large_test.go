package extjson_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/race"
)

// This file tests streams that are longer than a read of a Decoder, and readers that
// fail.

// readAhead is more than the bytes that a Decoder reads ahead of a document.
const readAhead = 256 << 10

// TestDecoderLarge reads documents of many sizes near that of the buffer, in one
// stream.
func TestDecoderLarge(t *testing.T) {
	var stream bytes.Buffer
	var want [][]byte
	for _, size := range []int{10, readAhead - 100, 50, readAhead, 3 * readAhead, 7, readAhead / 2, 1_500_000, 20} {
		text := fmt.Sprintf(`{"n":%d,"s":"%s\"}","a":[%s1]}`, size, strings.Repeat("x", size), strings.Repeat("1,", size/100))
		doc, err := extjson.AppendBSON(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, doc)
		stream.WriteString(text + "\n\n")
	}
	for name, reader := range readers {
		if name == "haltingly" {
			continue // this reader would make a million empty reads
		}
		t.Run(name, func(t *testing.T) {
			d := extjson.NewDecoder(reader(bytes.NewReader(stream.Bytes())))
			n := 0
			for ; d.Next(); n++ {
				if n >= len(want) || !bytes.Equal(d.Raw(), want[n]) {
					t.Fatalf("document %d differs from the one in the stream", n)
				}
			}
			if n != len(want) || d.Err() != nil {
				t.Errorf("%d documents, %v, want %d", n, d.Err(), len(want))
			}
		})
	}
}

// TestDecoderPlace checks the place of a fault after megabytes and many lines.
func TestDecoderPlace(t *testing.T) {
	var b strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&b, "{\"line\": %d,\n \"text\": \"éé\"}\n", i)
	}
	before := b.String()
	if len(before) < 1<<20 {
		t.Fatalf("the text before the fault has only %d bytes", len(before))
	}
	for _, tc := range []struct {
		name, text, pointer string
		err                 error
	}{
		{"in a document", "{\"a\":1,\n  \"b\": [1, ¦x]}", "/b/1", extjson.ErrToken},
		{"between", "  ¦,", "", extjson.ErrToken},
		{"at the end", "{\"a\":\n¦", "/a", extjson.ErrTruncated},
		{"in a large document", `{"a":"` + strings.Repeat("x", 2*readAhead) + `",` + "\n" + ` "b": ¦x}`, "/b", extjson.ErrToken},
		{"in a large document of lines", `{"a":[` + strings.Repeat("1,\n", readAhead) + `¦x]}`, fmt.Sprintf("/a/%d", readAhead), extjson.ErrToken},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, want := marked(t, before+tc.text, tc.pointer, tc.err)
			for _, r := range []io.Reader{strings.NewReader(text), &hesitant{r: strings.NewReader(text), n: 1000}} {
				d := extjson.NewDecoder(r)
				n := 0
				for d.Next() {
					n++
				}
				if n != 40_000 {
					t.Errorf("%d documents, want 40000", n)
				}
				wantFault(t, d.Err(), want)
			}
		})
	}
}

// An endless reader returns text, and then fill without end. It counts the bytes.
type endless struct {
	text string
	fill byte
	n    int // largest size of a read in bytes
	read int // bytes returned so far
}

func (e *endless) Read(p []byte) (int, error) {
	p = p[:min(len(p), e.n)]
	n := copy(p, e.text)
	e.text = e.text[n:]
	if n == 0 {
		for n < len(p) {
			p[n] = e.fill
			n++
		}
	}
	e.read += n
	return n, nil
}

// TestDecoderFindsFaultEarly: an endless document with a fault is not read up to the
// limit of its size.
func TestDecoderFindsFaultEarly(t *testing.T) {
	for _, first := range []int{1, 5, 1000, readAhead, 1 << 20} {
		text, want := marked(t, `{"a":¦x,"b":"`, "/a", extjson.ErrToken)
		r := &endless{text: text, fill: 'y', n: first}
		d := extjson.NewDecoder(r)
		if d.Next() {
			t.Fatal("a document")
		}
		wantFault(t, d.Err(), want)
		if r.read > 4*readAhead {
			t.Errorf("in pieces of %d bytes: %d bytes read", first, r.read)
		}
	}
}

// TestDecoderEndless: endless text is an error at the limits.
func TestDecoderEndless(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		fill       byte
		o          extjson.DecodeOptions
		limit      int // largest number of bytes that may be read
	}{
		{"string", `{"a":"`, 'x', extjson.DecodeOptions{MaxTextSize: 1 << 20}, 2 << 20},
		{"blanks", `{`, ' ', extjson.DecodeOptions{MaxTextSize: 1 << 20}, 2 << 20},
		{"string, size of the document", `{"a":"`, 'x', extjson.DecodeOptions{MaxDocumentSize: 1 << 20}, 4 << 20},
		{"brackets", `{"a":`, '[', extjson.DecodeOptions{}, 1 << 20},
		{"digits", `{"a":`, '1', extjson.DecodeOptions{}, 1 << 20},
		{"zeros", `{"a":0.`, '0', extjson.DecodeOptions{}, 1 << 20},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, n := range []int{1000, 1 << 20} {
				r := &endless{text: tc.text, fill: tc.fill, n: n}
				d := tc.o.NewDecoder(r)
				if d.Next() {
					t.Fatal("a document")
				}
				var e *extjson.ValueError
				if !errors.As(d.Err(), &e) {
					t.Errorf("error %T %v", d.Err(), d.Err())
				}
				if r.read > tc.limit {
					t.Errorf("in pieces of %d bytes: %d bytes read", n, r.read)
				}
			}
		})
	}
}

// TestDecoderFaultOrLimit: a fault within the limit is reported, and a fault after
// the limit is not, for all pieces in which the text arrives.
func TestDecoderFaultOrLimit(t *testing.T) {
	for _, tc := range []struct {
		text    string
		pointer string
		err     error
	}{
		{`{"a":[1,2,3,4,¦x,5,6,7]}`, "/a/4", extjson.ErrToken},
		{`¦{"a":[1,2,3,4,5,x,6,7]}`, "", bson.ErrTooLarge},
		{`¦{"a":[1,2,3,4,5,6,7,8`, "", bson.ErrTooLarge},
	} {
		text, want := marked(t, tc.text, tc.pointer, tc.err)
		for name, reader := range readers {
			d := extjson.DecodeOptions{MaxTextSize: 16}.NewDecoder(reader(strings.NewReader(text)))
			if d.Next() {
				t.Fatalf("%s: Next returns true", name)
			}
			wantFault(t, d.Err(), want)
		}
	}
}

// A failing reader returns data and err together, and then only err.
type failing struct {
	data string
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	n := copy(p, f.data)
	f.data = f.data[n:]
	return n, f.err
}

// TestDecoderLargestDocument: a document of MaxDocumentSize bytes is read, and a
// document of one more byte is not, for all places where its text is cut in two and
// where a buffer ends.
func TestDecoderLargestDocument(t *testing.T) {
	strict, shell, legacy := extjson.DecodeOptions{}, extjson.DecodeOptions{Shell: true}, extjson.DecodeOptions{Legacy: true}
	for _, tc := range []struct {
		o     extjson.DecodeOptions
		value string
	}{
		{strict, `{"$binary":{"base64":"AAAAAAAAAAAAAAAAAAAAAA==","subType":"66"}}`},
		{strict, `{"$binary":{"subType":"02","base64":"AAAAAAAAAAAAAAAAAAAAAA=="}}`},
		{strict, `{"$binary":{"base64":"","\u0073ubType":"00"}}`},
		{strict, `{"$code":"return 1"}`},
		{strict, `{"$code":"","$scope":{"a":{"$code":""}}}`},
		{strict, `{"$scope":{"a":1},"$code":"return 1"}`},
		{strict, `{"$regularExpression":{"pattern":"","options":""}}`},
		{strict, `{"$regularExpression":{"options":"im","pattern":"a"}}`},
		{strict, `{"$dbPointer":{"$id":{"$oid":"56e1fc72e0c917e9c4714161"},"$ref":""}}`},
		{strict, `{"$numberInt":"-1000000001"}`},
		{strict, `{"$numberDecimal":"1"}`},
		{strict, `{"$date":{"$numberLong":"1"}}`},
		{strict, `{"$date":"1970-01-01T00:00:00.000Z"}`},
		{strict, `{"$uuid":"73ffd264-44b3-4c69-90e8-e7d1dfc035d4"}`},
		{strict, `{"$timestamp":{"t":1,"i":1}}`},
		{strict, `{"$symbol":""}`},
		{strict, `{"$minKey":1}`},
		{strict, `{"":{}}`},
		{strict, `[{"a key of the document":[]}]`},
		{legacy, `{"$regex":"","$options":""}`},
		{legacy, `{"$regex":"","$options":"","a":1}`},
		{legacy, `{"$binary":"AAAAAAAAAAAAAAAA","$type":"00"}`},
		{legacy, `{"$type":"00","$binary":""}`},
		{shell, `{'$binary':{'base64':'','subType':'00'}}`},
		{shell, `Code("return 1")`},
		{shell, `Code("return 1", {})`},
		{shell, `RegExp("", "")`},
		{shell, `HexData(0, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f")`},
		{shell, `UUID("73ffd264-44b3-4c69-90e8-e7d1dfc035d4")`},
		{shell, `DBRef("", 1)`},
	} {
		for pad := range 16 {
			text := fmt.Sprintf(`{"p":"%*s","v":%s}`, pad, "", tc.value)
			want, err := tc.o.AppendBSON(nil, []byte(text))
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			o := tc.o
			for cut := strings.Index(text, `v"`); cut < len(text); cut += race.Slowdown {
				in := func() io.Reader {
					return io.MultiReader(strings.NewReader(text[:cut]), strings.NewReader(text[cut:]))
				}
				o.MaxDocumentSize = len(want)
				if d := o.NewDecoder(in()); !d.Next() || !bytes.Equal(d.Raw(), want) {
					t.Fatalf("%s cut at %d, of %d bytes: %v", text, cut, len(want), d.Err())
				}
				if cut%8 != 0 {
					continue
				}
				o.MaxDocumentSize = len(want) - 1
				if d := o.NewDecoder(in()); d.Next() || !errors.Is(d.Err(), bson.ErrTooLarge) {
					t.Fatalf("%s cut at %d, of %d bytes, one over the limit: %v", text, cut, len(want), d.Err())
				}
			}
		}
	}
}

// A slowly reader returns at most 64 KiB at once.
type slowly struct{ r io.Reader }

func (s slowly) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), 64<<10)]) }

// TestDecoderLongBase64: the text of a binary may be longer than the largest document,
// and pieces may end inside it. A text whose value is too large is an error, with
// valid and invalid base64, and has the same place for all pieces.
func TestDecoderLongBase64(t *testing.T) {
	const most = 600_000 / race.Slowdown // bytes of BSON
	slashes := strings.Repeat("////", most/3)
	shell := extjson.DecodeOptions{Shell: true, MaxDocumentSize: most}
	strict := extjson.DecodeOptions{MaxDocumentSize: most}
	for _, tc := range []struct {
		name          string
		o             extjson.DecodeOptions
		before, after string
		slash         string
	}{
		{"wrapper", strict, `{"b":{"$binary":{"base64":"`, `","subType":"00"}}}`, "/"},
		{"wrapper, escapes", strict, `{"b":{"$binary":{"base64":"`, `","subType":"00"}}}`, `\/`},
		{"shell", shell, `{b: BinData(0, "`, `")}`, "/"},
		{"shell, single quotes and escapes", shell, `{b: BinData(0, '`, `')}`, `\/`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, body := range []struct {
				name, text string
				want       error
			}{
				{"largest", slashes[:len(slashes)-100], nil},
				{"too large", slashes + slashes, bson.ErrTooLarge},
				{"garbage and too large", slashes + slashes + "é", bson.ErrTooLarge},
			} {
				text := tc.before + strings.ReplaceAll(body.text, "/", tc.slash) + tc.after
				for _, r := range []io.Reader{strings.NewReader(text), slowly{strings.NewReader(text)}} {
					d := tc.o.NewDecoder(r)
					got := d.Next()
					var fault *extjson.ValueError
					switch {
					case body.want == nil && (!got || len(d.Raw()) < most-200):
						t.Errorf("%s in %T: %v", body.name, r, d.Err())
					case body.want != nil && (!errors.As(d.Err(), &fault) || !errors.Is(fault, body.want) || fault.Offset != 0):
						t.Errorf("%s in %T: %v, want %v at 0", body.name, r, d.Err(), body.want)
					}
				}
			}
		})
	}
}

func TestDecoderReaderFails(t *testing.T) {
	broken := errors.New("broken")
	for _, tc := range []struct {
		name   string
		r      io.Reader
		docs   int
		offset int64 // offset of the error
		err    error
	}{
		{"at once", iotest.ErrReader(broken), 0, 0, broken},
		{"between documents", &failing{"{}{\"a\":1}\n", broken}, 2, 10, broken},
		{"in a document", &failing{`{}{"a":`, broken}, 1, 7, broken},
		{"in an array", &failing{`[{},`, broken}, 1, 4, broken},
		{"behind half a byte order mark", &failing{"\xef\xbb", broken}, 0, 2, broken},
		{"after data", io.MultiReader(strings.NewReader("{} {"), iotest.ErrReader(broken)), 1, 4, broken},
		{"timeout", iotest.TimeoutReader(&hesitant{r: strings.NewReader(`{}{}{}`), n: 3}), 1, 3, iotest.ErrTimeout},
		{"unexpected EOF is no end", &failing{`{}`, io.ErrUnexpectedEOF}, 1, 2, io.ErrUnexpectedEOF},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := extjson.NewDecoder(tc.r)
			got := drain(d)
			if len(got.Texts) != tc.docs {
				t.Errorf("%d documents, want %d", len(got.Texts), tc.docs)
			}
			var e *bson.ReadError
			if !errors.As(got.Err, &e) {
				t.Fatalf("error is %T %v", got.Err, got.Err)
			}
			want := bson.ReadError{Offset: tc.offset, Err: tc.err}
			if diff := cmp.Diff(want, *e, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if d.Next() || d.Err() != got.Err || d.Raw() != nil {
				t.Errorf("after the error Next gives %x, %v", d.Raw(), d.Err())
			}
		})
	}
}

// TestDecoderDoesNotReadOn: after the end or an error the reader is not called again.
func TestDecoderDoesNotReadOn(t *testing.T) {
	for _, end := range []error{io.EOF, errors.New("broken")} {
		for _, data := range []string{"", "{}", "{} ", "[{}]"} {
			reads, docs := 0, 0
			d := extjson.NewDecoder(readerFunc(func(p []byte) (int, error) {
				reads++
				return copy(p, data), end
			}))
			for range 5 {
				if d.Next() {
					docs++
				}
			}
			if want := strings.Count(data, "{"); reads != 1 || docs != want {
				t.Errorf("%q and %v: %d reads, %d documents, want 1 and %d", data, end, reads, docs, want)
			}
			if (d.Err() == nil) != (end == io.EOF) {
				t.Errorf("%q and %v: error %v", data, end, d.Err())
			}
		}
	}
}

// TestDecoderReadsNoFurther: a document is returned as soon as it has arrived,
// because the next bytes may arrive much later.
func TestDecoderReadsNoFurther(t *testing.T) {
	pieces := []string{"{}", " [", "{\"a\"", ":1}", ",{\"b\":{}}", "]{}", `{"c":"\`, `"}]\\`, `"}`, `{"d\"":[`, `"\\"]`, `}`, "{}"}
	read := 0
	d := extjson.NewDecoder(readerFunc(func(p []byte) (int, error) {
		if read == len(pieces) {
			return 0, io.EOF
		}
		read++
		return copy(p, pieces[read-1]), nil
	}))
	for _, want := range []int{1, 4, 5, 6, 9, 12, 13} {
		if !d.Next() || read != want {
			t.Errorf("%v after %d reads, want a document after %d", d.Err(), read, want)
		}
	}
	if d.Next() || d.Err() != nil {
		t.Errorf("%x, %v at the end", d.Raw(), d.Err())
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
