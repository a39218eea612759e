//go:build unix

package mongodriver_test

//lint:file-ignore SA1019 v1 is deprecated, and this file tests v1

import (
	"flag"
	"testing"

	driver "go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/bsonkit/bsonkit/bridges/mongodriver/internal/ratio"
	mongodriver "github.com/bsonkit/bsonkit/bridges/mongodriver/v1"
	"github.com/bsonkit/bsonkit/bridges/mongodriver/v1/bson"
)

// jobs compares three codecs: the driver, the alias package, and a client with the
// registry. What a client does with one document is the same without a server: it
// encodes it by an Encoder, and decodes it by a cursor.
func jobs(tb testing.TB) []ratio.Job {
	order := newOrder()
	doc, err := driver.Marshal(order)
	if err != nil {
		tb.Fatal(err)
	}
	var d primitive.D
	var m primitive.M
	if err := driver.Unmarshal(doc, &d); err != nil {
		tb.Fatal(err)
	}
	if err := bson.Unmarshal(doc, &m); err != nil {
		tb.Fatal(err)
	}
	registry := mongodriver.Registry(mongodriver.Options{})
	var jobs []ratio.Job
	add := func(name string, do func() error) { jobs = append(jobs, ratio.Job{Name: name, Do: do}) }
	for _, tc := range []struct {
		name string
		v    any
		dst  func() any
	}{
		{"Struct", order, func() any { return new(Order) }},
		{"D", d, func() any { return new(primitive.D) }},
		{"M", m, func() any { return new(primitive.M) }},
	} {
		encode := func(marshal func(any) ([]byte, error)) func() error {
			return func() error { _, err := marshal(tc.v); return err }
		}
		decode := func(unmarshal func([]byte, any) error) func() error {
			return func() error { return unmarshal(doc, tc.dst()) }
		}
		add("Encode"+tc.name+"/driver", encode(driver.Marshal))
		add("Encode"+tc.name+"/alias", encode(bson.Marshal))
		add("Decode"+tc.name+"/driver", decode(driver.Unmarshal))
		add("Decode"+tc.name+"/alias", decode(bson.Unmarshal))
		add("ClientEncode"+tc.name+"/driver", encode(encoder(nil)))
		add("ClientEncode"+tc.name+"/registry", encode(encoder(registry)))
		theirs, ours := decoder(tb, doc, nil), decoder(tb, doc, registry)
		add("ClientDecode"+tc.name+"/driver", func() error { return theirs(tc.dst()) })
		add("ClientDecode"+tc.name+"/registry", func() error { return ours(tc.dst()) })
	}
	return jobs
}

func BenchmarkCodec(b *testing.B) { ratio.Bench(b, jobs(b)) }

var ratios = flag.Int("ratios", 0, "print ratios to the driver: the best of this number of rounds")

// TestRatios prints how many times as fast as the driver each job is.
func TestRatios(t *testing.T) {
	if *ratios == 0 {
		t.Skip("runs only with -ratios=N")
	}
	ratio.Log(t, *ratios, jobs(t))
}
