package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestRun runs two tasks. The time is too short for useful figures.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	err := run([]string{"-rounds", "2", "-time", "1ms", "-data", "flat", "-tasks", "Validate,ToRelaxed"}, &out, "..")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"**Validate**", "**ToRelaxed**", "| flat | bsonkit |", "driver-fresh", "driver-walk", " × |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, out.String())
		}
	}
}

func TestRunNothing(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-tasks", "Sleep"}, &out, ".."); err == nil {
		t.Error("run accepts an unknown task")
	}
}

func TestMedian(t *testing.T) {
	for _, tc := range []struct {
		list []float64
		want float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}, {[]float64{7}, 7}} {
		if got := median(tc.list); got != tc.want {
			t.Errorf("median(%v) = %v, want %v", tc.list, got, tc.want)
		}
	}
}
