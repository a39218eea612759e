package sample

// A Set is documents that a benchmark takes in turn: many, because a single one
// in a loop teaches the processor its branches. One operation is all of them.
type Set struct {
	Name string
	Docs [][]byte
	Size int64 // bytes of BSON, all documents
}

// Sets returns the sets that benchmarks of documents use.
func Sets() []Set {
	sets := []Set{
		{Name: "bench", Docs: Documents(Bench, 1, 4000)},
		{Name: "collection", Docs: Documents(Collection, 1, 2000)},
	}
	for i := range sets {
		for _, doc := range sets[i].Docs {
			sets[i].Size += int64(len(doc))
		}
	}
	return sets
}
