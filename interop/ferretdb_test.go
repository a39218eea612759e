package interop

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/internal/pairs"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file compares filters and sort orders of package query with those of FerretDB, a
// server, through the Go driver.
//
//   - startServer starts the server, whose data are in a temporary directory; connect
//     makes a client.
//   - storableGenerator and store make documents of the values that FerretDB stores.
//   - TestFerretDB runs each filter once, over all documents; TestFerretDBOrder sorts a
//     few of them.

const (
	serverDocuments = 200 // in the collection
	serverFilters   = 600 // each is about all documents
	serverOrders    = 600
)

// serverRows has the known differences for filters.
var serverRows = []filterRow{
	{"ferretdb-pointer", regexp.MustCompile(`"/`)},
	{"ferretdb-bits", regexp.MustCompile(`"\$bits`)},
	{"ferretdb-type", regexp.MustCompile(`"\$type"`)},
	{"ferretdb-mod", regexp.MustCompile(`"\$mod"`)},
	{"ferretdb-element", regexp.MustCompile(`"\$elemMatch"`)},
	{"ferretdb-exists", regexp.MustCompile(`"\$exists": [^tf]`)},
	{"ferretdb-index", regexp.MustCompile(`\.\d+[."]`)},
	{"ferretdb-document", regexp.MustCompile(`"([^$"]|\$(eq|ne))[^"]*": \{(\}|"[^$])|"\$(n?in|all)": \[[^\]]*\{`)},
	{"ferretdb-regex", regexp.MustCompile(`"\$regex"|[:\[,] /`)},
	{"ferretdb-path", regexp.MustCompile(`\.[^"]*": (null|\{.*(null|"\$(not|ne|nin)"))`)},
}

// orderRows has the known differences for sort orders.
var orderRows = []filterRow{
	{"ferretdb-order-pointer", regexp.MustCompile(`"/`)},
	{"ferretdb-order-path", regexp.MustCompile(`[a-z0-9]\.[a-z0-9]`)},
}

// serverValues has values of the types that FerretDB stores. It stores no infinity.
var serverValues = []any{
	int32(0), int32(1), int32(2), int32(-1), int32(6), int64(1), int64(2), int64(1 << 40), 0.0, 1.0, 1.5, 0.1, 1e300,
	"", "x", "y", "xy", "X\n", "å", true, false, nil, bson.DateTime(0), bson.DateTime(-1), bson.Timestamp{T: 1, I: 2}, bson.Timestamp{T: 2},
	objectid.ID{}, objectid.ID{1}, bson.Regex{Pattern: "x"}, bson.Regex{Pattern: "X", Options: "i"},
	bson.Binary{Data: []byte{5}}, bson.Binary{Subtype: 4, Data: []byte{5}}, bson.Binary{Data: []byte{1, 2, 0, 0, 0, 0, 0, 0, 128, 255}},
}

// serve returns an empty collection of a new server.
func serve(t *testing.T) *mongo.Collection {
	t.Helper()
	return connect(t, startServer(t), options.Client()).Collection("pairs")
}

// startServer starts FerretDB, which interop/setup builds, and returns its address. The
// server has no documents.
func startServer(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("ferretdb", "ferretdb"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		absent(t, "ferretdb", err)
	}
	cmd := exec.Command(path, t.TempDir()) // it ends with its standard input, however slow the tests are
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("ferretdb: %v", err)
		}
	})
	uri, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("ferretdb: %v", err)
	}
	return strings.TrimSpace(uri)
}

