package columns

import (
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/schema"
)

// This file makes an Arrow schema of the description of documents. It chooses a shape for
// each path; form.go makes fields of shapes.
//
//   - fields makes the columns of a document, also those of booleans for nulls.
//   - shape chooses the form of a path: single if it has one type, otherwise by Mixed.

// Infer returns the schema of the documents that s describes. It has a column for each path,
// in the order in which paths appear first. Options.Schema has the options for s.
//
// The documents that were added to s fit the schema. The exceptions are values that the form
// of their column does not hold, such as NaN with a payload in a column of decimals. If o has
// no option that loses something, the documents come back with the same bytes. Two losses
// remain: the order of keys without OrderExact, and keys of arrays other than 0, 1, 2 and so
// on.
//
// The error is a *MixedTypesError; or a *ColumnError for the first path that has no column; or
// a *bsoncore.OptionError. A ColumnError matches ErrDuplicateKey, ErrColumn or ErrLimit.
// ErrLimit means that s does not have all paths: it needs a larger MaxPaths, or for ErrLevels
// a larger MaxLevels. With ErrDuplicateKey the error may also match ErrMixed, and has both
// errors.
func Infer(s *schema.Schema, o Options) (*arrow.Schema, error) {
	if err := o.resolve(); err != nil {
		return nil, err
	}
	in := inferrer{options: &o}
	fields, err := in.fields(s.Root())
	switch {
	case in.twice != nil && len(in.mixed) > 0:
		return nil, errors.Join(in.twice, &MixedTypesError{in.mixed})
	case in.twice != nil:
		return nil, in.twice
	case err != nil:
		return nil, err
	case len(in.mixed) > 0:
		return nil, &MixedTypesError{in.mixed}
	}
	out := arrow.NewSchema(fields, nil)
	if _, err := compile(out, &o); err != nil {
		return nil, err
	}
	return out, nil
}

type inferrer struct {
	options *Options
	mixed   []MixedPath // paths without a column
	twice   error       // a *ColumnError of the first path that a document has twice; nil: there is none
}

// Reasons of a ColumnError.
var (
	errLost     = fmt.Errorf("%w: the schema does not have all fields or elements", ErrLimit)
	errNumbers  = fmt.Errorf("%w: the schema does not have the sizes of decimals; make it with Options.Schema of the same Options", ErrColumn)
	errLeaf     = fmt.Errorf("%w: the schema has nothing below paths of several types; make it with Options.Schema of the same Options", ErrColumn)
	errDataKeys = fmt.Errorf("%w: too many keys that look like data, beside other keys", ErrColumn)
)

// fields returns the columns of the documents at p.
func (in *inferrer) fields(p *schema.Path) ([]arrow.Field, error) {
	if p.Lost > 0 {
		return nil, &ColumnError{Path: p.String(), Err: errLost}
	}
	var fields []arrow.Field
	for _, kid := range p.Children {
		switch {
		case kid.Kind == schema.AnyKey:
			return nil, &ColumnError{Path: p.String(), Err: errDataKeys}
		case kid.Kind == schema.Element:
			continue
		case kid.Count > kid.Present && in.twice == nil:
			in.twice = &ColumnError{Path: kid.String(), Err: ErrDuplicateKey, First: kid.Repeated}
		}
		s, err := in.shape(kid)
		if err != nil {
			return nil, err
		}
		if s.form != asUnion {
			s.nulls = in.nulls(kid)
		}
		fields = append(fields, s.field(kid.Key))
		if s.nulls == nullIsFlagged {
			fields = append(fields, flagField(kid))
		}
	}
	if in.options.Order == OrderExact && len(p.Children) > 1 {
		fields = append(fields, orderField(p))
	}
	return fields, nil
}

// orderField returns the column for the order of the keys of p. Its name is no key.
func orderField(p *schema.Path) arrow.Field {
	f := shape{form: asArray, nulls: nullIsMissing, typ: arrow.ListOfField(shape{form: asInt32}.field("item"))}.field(unused(p, ".order"))
	f.Metadata = arrow.NewMetadata([]string{orderKey}, []string{"keys"})
	return f
}

// unused returns name, followed by as many underscores as it needs to be no key of p.
func unused(p *schema.Path, name string) string {
	for slices.ContainsFunc(p.Children, func(kid *schema.Path) bool { return kid.Key == name }) {
		name += "_"
	}
	return name
}

// nulls returns what a null of the field p is. A field that is neither null nor missing so
// far may be missing later.
func (in *inferrer) nulls(p *schema.Path) nulls {
	switch null, missing := count(p, bson.TypeNull) > 0, !p.Required(); {
	case !null:
		return nullIsMissing
	case missing && in.options.Nulls == NullsExact:
		return nullIsFlagged
	}
	return nullIsNull
}

