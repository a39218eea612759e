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
	chunk  int   // bytes of a chunk, of a page of an index and of a block of a file

	chunks [][]byte  // free ones, not held
	pages  [][]entry // free ones, not held
	packed []byte    // scratch for a compressed block with its header
	files  map[*tempFile]struct{}
}

// New returns a Store that holds at most memory bytes: items, indexes and buffers of
// files together. It goes past them for an item that is longer, and for the few
// chunks without which a sorter cannot work. What does not fit is in temporary files
// in the folder dir, or that of the system if dir is empty; no file is made before
// one is needed.
//
// When ctx ends, all methods of sorters soon return its cause.
func New(ctx context.Context, dir string, memory int64) *Store {
	s := &Store{ctx: ctx, dir: dir, disk: systemDisk{}, memory: memory, chunk: minChunk, files: map[*tempFile]struct{}{}}
	for s.chunk < maxChunk && int64(s.chunk)*2*chunkShare <= memory {
		s.chunk *= 2
	}
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
	s.chunks, s.pages, s.packed = nil, nil, nil
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

// hold changes the number of bytes that are held. It leaves free chunks and pages that
// do not fit into the memory any more to the garbage collector.
func (s *Store) hold(n int64) {
	s.held += n
	for len(s.chunks)+len(s.pages) > 0 && s.held+int64(len(s.chunks)+len(s.pages))*int64(s.chunk) > s.memory {
		if len(s.chunks) > len(s.pages) {
			s.chunks = pop(s.chunks)
		} else {
			s.pages = pop(s.pages)
		}
	}
}

// pop removes the last of list, also from its array.
func pop[T any](list [][]T) [][]T {
	list[len(list)-1] = nil
	return list[:len(list)-1]
}

// takeChunk returns an empty chunk. It is held until giveChunk.
func (s *Store) takeChunk() (c []byte) {
	if n := len(s.chunks); n > 0 {
		c = s.chunks[n-1]
		s.chunks = pop(s.chunks)
	} else {
		c = make([]byte, 0, s.chunk)
	}
	s.hold(int64(s.chunk))
	return c
}

func (s *Store) giveChunk(c []byte) {
	s.chunks = append(s.chunks, c[:0])
	s.hold(-int64(s.chunk))
}

// takePage returns an empty page of an index. It is held until givePage.
func (s *Store) takePage() (p []entry) {
	if n := len(s.pages); n > 0 {
		p = s.pages[n-1]
		s.pages = pop(s.pages)
	} else {
		p = make([]entry, 0, s.chunk/entrySize)
	}
	s.hold(int64(s.chunk))
	return p
}

func (s *Store) givePage(p []entry) {
	s.pages = append(s.pages, p[:0])
	s.hold(-int64(s.chunk))
}

// scratch returns the buffer for a compressed block.
func (s *Store) scratch() []byte {
	if s.packed == nil {
		s.packed = make([]byte, blockHeader+s2.MaxEncodedLen(s.chunk))
		s.hold(int64(len(s.packed)))
	}
	return s.packed
}
