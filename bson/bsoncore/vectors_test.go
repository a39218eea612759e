package bsoncore_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bsonkit/bsonkit/bson/bsoncore"
)

// A vector is a document with one element, which has the key "a".
type vector struct {
	name  string
	typ   bsoncore.Type
	value string // what follows the key, in hexadecimal
}

// vectors has every type, and the edges of what its value can be.
var vectors = []vector{
	{"double", bsoncore.TypeDouble, "000000000000f83f"},
	{"string", bsoncore.TypeString, "03000000 686900"},
	{"empty string", bsoncore.TypeString, "0100000000"},
	{"string with NUL", bsoncore.TypeString, "04000000 78007900"},
	{"long string", bsoncore.TypeString, "22000000" + strings.Repeat("78", 33) + "00"},
	{"document", bsoncore.TypeDocument, "0c000000 10 6200 01000000 00"},
	{"empty document", bsoncore.TypeDocument, "0500000000"},
	{"array", bsoncore.TypeArray, "0d000000 08 3000 01 08 3100 00 00"},
	{"binary", bsoncore.TypeBinary, "03000000 80 010203"},
	{"empty binary", bsoncore.TypeBinary, "00000000 00"},
	{"binary 2", bsoncore.TypeBinary, "07000000 02 03000000 010203"},
	{"undefined", bsoncore.TypeUndefined, ""},
	{"objectId", bsoncore.TypeObjectID, "56e1fc72e0c917e9c4714161"},
	{"true", bsoncore.TypeBoolean, "01"},
	{"false", bsoncore.TypeBoolean, "00"},
	{"datetime", bsoncore.TypeDateTime, "ffffffffffffffff"},
	{"null", bsoncore.TypeNull, ""},
	{"regex", bsoncore.TypeRegex, "612b00 6978 00"},
	{"empty regex", bsoncore.TypeRegex, "0000"},
	{"dbPointer", bsoncore.TypeDBPointer, "04000000 642e6300 56e1fc72e0c917e9c4714161"},
	{"code", bsoncore.TypeCode, "02000000 7800"},
	{"symbol", bsoncore.TypeSymbol, "02000000 7900"},
	{"code with scope", bsoncore.TypeCodeWithScope, "16000000 02000000 7800 0c000000 10 6200 01000000 00"},
	{"int32", bsoncore.TypeInt32, "feffffff"},
	{"timestamp", bsoncore.TypeTimestamp, "02000000 01000000"},
	{"int64", bsoncore.TypeInt64, "feffffffffffffff"},
	{"decimal128", bsoncore.TypeDecimal128, "01000000000000000000000000004030"},
	{"max key", bsoncore.TypeMaxKey, ""},
	{"min key", bsoncore.TypeMinKey, ""},
}

// data returns the vector's value.
func (v vector) data() []byte { return unhex(v.value) }

// doc returns the vector's document.
func (v vector) doc() []byte {
	dst, mark := bsoncore.Begin(nil)
	return bsoncore.End(bsoncore.AppendValue(dst, "a", v.typ, v.data()), mark)
}

// unhex returns the bytes that s says in hexadecimal; spaces do not count.
func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// A fault is what a table says of an error, whatever its type.
type fault struct {
	Offset  int64
	Pointer string
	Err     error // a sentinel that the error must match
}

// wantSyntax fails t unless err is a *SyntaxError that says want.
func wantSyntax(t *testing.T, err error, want fault) {
	t.Helper()
	var got *bsoncore.SyntaxError
	if !errors.As(err, &got) {
		t.Fatalf("error is %T (%v), want *bsoncore.SyntaxError", err, err)
	}
	compare(t, fault(*got), want)
}

// wantValue fails t unless err is a *ValueError that says want.
func wantValue(t *testing.T, err error, want fault) {
	t.Helper()
	var got *bsoncore.ValueError
	if !errors.As(err, &got) {
		t.Fatalf("error is %T (%v), want *bsoncore.ValueError", err, err)
	}
	compare(t, fault(*got), want)
}

func compare(t *testing.T, got, want fault) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}
