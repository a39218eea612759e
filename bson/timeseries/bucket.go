package timeseries

import (
	"iter"
	"math"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file is the Unpacker: the fields of a bucket, the check of all columns, and the
// measurements.
//
//   - open reads the control and finds the columns.
//   - check reads each column to its end, one after the other. So a bucket with a
//     fault gives no measurement.
//   - Next reads all columns again, a measurement at a time.

const (
	// DefaultMaxMeasurements is the default limit of measurements of a bucket. Servers
	// put at most 1,000 into one unless they are told otherwise.
	DefaultMaxMeasurements = 1 << 20
	// DefaultMaxSize is the default limit of all measurements of a bucket together, in
	// bytes.
	DefaultMaxSize = 256 << 20
)

// valueCost is the cost of a value beside its bytes, in bytes of MaxSize. So the limit
// also bounds the time for missing values.
const valueCost = 8

// What an Unpacker keeps from bucket to bucket.
const (
	maxKeptColumns  = 1 << 10
	maxKeptDocument = 1 << 20 // bytes
)

// Options are the options of unpacking. The zero value is the default.
type Options struct {
	_ struct{} // keyed literals only

	// TimeField is the name of the time field. The default is the first field of data
	// that has a value in each measurement and is a datetime in the first one. It only
	// decides the order of the fields.
	TimeField string
	// MetaField is the name of the meta field. Without it a bucket with a meta value is
	// an error that matches ErrMetaField.
	MetaField string
	// MaxMeasurements is the largest number of measurements of a bucket. Zero means
	// DefaultMaxMeasurements.
	MaxMeasurements int
	// MaxSize is the largest size of all measurements of a bucket together, in bytes.
	// Each value counts 8 bytes more, also a missing one. Zero means DefaultMaxSize.
	MaxSize int
	// MaxDepth is the largest number of open containers in a bucket. Zero means
	// bsoncore.DefaultMaxDepth.
	MaxDepth int
}

// OptionsOf returns Options with the time field and the meta field of a time series.
// metadata is the metadata file of mongodump as a document; the names of the fields are
// in its options.timeseries.
func OptionsOf(metadata bsoncore.Document) (o Options) {
	series, _ := metadata.Lookup("options", "timeseries").DocumentOK()
	o.TimeField, _ = series.Lookup("timeField").StringValueOK()
	o.MetaField, _ = series.Lookup("metaField").StringValueOK()
	return o
}

// Unpack returns the measurements of bucket, in their order. A measurement is valid until
// the loop continues. If the bucket has a fault, the only pair is nil and the error: a
// *bsoncore.SyntaxError or *bsoncore.ValueError with the place in the bucket.
func (o Options) Unpack(bucket bsoncore.Document) iter.Seq2[bsoncore.Document, error] {
	return func(yield func(bsoncore.Document, error) bool) {
		u := o.NewUnpacker()
		if err := u.Reset(bucket); err != nil {
			yield(nil, err)
			return
		}
		for u.Next() {
			if !yield(u.Document(), nil) {
				return
			}
		}
	}
}

// Unpack is Options{}.Unpack.
func Unpack(bucket bsoncore.Document) iter.Seq2[bsoncore.Document, error] {
	return Options{}.Unpack(bucket)
}

// An Unpacker returns the measurements of one bucket after the other. It must not be
// used by two goroutines at once. Its memory is bounded by a small multiple of the
// largest bucket.
//
//	u := timeseries.Options{MetaField: "sensor"}.NewUnpacker()
//	if err := u.Reset(bucket); err != nil { … }
//	for u.Next() {
//		use(u.Document())
//	}
type Unpacker struct {
	o       Options
	bucket  []byte
	c       bsoncore.Cursor // in data
	columns []column        // the time field first
	meta    bsoncore.Value
	count   int // of measurements
	number  int // of the next one, from 0
	doc     []byte
}

// NewUnpacker returns an Unpacker. It panics if an option is negative.
func (o Options) NewUnpacker() *Unpacker {
	if o.MaxMeasurements < 0 || o.MaxSize < 0 || o.MaxDepth < 0 {
		panic("timeseries: negative option")
	}
	if o.MaxMeasurements == 0 {
		o.MaxMeasurements = DefaultMaxMeasurements
	}
	if o.MaxSize == 0 {
		o.MaxSize = DefaultMaxSize
	}
	return &Unpacker{o: o}
}

// SetFields sets the names of the time field and the meta field, as Options do.
func (u *Unpacker) SetFields(timeField, metaField string) {
	u.o.TimeField, u.o.MetaField = timeField, metaField
}

// Reset starts bucket, one whole document, which must not change while its measurements
// are read. It checks all columns. If it returns nil, Next returns all measurements.
// Otherwise Next returns none, and the error is a *bsoncore.SyntaxError or
// *bsoncore.ValueError.
func (u *Unpacker) Reset(bucket bsoncore.Document) error {
	*u = Unpacker{o: u.o, bucket: bucket, columns: u.columns[:0], doc: u.doc[:0]}
	if cap(u.columns) > maxKeptColumns {
		u.columns = nil
	}
	if cap(u.doc) > maxKeptDocument {
		u.doc = nil
	}
	err := u.open()
	if err == nil {
		err = u.check()
	}
	if err != nil {
		u.count = 0
	}
	for i := range u.columns {
		u.columns[i].rewind()
	}
	return err
}

// Len returns the number of measurements of the bucket.
func (u *Unpacker) Len() int { return u.count }

// Next builds the next measurement and reports whether there is one.
func (u *Unpacker) Next() bool {
	if u.number >= u.count {
		return false
	}
	out, mark := bsoncore.Begin(u.doc[:0])
	for i := range u.columns {
		if i == 1 {
			out = u.appendMeta(out)
		}
		c := &u.columns[i]
		if !u.next(c, u.number) {
			return false // the bucket was changed
		}
		if !c.missing {
			out = c.append(out, u.bucket)
		}
	}
	if len(u.columns) == 1 {
		out = u.appendMeta(out)
	}
	u.doc = bsoncore.End(out, mark)
	u.number++
	return true
}

// Document returns the measurement of the last Next. It is overwritten by the next
// call.
func (u *Unpacker) Document() bsoncore.Document { return u.doc }

func (u *Unpacker) appendMeta(dst []byte) []byte {
	if u.meta.Type == 0 {
		return dst
	}
	return bsoncore.AppendValue(dst, u.o.MetaField, u.meta.Type, u.meta.Data)
}

// A control is the control of a bucket.
type control struct {
	version bsoncore.Value
	count   int // of measurements, -1 if it says nothing
}

// open reads the bucket down to its columns, and leaves the cursor in data.
func (u *Unpacker) open() error {
	u.c.Reset(u.bucket, u.o.MaxDepth)
	ctl := control{count: -1}
	data, metaAt := -1, 0
	for u.c.Next() {
		switch string(u.c.Key()) {
		case "control":
			u.readControl(&ctl)
		case "meta":
			u.meta, metaAt = bsoncore.Value{Type: u.c.Type(), Data: u.c.Data()}, u.c.Offset()
		case "data":
			if u.c.Type() == bsoncore.TypeDocument {
				data = u.c.Offset()
			}
		}
	}
	if err := u.c.Err(); err != nil {
		return err
	}
	version, isVersion := ctl.version.Int32OK()
	switch {
	case data < 0 || ctl.version.Type == 0:
		return &bsoncore.ValueError{Err: ErrBucket}
	case !isVersion || version < 1 || version > 3:
		return &bsoncore.ValueError{Pointer: "/control/version", Err: ErrVersion}
	case u.meta.Type != 0 && u.o.MetaField == "":
		return &bsoncore.ValueError{Offset: int64(metaAt), Pointer: "/meta", Err: ErrMetaField}
	case ctl.count > u.o.MaxMeasurements:
		return &bsoncore.ValueError{Pointer: "/control/count", Err: ErrTooMany}
	}
	u.count = ctl.count
	return u.openColumns(data)
}

// readControl reads the control at the cursor.
func (u *Unpacker) readControl(ctl *control) {
	if u.c.Type() != bsoncore.TypeDocument || !u.c.Enter() {
		return
	}
	for u.c.Next() {
		v := bsoncore.Value{Type: u.c.Type(), Data: u.c.Data()}
		switch string(u.c.Key()) {
		case "version":
			ctl.version = v
		case "count":
			if n, ok := v.Int32OK(); ok && n >= 0 {
				ctl.count = int(n)
			} else if n, ok := v.Int64OK(); ok && n >= 0 {
				ctl.count = int(min(n, math.MaxInt32))
			} else {
				u.c.Fail(ErrCount)
			}
		}
	}
	u.c.Leave()
}

// openColumns finds the columns in the data at the given place.
func (u *Unpacker) openColumns(data int) error {
	u.c.Seek(data)
	if !u.c.Next() || !u.c.Enter() {
		return u.c.Err()
	}
	n, first := 0, u.c
	for first.Next() {
		n++
	}
	u.columns = slices.Grow(u.columns, n)
	for u.c.Next() {
		value := u.c.ValueOffset()
		c := column{header: u.c.Offset(), key: value, value: value, end: value + len(u.c.Data())}
		switch u.c.Type() {
		case bsoncore.TypeDocument:
		case bsoncore.TypeBinary:
			c.packed = true
			if subtype, _ := u.c.Binary(); subtype != bsoncore.BinaryColumn {
				u.c.Malformed(c.header, ErrColumn)
			}
		default:
			u.c.Malformed(c.header, ErrColumn)
		}
		u.columns = append(u.columns, c)
	}
	return u.c.Err()
}

// check reads all columns to their ends, and moves the time field to the front.
func (u *Unpacker) check() error {
	most, size := u.count, 0
	if most < 0 {
		most = u.o.MaxMeasurements
	}
	for i := range u.columns {
		c := &u.columns[i]
		size += u.measure(c, most, u.o.MaxSize-size)
		switch {
		case u.c.Failed():
			return u.c.Err()
		case size > u.o.MaxSize:
			return u.refuse(c, bsoncore.ErrTooLarge)
		case c.length > u.o.MaxMeasurements:
			return u.refuse(c, ErrTooMany)
		}
	}
	if u.count < 0 {
		for i := range u.columns {
			u.count = max(u.count, u.columns[i].length)
		}
		u.count = max(u.count, 0)
	}
	if each := 5 + valueCost*u.keyed() + len(u.meta.Data) + len(u.o.MetaField) + 2; (u.o.MaxSize-size)/max(u.count, 1) < each {
		return &bsoncore.ValueError{Err: bsoncore.ErrTooLarge}
	}
	return u.order()
}

// keyed returns the number of columns whose missing values are not counted yet.
func (u *Unpacker) keyed() (n int) {
	for i := range u.columns {
		if !u.columns[i].packed {
			n++
		}
	}
	return n
}

// measure reads c to its end, or until it has more than most values or more than room
// bytes. It returns the bytes of the elements.
func (u *Unpacker) measure(c *column, most, room int) (size int) {
	c.rewind()
	c.length, c.values, c.starts = 0, 0, 0
	for c.length <= most && size <= room {
		if !c.packed {
			if c.at >= c.end-1 || !u.skipTo(c) {
				return size
			}
		}
		if !u.next(c, c.length) {
			return size
		}
		size += valueCost
		if c.length++; c.missing {
			continue
		}
		u.doc = c.append(u.doc[:0], u.bucket)
		size += len(u.doc)
		if c.values++; c.length == 1 {
			c.starts = bsoncore.Type(u.doc[0])
		}
	}
	return size
}

// skipTo makes the length of c, a keyed column, the number of its next key.
func (u *Unpacker) skipTo(c *column) bool {
	if !u.element(c.at, c.end-1) {
		return false
	}
	n, ok := parseIndex(u.c.Key())
	if !ok || n < c.length {
		return u.malformed(c.at, bsoncore.ErrArrayKey)
	}
	c.length = n
	return true
}

// order checks the lengths of all columns, and moves the time field to the front.
func (u *Unpacker) order() error {
	first, complete := -1, u.count == 0
	for i := range u.columns {
		c := &u.columns[i]
		if c.length > u.count || c.packed && c.length < u.count {
			return u.refuse(c, ErrCount)
		}
		if c.values != u.count {
			continue
		}
		complete = true
		if u.o.TimeField != "" && u.named(c) || u.o.TimeField == "" && first < 0 && c.starts == bsoncore.TypeDateTime {
			first = i
		}
	}
	switch {
	case !complete:
		return &bsoncore.ValueError{Pointer: "/data", Err: ErrCount}
	case first > 0:
		time := u.columns[first]
		copy(u.columns[1:], u.columns[:first])
		u.columns[0] = time
	}
	return nil
}

// named reports whether c is the time field of the options.
func (u *Unpacker) named(c *column) bool {
	return string(u.bucket[c.header+1:c.key-1]) == u.o.TimeField
}

// refuse returns an error about the column c.
func (u *Unpacker) refuse(c *column, err error) error {
	path := bsoncore.AppendPointer([]byte("/data"), u.bucket[c.header+1:c.key-1])
	return &bsoncore.ValueError{Offset: int64(c.header), Pointer: string(path), Err: err}
}
