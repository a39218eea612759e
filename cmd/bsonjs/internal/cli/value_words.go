package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// This file has flags that say words. Like all values of flags here they
// implement pflag.Value, whose Type is what help shows.

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
		return errors.New("must be true or false")
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
