package pickle_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/bson/bsoncore"
	"github.com/bsonkit/bsonkit/objectid"
	"github.com/bsonkit/bsonkit/pickle"
)

// This file has pickles of special sizes: frames of 64 KiB, batches of 1,000
// items, more than 256 memo entries, memo entries at large indexes, and outputs
// above MaxExpansion.

// document returns a document with the elements that add appends.
func document(add func(dst []byte) []byte) []byte {
	doc, mark := bsoncore.Begin(nil)
	return bsoncore.End(add(doc), mark)
}

// numbered returns a document with the keys k0, k1, … and the values that add
// appends.
func numbered(n int, add func(dst []byte, key string, i int) []byte) []byte {
	return document(func(dst []byte) []byte {
		for i := range n {
			dst = add(dst, fmt.Sprint("k", i), i)
		}
		return dst
	})
}

// large returns the documents of interop/python/golden.py.
func large() map[string][]byte {
	null := func(dst []byte, key string, _ int) []byte { return bsoncore.AppendNull(dst, key) }
	number := func(dst []byte, key string, i int) []byte { return bsoncore.AppendInt32(dst, key, int32(i)) }
	array := func(n int, add func(dst []byte, key string, i int) []byte) []byte {
		return document(func(dst []byte) []byte {
			for i := range n {
				dst = add(dst, fmt.Sprint(i), i)
			}
			return dst
		})
	}
	return map[string][]byte{
		"thousand":         numbered(1000, number),
		"thousand-and-one": numbered(1001, number),
		"two-thousand": document(func(dst []byte) []byte {
			return bsoncore.AppendDocument(bsoncore.AppendArray(dst, "l", array(2000, null)), "d", numbered(2000, null))
		}),
		"son": numbered(1000, func(dst []byte, key string, i int) []byte {
			return bsoncore.AppendDocument(dst, key, document(func(dst []byte) []byte { return bsoncore.AppendInt32(dst, "a", int32(i)) }))
		}),
		"frames": document(func(dst []byte) []byte {
			return bsoncore.AppendArray(dst, "docs", array(4000, func(dst []byte, key string, i int) []byte {
				return bsoncore.AppendDocument(dst, key, document(func(dst []byte) []byte {
					id := objectid.ID{10: byte(i >> 8), 11: byte(i)}
					return bsoncore.AppendString(bsoncore.AppendObjectID(dst, "k", id), "s", fmt.Sprint("text ", i))
				}))
			}))
		}),
		"large": document(func(dst []byte) []byte {
			dst = bsoncore.AppendString(dst, "a", strings.Repeat("x", 65536))
			dst = bsoncore.AppendBinary(dst, "b", bson.BinaryGeneric, bytes.Repeat([]byte{'y'}, 65535))
			dst = bsoncore.AppendBinary(dst, "c", bson.BinaryGeneric, bytes.Repeat([]byte{'z'}, 100000))
			return bsoncore.AppendInt32(bsoncore.AppendDouble(dst, "d", 1.5), "e", -1)
		}),
		"edges": document(func(dst []byte) []byte {
			dst = bsoncore.AppendString(dst, "a", strings.Repeat("x", 65500))
			dst = bsoncore.AppendString(bsoncore.AppendString(dst, "b", strings.Repeat("y", 65535)), "c", "")
			return bsoncore.AppendArray(dst, "d", array(1, func(dst []byte, key string, _ int) []byte {
				return bsoncore.AppendArray(dst, key, array(1, func(dst []byte, key string, _ int) []byte {
					return bsoncore.AppendString(dst, key, strings.Repeat("z", 40000))
				}))
			}))
		}),
	}
}

