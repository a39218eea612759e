package bson_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file holds that calls do not affect later calls: plans do not depend on
// the order of types, and a panic in a hook leaves pooled memory as a return
// does.

// These types lead to each other and to themselves.
type (
	planNode struct {
		Next *planNode
		Kids []planNode
		Map  map[string]planNode
		Any  any
	}
	planLeft struct {
		Right *planRight
		ID    objectid.ID
		List  [2]planInner
	}
	planRight struct {
		Left  *planLeft
		Inner planInner
		Node  planNode
	}
	planInner struct{ N planNumber }
	planOuter struct {
		planLeft `bson:",inline"`
		Right    planRight `bson:",minsize"`
		P        **planInner
	}
	planNumber int32
)

// planCodecs are codecs whose functions write other values than the plans by
// kind, also for nil pointers.
func planCodecs() *bson.Codecs {
	mark := func(n byte) []byte { return []byte{n, 0, 0, 0} }
	return bson.NewCodecs(
		bson.TypeCodec(func(dst []byte, v *planNode) ([]byte, bson.Type, error) {
			return append(dst, mark(1)...), bson.TypeInt32, nil
		}, func(bson.Type, []byte, **planNode) error { return nil }),
		bson.TypeCodec(func(dst []byte, v *planLeft) ([]byte, bson.Type, error) {
			if v == nil {
				return append(dst, mark(2)...), bson.TypeInt32, nil
			}
			return append(dst, mark(3)...), bson.TypeInt32, nil
		}, nil),
		bson.TypeCodec(func(dst []byte, v planNumber) ([]byte, bson.Type, error) {
			return append(dst, 0, byte(v), 0, 0), bson.TypeInt32, nil
		}, nil),
		bson.TypeCodec(func(dst []byte, v planInner) ([]byte, bson.Type, error) {
			return append(dst, byte(v.N)), bson.TypeBoolean, nil
		}, nil),
	)
}

// TestPlanOrder: earlier calls do not change the bytes. Each round has its own
// plans, made in another order.
func TestPlanOrder(t *testing.T) {
	inner := &planInner{1}
	values := []any{
		planNode{}, &planNode{Next: &planNode{}}, (*planNode)(nil), []planNode{{}}, map[string]planNode{"a": {}}, planLeft{}, &planLeft{Right: &planRight{}},
		(*planLeft)(nil), planRight{}, &planRight{Left: &planLeft{}}, planInner{1}, inner, planOuter{P: &inner}, &planOuter{}, [2]planInner{},
		[]*planLeft{nil}, map[string]*planNode{"n": nil}, struct{ N *planNode }{}, struct{ O planOuter }{},
	}
	for name, codecs := range map[string]func() *bson.Codecs{"none": func() *bson.Codecs { return bson.NewCodecs() }, "some": planCodecs} {
		first := make([]string, len(values))
		for i, v := range values {
			first[i] = bytesOf(bson.EncodeOptions{Codecs: codecs()}.MarshalValue(v))
		}
		for round := range uint64(200) {
			o := bson.EncodeOptions{Codecs: codecs()}
			for _, i := range rand.New(rand.NewPCG(1, round)).Perm(len(values)) {
				if got := bytesOf(o.MarshalValue(values[i])); got != first[i] {
					t.Fatalf("codecs %s, round %d: %T is %s, was %s as the first", name, round, values[i], got, first[i])
				}
			}
		}
	}
}

func bytesOf(t bson.Type, data []byte, err error) string {
	return fmt.Sprintf("%v %x %v", t, data, err)
}

// TestPlanShared: the plan of a type within a type is the plan of that type, in
// either order.
func TestPlanShared(t *testing.T) {
	inner, outer := reflect.TypeFor[planInner](), reflect.TypeFor[planRight]()
	for _, order := range [][]reflect.Type{{inner, outer}, {outer, inner}} {
		c := bson.NewCodecs()
		for _, typ := range order {
			bson.PlanOf(c, typ)
		}
		if bson.PlanOfField(c, outer, 1) != bson.PlanOf(c, inner) {
			t.Errorf("%v first: two plans of %v", order[0], inner)
		}
	}
}

