package python

import (
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bsonkit/bsonkit/pickle"
)

// unknown are the words of wild.py for policies.
var unknown = map[string]pickle.UnknownPolicy{
	"error": pickle.UnknownError, "convert": pickle.UnknownConvert, "describe": pickle.UnknownDescribe,
}

// TestWild checks that a pickle of a value that PyMongo does not encode is read as
// the value that the interpreter loads: sets, dates, zones, containers of
// mongoengine, and objects of other classes.
func TestWild(t *testing.T) {
	script, err := filepath.Abs("../../testdata/pickle/wild.py")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, p := range interpreters(t) {
		t.Run(p.version, func(t *testing.T) {
			lines := p.run(t, "", "-W", "ignore", script)
			for _, line := range lines {
				var v struct {
					Type, Hex, Unknown, Expected string
					Protocol                     int
				}
				if err := json.Unmarshal([]byte(line), &v); err != nil {
					t.Fatalf("%.80s: %v", line, err)
				}
				src, err := hex.DecodeString(v.Hex)
				if err != nil {
					t.Fatal(err)
				}
				o := pickle.DecodeOptions{Unknown: unknown[v.Unknown], LoadLocation: time.LoadLocation}
				if strings.HasPrefix(p.version, "3.6.") {
					o.LongText = pickle.LongSmallest
				}
				want := text(t, parse(t, v.Expected))
				got := ""
				data, typ, err := o.AppendBSONValue(nil, src)
				if err == nil {
					got = text(t, value{typ, data})
				}
				if got != want {
					t.Errorf("%s, protocol %d, %.2000s: %v (-want +got):\n%s", v.Type, v.Protocol, v.Hex, err, cmp.Diff(want, got))
				}
				kind, _, _ := strings.Cut(v.Type, " ")
				kinds[kind]++
			}
			t.Logf("%d pickles", len(lines))
		})
	}
	for _, kind := range []string{"pytz", "dateutil", "zoneinfo", "django", "mongoengine"} {
		if kinds[kind] == 0 {
			t.Errorf("no interpreter has a pickle of %s", kind)
		}
	}
}
