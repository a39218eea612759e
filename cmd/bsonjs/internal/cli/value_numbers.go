package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/inspect"
)

// This file has flags that say numbers.

// An amount is a flag whose value is a number.
type amount struct {
	p           *int
	least, most int
	units       []unit // what may follow the digits, may be nil
}

// A unit is a suffix of an amount.
type unit struct {
	suffix string // in lower case
	shift  uint   // the unit is 1<<shift
}

var byteUnits = []unit{
	{"kib", 10}, {"mib", 20}, {"gib", 30},
	{"k", 10}, {"m", 20}, {"g", 30},
	{"b", 0},
}

// Set sets the amount to digits and an optional unit, in either case.
func (a *amount) Set(s string) error {
	digits, shift := cutUnit(s, a.units)
	n, err := strconv.ParseUint(digits, 10, 32)
	n <<= shift
	if n == uint64(a.most)+1 && shift > 0 {
		n-- // 2GiB is one byte more than a document can have
	}
	if err != nil || n < uint64(a.least) || n > uint64(a.most) {
		return fmt.Errorf("must be a number from %d to %d%s", a.least, a.most, a.also())
	}
	*a.p = int(n)
	return nil
}

// cutUnit returns the digits of s and the shift of the unit behind them, which is one of
// units.
func cutUnit(s string, units []unit) (digits string, shift uint) {
	for _, u := range units {
		if d, ok := strings.CutSuffix(strings.ToLower(s), u.suffix); ok {
			return d, u.shift
		}
	}
	return s, 0
}

func (a *amount) also() string {
	if a.units == nil {
		return ""
	}
	return ", with or without a unit KiB, MiB or GiB"
}

// String returns the amount in digits, "" for the default.
func (a *amount) String() string {
	if a.p == nil || *a.p == 0 {
		return ""
	}
	return strconv.Itoa(*a.p)
}

// Type returns what help calls the amount.
func (a *amount) Type() string {
	if a.units != nil {
		return "size"
	}
	return "number"
}

// A count is a flag whose value is a number, limited only by its type.
type count struct{ p *int64 }

// Set sets the count to digits.
func (c *count) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return errors.New("must be a number, 0 or more")
	}
	*c.p = int64(n)
	return nil
}

// String returns the count in digits, "" for the default.
func (c *count) String() string {
	if c.p == nil || *c.p == 0 {
		return ""
	}
	return strconv.FormatInt(*c.p, 10)
}

// Type returns what help calls the count.
func (c *count) Type() string { return "number" }

// A byteCount is a flag whose value is a number of bytes, 1 or more.
type byteCount struct{ p *int64 }

// Set sets the number to digits and an optional unit, in either case.
func (b *byteCount) Set(s string) error {
	digits, shift := cutUnit(s, byteUnits)
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || n == 0 || n > math.MaxInt64>>shift {
		return errors.New("must be a number of bytes, 1 or more, with or without a unit KiB, MiB or GiB")
	}
	*b.p = int64(n << shift)
	return nil
}

// String returns the number in digits, "" for the default.
func (b *byteCount) String() string { return (&count{b.p}).String() }

// Type returns what help calls the number.
func (b *byteCount) Type() string { return "size" }

// A span is a flag whose value is a range of numbers.
type span struct {
	p     **inspect.Span
	least int64
}

// Set sets the span to N, N-M, N- or -M.
func (s *span) Set(text string) error {
	from, to, isRange := strings.Cut(text, "-")
	v := inspect.Span{From: s.least, To: math.MaxInt64}
	var err error
	if from != "" || !isRange {
		v.From, err = strconv.ParseInt(from, 0, 64)
		if !isRange {
			v.To = v.From
		}
	}
	if to != "" && err == nil {
		v.To, err = strconv.ParseInt(to, 0, 64)
	}
	if err != nil || v.From < s.least || v.To < v.From || text == "-" {
		return fmt.Errorf("must be a number, %d or more, or a range such as 3-5, 3- or -5", s.least)
	}
	*s.p = &v
	return nil
}

// String returns the span as it is given, "" for all.
func (s *span) String() string {
	if s.p == nil || *s.p == nil {
		return ""
	}
	return fmt.Sprintf("%d-%d", (*s.p).From, (*s.p).To)
}

// Type returns what help calls the span.
func (s *span) Type() string { return "range" }
