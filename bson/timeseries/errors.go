package timeseries

import "errors"

// The sentinels that errors of this package match with errors.Is. The errors are
// *bsoncore.SyntaxError, for bytes that are malformed, and *bsoncore.ValueError. Their
// offsets count from the start of the bucket, and their pointers are paths in it.
// Faults of BSON match the sentinels of bsoncore.
var (
	// ErrBucket: the document has no control.version, or no data, of a bucket.
	ErrBucket = errors.New("not a bucket of a time series")
	// ErrVersion: the version of the bucket is none of 1, 2 and 3.
	ErrVersion = errors.New("unknown bucket version")
	// ErrColumn: a compressed column is malformed.
	ErrColumn = errors.New("malformed column")
	// ErrCount: a column has more or fewer values than the bucket has measurements, or
	// no column has a value for each of them.
	ErrCount = errors.New("wrong number of values in a column")
	// ErrMetaField: the bucket has a meta value, and the name of the meta field is not
	// known.
	ErrMetaField = errors.New("name of the meta field is not known")
	// ErrTooMany: the bucket has more measurements than the limit.
	ErrTooMany = errors.New("too many measurements in a bucket")
)