// TestLarge compares our pickles with those of CPython 3.13.0, by their length and
// the first 8 bytes of their SHA-256, in protocols 0 to 5. The expected values are
// from interop/python/golden.py; CPython 3.7.16 gives the same.
func TestLarge(t *testing.T) {
	docs := large()
	for _, tc := range []struct {
		name string
		want [6]string
	}{
		{"thousand", [6]string{"16679 cd6763fa7822e1aa", "15877 35ceba87e0fba9f2", "15879 4c419e623f3fffbd", "15879 c76ce90fffe68804", "9652 0e1f58301b8206d2", "9652 8ed5f1258fc14f3c"}},
		{"thousand-and-one", [6]string{"16699 1c6f1c23845f33d4", "15895 e0eb912d4ec3894d", "15897 5f7e312181dee612", "15897 6b4c64ad10dde113", "9663 88fdfb6d7cabace0", "9663 b57fb0451f0769ab"}},
		{"two-thousand", [6]string{"31825 5f4fef8296b7c50c", "32175 899af8dec818531b", "32177 5edcc83dc02f3de9", "32177 45d23bb838a8c3c0", "18928 1171fdb637e60789", "18928 f948090360c90c3e"}},
		{"son", [6]string{"85628 adc0325edbbb39f5", "67881 d5595599c6ab3916", "51753 78d72d15d458bb85", "51753 9565e486914eef88", "33504 00d9b56afcb09b40", "33504 a1aab4e0f845a46e"}},
		{"frames", [6]string{"636177 11987b5264ae5e7f", "364239 32eab95f6a584b28", "316190 e616439ea8ff15a2", "238205 0dfae224bae37650", "162971 2acc04b203683425", "162971 c51bd46412da662b"}},
		{"large", [6]string{"231195 ed470a4ccedcafce", "231201 9daf7f7025b45a04", "231201 b3ee2d089aa83599", "231154 e29be8d6ffe450fd", "231166 5fb0b75a8f956b4b", "231166 b6653ff51605e861"}},
		{"edges", [6]string{"171102 dbe5dd5ea32061db", "171109 a4763d53bf233a45", "171111 8b04221ea8a82668", "171111 1b7e48ded68ce66c", "171103 40d901dcb35a6b8f", "171103 fc929b9c4d1eeccc"}},
	} {
		for i, p := range protocols {
			o := pickle.EncodeOptions{Protocol: p}
			if tc.name == "son" {
				o.Documents = pickle.SON
			}
			data, err := o.AppendPickle(nil, docs[tc.name])
			if err != nil {
				t.Errorf("%s, protocol %d: %v", tc.name, i, err)
				continue
			}
			sum := sha256.Sum256(data)
			if diff := cmp.Diff(tc.want[i], fmt.Sprintf("%d %x", len(data), sum[:8])); diff != "" {
				t.Errorf("%s, protocol %d (-want +got):\n%s", tc.name, i, diff)
			}
			checkRead(t, data)
		}
	}
}

// TestLikeKeys writes documents with two keys that differ only in one byte or in
// their length. A reference to one of them must not be written for the other.
func TestLikeKeys(t *testing.T) {
	for _, n := range []int{1, 2, 8, 15, 16, 17, 24, 31, 32, 33, 64, 255, 256, 300} {
		key := strings.Repeat("created_timestamp_", 20)[:n]
		for i := range n {
			other := key[:i] + "#" + key[i+1:]
			doc := document(func(dst []byte) []byte {
				dst = bsoncore.AppendInt32(bsoncore.AppendInt32(dst, key, 1), other, 2)
				return bsoncore.AppendInt32(bsoncore.AppendInt32(dst, key+"x", 3), key[:n-1], 4)
			})
			for _, p := range protocols {
				if !checkWrite(t, pickle.EncodeOptions{Protocol: p}, bson.TypeDocument, doc) {
					t.Fatalf("the keys %q and %q do not come back", key, other)
				}
			}
		}
	}
}

