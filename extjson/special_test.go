package extjson

import "testing"

// Each special key is found, and an error about its value says what it is.
func TestSpecialKeys(t *testing.T) {
	if len(specialValues) != len(specialKeys) {
		t.Fatalf("%d keys, %d descriptions of values", len(specialKeys), len(specialValues))
	}
	for s := notSpecial + 1; int(s) < len(specialKeys); s++ {
		key := specialKeys[s]
		if got := lookupSpecial([]byte(key)); got != s {
			t.Errorf("%s is found as %d, want %d", key, got, s)
		}
		if specialValues[s] == "" {
			t.Errorf("nothing says what the value of %s is", key)
		}
	}
}
