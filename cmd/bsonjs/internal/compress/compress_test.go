package compress

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/ulikunitz/xz"

	"github.com/bsonkit/bsonkit/internal/race"
)

// text is the decompressed data of the samples.
const text = "{\"a\":1}\n{\"b\":\"compressed, compressed, compressed\"}\n"

// A sample is compressed data with its text.
type sample struct {
	name  string
	codec Codec
	data  []byte
	text  string
	ends  map[int]bool // other offsets at which the data may end; may be nil
}

func unhex(s string) []byte {
	data, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return data
}

// made are the outputs of the programs of that name for text, with the flags
// that follow, and of xz with --lzma2=dict=4KiB.
var made = []sample{
	{"gzip -n", Gzip, unhex("1f8b0800000000000003ab564a54b232ace5aa564a52b2524acecf2d284a2d2e4e4dd151c0ce56aae502007b7fc3b033000000"), text, nil},
	{"gzip", Gzip, unhex("1f8b08084d86096b00037400ab564a54b232ace5aa564a52b2524acecf2d284a2d2e4e4dd151c0ce56aae502007b7fc3b033000000"), text, nil},
	{"zstd", Zstd, unhex("28b52ffd24331d0100e87b2261223a317d0a7b2262223a22636f6d707265737365642c20227d0a01005e296341ff4d4c"), text, nil},
	{"lz4 -l", LZ4, unhex("02214c1825000000ff0b7b2261223a317d0a7b2262223a22636f6d707265737365642c200c0001506564227d0a"), text, nil},
	{"lz4 -BD -BX --content-size", LZ4, unhex("04224d187c403300000000000000fa25000000ff0b7b2261223a317d0a7b2262223a22636f6d707265737365642c200c0001506564227d0ae4f03bd600000000915af18a"), text, nil},
	{"bzip2", Bzip2, unhex("425a68393141592653590c4c8219000017d9800010500420103e02d80a200021b5421b2869b6a8534c8c4c4c46b8510d4f85a52956f46328d943393a2943fc5dc914e1424031320864"), text, nil},
	{"bzip2, empty", Bzip2, unhex("425a683917724538509000000000"), "", nil},
	{"xz", XZ, unhex("fd377a585a000004e6d6b4460200210100000000372797d6e0003200245d003d8888223728a4188e8fcca4d19ef303f687a2291b903fb91c2060121c35bd087cbac48000bbd0323d96435c3300014033389b2f6f1fb6f37d010000000004595a"), text, nil},
	{"xz, empty", XZ, unhex("fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a"), "", nil},
	{"xz --check=none", XZ, unhex("fd377a585a000000ff12d9410200210100000000372797d6e0003200245d003d8888223728a4188e8fcca4d19ef303f687a2291b903fb91c2060121c35bd087cbac4800000013833c668c98806729e7a010000000000595a"), text, nil},
	{"xz --check=crc32", XZ, unhex("fd377a585a0000016922de360200210100000000372797d6e0003200245d003d8888223728a4188e8fcca4d19ef303f687a2291b903fb91c2060121c35bd087cbac480007b7fc3b000013c33c2ada5ec9042990d010000000001595a"), text, nil},
	{"xz --check=sha256", XZ, unhex("fd377a585a00000ae1fb0ca10200210100000000372797d6e0003200245d003d8888223728a4188e8fcca4d19ef303f687a2291b903fb91c2060121c35bd087cbac480005c05d729da8a428a3ab95753fba163ad8ce7a810c51975e031aab33270cffa1700015833610334ed189b4b9a01000000000a595a"), text, nil},
	{"xz --block-size=16", XZ, unhex("fd377a585a000004e6d6b4460200210100000000372797d601000f7b2261223a317d0a7b2262223a22636f000998423492d839b40200210100000000372797d601000f6d707265737365642c20636f6d70726500f3567035385c86950200210100000000372797d601000f737365642c20636f6d70726573736564006e65a7920c77d9330200210100000000372797d6010002227d0a00002de6f061d07866cb00042810281028101b0300008b2f4a7814173b30030000000004595a"), text, nil},
}

