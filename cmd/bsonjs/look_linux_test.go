//go:build !race

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file has the memory of count, stats and schema for files of any size.

// variable is a text of variableSize letters in a block of a changer. The changer replaces
// each by other letters.
const (
	variable     = "@@@@@@@@@@@@@@@@"
	variableSize = len(variable)
)

// A changer returns a block again and again, each time with other letters for each
// variable.
type changer struct {
	block []byte
	at    []int  // offsets of the variables
	n     uint64 // variables replaced so far
	times int64  // blocks to come
	rest  []byte // of the block
}

func newChanger(block []byte, times int64) *changer {
	c := &changer{block: block, times: times}
	for from := 0; ; {
		i := bytes.Index(block[from:], []byte(variable))
		if i < 0 {
			return c
		}
		c.at = append(c.at, from+i)
		from += i + variableSize
	}
}

func (c *changer) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		if c.times == 0 {
			return 0, io.EOF
		}
		c.times--
		c.change()
		c.rest = c.block
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// change replaces the variables. A letter has four bits of a number that differs for each
// variable: multiplication with an odd number is a permutation.
func (c *changer) change() {
	const ones = 0x0101010101010101
	for _, at := range c.at {
		c.n++
		x := c.n * 0x9E3779B97F4A7C15
		binary.LittleEndian.PutUint64(c.block[at:], x&(15*ones)+'a'*ones)
		binary.LittleEndian.PutUint64(c.block[at+8:], x>>4&(15*ones)+'a'*ones)
	}
}

// hugeBlock is the least size of a block of documents, in bytes.
const hugeBlock = 2 << 20

// hugeDocuments are documents of files that a description cannot hold.
var hugeDocuments = []struct {
	name string
	doc  func(i int) []byte
}{
	{"ordinary", func(i int) []byte { return sample.Documents(sample.Bench, uint64(i), 1)[0] }},
	{"other values", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		for key := range 50 {
			dst = bsoncore.AppendString(dst, "key "+string(rune('a'+key)), variable)
		}
		return bsoncore.End(dst, mark)
	}},
	{"other long values", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		for key := range 50 {
			dst = bsoncore.AppendString(dst, "key "+string(rune('a'+key)), variable+strings.Repeat("x", 500))
		}
		return bsoncore.End(dst, mark)
	}},
	{"other keys", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		for range 50 {
			dst = bsoncore.AppendString(dst, variable, "text "+variable)
		}
		return bsoncore.End(dst, mark)
	}},
	{"other ids as keys", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, inner := bsoncore.BeginDocument(dst, "by id")
		for range 50 {
			dst = bsoncore.AppendString(dst, "2024-"+variable, variable)
		}
		return bsoncore.End(bsoncore.End(dst, inner), mark)
	}},
	{"long keys", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		for n := range 50 {
			dst = bsoncore.AppendDouble(dst, strings.Repeat(variable, 1+n%16), float64(n))
		}
		return bsoncore.End(dst, mark)
	}},
	{"deep", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		var marks []int
		for level := range 900 {
			var inner int
			begin := bsoncore.BeginDocument
			if level%3 == 2 {
				begin = bsoncore.BeginArray
			}
			dst, inner = begin(dst, variable)
			marks = append(marks, inner)
		}
		for i := range marks {
			dst = bsoncore.End(dst, marks[len(marks)-1-i])
		}
		return bsoncore.End(dst, mark)
	}},
	{"wide", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		for range 20_000 {
			dst = bsoncore.AppendString(dst, variable, variable)
		}
		return bsoncore.End(dst, mark)
	}},
	{"wide arrays", func(int) []byte {
		dst, mark := bsoncore.Begin(nil)
		dst, inner := bsoncore.BeginArray(dst, "list")
		for n := range 20_000 {
			dst = bsoncore.AppendString(dst, fmt.Sprint(n), variable)
		}
		return bsoncore.End(bsoncore.End(dst, inner), mark)
	}},
}

// TestLargeLook: count, stats and schema stay within the memory that docs/limits.md states
// for files of any size, also if no two keys or values are equal.
func TestLargeLook(t *testing.T) {
	bounds := memoryRows(t)
	for _, args := range []string{"count --jobs 8", "stats --jobs 8", "schema --jobs 8"} {
		most := bounds[args]
		if most == 0 {
			t.Fatalf("docs/limits.md has no row for bsonjs %s", args)
		}
		for _, d := range hugeDocuments {
			if strings.HasPrefix(args, "count") && d.name != "ordinary" && d.name != "wide" {
				continue // it does not look into documents
			}
			t.Run(args+" "+d.name, func(t *testing.T) {
				var block []byte
				docs := 0
				for ; len(block) < hugeBlock; docs++ {
					block = append(block, d.doc(docs)...)
				}
				times := max(*large<<20/int64(len(block)), 1)
				p := start(t, "", append(strings.Fields(args), "--json")...)
				p.stdin.Close()
				var peak int64 // before the input ends
				p.Stdin = io.MultiReader(newChanger(block, times), lastReader(func() { peak = p.peak(t) }))
				out := &peakWriter{t: t, p: p}
				p.Stdout = out
				p.begin(t)
				if code := p.code(); code != 0 {
					t.Fatalf("exit code %d: %.1000s", code, &p.stderr)
				}
				peak = max(peak, out.peak)
				t.Logf("%d MB: peak memory %.1f MB", times*int64(len(block))>>20, float64(peak)/(1<<20))
				if want := fmt.Sprintf(`"documents":%d,`, int64(docs)*times); !strings.Contains(out.start, want) {
					t.Errorf("the output begins with %s, want %s in it", out.start, want)
				}
				if peak == 0 || peak > most<<20 {
					t.Errorf("%.1f MB of memory, more than %d", float64(peak)/(1<<20), most)
				}
			})
		}
	}
}
