package bson_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
)

// TestAppendValue: AppendValue appends what MarshalValue returns, and nothing after a
// fault. The offset of the fault counts from the start of the value.
func TestAppendValue(t *testing.T) {
	for _, v := range []any{nil, int32(1), "x", bson.D{{"a", bson.A{true}}}, []string{"y"}, struct{ N int }{3}} {
		wantType, want, err := bson.MarshalValue(v)
		if err != nil {
			t.Fatal(err)
		}
		got, gotType, err := bson.EncodeOptions{}.AppendValue([]byte("before"), v)
		if err != nil || gotType != wantType || !bytes.Equal(got, append([]byte("before"), want...)) {
			t.Errorf("%v: %q %v, %v, want %q %v", v, got, gotType, err, want, wantType)
		}
	}
	got, typ, err := bson.EncodeOptions{}.AppendValue([]byte("before"), bson.D{{"a", "\xff"}})
	var fault *bson.ValueError
	if string(got) != "before" || typ != 0 || !errors.Is(err, bson.ErrUTF8) || !errors.As(err, &fault) {
		t.Fatalf("%q %v, %v, want ErrUTF8", got, typ, err)
	}
	if diff := cmp.Diff([]any{int64(7), "/a"}, []any{fault.Offset, fault.Pointer}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
