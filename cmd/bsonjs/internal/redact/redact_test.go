package redact

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/bson/bsontest"
	"github.com/bsonkit/bsonkit/bson/query"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/internal/sample"
)

// This file tests properties of all values: redacted and checked are the two documents,
// value by value, in terms of packages that do not know this one.

// redactor returns a Redactor of the values at paths.
func redactor(t testing.TB, secret string, paths ...string) *Redactor {
	t.Helper()
	doc, mark := bsoncore.Begin(nil)
	for _, path := range paths {
		doc = bsoncore.AppendNull(doc, path)
	}
	compiled, err := query.CompilePaths(bsoncore.End(doc, mark), query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(compiled, []byte(secret), bsoncore.DepthCeiling)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// redacted returns doc with all its fields redacted, and wraps it for that.
func redacted(t testing.TB, r *Redactor, doc []byte) []byte {
	t.Helper()
	whole := wrapped(doc)
	if err := r.Redact(whole); err != nil {
		t.Fatalf("%x: %v", doc, err)
	}
	return whole[len(whole)-len(doc)-1 : len(whole)-1]
}

// wrapped returns the document {"": doc}.
func wrapped(doc []byte) []byte {
	out, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendDocument(out, "", doc), mark)
}

// withoutColumns returns the documents that have no compressed columns.
func withoutColumns(docs [][]byte) [][]byte {
	return slices.DeleteFunc(docs, func(doc []byte) bool {
		_, ok := find(bsoncore.NewCursor(doc), func(c *bsoncore.Cursor) bool {
			return c.Type() == bsoncore.TypeBinary && c.Data()[4] == bsoncore.BinaryColumn
		})
		return ok
	})
}

// find returns the first value, at any depth, for which is holds.
func find(c bsoncore.Cursor, is func(c *bsoncore.Cursor) bool) (v bsoncore.Value, ok bool) {
	var in func() bool
	in = func() bool {
		for c.Next() {
			if is(&c) {
				v = bsoncore.Value{Type: c.Type(), Data: c.Data()}
				return true
			}
			if c.Type().IsContainer() || c.Type() == bsoncore.TypeCodeWithScope {
				if c.Enter(); in() {
					return true
				}
				c.Leave()
			}
		}
		return false
	}
	return v, in()
}

// documents returns seeded documents of every kind.
func documents() (docs [][]byte) {
	docs = append(docs, sample.Documents(sample.Wild, 7, 600)...)
	docs = append(docs, sample.Documents(sample.Collection, 7, 150)...)
	docs = append(docs, sample.Documents(sample.Bench, 7, 100)...)
	for seed := range byte(200) {
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(i*i)*seed + byte(i>>3)*41 + seed
		}
		docs = append(docs, bsontest.Options{Odd: bsontest.AllOdd &^ bsontest.Deep}.Document(bsontest.NewSource(data)))
	}
	return withoutColumns(docs)
}

// A ledger holds that equal values become equal, and that values of a domain that is
// permuted stay different.
type ledger struct {
	t     testing.TB
	out   map[string]string
	in    map[string]string
	count map[bsoncore.Type]int
}

func newLedger(t testing.TB) *ledger {
	return &ledger{t, map[string]string{}, map[string]string{}, map[bsoncore.Type]int{}}
}

// enter enters that in became out. Only one of them may become out if unique.
func (l *ledger) enter(kind, in, out string, unique bool) {
	in, out = kind+in, kind+out
	if old, ok := l.out[in]; ok && old != out {
		l.t.Errorf("%q became %q and %q", in, old, out)
	}
	l.out[in] = out
	if old, ok := l.in[out]; ok && old != in && unique {
		l.t.Errorf("%q and %q became %q", in, old, out)
	}
	l.in[out] = in
}

// walk compares the open containers of a, a document, and of b, what has become of it.
func (l *ledger) walk(a, b *bsoncore.Cursor) {
	for a.Next() {
		if !b.Next() || a.Type() != b.Type() || a.Offset() != b.Offset() || !bytes.Equal(a.Key(), b.Key()) || len(a.Data()) != len(b.Data()) {
			l.t.Fatalf("%v %q at %d became %v %q at %d", a.Type(), a.Key(), a.Offset(), b.Type(), b.Key(), b.Offset())
		}
		l.count[a.Type()]++
		switch a.Type() {
		case bsoncore.TypeDocument, bsoncore.TypeArray:
		case bsoncore.TypeCodeWithScope:
			code, _ := a.CodeWithScope()
			other, _ := b.CodeWithScope()
			l.text(code, other)
		default:
			l.scalar(a, b)
			continue
		}
		a.Enter()
		b.Enter()
		l.walk(a, b)
		a.Leave()
		b.Leave()
	}
	if b.Next() {
		l.t.Fatal("there is an element more")
	}
}

