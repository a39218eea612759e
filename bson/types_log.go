package bson

import "log/slog"

// This file has what log/slog sees of the types: groups of documents, times
// of datetimes, text of others.

// maxLogDepth is how deep groups are nested in a log value.
const maxLogDepth = 20

// LogValue returns d as a group of its elements in order, for log/slog. A
// nested D becomes a group of its own, and one without elements, which slog
// would not show as a group, "{}". Where they are nested more than 20 deep,
// which is what a D that contains itself comes to, "…" ends them.
func (d D) LogValue() slog.Value {
	ended := false
	return logGroup(d, 0, &ended)
}

// logGroup returns d, which has depth groups around it, as a group. All groups
// end where the first lies too deep.
func logGroup(d D, depth int, ended *bool) slog.Value {
	if *ended = *ended || depth > maxLogDepth; *ended {
		return slog.StringValue("…")
	}
	switch {
	case d == nil:
		return slog.AnyValue(nil)
	case len(d) == 0:
		return slog.StringValue("{}")
	}
	attrs := make([]slog.Attr, 0, len(d))
	for _, e := range d {
		var v slog.Value
		switch x := e.Value.(type) {
		case D:
			v = logGroup(x, depth+1, ended)
		case *D:
			if x != nil {
				v = logGroup(*x, depth+1, ended)
			}
		default:
			v = slog.AnyValue(x)
		}
		attrs = append(attrs, slog.Attr{Key: e.Key, Value: v})
		if *ended {
			break
		}
	}
	return slog.GroupValue(attrs...)
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
