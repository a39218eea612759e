package cli

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
)

// versionCommand returns the command that prints the version.
func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version [--json]",
		Short: "print the version",
		Long:  "Print the version of bsonjs, the version of Go, and the platform of the build.",
		Args:  noArgs,
	}
	var form report.Form
	group(cmd.Flags(), "Flags", "", func(fs *pflag.FlagSet) {
		addSwitch(fs, &toggle[report.Form]{&form, report.JSON}, "json",
			"print a line of JSON, with the revision of the build if it is known")
		onlyMeant(fs, "json")
		addHelp(fs)
	})
	cmd.RunE = func(*cobra.Command, []string) error {
		a.code = a.std.print(thisVersion().line(form))
		return nil
	}
	return cmd
}

// A version identifies a build.
type version struct {
	Version  string `json:"version"` // "(devel)" if the build was not stamped
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"` // there are changes after the revision
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

func thisVersion() version {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(info)
}

// versionOf returns the version in info, which may lack any part.
func versionOf(info *debug.BuildInfo) version {
	v := version{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	if info.Main.Version != "" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// line returns v in the given form, with the end of the line.
func (v version) line(form report.Form) string {
	if form == report.JSON {
		text, err := json.Marshal(v)
		if err != nil {
			panic("BUG: " + err.Error()) // it is strings and a bool
		}
		return string(text) + "\n"
	}
	return fmt.Sprintf("bsonjs %s %s %s/%s\n", v.Version, v.Go, v.OS, v.Arch)
}
