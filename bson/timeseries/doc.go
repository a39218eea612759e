// Package timeseries turns the buckets of time series into measurements, without a
// server. A server stores the measurements of a time series in buckets, the documents
// of the collection system.buckets.NAME. Each bucket has many measurements. mongodump
// writes the buckets.
//
//	o := timeseries.OptionsOf(metadata)
//	for doc, err := range o.Unpack(bucket) {
//		if err != nil { … }
//		use(doc)
//	}
//
// A bucket is
//
//	{
//	  _id:     an ObjectId,
//	  control: {version: 1, 2 or 3, min: {…}, max: {…}, count: of measurements},
//	  meta:    the meta value, which all measurements have; may be missing,
//	  data:    {time: COLUMN, field: COLUMN, …}
//	}
//
// A COLUMN of version 1 is a document: the keys are the numbers of the measurements
// from 0, and a measurement without the field has no key. Versions 2 and 3 have a
// count, and a COLUMN is a binary of subtype 7, which is compressed: see below. The
// measurements of version 3 are not sorted by time; this package keeps their order.
//
// A measurement has the time field, then the meta field, then the other fields in the
// order of data. A server returns the same order. It does not store the order of
// insertion.
//
// # Compressed columns
//
// A column is a sequence of runs and a final byte 0. The first byte of a run is its
// control.
//
//	control          run
//	type of BSON     a literal: a NUL, then the value
//	80 to 8f         1 to 16 words of deltas; the low half is the number less one
//	90 to df         the same for doubles times 1, 10, 100, 10⁴ or 10⁸
//	f1, f2           a reference document, or array, then runs, then a byte 0
//	f0               f1 of the first servers: arrays are single values
//
// A word has 64 bits, little-endian, in the format Simple8b: the low four bits select
// the number of values and their width. Selectors 7 and 8 have four more bits, which
// select values with trailing zeros. Selector 15 repeats the last value 120 to 1,920
// times. A value of ones alone is a missing value. Other values are deltas, with the
// sign in the lowest bit: of the value before, or for datetimes, timestamps and
// ObjectIds of the delta before. Strings and code of up to 16 bytes, binaries of up to
// 16 bytes and decimals are numbers of 128 bits.
//
// After a reference document, each value in it has a series of its own. The runs of
// all series are mixed: a run belongs to the series that needs the next value first.
//
// Source: MongoDB's documentation of buckets, and its public description of the
// format, "BSON Column Compression".
package timeseries
