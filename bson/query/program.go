package query

import "github.com/bsonkit/bsonkit/bson/bsoncore"

// This file has the compiled form of a filter.
//
//   - A condition is a test of the values at a path. It holds if one of the values
//     passes.
//   - An expr combines the results of the conditions.
//   - A node is a key in the tree of all paths. The walk through a document, in
//     walk.go, follows the nodes, so that one walk finds the values of all conditions.

// A predicate is a test of one value. It is safe for concurrent use.
type predicate interface {
	// holds reports whether v passes. The zero Value stands for a missing element.
	// ok is false if v is malformed.
	holds(v bsoncore.Value) (pass, ok bool)
	// ofElements reports whether an array passes also if one of its elements does.
	ofElements() bool
	// appendTo appends the operator and its operand as elements of a filter.
	appendTo(dst []byte) []byte
	// describe returns the test for people: "> 10 (int)".
	describe() string
}

// A condition is a test of the values at a path.
type condition struct {
	at   path
	test predicate
}

// An expr is a node of the logical structure of a filter.
type expr struct {
	kind exprKind
	kids []*expr // of allOf and anyOf; one of not
	cond int     // of leaf: index of the condition
}

type exprKind uint8

const (
	allOf exprKind = iota // true without kids
	anyOf                 // false without kids
	not
	leaf
)

// negated returns not e.
func negated(e *expr) *expr { return &expr{kind: not, kids: []*expr{e}} }

// all returns the conjunction of kids. It is flat, and no conjunction if one of kids is
// enough.
func all(kids []*expr) *expr {
	e := &expr{kind: allOf}
	for _, kid := range kids {
		if kid != nil && kid.kind == allOf {
			e.kids = append(e.kids, kid.kids...)
		} else {
			e.kids = append(e.kids, kid)
		}
	}
	if len(e.kids) == 1 {
		return e.kids[0]
	}
	return e
}

// eval returns the value of e; held has the bits of the conditions that hold.
func (e *expr) eval(held *stack[uint64]) bool {
	switch e.kind {
	case leaf:
		return hasBit(held, e.cond)
	case not:
		return !e.kids[0].eval(held)
	}
	for _, kid := range e.kids {
		if kid.eval(held) == (e.kind == anyOf) {
			return e.kind == anyOf
		}
	}
	return e.kind == allOf
}

// A node is a key in the tree of paths.
type node struct {
	names names
	kids  []*node // in the order of names
	tests []test  // of the conditions whose path ends here
	order int     // place in the tree, level by level

	// ofElements: a test also looks at the elements of an array.
	ofElements bool
	// indexes: a name can be the key of an array.
	indexes bool
	// absent has the conditions here and below that hold if the element is missing.
	absent []int32
	// need and bar have the conditions here and below that must hold, and that must
	// not, for the filter to match. Only nodes below the root have them.
	need, bar []int32
}

// A test is the predicate of a condition.
type test struct {
	predicate
	cond       int
	ofElements bool
}

// A program is the compiled form of a filter, or of the operand of $elemMatch.
type program struct {
	conds []condition
	expr  *expr
	root  *node
	depth int // MaxDepth
}

// newProgram makes the tree of the paths of conds.
func newProgram(conds []condition, e *expr, depth int) *program {
	p := &program{conds: conds, expr: e, root: new(node), depth: depth}
	for i, c := range conds {
		n := p.root
		for _, key := range c.at {
			n = n.child(key)
		}
		n.tests = append(n.tests, test{c.test, i, c.test.ofElements()})
		n.ofElements = n.ofElements || c.test.ofElements()
	}
	p.number()
	for i, c := range conds {
		if pass, _ := c.test.holds(bsoncore.Value{}); pass {
			p.markAbsent(c.at, int32(i))
		}
	}
	p.markNeeds(e, false)
	return p
}

// child returns the child of n with the key, which it adds if it is new.
func (n *node) child(key string) *node {
	if i := n.names.find([]byte(key)); i >= 0 {
		return n.kids[i]
	}
	kid := new(node)
	n.names.add(key)
	n.kids = append(n.kids, kid)
	n.indexes = n.indexes || isIndex(key)
	return kid
}

// number sets the order of all nodes. If a node is before another one, its kids are
// before those of the other one.
func (p *program) number() {
	level := []*node{p.root}
	for order := 0; order < len(level); order++ {
		level[order].order = order
		level = append(level, level[order].kids...)
	}
}

// markAbsent notes at every node of at that the condition holds without an element.
func (p *program) markAbsent(at path, cond int32) {
	n := p.root
	for _, key := range at {
		n = n.child(key)
		n.absent = append(n.absent, cond)
	}
}

// markNeeds finds the conditions on which e depends as a whole. barred: e must be
// false.
func (p *program) markNeeds(e *expr, barred bool) {
	switch {
	case e.kind == not:
		p.markNeeds(e.kids[0], !barred)
	case e.kind == leaf:
		at := p.conds[e.cond].at
		if len(at) == 0 {
			return
		}
		n := p.root.child(at[0])
		if barred {
			n.bar = append(n.bar, int32(e.cond))
		} else {
			n.need = append(n.need, int32(e.cond))
		}
	case e.kind == allOf && !barred, e.kind == anyOf && barred:
		for _, kid := range e.kids {
			p.markNeeds(kid, barred)
		}
	}
}

// decides reports whether the conditions at n and below rule out a match.
func (n *node) decides(held *stack[uint64]) bool {
	for _, cond := range n.need {
		if !hasBit(held, int(cond)) {
			return true
		}
	}
	for _, cond := range n.bar {
		if hasBit(held, int(cond)) {
			return true
		}
	}
	return false
}
