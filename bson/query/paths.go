package query

import "github.com/bsonkit/bsonkit/bson/bsoncore"

// Paths are compiled paths of values. They are safe for concurrent use.
type Paths struct {
	root *fieldNode
	n    int // paths
}

// CompilePaths compiles paths: the keys of a document, whose values do not matter. The
// rules are those of projections: a path leads through documents, and through all
// documents and arrays in an array. No path may be there twice or lead below another one.
// The document is not kept. Errors are those of Compile.
func CompilePaths(paths []byte, o Options) (*Paths, error) {
	c, err := o.open(paths)
	if err != nil {
		return nil, err
	}
	p := &Paths{root: new(fieldNode)}
	for ; c.Next(); p.n++ {
		if at := fieldPath(&c, o.maxDepth(), "list of paths"); at != nil && !p.add(at) {
			c.Fail(collision("list of paths", at))
		}
	}
	if err := c.Err(); err != nil {
		return nil, placed(err)
	}
	return p, nil
}

// add adds the next path, and reports whether it meets no other one.
func (p *Paths) add(at path) bool {
	end, k := p.root.add(at, chosenPath)
	if end == nil {
		return false
	}
	for len(end.numbers) <= k {
		end.numbers = append(end.numbers, 0)
	}
	end.numbers[k] = p.n
	return true
}

// Len returns the number of paths.
func (p *Paths) Len() int { return p.n }

// Visit moves c, which is before the first element of a document, to its end. At each
// value that a path leads to it calls visit with the number of the path, from 0 in the
// order of CompilePaths. Of equal keys each is visited. visit may read the value and
// reject it, and enter it if it leaves it again. A fault stays in c.
func (p *Paths) Visit(c *bsoncore.Cursor, visit func(path int)) { p.root.visit(c, visit) }

// visit visits the values of the open document.
func (n *fieldNode) visit(c *bsoncore.Cursor, visit func(path int)) {
	for c.Next() {
		switch i := n.names.find(c.Key()); {
		case i < 0:
		case n.kids[i] == nil:
			visit(n.numbers[i])
		default:
			n.kids[i].descend(c, visit)
		}
	}
}

// descend visits the values below the current one.
func (n *fieldNode) descend(c *bsoncore.Cursor, visit func(path int)) {
	if !c.Type().IsContainer() {
		return
	}
	array := c.Type() == bsoncore.TypeArray
	if !c.Enter() {
		return
	}
	if !array {
		n.visit(c, visit)
	}
	for c.Next() { // an array: a document is at its end
		n.descend(c, visit)
	}
	c.Leave()
}
