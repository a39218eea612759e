package query

// A fieldNode is a document in the tree of the paths of a projection, of an edit or of
// Paths.
type fieldNode struct {
	names   names
	kids    []*fieldNode // in the order of names; nil: no path leads on
	ends    []kinds      // in the order of names, of the paths that end there
	below   kinds        // of the paths that end at a name of the node, or further down
	edit    *editPaths   // of an edit
	numbers []int        // of Paths, in the order of names: that of the path that ends there
}

// kinds is a set of kinds of paths.
type kinds uint8

const (
	chosenPath  kinds = 1 << iota // of a projection or of Paths; all others are of an edit
	setPath                       // of $set
	unsetPath                     // of $unset
	sourcePath                    // of a field that is renamed
	targetPath                    // of its new name
	retypePath                    // of $retype
	movedRetype                   // of $retype at or below a targetPath, as it is before the rename
)

// neighbours has the kinds of paths that a path of a kind may be equal to, or lead into.
// All other paths of a tree lead to different values, so their order does not matter.
var neighbours = map[kinds]struct{ equal, above kinds }{
	setPath:     {above: sourcePath},
	unsetPath:   {equal: targetPath, above: sourcePath},
	sourcePath:  {},
	targetPath:  {equal: unsetPath | retypePath},
	retypePath:  {equal: targetPath, above: targetPath},
	movedRetype: {equal: sourcePath, above: sourcePath},
}

// under reports whether paths of all kinds k may lead into one of the kind of.
func (k kinds) under(of kinds) bool {
	for kind := kinds(1); kind <= k && kind != 0; kind <<= 1 {
		if k&kind != 0 && neighbours[kind].above&of == 0 {
			return false
		}
	}
	return true
}

// add adds a path and returns the node and the place in it where it ends; nil if a path
// that is known must not be equal to it, above it or below it.
func (n *fieldNode) add(at path, kind kinds) (end *fieldNode, k int) {
	may := neighbours[kind]
	for _, name := range at[:len(at)-1] {
		n.below |= kind
		k := n.enter(name)
		if n.ends[k]&^may.above != 0 {
			return nil, 0
		}
		if n.kids[k] == nil {
			n.kids[k] = new(fieldNode)
		}
		n = n.kids[k]
	}
	n.below |= kind
	k = n.enter(at[len(at)-1])
	if n.ends[k]&^may.equal != 0 || n.kids[k] != nil && !n.kids[k].below.under(kind) {
		return nil, 0
	}
	n.ends[k] |= kind
	return n, k
}

// enter returns the place of a name, which it adds if it is not known.
func (n *fieldNode) enter(name string) int {
	if k := n.names.find([]byte(name)); k >= 0 {
		return k
	}
	n.names.add(name)
	n.kids = append(n.kids, nil)
	n.ends = append(n.ends, 0)
	return len(n.kids) - 1
}
