package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// TestMain runs main if the test binary is started as the driver loop.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "loop" {
		main()
		return
	}
	os.Exit(m.Run())
}

// The loop with the driver gives the same documents as bsonjs, so their times
// can be compared.
func TestLoop(t *testing.T) {
	t.Chdir("..")
	c, err := prepare(t.TempDir(), "1MB", tables["convert"])
	if err != nil {
		t.Fatal(err)
	}
	var text, data bytes.Buffer
	if err := loop("canonical", c.bsonFile, &text); err != nil {
		t.Fatal(err)
	}
	if err := loop("parse", c.textFile, &data); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(c.bsonFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data.Bytes(), want) {
		t.Errorf("parse: %d bytes differ from the %d bytes of the file", data.Len(), len(want))
	}
	// The spelling of the texts differs, so the BSON read from them is compared.
	data.Reset()
	cmd := exec.Command(c.bsonjs, "-t", "bson")
	cmd.Stdin, cmd.Stdout = &text, &data
	if err := cmd.Run(); err != nil || !bytes.Equal(data.Bytes(), want) {
		t.Errorf("canonical: %v; %d bytes come back and differ from the %d bytes of the file", err, data.Len(), len(want))
	}
	for _, j := range c.jobs() {
		if _, err := c.measure(j); err != nil {
			t.Errorf("%s, %s: %v", j.task, j.who, err)
		}
	}
}

// The programs of each table succeed, and those that are compared with bsonjs select the
// same documents.
func TestSelections(t *testing.T) {
	t.Chdir("..")
	c, err := prepare(t.TempDir(), "1MB", tables["select"])
	if err != nil {
		t.Fatal(err)
	}
	want, err := exec.Command(c.bsonjs, c.bsonFile, "-t", "bson", "--where", isTrue).Output()
	if err != nil || len(want) == 0 {
		t.Fatalf("bsonjs selects %d bytes: %v", len(want), err)
	}
	for _, task := range []string{"raw", "map"} {
		var got bytes.Buffer
		if err := loop(task, c.bsonFile, &got); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s selects %d bytes, which differ from %d bytes of bsonjs: %v", task, got.Len(), len(want), err)
		}
	}
	results := func(jobs []job) [][]result {
		var all [][]result
		for _, j := range jobs {
			r, err := c.measure(j)
			if err != nil {
				t.Errorf("%s, %s: %v", j.task, j.who, err)
			}
			all = append(all, []result{r})
		}
		return all
	}
	for _, name := range []string{"select", "large"} {
		tab := tables[name]
		jobs := tab.jobs(c)
		var out bytes.Buffer
		tab.report(&out, jobs, results(jobs))
		if lines := bytes.Count(out.Bytes(), []byte("\n")); lines != len(jobs)+2 {
			t.Errorf("table %s has %d lines for %d jobs:\n%s", name, lines, len(jobs), out.String())
		}
	}
}

// The programs of table look succeed.
func TestLook(t *testing.T) {
	t.Chdir("..")
	c, err := prepare(t.TempDir(), "1MB", table{part: "100KB"})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range c.look() {
		if _, err := c.measure(j); err != nil {
			t.Errorf("%s, %s: %v", j.task, j.who, err)
		}
	}
}
