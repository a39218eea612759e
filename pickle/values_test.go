package pickle_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

type session struct {
	ID   objectid.ID `bson:"_id"`
	Name string      `bson:"name"`
	When time.Time   `bson:"when"`
	Tags []string    `bson:"tags,omitempty"`
	Size int64       `bson:"size"`
}

// TestGoValues checks that Go values come back from every protocol.
func TestGoValues(t *testing.T) {
	want := session{example, "ré", time.UnixMilli(1577934245678).UTC(), []string{"a", "b"}, 1 << 40}
	for _, p := range protocols {
		o := pickle.EncodeOptions{Protocol: p}
		data, err := o.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got session
		if err := pickle.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("protocol %d (-want +got):\n%s", p, diff)
		}
		data, err = o.Marshal([]any{example, int32(1), "x"})
		if err != nil {
			t.Fatal(err)
		}
		var list any
		if err := pickle.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(any(bson.A{example, int32(1), "x"}), list); diff != "" {
			t.Errorf("protocol %d (-want +got):\n%s", p, diff)
		}
		data, err = o.Marshal(example)
		id, err2 := o.MarshalObjectID(example)
		if err != nil || err2 != nil || string(data) != string(id) {
			t.Errorf("protocol %d: Marshal of an ObjectId gives %q, %v, want %q, %v", p, data, err, id, err2)
		}
	}
}

// TestGoValuesAsBSON: a Go value is written as its BSON is, a document as a
// whole document, which is no DBRef.
func TestGoValuesAsBSON(t *testing.T) {
	ref := bson.D{{Key: "$ref", Value: "c"}, {Key: "$id", Value: 1}}
	for name, v := range map[string]any{
		"document": bson.D{{Key: "a", Value: "x"}}, "like a DBRef": ref, "DBRef": bson.DBRef{Ref: "c", ID: 1},
		"DBRef inside": bson.D{{Key: "a", Value: ref}}, "DBRefs": bson.A{ref}, "array": bson.A{1, "x"}, "scalar": 1.5,
	} {
		typ, data, err := bson.MarshalValue(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range protocols {
			o := pickle.EncodeOptions{Protocol: p}
			want, err := o.AppendPickleValue(nil, typ, data)
			if typ == bson.TypeDocument {
				want, err = o.AppendPickle(nil, data)
			}
			got, err2 := o.Marshal(v)
			if err != nil || err2 != nil || string(got) != string(want) {
				t.Errorf("%s, protocol %d: %q, %v, want %q, %v", name, p, got, err2, want, err)
			}
		}
	}
}

func TestGoValuesRefused(t *testing.T) {
	var n int
	if err := pickle.Unmarshal([]byte("U\x01a."), &n); !errors.Is(err, bson.ErrMismatch) {
		t.Errorf("string into an int: %v, want an error", err)
	}
	var v any = "before"
	if err := pickle.Unmarshal([]byte("cos\nsystem\n."), &v); !errors.Is(err, pickle.ErrName) || v != "before" {
		t.Errorf("os.system: %v, %v", v, err)
	}
	if err := pickle.Unmarshal([]byte("}K\x01Ns."), &v); !errors.Is(err, pickle.ErrKey) || v != "before" {
		t.Errorf("a key that is not text: %v, %v", v, err)
	}
	if _, err := pickle.Marshal(make(chan int)); !errors.Is(err, bson.ErrUnsupported) {
		t.Errorf("a channel: %v", err)
	}
	if data, err := pickle.Marshal(bson.D{{Key: "a", Value: bson.Undefined{}}}); !errors.Is(err, pickle.ErrNoClass) || data != nil {
		t.Errorf("undefined: %q, %v", data, err)
	}
	if _, err := (pickle.EncodeOptions{Protocol: 3, Reader: pickle.Python2}).Marshal(1); !errors.Is(err, pickle.ErrReader) {
		t.Errorf("protocol 3 in Python 2: %v", err)
	}
	deep := pickle.DecodeOptions{MaxDepth: 2}
	if err := deep.Unmarshal([]byte("]])aa."), &v); !errors.Is(err, bson.ErrDepth) {
		t.Errorf("depth: %v", err)
	}
	d := pickle.NewDecoder(nil)
	if err := d.Decode(&n); !errors.Is(err, bson.ErrMisuse) {
		t.Errorf("Decode before Next: %v", err)
	}
}
