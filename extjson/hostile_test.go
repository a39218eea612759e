package extjson_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/internal/hostile"
	"github.com/bsonkit/bsonkit/internal/race"
)

// This file tests the results for hostile inputs. The time of the tests and
// BenchmarkHostile show whether the results come quickly.

// TestHostileText reads each text, half of it, and each text as a stream.
func TestHostileText(t *testing.T) {
	for _, tc := range hostile.Shapes(hostile.JSON) {
		t.Run(tc.Name, func(t *testing.T) {
			n := 2 << 20 / race.Slowdown
			if tc.Err == bson.ErrDepth || tc.Err == extjson.ErrWrapper {
				n *= 8
			}
			text := tc.Make(n)
			doc, err := extjson.AppendBSON(nil, []byte(text))
			if tc.Err == nil {
				if err != nil {
					t.Fatal(err)
				}
				if bson.Validate(doc) != nil {
					t.Error("the document is malformed")
				}
			} else {
				off := tc.Off
				if off < 0 {
					off = int(faultOf(t, err).Offset)
					if off < len(text)-3 {
						t.Errorf("fault at %d in a text of %d bytes", off, len(text))
					}
				}
				want := textFault(text, off, faultOf(t, err).Pointer, tc.Err)
				wantFault(t, err, want)
			}
			d := extjson.NewDecoder(strings.NewReader(text))
			if got := d.Next(); got != (tc.Err == nil) || got && !bytes.Equal(d.Raw(), doc) {
				t.Errorf("stream: %v, %d bytes, want %d", d.Err(), len(d.Raw()), len(doc))
			} else if tc.Err != nil {
				wantFault(t, d.Err(), faultOf(t, err))
			}
		})
	}
}

// TestDepthIn: the document is the first level. Text at the limit is accepted, and
// text with one more level is not, up to the highest limit that is allowed.
func TestDepthIn(t *testing.T) {
	for _, tc := range []struct {
		name, open, shut string
	}{
		{"arrays", `[`, `]`},
		{"documents", `{"a":`, `}`},
	} {
		for _, limit := range []int{0, 1, 2, 10, 999, 1000, 1001, bson.DepthCeiling, math.MaxInt32} {
			levels := limit
			if limit == 0 {
				levels = 1000
			}
			levels = min(levels, bson.DepthCeiling)
			o := extjson.DecodeOptions{MaxDepth: limit}
			text := func(n int) string {
				return `{"a":` + strings.Repeat(tc.open, n) + "0" + strings.Repeat(tc.shut, n) + `}`
			}
			doc, err := o.AppendBSON(nil, []byte(text(levels-1)))
			if err != nil {
				t.Errorf("%s: %d levels, limit %d: %v", tc.name, levels, limit, err)
			}
			if back, err := (extjson.EncodeOptions{MaxDepth: limit}).AppendJSON(nil, doc); err != nil || string(back) != text(levels-1) {
				t.Errorf("%s: %d levels, limit %d: AppendJSON: %v", tc.name, levels, limit, err)
			}
			over := text(levels)
			_, err = o.AppendBSON(nil, []byte(over))
			pointer := "/a"
			for range levels - 1 {
				pointer += map[string]string{"[": "/0", `{"a":`: "/a"}[tc.open]
				if len(pointer) > 4000 {
					pointer = faultOf(t, err).Pointer // a long pointer is slow to build and not compared
					break
				}
			}
			wantFault(t, err, textFault(over, 5+(levels-1)*len(tc.open), pointer, bson.ErrDepth))
		}
	}
}

// TestHostileBSON writes BSON with two million levels, and other large documents.
func TestHostileBSON(t *testing.T) {
	const levels = 2_000_000
	for _, head := range []string{"\x03\x00", "\x04\x00", "\x03a\x00"} {
		doc := nest(levels, []byte(head))
		for _, o := range []extjson.EncodeOptions{{}, {MaxDepth: 1 << 30}, {Indent: " ", MaxDepth: 100}} {
			_, err := o.AppendJSON(nil, doc)
			limit := min(max(o.MaxDepth, 1), bson.DepthCeiling)
			if o.MaxDepth == 0 {
				limit = 1000
			}
			f := faultOf(t, err)
			if f.Err != bson.ErrDepth || f.Offset != int64(4+(limit-1)*(len(head)+4)) || strings.Count(f.Pointer, "/") != limit {
				t.Errorf("%q, limit %d: %v at %d", head, o.MaxDepth, f.Err, f.Offset)
			}
		}
	}
	// A million elements, and a string of control characters.
	dst, mark := bsoncore.Begin(nil)
	for range 1_000_000 {
		dst = bsoncore.AppendNull(dst, "")
	}
	dst = bsoncore.AppendString(dst, "s", strings.Repeat("\x01", 1_000_000))
	doc := bsoncore.End(dst, mark)
	text, err := extjson.AppendJSON(nil, doc)
	if want := len(`{`) + 1_000_000*len(`"":null,`) + len(`"s":"`) + 1_000_000*len(`\u0001`) + len(`"}`); err != nil || len(text) != want {
		t.Errorf("%d bytes, %v, want %d", len(text), err, want)
	}
}