func (l *ledger) scalar(a, b *bsoncore.Cursor) {
	switch t := a.Type(); t {
	case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
		l.text(a.Text(), b.Text())
	case bsoncore.TypeRegex:
		p, o := a.Regex()
		q, o2 := b.Regex()
		if l.text(p, q); !bytes.Equal(o, o2) {
			l.t.Errorf("regex options %q became %q", o, o2)
		}
	case bsoncore.TypeDBPointer:
		name, id := a.DBPointer()
		other, id2 := b.DBPointer()
		l.text(name, other)
		l.differ(t, "id", id[:], id2[:], true)
	case bsoncore.TypeInt32:
		l.integer(int64(a.Int32()), int64(b.Int32()))
	case bsoncore.TypeInt64:
		l.integer(a.Int64(), b.Int64())
	case bsoncore.TypeDouble:
		l.double(a.Double(), b.Double())
	case bsoncore.TypeDecimal128:
		l.decimal(a.Decimal128(), b.Decimal128())
	case bsoncore.TypeBoolean:
		l.enter("bool", string(a.Data()), string(b.Data()), true)
	case bsoncore.TypeDateTime:
		l.moved("date", uint64(a.DateTime()), uint64(b.DateTime()), dayMillis)
	case bsoncore.TypeTimestamp:
		s, i := a.Timestamp()
		s2, i2 := b.Timestamp()
		if l.moved("time", uint64(s), uint64(s2), daySeconds); i != i2 {
			l.t.Errorf("increment %d became %d", i, i2)
		}
	case bsoncore.TypeObjectID:
		l.differ(t, "id", a.Data(), b.Data(), true)
	case bsoncore.TypeBinary:
		l.binary(a, b)
	default:
		if len(a.Data()) > 0 {
			l.t.Errorf("a %v has bytes", t)
		}
	}
}

func (l *ledger) differ(t bsoncore.Type, kind string, a, b []byte, large bool) {
	if l.enter(kind, string(a), string(b), large); large && bytes.Equal(a, b) {
		l.t.Errorf("%v %x stayed", t, a)
	}
}

func (l *ledger) binary(a, b *bsoncore.Cursor) {
	sub, x := a.Binary()
	sub2, y := b.Binary()
	if sub != sub2 {
		l.t.Fatalf("subtype %d became %d", sub, sub2)
	}
	l.differ(a.Type(), "binary"+string(sub), x, y, len(x) >= 4)
	switch {
	case sub == bsoncore.BinaryUUID && len(x) == 16:
		if x[6]>>4 != y[6]>>4 || x[8]>>6 != y[8]>>6 {
			l.t.Errorf("UUID %x became %x", x, y)
		}
	case sub == bsoncore.BinaryVector && len(x) > 2:
		v, err := bson.Binary{Subtype: sub, Data: x}.Vector()
		w, err2 := bson.Binary{Subtype: sub, Data: y}.Vector()
		if (err == nil) != (err2 == nil) || err == nil && (v.Type() != w.Type() || v.Len() != w.Len()) {
			l.t.Errorf("vector %x became %x: %v, %v", x, y, err, err2)
		}
	}
}

// moved checks a date: it has moved by some days, at most 30.
func (l *ledger) moved(kind string, a, b, day uint64) {
	diff := int64(b - a)
	if diff == 0 || diff%int64(day) != 0 || max(diff, -diff) > 30*int64(day) {
		l.t.Errorf("%s %d moved by %d", kind, a, diff)
	}
	l.enter(kind, strconv.FormatUint(a, 10), strconv.FormatUint(b, 10), true)
}

func (l *ledger) integer(a, b int64) {
	x, y := numtext.AppendInt(nil, a), numtext.AppendInt(nil, b)
	if l.enter("number", string(x), string(y), true); len(x) != len(y) || a < 0 != (b < 0) {
		l.t.Errorf("%s became %s", x, y)
	}
	if a == b && (a > 999 || a < -999) {
		l.t.Errorf("%s stayed", x)
	}
}

