package columns

import (
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// Options decide how documents become columns. The zero value loses nothing: a value that
// its column cannot hold is an error. The exceptions are keys in another order and keys of
// arrays other than 0, 1, 2, which are counted; see Order and RejectLossy. Infer,
// NewRecordReader and NewDocumentWriter take the same Options, and each uses the fields that
// it needs. A negative number or an unknown choice is a *bsoncore.OptionError. A number above
// its largest value counts as that value.
type Options struct {
	_ struct{} // keyed literals only

	// Mixed is for paths with values of several types. The default is an error. Null
	// does not count as a type.
	Mixed Mixed
	// Decimal is the form of decimals. The default makes numbers if that keeps all of them
	// exactly, and text otherwise.
	Decimal Decimal
	// Regex is the form of regexes. The default is a struct.
	Regex Regex
	// Nulls is for null and missing fields. The default distinguishes
	// them.
	Nulls Nulls
	// Times is for times that are finer than the milliseconds of BSON. The default is an
	// error.
	Times Times
	// Order is for keys in another order than the columns. The default counts them.
	Order Order
	// Extra is for fields without a column. The default is an error.
	Extra Extra
	// RejectLossy makes an error of each loss that is otherwise counted: those that
	// options accept, the order of keys, and keys of arrays other than 0, 1, 2 and so
	// on.
	RejectLossy bool

	// BatchDocuments is the largest number of documents in a record batch. Zero means
	// 65,536.
	BatchDocuments int
	// BatchBytes is the largest number of bytes of BSON in a record batch; a larger document
	// is a batch of its own. A batch also ends when its columns have more than four times as
	// many bytes. Zero means 16 MiB.
	BatchBytes int
	// MaxDocumentSize is the largest document that is read, in bytes. Zero means
	// bsoncore.DefaultMaxDocumentSize.
	MaxDocumentSize int
	// MaxDepth is the largest number of open containers in a document. Zero means
	// bsoncore.DefaultMaxDepth; at most bsoncore.DepthCeiling.
	MaxDepth int
	// MaxLevels is the largest number of keys and arrays in the path of a column. Zero
	// means 60, because readers of Arrow files in C++ accept 64 nested types; at most 1,000.
	MaxLevels int
	// MaxColumns is the largest number of columns, nested ones included. Zero means
	// 20,000. It bounds the memory of Infer and of a record batch.
	MaxColumns int

	// Allocator allocates the memory of record batches. Nil means memory.DefaultAllocator.
	Allocator memory.Allocator
}

// Mixed says what becomes of a path with values of several types.
type Mixed uint8

// The values of Mixed.
const (
	// MixedError makes Infer return a *MixedTypesError.
	MixedError Mixed = iota
	// MixedUnion makes a dense union with one child for each type. Parquet has no unions.
	MixedUnion
	// MixedWiden makes int64 of int32 and int64, and double of integers and doubles. An
	// integer that is not exact as a double is an error. Other types are a *MixedTypesError.
	// The width that a number had is lost, and counted as LossWidth.
	MixedWiden
	// MixedJSON makes a column of canonical Extended JSON.
	MixedJSON
	// MixedNull keeps the values of the most frequent type. All others become null, and
	// are counted as LossValue.
	MixedNull
)

// String returns "error", "union", "widen", "json" or "null".
func (m Mixed) String() string {
	return nameOf(uint8(m), "error", "union", "widen", "json", "null")
}

// Decimal is the form of decimals.
type Decimal uint8

// The values of Decimal.
const (
	// DecimalAuto makes decimal128(34, s) if all decimals of the path are finite and have
	// the exponent -s, with s from 0 to 34; otherwise text.
	DecimalAuto Decimal = iota
	// DecimalNumber makes decimal128 or decimal256 with the scale of the decimal with most
	// fraction digits. A number has the same value, but 1.50 and 1.5 become the same: this
	// is counted as LossExponent. NaN, infinities and numbers with more than 76 digits in
	// all are errors.
	DecimalNumber
	// Decimal256 is DecimalNumber, always with decimal256.
	Decimal256
	// DecimalText makes strings, such as "1.50".
	DecimalText
	// DecimalBits makes fixed_size_binary[16] with the bytes of BSON, as PyMongoArrow does.
	DecimalBits
)

// String returns "auto", "number", "decimal256", "text" or "bits".
func (d Decimal) String() string {
	return nameOf(uint8(d), "auto", "number", "decimal256", "text", "bits")
}

// Regex is the form of regexes.
type Regex uint8

// The values of Regex.
const (
	// RegexStruct makes a struct of pattern and options.
	RegexStruct Regex = iota
	// RegexText makes /pattern/options. Options with a slash are an error.
	RegexText
)

// String returns "struct" or "text".
func (r Regex) String() string { return nameOf(uint8(r), "struct", "text") }

// Nulls is for null and missing fields, which are one null in Arrow.
type Nulls uint8

// The values of Nulls.
const (
	// NullsExact adds a column of booleans if a path is null in one document and missing in
	// another. So both come back.
	NullsExact Nulls = iota
	// NullsFold adds no columns. If null and missing occur at a path, a missing field
	// comes back as null; it is counted as LossMissing.
	NullsFold
)

// String returns "exact" or "fold".
func (n Nulls) String() string { return nameOf(uint8(n), "exact", "fold") }

// Order is for the order of keys: columns have one order for all documents.
type Order uint8

// The values of Order.
const (
	// OrderColumns gives the documents that come back the order of the columns. A document
	// with another order is counted as LossOrder.
	OrderColumns Order = iota
	// OrderExact adds a column to each document with several fields: a list of the numbers
	// of its columns in the order of the keys, or null if that is the order of the columns.
	OrderExact
)

// String returns "columns" or "exact".
func (o Order) String() string { return nameOf(uint8(o), "columns", "exact") }

// Times is for times of columns that are finer than the milliseconds of BSON.
type Times uint8

// The values of Times.
const (
	// TimesExact makes an error of a time that is not a whole number of milliseconds.
	TimesExact Times = iota
	// TimesFloor rounds down to a whole millisecond, before 1970 too.
	TimesFloor
)

// String returns "exact" or "floor".
func (t Times) String() string { return nameOf(uint8(t), "exact", "floor") }

// Extra is for fields that have no column.
type Extra uint8

// The values of Extra.
const (
	// ExtraError makes an error of a field without a column.
	ExtraError Extra = iota
	// ExtraIgnore leaves such fields out, and counts them as LossField.
	ExtraIgnore
)

// String returns "error" or "ignore".
func (e Extra) String() string { return nameOf(uint8(e), "error", "ignore") }

// nameOf returns names[i], or the number i.
func nameOf(i uint8, names ...string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return strconv.Itoa(int(i))
}

const (
	defaultBatchDocuments = 1 << 16
	defaultBatchBytes     = 16 << 20
	defaultMaxLevels      = 60
	defaultMaxColumns     = 20_000
)

// resolve replaces zeros by defaults and applies the ceilings. It returns a
// *bsoncore.OptionError for an option out of range.
func (o *Options) resolve() error {
	for _, f := range []struct {
		name         string
		value, count uint8
	}{
		{"Mixed", uint8(o.Mixed), uint8(MixedNull)},
		{"Decimal", uint8(o.Decimal), uint8(DecimalBits)},
		{"Regex", uint8(o.Regex), uint8(RegexText)},
		{"Nulls", uint8(o.Nulls), uint8(NullsFold)},
		{"Times", uint8(o.Times), uint8(TimesFloor)},
		{"Order", uint8(o.Order), uint8(OrderExact)},
		{"Extra", uint8(o.Extra), uint8(ExtraIgnore)},
	} {
		if f.value > f.count {
			return optionError(f.name, int(f.value))
		}
	}
	for _, f := range []struct {
		name           string
		value          *int
		usual, highest int
	}{
		{"BatchDocuments", &o.BatchDocuments, defaultBatchDocuments, 1 << 30},
		{"BatchBytes", &o.BatchBytes, defaultBatchBytes, 1 << 30},
		{"MaxDocumentSize", &o.MaxDocumentSize, bsoncore.DefaultMaxDocumentSize, 1<<31 - 1},
		{"MaxDepth", &o.MaxDepth, bsoncore.DefaultMaxDepth, bsoncore.DepthCeiling},
		{"MaxLevels", &o.MaxLevels, defaultMaxLevels, 1000},
		{"MaxColumns", &o.MaxColumns, defaultMaxColumns, 1 << 20},
	} {
		switch {
		case *f.value < 0:
			return optionError(f.name, *f.value)
		case *f.value == 0:
			*f.value = f.usual
		}
		*f.value = min(*f.value, f.highest)
	}
	if o.Allocator == nil {
		o.Allocator = memory.DefaultAllocator
	}
	return nil
}

func optionError(name string, value int) error {
	return &bsoncore.OptionError{Option: "columns.Options." + name, Value: strconv.Itoa(value)}
}

// Schema returns the options of a schema.Schema for Infer. Such a Schema has the limits of o,
// and collects only what Infer needs. Infer also accepts a Schema with other options, if it
// has all paths. MixedUnion and MixedNull also need the paths below paths of several types, and
// DecimalNumber and Decimal256 need the numbers. Schema panics if an option is out of range.
func (o Options) Schema() schema.Options {
	if err := o.resolve(); err != nil {
		panic(err)
	}
	levels := o.MaxLevels
	if o.Order == OrderExact {
		levels = max(1, levels-1) // for the lists
	}
	return schema.Options{
		MaxPaths: o.MaxColumns, MaxLevels: levels, MaxDepth: o.MaxDepth,
		TypesOnly:  o.Decimal != DecimalNumber && o.Decimal != Decimal256,
		SingleOnly: o.Mixed != MixedUnion && o.Mixed != MixedNull,
		// Infer asks for no values: a few are the least that a Schema with numbers has.
		MaxValues: 1, MaxHashes: 1,
	}
}
