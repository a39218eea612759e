package columns

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file walks through a document and appends its values to columns.
//
//   - fields and value walk with the cursor. They call each other through document, array
//     and pairs.
//   - value appends a value whose type is that of the column, or JSON of any type. other
//     (other.go) decides about all other values.
//   - A fault is recorded in the cursor, which ends all loops; add returns it.
//
// A missing field costs nothing: its column gets the nulls of all missing rows with its next
// value, or at the end of the batch.

// An appender appends documents to the columns of a batch.
type appender struct {
	options  *Options
	root     *sink
	texts    *extjson.Appender
	c        *bsoncore.Cursor // of texts
	document int64            // documents appended so far
	offset   int64            // of the current document in the stream, in bytes
	fault    *ValueError
	text     []byte // a value as text
	// keys has the places of the columns of the open documents, in the order of the keys.
	keys []int32
	plan plan
	size int // of the batch in bytes, without texts and binaries of the documents
	most int // limit of size
}

// build makes the columns. The error is a *ColumnError.
func (a *appender) build(root *column) (err error) {
	a.most = int(min(mostTimes*int64(a.options.BatchBytes), math.MaxInt32-1))
	o := extjson.EncodeOptions{Mode: extjson.Canonical, RejectLossy: true, MaxDepth: a.options.MaxDepth, MaxTextSize: a.most}
	if a.texts, err = o.NewAppender(); err != nil {
		panic("BUG: columns: " + err.Error()) // resolve has checked the options
	}
	a.c = a.texts.Cursor()
	a.plan = plan{mem: a.options.Allocator, most: a.options.BatchDocuments}
	a.root, err = newSink(root, &a.plan)
	return err
}

// mostTimes times BatchBytes is the largest size of a batch.
const mostTimes = 64

// record returns the batch of the first rows documents, and empties the columns.
func (a *appender) record(s *arrow.Schema, rows int) arrow.RecordBatch {
	columns := make([]arrow.Array, len(a.root.kids))
	for i, kid := range a.root.kids {
		data := kid.finish(rows)
		columns[i] = array.MakeFromData(data)
		data.Release()
	}
	a.root.rows = 0
	batch := array.NewRecordBatch(s, columns, int64(rows))
	for _, c := range columns {
		c.Release()
	}
	return batch
}

// fields appends the fields of the open document to the columns of s. Documents of a
// collection have the same keys in the same order, so the next key is expected to be that
// of last time.
func (a *appender) fields(s *sink) {
	c := a.c
	begin := c.Offset()
	row := s.rows
	s.rows++
	expected := &s.first
	last, inOrder, keys := int32(-1), true, len(a.keys)
	for c.Next() {
		key := keyOf(c.Key())
		kid := *expected
		if kid == nil || !kid.key.is(key) {
			if kid = s.names.find(key); kid == nil {
				a.extra(s)
				continue
			}
			*expected = kid
		}
		expected = &kid.next
		if kid.at < last {
			inOrder = false
		}
		last = kid.at
		if s.order != nil {
			a.keys = append(a.keys, kid.at)
		}
		if kid.rows != row {
			if kid.rows > row {
				a.reject(nil, kid.column.path(), ErrDuplicateKey)
				return
			}
			kid.fill(row)
		}
		a.value(kid)
	}
	if c.Failed() {
		return
	}
	if !inOrder {
		a.disorder(s, row, a.keys[keys:], begin)
	}
	a.keys = a.keys[:keys]
	for _, kid := range s.required {
		if kid.rows <= row && !c.Failed() {
			a.missing(kid, begin)
		}
	}
}

// disorder keeps or counts the order of keys in the document of a row, at offset begin.
func (a *appender) disorder(s *sink, row int, keys []int32, begin int) {
	if s.order == nil {
		if !a.lose(LossOrder, s) {
			a.fault.Type, a.fault.Offset = bsoncore.TypeDocument, a.offset+int64(begin)
		}
		return
	}
	s.order.fill(row)
	places := s.order.kids[0]
	for _, key := range keys {
		places.values.appendInt32(key)
	}
	places.rows += len(keys)
	s.order.end()
	s.order.rows++
}

