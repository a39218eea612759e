package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// versionText returns the line that --version prints. The version is the one
// that the build was stamped with.
func versionText() string {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	return fmt.Sprintf("bsonjs %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
