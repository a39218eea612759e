// Package objectid makes, reads, writes and orders ObjectIds, the twelve-byte
// identifiers of BSON documents.
//
//	id := objectid.New()
//	id, err := objectid.Parse("56e1fc72e0c917e9c4714161")
//	dst = id.Append(dst)        // 24 lower-case hexadecimal digits
//	lo, err := objectid.FromTime(t) // {_id: {$gte: lo}}: made at t or later
//
// An ID is a comparable array. encoding/json, the encoding text interfaces,
// database/sql and log/slog see its hexadecimal text; its MarshalBSONValue and
// UnmarshalBSONValue methods are the value hooks of this toolkit and of the
// official driver.
//
// Source: ObjectID specification; BSON specification 1.1, type 0x07.
package objectid
