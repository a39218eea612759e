package codec

import (
	"cmp"
	"errors"
	"io"
	"strings"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/archive"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/timeseries"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
	"github.com/bsonkit/bsonkit/extjson"
)

// This file reads the measurements of buckets in place of the buckets.
//
//   - Unbucketing.Decoder returns a Decoder around another one, which reads the buckets.
//   - An unpacking makes the records. Those of a bucket have the same Source. A bucket
//     that cannot be unpacked is one record with a Fault.
//   - A place in a bucket is the State at its start, with the number of measurements
//     that are done. A reader that begins there passes over them.

// ErrMetaField: the name of the meta field is needed.
var ErrMetaField = errors.New("the bucket has a meta value, and the name of the meta field is not known; add --meta-field NAME")

// Unbucketing says how buckets become measurements.
type Unbucketing struct {
	MetaField string // of time series without metadata, "" if it is not known
	MaxDepth  int    // of a bucket; zero: the default
	// Space is the namespace of all documents; "" for a container, and for documents
	// without a namespace, which are all buckets.
	Space string
	// Metadata are those of a directory.
	Metadata []archive.Metadata
}

// Decoder returns a Decoder of the measurements in the buckets that d reads. d reads BSON
// or archives. Documents of namespaces without buckets stay as they are.
func (b Unbucketing) Decoder(d Decoder) Decoder {
	if d.Metadata == nil {
		d.Metadata = func() []archive.Metadata { return b.Metadata }
	}
	inner := d
	d.Mend = nil // it makes a bucket
	d.Stream = func(r io.Reader, from State) Reader {
		u := &unpacking{o: b, metadata: d.Metadata, skip: from.done}
		from.done = 0
		switch in := inner.Stream(r, from).(type) {
		case Container:
			return &unpackedContainer{in, u}
		case Handover:
			return &unpackedStream{in, u}
		}
		panic("BUG: codec: buckets in a stream of text")
	}
	var known []archive.Metadata // workers read it while the archive is read on
	d.Pieces = func(most int) PieceReader {
		return &unpackedPieces{inner.Pieces(most), &unpacking{o: b, metadata: func() []archive.Metadata { return known }}}
	}
	d.Cut = func(from State, most int) Cutter {
		known = d.Metadata()
		done := from.done
		from.done = 0
		cut := inner.Cut(from, most)
		return func(data []byte) (int, State, State) {
			n, from, to := cut(data)
			if n > 0 {
				from.done, done = done, 0
			}
			return n, from, to
		}
	}
	return d
}

// An unpacking makes records of the measurements in buckets.
type unpacking struct {
	o        Unbucketing
	metadata func() []archive.Metadata
	indexed  int                       // metadata that are in all
	all      map[archive.Namespace]int // index in metadata of each time series
	skip     int                       // measurements of the next bucket that are done

	u      *timeseries.Unpacker
	space  string // the namespace of the last document
	known  bool   // space is set
	bucket bool   // space has buckets
	series string // the namespace of its measurements

	source record.Record // the current bucket
	part   int           // of the last measurement of it, from 1; 0: there is no bucket
}

// next reads the next measurement, or another document that read reads, into rec.
func (u *unpacking) next(rec *record.Record, read func(rec *record.Record) bool) bool {
	for !u.within() {
		u.part = 0
		if !read(rec) {
			return false
		}
		rec.Part, rec.More, rec.Fault = 0, false, nil
		if !u.enter(rec.Space.Name) {
			return true
		}
		rec.Space.Name = u.series
		if err := u.u.Reset(rec.Data); err != nil {
			if errors.Is(err, timeseries.ErrMetaField) {
				err = &bson.ValueError{Pointer: "/meta", Err: ErrMetaField}
			}
			rec.Fault = err
			return true
		}
		u.source, u.part = *rec, 0
		for ; u.skip > 0 && u.u.Next(); u.skip-- {
			u.part++
		}
		u.skip = 0
		if u.part < u.u.Len() { // none of it is read
			break
		}
	}
	if !u.u.Next() {
		panic("BUG: codec: a bucket that was checked has a fault")
	}
	u.part++
	*rec = u.source
	rec.Type, rec.Data = bson.TypeDocument, u.u.Document()
	rec.Part, rec.More = u.part, u.part < u.u.Len()
	return true
}

