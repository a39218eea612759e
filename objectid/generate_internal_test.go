package objectid

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCounterWraps(t *testing.T) {
	g := &generator{unique: [5]byte{1, 2, 3, 4, 5}}
	g.counter.Store(0xfffffd)
	var got []string
	for range 4 {
		got = append(got, g.next(0x650aff00).String())
	}
	want := []string{
		"650aff000102030405fffffe",
		"650aff000102030405ffffff",
		"650aff000102030405000000",
		"650aff000102030405000001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCounterBound checks the comment of New: 2^24 ids of a second are distinct,
// and the next id repeats the first.
func TestCounterBound(t *testing.T) {
	g := &generator{}
	g.counter.Store(0x123456)
	first := g.next(1)
	seen := make([]bool, 1<<24)
	seen[int(first[9])<<16|int(first[10])<<8|int(first[11])] = true
	for range 1<<24 - 1 {
		id := g.next(1)
		n := int(id[9])<<16 | int(id[10])<<8 | int(id[11])
		if seen[n] {
			t.Fatalf("%v occurs twice", id)
		}
		seen[n] = true
	}
	if id := g.next(1); id != first {
		t.Errorf("id 2^24 + 1 is %v, want the first, %v", id, first)
	}
}

func TestSecondsWrap(t *testing.T) {
	g := &generator{}
	if got := g.next(1<<32 + 5).String()[:8]; got != "00000005" {
		t.Errorf("seconds are %s, want 00000005", got)
	}
}

func TestNewConcurrent(t *testing.T) {
	const goroutines, each = 16, 5000
	ids := make(chan []ID)
	for range goroutines {
		go func() {
			mine := make([]ID, each)
			for i := range mine {
				mine[i] = New()
			}
			ids <- mine
		}()
	}
	seen := map[ID]bool{}
	for range goroutines {
		for _, id := range <-ids {
			if seen[id] {
				t.Fatalf("%v occurs twice", id)
			}
			if !slices.Equal(id[4:9], process.unique[:]) {
				t.Fatalf("%v does not have the bytes of this process, %x", id, process.unique)
			}
			seen[id] = true
		}
	}
}

func TestNewTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(90*time.Minute + 999*time.Millisecond)
		want := time.Now().Truncate(time.Second)
		if got := New().Time(); !got.Equal(want) {
			t.Errorf("time of a new id is %v, want %v", got, want)
		}
	})
}
