package differ

import (
	"math/rand/v2"
	"testing"
)

// FuzzChanges: the changes from one document to another, made in the first, give the second.
// The fuzzer chooses the seeds of the documents.
func FuzzChanges(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i, i/2)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		checkChanges(t, randomDocument(rand.New(rand.NewPCG(a, 0))), randomDocument(rand.New(rand.NewPCG(b, 0))))
	})
}
