// Package dectest runs the test cases of General Decimal Arithmetic for the
// format decimal128 on package decimal128.
//
// The files are by Mike Cowlishaw and not part of this module. Debian has them
// in the package libpython3.N-testsuite. The environment variable DECTEST names
// another directory with the files.
package dectest

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/decimal128"
)

// This file is a small interpreter of the .decTest language.
//
//   - readFile splits a file into test cases, each with the directives that
//     apply to it.
//   - operations maps the name of an operation to the function that runs it.
//   - operand makes a Decimal from a text or from a DPD encoding ("#22080…").
//     BSON uses the binary encoding, so these cases compare values, not bits.

// debianFolders matches the directories of these files in Debian.
const debianFolders = "/usr/lib/python3*/test/decimaltestdata"

// files lists the test files to run, with the number of cases that must run.
// The other cases need a rounding that IEEE 754 does not have, or arithmetic.
var files = map[string]int{
	"dqBase":            906,
	"dqCanonical":       180,
	"dqClass":           42,
	"dqCompare":         657,
	"dqCompareSig":      557,
	"dqCompareTotal":    611,
	"dqCompareTotalMag": 611,
	"dqCopy":            43,
	"dqCopyAbs":         43,
	"dqCopyNegate":      43,
	"dqCopySign":        107,
	"dqEncode":          367,
	"dqQuantize":        609,
	"dqReduce":          133,
	"dqSameQuantum":     333,
	"dqToIntegral":      166,
}

var roundings = map[string]decimal128.Rounding{
	"half_even": decimal128.ToNearestEven,
	"half_up":   decimal128.ToNearestAway,
	"down":      decimal128.TowardZero,
	"ceiling":   decimal128.TowardPositive,
	"floor":     decimal128.TowardNegative,
}

// testCase is one line of a file.
type testCase struct {
	id, op     string
	args       []string
	want       string   // the result, as the file spells it
	conditions []string // lower case, sorted
	rounding   string
	decimal128 bool // precision, exponents and clamping are those of decimal128
}

func TestDecTest(t *testing.T) {
	folder := os.Getenv("DECTEST")
	if found, _ := filepath.Glob(debianFolders); folder == "" && len(found) > 0 {
		folder = found[0]
	}
	if folder == "" {
		const why = "the test files are missing; run interop/setup to install them"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	for name, atLeast := range files {
		t.Run(name, func(t *testing.T) {
			ran, skipped := 0, map[string]int{}
			for _, tc := range readFile(t, filepath.Join(folder, name+".decTest")) {
				mode, known := roundings[tc.rounding]
				run := operations[tc.op]
				switch {
				case !tc.decimal128:
					skipped["another format"]++
				case !known:
					skipped["rounding "+tc.rounding]++
				case run == nil:
					skipped["operation "+tc.op]++
				case slices.Contains(tc.args, "#") || tc.want == "#":
					skipped["null operand"]++
				default:
					ran++
					run(t, tc, mode)
				}
			}
			if ran < atLeast {
				t.Errorf("%d cases ran, want %d or more", ran, atLeast)
			}
			t.Logf("%d cases ran; skipped %v", ran, skipped)
		})
	}
}

// tokens matches a word, or a quoted string, in which a quote is doubled.
var tokens = regexp.MustCompile(`'(?:[^']|'')*'|"(?:[^"]|"")*"|\S+`)

func readFile(t *testing.T, name string) []testCase {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []testCase
	directives := map[string]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "--") {
			continue
		}
		words := tokens.FindAllString(line, -1)
		for i, w := range words {
			if strings.HasPrefix(w, "--") {
				words = words[:i]
				break
			}
		}
		if len(words) == 0 {
			continue
		}
		if key, isDirective := strings.CutSuffix(words[0], ":"); isDirective {
			directives[strings.ToLower(key)] = strings.ToLower(words[1])
			continue
		}
		arrow := slices.Index(words, "->")
		if arrow < 2 {
			t.Fatalf("%s: cannot read %q", name, line)
		}
		tc := testCase{
			id: words[0], op: strings.ToLower(words[1]),
			want:     unquote(words[arrow+1]),
			rounding: directives["rounding"],
			decimal128: directives["precision"] == "34" && directives["maxexponent"] == "6144" &&
				directives["minexponent"] == "-6143" && directives["clamp"] == "1",
		}
		for _, w := range words[2:arrow] {
			tc.args = append(tc.args, unquote(w))
		}
		for _, w := range words[arrow+2:] {
			tc.conditions = append(tc.conditions, strings.ToLower(w))
		}
		slices.Sort(tc.conditions)
		cases = append(cases, tc)
	}
	return cases
}