// written are the codecs that bsonjs writes.
var written = func() (all []Codec) {
	for c := None + 1; c.Known(); c++ {
		if c.MaxLevel() > 0 {
			all = append(all, c)
		}
	}
	return all
}()

// A codec that is read has a sample of another program, or is written; a codec
// that is written has a complete row.
func TestTraits(t *testing.T) {
	foreign := map[Codec]bool{}
	for _, s := range made {
		foreign[s.codec] = true
	}
	seen := map[string]bool{}
	for c := None + 1; c.Known(); c++ {
		row := traits[c]
		if row.name == "" || len(row.suffixes) == 0 || row.open == nil {
			t.Fatalf("codec %d has no name, no suffix or nothing to open it with", c)
		}
		if writes := row.levels > 0; writes != (row.write != nil) || writes != (row.jobs > 0) {
			t.Errorf("%v: %d levels, %d jobs, write is there: %t", c, row.levels, row.jobs, row.write != nil)
		}
		if !foreign[c] && row.write == nil {
			t.Errorf("%v: there is no sample of it in made", c)
		}
		for _, name := range append([]string{row.name}, row.suffixes...) {
			if seen[name] {
				t.Errorf("%s is twice in the table", name)
			}
			seen[name] = true
		}
	}
}

// pack compresses data with c. All data that is not in made is compressed here.
func pack(t testing.TB, c Codec, data string, o WriterOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if c == XZ {
		z, err := xz.WriterConfig{DictCap: 1 << 20, BlockSize: 100_000}.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(z, data)
		z.Close()
		return b.Bytes()
	}
	z, err := NewWriter(&b, c, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// long returns n bytes that can be compressed.
func long(n int) string {
	var b strings.Builder
	for i := uint32(1); b.Len() < n; i = i*1664525 + 1013904223 {
		fmt.Fprintf(&b, "{\"n\":%d,\"text\":\"%08x and %04x\"}\n", i>>7, i, i>>20)
	}
	return b.String()[:n]
}

// join returns a sample of several samples, one after the other.
func join(name string, parts ...sample) sample {
	all := sample{name: name, codec: parts[0].codec, ends: map[int]bool{}}
	for _, p := range parts {
		for n := range p.ends {
			all.ends[len(all.data)+n] = true
		}
		all.data, all.text = append(all.data, p.data...), all.text+p.text
		all.ends[len(all.data)] = true
	}
	return all
}

// ours is text compressed by this package. A chunk of snappy does not say
// whether it is the last one.
func ours(t testing.TB, c Codec, text string) sample {
	s := sample{"our " + c.String(), c, pack(t, c, text, WriterOptions{}), text, map[int]bool{}}
	for at := 0; (c == S2 || c == Snappy) && at < len(s.data); {
		at += 4 + int(s.data[at+1]) + int(s.data[at+2])<<8
		s.ends[at] = true
	}
	return s
}

// samples returns small data of every kind, also several in a row.
func samples(t testing.TB) []sample {
	all := append([]sample(nil), made...)
	for _, c := range written {
		all = append(all, ours(t, c, text))
		empty := ours(t, c, "")
		empty.name += ", empty"
		all = append(all, empty)
	}
	for _, s := range all {
		if s.name != legacy {
			all = append(all, join(s.name+" twice", s, s))
		}
	}
	for _, s := range all[:len(made)] {
		skip := sample{"", s.codec, unhex("552a4d1803000000010203"), "", nil}
		zero := sample{"", s.codec, make([]byte, 1), "", nil}
		zeros := sample{"", s.codec, make([]byte, 4), "", nil}
		switch s.name {
		case "zstd", "lz4 -BD -BX --content-size":
			all = append(all, join(s.name+" amid frames to skip", skip, skip, s, skip, s))
		case "gzip":
			all = append(all, join("gzip, padded", s, zero, zero, zero))
			long := longNamed(made[0])
			all = append(all, long, join("gzip, a long name between others", s, long, s))
		case "xz":
			all = append(all, join("xz, padded", s, zeros, zeros, s, zeros))
		}
	}
	return all
}

// longNamed returns s, which is gzip data without a name, with all parts that a
// header may have, longer than the library reads.
func longNamed(s sample) sample {
	head := append(bytes.Clone(s.data[:3]), gzipHeaderCRC|gzipExtra|gzipName|gzipComment)
	head = append(head, s.data[4:gzipHeaderSize]...)
	head = append(head, 3, 0, 1, 0, 2)
	head = append(head, strings.Repeat("n", gzipMaxString)+"\x00"+"comment\x00"...)
	head = binary.LittleEndian.AppendUint16(head, uint16(crc32.ChecksumIEEE(head)))
	s.name, s.data = "gzip, a long name", append(head, s.data[gzipHeaderSize:]...)
	return s
}

// Names and comments are read up to any length, and the checksum of the header
// is checked.
func TestGzipNames(t *testing.T) {
	for _, n := range []int{1, gzipMaxString - 1, gzipMaxString, sourceSize, 3 * sourceSize} {
		for _, flag := range []byte{gzipName, gzipComment} {
			data := append([]byte(gzipMagic), flag)
			data = append(data, made[0].data[4:gzipHeaderSize]...)
			data = append(data, strings.Repeat("n", n)+"\x00"...)
			data = append(data, made[0].data[gzipHeaderSize:]...)
			if got, err := read(Gzip, bytes.NewReader(data)); got != text || err != nil {
				t.Errorf("%d bytes, flag %d: %q, %v", n, flag, got, err)
			}
		}
	}
	bad := longNamed(made[0]).data
	bad[20] ^= 1
	if _, err := read(Gzip, bytes.NewReader(bad)); !errors.Is(err, ErrDamaged) {
		t.Errorf("with another name: %v", err)
	}
}

// legacy is a sample without a mark at its end and without checksums.
const legacy = "lz4 -l"

func read(c Codec, r io.Reader) (string, error) {
	out, err := io.ReadAll(NewReader(c, NewSource(r)))
	return string(out), err
}

// All samples are detected by their content, with any name, and read for any
// sizes of reads.
func TestSamples(t *testing.T) {
	all := samples(t)
	for _, c := range append(written, XZ) {
		data := long(1 << 20 / race.Slowdown)
		all = append(all, sample{"long " + c.String(), c, pack(t, c, data, WriterOptions{Jobs: 2}), data, nil})
	}
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			for _, name := range []string{"", "x.bson", "x.gz", "x.zst"} {
				for n := 1; ; n++ {
					head := s.data[:min(n, len(s.data))]
					c, sure := plain.Detect(head, name, n >= len(s.data))
					if sure && c != s.codec {
						t.Fatalf("%d bytes of %q are %v", n, name, c)
					}
					if sure {
						break
					}
				}
			}
			for way, r := range map[string]io.Reader{
				"whole":        bytes.NewReader(s.data),
				"byte by byte": iotest.OneByteReader(bytes.NewReader(s.data)),
				"halves":       iotest.HalfReader(bytes.NewReader(s.data)),
				"with the end": iotest.DataErrReader(bytes.NewReader(s.data)),
			} {
				if got, err := read(s.codec, r); got != s.text || err != nil {
					t.Errorf("%s: %d bytes, want %d; error %v", way, len(got), len(s.text), err)
				}
			}
		})
	}
}

