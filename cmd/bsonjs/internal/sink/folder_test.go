package sink

import "testing"

// Names of devices on Windows, and characters that it does not allow, are escaped, so that
// archive.ParseFileName gives the name back.
func TestEscapeReserved(t *testing.T) {
	for name, want := range map[string]string{
		"users": "users", "con": "%63on", "CON.bson": "%43ON.bson", "console": "console", "nul.a.b": "%6Eul.a.b", "com1": "%63om1", "com": "com",
		"com10": "com10", "LPT9.x": "%4CPT9.x", "COM²": "%43OM²", "aux ": "%61ux%20", "a:b": "a%3Ab", "x ": "x%20", "a\x01b": "a%01b", "conin$": "%63onin$", "": "",
	} {
		if got := escapeReserved(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