func unquote(w string) string {
	if len(w) >= 2 && (w[0] == '\'' || w[0] == '"') && w[len(w)-1] == w[0] {
		return strings.ReplaceAll(w[1:len(w)-1], w[:1]+w[:1], w[:1])
	}
	return w
}

// operations has the function that runs a test case, by the name of the
// operation. The function reports a wrong result to t.
var operations = map[string]func(t *testing.T, tc testCase, mode decimal128.Rounding){
	"tosci": func(t *testing.T, tc testCase, mode decimal128.Rounding) {
		convert(t, tc, mode, gdaText)
	},
	"toeng": func(t *testing.T, tc testCase, mode decimal128.Rounding) {
		convert(t, tc, mode, func(d decimal128.Decimal) string {
			if d.IsNaN() {
				return gdaText(d)
			}
			return d.Text(decimal128.Engineering)
		})
	},
	"apply":      identity,
	"canonical":  unary(decimal128.Decimal.Canonical),
	"copy":       unary(func(d decimal128.Decimal) decimal128.Decimal { return d }),
	"copyabs":    unary(decimal128.Decimal.Abs),
	"copynegate": unary(decimal128.Decimal.Neg),
	"reduce":     unary(decimal128.Decimal.Reduce),
	"copysign": func(t *testing.T, tc testCase, _ decimal128.Rounding) {
		sameBits(t, tc, operand(t, tc, 0).CopySign(operand(t, tc, 1)))
	},
	"class": func(t *testing.T, tc testCase, _ decimal128.Rounding) {
		sameText(t, tc, operand(t, tc, 0).Class().String())
	},
	"samequantum": func(t *testing.T, tc testCase, _ decimal128.Rounding) {
		got := "0"
		if operand(t, tc, 0).SameQuantum(operand(t, tc, 1)) {
			got = "1"
		}
		sameText(t, tc, got)
	},
	"comparetotal": func(t *testing.T, tc testCase, _ decimal128.Rounding) {
		sameText(t, tc, strconv.Itoa(operand(t, tc, 0).CompareTotal(operand(t, tc, 1))))
	},
	"comparetotmag": func(t *testing.T, tc testCase, _ decimal128.Rounding) {
		sameText(t, tc, strconv.Itoa(operand(t, tc, 0).Abs().CompareTotal(operand(t, tc, 1).Abs())))
	},
	"compare":     compare,
	"comparesig":  compare,
	"quantize":    quantize,
	"tointegralx": toIntegral,
}

// identity checks that a text and an encoding, or two texts, have the same
// value.
func identity(t *testing.T, tc testCase, mode decimal128.Rounding) {
	if strings.HasPrefix(tc.args[0], "#") {
		sameBits(t, tc, operand(t, tc, 0))
		return
	}
	d, cond, ok := read(tc.args[0], mode)
	if !ok {
		t.Errorf("%s: %q is an error", tc.id, tc.args[0])
	}
	sameConditions(t, tc, cond)
	sameBits(t, tc, d)
}

func unary(f func(decimal128.Decimal) decimal128.Decimal) func(*testing.T, testCase, decimal128.Rounding) {
	return func(t *testing.T, tc testCase, _ decimal128.Rounding) {
		d := operand(t, tc, 0)
		if d.IsSignaling() && slices.Contains(tc.conditions, "invalid_operation") {
			return // the operation makes a signalling NaN quiet; ours keeps it
		}
		sameBits(t, tc, f(d))
	}
}

