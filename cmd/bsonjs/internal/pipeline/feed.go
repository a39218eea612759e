package pipeline

import (
	"context"
	"io"
	"sync"
)

const (
	// blockSize is the number of bytes of a read.
	blockSize = 256 << 10
	// headroom is the free space before the bytes of a block. The rest of the
	// block before is copied there, so that the block need not move.
	headroom = 32 << 10
	// readAhead is the number of blocks that may wait.
	readAhead = 2
	// maxIdle is the number of reads in a row that may return no bytes.
	maxIdle = 100
)

// A block is the result of one read.
type block struct {
	buf []byte // headroom, then the bytes
	err error  // error of the reader, also io.EOF
}

// Buffers are the free buffers of feeds: no more than were in use at once. Feeds one after
// the other share them. The zero Buffers have none.
type Buffers struct {
	mu   sync.Mutex
	free [][]byte
}

// A Feed reads ahead of the workers of a stream, and takes back unused bytes.
// It is for one goroutine.
type Feed struct {
	buffers *Buffers
	blocks  chan block
	quit    chan struct{}   // closed by Close
	ctx     context.Context // ends with the run
	before  func() error    // called before waiting; may be nil

	back []byte // bytes that were taken back, to be read first
	rest []byte // of the last block, for Read
	buf  []byte // the buffer of rest
	err  error  // of the reader, after rest
	n    int64  // bytes that have come from the reader
}

// NewFeed starts to read r into buffers of b. A wait for its bytes ends with ctx. Before it
// waits, it calls before, which may be nil: there, results can be passed on.
func (b *Buffers) NewFeed(ctx context.Context, r io.Reader, before func() error) *Feed {
	f := &Feed{
		buffers: b,
		blocks:  make(chan block, readAhead),
		quit:    make(chan struct{}),
		ctx:     ctx,
		before:  before,
	}
	go f.read(r)
	return f
}

// read is the goroutine that calls the reader. If a call never returns, the
// goroutine stays after Close.
func (f *Feed) read(r io.Reader) {
	for idle := 0; !f.closed(); {
		buf := f.buffers.take()
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
			if f.closed() { // Close may have looked for blocks before this one
				f.drain()
			}
		case <-f.quit:
			f.recycle(buf)
			return
		}
		if err != nil {
			return
		}
	}
}

// closed reports whether Close was called.
func (f *Feed) closed() bool {
	select {
	case <-f.quit:
		return true
	default:
		return false
	}
}

// take returns room for a block.
func (b *Buffers) take() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.free)
	if n == 0 {
		return make([]byte, headroom+blockSize)
	}
	buf := b.free[n-1]
	b.free = b.free[:n-1]
	return buf[:headroom+blockSize]
}

// recycle takes back a buffer that is not in use.
func (f *Feed) recycle(buf []byte) {
	if cap(buf) != headroom+blockSize {
		return // not of a feed
	}
	f.buffers.mu.Lock()
	defer f.buffers.mu.Unlock()
	f.buffers.free = append(f.buffers.free, buf)
}

// next returns the next block, which the caller then owns. If it has to wait
// and done, which may be nil, is first, it returns no block and no error.
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

// returned makes a block of bytes that were taken back.
func (f *Feed) returned() (block, bool) {
	src := &f.back
	if len(*src) == 0 {
		src = &f.rest
	}
	if len(*src) == 0 {
		return block{}, false
	}
	buf := f.buffers.take()
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
		if f.ctx.Err() != nil { // a reader may pass over many blocks that are there
			return 0, context.Cause(f.ctx)
		}
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

// Unread takes back data, the last bytes that were read.
func (f *Feed) Unread(data []byte) {
	if len(data) > 0 {
		f.back = append(data[:len(data):len(data)], f.back...)
	}
}

// Close ends the reading ahead. The buffers are free for other feeds, except one that a
// read still waits with.
func (f *Feed) Close() {
	close(f.quit)
	f.recycle(f.buf)
	f.buf, f.rest = nil, nil
	f.drain()
}

// drain recycles the blocks that nobody will take.
func (f *Feed) drain() {
	for {
		select {
		case b := <-f.blocks:
			f.recycle(b.buf)
		default:
			return
		}
	}
}
