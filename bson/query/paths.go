package query

import (
	"encoding/binary"
	"slices"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// Paths are compiled paths of values. They are safe for concurrent use.
type Paths struct {
	root *pathNode
	n    int // paths
}

// CompilePaths compiles paths: the keys of a document, whose values do not matter. The
// rules are those of edits: a path leads through documents, and through all documents and
// arrays in an array. In an array a number is an index. Two paths must not be equal, and
// none may lead below another. The document is not kept. Errors are those of Compile.
func CompilePaths(paths []byte, o Options) (*Paths, error) {
	c, err := o.open(paths)
	if err != nil {
		return nil, err
	}
	root, n := new(fieldNode), 0
	for ; c.Next(); n++ {
		if at := fieldPath(&c, o.maxDepth(), "list of paths"); at != nil && !root.addNumber(at, n) {
			c.Fail(collision("list of paths", at))
		}
	}
	if err := c.Err(); err != nil {
		return nil, placed(err)
	}
	p := pathPlanner{map[string]*pathNode{}, map[*fieldNode]uint64{}}
	return &Paths{p.plan([]branch{{node: root}}), n}, nil
}

// addNumber adds the path with a number, and reports whether it meets no other one.
func (n *fieldNode) addNumber(at path, number int) bool {
	end, k := n.add(at, chosenPath)
	if end == nil {
		return false
	}
	for len(end.numbers) <= k {
		end.numbers = append(end.numbers, 0)
	}
	end.numbers[k] = number
	return true
}

// A pathNode is a document or an array on some paths.
type pathNode struct {
	fields pathNames
	items  pathNames // of an array, by index
	docs   *pathNode // the elements of an array that are in no items; nil: like the node
}

// pathNames has the names of a pathNode.
type pathNames struct {
	names names
	kids  []pathKid // in the order of names
}

// A pathKid is a field or an element on a path.
type pathKid struct {
	number int       // of a path that ends there
	node   *pathNode // nil: a path ends there
}

// A pathPlanner makes the nodes of a tree of paths. As in an edit, an element of an array
// can be reached in two ways, so a node is made of several branches.
type pathPlanner struct {
	made map[string]*pathNode  // by the key of the branches, so that none is made twice
	ids  map[*fieldNode]uint64 // for keys
}

// key returns a text that no other list of branches has.
func (p *pathPlanner) key(branches []branch) string {
	var key []byte
	for _, b := range branches {
		id, ok := p.ids[b.node]
		if !ok {
			id = uint64(len(p.ids)) << 1
			p.ids[b.node] = id
		}
		if b.docs {
			id |= 1
		}
		key = binary.AppendUvarint(key, id)
	}
	return string(key)
}

// plan returns the node of branches.
func (p *pathPlanner) plan(branches []branch) *pathNode {
	key := p.key(branches)
	if n := p.made[key]; n != nil {
		return n
	}
	n := new(pathNode)
	p.made[key] = n
	list := namesOf(branches)
	n.fields = p.names(branches, nil, list)
	var docs []branch
	indexes := false
	for _, b := range branches {
		docs = append(docs, branch{b.node, true})
		indexes = indexes || !b.docs && slices.ContainsFunc(b.node.names.list, isIndex)
	}
	if indexes {
		n.docs = p.plan(docs)
		n.items = p.names(branches, docs, slices.DeleteFunc(list, func(name string) bool { return !isIndex(name) }))
	}
	return n
}

// names returns what is at the names in a list, which branches have. Their values are also
// on the paths of docs.
func (p *pathPlanner) names(branches, docs []branch, list []string) (of pathNames) {
	for _, name := range list {
		of.names.add(name)
		of.kids = append(of.kids, p.kid(branches, docs, name))
	}
	return of
}

// kid returns what is at a name of branches.
func (p *pathPlanner) kid(branches, docs []branch, name string) pathKid {
	kids := slices.Clone(docs)
	for _, b := range branches {
		k := b.node.names.find([]byte(name))
		switch {
		case k < 0 || !b.has(name):
		case b.node.ends[k] != 0:
			return pathKid{number: b.node.numbers[k]}
		default:
			kids = append(kids, branch{node: b.node.kids[k]})
		}
	}
	return pathKid{node: p.plan(kids)}
}

// Len returns the number of paths.
func (p *Paths) Len() int { return p.n }

// Visit moves c, which is before the first element of a document, to its end. At each
// value that a path leads to it calls visit with the number of the path, from 0 in the
// order of CompilePaths. If several paths lead to a value, visit gets the number of one that
// ends there. Each of several equal keys is visited. visit may read or reject the value,
// and may enter it if it leaves it again. A fault stays in c.
func (p *Paths) Visit(c *bsoncore.Cursor, visit func(path int)) {
	for c.Next() {
		p.root.fields.visit(c, visit)
	}
}

// visit visits the values at or below the current one, and reports whether it is there.
func (p *pathNames) visit(c *bsoncore.Cursor, visit func(path int)) bool {
	i := p.names.find(c.Key())
	if i < 0 {
		return false
	}
	if kid := &p.kids[i]; kid.node != nil {
		kid.node.descend(c, visit)
	} else {
		visit(kid.number)
	}
	return true
}

// descend visits the values below the current one.
func (n *pathNode) descend(c *bsoncore.Cursor, visit func(path int)) {
	t := c.Type()
	if !t.IsContainer() || !c.Enter() {
		return
	}
	for c.Next() {
		switch {
		case t == bsoncore.TypeDocument:
			n.fields.visit(c, visit)
		case n.docs == nil:
			n.descend(c, visit)
		case !n.items.visit(c, visit):
			n.docs.descend(c, visit)
		}
	}
	c.Leave()
}
