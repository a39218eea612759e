package files

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	flatbuffers "github.com/google/flatbuffers/go"
)

// This file limits the memory for files with false lengths. arrow-go allocates as much as a
// schema or a compressed buffer claims.
//
//   - checkStream and checkFile count the columns of a schema before arrow-go reads it.
//     checkStream compares the length of the body too: for a schema arrow-go has no limit.
//   - checkChunks checks the places of the columns of Parquet: arrow-go reads those of nested
//     columns in goroutines, whose panics nobody can recover.
//   - capped is an allocator with a largest allocation.

// An allocation may have leastCap bytes, or capRatio bytes for each byte of the file if that
// is more.
const (
	leastCap = 256 << 20
	capRatio = 64
)

// capped panics for allocations that a file of its size hardly needs. guard makes an error
// of it.
type capped struct {
	memory.Allocator
	most int // bytes
}

func newCapped(size int64) *capped {
	return &capped{memory.NewGoAllocator(), int(min(max(leastCap, capRatio*size), 1<<(32<<(^uint(0)>>63)-2)))}
}

func (c *capped) check(size int) {
	if size > c.most {
		panic(fmt.Sprintf("%d bytes for one buffer", size))
	}
}

func (c *capped) Allocate(size int) []byte {
	c.check(size)
	return c.Allocator.Allocate(size)
}

func (c *capped) Reallocate(size int, b []byte) []byte {
	c.check(size)
	return c.Allocator.Reallocate(size, b)
}

// Slots of tables in the flatbuffers of Arrow: Message.fbs, File.fbs, Schema.fbs.
const (
	messageHeader  = 2
	messageBody    = 3
	footerSchema   = 1
	schemaFields   = 1
	schemaMetadata = 2
	fieldChildren  = 5
	fieldMetadata  = 6
)

var (
	errSchema = errors.New("the schema claims more columns than its bytes can hold")
	errBody   = errors.New("the schema claims a body that is larger than the file")
	errShort  = errors.New("the file is too short for its schema")
	errChunk  = errors.New("a column is not within the file")
)

// checkChunks checks that all columns of all row groups lie within a file of size bytes.
func checkChunks(in *file.Reader, size int64) error {
	for i := range in.NumRowGroups() {
		group := in.MetaData().RowGroup(i)
		for j := range group.NumColumns() {
			chunk, err := group.ColumnChunk(j)
			if err != nil {
				return err
			}
			at, length := chunk.DataPageOffset(), chunk.TotalCompressedSize()
			if chunk.HasDictionaryPage() && chunk.DictionaryPageOffset() > 0 {
				at = min(at, chunk.DictionaryPageOffset())
			}
			if at < 0 || length < 0 || at > size || length > size-at {
				return errChunk
			}
		}
	}
	return nil
}

// checkStream checks the schema at the start of a stream.
func checkStream(r io.ReaderAt, size int64) error {
	var head [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return errShort
	}
	at, length := int64(8), binary.LittleEndian.Uint32(head[4:])
	if first := binary.LittleEndian.Uint32(head[:]); first != 1<<32-1 { // before version 0.15
		at, length = 4, first
	}
	return checkTable(r, at, int64(length), size, func(message flatbuffers.Table) (schema flatbuffers.Table, err error) {
		if o := slot(message, messageBody); o != 0 && uint64(message.GetInt64(o+message.Pos)) > uint64(size) {
			return schema, errBody
		}
		if o := slot(message, messageHeader); o != 0 {
			message.Union(&schema, o)
		}
		return schema, nil
	})
}

// checkFile checks the schema in the footer of a file.
func checkFile(r io.ReaderAt, size int64) error {
	var tail [10]byte // length and magic
	if _, err := r.ReadAt(tail[:], max(0, size-10)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	return checkTable(r, size-10-length, length, size, func(footer flatbuffers.Table) (schema flatbuffers.Table, err error) {
		if o := slot(footer, footerSchema); o != 0 {
			schema = flatbuffers.Table{Bytes: footer.Bytes, Pos: footer.Indirect(o + footer.Pos)}
		}
		return schema, nil
	})
}

// checkTable checks the schema in the length bytes at the offset at of a file.
func checkTable(r io.ReaderAt, at, length, size int64, schemaOf func(flatbuffers.Table) (flatbuffers.Table, error)) error {
	if at < 0 || length < 4 || length > size-at {
		return errShort
	}
	buf := make([]byte, length)
	if _, err := r.ReadAt(buf, at); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	_, err := guard(func() (none struct{}, err error) {
		schema, err := schemaOf(flatbuffers.Table{Bytes: buf, Pos: flatbuffers.GetUOffsetT(buf)})
		c := claims{left: len(buf) / 8} // a field has at least two offsets
		if err == nil && schema.Bytes != nil && (!c.vector(schema, schemaMetadata, nil) || !c.vector(schema, schemaFields, c.field)) {
			err = errSchema
		}
		return none, err
	})
	return err
}

func slot(t flatbuffers.Table, number int) flatbuffers.UOffsetT {
	return flatbuffers.UOffsetT(t.Offset(flatbuffers.VOffsetT(4 + 2*number)))
}

// claims counts the fields of a schema. Several places may refer to the same bytes, so their
// number is limited too.
type claims struct{ left int }

func (c *claims) field(f flatbuffers.Table) bool {
	c.left--
	return c.left >= 0 && c.vector(f, fieldMetadata, nil) && c.vector(f, fieldChildren, c.field)
}

// vector reports whether a vector of offsets lies in the bytes, and each of its tables is
// good.
func (c *claims) vector(t flatbuffers.Table, number int, good func(flatbuffers.Table) bool) bool {
	o := slot(t, number)
	if o == 0 {
		return true
	}
	n, start := t.VectorLen(o), t.Vector(o)
	if n < 0 || n > (len(t.Bytes)-int(start))/4 {
		return false
	}
	for i := 0; good != nil && i < n; i++ {
		if !good(flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(start + 4*flatbuffers.UOffsetT(i))}) {
			return false
		}
	}
	return true
}