// extra ignores or rejects a field without a column.
func (a *appender) extra(s *sink) {
	at := schemaPathOf(s.column, a.c.Key())
	if a.options.Extra == ExtraError {
		a.reject(nil, at, ErrField)
		return
	}
	if a.lose(LossField, s) {
		a.pass()
	} else {
		a.fault.Path = at
	}
}

// pass checks the current value, which is left out.
func (a *appender) pass() {
	c := a.c
	if !c.Type().IsContainer() {
		return
	}
	if err := (bsoncore.ValidateOptions{MaxDepth: a.options.MaxDepth}).Validate(c.Data()); err != nil {
		a.inner(c.ValueOffset(), err)
	}
}

// inner records a fault of bytes in the current value, which start at offset at.
func (a *appender) inner(at int, err error) {
	if e, ok := errors.AsType[*bsoncore.SyntaxError](err); ok {
		a.c.Malformed(at+int(e.Offset), e.Err)
		return
	}
	a.c.Fail(err)
}

// missing is called for a column without a value in the document at offset begin. The nulls
// of the column are nulls of BSON.
func (a *appender) missing(s *sink, begin int) {
	switch {
	case a.options.Nulls != NullsFold:
		a.reject(s.column, s.column.path(), ErrNull)
	case a.lose(LossMissing, s):
		return
	}
	a.fault.Type, a.fault.Offset = 0, a.offset+int64(begin)
}

// value appends the current value to s, which has all rows before it.
func (a *appender) value(s *sink) {
	c := a.c
	if t := c.Type(); t != s.typ {
		if s.how == asJSON && t != bsoncore.TypeNull {
			a.json(s)
			return
		}
		a.other(s)
		return
	}
	switch s.how {
	case asInt32:
		s.values.appendInt32(c.Int32())
	case asInt64:
		s.values.appendInt64(c.Int64())
	case asDouble:
		s.values.appendInt64(int64(math.Float64bits(c.Double())))
	case asString, asCode, asSymbol:
		a.string(s, s.rows, c.Text(), c.ValueOffset()+4)
	case asObjectID, asDecimalBits:
		s.values.append(c.Data())
	case asBoolean:
		s.boolean(c.Boolean())
	case asDateTime:
		s.values.appendInt64(c.DateTime())
	case asDocument:
		if c.Enter() {
			a.fields(s)
			c.Leave()
		}
		return
	case asArray:
		a.array(s)
	case asMap:
		a.pairs(s)
	case asUUID, asBinary, asBinaries:
		a.binary(s)
	case asDecimal:
		a.decimal(s)
	case asDecimalText:
		a.decimalText(s)
	case asRegex, asRegexText:
		a.regex(s)
	case asTimestamp:
		t, i := c.Timestamp()
		s.part(0).values.appendInt32(int32(t))
		s.part(1).values.appendInt32(int32(i))
	case asDBPointer:
		namespace, id := c.DBPointer()
		a.part(s, 0, namespace, c.ValueOffset()+4)
		s.part(1).values.append(id[:])
	case asCodeWithScope:
		a.codeWithScope(s)
	case asUndefined, asMinKey, asMaxKey:
		s.boolean(true)
	case asEmpty:
		if len(c.Data()) > emptyDocument {
			a.reject(s.column, s.column.path(), ErrValue)
			return
		}
		s.boolean(true)
	}
	s.rows++
}

// emptyDocument is the size of a document without fields, in bytes.
const emptyDocument = 5

// array appends the elements of the current array.
func (a *appender) array(s *sink) {
	c := a.c
	if !c.Enter() {
		return
	}
	kid := s.kids[0]
	for i := 0; c.Next(); i++ {
		if !isIndex(c.Key(), i) && !a.lose(LossArrayKey, s) {
			return
		}
		a.row(kid)
	}
	c.Leave()
	s.end()
}

// pairs appends the keys and values of the current document.
func (a *appender) pairs(s *sink) {
	c := a.c
	if !c.Enter() {
		return
	}
	keys, values := s.kids[0], s.kids[1]
	for c.Next() {
		a.string(keys, keys.rows, c.Key(), c.Offset()+1)
		keys.rows++
		a.row(values)
	}
	c.Leave()
	s.end()
}

// string is sink.text for a text at an offset of the document.
func (a *appender) string(s *sink, row int, text []byte, at int) {
	if bad := bsoncore.IndexInvalidUTF8(text); bad >= 0 {
		a.c.Malformed(at+bad, bsoncore.ErrUTF8)
		return
	}
	s.text(row, text)
}

