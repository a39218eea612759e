package proof

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"sync"
)

// This file has the SHA-256 of documents as BSON, one after the other. For a BSON file that
// is the SHA-256 of the file. Namespaces, and files of a split output, are groups of their
// own: the sum of several groups is the SHA-256 of the lines that sha256sum prints for
// files with their BSON, in the order of names.

// Sums are the sums of the documents in and out, in lower case hexadecimal digits.
type Sums struct {
	Documents int64
	In, Out   string
}

// sums are the sums of groups. Several goroutines add to them, each to its own groups.
type sums struct {
	mu     sync.Mutex
	groups map[string]*group
	last   *group // of the last document of a Proof with one lane
}

// A group has the sums of documents. out is nil as long as both are the same.
type group struct {
	name    string
	in, out hash.Hash
	n       int64
}

// group returns the group of the given name.
func (s *sums) group(name string) *group {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil && s.last.name == name {
		return s.last
	}
	g := s.groups[name]
	if g == nil {
		if s.groups == nil {
			s.groups = map[string]*group{}
		}
		g = &group{name: name, in: sha256.New()}
		s.groups[name] = g
	}
	s.last = g
	return g
}

// add adds a document, as it went in and as it came out, to the group of the given name.
func (s *sums) add(name string, in, out Doc) {
	g := s.group(name)
	g.n++
	if g.out == nil && !bytes.Equal(in.Data, out.Data) {
		g.out, _ = g.in.(hash.Cloner).Clone() // of package sha256, which never fails
	}
	g.in.Write(in.Data)
	if g.out != nil {
		g.out.Write(out.Data)
	}
}

// has reports whether the group of the given name has a document.
func (s *sums) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups[name] != nil
}

// total returns the sums of all groups.
func (s *sums) total() (t Sums) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*group
	for _, g := range s.groups {
		all = append(all, g)
		t.Documents += g.n
	}
	slices.SortFunc(all, func(a, b *group) int { return cmp.Compare(a.name, b.name) })
	ins, outs := sha256.New(), sha256.New()
	if len(all) == 1 && all[0].name == "" {
		ins, outs = all[0].in, cmp.Or(all[0].out, all[0].in)
	} else {
		for _, g := range all {
			fmt.Fprintf(ins, "%x  %s\n", g.in.Sum(nil), g.name)
			fmt.Fprintf(outs, "%x  %s\n", cmp.Or(g.out, g.in).Sum(nil), g.name)
		}
	}
	t.In, t.Out = hex.EncodeToString(ins.Sum(nil)), hex.EncodeToString(outs.Sum(nil))
	return t
}
