package sample

// A Set is a set of documents for a benchmark. It has many documents, because branch
// predictors learn a single document. One operation processes all of them.
type Set struct {
	Name string
	Docs [][]byte
	Size int64 // total size of BSON in bytes
}

// Sets returns the sets for benchmarks of documents.
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
