// Package pipeline works on the pieces of a stream in parallel and hands over
// the results in the order of the stream.
//
// One goroutine reads (Feed). The caller's goroutine cuts the stream into
// pieces and takes the finished pieces. Workers do the work in between. The
// number of pieces in flight is bounded, so memory does not grow with the
// stream.
//
// A cut is a guess. If a piece is not as expected, take stops the run, and all
// bytes from there on go back to the Feed, to be read in another way.
package pipeline

import (
	"context"
	"io"
	"slices"
)

const (
	// MaxPiece is the number of bytes without a place to cut at which Run ends:
	// reading them as a stream needs less memory. It is more than the largest
	// document that MongoDB stores.
	MaxPiece = 17 << 20
	// keep is the largest buffer, in bytes, that is kept for another piece.
	keep = 4 << 20
)

// A Piece is a part of a stream.
type Piece[T any] struct {
	// Data has the bytes, which are valid until the piece has been taken.
	Data []byte
	// Job is the result of the caller. It is reused for other pieces, and keeps
	// its content.
	Job T

	block []byte        // buffer of the feed that holds Data, nil if own holds it
	own   []byte        // buffer of the piece, which is reused
	done  chan struct{} // has an element when the work is done
	taken bool          // the element of done was received
}

// A Plan is the work on a stream.
type Plan[T any] struct {
	_ struct{} // keyed literals only

	// Cut returns the length of a piece at the start of data, the bytes that
	// have arrived, and prepares job for it; or 0 if it needs more bytes. Then
	// data comes again, longer.
	Cut func(data []byte, job *T) int
	// Work does the work on one piece. Several goroutines call it, each with
	// a number of its own, from 0.
	Work func(worker int, p *Piece[T])
	// Take takes a piece after Work. If it returns false, the run stops, and
	// the bytes from p.Data[used] on are returned to the feed.
	Take func(p *Piece[T]) (used int, more bool)
}

// A Line is a number of workers and their plan.
type Line[T any] struct {
	workers int
	plan    Plan[T]
	todo    chan *Piece[T] // nil: Run calls Work itself
	free    []*Piece[T]

	flight []*Piece[T] // pieces that are cut and not taken, in order
	carry  []byte      // bytes behind the last piece
	tried  bool        // Cut has seen carry and needs more bytes
}

// NewLine returns a Line with the given number of workers, at least one. A
// single worker works in the goroutine that calls Run.
func NewLine[T any](workers int, plan Plan[T]) *Line[T] {
	l := &Line[T]{workers: workers, plan: plan}
	if workers == 1 {
		return l
	}
	l.todo = make(chan *Piece[T], l.limit())
	for i := range workers {
		go func() {
			for p := range l.todo {
				plan.Work(i, p)
				p.done <- struct{}{}
			}
		}()
	}
	return l
}

// Close ends the workers. Run must not be called after it.
func (l *Line[T]) Close() {
	if l.todo != nil {
		close(l.todo)
	}
}

// limit returns the largest number of pieces in flight: enough that no worker
// waits while a finished piece is taken.
func (l *Line[T]) limit() int {
	if l.workers == 1 {
		return 1
	}
	return l.workers + 2
}

const (
	// No piece is cut if maxFlight bytes are in flight…
	maxFlight = 4 << 20
	// …in at least minFlight pieces.
	minFlight = 4
)

// full reports whether no more pieces may be in flight.
func (l *Line[T]) full() bool {
	n := len(l.flight)
	if n < minFlight || n >= l.limit() {
		return n >= l.limit()
	}
	bytes := 0
	for _, p := range l.flight {
		bytes += len(p.Data)
	}
	return bytes >= maxFlight
}

// Run works on the bytes of feed until they end, the feed fails, Take stops it,
// or more than MaxPiece bytes come without a place to cut. Then all bytes that
// were not taken are in feed. An error is one of waiting: the cause of the
// context, or an error of the function that is called before waiting. An error
// of the reader is left to the next read.
func (l *Line[T]) Run(feed *Feed) error {
	for ended := false; ; {
		var err error
		if !ended {
			ended, err = l.fill(feed)
		}
		if err == nil && len(l.flight) > 0 {
			err = l.await(feed)
		}
		if err != nil || len(l.flight) == 0 {
			l.giveBack(feed, 0)
			return err
		}
		p := l.flight[0]
		if used, more := l.plan.Take(p); !more {
			l.giveBack(feed, used)
			return nil
		}
		l.flight = append(l.flight[:0], l.flight[1:]...)
		l.release(feed, p)
	}
}

