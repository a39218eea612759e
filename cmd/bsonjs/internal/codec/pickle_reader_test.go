package codec

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/pickle"
)

func deflated(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func in64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// readPickles returns the values of a stream with their offsets, and the fault
// after them. After a fault it goes on.
func readPickles(r io.Reader, o pickle.DecodeOptions) []string {
	d := Pickle.Read(ReadOptions{Pickle: o}).Stream(r, State{})
	var got []string
	for {
		var rec record.Record
		for d.Next(&rec) {
			got = append(got, fmt.Sprintf("%v %x at %d", rec.Type, rec.Data, rec.Offset))
		}
		err := d.Err()
		if err == nil {
			return got
		}
		got = append(got, err.Error())
		if len(got) > 100 || !d.Resync(io.Discard) {
			return got
		}
	}
}

const (
	five = "\x80\x02K\x05."
	six  = "\x80\x04K\x06."
)

// TestWrappedPickles reads pickles in zlib data and base64.
func TestWrappedPickles(t *testing.T) {
	const int5, int6 = "int 05000000 at ", "int 06000000 at "
	long := "\x80\x02U\xff" + strings.Repeat("x", 255) + "."
	unpadded := strings.TrimRight(in64(five), "=")
	for _, tc := range []struct {
		name, data string
		want       []string
	}{
		{"nothing", "", nil},
		{"line feeds", "\n\r\n", nil},
		{"behind a pickle", five + "\n", []string{int5 + "0"}},
		{"between pickles", five + "\n" + six + "\r\n", []string{int5 + "0", int6 + "6"}},
		{"zlib", deflated(five), []string{int5 + "0"}},
		{"zlib and a line feed", deflated(five) + "\n", []string{int5 + "0"}},
		{"pickles in zlib", deflated(five + six), []string{int5 + "0", int6 + "5"}},
		{"zlib after zlib", deflated(five) + deflated(six), []string{int5 + "0", int6 + "5"}},
		{"zlib after a pickle", five + deflated(six), []string{int5 + "0", int6 + "5"}},
		{"a pickle after zlib", deflated(five) + six, []string{int5 + "0", int6 + "5"}},
		{"zlib of nothing", deflated("") + five, []string{int5 + "0"}},
		{"zlib in zlib", deflated(deflated(five)), []string{int5 + "0"}},
		{"zlib in zlib in zlib", deflated(deflated(deflated(five))), []string{"pickle: offset 0 0x78: opcode is not allowed"}},
		{"base64", in64(five), []string{int5 + "0"}},
		{"base64 and a line feed", in64(six) + "\n", []string{int6 + "0"}},
		{"base64 without padding", unpadded, []string{int5 + "0"}},
		{"base64 in lines", in64(five) + "\n" + in64(six) + "\n", []string{int5 + "0", int6 + "5"}},
		{"base64 in short lines", "gAJ\r\nLB\n S4=", []string{int5 + "0"}},
		{"base64 of zlib", in64(deflated(five)), []string{int5 + "0"}},
		{"base64 in zlib", deflated(in64(five)), []string{int5 + "0"}},
		{"base64 of protocol 0", in64("(dS'a'\nI1\ns."), []string{"object 0c0000001061000100000000 at 0"}},
		{"base64 of a list of protocol 1", in64("]q\x00K\x05a."), []string{"array 0c0000001030000500000000 at 0"}},
		{"base64 of an ObjectId of Python 2", in64("ccopy_reg\n_reconstructor\n(cbson.objectid\nObjectId\nc__builtin__\nobject\nNtRU\x0c" + strings.Repeat("\x01", 12) + "b."),
			[]string{"objectId 010101010101010101010101 at 0"}},
		{"base64 of the other alphabet", strings.NewReplacer("+", "-", "/", "_").Replace(in64("\x80\x02U\x03\xff\xef\xfb.")), []string{"binData 0300000000ffeffb at 0"}},
		{"base64 with junk", in64(long)[:100] + "*" + in64(long)[101:], []string{"pickle: offset 75: base64 around a pickle is malformed"}},
		{"base64 with padding inside", in64(long)[:100] + "=" + in64(long)[101:], []string{"pickle: offset 75: base64 around a pickle is malformed"}},
		{"base64 that is cut", in64(long)[:101], []string{"pickle: offset 75: base64 around a pickle is malformed"}},
		{"base64 of other bytes", in64("hello, world, hello"), []string{"pickle: offset 0 APPEND: opcode does not fit the stack"}},
		{"zlib of other bytes", deflated("hello"), []string{"pickle: offset 0 BINGET: no such memo entry: 101"}},
		{"damaged zlib", deflated(five)[:len(deflated(five))-1] + "\x00", []string{int5 + "0", "pickle: offset 5: zlib data around a pickle is damaged: zlib: invalid checksum"}},
		{"cut zlib", deflated(five)[:8], []string{int5 + "0", "pickle: offset 5: zlib data around a pickle is damaged: unexpected EOF"}},
		{"a cut pickle in zlib after a pickle", five + deflated(six+"K"), []string{int5 + "0", int6 + "5", "pickle: offset 11 BININT1: pickle ends too early"}},
		{"a fault in zlib", deflated(five + "cos\nsystem\n)R." + six), []string{int5 + "0", "pickle: offset 5 GLOBAL: name is not allowed: os.system", int6 + "19"}},
		{"a fault in zlib after a pickle", five + deflated("cos\nsystem\n)R."+six), []string{int5 + "0", "pickle: offset 5 GLOBAL: name is not allowed: os.system", int6 + "19"}},
	} {
		got := readPickles(strings.NewReader(tc.data), pickle.DecodeOptions{})
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
		if one := readPickles(iotest.OneByteReader(strings.NewReader(tc.data)), pickle.DecodeOptions{}); !cmp.Equal(got, one) {
			t.Errorf("%s, byte by byte (-want +got):\n%s", tc.name, cmp.Diff(got, one))
		}
	}
}

// TestWrappedPlaces: offsets count the bytes of the pickles that were read, and a wrapping
// without one has none.
func TestWrappedPlaces(t *testing.T) {
	for _, data := range []string{
		deflated(five) + six, deflated(five) + deflated("") + six, deflated("") + deflated(five) + deflated("") + deflated("") + six,
	} {
		want := []string{"int 05000000 at 0", fmt.Sprintf("int 06000000 at %d", len(five))}
		if diff := cmp.Diff(want, readPickles(strings.NewReader(data), pickle.DecodeOptions{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", data, diff)
		}
	}
}

// TestText: the digits of base64, and blanks between them.
func TestText(t *testing.T) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/-_= \t\r\n"
	for b := range 256 {
		if got, want := isText([]byte{'A', byte(b)}), strings.IndexByte(digits, byte(b)) >= 0; got != want {
			t.Errorf("%q: %t, want %t", byte(b), got, want)
		}
	}
}

// TestWrappedTruncated cuts wrapped pickles at every byte.
func TestWrappedTruncated(t *testing.T) {
	doc := "\x80\x02}U\x01aU\x20" + strings.Repeat("xy", 16) + "s."
	for _, data := range []string{deflated(doc), in64(doc), in64(deflated(doc)), deflated(in64(doc))} {
		for n := range data {
			for i, got := range readPickles(strings.NewReader(data[:n]), pickle.DecodeOptions{}) {
				if i == 0 && !strings.HasPrefix(got, "object ") && !strings.HasPrefix(got, "pickle: offset ") {
					t.Errorf("%q: %s", data[:n], got)
				}
			}
			if n == 0 {
				continue
			}
			// The document is only complete without the padding, or the checksum.
			got := readPickles(strings.NewReader(data[:n]), pickle.DecodeOptions{})
			if len(got) == 1 && strings.HasPrefix(got[0], "object ") && n < len(data)-2 {
				t.Errorf("%q: no fault: %s", data[:n], got)
			}
		}
	}
}

// TestWrappedReadError checks that the error of the input is reported as such, also
// inside wrappings.
func TestWrappedReadError(t *testing.T) {
	broken := errors.New("broken")
	for _, data := range []string{five, deflated(five + six), in64(five + six)} {
		d := Pickle.Read(ReadOptions{}).Stream(io.MultiReader(strings.NewReader(data[:len(data)-2]), iotest.ErrReader(broken)), State{})
		var rec record.Record
		for d.Next(&rec) {
		}
		if _, ok := errors.AsType[*bson.ReadError](d.Err()); !ok || !errors.Is(d.Err(), broken) {
			t.Errorf("%q: %v, want the error of the reader", data, d.Err())
		}
	}
}
