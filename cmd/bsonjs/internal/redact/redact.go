// Package redact replaces values of documents by values of the same type and length that
// depend only on a secret and the value: equal values stay equal. Rules:
// docs/redaction.md.
//
//   - redact.go finds the values, and decides by their type.
//   - number.go, text.go, bytes.go and date.go each replace some types.
//   - key.go has the cryptography.
//   - letters.go, with its table, has the classes of letters.
package redact

import (
	"encoding/binary"
	"errors"
	"math"
	"sync"
	"sync/atomic"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/objectid"
)

// ErrColumn: a compressed column of a time series cannot be redacted, because its bytes
// have a structure of their own.
var ErrColumn = errors.New("a compressed column cannot be redacted; use --unbucket, or leave the field out with --exclude")

// A Redactor redacts the values at some paths. It is safe for concurrent use.
type Redactor struct {
	paths   *query.Paths
	met     []atomic.Bool // for each path, whether it has led to a value
	depth   int           // MaxDepth
	walkers sync.Pool     // of *walker
}

// New returns a Redactor of the values at paths. secret is neither empty nor kept.
// maxDepth is the largest number of open containers, 0 for bsoncore.DefaultMaxDepth. It is
// an error if the standard library rejects the secret, as it does with a short one in its
// mode for FIPS 140.
func New(paths *query.Paths, secret []byte, maxDepth int) (*Redactor, error) {
	keys, err := newKeys(secret)
	if err != nil {
		return nil, err
	}
	r := &Redactor{paths: paths, met: make([]atomic.Bool, paths.Len()), depth: maxDepth}
	r.walkers.New = func() any { return newWalker(keys) }
	return r, nil
}

// Unmet returns the numbers of the paths that have led to no value yet, in order.
func (r *Redactor) Unmet() (paths []int) {
	for i := range r.met {
		if !r.met[i].Load() {
			paths = append(paths, i)
		}
	}
	return paths
}

// Redact redacts doc, one whole document, in place. Lengths, types and keys stay. On
// failure a part of doc is redacted, and the error is a *bsoncore.SyntaxError, or a
// *bsoncore.ValueError that matches bsoncore.ErrDepth or ErrColumn.
func (r *Redactor) Redact(doc []byte) error {
	w := r.walkers.Get().(*walker)
	w.r = r
	w.c.Reset(doc, r.depth)
	r.paths.Visit(&w.c, w.visit)
	err := w.c.Err()
	w.r = nil
	w.c.Reset(nil, 0)
	if cap(w.context) > maxKept {
		w.context = nil
	}
	r.walkers.Put(w)
	return err
}

// maxKept is the number of bytes of the longest context that is kept between documents.
const maxKept = 64 << 10

// A walker is one walk through one document. It is used for several in turn.
type walker struct {
	keyed
	r      *Redactor
	c      bsoncore.Cursor
	visit  func(path int)
	months int64 // days by which the months of dates are moved, below monthDays

	alphabet *alphabet
	letters  []spelled // of the current text
}

func newWalker(of keys) *walker {
	w := &walker{alphabet: alphabets()}
	w.init(of)
	w.visit = w.met
	w.begin(labelMonths)
	w.end(nil)
	w.months = int64(w.draw(monthDays))
	return w
}

// met redacts the current value, to which the path leads.
func (w *walker) met(path int) {
	if met := &w.r.met[path]; !met.Load() {
		met.Store(true)
	}
	w.value()
}

// value redacts the current value. A type without a case has one value only.
func (w *walker) value() {
	data := w.c.Data() // to be overwritten, but for lengths and terminators
	switch w.c.Type() {
	case bsoncore.TypeDocument, bsoncore.TypeArray:
		w.enter()
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		w.text(w.c.Text())
	case bsoncore.TypeRegex:
		pattern, _ := w.c.Regex()
		w.text(pattern)
	case bsoncore.TypeDBPointer:
		namespace, _ := w.c.DBPointer()
		w.text(namespace)
		w.objectID(data[len(data)-objectid.Size:])
	case bsoncore.TypeCodeWithScope:
		code, _ := w.c.CodeWithScope()
		w.text(code)
		w.enter()
	case bsoncore.TypeInt32:
		binary.LittleEndian.PutUint32(data, uint32(w.int64(int64(w.c.Int32()))))
	case bsoncore.TypeInt64:
		binary.LittleEndian.PutUint64(data, uint64(w.int64(w.c.Int64())))
	case bsoncore.TypeDouble:
		binary.LittleEndian.PutUint64(data, math.Float64bits(w.double(w.c.Double())))
	case bsoncore.TypeDecimal128:
		w.decimal(w.c.Decimal128()).AppendBytes(data[:0])
	case bsoncore.TypeBoolean:
		data[0] = w.boolean(data[0])
	case bsoncore.TypeDateTime:
		binary.LittleEndian.PutUint64(data, uint64(w.dateTime(w.c.DateTime())))
	case bsoncore.TypeTimestamp:
		t, i := w.c.Timestamp()
		binary.LittleEndian.PutUint64(data, uint64(w.timestamp(t))<<32|uint64(i))
	case bsoncore.TypeObjectID:
		w.objectID(data)
	case bsoncore.TypeBinary:
		w.binary(w.c.Binary())
	}
}

// enter redacts the values in the current value.
func (w *walker) enter() {
	if !w.c.Enter() {
		return
	}
	for w.c.Next() {
		w.value()
	}
	w.c.Leave()
}
