package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// A word is one of the values of a flag.
type word[T any] struct {
	name  string
	value T
}

// A choice is a flag whose value is one of a few words.
type choice[T comparable] struct {
	p     *T
	words []word[T]
}

// choose returns a flag value that sets *p to the value of one of words.
func choose[T comparable](p *T, words ...word[T]) pflag.Value { return &choice[T]{p, words} }

// named returns the words of values, which are their texts.
func named[T interface {
	comparable
	fmt.Stringer
}](values ...T) (words []word[T]) {
	for _, v := range values {
		words = append(words, word[T]{v.String(), v})
	}
	return words
}

// Set sets the value to that of the word s.
func (c *choice[T]) Set(s string) error {
	for _, w := range c.words {
		if w.name == s {
			*c.p = w.value
			return nil
		}
	}
	return errors.New("must be " + strings.ReplaceAll(c.Type(), "|", " or "))
}

// String returns "": the texts of help name the defaults.
func (c *choice[T]) String() string { return "" }

// Type returns the words, with | between them.
func (c *choice[T]) Type() string {
	names := make([]string, len(c.words))
	for i, w := range c.words {
		names[i] = w.name
	}
	return strings.Join(names, "|")
}

// A count is a flag whose value is a number of at least 1 and at most 2³¹−1.
type count struct{ p *int }

// Set sets the number to s.
func (c count) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > math.MaxInt32 {
		return errors.New("must be a number from 1 to 2147483647")
	}
	*c.p = n
	return nil
}

// String returns "": the texts of help name the defaults.
func (c count) String() string { return "" }

// Type returns the name of the value in help.
func (c count) Type() string { return "N" }
