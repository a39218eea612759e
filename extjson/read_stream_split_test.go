package extjson_test

import (
	"math"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/textcut"
)

// shellPieces returns the pieces into which a Splitter cuts shell text that arrives in portions
// of n bytes, and the rest.
func shellPieces(text string, n int) (all []string, rest string) {
	s := textcut.NewSplitter(textcut.Start, true, math.MaxInt)
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
				all, rest := shellPieces(text, n)
				var got []string
				d := shell.NewDecoder(nil)
				for _, piece := range all {
					for d.Reset(&textcut.Piece{Text: []byte(piece), From: textcut.Top, To: textcut.Top}); d.Next(); {
						got = append(got, string(d.Text()))
					}
					if d.Err() != nil {
						t.Fatalf("portions of %d of %s: %q: %v", n, text, piece, d.Err())
					}
				}
				for d.Reset(&textcut.Piece{Text: []byte(rest), From: textcut.Top, To: textcut.Top}); d.Next(); {
					got = append(got, string(d.Text()))
				}
				if d.Err() != nil || strings.Join(got, "\n") != strings.Join(docs, "\n") {
					t.Fatalf("portions of %d of %s: %q, %v", n, text, got, d.Err())
				}
			}
		}
	}
}
