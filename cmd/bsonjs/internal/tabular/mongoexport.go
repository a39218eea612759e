package tabular

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/decimal128"
	"github.com/bsonkit/bsonkit/internal/numtext"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the texts of values in the CSV of mongoexport. Documents and arrays are
// Extended JSON before version 2 there.

// exportDate is the layout of dates.
const exportDate = "2006-01-02T15:04:05.000Z"

// lastExportDate is the first date, in milliseconds, that is not text.
const lastExportDate = 32_535_215_999_000

// exportText is a textFunc.
func exportText(v *texts, dst []byte, t bson.Type, data []byte) ([]byte, bool, error) {
	switch t {
	case bson.TypeObjectID:
		dst = append(dst, "ObjectId("...)
		return append(objectid.ID(data).Append(dst), ')'), false, nil
	case bson.TypeDouble:
		return fmt.Append(dst, math.Float64frombits(binary.LittleEndian.Uint64(data))), false, nil
	case bson.TypeDateTime:
		ms := int64(binary.LittleEndian.Uint64(data))
		if ms < lastExportDate {
			return time.UnixMilli(ms).UTC().AppendFormat(dst, exportDate), false, nil
		}
		dst = numtext.AppendInt(append(dst, `{ "$date": { "$numberLong" : "`...), ms)
		return append(dst, `" }}`...), false, nil
	case bson.TypeBinary:
		_, data := binaryOf(data)
		from := len(dst)
		dst = hex.AppendEncode(dst, data)
		copy(dst[from:], bytes.ToUpper(dst[from:]))
		return dst, false, nil
	case bson.TypeDecimal128:
		return decimal128.FromBytes([decimal128.Size]byte(data)).Append(dst), false, nil
	case bson.TypeTimestamp:
		dst = append(dst, `{ "$timestamp": { "t": `...)
		dst = strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint32(data[4:])), 10)
		dst = strconv.AppendUint(append(dst, `, "i": `...), uint64(binary.LittleEndian.Uint32(data)), 10)
		return append(dst, " } }"...), false, nil
	case bson.TypeRegex:
		pattern, options, _ := bytes.Cut(data[:len(data)-1], []byte{0})
		dst = append(append(append(dst, '/'), pattern...), '/')
		return append(dst, options...), false, nil
	case bson.TypeJavaScript:
		return v.string(dst, data)
	case bson.TypeCodeWithScope:
		code := data[4:]
		return v.string(dst, code[:4+binary.LittleEndian.Uint32(code)])
	case bson.TypeMinKey:
		return append(dst, "$MinKey"...), false, nil
	case bson.TypeMaxKey:
		return append(dst, "$MaxKey"...), false, nil
	case bson.TypeUndefined:
		return append(dst, `{ "$undefined": true }`...), false, nil
	}
	return plainText(v, dst, t, data)
}
