//go:build !race

package decimal128_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/decimal128"
)

func TestNoAllocs(t *testing.T) {
	for _, text := range []string{
		"12.34", "-1E+10", "1234567890123456.789012345678901234", "-1.234567890123456789012345678901234E-6000",
		"-Infinity", "NaN", "0E-6176", "123456789012345678901234567890123400000",
	} {
		d := mustParse(t, text)
		src, dst := []byte(text), make([]byte, 0, 64)
		var order int
		for name, f := range map[string]func(){
			"Parse of a string":  func() { d, _ = decimal128.Parse(text) },
			"Parse of bytes":     func() { d, _ = decimal128.Parse(src) },
			"ParseRounded":       func() { d, _, _ = decimal128.ParseRounded(src, decimal128.ToNearestAway) },
			"UnmarshalText":      func() { _ = d.UnmarshalText(src) },
			"Append":             func() { dst = d.Append(dst[:0]) },
			"AppendEngineering":  func() { dst = d.AppendNotation(dst[:0], decimal128.Engineering) },
			"AppendBytes":        func() { dst = d.AppendBytes(dst[:0]) },
			"Compare":            func() { order = d.Compare(d.Neg()) },
			"CompareTotal":       func() { order += d.CompareTotal(d.Neg()) },
			"Equal":              func() { _ = d.Equal(d.Neg()) },
			"Canonical, Reduce":  func() { d = d.Canonical(); _ = d.Reduce() },
			"UnmarshalBSONValue": func() { _ = d.UnmarshalBSONValue(0x13, dst[:16]) },
		} {
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("%s of %s: %v allocs, want 0", name, text, n)
			}
		}
		if n := testing.AllocsPerRun(100, func() { src = []byte(d.String()) }); n > 2 {
			t.Errorf("String of %s and a copy: %v allocs, want at most 2", text, n)
		}
	}
	d := mustParse(t, "12.345")
	if n := testing.AllocsPerRun(100, func() { _, _, _ = d.Quantize(-2, decimal128.ToNearestEven) }); n != 0 {
		t.Errorf("Quantize: %v allocs, want 0", n)
	}
}
