package bson_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
)

// A namedText is a string under another name.
type namedText string

// textRecord has strings in every kind of destination.
type textRecord struct {
	Field   string
	Named   namedText
	Pointer *string
	List    []string
	Map     map[string]string
	Structs map[string]struct{ Inner string }
	Keys    map[namedText]int32
	Any     any
	D       bson.D
}

// newTextRecord returns a record whose texts are those of no other n.
func newTextRecord(n int) textRecord {
	text := func(size int) string { return fmt.Sprintf("%d ", n) + strings.Repeat("é", size) }
	pointer := text(3)
	return textRecord{
		Field: text(1), Named: namedText(text(2)), Pointer: &pointer,
		List:    []string{text(0), "", text(30), text(61), text(62), text(63), text(64), text(300)},
		Map:     map[string]string{text(4): text(5), "": text(6)},
		Structs: map[string]struct{ Inner string }{text(7): {text(8)}},
		Keys:    map[namedText]int32{namedText(text(9)): int32(n)},
		Any:     text(10), D: bson.D{{text(11), text(12)}},
	}
}

// TestTextsStay: memory that has become a string is not used for another one, by any
// call: also after a fault, after a panic in a hook, and in several goroutines.
func TestTextsStay(t *testing.T) {
	const goroutines, calls = 4, 300
	var malformed []byte
	malformed = fmt.Appendf(malformed, "\x02field\x00\x05\x00\x00\x00good\x00\x02named\x00\x05\x00\x00\x00b\xffd!\x00\x00")
	malformed = append([]byte{byte(len(malformed) + 4), 0, 0, 0}, malformed...)
	panicking, err := bson.Marshal(bson.D{{"text", "before the panic"}, {"bomb", int32(1)}})
	if err != nil {
		t.Fatal(err)
	}
	type kept struct {
		n   int
		got textRecord
	}
	all := make([][]kept, goroutines)
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range calls {
				n := i*goroutines + g
				doc, err := bson.Marshal(newTextRecord(n))
				if err != nil {
					t.Error(err)
					return
				}
				k := kept{n: n}
				if err := bson.Unmarshal(doc, &k.got); err != nil {
					t.Error(err)
					return
				}
				all[g] = append(all[g], k)
				switch i % 3 {
				case 0:
					var bad textRecord
					if err := bson.Unmarshal(malformed, &bad); !errors.Is(err, bson.ErrUTF8) || bad.Field != "good" {
						t.Errorf("malformed text: %v, field %q", err, bad.Field)
					}
				case 1:
					var bad struct {
						Text string
						Bomb bomb
					}
					if !panics(func() { bson.Unmarshal(panicking, &bad) }) || bad.Text != "before the panic" {
						t.Errorf("no panic, or text %q", bad.Text)
					}
				}
			}
		})
	}
	wg.Wait()
	for _, ks := range all {
		for _, k := range ks {
			if diff := cmp.Diff(newTextRecord(k.n), k.got); diff != "" {
				t.Fatalf("record %d has changed (-want +got):\n%s", k.n, diff)
			}
		}
	}
}