// TestScopesInScopes: nested scopes give the right bytes, with one move for each
// byte.
func TestScopesInScopes(t *testing.T) {
	for _, tc := range []struct{ name, open, shut string }{
		{"code first", `{"$code":"c","$scope":{"a":`, `}}`},
		{"scope first", `{"$scope":{"a":`, `},"$code":"c"}`},
	} {
		for _, n := range []int{1, 2, 100, 999} {
			payload := strings.Repeat("x", 10_000)
			text := `{"a":` + strings.Repeat(tc.open, n) + `"` + payload + `"` + strings.Repeat(tc.shut, n) + `}`
			got, err := decode(t, extjson.DecodeOptions{}, text)
			want := bsoncore.AppendString(nil, "a", payload)
			for range n {
				var scope []byte
				scope = binary.LittleEndian.AppendUint32(scope, uint32(len(want)+5))
				scope = append(append(scope, want...), 0)
				want = bsoncore.AppendCodeWithScope(nil, "a", "c", scope)
			}
			want = append(append(binary.LittleEndian.AppendUint32(nil, uint32(len(want)+5)), want...), 0)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, %d levels: %d bytes, %v, want %d", tc.name, n, len(got), err, len(want))
			}
		}
	}
}

// TestScopesMixed: nested and adjacent codes with scopes give the same bytes,
// whether $code or $scope comes first.
func TestScopesMixed(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	// value returns two texts of a value: one with $code first, and one with random
	// orders.
	var value func(levels int) (string, string)
	value = func(levels int) (first, mixed string) {
		if levels == 0 || r.IntN(4) == 0 {
			v := fmt.Sprint(r.IntN(1000))
			return v, v
		}
		for i := range 1 + r.IntN(3) {
			a, b := value(levels - 1)
			first += fmt.Sprintf(`,"k%d":%s`, i, a)
			mixed += fmt.Sprintf(`,"k%d":%s`, i, b)
		}
		first, mixed = "{"+first[1:]+"}", "{"+mixed[1:]+"}"
		code := strings.Repeat("c", r.IntN(20))
		switch r.IntN(5) {
		case 0:
			return first, mixed
		case 1:
			return fmt.Sprintf(`{"$code":%q,"$scope":%s}`, code, first), fmt.Sprintf(`{"$code":%q,"$scope":%s}`, code, mixed)
		}
		return fmt.Sprintf(`{"$code":%q,"$scope":%s}`, code, first), fmt.Sprintf(`{"$scope":%s,"$code":%q}`, mixed, code)
	}
	for range 500 {
		a, b := value(8)
		want, err := decode(t, extjson.DecodeOptions{}, `{"a":[`+a+`,`+a+`]}`)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(t, extjson.DecodeOptions{}, `{"a":[`+b+`,`+b+`]}`)
		wantBytes(t, got, err, want)
		d := extjson.NewDecoder(strings.NewReader(`{"a":[` + b[:len(b)/2] + "\n" + `{"a":[` + b + `,` + b + `]}`))
		for !d.Next() {
			if d.Err() == nil || !d.Resync(nil) {
				t.Fatal(d.Err())
			}
		}
		wantBytes(t, d.Raw(), d.Err(), want)
	}
}

// TestOneByteReader reads a document of 4 MB that arrives byte by byte.
func TestOneByteReader(t *testing.T) {
	text := `{"a":[` + strings.Repeat(`{"k":"some text","n":[1,2.5]},`, 140_000) + `1]}`
	if len(text) < 4<<20 {
		t.Fatalf("the text has only %d bytes", len(text))
	}
	want, err := extjson.AppendBSON(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d := extjson.NewDecoder(iotest.OneByteReader(io.MultiReader(strings.NewReader(text), strings.NewReader("{}"))))
	if !d.Next() || !bytes.Equal(d.Raw(), want) {
		t.Errorf("first: %d bytes, %v, want %d", len(d.Raw()), d.Err(), len(want))
	}
	if !d.Next() || len(d.Raw()) != 5 || d.Offset() != int64(len(text)) {
		t.Errorf("second: %x at %d, %v", d.Raw(), d.Offset(), d.Err())
	}
}

// TestNeighbours: the reader does not read the bytes after a text in the same array,
// because another goroutine may write to them. The race detector shows this. The
// bytes are never part of the text.
func TestNeighbours(t *testing.T) {
	for n := range 20 {
		dst, mark := bsoncore.Begin(nil)
		doc := bsoncore.End(bsoncore.AppendString(dst, "k", strings.Repeat("x", n)), mark)
		all := append(slices.Clone(doc), strings.Repeat("\"", 64)...)
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := len(doc); i < len(all); i++ {
				all[i] = '\\'
			}
		})
		got, err := extjson.AppendJSON(nil, all[:len(doc)])
		wg.Wait()
		wantText(t, string(got), err, `{"k":"`+strings.Repeat("x", n)+`"}`)

		text := []byte(string(got) + strings.Repeat(" ", 64))
		wg.Go(func() {
			for i := len(got); i < len(text); i++ {
				text[i] = '}'
			}
		})
		back, err := extjson.AppendBSON(nil, text[:len(got)])
		wg.Wait()
		wantBytes(t, back, err, doc)
	}
}
