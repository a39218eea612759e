package extjson

import (
	"strings"
	"testing"
)

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
			if want := int64(10 * len(one)); d.unclosed.to != want {
				t.Errorf("%q: fault %d: searched up to %d, want %d", one, n, d.unclosed.to, want)
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