// Truncated data is an error with the place of its end, and the data before it
// is read.
func TestTruncated(t *testing.T) {
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			for n := 1; n < len(s.data); n += race.Slowdown {
				got, err := read(s.codec, bytes.NewReader(s.data[:n]))
				if !strings.HasPrefix(s.text, got) {
					t.Errorf("%d bytes: read %q", n, got)
				}
				want := &Error{Codec: s.codec, Offset: int64(n), Err: ErrTruncated}
				switch {
				case s.ends[n]:
					want = nil
				case s.codec == LZ4 && n == 4 && s.name == legacy:
					want = nil // it has no blocks
				}
				diffError(t, fmt.Sprint(n, " bytes"), want, err)
			}
		})
	}
}

// diffError requires that err is want.
func diffError(t *testing.T, what string, want *Error, err error) {
	t.Helper()
	got, ok := errors.AsType[*Error](err)
	if want == nil || !ok {
		if err != nil || want != nil {
			t.Errorf("%s: error %v, want %v", what, err, want)
		}
		return
	}
	if diff := cmp.Diff(*want, *got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("%s: error %v (-want +got):\n%s", what, err, diff)
	}
}

// Changed data is an error, unless the change has no effect on the text or the
// format has no checksum there.
func TestDamaged(t *testing.T) {
	for _, s := range samples(t) {
		if strings.HasSuffix(s.name, "twice") {
			continue // slow, and tests nothing new
		}
		t.Run(s.name, func(t *testing.T) {
			unchecked := s.name == legacy || s.name == "xz --check=none"
			for i := 0; i < len(s.data); i += race.Slowdown {
				for _, change := range []byte{1 << (i % 8), 0x80, 0xff} {
					data := bytes.Clone(s.data)
					data[i] ^= change
					got, err := read(s.codec, bytes.NewReader(data))
					if _, ok := errors.AsType[*Error](err); err != nil && !ok {
						t.Fatalf("byte %d xor %#x: %v", i, change, err)
					}
					// A chunk of snappy becomes one that is skipped.
					skipped := (s.codec == S2 || s.codec == Snappy) && change == 0x80 && s.ends[i]
					if err == nil && got != s.text && !unchecked && !skipped {
						t.Errorf("byte %d xor %#x: %q without an error", i, change, got)
					}
				}
			}
		})
	}
}