func (l *ledger) double(a, b float64) {
	switch {
	case a != a:
		if math.Float64bits(b) != 0x7FF8_0000_0000_0000 {
			l.t.Errorf("NaN became %x", math.Float64bits(b))
		}
		return
	case math.IsInf(a, 0):
		if a != b {
			l.t.Errorf("%v became %v", a, b)
		}
		return
	}
	if a == 0 {
		a = 0 // without a sign
	}
	x, y := numtext.AppendDouble(nil, a), numtext.AppendDouble(nil, b)
	if len(x) != len(y) || a < 0 != (b < 0) || bytes.IndexByte(x, '.') != bytes.IndexByte(y, '.') {
		l.t.Errorf("%s became %s", x, y)
	}
	whole := math.Abs(a) < 1e15 && a == math.Trunc(a)
	if whole {
		l.enter("number", strings.TrimSuffix(string(x), ".0"), strings.TrimSuffix(string(y), ".0"), true)
	} else {
		m, e := numtext.ShortestDecimal(a)
		m2, e2 := numtext.ShortestDecimal(b)
		if e != e2 || digitsOf(m) != digitsOf(m2) {
			l.t.Errorf("%v became %v", a, b)
		}
		l.enter("double", string(x), string(y), true)
	}
	if m, _ := numtext.ShortestDecimal(max(math.Abs(a), 1)); a == b && !(whole && math.Abs(a) < 1000) && m > 999 {
		l.t.Errorf("%v stayed", a)
	}
}

func (l *ledger) decimal(a, b decimal128.Decimal) {
	if a.IsNaN() || a.IsInf() {
		if a.IsNaN() != b.IsNaN() || a.IsInf() != b.IsInf() || a.IsInf() && a.Signbit() != b.Signbit() || !b.IsCanonical() {
			l.t.Errorf("%v became %v", a, b)
		}
		return
	}
	a = a.Canonical()
	if a.IsZero() {
		a = a.Abs()
	}
	sized := a.IsZero() || b.IsZero() || len(a.String()) == len(b.String())
	if !a.SameQuantum(b) || !sized || a.Sign() < 0 != (b.Sign() < 0) {
		l.t.Errorf("%v became %v", a, b)
	}
	hi, lo, _ := a.Reduce().Coefficient()
	if l.enter("decimal", a.String(), b.String(), true); a == b && (hi > 0 || lo > 999) {
		l.t.Errorf("%v stayed", a)
	}
}

func (l *ledger) text(a, b []byte) {
	strange := !utf8.Valid(a) || strings.ContainsFunc(string(a), func(r rune) bool { return kindOf(r) == unknown })
	l.enter("text", string(a), string(b), !strange)
	if utf8.Valid(a) != utf8.Valid(b) {
		l.t.Errorf("%q became %q", a, b)
	}
	if !utf8.Valid(a) {
		return
	}
	letters := 0
	for i, r := range string(a) {
		s, size := utf8.DecodeRune(b[i:])
		kind := kindOf(r)
		if size != utf8.RuneLen(r) || kind != unknown && kind != kindOf(s) || kind == kept && r != s {
			l.t.Fatalf("%q became %q: %q is %q", a, b, r, s)
		}
		if kind != kept {
			letters++
		}
	}
	if bytes.Equal(a, b) && letters > 4 {
		l.t.Errorf("%q stayed", a)
	}
}

// The kinds of characters that stay, and of characters without a kind.
const kept, unknown = "kept", "unknown"

// kindOf returns the script and the kind of a character, by package unicode.
func kindOf(r rune) string {
	kind, ok := kinds[r]
	if !ok {
		kind = newKind(r)
		kinds[r] = kind
	}
	return kind
}

var kinds = map[rune]string{}

