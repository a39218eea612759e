package cli

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A build has the version of the module and its revision, as far as it was
// stamped.
func TestVersionOf(t *testing.T) {
	stamped := &debug.BuildInfo{
		Main:     debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}},
	}
	clean := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.modified", Value: "false"}}}
	for _, tc := range []struct {
		name string
		info *debug.BuildInfo
		want version
	}{
		{"nothing", &debug.BuildInfo{}, version{Version: "(devel)"}},
		{"stamped", stamped, version{Version: "v1.2.3", Revision: "abc", Modified: true}},
		{"not modified", clean, version{Version: "(devel)"}},
	} {
		tc.want.Go, tc.want.OS, tc.want.Arch = runtime.Version(), runtime.GOOS, runtime.GOARCH
		if diff := cmp.Diff(tc.want, versionOf(tc.info)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}
