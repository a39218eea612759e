// Package sample makes the documents of tests, benchmarks and the files in testdata.
// The same mix and seed always give the same bytes, on every machine. A change of this
// package that changes the documents changes testdata/collection.bson, and a test
// fails.
package sample

import (
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/edge"
	"github.com/bsonkit/bsonkit/objectid"
)

//go:generate go run github.com/bsonkit/bsonkit/internal/generate -dir ../../testdata

// This file has the entry points and the values of all mixes.
//
//   - collection.go, bench.go and wild.go each make the documents of one mix, short.go
//     makes the first documents of File.
//   - text.go has the words, rand.go the random numbers.
//
// Every document of every mix converts to canonical Extended JSON and back to
// the same bytes, so it has no NaN with a payload, no unsorted regex options
// and no array keys but "0", "1", ….

// A Mix is a kind of document.
type Mix uint8

const (
	// Collection has the documents of a shop: orders, users and events. The first
	// documents have every type, with the limits of its range.
	Collection Mix = iota
	// Bench is for measurements: many different documents, of 759 bytes and 40
	// elements on average.
	Bench
	// Wild is for comparing implementations: every type, rare values as often as common
	// ones, random nesting. It has no NaN doubles, because implementations choose
	// different bits for them.
	Wild
	// File is for testdata/collection.bson, which newcomers print first: short documents,
	// then those of Collection.
	File
)

// Seed is the seed of the files in testdata and of published figures.
const Seed = 20240229

// A Generator makes a sequence of documents.
type Generator struct {
	src source
	mix Mix
	n   int // documents made so far, without short ones

	shorts   int         // short documents made so far
	shortSrc source      // for short documents
	lastUser objectid.ID // the user of the next short order
}

// New returns a generator of mix with the given seed.
func New(mix Mix, seed uint64) *Generator {
	return &Generator{src: newSource(seed), mix: mix, shortSrc: newSource(^seed)}
}

// Append appends the next document to dst and returns the longer slice.
func (g *Generator) Append(dst []byte) []byte {
	if g.mix == File && g.shorts < firstShort {
		g.shorts++
		return g.short(dst, g.shorts-1)
	}
	g.n++
	switch g.mix {
	case Bench:
		return g.bench(dst)
	case Wild:
		return g.wild(dst)
	}
	return g.collection(dst)
}

// Documents returns the first n documents of mix. They share one array, but each has
// its own capacity, so that appending to one does not change the next.
func Documents(mix Mix, seed uint64, n int) [][]byte {
	g := New(mix, seed)
	var all []byte
	ends := make([]int, n)
	for i := range ends {
		all = g.Append(all)
		ends[i] = len(all)
	}
	docs := make([][]byte, n)
	start := 0
	for i, end := range ends {
		docs[i] = all[start:end:end]
		start = end
	}
	return docs
}

// price returns an amount with two decimals, below 10^digits.
func (s *source) price(digits int) decimal128.Decimal {
	limit := int64(1)
	for range digits + 2 {
		limit *= 10
	}
	return edge.Decimal(false, 0, uint64(s.Int64N(limit)), -2)
}

// wideDecimal returns a decimal with 34 random digits.
func (s *source) wideDecimal(exp int) decimal128.Decimal {
	// 10³⁴ is 0x1ED09BEAD87C0·2⁶⁴ + 0x378D8E6400000000.
	return edge.Decimal(s.oneIn(2), uint64(s.Int64N(0x1ED09BEAD87C0)), s.Uint64(), exp)
}

// id returns an ObjectId with a random time from 2010 to 2030.
func (s *source) id() objectid.ID { return s.idAt(s.between(1_262_304_000, 1_893_456_000)) }

// idAt returns an ObjectId with the time of sec seconds since 1970.
func (s *source) idAt(sec int) objectid.ID {
	var id objectid.ID
	t := uint32(sec)
	id[0], id[1], id[2], id[3] = byte(t>>24), byte(t>>16), byte(t>>8), byte(t)
	copy(id[4:], s.Bytes(8))
	return id
}

// uuid returns a random UUID: version 4, variant 1.
func (s *source) uuid() []byte {
	b := s.Bytes(16)
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	return b
}

// date returns milliseconds since 1970 of a time from 2000 to 2035.
func (s *source) date() int64 {
	return int64(s.between(946_684_800, 2_051_222_400))*1000 + int64(s.IntN(1000))
}

// phrase returns words of about n bytes in all, cut to n if they are ASCII.
func (s *source) phrase(n int) string {
	var b []byte
	for len(b) < n {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		if s.oneIn(40) {
			b = append(b, pick(s, edge.Foreign)...)
			continue
		}
		b = append(b, pick(s, words)...)
	}
	if len(b) > n && bsoncore.IndexInvalidUTF8(b[:n]) < 0 {
		b = b[:n]
	}
	return string(b)
}
