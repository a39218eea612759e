package columns

import (
	"math"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file appends values whose type is not that of their column: nulls, wider numbers, and
// alternatives of a union.

// other appends a value whose type is not that of s, if an option says how.
func (a *appender) other(s *sink) {
	c := a.c
	t := c.Type()
	widen := a.options.Mixed == MixedWiden
	switch {
	case c.Failed():
	case s.form == asUnion:
		a.alternative(s)
	case t == bsoncore.TypeNull:
		a.null(s)
	case widen && s.form == asInt64 && t == bsoncore.TypeInt32:
		a.wider(s, int64(c.Int32()))
	case widen && s.form == asDouble && t == bsoncore.TypeInt32:
		a.wider(s, int64(c.Int32()))
	case widen && s.form == asDouble && t == bsoncore.TypeInt64:
		a.wider(s, c.Int64())
	case a.options.Mixed == MixedNull:
		if a.lose(LossValue, s) {
			a.pass()
			s.fill(s.rows + 1)
		}
	default:
		a.reject(s.column, s.column.path(), ErrType)
	}
}

// null appends a null of BSON.
func (a *appender) null(s *sink) {
	switch s.column.nulls {
	case nullIsMissing:
		if a.options.Nulls == NullsExact {
			a.reject(s.column, s.column.path(), ErrNull)
			return
		}
		if !a.lose(LossNull, s) {
			return
		}
	case nullIsFlagged:
		s.flag.fill(s.rows)
		s.flag.boolean(true)
		s.flag.rows++
	}
	s.fill(s.rows + 1)
}

// wider appends an integer to a column of a wider type.
func (a *appender) wider(s *sink, v int64) {
	if s.form == asDouble && (int64(float64(v)) != v || v == math.MaxInt64) {
		a.reject(s.column, s.column.path(), ErrValue)
		return
	}
	if !a.lose(LossWidth, s) {
		return
	}
	if s.form == asDouble {
		v = int64(math.Float64bits(float64(v)))
	}
	s.values.appendInt64(v)
	s.rows++
}

// alternative appends a value to the child of a union for its type.
func (a *appender) alternative(s *sink) {
	kid := s.byType[a.c.Type()]
	if kid == nil {
		a.reject(s.column, s.column.path(), ErrType)
		return
	}
	s.choose(kid)
	a.row(kid)
	s.rows++
}