// connect returns the database of the tests, for a client with options o.
func connect(t *testing.T, uri string, o *options.ClientOptions) *mongo.Database {
	t.Helper()
	client, err := mongo.Connect(o.ApplyURI(uri).SetTimeout(time.Minute).SetRetryReads(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Disconnect(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return client.Database("interop")
}

// storable returns v without arrays in arrays: each is the value of a document.
func storable(v any) any {
	switch v := v.(type) {
	case bson.D:
		out := bson.D{}
		for _, e := range v {
			out = append(out, bson.E{Key: e.Key, Value: storable(e.Value)})
		}
		return out
	case bson.A:
		out := bson.A{}
		for _, e := range v {
			if e = storable(e); isArray(e) {
				e = bson.D{{Key: "b", Value: e}}
			}
			out = append(out, e)
		}
		return out
	}
	return v
}

func isArray(v any) bool {
	_, ok := v.(bson.A)
	return ok
}

func raw(t *testing.T, d bson.D) bson.Raw {
	t.Helper()
	doc, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// ids returns the values of _id in the answer to find.
func ids(c *mongo.Collection, filter bson.Raw, o *options.FindOptionsBuilder) ([]int32, error) {
	cursor, err := c.Find(context.Background(), driver.Raw(filter), o.SetBatchSize(serverDocuments+1))
	if err != nil {
		return nil, err
	}
	var docs []struct {
		ID int32 `bson:"_id"`
	}
	err = cursor.All(context.Background(), &docs)
	found := make([]int32, len(docs))
	for i, d := range docs {
		found[i] = d.ID
	}
	return found, err
}

// A stored document is in the collection of a server. Its _id is its index.
type stored struct {
	doc bson.D
	raw bson.Raw
}

// store returns random documents, which it inserts into c.
func store(t *testing.T, c *mongo.Collection, g pairs.Generator) []stored {
	t.Helper()
	docs, insert := make([]stored, serverDocuments), make([]any, serverDocuments)
	for i := range docs {
		d := storable(append(g.Document(3), bson.E{Key: "a", Value: g.Value(2)})).(bson.D)
		d = append(bson.D{{Key: "_id", Value: int32(i)}}, withoutRepeated(d)...)
		docs[i] = stored{d, raw(t, d)}
		insert[i] = driver.Raw(docs[i].raw)
	}
	if _, err := c.InsertMany(context.Background(), insert); err != nil {
		t.Fatal(err)
	}
	return docs
}

// storableGenerator makes what FerretDB stores.
func storableGenerator() pairs.Generator {
	g := pairs.New(1)
	g.Scalars, g.Names = serverValues, []string{"a", "a", "b", "b", "c", "0", "1"}
	return g
}

func TestFerretDB(t *testing.T) {
	c, g := serve(t), storableGenerator()
	docs := store(t, c, g)
	compared, matches, different := 0, 0, map[string]int{}
	for n := range serverFilters {
		filter := raw(t, g.Filter(docs[n%len(docs)].doc[1:], 2))
		if repeats(filter) {
			continue // equal keys in filters are not compared
		}
		f, err := query.Compile(filter, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		found, findErr := ids(c, filter, options.Find().SetProjection(driver.D{{Key: "_id", Value: 1}}))
		text := filter.String()
		row := fits(serverRows, text)
		for i, d := range docs {
			ours, err := f.Match(d.raw)
			if err != nil {
				t.Fatal(err)
			}
			if ours {
				matches++
			}
			compared++
			theirs := slices.Contains(found, int32(i))
			if findErr == nil && ours == theirs {
				continue
			}
			if row == "" {
				t.Errorf("filter %d: %s\n%s\nours %v, theirs %v, %v", n, text, d.raw, ours, theirs, findErr)
				break
			}
			different[row]++
		}
	}
	explained(t, serverRows, different)
	if compared < filterPairs {
		t.Errorf("%d pairs, want at least %d", compared, filterPairs)
	}
	t.Logf("%d of %d pairs match; differences: %v", matches, compared, different)
}

// TestFerretDBOrder sorts eight documents by each sort order. The last path is _id, so
// that no two documents are equal.
func TestFerretDBOrder(t *testing.T) {
	c, g := serve(t), storableGenerator()
	docs := store(t, c, g)
	equal, different := 0, map[string]int{}
	for n := range serverOrders {
		some := []int32{}
		for _, i := range g.Perm(len(docs))[:8] {
			some = append(some, int32(i))
		}
		by := raw(t, append(g.Order(docs[some[0]].doc[1:]), bson.E{Key: "_id", Value: int32(1)}))
		order, err := query.CompileSort(by, query.Options{})
		if err != nil {
			t.Fatal(err)
		}
		filter := raw(t, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: some}}}})
		theirs, err := ids(c, filter, options.Find().SetSort(driver.Raw(by)))
		slices.SortFunc(some, func(a, b int32) int { return order.Compare(docs[a].raw, docs[b].raw) })
		if err == nil && slices.Equal(some, theirs) {
			equal++
			continue
		}
		row := fits(orderRows, by.String())
		if row == "" {
			t.Errorf("order %d: %s\nours %v, theirs %v, %v", n, by, some, theirs, err)
			continue
		}
		different[row]++
	}
	explained(t, orderRows, different)
	t.Logf("%d of %d orders are the same; differences: %v", equal, serverOrders, different)
}
