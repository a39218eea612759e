package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/interrupt"
)

// lines is a stream of lines. A piece consists of complete lines.
func lines(n int) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		fmt.Fprintf(&b, "%d %s\n", i, bytes.Repeat([]byte{'x'}, r.IntN(200)))
	}
	return b.Bytes()
}

type job struct{ out []byte }

// upper is a plan that passes each line to take, in capitals.
func upper(take func(p *Piece[job]) (int, bool)) Plan[job] {
	return Plan[job]{
		Cut:  func(data []byte, j *job) int { return bytes.LastIndexByte(data, '\n') + 1 },
		Work: func(_ int, p *Piece[job]) { p.Job.out = append(p.Job.out[:0], bytes.ToUpper(p.Data)...) },
		Take: take,
	}
}

// readers return the same bytes in reads of different sizes.
func readers(data []byte) iter.Seq2[string, io.Reader] {
	return func(yield func(string, io.Reader) bool) {
		_ = yield("whole", bytes.NewReader(data)) &&
			yield("halves", iotest.HalfReader(bytes.NewReader(data))) &&
			yield("with the end", iotest.DataErrReader(bytes.NewReader(data))) &&
			yield("small", small{bytes.NewReader(data)})
	}
}

// small returns a few hundred bytes in a read, and sometimes none.
type small struct{ r *bytes.Reader }

func (s small) Read(p []byte) (int, error) {
	n := rand.IntN(400)
	if n == 0 {
		return 0, nil
	}
	return s.r.Read(p[:min(n, len(p))])
}

func TestOrder(t *testing.T) {
	data := lines(20_000)
	for _, workers := range []int{1, 2, 3, 8} {
		for name, r := range readers(data) {
			t.Run(fmt.Sprint(workers, name), func(t *testing.T) {
				var got []byte
				l := NewLine(workers, upper(func(p *Piece[job]) (int, bool) {
					got = append(got, p.Job.out...)
					return 0, true
				}))
				defer l.Close()
				feed := NewFeed(t.Context(), r, nil)
				defer feed.Close()
				if err := l.Run(feed); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, bytes.ToUpper(data)) {
					t.Errorf("%d bytes, not the %d expected", len(got), len(data))
				}
				if n, err := feed.Read(make([]byte, 1)); n != 0 || err != io.EOF {
					t.Errorf("then Read = %d, %v", n, err)
				}
			})
		}
	}
}

// If Take stops a run, all bytes behind the place are returned to the feed, and
// another run can continue from there.
func TestStop(t *testing.T) {
	data := lines(50_000)
	for _, workers := range []int{1, 2, 4} {
		var got []byte
		pieces := 0
		l := NewLine(workers, upper(func(p *Piece[job]) (int, bool) {
			if pieces++; pieces%3 == 0 {
				used := len(p.Data) / 2
				got = append(got, p.Job.out[:used]...)
				return used, false
			}
			got = append(got, p.Job.out...)
			return 0, true
		}))
		defer l.Close()
		feed := NewFeed(t.Context(), bytes.NewReader(data), nil)
		defer feed.Close()
		for {
			if err := l.Run(feed); err != nil {
				t.Fatal(err)
			}
			some := make([]byte, 1000)
			n, err := io.ReadFull(feed, some)
			got = append(got, bytes.ToUpper(some[:n/2])...)
			feed.Unread(some[n/2 : n])
			if err != nil && n == 0 {
				break
			}
		}
		if !bytes.Equal(got, bytes.ToUpper(data)) {
			t.Errorf("%d workers: %d bytes, not the %d expected", workers, len(got), len(data))
		}
	}
}

// Bytes before a failure of the reader are cut and processed. The rest can be
// read, and then the error.
func TestReadError(t *testing.T) {
	disk := errors.New("disk")
	for _, workers := range []int{1, 4} {
		var got []byte
		l := NewLine(workers, upper(func(p *Piece[job]) (int, bool) {
			got = append(got, p.Job.out...)
			return 0, true
		}))
		defer l.Close()
		feed := NewFeed(t.Context(), io.MultiReader(bytes.NewReader([]byte("a\nb\nc")), iotest.ErrReader(disk)), nil)
		defer feed.Close()
		if err := l.Run(feed); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(feed)
		if string(got) != "A\nB\n" || string(rest) != "c" || err != disk {
			t.Errorf("%d workers: %q, then %q and %v", workers, got, rest, err)
		}
	}
}

// If there is no place to cut, the bytes are returned to the feed before they
// fill the memory.
func TestUncut(t *testing.T) {
	l := NewLine(2, Plan[job]{Cut: func([]byte, *job) int { return 0 }})
	defer l.Close()
	feed := NewFeed(t.Context(), io.LimitReader(zeros{}, 100<<20), nil)
	defer feed.Close()
	if err := l.Run(feed); err != nil {
		t.Fatal(err)
	}
	if n := len(feed.back); n < MaxPiece || n > MaxPiece+2*blockSize {
		t.Errorf("%d bytes went back", n)
	}
	if n, err := io.Copy(io.Discard, feed); n != 100<<20 || err != nil {
		t.Errorf("%d bytes to read, %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Before the feed waits, all results were taken and before was called. The wait
// ends with the context.
func TestWaiting(t *testing.T) {
	for _, workers := range []int{1, 4} {
		r, w := io.Pipe()
		ctx, stop := context.WithCancelCause(t.Context())
		var got []byte
		l := NewLine(workers, upper(func(p *Piece[job]) (int, bool) {
			got = append(got, p.Job.out...)
			return 0, true
		}))
		defer l.Close()
		steps := []string{"", "A\n", "A\nB\nC\n", "A\nB\nC\n"}
		before := func() error {
			if string(got) != steps[0] {
				t.Errorf("%d workers: %q before waiting, want %q", workers, got, steps[0])
			}
			steps = steps[1:]
			switch len(steps) {
			case 3:
				go io.WriteString(w, "a\n")
			case 2:
				go io.WriteString(w, "b\nc\nd")
			case 1:
				go io.WriteString(w, "e")
			case 0:
				stop(interrupt.ErrInterrupted)
			}
			return nil
		}
		feed := NewFeed(ctx, r, before)
		defer feed.Close()
		if err := l.Run(feed); err != interrupt.ErrInterrupted {
			t.Errorf("%d workers: %v", workers, err)
		}
		if string(feed.back) != "de" {
			t.Errorf("%d workers: %q went back", workers, feed.back)
		}
	}
}