// fill cuts pieces until enough are in flight, or the first one is done. It
// reports whether nothing is left to cut.
func (l *Line[T]) fill(feed *Feed) (ended bool, err error) {
	for !l.full() {
		var first *Piece[T]
		if len(l.flight) > 0 {
			first = l.flight[0]
			if first.taken {
				return false, nil
			}
		} else if l.cutCarry(); len(l.flight) > 0 {
			continue // a piece of the bytes at hand need not wait for more
		}
		var done <-chan struct{}
		if first != nil {
			done = first.done
		}
		b, ok, err := feed.next(done)
		switch {
		case ok:
			if !l.cutBlock(feed, b.buf) {
				return true, nil
			}
		case err == nil:
			first.taken = true
		case feed.err == io.EOF:
			l.cutCarry()
			return true, nil
		case feed.err != nil: // left to the next read
			return true, nil
		default:
			return true, err
		}
	}
	return false, nil
}

// await waits until the first piece is done.
func (l *Line[T]) await(feed *Feed) error {
	p := l.flight[0]
	if p.taken {
		return nil
	}
	select {
	case <-p.done:
		p.taken = true
		return nil
	case <-feed.ctx.Done():
		return context.Cause(feed.ctx)
	}
}

// cutBlock cuts a piece from carry and the bytes of buf. It returns false if
// carry is over MaxPiece.
func (l *Line[T]) cutBlock(feed *Feed, buf []byte) bool {
	if len(buf) == headroom {
		feed.recycle(buf)
		return true
	}
	l.tried = false
	if len(l.carry) > headroom {
		if n := len(buf) - headroom; cap(l.carry)-len(l.carry) < n { // double it; append would grow by less
			l.carry = slices.Grow(l.carry, max(n, min(len(l.carry), MaxPiece+blockSize-len(l.carry))))
		}
		l.carry = append(l.carry, buf[headroom:]...)
		feed.recycle(buf)
		l.cutCarry()
		return len(l.carry) <= MaxPiece
	}
	data := buf[headroom-len(l.carry):]
	copy(data, l.carry)
	p := l.piece()
	n := l.plan.Cut(data, &p.Job)
	l.carry = append(l.carry[:0], data[n:]...)
	if n == 0 {
		l.tried = true
		feed.recycle(buf)
		l.free = append(l.free, p)
		return true
	}
	p.block, p.Data = buf, data[:n]
	l.start(p)
	return true
}

// cutCarry cuts a piece from carry, if there is one.
func (l *Line[T]) cutCarry() {
	if len(l.carry) == 0 || l.tried {
		return
	}
	p := l.piece()
	n := l.plan.Cut(l.carry, &p.Job)
	if n == 0 {
		l.tried = true
		l.free = append(l.free, p)
		return
	}
	p.own, l.carry = l.carry, append(p.own[:0], l.carry[n:]...)
	p.Data = p.own[:n]
	l.start(p)
}

// piece returns a free or new piece.
func (l *Line[T]) piece() *Piece[T] {
	if n := len(l.free); n > 0 {
		p := l.free[n-1]
		l.free = l.free[:n-1]
		return p
	}
	return &Piece[T]{done: make(chan struct{}, 1)}
}

// start gives p to the workers.
func (l *Line[T]) start(p *Piece[T]) {
	l.flight = append(l.flight, p)
	if l.todo != nil {
		l.todo <- p
		return
	}
	l.plan.Work(0, p)
	p.taken = true
}

// release frees p for reuse.
func (l *Line[T]) release(feed *Feed, p *Piece[T]) {
	feed.recycle(p.block)
	if cap(p.own) > keep {
		p.own = nil
	}
	p.block, p.Data, p.taken = nil, nil, false
	l.free = append(l.free, p)
}

// giveBack returns the bytes in flight, except the first used, and carry to
// feed.
func (l *Line[T]) giveBack(feed *Feed, used int) {
	if cap(l.carry) > keep {
		feed.Unread(l.carry) // the feed keeps the buffer
		l.carry = nil
	}
	var back []byte
	for _, p := range l.flight {
		if !p.taken {
			<-p.done
		}
		back = append(back, p.Data[used:]...)
		used = 0
		l.release(feed, p)
	}
	l.flight = l.flight[:0]
	feed.Unread(append(back, l.carry...))
	l.carry = l.carry[:0]
}