// A number in the index of xz has up to nine bytes. If it is not the number of
// blocks, it is an error of the index at any length.
func TestIndexNumbers(t *testing.T) {
	// A stream without blocks: 12 bytes of header, and a NUL that starts the
	// index. The number of its records is 0.
	empty := unhex("fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a")
	for _, number := range []string{
		"\x01", "\x80\x01", "\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
		"\x80\x80\x80\x80\x80\x80\x80\x80\x00", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
	} {
		data := string(empty[:13]) + number + string(empty[14:])
		got, err := read(XZ, strings.NewReader(data))
		e, ok := errors.AsType[*Error](err)
		if got != "" || !ok || e.Err != ErrDamaged || e.Detail != "index" {
			t.Errorf("%x records: %q, %+v", number, got, err)
		}
	}
}

// The footer of a stream of xz repeats how long the index is and which checksum
// the stream has. One that says anything else is damaged, whether its own
// checksum fits or not.
func TestFooter(t *testing.T) {
	data := pack(t, XZ, text, WriterOptions{})
	for i := range 12 {
		for _, fits := range []bool{false, true} {
			changed := bytes.Clone(data)
			footer := changed[len(changed)-12:]
			footer[i] ^= 0x01
			if fits && i >= 4 {
				binary.LittleEndian.PutUint32(footer, crc32.ChecksumIEEE(footer[4:10]))
			}
			_, err := read(XZ, bytes.NewReader(changed))
			if e, ok := errors.AsType[*Error](err); !ok || e.Err != ErrDamaged || e.Detail != "footer" {
				t.Errorf("byte %d, checksum fits: %t: %+v", i, fits, err)
			}
		}
	}
}

// The reserved flags of a block announce unknown parts of its header, so its
// data is not read.
func TestReservedFlags(t *testing.T) {
	data := pack(t, XZ, text, WriterOptions{})
	header := data[12:]
	header = header[:(int(header[0])+1)*4]
	at := len(header) - 4
	for _, flag := range []byte{0x04, 0x08, 0x10, 0x20} {
		header[1] |= flag
		binary.LittleEndian.PutUint32(header[at:], crc32.ChecksumIEEE(header[:at]))
		got, err := read(XZ, bytes.NewReader(data))
		header[1] &^= flag
		e, ok := errors.AsType[*Error](err)
		if got != "" || !ok || e.Err != ErrDamaged || e.Detail != "malformed block header" {
			t.Errorf("flag %#x: %q, %+v", flag, got, err)
		}
	}
}

