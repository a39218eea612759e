package interop

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/bsonkit/bsonkit/extjson"
)

// TestShellBinaries compares the calls that make binaries with js-bson, which
// Node.js runs as the shell does. If we read a call, both make the same bytes.
func TestShellBinaries(t *testing.T) {
	p := jsBSON(t)
	r := rand.New(rand.NewPCG(1, 2))
	calls := []string{
		`Binary(Buffer.from("AQID", "base64"), 5)`, `new Binary(Buffer.from("", "hex"))`, `new Binary(Buffer.from("0aFF", "hex"), 128)`,
		`new Binary(Buffer.from("é\0🙂"), 0)`, `new Binary(Buffer.from("a\xffé", "LATIN1"), 1)`, `new Binary(Buffer.from("é", "binary"))`,
		`new Binary(Buffer.from("é", "ascii"))`, `new Binary(Buffer.from("é", "utf-8"), 2)`, `new Binary(Buffer.from([1, 2, 255,]), 9)`,
		`Binary.fromInt8Array(new Int8Array())`, `Binary.fromInt8Array(new Int8Array([]))`, `Binary.fromPackedBits(new Uint8Array([255, 8]), 3)`,
		`Binary.fromPackedBits(new Uint8Array([]), 0)`, `Binary.fromFloat32Array(new Float32Array([NaN, Infinity, -Infinity, -0, 1e-46, 3.4e38,]))`,
	}
	for range 200 {
		calls = append(calls,
			`Binary.fromInt8Array(new Int8Array([`+listOf(r, func() string { return strconv.Itoa(r.IntN(256) - 128) })+`]))`,
			`Binary.fromPackedBits(new Uint8Array([`+listOf(r, func() string { return strconv.Itoa(r.IntN(256)) })+`0]), `+strconv.Itoa(r.IntN(8))+`)`,
			`Binary.fromFloat32Array(new Float32Array([`+listOf(r, func() string { return randomNumber(r) })+`]))`,
		)
	}
	for _, call := range calls {
		text := call
		if strings.HasPrefix(call, "Binary(") { // js-bson has a class where the shell has a function
			text = "new " + call
		}
		theirs, err := p.call("eval", text)
		ours, ourErr := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte("{a: "+call+"}"))
		if err != nil || ourErr != nil || !bytes.Equal(ours, []byte(theirs)) {
			t.Errorf("%s: ours %x, %v, theirs %x, %v", call, ours, ourErr, theirs, err)
		}
	}
}

// TestShellUUIDs compares the calls of Robo 3T, and CSUUID, with those of mongosh
// that have the same order of bytes.
func TestShellUUIDs(t *testing.T) {
	p := shellParser(t)
	for ours, theirs := range map[string]string{
		"LUUID": "LegacyPythonUUID", "PYUUID": "LegacyPythonUUID", "JUUID": "LegacyJavaUUID", "NUUID": "LegacyCSharpUUID", "CSUUID": "LegacyCSharpUUID",
	} {
		const argument = `("00112233-4455-6677-8899-aabbccddeeff")}`
		got, err := extjson.DecodeOptions{Shell: true}.AppendBSON(nil, []byte("{a: "+ours+argument))
		want, theirErr := p.call("parse", "{a: "+theirs+argument)
		if err != nil || theirErr != nil || !bytes.Equal(got, []byte(want)) {
			t.Errorf("%s: %x, %v; %s: %x, %v", ours, got, err, theirs, want, theirErr)
		}
	}
}

// listOf returns up to nine elements, with a comma after each.
func listOf(r *rand.Rand, element func() string) string {
	var b strings.Builder
	for range r.IntN(10) {
		b.WriteString(element() + ", ")
	}
	return b.String()
}

// randomNumber returns a number that fits a float32: a float32, a value in the
// middle between two of them, or a neighbour of that.
func randomNumber(r *rand.Rand) string {
	f := float64(math.Float32frombits(r.Uint32()))
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "0"
	}
	switch r.IntN(4) {
	case 0:
		next := float64(math.Nextafter32(float32(f), 0))
		f = (f + next) / 2
	case 1:
		next := float64(math.Nextafter32(float32(f), 0))
		f = math.Nextafter((f+next)/2, f)
	}
	return fmt.Sprint(f)
}
