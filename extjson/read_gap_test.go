package extjson

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/internal/textcut"
)

// gapResult returns the results of a route for a text: the texts of the documents, and
// the fault with its offset.
func gapResult(docs []string, err error) string {
	var e *SyntaxError
	if errors.As(err, &e) {
		return fmt.Sprintf("%q, %v at %d", docs, e.Err, e.Offset)
	}
	return fmt.Sprintf("%q, %v", docs, err)
}

// cutAt returns a reader of text in two reads. The first ends at the offset at.
func cutAt(text string, at int) io.Reader {
	return io.MultiReader(strings.NewReader(text[:at]), strings.NewReader(text[at:]))
}

// drained returns the texts and the error of d for r.
func drained(d *Decoder, r io.Reader) (docs []string, err error) {
	for d.Reset(r); d.Next(); {
		docs = append(docs, string(d.Text()))
	}
	return docs, d.Err()
}

// gapPieces is the route of bsonjs. Text arrives in portions of n bytes, and a Splitter
// cuts it. A Decoder reads the pieces up to the first with a fault, and reads the text
// from the start of that piece as a stream.
func gapPieces(d *Decoder, text string, n int) (docs []string, err error) {
	s := textcut.NewSplitter(textcut.Start, d.d.shell, d.maxText)
	cut := 0
	place := s.Place()
	for to := 0; to < len(text); {
		to = min(to+n, len(text))
		size := s.Split([]byte(text[cut:to]))
		if size == 0 {
			continue
		}
		var more []string
		for d.Reset(&textcut.Piece{Text: []byte(text[cut : cut+size]), From: place, To: s.Place()}); d.Next(); {
			more = append(more, string(d.Text()))
		}
		if d.Err() != nil {
			break
		}
		docs = append(docs, more...)
		cut += size
		place = s.Place()
	}
	for d.Reset(&textcut.Piece{Reader: strings.NewReader(text[cut:]), From: place}); d.Next(); {
		docs = append(docs, string(d.Text()))
	}
	var e *SyntaxError
	if errors.As(d.Err(), &e) {
		e.Offset += int64(cut)
	}
	return docs, d.Err()
}

// TestGaps: all routes agree on any white space, marks and comments between documents.
// The routes are a stream that arrives in two portions, the pieces of bsonjs, and a
// single document.
func TestGaps(t *testing.T) {
	parts := []string{" ", "\n", "\t\r", "//x\n", "//", "/*", "*/", "/**/", "/***/", "/*/", "/", "*", "\uFEFF", "\xEF\xBB", "{}", "{}", "{/*}*/}", "{//}\n}", "[", "]", ",", "x"}
	r := rand.New(rand.NewPCG(1, 2))
	json, shell := NewDecoder(nil), DecodeOptions{Shell: true}.NewDecoder(nil)
	for range 1000 {
		text := ""
		if r.IntN(4) == 0 {
			text = "\uFEFF"
		}
		for range r.IntN(8) {
			text += parts[r.IntN(len(parts))]
		}
		for _, d := range []*Decoder{json, shell} {
			o := d.opts
			docs, err := drained(d, strings.NewReader(text))
			want := gapResult(docs, err)
			agree := func(route string, docs []string, err error) {
				if got := gapResult(docs, err); got != want {
					t.Errorf("%q, shell %t, %s: %s, want %s", text, o.Shell, route, got, want)
				}
			}
			for at := range len(text) {
				docs, err := drained(d, cutAt(text, at))
				agree(fmt.Sprintf("cut at %d", at), docs, err)
			}
			for n := 1; n <= len(text); n++ {
				docs, err := gapPieces(d, text, n)
				agree(fmt.Sprintf("pieces of portions of %d", n), docs, err)
			}
			if !strings.ContainsAny(text, "[],") {
				raw, single := o.AppendBSON(nil, []byte(text))
				if (single == nil) != (err == nil && len(docs) == 1) {
					t.Errorf("%q, shell %t: AppendBSON gives %x, %v; the stream gives %s", text, o.Shell, raw, single, want)
				}
				if laid, err := Compact(nil, []byte(text)); !o.Shell && (err == nil) != (single == nil) {
					t.Errorf("%q: Compact gives %q, %v; AppendBSON: %v", text, laid, err, single)
				}
			}
		}
	}
}

// TestCommentsAreLookedThroughOnce: if a comment has no end, the Decoder knows that
// the comments inside it have no end either. So many comments cost as much as one.
func TestCommentsAreLookedThroughOnce(t *testing.T) {
	for _, one := range []string{"/* \n", "{a: /* \n", "{a: 1, /* \n", "{a /* \n"} {
		d := DecodeOptions{Shell: true}.NewDecoder(strings.NewReader(strings.Repeat(one, 10)))
		for n := range 8 {
			if d.Next() || d.Err() == nil {
				t.Fatalf("%q: fault %d is missing", one, n)
			}
			if n == 0 { // a second search of the text would find this end
				copy(d.in.Data[len(d.in.Data)-3:], "*/")
			}
			if !strings.Contains(d.Err().Error(), "at the end of the comment") {
				t.Errorf("%q: fault %d: %v", one, n, d.Err())
			}
			if !d.Resync(nil) {
				t.Fatal(d.Err())
			}
		}
	}
}

// TestCommentBeforeUnclosed: comments are recognised in text that is read again
// before a comment without an end.
func TestCommentBeforeUnclosed(t *testing.T) {
	d := DecodeOptions{Shell: true}.NewDecoder(strings.NewReader("{a:\n{b: /* */ 1}\n{c: /* */ 2}\n{d: /* \n{e: 3}\n"))
	read := 0
	for {
		for d.Next() {
			read++
		}
		if d.Err() == nil || !d.Resync(nil) {
			break
		}
	}
	if read != 3 {
		t.Errorf("%d documents were read, want 3", read)
	}
}
