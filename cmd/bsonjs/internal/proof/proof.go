// Package proof compares the documents that a run has read with those of an output, while
// both are read.
//
//	documents in ─▶ Expect ─▶ lane ─▶ Compare ◀─ documents out
//
// The files:
//
//   - proof.go has the Proof: lanes of documents that wait for their partners, and the first
//     Difference. sums.go has the SHA-256 of the documents.
//   - docs.go has documents in a row, as the parts of sinks carry them.
//   - difference.go finds the first difference of two documents.
//
// The package knows no format and no output.
package proof

import (
	"bytes"
	"sync"
)

// Options are the options of a Proof.
type Options struct {
	Rule Rule
	// Spaces makes the namespaces of documents count, if both sides have them.
	Spaces bool
	// Waits says that the documents out do not depend on those in: Compare waits for the
	// documents that it needs, and Expect while many wait.
	Waits bool
	// Stop is called once, when there is a Difference. nil: nothing is called.
	Stop func()
}

// maxWaiting is the number of bytes of documents that wait before Expect waits, too.
const maxWaiting = 4 << 20

// A Proof compares documents. There is a lane for each file whose documents come
// independently of the documents of other files. One goroutine calls Expect, and one
// goroutine for each lane calls Compare.
type Proof struct {
	Options
	mu      sync.Mutex
	changed sync.Cond
	inputs  []string
	lanes   map[string]*lane
	sums    sums
	ended   bool        // Expect is not called again
	stopped bool        // the comparison has ended
	found   *Difference // the first one
}

// A lane is a sequence of documents.
type lane struct {
	name    string // "" for the only one
	file    string // name of the output for messages, "" if it is not known
	space   string // the namespace of all documents, "" if they have none
	expects bool   // Expect was called
	again   bool   // the file was closed and opened again, so offsets count from there
	waiting Docs   // that are expected, behind those of current
	current Docs   // of the goroutine that compares, as the fields below
	group   string // of the sum of current, unless the documents have their own
	done    int    // of them
	n       int64  // documents that were compared
}

// New returns a Proof.
func New(o Options) *Proof {
	p := &Proof{Options: o, lanes: map[string]*lane{}}
	p.changed.L = &p.mu
	return p
}

// Source says that the next documents in are of the input of the given name.
func (p *Proof) Source(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inputs = append(p.inputs, name)
}

// Part returns Docs for documents in, nil if p is nil.
func (p *Proof) Part() *Docs {
	if p == nil {
		return nil
	}
	return new(Docs)
}

// lane returns the lane of the given name. The mutex is held.
func (p *Proof) lane(name string) *lane {
	l := p.lanes[name]
	if l == nil {
		l = &lane{name: name}
		p.lanes[name] = l
	}
	return l
}

// Open says that the output of a lane is in the file of the given name.
func (p *Proof) Open(name, file string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(name)
	if l.again = l.file == file; !l.again {
		l.file, l.n = file, 0
	}
}

// Expects reports whether Expect was called for a lane.
func (p *Proof) Expects(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[name]
	return l != nil && l.expects
}

// Expect says that the documents of d from an index up to another one come next in a lane,
// before their output is written. They are of the namespace space; "": of those that they
// have. The error is the Difference, if there is one.
func (p *Proof) Expect(name, space string, d *Docs, from, to int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(name)
	for p.Waits && !p.stopped && len(l.waiting.buf) > maxWaiting {
		p.changed.Wait()
	}
	if p.found != nil {
		return p.found
	}
	if p.stopped {
		return nil
	}
	before := len(l.waiting.heads)
	l.space, l.expects = space, true
	l.waiting.copy(d, from, to, space)
	for i := range l.waiting.heads[before:] {
		if h := &l.waiting.heads[before+i]; h.input == 0 {
			h.input = len(p.inputs)
		}
	}
	p.changed.Broadcast()
	return nil
}

// End says that no document is expected any more.
func (p *Proof) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.changed.Broadcast()
}

// Stop ends the comparison.
func (p *Proof) Stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.changed.Broadcast()
}

// next returns the next document that is expected in l. ok is false if there is none, or
// the comparison has ended.
func (p *Proof) next(l *lane) (doc Doc, ok bool) {
	if l.done == l.current.Len() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for p.Waits && l.waiting.Len() == 0 && !p.ended && !p.stopped {
			p.changed.Wait()
		}
		l.current.Reset()
		l.current, l.waiting, l.done = l.waiting, l.current, 0
		if l.group = l.space; l.group == "" && l.name != "" {
			l.group = l.file
		}
		if l.name != "" {
			l.waiting = Docs{} // there may be thousands of lanes
		}
		p.changed.Broadcast()
		if l.current.Len() == 0 || p.stopped {
			return doc, false
		}
	}
	l.done++
	return l.current.at(l.done - 1), true
}

