package bson

import (
	"log/slog"
	"reflect"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// This file has the form of the types in log/slog: groups for documents, times
// for datetimes, text for the others. A group is made at once with all its
// parts: a method that slog called later would start a new count of the depth.

// maxLogDepth is the deepest nesting of groups in a log value.
const maxLogDepth = 20

// LogValue returns d as a group of its elements in order, for log/slog. A
// nested D becomes a group of its own, and one without elements, which slog
// would not show as a group, "{}". Groups more than 20 deep end in "…"; a D that
// contains itself is as deep. Groups that the LogValue of another type returns
// count too.
func (d D) LogValue() slog.Value {
	var w logWriter
	return w.group(d, 0)
}

// A logWriter makes one log value.
type logWriter struct {
	ended bool // a group lay too deep: all end there
}

// logEnd marks the end of a shortened log value.
const logEnd = "…"

func (w *logWriter) end() slog.Value {
	w.ended = true
	return slog.StringValue(logEnd)
}

// group returns d, which has depth groups around it, as a group.
func (w *logWriter) group(d D, depth int) slog.Value {
	switch {
	case w.ended || depth > maxLogDepth:
		return w.end()
	case d == nil:
		return slog.AnyValue(nil)
	case len(d) == 0:
		return slog.StringValue("{}")
	}
	attrs := make([]slog.Attr, 0, len(d))
	for _, e := range d {
		attrs = append(attrs, slog.Attr{Key: e.Key, Value: w.value(e.Value, depth+1)})
		if w.ended {
			break
		}
	}
	return slog.GroupValue(attrs...)
}

// value returns an element, which has depth groups around it.
func (w *logWriter) value(v any, depth int) slog.Value {
	switch x := v.(type) {
	case D:
		return w.group(x, depth)
	case *D:
		if x != nil {
			return w.group(*x, depth)
		}
		return slog.Value{}
	case bsoncore.Document:
		return Raw(x).LogValue()
	case bsoncore.Value:
		v = rawValueOf(x)
	case slog.LogValuer:
		t := reflect.TypeOf(v)
		if _, ours := knownTypes[t]; !ours && holdsValues(t) {
			return w.method(x, depth)
		}
	}
	return slog.AnyValue(v)
}

// method returns what the method of another type makes of its value. slog would
// ask later, and nobody would count.
func (w *logWriter) method(x slog.LogValuer, depth int) slog.Value {
	around := countCaller(1)
	if around >= maxLogDepth {
		return w.end()
	}
	v := w.resolved(slog.AnyValue(x).Resolve(), depth)
	// As in types_shell.go: within another method all end where one does.
	w.ended = w.ended && around > 0
	return v
}

// resolved returns v without methods that are still to be called.
func (w *logWriter) resolved(v slog.Value, depth int) slog.Value {
	switch v.Kind() {
	case slog.KindLogValuer:
		return w.value(v.Any(), depth)
	case slog.KindString:
		w.ended = w.ended || v.String() == logEnd
	case slog.KindGroup:
		if depth > maxLogDepth {
			return w.end()
		}
		attrs := make([]slog.Attr, 0, len(v.Group()))
		for _, a := range v.Group() {
			attrs = append(attrs, slog.Attr{Key: a.Key, Value: w.resolved(a.Value, depth+1)})
			if w.ended {
				break
			}
		}
		return slog.GroupValue(attrs...)
	}
	return v
}

// LogValue returns r as a D decoded from it is, for log/slog, or says that it
// is malformed.
func (r Raw) LogValue() slog.Value {
	var d D
	if err := Unmarshal(r, &d); err != nil {
		return slog.StringValue(r.String())
	}
	return d.LogValue()
}

// LogValue returns m as text, for log/slog.
func (m M) LogValue() slog.Value { return slog.StringValue(m.String()) }

// LogValue returns the time, for log/slog.
func (d DateTime) LogValue() slog.Value { return slog.TimeValue(d.Time()) }

// LogValue returns the shell's spelling of b, for log/slog.
func (b Binary) LogValue() slog.Value { return slog.StringValue(b.String()) }