// flagField returns the column that says which nulls of p are nulls of BSON. Its name is no
// key.
func flagField(p *schema.Path) arrow.Field {
	return arrow.Field{
		Name: unused(p.Parent, p.Key+".null"), Type: arrow.FixedWidthTypes.Boolean,
		Metadata: arrow.NewMetadata([]string{flagKey}, []string{p.Key}),
	}
}

// shape returns the shape of the values of p, without nulls.
func (in *inferrer) shape(p *schema.Path) (shape, error) {
	types := slices.DeleteFunc(slices.Clone(p.Types), func(t schema.TypeCount) bool { return t.Type == bson.TypeNull })
	switch {
	case len(types) == 0:
		return shape{form: asNull}, nil
	case len(types) == 1 || in.options.Mixed == MixedNull:
		return in.single(p, types[0].Type)
	case in.options.Mixed == MixedJSON:
		return shape{form: asJSON}, nil
	case in.options.Mixed == MixedUnion:
		return in.union(p, types)
	}
	if s, ok := widened(types); ok && in.options.Mixed == MixedWiden {
		return s, nil
	}
	mixed := MixedPath{Path: p.String()}
	for _, t := range types {
		mixed.Types = append(mixed.Types, MixedType(t))
	}
	in.mixed = append(in.mixed, mixed)
	return shape{form: asNull}, nil
}

// widened returns the shape that holds all of types, which are numbers.
func widened(types []schema.TypeCount) (shape, bool) {
	s := shape{form: asInt64}
	for _, t := range types {
		switch t.Type {
		case bson.TypeInt32, bson.TypeInt64:
		case bson.TypeDouble:
			s.form = asDouble
		default:
			return shape{}, false
		}
	}
	return s, true
}

// union returns a dense union with a child for each of types, for null, and for a missing
// field.
func (in *inferrer) union(p *schema.Path, types []schema.TypeCount) (shape, error) {
	var fields []arrow.Field
	for _, t := range types {
		s, err := in.single(p, t.Type)
		if err != nil {
			return shape{}, err
		}
		fields = append(fields, s.field(t.Type.String()))
	}
	fields = append(fields, shape{form: asNull}.field("null"))
	if p.Kind == schema.Field {
		fields = append(fields, shape{form: asNull, nulls: nullIsMissing}.field("missing"))
	}
	codes := make([]arrow.UnionTypeCode, len(fields))
	for i := range codes {
		codes[i] = arrow.UnionTypeCode(i)
	}
	return shape{form: asUnion, typ: arrow.DenseUnionOf(fields, codes)}, nil
}

// singles has the forms of types that have only one.
var singles = map[bson.Type]form{
	bson.TypeDouble:        asDouble,
	bson.TypeString:        asString,
	bson.TypeUndefined:     asUndefined,
	bson.TypeObjectID:      asObjectID,
	bson.TypeBoolean:       asBoolean,
	bson.TypeDateTime:      asDateTime,
	bson.TypeDBPointer:     asDBPointer,
	bson.TypeCode:          asCode,
	bson.TypeSymbol:        asSymbol,
	bson.TypeCodeWithScope: asCodeWithScope,
	bson.TypeInt32:         asInt32,
	bson.TypeTimestamp:     asTimestamp,
	bson.TypeInt64:         asInt64,
	bson.TypeMaxKey:        asMaxKey,
	bson.TypeMinKey:        asMinKey,
}

// single returns the shape of the values of type t at p.
func (in *inferrer) single(p *schema.Path, t bson.Type) (shape, error) {
	switch t {
	case bson.TypeBinary:
		return binaryShape(p.Subtypes), nil
	case bson.TypeDecimal128:
		return in.decimal(p)
	case bson.TypeRegex:
		return shape{form: [...]form{RegexStruct: asRegex, RegexText: asRegexText}[in.options.Regex]}, nil
	case bson.TypeDocument:
		return in.document(p)
	case bson.TypeArray:
		return in.array(p)
	}
	return shape{form: singles[t]}, nil
}

func binaryShape(subtypes []schema.Subtype) shape {
	if len(subtypes) != 1 {
		return shape{form: asBinaries}
	}
	s := subtypes[0]
	if s.Subtype == bson.BinaryUUID && s.Min == 16 && s.Max == 16 {
		return shape{form: asUUID}
	}
	return shape{form: asBinary, subtype: s.Subtype}
}

