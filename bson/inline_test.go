package bson_test

import (
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// mustInline are the functions that callers rely on to cost no call.
var mustInline = []string{
	"(*Cursor).Binary",
	"(*Cursor).Boolean",
	"(*Cursor).DBPointer",
	"(*Cursor).Data",
	"(*Cursor).DateTime",
	"(*Cursor).Decimal128",
	"(*Cursor).Depth",
	"(*Cursor).Double",
	"(*Cursor).Int32",
	"(*Cursor).Int64",
	"(*Cursor).Key",
	"(*Cursor).ObjectID",
	"(*Cursor).Offset",
	"(*Cursor).Text",
	"(*Cursor).Timestamp",
	"(*Cursor).Type",
	"(*Cursor).ValueOffset",
	"(*Decoder).Offset",
	"(*Decoder).Raw",
	"Begin",
	"BeginElement",
	"End",
	"SetLength",
	"SetStringLength",
	"SetType",
	"Type.IsContainer",
	"Type.Valid",
	"Validate",
}

// TestInline asks the compiler. What it inlines changes between its
// releases, so that only the one that the project is built with counts.
func TestInline(t *testing.T) {
	if !strings.HasPrefix(runtime.Version(), "go1.26") {
		t.Skip("the list is for go1.26")
	}
	if testing.Short() {
		t.Skip("builds the package")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go tool")
	}
	out, err := exec.Command(tool, "build", "-gcflags=-m", "github.com/bsonkit/bsonkit/bson").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	can := map[string]bool{}
	for _, m := range regexp.MustCompile(`: can inline (\S+)`).FindAllSubmatch(out, -1) {
		can[string(m[1])] = true
	}
	for _, name := range mustInline {
		if !can[name] {
			t.Errorf("%s does not inline", name)
		}
	}
}
