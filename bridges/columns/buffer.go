package columns

import (
	"encoding/binary"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// This file has the memory of a batch while it grows.
//
//   - plan has the allocator, and guesses how large buffers will be at the end.
//   - buffer holds bytes, bitset bits; bitmap says which rows are null.
//   - marks are the offsets and nulls of a column of texts or binaries.
//
// An allocator may return memory that is not zero.

// A plan has the memory of a batch, and says how much of the batch is done. So buffers get
// their last size early: the many steps to that size cost more than the values.
type plan struct {
	mem   memory.Allocator
	rows  int // in the batch so far
	most  int // rows of a full batch
	size  int // bytes of BSON in the batch so far
	whole int // bytes of BSON after which the batch ends, if it has fewer than most rows; 0: unknown

	before int // bytes of BSON in the batch before; 0: there was none
}

const (
	// plannedRows is the number of rows after which the size of a batch is guessed.
	plannedRows = 16
	// mostGrowth is the largest factor between the size of a buffer and a guess: the
	// values may all be in the first rows.
	mostGrowth = 16
)

// last guesses the size at the end of the batch of a buffer that has size bytes now. It is
// at least size.
func (p *plan) last(size int) int {
	if p.whole == 0 || p.rows < plannedRows {
		return 2 * size
	}
	const margin = 1 + 1./8
	done := max(float64(p.rows)/float64(p.most), float64(p.size)/float64(p.whole), margin/mostGrowth)
	return int(float64(size) / min(1, done) * margin)
}

// again returns how many bytes or rows to make room for at the start of a batch, if the batch
// before had n: a few more, but fewer if the rest of the stream is shorter than that batch.
func (p *plan) again(n int) int {
	if p.whole > 0 && p.whole < p.before {
		n = int(int64(n) * int64(p.whole) / int64(p.before))
	}
	return n + n/8
}

// buffer returns a buffer of n bytes, whose values are unknown.
func (p *plan) buffer(n int) *memory.Buffer {
	b := memory.NewResizableBuffer(p.mem)
	b.Resize(n)
	return b
}

// A buffer grows by appending, and becomes a buffer of Arrow.
type buffer struct {
	bytes []byte         // the appended bytes, with the capacity of owner
	owner *memory.Buffer // of the memory; nil before open
	plan  *plan
}

// leastBuffer is the least capacity of a buffer in bytes: Arrow aligns memory to it.
const leastBuffer = 64

// open prepares b for use.
func (b *buffer) open() {
	if b.owner == nil {
		b.owner = memory.NewResizableBuffer(b.plan.mem)
	}
}

// reserve makes room for n bytes in all.
func (b *buffer) reserve(n int) {
	b.owner.Reserve(n)
	memory := b.owner.Buf()
	b.bytes = memory[:len(b.bytes):len(memory)]
}

// grow makes room for n more bytes.
//
//go:noinline
func (b *buffer) grow(n int) {
	n += len(b.bytes)
	b.reserve(max(leastBuffer, n, b.plan.last(n)))
}

// more appends n bytes, whose values are unknown, and returns them.
func (b *buffer) more(n int) []byte {
	at := len(b.bytes)
	if cap(b.bytes)-at < n {
		b.grow(n)
	}
	b.bytes = b.bytes[:at+n]
	return b.bytes[at:]
}

// free returns the memory after the bytes, as an empty slice.
func (b *buffer) free() []byte { return b.bytes[len(b.bytes):] }

func (b *buffer) append(data []byte) { copy(b.more(len(data)), data) }

func (b *buffer) appendInt32(v int32) { binary.NativeEndian.PutUint32(b.more(4), uint32(v)) }

func (b *buffer) appendInt64(v int64) { binary.NativeEndian.PutUint64(b.more(8), uint64(v)) }

// int32s returns b as integers.
func (b *buffer) int32s() []int32 { return arrow.Int32Traits.CastFromBytes(b.bytes) }

// zeros appends n bytes that are zero.
func (b *buffer) zeros(n int) { clear(b.more(n)) }

// finish returns the buffer and closes b.
func (b *buffer) finish() *memory.Buffer {
	out := b.owner
	out.ResizeNoShrink(len(b.bytes))
	b.bytes, b.owner = nil, nil
	return out
}

// release frees the memory and closes b.
func (b *buffer) release() {
	releaseBuffer(b.owner)
	b.bytes, b.owner = nil, nil
}

func releaseBuffer(b *memory.Buffer) {
	if b != nil {
		b.Release()
	}
}

// A bitset grows by bits, and becomes a buffer of Arrow. All of its bytes beyond the last
// bit are zero, so that only bits that are one are written.
type bitset struct{ buffer }

// room makes room for n bits.
func (b *bitset) room(n int) {
	if n > 8*len(b.bytes) {
		b.widen((n + 7) / 8)
	}
}

//go:noinline
func (b *bitset) widen(size int) {
	have := len(b.bytes)
	b.grow(size - have)
	b.bytes = b.bytes[:cap(b.bytes)]
	clear(b.bytes[have:])
}

// set makes bit i one; there is room for it.
func (b *bitset) set(i int) { b.bytes[i/8] |= 1 << (i % 8) }

// finish returns a buffer of n bits, and closes b.
func (b *bitset) finish(n int) *memory.Buffer {
	b.room(n)
	b.bytes = b.bytes[:(n+7)/8]
	return b.buffer.finish()
}

// A bitmap says which rows are null. It has no memory while none is.
type bitmap struct {
	valid bitset // a bit for each of rows
	rows  int    // up to the last null; all later rows are valid
	nulls int    // rows that are null
}

// null makes rows null: those from a row, which is not before b.rows, to another.
func (b *bitmap) null(from, to int) {
	b.valid.room(to)
	b.extend(from)
	b.rows = to
	b.nulls += to - from
}

// extend makes b.rows at least rows, for which there is room.
func (b *bitmap) extend(rows int) {
	switch n := rows - b.rows; {
	case n <= 0:
		return
	case n == 1: // which is frequent
		b.valid.set(b.rows)
	default:
		bitutil.SetBitsTo(b.valid.bytes, int64(b.rows), int64(n), true)
	}
	b.rows = rows
}

// finish returns the bits of the first rows rows and the number of nulls, or nil if all are
// valid. It closes b.
func (b *bitmap) finish(rows int) (*memory.Buffer, int) {
	if b.nulls == 0 {
		b.valid.release()
		return nil, 0
	}
	nulls := b.nulls
	if b.rows > rows {
		nulls = array.UnknownNullCount
	}
	b.valid.room(rows)
	b.extend(rows)
	b.rows, b.nulls = 0, 0
	return b.valid.finish(rows), nulls
}

// marks say where the texts or binaries of a column end. Most columns of wide documents have
// few values, so that there are marks only for these; finish makes Arrow's offsets.
type marks struct{ list []mark }

type mark struct {
	row int32
	end int32 // in bytes from the start of the column
}

func (m *marks) append(row, end int, p *plan) {
	if len(m.list) == cap(m.list) {
		m.grow(p)
	}
	m.list = append(m.list, mark{int32(row), int32(end)})
}

//go:noinline
func (m *marks) grow(p *plan) {
	const least = leastBuffer / 8
	n := len(m.list)
	m.list = slices.Grow(m.list, max(least, p.last(n+1)-n))
}

// usualRun is the most rows from a value to the next that are written at once.
const usualRun = 8

// finish returns the bits and the offsets of the first rows rows, and the number of nulls.
// The bits are nil if all rows are valid. It empties m.
func (m *marks) finish(rows int, p *plan) (valid, offsets *memory.Buffer, nulls int) {
	list := m.list
	for len(list) > 0 && int(list[len(list)-1].row) >= rows {
		list = list[:len(list)-1] // after a fault
	}
	m.list = m.list[:0]
	offsets = p.buffer(arrow.Int32SizeBytes * (rows + 1))
	starts := arrow.Int32Traits.CastFromBytes(offsets.Bytes())
	if nulls = rows - len(list); nulls == 0 {
		starts[0] = 0
		for i, m := range list {
			starts[i+1] = m.end
		}
		return nil, offsets, 0
	}
	valid = p.buffer((rows + 7) / 8)
	bits := valid.Bytes()
	clear(bits)
	at, end := 0, int32(0)
	for _, m := range list {
		run := starts[at : m.row+1]
		if len(starts)-at >= usualRun {
			// Without a branch that depends on the length of a short run. The next runs
			// overwrite the places after this one.
			*(*[usualRun]int32)(starts[at:]) = [usualRun]int32{end, end, end, end, end, end, end, end}
			run = run[min(len(run), usualRun):]
		}
		for i := range run {
			run[i] = end
		}
		at, end = int(m.row)+1, m.end
		bits[m.row/8] |= 1 << (m.row % 8)
	}
	for i := range starts[at:] {
		starts[at+i] = end
	}
	return valid, offsets, nulls
}