// Compare compares d, the next documents that were read back in a lane, with those that are
// expected. The error is the Difference, if there is one.
func (p *Proof) Compare(name string, d *Docs) error {
	p.mu.Lock()
	l := p.lane(name)
	p.mu.Unlock()
	for i := range d.Len() {
		out := d.at(i)
		in, ok := p.next(l)
		if !ok {
			return p.differs(l, nil, &out, &step{a: none, b: text(out.Type, out.Data)})
		}
		if s := p.compare(in, out); s != nil {
			return p.differs(l, &in, &out, s)
		}
		p.sums.add(p.groupOf(l, in), in, out)
		l.n++
	}
	if l.name != "" && l.done == l.current.Len() {
		l.current, l.done = Docs{}, 0
	}
	return p.Difference()
}

// groupOf returns the name of the group of doc, which is in l, for its sum.
func (p *Proof) groupOf(l *lane, doc Doc) string {
	if p.Spaces {
		return doc.space
	}
	return l.group
}

// Loosen makes r the Rule, before documents of the kind that needs it are compared.
func (p *Proof) Loosen(r Rule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Rule = r
}

// rule returns the Rule.
func (p *Proof) rule() Rule {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Rule
}

// compare returns the first difference of two documents, nil if they are equal.
func (p *Proof) compare(in, out Doc) *step {
	if p.Spaces && in.space != out.space && in.space != "" && out.space != "" {
		return &step{a: "namespace " + quoted([]byte(in.space)), b: "namespace " + quoted([]byte(out.space))}
	}
	if in.Type == out.Type && bytes.Equal(in.Data, out.Data) {
		return nil
	}
	return p.rule().difference(in, out)
}

// differs keeps the first Difference and returns it. in or out is nil if it is missing.
func (p *Proof) differs(l *lane, in, out *Doc, s *step) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil && !p.stopped {
		p.found = &Difference{Path: s.pointer(), In: s.a, Out: s.b, OutPlace: Place{File: l.file, Number: l.n + 1}}
		if in != nil {
			p.found.InPlace = Place{Number: in.number, Offset: in.offset}
			if in.input > 0 && in.input <= len(p.inputs) {
				p.found.InPlace.File = p.inputs[in.input-1]
			}
		}
		if out != nil {
			p.found.OutPlace.Offset = out.offset
		}
		if out == nil || l.again {
			p.found.OutPlace.Offset = -1
		}
		p.stopped = true
		p.changed.Broadcast()
		if p.Options.Stop != nil {
			p.Options.Stop()
		}
	}
	if p.found == nil {
		return nil
	}
	return p.found
}

// Done says that nothing more can be read back. If a document is still expected, or will
// be, that is a Difference. The error is the Difference, if there is one.
func (p *Proof) Done() error {
	for _, l := range p.all() {
		if in, ok := p.next(l); ok {
			return p.differs(l, &in, nil, &step{a: text(in.Type, in.Data), b: none})
		}
	}
	return p.Difference()
}

// all returns all lanes, at least that without a name.
func (p *Proof) all() (all []*lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lane("")
	for _, l := range p.lanes {
		all = append(all, l)
	}
	return all
}

// Difference returns the first Difference as an error, nil if there is none.
func (p *Proof) Difference() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		return nil
	}
	return p.found
}

// Has reports whether documents of a namespace were compared.
func (p *Proof) Has(space string) bool { return p.sums.has(space) }

// Sums returns the sums of the documents that were compared.
func (p *Proof) Sums() Sums { return p.sums.total() }

// A Place is the place of a document.
type Place struct {
	File   string // for messages; "": not known
	Number int64  // of the document, from 1; 0: it is in a namespace of a container
	Offset int64  // bytes, in the file without compression; -1: not known
}

// A Difference is the first difference of the documents in and out. It is an error.
type Difference struct {
	InPlace, OutPlace Place
	Path              string // JSON Pointer of the values; "": the documents
	In, Out           string // the values as text, or "nothing"
}

// Missing reports whether one side has no document.
func (d *Difference) Missing() bool { return d.Path == "" && (d.In == none || d.Out == none) }

// Error says what differs.
func (d *Difference) Error() string {
	return "the output has " + d.Out + ", and the input has " + d.In
}