func newKind(r rune) string {
	switch {
	case unicode.In(r, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
		return kept
	case !unicode.In(r, unicode.L, unicode.M, unicode.N):
		return unknown
	}
	kind := kindNames[slices.IndexFunc(kindTables[:], func(t *unicode.RangeTable) bool { return unicode.Is(t, r) })]
	if unicode.Is(unicode.Han, r) { // most characters
		return "Han " + kind
	}
	for name, t := range unicode.Scripts {
		if unicode.Is(t, r) {
			return name + " " + kind
		}
	}
	return unknown
}

// kindNames and kindTables have the kinds within a script, the first one that fits.
var (
	kindNames  = [...]string{"upper", "lower", "mark", "digit", "number", "other"}
	kindTables = [...]*unicode.RangeTable{unicode.Lu, unicode.Ll, unicode.M, unicode.Nd, unicode.N, unicode.L}
)

// TestProperties: types, lengths, keys and shape stay; equal values become equal, and
// different ones stay different; no value stays unless its domain is small.
func TestProperties(t *testing.T) {
	for _, secret := range []string{"a", "another secret"} {
		r, l := redactor(t, secret, "/"), newLedger(t)
		for _, doc := range documents() {
			out := redacted(t, r, doc)
			a, b := bsoncore.NewCursor(doc), bsoncore.NewCursor(out)
			l.walk(&a, &b)
			if a.Err() != nil || b.Err() != nil {
				t.Fatal(a.Err(), b.Err())
			}
			before := bson.ValidateOptions{}.Validate(doc)
			if after := (bson.ValidateOptions{}).Validate(out); (before == nil) != (after == nil) {
				t.Fatalf("%v became %v", before, after)
			}
		}
		if len(l.count) != 21 {
			t.Errorf("%d types were tested, want all 21", len(l.count))
		}
	}
}

// TestNoTextLeft: no text of 12 or more letters of the input is in a value of the output.
func TestNoTextLeft(t *testing.T) {
	r := redactor(t, "a", "/")
	texts := map[string]bool{}
	var outs []string
	for _, doc := range documents() {
		for _, text := range textsOf(doc) {
			if lettersOf(text) >= 12 {
				texts[text] = true
			}
		}
		outs = append(outs, textsOf(redacted(t, r, doc))...)
	}
	if len(texts) < 100 {
		t.Fatalf("only %d texts", len(texts))
	}
	for _, out := range outs {
		if lettersOf(out) < 12 {
			continue
		}
		for text := range texts {
			if strings.Contains(out, text) {
				t.Errorf("%q is in %q", text, out)
			}
		}
	}
}

// textsOf returns the values of doc that have text, with binaries and without lengths.
func textsOf(doc []byte) (texts []string) {
	find(bsoncore.NewCursor(doc), func(c *bsoncore.Cursor) bool {
		switch c.Type() {
		case bsoncore.TypeString, bsoncore.TypeSymbol, bsoncore.TypeCode:
			texts = append(texts, string(c.Text()))
		case bsoncore.TypeRegex:
			pattern, _ := c.Regex()
			texts = append(texts, string(pattern))
		case bsoncore.TypeDBPointer:
			namespace, _ := c.DBPointer()
			texts = append(texts, string(namespace))
		case bsoncore.TypeCodeWithScope:
			code, _ := c.CodeWithScope()
			texts = append(texts, string(code))
		case bsoncore.TypeBinary:
			_, data := c.Binary()
			texts = append(texts, string(data))
		}
		return false
	})
	return texts
}

func lettersOf(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// TestJoins: numbers of different types that are equal become equal, and so do texts of
// different types, at all paths.
func TestJoins(t *testing.T) {
	r := redactor(t, "a", "/")
	for _, tc := range []string{
		`{a: 5, b: NumberLong(5), c: 5.0, d: NumberDecimal("5"), e: NumberDecimal("5.00")}`,
		`{a: 0, b: NumberLong(0), c: 0.0, d: NumberDecimal("0"), e: -0.0, f: NumberDecimal("-0.0")}`,
		`{a: -70, b: NumberLong(-70), c: -70.0, d: NumberDecimal("-70"), e: NumberDecimal("-70.0")}`,
		`{a: 2147483647, b: NumberLong(2147483647), c: 2147483647.0, d: NumberDecimal("2147483647")}`,
		`{b: NumberLong(999999999999999), c: 999999999999999.0, d: NumberDecimal("999999999999999")}`,
		`{a: 2.5, b: NumberDecimal("2.5"), c: NumberDecimal("2.500"), d: [{e: 2.5}]}`,
		`{a: -1.25E30, b: NumberDecimal("-1.25E30")}`,
	} {
		doc, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte(tc))
		if err != nil {
			t.Fatal(err)
		}
		out := redacted(t, r, doc)
		var all []decimal128.Decimal
		find(bsoncore.NewCursor(out), func(c *bsoncore.Cursor) bool {
			if !c.Type().IsContainer() {
				all = append(all, number(t, c))
			}
			return false
		})
		for _, d := range all {
			if !d.Equal(all[0]) {
				t.Errorf("%s became %v", tc, bson.Raw(out))
			}
		}
	}
	var text string
	doc, err := new(bson.Builder).String("a", "Ada").Symbol("b", "Ada").Code("c", "Ada").Regex("d", "Ada", "i").Document()
	if err != nil {
		t.Fatal(err)
	}
	out := redacted(t, r, doc)
	find(bsoncore.NewCursor(out), func(c *bsoncore.Cursor) bool {
		got := string(c.Data())
		if c.Type() != bsoncore.TypeRegex {
			got = string(c.Text())
		} else {
			got = strings.TrimSuffix(got, "\x00i\x00")
		}
		if text == "" {
			text = got
		}
		if got != text {
			t.Errorf("%v became %q and %q", c.Type(), text, got)
		}
		return false
	})
}

// number returns the current number as its text has it.
func number(t *testing.T, c *bsoncore.Cursor) decimal128.Decimal {
	t.Helper()
	var text []byte
	switch c.Type() {
	case bsoncore.TypeInt32:
		text = numtext.AppendInt(nil, int64(c.Int32()))
	case bsoncore.TypeInt64:
		text = numtext.AppendInt(nil, c.Int64())
	case bsoncore.TypeDouble:
		text = numtext.AppendDouble(nil, c.Double())
	default:
		return c.Decimal128()
	}
	d, err := decimal128.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestBinaries: the parts of a binary that have a meaning stay.
func TestBinaries(t *testing.T) {
	r := redactor(t, "a", "b")
	vector := func(v bson.Vector) []byte { return v.Binary().Data }
	packed, err := bson.NewPackedBitVector([]byte{0xFF, 0xF8}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name    string
		subtype byte
		data    []byte
		kept    string // hexadecimal digits of the result, with a point for any digit
	}{
		{"generic", bsoncore.BinaryGeneric, []byte("12 bytes too"), "........................"},
		{"empty", bsoncore.BinaryGeneric, nil, ""},
		{"one byte", bsoncore.BinaryMD5, []byte{1}, ".."},
		{"old", bsoncore.BinaryBinaryOld, []byte("12345678"), "................"},
		{"UUID", bsoncore.BinaryUUID, []byte("0123456789abcdef"), "............3...[0-3]..............."},
		{"UUID that is short", bsoncore.BinaryUUID, []byte("0123456789"), "...................."},
		{"encrypted", bsoncore.BinaryEncrypted, []byte("\x010123456789abcdef\x02rest"), "01.........................................."},
		{"encrypted, one byte", bsoncore.BinaryEncrypted, []byte{2}, "02"},
		{"int8", bsoncore.BinaryVector, vector(bson.NewVector([]int8{1, 2, 3, 4, 5, 6, 7, 8, 9})), "0300.................."},
		{"float32", bsoncore.BinaryVector, vector(bson.NewVector([]float32{1, -2, 1e38})), "2700........................"},
		{"packed bits", bsoncore.BinaryVector, vector(packed), "1003...[08]"},
		{"vector without elements", bsoncore.BinaryVector, []byte{0x27, 0}, "2700"},
		{"half a vector", bsoncore.BinaryVector, []byte{0x27}, "27"},
		{"a float and a half", bsoncore.BinaryVector, []byte{0x27, 0, 1, 2, 3, 4, 5, 6}, "2700............"},
	} {
		doc, err := new(bson.Builder).Binary("b", tc.subtype, tc.data).Document()
		if err != nil {
			t.Fatal(err)
		}
		before := bytes.Clone(doc)
		if err := r.Redact(doc); err != nil {
			t.Fatal(tc.name, err)
		}
		c := bsoncore.NewCursor(doc)
		c.Next()
		subtype, data := c.Binary()
		if got := hex.EncodeToString(data); subtype != tc.subtype || !regexp.MustCompile("^"+tc.kept+"$").MatchString(got) || len(doc) != len(before) || bson.Validate(doc) != nil {
			t.Errorf("%s became %s of subtype %d, want %s", tc.name, got, subtype, tc.kept)
		}
		if strings.Contains(tc.kept, ".") && len(tc.data) > 1 && bytes.Equal(doc, before) {
			t.Errorf("%s stayed", tc.name)
		}
		for rest := data[min(2, len(data)):]; tc.name == "float32" && len(rest) > 0; rest = rest[4:] {
			if f := math.Float32frombits(binary.LittleEndian.Uint32(rest)); !(f >= -1 && f < 1) {
				t.Errorf("a float became %v", f)
			}
		}
	}
}

// TestPaths: only the values at the paths change, and Unmet has the paths without values.
func TestPaths(t *testing.T) {
	r := redactor(t, "a", "name", "items.sku", "/a.b", "missing", "n.x", "tags.1")
	doc, err := extjson.AppendBSON(nil, []byte(`{"name":"Ada Lovelace","n":1234,"items":[{"sku":"ABC-1234","n":1},{"n":2},7],"a.b":"secret","a":{"b":"open"},"tags":["open","secret"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Redact(doc); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Name  string
		N     int
		Items bson.A
		Dot   string `bson:"a.b"`
		A     bson.D
		Tags  []string
	}
	if err := bson.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	if got.Name == "Ada Lovelace" || got.Dot == "secret" || got.N != 1234 || got.A[0].Value != "open" || got.Items[2] != int32(7) || got.Tags[0] != "open" || got.Tags[1] == "secret" {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]int{3, 4}, r.Unmet()); diff != "" {
		t.Errorf("Unmet (-want +got):\n%s", diff)
	}
}

// TestStable: values that were redacted by an earlier version have their joins.
func TestStable(t *testing.T) {
	r, sum := redactor(t, "a", "/"), sha256.New()
	for _, doc := range withoutColumns(sample.Documents(sample.Wild, sample.Seed, 100)) {
		sum.Write(redacted(t, r, doc))
	}
	const want = "48da0d1537b661d0"
	if got := hex.EncodeToString(sum.Sum(nil)[:8]); got != want {
		t.Errorf("the documents have the hash %s, want %s; if this is meant, change secretLabel", got, want)
	}
}

// TestSecrets: the secret decides, and any other one gives other values.
func TestSecrets(t *testing.T) {
	doc, err := extjson.AppendBSON(nil, []byte(`{"s":"a long enough text","id":{"$oid":"57e193d7a9cc81b4027498b5"},"n":{"$numberLong":"123456789012"}}`))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, secret := range []string{"a", "b", "A", "a ", "aa", strings.Repeat("long", 1000)} {
		out := string(redacted(t, redactor(t, secret, "/"), doc))
		if out != string(redacted(t, redactor(t, secret, "/"), doc)) {
			t.Errorf("%q gives two results", secret)
		}
		if other, ok := seen[out]; ok {
			t.Errorf("%q and %q give one result", secret, other)
		}
		seen[out] = secret
	}
}

func TestRefused(t *testing.T) {
	column, err := new(bson.Builder).Binary("b", bsoncore.BinaryColumn, []byte{0}).Document()
	if err != nil {
		t.Fatal(err)
	}
	whole := wrapped(column)
	err = redactor(t, "a", "/").Redact(whole)
	want := bsoncore.ValueError{Offset: 10, Pointer: "//b", Err: ErrColumn}
	var got *bsoncore.ValueError
	if !errors.As(err, &got) || *got != want {
		t.Errorf("%+v, want %+v", err, want)
	}
	r := redactor(t, "a", "/")
	var malformed *bsoncore.SyntaxError
	if err := r.Redact([]byte("\x05\x00\x00\x00\x01")); !errors.As(err, &malformed) {
		t.Errorf("a malformed document: %v", err)
	}
}

// TestConcurrent: several goroutines share a Redactor.
func TestConcurrent(t *testing.T) {
	r := redactor(t, "a", "/")
	docs := withoutColumns(sample.Documents(sample.Wild, 3, 50))
	want := make([][]byte, len(docs))
	for i, doc := range docs {
		want[i] = redacted(t, r, doc)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i, doc := range docs {
				if !bytes.Equal(redacted(t, r, doc), want[i]) {
					t.Errorf("document %d has two results", i)
				}
			}
		})
	}
	all.Wait()
}
