package bson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
)

// This file has values that contain themselves, and hooks that call their
// callers. A stack overflow would end the test program.

// A ring contains itself twice, so a walk that continues after the first cycle
// does not end.
type ring struct{ A, B bson.D }

func newRing() *ring {
	r := &ring{}
	r.A = bson.D{{"x", r}, {"y", r}}
	r.B = r.A
	return r
}

// holder has the methods of its D.
type holder struct{ bson.D }

// rings are values that contain themselves through types of other packages.
func rings() map[string]any {
	slice := bson.D{{"a", nil}, {"b", nil}}
	slice[0].Value = []bson.D{slice}
	slice[1].Value = slice[0].Value
	maps := bson.D{{"a", nil}, {"b", nil}}
	maps[0].Value = map[int]bson.D{1: maps, 2: maps}
	maps[1].Value = maps[0].Value
	pointer := bson.D{{"a", nil}, {"b", nil}}
	pointer[0].Value, pointer[1].Value = &pointer, &pointer
	ref := &bson.DBRef{}
	ref.ID, ref.Extra = ref, bson.D{{"a", ref}}
	scope := &bson.CodeWithScope{}
	scope.Scope = bson.D{{"a", scope}, {"b", scope}}
	array := bson.A{nil, nil}
	array[0], array[1] = array, &array
	held := &holder{}
	held.D = bson.D{{"a", held}}
	twice := &holder{}
	twice.D = bson.D{{"a", twice}, {"b", twice}, {"c", twice}}
	key := bson.D{{"a", nil}, {"b", nil}}
	key[0].Value, key[1].Value = map[*bson.D]any{&key: 1}, map[any]any{&key: key}
	own := &methods{}
	own.d = bson.D{{"a", own}, {"b", own}, {"c", own}}
	return map[string]any{
		"struct": newRing(), "slice": slice, "map": maps, "pointer": pointer, "pointer to D": &pointer, "DBRef": ref,
		"code with scope": scope, "A": bson.D{{"a", array}}, "embedded D": held, "embedded D, often": twice,
		"methods": own, "key": &key,
		"D": cyclicD(), "M": bson.D{{"m", cyclicMap()}},
	}
}

// methods has its own methods, which call this package.
type methods struct{ d bson.D }

func (m *methods) String() string               { return "<" + m.d.String() + ">" }
func (m *methods) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]any{"d": m.d}) }
func (m *methods) LogValue() slog.Value         { return slog.GroupValue(slog.Any("d", m.d)) }
func (m *methods) MarshalBSON() ([]byte, error) { return bson.Marshal(m.d) }

func TestCyclesJSON(t *testing.T) {
	for name, v := range rings() {
		if name == "key" {
			continue // no key for JSON
		}
		t.Run(name, func(t *testing.T) {
			if _, err := json.Marshal(v); !errors.Is(err, bson.ErrDepth) {
				t.Errorf("error is %.200v, want ErrDepth", err)
			}
		})
	}
}

func TestCyclesMarshal(t *testing.T) {
	for name, v := range rings() {
		if name == "key" {
			continue // no key for BSON
		}
		t.Run(name, func(t *testing.T) {
			if _, err := bson.Marshal(bson.D{{"v", v}}); !errors.Is(err, bson.ErrDepth) {
				t.Errorf("error is %.200v, want ErrDepth", err)
			}
			if _, err := bson.Compare(v, v); !errors.Is(err, bson.ErrDepth) {
				t.Errorf("Compare: error is %.200v, want ErrDepth", err)
			}
		})
	}
	scope := &bson.CodeWithScope{}
	scope.Scope = scope
	if _, _, err := bson.MarshalValue(scope); !errors.Is(err, bson.ErrDepth) {
		t.Errorf("scope of itself: error is %.200v, want ErrDepth", err)
	}
}

// TestCyclesText: a text for people ends where values are nested too deeply,
// and is not longer than necessary.
func TestCyclesText(t *testing.T) {
	for name, v := range rings() {
		t.Run(name, func(t *testing.T) {
			if text := (bson.D{{"v", v}}).String(); !strings.Contains(text, "…") || len(text) > 100_000 {
				t.Errorf("%d bytes: %.300s", len(text), text)
			}
			if text := fmt.Sprint(v); !strings.Contains(text, "…") || len(text) > 100_000 {
				t.Errorf("fmt: %d bytes: %.300s", len(text), text)
			}
			var text, object bytes.Buffer
			slog.New(slog.NewTextHandler(&text, nil)).Info("message", "d", bson.D{{"v", v}})
			slog.New(slog.NewJSONHandler(&object, nil)).Info("message", "d", bson.D{{"v", v}})
			if !strings.Contains(text.String(), "…") || text.Len() > 200_000 || object.Len() > 200_000 {
				t.Errorf("slog: %d bytes: %.300s; %d bytes: %.300s", text.Len(), text.Bytes(), object.Len(), object.Bytes())
			}
		})
	}
}

// The hooks of these types call their callers with the same value.
type (
	docLoop   struct{ D bson.D }
	valueLoop struct{ V any }
	textLoop  struct{ _ int }
	proxyLoop struct{}
)