// convert checks the conversion of a text to a value and back, and its
// conditions. It also checks that Parse, which is exact, gives the same value,
// or an error if the value would be rounded.
func convert(t *testing.T, tc testCase, mode decimal128.Rounding, text func(decimal128.Decimal) string) {
	d, cond, ok := read(tc.args[0], mode)
	if !ok {
		if !slices.Equal(tc.conditions, []string{"conversion_syntax"}) {
			t.Errorf("%s: %q is an error", tc.id, tc.args[0])
		}
		if _, err := decimal128.Parse(tc.args[0]); err == nil {
			t.Errorf("%s: Parse accepts %q", tc.id, tc.args[0])
		}
		return
	}
	sameConditions(t, tc, cond)
	sameText(t, tc, text(d))
	if d.IsNaN() {
		return
	}
	exact, err := decimal128.Parse(tc.args[0])
	if lossy := cond&(decimal128.Inexact|decimal128.Overflow) != 0; lossy != (err != nil) || !lossy && exact != d {
		t.Errorf("%s: Parse(%q) = %v, %v", tc.id, tc.args[0], exact, err)
	}
}

func compare(t *testing.T, tc testCase, _ decimal128.Rounding) {
	d, e := operand(t, tc, 0), operand(t, tc, 1)
	if d.IsNaN() || e.IsNaN() {
		if d.Equal(e) || e.Equal(d) || d.Less(e) || e.Less(d) {
			t.Errorf("%s: %v and %v are ordered", tc.id, tc.args[0], tc.args[1])
		}
		return
	}
	got := d.Compare(e)
	sameBits(t, tc, decimal128.FromInt64(int64(got)))
	if d.Equal(e) != (got == 0) || d.Less(e) != (got < 0) || e.Less(d) != (got > 0) || e.Compare(d) != -got {
		t.Errorf("%s: Equal, Less and Compare disagree", tc.id)
	}
}

func quantize(t *testing.T, tc testCase, mode decimal128.Rounding) {
	d, e := operand(t, tc, 0), operand(t, tc, 1)
	invalid := slices.Contains(tc.conditions, "invalid_operation")
	if d.IsNaN() || e.IsNaN() || d.IsInf() && e.IsInf() {
		return // Quantize has no NaN propagation and no infinite exponents
	}
	if !e.IsFinite() {
		if !invalid {
			t.Errorf("%s: the file accepts an infinite exponent", tc.id)
		}
		return
	}
	_, _, exponent := e.Coefficient()
	got, cond, err := d.Quantize(exponent, mode)
	if invalid {
		if err == nil {
			t.Errorf("%s: Quantize = %v, want an error", tc.id, got)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: Quantize: %v", tc.id, err)
		return
	}
	sameConditions(t, tc, cond)
	sameBits(t, tc, got)
}

func toIntegral(t *testing.T, tc testCase, mode decimal128.Rounding) {
	d := operand(t, tc, 0)
	if _, _, exponent := d.Coefficient(); !d.IsFinite() || exponent >= 0 {
		return // the value is integral already
	}
	got, cond, err := d.Quantize(0, mode)
	if err != nil {
		t.Errorf("%s: Quantize: %v", tc.id, err)
		return
	}
	sameConditions(t, tc, cond)
	sameBits(t, tc, got)
}

func sameText(t *testing.T, tc testCase, got string) {
	if got != tc.want {
		t.Errorf("%s: %s %q = %q, want %q", tc.id, tc.op, tc.args, got, tc.want)
	}
}

// sameBits compares got with the expected result, a text or a DPD encoding.
func sameBits(t *testing.T, tc testCase, got decimal128.Decimal) {
	if want := value(t, tc, tc.want); got != want {
		t.Errorf("%s: %s %q = %s, want %q", tc.id, tc.op, tc.args, gdaText(got), tc.want)
	}
}

func sameConditions(t *testing.T, tc testCase, got decimal128.Conditions) {
	var names []string
	if got != 0 {
		names = strings.Split(got.String(), "|")
	}
	slices.Sort(names)
	if !slices.Equal(names, tc.conditions) {
		t.Errorf("%s: %s %q: conditions %v, want %v", tc.id, tc.op, tc.args, names, tc.conditions)
	}
}

func operand(t *testing.T, tc testCase, i int) decimal128.Decimal {
	return value(t, tc, tc.args[i])
}

// value reads a text or a DPD encoding.
func value(t *testing.T, tc testCase, text string) decimal128.Decimal {
	if len(text) > 1 && text[0] == '#' {
		return dpd(t, text[1:])
	}
	d, _, ok := read(text, decimal128.ToNearestEven)
	if !ok {
		t.Errorf("%s: operand %q is an error", tc.id, text)
	}
	return d
}

var nanSyntax = regexp.MustCompile(`^([+-]?)(s?)nan([0-9]*)$`)

// read is ParseRounded with the syntax of General Decimal Arithmetic for NaNs,
// which can be signalling and have a payload.
func read(text string, mode decimal128.Rounding) (decimal128.Decimal, decimal128.Conditions, bool) {
	m := nanSyntax.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		d, cond, err := decimal128.ParseRounded(text, mode)
		return d, cond, err == nil
	}
	hi, lo := words("0" + m[3])
	d, err := decimal128.QuietNaN(hi, lo)
	if m[2] == "s" {
		d, err = decimal128.SignalingNaN(hi, lo)
	}
	if m[1] == "-" {
		d = d.Neg()
	}
	return d, 0, err == nil
}

