package bson

import (
	"fmt"
	"strconv"
)

// This file writes values for people, in the syntax of MongoDB's shell, for
// logs and messages. The text is not read back; package extjson writes text
// that is. types_shell.go has the syntax.

// String returns d as {"key": value, …} in the shell's spelling.
func (d D) String() string { return shellText(d) }

// String returns m as {"key": value, …} in the shell's spelling, keys sorted.
func (m M) String() string { return shellText(m) }

// String returns a as [value, …] in the shell's spelling.
func (a A) String() string { return shellText(a) }

// String returns e as "key": value in the shell's spelling.
func (e E) String() string { return shellText(e) }

// String returns BinData(subtype, "base64").
func (b Binary) String() string { return shellText(b) }

// String returns /pattern/options.
func (r Regex) String() string { return shellText(r) }

// String returns Timestamp(seconds, increment).
func (t Timestamp) String() string { return shellText(t) }

// String returns ISODate("…"), or Date(milliseconds) outside the years 0 to
// 9999.
func (d DateTime) String() string { return shellText(d) }

// String returns Code("…"). The code itself is string(c).
func (c Code) String() string { return shellText(c) }

// String returns Code("…", scope).
func (c CodeWithScope) String() string { return shellText(c) }

// String returns Symbol("…"). The text itself is string(s).
func (s Symbol) String() string { return shellText(s) }

// String returns undefined.
func (u Undefined) String() string { return shellText(u) }

// String returns null.
func (n Null) String() string { return shellText(n) }

// String returns DBPointer("namespace", id).
func (p DBPointer) String() string { return shellText(p) }

// String returns DBRef("collection", id, "database"), followed by the extra
// elements as a document if there are any.
func (r DBRef) String() string { return shellText(r) }

// String returns MinKey().
func (k MinKey) String() string { return shellText(k) }

// String returns MaxKey().
func (k MaxKey) String() string { return shellText(k) }

// String returns Vector(type, [elements]).
func (v Vector) String() string { return shellText(v) }

// String returns r as {"key": value, …} in the shell's spelling, or a note that
// it is malformed.
func (r Raw) String() string {
	var d D
	if err := Unmarshal(r, &d); err != nil {
		return "Raw(" + strconv.Itoa(len(r)) + " bytes, malformed)"
	}
	return d.String()
}

// Format writes the bytes of r for the verbs x and X, and its String for
// others.
func (r Raw) Format(s fmt.State, verb rune) {
	switch verb {
	case 'x', 'X':
		fmt.Fprintf(s, fmt.FormatString(s, verb), []byte(r))
	case 'q':
		fmt.Fprintf(s, fmt.FormatString(s, verb), r.String())
	default:
		fmt.Fprintf(s, fmt.FormatString(s, 's'), r.String())
	}
}

// String returns v in the shell's spelling, or a note that it is malformed.
func (v RawValue) String() string {
	var x any
	if err := v.Unmarshal(&x); err != nil {
		return "RawValue(" + v.Type.String() + ", malformed)"
	}
	return shellText(x)
}
