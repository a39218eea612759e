package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/scratch"
)

// This file reads edits.
//
//   - CompileEdit reads the operators in their order of application. So each path can be
//     compared with the paths that act before it.
//   - Each path is added to a tree, with a step: what to do there. A planner
//     (edit_plan.go) makes the program of the tree, an editor (edit_walk.go) runs it.
//
// Rules: docs/query.md, "Edits".

// An Edit is a compiled change of documents. It is safe for concurrent use.
type Edit struct {
	root  *editNode
	depth int // MaxDepth
	most  int // MaxDocumentSize
}

// editPaths are the steps of an edit in a node of its tree of paths.
type editPaths struct {
	steps []step      // at the names of the node
	moves []*renaming // from one field below the node to another, in order
	first []int       // in the order of names, the number in the edit of the first path that has the name
}

// A step is what an edit does at a path.
type step struct {
	name     int            // the place of the last key in its node
	kind     kinds          // of the path
	number   int            // of the path in the edit
	value    bsoncore.Value // to set
	to       bsoncore.Type  // to give to values
	renaming *renaming      // of which the path is an end
}

// A renaming moves a field.
type renaming struct {
	from, to path
	shared   int // number of keys of the path of the innermost document that has both
	number   int // of the renaming in the edit
}

// inPlace reports whether the field stays in its document.
func (r *renaming) inPlace() bool {
	return r.shared == len(r.from)-1 && r.shared == len(r.to)-1
}

// CompileEdit compiles an edit: a document with some of these operators, which are applied
// in this order.
//
//	$set     {path: value, …}   the value of the field
//	$unset   {path: true, …}    the field is left out; the operand does not matter
//	$rename  {path: path, …}    the field is moved
//	$retype  {path: type, …}    the field gets an equal value of the type: "double",
//	                            "string", "objectId", "bool", "date", "int32", "int64"
//	                            or "decimal"
//
// Two paths must not be equal, and none may lead below another. These exceptions concern a
// renamed field: $set and $unset below its old path, $unset of its new path, and $retype of
// its new path and below it. The edit is not kept. Errors are those of Compile. In an array,
// an index and a name may lead to one element; an edit with so many such paths that its
// program would be huge is an error that matches ErrPath.
func CompileEdit(edit []byte, o Options) (*Edit, error) {
	c, err := o.open(edit)
	if err != nil {
		return nil, err
	}
	r := editReader{c: c, depth: o.maxDepth(), root: new(fieldNode)}
	r.read()
	if err := r.c.Err(); err != nil {
		return nil, placed(err)
	}
	r.root.sort()
	p := planner{programs: map[string]*editNode{}, ids: map[*fieldNode]uint64{}}
	root := p.plan([]branch{{node: r.root}}).atRoot()
	if p.full() {
		return nil, &Error{Err: fmt.Errorf("%w: too many paths with indexes and names in turn", ErrPath)}
	}
	return &Edit{root, r.depth, o.maxDocumentSize()}, nil
}

// ParseEdit is CompileEdit for an edit in text, which is read like that of Parse.
func ParseEdit(text []byte, o Options) (*Edit, error) {
	return parseText(text, o, CompileEdit)
}

// Append appends doc with the changes of e to dst and returns the longer slice. doc is
// one whole document; it is neither changed nor kept, and must not overlap dst. Fields
// without a change keep their bytes, which are not checked. Append allocates nothing if
// dst has room, unless a document is nested more than 24 deep, or paths lead into more
// than 16 documents that are open at once.
//
// On failure dst comes back at its old length, with a *bsoncore.SyntaxError, or a
// *bsoncore.ValueError that matches ErrPlace, ErrExists, ErrRetype, ErrPath,
// bsoncore.ErrDepth or bsoncore.ErrTooLarge, and has the place in doc.
func (e *Edit) Append(dst, doc []byte) ([]byte, error) {
	if scratch.Full(dst) {
		return scratch.Append(dst, func(dst []byte) ([]byte, error) { return e.appendTo(dst, doc) })
	}
	return e.appendTo(dst, doc)
}

func (e *Edit) appendTo(dst, doc []byte) ([]byte, error) {
	w := editor{doc: doc, depth: e.depth, start: len(dst), most: e.most}
	w.c.Reset(doc, e.depth)
	n := len(dst)
	dst, mark := bsoncore.Begin(dst)
	dst = bsoncore.End(w.fields(dst, e.root, mark, firstField), mark)
	w.limit(dst)
	if err := w.c.Err(); err != nil {
		return dst[:n], err
	}
	return dst, nil
}

// firstField is the offset of the first element of a document.
const firstField = 4

// An editReader reads an edit.
type editReader struct {
	c     bsoncore.Cursor // over a copy of the edit, whose values the steps keep
	depth int
	root  *fieldNode
	count int // paths that were added
	moved []*renaming
}

// An editOperator is an operator and the function that reads one of its fields.
type editOperator struct {
	name string
	read func(r *editReader, at path)
}

// editOperators are in the order in which they are applied.
var editOperators = []editOperator{
	{"$set", (*editReader).set},
	{"$unset", func(r *editReader, at path) { r.add(at, step{kind: unsetPath}) }},
	{"$rename", (*editReader).rename},
	{"$retype", (*editReader).retype},
}

