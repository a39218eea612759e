package pickle_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/pickle"
)

// This file reads malformed pickles: truncated and changed vectors, and opcodes in
// random order. checkRead has the properties that must hold for any bytes.

// TestTruncated cuts every vector at every byte.
func TestTruncated(t *testing.T) {
	for i, v := range loadVectors(t) {
		data := v.data(t)
		if len(data) > 4000 {
			continue // long vectors have no other opcodes than short ones
		}
		for n := range data {
			_, _, err := pickle.AppendBSONValue(nil, data[:n])
			var s *pickle.SyntaxError
			// The name that is not allowed may come before the truncation.
			if !errors.As(err, &s) || !errors.Is(err, io.ErrUnexpectedEOF) || s.Offset != int64(n) {
				if v.Type != "BinaryVector" || !errors.Is(err, pickle.ErrName) {
					t.Errorf("%s of %s, %d bytes: %v", v.Type, v.Writer, n, err)
				}
			}
			if (i+n)%16 != 0 || n == 0 {
				continue
			}
			d := pickle.NewDecoder(iotest.HalfReader(bytes.NewReader(data[:n])))
			if d.Next() || d.Err() == nil || d.Err().Error() != err.Error() {
				t.Errorf("%s of %s, %d bytes of a stream: %v, want %v", v.Type, v.Writer, n, d.Err(), err)
			}
		}
	}
}

// TestWildTruncated cuts the vectors of wild.json at every byte.
func TestWildTruncated(t *testing.T) {
	o := pickle.DecodeOptions{Unknown: pickle.UnknownDescribe}
	for _, v := range loadWild(t) {
		data := v.data(t)
		if len(data) > 2000 {
			continue
		}
		for n := range data {
			_, _, err := o.AppendBSONValue(nil, data[:n])
			var s *pickle.SyntaxError
			if !errors.As(err, &s) || !errors.Is(err, io.ErrUnexpectedEOF) || s.Offset != int64(n) {
				t.Errorf("%s of %s, %d bytes: %v", v.Type, v.Writer, n, err)
			}
		}
	}
}

// TestMutated replaces, deletes and doubles bytes of the vectors.
func TestMutated(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 5))
	all := loadVectors(t)
	for _, v := range loadWild(t) {
		all = append(all, v.vector)
	}
	for _, v := range all {
		data := v.data(t)
		if len(data) > 4000 {
			continue
		}
		for range 30 {
			changed := bytes.Clone(data)
			for range 1 + r.IntN(3) {
				i := r.IntN(len(changed))
				switch r.IntN(4) {
				case 0:
					changed[i] = byte(r.Uint32())
				case 1:
					changed[i] ^= 1 << r.IntN(8)
				case 2:
					changed = append(changed[:i], changed[i+1:]...)
				case 3:
					changed = append(changed[:i+1], changed[i:]...)
				}
				if len(changed) == 0 {
					break
				}
			}
			checkRead(t, changed)
		}
	}
}

// soup has opcodes with valid and with invalid arguments.
var soup = []string{
	"]", "}", ")", "(", "N", "\x88", "\x89", "I01\n", "I5\n", "L7L\n", "K\x05", "M\x05\x01", "J\xff\xff\xff\xff", "\x8a\x01\x05", "F1.5\n",
	"G\x3f\xf8\x00\x00\x00\x00\x00\x00", "S'a'\n", "U\x01b", "T\x01\x00\x00\x00c", "Vd\n", "X\x01\x00\x00\x00e", "\x8c\x01f", "C\x01g",
	"B\x01\x00\x00\x00h", "\x96\x01\x00\x00\x00\x00\x00\x00\x00i", "a", "e", "s", "u", "t", "l", "d", "\x85", "\x86", "\x87", "q\x00", "q\x01",
	"r\x00\x01\x00\x00", "p0\n", "\x94", "h\x00", "h\x01", "j\x00\x00\x00\x00", "g0\n", "R", "\x81", "b", "\x93", "\x95\x01\x00\x00\x00\x00\x00\x00\x00",
	"cbson.objectid\nObjectId\n", "cbson.son\nSON\n", "cbson.dbref\nDBRef\n", "cbson.code\nCode\n", "cbson.int64\nInt64\n",
	"cbson.binary\nBinary\n", "cbson.timestamp\nTimestamp\n", "cbson.regex\nRegex\n", "cbson.decimal128\nDecimal128\n",
	"cbson.raw_bson\nRawBSONDocument\n", "cuuid\nUUID\n", "cdatetime\ndatetime\n", "cdatetime\ntimedelta\n", "cdecimal\nDecimal\n",
	"ccollections\nOrderedDict\n", "ccopy_reg\n_reconstructor\n", "c__builtin__\nobject\n", "c__builtin__\nbytes\n", "c_codecs\nencode\n",
	"U\x0c123456789012", "U\x0d_ObjectId__id", "U\x0a_SON__keys", "U\x03int", "U\x06latin1", "X\x06\x00\x00\x00latin1", "cos\nsystem\n", "0", "2",
	"\x8f", "\x90", "\x91", "\x92", "o", "ia\nB\n", "c__builtin__\nset\n", "ccollections\ndeque\n", "ccollections\nCounter\n", "ccollections\ndefaultdict\n",
	"cmongoengine.base.datastructures\nBaseDict\n", "cmongoengine.base.datastructures\nBaseList\n", "cpytz\n_UTC\n", "cdatetime\ndate\n",
	"c__builtin__\ngetattr\n", "czoneinfo\nZoneInfo\n", "U\x09_unpickle", "cdatetime\ntzinfo\n", "\x8b\x01\x00\x00\x00\x05",
}

// TestSoup reads opcodes in random order.
func TestSoup(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 4))
	for range 60_000 {
		var s strings.Builder
		for range 1 + r.IntN(12) {
			s.WriteString(soup[r.IntN(len(soup))])
		}
		checkRead(t, []byte(s.String()+"."))
	}
}