// within reports whether the current bucket has more measurements.
func (u *unpacking) within() bool { return u.part > 0 && u.part < u.u.Len() }

// enter makes name the namespace of the current document and reports whether the document
// is a bucket.
func (u *unpacking) enter(name string) bool {
	if name == "" {
		name = u.o.Space
	}
	if u.known && name == u.space {
		return u.bucket
	}
	u.space, u.known = name, true
	db, collection, _ := strings.Cut(name, ".")
	n := archive.Namespace{DB: db, Collection: collection}
	series, buckets := n.Measurements()
	if !buckets {
		series = n
	}
	o := timeseries.Options{MetaField: u.o.MetaField, MaxDepth: u.o.MaxDepth}
	if m, ok := u.describe(series); ok {
		buckets = true
		if doc, err := extjson.AppendBSON(nil, []byte(m.Text)); err == nil {
			fields := timeseries.OptionsOf(bsoncore.Document(doc))
			o.TimeField = fields.TimeField
			o.MetaField = cmp.Or(fields.MetaField, o.MetaField)
		}
	}
	u.bucket, u.series = buckets || name == "", series.String()
	if name == "" {
		u.series = ""
	}
	u.u = o.NewUnpacker()
	return u.bucket
}

// describe returns the metadata of the time series n.
func (u *unpacking) describe(n archive.Namespace) (archive.Metadata, bool) {
	all := u.metadata()
	if u.all == nil {
		u.all = map[archive.Namespace]int{}
	}
	for ; u.indexed < len(all); u.indexed++ {
		if m := &all[u.indexed]; m.Type == archive.TimeSeries {
			u.all[m.Namespace] = u.indexed
		}
	}
	i, ok := u.all[n]
	if !ok {
		return archive.Metadata{}, false
	}
	return all[i], true
}

// An unpackedStream is a stream of measurements.
type unpackedStream struct {
	Handover
	u *unpacking
}

func (r *unpackedStream) Next(rec *record.Record) bool { return r.u.next(rec, r.Handover.Next) }

// Leaves reports whether all measurements of a bucket were read, and the reader can be
// left.
func (r *unpackedStream) Leaves() bool { return !r.u.within() && r.Handover.Leaves() }

func (r *unpackedStream) Resync(skipped io.Writer) bool {
	r.u.part = 0
	return r.Handover.Resync(skipped)
}

// An unpackedContainer is a stream of measurements of several namespaces.
type unpackedContainer struct {
	Container
	u *unpacking
}

func (r *unpackedContainer) Next(rec *record.Record) bool { return r.u.next(rec, r.Container.Next) }

// Leaves is that of an unpackedStream.
func (r *unpackedContainer) Leaves() bool { return !r.u.within() && r.Container.Leaves() }

func (r *unpackedContainer) Resync(skipped io.Writer) bool {
	r.u.part = 0
	return r.Container.Resync(skipped)
}

// unpackedPieces are pieces of buckets.
type unpackedPieces struct {
	PieceReader
	u *unpacking
}

func (p *unpackedPieces) Reset(piece []byte, from, to State) {
	p.u.part, p.u.skip, from.done = 0, from.done, 0
	p.PieceReader.Reset(piece, from, to)
}

func (p *unpackedPieces) Next(rec *record.Record) bool { return p.u.next(rec, p.PieceReader.Next) }

// State returns the state after the last record. Within a bucket it is that at the start
// of the bucket, which is the same as at its end.
func (p *unpackedPieces) State() State {
	s := p.PieceReader.State()
	if p.u.within() {
		s.done = p.u.part
	}
	return s
}