// read reads the open document, an edit.
func (r *editReader) read() {
	for r.c.Next() {
		if !isEditOperator(string(r.c.Key())) {
			r.c.Fail(fmt.Errorf("%w: %s; an edit has $set, $unset, $rename and $retype", ErrOperator, shortened(string(r.c.Key()))))
		}
	}
	for _, op := range editOperators {
		r.c.Seek(firstField)
		for r.c.Next() {
			if string(r.c.Key()) == op.name {
				r.operands(op)
			}
		}
	}
}

func isEditOperator(name string) bool {
	for _, op := range editOperators {
		if op.name == name {
			return true
		}
	}
	return false
}

// operands reads the current element, the document of an operator.
func (r *editReader) operands(op editOperator) {
	if t := r.c.Type(); t != bsoncore.TypeDocument {
		r.c.Fail(wrong("this is %s; write a document of paths", typeWords(t)))
		return
	}
	if r.c.Enter() {
		for r.c.Next() {
			if at := fieldPath(&r.c, r.depth, "edit"); at != nil {
				op.read(r, at)
			}
		}
		r.c.Leave()
	}
}

// add adds a step.
func (r *editReader) add(at path, s step) {
	end, k := r.root.add(at, s.kind)
	if end == nil {
		r.c.Fail(collision("edit", at))
		return
	}
	s.name, s.number = k, r.count
	r.count++
	paths := end.editPaths()
	paths.steps = append(paths.steps, s)
}

// editPaths returns the steps of n, which may be none yet.
func (n *fieldNode) editPaths() *editPaths {
	if n.edit == nil {
		n.edit = new(editPaths)
	}
	return n.edit
}

func (r *editReader) set(at path) {
	r.add(at, step{kind: setPath, value: bsoncore.Value{Type: r.c.Type(), Data: r.c.Data()}})
}

func (r *editReader) rename(from path) {
	if r.c.Type() != bsoncore.TypeString {
		r.c.Fail(wrong("this is %s; write the new path, a string", typeWords(r.c.Type())))
		return
	}
	text := string(r.c.Text())
	to, err := parsePath(text, r.depth)
	switch {
	case err != nil:
		r.c.Fail(err)
	case strings.ContainsRune(text, 0):
		r.c.Fail(wrong("a path cannot contain a NUL"))
	case strings.HasPrefix(text, "$"):
		r.c.Fail(fmt.Errorf("%w: %s is a new name; for a field with this name write %q", ErrUnsupported, shortened(text), "/"+text))
	case positional(text):
		r.c.Fail(errPositional)
	}
	if r.c.Failed() {
		return
	}
	n := &renaming{from: from, to: to, number: len(r.moved)}
	for n.shared < min(len(from), len(to))-1 && from[n.shared] == to[n.shared] {
		n.shared++
	}
	r.add(from, step{kind: sourcePath, renaming: n})
	r.add(to, step{kind: targetPath, renaming: n})
	if r.moved = append(r.moved, n); !n.inPlace() && !r.c.Failed() {
		r.root.moveBelow(n)
	}
}

// moveBelow adds r, a renaming between two documents.
func (n *fieldNode) moveBelow(r *renaming) {
	for _, name := range r.from[:r.shared] {
		n = n.kids[n.names.find([]byte(name))]
	}
	paths := n.editPaths()
	paths.moves = append(paths.moves, r)
}

// retypes has the types of $retype, by name.
var retypes = map[string]bsoncore.Type{
	"double": bsoncore.TypeDouble, "string": bsoncore.TypeString, "objectId": bsoncore.TypeObjectID, "bool": bsoncore.TypeBoolean,
	"date": bsoncore.TypeDateTime, "int32": bsoncore.TypeInt32, "int64": bsoncore.TypeInt64, "decimal": bsoncore.TypeDecimal128,
}

// meantTypes has the names in retypes of types that other programs call otherwise.
var meantTypes = map[string]string{
	"int": "int32", "long": "int64", "decimal128": "decimal", "boolean": "bool", "objectid": "objectId", "ObjectId": "objectId", "datetime": "date",
}

// retype adds the step at a path, and for the new path of a field, or a path below it,
// also at the place before the rename.
func (r *editReader) retype(at path) {
	to, ok, name := bsoncore.Type(0), false, ""
	if r.c.Type() == bsoncore.TypeString {
		name = string(r.c.Text())
		to, ok = retypes[name]
	}
	if meant := meantTypes[name]; meant != "" {
		r.c.Fail(wrong("the type is called %s here, not %s; write %s", meant, name, meant))
		return
	}
	if !ok {
		r.c.Fail(wrong("a type is one of int32, int64, double, decimal, string, date, objectId, bool"))
		return
	}
	r.add(at, step{kind: retypePath, to: to})
	for _, n := range r.moved {
		if len(at) >= len(n.to) && slices.Equal(at[:len(n.to)], n.to) {
			before := append(n.from[:len(n.from):len(n.from)], at[len(n.to):]...)
			r.add(before, step{kind: movedRetype, to: to})
		}
	}
}
