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
	// MaxPiece is how many bytes may come without a place to cut at before
	// Run gives up: reading them as a stream needs less memory. It is more
	// than the largest document that MongoDB stores.
	MaxPiece = 17 << 20
	// keep is the largest buffer, in bytes, that is kept for another piece.
	keep = 4 << 20
)

// A Piece is a part of a stream.
type Piece[T any] struct {
	// Data is the bytes, valid until the piece has been taken.
	Data []byte
	// Job is what the caller makes of them. It is used again for another
	// piece, with whatever it holds.
	Job T

	block []byte        // of the feed, holding Data; nil if own does
	own   []byte        // a buffer that stays with the piece
	done  chan struct{} // has an element when the work is done
	taken bool          // it has been received
}

// A Plan is the work on a stream.
type Plan[T any] struct {
	_ struct{} // keyed literals only

	// Cut returns the length of a piece at the start of data, what has arrived
	// so far, and readies the job for it; or 0 if more bytes are needed to
	// tell. Then data comes again, longer.
	Cut func(data []byte, job *T) int
	// Work does the work on one piece. Several goroutines call it, each with
	// a number of its own, from 0.
	Work func(worker int, p *Piece[T])
	// Take takes a piece that was worked on. If it returns false the run
	// stops, and the bytes from p.Data[used] on go back to the feed.
	Take func(p *Piece[T]) (used int, more bool)
}

// A Line is a number of workers and their plan.
type Line[T any] struct {
	workers int
	plan    Plan[T]
	todo    chan *Piece[T] // nil: the goroutine that calls Run does the work
	free    []*Piece[T]

	flight []*Piece[T] // cut and not yet taken, in order
	carry  []byte      // bytes that no piece has yet
	tried  bool        // Cut has seen them as they are
}

// NewLine returns a Line of the given number of workers, at least one. A
// single one works in the goroutine that calls Run.
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

// limit is how many pieces may be in flight: enough that no worker waits while
// a finished piece is taken.
func (l *Line[T]) limit() int {
	if l.workers == 1 {
		return 1
	}
	return l.workers + 2
}

const (
	// maxFlight is how many bytes are in flight when no more pieces are cut…
	maxFlight = 4 << 20
	// …unless there are fewer pieces than minFlight.
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

// Run works on the bytes of feed until they end, the feed fails, Take stops
// it, or more than MaxPiece bytes come without a place to cut at. All bytes
// that were not taken are in feed then, those behind the last cut too. An error is that of the feed's
// waiting: an interrupt, or that of passing on what is done. What its reader
// has failed with is for whoever reads on to meet.
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

// fill cuts pieces until as many as may be are in flight, or the first of
// them is done. It reports whether there is nothing more to cut.
func (l *Line[T]) fill(feed *Feed) (ended bool, err error) {
	for !l.full() {
		var first *Piece[T]
		if len(l.flight) > 0 {
			first = l.flight[0]
			if first.taken {
				return false, nil
			}
		} else if l.cutCarry(); len(l.flight) > 0 {
			continue // what is there does not have to wait for more
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
		case feed.err != nil: // for whoever reads on
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

// cutBlock cuts a piece from what was carried and the bytes of buf. It returns
// false if that has become too much.
func (l *Line[T]) cutBlock(feed *Feed, buf []byte) bool {
	if len(buf) == headroom {
		feed.recycle(buf)
		return true
	}
	l.tried = false
	if len(l.carry) > headroom {
		if n := len(buf) - headroom; cap(l.carry)-len(l.carry) < n { // doubling, where append would do less
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

// cutCarry cuts a piece from what was carried, if there is one.
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

// piece returns a piece to be used.
func (l *Line[T]) piece() *Piece[T] {
	if n := len(l.free); n > 0 {
		p := l.free[n-1]
		l.free = l.free[:n-1]
		return p
	}
	return &Piece[T]{done: make(chan struct{}, 1)}
}

// start has p worked on.
func (l *Line[T]) start(p *Piece[T]) {
	l.flight = append(l.flight, p)
	if l.todo != nil {
		l.todo <- p
		return
	}
	l.plan.Work(0, p)
	p.taken = true
}

// release makes p, which nobody uses any more, free for another piece.
func (l *Line[T]) release(feed *Feed, p *Piece[T]) {
	feed.recycle(p.block)
	if cap(p.own) > keep {
		p.own = nil
	}
	p.block, p.Data, p.taken = nil, nil, false
	l.free = append(l.free, p)
}

// giveBack returns the bytes in flight to feed, but for the first used, and
// those that were carried.
func (l *Line[T]) giveBack(feed *Feed, used int) {
	if cap(l.carry) > keep {
		feed.Unread(l.carry) // which has it then
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
