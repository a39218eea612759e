package compress

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/race"
)

// The compressed bytes are the same for any number of jobs and any sizes of
// writes, and are read back.
func TestJobs(t *testing.T) {
	data := long(4*zstdWindow + 100_000)
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range written {
		for _, level := range []int{0, c.MaxLevel()} {
			if level > 0 && (testing.Short() || race.On) {
				continue // the highest level takes most of the time of this test
			}
			t.Run(fmt.Sprint(c, level), func(t *testing.T) {
				want := pack(t, c, data, WriterOptions{Level: level, Jobs: 1})
				if got, err := read(c, bytes.NewReader(want)); got != data || err != nil {
					t.Errorf("%d bytes come back of %d: %v", len(got), len(data), err)
				}
				for _, jobs := range []int{1, 2, 8} {
					for _, most := range []int{20_000, 900_000} {
						if level > 0 && (jobs != 8 || most != 20_000) {
							continue // slow, and one is enough
						}
						if race.On && (jobs == 1 || jobs == 2 && most > 20_000) {
							continue // want has one job, and small writes share more buffers
						}
						var got bytes.Buffer
						z, err := NewWriter(&got, c, WriterOptions{Level: level, Jobs: jobs})
						if err != nil {
							t.Fatal(err)
						}
						for rest := []byte(data); len(rest) > 0; {
							n := min(1+r.IntN(most), len(rest))
							if k, err := z.Write(rest[:n]); k != n || err != nil {
								t.Fatalf("%d bytes of %d written: %v", k, n, err)
							}
							rest = rest[n:]
						}
						if err := z.Close(); err != nil {
							t.Fatal(err)
						}
						if !bytes.Equal(got.Bytes(), want) {
							t.Errorf("%d jobs, writes of up to %d bytes: %d other bytes, not the same %d",
								jobs, most, got.Len(), len(want))
						}
					}
				}
			})
		}
	}
}

// Without a level, data is compressed.
func TestNoLevel(t *testing.T) {
	data := strings.Repeat("compressed, ", 10_000)
	for _, c := range written {
		if got := pack(t, c, data, WriterOptions{Jobs: 1}); len(got) > len(data)/2 {
			t.Errorf("%v: %d bytes of %d", c, len(got), len(data))
		}
	}
}

// A level has an effect.
func TestLevels(t *testing.T) {
	data := long(600_000)
	for _, c := range written {
		fast := pack(t, c, data, WriterOptions{Level: 1, Jobs: 2})
		best := pack(t, c, data, WriterOptions{Level: c.MaxLevel(), Jobs: 2})
		if len(best) >= len(fast) {
			t.Errorf("%v: %d bytes at level %d, %d at level 1", c, len(best), c.MaxLevel(), len(fast))
		}
	}
}

// A high level of zstd finds a repetition after up to a mebibyte.
func TestLargeWindow(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	part := make([]byte, 600_000)
	for i := range part {
		part[i] = byte(rng.Uint32())
	}
	data := pack(t, Zstd, string(part)+string(part), WriterOptions{Level: Zstd.MaxLevel(), Jobs: 2})
	if most := len(part) + len(part)/10; len(data) > most {
		t.Errorf("%d bytes twice become %d, more than %d", len(part), len(data), most)
	}
}

// After a flush, all data written so far can be read. A flush without new data
// writes nothing.
func TestFlush(t *testing.T) {
	for _, c := range written {
		pr, pw := io.Pipe()
		z, err := NewWriter(pw, c, WriterOptions{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			io.WriteString(z, text)
			for range 3 {
				if err := z.Flush(); err != nil {
					t.Error(err)
				}
			}
			// Read the data so far.
			io.WriteString(z, text)
			z.Close()
			pw.Close()
		}()
		got, err := io.ReadAll(NewReader(c, NewSource(pr)))
		if string(got) != text+text || err != nil {
			t.Errorf("%v: %q, %v", c, got, err)
		}
	}
}

// A fullWriter takes room bytes.
type fullWriter struct{ room int }

var errFull = errors.New("no room")

func (w *fullWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// A failure of the output is returned at the end at the latest, and no
// goroutine waits forever.
func TestWriteFailure(t *testing.T) {
	data := long(3 << 20)
	for _, c := range written {
		for _, room := range []int{0, 5, 200_000} {
			for _, jobs := range []int{1, 4} {
				z, err := NewWriter(&fullWriter{room}, c, WriterOptions{Jobs: jobs})
				for rest := data; len(rest) > 0 && err == nil; rest = rest[min(100_000, len(rest)):] {
					_, err = io.WriteString(z, rest[:min(100_000, len(rest))])
				}
				if err == nil {
					err = z.Close()
				}
				if !errors.Is(err, errFull) {
					t.Errorf("%v, room for %d bytes, %d jobs: %v", c, room, jobs, err)
				}
			}
		}
	}
}

// A Writer that is used again writes the same bytes as a new one, whatever it has written
// before, and for any number of jobs.
func TestReset(t *testing.T) {
	texts := []string{long(100_000), "", "short", long(600_000), "short", long(3)}
	for _, c := range written {
		for _, o := range []WriterOptions{{Jobs: 1}, {Jobs: 3}, {Jobs: 1, Level: min(2, c.MaxLevel())}} {
			var reused *Writer
			for i, text := range texts {
				want := pack(t, c, text, o)
				var got bytes.Buffer
				var err error
				if reused != nil {
					reused.Reset(&got)
				} else if reused, err = NewWriter(&got, c, o); err != nil {
					t.Fatal(err)
				}
				_, err = io.WriteString(reused, text)
				if err := errors.Join(err, reused.Close()); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got.Bytes(), want) {
					t.Errorf("%v, %+v: text %d has %d bytes, not the same %d", c, o, i, got.Len(), len(want))
				}
			}
		}
	}
}
