package compress

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// These tests write the parts of xz byte by byte, with checksums that fit, so that
// only the part under test is wrong.

// vli is a number of the format.
func vli(n int) string { return string(binary.AppendUvarint(nil, uint64(n))) }

// fill returns s with NULs up to a multiple of four bytes.
func fill(s string) string { return s + strings.Repeat("\x00", -len(s)&3) }

// summed returns s with its checksum behind it.
func summed(s string) string {
	return string(binary.LittleEndian.AppendUint32([]byte(s), crc32.ChecksumIEEE([]byte(s))))
}

// xzStream returns a stream of one block with the given number of unpacked bytes. flags
// are those of the stream, header is the header of the block between its size and its
// checksum, and sum is the checksum of the block.
func xzStream(flags, header, chunks, sum string, unpacked int) string {
	header = fill("?" + header)
	header = summed(string(rune(len(header)/4)) + header[1:])
	index := summed(fill("\x00" + vli(1) + vli(len(header)+len(chunks)+len(sum)) + vli(unpacked)))
	footer := string(binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1))) + flags
	footerSum := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(footer)))
	return xzMagic + summed(flags) + header + fill(chunks) + sum + index + string(footerSum) + footer + "YZ"
}

// TestXZBlocks reads streams with one wrong part.
func TestXZBlocks(t *testing.T) {
	const (
		none  = "\x00\x00"     // flags of a stream without checksums
		lzma2 = "\x21\x01\x00" // the filter with the smallest dictionary
		abc   = "\x01\x00\x02abc"
	)
	body := abc + "\x00"
	damaged := func(detail string) *Error { return &Error{Codec: XZ, Err: ErrDamaged, Detail: detail} }
	large := strings.Repeat("0123456789abcdef", 1<<12)
	for _, tc := range []struct {
		name string
		data string
		text string
		want *Error // without the offset
	}{
		{"sound", xzStream(none, "\x00"+lzma2, body, "", 3), "abc", nil},
		{"sizes", xzStream(none, "\xc0\x07\x03"+lzma2, body, "", 3), "abc", nil},
		{"one size", xzStream(none, "\x80\x03"+lzma2, body, "", 3), "abc", nil},
		{"a size is one too small", xzStream(none, "\x80\x02"+lzma2, body, "", 3), "abc", damaged("wrong block size")},
		{"a size is one too large", xzStream(none, "\x80\x04"+lzma2, body, "", 3), "abc", damaged("wrong block size")},
		{"a size of nothing", xzStream(none, "\x80\x00"+lzma2, body, "", 3), "abc", damaged("wrong block size")},
		{"the packed size is one too small", xzStream(none, "\x40\x06"+lzma2, body, "", 3), "abc", damaged("wrong block size")},
		{"the packed size is one too large", xzStream(none, "\x40\x08"+lzma2, body, "", 3), "abc", damaged("wrong block size")},
		{"a packed size of nothing", xzStream(none, "\x40\x00"+lzma2, body, "", 3), "abc", damaged("wrong block size")},
		{"padding of a block", xzStream(none, "\x00"+lzma2, abc+"\x00\x01", "", 3), "abc", damaged("wrong block size")},
		{"padding of a header", xzStream(none, "\x00"+lzma2+"\x00\x00\x01", body, "", 3), "", damaged("malformed block header")},
		{"more chunks", xzStream(none, "\x00"+lzma2, abc+"\x02\x00\x00d\x00", "", 4), "abcd", nil},
		{"a second reset", xzStream(none, "\x00"+lzma2, abc+abc+"\x00", "", 6), "abcabc", nil},
		{"the largest chunk", xzStream(none, "\x00"+lzma2, "\x01\xff\xff"+large+"\x00", "", len(large)), large, nil},
		{"the largest dictionary", xzStream(none, "\x00\x21\x01\x1c", body, "", 3), "abc", nil},
		{"a larger dictionary", xzStream(none, "\x00\x21\x01\x1d", body, "", 3), "", &Error{Codec: XZ, Err: ErrMemory, Detail: "the dictionary is larger than 64 MiB"}},
		{"a number of one byte", xzStream(none, "\x00"+lzma2, "\x01\x00\x7e"+large[:127]+"\x00", "", 127), large[:127], nil},
		{"a number of two bytes", xzStream(none, "\x00"+lzma2, "\x01\x00\x7f"+large[:128]+"\x00", "", 128), large[:128], nil},
		{"no chunks", xzStream(none, "\x00"+lzma2, "\x00", "", 0), "", nil},
		{"chunk 3", xzStream(none, "\x00"+lzma2, "\x03\x00\x02abc\x00", "", 3), "", damaged("malformed chunk header")},
		{"chunk 0x7f", xzStream(none, "\x00"+lzma2, "\x7f\x00\x02abc\x00", "", 3), "", damaged("malformed chunk header")},
		{"chunk 0x7f later", xzStream(none, "\x00"+lzma2, abc+"\x7f\x00\x02abc\x00", "", 3), "abc", damaged("malformed chunk header")},
		{"chunk 2 first", xzStream(none, "\x00"+lzma2, "\x02\x00\x02abc\x00", "", 3), "", damaged("the first chunk of a block does not reset the dictionary")},
		{"chunk 0x80 first", xzStream(none, "\x00"+lzma2, "\x80\x00\x02\x00\x02abc\x00", "", 3), "", damaged("the first chunk of a block does not reset the dictionary")},
		{"chunk 0xdf first", xzStream(none, "\x00"+lzma2, "\xdf\x00\x02\x00\x02\x5dabc\x00", "", 3), "", damaged("the first chunk of a block does not reset the dictionary")},
		{"flags of a later version", xzStream("\x01\x00", "\x00"+lzma2, body, "", 3), "", damaged("malformed stream header")},
		{"flags of a later version, above the checksum", xzStream("\x00\x10", "\x00"+lzma2, body, "", 3), "", damaged("malformed stream header")},
		{"an unknown checksum", xzStream("\x00\x02", "\x00"+lzma2, body, "", 3), "", &Error{Codec: XZ, Err: ErrUnsupported, Detail: "unknown kind of checksum"}},
		{"the last unknown checksum", xzStream("\x00\x0f", "\x00"+lzma2, body, "", 3), "", &Error{Codec: XZ, Err: ErrUnsupported, Detail: "unknown kind of checksum"}},
		{"a checksum", xzStream("\x00\x01", "\x00"+lzma2, body, "\xc2\x41\x24\x35", 3), "abc", nil},
		{"a wrong checksum", xzStream("\x00\x01", "\x00"+lzma2, body, "\xc2\x41\x24\x34", 3), "abc", &Error{Codec: XZ, Err: ErrChecksum}},
		{"a packed length in the index", xzStream(none, "\x00"+lzma2, body+"\x00", "", 3), "abc", damaged("index")},
		{"a length in the index", xzStream(none, "\x00"+lzma2, body, "", 4), "abc", damaged("index")},
	} {
		got, err := read(XZ, strings.NewReader(tc.data))
		if got != tc.text {
			t.Errorf("%s: read %.80q, want %.80q", tc.name, got, tc.text)
		}
		if e, ok := errors.AsType[*Error](err); ok && tc.want != nil {
			tc.want.Offset = e.Offset // TestTruncated compares offsets
		}
		diffError(t, tc.name, tc.want, err)
	}
}

