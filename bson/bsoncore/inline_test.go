package bsoncore_test

import (
	"testing"

	"github.com/bsonkit/bsonkit/internal/inline"
)

// mustInline are the functions that callers rely on to cost no call.
var mustInline = []string{
	"(*Cursor).Binary",
	"(*Cursor).Boolean",
	"(*Cursor).DBPointer",
	"(*Cursor).Data",
	"(*Cursor).DateTime",
	"(*Cursor).Decimal128",
	"(*Cursor).Depth",
	"(*Cursor).Double",
	"(*Cursor).Failed",
	"(*Cursor).Int32",
	"(*Cursor).Int64",
	"(*Cursor).Key",
	"(*Cursor).ObjectID",
	"(*Cursor).Offset",
	"(*Cursor).Text",
	"(*Cursor).Timestamp",
	"(*Cursor).Type",
	"(*Cursor).ValueOffset",
	"(*Decoder).Offset",
	"(*Decoder).Document",
	"Begin",
	"BeginElement",
	"End",
	"SetLength",
	"SetStringLength",
	"SetType",
	"Type.IsContainer",
	"Type.Valid",
	"Validate",
}

// TestInline asks the compiler.
func TestInline(t *testing.T) { inline.Check(t, mustInline...) }
