package values

import (
	"reflect"
	"testing"

	"github.com/google/uuid"
	v2 "go.mongodb.org/mongo-driver/v2/bson"

	"github.com/bsonkit/bsonkit/bson"
)

// TestGoogleUUID: we write a UUID of github.com/google/uuid as the driver does,
// unless an option asks for a UUID of the specification or for text. We read all
// of these forms.
func TestGoogleUUID(t *testing.T) {
	type holder struct{ ID uuid.UUID }
	in := holder{uuid.MustParse("00112233-4455-6677-8899-aabbccddeeff")}
	theirs, err := v2.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := bson.Marshal(struct{ ID bson.UUID }{bson.UUID(in.ID)})
	if err != nil {
		t.Fatal(err)
	}
	legacy, err := bson.Marshal(bson.D{{Key: "id", Value: bson.Binary{Subtype: 3, Data: []byte("\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff")}}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := bson.Marshal(bson.D{{Key: "id", Value: in.ID.String()}})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		encode bson.EncodeOptions
		decode bson.DecodeOptions
		want   bson.Raw
	}{
		"no option":          {bson.EncodeOptions{}, bson.DecodeOptions{}, theirs},
		"standard":           {bson.EncodeOptions{UUIDRepresentation: bson.UUIDStandard}, bson.DecodeOptions{}, ours},
		"C#":                 {bson.EncodeOptions{UUIDRepresentation: bson.UUIDCSharpLegacy}, bson.DecodeOptions{UUIDRepresentation: bson.UUIDCSharpLegacy}, legacy},
		"text":               {bson.EncodeOptions{TextMarshalers: true}, bson.DecodeOptions{}, text},
		"standard, not text": {bson.EncodeOptions{UUIDRepresentation: bson.UUIDStandard, TextMarshalers: true}, bson.DecodeOptions{}, ours},
	} {
		got, err := tc.encode.Marshal(in)
		if err != nil || !reflect.DeepEqual(bson.Raw(got), tc.want) {
			t.Errorf("%s: Marshal gives %s, %v, want %s", name, bson.Raw(got), err, tc.want)
		}
		var out holder
		if err := tc.decode.Unmarshal(tc.want, &out); err != nil || out != in {
			t.Errorf("%s: Unmarshal gives %v, %v, want %v", name, out.ID, err, in.ID)
		}
	}
}

// TestGoogleOthers: no rule is special for the other types of
// github.com/google/uuid.
func TestGoogleOthers(t *testing.T) {
	in := struct {
		Time    uuid.Time
		Version uuid.Version
		Domain  uuid.Domain
		Some    uuid.NullUUID
		None    uuid.NullUUID
	}{1, 4, uuid.Org, uuid.NullUUID{UUID: uuid.Max, Valid: true}, uuid.NullUUID{}}
	want, err := v2.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	sameBytes(t, want, in)
	out := in
	out.Time, out.Some.Valid = 0, false
	if err := bson.Unmarshal(want, &out); err != nil || out != in {
		t.Errorf("Unmarshal gives %v, %v, want %v", out, err, in)
	}
}