func (in *inferrer) document(p *schema.Path) (shape, error) {
	fields := slices.DeleteFunc(slices.Clone(p.Children), func(kid *schema.Path) bool { return kid.Kind == schema.Element })
	asText := in.options.Mixed == MixedJSON
	switch {
	case p.Leaf:
		return shape{}, &ColumnError{Path: p.String(), Err: errLeaf}
	case p.Deep && asText:
		return shape{form: asJSON}, nil
	case p.Deep:
		return shape{}, &ColumnError{Path: p.String(), Err: ErrLevels}
	case len(fields) == 0 && p.Lost == 0:
		return shape{form: asEmpty}, nil
	case len(fields) == 1 && fields[0].Kind == schema.AnyKey && p.Lost == 0:
		item, err := in.shape(fields[0])
		if err != nil {
			return shape{}, err
		}
		key := arrow.Field{Name: "key", Type: arrow.BinaryTypes.String}
		return shape{form: asMap, typ: arrow.MapOfFields(key, item.field("value"))}, nil
	case asText && slices.ContainsFunc(fields, func(kid *schema.Path) bool { return kid.Kind == schema.AnyKey }):
		return shape{form: asJSON}, nil
	}
	columns, err := in.fields(p)
	return shape{form: asDocument, typ: arrow.StructOf(columns...)}, err
}

func (in *inferrer) array(p *schema.Path) (shape, error) {
	if p.Leaf {
		return shape{}, &ColumnError{Path: p.String(), Err: errLeaf}
	}
	item := shape{form: asNull}
	for _, kid := range p.Children {
		if kid.Kind != schema.Element {
			continue
		}
		var err error
		if item, err = in.shape(kid); err != nil {
			return shape{}, err
		}
	}
	switch {
	case p.Deep && in.options.Mixed == MixedJSON:
		return shape{form: asJSON}, nil
	case p.Deep:
		return shape{}, &ColumnError{Path: p.String(), Err: ErrLevels}
	case p.Lost > 0:
		return shape{}, &ColumnError{Path: p.String(), Err: errLost}
	}
	return shape{form: asArray, typ: arrow.ListOfField(item.field("item"))}, nil
}

// Precisions in digits: that of BSON, and those of Arrow's types.
const (
	bsonPrecision = 34
	precision128  = 38
	precision256  = 76
)

// decimal returns the shape of the decimals of p.
func (in *inferrer) decimal(p *schema.Path) (shape, error) {
	d := p.Decimals
	switch in.options.Decimal {
	case DecimalText:
		return shape{form: asDecimalText}, nil
	case DecimalBits:
		return shape{form: asDecimalBits}, nil
	case DecimalAuto:
		if d.Special > 0 || d.MinExponent != d.MaxExponent || d.MinExponent > 0 || d.MinExponent < -bsonPrecision {
			return shape{form: asDecimalText}, nil
		}
		return shape{form: asDecimal, typ: &arrow.Decimal128Type{Precision: bsonPrecision, Scale: int32(-d.MinExponent)}}, nil
	}
	if p.Numbers == nil {
		return shape{}, &ColumnError{Path: p.String(), Err: errNumbers}
	}
	scale, whole := max(0, -d.MinExponent), wholeDigits(p.Numbers)
	if whole+scale <= precision128 && in.options.Decimal != Decimal256 {
		return shape{form: asDecimal, typ: &arrow.Decimal128Type{Precision: precision128, Scale: int32(scale)}}, nil
	}
	scale = min(scale, max(0, precision256-whole))
	return shape{form: asDecimal, typ: &arrow.Decimal256Type{Precision: precision256, Scale: int32(scale)}}, nil
}

// wholeDigits returns the largest number of digits before the point. All numbers of the
// path count, because those of decimals alone are not known.
func wholeDigits(n *schema.Numbers) (digits int) {
	if n.Count == 0 {
		return 0
	}
	for _, v := range []bson.RawValue{n.Min, n.Max} {
		r := new(big.Rat)
		if d, ok := v.Decimal128OK(); ok {
			r, _ = d.Rat()
		} else if f, ok := v.DoubleOK(); ok {
			r.SetFloat64(f)
		} else if i, ok := v.AsInt64OK(); ok {
			r.SetInt64(i)
		}
		whole := new(big.Int).Quo(r.Num(), r.Denom())
		if whole.Sign() != 0 {
			digits = max(digits, len(whole.Abs(whole).String()))
		}
	}
	return digits
}

// count returns the number of values of type t.
func count(p *schema.Path, t bson.Type) uint64 {
	for _, c := range p.Types {
		if c.Type == t {
			return c.Count
		}
	}
	return 0
}
