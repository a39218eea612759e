package duckdb

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// command is the path of bsonjs-columns, built of this checkout.
var command string

func TestMain(m *testing.M) { os.Exit(withCommand(m)) }

func withCommand(m *testing.M) int {
	dir, err := os.MkdirTemp("", "duckdb-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	command = filepath.Join(dir, "bsonjs-columns")
	build := exec.Command("go", "build", "-o", command, "./cmd/bsonjs-columns")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// parquet writes documents to a Parquet file and returns its name.
func parquet(t testing.TB, docs []bson.D, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	var stream []byte
	for _, d := range docs {
		doc, err := bson.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		stream = append(stream, doc...)
	}
	in, out := filepath.Join(dir, "x.bson"), filepath.Join(dir, "x.parquet")
	if err := os.WriteFile(in, stream, 0o666); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"write", in, "--output", out}, flags...)
	if text, err := exec.Command(command, args...).CombinedOutput(); err != nil {
		t.Fatalf("bsonjs-columns %s: %v: %s", strings.Join(args, " "), err, text)
	}
	return out
}

func open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// query returns the rows of a query, each by the names of its columns.
func query(t testing.TB, db *sql.DB, text string, args ...any) (all []map[string]any) {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, places := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		row := map[string]any{}
		for i, name := range names {
			row[name] = values[i]
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return all
}

// random returns documents with all types that become columns by themselves, and with
// missing fields, nulls and nested values.
func random(n int, seed uint64) (docs []bson.D) {
	r := rand.New(rand.NewPCG(seed, 0))
	some := func(d bson.D, key string, v any) bson.D {
		switch r.IntN(10) {
		case 0:
			return d // missing
		case 1:
			v = nil
		}
		return append(d, bson.E{Key: key, Value: v})
	}
	text := func() string { return strings.Repeat(string(rune('a'+r.IntN(26)))+"ä", r.IntN(8)) }
	for i := range n {
		var id objectid.ID
		for j := range id {
			id[j] = byte(r.IntN(256))
		}
		d := bson.D{{Key: "_id", Value: id}, {Key: "i", Value: int32(i)}}
		d = some(d, "n", int32(r.Uint32()))
		d = some(d, "long", int64(r.Uint64()))
		d = some(d, "x", math.Float64frombits(r.Uint64()&^(0x7ff<<52)|uint64(r.IntN(2047))<<52))
		d = some(d, "s", text())
		d = some(d, "ok", r.IntN(2) == 1)
		d = some(d, "at", bson.DateTime(r.Int64N(4e12)-2e12))
		price, err := decimal128.FromScaledBigInt(big.NewInt(r.Int64N(2e9)-1e9), -2)
		if err != nil {
			panic(err)
		}
		d = some(d, "price", price)
		d = some(d, "bin", bson.Binary{Data: []byte(text())})
		d = some(d, "uuid", bson.UUID{byte(i), 1, 2, 3, byte(i >> 8)})
		d = some(d, "code", bson.Code(text()))
		d = some(d, "stamp", bson.Timestamp{T: r.Uint32(), I: r.Uint32()})
		d = some(d, "re", bson.Regex{Pattern: text(), Options: "i"})
		tags := bson.A{}
		for range r.IntN(4) {
			tags = append(tags, text())
		}
		if r.IntN(4) == 0 {
			tags = append(tags, nil)
		}
		d = some(d, "tags", tags)
		items := bson.A{}
		for range r.IntN(3) {
			items = append(items, some(some(bson.D{{Key: "sku", Value: text()}}, "qty", int32(r.IntN(9))), "ids", bson.A{id}))
		}
		d = some(d, "sub", some(bson.D{{Key: "items", Value: items}}, "note", text()))
		docs = append(docs, d)
	}
	return docs
}

// value returns v as DuckDB gives it. It is the mapping of docs/columns.md once more, written
// for values of Go.
func value(v any) any {
	switch v := v.(type) {
	case objectid.ID:
		return v[:]
	case bson.DateTime:
		return time.UnixMilli(int64(v)).UTC()
	case decimal128.Decimal:
		n, exponent, err := v.ScaledBigInt()
		if err != nil {
			panic(err)
		}
		return duckdb.Decimal{Width: 34, Scale: uint8(-exponent), Value: n}
	case bson.Binary:
		return v.Data
	case bson.UUID:
		return v[:]
	case bson.Code:
		return string(v)
	case bson.Timestamp:
		return map[string]any{"t": v.T, "i": v.I}
	case bson.Regex:
		return map[string]any{"pattern": v.Pattern, "options": v.Options}
	case bson.A:
		list := []any{}
		for _, e := range v {
			list = append(list, value(e))
		}
		return list
	case bson.D:
		return row(v)
	}
	return v
}

// row returns the fields of d that are not null: the others are null in each way of DuckDB.
func row(d bson.D) map[string]any {
	m := map[string]any{}
	for _, e := range d {
		if v := value(e.Value); v != nil {
			m[e.Key] = v
		}
	}
	return m
}

// without removes nulls and the columns that tell nulls apart, at all levels.
func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := map[string]any{}
		for key, e := range v {
			if e != nil && !strings.HasSuffix(key, flagSuffix) {
				m[key] = without(e)
			}
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = without(e)
		}
		return list
	}
	return v
}

