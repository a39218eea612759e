package sink

import (
	"io"
	"math"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/record"
)

// None is a sink that writes nothing.
type None struct{}

// Part returns a part that stays empty.
func (None) Part() record.Part { return nonePart{} }

// Alone returns the largest int: records need no memory.
func (None) Alone() int { return math.MaxInt }

// Take does nothing.
func (None) Take(record.Part) error { return nil }

// Long does nothing.
func (None) Long(*record.Record, io.Writer) error { return nil }

type nonePart struct{}

func (nonePart) Reset(int, int)           {}
func (nonePart) Add(*record.Record) error { return nil }
func (nonePart) Size() int                { return 0 }