// Bytes after compressed data are never dropped.
func TestTrailing(t *testing.T) {
	for _, s := range samples(t) {
		if s.codec == S2 || s.codec == Snappy || s.name == "lz4 -l" || strings.Contains(s.name, "padded") {
			continue // without a mark at the end, or the bytes belong to the data
		}
		for _, more := range []string{"garbage", "{", "\x00\x00x", "\x1f", "\x1f\x8b?", "\xfd7zXY\x00", "BY", "\x04\x22\x4d\x19", "\x28\xb5\x2f\xfe"} {
			got, err := read(s.codec, strings.NewReader(string(s.data)+more))
			e, ok := errors.AsType[*Error](err)
			if got != s.text || !ok || e.Err != ErrTrailing && e.Err != ErrTruncated ||
				e.Err == ErrTruncated && len(more) > 3 || e.Offset < int64(len(s.data)) {
				t.Errorf("%s and %q: read %q, error %v", s.name, more, got, err)
			}
		}
	}
	// The place of garbage behind zeros.
	padded := string(made[0].data) + "\x00\x00\x00x"
	got, err := read(Gzip, strings.NewReader(padded))
	if got != text {
		t.Errorf("padded: read %q", got)
	}
	diffError(t, "padded", &Error{Codec: Gzip, Offset: int64(len(padded) - 1), Err: ErrTrailing}, err)
	// If the library stops early, the bytes after its end are an error too.
	r := &Reader{codec: Gzip, src: NewSource(strings.NewReader("more")), z: strings.NewReader("")}
	_, err = io.ReadAll(r)
	diffError(t, "stopped early", &Error{Codec: Gzip, Err: ErrTrailing}, err)
}

// Bytes that are not a chunk of snappy are an error.
func TestTrailingSnappy(t *testing.T) {
	for _, c := range []Codec{S2, Snappy} {
		got, err := read(c, strings.NewReader(string(pack(t, c, text, WriterOptions{}))+"garbage"))
		if _, ok := errors.AsType[*Error](err); got != text || !ok {
			t.Errorf("%v: %q, %v", c, got, err)
		}
	}
}

// A failure of the source is not a truncation, and its error is returned
// unchanged.
func TestSourceFailure(t *testing.T) {
	disk := errors.New("the disk is on fire")
	for _, s := range samples(t) {
		for n := range len(s.data) {
			got, err := read(s.codec, io.MultiReader(bytes.NewReader(s.data[:n]), iotest.ErrReader(disk)))
			if err != disk || !strings.HasPrefix(s.text, got) {
				t.Fatalf("%s, %d bytes: %q, %v", s.name, n, got, err)
			}
		}
	}
}

// Data that has arrived is decompressed before the reader waits for more.
func TestPrompt(t *testing.T) {
	for _, c := range append(written, XZ) {
		t.Run(c.String(), func(t *testing.T) {
			pr, pw := io.Pipe()
			var z interface {
				io.WriteCloser
				Flush() error
			}
			var err error
			if c == XZ {
				z = xzChunks{t, pw}
			} else if z, err = NewWriter(pw, c, WriterOptions{Jobs: 2}); err != nil {
				t.Fatal(err)
			}
			next := make(chan string)
			go func() {
				for doc := range next {
					io.WriteString(z, doc)
					z.Flush()
				}
				z.Close()
				pw.Close()
			}()
			r := NewReader(c, NewSource(pr))
			for i := range 5 {
				doc := long(100 + i*2000)
				next <- doc
				got := make([]byte, len(doc))
				if _, err := io.ReadFull(r, got); err != nil || string(got) != doc {
					t.Fatalf("document %d: %q, %v", i, got, err)
				}
			}
			close(next)
			if rest, err := io.ReadAll(r); len(rest) > 0 || err != nil {
				t.Errorf("at the end: %q, %v", rest, err)
			}
		})
	}
}

