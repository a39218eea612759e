package tabular

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bsonkit/bsonkit/bson"
)

// This file reads and writes dates in a layout.
//
//   - A layout is one of package time. goOf translates formats of Microsoft and Oracle.
//   - parse is exact: a text that says more or something else than a datetime in
//     milliseconds is an error.

// A layout is the text of dates: a layout of package time, "" for RFC 3339.
type layout string

// format returns the layout of package time in which ms is written.
func (l layout) format(ms int64) string {
	switch {
	case l != "":
		return string(l)
	case ms%1000 == 0:
		return "2006-01-02T15:04:05Z07:00"
	}
	return "2006-01-02T15:04:05.000Z07:00"
}

// parse returns the date in text, in milliseconds since 1970. A text without a zone is in
// UTC.
func (l layout) parse(text string) (ms int64, err error) {
	in := string(l)
	if l == "" {
		in = time.RFC3339
	}
	t, err := time.Parse(in, text)
	switch {
	case err != nil:
		return 0, ErrText
	case t.Nanosecond()%int(time.Millisecond) != 0:
		return 0, bson.ErrInexact
	}
	// Package time gives a zone that it does not know the offset 0.
	if name, offset := t.Zone(); offset == 0 && strings.Contains(in, "MST") && name != "UTC" && name != "GMT" {
		return 0, errZone
	}
	return t.UnixMilli(), nil
}

// errZone is the fault of a date whose zone is a name.
var errZone = fmt.Errorf("%w: the offset of the time zone is not known", ErrText)

// prepareGo is the function prepare of Date and DateGo.
func prepareGo(c *Cells, arg string) error {
	c.layout = layout(arg)
	if arg == "" && c.t == Date {
		return nil
	}
	return tellsTime(arg)
}

// tellsTime returns an error if two different dates have the same text in the layout.
func tellsTime(layout string) error {
	early := time.Date(1, 2, 3, 4, 5, 6, 0, time.UTC)
	late := time.Date(2077, 8, 9, 22, 33, 44, 0, time.UTC)
	if early.Format(layout) == late.Format(layout) {
		return errors.New("the layout of a date has no date, such as 2006-01-02 for the year, the month and the day")
	}
	return nil
}

func prepareMS(c *Cells, arg string) error { return microsoft.prepare(c, arg) }

func prepareOracle(c *Cells, arg string) error { return oracle.prepare(c, arg) }

// A dialect is a language of formats: its words, the longest first, with those of package
// time. The word for digits of a second is repeated.
type dialect struct {
	name  string
	folds bool // words are in any letter case
	words []spelling
}

// A spelling is a word and its word in package time.
type spelling struct{ word, inGo string }

// microsoft is the language of FORMAT of SQL Server, and of .NET.
var microsoft = dialect{name: "date_ms", words: []spelling{
	{"yyyy", "2006"}, {"yy", "06"},
	{"MMMM", "January"}, {"MMM", "Jan"}, {"MM", "01"}, {"M", "1"},
	{"dddd", "Monday"}, {"ddd", "Mon"}, {"dd", "02"}, {"d", "2"},
	{"HH", "15"}, {"hh", "03"}, {"h", "3"},
	{"mm", "04"}, {"m", "4"}, {"ss", "05"}, {"s", "5"},
	{"fff", "000"}, {"ff", "00"}, {"f", "0"},
	{"FFF", "999"}, {"FF", "99"}, {"F", "9"},
	{"tt", "PM"}, {"zzz", "-07:00"}, {"zz", "-07"}, {"K", "Z07:00"},
}}

// oracle is the language of TO_DATE.
var oracle = dialect{name: "date_oracle", folds: true, words: []spelling{
	{"YYYY", "2006"}, {"YY", "06"},
	{"MONTH", "January"}, {"MON", "Jan"}, {"MM", "01"}, {"MI", "04"},
	{"DDD", "002"}, {"DD", "02"}, {"DAY", "Monday"}, {"DY", "Mon"},
	{"HH24", "15"}, {"HH12", "03"}, {"HH", "03"}, {"SS", "05"},
	{"FF3", "000"}, {"FF2", "00"}, {"FF1", "0"},
	{"AM", "PM"}, {"PM", "PM"}, {"TZH:TZM", "-07:00"}, {"TZH", "-07"},
}}

// prepare sets the layout of c to arg, which is a format in d.
func (d *dialect) prepare(c *Cells, arg string) error {
	text, err := d.goOf(arg)
	if err == nil {
		err = tellsTime(text)
	}
	c.layout = layout(text)
	return err
}

// goOf returns the layout of package time for a format in d.
func (d *dialect) goOf(format string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); {
		if w := d.wordAt(format[i:]); w != nil {
			fraction := w.inGo[0] == '0' && strings.Trim(w.inGo, "0") == "" || w.inGo[0] == '9'
			if fraction && (i == 0 || format[i-1] != '.' && format[i-1] != ',') {
				return "", fmt.Errorf("%s in %s needs a point in front of it", w.word, d.name)
			}
			b.WriteString(w.inGo)
			i += len(w.word)
			continue
		}
		n, err := d.literal(&b, format[i:])
		if err != nil {
			return "", err
		}
		i += n
	}
	return b.String(), nil
}

// wordAt returns the word at the start of format, nil if there is none.
func (d *dialect) wordAt(format string) *spelling {
	for i := range d.words {
		w := &d.words[i]
		if n := len(w.word); len(format) >= n && (format[:n] == w.word || d.folds && strings.EqualFold(format[:n], w.word)) {
			return w
		}
	}
	return nil
}

// literal writes the text at the start of format that is no word, and returns its length.
// Letters and digits would be words to package time, except for T and Z.
func (d *dialect) literal(b *strings.Builder, format string) (n int, err error) {
	text := format[:1]
	n = 1
	switch text {
	case "'", `"`:
		end := strings.Index(format[1:], text)
		if end < 0 {
			return 0, fmt.Errorf("a quotation mark in %s is not closed", d.name)
		}
		text, n = format[1:1+end], end+2
	}
	for i := range len(text) {
		if isWord(text[i]) && text[i] != 'T' && text[i] != 'Z' {
			return 0, fmt.Errorf("%s does not know %q", d.name, text[i:])
		}
	}
	b.WriteString(text)
	return n, nil
}

func readDate(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	ms, err := c.layout.parse(string(text))
	return binary.LittleEndian.AppendUint64(dst, uint64(ms)), bson.TypeDateTime, err
}

func writeDate(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeDateTime {
		return dst, ErrValue
	}
	ms := int64(binary.LittleEndian.Uint64(data))
	out := time.UnixMilli(ms).UTC().AppendFormat(dst, c.layout.format(ms))
	if back, err := c.layout.parse(string(out[len(dst):])); err != nil || back != ms {
		return dst, ErrValue
	}
	return out, nil
}
