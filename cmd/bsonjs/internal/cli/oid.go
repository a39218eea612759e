package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/file"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/objectid"
)

// This file is the command oid and those below it. They print a line for each
// thing, and with --json a line of JSON.

// oidCommand returns the command about ObjectIds.
func (a *app) oidCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "oid",
		Short: "make ObjectIds and read their time",
		Long:  "Make ObjectIds, print the time of ObjectIds, or convert a time span to a range\nof ids.\n",
		Example: "  bsonjs oid new\n" +
			"  bsonjs oid time 65e00f400000000000000000\n" +
			"  bsonjs oid range 2024-02-01 2024-03-01\n",
	}
	group(cmd.Flags(), "Flags", "", addHelp)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return errors.New("oid needs a command: new, time or range")
		}
		return unknownCommand(cmd, args[0])
	}
	cmd.AddCommand(a.oidNewCommand(), a.oidTimeCommand(), a.oidRangeCommand())
	return cmd
}

// addForm adds the flag that asks for JSON, and that for help.
func addForm(fs *pflag.FlagSet, form *report.Form, usage string) {
	addSwitch(fs, &toggle[report.Form]{form, report.JSON}, "json", usage)
	onlyMeant(fs, "json")
	addHelp(fs)
}

// maxNew is the largest number of ids of one run: the number of different ids
// of one second.
const maxNew = 1 << 24

func (a *app) oidNewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "new [flags]",
		Short:   "print new ObjectIds",
		Long:    "Print new ObjectIds, one per line.",
		Example: "  bsonjs oid new -n 3\n  bsonjs oid new --time 2024-02-29T12:00:00Z\n",
		Args:    noArgs,
	}
	n, at, form := 1, "", report.Text
	group(cmd.Flags(), "Flags", "", func(fs *pflag.FlagSet) {
		fs.VarP(&amount{&n, 1, maxNew, nil}, "count", "n", "print `N` ids, at most 16777216; the default is 1")
		fs.StringVar(&at, "time", "", "use `TIME` instead of the current time: RFC 3339, or a date, which stands for its first second")
		addForm(fs, &form, `print {"$oid":"..."}`)
	})
	cmd.RunE = func(*cobra.Command, []string) error {
		next := objectid.New
		if cmd.Flags().Changed("time") {
			t, err := parseTime(at)
			if err != nil {
				return err
			}
			second, err := objectid.FromTime(t)
			if err != nil {
				return outOfRange(at)
			}
			next = func() objectid.ID {
				id := objectid.New()
				copy(id[:4], second[:4])
				return id
			}
		}
		a.code = a.printLines(func(w *bufio.Writer) *report.Fault {
			var line []byte
			for range n {
				if line = next().Append(line[:0]); form == report.JSON {
					line = fmt.Appendf(nil, `{"$oid":%q}`, line)
				}
				if _, err := w.Write(append(line, '\n')); err != nil {
					return nil // the writer keeps it
				}
			}
			return nil
		})
		return nil
	}
	return cmd
}

func (a *app) oidTimeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "time [flags] [ID...]",
		Short: "print the time that ObjectIds carry",
		Long: "Print the second at which each ID was made, as RFC 3339 in UTC. Without ID, ids\n" +
			"are read from standard input, one per line.\n",
		Example: "  bsonjs oid time 65e00f400000000000000000\n" +
			"  bsonjs users.bson | jq -r '._id.\"$oid\"' | bsonjs oid time\n",
	}
	form := report.Text
	group(cmd.Flags(), "Flags", "", func(fs *pflag.FlagSet) {
		addForm(fs, &form, `print {"id":"...","time":"..."}`)
	})
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		ids := make([]objectid.ID, len(args))
		for i, text := range args {
			var err error
			if ids[i], err = parseID(text); err != nil {
				return err
			}
		}
		a.code = a.printLines(func(w *bufio.Writer) *report.Fault {
			for _, id := range ids {
				writeTime(w, id, form)
			}
			if len(args) > 0 {
				return nil
			}
			return a.readIDs(func(id objectid.ID) {
				if writeTime(w, id, form); file.IsTerminal(a.std.in) {
					w.Flush() // the user at the terminal waits for it; the writer keeps an error
				}
			})
		})
		return nil
	}
	return cmd
}

