package bsontest

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/edge"
)

// This file tests a codec with many inputs. A tester collects deviations by name;
// TestCodec compares their names with the known ones. If documents of one type alone
// show a deviation, later documents do not have this type, so that every name has one
// cause.

// A Codec is code that decodes and encodes BSON.
type Codec struct {
	_ struct{} // keyed literals only

	// Decode decodes a document. The result may alias data only if the codec forbids its
	// users to change data afterwards.
	Decode func(data []byte) (any, error)
	// Encode encodes a value that Decode returned. Without Encode only Decode is
	// tested.
	Encode func(v any) ([]byte, error)
	// Allow lists parts that a round trip may change.
	Allow Loss
	// Options select the documents. Each odd part in Options.Odd gets documents of its
	// own. The zero value has none.
	Options Options
	// Known has the names of deviations that are expected, with the reason for each.
	// TestCodec fails if one of them does not occur.
	Known map[string]string
}

// Numbers of inputs of TestCodec.
const (
	numDocuments = 1000
	numOdd       = 200 // for each odd part
	numTyped     = 60  // for each type
)

// hostileMemory is the number of bytes that decoding a small input may allocate.
const hostileMemory = 64 << 20

// TestCodec tests c with documents of every type, random documents, documents with odd
// parts, all faults of a document of every type, random damage, and small inputs that
// claim to be large. It reports each deviation once with t.Errorf, by its name and with
// the smallest input that shows it:
//
//	regex: changed
//	string: length one too large: accepted
//
// The first part is the type, the odd part or the fault. The last part is the property:
// rejected, accepted, changed, malformed result, input changed, panics, and others. The
// inputs are the same in every run.
func TestCodec(t testing.TB, c Codec) {
	t.Helper()
	x := tester{c: c, found: map[string]*deviation{}}
	x.types()
	x.documents()
	x.odd()
	x.faults()
	x.hostile()
	x.shared()
	for _, name := range slices.Sorted(maps.Keys(x.found)) {
		d := x.found[name]
		if reason, known := c.Known[name]; known {
			t.Logf("known deviation %q, %s: %d inputs", name, reason, d.count)
			continue
		}
		t.Errorf("%s: %d inputs; the smallest: %s", name, d.count, d.err)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Known)) {
		if x.found[name] == nil {
			t.Errorf("known deviation %q did not occur", name)
		}
	}
}

// A deviation is a property that does not hold for some inputs.
type deviation struct {
	count int // inputs
	size  int // of the smallest, in bytes
	err   error
}

type tester struct {
	c     Codec
	found map[string]*deviation
	good  []bson.Type // types without a deviation of their own
}

// options returns the options of random documents with the odd parts of odd.
func (x *tester) options(odd Odd) Options {
	o := x.c.Options
	o.Odd = odd
	if o.Shape == nil {
		o.Types = x.good
	}
	return o
}

// report adds a deviation if err is not nil.
func (x *tester) report(group string, data []byte, err error) {
	if err == nil {
		return
	}
	what := "fails"
	if f, ok := err.(*failure); ok {
		what = f.what
	}
	name := group + ": " + what
	d := x.found[name]
	if d == nil {
		d = &deviation{size: len(data) + 1}
		x.found[name] = d
	}
	if d.count++; len(data) < d.size {
		d.size, d.err = len(data), err
	}
}

func (x *tester) decode(data []byte) error {
	_, err := x.c.Decode(data)
	return err
}

func (x *tester) turn(doc []byte) ([]byte, error) {
	v, err := x.c.Decode(doc)
	if err != nil {
		return nil, err
	}
	return x.c.Encode(v)
}

// valid tests c with a valid document. It reports whether c kept it.
func (x *tester) valid(group string, doc []byte) bool {
	err := CheckDecode(doc, x.decode)
	if err == nil && x.c.Encode != nil {
		err = CheckRoundTrip(doc, x.turn, x.c.Allow)
	}
	x.report(group, doc, err)
	return err == nil
}

// types tests documents with elements of one type, and containers with an int32.
func (x *tester) types() {
	if x.c.Options.Shape != nil {
		return
	}
	for _, typ := range edge.Types {
		if !x.c.Options.hasType(typ) {
			continue
		}
		o := x.c.Options
		o.Odd, o.Types = 0, []bson.Type{typ}
		if nests(typ) && o.hasType(bson.TypeInt32) {
			o.Types = append(o.Types, bson.TypeInt32)
		}
		good, s := true, NewRandom(uint64(typ))
		for range numTyped {
			good = x.valid(typ.String(), o.Document(s)) && good
		}
		if good {
			x.good = append(x.good, typ)
		}
	}
	if x.good == nil {
		x.good = []bson.Type{} // none
	}
}

// documents tests random documents.
func (x *tester) documents() {
	o, s := x.options(0), NewRandom(1)
	for range numDocuments {
		doc := o.Document(s)
		if x.valid("documents", doc) {
			x.damaged(Damage(s, doc))
		}
	}
}

// oddNames has the names of odd parts, by the number of the bit.
var oddNames = []string{
	"duplicate keys", "array keys", "NaN payloads", "regex options", "non-canonical decimals", "wrapper keys", "deep", "wide", "misfits",
}

// odd tests documents with each odd part.
func (x *tester) odd() {
	for i, name := range oddNames {
		odd := Odd(1 << i)
		if !x.c.Options.allows(odd) {
			continue
		}
		o, s := x.options(odd), NewRandom(uint64(i))
		for range numOdd {
			x.valid(name, o.Document(s))
		}
	}
}