func (l *docLoop) MarshalBSON() ([]byte, error)   { return bson.Marshal(bson.D{{"l", l}}) }
func (l *docLoop) UnmarshalBSON(doc []byte) error { return bson.Unmarshal(doc, l) }
func (l valueLoop) MarshalBSONValue() (byte, []byte, error) {
	t, data, err := bson.MarshalValue(l)
	return byte(t), data, err
}
func (l *valueLoop) UnmarshalBSONValue(t byte, data []byte) error {
	return bson.UnmarshalValue(bson.Type(t), data, l)
}
func (l textLoop) MarshalText() ([]byte, error) { return bson.Marshal(bson.D{{"l", l}}) }
func (proxyLoop) ProxyBSON() (any, error)       { return bson.A{proxyLoop{}}, nil }

func TestHooksThatCallThemselves(t *testing.T) {
	for _, v := range []any{&docLoop{}, valueLoop{}, textLoop{}, proxyLoop{}} {
		if _, err := bson.Marshal(bson.D{{"v", v}}); !errors.Is(err, bson.ErrDepth) {
			t.Errorf("%T: error is %.200v, want ErrDepth", v, err)
		}
	}
	doc := []byte("\x05\x00\x00\x00\x00")
	for _, v := range []any{&docLoop{}, &valueLoop{}} {
		if err := bson.Unmarshal(doc, v); !errors.Is(err, bson.ErrDepth) {
			t.Errorf("%T: error is %.200v, want ErrDepth", v, err)
		}
	}
}

// TestCyclesUnmarshal: pointers that lead back to themselves, so that no value
// can be set.
func TestCyclesUnmarshal(t *testing.T) {
	doc, err := bson.Marshal(bson.D{{"v", bson.D{}}})
	if err != nil {
		t.Fatal(err)
	}
	type dest struct{ V any }
	self := &dest{}
	self.V = &self.V
	var nowhere struct{ V chain }
	around := struct{ V chain }{cyclicChain()}
	for _, v := range []any{self, &nowhere, &around} {
		if err := bson.Unmarshal(doc, v); !errors.Is(err, bson.ErrDepth) {
			t.Errorf("%T: error is %.200v, want ErrDepth", v, err)
		}
	}
}

// A link is a struct in a chain of Ds and structs in turn.
type link struct{ D any }

// chainOf returns n containers within each other, every other one a link.
func chainOf(n int) any {
	var v any = bson.D{}
	for i := 1; i < n; i++ {
		if i%2 > 0 {
			v = link{v}
		} else {
			v = bson.D{{"a", v}}
		}
	}
	return v
}

// TestJSONDepthIsExact: 1,000 nested containers have JSON and 1,001 do not, in
// every run, whether encoding/json or this package writes them.
func TestJSONDepthIsExact(t *testing.T) {
	for range 3 {
		if _, err := json.Marshal(bson.D{{"v", chainOf(bson.DefaultMaxDepth - 1)}}); err != nil {
			t.Errorf("1,000: %.200v", err)
		}
		_, err := json.Marshal(bson.D{{"v", chainOf(bson.DefaultMaxDepth)}})
		var e *bson.ValueError
		if !errors.Is(err, bson.ErrDepth) || !errors.As(err, &e) || !strings.HasPrefix(e.Pointer, "/v/D/a/D/a") {
			t.Errorf("1,001: %.200v", err)
		}
	}
	// A field that JSON leaves out may contain itself.
	type node struct {
		Name   string
		Parent any `json:"-"`
		up     any
	}
	n := &node{Name: "n"}
	n.Parent, n.up = n, n
	if text, err := json.Marshal(bson.D{{"n", n}}); err != nil || string(text) != `{"n":{"Name":"n"}}` {
		t.Errorf("left out: %s, %v", text, err)
	}
}

// A countdown from n has hooks that nest n calls of this package.
type countdown int32

func (c countdown) MarshalBSONValue() (byte, []byte, error) {
	var v any = c - 1
	if c <= 1 {
		v = int32(0)
	}
	t, data, err := bson.MarshalValue(v)
	return byte(t), data, err
}

func (c *countdown) UnmarshalBSONValue(t byte, data []byte) error {
	if *c--; *c < 0 {
		return nil
	}
	return bson.UnmarshalValue(bson.Type(t), data, c)
}

// TestHookDepthIsExact: hooks may nest up to 250 calls of this package. The
// limit does not depend on earlier calls or on the garbage collector.
func TestHookDepthIsExact(t *testing.T) {
	calls := map[string]func(n countdown) error{
		"Marshal": func(n countdown) error { _, _, err := bson.MarshalValue(n); return err },
		"Unmarshal": func(n countdown) error {
			return bson.UnmarshalValue(bson.TypeNull, nil, &n)
		},
	}
	for name, call := range calls {
		const limit = 250 // calls, with the one around all
		for range 5 {
			if err := call(limit - 1); err != nil {
				t.Errorf("%s: %d calls: %v", name, limit-1, err)
			}
			if err := call(limit); !errors.Is(err, bson.ErrDepth) {
				t.Errorf("%s: %d calls: %v", name, limit, err)
			}
			runtime.GC()
			runtime.GC()
		}
	}
}
