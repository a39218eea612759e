package objectid_test

import (
	"testing"
	"time"

	"github.com/bsonkit/bsonkit/objectid"
)

var sink string // keeps results alive

const benchText = "56e1fc72e0c917e9c4714161"

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		objectid.New()
	}
}

// BenchmarkClock measures the part of New outside this package.
func BenchmarkClock(b *testing.B) {
	for b.Loop() {
		time.Now()
	}
}

func BenchmarkNewParallel(b *testing.B) {
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			objectid.New()
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.Run("string", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := objectid.Parse(benchText); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bytes", func(b *testing.B) {
		text := []byte(benchText)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := objectid.Parse(text); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchID(b *testing.B) objectid.ID {
	id, err := objectid.Parse(benchText)
	if err != nil {
		b.Fatal(err)
	}
	return id
}

func BenchmarkAppend(b *testing.B) {
	id := benchID(b)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = id.Append(dst[:0])
	}
}

func BenchmarkString(b *testing.B) {
	id := benchID(b)
	b.ReportAllocs()
	for b.Loop() {
		sink = id.String()
	}
}

func BenchmarkCompare(b *testing.B) {
	id := benchID(b)
	other := id
	other[11]++
	for b.Loop() {
		id.Compare(other)
	}
}

// BenchmarkStringOfBytes measures the part of String outside this package.
func BenchmarkStringOfBytes(b *testing.B) {
	text := []byte(benchText)
	b.ReportAllocs()
	for b.Loop() {
		sink = string(text)
	}
}
