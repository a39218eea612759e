package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // --time-zone means the same where the system has no table of zones
)

// This file has more kinds of flag values, which implement pflag.Value as
// those of values.go do.

// A union is a flag whose value is one or more words with commas between them.
type union[T ~uint8] struct {
	p     *T
	words []word[T]
}

// unite returns a flag value that sets *p to the union of the values of some of
// words.
func unite[T ~uint8](p *T, words ...word[T]) *union[T] { return &union[T]{p, words} }

// Set sets the value to the union of the values of the words in s.
func (u *union[T]) Set(s string) error {
	var all T
	for part := range strings.SplitSeq(s, ",") {
		var one T
		if err := choose(&one, u.words...).Set(part); err != nil {
			return fmt.Errorf("%w, or several with commas between them", err)
		}
		all |= one
	}
	*u.p = all
	return nil
}

// String returns the words for the value.
func (u *union[T]) String() string {
	if u.p == nil {
		return ""
	}
	var names []string
	for _, w := range u.words {
		if w.value != 0 && *u.p&w.value == w.value {
			names = append(names, w.name)
		}
	}
	return strings.Join(names, ",")
}

// Type returns all words, as help shows them.
func (u *union[T]) Type() string { return choose(u.p, u.words...).Type() }

// A toggle is a flag without a value that replaces the default.
type toggle[T comparable] struct {
	p  *T
	on T
}

// Set sets the value to t.on, or to the default.
func (t *toggle[T]) Set(s string) error {
	on, err := strconv.ParseBool(s)
	if err != nil {
		return fmt.Errorf("must be true or false")
	}
	if *t.p = *new(T); on {
		*t.p = t.on
	}
	return nil
}

// String returns "true" or "false".
func (t *toggle[T]) String() string { return strconv.FormatBool(t.p != nil && *t.p == t.on) }

// Type returns what pflag calls a flag without a value.
func (t *toggle[T]) Type() string { return "bool" }

// IsBoolFlag tells pflag and cobra that there is no value.
func (t *toggle[T]) IsBoolFlag() bool { return true }

// A count is a flag whose value is a number, limited only by its type.
type count struct{ p *int64 }

// Set sets the count to digits.
func (c *count) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return fmt.Errorf("must be a number, 0 or more")
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

// A zone is a flag whose value is a time zone.
type zone struct{ p **time.Location }

// offsets are the forms of a time zone without a name.
var offsets = []string{"-07:00", "-0700"}

// Set sets the zone to a name of the time zone database, such as
// Europe/Paris, to UTC or Local, or to an offset such as +02:00.
func (z *zone) Set(s string) error {
	for _, layout := range offsets {
		if t, err := time.Parse(layout, s); err == nil {
			_, seconds := t.Zone()
			*z.p = time.FixedZone(s, seconds)
			return nil
		}
	}
	if strings.EqualFold(s, "local") {
		s = "Local"
	}
	loc, err := time.LoadLocation(s)
	if err != nil || s == "" {
		return fmt.Errorf("must be the name of a time zone such as Europe/Paris, UTC or Local, or an offset such as +02:00")
	}
	*z.p = loc
	return nil
}

// String returns the name of the zone, "" for the default.
func (z *zone) String() string {
	if z.p == nil || *z.p == nil {
		return ""
	}
	return (*z.p).String()
}

// Type returns what help calls the zone.
func (z *zone) Type() string { return "zone" }