// TestFarMemo reads pickles with memo indexes far beyond the number of entries,
// and with later entries between them.
func TestFarMemo(t *testing.T) {
	put := func(i uint32) string { return "r" + u32(i) }
	get := func(i uint32) string { return "j" + u32(i) }
	for _, far := range []uint32{257, 259, 300, 512, 513, 600, 1000, 5000} {
		// [[value of far], 0, 1, …, n-1, value of far]; n is below and above far.
		for _, n := range []uint32{1, 200, far - 1, far, far + 1, 2 * far} {
			data := "](U\x03far" + put(far)
			want := []string{`"far"`}
			for i := range n {
				if i != far {
					data += "M" + u32(i)[:2] + put(i)
					want = append(want, fmt.Sprintf(`{"$numberInt":"%d"}`, i))
				}
			}
			data += get(far) + get(0) + "e."
			want = append(want, `"far"`, `{"$numberInt":"0"}`)
			if diff := cmp.Diff("["+strings.Join(want, ",")+"]", text(t, pickle.DecodeOptions{}, data)); diff != "" {
				t.Errorf("entry %d, then 0 to %d (-want +got):\n%s", far, n, diff)
			}
			again := strings.Replace(data, get(far), "U\x03new"+put(far)+get(far), 1)
			if diff := cmp.Diff("["+strings.Join(append(want[:len(want)-2], `"new"`, `"new"`, `{"$numberInt":"0"}`), ",")+"]",
				text(t, pickle.DecodeOptions{}, again)); diff != "" {
				t.Errorf("entry %d, then 0 to %d, then the first entry again (-want +got):\n%s", far, n, diff)
			}
		}
	}
}

// TestMaxExpansion reads pickles that expand to more BSON than the limit.
func TestMaxExpansion(t *testing.T) {
	latin := "T" + u32(1<<20) + strings.Repeat("\xff", 1<<20) // 2 MiB of UTF-8
	half := "U" + string(rune(100)) + strings.Repeat("x", 100)
	for _, tc := range []struct {
		name string
		o    pickle.DecodeOptions
		data string
		want error
		op   string // opcode with the fault
	}{
		// 1 MiB is always allowed. The pickle refers to one text 15,000 times.
		{"elements", pickle.DecodeOptions{MaxExpansion: 1}, "](" + half + "q\x00" + strings.Repeat("h\x00", 15000) + "e.", pickle.ErrLimit, "SHORT_BINSTRING"},
		{"elements, allowed", pickle.DecodeOptions{MaxExpansion: 60}, "](" + half + "q\x00" + strings.Repeat("h\x00", 15000) + "e.", nil, ""},
		{"a value alone", pickle.DecodeOptions{MaxExpansion: 1, Encoding: pickle.Latin1}, latin + ".", pickle.ErrLimit, "BINSTRING"},
		{"a value alone, allowed", pickle.DecodeOptions{MaxExpansion: 3, Encoding: pickle.Latin1}, latin + ".", nil, ""},
		// If the keys of a SON have another order, their texts are compared.
		{"keys of a SON", pickle.DecodeOptions{MaxExpansion: 1, Encoding: pickle.Latin1},
			newSON + "(" + latin + "q\x00NU\x01aNu}U\x0a_SON__keys](U\x01ah\x00esb.", pickle.ErrLimit, "BINSTRING"},
	} {
		for _, dst := range [][]byte{nil, []byte("before"), append(make([]byte, 0, 8<<20), "before"...)} {
			got, _, err := tc.o.AppendBSONValue(dst, []byte(tc.data))
			if !errors.Is(err, tc.want) || (tc.want == nil) != (err == nil) {
				t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
				continue
			}
			if !bytes.HasPrefix(got, dst) || err != nil && len(got) != len(dst) {
				t.Errorf("%s: %d bytes, %.20q…", tc.name, len(got), got)
			}
			if err == nil {
				continue
			}
			if f, _ := faultOf(t, err); f.Opcode != tc.op || f.What != "MaxExpansion" {
				t.Errorf("%s: %v, want %s", tc.name, err, tc.op)
			}
		}
	}
}

