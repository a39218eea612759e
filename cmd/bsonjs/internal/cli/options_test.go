package cli

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// settled returns the options that a command line and an environment give,
// and the usage error if there is one.
func settled(environ, args []string) (*options, error) {
	a := &app{std: streams{strings.NewReader(""), io.Discard, io.Discard}, environ: environ}
	o, cmd := new(options), &cobra.Command{Use: "convert"}
	(&cobra.Command{Use: "bsonjs"}).AddCommand(cmd)
	o.addFlags(cmd.Flags())
	if err := cmd.ParseFlags(args); err != nil {
		return o, err
	}
	return o, a.settle(o, cmd, cmd.Flags().Args())
}

func TestOptions(t *testing.T) {
	fields := strings.Fields
	for _, tc := range []struct {
		args, environ string
		want          options // files and to, which all have, are filled in
	}{
		{"", "", options{}},
		{"-j 3", "", options{jobs: 3}},
		{"-j3 -q", "BSONJS_JOBS=5", options{jobs: 3, quiet: true}},
		{"", "BSONJS_JOBS=5 BSONJS_QUIET=true", options{jobs: 5, quiet: true}},
		{"--jobs 0", "BSONJS_JOBS=5", options{}},
		{"--on-error skip", "", options{onError: skipErrors}},
		{"--on-error skip --max-errors 7", "", options{onError: skipErrors, maxErrors: 7}},
		{"--max-errors 7", "BSONJS_ON_ERROR=skip", options{onError: skipErrors, maxErrors: 7}},
		{"", "BSONJS_MAX_ERRORS=9223372036854775807", options{maxErrors: 1<<63 - 1}},
		{"--on-error quarantine --rejects r", "", options{onError: quarantineErrors, rejects: "r"}},
		{"--rejects r", "BSONJS_ON_ERROR=quarantine", options{onError: quarantineErrors, rejects: "r"}},
		{"--invalid-utf8 replace --exact", "", options{invalidUTF8: bson.UTF8Replace, exact: true}},
		{"--errors json --summary json --progress json", "", options{errors: report.JSON, summary: summaryJSON, progress: progressJSON}},
		{"--errors text --summary text --progress always", "", options{summary: summaryText, progress: progressAlways}},
		{"--summary none --progress never", "", options{summary: summaryNone, progress: progressNever}},
		{"--summary auto --progress auto", "BSONJS_SUMMARY=none BSONJS_PROGRESS=never", options{}},
		{"--color always", "", options{color: colorAlways}},
		{"", "NO_COLOR=1", options{color: colorNever}},
		{"--color auto", "NO_COLOR=1", options{color: colorNever}},
		{"--color always", "NO_COLOR=1", options{color: colorAlways}},
		{"", "NO_COLOR=1 BSONJS_COLOR=always", options{color: colorAlways}},
		{"", "NO_COLOR=", options{}},
		{"--color never", "BSONJS_COLOR=always", options{color: colorNever}},
		{"--accept canonical", "", options{accept: acceptCanonical}},
		{"--accept shell,legacy", "BSONJS_ACCEPT=canonical", options{accept: acceptLegacy | acceptShell}},
		{"--accept v2", "BSONJS_ACCEPT=canonical", options{}},
		{"--legacy", "BSONJS_MODE=canonical BSONJS_ACCEPT=shell", options{aliases: aliases{legacy: true}, mode: extjson.Legacy, accept: acceptLegacy}},
		{"-m plain --lossy", "", options{mode: extjson.Plain, lossy: true, textFlag: "--mode"}},
		{"--indent 3", "", options{indent: 3, textFlag: "--indent"}},
		{"--pretty=false --ascii", "BSONJS_PRETTY=true", options{ascii: true, textFlag: "--ascii"}},
		{"", "BSONJS_INDENT=3 BSONJS_ARRAY=1", options{indent: 3, array: true}},
		{"--time-zone UTC", "", options{zone: time.UTC, textFlag: "--time-zone"}},
		{"--uuid java-legacy", "BSONJS_UUID=standard", options{uuid: bson.UUIDJavaLegacy}},
		{"-t pickle --python2 --protocol 0", "", options{to: codec.Pickle, reader: pickle.Python2, protocol: pickle.Protocol0}},
		{"", "BSONJS_PROTOCOL=4 BSONJS_ENCODING=bytes BSONJS_PYTHON2=false", options{protocol: pickle.Protocol4, encoding: pickle.Bytes}},
		{"-f hex", "", options{from: codec.Hex, to: codec.JSON}},
		{"-f base64 -t hex", "", options{from: codec.Base64, to: codec.Hex}},
		{"", "BSONJS_FROM=bson", options{from: codec.BSON, to: codec.JSON}},
		{"-f json", "BSONJS_MODE=canonical BSONJS_LOSSY=true", options{from: codec.JSON, to: codec.BSON, mode: extjson.Canonical, lossy: true}},
		{"--type json --jsonFormat canonical --jsonArray", "", options{to: codec.JSON, mode: extjson.Canonical, array: true, textFlag: "--mode"}},
	} {
		t.Run(tc.args+" "+tc.environ, func(t *testing.T) {
			got, err := settled(fields(tc.environ), fields(tc.args))
			if err != nil {
				t.Fatal(err)
			}
			tc.want.files = []string{"-"}
			same := cmp.Comparer(func(a, b *time.Location) bool { return a == b })
			format := cmp.Comparer(func(a, b *codec.Codec) bool { return a == b })
			if diff := cmp.Diff(&tc.want, got, cmp.AllowUnexported(options{}, aliases{}), same, format); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Each flag has a variable unless it must be meant at each run, which
// commandLineOnly says; and what a variable says is checked as on the command
// line, whatever else is asked for.
func TestVariables(t *testing.T) {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(options).addFlags(fs)
	for _, name := range commandLineOnly {
		if fs.Lookup(name) == nil && !slices.ContainsFunc(new(app).tree().Commands(), func(c *cobra.Command) bool {
			return c.Flags().Lookup(name) != nil
		}) {
			t.Errorf("--%s is no flag", name)
		}
	}
	n := 0
	fs.VisitAll(func(f *pflag.Flag) {
		v := variable(f)
		if v == "" {
			return
		}
		n++
		if _, err := settled([]string{v + "=no such value"}, nil); err == nil || !strings.Contains(err.Error(), v) {
			t.Errorf("%s: error %v, want one that names it", v, err)
		}
		if _, err := settled([]string{v + "="}, nil); err != nil {
			t.Errorf("%s, empty: %v", v, err)
		}
	})
	if n < 30 {
		t.Errorf("only %d flags have a variable", n)
	}
}

// What the words of a flag stand for differs, and is what the flag prints
// again.
func TestWords(t *testing.T) {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(options).addFlags(fs)
	fs.VisitAll(func(f *pflag.Flag) {
		words := strings.Split(f.Value.Type(), "|")
		if len(words) == 1 || f.Hidden {
			return
		}
		for _, w := range words {
			if err := f.Value.Set(w); err != nil {
				t.Errorf("--%s %s: %v", f.Name, w, err)
			}
			if got := f.Value.String(); got != w && !(f.Name == "accept" && w == "v2" && got == "") {
				t.Errorf("--%s %s is %q", f.Name, w, got)
			}
		}
	})
}

func TestClosest(t *testing.T) {
	names := []string{"mode", "array", "accept", "pretty", "max-depth"}
	for _, tc := range []struct {
		word, want string
	}{
		{"mode", "mode"},
		{"mod", "mode"},
		{"moed", ""}, // two edits of four letters could be anything
		{"arrya", "array"},
		{"acept", "accept"},
		{"max-dept", "max-depth"},
		{"max_depht", ""},
		{"", ""},
		{"x", ""},
		{strings.Repeat("mode", 1<<18), ""},
	} {
		got := ""
		if i := closest(tc.word, names); i >= 0 {
			got = names[i]
		}
		if got != tc.want {
			t.Errorf("closest(%.20q) = %q, want %q", tc.word, got, tc.want)
		}
	}
}

// A command is only ever the first argument.
func TestDispatch(t *testing.T) {
	root := new(app).tree()
	root.InitDefaultHelpCmd()
	for _, tc := range []struct{ args, want string }{
		{"", "convert"},
		{"a.bson", "convert a.bson"},
		{"convert a.bson", "convert a.bson"},
		{"oid new", "oid new"},
		{"help", "help"},
		{"--help", "convert --help"},
		{"-f bson oid", "convert -f bson oid"},
		{"-qo oid a.bson", "convert -qo oid a.bson"},
		{"-- oid", "convert -- oid"},
		{"- oid", "convert - oid"},
		{"./oid", "convert ./oid"},
		{"oi", "convert oi"},
		{"__complete o", "__complete o"},
		{"__complete u", "__complete convert u"},
		{"__complete -", "__complete convert -"},
		{"__complete oid n", "__complete oid n"},
		{"__complete a.bson o", "__complete convert a.bson o"},
		{"__completeNoDesc --mode c", "__completeNoDesc convert --mode c"},
	} {
		if got := strings.Join(dispatch(root, strings.Fields(tc.args)), " "); got != tc.want {
			t.Errorf("dispatch(%s) = %s, want %s", tc.args, got, tc.want)
		}
	}
}
