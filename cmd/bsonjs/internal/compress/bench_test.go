package compress

import (
	"bytes"
	"io"
	"testing"
)

func BenchmarkReader(b *testing.B) {
	data := long(4 << 20)
	for _, c := range append(written, XZ) {
		b.Run(c.String(), func(b *testing.B) {
			packed := pack(b, c, data, WriterOptions{Jobs: 1})
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := io.Copy(io.Discard, NewReader(c, NewSource(bytes.NewReader(packed)))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWriter(b *testing.B) {
	data := []byte(long(16 << 20))
	for _, c := range written {
		for _, jobs := range []int{1, 2} {
			b.Run(c.String()+[]string{"", "/1", "/2"}[jobs], func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					z, err := NewWriter(io.Discard, c, WriterOptions{Jobs: jobs})
					if err != nil {
						b.Fatal(err)
					}
					z.Write(data)
					if err := z.Close(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