// everyValue is a document with a value of every form that the writer has.
const everyValue = `{"v":[{"$numberInt":"1"},{"$numberInt":"300"},{"$numberInt":"-1"},{"$numberLong":"5000000000"},{"$numberDouble":"1.5"},
"text",{"a":"other","b":"text"},[],{},true,false,null,{"$oid":"507f1f77bcf86cd799439011"},
{"$binary":{"base64":"YWJj","subType":"00"}},{"$binary":{"base64":"YWJj","subType":"05"}},
{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"03"}},{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}},
{"$date":{"$numberLong":"1"}},{"$date":{"$numberLong":"-62135596800001"}},{"$regularExpression":{"pattern":"a","options":"imsx"}},
{"$timestamp":{"t":1,"i":4294967295}},{"$numberDecimal":"1.20"},{"$code":"f()"},{"$code":"f()","$scope":{"n":{"$numberInt":"1"}}},
{"$minKey":1},{"$maxKey":1},{"$ref":"c","$id":{"$numberInt":"1"}},{"$ref":"c","$id":{"$numberInt":"1"},"$db":"d","more":null},"last"]}`

// TestFrames checks that a frame ends where CPython ends it: before the first value
// that starts 64 KiB or more after the start of the frame. A text of growing length
// moves this place over each byte of values of every form.
func TestFrames(t *testing.T) {
	const target = 64 << 10
	values := doc(t, everyValue)
	short, err := pickle.EncodeOptions{Protocol: pickle.Protocol4}.AppendPickle(nil, values)
	if err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("x", target)
	for _, class := range []pickle.DocumentClass{pickle.Dict, pickle.SON} {
		o := pickle.EncodeOptions{Protocol: pickle.Protocol4, Documents: class}
		var data []byte
		for n := target - 3*len(short)/2; n < target; n++ {
			src := document(func(dst []byte) []byte {
				return append(bsoncore.AppendString(dst, "f", filler[:n]), values[4:len(values)-1]...)
			})
			if data, err = o.AppendPickle(data[:0], src); err != nil {
				t.Fatal(err)
			}
			checkFrames(t, data, target)
		}
	}
}

// checkFrames checks where the frames of a pickle of protocol 4 end.
func checkFrames(t *testing.T, data []byte, target int) {
	t.Helper()
	const noValue = "\x94\x93\x81\x85\x86\x87tRbsuae(." // opcodes that do not start a value
	start, end := 2, 0                                  // of the open frame
	for at := 2; at < len(data); {
		if op := data[at]; op == 0x95 { // FRAME
			if at != max(end, 2) {
				t.Fatalf("FRAME at %d, want %d", at, end)
			}
			start = at + 9
			end = start + int(binary.LittleEndian.Uint64(data[at+1:]))
			at = start
			continue
		} else if late := at-start >= target; late && at < end && strings.IndexByte(noValue, op) < 0 {
			t.Fatalf("opcode %q at %d starts a value in the frame from %d to %d, %d bytes behind its start", op, at, start, end, at-start)
		} else if at == end && (!late || strings.IndexByte(noValue, op) >= 0) {
			t.Fatalf("the frame from %d to %d ends before opcode %q", start, end, op)
		}
		at += opcodeSize(data[at:])
	}
	if end != len(data) {
		t.Fatalf("the last frame ends at %d, the pickle at %d", end, len(data))
	}
}

// opcodeSize returns the size of the first opcode of data and its argument.
func opcodeSize(data []byte) int {
	switch data[0] {
	case 'K', 'h':
		return 2
	case 'M':
		return 3
	case 'J', 'j':
		return 5
	case 'G':
		return 9
	case 0x8c, 'C', 0x8a: // SHORT_BINUNICODE, SHORT_BINBYTES, LONG1
		return 2 + int(data[1])
	case 'X', 'B':
		return 5 + int(binary.LittleEndian.Uint32(data[1:]))
	}
	return 1
}
