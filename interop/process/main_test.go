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
	c, err := prepare(t.TempDir(), "1MB")
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
