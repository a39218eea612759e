package extjson_test

import (
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// pieces returns the pieces into which a Splitter cuts text that arrives in portions
// of n bytes, and the rest.
func pieces(o extjson.DecodeOptions, text string, n int) (all []string, rest string) {
	s := o.Splitter(0)
	for len(text) > 0 {
		n := min(n, len(text))
		rest += text[:n]
		text = text[n:]
		for len(rest) > 0 {
			n := s.Split([]byte(rest))
			if n == 0 {
				break
			}
			all = append(all, rest[:n])
			rest = rest[n:]
		}
	}
	return all, rest
}

// TestSplitShell: shell text is cut only between documents, for any strings, comments
// and regexes and for all portions in which the text arrives.
func TestSplitShell(t *testing.T) {
	shell := extjson.DecodeOptions{Shell: true}
	for _, docs := range [][]string{
		{`{a:'}'}`, `{b:'{'}`, `{c:1}`},
		{`{a:'\'}'}`, `{b:"'}"}`, `{c:"\"}",d:'"'}`, `{c:1}`},
		{`{a:1/* * / } */}`, `{b:1}`},
		{`{a:1/*/}/*/}`, `{/**/b:1/***/}`, "{//}\nc:1}", `{d:/*{*/1}`},
		{`{a:/}/}`, `{b:/[/}]/}`, `{c:/\/}/i,d:'/'}`, "{e:/[\\]}]/}"},
		{`{a:[1,'[',/]/]}`, `{b:{c:'}'}}`},
		{`{a:/'/}`, `{b:/"}/}`, `{c:'//'}`, `{d:'/*'}`, `{e:1}`},
	} {
		for _, between := range []string{" ", "\n", "/* {'\"} */", "/*/}/*/", "/**/ // }'\n", "// /*\n"} {
			text := strings.Join(docs, between)
			for n := 1; n <= len(text); n++ {
				all, rest := pieces(shell, text, n)
				var got []string
				d := shell.NewDecoder(nil)
				for _, piece := range all {
					for d.ResetPiece(textcut.Piece{Text: []byte(piece), From: textcut.Top, To: textcut.Top}); d.Next(); {
						got = append(got, string(d.Text()))
					}
					if d.Err() != nil {
						t.Fatalf("portions of %d of %s: %q: %v", n, text, piece, d.Err())
					}
				}
				for d.ResetPiece(textcut.Piece{Text: []byte(rest), From: textcut.Top, To: textcut.Top}); d.Next(); {
					got = append(got, string(d.Text()))
				}
				if d.Err() != nil || strings.Join(got, "\n") != strings.Join(docs, "\n") {
					t.Fatalf("portions of %d of %s: %q, %v", n, text, got, d.Err())
				}
			}
		}
	}
}

// TestSplitLost: from a byte that is not allowed, or a bracket that opens no array, the
// text is one piece to its end, for all portions in which it arrives.
func TestSplitLost(t *testing.T) {
	shell := extjson.DecodeOptions{Shell: true}
	for _, tc := range []struct {
		o                 extjson.DecodeOptions
		whole, fault, end string
	}{
		{shell, "[{a:1} ] ", "]", " {b:1}\n{c:1}\n"},
		{extjson.DecodeOptions{}, `[{"a":1}]`, "]", "{\"b\":1} {\"c\":1}"},
		{extjson.DecodeOptions{}, `{"a":1}`, "[\"b", "\":1} {\"c\":1}"},
		{extjson.DecodeOptions{}, `[{"a":1}`, "{", "\"b\":1}, {\"c\":1}]"},
		{shell, "{a:1}", "/x", "{b:1} {c:1}"},
	} {
		text := tc.whole + tc.fault + tc.end
		lost := len(tc.whole) + len(tc.fault) // bytes that decide
		for n := 1; n <= len(text); n++ {
			s := tc.o.Splitter(0)
			rest, fed := "", 0
			for fed < len(text) {
				next := min(n, len(text)-fed)
				rest += text[fed : fed+next]
				fed += next
				cut := s.Split([]byte(rest))
				if fed >= lost && cut != len(rest) {
					t.Errorf("portions of %d: a cut at %d in %q after the fault in %q", n, cut, rest, text)
				}
				if fed < lost && fed-len(rest)+cut > len(tc.whole) {
					t.Errorf("portions of %d: a cut inside the fault of %q", n, text)
				}
				rest = rest[cut:]
			}
		}
	}
}