// words returns the number with these decimal digits, at most 38.
func words(digits string) (hi, lo uint64) {
	v, _ := new(big.Int).SetString(digits, 10)
	return new(big.Int).Rsh(v, 64).Uint64(), new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1)).Uint64()
}

// gdaText is String, but also writes the sign of a NaN, its payload and whether
// it is signalling.
func gdaText(d decimal128.Decimal) string {
	if !d.IsNaN() {
		return d.String()
	}
	text := "NaN"
	if d.IsSignaling() {
		text = "sNaN"
	}
	if d.Signbit() {
		text = "-" + text
	}
	if hi, lo := d.Payload(); hi|lo != 0 {
		v := new(big.Int).SetUint64(hi)
		text += v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(lo)).String()
	}
	return text
}

// dpd decodes the densely packed decimal encoding, 32 hexadecimal digits.
// Source: IEEE 754-2008, 3.5.2.
func dpd(t *testing.T, text string) decimal128.Decimal {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 16 {
		t.Fatalf("encoding %q: %v", text, err)
	}
	all := new(big.Int).SetBytes(raw)
	field := func(low, width uint) int { // in bits; the lowest bit is 0
		v := new(big.Int).Rsh(all, low)
		return int(v.And(v, big.NewInt(1<<width-1)).Int64())
	}
	digits := ""
	for i := range uint(11) {
		digits = fmt.Sprintf("%03d", declet(field(10*i, 10))) + digits
	}
	var d decimal128.Decimal
	switch g := field(122, 5); {
	case g == 0x1f:
		hi, lo := words(digits)
		if field(121, 1) == 1 {
			d, err = decimal128.SignalingNaN(hi, lo)
		} else {
			d, err = decimal128.QuietNaN(hi, lo)
		}
	case g == 0x1e:
		d = decimal128.Inf(1)
	default:
		exponent, first := g>>3, g&7
		if g>>3 == 3 {
			exponent, first = g>>1&3, 8|g&1
		}
		hi, lo := words(strconv.Itoa(first) + digits)
		d, err = decimal128.FromCoefficient(hi, lo, exponent<<12+field(110, 12)-6176)
	}
	if err != nil {
		t.Fatalf("encoding %q: %v", text, err)
	}
	if field(127, 1) == 1 {
		d = d.Neg()
	}
	return d
}

// declet decodes a declet, 10 bits, to a number below 1000.
func declet(b int) int {
	p, s, w := b>>7&7, b>>4&7, b&7 // three bits each, with the flag b>>3&1 between
	r, u, y := p&1, s&1, w&1
	if b>>3&1 == 0 {
		return p*100 + s*10 + w
	}
	switch w >> 1 {
	case 0:
		return p*100 + s*10 + 8 + y
	case 1:
		return p*100 + (8+u)*10 + s&6 + y
	case 2:
		return (8+r)*100 + s*10 + p&6 + y
	}
	switch s >> 1 {
	case 0:
		return (8+r)*100 + (8+u)*10 + p&6 + y
	case 1:
		return (8+r)*100 + (p&6+u)*10 + 8 + y
	case 2:
		return p*100 + (8+u)*10 + 8 + y
	}
	return (8+r)*100 + (8+u)*10 + 8 + y
}
