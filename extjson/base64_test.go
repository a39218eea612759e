package extjson

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/internal/race"
)

func TestBase64(t *testing.T) {
	for _, tc := range []struct {
		name, data, text string
	}{
		{"empty", "", ""},
		{"one byte", "\x00", "AA=="},
		{"two", "\xff\xfe", "//4="},
		{"three", "abc", "YWJj"},
		{"last letters", "\xfb\xef\xbe\xff\xff\xff", "++++////"},
		{"seven", "\x00\x10\x83\x10\x51\x87\x20", "ABCDEFGHIA=="},
		{"eight", "bsonjson", "YnNvbmpzb24="},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff("x"+tc.text, string(appendBase64([]byte("x"), []byte(tc.data)))); diff != "" {
				t.Errorf("appendBase64 (-want +got):\n%s", diff)
			}
			got, ok := appendBase64Decoded([]byte("x"), []byte(tc.text))
			if diff := cmp.Diff("x"+tc.data, string(got)); diff != "" || !ok {
				t.Errorf("appendBase64Decoded: %v (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func TestBase64Refused(t *testing.T) {
	for _, text := range []string{
		"A", "AA", "AAA", "AAAAA", "A=", "=", "==", "===", "====", "A===", "AA=A", "=AAA", "A=AA",
		"AA==AAAA", "AAA=AAAA", "AAAAAA==AAAAAAAA", // padding inside
		"AB==", "A/==", "AAB=", "AAD=", "AAAAAAB=", // bits that belong to no byte
		"AAA\n", "AAAA\n", "AAAA\r\n", "AAAA\nAAA", "AA==\n\n\n\n", "\nAAA", "AAAA    ",
		"AA-_", "A A=", "AAA\x00", "AAA\xff", "AAA=\x00\x00\x00\x00", "é===",
	} {
		dst := []byte("old")
		if got, ok := appendBase64Decoded(dst, []byte(text)); ok || string(got) != "old" {
			t.Errorf("%q: got %q, %v, want false", text, got, ok)
		}
	}
}

func checkBase64(t *testing.T, data []byte) {
	text := base64.StdEncoding.EncodeToString(data)
	if got := appendBase64([]byte("x"), data); string(got) != "x"+text {
		t.Fatalf("appendBase64(%x) = %q, want %q", data, got[1:], text)
	}
	got, ok := appendBase64Decoded([]byte("x"), []byte(text))
	if !ok || !bytes.Equal(got[1:], data) {
		t.Fatalf("appendBase64Decoded(%q) = %x, %v, want %x", text, got[1:], ok, data)
	}
}

func checkBase64Text(t *testing.T, text []byte) {
	want, err := base64.StdEncoding.Strict().DecodeString(string(text))
	// Package encoding/base64 skips line breaks.
	wantOK := err == nil && !bytes.ContainsAny(text, "\r\n")
	got, ok := appendBase64Decoded(nil, text)
	if ok != wantOK || ok && !bytes.Equal(got, want) {
		t.Fatalf("appendBase64Decoded(%q) = %x, %v; package base64: %x, %v", text, got, ok, want, err)
	}
	if ok && !bytes.Equal(appendBase64(nil, got), text) {
		t.Fatalf("%q decodes to %x, but the encoding of %[2]x is another text", text, got)
	}
}

func TestBase64Random(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for size := range 100 {
		for range 50 / race.Slowdown {
			data := make([]byte, size)
			for i := range data {
				data[i] = byte(r.Uint32())
			}
			checkBase64(t, data)
			text := appendBase64(nil, data)
			for i := range text { // change every character once
				c := text[i]
				text[i] = "AQgw/=\n\xff"[r.IntN(8)]
				checkBase64Text(t, text)
				text[i] = c
			}
		}
	}
	// Every byte at every place of the last groups.
	for i := range 8 {
		for c := range 256 {
			text := []byte("AAAAAA==")
			text[i] = byte(c)
			checkBase64Text(t, text)
			checkBase64Text(t, append([]byte("AAAAAAAA"), text...))
			checkBase64Text(t, append(text, "AAA="...))
		}
	}
}

func FuzzBase64(f *testing.F) {
	for _, text := range []string{"", "AA==", "AAA=", "AB==", "YnNvbmpzb24=", "AAAA\n", "++++////", "===="} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkBase64(t, data)
		checkBase64Text(t, data)
	})
}

func BenchmarkAppendBase64(b *testing.B) {
	for _, size := range []int{4, 16, 100, 10_000} {
		data := bytes.Repeat([]byte{0x9a}, size)
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				sinkBytes = appendBase64(sinkBytes[:0], data)
			}
		})
		b.Run(strconv.Itoa(size)+"/base64", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				sinkBytes = base64.StdEncoding.AppendEncode(sinkBytes[:0], data)
			}
		})
	}
}

func BenchmarkAppendBase64Decoded(b *testing.B) {
	strict := base64.StdEncoding.Strict()
	for _, size := range []int{4, 16, 100, 10_000} {
		text := appendBase64(nil, bytes.Repeat([]byte{0x9a}, size))
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				sinkBytes, _ = appendBase64Decoded(sinkBytes[:0], text)
			}
		})
		b.Run(strconv.Itoa(size)+"/base64", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				sinkBytes, _ = strict.AppendDecode(sinkBytes[:0], text)
			}
		})
	}
}