// xzChunks writes streams of xz, because the library cannot flush.
type xzChunks struct {
	t *testing.T
	w io.Writer
}

func (z xzChunks) Write(p []byte) (int, error) {
	return z.w.Write(pack(z.t, XZ, string(p), WriterOptions{}))
}
func (xzChunks) Flush() error { return nil }
func (xzChunks) Close() error { return nil }

// A Source does not read after an error, and knows it when the bytes before are read.
func TestSourceEnds(t *testing.T) {
	disk := errors.New("the disk is on fire")
	for _, end := range []error{io.EOF, disk} {
		reads := 0
		s := NewSource(readerFunc(func(p []byte) (int, error) {
			if reads++; reads > 1 {
				return copy(p, "more"), nil
			}
			return copy(p, "text"), end
		}))
		if _, err := s.Peek(1); err != nil || s.ended() || s.Offset() != 0 {
			t.Errorf("at the start: %v, ended: %t, at %d", err, s.ended(), s.Offset())
		}
		got, err := io.ReadAll(s)
		if string(got) != "text" || err != nil && err != disk || s.Offset() != 4 || reads != 1 {
			t.Errorf("read %q, %v, at %d, with %d reads", got, err, s.Offset(), reads)
		}
		if want := end == io.EOF; s.ended() != want || (s.readError() == nil) != want || !want && s.readError() != disk {
			t.Errorf("after %v: ended: %t, %v", end, s.ended(), s.readError())
		}
		if n, err := s.Read(make([]byte, 9)); n != 0 || err != end {
			t.Errorf("then Read = %d, %v, want %v", n, err, end)
		}
	}
}

// A readerFunc is a function that reads.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Close ends a Read of another goroutine that waits for the source.
func TestClose(t *testing.T) {
	seen := 0
	for _, s := range samples(t) {
		pr, pw := io.Pipe()
		r := NewReader(s.codec, NewSource(pr))
		if r.close == nil || len(s.data) < 8 {
			continue
		}
		seen++
		done := make(chan error)
		go func() {
			_, err := io.ReadAll(r)
			done <- err
		}()
		pw.Write(s.data[:len(s.data)-1])
		r.Close()
		select {
		case err := <-done:
			if err != io.ErrClosedPipe {
				t.Errorf("%s: %v, want %v", s.name, err, io.ErrClosedPipe)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: Read still waits", s.name)
		}
		if _, err := r.Read(make([]byte, 1)); err != io.ErrClosedPipe {
			t.Errorf("%s: after that %v, want %v", s.name, err, io.ErrClosedPipe)
		}
		pw.Close()
	}
	if seen == 0 {
		t.Error("no codec has something to free")
	}
}

// Suffixes select a codec, in upper and lower case, and only the last suffix
// counts.
func TestByName(t *testing.T) {
	for _, tc := range []struct {
		name  string
		codec Codec
		stem  string
	}{
		{"users.bson", None, "users.bson"},
		{"users.bson.gz", Gzip, "users.bson"},
		{"users.bson.GZ", Gzip, "users.bson"},
		{"users.bson.gz.zst", Zstd, "users.bson.gz"},
		{"a.b/users.zstd", Zstd, "a.b/users"},
		{"x.s2", S2, "x"},
		{"x.sz", Snappy, "x"},
		{"x.lz4", LZ4, "x"},
		{"x.bz2", Bzip2, "x"},
		{"x.xz", XZ, "x"},
		{".gz", None, ".gz"},
		{"gz", None, "gz"},
		{"", None, ""},
	} {
		c, stem := ByName(tc.name)
		if c != tc.codec || stem != tc.stem {
			t.Errorf("%q: %v and %q, want %v and %q", tc.name, c, stem, tc.codec, tc.stem)
		}
	}
	if got := Stem("users.bson.gz.zst"); got != "users.bson" {
		t.Errorf("stem %q", got)
	}
}
