package bson_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/inline"
)

// mustInline are the functions that callers rely on to cost no call.
var mustInline = []string{
	"(*Decoder).Offset",
	"(*Decoder).Raw",
	"UUID.Binary",
	"UUIDRepresentation.Subtype",
	"Validate",
}

// TestInline asks the compiler.
func TestInline(t *testing.T) { inline.Check(t, mustInline...) }