// part is string for a member of a struct.
func (a *appender) part(s *sink, i int, text []byte, at int) { a.string(s.part(i), s.rows, text, at) }

func (a *appender) binary(s *sink) {
	c := a.c
	subtype, data := c.Binary()
	switch s.form {
	case asBinaries:
		s.part(0).values.more(1)[0] = subtype
		s.part(1).text(s.rows, data)
	case asUUID:
		if subtype != bson.BinaryUUID || len(data) != 16 {
			a.reject(s.column, s.column.path(), ErrValue)
			return
		}
		s.values.append(data)
	default:
		if subtype != s.column.subtype {
			a.reject(s.column, s.column.path(), ErrValue)
			return
		}
		s.text(s.rows, data)
	}
}

// decimalText appends a decimal as text that gives the same decimal back.
func (a *appender) decimalText(s *sink) {
	d := a.c.Decimal128()
	if !d.HasExactText() {
		a.reject(s.column, s.column.path(), ErrValue)
		return
	}
	a.text = d.Append(a.text[:0])
	if a.grow(len(a.text)) { // it may be longer than the value in the document
		s.text(s.rows, a.text)
	}
}

// row appends the current value to s, which is no field, so that each value has a row.
func (a *appender) row(s *sink) {
	if a.grow(s.width) {
		a.value(s)
	}
}

// grow adds bytes to the size of the batch. Few bytes of a document can make many: a column
// has a place for each field of each document in an array.
func (a *appender) grow(bytes int) bool {
	if a.size += bytes; a.size > a.most {
		a.reject(nil, "", errTooLarge)
	}
	return a.size <= a.most
}

// errTooLarge is the reason of a ValueError.
var errTooLarge = fmt.Errorf("%w: the columns of one document are larger than 64 times BatchBytes", ErrLimit)

func (a *appender) regex(s *sink) {
	pattern, options := a.c.Regex()
	at := a.c.ValueOffset()
	if s.form == asRegex {
		a.part(s, 0, pattern, at)
		a.part(s, 1, options, at+len(pattern)+1)
		return
	}
	if bytes.IndexByte(options, '/') >= 0 {
		a.reject(s.column, s.column.path(), ErrValue)
		return
	}
	a.text = append(append(a.text[:0], '/'), pattern...)
	a.text = append(append(a.text, '/'), options...)
	// The slash in the place of the NUL keeps offsets.
	a.string(s, s.rows, a.text, at-1)
}

func (a *appender) codeWithScope(s *sink) {
	c := a.c
	code, scope := c.CodeWithScope()
	at := c.ValueOffset() + 8
	a.part(s, 0, code, at)
	if err := (bsoncore.ValidateOptions{MaxDepth: a.options.MaxDepth}).Validate(scope); err != nil {
		a.inner(at+len(code)+1, err)
		return
	}
	s.part(1).text(s.rows, scope)
}

// The room for a text in the column: textTimes times the bytes of the value, and leastText
// bytes. Nearly all texts fit.
const (
	textTimes = 3
	leastText = 256
)

// json appends a value as canonical Extended JSON. The text is written to its place in the
// column if it probably fits there, and otherwise copied to it.
func (a *appender) json(s *sink) {
	c := a.c
	t, at := c.Type(), c.Offset() // which AppendElement does not keep
	room, free := a.text[:0], s.values.free()
	if cap(free) >= textTimes*len(c.Data())+leastText {
		room = free
	}
	text, err := a.texts.AppendElement(room)
	if err != nil {
		if _, ok := errors.AsType[*bsoncore.SyntaxError](err); !ok {
			a.refuse(s.column, s.column.path(), t, at, fmt.Errorf("%w: %w", ErrValue, err))
		}
		return
	}
	if a.size += len(text); a.size > a.most {
		a.refuse(nil, "", t, at, errTooLarge)
		return
	}
	if cap(free) > 0 && &text[0] == &free[:1][0] {
		s.values.bytes = s.values.bytes[:len(s.values.bytes)+len(text)]
		s.mark(s.rows)
	} else {
		a.text = text
		s.text(s.rows, text)
	}
	s.rows++
}