// TestManyTypes: more types than the cache has places for early plans.
func TestManyTypes(t *testing.T) {
	for range 2 {
		for n := range 400 {
			ones := slices.Repeat([]bool{true}, n)
			array := reflect.New(reflect.ArrayOf(n, reflect.TypeFor[bool]())).Elem()
			reflect.Copy(array, reflect.ValueOf(ones))
			_, want, wantErr := bson.MarshalValue(ones)
			_, got, err := bson.MarshalValue(array.Interface())
			if err != nil || wantErr != nil || !bytes.Equal(got, want) {
				t.Fatalf("[%d]bool: %x, %v, want %x, %v", n, got, err, want, wantErr)
			}
		}
	}
}

// TestPlanRace: goroutines that use new types at the same time write the same
// bytes. The race detector checks this test too.
func TestPlanRace(t *testing.T) {
	values := []any{planNode{Next: &planNode{}}, planLeft{}, &planRight{Left: &planLeft{}}, planOuter{}, map[string]planOuter{"a": {}}}
	for range 50 {
		o := bson.EncodeOptions{Codecs: bson.NewCodecs()}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range values {
					v := values[(i+j)%len(values)]
					want, err := bson.Marshal(v)
					got, gotErr := o.Marshal(v)
					if !bytes.Equal(got, want) || err != nil || gotErr != nil {
						t.Errorf("%T: got %v, %v, want %v, %v", v, bson.Raw(got), gotErr, bson.Raw(want), err)
					}
				}
			})
		}
		wg.Wait()
	}
}

// A bomb panics when it is written or read.
type bomb struct{}

func (bomb) MarshalBSONValue() (byte, []byte, error) { panic("bomb") }
func (*bomb) UnmarshalBSONValue(byte, []byte) error  { panic("bomb") }
func (bomb) MarshalText() ([]byte, error)            { panic("bomb") }
func (*bomb) UnmarshalText([]byte) error             { panic("bomb") }
func (b bomb) String() string                        { return "bomb" }
func panics(f func()) (ok bool) {
	defer func() { ok = recover() != nil }()
	f()
	return false
}

// TestPanicInHook: after a panic that the caller recovers, the pools have
// nothing of the call: neither its state, such as its depth, nor its values.
func TestPanicInHook(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"a", int32(1)}})
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 3000 // more than the depth limit
	var deep struct{ A **bomb }
	p := new(*bomb)
	in := struct{ A ***bomb }{&p}
	*p = new(bomb)
	tagged := struct {
		A *bomb `bson:",minsize,truncate"`
	}{new(bomb)}
	values := bson.DecodeOptions{Codecs: bson.NewCodecs(bson.AnyAs[bomb](bson.TypeInt32)), InvalidUTF8: bson.UTF8Replace, RejectUnknownFields: true}
	held := bson.M{"a": bson.M{"b": bson.D{{"c", new(bomb)}}}}
	for range rounds {
		for name, f := range map[string]func(){
			"into a pointer":  func() { bson.Unmarshal(doc, &deep) },
			"into a field":    func() { bson.Unmarshal(doc, &tagged) },
			"into an any":     func() { values.Unmarshal(doc, new(bson.D)) },
			"of a pointer":    func() { bson.Marshal(in) },
			"of a field":      func() { bson.EncodeOptions{InvalidUTF8: bson.UTF8Replace}.Marshal(tagged) },
			"inside maps":     func() { bson.Marshal(held) },
			"of a code scope": func() { bson.MarshalValue(bson.CodeWithScope{Scope: bomb{}}) },
		} {
			if !panics(f) {
				t.Fatalf("%s: no panic", name)
			}
		}
	}
	for range 100 {
		var out struct{ A **int32 }
		if err := bson.Unmarshal(doc, &out); err != nil || **out.A != 1 {
			t.Fatalf("Unmarshal after panics: %v", err)
		}
		var n struct{ A int32 }
		if err := bson.Unmarshal([]byte("\x10\x00\x00\x00\x01a\x00\x00\x00\x00\x00\x00\x00\xf8\x3f\x00"), &n); err == nil {
			t.Fatal("1.5 went into an int32: truncate is still set")
		}
		if err := bson.Unmarshal(doc, new(struct{})); err != nil {
			t.Fatalf("options are still set: %v", err)
		}
		pp := new(*int32)
		*pp = new(int32)
		if got, err := bson.Marshal(struct{ A ***int32 }{&pp}); err != nil || len(got) != 12 {
			t.Fatalf("Marshal after panics: %v", err)
		}
		if got, _ := bson.Marshal(bson.M{"a": int64(1)}); len(got) != 16 {
			t.Fatalf("%v: minsize is still set", bson.Raw(got))
		}
	}
}

