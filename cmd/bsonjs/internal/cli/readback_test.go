package cli

import (
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/proof"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// reading returns a verifier of BSON, and what reads its only file.
func reading(t *testing.T) (*verifier, *readBack) {
	t.Helper()
	v := &verifier{o: new(convertOptions), proof: proof.New(proof.Options{}), to: func() *codec.Codec { return codec.BSON }}
	return v, v.Witness("", "out.bson").(*readBack)
}

// A compressor may write in a goroutine of its own while the output is given up, and later.
func TestAbandonWhileWriting(t *testing.T) {
	for range 20 {
		_, b := reading(t)
		var all sync.WaitGroup
		all.Go(func() {
			for range 100 {
				if _, err := b.Write(numbered(1)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
					if _, ok := errors.AsType[*proof.Difference](err); !ok {
						t.Error(err)
					}
					return
				}
			}
		})
		b.Abandon()
		all.Wait()
		if n, err := b.Write([]byte("more")); n != 4 || err != nil {
			t.Fatalf("Write behind Abandon: %d, %v", n, err)
		}
		if b.w != nil {
			t.Fatal("Write behind Abandon began to read")
		}
		b.Abandon()
	}
}

// Too many files whose arrays end last are a fault of usage.
func TestManyHeld(t *testing.T) {
	v, b := reading(t)
	v.reading, b.held = maxHeld, true
	_, err := b.Write(numbered(1))
	if f := v.Fault(err); f == nil || f.Code != report.CodeUsage {
		t.Fatalf("file %d: %v, fault %v", maxHeld+1, err, f)
	}
	if diff := cmp.Diff(maxHeld+1, v.reading); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A file of --split-by may be closed in the middle of a document, so it is read to its end
// after it was opened again.
func TestSplitIsHeld(t *testing.T) {
	v, _ := reading(t)
	v.o.path, v.framed = []string{"g"}, map[string]*readBack{}
	b := v.Witness("a", "out-a.bson").(*readBack)
	if err := b.Finish(); err != nil || b.ended {
		t.Fatalf("Finish ended the reading: %v", err)
	}
	if again := v.Witness("a", "out-a.bson"); again != b {
		t.Error("another reader for the file that was opened again")
	}
}
