package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUpToDate checks that the plots and the table of ratios have the figures of
// the tables.
func TestUpToDate(t *testing.T) {
	dir := filepath.Join("..", folder)
	f, err := read(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range f.plots() {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s differs from the tables; run go run ./plots (-want +got):\n%s", name, diff)
		}
	}
	page, err := os.ReadFile(dir + ".md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{f.ratios(), f.bridgeRatios()} {
		if !strings.Contains(string(page), table) {
			t.Errorf("docs/benchmarks.md lacks this table; go run ./plots prints it:\n%s", table)
		}
	}
}

func TestParse(t *testing.T) {
	const page = `
## Out

| data | who | MB/s | ± % | allocations | bsonkit is | lowest–highest |
|---|---|--:|--:|--:|--:|--:|
| bench | bsonkit | 258.5 | 6 | 0 |  |  |
|  | bsonkit-fresh | 151.2 | 4 | 6 | 1.7 × | 1.6–2.0 |
|  | driver-raw | 16.4 | 17 | 323 | 15.8 × | 13.0–17.9 |
| flat | driver-raw | 31.8 | 5 | 1598 | 20.2 × | 18.7–22.1 |

| value | rival | bsonkit is |
|---|---|--:|
| ObjectId | driver | 2.0 × |

| job | program | time | peak memory | ratio | from round to round |
|---|---|--:|--:|--:|--:|
| and back | bsonjs, two workers | 0.80 s | 14 MB | 2.40 × | 1.97–2.60 |
|  | libbson loop | 6.39 s | 4 MB | 3.90 × | 3.38–4.05 |

| task | driver, MB/s | bsonkit, MB/s | bsonkit is |
|---|--:|--:|--:|
| BSON → D | 30 | 126 | 4.2 × |

| bridge | task | driver, MB/s | bsonkit, MB/s | bsonkit is |
|---|---|--:|--:|--:|
| client | D → BSON | 50 | 100 | 2.0 × |
|  | BSON → D | 10 | 15 | 1.5 × |
`
	want := []ratio{
		{"Out", "bench", "driver-raw", 15.8},
		{"Out", "flat", "driver-raw", 20.2},
		{"and back", "", "libbson loop", 3.9},
		{"BSON → D", "", "driver", 4.2},
		{"D → BSON", "client", "driver", 2},
		{"BSON → D", "client", "driver", 1.5},
	}
	got, err := parse(page)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(ratio{})); diff != "" || err != nil {
		t.Errorf("parse: %v (-want +got):\n%s", err, diff)
	}
	if _, err := parse("| task | driver, MB/s | bsonkit, MB/s | bsonkit is |\n| x | 1 | 2 | fast |\n"); err == nil {
		t.Error("parse accepts a ratio that is not a number")
	}
}

func TestParseCharts(t *testing.T) {
	const page = `
Text | with a bar.

## Keys

| keys | ToRelaxed | ToRelaxed, driver |
| --: | --: | --: |
| 1 | 2.50 | 90.00 |
| 10 | 2.00 |  |

## Text
`
	want := []chart{{"Keys", []float64{1, 10}, []curve{{"ToRelaxed", "", []float64{2.5, 2}}, {"ToRelaxed", "driver", []float64{90, 0}}}}}
	got, err := parseCharts(page)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(chart{}, curve{})); diff != "" || err != nil {
		t.Errorf("parseCharts: %v (-want +got):\n%s", err, diff)
	}
	for _, page := range []string{"## Keys\n| keys | a |\n| --: | --: |\n| 1 | fast |\n", "## Keys\n| keys | a |\n| --: | --: |\n| 1 |\n"} {
		if _, err := parseCharts(page); err == nil {
			t.Errorf("parseCharts accepts %q", page)
		}
	}
}