// TestPoolKeepsNothing: the memory that pools keep does not keep values of the
// last call alive.
func TestPoolKeepsNothing(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collection below must not empty a pool
	doc, err := bson.Marshal(bson.D{{"a", bson.D{{"b", int32(1)}}}, {"long", strings.Repeat("x", 1000)}})
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]func() weak.Pointer[bson.E]{
		"document that was read": func() weak.Pointer[bson.E] {
			var d bson.D
			if err := bson.Unmarshal(doc, &d); err != nil {
				t.Fatal(err)
			}
			return weak.Make(&d[0].Value.(bson.D)[0])
		},
		"map that was written": func() weak.Pointer[bson.E] {
			e := &bson.E{}
			if _, err := bson.Marshal(bson.M{"a": e}); err != nil {
				t.Fatal(err)
			}
			return weak.Make(e)
		},
		"map with a fault": func() weak.Pointer[bson.E] {
			e := &bson.E{}
			if _, err := bson.Marshal(bson.M{"a": make(chan int), "b": e}); err == nil {
				t.Fatal("a channel was written")
			}
			return weak.Make(e)
		},
		"map around a panic": func() weak.Pointer[bson.E] {
			e := &bson.E{}
			if !panics(func() { bson.Marshal(bson.M{"a": bomb{}, "b": e}) }) {
				t.Fatal("no panic")
			}
			return weak.Make(e)
		},
	}
	for name, f := range kept {
		w := f()
		runtime.GC()
		if w.Value() != nil {
			t.Errorf("%s: still there after a collection", name)
		}
	}
}

// A namedList has the layout of a list.
type namedList []any

// TestAnyByPlan: with Codecs, which are for other types, an any is written by the plan of
// its type. The result is the same.
func TestAnyByPlan(t *testing.T) {
	list := []any{
		objectid.ID{1, 2}, bson.DateTime(-3), decimal128.FromInt64(4), bson.Binary{Subtype: 5, Data: []byte("six")},
		bson.Binary{Subtype: bson.BinaryBinaryOld, Data: []byte("x")}, bson.D{{"a", bson.D(nil)}}, []bson.E{{"b", 7}}, bson.D{},
		bson.A{"c", bson.A{}, bson.A(nil)}, []any{nil, true}, bson.M{"d": bson.D{{"e", 1.5}}}, bson.Regex{Pattern: "f", Options: "i"},
		"g", int32(8), int64(9), 10, time.UnixMilli(11), bson.Symbol("h"), bson.MinKey{},
	}
	want, err := bson.Marshal(bson.D{{"all", list}})
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{
		"D": bson.D{{"all", list}}, "named": bson.D{{"all", namedList(list)}},
		"struct": struct{ All namedList }{list}, "A": bson.D{{"all", bson.A(list)}},
	} {
		for _, c := range []*bson.Codecs{nil, bson.NewCodecs()} {
			got, err := bson.EncodeOptions{Codecs: c}.Marshal(v)
			if diff := cmp.Diff(bson.Raw(want).String(), bson.Raw(got).String()); diff != "" || err != nil {
				t.Errorf("%s, Codecs %v: %v (-want +got):\n%s", name, c != nil, err, diff)
			}
		}
	}
}
