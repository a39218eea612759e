package sample

import "github.com/bsonkit/bsonkit/bson/bsontest"

// A source has the random numbers of a seed. The files under testdata are made with
// them.
type source struct{ *bsontest.Source }

func newSource(seed uint64) source { return source{bsontest.NewRandom(seed)} }

// between returns a number in [lo, hi], both included.
func (s *source) between(lo, hi int) int { return lo + s.IntN(hi-lo+1) }

// oneIn returns true once in n calls on average.
func (s *source) oneIn(n int) bool { return s.IntN(n) == 0 }

// unit returns a double in [0, 1) with 53 random bits.
func (s *source) unit() float64 { return float64(s.Uint64()>>11) / (1 << 53) }

// pick returns an element of list, each with the same probability.
func pick[T any](s *source, list []T) T { return list[s.IntN(len(list))] }
