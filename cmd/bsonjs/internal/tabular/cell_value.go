package tabular

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/internal/replace"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file has the functions of types for strings, JSON and all other values but numbers and
// dates, in both directions.

// Text

func readString(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	mark := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	switch {
	case utf8.Valid(text):
		dst = append(dst, text...)
	case c.decode.InvalidUTF8 == bson.UTF8Replace:
		dst = replace.Text(dst, string(text))
	default:
		return dst, 0, bson.ErrUTF8
	}
	dst = append(dst, 0)
	bsoncore.SetStringLength(dst, mark)
	return dst, bson.TypeString, nil
}

func writeString(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeString {
		return dst, ErrValue
	}
	text := data[4 : len(data)-1]
	switch {
	case utf8.Valid(text):
		return append(dst, text...), nil
	case c.encode.InvalidUTF8 == bson.UTF8Replace:
		return replace.Text(dst, string(text)), nil
	}
	return dst, bson.ErrUTF8
}

func readJSON(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	return c.decode.AppendBSONValue(dst, text)
}

func writeJSON(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t == bson.TypeDocument {
		return c.encode.AppendJSON(dst, data)
	}
	return c.encode.AppendJSONValue(dst, t, data)
}

// Other values

// booleans are the texts of booleans, in lower case.
var booleans = map[string]byte{"true": 1, "false": 0, "1": 1, "0": 0}

func readBoolean(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	if len(text) > len("false") {
		return dst, 0, ErrText
	}
	b, ok := booleans[strings.ToLower(string(text))]
	if !ok {
		return dst, 0, ErrText
	}
	return append(dst, b), bson.TypeBoolean, nil
}

func writeBoolean(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeBoolean {
		return dst, ErrValue
	}
	return strconv.AppendBool(dst, data[0] != 0), nil
}

func readObjectID(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	id, err := objectid.Parse(text)
	if err != nil {
		err = ErrText
	}
	return append(dst, id[:]...), bson.TypeObjectID, err
}

func writeObjectID(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeObjectID {
		return dst, ErrValue
	}
	return objectid.ID(data).Append(dst), nil
}

func readUUID(_ *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	id, err := bson.ParseUUID(text)
	if err != nil {
		return dst, 0, ErrText
	}
	return bsoncore.AppendBinaryValue(dst, bson.BinaryUUID, id[:]), bson.TypeBinary, nil
}

func writeUUID(_ *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeBinary || len(data) != 5+16 || data[4] != bson.BinaryUUID {
		return dst, ErrValue
	}
	return bson.UUID(data[5:]).Append(dst), nil
}

// Digits are a way to write bytes as text.
type digits struct {
	append func(dst, data []byte) []byte
	decode func(dst, text []byte) ([]byte, error)
}

// spellings are the arguments of Binary.
var spellings = map[string]digits{
	"base64": {base64.StdEncoding.AppendEncode, base64.StdEncoding.Strict().AppendDecode},
	"base32": {base32.StdEncoding.AppendEncode, decodeBase32},
	"hex":    {hex.AppendEncode, hex.AppendDecode},
}

// decodeBase32 is AppendDecode of base32, but strict: bits that the text has beyond the
// last byte are zero.
func decodeBase32(dst, text []byte) ([]byte, error) {
	out, err := base32.StdEncoding.AppendDecode(dst, text)
	if err == nil && !bytes.Equal(base32.StdEncoding.AppendEncode(nil, out[len(dst):]), text) {
		err = ErrText
	}
	return out, err
}

func prepareBinary(c *Cells, arg string) (err error) {
	var ok bool
	if c.digits, ok = spellings[arg]; !ok {
		return errors.New("binary needs base64, hex or base32, as in data.binary(base64)")
	}
	return nil
}

func readBinary(c *Cells, dst, text []byte) ([]byte, bson.Type, error) {
	if bytes.ContainsAny(text, "\r\n") { // which the decoders skip
		return dst, 0, ErrText
	}
	mark := len(dst)
	dst = append(dst, 0, 0, 0, 0, bson.BinaryGeneric)
	dst, err := c.digits.decode(dst, text)
	if err != nil {
		return dst, 0, ErrText
	}
	binary.LittleEndian.PutUint32(dst[mark:], uint32(len(dst)-mark-5))
	return dst, bson.TypeBinary, nil
}

func writeBinary(c *Cells, dst []byte, t bson.Type, data []byte) ([]byte, error) {
	if t != bson.TypeBinary || data[4] != bson.BinaryGeneric {
		return dst, ErrValue
	}
	return c.digits.append(dst, data[5:]), nil
}
