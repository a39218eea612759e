package schema

import "errors"

// ErrOptions is the error of Merge for Schemas with different Options.
var ErrOptions = errors.New("schema: schemas with different options cannot be merged; make them with equal Options")

// Merge returns a new Schema that describes the documents of a and of b, in any order.
// Both stay as they are. The error is ErrOptions.
func Merge(a, b *Schema) (*Schema, error) {
	s := New(a.options)
	if err := s.Merge(a); err != nil {
		return nil, err
	}
	return s, s.Merge(b)
}

// Merge adds the documents of other to s; other stays as it is. The result is that of one
// Schema for all documents, whatever the order and the number of merges. The error is
// ErrOptions, and then s is unchanged.
func (s *Schema) Merge(other *Schema) error { return s.MergeBehind(0, other) }

// MergeBehind is Merge for documents of other that follow n documents: n is added to each
// number of a document. n is at least 0.
func (s *Schema) MergeBehind(n int64, other *Schema) error {
	if s.options != other.options {
		return ErrOptions
	}
	if s == other {
		other, _ = Merge(New(s.options), s)
	}
	s.shift = n
	s.bytes += other.bytes
	s.sizes.merge(&other.sizes)
	for i, n := range other.depths {
		s.depths[i] += n
	}
	if largest := other.largest; largest.Bytes > 0 {
		largest.Document += n
		s.largest.take(largest)
	}
	s.next = max(s.next, other.next+n)
	if other.root.documents > 0 {
		s.newest = max(s.newest, other.newest+n)
	}
	s.merge(s.root, other.root)
	s.settle()
	return nil
}

// merge adds what is known of src to n, which is the same path.
func (s *Schema) merge(n, src *node) {
	if s.options.SingleOnly && n.isLeaf(n.met|src.met) {
		s.prune(n)
		s.mergeValues(n, src)
		return
	}
	n.cut = n.cut || src.cut
	n.deep = n.deep || src.deep
	n.lost += src.lost
	n.lower(src.limit)
	src.each(func(from *node) {
		if from.hash > n.limit {
			n.lost += from.total()
			return
		}
		s.merge(n.counterpart(from), from)
	})
	s.mergeSingles(n, src)
	s.mergeValues(n, src)
}

// counterpart returns the child of n with the key of kid, and makes it if there is none.
func (n *node) counterpart(kid *node) *node {
	var own **node
	switch kid.hash {
	case elementsHash:
		own = &n.elements
	case starHash:
		own = &n.star
	default:
		return n.keys.counterpart(n, kid)
	}
	if *own == nil {
		*own = newNode(n, kid.name, kid.hash)
	}
	return *own
}

func (t *table) counterpart(parent, kid *node) *node {
	if own := t.find(&key{[]byte(kid.name), kid.words, kid.hash}); own != nil {
		return own
	}
	own := newNode(parent, kid.name, kid.hash)
	t.add(own)
	return own
}

func (s *Schema) mergeSingles(n, src *node) {
	if src.singles == nil {
		return
	}
	to, from := extend(&n.singles), src.singles
	to.refused = to.refused || from.refused
	if to.folded || from.folded {
		to.fold()
		return
	}
	for kid := range from.keys.all() {
		own := to.keys.counterpart(n, kid)
		own.owner, own.data = to, true
		s.merge(own, kid)
	}
	to.size = 0
	for kid := range to.keys.all() {
		to.size += 1 + kid.descendants(0)
	}
	if to.keys.size > s.options.MaxDataKeys || to.size > s.options.charge() {
		to.fold()
	}
}

// mergeValues adds what is known of the values of src.
func (s *Schema) mergeValues(n, src *node) {
	n.documents += src.documents
	n.parents += src.parents
	if src.documents > 0 {
		if at := (place{src.where.document + s.shift, src.where.offset}); at.before(n.where) {
			n.where = at
		}
	}
	if src.again != (place{}) {
		n.repeat(place{src.again.document + s.shift, src.again.offset})
	}
	s.flush(n)
	s.flush(src)
	v, from := n.values, src.values
	for i, count := range from.types {
		v.types[i] += count
		if count > 0 {
			n.meet(uint8(i), src.firstOf(i)+s.shift)
		}
	}
	if from.subtypes != nil {
		extend(&v.subtypes).merge(from.subtypes)
	}
	for _, m := range []struct{ to, from **sizes }{
		{&v.strings, &from.strings}, {&v.binaries, &from.binaries}, {&v.arrays, &from.arrays},
	} {
		if *m.from != nil {
			extend(m.to).merge(*m.from)
		}
	}
	if from.numbers != nil {
		extend(&v.numbers).merge(from.numbers)
	}
	if from.dates != nil {
		extend(&v.dates).merge(from.dates)
	}
	v.distinct.merge(&from.distinct, s.hashes)
	v.bottom.merge(&from.bottom, &s.options)
	n.above = v.bottom.above
}
