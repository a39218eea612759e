package bson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/bson"
)

// This file has values that contain themselves, and hooks that call what
// called them. A stack overflow would end the test program.

// A ring leads back to itself twice, so that whoever goes on after the first
// time has no end.
type ring struct{ A, B bson.D }

func newRing() *ring {
	r := &ring{}
	r.A = bson.D{{"x", r}, {"y", r}}
	r.B = r.A
	return r
}

// holder has the methods of its D.
type holder struct{ bson.D }

// rings are values that contain themselves by way of types that are not this
// package's.
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
	return map[string]any{
		"struct": newRing(), "slice": slice, "map": maps, "pointer": pointer, "pointer to D": &pointer, "DBRef": ref,
		"code with scope": scope, "A": bson.D{{"a", array}}, "embedded D": held,
		"D": cyclicD(), "M": bson.D{{"m", cyclicMap()}},
	}
}

func TestCyclesJSON(t *testing.T) {
	for name, v := range rings() {
		t.Run(name, func(t *testing.T) {
			if _, err := json.Marshal(v); !errors.Is(err, bson.ErrDepth) {
				t.Errorf("error is %.200v, want ErrDepth", err)
			}
		})
	}
}

func TestCyclesMarshal(t *testing.T) {
	for name, v := range rings() {
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

// TestCyclesText: a text for people ends where it is too deep, and is no
// longer than that takes.
func TestCyclesText(t *testing.T) {
	for name, v := range rings() {
		t.Run(name, func(t *testing.T) {
			if text := (bson.D{{"v", v}}).String(); !strings.Contains(text, "…") || len(text) > 100_000 {
				t.Errorf("%d bytes: %.300s", len(text), text)
			}
			if text := fmt.Sprint(v); !strings.Contains(text, "…") || len(text) > 100_000 {
				t.Errorf("fmt: %d bytes: %.300s", len(text), text)
			}
			if name == "embedded D" {
				return // slog asks its method again and again
			}
			log := slog.New(slog.NewTextHandler(io.Discard, nil))
			log.Info("message", "d", bson.D{{"v", v}})
			slog.New(slog.NewJSONHandler(io.Discard, nil)).Info("message", "d", bson.D{{"v", v}})
		})
	}
}

// The hooks of these types call what called them, for the same value.
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

// TestCyclesUnmarshal: destinations that lead back to themselves before a
// value can be set.
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
