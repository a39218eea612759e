package file

import (
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/compress"
)

// passOn is the longest time that bytes stay in a compressor while a reader may
// wait for them. A regular file is read when it is complete, so its compressor
// is never flushed, and its bytes are always the same.
const passOn = 100 * time.Millisecond

// A compressed is the compressor of a Writer.
type compressed struct {
	codec compress.Codec
	hurry bool // a reader may be waiting
	n     atomic.Int64

	mu    sync.Mutex       // of the fields below; held during calls of the compressor
	z     *compress.Writer // nil: it was closed
	spare *compress.Writer // it, after it was closed without an error; nil: it was not
	timer *time.Timer      // calls flush; nil: not set
	over  bool             // no more flushes
	err   error            // of flushing
}

// compress sets up the compressor of f with the options o. spare is the spare one of
// another Writer with these options, or nil.
func (f *Writer) compress(o Output, spare *compress.Writer) (err error) {
	c := &compressed{codec: o.Codec, hurry: !f.isFile(), z: spare}
	w := writerFunc(func(p []byte) (int, error) {
		n, err := f.writeRaw(p)
		c.n.Add(int64(n))
		return n, err
	})
	if spare != nil {
		spare.Reset(w)
	} else if c.z, err = compress.NewWriter(w, o.Codec, o.WriterOptions); err != nil {
		return err
	}
	f.z = c
	return nil
}

// isFile reports whether f is a regular file.
func (f *Writer) isFile() bool {
	if f.aside != nil {
		return true
	}
	file, ok := f.w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// Codec returns the compression of f.
func (f *Writer) Codec() compress.Codec {
	if f.z == nil {
		return compress.None
	}
	return f.z.codec
}

// Compressed returns the number of compressed bytes written so far, 0 if the
// output is not compressed.
func (f *Writer) Compressed() int64 {
	if f.z == nil {
		return 0
	}
	return f.z.n.Load()
}

// Write compresses p. An error may be of an earlier call.
func (c *compressed) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.z.Write(p)
	if c.hurry && c.timer == nil && n > 0 && err == nil {
		c.timer = time.AfterFunc(passOn, c.flush)
	}
	return n, err
}

func (c *compressed) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timer = nil
	if !c.over && c.err == nil {
		c.err = c.z.Flush()
	}
}

// finish ends the compressed data, unless Write has returned an error.
func (f *Writer) finish() error {
	c := f.z
	if c == nil {
		return nil
	}
	c.abandon()
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.err != nil || c.z == nil {
		return nil
	}
	if f.err = c.err; f.err == nil {
		if f.err = c.z.Close(); f.err == nil {
			c.spare = c.z
		}
	}
	c.z = nil
	return f.err
}

// abandon prevents further flushes.
func (c *compressed) abandon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.timer != nil {
		c.timer.Stop()
	}
}

// A writerFunc is a function that writes.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
