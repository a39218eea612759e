package bench

// This file measures single values, ours and the driver's.

import (
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

var (
	sinkText    string
	sinkBytes   []byte
	sinkID      objectid.ID
	sinkOID     driver.ObjectID
	sinkDecimal decimal128.Decimal
	sinkDriver  driver.Decimal128
)

func BenchmarkObjectID(b *testing.B) {
	const text = "56e1fc72e0c917e9c4714161"
	id, err := objectid.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	peer := driver.ObjectID(id)
	for _, bench := range []struct {
		name string
		do   func()
	}{
		{"Append/ours", func() { sinkBytes = id.Append(sinkBytes[:0]) }},
		{"String/ours", func() { sinkText = id.String() }},
		{"String/driver", func() { sinkText = peer.Hex() }},
		{"Parse/ours", func() { sinkID, _ = objectid.Parse(text) }},
		{"Parse/driver", func() { sinkOID, _ = driver.ObjectIDFromHex(text) }},
		{"New/ours", func() { sinkID = objectid.New() }},
		{"New/driver", func() { sinkOID = driver.NewObjectID() }},
	} {
		b.Run(bench.name, func(b *testing.B) { repeat(b, bench.do) })
	}
}

func BenchmarkDecimal128(b *testing.B) {
	for _, tc := range []struct{ name, text string }{
		{"short", "12.34"}, {"34digits", "123456789012345.6789012345678901234"},
	} {
		d, err := decimal128.Parse(tc.text)
		if err != nil {
			b.Fatal(err)
		}
		peer, err := driver.ParseDecimal128(tc.text)
		if err != nil {
			b.Fatal(err)
		}
		for _, bench := range []struct {
			name string
			do   func()
		}{
			{"Parse/ours", func() { sinkDecimal, _ = decimal128.Parse(tc.text) }},
			{"Parse/driver", func() { sinkDriver, _ = driver.ParseDecimal128(tc.text) }},
			{"Append/ours", func() { sinkBytes = d.Append(sinkBytes[:0]) }},
			{"String/ours", func() { sinkText = d.String() }},
			{"String/driver", func() { sinkText = peer.String() }},
		} {
			b.Run(bench.name+"/"+tc.name, func(b *testing.B) { repeat(b, bench.do) })
		}
	}
}

func repeat(b *testing.B, do func()) {
	b.ReportAllocs()
	for b.Loop() {
		do()
	}
}
