package bench

import (
	"bytes"
	"sync"
	"testing"

	"github.com/bsonkit/bsonkit/internal/corpus"
)

// load returns a set. Each set is made once, at its first use.
func load(tb testing.TB, name string) *Set {
	tb.Helper()
	mu.Lock()
	defer mu.Unlock()
	if sets[name] == nil {
		set, err := Load(name)
		if err != nil {
			tb.Fatal(err)
		}
		sets[name] = set
	}
	return sets[name]
}

var (
	mu   sync.Mutex
	sets = map[string]*Set{}
)

// TestSame checks that all implementations of a task do the same work: their
// texts have the same meaning, and their BSON has the same bytes.
func TestSame(t *testing.T) {
	for _, task := range Tasks {
		for _, name := range SetNames {
			set := load(t, name)
			var in [][]byte
			for i, data := range task.Input(set)[:min(len(set.BSON), 300)] {
				// The driver reads another NaN; see interop.TestDriverNaN.
				if !bytes.Contains(set.Canonical[i], []byte(`{"$numberDouble":"NaN"}`)) {
					in = append(in, data)
				}
			}
			want := make([]string, len(in))
			for k, impl := range task.Impls {
				do := impl.New()
				for i, data := range in {
					out, err := do(data)
					if err != nil {
						t.Fatalf("%s/%s/%s: document %d: %v", task.Name, set.Name, impl.Name, i, err)
					}
					got := string(out)
					if task.Name == "ToCanonical" || task.Name == "ToRelaxed" {
						if got, err = corpus.Meaning(got); err != nil {
							t.Fatalf("%s/%s/%s: document %d: %v", task.Name, set.Name, impl.Name, i, err)
						}
					}
					if k == 0 {
						want[i] = got
					} else if got != want[i] {
						t.Fatalf("%s/%s/%s: document %d:\ngot  %q\nwant %q", task.Name, set.Name, impl.Name, i, got, want[i])
					}
				}
			}
		}
	}
}

func run(b *testing.B, name string) {
	for _, task := range Tasks {
		if task.Name != name {
			continue
		}
		for _, setName := range SetNames {
			b.Run(setName, func(b *testing.B) {
				set := load(b, setName)
				in := task.Input(set)
				for _, impl := range task.Impls {
					b.Run(impl.Name, func(b *testing.B) {
						do := impl.New()
						i := 0
						b.SetBytes(int64(set.Bytes / len(in)))
						b.ReportAllocs()
						for b.Loop() {
							if _, err := do(in[i]); err != nil {
								b.Fatal(err)
							}
							if i++; i == len(in) {
								i = 0
							}
						}
					})
				}
			})
		}
		return
	}
	b.Fatalf("no task %s", name)
}

func BenchmarkToCanonical(b *testing.B)   { run(b, "ToCanonical") }
func BenchmarkToRelaxed(b *testing.B)     { run(b, "ToRelaxed") }
func BenchmarkFromCanonical(b *testing.B) { run(b, "FromCanonical") }
func BenchmarkFromRelaxed(b *testing.B)   { run(b, "FromRelaxed") }
func BenchmarkValidate(b *testing.B)      { run(b, "Validate") }
