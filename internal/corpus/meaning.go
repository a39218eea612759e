package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Compact returns text without blanks between tokens and with one way of escaping
// strings. The order of keys, duplicate keys and the spelling of numbers stay.
// Compact uses encoding/json, so that it is independent of extjson.
func Compact(text string) (string, error) { return rewrite(text, false) }

// Meaning is Compact with one spelling for doubles, bare and in $numberDouble, and
// for the texts of dates. So texts with the same values in the same order are equal.
func Meaning(text string) (string, error) { return rewrite(text, true) }

func rewrite(text string, meaning bool) (string, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	w := writer{d: d, meaning: meaning}
	if err := w.value(""); err != nil {
		return "", err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("text after the value at %d: %v", d.InputOffset(), err)
	}
	return string(w.out), nil
}

type writer struct {
	d       *json.Decoder
	out     []byte
	meaning bool // write doubles and dates in one spelling
}

// value copies one value. key is the key of the value.
func (w *writer) value(key string) error {
	token, err := w.d.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		return w.container(v)
	case string:
		switch {
		case w.meaning && key == "$numberDouble":
			v = double(v)
		case w.meaning && key == "$date":
			v = date(v)
		}
		return w.text(v)
	case json.Number:
		s := v.String()
		if w.meaning && strings.ContainsAny(s, ".eE") {
			s = double(s)
		}
		w.out = append(w.out, s...)
	case bool:
		w.out = strconv.AppendBool(w.out, v)
	case nil:
		w.out = append(w.out, "null"...)
	default:
		return fmt.Errorf("unexpected token %v", token)
	}
	return nil
}

func (w *writer) container(open json.Delim) error {
	w.out = append(w.out, byte(open))
	for first := true; w.d.More(); first = false {
		if !first {
			w.out = append(w.out, ',')
		}
		var key string
		if open == '{' {
			token, err := w.d.Token()
			if err != nil {
				return err
			}
			key = token.(string)
			if err := w.text(key); err != nil {
				return err
			}
			w.out = append(w.out, ':')
		}
		if err := w.value(key); err != nil {
			return err
		}
	}
	end, err := w.d.Token()
	if err != nil {
		return err
	}
	w.out = append(w.out, byte(end.(json.Delim)))
	return nil
}

func (w *writer) text(s string) error {
	b, err := json.Marshal(s)
	w.out = append(w.out, b...)
	return err
}

// double returns the text of a double with the exact digits of its value, so that
// different values stay different. A zero keeps its sign. It returns other texts
// unchanged.
func double(s string) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return strconv.FormatFloat(v, 'e', -1, 64)
}

// date returns the text of a date in UTC, with nine fraction digits. It returns other
// texts unchanged.
func date(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000Z")
}