// damaged tests a document with a fault.
func (x *tester) damaged(f Fault) {
	group := f.Name
	if group == byteChanged || group == bytesMissing {
		group += ": " + f.Err.Error() // any fault can follow from these changes
	}
	x.report(group, f.Data, CheckDecode(f.Data, x.decode))
}

// faults tests all faults of a small document of each type.
func (x *tester) faults() {
	for _, typ := range edge.Types {
		if !slices.Contains(x.good, typ) {
			continue
		}
		for f := range Faults(specimen(typ)) {
			x.damaged(f)
		}
	}
}

// specimen returns a document with an element of type t between two others. Its text
// has enough bytes for every fault of text.
func specimen(t bson.Type) []byte {
	choices := []byte{10, 0} // a null
	choices = append(choices, byte(slices.Index(edge.Types, t)+1), 4<<3|keyLiteral, 'n', 'a', 'm', 'e')
	if t == bson.TypeArray {
		choices = append(choices, 0)
	}
	if t.IsContainer() {
		choices = append(choices, byte(slices.Index(edge.Types, bson.TypeInt32)+1))
		if t != bson.TypeArray {
			choices = append(choices, 0)
		}
		choices = append(choices, numberSmall, 1, 0)
	}
	if hasText(t) {
		choices = append(choices, 4<<3|textLong-1, 't', 'e', 'x', 't')
	}
	doc := Document(append(choices, make([]byte, 32)...))
	return bsoncore.End(bsoncore.AppendNull(slices.Delete(bytes.Clone(doc), len(doc)-1, len(doc)), "z"), 0)
}

// hasText reports whether the first choices of a value of type t make a text.
func hasText(t bson.Type) bool {
	switch t {
	case bson.TypeString, bson.TypeCode, bson.TypeSymbol, bson.TypeDBPointer, bson.TypeRegex, bson.TypeCodeWithScope:
		return true
	}
	return false
}

// hostile tests small inputs that claim to be large, and deep nesting.
func (x *tester) hostile() {
	for _, typ := range edge.Types {
		if !slices.Contains(x.good, typ) || !hasLength(typ) {
			continue
		}
		data := specimen(typ)
		places := places(data)
		for _, off := range []int{0, places[2].value} { // of the document, of the element
			claim := bytes.Clone(data)
			binary.LittleEndian.PutUint32(claim[off:], 1<<30)
			x.report("a length of 1 GiB", claim, x.memory(claim))
		}
	}
	const levels = 10_000
	deep := nested(levels)
	err := CheckDecode(deep, x.decode)
	x.report(fmt.Sprint(levels, " levels"), deep, err)
}

// memory checks that decoding a small input allocates little. Other goroutines may
// allocate meanwhile, so the lowest of several measurements counts.
func (x *tester) memory(data []byte) error {
	least := uint64(1<<64 - 1)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := guarded(data, func() { _, _ = x.c.Decode(data) }); err != nil {
			return err
		}
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	if least > hostileMemory {
		return failed("memory", "decoding %s allocates %d bytes", shown(data), least)
	}
	return nil
}

// nested returns a document of n levels.
func nested(n int) []byte {
	const each, header = 5, 2 // bytes of an empty document, and of a type with an empty key
	var doc []byte
	for level := n; level > 0; level-- {
		doc = binary.LittleEndian.AppendUint32(doc, uint32(level*each+(level-1)*header))
		if level > 1 {
			doc = append(doc, byte(bson.TypeDocument), 0)
		}
	}
	return append(doc, make([]byte, n)...)
}

// shared checks that a decoded value and an encoded document do not change when the
// codec works on another one, as they do if the codec uses memory again too early.
func (x *tester) shared() {
	if x.c.Encode == nil {
		return
	}
	o, s := x.options(0), NewRandom(2)
	for range numTyped {
		a, b := o.Document(s), o.Document(s)
		if CheckRoundTrip(a, x.turn, x.c.Allow) != nil || CheckRoundTrip(b, x.turn, x.c.Allow) != nil {
			continue // reported before
		}
		x.report("two documents", a, x.overlap(a, b))
	}
}

// overlap checks shared for two documents that c keeps.
func (x *tester) overlap(a, b []byte) error {
	va, err := x.c.Decode(bytes.Clone(a))
	vb, err2 := x.c.Decode(bytes.Clone(b))
	if err := cmp.Or(err, err2); err != nil {
		return failed("rejected", "%s, then %s: %v", shown(a), shown(b), err)
	}
	one, err := x.c.Encode(va)
	first := bytes.Clone(one)
	two, err2 := x.c.Encode(vb)
	if err := cmp.Or(err, err2); err != nil {
		return failed("not encoded", "%s, then %s: %v", shown(a), shown(b), err)
	}
	if !bytes.Equal(one, first) {
		return failed("encoded bytes change", "%s becomes %s when %s is encoded", shown(first), shown(one), shown(b))
	}
	if CheckRoundTrip(a, func([]byte) ([]byte, error) { return first, nil }, x.c.Allow) != nil {
		return failed("decoded value changes", "%s is encoded as %s after %s is decoded", shown(a), shown(first), shown(b))
	}
	if CheckRoundTrip(b, func([]byte) ([]byte, error) { return two, nil }, x.c.Allow) != nil {
		return failed("decoded value changes", "%s is encoded as %s after %s is encoded", shown(b), shown(two), shown(a))
	}
	return nil
}
