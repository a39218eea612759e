package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

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
				feed := new(Buffers).NewFeed(t.Context(), r, nil)
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
		feed := new(Buffers).NewFeed(t.Context(), bytes.NewReader(data), nil)
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
		feed := new(Buffers).NewFeed(t.Context(), io.MultiReader(bytes.NewReader([]byte("a\nb\nc")), iotest.ErrReader(disk)), nil)
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
	feed := new(Buffers).NewFeed(t.Context(), io.LimitReader(zeros{}, 100<<20), nil)
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
		feed := new(Buffers).NewFeed(ctx, r, before)
		defer feed.Close()
		if err := l.Run(feed); err != interrupt.ErrInterrupted {
			t.Errorf("%d workers: %v", workers, err)
		}
		if string(feed.back) != "de" {
			t.Errorf("%d workers: %q went back", workers, feed.back)
		}
	}
}

// More pieces than workers are in flight, so that none of them waits.
func TestInFlight(t *testing.T) {
	for workers, want := range map[int]int{1: 1, 2: 4, 3: 5, 8: 10} {
		l := NewLine(workers, Plan[job]{})
		defer l.Close()
		if got := l.limit(); got != want {
			t.Errorf("%d workers: %d pieces, want %d", workers, got, want)
		}
		for n := range want + 1 {
			l.flight = make([]*Piece[job], n)
			for i := range l.flight {
				l.flight[i] = new(Piece[job])
			}
			if got := l.full(); got != (n >= want) {
				t.Errorf("%d workers, %d small pieces: full is %t", workers, n, got)
			}
		}
		// Few large pieces are enough.
		l.flight = []*Piece[job]{{}, {}, {}, {}}
		if workers < 8 {
			continue
		}
		for size, want := range map[int]bool{maxFlight/4 - 1: false, maxFlight / 4: true} {
			for _, p := range l.flight {
				p.Data = make([]byte, size)
			}
			if got := l.full(); got != want {
				t.Errorf("four pieces of %d bytes: full is %t", size, got)
			}
			l.flight = l.flight[:3]
			if l.full() {
				t.Errorf("three pieces of %d bytes: full", size)
			}
			l.flight = l.flight[:4]
		}
	}
}

// A piece of the bytes at hand is cut and taken before the feed waits, also if Cut
// has needed more bytes before.
func TestSmallPieces(t *testing.T) {
	for _, workers := range []int{1, 4} {
		r, w := io.Pipe()
		stopped := errors.New("stopped")
		var got []byte
		plan := upper(func(p *Piece[job]) (int, bool) {
			got = append(got, p.Job.out...)
			return 0, true
		})
		plan.Cut = func(data []byte, _ *job) int { return bytes.IndexByte(data, '\n') + 1 } // one line
		l := NewLine(workers, plan)
		defer l.Close()
		waits := 0
		feed := new(Buffers).NewFeed(t.Context(), r, func() error {
			switch waits++; waits {
			case 1:
				go io.WriteString(w, "a")
			case 2:
				go io.WriteString(w, "\nb\nc\n")
			default:
				return stopped
			}
			return nil
		})
		defer feed.Close()
		if err := l.Run(feed); err != stopped || waits != 3 {
			t.Errorf("%d workers: %v at wait %d, want the error of wait 3", workers, err, waits)
		}
		if string(got) != "A\nB\nC\n" {
			t.Errorf("%d workers: %q", workers, got)
		}
		w.Close()
	}
}

// An error of the function that is called before waiting ends the wait.
func TestBeforeFails(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	full := errors.New("full")
	feed := new(Buffers).NewFeed(t.Context(), r, func() error { return full })
	defer feed.Close()
	if n, err := feed.Read(make([]byte, 9)); n != 0 || err != full {
		t.Errorf("Read = %d, %v, want the error", n, err)
	}
}

// After the end of the context, Read returns its cause, though there are bytes.
func TestReadAfterContext(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	feed := new(Buffers).NewFeed(ctx, io.MultiReader(bytes.NewReader([]byte("a")), bytes.NewReader([]byte("b"))), nil)
	defer feed.Close()
	p := make([]byte, 9)
	if n, err := feed.Read(p); string(p[:n]) != "a" || err != nil {
		t.Fatalf("Read = %q, %v", p[:n], err)
	}
	stop(interrupt.ErrInterrupted)
	if n, err := feed.Read(p); n != 0 || err != interrupt.ErrInterrupted {
		t.Errorf("Read = %d, %v, want the cause", n, err)
	}
	feed.Unread([]byte("back")) // bytes that were read already stay
	if n, err := feed.Read(p); string(p[:n]) != "back" || err != nil {
		t.Errorf("Read = %q, %v", p[:n], err)
	}
}

// An idleReader returns nothing in each read that its index does not give a byte.
type idleReader struct {
	reads int
	bytes map[int]byte // by number of the read, from 1
}

func (r *idleReader) Read(p []byte) (int, error) {
	r.reads++
	if b, ok := r.bytes[r.reads]; ok {
		p[0] = b
		return 1, nil
	}
	return 0, nil
}

// A reader that returns nothing in many reads in a row has failed.
func TestIdle(t *testing.T) {
	r := &idleReader{bytes: map[int]byte{maxIdle: 'a', 2*maxIdle - 1: 'b', 2 * maxIdle: 'c'}}
	feed := new(Buffers).NewFeed(t.Context(), r, nil)
	defer feed.Close()
	got, err := io.ReadAll(feed)
	if string(got) != "abc" || err != io.ErrNoProgress {
		t.Errorf("read %q, %v, want abc and %v", got, err, io.ErrNoProgress)
	}
	if r.reads != 3*maxIdle {
		t.Errorf("%d reads, want %d", r.reads, 3*maxIdle)
	}
	if n := feed.Bytes(); n != 3 {
		t.Errorf("%d bytes, want 3", n)
	}
}

// TestBuffers: feeds one after the other use the same memory, whether they are read to
// their ends or not.
func TestBuffers(t *testing.T) {
	const feeds = 1000
	var b Buffers
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range feeds {
		feed := b.NewFeed(t.Context(), strings.NewReader("text"), nil)
		if i%2 == 0 {
			if got, err := io.ReadAll(feed); string(got) != "text" || err != nil {
				t.Fatalf("%q, %v", got, err)
			}
		}
		feed.Close()
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > feeds*blockSize/4 {
		t.Errorf("%d bytes for each feed", got/feeds)
	}
}

// A gate is a reader that returns a byte when it is opened.
type gate chan struct{}

func (g gate) Read(p []byte) (int, error) {
	<-g
	return copy(p, "x"), nil
}

// TestCloseDuringRead: the buffer of a read that returns after Close is free again.
func TestCloseDuringRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b Buffers
		for i := range 50 {
			g := make(gate)
			feed := b.NewFeed(t.Context(), g, nil)
			synctest.Wait() // for the read
			feed.Close()
			close(g)
			synctest.Wait() // for the end of the goroutine
			if len(b.free) != 1 {
				t.Fatalf("%d free buffers after feed %d, want 1", len(b.free), i+1)
			}
		}
	})
}
