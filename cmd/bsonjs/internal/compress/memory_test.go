//go:build !race

package compress

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// These tests measure allocations. The race detector allocates more.

// allocated returns the number of bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A stream that asks for too much memory is rejected before the memory is
// allocated.
func TestBounds(t *testing.T) {
	var window bytes.Buffer
	z, err := zstd.NewWriter(&window, zstd.WithWindowSize(2*MaxWindow), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(z, text)
	z.Flush()
	// A single segment is its own window.
	segment := unhex("28b52ffde0" + "0000000010000000" + "010000")
	dictionary := unhex("fd377a585a000004e6d6b446020021011e0000009b075166e0003200245d003d8888223728a4188e8f")
	for _, tc := range []struct {
		name string
		data []byte
		want *Error
	}{
		{"zstd window", window.Bytes(), &Error{Codec: Zstd, Err: ErrMemory, Detail: "the window is larger than 128 MiB"}},
		{"zstd segment", segment, &Error{Codec: Zstd, Err: ErrMemory, Detail: "the window is larger than 128 MiB"}},
		{"xz dictionary", dictionary, &Error{Codec: XZ, Err: ErrMemory, Detail: "the dictionary is larger than 64 MiB"}},
		{"xz filter", unhex("fd377a585a000004e6d6b44602010400210116000d86351fe0"),
			&Error{Codec: XZ, Err: ErrUnsupported, Detail: "unsupported filter: only LZMA2 is supported"}},
		{"zstd dictionary", unhex("28b52ffd" + "2111" + "3301000000"), &Error{Codec: Zstd, Err: ErrUnsupported, Detail: "it needs a dictionary"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var err error
			size := allocated(func() { _, err = read(tc.want.Codec, bytes.NewReader(tc.data)) })
			if size > 4<<20 {
				t.Errorf("%d bytes allocated", size)
			}
			if e, ok := errors.AsType[*Error](err); ok {
				tc.want.Offset = e.Offset // anywhere in the header
			}
			diffError(t, "", tc.want, err)
		})
	}
}

// A stream within the limits gets the memory that it asks for, and no more for
// many frames or blocks.
func TestMemory(t *testing.T) {
	header := "28b52ffd" + "00" + "88" // a window of 128 MiB…
	frame := header + "090000" + "78"  // …for one byte
	xzBlocks := pack(t, XZ, long(1<<20), WriterOptions{})
	for _, tc := range []struct {
		name string
		c    Codec
		data []byte
		most uint64
	}{
		{"zstd", Zstd, unhex(strings.Repeat(frame, 100)), MaxWindow + MaxWindow/4},
		{"xz", XZ, bytes.Repeat(xzBlocks, 20), 64 << 20}, // with the garbage of its decoder; the dictionaries would need 220 MiB
		{"gzip", Gzip, bytes.Repeat(made[0].data, 10_000), 4 << 20},
		{"s2", S2, bytes.Repeat(pack(t, S2, text, WriterOptions{}), 10_000), 4 << 20},
		{"lz4", LZ4, bytes.Repeat(pack(t, LZ4, text, WriterOptions{}), 10_000), 32 << 20},
	} {
		t.Run(tc.name, func(t *testing.T) {
			size := allocated(func() {
				n, err := io.Copy(io.Discard, NewReader(tc.c, NewSource(bytes.NewReader(tc.data))))
				if err != nil || n == 0 {
					t.Errorf("%d bytes, %v", n, err)
				}
			})
			if size > tc.most {
				t.Errorf("%d bytes allocated", size)
			}
		})
	}
}
