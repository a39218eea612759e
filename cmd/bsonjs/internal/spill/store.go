// Package spill holds items of bytes for a run, in memory and in temporary files,
// and gives them back in order.
//
//	s := spill.New(ctx, "", 256<<20)
//	defer s.Close()
//	sorter := s.NewSorter(spill.SortOptions{Most: 10})
//	sorter.Add(key, item) // for each item
//	sorted, err := sorter.Sort()
//	for sorted.Next() {
//		use(sorted.Item())
//	}
//	err = sorted.Err()
//
// A Sorter whose keys are all empty is a log: its items come back in the order in
// which they were added. It costs no more than one.
package spill

// This file has the memory of a Store. The other files:
//
//   - sorter.go: Sorter, which fills a buffer, and writes it as a run when it is full.
//   - buffer.go: items in memory, with an index.
//   - run.go: items in a temporary file, in order, compressed.
//   - merge.go: buffers and runs as one sequence in order.
//   - sorted.go: Sorted, the sequence that a Sorter gives back.
//   - disk.go: system calls for temporary files, and their errors.

import (
	"context"

	"github.com/klauspost/compress/s2"
)

// The size of a chunk, in bytes, is a power of two that is at most the part of the
// memory that chunkShare says.
const (
	minChunk   = 1 << 10
	maxChunk   = 256 << 10
	chunkShare = 256
)

// A Store has the memory and the temporary files of the sorters of a run. A Store
// and its sorters are for one goroutine at a time.
type Store struct {
	ctx  context.Context
	dir  string // of the temporary files
	disk disk

	memory int64 // bytes that may be held
	held   int64 // bytes that are held
	kept   int64 // bytes of free buffers
	chunk  int   // bytes of a chunk, of a page of an index and of a block of a file

	chunks pool[byte]  // also blocks of a file
	pages  pool[entry] // of indexes
	packed pool[byte]  // blocks of a file, compressed, with their headers
	files  map[*tempFile]struct{}
}

// New returns a Store that holds at most memory bytes: items, indexes and buffers of
// files together. It goes past them for an item that is longer, and for the few
// chunks without which a sorter cannot work. What does not fit is in temporary files
// in the folder dir, or that of the system if dir is empty; no file is made before
// one is needed.
//
// The buffers are reused and have no pointers, so collecting garbage is cheap. But the
// collector waits until the garbage of the whole program is as large as the buffers. A
// program that must stay near its memory sets a limit of some 48 MiB more, as with
// debug.SetMemoryLimit(memory + 48<<20).
//
// When ctx ends, all methods of sorters soon return its cause.
func New(ctx context.Context, dir string, memory int64) *Store {
	s := &Store{ctx: ctx, dir: dir, disk: systemDisk{}, memory: memory, chunk: minChunk, files: map[*tempFile]struct{}{}}
	for s.chunk < maxChunk && int64(s.chunk)*2*chunkShare <= memory {
		s.chunk *= 2
	}
	most := blockHeader + s2.MaxEncodedLen(s.chunk)
	s.chunks = pool[byte]{s: s, size: s.chunk, bytes: int64(s.chunk)}
	s.pages = pool[entry]{s: s, size: s.chunk / entrySize, bytes: int64(s.chunk)}
	s.packed = pool[byte]{s: s, size: most, bytes: int64(most)}
	return s
}

// Close removes the temporary files and frees the memory. Sorters of s must not be
// used afterwards.
func (s *Store) Close() error {
	var first error
	for f := range s.files {
		if err := f.remove(); err != nil && first == nil {
			first = err
		}
	}
	for s.packed.pop() || s.pages.pop() || s.chunks.pop() {
	}
	return first
}

// stopped returns the cause of the end of the context, if it has ended.
func (s *Store) stopped() error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	return nil
}

// grants reports whether the owner of holds bytes may take n more. It may have three
// quarters of the memory that others do not hold. So one sorter alone leaves enough
// to merge its runs, and a sorter that is filled from another one always gets a part.
func (s *Store) grants(holds, n int64) bool {
	others := s.held - holds
	return holds+n <= (s.memory-others)/4*3
}

// free returns the bytes that nobody holds, at least 0.
func (s *Store) free() int64 { return max(s.memory-s.held, 0) }

// hold changes the number of bytes that are held. It leaves free buffers that do not fit
// into the memory any more to the garbage collector.
func (s *Store) hold(n int64) {
	s.held += n
	for s.held+s.kept > s.memory && (s.packed.pop() || s.pages.pop() || s.chunks.pop()) {
	}
}

// A pool has free buffers of one size.
type pool[T any] struct {
	s     *Store
	free  [][]T
	size  int   // elements of a buffer
	bytes int64 // of a buffer
}

// take returns an empty buffer. It is held until give.
func (p *pool[T]) take() (buffer []T) {
	if n := len(p.free); n > 0 {
		buffer = p.free[n-1]
		p.pop()
	} else {
		buffer = make([]T, 0, p.size)
	}
	p.s.hold(p.bytes)
	return buffer
}

// give takes back a buffer.
func (p *pool[T]) give(buffer []T) {
	p.free = append(p.free, buffer[:0])
	p.s.kept += p.bytes
	p.s.hold(-p.bytes)
}

// pop removes a free buffer, and reports whether there was one.
func (p *pool[T]) pop() bool {
	last := len(p.free) - 1
	if last < 0 {
		return false
	}
	p.free[last] = nil
	p.free = p.free[:last]
	p.s.kept -= p.bytes
	return true
}
