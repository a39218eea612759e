package pipeline

import (
	"context"
	"io"
	"sync"
)

const (
	// blockSize is how many bytes are asked for in one read.
	blockSize = 256 << 10
	// headroom is what a block has free before its bytes, so that what was
	// left of the one before can be put there instead of moving the block.
	headroom = 32 << 10
	// readAhead is how many blocks may wait.
	readAhead = 2
	// maxIdle is how many reads in a row may return nothing.
	maxIdle = 100
)

// A block is what one read has brought.
type block struct {
	buf []byte // headroom, then the bytes
	err error  // what the reader said with them, io.EOF included
}

// A Feed reads ahead of the workers of a stream, and takes back unused bytes.
// It is for one goroutine.
type Feed struct {
	blocks chan block
	quit   chan struct{}   // closed by Close
	ctx    context.Context // ends when the run is to stop
	before func() error    // called before waiting; may be nil

	mu   sync.Mutex
	free [][]byte // buffers for blocks, to be used again; no more than were in use at once

	back []byte // taken back: to be read first
	rest []byte // of the last block, for Read
	buf  []byte // the buffer of rest
	err  error  // the reader's, behind rest
	n    int64  // bytes that have come from the reader
}

// NewFeed starts to read r. Who waits for it does so until ctx has ended,
// and calls before first, which may be nil too: what is done
// can be passed on then.
func NewFeed(ctx context.Context, r io.Reader, before func() error) *Feed {
	f := &Feed{
		blocks: make(chan block, readAhead),
		quit:   make(chan struct{}),
		ctx:    ctx,
		before: before,
	}
	go f.read(r)
	return f
}

// read is the goroutine that calls the reader. One that never returns is left
// behind when the Feed is closed.
func (f *Feed) read(r io.Reader) {
	idle := 0
	for {
		buf := f.buffer()
		n, err := r.Read(buf[headroom:])
		if idle++; n > 0 {
			idle = 0
		} else if err == nil && idle < maxIdle {
			f.recycle(buf)
			continue
		} else if err == nil {
			err = io.ErrNoProgress
		}
		select {
		case f.blocks <- block{buf[:headroom+n], err}:
		case <-f.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// buffer returns room for a block.
func (f *Feed) buffer() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.free)
	if n == 0 {
		return make([]byte, headroom+blockSize)
	}
	buf := f.free[n-1]
	f.free = f.free[:n-1]
	return buf[:headroom+blockSize]
}

// recycle takes back a buffer that nobody uses any more.
func (f *Feed) recycle(buf []byte) {
	if cap(buf) != headroom+blockSize {
		return // not from here
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free = append(f.free, buf)
}

// next returns the next block, which is then its receiver's. Where it has to
// wait and done, which may be nil, comes first, there is no block and no
// error.
func (f *Feed) next(done <-chan struct{}) (b block, ok bool, err error) {
	if b, ok := f.returned(); ok {
		return b, true, nil
	}
	if f.err != nil {
		return block{}, false, f.err
	}
	select {
	case b := <-f.blocks:
		return f.received(b), true, nil
	default:
	}
	if done == nil && f.before != nil {
		if err := f.before(); err != nil {
			return block{}, false, err
		}
	}
	select {
	case b := <-f.blocks:
		return f.received(b), true, nil
	case <-done:
		return block{}, false, nil
	case <-f.ctx.Done():
		return block{}, false, context.Cause(f.ctx)
	}
}

// received counts b, which came from the reader.
func (f *Feed) received(b block) block {
	f.err = b.err
	f.n += int64(len(b.buf) - headroom)
	return b
}

// Bytes returns how many bytes have come from the reader.
func (f *Feed) Bytes() int64 { return f.n }

// returned makes a block of what was taken back.
func (f *Feed) returned() (block, bool) {
	src := &f.back
	if len(*src) == 0 {
		src = &f.rest
	}
	if len(*src) == 0 {
		return block{}, false
	}
	buf := f.buffer()
	n := copy(buf[headroom:], *src)
	*src = (*src)[n:]
	return block{buf: buf[:headroom+n]}, true
}

// Read reads from f as io.Reader says.
func (f *Feed) Read(p []byte) (int, error) {
	if len(f.back) > 0 {
		n := copy(p, f.back)
		f.back = f.back[n:]
		return n, nil
	}
	for len(f.rest) == 0 {
		b, ok, err := f.next(nil)
		if !ok {
			return 0, err
		}
		f.recycle(f.buf)
		f.buf, f.rest = b.buf, b.buf[headroom:]
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// Unread takes back data, the bytes that were read last.
func (f *Feed) Unread(data []byte) {
	if len(data) > 0 {
		f.back = append(data[:len(data):len(data)], f.back...)
	}
}

// Close ends the reading ahead.
func (f *Feed) Close() { close(f.quit) }
