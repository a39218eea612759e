package cli

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// This file has flags that say words. Like all values of flags here they
// implement pflag.Value, whose Type is what help shows.

// A word is one of the values of a flag. If an earlier word of the flag has the
// same value, this one is another name for it, and help does not list it.
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
	return c.wrong(s, "")
}

// wrong is the error for s, which is not a word of c. more follows the list of
// words.
func (c *choice[T]) wrong(s, more string) error {
	text := "must be " + strings.ReplaceAll(c.Type(), "|", " or ") + more
	if meant := c.meant(s); meant != "" {
		text += "; did you mean " + meant + "?"
	}
	return errors.New(text)
}

// leastPrefix is the length of the shortest prefix of a word that is taken for
// the word, in bytes.
const leastPrefix = 3

// meant returns the word that is most similar to s, or that starts with s and
// is the only one, or "". Upper and lower case are the same.
func (c *choice[T]) meant(s string) string {
	s = strings.ToLower(s)
	var names, longer []string
	for _, w := range c.words {
		names = append(names, w.name)
		if len(s) >= leastPrefix && strings.HasPrefix(w.name, s) {
			longer = append(longer, w.name)
		}
	}
	if i := closest(s, names); i >= 0 {
		return names[i]
	}
	if len(longer) == 1 {
		return longer[0]
	}
	return ""
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

// Type returns a word for each value, as help shows them.
func (c *choice[T]) Type() string {
	var names []string
	listed := map[T]bool{}
	for _, w := range c.words {
		if !listed[w.value] {
			names, listed[w.value] = append(names, w.name), true
		}
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
		if c := choose(&one, u.words...); c.Set(part) != nil {
			return c.wrong(part, ", or several with commas between them")
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

// Type returns a word for each value, as help shows them.
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

// A setting is a choice that may also be a flag without a value. The flag alone,
// and true, stand for the word on; false stands for the word off.
type setting[T comparable] struct {
	*choice[T]
	on, off string
}

// Set sets the value to that of the word s.
func (v *setting[T]) Set(s string) error {
	if on, err := strconv.ParseBool(s); err == nil {
		if s = v.off; on {
			s = v.on
		}
	}
	return v.choice.Set(s)
}

// Off reports whether the value is another than that of the flag alone.
func (v *setting[T]) Off() bool { return v.String() != v.on }

// add adds the flag to fs.
func (v *setting[T]) add(fs *pflag.FlagSet, name, usage string) {
	fs.VarPF(v, name, "", usage).NoOptDefVal = v.on
}