// readIDs calls f for each line of standard input.
func (a *app) readIDs(f func(objectid.ID)) *report.Fault {
	if file.IsTerminal(a.std.in) {
		a.std.reporter().Note("reading from the terminal; end the input with Ctrl-D")
	}
	lines := bufio.NewScanner(a.std.in)
	n := 0
	for lines.Scan() {
		n++
		id, err := parseID(strings.TrimSpace(lines.Text()))
		if err != nil {
			return report.NewFault(report.CodeSyntax, file.StdinName, fmt.Sprintf("line %d: %v", n, err))
		}
		f(id)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return report.NewFault(report.CodeSyntax, file.StdinName, fmt.Sprintf("line %d: too long for an ObjectId", n+1))
	case err != nil:
		return report.ReadFault(file.StdinName, err)
	}
	return nil
}

// writeTime writes the line about id.
func writeTime(w io.Writer, id objectid.ID, form report.Form) {
	when := id.Time().Format(time.RFC3339)
	if form == report.JSON {
		fmt.Fprintf(w, "{\"id\":%q,\"time\":%q}\n", id, when)
		return
	}
	fmt.Fprintln(w, when)
}

func (a *app) oidRangeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "range [flags] FROM TO",
		Short: "print the ObjectIds that bound a time span",
		Long: "Print two ObjectIds, one per line: the lowest id of the second FROM, and the\n" +
			"lowest id of the second TO. The ids made from FROM until before TO are at least\n" +
			"the first id and less than the second. FROM and TO are RFC 3339, or a date,\n" +
			"which stands for its first second in UTC.\n",
		Example: "  bsonjs oid range 2024-02-01 2024-03-01\n" +
			"  bsonjs oid range --json 2024-02-29T12:00:00Z 2024-02-29T13:00:00+01:00\n",
	}
	form := report.Text
	group(cmd.Flags(), "Flags", "", func(fs *pflag.FlagSet) {
		addForm(fs, &form, `print the condition of a query: {"$gte":{"$oid":"..."},"$lt":{"$oid":"..."}}`)
	})
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) != 2 {
			return errors.New("range needs two arguments, FROM and TO")
		}
		var bounds [2]objectid.ID
		for i, text := range args {
			t, err := parseTime(text)
			if err != nil {
				return err
			}
			// Ids have whole seconds: the first that is not before t.
			if bounds[i], err = objectid.FromTime(t.Add(time.Second - 1)); err != nil {
				return outOfRange(text)
			}
		}
		if bounds[0].Compare(bounds[1]) > 0 {
			return fmt.Errorf("%s is after %s", args[0], args[1])
		}
		shape := "%s\n%s\n"
		if form == report.JSON {
			shape = `{"$gte":{"$oid":"%s"},"$lt":{"$oid":"%s"}}` + "\n"
		}
		a.code = a.std.print(fmt.Sprintf(shape, bounds[0], bounds[1]))
		return nil
	}
	return cmd
}

// printLines calls f with a buffer for standard output, and reports the fault
// of f and errors of writing.
func (a *app) printLines(f func(w *bufio.Writer) *report.Fault) report.Code {
	w := bufio.NewWriter(a.std.out)
	faults := []*report.Fault{f(w)}
	if err := w.Flush(); err != nil {
		faults = append(faults, report.WriteFault(file.StdoutName, err))
	}
	return a.std.report(faults...)
}

// parseID returns the ObjectId in text.
func parseID(text string) (objectid.ID, error) {
	id, err := objectid.Parse(text)
	if syntax, ok := errors.AsType[*objectid.SyntaxError](err); ok {
		return id, fmt.Errorf("%.40q is not an ObjectId: %w at offset %d", text, syntax.Err, syntax.Offset)
	}
	return id, err
}

// parseTime returns the time in text: RFC 3339, or a date in UTC.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time or date; type a time such as 2024-02-29T12:00:00Z or a date such as 2024-02-29", text)
}

// outOfRange is the error for a time that no ObjectId can hold.
func outOfRange(text string) error {
	return fmt.Errorf("time %s is out of range: ObjectIds hold times from 1970 to 2106-02-07T06:28:15Z", text)
}
