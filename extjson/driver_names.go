package extjson

import (
	"bytes"
	"encoding/json"
)

// This file has the functions for text of the official driver's package bson,
// with the driver's parameters and its spelling.

// MarshalExtJSON returns v as canonical or relaxed text in the spelling of the
// official driver. Keys that are special, such as $oid, are written as they are.
// escapeHTML is EncodeOptions.EscapeHTML. Errors are those of Marshal.
func MarshalExtJSON(v any, canonical, escapeHTML bool) ([]byte, error) {
	o := EncodeOptions{Doubles: DriverDoubles, EscapeLines: true, EscapeHTML: escapeHTML, AmbiguousKeys: AsIs}
	if canonical {
		o.Mode = Canonical
	}
	return o.Marshal(v)
}

// MarshalExtJSONIndent is MarshalExtJSON, then IndentExtJSON.
func MarshalExtJSONIndent(v any, canonical, escapeHTML bool, prefix, indent string) ([]byte, error) {
	text, err := MarshalExtJSON(v, canonical, escapeHTML)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := IndentExtJSON(&b, text, prefix, indent); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// IndentExtJSON is json.Indent.
func IndentExtJSON(dst *bytes.Buffer, text []byte, prefix, indent string) error {
	return json.Indent(dst, text, prefix, indent)
}

// UnmarshalExtJSON is DecodeOptions.Unmarshal. Like the official driver it also
// reads legacy text, unless canonicalOnly is true.
func UnmarshalExtJSON(text []byte, canonicalOnly bool, v any) error {
	return DecodeOptions{CanonicalOnly: canonicalOnly, Legacy: true}.Unmarshal(text, v)
}
