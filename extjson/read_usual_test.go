package extjson_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
)

// TestShortcuts compares the fast readers of frequent wrappers and calls, which read
// only the usual spellings, with the general reader. They must accept no text that the
// general reader rejects, and must give the same bytes. Each text is changed at every
// place after its bracket. It is read unchanged, and with a tab after the bracket,
// which only the general reader accepts.
func TestShortcuts(t *testing.T) {
	wrappers := []string{
		`{"$oid":"56e1fc72e0c917e9c4714161"}`,
		`{"$numberInt":"-17"}`,
		`{"$numberLong":"9223372036854775807"}`,
		`{"$numberDouble":"-1.5E+3"}`,
		`{"$numberDecimal":"1.20E-5"}`,
		`{"$date":"2024-02-29T12:00:00.123Z"}`,
		`{"$date":{"$numberLong":"-1"}}`,
		`{"$binary":{"base64":"AQID","subType":"80"}}`,
	}
	calls := []string{
		`ObjectId("56e1fc72e0c917e9c4714161")`,
		`ISODate("2024-02-29T12:00:00.123Z")`,
		`NumberInt(-17)`,
		`NumberLong("9223372036854775807")`,
		`NumberDecimal("1.20E-5")`,
	}
	spacings := map[string]func(text string) string{
		"compact": func(text string) string { return text },
		"python":  func(text string) string { return space(text, ": ", ", ", "{", "}") },
		"libbson": func(text string) string { return space(text, " : ", ", ", "{ ", " }") },
	}
	for name, spacing := range spacings {
		t.Run(name, func(t *testing.T) {
			for _, w := range wrappers {
				shortcut(t, extjson.DecodeOptions{}, spacing(w), "{")
				shortcut(t, extjson.DecodeOptions{CanonicalOnly: true}, spacing(w), "{")
			}
		})
	}
	t.Run("shell", func(t *testing.T) {
		for _, c := range calls {
			shortcut(t, extjson.DecodeOptions{Shell: true}, c, "(")
		}
	})
}

// space returns text with other brackets, commas and colons. The keys of text must have
// no colons and no commas. The colons of dates stay.
func space(text, colon, comma, open, shut string) string {
	return strings.NewReplacer(`":`, `"`+colon, `,`, comma, `{`, open, `}`, shut).Replace(text)
}

// shortcut tests changed texts of value. bracket is its first bracket.
func shortcut(t *testing.T, o extjson.DecodeOptions, value, bracket string) {
	t.Helper()
	at := strings.Index(value, bracket) + 1
	for i := at; i < len(value); i++ {
		texts := []string{value[:i] + value[i+1:], value[:i], value[:i] + value[i:i+1] + value[i:]}
		for _, c := range "\x00 \t\"\\{}[]():,'$+-.019AZaefgz_\x7fé" + string(rune(value[i]-1)) + string(rune(value[i]+1)) {
			texts = append(texts, value[:i]+string(c)+value[i+1:], value[:i]+string(c)+value[i:])
		}
		for _, text := range texts {
			for _, behind := range []string{"", "}", ` , "b" : { "$minKey" : 1 } }`} {
				both(t, o, text[:at], text[at:]+behind)
			}
		}
	}
}

// both reads the two parts of a value without and with a tab between them, and compares
// the results.
func both(t *testing.T, o extjson.DecodeOptions, before, after string) {
	t.Helper()
	got, gotErr := o.AppendBSON(nil, []byte(`{"a":`+before+after))
	want, wantErr := o.AppendBSON(nil, []byte(`{"a":`+before+"\t"+after))
	if (gotErr == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
		t.Errorf("%s%s gives %x, %v\nwith a tab it gives %x, %v", before, after, got, gotErr, want, wantErr)
		return
	}
	if gotErr == nil {
		return
	}
	g, w := faultOf(t, gotErr), faultOf(t, wantErr)
	if w.Offset > int64(len(`{"a":`+before)) {
		w.Offset--
	}
	if g.Err != w.Err || g.Offset != w.Offset || g.Pointer != w.Pointer {
		t.Errorf("%s%s: %v\nwith a tab: %v", before, after, gotErr, wantErr)
	}
}
