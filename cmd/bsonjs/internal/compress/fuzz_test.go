package compress

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Reading any bytes ends with io.EOF or with an *Error within the data, and is
// the same for any sizes of reads. Detect gets more and more of the bytes; it
// decides once, and takes no document for something else.
func FuzzReader(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(uint8(s.codec), s.data)
	}
	f.Fuzz(func(t *testing.T, codec uint8, data []byte) {
		c := Codec(codec%uint8(codecs-1)) + 1
		const most = 256 << 10 // decompressed bytes that are read
		run := func(r io.Reader) (string, error) {
			z := NewReader(c, NewSource(r))
			defer z.Close()
			out, err := io.ReadAll(io.LimitReader(z, most))
			e, ok := errors.AsType[*Error](err)
			if err != nil && (!ok || e.Codec != c || e.Offset < 0 || e.Offset > int64(len(data)) || e.Err == nil) {
				t.Fatalf("%v: %#v", c, err)
			}
			return string(out), err
		}
		whole, err := run(bytes.NewReader(data))
		small, err2 := run(iotest.OneByteReader(bytes.NewReader(data)))
		if whole != small || (err == nil) != (err2 == nil) {
			t.Errorf("%v: %d bytes and %v at once, %d and %v byte by byte", c, len(whole), err, len(small), err2)
		}

		found, decided := None, false
		for n := 1; n <= len(data) && !decided; n++ {
			found, decided = plain.Detect(data[:n], "", n == len(data))
		}
		if again, _ := plain.Detect(data, "", true); decided && len(data) > 0 && again != found && again != None && found != None {
			t.Errorf("%v from the first bytes, %v from all", found, again)
		}
		if found != None && found != Gzip && len(data) >= 16 && plain.Opens(data) &&
			!strings.HasPrefix(string(data[1:]), skipMagic[1:]) {
			t.Errorf("%x is %v", data[:16], found)
		}
	})
}

// Written data is read back, for every codec, level and number of jobs, and the
// number of jobs does not change the compressed bytes.
func FuzzRoundTrip(f *testing.F) {
	f.Add(uint8(0), uint8(0), uint16(3), []byte(text))
	f.Add(uint8(1), uint8(3), uint16(1), []byte(long(100_000)))
	f.Add(uint8(2), uint8(1), uint16(70), []byte(strings.Repeat("a", 70_000)))
	f.Fuzz(func(t *testing.T, codec, level uint8, times uint16, data []byte) {
		c := written[int(codec)%len(written)]
		o := WriterOptions{Level: int(level) % (c.MaxLevel() + 1), Jobs: 1}
		all := strings.Repeat(string(data), min(int(times), 600_000/(len(data)+1))+1)
		one := pack(t, c, all, o)
		o.Jobs = 3
		if three := pack(t, c, all, o); !bytes.Equal(one, three) {
			t.Errorf("%v: %d bytes by one job, other %d by three", c, len(one), len(three))
		}
		if got, err := read(c, bytes.NewReader(one)); got != all || err != nil {
			t.Errorf("%v: %d bytes of %d come back; %v", c, len(got), len(all), err)
		}
		if found, _ := plain.Detect(one, "", true); found != c {
			t.Errorf("%v is taken for %v", c, found)
		}
	})
}