// TestXZChunkHeader reads headers of chunks that are not the first of a block.
func TestXZChunkHeader(t *testing.T) {
	type chunk struct {
		Size        int // bytes of the header
		Chunk, Left int64
	}
	for control, want := range map[byte]chunk{
		0x01: {3, 0x0204, 0x0204}, 0x02: {3, 0x0204, 0x0204},
		0x80: {5, 0x0406, 0x0204}, 0x9f: {5, 0x0406, 0x1f0204}, 0xbf: {5, 0x0406, 0x1f0204},
		0xc0: {6, 0x0406, 0x0204}, 0xe1: {6, 0x0406, 0x010204}, 0xff: {6, 0x0406, 0x1f0204},
	} {
		x := xzReader{src: NewSource(strings.NewReader(string([]byte{control, 2, 3, 4, 5, 6, 7, 8})))}
		if err := x.openChunk(); err != nil {
			t.Errorf("%#x: %v", control, err)
		}
		if diff := cmp.Diff(want, chunk{x.header.Len(), x.chunk, x.left}); diff != "" {
			t.Errorf("%#x (-want +got):\n%s", control, diff)
		}
		if want := int64(want.Size) + want.Chunk; x.packed != want || x.src.Offset() != int64(x.header.Len()) {
			t.Errorf("%#x: %d bytes packed, want %d; the source is at %d", control, x.packed, want, x.src.Offset())
		}
	}
}

