package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// protocol is the version of the commands write, read and handshake, as bsonjs calls them.
// It changes if an older bsonjs would call them wrongly.
const protocol = 1

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version",
		Long:  "Print the version of bsonjs-columns, the version of Go, and the platform of the build.",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return a.print(fmt.Sprintf("bsonjs-columns %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH))
		},
	}
}

func (a *app) handshakeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "handshake",
		Short: "print the protocol and the version, for bsonjs",
		Long: `Print the name of this program, the version of its protocol and its own version.
bsonjs runs this command before all others, and rejects another protocol.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return a.print(fmt.Sprintf("bsonjs-columns %d %s\n", protocol, version()))
		},
	}
}

func (a *app) print(text string) error {
	if _, err := io.WriteString(a.out, text); err != nil {
		return outputFault("", err)
	}
	return nil
}

// version returns the version of this program, "(devel)" if the build has none.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
