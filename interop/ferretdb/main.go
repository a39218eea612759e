// Ferretdb is a server that speaks MongoDB's wire protocol: FerretDB, with SQLite.
// Tests of interop start it. It is a module of its own, because a server has many
// dependencies.
//
//	ferretdb DIRECTORY
//
// It stores its data in DIRECTORY, listens on a free port of the loopback interface,
// prints its address, and stops at the end of its standard input. FerretDB's
// telemetry is disabled in an embedded server.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 2 {
		fail("usage: ferretdb DIRECTORY")
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[1] + "/",
	})
	if err != nil {
		fail(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		fmt.Println(server.MongoDBURI())
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := server.Run(ctx); err != nil {
		fail(err)
	}
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, "ferretdb:", reason)
	os.Exit(1)
}
