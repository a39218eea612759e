package cli

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bsonkit/bsonkit/bson"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/codec"
	"github.com/bsonkit/bsonkit/cmd/bsonjs/internal/report"
	"github.com/bsonkit/bsonkit/extjson"
	"github.com/bsonkit/bsonkit/pickle"
)

// settled returns the options of a command line and an environment, or the
// usage error.
func settled(environ, args []string) (*convertOptions, error) {
	a := &app{std: streams{strings.NewReader(""), io.Discard, io.Discard}, environ: environ}
	o, cmd := &convertOptions{usual: (*codec.Codec).Opposite}, &cobra.Command{Use: "convert"}
	(&cobra.Command{Use: "bsonjs"}).AddCommand(cmd)
	o.addFlags(cmd.Flags())
	if err := cmd.ParseFlags(args); err != nil {
		return o, err
	}
	return o, a.settle(o, cmd, cmd.Flags().Args())
}

// selected returns the patterns.
func selected(t *testing.T, patterns ...string) *codec.Namespaces {
	t.Helper()
	s := new(codec.Namespaces)
	for _, p := range patterns {
		if err := s.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestOptions(t *testing.T) {
	fields := strings.Fields
	for _, tc := range []struct {
		args, environ string
		want          func(o *convertOptions) // sets the fields that are not zero, except files
	}{
		{"", "", nil},
		{"-j 3", "", func(o *convertOptions) { o.jobs = 3 }},
		{"-j3 -q", "BSONJS_JOBS=5", func(o *convertOptions) { o.jobs = 3; o.quiet = true }},
		{"", "BSONJS_JOBS=5 BSONJS_QUIET=true", func(o *convertOptions) { o.jobs = 5; o.quiet = true }},
		{"--jobs 0", "BSONJS_JOBS=5", nil},
		{"--ns a.b --nsInclude a.c --nsExclude b.*", "", func(o *convertOptions) { o.spaces = selected(t, "a.b", "a.c", "!b.*") }},
		{"--db a", "", func(o *convertOptions) { o.spaces, o.db = selected(t, "a.*"), "a" }},
		{"--collection b --ns-field n", "", func(o *convertOptions) {
			o.spaces, o.collection, o.field = selected(t, "*.b"), "b", "n"
		}},
		{"--on-error skip", "", func(o *convertOptions) { o.onError = skipErrors }},
		{"--on-error skip --max-errors 7", "", func(o *convertOptions) { o.onError = skipErrors; o.maxErrors = 7 }},
		{"--max-errors 7", "BSONJS_ON_ERROR=skip", func(o *convertOptions) { o.onError = skipErrors; o.maxErrors = 7 }},
		{"", "BSONJS_MAX_ERRORS=9223372036854775807", func(o *convertOptions) { o.maxErrors = 1<<63 - 1 }},
		{"--on-error quarantine --rejects r", "", func(o *convertOptions) { o.onError = quarantineErrors; o.rejects = "r" }},
		{"--rejects r", "BSONJS_ON_ERROR=quarantine", func(o *convertOptions) { o.onError = quarantineErrors; o.rejects = "r" }},
		{"--invalid-utf8 replace --exact", "", func(o *convertOptions) { o.invalidUTF8 = bson.UTF8Replace; o.exact = true }},
		{"--errors json --summary json --progress json", "", func(o *convertOptions) { o.errors = report.JSON; o.summary = summaryJSON; o.progress = progressJSON }},
		{"--errors text --summary text --progress always", "", func(o *convertOptions) { o.summary = summaryText; o.progress = progressAlways }},
		{"--summary none --progress never", "", func(o *convertOptions) { o.summary = summaryNone; o.progress = progressNever }},
		{"--summary auto --progress auto", "BSONJS_SUMMARY=none BSONJS_PROGRESS=never", nil},
		{"--color always", "", func(o *convertOptions) { o.color, o.paint = colorAlways, colorAlways }},
		{"", "NO_COLOR=1", func(o *convertOptions) { o.color, o.paint = colorNever, colorNever }},
		{"--color auto", "NO_COLOR=1", func(o *convertOptions) { o.color, o.paint = colorNever, colorNever }},
		{"--color always", "NO_COLOR=1", func(o *convertOptions) { o.color, o.paint = colorAlways, colorAlways }},
		{"", "NO_COLOR=1 BSONJS_COLOR=always", func(o *convertOptions) { o.color = colorAlways }},
		{"", "NO_COLOR=", nil},
		{"--color never", "BSONJS_COLOR=always", func(o *convertOptions) { o.color, o.paint = colorNever, colorNever }},
		{"--accept canonical", "", func(o *convertOptions) { o.accept = acceptCanonical }},
		{"--accept shell,legacy", "BSONJS_ACCEPT=canonical", func(o *convertOptions) { o.accept = acceptLegacy | acceptShell }},
		{"--accept v2", "BSONJS_ACCEPT=canonical", nil},
		{"--legacy", "BSONJS_MODE=canonical BSONJS_ACCEPT=shell", func(o *convertOptions) {
			o.legacy = true
			o.mode = extjson.Legacy
			o.accept = acceptLegacy | acceptShell
		}},
		{"--lenient-dates", "", func(o *convertOptions) { o.lenient = true }},
		{"-m plain --lossy", "", func(o *convertOptions) { o.mode = extjson.Plain; o.lossy = true; o.textFlag = "--mode" }},
		{"--indent 3", "", func(o *convertOptions) { o.indent = 3; o.textFlag = "--indent" }},
		{"--pretty=false --ascii", "BSONJS_PRETTY=true", func(o *convertOptions) { o.pretty = prettyNever; o.ascii = true; o.textFlag = "--ascii" }},
		{"--pretty", "BSONJS_PRETTY=never", func(o *convertOptions) { o.pretty = prettyAlways; o.textFlag = "--pretty" }},
		{"--pretty=true", "", func(o *convertOptions) { o.pretty = prettyAlways; o.textFlag = "--pretty" }},
		{"--pretty=auto -t bson", "BSONJS_PRETTY=true", func(o *convertOptions) { o.to = codec.BSON }},
		{"--pretty=never -t bson", "", func(o *convertOptions) { o.to = codec.BSON; o.pretty = prettyNever }},
		{"", "BSONJS_PRETTY=0", func(o *convertOptions) { o.pretty = prettyNever }},
		{"--spacing compact", "", func(o *convertOptions) { o.pretty = prettyNever; o.textFlag = "--spacing" }},
		{"--spacing compact --pretty", "", func(o *convertOptions) { o.pretty = prettyAlways; o.textFlag = "--pretty" }},
		{"", "BSONJS_INDENT=3 BSONJS_ARRAY=1", func(o *convertOptions) { o.indent = 3; o.array = true }},
		{"--time-zone UTC", "", func(o *convertOptions) { o.zone = time.UTC; o.textFlag = "--time-zone" }},
		{"--uuid java-legacy", "BSONJS_UUID=standard", func(o *convertOptions) { o.uuid = bson.UUIDJavaLegacy }},
		{"-t pickle --python2 --protocol 0", "", func(o *convertOptions) { o.to = codec.Pickle; o.reader = pickle.Python2; o.protocol = pickle.Protocol0 }},
		{"", "BSONJS_PROTOCOL=4 BSONJS_ENCODING=bytes BSONJS_PYTHON2=false", func(o *convertOptions) { o.protocol = pickle.Protocol4; o.encoding = pickle.Bytes }},
		{"", "BSONJS_REDACT_KEY=hidden BSONJS_REDACT=a", func(o *convertOptions) { o.key = secret{"hidden", true} }},
		{"-f hex", "", func(o *convertOptions) { o.from = codec.Hex }},
		{"-f base64 -t hex", "", func(o *convertOptions) { o.from = codec.Base64; o.to = codec.Hex }},
		{"", "BSONJS_FROM=bson", func(o *convertOptions) { o.from = codec.BSON }},
		{"-f json", "BSONJS_MODE=canonical BSONJS_LOSSY=true", func(o *convertOptions) {
			o.from = codec.JSON
			o.mode = extjson.Canonical
			o.lossy = true
		}},
		{"--type json --jsonFormat canonical --jsonArray", "", func(o *convertOptions) {
			o.to = codec.JSON
			o.mode = extjson.Canonical
			o.jsonArray = true
			o.textFlag = "--mode"
		}},
	} {
		t.Run(tc.args+" "+tc.environ, func(t *testing.T) {
			got, err := settled(fields(tc.environ), fields(tc.args))
			if err != nil {
				t.Fatal(err)
			}
			want := new(convertOptions)
			if tc.want != nil {
				tc.want(want)
			}
			want.files = []string{"-"}
			groups := cmp.AllowUnexported(convertOptions{}, options{}, aliases{}, inputGroup{}, tableGroup{}, rowGroup{}, spaceGroup{}, selectGroup{}, selection{}, orderGroup{}, ordering{}, sampleSize{}, sortGroup{}, splitGroup{}, division{}, fieldGroup{}, editGroup{}, shape{}, redactGroup{}, redaction{}, secret{}, spaceFieldGroup{}, bucketGroup{}, nameGroup{}, textGroup{}, pickleGroup{}, faultGroup{},
				policyGroup{}, rejectGroup{}, messageGroup{}, limitGroup{}, jobGroup{}, columnGroup{}, outputGroup{}, fileGroup{})
			same := cmp.Comparer(func(a, b *time.Location) bool { return a == b })
			format := cmp.Comparer(func(a, b *codec.Codec) bool { return a == b })
			// TestFormats tests what is decided.
			decided := cmpopts.IgnoreFields(options{}, "decided")
			usual := cmpopts.IgnoreFields(convertOptions{}, "usual", "inFolder")
			patterns := cmp.Comparer(func(a, b *codec.Namespaces) bool { return fmt.Sprint(a.Unmatched()) == fmt.Sprint(b.Unmatched()) })
			if diff := cmp.Diff(want, got, groups, same, format, patterns, decided, usual); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A command passes the values of its flags on to the run.
func TestPlans(t *testing.T) {
	for _, o := range []interface {
		task
		addFlags(fs *pflag.FlagSet)
	}{new(convertOptions), new(validateOptions), new(inspectOptions), new(dumpOptions), new(listOptions)} {
		fs := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.addFlags(fs)
		set := func(name, value string) bool {
			if fs.Lookup(name) == nil {
				return false
			}
			if err := fs.Set(name, value); err != nil {
				t.Errorf("%T: --%s %s: %v", o, name, value, err)
			}
			return true
		}
		set("on-error", "skip")
		if _, converts := o.(*convertOptions); converts {
			set("on-error", "quarantine")
		}
		jobs, depth, size, errs := set("jobs", "3"), set("max-depth", "7"), set("max-document-size", "99"), set("max-errors", "5")
		rejects, output, quiet, undo := set("rejects", "r"), set("output", "o"), set("quiet", "true"), set("undo-crlf", "true")
		from, spaces, overwrite, force := set("from", "archive"), set("ns", "a.b"), set("overwrite", "true"), set("force", "true")
		level := set("compress-level", "4")
		if err := fs.Parse(nil); err != nil {
			t.Fatal(err)
		}
		r := o.common().run(streams{})
		o.plan(&r)
		for _, tc := range []struct {
			name      string
			set       bool
			got, want any
		}{
			{"jobs", jobs, r.Jobs, 3},
			{"max-depth", depth, [3]int{r.Options.BSON.MaxDepth, r.Options.Text.MaxDepth, r.Options.Pickle.MaxDepth}, [3]int{7, 7, 7}},
			{"max-document-size", size, [3]int{r.Options.BSON.MaxDocumentSize, r.Options.Text.MaxDocumentSize, r.Options.Pickle.MaxPickleSize}, [3]int{99, 99, 99}},
			{"max-errors", errs, r.MaxErrors, int64(5)},
			{"rejects", rejects, r.Rejects.Name, "r"},
			{"output", output, r.Output.Name, "o"},
			{"overwrite", overwrite, r.Output.Overwrite, true},
			{"force", force, r.Force, true},
			{"compress-level", level, [2]int{r.Output.Level, r.Rejects.Level}, [2]int{4, 4}},
			{"quiet", quiet, r.Quiet, true},
			{"undo-crlf", undo, r.UndoCRLF, true},
			{"from", from, r.From, codec.Archive},
			{"ns", spaces, r.Options.Namespaces.Patterns(), []string{"a.b"}},
		} {
			if diff := cmp.Diff(tc.want, tc.got, cmp.Comparer(func(a, b *codec.Codec) bool { return a == b })); tc.set && diff != "" {
				t.Errorf("%T: --%s (-want +got):\n%s", o, tc.name, diff)
			}
		}
	}
}

// A command has a flag for each field of the groups that its options embed.
func TestGroupsAreOffered(t *testing.T) {
	for _, o := range []interface {
		task
		addFlags(fs *pflag.FlagSet)
	}{new(convertOptions), new(validateOptions), new(inspectOptions), new(dumpOptions), new(listOptions)} {
		fs := pflag.NewFlagSet("", pflag.ContinueOnError)
		o.addFlags(fs)
		fs.VisitAll(func(f *pflag.Flag) {
			words := strings.Split(f.Value.Type(), "|")
			for _, value := range []string{words[len(words)-1], "true", "7", "UTC", "/x", "a.b", "5%", "1MiB"} {
				if f.Value.Set(value) == nil {
					return
				}
			}
			t.Errorf("%T: no value for --%s", o, f.Name)
		})
		groups := 0
		var visit func(v reflect.Value)
		visit = func(v reflect.Value) {
			for i := range v.NumField() {
				field := v.Type().Field(i)
				switch isGroup := strings.HasSuffix(v.Type().Name(), "Group"); {
				case field.Anonymous:
					visit(v.Field(i))
				case isGroup && v.Field(i).IsZero():
					t.Errorf("%T: no flag sets %s of %s", o, field.Name, v.Type().Name())
				case isGroup:
					groups++
				}
			}
		}
		visit(reflect.ValueOf(o).Elem())
		if groups < 5 {
			t.Errorf("%T: only %d fields of groups", o, groups)
		}
	}
}

// Each flag has a variable unless it must be typed for each run. A variable is
// checked like the flag, whatever else is given.
func TestVariables(t *testing.T) {
	meant := map[string]bool{}
	for _, name := range []string{
		"output", "overwrite", "force", "rejects", "bsonFile", "document", "path", "offset", "where", "id", "query", "queryFile", "fields", "exclude", "fieldFile", "set", "unset", "rename", "retype", "redact", "add-id", "explain", "help", "version", "json", "config",
	} {
		meant[name] = true
	}
	for _, c := range new(app).tree().Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if v := variable(f); v != "" && meant[f.Name] {
				t.Errorf("%s: --%s has the variable %s", c.Name(), f.Name, v)
			}
			if f.Annotations[groupTitle] == nil && !f.Hidden {
				t.Errorf("%s: --%s is in no group", c.Name(), f.Name)
			}
		})
	}
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(convertOptions).addFlags(fs)
	n := 0
	fs.VisitAll(func(f *pflag.Flag) {
		v := variable(f)
		if v == "" {
			return
		}
		n++
		if _, ok := f.Value.(*secret); ok {
			return // any text is one
		}
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

// Each word of a flag sets another value, which the flag prints as that word.
func TestWords(t *testing.T) {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	new(convertOptions).addFlags(fs)
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
		{"moed", "mode"}, // letters that are exchanged are one edit
		{"moad", ""},     // two edits of four letters are too many
		{"arrya", "array"},
		{"acept", "accept"},
		{"max-dept", "max-depth"},
		{"max_depht", "max-depth"},
		{"max_dehpt", ""},
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

// Every command that has a flag for a file to write rejects a compression that is
// only read.
func TestWrittenFilesAreChecked(t *testing.T) {
	n := 0
	everyCommand(t, func(t *testing.T, cmd *cobra.Command) {
		if cmd.Name() == "man" { // the output is a folder
			return
		}
		for _, flag := range []string{"output", "rejects", "outFile"} {
			if cmd.Flags().Lookup(flag) == nil {
				continue
			}
			n++
			var out, errs bytes.Buffer
			args := append(strings.Fields(cmd.CommandPath())[1:], "--"+flag, "x.json.bz2", "a.bson")
			if flag == "rejects" && cmd.Flags().Lookup("on-error") != nil {
				args = append(args, "--on-error", "quarantine")
			}
			code := Run(args, strings.NewReader(""), &out, &errs)
			if code != int(report.CodeUsage) || !strings.Contains(errs.String(), "reads bzip2 but does not write it") || out.Len() > 0 {
				t.Errorf("%q: code %d, %s", args, code, &errs)
			}
		}
	})
	if n < 8 {
		t.Errorf("%d flags were tested, want 8 or more", n)
	}
}

// The distance is the number of edits, the same in both directions.
func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"a", "a", 0}, {"a", "b", 1}, {"ab", "abc", 1}, {"abc", "bc", 1}, {"abc", "adc", 1},
		{"abc", "axbyc", 2}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"abcd", "badc", 2}, {"flaw", "lawn", 2}, {"abc", "xyz", 3},
	} {
		if got, back := distance(tc.a, tc.b), distance(tc.b, tc.a); got != tc.want || back != tc.want {
			t.Errorf("%q and %q: %d and %d, want %d", tc.a, tc.b, got, back, tc.want)
		}
	}
}

func TestListed(t *testing.T) {
	for want, words := range map[string][]string{"a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		if got := listed(words); got != want {
			t.Errorf("%q: %q, want %q", words, got, want)
		}
	}
}

// Only the first argument can be a command.
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

// A path that is not UTF-8 is a fault of its flag.
func TestPathsAreUTF8(t *testing.T) {
	for _, tc := range []struct{ flag, text string }{
		{"set", "a\xff=1"}, {"unset", "a\xff"}, {"rename", "a\xff=b"}, {"rename", "a=b\xff"}, {"retype", "a\xff=date"},
		{"fields", "a\xff"}, {"exclude", "a\xff"}, {"redact", "a\xff"},
	} {
		_, err := settled(nil, []string{"--from", "json", "--" + tc.flag, tc.text})
		if err == nil || !strings.HasPrefix(err.Error(), "--"+tc.flag+": (/a") || !strings.HasSuffix(err.Error(), ": invalid UTF-8") {
			t.Errorf("--%s %q: %v", tc.flag, tc.text, err)
		}
	}
}
