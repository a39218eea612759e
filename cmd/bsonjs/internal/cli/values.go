package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// This file has the kinds of flag values that pflag lacks. Both implement
// pflag.Value.

// A word is one of the values of a flag.
type word[T comparable] struct {
	name  string
	value T
}

// A choice is a flag whose value is one of a few words.
type choice[T comparable] struct {
	p     *T
	words []word[T]
}

// choose returns a flag value that sets *p to the value of one of words.
func choose[T comparable](p *T, words ...word[T]) *choice[T] { return &choice[T]{p, words} }

// Set sets the value to that of the word s.
func (c *choice[T]) Set(s string) error {
	for _, w := range c.words {
		if w.name == s {
			*c.p = w.value
			return nil
		}
	}
	return fmt.Errorf("must be %s", strings.ReplaceAll(c.Type(), "|", " or "))
}

// String returns the word for the value, "" if there is none.
func (c *choice[T]) String() string {
	if c.p == nil {
		return ""
	}
	for _, w := range c.words {
		if w.value == *c.p {
			return w.name
		}
	}
	return ""
}

// Type returns all words, as help shows them.
func (c *choice[T]) Type() string {
	names := make([]string, len(c.words))
	for i, w := range c.words {
		names[i] = w.name
	}
	return strings.Join(names, "|")
}

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
	digits, shift := s, uint(0)
	for _, u := range a.units {
		if d, ok := strings.CutSuffix(strings.ToLower(s), u.suffix); ok {
			digits, shift = d, u.shift
			break
		}
	}
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
