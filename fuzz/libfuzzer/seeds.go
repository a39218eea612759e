package libfuzzer

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
)

// writeSeeds writes seeds as a zip file, as OSS-Fuzz takes them.
func writeSeeds(path string, seeds [][]any) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := zip.NewWriter(f)
	seen := map[string]bool{}
	for _, values := range seeds {
		data := AppendValues(nil, values...)
		name := fmt.Sprintf("%x", sha256.Sum256(data))[:16]
		if seen[name] {
			continue
		}
		seen[name] = true
		part, err := w.Create(name)
		if err != nil {
			return errors.Join(err, f.Close())
		}
		if _, err := part.Write(data); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(w.Close(), f.Close())
}

// AppendValues appends the bytes from which the tool of OSS-Fuzz takes values as the
// parameters of a target. Numbers are big-endian. Some of them have one more byte, which is
// odd for this order of bytes. A length of 4 bytes comes before bytes and strings.
//
// The tool takes the length of bytes modulo the number of bytes that follow, unless they are
// equal. It rejects a length at the end. So empty bytes have twice this number as their
// length, and one more byte is behind them if they are the last value.
func AppendValues(dst []byte, values ...any) []byte {
	if len(values) == 0 {
		return dst
	}
	rest := AppendValues(nil, values[1:]...)
	switch v := values[0].(type) {
	case []byte, string:
		var data []byte
		if text, ok := v.(string); ok {
			data = []byte(text)
		} else {
			data = v.([]byte)
		}
		if len(data)+len(rest) == 0 {
			rest = []byte{0}
		}
		n := len(data)
		if _, ok := v.([]byte); ok && n == 0 {
			n = 2 * len(rest)
		}
		dst = binary.BigEndian.AppendUint32(dst, uint32(n))
		dst = append(dst, data...)
	case bool:
		dst = append(dst, 1) // odd is false
		if v {
			dst[len(dst)-1] = 0
		}
	case int8:
		dst = append(dst, byte(v))
	case uint8:
		dst = append(dst, v)
	case int16:
		dst = append(binary.BigEndian.AppendUint16(dst, uint16(v)), 1)
	case uint16:
		dst = append(binary.BigEndian.AppendUint16(dst, v), 1)
	case int32:
		dst = binary.BigEndian.AppendUint32(dst, uint32(v))
	case uint32:
		dst = binary.BigEndian.AppendUint32(dst, v)
	case int:
		dst = append(binary.BigEndian.AppendUint64(dst, uint64(v)), 1)
	case uint:
		dst = append(binary.BigEndian.AppendUint64(dst, uint64(v)), 1)
	case int64:
		dst = append(binary.BigEndian.AppendUint64(dst, uint64(v)), 1)
	case uint64:
		dst = append(binary.BigEndian.AppendUint64(dst, v), 1)
	case float32:
		dst = append(binary.BigEndian.AppendUint32(dst, math.Float32bits(v)), 1)
	case float64:
		dst = append(binary.BigEndian.AppendUint64(dst, math.Float64bits(v)), 1)
	default:
		panic(fmt.Sprintf("BUG: libfuzzer: a seed has a %T", v)) // f.Fuzz accepts no other type
	}
	return append(dst, rest...)
}