// TestXZBlockHeader reads headers of blocks.
func TestXZBlockHeader(t *testing.T) {
	type header struct {
		Dict           int64
		OK             bool
		Packed, Length int64
	}
	for in, want := range map[string]header{
		"\x00\x21\x01\x00\x00\x00\x00":                 {4096, true, -1, -1},
		"\x00\x21\x01\x00":                             {4096, true, -1, -1},
		"\x00\x21\x01\x01":                             {6144, true, -1, -1},
		"\x00\x21\x01\x02":                             {8192, true, -1, -1},
		"\x00\x21\x01\x23":                             {3 << 28, true, -1, -1},
		"\x00\x21\x01\x28":                             {1 << 32, true, -1, -1},
		"\x00\x21\x01\x29":                             {0, false, -1, -1},
		"\x00\x21\x01\x00\x00\x01\x00":                 {0, false, -1, -1},
		"\x00\x21\x02\x00\x00":                         {0, false, -1, -1},
		"\x00\x21\x00\x00":                             {0, false, -1, -1},
		"\x00\x21\x01":                                 {0, false, -1, -1},
		"\x00":                                         {0, false, -1, -1},
		"\x00\x20\x01\x00":                             {-1, true, -1, -1},
		"\x01\x21\x01\x00":                             {-1, true, -1, -1},
		"\x02\x21\x01\x00":                             {-1, true, -1, -1},
		"\x40\x90\x01\x21\x01\x00":                     {4096, true, 144, -1},
		"\x80\x90\x01\x21\x01\x00":                     {4096, true, -1, 144},
		"\xc0\x00\x7f\x21\x01\x00":                     {4096, true, 0, 127},
		"\xc0\x80\x00\x7f\x21\x01\x00":                 {0, false, -1, -1}, // a longer form of 0
		"\xc0\x7f\x80\x00\x21\x01\x00":                 {0, false, 127, -1},
		"\x40\x80\x00\x21\x01\x00":                     {0, false, -1, -1},
		"\x44\x01\x21\x01\x00":                         {0, false, 1, -1},
		"\x40\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x21": {0, false, 1<<63 - 1, -1},
		"\xc0\xff\xff":                                 {0, false, -1, -1},
	} {
		var x xzReader
		dict, ok := x.parseBlock([]byte(in))
		if diff := cmp.Diff(want, header{dict, ok, x.wantPacked, x.want}); diff != "" {
			t.Errorf("%x (-want +got):\n%s", in, diff)
		}
	}
}

// TestVLI reads numbers, and the bytes behind them stay.
func TestVLI(t *testing.T) {
	type number struct {
		N    int64
		OK   bool
		Rest string
	}
	for in, want := range map[string]number{
		"\x00":                                  {0, true, ""},
		"\x7f\x80":                              {127, true, "\x80"},
		"\x80\x01x":                             {128, true, "x"},
		"\xac\x02":                              {300, true, ""},
		"\x80\x80\x04":                          {1 << 16, true, ""},
		"\x80\x80\x80\x80\x80\x80\x80\x80\x01":  {1 << 56, true, ""},
		"\xff\xff\xff\xff\xff\xff\xff\xff\x7fx": {1<<63 - 1, true, "x"},
		"\xff\xff\xff\xff\xff\xff\xff\xff\x80\x01": {0, false, "\xff\xff\xff\xff\xff\xff\xff\xff\x80\x01"},
		"\xff\xff": {0, false, "\xff\xff"},
		"":         {0, false, ""},
		"\x80\x00": {0, false, ""},
		"\x81\x00": {1, false, ""},
	} {
		rest := []byte(in)
		n, ok := parseVLI(&rest)
		if diff := cmp.Diff(want, number{n, ok, string(rest)}); diff != "" {
			t.Errorf("%x (-want +got):\n%s", in, diff)
		}
	}
}
