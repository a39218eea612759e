package report

import (
	"bytes"
	"testing"
	"time"
)

func TestBarLine(t *testing.T) {
	for _, tc := range []struct {
		name        string
		total, done int64
		took        time.Duration
		want        string
	}{
		{"start", 2e9, 0, 0, "bsonjs   0% [                    ] 0 B of 2.0 GB"},
		{"nothing read yet", 2e9, 0, time.Second, "bsonjs   0% [                    ] 0 B of 2.0 GB"},
		{"middle", 2e9, 999e6, 9 * time.Second, "bsonjs  49% [=========           ] 999.0 MB of 2.0 GB, 111.0 MB/s, 9s left"},
		{"end", 2e9, 2e9, 10 * time.Second, "bsonjs 100% [====================] 2.0 GB of 2.0 GB, 200.0 MB/s, 0s left"},
		{"a file that has grown", 1000, 5000, time.Second, "bsonjs 100% [====================] 1.0 kB of 1.0 kB, 1.0 kB/s, 0s left"},
		{"slow", 2e9, 1000, time.Second, "bsonjs   0% [                    ] 1.0 kB of 2.0 GB, 1.0 kB/s, 555h33m19s left"},
		{"start, of unknown length", -1, 0, 0, "bsonjs 0 B"},
		{"of unknown length", -1, 3e6, 2 * time.Second, "bsonjs 3.0 MB, 1.5 MB/s"},
		{"empty", 0, 0, time.Second, "bsonjs 0 B"},
	} {
		b := bar{total: tc.total}
		if got := b.line(tc.done, tc.took); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// A shorter line covers a longer one, and nothing remains of either.
func TestBarClear(t *testing.T) {
	var w bytes.Buffer
	b := bar{w: &w, total: -1}
	b.clear() // no line yet
	b.draw(1500, 0)
	b.draw(1, 0)
	b.clear()
	b.clear()
	b.draw(2, 0)
	const want = "\rbsonjs 1.5 kB" + "\rbsonjs 1 B   " + "\r             \r" + "\rbsonjs 2 B"
	if w.String() != want {
		t.Errorf("%q, want %q", w.String(), want)
	}
}