// flagSuffix ends the names of columns that tell nulls apart.
const flagSuffix = ".null"

var equal = cmp.Options{
	cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }),
	cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
}

// TestRows: DuckDB reads the same values, nested ones and nulls too, from one row group and
// from many.
func TestRows(t *testing.T) {
	db := open(t)
	docs := random(3000, 1)
	for _, size := range []string{"100000", "700"} {
		file := parquet(t, docs, "--row-group-size", size)
		rows := query(t, db, fmt.Sprintf("SELECT * FROM '%s' ORDER BY i", file))
		if len(rows) != len(docs) {
			t.Fatalf("%d rows, want %d", len(rows), len(docs))
		}
		for i, got := range rows {
			if u, ok := got["uuid"].(duckdb.UUID); ok {
				got["uuid"] = u[:]
			}
			if diff := cmp.Diff(row(docs[i]), without(got), equal); diff != "" {
				t.Fatalf("row groups of %s, row %d (-want +got):\n%s", size, i, diff)
			}
		}
	}
}

// TestTypes: the columns have the types of DuckDB that people expect.
func TestTypes(t *testing.T) {
	file := parquet(t, random(200, 2))
	got := map[string]string{}
	for _, row := range query(t, open(t), fmt.Sprintf("DESCRIBE SELECT * FROM '%s'", file)) {
		if name := row["column_name"].(string); !strings.HasSuffix(name, flagSuffix) {
			got[name] = row["column_type"].(string)
		}
	}
	delete(got, "sub") // its flags are in it; TestRows compares its values
	want := map[string]string{
		"_id": "BLOB", "i": "INTEGER", "n": "INTEGER", "long": "BIGINT", "x": "DOUBLE", "s": "VARCHAR", "ok": "BOOLEAN",
		"at": "TIMESTAMP WITH TIME ZONE", "price": "DECIMAL(34,2)", "bin": "BLOB", "uuid": "UUID", "code": "VARCHAR",
		"stamp": "STRUCT(t UINTEGER, i UINTEGER)", "re": `STRUCT(pattern VARCHAR, "options" VARCHAR)`, "tags": "VARCHAR[]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSums: counts, sums and ends are those of the documents. The ends come from the
// statistics of row groups.
func TestSums(t *testing.T) {
	docs := random(5000, 3)
	file := parquet(t, docs, "--row-group-size", "600")
	longs, prices, texts := new(big.Int), new(big.Int), 0
	counts := map[string]int64{}
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for _, d := range docs {
		for key := range row(d) {
			counts[key]++
		}
		for _, e := range d {
			switch v := e.Value.(type) {
			case int64:
				longs.Add(longs, big.NewInt(v))
				least, most = min(least, v), max(most, v)
			case decimal128.Decimal:
				n, _, err := v.ScaledBigInt()
				if err != nil {
					t.Fatal(err)
				}
				prices.Add(prices, n)
			case string:
				texts += len(v)
			}
		}
	}
	got := query(t, open(t), fmt.Sprintf(`SELECT sum(long)::VARCHAR AS longs, sum(price)::VARCHAR AS prices, sum(strlen(s))::BIGINT AS texts,
		min(long) AS least, max(long) AS most, count(long) AS long, count(price) AS price, count(sub) AS sub, count(*) AS i FROM '%s'`, file))[0]
	cents := new(big.Rat).SetFrac(prices, big.NewInt(100)).FloatString(2)
	want := map[string]any{
		"longs": longs.String(), "prices": cents, "texts": int64(texts), "least": least, "most": most,
		"long": counts["long"], "price": counts["price"], "sub": counts["sub"], "i": int64(len(docs)),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPushdown: a filter finds all rows with a value, so neither statistics nor page indexes
// nor dictionaries hide one.
func TestPushdown(t *testing.T) {
	db := open(t)
	docs := random(4000, 4)
	file := parquet(t, docs, "--row-group-size", "500")
	for _, key := range []string{"_id", "i", "n", "long", "x", "s", "ok", "at", "bin", "code"} {
		want := map[string]int64{}
		values := map[string]any{}
		for _, d := range docs {
			if v, ok := row(d)[key]; ok {
				want[fmt.Sprint(v)]++
				values[fmt.Sprint(v)] = v
			}
		}
		some := slices.Sorted(maps.Keys(want))
		for i := 0; i < len(some); i += len(some)/20 + 1 {
			v := values[some[i]]
			if b, ok := v.([]byte); ok && len(b) == 0 {
				continue // nil for the driver
			}
			got := query(t, db, fmt.Sprintf(`SELECT count(*) AS n FROM '%s' WHERE "%s" = ?`, file, key), v)[0]["n"]
			if got != want[some[i]] {
				t.Errorf("%s = %v: %v rows, want %d", key, v, got, want[some[i]])
			}
		}
	}
}

// TestFile: row groups, compression and statistics are as DuckDB expects them.
func TestFile(t *testing.T) {
	file := parquet(t, random(2500, 5), "--row-group-size", "1000")
	got := query(t, open(t), fmt.Sprintf(`SELECT row_group_num_rows AS rows, compression, stats_min_value AS least, stats_max_value AS most
		FROM parquet_metadata('%s') WHERE path_in_schema = 'i' ORDER BY row_group_id`, file))
	want := []map[string]any{
		{"rows": int64(1000), "compression": "ZSTD", "least": "0", "most": "999"},
		{"rows": int64(1000), "compression": "ZSTD", "least": "1000", "most": "1999"},
		{"rows": int64(500), "compression": "ZSTD", "least": "2000", "most": "2499"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMixed: JSON columns have the JSON of DuckDB.
func TestMixed(t *testing.T) {
	file := parquet(t, []bson.D{{{Key: "a", Value: int32(1)}}, {{Key: "a", Value: "x"}}, {{Key: "a", Value: bson.D{{Key: "b", Value: true}}}}}, "--mixed", "json")
	got := query(t, open(t), fmt.Sprintf(`SELECT typeof(a) AS type, a::VARCHAR AS text FROM '%s'`, file))
	want := []map[string]any{
		{"type": "JSON", "text": `{"$numberInt":"1"}`}, {"type": "JSON", "text": `"x"`}, {"type": "JSON", "text": `{"b":true}`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestForeign: a file of DuckDB becomes documents.
func TestForeign(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.parquet")
	if _, err := open(t).Exec(fmt.Sprintf(`COPY (SELECT 1::UTINYINT AS a, 2::UBIGINT AS b, 'x' AS c, DATE '2020-02-03' AS d, TIME '01:02:03' AS e,
		TIMESTAMP '2020-02-03 04:05:06.789' AS f, 1.20::DECIMAL(5,2) AS g, [1, NULL] AS h, {'i': 1, 'j': 'k'} AS l, MAP {'m': 1} AS n, 'y'::BLOB AS o,
		'x'::ENUM('x', 'y') AS p, '{"q": 1}'::JSON AS q, ['[]'::JSON] AS r) TO '%s' (FORMAT parquet)`, file)); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(command, "read", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got bson.D
	if err := bson.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	price, _ := decimal128.Parse("1.20")
	want := bson.D{
		{Key: "a", Value: int32(1)}, {Key: "b", Value: int64(2)}, {Key: "c", Value: "x"}, {Key: "d", Value: bson.DateTime(1580688000000)},
		{Key: "e", Value: "01:02:03.000000"}, {Key: "f", Value: bson.DateTime(1580702706789)}, {Key: "g", Value: price},
		{Key: "h", Value: bson.A{int32(1), nil}}, {Key: "l", Value: bson.D{{Key: "i", Value: int32(1)}, {Key: "j", Value: "k"}}},
		{Key: "n", Value: bson.D{{Key: "m", Value: int32(1)}}}, {Key: "o", Value: bson.Binary{Data: []byte("y")}}, {Key: "p", Value: "x"},
		{Key: "q", Value: `{"q": 1}`}, {Key: "r", Value: bson.A{"[]"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFixedArrays: the fixed-size arrays of DuckDB become arrays, and their nulls become null,
// at all levels and in all batches.
func TestFixedArrays(t *testing.T) {
	const count = 70_000 // more than a batch
	file := filepath.Join(t.TempDir(), "x.parquet")
	if _, err := open(t).Exec(fmt.Sprintf(`COPY (SELECT i::INTEGER AS i,
		(CASE WHEN i %% 3 > 0 THEN [i, NULL, 7] END)::INTEGER[3] AS a,
		(CASE WHEN i %% 5 > 0 THEN {'v': CASE WHEN i %% 2 > 0 THEN [i, 1] END, 'w': 'x'} END)::STRUCT(v INTEGER[2], w VARCHAR) AS s,
		[NULL, [i, 1]]::INTEGER[2][] AS l,
		(CASE WHEN i %% 2 > 0 THEN [[i, 1], NULL] END)::INTEGER[2][2] AS m,
		(CASE WHEN i %% 2 > 0 THEN [{'x': i}, NULL] END)::STRUCT(x INTEGER)[2] AS o
		FROM range(%d) t(i) ORDER BY i) TO '%s' (FORMAT parquet)`, count, file)); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(command, "read", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	i := int32(0)
	unless := func(null bool, v any) any {
		if null {
			return nil
		}
		return v
	}
	for doc, err := range bson.Documents(bytes.NewReader(out)) {
		if err != nil {
			t.Fatal(err)
		}
		pair := bson.A{i, int32(1)}
		want := bson.D{
			{Key: "i", Value: i}, {Key: "a", Value: unless(i%3 == 0, bson.A{i, nil, int32(7)})},
			{Key: "s", Value: unless(i%5 == 0, bson.D{{Key: "v", Value: unless(i%2 == 0, pair)}, {Key: "w", Value: "x"}})},
			{Key: "l", Value: bson.A{nil, pair}}, {Key: "m", Value: unless(i%2 == 0, bson.A{pair, nil})},
			{Key: "o", Value: unless(i%2 == 0, bson.A{bson.D{{Key: "x", Value: i}}, nil})},
		}
		exact, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(exact, doc) {
			var got bson.D
			err := bson.Unmarshal(doc, &got)
			t.Fatalf("row %d, %v (-want +got):\n%s", i, err, cmp.Diff(want, got))
		}
		i++
	}
	if i != count {
		t.Errorf("%d documents, want %d", i, count)
	}
}
