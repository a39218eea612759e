package bson

import "errors"

// RawValue is a value of a document: its type and its bytes.
type RawValue struct {
	Type  Type
	Value []byte
}

// ErrDuplicateKey: a document has a key twice.
var ErrDuplicateKey = errors.New("duplicate key")
